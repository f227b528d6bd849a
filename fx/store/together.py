"""Many readings into a server at once: the rows that `fx.store.writing.save` would make of one after the other.

A server answers each question in its own time, and one document alone asks a dozen. Here a dozen do for hundreds of
documents, a set at a time. What is not simply new, or known to the last row, is left to the plain way, in its turn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from fx.logs import Quotes
from fx.moments import Moment
from fx.sql import STATEMENT
from fx.store.digests import PRIME, row_digest, seal_of
from fx.store.marks import unmark
from fx.store.stage import KEY, MOMENT, SAME_STATEMENT, STAGED_KEY
from fx.store.writing import INTO_REJECT, Loaded, Numbers, newest_recording, reject_rows, stage_rows
from fx.text import storable

if TYPE_CHECKING:
    from fx.reader import Reading
    from fx.store.server import ServerConnection

__all__ = ["keep_together"]

ASKED = """CREATE TEMP TABLE IF NOT EXISTS asked (number integer, sha256 text, source_id bigint, observed_at bigint,
    any_time boolean)"""
INTO_ASKED = "INSERT INTO asked (number, sha256, source_id, observed_at, any_time) VALUES (?, ?, ?, ?, ?)"
KNOWN = """SELECT a.number, d.id, d.observed_at FROM asked AS a JOIN LATERAL (
    SELECT id, observed_at FROM document AS d
     WHERE d.sha256 = a.sha256 AND d.source_id = a.source_id AND (d.observed_at = a.observed_at OR a.any_time)
     ORDER BY d.observed_at = a.observed_at DESC, d.id LIMIT 1) AS d ON true"""
"""The document that each reading is, as `fx.store.writing.KNOWN_DOCUMENT` finds it."""
STAGE = """CREATE TEMP TABLE IF NOT EXISTS together (document_id bigint, series_id bigint, observed_at bigint,
    rate bigint, scale integer, rest text COLLATE "C", change bigint, line bigint, times bigint)"""
INTO_STAGE = f"INSERT INTO together ({KEY}, line, times, document_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
UNSAID = f"""SELECT DISTINCT document_id FROM together AS stage
    WHERE NOT EXISTS (SELECT 1 FROM quote AS q WHERE {SAME_STATEMENT} AND q.document_id = stage.document_id)
      AND NOT EXISTS (SELECT 1 FROM sighting AS q WHERE {SAME_STATEMENT} AND q.document_id = stage.document_id)"""
DIGESTS = f"SELECT document_id, sum({row_digest('stage')}) FROM together AS stage GROUP BY document_id"
FIRSTS = """SELECT document_id, count(*) FROM (
    SELECT series_id, observed_at, min(document_id) AS document_id FROM together GROUP BY series_id, observed_at) AS k
     WHERE NOT EXISTS (SELECT 1 FROM quote AS q WHERE q.series_id = k.series_id AND q.observed_at = k.observed_at)
     GROUP BY document_id"""
ADDED = f"""WITH added AS (
    INSERT INTO quote ({KEY}, document_id, line, times)
    SELECT DISTINCT ON ({KEY}) {KEY}, document_id, line, times FROM together ORDER BY {KEY}, document_id
    ON CONFLICT DO NOTHING RETURNING document_id)
    SELECT document_id, count(*) FROM added GROUP BY document_id"""
SIGHTED = f"""INSERT INTO sighting ({KEY}, document_id, line, times)
    SELECT {STAGED_KEY}, stage.document_id, stage.line, stage.times
      FROM together AS stage JOIN quote AS q ON {SAME_STATEMENT}
     WHERE q.document_id <> stage.document_id ORDER BY {STAGED_KEY}, stage.document_id ON CONFLICT DO NOTHING"""
NUMBERS = "SELECT nextval(pg_get_serial_sequence('document', 'id')) FROM generate_series(1, :many)"
OF_DOCUMENT = (
    "id", "sha256", "name", "source_id", "observed_at", "time_basis", "recorded_at", "quotes", "repeats", "rejects",
    "digest", "seal",
)  # fmt: skip
INTO_DOCUMENT = f"INSERT INTO document ({', '.join(OF_DOCUMENT)}) VALUES ({', '.join('?' for _ in OF_DOCUMENT)})"
EMPTIED = "TRUNCATE together, asked"
BY_FILE = frozenset(("modified", "clock"))


@dataclass
class Waiting:
    """A reading on its way: what it says as rows, and the document that it is, or the earlier reading."""

    reading: Reading
    source_id: int
    rows: list[tuple[Any, ...]]
    document: int | None = None
    moment: int | None = None
    same_as: Waiting | None = None
    statements: frozenset[tuple[Any, ...]] = field(default_factory=frozenset)


def keep_together(
    connection: ServerConnection, readings: Sequence[Reading], clock: Callable[[], datetime]
) -> list[Loaded]:
    """Keep as many of the first of these readings as can be kept together, maybe none; what each of them did.

    Inside the caller's transaction, in which this is the only writer.
    """
    numbers = Numbers(connection)
    waiting: list[Waiting] = []
    for reading in readings:
        if isinstance(reading.quotes, Quotes) or reading.time_basis == "clock":
            break
        source_id = numbers.source(reading.source)
        rows = stage_rows(connection, reading.quotes, None, numbers)
        statements = frozenset(row[: len(STATEMENT)] for row in rows)
        if len(statements) != len(rows):  # one statement twice: the database says which stands
            break
        waiting.append(Waiting(reading, source_id, rows, statements=statements))
    if len(waiting) < 2:
        return []
    for temporary in (ASKED, STAGE):
        connection.raw.execute(temporary)
    identify(connection, waiting)
    waiting = waiting[: first_with_more(connection, waiting, numbers)]
    return kept(connection, waiting, clock) if waiting else []


def identify(connection: ServerConnection, waiting: list[Waiting]) -> None:
    """Find the document that each reading is, in the store or among those before it."""
    connection.raw.execute(EMPTIED)
    asked = [
        (number, each.reading.sha256, each.source_id, each.reading.observed_at.ordinal, any_time(each.reading))
        for number, each in enumerate(waiting)
    ]
    connection.put(INTO_ASKED, asked)
    for number, document, moment in connection.raw.execute(KNOWN):
        waiting[number].document, waiting[number].moment = document, moment
    before: dict[tuple[str, int], list[Waiting]] = {}
    for each in waiting:
        moment = each.reading.observed_at.ordinal
        others = before.setdefault((each.reading.sha256, each.source_id), [])
        same = next((other for other in others if other.reading.observed_at.ordinal == moment), None)
        if same is None and each.document is None and any_time(each.reading) and others:
            same = others[0]
        if same is not None and each.moment != moment:
            each.document, each.moment, each.same_as = None, same.reading.observed_at.ordinal, same
        if each.document is None and each.same_as is None:
            others.append(each)


def any_time(reading: Reading) -> bool:
    """Whether the same bytes are the same document whenever they were last touched."""
    return reading.time_basis == "modified"


def first_with_more(connection: ServerConnection, waiting: list[Waiting], numbers: Numbers) -> int:
    """The number of the first reading of a known document that says more than is kept of it; that of all if none."""
    for each in waiting:
        if each.moment is not None and each.reading.time_basis in BY_FILE:
            each.rows = stage_rows(connection, each.reading.quotes, Moment(each.moment), numbers)
    connection.put(INTO_STAGE, [(*row, each.document) for each in waiting if each.document for row in each.rows])
    more = {row[0] for row in connection.raw.execute(UNSAID)}
    connection.raw.execute(EMPTIED)
    return next(
        (number for number, each in enumerate(waiting) if each.document in more or says_more(each)), len(waiting)
    )


def says_more(each: Waiting) -> bool:
    """Whether a reading says more than the earlier one that is the same document."""
    if each.same_as is None:
        return False
    return not each.same_as.statements.issuperset(row[: len(STATEMENT)] for row in each.rows)


def kept(connection: ServerConnection, waiting: list[Waiting], clock: Callable[[], datetime]) -> list[Loaded]:
    """Keep readings of which each is new as a whole, or known as a whole."""
    fresh = [each for each in waiting if each.document is None and each.same_as is None]
    ids = [row[0] for row in connection.exec_driver_sql(NUMBERS, {"many": len(fresh)})] if fresh else []
    staged = [(*row, number) for number, each in zip(ids, fresh, strict=True) for row in each.rows]
    connection.make_room(map(MOMENT, staged))
    connection.put(INTO_STAGE, staged)
    connection.raw.execute("ANALYZE together")
    digests, firsts = (dict(connection.raw.execute(sql).fetchall()) for sql in (DIGESTS, FIRSTS))
    newest = newest_recording(connection)
    documents, rejects = [], []
    numbers = iter(ids)
    document_of: dict[int, int] = {}
    for each in waiting:
        now = Moment.of_instant(clock()).ordinal // 2
        if each.document is not None or each.same_as is not None:
            continue
        number = document_of[id(each)] = next(numbers)
        newest = max(now, newest + 1)
        reading = each.reading
        refused = reject_rows(number, reading)
        rejects += refused
        name, moment = storable(reading.document), reading.observed_at.ordinal
        sealed = (reading.sha256, name, each.source_id, moment, reading.time_basis, newest)
        seal = seal_of([*sealed, reading.repeats], [row[1:] for row in refused])
        counts = (len(each.rows), reading.repeats, len(refused), int(digests.get(number, 0)) % PRIME)
        documents.append((number, *sealed, *counts, seal))
    connection.put(INTO_DOCUMENT, documents)
    added = dict(connection.raw.execute(ADDED).fetchall())
    sighted = connection.raw.execute(SIGHTED).rowcount
    if sum(added.values()) + sighted != len(staged):
        raise AssertionError(f"{len(staged)} rows were staged, {sum(added.values())} added and {sighted} seen again")
    if added:
        unmark(connection, "together", several=sum(added.values()) != sum(firsts.values()))
    connection.put(INTO_REJECT, rejects)
    connection.raw.execute(EMPTIED)
    return [
        loaded_of(each.reading, added.get(document_of.get(id(each)), 0), firsts.get(document_of.get(id(each)), 0))
        for each in waiting
    ]


def loaded_of(reading: Reading, added: int, firsts: int) -> Loaded:
    """What one reading did."""
    quotes = len(reading.quotes)
    return Loaded(1, quotes, firsts, quotes - added, added - firsts, reading.repeats, len(reading.rejects))
