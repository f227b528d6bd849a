"""How the database is opened: for reading by the database's own read-only mode, for writing with every promise on.

Writers begin IMMEDIATE (deferred ones fail under each other), with `synchronous=FULL` and WAL; see README, Limits.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, StatementError
from sqlalchemy.pool import StaticPool

from fx.errors import NotAStore, QueryError, StoreBusy, StoreError, StoreMissing, StoreReadOnly

__all__ = [
    "BUSY_MILLISECONDS",
    "MEMORY",
    "OPERATIONS_BETWEEN_LOOKS",
    "ReadingEngine",
    "check_file",
    "holds_something",
    "open_for_reading",
    "open_for_writing",
    "path_of",
    "translated",
]

MEMORY = ":memory:"
HEADER = b"SQLite format 3\x00"
BUSY_MILLISECONDS = 30_000
OPERATIONS_BETWEEN_LOOKS = 1_000_000
"""Steps of SQLite after which Python may see that Ctrl-C was pressed."""


def path_of(target: str) -> str | None:
    """The file that a path or ``sqlite:///`` URL names; None for a database in memory. Raises `StoreError` otherwise.

    >>> path_of("a?b.db"), path_of("sqlite:///fx.db"), path_of(":memory:")
    ('a?b.db', 'fx.db', None)
    """
    if target == MEMORY:
        return None
    if "://" not in target:
        return target
    try:
        url = make_url(target)
    except ArgumentError:
        url = None
    if url is None or url.get_backend_name() != "sqlite":
        raise StoreError(
            f"{target.split('://', maxsplit=1)[0]} is not a database this fx can open: name a file", target=target
        )
    return None if url.database in {None, "", MEMORY} else url.database


def check_file(path: str) -> None:
    """Make sure that an existing SQLite database lies there, touching nothing; raises `StoreMissing` or `NotAStore`."""
    file = Path(path)
    if file.is_dir():
        raise NotAStore(f"{path} is a folder: name the database file in it", target=path)
    try:
        with file.open("rb") as opened:
            start = opened.read(len(HEADER))
    except FileNotFoundError:
        raise StoreMissing(
            f"there is no database {path}: make one with 'fx load FILE' or name another with --db", target=path
        ) from None
    except OSError as error:
        raise StoreError(
            f"{path} cannot be opened ({(error.strerror or str(error)).lower()}): check its permissions", target=path
        ) from None
    if not start:
        raise NotAStore(f"{path} is empty: load something into it with 'fx load FILE'", target=path)
    if start != HEADER:
        raise NotAStore(f"{path} is not an SQLite database: name another with --db", target=path)


@dataclass(frozen=True, slots=True)
class ReadingEngine:
    """An engine that the database itself keeps from writing (``mode=ro``, ``query_only``, nothing attached).

    A read-only connection cannot clear away the side files of write-ahead logging that it needs. ``anchor``, where the
    file may be written, is an idle connection that is closed last and so leaves the folder as it was.
    """

    engine: Engine
    anchor: sqlite3.Connection | None
    frozen: tuple[object, ...] | None = None

    @property
    def stale(self) -> bool:
        """Whether a file that was taken for unchangeable has changed: then it must be opened anew."""
        return self.frozen is not None and self.frozen[1:] != signs_of(str(self.frozen[0]))

    def close(self) -> None:
        """Let go of the file, the anchor last."""
        self.engine.dispose()
        if self.anchor is not None:
            self.anchor.close()


def open_for_reading(path: str) -> ReadingEngine:
    """Open an existing database for reading only. Raises `StoreMissing`, `NotAStore` or `StoreError`."""
    check_file(path)
    anchor = open_anchor(path)
    try:
        engine, frozen = open_read_only(path)
        return ReadingEngine(engine, anchor, (path, *signs_of(path)) if frozen else None)
    except BaseException:
        if anchor is not None:
            anchor.close()
        raise


def open_anchor(path: str) -> sqlite3.Connection | None:
    """An idle connection that may clear side files away, or None where the file or its folder may not be written."""
    try:
        anchor = sqlite3.connect(
            f"file:{quote(str(Path(path).absolute()))}?mode=rw", uri=True, isolation_level=None, check_same_thread=False
        )
    except sqlite3.Error:
        return None
    try:
        anchor.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.Error:
        anchor.close()
        return None
    return anchor


def signs_of(path: str) -> tuple[object, ...]:
    """What tells that a database file was written to: its size and time, and whether a log lies beside it."""
    status = Path(path).stat()
    return status.st_size, status.st_mtime_ns, Path(path + "-wal").exists()


def open_read_only(path: str) -> tuple[Engine, bool]:
    """The engine itself, by ``mode=ro``, or (True) as unchangeable where even that needs side files it cannot make."""
    write_ahead_log = Path(path + "-wal")
    locked_in = not write_ahead_log.exists() or write_ahead_log.stat().st_size == 0
    engine = read_only_engine(path, "mode=ro")
    try:
        with translated(path), engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1 FROM sqlite_master").first()
    except StoreError:
        engine.dispose()
        if not locked_in:
            raise
        # A database in WAL mode within a read-only folder: its side files cannot be made. As long as nobody else who
        # may writes to it, it can be read as unchangeable; `ReadingEngine.stale` looks whether somebody did.
        return read_only_engine(path, "mode=ro&immutable=1"), True
    return engine, False


def read_only_engine(path: str, mode: str) -> Engine:
    """An engine on a ``file:`` address with this mode."""
    address = f"file:{quote(str(Path(path).absolute()))}?{mode}"

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)
        connection.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
        connection.execute("PRAGMA query_only=1")
        connection.execute("PRAGMA trusted_schema=0")
        connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)  # ATTACH and VACUUM INTO would make files
        connection.set_progress_handler(lambda: 0, OPERATIONS_BETWEEN_LOOKS)
        return connection

    return create_engine("sqlite://", creator=connect, poolclass=StaticPool)


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


def holds_something(path: str) -> bool:
    """Whether anything but an empty file lies at a path.

    >>> holds_something("/"), holds_something("/nowhere/at/all")
    (True, False)
    """
    file = Path(path)
    return file.is_dir() or (file.exists() and file.stat().st_size > 0)


@contextmanager
def translated(target: str) -> Iterator[None]:
    """Turn what the database says into the errors of fx."""
    try:
        yield
    except (DBAPIError, StatementError) as error:
        raise as_fx_error(error.orig or error, target) from error
    except sqlite3.Error as error:
        raise as_fx_error(error, target) from error


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
