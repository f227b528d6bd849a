"""The way to tell of a pair in time: which series, in which direction, and over which currency.

A pair quoted as asked is taken as quoted, one quoted only the other way round is turned over, any other is crossed over
the currency of which both legs were observed the longest, or over those asked for.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from itertools import pairwise
from typing import Self, TypedDict

from sqlalchemy import Connection

from fx.currencies import Currency, Pair
from fx.decrees import decreed
from fx.errors import NoQuotes, UsageError
from fx.moments import Moment
from fx.policy import Days, Policy, days_in
from fx.quotes import Quote
from fx.rates import Kind
from fx.series import Span, zone_of
from fx.store import reading as questions
from fx.store.refusals import known_code

__all__ = ["DAY", "IN_RANGE", "Asked", "Leg", "Question", "Way", "ends_of", "way_of"]

IN_RANGE = "FROM quote WHERE series_id = ? AND observed_at BETWEEN ? AND ?"
DAY = Moment.parse("1970-01-02").ordinal
"""A day, in ordinals."""
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
    """One step of a way: the series that tell of it, by id and source, all published as ``pair``, or else a decree."""

    pair: Pair
    inverted: bool
    series: tuple[tuple[int, str], ...] = ()
    decree: Quote | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """The currencies from base to counter, and a leg for each step."""

    path: tuple[Currency, ...]
    legs: tuple[Leg, ...]

    @property
    def kind(self) -> Kind:
        """How the pair is told of."""
        return "cross" if len(self.legs) > 1 else "inverse" if self.legs[0].inverted else "quoted"


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
            legs = by_decree(pair) | legs
            ends = [{there for here, there in legs if here == code} for code in (pair.base, pair.counter)]
            paths = [(pair.base, over, pair.counter) for over in sorted(ends[0] & ends[1])]  # type: ignore[misc]
    else:
        legs = by_decree(pair) | legs
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


def by_decree(pair: Pair) -> dict[tuple[Currency, Currency], Leg]:
    """The steps from or to either currency of a pair that hold by law: they join where nobody quotes them any more."""
    legs = {}
    for code in (pair.base, pair.counter):
        for quote in decreed(code):
            for inverted in (False, True):
                step = (quote.counter, quote.base) if inverted else (quote.base, quote.counter)
                legs[step] = Leg(quote.pair, inverted, decree=quote)
    return legs


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
        if leg.decree:
            continue
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
