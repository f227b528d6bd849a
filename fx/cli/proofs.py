"""``fx verify`` and ``fx revisions``: whether an answer still holds, and what was corrected since."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from fx.cli.options import Csv, Database, Json, KnownAt, Quiet, Session
from fx.cli.show import headline, print_rows
from fx.cli.words import Argument, Context, Ended, echo
from fx.errors import InputError

__all__ = ["revisions", "verify"]

LARGEST = 20_000_000
"""Characters of a file of receipts: some ten thousand of them."""
COLUMNS = (
    "pair", "observed_at", "revision", "rate_text", "bid", "ask", "change_pct", "source", "recorded_at", "document",
    "line",
)  # fmt: skip


def verify(
    context: Context,
    receipt: Annotated[str, Argument(metavar="RECEIPT.json|-")],
    known_at: KnownAt = None,
    db: Database = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Say whether an answer printed by --json still holds, byte for byte."""
    from fx.exports.receipts import read_receipt, verify
    from fx.exports.rows import clean

    session = Session.of(context, db, quiet)
    try:
        if receipt == "-":
            text = sys.stdin.read(LARGEST + 1)
        else:
            with Path(receipt).open(encoding="utf-8", newline="\n") as file:
                text = file.read(LARGEST + 1)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise InputError(f"{receipt} cannot be read ({reason}): check the path", document=receipt) from None
    if len(text) > LARGEST:
        raise InputError(f"{receipt} is no receipt, it is far too long: check the path", document=receipt)
    lines = [line for line in text.split("\n") if line.strip()] or [""]
    # One receipt may be set over several lines; several stand on a line each.
    receipts = (
        [read_receipt(text, receipt)] if lines[0].strip() == "{" else [read_receipt(each, receipt) for each in lines]
    )
    broken = False
    with session.store() as store:
        for each in receipts:
            verdict = verify(store, each, known_at=known_at)
            broken = broken or not verdict.holds
            question = f"{each['amount']} {each['base']} = {each['result']} {each['counter']} as of {each['as_of']}"
            now = verdict.answer
            if as_json:
                row = {
                    "holds": verdict.holds,
                    "reasons": list(verdict.reasons),
                    "result": None if now is None else str(now.result),
                }
                print_rows([row], as_json=True, as_csv=False, columns=())
                continue
            echo(clean(question) + f" {'holds' if verdict.holds else 'does not hold'}")
            if not verdict.holds:
                for reason in verdict.reasons:
                    echo(f"  {clean(reason)}")
                echo(f"  the answer is now {headline(now)}" if now else "  there is no answer now")
    if broken:
        raise Ended(1)


def revisions(
    context: Context,
    pair: Annotated[str | None, Argument(metavar="[PAIR]", codes=True)] = None,
    db: Database = None,
    as_json: Json = False,
    as_csv: Csv = False,
    quiet: Quiet = False,
) -> None:
    """What was corrected, when, and by which document; the highest revision stands."""
    session = Session.of(context, db, quiet)
    with session.store() as store:
        rows = store.revisions(pair)
    if not rows:
        session.note("nothing was corrected: every statement stands as it was first read")
    shown = [name for name in COLUMNS if name not in {"bid", "ask", "change_pct"} or any(row[name] for row in rows)]
    if rows or as_csv:
        print_rows(rows, as_json=as_json, as_csv=as_csv, columns=COLUMNS, table=shown)
