"""What the database says when it fails, turned into the errors of fx."""

from __future__ import annotations

import os
import sqlite3
import sys
from types import TracebackType

from fx.errors import NotAStore, QueryError, StoreBusy, StoreError, StoreReadOnly

__all__ = ["may_be_written", "translated"]


class translated:  # noqa: N801 (it reads as a verb: with translated(target))
    """Turn what the database says into the errors of fx; a class, since every question passes through it."""

    __slots__ = ("target",)

    def __init__(self, target: str) -> None:
        self.target = target

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, sqlite3.Error):
            raise as_fx_error(error, self.target) from error
        if error is None:
            return
        alchemy, psycopg = (sys.modules.get(name) for name in ("sqlalchemy.exc", "psycopg"))
        cause = error  # what was never imported raised nothing
        if alchemy and isinstance(error, alchemy.StatementError):
            cause = error.orig or error
        if psycopg and isinstance(cause, psycopg.Error):
            from fx.store import server_faults  # noqa: PLC0415 (no file needs it)

            raise server_faults.as_fx_error(cause, self.target) from error
        if cause is not error:
            raise as_fx_error(cause, self.target) from error


def may_be_written(path: str) -> bool:
    """Whether a file and its folder may be written to by whoever asks."""
    return os.access(path, os.W_OK) and os.access(os.path.dirname(os.path.abspath(path)), os.W_OK)


def as_fx_error(error: BaseException, target: str) -> StoreError:
    """One error of SQLite as one of fx, by its name."""
    name = getattr(error, "sqlite_errorname", "")
    words = str(error).splitlines()[0] if str(error) else type(error).__name__
    if name == "SQLITE_INTERRUPT":
        raise KeyboardInterrupt
    if name.startswith("SQLITE_READONLY"):
        if os.path.exists(target) and not may_be_written(target):
            return StoreReadOnly(f"{target} may not be written to: check its permissions", target=target)
        return StoreReadOnly(f"{target} is open for reading only ({words}): use 'fx load' to add quotes", target=target)
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return StoreBusy(f"{target} is locked by another process: try again when it has ended", target=target)
    if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        return NotAStore(f"{target} is damaged or no SQLite database ({words}): restore a backup", target=target)
    if name.startswith("SQLITE_FULL"):
        return StoreError(f"the disk of {target} is full: make room and load again", target=target)
    if name.startswith("SQLITE_PROTOCOL"):
        return StoreBusy(
            f"the locks of {target} cannot be had ({words}): try again, or from a local disk", target=target
        )
    if name.startswith("SQLITE_IOERR"):
        return StoreError(
            f"{target} cannot be read or written ({words}): look at its disk, then try again", target=target
        )
    if name.startswith(("SQLITE_CANTOPEN", "SQLITE_PERM")):
        return StoreError(f"{target} cannot be opened ({words}): check path and permissions", target=target)
    return QueryError(f"the database could not run this ({words}): check the statement", target=target, reason=words)
