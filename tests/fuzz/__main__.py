"""Fuzz for longer, guided by what is reached: ``python -m tests.fuzz --minutes 5 [TARGET]…`` (needs ``pip install atheris``).

Each target has a process of its own, with 1 GB of memory and 10 s for an input. What it finds is written to the folder
named at the end: once it is mended, put it into ``tests/fuzz/corpus``, which the tests take again and again.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"


def one(name: str, seconds: int, found: str) -> None:
    """Fuzz a target in this process, which ends with it."""
    import atheris  # type: ignore[import-not-found] # noqa: PLC0415

    with atheris.instrument_imports(include=["fx"]):
        from tests.fuzz.targets import TARGETS  # noqa: PLC0415
        from tests.fuzz.test_fuzz import EXAMPLES  # noqa: PLC0415

    seeds = Path(tempfile.mkdtemp(prefix="fx-fuzz-"))
    for number, text in enumerate(EXAMPLES):
        (seeds / f"{number}").write_text(text, encoding="utf-8")
    limits = [
        f"-max_total_time={seconds}",
        "-timeout=10",
        "-rss_limit_mb=1024",
        "-max_len=4096",
        "-print_final_stats=1",
    ]
    atheris.Setup([sys.argv[0], *limits, f"-artifact_prefix={found}/{name}-", str(seeds), str(CORPUS)], TARGETS[name])
    atheris.Fuzz()


def main() -> int:
    """Fuzz the targets one after the other; 1 where anything was found."""
    options = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    options.add_argument("targets", nargs="*", metavar="TARGET", help="some of the targets; else all")
    options.add_argument("--minutes", type=float, default=5, help="for all of them together")
    options.add_argument("--one", help=argparse.SUPPRESS)
    options.add_argument("--found", help=argparse.SUPPRESS)
    asked = options.parse_args()
    if find_spec("atheris") is None:
        options.error("atheris is not installed: pip install atheris")
    if asked.one:
        one(asked.one, int(asked.minutes * 60), asked.found)
        return 0
    from tests.fuzz.targets import TARGETS  # noqa: PLC0415

    unknown = set(asked.targets) - set(TARGETS)
    if unknown:
        options.error(f"no target {', '.join(sorted(unknown))}: take some of {', '.join(TARGETS)}")
    names = asked.targets or list(TARGETS)
    found = tempfile.mkdtemp(prefix="fx-fuzz-found-")
    share = str(max(asked.minutes / len(names), 1 / 60))
    failed = []
    for name in names:
        command = [sys.executable, "-m", "tests.fuzz", "--one", name, "--minutes", share, "--found", found]
        done = subprocess.run(command, check=False, capture_output=True, text=True, errors="replace")
        runs = [line.split()[-1] for line in done.stderr.splitlines() if "number_of_executed_units" in line]
        say(f"{name:<20} {runs[0] if runs else '?':>10} runs  {'FOUND' if done.returncode else 'ok'}")
        if done.returncode:
            failed.append(name)
            say(done.stdout[-3000:] + done.stderr[-3000:])
    if failed:
        say(f"found by {', '.join(failed)}: {found}")
    return 1 if failed else 0


def say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
