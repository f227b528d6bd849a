"""What one document says, gathered part after part: repeats counted, and the dates that stand beside the boards.

Parts are read through windows: each with the end of the part before it and the beginning of the part after it, so that
what stands at a cut is read as if there were none, and taken once. Memory is bounded by what is distinct.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from fx.dates import find_date, find_date_in_heading
from fx.documents import Part, Parts, seen
from fx.formats import Plain, Run
from fx.late import late
from fx.moments import Moment
from fx.nearby import BESIDE_RUN
from fx.quotes import Quote, Reject, Tick
from fx.skimming import Shown
from fx.text import BREAK, WIDEST, first_of, line_at

__all__ = ["PLACES_A_LINE", "Gathered", "Seen", "Window", "stretches", "windows"]

BESIDE = 8192
"""Characters on either side of a part that its window shows: no quote, and no way to its date, is as long.

(But for a chain of hundreds of quotes in one line behind the one date that it begins with.)
"""


class Ends:
    """How many lines end before a place of a text: asked for in order, none is counted twice."""

    __slots__ = ("number", "place", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.place = self.number = 0

    def before(self, place: int, between: int | None = None) -> int:
        """How many lines end before a place: so many ``between`` the one asked for last and this, where that is known.

        >>> ends = Ends("one\\ntwo\\nthree")
        >>> ends.before(9), ends.before(5)
        (2, 1)
        """
        if between is not None:
            self.number += between
        elif place < self.place:
            self.number -= line_at(self.text, place, self.place)
        else:
            self.number += line_at(self.text, self.place, place)
        self.place = place
        return self.number


@dataclass(frozen=True, slots=True)
class Window:
    """A part with what stands beside it: its own text is that from ``start`` to ``end``.

    ``line`` counts the lines before the window, ``place`` the characters; a document of one part is ``only``. In a
    stretch of rows ``raw`` begins with as many lines as ``behind`` says that belong to the head of the file. ``runs``
    are plain lines that are read already: then there is nothing else in the window, and it may be ``narrow``.
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
    narrow: bool = False
    ends: Ends = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Begin to count."""
        object.__setattr__(self, "ends", Ends(self.text))

    def near(self, start: int, end: int) -> bool:
        """Whether nothing but marks and white space lies between two places, and not much of it."""
        if self.narrow:
            gap = seen(self.text[start:end]) if end - start < NARROW_REACH else None
            return gap is not None and len(gap) < NEAR and not WORDS.search(gap)
        return end - start < NEAR and not WORDS.search(self.text, start, end)

    def text_before(self, place: int) -> str:
        """What stands before a place, as far as a date is looked for."""
        text, begin = self.text, max(0, place - REACH)
        found = text[begin:place]
        if not self.narrow or found.isascii():
            return found
        line = text.rfind("\n", begin, place) + 1
        above = text[max(0, line - REACH) : line]
        if line and above.isascii():  # as mostly: nothing else is there but the bullet of a board's first line
            return (above + shown(text[line:place]))[-REACH:]
        return seen(text[max(0, place - NARROW_REACH) : place])[-REACH:]

    def text_after(self, place: int) -> str:
        """What stands behind a place, as far as a date is looked for."""
        found = self.text[place : place + REACH]
        if self.narrow and not found.isascii():
            found = seen(self.text[place : place + NARROW_REACH])[:REACH]
        return found

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
        runs = part.runs if isinstance(part, Shown) else ()
        narrow = isinstance(part, Shown) and part.narrow
        apart = runs or (isinstance(following, Shown) and (following.passed or following.runs))
        gap = following if isinstance(following, Shown) and apart else None
        text = before + part.text + (following.text[:BESIDE] if following and not gap else "")
        end = len(before) + len(part.text)
        only = following is None and not place and not before
        window = Window(
            text, "" if runs else part.raw, len(before), end, line, place, only=only, runs=runs, narrow=narrow
        )
        yield window
        kept = text.rfind("\n", max(0, end - 2 * BESIDE), max(0, end - BESIDE)) + 1 or max(0, end - BESIDE)
        if gap:  # nothing of what stands before it is shown behind it
            kept = end
            line, place = line + gap.lines, place + gap.passed
        line, place = line + window.ends.before(kept), place + kept
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


PLACES_A_LINE = 2**40
"""A place is one number: the line, and in it the order in which all was said. To compare two takes one step."""


@dataclass(slots=True)
class Seen:
    """A statement that stands so many ``times`` where the dates beside it are the same, its first and its last place.

    When it held, and how that is known, is settled at the end: then ``first`` is the place that counts.
    """

    said: Tick | Plain
    first: int
    last: int
    times: int = 0
    moment: Moment = field(init=False)
    basis: str = field(init=False)

    @property
    def line(self) -> int:
        """The line that counts."""
        return self.first // PLACES_A_LINE

    def quote(self, source: str | None, document: str) -> Quote:
        """The same with its origin."""
        tick = self.said.tick() if isinstance(self.said, Plain) else self.said
        return Quote(
            base=tick.base,
            counter=tick.counter,
            rate=tick.rate,
            bid=tick.bid,
            ask=tick.ask,
            change_pct=tick.change_pct,
            observed_at=self.moment,
            time_basis=self.basis,
            source=source if source is not None else tick.source,
            document=document,
            line=self.line,
            repeats=self.times,
            unit=tick.unit,
        )


Key = tuple[tuple[str | None, ...], Moment | None] | Plain


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
        self.seen: dict[tuple[date | None, date | None], dict[Key, Seen]] = {}
        self.all_after = self.all_before = True
        self.days: set[date] = set()

    def add(self, tick: Tick, line: int, window: Window) -> None:
        """Take a tick of a window."""
        self.number += 1
        place = line * PLACES_A_LINE + self.number
        block = self.join(tick.span, window)
        key = (tick.statement, tick.observed_at)
        seen = block.ticks.get(key)
        if seen is None:
            seen = block.ticks[key] = Seen(tick, place, place)
        seen.times += 1
        seen.last = place

    def add_runs(self, window: Window) -> None:
        """Take the plain lines of a window's runs, as if each were taken by itself."""
        first = window.line + 1
        for run in window.runs:
            ticks = self.join((run.start, run.end), window).ticks
            rows = run.rows
            place = (first + window.ends.before(run.start, run.above)) * PLACES_A_LINE + self.number + 1
            for said, above, below, times in run.statements():
                last = place + below + (below if rows is None else rows[below]) * PLACES_A_LINE
                seen = ticks.get(said)
                if seen is None:
                    begin = place + above + (above if rows is None else rows[above]) * PLACES_A_LINE
                    ticks[said] = Seen(said, begin, last, times)
                else:
                    seen.times += times
                    seen.last = last
            if rows is None:
                window.ends.before(run.end, run.number - 1)
            self.number += run.number

    def refuse(self, reject: Reject, window: Window) -> None:
        """Take a reject: it belongs to its block, and fills the rest of its line."""
        start, end = reject.span
        rest = first_of(window.text, ("\n", BREAK), end, min(len(window.text), end + NEAR))
        self.join((start, max(end, rest)), window)

    def join(self, span: tuple[int, int], window: Window) -> Block:
        """The block that a span belongs to, made if it begins one."""
        start, end = span
        block = self.block
        if self.undated and block:
            return block
        if block:
            reached = block.end - window.place
            if reached >= 0 and window.near(reached, start):
                block.end = end + window.place
                return block
            if reached >= 0:
                block.after = date_after(window.text_after(reached))
            self.close()
        before = None if self.undated else date_before(window.text_before(start))
        self.block = Block(end + window.place, before)
        return self.block

    def look_ahead(self, window: Window) -> None:
        """See what stands behind the last block of a window, should no more of it follow."""
        if self.block and not self.undated:
            reached = self.block.end - window.place
            if reached >= 0:
                self.block.after = date_after(window.text_after(reached))

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
        dated = self.seen.setdefault((block.after, block.before), {})
        for key, found in block.ticks.items():
            seen = dated.setdefault(key, found)
            if seen is not found:
                seen.times += found.times
                seen.last = found.last

    def dated(self) -> list[tuple[Seen, date | None]]:
        """Everything gathered, in the order in which it was first seen, with the date meant for it."""
        self.close()
        meant = [
            (after if self.all_after else before if self.all_before else after or before, dated.values())
            for (after, before), dated in self.seen.items()
        ]
        agreed = {day for day, _ in meant if day} | self.days
        only = agreed.pop() if len(agreed) == 1 else None
        found = [(seen, day or only) for day, dated in meant for seen in dated]
        found.sort(key=lambda pair: pair[0].first % PLACES_A_LINE)
        return found


@functools.lru_cache(maxsize=256)
def shown(marks: str) -> str:
    """What stands in a narrow line before its pair, as people see it: the same in board after board."""
    return seen(marks)


LINES_APART = late(r"[\n\x0c]")
WORDS = late(r"[^\W_]")
REACH = 1000
"""Characters beyond a block among which its date is looked for."""
NARROW_REACH = WIDEST * BESIDE_RUN
"""Characters of a narrow text that show as many, some being invisible."""
NEAR = 400
"""Characters between what belongs to one block are fewer."""


def date_after(text: str) -> date | None:
    """The date on the nearest line of text below a block, or glued to its end.

    >>> date_after("\\n14 December 2024\\n\\nViewing results 1 - 6 of 53\\n")
    datetime.date(2024, 12, 14)
    """
    word = WORDS.search(text)
    return (
        find_date(LINES_APART.split(text[: word.start()])[-1] + LINES_APART.split(text[word.start() :], 1)[0])
        if word
        else None
    )


def lines_upwards(text: str) -> Iterator[str]:
    """The lines of a text from the last to the first: of most texts only the last few are asked for.

    >>> list(lines_upwards("one\\n\\x0cthree\\n"))
    ['', 'three', '', 'one']
    """
    end = len(text)
    while end >= 0:
        begin = max(text.rfind("\n", 0, end), text.rfind(BREAK, 0, end)) + 1
        yield text[begin:end]
        end = begin - 1


def date_before(text: str) -> date | None:
    """The date on the nearest line of text above a block: alone, in a heading, or alone above a heading.

    >>> date_before("14 December 2024\\n\\n# Rates\\n\\n"), date_before("Exchange rates as of 14 December 2024:\\n")
    (datetime.date(2024, 12, 14), datetime.date(2024, 12, 14))
    """
    lines = (line for line in lines_upwards(text) if WORDS.search(line))
    last = next(lines, None)
    if last is None:
        return None
    near = find_date(last) or find_date_in_heading(last)
    if near is None and last.lstrip().startswith("#"):
        return find_date(next(lines, ""))
    return near
