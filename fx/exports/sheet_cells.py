"""The cells of an answer as a CSV file shows them, for many rows of one question."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from fx.columns import OK, Line, Statement
from fx.convert import convert
from fx.exact import fixed, quotient, ratio_of
from fx.exports.records import rate_text, written_exactly
from fx.moments import Moment
from fx.rates import Rate

__all__ = ["Maker", "Ready", "written_at_once"]

PLAIN = re.compile(r"(?:-?[0-9]{1,15}(?:\.[0-9]{1,15})?\n)*")
"""Amounts that need no second look, one a line."""
POWERS = tuple(10**places for places in range(16))
MOST_PARTS = 3
"""Places up to which what stands behind the point is written in advance: at most a thousand endings."""


class Ready(NamedTuple):
    """The answer to one question, made ready for its rows; as flat as can be, since thousands are kept.

    ``value`` over ``below``, ``low`` over ``under`` and ``high`` over ``over`` are the ratios of `fx.columns.Line`,
    ``unit`` is ten to the ``places``, ``parts`` holds what is written behind so many whole units (empty where they are
    too many), ``same`` the cells that are alike in all rows.
    """

    value: int
    below: int
    low: int
    under: int
    high: int
    over: int
    unit: int
    places: int
    parts: Sequence[str]
    same: str

    def cells(self, amount: str, rounding: str, delimiter: str) -> str:
        """The cells of `fx.columns.RESULTS`; raises `AmountError`."""
        value, below, low, under, high, over, _, places, _, same = self
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
        return Ready(value, below, low, under, high, over, 10**places, places, self.parts.get(places, ()), same)


def rate_written(rate: Rate | Statement, as_of: Moment, places: int) -> str:
    """A rate as `rate_text` writes it.

    >>> from fx.currencies import Currency
    >>> rate_written(Statement(Currency("USD"), 190, 5, False, 0), Moment(0), 2)
    '0.00190'
    """
    if isinstance(rate, Rate):
        return rate_text(convert(0, rate, as_of, places))
    return written_exactly(rate.value) if rate.inverted else fixed(rate.rate, rate.scale)


def written_at_once(
    bodies: Iterable[str], amounts: Sequence[str], answers: Iterable[Ready], delimiter: str, line_end: str
) -> list[str] | None:
    """Rows with their answers, rounded half-even: what `Ready.cells` gives, in fewer steps.

    None where an amount is none, or is written in an unusual way.
    """
    text = "\n".join(amounts) + "\n"
    if not PLAIN.fullmatch(text):
        return None
    numbers = list(map(int, text.replace(".", "").split("\n")[:-1]))
    if len(numbers) != len(amounts):  # one of them holds the end of a line
        return None
    written = []
    for body, amount, number, answer in zip(bodies, amounts, numbers, answers, strict=True):
        value, below, low, under, high, over, unit, _, parts, same = answer
        if number < 0 or not parts:
            written.append(f"{body}{delimiter}{answer.cells(amount, 'half-even', delimiter)}{line_end}")
            continue
        point = amount.find(".")
        if point > 0:
            power = POWERS[len(amount) - point - 1]
            below *= power
            under *= power
            over *= power
        top = number * value
        result = top // below
        twice = 2 * (top - result * below)
        if twice > below or (twice == below and result & 1):
            result += 1
        least = number * low // under
        most = -(-number * high // over)
        written.append(
            f"{body}{delimiter}{result // unit}{parts[result % unit]}{least // unit}{parts[least % unit]}"
            f"{most // unit}{parts[most % unit]}{same}{line_end}"
        )
    return written
