"""Many at once on one store: each quote is there once, no reader is disturbed, whoever waits too long is told so."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from fx.errors import StoreBusy
from fx.store import Store
from fx.store.files import beside
from tests.faults import FULL
from tests.faults.made import Reference, dump, name, opened, write_pages
from tests.faults.nursery import Child, Nursery
from tests.faults.planted import mount_table

WRITERS = READERS = 4
SECONDS = 60 if FULL else 3
QUESTIONS = (
    ("sql", "SELECT count(*) AS n, (SELECT sum(quotes) FROM documents) AS m FROM quotes", "--csv"),
    ("latest", "--csv"),
    ("rate", "KZT/USD", "--as-of", "2030-01-01"),
    ("documents", "--csv"),
)
DOUBLED = """SELECT count(*) FROM (
    SELECT 1 FROM quotes GROUP BY pair, observed_at, rate_text, change_pct, document HAVING count(*) > 1) AS doubled"""


@pytest.mark.parametrize("kind", ["log", "journal", "server"])
def test_of_many_writers_and_readers_none_fails_and_each_quote_is_there_once(
    kind: str, nursery: Nursery, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    path = tmp_path / "fx.db"
    place = request.getfixturevalue("postgres").schema() if kind == "server" else str(path)
    how = {"mounts": mount_table(tmp_path, "nfs4")} if kind == "journal" else {}
    first = write_pages(tmp_path, 1)
    assert nursery.run(tmp_path / "first", "--db", place, "load", str(first), "-q", **how).code == 0
    until, loaded, asked, seen = time.monotonic() + SECONDS, 0, 0, []
    writing: list[Child] = []
    reading: list[tuple[Child, int]] = []
    more = True
    while more or writing or reading:
        more = time.monotonic() < until or loaded <= WRITERS or not seen
        if more and len(writing) < WRITERS:  # each page is loaded by two of them
            pages = write_pages(tmp_path, 40, first=20 * loaded)
            writing.append(nursery.start(tmp_path / f"w{loaded}", "--db", place, "load", str(pages), "-q", **how))
            loaded += 1
        if more and len(reading) < READERS:
            number = asked % len(QUESTIONS)
            reading.append((nursery.start(tmp_path / f"r{asked}", "--db", place, *QUESTIONS[number]), number))
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
    alone = tmp_path / "alone.db"
    pages = write_pages(tmp_path, 20 * loaded + 20)
    assert nursery.run(tmp_path / "alone", "--db", str(alone), "load", str(pages), "-q").code == 0
    statements = "SELECT pair, observed_at, rate_text, bid, ask, change_pct FROM quotes ORDER BY 1, 2, 3, 6"
    with Store(place) as store, Store(alone) as other:
        assert store.check() == []
        names = [row[0] for row in store.asked("SELECT name FROM documents ORDER BY name")[1]]
        assert names == [name(number) for number in range(20 * loaded + 20)]
        assert store.asked(DOUBLED)[1] == [(0,)]
        assert store.asked(statements) == other.asked(statements)
    if kind != "server":
        journal = sqlite3.connect(path).execute("PRAGMA journal_mode").fetchone()
        assert journal == ("delete" if kind == "journal" else "wal",)


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


COMES_AND_GOES = """import os, sys
while True:
    open(sys.argv[1], "w").close()
    os.unlink(sys.argv[1])"""


def test_a_log_that_is_taken_away_at_that_moment_is_none(tmp_path: Path) -> None:
    path = tmp_path / "fx.db"
    with subprocess.Popen([sys.executable, "-S", "-c", COMES_AND_GOES, f"{path}-wal"]) as other:
        while not Path(f"{path}-wal").exists():
            time.sleep(0.001)
        assert not any(beside(str(path)) for _ in range(10_000))
        other.kill()


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
