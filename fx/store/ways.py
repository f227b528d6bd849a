"""The way to tell of a pair in time: which series, in which direction, and over which currency.

A pair quoted as asked is taken as quoted, one quoted only the other way round is turned over, any other is crossed over
the currency of which both legs were observed the longest, or over those asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from itertools import pairwise
from typing import Self, TypedDict

from fx.currencies import Currency, Pair
from fx.decrees import decreed, redenominations
from fx.errors import NoQuotes, UsageError
from fx.moments import Moment, spanning
from fx.policy import Days, Policy, days_in
from fx.quotes import Quote
from fx.rates import OUTLIVED, Kind
from fx.series import Span, zone_of
from fx.store import reading as questions
from fx.store.plainly import Connection, Driver
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
        zone = zone_of(tz)
        policy = Policy.of(source=source, via=via)
        apart = TOLERANCE if tolerance is None else days_in(tolerance)
        return cls(Span(*spanning(since, until, zoned=zone is not UTC), zone), policy.sources, policy.via, apart)

    def refuse_idle_zone(self) -> None:
        """Raise `UsageError` for a zone that nothing asked for needs: single observations are in UTC, days are not."""
        if self.span.zone is not UTC and self.span.since is None and self.span.until is None:
            raise UsageError(
                "a zone says on which day an instant falls, and no days are asked for: say --every day, week, month, "
                "quarter or year too, or leave out --tz"
            )

    def ranked(self, sources: Iterable[str]) -> list[str]:
        """The sources, the one that counts where several speak of one moment last: that named first, else by alphabet.

        >>> Question.of(source=["b", "c", "a"]).ranked(["a", "b"]), Question.of().ranked(["a", "b"])
        (['a', 'b'], ['b', 'a'])
        """
        order = self.sources or sorted(sources)
        return sorted(set(sources), key=order.index, reverse=True)


@dataclass(frozen=True, slots=True)
class Leg:
    """One step of a way: the series that tell of it, all published as ``pair``, or else a decree.

    Each series is an id and a source; of sources that speak of one moment the last counts (`Question.ranked`).
    """

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

    @property
    def decrees(self) -> list[Quote]:
        """The decrees that fix the pair for good, where nothing else leads there; else none."""
        found = [leg.decree for leg in self.legs if leg.decree]
        return found if len(found) == len(self.legs) else []


def way_of(connection: Connection, raw: Driver, pair: Pair, question: Question) -> Way:
    """The way to tell of a pair; raises `NoQuotes` or `UnknownCurrency` where there is none."""
    for code in (pair.base, pair.counter, *(question.via or ())):
        known_code(connection, code)
    if pair.base == pair.counter:
        raise UsageError(f"{pair} is 1 at all times: name two currencies")
    legs = legs_by_step(raw, question)
    if question.via is None:
        paths = [(pair.base, pair.counter)]
        if paths[0] not in legs:
            legs = by_decree(raw, pair) | legs
            ends = [{there for here, there in legs if here == code} for code in (pair.base, pair.counter)]
            paths += [(pair.base, over, pair.counter) for over in sorted(ends[0] & ends[1])]  # type: ignore[misc]
    else:
        legs = by_decree(raw, pair) | legs
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


def by_decree(raw: Driver, pair: Pair) -> dict[tuple[Currency, Currency], Leg]:
    """The steps from or to either currency of a pair that hold by law: they join where nobody quotes them any more."""
    legs = {}
    for code in (pair.base, pair.counter):
        for quote in decreed(code):
            if any(went_on(raw, each) for each in redenominations(quote)):
                continue
            for inverted in (False, True):
                step = (quote.counter, quote.base) if inverted else (quote.base, quote.counter)
                legs[step] = Leg(quote.pair, inverted, decree=quote)
    return legs


def went_on(raw: Driver, decree: Quote) -> bool:
    """Whether a code is quoted long after its decree, and means something else by then; see `fx.rates.Graph.serves`."""
    (last,) = raw.execute(
        "SELECT max((SELECT max(observed_at) FROM quote WHERE series_id = s.id)) FROM series AS s"
        " WHERE ? IN (s.base, s.counter)",
        (decree.counter,),
    ).fetchone()
    return last is not None and decree.observed_at.days_until(Moment(last)) > OUTLIVED


def legs_by_step(raw: Driver, question: Question) -> dict[tuple[Currency, Currency], Leg]:
    """Every step that series of the sources asked for tell of; as quoted where that is so, else turned over."""
    held: dict[Pair, dict[str, int]] = {}
    rows = raw.execute(
        "SELECT s.id, s.base, s.counter, src.name FROM series AS s JOIN source AS src ON src.id = s.source_id"
    )
    for number, base, counter, source in rows:
        if not question.sources or source in question.sources:
            held.setdefault(Pair(questions.trusted(base), questions.trusted(counter)), {})[source] = number
    series = {pair: tuple((found[source], source) for source in question.ranked(found)) for pair, found in held.items()}
    legs = {(pair.counter, pair.base): Leg(pair, True, found) for pair, found in series.items()}
    return legs | {(pair.base, pair.counter): Leg(pair, False, found) for pair, found in series.items()}


def shared(raw: Driver, way: Way, question: Question) -> int:
    """How long, within the span, all legs of a way were observed: of several ways over one currency the longest is."""
    low, high = question.span.ordinals
    if way.decrees:  # for good, from the day on which the last of them came into force
        return 2**63 if max(quote.observed_at.ordinal for quote in way.decrees) <= high else -(2**64)
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


def ends_of(raw: Driver, series: int, low: int, high: int) -> tuple[int, int] | None:
    """The first and the last moment of a series between two, by a seek each."""
    where = (series, low, high)
    (first,), (last,) = (
        raw.execute(f"SELECT {end}(observed_at) {IN_RANGE}", where).fetchone() for end in ("min", "max")
    )
    return None if first is None else (first, last)
