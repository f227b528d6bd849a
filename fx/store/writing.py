"""A reading into rows: every quote once, with its document; repeats absorbed, revisions beside what they revise.

A statement is known if the same source said the same of the same pair and moment before: its document is remembered as
a sighting. Otherwise it is new, or a revision where that source already said something else of that moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from fx.currencies import Currency
from fx.logs import Quotes
from fx.moments import Moment
from fx.quotes import Quote
from fx.store.digests import OF_REJECTS, PRIME, SEALED, seal_of
from fx.store.kept import change_code, mantissa_and_scale, rest_of, times_of
from fx.store.marks import mark_of
from fx.store.stage import SAID_BY, Kept, keep_rows, keep_run, put_on_stage
from fx.text import storable

if TYPE_CHECKING:
    from fx.reader import Reading
    from fx.store.plainly import Connection

__all__ = ["Loaded", "Numbers", "newest_recording", "reject_rows", "save", "stage_rows"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did. ``quotes`` were read; each of them is ``new``, ``known`` or one of ``revisions``.

    ``repeats`` counts the readings dropped within their document, ``rejects`` the candidates that could not be read.

    >>> (Loaded(documents=1, quotes=5, new=5) + Loaded(documents=1, quotes=5, known=5)).quotes
    10
    """

    documents: int = 0
    quotes: int = 0
    new: int = 0
    known: int = 0
    revisions: int = 0
    repeats: int = 0
    rejects: int = 0

    def __add__(self, other: Loaded) -> Loaded:
        return Loaded(*(getattr(self, field.name) + getattr(other, field.name) for field in fields(self)))


KNOWN_DOCUMENT = f"""SELECT d.id, {SEALED} FROM document AS d
    WHERE d.sha256 = :sha256 AND d.source_id = :source AND (d.observed_at = :observed_at OR :basis = 'modified'
          OR (:basis = 'clock' AND d.id = (SELECT max(id) FROM document WHERE source_id = :source)))
    ORDER BY d.observed_at = :observed_at DESC, d.id LIMIT 1"""
INTO_REJECT = f"INSERT INTO reject (document_id, {OF_REJECTS}) VALUES (?, ?, ?, ?, ?, ?)"
NEW_DOCUMENT = """INSERT INTO document
    (sha256, name, source_id, observed_at, time_basis, recorded_at, quotes, repeats, rejects, digest, seal)
    VALUES (:sha256, :name, :source, :observed_at, :time_basis, :recorded_at, 0, 0, 0, 0, 0) RETURNING id"""
COUNTS = f"""UPDATE document SET quotes = quotes + :more, digest = (digest + :digest) % {PRIME},
    repeats = :repeats, rejects = :rejects, seal = :seal WHERE id = :document"""


OF_NAME = "SELECT id, observed_at, quotes FROM document WHERE name = :name AND source_id = :source"
LAST_OF_NAME = f"{OF_NAME} ORDER BY id DESC LIMIT 1"
BESIDE = " UNION ALL ".join(
    f"SELECT * FROM ({OF_NAME} AND observed_at {which} :moment ORDER BY {order} LIMIT 1) AS {name}"
    for name, which, order in (
        ("before", "<", "observed_at DESC, id DESC"),
        ("beside", "=", "id DESC"),
        ("after", ">", "observed_at, id DESC"),
    )
)
"""SQL for the documents of a name that are nearest to a moment."""
COUNT_SAID_BY = f"SELECT count(*) FROM stage WHERE {SAID_BY}"
REFUSED_IN = "SELECT text, reason FROM reject WHERE document_id = :document ORDER BY number"


def save(connection: Connection, reading: Reading, now: datetime, *, if_changed: bool = False) -> Loaded:
    """Keep one reading, inside the caller's transaction.

    The same bytes from the same source are the same document, unless the caller or the document says another time: a
    file copied or touched is not observed anew. Standard input read again is, if that source said something else in
    between. ``now`` is moved past the newest document's time where it is not: what is recorded later is known later.
    With ``if_changed`` nothing is kept of what `says_the_same` as before.
    """
    loaded = Loaded(documents=1, quotes=len(reading.quotes), repeats=reading.repeats, rejects=len(reading.rejects))
    source_id = source_id_of(connection, reading.source)
    if if_changed and says_the_same(connection, reading, source_id):
        return replace(loaded, known=loaded.quotes)
    by_file = reading.time_basis in {"modified", "clock"}
    identity = {"sha256": reading.sha256, "source": source_id, "observed_at": reading.observed_at.ordinal}
    known = run(connection, KNOWN_DOCUMENT, {**identity, "basis": reading.time_basis}).first()
    if known:
        document_id, *sealed = known
    else:
        named = {
            **identity,
            "name": storable(reading.document),
            "time_basis": reading.time_basis,
            "recorded_at": max(Moment.of_instant(now).ordinal // 2, newest_recording(connection) + 1),
        }
        document_id = run(connection, NEW_DOCUMENT, named).scalar_one()
        sealed = [named[name] for name in ("sha256", "name", "source", "observed_at", "time_basis", "recorded_at")]
    moment = Moment(sealed[3])
    quotes = reading.quotes
    kept = Kept()
    if isinstance(quotes, Quotes):  # first: what stands beside its runs is scattered over their time
        quotes = quotes.moved(moment) if by_file and known else quotes
        kept = sum(keep_log(connection, quotes, document_id, begun=known is not None), kept)
        quotes = quotes.plain
    rows = stage_rows(connection, quotes, moment if by_file else None)
    kept += keep_rows(connection, rows, document_id, begun=known is not None or isinstance(reading.quotes, Quotes))
    if kept.added or kept.sighted or not known:
        rejects = keep_rejects(connection, document_id, reading)
        seal = seal_of([*sealed[:6], reading.repeats], [row[1:] for row in rejects])
        keep_counts(connection, document_id, kept, reading, seal)
    return Loaded(
        documents=1,
        quotes=loaded.quotes,
        new=kept.firsts,
        revisions=kept.added - kept.firsts,
        known=loaded.quotes - kept.added,
        repeats=loaded.repeats,
        rejects=loaded.rejects,
    )


def says_the_same(connection: Connection, reading: Reading, source_id: int) -> bool:
    """Whether a reading says what the last document of its name and source said.

    The time of quotes that have no date of their own (that of the server, the file or the clock) makes no difference
    within a day. On a later day it does: that a figure still stands is news then, and its age, in days, stays true.

    Where all are such quotes a reading says the same as well if it says what stood at its own time: of several watchers
    one may come with a page after another has kept the next, and both would be kept once more.
    """
    named = {"name": storable(reading.document), "source": source_id, "moment": reading.observed_at.ordinal}
    last = run(connection, LAST_OF_NAME, named).first()
    if last is None:
        return False
    if said_by(connection, reading, *last):
        return True
    if not reading.quotes or not all(map(without_date, reading.quotes)):
        return False
    return any(said_by(connection, reading, *each) for each in run(connection, BESIDE, named).fetchall())


def said_by(connection: Connection, reading: Reading, document_id: int, observed_at: int, quotes: int) -> bool:
    """Whether a reading says what a document said."""
    if quotes != len(reading.quotes):
        return False
    moment = Moment(observed_at)
    undated = [quote for quote in reading.quotes if without_date(quote)]
    if any(quote.observed_at.day != moment.day for quote in undated):
        return False
    if not reading.quotes:
        refused = [tuple(row) for row in run(connection, REFUSED_IN, {"document": document_id})]
        return refused == [(storable(reject.text), storable(reject.reason)) for reject in reading.rejects]
    dated = [replace(quote, observed_at=moment) if without_date(quote) else quote for quote in reading.quotes]
    put_on_stage(connection, stage_rows(connection, dated, None))
    same = run(connection, COUNT_SAID_BY, {"document": document_id}).scalar_one()
    connection.exec_driver_sql("DELETE FROM stage")
    return bool(same == len(reading.quotes))


def without_date(quote: Quote) -> bool:
    """Whether the time of a quote is not the publisher's: a date that a page states is a whole day."""
    return quote.time_basis in {"modified", "clock"} or (
        quote.time_basis == "stated" and not quote.observed_at.whole_day
    )


def run(connection: Connection, sql: str, parameters: dict[str, Any]) -> Any:
    """Run SQL with named parameters as the driver takes them."""
    return connection.exec_driver_sql(sql, parameters)


def row_id(
    connection: Connection, table: str, values: dict[str, Any], more: Callable[[], dict[str, Any]] = dict
) -> int:
    """The id of the row with these values, made if there is none, with ``more`` in it."""
    where = " AND ".join(f"{name} = :{name}" for name in values)
    found = run(connection, f"SELECT id FROM {table} WHERE {where}", values).scalar()
    if found is None:
        values = {**values, **more()}
        names = ", ".join(values)
        marks = ", ".join(f":{name}" for name in values)
        found = run(connection, f"INSERT INTO {table} ({names}) VALUES ({marks}) RETURNING id", values).scalar_one()
    return int(found)


def source_id_of(connection: Connection, source: str | None) -> int:
    """The id of a source."""
    return row_id(connection, "source", {"name": storable(source or "")})


def series_id(
    connection: Connection, base: Currency, counter: Currency, source_id: int, mark: Callable[[], int | None]
) -> int:
    """The id of a pair as one source publishes it; one that is made bears the ``mark`` of its first quote."""
    values = {"base": str(base), "counter": str(counter), "source_id": source_id}
    return row_id(connection, "series", values, lambda: {"plain_scale": mark()})


def keep_log(connection: Connection, quotes: Quotes, document_id: int, *, begun: bool) -> Iterator[Kept]:
    """Keep the runs of a log, one after the other."""
    source_id = source_id_of(connection, quotes.source)
    ids = {pair: series_id(connection, *pair, source_id, partial(first_mark, quotes, pair)) for pair in quotes.pairs()}
    for lines in quotes.runs:
        series = [ids.get(pair, 0) for pair in lines.words.pairs]
        yield keep_run(connection, lines, quotes.times, series, document_id, begun=begun)


def first_mark(quotes: Quotes, pair: tuple[Currency, Currency]) -> int | None:
    """What one quote of a pair would mark its series with: one of a run, or else one that stands beside them."""
    for run in quotes.runs:
        if pair in run.words.pairs and (number := run.words.pairs.index(pair)) in run.pairs:
            return mark_of(run.scales[run.pairs.index(number)], "")
    return next(mark_of(*figures_of(quote)[1:3]) for quote in quotes.plain if (quote.base, quote.counter) == pair)


class Numbers:
    """The ids of sources and series, each asked for once within a transaction."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.sources: dict[str | None, int] = {}
        self.all_series: dict[tuple[Currency, Currency, str | None], int] = {}

    def source(self, name: str | None) -> int:
        """The id of a source."""
        if name not in self.sources:
            self.sources[name] = source_id_of(self.connection, name)
        return self.sources[name]

    def series(self, quote: Quote, mark: int | None) -> int:
        """The id of the series of a quote, of which one that is made bears the mark."""
        name = (quote.base, quote.counter, quote.source)
        if name not in self.all_series:
            source_id = self.source(quote.source)
            self.all_series[name] = series_id(self.connection, quote.base, quote.counter, source_id, lambda: mark)
        return self.all_series[name]


def stage_rows(
    connection: Any, quotes: Iterable[Quote], moment: Moment | None, numbers: Numbers | None = None
) -> list[tuple[Any, ...]]:
    """Quotes as rows of the stage; ``moment`` replaces the time of those dated by their file."""
    numbers = numbers or Numbers(connection)
    rows = []
    for quote in quotes:
        observed = moment if moment and quote.time_basis in {"modified", "clock"} else quote.observed_at
        rate, scale, rest, change = figures_of(quote)
        rows.append(
            (
                numbers.series(quote, mark_of(scale, rest)),
                observed.ordinal,
                rate,
                scale,
                rest,
                change,
                quote.line,
                times_of(quote.repeats, quote.unit),
            )
        )
    return rows


def figures_of(quote: Quote) -> tuple[int, int, str, int]:
    """Rate, scale, rest and change of a quote as they are kept."""
    mantissa, scale = mantissa_and_scale(quote.rate)
    change = digits(quote.change_pct)
    rest = rest_of(digits(quote.bid), digits(quote.ask), mantissa, change)
    return mantissa if isinstance(mantissa, int) else 0, scale, rest, change_code(change)


def digits(number: Decimal | None) -> str:
    """A number as published, '' for none."""
    return "" if number is None else format(number, "f")


def keep_counts(connection: Connection, document_id: int, kept: Kept, reading: Reading, seal: int) -> None:
    """Note at the document how many quotes are kept of it, now more than before, and what else was read."""
    counts = {
        "document": document_id,
        "more": kept.added + kept.sighted,
        "digest": kept.digest % PRIME,
        "repeats": reading.repeats,
        "rejects": len(reading.rejects),
        "seal": seal,
    }
    run(connection, COUNTS, counts)


def newest_recording(connection: Any) -> int:
    """When the newest document was recorded, in milliseconds since 1970."""
    return int(connection.exec_driver_sql("SELECT coalesce(max(recorded_at), -1) FROM document").scalar_one())


def reject_rows(document_id: int, reading: Reading) -> list[tuple[Any, ...]]:
    """What could not be read, as rows."""
    return [
        (document_id, number, reject.line, reject.column, storable(reject.text), storable(reject.reason))
        for number, reject in enumerate(reading.rejects, 1)
    ]


def keep_rejects(connection: Connection, document_id: int, reading: Reading) -> list[tuple[Any, ...]]:
    """Keep what could not be read, in place of an earlier reading's; returns the rows."""
    run(connection, "DELETE FROM reject WHERE document_id = :document", {"document": document_id})
    rows = reject_rows(document_id, reading)
    if rows:
        connection.exec_driver_sql(INTO_REJECT, rows)
    return rows
