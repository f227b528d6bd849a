"""``python -m benchmarks.growing``: what answers cost as a store on PostgreSQL grows, in one piece or in parts.

Forty series over 26 years, filled on the server itself. Asked is by a warm store, as of days all over these years; what
each size is compared with is the same at another. No answer may look through the quotes: the server counts how often a
table of them was read from end to end.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import psycopg

import fx
from benchmarks import data
from benchmarks.measure import called
from fx.store.partitions import Parts, year_bounds
from tests.postgres import Server, server

YEARS = range(2000, 2026)
WARM = 5
ROWS = """INSERT INTO quote (series_id, observed_at, rate, scale, rest, change, document_id, line, times)
SELECT s.id, {begin} + n * {apart} + 1, 100000 + (n * 7919 + s.id * 31) % 20000, 5, '', 0, 1, n, 1
  FROM generate_series(0::bigint, {last}, {step}) AS n CROSS JOIN series AS s ON CONFLICT DO NOTHING"""

LOOKED_THROUGH = """SELECT s.relname FROM pg_stat_user_tables AS s JOIN pg_class AS c ON c.oid = s.relid
 WHERE s.schemaname = current_schema() AND s.relname LIKE 'quote%' AND c.reltuples > 100 AND s.seq_scan > 0"""


def filled(url: str, sizes: list[int]) -> Iterator[int]:
    """A store that grows to each of the sizes."""
    codes = data.CODES
    begin, end = year_bounds(YEARS[0])[0], year_bounds(YEARS[-1])[1]
    with fx.open(url) as store:
        store.load_text("\n".join(f"1999-12-31 EUR/{code} = 1.10000 0%" for code in codes), name="begin")
    most = max(sizes) // len(codes)
    with psycopg.connect(url, autocommit=True) as connection:
        parted = connection.execute("SELECT count(*) FROM pg_inherits WHERE inhparent = 'quote'::regclass").fetchone()
        if parted and parted[0]:
            for sql in Parts(["quote_1999"]).missing(year_bounds(year)[0] for year in YEARS):
                connection.execute(sql)
        for size in sizes:
            step = most // (size // len(codes))
            # Of the moments of the largest size every so-manieth; those that are there are passed by.
            sql = ROWS.format(begin=begin, apart=2 * ((end - begin) // 2 // most), last=most - 1, step=step)
            connection.execute(sql)
            connection.execute("VACUUM ANALYZE quote")
            ((done,),) = connection.execute("SELECT count(*) FROM quote").fetchall()
            yield done


def median(ask: Callable[[], object], times: int) -> float:
    """Milliseconds that a question takes, once it was asked some times."""
    return statistics.median([called(ask).wall for _ in range(times + WARM)][WARM:]) * 1000


def scans(url: str, days: list[date]) -> list[str]:
    """What the server has looked through from end to end since it began to count, of the quotes."""
    with psycopg.connect(url, autocommit=True) as connection, fx.open(url) as store:
        connection.execute("SELECT pg_stat_reset()")
        for day in days[:20]:
            store.rate("EUR/USD", as_of=day)
        store.latest()
        store.close()
        time.sleep(1.2)  # counts are told once a second
        return [name for (name,) in connection.execute(LOOKED_THROUGH).fetchall()]


def measured(own: Server, kind: str, sizes: list[int]) -> Iterator[str]:
    """The rows of the table for one kind of store."""
    url = own.schema()
    with fx.open(url) as store:
        store.init(partition="year" if kind == "by year" else None)
    draw = random.Random(4)
    days = [date(2000, 1, 8) + timedelta(days=draw.randrange(9400)) for _ in range(2000)]
    for done in filled(url, sizes):
        asked = iter(days * 2)
        with fx.open(url) as store:
            rate = median(lambda store=store, asked=asked: store.rate("EUR/USD", as_of=next(asked)), 300)  # type: ignore[misc]
            cross = median(lambda store=store, asked=asked: store.rate("KZT/JPY", as_of=next(asked)), 200)  # type: ignore[misc]
            latest = median(store.latest, 30)
        through = ", ".join(scans(url, days)) or "none"
        yield f"| {kind} | {done:,} | {rate:.2f} ms | {cross:.2f} ms | {latest:.1f} ms | {through} |"


def main() -> None:
    """Run them all, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growing", description=__doc__)
    parser.add_argument("--most", type=int, default=10**7, help="quotes; 10,000,000 if not given")
    most = parser.parse_args().most
    sizes = [size for size in (10**4, 10**5, 10**6, 10**7, 10**8) if size <= most]
    print("| store | quotes | a rate as of a day | a cross of two | `fx latest` | looked through |")
    print("|---|---|---|---|---|---|")
    with server() as own:
        for kind in ("one piece", "by year"):
            for row in measured(own, kind, sizes):
                print(row, flush=True)


if __name__ == "__main__":
    main()
