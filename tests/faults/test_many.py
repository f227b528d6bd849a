"""Many at once on one file: each quote is there once, nobody who reads is disturbed, whoever waits too long is told so."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from fx.errors import StoreBusy
from fx.store import Store
from tests.faults import FULL
from tests.faults.made import Reference, dump, name, opened, write_pages
from tests.faults.nursery import Child, Nursery
from tests.faults.planted import mount_table

WRITERS = READERS = 4
SECONDS = 60 if FULL else 4
QUESTIONS = (
    ("sql", "SELECT count(*) AS n, (SELECT sum(quotes) FROM documents) AS m FROM quotes", "--csv"),
    ("latest", "--csv"),
    ("rate", "KZT/USD", "--as-of", "2030-01-01"),
    ("documents", "--csv"),
)


@pytest.mark.parametrize("kind", ["", "nfs4"], ids=["log", "journal"])
def test_of_many_writers_and_readers_none_fails_and_each_quote_is_there_once(
    kind: str, nursery: Nursery, tmp_path: Path
) -> None:
    path = tmp_path / "fx.db"
    how = {"mounts": mount_table(tmp_path, kind)} if kind else {}
    first = write_pages(tmp_path, 1)
    assert nursery.run(tmp_path / "first", "--db", str(path), "load", str(first), "-q", **how).code == 0
    until, loaded, asked, seen = time.monotonic() + SECONDS, 0, 0, []
    writing: list[Child] = []
    reading: list[tuple[Child, int]] = []
    while time.monotonic() < until or writing or reading:
        more = time.monotonic() < until
        if more and len(writing) < WRITERS:  # each page is loaded by two of them
            pages = write_pages(tmp_path, 40, first=20 * loaded)
            writing.append(nursery.start(tmp_path / f"w{loaded}", "--db", str(path), "load", str(pages), "-q", **how))
            loaded += 1
        if more and len(reading) < READERS:
            number = asked % len(QUESTIONS)
            reading.append((nursery.start(tmp_path / f"r{asked}", "--db", str(path), *QUESTIONS[number]), number))
            asked += 1
        for child in [child for child in writing if child.look() is not None]:
            assert (child.code, child.errors) == (0, "")
            writing.remove(child)
        for child, number in [each for each in reading if each[0].look() is not None]:
            assert (child.code, child.errors.count("\n") <= (number == 2)) == (0, True), child.errors
            if number == 0:
                seen.append(child.out.splitlines()[1])
            reading.remove((child, number))
        time.sleep(0.005)
    assert loaded > WRITERS
    assert seen
    with opened(path) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM documents ORDER BY name")]
        doubled = connection.execute(
            "SELECT count(*) FROM (SELECT 1 FROM quotes GROUP BY pair, observed_at, rate_text, change_pct, document HAVING count(*) > 1)"
        ).fetchone()
    assert names == [name(number) for number in range(20 * loaded + 20)]
    assert doubled == (0,)
    with Store(path) as store:
        assert store.check() == []
    alone = tmp_path / "alone.db"
    pages = write_pages(tmp_path, 20 * loaded + 20)
    assert nursery.run(tmp_path / "alone", "--db", str(alone), "load", str(pages), "-q").code == 0
    statements = "SELECT pair, observed_at, rate_text, bid, ask, change_pct FROM quotes ORDER BY 1, 2, 3, 6"
    with opened(path) as one, opened(alone) as other:
        assert one.execute(statements).fetchall() == other.execute(statements).fetchall()
    journal = sqlite3.connect(path).execute("PRAGMA journal_mode").fetchone()
    assert journal == ("delete" if kind else "wal",)


def test_of_three_that_make_one_database_at_once_none_fails(
    nursery: Nursery, reference: Callable[[int], Reference], tmp_path: Path
) -> None:
    whole = reference(2)
    for turn in range(10):
        path = tmp_path / f"{turn}.db"
        words = ("--db", str(path), "load", str(whole.pages), "-q")
        children = [nursery.start(tmp_path / f"{turn}-{number}", *words, gate=True) for number in range(3)]
        for child in children:
            child.let_go()
        ends = [(child.wait(), child.errors, len(child.said)) for child in children]
        assert ends == [(0, "", 2)] * 3
        assert dump(path) == whole.dump


def test_whoever_waits_too_long_for_another_writer_is_told_so(
    nursery: Nursery, empty: Path, reference: Callable[[int], Reference], tmp_path: Path
) -> None:
    path = tmp_path / "fx.db"
    path.write_bytes(empty.read_bytes())
    words = ("--db", str(path), "load", str(reference(2).pages), "-q")
    with opened(path) as other:
        other.isolation_level = None
        other.execute("BEGIN IMMEDIATE")
        child = nursery.run(tmp_path / "run", *words, patience=300)
        assert (child.code, child.out) == (4, "")
        assert child.errors == f"{path} was locked by another process for 0.3 s: try again when that has ended\n"
        assert nursery.run(tmp_path / "run", "--db", str(path), "pairs", "-q").code in {0, 1}
        with pytest.raises(StoreBusy) as caught, Store(path, patience=50) as store:
            store.load_text("KZT/USD = 0.0019", observed_at="2024-12-14")
        assert caught.value.facts["waited"] == 0.05
        waiting = nursery.start(tmp_path / "run", *words)
        time.sleep(0.3)
        other.execute("COMMIT")
        assert (waiting.wait(), waiting.errors) == (0, "")


def test_whoever_waits_for_another_writer_hears_a_signal(
    nursery: Nursery, empty: Path, reference: Callable[[int], Reference], tmp_path: Path
) -> None:
    path = tmp_path / "fx.db"
    path.write_bytes(empty.read_bytes())
    with opened(path) as other:
        other.isolation_level = None
        other.execute("BEGIN IMMEDIATE")
        child = nursery.start(tmp_path / "run", "--db", str(path), "load", str(reference(2).pages), "-q")
        time.sleep(1)
        assert child.code is None
        began = time.monotonic()
        assert child.kill(15) == 143
        assert time.monotonic() - began < 20  # and not the thirty seconds that it would have waited
