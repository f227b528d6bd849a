"""``fx history`` and ``fx change``: what a pair did in time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fx.cli.options import Csv, Database, Json, Quiet, Session, Via
from fx.cli.show import QUOTE_COLUMNS, print_rows
from fx.cli.tables import Since, Until
from fx.cli.words import Argument, Context, Ended, Option
from fx.errors import NoAnswer

if TYPE_CHECKING:
    from fx.change import Change

__all__ = ["change", "history"]

Source = Annotated[
    list[str] | None,
    Option(
        "--source",
        metavar="NAME",
        help="Only quotes of this source (repeatable; where several speak of one moment, that named first counts).",
    ),
]
Every = Annotated[
    str | None,
    Option("--every", metavar="PERIOD", help="By day, week (from Monday), month, quarter or year."),
]
Ohlc = Annotated[bool, Option("--ohlc", help="Open, high, low, close and mean of each period (else by day).")]
Fill = Annotated[
    str,
    Option(
        "--fill",
        metavar="none|previous",
        help="Periods without a quote: left out, or the close before, also that of before --since.",
    ),
]
Zone = Annotated[
    str | None, Option("--tz", metavar="ZONE", help="The zone in which instants fall on days: Asia/Almaty.")
]
Tolerance = Annotated[
    str | None, Option("--tolerance", metavar="DAYS", help="How far apart the legs of a cross may lie; else 7d.")
]
QUOTED = ("observed_at", "rate", "bid", "ask", "change_pct", "source", "document", "line")
DERIVED = {
    "inverse": ("observed_at", "rate", "low_bound", "high_bound", "kind", "source", "document", "line"),
    "cross": ("observed_at", "rate", "low_bound", "high_bound", "kind", "age_days", "source"),
}
OBSERVATION_COLUMNS = (*QUOTE_COLUMNS, "low_bound", "high_bound", "kind", "age_days")


def history(
    context: Context,
    pair: Annotated[str, Argument(metavar="PAIR", codes=True)],
    since: Since = None,
    until: Until = None,
    source: Source = None,
    every: Every = None,
    ohlc: Ohlc = False,
    fill: Fill = "none",
    zone: Zone = None,
    via: Via = None,
    tolerance: Tolerance = None,
    db: Database = None,
    as_json: Json = False,
    as_csv: Csv = False,
    quiet: Quiet = False,
) -> None:
    """What was observed of a pair, in time: as quoted, else turned over, else crossed over a third currency."""
    from fx.exports.series import CANDLE_COLUMNS, CLOSE_COLUMNS, candle_rows, observation_rows
    from fx.series import refuse_idle_fill
    from fx.store.ways import Asked

    session = Session.of(context, db, quiet)
    people = not (as_json or as_csv)
    asked = Asked(since=since, until=until, source=source or (), via=via or (), tolerance=tolerance, tz=zone)
    if every is None and not ohlc:
        refuse_idle_fill(fill)
        with session.store() as store:
            found = store.observations(pair, **asked)
        rows = observation_rows(found, people=people)
        kind = found[0].rate.kind
        table = [name for name in DERIVED.get(kind, QUOTED) if name not in {"bid", "ask"} or any(r[name] for r in rows)]
        print_rows(rows, as_json=as_json, as_csv=as_csv, columns=OBSERVATION_COLUMNS, table=table)
        return
    with session.store() as store:
        periods = store.candles(pair, every or "day", fill=fill, **asked)
    rows = candle_rows(periods, ohlc=ohlc, people=people)
    columns = CANDLE_COLUMNS if ohlc else CLOSE_COLUMNS
    table = [
        name
        for name in columns
        if (name != "filled" or fill != "none") and (name != "kind" or periods[0].kind != "quoted")
    ]
    print_rows(rows, as_json=as_json, as_csv=as_csv, columns=columns, table=table)


def change(
    context: Context,
    pairs: Annotated[list[str], Argument(metavar="PAIR...", codes=True)],
    since: Since = None,
    until: Until = None,
    source: Source = None,
    via: Via = None,
    tolerance: Tolerance = None,
    db: Database = None,
    as_json: Json = False,
    as_csv: Csv = False,
    quiet: Quiet = False,
) -> None:
    """The move of each pair from its first to its last observation in a span, and whether its digits prove one."""
    from fx.exports.series import CHANGE_COLUMNS, change_rows

    session = Session.of(context, db, quiet)
    found: list[Change] = []
    missing: list[NoAnswer] = []
    with session.store() as store:
        for pair in pairs:
            try:
                found.append(
                    store.change(
                        pair, since=since, until=until, source=source or (), via=via or (), tolerance=tolerance
                    )
                )
            except NoAnswer as error:
                if len(pairs) == 1:
                    raise
                missing.append(error)
    rows = change_rows(found, people=not (as_json or as_csv))
    left_out = {"change_low", "change_high", "source", *(() if any(r["kind"] != "quoted" for r in rows) else ("kind",))}
    table = [name for name in CHANGE_COLUMNS if name not in left_out]
    if rows or as_csv:
        print_rows(rows, as_json=as_json, as_csv=as_csv, columns=CHANGE_COLUMNS, table=table)
    for reason in missing:
        session.note(reason.message)
    if missing:
        raise Ended(1)
