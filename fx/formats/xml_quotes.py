"""XML of one quote an element: a pair or two codes by their roles, and a rate or a bid and an ask.

Read are ``<rate from="USD" to="KZT">523.54</rate>``, codes below a base (``<rates base="USD"><rate currency="KZT">``),
FXCM's list (whose ``Last`` is a time of day), the series of the Bank of Canada, the items of FloatRates, and the feeds
of central banks after the specification RSS-CB, where only the title (``1.0518 USD = 1 EUR``) says which way the rate
holds. The names decide, as in JSON; what stands under limits, balances or fees is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from fx.currencies import Pair
from fx.formats.fields import BadField, code_of, figure_of, moment_of
from fx.formats.json_walk import other_rates
from fx.formats.page import Page
from fx.formats.record import BASES, COUNTERS, HELD, PAIRS, Context, Row, first, quote_of, read_row, short, with_fields
from fx.formats.xml_text import Node, begins_as_xml, xml_nodes
from fx.late import late
from fx.quotes import Reject, Tick

__all__ = ["XML_QUOTES", "XmlQuotes"]

ROLE = r"(?i:base|from|source|src|base_?currency|from_?currency|source_?currency|symbol|pair|currency_?pair|instrument)"
SHAPE = late(
    rf"<(?:[\w-]{{1,20}}:)?[\w-]{{1,30}}\s(?:[^<>]{{0,300}}\s)?{ROLE}\s*=\s*[\"'][A-Za-z]{{3}}"
    rf"|<(?:[\w-]{{1,20}}:)?{ROLE}>\s*[A-Za-z]{{3}}|<cb:exchangeRate\b|<v\ss=\"FX[A-Z]|<pair\s[^<>]{{0,100}}\bname\s*="
)
ROW = late(r".*rate|quote|tick|pair|row|record|item|price|currency|symbol|entry|instrument|v")
OWN_TEXT = late(r"(?:exchange|fx|cross|conversion|spot|currency)?rate|quote|price|v")
"""Elements whose own text is the rate."""
TITLE = late(
    r"(?P<rate>[0-9][0-9.,]{0,30}) (?P<counter>[A-Z]{3}) = (?P<unit>10{0,4}) (?P<base>[A-Z]{3})\b"
    r"(?:.{0,40}?(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2}))?"
)
NO_WAY = "the title does not say which way this rate holds: write it as 1.0518 USD = 1 EUR"


@dataclass(frozen=True, slots=True)
class XmlQuotes:
    """The format ``xml-quotes``."""

    name: str = "xml-quotes"
    summary: str = "XML elements with a pair and its price: FXCM, FloatRates, RSS-CB and others"
    example: str = '<rate from="USD" to="KZT">523.54</rate>'

    def recognises(self, page: Page) -> bool:
        """Whether it is XML in which an element is a quote."""
        if not begins_as_xml(page.raw) or not SHAPE.search(page.raw):
            return False
        return "<cb:exchangeRate" in page.raw or any(isinstance(item, Tick) for item in self.read(page))

    def read(self, page: Page) -> Iterator[Tick | Reject]:
        """Yield a tick for each element that is a quote.

        >>> page = Page("", '<rates base="USD" date="2024-12-13"><rate currency="KZT">523.54</rate></rates>')
        >>> [(str(tick.pair), tick.rate, str(tick.observed_at)) for tick in XML_QUOTES.read(page)]
        [('USD/KZT', Decimal('523.54'), '2024-12-13')]
        """
        root, rejects = xml_nodes(page.raw)
        outside = Context(counter=page.hints.counter, mark=page.hints.decimal_mark)
        contexts: dict[int, Context | None] = {id(root): outside}
        for node in root.below():
            above = contexts.get(id(node.parent), outside) if node is not root else outside
            if above is None or node.tag in HELD or other(node) or contexts.get(id(node), above) is None:
                contexts[id(node)] = None  # and so for all within
                continue
            if node.children or node is root:
                contexts[id(node)] = with_fields(above, dict(short(node.fields)))
            if node.tag == "item" and bank_feed(node):
                contexts |= {id(each): None for each in node.children}  # its title alone says what they mean
                found = title_rate(node, above)
            else:
                found = element(node, above)
            if found is not None:
                yield found
        yield from rejects


def other(node: Node) -> bool:
    """Whether an element, by its name or type, is about other rates than those of exchange."""
    return other_rates(node.tag) or other_rates(node.fields.get("type", ""))


def element(node: Node, context: Context) -> Tick | Reject | None:
    """One element as a quote, if it is one.

    >>> node = Node("rate", 1, None)
    >>> node.fields, node.text = {"from": "USD", "to": "KZT"}, "523.54"
    >>> str(element(node, Context()).pair)
    'USD/KZT'
    """
    if not ROW.fullmatch(node.tag):
        return None
    fields: dict[str, object] = {name: value for name, value in short(node.fields).items() if value}
    if node.tag == "pair" and "name" in fields:
        fields["pair"] = fields["name"]
    if re.fullmatch(r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?", str(fields.get("last", ""))):
        del fields["last"]  # FXCM: the time of the last price, by a clock that is not told
    if not node.children and node.fields and node.text and OWN_TEXT.fullmatch(node.tag):
        fields["rate"] = node.text
    elif not node.fields:
        return None
    own = first(fields, PAIRS) or (first(fields, BASES) and first(fields, COUNTERS))
    if not own and not any("rate" in name for name in (node.tag, *node.fields)):
        return None  # a price of goods in a currency, below another
    return read_row(fields, context, node.line)


def bank_feed(item: Node) -> bool:
    """Whether an item holds the statistics of RSS-CB."""
    return any(child.tag in {"statistics", "exchangerate"} and child.children for child in item.children)


def title_rate(item: Node, context: Context) -> Tick | Reject | None:
    """An item of RSS-CB: the value, which way it holds by the title."""
    value = next((node.fields["value"] for node in item.below() if "value" in node.fields), None)
    if value is None:
        return None
    match = TITLE.search(item.fields.get("title", ""))
    base, counter = (code_of(match[side]) for side in ("base", "counter")) if match else (None, None)
    if match is None or base is None or counter is None:
        return Reject(value[:40], NO_WAY, item.line)
    try:
        if figure_of(match["rate"]) != figure_of(value):
            return Reject(match[0][:60], "title and value differ: leave the one that is right", item.line)
        moment = moment_of(match["day"]) if match["day"] else context.moment
    except BadField as bad:
        return Reject(match[0][:60], str(bad), item.line)
    row = Row(Pair(base, counter), value, unit=Decimal(match["unit"]), line=item.line, moment=moment)
    return quote_of(row, context.mark)


XML_QUOTES = XmlQuotes()
