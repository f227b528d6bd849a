"""What many machines have read, put down at the store as they read it, and kept from there in one order.

An executor puts what it read of a split down in one transaction, under the identity of the split's content: that row
is its receipt, so that a split that is read twice, or by two at once, is there once. Then one process keeps it all, in
the order of the splits, as it would have read it. So nothing depends on which machine was first. The table is there as
long as a job is not at its end; what is known then is known by its documents.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from fx.errors import StoreBusy, StoreError, StoreLost
from fx.store.addresses import address_of_server, without_password
from fx.store.faults import translated
from fx.store.server import connected

if TYPE_CHECKING:
    import psycopg

__all__ = ["PATIENCE", "SplitStage", "patiently"]

PATIENCE = 120
"""Seconds that a server may be gone before it is given up: PostgreSQL mends itself after a crash."""
FIRST_PAUSE, LONGEST_PAUSE = 100, 5000
"""Milliseconds between two attempts, each pause twice the one before."""
WAIT = 60_000
"""Milliseconds that one transaction waits for another."""

MADE = """CREATE TABLE IF NOT EXISTS split (
    job text NOT NULL, content text NOT NULL, number integer NOT NULL, readings bytea NOT NULL,
    PRIMARY KEY (job, content, number))"""
STAGE = """CREATE TEMP TABLE split_stage (job text, content text, number integer, readings bytea) ON COMMIT DROP"""
COPY = "COPY split_stage FROM STDIN (FORMAT BINARY)"
KEEP = """INSERT INTO split SELECT job, content, number, readings FROM split_stage
    ORDER BY job, content, number ON CONFLICT DO NOTHING"""
KEPT = "SELECT 1 FROM split WHERE job = %s AND content = %s AND number = 0"
PIECES = "SELECT readings FROM split WHERE job = %s AND content = %s ORDER BY number"
ALONE = "SELECT pg_try_advisory_lock(hashtextextended('fx spark-load ' || current_schema(), 0))"
Result = TypeVar("Result")


def patiently(work: Callable[[], Result], seconds: int = PATIENCE) -> Result:
    """What some work gives, tried again for so long while the server is gone or busy; then its error is raised."""
    end = time.monotonic() + seconds
    pause = FIRST_PAUSE
    while True:
        try:
            return work()
        except (StoreLost, StoreBusy):
            if time.monotonic() > end:
                raise
            time.sleep(pause / 1000)
            pause = min(2 * pause, LONGEST_PAUSE)


class SplitStage:
    """The stage of one job at a store on a server."""

    def __init__(self, url: str, job: str) -> None:
        self.address = address_of_server(url) or ""
        self.target = without_password(url)
        self.job = job

    @contextmanager
    def opened(self) -> Iterator[psycopg.Connection[Any]]:
        """A connection of its own; raises `StoreError`."""
        with translated(self.target):
            connection = connected(self.address, self.target, WAIT, writes=True)
            try:
                yield connection
            finally:
                connection.close()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Make the stage, and be the only job at this store meanwhile; raises `StoreBusy` where another is."""
        with self.opened() as connection:
            if not (connection.execute(ALONE).fetchone() or [False])[0]:
                raise StoreBusy(f"{self.target} is being filled by another job: wait for its end", target=self.target)
            connection.execute(MADE)
            yield

    def keep(self, content: str, pieces: Callable[[], Iterable[bytes]]) -> bool:
        """Put a split down, in one transaction, unless it lies there; ``pieces`` are asked for only then.

        Returns whether it was put down now. Raises `StoreError` once patience is over.
        """
        if patiently(lambda: self.has(content)):
            return False
        read = list(pieces())
        return patiently(lambda: self.put(content, read))

    def has(self, content: str) -> bool:
        """Whether a split lies there, whole."""
        with self.opened() as connection:
            return connection.execute(KEPT, (self.job, content)).fetchone() is not None

    def put(self, content: str, pieces: list[bytes]) -> bool:
        """One transaction: the pieces into a stage, from there into the table, the receipt among them."""
        with self.opened() as connection, connection.transaction(), connection.cursor() as cursor:
            cursor.execute(STAGE)
            with cursor.copy(COPY) as copy:
                copy.set_types(["text", "text", "int4", "bytea"])
                for number, piece in enumerate(pieces or [b""]):
                    copy.write_row((self.job, content, number, piece))
            cursor.execute(KEEP)
            return cursor.rowcount > 0

    def pieces(self, content: str) -> list[bytes]:
        """What was put down of a split; raises `StoreError` where it is gone."""
        with self.opened() as connection:
            found = [bytes(row[0]) for row in connection.execute(PIECES, (self.job, content))]
        if not found:
            raise StoreError(
                f"what was read for {self.target} is gone from its table split: run the job again", target=self.target
            )
        return [piece for piece in found if piece]

    def clear(self) -> None:
        """Take the stage away: the documents themselves are known now."""
        with self.opened() as connection:
            connection.execute("DROP TABLE IF EXISTS split")
