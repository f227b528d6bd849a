"""What one document says, gathered part after part: repeats counted, and the dates that stand beside the boards.

Parts are read through windows: each with the end of the part before it and the beginning of the part after it, so that
what stands at a cut is read as if there were none, and taken once. Memory is bounded by what is distinct.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from fx.dates import find_date, find_date_in_heading
from fx.documents import Part, Parts
from fx.formats import Run
from fx.moments import Moment
from fx.quotes import Reject, Tick
from fx.skimming import Shown
from fx.text import line_at

__all__ = ["Gathered", "Seen", "Window", "stretches", "windows"]

BESIDE = 8192
"""Characters on either side of a part that its window shows: no quote, and no way to its date, is as long.

(But for a chain of hundreds of quotes in one line behind the one date that it begins with.)
"""


@dataclass(frozen=True, slots=True)
class Window:
    """A part with what stands beside it: its own text is that from ``start`` to ``end``.

    ``line`` counts the lines before the window, ``place`` the characters; a document of one part is ``only``. In a
    stretch of rows ``raw`` begins with as many lines as ``behind`` says that belong to the head of the file. ``runs``
    are plain lines that are read already: then there is nothing else in the window.
    """

    text: str
    raw: str
    start: int
    end: int
    line: int
    place: int
    only: bool
    behind: int = 0
    runs: tuple[Run, ...] = ()

    def owns(self, item: Tick | Reject) -> bool:
        """Whether an item stands in this part, and not in the one before it or after it."""
        if self.only:
            return item.line > self.behind
        if item.span == (0, 0):  # a format that does not say where: by the line
            before = line_at(self.text, 0, self.start)
            return before < item.line <= before + 1 + line_at(self.text, self.start, self.end - 1)
        return self.start <= item.span[0] < self.end


def windows(parts: Iterable[Part | Shown]) -> Iterator[Window]:
    """The parts of a document, each in its window."""
    before, line, place = "", 0, 0
    source = iter(parts)
    part = next(source, None)
    if isinstance(part, Shown):
        line, place = part.lines, part.passed
    while part is not None:
        following = next(source, None)
        gap = following if isinstance(following, Shown) and following.passed else None
        text = before + part.text + (following.text[:BESIDE] if following and not gap else "")
        end = len(before) + len(part.text)
        only = following is None and not place and not before
        runs = part.runs if isinstance(part, Shown) else ()
        yield Window(text, part.raw, len(before), end, line, place, only=only, runs=runs)
        kept = text.rfind("\n", max(0, end - 2 * BESIDE), max(0, end - BESIDE)) + 1 or max(0, end - BESIDE)
        if gap:  # nothing of what stands before it is shown behind it
            kept = end
            line, place = line + gap.lines, place + gap.passed
        line, place = line + line_at(text, 0, kept), place + kept
        before, part = text[kept:end], following


def stretches(parts: Parts, head: str) -> Iterator[Window]:
    """The stretches of a file of rows, each behind the head that says what its columns are."""
    beginning = parts.beginning.text  # where all of them find the date that the file states, if it does
    line = behind = 0
    for stretch in parts.stretches():
        rows = stretch.replace("\r\n", "\n").replace("\r", "\n")
        raw = head + rows if line else rows
        yield Window(beginning, raw, 0, 0, line - behind, 0, only=True, behind=behind)
        line, behind = line + rows.count("\n"), head.count("\n")


@dataclass(slots=True)
class Seen:
    """A statement that stands ``count`` times where the dates beside it are the same; ``tick`` is the first."""

    tick: Tick
    line: int
    order: int
    statement: tuple[str, ...]
    count: int = 0


Key = tuple[tuple[str, ...], Moment | None]


@dataclass(slots=True)
class Block:
    """A run of ticks and rejects with nothing but marks and white space between them; places are the document's."""

    end: int
    before: date | None
    after: date | None = None
    ticks: dict[Key, Seen] = field(default_factory=dict)


class Gathered:
    """The ticks of a document by statement and by the dates that stand beside them.

    A date stands alone beside a block, after it or before it. Where every block has a date after it, those are meant;
    else where every block has one before it, those; else each block takes what it has. A block without any takes the
    document's, if all others agree on one.
    """

    def __init__(self, *, undated: bool) -> None:
        self.undated = undated
        self.number = 0
        self.block: Block | None = None
        self.seen: dict[tuple[Key, date | None, date | None], Seen] = {}
        self.all_after = self.all_before = True
        self.days: set[date] = set()

    def add(self, tick: Tick, line: int, window: Window) -> None:
        """Take a tick of a window."""
        self.number += 1
        block = self.join(tick.span, window)
        key = (tick.statement, tick.observed_at)
        seen = block.ticks.get(key)
        if seen is None:
            seen = block.ticks[key] = Seen(tick, line, self.number, key[0])
        seen.count += 1

    def add_run(self, run: Run, window: Window) -> None:
        """Take the plain lines of a run, as if each were taken by itself."""
        block = self.join((run.start, run.end), window)
        line = window.line + 1 + line_at(window.text, 0, run.start)
        for tick, statement, above, times in run.said:
            self.number += 1
            key = (statement, None)
            seen = block.ticks.get(key)
            if seen is None:
                seen = block.ticks[key] = Seen(tick, line + above, self.number, statement)
            seen.count += times

    def refuse(self, reject: Reject, window: Window) -> None:
        """Take a reject: it belongs to its block, and fills the rest of its line."""
        start, end = reject.span
        rest = LINE_END.search(window.text, end, end + 400)
        self.join((start, rest.start() if rest else end), window)

    def join(self, span: tuple[int, int], window: Window) -> Block:
        """The block that a span belongs to, made if it begins one."""
        start, end = span
        block = self.block
        if self.undated and block:
            return block
        if block:
            reached = block.end - window.place
            if reached >= 0 and start - reached < 400 and not WORDS.search(window.text, reached, start):
                block.end = end + window.place
                return block
            if reached >= 0:
                block.after = date_after(window.text[reached : reached + REACH])
            self.close()
        before = None if self.undated else date_before(window.text[max(0, start - REACH) : start])
        self.block = Block(end + window.place, before)
        return self.block

    def look_ahead(self, window: Window) -> None:
        """See what stands behind the last block of a window, should no more of it follow."""
        if self.block and not self.undated:
            reached = self.block.end - window.place
            if reached >= 0:
                self.block.after = date_after(window.text[reached : reached + REACH])

    def pass_by(self, days: tuple[date, date] | None) -> None:
        """Take note of lines that are read elsewhere: blocks of one quote each, none with a date after it.

        ``days`` are the first and the last of the dates that stand before them, if they do.
        """
        self.close()
        self.all_after = False
        self.all_before = self.all_before and days is not None
        if days is not None and not self.undated:
            self.days.update(days)

    def close(self) -> None:
        """No more of the last block follows."""
        block, self.block = self.block, None
        if block is None or not block.ticks:
            return
        self.all_after = self.all_after and block.after is not None
        self.all_before = self.all_before and block.before is not None
        for key, found in block.ticks.items():
            seen = self.seen.setdefault((key, block.after, block.before), found)
            if seen is not found:
                seen.count += found.count

    def dated(self) -> list[tuple[Seen, date | None]]:
        """Everything gathered, in the order in which it was first seen, with the date meant for it."""
        self.close()
        found: list[tuple[Seen, date | None]] = [
            (seen, after if self.all_after else before if self.all_before else after or before)
            for (_, after, before), seen in self.seen.items()
        ]
        agreed = {day for _, day in found if day} | self.days
        only = agreed.pop() if len(agreed) == 1 else None
        return sorted(((seen, day or only) for seen, day in found), key=lambda pair: pair[0].order)


LINE_END = re.compile(r"[\n\x0c]|\Z")
WORDS = re.compile(r"[^\W_]")
REACH = 1000
"""Characters beyond a block among which its date is looked for."""


def date_after(text: str) -> date | None:
    """The date on the nearest line of text below a block, or glued to its end.

    >>> date_after("\\n14 December 2024\\n\\nViewing results 1 - 6 of 53\\n")
    datetime.date(2024, 12, 14)
    """
    lines = [line for line in re.split(r"[\n\x0c]", text) if WORDS.search(line)]
    return find_date(lines[0]) if lines else None


def date_before(text: str) -> date | None:
    """The date on the nearest line of text above a block: alone, in a heading, or alone above a heading.

    >>> date_before("14 December 2024\\n\\n# Rates\\n\\n"), date_before("Exchange rates as of 14 December 2024:\\n")
    (datetime.date(2024, 12, 14), datetime.date(2024, 12, 14))
    """
    lines = [line for line in re.split(r"[\n\x0c]", text) if WORDS.search(line)]
    if not lines:
        return None
    near = find_date(lines[-1]) or find_date_in_heading(lines[-1])
    if near is None and len(lines) > 1 and lines[-1].lstrip().startswith("#"):
        return find_date(lines[-2])
    return near
