"""Rates fixed for ever by decree: what a withdrawn currency became, and at how many to one.

``data/successors.csv`` holds the irrevocable conversion rates of the euro (Council Regulations; the digits are those of
the law and exact), and redenominations of currencies that ISO 4217 has withdrawn since. Such a rate holds from the day
on which it came into force, has no error and does not age. Left out are codes that went on in use for the new money:
RUR (today's rouble in many feeds) and VES (the bolívar before and after 2021).
"""

from __future__ import annotations

import csv
import functools
from decimal import Decimal

from fx.currencies import Currency
from fx.moments import Moment
from fx.quotes import DECREE, Quote
from fx.shipped import shipped_text

__all__ = ["REDENOMINATION", "decreed", "heirs", "redenominations", "successor"]


REDENOMINATION = "redenomination"
"""The decree of a code whose money lost zeros; feeds may go on with the old code for the new money."""


@functools.cache
def decrees() -> dict[str, tuple[Quote, ...]]:
    """Every decreed rate by each of its two codes."""
    text = shipped_text("successors.csv")
    found: dict[str, list[Quote]] = {}
    for row in csv.DictReader(text.splitlines()):
        quote = Quote(
            base=Currency(row["successor"]),
            counter=Currency(row["code"]),
            rate=Decimal(row["units"]),
            bid=None,
            ask=None,
            change_pct=None,
            observed_at=Moment.parse(row["since"]),
            time_basis=DECREE,
            source=DECREE,
            document=row["decree"],
            line=0,
        )
        for code in quote.pair.base, quote.pair.counter:
            found.setdefault(code, []).append(quote)
    return {code: tuple(quotes) for code, quotes in found.items()}


def decreed(code: str, as_of: Moment | None = None) -> tuple[Quote, ...]:
    """The decreed rates of a code, as of a moment or all.

    >>> [(str(quote.pair), str(quote.rate)) for quote in decreed("BYR", Moment.parse("2016-07-01"))]
    [('BYR/BYB', '1000'), ('BYN/BYR', '10000')]
    >>> decreed("BYN", Moment.parse("2016-06-30"))
    ()
    """
    quotes = decrees().get(code, ())
    return (
        quotes
        if as_of is None or not quotes
        else tuple(q for q in quotes if q.observed_at.ordinal <= as_of.last_ordinal)
    )


@functools.lru_cache(maxsize=1024)
def heirs(code: str) -> frozenset[str]:
    """A code with those that it became, one after the other.

    >>> sorted(heirs("BYB")), sorted(heirs("KZT"))
    (['BYB', 'BYN', 'BYR'], ['KZT'])
    """
    found = {code}
    while (quote := successor(code)) and quote.base not in found:
        code = quote.base
        found.add(code)
    return frozenset(found)


def successor(code: str) -> Quote | None:
    """What a withdrawn currency became: successor over code, or None.

    >>> successor("DEM").pair, successor("KZT")
    (Pair(base='EUR', counter='DEM'), None)
    """
    return next((quote for quote in decreed(code) if quote.counter == code), None)


def redenominations(decree: Quote) -> list[Quote]:
    """The redenominations that a decree rests upon, itself and that of its new money: each ended a code.

    >>> [str(each.pair) for each in redenominations(decreed("BYB")[0])], redenominations(decreed("DEM")[0])
    (['BYR/BYB', 'BYN/BYR'], [])
    """
    return [each for each in (decree, successor(decree.base)) if each and each.document == REDENOMINATION]
