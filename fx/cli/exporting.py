"""``fx export``: what the store holds, as other programs read it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

from fx.cli.options import Database, Json, Quiet, Session
from fx.cli.show import print_rows
from fx.cli.tables import Since, Until
from fx.cli.words import Argument, Context, Ended, Option
from fx.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path
    from typing import IO

__all__ = ["export"]

COLUMNS = ("format", "extension", "example", "summary")


def export(
    context: Context,
    format: Annotated[str | None, Argument(metavar="[FORMAT]")] = None,  # noqa: A002
    wanted: Annotated[
        list[str] | None,
        Argument(metavar="[PAIR|CODE]...", codes=True),
    ] = None,
    output: Annotated[
        str | None, Option("--output", "-o", metavar="FILE", help="Where to write; else standard output.")
    ] = None,
    since: Since = None,
    until: Until = None,
    source: Annotated[
        list[str] | None, Option("--source", metavar="NAME", help="Only quotes of this source (repeatable).")
    ] = None,
    every: Annotated[bool, Option("--all", help="What was replaced as well, numbered by revision.")] = False,
    db: Database = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write what stands for another program: fx export hledger -o prices.journal; without a format, list them."""
    from fx.exports.export import EXPORTS, export, export_named
    from fx.exports.rows import as_shown

    session = Session.of(context, db, quiet)
    if format is None:
        rows = [
            {"format": each.name, "extension": each.extension, "example": each.example, "summary": each.summary}
            for each in EXPORTS.values()
        ]
        print_rows(rows, as_json=as_json, as_csv=False, columns=COLUMNS)
        return
    chosen = export_named(format)
    place: str | Path | IO[Any] = output or "-"
    if place == "-":
        if chosen.binary and sys.stdout.isatty():
            raise UsageError(f"{format} is not text for a terminal: give -o quotes.{chosen.extension}")
        if not sys.stdout.isatty() and hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # a file, whatever the terminal speaks
        place = sys.stdout.buffer if chosen.binary else as_shown(sys.stdout)
    with session.store() as store:
        told = export(store, format, place, *(wanted or ()), since=since, until=until, source=source or (), every=every)
    for note in told.notes():
        session.note(note)
    if told.missing:
        raise Ended(1)
