"""Logs of the ticker, ``2024-12-14T15:30:00Z KZT/USD = 0.00190 0%``, read in columns: the quick way of long runs.

Each such line holds one quote and its moment, and means the same whatever stands around it; what the grammar makes of
it is settled by its shape. So a text of nothing but such lines is taken apart by one pattern, and each distinct piece
(a day, a minute, a pair, a change) is read once, by those who read it anywhere else. A line of any other shape, or one
that the grammar would refuse, makes the text none: then `human` reads it. A test holds both ways equal.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import compress, islice
from operator import add, itemgetter, lt
from typing import Self, TypeVar

from fx.currencies import Currency, is_iso
from fx.dates import find_date
from fx.errors import MomentError
from fx.exact import plain
from fx.formats.change import find_change
from fx.late import late
from fx.moments import Moment

__all__ = ["LINE", "Key", "Lines", "Remembered", "Words", "lines_of"]

DAY = r"(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}"
HOUR = r"[0-9]{2}:[0-9]{2}"
REST = r"(?::[0-5][0-9](?:\.[0-9]{1,6})?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
PAIR = r"[A-Z]{3}/[A-Z]{3}"
FIGURE = r"(?:0|[1-9][0-9]{0,8})\.[0-9]{1,9}"
CHANGE = r"[+-]?[0-9]{1,2}(?:\.[0-9]{1,4})?"
LINE = late(rf"^({DAY}[T ]{HOUR}{REST}) ({PAIR}) = ({FIGURE})(?: ({CHANGE}%))?$", re.MULTILINE)
"""A line that holds its moment, one quote and nothing else."""
SHAPES = {
    kind: re.compile(shape).fullmatch
    for kind, shape in {
        "day": DAY, "minute": f"[T ]{HOUR}", "rest": REST, "pair": PAIR, "figure": FIGURE, "change": f"{CHANGE}%"
    }.items()
}  # fmt: skip
"""What each of its words must look like."""
MINUTE = "2000-01-01T00:00"
DAY_OF, MINUTE_OF, REST_OF = itemgetter(slice(10)), itemgetter(slice(10, 16)), itemgetter(slice(16, None))
MOST = 1 << 16
"""Distinct words of a kind that are remembered."""

Key = tuple[int, int, int, int, int]
"""A statement as numbers: pair, moment, mantissa, scale, change."""


class OtherLine(Exception):
    """A line that has the shape and that the grammar may refuse."""


Said = TypeVar("Said")
Meant = TypeVar("Meant")


class Remembered(dict[Said, Meant]):
    """What each distinct word comes to, worked out when it is first met."""

    def __init__(self, read: Callable[[Said], Meant]) -> None:
        super().__init__()
        self.read = read

    def __missing__(self, word: Said) -> Meant:
        if len(self) >= MOST:
            self.clear()
        self[word] = found = self.read(word)
        return found


class Words:
    """The distinct words of one document's log, each read once: ``pairs`` and ``changes`` by their numbers."""

    def __init__(self) -> None:
        self.pairs: list[tuple[Currency, Currency]] = []
        self.changes: list[str] = []
        self.pair_numbers: dict[str, int] = {}
        self.change_numbers: dict[str, int] = {}
        self.day = Remembered(first_instant)
        self.minute = Remembered(ordinals_in_day)
        self.rest = Remembered(self.ordinals_in_minute)
        self.second = Remembered(ordinals_behind)
        self.dated = Remembered(is_dated)
        self.pair = Remembered(self.number_of_pair)
        self.change = Remembered(self.number_of_change)

    def ordinals_in_minute(self, rest: str) -> int:
        """How many ordinals behind its minute a moment lies; seconds and what follows them are read apart."""
        if shaped("rest", rest)[:1] != ":" or len(rest) == 3:
            return self.second[rest]
        return self.second[rest[:3]] + self.second[f":00{rest[3:]}"]

    def number_of_pair(self, written: str) -> int:
        """The number of a pair; raises `OtherLine` unless both codes are currencies, and two of them."""
        base, counter = shaped("pair", written).split("/")
        if base == counter or not (is_iso(base) and is_iso(counter)):
            raise OtherLine
        if written not in self.pair_numbers:
            self.pair_numbers[written] = len(self.pairs)
            self.pairs.append((Currency(base), Currency(counter)))
        return self.pair_numbers[written]

    def number_of_change(self, written: str) -> int:
        """The number of a change as it is kept, '' for none; raises `OtherLine` for what is no change."""
        change = find_change(f" {shaped('change', written)}\n", 0) if written else None
        if written and (change is None or change.percent is None or change.glued):
            raise OtherLine
        return self.number_of_kept(plain(change.percent) if change and change.percent is not None else "")

    def number_of_kept(self, kept: str) -> int:
        """The number of a change in the form in which it is kept."""
        if kept not in self.change_numbers:
            self.change_numbers[kept] = len(self.changes)
            self.changes.append(kept)
        return self.change_numbers[kept]


def shaped(kind: str, word: str) -> str:
    """The word; raises `OtherLine` unless it looks like one of its kind."""
    if SHAPES[kind](word) is None:
        raise OtherLine
    return word


def first_instant(day: str) -> int:
    """The ordinal with which a day begins as an instant."""
    return ordinal_of(f"{shaped('day', day)}T00:00")


def ordinals_in_day(minute: str) -> int:
    """How many ordinals behind the first instant of its day a minute begins."""
    return ordinal_of(MINUTE[:10] + shaped("minute", minute)) - ordinal_of(MINUTE)


def ordinals_behind(rest: str) -> int:
    """How many ordinals behind its minute a moment lies, by what is written behind the minute."""
    return ordinal_of(MINUTE + rest) - ordinal_of(MINUTE)


def is_dated(rest: str) -> int:
    """Whether what stands in front of a line is a date alone, by what is written behind the minute."""
    return find_date(MINUTE + rest) is not None


def ordinal_of(moment: str) -> int:
    """When a line says that it held; raises `OtherLine` for an impossible moment."""
    try:
        return Moment.parse(moment).ordinal
    except MomentError:
        raise OtherLine from None


@dataclass(frozen=True)
class Lines:
    """Quotes in columns, a line of the document each: `array` holds numbers, not objects.

    ``numbers`` counts the lines of the document; ``days`` are the first and the last day written in front of the lines,
    or neither where what stands there is not a date alone. ``basis`` says where all the moments come from.
    """

    words: Words
    numbers: Sequence[int]
    pairs: array[int]
    moments: array[int]
    mantissas: array[int]
    scales: bytes
    changes: array[int]
    days: tuple[str, str] | None = None
    basis: str = "line"

    @cached_property
    def least(self) -> int:
        """The first moment in time."""
        return min(self.moments)

    @cached_property
    def most(self) -> int:
        """The last moment in time."""
        return max(self.moments)

    def __len__(self) -> int:
        return len(self.moments)

    @cached_property
    def rising(self) -> bool:
        """Whether each moment is later than the one before it: then no statement stands twice."""
        return all(map(lt, self.moments, islice(self.moments, 1, None)))

    @cached_property
    def distinct(self) -> bool:
        """Whether no statement stands twice, for certain: no pair has two of one moment."""
        return self.rising or len(set(zip(self.pairs, self.moments, strict=True))) == len(self)

    def keys(self) -> Iterator[Key]:
        """Each statement as numbers."""
        return zip(self.pairs, self.moments, self.mantissas, self.scales, self.changes, strict=True)

    def keys_at(self, moment: int) -> Iterator[Key]:
        """The statements of one moment."""
        return compress(self.keys(), map(moment.__eq__, self.moments))

    def part(self, start: int, end: int) -> Self:
        """Some of the lines, one after the other."""
        return type(self)(
            self.words,
            self.numbers[start:end],
            self.pairs[start:end],
            self.moments[start:end],
            self.mantissas[start:end],
            self.scales[start:end],
            self.changes[start:end],
            self.days,
            self.basis,
        )

    def only(self, kept: Sequence[bool]) -> Self:
        """The lines marked as kept."""
        return type(self)(
            self.words,
            array("q", compress(self.numbers, kept)),
            array("I", compress(self.pairs, kept)),
            array("q", compress(self.moments, kept)),
            array("q", compress(self.mantissas, kept)),
            bytes(compress(self.scales, kept)),
            array("I", compress(self.changes, kept)),
            self.days,
            self.basis,
        )


def lines_of(text: str, words: Words, number: int) -> Lines | None:
    """Whole lines of plain text as columns, the first of them the document's ``number``-th; None for any other text.

    >>> lines = lines_of("2024-12-14T15:30:00Z KZT/USD = 0.00190 0%\\n", Words(), 1)
    >>> list(lines.keys()), lines.words.pairs
    ([(0, 3468380400001, 190, 5, 0)], [('KZT', 'USD')])
    >>> lines_of("2024-12-14T15:30:00Z KZT/USD = N/A\\n", Words(), 1)
    """
    found = columns_of(text if text.endswith("\n") else f"{text}\n")
    if found is None:
        return None
    moments, pairs, figures, changes = found
    written, instants = set(figures), set(moments)
    if not all(map(SHAPES["figure"], written)):
        return None
    mantissas = {figure: int(figure.replace(".", "")) for figure in written}
    scales = {figure: len(figure) - figure.index(".") - 1 for figure in mantissas}
    if 0 in mantissas.values():
        return None
    try:
        days = map(words.day.__getitem__, map(DAY_OF, instants))
        minutes = map(words.minute.__getitem__, map(MINUTE_OF, instants))
        rests = map(words.rest.__getitem__, map(REST_OF, instants))
        ordinals = dict(zip(instants, map(add, map(add, days, minutes), rests), strict=True))
        dated = set(map(words.dated.__getitem__, set(map(REST_OF, instants))))
        if len(dated) > 1:
            return None
        return Lines(
            words,
            range(number, number + len(pairs)),
            array("I", map(words.pair.__getitem__, pairs)),
            array("q", map(ordinals.__getitem__, moments)),
            array("q", map(mantissas.__getitem__, figures)),
            bytes(map(scales.__getitem__, figures)),
            array("I", map(words.change.__getitem__, changes)),
            (min(ordinals)[:10], max(ordinals)[:10]) if dated.pop() else None,
        )
    except OtherLine:
        return None


def columns_of(text: str) -> tuple[Sequence[str], ...] | None:
    """Moments, pairs, figures and changes of a text that may be nothing but log lines, as its words are placed.

    What each word must look like is left to who reads it. If all do, each line was one: its last word holds the only
    per cent sign, and there is one in front of each line end.

    >>> columns_of("2024-12-14T15:30:00Z KZT/USD = 0.00190 0%\\n")
    (['2024-12-14T15:30:00Z'], ['KZT/USD'], ['0.00190'], ['0%'])
    """
    first = LINE.match(text)
    if first is None:
        return None
    ends = text if first[4] else text.replace("\n", " %\n")
    words = ends.replace("\n", " ").split(" ")
    each, number = 5 + (first[0][10] == " "), text.count("\n")
    changes = words[each - 1 :: each]
    alike = len(words) == each * number + 1 and number == ends.count("%\n") == words[each - 3 :: each].count("=")
    if not alike or not (first[4] or changes.count("%") == number):  # lines of several kinds
        found = LINE.findall(text)
        return tuple(zip(*found, strict=True)) if len(found) == number else None
    del words[-1]
    moments = words[::each]
    if each == 6:
        moments = list(map("T".join, zip(moments, words[1::each], strict=True)))
    return moments, words[each - 4 :: each], words[each - 2 :: each], changes if first[4] else [""] * number
