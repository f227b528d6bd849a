"""The table as it is printed: Markdown, aligned, with the machine and the day above it."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.rows import Outcome, Size, Target

__all__ = ["BEGIN", "END", "HEADS", "aligned", "goal", "head_of", "record_of", "replaced", "table_of", "told_of"]

BEGIN = "<!-- made by: python -m benchmarks --readme README.md -->"
END = "<!-- the end of what benchmarks made -->"
HEADS = ("work", "measured against", "target", "measured", "", "wall", "fx", "other")


def head_of(size: Size, now: datetime) -> str:
    """When, on which machine and how much: one line."""
    load = os.getloadavg()[0]
    return (
        f"{now.astimezone(UTC):%Y-%m-%d}, {processor()}, {os.cpu_count()} cores, {memory()}, {platform.system()} "
        f"{platform.release().split('-')[0]}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"load {load:.1f} at the start, {size.name} size"
    )


def processor() -> str:
    """The name of the processor."""
    try:
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def memory() -> str:
    """How much memory there is."""
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GB"


def figure(target: Target, value: float) -> str:
    """A figure in the words of a target.

    >>> figure(Target(4), 3.14159), figure(Target(40, faster=True), 82.3), figure(Target(5, "ms"), 4.25)
    ('3.1', '82 ×', '4.2 ms')
    >>> figure(Target(1.01, "instructions"), 1.0004), figure(Target(0.5), 0.512), figure(Target(1.5), 1.5)
    ('1.000', '0.51', '1.50')
    """
    if target.of == "instructions":
        shown = f"{value:.3f}"
    else:
        shown = f"{value:.2f}" if value < 2 else f"{value:.1f}" if value < 20 else f"{value:,.0f}"
    return shown + (" ×" if target.faster else f" {target.of}" if target.of in {"ms", "MB"} else "")


def goal(target: Target) -> str:
    """What is aimed at.

    >>> goal(Target(4)), goal(Target(40, faster=True)), goal(Target(300, "MB"))
    ('≤ 4', '≥ 40 ×', '≤ 300 MB')
    """
    unit = " ×" if target.faster else f" {target.of}" if target.of in {"ms", "MB"} else ""
    return f"{'≥' if target.faster else '≤'} {target.bound:g}{unit}"


def seconds(value: float | None) -> str:
    """A time.

    >>> seconds(0.0162), seconds(12.34), seconds(0.0000071), seconds(None)
    ('16 ms', '12.3 s', '7.1 µs', '')
    """
    if value is None:
        return ""
    unit, name = next(((unit, name) for unit, name in ((1, "s"), (1e-3, "ms")) if value >= unit), (1e-6, "µs"))
    number = value / unit
    return f"{number:.0f} {name}" if number >= 100 or (name == "ms" and number >= 10) else f"{number:.1f} {name}"


def cells_of(outcome: Outcome) -> tuple[str, ...]:
    """An outcome as a line of the table."""
    row = outcome.row
    value = figure(row.target, outcome.value) if outcome.value is not None else ""
    wall = figure(row.target, outcome.wall) if outcome.wall is not None else ""
    times = (seconds(outcome.ours), seconds(outcome.theirs))
    return (row.work, row.beside, goal(row.target), value, outcome.verdict.replace("|", "/"), wall, *times)


def told_of(outcome: Outcome) -> str:
    """An outcome in a few words."""
    _, _, aim, value, verdict, *_ = cells_of(outcome)
    return f"{value}, {aim} is asked: {verdict}" if value else verdict


def table_of(outcomes: Sequence[Outcome]) -> str:
    """All outcomes as a table in Markdown."""
    return aligned([HEADS, *map(cells_of, outcomes)])


def aligned(lines: Sequence[Sequence[str]]) -> str:
    """Lines of cells as a table in Markdown, the first its heads.

    >>> print(aligned([("work", "fx"), ("load", "1.5 s")]))
    | work | fx    |
    | ---- | ----- |
    | load | 1.5 s |
    """
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    ruled = [lines[0], ["-" * width for width in widths], *lines[1:]]
    return "\n".join(
        f"| {' | '.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))} |" for line in ruled
    )


def record_of(outcome: Outcome) -> dict[str, Any]:
    """An outcome as an object of JSON."""
    row = outcome.row
    return {
        "name": row.name,
        "work": row.work,
        "beside": row.beside,
        "target": row.target.bound,
        "of": row.target.of,
        "faster": row.target.faster,
        "value": outcome.value,
        "verdict": outcome.verdict,
        "wall": outcome.wall,
        "ours": outcome.ours,
        "theirs": outcome.theirs,
        "runs": outcome.runs,
    }


def replaced(text: str, block: str) -> str:
    """A text with what stands between the two marks replaced; raises `ValueError` without them.

    >>> replaced(f"a\\n{BEGIN}\\nold\\n{END}\\nb\\n", "new") == f"a\\n{BEGIN}\\n\\nnew\\n\\n{END}\\nb\\n"
    True
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"there are no lines {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{block}\n\n{END}{after}"
