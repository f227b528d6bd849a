"""``fx convert`` and ``fx rate``: answers with their bounds, date, age and legs."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from fx.cli import columns
from fx.cli.options import (
    AsOf,
    Database,
    Direct,
    Json,
    KnownAt,
    MaxAge,
    MaxSpread,
    Places,
    Quiet,
    Rounding_,
    Session,
    Source,
    Via,
    demands_of,
)
from fx.cli.show import explanation, headline, plain_figure, print_rows, small_print
from fx.cli.words import Argument, Context, Option, echo
from fx.errors import UsageError

if TYPE_CHECKING:
    from fx.convert import Answer

__all__ = ["convert", "rate"]

Explain = Annotated[bool, Option("--explain", help="Show every leg with its document and line.")]
Exact = Annotated[bool, Option("--exact", help="Every digit: of the exact value, and of the bounds.")]
Locale = Annotated[
    str | None, Option("--locale", metavar="NAME", help="Figures as written there: de, en_IN, kk_KZ (by Babel).")
]
LEG_COLUMNS = ("leg", "quote", "rate", "use", "observed_at", "age_days", "source", "place")
BETWEEN = frozenset(("to", "in", "into", "as", "=", "->"))


def convert(
    context: Context,
    words: Annotated[
        list[str] | None,
        Argument(metavar="AMOUNT FROM [to] TO", codes=True),
    ] = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    source: Source = None,
    max_age: MaxAge = None,
    max_spread: MaxSpread = None,
    via: Via = None,
    direct: Direct = False,
    places: Places = None,
    rounding: Rounding_ = "half-even",
    explain: Explain = False,
    exact: Exact = False,
    locale: Locale = None,
    csv: columns.Input = None,
    amount_column: columns.AmountColumn = None,
    from_column: columns.FromColumn = None,
    to: columns.ToCode = None,
    to_column: columns.ToColumn = None,
    date: columns.DateColumn = None,
    output: columns.Output = None,
    db: Database = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Convert an amount: fx convert 10000 KZT USD. Or a column: fx convert --csv FILE --amount … --from … --to …."""
    from fx.currencies import Pair
    from fx.exact import parse_amount

    words = words or []
    named = {"amount": amount_column, "base": from_column, "to": to, "to_column": to_column, "date": date}
    demands: Any = {
        "as_of": as_of,
        "known_at": known_at,
        "places": places,
        "rounding": rounding,
        **demands_of(source, max_age, max_spread, via, direct),
    }
    if csv is not None:
        if words or explain or exact or locale or as_json:
            raise UsageError("--csv converts a column: leave out AMOUNT, FROM, TO and ways to show one answer")
        columns.convert_csv(Session.of(context, db, quiet), csv, output, named, demands)
        return
    if output or any(named.values()):
        raise UsageError(
            "--amount, --from, --to, --to-column, --date and -o belong to a column: name its file by --csv"
        )
    if not words:
        raise UsageError("missing argument 'AMOUNT FROM [to] TO': see 'fx convert --help'")
    for word in words:
        if word.startswith("-") and not re.match(r"-[0-9.]|->?\Z", word):
            raise UsageError(f"there is no option {word[:40]}: see 'fx convert --help'")
    amount, *codes = words
    if len(codes) == 3 and codes[1].lower() in BETWEEN:
        del codes[1]
    if len(codes) == 1 and len(codes[0]) > 5:
        pair = Pair.parse(codes[0])
        codes = [pair.base, pair.counter]
    parse_amount(amount)
    if len(codes) != 2:
        raise UsageError("an amount and two codes are needed: write it as 'fx convert 10000 KZT USD'")
    session = Session.of(context, db, quiet)
    with session.store() as store:
        answer = store.convert(amount, codes[0], codes[1], **demands)
    print_answer(answer, "", Output(as_json, explain, exact, locale, session))


def rate(
    context: Context,
    words: Annotated[list[str], Argument(metavar="PAIR", codes=True)],
    as_of: AsOf = None,
    known_at: KnownAt = None,
    source: Source = None,
    max_age: MaxAge = None,
    max_spread: MaxSpread = None,
    via: Via = None,
    direct: Direct = False,
    places: Places = None,
    rounding: Rounding_ = "half-even",
    explain: Explain = False,
    exact: Exact = False,
    locale: Locale = None,
    db: Database = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """The rate of a pair, with its bounds: fx rate KZT/USD."""
    session = Session.of(context, db, quiet)
    with session.store() as store:
        answer = store.rate(
            " ".join(words),
            as_of=as_of,
            known_at=known_at,
            places=places,
            rounding=rounding,
            **demands_of(source, max_age, max_spread, via, direct),
        )
    print_answer(answer, f"1 {answer.base} = ", Output(as_json, explain, exact, locale, session))


def print_answer(answer: Answer, before: str, output: Output) -> None:
    """Print an answer: as an object, as the figure alone (into a pipe), or for people with what stands behind it."""
    if output.as_json:
        from fx.exports.records import answer_record

        print_rows([answer_record(answer)], as_json=True, as_csv=False, columns=())
        return
    if not (output.explain or sys.stdout.isatty()):
        echo(plain_figure(answer, exact=output.exact, locale=output.locale))
        if answer.result == 0 != answer.exact and not output.exact:
            output.session.note("too little for the currency's smallest unit: --places shows more, --exact all of it")
        return
    every_digit = output.exact or bool(before) or "places" in answer.demands
    echo(before + headline(answer, every_digit=every_digit, locale=output.locale))
    echo(small_print(answer, output.locale))
    if output.explain:
        print_rows(explanation(answer), as_json=False, as_csv=False, columns=LEG_COLUMNS)


@dataclass(frozen=True, slots=True)
class Output:
    """How an answer is to be printed."""

    as_json: bool
    explain: bool
    exact: bool
    locale: str | None
    session: Session
