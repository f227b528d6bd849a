"""Exchange rates inside other XML: SDMX, ISO 20022, GnuCash.

SDMX of central banks (generic or structure-specific; the unit is a power of ten in ``UNIT_MULT``, so 2 means per 100).
``<CcyXchg>`` of ISO 20022 statements: one of ``UnitCcy`` is worth the rate in the other of source and target currency;
a block with one currency only is no quote. The prices of a GnuCash book between two currencies (space ``CURRENCY`` or
``ISO4217``): ``6815/10000`` is 0.6815, and a fraction without an end as a decimal is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from fx.currencies import Pair
from fx.exact import decimal_of
from fx.formats.fields import BadField, code_of, finite, moment_of
from fx.formats.page import Page
from fx.formats.record import Context, Row, quote_of, read_row, short
from fx.formats.xml_text import Node, begins_as_xml, xml_nodes
from fx.late import late
from fx.quotes import Reject, Tick

__all__ = ["XML_OTHERS", "XmlOthers"]

SHAPE = late(
    r"<(?:[\w-]{1,20}:)?(?:CcyXchg>|price>\s*<(?:price:id|price:commodity|commodity)\b"
    r"|Obs\s[^<>]{0,400}OBS_VALUE\s*=|ObsValue\s)"
)


@dataclass(frozen=True, slots=True)
class XmlOthers:
    """The format ``xml-others``."""

    name: str = "xml-others"
    summary: str = "exchange rates in SDMX, ISO 20022 statements and GnuCash books"
    example: str = "<CcyXchg><SrcCcy>USD</SrcCcy><TrgtCcy>KZT</TrgtCcy><XchgRate>523.54</XchgRate></CcyXchg>"

    def recognises(self, page: Page) -> bool:
        """Whether it is XML with one of the three shapes."""
        return begins_as_xml(page.raw) and SHAPE.search(page.raw) is not None

    def read(self, page: Page) -> Iterator[Tick | Reject]:
        """Yield a tick for each rate.

        >>> text = "<CcyXchg><SrcCcy>USD</SrcCcy><TrgtCcy>KZT</TrgtCcy><XchgRate>523.54</XchgRate></CcyXchg>"
        >>> [(str(tick.pair), tick.rate) for tick in XML_OTHERS.read(Page("", text))]
        [('USD/KZT', Decimal('523.54'))]
        """
        root, rejects = xml_nodes(page.raw)
        context = Context(counter=page.hints.counter, mark=page.hints.decimal_mark)
        for node in root.below():
            found = READERS[node.tag](node, context) if node.tag in READERS else None
            if found is not None:
                yield found
        yield from rejects


def statement_rate(node: Node, context: Context) -> Tick | Reject | None:
    """The exchange of an ISO 20022 statement."""
    source, target = code_of(node.fields.get("srcccy")), code_of(node.fields.get("trgtccy"))
    if source is None or target is None:
        return None
    pair = Pair(source, target)
    if code_of(node.fields.get("unitccy")) == target:
        pair = pair.inverse
    try:
        moment = moment_of(node.fields.get("qtndt", ""))
    except BadField:
        moment = None
    return quote_of(Row(pair, node.fields.get("xchgrate"), line=node.line, moment=moment), context.mark)


def book_price(node: Node, context: Context) -> Tick | Reject | None:
    """A price of a GnuCash book; None for shares and funds."""
    parts = {child.tag: child for child in node.children}
    if not {"commodity", "currency", "value"} <= parts.keys():
        return None
    sides = [parts[name].fields for name in ("commodity", "currency")]
    if any(side.get("space", "").upper() not in {"CURRENCY", "ISO4217"} for side in sides):
        return None
    base, counter = (code_of(side.get("id")) for side in sides)
    if base is None or counter is None:
        return None
    written = parts["value"].text
    line = node.line
    try:
        moment = moment_of(parts["time"].fields.get("date", "")[:10]) if "time" in parts else None
        rate = fraction_of(written)
    except BadField as bad:
        return Reject(f"{base}/{counter} {written[:60]}", str(bad), line)
    return quote_of(Row(Pair(base, counter), rate, line=line, moment=moment), context.mark)


def fraction_of(written: str) -> Decimal:
    """A fraction as the decimal that it is; over a power of ten its digits are kept. Raises `BadField`.

    >>> fraction_of("6815/10000"), fraction_of("11500/10000"), fraction_of("1/8")
    (Decimal('0.6815'), Decimal('1.1500'), Decimal('0.125'))
    """
    if not re.fullmatch(r"[0-9]{1,30}(?:/[1-9][0-9]{0,29})?", written):
        raise BadField("the value is no fraction of whole numbers: write it as 6815/10000")
    numerator, _, denominator = written.partition("/")
    places = len(denominator) - 1
    if denominator == "1" + "0" * places:
        return decimal_of(int(numerator), places)
    return finite(Fraction(int(numerator), int(denominator or 1)))


def observation(node: Node, context: Context) -> Tick | Reject | None:
    """One observation of an SDMX series, with what its series says."""
    fields: dict[str, object] = dict(short(node.fields))
    for place in (node, *node.above()):
        for key, value in described(place).items():
            fields.setdefault(key, value)
        if place.tag == "series":
            break
    return read_row(fields, context, node.line)


def described(node: Node) -> Mapping[str, object]:
    """The fields of an SDMX element, generic (``<Value id= value=>``) or structure-specific (attributes).

    >>> described(Node("series", 1, None))
    {}
    """
    found: dict[str, object] = dict(short(node.fields)) if node.tag != "obs" or not node.children else {}
    for child in node.children:
        if child.tag in {"serieskey", "attributes"}:
            found.update(short({value.fields.get("id", ""): value.fields.get("value", "") for value in child.children}))
        elif child.tag == "obsdimension":
            found["timeperiod"] = child.fields.get("value", "")
        elif child.tag == "obsvalue":
            found["obsvalue"] = child.fields.get("value", "")
    return found


READERS = {"ccyxchg": statement_rate, "price": book_price, "obs": observation}

XML_OTHERS = XmlOthers()
