"""Databases that are too large to be loaded line by line: fx makes them and loads the newest quotes, SQL adds the rest.

What SQL adds has the shape of what ``fx load`` makes; ``fx db check`` calls the database sound (a test asks it).
"""

from __future__ import annotations

import contextlib
import random
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import combinations
from pathlib import Path

import fx
from benchmarks import data
from fx.currencies import facts
from fx.store.digests import PRIME, row_digest

__all__ = ["NEWEST", "board_store", "codes_of", "cross_store", "history_store", "ordinal", "price_store", "rate_at"]

MINUTE = 2 * 60_000
"""In halves of a millisecond, as the store counts."""
NEWEST = datetime(2025, 12, 31, 12, tzinfo=UTC)
ADD = """INSERT INTO quote
    (series_id, observed_at, rate, scale, rest, change, document_id, line, times)"""


def ordinal(moment: date | datetime) -> int:
    """A day or an instant as ``quote`` keeps it."""
    if isinstance(moment, datetime):
        return 2 * round(moment.timestamp() * 1000) + 1
    return 2 * 86_400_000 * (moment - date(1970, 1, 1)).days


def rate_at(age: int) -> int:
    """The rate of KZT/USD ``age`` minutes before the newest, in hundred-thousandths.

    >>> [rate_at(age) for age in (0, 1, 2, 20)]
    [190, 197, 183, 183]
    """
    return 180 + (10 + 7 * age) % 21


@contextlib.contextmanager
def begun(path: Path, text: str) -> Iterator[sqlite3.Connection]:
    """A new store into which fx has loaded a text; then open for more, which its document is made to count."""
    with fx.open(path) as store:
        store.load_text(text, name="made", source="made")
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA foreign_keys=0")
        yield connection
        connection.execute(
            f"""UPDATE document SET quotes = k.quotes, digest = (k.digest % {PRIME} + {PRIME}) % {PRIME}
                  FROM (SELECT count(*) AS quotes, sum({row_digest("q")}) AS digest FROM quote AS q) AS k"""
        )
        connection.commit()


def history_store(path: Path, quotes: int) -> None:
    """``quotes`` quotes of KZT/USD, one a minute up to `NEWEST`."""
    with begun(path, f"{NEWEST.isoformat()} KZT/USD = 0.00{rate_at(0)} 0%\n") as connection:
        connection.execute(
            f"""{ADD}
            WITH RECURSIVE minute(age) AS (SELECT :oldest UNION ALL SELECT age - 1 FROM minute WHERE age > 1)
            SELECT series_id, observed_at - age * {MINUTE}, 180 + (10 + 7 * age) % 21, 5, '', 1, document_id, 1, 1
              FROM minute CROSS JOIN (SELECT * FROM quote LIMIT 1) WHERE :oldest > 0""",
            {"oldest": quotes - 1},
        )


def added(connection: sqlite3.Connection, rows: Iterable[tuple[str, str, date, str]]) -> None:
    """Add quotes of pairs that are there already: base, counter, day, rate."""
    series = {
        (base, counter): number for number, base, counter in connection.execute("SELECT id, base, counter FROM series")
    }
    (document,) = connection.execute("SELECT id FROM document").fetchone()
    keyed = sorted((series[base, counter], ordinal(day), Decimal(rate)) for base, counter, day, rate in rows)
    connection.executemany(
        f"{ADD} VALUES (?, ?, ?, ?, '', 0, {document}, 1, 1)",
        [(number, moment, *digits(rate)) for number, moment, rate in keyed],
    )


def digits(rate: Decimal) -> tuple[int, int]:
    """A rate as the whole number and the decimals that ``quote`` keeps."""
    _, figures, exponent = rate.as_tuple()
    return int("".join(map(str, figures))), -int(exponent)


def board_store(path: Path, days: int) -> None:
    """The five quotes of the board for days on end."""
    rows = data.daily(days)
    newest = len(data.BOARD)
    with begun(path, "".join(f"{day} {code}/USD = {rate}\n" for day, code, rate in rows[-newest:])) as connection:
        added(connection, ((code, "USD", day, rate) for day, code, rate in rows[:-newest]))


def price_store(path: Path, number: int) -> None:
    """The euro in forty currencies for days on end."""
    days = list(data.prices(number))
    text = "".join(f"{days[-1][0]} EUR/{code} = {rate}\n" for code, rate in zip(data.CODES, days[-1][1], strict=True))
    with begun(path, text) as connection:
        rows = [
            ("EUR", code, day, rate) for day, rates in days[:-1] for code, rate in zip(data.CODES, rates, strict=True)
        ]
        added(connection, rows)


def codes_of(number: int) -> list[str]:
    """So many currencies in use."""
    return sorted(code for code, each in facts().items() if not each.withdrawn and code not in {"XXX", "XTS"})[:number]


def cross_store(path: Path, codes: int, quotes: int) -> None:
    """Every pair of some currencies, each last quoted on a day of its own; older quotes fill up to ``quotes``."""
    draw = random.Random(12)
    named = codes_of(codes)
    worth = {code: draw.randrange(1_000, 100_000) for code in named}
    lines = []
    for base, counter in combinations(named, 2):
        rate = Decimal(worth[base] * 10_000 // worth[counter] + draw.randrange(1, 9)).scaleb(-4)
        lines.append(f"{data.LAST_DAY - timedelta(draw.randrange(14))} {base}/{counter} = {rate}\n")
    with begun(path, "".join(lines)) as connection:
        (pairs,) = connection.execute("SELECT count(*) FROM quote").fetchone()
        connection.execute(
            f"""{ADD}
            WITH RECURSIVE day(age) AS (SELECT :oldest UNION ALL SELECT age - 1 FROM day WHERE age > 1)
            SELECT q.series_id, q.observed_at - age * 86400000, q.rate + age % 7, q.scale, '', 0,
                   q.document_id, 1, 1
              FROM (SELECT * FROM quote ORDER BY series_id) AS q CROSS JOIN day WHERE :oldest > 0""",
            {"oldest": quotes // pairs - 1},
        )
