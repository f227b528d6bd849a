"""Whoever loads while a newer fx upgrades the database keeps whole documents before that and writes nothing after it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

import fx
from fx.errors import SchemaMismatch
from fx.sql import HEAD
from fx.store.copying import COPYING
from fx.store.server import ONE_WRITER
from tests.faults import FULL
from tests.faults.made import Reference, opened
from tests.faults.nursery import Nursery

Ask = Callable[[str], list[tuple[Any, ...]]]
NEWER = "UPDATE alembic_version SET version_num = '{}'"
THERE = "SELECT (SELECT count(*) FROM document), (SELECT count(*) FROM quote), (SELECT count(*) FROM sighting)"
PAGES = 1000


@contextmanager
def in_turn(place: str) -> Iterator[Ask]:
    """A transaction of another program that waits for its turn, as each writer does."""
    if "://" in place:
        with psycopg.connect(place) as server:
            server.execute(ONE_WRITER)
            yield lambda sql: done.fetchall() if (done := server.execute(sql)).description else []
    else:
        with opened(Path(place)) as file:
            file.isolation_level = None
            file.execute("PRAGMA busy_timeout = 20000")
            file.execute("BEGIN IMMEDIATE")
            yield lambda sql: file.execute(sql).fetchall()
            file.execute("COMMIT")


@pytest.fixture(params=["file", "server"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where there is no database yet."""
    url: str = request.getfixturevalue("postgres").schema() if request.param == "server" else str(tmp_path / "fx.db")
    return url


@pytest.mark.parametrize(
    ("revision", "says"),
    [
        ("9999", f"is at schema 9999, this fx knows {HEAD}: upgrade fx"),
        (COPYING, "is an unfinished copy: run 'fx db copy'"),
    ],
)
def test_a_load_that_meets_an_upgrade_ends_with_a_sentence_and_writes_nothing_after_it(
    revision: str, says: str, place: str, nursery: Nursery, reference: Callable[[int], Reference], tmp_path: Path
) -> None:
    whole = reference(PAGES)
    with fx.open(place) as store:
        store.writing()
    for _ in range(10 if FULL else 2):
        child = nursery.start(tmp_path / "run", "--db", place, "load", str(whole.pages), "-q", batch=1)
        before = len(child.said)
        while child.look() is None and len(child.said) == before:
            time.sleep(0.001)
        with in_turn(place) as ask:
            ask(NEWER.format(revision))
            there = ask(THERE)
        assert (child.wait(), child.errors.count("\n")) == (4, 1), child.errors
        assert says in child.errors
        with in_turn(place) as ask:
            assert ask(THERE) == there
            ask(NEWER.format(HEAD))
        assert len(child.said) <= there[0][0] < PAGES
    again = nursery.run(tmp_path / "run", "--db", place, "load", str(whole.pages), "-q")
    assert (again.code, again.errors) == (0, "")
    with fx.open(place) as store:
        assert store.check() == []
        assert store.info().documents == PAGES


def test_every_way_to_write_looks_again(place: str) -> None:
    with fx.open(place) as store:
        store.load_text("KZT/USD = 0.0019", observed_at="2024-12-14")
        store.load_text("KZT/USD = 0.0018", observed_at="2024-12-15")
        with in_turn(place) as ask:
            ask(NEWER.format("9999"))
        for write in (
            lambda: store.load_text("KZT/USD = 0.0017", observed_at="2024-12-16"),
            lambda: store.prune("2030-01-01", apply=True),
        ):
            with pytest.raises(SchemaMismatch, match="9999"):
                write()
        with in_turn(place) as ask:
            ask(NEWER.format(HEAD))
        assert store.load_text("KZT/USD = 0.0017", observed_at="2024-12-16").new == 1
        assert [row["quotes"] for row in store.documents()] == [1, 1, 1]
