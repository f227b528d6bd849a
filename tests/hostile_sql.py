"""SQL that means ill, and SQL that does not, for the tests of the door."""

from __future__ import annotations

__all__ = ["BOMBS", "HARMLESS", "NUMBERS", "REFUSED"]

NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n{limit}) "
ENDLESS = NUMBERS.format(limit="")
LONG = "replace(hex(zeroblob(65000)), '0', 'a')"
HALF = "replace(hex(zeroblob(32000)), '0', 'a')"
TEXTS = (
    "WITH t(a, b) AS (SELECT replace(hex(zeroblob(42000)), '0', 'a'), replace(hex(zeroblob(21000)), '0', 'a') || 'b') "
)


def laughs(levels: int, body: str) -> str:
    """Tables of which each holds the one before it twice: a billion laughs."""
    parts = [f"c{number} AS ({body.format(p=f'c{number - 1}')})" for number in range(1, levels + 1)]
    return f"WITH c0 AS (SELECT 1 AS a), {', '.join(parts)} SELECT * FROM c{levels}"


REFUSED = {
    # writes
    "DELETE FROM quote": "reading only",
    "UPDATE quote SET rate = 1": "reading only",
    "INSERT INTO source (name) VALUES ('x')": "reading only",
    "REPLACE INTO source (id, name) VALUES (1, 'x')": "reading only",
    "INSERT INTO source (name) VALUES ('x') RETURNING id": "reading only",
    "WITH x AS (SELECT 1) DELETE FROM quote": "reading only",
    "DELETE FROM sqlite_master": "may not be modified",
    "CREATE TABLE made (a)": "reading only",
    "CREATE TABLE made AS SELECT * FROM quotes": "reading only",
    "CREATE TEMP TABLE made (a)": "reading only",
    "CREATE TEMP VIEW made AS SELECT 1": "reading only",
    "CREATE TEMP TRIGGER made AFTER INSERT ON quote BEGIN SELECT 1; END": "reading only",
    "CREATE VIEW made AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT * FROM n": "reading only",
    "CREATE INDEX made ON quote (rate)": "reading only",
    "CREATE VIRTUAL TABLE made USING fts5(a)": "reading only",
    "CREATE VIRTUAL TABLE temp.made USING dbstat": "reading only",
    "DROP TABLE quote": "reading only",
    "DROP VIEW quotes": "reading only",
    "ALTER TABLE quote RENAME TO gone": "reading only",
    "REINDEX": "reading only",
    "ANALYZE": "reading only",
    "EXPLAIN DELETE FROM quote": "reading only",
    # other files, other moments
    "ATTACH '{folder}/made.db' AS made": "ATTACH",
    "ATTACH ':memory:' AS made": "ATTACH",
    "ATTACH 'file:{folder}/made.db?mode=rwc' AS made": "ATTACH",
    "DETACH main": "DETACH",
    "VACUUM": "VACUUM",
    "VACUUM INTO '{folder}/made.db'": "VACUUM",
    "BEGIN IMMEDIATE": "transactions",
    "COMMIT": "transactions",
    "ROLLBACK": "transactions",
    "SAVEPOINT made": "savepoints",
    # switches
    "PRAGMA query_only = 0": "PRAGMA",
    "PRAGMA writable_schema = 1": "PRAGMA",
    "PRAGMA journal_mode = DELETE": "PRAGMA",
    "PRAGMA user_version = 7": "PRAGMA",
    "PRAGMA temp_store_directory = '{folder}'": "PRAGMA",
    "PRAGMA hard_heap_limit = 0": "PRAGMA",
    "PRAGMA trusted_schema = 1": "PRAGMA",
    "PRAGMA wal_checkpoint(TRUNCATE)": "PRAGMA",
    "PRAGMA optimize": "PRAGMA",
    "PRAGMA incremental_vacuum(1)": "PRAGMA",
    "PRAGMA mmap_size = 100000000000": "PRAGMA",
    "PRAGMA cache_size = -100000000": "PRAGMA",
    "PRAGMA case_sensitive_like = 1": "PRAGMA",
    "SELECT * FROM pragma_optimize": "PRAGMA",
    # functions and tables that do more than compute
    "SELECT load_extension('{folder}/made.so')": "not authorized|the function",
    "SELECT readfile('/etc/passwd')": "the function|no such function",
    "SELECT writefile('{folder}/made.db', 'x')": "the function|no such function",
    "SELECT edit('x', 'sh')": "the function|no such function",
    "SELECT fts3_tokenizer('simple')": "the function|no such function",
    "SELECT fts3_tokenizer('simple', x'4141414141414141')": "the function|no such function",
    "SELECT sqlite_log(1, 'x')": "the function|no such function",
    "SELECT * FROM sqlite_stmt": "the table|no such table",
    "SELECT * FROM fsdir('/')": "the table|no such table",
    "SELECT json_patch('{{}}', '{{}}')": "the function",
    "SELECT json_set('{{}}', '$' || replace(hex(zeroblob(30000)), '0', '.a'), 1)": "the function",
    # shapes
    "SELECT 1; DELETE FROM quote": "one statement",
    "SELECT 1; SELECT 2": "one statement",
    "SELECT 1 /* ; */; -- and\nDROP TABLE quote": "one statement",
    "SELECT 1\0; DROP TABLE quote": "null character",
    "SELECT '\udcff'": "cannot be asked",
    "SELECT " + "1, " * 400_000 + "1": "longer than",
    "SELECT " + "(" * 5_000 + "1" + ")" * 5_000: "overflow|too large",
    "SELECT " + "1 + " * 5_000 + "1": "too large",
    "SELECT " + "-" * 0 + "NOT " * 5_000 + "1": "too large|overflow",
    "SELECT 1" + " UNION ALL SELECT 1" * 3_000: "too many terms",
    "SELECT 'a' LIKE '" + "%a" * 20_000 + "'": "too complex",
    "SELECT 'a' GLOB '" + "*[a-c]" * 5_000 + "'": "too complex",
    f"SELECT {LONG} LIKE '%' || {HALF} || 'b'": "too complex",
    "SELECT abs(-9223372036854775808)": "integer overflow",
    "SELECT " + ", ".join(["instr('a', 'b')"] * 200): "more than 150",
    "SELECT " + ", ".join(["abs(1)"] * 1_500): "more than 1000",
    "SELECT " + ", ".join("?" * 5_000): "too many SQL variables|cannot be asked",
    "SELECT ?9999999": "variable number",
}
"""Each with a part of what is said of it; ``{folder}`` is where nothing may be made."""

BOMBS = {
    # time
    f"{ENDLESS}SELECT count(*) FROM n": "did not end",
    f"{ENDLESS}SELECT i FROM n WHERE i < 0": "did not end",
    f"{ENDLESS}SELECT max(fx_convert(i, 'KZT', 'USD')) FROM n": "did not end",
    f"{ENDLESS}SELECT max(trim(i, '0')) FROM n": "did not end",
    f"{ENDLESS}SELECT max(printf('%9.2f', i)) FROM n": "did not end",
    f"{ENDLESS}SELECT sum(length(replace({LONG}, i, ''))) FROM n": "did not end",
    f"{ENDLESS}SELECT sum({LONG} LIKE '%a_a%a_a%' || i) FROM n": "did not end",
    f"{ENDLESS}SELECT sum(json_valid('[' || replace(hex(zeroblob(30000)), '0', '1,') || i || ']')) FROM n": "did not end",
    f"WITH RECURSIVE {TEXTS[5:].strip()}, {ENDLESS[15:]}SELECT sum(instr(a || '', b || i)) FROM t, n": "did not end",
    f"{NUMBERS.format(limit=' LIMIT 5000')}SELECT count(*) FROM n a, n b, n c, n d": "did not end",
    f"{NUMBERS.format(limit=' LIMIT 5000')}SELECT count(*) FROM n a, n b, n c WHERE a.i || b.i = c.i": "did not end",
    f"{NUMBERS.format(limit=' LIMIT 100000')}SELECT (SELECT max(b.i) FROM n b WHERE b.i % a.i = 0) FROM n a": "did not end",
    "SELECT count(*) FROM json_tree((SELECT replace(hex(zeroblob(900)), '0', '[') || replace(hex(zeroblob(900)), '0',"
    " ']'))) a, json_tree((SELECT replace(hex(zeroblob(900)), '0', '[') || replace(hex(zeroblob(900)), '0', ']'))) b,"
    " quotes c, quotes d, quotes e": "did not end",
    "SELECT count(*) FROM " + ", ".join(f"quotes q{number}" for number in range(14)): "did not end",
    f"SELECT max(length(g)) FROM (SELECT group_concat(i, 'aaaaaaaaaaaaaaaaaaaaaaaaaaaa') OVER (ORDER BY i ROWS BETWEEN 2000"
    f" PRECEDING AND CURRENT ROW) AS g FROM ({ENDLESS}SELECT i FROM n LIMIT 900000))": "did not end",
    # memory
    f"{ENDLESS}SELECT i FROM n ORDER BY random()": "needs more than the memory|did not end",
    f"{ENDLESS}SELECT count(DISTINCT hex(i) || {HALF}) FROM n": "longer than|needs more than the memory|did not end",
    f"{ENDLESS}SELECT sum(i) OVER (ORDER BY -i) FROM n": "needs more than the memory|did not end",
    f"{ENDLESS}SELECT i, {LONG} || i FROM n": "first [0-9,]+ rows",
    f"{ENDLESS}SELECT i FROM n": "first 10,000 rows",
    f"{ENDLESS}SELECT group_concat({LONG}) FROM n": "longer than|did not end",
    f"{ENDLESS}SELECT json_group_array({LONG}) FROM n": "memory|longer than|did not end",
    "WITH RECURSIVE n(i) AS (SELECT 'a' UNION ALL SELECT i || i FROM n) SELECT max(length(i)) FROM n": "longer than",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION SELECT random() FROM n) SELECT count(*) FROM n": "memory|did not end",
    "SELECT " + ", ".join(f"hex(zeroblob({60000 + each}))" for each in range(400)): "first|memory",
    "SELECT " + ", ".join(f"length(hex(zeroblob({60000 + each})))" for each in range(330)): "memory|did not end|^$",
    "SELECT hex(zeroblob(900000000))": "longer than",
    "SELECT zeroblob(2000000000)": "longer than",
    "SELECT length(randomblob(900000000))": "longer than",
    "SELECT replace(hex(zeroblob(60000)), '0', hex(zeroblob(60000)))": "longer than",
    "SELECT json_array(" + ", ".join([LONG] * 30) + ")": "longer than",
    "SELECT printf('%.*c', 900000000, 'x')": "printf takes",
    "SELECT printf('%.900000000c', 'x')": "printf takes",
    "SELECT format('%-900000000d|%*d', 1, 2, 3)": "printf takes|longer",
    "SELECT printf(x'252e2a63', 900000000, 'x')": "printf takes",
    f"SELECT trim({LONG}, {HALF})": "trim looks",
    f"SELECT rtrim({LONG}, {HALF} || 'b')": "trim looks",
    # size of what is compiled
    laughs(25, "SELECT l.* FROM {p} AS l, {p} AS r"): "needs more than the memory|did not end",
    laughs(25, "SELECT * FROM {p} UNION ALL SELECT * FROM {p}"): "needs more than the memory|did not end",
    laughs(25, "SELECT (SELECT a FROM {p}) + (SELECT a FROM {p}) AS a"): "needs more than the memory|did not end",
    "SELECT count(*) FROM " + ", ".join(f"daily_rates d{number}" for number in range(60)): "more than 150",
    # one step after the other, without a break: only the end of the process ends it
    f"{TEXTS}SELECT " + ", ".join(f"a + {each}" for each in range(9_000)) + " FROM t": "too many columns",
    f"{TEXTS}SELECT "
    + ", ".join(f"max({', '.join(f'a+b-{100 * row + each}' for each in range(100))})" for row in range(90))
    + " FROM t": "",
    f"{TEXTS}SELECT " + " + ".join(f"instr(a, b || {each})" for each in range(38)) + " FROM t": "",
}
"""Each ends by itself or at a limit; a part of what is said of it, nothing where it may also end well."""

HARMLESS = (
    "SELECT * FROM quotes ORDER BY observed_at, pair, rate_text",
    "SELECT * FROM latest_quotes ORDER BY pair",
    "SELECT * FROM standing_quotes WHERE base = 'KZT' ORDER BY observed_at",
    "SELECT * FROM rates WHERE kind = 'inverse' ORDER BY base, counter, observed_at, rate",
    "SELECT * FROM daily_rates ORDER BY day, base, counter",
    "SELECT * FROM documents ORDER BY name",
    "SELECT * FROM rejects ORDER BY document, line",
    "SELECT count(*) FROM quote",
    "SELECT pair, count(*), min(rate), max(rate), avg(rate), total(rate), group_concat(rate_text) FROM quotes GROUP BY pair",
    "SELECT base, sum(repeats) AS n FROM quotes GROUP BY base HAVING n > 1 ORDER BY n DESC LIMIT 3 OFFSET 1",
    "SELECT DISTINCT source FROM quotes",
    "SELECT a.pair, a.rate / b.rate FROM latest_quotes AS a JOIN latest_quotes AS b ON b.pair = 'KZT/USD' ORDER BY 1",
    "SELECT a.pair, b.day FROM latest_quotes AS a LEFT JOIN daily_rates AS b ON b.base = a.base AND b.close = a.rate ORDER BY 1, 2",
    "SELECT pair FROM quotes EXCEPT SELECT pair FROM latest_quotes",
    "SELECT 1 UNION ALL SELECT 2 UNION SELECT 3 INTERSECT SELECT 3",
    "WITH k AS (SELECT * FROM quotes WHERE base = 'KZT') SELECT observed_at, rate - lag(rate) OVER (ORDER BY observed_at) FROM k",
    NUMBERS.format(limit=" LIMIT 100") + "SELECT sum(i), count(*) FROM n",
    "WITH RECURSIVE d(day) AS (SELECT '2024-12-01' UNION ALL SELECT date(day, '+1 day') FROM d WHERE day < '2024-12-31')"
    " SELECT day, count(q.rate) FROM d LEFT JOIN quotes AS q ON q.observed_at = day GROUP BY day",
    "SELECT observed_at, rate, avg(rate) OVER (PARTITION BY pair ORDER BY observed_at ROWS 2 PRECEDING) FROM quotes ORDER BY 1, 2",
    "SELECT pair, row_number() OVER w, rank() OVER w, ntile(3) OVER w, percent_rank() OVER w, first_value(rate) OVER w,"
    " nth_value(rate, 2) OVER w FROM latest_quotes WINDOW w AS (ORDER BY rate) ORDER BY 1",
    "SELECT strftime('%Y-%m', observed_at), count(*) FROM quotes GROUP BY 1 ORDER BY 1",
    "SELECT date('2024-12-14', '+1 month', 'weekday 1'), julianday('2024-12-14'), time('12:00'), datetime(0, 'unixepoch')",
    "SELECT CAST(julianday('2025-12-15') - julianday(observed_at) AS INTEGER) FROM latest_quotes ORDER BY 1",
    "SELECT json_object('pair', pair, 'rate', rate) FROM latest_quotes ORDER BY pair",
    "SELECT json_group_array(json_object('day', observed_at, 'rate', rate_text)) FROM quotes WHERE base = 'KZT'",
    "SELECT json_group_object(pair, rate) FROM (SELECT * FROM latest_quotes ORDER BY pair)",
    "SELECT value, json_extract('{\"a\": [1, 2]}', '$.a[1]'), '{\"a\": 5}' ->> 'a', '[7]' -> 0 FROM json_each('[10, 20]')",
    'SELECT fullkey, atom FROM json_tree(\'{"a": {"b": [1, null]}}\')',
    "SELECT json_valid('{'), json_type('[]'), json_array_length('[1, 2]'), json_quote('a'), json_remove('[1, 2]', '$[0]')",
    "SELECT printf('%.2f', rate * 1000), format('%-8s|%05d|%,d|%%', pair, 42, 1234567) FROM latest_quotes ORDER BY 1",
    "SELECT printf('%s and %q', 'it', 'isn''t'), printf(), printf(NULL), printf('%+08.3f %x %c', 2.5, 255, 'x')",
    "SELECT rtrim(rtrim(rate_text, '0'), '.'), ltrim('  a'), trim('xxaxx', 'x'), trim(NULL, 'x'), trim('a', NULL) FROM quotes ORDER BY 1",
    "SELECT upper(pair), lower(pair), substr(pair, 1, 3), instr(pair, '/'), replace(pair, '/', ''), length(pair) FROM latest_quotes",
    "SELECT coalesce(NULL, 1), ifnull(NULL, 2), nullif(1, 1), iif(1, 2, 3), typeof(1.5), quote('a'), hex('a'), char(65), unicode('A')",
    "SELECT round(2.345, 2), abs(-1), sign(-2), pow(2, 10), sqrt(2), ln(2), log(10), exp(1), floor(1.5), ceil(1.5), 7 % 3, max(1, 2)",
    "SELECT CASE WHEN rate < 0.01 THEN 'small' ELSE 'large' END, CAST(rate_text AS REAL) FROM latest_quotes ORDER BY 2",
    "SELECT * FROM quotes WHERE pair LIKE 'k%' OR pair GLOB 'T*' OR observed_at BETWEEN '2025-01-01' AND '2025-12-31' ORDER BY 1, 4",
    "SELECT * FROM quotes WHERE base IN (SELECT base FROM latest_quotes WHERE rate > 0.1) AND EXISTS (SELECT 1 FROM rejects) IS NOT 1",
    "SELECT * FROM (VALUES (1, 'a'), (2, 'b'))",
    "SELECT name, type FROM sqlite_master ORDER BY name",
    "SELECT name, \"type\" FROM pragma_table_info('quote')",
    "SELECT m.name, t.name FROM sqlite_master AS m, pragma_table_xinfo(m.name) AS t ORDER BY 1, t.cid",
    "SELECT count(*) FROM pragma_function_list WHERE name = 'abs'",
    "SELECT name FROM pragma_table_list ORDER BY name",
    "PRAGMA table_info(quote)",
    "PRAGMA main.table_xinfo('quotes')",
    "PRAGMA index_list(quote)",
    "PRAGMA foreign_key_list(quote)",
    "PRAGMA user_version",
    "PRAGMA page_size",
    "PRAGMA journal_mode",
    "PRAGMA collation_list",
    "EXPLAIN QUERY PLAN SELECT * FROM latest_quotes",
    "EXPLAIN SELECT * FROM quotes",
    "SELECT /* a comment; with a semicolon */ ';' AS semicolon -- and one at the end;",
    "  SELECT 1;  ",
    "SELECT 'DROP TABLE quote; ATTACH' AS words",
    "SELECT 1 WHERE 'a' COLLATE NOCASE = 'A'",
    "SELECT sum(amount), count(*) FROM ledger.expenses",
    "SELECT l.currency, q.rate FROM ledger.expenses AS l JOIN latest_quotes AS q ON q.base = l.currency ORDER BY 1",
    "SELECT name FROM ledger.sqlite_master",
    "PRAGMA ledger.table_info(expenses)",
    "SELECT * FROM ledger.dollars ORDER BY 1",
)
"""Each gives what SQLite itself gives, for the example database and a ledger attached to it."""
