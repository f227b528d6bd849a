"""CSV as the European Central Bank writes its reference rates: a row a day, a code over each column, one euro is worth.

Only quotes of the euro as base fit, and are never made by turning others over. Days in time;
``N/A`` where a day has none, and a comma at the end of every row. Read back the source is ECB, unless one is given.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from fx.currencies import Currency
from fx.errors import NoQuotes
from fx.exact import plain
from fx.exports.shape import ExportFormat, Told, each_told, figure, last_of_day
from fx.quotes import Quote
from fx.store.selection import Selection

__all__ = ["ECB"]

EURO = Currency("EUR")
NOT_OF_THE_EURO = "this file is per euro, so a pair with another base is left out"


def write(selection: Selection, out: TextIO, told: Told) -> None:
    """A row a day; raises `NoQuotes` where nothing is quoted per euro."""
    codes = [pair.counter for pair in selection.pairs if pair.base == EURO]
    if not codes:
        raise NoQuotes("this file is per euro and no pair EUR/… was found: take csv, or load rates of the ECB")

    def per_euro() -> Iterator[Quote]:
        for quote in selection.by_time():
            if quote.base == EURO:
                yield quote
            else:
                told.leave_out(NOT_OF_THE_EURO)

    out.write(f"Date,{','.join(codes)},\n")
    for day in last_of_day(each_told(per_euro(), told), told):
        figures = {quote.counter: plain(figure(quote)) for quote in day}
        out.write(f"{day[0].observed_at.day},{','.join(figures.get(code, 'N/A') for code in codes)},\n")


ECB = ExportFormat("ecb", "CSV as the ECB writes it: a row a day, per euro", "Date,USD,JPY,", "csv", write)
