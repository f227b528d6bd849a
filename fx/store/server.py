"""A store on a PostgreSQL server, by its driver psycopg alone: what `fx.store.plainly` is for a file.

Questions are the same texts as SQLite's, said in PostgreSQL's words by `fx.dialect`. Readers may not write, and see
one state of the database within a transaction. Writers take turns, as they do on SQLite: documents are numbered in the
order in which they are recorded, and that is what "known at" rests upon.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from decimal import Decimal
from threading import RLock
from typing import TYPE_CHECKING, Any

from fx.dialect import as_postgresql
from fx.errors import StoreError
from fx.store.partitions import PARTED, Parts
from fx.store.plainly import Connection, Left
from fx.store.server_faults import unreachable

if TYPE_CHECKING:
    import psycopg

__all__ = ["ONE_WRITER", "ServerConnection", "ServerDatabase", "open_server"]

ONE_WRITER = "SELECT pg_advisory_xact_lock(hashtextextended('fx ' || current_schema(), 0))"
"""The turn of a writer, until its transaction ends; a store is one schema of a database."""
READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
WRITE = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
SETTINGS = "SET client_encoding = 'UTF8'; SET timezone = 'UTC'; SET jit = off"
FOR_READING = "SET default_transaction_read_only = on"
FOR_WRITING = "SET synchronous_commit = on; SET lock_timeout = {patience}"
CONNECT_SECONDS = 10
ROWS_AT_ONCE = 2000


def open_server(address: str, target: str, patience: int, *, writes: bool) -> ServerDatabase:
    """Open a database by its URL, without asking anything of it yet; raises `StoreError`.

    ``target`` is the address as it may be shown, ``patience`` for how many milliseconds a writer waits for its turn.
    """
    try:
        import psycopg  # noqa: F401, PLC0415 (an extra: only servers need it)
    except ImportError as error:
        raise StoreError(
            "PostgreSQL is reached by psycopg, which is not installed: pip install 'fx[postgres]'", target=target
        ) from error
    return ServerDatabase(address, target, patience, writes=writes)


class ServerDatabase:
    """One connection to a database on a server, opened when it is needed and, if it was lost, again."""

    def __init__(self, address: str, target: str, patience: int, *, writes: bool) -> None:
        self.address = address
        self.target = target
        self.patience = patience
        self.writes = writes
        self.raw: psycopg.Connection[Any] | None = None
        self.look: Callable[[Connection], None] | None = None
        self.turn = RLock()

    @property
    def stale(self) -> bool:
        """Whether the connection was there and is no more."""
        return self.raw is not None and (self.raw.closed or self.raw.broken)

    def connect(self) -> ServerConnection:
        """The one connection; raises `StoreError`."""
        with self.turn:
            if self.raw is None or self.stale:
                self.raw = connected(self.address, self.target, self.patience, writes=self.writes)
            return ServerConnection(self.raw, self.turn, writes=self.writes, look=self.look)

    @contextmanager
    def begin(self) -> Iterator[ServerConnection]:
        """A transaction that is committed if nothing goes wrong within it."""
        with self.connect() as connection:
            connection.begin()
            yield connection
            connection.commit()

    def close(self) -> None:
        """Let go of the server."""
        if self.raw is not None:
            self.raw.close()
            self.raw = None

    dispose = close


def connected(address: str, target: str, patience: int, *, writes: bool) -> psycopg.Connection[Any]:
    """A connection, made ready; raises `StoreError`, without the password."""
    import psycopg  # noqa: PLC0415

    how: dict[str, Any] = {} if "connect_timeout=" in address else {"connect_timeout": CONNECT_SECONDS}
    try:
        raw = psycopg.connect(
            address,
            autocommit=True,  # transactions are begun by hand, as readers and writers need them
            fallback_application_name="fx",
            cursor_factory=cursor_class(),
            **how,
        )
    except (psycopg.Error, UnicodeError) as error:
        raise unreachable(error, target) from None  # what the driver says may hold the password
    raw.adapters.register_loader("numeric", whole_numbers())
    raw.execute(f"{SETTINGS}; {FOR_WRITING.format(patience=int(patience)) if writes else FOR_READING}")
    schema, encoding = raw.execute("SELECT current_schema(), current_setting('server_encoding')").fetchone() or ("", "")
    unfit = (
        "names a schema that is not there: make it with CREATE SCHEMA"
        if schema is None
        else f"keeps text as {encoding}, not UTF8: make another database with ENCODING 'UTF8'"
        if encoding != "UTF8"
        else ""
    )
    if unfit:
        raw.close()
        raise StoreError(f"{target} {unfit}", target=target)
    return raw


def whole_numbers() -> Any:
    """How a sum comes from the server: as the integer that it is; what has decimals as a `Decimal`."""
    from psycopg.adapt import Loader  # noqa: PLC0415

    class Whole(Loader):
        def load(self, data: Any) -> int | Decimal:
            text = bytes(data).decode("ascii")
            return int(text) if text.lstrip("-").isdigit() else Decimal(text)

    return Whole


def cursor_class() -> Any:
    """The driver's cursor with what `fx.store.plainly` asks of one.

    Parameters are put in by the client: PostgreSQL would ask for the type of each, which SQLite never needs to know.
    """
    import psycopg  # noqa: PLC0415

    class Cursor(psycopg.ClientCursor[Any]):
        @property
        def returns_rows(self) -> bool:
            return self.description is not None

        def first(self) -> Any:
            row = self.fetchone()
            self.close()
            return row

        def one(self) -> Any:
            return self.first()

        def scalar(self) -> Any:
            row = self.first()
            return None if row is None else row[0]

        def scalar_one(self) -> Any:
            return self.first()[0]

        def keys(self) -> list[str]:
            return [column.name for column in self.description or ()]

    return Cursor


class ServerConnection(Left):
    """A connection to a server."""

    __slots__ = ("look", "parts", "raw", "writes")

    def __init__(
        self,
        raw: psycopg.Connection[Any],
        turn: RLock,
        *,
        writes: bool,
        look: Callable[[Connection], None] | None = None,
    ) -> None:
        super().__init__(turn)
        self.raw = raw
        self.writes = writes
        self.look = look
        self.parts: Parts | None = None

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return not self.raw.closed and self.raw.info.transaction_status != 0

    def exec_driver_sql(self, statement: str, parameters: Any = None, /) -> Any:
        """Ask one question of fx's own, or put in many rows at once."""
        if isinstance(parameters, list):
            return self.put(statement, parameters)
        return self.raw.execute(as_postgresql(statement), parameters or {})

    execute = exec_driver_sql
    """As the driver of SQLite is asked, too."""

    def stream(self, statement: str, parameters: Any, /) -> Iterator[Any]:
        """Rows of one question of fx's own as they are taken: the server keeps what is not taken yet."""
        words = cursor_class()(self.raw).mogrify(as_postgresql(statement), parameters)
        with self.raw.cursor(name=f"fx{id(words)}", withhold=True) as cursor:
            cursor.itersize = ROWS_AT_ONCE
            cursor.execute(words)
            yield from cursor

    def put(self, statement: str, rows: Sequence[Sequence[Any]]) -> Any:
        """Rows of an ``INSERT INTO … VALUES``, by COPY, many times as quick; what all have alike stands last."""
        table, _, marks = statement.removeprefix("INSERT INTO ").partition(" VALUES ")
        alike = tuple(each.strip("'") for each in marks.strip("()").split(", ") if each != "?")
        with self.raw.cursor() as cursor:
            with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row((*row, *alike) if alike else row)
            return cursor

    def begin(self) -> AbstractContextManager[None]:
        """One transaction: all that is asked in it is answered as of one moment; a writer waits for its turn."""
        if not self.in_transaction:
            self.begun = True
            self.parts = None  # what was made may have been undone
            self.raw.execute(WRITE if self.writes else READ)
            if self.writes:
                try:
                    self.raw.execute(ONE_WRITER)
                    if self.look:
                        self.look(self)
                except BaseException:
                    self.rollback()
                    raise
        return self.left()

    def make_room(self, moments: Iterable[int]) -> None:
        """Make the parts that quotes of such moments fall in, where quotes are kept in parts."""
        if self.parts is None:
            in_parts, names = self.raw.execute(PARTED).fetchone() or (False, ())
            self.parts = Parts(names if in_parts else None)
        for part in self.parts.missing(moments):
            self.raw.execute(part)

    def commit(self) -> None:
        """Keep what was written; raises `StoreError` where the server has given the transaction up before."""
        if self.raw.execute("COMMIT").statusmessage != "COMMIT":  # it answers ROLLBACK then, and no error
            raise StoreError("the server gave the transaction up: nothing of it is kept, run it again")

    def rollback(self) -> None:
        """End the transaction, if one was begun here."""
        if self.begun and self.in_transaction:
            with suppress(Exception):  # a connection that is lost has ended it
                self.raw.execute("ROLLBACK")

    def invalidate(self) -> None:
        """Let the connection go at once, whatever it is doing: the server undoes the transaction."""
        self.raw.close()

    def close(self) -> None:
        """Leave it."""
        self.rollback()
