"""The writer's manners: whole documents in short transactions, and what is told of is committed."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from fx.reader import Reading
from fx.store.faults import translated
from fx.store.plainly import Writer, driver_of
from fx.store.writing import Loaded, save

__all__ = ["Batch"]

DOCUMENTS_A_TRANSACTION = 20
QUOTES_A_TRANSACTION = 1000
SECONDS_A_TRANSACTION = 0.05
"""A load commits after so many documents or quotes or so long, whichever is first: cheap, and nobody waits long."""


class Batch:
    """Documents kept in short transactions: each whole, several together where they are quick.

    They wait here until enough have come together, and the database is locked only while they are written: a page that
    is slow to come, or a pipe that stands still, keeps no other writer waiting. ``tell`` is given the readings of a
    transaction, each with what it did, once they are committed.
    """

    def __init__(
        self,
        engine: Callable[[], Writer],
        target: str,
        clock: Callable[[], datetime],
        tell: Callable[[Sequence[tuple[Reading, Loaded]]], None],
        *,
        if_changed: bool = False,
    ) -> None:
        self.engine = engine
        self.target = target
        self.clock = clock
        self.tell = tell
        self.if_changed = if_changed
        self.waiting: list[Reading] = []
        self.since = 0.0

    def keep(self, found: Reading) -> None:
        """Take one reading, and commit where enough have come together."""
        if not found.quotes and not found.rejects:
            self.tell([(found, Loaded(documents=1))])  # prose leaves no trace, and makes no database
            return
        if not self.waiting:
            self.since = time.monotonic()
        self.waiting.append(found)
        if (
            len(self.waiting) >= DOCUMENTS_A_TRANSACTION
            or sum(len(each.quotes) for each in self.waiting) >= QUOTES_A_TRANSACTION
            or time.monotonic() - self.since > SECONDS_A_TRANSACTION
        ):
            self.end()

    def end(self) -> None:
        """Write and commit what waits; a document that fails is undone alone, and those after it are not begun."""
        waiting, self.waiting = self.waiting, []
        if not waiting:
            return
        kept: list[tuple[Reading, Loaded]] = []
        try:
            with translated(self.target):
                self.write(waiting, kept)
        finally:
            if kept:
                self.tell(kept)

    def write(self, waiting: list[Reading], kept: list[tuple[Reading, Loaded]]) -> None:
        """One transaction; ``kept`` is filled with what it committed, whether it ends well or not."""
        done: list[tuple[Reading, Loaded]] = []
        with self.engine().connect() as connection:
            raw = driver_of(connection)
            try:
                connection.begin()
                try:
                    for found in waiting:
                        loaded = self.alone(connection, found, raw)
                        done.append((found, loaded))
                except Exception:
                    if done and not undone(raw):
                        with suppress(Exception):  # what went wrong first is what is told
                            commit(connection, raw)
                            kept += done
                    raise
                commit(connection, raw)
                kept += done
            except Exception:
                raise
            except BaseException:  # Ctrl-C in the middle of a statement: the whole transaction is undone
                with suppress(sqlite3.Error):  # closed already
                    if len(done) == len(waiting) and undone(raw):
                        kept[:] = done  # it came after the commit
                connection.invalidate()
                raise

    def alone(self, connection: Any, found: Reading, raw: Any) -> Loaded:
        """Write one document so that it can be undone alone."""
        connection.exec_driver_sql("SAVEPOINT document")
        try:
            loaded = save(connection, found, self.clock(), if_changed=self.if_changed)
        except Exception:
            if not undone(raw):
                with suppress(Exception):
                    connection.exec_driver_sql("ROLLBACK TO SAVEPOINT document")
            raise
        connection.exec_driver_sql("RELEASE SAVEPOINT document")
        return loaded


def undone(raw: Any) -> bool:
    """Whether SQLite has no transaction open: it undoes one by itself when the disk is full or cannot be read."""
    return isinstance(raw, sqlite3.Connection) and not raw.in_transaction


def commit(connection: Any, raw: Any) -> None:
    """Commit; with SQLite by its own driver, which is still there to be asked if Ctrl-C comes at that moment."""
    if isinstance(raw, sqlite3.Connection):
        raw.commit()
    else:
        connection.commit()
