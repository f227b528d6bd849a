"""How the database is opened for writing, with every promise on.

Writers begin IMMEDIATE (deferred ones fail under each other), with `synchronous=FULL` and WAL, or a rollback journal
where the file system has no WAL (`fx.store.mounts`); see README, Limits.
"""

from __future__ import annotations

import os
import random
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import StaticPool

from fx.errors import StoreBusy, StoreError
from fx.store.files import BUSY_MILLISECONDS, MEMORY, check_file, holds_something, refuse_special
from fx.store.mounts import MOUNTS, kind_of, without_shared_memory

__all__ = ["open_for_writing"]

SLICE = 200
"""Milliseconds for which SQLite waits by itself, seeing no signal."""
PAUSE = 0.02


def open_for_writing(path: str | None, patience: int = BUSY_MILLISECONDS) -> Engine:
    """An engine that writes safely; makes the file and its folder where there are none. ``None`` is memory.

    ``patience`` is for how many milliseconds it waits for another writer.
    """
    if path is not None:
        file = Path(path)
        if os.path.islink(path) and not os.path.exists(path):
            raise StoreError(f"{path} is a link to nowhere: mend the link or name another with --db", target=path)
        if holds_something(path):
            check_file(path)
        refuse_special(path)
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"{file.parent} cannot be made ({(error.strerror or str(error)).lower()}): name another with --db",
                target=path,
            ) from None
    distant = path is not None and lies_far_away(path)
    engine = create_engine(
        URL.create("sqlite", database=MEMORY if path is None else str(path)),
        poolclass=StaticPool,
        # As an address (``uri``) no path is ever read; it is for what is attached to a database in memory.
        connect_args={"check_same_thread": False} | ({"uri": True} if path is None else {}),
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        # With a journal a commit waits for readers, by itself.
        connection.execute(f"PRAGMA busy_timeout={patience if distant else min(patience, SLICE):d}")
        if path is not None:
            journal = "DELETE" if distant else "WAL"
            patiently(lambda: connection.execute(f"PRAGMA journal_mode={journal}"), path, patience)
        # EXTRA: of a journal it is certain only then that it is gone, and with it that the commit holds.
        connection.execute(f"PRAGMA synchronous={'EXTRA' if distant else 'FULL'}")
        connection.execute("PRAGMA trusted_schema=0")
        connection.execute("PRAGMA cell_size_check=1")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if path is None:
            connection.exec_driver_sql("BEGIN")
        else:
            patiently(lambda: connection.exec_driver_sql("BEGIN IMMEDIATE"), path, patience)

    return engine


def lies_far_away(path: str) -> bool:
    """Whether a file lies where write-ahead logging does not work."""
    try:
        mounts = Path(MOUNTS).read_text("utf-8", "surrogateescape")
    except OSError:
        return False
    return without_shared_memory(kind_of(path, mounts))


def patiently(step: Callable[[], object], path: str, patience: int) -> None:
    """Take a step that waits for others, for so many milliseconds; raises `StoreBusy` after that.

    SQLite's own waiting sees no signal, is not fair among several who wait, and is not done where write-ahead logging
    is turned on. So it waits a little while, and the rest is done here.
    """
    until = time.monotonic() + patience / 1000
    while True:
        try:
            step()
        except (sqlite3.OperationalError, SQLAlchemyError) as error:
            name = getattr(getattr(error, "orig", error), "sqlite_errorname", "")
            if not name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
                raise
            if time.monotonic() >= until:
                raise StoreBusy(
                    f"{path} was locked by another process for {patience / 1000:g} s: try again when that has ended",
                    target=path,
                    waited=patience / 1000,
                ) from error
        else:
            return
        time.sleep(random.uniform(0, PAUSE))  # noqa: S311 (so that two who wait do not meet again and again)
