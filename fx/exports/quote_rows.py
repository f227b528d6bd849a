"""Quotes as rows that lose nothing: CSV, JSON and JSON lines, with the fields of ``fx parse --json``.

Read back they are the same quotes, source and time included. With ``--all`` the statements that were replaced come too,
each with the moment at which it was recorded and its number (``revision``, the highest stands). Rates are text: exact
digits, a trailing zero included, of one unit of base also where they were published for a hundred: JSON says so
(``unit``), in columns a unit would be divided out again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, TextIO

from fx.exports.records import quote_record
from fx.exports.rows import guarded, plain_json, write_csv, write_json_lines
from fx.exports.shape import ExportFormat, Told, named
from fx.moments import Moment
from fx.store.selection import Selection

__all__ = ["COLUMNS", "CSV", "JSON", "JSON_LINES", "columns_of", "in_columns"]

COLUMNS = (
    "base", "counter", "rate", "bid", "ask", "change_pct", "observed_at", "time_basis", "source", "document", "line",
    "repeats",
)  # fmt: skip
NAMES = ("source", "document")
OF_ALL = ("recorded_at", "revision")
GUARDED = "a name that a spreadsheet would take for a formula is set behind an apostrophe"


def records_of(selection: Selection, told: Told) -> Iterator[dict[str, Any]]:
    """The quotes of a selection as records; with ``recorded_at`` and ``revision`` where every statement is wanted."""
    before: tuple[object, ...] = ()
    revision = 0
    for quote in selection.by_pair():
        told.written += 1
        record = quote_record(quote)
        row = {name: record[name] for name in COLUMNS if name in record}
        if selection.every:
            said_of = (quote.pair, quote.observed_at, quote.source)
            revision = revision + 1 if said_of == before else 0
            before = said_of
            row["recorded_at"] = None if quote.recorded_at is None else str(Moment.of_instant(quote.recorded_at))
            row["revision"] = revision
        if quote.unit != 1:
            row["unit"] = quote.unit
        yield row


def in_columns(selection: Selection, told: Told) -> Iterator[dict[str, Any]]:
    """The records, for columns whose names stand on one line; a name that is changed by it is told."""
    for row in records_of(selection, told):
        fit = {name: named(row[name], told) for name in NAMES if row[name] is not None}
        yield row | fit


def columns_of(selection: Selection) -> tuple[str, ...]:
    """The columns of a selection."""
    return (*COLUMNS, *OF_ALL) if selection.every else COLUMNS


def write_rows_of_csv(selection: Selection, out: TextIO, told: Told) -> None:
    """CSV with a head, each quote a row; a name that a spreadsheet would run is guarded, and that is told."""

    def watched() -> Iterator[dict[str, Any]]:
        for row in in_columns(selection, told):
            if any(guarded(row[name]) != row[name] for name in NAMES):
                told.of(GUARDED)
            yield row

    write_csv(watched(), columns_of(selection), out)


def write_objects(selection: Selection, out: TextIO, told: Told) -> None:
    """One object a line."""
    write_json_lines(records_of(selection, told), out)


def write_array(selection: Selection, out: TextIO, told: Told) -> None:
    """One array, with an object on each of its lines."""
    between = "[\n"
    for row in records_of(selection, told):
        out.write(between + plain_json(json.dumps(row, ensure_ascii=False)))
        between = ",\n"
    out.write("\n]\n")


CSV = ExportFormat(
    "csv", "every field of a quote, in columns", "base,counter,rate,…", "csv", write_rows_of_csv, every=True
)
JSON = ExportFormat("json", "one array of objects", '[{"base": "KZT", …}]', "json", write_array, every=True)
JSON_LINES = ExportFormat("jsonl", "one object a line", '{"base": "KZT", …}', "jsonl", write_objects, every=True)
