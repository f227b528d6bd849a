"""How people write quotes in running text: the engine that every human-written family shares.

A family says where candidates stand: a pair, what connects it to its figure, and where that figure begins; or which
rows of tables it reads. The engine takes the candidates of the chosen families in the order of the text and decides,
with the rules of `context`, `rate` and `change`, what is a quote, what a reject and what prose. A family is data and a
pattern; there is one grammar.

``strict`` connections (an equals sign) leave a reject behind where no rate can be read. Loose ones (a mere space) are
common in prose: there only an open figure is told of.
"""

from __future__ import annotations

import functools
import heapq
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from fx.currencies import Currency, is_iso, suggest
from fx.formats.change import find_change
from fx.formats.context import (
    MANY_ABOVE,
    MANY_BEFORE,
    FigureBefore,
    Labelled,
    Prose,
    Unreadable,
    line_start,
    refuse_month,
    refuse_step,
    refuse_what_precedes,
)
from fx.formats.figures import FIGURE, AmbiguousFigure, DecimalMark, NotAFigure, mark_of, read_figure
from fx.formats.page import Page
from fx.formats.quantities import OF_RATES, is_heading_of_measures
from fx.formats.rate import (
    NEGATIVE_RATE,
    RATE,
    Reading,
    one_side,
    read_value,
    with_side_behind,
)
from fx.formats.sides import ONWARDS, SIDE_ABOVE, SIDE_BEFORE, SIDE_REACH, side_of
from fx.formats.signs import DOWN, WS
from fx.formats.when import NEAREST_DAY, day_between, logged_moment, written_moment
from fx.late import late
from fx.moments import Moment
from fx.quotes import CROSSED, Reject, Tick
from fx.text import BREAK, SOFT_NEWLINE, first_of, line_at

__all__ = ["Candidate", "Family", "Places", "Row", "read_families"]


class Candidate(NamedTuple):
    """A pair that may be quoted here: where it begins, its codes as written, where its figure would begin.

    One of the codes is known, and what stands at ``value`` is promising (`fx.formats.rate`). ``unit`` is for how many
    of the base the figure stands. ``free`` says that the family has looked at what stands to the left itself (a unit).
    ``equation`` says so as well, and that the figure's own currency stands beside it. ``refused`` is why the family
    itself cannot tell which pair it is.
    """

    start: int
    value: int
    base: str
    counter: str
    strict: bool = True
    unit: int = 1
    free: bool = False
    equation: bool = False
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table from ``start`` to ``end``: its quotes and rejects; none where the heads name no rates."""

    start: int
    end: int
    found: tuple[Tick | Reject, ...]


def no_rows(text: str, mark: DecimalMark | None) -> Iterable[Row]:  # noqa: ARG001 (the shape of Family.rows)
    """Most families know no tables."""
    return ()


ROWS_END = (Candidate(sys.maxsize, sys.maxsize, "", ""),)
"""A candidate behind every text, so that the last rows of tables come out."""


Places = Callable[[int], int]
"""Where, from a place of a text on, the next mark stands without which there is no candidate; -1 for nowhere."""


@dataclass(frozen=True, slots=True)
class Family:
    """A way to write quotes in text: its name, an example, where its candidates stand, and its explanation.

    ``marks`` is told a text, whether it is ``narrow``, and whether it is ``shown``, so made plain; it gives None where
    any place of it may hold a candidate. ``equals`` says that in a narrow text these are the equals signs alone.
    """

    name: str
    summary: str
    example: str
    candidates: Callable[[str], Iterator[Candidate]]
    explanation: str
    prepare: Callable[[str], str] = str
    rows: Callable[[str, DecimalMark | None], Iterable[Row]] = no_rows
    marks: Callable[..., Places | None] | None = None
    equals: bool = False

    def recognises(self, page: Page) -> bool:  # noqa: ARG002 (human text has no shape to know it by)
        """Never: such quotes stand in any text."""
        return False

    def read(self, page: Page) -> Iterator[Tick | Reject]:
        """Yield the ticks and rejects of a page in the order in which they stand."""
        return read_families(page, (self,))


def read_families(page: Page, families: Sequence[Family]) -> Iterator[Tick | Reject]:
    """Read a page with these families at once, in the order of the text; a bid and its ask on two lines are one."""
    waiting: Tick | None = None
    for item in items_of(page, families):
        if waiting is not None:
            both = joined_sides(page, waiting, item) if isinstance(item, Tick) else None
            yield both or waiting
            waiting = None
            if both:
                continue
        if isinstance(item, Tick) and item.rate is None and (item.bid is None or item.ask is None):
            waiting = item
        else:
            yield item
    if waiting is not None:
        yield waiting


def joined_sides(page: Page, first: Tick, second: Tick) -> Tick | None:
    """A bid and an ask of the same pair right behind each other as one quote; None where they are none."""
    bid, ask = (first, second) if first.ask is None else (second, first)
    if bid.pair != ask.pair or bid.bid is None or ask.ask is None:
        return None
    if bid.ask is not None or ask.bid is not None or second.rate is not None:
        return None
    gap = page.text[first.span[1] : second.span[0]]
    if bid.observed_at != ask.observed_at or not bid.bid <= ask.ask or len(gap) > GAP or any(map(str.isalnum, gap)):
        return None
    change = first.change_pct if second.change_pct is None else second.change_pct
    return replace(first, bid=bid.bid, ask=ask.ask, change_pct=change, span=(first.span[0], second.span[1]))


GAP = 40
"""Characters, none of them letters or digits, that may stand between a bid and its ask."""


def items_of(page: Page, families: Sequence[Family]) -> Iterator[Tick | Reject]:
    """The ticks and rejects of a page, in the order of the text."""
    text, mark = page.text, page.hints.decimal_mark
    for family in families:
        text = family.prepare(text)
    line, counted, done, labelled = 1, 0, 0, 0
    moment: Moment | None = None
    seen = before = -1
    heading = Heading(logged='{"' in text or '{ "' in text)
    rows = sorted((row for family in families for row in family.rows(text, mark)), key=lambda row: row.start)
    found_by_rows = iter(rows)
    row = next(found_by_rows, None)
    for candidate in heapq.merge(*(family.candidates(text) for family in families), ROWS_END):
        start, base, counter = candidate.start, candidate.base.upper(), candidate.counter.upper()
        while row is not None and row.start <= start:
            line, counted = line + line_at(text, counted, row.start), row.start
            done = row.end
            for item in row.found:
                yield replace(item, line=line, span=(row.start, row.end))
            row = next(found_by_rows, None)
        if start == seen or start < done or start < labelled:
            continue
        line, counted = line + line_at(text, counted, start), start
        heading.see(text, start)
        try:
            if before >= 0 and not candidate.strict and FIGURE_BETWEEN.fullmatch(text, before, start):
                raise FigureBefore(BEFORE_TOO, candidate.value, choice=True)
            heading.refuse_many(candidate)
            heading.refuse_counting(text, candidate.value)
            reading = read_candidate(text, candidate, done, mark)
            reading, named = heading.sided(text, start, done, reading, counter, mark)
        except Labelled:
            # `Weights: EUR/USD = 0.57, USD/JPY = 0.136`: the label holds for its line
            labelled = first_of(text, ("\n", ";", BREAK), start, start + 400)
            continue
        except Prose:
            continue
        except Unreadable as found:
            heading.signed(found)
            if found.reason == MANY_ABOVE:  # it holds for its line, however long that is
                heading.many_until = first_of(text, ("\n", BREAK), start, min(len(text), start + WIDEST))
            before = candidate.value if isinstance(found, FigureBefore) else -1
            if candidate.strict or found.choice:
                seen = start
                place = (start, max(found.end, candidate.value))
                excerpt, caret = around(text, start)
                yield Reject(
                    shown(text, start, found.end),
                    found.reason,
                    line,
                    caret + 1 if caret < BESIDE else column_of(text, start),
                    excerpt=excerpt,
                    caret=caret,
                    span=place,
                )
            continue
        begin = heading.begin
        if begin > done or not done:
            moment = written_moment(text[begin:start]) or (logged_moment(text, start) if heading.logged else None)
        listed = candidate.free and not candidate.equation and begin >= done  # its unit stands on the line as well
        done = reading.end
        yield Tick(
            Currency(base),
            Currency(counter),
            divided(reading.rate, candidate.unit),
            divided(reading.bid, candidate.unit),
            divided(reading.ask, candidate.unit),
            directed(text, candidate, reading),
            line,
            (candidate.value - start >= NEAREST_DAY and day_between(text, start, candidate.value)) or moment,
            candidate.unit,
            span=(begin if listed else named, done),
        )


FIGURE_BETWEEN = late(rf"{WS}{FIGURE}{WS}")
BEFORE_TOO = "the figures of this list may stand before their pairs: write each behind its pair"
"""``523.54 KZT/USD 549.10 KZT/EUR``: what stands behind the first pair is of the second."""
WHOLE_FIGURE = late(rf"{WS}(?P<figure>[0-9]{{1,5}})(?![0-9:/]|[.,][0-9]|{WS}[%(+▲▼-]|[ \xa0'][0-9]{{3}})")


def sentence_of_rates(line: str) -> str:
    """A line, without its full stop where it speaks of the rates below, as ``Курсы указаны за 100 единиц.`` does."""
    return line.rstrip(". ") if ":" not in line and OF_RATES.search(line) else line


NAME_ENDS = 6
"""Characters before a pair among which the name of its side ends."""
LAST_NUMBER, NEXT_BY, ITEMS_APART = 60, 4, 400
"""Numbers of a list are small, and follow closely; ``USD/KZT 523, EUR/KZT 549`` is none."""


@dataclass(slots=True)
class Heading:
    """What stands over the list that is being read, whose last item's line begins at ``begin``.

    ``logged`` says that lines of the text may be objects of JSON.
    """

    logged: bool = False
    begin: int = -1
    of_measures: bool = False
    of_many: bool = False
    many_until: int = 0
    number: int = -1
    numbered: int = 0
    side_above: str = ""
    side: str = ""

    def see(self, text: str, start: int) -> None:
        """Look at what stands over the pair at ``start``, unless it goes on with the list seen last."""
        begin = line_start(text, start)
        if self.begin == begin:
            return
        head = line_start(text, begin - 1) if begin else begin
        if self.begin != head:  # no further item of the same list
            line = text[head : max(head, begin - 1)]
            self.side_above = side_of(SIDE_ABOVE.fullmatch(line)) if len(line) < SIDE_REACH else ""
            if line.strip() or not head:
                self.of_measures = is_heading_of_measures(line)
            else:  # one empty line may stand between a heading and its list
                line = text[line_start(text, head - 1) : head - 1]
                self.of_measures = line.lstrip()[:1] == "#" and is_heading_of_measures(line)
            self.of_many = "10" in line and bool(MANY_BEFORE.search(sentence_of_rates(line)))
        self.begin = begin

    def sided(
        self, text: str, start: int, done: int, reading: Reading, counter: str, mark: DecimalMark | None
    ) -> tuple[Reading, int]:
        """The quote at ``start`` as the side that is named before it, if one is, and where it begins then.

        What is named above holds for no line that is a quote by itself, with its change or its moment. Raises
        `Labelled`.
        """
        self.check(reading)
        named = text[max(0, start - NAME_ENDS) : start].rstrip(" \t\x0b\xa0:(*_—–-")[-1:].isalpha()
        if not (named or self.side or self.side_above):
            return reading, start
        begin = max(self.begin, done)
        match = SIDE_BEFORE.search(text, max(begin, start - SIDE_REACH), start) if named else None
        if match:
            self.side, start = side_of(match), match.start()
        elif begin != done or not done or not ONWARDS.fullmatch(text, done, start):
            alone = reading.change_pct is not None or text[begin : begin + 4].isdecimal()
            self.side = "" if alone else self.side_above
        one = one_side(reading, self.side)
        whole = with_side_behind(text, one, counter, mark) if one is not reading else one
        if whole is not one:
            self.side = ""  # what follows is a quote again
        return whole, start

    def signed(self, found: Unreadable) -> None:
        """Take note of a figure below zero: the list that holds it is none of rates."""
        self.of_measures = self.of_measures or found.reason == NEGATIVE_RATE

    def refuse_many(self, candidate: Candidate) -> None:
        """Raise `Unreadable` under a heading such as ``Rates per 100 units:``, but for a pair that has its own unit."""
        if (self.of_many or candidate.start < self.many_until) and not candidate.free and not candidate.equation:
            raise Unreadable(MANY_ABOVE, candidate.value, choice=True)

    def refuse_counting(self, text: str, value: int) -> None:
        """Raise `Unreadable` where whole figures count up from item to item: they number something."""
        match = WHOLE_FIGURE.match(text, value)
        last, self.number = self.number, int(match["figure"]) if match else -1
        near, self.numbered = value - self.numbered < ITEMS_APART, value
        if match and near and last >= 0 and 0 < self.number - last <= NEXT_BY and self.number <= LAST_NUMBER:
            raise Unreadable("the figures count up from item to item: write rates with decimals", match.end())

    def check(self, reading: Reading) -> None:
        """Raise `Labelled` for an item under a heading such as ``## Spreads``; with a change it is a quote anywhere."""
        if self.of_measures and reading.change_pct is None:
            raise Labelled


def read_candidate(text: str, candidate: Candidate, done: int, mark: DecimalMark | None) -> Reading:
    """What stands behind a candidate, if all that stands around it allows for a quote.

    ``done`` is where the last quote ended. Raises `Prose` or `Unreadable`.
    """
    start, base, counter = candidate.start, candidate.base.upper(), candidate.counter.upper()
    if not candidate.free and not candidate.equation:
        refuse_what_precedes(text, start, done, (candidate.base + candidate.counter).isupper())
    check_pair(text, candidate, base, counter)
    reading = read_value(text, candidate.value, counter, mark, in_equation=candidate.equation)
    check_figure(text, candidate, reading)
    refuse_month(text, start, reading.figure, reading.end)
    refuse_step(text, start, reading.figure, reading.end)
    return reading


FALLS = late(rf"(?:\A|[\n{BREAK}|;,•·])[^\w\n{BREAK}▲△▴↑]{{0,6}}[{DOWN}][^\w\n{BREAK}]{{0,4}}\Z")
ANY_FALL = late(f"[{DOWN}]")


def directed(text: str, candidate: Candidate, reading: Reading) -> Decimal | None:
    """The change of a reading; one without a sign takes that of an arrow before its pair or before its rate."""
    change = reading.change_pct
    if not change or reading.signed:
        return change
    falls = FALLS.search(text, max(0, candidate.start - 12), candidate.start) or ANY_FALL.search(
        text, candidate.start, reading.end
    )
    return change.copy_negate() if falls else change


def divided(figure: Decimal | None, unit: int) -> Decimal | None:
    """A figure for one of the base instead of a unit of 10, 100, …, digits kept.

    >>> divided(Decimal("19.6648"), 100)
    Decimal('0.196648')
    """
    if figure is None or unit == 1:
        return figure
    sign, digits, exponent = figure.as_tuple()
    return Decimal((sign, digits, int(exponent) - (len(str(unit)) - 1)))


def check_pair(text: str, candidate: Candidate, base: str, counter: str) -> None:
    """Whether both codes are currencies, and two of them. Raises `Prose` or `Unreadable`."""
    unknown = [code for code in (base, counter) if not is_iso(code)]
    if unknown:
        figure = RATE.match(text, candidate.value)
        if not candidate.strict or not figure or candidate.base.islower() or not find_change(text, figure.end()):
            raise Prose  # `USD/BBL = 61.2`, a price; with a change it has the ticker's whole shape
        hint = suggested(unknown[0])
        raise Unreadable(
            f"{unknown[0]} is not an ISO 4217 code" + (f": did you mean {hint}?" if hint else ": check its spelling"),
            figure.end(),
        )
    if base == counter:
        raise Unreadable("a currency against itself says nothing: leave it out", candidate.value)


@functools.lru_cache(maxsize=512)
def suggested(code: str) -> str | None:
    """The code that was likely meant: a page that says it once says it again and again."""
    return suggest(code)


AFTER_LOOSE = late(rf"{WS}(?:[,;|)\]\n{BREAK}•·▲▼]|\.(?![0-9])|\Z)")


CELL = late(r"\|[ \xa0]*\Z")
SEVERAL = late(
    rf"[ \xa0\t]{{1,8}}(?!(?:19|20)[0-9]{{6}}\b)(?P<next>{FIGURE})[ \xa0\t]{{1,8}}[+-]?{FIGURE}"
    rf"(?=[ \xa0\t]{{1,8}}[+-]?[0-9]|{WS}(?:[\n{BREAK}]|\Z))"
)
"""``EURUSD 0.10 1.0501 1.0450``, ``USD/RUB 103,95 104,25 +0,30``: lots, or the day before, may stand first."""
SMALL = 5
"""So many times a move in a day is less than the rate."""
NUMBER_CELL = late(r"[ \xa0]*\|[ \xa0]*[0-9]+(?:[.,][0-9]+)?[ \xa0]*\|")


def check_figure(text: str, candidate: Candidate, reading: Reading) -> None:
    """What a loose connection asks of its figure. Raises `Prose`, or `Unreadable` where the family refuses it.

    A space stands between any word and any number, and lower-case codes are English words (``all/try = 3``): there a
    rate needs decimals or a change, or, between capitals, nothing but the end of its item behind it.
    """
    if candidate.refused:
        raise Unreadable(candidate.refused, reading.end, choice=True)
    if reading.bid is not None and reading.ask is not None and reading.bid > reading.ask:
        raise Unreadable(CROSSED, reading.end, choice=True)
    if reading.change_pct is None and CELL.search(text, candidate.start, candidate.value):
        beside = NUMBER_CELL.match(text, reading.end)
        if beside:  # `| EUR/USD | 161 | 39.2 |`
            reason = "several figures stand in the row and no head says which is the rate: name a column rate"
            raise Unreadable(reason, beside.end(), choice=True)
    if reading.rate is None or reading.change_pct is not None:
        return
    several = None if candidate.strict or candidate.equation else SEVERAL.match(text, reading.end)
    if several and not is_move(several["next"], reading.figure):
        reason = "several figures stand behind the pair and no head says which is the rate: write the rate alone"
        raise Unreadable(reason, reading.end, choice=True)
    if not reading.figure.isdecimal():
        return
    if candidate.base.islower():
        raise Prose
    if candidate.strict or candidate.equation:
        return
    year = reading.figure[:2] in {"19", "20"} and len(reading.figure) in {4, 8}
    if year or len(reading.figure) < 2 or not AFTER_LOOSE.match(text, reading.end):
        raise Prose


def is_move(figure: str, rate: str) -> bool:
    """Whether a figure behind a rate is so small beside it that it can only be how far that moved.

    >>> is_move("0.0029", "1.0501"), is_move("1.0530", "1.0501"), is_move("1.0501", "0.10")
    (True, False, False)
    """
    try:
        mark = mark_of(rate)
        return SMALL * read_figure(figure, mark) < read_figure(rate, mark)
    except (AmbiguousFigure, NotAFigure):
        return False


LINE_ENDS = ("\n", BREAK, SOFT_NEWLINE)
WIDEST, BESIDE = 4096, 40


def column_of(text: str, start: int) -> int:
    """The column, from 1, in the line as it was read; of a very long line the most that is told is `WIDEST`.

    >>> column_of("one\\n\\u2022 KZT/USD = N/A", 6)
    3
    """
    return start - line_begin(text, start, WIDEST - 1) + 1


def around(text: str, start: int) -> tuple[str, int]:
    """What stands around a place on its line, shortly, and where in it the place is.

    >>> around("one\\n• KZT/USD = N/A\\ntwo", 6)
    ('• KZT/USD = N/A', 2)
    """
    begin = line_begin(text, start, BESIDE)
    return text[begin:start] + text[start : first_of(text, LINE_ENDS, start, start + 60)].rstrip(), start - begin


def shown(text: str, start: int, end: int) -> str:
    """The text of a reject: one line, short."""
    return text[start : first_of(text, LINE_ENDS, start, min(end, start + 120))].strip()


def line_begin(text: str, start: int, most: int) -> int:
    """Where the line begins that a place stands in, at most so many characters before it."""
    begin = max(0, start - most)
    for mark in LINE_ENDS:
        begin = text.rfind(mark, begin, start) + 1 or begin
    return begin
