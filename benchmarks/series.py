"""A pair in time: its history as a frame beside ``read_sql``, its candles beside one sum over the table."""

from __future__ import annotations

import sqlite3
from typing import Any

import fx
from benchmarks import start
from benchmarks.measure import called
from benchmarks.rows import Contender, Duel, Row, Size, Target, Workshop

__all__ = ["rows"]

SAME_ROWS = """SELECT q.observed_at >> 1 AS milliseconds, q.rate * 1.0 / 100000 AS rate, q.change, s.name AS source,
       d.name AS document, q.line, q.times, d.recorded_at
  FROM quote AS q JOIN document AS d ON d.id = q.document_id JOIN source AS s ON s.id = d.source_id"""
"""What `Store.history` shows, without what it reckons: bounds, age, texts."""


def history(workshop: Workshop) -> Duel:
    """`Store.history` beside ``read_sql``: the same moments, rates, lines and names."""
    import pandas as pd

    file = start.history(workshop, 2)
    store, bare = fx.open(file), sqlite3.connect(file)

    def told(frame: Any) -> tuple[object, ...]:
        rates = (frame["rate"] * 1e5).round().astype("int64")
        times = frame["milliseconds"] if "milliseconds" in frame else frame.index.as_unit("ms").astype("int64")
        return (
            len(frame),
            int(times.min()),
            int(times.max()),
            int((rates.to_numpy() * (times.to_numpy() // 60_000 % 1009)).sum()),
            int(frame["line"].sum()),
            *(set(frame[name]) == {"made"} for name in ("source", "document")),
        )

    def end() -> None:
        store.close()
        bare.close()

    return Duel(
        Contender("store.history", lambda: called(lambda: store.history("KZT/USD")), told),
        Contender("read_sql", lambda: called(lambda: pd.read_sql(SAME_ROWS, bare)), told),
        end=end,
    )


def candles(workshop: Workshop) -> Duel:
    """Candles by day of the longest history beside the sum of its rates: what the candles hold adds up to it."""
    file = start.history(workshop, 3)
    store, bare = fx.open(file), sqlite3.connect(file)

    def total(frame: Any) -> int:
        return round(float((frame["mean"] * frame["count"]).sum()) * 1e5)

    def end() -> None:
        store.close()
        bare.close()

    return Duel(
        Contender("candles", lambda: called(lambda: store.history("KZT/USD", every="day", ohlc=True)), total),
        Contender(
            "sum(rate)",
            lambda: called(lambda: bare.execute("SELECT sum(rate) FROM quote").fetchone()[0]),
            lambda answer: answer,
        ),
        end=end,
    )


def rows(size: Size) -> list[Row]:
    """The rows of this group."""
    return [
        Row(
            "frames",
            f"`store.history` of {size.quotes[2]:,} rows into a DataFrame",
            "`pandas.read_sql` of the same rows on `sqlite3`",
            Target(0.5),
            history,
        ),
        Row(
            "candles",
            f"candles by day of {size.quotes[3]:,} quotes",
            "`sum(rate)` over the same table in `sqlite3`",
            Target(4),
            candles,
        ),
    ]
