"""The part of the store that shows what it holds as rows: quotes, pairs, documents, whatever SQL asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fx.currencies import Currency, Pair
from fx.errors import NoQuotes, NotAStore, QueryError, UsageError
from fx.moments import Moment, spanning
from fx.quotes import Quote
from fx.sql import HEAD, REVISIONS
from fx.store import reading as questions
from fx.store.faults import translated
from fx.store.held import Held
from fx.store.plainly import Connection
from fx.store.refusals import known_code

if TYPE_CHECKING:
    from fx.audit import Finding
    from fx.store.limits import SqlLimits
    from fx.store.selection import Selection

__all__ = ["InTables", "Info"]

When = str | date | datetime | Moment


ENDS = """SELECT s.id, s.base, s.counter, (SELECT min(observed_at) FROM quote WHERE series_id = s.id) AS first,
                             (SELECT max(observed_at) FROM quote WHERE series_id = s.id) AS last FROM series AS s"""
"""SQL for each series with its first and last moment, by two seeks; both NULL where it has no quote any more."""

QUOTES = "(SELECT coalesce(sum(quotes), 0) FROM document) - (SELECT count(*) FROM sighting)"
"""SQL for how many quotes there are, without a look at them: what the documents count, as ``fx db check`` proves."""


@dataclass(frozen=True, slots=True)
class Info:
    """What a store holds: its place, schema, counts, and the span of what was observed."""

    database: str
    schema: str
    bytes: int | None
    documents: int
    quotes: int
    pairs: int
    sources: int
    rejects: int
    first_observed_at: Moment | None
    last_observed_at: Moment | None


class InTables(Held):
    """Quotes and counts as rows: a base of `fx.store.keeper.Store`, which has the database."""

    def latest(self, *wanted: str) -> list[Quote]:
        """The newest quote of each pair, or of the pairs and codes named."""
        chosen = [Pair.parse(each) if len(each.strip()) > 5 else Currency(each) for each in wanted]
        with translated(self.target), self.reading().connect() as connection:
            for want in chosen:
                for code in (want.base, want.counter) if isinstance(want, Pair) else (want,):
                    known_code(connection, code)
            return questions.latest(connection, chosen)

    def quotes(self, pair: str | Pair, *, since: When | None = None, until: When | None = None) -> list[Quote]:
        """What was published of a pair, in the direction asked, in time, each moment as last recorded.

        Raises `UnknownCurrency`, and `NoQuotes` where nothing was published of it.
        """
        wanted = Pair.parse(pair)
        first, last = spanning(since, until)
        with translated(self.target), self.reading().connect() as connection:
            for code in (wanted.base, wanted.counter):
                known_code(connection, code)
            found = questions.history(connection, wanted, first, last)
            if not found:
                other = wanted.inverse if questions.history(connection, wanted.inverse, None, None) else None
                held = bool(questions.history(connection, wanted, None, None))
                there_is = f"it is published as {other}" if other else "'fx pairs' lists what there is"
                hint = "widen --since and --until" if held else there_is
                raise NoQuotes(f"no quote of {wanted} was found: {hint}", pair=str(wanted))
        return found

    def audit(self, *wanted: str, since: When | None = None) -> list[Finding]:
        """What is odd about the quotes that stand, gravest first; see `fx.audit`.

        ``wanted`` narrows to pairs (in either direction) and codes, ``since`` to findings that touch that day or later.
        Raises `UnknownCurrency`, and `StoreError`.
        """
        from fx.store.auditing import audited  # noqa: PLC0415 (only where it is asked for)

        first = None if since is None else Moment.parse(since)
        with translated(self.target), self.reading().connect() as connection:
            return audited(connection, wanted, first, Moment.parse(self.clock()))

    def select(
        self,
        *wanted: str | Pair,
        since: When | None = None,
        until: When | None = None,
        source: str | Iterable[str] = (),
        every: bool = False,
    ) -> Selection:
        """The quotes that stand, of pairs and codes or of all, to be read one after the other; see `fx.exports`.

        ``every`` takes the statements that were replaced too. Raises `UnknownCurrency`, and `NoQuotes`.
        """
        from fx.store.selection import selected  # noqa: PLC0415 (only exports read so much)

        first, last = spanning(since, until)
        sources = (source,) if isinstance(source, str) else tuple(source)
        return selected(self.reading(), self.target, wanted, first, last, sources, every=every)

    def codes(self) -> list[str]:
        """Every code that the store has a quote of, by alphabet."""
        with translated(self.target), self.reading().connect() as connection:
            return sorted(questions.codes_in(connection))

    def pairs(self) -> list[dict[str, Any]]:
        """Each pair with its number of quotes and the span they cover."""
        return self.table(
            f"""SELECT base || '/' || counter AS pair,
                      sum((SELECT count(*) FROM quote WHERE series_id = id)) AS quotes,
                      min(first) AS first_observed_at, max(last) AS last_observed_at, count(*) AS sources
                 FROM ({ENDS}) WHERE first IS NOT NULL
                GROUP BY base, counter ORDER BY pair"""
        )

    def sources(self) -> list[dict[str, Any]]:
        """Each source with its documents and quotes."""
        return self.table(
            """SELECT nullif(src.name, '') AS source,
                      (SELECT count(*) FROM document AS d WHERE d.source_id = src.id) AS documents,
                      (SELECT count(*) FROM series AS s JOIN quote AS q ON q.series_id = s.id
                        WHERE s.source_id = src.id) AS quotes
                 FROM source AS src ORDER BY src.name"""
        )

    def documents(self) -> list[dict[str, Any]]:
        """Each document, as the view ``documents`` shows it, in the order recorded."""
        return self.table("SELECT * FROM documents ORDER BY recorded_at, name")

    def rejects(self) -> list[dict[str, Any]]:
        """Each reject, as the view ``rejects`` shows it."""
        return self.table("SELECT * FROM rejects ORDER BY document, line")

    def table(self, sql: str) -> list[dict[str, Any]]:
        """Rows of one of our own questions, moments made readable."""
        columns, rows = self.asked(sql)
        return [
            {
                name: str(Moment(value)) if name.endswith("_observed_at") and isinstance(value, int) else value
                for name, value in zip(columns, row, strict=True)
            }
            for row in rows
        ]

    def asked(self, sql: str, parameters: Mapping[str, Any] | None = None) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Column names and rows of one of our own questions."""
        with translated(self.target), self.reading().connect() as connection:
            return named_rows(connection, sql, parameters)

    def query(
        self,
        sql: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        attach: Mapping[str, str | Path] | Sequence[str | Path] = (),
        limits: SqlLimits | None = None,
    ) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Column names and rows of one SQL statement, which can do nothing but read, and that within ``limits``.

        The statement may call ``fx_rate`` and ``fx_convert`` (`fx.store.functions`), whose errors it raises. ``attach``
        gives it other SQLite files to read, by the name of the file or by a name given. Raises `QueryRefused` where it
        does more than read (`StoreReadOnly` where it writes), `QueryLimit` where it takes more than it may (10 s and
        10,000 rows, if nothing else is said; see `fx.store.limits`), and `StoreError`.

        >>> from fx.store import SqlLimits, Store
        >>> with Store(":memory:") as store:
        ...     store.query("SELECT count(*) AS quotes FROM quotes", limits=SqlLimits(seconds=1))
        (['quotes'], [(0,)])
        """
        from fx.store.attaching import named_files  # noqa: PLC0415 (only where SQL comes from outside)
        from fx.store.door import answered  # noqa: PLC0415
        from fx.store.limits import SqlLimits  # noqa: PLC0415

        files = named_files(attach)
        limits = limits or SqlLimits()
        if self.url is not None:
            return self.asked_of_server(sql, parameters, files, limits)
        now = Moment.parse(self.clock())
        return answered(self.reading(), self.path, sql, parameters, files, now, limits, self.target, self.leave)

    def asked_of_server(
        self, sql: str, parameters: Mapping[str, Any] | None, files: Mapping[str, str], limits: SqlLimits
    ) -> tuple[list[str], list[tuple[Any, ...]]]:
        """What `query` gives, of a server."""
        from fx.store.server_query import asked_of_server  # noqa: PLC0415

        if files:
            raise UsageError("a server has no SQLite files beside it: ask --attach of an SQLite database")
        with translated(self.target), self.reading().connect() as connection:
            return asked_of_server(connection, sql, parameters, limits, self.target)  # type: ignore[arg-type]

    def revisions(self, pair: str | Pair | None = None) -> list[dict[str, Any]]:
        """Every statement of a moment that a source stated more than once, of a pair or of all, in time.

        Columns as in the view ``quotes``; the one with the highest ``revision`` stands. Raises `UnknownCurrency`.
        """
        wanted = None if pair is None else Pair.parse(pair)
        if wanted:
            with translated(self.target), self.reading().connect() as connection:
                for code in (wanted.base, wanted.counter):
                    known_code(connection, code)
        columns, rows = self.asked(
            REVISIONS, {"base": wanted and str(wanted.base), "counter": wanted and str(wanted.counter)}
        )
        return [dict(zip(columns, row, strict=True)) for row in rows]

    def info(self) -> Info:
        """What the store holds."""
        ((documents, rejects),) = self.asked("SELECT (SELECT count(*) FROM document), (SELECT count(*) FROM reject)")[1]
        ((quotes, sources),) = self.asked(f"SELECT {QUOTES}, (SELECT count(*) FROM source)")[1]
        counted = f"SELECT count(DISTINCT base || '/' || counter), min(first), max(last) FROM ({ENDS}) WHERE first"
        ((pairs, first, last),) = self.asked(f"{counted} IS NOT NULL")[1]
        file = Path(self.path) if self.path else None
        return Info(
            database=self.target,
            schema=HEAD,
            bytes=file.stat().st_size if file else self.bytes_on_server() if self.url else None,
            documents=documents,
            quotes=quotes,
            pairs=pairs,
            sources=sources,
            rejects=rejects,
            first_observed_at=None if first is None else Moment(first),
            last_observed_at=None if last is None else Moment(last),
        )

    def bytes_on_server(self) -> int:
        """What the tables and indexes of a store on a server take."""
        relations = "SELECT pg_total_relation_size(oid) AS size FROM pg_class WHERE relkind = 'r'"
        mine = "relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())"
        ((size,),) = self.asked(f"SELECT sum(size) FROM ({relations} AND {mine}) AS each")[1]
        return int(size)

    def check(self) -> list[str]:
        """What is wrong with the database, as sentences, none if it is sound; see `fx.store.checks`."""
        from fx.store.checks import problems_of  # noqa: PLC0415

        try:
            self.reading()
        except (NotAStore, QueryError, UnicodeError) as error:  # nothing else can be looked at then
            return [str(error)]
        return problems_of(self.asked, on_server=self.url is not None)


def named_rows(
    connection: Connection, sql: str, parameters: Mapping[str, Any] | None
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Column names and rows of one statement; nothing of one that gives no rows."""
    result = connection.exec_driver_sql(sql, dict(parameters) if parameters else None)
    if not result.returns_rows:
        return [], []
    return list(result.keys()), [tuple(row) for row in result]
