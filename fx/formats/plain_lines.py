"""The line of the ticker at its plainest, whose reading depends on nothing around it, so that it is read once.

    • KZT/USD = 0.00190 0%

A bullet or none, two currencies, a figure with three decimals or more, a percent change, and the line ends. What stands
above can make only one thing of the first such line, a bank's list with units, and what stands below makes nothing of
the last. The grammar (`human`) is the definition: a test holds these readings equal to its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal

from fx.currencies import Currency, is_iso
from fx.formats.context import STEP
from fx.formats.units import unit_before
from fx.quotes import Tick

__all__ = ["PlainLines", "Run"]

LINE = re.compile(
    r"[ ]{0,8}(?:[•·*-][ ]{1,2})?(?P<base>[A-Z]{3})/(?P<counter>[A-Z]{3})[ \xa0]=[ \xa0]"
    r"(?P<rate>[0-9]{1,6}\.[0-9]{3,10})[ \xa0](?P<sign>[-+\u2212]?)(?P<change>[0-9]{1,3}(?:\.[0-9]{1,4})?)%"
)
LONGEST = 80
KEPT = 50_000
"""Lines whose reading is remembered; some megabytes."""


@dataclass(frozen=True, slots=True)
class Run:
    """Plain lines one below the other: where the first begins and the last ends, and what each distinct line says.

    ``said`` holds for every distinct line, in order of first appearance, its tick, the tick's statement, how many lines
    stand above it in the run, and how often it stands there.
    """

    start: int
    end: int
    said: tuple[tuple[Tick, tuple[str, ...], int, int], ...]

    def moved(self, by: int) -> Run:
        """The same run, in a text that begins so much later."""
        return Run(self.start - by, self.end - by, self.said)


Read = tuple[Tick, tuple[str, ...]]


@dataclass(slots=True)
class PlainLines:
    """Reads runs of plain lines, and remembers the lines it has read."""

    known: dict[str, Read | None] = field(default_factory=dict)

    def run_at(self, text: str, place: int) -> Run | None:
        r"""The run whose first line holds a place of a text; None where the line there is no plain one.

        >>> run = PlainLines().run_at("prose\nKZT/USD = 0.00190 0%\nKZT/USD = 0.00190 0%\nprose", 14)
        >>> run.start, run.end, [(str(tick.rate), above, times) for tick, _, above, times in run.said]
        (6, 47, [('0.00190', 0, 2)])
        """
        begin = pos = text.rfind("\n", max(0, place - LONGEST), place) + 1
        if not begin and place > LONGEST:
            return None
        known, found = self.known, dict[str, tuple[Read, int]]()
        times: dict[str, int] = {}
        above, size = 0, len(text)
        while pos < size:
            end = text.find("\n", pos, pos + LONGEST)
            line = text[pos : end if end >= 0 else min(size, pos + LONGEST)]
            if line in times:
                times[line] += 1
            else:
                if line not in known:
                    if len(known) >= KEPT:
                        known.clear()
                    known[line] = read_line(line)
                read = known[line]
                if read is None:
                    break
                times[line], found[line] = 1, (read, above)
            above += 1
            pos += len(line) + 1
        if not above:
            return None
        end = pos - 1
        first = begin + next(iter(found.values()))[0][0].span[0]
        if unit_before(text, first):
            return None
        said = tuple((tick, statement, row, times[line]) for line, ((tick, statement), row) in found.items())
        return Run(first, end, said)


def read_line(line: str) -> Read | None:
    """The tick of a plain line with its statement."""
    tick = tick_of(line)
    return (tick, tick.statement) if tick else None


def tick_of(line: str) -> Tick | None:
    """What a plain line says; None for any other line.

    >>> tick_of("  • TJS/USD = 0.09158 -0.11%").change_pct, tick_of("TJS/USD = 0.0916"), tick_of("QQQ/USD = 0.0916 0%")
    (Decimal('-0.11'), None, None)
    """
    match = LINE.fullmatch(line)
    if not match or match["base"] == match["counter"] or not (is_iso(match["base"]) and is_iso(match["counter"])):
        return None
    rate, change = Decimal(match["rate"]), Decimal(match["change"])
    if not rate or STEP.fullmatch(match["rate"]):
        return None
    return Tick(
        Currency(match["base"]),
        Currency(match["counter"]),
        rate,
        change_pct=change.copy_negate() if change and match["sign"] in {"-", "\u2212"} else change,
        span=(match.start("base"), match.end()),
    )
