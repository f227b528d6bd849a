"""Into a folder of Parquet: repeats over the whole input dropped by the store's own key, by pair and year.

Documents, what was refused and what could not be read are in a folder beside it (`fx.spark.beside`). Both can be added
to: what stands there already is not written again, so that a job that is run twice, or that was ended in the middle,
leaves each statement once. While a job runs a folder has no ``_SUCCESS``, or is being added to.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from os.path import abspath, isdir
from typing import TYPE_CHECKING, Any

from fx.batch import QUOTES, READINGS
from fx.errors import InputError
from fx.moments import Moment
from fx.reader import Reading
from fx.spark.beside import documents_in, fresh_documents, place_beside
from fx.spark.frames import frame_of
from fx.spark.inputs import Job, Splits
from fx.store import Loaded

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

__all__ = ["load_into_parquet"]

STATEMENT = ("base", "counter", "source", "observed_at", "rate", "bid", "ask", "change_pct")
"""The store's own key: what makes two quotes the same statement."""
ORIGIN = ("time_basis", "document", "line", "repeats")
"""What is that of the reading that says it first."""
COLUMNS = tuple(name for name in QUOTES if name not in {"reading", "unit", "zeros"})
"""Those of ``fx export parquet``, by which every program, fx too, reads them back; ``rate_number`` comes after them."""
ROWS_A_FILE = 5_000_000
TOLD = 10_000
"""Readings that are told of: the first that have something to say."""


def load_into_parquet(
    splits: Splits,
    job: Job,
    place: str,
    report: Callable[[Reading | InputError], None] | None = None,
    so_far: Callable[[Loaded], None] | None = None,
) -> Loaded:
    """Add what stands in the splits to a folder of Parquet; see `fx.spark.load`."""
    where = place if "://" in place else abspath(place)
    beside = place_beside(where)
    rows = frame_of(splits, job).persist()
    try:
        total, unread, dated_by_file = told(rows, report)
        fresh = not_there(statements(rows, dated_by_file=dated_by_file), where).persist()
        try:
            new = fresh.count()
            if new:
                write(fresh, where)
        finally:
            fresh.unpersist()
        documents, there = documents_in(rows), parquet_at(rows, beside)
        put_beside(documents if there is None else fresh_documents(documents, there), beside)
    finally:
        rows.unpersist()
    total = replace(total, new=new, known=total.quotes - new)
    if so_far:
        so_far(total)
    if unread and not total.documents:
        raise unread[0]
    return total


def told(
    rows: DataFrame, report: Callable[[Reading | InputError], None] | None
) -> tuple[Loaded, list[InputError], bool]:
    """What was read in all, what could not be, and whether anything is dated by its file.

    Tells of what could not be read, and of notes, in the order of the input.
    """
    from pyspark.sql import functions as sql  # noqa: PLC0415

    readings = rows.where("reading is not null").select("split", "reading.*")
    readable, odd = sql.col("error").isNull(), sql.col("error").isNotNull() | (sql.size("notes") > 0)
    sums = readings.agg(
        sql.count_if(readable),
        *(sql.coalesce(sql.sum(name), sql.lit(0)) for name in ("quotes", "repeats", "rejects")),
        sql.count_if(sql.col("time_basis") == "modified"),
        sql.count_if(odd),
    )
    (documents, quotes, repeats, rejects, dated_by_file, some) = sums.collect()[0]
    unread = []
    for row in readings.where(odd).orderBy("split", "number").limit(TOLD).collect() if some else ():
        found = reading_in({name: row[name] for name in READINGS})
        if isinstance(found, InputError):
            unread.append(found)
        if report:
            report(found)
    return Loaded(documents=documents, quotes=quotes, repeats=repeats, rejects=rejects), unread, dated_by_file > 0


def reading_in(row: dict[str, Any]) -> Reading | InputError:
    """A row of readings as far as it is to be told of: without its quotes and rejects."""
    if row["error"] is not None:
        return InputError(row["error"], document=row["document"])
    moment = Moment.parse(row["observed_at"])
    notes = tuple(row["notes"])
    return Reading(
        row["document"], row["sha256"], moment, row["time_basis"], (), (), row["repeats"], row["source"], notes
    )


def statements(rows: DataFrame, *, dated_by_file: bool) -> DataFrame:
    """Every statement once, with the origin of the reading that stands first in the input."""
    from pyspark.sql import functions as sql  # noqa: PLC0415

    quotes = rows.where("quote is not null").select("split", "quote.*")
    if dated_by_file:
        quotes = quotes.join(again(rows), ["split", "reading"], "left_anti")
    first = sql.min(sql.struct("split", "reading", "line", *(name for name in ORIGIN if name != "line"))).alias("first")
    kept = quotes.groupBy(*STATEMENT, "zeros").agg(first).select(*STATEMENT, "first.*")
    number = sql.coalesce(sql.col("rate"), sql.col("bid"), sql.col("ask")).cast("double")
    middle = (sql.col("bid").cast("double") + sql.col("ask").cast("double")) / 2
    both = sql.col("rate").isNull() & sql.col("bid").isNotNull() & sql.col("ask").isNotNull()
    return kept.select(*COLUMNS, sql.when(both, middle).otherwise(number).alias("rate_number"))


def again(rows: DataFrame) -> DataFrame:
    """The readings of bytes that stand earlier in the input, dated by their file: to a store that is one document."""
    from pyspark.sql import functions as sql  # noqa: PLC0415

    of_reading = ("split", "number", "sha256", "time_basis", "source")
    readings = rows.where("reading is not null").select("split", "reading.*").where("quotes > 0").select(*of_reading)
    readings = readings.withColumn("by", sql.coalesce("source", sql.lit("")))
    place = sql.struct("split", "number")
    firsts = readings.groupBy("sha256", "by").agg(sql.min(place).alias("first"))
    later = readings.where("time_basis = 'modified'").join(firsts, ["sha256", "by"]).where(place > sql.col("first"))
    return later.select("split", sql.col("number").alias("reading"))


def not_there(found: DataFrame, where: str) -> DataFrame:
    """The statements that the folder does not hold as yet."""
    from pyspark.sql import functions as sql  # noqa: PLC0415

    there = parquet_at(found, where)
    if there is None:
        return found
    here, known = found.alias("here"), there.select(*STATEMENT).alias("known")
    same = [sql.col(f"here.{name}").eqNullSafe(sql.col(f"known.{name}")) for name in STATEMENT]
    return here.join(known, same, "left_anti")


def parquet_at(rows: DataFrame, where: str) -> DataFrame | None:
    """What a folder of Parquet holds, None where there is none as yet."""
    from pyspark.errors import AnalysisException  # noqa: PLC0415

    try:
        return rows.sparkSession.read.parquet(where)
    except AnalysisException:
        if "://" not in where and isdir(where):
            import os  # noqa: PLC0415

            if any(not name.startswith(("_", ".")) for name in os.listdir(where)):
                raise
        return None


def write(found: DataFrame, where: str) -> None:
    """Add statements to the folder, each pair and year in a folder of its own and in the order of time."""
    from pyspark.sql import functions as sql  # noqa: PLC0415

    placed = found.withColumn("pair", sql.concat_ws("/", "base", "counter")).withColumn(
        "year", sql.substring("observed_at", 1, 4).cast("int")
    )
    ordered = placed.repartition("pair", "year").sortWithinPartitions("pair", "year", "observed_at", "source", "rate")
    files = ordered.write.mode("append").partitionBy("pair", "year")
    files.option("maxRecordsPerFile", ROWS_A_FILE).option("compression", "zstd").parquet(where)


def put_beside(documents: DataFrame, beside: str) -> None:
    """Add documents to their folder; where nothing is to be added no file is written."""
    documents = documents.persist()
    try:
        if not documents.isEmpty():
            files = documents.write.mode("append").option("maxRecordsPerFile", ROWS_A_FILE)
            files.parquet(beside, compression="zstd")
    finally:
        documents.unpersist()
