"""Apache Parquet, by pyarrow (an extra): the columns of the CSV, and ``rate_number`` to compute with.

Figures are text, since digits as published have no fixed scale and a decimal column would pad them;
``rate_number`` is the nearest double of the rate (or of the middle of its sides). Written in groups of rows, so that
memory does not grow with the number of quotes.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from decimal import Decimal
from typing import IO, Any

from fx.errors import UsageError
from fx.exact import plain
from fx.exports.quote_rows import columns_of, in_columns
from fx.exports.shape import ExportFormat, Told, middle_of
from fx.store.selection import Selection

__all__ = ["PARQUET"]

GROUP = 50_000
"""Rows in memory at a time."""
WHOLE_NUMBERS = frozenset(("line", "repeats", "unit", "revision"))


def number_of(row: dict[str, Any]) -> str | None:
    """The rate of a record as text to be made a number, or the middle of its sides.

    >>> number_of({"rate": None, "bid": "1.10", "ask": "1.20"})
    '1.15'
    """
    if row["rate"] is not None:
        return str(row["rate"])
    sides = [Decimal(row[name]) for name in ("bid", "ask") if row[name] is not None]
    return plain(middle_of(sides)) if sides else None


def write(selection: Selection, out: IO[bytes], told: Told) -> None:
    """The rows, group after group; raises `UsageError` where pyarrow is missing."""
    try:
        import pyarrow as pa  # noqa: PLC0415 (an extra)
        import pyarrow.parquet as pq  # noqa: PLC0415
    except ImportError:
        raise UsageError("parquet needs pyarrow: install it with pip install 'fx[parquet]'") from None
    columns = columns_of(selection)
    fields = [pa.field(name, pa.int64() if name in WHOLE_NUMBERS else pa.string()) for name in columns]
    schema = pa.schema([*fields, pa.field("rate_number", pa.float64())])
    with pq.ParquetWriter(out, schema, compression="zstd") as file:
        for rows in grouped(in_columns(selection, told)):
            arrays = [pa.array([row[field.name] for row in rows], field.type) for field in fields]
            numbers = pa.array([number_of(row) for row in rows], pa.string()).cast(pa.float64())
            file.write_table(pa.Table.from_arrays([*arrays, numbers], schema=schema))


def grouped(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Lists of at most `GROUP` rows."""
    while group := list(itertools.islice(rows, GROUP)):
        yield group


PARQUET = ExportFormat(
    "parquet",
    "Apache Parquet, by pyarrow: pip install 'fx[parquet]'",
    "PAR1…",
    "parquet",
    write,
    binary=True,
    every=True,
)
