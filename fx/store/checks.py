"""Proves that a database is sound, or says what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["problems_of"]

Query = Callable[[str], tuple[list[str], list[tuple[Any, ...]]]]
"""A question in SQL to its column names and rows."""


def schema_problems(query: Query) -> list[str]:
    """Tables, indexes and views that are missing or not as this fx makes them."""
    from fx.schema import expected_schema  # noqa: PLC0415 (SQLAlchemy writes it out)

    found: dict[str, str] = dict(query("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")[1])
    return [
        f"{name} is missing" if name not in found else f"{name} is not as fx makes it"
        for name, sql in expected_schema().items()
        if " ".join(found.get(name, "").split()) != " ".join(sql.split())
    ]


def problems_of(query: Query) -> list[str]:
    """What is wrong with the database, as sentences; none if it is sound.

    Integrity and foreign keys by SQLite, the schema against this fx, every quote with its document, and the
    counts that the documents keep.
    """
    problems = [f"integrity: {row[0]}" for row in query("PRAGMA integrity_check")[1] if row[0] != "ok"]
    problems += [f"foreign key: {row[0]} refers to a missing {row[2]}" for row in query("PRAGMA foreign_key_check")[1]]
    lost = query(
        """SELECT count(*) FROM quote AS q WHERE NOT EXISTS (SELECT 1 FROM document AS d WHERE d.id = q.document_id)
              OR NOT EXISTS (SELECT 1 FROM series AS s WHERE s.id = q.series_id)"""
    )[1][0][0]
    if lost:
        problems.append(f"{lost} quotes have lost their document or series")
    problems += schema_problems(query)
    problems += [
        f"{name} has {kept} of its {counted} quotes"
        for name, counted, kept in query(
            """SELECT d.name, d.quotes, (SELECT count(*) FROM quote AS q WHERE q.document_id = d.id)
                      + (SELECT count(*) FROM sighting AS g WHERE g.document_id = d.id) AS kept
                 FROM document AS d WHERE kept <> d.quotes"""
        )[1]
    ]
    problems += [
        f"{name} has {kept} of its {counted} rejects"
        for name, counted, kept in query(
            """SELECT d.name, d.rejects, (SELECT count(*) FROM reject AS r WHERE r.document_id = d.id) AS kept
                 FROM document AS d WHERE kept <> d.rejects"""
        )[1]
    ]
    return problems
