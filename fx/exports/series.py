"""What a pair did in time as plain dicts: exact numbers are strings for programs, and as short as they mean for people.

For programs a figure that ends is written out, any other to 28 significant digits, bounds outward. What was quoted has
the decimals that were published of it, each figure its own. For people any other figure has those that are certain and
up to three that are not, with a fourth where that lets the column have the same throughout.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from fx.change import Change
from fx.convert import RATE_DIGITS
from fx.exact import ceiling, floor, half_even, places_before_point, plain
from fx.exports.records import places_to_end, quote_record, written_exactly
from fx.series import Candle, Observation

__all__ = [
    "CANDLE_COLUMNS",
    "CHANGE_COLUMNS",
    "CLOSE_COLUMNS",
    "candle_rows",
    "change_rows",
    "observation_rows",
]

CLOSE_COLUMNS = ("period", "close", "low_bound", "high_bound", "count", "kind", "filled")
CANDLE_COLUMNS = (
    "period",
    "open",
    "high",
    "low",
    "close",
    "mean",
    "low_bound",
    "high_bound",
    "count",
    "kind",
    "filled",
)
CHANGE_COLUMNS = (
    "pair", "first_observed_at", "first", "last_observed_at", "last", "change", "change_low", "change_high", "percent",
    "percent_low", "percent_high", "moved", "kind", "source",
)  # fmt: skip


def observation_rows(found: Sequence[Observation], *, people: bool) -> list[dict[str, Any]]:
    """Observations: a quote as ``fx parse`` shows it, then its bounds, kind and the age of its oldest leg.

    Of a pair that is not quoted so, bid, ask and percentage are None: nobody published them of it.
    """
    quoted = all(each.rate.kind == "quoted" for each in found)
    figures = [(each.rate.value, each.rate.bounds) for each in found]
    shown = places_of(figures) if people and not quoted else [None] * len(found)
    rows = []
    for each, places, (value, (low, high)) in zip(found, shown, figures, strict=True):
        row = quote_record(each.rate.legs[0].quote)
        if not quoted:
            row |= {"rate": figure(value, places), "bid": None, "ask": None, "change_pct": None}
        if each.quote is None:
            row |= dict.fromkeys(("document", "line", "time_basis", "repeats"))
        row |= {
            "base": each.rate.base,
            "counter": each.rate.counter,
            "observed_at": str(each.moment),
            "source": each.source,
            "low_bound": lower(low, places),
            "high_bound": upper(high, places),
            "kind": each.rate.kind,
            "age_days": each.age_days,
        }
        rows.append(row)
    return rows


def candle_rows(found: Sequence[Candle], *, ohlc: bool, people: bool) -> list[dict[str, Any]]:
    """Periods; of a quoted pair open, high, low and close as they were published."""
    quoted = all(each.kind == "quoted" for each in found)
    unquoted = places_of([(each.close, (each.low_bound, each.high_bound)) for each in found])
    rows = []
    for each, own in zip(found, unquoted, strict=True):
        derived = own if people else None
        places = places_of_periods(each) if quoted else dict.fromkeys(("open", "high", "low", "close"), derived)
        figures = {name: figure(getattr(each, name), places[name]) for name in ("open", "high", "low", "close")}
        figures["mean"] = figure(each.mean, derived)
        bounds = (places["close"] or 0) + 1 if people and quoted else derived
        row = {
            "period": each.period.isoformat(),
            **(figures if ohlc else {"close": figures["close"]}),
            "low_bound": lower(each.low_bound, bounds),
            "high_bound": upper(each.high_bound, bounds),
            "count": each.count,
            "kind": each.kind,
            "filled": yes(each.filled),
        }
        rows.append(row)
    return rows


def change_rows(found: Sequence[Change], *, people: bool) -> list[dict[str, Any]]:
    """Changes; percentages to three decimals for people, bounds outward."""
    rows = []
    for each in found:
        values = [each.first.rate.value, each.last.rate.value]
        ends = [each.first.rate.bounds, each.last.rate.bounds]
        quoted = each.last.rate.kind == "quoted"
        figures = list(zip(values, ends, strict=True))
        derived = places_of(figures) if people else [None, None]
        firsts, lasts = [published(*end) for end in figures] if quoted else derived
        places = max(firsts or 0, lasts or 0) if people or quoted else None
        bounds, more = ((places or 0) + quoted, 3) if people else (None, None)
        (low, high), (percent_low, percent_high) = each.move_bounds, each.percent_bounds
        sources = {each.first.source, each.last.source}
        row = {
            "pair": f"{each.first.rate.base}/{each.first.rate.counter}",
            "first_observed_at": str(each.first.moment),
            "first": figure(values[0], firsts),
            "last_observed_at": str(each.last.moment),
            "last": figure(values[1], lasts),
            "change": figure(each.move, places),
            "change_low": lower(low, bounds),
            "change_high": upper(high, bounds),
            "percent": figure(each.percent, more),
            "percent_low": lower(percent_low, more),
            "percent_high": upper(percent_high, more),
            "moved": yes(each.moved),
            "kind": each.last.rate.kind,
            "source": sources.pop() if len(sources) == 1 else None,
        }
        rows.append(row)
    return rows


def yes(fact: bool) -> str:
    """A fact in a word, the same in JSON, CSV and tables.

    >>> yes(True), yes(False)
    ('yes', 'no')
    """
    return "yes" if fact else "no"


def figure(value: Fraction | None, places: int | None) -> str | None:
    """A figure to so many decimals, or, without, as `written_exactly` has it.

    >>> figure(Fraction("0.0019"), 5), figure(Fraction(1, 3), None)
    ('0.00190', '0.3333333333333333333333333333')
    """
    if value is None:
        return None
    return written_exactly(value) if places is None else plain(half_even(value, places))


def lower(value: Fraction, places: int | None) -> str:
    """The lower end of an interval, rounded down.

    >>> lower(Fraction(2, 3), 2), lower(Fraction(1, 8), None), lower(Fraction(2, 3), None)
    ('0.66', '0.125', '0.6666666666666666666666666666')
    """
    return outward(value, places, up=False)


def upper(value: Fraction, places: int | None) -> str:
    """The upper end of an interval, rounded up.

    >>> upper(Fraction(1, 3), 2), upper(Fraction(-1, 3), 2)
    ('0.34', '-0.33')
    """
    return outward(value, places, up=True)


def outward(value: Fraction, places: int | None, *, up: bool) -> str:
    """An end of an interval to so many decimals; without, exactly where it ends, else to `RATE_DIGITS` digits."""
    if places is None:
        if places_to_end(value) is not None:
            return written_exactly(value)
        places = max(0, RATE_DIGITS - places_before_point(abs(value)))
    return plain((ceiling if up else floor)(value, places))


def ends_of(value: Fraction) -> int | None:
    """The decimals with which a value is exact; None where it never ends.

    >>> ends_of(Fraction("0.00196")), ends_of(Fraction(1, 3))
    (5, None)
    """
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    return max(twos, fives) if rest == 1 else None


def published(value: Fraction, bounds: tuple[Fraction, Fraction]) -> int:
    """The decimals with which a quoted figure was published, as its bounds tell: half a unit to either side.

    >>> published(Fraction("0.00190"), (Fraction("0.001895"), Fraction("0.001905")))
    5
    """
    low, high = bounds
    return max(0, 1 - places_before_point(high - low) if high > low else 0, ends_of(value) or 0)


def places_of_periods(candle: Candle) -> dict[str, int]:
    """The decimals of a quoted period's figures; of high and low no more than they need or open and close both have."""
    close = published(candle.close, (candle.low_bound, candle.high_bound))
    opened = close if candle.open is None or candle.open_bounds is None else published(candle.open, candle.open_bounds)
    between = {
        name: max(min(opened, close), 0 if value is None else ends_of(value) or 0)
        for name, value in (("high", candle.high), ("low", candle.low))
    }
    return {"open": opened, "close": close, **between}


def places_of(figures: Sequence[tuple[Fraction, tuple[Fraction, Fraction]]]) -> list[int]:
    """Decimals of a column of figures that nobody published, given each with its bounds: three of those in doubt.

    >>> doubtful = Fraction(526), (Fraction(524), Fraction(528))
    >>> places_of([doubtful]), places_of([doubtful, (Fraction(1, 3), (Fraction(1, 3), Fraction(1, 3)))])
    ([2], [3, 12])
    """
    own = [
        max(
            0,
            min(3 - places_before_point(high - low), RATE_DIGITS - places_before_point(value))
            if high > low
            else EXACT - places_before_point(value),
        )
        for value, (low, high) in figures
    ]
    most = max(own, default=0)
    return [min(most, places + 1) for places in own]


EXACT = 12
"""Significant digits shown to people of what has no error and no end: a rate by decree turned over."""
