"""``fx table``: the rates among several currencies as of a day, what is uncertain in each dimmed."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated, Any

from fx.cli.options import (
    AsOf,
    Csv,
    Database,
    Direct,
    Json,
    KnownAt,
    MaxAge,
    MaxSpread,
    Quiet,
    Session,
    Source,
    Via,
    demands_of,
)
from fx.cli.show import print_rows
from fx.cli.words import Argument, Context, Ended, echo
from fx.errors import NoAnswer, UsageError

if TYPE_CHECKING:
    from fx.convert import Answer

__all__ = ["table"]

COLUMNS = ("base", "counter", "rate", "low", "high", "kind", "as_of", "observed_at", "age_days", "status")
DIM, PLAIN = "\x1b[2m", "\x1b[0m"


def table(
    context: Context,
    codes: Annotated[list[str] | None, Argument(metavar="[CODE]...", codes=True)] = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    source: Source = None,
    max_age: MaxAge = None,
    max_spread: MaxSpread = None,
    via: Via = None,
    direct: Direct = False,
    db: Database = None,
    as_json: Json = False,
    as_csv: Csv = False,
    quiet: Quiet = False,
) -> None:
    """The rates among currencies, each row's in each column's: fx table KZT KGS USD."""
    session = Session.of(context, db, quiet)
    with session.store() as store:
        wanted = list(dict.fromkeys(code.upper() for code in codes or ())) or store.codes()
        if len(wanted) < 2:
            raise UsageError("a table needs two codes or more: write it as 'fx table KZT KGS USD'")
        found = store.cross(
            wanted,
            as_of=as_of,
            known_at=known_at,
            **demands_of(source, max_age, max_spread, via, direct),
        )
    if as_json or as_csv:
        rows = [record(base, counter, cell) for (base, counter), cell in found.items() if base != counter]
        print_rows(rows, as_json=as_json, as_csv=as_csv, columns=COLUMNS)
    else:
        print_cross(wanted, found, dimmed=sys.stdout.isatty() and "NO_COLOR" not in os.environ)
    missing = [f"{base}/{counter}: {cell}" for (base, counter), cell in found.items() if isinstance(cell, NoAnswer)]
    for sentence in missing[:1] if len(missing) == len(found) - len(wanted) else missing:
        session.note(sentence)
    if missing:
        raise Ended(1)


def record(base: str, counter: str, cell: Answer | NoAnswer) -> dict[str, Any]:
    """One cell as an object; without a rate its status is the error's name."""
    if isinstance(cell, NoAnswer):
        return dict.fromkeys(COLUMNS) | {"base": base, "counter": counter, "status": type(cell).__name__}
    from fx.exports.records import answer_record

    answer = answer_record(cell)
    return {name: answer[name] for name in COLUMNS[:-1]} | {"status": "ok"}


def print_cross(codes: list[str], found: dict[tuple[str, str], Answer | NoAnswer], *, dimmed: bool) -> None:
    """The table for people: a dash where there is no rate, uncertain digits dim."""
    cells = [[cell_parts(found[base, counter]) for counter in codes] for base in codes]
    widths = [max(len(code), *(len("".join(row[number])) for row in cells)) for number, code in enumerate(codes)]
    first = max(map(len, codes))
    echo(" " * first + "".join(f"  {code:>{width}}" for code, width in zip(codes, widths, strict=True)))
    for code, row in zip(codes, cells, strict=True):
        line = f"{code:<{first}}"
        for (certain, uncertain), width in zip(row, widths, strict=True):
            tail = f"{DIM}{uncertain}{PLAIN}" if dimmed and uncertain else uncertain
            line += "  " + " " * (width - len(certain) - len(uncertain)) + certain + tail
        echo(line)


def cell_parts(cell: Answer | NoAnswer) -> tuple[str, str]:
    """The digits of a rate on which both ends of its interval agree, and the rest."""
    from fx.exact import ceiling, floor, plain

    if isinstance(cell, NoAnswer):
        return "–", ""
    text = plain(cell.result)
    if cell.kind == "identity":
        return text, ""
    places = len(text.partition(".")[2])
    low, high = (plain(end(bound, places)) for end, bound in zip((floor, ceiling), cell.rate.bounds, strict=True))
    width = len(text)
    same = 0
    if len(low) == len(high) == width:
        same = next((number for number in range(width) if not low[number] == high[number] == text[number]), width)
    return text[:same], text[same:]
