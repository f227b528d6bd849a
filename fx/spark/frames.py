"""Splits, or documents of other sources, into DataFrames of what was read; the reading is done by `fx.batch`."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any

from fx.arrow import DOCUMENTS, Read, arrow, read_batch, schema_of, tables_of
from fx.batch import QUOTES, READINGS, REJECTS, Fields
from fx.errors import UsageError
from fx.spark.inputs import Job, Splits, Taken

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

__all__ = ["frame_of", "mapped", "quotes_in", "read_in"]

DOCUMENTS_AT_ONCE = "256"
"""Documents in an Arrow batch: Spark's own 10,000 would be gigabytes of pages."""
KINDS: dict[str, Fields] = {"reading": READINGS, "quote": QUOTES, "reject": REJECTS}
TYPES = {"string": "string", "text": "string", "int64": "bigint", "texts": "array<string>", "json": "string"}
ROWS = "split bigint, " + ", ".join(
    f"{kind} struct<{', '.join(f'{name}: {TYPES[type_]}' for name, (type_, _) in fields.items())}>"
    for kind, fields in KINDS.items()
)
"""What a row of what was read is, in Spark's words: one of the three, and the others null."""


def frame_of(splits: Splits, job: Job) -> DataFrame:
    """Everything that stands in the splits, as rows."""
    return mapped(splits.frames, split_reader(splits.taken, job), ROWS)


def mapped(frames: Sequence[DataFrame], work: Callable[[Iterable[Any]], Iterator[Any]], schema: str) -> DataFrame:
    """What some work makes of the record batches of DataFrames, partition by partition."""
    with warnings.catch_warnings():  # Spark says at each call that it was not tried with this pandas, which is not used
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
        return reduce(lambda some, more: some.union(more), [frame.mapInArrow(work, schema) for frame in frames])


def split_reader(taken: Taken, job: Job) -> Callable[[Iterable[Any]], Iterator[Any]]:
    """What an executor calls with rows of splits."""

    def read(batches: Iterable[Any]) -> Iterator[Any]:
        for split in taken(batches):
            for batch in split.read(job):
                yield from as_rows(tables_of(batch), split.number)

    return read


def read_in(documents: DataFrame, job: Job) -> DataFrame:
    """Everything that stands in a DataFrame of documents, as rows of no split in particular."""
    if not {"bytes", "text"} & set(documents.columns):
        raise UsageError(
            f"a DataFrame of documents has a column bytes or text, not only {', '.join(documents.columns)}: rename it"
        )
    documents.sparkSession.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", DOCUMENTS_AT_ONCE)

    def read(batches: Iterable[Any]) -> Iterator[Any]:
        job.check()
        for batch in batches:
            yield from as_rows(read_batch(batch, **job.how), 0)

    return mapped([documents.select([name for name in DOCUMENTS if name in documents.columns])], read, ROWS)


def quotes_in(rows: DataFrame) -> DataFrame:
    """The quotes alone."""
    return rows.where("quote is not null").select("quote.*").drop("reading")


def as_rows(read: Read, split: int) -> Iterator[Any]:
    """What was read as record batches of `ROWS`."""
    pa = arrow()
    types = {
        kind: pa.struct([(field.name, field.type) for field in schema_of(fields)]) for kind, fields in KINDS.items()
    }
    for kind, batch in zip(KINDS, read, strict=True):
        if not batch.num_rows:
            continue
        rows = {
            each: pa.StructArray.from_arrays(batch.columns, fields=list(type_))
            if each == kind
            else pa.nulls(batch.num_rows, type_)
            for each, type_ in types.items()
        }
        number = pa.array([split] * batch.num_rows, pa.int64())
        yield pa.RecordBatch.from_arrays([number, *rows.values()], ["split", *rows])
