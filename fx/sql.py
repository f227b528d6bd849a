"""What the database is asked: the one SQL text of each question, and the bodies of the views. Imports nothing.

``quote`` and the other tables are those of `fx.schema`; here is what reads them. Questions take parameters by name, as
every driver of SQLite understands them, so that one text serves whoever asks.
"""

from __future__ import annotations

TYPE_CHECKING = False  # what `typing` says too, which takes as long to import as SQLite
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

__all__ = [
    "FIRST",
    "FIRST_RECORDED",
    "HEAD",
    "HEADS",
    "HEADS_BETWEEN",
    "HISTORY",
    "INVERSE",
    "IN_ORDER",
    "LAST_SAID",
    "LATEST",
    "REVISIONS",
    "SERIES",
    "STANDING",
    "STANDING_OF",
    "STANDING_OFTEN",
    "STATEMENT",
    "SUPERSEDED",
    "VIEWS",
    "ZEROS",
    "day_text",
    "last_of_series",
    "readable",
]

HEAD = "0004"
"""The revision this fx reads and writes."""

STATEMENT = ("series_id", "observed_at", "rate", "scale", "rest", "change")
"""The columns that make one statement: the key of ``quote``."""

FIGURES = STATEMENT[2:]
LONGEST_SCALE = 60
"""Decimals that the views can write out; readers refuse longer figures."""
ZEROS = "'" + "0" * LONGEST_SCALE + "'"


def moment_text(column: str) -> str:
    """SQL for a stored moment as ISO 8601 text in UTC: a whole day as the day alone."""
    return f"CASE WHEN {column} & 1 THEN {instant_text(f'({column} >> 1)')} ELSE {day_text(column)} END"


def day_text(column: str) -> str:
    """SQL for the day of a stored moment, in UTC: 2024-12-14."""
    return f"date(({column} >> 1) / 1000.0, 'unixepoch')"


def instant_text(milliseconds: str) -> str:
    """SQL for milliseconds since 1970 as ISO 8601 text in UTC, always with milliseconds: so text sorts as time does."""
    return f"strftime('%Y-%m-%dT%H:%M:%fZ', {milliseconds} / 1000.0, 'unixepoch')"


SAME_STATEMENT = " AND ".join(f"g.{name} = {{q}}.{name}" for name in STATEMENT)


def last_said(quote: str) -> str:
    """SQL for where a statement was said last: in the document that said it first, or in a later sighting.

    Documents are numbered in the order in which they were recorded, so that the highest is the newest; its number
    stands above the line there (which has 32 bits), so that both are compared as one.
    """
    same = SAME_STATEMENT.format(q=quote)
    return (
        f"max({quote}.document_id << 32 | {quote}.line, coalesce((SELECT g.document_id << 32 | g.line"
        f" FROM sighting AS g WHERE {same} AND g.document_id <= {{until}} ORDER BY g.document_id DESC LIMIT 1), 0))"
    )


def order_of(quote: str, until: str = "9223372036854775807") -> str:
    """SQL for what orders the statements of one moment: who was said last wins, digits break ties.

    What stands in one document several times counts by the line where it stands there first.
    """
    said = last_said(quote).format(until=until)
    return f"{said}, {', '.join(f'{quote}.{name}' for name in FIGURES)}"


OTHERS_OF_MOMENT = """FROM quote AS o
          WHERE o.series_id = q.series_id
            AND o.observed_at = q.observed_at
            AND (o.rate, o.scale, o.rest, o.change) <> (q.rate, q.scale, q.rest, q.change)"""
SUPERSEDED = f"""EXISTS (
         SELECT 1 {OTHERS_OF_MOMENT}
            AND ({order_of("o")}) > ({order_of("q")}))"""
"""SQL for: another statement of the same moment was made after this quote ``q``; one alone costs no sightings."""


REPEATS = "q.times & 4294967295"
"""SQL for how often a statement stands in its document; above that `fx.store.kept` keeps its unit."""
# What `fx.store.kept` puts into ``rest``, taken apart: ``BID/ASK DIGITS CHANGE``, mostly nothing of all that.
SIDES = "substr(rest, 1, instr(rest || ' ', ' ') - 1)"
BEYOND = "substr(rest, instr(rest || ' ', ' ') + 1)"
LONG_DIGITS = f"substr({BEYOND}, 1, instr({BEYOND} || ' ', ' ') - 1)"
LONG_CHANGE = f"substr({BEYOND}, instr({BEYOND} || ' ', ' ') + 1)"
BID = "substr(q.sides, 1, instr(q.sides, '/') - 1)"
ASK = "substr(q.sides, instr(q.sides, '/') + 1)"


def with_point(digits: str, scale: str) -> str:
    """SQL for a number of which digits and scale are kept: with its point, and zeros before or behind."""
    padded = f"substr({ZEROS}, 1, max(0, {scale} + 1 - length({digits}))) || {digits}"
    return (
        f"CASE WHEN {scale} <= 0 THEN {digits} || substr({ZEROS}, 1, -{scale})"
        f" ELSE substr({padded}, 1, max(1, length({digits}) - {scale})) || '.' || substr({padded}, -{scale}) END"
    )


# By the code of `fx.store.kept.change_code`; one division of two numbers that are exact.
CHANGE = f"""CASE WHEN q.change = 0 THEN CAST(nullif(q.long_change, '') AS REAL)
            ELSE CASE WHEN q.change < 0 THEN -1.0 ELSE 1.0 END * ((abs(q.change) - 1) / 8)
                 / CAST('1' || substr({ZEROS}, 1, (abs(q.change) - 1) % 8) AS REAL) END"""


NEWEST_OF_SERIES = " AND q.observed_at = (SELECT max(observed_at) FROM quote WHERE series_id = s.id)"


def readable(rows: str, more: str = "", *, newest: bool = False) -> str:
    """SQL that shows quotes as people read them; ``rows`` says which, ``more`` adds a column.

    ``newest`` goes from the series to their newest quotes, where the planner would otherwise read every quote.
    """
    join = "CROSS JOIN" if newest else "JOIN"
    seek = NEWEST_OF_SERIES if newest else ""
    return f"""
SELECT base || '/' || counter AS pair, base, counter, observed_at,
       coalesce(CAST(rate_text AS REAL), (bid + ask) / 2, bid, ask) AS rate, rate_text, bid, ask, change_pct,
       source, document, line, repeats, recorded_at, revision{more}
  FROM (
SELECT s.base, s.counter,
       {moment_text("q.observed_at")} AS observed_at,
       CASE WHEN q.digits = '' THEN NULL ELSE {with_point("q.digits", "q.scale")} END AS rate_text,
       CAST(nullif({BID}, '') AS REAL) AS bid,
       CAST(nullif({ASK}, '') AS REAL) AS ask,
       {CHANGE} AS change_pct,
       nullif(src.name, '') AS source, d.name AS document, q.line, {REPEATS} AS repeats,
       {instant_text("d.recorded_at")} AS recorded_at,
       (SELECT count(*) {OTHERS_OF_MOMENT}
            AND ({order_of("o")}) < ({order_of("q")})) AS revision
  FROM series AS s
  {join} (SELECT *, CASE WHEN rate = 0 THEN {LONG_DIGITS} ELSE CAST(rate AS TEXT) END AS digits,
               {SIDES} AS sides, {LONG_CHANGE} AS long_change
          FROM quote) AS q ON q.series_id = s.id{seek}
  JOIN source AS src ON src.id = s.source_id
  JOIN document AS d ON d.id = q.document_id
 {rows})"""


NEWEST_OF_PAIR = f"""WHERE NOT {SUPERSEDED}
   AND NOT EXISTS (
         SELECT 1
           FROM series AS os
           JOIN quote AS o ON o.series_id = os.id
            AND o.observed_at = (SELECT max(n.observed_at) FROM quote AS n WHERE n.series_id = os.id)
          WHERE os.base = s.base AND os.counter = s.counter AND os.id <> s.id
            AND (o.observed_at, {order_of("o")}, os.id) > (q.observed_at, {order_of("q")}, s.id))"""
"""SQL for: no source said anything newer of the pair of the quote ``q``, nor later of the same moment."""

INVERSE = f"""CASE WHEN instr(rate_text, '.')
            THEN CAST('1' || substr({ZEROS}, 1, length(rate_text) - instr(rate_text, '.')) AS REAL)
                 / CAST(replace(rate_text, '.', '') AS REAL)
            ELSE 1.0 / rate END"""
"""SQL for a rate turned over, by one division of two whole numbers: 100000 / 8 is 12500, 1 / 0.00008 a little less."""

VIEWS = {
    "quotes": readable(""),
    "standing_quotes": readable(f"WHERE NOT {SUPERSEDED}"),
    "latest_quotes": readable(
        NEWEST_OF_PAIR,
        """,
       CAST(julianday(date('now')) - julianday(substr(observed_at, 1, 10)) AS INTEGER) AS age_days""",
        newest=True,
    ),
    "rates": f"""
SELECT base, counter, rate, observed_at, 'quoted' AS kind FROM standing_quotes
UNION ALL
SELECT counter, base,
       {INVERSE}, observed_at, 'inverse' FROM standing_quotes""",
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
STORED = """s.base, s.counter, q.rate, q.scale, q.rest, q.change, q.observed_at, d.time_basis,
       src.name, d.name, q.line, q.times, d.recorded_at"""
"""What a `Quote` is made of, in the order that the store unpacks."""

KNOWN_DOCUMENT = """coalesce((SELECT id FROM document WHERE recorded_at <= :known
           ORDER BY recorded_at DESC, id DESC LIMIT 1), 0)"""
"""SQL for the last document that had been recorded at a moment, by one seek: ids follow the time of recording."""


def moment_of_series(which: str = "DESC", until: str = ":until", since: str = "") -> str:
    """SQL for the last (or, ``ASC``, the first) moment of a series ``s`` as of a moment, as known at another."""
    within = f"BETWEEN {since} AND {until}" if since else f"<= {until}"
    return f"""(
         SELECT n.observed_at FROM quote AS n
          WHERE n.series_id = s.id AND n.observed_at {within} AND n.document_id <= {KNOWN_DOCUMENT}
          ORDER BY n.observed_at {which} LIMIT 1)"""


OF_CODE = "(s.base = :code OR s.counter = :code)"


def one_a_series(
    which: str, until: str = ":until", more: str = "", series: str = "series", wanted: str = OF_CODE
) -> str:
    """SQL for the as-of question: of each series that touches a code, what was said of its ``which`` moment."""
    return f"""
SELECT {more}{STORED}
  FROM {series} AS s
  JOIN quote AS q ON q.series_id = s.id AND q.observed_at = {moment_of_series(which, until)}{WITH_ORIGIN}
 WHERE {wanted} AND q.document_id <= {KNOWN_DOCUMENT}
 ORDER BY s.id, {order_of("q", KNOWN_DOCUMENT)}"""


STANDING = one_a_series("DESC")
"""What stood at a moment as known at another. Where a moment has several statements all come, the winner last."""
FIRST = one_a_series("ASC")
"""The same with the first moment of each series instead of the last."""


def last_of_series(rows: Iterable[Any]) -> Iterable[Any]:
    """Of the rows of `STANDING` or `FIRST` one a series: the last of each, which is the winner."""
    return {(row[0], row[1], row[8]): row for row in rows}.values()


FIRST_RECORDED = f"""
SELECT src.name, min(d.recorded_at)
  FROM series AS s
  JOIN quote AS q ON q.series_id = s.id{WITH_ORIGIN}
 WHERE {OF_CODE}
 GROUP BY src.name"""
"""When each source's first statement of a code was recorded, of whatever moment that is; reads them all."""

STANDING_OFTEN = one_a_series("DESC", "asked.value", "asked.value, ", "json_each(:untils) AS asked CROSS JOIN series")
"""The same as `STANDING` as of many moments, ``untils`` in JSON; the moment comes first in each row."""

STANDING_OF = one_a_series("DESC", more="s.id, ", wanted="s.id IN (SELECT value FROM json_each(:series))")
"""The same as `STANDING` of some series, ``series`` in JSON; their ids come first in each row."""


HEADS = f"""
SELECT s.id, s.base, s.counter, src.name, {moment_of_series()} AS observed_at
  FROM series AS s JOIN source AS src ON src.id = s.source_id
 WHERE {OF_CODE}"""
"""What `STANDING` begins with: of each series its id, pair, source and moment (NULL for none), and no quote."""
ONES, OTHERS = (f"(SELECT value FROM json_each(:{name}))" for name in ("ones", "others"))
HEADS_BETWEEN = f"""
SELECT s.id, s.base, s.counter, src.name, q.observed_at
  FROM series AS s
  JOIN source AS src ON src.id = s.source_id
  CROSS JOIN quote AS q ON q.series_id = s.id AND q.observed_at = {moment_of_series(since=":since")}
 WHERE s.base IN {ONES} AND s.counter IN {OTHERS} OR s.base IN {OTHERS} AND s.counter IN {ONES}"""
"""The same of the series between one of some codes and one of some others, both in JSON; none before ``since``."""

LATEST = f"""
SELECT {STORED}
  FROM series AS s
  CROSS JOIN quote AS q ON q.series_id = s.id{NEWEST_OF_SERIES}{WITH_ORIGIN}
 {NEWEST_OF_PAIR}
 ORDER BY s.base, s.counter"""
"""The newest quote of each pair: the rows of the view ``latest_quotes``."""

HISTORY = f"""
SELECT {STORED}
  FROM series AS s
  JOIN quote AS q ON q.series_id = s.id{WITH_ORIGIN}
 WHERE s.base = :base AND s.counter = :counter AND q.observed_at BETWEEN :since AND :until
 ORDER BY q.observed_at, src.name, {order_of("q")}"""
"""What a pair's sources said, in time; where a moment has several statements, the winner last."""

LAST_SAID = f"""
SELECT {", ".join(f"q.{name}" for name in FIGURES)}
  FROM quote AS q
 WHERE q.series_id = :series AND q.observed_at = :moment
 ORDER BY {order_of("q")}"""
"""The statements of one moment of a series, the winner last."""


IN_ORDER = f"""
SELECT {STORED}
  FROM series AS s
  JOIN quote AS q ON q.series_id = s.id{WITH_ORIGIN}
 WHERE s.id IN (SELECT value FROM json_each(:series)) AND q.observed_at BETWEEN :since AND :until
 ORDER BY {{first}}, src.name DESC, {order_of("q")}"""
"""Every statement of some series, ``first`` by pair or by time; of a moment and source the winner last."""
SERIES = """
SELECT s.id, s.base, s.counter, src.name,
       EXISTS (SELECT 1 FROM quote AS q WHERE q.series_id = s.id AND q.observed_at BETWEEN :since AND :until)
  FROM series AS s JOIN source AS src ON src.id = s.source_id
 ORDER BY s.base, s.counter, src.name"""
"""Each series, and whether it has a quote in a span of time."""


STATED_AGAIN = f"""WHERE EXISTS (SELECT 1 {OTHERS_OF_MOMENT})
   AND (:base IS NULL OR (s.base = :base AND s.counter = :counter) OR (s.base = :counter AND s.counter = :base))"""
REVISIONS = readable(STATED_AGAIN) + " ORDER BY pair, observed_at, source NULLS FIRST, revision"
"""Every statement of a moment of which there are several, by one seek a quote."""
