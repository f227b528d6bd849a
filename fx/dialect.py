"""SQL as SQLite has it, said to PostgreSQL: the words that differ, in one place.

Every question of fx is one text, written for SQLite. `as_postgresql` says it in PostgreSQL's words; the list of them is
short, since the texts keep to what both understand. It is for fx's own texts alone: what users ask of a server by ``fx
sql`` is PostgreSQL's SQL as it stands. A test asks every text of both and holds the answers equal.
"""

from __future__ import annotations

import functools
import re

__all__ = ["as_postgresql"]

INSTANT = (
    r"(timestamp '1970-01-01' + (\1 / 86400000) * interval '1 day' + mod(\1, 86400000) * interval '1 millisecond')"
)
"""The moment of milliseconds since 1970; by days and what is left, since an interval is multiplied as a float."""

RELATIONS = """(SELECT relname AS name, CASE relkind WHEN 'v' THEN 'view' WHEN 'i' THEN 'index' ELSE 'table' END AS type
   FROM pg_catalog.pg_class WHERE relkind IN ('r', 'p', 'v', 'i')
    AND relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = current_schema()))"""
"""What there is in a schema, with the names of SQLite's own table of it."""

WORDS = [
    (pattern if isinstance(pattern, re.Pattern) else re.compile(re.escape(pattern)), words)
    for pattern, words in (
        # Time: kept as milliseconds, shown as text that sorts by its bytes.
        (
            re.compile(r"strftime\('%Y-%m-%dT%H:%M:%fZ', ([^']+?) / 1000\.0, 'unixepoch'\)"),
            rf"""to_char({INSTANT}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') COLLATE "C" """.rstrip(),
        ),
        (
            re.compile(r"\bdate\(([^']+?) / 1000\.0, 'unixepoch', 'weekday 0'\)"),
            rf"to_char({INSTANT}, 'IYYY-IW')",
        ),
        (
            re.compile(r"\bdate\(([^']+?) / 1000\.0, 'unixepoch'\)"),
            rf"""to_char({INSTANT}, 'YYYY-MM-DD') COLLATE "C" """.rstrip(),
        ),
        (
            re.compile(r"CAST\(julianday\(date\('now'\)\) - julianday\((.+?\))\) AS INTEGER\)"),
            r"(CAST(now() AT TIME ZONE 'UTC' AS date) - CAST(\1 AS date))",
        ),
        # Text. A start or a length below 0 is an error in PostgreSQL.
        ("substr(q.sides, 1, instr(q.sides, '/') - 1)", "split_part(q.sides, '/', 1)"),
        ("substr(q.sides, instr(q.sides, '/') + 1)", "split_part(q.sides, '/', 2)"),
        ("instr(", "strpos("),
        # Types. A number that is not 0 is no truth.
        ("AS REAL)", "AS double precision)"),
        ("AS INTEGER)", "AS bigint)"),
        (re.compile(r"\b(\w+\.observed_at|observed_at) & 1\b(?! =)"), r"(\1 & 1) = 1"),
        (re.compile(r"WHEN (strpos\([^()]+\))(?=\s+THEN)"), r"WHEN \1 > 0"),
        # Lists, in JSON.
        (
            re.compile(r"json_each\((:ones|:others)\)"),  # codes; all other lists are of numbers
            r"(SELECT value FROM json_array_elements_text(CAST(\1 AS json)) AS each)",
        ),
        (
            re.compile(r"json_each\(([^()]+)\)"),
            r"(SELECT CAST(value AS bigint) AS value FROM json_array_elements_text(CAST(\1 AS json)) AS each)",
        ),
        (re.compile(r"\biif\(([^(),]+), ([^(),]+), NULL\)"), r"CASE WHEN \1 THEN \2 END"),
        # What keeps SQLite from looking at an index, or at an affinity.
        (re.compile(r"(?<=\s)\+(?=rest\b)"), ""),
        # The order in which tables are joined is PostgreSQL's affair, and so is how they are kept.
        (re.compile(r"CROSS JOIN (?=quote|\()"), "JOIN "),
        (" WITHOUT ROWID", ""),
        (re.compile(r"\btemp\.(?=\w)"), "pg_temp."),
        (re.compile(r"(?<=ORDER BY observed_at, source) DESC"), " DESC NULLS LAST"),
        # What tables there are.
        ("sqlite_master", RELATIONS),
    )
]
TYPES = {"INTEGER": "bigint", "TEXT": 'text COLLATE "C"'}
TYPE = re.compile(rf"\b({'|'.join(TYPES)})\b")
CALL = re.compile(r"\b(max|min|substr|json_group_array)\(")
IN_ORDER = "observed_at, rate, scale, rest, change"
MOMENT_OF_SERIES = re.compile(
    r"JOIN quote AS (q|o) ON \1\.series_id = (s|os)\.id\s+AND \1\.observed_at = "
    r"\((\s*SELECT (?:n\.observed_at FROM .*?ORDER BY n\.observed_at (?:DESC|ASC) LIMIT 1"
    r"|max\((?:n\.)?observed_at\) FROM quote(?: AS n)? WHERE (?:n\.)?series_id = \2\.id))\)",
    re.DOTALL,
)
SOUGHT_FIRST = r"""JOIN LATERAL (\3) AS \1m (observed_at) ON true
  JOIN LATERAL (SELECT * FROM quote WHERE series_id = \2.id AND observed_at = \1m.observed_at OFFSET 0) AS \1 ON true"""
NO_OTHER = re.compile(r"NOT EXISTS \(")
PART = re.compile(r"\b(?:FROM|JOIN)\s+\((?=\s*SELECT\b)")
NAMED = re.compile(r"\s*AS\b")
LITERAL = re.compile(r"('(?:[^']|'')*')")
NAME = re.compile(r"(?<![:\w]):([a-z_]\w*)")


@functools.lru_cache(maxsize=256)
def as_postgresql(sql: str, *, parameters: bool = True) -> str:
    """One of fx's own texts in PostgreSQL's words, its parameters as psycopg takes them.

    >>> as_postgresql("SELECT max(scale, 0), max(scale) FROM (SELECT scale FROM quote) WHERE series_id = :series")
    'SELECT greatest(scale, 0), max(scale) FROM (SELECT scale FROM quote) AS part1 WHERE series_id = %(series)s'
    """
    if sql.startswith("CREATE TEMP TABLE"):
        sql = TYPE.sub(lambda found: TYPES[found[1]], sql)
    for pattern, words in WORDS:
        sql = pattern.sub(words, sql)
    for call in reversed(list(CALL.finditer(sql))):  # from the last, so that what stands within another comes first
        arguments, end = arguments_at(sql, call.end())
        sql = f"{sql[: call.start()]}{said(call[1], arguments)}{sql[end + 1 :]}"
    sql = with_names(sql)
    return marked(by_seeks(sql)) if parameters else sql


def by_seeks(sql: str) -> str:
    """A question for the moment of a series and what was said then, so that it is answered by seeks alone.

    The moment is sought first, as a value by which parts of the table (`fx.store.partitions`) are passed by, and
    ``OFFSET 0`` keeps each step one by itself: of many parts PostgreSQL expects a seek to cost as many times as much,
    and reads the whole table instead (the latest of a million quotes in 26 years: 326 ms, so 15).
    """
    sought, number = MOMENT_OF_SERIES.subn(SOUGHT_FIRST, sql)
    if not number:
        return sql
    for each in reversed(list(NO_OTHER.finditer(sought))):
        end = arguments_at(sought, each.end())[1]
        sought = f"{sought[:end]} OFFSET 0{sought[end:]}"
    return sought


def marked(sql: str) -> str:
    """The same with its parameters as psycopg takes them.

    >>> marked("SELECT 'a?', ? % 2")
    "SELECT 'a?', %s %% 2"
    """
    parts = LITERAL.split(sql.replace("%", "%%"))
    parts[::2] = [NAME.sub(r"%(\1)s", part).replace("?", "%s") for part in parts[::2]]
    return "".join(parts)


def said(function: str, arguments: list[str]) -> str:
    """A call of one of SQLite's functions in PostgreSQL's words.

    >>> said("max", ["a"]), said("max", ["a", "b"]), said("substr", ["a", "-b"])
    ('max(a)', 'greatest(a, b)', 'right(a, CAST(b AS integer))')
    """
    if function == "json_group_array":  # SQLite reads a column in the order of the key, which PostgreSQL must be told
        return f"coalesce(CAST(json_agg({arguments[0]} ORDER BY {IN_ORDER}) AS text), '[]')"
    if function == "substr":
        text, *places = arguments
        if len(places) == 1 and places[0].startswith("-"):
            return f"right({text}, CAST({places[0][1:]} AS integer))"
        casts = [place if place.isdigit() else f"CAST({place} AS integer)" for place in places]
        return f"substr({', '.join([text, *casts])})"
    if len(arguments) > 1:  # the largest of several values, not of several rows
        function = {"max": "greatest", "min": "least"}[function]
    return f"{function}({', '.join(arguments)})"


def arguments_at(sql: str, start: int) -> tuple[list[str], int]:
    """What stands in the bracket that is open at a place, by its own commas, and where it closes."""
    depth, quoted, begin = 1, False, start
    found: list[str] = []
    for place in range(start, len(sql)):
        letter = sql[place]
        if letter == "'":
            quoted = not quoted
        elif quoted:
            continue
        elif letter == "(":
            depth += 1
        elif letter == ")":
            depth -= 1
            if not depth:
                return [*found, sql[begin:place].strip()], place
        elif letter == "," and depth == 1:
            found.append(sql[begin:place].strip())
            begin = place + 1
    raise ValueError(f"a bracket is not closed: {sql[start:]}")


def with_names(sql: str) -> str:
    """PostgreSQL wants a name for every question within ``FROM``."""
    ends = [arguments_at(sql, part.end())[1] + 1 for part in PART.finditer(sql)]
    for number, end in sorted(enumerate(ends, 1), key=lambda each: -each[1]):
        if not NAMED.match(sql, end):
            sql = f"{sql[:end]} AS part{number}{sql[end:]}"
    return sql
