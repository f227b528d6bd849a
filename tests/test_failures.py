"""What SQLite and a server say when they fail, raised by real ones: each is the error of fx that tells what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
import sqlalchemy

from fx.errors import NotAStore, QueryError, StoreBusy, StoreError, StoreLost, StoreReadOnly
from fx.store.faults import translated
from tests.postgres import Server

CODES: dict[str, tuple[type[StoreError], str]] = {
    "25006": (StoreReadOnly, "is open for reading only"),
    "42501": (StoreReadOnly, "ask for the right"),
    "55P03": (StoreBusy, "try again when it has ended"),
    "40001": (StoreBusy, "try again when it has ended"),
    "40P01": (StoreBusy, "try again when it has ended"),
    "57014": (QueryError, "ask for less"),
    "53100": (StoreError, "make room and load again"),
    "53200": (StoreError, "make room and load again"),
    "XX001": (NotAStore, "restore a backup"),
    "57P01": (StoreLost, "run it again for the rest"),
    "08006": (StoreLost, "run it again for the rest"),
    "22012": (QueryError, "check the statement"),
}


@pytest.mark.parametrize("code", CODES)
def test_each_code_of_a_server_is_an_error_that_says_what_to_do(code: str, postgres: Server) -> None:
    kind, advice = CODES[code]
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        said = f"DO $$ BEGIN RAISE EXCEPTION 'its own words' USING ERRCODE = '{code}'; END $$"
        with pytest.raises(StoreError, match=advice) as caught, translated("postgresql://here/fx"):
            connection.execute(said)
    assert type(caught.value) is kind
    assert "postgresql://here/fx" in caught.value.message or kind is QueryError
    assert isinstance(caught.value.__cause__, psycopg.Error)


def full(raw: sqlite3.Connection, _: Path) -> None:
    raw.execute("PRAGMA max_page_count = 2")
    raw.execute("CREATE TABLE more (page BLOB)")
    raw.execute("INSERT INTO more VALUES (zeroblob(100000))")


def locked(raw: sqlite3.Connection, path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        raw.execute("PRAGMA busy_timeout = 0")
        raw.execute("BEGIN IMMEDIATE")


def of_another_path(name: str) -> Callable[[sqlite3.Connection, Path], object]:
    def asked(_: sqlite3.Connection, path: Path) -> None:
        (path.parent / "words").write_text("no database, but words enough for a head of one" * 20)
        with closing(sqlite3.connect(path.parent / name)) as other:
            other.execute("SELECT * FROM sqlite_master").fetchall()

    return asked


def read_only(_: sqlite3.Connection, path: Path) -> None:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as other:
        other.execute("CREATE TABLE more (page BLOB)")


def through_sqlalchemy(_: sqlite3.Connection, path: Path) -> None:
    engine = sqlalchemy.create_engine(f"sqlite:///{path}")
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("SELECT * FROM nowhere")
    finally:
        engine.dispose()


SQLITE: dict[str, tuple[Callable[[sqlite3.Connection, Path], object], type[StoreError], str]] = {
    "a full disk": (full, StoreError, "is full: make room and load again"),
    "a lock": (locked, StoreBusy, "is locked by another process: try again when it has ended"),
    "words": (of_another_path("words"), NotAStore, "is damaged or no SQLite database"),
    "a folder that is none": (of_another_path("none/fx.db"), StoreError, "cannot be opened .*: check path"),
    "a door for reading": (read_only, StoreReadOnly, "is open for reading only"),
    "a wrong statement": (lambda raw, _: raw.execute("SELEC 1"), QueryError, "check the statement"),
    "what SQLAlchemy asked": (through_sqlalchemy, QueryError, "no such table: nowhere"),
}


@pytest.mark.parametrize("name", SQLITE)
def test_each_failure_of_sqlite_is_an_error_that_says_what_to_do(name: str, tmp_path: Path) -> None:
    fail, kind, advice = SQLITE[name]
    path = tmp_path / "fx.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("CREATE TABLE page (number INTEGER)")
        with pytest.raises(StoreError, match=advice) as caught, translated(str(path)):
            fail(raw, path)
    assert type(caught.value) is kind


def test_a_file_that_may_not_be_written_to_is_told_from_a_door_for_reading(tmp_path: Path) -> None:
    path = tmp_path / "fx.db"
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE page (number INTEGER)")
    with pytest.MonkeyPatch.context() as patch:  # root may write to anything
        patch.setattr("fx.store.faults.may_be_written", lambda _: False)
        with pytest.raises(StoreReadOnly, match="may not be written to: check its permissions"), translated(str(path)):
            read_only(sqlite3.connect(":memory:"), path)


def test_a_statement_that_was_ended_is_ctrl_c_and_other_errors_are_left_alone() -> None:
    with closing(sqlite3.connect(":memory:")) as raw:
        raw.set_progress_handler(lambda: 1, 1)
        with pytest.raises(KeyboardInterrupt), translated("fx.db"):
            raw.execute("SELECT count(*) FROM sqlite_master").fetchall()
    with pytest.raises(LookupError), translated("fx.db"):
        raise LookupError
