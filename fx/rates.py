"""Finds a rate among quotes: quoted, inverse or cross; the one place that knows the path policy.

The policy, in this order, so that the answer never depends on the order of anything:

1. the path whose oldest leg is freshest, ages compared in whole days;
2. the fewest legs;
3. the tightest bounds (the smallest ratio of upper to lower end);
4. the alphabet (of the codes on the path, then of the sources).

Of several quotes of one pair (either direction, any source) the freshest day serves, then the tightest, the newest, and
the source first in the alphabet. Pure: quotes come in through a function, the day asked for is an argument.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from fx.currencies import Currency
from fx.moments import Moment
from fx.quotes import Quote

__all__ = ["Kind", "Leg", "Quotes", "Rate", "earliest", "find_rate"]

Kind = Literal["quoted", "inverse", "cross", "identity"]
Quotes = Callable[[Currency], Iterable[Quote]]
"""Given a currency, the standing quotes (one or more a source) that have it as base or counter."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One quote used in an answer; ``inverted`` where it is walked from counter to base."""

    quote: Quote
    inverted: bool

    @property
    def value(self) -> Fraction:
        """Units gained for one unit put in, exactly."""
        return 1 / self.quote.value if self.inverted else self.quote.value

    @property
    def bounds(self) -> tuple[Fraction, Fraction]:
        """The interval of the value."""
        low, high = self.quote.bounds
        return (1 / high, 1 / low) if self.inverted else (low, high)


@dataclass(frozen=True, slots=True)
class Rate:
    """Counter units for one base, exactly, with the interval that the published digits leave and the legs behind it."""

    base: Currency
    counter: Currency
    legs: tuple[Leg, ...]

    @property
    def kind(self) -> Kind:
        """How the rate came about."""
        if not self.legs:
            return "identity"
        if len(self.legs) > 1:
            return "cross"
        return "inverse" if self.legs[0].inverted else "quoted"

    @property
    def value(self) -> Fraction:
        """The product of the legs."""
        product = Fraction(1)
        for leg in self.legs:
            product *= leg.value
        return product

    @property
    def bounds(self) -> tuple[Fraction, Fraction]:
        """The product of the legs' intervals."""
        low = high = Fraction(1)
        for leg in self.legs:
            leg_low, leg_high = leg.bounds
            low, high = low * leg_low, high * leg_high
        return low, high

    @property
    def observed_at(self) -> Moment | None:
        """When the oldest leg was observed; None for identity."""
        return min((leg.quote.observed_at for leg in self.legs), default=None)


@dataclass(frozen=True, slots=True)
class Edge:
    """The best quote between two currencies, with what the policy compares."""

    age: int
    spread: Fraction
    quote: Quote

    @classmethod
    def of(cls, quote: Quote, as_of: Moment) -> Edge:
        """Weigh a quote as of a moment."""
        low, high = quote.bounds
        return cls(quote.observed_at.days_until(as_of), high / low, quote)

    @property
    def order(self) -> tuple[int, Fraction, int, str, str]:
        """The policy among quotes of one pair."""
        return (self.age, self.spread, -self.quote.observed_at.ordinal, self.quote.source or "", self.quote.base)


class Graph:
    """The edges of each currency, fetched when first asked for."""

    def __init__(self, quotes: Quotes, as_of: Moment) -> None:
        self.quotes = quotes
        self.as_of = as_of
        self.known: dict[Currency, Mapping[Currency, Edge]] = {}

    def __getitem__(self, code: Currency) -> Mapping[Currency, Edge]:
        if code not in self.known:
            best: dict[Currency, Edge] = {}
            for quote in self.quotes(code):
                other = quote.counter if quote.base == code else quote.base
                edge = Edge.of(quote, self.as_of)
                if other not in best or edge.order < best[other].order:
                    best[other] = edge
            self.known[code] = best
        return self.known[code]


def find_rate(base: Currency, counter: Currency, quotes: Quotes, as_of: Moment) -> Rate | None:
    """The rate that the policy chooses, or None where no path of quotes leads from base to counter.

    >>> find_rate(Currency("USD"), Currency("USD"), lambda code: [], Moment.parse("2024-12-14")).kind
    'identity'
    """
    if base == counter:
        return Rate(base, counter, ())
    graph = Graph(quotes, as_of)
    if not graph[base] or not graph[counter]:
        return None
    direct = graph[base].get(counter)
    # No path can be fresher than the freshest quote at either of its ends.
    if direct and direct.age <= max(min(edge.age for edge in graph[end].values()) for end in (base, counter)):
        return along(graph, (base, counter))
    oldest = bottleneck(base, counter, lambda code: ((other, edge.age) for other, edge in graph[code].items()))
    return None if oldest is None else along(graph, shortest(graph, base, counter, oldest))


def bottleneck(
    base: Currency, counter: Currency, neighbours: Callable[[Currency], Iterable[tuple[Currency, int]]]
) -> int | None:
    """The smallest possible largest weight on a path, or None where there is no path."""
    queue: list[tuple[int, Currency]] = [(-(2**63), base)]
    done: set[Currency] = set()
    while queue:
        largest, code = heapq.heappop(queue)
        if code == counter:
            return largest
        if code in done:
            continue
        done.add(code)
        for other, weight in neighbours(code):
            if other not in done:
                heapq.heappush(queue, (max(largest, weight), other))
    return None


def shortest(graph: Graph, base: Currency, counter: Currency, oldest: int) -> tuple[Currency, ...]:
    """Of the paths with the fewest legs, none older than ``oldest`` days, the tightest, then the first by alphabet."""
    reached: dict[Currency, tuple[Fraction, tuple[Currency, ...]]] = {base: (Fraction(1), (base,))}
    seen = {base}
    while counter not in reached:
        following: dict[Currency, tuple[Fraction, tuple[Currency, ...]]] = {}
        for code, (spread, path) in reached.items():
            for other, edge in graph[code].items():
                if edge.age <= oldest and other not in seen:
                    candidate = (spread * edge.spread, (*path, other))
                    if other not in following or candidate < following[other]:
                        following[other] = candidate
        seen |= set(following)
        reached = following
    return reached[counter][1]


def along(graph: Graph, path: tuple[Currency, ...]) -> Rate:
    """The rate along a path of currencies."""
    legs = tuple(
        Leg(graph[here][there].quote, inverted=graph[here][there].quote.base != here) for here, there in pairwise(path)
    )
    return Rate(path[0], path[-1], legs)


def earliest(base: Currency, counter: Currency, first_quotes: Quotes) -> Moment | None:
    """The first moment as of which any path leads from base to counter, given each series' first quote."""

    def neighbours(code: Currency) -> Iterable[tuple[Currency, int]]:
        for quote in first_quotes(code):
            yield (quote.counter if quote.base == code else quote.base), quote.observed_at.ordinal

    ordinal = bottleneck(base, counter, neighbours)
    return None if ordinal is None else Moment(ordinal)
