"""What the database says when it fails, turned into the errors of fx."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from fx.errors import NotAStore, QueryError, StoreBusy, StoreError, StoreReadOnly

__all__ = ["translated"]


@contextmanager
def translated(target: str) -> Iterator[None]:
    """Turn what the database says into the errors of fx."""
    try:
        yield
    except sqlite3.Error as error:
        raise as_fx_error(error, target) from error
    except Exception as error:
        wrapped = sys.modules.get("sqlalchemy.exc")  # where it was never imported, nothing of it was raised
        if wrapped is None or not isinstance(error, wrapped.StatementError):
            raise
        raise as_fx_error(error.orig or error, target) from error


def as_fx_error(error: BaseException, target: str) -> StoreError:
    """One error of SQLite as one of fx, by its name."""
    name = getattr(error, "sqlite_errorname", "")
    words = str(error).splitlines()[0] if str(error) else type(error).__name__
    if name == "SQLITE_INTERRUPT":
        raise KeyboardInterrupt
    if name.startswith("SQLITE_READONLY"):
        return StoreReadOnly(f"{target} is open for reading only ({words}): use 'fx load' to add quotes", target=target)
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return StoreBusy(f"{target} is locked by another process: try again when it has ended", target=target)
    if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        return NotAStore(f"{target} is damaged or no SQLite database ({words}): restore a backup", target=target)
    if name.startswith("SQLITE_FULL"):
        return StoreError(f"the disk of {target} is full: make room and load again", target=target)
    if name.startswith(("SQLITE_CANTOPEN", "SQLITE_IOERR", "SQLITE_PERM")):
        return StoreError(f"{target} cannot be opened ({words}): check path and permissions", target=target)
    return QueryError(f"the database could not run this ({words}): check the statement", target=target, reason=words)
