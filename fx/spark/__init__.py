"""fx on Apache Spark, for archives that outgrow one machine: the same reader, and the same quotes in the end.

    import fx.spark
    quotes = fx.spark.read_quotes(spark, ["crawl/"])       # a DataFrame, a row each quote of each document
    quotes = fx.spark.quotes_of(documents)                 # of a DataFrame with name, bytes or text, date, url …
    fx.spark.load(spark, ["crawl/"], "postgresql://…")     # what `fx spark-load` does

Importing this loads nothing of Spark. Nothing is parsed here in a way of its own: each executor calls `fx.batch`, by
`fx.arrow`. Input is cut into splits of whole files, in the order in which one machine would read them; what counts as
said first goes by that order, and not by which split is done first.

============  ========================================================================
`session`     a Spark session, and what it needs
`inputs`      paths into splits, and a split into readings
`frames`      splits or documents into DataFrames of what was read
`to_store`    into a store on PostgreSQL, exactly once
`to_parquet`  into a folder of Parquet, by pair and year
`beside`      beside it the documents, and what was refused
============  ========================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from fx.errors import UsageError
from fx.moments import utc_now

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from fx.errors import InputError
    from fx.reader import Reading
    from fx.store import Loaded

__all__ = ["load", "quotes_of", "read", "read_quotes"]

PARQUET = "parquet:"
SPLIT_BYTES = 32 << 20
"""What is read and kept at once, if files are no larger; what a killed executor loses."""


def read(
    spark: SparkSession, paths: Sequence[str], *, clock: Callable[[], datetime] = utc_now, **options: Any
) -> DataFrame:
    """Whatever stands in files and folders: a row each reading, each quote and each reject, in one column each.

    ``split`` and the reading's ``number`` say where it stands in the order of the input. The options are those of
    `fx.Store.load`: ``source``, ``observed_at``, ``format``, ``decimal``, ``counter``, ``pair``, ``max_bytes``. Raises
    `UsageError`; what cannot be read is a reading with an ``error``.
    """
    from fx.spark.frames import frame_of  # noqa: PLC0415 (Spark is loaded when it is used)
    from fx.spark.inputs import Job, splits_of  # noqa: PLC0415

    return frame_of(splits_of(spark, paths, SPLIT_BYTES), Job.of(clock(), **options))


def read_quotes(spark: SparkSession, paths: Sequence[str], **options: Any) -> DataFrame:
    """The quotes in files and folders, a row each, with the columns of `fx.batch.QUOTES`; see `read`."""
    from fx.spark.frames import quotes_in  # noqa: PLC0415

    return quotes_in(read(spark, paths, **options))


def quotes_of(documents: DataFrame, *, clock: Callable[[], datetime] = utc_now, **options: Any) -> DataFrame:
    """The quotes in a DataFrame of documents, as Spark's own sources give them: its columns are `fx.arrow.DOCUMENTS`.

    So is what ``spark.read.parquet``, ``.json``, ``.text`` or ``.format("binaryFile")`` reads, once its columns have
    those names. Raises `UsageError` where none holds a document.
    """
    from fx.spark.frames import quotes_in, read_in  # noqa: PLC0415
    from fx.spark.inputs import Job  # noqa: PLC0415

    return quotes_in(read_in(documents, Job.of(clock(), **options)))


def load(
    spark: SparkSession,
    paths: Sequence[str],
    to: str,
    *,
    split_bytes: int = SPLIT_BYTES,
    clock: Callable[[], datetime] = utc_now,
    report: Callable[[Reading | InputError], None] | None = None,
    so_far: Callable[[Loaded], None] | None = None,
    **options: Any,
) -> Loaded:
    """Read files and folders and keep their quotes ``to`` a store on a server, or ``parquet:PATH``; exactly once.

    The rows are those of a load on one machine, whatever was cut, killed or done twice on the way; run again, a job
    that was ended goes on, and one that was not brings nothing new. ``report`` and ``so_far`` are told as by
    `fx.Store.load`; ``split_bytes`` is how much of the input a task reads, if files are that small. Raises
    `UsageError`, `StoreError`, and `InputError` where nothing could be read at all.
    """
    from fx.spark.inputs import Job, splits_of  # noqa: PLC0415
    from fx.spark.session import translated  # noqa: PLC0415
    from fx.spark.to_parquet import load_into_parquet  # noqa: PLC0415
    from fx.spark.to_store import load_into_store  # noqa: PLC0415
    from fx.store.addresses import address_of_server  # noqa: PLC0415

    job = Job.of(clock(), **options)
    in_parquet = to.startswith(PARQUET) and to != PARQUET
    if not in_parquet and address_of_server(to) is None:
        raise UsageError("quotes go to a server or to Parquet: give --to postgresql://user@host/name or parquet:PATH")
    with translated():
        splits = splits_of(spark, paths, split_bytes)
        if in_parquet:
            return load_into_parquet(splits, job, to.removeprefix(PARQUET), report, so_far)
        return load_into_store(splits, job, to, clock, report, so_far)
