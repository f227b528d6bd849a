"""What is known of a series as a whole, so that no question has to prove it: the mark ``series.plain_scale``.

A series bears the one scale of all of its quotes where each of them is a plain rate (`fx.store.kept`: nothing in
``rest``) of no negative scale, and no two are of one moment. A series is made with the scale of its first quote and
loses the mark, for good, with the first row that does not fit: in the transaction that writes the row, by a look at
the new rows alone. So a mark is true whenever it can be seen, and none (NULL) says nothing.

Writers take turns, on a server as on SQLite: what one of them does not see is not there.
"""

from __future__ import annotations

from collections.abc import Iterable

from fx.sql import STATEMENT
from fx.store.plainly import Connection, Driver

__all__ = ["FALSE_MARKS", "mark_of", "marked", "unmark", "unmark_spans"]

UNMARK = "UPDATE series SET plain_scale = NULL"
UNLIKE = f"""{UNMARK} FROM {{stage}} AS stage
    WHERE series.id = stage.series_id AND series.plain_scale IS NOT NULL
      AND (stage.rest <> '' OR stage.scale <> series.plain_scale)"""
OTHER = " <> ".join(f"({', '.join(f'{name}.{figure}' for figure in STATEMENT[2:])})" for name in ("q", "stage"))
BESIDE = f"""{UNMARK} FROM {{stage}} AS stage
    WHERE series.id = stage.series_id AND series.plain_scale IS NOT NULL AND EXISTS (
          SELECT 1 FROM quote AS q
           WHERE q.series_id = stage.series_id AND q.observed_at = stage.observed_at AND {OTHER})"""
OF_OTHER_SCALE = f"{UNMARK} WHERE id = :series AND plain_scale <> :scale"
SEVERAL_IN_SPAN = f"""{UNMARK} WHERE id = :series AND plain_scale IS NOT NULL
    AND (SELECT count(*) <> count(DISTINCT q.observed_at) FROM quote AS q
          WHERE q.series_id = :series AND q.observed_at BETWEEN :low AND :high)"""
FALSE_MARKS = """SELECT s.base, s.counter, src.name FROM series AS s JOIN source AS src ON src.id = s.source_id
 WHERE s.plain_scale < 0
    OR s.plain_scale IS NOT NULL
   AND (SELECT count(*) FROM quote AS q WHERE q.series_id = s.id) <> (
       SELECT count(DISTINCT q.observed_at) FROM quote AS q
        WHERE q.series_id = s.id AND q.scale = s.plain_scale AND q.rest = '')
 ORDER BY s.id"""
"""SQL for the series whose mark is not true: pair and source."""


def mark_of(scale: int, rest: str) -> int | None:
    """The mark of a series of which one quote is known, by its scale and rest.

    >>> mark_of(5, ""), mark_of(5, "1.0/1.2"), mark_of(-3, "")
    (5, None, None)
    """
    return None if rest or scale < 0 else scale


def marked(raw: Driver, series: int) -> int | None:
    """The one scale of all quotes of a series, each a plain rate and alone at its moment; None if that is not known."""
    found: int | None = raw.execute("SELECT plain_scale FROM series WHERE id = ?", (series,)).fetchone()[0]
    return found


def unmark(connection: Connection, stage: str, *, several: bool) -> None:
    """Take the mark of the series for which it no longer holds, once the rows of a stage are kept.

    ``several`` says that some of these rows are not the first of their moment, or not alone there.
    """
    connection.exec_driver_sql(UNLIKE.format(stage=stage))
    if several:
        connection.exec_driver_sql(BESIDE.format(stage=stage))


def unmark_spans(
    connection: Connection,
    scales: Iterable[tuple[int, int]],
    spans: Iterable[tuple[int, int, int]],
) -> None:
    """The same once plain rates without a stage are kept: of series and ``scales``.

    ``spans`` are those of series and time in which rows may not be the first of their moment, or not alone there.
    """
    for series, scale in scales:
        connection.exec_driver_sql(OF_OTHER_SCALE, {"series": series, "scale": scale})
    for series, low, high in spans:
        connection.exec_driver_sql(SEVERAL_IN_SPAN, {"series": series, "low": low, "high": high})
