"""How the database is opened for writing, with every promise on: SQLite's own driver, as in `fx.store.plainly`.

Writers begin IMMEDIATE (deferred ones fail under each other), with `synchronous=FULL` and WAL, or a rollback journal
where the file system has no WAL (`fx.store.mounts`); see README, Limits.
"""

from __future__ import annotations

import os
import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from threading import RLock
from typing import Any

from fx.errors import StoreBusy, StoreError
from fx.store.files import BUSY_MILLISECONDS, MEMORY, check_file, holds_something, refuse_special
from fx.store.mounts import MOUNTS, kind_of, without_shared_memory
from fx.store.plainly import Connection, Cursor, FileConnection, Raw

__all__ = ["FileWriter", "WritingConnection", "open_for_writing"]

SLICE = 200
"""Milliseconds for which SQLite waits by itself, seeing no signal."""
PAUSE = 0.02
AT_ONCE = 40
"""Rows that one statement puts in: they cost a third less than one by one, and stay below 999 parameters."""


def open_for_writing(path: str | None, patience: int = BUSY_MILLISECONDS) -> FileWriter:
    """What writes safely; makes the file's folder where there is none, and the file with the first connection.

    ``None`` is memory. ``patience`` is for how many milliseconds it waits for another writer.
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
    return FileWriter(path, patience)


class FileWriter:
    """One connection that writes, to a file or to memory (None); opened when needed and, if it was lost, again."""

    def __init__(self, path: str | None, patience: int) -> None:
        self.path = path
        self.patience = patience
        self.raw: sqlite3.Connection | None = None
        self.look: Callable[[Connection], None] | None = None
        self.turn = RLock()

    def connect(self) -> WritingConnection:
        """The one connection."""
        with self.turn:
            if self.raw is None:
                self.raw = connected(self.path, self.patience)
            return WritingConnection(self.raw, self)

    @contextmanager
    def begin(self) -> Iterator[WritingConnection]:
        """A transaction that is committed if nothing goes wrong within it."""
        with self.connect() as connection:
            connection.begin()
            yield connection
            connection.commit()

    def close(self) -> None:
        """Let go of the database."""
        if self.raw is not None:
            self.raw.close()
            self.raw = None

    dispose = close


class WritingConnection(FileConnection):
    """A connection that writes; what was begun and not committed is undone when it is left."""

    __slots__ = ("writer",)
    writes = True

    def __init__(self, raw: sqlite3.Connection, writer: FileWriter) -> None:
        super().__init__(raw, writer.turn)
        self.writer = writer

    def exec_driver_sql(self, statement: str, parameters: Any = None, /) -> Cursor:
        """Ask one question of fx's own, or put in many rows by an ``INSERT INTO … VALUES (?, …)``."""
        cursor = self.raw.cursor(Cursor)
        if not isinstance(parameters, list):
            return cursor.execute(statement, parameters or ())
        head, _, marks = statement.partition(" VALUES ")
        step = AT_ONCE * marks.count("?")
        cells = list(chain.from_iterable(parameters[: len(parameters) // AT_ONCE * AT_ONCE]))
        many = f"{head} VALUES {', '.join([marks] * AT_ONCE)}"
        for place in range(0, len(cells), step):
            cursor.execute(many, cells[place : place + step])
        return cursor.executemany(statement, parameters[len(cells) // step * AT_ONCE :])

    def start(self) -> None:
        """Begin a transaction, when it is this writer's turn."""
        if self.writer.path is None:
            self.raw.execute("BEGIN")
        else:
            patiently(lambda: self.raw.execute("BEGIN IMMEDIATE"), self.writer.path, self.writer.patience)
        if self.writer.look:
            self.writer.look(self)

    def commit(self) -> None:
        """Keep what was written."""
        self.raw.commit()

    def rollback(self) -> None:
        """End the transaction, if one was begun here."""
        if self.writer.raw is self.raw:  # and was not let go
            super().rollback()

    def invalidate(self) -> None:
        """Let the connection go at once, and with it what was not committed."""
        self.writer.close()


def connected(path: str | None, patience: int) -> sqlite3.Connection:
    """A connection to a file, or to a database in memory, made ready to write."""
    distant = path is not None and lies_far_away(path)
    # As an address (``uri``) no path is ever read; it is for what is attached to a database in memory.
    raw = sqlite3.connect(
        MEMORY if path is None else os.path.abspath(path),
        isolation_level=None,
        check_same_thread=False,
        uri=path is None,
        factory=Raw,
    )
    try:
        # With a journal a commit waits for readers, by itself.
        raw.execute(f"PRAGMA busy_timeout={patience if distant else min(patience, SLICE):d}")
        if path is not None:
            journal = "DELETE" if distant else "WAL"
            patiently(lambda: raw.execute(f"PRAGMA journal_mode={journal}"), path, patience)
        # EXTRA: of a journal it is certain only then that it is gone, and with it that the commit holds.
        raw.execute(f"PRAGMA synchronous={'EXTRA' if distant else 'FULL'}")
        raw.execute("PRAGMA trusted_schema=0")
        raw.execute("PRAGMA cell_size_check=1")
    except BaseException:
        raw.close()
        raise
    return raw


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
        except sqlite3.OperationalError as error:
            if not error.sqlite_errorname.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
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
