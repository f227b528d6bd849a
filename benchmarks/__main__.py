"""``python -m benchmarks``: make what is needed, run the rows, print the table."""

from __future__ import annotations

import argparse
import contextlib
import json
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import asking, columns, loading, memory, scan, series, start
from benchmarks.rows import FULL, QUICK, TINY, Row, Size, Workshop, outcome_of
from benchmarks.table import head_of, record_of, replaced, table_of, told_of

GROUPS = (start, scan, loading, asking, columns, series, memory)
FAULT = 1


def options() -> argparse.ArgumentParser:
    """What can be said on the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="a minute instead of ten: smaller, so start-up weighs more")
    size.add_argument("--tiny", action="store_true", help="whether everything runs, nothing about speed")
    parser.add_argument(
        "--only", action="append", metavar="NAME", help="this row, or those that begin so; again for more"
    )
    parser.add_argument("--list", action="store_true", help="the names of the rows")
    parser.add_argument("--json", action="store_true", help="an object a row instead of the table")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep what is read in this folder for the next run")
    parser.add_argument("--readme", type=Path, metavar="FILE", help="put the table between the two marks in this file")
    return parser


def chosen(size: Size, only: list[str] | None) -> list[Row]:
    """The rows that were named, or begin so; all if none was; raises `SystemExit` for a name that is none."""
    rows = [row for group in GROUPS for row in group.rows(size)]
    names = [row.name for row in rows]
    wanted = set()
    for name in only or [""]:
        found = [name] if name in names else [each for each in names if each.startswith(name)]
        if not found:
            raise SystemExit(f"there is no row {name}: take some of {', '.join(names)}")
        wanted.update(found)
    return [row for row in rows if row.name in wanted]


@contextlib.contextmanager
def workshop(size: Size, keep: Path | None) -> Iterator[Workshop]:
    """A folder with room, gone at the end unless it is to be kept; raises `SystemExit` where there is no room or fx."""
    fx = Path(sys.executable).with_name("fx")
    if not fx.exists():
        raise SystemExit(f"fx is not installed beside {sys.executable}: pip install -e . and try again")
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="fx-benchmarks-", dir=keep) as folder:
        scratch = Path(folder).absolute()
        free = shutil.disk_usage(scratch).free
        if free < size.disk:
            raise SystemExit(
                f"{scratch.parent} has room for {free // 10**6:,} MB and {size.disk // 10**6:,} are needed: "
                "set TMPDIR or --keep to a folder with more, or take --quick"
            )
        yield Workshop(keep.absolute() if keep else scratch, scratch, size, fx, Path(sys.executable))


def main(words: list[str] | None = None) -> int:
    """Run the rows; the exit code is 1 if a contender failed or answered otherwise, never for a target missed."""
    asked = options().parse_args(words)
    size = QUICK if asked.quick else TINY if asked.tiny else FULL
    rows = chosen(size, asked.only)
    if asked.list:
        print(*(row.name for row in rows), sep="\n")
        return 0
    readme = asked.readme.read_text("utf-8") if asked.readme else None
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    head = head_of(size, datetime.now(UTC))
    outcomes = []
    with workshop(size, asked.keep) as place:
        for number, row in enumerate(rows, 1):
            begun = time.monotonic()
            outcomes.append(outcome_of(row, place))
            told = f"{number}/{len(rows)} {row.name}: {told_of(outcomes[-1])}"
            print(f"{told} ({time.monotonic() - begun:.0f} s)", file=sys.stderr, flush=True)
    missed = sum(outcome.verdict == "missed" for outcome in outcomes)
    met = sum(outcome.verdict == "met" for outcome in outcomes)
    count = f"{met} targets met, {missed} missed, {len(outcomes) - met - missed} not measured."
    block = f"{head}. {count}\n\n{table_of(outcomes)}"
    if readme is not None:
        asked.readme.write_text(replaced(readme, block), "utf-8")
    if asked.json:
        for outcome in outcomes:
            print(json.dumps(record_of(outcome), ensure_ascii=False))
    else:
        print(block)
    return FAULT if any(outcome.fault for outcome in outcomes) else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("interrupted: nothing was left behind")
