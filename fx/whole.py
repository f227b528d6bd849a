"""Whole numbers: how a figure is rounded and written, and how days are counted. Imports next to nothing.

An answer in plain digits can be given by these alone, before anything slow to import is (`fx.cli.quick`); what is exact
(`fx.exact`) and when it held (`fx.moments`) rests on them too, so that there is one rounding and one count of days.
"""

from __future__ import annotations

from fx.errors import UsageError

TYPE_CHECKING = False  # what `typing` says too, which takes as long to import as SQLite
if TYPE_CHECKING:
    from datetime import date
    from typing import Any

__all__ = ["EVER", "ORDINALS_A_DAY", "ROUNDINGS", "first_ordinal", "fixed", "interval", "quotient"]

ORDINALS_A_DAY = 2 * 24 * 60 * 60 * 1000
"""How many ordinals (`fx.moments.Moment`) a day has: ages are compared thousands of times an answer, without dates."""
DAYS_BEFORE_1970 = 719_163
EVER = 2**62
"""Later than every moment, as an ordinal."""


def first_ordinal(day: date) -> int:
    """The ordinal of a whole day, the first of those that fall on it.

    >>> from datetime import date
    >>> first_ordinal(date(1970, 1, 2)) == ORDINALS_A_DAY
    True
    """
    return (day.toordinal() - DAYS_BEFORE_1970) * ORDINALS_A_DAY


ROUNDINGS = ("half-even", "half-up", "half-down", "up", "down", "ceiling", "floor")
"""Ways to round, as Python's `decimal` and ISO 80000-1 name them: ``up`` is away from zero, ``down`` towards it."""


def quotient(numerator: Any, denominator: Any, rounding: str = "half-even") -> Any:
    """The whole number to which a quotient is rounded; the denominator is positive.

    Takes integers, or arrays of them (numpy's, of int64 below 2**62 or of Python's own): the same steps serve one
    figure and a column. Raises `UsageError` for a way of rounding that is none.

    >>> quotient(5, 2), quotient(-5, 2, "half-up"), quotient(7, 2, "half-even"), quotient(-7, 2, "ceiling")
    (2, -3, 4, -3)
    """
    if rounding not in ROUNDINGS:
        raise UsageError(
            f"{str(rounding)[:40]!r} is no way to round: take one of {', '.join(ROUNDINGS)}",
            rounding=str(rounding)[:40],
        )
    if rounding == "ceiling":
        raised = numerator + (denominator - 1)
        raised //= denominator
        return raised
    if rounding == "half-even":  # as nearly always: in as few steps over a column as there can be
        raised = numerator + denominator // 2
        near = raised // denominator
        tie = (raised == near * denominator) & (denominator % 2 == 0)
        some = tie if isinstance(tie, bool) else tie.any()
        return near - (tie & near) if some else near  # one less where it is odd
    below = numerator // denominator
    if rounding == "floor":
        return below
    rest = numerator - below * denominator
    if rounding == "down":
        return below + ((numerator < 0) & (rest > 0))
    if rounding == "up":
        return below + ((numerator > 0) & (rest > 0))
    twice = rest + rest
    tie_goes_up = (numerator > 0) == (rounding == "half-up")
    return below + ((twice > denominator) | ((twice == denominator) & tie_goes_up))


def interval(rate: Any, unit: Any, inverted: bool) -> tuple[tuple[Any, Any], tuple[Any, Any], tuple[Any, Any]]:
    """A plain rate of so many of one over ``unit``, and half of such a one below and above it, as ratios not reduced.

    ``inverted`` gives the inverses, lower end first. Takes integers, or arrays of them; see `fx.exact.bounds_of`.

    >>> interval(190, 10**5, False)
    ((190, 100000), (379, 200000), (381, 200000))
    >>> interval(190, 10**5, True)
    ((100000, 190), (200000, 381), (200000, 379))
    """
    twice, below, above = 2 * unit, 2 * rate - 1, 2 * rate + 1
    if inverted:
        return (unit, rate), (twice, above), (twice, below)
    return (rate, unit), (below, twice), (above, twice)


def fixed(mantissa: int, places: int) -> str:
    """A whole number of units of the last place as digits: `plain` of `decimal_of`, some times faster.

    >>> fixed(1900, 2), fixed(-5, 3), fixed(7, 0)
    ('19.00', '-0.005', '7')
    """
    if not places:
        return str(mantissa)
    digits = str(mantissa) if mantissa >= 0 else str(-mantissa)
    if len(digits) <= places:
        digits = digits.zfill(places + 1)
    return f"{'' if mantissa >= 0 else '-'}{digits[:-places]}.{digits[-places:]}"
