"""Rows of one document into ``quote`` and ``sighting``, and what they were: new, revisions, or known.

A run of a log whose span of time is empty, or known throughout, goes in as it is. All other rows pass a stage, a table
of this connection: the database itself tells the known from the rest, a set at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from operator import itemgetter
from typing import Any

from fx.formats.log_lines import Key, Lines
from fx.sql import STATEMENT
from fx.store.digests import row_digest
from fx.store.kept import change_code
from fx.store.plainly import Connection, asked_by

__all__ = ["SAID_BY", "Kept", "Row", "keep_rows", "keep_run", "make_room", "put_on_stage"]

Row = tuple[Any, ...]
"""A statement, and its line and times."""

SAME_STATEMENT = " AND ".join(f"q.{name} = stage.{name}" for name in STATEMENT)
KEY = ", ".join(STATEMENT)

STAGE = """CREATE TEMP TABLE IF NOT EXISTS stage (series_id INTEGER, observed_at INTEGER, rate INTEGER, scale INTEGER,
    rest TEXT, change INTEGER, line INTEGER, times INTEGER)"""
INTO_STAGE = f"INSERT INTO stage ({KEY}, line, times) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
SAID_BY = f"""EXISTS (SELECT 1 FROM quote AS q WHERE {SAME_STATEMENT} AND q.document_id = :document)
       OR EXISTS (SELECT 1 FROM sighting AS q WHERE {SAME_STATEMENT} AND q.document_id = :document)"""
"""SQL for: a document said already what stands on the stage."""
FIRST_OF_MOMENT = """SELECT count(*) FROM (SELECT DISTINCT series_id, observed_at FROM stage) AS k WHERE NOT EXISTS (
    SELECT 1 FROM quote AS q WHERE q.series_id = k.series_id AND q.observed_at = k.observed_at)"""
FROM_STAGE = f"""INSERT INTO quote ({KEY}, document_id, line, times)
    SELECT {KEY}, :document, line, times FROM stage WHERE true ORDER BY {KEY} ON CONFLICT DO NOTHING"""
STAGED_KEY = ", ".join(f"stage.{name}" for name in STATEMENT)
SEEN = f"""INSERT INTO sighting ({KEY}, document_id, line, times)
    SELECT {STAGED_KEY}, :document, stage.line, stage.times
      FROM stage{{join}}
     WHERE {{where}} ORDER BY {STAGED_KEY} ON CONFLICT DO NOTHING"""
SIGHTED = SEEN.format(join=f" JOIN quote AS q ON {SAME_STATEMENT}", where="q.document_id <> :document")
SEEN_AGAIN = SEEN.format(join="", where="true")
STAGED = f"SELECT count(*), sum({row_digest('stage')}) FROM stage"
KEPT = " UNION ALL ".join(
    f"""SELECT {row_digest("q")} AS digest FROM (SELECT DISTINCT {KEY} FROM stage) AS stage
      JOIN {table} AS q ON {SAME_STATEMENT} WHERE q.document_id = :document"""
    for table in ("quote", "sighting")
)
KEPT = f"SELECT coalesce(sum(digest), 0) FROM ({KEPT}) AS kept"
IN_SPAN = f"""SELECT {KEY}, document_id FROM quote
    WHERE series_id = ? AND observed_at BETWEEN ? AND ? LIMIT ?"""
INTO_QUOTE = f"INSERT INTO quote ({KEY}, line, times, document_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
OF_SPAN = f"SELECT sum({row_digest('q')}) FROM quote AS q WHERE q.series_id = ? AND q.observed_at BETWEEN ? AND ?"
STATED = itemgetter(*range(len(STATEMENT)))
MOMENT = itemgetter(STATEMENT.index("observed_at"))
DOCUMENT = itemgetter(len(STATEMENT))
DENSE = 3
"""How many times as many quotes as a run may lie in its span of time before it passes the stage."""


@dataclass(frozen=True, slots=True)
class Kept:
    """How many rows were added, how many of these the first of their moment, and how many known ones remembered."""

    added: int = 0
    firsts: int = 0
    sighted: int = 0
    digest: int = 0

    def __add__(self, other: Kept) -> Kept:
        return Kept(
            self.added + other.added,
            self.firsts + other.firsts,
            self.sighted + other.sighted,
            self.digest + other.digest,
        )


def keep_rows(connection: Connection, rows: list[Row], document_id: int, *, begun: bool) -> Kept:
    """Keep rows by way of the stage; ``begun`` if the document may have said some of them already."""
    if not rows:
        return Kept()
    document = {"document": document_id}
    make_room(connection, map(MOMENT, rows))
    put_on_stage(connection, rows)
    if begun:
        connection.exec_driver_sql(f"DELETE FROM stage WHERE {SAID_BY}", document)
    staged, digest = connection.exec_driver_sql(STAGED).one()
    firsts = connection.exec_driver_sql(FIRST_OF_MOMENT).scalar_one()
    added = max(0, connection.exec_driver_sql(FROM_STAGE, document).rowcount)
    sighted = 0 if added == staged else max(0, connection.exec_driver_sql(SIGHTED, document).rowcount)
    if added + sighted != staged:  # one statement came twice, and stands once
        digest = connection.exec_driver_sql(KEPT, document).scalar_one()
    connection.exec_driver_sql("DELETE FROM stage")
    return Kept(added, firsts, sighted, digest or 0)


def make_room(connection: Any, moments: Iterable[int]) -> None:
    """Make the parts of the table that a server keeps such moments in; a file has one table."""
    if hasattr(connection, "make_room"):
        connection.make_room(moments)


def put_on_stage(connection: Connection, rows: list[tuple[Any, ...]]) -> None:
    """Make statements ready to be compared with those kept."""
    connection.exec_driver_sql(STAGE)
    if rows:
        connection.exec_driver_sql(INTO_STAGE, rows)


def keep_run(
    connection: Connection,
    run: Lines,
    times: dict[Key, int],
    series: Sequence[int],
    document_id: int,
    *,
    begun: bool,
) -> Kept:
    """Keep a run of a log; ``series`` are the ids of its pairs, ``times`` how often what repeats stood.

    A run whose span of time is empty costs what the insertion itself does, one that is known little more.
    """
    rows = list(rows_of(run, times, series, document_id))
    within = sorted(series[number] for number in set(run.pairs))
    most = DENSE * len(rows)
    said = said_in_span(connection, run, within, most)
    if len(said) <= most and (not said or (not begun and all(DOCUMENT(row) == document_id for row in said))):
        # Nothing, or what this document said in the run before, at the moment that both share: never the same again.
        before = digest_of_span(connection, run, within) if said else 0
        make_room(connection, run.moments)
        connection.exec_driver_sql(INTO_QUOTE, rows if run.rising else sorted(rows))
        firsts = moments_beside(run, series, said)
        return Kept(len(rows), firsts, digest=digest_of_span(connection, run, within) - before)
    ours, theirs = (list(map(STATED, each)) for each in (rows, sorted(said, key=MOMENT) if run.rising else said))
    known = ours == theirs or (len(said) <= most and set(ours).issubset(theirs))
    documents = set(map(DOCUMENT, said)) if known else set()
    if documents == {document_id}:
        return Kept()
    staged = [row[:-1] for row in rows]
    if not documents or document_id in documents or begun:
        return keep_rows(connection, staged, document_id, begun=begun)
    put_on_stage(connection, staged)
    _, digest = connection.exec_driver_sql(STAGED).one()
    sighted = connection.exec_driver_sql(SEEN_AGAIN, {"document": document_id}).rowcount
    connection.exec_driver_sql("DELETE FROM stage")
    return Kept(sighted=sighted, digest=digest)


def moments_beside(run: Lines, series: Sequence[int], said: list[Row]) -> int:
    """At how many moments a run states a pair, without those at which what was said of it states that pair too."""
    stated = {(row[0], row[1]) for row in said}
    ours = zip(map(series.__getitem__, run.pairs), run.moments, strict=True)
    if not run.distinct:
        return len(set(ours).difference(stated))
    return len(run) - (len(stated.intersection(ours)) if stated else 0)


def digest_of_span(connection: Connection, run: Lines, series: list[int]) -> int:
    """The digest of all that some series hold of a run's span of time."""
    span = (run.least, run.most)
    return sum(connection.exec_driver_sql(OF_SPAN, (number, *span)).scalar() or 0 for number in series)


def said_in_span(connection: Connection, run: Lines, series: list[int], most: int) -> list[Row]:
    """What some series hold of a run's span of time, or one more than the most."""
    ask = asked_by(connection)
    said: list[Row] = []
    for number in series:
        said += ask.execute(IN_SPAN, (number, run.least, run.most, most + 1 - len(said))).fetchall()
    return said


def rows_of(run: Lines, times: dict[Key, int], series: Sequence[int], document_id: int) -> Iterator[Row]:
    """A run as rows, each with its document."""
    changes = list(map(change_code, run.words.changes))  # no longer than fits
    return zip(
        map(series.__getitem__, run.pairs),
        run.moments,
        run.mantissas,
        run.scales,
        repeat(""),
        map(changes.__getitem__, run.changes),
        run.numbers,
        (times.get(key, 1) for key in run.keys()) if times else repeat(1),  # noqa: SIM118 (no dictionary)
        repeat(document_id),
        strict=False,  # what is repeated has no end
    )
