"""JSON as the service frankfurter answers a time series: version 1 by day below one base, version 2 a row a quote.

Both hold one figure a day of a pair. Figures are numbers of JSON with the digits as published (``0.00190``), written as
text and never as a float; a program that reads them as floats rounds them by itself. Version 1 has one base: quotes of
several are refused, and version 2 has room for them. Its ``end_date`` stands at the end, when it is known.
"""

from __future__ import annotations

from typing import TextIO

from fx.errors import UsageError
from fx.exact import plain
from fx.exports.shape import ExportFormat, Told, each_told, figure, last_of_day
from fx.store.selection import Selection

__all__ = ["FRANKFURTER", "FRANKFURTER_V1"]


def write_v1(selection: Selection, out: TextIO, told: Told) -> None:
    """An object with the rates of each day below one base; raises `UsageError` for several."""
    bases = sorted({pair.base for pair in selection.pairs})
    if len(bases) > 1:
        shown = ", ".join(bases[:5]) + (" …" if len(bases) > 5 else "")
        raise UsageError(
            f"frankfurter-v1 has room for one base and here are {shown}: name pairs of one base, or take frankfurter",
            bases=[str(base) for base in bases],
        )
    last = None
    for day in last_of_day(each_told(selection.by_time(), told), told):
        rates = ",".join(f'"{quote.counter}":{plain(figure(quote))}' for quote in day)
        date = day[0].observed_at.day
        if last is None:
            out.write(f'{{"amount":1.0,"base":"{bases[0]}","start_date":"{date}","rates":{{')
        out.write(f'{"" if last is None else ","}\n"{date}":{{{rates}}}')
        last = date
    out.write(f'\n}},"end_date":"{last}"}}\n')


def write_v2(selection: Selection, out: TextIO, told: Told) -> None:
    """An array with an object for each day of each pair."""
    between = "[\n"
    for day in last_of_day(each_told(selection.by_time(), told), told):
        for quote in day:
            out.write(
                f'{between}{{"date":"{quote.observed_at.day}","base":"{quote.base}","quote":"{quote.counter}",'
                f'"rate":{plain(figure(quote))}}}'
            )
            between = ",\n"
    out.write("\n]\n")


FRANKFURTER = ExportFormat(
    "frankfurter",
    "JSON as frankfurter answers (v2): a row a day and pair",
    '[{"date":"2024-12-14","base":"KZT","quote":"USD","rate":0.00190}]',
    "json",
    write_v2,
)
FRANKFURTER_V1 = ExportFormat(
    "frankfurter-v1",
    "JSON as frankfurter answered before: days below one base",
    '{"base":"KZT","rates":{"2024-12-14":{"USD":0.00190}}}',
    "json",
    write_v1,
)
