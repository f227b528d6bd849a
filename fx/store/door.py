"""The door for SQL from outside: one statement, which reads and nothing else, within limits.

SQLite's ``mode=ro`` alone is not enough: ATTACH makes files, VACUUM INTO copies the database out, a PRAGMA undoes what
another did, and a statement of one line runs for ever or fills the memory. So while a statement runs, an allow-list
decides (`fx.store.allowed`), sizes are bounded and slow functions watched (`fx.store.bounded`). It runs in a thread of
its own while the caller waits: so the caller can interrupt it when its time is up or Ctrl-C is pressed. Where it is
then within one long step, which SQLite does not interrupt, the caller goes on all the same and opens the file anew when
it is asked for; the thread ends with that step (`unended`). Only a database in memory has to be waited for.
"""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from sys import getsizeof
from typing import Any, NoReturn

from fx.errors import QueryError, QueryLimit, QueryRefused, StoreReadOnly
from fx.moments import Moment
from fx.store.allowed import Gate
from fx.store.attaching import attached
from fx.store.bounded import Bounded, bounded_functions
from fx.store.faults import translated
from fx.store.functions import with_functions
from fx.store.limits import MEGABYTE, SqlLimits
from fx.store.plainly import (
    Cursor,
    Database,
    FileConnection,
    FileDatabase,
    kept_from_writing,
    look_out,
    sqlite_of,
)

__all__ = ["answered", "table_of", "too_long", "unended"]

Table = tuple[list[str], list[tuple[Any, ...]]]

GRACE = 300
"""Milliseconds that an interrupted statement is given to end by itself."""
STEPS_BETWEEN_LOOKS = 10_000
"""Steps of SQLite between two looks whether the time is up."""
THREAD = "fx-sql"
UNBOUND = re.compile(r"binding \d+ has no name|did not supply a value for binding(?: parameter)? (\S+)")
"""What Python's driver says of a parameter without a value."""
WIDEST = 8
"""The part of all the result that a single row may be: to print a row takes several times its size."""
DEPTH, TERMS, PATTERN, PARAMETERS, PROGRAM = 200, 100, 500, 1_000, 50_000
"""Levels of an expression, terms of a UNION, bytes of a LIKE pattern, parameters, and steps of a compiled statement."""


def answered(
    database: Database,
    path: str | None,
    sql: str,
    parameters: Mapping[str, Any] | None,
    files: Mapping[str, str],
    now: Moment,
    limits: SqlLimits,
    target: str,
    leave: Callable[[], None],
) -> Table:
    """Column names and rows of one statement, asked of a database, which is a file at ``path`` or in memory (None).

    ``leave`` is called where the statement does not end: its file is closed when it does, and must be opened anew.
    Raises `QueryRefused`, `QueryLimit`, `StoreReadOnly`, or what else `translated` makes of SQLite's words.
    """
    running = Running(limits, database if isinstance(database, FileDatabase) else None, leave)

    def work() -> Table:
        with translated(target), database.connect() as connection, kept_from_writing(connection, path):
            reading = FileConnection(sqlite_of(connection), database.turn)
            return running.run(reading, sql, parameters, files, now, target)

    return running.waited_for(work)


def unended() -> bool:
    """Whether a statement that was given up is still within its last step; then its side files still lie there."""
    return any(thread.name == THREAD for thread in threading.enumerate())


class Running:
    """One statement on its way."""

    def __init__(self, limits: SqlLimits, file: FileDatabase | None, leave: Callable[[], None]) -> None:
        self.limits = limits
        self.file = file  # what is in memory cannot be left
        self.leave = leave
        self.left = False
        self.lock = threading.Lock()
        self.done = threading.Event()
        self.raw: sqlite3.Connection | None = None
        self.over = False
        self.result: Table = [], []
        self.error: BaseException | None = None

    # What the caller does --------------------------------------------------------------------------------------------

    def waited_for(self, work: Callable[[], Table]) -> Table:
        """What work gives in its thread."""

        def in_thread() -> None:
            try:
                self.result = work()
            except BaseException as error:  # noqa: BLE001 (the caller raises it)
                self.error = error
            with self.lock:
                self.done.set()
            if self.left and self.file is not None:
                self.file.close()

        thread = threading.Thread(target=in_thread, name=THREAD, daemon=True)
        thread.start()
        try:
            if not self.done.wait(self.limits.seconds):
                self.stop()
        except BaseException:  # Ctrl-C above all
            self.stop()
            raise
        if self.left:
            raise too_long(self.limits)
        thread.join()
        if self.error is not None:
            raise self.error
        return self.result

    def stop(self) -> None:
        """Interrupt the statement and wait until it has ended; a file is left to it if that takes long."""
        self.over = True
        self.interrupt()
        while not self.done.wait(GRACE / 1000):
            self.interrupt()
            if self.file is not None:
                with self.lock:
                    self.left = not self.done.is_set()
                if self.left:
                    self.leave()
                return

    def interrupt(self) -> None:
        """Have SQLite end the statement at its next step; never another one, hence the lock."""
        with self.lock:
            if self.raw is not None:
                self.raw.interrupt()

    # What its thread does --------------------------------------------------------------------------------------------

    def run(
        self,
        connection: FileConnection,
        sql: str,
        parameters: Mapping[str, Any] | None,
        files: Mapping[str, str],
        now: Moment,
        target: str,
    ) -> Table:
        """The statement with everything around it that keeps it within bounds."""
        with (
            attached(connection, files),
            connection.begin(),
            self.restrained(connection.raw) as (gate, bounded),
            with_functions(Beside(connection, gate), now),
        ):
            try:
                with closing(connection.raw.cursor()) as cursor:
                    cursor.execute(sql, dict(parameters or {}))
                    columns = [column[0] for column in cursor.description or ()]
                    return table_of(columns, cursor, self.limits)
            except Exception as error:  # noqa: BLE001 (raised again, by what it means)
                self.explain(error, gate, bounded, target)

    @contextmanager
    def restrained(self, raw: sqlite3.Connection) -> Iterator[tuple[Gate, Bounded]]:
        """A connection with every bound on, for one statement."""
        limits = self.limits
        with ExitStack() as stack:
            raw.execute("PRAGMA cell_size_check=1")
            if limits.heap is not None:
                raw.execute(f"PRAGMA hard_heap_limit={limits.heap:d}")
                raw.execute("PRAGMA temp_store=MEMORY")  # else what does not fit goes to the disk, up to its end
                stack.callback(raw.execute, "PRAGMA temp_store=DEFAULT")
            gate = Gate({row[0].lower() for row in raw.execute("SELECT name FROM pragma_module_list")})
            for category, most in (
                (sqlite3.SQLITE_LIMIT_LENGTH, limits.value),
                (sqlite3.SQLITE_LIMIT_SQL_LENGTH, limits.text),
                (sqlite3.SQLITE_LIMIT_EXPR_DEPTH, DEPTH),
                (sqlite3.SQLITE_LIMIT_COMPOUND_SELECT, TERMS),
                (sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, PATTERN),
                (sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, PARAMETERS),
                (sqlite3.SQLITE_LIMIT_VDBE_OP, PROGRAM),
            ):
                stack.callback(raw.setlimit, category, raw.setlimit(category, most))
            bounded = stack.enter_context(bounded_functions(raw, limits.value))
            raw.set_progress_handler(lambda: self.over, STEPS_BETWEEN_LOOKS)
            stack.callback(look_out, raw)
            raw.set_authorizer(gate)
            stack.callback(raw.set_authorizer, None)
            with self.lock:
                self.raw = raw
            stack.callback(self.let_go)
            yield gate, bounded

    def let_go(self) -> None:
        """From here on nothing is interrupted."""
        with self.lock:
            self.raw = None

    def explain(self, error: Exception, gate: Gate, bounded: Bounded, target: str) -> NoReturn:
        """Raise what an error means; what it means nothing for is raised as it is."""
        name = getattr(error, "sqlite_errorname", "")
        if self.over and name == "SQLITE_INTERRUPT":
            raise too_long(self.limits) from error
        if gate.refused is not None and gate.writes:
            raise StoreReadOnly(
                f"{target} is open for reading only ({gate.refused} refused): use 'fx load' to add quotes",
                target=target,
                refused=gate.refused,
            ) from error
        if gate.refused is not None:
            raise QueryRefused(
                f"a statement may only read and compute ({gate.refused} refused): leave that out", refused=gate.refused
            ) from error
        if bounded.refused is not None:
            raise QueryRefused(f"{bounded.refused}: give it less", refused=bounded.refused) from error
        if isinstance(error, MemoryError) or name.endswith("NOMEM"):
            allowed = self.limits.heap
            most = f" of {megabytes(allowed)}" if allowed else ""
            raise QueryLimit(
                f"the statement needs more than the memory{most}: narrow it, or allow it more (--memory)",
                limit="heap",
                allowed=allowed,
            ) from error
        if name == "SQLITE_TOOBIG" or isinstance(error, sqlite3.DataError):
            raise QueryLimit(
                f"the statement is longer than {self.limits.text:,} bytes, or a value of it than "
                f"{self.limits.value:,}: shorten it, or allow it more (--max-value)",
                limit="value",
                allowed=self.limits.value,
            ) from error
        if isinstance(error, sqlite3.ProgrammingError | sqlite3.Warning | ValueError | OverflowError) and not name:
            words = str(error).rstrip(".")
            words = words[:1].lower() + words[1:]
            if found := UNBOUND.search(words):
                raise QueryError(
                    f"the statement leaves {found[1] or '?'} open: write a value in its place, or give one by name",
                    reason=words,
                ) from error
            raise QueryError(f"this cannot be asked ({words}): check the statement", reason=words) from error
        raise error


def table_of(columns: list[str], found: Iterable[tuple[Any, ...]], limits: SqlLimits) -> Table:
    """Column names and rows; raises `QueryLimit` with those that came where there are more than may be."""
    rows: list[tuple[Any, ...]] = []
    held = 0
    for row in found:
        width = getsizeof(row) + sum(map(getsizeof, row))
        held += width
        if len(rows) == limits.rows:
            raise QueryLimit(
                f"{first(limits.rows)}: narrow the statement, or allow it more (--rows)",
                columns=columns,
                rows=rows,
                limit="rows",
                allowed=limits.rows,
            )
        if held > limits.result or width > limits.result // WIDEST:
            most, alone = megabytes(limits.result), megabytes(limits.result // WIDEST)
            raise QueryLimit(
                f"{first(len(rows))}, with the next they would take more than {most}, or it alone more than {alone}: "
                "narrow the statement, or allow it more (--memory)",
                columns=columns,
                rows=rows,
                limit="result",
                allowed=limits.result,
            )
        rows.append(row)
    return columns, rows


def first(number: int) -> str:
    """Which rows came before a limit.

    >>> [first(number) for number in (0, 1, 2000)]
    ['no row came', 'this is the first row', 'these are the first 2,000 rows']
    """
    if not number:
        return "no row came"
    return "this is the first row" if number == 1 else f"these are the first {number:,} rows"


def too_long(limits: SqlLimits) -> QueryLimit:
    """The error for time."""
    return QueryLimit(
        f"the statement did not end within {limits.seconds:g} s: narrow it, or allow it more (--timeout)",
        limit="seconds",
        allowed=limits.seconds,
    )


def megabytes(number: int) -> str:
    """Bytes for people.

    >>> megabytes(128 * MEGABYTE)
    '128 MB'
    """
    return f"{number // MEGABYTE:,} MB"


class Beside(FileConnection):
    """The same connection asking for fx itself, within a statement: what it asks is not held to the allow-list."""

    __slots__ = ("gate",)

    def __init__(self, connection: FileConnection, gate: Gate) -> None:
        super().__init__(connection.raw, connection.turn)
        self.gate = gate

    def exec_driver_sql(self, statement: str, parameters: Mapping[str, Any] | None = None, /) -> Cursor:
        """Ask one question of our own."""
        self.gate.ours = True
        try:
            return super().exec_driver_sql(statement, parameters)
        finally:
            self.gate.ours = False
