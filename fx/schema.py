"""Tables and indexes: the shape of the database, for SQLite; the views and what reads them are in `fx.sql`.

Tables are compact and singular, views readable and plural. `migrations/` holds the history that leads here; a test
holds the two equal.

``quote`` keeps one row a statement, in the order of its series and time (`WITHOUT ROWID`), so that an as-of look-up is
one seek. A series is one pair as one source publishes it. Exact numbers are integers:

* ``observed_at``: milliseconds since 1970 UTC doubled, plus 1 for an instant; an even number is a whole day.
* ``rate`` and ``scale``: ``0.00190`` is 190 and 5. 0 where only sides were given, and beyond 18 digits.
* ``change``: the percent as published, by `fx.store.kept.change_code`: 0 for none, 1 for ``0``, -91 for ``-0.11``.
* ``rest``: what does not fit there, '' for most: ``BID/ASK`` as published, and too many digits (`fx.store.kept.Rest`).

``document_id``, ``line`` and ``times`` (how often it stands there; 2**32 more for each zero of the unit for which the
figure stood there) are those of the document that said it first; ``sighting`` remembers the others. Every unique key
of ``quote`` holds the time, as range partitions will want it. ``digest`` is a sum over all that a document said there,
``seal`` one over what else is kept of it: see `fx.store.digests`. The two large tables are STRICT, so that SQLite tells
of a value of another kind.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from fx.sql import VIEWS

__all__ = ["expected_schema", "metadata"]

metadata = MetaData()

Table(
    "source",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
)
Table(
    "series",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source_id", Integer, ForeignKey("source.id"), nullable=False),
    Column("base", Text, nullable=False),
    Column("counter", Text, nullable=False),
    UniqueConstraint("base", "counter", "source_id"),
    CheckConstraint("base <> counter"),
    Index("series_by_counter", "counter", "base"),
)
Table(
    "document",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sha256", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("source_id", Integer, ForeignKey("source.id"), nullable=False),
    Column("observed_at", Integer, nullable=False),
    Column("time_basis", Text, nullable=False),
    Column("recorded_at", Integer, nullable=False),
    Column("quotes", Integer, nullable=False),
    Column("repeats", Integer, nullable=False),
    Column("rejects", Integer, nullable=False),
    Column("digest", Integer, nullable=False),
    Column("seal", Integer, nullable=False),
    UniqueConstraint("sha256", "source_id", "observed_at"),
    Index("document_by_time", "recorded_at"),
)


def statement_columns() -> list[Column[object]]:
    """The columns of `STATEMENT`, for the two tables that hold them."""
    return [
        Column("series_id", Integer, ForeignKey("series.id"), primary_key=True, nullable=False),
        Column("observed_at", Integer, primary_key=True, nullable=False),
        Column("rate", Integer, primary_key=True, nullable=False),
        Column("scale", Integer, primary_key=True, nullable=False),
        Column("rest", Text, primary_key=True, nullable=False),
        Column("change", Integer, primary_key=True, nullable=False),
    ]


Table(
    "quote",
    metadata,
    *statement_columns(),
    Column("document_id", Integer, ForeignKey("document.id"), nullable=False),
    Column("line", Integer, nullable=False),
    Column("times", Integer, nullable=False, server_default=text("1")),
    sqlite_with_rowid=False,
    sqlite_strict=True,
)
Table(
    "sighting",
    metadata,
    *statement_columns(),
    Column("document_id", Integer, ForeignKey("document.id"), primary_key=True, nullable=False),
    Column("line", Integer, nullable=False),
    Column("times", Integer, nullable=False, server_default=text("1")),
    sqlite_with_rowid=False,
    sqlite_strict=True,
)
Table(
    "reject",
    metadata,
    Column("document_id", Integer, ForeignKey("document.id"), primary_key=True, nullable=False),
    Column("number", Integer, primary_key=True, nullable=False),
    Column("line", Integer, nullable=False),
    Column("place", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("reason", Text, nullable=False),
    sqlite_with_rowid=False,
)


def expected_schema() -> dict[str, str]:
    """Every table, index and view by name, as the SQL that makes it, for comparison with what a database holds."""
    dialect = sqlite.dialect()
    made = {table.name: str(CreateTable(table).compile(dialect=dialect)) for table in metadata.sorted_tables}
    for table in metadata.sorted_tables:
        made |= {str(index.name): str(CreateIndex(index).compile(dialect=dialect)) for index in table.indexes}
    return made | {name: f"CREATE VIEW {name} AS{body}" for name, body in VIEWS.items()}
