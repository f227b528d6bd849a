"""JSON objects of rates: ``{"base": "EUR", "date": "2024-12-13", "rates": {"USD": 1.0501}}`` and its kin.

Read are frankfurter (days over rates included), Open Exchange Rates, exchangerate-api (``conversion_rates``), objects
of pairs (``"quotes": {"USDCAD": 1.42}``), Coinbase (``data.rates``), nested small-letter keys
(``{"date": …, "usd": {"eur": …}}``) and the series of the Bank of Canada. One base is worth the figure in each code. An
``amount`` other than one is divided out, the base listed against itself is passed by, and so are codes outside ISO
4217. A ``timestamp`` is the instant, else ``date`` the day. Where the base is left out, ``--pair`` says it; where it is
a bank's own currency, in which one of each code is priced, ``--counter`` does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fx.formats.json_text import json_values, looks_like_json
from fx.formats.json_walk import NO_BASE, once, walk
from fx.formats.page import Page
from fx.formats.record import Context
from fx.formats.rows import objects_by_line
from fx.late import late
from fx.quotes import Reject, Tick

__all__ = ["JSON_RATES", "JsonRates"]

LISTING = late(
    r'"(?i:(?=[rcqefd])(?:rates|conversion_?rates|quotes?|exchange_?rates|fx_?rates|currency_?rates|data|results?))"\s*:\s*\{\s*'
    r'"(?:[A-Za-z]{3,5}|[A-Za-z]{3}[/_-]?[A-Za-z]{3}|[0-9]{4}-[0-9]{2}-[0-9]{2})"\s*:\s*["{0-9n-]'
    r'|"[a-z]{3}"\s*:\s*\{\s*"[a-z0-9]{2,10}"\s*:\s*[0-9]'
    r'|"FX[A-Z]{6}"\s*:\s*\{\s*"v"'
    r'|"[A-Za-z]{3}"\s*:\s*\{\s*"code"\s*:\s*"[A-Z]{3}"|"[A-Z]{3}"\s*:\s*\{\s*"(?:buy|sell|bid|ask)"\s*:'
    r'|"base"\s*:\s*"[A-Z]{3}"\s*,\s*"[A-Z]{3}"\s*:\s*[0-9]'
)
PAIRS_ONLY = late(r'\s*\{\s*"[A-Z]{3}[/_-]?[A-Z]{3}"\s*:\s*(?:[0-9"]|\{\s*")')


@dataclass(frozen=True, slots=True)
class JsonRates:
    """The format ``json-rates``."""

    name: str = "json-rates"
    summary: str = "JSON with one base and a rate for each code: frankfurter, Open Exchange Rates and their kin"
    example: str = '{"base": "EUR", "date": "2024-12-13", "rates": {"USD": 1.0501}}'

    def recognises(self, page: Page) -> bool:
        """Whether it is JSON with an object of codes and rates."""
        return looks_like_json(page.raw) and bool(LISTING.search(page.raw) or PAIRS_ONLY.match(page.raw))

    def head(self, beginning: str) -> str | None:
        """None needed where each object has a line."""
        return objects_by_line(beginning)

    def read(self, page: Page) -> Iterator[Tick | Reject]:
        """Yield the quotes of each value in the file.

        >>> page = Page("", '{"amount": 10, "base": "EUR", "rates": {"USD": 10.501, "EUR": 10, "BTC": 1}}')
        >>> [(str(tick.pair), str(tick.rate)) for tick in JSON_RATES.read(page)]
        [('EUR/USD', '1.0501')]
        """
        yield from once(self.each(page), NO_BASE)

    def each(self, page: Page) -> Iterator[Tick | Reject]:
        """Every quote and reject."""
        told = page.hints.pair
        own = page.hints.counter
        context = Context(base=told.base if told else None, counter=own, mark=page.hints.decimal_mark)
        for value in json_values(page.raw):
            if isinstance(value, Reject):
                yield value
            else:
                yield from walk(value, context)


JSON_RATES = JsonRates()
