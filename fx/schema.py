"""Tables and indexes: the shape of the database, on SQLite and PostgreSQL; views and what reads them are in `fx.sql`.

Tables are compact and singular, views readable and plural. `migrations/` holds the history that leads here; a test
holds the two equal.

``quote`` keeps one row a statement, in the order of its series and time (`WITHOUT ROWID`), so that an as-of look-up is
one seek. A series is one pair as one source publishes it. Exact numbers are integers:

* ``observed_at``: milliseconds since 1970 UTC doubled, plus 1 for an instant; an even number is a whole day.
* ``rate`` and ``scale``: ``0.00190`` is 190 and 5. 0 where only sides were given, and beyond 18 digits.
* ``change``: the percent as published, by `fx.store.kept.change_code`: 0 for none, 1 for ``0``, -91 for ``-0.11``.
* ``rest``: what does not fit there, '' for most: ``BID/ASK`` as published, and too many digits (`fx.store.kept.Rest`).

``plain_scale`` of a series is the scale of all of its quotes, where each is a plain rate (no ``rest``) and none stands
at the moment of another; NULL where that is not known. See `fx.store.marks`.

``document_id``, ``line`` and ``times`` (how often it stands there; 2**32 more for each zero of the unit for which the
figure stood there) are those of the document that said it first; ``sighting`` remembers the others. Every unique key
of ``quote`` holds the time, as range partitions will want it. ``digest`` is a sum over all that a document said there,
``seal`` one over what else is kept of it: see `fx.store.digests`. The two large tables are STRICT, so that SQLite tells
of a value of another kind.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    MetaData,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy import Integer as AnyInteger
from sqlalchemy import Text as AnyText
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from fx.dialect import as_postgresql
from fx.schema_words import VIEWS as WORDS_OF_VIEWS
from fx.sql import VIEWS

__all__ = ["expected_columns", "expected_schema", "metadata"]

metadata = MetaData()

Integer = AnyInteger().with_variant(BigInteger(), "postgresql")
Small = AnyInteger().with_variant(AnyInteger(), "postgresql")
# By bytes, as SQLite compares, whatever the server's own order is.
Text = AnyText().with_variant(AnyText(collation="C"), "postgresql")

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
    Column("plain_scale", Small),
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


ON_SERVER = {
    f"{name}_by_document": f"CREATE INDEX {name}_by_document ON {name} (document_id)" for name in ("quote", "sighting")
}
"""PostgreSQL looks at every document that goes whether a quote is left of it; SQLite looks when it is asked to."""


def statement_columns() -> list[Column[object]]:
    """The columns of `STATEMENT`, for the two tables that hold them."""
    return [
        Column("series_id", Integer, ForeignKey("series.id"), primary_key=True, nullable=False),
        Column("observed_at", Integer, primary_key=True, nullable=False),
        Column("rate", Integer, primary_key=True, nullable=False),
        Column("scale", Small, primary_key=True, nullable=False),
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


def expected_schema(engine: str = "sqlite") -> dict[str, str]:
    """Every table, index and view by name, as the SQL that makes it on SQLite or ``postgresql``."""
    on_server = engine == "postgresql"
    dialect = postgresql.dialect() if on_server else sqlite.dialect()  # type: ignore[no-untyped-call]
    made = {table.name: str(CreateTable(table).compile(dialect=dialect)) for table in metadata.sorted_tables}
    for table in metadata.sorted_tables:
        made |= {str(index.name): str(CreateIndex(index).compile(dialect=dialect)) for index in table.indexes}
    if on_server:
        made |= ON_SERVER
    made |= {name: f"CREATE VIEW {name} AS{body}" for name, body in VIEWS.items()}
    return {name: as_postgresql(text, parameters=False) for name, text in made.items()} if on_server else made


def expected_columns() -> dict[str, list[tuple[str, str]]]:
    """The columns of every table, index and view on PostgreSQL, each with its type ('' where anything may stand)."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    found: dict[str, list[tuple[str, str]]] = {}
    for table in metadata.sorted_tables:
        of_column = {
            column.name: str(column.type.compile(dialect=dialect)).partition(" COLLATE")[0].lower()
            for column in table.columns
        }
        found[table.name] = list(of_column.items())
        found |= {
            str(index.name): [(column.name, of_column[column.name]) for column in index.columns]
            for index in table.indexes
        }
    found |= {name: [("document_id", "bigint")] for name in ON_SERVER}
    types = {"number": "double precision", "text": "text"}
    return found | {
        name: [(column, types.get(kind, "")) for column, (kind, _) in words.columns.items()]
        for name, words in WORDS_OF_VIEWS.items()
    }
