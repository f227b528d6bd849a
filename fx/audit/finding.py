"""What an audit says: findings, each naming its quotes, with how grave it is and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from fx.currencies import Pair
from fx.exact import plain, to_significant
from fx.quotes import Quote

__all__ = ["KINDS", "SEVERITIES", "Finding", "figure", "number", "place"]

SEVERITIES = ("error", "warning", "note")
"""Gravest first. An error cannot be right, a warning is to be looked at, a note is odd and may well be history."""
KINDS = {
    "factor": "a figure 10, 100 or 1000 times (or a part) of those beside it: a unit or a slipped point",
    "swap": "a figure near the reciprocal of those beside it: base and counter changed places",
    "spike": "a figure away from those before and after, which agree",
    "jump": "a level left for another; the newest quote, where none confirms it",
    "change": "a printed percent that no period of the days before explains",
    "reciprocal": "a pair and its inverse, of one moment and source, that contradict each other",
    "triangle": "three pairs of one moment and source that contradict each other",
    "stuck": "one value over far more observations than the series ever stood still",
    "gap": "days without a quote, against the rhythm of the series",
    "future": "a day further ahead than official rates are set",
    "peg": "a figure outside the fixed rate or band that held that day",
}
"""Every kind of finding, in words."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One oddity: the ``quotes`` at fault (the likeliest first), those ``beside`` that show it, and why.

    ``explanation`` is one sentence that ends in what to do.
    """

    kind: str
    severity: str
    quotes: tuple[Quote, ...]
    beside: tuple[Quote, ...]
    explanation: str

    @property
    def quote(self) -> Quote:
        """The quote that is most likely at fault."""
        return self.quotes[0]

    @property
    def pair(self) -> Pair:
        """The pair of that quote."""
        return self.quote.pair

    @property
    def alarming(self) -> bool:
        """Whether it is a warning or an error, which ends ``fx check`` with 1."""
        return self.severity != "note"


def number(value: Fraction, digits: int = 4) -> str:
    """A number in an explanation: a few significant digits, no exponent.

    >>> number(Fraction(1, 3)), number(Fraction(100))
    ('0.3333', '100')
    """
    return plain(to_significant(value, digits))


def figure(quote: Quote) -> str:
    """A quote's figure as published: the rate, else its sides.

    >>> from decimal import Decimal
    >>> from fx.currencies import Currency
    >>> from fx.moments import Moment
    >>> kzt, usd, rate = Currency("KZT"), Currency("USD"), Decimal("0.00190")
    >>> figure(Quote(kzt, usd, rate, None, None, None, Moment(0), None, None, "-", 1))
    '0.00190'
    """
    sides = [quote.rate] if quote.rate is not None else [side for side in (quote.bid, quote.ask) if side is not None]
    return "/".join(plain(side) for side in sides)


def place(quote: Quote) -> str:
    """Where a quote stands: document and line."""
    return f"{quote.document}:{quote.line}"
