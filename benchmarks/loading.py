"""Loading into SQLite: pages beside a mere search in them, a log beside a bare ``executemany`` of what it says."""

from __future__ import annotations

import contextlib
import functools
import json
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import fx
from benchmarks import data
from benchmarks.measure import Spent, called, ran
from benchmarks.rows import Contender, Duel, Row, Size, Target, Workshop
from benchmarks.scan import WHEN, megabytes, pages, search, text_of
from benchmarks.stores import ordinal
from fx.store.kept import change_code

__all__ = ["loaded_log", "rows"]


def emptied(database: Path) -> Path:
    """A path at which no database lies, nor what SQLite puts beside one."""
    for suffix in ("", "-wal", "-shm"):
        Path(f"{database}{suffix}").unlink(missing_ok=True)
    return database


def load(workshop: Workshop, database: Path, file: Path, *options: str) -> Spent:
    """``fx load``, whole."""
    words = [workshop.fx, "--db", database, "load", "-q", "--json", "--source", "made", *options, file]
    return ran(words, workshop.folder)


def told(output: object) -> dict[str, int]:
    """What a load says it did."""
    return dict(json.loads(text_of(output)))


def pages_loaded(workshop: Workshop) -> Duel:
    """Pages into a new database beside ripgrep: as many quotes are read as lines are found."""
    file, database = pages(workshop), workshop.folder / "pages.db"

    def run() -> Spent:
        return load(workshop, emptied(database), file, *WHEN)

    def read(output: object) -> int:
        found = told(output)
        return found["quotes"] + found["repeats"]

    return Duel(Contender("fx", run, read), search(workshop, file), end=lambda: emptied(database))


def log(workshop: Workshop) -> Path:
    """The log."""

    def make(path: Path) -> None:
        with path.open("w", encoding="utf-8") as file:
            for moment, code, rate, percent in data.log_lines(workshop.size.log):
                file.write(f"{moment:%Y-%m-%dT%H:%M:%SZ} {code}/USD = {rate} {percent}%\n")

    return workshop.made("ticker.log", make)


def loaded_log(workshop: Workshop) -> Path:
    """The database that loading the log makes."""

    def make(path: Path) -> None:
        load(workshop, path, log(workshop))

    return workshop.made("log.db", make)


def sums(database: Path) -> Sequence[object]:
    """What tells one set of quotes from another, whatever their order and numbers."""
    with contextlib.closing(sqlite3.connect(database)) as connection:
        sql = """SELECT base, counter, count(*), sum(observed_at), sum(rate * (observed_at / 20000 % 1000003)),
                        sum(scale), count(DISTINCT change), sum(change > 1)
                   FROM quote AS q JOIN series AS s ON s.id = q.series_id
                  GROUP BY base, counter ORDER BY base, counter"""
        return connection.execute(sql).fetchall()


def bare_rows(number: int) -> list[tuple[Any, ...]]:
    """The log as rows of the table ``quote``, in its order."""
    series = {code: place for place, code in enumerate(data.BOARD, 1)}
    return [
        (
            series[code],
            ordinal(moment),
            int(rate.replace(".", "")),
            len(rate) - 2,
            "",
            change_code(percent),
            1,
            line,
            1,
        )
        for line, (moment, code, rate, percent) in enumerate(data.log_lines(number), 1)
    ]


def bare_insert(rows: list[tuple[Any, ...]], database: Path) -> Path:
    """Put rows into a table as fx has it, in one transaction that is as safe as those of fx."""
    with contextlib.closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA foreign_keys=0")
        connection.execute("PRAGMA synchronous=FULL")
        connection.executemany(f"INSERT INTO quote VALUES ({', '.join('?' * 9)})", rows)
        connection.commit()
    return database


def log_loaded(workshop: Workshop) -> Duel:
    """The log into a new database beside a bare ``executemany``; both tables must hold the same."""
    file, database, bare = log(workshop), workshop.folder / "log.db", workshop.folder / "bare.db"
    given = functools.cache(lambda: bare_rows(workshop.size.log))

    def run() -> Spent:
        return load(workshop, emptied(database), file)

    def insert() -> Spent:
        with fx.open(emptied(bare)) as store:  # the tables, and nothing in them
            store.load_text("".join(f"2024-12-14 {code}/USD = 0.5\n" for code in data.BOARD), source="made")
        with contextlib.closing(sqlite3.connect(bare)) as connection:
            connection.execute("DELETE FROM quote")
            connection.commit()
        rows = given()
        return called(lambda: bare_insert(rows, bare))

    def end() -> None:
        emptied(database)
        emptied(bare)

    return Duel(
        Contender("fx", run, lambda _: sums(database)),
        Contender("executemany", insert, lambda _: sums(bare)),
        end=end,
    )


def log_again(workshop: Workshop) -> Duel:
    """The log once more under another name beside its first load: the second brings nothing new."""
    file, loaded = log(workshop), loaded_log(workshop)
    again, first = workshop.folder / "again.db", workshop.folder / "first.db"
    other = workshop.made("other.log", lambda path: shutil.copyfile(file, path))

    def once_more() -> Spent:
        shutil.copyfile(loaded, emptied(again))
        return load(workshop, again, other)

    def read(database: Path) -> Callable[[object], object]:
        return lambda output: (told(output)["quotes"], sums(database))

    def end() -> None:
        emptied(again)
        emptied(first)

    return Duel(
        Contender("fx again", once_more, read(again)),
        Contender("fx", lambda: load(workshop, emptied(first), file), read(first)),
        end=end,
    )


def log_size(workshop: Workshop) -> Duel:
    """The size of the log's database; it must hold every line."""
    database = loaded_log(workshop)

    def count() -> Spent:
        with contextlib.closing(sqlite3.connect(database)) as connection:
            (quotes,) = connection.execute("SELECT count(*) FROM quote").fetchone()
        return Spent(0, 0, quotes, database.stat().st_size)

    return Duel(Contender("fx", count, lambda quotes: quotes), expected=workshop.size.log)


def rows(size: Size) -> list[Row]:
    """The rows of this group."""
    lines = f"`fx load` of a log of {size.log:,} distinct lines"
    return [
        Row(
            "load",
            f"`fx load` of {megabytes(size.pages)} of pages into SQLite",
            "`rg -c` of the same pattern",
            Target(8),
            pages_loaded,
        ),
        Row("log", lines, "bare `executemany` of the parsed rows", Target(3), log_loaded),
        Row("again", "the same log again, under another name", "its first load", Target(1), log_again),
        Row(
            "bytes",
            "bytes on disk a quote, that log",
            "20, the layout's floor",
            Target(30, "bytes"),
            log_size,
            size.log,
        ),
    ]
