"""How a database is asked: what a connection can do, and SQLite's own driver doing it.

The questions of the store (`reading`, `asking` and the rest) need little of a connection, and here is what. A file is
asked by the driver alone: no command that loads or asks imports SQLAlchemy, and an answer is quicker. A database in
memory is asked by its one connection, which is the writer's (`fx.store.engine`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from threading import RLock
from types import TracebackType
from typing import Any, Protocol, Self
from weakref import ref

from fx.errors import QueryError, StoreError
from fx.store.faults import may_be_written, translated
from fx.store.files import BUSY_MILLISECONDS, CACHE, address, beside, check_file, open_anchor, signs_of

__all__ = [
    "OPERATIONS_BETWEEN_LOOKS",
    "Connection",
    "Database",
    "Driver",
    "FileDatabase",
    "Raw",
    "Writer",
    "asked_by",
    "driver_of",
    "hold",
    "kept_from_writing",
    "look_out",
    "open_for_reading",
    "snapshot",
    "sqlite_of",
    "surely",
]

OPERATIONS_BETWEEN_LOOKS = 1_000_000
"""Steps of SQLite after which Python may see that Ctrl-C was pressed."""
CURSORS = 100
"""Cursors of a connection that are made before those that went are forgotten."""

# What is needed ------------------------------------------------------------------------------------------------------


class Rows(Protocol):
    """What came of a question."""

    def __iter__(self) -> Iterator[Any]:
        """Row after row."""

    def fetchall(self) -> Sequence[Any]:
        """All rows."""

    def first(self) -> Any:
        """The first row, or None; the rest is let go."""

    def one(self) -> Any:
        """A row that there is."""

    def scalar(self) -> Any:
        """The first cell of the first row, or None."""

    def scalar_one(self) -> Any:
        """The first cell of a row that there is."""

    def keys(self) -> Iterable[str]:
        """The names of the columns."""

    @property
    def returns_rows(self) -> bool:
        """Whether the statement was one that gives rows."""

    @property
    def rowcount(self) -> int:
        """How many rows the statement changed."""


class Connection(Protocol):
    """What asks."""

    def exec_driver_sql(self, statement: str, parameters: Any = None, /) -> Rows:
        """Ask one question, with parameters by name; a list of rows puts in all of them."""

    def begin(self) -> AbstractContextManager[Any]:
        """One transaction: all that is asked in it is answered as of one moment."""

    def rollback(self) -> None:
        """End the transaction, if there is one."""

    def make_room(self, moments: Iterable[int]) -> None:
        """Make ready for quotes of such moments."""


class Database(Protocol):
    """What connects."""

    @property
    def turn(self) -> RLock:
        """What the threads that share a connection take turns by."""

    def connect(self) -> AbstractContextManager[Connection]:
        """A connection for some questions."""


class Writer(Protocol):
    """What connects to write: `fx.store.engine` for a file or memory, or `fx.store.server`."""

    turn: RLock
    look: Callable[[Connection], None] | None
    """What looks at each transaction when its turn has come, before anything is written, and may refuse it."""

    def connect(self) -> Any:
        """A connection, its transactions begun by hand."""

    def begin(self) -> AbstractContextManager[Any]:
        """A connection in a transaction that is committed if nothing goes wrong within it."""

    def dispose(self) -> None:
        """Let go of the database."""


class Driver(Protocol):
    """What asks most quickly: the driver's own connection, parameters by place."""

    def execute(self, statement: str, parameters: Any = (), /) -> Any:
        """Ask one question."""


# SQLite's driver doing it --------------------------------------------------------------------------------------------


class Cursor(sqlite3.Cursor):
    """Rows as the driver gives them."""

    @property
    def returns_rows(self) -> bool:
        """Whether the statement was one that gives rows."""
        return self.description is not None

    def scalar_one(self) -> Any:
        """The first cell of a row that there is."""
        return self.first()[0]

    def keys(self) -> list[str]:
        """The names of the columns."""
        return [column[0] for column in self.description]

    def first(self) -> Any:
        """The first row, or None; the rest is let go."""
        row = self.fetchone()
        self.close()
        return row

    one = first

    def scalar(self) -> Any:
        """The first cell of the first row, or None."""
        row = self.first()
        return None if row is None else row[0]


class Raw(sqlite3.Connection):
    """SQLite's connection, which ends when it is closed.

    SQLite itself puts that off until the last statement is let go that was not read to its end, and such a one is held
    by the frames of an error (Ctrl-C above all) as long as that is looked at: so long a reader keeps the log from being
    written back and cleared away, and a writer its lock. So every cursor that is left is closed before.
    """

    def __init__(self, *where: Any, **how: Any) -> None:
        # Not a WeakSet: what that runs when a cursor goes is Python, and a signal that is heard there is lost.
        self.begun: list[ref[sqlite3.Cursor]] = []
        self.most = CURSORS
        super().__init__(*where, **how)

    def cursor(self, kind: Any = Cursor, /) -> Any:
        """A cursor that ends with its connection."""
        made = sqlite3.Connection.cursor(self, kind)
        if len(self.begun) >= self.most:
            self.begun = [each for each in self.begun if each() is not None]
            self.most = 2 * len(self.begun) + CURSORS
        self.begun.append(ref(made))
        return made

    def execute(self, statement: str, parameters: Any = (), /) -> Any:
        """Ask one question."""
        return self.cursor().execute(statement, parameters)

    def close(self) -> None:
        """Let go of the file, and of what was asked of it."""
        for each in self.begun:
            if (left := each()) is not None:
                with suppress(sqlite3.ProgrammingError):  # it is closed already, and so may the connection be
                    left.close()
        super().close()


def surely(close: Callable[[], None]) -> None:
    """Close what may be closed twice, and do it where Ctrl-C comes in the middle of that: it comes once."""
    try:
        close()
    except BaseException:
        close()
        raise


class Left:
    """A connection of either kind; whoever leaves it leaves no transaction behind.

    Threads that share a store take turns: there is one connection beneath, and whoever came in the middle of another's
    transaction would end it.
    """

    __slots__ = ("begun", "turn")

    def __init__(self, turn: RLock) -> None:
        self.turn = turn
        self.begun = False  # a transaction that is there before is somebody else's, who ends it

    def __enter__(self) -> Self:
        self.turn.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.rollback()
        finally:
            self.turn.release()

    @contextmanager
    def left(self) -> Iterator[None]:
        """The end of a transaction that wrote nothing."""
        try:
            yield
        finally:
            self.rollback()

    def rollback(self) -> None:
        """End the transaction, if one was begun here."""
        raise NotImplementedError


class FileConnection(Left):
    """A connection to a file."""

    __slots__ = ("raw",)
    writes = False

    def __init__(self, raw: sqlite3.Connection, turn: RLock) -> None:
        super().__init__(turn)
        self.raw = raw

    def exec_driver_sql(self, statement: str, parameters: Mapping[str, Any] | None = None, /) -> Cursor:
        """Ask one question."""
        return self.raw.cursor(Cursor).execute(statement, parameters or ())

    def begin(self) -> AbstractContextManager[None]:
        """One transaction: all that is asked in it is answered as of one moment."""
        if not self.raw.in_transaction:
            self.begun = True
            self.start()
        return self.left()

    def start(self) -> None:
        """Begin a transaction."""
        self.raw.execute("BEGIN")

    def make_room(self, moments: Iterable[int]) -> None:
        """Make the parts of the table that quotes of such moments fall in: a file has one table."""

    def rollback(self) -> None:
        """End the transaction, if one was begun here."""
        with suppress(sqlite3.ProgrammingError):  # closed, and that has ended it
            if self.begun and self.raw.in_transaction:
                self.raw.rollback()


@dataclass(frozen=True, slots=True)
class FileDatabase:
    """A file that the database itself keeps from being written to (``mode=ro``, ``query_only``, nothing attached).

    A read-only connection cannot clear away the side files of write-ahead logging that it needs. ``anchor``, where the
    file may be written, is an idle connection that is closed last and so leaves the folder as it was.
    """

    raw: sqlite3.Connection
    anchor: sqlite3.Connection | None
    frozen: tuple[object, ...] | None = None
    turn: RLock = field(default_factory=RLock)

    @property
    def stale(self) -> bool:
        """Whether a file that was taken for unchangeable has changed: then it must be opened anew."""
        return self.frozen is not None and self.frozen[1:] != signs_of(str(self.frozen[0]))

    def connect(self) -> FileConnection:
        """The one connection."""
        return FileConnection(self.raw, self.turn)

    def close(self) -> None:
        """Let go of the file, the anchor last."""
        self.raw.close()
        if self.anchor is not None:
            self.anchor.close()


def open_for_reading(path: str, opened: list[sqlite3.Connection] | None = None) -> FileDatabase:
    """Open an existing database for reading only. Raises `StoreMissing`, `NotAStore` or `StoreError`.

    What is ``opened`` is put there in its order, for whoever closes it should Ctrl-C come before the database is given
    back: of itself Python would let go of it late, and of the anchor first, which leaves side files behind.
    """
    check_file(path)
    opened = [] if opened is None else opened
    try:
        anchor = open_anchor(path, opened)
        frozen = open_read_only(path, opened)
        return FileDatabase(opened[-1], anchor, (path, *signs_of(path)) if frozen else None)
    except BaseException:
        for each in reversed(opened):
            each.close()
        raise


HELD = {"log": "a log beside it with quotes that are not in it yet", "journal": "a journal of a write that did not end"}


def open_read_only(path: str, opened: list[sqlite3.Connection]) -> bool:
    """The connection itself, by ``mode=ro``, or (True) as unchangeable where even that needs side files.

    It is put behind what is ``opened`` as soon as it is there: Ctrl-C may come between any two steps, and who closes
    them must know of it, since the anchor comes last.
    """
    held = beside(path)
    try:
        with translated(path):
            connect(path, "mode=ro", opened)
            return False
    except StoreError as error:
        if held:
            if may_be_written(path):
                raise
            raise StoreError(
                f"{path} has {HELD[held]}, and its folder may not be written to: let its owner ask it once",
                target=path,
            ) from error
        # A database in WAL mode within a read-only folder: its side files cannot be made. As long as nobody else who
        # may writes to it, it can be read as unchangeable; `FileDatabase.stale` looks whether somebody did.
        with translated(path):
            connect(path, "mode=ro&immutable=1", opened, look=False)
            return True


def connect(path: str, mode: str, opened: list[sqlite3.Connection], *, look: bool = True) -> None:
    """Put a connection to a file in this mode behind what is ``opened``; ``look`` makes sure that it can be read."""
    opened.append(
        sqlite3.connect(address(path, mode), uri=True, isolation_level=None, check_same_thread=False, factory=Raw)
    )
    raw = opened[-1]
    try:
        raw.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
        raw.execute(CACHE)
        raw.execute("PRAGMA query_only=1")
        raw.execute("PRAGMA trusted_schema=0")
        raw.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)  # ATTACH and VACUUM INTO would make files
        look_out(raw)
        if look:
            raw.execute("SELECT 1 FROM sqlite_master").fetchone()
    except BaseException:
        opened.pop().close()
        raise


def look_out(raw: sqlite3.Connection) -> None:
    """Let Python see every now and then whether Ctrl-C was pressed."""
    raw.set_progress_handler(lambda: 0, OPERATIONS_BETWEEN_LOOKS)


# What only SQLite's driver can do ------------------------------------------------------------------------------------


def driver_of(connection: Any) -> sqlite3.Connection | None:
    """SQLite's own connection beneath one of either kind; None where the database is another."""
    return connection.raw if isinstance(connection, FileConnection) else None


def asked_by(connection: Any) -> Driver:
    """What asks most quickly beneath a connection of any kind: SQLite's driver, or the server's connection itself."""
    return driver_of(connection) or connection


def sqlite_of(connection: Any) -> sqlite3.Connection:
    """The same where nothing but SQLite will do; raises `QueryError`."""
    raw = driver_of(connection)
    if raw is None:
        raise QueryError("this database cannot be asked that: name an SQLite file")
    return raw


@contextmanager
def snapshot(connection: Connection) -> Iterator[Driver]:
    """The driver's own connection, in one transaction: what is asked in several steps is answered as of one moment.

    SQLAlchemy would take several times as long for a seek as SQLite does.
    """
    with connection.begin():
        yield asked_by(connection)


def hold(connection: Connection) -> None:
    """Answer all that is asked from here on as of one moment; whoever leaves the connection ends that."""
    raw = driver_of(connection)
    if raw is None or not raw.in_transaction:
        connection.begin()


@contextmanager
def kept_from_writing(connection: Connection, path: str | None) -> Iterator[None]:
    """Keep a database in memory, whose one connection is the writer's, from being written to by a question."""
    if path is not None:
        yield
        return
    raw = sqlite_of(connection)
    before = raw.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    raw.execute("PRAGMA query_only=1")
    try:
        yield
    finally:
        raw.execute("PRAGMA query_only=0")
        raw.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, before)
