"""The line of the ticker at its plainest, whose reading depends on nothing around it, so that it is read once.

    • KZT/USD = 0.00190 0%

A bullet or none, two currencies, a figure with three decimals or more, a percent change, and the line ends. What stands
above can make only one thing of the first such line, a bank's list with units, and what stands below makes nothing of
the last. The grammar (`human`) is the definition: a test holds these readings equal to its own.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from fx.currencies import Currency, is_iso
from fx.exact import plain
from fx.formats.context import STEP
from fx.formats.units import unit_before
from fx.late import late
from fx.quotes import Tick
from fx.whole import fixed

__all__ = ["Plain", "PlainLines", "Run", "plain_of"]

LINE = late(
    r"[ ]{0,8}(?:[•·*-][ ]{1,2})?(?P<base>[A-Z]{3})/(?P<counter>[A-Z]{3})[ \xa0]=[ \xa0]"
    r"(?P<whole>[0-9]{1,6})\.(?P<part>[0-9]{3,10})[ \xa0](?P<sign>[-+\u2212]?)(?P<change>[0-9]{1,3})"
    r"(?P<tenths>\.[0-9]{1,4})?%"
)
LONGEST = 80
DIGITS = 18
"""Of a number that a machine's integer holds."""
KEPT = 50_000
"""Lines whose reading is remembered; some megabytes."""
PERIOD = 2048
"""Characters after which a board may begin again."""
BESIDE = 1600
"""Characters around a pair that tell whether it has a unit."""
UNITS_ABOVE = 64
"""A unit stands no farther before a line than this, and has a 1 in it."""


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


@dataclass(frozen=True, slots=True)
class Run:
    """Plain lines one below the other: where the first begins and the last ends, and what each distinct line says.

    ``said`` holds for every distinct statement, in order of first appearance, what it is, how many lines of the run
    stand above it where it stands first and where it stands last, and how often it does. A run ends before a line that
    says something else of a pair: which was said last is told by the order of the runs.
    """

    start: int
    end: int
    said: tuple[tuple[Plain, int, int, int], ...]

    def moved(self, by: int) -> Run:
        """The same run, in a text that begins so much later."""
        return Run(self.start - by, self.end - by, self.said)


Read = tuple[Plain, int]
"""What a line says, and where in it the pair begins."""


@dataclass(slots=True)
class PlainLines:
    """Reads runs of plain lines, and remembers the lines it has read; ``wide`` makes characters of what it is given."""

    wide: Callable[[str], str] = str
    known: dict[str, Read | None] = field(default_factory=dict)

    def run_at(self, text: str, place: int) -> Run | None:
        r"""The run whose first line holds a place of a text; None where the line there is no plain one.

        >>> run = PlainLines().run_at("prose\nKZT/USD = 0.00190 0%\nKZT/USD = 0.00190 0%\nprose", 14)
        >>> run.start, run.end, [(said.rate, *rest) for said, *rest in run.said]
        (6, 47, [('0.00190', 0, 1, 2)])
        """
        begin = text.rfind("\n", max(0, place - LONGEST), place) + 1
        if not begin and place > LONGEST:
            return None
        first = self.read(line_of(text, begin))
        if first is None:
            return None
        start = begin + first[1]
        if "1" in text[max(0, begin - UNITS_ABOVE) : start] and self.has_unit(text, start):
            return None
        found: dict[Plain, tuple[int, int, int]] = {}
        pos, above = self.read_block(text, begin, found)
        pairs = {said[:2]: said for said in found}
        size = len(text)
        while pos < size:
            line = line_of(text, pos)
            read = self.read(line) if "=" in line else None
            if read is None or pairs.setdefault(read[0][:2], read[0]) != read[0]:
                break
            row, _, times = found.get(read[0], (above, above, 0))
            found[read[0]] = row, above, times + 1
            above += 1
            pos += len(line) + 1
        return Run(start, pos - 1, tuple((said, *place) for said, place in found.items()))

    def has_unit(self, text: str, start: int) -> bool:
        """Whether a unit stands before a pair."""
        before = self.wide(text[max(0, start - BESIDE) : start])
        return unit_before(before + self.wide(text[start : start + BESIDE]), len(before)) > 0

    def read_block(self, text: str, begin: int, found: dict[Plain, tuple[int, int, int]]) -> tuple[int, int]:
        """Read lines that stand there again and again, all at once; where they end, and how many they were."""
        end = text.find("\n", begin, begin + LONGEST) + 1
        again = text.find(text[begin:end], end, end + PERIOD) if end else -1
        if again < 0:
            return begin, 0
        block = text[begin:again]
        lines = block[:-1].split("\n")
        if not block.endswith("\n") or len(block) > LONGEST * len(lines):
            return begin, 0
        known = self.known
        readings = [known[line] if line in known else self.read(line) for line in lines]
        distinct = {read[0] for read in readings if read}
        if None in readings or len({said[:2] for said in distinct}) < len(distinct):
            return begin, 0
        size, times = len(block), 1
        while text.startswith(block, again):
            again, times = again + size, times + 1
        for row, read in enumerate(readings):
            if read:
                first, _, before = found.get(read[0], (row, row, 0))
                found[read[0]] = first, row + (times - 1) * len(lines), before + times
        return again, times * len(lines)

    def read(self, line: str) -> Read | None:
        """What a plain line says; None for any other line."""
        try:
            return self.known[line]
        except KeyError:
            pass
        if len(self.known) >= KEPT:
            self.known.clear()
        self.known[line] = found = read_line(self.wide(line))
        return found


def line_of(text: str, pos: int) -> str:
    """The line that begins at a place of a text, or as much of it as a plain line may have."""
    end = text.find("\n", pos, pos + LONGEST)
    return text[pos : end if end >= 0 else pos + LONGEST]


def read_line(line: str) -> Read | None:
    """What a plain line says, and where in it the pair begins; None for any other line.

    >>> said, start = read_line("  • TJS/USD = 0.09158 -0.11%")
    >>> said.rate, said.change, start, read_line("TJS/USD = 0.0916"), read_line("QQQ/USD = 0.0916 0%")
    ('0.09158', '-0.11', 4, None, None)
    """
    match = LINE.fullmatch(line)
    if not match:
        return None
    base, counter, whole, part, sign, change, tenths = match.groups("")
    pair, mantissa = currencies(base, counter), int(whole + part)
    if not pair or not mantissa or STEP.fullmatch(f"{whole}.{part}"):
        return None
    falls = sign in MINUS and (change + tenths).strip("0.")
    said = Plain(*pair, mantissa, len(part), f"{'-' if falls else ''}{int(change)}{tenths}")
    return said, match.start("base")


MINUS = {"-", "\u2212"}


@functools.lru_cache(maxsize=1024)
def currencies(base: str, counter: str) -> tuple[Currency, Currency] | None:
    """Two codes as currencies; None unless both are, and two of them."""
    return None if base == counter or not (is_iso(base) and is_iso(counter)) else (Currency(base), Currency(counter))


def plain_of(tick: Tick) -> Plain | None:
    """The statement of a tick as a plain line makes it; None where none can.

    >>> plain_of(Plain(Currency("KZT"), Currency("USD"), 190, 5, "0.5").tick())
    Plain(base='KZT', counter='USD', mantissa=190, scale=5, change='0.5')
    """
    if tick.rate is None or tick.bid is not None or tick.ask is not None or tick.change_pct is None:
        return None
    _, digits, exponent = tick.rate.as_tuple()
    if not isinstance(exponent, int) or exponent > 0 or len(digits) > DIGITS:
        return None
    mantissa = int("".join(map(str, digits)))
    return Plain(tick.base, tick.counter, mantissa, -exponent, plain(tick.change_pct))


def tick_of(line: str) -> Tick | None:
    """A plain line as a tick; None for any other line.

    >>> tick_of("  • TJS/USD = 0.09158 -0.11%").change_pct, tick_of("TJS/USD = 0.0916"), tick_of("QQQ/USD = 0.0916 0%")
    (Decimal('-0.11'), None, None)
    """
    found = read_line(line)
    return found and found[0].tick(found[1], len(line))
