"""``fx convert --csv``: a column of amounts, each row at its own date."""

from __future__ import annotations

import gc
import io
import sys
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, TextIO

from fx.cli.words import Ended, Option
from fx.errors import InputError, UsageError

if TYPE_CHECKING:
    from fx.cli.options import Session

__all__ = ["AmountColumn", "DateColumn", "FromColumn", "Input", "Output", "ToCode", "ToColumn", "convert_csv"]

Input = Annotated[str | None, Option("--csv", metavar="FILE|-", help="Convert a column of this CSV file, row by row.")]
AmountColumn = Annotated[str | None, Option("--amount", metavar="COLUMN", help="With --csv: the amounts.")]
FromColumn = Annotated[str | None, Option("--from", metavar="COLUMN", help="With --csv: the codes they are in.")]
ToCode = Annotated[str | None, Option("--to", metavar="CODE", help="With --csv: the code to convert to.")]
ToColumn = Annotated[str | None, Option("--to-column", metavar="COLUMN", help="The same, from a column.")]
DateColumn = Annotated[
    str | None, Option("--date", metavar="COLUMN", help="With --csv: each row's own day; else --as-of for all.")
]
Output = Annotated[
    str | None, Option("--output", "-o", metavar="FILE|-", help="With --csv: where the rows go; else to stdout.")
]
SECONDS_BETWEEN_REPORTS = 1
OBJECTS_BETWEEN_SWEEPS = 100_000


def convert_csv(
    session: Session, source: str, output: str | None, columns: dict[str, Any], how: dict[str, Any]
) -> None:
    """Convert a CSV file; ends with 1 where any row has no answer.

    ``columns`` are amount, base, to, to_column and date; ``how`` is what `fx.store.Store.convert` takes by name.
    """
    from fx.beside import written_beside
    from fx.exports.rows import as_shown
    from fx.exports.sheets import Columns, Sheet, convert_sheet
    from fx.moments import Moment
    from fx.policy import Policy

    check(columns, how)
    gc.freeze()  # rows come and go by the thousand: what was imported need not be looked through each time,
    gc.set_threshold(OBJECTS_BETWEEN_SWEEPS)  # and they hold no cycles
    with ExitStack() as stack:
        sheet = Sheet(opened(source, stack), source, [name for name in columns.values() if name])
        store = stack.enter_context(session.store())
        plan = Columns(
            **columns,
            as_of=Moment.parse(how.pop("as_of") or store.clock()),
            places=how.pop("places"),
            rounding=how.pop("rounding"),
        )
        asker = store.asker(known_at=how.pop("known_at"), policy=Policy.of(**how))

        def out() -> TextIO:
            binary = sys.stdout.buffer if output in {None, "-"} else stack.enter_context(written_beside(str(output)))
            text = io.TextIOWrapper(binary, encoding="utf-8", newline="")
            stack.callback(text.detach)
            return as_shown(text)

        progress = Progress(session)
        stack.callback(progress.end)
        tally = convert_sheet(sheet, plan, lambda asked: store.found(asker, asked), out, progress)
    if tally.without:
        session.note(str(tally))
        raise Ended(1)


def check(columns: dict[str, str | None], how: dict[str, Any]) -> None:
    """Refuse a question that is not whole, or is two."""
    for name, option in (("amount", "--amount"), ("base", "--from")):
        if columns[name] is None:
            raise UsageError(f"--csv needs {option} COLUMN: name the column in the head of the file")
    if (columns["to"] is None) == (columns["to_column"] is None):
        raise UsageError("--csv needs one currency to convert to: give --to CODE or --to-column COLUMN")
    if columns["date"] is not None and how["as_of"] is not None:
        raise UsageError("--date gives each row its own day and --as-of one to all: take one")


def opened(source: str, stack: ExitStack) -> BinaryIO:
    """The input, by path or ``-``; raises `InputError`."""
    if source == "-":
        return sys.stdin.buffer
    try:
        return stack.enter_context(open(source, "rb"))  # noqa: PTH123 (the stack closes it)
    except OSError as error:
        raise InputError(
            f"{source} cannot be read ({(error.strerror or str(error)).lower()}): check the path", document=source
        ) from None


class Progress:
    """How far it is, on one line of a terminal."""

    def __init__(self, session: Session) -> None:
        self.shown = not session.quiet and sys.stderr.isatty()
        self.began = self.last = time.monotonic()

    def __call__(self, rows: int) -> None:
        """Say it, where it was not said just now."""
        now = time.monotonic()
        if self.shown and now - self.last > SECONDS_BETWEEN_REPORTS:
            self.last = now
            sys.stderr.write(f"\r{rows:,} rows, {int(rows / (now - self.began)):,} a second ")
            sys.stderr.flush()

    def end(self) -> None:
        """Clear the line."""
        if self.last > self.began:
            sys.stderr.write("\r\x1b[K")
