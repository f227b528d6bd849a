"""Pruning, giving room back and copying: no answer changes, the database stays sound, a copy is whole or not there."""

from __future__ import annotations

import itertools
import sqlite3
import stat
import subprocess
import sys
import threading
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fx.errors import FxError, NoQuotes, NoRate, StoreError, UnknownCurrency, UsageError
from fx.moments import Moment
from fx.store import Store
from tests.builders import BOARD, EXAMPLES, NOON, PAGE

FIRST = date(2024, 1, 1)
PAIRS = ("KZT/USD", "USD/KGS", "KGS/TJS", "EUR/USD")
CODES = ("KZT", "USD", "KGS", "TJS", "EUR")

hours = st.none() | st.integers(22, 23)
said = st.tuples(st.integers(0, 30), hours, st.sampled_from(PAIRS), st.integers(1, 2), st.sampled_from("ab"))
documents = st.lists(st.lists(said, min_size=1, max_size=6), min_size=1, max_size=12)


def day(number: int) -> str:
    return str(FIRST + timedelta(days=number))


def fill(store: Store, texts: list[list[tuple[int, int | None, str, int, str]]]) -> None:
    """One document for each list, of one source; a note in it keeps each one's bytes its own."""
    for number, rows in enumerate(texts):
        lines = [
            f"{day(when)}{'' if hour is None else f'T{hour:02}:30:00Z'},{pair[:3]},{pair[4:]},0.0{rate:02}"
            for when, hour, pair, rate, _ in rows
        ]
        text = "date,base,counter,rate\n" + "\n".join(lines) + f"\n\nnote {number}, KZT/USD = N/A\n"
        store.load_text(text, name=f"d{number}", source=rows[0][4])


def answer(store: Store, pair: str, as_of: str, source: str | None) -> object:
    try:
        found = store.rate(pair, as_of=as_of, source=source or ())
    except FxError as error:
        return type(error)
    return found.exact, found.low, found.high, [(leg.quote, leg.inverted) for leg in found.legs]


def answers(store: Store, moments: list[str]) -> list[object]:
    pairs = [f"{base}/{counter}" for base, counter in itertools.permutations(CODES, 2)]
    return [answer(store, pair, moment, name) for pair in pairs for moment in moments for name in (None, "a")]


@settings(max_examples=25, deadline=None)
@given(documents, st.integers(0, 45), st.sampled_from([None, "day", "week", "month", "year"]), st.integers(0, 23))
def test_pruning_changes_no_answer_as_of_the_cut_or_later(
    texts: list[list[tuple[int, int | None, str, int, str]]], cut: int, keep: str | None, hour: int
) -> None:
    with Store(":memory:", lambda: NOON) as store:
        fill(store, texts)
        late = [day(cut), f"{day(cut)}T{hour:02}:40Z", day(cut + 1), day(cut + 9)]
        days = [day(number) for number in range(0, 42, 3)] if keep == "day" else []
        before = answers(store, [*late, *days])
        standing = store.query("SELECT * FROM standing_quotes WHERE observed_at >= :cut", {"cut": day(cut)})
        held = store.query("SELECT * FROM latest_quotes")
        kept = store.info().quotes
        planned = store.prune(day(cut), keep=keep)
        assert store.info().quotes == kept
        done = store.prune(day(cut), keep=keep, apply=True)
        assert (done.series, done.sightings, done.documents, done.rejects) == (
            planned.series,
            planned.sightings,
            planned.documents,
            planned.rejects,
        )
        assert store.check() == []
        assert store.info().quotes == kept - done.quotes
        assert answers(store, [*late, *days]) == before
        assert store.query("SELECT * FROM standing_quotes WHERE observed_at >= :cut", {"cut": day(cut)}) == standing
        assert store.query("SELECT * FROM latest_quotes") == held
        again = store.prune(day(cut), keep=keep, apply=True)
        assert (again.quotes, again.documents, again.done) == (0, 0, False)
        fill(store, texts)  # what is loaded again comes back
        assert store.info().quotes == kept
        assert store.check() == []


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database with the examples, in the order of their days."""
    with Store(tmp_path / "fx.db") as store:
        for file in sorted(EXAMPLES.glob("*.txt")):
            store.load(file, source="timesca")
    return tmp_path / "fx.db"


def test_asked_as_of_a_day_before_the_cut_there_is_no_rate_and_never_another_one(path: Path) -> None:
    with Store(path) as store:
        assert str(store.rate("KZT/USD", as_of="2025-06-01").exact) == "49/25000"
        store.prune("2025-12-10", apply=True)
        with pytest.raises(NoRate, match="the first is of 2025-12-05"):
            store.rate("KZT/USD", as_of="2025-06-01")
        assert str(store.rate("KZT/USD", as_of="2025-12-10").legs[0].quote.observed_at) == "2025-12-05"


def test_pruning_is_narrowed_to_pairs_and_sources(path: Path) -> None:
    with Store(path) as store:
        store.load_text("KZT/USD = 0.0021\n", observed_at="2024-12-01", source="other")
        store.load_text("KZT/USD = N/A\n", observed_at="2024-12-01", source="other")
        assert {each.pair for each in store.prune("2026-01-01", "USD/KZT").series} == {"KZT/USD"}
        assert store.prune("2026-01-01", source="other").quotes == 0
        assert {each.pair for each in store.prune("2026-01-01", "KGS", "TMT", source="timesca").series} == {
            "KGS/USD",
            "TMT/USD",
        }
        done = store.prune("2026-01-01", "KZT", apply=True)
        (series,) = done.series
        assert (series.quotes, series.stays, str(series.first), str(series.last)) == (3, 1, "2024-12-14", "2025-12-05")
        assert (done.documents, done.rejects) == (0, 0)  # the other quotes are still there
        assert store.check() == []
        rest = store.prune("2026-01-01", apply=True)
        assert (rest.quotes, rest.documents, rest.rejects) == (12, 4, 1)
        assert store.check() == []
        with pytest.raises(NoQuotes, match="fx sources"):
            store.prune("2026-01-01", source="nobody")
        with pytest.raises(UnknownCurrency):
            store.prune("2026-01-01", "KZZ")
        with pytest.raises(UsageError, match="--keep takes"):
            store.prune("2026-01-01", keep="hour")


def test_a_revised_moment_stays_with_all_that_was_said_of_it() -> None:
    with Store(":memory:", lambda: NOON) as store:
        for number, rate in enumerate(("0.00190", "0.00191", "0.00190")):
            store.load_text(f"KZT/USD = {rate} 0%\nnote {number}\n", observed_at="2024-12-14")
            store.load_text(f"KZT/USD = 0.0018 0%\nnote {number}\n", observed_at=f"2024-12-1{number}")
        done = store.prune("2025-01-01", apply=True)
        assert (done.quotes, done.sightings, done.documents) == (3, 0, 3)
        assert [row["rate_text"] for row in store.revisions("KZT/USD")] == ["0.00191", "0.00190"]
        assert str(store.latest()[0].rate) == "0.00190"
        assert store.check() == []


def test_a_pruning_that_is_interrupted_leaves_everything(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from fx.store import care  # noqa: PLC0415

    with Store(path) as store:
        before = store.query("SELECT * FROM quotes")
        monkeypatch.setattr(care, "EMPTIED", care.EMPTIED + " UNION ALL SELECT nothing, 1 FROM document")
        with pytest.raises(StoreError):
            store.prune("2026-01-01", apply=True)
        monkeypatch.undo()
        assert store.query("SELECT * FROM quotes") == before
        assert store.prune("2026-01-01", apply=True).quotes == 15
        assert store.check() == []


@pytest.mark.file
def test_vacuum_gives_back_what_was_pruned(tmp_path: Path) -> None:
    with Store(tmp_path / "fx.db") as store:
        rows = "".join(f"{day(n % 3000)},KZT,USD,0.00{n + 1}\n" for n in range(20_000))
        store.load_text("date,base,counter,rate\n" + rows)
        store.prune("2099-01-01", apply=True)
        before = store.emptiness()
        assert before.free > before.bytes // 2
        after = store.vacuum()
        assert (after.free, after.bytes) == (0, before.bytes - before.free)
        store.close()
        assert (tmp_path / "fx.db").stat().st_size == after.bytes
        assert store.check() == []


@pytest.mark.file
def test_a_backup_is_a_sound_database_by_itself(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copies" / "copy.db"
    copy.parent.mkdir()
    path.chmod(0o640)
    with Store(path) as store, Store(copy) as other:
        assert store.backup(copy) == copy.stat().st_size
        assert [file.name for file in copy.parent.iterdir()] == ["copy.db"]
        assert other.check() == []
        assert other.query("SELECT * FROM quotes") == store.query("SELECT * FROM quotes")
        other.load_text(BOARD, observed_at="2026-01-01")
        assert other.info().quotes == store.info().quotes + 5
    with Store(":memory:") as memory:
        memory.load_text(PAGE)
        memory.backup(tmp_path / "memory.db")
    with Store(tmp_path / "memory.db") as stored:
        assert stored.info().quotes == 5


@pytest.mark.file
def test_a_backup_is_as_private_as_the_database(path: Path, tmp_path: Path) -> None:
    path.chmod(0o600)
    with Store(path) as store:
        store.backup(tmp_path / "copy.db")
    assert stat.S_IMODE((tmp_path / "copy.db").stat().st_mode) == 0o600


@pytest.mark.file
def test_a_backup_taken_while_others_write_is_of_one_moment(path: Path, tmp_path: Path) -> None:
    ended = threading.Event()

    def write() -> None:
        with Store(path) as writer:
            for number in range(10_000):
                if ended.is_set():
                    return
                writer.load_text(BOARD + f"note {number}\n", observed_at=day(number))

    thread = threading.Thread(target=write)
    thread.start()
    try:
        with Store(path) as store:
            for number in range(10):
                store.backup(tmp_path / f"{number}.db")
    finally:
        ended.set()
        thread.join()
    for number in range(10):
        with Store(tmp_path / f"{number}.db") as copy:
            assert copy.check() == []
            assert copy.info().quotes % 5 == 0


@pytest.mark.file
def test_a_backup_replaces_nothing_unless_it_is_told_to(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    copy.write_text("precious", encoding="utf-8")
    with Store(path) as store:
        for target, words in (
            (copy, "is there already"),
            (tmp_path, "is no file"),
            (path, "the database itself"),
            (Path(f"{path}-wal"), "belongs to the database"),
            (Path(f"{path}-shm"), "belongs to the database"),
        ):
            with pytest.raises(UsageError, match=words):
                store.backup(target, force=target != copy)
        assert copy.read_text("utf-8") == "precious"
        store.backup(copy, force=True)
        with pytest.raises(StoreError, match="cannot be written"):
            store.backup(tmp_path / "none" / "copy.db")
        with Store(copy) as used:
            used.load_text(BOARD, observed_at="2026-01-01")
            with pytest.raises(UsageError, match="in use"):
                store.backup(copy, force=True)


@pytest.mark.file
def test_a_copy_of_what_is_not_sound_is_not_kept(path: Path, tmp_path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE document SET quotes = 7 WHERE id = 1")
    connection.close()
    with Store(path) as store, pytest.raises(StoreError, match="is not sound"):
        store.backup(tmp_path / "copy.db")
    assert not list(tmp_path.glob("*copy*"))


def fx(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from fx.cli import main; main()", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.file
def test_on_the_command_line_it_is_shown_first_and_done_when_told(path: Path) -> None:
    folder = path.parent
    shown = fx("prune", "--before", "2025-12-10", "--csv", folder=folder)
    assert shown.stdout.splitlines()[0] == "pair,source,quotes,stays,first_observed_at,last_observed_at"
    assert "KZT/USD,timesca,2,2,2024-12-14,2025-05-29" in shown.stdout
    assert "would be removed: 10 quotes of before 2025-12-10" in shown.stderr
    done = fx("prune", "--before", "2025-12-10", "--csv", "--yes", folder=folder)
    assert (done.stdout, done.stderr.startswith("removed: 10 quotes")) == (shown.stdout, True)
    nothing = fx("prune", "--before", "2025-12-10", "--yes", folder=folder)
    assert (nothing.returncode, nothing.stdout, "nothing can go" in nothing.stderr) == (0, "", True)
    assert "bytes now" in fx("db", "vacuum", folder=folder).stdout
    assert "is a sound copy of" in fx("db", "backup", "copy.db", folder=folder).stdout
    again = fx("db", "backup", "copy.db", folder=folder)
    assert (again.returncode, "--force" in again.stderr) == (2, True)
    assert fx("prune", folder=folder).returncode == 2
    assert fx("db", "check", "--db", "copy.db", folder=folder).returncode == 0


def test_a_day_is_cut_at_its_first_instant(path: Path) -> None:
    with Store(path) as store:
        store.load_text("KZT/USD = 0.0021\n", observed_at=Moment.parse("2025-12-05T00:00:00Z"), source="timesca")
        (series,) = store.prune("2025-12-05", "KZT/USD").series
        assert (str(series.last), series.quotes) == ("2024-12-14", 1)
