"""Rates held by law or by a bank: fixed points and bands, with whose they are and when they held.

``data/pegs.csv``: one base in counter units from ``low`` to ``high``, from ``since`` up to and with ``until`` (empty:
still), as ``authority`` says. ``margin_pct`` is what quotes stray from it without breaking it: spreads of banks,
fixings at other hours (0.5 % for the lev, by what the ECB published). Left out are official rates that the market left
long before the bank did (Lebanon, Cuba, Iraq).

Rates fixed for good by decree (`fx.decrees`) are pegs without a margin of the pair itself. Crosses are not held to
them: feeds go on with old codes, and banks trade old notes at a price.
"""

from __future__ import annotations

import csv
import functools
import importlib.resources
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from fx.audit.finding import Finding, figure, number, place
from fx.currencies import Currency, Pair
from fx.decrees import decreed
from fx.moments import Moment
from fx.quotes import Quote

__all__ = ["Break", "Peg", "cross_breaks", "cross_peg_findings", "peg_findings", "pegs", "within_peg"]


@dataclass(frozen=True, slots=True)
class Peg:
    """A fixed rate or a band; ``since`` and ``until`` are days, both included, ``margin`` a fraction."""

    pair: Pair
    low: Fraction
    high: Fraction
    margin: Fraction
    since: int
    until: int
    authority: str
    for_good: bool = False

    def held(self, quote: Quote) -> bool:
        """Whether it held on the day of a quote."""
        return self.since <= quote.observed_at.ordinal <= self.until

    def allows(self, low: Fraction, high: Fraction) -> bool:
        """Whether some rate between two bounds is within the band and its margin."""
        return low <= self.high * (1 + self.margin) and high >= self.low * (1 - self.margin)

    @property
    def words(self) -> str:
        """The band in words."""
        band = number(self.low, 9) if self.low == self.high else f"{number(self.low, 9)} to {number(self.high, 9)}"
        return f"1 {self.pair.base} = {band} {self.pair.counter}"


EVER = Moment.parse("9999-12-31").last_ordinal


@functools.cache
def pegs() -> dict[Pair, tuple[Peg, ...]]:
    """Every peg, by its pair.

    >>> [peg.words for peg in pegs()[Pair.parse("USD/TMT")]]
    ['1 USD = 2.85 TMT', '1 USD = 3.5 TMT']
    """
    text = importlib.resources.files("fx").joinpath("data/pegs.csv").read_text(encoding="utf-8")
    found: dict[Pair, tuple[Peg, ...]] = {}
    for row in csv.DictReader(text.splitlines()):
        pair = Pair.parse(f"{row['base']}/{row['counter']}")
        peg = Peg(
            pair,
            Fraction(row["low"]),
            Fraction(row["high"]),
            Fraction(row["margin_pct"]) / 100,
            Moment.parse(row["since"]).ordinal,
            Moment.parse(row["until"]).last_ordinal if row["until"] else EVER,
            row["authority"],
        )
        found[pair] = (*found.get(pair, ()), peg)
    return found


@functools.lru_cache(maxsize=2**12)
def irrevocable(pair: Pair) -> tuple[Peg, ...]:
    """The rates by decree of a pair, in either direction, as pegs that nothing strays from.

    >>> [peg.words for peg in irrevocable(Pair.parse("DEM/EUR"))]
    ['1 EUR = 1.95583 DEM']
    """
    return tuple(
        Peg(
            decree.pair,
            decree.value,
            decree.value,
            Fraction(0),
            decree.observed_at.ordinal,
            EVER,
            f"for good, {decree.document}",
            for_good=True,
        )
        for decree in decreed(pair.base)
        if decree.pair in (pair, pair.inverse)
    )


def peg_of(quote: Quote) -> Peg | None:
    """The peg that held for the pair of a quote, in either direction, on its day."""
    both = (*pegs().get(quote.pair, ()), *pegs().get(quote.pair.inverse, ()), *irrevocable(quote.pair))
    return next((peg for peg in both if peg.held(quote)), None)


def bounds_along(quote: Quote, pair: Pair) -> tuple[Fraction, Fraction]:
    """The bounds of a quote in the direction of a pair."""
    low, high = quote.bounds
    return (low, high) if quote.pair == pair else (1 / high, 1 / low if low > 0 else Fraction(10**40))


def within_peg(quote: Quote) -> bool:
    """Whether a peg held for the pair of a quote, and it was within it."""
    peg = peg_of(quote)
    return peg is not None and peg.allows(*bounds_along(quote, peg.pair))


def peg_findings(quotes: Sequence[Quote]) -> list[Finding]:
    """Each stretch outside a peg that held for its pair; ``quotes`` are one series in time."""
    if not quotes:
        return []
    pair = quotes[0].pair
    if not ({pair, pair.inverse} & pegs().keys() or irrevocable(pair)):
        return []
    found: list[Finding] = []
    outside: list[Quote] = []
    broken: Peg | None = None
    for quote in quotes:
        peg = peg_of(quote)
        if peg and not peg.allows(*bounds_along(quote, peg.pair)):
            if outside and broken != peg:
                found.append(outside_of(outside, broken or peg))
                outside = []
            broken = peg
            outside.append(quote)
        elif outside and broken:
            found.append(outside_of(outside, broken))
            outside = []
    return [*found, outside_of(outside, broken)] if outside and broken else found


def outside_of(outside: list[Quote], peg: Peg) -> Finding:
    """A stretch outside a peg."""
    quote = outside[0]
    more = f" and {len(outside) - 1} more up to {outside[-1].observed_at}" if len(outside) > 1 else ""
    return Finding(
        "peg",
        "warning",
        tuple(outside),
        (),
        f"{quote.pair} = {figure(quote)} of {quote.observed_at}{more} ({place(quote)}) is outside {peg.words} "
        f"({peg.authority}): look at the figure{'' if peg.for_good else ', or whether the peg has ended'}",
    )


@dataclass(frozen=True, slots=True)
class Break:
    """A peg broken by two quotes of one moment over a common currency; ``cross`` is the rate that they make."""

    peg: Peg
    first: Quote
    second: Quote
    cross: Fraction


def cross_breaks(moment: Mapping[Pair, Quote]) -> list[Break]:
    """Pegs broken at one moment where the pair itself is not quoted."""
    by_code: dict[str, dict[str, Quote]] = {}
    for pair, quote in moment.items():
        by_code.setdefault(pair.base, {})[pair.counter] = quote
        by_code.setdefault(pair.counter, {})[pair.base] = quote
    found = []
    for pair, held in pegs().items():
        if pair in moment or pair.inverse in moment or pair.base not in by_code or pair.counter not in by_code:
            continue
        for hub in sorted(by_code[pair.base].keys() & by_code[pair.counter].keys()):
            first, second = by_code[pair.base][hub], by_code[pair.counter][hub]
            peg = next((peg for peg in held if peg.held(second)), None)
            if peg is None:
                continue
            to_hub = bounds_along(first, Pair(pair.base, Currency(hub)))
            from_hub = bounds_along(second, Pair(Currency(hub), pair.counter))
            low, high = to_hub[0] * from_hub[0], to_hub[1] * from_hub[1]
            if not peg.allows(low, high):
                found.append(Break(peg, first, second, (low + high) / 2))
                break
    return found


def cross_peg_findings(breaks: Iterable[Break]) -> list[Finding]:
    """Breaks in time, as one finding a stretch: a peg that has ended is told once."""
    stretches: list[list[Break]] = []
    latest: dict[tuple[Peg, Pair, str | None], list[Break]] = {}
    for each in breaks:
        key = (each.peg, each.second.pair, each.second.source)
        if key in latest and latest[key][-1].second.observed_at.days_until(each.second.observed_at) <= STRETCH:
            latest[key].append(each)
        else:
            latest[key] = [each]
            stretches.append(latest[key])
    return [crossing(stretch) for stretch in stretches]


STRETCH = 7
"""Days that may lie between two breaks of one stretch: a week without publication."""


def crossing(stretch: list[Break]) -> Finding:
    """A stretch in which two quotes break a peg."""
    first, second, peg = stretch[0].first, stretch[0].second, stretch[0].peg
    more = f" and {len(stretch) - 1} more up to {stretch[-1].second.observed_at}" if len(stretch) > 1 else ""
    return Finding(
        "peg",
        "warning",
        tuple(quote for each in stretch for quote in (each.second, each.first)),
        (),
        f"{second.pair} = {figure(second)} and {first.pair} = {figure(first)} of {second.observed_at}{more} "
        f"({place(second)}, {place(first)}) make 1 {peg.pair.base} {number(stretch[0].cross, 6)} {peg.pair.counter}, "
        f"outside {peg.words} ({peg.authority}): look at both figures, or whether the peg has ended",
    )
