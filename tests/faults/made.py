"""The documents that are loaded, and what must hold of a database however their load ended."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import fx
from fx.schema_words import VIEWS as WORDS
from fx.store.files import address

CODES = ("KZT", "KGS", "TJS", "UZS", "TMT", "AMD", "GEL", "MDL")
VIEWS = {"documents": "name", "quotes": "document", "rejects": "document"}
"""The views of the contract that tell of a document, with the column that names it."""


def page(number: int) -> str:
    """A page that no other is like: some quotes, now and then a reject, or the quotes of the page before once more."""
    said = number - 1 if number % 7 == 6 else number
    day = date(2001, 1, 1) + timedelta(days=said // 3)
    board = "".join(
        f"• {code}/USD = 0.0{1000 + (said * 37 + place) % 8999} {place - 2}%\n"
        for place, code in enumerate(CODES[: 1 + said % len(CODES)])
    )
    wrong = f"{CODES[0]}/USD = N/A\n" if number % 5 == 4 else ""
    return f"{board}{wrong}{day:%d %B %Y}\n\npage {number}\n"


def name(number: int) -> str:
    """What a page is called."""
    return f"page-{number:05}"


def write_pages(folder: Path, count: int, first: int = 0) -> Path:
    """So many pages as one file of JSON lines, each a document of its own."""
    file = folder / f"pages-{first}-{count}.jsonl"
    file.write_text(
        "".join(
            json.dumps({"url": name(number), "text": page(number)}) + "\n" for number in range(first, first + count)
        ),
        encoding="utf-8",
    )
    return file


# What is in a database ---------------------------------------------------------------------------------------------


def rows_of(connection: sqlite3.Connection, sql: str) -> list[tuple[Any, ...]]:
    """All rows, in an order that is theirs."""
    return sorted(connection.execute(sql).fetchall(), key=repr)


def columns_of(connection: sqlite3.Connection, table: str) -> str:
    """The columns of a table or view but for those that say when something was recorded, or are reckoned from that."""
    names = [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]
    return ", ".join(f'"{each}"' for each in names if "recorded" not in each and each != "seal")


def opened(path: Path) -> closing[sqlite3.Connection]:
    """A database by SQLite alone, as anybody else would open it."""
    return closing(sqlite3.connect(address(str(path), "mode=rw"), uri=True))


def dump(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, times of recording aside, and the schema."""
    with opened(path) as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        held = {
            table: rows_of(connection, f'SELECT {columns_of(connection, table)} FROM "{table}"') for table in tables
        }
        return held | {"schema": rows_of(connection, "SELECT type, name, tbl_name, sql FROM sqlite_master")}


def by_document(ask: Callable[[str], Iterable[tuple[Any, ...]]]) -> dict[str, list[tuple[Any, ...]]]:
    """What the views say of each document; ``ask`` gives the rows of a statement, from a file or a server."""
    held: dict[str, list[tuple[Any, ...]]] = {}
    for view, key in VIEWS.items():
        columns = ", ".join(each for each in WORDS[view].columns if "recorded" not in each)
        for row in sorted(ask(f"SELECT {key}, {columns} FROM {view}"), key=repr):
            held.setdefault(row[0], []).append((view, *row[1:]))
    return held


@dataclass
class Reference:
    """What an undisturbed load of the same pages leaves, and the fewest seconds that one was seen to take."""

    pages: Path
    count: int
    seconds: float
    dump: dict[str, list[tuple[Any, ...]]]
    documents: dict[str, list[tuple[Any, ...]]]

    @classmethod
    def of(cls, path: Path, pages: Path, count: int, seconds: float) -> Reference:
        """What a database holds now."""
        with opened(path) as connection:
            return cls(pages, count, seconds, dump(path), by_document(connection.execute))


def holds_nothing(path: Path) -> bool:
    """Whether there is no database yet, or one in which nothing is: its making was cut short."""
    if not path.exists() or path.stat().st_size == 0:
        return True
    with opened(path) as connection:
        return connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)


def differences(held: dict[str, list[tuple[Any, ...]]], said: list[str], whole: Reference) -> list[str]:
    """What is wrong with the documents that are ``held`` after these were ``said`` to be kept."""
    found = [f"{each} was said to be kept and is not there" for each in said if each not in held]
    found += [f"{each} is not whole" for each, rows in held.items() if rows != whole.documents.get(each)]
    if sorted(held) != list(whole.documents)[: len(held)]:
        found.append("the documents are not the first ones")
    return found


def problems(path: Path, said: list[str], whole: Reference, *, thorough: bool = True) -> list[str]:
    """What is wrong with a database whose load was cut short after these documents were ``said`` to be kept.

    ``thorough`` asks fx itself too, as ``fx db check`` does.
    """
    try:
        if holds_nothing(path):
            return [f"{each} was said to be kept, and there is nothing" for each in said]
        with opened(path) as connection:
            found = [f"integrity: {row[0]}" for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
            found += [f"foreign key: {row}" for row in connection.execute("PRAGMA foreign_key_check")]
            held = by_document(connection.execute)
    except sqlite3.Error as error:
        return [f"SQLite says: {error}"]
    found += differences(held, said, whole)
    if thorough and not found:
        with fx.open(path) as store:
            found += store.check()
    return found
