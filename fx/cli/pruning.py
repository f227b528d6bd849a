"""``fx prune``: what old quotes can go, and with ``--yes`` their end."""

from __future__ import annotations

from typing import Annotated

from fx.cli.options import Csv, Database, Json, Quiet, Session
from fx.cli.show import print_rows
from fx.cli.words import Argument, Context, Option

__all__ = ["prune"]

COLUMNS = ("pair", "source", "quotes", "stays", "first_observed_at", "last_observed_at")


def prune(
    context: Context,
    before: Annotated[str, Option("--before", metavar="WHEN", help="What was observed before this day or moment.")],
    wanted: Annotated[
        list[str] | None,
        Argument(metavar="[PAIR|CODE]...", codes=True),
    ] = None,
    keep: Annotated[
        str | None,
        Option("--keep", metavar="day|week|month|year", help="Let the last moment of each stay."),
    ] = None,
    source: Annotated[
        list[str] | None, Option("--source", metavar="NAME", help="Only quotes of this source (repeatable).")
    ] = None,
    yes: Annotated[bool, Option("--yes", help="Do it; else it is only shown.")] = False,
    db: Database = None,
    as_json: Json = False,
    as_csv: Csv = False,
    quiet: Quiet = False,
) -> None:
    """Show which old quotes can go, and remove them with --yes.

    Of each pair and source the last moment before --before stays, because it is the rate on that day: answers as of
    then or later do not change. Asked as of an earlier day, fx says that there is no rate so early; with --keep day
    it still answers for every day, with month from the last quote of a month before, whose age it says.

    Documents of which nothing is left go with their rejects. What is loaded again comes back, and what was asked by
    --known-at, or verified by a receipt, may find its quotes gone. 'fx db backup' makes a copy first, 'fx db vacuum'
    gives the room back afterwards.
    """
    from fx.cli.reading import counted

    session = Session.of(context, db, quiet)
    with session.store() as store:
        done = store.prune(before, *(wanted or ()), source=source or (), keep=keep, apply=yes)
    rows = [
        {
            "pair": each.pair,
            "source": each.source,
            "quotes": each.quotes,
            "stays": each.stays,
            "first_observed_at": str(each.first),
            "last_observed_at": str(each.last),
        }
        for each in done.series
    ]
    if rows or as_csv:
        print_rows(rows, as_json=as_json, as_csv=as_csv, columns=COLUMNS)
    if not done.quotes and not done.documents:
        session.note(f"nothing can go: of before {done.before} there is no more than the last of each pair and source")
        return
    what = (
        f"{counted(done.quotes, 'quote')} of before {done.before}, {counted(done.sightings, 'mention')} of them in "
        f"other documents, {counted(done.documents, 'document')} with {counted(done.rejects, 'reject')}"
    )
    session.note(f"removed: {what}" if done.done else f"would be removed: {what}; --yes does it")
