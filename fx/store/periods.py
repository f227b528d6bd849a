"""The periods of one series after the other, gathered from its stretches: the quick way to what `fx.series` defines.

Rates of whole numbers, of one scale or brought to one, are compared and summed as they are: a slice of a list at once.
What whole numbers cannot say (bid and ask alone, more than 18 digits) is counted one by one. Exact either way.
"""

from __future__ import annotations

import sqlite3
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import UTC, date
from fractions import Fraction

from fx.moments import ORDINALS_A_DAY, Moment
from fx.rates import Kind
from fx.series import WHOLE, Candle, Piece, Ratio, Span, day_in, first_day, following, midnight, together
from fx.store.stretches import Stretch, figure, stretches
from fx.store.ways import IN_RANGE, Leg

__all__ = ["gathered", "whole_days"]

EPOCH_DAY = date(1970, 1, 1).toordinal()


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
    """The periods of a pair that is quoted in one of its directions.

    None where a day does not begin at one moment, and must be told from the next row by row.
    """
    ends = edges(span)
    if ends is None:
        return None
    pieces: dict[date, list[Piece]] = {}
    for rank, (series, _) in enumerate(leg.series):
        for stretch in stretches(raw, series, *ends):
            cuts = cut(stretch.moments, span, every)
            if cuts is None:
                return None
            for period, piece in zip(cuts, pieces_of(stretch, cuts, rank, leg.inverted), strict=True):
                pieces.setdefault(period[0], []).append(piece)
    return [together(pieces[period]) for period in sorted(pieces)]


def cut(moments: Sequence[int], span: Span, every: str) -> list[tuple[date, int, int]] | None:
    """Each period in which there are moments, and the first of them and the one after the last, by their numbers."""
    cuts = []
    begin = 0
    by_day = every == "day" and span.zone is UTC
    while begin < len(moments):
        if by_day:
            number = moments[begin] // ORDINALS_A_DAY
            period, stop = date.fromordinal(EPOCH_DAY + number), (number + 1) * ORDINALS_A_DAY
        else:
            period = first_day(day_in(span.zone, Moment(moments[begin])), every)
            after = following(period, every)
            next_one = None if after is None else midnight(after, span.zone)
            if after is not None and next_one is None:
                return None
            # A whole day stands before its first instant, whose ordinal is one higher.
            stop = moments[-1] + 1 if next_one is None else next_one - (next_one & 1)
        end = bisect_left(moments, stop, begin)
        cuts.append((period, begin, end))
        begin = end
    return cuts


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


def bounds_of(statement: tuple[int | str, int, str], inverted: bool) -> tuple[Ratio, Ratio]:
    """The interval of one statement, by `figure` where it is more than a plain rate.

    >>> bounds_of((190, 5, ""), inverted=False)
    ((379, 200000), (381, 200000))
    """
    rate, scale, sides = statement
    if sides or scale < 0 or isinstance(rate, str):
        _, low, high = figure(*statement, inverted)
        return low.as_integer_ratio(), high.as_integer_ratio()
    unit = 2 * 10**scale
    low_end, high_end = 2 * rate - 1, 2 * rate + 1
    return ((unit, high_end), (unit, low_end)) if inverted else ((low_end, unit), (high_end, unit))
