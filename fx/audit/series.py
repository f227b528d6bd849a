"""One series, one pair as one source publishes it, as whole numbers: fast, and exact.

All figures of a series stand over one denominator, so that values, bounds and steps are integers. Steps are relative
to the smaller of two values (halving and doubling are of one size), in whole parts of a billion.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import pairwise
from math import isqrt

from fx.quotes import Quote
from fx.whole import ORDINALS_A_DAY

__all__ = ["BILLION", "PERCENT", "Series", "apart", "median", "series_of"]

BILLION = 10**9
PERCENT = BILLION // 100
"""One percent, in parts of a billion."""
NEIGHBOURS = 30
"""Steps to either side by which what is usual is judged: about six weeks of business days."""
FEWEST = 8
"""Quotes below which a series says nothing of what is usual for it."""
UNUSUAL = 12
"""Times the median step beyond which a step is unusual: 8 standard deviations if steps were normal, which they are
not: of the 200,000 of the ECB about one in 3,000 is as large."""
MOVES = 10
"""Moves from which they tell, without the days that stood still, what is usual."""
LEAST = PERCENT
"""Below one percent nothing is called unusual, however calm a series is."""
UNKNOWN = BILLION
"""What is unusual where little is known: twice or half the value."""


def median(numbers: Iterable[int]) -> int:
    """The middle of some numbers, the lower of two; 0 of none.

    >>> median([3, 1, 2, 9]), median([])
    (2, 0)
    """
    ordered = sorted(numbers)
    return ordered[(len(ordered) - 1) // 2] if ordered else 0


def apart(one: int, other: int) -> int:
    """How far two positive values are apart, of the smaller, in parts of a billion.

    >>> apart(100, 101) == apart(101, 100) == PERCENT
    True
    """
    return abs(one - other) * BILLION // min(one, other)


class Series:
    """The quotes of one pair and source in time, with ``values``, ``lows`` and ``highs`` over one ``denominator``."""

    __slots__ = ("days", "denominator", "gap", "highs", "lows", "pair", "quotes", "source", "steps", "values")

    def __init__(self, quotes: Sequence[Quote]) -> None:
        self.quotes = quotes
        self.pair = quotes[0].pair
        self.source = quotes[0].source
        self.days = [quote.observed_at.ordinal // ORDINALS_A_DAY for quote in quotes]
        places = 0
        for quote in quotes:
            for side in (quote.rate, quote.bid, quote.ask):
                if side is not None:
                    places = max(places, -int(side.as_tuple().exponent))
        scale = 10**places
        self.denominator = 4 * scale  # halves of a unit, of the middle of two sides
        self.values: list[int] = []
        self.lows: list[int] = []
        self.highs: list[int] = []
        for quote in quotes:
            if quote.rate is not None and quote.bid is None and quote.ask is None:
                top, bottom = quote.rate.as_integer_ratio()
                value = 4 * top * (scale // bottom)
                half = 2 * 10 ** (places + int(quote.rate.as_tuple().exponent))
                low, high = value - half, value + half
            else:
                value = int(quote.value * self.denominator)
                low, high = (int(bound * self.denominator) for bound in quote.bounds)
            self.values.append(value)
            self.lows.append(low)
            self.highs.append(high)
        self.steps = [apart(one, other) for one, other in pairwise(self.values)]
        self.gap = max(1, median(later - day for day, later in pairwise(self.days)))

    def __len__(self) -> int:
        return len(self.quotes)

    def fraction(self, value: int) -> Fraction:
        """A value of the series as the rate it is."""
        return Fraction(value, self.denominator)

    def usual(self, at: int) -> int:
        """The median step about a place; of the moves alone where there are some, as one stands still for a while."""
        steps = self.steps[max(0, at - NEIGHBOURS) : at + NEIGHBOURS]
        moves = [step for step in steps if step]
        return median(moves if len(moves) >= MOVES else steps)

    def digits(self, one: int, other: int) -> int:
        """How far the printed digits of two quotes let them stand apart."""
        widths = self.highs[one] - self.lows[one] + self.highs[other] - self.lows[other]
        return widths * BILLION // min(self.values[one], self.values[other])

    def limit(self, one: int, other: int, times: int = UNUSUAL) -> int:
        """The largest step from one quote to another that is not unusual, by steps, days between, and digits.

        ``times`` is how many usual steps are unusual. A rate wanders with the root of time: after four times the usual
        days twice the step is as usual.
        """
        if len(self) < FEWEST:
            return UNKNOWN
        time = isqrt(max(1, abs(self.days[other] - self.days[one]) // self.gap))
        return max(LEAST, times * self.usual(min(one, other)) * time) + self.digits(one, other)


def series_of(quotes: Iterable[Quote]) -> list[Series]:
    """Quotes sorted into series, each in time; what is not above zero is left out, as no rate can be that."""
    found: dict[tuple[str, str, str | None], list[Quote]] = {}
    for quote in quotes:
        if all(side is None or side > 0 for side in (quote.rate, quote.bid, quote.ask)) and not quote.decreed:
            found.setdefault((quote.base, quote.counter, quote.source), []).append(quote)
    return [Series(sorted(each, key=lambda quote: quote.observed_at.ordinal)) for each in found.values()]
