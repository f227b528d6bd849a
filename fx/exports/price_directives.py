"""Price directives for plain-text accounting: hledger, Ledger, beancount.

Every quote is a line, ``P 2024-12-14 KZT 0.00190 USD`` or ``2024-12-14 price KZT 0.00190 USD``, the figure as
published. Ledger's lines may carry a time of day (taken for UTC), to the second; the others carry days. Where several
hold on a day these programs take the last line: that of the latest moment, of several sources the first in the
alphabet. A comment behind a line keeps what the line has no room for, so that fx reads back the same quotes (see
`fx.formats.ledger`). No figure has thousands marks or an exponent; hledger is told that the point is the decimal mark.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TextIO

from fx.exact import plain
from fx.exports.records import written
from fx.exports.shape import FIRST_YEAR, TOO_OLD, ExportFormat, Told, each_told, figure, named
from fx.quotes import Quote
from fx.store.selection import Selection

__all__ = ["BEANCOUNT", "HLEDGER", "LEDGER"]

SPLIT_SECONDS = "only whole seconds fit, so the milliseconds stand in a comment"


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


def comment_of(quote: Quote, source: str | None, *, instant: bool) -> str:
    """What a line cannot hold, as tags in the way of hledger; the name, which may hold anything, stands last.

    >>> from tests.builders import quote
    >>> comment_of(quote("KZT/USD 0.00190"), "timesca", instant=False)
    '  ; source: timesca'
    """
    two_sided = quote.bid is not None or quote.ask is not None
    tags = {
        "change": written(quote.change_pct),
        "rate": written(quote.rate) if two_sided else None,
        "bid": written(quote.bid),
        "ask": written(quote.ask),
        "at": str(quote.observed_at) if instant else None,
        "source": source,
    }
    told = ", ".join(f"{name}: {value}" for name, value in tags.items() if value is not None)
    return f"  ; {told}" if told else ""


def write(
    selection: Selection, out: TextIO, told: Told, *, line: Callable[[Quote], str], head: str = "", times: bool = False
) -> None:
    """A line a quote, by pair and in time, with a comment for what a line cannot hold."""
    out.write(head)
    for quote in each_told(selection.by_pair(), told, instants=times, sources=True, comments=True):
        if times and quote.observed_at.day.year < FIRST_YEAR:
            told.written -= 1
            told.leave_out(TOO_OLD)
            continue
        split = not quote.observed_at.whole_day and quote.observed_at.start.microsecond > 0
        if split and times:
            told.of(SPLIT_SECONDS)
        source = named(quote.source, told)
        instant = split if times else not quote.observed_at.whole_day
        out.write(line(quote) + comment_of(quote, source, instant=instant) + "\n")


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
