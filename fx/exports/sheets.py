"""A CSV file converted row by row: read in parts, each row written back with its answer or why it has none.

Delimiter (comma, semicolon or tab), line ends and byte order mark stay those of the input, and so does each row that
needs no quotes, to the letter. Memory does not grow with the file.
"""

from __future__ import annotations

import csv
import io
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from operator import itemgetter
from typing import Any, BinaryIO, TextIO

from fx.columns import RESULTS, Ask, Question, Statement, status_of
from fx.convert import places_of
from fx.currencies import Currency
from fx.errors import AmountError, FxError, InputError, MomentError, UsageError
from fx.exact import quotient, ratio_of
from fx.exports.sheet_cells import Maker, Ready, Scaled, numbered, written_at_once
from fx.moments import Moment
from fx.rates import Rate

__all__ = ["Columns", "Sheet", "Tally", "convert_sheet"]

DELIMITERS = ",;\t"
LONGEST_HEAD = 1_000_000
LETTERS_AT_ONCE = 16_384
ROWS_AT_ONCE = 1_024
ANSWERS_KEPT = 2**17
"""Questions whose answers are kept for later rows: about 100 MB."""
SCALED_KEPT = 2**15
"""Those of them that are kept in the form for amounts of so many places as well: made anew in a microsecond."""
TOO_MANY = "too many fields"
NO_KEY = ("",)
"""Of a row with more cells than the head: which of them are meant cannot be known."""
NOTHING = ("",) * (len(RESULTS) - 1)


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns are converted, and how; ``to`` is a code, or ``to_column`` names the column that has it."""

    amount: str
    base: str
    to: str | None
    to_column: str | None
    date: str | None
    as_of: Moment
    places: int | None
    rounding: str


@dataclass(slots=True)
class Tally:
    """How many rows there were, how many of them have no answer by status, and the first of these with its reason."""

    rows: int = 0
    without: Counter[str] = field(default_factory=Counter)
    first: str = ""

    def note(self, status: str, why: str) -> None:
        """Count the row at hand as one without an answer."""
        self.without[status] += 1
        self.first = self.first or f"row {self.rows}: {why}"

    def __str__(self) -> str:
        """What became of the rows, as one sentence.

        >>> tally = Tally(rows=3)
        >>> tally.note("bad amount", "'x' is not an amount")
        >>> str(tally)
        "1 of 3 rows has no answer (1 bad amount), the first is row 3: 'x' is not an amount"
        """
        count = self.without.total()
        kinds = ", ".join(f"{number} {status}" for status, number in self.without.most_common())
        has = "row has" if self.rows == 1 else "rows has" if count == 1 else "rows have"
        return f"{count} of {self.rows} {has} no answer ({kinds}), the first is {self.first}"


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows: each as it stands in the file, and the cells of each.

    ``columns`` are the same cells the other way round; None where a row has more or fewer than the head. ``rows`` makes
    the cells of each, which only those need that are looked at one by one.
    """

    bodies: list[str]
    columns: Sequence[Sequence[str]] | None
    rows: Callable[[], list[list[str]]]


class Sheet:
    """A CSV file: its head, its manners and its rows. Raises `InputError` for what is no CSV in UTF-8.

    >>> sheet = Sheet(io.BytesIO(b"amt;cur\\r\\n5;KZT\\r\\n"), "in.csv", ["amt", "cur"])
    >>> sheet.delimiter, sheet.line_end, sheet.head
    (';', '\\r\\n', ['amt', 'cur'])
    >>> [(part.bodies, part.columns, part.rows()) for part in sheet.parts()]
    [(['5;KZT'], [['5'], ['KZT']], [['5', 'KZT']])]
    """

    def __init__(self, data: BinaryIO, name: str, wanted: Iterable[str]) -> None:
        self.name = name
        self.text: TextIO = io.TextIOWrapper(data, encoding="utf-8", newline="")
        with self.reading():
            head = self.text.readline(LONGEST_HEAD)
            while head.count('"') % 2 and len(head) < LONGEST_HEAD and (more := self.text.readline(LONGEST_HEAD)):
                head += more
        self.mark = "\ufeff" if head.startswith("\ufeff") else ""
        head = head.removeprefix("\ufeff")
        if not head.strip():
            raise InputError(
                f"{name} begins with no line of column names: put them there",
                document=name,
            )
        names = set(wanted)
        lines = list(io.StringIO(head, newline=""))
        readers = {each: csv.reader(lines, delimiter=each) for each in DELIMITERS}
        with self.reading():
            heads = {each: next(reader) for each, reader in readers.items()}
        # The delimiter that shows the columns asked for, else the one that shows most.
        self.delimiter = max(
            DELIMITERS,
            key=lambda each: (
                names <= {cell.strip() for cell in heads[each]},
                len(heads[each]),
            ),
        )
        self.head = heads[self.delimiter]
        size = readers[self.delimiter].line_num
        self.line_end = lines[size - 1].removeprefix(lines[size - 1].rstrip("\r\n")) or "\n"
        self.below = "".join(lines[size:])  # rows that were read in search of the end of a quote which is none

    def place(self, column: str) -> int:
        """Where a column stands; raises `UsageError` for one that is not there, or there twice."""
        names = [cell.strip() for cell in self.head]
        if names.count(column) != 1:
            problem = "there is no column" if column not in names else "there is more than one column"
            raise UsageError(
                f"{problem} {column!r} in {self.name}: take one of {', '.join(names)}",
                column=column,
            )
        return names.index(column)

    def check_free(self, columns: Iterable[str]) -> None:
        """Refuse to write columns that are there already; raises `UsageError`."""
        names = {cell.strip() for cell in self.head}
        for column in columns:
            if column in names:
                raise UsageError(
                    f"{self.name} has a column {column!r} already, which would be overwritten: rename or drop it",
                    column=column,
                )

    def parts(self) -> Iterator[Part]:
        """The rows below the head, some hundreds at a time; an empty line is a row without cells."""
        with self.reading():
            below, self.below = self.below, ""
            while text := below + self.text.read(LETTERS_AT_ONCE):
                below = ""
                text += self.text.readline()
                if '"' in text:
                    yield from self.quoted(chain(io.StringIO(text, newline=""), self.text))
                    return
                if "\r" in text:
                    text = text.replace("\r\n", "\n").replace("\r", "\n")
                text = text.removesuffix("\n")
                bodies = text.split("\n")
                yield Part(bodies, self.columns(text, bodies), partial(self.split, bodies))

    def columns(self, text: str, bodies: Sequence[str]) -> list[list[str]] | None:
        """The cells of some rows by column, if each has as many as the head: told by where the line ends come."""
        width, rows = len(self.head), len(bodies)
        cells = text.replace("\n", f"{self.delimiter}\n{self.delimiter}").split(self.delimiter)
        if len(cells) != (width + 1) * rows - 1 or cells[width :: width + 1].count("\n") != rows - 1:
            return None
        if width == 1 and "" in bodies:
            return None
        return [cells[place :: width + 1] for place in range(width)]

    def split(self, bodies: Iterable[str]) -> list[list[str]]:
        """The cells of rows without quotes."""
        return [body.split(self.delimiter) if body else [] for body in bodies]

    def quoted(self, lines: Iterable[str]) -> Iterator[Part]:
        """The rows of lines in which quotes were met, by the rules of CSV."""
        # One empty line more is a row of its own, unless it stands within a quote: that took in every row before it.
        rows = csv.reader(chain(lines, ["\n"]), delimiter=self.delimiter)
        following = list(islice(rows, ROWS_AT_ONCE))
        while part := following:
            following = list(islice(rows, ROWS_AT_ONCE))
            if not following and part.pop():
                raise csv.Error("unexpected end of data")
            whole = set(map(len, part)) == {len(self.head)}
            columns = list(zip(*part, strict=True)) if whole else None
            yield Part(list(map(self.written, part)), columns, partial(list, part))

    def written(self, cells: Sequence[str]) -> str:
        """Cells as a line of this sheet, without its end."""
        if not cells:
            return ""
        text = io.StringIO()
        # Older writers set a line end within a cell in quotes only where they end lines with it themselves.
        csv.writer(text, delimiter=self.delimiter, lineterminator="\r\n").writerow(cells)
        return text.getvalue().removesuffix("\r\n")

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Turn what goes wrong while reading into `InputError`."""
        try:
            yield
        except UnicodeDecodeError:
            raise InputError(f"{self.name} is not UTF-8: save it as CSV in UTF-8", document=self.name) from None
        except csv.Error as error:
            raise InputError(
                f"{self.name} is not CSV ({error}): look for a quote that does not end",
                document=self.name,
            ) from None


class Asked:
    """What was asked already, by the cells of a row: base, counter and date."""

    def __init__(self, columns: Columns, ask: Ask, delimiter: str) -> None:
        self.columns = columns
        self.ask = ask
        self.delimiter = delimiter
        self.maker = Maker(columns.places, delimiter)
        self.moments: dict[str, Moment] = {}
        self.ready: dict[tuple[str, ...], Ready] = {}
        self.places = 0
        self.scaled: dict[tuple[str, ...], Scaled] = {}
        self.failed: dict[tuple[str, ...], FxError] = {}

    def learn(self, keys: Iterable[tuple[str, ...]]) -> None:
        """Ask for what is not known yet, all at once."""
        for kept in (self.ready, self.failed, self.moments):
            if len(kept) > ANSWERS_KEPT:
                forget(kept)
        columns, questions = self.columns, {}
        for key in set(keys):
            if key in self.ready or key in self.failed or key is NO_KEY:
                continue
            base, counter, date = key
            try:
                moment = columns.as_of if columns.date is None else self.moment(date)
            except MomentError as error:
                self.failed[key] = error.with_traceback(None)
            else:
                questions[key] = Question(base, counter if columns.to is None else columns.to, moment)
        if not questions:
            return
        for (cells, question), rate in zip(questions.items(), self.ask(list(questions.values())), strict=True):
            key = tuple(map(sys.intern, cells))  # one of each text: keys are compared for every row
            if isinstance(rate, Rate | Statement):
                self.ready[key] = self.maker.ready(rate, question.as_of)
            else:
                self.failed[key] = rate

    def written(
        self, bodies: Sequence[str], amounts: Sequence[str], keys: Sequence[tuple[str, ...]], line_end: str
    ) -> list[str] | None:
        """Rows with their answers, all at once; None where one has none, or must be looked at closely."""
        if self.columns.rounding != "half-even" or (found := numbered(amounts)) is None:
            return None
        numbers, places = found
        if places != self.places or len(self.scaled) > SCALED_KEPT:
            self.places, self.scaled = places, {}
        try:
            answers = list(map(self.scaled.__getitem__, keys))
        except KeyError:
            unknown = {key for key in set(keys) if key not in self.scaled}
            self.learn(unknown)
            if not unknown <= self.ready.keys():
                return None
            self.scaled.update((key, self.ready[key].scaled(places)) for key in unknown)
            answers = list(map(self.scaled.__getitem__, keys))
        return written_at_once(bodies, numbers, answers, self.delimiter, line_end)

    def moment(self, date: str) -> Moment:
        """A day or instant, read once; raises `MomentError`."""
        if date not in self.moments:
            self.moments[date] = Moment.parse(date)
        return self.moments[date]

    def row(
        self,
        sheet: Sheet,
        tally: Tally,
        amount: int,
        body: str,
        cells: list[str],
        key: tuple[str, ...],
    ) -> str:
        """A row with its answer or why it has none, without its end."""
        if not cells:  # an empty line stays one
            return ""
        tally.rows += 1
        if key is NO_KEY:
            width = len(sheet.head)
            tally.note(
                TOO_MANY,
                f"it has more than {width} fields, quote cells that hold a delimiter",
            )
            start, more = sheet.written(cells[:width]), sheet.written(cells[width:])
            return sheet.delimiter.join((start, *NOTHING, TOO_MANY, more))
        error: FxError
        try:
            if key in self.ready:
                made = self.ready[key].cells(cells[amount], self.columns.rounding, sheet.delimiter)
                return f"{body}{sheet.delimiter}{made}"
            ratio_of(cells[amount])  # what is wrong with the amount is said first
            error = self.failed[key]
        except AmountError as problem:
            error = problem
        tally.note(status_of(error), error.message)
        return sheet.delimiter.join((body, *NOTHING, status_of(error)))


def forget(kept: dict[Any, Any]) -> None:
    """Drop the half of what is kept that came first: it may be asked again, and dates may come in any order.

    >>> kept = {1: "a", 2: "b", 3: "c"}
    >>> forget(kept)
    >>> kept
    {2: 'b', 3: 'c'}
    """
    for key in list(islice(kept, len(kept) // 2)):
        del kept[key]


def convert_sheet(
    sheet: Sheet,
    columns: Columns,
    ask: Ask,
    out: Callable[[], TextIO],
    report: Callable[[int], None] = lambda _: None,
) -> Tally:
    """Write every row with its answer to ``out``; ``report`` is told now and then how many rows are done.

    Raises `UsageError` for a column that is missing or in the way, before ``out`` is opened.
    """
    amount, base = sheet.place(columns.amount), sheet.place(columns.base)
    counter = base if columns.to_column is None else sheet.place(columns.to_column)
    date = base if columns.date is None else sheet.place(columns.date)
    sheet.check_free(RESULTS)
    quotient(0, 1, columns.rounding)
    places_of(Currency("XXX"), columns.places)
    width, key_of = len(sheet.head), itemgetter(base, counter, date)
    asked, tally = Asked(columns, ask, sheet.delimiter), Tally()
    text = out()
    text.write(sheet.mark + sheet.written([*sheet.head, *RESULTS]) + sheet.line_end)
    for part in sheet.parts():
        written, bodies = None, part.bodies
        if part.columns:
            keys = list(zip(*(part.columns[place] for place in (base, counter, date)), strict=True))
            written = asked.written(bodies, part.columns[amount], keys, sheet.line_end)
        if written is None:
            rows = part.rows()
            for number, cells in enumerate(rows):
                if 0 < len(cells) < width:
                    cells.extend([""] * (width - len(cells)))
                    bodies[number] = sheet.written(cells)
            keys = [key_of(cells) if len(cells) == width else NO_KEY for cells in rows]
            asked.learn(keys)
            steps = zip(bodies, rows, keys, strict=True)
            written = [asked.row(sheet, tally, amount, *row) + sheet.line_end for row in steps]
        else:
            tally.rows += len(bodies)
        text.write("".join(written))
        report(tally.rows)
    text.flush()
    return tally
