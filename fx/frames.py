"""The pandas face: quotes as a DataFrame, a column converted row by row.

Figures for analysis are floats here, beside the exact text; results of conversions stay exact `Decimal` objects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

import pandas as pd

from fx.convert import Answer
from fx.errors import FxError
from fx.exact import plain, to_significant
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
    whens = frame[as_of] if as_of else [None] * len(frame)
    rows = [answer_row(convert, *asked, counter) for asked in zip(frame[amount], frame[base], whens, strict=True)]
    columns = {
        name: pd.array([row[number] for row in rows], dtype="Int64" if name == "age_days" else "object")
        for number, name in enumerate(names)
    }
    return frame.assign(**{name: pd.Series(values, index=frame.index) for name, values in columns.items()})


def answer_row(convert: Callable[..., Answer], amount: Any, base: Any, when: Any, counter: str) -> tuple[Any, ...]:
    """One row's answer, or its status."""
    if isinstance(amount, float) and amount.is_integer():
        amount = int(amount)
    elif hasattr(amount, "item") and not isinstance(amount, float):
        amount = amount.item()
    if when is not None and when is not pd.NaT and isinstance(when, pd.Timestamp):
        when = when.date() if when.tzinfo is None else when.to_pydatetime()
    if not isinstance(when, (str, date, datetime, type(None))) or when is pd.NaT:
        return (None, None, None, None, None, None, "MomentError")
    try:
        answer = convert(amount, str(base), counter, as_of=when)
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
