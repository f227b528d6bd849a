"""``fx watch``: keeps the store fed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

from fx.cli.options import Counter, Database, Decimal_, Format_, Json, MaxBytes, PairOption, Quiet, Session
from fx.cli.reading import SourceName
from fx.cli.words import Argument, Context, Option, echo

if TYPE_CHECKING:
    from fx.watching import Look

__all__ = ["watch"]

BUSY_MILLISECONDS = 5_000
"""For how long a look waits for another writer: it tries again by itself, and no signal is seen meanwhile."""
QUOTES_SHOWN = 5


def watch(
    context: Context,
    target: Annotated[str, Argument(metavar="URL|FILE")],
    every: Annotated[
        str, Option("--every", metavar="SPAN", help="The rest between two looks: 30s, 15m, 1h, 1d.")
    ] = "1h",
    source: SourceName = None,
    timeout: Annotated[
        str | None, Option("--timeout", metavar="SPAN", help="The most that one fetch may take; else 5m.")
    ] = None,
    times: Annotated[
        int | None, Option("--times", min=1, metavar="N", help="End after so many looks; else when stopped.")
    ] = None,
    format: Format_ = "auto",  # noqa: A002
    decimal: Decimal_ = None,
    counter: Counter = None,
    pair: PairOption = None,
    max_bytes: MaxBytes = None,
    db: Database = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Load a page or file again and again, and keep what is new.

    Each change is a line on stdout, trouble a line on stderr when it begins, changes or ends; both begin with the time
    and are written at once, so that a file, a pipe or the journal of systemd may take them. A page is fetched only if
    its server says that it changed (ETag, Last-Modified), and once a day anyway. A board without a date that says the
    same is kept once a day. After trouble the rest doubles, up to eight times (a day at most); Retry-After is honoured.

    It ends with 0 on SIGTERM and after --times, with 130 on Ctrl-C; what was finished is kept.
    """
    import threading
    from random import Random

    from fx.cli.stopping import Terminated
    from fx.documents import Limits
    from fx.store import Store
    from fx.watching import interval
    from fx.watching import watch as watched

    session = Session.of(context, db, quiet)
    pause = interval(every)
    limits = Limits(
        max_bytes=Limits().max_bytes if max_bytes is None else max_bytes,
        seconds=None if timeout is None else interval(timeout, "timeout").total_seconds(),
    )
    alarm = threading.Event()  # never set: a signal ends the wait by what it raises
    try:
        with Store(session.place[0], patience=BUSY_MILLISECONDS) as store:
            session.note(f"watching {shown(target)} every {every}: Ctrl-C ends it")
            watched(
                store,
                target,
                pause,
                rest=lambda span: void(alarm.wait(span.total_seconds())),
                chance=Random(),  # noqa: S311 (it only spreads visits)
                tell=lambda look: tell(look, session, as_json=as_json),
                limits=limits,
                times=times,
                source=source,
                format=format,
                decimal=decimal,
                counter=counter,
                pair=pair,
            )
    except Terminated:
        session.note("ended by SIGTERM: what was finished is kept")


def void(_: object) -> None:
    """Nothing."""


def shown(target: str) -> str:
    """A target without its password."""
    if "://" not in target:
        return target
    from fx.documents.archives import without_password

    return without_password(target)


def tell(look: Look, session: Session, *, as_json: bool) -> None:
    """Say what a look found: changes on stdout, trouble on stderr, even quietly."""
    from fx.cli import tell as say
    from fx.cli.show import print_rows
    from fx.exports.records import loaded_record, quote_record
    from fx.exports.rows import clean

    at = str(look.at)
    if look.trouble is not None:
        again = "" if look.rest.total_seconds() < 1 else f"; the next look is in {str(look.rest).split('.')[0]}"
        say(clean(f"{at} {look.trouble.message}{again}"))
        if as_json:
            print_rows([{"at": at, **look.trouble.as_dict()}], as_json=True, as_csv=False, columns=())
            sys.stdout.flush()
    if look.well:
        session.note(f"{at} {look.name} is well again")
    loaded = look.loaded
    if not loaded.new and not loaded.revisions:
        return
    if as_json:
        row = {"at": at, "document": look.name, **loaded_record(loaded)}
        row["changed"] = [quote_record(quote) for quote in look.changed]
        print_rows([row], as_json=True, as_csv=False, columns=())
    else:
        echo(clean(f"{at} {look.name}: {summary(look)}"))
    sys.stdout.flush()


def summary(look: Look) -> str:
    """What changed, in a line."""
    from fx.cli.reading import counted
    from fx.cli.show import published

    loaded = look.loaded
    numbers = [f"{loaded.new:,} new"] if loaded.new else []
    numbers += [counted(loaded.revisions, "revision")] if loaded.revisions else []
    quotes = [f"{quote.base}/{quote.counter} = {published(quote)}" for quote in look.changed[:QUOTES_SHOWN]]
    more = len(look.changed) - len(quotes)
    figures = ", ".join(quotes) + (f" and {more:,} more" if more > 0 else "")
    return f"{', '.join(numbers)}: {figures or 'the same figures'}"
