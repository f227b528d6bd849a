"""SQLite's own functions that could take minutes in one step, with a bound on what they are given.

No view of fx calls them, so they may be put in place of SQLite's: each looks at its arguments and has SQLite, by a
connection of its own, do the rest. `printf('%.*c', 900000000, 'x')` writes them all out before it finds them too many;
`trim` compares each character with each of those to be cut off.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["bounded_functions"]

WIDE = re.compile(r"%[^A-Za-z%]*(?:\*|[0-9]{4})")
MOST_CUT = 100
"""Characters that ``trim`` looks for at once."""


def objection_to_format(arguments: tuple[Any, ...]) -> str | None:
    """Why ``printf`` is refused its arguments.

    >>> objection_to_format(("%8.2f %s", 1.5, "%9999d")), bool(objection_to_format(("%.*c", 9, "x")))
    (None, True)
    """
    form = arguments[0] if arguments else ""
    wide = WIDE.search(form.decode("latin-1") if isinstance(form, bytes) else str(form))
    return "printf takes widths of up to 3 digits and no asterisk" if wide else None


def objection_to_trim(arguments: tuple[Any, ...]) -> str | None:
    """Why ``trim`` is refused its arguments.

    >>> objection_to_trim(("0.190", "0")), bool(objection_to_trim(("a", "b" * 200)))
    (None, True)
    """
    return f"trim looks for at most {MOST_CUT} characters" if len(str(arguments[1])) > MOST_CUT else None


BOUNDED = (
    ("printf", -1, objection_to_format),
    ("format", -1, objection_to_format),
    ("trim", 2, objection_to_trim),
    ("ltrim", 2, objection_to_trim),
    ("rtrim", 2, objection_to_trim),
)


class Bounded:
    """The functions of one statement; ``refused`` says why one would not do what it was asked."""

    def __init__(self, length: int) -> None:
        self.length = length
        self.beside: sqlite3.Connection | None = None
        self.refused: str | None = None

    def ask(self, sql: str, arguments: tuple[Any, ...]) -> Any:
        """One value that SQLite computes, by a connection of our own that is opened when it is first needed."""
        if self.beside is None:
            self.beside = sqlite3.connect(":memory:", check_same_thread=False)
            self.beside.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, self.length)
        return self.beside.execute(sql, arguments).fetchone()[0]

    def function(self, name: str, objection: Callable[[tuple[Any, ...]], str | None]) -> Callable[..., Any]:
        """One function as SQLite calls it."""

        def call(*arguments: Any) -> Any:
            reason = objection(arguments)
            if reason is not None:
                self.refused = reason
                raise ValueError(reason)
            return self.ask(f"SELECT {name}({', '.join('?' * len(arguments))})", arguments)

        return call


@contextmanager
def bounded_functions(raw: sqlite3.Connection, length: int) -> Iterator[Bounded]:
    """Put the bounded functions in place on a connection; none gives a value longer than ``length``.

    They stay there: SQLite does not find its own again where one that was put before it is taken away.
    """
    bounded = Bounded(length)
    for name, count, objection in BOUNDED:
        raw.create_function(name, count, bounded.function(name, objection), deterministic=True)
    try:
        yield bounded
    finally:
        beside, bounded.beside = bounded.beside, None
        if beside is not None:
            beside.close()
