"""Price directives for plain-text accounting: hledger, Ledger, beancount.

Every quote is a line, ``P 2024-12-14 KZT 0.00190 USD`` or ``2024-12-14 price KZT 0.00190 USD``, the figure as
published. Ledger's lines may carry a time of day (taken for UTC), to the second; the others carry days. Where several
hold on a day these programs take the last line: that of the latest moment, of several sources the first in the
alphabet. A comment above a line keeps what the line has no room for: bid and ask, a time of day, and the source where
it changes. No figure has thousands marks or an exponent; hledger is told that the point is the decimal mark.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TextIO

from fx.exact import plain
from fx.exports.rows import clean
from fx.exports.shape import ExportFormat, Told, each_told, figure, sides_of
from fx.quotes import Quote
from fx.store.selection import Selection

__all__ = ["BEANCOUNT", "HLEDGER", "LEDGER"]

SPLIT_SECONDS = "only whole seconds fit, so the milliseconds are left out"


def hledger_line(quote: Quote) -> str:
    """A line of hledger, which knows no time of day.

    >>> from tests.builders import quote
    >>> hledger_line(quote("KZT/USD 0.00190"))
    'P 2024-12-14 KZT 0.00190 USD'
    """
    return f"P {quote.observed_at.day} {quote.base} {plain(figure(quote))} {quote.counter}"


def ledger_line(quote: Quote) -> str:
    """A line of Ledger, with the time of day where there is one.

    >>> from tests.builders import quote
    >>> ledger_line(quote("KZT/USD 0.00190", day="2024-12-14T15:30Z"))
    'P 2024-12-14 15:30:00 KZT 0.00190 USD'
    """
    hour = "" if quote.observed_at.whole_day else f" {quote.observed_at.start:%H:%M:%S}"
    return f"P {quote.observed_at.day}{hour} {quote.base} {plain(figure(quote))} {quote.counter}"


def beancount_line(quote: Quote) -> str:
    """A line of beancount, which knows no time of day.

    >>> from tests.builders import quote
    >>> beancount_line(quote("KZT/USD 0.00190"))
    '2024-12-14 price KZT 0.00190 USD'
    """
    return f"{quote.observed_at.day} price {quote.base} {plain(figure(quote))} {quote.counter}"


def write(
    selection: Selection, out: TextIO, told: Told, *, line: Callable[[Quote], str], head: str = "", times: bool = False
) -> None:
    """A line a quote, by pair and in time, with comments for what a line cannot hold."""
    out.write(head)
    source: str | None = None
    for quote in each_told(selection.by_pair(), told, instants=times):
        if quote.source != source:
            out.write(f"; source: {clean(quote.source) or 'not said'}\n")
            source = quote.source
        kept = [sides_of(quote)]
        if not quote.observed_at.whole_day and not times:
            kept.append(f"at {quote.observed_at}")
        elif quote.observed_at.start.microsecond:
            kept.append(f"at {quote.observed_at}")
            told.of(SPLIT_SECONDS)
        if any(kept):
            out.write(f"; {quote.pair} {' '.join(filter(None, kept))}\n")
        out.write(line(quote) + "\n")


HLEDGER = ExportFormat(
    "hledger",
    "price directives of hledger",
    "P 2024-12-14 KZT 0.00190 USD",
    "journal",
    partial(write, line=hledger_line, head="decimal-mark .\n"),
)
LEDGER = ExportFormat(
    "ledger",
    "price directives of Ledger, with times of day",
    "P 2024-12-14 15:30:00 KZT 0.00190 USD",
    "ledger",
    partial(write, line=ledger_line, times=True),
)
BEANCOUNT = ExportFormat(
    "beancount",
    "price directives of beancount",
    "2024-12-14 price KZT 0.00190 USD",
    "beancount",
    partial(write, line=beancount_line),
)
