"""SQL that fills a table of rates: ``INSERT INTO rates (base, quote, rate) VALUES ('USD', 'RUB', 70.8623)``.

Without columns (``INSERT INTO rates VALUES (1, 'USD', 'RUB', 70.8623)``) a table counts whose name is one of rates, if
its values can be nothing but a pair and a rate. Also read are ``UPDATE rates SET rate = 70.8623 WHERE base = 'USD' AND
quote = 'RUB'`` and the blocks of ``COPY … FROM stdin``. The names of the columns decide, as in a CSV; tables without a
pair and a rate (balances, limits) are passed by. A value that is no literal (``NOW()``, ``rate * 1.01``, ``NULL``) is
blank, and an update under any other condition than that columns equal literals says of no single row what it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from fx.formats.columns import columns_of as columns_in
from fx.formats.columns import fields_by
from fx.formats.csv_text import kind_of
from fx.formats.json_walk import other_rates
from fx.formats.page import Page
from fx.formats.record import HELD, ORDERS, Context, key_of, read_row
from fx.late import late
from fx.quotes import Reject, Tick

__all__ = ["SQL", "Sql"]

INSERT = late(
    r"\b(?:INSERT|REPLACE)\s{1,9}(?:OR\s{1,9}\w{1,12}\s{1,9}|IGNORE\s{1,9})?INTO\s{1,9}(?P<table>[\w.\"`\[\]]{1,120})\s{0,9}"
    r"(?:\((?P<columns>[^()]{1,2000})\)\s{0,9})?VALUES\s{0,9}(?=\()",
    re.IGNORECASE,
)
OF_RATES = late(r"rate|exchange|fx|forex|quote|curren|kurs|course|cambio")
"""What a table without columns is called if it may hold rates."""
LITERAL = r"(?:[NE]?'(?:[^']|''){0,2000}'|[+-]?[0-9.]+(?:[eE][+-]?[0-9]{1,3})?)"
NAME = r"[\w.\"`\[\]]{1,120}"
UPDATE = late(
    rf"\bUPDATE\s{{1,9}}(?:ONLY\s{{1,9}})?(?P<table>{NAME})\s{{1,9}}SET\s{{1,9}}(?P<set>[^;]{{1,1000}}?)"
    rf"\s{{1,9}}WHERE\s{{1,9}}(?P<where>{NAME}\s{{0,9}}=\s{{0,9}}{LITERAL}"
    rf"(?:\s{{1,9}}AND\s{{1,9}}{NAME}\s{{0,9}}=\s{{0,9}}{LITERAL}){{0,9}})\s{{0,9}}(?=;|\Z)",
    re.IGNORECASE,
)
EQUALS = late(
    rf"(?P<name>{NAME})\s{{0,9}}=\s{{0,9}}(?:[NE]?'(?P<text>(?:[^']|''){{0,2000}})'"
    r"|(?P<number>[+-]?[0-9.]+(?:[eE][+-]?[0-9]{1,3})?)|(?P<other>[^,()']{0,200}(?:\([^()]{0,200}\)[^,()']{0,60})?))"
    r"\s{0,9}(?=,|\bAND\b|\Z)",
    re.IGNORECASE,
)
COPY = late(
    rf"^COPY[ ]{{1,9}}{NAME}[ ]{{0,9}}\((?P<columns>[^()\n]{{1,2000}})\)[ ]{{1,9}}FROM[ ]{{1,9}}stdin"
    rf"(?P<how>[^;\n]{{0,200}});[ ]*\n"
    r"(?P<rows>(?:(?!\\\.)[^\n]*\n)*+)",
    re.IGNORECASE | re.MULTILINE,
)
TUPLE = late(r"[\s,]{0,200}\(")
VALUE = late(
    r"\s{0,99}(?:(?:[NE]|DATE\s|TIMESTAMP\s)?'(?P<text>(?:[^']|''){0,2000})'(?:::\w{1,20})?"
    r"|(?P<number>[+-]?[0-9.]+(?:[eE][+-]?[0-9]{1,3})?)(?:::\w{1,20})?"
    r"|(?P<other>[^,()']{0,200}(?:\([^()]{0,200}\))?[^,()']{0,60}(?:'[^'\n]{0,100}'[^,()']{0,60})?))\s{0,99}(?P<end>[,)])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Sql:
    """The format ``sql``."""

    name: str = "sql"
    summary: str = "SQL inserts, updates and COPY blocks of a table with a pair and a rate"
    example: str = "INSERT INTO rates (base, quote, rate) VALUES ('USD', 'RUB', 70.8623);"

    def recognises(self, page: Page) -> bool:
        """Whether a statement names columns of a pair and a rate."""
        return any(True for _ in statements(page.unmarked.replace("\r", "\n")))

    def read(self, page: Page) -> Iterator[Tick | Reject]:
        """Yield a tick for each row of values.

        >>> page = Page("", "INSERT INTO r (base, quote, rate) VALUES ('USD', 'RUB', 70.8623), ('EUR', 'RUB', 75.1);")
        >>> [(str(tick.pair), str(tick.rate)) for tick in SQL.read(page)]
        [('USD/RUB', '70.8623'), ('EUR/RUB', '75.1')]
        """
        text, context = page.unmarked.replace("\r\n", "\n").replace("\r", "\n"), Context(mark=page.hints.decimal_mark)
        line, counted = 1, 0
        for match in statements(text):
            if match.re.pattern != INSERT.pattern:
                line, counted = line + text.count("\n", counted, match.start()), match.start()
                yield from (
                    copied(match, context, line) if match.re.pattern == COPY.pattern else updated(match, context, line)
                )
                continue
            rows = list(rows_at(text, match.end()))
            cells = [[value or "" for value in values] for _, values in rows]
            keys = columns_of(match)[1] if match["columns"] else told_by(cells)
            for start, values in rows:
                line, counted = line + text.count("\n", counted, start), start
                shown = text[start - 1 : start + 60].split("\n")[0]
                if keys is None and values:
                    yield Reject(shown, NO_COLUMNS, line)
                if keys is None:
                    break
                if len(values) != len(keys):
                    yield Reject(shown, "the row has another count of values than columns: write one for each", line)
                    break
                fields: dict[str, object] = {key: each for key, each in zip(keys, values, strict=True) if key and each}
                found = read_row(fields, context, line)
                if found is not None:
                    yield found


NO_COLUMNS = "the values do not tell what they are: name the columns, such as (base, quote, rate)"


def rows_at(text: str, place: int) -> Iterator[tuple[int, list[str | None]]]:
    """The rows of values from a place on, each with where it begins; None is a value that is no literal.

    >>> list(rows_at("(1, 'EUR'), (NOW(), 2)", 0))
    [(1, ['1', 'EUR']), (13, [None, '2'])]
    """
    while opening := TUPLE.match(text, place):
        values: list[str | None] = []
        start = place = opening.end()
        while value := VALUE.match(text, place):
            values.append(value["text"].replace("''", "'") if value["text"] is not None else value["number"])
            place = value.end()
            if value["end"] == ")":
                break
        yield start, values


def told_by(rows: list[list[str]]) -> tuple[str, ...] | None:
    """The short names of columns that an insert leaves out, as their values tell; None where they do not.

    >>> told_by([["1", "USD", "RUB", "70.8623"]])
    ('', 'base', 'counter', 'rate')
    """
    columns = columns_in(rows)
    names = fields_by(columns, rows, numbered=True) if columns else None
    return None if names is None else tuple(names)


def holds_rates(table: str) -> bool:
    """Whether a table without columns may hold rates, by its name.

    >>> holds_rates("`exchange_rate`"), holds_rates("exchange_fees"), holds_rates("currency_limits")
    (True, False, False)
    """
    name = table.rpartition(".")[2].strip('"`[]').lower()
    words = {form for word in re.split(r"[\W_0-9]+", name) for form in (word, f"{word}s")}
    return OF_RATES.search(name) is not None and not words & (HELD | ORDERS) and not other_rates(name)


def statements(text: str) -> Iterator[re.Match[str]]:
    """The statements that fill or change a table with a pair and a rate, in their order.

    >>> [match.start() for match in statements("UPDATE r SET rate = 5.1 WHERE pair = 'USD/KZT';")]
    [0]
    """
    found: list[re.Match[str]] = []
    words = ("VALUES", "values", "Values", "STDIN", "stdin")  # far cheaper than the patterns; "into" stands in prose
    if any(word in text for word in words) and any(word in text for word in ("INTO", "into", *words[3:])):
        for pattern in (INSERT, COPY):
            found += [match for match in pattern.finditer(text) if fills_rates(match)]
    if any(word in text for word in ("UPDATE ", "update ")) and any(word in text for word in ("WHERE", "where")):
        for match in UPDATE.finditer(text):
            names = [each["name"] for part in ("set", "where") for each in EQUALS.finditer(match[part])]
            if kind_of(names, tuple(map(key_of, names))) == "rows":
                found.append(match)
    return iter(sorted(found, key=lambda match: match.start()))


def fills_rates(match: re.Match[str]) -> bool:
    """Whether a statement fills a table of rates, by its columns, or by its name where it leaves them out."""
    if match["columns"]:
        return kind_of(*columns_of(match)) == "rows"
    return holds_rates(match["table"])


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
