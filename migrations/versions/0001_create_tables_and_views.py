"""Create the tables and views.

The first schema: compact tables that hold exact integers, readable views over them. Written out as SQL, so that this
step stays what it was when `fx.schema` moves on.
"""

from alembic import op

revision = "0001"
down_revision = None

TABLES = (
    """
CREATE TABLE source (
    id INTEGER NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (name)
)
""",
    """
CREATE TABLE document (
    id INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    name TEXT NOT NULL,
    source_id INTEGER NOT NULL,
    observed_at INTEGER NOT NULL,
    time_basis TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    quotes INTEGER NOT NULL,
    repeats INTEGER NOT NULL,
    rejects INTEGER NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (sha256, source_id, observed_at),
    FOREIGN KEY(source_id) REFERENCES source (id)
)
""",
    """
CREATE INDEX document_by_time ON document (recorded_at)
""",
    """
CREATE TABLE series (
    id INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    base TEXT NOT NULL,
    counter TEXT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (base, counter, source_id),
    CHECK (base <> counter),
    FOREIGN KEY(source_id) REFERENCES source (id)
)
""",
    """
CREATE INDEX series_by_counter ON series (counter, base)
""",
    """
CREATE TABLE quote (
    series_id INTEGER NOT NULL,
    observed_at INTEGER NOT NULL,
    rate BLOB NOT NULL,
    scale INTEGER NOT NULL,
    sides TEXT NOT NULL,
    change_pct TEXT NOT NULL,
    document_id INTEGER NOT NULL,
    line INTEGER NOT NULL,
    repeats INTEGER DEFAULT 1 NOT NULL,
    unit INTEGER DEFAULT 1 NOT NULL,
    PRIMARY KEY (series_id, observed_at, rate, scale, sides, change_pct),
    FOREIGN KEY(series_id) REFERENCES series (id),
    FOREIGN KEY(document_id) REFERENCES document (id)
)
 WITHOUT ROWID
""",
    """
CREATE TABLE reject (
    document_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    line INTEGER NOT NULL,
    place INTEGER NOT NULL,
    text TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (document_id, number),
    FOREIGN KEY(document_id) REFERENCES document (id)
)
 WITHOUT ROWID
""",
    """
CREATE TABLE sighting (
    series_id INTEGER NOT NULL,
    observed_at INTEGER NOT NULL,
    rate BLOB NOT NULL,
    scale INTEGER NOT NULL,
    sides TEXT NOT NULL,
    change_pct TEXT NOT NULL,
    document_id INTEGER NOT NULL,
    line INTEGER NOT NULL,
    repeats INTEGER DEFAULT 1 NOT NULL,
    unit INTEGER DEFAULT 1 NOT NULL,
    PRIMARY KEY (series_id, observed_at, rate, scale, sides, change_pct, document_id),
    FOREIGN KEY(series_id) REFERENCES series (id),
    FOREIGN KEY(document_id) REFERENCES document (id)
)
 WITHOUT ROWID
""",
)

VIEWS = {
    "quotes": """
SELECT base || '/' || counter AS pair, base, counter, observed_at,
       coalesce(CAST(rate_text AS REAL), (bid + ask) / 2, bid, ask) AS rate, rate_text, bid, ask, change_pct,
       source, document, line, repeats, recorded_at, revision
  FROM (
SELECT s.base, s.counter,
       CASE WHEN q.observed_at & 1 THEN strftime('%Y-%m-%dT%H:%M:%fZ', (q.observed_at >> 1) / 1000.0, 'unixepoch') ELSE date((q.observed_at >> 1) / 1000.0, 'unixepoch') END AS observed_at,
       CASE WHEN q.rate = 0 THEN NULL
            WHEN q.scale <= 0 THEN q.digits || substr('000000000000000000000000000000000000000000000000000000000000', 1, -q.scale)
            ELSE substr(q.digits, 1, length(q.digits) - q.scale) || '.' || substr(q.digits, -q.scale)
        END AS rate_text,
       CAST(nullif(substr(q.sides, 1, instr(q.sides, '/') - 1), '') AS REAL) AS bid,
       CAST(nullif(substr(q.sides, instr(q.sides, '/') + 1), '') AS REAL) AS ask,
       CAST(nullif(q.change_pct, '') AS REAL) AS change_pct,
       nullif(src.name, '') AS source, d.name AS document, q.line, q.repeats,
       strftime('%Y-%m-%dT%H:%M:%fZ', d.recorded_at / 1000.0, 'unixepoch') AS recorded_at,
       (SELECT count(*) FROM quote AS o
          WHERE o.series_id = q.series_id
            AND o.observed_at = q.observed_at
            AND (o.rate, o.scale, o.sides, o.change_pct) <> (q.rate, q.scale, q.sides, q.change_pct)
            AND (max(o.document_id, coalesce((SELECT max(g.document_id) FROM sighting AS g WHERE g.series_id = o.series_id AND g.observed_at = o.observed_at AND g.rate = o.rate AND g.scale = o.scale AND g.sides = o.sides AND g.change_pct = o.change_pct AND g.document_id <= 9223372036854775807), 0)), o.line, o.rate, o.scale, o.sides, o.change_pct) < (max(q.document_id, coalesce((SELECT max(g.document_id) FROM sighting AS g WHERE g.series_id = q.series_id AND g.observed_at = q.observed_at AND g.rate = q.rate AND g.scale = q.scale AND g.sides = q.sides AND g.change_pct = q.change_pct AND g.document_id <= 9223372036854775807), 0)), q.line, q.rate, q.scale, q.sides, q.change_pct)) AS revision
  FROM series AS s
  JOIN (SELECT *, substr('000000000000000000000000000000000000000000000000000000000000', 1, max(0, scale + 1 - length(CAST(rate AS TEXT)))) || rate AS digits
          FROM quote) AS q ON q.series_id = s.id
  JOIN source AS src ON src.id = s.source_id
  JOIN document AS d ON d.id = q.document_id
 )""",
    "standing_quotes": """
SELECT base || '/' || counter AS pair, base, counter, observed_at,
       coalesce(CAST(rate_text AS REAL), (bid + ask) / 2, bid, ask) AS rate, rate_text, bid, ask, change_pct,
       source, document, line, repeats, recorded_at, revision
  FROM (
SELECT s.base, s.counter,
       CASE WHEN q.observed_at & 1 THEN strftime('%Y-%m-%dT%H:%M:%fZ', (q.observed_at >> 1) / 1000.0, 'unixepoch') ELSE date((q.observed_at >> 1) / 1000.0, 'unixepoch') END AS observed_at,
       CASE WHEN q.rate = 0 THEN NULL
            WHEN q.scale <= 0 THEN q.digits || substr('000000000000000000000000000000000000000000000000000000000000', 1, -q.scale)
            ELSE substr(q.digits, 1, length(q.digits) - q.scale) || '.' || substr(q.digits, -q.scale)
        END AS rate_text,
       CAST(nullif(substr(q.sides, 1, instr(q.sides, '/') - 1), '') AS REAL) AS bid,
       CAST(nullif(substr(q.sides, instr(q.sides, '/') + 1), '') AS REAL) AS ask,
       CAST(nullif(q.change_pct, '') AS REAL) AS change_pct,
       nullif(src.name, '') AS source, d.name AS document, q.line, q.repeats,
       strftime('%Y-%m-%dT%H:%M:%fZ', d.recorded_at / 1000.0, 'unixepoch') AS recorded_at,
       (SELECT count(*) FROM quote AS o
          WHERE o.series_id = q.series_id
            AND o.observed_at = q.observed_at
            AND (o.rate, o.scale, o.sides, o.change_pct) <> (q.rate, q.scale, q.sides, q.change_pct)
            AND (max(o.document_id, coalesce((SELECT max(g.document_id) FROM sighting AS g WHERE g.series_id = o.series_id AND g.observed_at = o.observed_at AND g.rate = o.rate AND g.scale = o.scale AND g.sides = o.sides AND g.change_pct = o.change_pct AND g.document_id <= 9223372036854775807), 0)), o.line, o.rate, o.scale, o.sides, o.change_pct) < (max(q.document_id, coalesce((SELECT max(g.document_id) FROM sighting AS g WHERE g.series_id = q.series_id AND g.observed_at = q.observed_at AND g.rate = q.rate AND g.scale = q.scale AND g.sides = q.sides AND g.change_pct = q.change_pct AND g.document_id <= 9223372036854775807), 0)), q.line, q.rate, q.scale, q.sides, q.change_pct)) AS revision
  FROM series AS s
  JOIN (SELECT *, substr('000000000000000000000000000000000000000000000000000000000000', 1, max(0, scale + 1 - length(CAST(rate AS TEXT)))) || rate AS digits
          FROM quote) AS q ON q.series_id = s.id
  JOIN source AS src ON src.id = s.source_id
  JOIN document AS d ON d.id = q.document_id
 WHERE NOT EXISTS (
         SELECT 1 FROM quote AS o
          WHERE o.series_id = q.series_id
            AND o.observed_at = q.observed_at
            AND (o.rate, o.scale, o.sides, o.change_pct) <> (q.rate, q.scale, q.sides, q.change_pct)
            AND (max(o.document_id, coalesce((SELECT max(g.document_id) FROM sighting AS g WHERE g.series_id = o.series_id AND g.observed_at = o.observed_at AND g.rate = o.rate AND g.scale = o.scale AND g.sides = o.sides AND g.change_pct = o.change_pct AND g.document_id <= 9223372036854775807), 0)), o.line, o.rate, o.scale, o.sides, o.change_pct) > (max(q.document_id, coalesce((SELECT max(g.document_id) FROM sighting AS g WHERE g.series_id = q.series_id AND g.observed_at = q.observed_at AND g.rate = q.rate AND g.scale = q.scale AND g.sides = q.sides AND g.change_pct = q.change_pct AND g.document_id <= 9223372036854775807), 0)), q.line, q.rate, q.scale, q.sides, q.change_pct)))""",
    "latest_quotes": """
SELECT base || '/' || counter AS pair, base, counter, observed_at,
       coalesce(CAST(rate_text AS REAL), (bid + ask) / 2, bid, ask) AS rate, rate_text, bid, ask, change_pct,
       source, document, line, repeats, recorded_at, revision,
       CAST(julianday(date('now')) - julianday(substr(observed_at, 1, 10)) AS INTEGER) AS age_days
  FROM (
SELECT s.base, s.counter,
       CASE WHEN q.observed_at & 1 THEN strftime('%Y-%m-%dT%H:%M:%fZ', (q.observed_at >> 1) / 1000.0, 'unixepoch') ELSE date((q.observed_at >> 1) / 1000.0, 'unixepoch') END AS observed_at,
       CASE WHEN q.rate = 0 THEN NULL
            WHEN q.scale <= 0 THEN q.digits || substr('000000000000000000000000000000000000000000000000000000000000', 1, -q.scale)
            ELSE substr(q.digits, 1, length(q.digits) - q.scale) || '.' || substr(q.digits, -q.scale)
        END AS rate_text,
       CAST(nullif(substr(q.sides, 1, instr(q.sides, '/') - 1), '') AS REAL) AS bid,
       CAST(nullif(substr(q.sides, instr(q.sides, '/') + 1), '') AS REAL) AS ask,
       CAST(nullif(q.change_pct, '') AS REAL) AS change_pct,
       nullif(src.name, '') AS source, d.name AS document, q.line, q.repeats,
       strftime('%Y-%m-%dT%H:%M:%fZ', d.recorded_at / 1000.0, 'unixepoch') AS recorded_at,
       (SELECT count(*) FROM quote AS o
          WHERE o.series_id = q.series_id
            AND o.observed_at = q.observed_at
            AND (o.rate, o.scale, o.sides, o.change_pct) <> (q.rate, q.scale, q.sides, q.change_pct)
            AND (max(o.document_id, coalesce((SELECT max(g.document_id) FROM sighting AS g WHERE g.series_id = o.series_id AND g.observed_at = o.observed_at AND g.rate = o.rate AND g.scale = o.scale AND g.sides = o.sides AND g.change_pct = o.change_pct AND g.document_id <= 9223372036854775807), 0)), o.line, o.rate, o.scale, o.sides, o.change_pct) < (max(q.document_id, coalesce((SELECT max(g.document_id) FROM sighting AS g WHERE g.series_id = q.series_id AND g.observed_at = q.observed_at AND g.rate = q.rate AND g.scale = q.scale AND g.sides = q.sides AND g.change_pct = q.change_pct AND g.document_id <= 9223372036854775807), 0)), q.line, q.rate, q.scale, q.sides, q.change_pct)) AS revision
  FROM series AS s
  CROSS JOIN (SELECT *, substr('000000000000000000000000000000000000000000000000000000000000', 1, max(0, scale + 1 - length(CAST(rate AS TEXT)))) || rate AS digits
          FROM quote) AS q ON q.series_id = s.id AND q.observed_at = (SELECT max(observed_at) FROM quote WHERE series_id = s.id)
  JOIN source AS src ON src.id = s.source_id
  JOIN document AS d ON d.id = q.document_id
 WHERE NOT EXISTS (
         SELECT 1 FROM quote AS o
          WHERE o.series_id = q.series_id
            AND o.observed_at = q.observed_at
            AND (o.rate, o.scale, o.sides, o.change_pct) <> (q.rate, q.scale, q.sides, q.change_pct)
            AND (max(o.document_id, coalesce((SELECT max(g.document_id) FROM sighting AS g WHERE g.series_id = o.series_id AND g.observed_at = o.observed_at AND g.rate = o.rate AND g.scale = o.scale AND g.sides = o.sides AND g.change_pct = o.change_pct AND g.document_id <= 9223372036854775807), 0)), o.line, o.rate, o.scale, o.sides, o.change_pct) > (max(q.document_id, coalesce((SELECT max(g.document_id) FROM sighting AS g WHERE g.series_id = q.series_id AND g.observed_at = q.observed_at AND g.rate = q.rate AND g.scale = q.scale AND g.sides = q.sides AND g.change_pct = q.change_pct AND g.document_id <= 9223372036854775807), 0)), q.line, q.rate, q.scale, q.sides, q.change_pct))
   AND NOT EXISTS (
         SELECT 1
           FROM series AS os
           JOIN quote AS o ON o.series_id = os.id
            AND o.observed_at = (SELECT max(n.observed_at) FROM quote AS n WHERE n.series_id = os.id)
          WHERE os.base = s.base AND os.counter = s.counter AND os.id <> s.id
            AND (o.observed_at, max(o.document_id, coalesce((SELECT max(g.document_id) FROM sighting AS g WHERE g.series_id = o.series_id AND g.observed_at = o.observed_at AND g.rate = o.rate AND g.scale = o.scale AND g.sides = o.sides AND g.change_pct = o.change_pct AND g.document_id <= 9223372036854775807), 0)), o.line, o.rate, o.scale, o.sides, o.change_pct, os.id) > (q.observed_at, max(q.document_id, coalesce((SELECT max(g.document_id) FROM sighting AS g WHERE g.series_id = q.series_id AND g.observed_at = q.observed_at AND g.rate = q.rate AND g.scale = q.scale AND g.sides = q.sides AND g.change_pct = q.change_pct AND g.document_id <= 9223372036854775807), 0)), q.line, q.rate, q.scale, q.sides, q.change_pct, s.id)))""",
    "rates": """
SELECT base, counter, rate, observed_at, 'quoted' AS kind FROM standing_quotes
UNION ALL
SELECT counter, base,
       CASE WHEN instr(rate_text, '.')
            THEN CAST('1' || substr('000000000000000000000000000000000000000000000000000000000000', 1, length(rate_text) - instr(rate_text, '.')) AS REAL)
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
    "documents": """
SELECT d.name, nullif(src.name, '') AS source, d.sha256,
       CASE WHEN d.observed_at & 1 THEN strftime('%Y-%m-%dT%H:%M:%fZ', (d.observed_at >> 1) / 1000.0, 'unixepoch') ELSE date((d.observed_at >> 1) / 1000.0, 'unixepoch') END AS observed_at, d.time_basis,
       strftime('%Y-%m-%dT%H:%M:%fZ', d.recorded_at / 1000.0, 'unixepoch') AS recorded_at, d.quotes, d.repeats, d.rejects
  FROM document AS d
  JOIN source AS src ON src.id = d.source_id""",
    "rejects": """
SELECT d.name AS document, r.line, r.text, r.reason
  FROM reject AS r
  JOIN document AS d ON d.id = r.document_id""",
}


def upgrade() -> None:
    """Create every table, then every view."""
    if op.get_bind().dialect.name == "postgresql":
        return  # no server has ever been at this step: it begins with 0003
    for table in TABLES:
        op.get_bind().exec_driver_sql(table)
    for name, body in VIEWS.items():
        op.get_bind().exec_driver_sql(f"CREATE VIEW {name} AS{body}")


def downgrade() -> None:
    """Drop everything: the store would be empty."""
    for name in VIEWS:
        op.get_bind().exec_driver_sql(f"DROP VIEW {name}")
    for table in ("sighting", "quote", "reject", "document", "series", "source"):
        op.drop_table(table)
