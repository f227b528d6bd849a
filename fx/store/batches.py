"""The writer's manners: whole documents in short transactions, and what is told of is committed."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple

from fx.reader import Reading
from fx.store.faults import translated
from fx.store.plainly import Writer, driver_of
from fx.store.writing import Loaded, save

__all__ = ["LARGE", "Batch", "Sizes"]


DOCUMENTS_A_TRANSACTION = 20
QUOTES_A_TRANSACTION = 1000
SECONDS_A_TRANSACTION = 0.05
"""A load commits after so many documents or quotes or so long, whichever is first: cheap, and nobody waits long."""


class Sizes(NamedTuple):
    """The same for a load that asks for others."""

    documents: int
    quotes: int
    seconds: float


LARGE = Sizes(500, 20_000, 10)
"""For what is read already, and kept on a server."""


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
        sizes: Sizes | None = None,
    ) -> None:
        self.engine = engine
        self.target = target
        self.clock = clock
        self.tell = tell
        self.if_changed = if_changed
        self.sizes = sizes or Sizes(DOCUMENTS_A_TRANSACTION, QUOTES_A_TRANSACTION, SECONDS_A_TRANSACTION)
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
            len(self.waiting) >= self.sizes.documents
            or sum(len(each.quotes) for each in self.waiting) >= self.sizes.quotes
            or time.monotonic() - self.since > self.sizes.seconds
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
                    while len(done) < len(waiting):
                        left = waiting[len(done) :]
                        done += zip(left, self.together(connection, left), strict=False)
                        for found in waiting[len(done) : len(done) + 1]:
                            done.append((found, self.alone(connection, found, raw)))
                except Exception:
                    if done and not undone(raw):
                        with suppress(Exception):  # what went wrong first is what is told
                            connection.commit()
                            kept += done
                    raise
                connection.commit()
                kept += done
            except Exception:
                raise
            except BaseException:  # Ctrl-C in the middle of a statement: the whole transaction is undone
                with suppress(sqlite3.Error):  # closed already
                    if len(done) == len(waiting) and undone(raw):
                        kept[:] = done  # it came after the commit
                connection.invalidate()
                raise

    def together(self, connection: Any, left: list[Reading]) -> list[Loaded]:
        """Write as many of these as a server takes at once; none of those that must be written alone."""
        if self.if_changed or len(left) < 2 or driver_of(connection) is not None:
            return []
        from fx.store.together import keep_together  # noqa: PLC0415 (no file needs it)

        connection.raw.execute("SAVEPOINT together")
        try:
            loaded = keep_together(connection, left, self.clock)
        except Exception:
            with suppress(Exception):  # a document that fails must fail alone
                connection.raw.execute("ROLLBACK TO SAVEPOINT together")
                connection.parts = None  # some may be undone
                return []
            raise
        connection.raw.execute("RELEASE SAVEPOINT together")
        return loaded

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
