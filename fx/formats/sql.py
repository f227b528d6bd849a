"""SQL that fills a table of rates: ``INSERT INTO rates (base, quote, rate) VALUES ('USD', 'RUB', 70.8623)``.

The names of the columns decide, as in a CSV; inserts into tables without a pair and a rate (balances, limits) are
passed by. A value that is no literal (``NOW()``, ``NULL``) is blank.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from fx.formats.csv_text import kind_of
from fx.formats.page import Page
from fx.formats.record import Context, key_of, read_row
from fx.quotes import Reject, Tick

__all__ = ["SQL", "Sql"]

INSERT = re.compile(
    r"\b(?:INSERT|REPLACE)\s{1,9}(?:OR\s{1,9}\w{1,12}\s{1,9}|IGNORE\s{1,9})?INTO\s{1,9}[\w.\"`\[\]]{1,120}\s{0,9}"
    r"\((?P<columns>[^()]{1,2000})\)\s{0,9}VALUES\s{0,9}(?=\()",
    re.IGNORECASE,
)
TUPLE = re.compile(r"[\s,]{0,200}\(")
VALUE = re.compile(
    r"\s{0,99}(?:[NE]?'(?P<text>(?:[^']|''){0,2000})'|(?P<number>[+-]?[0-9.]+(?:[eE][+-]?[0-9]{1,3})?)"
    r"|(?P<other>[^,()']{0,200}(?:\([^()]{0,200}\))?[^,()']{0,60}))\s{0,99}(?P<end>[,)])"
)


@dataclass(frozen=True, slots=True)
class Sql:
    """The format ``sql``."""

    name: str = "sql"
    summary: str = "SQL inserts into a table with a pair and a rate"
    example: str = "INSERT INTO rates (base, quote, rate) VALUES ('USD', 'RUB', 70.8623);"

    def recognises(self, page: Page) -> bool:
        """Whether an insert names columns of a pair and a rate."""
        if "INTO" not in page.raw and "into" not in page.raw:
            return False
        return any(kind_of(*columns_of(match)) == "rows" for match in INSERT.finditer(page.raw))

    def read(self, page: Page) -> Iterator[Tick | Reject]:
        """Yield a tick for each row of values.

        >>> page = Page("", "INSERT INTO r (base, quote, rate) VALUES ('USD', 'RUB', 70.8623), ('EUR', 'RUB', 75.1);")
        >>> [(str(tick.pair), str(tick.rate)) for tick in SQL.read(page)]
        [('USD/RUB', '70.8623'), ('EUR/RUB', '75.1')]
        """
        text, context = page.raw.replace("\r\n", "\n").replace("\r", "\n"), Context(mark=page.hints.decimal_mark)
        line, counted = 1, 0
        for match in INSERT.finditer(text):
            cells, keys = columns_of(match)
            if kind_of(cells, keys) != "rows":
                continue
            place = match.end()
            while opening := TUPLE.match(text, place):
                values: list[str] = []
                start = place = opening.end()
                while value := VALUE.match(text, place):
                    literal = value["text"].replace("''", "'") if value["text"] is not None else value["number"]
                    values.append(literal or "")
                    place = value.end()
                    if value["end"] == ")":
                        break
                line, counted = line + text.count("\n", counted, start), start
                if len(values) != len(keys):
                    shown = text[start - 1 : start + 60].split("\n")[0]
                    yield Reject(shown, "the row has another count of values than columns: write one for each", line)
                    break
                fields: dict[str, object] = {key: each for key, each in zip(keys, values, strict=True) if each}
                found = read_row(fields, context, line)
                if found is not None:
                    yield found


def columns_of(match: re.Match[str]) -> tuple[list[str], tuple[str, ...]]:
    """The columns of an insert, as written and by their short names."""
    cells = [cell.strip() for cell in match["columns"].split(",")]
    return cells, tuple(key_of(cell) for cell in cells)


SQL = Sql()
