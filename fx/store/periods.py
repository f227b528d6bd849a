"""The periods of one series after the other, gathered from its stretches: the quick way to what `fx.series` defines.

Rates of whole numbers, of one scale or brought to one, are compared and summed as they are: a slice of a list at once.
What whole numbers cannot say (bid and ask alone, more than 18 digits) is counted one by one, and a series that has
hundreds of rows a period is summed up by SQLite. Exact in each way.
"""

from __future__ import annotations

import sqlite3
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import UTC, date
from fractions import Fraction

from fx.moments import Moment
from fx.rates import Kind
from fx.series import WHOLE, Candle, Piece, Ratio, Span, day_in, first_day, following, midnight, together
from fx.store.marks import marked
from fx.store.plainly import Driver
from fx.store.stretches import Stretch, figure, parts_of, stretch_of
from fx.store.ways import IN_RANGE, Leg
from fx.whole import EVER, ORDINALS_A_DAY, interval

__all__ = ["gathered", "whole_days"]

EPOCH_DAY = date(1970, 1, 1).toordinal()
DENSE = 256
"""Rows a period from which on SQLite sums up quicker than a list; below it the seeks of each period cost more."""
ROW = f"SELECT observed_at, rate, scale, rest {IN_RANGE}"


def whole_days(raw: Driver, leg: Leg, span: Span) -> bool:
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


def gathered(raw: Driver, leg: Leg, span: Span, every: str) -> list[Candle] | None:
    """The periods of a pair that is quoted in one of its directions.

    None where a day does not begin at one moment, and must be told from the next row by row.
    """
    ends = edges(span)
    if ends is None:
        return None
    pieces: dict[date, list[Piece]] = {}
    for rank, (series, _) in enumerate(leg.series):
        found = pieces_within(raw, series, ends, rank, span, every, inverted=leg.inverted)
        if found is None:
            return None
        for piece in found:
            pieces.setdefault(piece.candle.period, []).append(piece)
    return [together(pieces[period]) for period in sorted(pieces)]


def pieces_within(
    raw: Driver,
    series: int,
    within: tuple[int, int],
    rank: int,
    span: Span,
    every: str,
    *,
    inverted: bool,
    dense: bool | None = None,
) -> list[Piece] | None:
    """What one series says of each period; ``dense`` is found out by the first stretch."""
    pieces: list[Piece] = []
    for low, high in parts_of(raw, series, *within):
        stretch = stretch_of(raw, series, low, high)
        if stretch is None:
            break
        cuts = cut(stretch.moments, span, every)
        if cuts is None:
            return None
        pieces += pieces_of(stretch, cuts, rank, inverted)
        if dense is None and not inverted and len(stretch.moments) > DENSE * len(cuts):
            rest = summed_up(raw, series, (high + 1, within[1]), rank, span, every)
            return None if rest is None else pieces + rest
    return pieces


def period_at(moment: int, span: Span, every: str) -> tuple[date, int] | None:
    """The period in which a moment lies, and the ordinal at which the next begins; None where a clock says no one."""
    if every == "day" and span.zone is UTC:
        number = moment // ORDINALS_A_DAY
        return date.fromordinal(EPOCH_DAY + number), (number + 1) * ORDINALS_A_DAY
    period = first_day(day_in(span.zone, Moment(moment)), every)
    after = following(period, every)
    if after is None:
        return period, EVER
    stop = midnight(after, span.zone)
    # A whole day stands before its first instant, whose ordinal is one higher.
    return None if stop is None else (period, stop - (stop & 1))


def cut(moments: Sequence[int], span: Span, every: str) -> list[tuple[date, int, int]] | None:
    """Each period in which there are moments, and the first of them and the one after the last, by their numbers."""
    cuts = []
    begin = 0
    while begin < len(moments):
        found = period_at(moments[begin], span, every)
        if found is None:
            return None
        period, stop = found
        end = bisect_left(moments, stop, begin)
        cuts.append((period, begin, end))
        begin = end
    return cuts


def summed_up(
    raw: Driver, series: int, within: tuple[int, int], rank: int, span: Span, every: str
) -> list[Piece] | None:
    """What a dense series says of each period, one after the other; None where a clock says no one begin of one."""
    begin, end = within
    proven = marked(raw, series) is not None
    pieces: list[Piece] = []
    while first := raw.execute(f"{ROW} ORDER BY observed_at LIMIT 1", (series, begin, end)).fetchone():
        found = period_at(first[0], span, every)
        if found is None:
            return None
        period, stop = found
        where = (series, first[0], min(end, stop - 1))
        piece = sum_of(raw, period, first, where, rank, proven=proven)
        if piece:
            pieces.append(piece)
        else:
            pieces += pieces_within(raw, series, where[1:], rank, span, every, inverted=False, dense=False) or ()
        begin = where[2] + 1
    return pieces


def sum_of(
    raw: Driver,
    period: date,
    first: tuple[int, int, int, str],
    where: tuple[int, int, int],
    rank: int,
    *,
    proven: bool,
) -> Piece | None:
    """One period as SQLite sums it up; None where there is more than plain rates of one scale, one a moment.

    That takes as long to prove as the sum itself, and is ``proven`` of a series that is marked (`fx.store.marks`).
    """
    begin, opened, scale, _ = first
    try:
        # A + keeps SQLite from comparing by the column's affinity, which takes it twice as long.
        count, low, high, total = raw.execute(
            f"SELECT count(*), min(+rate), max(+rate), sum(rate) {IN_RANGE}", where
        ).fetchone()
    except sqlite3.OperationalError as error:
        if "overflow" not in str(error):
            raise
        return None
    if not proven and (scale < 0 or count != plain_moments(raw, scale, where)):
        return None
    last, closed, *_ = raw.execute(f"{ROW} ORDER BY observed_at DESC LIMIT 1", where).fetchone()
    unit = 10**scale
    candle = Candle(
        period,
        ((opened, unit), (closed, unit)),
        ((low, unit), (high, unit)),
        bounds_of((closed, scale, ""), inverted=False),
        (total, unit),
        count,
        "quoted",
        bounds_of((opened, scale, ""), inverted=False),
    )
    return Piece((0, begin, rank), (0, last, rank), candle)


def plain_moments(raw: Driver, scale: int, where: tuple[int, int, int]) -> int:
    """At how many moments there is a plain rate of one scale: where it is as many as rows, each row is one, alone."""
    # Alone, as here, SQLite counts distinct values of a key by their order; beside other aggregates, in a tree. And a
    # condition costs less than an aggregate.
    plain = f"+scale = {scale} AND +rest = ''"
    (moments,) = raw.execute(f"SELECT count(DISTINCT observed_at) {IN_RANGE} AND {plain}", where).fetchone()
    return int(moments)


def pieces_of(stretch: Stretch, cuts: Sequence[tuple[date, int, int]], rank: int, inverted: bool) -> Iterator[Piece]:
    """What a stretch says of each of its periods."""
    whole = stretch.whole_numbers()
    kind: Kind = "inverse" if inverted else "quoted"
    for period, begin, end in cuts:
        first, last = (0, stretch.moments[begin], rank), (0, stretch.moments[end - 1], rank)
        ends, reach, total = (
            counted([figure(*stretch.statement(row), inverted)[0] for row in range(begin, end)])
            if whole is None
            else counted_in_whole_numbers(whole[0][begin:end], 10 ** whole[1], inverted)
        )
        opened, bounds = (bounds_of(stretch.statement(row), inverted) for row in (begin, end - 1))
        yield Piece(first, last, Candle(period, ends, reach, bounds, total, end - begin, kind, opened))


Counted = tuple[tuple[Ratio, Ratio], tuple[Ratio, Ratio], Ratio]
"""First and last, lowest and highest, and the sum."""


def counted(values: Sequence[Fraction]) -> Counted:
    """Rates of any kind.

    >>> counted([Fraction(1, 2), Fraction(1, 4)])[:2]
    (((1, 2), (1, 4)), ((1, 4), (1, 2)))
    """
    total = sum(value.numerator * WHOLE // value.denominator for value in values)
    first, last, low, high = (value.as_integer_ratio() for value in (values[0], values[-1], min(values), max(values)))
    return (first, last), (low, high), (total, WHOLE)


def counted_in_whole_numbers(rates: Sequence[int], unit: int, inverted: bool) -> Counted:
    """Rates that are so many of one over ``unit``, or, turned over, the inverses of such.

    >>> counted_in_whole_numbers([50, 25], 100, inverted=False)
    (((50, 100), (25, 100)), ((25, 100), (50, 100)), (75, 100))
    """
    low, high, first, last = min(rates), max(rates), rates[0], rates[-1]
    if inverted:
        dividend = unit * WHOLE
        total = sum([dividend // rate for rate in rates])
        return ((unit, first), (unit, last)), ((unit, high), (unit, low)), (total, WHOLE)
    return ((first, unit), (last, unit)), ((low, unit), (high, unit)), (sum(rates), unit)


def bounds_of(statement: tuple[int, int, str], inverted: bool) -> tuple[Ratio, Ratio]:
    """The interval of one statement, by `figure` where it is more than a plain rate.

    >>> bounds_of((190, 5, ""), inverted=False)
    ((379, 200000), (381, 200000))
    """
    rate, scale, rest = statement
    if rest or scale < 0:
        _, low, high = figure(*statement, inverted)
        return low.as_integer_ratio(), high.as_integer_ratio()
    return interval(rate, 10**scale, inverted)[1:]
