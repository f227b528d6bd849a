"""How the database is opened for writing, with every promise on.

Writers begin IMMEDIATE (deferred ones fail under each other), with `synchronous=FULL` and WAL; see README, Limits.
"""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import StaticPool

from fx.errors import StoreError
from fx.store.files import BUSY_MILLISECONDS, MEMORY, check_file, holds_something

__all__ = ["open_for_writing"]


def open_for_writing(path: str | None, patience: int = BUSY_MILLISECONDS) -> Engine:
    """An engine that writes safely; makes the file and its folder where there are none. ``None`` is memory.

    ``patience`` is for how many milliseconds it waits for another writer.
    """
    if path is not None:
        file = Path(path)
        if file.is_symlink() and not file.exists():
            raise StoreError(f"{path} is a link to nowhere: mend the link or name another with --db", target=path)
        if holds_something(path):
            check_file(path)
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"{file.parent} cannot be made ({(error.strerror or str(error)).lower()}): name another with --db",
                target=path,
            ) from None
    engine = create_engine(
        URL.create("sqlite", database=MEMORY if path is None else str(path)),
        poolclass=StaticPool,
        # As an address (``uri``) no path is ever read; it is for what is attached to a database in memory.
        connect_args={"check_same_thread": False} | ({"uri": True} if path is None else {}),
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout={patience:d}")
        if path is not None:
            switch_to_wal(connection)
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA trusted_schema=0")
        connection.execute("PRAGMA cell_size_check=1")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if path is None else "BEGIN IMMEDIATE")

    return engine


def switch_to_wal(connection: sqlite3.Connection) -> None:
    """Turn write-ahead logging on; SQLite does not honour the busy time-out here, so tries are made by hand."""
    for attempt in range(100):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname not in {"SQLITE_BUSY", "SQLITE_LOCKED"} or attempt == 99:
                raise
            time.sleep(0.05)
        else:
            return
