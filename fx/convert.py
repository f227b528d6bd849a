"""An amount through a rate: exact arithmetic, one rounding at the end, bounds outward, and the receipt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from fx.currencies import Currency, minor_units
from fx.errors import UsageError
from fx.exact import ceiling, floor, parse_amount, places_before_point, rounded, significant_digits
from fx.moments import Moment
from fx.rates import Kind, Leg, Rate

__all__ = ["RATE_DIGITS", "Answer", "convert", "places_of", "rate_answer"]

MOST_PLACES = 100
ONE = Fraction(1)
DECREED_DIGITS = 6
"""Significant digits that a rate by decree alone is shown with, two more than which are printed."""
RATE_DIGITS = 28
"""Significant digits of a rate that does not end (an inverse, a cross) where it is written as a decimal."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an amount of base is worth in counter.

    ``result`` is ``exact`` rounded (half-even, unless told) to the counter's minor unit; ``low`` and ``high``
    are the interval that the published digits leave, rounded outward to it. ``observed_at`` is that of the oldest leg,
    ``age_days`` the whole days from it to ``as_of``; both are None for identity and for what holds by decree alone.
    ``demands`` keeps what else was asked (known_at, max_age, source …), so that the answer can be verified.
    """

    amount: Fraction
    rate: Rate
    as_of: Moment
    result: Decimal
    low: Decimal
    high: Decimal
    demands: Mapping[str, Any] = field(default_factory=dict)

    @property
    def base(self) -> Currency:
        """The currency put in."""
        return self.rate.base

    @property
    def counter(self) -> Currency:
        """The currency asked for."""
        return self.rate.counter

    @property
    def exact(self) -> Fraction:
        """The amount times the rate, unrounded."""
        return self.amount * self.rate.value

    @property
    def kind(self) -> Kind:
        """How the rate came about: quoted, inverse, cross or identity."""
        return self.rate.kind

    @property
    def legs(self) -> tuple[Leg, ...]:
        """The quotes used, in the order of the path."""
        return self.rate.legs

    @property
    def observed_at(self) -> Moment | None:
        """When the oldest leg was observed."""
        return self.rate.observed_at

    @property
    def age_days(self) -> int | None:
        """Whole days from the oldest leg to ``as_of``."""
        return self.observed_at.days_until(self.as_of) if self.observed_at else None

    @property
    def significant_digits(self) -> int | None:
        """Digits of the least precise leg: no answer knows more; None for identity."""
        return min((significant_digits(leg.quote.digits) for leg in self.legs if not leg.quote.decreed), default=None)


def convert(
    amount: str | int | Decimal | Fraction,
    rate: Rate,
    as_of: Moment,
    places: int | None = None,
    rounding: str = "half-even",
    demands: Mapping[str, Any] | None = None,
) -> Answer:
    """Convert an amount; ``places`` replaces the counter's minor unit. Raises `AmountError`.

    >>> usd = Currency("USD")
    >>> answer = convert("2.345", Rate(usd, usd, ()), Moment.parse("2024-12-14"))
    >>> answer.result, answer.low, answer.high
    (Decimal('2.34'), Decimal('2.34'), Decimal('2.35'))
    """
    return answered(parse_amount(amount), rate, as_of, places_of(rate.counter, places), 0, rounding, demands)


def answered(
    amount: Fraction,
    rate: Rate,
    as_of: Moment,
    places: int,
    more: int,
    rounding: str,
    demands: Mapping[str, Any] | None,
) -> Answer:
    """An amount through a rate, rounded to so many decimals, its bounds to some more."""
    value, (low, high) = rate.value, rate.bounds
    if amount is not ONE:
        value, low, high = amount * value, amount * low, amount * high
        if amount < 0:
            low, high = high, low
    return Answer(
        amount=amount,
        rate=rate,
        as_of=as_of,
        result=rounded(value, places, rounding),
        low=floor(low, places + more),
        high=ceiling(high, places + more),
        demands={} if demands is None else demands,
    )


def places_of(counter: Currency, places: int | None) -> int:
    """Decimals of an amount: those asked for, else the currency's own; raises `UsageError` for too many.

    >>> places_of(Currency("JPY"), None), places_of(Currency("JPY"), 2)
    (0, 2)
    """
    if places is None:
        return minor_units(counter)
    if int(places) != places or not 0 <= places <= MOST_PLACES:
        raise UsageError(f"{places} decimals cannot be shown: take 0 to {MOST_PLACES}", places=places)
    return places


def rate_answer(
    rate: Rate,
    as_of: Moment,
    places: int | None = None,
    rounding: str = "half-even",
    demands: Mapping[str, Any] | None = None,
) -> Answer:
    """The rate itself as an answer for one unit.

    A minor unit would leave nothing of a rate such as 0.00190: the result keeps the published digits, or two digits
    more than the least precise leg has, and the bounds one place more, rounded outward.
    """
    if places is None:
        return answered(ONE, rate, as_of, rate_places(rate), 1, rounding, demands)
    return convert(1, rate, as_of, places, rounding, demands)


def rate_places(rate: Rate) -> int:
    """Decimals that show what is known of a rate."""
    if rate.kind == "identity":
        return 0
    quote = rate.legs[0].quote
    if rate.kind == "quoted" and quote.rate is not None:
        exponent = quote.rate.as_tuple().exponent
        return max(0, -exponent) if isinstance(exponent, int) else 0
    published = [significant_digits(leg.quote.digits) for leg in rate.legs if not leg.quote.decreed]
    return max(0, min(published, default=DECREED_DIGITS) + 2 - places_before_point(rate.value))
