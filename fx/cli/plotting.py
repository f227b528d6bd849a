"""``fx plot``: pairs in time, as a picture or as text at the terminal."""

from __future__ import annotations

import os
import shutil
import sys
from typing import Annotated

from fx.cli.history import Source, Tolerance, Zone
from fx.cli.options import Database, Quiet, Session, Via
from fx.cli.tables import Since, Until
from fx.cli.words import Argument, Context, Option, echo
from fx.errors import UsageError

__all__ = ["plot"]


def plot(
    context: Context,
    pairs: Annotated[list[str], Argument(metavar="PAIR...", codes=True)],
    output: Annotated[
        str | None, Option("--output", "-o", metavar="FILE", help="A .png, .svg or .html; else text to stdout.")
    ] = None,
    since: Since = None,
    until: Until = None,
    source: Source = None,
    every: Annotated[
        str | None,
        Option("--every", metavar="PERIOD", help="The last quote of each day, week, month, quarter or year."),
    ] = None,
    ohlc: Annotated[bool, Option("--ohlc", help="Candles of the periods (of days without --every).")] = False,
    indexed: Annotated[
        bool, Option("--indexed", help="The first day as 100; several pairs always are, from a shared day.")
    ] = False,
    theme: Annotated[
        str | None,
        Option("--theme", metavar="light|dark|both", help="Of a picture; SVG and HTML can be both, as read."),
    ] = None,
    zone: Zone = None,
    via: Via = None,
    tolerance: Tolerance = None,
    db: Database = None,
    quiet: Quiet = False,
) -> None:
    """Pairs in time with what their digits leave open: fx plot KZT/USD -o chart.png, or at the terminal without -o."""
    from fx.store.ways import Asked

    session = Session.of(context, db, quiet)
    if output is None and theme is not None:
        raise UsageError("--theme is that of a picture: name its file by -o")
    asked = Asked(since=since, until=until, source=source or (), via=via or (), tolerance=tolerance, tz=zone)
    with session.store() as store:
        if output is not None:
            from fx.exports.plot import plot as draw

            drawn = draw(
                store,
                pairs,
                output,
                every=every,
                ohlc=ohlc,
                indexed=indexed,
                theme=theme,
                **asked,
            )
            session.note(f"{drawn.title}: drawn into {output}")
            return
        from fx.exports.plot import chart
        from fx.exports.terminal import text_of

        found = chart(store, pairs, every=every, ohlc=ohlc, indexed=indexed, **asked)
    text = text_of(
        found,
        shutil.get_terminal_size().columns,
        unicode=(sys.stdout.encoding or "").lower().replace("-", "").startswith("utf"),
        colour=sys.stdout.isatty() and "NO_COLOR" not in os.environ,
    )
    echo(text, end="")
