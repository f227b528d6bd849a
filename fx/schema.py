"""Tables, views and the SQL that reads them: the shape of the database, for SQLite.

Tables are compact and singular, views readable and plural. `migrations/` holds the history that leads here; a test
holds the two equal.

``quote`` keeps one row a statement, in the order of its series and time (`WITHOUT ROWID`), so that an as-of look-up is
one seek. A series is one pair as one source publishes it. Exact numbers are integers:

* ``observed_at``: milliseconds since 1970 UTC doubled, plus 1 for an instant; an even number is a whole day.
* ``rate`` and ``scale``: ``0.00190`` is 190 and 5. More than 18 digits are kept as text. 0 where only sides were given.
* ``sides``: ``bid/ask`` as published, '' without; ``change_pct``: as published, '' without.

``document_id``, ``line``, ``repeats`` and ``unit`` (for how many of the base the figure stood there) are those of the
document that said it first; ``sighting`` remembers the others. Every unique key of ``quote`` holds the time, as range
partitions will want it.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

__all__ = ["HEAD", "STANDING", "VIEWS", "metadata"]

HEAD = "0001"
"""The revision this fx reads and writes."""

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
    UniqueConstraint("sha256", "source_id", "observed_at"),
)
STATEMENT = ("series_id", "observed_at", "rate", "scale", "sides", "change_pct")
"""The columns that make one statement: the key of ``quote``."""


def statement_columns() -> list[Column[object]]:
    """The columns of `STATEMENT`, for the two tables that hold them."""
    return [
        Column("series_id", Integer, ForeignKey("series.id"), primary_key=True, nullable=False),
        Column("observed_at", Integer, primary_key=True, nullable=False),
        # BLOB is SQLite's way to say: keep what you are given, integer or text, as it is.
        Column("rate", LargeBinary, primary_key=True, nullable=False),
        Column("scale", Integer, primary_key=True, nullable=False),
        Column("sides", Text, primary_key=True, nullable=False),
        Column("change_pct", Text, primary_key=True, nullable=False),
    ]


Table(
    "quote",
    metadata,
    *statement_columns(),
    Column("document_id", Integer, ForeignKey("document.id"), nullable=False),
    Column("line", Integer, nullable=False),
    Column("repeats", Integer, nullable=False, server_default=text("1")),
    Column("unit", Integer, nullable=False, server_default=text("1")),
    sqlite_with_rowid=False,
)
Table(
    "sighting",
    metadata,
    *statement_columns(),
    Column("document_id", Integer, ForeignKey("document.id"), primary_key=True, nullable=False),
    Column("line", Integer, nullable=False),
    Column("repeats", Integer, nullable=False, server_default=text("1")),
    Column("unit", Integer, nullable=False, server_default=text("1")),
    sqlite_with_rowid=False,
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


LONGEST_SCALE = 60
"""Decimals that the views can write out; readers refuse longer figures."""
ZEROS = "'" + "0" * LONGEST_SCALE + "'"


def moment_text(column: str) -> str:
    """SQL for a stored moment as ISO 8601 text in UTC: a whole day as the day alone."""
    day = f"date(({column} >> 1) / 1000.0, 'unixepoch')"
    return f"CASE WHEN {column} & 1 THEN {instant_text(f'({column} >> 1)')} ELSE {day} END"


def instant_text(milliseconds: str) -> str:
    """SQL for milliseconds since 1970 as ISO 8601 text in UTC, always with milliseconds: so text sorts as time does."""
    return f"strftime('%Y-%m-%dT%H:%M:%fZ', {milliseconds} / 1000.0, 'unixepoch')"


REVISION_ORDER = "{d}.recorded_at, {q}.document_id, {q}.line, {q}.rate, {q}.scale, {q}.sides, {q}.change_pct"
"""What orders the revisions of one moment: the last recorded wins, the place in the document breaks ties."""
THIS = REVISION_ORDER.format(d="d", q="q")
OTHER = REVISION_ORDER.format(d="od", q="o")
OTHERS_OF_MOMENT = """FROM quote AS o
           JOIN document AS od ON od.id = o.document_id
          WHERE o.series_id = q.series_id
            AND o.observed_at = q.observed_at"""
SUPERSEDED = f"""EXISTS (
         SELECT 1 {OTHERS_OF_MOMENT}
            AND ({OTHER}) > ({THIS}))"""
"""SQL for: a later revision stands beside this quote ``q`` of document ``d``."""


def readable(rows: str, more: str = "") -> str:
    """SQL that shows quotes as people read them; ``rows`` says which, ``more`` adds a column."""
    return f"""
SELECT base || '/' || counter AS pair, base, counter, observed_at,
       coalesce(CAST(rate_text AS REAL), (bid + ask) / 2, bid, ask) AS rate, rate_text, bid, ask, change_pct,
       source, document, line, repeats, recorded_at, revision{more}
  FROM (
SELECT s.base, s.counter,
       {moment_text("q.observed_at")} AS observed_at,
       CASE WHEN q.rate = 0 THEN NULL
            WHEN q.scale <= 0 THEN q.digits || substr({ZEROS}, 1, -q.scale)
            ELSE substr(q.digits, 1, length(q.digits) - q.scale) || '.' || substr(q.digits, -q.scale)
        END AS rate_text,
       CAST(nullif(substr(q.sides, 1, instr(q.sides, '/') - 1), '') AS REAL) AS bid,
       CAST(nullif(substr(q.sides, instr(q.sides, '/') + 1), '') AS REAL) AS ask,
       CAST(nullif(q.change_pct, '') AS REAL) AS change_pct,
       nullif(src.name, '') AS source, d.name AS document, q.line, q.repeats,
       {instant_text("d.recorded_at")} AS recorded_at,
       (SELECT count(*) {OTHERS_OF_MOMENT}
            AND ({OTHER}) < ({THIS})) AS revision
  FROM (SELECT *, substr({ZEROS}, 1, max(0, scale + 1 - length(CAST(rate AS TEXT)))) || rate AS digits
          FROM quote) AS q
  JOIN series AS s ON s.id = q.series_id
  JOIN source AS src ON src.id = s.source_id
  JOIN document AS d ON d.id = q.document_id
 {rows})"""


VIEWS = {
    "quotes": readable(""),
    "standing_quotes": readable(f"WHERE NOT {SUPERSEDED}"),
    "latest_quotes": readable(
        f"""JOIN (
         SELECT id, base, counter,
                (SELECT max(observed_at) FROM quote WHERE series_id = series.id) AS observed_at
           FROM series) AS newest ON newest.id = q.series_id AND newest.observed_at = q.observed_at
 WHERE NOT EXISTS (
         SELECT 1
           FROM series AS os
           JOIN quote AS o ON o.series_id = os.id
            AND o.observed_at = (SELECT max(observed_at) FROM quote WHERE series_id = os.id)
           JOIN document AS od ON od.id = o.document_id
          WHERE os.base = s.base AND os.counter = s.counter
            AND (o.observed_at, {OTHER}, o.series_id)
              > (q.observed_at, {THIS}, q.series_id))""",
        """,
       CAST(julianday(date('now')) - julianday(substr(observed_at, 1, 10)) AS INTEGER) AS age_days""",
    ),
    # The inverse is one division of two whole numbers: 100000 / 8 is 12500, where 1 / 0.00008 is 12499.999999999998.
    "rates": f"""
SELECT base, counter, rate, observed_at, 'quoted' AS kind FROM standing_quotes
UNION ALL
SELECT counter, base,
       CASE WHEN instr(rate_text, '.')
            THEN CAST('1' || substr({ZEROS}, 1, length(rate_text) - instr(rate_text, '.')) AS REAL)
                 / CAST(replace(rate_text, '.', '') AS REAL)
            ELSE 1.0 / rate END, observed_at, 'inverse' FROM standing_quotes""",
    "daily_rates": """
SELECT DISTINCT substr(observed_at, 1, 10) AS day, base, counter,
       first_value(rate) OVER in_time AS open,
       max(rate) OVER in_time AS high,
       min(rate) OVER in_time AS low,
       last_value(rate) OVER in_time AS close,
       count(*) OVER in_time AS quotes
  FROM standing_quotes
WINDOW in_time AS (PARTITION BY base, counter, substr(observed_at, 1, 10) ORDER BY observed_at, source
                   ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)""",
    "documents": f"""
SELECT d.name, nullif(src.name, '') AS source, d.sha256,
       {moment_text("d.observed_at")} AS observed_at, d.time_basis,
       {instant_text("d.recorded_at")} AS recorded_at, d.quotes, d.repeats, d.rejects
  FROM document AS d
  JOIN source AS src ON src.id = d.source_id""",
    "rejects": """
SELECT d.name AS document, r.line, r.text, r.reason
  FROM reject AS r
  JOIN document AS d ON d.id = r.document_id""",
}
"""The readable face, by name: the body of each CREATE VIEW. ``standing_quotes`` are those that no revision replaced."""

WITH_ORIGIN = """
  JOIN source AS src ON src.id = s.source_id
  JOIN document AS d ON d.id = q.document_id"""
STORED = """s.base, s.counter, q.rate, q.scale, q.sides, q.change_pct, q.observed_at, d.time_basis,
       src.name, d.name, q.line, q.repeats, d.recorded_at, q.unit"""
"""What a `Quote` is made of, in the order that the store unpacks."""

STANDING = f"""
SELECT {STORED}
  FROM series AS s
  JOIN quote AS q ON q.series_id = s.id AND q.observed_at = (
         SELECT n.observed_at FROM quote AS n JOIN document AS nd ON nd.id = n.document_id
          WHERE n.series_id = s.id AND n.observed_at <= :until AND nd.recorded_at <= :known
          ORDER BY n.observed_at DESC LIMIT 1){WITH_ORIGIN}
 WHERE (s.base = :code OR s.counter = :code) AND d.recorded_at <= :known
 ORDER BY s.id, {THIS}"""
"""The as-of question: of each series that touches a code, what stood at a moment as known at another.

Where a moment has several revisions all come, the winner last.
"""

FIRST = STANDING.replace("ORDER BY n.observed_at DESC LIMIT 1", "ORDER BY n.observed_at LIMIT 1")
"""The same with the first moment of each series instead of the last."""

HISTORY = f"""
SELECT {STORED}
  FROM series AS s
  JOIN quote AS q ON q.series_id = s.id{WITH_ORIGIN}
 WHERE s.base = :base AND s.counter = :counter AND q.observed_at BETWEEN :since AND :until AND NOT {SUPERSEDED}
 ORDER BY q.observed_at, src.name"""
"""What a pair's sources said, in time, each moment as last recorded."""
