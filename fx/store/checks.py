"""Proves that a database is sound, or says what is wrong with it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from fx.errors import NotAStore, QueryError
from fx.store.digests import OF_REJECTS, PRIME, SEALED, row_digest, seal_of
from fx.store.marks import FALSE_MARKS

__all__ = ["problems_of"]

Query = Callable[[str], tuple[list[str], list[tuple[Any, ...]]]]
"""A question in SQL to its column names and rows."""

LOST = """
SELECT coalesce((SELECT name FROM document AS d WHERE d.id = q.document_id), 'document ' || q.document_id), count(*)
  FROM {table} AS q
 WHERE NOT EXISTS (SELECT 1 FROM document AS d WHERE d.id = q.document_id)
    OR NOT EXISTS (SELECT 1 FROM series AS s WHERE s.id = q.series_id)
 GROUP BY q.document_id"""
SAID = f"""
SELECT d.name, d.quotes, d.digest, coalesce(k.said, 0), coalesce((k.digest % {PRIME} + {PRIME}) % {PRIME}, 0)
  FROM document AS d
  LEFT JOIN (SELECT document_id, count(*) AS said, sum(digest) AS digest
               FROM (SELECT q.document_id, {row_digest("q")} AS digest FROM quote AS q
                      UNION ALL
                     SELECT q.document_id, {row_digest("q")} FROM sighting AS q) AS each
              GROUP BY document_id) AS k ON k.document_id = d.id
 ORDER BY d.id"""
SEALS = f"SELECT id, seal, rejects, {SEALED} FROM document ORDER BY id"
REJECTS = f"SELECT document_id, {OF_REJECTS} FROM reject ORDER BY document_id, number"


def schema_problems(query: Query) -> Iterator[str]:
    """Tables, indexes and views that are missing or not as this fx makes them."""
    from fx.schema import expected_schema  # noqa: PLC0415 (SQLAlchemy writes it out)

    found: dict[str, str] = dict(query("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")[1])
    for name, sql in expected_schema().items():
        if name not in found:
            yield f"{name} is missing"
        elif " ".join(found[name].split()) != " ".join(sql.split()):
            yield f"{name} is not as fx makes it"


COLUMNS_THERE = """SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod)
  FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE c.relkind IN ('r', 'p', 'v', 'i', 'I')
   AND c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
 ORDER BY c.relname, a.attnum"""


def server_schema_problems(query: Query) -> Iterator[str]:
    """The same of a server, by names and types of columns: it keeps no text of what made them."""
    from fx.schema import expected_columns  # noqa: PLC0415

    found: dict[str, list[tuple[str, str]]] = {}
    for name, column, kind in query(COLUMNS_THERE)[1]:
        found.setdefault(name, []).append((column, kind))
    for name, columns in expected_columns().items():
        if name not in found:
            yield f"{name} is missing"
        elif [name for name, _ in columns] != [name for name, _ in found[name]] or any(
            meant and meant != there for (_, meant), (_, there) in zip(columns, found[name], strict=True)
        ):
            yield f"{name} is not as fx makes it"


def integrity(query: Query) -> Iterator[str]:
    """What SQLite itself finds."""
    yield from (f"integrity: {row[0]}" for row in query("PRAGMA integrity_check")[1] if row[0] != "ok")
    yield from (f"foreign key: {row[0]} refers to a missing {row[2]}" for row in query("PRAGMA foreign_key_check")[1])


def lost(query: Query) -> Iterator[str]:
    """Quotes that nobody said, or of no pair."""
    for table, what in (("quote", "quotes"), ("sighting", "mentions")):
        for name, number in query(LOST.format(table=table))[1]:
            yield f"{number} {what} of {name} have lost their document or series"


def changed(query: Query) -> Iterator[str]:
    """Documents of which quotes are gone, or are not what was kept of them."""
    for name, counted, digest, kept, found in query(SAID)[1]:
        if counted != kept:
            yield f"{name} has {kept} of its {counted} quotes"
        elif digest != found:
            yield f"{name} has quotes that are not as they were kept"


def unsealed(query: Query) -> Iterator[str]:
    """Documents of which something else has changed, and what they refused."""
    refused = {number: list(rows) for number, rows in groupby(query(REJECTS)[1], key=itemgetter(0))}
    for number, seal, counted, *sealed in query(SEALS)[1]:
        rejects = [row[1:] for row in refused.pop(number, [])]
        if counted != len(rejects):
            yield f"{sealed[1]} has {len(rejects)} of its {counted} rejects"
        elif seal != seal_of(sealed, rejects):
            yield f"{sealed[1]} has a name, a time or rejects that are not as they were kept"
    yield from (f"document {number} has rejects and is gone" for number in refused)


def mismarked(query: Query) -> Iterator[str]:
    """Series that are not what their mark says (`fx.store.marks`), by which candles would go wrong."""
    for base, counter, source in query(FALSE_MARKS)[1]:
        named = f" of {source}" if source else ""
        yield f"{base}/{counter}{named} is marked as plain rates of one scale, one a moment, and is not"


def problems_of(query: Query, *, on_server: bool = False) -> list[str]:
    """What is wrong with the database, as sentences; none if it is sound.

    Integrity and foreign keys by SQLite, the schema against this fx, every quote with its document, the counts and
    digests (`fx.store.digests`) that the documents keep, and the marks of the series (`fx.store.marks`). What is so
    damaged that it cannot be read is a finding too.
    """
    problems: list[str] = []
    files = (("integrity", integrity), ("schema", schema_problems))
    own = (("schema", server_schema_problems),) if on_server else files
    rows = (("lost quotes", lost), ("changed quotes", changed), ("seals", unsealed), ("marks", mismarked))
    for what, look in (*own, *rows):
        try:
            problems += look(query)
        except (sqlite3.Error, NotAStore, QueryError, UnicodeError) as error:
            if getattr(error, "sqlite_errorname", "") == "SQLITE_INTERRUPT":
                raise
            problems.append(f"{what} cannot be looked at: {error}")
    return problems
