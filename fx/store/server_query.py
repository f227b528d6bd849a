"""SQL from outside on a server: one statement that reads, in a transaction that cannot write, for a time at most.

The right to read is the server's to give: a user who may only read (README, PostgreSQL) is the fence, and this the sign
in front of it. What is asked here is PostgreSQL's SQL as it stands, so that ``fx_rate`` and ``--attach`` are not known.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from typing import Any

from fx.dialect import marked
from fx.errors import QueryLimit, QueryRefused, StoreReadOnly
from fx.store.door import table_of, too_long
from fx.store.limits import SqlLimits
from fx.store.server import ServerConnection

__all__ = ["asked_of_server"]

READS = frozenset(("SELECT", "WITH", "VALUES", "TABLE", "EXPLAIN", "SHOW"))
WRITES = frozenset(("INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE", "CREATE", "ALTER", "DROP"))
FIRST_WORD = re.compile(r"(?:\s|--[^\n]*+(?:\n|$)|(?>/\*.*?\*/)|\()*+(\w*)", re.DOTALL)
AS_TEXT = ("date", "time", "timetz", "timestamp", "timestamptz", "interval", "json", "jsonb", "uuid", "inet", "cidr")
CANCELED = "57014"


def asked_of_server(
    connection: ServerConnection, sql: str, parameters: Mapping[str, Any] | None, limits: SqlLimits, target: str
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Column names and rows of one statement; raises `QueryRefused`, `StoreReadOnly`, `QueryLimit` as SQLite's door.

    Values of types that JSON has no word for come as the text that PostgreSQL writes.
    """
    import psycopg  # noqa: PLC0415
    from psycopg.types.string import TextLoader  # noqa: PLC0415

    check_reads(sql, limits, target)
    with connection.begin():
        connection.raw.execute(f"SET LOCAL statement_timeout = {max(1, int(limits.seconds * 1000))}")
        # The driver's ordinary cursor sends a statement by the protocol that takes no second one behind a semicolon.
        with psycopg.Cursor(connection.raw) as cursor:
            for name in AS_TEXT:
                cursor.adapters.register_loader(name, TextLoader)
            rows: Any = cursor.stream(marked(sql) if parameters else sql, parameters or None)
            try:
                first = list(itertools.islice(rows, 1))
                columns = [column.name for column in cursor.description or ()]
                return table_of(columns, itertools.chain(first, rows), limits)
            except psycopg.Error as error:
                if error.sqlstate == CANCELED and "timeout" in str(error):
                    raise too_long(limits) from error
                raise
            finally:
                rows.close()


def check_reads(sql: str, limits: SqlLimits, target: str) -> None:
    """Refuse what does not begin as a question does, and what is too long to be one."""
    found = FIRST_WORD.match(sql)
    word = found[1].upper() if found else ""
    if word in WRITES:
        raise StoreReadOnly(
            f"{target} is open for reading only ({word} refused): use 'fx load' to add quotes",
            target=target,
            refused=word,
        )
    if word not in READS:
        raise QueryRefused(
            f"a statement may only read ({word or 'nothing'} refused): begin with {', '.join(sorted(READS))}",
            refused=word,
        )
    if len(sql) > limits.text:
        raise QueryLimit(
            f"the statement is longer than {limits.text:,} bytes: shorten it", limit="text", allowed=limits.text
        )
