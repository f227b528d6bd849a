"""What a series says, many rows at once: a column comes out of the database as one text of JSON.

Row by row the driver would take four times as long. Each moment stands once, with what no revision replaced; where a
stretch holds a moment of which there are several statements, or is not in order, it is read row by row after all.
"""

from __future__ import annotations

import functools
import json
import operator
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import islice

from fx.quotes import two_sided_bounds, two_sided_value
from fx.sql import LAST_SAID
from fx.store.kept import Rest, rate_in
from fx.store.marks import marked
from fx.store.plainly import Driver
from fx.store.ways import IN_RANGE
from fx.whole import interval

__all__ = [
    "ROWS",
    "Figure",
    "Stretch",
    "figure",
    "parts_of",
    "plain_texts",
    "standing_rows",
    "stretch_in",
    "stretch_of",
]

ROWS = 2**17
"""Rows in a stretch, about: some 10 MB of lists, and a text far below what SQLite holds in one value (10**9 bytes)."""

Figure = tuple[Fraction, Fraction, Fraction]
"""A value and the ends of its interval."""


@functools.lru_cache(maxsize=2**16)
def figure(rate: int, scale: int, rest: str, inverted: bool) -> Figure:
    """What is stored of a statement, as it counts in the direction asked for; figures repeat, so they are kept.

    >>> [str(number) for number in figure(190, 5, "", False)]
    ['19/10000', '379/200000', '381/200000']
    """
    if not rest and scale >= 0:
        value, low, high = (Fraction(*ratio) for ratio in interval(rate, 10**scale, inverted))
        return value, low, high
    bid, ask, *_ = Rest.read(rest)
    numbers = (
        rate_in(rate, scale, rest),
        Decimal(bid) if bid else None,
        Decimal(ask) if ask else None,
    )
    value, (low, high) = two_sided_value(*numbers), two_sided_bounds(*numbers)
    return (1 / value, 1 / high, 1 / low) if inverted else (value, low, high)


Row = tuple[int, int, int, str]
"""Moment, rate, scale and rest."""


def standing_rows(raw: Driver, series: int, low: int, high: int) -> Iterator[Row]:
    """Moment, rate, scale and rest of the quotes of a series that no revision replaced, in time."""
    rows = raw.execute(f"SELECT observed_at, rate, scale, rest {IN_RANGE} ORDER BY observed_at", (series, low, high))
    held: Row | None = None
    several = False
    for row in rows:
        if held is not None and row[0] == held[0]:
            several = True
            continue
        if held is not None:
            yield last_said(raw, series, held[0]) if several else held
        held, several = row, False
    if held is not None:
        yield last_said(raw, series, held[0]) if several else held


def last_said(raw: Driver, series: int, moment: int) -> Row:
    """The row that stands of a moment of which there are several."""
    rate, scale, rest, _ = raw.execute(LAST_SAID, {"series": series, "moment": moment}).fetchall()[-1]
    return moment, rate, scale, rest


@dataclass(frozen=True, slots=True)
class Stretch:
    """The columns of a stretch of a series, in time; ``scales`` is one for all rows, or one a row; ``rests`` likewise.

    What is no plain rate has a rest: see `fx.store.kept`.
    """

    moments: Sequence[int]
    rates: Sequence[int]
    scales: int | Sequence[int]
    rests: str | Sequence[str]

    def statement(self, row: int) -> tuple[int, int, str]:
        """Rate, scale and rest of a row."""
        return (
            self.rates[row],
            self.scales if isinstance(self.scales, int) else self.scales[row],
            self.rests if isinstance(self.rests, str) else self.rests[row],
        )

    def whole_numbers(self) -> tuple[Sequence[int], int] | None:
        """The rates as integers of one scale; None where some are no plain rates.

        >>> Stretch([0, 2], [19, 190], [4, 5], "").whole_numbers()
        ([190, 190], 5)
        """
        scales = (self.scales,) if isinstance(self.scales, int) else self.scales
        if self.rests or min(scales) < 0:
            return None
        scale = max(scales)
        if isinstance(self.scales, int):
            return self.rates, scale
        powers = [10 ** (scale - each) for each in range(scale + 1)]
        return [rate * powers[each] for rate, each in zip(self.rates, self.scales, strict=True)], scale


def parts_of(raw: Driver, series: int, low: int, high: int) -> Iterator[tuple[int, int]]:
    """The span between two moments (ordinals, both included) in parts of some `ROWS`; no moment lies in two of them."""
    while low <= high:
        more = f"SELECT observed_at {IN_RANGE} ORDER BY observed_at LIMIT 1 OFFSET {ROWS}"
        (end,) = raw.execute(more, (series, low, high)).fetchone() or (high,)
        yield low, end
        low = end + 1


def plain_texts(raw: Driver, where: tuple[int, int, int], mark: int | None) -> tuple[str, str, int] | None:
    """Moments and rates of a series between two moments as lists in JSON, and the scale of the first; None for none.

    In place of a rate that is none, of another scale or with a rest, stands ``null``, of which a series that is
    `marked` has none.
    """
    first = raw.execute(f"SELECT scale {IN_RANGE} ORDER BY observed_at LIMIT 1", where).fetchone()
    if first is None:
        return None
    scale = int(first[0])
    # A look at each row that costs less than any aggregate.
    plain = f"iif(scale = {scale} AND rest = '', rate, NULL)" if mark is None else "rate"
    moments, rates = raw.execute(
        f"SELECT json_group_array(observed_at), json_group_array({plain}) {IN_RANGE}", where
    ).fetchone()
    return moments, rates, scale


def stretch_of(raw: Driver, series: int, low: int, high: int) -> Stretch | None:
    """All of it that lies between two moments; None where there is nothing."""
    where = (series, low, high)
    mark = marked(raw, series)
    texts = plain_texts(raw, where, mark)
    return None if texts is None else stretch_in(raw, where, mark, texts)


def stretch_in(raw: Driver, where: tuple[int, int, int], mark: int | None, texts: tuple[str, str, int]) -> Stretch:
    """The same, of what `plain_texts` gave of it."""
    moments, rates, scale = texts
    times: list[int] = json.loads(moments)
    if mark is None and not all(map(operator.lt, times, islice(times, 1, None))):
        return Stretch(*zip(*standing_rows(raw, *where), strict=True))
    if "null" not in rates:
        return Stretch(times, json.loads(rates), scale, "")
    columns = raw.execute(
        f"SELECT json_group_array(rate), json_group_array(scale), json_group_array(rest), max(rest) {IN_RANGE}", where
    ).fetchone()
    rates, scales, rests = (json.loads(column) for column in columns[:3])
    return Stretch(times, rates, scales, rests if columns[3] else "")
