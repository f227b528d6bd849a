"""The periods of a pair as a DataFrame, column by column: the quick way to what `fx.frames.candle_frame` defines.

It serves what most sources say: plain rates of one number of decimals, one a moment, asked as quoted and in UTC. All
else is left to `fx.store.periods`. Sums are of whole numbers, and every figure is divided once, by Python, which gives
the float nearest to the quotient of two integers whatever their size.
"""

from __future__ import annotations

from datetime import UTC

import numpy as np
import pandas as pd

from fx.frames import CANDLE_COLUMNS
from fx.series import EVERY, Span, checked
from fx.store.marks import marked
from fx.store.periods import DENSE
from fx.store.plainly import Driver
from fx.store.stretches import parts_of, plain_texts
from fx.store.ways import Leg
from fx.vectors import whole_numbers
from fx.whole import ORDINALS_A_DAY, interval

__all__ = ["periods_frame"]

ROOM = 2**62
"""No sum of rates may come near the largest int64."""
LENGTHS = {"day": 1, "week": 7, "month": 30, "quarter": 90, "year": 365}
"""Days of a period, about."""
THURSDAY = 3
"""The first of January 1970 was one: days after Monday."""


def periods_frame(raw: Driver, leg: Leg, span: Span, every: str, *, ohlc: bool) -> pd.DataFrame | None:
    """The periods of a pair; None where nothing was observed, or what is not for this way."""
    checked(every, EVERY, "every")
    if span.zone is not UTC or leg.inverted or len(leg.series) != 1:
        return None
    found = plain_rates(raw, leg.series[0][0], span, every)
    if found is None:
        return None
    moments, rates, scale = found
    if scale < 0 or int(rates.max()) >= ROOM // len(rates) or (moments[1:] <= moments[:-1]).any():
        return None
    periods = first_days((moments // ORDINALS_A_DAY).astype("datetime64[D]"), every)
    begins = np.flatnonzero(np.append(True, periods[1:] != periods[:-1]))
    lasts = np.append(begins[1:], len(rates)) - 1
    counts = lasts - begins + 1
    unit = 10**scale
    close, low, high = interval(rates[lasts], unit, inverted=False)
    columns = {
        "open": divided(rates[begins], unit),
        "high": divided(np.maximum.reduceat(rates, begins), unit),
        "low": divided(np.minimum.reduceat(rates, begins), unit),
        "close": divided(*close),
        "mean": divided(np.add.reduceat(rates, begins), unit, counts),
        "count": counts,
        "low_bound": divided(*low),
        "high_bound": divided(*high),
        "kind": "quoted",
        "filled": False,
    }
    index = pd.DatetimeIndex(periods[begins].astype("datetime64[s]"), name="period")
    return pd.DataFrame({name: columns[name] for name in CANDLE_COLUMNS[ohlc]}, index=index)


def plain_rates(raw: Driver, series: int, span: Span, every: str) -> tuple[np.ndarray, np.ndarray, int] | None:
    """Moments, rates and the one scale of all; None for nothing, for more than plain rates, and for a dense series."""
    columns: list[tuple[np.ndarray, np.ndarray]] = []
    scales: set[int] = set()
    mark = marked(raw, series)
    for part in parts_of(raw, series, *span.ordinals):
        texts = plain_texts(raw, (series, *part), mark)
        if texts is None:
            continue
        moments, rates, scale = texts
        scales.add(scale)
        if len(scales) > 1 or "null" in rates:
            return None
        columns.append((whole_numbers(moments), whole_numbers(rates)))
        if len(columns) == 1 and dense(columns[0][0], every):
            return None
    if not columns:
        return None
    joined = [np.concatenate(column) for column in zip(*columns, strict=True)]
    return joined[0], joined[1], scales.pop()


def dense(moments: np.ndarray, every: str) -> bool:
    """Whether there is a stretch of so many rows a period that SQLite sums them up quicker."""
    days = (moments[[0, -1]] // ORDINALS_A_DAY).astype("datetime64[D]")
    first, last = first_days(days, every).astype(np.int64)
    return len(moments) > DENSE * (1 + int(last - first) // LENGTHS[every])


def first_days(days: np.ndarray, every: str) -> np.ndarray:
    """The first day of the period of each day; see `fx.series.first_day`.

    >>> [str(first_days(np.array(["2024-12-14"], "datetime64[D]"), every)[0]) for every in EVERY]
    ['2024-12-14', '2024-12-09', '2024-12-01', '2024-10-01', '2024-01-01']
    """
    if every == "day":
        return days
    if every == "week":
        return days - (days.astype(np.int64) + THURSDAY) % 7
    months = days.astype("datetime64[M]")
    if every == "quarter":
        months = (months.astype(np.int64) // 3 * 3).astype("datetime64[M]")
    return (months.astype("datetime64[Y]") if every == "year" else months).astype("datetime64[D]")


def divided(tops: np.ndarray, unit: int, counts: np.ndarray | None = None) -> np.ndarray:
    """Each whole number by a unit, or by so many units, as the nearest float.

    >>> divided(np.array([190]), 10**5).tolist(), divided(np.array([19]), 10, np.array([4])).tolist()
    ([0.0019], [0.475])
    """
    if counts is None:
        return np.array([top / unit for top in tops.tolist()], dtype=np.float64)
    quotients = [top / (unit * count) for top, count in zip(tops.tolist(), counts.tolist(), strict=True)]
    return np.array(quotients, dtype=np.float64)
