"""The quotes of a server in parts by year (``fx db init --partition year``); a part is made when something falls in it.

Every unique key of ``quote`` holds the time, so that the server passes by the years that a question leaves out, reads
the others in their order, and drops or moves a year as a whole. There is no part for "all other times": it would have
to be looked at by every question, and a year could not be taken out of it later.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import MAXYEAR, MINYEAR, date
from functools import cache

from fx.moments import Moment

__all__ = ["PARTED", "Parts", "parted", "year_bounds"]

KEY = "observed_at"
PARTED = """SELECT c.relkind = 'p', ARRAY(SELECT p.relname FROM pg_catalog.pg_inherits AS i
    JOIN pg_catalog.pg_class AS p ON p.oid = i.inhrelid WHERE i.inhparent = c.oid)
  FROM pg_catalog.pg_class AS c WHERE c.oid = to_regclass('quote')"""
"""Whether the quotes are kept in parts, and in which."""
NEW_PART = """CREATE TABLE {name} (LIKE quote INCLUDING DEFAULTS);
ALTER TABLE quote ATTACH PARTITION {name} FOR VALUES FROM ({first}) TO ({end})"""
"""Made beside and then attached: ``PARTITION OF`` would keep every reader waiting until the load is done."""


def parted(create_table: str) -> str:
    """The SQL that makes a table, with the table in parts by time.

    >>> parted("CREATE TABLE quote (observed_at BIGINT)")
    'CREATE TABLE quote (observed_at BIGINT) PARTITION BY RANGE (observed_at)'
    """
    return f"{create_table.rstrip().rstrip(';')} PARTITION BY RANGE ({KEY})"


def year_bounds(year: int) -> tuple[int, int]:
    """The first moment of a year, in UTC, and the first behind it, as they are kept.

    >>> year_bounds(1970)
    (0, 63072000000)
    """
    first = Moment.of_day(date(year, 1, 1)).ordinal
    days = (date(year, 12, 31) - date(year, 1, 1)).days + 1
    return first, first + 2 * days * 86_400_000


@cache
def first_moments() -> list[int]:
    """The first moment of every year that a quote may be of."""
    return [year_bounds(year)[0] for year in range(MINYEAR, MAXYEAR + 1)]


class Parts:
    """The parts that one transaction knows of; None where the quotes are in one piece."""

    def __init__(self, names: Iterable[str] | None) -> None:
        self.names = None if names is None else set(names)

    def missing(self, moments: Iterable[int]) -> list[str]:
        """SQL for the parts that such moments fall in and that are not there, which are taken for made."""
        if self.names is None:
            return []
        starts = first_moments()
        years = {bisect_right(starts, moment) for moment in set(moments)}
        wanted = {f"quote_{year:04}": year for year in sorted(years) if f"quote_{year:04}" not in self.names}
        self.names.update(wanted)
        return [
            NEW_PART.format(name=name, first=first, end=end)
            for name, year in wanted.items()
            for first, end in [year_bounds(year)]
        ]
