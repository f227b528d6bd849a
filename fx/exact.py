"""Exact numbers: published digits in, exact fractions between, one rounding out.

A published number is a `Decimal` that keeps its digits (``0.00190`` keeps its zero); arithmetic is done on `Fraction`;
nothing here reads or changes the ambient decimal context, and nothing is ever a float.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

from fx.errors import AmountError
from fx.whole import ROUNDINGS, fixed, quotient

__all__ = [
    "ROUNDINGS",
    "bounds_of",
    "ceiling",
    "decimal_of",
    "fixed",
    "floor",
    "grouped",
    "half_even",
    "parse_amount",
    "places_before_point",
    "plain",
    "quotient",
    "ratio_of",
    "rounded",
    "significant_digits",
    "to_significant",
]

POWERS = [10**places for places in range(41)]
LARGEST = 10**200
"""Above any sum of money, and below what Python would take long to write out."""
AMOUNT = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
LONGEST_AMOUNT = 40
"""Digits in an amount: more than any sum of money, few enough that no arithmetic can be made slow by them."""


def parse_amount(amount: str | int | Decimal | Fraction) -> Fraction:
    """Read an amount exactly.

    Takes `int`, `Decimal`, `Fraction` or text in plain digits with a decimal point (no exponent, no grouping).
    Raises `AmountError` for anything else, floats above all: 0.1 as a float is not the tenth that was typed.

    >>> parse_amount("-10.50")
    Fraction(-21, 2)
    """
    if isinstance(amount, bool) or not isinstance(amount, (str, int, Decimal, Fraction)):
        raise AmountError(
            f"an amount cannot be {type(amount).__name__} {amount!r}: pass str, int or Decimal", amount=repr(amount)
        )
    if isinstance(amount, str):
        text = amount.strip()
        if not AMOUNT.fullmatch(text):
            raise AmountError(
                f"{shown(amount)} is not an amount: write plain digits such as 1000 or -12.50", amount=amount[:80]
            )
        if sum(map(str.isdigit, text)) > LONGEST_AMOUNT:
            raise AmountError(
                f"{shown(amount)} has more than {LONGEST_AMOUNT} digits: write a shorter amount", amount=amount[:80]
            )
        return Fraction(text)
    if isinstance(amount, Decimal) and (not amount.is_finite() or abs(amount.adjusted()) > LONGEST_AMOUNT):
        raise AmountError(f"{amount} is not an amount: pass a finite number of ordinary size", amount=str(amount))
    exactly = Fraction(amount)
    if max(abs(exactly.numerator), exactly.denominator) >= LARGEST:
        raise AmountError("the amount is far beyond any sum of money: pass a number of ordinary size")
    return exactly


def ratio_of(amount: str | int | Decimal | Fraction) -> tuple[int, int]:
    """An amount as numerator and denominator, not reduced: what `parse_amount` reads, some times faster for text.

    >>> ratio_of("-10.50"), ratio_of(7)
    ((-1050, 100), (7, 1))
    """
    if isinstance(amount, str) and len(amount) <= LONGEST_AMOUNT and AMOUNT.fullmatch(amount):
        whole, _, part = amount.partition(".")
        return int(whole + part), POWERS[len(part)]
    exactly = parse_amount(amount)
    return exactly.numerator, exactly.denominator


def shown(text: str) -> str:
    """Text from outside as it may stand in a message: quoted, short, no control characters.

    >>> shown("a" * 60)
    "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…'"
    """
    return repr(text if len(text) <= 40 else text[:39] + "…")


def bounds_of(number: Decimal) -> tuple[Fraction, Fraction]:
    """The interval that the printed digits leave open: half a unit in the last place to either side.

    >>> [str(end) for end in bounds_of(Decimal("0.00190"))]
    ['379/200000', '381/200000']
    """
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int):
        raise AmountError(f"{number} is not a number with digits: pass a finite number", amount=str(number))
    top, bottom = number.as_integer_ratio()
    if exponent > 0:
        half = 10**exponent // 2
        return Fraction(top - half), Fraction(top + half)
    twice = 2 * 10**-exponent  # half a unit in the last place is one of these parts
    middle = top * (twice // bottom)
    return Fraction(middle - 1, twice), Fraction(middle + 1, twice)


def significant_digits(number: Decimal) -> int:
    """How many digits were published, leading zeros aside.

    >>> significant_digits(Decimal("0.00008")), significant_digits(Decimal("0.00190"))
    (1, 3)
    """
    return len(str(int("".join(map(str, number.as_tuple().digits)) or "0")))


def decimal_of(mantissa: int, places: int) -> Decimal:
    """The decimal with these digits and this many places, whatever the ambient context's precision.

    >>> decimal_of(190, 5)
    Decimal('0.00190')
    """
    return Decimal(f"{mantissa}E{-places}")  # made of text a decimal keeps every digit


def half_even(value: Fraction, places: int) -> Decimal:
    """Round to this many decimals, ties to the even digit (IEEE 754 roundTiesToEven).

    >>> half_even(Fraction("0.125"), 2), half_even(Fraction("-0.135"), 2)
    (Decimal('0.12'), Decimal('-0.14'))
    """
    return decimal_of(round(value * Fraction(10) ** places), places)


def rounded(value: Fraction, places: int, rounding: str = "half-even") -> Decimal:
    """Round to this many decimals in the way asked for; raises `UsageError` for a way that is none.

    >>> [str(rounded(Fraction("-0.125"), 2, way)) for way in ("half-even", "half-up", "half-down", "ceiling", "up")]
    ['-0.12', '-0.13', '-0.12', '-0.12', '-0.13']
    """
    return decimal_of(quotient(value.numerator * 10**places, value.denominator, rounding), places)


def floor(value: Fraction, places: int) -> Decimal:
    """Round down: the lower end of an interval, outward.

    >>> floor(Fraction(-1, 3), 2)
    Decimal('-0.34')
    """
    return decimal_of(value.numerator * 10**places // value.denominator, places)


def ceiling(value: Fraction, places: int) -> Decimal:
    """Round up: the upper end of an interval, outward.

    >>> ceiling(Fraction(1, 3), 2)
    Decimal('0.34')
    """
    return decimal_of(-(-value.numerator * 10**places // value.denominator), places)


def plain(number: Decimal) -> str:
    """A decimal as digits, never with an exponent (beancount rejects ``1.25E+4``, Ledger misreads it).

    >>> plain(Decimal("7.7E-5")), plain(Decimal("1E+3"))
    ('0.000077', '1000')
    """
    return format(number, "f")


def grouped(number: Decimal) -> str:
    """A decimal for people, thousands apart.

    >>> grouped(Decimal("1176470.58"))
    '1,176,470.58'
    """
    return format(number, ",f")


def to_significant(value: Fraction, digits: int) -> Decimal:
    """A fraction as a decimal: exact where it ends within ``digits`` significant digits, else rounded half-even.

    >>> to_significant(Fraction(12500), 4), to_significant(Fraction(1, 3), 4), to_significant(Fraction(1, 8), 4)
    (Decimal('12500'), Decimal('0.3333'), Decimal('0.125'))
    """
    if value == 0:
        return Decimal(0)
    size = places_before_point(abs(value))
    rounded = half_even(value, max(digits - size, 0))
    return trimmed(rounded)


def places_before_point(value: Fraction) -> int:
    """Digits before the point of a positive number; zero or less for those below 0.1.

    >>> [places_before_point(Fraction(text)) for text in ("12500", "1", "0.5", "0.0019")]
    [5, 1, 0, -2]
    """
    size = len(str(value.numerator)) - len(str(value.denominator))
    while Fraction(10) ** size <= value:
        size += 1
    while Fraction(10) ** (size - 1) > value:
        size -= 1
    return size


def trimmed(number: Decimal) -> Decimal:
    """The same number without zeros at the end of its decimals.

    >>> trimmed(Decimal("0.1250")), trimmed(Decimal("100"))
    (Decimal('0.125'), Decimal('100'))
    """
    text = plain(number)
    return Decimal(text.rstrip("0").rstrip(".")) if "." in text else number
