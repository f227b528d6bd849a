"""JSON objects of one quote each: a pair or two codes, and a rate or a bid and an ask.

Read are Alpha Vantage, Yahoo (also ``JPY=X``, which is USD/JPY), OANDA prices, candles and streams (lines such as
``PRICE {…}``), streamed trades (``{"s": "OANDA:EUR_USD", "p": …, "t": …}``), Wise, lists of base, quote, rate and date,
and others that name their fields alike. The last price counts, not open, high, low or the previous close; a change is
taken only where it is a percentage. Epochs are instants in UTC. Orders, fills and balances are no quotes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fx.formats.json_text import json_values, looks_like_json
from fx.formats.json_walk import of_rates, walk
from fx.formats.page import Page
from fx.formats.record import Context
from fx.formats.rows import objects_by_line
from fx.late import late
from fx.quotes import Reject, Tick

__all__ = ["JSON_QUOTES", "JsonQuotes"]

PAIR_KEY = late(
    r'"(?i:(?=[pcfsite])(?:pair|currency_?pair|ccy_?pair|fx_?pair|symbol|instrument|currencies|ticker|s|epic|sym|p|code))"'
    r"\s*:\s*"
    r'"(?:[A-Z0-9_.]{1,12}:)?(?:[A-Za-z]{3}\s?[/_.:-]?\s?[A-Za-z]{3}|[A-Z]{3}=)(?:=?X?|\.[A-Z]{1,8})"'
)
BASE_KEY = late(
    r'"(?i:(?=[0-9bfsc])(?:[0-9]{1,2}\. ?)?(?:base|from|source|src|ccy1|ccy)[ _]?'
    r'(?:currency|code|cur|ccy|symbol)?(?:[ _]?code)?)"\s*:\s*"[A-Za-z]{3}"'
)
COUNTER_KEY = late(
    r'"(?i:(?=[0-9cqtdbi])(?:(?:[0-9]{1,2}\. ?)?(?:counter|quote|target|to|term|trgt|dest(?:ination)?|ccy2)[ _]?'
    r'(?:currency|code|cur|ccy|symbol)?(?:[ _]?code)?|base_ccy|currency|code|ccy|currency_?code|char_?code|iso_?code))"'
    r'\s*:\s*"[A-Za-z]{3}"'
)
NUMBERED_KEY = late(r'"currencyCodeA"\s*:\s*[0-9]{1,3}\b')
"""Monobank gives the numeric codes of ISO 4217."""
PAIRS_UNDER = late(r'"(?P<name>\w{1,40})"\s*:\s*\{\s*"[A-Z]{3}[/_-]?[A-Z]{3}"\s*:\s*[-0-9]')
"""Figures under pairs: where the name over them is none of rates, the file is taken and gives nothing, since as text
they would look like a list of rates."""


@dataclass(frozen=True, slots=True)
class JsonQuotes:
    """The format ``json-quotes``."""

    name: str = "json-quotes"
    summary: str = "JSON objects with a pair and its price: Yahoo, Alpha Vantage, OANDA, Wise and others"
    example: str = '{"instrument": "EUR_USD", "bid": "1.08500", "ask": "1.08512"}'

    def recognises(self, page: Page) -> bool:
        """Whether it is JSON that names a pair, or two codes by their roles."""
        if not looks_like_json(page.raw):
            return False
        under = PAIRS_UNDER.search(page.raw)
        if PAIR_KEY.search(page.raw) or NUMBERED_KEY.search(page.raw) or (under and not of_rates(under["name"])):
            return True
        return bool(BASE_KEY.search(page.raw) and COUNTER_KEY.search(page.raw))

    def head(self, beginning: str) -> str | None:
        """None needed where each object has a line."""
        return objects_by_line(beginning)

    def read(self, page: Page) -> Iterator[Tick | Reject]:
        """Yield the quotes of each value in the file.

        >>> page = Page("", '{"symbol":"EURUSD=X","last":"1.1314","percentChange":"-0.0193 - -1.6751%"}')
        >>> [(str(tick.pair), str(tick.rate), str(tick.change_pct)) for tick in JSON_QUOTES.read(page)]
        [('EUR/USD', '1.1314', '-1.6751')]
        """
        context = Context(mark=page.hints.decimal_mark, counter=page.hints.counter)
        for value in json_values(page.raw):
            if isinstance(value, Reject):
                yield value
            else:
                yield from walk(value, context)


JSON_QUOTES = JsonQuotes()
