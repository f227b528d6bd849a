"""Beside a folder of quotes in Parquet: what they were read from, what was refused there, and what could not be read.

``PATH-documents`` has a row each document that a store would keep, by the store's own identity, so that a job that is
run twice adds none; and one each file that could not be read, or of which there was something else to say. What was
refused stands in the row of its document, so that neither can be there without the other. It is a folder of its own
since every program that reads ``PATH`` takes what lies below it for quotes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fx.batch import READINGS
from fx.errors import UsageError

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

__all__ = ["documents_in", "fresh_documents", "place_beside"]

KEPT = tuple(name for name in READINGS if name not in {"number", "facts"})
IDENTITY = ("sha256", "by", "error", "unread")
"""What makes two readings the same document, and their time where that is not the file's: whoever is nobody is ''."""
REFUSED = ("line", "column", "text", "reason")


def place_beside(where: str) -> str:
    """Where the documents of a folder of quotes are.

    >>> place_beside("s3a://bucket/rates/")
    's3a://bucket/rates-documents'
    """
    _, scheme, path = where.rpartition("://")
    if scheme and "/" not in path.strip("/"):
        raise UsageError(f"{where} is no folder: name one in it, as in {where.rstrip('/')}/quotes")
    return f"{where.rstrip('/')}-documents"


def documents_in(rows: DataFrame) -> DataFrame:
    """Every document once, as the first reading of it in the order of the input has it, with what was refused."""
    from pyspark.sql import Window  # noqa: PLC0415 (Spark is loaded when it is used)
    from pyspark.sql import functions as sql  # noqa: PLC0415

    place = ("split", "number")
    readings = rows.where("reading is not null").select("split", "reading.*")
    telling = readings.where("error is not null or quotes > 0 or rejects > 0 or size(notes) > 0")
    named = telling.withColumns(
        {
            "by": sql.coalesce("source", sql.lit("")),
            "unread": sql.when(sql.col("error").isNotNull(), sql.col("document")),
        }
    )
    nth = sql.row_number().over(Window.partitionBy(*IDENTITY).orderBy(*place))
    dated = named.withColumn("nth", nth).where("nth = 1 or time_basis <> 'modified'")
    of_moment = sql.row_number().over(Window.partitionBy(*IDENTITY, "observed_at").orderBy(*place))
    kept = dated.withColumn("nth", of_moment).where("nth = 1")
    rejects = rows.where("reject is not null").select("split", sql.col("reject.reading").alias("number"), "reject.*")
    each = sql.sort_array(sql.collect_list(sql.struct(*REFUSED))).alias("refused")
    return kept.join(rejects.groupBy(*place).agg(each), list(place), "left").select(*KEPT, "refused")


def fresh_documents(found: DataFrame, there: DataFrame) -> DataFrame:
    """The documents that are not there as yet."""
    from pyspark.sql import functions as sql  # noqa: PLC0415

    here, known = found.alias("here"), there.alias("known")

    def same(name: str) -> Column:
        return sql.col(f"here.{name}").eqNullSafe(sql.col(f"known.{name}"))

    time = same("observed_at") | sql.col("here.time_basis").eqNullSafe("modified")
    unread = sql.col("here.error").isNull() | same("document")
    return here.join(known, [*map(same, ("sha256", "source", "error")), time, unread], "left_anti")
