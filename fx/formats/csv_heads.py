"""CSV with a head that names its columns: ``date,base,quote,rate`` and whatever else such columns are called.

The delimiter is found (comma, semicolon, tab, stroke), the columns may stand in any order, a title may stand above.
``pair`` or two codes name the currencies; rate, or bid and ask, the price; a column in percent the change. pricehist's
``amount`` is its rate. Times are brought to UTC. A table of one code a row is a bank's: that of the Czech bank is known
by its head, others need ``--counter``. A wide table with a pair over each column, or the name under which a central
bank keeps it (``DEXUSEU``), is read as well. Lines above the table, and those among its rows without a delimiter, are
text. Bars and ticks whose file names no pair (Dukascopy, MetaTrader) take it from the file's name or ``--pair``, and a
side (``_ASK``) from the name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from fx.currencies import Currency, Pair
from fx.formats import TEXT
from fx.formats.csv_text import ABOVE_SERIES, DAYS, SLASHED, Layout, day_order, layout_of, lines_of, rows_of
from fx.formats.fields import BadField, code_of, moment_of, pair_in_name
from fx.formats.figures import DecimalMark, mark_of
from fx.formats.page import Page
from fx.formats.record import (
    ASKS,
    BIDS,
    NO_COUNTER,
    NO_PAIR,
    RATES,
    Context,
    Row,
    quote_of,
    read_row,
    unknown_code,
)
from fx.formats.rows import first_lines
from fx.formats.series import named_pair
from fx.late import late
from fx.moments import Moment
from fx.quotes import Reject, Tick
from fx.text import plain_text

__all__ = ["CSV_HEADS", "CsvHeads"]

BEGINNING = 50_000
"""Characters in which the head must stand."""
CZECH = frozenset(("country", "currency", "amount", "code", "rate"))
"""The head of the Czech bank, in English or Czech."""
GUARDED = late(r"'+[=+@\t\r\n\0＝＋－＠-]")
"""A name that would be a formula to a spreadsheet, as fx writes it."""
FIGURES = {*RATES, *BIDS, *ASKS}


@dataclass(frozen=True, slots=True)
class CsvHeads:
    """The format ``csv``."""

    name: str = "csv"
    summary: str = "CSV with a head: pair or base and counter, rate or bid and ask, date, change in percent"
    example: str = "date,base,quote,rate"

    def recognises(self, page: Page) -> bool:
        """Whether the text begins with a head of such columns."""
        found = layout_of(page.raw[:BEGINNING])
        if found is None:
            return False
        if found.kind == "wide":
            return any(named_pair(cell) for cell in found.cells)
        if found.kind == "ticks" and not {"close", "bid", "ask", "bidprice"} & set(found.keys):
            return known_pair(page) is not None
        return True

    def head(self, beginning: str) -> str | None:
        """The first lines, and the first row that shows the order of its dates; None where a cell has several lines."""
        layout, lines = layout_of(beginning[:BEGINNING]), first_lines(beginning, BEGINNING)
        if layout is None or lines is None:
            return None
        date = next((place for place, key in enumerate(layout.keys) if key in DAYS), len(layout.keys))
        shows = None
        for number, (line, cells) in enumerate(rows_of(beginning[: beginning.rfind("\n")], layout.delimiter), 1):
            if line != number:
                return None
            if shows is None and day_order(cells[date : date + 1]):
                shows = line
        return lines if shows is None else lines + beginning.split("\n", shows)[shows - 1] + "\n"

    def read(self, page: Page) -> Iterator[Tick | Reject]:
        """Yield a tick for each row, or for each field of a wide table.

        >>> page = Page("", "date,base,quote,rate\\n2024-12-14,KZT,USD,0.00190\\n")
        >>> [(str(tick.pair), tick.rate, tick.line, str(tick.observed_at)) for tick in CSV_HEADS.read(page)]
        [('KZT/USD', Decimal('0.00190'), 2, '2024-12-14')]
        """
        layout = layout_of(page.raw[:BEGINNING])
        if layout is None:
            return
        above = lines_of(page.raw[:BEGINNING])[: layout.line - 1]
        if above:
            yield from as_text("\n".join(above), page, 1)
        if layout.kind == "held":
            return
        czech = set(layout.keys) >= CZECH
        counter = page.hints.counter or layout.counter or (Currency("CZK") if czech else None)
        context = Context(counter=counter, mark=page.hints.decimal_mark or proven_mark(page.raw, layout))
        if czech:
            mark: DecimalMark = "," if "kurz" in layout.cells else "."
            context = replace(context, mark=page.hints.decimal_mark or mark)
            context = replace(context, source="CNB" if counter == "CZK" else None, moment=day_above(above))
            layout = replace(layout, keys=tuple(CZECH_KEYS.get(key, key) for key in layout.keys))
        if layout.kind == "ticks":
            pair = known_pair(page)
            if pair is None:
                yield Reject(layout.delimiter.join(layout.cells)[:80], NO_PAIR, layout.line)
                return
            context = replace(context, pair=pair)
        elif layout.kind == "bank" and counter is None:
            yield Reject(layout.delimiter.join(layout.cells)[:80], NO_COUNTER, layout.line)
            return
        yield from table_rows(page, layout, context)


CZECH_KEYS = {"currency": "name", "amount": "unit"}


def known_pair(page: Page) -> Pair | None:
    """The pair that the caller or the file's name gives."""
    return page.hints.pair or pair_in_name(page.name)


def proven_mark(raw: str, layout: Layout) -> DecimalMark | None:
    """The decimal mark that one of the first figures proves."""
    columns = [place for place, key in enumerate(layout.keys) if key in FIGURES]
    for number, (_, cells) in enumerate(rows_of(raw[:BEGINNING], layout.delimiter)):
        if number > 500:
            break
        for place in columns:
            if place < len(cells) and re.fullmatch(r"[0-9][0-9., ]*", cells[place].strip()):
                try:
                    found = mark_of(cells[place].strip())
                except ValueError:
                    continue
                if found:
                    return found
    return None


def as_text(text: str, page: Page, line: int) -> Iterator[Tick | Reject]:
    """What stands beside the table, from a line of the page on: a ticker over it is read as it is anywhere.

    >>> [tick.line for tick in as_text("• KZT/USD = 0.00190 0%", Page("", ""), 3)]
    [3]
    """
    for item in TEXT.read(Page(plain_text(text), text, page.name, page.hints)):
        yield replace(item, line=item.line + line - 1, span=(0, 0))


def day_above(lines: Iterable[str]) -> Moment | None:
    """The day of a title such as ``13 Dec 2024 #242``, among the lines above the table."""
    for line in lines:
        try:
            found = moment_of(line.split("#")[0].strip())
        except BadField:
            continue
        if found:
            return found
    return None


def table_rows(page: Page, layout: Layout, context: Context) -> Iterator[Tick | Reject]:
    """Every row below the head."""
    side = re.search(r"(?<![A-Za-z])(ask|bid)(?![A-Za-z])", page.name.lower().replace("_", " "))
    only = side[1] if side and layout.kind == "ticks" and "close" in layout.keys else None
    dates = [place for place, key in enumerate(layout.keys) if key in DAYS]
    describing = layout.keys[0] in ABOVE_SERIES
    order = None
    if dates and "/" in page.raw[:BEGINNING]:
        order = day_order(cells[dates[0]] for _, cells in rows_of(page.raw, layout.delimiter) if len(cells) > dates[0])
    for line, cells in rows_of(page.raw, layout.delimiter):
        if line <= layout.line or not any(cells) or cells[0].startswith("#"):
            continue
        if len(cells) == 1 and (beside := list(as_text(cells[0], page, line))):
            yield from beside
            continue
        if describing and not re.fullmatch(r"[0-9]{1,4}[-/. ].*[-/. ][0-9]{1,4}", cells[0].strip()):
            continue
        describing = False
        if order:
            for place in dates:
                if place < len(cells) and (match := SLASHED.match(cells[place])):
                    day, month = (match[1], match[2]) if order == "day" else (match[2], match[1])
                    cells[place] = f"{match[0][-4:]}-{month:0>2}-{day:0>2}{cells[place][match.end() :]}"
        if any(cells[len(layout.keys) :]):
            shown = layout.delimiter.join(cells)[:80]
            yield Reject(shown, "the row has more fields than the head: quote figures that hold the delimiter", line)
            continue
        if layout.kind == "wide":
            yield from wide_row(layout, cells, context, line)
            continue
        fields: dict[str, object] = {}
        for key, cell in zip(layout.keys, cells, strict=False):
            if cell:
                fields.setdefault(key, cell[1:] if key == "source" and GUARDED.match(cell) else cell)
        if only and fields.get("close"):
            fields[only] = fields.pop("close")
        found = read_row(time_named(fields), context, line) or unknown_code(fields, line)
        if found is not None:
            yield found


def time_named(fields: dict[str, object]) -> dict[str, object]:
    """The first column of time under the name that rows are read by.

    >>> time_named({"gmttime": "2024-12-14"})
    {'gmttime': '2024-12-14', 'date': '2024-12-14'}
    """
    if not {"date", "time", "timestamp", "observedat"} & fields.keys():
        for key, value in fields.items():
            if key in DAYS:
                return {**fields, "date": value}
    return fields


def wide_row(layout: Layout, cells: list[str], context: Context, line: int) -> Iterator[Tick | Reject]:
    """One day of a table with a pair over each column."""
    moment: Moment | None = None
    try:
        moment = moment_of(cells[0])
    except BadField as bad:
        yield Reject(cells[0][:80], str(bad), line)
        return
    for head, cell in zip(layout.cells, cells, strict=False):
        pair = named_pair(head) if cell else None
        if pair is None and context.counter and (code := code_of(head)) and code != context.counter:
            pair = Pair(code, context.counter)
        if pair is not None and cell:
            found = quote_of(Row(pair, cell, unit=Decimal(1), line=line, moment=moment), context.mark)
            if found is not None:
                yield found


CSV_HEADS = CsvHeads()
