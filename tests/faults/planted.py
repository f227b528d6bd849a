"""What a test changes within the process that it is about to harm: its telling, its settings, and bugs planted in it.

Nothing of this is an option of fx: it is done to the modules of a process that was forked for it.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import sqlite3
import sqlite3.dbapi2
from collections.abc import Callable
from pathlib import Path
from typing import Any


def let_anybody_trace() -> None:
    """Let a process that is no ancestor watch this one, where the system asks for that (Yama)."""
    with contextlib.suppress(OSError):
        ctypes.CDLL(None).prctl(0x59616D61, ctypes.c_ulong(-1 & 0xFFFFFFFFFFFFFFFF), 0, 0, 0)


def tell_of_each(file: str) -> None:
    """Write the name of each document to a file at the moment when ``fx load`` tells of it."""
    from fx.cli import reading  # noqa: PLC0415
    from fx.reader import Reading  # noqa: PLC0415

    number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    hear = reading.Talk.hear

    def heard(self: reading.Talk, found: Any) -> None:
        hear(self, found)
        if isinstance(found, Reading):
            os.write(number, f"{found.document}\n".encode())

    reading.Talk.hear = heard  # type: ignore[method-assign]


def plant(bug: str, *, pragmas: dict[str, str], batch: int, patience: int, mounts: str) -> None:
    """Change this process."""
    from fx.cli import options  # noqa: PLC0415
    from fx.store import Store, batches, engine, plainly, stage  # noqa: PLC0415

    if batch:
        batches.DOCUMENTS_A_TRANSACTION = batch  # type: ignore[misc]
    if patience:
        plainly.BUSY_MILLISECONDS = patience  # type: ignore[attr-defined]
        options.Session.store = lambda self: Store(self.place[0], patience=patience)  # type: ignore[method-assign]
    if mounts:
        engine.MOUNTS = mounts  # type: ignore[attr-defined]
    if bug == "forgets the marks":
        stage.unmark = lambda *_, **__: None  # type: ignore[assignment]
    if bug == "tells before it commits":
        keep = batches.Batch.keep

        def keep_and_tell(self: batches.Batch, found: Any) -> None:
            told, self.tell = self.tell, lambda _: None
            number = len(found.quotes)  # a load without a quote would end with 1
            told([(found, batches.Loaded(documents=1, quotes=number, new=number))])
            keep(self, found)
            self.tell = told

        batches.Batch.keep = keep_and_tell  # type: ignore[method-assign]
    if pragmas or bug == "commits between a document and its quotes":
        splits = bug == "commits between a document and its quotes"
        connect = sqlite3.connect

        def connected(*words: Any, **options: Any) -> sqlite3.Connection:
            return connect(*words, **{**options, "factory": Splitting if splits else Changed})

        Changed.pragmas = pragmas
        sqlite3.connect = sqlite3.dbapi2.connect = connected  # type: ignore[assignment]


class Changed(sqlite3.Connection):
    """A connection on which a setting that fx makes becomes another."""

    pragmas: dict[str, str] = {}  # noqa: RUF012

    def execute(self, sql: str, /, *parameters: Any) -> sqlite3.Cursor:
        """Run a statement; a PRAGMA that is set is set otherwise."""
        found = re.match(r"PRAGMA (\w+)=", sql)
        if found and found[1] in self.pragmas:
            sql = f"PRAGMA {found[1]}={self.pragmas[found[1]]}"
            if found[1] == "synchronous":
                for name in self.pragmas.keys() - {"synchronous"}:
                    super().execute(f"PRAGMA {name}={self.pragmas[name]}")
        return super().execute(sql, *parameters)


class Splitting(sqlite3.Connection):
    """A connection that commits as soon as a document's row is written, before its quotes are."""

    def cursor(self, factory: Callable[..., sqlite3.Cursor] | None = None) -> sqlite3.Cursor:  # type: ignore[override]
        """A cursor that does so."""
        return super().cursor(type("Torn", (SplittingCursor, factory or sqlite3.Cursor), {}))  # type: ignore[type-var]


class SplittingCursor(sqlite3.Cursor):
    """See `Splitting`."""

    torn = False

    def execute(self, sql: str, /, *parameters: Any) -> sqlite3.Cursor:
        """Run a statement, and before the one after a document's row a commit."""
        raw = self.connection
        if SplittingCursor.torn and raw.in_transaction:
            SplittingCursor.torn = False
            raw.execute("COMMIT")
            raw.execute("BEGIN IMMEDIATE")
            raw.execute("SAVEPOINT document")
        SplittingCursor.torn = bool(re.match(r"\s*INSERT INTO document\b", sql))
        return super().execute(sql, *parameters)


def mount_table(folder: Path, kind: str) -> str:
    """A table of mounts in which the root is of this kind, as a file; its path."""
    file = folder / "mountinfo"
    file.write_text(f"22 1 0:20 / / rw,relatime shared:1 - {kind} server:/export rw\n", encoding="utf-8")
    return str(file)
