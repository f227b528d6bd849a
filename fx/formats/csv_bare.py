"""CSV without a head: ``2024-12-13,EUR,USD,1.0501`` or ``EURUSD,1.05212,1.05227``, row after row of one layout.

The cells tell what the columns are: a pair or two codes, a rate or a bid and an ask, and, where they are there, the
date, the change in percent, the row's number. Two figures are bid and ask only if they are close and in this order in
every row. Beside a word or a whole number, as in lists of trades (``EURUSD,1.9,Win``), nothing says that a figure is a
rate.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass

from fx.formats.columns import columns_of, fields_by, kind_of_cell, like, mark_in, one_of_two_days
from fx.formats.csv_text import rows_of
from fx.formats.page import Page
from fx.formats.record import Context, read_row
from fx.formats.rows import first_lines
from fx.quotes import Reject, Tick

__all__ = ["CSV_BARE", "CsvBare"]

BEGINNING = 20_000
"""Characters that show the layout."""
LONGEST_ROW = 200
NO_HEAD = "no head says what the columns hold: write one above them, such as pair,rate,date"
UNLIKE = "the row is not like those before it: leave out what is no quote"
TWO_DAYS = "the date is one of two days: write it as 2024-12-14"


@dataclass(frozen=True, slots=True)
class Bare:
    """A layout: the delimiter, what each column holds, and under which name it is read, if the rows are quotes."""

    delimiter: str
    columns: tuple[str, ...]
    names: tuple[str, ...] | None
    rows: tuple[tuple[str, ...], ...]


@functools.lru_cache(maxsize=1)
def bare_of(beginning: str) -> Bare | None:
    """The one layout of the first rows of a text; None where they have none, or no pair.

    >>> bare_of("EURUSD;2024-12-13;1,0501\\n").names
    ('pair', 'date', 'rate')
    """
    first = beginning.lstrip("\ufeff \t\r\n").partition("\n")[0].strip()
    delimiter = next((mark for mark in ";\t|," if mark in first), "")
    if not delimiter or len(first) > LONGEST_ROW:
        return None
    kinds = [kind_of_cell(cell.strip().strip('"')) for cell in first.split(delimiter)]
    if "pair" not in kinds and kinds.count("code") != 2:
        return None  # far cheaper than to read the rows
    rows = tuple(tuple(map(str.strip, cells)) for _, cells in rows_of(beginning, delimiter) if any(cells))
    columns = columns_of(rows)
    if columns is None:
        return None
    names = fields_by(columns, rows)
    if names is None and not of_trades(columns):
        return None
    return Bare(delimiter, columns, None if names is None else tuple(names), rows)


def of_trades(columns: tuple[str, ...]) -> bool:
    """Whether columns hold a pair with a word or a whole number beside its figures, as those of trades do.

    >>> of_trades(("pair", "figure", "word")), of_trades(("integer", "pair", "figure")), of_trades(("pair", "integer"))
    (True, True, False)
    """
    kinds = set(columns)
    if columns.count("pair") != 1 or {"text", "percent"} & kinds:
        return False
    return {"figure", "integer"} <= kinds or ("word" in kinds and bool({"figure", "integer", "signed"} & kinds))


@dataclass(frozen=True, slots=True)
class CsvBare:
    """The format ``csv-bare``."""

    name: str = "csv-bare"
    summary: str = "CSV without a head whose rows have a pair or two codes, a rate or bid and ask, and a date"
    example: str = "2024-12-13,EUR,USD,1.0501"

    def recognises(self, page: Page) -> bool:
        """Whether the first rows are of one layout with a pair."""
        return bare_of(beginning_of(page.raw)) is not None

    def head(self, beginning: str) -> str | None:
        """The first lines, which show the layout."""
        return first_lines(beginning, BEGINNING)

    def read(self, page: Page) -> Iterator[Tick | Reject]:
        """Yield a tick for each row.

        >>> page = Page("", "1,EUR/USD,1.1000,1.1002,2020-06-13\\n2,EUR/JPY,119.60,119.65,2020-06-13\\n")
        >>> [(str(tick.pair), tick.bid, tick.ask, str(tick.observed_at)) for tick in CSV_BARE.read(page)][1]
        ('EUR/JPY', Decimal('119.60'), Decimal('119.65'), '2020-06-13')
        """
        bare = bare_of(beginning_of(page.raw))
        if bare is None:
            return
        if bare.names is None:
            yield Reject(bare.delimiter.join(bare.rows[0])[:80], NO_HEAD, 1)
            return
        context = Context(mark=page.hints.decimal_mark or mark_in(bare.rows))
        for line, cells in rows_of(page.raw, bare.delimiter):
            if not any(cells):
                continue
            row = [cell.strip() for cell in cells]
            shown = bare.delimiter.join(row)[:80]
            if not like(row, bare.columns):
                yield Reject(shown, UNLIKE, line)
            elif any(one_of_two_days(cell) for cell, name in zip(row, bare.names, strict=True) if name == "date"):
                yield Reject(shown, TWO_DAYS, line)
            else:
                found = read_row(
                    {name: cell for name, cell in zip(bare.names, row, strict=True) if name}, context, line
                )
                if found is not None:
                    yield found


def beginning_of(raw: str) -> str:
    """The first whole lines of a text.

    >>> beginning_of("a\\nb")
    'a\\nb'
    """
    return raw if len(raw) <= BEGINNING else raw[: raw.rfind("\n", 0, BEGINNING) + 1 or BEGINNING]


CSV_BARE = CsvBare()
