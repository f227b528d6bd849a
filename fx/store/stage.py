"""Rows of one document into ``quote`` and ``sighting``, and what they were: new, revisions, or known.

A run of a log whose span of time is empty, or known throughout, goes in as it is. All other rows pass a stage, a table
of this connection: the database itself tells the known from the rest, a set at a time.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from fx.formats.log_lines import Key, Lines
from fx.sql import STATEMENT

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["SAME_STATEMENT", "Kept", "Row", "keep_rows", "keep_run", "put_on_stage"]

Row = tuple[Any, ...]
"""A statement, and line, repeats and unit."""

SAME_STATEMENT = " AND ".join(f"q.{name} = stage.{name}" for name in STATEMENT)
KEY = ", ".join(STATEMENT)

STAGE = """CREATE TEMP TABLE IF NOT EXISTS stage (series_id INTEGER, observed_at INTEGER, rate BLOB, scale INTEGER,
    sides TEXT, change_pct TEXT, line INTEGER, repeats INTEGER, unit INTEGER)"""
INTO_STAGE = f"INSERT INTO stage ({KEY}, line, repeats, unit) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
FIRST_OF_MOMENT = """SELECT count(*) FROM (SELECT DISTINCT series_id, observed_at FROM stage) AS k WHERE NOT EXISTS (
    SELECT 1 FROM quote AS q WHERE q.series_id = k.series_id AND q.observed_at = k.observed_at)"""
FROM_STAGE = f"""INSERT INTO quote ({KEY}, document_id, line, repeats, unit)
    SELECT {KEY}, :document, line, repeats, unit FROM stage WHERE true ORDER BY {KEY} ON CONFLICT DO NOTHING"""
STAGED_KEY = ", ".join(f"stage.{name}" for name in STATEMENT)
SIGHTED = f"""INSERT INTO sighting ({KEY}, document_id, line, repeats, unit)
    SELECT {STAGED_KEY}, :document, stage.line, stage.repeats, stage.unit
      FROM stage JOIN quote AS q ON {SAME_STATEMENT}
     WHERE q.document_id <> :document ORDER BY {STAGED_KEY} ON CONFLICT DO NOTHING"""
IN_SPAN = f"""SELECT {KEY}, document_id FROM quote
    WHERE series_id = ? AND observed_at BETWEEN ? AND ? LIMIT ?"""
VALUES = f"({KEY}, line, repeats, unit, document_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
INTO_QUOTE = f"INSERT INTO quote {VALUES}"
SEEN_AGAIN = f"INSERT INTO sighting {VALUES} ON CONFLICT DO NOTHING"
STATED = itemgetter(*range(len(STATEMENT)))
MOMENT = itemgetter(STATEMENT.index("observed_at"))
DOCUMENT = itemgetter(len(STATEMENT))
DENSE = 3
"""How many times as many quotes as a run may lie in its span of time before it passes the stage."""


@dataclass(frozen=True, slots=True)
class Kept:
    """How many rows were added, how many of these the first of their moment, and how many known ones remembered."""

    added: int = 0
    firsts: int = 0
    sighted: int = 0

    def __add__(self, other: Kept) -> Kept:
        return Kept(self.added + other.added, self.firsts + other.firsts, self.sighted + other.sighted)


def keep_rows(connection: Connection, rows: list[Row], document_id: int) -> Kept:
    """Keep rows by way of the stage, each statement at most once among them."""
    if not rows:
        return Kept()
    put_on_stage(connection, rows)
    document = {"document": document_id}
    firsts = connection.exec_driver_sql(FIRST_OF_MOMENT).scalar_one()
    added = max(0, connection.exec_driver_sql(FROM_STAGE, document).rowcount)
    sighted = max(0, connection.exec_driver_sql(SIGHTED, document).rowcount)
    connection.exec_driver_sql("DELETE FROM stage")
    return Kept(added, firsts, sighted)


def put_on_stage(connection: Connection, rows: list[tuple[Any, ...]]) -> None:
    """Make statements ready to be compared with those kept."""
    connection.exec_driver_sql(STAGE)
    if rows:
        connection.exec_driver_sql(INTO_STAGE, rows)


def keep_run(
    connection: Connection, run: Lines, times: dict[Key, int], series: Sequence[int], document_id: int
) -> Kept:
    """Keep a run of a log; ``series`` are the ids of its pairs, ``times`` how often what repeats stood.

    A run whose span of time is empty costs what the insertion itself does, one that is known little more.
    """
    rows = list(rows_of(run, times, series, document_id))
    rising, most = run.rising, DENSE * len(rows)
    said = said_in_span(connection, run, sorted(series[number] for number in set(run.pairs)), most)
    if not said:
        connection.exec_driver_sql(INTO_QUOTE, rows if rising else sorted(rows))
        return Kept(len(rows), len(rows) if rising else len(set(zip(run.pairs, run.moments, strict=True))))
    ours, theirs = (list(map(STATED, each)) for each in (rows, sorted(said, key=MOMENT) if rising else said))
    known = ours == theirs or (len(said) <= most and set(ours).issubset(theirs))
    if known and all(DOCUMENT(row) != document_id for row in said):
        return Kept(sighted=max(0, connection.exec_driver_sql(SEEN_AGAIN, rows).rowcount))
    return keep_rows(connection, [row[:-1] for row in rows], document_id)


def said_in_span(connection: Connection, run: Lines, series: list[int], most: int) -> list[Row]:
    """What some series hold of a run's span of time, or one more than the most."""
    raw = connection.connection.driver_connection
    said: list[Row] = []
    if isinstance(raw, sqlite3.Connection):
        for number in series:
            said += raw.execute(IN_SPAN, (number, run.least, run.most, most + 1 - len(said))).fetchall()
    return said


def rows_of(run: Lines, times: dict[Key, int], series: Sequence[int], document_id: int) -> Iterator[Row]:
    """A run as rows, each with its document."""
    return zip(
        map(series.__getitem__, run.pairs),
        run.moments,
        run.mantissas,
        run.scales,
        repeat(""),
        map(run.words.changes.__getitem__, run.changes),
        run.numbers,
        (times.get(key, 1) for key in run.keys()) if times else repeat(1),  # noqa: SIM118 (no dictionary)
        repeat(1),
        repeat(document_id),
        strict=False,  # what is repeated has no end
    )
