"""A load that is stopped says what it did, and that is what is there: by a signal, a full disk, no memory."""

from __future__ import annotations

import io
import json
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import fx
from fx.exports.export import export
from tests.faults import FULL
from tests.faults.made import Reference, dump, opened, problems
from tests.faults.nursery import Child, Nursery

PAGES = 200
LOADING = [sys.executable, "-c", "from fx.cli import main; main()", "--db", "fx.db", "load", "-"]
PIPES = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}


def stopped_well(child: Child, path: Path, whole: Reference, code: int, nursery: Nursery, *, sentence: str) -> None:
    """Hold that a load which was stopped said so, said what it did, and left just that."""
    assert (child.code, child.errors.count("\n")) == (code, 1), child.errors
    assert sentence in child.errors
    assert problems(path, child.said, whole) == []
    if child.said:
        done = json.loads(child.out.splitlines()[0])
        assert done["documents"] >= len(child.said)
        with opened(path) as connection:
            assert connection.execute("SELECT count(*) FROM documents").fetchone() == (done["documents"],)
            assert connection.execute("SELECT sum(quotes) FROM documents").fetchone() == (done["quotes"],)
    again = nursery.run(child.folder, "--db", str(path), "load", str(whole.pages), "-q")
    assert (again.code, again.errors) == (0, "")
    assert dump(path) == whole.dump


@pytest.mark.parametrize(
    ("number", "code", "sentence"),
    [(signal.SIGINT, 130, "interrupted: "), (signal.SIGTERM, 143, "ended by SIGTERM: ")],
)
def test_a_signal_ends_a_load_with_a_sentence_and_what_it_did(
    number: signal.Signals,
    code: int,
    sentence: str,
    nursery: Nursery,
    empty: Path,
    reference: Callable[[int], Reference],
    tmp_path: Path,
) -> None:
    whole, chance, stopped = reference(PAGES), random.Random(number), 0
    for turn in range(100 if FULL else 5):
        path = tmp_path / f"{turn}.db"
        shutil.copyfile(empty, path)
        child = nursery.start(tmp_path / "run", "--db", str(path), "load", str(whole.pages), "-q", "--json")
        wanted = chance.randint(1, PAGES - 20)
        while child.look() is None and len(child.said) < wanted:
            time.sleep(0.001)
        if child.code is None and child.kill(number) == code:
            stopped += 1
            assert child.said
            stopped_well(child, path, whole, code, nursery, sentence=sentence)
        else:
            assert (child.code, dump(path) == whole.dump) == (0, True), child.errors
    assert stopped


def test_a_load_that_waits_for_its_input_is_stopped_at_once_and_sums_up_nothing(tmp_path: Path) -> None:
    with subprocess.Popen(LOADING, cwd=tmp_path, text=True, **PIPES) as process:
        while not listens_for(process.pid, signal.SIGTERM):
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGTERM)  # as ``timeout`` does
        process.wait(20)
        ends = process.communicate()
    assert (process.returncode, ends) == (
        143,
        ("", "ended by SIGTERM: what was finished is kept, run it again for the rest\n"),
    )
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_that_is_meant_for_a_script_does_not_end_what_it_started_behind_it(tmp_path: Path) -> None:
    ignoring = ["sh", "-c", 'trap "" INT; exec "$0" "$@"', *LOADING]
    with subprocess.Popen(ignoring, cwd=tmp_path, text=True, **PIPES) as process:
        while not listens_for(process.pid, signal.SIGTERM):
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        out, errors = process.communicate("2024-12-14 KZT/USD = 0.00190 0%\n")
    assert (process.returncode, "1 quote" in out + errors) == (0, True), (out, errors)


WHILE_A_CLASS_IS_MADE = """
import dataclasses, os, signal, sys
named = dataclasses.Field.__set_name__
def ended(self, owner, name):
    if signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        os.kill(os.getpid(), signal.SIGTERM)
    named(self, owner, name)
dataclasses.Field.__set_name__ = ended
from fx.cli import main
main()
"""


def test_a_signal_that_comes_while_a_module_is_imported_is_no_unexpected_error(tmp_path: Path) -> None:
    words = ["--db", str(tmp_path / "fx.db"), "load", "-"]
    command = [sys.executable, "-c", WHILE_A_CLASS_IS_MADE, *words]
    done = subprocess.run(command, check=False, input="", capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (
        143,
        "ended by SIGTERM: what was finished is kept, run it again for the rest\n",
    )


STOPPED = {
    "db backup": ("db", "backup", "made"),
    "db vacuum": ("db", "vacuum"),
    "prune": ("prune", "--before", "2030-01-01", "--yes"),
    "export": ("export", "jsonl", "-o", "made"),
    "export to a pipe": ("export", "jsonl"),
    "history": ("history", "KZT/USD", "--csv"),
    "check": ("check",),
}


@pytest.mark.parametrize("what", STOPPED)
def test_sigterm_ends_any_command_with_a_sentence_no_part_of_a_file_and_nothing_beside_the_database(
    what: str, nursery: Nursery, reference: Callable[[int], Reference], tmp_path: Path
) -> None:
    whole, chance, stopped = reference(300), random.Random(what), 0
    place, path = tmp_path / "run", tmp_path / "fx.db"
    for _ in range(50):
        shutil.copyfile(whole.pages.with_name("fx.db"), path)
        child = nursery.start(place, "--db", str(path), *STOPPED[what], "-q")
        while child.look() is None and not listens_for(child.pid, signal.SIGTERM):
            time.sleep(0.0005)
        time.sleep(chance.uniform(0, 0.1))
        code = child.code if child.look() is not None else child.kill(signal.SIGTERM)
        made = {each.name for each in place.iterdir()} - {"said", "out", "err"}
        assert list(tmp_path.glob("fx.db?*")) == []
        if code in {0, 1 if what == "check" else 0}:
            assert made == ({"made"} if "made" in STOPPED[what] else set())
        else:
            assert (code, child.errors.count("\n"), made - {"made"}) == (143, 1, set()), child.errors
            if made:  # the signal came when it had just been put there
                assert is_whole(place / "made", path, what)
            assert child.errors.startswith("ended by SIGTERM: ")
            stopped += 1
        (place / "made").unlink(missing_ok=True)
        with fx.open(path) as store:
            assert store.check() == []
            assert what == "prune" or store.info().documents == whole.count
        if stopped == (30 if FULL else 3):
            break
    assert stopped


def is_whole(made: Path, path: Path, what: str) -> bool:
    """Whether a file that a command made is what it makes undisturbed."""
    with fx.open(path) as store:
        if what == "db backup":
            with fx.open(made) as copy:
                return copy.check() == [] and copy.info().documents == store.info().documents
        export(store, "jsonl", out := io.StringIO())
    return made.read_text("utf-8") == out.getvalue()


def listens_for(pid: int, number: signal.Signals) -> bool:
    """Whether a process has a handler for a signal, by what Linux says of it."""
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    caught = int(next(line.split()[1] for line in status.splitlines() if line.startswith("SigCgt:")), 16)
    return bool(caught >> (number - 1) & 1)


# No room -------------------------------------------------------------------------------------------------------------


FULL_DISK = "is full: make room and load again"


@pytest.mark.parametrize("pages", [1, 5, 9])
def test_a_database_that_may_grow_no_more_keeps_what_was_told_of(
    pages: int, nursery: Nursery, empty: Path, reference: Callable[[int], Reference], tmp_path: Path
) -> None:
    whole, path = reference(PAGES), tmp_path / "fx.db"
    shutil.copyfile(empty, path)
    words = ("--db", str(path), "load", str(whole.pages), "-q", "--json")
    with opened(path) as connection:
        there = connection.execute("PRAGMA page_count").fetchone()[0]
    most = {"synchronous": "FULL", "max_page_count": str(there + pages)}
    child = nursery.run(tmp_path / "run", *words, pragmas=most)
    stopped_well(child, path, whole, 4, nursery, sentence=FULL_DISK)


def test_files_that_may_grow_no_more_keep_what_was_told_of(
    nursery: Nursery, empty: Path, reference: Callable[[int], Reference], tmp_path: Path
) -> None:
    whole, ends = reference(PAGES), set()
    for kilobytes in range(8, 1000, 30 if FULL else 150):
        path = tmp_path / f"{kilobytes}.db"
        shutil.copyfile(empty, path)
        words = ("--db", str(path), "load", str(whole.pages), "-q", "--json")
        child = nursery.run(tmp_path / "run", *words, limits={"RLIMIT_FSIZE": kilobytes * 1000})
        ends.add(child.code)
        if child.code:
            stopped_well(child, path, whole, 4, nursery, sentence="look at its disk")
    assert 4 in ends


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 640 KiB."""
    place = tmp_path / "disk"
    place.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=640k", "tmpfs", str(place)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"no disk can be mounted here ({done.stderr.strip()}): max_page_count and RLIMIT_FSIZE go on")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_a_disk_that_fills_keeps_what_was_told_of_and_takes_the_rest_once_there_is_room(
    small_disk: Path, nursery: Nursery, empty: Path, reference: Callable[[int], Reference], tmp_path: Path
) -> None:
    whole, path = reference(PAGES), small_disk / "fx.db"
    ends = []
    for ballast in range(0, 500, 10 if FULL else 120):
        shutil.copyfile(empty, path)
        weight = small_disk / "weight"
        weight.write_bytes(bytes(ballast * 1024))
        child = nursery.run(tmp_path / "run", "--db", str(path), "load", str(whole.pages), "-q", "--json")
        ends.append(child.code)
        weight.unlink()
        subprocess.run(["mount", "-o", "remount,size=8m", str(small_disk)], check=True)
        if child.code:
            stopped_well(child, path, whole, 4, nursery, sentence=FULL_DISK)
        for each in small_disk.iterdir():
            each.unlink()
        subprocess.run(["mount", "-o", "remount,size=640k", str(small_disk)], check=True)
    assert 4 in ends


def test_without_memory_a_load_ends_with_a_sentence_and_whole_documents(
    nursery: Nursery, empty: Path, reference: Callable[[int], Reference], tmp_path: Path
) -> None:
    whole, codes = reference(PAGES), []
    rows = "".join(f"2024-01-01T00:{n // 60 % 60:02}:{n % 60:02}Z,KZT,USD,0.0{n + 1}\n" for n in range(60_000))
    large = tmp_path / "large.csv"
    large.write_text("date,base,counter,rate\n" + rows, encoding="utf-8")
    for more in (1, 4, 8, 16, 24, 32, 1000):
        path = tmp_path / f"{more}.db"
        shutil.copyfile(empty, path)
        words = ("--db", str(path), "load", str(whole.pages), str(large), "-q")
        child = nursery.run(tmp_path / "run", *words, room=more << 20)
        codes.append(child.code)
        with opened(path) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            held = {row[0] for row in connection.execute("SELECT name FROM documents")}
        assert held >= set(child.said)
        assert child.code in {0, 3, 4, 71}, child.errors  # 3: a document that was too large to be read
        assert "Traceback" not in child.errors
        assert "unexpected" not in child.errors
        if child.code == 71:
            assert "there is not enough memory" in child.errors
    assert 71 in codes
    assert codes[-1] == 0
