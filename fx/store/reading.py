"""Rows into quotes: the questions that a store is asked, each one SQL text of `fx.sql`."""

from __future__ import annotations

import functools
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from fx.currencies import Currency, Pair
from fx.moments import EPOCH, MILLISECOND, Moment
from fx.quotes import Pending, Quote
from fx.sql import (
    FIRST,
    FIRST_RECORDED,
    HEADS,
    HEADS_BETWEEN,
    HISTORY,
    LATEST,
    STANDING,
    STANDING_OF,
    STANDING_OFTEN,
    last_of_series,
)
from fx.store.kept import MOST_REPEATS, Rest, change_in, rate_in, unit_in
from fx.store.plainly import Connection, FileConnection, driver_of, hold
from fx.whole import EVER

__all__ = [
    "MOST_WHOLE",
    "Heads",
    "Newest",
    "codes_in",
    "first_quotes",
    "first_recorded",
    "history",
    "latest",
    "standing",
    "standing_often",
]


def quote_of(row: Sequence[Any]) -> Quote:
    """A row of `fx.sql.STORED` as a quote."""
    base, counter, rate, scale, rest, change, observed, basis, source, document, line, times, recorded = row
    bid, ask, *_ = Rest.read(rest)
    percent = change_in(change, rest)
    return Quote(
        base=trusted(base),
        counter=trusted(counter),
        rate=rate_in(rate, scale, rest),
        bid=Decimal(bid) if bid else None,
        ask=Decimal(ask) if ask else None,
        change_pct=Decimal(percent) if percent else None,
        observed_at=Moment(observed),
        time_basis=basis,
        source=source or None,
        document=document,
        line=line,
        repeats=times & MOST_REPEATS,
        recorded_at=EPOCH + recorded * MILLISECOND,
        unit=unit_in(times),
    )


def standing(
    connection: Connection, code: str, as_of: Moment, known_at: datetime | None, sources: Sequence[str] = ()
) -> list[Pending]:
    """Of each series that touches a code, the quote that stands: newest observed, then last recorded."""
    rows = last_rows(connection, STANDING, code, as_of.last_ordinal, known_at)
    return [pending(row) for row in rows if not sources or row[8] in sources]


def pending(row: Sequence[Any]) -> Pending:
    """A row of `fx.sql.STORED` as a quote that is unpacked when it is wanted."""
    return Pending(trusted(row[0]), trusted(row[1]), row[8] or None, Moment(row[6]), functools.partial(quote_of, row))


@functools.lru_cache(maxsize=1024)
def trusted(code: str) -> Currency:
    """A code out of the store, its shape looked at once."""
    return Currency(code)


Head = tuple[int, str, str, str, int]
"""Series, base, counter, source and moment."""


class Known(NamedTuple):
    """The heads of a code, the ordinal of the latest, and the same heads by the other ends of their series."""

    heads: list[Head]
    latest: int
    by_other: dict[str, list[Head]]


class Newest:
    """The newest moment of each series of the codes that were asked for, as long as nobody writes to the file.

    Among many currencies most of an answer's time goes into seeks for them, and the next one wants the same. It is of
    use for questions as of now: who asks as of an earlier moment is told nothing.
    """

    def __init__(self) -> None:
        self.many: set[str] = set()
        """Codes of so many series that their quotes are not read whole again."""
        self.raw: sqlite3.Connection | None = None
        self.version: object = None
        self.codes: dict[str, Known] = {}
        self.passed: Counter[str] = Counter()
        """How often a code was on the way of an answer."""

    def of(self, connection: Connection, code: str, until: int) -> list[Head] | None:
        """The heads of a code, if none of them is later than an ordinal."""
        raw = self.looked_at(connection)
        if raw is None:
            return None
        known = self.known(raw, code)
        return None if known.latest > until else known.heads

    def between(
        self, connection: Connection, ones: Collection[str], others: Collection[str], since: int, until: int
    ) -> list[Head] | None:
        """The heads of the series between one of some codes and one of some others that are not before an ordinal.

        None if any is later than ``until``, or the codes have hardly been asked for.
        """
        raw = self.looked_at(connection)
        if raw is None:
            return None
        ones, others = sorted((ones, others), key=len)
        self.passed.update(ones)
        if any(code not in self.codes and self.passed[code] < OFTEN for code in ones):
            return None
        found = []
        for code in ones:
            known = self.known(raw, code)
            if known.latest > until:
                return None
            shared = known.by_other.keys() & others
            found += [head for other in shared for head in known.by_other[other] if head[-1] >= since]
        return found

    def looked_at(self, connection: Connection) -> sqlite3.Connection | None:
        """The connection to a file that may be asked, what is known of it forgotten if anybody wrote to it since."""
        raw = driver_of(connection)
        if raw is None or not isinstance(connection, FileConnection) or connection.writes:
            return None  # what is written by the connection itself changes no version
        version = raw.execute("PRAGMA data_version").fetchone()
        if raw is not self.raw or version != self.version:
            self.raw, self.version, self.codes = raw, version, {}
        return raw

    def known(self, raw: sqlite3.Connection, code: str) -> Known:
        """All that is known of a code, read when it is first asked for."""
        if code not in self.codes:
            found = raw.execute(HEADS, {"code": code, "until": EVER, "known": EVER})
            heads = [row for row in found if row[-1] is not None]
            by_other: dict[str, list[Head]] = {}
            for head in heads:
                by_other.setdefault(head[2] if head[1] == code else head[1], []).append(head)
            self.codes[code] = Known(heads, max((head[-1] for head in heads), default=-EVER), by_other)
        return self.codes[code]


MOST_WHOLE = 16
"""Quotes of a code that are read whole; the next question about one that has more reads heads."""
MOST_ALONE = 8
"""Quotes of one question of `Heads` that are fetched one by one; from the next on all that are left come at once."""
OFTEN = 4
"""Times that a code is on the way of an answer before all of its heads are read, which takes ten times as long as those
that one answer wants."""


class Heads:
    """What `standing` gives, of which only pair, source and moment are read before a quote is wanted.

    An answer among many currencies weighs hundreds of quotes and looks into a few. What is read later is of the same
    moment: the transaction ends with the connection.
    """

    def __init__(
        self,
        connection: Connection,
        as_of: Moment,
        known_at: datetime | None,
        sources: Sequence[str] = (),
        newest: Newest | None = None,
    ) -> None:
        self.connection = connection
        self.as_of = as_of
        self.known_at = known_at
        self.sources = sources
        self.newest = newest if known_at is None else None

    def of(self, code: str) -> list[Pending]:
        """Of each series that touches a code, the quote that stands."""
        hold(self.connection)
        heads = None if self.newest is None else self.newest.of(self.connection, code, self.as_of.last_ordinal)
        return self.pending(HEADS, {"code": code}) if heads is None else self.pendings(heads)

    def between(self, ones: Collection[str], others: Collection[str], since: Moment) -> list[Pending]:
        """The same of the series between one of some codes and one of some others, if it is not before a moment."""
        hold(self.connection)
        if self.newest is not None:
            heads = self.newest.between(self.connection, ones, others, since.ordinal, self.as_of.last_ordinal)
            if heads is not None:
                return self.pendings(heads)
        ends = {"ones": ones, "others": others}
        codes = {name: json_of(f'"{code}"' for code in ends[name]) for name in ends}
        return self.pending(HEADS_BETWEEN, {**codes, "since": since.ordinal})

    def pending(self, sql: str, asked: Mapping[str, Any]) -> list[Pending]:
        """What was found, to be unpacked one by one or, if it comes to many, all together."""
        return self.pendings(self.connection.exec_driver_sql(sql, {**self.then, **asked}))

    @property
    def then(self) -> dict[str, Any]:
        """The moment asked for, and that at which it was known."""
        return {"until": self.as_of.last_ordinal, "known": known_ordinal(self.known_at)}

    def pendings(self, heads: Iterable[Sequence[Any]]) -> list[Pending]:
        """The same, given the heads."""
        series: list[int] = []
        fetched: dict[int, Sequence[Any]] = {}

        def make(number: int) -> Quote:
            if number not in fetched:
                wanted = [number] if len(fetched) < MOST_ALONE else series
                rows = self.connection.exec_driver_sql(STANDING_OF, {**self.then, "series": json_of(wanted)})
                fetched.update((row[0], row[1:]) for row in rows)  # of several of a moment the last is the winner
            return quote_of(fetched[number])

        found = []
        for number, base, counter, source, observed in heads:
            if observed is not None and (not self.sources or source in self.sources):
                series.append(number)
                found.append(
                    Pending(
                        trusted(base),
                        trusted(counter),
                        source or None,
                        Moment(observed),
                        functools.partial(make, number),
                    )
                )
        return found


def json_of(values: Iterable[object]) -> str:
    """A list in JSON, of what needs no escaping."""
    return f"[{','.join(map(str, values))}]"


def standing_often(
    connection: Connection, code: str, moments: Iterable[Moment], known_at: datetime | None, sources: Sequence[str] = ()
) -> dict[int, list[Pending]]:
    """What `standing` gives for each of many moments, by their last ordinals."""
    import json  # noqa: PLC0415 (one answer alone has no use for it)

    untils = [moment.last_ordinal for moment in moments]
    parameters = {"code": code, "untils": json.dumps(untils), "known": known_ordinal(known_at)}
    found: dict[int, dict[tuple[str, str, str], Pending]] = {until: {} for until in untils}
    made: dict[tuple[Any, ...], Pending] = {}
    for until, *cells in connection.exec_driver_sql(STANDING_OFTEN, parameters):
        row = tuple(cells)
        if not sources or row[8] in sources:
            found[until][row[0], row[1], row[8]] = made[row] if row in made else made.setdefault(row, pending(row))
    return {until: list(last.values()) for until, last in found.items()}


def known_ordinal(known_at: datetime | None) -> int:
    """The last millisecond at which a document could be recorded to be known."""
    return EVER if known_at is None else Moment.of_instant(known_at).ordinal // 2


def first_quotes(
    connection: Connection, code: str, known_at: datetime | None, sources: Sequence[str] = ()
) -> list[Quote]:
    """Of each series that touches a code, the first quote there is."""
    return stood(connection, FIRST, code, EVER, known_at, sources)


def first_recorded(connection: Connection, code: str, sources: Sequence[str] = ()) -> Moment | None:
    """When anything that is held of a code was recorded first; None where nothing is."""
    rows = connection.exec_driver_sql(FIRST_RECORDED, {"code": code})
    times = [recorded for source, recorded in rows if not sources or source in sources]
    return Moment.of_instant(EPOCH + min(times) * MILLISECOND) if times else None


def stood(
    connection: Connection, sql: str, code: str, until: int, known_at: datetime | None, sources: Sequence[str]
) -> list[Quote]:
    """One quote a series."""
    rows = last_rows(connection, sql, code, until, known_at)
    return [quote for quote in map(quote_of, rows) if not sources or quote.source in sources]


def last_rows(
    connection: Connection, sql: str, code: str, until: int, known_at: datetime | None
) -> Iterable[Sequence[Any]]:
    """One row a series: the last of each, as they come in the order in which they were recorded."""
    rows = connection.exec_driver_sql(sql, {"code": code, "until": until, "known": known_ordinal(known_at)})
    return last_of_series(rows.fetchall())


def history(connection: Connection, pair: Pair, since: Moment | None, until: Moment | None) -> list[Quote]:
    """What was said of a pair, in the direction asked, between two moments (both included)."""
    parameters = {
        "base": pair.base,
        "counter": pair.counter,
        "since": -EVER if since is None else since.ordinal,
        "until": EVER if until is None else until.last_ordinal,
    }
    quotes = (quote_of(row) for row in connection.exec_driver_sql(HISTORY, parameters))
    return list({(quote.observed_at, quote.source): quote for quote in quotes}.values())


def latest(connection: Connection, wanted: Iterable[Pair | Currency]) -> list[Quote]:
    """The newest quote of each pair, by pair; ``wanted`` narrows to these pairs, or pairs with these codes."""
    chosen = list(wanted)
    quotes = map(quote_of, connection.exec_driver_sql(LATEST))
    return [
        quote
        for quote in quotes
        if not chosen
        or any(want in ((quote.pair,) if isinstance(want, Pair) else (quote.base, quote.counter)) for want in chosen)
    ]


def codes_in(connection: Connection) -> list[str]:
    """Every code that the store has a quote of."""
    sql = "SELECT base FROM series UNION SELECT counter FROM series"
    return [row[0] for row in connection.exec_driver_sql(sql)]
