"""The move of a pair from one observation to a later one, and whether the published digits prove that there was one."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from fx.series import Observation

__all__ = ["Change"]


@dataclass(frozen=True, slots=True)
class Change:
    """From one observation of a pair to a later one: the move and its share of the first, in percent, with bounds.

    A last digit that moved by one proves no move: both figures may have been rounded from the value between them.

    >>> from decimal import Decimal
    >>> from fx.currencies import Currency
    >>> from fx.moments import Moment
    >>> from fx.quotes import Quote
    >>> from fx.series import observed
    >>> uzs, usd = Currency("UZS"), Currency("USD")
    >>> def seen(rate, day):
    ...     quote = Quote(uzs, usd, Decimal(rate), None, None, None, Moment.parse(day), "given", None, "made", 1)
    ...     return next(observed((uzs, usd), [[quote]], 0))
    >>> change = Change(seen("0.00008", "2024-12-14"), seen("0.00009", "2025-12-15"))
    >>> change.percent, change.moved
    (Fraction(25, 2), False)
    """

    first: Observation
    last: Observation

    @property
    def move(self) -> Fraction:
        """Counter units a unit of base, last less first."""
        return self.last.rate.value - self.first.rate.value

    @property
    def move_bounds(self) -> tuple[Fraction, Fraction]:
        """The interval of the move."""
        (low, high), (last_low, last_high) = self.first.rate.bounds, self.last.rate.bounds
        return last_low - high, last_high - low

    @property
    def percent(self) -> Fraction:
        """The move in percent of the first."""
        return (self.last.rate.value / self.first.rate.value - 1) * 100

    @property
    def percent_bounds(self) -> tuple[Fraction, Fraction]:
        """The interval of the percentage."""
        (low, high), (last_low, last_high) = self.first.rate.bounds, self.last.rate.bounds
        return (last_low / high - 1) * 100, (last_high / low - 1) * 100

    @property
    def moved(self) -> bool:
        """Whether the published digits prove a move: the interval leaves out zero."""
        low, high = self.move_bounds
        return low > 0 or high < 0
