"""JSON of national banks: Russia, Uzbekistan, Ukraine, Poland, Czechia, Belarus, Georgia, Israel, Croatia and the ECB.

Each file prints what one code, or ten or a hundred of it, is worth in the bank's own currency, which it leaves out:
the names of the fields tell whose file it is. The value is the day's (``Value``), not that of the day before
(``Previous``), and a difference (``Diff``) is an amount, no percentage. Of two dates the one on which the rate takes
effect counts. With ``--counter`` the files of other banks, with a code and a rate in each object, are read as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from fx.currencies import Currency, Pair
from fx.formats.fields import BadField, code_of, figure_of
from fx.formats.json_text import Table, json_values, looks_like_json
from fx.formats.json_walk import flat, walk
from fx.formats.page import Page
from fx.formats.record import Context, Row, quote_of, time_in
from fx.late import late
from fx.quotes import Reject, Tick

__all__ = ["JSON_BANKS", "JsonBanks"]


@dataclass(frozen=True, slots=True)
class Bank:
    """One bank's names: ``code`` is there in every row, with ``rate`` or both of bid and ask."""

    source: str
    counter: str
    code: str
    rate: str
    unit: str = ""
    bid: str = "bid"
    ask: str = "ask"
    day: str = "date"
    change: str = ""
    own_base: bool = False


BANKS = (
    Bank("CBR", "RUB", "charcode", "value", "nominal"),
    Bank("CBU", "UZS", "ccy", "rate", "nominal"),
    Bank("NBU", "UAH", "cc", "rate", "units", day="exchangedate"),
    Bank("CNB", "CZK", "currencycode", "rate", "amount", day="validfor"),
    Bank("NBRB", "BYN", "curabbreviation", "curofficialrate", "curscale"),
    Bank("NBG", "GEL", "code", "rate", "quantity"),
    Bank("NBP", "PLN", "code", "mid", day="effectivedate"),
    Bank("ECB", "EUR", "currency", "rate", day="time", own_base=True),
    Bank("BOI", "ILS", "key", "currentexchangerate", "unit", day="lastupdate", change="currentchange"),
    Bank("HNB", "HRK", "valuta", "srednjitečaj", "jedinica", "kupovnitečaj", "prodajnitečaj", "datumprimjene"),
    Bank("HNB", "EUR", "valuta", "srednjitečaj", "", "prodajnitečaj", "kupovnitečaj", "datumprimjene", own_base=True),
)
SHAPE = late(
    r'"(?:(?P<CBR>Valute"\s*:\s*[{\[](?=[^{}]{0,200}\{?[^{}]{0,400}"CharCode"))|(?P<CBU>Ccy)"\s*:'
    r'|(?P<NBU>cc)"\s*:\s*"[A-Z]{3}"|(?P<NBRB>Cur_Abbreviation)"\s*:|(?P<NBP>effectiveDate)"\s*:'
    r'|(?P<CNB>currencyCode)"\s*:\s*"[A-Z]{3}"|(?P<ECB>Cube)"\s*:\s*\[|(?P<NBG>rateFormated|quantity)"\s*:'
    r'|(?P<BOI>currentExchangeRate)"\s*:|(?P<HNB>[Ss]rednji[ _](?:te[cč]aj|za devize))"\s*:)'
)
ALSO = {
    "CBR": '"Value"', "CBU": '"Rate"', "NBU": '"rate"', "NBRB": '"Cur_OfficialRate"', "CNB": '"amount"',
    "NBG": '"currencies"', "NBP": '"rates"', "BOI": '"key"', "ECB": '"rate"', "HNB": "aluta",
}  # fmt: skip
SINGLE = late(r'"(?i:currency|ccy|code|currency_?code|char_?code|iso_?code|cc)"\s*:\s*"[A-Za-z]{3}"')


SPELT = {
    f"{side}nji{word}" if side == "sred" else f"{side}{word}": f"{name}tečaj"
    for side, name in (("sred", "srednji"), ("kupovni", "kupovni"), ("prodajni", "prodajni"))
    for word in ("tecaj", "tečaj", "zadevize")
}
"""The rates of Croatia under the names of its three interfaces."""


def bank_of(raw: str) -> Bank | None:
    """Whose file a JSON text is, by the names of its fields.

    >>> bank_of('[{"Ccy": "KZT", "Nominal": "1", "Rate": "24.42"}]').source
    'CBU'
    """
    for match in SHAPE.finditer(raw):
        source = str(match.lastgroup)
        if ALSO[source] in raw:
            found = [bank for bank in BANKS if bank.source == source]
            return found[-1] if "jedinica" not in raw.lower() else found[0]  # Croatia with the euro, or before it
    return None


@dataclass(frozen=True, slots=True)
class JsonBanks:
    """The format ``json-banks``."""

    name: str = "json-banks"
    summary: str = "JSON of national banks, each in its own currency: CBR, CBU, NBU, NBP, CNB and others"
    example: str = '[{"Ccy": "IDR", "Nominal": "10", "Rate": "8.02", "Date": "06.12.2024"}]'

    def recognises(self, page: Page) -> bool:
        """Whether it is JSON with the fields of one of the banks, or of any where the counter is told."""
        if not looks_like_json(page.raw):
            return False
        return bank_of(page.raw) is not None or bool(page.hints.counter and SINGLE.search(page.raw))

    def read(self, page: Page) -> Iterator[Tick | Reject]:
        """Yield a tick for each row.

        >>> page = Page("", '[{"Ccy": "IDR", "Nominal": "10", "Rate": "8.02", "Date": "06.12.2024"}]')
        >>> [(str(tick.pair), tick.rate, str(tick.observed_at), tick.source) for tick in JSON_BANKS.read(page)]
        [('IDR/UZS', Decimal('0.802'), '2024-12-06', 'CBU')]
        """
        bank, told = bank_of(page.raw), page.hints.counter
        for value in json_values(page.raw):
            if isinstance(value, Reject):
                yield value
            elif bank is not None:
                counter = told or Currency(bank.counter)
                known = Context(counter=counter, source=bank.source if counter == bank.counter else None)
                yield from bank_rows(value, bank, replace(known, mark=page.hints.decimal_mark))
            else:
                yield from walk(value, Context(counter=told, mark=page.hints.decimal_mark))


def bank_rows(value: object, bank: Bank, context: Context) -> Iterator[Tick | Reject]:
    """The rows of one bank's JSON; what stands above a row (a day, a code) holds for it."""
    if isinstance(value, list):
        for item in value:
            yield from bank_rows(item, bank, context)
    if not isinstance(value, Table):
        return
    fields = {SPELT.get(name, name): each for name, each in flat(value).items()}
    code = code_of(fields.get(bank.code)) or context.base
    try:
        day = {"date": fields[bank.day]} if bank.day in fields else fields
        context = replace(context, moment=time_in(day) or context.moment, base=code)
        rate, bid, ask = (fields.get(name) for name in (bank.rate, bank.bid, bank.ask))
        if (rate, bid, ask) != (None, None, None):
            unit = figure_of(fields.get(bank.unit)) if bank.unit else None
            if (
                code is not None
                and context.counter is not None
                and (bank.code not in fields or code_of(fields[bank.code]))
            ):
                row = Row(
                    Pair(context.counter, code) if bank.own_base else Pair(code, context.counter),
                    rate,
                    bid,
                    ask,
                    fields.get(bank.change),
                    unit=unit or Decimal(1),
                    line=value.line,
                    moment=context.moment,
                    source=context.source,
                )
                found = quote_of(row, context.mark)
                if found is not None:
                    yield found
            return
    except BadField as bad:
        yield Reject(str(code or ""), str(bad), value.line)
        return
    for item in value.values():
        yield from bank_rows(item, bank, context)


JSON_BANKS = JsonBanks()
