"""What a pair did in time: the quotes of its series gathered into observations and periods.

The meaning is that of `fx.series`, the series those of `fx.store.ways`. Periods of a pair quoted in either direction
are gathered by the database, by a few seeks a period, since a million rows would take Python seconds: counts, ends and
sums of whole numbers are exact there too. What whole numbers cannot say is left to slower ways, each exact, period by
period:

1. figures of one scale: one aggregate; of their inverses the mean is summed one by one
2. others (of several scales, bid and ask alone, more than 18 digits): each distinct statement once
3. moments that were stated more than once, crosses, whole days in other zones than UTC: row by row
"""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection

from fx.currencies import Pair
from fx.errors import NoQuotes
from fx.exact import decimal_of
from fx.moments import Moment
from fx.quotes import Quote, two_sided_bounds, two_sided_value
from fx.schema import LAST_SAID
from fx.series import (
    EVERY,
    FILLS,
    WHOLE,
    Candle,
    Change,
    Observation,
    Span,
    Tally,
    carried_forward,
    checked,
    day_in,
    first_day,
    following,
    joined,
    key_of,
    midnight,
    observed,
)
from fx.store import reading as questions
from fx.store.ways import DAY, IN_RANGE, Leg, Question, Way, ends_of, way_of

__all__ = ["candles", "change", "observations"]

# Questions -----------------------------------------------------------------------------------------------------------


def observations(connection: Connection, pair: Pair, question: Question) -> list[Observation]:
    """Every observation of a pair in the span asked for, in time; raises `NoQuotes` where there is none."""
    with snapshot(connection) as raw:
        way = way_of(connection, raw, pair, question)
        found = list(along(connection, way, question))
        if not found:
            raise nothing(raw, pair, way, question)
    return found


def candles(
    connection: Connection, pair: Pair, question: Question, every: str, fill: str, now: datetime
) -> list[Candle]:
    """The periods in which a pair was observed, in time, with the gaps filled if asked; raises `NoQuotes` for none."""
    checked(every, EVERY, "every")
    checked(fill, FILLS, "fill")
    span = question.span
    with snapshot(connection) as raw:
        way = way_of(connection, raw, pair, question)
        found = None
        if len(way.legs) == 1 and (span.zone is UTC or not whole_days(raw, way.legs[0], span)):
            found = gathered(raw, way.legs[0], span, every)
        if found is None:
            found = row_by_row(raw, way, question, every)
        if not found:
            raise nothing(raw, pair, way, question)
    if fill == "none":
        return found
    last = None if span.until is None else min(day_in(span.zone, m) for m in (span.until, Moment.of_instant(now)))
    return list(carried_forward(found, every, last))


def change(connection: Connection, pair: Pair, question: Question) -> Change:
    """From the first observation in the span to the last; raises `NoQuotes` where there are not two."""
    with snapshot(connection) as raw:
        way = way_of(connection, raw, pair, question)
        if len(way.legs) == 1 and question.span.zone is UTC:
            low, high = question.span.ordinals
            ends = [ends_of(raw, number, low, high) for number, _ in way.legs[0].series]
            moments = sorted({end for each in ends if each for end in each})
            found = [
                each
                for moment in moments
                for each in along(connection, way, question, (moment, moment))
                if each.moment.ordinal == moment
            ]
        else:
            found = list(along(connection, way, question))
        if not found:
            raise nothing(raw, pair, way, question)
    found = of_one_source(found, way)
    if found[0].moment == found[-1].moment:
        raise NoQuotes(f"{pair} was observed at {found[0].moment} only: widen --since and --until", pair=str(pair))
    return Change(found[0], found[-1])


def of_one_source(found: list[Observation], way: Way) -> list[Observation]:
    """The observations of the source that was observed last, where a pair has several: two sources make no move.

    Of several at the last moment the first in the alphabet. A cross is told by its legs and has no one source.
    """
    if len(way.legs) > 1 or len({each.source for each in found}) < 2:
        return found
    last = found[-1].moment
    name = min(each.source or "" for each in found if each.moment == last)
    return [each for each in found if (each.source or "") == name]


def along(
    connection: Connection, way: Way, question: Question, ordinals: tuple[int, int] | None = None
) -> Iterator[Observation]:
    """The observations along a way, within the span, in time."""
    low, high = ordinals or question.span.ordinals
    before = question.tolerance * DAY if len(way.legs) > 1 else 0
    quotes: list[list[Quote]] = [
        [leg.decree]
        if leg.decree
        else [
            quote
            for quote in questions.history(connection, leg.pair, Moment(low - before), Moment(high))
            if not question.sources or quote.source in question.sources
        ]
        for leg in way.legs
    ]
    return (each for each in observed(way.path, quotes, question.tolerance) if question.span.holds(each.moment))


@contextmanager
def snapshot(connection: Connection) -> Iterator[sqlite3.Connection]:
    """The driver's own connection, in one transaction: what is asked in several steps is answered as of one moment.

    SQLAlchemy would take several times as long for a seek as SQLite does.
    """
    with connection.begin():
        raw: Any = connection.connection.driver_connection
        if not raw.in_transaction:  # a database that is open for reading only begins nothing by itself
            raw.execute("BEGIN")
        yield raw


def nothing(raw: sqlite3.Connection, pair: Pair, way: Way, question: Question) -> NoQuotes:
    """The error that says why a way shows nothing in the span."""
    if len(way.legs) > 1 and not any(
        joined([leg_rows(raw, leg, *Span().ordinals) for leg in way.legs], question.tolerance)
    ):
        return NoQuotes(
            f"no quotes of {pair} over {', '.join(way.path[1:-1])} lie within {question.tolerance} days of each other: "
            "ask a larger --tolerance",
            pair=str(pair),
        )
    return NoQuotes(f"no quote of {pair} was found: widen --since and --until", pair=str(pair))


# Figures -------------------------------------------------------------------------------------------------------------

Figure = tuple[Fraction, Fraction, Fraction]
"""A value and the ends of its interval."""


@functools.lru_cache(maxsize=2**16)
def figure(rate: int | str, scale: int, sides: str, inverted: bool) -> Figure:
    """What is stored of a statement, as it counts in the direction asked for; figures repeat, so they are kept.

    >>> [str(number) for number in figure(190, 5, "", False)]
    ['19/10000', '379/200000', '381/200000']
    """
    bid, _, ask = sides.partition("/")
    numbers = (
        decimal_of(int(rate), scale) if rate else None,
        Decimal(bid) if bid else None,
        Decimal(ask) if ask else None,
    )
    value, (low, high) = two_sided_value(*numbers), two_sided_bounds(*numbers)
    return (1 / value, 1 / high, 1 / low) if inverted else (value, low, high)


def standing_rows(
    raw: sqlite3.Connection, series: int, low: int, high: int
) -> Iterator[tuple[int, int | str, int, str]]:
    """Moment, rate, scale and sides of the quotes of a series that no revision replaced, in time."""
    rows = raw.execute(f"SELECT observed_at, rate, scale, sides {IN_RANGE} ORDER BY observed_at", (series, low, high))
    held: tuple[int, int | str, int, str] | None = None
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


def last_said(raw: sqlite3.Connection, series: int, moment: int) -> tuple[int, int | str, int, str]:
    """The row that stands of a moment of which there are several."""
    row = raw.execute(LAST_SAID, {"series": series, "moment": moment}).fetchall()[-1]
    return (moment, *row)


def leg_rows(raw: sqlite3.Connection, leg: Leg, low: int, high: int) -> list[tuple[int, Figure]]:
    """The figures of a leg, by moment and then by source."""
    if leg.decree:
        value = 1 / leg.decree.value if leg.inverted else leg.decree.value
        return [(leg.decree.observed_at.ordinal, (value, value, value))]
    found = [
        (moment, figure(rate, scale, sides, leg.inverted))
        for number, _ in leg.series  # by source
        for moment, rate, scale, sides in standing_rows(raw, number, low, high)
    ]
    found.sort(key=lambda each: each[0])
    return found


# Periods -------------------------------------------------------------------------------------------------------------


def row_by_row(raw: sqlite3.Connection, way: Way, question: Question, every: str) -> list[Candle]:
    """The periods of any way in any zone."""
    span, zone = question.span, question.span.zone
    low, high = span.ordinals
    tallies: dict[date, Tally] = {}
    if len(way.legs) == 1:
        leg = way.legs[0]
        rows: Iterable[tuple[int, str, Figure]] = (
            (moment, source, figure(rate, scale, sides, leg.inverted))
            for number, source in leg.series
            for moment, rate, scale, sides in standing_rows(raw, number, low, high)
        )
    else:
        legs = [leg_rows(raw, leg, low - question.tolerance * DAY, high) for leg in way.legs]
        rows = ((moment, "", product(figures)) for moment, figures in joined(legs, question.tolerance, lasting(way)))
    for ordinal, source, (value, low_end, high_end) in rows:
        moment = Moment(ordinal)
        if span.holds(moment):
            day = day_in(zone, moment)
            period = first_day(day, every)
            tally = tallies.get(period) or tallies.setdefault(period, Tally())
            tally.figure(value)
            tally.end(key_of(day, ordinal, source), value, (low_end, high_end))
    return [tallies[period].candle(period, way.kind) for period in sorted(tallies)]


def lasting(way: Way) -> list[int]:
    """The numbers of the legs that hold by decree."""
    return [number for number, leg in enumerate(way.legs) if leg.decree]


def product(figures: Sequence[Figure]) -> Figure:
    """The figure of a cross.

    >>> half = (Fraction(1, 2), Fraction(1, 4), Fraction(1))
    >>> [str(number) for number in product([half, half])]
    ['1/4', '1/16', '1']
    """
    value, low, high = figures[0]
    for other, other_low, other_high in figures[1:]:
        value, low, high = value * other, low * other_low, high * other_high
    return value, low, high


def whole_days(raw: sqlite3.Connection, leg: Leg, span: Span) -> bool:
    """Whether any quote of a leg is of a whole day: its ordinal tells of the day in UTC, not in another zone."""
    low, high = span.ordinals
    return any(
        raw.execute(f"SELECT 1 {IN_RANGE} AND NOT observed_at & 1 LIMIT 1", (series, low, high)).fetchone()
        for series, _ in leg.series
    )


def edges(span: Span) -> tuple[int, int] | None:
    """The first and the last ordinal that an instant of a span may have; None where a day begins at no one moment.

    >>> from zoneinfo import ZoneInfo
    >>> low, high = edges(Span(Moment.parse("2024-12-14"), None, ZoneInfo("Asia/Almaty")))
    >>> str(Moment(low))
    '2024-12-13T19:00:00.000Z'
    """
    low, high = span.ordinals
    since, until = span.since, span.until
    if span.zone is not UTC and since is not None:
        start = midnight(since.day, span.zone) if since.whole_day else since.ordinal
        if start is None:
            return None
        low = start
    if span.zone is not UTC and until is not None:
        after = following(until.day, "day") if until.whole_day else None
        stop = until.last_ordinal + 1 if after is None else midnight(after, span.zone)
        if stop is None:
            return None
        high = stop - 1
    return low, high


def gathered(raw: sqlite3.Connection, leg: Leg, span: Span, every: str) -> list[Candle] | None:
    """The periods of a pair that is quoted in one of its directions: from each to the next by a seek.

    None where a day does not begin at one moment, and must be told from the next row by row.
    """
    ends = edges(span)
    if ends is None:
        return None
    low, high = ends
    found: list[Candle] = []
    ahead = {series: next_moment(raw, series[0], low, high) for series in leg.series}
    while begun := [moment for moment in ahead.values() if moment is not None]:
        period = first_day(day_in(span.zone, Moment(min(begun))), every)
        after = following(period, every)
        end = high
        if after is not None:
            start = Moment.of_day(after).ordinal if span.zone is UTC else midnight(after, span.zone)
            if start is None:
                return None
            end = min(high, start - 1)
        tally = Tally()
        for series, moment in ahead.items():
            if moment is not None and moment <= end:
                count_series(raw, series, leg.inverted, moment, end, tally)
                ahead[series] = next_moment(raw, series[0], end + 1, high)
        found.append(tally.candle(period, "inverse" if leg.inverted else "quoted"))
    return found


def next_moment(raw: sqlite3.Connection, series: int, low: int, high: int) -> int | None:
    """The first moment of a series from one to another."""
    (moment,) = raw.execute(f"SELECT min(observed_at) {IN_RANGE}", (series, low, high)).fetchone()
    return None if moment is None else int(moment)


def count_series(
    raw: sqlite3.Connection, series: tuple[int, str], inverted: bool, begin: int, end: int, tally: Tally
) -> None:
    """Count what one series says from its moment ``begin`` up to ``end``."""
    number, source = series
    where = (number, begin, end)
    # Alone, as here, SQLite counts distinct values of a key by their order; beside other aggregates, in a tree.
    (moments,) = raw.execute(f"SELECT count(DISTINCT observed_at) {IN_RANGE}", where).fetchone()
    ends = [
        raw.execute(f"SELECT observed_at, rate, scale, sides {IN_RANGE} ORDER BY observed_at {way} LIMIT 1", where)
        for way in (("ASC", "DESC") if moments > 1 else ("ASC",))
    ]
    rows = [each.fetchone() for each in ends]
    scale = rows[0][2]
    try:
        # A + keeps SQLite from comparing by the column's affinity, which takes it twice as long.
        count, low, high, total, others = raw.execute(
            f"SELECT count(*), min(+rate), max(+rate), sum(rate), sum(scale <> {int(scale)}) {IN_RANGE}", where
        ).fetchone()
    except sqlite3.OperationalError as error:
        if "overflow" not in str(error):
            raise
        (count,) = raw.execute(f"SELECT count(*) {IN_RANGE}", where).fetchone()
        low = high = total = others = None
    if count != moments:
        rows = list(standing_rows(raw, *where))
        for _, *statement in rows:
            tally.figure(figure(*statement, inverted)[0])
        rows = [rows[0], rows[-1]]
    elif isinstance(high, int) and low and not others:
        unit = Fraction(10) ** scale
        tally.reach(*((unit / high, unit / low) if inverted else (low / unit, high / unit)))
        tally.count += count
        if inverted:
            dividend = int(unit * WHOLE)
            tally.total += sum(dividend // rate for (rate,) in raw.execute(f"SELECT rate {IN_RANGE}", where))
        else:
            tally.total += int(total / unit * WHOLE)
    else:
        for *statement, times in raw.execute(
            f"SELECT rate, scale, sides, count(*) {IN_RANGE} GROUP BY rate, scale, sides", where
        ):
            tally.figure(figure(*statement, inverted)[0], times)
    for moment, *statement in rows:
        value, lower, upper = figure(*statement, inverted)
        tally.end((0, moment, source), value, (lower, upper))
