"""CSV as the European Central Bank writes its reference rates: a row a day, a code over each column, one euro is worth.

Only quotes of the euro as base fit, and are never made by turning others over. Days in time;
``N/A`` where a day has none, and a comma at the end of every row. The file names no source. The ECB's own begins with
USD and JPY, and so does this one if all of it is of the source ECB: then it reads back as the ECB's, else as nobody's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from fx.currencies import Currency
from fx.errors import NoQuotes
from fx.exact import plain
from fx.exports.shape import ExportFormat, Told, each_told, figure, last_of_day
from fx.formats.ecb_csv import BANK_BEGINS
from fx.quotes import Quote
from fx.store.selection import Selection, concerns

__all__ = ["ECB"]

EURO = Currency("EUR")
BANK = "ECB"
NOT_OF_THE_EURO = "this file is per euro, so a pair with another base is left out"


def in_order(codes: set[Currency], *, of_the_bank: bool) -> list[Currency]:
    """Codes by alphabet; of the ECB's own rates those first with which its files begin.

    >>> in_order({Currency("JPY"), Currency("GBP"), Currency("USD")}, of_the_bank=True)
    ['USD', 'JPY', 'GBP']
    """
    begin = list(BANK_BEGINS) if of_the_bank and codes >= set(BANK_BEGINS) else []
    return begin + sorted(codes - set(begin))


def write(selection: Selection, out: TextIO, told: Told) -> None:
    """A row a day; raises `NoQuotes` where nothing is quoted per euro."""
    sources = {source for pair, source in selection.origins if pair.base == EURO}
    codes = in_order({pair.counter for pair in selection.pairs if pair.base == EURO}, of_the_bank=sources == {BANK})
    if not codes:
        raise NoQuotes("this file is per euro and no pair EUR/… was found: take csv, or load rates of the ECB")
    lost = [str(want) for want in selection.wanted if all(not concerns(want, EURO, code) for code in codes)]
    told.missing = tuple(dict.fromkeys((*lost, *told.missing)))
    carried = sources == {BANK} and codes[:2] == list(BANK_BEGINS)

    def per_euro() -> Iterator[Quote]:
        for quote in selection.by_time():
            if quote.base == EURO:
                yield quote
            else:
                told.leave_out(NOT_OF_THE_EURO)

    out.write(f"Date,{','.join(codes)},\n")
    for day in last_of_day(each_told(per_euro(), told, sources=carried), told):
        figures = {quote.counter: plain(figure(quote)) for quote in day}
        out.write(f"{day[0].observed_at.day},{','.join(figures.get(code, 'N/A') for code in codes)},\n")


ECB = ExportFormat("ecb", "CSV as the ECB writes it: a row a day, per euro", "Date,USD,JPY,", "csv", write)
