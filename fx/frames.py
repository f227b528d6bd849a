"""The pandas face: quotes as a DataFrame, a column converted row by row.

Figures for analysis are floats here, beside the exact text; results of conversions stay exact `Decimal` objects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from fx.convert import Answer
from fx.errors import FxError, StoreError
from fx.exact import plain, to_significant
from fx.moments import Moment
from fx.quotes import Quote

__all__ = ["converted", "frame_of"]

COLUMNS = ("rate", "rate_text", "bid", "ask", "change_pct", "source", "document", "line", "repeats", "recorded_at")


def frame_of(quotes: Iterable[Quote]) -> pd.DataFrame:
    """Quotes as rows, indexed by ``observed_at`` (UTC, milliseconds; a whole day stands at its first instant).

    ``rate`` is the float nearest to the published digits, which ``rate_text`` holds.

    >>> frame_of([]).index.tz.key if hasattr(frame_of([]).index.tz, "key") else str(frame_of([]).index.tz)
    'UTC'
    """
    rows = list(quotes)
    index = pd.DatetimeIndex(
        pd.to_datetime([quote.observed_at.start for quote in rows], utc=True), name="observed_at"
    ).as_unit("ms")
    return pd.DataFrame(
        {
            "rate": [float(quote.value) for quote in rows],
            "rate_text": [None if quote.rate is None else plain(quote.rate) for quote in rows],
            "bid": [None if quote.bid is None else float(quote.bid) for quote in rows],
            "ask": [None if quote.ask is None else float(quote.ask) for quote in rows],
            "change_pct": [None if quote.change_pct is None else float(quote.change_pct) for quote in rows],
            "source": [quote.source for quote in rows],
            "document": [quote.document for quote in rows],
            "line": [quote.line for quote in rows],
            "repeats": [quote.repeats for quote in rows],
            "recorded_at": pd.to_datetime([quote.recorded_at for quote in rows], utc=True),
        },
        index=index,
        columns=COLUMNS,
    ).astype({"rate": float, "bid": float, "ask": float, "change_pct": float})


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
