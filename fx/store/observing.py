"""What a pair did in time: finds the series that tell of it, and gathers their quotes into observations and periods.

The meaning is that of `fx.series`. A pair quoted as asked is taken as quoted, one quoted only the other way round is
turned over, any other is crossed over a third currency. Periods of a pair quoted in either direction are gathered by
the database, by a few seeks a period, since a million rows would take Python seconds: counts, ends and sums of whole
numbers are exact there too. What whole numbers cannot say is left to slower ways, each exact, period by period:

1. figures of one scale: one aggregate; of their inverses the mean is summed one by one
2. others (of several scales, bid and ask alone, more than 18 digits): each distinct statement once
3. moments that were stated more than once, crosses, whole days in other zones than UTC: row by row
"""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any, Self, TypedDict

from sqlalchemy import Connection

from fx.currencies import Currency, Pair
from fx.errors import NoQuotes, UsageError
from fx.exact import decimal_of
from fx.moments import Moment
from fx.policy import Days, Policy, days_in
from fx.quotes import Quote, two_sided_bounds, two_sided_value
from fx.rates import Kind
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
    zone_of,
)
from fx.store import reading as questions
from fx.store.refusals import known_code

__all__ = ["Asked", "Question", "candles", "change", "observations"]

IN_RANGE = "FROM quote WHERE series_id = ? AND observed_at BETWEEN ? AND ?"
TOLERANCE = 7
"""Days by which the legs of a cross may lie apart, unless told: quotes of a week still make one page."""


class Asked(TypedDict, total=False):
    """What may be asked of a pair in time, as keywords; see `Question`."""

    since: str | date | datetime | Moment | None
    until: str | date | datetime | Moment | None
    source: str | Iterable[str]
    via: str | Iterable[str]
    tolerance: Days | None
    tz: str | tzinfo | None


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: a span in a zone, by which sources, over which currencies, legs how many days apart.

    >>> Question.of(since="2024-12-14", via="usd", tolerance="3d").tolerance
    3
    """

    span: Span
    sources: tuple[str, ...] = ()
    via: tuple[Currency, ...] | None = None
    tolerance: int = TOLERANCE

    @classmethod
    def of(
        cls,
        since: str | date | datetime | Moment | None = None,
        until: str | date | datetime | Moment | None = None,
        source: str | Iterable[str] = (),
        via: str | Iterable[str] = (),
        tolerance: Days | None = None,
        tz: str | tzinfo | None = None,
    ) -> Self:
        """Read the question as options and keywords give it; raises `UsageError`."""
        first, last = (None if when is None else Moment.parse(when) for when in (since, until))
        policy = Policy.of(source=source, via=via)
        apart = TOLERANCE if tolerance is None else days_in(tolerance)
        return cls(Span(first, last, zone_of(tz)), policy.sources, policy.via, apart)


@dataclass(frozen=True, slots=True)
class Leg:
    """One step of a way: the series that tell of it, by id and source, all published as ``pair``."""

    pair: Pair
    inverted: bool
    series: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Way:
    """The currencies from base to counter, and a leg for each step."""

    path: tuple[Currency, ...]
    legs: tuple[Leg, ...]

    @property
    def kind(self) -> Kind:
        """How the pair is told of."""
        return "cross" if len(self.legs) > 1 else "inverse" if self.legs[0].inverted else "quoted"


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
            moments = sorted(end for each in ends if each for end in each)
            found = [
                each
                for moment in moments[:1] + moments[-1:]
                for each in along(connection, way, question, (moment, moment))
                if each.moment.ordinal == moment
            ]
        else:
            found = list(along(connection, way, question))
        if not found:
            raise nothing(raw, pair, way, question)
    if found[0].moment == found[-1].moment:
        raise NoQuotes(f"{pair} was observed at {found[0].moment} only: widen --since and --until", pair=str(pair))
    return Change(found[0], found[-1])


def along(
    connection: Connection, way: Way, question: Question, ordinals: tuple[int, int] | None = None
) -> Iterator[Observation]:
    """The observations along a way, within the span, in time."""
    low, high = ordinals or question.span.ordinals
    before = question.tolerance * DAY if len(way.legs) > 1 else 0
    quotes: list[list[Quote]] = [
        [
            quote
            for quote in questions.history(connection, leg.pair, Moment(low - before), Moment(high))
            if not question.sources or quote.source in question.sources
        ]
        for leg in way.legs
    ]
    return (each for each in observed(way.path, quotes, question.tolerance) if question.span.holds(each.moment))


DAY = Moment.parse("1970-01-02").ordinal
"""A day, in ordinals."""


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


# The way -------------------------------------------------------------------------------------------------------------


def way_of(connection: Connection, raw: sqlite3.Connection, pair: Pair, question: Question) -> Way:
    """The way to tell of a pair; raises `NoQuotes` or `UnknownCurrency` where there is none."""
    for code in (pair.base, pair.counter, *(question.via or ())):
        known_code(connection, code)
    if pair.base == pair.counter:
        raise UsageError(f"{pair} is 1 at all times: name two currencies")
    legs = legs_by_step(raw, question.sources)
    if question.via is None:
        paths = [(pair.base, pair.counter)]
        if paths[0] not in legs:
            ends = [{there for here, there in legs if here == code} for code in (pair.base, pair.counter)]
            paths = [(pair.base, over, pair.counter) for over in sorted(ends[0] & ends[1])]  # type: ignore[misc]
    else:
        paths = [(pair.base, *question.via, pair.counter)]  # type: ignore[list-item]
    ways = [
        Way(path, tuple(legs[step] for step in pairwise(path))) for path in paths if legs.keys() >= set(pairwise(path))
    ]
    if not ways:
        of_sources = f" from {' or '.join(question.sources)}" if question.sources else ""
        over = f" over {', '.join(question.via)}" if question.via else ""
        lists = "'fx sources'" if question.sources else "'fx pairs'"
        raise NoQuotes(f"no quote of {pair}{over}{of_sources} was found: {lists} lists what there is", pair=str(pair))
    return ways[0] if len(ways) == 1 else max(ways, key=lambda way: shared(raw, way, question))  # the first of equals


def legs_by_step(raw: sqlite3.Connection, sources: Sequence[str]) -> dict[tuple[Currency, Currency], Leg]:
    """Every step that series of these sources tell of; as quoted where that is so, else turned over."""
    series: dict[Pair, list[tuple[int, str]]] = {}
    rows = raw.execute(
        "SELECT s.id, s.base, s.counter, src.name FROM series AS s JOIN source AS src ON src.id = s.source_id"
        " ORDER BY src.name"
    )
    for number, base, counter, source in rows:
        if not sources or source in sources:
            series.setdefault(Pair(questions.trusted(base), questions.trusted(counter)), []).append((number, source))
    legs = {(pair.counter, pair.base): Leg(pair, True, tuple(found)) for pair, found in series.items()}
    return legs | {(pair.base, pair.counter): Leg(pair, False, tuple(found)) for pair, found in series.items()}


def shared(raw: sqlite3.Connection, way: Way, question: Question) -> int:
    """How long, within the span, all legs of a way were observed: of several ways over one currency the longest is."""
    low, high = question.span.ordinals
    starts, stops = [], []
    for leg in way.legs:
        ends = [ends_of(raw, number, low - question.tolerance * DAY, high) for number, _ in leg.series]
        known = [end for end in ends if end]
        if not known:
            return -(2**63)
        starts.append(min(start for start, _ in known))
        stops.append(max(stop for _, stop in known))
    return min(stops) - max(starts)


def ends_of(raw: sqlite3.Connection, series: int, low: int, high: int) -> tuple[int, int] | None:
    """The first and the last moment of a series between two, by a seek each."""
    where = (series, low, high)
    (first,), (last,) = (
        raw.execute(f"SELECT {end}(observed_at) {IN_RANGE}", where).fetchone() for end in ("min", "max")
    )
    return None if first is None else (first, last)


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
        rows = ((moment, "", product(figures)) for moment, figures in joined(legs, question.tolerance))
    for ordinal, source, (value, low_end, high_end) in rows:
        moment = Moment(ordinal)
        if span.holds(moment):
            day = day_in(zone, moment)
            period = first_day(day, every)
            tally = tallies.get(period) or tallies.setdefault(period, Tally())
            tally.figure(value)
            tally.end(key_of(day, ordinal, source), value, (low_end, high_end))
    return [tallies[period].candle(period, way.kind) for period in sorted(tallies)]


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

    >>> low, high = edges(Span(Moment.parse("2024-12-14"), None, zone_of("Asia/Almaty")))
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
