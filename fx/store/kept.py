"""A statement's figures as the table keeps them: whole numbers where they fit, text where they do not.

``rate`` and ``scale`` hold a rate of up to 18 digits, ``change`` a percent by `change_code`. All else stands in
``rest``, empty for most: ``BID/ASK``, and where the rate or the change has more digits than a whole number, those
behind, with a space before each. ``times`` is how often the statement stands in its document, and, 32 bits higher, how
many zeros the unit has for which it stands there.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from fx.exact import decimal_of

__all__ = [
    "MOST_REPEATS",
    "Rest",
    "change_code",
    "change_in",
    "mantissa_and_scale",
    "rate_in",
    "rest_of",
    "times_of",
    "unit_in",
]

MOST_DIGITS = 18
"""Digits that fit a whole number of 64 bits whatever they are."""
MOST_REPEATS = 2**32 - 1
CHANGE_DIGITS = 16
CHANGE_DECIMALS = 7


class Rest(NamedTuple):
    """What stands beside the whole numbers, each '' where there is none.

    >>> Rest("1.0", "1.2").text, Rest("", "", "1234567890123456789").text, Rest().text
    ('1.0/1.2', ' 1234567890123456789 ', '')
    >>> Rest.read("1.0/ 1234567890123456789 ")
    Rest(bid='1.0', ask='', digits='1234567890123456789', change='')
    """

    bid: str = ""
    ask: str = ""
    digits: str = ""
    change: str = ""

    @property
    def text(self) -> str:
        """As it is kept."""
        sides = f"{self.bid}/{self.ask}" if self.bid or self.ask else ""
        return f"{sides} {self.digits} {self.change}" if self.digits or self.change else sides

    @classmethod
    def read(cls, text: str) -> Rest:
        """From what is kept."""
        if not text:
            return NOTHING
        sides, _, more = text.partition(" ")
        bid, _, ask = sides.partition("/")
        digits, _, change = more.partition(" ")
        return cls(bid, ask, digits, change)


NOTHING = Rest()


def rest_of(bid: str, ask: str, digits: int | str, change: str) -> str:
    """The text of `Rest` for sides as published, and for digits and a change where they do not fit their columns.

    >>> rest_of("1.0", "1.2", 190, "0"), rest_of("", "", "1234567890123456789", "0.12345678")
    ('1.0/1.2', ' 1234567890123456789 0.12345678')
    """
    return Rest(bid, ask, digits if isinstance(digits, str) else "", "" if change_code(change) else change).text


def mantissa_and_scale(rate: Decimal | None) -> tuple[int | str, int]:
    """The digits of a rate as one whole number, or text where they are too many, and how many of them are decimals.

    >>> mantissa_and_scale(Decimal("0.00190")), mantissa_and_scale(None)
    ((190, 5), (0, 0))
    """
    if rate is None:
        return 0, 0
    _, figures, exponent = rate.as_tuple()
    mantissa = "".join(map(str, figures)).lstrip("0")
    scale = -exponent if isinstance(exponent, int) else 0
    return (int(mantissa) if len(mantissa) <= MOST_DIGITS else mantissa), scale


def rate_in(rate: int, scale: int, rest: str) -> Decimal | None:
    """The rate that a row says; None where it has sides alone.

    >>> str(rate_in(190, 5, "")), rate_in(0, 0, "1.0/1.2"), str(rate_in(0, 18, " 1234567890123456789 "))
    ('0.00190', None, '1.234567890123456789')
    """
    if rate:
        return decimal_of(rate, scale)
    digits = Rest.read(rest).digits
    return decimal_of(int(digits), scale) if digits else None


@lru_cache(maxsize=4096)
def change_code(text: str) -> int:
    """A percent as published as one whole number, 0 for none and for what is too long.

    Its digits times 8, plus its decimals, plus 1; below zero with a minus: so ``0``, ``-0`` and ``0.00`` all differ.

    >>> [change_code(text) for text in ("", "0", "-0.11", "0.00", "0.12345678")]
    [0, 1, -91, 3, 0]
    """
    digits = text.removeprefix("-")
    whole, _, part = digits.partition(".")
    if not whole or len(part) > CHANGE_DECIMALS or len(whole + part) > CHANGE_DIGITS:
        return 0
    code = 8 * int(whole + part) + len(part) + 1
    return -code if text.startswith("-") else code


@lru_cache(maxsize=4096)
def change_in(code: int, rest: str = "") -> str:
    """The percent that a row says, as published, '' for none.

    >>> change_in(-91), change_in(3), change_in(0), change_in(0, "  0.12345678")
    ('-0.11', '0.00', '', '0.12345678')
    """
    if not code:
        return Rest.read(rest).change
    mantissa, decimals = divmod(abs(code) - 1, 8)
    digits = f"{mantissa:0{decimals + 1}d}"
    sign = "-" if code < 0 else ""
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}" if decimals else sign + digits


def times_of(repeats: int, unit: int) -> int:
    """How often a statement stands in its document, and for how many of the base: a power of ten, as all units are.

    >>> times_of(8, 1), times_of(1, 100) - 2 * 2**32
    (8, 1)
    """
    return repeats + ((len(str(unit)) - 1) << 32)


def unit_in(times: int) -> int:
    """For how many of the base the figure stands there.

    >>> unit_in(8), unit_in(times_of(8, 100))
    (1, 100)
    """
    return int(10 ** (times >> 32))
