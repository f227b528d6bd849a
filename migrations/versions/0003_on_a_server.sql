CREATE TABLE source (
	id BIGSERIAL NOT NULL,
	name TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (name)
);
CREATE TABLE document (
	id BIGSERIAL NOT NULL,
	sha256 TEXT COLLATE "C" NOT NULL,
	name TEXT COLLATE "C" NOT NULL,
	source_id BIGINT NOT NULL,
	observed_at BIGINT NOT NULL,
	time_basis TEXT COLLATE "C" NOT NULL,
	recorded_at BIGINT NOT NULL,
	quotes BIGINT NOT NULL,
	repeats BIGINT NOT NULL,
	rejects BIGINT NOT NULL,
	digest BIGINT NOT NULL,
	seal BIGINT NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (sha256, source_id, observed_at),
	FOREIGN KEY(source_id) REFERENCES source (id)
);
CREATE TABLE series (
	id BIGSERIAL NOT NULL,
	source_id BIGINT NOT NULL,
	base TEXT COLLATE "C" NOT NULL,
	counter TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (base, counter, source_id),
	CHECK (base <> counter),
	FOREIGN KEY(source_id) REFERENCES source (id)
);
CREATE TABLE quote (
	series_id BIGINT NOT NULL,
	observed_at BIGINT NOT NULL,
	rate BIGINT NOT NULL,
	scale INTEGER NOT NULL,
	rest TEXT COLLATE "C" NOT NULL,
	change BIGINT NOT NULL,
	document_id BIGINT NOT NULL,
	line BIGINT NOT NULL,
	times BIGINT DEFAULT 1 NOT NULL,
	PRIMARY KEY (series_id, observed_at, rate, scale, rest, change),
	FOREIGN KEY(series_id) REFERENCES series (id),
	FOREIGN KEY(document_id) REFERENCES document (id)
);
CREATE TABLE reject (
	document_id BIGINT NOT NULL,
	number BIGINT NOT NULL,
	line BIGINT NOT NULL,
	place BIGINT NOT NULL,
	text TEXT COLLATE "C" NOT NULL,
	reason TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (document_id, number),
	FOREIGN KEY(document_id) REFERENCES document (id)
);
CREATE TABLE sighting (
	series_id BIGINT NOT NULL,
	observed_at BIGINT NOT NULL,
	rate BIGINT NOT NULL,
	scale INTEGER NOT NULL,
	rest TEXT COLLATE "C" NOT NULL,
	change BIGINT NOT NULL,
	document_id BIGINT NOT NULL,
	line BIGINT NOT NULL,
	times BIGINT DEFAULT 1 NOT NULL,
	PRIMARY KEY (series_id, observed_at, rate, scale, rest, change, document_id),
	FOREIGN KEY(series_id) REFERENCES series (id),
	FOREIGN KEY(document_id) REFERENCES document (id)
);
CREATE INDEX document_by_time ON document (recorded_at);
CREATE INDEX series_by_counter ON series (counter, base);
CREATE INDEX quote_by_document ON quote (document_id);
CREATE INDEX sighting_by_document ON sighting (document_id);
CREATE VIEW quotes AS
SELECT base || '/' || counter AS pair, base, counter, observed_at,
       coalesce(CAST(rate_text AS double precision), (bid + ask) / 2, bid, ask) AS rate, rate_text, bid, ask, change_pct,
       source, document, line, repeats, recorded_at, revision
  FROM (
SELECT s.base, s.counter,
       CASE WHEN (q.observed_at & 1) = 1 THEN to_char((timestamp '1970-01-01' + ((q.observed_at >> 1) / 86400000) * interval '1 day' + mod((q.observed_at >> 1), 86400000) * interval '1 millisecond'), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') COLLATE "C" ELSE to_char((timestamp '1970-01-01' + ((q.observed_at >> 1) / 86400000) * interval '1 day' + mod((q.observed_at >> 1), 86400000) * interval '1 millisecond'), 'YYYY-MM-DD') COLLATE "C" END AS observed_at,
       CASE WHEN q.digits = '' THEN NULL ELSE CASE WHEN q.scale <= 0 THEN q.digits || substr('000000000000000000000000000000000000000000000000000000000000', 1, CAST(-q.scale AS integer)) ELSE substr(substr('000000000000000000000000000000000000000000000000000000000000', 1, CAST(greatest(0, q.scale + 1 - length(q.digits)) AS integer)) || q.digits, 1, CAST(greatest(1, length(q.digits) - q.scale) AS integer)) || '.' || right(substr('000000000000000000000000000000000000000000000000000000000000', 1, CAST(greatest(0, q.scale + 1 - length(q.digits)) AS integer)) || q.digits, CAST(q.scale AS integer)) END END AS rate_text,
       CAST(nullif(split_part(q.sides, '/', 1), '') AS double precision) AS bid,
       CAST(nullif(split_part(q.sides, '/', 2), '') AS double precision) AS ask,
       CASE WHEN q.change = 0 THEN CAST(nullif(q.long_change, '') AS double precision)
            ELSE CASE WHEN q.change < 0 THEN -1.0 ELSE 1.0 END * ((abs(q.change) - 1) / 8)
                 / CAST('1' || substr('000000000000000000000000000000000000000000000000000000000000', 1, CAST((abs(q.change) - 1) % 8 AS integer)) AS double precision) END AS change_pct,
       nullif(src.name, '') AS source, d.name AS document, q.line, q.times & 4294967295 AS repeats,
       to_char((timestamp '1970-01-01' + (d.recorded_at / 86400000) * interval '1 day' + mod(d.recorded_at, 86400000) * interval '1 millisecond'), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') COLLATE "C" AS recorded_at,
       (SELECT count(*) FROM quote AS o
          WHERE o.series_id = q.series_id
            AND o.observed_at = q.observed_at
            AND (o.rate, o.scale, o.rest, o.change) <> (q.rate, q.scale, q.rest, q.change)
            AND (greatest(o.document_id << 32 | o.line, coalesce((SELECT g.document_id << 32 | g.line FROM sighting AS g WHERE g.series_id = o.series_id AND g.observed_at = o.observed_at AND g.rate = o.rate AND g.scale = o.scale AND g.rest = o.rest AND g.change = o.change AND g.document_id <= 9223372036854775807 ORDER BY g.document_id DESC LIMIT 1), 0)), o.rate, o.scale, o.rest, o.change) < (greatest(q.document_id << 32 | q.line, coalesce((SELECT g.document_id << 32 | g.line FROM sighting AS g WHERE g.series_id = q.series_id AND g.observed_at = q.observed_at AND g.rate = q.rate AND g.scale = q.scale AND g.rest = q.rest AND g.change = q.change AND g.document_id <= 9223372036854775807 ORDER BY g.document_id DESC LIMIT 1), 0)), q.rate, q.scale, q.rest, q.change)) AS revision
  FROM series AS s
  JOIN (SELECT *, CASE WHEN rate = 0 THEN substr(substr(rest, CAST(strpos(rest || ' ', ' ') + 1 AS integer)), 1, CAST(strpos(substr(rest, CAST(strpos(rest || ' ', ' ') + 1 AS integer)) || ' ', ' ') - 1 AS integer)) ELSE CAST(rate AS TEXT) END AS digits,
               substr(rest, 1, CAST(strpos(rest || ' ', ' ') - 1 AS integer)) AS sides, substr(substr(rest, CAST(strpos(rest || ' ', ' ') + 1 AS integer)), CAST(strpos(substr(rest, CAST(strpos(rest || ' ', ' ') + 1 AS integer)) || ' ', ' ') + 1 AS integer)) AS long_change
          FROM quote) AS q ON q.series_id = s.id
  JOIN source AS src ON src.id = s.source_id
  JOIN document AS d ON d.id = q.document_id
 ) AS part1;
CREATE VIEW standing_quotes AS
SELECT base || '/' || counter AS pair, base, counter, observed_at,
       coalesce(CAST(rate_text AS double precision), (bid + ask) / 2, bid, ask) AS rate, rate_text, bid, ask, change_pct,
       source, document, line, repeats, recorded_at, revision
  FROM (
SELECT s.base, s.counter,
       CASE WHEN (q.observed_at & 1) = 1 THEN to_char((timestamp '1970-01-01' + ((q.observed_at >> 1) / 86400000) * interval '1 day' + mod((q.observed_at >> 1), 86400000) * interval '1 millisecond'), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') COLLATE "C" ELSE to_char((timestamp '1970-01-01' + ((q.observed_at >> 1) / 86400000) * interval '1 day' + mod((q.observed_at >> 1), 86400000) * interval '1 millisecond'), 'YYYY-MM-DD') COLLATE "C" END AS observed_at,
       CASE WHEN q.digits = '' THEN NULL ELSE CASE WHEN q.scale <= 0 THEN q.digits || substr('000000000000000000000000000000000000000000000000000000000000', 1, CAST(-q.scale AS integer)) ELSE substr(substr('000000000000000000000000000000000000000000000000000000000000', 1, CAST(greatest(0, q.scale + 1 - length(q.digits)) AS integer)) || q.digits, 1, CAST(greatest(1, length(q.digits) - q.scale) AS integer)) || '.' || right(substr('000000000000000000000000000000000000000000000000000000000000', 1, CAST(greatest(0, q.scale + 1 - length(q.digits)) AS integer)) || q.digits, CAST(q.scale AS integer)) END END AS rate_text,
       CAST(nullif(split_part(q.sides, '/', 1), '') AS double precision) AS bid,
       CAST(nullif(split_part(q.sides, '/', 2), '') AS double precision) AS ask,
       CASE WHEN q.change = 0 THEN CAST(nullif(q.long_change, '') AS double precision)
            ELSE CASE WHEN q.change < 0 THEN -1.0 ELSE 1.0 END * ((abs(q.change) - 1) / 8)
                 / CAST('1' || substr('000000000000000000000000000000000000000000000000000000000000', 1, CAST((abs(q.change) - 1) % 8 AS integer)) AS double precision) END AS change_pct,
       nullif(src.name, '') AS source, d.name AS document, q.line, q.times & 4294967295 AS repeats,
       to_char((timestamp '1970-01-01' + (d.recorded_at / 86400000) * interval '1 day' + mod(d.recorded_at, 86400000) * interval '1 millisecond'), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') COLLATE "C" AS recorded_at,
       (SELECT count(*) FROM quote AS o
          WHERE o.series_id = q.series_id
            AND o.observed_at = q.observed_at
            AND (o.rate, o.scale, o.rest, o.change) <> (q.rate, q.scale, q.rest, q.change)
            AND (greatest(o.document_id << 32 | o.line, coalesce((SELECT g.document_id << 32 | g.line FROM sighting AS g WHERE g.series_id = o.series_id AND g.observed_at = o.observed_at AND g.rate = o.rate AND g.scale = o.scale AND g.rest = o.rest AND g.change = o.change AND g.document_id <= 9223372036854775807 ORDER BY g.document_id DESC LIMIT 1), 0)), o.rate, o.scale, o.rest, o.change) < (greatest(q.document_id << 32 | q.line, coalesce((SELECT g.document_id << 32 | g.line FROM sighting AS g WHERE g.series_id = q.series_id AND g.observed_at = q.observed_at AND g.rate = q.rate AND g.scale = q.scale AND g.rest = q.rest AND g.change = q.change AND g.document_id <= 9223372036854775807 ORDER BY g.document_id DESC LIMIT 1), 0)), q.rate, q.scale, q.rest, q.change)) AS revision
  FROM series AS s
  JOIN (SELECT *, CASE WHEN rate = 0 THEN substr(substr(rest, CAST(strpos(rest || ' ', ' ') + 1 AS integer)), 1, CAST(strpos(substr(rest, CAST(strpos(rest || ' ', ' ') + 1 AS integer)) || ' ', ' ') - 1 AS integer)) ELSE CAST(rate AS TEXT) END AS digits,
               substr(rest, 1, CAST(strpos(rest || ' ', ' ') - 1 AS integer)) AS sides, substr(substr(rest, CAST(strpos(rest || ' ', ' ') + 1 AS integer)), CAST(strpos(substr(rest, CAST(strpos(rest || ' ', ' ') + 1 AS integer)) || ' ', ' ') + 1 AS integer)) AS long_change
          FROM quote) AS q ON q.series_id = s.id
  JOIN source AS src ON src.id = s.source_id
  JOIN document AS d ON d.id = q.document_id
 WHERE NOT EXISTS (
         SELECT 1 FROM quote AS o
          WHERE o.series_id = q.series_id
            AND o.observed_at = q.observed_at
            AND (o.rate, o.scale, o.rest, o.change) <> (q.rate, q.scale, q.rest, q.change)
            AND (greatest(o.document_id << 32 | o.line, coalesce((SELECT g.document_id << 32 | g.line FROM sighting AS g WHERE g.series_id = o.series_id AND g.observed_at = o.observed_at AND g.rate = o.rate AND g.scale = o.scale AND g.rest = o.rest AND g.change = o.change AND g.document_id <= 9223372036854775807 ORDER BY g.document_id DESC LIMIT 1), 0)), o.rate, o.scale, o.rest, o.change) > (greatest(q.document_id << 32 | q.line, coalesce((SELECT g.document_id << 32 | g.line FROM sighting AS g WHERE g.series_id = q.series_id AND g.observed_at = q.observed_at AND g.rate = q.rate AND g.scale = q.scale AND g.rest = q.rest AND g.change = q.change AND g.document_id <= 9223372036854775807 ORDER BY g.document_id DESC LIMIT 1), 0)), q.rate, q.scale, q.rest, q.change))) AS part1;
CREATE VIEW latest_quotes AS
SELECT base || '/' || counter AS pair, base, counter, observed_at,
       coalesce(CAST(rate_text AS double precision), (bid + ask) / 2, bid, ask) AS rate, rate_text, bid, ask, change_pct,
       source, document, line, repeats, recorded_at, revision,
       (CAST(now() AT TIME ZONE 'UTC' AS date) - CAST(substr(observed_at, 1, 10) AS date)) AS age_days
  FROM (
SELECT s.base, s.counter,
       CASE WHEN (q.observed_at & 1) = 1 THEN to_char((timestamp '1970-01-01' + ((q.observed_at >> 1) / 86400000) * interval '1 day' + mod((q.observed_at >> 1), 86400000) * interval '1 millisecond'), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') COLLATE "C" ELSE to_char((timestamp '1970-01-01' + ((q.observed_at >> 1) / 86400000) * interval '1 day' + mod((q.observed_at >> 1), 86400000) * interval '1 millisecond'), 'YYYY-MM-DD') COLLATE "C" END AS observed_at,
       CASE WHEN q.digits = '' THEN NULL ELSE CASE WHEN q.scale <= 0 THEN q.digits || substr('000000000000000000000000000000000000000000000000000000000000', 1, CAST(-q.scale AS integer)) ELSE substr(substr('000000000000000000000000000000000000000000000000000000000000', 1, CAST(greatest(0, q.scale + 1 - length(q.digits)) AS integer)) || q.digits, 1, CAST(greatest(1, length(q.digits) - q.scale) AS integer)) || '.' || right(substr('000000000000000000000000000000000000000000000000000000000000', 1, CAST(greatest(0, q.scale + 1 - length(q.digits)) AS integer)) || q.digits, CAST(q.scale AS integer)) END END AS rate_text,
       CAST(nullif(split_part(q.sides, '/', 1), '') AS double precision) AS bid,
       CAST(nullif(split_part(q.sides, '/', 2), '') AS double precision) AS ask,
       CASE WHEN q.change = 0 THEN CAST(nullif(q.long_change, '') AS double precision)
            ELSE CASE WHEN q.change < 0 THEN -1.0 ELSE 1.0 END * ((abs(q.change) - 1) / 8)
                 / CAST('1' || substr('000000000000000000000000000000000000000000000000000000000000', 1, CAST((abs(q.change) - 1) % 8 AS integer)) AS double precision) END AS change_pct,
       nullif(src.name, '') AS source, d.name AS document, q.line, q.times & 4294967295 AS repeats,
       to_char((timestamp '1970-01-01' + (d.recorded_at / 86400000) * interval '1 day' + mod(d.recorded_at, 86400000) * interval '1 millisecond'), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') COLLATE "C" AS recorded_at,
       (SELECT count(*) FROM quote AS o
          WHERE o.series_id = q.series_id
            AND o.observed_at = q.observed_at
            AND (o.rate, o.scale, o.rest, o.change) <> (q.rate, q.scale, q.rest, q.change)
            AND (greatest(o.document_id << 32 | o.line, coalesce((SELECT g.document_id << 32 | g.line FROM sighting AS g WHERE g.series_id = o.series_id AND g.observed_at = o.observed_at AND g.rate = o.rate AND g.scale = o.scale AND g.rest = o.rest AND g.change = o.change AND g.document_id <= 9223372036854775807 ORDER BY g.document_id DESC LIMIT 1), 0)), o.rate, o.scale, o.rest, o.change) < (greatest(q.document_id << 32 | q.line, coalesce((SELECT g.document_id << 32 | g.line FROM sighting AS g WHERE g.series_id = q.series_id AND g.observed_at = q.observed_at AND g.rate = q.rate AND g.scale = q.scale AND g.rest = q.rest AND g.change = q.change AND g.document_id <= 9223372036854775807 ORDER BY g.document_id DESC LIMIT 1), 0)), q.rate, q.scale, q.rest, q.change)) AS revision
  FROM series AS s
  JOIN (SELECT *, CASE WHEN rate = 0 THEN substr(substr(rest, CAST(strpos(rest || ' ', ' ') + 1 AS integer)), 1, CAST(strpos(substr(rest, CAST(strpos(rest || ' ', ' ') + 1 AS integer)) || ' ', ' ') - 1 AS integer)) ELSE CAST(rate AS TEXT) END AS digits,
               substr(rest, 1, CAST(strpos(rest || ' ', ' ') - 1 AS integer)) AS sides, substr(substr(rest, CAST(strpos(rest || ' ', ' ') + 1 AS integer)), CAST(strpos(substr(rest, CAST(strpos(rest || ' ', ' ') + 1 AS integer)) || ' ', ' ') + 1 AS integer)) AS long_change
          FROM quote) AS q ON q.series_id = s.id AND q.observed_at = (SELECT max(observed_at) FROM quote WHERE series_id = s.id)
  JOIN source AS src ON src.id = s.source_id
  JOIN document AS d ON d.id = q.document_id
 WHERE NOT EXISTS (
         SELECT 1 FROM quote AS o
          WHERE o.series_id = q.series_id
            AND o.observed_at = q.observed_at
            AND (o.rate, o.scale, o.rest, o.change) <> (q.rate, q.scale, q.rest, q.change)
            AND (greatest(o.document_id << 32 | o.line, coalesce((SELECT g.document_id << 32 | g.line FROM sighting AS g WHERE g.series_id = o.series_id AND g.observed_at = o.observed_at AND g.rate = o.rate AND g.scale = o.scale AND g.rest = o.rest AND g.change = o.change AND g.document_id <= 9223372036854775807 ORDER BY g.document_id DESC LIMIT 1), 0)), o.rate, o.scale, o.rest, o.change) > (greatest(q.document_id << 32 | q.line, coalesce((SELECT g.document_id << 32 | g.line FROM sighting AS g WHERE g.series_id = q.series_id AND g.observed_at = q.observed_at AND g.rate = q.rate AND g.scale = q.scale AND g.rest = q.rest AND g.change = q.change AND g.document_id <= 9223372036854775807 ORDER BY g.document_id DESC LIMIT 1), 0)), q.rate, q.scale, q.rest, q.change))
   AND NOT EXISTS (
         SELECT 1
           FROM series AS os
           JOIN quote AS o ON o.series_id = os.id
            AND o.observed_at = (SELECT max(n.observed_at) FROM quote AS n WHERE n.series_id = os.id)
          WHERE os.base = s.base AND os.counter = s.counter AND os.id <> s.id
            AND (o.observed_at, greatest(o.document_id << 32 | o.line, coalesce((SELECT g.document_id << 32 | g.line FROM sighting AS g WHERE g.series_id = o.series_id AND g.observed_at = o.observed_at AND g.rate = o.rate AND g.scale = o.scale AND g.rest = o.rest AND g.change = o.change AND g.document_id <= 9223372036854775807 ORDER BY g.document_id DESC LIMIT 1), 0)), o.rate, o.scale, o.rest, o.change, os.id) > (q.observed_at, greatest(q.document_id << 32 | q.line, coalesce((SELECT g.document_id << 32 | g.line FROM sighting AS g WHERE g.series_id = q.series_id AND g.observed_at = q.observed_at AND g.rate = q.rate AND g.scale = q.scale AND g.rest = q.rest AND g.change = q.change AND g.document_id <= 9223372036854775807 ORDER BY g.document_id DESC LIMIT 1), 0)), q.rate, q.scale, q.rest, q.change, s.id))) AS part1;
CREATE VIEW rates AS
SELECT base, counter, rate, observed_at, 'quoted' AS kind FROM standing_quotes
UNION ALL
SELECT counter, base,
       CASE WHEN strpos(rate_text, '.') > 0
            THEN CAST('1' || substr('000000000000000000000000000000000000000000000000000000000000', 1, CAST(length(rate_text) - strpos(rate_text, '.') AS integer)) AS double precision)
                 / CAST(replace(rate_text, '.', '') AS double precision)
            ELSE 1.0 / rate END, observed_at, 'inverse' FROM standing_quotes;
CREATE VIEW daily_rates AS
SELECT DISTINCT substr(observed_at, 1, 10) AS day, base, counter,
       first_value(rate) OVER in_time AS open,
       max(rate) OVER in_time AS high,
       min(rate) OVER in_time AS low,
       last_value(rate) OVER in_time AS close,
       count(*) OVER in_time AS quotes
  FROM standing_quotes
WINDOW in_time AS (PARTITION BY base, counter, substr(observed_at, 1, 10) ORDER BY observed_at, source DESC NULLS LAST
                   ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING);
CREATE VIEW documents AS
SELECT d.name, nullif(src.name, '') AS source, d.sha256,
       CASE WHEN (d.observed_at & 1) = 1 THEN to_char((timestamp '1970-01-01' + ((d.observed_at >> 1) / 86400000) * interval '1 day' + mod((d.observed_at >> 1), 86400000) * interval '1 millisecond'), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') COLLATE "C" ELSE to_char((timestamp '1970-01-01' + ((d.observed_at >> 1) / 86400000) * interval '1 day' + mod((d.observed_at >> 1), 86400000) * interval '1 millisecond'), 'YYYY-MM-DD') COLLATE "C" END AS observed_at, d.time_basis,
       to_char((timestamp '1970-01-01' + (d.recorded_at / 86400000) * interval '1 day' + mod(d.recorded_at, 86400000) * interval '1 millisecond'), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') COLLATE "C" AS recorded_at, d.quotes, d.repeats, d.rejects
  FROM document AS d
  JOIN source AS src ON src.id = d.source_id;
CREATE VIEW rejects AS
SELECT d.name AS document, r.line, r.text, r.reason
  FROM reject AS r
  JOIN document AS d ON d.id = r.document_id
