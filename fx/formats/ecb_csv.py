"""The reference rates of the European Central Bank as CSV: a row of codes, then a row a day.

One euro is worth each figure in the currency of its column; the euro itself is not named. A comma ends every row,
``N/A`` is no figure, dates are ``2024-12-13`` or ``13 December 2024``. The bank's own files begin with USD and JPY; a
table that only looks like them has no source of its own. A table of codes that lists the euro itself is another bank's,
in the currency that ``--counter`` names: then one of each code is worth the figure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fx.currencies import Currency, Pair
from fx.formats.csv_heads import BEGINNING, wide_row
from fx.formats.csv_text import layout_of, rows_of
from fx.formats.fields import BadField, code_of, moment_of
from fx.formats.page import Page
from fx.formats.record import NO_COUNTER, Context, Row, quote_of
from fx.formats.rows import first_lines
from fx.formats.series import named_pair
from fx.quotes import Reject, Tick

__all__ = ["BANK_BEGINS", "ECB_CSV", "EcbCsv"]

EURO = Currency("EUR")
BANK_BEGINS = (Currency("USD"), Currency("JPY"))
"""The codes with which every file of the ECB begins since 1999; a comma ends its head."""


@dataclass(frozen=True, slots=True)
class EcbCsv:
    """The format ``ecb-csv``."""

    name: str = "ecb-csv"
    summary: str = "CSV of the European Central Bank's reference rates, a code over each column"
    example: str = "Date, USD, JPY, \\n03 June 2021, 1.2187, 133.69, "

    def recognises(self, page: Page) -> bool:
        """Whether the text begins with a head of a date and codes."""
        found = layout_of(page.raw[:BEGINNING])
        return found is not None and found.kind == "wide" and not any(named_pair(cell) for cell in found.cells)

    def head(self, beginning: str) -> str | None:
        """The first lines."""
        return first_lines(beginning, BEGINNING)

    def read(self, page: Page) -> Iterator[Tick | Reject]:
        """Yield a tick for each figure of each day.

        >>> page = Page("", "Date,USD,CYP,\\n2024-12-13,1.0518,N/A,\\n")
        >>> [(str(tick.pair), tick.rate, str(tick.observed_at)) for tick in ECB_CSV.read(page)]
        [('EUR/USD', Decimal('1.0518'), '2024-12-13')]
        """
        layout = layout_of(page.raw[:BEGINNING])
        if layout is None:
            return
        codes = [code_of(cell) for cell in layout.cells]
        told = page.hints.counter
        if EURO in codes and told is None:
            yield Reject(layout.delimiter.join(layout.cells)[:80], NO_COUNTER, layout.line)
            return
        mark = page.hints.decimal_mark
        source = "ECB" if tuple(codes[1:3]) == BANK_BEGINS and not layout.cells[-1].strip() else None
        columns = [(place, Pair(EURO, code)) for place, code in enumerate(codes) if code and code != EURO]
        for line, cells in rows_of(page.raw, layout.delimiter):
            if line <= layout.line or not any(cells):
                continue
            if told is not None and told != EURO:
                yield from wide_row(layout, cells, Context(counter=told, mark=mark), line)
                continue
            try:
                moment = moment_of(cells[0])
            except BadField as bad:
                yield Reject(cells[0][:80], str(bad), line)
                continue
            for place, pair in columns:
                if place < len(cells) and cells[place]:
                    found = quote_of(Row(pair, cells[place], line=line, moment=moment, source=source), mark)
                    if found is not None:
                        yield found


ECB_CSV = EcbCsv()
