"""What every outgoing format shares: its record, what it is told of the quotes, and how it tells what it cannot carry.

Formats that hold one figure get the published rate, or the exact middle of bid and ask. Formats that hold one figure a
day get the last moment of the day, and of several sources the first in the alphabet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from fx.exact import half_even
from fx.exports.rows import clean
from fx.quotes import Quote, two_sided_value
from fx.store.selection import Selection

__all__ = ["FIRST_YEAR", "TOO_OLD", "ExportFormat", "Told", "each_told", "figure", "last_of_day", "middle_of", "named"]

MIDDLE = "only one figure fits, so bid and ask are written as their middle"
ONE_SIDE = "only one figure fits, so the one side there is stands for the rate"
BESIDE = "only one figure fits, so bid and ask beside the rate {are_left_out}"
DAY_ONLY = "only a day fits, so the time of day {is_left_out}"
NO_CHANGE = "no percentage fits, so the change is left out"
NO_SOURCE = "no name fits, so the source is left out"
LEFT_OUT = {"is_left_out": "is left out", "are_left_out": "are left out"}
IN_COMMENTS = {"is_left_out": "stands in a comment", "are_left_out": "stand in a comment"}
FIRST_YEAR = 1400
TOO_OLD = f"Ledger and GnuCash know no year before {FIRST_YEAR}, so an older quote is left out"
NOT_CLEAN = "a name with line ends, control characters or spaces in a row is written with single spaces"
ONE_A_DAY = (
    "only one figure a day fits, so the last moment of a day is written, of several sources the first in the alphabet"
)


@dataclass(slots=True)
class Told:
    """How many quotes were written, and of how many what could not be.

    >>> told = Told(written=2)
    >>> told.of(NO_SOURCE)
    >>> list(told.notes())
    ['1 of 2 quotes: no name fits, so the source is left out']

    ``missing`` is what was asked for by name and of which nothing was written: pairs, codes, sources.
    """

    written: int = 0
    left_out: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    missing: tuple[str, ...] = ()

    def of(self, reason: str, number: int = 1) -> None:
        """One more quote of which something was not carried."""
        self.reasons[reason] = self.reasons.get(reason, 0) + number

    def leave_out(self, reason: str) -> None:
        """One more quote that was not written at all."""
        self.left_out += 1
        self.of(reason)

    def notes(self) -> Iterator[str]:
        """What people should know, as sentences."""
        total = self.written + self.left_out
        for reason, number in self.reasons.items():
            yield f"{number:,} of {total:,} quote{'' if total == 1 else 's'}: {reason}"
        if self.missing:
            yield f"nothing of {' or '.join(self.missing)} was found: 'fx pairs' and 'fx sources' list what there is"


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """One way to write quotes: ``write`` puts a selection out and tells what it could not carry.

    ``binary`` formats are given a stream of bytes, the others one of text. ``every`` says that statements which were
    replaced can be told from those that stand, so that ``--all`` may be asked for.
    """

    name: str
    summary: str
    example: str
    extension: str
    write: Callable[[Selection, Any, Told], None]
    binary: bool = False
    every: bool = False


def figure(quote: Quote) -> Decimal:
    """The one figure of a quote: its rate, else the side there is, else the middle of both, exactly.

    >>> from tests.builders import quote
    >>> figure(quote("KZT/USD 0.00190"))
    Decimal('0.00190')
    """
    sides = [side for side in (quote.bid, quote.ask) if side is not None]
    return quote.rate if quote.rate is not None else middle_of(sides)


def middle_of(sides: list[Decimal]) -> Decimal:
    """The middle of bid and ask, exactly, with no more digits than it needs; a lone side is as it is.

    >>> middle_of([Decimal("1.10"), Decimal("1.20")]), middle_of([Decimal("1.1"), Decimal("1.2")])
    (Decimal('1.15'), Decimal('1.15'))
    """
    if len(sides) == 1:
        return sides[0]
    exponents = [side.as_tuple().exponent for side in sides]
    places = max(0, *(-exponent for exponent in exponents if isinstance(exponent, int)))
    middle = two_sided_value(None, *sides)
    short = half_even(middle, places)
    return short if short == middle else half_even(middle, places + 1)


def each_told(
    quotes: Iterator[Quote], told: Told, *, instants: bool = False, sources: bool = False, comments: bool = False
) -> Iterator[Quote]:
    """The quotes, while what a format of one figure loses of each is told.

    It has room for days, for ``instants`` if it says so, and for ``sources``; ``comments`` keep what has none.
    """
    fate = IN_COMMENTS if comments else LEFT_OUT
    beside, day_only = (reason.format(**fate) for reason in (BESIDE, DAY_ONLY))
    for quote in quotes:
        told.written += 1
        if quote.bid is not None or quote.ask is not None:
            told.of(beside if quote.rate is not None else ONE_SIDE if None in {quote.bid, quote.ask} else MIDDLE)
        if not instants and not quote.observed_at.whole_day:
            told.of(day_only)
        if quote.change_pct is not None and not comments:
            told.of(NO_CHANGE)
        if quote.source is not None and not sources:
            told.of(NO_SOURCE)
        yield quote


def named(name: str | None, told: Told) -> str | None:
    """A name as it stands on one line of a file, its words apart by one space; if that changes it, it is told.

    >>> told = Told()
    >>> named("a\\n b", told), len(told.reasons)
    ('a b', 1)
    """
    fit = " ".join(clean(name).split())
    if name is None or fit == name:
        return name
    told.of(NOT_CLEAN)
    return fit or None


def last_of_day(quotes: Iterator[Quote], told: Told) -> Iterator[list[Quote]]:
    """The days of quotes that come in time, each with one quote a pair, sorted by pair."""
    day: dict[object, Quote] = {}
    for quote in quotes:
        if day and next(iter(day.values())).observed_at.day != quote.observed_at.day:
            yield sorted(day.values(), key=lambda each: str(each.pair))
            day = {}
        if quote.pair in day:
            told.written -= 1
            told.leave_out(ONE_A_DAY)
        day[quote.pair] = quote
    if day:
        yield sorted(day.values(), key=lambda each: str(each.pair))
