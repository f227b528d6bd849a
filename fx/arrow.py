"""Documents into quotes and rejects as Arrow record batches: what an engine of many machines calls on each of them.

Nothing here opens, keeps or remembers anything: a batch of documents goes in, batches of what was read come out, and
the reading is that of `fx.reader`, as in every load. What comes out holds all that a store keeps, so that a load of it
is that of the documents themselves (`readings_of`). Figures are text, with their digits as published.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from itertools import repeat
from typing import TYPE_CHECKING, Any, NamedTuple

from fx.currencies import Currency
from fx.documents import Document
from fx.documents.archives import charset_in, moment_of, without_password
from fx.documents.document import whole
from fx.errors import InputError, UsageError
from fx.exact import plain
from fx.formats.log_lines import Lines
from fx.logs import Quotes
from fx.moments import Moment
from fx.quotes import Quote, Reject
from fx.reader import Reading, read_documents
from fx.text import storable

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "DOCUMENTS",
    "QUOTES",
    "READINGS",
    "REJECTS",
    "Read",
    "arrow",
    "documents_of",
    "packed",
    "read_batch",
    "readings_of",
    "schema_of",
    "tables_of",
    "unpacked",
]

DOCUMENTS = {
    "name": ("string", "what the document is called; where it has a url, that is its name"),
    "url": ("string", "its address, of which user, password and keys are struck out"),
    "bytes": ("binary", "what it holds, as received"),
    "text": ("string", "what it holds, decoded already; one of both"),
    "content_type": ("string", "what it was sent as, for its charset"),
    "date": ("string", "when it was fetched or changed, in ISO 8601"),
    "modified": ("timestamp", "the time of its file"),
}
"""The columns of a batch of documents, each with its type and what it holds; of these any may be absent but one that
holds the document."""
READINGS = {
    "number": ("int64", "its number within the batch; a document is read as one, a long file of rows in stretches"),
    "document": ("string", "the name"),
    "sha256": ("string", "the SHA-256 of its bytes, in hexadecimal; null where it could not be read"),
    "observed_at": ("string", "the day or moment its quotes hold for, unless a line says another"),
    "time_basis": ("string", "where that time is from: line, given, stated, modified or clock"),
    "source": ("string", "who publishes, null where nobody is named"),
    "repeats": ("int64", "the statements that it only repeats"),
    "quotes": ("int64", "how many quotes it holds"),
    "rejects": ("int64", "how many rejects"),
    "notes": ("strings", "what the user should know of it"),
    "error": ("string", "why it could not be read, null where it was"),
    "facts": ("string", "the facts of that error, in JSON"),
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
    "source": ("string", "who publishes, null where nobody is named"),
    "document": ("string", "the name of the document"),
    "line": ("int64", "its line, from 1"),
    "repeats": ("int64", "how often the document says it"),
    "unit": ("int64", "for how many of the base the figure stood there"),
    "zeros": ("int64", "how many zeros at the end of the rate are no digits of it: 3 of a 1e3"),
}
REJECTS = {
    "reading": ("int64", "the number of the reading that it is of"),
    "document": ("string", "the name of the document"),
    "line": ("int64", "its line, from 1"),
    "column": ("int64", "its place in the line, from 1"),
    "text": ("string", "what stands there"),
    "reason": ("string", "why it is not taken, and what to do"),
    "excerpt": ("string", "what stands around it"),
    "caret": ("int64", "where in that it begins"),
}
Fields = dict[str, tuple[str, str]]


class Read(NamedTuple):
    """What a batch of documents gave: record batches of `READINGS`, `QUOTES` and `REJECTS`, each in its order."""

    readings: pa.RecordBatch
    quotes: pa.RecordBatch
    rejects: pa.RecordBatch


def arrow() -> Any:
    """The library, an extra; raises `UsageError` where it is missing."""
    try:
        import pyarrow as pa  # noqa: PLC0415
    except ImportError:
        raise UsageError("record batches need pyarrow: install it with pip install 'fx[spark]'") from None
    return pa


def schema_of(fields: Fields) -> pa.Schema:
    """The Arrow schema of one of the tables above, what each column holds among it.

    >>> str(schema_of(QUOTES).field("rate").type)
    'string'
    """
    pa = arrow()
    types = {
        "string": pa.string(),
        "binary": pa.binary(),
        "int64": pa.int64(),
        "strings": pa.list_(pa.string()),
        "timestamp": pa.timestamp("us", "UTC"),
    }
    return pa.schema([pa.field(name, types[kind], metadata={"holds": holds}) for name, (kind, holds) in fields.items()])


def read_batch(documents: pa.RecordBatch, *, now: datetime, **how: Any) -> Read:
    """Read a batch of documents; the options are those of `fx.reader.read_document`.

    What cannot be read is a reading with an ``error``. Raises `UsageError` for a batch without documents in it, and
    `StrictReject` under ``strict``.

    >>> from datetime import UTC
    >>> pa = arrow()
    >>> page = pa.RecordBatch.from_pydict({"name": ["page"], "text": ["KZT/USD = 0.00190 0%"]})
    >>> read = read_batch(page, now=datetime(2024, 12, 14, tzinfo=UTC))
    >>> read.quotes.column("rate").to_pylist(), read.readings.column("time_basis").to_pylist()
    (['0.00190'], ['clock'])
    """
    return tables_of(read_documents(documents_of(documents), now=now, **how))


def documents_of(batch: pa.RecordBatch) -> Iterator[Document | InputError]:
    """The documents of a batch of `DOCUMENTS`, as if each had been fetched; raises `UsageError` where there are none.

    A column that is called otherwise says nothing. One without content is an error in its place.
    """
    columns = {name: batch.column(name).to_pylist() for name in batch.schema.names if name in DOCUMENTS}
    if not {"bytes", "text"} & columns.keys():
        raise UsageError(f"a batch of documents has a column bytes or text, not only {', '.join(batch.schema.names)}")
    for row in zip(*(columns.get(name) or repeat(None, batch.num_rows) for name in DOCUMENTS), strict=True):
        given, url, data, text, content_type, when, modified = row
        name = (without_password(url) if url else None) or given or ""
        if data is None and text is None:
            yield InputError(f"{name or 'a document'} holds nothing: leave it out", document=name)
            continue
        origin = Document(
            name,
            modified=modified,
            stated=Moment.of_instant(when) if isinstance(when, datetime) else moment_of(when and str(when)),
            charset=charset_in(content_type) if data is not None else "utf-8",
        )
        yield whole(origin, BytesIO(text.encode("utf-8", errors="replace") if data is None else data))


def tables_of(readings: Iterable[Reading | InputError], first: int = 0) -> Read:
    """What was read as record batches, the readings numbered from ``first`` on.

    Readings that give nothing are among them, since they may have notes.
    """
    heads: list[tuple[Any, ...]] = []
    rejects: list[tuple[Any, ...]] = []
    columns: list[list[Any]] = [[] for _ in QUOTES]
    for number, reading in enumerate(readings, first):
        if isinstance(reading, InputError):
            facts = json.dumps(reading.facts, default=str)
            name = storable(str(reading.facts.get("document", "")))
            heads.append((number, name, None, None, None, None, 0, 0, 0, [], storable(reading.message), facts))
            continue
        name = storable(reading.document)
        heads.append(
            (
                number,
                name,
                reading.sha256,
                str(reading.observed_at),
                reading.time_basis,
                reading.source and storable(reading.source),
                reading.repeats,
                len(reading.quotes),
                len(reading.rejects),
                list(map(storable, reading.notes)),
                None,
                None,
            )
        )
        rejects += (
            (number, name, each.line, each.column, *map(storable, (each.text, each.reason, each.excerpt)), each.caret)
            for each in reading.rejects
        )
        for column, values in zip(columns, quote_columns(number, name, reading.quotes), strict=True):
            column.extend(values)
    return Read(batch_of(READINGS, heads), record_batch(QUOTES, columns), batch_of(REJECTS, rejects))


def quote_columns(number: int, document: str, quotes: Sequence[Quote]) -> list[list[Any]]:
    """The quotes of one reading as the columns of `QUOTES`; runs of a log are never made into objects."""
    columns: list[list[Any]] = [[] for _ in QUOTES]
    for stretch in quotes.stretches() if isinstance(quotes, Quotes) else (quotes,):
        if isinstance(stretch, Lines) and isinstance(quotes, Quotes):
            line, base, counter, rate, change, moment, times = quotes.columns(stretch)
            source = repeat(quotes.source and storable(quotes.source), len(stretch))
            found: Iterable[Iterable[Any]] = (
                repeat(number, len(stretch)),
                base,
                counter,
                rate,
                repeat(None, len(stretch)),
                repeat(None, len(stretch)),
                (text or None for text in change),
                moment,
                repeat(stretch.basis, len(stretch)),
                source,
                repeat(document, len(stretch)),
                line,
                times,
                repeat(1, len(stretch)),
                repeat(0, len(stretch)),
            )
        else:
            found = zip(*(quote_row(number, document, quote) for quote in stretch), strict=True)  # type: ignore[union-attr]
        for column, values in zip(columns, found, strict=False):  # a stretch of none has no columns
            column.extend(values)
    return columns


def quote_row(number: int, document: str, quote: Quote) -> tuple[Any, ...]:
    """One quote as a row of `QUOTES`."""
    exponent = 0 if quote.rate is None else quote.rate.as_tuple().exponent
    return (
        number,
        str(quote.base),
        str(quote.counter),
        *(None if each is None else plain(each) for each in (quote.rate, quote.bid, quote.ask, quote.change_pct)),
        str(quote.observed_at),
        quote.time_basis,
        quote.source and storable(quote.source),
        document,
        quote.line,
        quote.repeats,
        quote.unit,
        exponent if isinstance(exponent, int) and exponent > 0 else 0,
    )


def batch_of(fields: Fields, rows: list[tuple[Any, ...]]) -> pa.RecordBatch:
    """Rows as a record batch."""
    return record_batch(fields, list(map(list, zip(*rows, strict=True))) if rows else [[] for _ in fields])


def record_batch(fields: Fields, columns: Sequence[Any]) -> pa.RecordBatch:
    """Columns as a record batch."""
    pa = arrow()
    schema = schema_of(fields)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def readings_of(read: Read) -> Iterator[Reading | InputError]:
    """What was read, as it was before it was put into batches: what a store keeps of it is the same.

    >>> from datetime import UTC
    >>> page = Document("page", b"KZT/USD = 0.00190 0%")
    >>> before = list(read_documents([page], now=datetime(2024, 12, 14, tzinfo=UTC)))
    >>> list(readings_of(tables_of(before))) == before
    True
    """
    moments = Remembered()
    quotes, rejects = (rows_of(batch, fields) for batch, fields in ((read.quotes, QUOTES), (read.rejects, REJECTS)))
    for row in rows_of(read.readings, READINGS):
        _, name, sha256, observed_at, basis, source, repeats, said, refused, notes, error, facts = row
        if error is not None:
            yield InputError(error, **json.loads(facts))
            continue
        yield Reading(
            document=name,
            sha256=sha256,
            observed_at=moments[observed_at],
            time_basis=basis,
            quotes=tuple(quote_in(next(quotes), moments) for _ in range(said)),
            rejects=tuple(reject_in(next(rejects)) for _ in range(refused)),
            repeats=repeats,
            source=source,
            notes=tuple(notes),
        )


class Remembered(dict[str, Moment]):
    """Moments by how they are written, each read once."""

    def __missing__(self, text: str) -> Moment:
        self[text] = found = Moment.parse(text)
        return found


def rows_of(batch: pa.RecordBatch, fields: Fields) -> Iterator[tuple[Any, ...]]:
    """The rows of a batch, in the order of the fields."""
    return zip(*(batch.column(name).to_pylist() for name in fields), strict=True)


def quote_in(row: tuple[Any, ...], moments: Remembered) -> Quote:
    """One quote of a row of `QUOTES`."""
    _, base, counter, rate, bid, ask, change, observed_at, basis, source, document, line, repeats, unit, zeros = row
    if zeros:
        rate = f"{rate[:-zeros]}E+{zeros}"
    rate, bid, ask, change = (None if each is None else Decimal(each) for each in (rate, bid, ask, change))
    return Quote(
        Currency(base),
        Currency(counter),
        rate,
        bid,
        ask,
        change,
        moments[observed_at],
        basis,
        source,
        document,
        line,
        repeats,
        unit=unit,
    )


def reject_in(row: tuple[Any, ...]) -> Reject:
    """One reject of a row of `REJECTS`."""
    _, document, line, column, text, reason, excerpt, caret = row
    return Reject(text, reason, line, column, document, excerpt, caret)


def packed(read: Read) -> bytes:
    """What was read as bytes, compressed: three streams of Arrow's own format, one after the other."""
    pa = arrow()
    sink = pa.BufferOutputStream()
    for batch in read:
        with pa.ipc.new_stream(sink, batch.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as stream:
            stream.write_batch(batch)
    return bytes(sink.getvalue())


def unpacked(data: bytes) -> Read:
    """The reverse of `packed`."""
    pa = arrow()
    source = pa.BufferReader(data)
    return Read(*(batch for _ in range(3) for batch in pa.ipc.open_stream(source)))
