"""The pandas face: observations and periods as DataFrames, their statistics, a column converted row by row.

Figures for analysis are floats here, beside the exact text: each is the float nearest to the exact figure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from fx.cells import Whens, combined, distinct, moment_or_error, moments_in
from fx.columns import OK, RESULTS, Ask, Line, Question, Statement, status_of
from fx.convert import RATE_DIGITS, places_of
from fx.currencies import Currency
from fx.errors import AmountError, FxError, UsageError
from fx.exact import decimal_of, plain, quotient, to_significant
from fx.moments import Moment
from fx.quotes import Quote
from fx.rates import Rate
from fx.series import Candle, Observation, Ratio
from fx.vectors import NO_MOMENT, Amounts, Figures, Lines, Statements, amounts_of, figures_of

__all__ = [
    "CANDLE_COLUMNS",
    "OBSERVATION_COLUMNS",
    "Plan",
    "candle_frame",
    "converted",
    "correlation",
    "observation_frame",
    "rate_text",
    "returns",
    "volatility",
]


OBSERVATION_COLUMNS = (
    "rate", "rate_text", "low_bound", "high_bound", "bid", "ask", "change_pct", "kind", "age_days", "source",
    "document", "line", "repeats", "recorded_at",
)  # fmt: skip


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
    texts = {
        "rate_text": [rate_text(quote, value) for quote, (_, value, _, _) in zip(quoted, rows, strict=True)],
        "kind": [each.rate.kind for each, _, _, _ in rows],
        "source": [each.source for each, _, _, _ in rows],
        "document": [quote and quote.document for quote in quotes],
    }
    others = {
        # Said and not inferred: pandas takes a column of nothing but None for objects.
        **{name: pd.array(column, dtype="str") for name, column in texts.items()},
        "age_days": [each.age_days for each, _, _, _ in rows],
        "line": pd.array([quote and quote.line for quote in quotes], dtype="Int64"),
        "repeats": pd.array([quote and quote.repeats for quote in quotes], dtype="Int64"),
        "recorded_at": pd.to_datetime([quote and quote.recorded_at for quote in quotes], utc=True),
    }
    frame = pd.DataFrame(floats, index=index, dtype=float).assign(**others)
    return frame[list(OBSERVATION_COLUMNS)]


def rate_text(quoted: Quote | None, value: Fraction) -> str | None:
    """The digits of a rate: as published, None where only sides were; of what was not quoted, at most 28.

    >>> rate_text(None, Fraction(1, 3))
    '0.3333333333333333333333333333'
    """
    if quoted is None:
        return plain(to_significant(value, RATE_DIGITS))
    return None if quoted.rate is None else plain(quoted.rate)


CANDLE_COLUMNS = {
    False: ("close", "count", "low_bound", "high_bound", "kind", "filled"),
    True: ("open", "high", "low", "close", "mean", "count", "low_bound", "high_bound", "kind", "filled"),
}
"""Of periods, without and with ``ohlc``."""


def candle_frame(candles: Iterable[Candle], *, ohlc: bool) -> pd.DataFrame:
    """Periods as rows, indexed by ``period``: their first day, without a time zone.

    Columns: close, count, low_bound, high_bound (of the close), kind, filled; with ``ohlc`` also open, high, low and
    mean. Each float is the one nearest to the exact value. What a filled period has none of is NaN.

    >>> list(candle_frame([], ohlc=True))
    ['open', 'high', 'low', 'close', 'mean', 'count', 'low_bound', 'high_bound', 'kind', 'filled']
    """
    rows = list(candles)
    names = CANDLE_COLUMNS[ohlc]
    ratios = [row.ratios for row in rows]
    floats = {
        name: np.array([float_of(ratio[name]) for ratio in ratios], dtype=float)
        for name in names
        if name not in {"count", "kind", "filled"}
    }
    counts = np.array([row.count for row in rows], dtype=np.int64)
    others = {"count": counts, "kind": [row.kind for row in rows], "filled": counts == 0}
    days = np.array([row.period for row in rows], dtype="datetime64[s]")
    frame = pd.DataFrame(floats | others, index=pd.DatetimeIndex(days, name="period"))
    return frame[list(names)]


def float_of(ratio: Ratio | None) -> float:
    """The float nearest to a ratio (Python divides whole numbers so), NaN for none.

    >>> float_of((190, 100000)), float_of(None)
    (0.0019, nan)
    """
    return float("nan") if ratio is None else ratio[0] / ratio[1]


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


Bulk = Callable[[Sequence[tuple[Any, Any, np.ndarray]]], Sequence[tuple[Currency, Statements] | None]]
"""Of bases, counters and last ordinals: the counter's code and what alone is the answer; None where nothing is."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Which columns are converted, and how; see `fx.store.Store.convert_frame`."""

    amount: str
    base: str
    counter: str | None
    counter_column: str | None
    as_of: Any
    places: int | None
    rounding: str
    exact: bool


def converted(frame: pd.DataFrame, plan: Plan, ask: Ask, bulk: Bulk, now: Moment) -> pd.DataFrame:
    """A copy of the frame with result, low, high, rate, observed_at, age_days and status, each row at its own date.

    Figures are the floats nearest to those of `fx.convert` (``exact`` gives these themselves, as `Decimal`),
    ``observed_at`` the UTC datetime of the oldest leg (the first instant of a day), ``age_days`` Int64, ``status``
    ``ok`` or why there is no answer. An amount that is a float is read by its shortest digits, as it is printed.
    """
    dated = check_columns(frame, plan)
    quotient(0, 1, plan.rounding)
    places_of(Currency("XXX"), plan.places)
    number, keys, bases, counters, moments = asked_of(frame, plan, now, dated=dated)
    lines, errors = answered(keys, bases, counters, moments, ask, bulk, plan.places)
    columns = columns_of(lines, errors, number, amounts_of(frame[plan.amount].to_numpy()), plan)
    return pd.concat([frame, pd.DataFrame(columns, index=frame.index, copy=False)], axis=1)


def asked_of(
    frame: pd.DataFrame, plan: Plan, now: Moment, *, dated: bool
) -> tuple[np.ndarray, np.ndarray, list[Any], list[Any], Whens]:
    """For each row the number of its question, the questions, and the bases, counters and moments they are made of."""
    bases, base_codes = distinct(frame[plan.base])
    if plan.counter_column is None:
        counters, counter_codes = [plan.counter], None
    else:
        counters, counter_codes = distinct(frame[plan.counter_column])
    if dated:
        moments, when_codes = moments_in(frame[plan.as_of])
    else:
        moments, when_codes = Whens.of([moment_or_error(now if plan.as_of is None else plan.as_of)]), None
    parts = [(len(bases), base_codes), (len(counters), counter_codes), (len(moments), when_codes)]
    number, keys = combined(len(frame), parts)
    if not dated and moments.errors:
        raise moments.errors[0]
    return number, keys, bases, counters, moments


TEXTS_AT_ONCE = 2**16
"""Rows for which `repeated` writes a text out."""
NOT_A_TIME = np.iinfo(np.int64).min
"""What numpy's datetimes hold for a missing one."""


def answered(
    keys: np.ndarray,
    bases: Sequence[Any],
    counters: Sequence[Any],
    moments: Whens,
    ask: Ask,
    bulk: Bulk,
    places: int | None,
) -> tuple[Lines, dict[int, FxError]]:
    """The line of each combination, and why some have none, by their numbers."""
    lines = Lines(max(len(keys), 1))
    errors: dict[int, FxError] = {}
    pairs, whens = np.divmod(keys, len(moments))
    ordinals = moments.last_ordinals
    left = (moments.ordinals == NO_MOMENT)[whens]
    order = np.flatnonzero(~left)
    order = order[np.argsort(pairs[order], kind="stable")]
    by_pair = np.split(order, np.flatnonzero(np.diff(pairs[order])) + 1) if order.size else []
    asked = [
        (bases[pairs[group[0]] // len(counters)], counters[pairs[group[0]] % len(counters)], ordinals[whens[group]])
        for group in by_pair
    ]
    for group, (_, _, untils), found in zip(by_pair, asked, bulk(asked), strict=True):
        if found is None:
            left[group] = True
        else:
            counter, said = found
            left[group] = lines.put(group, said, counter, places_of(counter, places), untils)
    questions: dict[int, Question] = {}
    for number in np.flatnonzero(left).tolist():
        base, counter_number = divmod(int(pairs[number]), len(counters))
        moment = moments[int(whens[number])]
        if isinstance(moment, Moment):
            questions[number] = Question(bases[base], counters[counter_number], moment)
        else:
            errors[number] = moment
    for (number, question), rate in zip(questions.items(), ask(list(questions.values())), strict=True):
        if isinstance(rate, Rate | Statement):
            lines[number] = Line.of(rate, question.as_of, places)
        else:
            errors[number] = rate
    return lines, errors


def columns_of(
    lines: Lines, errors: Mapping[int, FxError], number: np.ndarray, amounts: Amounts, plan: Plan
) -> dict[str, Any]:
    """The columns of `RESULTS`, given the answer to each question and, for each row, which question is its own."""
    statuses = list(dict.fromkeys((OK, *map(status_of, errors.values()), status_of(AmountError("")))))
    status_of_line = np.zeros(len(lines.places), dtype=np.int8)
    for each, error in errors.items():
        status_of_line[each] = statuses.index(status_of(error))
    status = status_of_line.take(number) if errors else np.zeros(len(number), dtype=np.int8)
    if amounts.bad.any():
        status[amounts.bad] = statuses.index(status_of(AmountError("")))
    none = status > 0
    shown = lines.places
    places = lines.places.take(number) if (shown != shown[0]).any() else np.broadcast_to(shown[0], len(number))
    figures = figures_of(lines, number, amounts, ~none, plan.rounding, None if plan.exact else places)
    del amounts  # room for the columns
    ages = lines.ages.take(number)
    instants = np.where(lines.observed_at == NO_MOMENT, NOT_A_TIME, lines.observed_at // 2).take(number)
    if none.any():
        instants[none] = NOT_A_TIME
    observed = pd.array(instants, dtype=pd.DatetimeTZDtype("ms", "UTC"), copy=False)  # whole numbers: as they are
    columns: dict[str, Any] = {}
    for each, name in enumerate(RESULTS[:3]):
        if plan.exact:
            columns[name] = decimals(figures, each, places, none)
        else:
            columns[name] = figures.columns[each]
            if none.any():
                columns[name][none] = np.nan
    if plan.exact:
        rates = np.full(len(lines.places), None, dtype=object)
        for each, line in lines.complete().items():
            rates[each] = to_significant(line.rate.value, RATE_DIGITS)
    else:
        rates = lines.rates
    columns["rate"] = rates.take(number)
    if none.any():
        columns["rate"][none] = None if plan.exact else np.nan
    columns["observed_at"] = observed
    columns["age_days"] = pd.arrays.IntegerArray(ages, none | (ages < 0))
    columns["status"] = (
        pd.array(statuses, dtype="str").take(status) if none.any() or not len(number) else repeated(OK, len(number))
    )
    return columns


def repeated(text: str, size: int) -> Any:
    """A column of one text, which lies there once for many rows.

    >>> list(repeated("ok", 2))
    ['ok', 'ok']
    """
    piece = pd.Series([text], dtype="str").repeat(min(size, TEXTS_AT_ONCE))
    whole, rest = divmod(size, len(piece))
    return pd.concat([piece] * whole + [piece[:rest]], ignore_index=True).array


def decimals(figures: Figures, figure: int, places: np.ndarray, none: np.ndarray) -> np.ndarray:
    """One of the three figures as `Decimal` objects; None where there is none."""
    found = np.empty(len(places), dtype=object)
    for row, (whole, decimals_of_row, nothing) in enumerate(
        zip(figures.columns[figure].tolist(), places.tolist(), none.tolist(), strict=True)
    ):
        if not nothing:
            found[row] = decimal_of(figures.large[row][figure] if row in figures.large else whole, decimals_of_row)
    return found


def check_columns(frame: pd.DataFrame, plan: Plan) -> bool:
    """Whether the moments are a column; raises `UsageError` for a column that is missing or in the way."""
    if (plan.counter is None) == (plan.counter_column is None):
        raise UsageError("the currency to convert to is a code or a column: pass counter or counter_column")
    there = [str(name) for name in frame.columns]
    names = [plan.amount, plan.base] if plan.counter_column is None else [plan.amount, plan.base, plan.counter_column]
    dated = isinstance(plan.as_of, str) and (
        plan.as_of in frame.columns or isinstance(moment_or_error(plan.as_of), FxError)
    )
    for name in [*names, plan.as_of] if dated else names:
        if name not in frame.columns:
            raise UsageError(f"there is no column {name!r}: take one of {', '.join(there)}", column=name)
        if list(frame.columns).count(name) > 1:
            raise UsageError(f"there is more than one column {name!r}: rename or drop the others", column=name)
    taken = [name for name in RESULTS if name in frame.columns]
    if taken:
        raise UsageError(f"the frame has a column {taken[0]!r} already: rename or drop it", column=taken[0])
    return dated
