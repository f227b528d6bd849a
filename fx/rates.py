"""Finds a rate among quotes: quoted, inverse or cross; the one place that knows which path is preferred.

Of the paths that meet the demands (`fx.policy`), in this order, so that the answer never depends on the order of
anything:

0. where sources are named: the path that needs none of the later names;
1. the path whose oldest leg is freshest, ages compared in whole days;
2. the fewest legs;
3. the tightest bounds (the smallest ratio of upper to lower end);
4. the alphabet (of the codes on the path, then of the sources).

Of several quotes of one pair (either direction) the freshest day serves, then the first-named source, the tightest, the
newest, and the source first in the alphabet. A rate fixed by decree (a euro legacy rate, a redenomination) is a leg
like any other that is exact and never ages. Pure: quotes come in through a function, the day asked for is an argument.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from fx.currencies import Currency
from fx.decrees import decreed, heirs, redenominations
from fx.moments import Moment
from fx.policy import Policy
from fx.quotes import Pending, Quote
from fx.whole import ORDINALS_A_DAY

__all__ = ["Between", "Kind", "Leg", "Quotes", "Rate", "earliest", "find_rate"]

Kind = Literal["quoted", "inverse", "cross", "identity"]
Quotes = Callable[[Currency], Iterable[Quote | Pending]]
"""Given a currency, the standing quotes (one or more a source) that have it as base or counter."""
Between = Callable[[Collection[Currency], Collection[Currency], Moment], Iterable[Quote | Pending]]
"""Given some currencies and some others, the standing quotes of one of these and one of those, in either direction.

Those before the moment may be missing.
"""


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
        if len(self.legs) == 1:
            return self.legs[0].value
        product = Fraction(1)
        for leg in self.legs:
            product *= leg.value
        return product

    @property
    def bounds(self) -> tuple[Fraction, Fraction]:
        """The product of the legs' intervals."""
        if len(self.legs) == 1:
            return self.legs[0].bounds
        low = high = Fraction(1)
        for leg in self.legs:
            leg_low, leg_high = leg.bounds
            low, high = low * leg_low, high * leg_high
        return low, high

    @property
    def observed(self) -> tuple[Moment, ...]:
        """When the legs were observed; what holds by decree was not."""
        return tuple(leg.quote.observed_at for leg in self.legs if not leg.quote.decreed)

    @property
    def observed_at(self) -> Moment | None:
        """When the oldest leg was observed; None for identity and where all legs hold by decree."""
        return min(self.observed, default=None)


class Edge:
    """A quote between two currencies, with what the policy compares; how tight it is, is worked out when asked."""

    __slots__ = ("age", "oldness", "quoted", "rank", "tightness")

    def __init__(self, quoted: Quote | Pending, as_of: Moment, sources: tuple[str, ...] = ()) -> None:
        """Weigh a quote as of a moment; one by decree has no age and stands before every named source."""
        self.quoted = quoted
        self.rank = 0
        if quoted.decreed:
            self.age, self.oldness, self.rank = None, NEVER, -1
        else:
            self.age = self.oldness = as_of.ordinal // ORDINALS_A_DAY - quoted.observed_at.ordinal // ORDINALS_A_DAY
            if sources:
                self.rank = sources.index(quoted.source) if quoted.source in sources else len(sources)
        self.tightness: Fraction | None = None

    @property
    def quote(self) -> Quote:
        """The quote, unpacked."""
        return self.quoted.quote if isinstance(self.quoted, Pending) else self.quoted

    @property
    def spread(self) -> Fraction:
        """The ratio of the upper end of the interval to the lower."""
        if self.tightness is None:
            low, high = self.quote.bounds
            self.tightness = high / low
        return self.tightness

    @property
    def order(self) -> tuple[int, int, Fraction, int, str, str]:
        """The preference among quotes of one pair."""
        quoted = self.quoted
        return self.oldness, self.rank, self.spread, -quoted.observed_at.ordinal, quoted.source or "", quoted.base

    def before(self, other: Edge) -> bool:
        """Whether this quote of a pair is preferred to another; most are told apart by their day or source."""
        if (self.oldness, self.rank) != (other.oldness, other.rank):
            return (self.oldness, self.rank) < (other.oldness, other.rank)
        return self.order < other.order


OUTLIVED = 2 * 366
"""Days after a decree within which old money is still quoted as such."""
NEVER = -(2**40)
"""The age of what never ages."""
OLDEST = 2**32
"""More days than anything is old."""


Step = dict[Currency, dict[Currency, Edge]]
"""Edges from some currencies, by their other ends."""


class Graph:
    """The edges of each currency that meet the demands, fetched when first asked for."""

    def __init__(
        self, quotes: Quotes, between: Between | None, as_of: Moment, policy: Policy, ends: tuple[Currency, Currency]
    ) -> None:
        self.serve = quotes
        # In windows of ages the same is looked at again and again, and better kept.
        self.between = nothing if between is None or policy.max_spread is not None else between
        self.partly = self.between is not nothing
        self.served: dict[Currency, tuple[Quote | Pending, ...]] = {}
        self.withdrawn = frozenset().union(*map(heirs, ends))
        self.as_of = as_of
        self.policy = policy
        self.fetched: dict[Currency, list[tuple[Currency, Edge]]] = {}
        self.limit(0 if policy.sources else None, None)

    def limit(self, rank: int | None, oldest: int | None) -> None:
        """Look only at sources up to a rank and, for legs that lie close together, at a window of ages."""
        self.rank = rank
        self.oldest = oldest
        self.known: dict[Currency, Mapping[Currency, Edge]] = {}
        self.joined: dict[tuple[frozenset[Currency], frozenset[Currency], int], Step] = {}

    def quotes(self, code: Currency) -> tuple[Quote | Pending, ...]:
        """What is quoted of a currency."""
        if code not in self.served:
            self.served[code] = tuple(self.serve(code))
        return self.served[code]

    def edges(self, code: Currency) -> list[tuple[Currency, Edge]]:
        """Every edge of a currency, young enough and of a source that is wanted, with its other end."""
        if code not in self.fetched:
            quotes, decrees = self.quotes(code), decreed(code, self.as_of)
            self.fetched[code] = [
                (edge.quoted.counter if edge.quoted.base == code else edge.quoted.base, edge)
                for edge in self.demanded((*quotes, *filter(self.serves, decrees)) if decrees else quotes)
            ]
        return self.fetched[code]

    def demanded(self, quotes: Iterable[Quote | Pending]) -> list[Edge]:
        """Quotes as edges, those that are young enough and of a source that is wanted."""
        sources, most = self.policy.sources, self.policy.max_age
        edges = [Edge(quote, self.as_of, sources) for quote in quotes]
        if not sources and most is None:
            return edges
        return [
            edge
            for edge in edges
            if (not sources or edge.rank < len(sources)) and (most is None or edge.oldness <= most)
        ]

    def serves(self, decree: Quote) -> bool:
        """Whether a decree serves: for a currency asked for (or what it became), if neither code means other money.

        A feed that writes a redenominated code long after its end means something else by it, and a decree would turn
        that by thousands. The irrevocable rates of the euro hold whatever is quoted.
        """
        return decree.counter in self.withdrawn and not any(
            each.observed_at.days_until(quote.observed_at) > OUTLIVED
            for each in redenominations(decree)
            for quote in self.quotes(each.counter)
        )

    def fits(self, edge: Edge) -> bool:
        """Whether an edge lies within what is looked at now."""
        if self.rank is not None and edge.rank > self.rank:
            return False
        if self.oldest is None or edge.age is None or self.policy.max_spread is None:
            return True
        return self.oldest - self.policy.max_spread <= edge.age <= self.oldest

    def __getitem__(self, code: Currency) -> Mapping[Currency, Edge]:
        """The best edge to each neighbour."""
        if code not in self.known:
            self.known[code] = self.best(self.edges(code))
        return self.known[code]

    def best(self, edges: Iterable[tuple[Currency, Edge]]) -> dict[Currency, Edge]:
        """Of edges to each neighbour the one that is preferred."""
        best: dict[Currency, Edge] = {}
        for other, edge in edges:
            if self.fits(edge) and (other not in best or edge.before(best[other])):
                best[other] = edge
        return best

    def joining(self, ones: frozenset[Currency], others: frozenset[Currency], oldest: int) -> Step:
        """The best edges from each of some codes to each of some others, which share none, up to an age.

        Where quotes between two groups can be fetched, no others are.
        """
        if not self.few(ones, others) or all(code in self.known for code in ones):
            return {
                one: {code: edge for code, edge in self[one].items() if code in others and edge.oldness <= oldest}
                for one in ones
            }
        key = (ones, others, oldest)
        if key not in self.joined:
            self.joined[key] = self.fetch_between(*key)
        return self.joined[key]

    def few(self, ones: Collection[Currency], others: Collection[Currency]) -> bool:
        """Whether what lies between two groups of codes can be fetched, and is less than all that they have."""
        return self.partly and len(ones) * len(others) <= MOST_BETWEEN

    def fetch_between(self, ones: Collection[Currency], others: Collection[Currency], oldest: int) -> Step:
        """The same of what is fetched for it."""
        quotes: Iterable[Quote | Pending] = ()
        if oldest != NEVER:  # else decrees alone will do
            since = Moment((self.as_of.ordinal // ORDINALS_A_DAY - oldest) * ORDINALS_A_DAY)
            quotes = self.between(ones, others, since)
        decrees = (
            decree
            for one in ones
            for decree in decreed(one, self.as_of)
            if (decree.base in others or decree.counter in others) and self.serves(decree)
        )
        found: dict[Currency, list[tuple[Currency, Edge]]] = {one: [] for one in ones}
        for edge in self.demanded((*quotes, *decrees)):
            base, counter = edge.quoted.base, edge.quoted.counter
            one, other = (base, counter) if base in found else (counter, base)
            if edge.oldness <= oldest:
                found[one].append((other, edge))
        return {one: self.best(edges) for one, edges in found.items()}

    def ages(self, start: Currency) -> list[int]:
        """The ages of all edges that can be reached, freshest first."""
        found: set[int] = set()
        seen, ahead = {start}, [start]
        while ahead:
            for other, edge in self.edges(ahead.pop()):
                found.add(edge.oldness)
                if other not in seen:
                    seen.add(other)
                    ahead.append(other)
        return sorted(found)


def nothing(_ones: Collection[Currency], _others: Collection[Currency], _since: Moment) -> Iterable[Quote | Pending]:
    """What serves no quotes between two groups."""
    return ()


def find_rate(
    base: Currency,
    counter: Currency,
    quotes: Quotes,
    as_of: Moment,
    policy: Policy = Policy(),  # noqa: B008 (frozen)
    between: Between | None = None,
) -> Rate | None:
    """The rate that is preferred, or None where no path of quotes that meets the demands leads from base to counter.

    ``between`` serves a part of what ``quotes`` serves, where no more is needed; it changes no answer.

    >>> find_rate(Currency("USD"), Currency("USD"), lambda code: [], Moment.parse("2024-12-14")).kind
    'identity'
    """
    if base == counter:
        return Rate(base, counter, ())
    graph = Graph(quotes, between, as_of, policy, (base, counter))
    ranks: Iterable[int | None] = range(len(policy.sources)) if policy.sources else (None,)
    for rank in ranks:
        if policy.max_spread is None:
            graph.limit(rank, None)
            found = preferred(graph, base, counter)
            if found:
                return found
            continue
        graph.limit(rank, None)
        for oldest in windows(graph, base, counter):
            graph.limit(rank, oldest)
            found = preferred(graph, base, counter)
            if found:
                return found
    return None


MOST_BETWEEN = 4096
"""Pairs that are looked for between two groups of codes; where there are more, all that each code has is no more."""
MOST_WINDOWS = 31
"""Days that are tried one by one, rather than to fetch every quote that there is for its age."""


def windows(graph: Graph, base: Currency, counter: Currency) -> Sequence[int]:
    """The ages that the oldest leg may have, freshest first, ages of no leg among them.

    It is no fresher than the freshest quote of either end, and no older than the direct one, which serves alone.
    """
    direct = graph[base].get(counter)
    ends = [[edge.oldness for edge in graph[end].values()] for end in (base, counter)]
    if direct and not graph.policy.via and all(NEVER not in oldness for oldness in ends):
        least = max(map(min, ends))
        if direct.oldness - least < MOST_WINDOWS:
            return range(least, direct.oldness + 1)
    return graph.ages(base)


def preferred(graph: Graph, base: Currency, counter: Currency) -> Rate | None:
    """The preferred rate along the edges that the graph shows now."""
    if graph.policy.via is not None:
        path = (base, *graph.policy.via, counter)
        return along(graph, path) if all(there in graph[here] for here, there in pairwise(path)) else None
    for end, other in ((base, counter), (counter, base)):
        if not graph[end]:
            return None
        direct = graph[end].get(other)
        # No path can be fresher than the freshest quote at either of its ends; one end may be enough to know.
        if direct and direct.oldness <= min([edge.oldness for edge in graph[end].values()]):
            return rate_of((base, counter), (direct,))
    oldest = freshest(graph, base, counter)
    return None if oldest is None else shortest(graph, base, counter, oldest)


def freshest(graph: Graph, base: Currency, counter: Currency) -> int | None:
    """The age of the oldest leg of the path on which that is least; None where there is no path.

    Both ends are known, and with them every path over one currency. Of those over two only what lies between fresher
    neighbours of both ends is fetched; all that a currency has, only while a fresher path may lead over it.
    """
    first, last = graph[base], graph[counter]
    least = max(min(edge.oldness for edge in graph[end].values()) for end in (base, counter))
    ages = [max(edge.oldness, last[code].oldness) for code, edge in first.items() if code in last]
    if base in last:
        ages.append(last[base].oldness)
    best = min(ages, default=None)
    for most in (least, OLDEST if best is None else best - 1):
        if best is not None and best <= least:
            return best
        ones, others = (
            frozenset(code for code, edge in edges.items() if code != end and edge.oldness <= most)
            for edges, end in ((first, counter), (last, base))
        )
        if graph.few(ones, others):
            ages += [
                max(first[one].oldness, edge.oldness, last[other].oldness)
                for one, edges in graph.joining(ones, others, most).items()
                for other, edge in edges.items()
            ]
            best = min(ages, default=None)
    queue: list[tuple[int, Currency]] = [(-(2**63), base)]
    done: set[Currency] = set()
    while queue:
        largest, code = heapq.heappop(queue)
        if best is not None and (largest >= best or best <= least):
            break
        if code in done or code == counter:
            continue
        done.add(code)
        for other, edge in graph[code].items():
            reached = max(largest, edge.oldness)
            if other in last and other != base:
                found = max(reached, last[other].oldness)
                best = found if best is None or found < best else best
            if other not in done and (best is None or reached < best):
                heapq.heappush(queue, (reached, other))
    return best


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


def shortest(graph: Graph, base: Currency, counter: Currency, oldest: int) -> Rate:
    """Of the paths with the fewest legs, none older than ``oldest`` days, the tightest, then the first by alphabet.

    How tight a leg is, is asked only of those that lie on such a path.
    """
    near = frozenset(code for code, edge in graph[counter].items() if edge.oldness <= oldest)
    reached, seen = frozenset({base}), {base}
    steps: list[Step] = []
    while not reached & near:
        step = graph.joining(reached, near, oldest)
        if not any(step.values()):
            step = {
                code: {other: edge for other, edge in graph[code].items() if edge.oldness <= oldest} for code in reached
            }
        steps.append(step)
        reached = frozenset(other for edges in step.values() for other in edges if other not in seen)
        seen |= reached
    steps.append({code: {counter: graph[counter][code]} for code in reached & near})
    for number in range(len(steps) - 2, -1, -1):
        onward = steps[number + 1]
        kept = {
            code: {other: edge for other, edge in edges.items() if other in onward}
            for code, edges in steps[number].items()
        }
        steps[number] = {code: edges for code, edges in kept.items() if edges}
    best: dict[Currency, tuple[Fraction, tuple[Currency, ...], tuple[Edge, ...]]] = {base: (Fraction(1), (base,), ())}
    for step in steps:
        following: dict[Currency, tuple[Fraction, tuple[Currency, ...], tuple[Edge, ...]]] = {}
        for code, (spread, path, edges) in best.items():
            for other, edge in step.get(code, {}).items():
                candidate = (spread * edge.spread, (*path, other), (*edges, edge))
                if other not in following or candidate[:2] < following[other][:2]:
                    following[other] = candidate
        best = following
    _, path, edges = best[counter]
    return rate_of(path, edges)


def along(graph: Graph, path: tuple[Currency, ...]) -> Rate:
    """The rate along a path of currencies."""
    return rate_of(path, [graph[here][there] for here, there in pairwise(path)])


def rate_of(path: Sequence[Currency], edges: Sequence[Edge]) -> Rate:
    """The rate along a path, given its edges."""
    legs = [Leg(edge.quote, inverted=edge.quoted.base != here) for edge, here in zip(edges, path, strict=False)]
    return Rate(path[0], path[-1], tuple(legs))


def earliest(base: Currency, counter: Currency, first_quotes: Quotes) -> Moment | None:
    """The first moment as of which any path leads from base to counter, given each series' first quote."""
    withdrawn = heirs(base) | heirs(counter)

    def neighbours(code: Currency) -> Iterable[tuple[Currency, int]]:
        for quote in (*first_quotes(code), *(decree for decree in decreed(code) if decree.counter in withdrawn)):
            yield (quote.counter if quote.base == code else quote.base), quote.observed_at.ordinal

    ordinal = bottleneck(base, counter, neighbours)
    return None if ordinal is None else Moment(ordinal)
