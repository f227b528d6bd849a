"""How far one SQL statement from outside may go: the one place that says so, whatever the database is."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["MEGABYTE", "SqlLimits"]

MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class SqlLimits:
    """What one statement may take before it ends with `QueryLimit`.

    ``seconds`` of time; ``rows`` that come back, and ``result`` bytes of memory that they take; ``value`` bytes of the
    longest single value, ``text`` bytes of the statement itself. ``heap`` is the most memory that SQLite may hold, in
    bytes. None leaves it alone, since SQLite has one heap for the whole process and never takes more again than it was
    once given: whoever runs SQL of strangers within a program of his own sets it knowingly. The command line does.

    >>> SqlLimits(seconds=2).rows
    10000
    """

    seconds: float = 10
    rows: int = 10_000
    result: int = 64 * MEGABYTE
    value: int = 128 << 10
    text: int = 100_000
    heap: int | None = None
