"""The reference rates of the European Central Bank: XML (a day, ninety days, the whole history).

``<Cube time='2024-12-13'><Cube currency='USD' rate='1.0518'/>``: one euro is worth the rate in the currency; the euro
itself is not named. The date is a whole day. The CSV of the same rates is read by the format ``ecb-csv``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fx.currencies import Currency, Pair
from fx.formats.fields import BadField, code_of, moment_of
from fx.formats.page import Page
from fx.formats.record import Row, quote_of
from fx.formats.xml_text import Node, begins_as_xml, xml_nodes
from fx.late import late
from fx.moments import Moment
from fx.quotes import Reject, Tick

__all__ = ["ECB_XML", "EcbXml"]

CUBE = late(r"<(?:[\w-]{1,20}:)?Cube\s(?=[^<>]{0,200}\bcurrency\s*=)(?=[^<>]{0,200}\brate\s*=)[^<>]{0,200}>")


@dataclass(frozen=True, slots=True)
class EcbXml:
    """The format ``ecb-xml``."""

    name: str = "ecb-xml"
    summary: str = "XML of the European Central Bank's reference rates"
    example: str = "<Cube time='2024-12-13'><Cube currency='USD' rate='1.0518'/></Cube>"

    def recognises(self, page: Page) -> bool:
        """Whether it is XML with a cube of currency and rate."""
        return begins_as_xml(page.raw) and CUBE.search(page.raw) is not None

    def read(self, page: Page) -> Iterator[Tick | Reject]:
        """Yield a tick for each rate of each day.

        >>> page = Page("", "<Cube time='2024-12-13'><Cube currency='USD' rate='1.0518'/></Cube>")
        >>> [(str(tick.pair), tick.rate, str(tick.observed_at)) for tick in ECB_XML.read(page)]
        [('EUR/USD', Decimal('1.0518'), '2024-12-13')]
        """
        root, rejects = xml_nodes(page.raw)
        days: dict[int, Moment | None] = {}
        for node in root.below():
            code = code_of(node.fields.get("currency"))
            if node.tag != "cube" or code is None or code == "EUR":
                continue
            above = node.parent
            try:
                if id(above) not in days:
                    days[id(above)] = day_above(node)
                moment = days[id(above)]
            except BadField as bad:
                yield Reject(f"EUR/{code}", str(bad), node.line)
                continue
            pair = Pair(Currency("EUR"), code)
            found = quote_of(
                Row(pair, node.fields.get("rate"), line=node.line, moment=moment, source="ECB"), page.hints.decimal_mark
            )
            if found is not None:
                yield found
        yield from rejects


def day_above(node: Node) -> Moment | None:
    """The day on the nearest element around a rate that states one."""
    for outer in node.above():
        if written := outer.fields.get("time"):
            return moment_of(written)
    return None


ECB_XML = EcbXml()
