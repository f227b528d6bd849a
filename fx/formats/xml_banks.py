"""XML of national banks: a table of whose file it is, what its elements are called, and the reader of all of them.

Read are Russia (CBR), Kyrgyzstan (NBKR), Kazakhstan (NBK), Turkey (TCMB: forex buying and selling as bid and ask),
Tajikistan (NBT), Moldova (BNM), Azerbaijan (CBAR), Ukraine (NBU), Poland (NBP), Czechia (CNB), Romania (BNR), Denmark
(per 100 by custom), Israel (BOI), Belarus (NBRB), Hungary (MNB), Armenia (CBA), Croatia (HNB) and Iceland. The file
prints what one code, or its ``Nominal``, is worth in the bank's own currency; Croatia, since it has the euro, what the
euro is worth in each. Dates with strokes are read in the publisher's order: day first in ``<ValCurs>``, month first in
Belarus. ``<ValCurs>`` is the root of four banks: its name, its ids and the codes that it lists tell them
apart, else ``--counter`` must. A feed of news with ``title`` and ``description`` holds no rates unless the title is a
code alone and the description a number alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from fx.currencies import Currency, Pair
from fx.formats.fields import BadField, DayOrder, code_of, figure_of, moment_of
from fx.formats.figures import DecimalMark
from fx.formats.page import Page
from fx.formats.record import NO_COUNTER, Row, quote_of
from fx.formats.xml_text import Node, begins_as_xml, xml_nodes
from fx.late import late
from fx.moments import Moment
from fx.quotes import Reject, Tick

__all__ = ["XML_BANKS", "XmlBanks"]


@dataclass(frozen=True, slots=True)
class Bank:
    """One bank's XML: how to know it, and the names, in small letters, of a row and its fields ('' is its own text).

    ``change`` is a field in percent, ``order`` that of its dates with strokes; with ``above`` the code may stand around
    the row, and with ``own_base`` one of the bank's own currency is worth the figure in each code.
    """

    source: str
    counter: str
    shape: re.Pattern[str]
    row: str
    code: tuple[str, ...]
    rate: str = "value"
    unit: str = "nominal"
    bid: str = "bid"
    ask: str = "ask"
    day: tuple[str, ...] = ("date",)
    per: int = 1
    change: str = ""
    order: DayOrder | None = None
    above: bool = False
    own_base: bool = False


BANKS = (
    Bank("", "", late(r"<ValCurs\b(?![^<>]{0,300}\bDateRange)"), "valute", ("charcode", "code"), order="day"),
    Bank("CBR", "RUB", late(r"<ValCurs\b[^<>]{0,300}\bDateRange"), "record", ("id",), order="day"),
    Bank("NBKR", "KGS", late(r"<CurrencyRates\b.{0,300}?\bISOCode\s*=", re.DOTALL), "currency", ("isocode",)),
    Bank(
        "NBK", "KZT",
        late(r"<title>\s*[A-Z]{3}\s*</title>(?:(?!</?item).){0,300}?<quant>\s*[0-9]", re.DOTALL),
        "item", ("title",), "description", "quant", day=("date", "pubdate"),
    ),
    Bank(
        "TCMB", "TRY", late(r"<Tarih_Date\b"), "currency", ("currencycode", "kod"), "", "unit", "forexbuying",
        "forexselling", ("tarih", "date"),
    ),
    Bank(
        "NBU", "UAH", late(r"<r030>.{0,400}?<cc>\s*[A-Z]{3}\s*</cc>", re.DOTALL), "currency", ("cc",), "rate",
        "units", day=("exchangedate",),
    ),
    Bank(
        "NBP", "PLN", late(r"<tabela_kursow\b"), "pozycja", ("kod_waluty",), "kurs_sredni", "przelicznik",
        "kurs_kupna", "kurs_sprzedazy", ("data_publikacji",),
    ),
    Bank(
        "NBP", "PLN", late(r"<(?:ArrayOf)?ExchangeRates(?:Table|Series)\b"), "rate", ("code",), "mid",
        day=("effectivedate",), above=True,
    ),
    Bank(
        "CNB", "CZK", late(r"<kurzy\b[^<>]{0,200}\bbanka\s*=\s*.CNB"), "radek", ("kod",), "kurz", "mnozstvi",
        day=("datum",),
    ),
    Bank(
        "BNR", "RON", late(r"<Rate\s(?=[^<>]{0,100}\bcurrency\s*=)[^<>]{0,100}>\s*[0-9]"), "rate", ("currency",),
        "", "multiplier",
    ),
    Bank(
        "Danmarks Nationalbank", "DKK", late(r"<exchangerates\b[^<>]{0,300}\brefcur\s*=\s*.DKK"), "currency",
        ("code",), "rate", day=("id",), per=100,
    ),
    Bank(
        "BOI", "ILS", late(r"<CURRENCIES>.{0,200}?<LAST_UPDATE>", re.DOTALL), "currency", ("currencycode",),
        "rate", "unit", day=("last_update",), change="change",
    ),
    Bank(
        "BOI", "ILS", late(r"<CurrentExchangeRate>"), "exchangerateresponsedto", ("key",), "currentexchangerate",
        "unit", day=("lastupdate",), change="currentchange",
    ),
    Bank(
        "NBRB", "BYN", late(r"<DailyExRates\b"), "currency", ("charcode",), "rate", "scale", order="month",
    ),
    Bank(
        "MNB", "HUF", late(r"MNB(?:Current)?ExchangeRates\b[^<>]{0,200}(?:>|&gt;)"), "rate", ("curr",), "",
        "unit",
    ),
    Bank(
        "CBA", "AMD",
late(r"<Difference>(?=.{0,300}<ISO>)|<ISO>(?=.{0,300}<Difference>)", re.DOTALL),
        "exchangerate rate", ("iso",), "rate", "amount", day=("currentdate", "ratedate"),
    ),
    Bank(
        "HNB", "HRK",
        late(r"<srednji_tecaj>(?=.{0,300}<jedinica>)|<jedinica>(?=.{0,300}<srednji_tecaj>)", re.DOTALL),
        "item", ("valuta",), "srednji_tecaj", "jedinica", "kupovni_tecaj", "prodajni_tecaj",
        ("datum", "datum_primjene"),
    ),
    Bank(
        "HNB", "EUR", late(r"<srednji_tecaj>"), "item", ("valuta",), "srednji_tecaj", "", "prodajni_tecaj",
        "kupovni_tecaj", ("datum", "datum_primjene"), own_base=True,
    ),
    Bank(
        "Sedlabanki", "ISK", late(r"<FameName>\s*XFX\."), "entry", ("name",), order="month", above=True,
    ),
)  # fmt: skip
VALCURS: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    (
        "CBR",
        "RUB",
        late(r"\bR0[0-9]{4}[A-Z]?\b|foreign currency market|cbr\.ru|<vunitrate>|банк\w* россии", re.IGNORECASE),
    ),
    ("NBT", "TJS", late(r"tajik|таджик|сомон[иӣ]|тоҷик|nbt\.tj|\bнбт\b|\bnbt\b", re.IGNORECASE)),
    ("BNM", "MDL", late(r"moldov|молдов|oficial de schimb|cursul? |bnm\.md|\bbnm\b", re.IGNORECASE)),
    ("CBAR", "AZN", late(r"\bazn\b|azərbaycan|azerbai|məzənnə|manat|cbar\.az|<valtype\b", re.IGNORECASE)),
)
"""What tells the four banks of one root apart: their ids, names, hosts."""
CBR_IDS = {
    f"R0{number}": code
    for code, number in (
        each.split()
        for each in (
            "AUD 1010,AZN 1020A,GBP 1035,AMD 1060,BYN 1090B,BGN 1100,BRL 1115,HUF 1135,DKK 1215,USD 1235,EUR 1239,"
            "INR 1270,KZT 1335,CAD 1350,KGS 1370,CNY 1375,MDL 1500,NOK 1535,PLN 1565,XDR 1589,SGD 1625,TJS 1670,"
            "TRY 1700J,UZS 1717,UAH 1720,CZK 1760,SEK 1770,CHF 1775,ZAR 1810,KRW 1815,JPY 1820"
        ).split(",")
    )
}
"""The ids under which the Bank of Russia keeps the history of a currency (``XML_dynamic``), which names no code."""


@dataclass(frozen=True, slots=True)
class XmlBanks:
    """The format ``xml-banks``."""

    name: str = "xml-banks"
    summary: str = "XML of national banks, each in its own currency: CBR, NBKR, NBK, TCMB, NBT, BNM, CBAR and others"
    example: str = '<Currency ISOCode="USD"><Nominal>1</Nominal><Value>77,4202</Value></Currency>'

    def recognises(self, page: Page) -> bool:
        """Whether it is XML of one of the banks."""
        return begins_as_xml(page.raw) and bank_of(page.raw) is not None

    def read(self, page: Page) -> Iterator[Tick | Reject]:
        """Yield a tick for each row.

        >>> text = '<CurrencyRates Date="11.08.2020"><Currency ISOCode="USD"><Nominal>10</Nominal><Value>774,2</Value>'
        >>> page = Page("", text + "</Currency></CurrencyRates>")
        >>> [(str(tick.pair), tick.rate, tick.unit, str(tick.observed_at)) for tick in XML_BANKS.read(page)]
        [('USD/KGS', Decimal('77.42'), 10, '2020-08-11')]
        """
        bank = bank_of(page.raw)
        if bank is None:
            return
        root, rejects = xml_nodes(page.raw)
        rows = [node for node in root.below() if node.tag in bank.row.split()]
        codes = [code_in(node, bank) for node in rows]
        source, counter = own_currency(bank, page, {code for code in codes if code})
        if counter is None:
            near = next((node for node, code in zip(rows, codes, strict=True) if code), None)
            if near is not None:
                yield Reject(f"{code_in(near, bank)} {near.fields.get(bank.rate, '')}".strip(), NO_COUNTER, near.line)
        else:
            mark = page.hints.decimal_mark or mark_of_file(rows, bank)
            for node, code in zip(rows, codes, strict=True):
                if code is not None and code != counter:
                    pair = Pair(counter, code) if bank.own_base else Pair(code, counter)
                    found = quote_in(node, bank, pair, source, mark)
                    if found is not None:
                        yield found
        yield from rejects


def bank_of(raw: str) -> Bank | None:
    """The first bank whose shape a text has."""
    return next((bank for bank in BANKS if bank.shape.search(raw)), None)


def own_currency(bank: Bank, page: Page, listed: set[Currency]) -> tuple[str | None, Currency | None]:
    """Source and counter: those of the bank, those that the file gives away, or the caller's word for the counter.

    >>> page = Page("", '<ValCurs name="Moldova"><Valute/></ValCurs>')
    >>> own_currency(BANKS[0], page, {Currency("USD")})
    ('BNM', 'MDL')
    """
    known = [(bank.source, bank.counter)] if bank.source else []
    if not known:
        text = page.raw[:3000] + page.name
        known = [(source, own) for source, own, sign in VALCURS if sign.search(text) and own not in listed]
    told = page.hints.counter
    if told:
        return next((source for source, own in known if own == told), None), told
    if len(known) == 1:
        return known[0][0], Currency(known[0][1])
    return None, None


def code_in(node: Node, bank: Bank) -> Currency | None:
    """The code of a row, under its name or by the id that the bank gives it."""
    for place in (node, *node.above()) if bank.above else (node,):
        for name in bank.code:
            written = place.fields.get(name)
            if code := code_of(written) or code_of(CBR_IDS.get(written or "")):
                return code
    return None


def figure_in(node: Node, name: str) -> str | None:
    """A field of a row, or its own text where the name is ''."""
    return node.fields.get(name) if name else node.text or None


def mark_of_file(rows: list[Node], bank: Bank) -> DecimalMark | None:
    """The decimal mark of a bank's figures, if all that have one have the same: such files set no thousands apart."""
    figures = [written for node in rows for name in (bank.rate, bank.bid) if (written := figure_in(node, name))]
    if any("." in figure for figure in figures):
        return "."
    return "," if any("," in figure for figure in figures) else None


def quote_in(node: Node, bank: Bank, pair: Pair, source: str | None, mark: DecimalMark | None) -> Tick | Reject | None:
    """One row as a tick; None where its figure is blank, or, in a feed, words."""
    rate, bid, ask = (figure_in(node, name) for name in (bank.rate, bank.bid, bank.ask))
    if bank.source == "NBK" and not re.fullmatch(r"[0-9]+(?:[.,][0-9]+)?", rate or ""):
        return None
    try:
        written = node.fields.get(bank.unit)
        counted = re.match(r"[0-9]{1,9}(?![0-9])", written or "")  # `1 t.u.` is an ounce
        unit = figure_of(counted[0]) if counted else None
        moment = day_of(node, bank)
    except BadField as bad:
        return Reject(f"{pair} {rate or ''}".strip(), str(bad), node.line)
    change = node.fields.get(bank.change)
    return quote_of(Row(pair, rate, bid, ask, change, unit or Decimal(bank.per), node.line, moment, source), mark)


def day_of(node: Node, bank: Bank) -> Moment | None:
    """The day of a row: its own, or that of an element around it; raises `BadField`."""
    for place in (node, *node.above()):
        for name in bank.day:
            written = place.fields.get(name)
            if written and not (name == "id" and place is node):
                return moment_of(written, order=bank.order)
    return None


XML_BANKS = XmlBanks()
