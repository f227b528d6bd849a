"""Quotes of one moment and source against one another: reciprocals and triangles, within their digits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import combinations

from fx.audit.finding import Finding, figure, number, place
from fx.currencies import Pair
from fx.quotes import Quote

__all__ = ["moment_findings"]

HUBS = 3
"""Triangles are drawn over so many of the best connected currencies: all of 170 would be 800,000 a day."""
SMALL = Fraction(1, 500)
"""Up to 0.2 % beyond the digits two figures may have been taken some minutes apart: a note."""
Strangeness = Mapping[Pair, Callable[[], Fraction]]


def moment_findings(moment: dict[Pair, Quote], strangeness: Strangeness) -> list[Finding]:
    """Contradictions among the quotes of one moment; ``strangeness`` tells how far a pair's is from those beside it.

    The quote at fault is the one in most contradictions and fewest agreements, then the strangest.
    """
    if len(moment) < 2:
        return []
    broken = [
        (quotes, beyond)
        for quotes in (*reciprocals(moment), *triangles(moment))
        if (beyond := disagreement(quotes)) is not None
    ]
    if not broken:
        return []
    blame: Counter[Quote] = Counter()
    for quotes in (*reciprocals(moment), *triangles(moment)):
        blame.update(dict.fromkeys(quotes, -1))
    for quotes, _ in broken:
        blame.update(dict.fromkeys(quotes, 2))
    found: dict[Quote, Finding] = {}
    for quotes, beyond in broken:
        ordered = tuple(sorted(quotes, key=lambda quote: (-blame[quote], -strangeness[quote.pair](), str(quote.pair))))
        if ordered[0] not in found:
            found[ordered[0]] = contradiction(ordered, quotes, beyond)
    return list(found.values())


def reciprocals(moment: dict[Pair, Quote]) -> list[tuple[Quote, ...]]:
    """Pairs quoted in both directions."""
    return [
        (quote, moment[pair.inverse])
        for pair, quote in moment.items()
        if pair < pair.inverse and pair.inverse in moment
    ]


def triangles(moment: dict[Pair, Quote]) -> list[tuple[Quote, ...]]:
    """Three pairs among three currencies, over the best connected ones; each in the direction quoted."""
    edges: dict[str, dict[str, Quote]] = {}
    for pair, quote in moment.items():
        edges.setdefault(pair.base, {}).setdefault(pair.counter, quote)
        edges.setdefault(pair.counter, {}).setdefault(pair.base, quote)
    if len(edges) > len(moment):  # a tree has no triangle: the ECB's, or a bank's board
        return []
    hubs = sorted(edges, key=lambda code: (-len(edges[code]), code))[:HUBS]
    found: dict[frozenset[str], tuple[Quote, ...]] = {}
    for hub in hubs:
        for one, two in combinations(sorted(edges[hub]), 2):
            if two in edges[one]:
                found.setdefault(frozenset((hub, one, two)), (edges[hub][one], edges[one][two], edges[two][hub]))
    return list(found.values())


def disagreement(quotes: tuple[Quote, ...]) -> Fraction | None:
    """How far beyond their bounds quotes around a circle fail to come back to one; None where they do."""
    low = high = Fraction(1)
    here = quotes[0].base if len(quotes) == 2 else start_of(quotes)
    for quote in quotes:
        bottom, top = quote.bounds
        if bottom <= 0:
            return None
        forward = quote.base == here
        low, high = (low * bottom, high * top) if forward else (low / top, high / bottom)
        here = quote.counter if forward else quote.base
    if low <= 1 <= high:
        return None
    return low - 1 if low > 1 else 1 / high - 1


def start_of(quotes: tuple[Quote, ...]) -> str:
    """The currency of the first quote that the last one shares: where the circle begins and ends."""
    last = (quotes[-1].base, quotes[-1].counter)
    return quotes[0].base if quotes[0].base in last else quotes[0].counter


def contradiction(ordered: tuple[Quote, ...], quotes: tuple[Quote, ...], beyond: Fraction) -> Finding:
    """Two or three quotes that cannot all be right."""
    figures = " and ".join(f"{quote.pair} = {figure(quote)} ({place(quote)})" for quote in ordered)
    return Finding(
        "reciprocal" if len(quotes) == 2 else "triangle",
        "note" if beyond <= SMALL else "warning",
        ordered,
        (),
        f"{figures} of {ordered[0].observed_at} contradict each other by {number(beyond * 100, 3)}% more than their "
        f"digits allow: look at {ordered[0].pair} first",
    )
