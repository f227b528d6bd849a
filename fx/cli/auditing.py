"""``fx check``: what is odd about the quotes, from the quotes themselves."""

from __future__ import annotations

from typing import Annotated

from fx.cli.options import Csv, Database, Json, Quiet, Session
from fx.cli.show import print_rows
from fx.cli.words import Argument, Context, Ended, Option

__all__ = ["check"]


def check(
    context: Context,
    wanted: Annotated[
        list[str] | None,
        Argument(metavar="[PAIR|CODE]...", codes=True),
    ] = None,
    since: Annotated[
        str | None, Option("--since", metavar="WHEN", help="Only findings that touch this day or a later one.")
    ] = None,
    db: Database = None,
    as_json: Json = False,
    as_csv: Csv = False,
    quiet: Quiet = False,
) -> None:
    """Find faults in the quotes by themselves: slips, swaps, spikes, gaps …; ends with 1 at a warning or an error."""
    from fx.exports.findings import COLUMNS, finding_record

    session = Session.of(context, db, quiet)
    with session.store() as store:
        found = store.audit(*(wanted or ()), since=since)
    if found or as_csv:
        rows = [finding_record(finding, nested=as_json) for finding in found]
        # The sentence says of which pair, day and place.
        print_rows(
            rows, as_json=as_json, as_csv=as_csv, columns=COLUMNS, table=("severity", "kind", "pair", "explanation")
        )
    if not found:
        session.note("nothing odd was found: the quotes agree with one another")
    if any(finding.alarming for finding in found):
        raise Ended(1)
