"""CSV as pricehist writes it: ``date,base,quote,amount,source,type``, a row a quote, the amount as published.

The type is ``rate``, or ``mid`` where the amount is the middle of bid and ask, or ``bid`` or ``ask`` for a lone side.
Days only; where several moments of a day are written, the last row is the latest.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TextIO

from fx.exact import plain
from fx.exports.rows import write_csv
from fx.exports.shape import ExportFormat, Told, each_told, figure, named
from fx.quotes import Quote
from fx.store.selection import Selection

__all__ = ["PRICEHIST"]

COLUMNS = ("date", "base", "quote", "amount", "source", "type")


def kind_of(quote: Quote) -> str:
    """What the amount is.

    >>> from tests.builders import quote
    >>> kind_of(quote("KZT/USD 0.00190"))
    'rate'
    """
    if quote.rate is not None:
        return "rate"
    return "ask" if quote.bid is None else "bid" if quote.ask is None else "mid"


def write(selection: Selection, out: TextIO, told: Told) -> None:
    """A row a quote, by pair and in time."""

    def rows() -> Iterator[dict[str, Any]]:
        for quote in each_told(selection.by_pair(), told, sources=True):
            source = named(quote.source, told)
            cells = (quote.observed_at.day, quote.base, quote.counter, plain(figure(quote)), source, kind_of(quote))
            yield dict(zip(COLUMNS, cells, strict=True))

    write_csv(rows(), COLUMNS, out)


PRICEHIST = ExportFormat(
    "pricehist", "CSV as pricehist writes it", "2024-12-14,KZT,USD,0.00190,timesca,rate", "csv", write
)
