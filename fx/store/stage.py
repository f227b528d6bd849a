"""Rows of one document into ``quote`` and ``sighting``, and what they were: new, revisions, or known.

A run of a log whose span of time is empty, or known throughout, goes in as it is. All other rows pass a stage, a table
of this connection: the database itself tells the known from the rest, a set at a time.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from fx.formats.log_lines import Key, Lines
from fx.sql import STATEMENT
from fx.store.digests import row_digest
from fx.store.kept import change_code
from fx.store.marks import unmark, unmark_spans
from fx.store.plainly import Connection, Driver, asked_by

__all__ = [
    "KEY",
    "MOMENT",
    "SAID_BY",
    "SAME_STATEMENT",
    "STAGED_KEY",
    "Kept",
    "Row",
    "keep_rows",
    "keep_run",
    "put_on_stage",
]

Row = tuple[Any, ...]
"""A statement, and its line and times."""

Span = tuple[int, int, int]
"""A series, and from which moment to which."""

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
SIGHTED = f"""INSERT INTO sighting ({KEY}, document_id, line, times)
    SELECT {STAGED_KEY}, :document, stage.line, stage.times
      FROM stage JOIN quote AS q ON {SAME_STATEMENT}
     WHERE q.document_id <> :document ORDER BY {STAGED_KEY} ON CONFLICT DO NOTHING"""
UNSEEN = f"""DELETE FROM sighting
 WHERE document_id = :document AND ({KEY}) IN (SELECT {KEY} FROM stage)"""
STAGED = f"SELECT count(*), sum({row_digest('stage')}) FROM stage"
KEPT = " UNION ALL ".join(
    f"""SELECT {row_digest("q")} AS digest FROM (SELECT DISTINCT {KEY} FROM stage) AS stage
      JOIN {table} AS q ON {SAME_STATEMENT} WHERE q.document_id = :document"""
    for table in ("quote", "sighting")
)
KEPT = f"SELECT coalesce(sum(digest), 0) FROM ({KEPT}) AS kept"
IN_SPAN = "FROM quote AS q WHERE q.series_id = ? AND q.observed_at BETWEEN ? AND ?"
SAID_IN_SPAN = f"""SELECT count(*), min(document_id), max(document_id)
  FROM (SELECT q.document_id {IN_SPAN} LIMIT ?) AS said"""
MOMENTS_IN_SPAN = f"SELECT q.series_id, q.observed_at {IN_SPAN}"
PLAIN = tuple(name for name in STATEMENT if name != "rest")
WITHOUT_REST = "q.rest <= ''"
"""Of an empty ``rest``. By ``=`` SQLite would sort what stands in order: it takes the column out of the key."""
PLAIN_IN_SPAN = f"SELECT {', '.join(f'q.{name}' for name in PLAIN[1:])} {IN_SPAN} AND {WITHOUT_REST} ORDER BY {KEY}"
SAID = f"SELECT 1 FROM quote AS q WHERE {' AND '.join(f'q.{name} = ?' for name in PLAIN)} AND q.rest = ''"
SEEN_IN_SPAN = f"""SELECT count(*), count(q.series_id), coalesce(sum({row_digest("stage")}), 0)
  FROM sighting AS stage LEFT JOIN quote AS q ON {SAME_STATEMENT}
 WHERE stage.series_id = ? AND stage.observed_at BETWEEN ? AND ? AND stage.document_id = ?"""
DIGEST_OF_SPAN = f"SELECT sum({row_digest('q')}) {IN_SPAN}"
OF_SERIES = itemgetter(PLAIN.index("series_id"))
STATED = itemgetter(*range(1, len(PLAIN)))
MOMENT = itemgetter(STATEMENT.index("observed_at"))
SAMPLE = 16
"""Rows that are looked up before a run is taken for known."""
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
    connection.make_room(map(MOMENT, rows))
    put_on_stage(connection, rows)
    return keep_staged(connection, document_id, begun=begun)


def keep_staged(connection: Connection, document_id: int, *, begun: bool) -> Kept:
    """Keep what stands on the stage, and clear it."""
    document = {"document": document_id}
    if begun:
        connection.exec_driver_sql(f"DELETE FROM stage WHERE {SAID_BY}", document)
    staged, digest = connection.exec_driver_sql(STAGED).one()
    firsts = connection.exec_driver_sql(FIRST_OF_MOMENT).scalar_one()
    added = max(0, connection.exec_driver_sql(FROM_STAGE, document).rowcount)
    sighted = 0 if added == staged else max(0, connection.exec_driver_sql(SIGHTED, document).rowcount)
    if added + sighted != staged:  # one statement came twice, and stands once
        digest = connection.exec_driver_sql(KEPT, document).scalar_one()
    if added:
        unmark(connection, "stage", several=added != firsts)
    connection.exec_driver_sql("DELETE FROM stage")
    return Kept(added, firsts, sighted, digest or 0)


def put_on_stage(connection: Connection, rows: list[Row]) -> None:
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

    A run whose span of time is empty costs what the insertion itself does, one that is known less.
    """
    spans = [(number, run.least, run.most) for number in sorted({series[number] for number in set(run.pairs)})]
    ask = asked_by(connection)
    most = DENSE * len(run)
    found = [ask.execute(SAID_IN_SPAN, (*span, most + 1)).fetchone() for span in spans]
    said = sum(number for number, *_ in found)
    documents = {document for number, *ends in found if number for document in ends}
    rows = rows_of(run, times, series)
    if said <= most and (not said or (not begun and documents == {document_id})):
        # Nothing, or what this document said in the run before, at the moment that both share: never the same again.
        before = digest_of(ask, spans) if said else 0
        stood = {tuple(row) for span in spans for row in ask.execute(MOMENTS_IN_SPAN, span)} if said else set()
        connection.make_room(run.moments)
        connection.exec_driver_sql(into("quote", times, document_id=document_id), rows)
        firsts = moments_beside(run, series, stood)
        unmark_spans(connection, scales_of(run, series), () if firsts == len(rows) else spans)
        return Kept(len(rows), firsts, digest=digest_of(ask, spans) - before)
    # Of what two documents say the first has the quote, the other the sighting: no row here may be another's first.
    apart = not begun and bool(documents) and not min(documents) <= document_id <= max(documents)
    likely = apart and len(rows) <= said <= most and likely_said(ask, rows)
    if likely:
        seen, all_stand = see(connection, rows, times, spans, document_id)
        if all_stand:
            return seen
    elif documents == {document_id} and said <= most and all_said(ask, rows, spans):
        return Kept()
    connection.exec_driver_sql(STAGE)
    connection.exec_driver_sql(into("stage", times), rows)
    if likely:
        connection.exec_driver_sql(UNSEEN, {"document": document_id})
    connection.make_room(run.moments)
    return keep_staged(connection, document_id, begun=begun)


def likely_said(ask: Driver, rows: list[Row]) -> bool:
    """Whether some of `rows_of`, from the first to the last, stand in the table."""
    some = [*rows[:: len(rows) // SAMPLE + 1], rows[-1]]
    return all(ask.execute(SAID, row[: len(PLAIN)]).fetchone() for row in some)


def see(
    connection: Connection, rows: list[Row], times: dict[Key, int], spans: list[Span], document_id: int
) -> tuple[Kept, bool]:
    """Remember `rows_of` as what a document says of what others said, and whether these said all of it.

    The database itself tells that, once they stand in it: what was read to be compared here would cost more.
    """
    asked = [(*span, document_id) for span in spans]
    _, _, before = seen_in(connection, asked)  # what the run before it said, at the moment that both share
    connection.exec_driver_sql(into("sighting", times, document_id=document_id), rows)
    number, stand, digest = seen_in(connection, asked)
    return Kept(sighted=len(rows), digest=digest - before), stand == number


def seen_in(connection: Connection, asked: Sequence[tuple[int, ...]]) -> list[int]:
    """What documents say of others' quotes in spans of time: how many, how many of these stand, and their digest."""
    ask = asked_by(connection)
    return list(map(sum, zip(*(ask.execute(SEEN_IN_SPAN, each).fetchone() for each in asked), strict=True)))


def all_said(ask: Driver, rows: list[Row], spans: list[Span]) -> bool:
    """Whether all of `rows_of` stands in the table, one series after the other."""
    begin = 0
    for span in spans:
        end = bisect_right(rows, span[0], begin, key=OF_SERIES)
        ours = list(map(STATED, rows[begin:end]))
        theirs = ask.execute(PLAIN_IN_SPAN, span).fetchall()
        first = bisect_left(theirs, ours[0])  # what the runs beside it say of the moments that they share
        if theirs[first : first + len(ours)] != ours and not set(ours).issubset(theirs):
            return False
        begin = end
    return True


def rows_of(run: Lines, times: dict[Key, int], series: Sequence[int]) -> list[Row]:
    """A run as rows in the order of the table: what of them is not the same in all, see `into`."""
    changes = list(map(change_code, run.words.changes))  # no longer than fits
    columns = [
        map(series.__getitem__, run.pairs),
        run.moments,
        run.mantissas,
        run.scales,
        map(changes.__getitem__, run.changes),
        run.numbers,
    ]
    if times:
        columns.append(times.get(key, 1) for key in run.keys())  # noqa: SIM118 (no dictionary)
    rows = list(zip(*columns, strict=True))
    rows.sort()
    return rows


def into(table: str, times: dict[Key, int], **same: int) -> str:
    """SQL that puts `rows_of` into a table.

    >>> into("stage", {}).partition(" VALUES ")[2], into("quote", {}, document_id=5).partition(" VALUES ")[2]
    ("(?, ?, ?, ?, ?, ?, 1, '')", "(?, ?, ?, ?, ?, ?, 1, '', 5)")
    """
    names = (*PLAIN, "line", "times", "rest", *same)
    marks = (*("?" for _ in PLAIN), "?", "?" if times else "1", "''", *map(str, same.values()))
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join(marks)})"


def scales_of(run: Lines, series: Sequence[int]) -> set[tuple[int, int]]:
    """The scales that a run has, each with its series."""
    first = run.scales[0]
    alike = run.scales.count(first) == len(run)
    kinds = {(pair, first) for pair in set(run.pairs)} if alike else set(zip(run.pairs, run.scales, strict=True))
    return {(series[pair], scale) for pair, scale in kinds}


def moments_beside(run: Lines, series: Sequence[int], stated: set[tuple[int, int]]) -> int:
    """At how many moments a run states a pair, without those at which that pair was stated."""
    ours = zip(map(series.__getitem__, run.pairs), run.moments, strict=True)
    if not run.distinct:
        return len(set(ours).difference(stated))
    return len(run) - (len(stated.intersection(ours)) if stated else 0)


def digest_of(ask: Driver, spans: list[Span]) -> int:
    """The digest of all that is kept in some series and spans of time."""
    return sum(ask.execute(DIGEST_OF_SPAN, span).fetchone()[0] or 0 for span in spans)
