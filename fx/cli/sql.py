"""``fx sql``: one statement from outside, and the end of a process whose statement would not end."""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Annotated, Any, NoReturn

from fx.cli.options import Csv, Database, Json, Quiet, Session
from fx.cli.show import print_rows
from fx.cli.words import Argument, Context, Option
from fx.errors import FxError, QueryLimit, UsageError

__all__ = ["sql"]

MEMORY, SECONDS, ROWS, LONGEST = 128, 10, 10_000, 128 << 10


def sql(
    context: Context,
    statement: Annotated[str, Argument(metavar="'SELECT …'")],
    attach: Annotated[
        list[str] | None,
        Option("--attach", metavar="[NAME=]FILE", help="Another SQLite file to read (repeatable)."),
    ] = None,
    timeout: Annotated[
        str | None, Option("--timeout", metavar="SPAN", help="The most that it may take; else 10s.")
    ] = None,
    rows: Annotated[int, Option("--rows", min=1, metavar="N", help="The most rows that are printed.")] = ROWS,
    memory: Annotated[
        int, Option("--memory", min=8, metavar="MB", help="The most memory, and half of it for the result.")
    ] = MEMORY,
    max_value: Annotated[
        int, Option("--max-value", min=1024, metavar="BYTES", help="The longest single value.")
    ] = LONGEST,
    db: Database = None,
    as_json: Json = False,
    as_csv: Csv = False,
    quiet: Quiet = False,
) -> None:
    """Run one SQL statement, read-only; it may call fx_rate(base, counter, as_of) and fx_convert(amount, …)."""
    from fx.store.limits import MEGABYTE, SqlLimits

    limits = SqlLimits(
        seconds=seconds_of(timeout),
        rows=rows,
        result=memory * MEGABYTE // 2,
        value=max_value,
        heap=memory * MEGABYTE,
    )
    session = Session.of(context, db, quiet)
    cut: QueryLimit | None = None
    with session.store() as store:
        try:
            columns, found = store.query(statement, attach=attach or (), limits=limits)
        except QueryLimit as error:
            end_with_what_does_not_end(error, [store.path, *paths_of(attach)], as_json=as_json)
            columns, found, cut = list(error.columns), list(error.rows), error
        except KeyboardInterrupt as error:
            end_with_what_does_not_end(error, [store.path, *paths_of(attach)], as_json=as_json)
            raise
    names = apart(columns)
    if not names and cut is None:
        raise UsageError("there is no statement: give one, such as 'SELECT * FROM latest_quotes'")
    if names:
        print_rows(records(names, found, as_json=as_json), as_json=as_json, as_csv=as_csv, columns=names)
    if cut is not None:
        sys.stdout.flush()
        raise cut


def seconds_of(span: str | None) -> float:
    """A span of time in seconds; raises `UsageError`."""
    if span is None:
        return SECONDS
    from fx.watching import interval

    return interval(span, "timeout").total_seconds()


def paths_of(attach: Iterable[str] | None) -> list[str]:
    """The files that ``--attach`` names."""
    from fx.store.attaching import named_files

    return list(named_files(list(attach or ())).values())


def apart(columns: list[str]) -> list[str]:
    """Names of columns, each once.

    >>> apart(["rate", "rate", "rate_2"])
    ['rate', 'rate_3', 'rate_2']
    """
    names: list[str] = []
    for name in columns:
        spellings = itertools.chain([name], (f"{name}_{number}" for number in itertools.count(2)))
        names.append(next(each for each in spellings if each not in names and (each == name or each not in columns)))
    return names


def records(names: list[str], rows: Iterable[tuple[Any, ...]], *, as_json: bool) -> Iterator[dict[str, Any]]:
    """Rows as records, one after the other: they need no more memory than they have."""
    for row in rows:
        yield dict(zip(names, (readable(value, as_json=as_json) for value in row), strict=True))


def readable(value: Any, *, as_json: bool) -> Any:
    """A value of SQLite as JSON and terminals can show it; outside JSON no exponent is written.

    >>> readable(8e-05, as_json=False), readable(8e-05, as_json=True), readable(b"x", as_json=False)
    ('0.00008', 8e-05, '78')
    """
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, float) and not as_json and "e" in repr(value):
        return format(Decimal(repr(value)), "f")
    return value


LAST_WORDS = """
import os, sqlite3, sys
for address in sys.argv[2:]:
    try:
        last = sqlite3.connect(address, uri=True)
        last.execute("SELECT 1 FROM sqlite_master").fetchone()
        last.close()
    except sqlite3.Error:
        pass
os._exit(int(sys.argv[1]))
"""
"""A program that opens databases and closes them, whereby the side files go that a dead process left there."""


def end_with_what_does_not_end(error: BaseException, paths: Iterable[str | None], *, as_json: bool) -> None:
    """If the statement is still within its last step, say the error and end this process here and now."""
    from fx.store.door import unended

    if unended():
        become_last_words(told(error, as_json=as_json), [path for path in paths if path])


def told(error: BaseException, *, as_json: bool) -> int:
    """Say an error as the command line does; its exit code."""
    from fx.cli import INTERRUPTED, TERMINATED, complain, tell
    from fx.cli.stopping import Terminated

    if isinstance(error, FxError):
        return complain(error, as_json=as_json)
    terminated = isinstance(error, Terminated)
    tell(f"{'ended by SIGTERM' if terminated else 'interrupted'}: nothing was changed")
    return TERMINATED if terminated else INTERRUPTED


def become_last_words(code: int, paths: Iterable[str]) -> NoReturn:
    """Put a program in the place of this one, its threads included, that clears away and ends with a code.

    ``os._exit`` would leave the side files of write-ahead logging, which the thread holds that does not end.
    """
    from fx.store.files import address

    sys.stdout.flush()
    sys.stderr.flush()
    try:
        addresses = [address(path, "mode=rw") for path in paths]
        os.execv(sys.executable, [sys.executable, "-I", "-S", "-c", LAST_WORDS, str(code), *addresses])  # noqa: S606
    except OSError:
        os._exit(code)
