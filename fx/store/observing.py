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

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from fx.change import Change
from fx.currencies import Pair
from fx.errors import NoQuotes
from fx.moments import Moment
from fx.quotes import Quote
from fx.series import (
    EVERY,
    FILLS,
    Candle,
    Observation,
    Piece,
    Span,
    carried_forward,
    checked,
    day_in,
    first_day,
    joined,
    key_of,
    observed,
    piece_of,
    together,
)
from fx.series import candles as in_periods
from fx.store import reading as questions
from fx.store.periods import gathered, whole_days
from fx.store.plainly import Connection, Driver, snapshot
from fx.store.stretches import Figure, figure, standing_rows
from fx.store.ways import DAY, Leg, Question, Way, ends_of, way_of
from fx.whole import ORDINALS_A_DAY

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["candles", "candles_frame", "change", "observations", "observations_frame"]

# Questions -----------------------------------------------------------------------------------------------------------


def observations(connection: Connection, pair: Pair, question: Question) -> list[Observation]:
    """Every observation of a pair in the span asked for, in time; raises `NoQuotes` where there is none."""
    question.refuse_idle_zone()
    with snapshot(connection) as raw:
        way = way_of(connection, raw, pair, question)
        found = list(along(connection, way, question))
        if not found:
            raise nothing(raw, pair, way, question)
    return found


def observations_frame(connection: Connection, pair: Pair, question: Question) -> pd.DataFrame:
    """The same as a DataFrame; raises `NoQuotes` where there is none."""
    from fx.frames import observation_frame  # noqa: PLC0415 (pandas only where frames are asked for)
    from fx.store.quoted import quoted_frame  # noqa: PLC0415

    question.refuse_idle_zone()
    with snapshot(connection) as raw:
        way = way_of(connection, raw, pair, question)
        leg = way.legs[0]
        frame = quoted_frame(raw, leg, question.span) if len(way.legs) == 1 and not leg.decree else None
        if frame is not None:
            return frame
        found = list(along(connection, way, question))
        if not found:
            raise nothing(raw, pair, way, question)
    return observation_frame(found)


def candles_frame(
    connection: Connection, pair: Pair, question: Question, every: str, fill: str, now: datetime, *, ohlc: bool
) -> pd.DataFrame:
    """What `candles` gives as a DataFrame; raises `NoQuotes` where there is none."""
    from fx.frames import candle_frame  # noqa: PLC0415
    from fx.store.quoted_periods import periods_frame  # noqa: PLC0415

    if fill == "none":
        with snapshot(connection) as raw:
            way = way_of(connection, raw, pair, question)
            leg = way.legs[0]
            if len(way.legs) == 1 and not way.decrees:
                frame = periods_frame(raw, leg, question.span, every, ohlc=ohlc)
                if frame is not None:
                    return frame
    return candle_frame(candles(connection, pair, question, every, fill, now), ohlc=ohlc)


def candles(
    connection: Connection, pair: Pair, question: Question, every: str, fill: str, now: datetime
) -> list[Candle]:
    """The periods in which a pair was observed, in time, with the gaps filled if asked; raises `NoQuotes` for none."""
    checked(every, EVERY, "every")
    checked(fill, FILLS, "fill")
    span = question.span
    with snapshot(connection) as raw:
        way = way_of(connection, raw, pair, question)
        found = before = None
        if way.decrees:
            found = in_periods(along(connection, way, question), every, span.zone)
        elif len(way.legs) == 1 and (span.zone is UTC or not whole_days(raw, way.legs[0], span)):
            found = gathered(raw, way.legs[0], span, every)
        if found is None:
            found = row_by_row(raw, way, question, every)
        if fill == "previous":
            before = close_before(connection, raw, way, question, every)
        last = None if span.until is None else min(day_in(span.zone, m) for m in (span.until, Moment.of_instant(now)))
        if before and span.since:
            found = list(carried_forward(found, every, last, before, day_in(span.zone, span.since)))
        elif fill == "previous":
            found = list(carried_forward(found, every, last))
        if not found:
            raise nothing(raw, pair, way, question)
    return found


def change(connection: Connection, pair: Pair, question: Question) -> Change:
    """From the first observation in the span to the last; raises `NoQuotes` where there are not two."""
    question.refuse_idle_zone()
    with snapshot(connection) as raw:
        way = way_of(connection, raw, pair, question)
        if len(way.legs) == 1 and not way.decrees and question.span.zone is UTC:
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
    if way.decrees:
        raise fixed(pair, way)
    found = of_one_source(found, way, question)
    if found[0].moment == found[-1].moment:
        raise NoQuotes(f"{pair} was observed at {found[0].moment} only: widen --since and --until", pair=str(pair))
    return Change(found[0], found[-1])


def of_one_source(found: list[Observation], way: Way, question: Question) -> list[Observation]:
    """The observations of one source, where a pair has several: two sources make no move.

    The one named first that has any; else that observed last, and of several at that moment the first in the alphabet.
    A cross is told by its legs and has no one source.
    """
    if len(way.legs) > 1 or len({each.source for each in found}) < 2:
        return found
    last = found[-1].moment
    names = {each.source or "" for each in found if question.sources or each.moment == last}
    name = question.ranked(names)[-1]
    return [each for each in found if (each.source or "") == name]


def along(
    connection: Connection, way: Way, question: Question, ordinals: tuple[int, int] | None = None
) -> Iterator[Observation]:
    """The observations along a way, within the span, in time; of one moment the source that counts comes last."""
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
    for said in quotes:
        ranks = {source: rank for rank, source in enumerate(question.ranked({quote.source or "" for quote in said}))}
        if len(ranks) > 1:
            said.sort(key=lambda quote: (quote.observed_at.ordinal, ranks[quote.source or ""]))
    return (each for each in observed(way.path, quotes, question.tolerance) if question.span.holds(each.moment))


def nothing(raw: Driver, pair: Pair, way: Way, question: Question) -> NoQuotes:
    """The error that says why a way shows nothing in the span."""
    if way.decrees:
        return fixed(pair, way)
    if len(way.legs) > 1 and not any(
        joined([leg_rows(raw, leg, *Span().ordinals) for leg in way.legs], question.tolerance)
    ):
        return NoQuotes(
            f"no quotes of {pair} over {', '.join(way.path[1:-1])} lie within {question.tolerance} days of each other: "
            "ask a larger --tolerance",
            pair=str(pair),
        )
    return NoQuotes(f"no quote of {pair} was found: widen --since and --until", pair=str(pair))


def fixed(pair: Pair, way: Way) -> NoQuotes:
    """The error that says of a pair without observations, or without a move, that it is fixed by decree."""
    figures = " and ".join(f"{quote.pair} = {quote.rate:f} since {quote.observed_at}" for quote in way.decrees)
    return NoQuotes(f"{pair} is fixed by decree, {figures}: 'fx rate {pair}' gives it", pair=str(pair))


def close_before(connection: Connection, raw: Driver, way: Way, question: Question, every: str) -> Candle | None:
    """The period of the last observation before the span, for its close; None where there is none.

    In other zones than UTC an instant may belong to a later day than a whole day of a higher ordinal.
    """
    if question.span.since is None:
        return None
    zone, bound = question.span.zone, question.span.since.ordinal + ORDINALS_A_DAY * (question.span.zone is not UTC) - 1
    after, ever = Span(question.span.since, None, zone), replace(question, span=Span(None, None, zone))
    while True:
        newest = [leg.decree.observed_at.ordinal if leg.decree else last_moment(raw, leg, bound) for leg in way.legs]
        known = [moment for moment in newest if moment is not None and moment <= bound]
        if len(known) < len(newest):
            return None
        moving = known if way.decrees else [at for at, leg in zip(known, way.legs, strict=True) if not leg.decree]
        moment = max(moving)
        together = (min(moving) // ORDINALS_A_DAY + question.tolerance + 1) * ORDINALS_A_DAY - 1
        if way.decrees or len(way.legs) == 1 or moment <= together:
            begin = moment if zone is UTC else moment - 2 * ORDINALS_A_DAY
            found = [
                each
                for each in along(connection, way, ever, (begin, moment))
                if begin <= each.moment.ordinal <= moment and not after.holds(each.moment)
            ]
            if found or way.decrees:
                return in_periods(found, every, zone)[-1] if found else None
        bound = min(moment - 1, together) if len(way.legs) > 1 else moment - 1


def last_moment(raw: Driver, leg: Leg, bound: int) -> int | None:
    """The last moment of a leg, up to and with one."""
    ends = [ends_of(raw, number, Span().ordinals[0], bound) for number, _ in leg.series]
    return max((end[1] for end in ends if end), default=None)


# Figures -------------------------------------------------------------------------------------------------------------


def leg_rows(raw: Driver, leg: Leg, low: int, high: int) -> list[tuple[int, Figure]]:
    """The figures of a leg, by moment and then by rank."""
    if leg.decree:
        value = 1 / leg.decree.value if leg.inverted else leg.decree.value
        return [(leg.decree.observed_at.ordinal, (value, value, value))]
    found = [
        (moment, figure(rate, scale, rest, leg.inverted))
        for number, _ in leg.series  # of one moment the source that counts comes last
        for moment, rate, scale, rest in standing_rows(raw, number, low, high)
    ]
    found.sort(key=lambda each: each[0])
    return found


# Periods -------------------------------------------------------------------------------------------------------------


def row_by_row(raw: Driver, way: Way, question: Question, every: str) -> list[Candle]:
    """The periods of any way in any zone."""
    span, zone = question.span, question.span.zone
    low, high = span.ordinals
    pieces: dict[date, list[Piece]] = {}
    if len(way.legs) == 1:
        leg = way.legs[0]
        rows: Iterable[tuple[int, int, Figure]] = (
            (moment, rank, figure(rate, scale, rest, leg.inverted))
            for rank, (number, _) in enumerate(leg.series)
            for moment, rate, scale, rest in standing_rows(raw, number, low, high)
        )
    else:
        legs = [leg_rows(raw, leg, low - question.tolerance * DAY, high) for leg in way.legs]
        rows = ((moment, 0, product(figures)) for moment, figures in joined(legs, question.tolerance, lasting(way)))
    for ordinal, rank, (value, low_end, high_end) in rows:
        moment = Moment(ordinal)
        if span.holds(moment):
            day = day_in(zone, moment)
            period = first_day(day, every)
            key = key_of(day, ordinal, rank)
            pieces.setdefault(period, []).append(piece_of(period, key, value, (low_end, high_end), way.kind))
    return [together(pieces[period]) for period in sorted(pieces)]


def lasting(way: Way) -> list[int]:
    """The numbers of the legs that hold by decree."""
    return [number for number, leg in enumerate(way.legs) if leg.decree]


def product(figures: Sequence[Figure]) -> Figure:
    """The figure of a cross.

    >>> from fractions import Fraction
    >>> half = (Fraction(1, 2), Fraction(1, 4), Fraction(1))
    >>> [str(number) for number in product([half, half])]
    ['1/4', '1/16', '1']
    """
    value, low, high = figures[0]
    for other, other_low, other_high in figures[1:]:
        value, low, high = value * other, low * other_low, high * other_high
    return value, low, high
