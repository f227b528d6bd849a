"""The commands that print tables of what the store holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fx.cli.options import Csv, Database, Json, Quiet, Session
from fx.cli.show import QUOTE_COLUMNS, print_rows
from fx.cli.words import Argument, Context, Ended, Option, echo

__all__ = ["Since", "Until", "documents", "finish", "info", "latest", "pairs", "rejects", "sources"]

Since = Annotated[str | None, Option("--since", metavar="WHEN", help="From this day or moment on.")]
Until = Annotated[str | None, Option("--until", metavar="WHEN", help="Up to and with this day or moment.")]


def latest(
    context: Context,
    wanted: Annotated[list[str] | None, Argument(metavar="[PAIR|CODE]...")] = None,
    db: Database = None,
    as_json: Json = False,
    as_csv: Csv = False,
    quiet: Quiet = False,
) -> None:
    """The newest quote of each pair."""
    from fx.exports.records import latest_record
    from fx.moments import Moment

    session = Session.of(context, db, quiet)
    with session.store() as store:
        now = Moment.of_instant(store.clock())
        rows = [latest_record(quote, quote.observed_at.days_until(now)) for quote in store.latest(*(wanted or ()))]
    table = ("base", "counter", "rate", "change_pct", "observed_at", "age_days", "source", "document", "line")
    finish(session, rows, (*QUOTE_COLUMNS, "age_days"), table, as_json=as_json, as_csv=as_csv)


def pairs(
    context: Context, db: Database = None, as_json: Json = False, as_csv: Csv = False, quiet: Quiet = False
) -> None:
    """The pairs there are, with the span of their quotes."""
    session = Session.of(context, db, quiet)
    with session.store() as store:
        rows = store.pairs()
    columns = ("pair", "quotes", "first_observed_at", "last_observed_at", "sources")
    finish(session, rows, columns, columns, as_json=as_json, as_csv=as_csv)


def sources(
    context: Context, db: Database = None, as_json: Json = False, as_csv: Csv = False, quiet: Quiet = False
) -> None:
    """Who publishes what the store holds."""
    session = Session.of(context, db, quiet)
    with session.store() as store:
        rows = store.sources()
    columns = ("source", "documents", "quotes")
    finish(session, rows, columns, columns, as_json=as_json, as_csv=as_csv)


def documents(
    context: Context, db: Database = None, as_json: Json = False, as_csv: Csv = False, quiet: Quiet = False
) -> None:
    """The documents that were read, with what each gave."""
    session = Session.of(context, db, quiet)
    with session.store() as store:
        rows = store.documents()
    columns = ("name", "source", "sha256", "observed_at", "time_basis", "recorded_at", "quotes", "repeats", "rejects")
    table = [name for name in columns if name != "sha256"]
    finish(session, rows, columns, table, as_json=as_json, as_csv=as_csv)


def rejects(
    context: Context, db: Database = None, as_json: Json = False, as_csv: Csv = False, quiet: Quiet = False
) -> None:
    """What looked like a quote and could not be read, with place and reason."""
    session = Session.of(context, db, quiet)
    with session.store() as store:
        rows = store.rejects()
    columns = ("document", "line", "text", "reason")
    if not rows:
        session.note("no rejects: everything that looked like a quote was read")
    if rows or as_csv:
        print_rows(rows, as_json=as_json, as_csv=as_csv, columns=columns)


def info(
    context: Context,
    schema: Annotated[
        bool, Option("--schema", help="What each view, table and column holds; needs no database.")
    ] = False,
    db: Database = None,
    as_json: Json = False,
    as_csv: Csv = False,
    quiet: Quiet = False,
) -> None:
    """Which database is used, why, and what it holds; --schema explains its views and columns."""
    from fx.exports.records import info_record
    from fx.exports.rows import clean

    if schema:
        from fx.schema_words import schema_rows

        columns = ("kind", "name", "column", "type", "description")
        print_rows(schema_rows(), as_json=as_json, as_csv=as_csv, columns=columns)
        return
    session = Session.of(context, db, quiet)
    with session.store() as store:
        record = info_record(store.info(), session.place[1])
    if as_json or as_csv:
        print_rows([record], as_json=as_json, as_csv=as_csv, columns=tuple(record))
        return
    for name, value in record.items():
        echo(f"{name.replace('_', ' '):<18} {clean(value)}")


def finish(
    session: Session,
    rows: Sequence[Mapping[str, Any]],
    columns: Sequence[str],
    table: Sequence[str],
    *,
    as_json: bool,
    as_csv: bool,
) -> None:
    """Print rows, or say that there are none and end with 1."""
    if rows or as_csv:
        print_rows(rows, as_json=as_json, as_csv=as_csv, columns=columns, table=table)
    if not rows:
        session.note("nothing was found: 'fx pairs' lists what there is, 'fx load FILE' adds to it")
        raise Ended(1)
