"""``fx parse``, ``fx load`` and ``fx formats``: from documents to quotes."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

from fx.cli.options import (
    Counter,
    Csv,
    Database,
    Decimal_,
    Format_,
    Jobs,
    Json,
    MaxBytes,
    PairOption,
    Quiet,
    Session,
    Strict,
)
from fx.cli.show import QUOTE_COLUMNS, print_rows
from fx.cli.words import Argument, Context, Ended, Option, echo
from fx.errors import InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fx.quotes import Reject
    from fx.reader import Reading
    from fx.store import Loaded

__all__ = ["ObservedAt", "SourceName", "Talk", "counted", "formats", "load", "parse"]

Inputs = Annotated[list[str] | None, Argument(metavar="[FILE|FOLDER|URL|-]...")]
SourceName = Annotated[str | None, Option("--source", metavar="NAME", help="Who publishes these quotes.")]
ObservedAt = Annotated[
    str | None,
    Option("--observed-at", metavar="WHEN", help="When the rates held: 2024-12-14 or 2024-12-14T15:30Z."),
]

QUOTE_TABLE = ("base", "counter", "rate", "change_pct", "observed_at", "time_basis", "repeats", "document", "line")
REJECT_COLUMNS = ("document", "line", "column", "text", "reason")
REJECTS_SHOWN = 3


def parse(
    context: Context,
    inputs: Inputs = None,
    format: Format_ = "auto",  # noqa: A002 (the word of the contract)
    rejects: Annotated[bool, Option("--rejects", help="Print what was refused instead, with the reason.")] = False,
    source: SourceName = None,
    observed_at: ObservedAt = None,
    decimal: Decimal_ = None,
    counter: Counter = None,
    pair: PairOption = None,
    strict: Strict = False,
    max_bytes: MaxBytes = None,
    jobs: Jobs = 1,
    as_json: Json = False,
    as_csv: Csv = False,
    db: Database = None,
    quiet: Quiet = False,
) -> None:
    """Read and print quotes; no database."""
    from fx.documents import Limits, documents_at
    from fx.exports.parsed import quote_cells
    from fx.exports.records import quote_record, reject_record
    from fx.formats import hints_of
    from fx.jobs import read_in_jobs
    from fx.moments import Moment, utc_now

    session = Session.of(context, db, quiet)
    moment = None if observed_at is None else Moment.parse(observed_at)
    talk = Talk(session, rejects, as_json=as_json)
    now = utc_now()
    hints = hints_of(decimal, counter, pair)
    limits = Limits() if max_bytes is None else Limits(max_bytes=max_bytes)
    printed = 0

    def readings() -> Iterator[Reading]:
        nonlocal printed
        for found in read_in_jobs(
            documents_at(inputs_or_stdin(inputs), limits),
            jobs,
            now=now,
            source=source,
            observed_at=moment,
            format_name=format,
            hints=hints,
            strict=strict,
            identified=False,
        ):
            talk.hear(found)
            if isinstance(found, InputError):
                continue
            printed += len(found.rejects if rejects else found.quotes)
            yield found
            del found  # the next reading needs the room

    def rows_of(found: Reading) -> Iterable[dict[str, Any] | tuple[object, ...]]:
        if rejects:
            return map(reject_record, found.rejects)
        return quote_cells(found.quotes) if as_csv else map(quote_record, found.quotes)

    rows: Iterable[Any] = (row for found in readings() for row in rows_of(found))
    if rejects and not as_json and not as_csv:
        for found in readings():
            for reject in found.rejects:
                echo(pointed_at(reject))
    else:
        if strict or not (as_json or as_csv):
            rows = list(rows)
        if as_json or as_csv or printed:
            columns = REJECT_COLUMNS if rejects else QUOTE_COLUMNS
            print_rows(rows, as_json=as_json, as_csv=as_csv, columns=columns, table=QUOTE_TABLE)
    if not printed and not rejects and not talk.unread:
        session.note("no quote was found: 'fx parse --rejects' lists what came near, 'fx formats' what is read")
    raise Ended(3 if talk.unread else 0 if printed else 1)


def load(
    context: Context,
    inputs: Inputs = None,
    source: SourceName = None,
    observed_at: ObservedAt = None,
    format: Format_ = "auto",  # noqa: A002
    decimal: Decimal_ = None,
    counter: Counter = None,
    pair: PairOption = None,
    strict: Strict = False,
    max_bytes: MaxBytes = None,
    jobs: Jobs = 1,
    if_changed: Annotated[
        bool,
        Option("--if-changed", help="Keep nothing of what says the same as the last of its name that day."),
    ] = False,
    db: Database = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Read and store quotes; the same document twice changes nothing."""
    session = Session.of(context, db, quiet)
    talk = Talk(session, all_rejects=False, as_json=as_json, progress=sys.stderr.isatty())
    with session.store() as store:
        try:
            loaded = store.load(
                *inputs_or_stdin(inputs),
                source=source,
                observed_at=observed_at,
                format=format,
                decimal=decimal,
                counter=counter,
                pair=pair,
                strict=strict,
                max_bytes=max_bytes,
                if_changed=if_changed,
                jobs=jobs,
                report=talk.hear,
                so_far=talk.count,
            )
        except InputError as error:
            if not talk.unread:
                talk.sum_up(stopped=True)
                raise
            raise Ended(error.exit_code) from None  # each path was told of when it came
        except (Exception, KeyboardInterrupt):  # what is committed is said whatever ended it
            talk.end()
            talk.sum_up(stopped=True)
            raise
        finally:
            talk.end()
    talk.done = loaded
    talk.finish()


def formats(
    context: Context,  # noqa: ARG001 (every command takes it)
    name: Annotated[str | None, Argument(metavar="[NAME]")] = None,
    db: Database = None,  # noqa: ARG001
    as_json: Json = False,
    as_csv: Csv = False,
    quiet: Quiet = False,  # noqa: ARG001
) -> None:
    """List the ways to write quotes that are read, with an example each; explain one by its name."""
    from fx.formats import all_formats, format_named

    chosen = [format_named(name)] if name else list(all_formats().values())
    rows = [{"format": each.name, "example": each.example, "summary": each.summary} for each in chosen]
    if name and not as_json and not as_csv:
        echo((getattr(chosen[0], "explanation", None) or chosen[0].summary).strip())
        return
    print_rows(rows, as_json=as_json, as_csv=as_csv, columns=("format", "example", "summary"))


def inputs_or_stdin(inputs: list[str] | None) -> list[str]:
    """The inputs named, or standard input if something is piped into it; raises `UsageError` at a terminal."""
    if inputs:
        return inputs
    if sys.stdin.isatty():
        raise UsageError("nothing to read: name a file, a folder, an address or -")
    return ["-"]


def pointed_at(reject: Reject) -> str:
    """A reject for people: where and why, the line, and a caret under the place."""
    from fx.exports.rows import clean

    excerpt = clean(reject.excerpt or reject.text)
    where = f"{clean(reject.document)}:{reject.line}:{reject.column}: {clean(reject.reason)}"
    return f"{where}\n    {excerpt}\n    {' ' * reject.caret}^"


def counted(number: int, word: str) -> str:
    """A number with its noun."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


class Talk:
    """Tells people what happens while documents are read, and remembers whether one could not be."""

    def __init__(self, session: Session, all_rejects: bool, *, as_json: bool, progress: bool = False) -> None:
        self.session = session
        self.as_json = as_json
        self.all_rejects = all_rejects
        self.progress = progress and not session.quiet
        self.unread = False
        self.seen = 0
        self.done: Loaded | None = None

    def hear(self, found: Reading | InputError) -> None:
        """Talk about one document."""
        self.seen += 1
        if isinstance(found, InputError):
            from fx.cli import complain

            self.unread = True
            complain(found, as_json=self.as_json)
            return
        for note in found.notes:
            self.session.note(note)
        if not self.all_rejects:
            for reject in found.rejects[:REJECTS_SHOWN]:
                self.session.note(f"{found.document}:{reject.line}:{reject.column}: {reject.text}: {reject.reason}")
            if len(found.rejects) > REJECTS_SHOWN:
                more = len(found.rejects) - REJECTS_SHOWN
                self.session.note(f"{found.document}: {more} more rejects: 'fx parse --rejects' lists them")
        if self.progress and self.seen % 100 == 0:
            sys.stderr.write(f"\r{self.seen:,} documents")

    def count(self, done: Loaded) -> None:
        """Remember what the load has committed."""
        self.done = done

    def end(self) -> None:
        """Finish the line of progress."""
        if self.progress and self.seen >= 100:
            sys.stderr.write(f"\r{self.seen:,} documents\n")
        self.progress = False

    def finish(self) -> None:
        """Say what the whole load did, and exit by it."""
        self.sum_up()
        done = self.done
        if not done or not done.quotes:
            self.session.note(
                "no quote was found: 'fx parse --rejects' lists what came near, 'fx formats' what is read"
            )
        elif not done.new and not done.revisions:
            self.session.note("nothing new: every quote was known")
        raise Ended(3 if self.unread else 0 if done and done.quotes else 1)

    def sum_up(self, *, stopped: bool = False) -> None:
        """Say what the load did; of one that ``stopped`` only if that is anything."""
        from fx.store import Loaded

        done = self.done or Loaded()
        if stopped and not done.quotes and not done.rejects:
            return
        if self.as_json:
            from fx.exports.records import loaded_record

            print_rows([loaded_record(done)], as_json=True, as_csv=False, columns=())
        else:
            echo(
                f"{counted(done.quotes, 'quote')} in {counted(done.documents, 'document')}: {done.new:,} new, "
                f"{done.known:,} known, {counted(done.revisions, 'revision')}; "
                f"{counted(done.repeats, 'repeat')} dropped, {counted(done.rejects, 'reject')}"
            )
