"""The cells of an answer as a CSV file shows them, for many rows of one question."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from math import gcd
from typing import NamedTuple

from fx.columns import OK, Line, Statement
from fx.convert import convert
from fx.exact import fixed, quotient, ratio_of
from fx.exports.records import rate_text, written_exactly
from fx.moments import Moment
from fx.rates import Rate

__all__ = ["Maker", "Ready", "Scaled", "numbered", "written_at_once"]

PLAIN = re.compile(r"(?:-?[0-9]{1,15}(?:\.[0-9]{1,15})?\n)*")
"""Amounts that need no second look, one a line."""
POWERS = tuple(10**places for places in range(16))
MOST_PARTS = 3
"""Places up to which what stands behind the point is written in advance: at most a thousand endings."""


class Ready(NamedTuple):
    """The answer to one question, made ready for its rows; as flat as can be, since thousands are kept.

    ``value`` over ``below``, ``low`` over ``under`` and ``high`` over ``over`` are the ratios of `fx.columns.Line`,
    ``parts`` holds what is written behind so many whole units (empty where they are too many), ``same`` the cells that
    are alike in all rows.
    """

    value: int
    below: int
    low: int
    under: int
    high: int
    over: int
    places: int
    parts: Sequence[str]
    same: str

    def cells(self, amount: str, rounding: str, delimiter: str) -> str:
        """The cells of `fx.columns.RESULTS`; raises `AmountError`."""
        value, below, low, under, high, over, places, _, same = self
        top, bottom = ratio_of(amount)
        if top < 0:  # turns the bounds round
            low, under, high, over = high, over, low, under
        return delimiter.join(
            (
                fixed(quotient(top * value, bottom * below, rounding), places),
                fixed(top * low // (bottom * under), places),
                fixed(-(-top * high // (bottom * over)), places),
                same,
            )
        )

    def scaled(self, places: int) -> Scaled:
        """The same for amounts in units of so many places."""
        power = POWERS[places]
        value, below = reduced(self.value, self.below * power)
        if below % 2:
            value, below = 2 * value, 2 * below
        low, under = reduced(self.low, self.under * power)
        high, over = reduced(self.high, self.over * power)
        unit = 10**self.places
        return value, below // 2, below, low, under, -high, over, unit, self.places, self.parts, self.same


Scaled = tuple[int, int, int, int, int, int, int, int, int, Sequence[str], str]
"""`Ready` for whole numbers, in the least: ``value``, half of ``below``, ``below`` (even: what is halfway is then seen
by multiplying), ``low``, ``under``, ``high`` negative (a division rounds down, this one up), ``over``, ten to the
``places``, and the rest as it is there."""


def reduced(numerator: int, denominator: int) -> tuple[int, int]:
    """A ratio in its lowest terms: a division by few digits takes half the time.

    >>> reduced(190, 100000)
    (19, 10000)
    """
    both = gcd(numerator, denominator)
    return numerator // both, denominator // both


class Maker:
    """Makes answers ready; what many of them share is made once."""

    def __init__(self, places: int | None, delimiter: str) -> None:
        self.places = places
        self.delimiter = delimiter
        self.parts: dict[int, Sequence[str]] = {
            each: [f".{part:0{each}d}{delimiter}" if each else delimiter for part in range(10**each)]
            for each in range(MOST_PARTS + 1)
        }
        self.moments: dict[Moment | None, str] = {None: ""}

    def ready(self, rate: Rate | Statement, as_of: Moment) -> Ready:
        """The answer to a question whose rate this is."""
        line = Line.of(rate, as_of, self.places)
        observed, places = line.observed_at, line.places
        if observed not in self.moments:
            self.moments[observed] = str(observed)
        age = "" if line.age_days is None else str(line.age_days)
        same = self.delimiter.join((rate_written(rate, as_of, places), self.moments[observed], age, OK))
        (value, below), (low, under), (high, over) = line.ratios
        return Ready(value, below, low, under, high, over, places, self.parts.get(places, ()), same)


def rate_written(rate: Rate | Statement, as_of: Moment, places: int) -> str:
    """A rate as `rate_text` writes it.

    >>> from fx.currencies import Currency
    >>> rate_written(Statement(Currency("USD"), 190, 5, False, 0), Moment(0), 2)
    '0.00190'
    """
    if isinstance(rate, Rate):
        return rate_text(convert(0, rate, as_of, places))
    return written_exactly(rate.value) if rate.inverted else fixed(rate.rate, rate.scale)


def numbered(amounts: Sequence[str]) -> tuple[list[int], int] | None:
    """Amounts as whole numbers of units of the last place, and how many places that is: as many as any of them has.

    None where one of them is none, or is written in an unusual way.

    >>> numbered(["10.50", "-7.25"]), numbered(["5", "0.125"]), numbered(["1e3"])
    (([1050, -725], 2), ([5000, 125], 3), None)
    """
    text = "\n".join(amounts) + "\n"
    places = places_in(amounts[0])
    alike = places < len(POWERS) and plain_with(places).fullmatch(text)
    if not alike and not PLAIN.fullmatch(text):
        return None
    numbers = list(map(int, text.replace(".", "").split("\n")[:-1]))
    if len(numbers) != len(amounts):  # one of them holds the end of a line
        return None
    if not alike:
        several = list(map(places_in, amounts))
        places = max(several)
        numbers = [number * POWERS[places - own] for number, own in zip(numbers, several, strict=True)]
    return numbers, places


def plain_with(places: int) -> re.Pattern[str]:
    """`PLAIN` amounts that all have so many places."""
    return re.compile(rf"(?:-?[0-9]{{1,15}}\.[0-9]{{{places}}}\n)*" if places else r"(?:-?[0-9]{1,15}\n)*")


def places_in(amount: str) -> int:
    """How many digits stand behind the point.

    >>> places_in("10.50"), places_in("7")
    (2, 0)
    """
    return len(amount) - point - 1 if (point := amount.find(".")) >= 0 else 0


def written_at_once(
    bodies: Iterable[str], numbers: Iterable[int], answers: Iterable[Scaled], delimiter: str, line_end: str
) -> list[str]:
    """Rows with their answers, rounded half-even: what `Ready.cells` gives, in fewer steps."""
    written = []
    for body, number, answer in zip(bodies, numbers, answers, strict=True):
        value, half, below, low, under, high, over, unit, places, parts, same = answer
        if number < 0:  # turns the bounds round
            low, under, high, over = -high, over, -low, under
        raised = number * value + half
        result = raised // below
        if result & 1 and result * below == raised:
            result -= 1
        least = number * low // under
        most = -(number * high // over)
        if number < 0 or not parts:
            figures = delimiter.join((fixed(result, places), fixed(least, places), fixed(most, places)))
            written.append(f"{body}{delimiter}{figures}{delimiter}{same}{line_end}")
            continue
        written.append(
            f"{body}{delimiter}{result // unit}{parts[result % unit]}{least // unit}{parts[least % unit]}"
            f"{most // unit}{parts[most % unit]}{same}{line_end}"
        )
    return written
