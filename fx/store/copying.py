"""A whole store copied to another place, from one engine to the other or to the same: `fx db copy`.

Table by table, in the order of their keys, some thousand rows a transaction, out of one state of the source. What was
copied is a beginning of each table, so that a copy that was ended in the middle goes on behind its last row. Until all
is there and both sides have the same rows, told by their number and a digest over each table, the copy bears a mark in
place of its revision, and nobody takes it for a store.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from fx.errors import NotAStore, SchemaMismatch, StoreError, StoreMissing, UsageError
from fx.sql import HEAD
from fx.store.faults import translated
from fx.store.files import BUSY_MILLISECONDS, holds_something
from fx.store.migrate import COPYING
from fx.store.stage import MOMENT

if TYPE_CHECKING:
    from sqlalchemy import Table

    from fx.store.keeper import Store

__all__ = ["Copied", "copy_store"]

ROWS_A_TRANSACTION = 10_000
MARK = "UPDATE alembic_version SET version_num = :revision"
NEXT_NUMBER = "SELECT setval(pg_get_serial_sequence('{0}', 'id'), max(id)) FROM {0}"


@dataclass(frozen=True, slots=True)
class Copied:
    """One table: how many ``rows`` it has, and how many of them were copied now, not before."""

    table: str
    rows: int
    now: int


def copy_store(source: Store, target: Store, report: Callable[[Copied], None] = lambda _: None) -> list[Copied]:
    """Copy a store whole; ``target`` is made, or, if it is an unfinished copy, finished. ``report`` is told of tables.

    Raises `UsageError` where the target holds something else, and `StoreError`, also where the copy is not the same
    in the end: then the source changed since an earlier beginning.
    """
    from fx.schema import metadata  # noqa: PLC0415 (SQLAlchemy, which no load needs)

    refuse_itself(source, target)
    source.reading()
    prepare(target)
    writer = target.opened_for_writing(BUSY_MILLISECONDS)
    done = []
    try:
        with translated(source.target), source.reading().connect() as connection, connection.begin():
            with translated(target.target), writer.begin() as into:
                into.exec_driver_sql(MARK, {"revision": COPYING})
            for table in metadata.sorted_tables:
                done.append(copied(connection, writer, table, target.target))
                report(done[-1])
            for table in metadata.sorted_tables:
                with translated(target.target), writer.begin() as into:
                    same = digest(connection, table) == digest(into, table)
                if not same:
                    raise StoreError(
                        f"{target.target} is not the same as {source.target} in its table {table.name}, which changed "
                        "since the copy was begun: remove it and copy again",
                        target=target.target,
                    )
        with translated(target.target), writer.begin() as into:
            for table in metadata.sorted_tables if target.url else ():
                if "id" in table.columns:
                    into.exec_driver_sql(NEXT_NUMBER.format(table.name))
            into.exec_driver_sql(MARK, {"revision": HEAD})
    finally:
        writer.dispose()
    return done


def refuse_itself(source: Store, target: Store) -> None:
    """Refuse a copy onto itself, and one of or to what is gone when the command ends."""
    for store in (source, target):
        if store.path is None and store.url is None:
            raise UsageError("a database in memory is gone with its process: name a file or a server")
    same_file = source.path and target.path and os.path.realpath(source.path) == os.path.realpath(target.path)
    if same_file or (source.url is not None and source.url == target.url):
        raise UsageError(f"{target.target} is the database itself: name another place")


def prepare(target: Store) -> None:
    """Make the target where there is none; refuse one that holds something else than an unfinished copy."""
    try:
        if target.path is None or holds_something(target.path):
            target.reading()
            if target.asked("SELECT (SELECT count(*) FROM source) + (SELECT count(*) FROM document)")[1] != [(0,)]:
                raise UsageError(f"{target.target} holds quotes already: name an empty place")
    except StoreMissing:
        pass
    except SchemaMismatch as error:
        if error.facts.get("revision") == COPYING:
            return
        raise
    except NotAStore:
        raise UsageError(f"{target.target} holds something else: name an empty place") from None
    target.writing()
    target.close()


def copied(connection: Any, writer: Any, table: Table, target: str) -> Copied:
    """Copy what is not there yet of one table."""
    names = ", ".join(column.name for column in table.columns)
    marks = ", ".join("?" for _ in table.columns)
    put = f"INSERT INTO {table.name} ({names}) VALUES ({marks})"
    with translated(target), writer.begin() as into:
        last = last_key(into, table)
        before = into.exec_driver_sql(f"SELECT count(*) FROM {table.name}").scalar_one()
    rows = rows_of(connection, table, last)
    now = 0
    while batch := [tuple(row) for row in islice(rows, ROWS_A_TRANSACTION)]:
        with translated(target), writer.begin() as into:
            if table.name == "quote":
                into.make_room(map(MOMENT, batch))
            into.exec_driver_sql(put, batch)
        now += len(batch)
    return Copied(table.name, before + now, now)


def key_of(table: Table) -> str:
    """The columns of the key, which order the table."""
    return ", ".join(column.name for column in table.primary_key.columns)


def last_key(connection: Any, table: Table) -> Sequence[Any] | None:
    """The key of the last row."""
    backwards = ", ".join(f"{column.name} DESC" for column in table.primary_key.columns)
    row = connection.exec_driver_sql(f"SELECT {key_of(table)} FROM {table.name} ORDER BY {backwards} LIMIT 1").first()
    return None if row is None else tuple(row)


def rows_of(connection: Any, table: Table, after: Sequence[Any] | None = None) -> Iterator[Any]:
    """The rows of a table in the order of its key, those behind a key or all."""
    names = ", ".join(column.name for column in table.columns)
    keys = [column.name for column in table.primary_key.columns]
    where = f"WHERE ({', '.join(keys)}) > ({', '.join(f':{key}' for key in keys)})" if after else ""
    sql = f"SELECT {names} FROM {table.name} {where} ORDER BY {', '.join(keys)}"
    stream = getattr(connection, "stream", connection.exec_driver_sql)
    return iter(stream(sql, dict(zip(keys, after or (), strict=False))))


def digest(connection: Any, table: Table) -> tuple[int, str]:
    """The number of the rows of a table, and a digest over them."""
    count, told = 0, hashlib.sha256()
    for row in rows_of(connection, table):
        told.update(repr(tuple(row)).encode("utf-8"))
        count += 1
    return count, told.hexdigest()
