"""The writer's manners: whole documents in short transactions."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, Engine

from fx.reader import Reading
from fx.store.faults import translated
from fx.store.writing import Loaded, save

__all__ = ["Batch"]

DOCUMENTS_A_TRANSACTION = 20
SECONDS_A_TRANSACTION = 0.05
"""A load commits after so many documents or so long, whichever is first: cheap, and nobody waits long."""


class Batch:
    """Documents kept in short transactions: each whole, several together where they are quick."""

    def __init__(self, engine: Callable[[], Engine], target: str, *, if_changed: bool = False) -> None:
        self.engine = engine
        self.target = target
        self.if_changed = if_changed
        self.connection: Connection | None = None
        self.kept = 0
        self.began = 0.0

    def keep(self, found: Reading, clock: Callable[[], datetime]) -> Loaded:
        """Keep one reading, and commit where enough have come together."""
        if not found.quotes and not found.rejects:
            return Loaded(documents=1)  # prose leaves no trace, and makes no database
        with translated(self.target):
            if self.connection is None:
                self.connection = self.engine().connect()
                self.connection.begin()
                self.kept, self.began = 0, time.monotonic()
            try:
                with self.connection.begin_nested():  # a document that fails is undone alone
                    loaded = save(self.connection, found, clock(), if_changed=self.if_changed)
            except Exception:
                raise
            except BaseException:  # Ctrl-C in the middle of a statement: the whole transaction is undone
                connection, self.connection = self.connection, None
                connection.invalidate()
                connection.close()
                raise
        self.kept += 1
        if self.kept >= DOCUMENTS_A_TRANSACTION or time.monotonic() - self.began > SECONDS_A_TRANSACTION:
            self.end()
        return loaded

    def end(self) -> None:
        """Commit what is open."""
        if self.connection is not None:
            connection, self.connection = self.connection, None
            with translated(self.target), connection:
                connection.commit()
