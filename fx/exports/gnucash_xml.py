"""A book of GnuCash, as XML, that holds currencies and their prices and nothing else.

A price is a fraction of two whole numbers of 64 bits: the digits as published over a power of ten, so that
``190/100000`` is 0.00190 and keeps its zero. A figure with more digits than that is left out, never rounded. GnuCash
keeps one price a day of a pair, at 10:59 UTC, which is that day in every time zone. The same quotes give the same file.
"""

from __future__ import annotations

import hashlib
from typing import TextIO

from fx.exports.shape import FIRST_YEAR, TOO_OLD, ExportFormat, Told, each_told, figure, last_of_day
from fx.quotes import Quote
from fx.store.selection import Selection

__all__ = ["GNUCASH"]

LARGEST = 2**63 - 1
TOO_LONG = "GnuCash has 64 bits for each part of a fraction, so a figure of more digits is left out"
SPACES = ("gnc", "act", "book", "cd", "cmdty", "price", "slot", "ts")
HEAD = (
    '<?xml version="1.0" encoding="utf-8" ?>\n<gnc-v2'
    + "".join(f'\n     xmlns:{name}="http://www.gnucash.org/XML/{name}"' for name in SPACES)
    + """>
<gnc:count-data cd:type="book">1</gnc:count-data>
<gnc:book version="2.0.0">
<book:id type="guid">{book}</book:id>
"""
)
COMMODITY = """<gnc:commodity version="2.0.0">
  <cmdty:space>CURRENCY</cmdty:space>
  <cmdty:id>{code}</cmdty:id>
  <cmdty:get_quotes/>
  <cmdty:quote_source>currency</cmdty:quote_source>
  <cmdty:quote_tz/>
</gnc:commodity>
"""
PRICE = """  <price>
    <price:id type="guid">{guid}</price:id>
    <price:commodity>
      <cmdty:space>CURRENCY</cmdty:space>
      <cmdty:id>{base}</cmdty:id>
    </price:commodity>
    <price:currency>
      <cmdty:space>CURRENCY</cmdty:space>
      <cmdty:id>{counter}</cmdty:id>
    </price:currency>
    <price:time>
      <ts:date>{day} 10:59:00 +0000</ts:date>
    </price:time>
    <price:source>user:price</price:source>
    <price:type>{kind}</price:type>
    <price:value>{value}</price:value>
  </price>
"""
FOOT = """</gnc:pricedb>
<gnc:account version="2.0.0">
  <act:name>Root Account</act:name>
  <act:id type="guid">{root}</act:id>
  <act:type>ROOT</act:type>
</gnc:account>
</gnc:book>
</gnc-v2>
"""


def fraction_text(quote: Quote) -> str | None:
    """A figure as GnuCash writes it, None where it has too many digits.

    >>> from tests.builders import quote
    >>> fraction_text(quote("KZT/USD 0.00190")), fraction_text(quote("USD/KZT 523"))
    ('190/100000', '523/1')
    """
    sign, digits, exponent = figure(quote).as_tuple()
    if sign or not isinstance(exponent, int):
        return None
    whole = int("".join(map(str, digits))) * 10 ** max(exponent, 0)
    below = 10 ** max(-exponent, 0)
    return f"{whole}/{below}" if max(whole, below) <= LARGEST else None


def guid(*parts: object) -> str:
    """An identity of 128 bits that the same things always have.

    >>> len(guid("book"))
    32
    """
    return hashlib.sha256("\n".join(map(str, ("fx", *parts))).encode()).hexdigest()[:32]


def write(selection: Selection, out: TextIO, told: Told) -> None:
    """The book: currencies, prices in time, and the root account without which GnuCash opens none."""
    codes = sorted({code for pair in selection.pairs for code in (pair.base, pair.counter)})
    out.write(HEAD.format(book=guid("book", *codes)))
    out.writelines(COMMODITY.format(code=code) for code in codes)
    out.write('<gnc:pricedb version="1">\n')
    for day in last_of_day(each_told(selection.by_time(), told), told):
        for quote in day:
            value = fraction_text(quote)
            date = quote.observed_at.day
            if value is None or date.year < FIRST_YEAR:
                told.written -= 1
                told.leave_out(TOO_LONG if value is None else TOO_OLD)
                continue
            kind = "last" if quote.rate is not None else "unknown"
            price = guid(quote.pair, date)
            out.write(
                PRICE.format(guid=price, base=quote.base, counter=quote.counter, day=date, kind=kind, value=value)
            )
    out.write(FOOT.format(root=guid("root", *codes)))


GNUCASH = ExportFormat(
    "gnucash", "a GnuCash book (XML) of prices", "<price:value>190/100000</price:value>", "gnucash", write
)
