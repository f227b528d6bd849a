"""Batches of documents, and of what was read of them, as Arrow record batches: for engines of many machines.

The reading is that of `fx.batch`, as in a load by several processes; here its columns are put into Arrow and taken out
of it. Nothing is opened, kept or remembered.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from itertools import repeat
from typing import TYPE_CHECKING, Any, NamedTuple

from fx.batch import QUOTES, READINGS, REJECTS, Batch, Columns, Fields
from fx.batch import read_batch as read_documents_in
from fx.documents import Document
from fx.documents.archives import charset_in, moment_of, without_password
from fx.documents.document import whole
from fx.errors import InputError, UsageError
from fx.moments import Moment
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
    "batch_in",
    "documents_of",
    "packed",
    "read_batch",
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
        "text": pa.string(),
        "texts": pa.list_(pa.string()),
        "json": pa.string(),
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
    return tables_of(read_documents_in(documents_of(documents), now=now, **how))


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


def tables_of(batch: Batch) -> Read:
    """What was read as record batches; names of files that are no UTF-8 as a store keeps them."""
    return Read(*map(record_batch, (READINGS, QUOTES, REJECTS), (batch.readings, batch.spread(), batch.rejects)))


def record_batch(fields: Fields, columns: Columns) -> pa.RecordBatch:
    """Columns as a record batch."""
    schema = schema_of(fields)
    kinds = (kind for kind, _ in fields.values())
    arrays = [column_of(*each) for each in zip(kinds, columns, schema.types, strict=True)]
    return arrow().RecordBatch.from_arrays(arrays, schema=schema)


def column_of(kind: str, values: list[Any], type_: Any) -> Any:
    """One column as an array."""
    if kind == "json":
        values = [None if each is None else json.dumps(each, default=str) for each in values]
    elif kind == "texts":
        values = [list(map(storable, each)) for each in values]
    elif kind == "text":
        kept = {each: None if each is None else storable(each) for each in dict.fromkeys(values)}
        values = list(map(kept.__getitem__, values))
    return arrow().array(values, type_)


def batch_in(read: Read) -> Batch:
    """The reverse of `tables_of`."""
    tables = zip(read, (READINGS, QUOTES, REJECTS), strict=True)
    readings, quotes, rejects = ([table.column(name).to_pylist() for name in fields] for table, fields in tables)
    readings[-1] = [None if each is None else json.loads(each) for each in readings[-1]]
    return Batch(readings, quotes, rejects, {})


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
