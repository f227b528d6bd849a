"""Whoever leaves a database leaves one file: what others loaded meanwhile is in it, and no lock stays behind.

SQLite keeps a connection that was closed as long as a statement of it is not read to its end. If that is a reader's the
log of whoever wrote meanwhile is not written back, and a copy of the file alone lacks quotes, without a word.
"""

from __future__ import annotations

import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path
from types import FrameType

import pytest

import fx
from fx.store import Store
from tests.faults import FULL
from tests.faults.made import name, write_pages
from tests.faults.nursery import Nursery

LINES = 20_000


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database whose export fills a pipe many times."""
    path = tmp_path_factory.mktemp("large") / "fx.db"
    rows = "".join(
        f"2024-01-01T{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}Z,KZT,USD,0.0{n + 1}\n" for n in range(LINES)
    )
    with fx.open(path) as store:
        assert store.load_text(f"date,base,counter,rate\n{rows}").new == LINES
    return path


def documents_in(path: Path, folder: Path) -> set[str]:
    """The documents that a copy of the file alone has."""
    shutil.copyfile(path, folder / "copy.db")
    with closing(sqlite3.connect(folder / "copy.db")) as copy:
        found = {row[0] for row in copy.execute("SELECT name FROM documents")}
    (folder / "copy.db").unlink()
    return found


@pytest.mark.parametrize(
    "how", ["the pipe closes", signal.SIGINT, signal.SIGTERM], ids=["pipe", "interrupt", "sigterm"]
)
def test_what_is_loaded_while_an_export_runs_is_in_the_file_when_that_is_ended(
    how: signal.Signals | str, large: Path, nursery: Nursery, tmp_path: Path
) -> None:
    chance, ended = random.Random(str(how)), 0
    (tmp_path / "store").mkdir()
    path = tmp_path / "store" / "fx.db"
    pages = write_pages(tmp_path, 2)
    for _ in range(60 if FULL else 6):
        shutil.copyfile(large, path)
        command = [sys.executable, "-m", "fx", "--db", str(path), "export", "jsonl", "-q"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as reader:
            assert reader.stdout is not None
            assert reader.stderr is not None
            reader.stdout.read(1)  # from here on it reads, and sees what was there
            writer = nursery.run(tmp_path / "run", "--db", str(path), "load", str(pages), "-q")
            assert (writer.code, writer.errors) == (0, "")
            if isinstance(how, str):
                reader.stdout.close()
            else:
                taken = threading.Thread(target=reader.stdout.read)
                taken.start()
                time.sleep(chance.uniform(0, 0.1))
                reader.send_signal(how)
                taken.join()
            reader.wait()
            assert reader.stderr.read().count(b"\n") <= 1
            ended += reader.returncode != 0
        assert reader.returncode in {0, 130, 141, 143}
        assert [each.name for each in path.parent.iterdir()] == ["fx.db"]
        assert documents_in(path, tmp_path) >= {name(0), name(1)}
    assert ended


def test_a_store_that_is_closed_in_the_middle_of_a_question_leaves_one_file(large: Path, tmp_path: Path) -> None:
    path = tmp_path / "fx.db"
    shutil.copyfile(large, path)
    store = Store(path)
    unread = store.reading().connect().exec_driver_sql("SELECT * FROM quote")
    assert unread.fetchone()
    with Store(path) as other:
        other.load_text("KZT/USD = 0.0019", "page", observed_at="2024-12-14")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["fx.db", "fx.db-shm", "fx.db-wal"]
    store.close()
    assert [each.name for each in tmp_path.iterdir()] == ["fx.db"]
    assert "page" in documents_in(path, tmp_path)
    with pytest.raises(sqlite3.ProgrammingError):
        unread.fetchone()


OPENING = ("reading", "opened", "open_for_reading", "open_read_only", "connect", "open_anchor")


def test_a_signal_at_any_step_of_opening_leaves_one_file(large: Path, tmp_path: Path) -> None:
    path, steps, ended = tmp_path / "fx.db", 0, True
    shutil.copyfile(large, path)
    with Store(path) as store:
        store.reading()  # what is imported on the way
    while ended:
        steps += 1
        ahead = steps

        def step(frame: FrameType, event: str, _: object) -> object:
            nonlocal ahead
            frame.f_trace_opcodes = True
            if frame.f_code.co_name not in OPENING or "fx/store" not in frame.f_code.co_filename:
                return None
            ahead -= event == "opcode"
            if not ahead:
                sys.settrace(None)
                raise KeyboardInterrupt
            return step

        ended = False
        with Store(path) as store:
            sys.settrace(step)
            try:
                store.reading()
            except KeyboardInterrupt:
                ended = True
            finally:
                sys.settrace(None)
        assert [each.name for each in tmp_path.iterdir()] == ["fx.db"], steps
    assert steps > 100


def test_a_selection_that_is_left_unread_leaves_one_file(large: Path, tmp_path: Path) -> None:
    path = tmp_path / "fx.db"
    shutil.copyfile(large, path)
    with Store(path) as store:
        quotes = store.select().by_pair()
        next(quotes)
    assert [each.name for each in tmp_path.iterdir()] == ["fx.db"]


def test_a_load_that_is_broken_off_lets_the_next_one_write_though_its_error_is_kept(
    large: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "fx.db"
    shutil.copyfile(large, path)

    def interrupted(connection: sqlite3.Connection, *_: object, **__: object) -> None:
        unread = connection.exec_driver_sql("SELECT * FROM quote")  # type: ignore[attr-defined]
        assert unread.fetchone()
        raise KeyboardInterrupt

    with Store(path) as store, Store(path, patience=50) as other:
        with monkeypatch.context() as patched:
            patched.setattr("fx.store.batches.save", interrupted)
            with pytest.raises(KeyboardInterrupt) as kept:
                store.load_text("KZT/USD = 0.0019", observed_at="2024-12-14")
        assert kept.traceback  # and with it the statement, as a notebook keeps them
        assert other.load_text("KZT/USD = 0.0018", observed_at="2024-12-15").new == 1
        assert store.load_text("KZT/USD = 0.0019", observed_at="2024-12-14").new == 1
