"""Keep figures as whole numbers, and digests of what each document said.

The percent becomes a number, sides and what is too long for one text beside them: four bytes a quote less, and no
column that holds now a number, now text. ``document`` gains a digest of its quotes and a seal of the rest. Written out
as SQL, so that this step stays what it was when the code moves on.
"""

import zlib
from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"

DOCUMENT = """
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
    digest INTEGER NOT NULL,
    seal INTEGER NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (sha256, source_id, observed_at),
    FOREIGN KEY(source_id) REFERENCES source (id)
)
"""
DOCUMENT_BY_TIME = """
CREATE INDEX document_by_time ON document (recorded_at)
"""
ROWS = {
    "quote": """
CREATE TABLE quote (
    series_id INTEGER NOT NULL,
    observed_at INTEGER NOT NULL,
    rate INTEGER NOT NULL,
    scale INTEGER NOT NULL,
    rest TEXT NOT NULL,
    change INTEGER NOT NULL,
    document_id INTEGER NOT NULL,
    line INTEGER NOT NULL,
    times INTEGER DEFAULT 1 NOT NULL,
    PRIMARY KEY (series_id, observed_at, rate, scale, rest, change),
    FOREIGN KEY(series_id) REFERENCES series (id),
    FOREIGN KEY(document_id) REFERENCES document (id)
)
 WITHOUT ROWID,
 STRICT
""",
    "sighting": """
CREATE TABLE sighting (
    series_id INTEGER NOT NULL,
    observed_at INTEGER NOT NULL,
    rate INTEGER NOT NULL,
    scale INTEGER NOT NULL,
    rest TEXT NOT NULL,
    change INTEGER NOT NULL,
    document_id INTEGER NOT NULL,
    line INTEGER NOT NULL,
    times INTEGER DEFAULT 1 NOT NULL,
    PRIMARY KEY (series_id, observed_at, rate, scale, rest, change, document_id),
    FOREIGN KEY(series_id) REFERENCES series (id),
    FOREIGN KEY(document_id) REFERENCES document (id)
)
 WITHOUT ROWID,
 STRICT
""",
}

# A percent as a whole number: its digits times 8, its decimals and 1, with its sign; 0 where there is none, or too long.
DIGITS = "replace(ltrim(change_pct, '-'), '.', '')"
DECIMALS = "(CASE WHEN instr(change_pct, '.') THEN length(change_pct) - instr(change_pct, '.') ELSE 0 END)"
CHANGE = f"""CASE WHEN change_pct = '' OR length({DIGITS}) > 16 OR {DECIMALS} > 7 THEN 0
            ELSE (8 * CAST({DIGITS} AS INTEGER) + {DECIMALS} + 1)
                 * CASE WHEN substr(change_pct, 1, 1) = '-' THEN -1 ELSE 1 END END"""
LONG_RATE = "CASE WHEN typeof(rate) = 'text' THEN rate ELSE '' END"
LONG_CHANGE = f"CASE WHEN {CHANGE} = 0 THEN change_pct ELSE '' END"
COPY = f"""
INSERT INTO {{table}} (series_id, observed_at, rate, scale, rest, change, document_id, line, times)
SELECT series_id, observed_at, CASE WHEN typeof(rate) = 'text' THEN 0 ELSE rate END AS rate, scale,
       sides || CASE WHEN {LONG_RATE} = '' AND {LONG_CHANGE} = '' THEN ''
                     ELSE ' ' || {LONG_RATE} || ' ' || {LONG_CHANGE} END AS rest,
       {CHANGE} AS change, document_id, line,
       repeats + ((length(CAST(unit AS TEXT)) - 1) << 32) AS times
  FROM old_{{table}}
 ORDER BY series_id, observed_at, rate, scale, rest, change, document_id"""

DIGESTS = """
UPDATE document SET digest = (s.digest % 2147483659 + 2147483659) % 2147483659
  FROM (SELECT document_id, sum(digest) AS digest
          FROM (SELECT document_id, (q.series_id % 2147483659 * 7919 + q.observed_at % 2147483659 * 6197 + 1) % 2147483659 * ((q.rate % 2147483659 * 5557 + q.scale % 2147483659 * 4987 + q.change % 2147483659 * 4337 + q.line % 2147483659 * 3677 + q.times % 2147483659 * 3067 + CASE WHEN q.rest = '' THEN 0 ELSE length(q.rest) * 1999 + length(replace(q.rest, '0', '')) * 101 + length(replace(q.rest, '1', '')) * 211 + length(replace(q.rest, '2', '')) * 307 + length(replace(q.rest, '3', '')) * 401 + length(replace(q.rest, '4', '')) * 503 + length(replace(q.rest, '5', '')) * 601 + length(replace(q.rest, '6', '')) * 701 + length(replace(q.rest, '7', '')) * 809 + length(replace(q.rest, '8', '')) * 907 + length(replace(q.rest, '9', '')) * 1009 + length(replace(q.rest, '.', '')) * 1103 + length(replace(q.rest, '/', '')) * 1201 + length(replace(q.rest, '-', '')) * 1301 + length(replace(q.rest, ' ', '')) * 1409 END + 1) % 2147483659) % 2147483659 AS digest FROM quote AS q
                 UNION ALL
                SELECT document_id, (q.series_id % 2147483659 * 7919 + q.observed_at % 2147483659 * 6197 + 1) % 2147483659 * ((q.rate % 2147483659 * 5557 + q.scale % 2147483659 * 4987 + q.change % 2147483659 * 4337 + q.line % 2147483659 * 3677 + q.times % 2147483659 * 3067 + CASE WHEN q.rest = '' THEN 0 ELSE length(q.rest) * 1999 + length(replace(q.rest, '0', '')) * 101 + length(replace(q.rest, '1', '')) * 211 + length(replace(q.rest, '2', '')) * 307 + length(replace(q.rest, '3', '')) * 401 + length(replace(q.rest, '4', '')) * 503 + length(replace(q.rest, '5', '')) * 601 + length(replace(q.rest, '6', '')) * 701 + length(replace(q.rest, '7', '')) * 809 + length(replace(q.rest, '8', '')) * 907 + length(replace(q.rest, '9', '')) * 1009 + length(replace(q.rest, '.', '')) * 1103 + length(replace(q.rest, '/', '')) * 1201 + length(replace(q.rest, '-', '')) * 1301 + length(replace(q.rest, ' ', '')) * 1409 END + 1) % 2147483659) % 2147483659 AS digest FROM sighting AS q)
         GROUP BY document_id) AS s
 WHERE s.document_id = document.id"""
SEALED = "SELECT sha256, name, source_id, observed_at, time_basis, recorded_at, repeats, id FROM document"
OF_REJECTS = "SELECT number, line, place, text, reason FROM reject WHERE document_id = ? ORDER BY number"

VIEWS = {
    "quotes": """
SELECT base || '/' || counter AS pair, base, counter, observed_at,
       coalesce(CAST(rate_text AS REAL), (bid + ask) / 2, bid, ask) AS rate, rate_text, bid, ask, change_pct,
       source, document, line, repeats, recorded_at, revision
  FROM (
SELECT s.base, s.counter,
       CASE WHEN q.observed_at & 1 THEN strftime('%Y-%m-%dT%H:%M:%fZ', (q.observed_at >> 1) / 1000.0, 'unixepoch') ELSE date((q.observed_at >> 1) / 1000.0, 'unixepoch') END AS observed_at,
       CASE WHEN q.digits = '' THEN NULL ELSE CASE WHEN q.scale <= 0 THEN q.digits || substr('000000000000000000000000000000000000000000000000000000000000', 1, -q.scale) ELSE substr(substr('000000000000000000000000000000000000000000000000000000000000', 1, max(0, q.scale + 1 - length(q.digits))) || q.digits, 1, max(1, length(q.digits) - q.scale)) || '.' || substr(substr('000000000000000000000000000000000000000000000000000000000000', 1, max(0, q.scale + 1 - length(q.digits))) || q.digits, -q.scale) END END AS rate_text,
       CAST(nullif(substr(q.sides, 1, instr(q.sides, '/') - 1), '') AS REAL) AS bid,
       CAST(nullif(substr(q.sides, instr(q.sides, '/') + 1), '') AS REAL) AS ask,
       CASE WHEN q.change = 0 THEN CAST(nullif(q.long_change, '') AS REAL)
            ELSE CASE WHEN q.change < 0 THEN -1.0 ELSE 1.0 END * ((abs(q.change) - 1) / 8)
                 / CAST('1' || substr('000000000000000000000000000000000000000000000000000000000000', 1, (abs(q.change) - 1) % 8) AS REAL) END AS change_pct,
       nullif(src.name, '') AS source, d.name AS document, q.line, q.times & 4294967295 AS repeats,
       strftime('%Y-%m-%dT%H:%M:%fZ', d.recorded_at / 1000.0, 'unixepoch') AS recorded_at,
       (SELECT count(*) FROM quote AS o
          WHERE o.series_id = q.series_id
            AND o.observed_at = q.observed_at
            AND (o.rate, o.scale, o.rest, o.change) <> (q.rate, q.scale, q.rest, q.change)
            AND (max(o.document_id << 32 | o.line, coalesce((SELECT g.document_id << 32 | g.line FROM sighting AS g WHERE g.series_id = o.series_id AND g.observed_at = o.observed_at AND g.rate = o.rate AND g.scale = o.scale AND g.rest = o.rest AND g.change = o.change AND g.document_id <= 9223372036854775807 ORDER BY g.document_id DESC LIMIT 1), 0)), o.rate, o.scale, o.rest, o.change) < (max(q.document_id << 32 | q.line, coalesce((SELECT g.document_id << 32 | g.line FROM sighting AS g WHERE g.series_id = q.series_id AND g.observed_at = q.observed_at AND g.rate = q.rate AND g.scale = q.scale AND g.rest = q.rest AND g.change = q.change AND g.document_id <= 9223372036854775807 ORDER BY g.document_id DESC LIMIT 1), 0)), q.rate, q.scale, q.rest, q.change)) AS revision
  FROM series AS s
  JOIN (SELECT *, CASE WHEN rate = 0 THEN substr(substr(rest, instr(rest || ' ', ' ') + 1), 1, instr(substr(rest, instr(rest || ' ', ' ') + 1) || ' ', ' ') - 1) ELSE CAST(rate AS TEXT) END AS digits,
               substr(rest, 1, instr(rest || ' ', ' ') - 1) AS sides, substr(substr(rest, instr(rest || ' ', ' ') + 1), instr(substr(rest, instr(rest || ' ', ' ') + 1) || ' ', ' ') + 1) AS long_change
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
       CASE WHEN q.digits = '' THEN NULL ELSE CASE WHEN q.scale <= 0 THEN q.digits || substr('000000000000000000000000000000000000000000000000000000000000', 1, -q.scale) ELSE substr(substr('000000000000000000000000000000000000000000000000000000000000', 1, max(0, q.scale + 1 - length(q.digits))) || q.digits, 1, max(1, length(q.digits) - q.scale)) || '.' || substr(substr('000000000000000000000000000000000000000000000000000000000000', 1, max(0, q.scale + 1 - length(q.digits))) || q.digits, -q.scale) END END AS rate_text,
       CAST(nullif(substr(q.sides, 1, instr(q.sides, '/') - 1), '') AS REAL) AS bid,
       CAST(nullif(substr(q.sides, instr(q.sides, '/') + 1), '') AS REAL) AS ask,
       CASE WHEN q.change = 0 THEN CAST(nullif(q.long_change, '') AS REAL)
            ELSE CASE WHEN q.change < 0 THEN -1.0 ELSE 1.0 END * ((abs(q.change) - 1) / 8)
                 / CAST('1' || substr('000000000000000000000000000000000000000000000000000000000000', 1, (abs(q.change) - 1) % 8) AS REAL) END AS change_pct,
       nullif(src.name, '') AS source, d.name AS document, q.line, q.times & 4294967295 AS repeats,
       strftime('%Y-%m-%dT%H:%M:%fZ', d.recorded_at / 1000.0, 'unixepoch') AS recorded_at,
       (SELECT count(*) FROM quote AS o
          WHERE o.series_id = q.series_id
            AND o.observed_at = q.observed_at
            AND (o.rate, o.scale, o.rest, o.change) <> (q.rate, q.scale, q.rest, q.change)
            AND (max(o.document_id << 32 | o.line, coalesce((SELECT g.document_id << 32 | g.line FROM sighting AS g WHERE g.series_id = o.series_id AND g.observed_at = o.observed_at AND g.rate = o.rate AND g.scale = o.scale AND g.rest = o.rest AND g.change = o.change AND g.document_id <= 9223372036854775807 ORDER BY g.document_id DESC LIMIT 1), 0)), o.rate, o.scale, o.rest, o.change) < (max(q.document_id << 32 | q.line, coalesce((SELECT g.document_id << 32 | g.line FROM sighting AS g WHERE g.series_id = q.series_id AND g.observed_at = q.observed_at AND g.rate = q.rate AND g.scale = q.scale AND g.rest = q.rest AND g.change = q.change AND g.document_id <= 9223372036854775807 ORDER BY g.document_id DESC LIMIT 1), 0)), q.rate, q.scale, q.rest, q.change)) AS revision
  FROM series AS s
  JOIN (SELECT *, CASE WHEN rate = 0 THEN substr(substr(rest, instr(rest || ' ', ' ') + 1), 1, instr(substr(rest, instr(rest || ' ', ' ') + 1) || ' ', ' ') - 1) ELSE CAST(rate AS TEXT) END AS digits,
               substr(rest, 1, instr(rest || ' ', ' ') - 1) AS sides, substr(substr(rest, instr(rest || ' ', ' ') + 1), instr(substr(rest, instr(rest || ' ', ' ') + 1) || ' ', ' ') + 1) AS long_change
          FROM quote) AS q ON q.series_id = s.id
  JOIN source AS src ON src.id = s.source_id
  JOIN document AS d ON d.id = q.document_id
 WHERE NOT EXISTS (
         SELECT 1 FROM quote AS o
          WHERE o.series_id = q.series_id
            AND o.observed_at = q.observed_at
            AND (o.rate, o.scale, o.rest, o.change) <> (q.rate, q.scale, q.rest, q.change)
            AND (max(o.document_id << 32 | o.line, coalesce((SELECT g.document_id << 32 | g.line FROM sighting AS g WHERE g.series_id = o.series_id AND g.observed_at = o.observed_at AND g.rate = o.rate AND g.scale = o.scale AND g.rest = o.rest AND g.change = o.change AND g.document_id <= 9223372036854775807 ORDER BY g.document_id DESC LIMIT 1), 0)), o.rate, o.scale, o.rest, o.change) > (max(q.document_id << 32 | q.line, coalesce((SELECT g.document_id << 32 | g.line FROM sighting AS g WHERE g.series_id = q.series_id AND g.observed_at = q.observed_at AND g.rate = q.rate AND g.scale = q.scale AND g.rest = q.rest AND g.change = q.change AND g.document_id <= 9223372036854775807 ORDER BY g.document_id DESC LIMIT 1), 0)), q.rate, q.scale, q.rest, q.change)))""",
    "latest_quotes": """
SELECT base || '/' || counter AS pair, base, counter, observed_at,
       coalesce(CAST(rate_text AS REAL), (bid + ask) / 2, bid, ask) AS rate, rate_text, bid, ask, change_pct,
       source, document, line, repeats, recorded_at, revision,
       CAST(julianday(date('now')) - julianday(substr(observed_at, 1, 10)) AS INTEGER) AS age_days
  FROM (
SELECT s.base, s.counter,
       CASE WHEN q.observed_at & 1 THEN strftime('%Y-%m-%dT%H:%M:%fZ', (q.observed_at >> 1) / 1000.0, 'unixepoch') ELSE date((q.observed_at >> 1) / 1000.0, 'unixepoch') END AS observed_at,
       CASE WHEN q.digits = '' THEN NULL ELSE CASE WHEN q.scale <= 0 THEN q.digits || substr('000000000000000000000000000000000000000000000000000000000000', 1, -q.scale) ELSE substr(substr('000000000000000000000000000000000000000000000000000000000000', 1, max(0, q.scale + 1 - length(q.digits))) || q.digits, 1, max(1, length(q.digits) - q.scale)) || '.' || substr(substr('000000000000000000000000000000000000000000000000000000000000', 1, max(0, q.scale + 1 - length(q.digits))) || q.digits, -q.scale) END END AS rate_text,
       CAST(nullif(substr(q.sides, 1, instr(q.sides, '/') - 1), '') AS REAL) AS bid,
       CAST(nullif(substr(q.sides, instr(q.sides, '/') + 1), '') AS REAL) AS ask,
       CASE WHEN q.change = 0 THEN CAST(nullif(q.long_change, '') AS REAL)
            ELSE CASE WHEN q.change < 0 THEN -1.0 ELSE 1.0 END * ((abs(q.change) - 1) / 8)
                 / CAST('1' || substr('000000000000000000000000000000000000000000000000000000000000', 1, (abs(q.change) - 1) % 8) AS REAL) END AS change_pct,
       nullif(src.name, '') AS source, d.name AS document, q.line, q.times & 4294967295 AS repeats,
       strftime('%Y-%m-%dT%H:%M:%fZ', d.recorded_at / 1000.0, 'unixepoch') AS recorded_at,
       (SELECT count(*) FROM quote AS o
          WHERE o.series_id = q.series_id
            AND o.observed_at = q.observed_at
            AND (o.rate, o.scale, o.rest, o.change) <> (q.rate, q.scale, q.rest, q.change)
            AND (max(o.document_id << 32 | o.line, coalesce((SELECT g.document_id << 32 | g.line FROM sighting AS g WHERE g.series_id = o.series_id AND g.observed_at = o.observed_at AND g.rate = o.rate AND g.scale = o.scale AND g.rest = o.rest AND g.change = o.change AND g.document_id <= 9223372036854775807 ORDER BY g.document_id DESC LIMIT 1), 0)), o.rate, o.scale, o.rest, o.change) < (max(q.document_id << 32 | q.line, coalesce((SELECT g.document_id << 32 | g.line FROM sighting AS g WHERE g.series_id = q.series_id AND g.observed_at = q.observed_at AND g.rate = q.rate AND g.scale = q.scale AND g.rest = q.rest AND g.change = q.change AND g.document_id <= 9223372036854775807 ORDER BY g.document_id DESC LIMIT 1), 0)), q.rate, q.scale, q.rest, q.change)) AS revision
  FROM series AS s
  CROSS JOIN (SELECT *, CASE WHEN rate = 0 THEN substr(substr(rest, instr(rest || ' ', ' ') + 1), 1, instr(substr(rest, instr(rest || ' ', ' ') + 1) || ' ', ' ') - 1) ELSE CAST(rate AS TEXT) END AS digits,
               substr(rest, 1, instr(rest || ' ', ' ') - 1) AS sides, substr(substr(rest, instr(rest || ' ', ' ') + 1), instr(substr(rest, instr(rest || ' ', ' ') + 1) || ' ', ' ') + 1) AS long_change
          FROM quote) AS q ON q.series_id = s.id AND q.observed_at = (SELECT max(observed_at) FROM quote WHERE series_id = s.id)
  JOIN source AS src ON src.id = s.source_id
  JOIN document AS d ON d.id = q.document_id
 WHERE NOT EXISTS (
         SELECT 1 FROM quote AS o
          WHERE o.series_id = q.series_id
            AND o.observed_at = q.observed_at
            AND (o.rate, o.scale, o.rest, o.change) <> (q.rate, q.scale, q.rest, q.change)
            AND (max(o.document_id << 32 | o.line, coalesce((SELECT g.document_id << 32 | g.line FROM sighting AS g WHERE g.series_id = o.series_id AND g.observed_at = o.observed_at AND g.rate = o.rate AND g.scale = o.scale AND g.rest = o.rest AND g.change = o.change AND g.document_id <= 9223372036854775807 ORDER BY g.document_id DESC LIMIT 1), 0)), o.rate, o.scale, o.rest, o.change) > (max(q.document_id << 32 | q.line, coalesce((SELECT g.document_id << 32 | g.line FROM sighting AS g WHERE g.series_id = q.series_id AND g.observed_at = q.observed_at AND g.rate = q.rate AND g.scale = q.scale AND g.rest = q.rest AND g.change = q.change AND g.document_id <= 9223372036854775807 ORDER BY g.document_id DESC LIMIT 1), 0)), q.rate, q.scale, q.rest, q.change))
   AND NOT EXISTS (
         SELECT 1
           FROM series AS os
           JOIN quote AS o ON o.series_id = os.id
            AND o.observed_at = (SELECT max(n.observed_at) FROM quote AS n WHERE n.series_id = os.id)
          WHERE os.base = s.base AND os.counter = s.counter AND os.id <> s.id
            AND (o.observed_at, max(o.document_id << 32 | o.line, coalesce((SELECT g.document_id << 32 | g.line FROM sighting AS g WHERE g.series_id = o.series_id AND g.observed_at = o.observed_at AND g.rate = o.rate AND g.scale = o.scale AND g.rest = o.rest AND g.change = o.change AND g.document_id <= 9223372036854775807 ORDER BY g.document_id DESC LIMIT 1), 0)), o.rate, o.scale, o.rest, o.change, os.id) > (q.observed_at, max(q.document_id << 32 | q.line, coalesce((SELECT g.document_id << 32 | g.line FROM sighting AS g WHERE g.series_id = q.series_id AND g.observed_at = q.observed_at AND g.rate = q.rate AND g.scale = q.scale AND g.rest = q.rest AND g.change = q.change AND g.document_id <= 9223372036854775807 ORDER BY g.document_id DESC LIMIT 1), 0)), q.rate, q.scale, q.rest, q.change, s.id)))""",
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
WINDOW in_time AS (PARTITION BY base, counter, substr(observed_at, 1, 10) ORDER BY observed_at, source DESC
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


ON_A_SERVER = Path(__file__).with_name("0003_on_a_server.sql")


def upgrade() -> None:
    """Write the large tables anew; the views, which read them, are dropped before and made again after."""
    run = op.get_bind().exec_driver_sql
    if op.get_bind().dialect.name == "postgresql":  # the first step of a server
        for sql in ON_A_SERVER.read_text("utf-8").split(";\n"):
            run(sql.replace("%", "%%"))
        return
    for name in reversed(VIEWS):
        run(f"DROP VIEW {name}")
    run("CREATE TEMP TABLE old_document AS SELECT * FROM document")
    run("DROP TABLE document")  # under another name the tables that refer to it would follow it
    run(DOCUMENT)
    run(DOCUMENT_BY_TIME)
    run("INSERT INTO document SELECT *, 0, 0 FROM old_document")
    run("DROP TABLE old_document")
    for table, sql in ROWS.items():
        run(f"ALTER TABLE {table} RENAME TO old_{table}")
        run(sql)
        run(COPY.format(table=table))
        run(f"DROP TABLE old_{table}")
    run(DIGESTS)
    for *sealed, number in run(SEALED).fetchall():
        seal = zlib.crc32(repr(tuple(sealed)).encode())
        for reject in run(OF_REJECTS, (number,)).fetchall():
            seal = zlib.crc32(repr(tuple(reject)).encode(), seal)
        run("UPDATE document SET seal = ? WHERE id = ?", (seal, number))
    for name, body in VIEWS.items():
        run(f"CREATE VIEW {name} AS{body}")


def downgrade() -> None:
    """What a digest proves is lost with it."""
    raise NotImplementedError("go back by a backup: fx keeps no way down")
