"""The line of the ticker at its plainest, whose reading depends on nothing around it, so that it is read once.

    • KZT/USD = 0.00190 0%

A bullet or none, two currencies, a figure with three decimals or more, a percent change, and the line ends. What stands
above the first such line can make of it one of a bank's list with units, or under a heading such as `Rates per 100
units:` none at all; what stands below makes nothing of the last. The grammar (`human`) is the definition: a test holds
these readings equal to its own.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from fx.currencies import Currency, is_iso
from fx.exact import plain
from fx.formats.context import MANY_BEFORE, STEP, line_start
from fx.formats.units import unit_before
from fx.late import late
from fx.quotes import Tick
from fx.text import BREAK, SOFT_NEWLINE, WIDEST, plain_text
from fx.whole import fixed

__all__ = ["Plain", "PlainLines", "Run", "figure_of", "plain_of"]

HEAD = late(r"[ ]{0,8}(?:[•·*-][ ]{1,2})?(?P<base>[A-Z]{3})/(?P<counter>[A-Z]{3})[ \xa0]")
FIGURE = late(r"(?P<whole>[0-9]{1,6})\.(?P<part>[0-9]{3,10})")
CHANGE = late(r"(?P<sign>[-+\u2212]?)(?P<change>[0-9]{1,3})(?P<tenths>\.[0-9]{1,4})?%")
"""The line in three words, each of which stands in many lines: before the equals sign, the rate, and the change."""
LONGEST = 80
DIGITS = 18
"""Of a number that a machine's integer holds."""
KEPT = 50_000
"""Lines whose reading is remembered; some megabytes."""
PERIOD = 2048
"""Characters after which a board may begin again."""
USUAL = 16
"""How often a board stands below itself as before, which is seen at once."""
LONGEST_RUN = 4096
"""Characters after which a run ends: beside a mark all of it is read by the grammar."""
BESIDE = 1600
"""Characters around a pair that tell whether it has a unit."""
UNITS_ABOVE, MANY_REACH = 64, 160
"""A unit stands no farther before a line than this, and has a 1 in it; a heading of many units has a 10 in it."""
ENDS = f"\n{BREAK}{SOFT_NEWLINE} \t"
"""What parts lines, whichever way they are read."""
WIDE_ONES = ("\uff11", "\uff11".encode().decode("latin-1"))
"""As it may be written too in a text that is not plain yet, the last in a narrow one."""


class Plain(NamedTuple):
    """What a plain line says, its rate as integers; two lines that say the same are equal, however they are written."""

    base: Currency
    counter: Currency
    mantissa: int
    scale: int
    change: str

    @property
    def rate(self) -> str:
        """The rate as it was published."""
        return fixed(self.mantissa, self.scale)

    def tick(self, start: int = 0, end: int = 0) -> Tick:
        """The same as a tick, which stands from one place of a text to another."""
        return Tick(self.base, self.counter, Decimal(self.rate), change_pct=Decimal(self.change), span=(start, end))


@dataclass(slots=True)
class Run:
    """Plain lines one below the other: where the first begins and the last ends, and what each distinct line says.

    ``said`` is every distinct statement, in order of first appearance. ``first`` and ``last`` tell of each how many of
    the ``number`` lines of the run stand above it where it stands first and where it stands last, ``times`` how often
    it does. A run ends before a line that says something else of a pair: which was said last is told by the order of
    the runs. ``rows`` says of each line how many of the document's end above it in the run, where that is another
    number. ``above`` is how many end between the run before it, or the beginning, and itself, where they are counted.
    """

    start: int
    end: int
    said: Sequence[Plain]
    first: Sequence[int]
    last: Sequence[int]
    times: Sequence[int]
    number: int
    rows: Sequence[int] | None = None
    above: int | None = None

    def statements(self) -> Iterator[tuple[Plain, int, int, int]]:
        """Each statement with how many lines stand above its first and its last place, and how often it stands."""
        return zip(self.said, self.first, self.last, self.times, strict=True)

    def moved(self, by: int) -> Run:
        """The same run, in a text that begins so much later, and may hold nothing of the run before it."""
        return Run(self.start - by, self.end - by, self.said, self.first, self.last, self.times, self.number, self.rows)


class Read(NamedTuple):
    """What a line says, of which pair, and where in it that begins."""

    said: Plain
    start: int
    pair: tuple[Currency, Currency]


class Readings(dict[str, Read | None]):
    """What lines say, None for those that are not plain; each is read when it is first asked for."""

    def __init__(self, wide: Callable[[str], str]) -> None:
        super().__init__()
        self.wide = wide

    def __missing__(self, line: str) -> Read | None:
        """Read a line."""
        if len(self) >= KEPT:
            self.clear()
        self[line] = found = read_line(line, self.wide)
        return found


Board = tuple[tuple[Plain, ...], tuple[tuple[Currency, Currency], ...]]
"""What each line of a board says, and of which pair."""


class Told:
    """What the lines of a run say, taken line by line."""

    __slots__ = ("number", "pairs", "said")

    def __init__(self) -> None:
        self.said: dict[Plain, tuple[int, int, int]] = {}
        self.pairs: dict[tuple[Currency, Currency], Plain] = {}
        self.number = 0

    def take(self, read: Read | None) -> bool:
        """Take what the next line says; whether the run goes on with it."""
        if read is None or self.pairs.setdefault(read.pair, read.said) != read.said:
            return False
        first, _, times = self.said.get(read.said, (self.number, 0, 0))
        self.said[read.said] = first, self.number, times + 1
        self.number += 1
        return True

    def again(self, more: int) -> None:
        """Take all that was taken so many times more."""
        beyond = self.number * more
        self.said = {
            said: (first, last + beyond, times * (1 + more)) for said, (first, last, times) in self.said.items()
        }
        self.number += beyond

    def run(self, start: int, end: int, rows: Sequence[int] | None = None) -> Run:
        """The run of what was taken, which is something."""
        first, last, times = zip(*self.said.values(), strict=True)
        return Run(start, end, tuple(self.said), first, last, times, self.number, rows)


@dataclass(slots=True)
class PlainLines:
    """Reads runs of plain lines, and remembers the lines it has read; ``wide`` makes characters of what it is given."""

    wide: Callable[[str], str] = str
    known: Readings = field(init=False)
    usual: int = field(default=1, init=False)

    def __post_init__(self) -> None:
        """Begin with nothing read."""
        self.known = Readings(self.wide)

    def run_at(self, text: str, place: int) -> Run | None:
        r"""The run whose first line holds a place of a text; None where the line there is no plain one.

        >>> run = PlainLines().run_at("prose\nKZT/USD = 0.00190 0%\nKZT/USD = 0.00190 0%\nprose", 14)
        >>> run.start, run.end, run.said[0].rate, run.first, run.last, run.times
        (6, 47, '0.00190', range(0, 1), range(1, 2), (2,))
        """
        back = max(0, place - LONGEST)
        begin = text.rfind("\n", back, place) + 1
        if not begin and back:
            return None
        end = text.find("\n", begin, begin + LONGEST)
        line = text[begin : end if end >= 0 else begin + LONGEST]
        known = self.known
        read = known[line]
        if read is None:
            return None
        start = begin + read.start
        if self.has_unit(text, begin, start):
            return None
        again = text.find(text[begin : end + 1], end + 1, end + 1 + PERIOD) if end >= 0 else -1
        board = self.board(text[begin:again]) if again >= 0 else None
        if board:
            said, pairs = board
            size = len(said)
            pos, times = repeated(text, again, text[begin:again], self.usual)
            self.usual = min(times, USUAL)
            number = size * (times + 1)
            first, last, often = range(size), range(number - size, number), (times + 1,) * size
            following = text.find("=", pos, pos + LONGEST)
            if following < 0 or text.find("\n", pos, following) >= 0:  # as nearly all runs end
                return Run(start, pos - 1, said, first, last, often, number)
            told = Told()
            told.said = dict(zip(said, zip(first, last, often, strict=True), strict=True))
            told.pairs = dict(zip(pairs, said, strict=True))
            told.number = number
        else:
            told, pos = Told(), begin
        line = line_of(text, pos)
        while "=" in line and pos - begin < LONGEST_RUN and told.take(known[line]):
            pos += len(line) + 1
            line = line_of(text, pos)
        return told.run(start, pos - 1)

    def has_unit(self, text: str, begin: int, start: int) -> bool:
        """Whether a unit stands before a pair in a line that begins with nothing else, which is on the line above."""
        above = text[max(0, begin - MANY_REACH) : begin]
        if above.isascii():
            near = above[-UNITS_ABOVE:]
            one = "1" in near and not is_within_line(near)
        else:
            above = text[max(0, begin - WIDEST * MANY_REACH) : begin]
            one = "1" in above[-WIDEST * UNITS_ABOVE :] or any(one in above for one in WIDE_ONES)
        if not one and "10" not in above:
            return False
        line = above.rstrip(ENDS)
        if self.known.get(line[max(line.rfind("\n"), line.rfind(BREAK)) + 1 :].lstrip(ENDS)):  # it says a rate, no unit
            return False
        before = plain_text(self.wide(text[max(0, start - BESIDE) : start]))
        head = before[: line_start(before, len(before))].rstrip(ENDS)
        if MANY_BEFORE.search(head, line_start(head, len(head))):
            return True
        return unit_before(before + plain_text(self.wide(text[start : start + BESIDE])), len(before)) > 0

    def board(self, block: str) -> Board | None:
        """What the lines of a block say, and of which pairs, each of another; None where that is not all they are."""
        lines = block.split("\n")
        if lines.pop() or len(block) > LONGEST * len(lines):
            return None
        read = list(map(self.known.__getitem__, lines))
        if not all(read):
            return None
        said, _, pairs = zip(*read, strict=True)
        return (said, pairs) if len(set(pairs)) == len(pairs) else None


def is_within_line(text: str) -> bool:
    r"""Whether the end of a text, as far as a unit stands above a line, is of one line that begins before it.

    >>> is_within_line(f"{'prose ' * 12} 1 dollar\n"), is_within_line("1 dollar\n")
    (True, False)
    """
    return len(text) >= UNITS_ABOVE and text[:-1].isprintable() and "=" not in text and "\\" not in text


def repeated(text: str, place: int, block: str, usual: int = 0) -> tuple[int, int]:
    """Where a block that stands at a place again and again ends, and how often it stands there: perhaps as ``usual``.

    >>> repeated("a b b b c", 2, "b ", 2), repeated("a b b b c", 2, "b ", 9)
    ((8, 3), (8, 3))
    """
    size, times = len(block), 0
    if text.startswith(block * usual, place):
        place, times = place + size * usual, usual
    most = place + LONGEST_RUN
    while place < most and text.startswith(block, place):
        place, times = place + size, times + 1
    return place, times


def line_of(text: str, pos: int) -> str:
    """The line that begins at a place of a text, or as much of it as a plain line may have."""
    end = text.find("\n", pos, pos + LONGEST)
    return text[pos : end if end >= 0 else pos + LONGEST]


def read_line(line: str, wide: Callable[[str], str] = str) -> Read | None:
    """What a plain line says, and where in it the pair begins; None for any other line.

    ``wide`` makes characters of what the line is given in: its words are the same in many lines.

    >>> said, start, _ = read_line("  • TJS/USD = 0.09158 -0.11%")
    >>> said.rate, said.change, start, read_line("TJS/USD = 0.0916"), read_line("QQQ/USD = 0.0916 0%")
    ('0.09158', '-0.11', 4, None, None)
    """
    head, _, tail = line.partition("=")
    if not tail.isascii():
        tail = wide(tail).replace("\xa0", " ")
    figure, _, change = tail[1:].partition(" ")
    named, rate, percent = named_in(head, wide), rate_in(figure), percent_in(change)
    if named is None or rate is None or percent is None or tail[0] != " ":
        return None
    start, pair = named
    return Read(Plain(*pair, *rate, percent), start, pair)


WORDS = 4096
"""Words of plain lines that are remembered, of each kind."""


@functools.lru_cache(maxsize=WORDS)
def named_in(head: str, wide: Callable[[str], str]) -> tuple[int, tuple[Currency, Currency]] | None:
    """Where the pair stands in what is before an equals sign, and which it is; two currencies, or None.

    >>> from fx.text import wide
    >>> named_in("\xe2\x80\xa2 KZT/USD ", wide)
    (2, ('KZT', 'USD'))
    """
    match = HEAD.fullmatch(wide(head))
    if not match or match["base"] == match["counter"] or not (is_iso(match["base"]) and is_iso(match["counter"])):
        return None
    return match.start("base"), (Currency(match["base"]), Currency(match["counter"]))


@functools.lru_cache(maxsize=WORDS)
def rate_in(figure: str) -> tuple[int, int] | None:
    """A rate as integers."""
    match = FIGURE.fullmatch(figure)
    mantissa = int(match["whole"] + match["part"]) if match else 0
    return (mantissa, len(match["part"])) if match and mantissa and not STEP.fullmatch(figure) else None


@functools.lru_cache(maxsize=WORDS)
def percent_in(change: str) -> str | None:
    """A percent change as it is kept."""
    match = CHANGE.fullmatch(change)
    if not match:
        return None
    tenths = match["tenths"] or ""
    falls = match["sign"] in MINUS and (match["change"] + tenths).strip("0.")
    return f"{'-' if falls else ''}{int(match['change'])}{tenths}"


MINUS = {"-", "\u2212"}


def plain_of(tick: Tick) -> Plain | None:
    """The statement of a tick as a plain line makes it; None where none can.

    >>> plain_of(Plain(Currency("KZT"), Currency("USD"), 190, 5, "0.5").tick())
    Plain(base='KZT', counter='USD', mantissa=190, scale=5, change='0.5')
    """
    figure = figure_of(tick)
    if figure is None or tick.change_pct is None:
        return None
    return Plain(tick.base, tick.counter, *figure, plain(tick.change_pct))


def figure_of(tick: Tick) -> tuple[int, int] | None:
    """The rate of a tick as integers, its digits and how many are decimals; None where it is not so simple.

    >>> figure_of(Plain(Currency("KZT"), Currency("USD"), 190, 5, "0.5").tick())
    (190, 5)
    """
    if tick.rate is None or tick.bid is not None or tick.ask is not None:
        return None
    _, digits, exponent = tick.rate.as_tuple()
    if not isinstance(exponent, int) or exponent > 0 or len(digits) > DIGITS:
        return None
    return int("".join(map(str, digits))), -exponent


def tick_of(line: str) -> Tick | None:
    """A plain line as a tick; None for any other line.

    >>> tick_of("  • TJS/USD = 0.09158 -0.11%").change_pct, tick_of("TJS/USD = 0.0916"), tick_of("QQQ/USD = 0.0916 0%")
    (Decimal('-0.11'), None, None)
    """
    found = read_line(line)
    return found and found.said.tick(found.start, len(line))
