"""Questions as SQL that any program on SQLite can ask of the file, without fx: Datasette has them as canned queries.

`AS_OF` gives what ``store.rate(pair, as_of=…, direct=True)`` gives, by the same order of preference (`fx.rates`), but
for rates by decree, which are in no database.
"""

from __future__ import annotations

from dataclasses import dataclass

from fx.sql import ASK, BID, INVERSE, SUPERSEDED, ZEROS, day_text, readable
from fx.whole import EVER

__all__ = ["AS_OF", "CANNED", "IN_TIME", "Canned"]


@dataclass(frozen=True, slots=True)
class Canned:
    """A question with its parameters, each an empty text where nothing is said."""

    title: str
    description: str
    params: tuple[str, ...]
    sql: str


def places(text: str) -> str:
    """SQL for the decimals of a number in text."""
    return f"CASE WHEN instr({text}, '.') THEN length({text}) - instr({text}, '.') ELSE 0 END"


FIGURES = " UNION ALL ".join(
    (
        "SELECT q.digits + 0 AS digits, q.scale AS scale WHERE q.digits <> ''",
        *(f"SELECT replace({side}, '.', '') + 0, {places(side)} WHERE {side} <> ''" for side in (BID, ASK)),
    )
)
# In whole numbers of half a unit in the last place: what has the same width must not differ by how it is rounded.
WIDTH = f"""(SELECT (max((2 * digits + 1) * step) - min((2 * digits - 1) * step)) * 1.0 / min((2 * digits - 1) * step)
             FROM (SELECT digits, ('1' || substr({ZEROS}, 1, max(scale) OVER () - scale)) + 0 AS step
                     FROM ({FIGURES})))"""
"""SQL for how wide the bounds of a quote ``q`` are, in parts of their lower end."""


def milliseconds(moment: str) -> str:
    """SQL for a moment as text in milliseconds since 1970; NULL for what is none."""
    return f"CAST(round((julianday({moment}) - 2440587.5) * 86400000) AS INTEGER)"


def ordinal(parameter: str, default: str, *, last: bool = False) -> str:
    """SQL for the ordinal (`fx.moments`) of a parameter, of a day the first or ``last`` one; nothing said is a default.

    >>> import sqlite3
    >>> sql = "SELECT " + ordinal(":day", "0")
    >>> [sqlite3.connect(":memory:").execute(sql, {"day": day}).fetchone()[0] for day in ("1970-01-02", "", "soon")]
    [172800000, 0, None]
    """
    asked = f"trim(coalesce({parameter}, ''))"
    end = 2 * 86_400_000 - 1 if last else 0
    return (
        f"CASE length({asked}) WHEN 0 THEN {default} WHEN 10 THEN 2 * {milliseconds(asked)} + {end}"
        f" ELSE 2 * {milliseconds(asked)} + 1 END"
    )


UNTIL = ordinal(":as_of", "2 * " + milliseconds("'now'") + " + 1", last=True)
OF_PAIR = """((s.base = upper(trim(:base)) AND s.counter = upper(trim(:counter)))
    OR (s.base = upper(trim(:counter)) AND s.counter = upper(trim(:base))))"""
STOOD = readable(
    f"""WHERE {OF_PAIR}
   AND q.observed_at = (SELECT max(n.observed_at) FROM quote AS n WHERE n.series_id = s.id AND n.observed_at <= {UNTIL})
   AND NOT {SUPERSEDED}
 ORDER BY {day_text("q.observed_at")} DESC, {WIDTH}, q.observed_at DESC, src.name, s.base
 LIMIT 1"""
)
AS_OF = f"""
SELECT upper(trim(:base)) AS base, upper(trim(:counter)) AS counter,
       CASE WHEN base = upper(trim(:base)) THEN rate ELSE {INVERSE} END AS rate,
       CASE WHEN base = upper(trim(:base)) THEN 'quoted' ELSE 'inverse' END AS kind,
       observed_at, pair, rate_text, bid, ask, source, document, line
  FROM ({STOOD})"""

SPAN = f"""WHERE s.base = upper(trim(:base)) AND s.counter = upper(trim(:counter))
   AND q.observed_at BETWEEN {ordinal(":since", str(-EVER))} AND {ordinal(":until", str(EVER), last=True)}
   AND NOT {SUPERSEDED}"""
IN_TIME = f"""
SELECT observed_at, rate, rate_text, bid, ask, change_pct, source, document, line
  FROM ({readable(SPAN)})
 ORDER BY observed_at, source"""

CANNED = {
    "as_of": Canned(
        "The rate as of a moment",
        "The quote of a pair, in either direction, that stood: 2024-12-14 is that whole day in UTC, 2024-12-14T15:30Z "
        "an instant, empty now. The freshest day serves, then the tightest quote, the newest, and the first source by "
        "alphabet. 'pair' and the columns after it are as published.",
        ("base", "counter", "as_of"),
        AS_OF,
    ),
    "in_time": Canned(
        "A pair in time",
        "The standing quotes of a pair, in the direction asked, from one day to another, both included; either may be "
        "empty.",
        ("base", "counter", "since", "until"),
        IN_TIME,
    ),
}
"""The questions by name."""
