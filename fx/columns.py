"""Many amounts at once: each distinct question is asked once, each amount is one division of whole numbers.

The figures are those of `fx.convert`, by the same steps (`fx.exact.quotient`); a test holds the two equal. The faces
are `fx.frames` (a DataFrame) and ``fx convert --csv``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

from fx.convert import places_of
from fx.currencies import Currency
from fx.errors import (
    AmountError,
    FxError,
    MomentError,
    NoAnswer,
    NoRate,
    PairError,
    TooOld,
    UnknownCurrency,
    UsageError,
)
from fx.exact import quotient
from fx.moments import Moment
from fx.rates import Rate
from fx.whole import interval

__all__ = ["OK", "RESULTS", "Ask", "Found", "Line", "Question", "Rates", "Statement", "status_of"]

RESULTS = ("result", "low", "high", "rate", "observed_at", "age_days", "status")
"""The columns that are appended; a row without an answer has ``status`` alone."""
OK = "ok"
STATUSES: tuple[tuple[type[FxError], str], ...] = (
    (AmountError, "bad amount"),
    (MomentError, "bad date"),
    (PairError, "bad currency"),
    (UnknownCurrency, "unknown currency"),
    (TooOld, "too old"),
    (NoRate, "no rate"),
)
Ratio = tuple[int, int]


class Question(NamedTuple):
    """A rate to be asked for: two codes as they were written, and a moment."""

    base: Any
    counter: Any
    as_of: Moment


class Statement(NamedTuple):
    """A plain rate that somebody quoted of a pair, alone the answer: ``rate`` over ten to the ``scale``.

    ``inverted`` where it was quoted the other way round; ``observed_at`` is an ordinal.
    """

    counter: Currency
    rate: int
    scale: int
    inverted: bool
    observed_at: int

    @property
    def value(self) -> Fraction:
        """Counter units for one base.

        >>> str(Statement(Currency("USD"), 190, 5, True, 0).value)
        '10000/19'
        """
        return Fraction(10**self.scale, self.rate) if self.inverted else Fraction(self.rate, 10**self.scale)

    def ratios(self, places: int) -> tuple[Ratio, Ratio, Ratio]:
        """What `ratios_of` gives for the same rate, not reduced."""
        unit = 10**places
        value, low, high = interval(self.rate, 10**self.scale, self.inverted)
        return (value[0] * unit, value[1]), (low[0] * unit, low[1]), (high[0] * unit, high[1])


Rates = Callable[[Sequence[Question]], Sequence[Rate | UsageError | NoAnswer]]
"""Gives the rate of each of many questions, or why it has none."""
Found = Rate | Statement | UsageError | NoAnswer
Ask = Callable[[Sequence[Question]], Sequence[Found]]
"""The same for columns, which need no legs."""


def status_of(error: FxError) -> str:
    """Why a row has no answer, in two words.

    >>> status_of(TooOld("the freshest rate is of 2024-12-14")), status_of(AmountError("'x' is not an amount"))
    ('too old', 'bad amount')
    """
    return next((status for kind, status in STATUSES if isinstance(error, kind)), error.message)


@dataclass(frozen=True, slots=True)
class Line:
    """One question's rate made ready for many amounts.

    ``ratios`` are those of the rate and of its lower and upper bound, in units of the counter's last place (at
    ``places`` decimals) for one unit of base.
    """

    rate: Rate | Statement
    places: int
    ratios: tuple[Ratio, Ratio, Ratio]
    observed_at: Moment | None
    age_days: int | None

    @classmethod
    def of(cls, rate: Rate | Statement, as_of: Moment, places: int | None = None) -> Line:
        """Make a rate ready; ``places`` replaces the counter's minor unit."""
        shown = places_of(rate.counter, places)
        if isinstance(rate, Statement):
            observed: Moment | None = Moment(rate.observed_at)
            ratios = rate.ratios(shown)
        else:
            ratios, observed = ratios_of(rate, shown), rate.observed_at
        return cls(
            rate=rate,
            places=shown,
            ratios=ratios,
            observed_at=observed,
            age_days=None if observed is None else observed.days_until(as_of),
        )

    def figures(self, numerator: int, denominator: int, rounding: str) -> tuple[int, int, int]:
        """Result, low and high of an amount in units of the last place; ``denominator`` is positive.

        >>> from fx.currencies import Currency
        >>> same = Line.of(Rate(Currency("USD"), Currency("USD"), ()), Moment.parse("2024-12-14"))
        >>> same.figures(2345, 1000, "half-even")
        (234, 234, 235)
        """
        (value, below), (low, under), (high, over) = self.ratios
        if numerator < 0:  # turns the bounds round
            low, under, high, over = high, over, low, under
        return (
            quotient(numerator * value, denominator * below, rounding),
            numerator * low // (denominator * under),
            -(-numerator * high // (denominator * over)),
        )


def ratios_of(rate: Rate, places: int) -> tuple[Ratio, Ratio, Ratio]:
    """Value, lower and upper bound of a rate as whole numbers over whole numbers, in units of the last place."""
    unit = 10**places
    value, low, high = (number * unit for number in (rate.value, *rate.bounds))
    return (
        (value.numerator, value.denominator),
        (low.numerator, low.denominator),
        (high.numerator, high.denominator),
    )
