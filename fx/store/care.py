"""How a store's file is cared for: old quotes pruned, room given back, a copy made while it is in use."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from fx.beside import beside_database, path_beside
from fx.currencies import Currency, Pair
from fx.errors import NoQuotes, StoreError, UsageError
from fx.exact import shown
from fx.moments import Moment
from fx.store.checks import problems_of
from fx.store.digests import PRIME, row_digest
from fx.store.faults import translated
from fx.store.held import Held
from fx.store.plainly import Connection, driver_of, look_out, sqlite_of
from fx.store.selection import check_codes, concerns, named

__all__ = ["KEEPS", "Pruned", "Pruning", "Vacuumed", "backup", "emptiness", "prune", "vacuum"]

When = str | date | datetime | Moment

DAY_OF = "date((q.observed_at >> 1) / 1000.0, 'unixepoch'{more})"
KEEPS = {
    "day": DAY_OF.format(more=""),
    "week": DAY_OF.format(more=", 'weekday 0'"),
    "month": f"substr({DAY_OF.format(more='')}, 1, 7)",
    "year": f"substr({DAY_OF.format(more='')}, 1, 4)",
}
"""Of what the last moment may be kept, with the SQL that names it."""


@dataclass(frozen=True, slots=True)
class Pruned:
    """What goes of one series: ``quotes`` statements from ``first`` to ``last``, and what ``stays`` of it."""

    pair: str
    source: str | None
    quotes: int
    stays: int
    first: Moment
    last: Moment


@dataclass(frozen=True, slots=True)
class Pruning:
    """What a pruning removes, or has removed (``done``).

    ``sightings`` are the mentions of these statements in further documents, ``documents`` those of which nothing is
    left (with their ``rejects``).
    """

    before: Moment
    series: tuple[Pruned, ...]
    sightings: int
    documents: int
    rejects: int
    done: bool = False

    @property
    def quotes(self) -> int:
        """Statements that go."""
        return sum(each.quotes for each in self.series)


@dataclass(frozen=True, slots=True)
class Vacuumed:
    """The size of a database file in bytes, and how many of them hold nothing."""

    bytes: int
    free: int


def prune(
    store: Held,
    before: When,
    wanted: Iterable[str | Pair],
    source: str | Iterable[str],
    keep: str | None,
    *,
    apply: bool,
) -> Pruning:
    """Say which quotes of before a moment can go, and with ``apply`` remove them, all in one transaction.

    Of each series the last moment before ``before`` stays, since it is what is answered as of that moment: every
    answer as of ``before`` or later is the same afterwards, as known now. ``keep`` (of `KEEPS`) lets the last
    moment of each period stay as well: with ``day`` every answer as of a whole day is the same. ``wanted`` narrows
    to pairs (in either direction) and codes, ``source`` to sources. Documents of which nothing is left go too, as
    do, where nothing is narrowed, those of before that never had a quote. What is loaded again comes back.

    Raises `UsageError`, `UnknownCurrency`, `NoQuotes` where nothing is meant, and `StoreError`.
    """
    if keep is not None and keep not in KEEPS:
        raise UsageError(f"{shown(str(keep))} is nothing that --keep takes: take one of {', '.join(KEEPS)}")
    cut = Moment.parse(before)
    sources = (source,) if isinstance(source, str) else tuple(source)
    chosen = [each if isinstance(each, Pair) else named(each) for each in wanted]
    with translated(store.target), store.reading().connect() as connection, connection.begin():
        planned = Plan.of(connection, cut, chosen, sources, keep).pruning(connection)
    if not apply or not (planned.quotes or planned.documents):
        return planned
    with translated(store.target), store.writing().begin() as connection, interruptible(connection):
        return Plan.of(connection, cut, chosen, sources, keep).carried_out(connection)


def refuse_server(store: Held, instead: str) -> None:
    """Raise `UsageError` for what is done to a file, and on a server by its own means."""
    if store.url is not None:
        raise UsageError(f"{store.target} lies on a server, which cares for its files itself: {instead}")


def emptiness(store: Held) -> Vacuumed:
    """How large the file is, and how much of it holds nothing."""
    refuse_server(store, "VACUUM it with psql")
    with translated(store.target), store.reading().connect() as connection:
        size, pages, free = (
            int(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one())
            for name in ("page_size", "page_count", "freelist_count")
        )
    return Vacuumed(size * pages, size * free)


def vacuum(store: Held) -> Vacuumed:
    """Write the file anew without what holds nothing; returns what it is then. Raises `StoreError`.

    It needs as much room again beside the file and in SQLite's folder for temporary files, and waits for whoever
    writes.
    """
    now = emptiness(store)
    if store.path is not None:
        room = shutil.disk_usage(Path(store.path).absolute().parent).free
        if room < now.bytes - now.free:
            raise StoreError(
                f"{store.target} needs {now.bytes - now.free:,} bytes of room to be written anew, and {room:,} are "
                "free: make room",
                target=store.target,
            )
    with translated(store.target), store.writing().connect() as connection, interruptible(connection):
        raw = sqlite_of(connection)
        raw.execute("VACUUM")
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return emptiness(store)


def backup(store: Held, target: str | Path, *, force: bool) -> int:
    """Copy the database as it is at this moment, while others may write; returns the bytes of the copy.

    The copy is written beside its place, proved sound (`fx.store.checks`) and then put there. ``force`` replaces
    what is there. Raises `UsageError`, and `StoreError`.
    """
    refuse_server(store, "save it with pg_dump, or take it along with 'fx db copy'")
    path = Path(target)
    refuse_target(store, path, force=force)
    try:
        with path_beside(path, like=store.path) as copy:
            with translated(store.target), store.reading().connect() as connection:
                raw = sqlite_of(connection)
                with closing(sqlite3.connect(copy, isolation_level=None)) as out:
                    look_out(out)
                    copied(raw, out)
                    problems = problems_of(lambda sql: rows_of(out, sql))
            if problems:
                raise StoreError(
                    f"the copy of {store.target} is not sound ({problems[0]}) and was not kept: run 'fx db check'",
                    target=store.target,
                )
            refuse_target(store, path, force=force)
            return copy.stat().st_size
    except OSError as error:
        raise StoreError(
            f"{target} cannot be written ({(error.strerror or str(error)).lower()}): check its folder",
            target=str(target),
        ) from None


def refuse_target(store: Held, path: Path, *, force: bool) -> None:
    """Refuse to copy onto what is no file, is there already, or is in use."""
    if path.exists() and not path.is_file():
        raise UsageError(f"{path} is no file: name one to copy the database to")
    if store.path is not None and path.exists() and path.samefile(store.path):
        raise UsageError(f"{path} is the database itself: name another file")
    if beside_database(path):
        raise UsageError(f"{path} belongs to the database beside it, which would be lost: name another file")
    if path.exists() and not force:
        raise UsageError(f"{path} is there already: name another file, or replace it with --force")
    log = Path(f"{path}-wal")
    if log.exists() and log.stat().st_size:
        raise UsageError(f"{path} is a database in use ({log} lies beside it): name another file")


# Copying -------------------------------------------------------------------------------------------------------------

PAGES_A_STEP = 2000


def copied(raw: sqlite3.Connection, out: sqlite3.Connection) -> None:
    """Copy a database as of one moment: in a transaction, so that a writer does not make it begin again."""
    ours = not raw.in_transaction
    if ours:
        raw.execute("BEGIN")
    try:
        raw.execute("SELECT 1 FROM sqlite_master").fetchone()
        raw.backup(out, pages=PAGES_A_STEP, progress=lambda *_: None, sleep=0)  # in steps: Ctrl-C is seen in between
    finally:
        if ours:
            raw.execute("ROLLBACK")
    # One file that needs no others beside it, wherever it is put; the next writer turns the log on again.
    out.execute("PRAGMA journal_mode=DELETE").fetchall()


def rows_of(raw: sqlite3.Connection, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Column names and rows."""
    cursor = raw.execute(sql)
    return [column[0] for column in cursor.description or ()], cursor.fetchall()


@contextmanager
def interruptible(connection: Connection) -> Iterator[None]:
    """While it lasts SQLite looks now and then whether Ctrl-C was pressed; a server's driver does so by itself."""
    raw = driver_of(connection)
    if raw is not None:
        look_out(raw)
    try:
        yield
    finally:
        if raw is not None:
            raw.set_progress_handler(None, 0)


# Pruning -------------------------------------------------------------------------------------------------------------

MOMENTS = """
SELECT series_id, observed_at FROM (
    SELECT q.series_id, q.observed_at,
           max(q.observed_at) OVER (PARTITION BY q.series_id{period}) AS last
      FROM quote AS q
     WHERE q.series_id IN (SELECT value FROM json_each(:series)) AND q.observed_at < :cut)
 WHERE observed_at < last
 GROUP BY series_id, observed_at"""
"""SQL for the moments that can go: those before the cut, but for the last of each series, or of each of its periods."""

OF_SERIES = """
SELECT s.base || '/' || s.counter, nullif(src.name, ''), count(*),
       (SELECT count(*) FROM quote AS o WHERE o.series_id = s.id) - count(*), min(q.observed_at), max(q.observed_at)
  FROM doomed AS m
  JOIN quote AS q ON q.series_id = m.series_id AND q.observed_at = m.observed_at
  JOIN series AS s ON s.id = m.series_id
  JOIN source AS src ON src.id = s.source_id
 GROUP BY s.id, src.name ORDER BY s.base, s.counter, src.name"""
OF_MOMENT = "q.series_id = m.series_id AND q.observed_at = m.observed_at"
SAID = f"""
SELECT q.document_id, {row_digest("q")} AS digest FROM doomed AS m JOIN quote AS q ON {OF_MOMENT}
UNION ALL
SELECT q.document_id, {row_digest("q")} FROM doomed AS m JOIN sighting AS q ON {OF_MOMENT}"""
SIGHTINGS = f"SELECT count(*) FROM doomed AS m JOIN sighting AS q ON {OF_MOMENT}"
EMPTIED = f"""
SELECT d.id, d.rejects FROM document AS d JOIN (SELECT document_id, count(*) AS said FROM ({SAID}) GROUP BY document_id)
    AS l ON l.document_id = d.id AND l.said >= d.quotes
UNION ALL
SELECT d.id, d.rejects FROM document AS d WHERE :whole AND d.quotes = 0 AND d.observed_at < :cut"""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is meant, as the parameters of the SQL above: ``moments`` says which can go."""

    cut: Moment
    moments: str
    parameters: dict[str, Any]

    @classmethod
    def of(
        cls,
        connection: Connection,
        cut: Moment,
        chosen: list[Pair | Currency],
        sources: tuple[str, ...],
        keep: str | None,
    ) -> Plan:
        """The plan for pairs, codes and sources, or for everything; raises `UnknownCurrency` and `NoQuotes`."""
        for want in chosen:
            check_codes(connection, want)
        rows = connection.exec_driver_sql(
            "SELECT s.id, s.base, s.counter, src.name FROM series AS s JOIN source AS src ON src.id = s.source_id"
        ).fetchall()
        series = [
            row[0]
            for row in rows
            if (not chosen or any(concerns(want, row[1], row[2]) for want in chosen))
            and (not sources or row[3] in sources)
        ]
        if not series and (chosen or sources):
            what = " or ".join([*map(str, chosen), *map(str, sources)])
            raise NoQuotes(f"no quote of {what} was found: 'fx pairs' and 'fx sources' list what there is")
        every = f", {KEEPS[keep]}" if keep else ""
        parameters = {"series": json.dumps(series), "cut": cut.ordinal, "whole": not chosen and not sources}
        return cls(cut, MOMENTS.format(period=every), parameters)

    def run(self, connection: Connection, sql: str) -> Any:
        """Run SQL that knows the moments as ``doomed``."""
        return connection.exec_driver_sql(sql, self.parameters)

    def pruning(self, connection: Connection, *, made: bool = False) -> Pruning:
        """What goes; ``made`` says that the moments are in a table already."""
        head = "" if made else f"WITH doomed AS MATERIALIZED ({self.moments})"
        series = tuple(
            Pruned(pair, source, quotes, stays, Moment(first), Moment(last))
            for pair, source, quotes, stays, first, last in self.run(connection, f"{head} {OF_SERIES}")
        )
        sightings = int(self.run(connection, f"{head} {SIGHTINGS}").scalar_one())
        emptied = self.run(connection, f"{head} {EMPTIED}").fetchall()
        return Pruning(self.cut, series, sightings, len(emptied), sum(row[1] for row in emptied), done=made)

    def carried_out(self, connection: Connection) -> Pruning:
        """Remove what goes, inside the caller's transaction; the counts of documents follow."""
        self.run(connection, "DROP TABLE IF EXISTS temp.doomed")
        self.run(
            connection,
            "CREATE TEMP TABLE doomed (series_id INTEGER, observed_at INTEGER, PRIMARY KEY (series_id, observed_at)) "
            "WITHOUT ROWID",
        )
        self.run(connection, f"INSERT INTO temp.doomed {self.moments}")
        done = self.pruning(connection, made=True)
        self.run(connection, f"CREATE TEMP TABLE emptied AS {EMPTIED}")
        self.run(
            connection,
            f"""UPDATE document SET quotes = document.quotes - l.said,
                       digest = ((document.digest - l.digest) % {PRIME} + {PRIME}) % {PRIME}
                  FROM (SELECT document_id, count(*) AS said, sum(digest) AS digest FROM ({SAID}) AS each
                         GROUP BY document_id) AS l
                 WHERE l.document_id = document.id""",
        )
        for table in ("sighting", "quote"):
            self.run(connection, f"DELETE FROM {table} WHERE (series_id, observed_at) IN (SELECT * FROM temp.doomed)")
        self.run(connection, "DELETE FROM reject WHERE document_id IN (SELECT id FROM temp.emptied)")
        self.run(connection, "DELETE FROM document WHERE id IN (SELECT id FROM temp.emptied)")
        self.run(connection, "DROP TABLE temp.emptied")
        self.run(connection, "DROP TABLE temp.doomed")
        return done
