"""SQL that fills a table of rates: ``INSERT INTO rates (base, quote, rate) VALUES ('USD', 'RUB', 70.8623)``.

Also ``UPDATE rates SET rate = 70.8623 WHERE base = 'USD' AND quote = 'RUB'`` and the blocks of ``COPY … FROM stdin``.
The names of the columns decide, as in a CSV; tables without a pair and a rate (balances, limits) are passed by. A value
that is no literal (``NOW()``, ``rate * 1.01``, ``NULL``) is blank, and an update under any other condition than that
columns equal literals says of no single row what it is.
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
LITERAL = r"(?:[NE]?'(?:[^']|''){0,2000}'|[+-]?[0-9.]+(?:[eE][+-]?[0-9]{1,3})?)"
NAME = r"[\w.\"`\[\]]{1,120}"
UPDATE = re.compile(
    rf"\bUPDATE\s{{1,9}}(?:ONLY\s{{1,9}})?(?P<table>{NAME})\s{{1,9}}SET\s{{1,9}}(?P<set>[^;]{{1,1000}}?)"
    rf"\s{{1,9}}WHERE\s{{1,9}}(?P<where>{NAME}\s{{0,9}}=\s{{0,9}}{LITERAL}"
    rf"(?:\s{{1,9}}AND\s{{1,9}}{NAME}\s{{0,9}}=\s{{0,9}}{LITERAL}){{0,9}})\s{{0,9}}(?=;|\Z)",
    re.IGNORECASE,
)
EQUALS = re.compile(
    rf"(?P<name>{NAME})\s{{0,9}}=\s{{0,9}}(?:[NE]?'(?P<text>(?:[^']|''){{0,2000}})'"
    r"|(?P<number>[+-]?[0-9.]+(?:[eE][+-]?[0-9]{1,3})?)|(?P<other>[^,()']{0,200}(?:\([^()]{0,200}\))?[^,()']{0,60}?))"
    r"\s{0,9}(?=,|\bAND\b|\Z)",
    re.IGNORECASE,
)
COPY = re.compile(
    rf"^COPY[ ]{{1,9}}{NAME}[ ]{{0,9}}\((?P<columns>[^()\n]{{1,2000}})\)[ ]{{1,9}}FROM[ ]{{1,9}}stdin"
    rf"(?P<how>[^;\n]{{0,200}});[ ]*\n"
    r"(?P<rows>(?:(?!\\\.)[^\n]*\n)*+)",
    re.IGNORECASE | re.MULTILINE,
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
    summary: str = "SQL inserts, updates and COPY blocks of a table with a pair and a rate"
    example: str = "INSERT INTO rates (base, quote, rate) VALUES ('USD', 'RUB', 70.8623);"

    def recognises(self, page: Page) -> bool:
        """Whether a statement names columns of a pair and a rate."""
        return any(True for _ in statements(page.raw.replace("\r", "\n")))

    def read(self, page: Page) -> Iterator[Tick | Reject]:
        """Yield a tick for each row of values.

        >>> page = Page("", "INSERT INTO r (base, quote, rate) VALUES ('USD', 'RUB', 70.8623), ('EUR', 'RUB', 75.1);")
        >>> [(str(tick.pair), str(tick.rate)) for tick in SQL.read(page)]
        [('USD/RUB', '70.8623'), ('EUR/RUB', '75.1')]
        """
        text, context = page.raw.replace("\r\n", "\n").replace("\r", "\n"), Context(mark=page.hints.decimal_mark)
        line, counted = 1, 0
        for match in statements(text):
            if match.re is not INSERT:
                line, counted = line + text.count("\n", counted, match.start()), match.start()
                yield from copied(match, context, line) if match.re is COPY else updated(match, context, line)
                continue
            _, keys = columns_of(match)
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


def statements(text: str) -> Iterator[re.Match[str]]:
    """The statements that fill or change a table with a pair and a rate, in their order.

    >>> [match.start() for match in statements("UPDATE r SET rate = 5.1 WHERE pair = 'USD/KZT';")]
    [0]
    """
    found: list[re.Match[str]] = []
    if any(word in text for word in ("INTO", "into", "STDIN", "stdin")):  # far cheaper than the patterns
        for pattern in (INSERT, COPY):
            found += [match for match in pattern.finditer(text) if kind_of(*columns_of(match)) == "rows"]
    if any(word in text for word in ("UPDATE ", "update ")) and any(word in text for word in ("WHERE", "where")):
        for match in UPDATE.finditer(text):
            names = [each["name"] for part in ("set", "where") for each in EQUALS.finditer(match[part])]
            if kind_of(names, tuple(map(key_of, names))) == "rows":
                found.append(match)
    return iter(sorted(found, key=lambda match: match.start()))


def updated(match: re.Match[str], context: Context, line: int) -> Iterator[Tick | Reject]:
    """The row that an update makes."""
    fields: dict[str, object] = {}
    for part in ("set", "where"):
        for each in EQUALS.finditer(match[part]):
            value = each["text"].replace("''", "'") if each["text"] is not None else each["number"]
            if value:
                fields.setdefault(key_of(each["name"].rpartition(".")[2]), value)
    found = read_row(fields, context, line)
    if found is not None:
        yield found


def copied(match: re.Match[str], context: Context, line: int) -> Iterator[Tick | Reject]:
    """The rows of a block of COPY, divided by tabs, or by commas where it says CSV."""
    _, keys = columns_of(match)
    delimiter = "," if re.search(r"csv|'\s*,\s*'", match["how"], re.IGNORECASE) else "\t"
    for number, row in enumerate(match["rows"].split("\n"), line + 1):
        values = row.split(delimiter)
        if row and len(values) != len(keys):
            yield Reject(row[:60], "the row has another count of values than columns: write one for each", number)
            continue
        fields: dict[str, object] = {
            key: each for key, each in zip(keys, values, strict=False) if each not in {"", "\\N"}
        }
        found = read_row(fields, context, number)
        if found is not None:
            yield found


def columns_of(match: re.Match[str]) -> tuple[list[str], tuple[str, ...]]:
    """The columns of an insert, as written and by their short names."""
    cells = [cell.strip() for cell in match["columns"].split(",")]
    return cells, tuple(key_of(cell) for cell in cells)


SQL = Sql()
