"""A batch of documents in, a batch of what was read out: the one function that every engine calls, on every machine.

Nothing here opens, keeps or remembers anything, and nothing but the standard library is needed. The reading is that of
`fx.reader`; what comes out is plain lists, a column each, with all that a store keeps, so that a load of it is that of
the documents themselves (`readings_of`). The processes of ``--jobs`` send it through pipes as it is, `fx.arrow` puts it
into record batches for Spark and others. Figures are text, with their digits as published.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice, repeat
from operator import attrgetter
from typing import Any, NamedTuple

from fx.currencies import Currency
from fx.documents import Document
from fx.errors import InputError
from fx.exact import plain
from fx.formats.log_lines import Lines, Remembered
from fx.logs import Quotes
from fx.moments import Moment
from fx.quotes import Quote, Reject
from fx.reader import Reading, read_documents

__all__ = [
    "QUOTES",
    "READINGS",
    "REJECTS",
    "Batch",
    "Columns",
    "Fields",
    "batches_of",
    "read_batch",
    "read_in_batches",
    "readings_of",
]

READINGS_AT_ONCE, QUOTES_AT_ONCE = 500, 20_000
"""A batch is full with so many readings, or quotes and rejects; one reading is never parted."""
READINGS = {
    "number": ("int64", "its number within the batch; a document is read as one, a long file of rows in stretches"),
    "document": ("text", "the name"),
    "sha256": ("string", "the SHA-256 of its bytes, in hexadecimal; null where it could not be read"),
    "observed_at": ("string", "the day or moment its quotes hold for, unless a line says another"),
    "time_basis": ("string", "where that time is from: line, given, stated, modified or clock"),
    "source": ("text", "who publishes, null where nobody is named"),
    "repeats": ("int64", "the statements that it only repeats"),
    "quotes": ("int64", "how many quotes it holds"),
    "rejects": ("int64", "how many rejects"),
    "notes": ("texts", "what the user should know of it"),
    "error": ("text", "why it could not be read, null where it was"),
    "facts": ("json", "the facts of that error, in JSON"),
}
QUOTES = {
    "reading": ("int64", "the number of the reading that it is of"),
    "base": ("string", "the currency of which one unit is valued"),
    "counter": ("string", "the currency in which it is valued"),
    "rate": ("string", "units of counter for one base, digits as published; null where only sides were"),
    "bid": ("string", "the side at which base is bought"),
    "ask": ("string", "the side at which base is sold"),
    "change_pct": ("string", "the percent printed beside the rate; null where none was, which is not 0"),
    "observed_at": ("string", "the day or moment at which the rate held, UTC"),
    "time_basis": ("string", "where that time is from"),
    "source": ("text", "who publishes, null where nobody is named"),
    "document": ("text", "the name of the document"),
    "line": ("int64", "its line, from 1"),
    "repeats": ("int64", "how often the document says it"),
    "unit": ("int64", "for how many of the base the figure stood there"),
    "zeros": ("int64", "how many zeros at the end of the rate are no digits of it: 3 of a 1e3"),
}
REJECTS = {
    "reading": ("int64", "the number of the reading that it is of"),
    "document": ("text", "the name of the document"),
    "line": ("int64", "its line, from 1"),
    "column": ("int64", "its place in the line, from 1"),
    "text": ("text", "what stands there"),
    "reason": ("text", "why it is not taken, and what to do"),
    "excerpt": ("text", "what stands around it"),
    "caret": ("int64", "where in that it begins"),
}
Fields = dict[str, tuple[str, str]]
"""The columns of a table in their order, each with its type and what it holds; a text may be anything, a string not."""
Columns = list[list[Any]]
Texts = Remembered[Moment, str]
"""How moments are written, each worked out once."""


class Batch(NamedTuple):
    """What some documents gave, as the columns of `READINGS`, `QUOTES` and `REJECTS`, rows in the order of the text.

    ``logs`` are the quotes of those readings, by their number, that have columns of their own (`fx.logs`): they are
    among the readings' counts, and not among the ``quotes`` unless they are `spread` there.
    """

    readings: Columns
    quotes: Columns
    rejects: Columns
    logs: dict[int, Quotes]

    def spread(self) -> Columns:
        """The columns of all quotes, those of logs too, each where its reading stands."""
        if not self.logs:
            return self.quotes
        found: Columns = [[] for _ in QUOTES]
        heads = dict(zip(READINGS, self.readings, strict=True))
        begin = 0
        for number, name, many in zip(heads["number"], heads["document"], heads["quotes"], strict=True):
            if number in self.logs:
                extend(found, log_columns(number, name, self.logs[number]))
                continue
            extend(found, (values[begin : begin + many] for values in self.quotes))
            begin += many
        return found


def extend(columns: Columns, more: Iterable[Iterable[Any]]) -> None:
    """Add columns to columns."""
    for column, values in zip(columns, more, strict=True):
        column.extend(values)


def read_batch(documents: Iterable[Document | InputError], **how: Any) -> Batch:
    """Read a batch of documents; the options are those of `fx.reader.read_document`.

    What cannot be read is a reading with an ``error``. Raises `StrictReject` under ``strict``.

    >>> from datetime import UTC, datetime
    >>> page = Document("page", b"KZT/USD = 0.00190 0%")
    >>> batch = read_batch([page], now=datetime(2024, 12, 14, tzinfo=UTC))
    >>> dict(zip(QUOTES, batch.quotes))["rate"], dict(zip(READINGS, batch.readings))["time_basis"]
    (['0.00190'], ['clock'])
    """
    (batch,) = batches_of(read_documents(documents, **how), parted=False)
    return batch


def read_in_batches(documents: Iterable[Document | InputError], **how: Any) -> Iterator[Batch]:
    """The same of any number of documents, in batches that are neither small nor large, numbered through.

    Raises `StrictReject` under ``strict``, after the batch of what stands before the reject.
    """
    return batches_of(read_documents(documents, **how))


def batches_of(readings: Iterable[Reading | InputError], *, parted: bool = True) -> Iterator[Batch]:
    """What was read as batches, or as one; an error on the way is raised after the batch of what came before it."""
    texts: Texts = Remembered(str)
    batch, number, held = empty(), 0, 0
    ended: Exception | None = None
    given = iter(readings)
    while True:
        try:
            reading = next(given)
        except StopIteration:
            break
        except Exception as error:  # noqa: BLE001 (raised below)
            ended = error
            break
        held += add(batch, number, reading, texts)
        number += 1
        del reading  # its quotes: the next one needs the room
        if parted and (held >= QUOTES_AT_ONCE or len(batch.readings[0]) >= READINGS_AT_ONCE):
            yield batch
            batch, held = empty(), 0
    if batch.readings[0] or not parted:
        yield batch
    if ended is not None:
        raise ended


def empty() -> Batch:
    """A batch of nothing."""
    return Batch([[] for _ in READINGS], [[] for _ in QUOTES], [[] for _ in REJECTS], {})


def add(batch: Batch, number: int, reading: Reading | InputError, texts: Texts) -> int:
    """Put a reading into a batch; how many quotes and rejects it has."""
    if isinstance(reading, InputError):
        facts = reading.facts
        name = str(facts.get("document", ""))
        put(batch.readings, (number, name, None, None, None, None, 0, 0, 0, (), reading.message, facts))
        return 0
    name, quotes, rejects = reading.document, reading.quotes, reading.rejects
    moment, found = texts[reading.observed_at], (len(quotes), len(rejects))
    said = (name, reading.sha256, moment, reading.time_basis, reading.source, reading.repeats, *found, reading.notes)
    put(batch.readings, (number, *said, None, None))
    if isinstance(quotes, Quotes):
        batch.logs[number] = quotes
    elif quotes:
        extend(batch.quotes, quote_columns(number, quotes, texts))
    for each in rejects:
        where = (number, name, each.line, each.column)
        put(batch.rejects, (*where, each.text, each.reason, each.excerpt, each.caret))
    return sum(found)


def put(columns: Columns, row: tuple[Any, ...]) -> None:
    """Add a row to columns."""
    for column, value in zip(columns, row, strict=True):
        column.append(value)


FIGURES = attrgetter("rate", "bid", "ask", "change_pct")
ORIGIN = attrgetter("time_basis", "source", "document", "line", "repeats", "unit")


def quote_columns(number: int, quotes: Sequence[Quote], texts: Texts) -> Iterator[Iterable[Any]]:
    """The quotes of one reading, at least one, as the columns of `QUOTES`."""
    yield repeat(number, len(quotes))
    yield [str(quote.base) for quote in quotes]
    yield [str(quote.counter) for quote in quotes]
    figures = tuple(zip(*map(FIGURES, quotes), strict=True))
    for each in figures:
        yield [None if figure is None else plain(figure) for figure in each]
    yield [texts[quote.observed_at] for quote in quotes]
    yield from zip(*map(ORIGIN, quotes), strict=True)
    yield map(zeros_of, figures[0])


def zeros_of(rate: Decimal | None) -> int:
    """How many zeros at the end of a rate, written plainly, are no digits of it."""
    exponent = 0 if rate is None else rate.as_tuple().exponent
    return exponent if isinstance(exponent, int) and exponent > 0 else 0


def log_columns(number: int, document: str, quotes: Quotes) -> Columns:
    """The quotes of a log as the columns of `QUOTES`; its runs are never made into objects."""
    columns: Columns = [[] for _ in QUOTES]
    texts: Texts = Remembered(str)
    for stretch in quotes.stretches():
        if isinstance(stretch, Lines):
            many = len(stretch)
            line, base, counter, rate, change, moment, times = quotes.columns(stretch)
            sides = (repeat(None, many), repeat(None, many))
            said = (map(str, base), map(str, counter), rate, *sides, (text or None for text in change), moment)
            origin = (repeat(stretch.basis, many), repeat(quotes.source, many), repeat(document, many))
            extend(columns, (repeat(number, many), *said, *origin, line, times, repeat(1, many), repeat(0, many)))
        elif stretch:
            extend(columns, quote_columns(number, stretch, texts))
    return columns


def readings_of(batch: Batch) -> Iterator[Reading | InputError]:
    """What was read, as it was before it was put into a batch: what a store keeps of it is the same.

    >>> from datetime import UTC, datetime
    >>> page = Document("page", b"KZT/USD = 0.00190 0%")
    >>> before = list(read_documents([page], now=datetime(2024, 12, 14, tzinfo=UTC)))
    >>> list(readings_of(next(batches_of(before)))) == before
    True
    """
    moments: Remembered[str, Moment] = Remembered(Moment.parse)
    quotes, rejects = quotes_in(batch.quotes, moments), map(reject_in, *batch.rejects)
    for row in zip(*batch.readings, strict=True):
        number, name, sha256, observed_at, basis, source, repeats, said, refused, notes, error, facts = row
        if error is not None:
            yield InputError(error, **facts)
            continue
        log = batch.logs.get(number)
        yield Reading(
            document=name,
            sha256=sha256,
            observed_at=moments[observed_at],
            time_basis=basis,
            quotes=tuple(islice(quotes, said)) if log is None else log,
            rejects=tuple(islice(rejects, refused)),
            repeats=repeats,
            source=source,
            notes=tuple(notes),
        )


def quotes_in(columns: Columns, moments: Remembered[str, Moment]) -> Iterator[Quote]:
    """The quotes of the columns of `QUOTES`, one after the other."""
    _, bases, counters, rates, *sides, observed_at, basis, source, document, line, repeats, unit, zeros = columns
    currency = Remembered(Currency).__getitem__
    if any(zeros):
        rates = [f"{rate[:-nought]}E+{nought}" if nought else rate for rate, nought in zip(rates, zeros, strict=True)]
    return map(
        Quote,
        map(currency, bases),
        map(currency, counters),
        *([None if each is None else Decimal(each) for each in figures] for figures in (rates, *sides)),
        map(moments.__getitem__, observed_at),
        basis,
        source,
        document,
        line,
        repeats,
        repeat(None),  # when it was recorded
        unit,
    )


def reject_in(*row: Any) -> Reject:
    """One reject of a row of `REJECTS`."""
    _, document, line, column, text, reason, excerpt, caret = row
    return Reject(text, reason, line, column, document, excerpt, caret)
