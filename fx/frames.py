"""The pandas face: observations and periods as DataFrames, their statistics, a column converted row by row.

Figures for analysis are floats here, beside the exact text; results of conversions stay exact `Decimal` objects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd

from fx.convert import RATE_DIGITS, Answer
from fx.errors import FxError, StoreError
from fx.exact import plain, to_significant
from fx.moments import Moment
from fx.quotes import Quote
from fx.series import Candle, Observation

__all__ = ["candle_frame", "converted", "correlation", "observation_frame", "returns", "volatility"]


def observation_frame(observations: Iterable[Observation]) -> pd.DataFrame:
    """Observations as rows, indexed by ``observed_at`` (UTC, milliseconds; a whole day stands at its first instant).

    ``rate``, ``low_bound`` and ``high_bound`` are the floats nearest to the exact values; ``rate_text`` holds the
    digits, as published where the pair was quoted. ``kind`` is quoted, inverse or cross, ``age_days`` that of the
    oldest leg. bid, ask and change_pct are those of a quoted pair; document and line are missing for a cross.

    >>> str(observation_frame([]).index.dtype)
    'datetime64[ms, UTC]'
    """
    rows = [(each, each.rate.value, each.rate.bounds, each.quote) for each in observations]
    quotes = [quote for _, _, _, quote in rows]
    quoted = [quote if each.rate.kind == "quoted" else None for each, _, _, quote in rows]
    index = pd.DatetimeIndex(
        pd.to_datetime([each.moment.start for each, _, _, _ in rows], utc=True), name="observed_at"
    ).as_unit("ms")
    floats = {
        "rate": [float(value) for _, value, _, _ in rows],
        "low_bound": [float(low) for _, _, (low, _), _ in rows],
        "high_bound": [float(high) for _, _, (_, high), _ in rows],
        **{
            name: [number_of(None if quote is None else getattr(quote, name)) for quote in quoted]
            for name in ("bid", "ask", "change_pct")
        },
    }
    others = {
        "rate_text": [rate_text(quote, value) for quote, (_, value, _, _) in zip(quoted, rows, strict=True)],
        "kind": [each.rate.kind for each, _, _, _ in rows],
        "age_days": [each.age_days for each, _, _, _ in rows],
        "source": [each.source for each, _, _, _ in rows],
        "document": [quote and quote.document for quote in quotes],
        "line": pd.array([quote and quote.line for quote in quotes], dtype="Int64"),
        "repeats": pd.array([quote and quote.repeats for quote in quotes], dtype="Int64"),
        "recorded_at": pd.to_datetime([quote and quote.recorded_at for quote in quotes], utc=True),
    }
    frame = pd.DataFrame(floats, index=index, dtype=float).assign(**others)
    return frame[["rate", "rate_text", *list(frame)[1:6], *list(others)[1:]]]


def rate_text(quoted: Quote | None, value: Fraction) -> str | None:
    """The digits of a rate: as published, None where only sides were; of what was not quoted, at most 28.

    >>> rate_text(None, Fraction(1, 3))
    '0.3333333333333333333333333333'
    """
    if quoted is None:
        return plain(to_significant(value, RATE_DIGITS))
    return None if quoted.rate is None else plain(quoted.rate)


def candle_frame(candles: Iterable[Candle], *, ohlc: bool) -> pd.DataFrame:
    """Periods as rows, indexed by ``period``: their first day, without a time zone.

    Columns: close, count, low_bound, high_bound (of the close), kind, filled; with ``ohlc`` also open, high, low and
    mean. Each float is the one nearest to the exact value. What a filled period has none of is NaN.

    >>> list(candle_frame([], ohlc=True))
    ['open', 'high', 'low', 'close', 'mean', 'count', 'low_bound', 'high_bound', 'kind', 'filled']
    """
    rows = list(candles)
    figures = ("open", "high", "low", "close", "mean") if ohlc else ("close",)
    columns: dict[str, Any] = {
        name: pd.array([number_of(getattr(row, name)) for row in rows], dtype="float64")
        if name in {*figures, "low_bound", "high_bound"}
        else [getattr(row, name) for row in rows]
        for name in (*figures, "count", "low_bound", "high_bound", "kind", "filled")
    }
    index = pd.DatetimeIndex(pd.to_datetime([row.period for row in rows]), name="period").as_unit("s")
    return pd.DataFrame(columns, index=index).astype({"count": "int64", "filled": "bool"})


def number_of(value: Fraction | Decimal | None) -> float:
    """The nearest float, NaN for none.

    >>> number_of(Fraction(1, 8)), number_of(None)
    (0.125, nan)
    """
    return float("nan") if value is None else float(value)


# Statistics: thin names over what pandas does, so that each is taken of the right column. ----------------------------


def returns(frame: pd.DataFrame) -> pd.Series:
    """The change of each close (or rate) over the one before, as a share of it: `pandas.Series.pct_change`.

    Leave periods unfilled: one that was carried forward would count as a return of 0.

    >>> frame = pd.DataFrame({"close": [1.0, 1.5, 1.2]})
    >>> [round(each, 2) for each in returns(frame)]
    [nan, 0.5, -0.2]
    """
    column = frame["close" if "close" in frame else "rate"]
    return column.pct_change().rename("return")


def volatility(frame: pd.DataFrame, periods_a_year: int = 1) -> float:
    """The standard deviation of the returns (sample, by pandas); of a year, where it is said how many make one.

    >>> frame = pd.DataFrame({"close": [1.0, 1.5, 1.2]})
    >>> round(volatility(frame), 4), round(volatility(frame, periods_a_year=4), 4)
    (0.495, 0.9899)
    """
    return float(returns(frame).std() * periods_a_year**0.5)


def correlation(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """How the returns of several pairs go together (Pearson, by pandas), on the periods that two of them share.

    >>> up = pd.DataFrame({"close": [1.0, 1.5, 1.2]})
    >>> round(correlation({"a": up, "b": 1 / up}).loc["a", "b"], 2)
    np.float64(-1.0)
    """
    return pd.DataFrame({name: returns(frame) for name, frame in frames.items()}).corr()


def converted(
    frame: pd.DataFrame,
    convert: Callable[..., Answer],
    *,
    amount: str,
    base: str,
    counter: str,
    as_of: str | None,
) -> pd.DataFrame:
    """A copy of the frame with result, low, high, rate, observed_at, age_days and status, each row at its own date.

    A row that has no answer gets the name of its error as ``status`` and nothing else; the others get ``ok``.
    """
    names = ("result", "low", "high", "rate", "observed_at", "age_days", "status")
    whens = frame[as_of].tolist() if as_of else [NOW] * len(frame)
    rows = [
        answer_row(convert, *asked, counter)
        for asked in zip(frame[amount].tolist(), frame[base].tolist(), whens, strict=True)
    ]
    columns = {
        name: pd.array([row[number] for row in rows], dtype="Int64" if name == "age_days" else "object")
        for number, name in enumerate(names)
    }
    return frame.assign(**{name: pd.Series(values, index=frame.index) for name, values in columns.items()})


NOW = object()
"""Stands for "as of now" where no column of dates was named; a date that is missing from such a column is an error."""


def answer_row(convert: Callable[..., Answer], amount: Any, base: Any, when: Any, counter: str) -> tuple[Any, ...]:
    """One row's answer, or its status. Raises `StoreError`: without a database no row has an answer."""
    if isinstance(amount, float) and amount.is_integer():
        amount = int(amount)
    try:
        moment = None if when is NOW else moment_of(when)
        answer = convert(amount, str(base), counter, as_of=moment)
    except StoreError:
        raise
    except FxError as error:
        return (None, None, None, None, None, None, type(error).__name__)
    return (
        answer.result,
        answer.low,
        answer.high,
        to_significant(answer.rate.value, 28),
        None if answer.observed_at is None else str(answer.observed_at),
        answer.age_days,
        "ok",
    )


def moment_of(when: Any) -> Moment:
    """The day or instant of a cell: midnight without a zone is a day, any other time is an instant in UTC.

    Raises `MomentError` for a missing one.

    >>> str(moment_of(pd.Timestamp("2024-12-14"))), str(moment_of(pd.Timestamp("2024-12-14 10:30")))
    ('2024-12-14', '2024-12-14T10:30:00.000Z')
    """
    if when is pd.NaT:
        return Moment.parse("a missing date")
    if isinstance(when, datetime):
        if when.tzinfo is not None:
            return Moment.of_instant(when)
        midnight = (when.hour, when.minute, when.second, when.microsecond) == (0, 0, 0, 0)
        return Moment.of_day(when.date()) if midnight else Moment.of_instant(when.replace(tzinfo=UTC))
    return Moment.parse(when)
