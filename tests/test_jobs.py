"""Reading by several processes: the same as by one, also where something goes wrong."""

from __future__ import annotations

import gzip
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from fx.documents import Document, documents_at
from fx.errors import InputError, StrictReject, UsageError
from fx.jobs import BATCH_DOCUMENTS, read_in_jobs
from fx.moments import Moment
from fx.processes import Readers
from fx.reader import Reading, read_documents
from tests.builders import NOON, PAGE

FX = [sys.executable, "-c", "from fx.cli import main; main()"]
LATER = 3 * BATCH_DOCUMENTS


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Hundreds of pages, and among them all that is not just a page."""
    folder = tmp_path_factory.mktemp("crawl")
    for number in range(LATER):
        page = PAGE.replace("0.00190", f"0.{number + 100:05d}").replace("14 December", f"{number % 28 + 1} December")
        (folder / f"{number:04d}.txt").write_text(page, "utf-8")
    (folder / "0010-log.txt").write_text(
        "".join(f"2024-12-14T00:{n // 60:02d}:{n % 60:02d}Z KZT/USD = 0.00{n + 100} 0%\n" for n in range(900)), "utf-8"
    )
    (folder / "0011-large.txt").write_text((PAGE + "prose " * 180_000) * 2, "utf-8")
    (folder / "0012.txt.gz").write_bytes(gzip.compress(PAGE.encode()))
    (folder / "0013-broken.txt.gz").write_bytes(gzip.compress(PAGE.encode())[:60])
    (folder / "0014-undated.txt").write_text("KZT/USD = 0.00191 0%", "utf-8")
    (folder / "0015-rejects.txt").write_text("KZT/USD = 0.00191\nKZT/USD = 1,05,2 0%\n14 December 2024", "utf-8")
    (folder / "0016-empty.txt").write_bytes(b"")
    (folder / "0017-bytes.txt").write_bytes(bytes(range(256)) * 20)
    for path in folder.iterdir():
        os.utime(path, (1_734_000_000, 1_734_000_000))
    return folder


def told(found: Iterator[Reading | InputError]) -> list[object]:
    """What was read, as it can be compared: errors by what they say, quotes one by one."""
    return [
        (type(each), each.message, each.facts)
        if isinstance(each, InputError)
        else (list(each.quotes), each.rejects, each.repeats, each.sha256, each.observed_at, each.time_basis, each.notes)
        for each in found
    ]


def paths(folder: Path) -> list[str]:
    """The folder, a file that is not there, and the folder's first file again."""
    return [str(folder), str(folder / "missing"), str(folder / "0000.txt")]


@pytest.mark.parametrize("jobs", [2, 5])
def test_several_processes_read_what_one_reads_in_the_same_order(crawl: Path, jobs: int) -> None:
    how = {"now": NOON, "source": "crawl"}
    one = told(read_documents(documents_at(paths(crawl)), **how))
    assert len(one) == LATER + 10
    assert told(read_in_jobs(documents_at(paths(crawl)), jobs, **how)) == one


def test_the_caller_s_options_reach_every_process(crawl: Path) -> None:
    how = {"now": NOON, "observed_at": Moment.parse("2020-02-02"), "format_name": "ticker"}
    found = list(read_in_jobs(documents_at([str(crawl)]), 2, **how))
    assert {quote.observed_at for each in found if isinstance(each, Reading) for quote in each.quotes} == {
        Moment.parse("2020-02-02"),
        *(Moment.parse(f"2024-12-14T00:{n // 60:02d}:{n % 60:02d}Z") for n in range(900)),
    }


def test_strict_stops_where_one_process_would(crawl: Path) -> None:
    def until(found: Iterator[Reading | InputError]) -> tuple[list[object], str]:
        read: list[Reading | InputError] = []
        with pytest.raises(StrictReject) as stopped:
            read.extend(found)  # what came before the reject is kept
        return told(iter(read)), stopped.value.message

    how = {"now": NOON, "strict": True}
    (crawl / "0250-strict.txt").write_text("KZT/USD = 1,05,2 0%", "utf-8")
    try:
        documents = [str(path) for path in sorted(crawl.iterdir()) if path.name != "0015-rejects.txt"]
        one = until(read_documents(documents_at(documents), **how))
        assert until(read_in_jobs(documents_at(documents), 2, **how)) == one
        assert "0250-strict.txt" in one[1]
        assert len(one[0]) > 250
    finally:
        (crawl / "0250-strict.txt").unlink()


def dump(database: Path) -> list[tuple[object, ...]]:
    with sqlite3.connect(database) as connection:
        rows = [
            list(connection.execute(f"SELECT * FROM {table}")) for table in ("series", "quote", "sighting", "reject")
        ]
        documents = connection.execute("SELECT id, sha256, name, observed_at, quotes, repeats, rejects FROM document")
        rows.append(list(documents))
    connection.close()
    return [row for table in rows for row in table]


def test_a_load_by_several_processes_leaves_the_same_database(crawl: Path, tmp_path: Path) -> None:
    said = []
    for jobs in ("1", "3"):
        words = ["load", str(crawl), "--json", "--jobs", jobs, "--db", str(tmp_path / f"{jobs}.db")]
        ran = subprocess.run([*FX, *words], capture_output=True, text=True, check=False)
        assert ran.returncode == 3, "one file of the folder is broken, and is told of"
        said.append((json.loads(ran.stdout.splitlines()[-1]), ran.stdout, ran.stderr))
    assert said[0] == said[1]
    assert said[0][0]["new"] > 1000
    assert dump(tmp_path / "1.db") == dump(tmp_path / "3.db")


def test_parse_prints_the_same_by_several_processes(crawl: Path) -> None:
    ran = [
        subprocess.run([*FX, "parse", str(crawl), "--csv", "--jobs", jobs], capture_output=True, check=False)
        for jobs in ("1", "2")
    ]
    assert (ran[0].stdout, ran[0].stderr, ran[0].returncode) == (ran[1].stdout, ran[1].stderr, ran[1].returncode)
    assert len(ran[0].stdout.splitlines()) > 1000


def test_little_is_read_without_starting_anything(crawl: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def start(*_: object, **__: object) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr(subprocess, "Popen", start)
    pages = sorted(crawl.glob("00?[0-9].txt"))[:20]
    assert len(list(read_in_jobs(documents_at(map(str, pages)), 4, now=NOON))) == len(pages)


@pytest.mark.parametrize("after", [0, 1, LATER])
def test_a_large_document_that_stands_first_is_read_as_by_one_process(crawl: Path, after: int) -> None:
    large = str(crawl / "0011-large.txt")
    given = [large, large, *map(str, sorted(crawl.glob("????.txt"))[:after]), large]
    one = told(read_documents(documents_at(given), now=NOON))
    assert told(read_in_jobs(documents_at(given), 2, now=NOON)) == one
    assert len(one) == after + 3


@pytest.mark.parametrize("jobs", [0, -1, 65])
def test_a_number_of_jobs_that_cannot_be_meant_is_refused(jobs: int) -> None:
    with pytest.raises(UsageError, match="give 1 to 64"):
        next(read_in_jobs([], jobs, now=NOON))


def test_a_killed_process_is_told_of_and_what_came_before_is_given(
    crawl: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Readers] = []
    begin = Readers.__init__

    def kept(self: Readers, jobs: int, how: dict[str, object]) -> None:
        made.append(self)
        begin(self, jobs, how)

    monkeypatch.setattr(Readers, "__init__", kept)
    given = read_in_jobs(documents_at([str(crawl)]), 2, now=NOON)
    read = [next(given)]
    for process in made[0].processes:
        process.kill()
        process.wait()
    with pytest.raises(InputError, match="was killed: see whether memory is short") as error:
        read.extend(given)
    assert error.value.exit_code == 3
    assert all(isinstance(each, Reading) for each in read)


def test_batches_that_wait_for_a_killed_process_are_told_of_it_too() -> None:
    with Readers(1, {"now": NOON}) as readers:
        readers.processes[0].kill()
        asked = [readers.read([Document(name, b"KZT/USD = 0.00190 0%")]) for name in ("one", "two", "three")]
        for each in asked:
            with pytest.raises(InputError, match="was killed"):
                each.result(timeout=60)


def test_an_answer_that_was_not_taken_is_not_given_to_the_next_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    def short_of_memory(_: object) -> None:
        raise MemoryError

    with Readers(1, {"now": NOON}) as readers:
        with monkeypatch.context() as patch:
            patch.setattr("fx.processes.pickle.load", short_of_memory)
            with pytest.raises(MemoryError):
                readers.read([Document("one", b"KZT/USD = 0.00190 0%")]).result(timeout=60)
        with pytest.raises(InputError, match="was killed"):
            readers.read([Document("two", b"TJS/USD = 0.09158 0%")]).result(timeout=60)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="children are found in /proc")
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_no_process_is_left_when_the_load_is_ended(crawl: Path, tmp_path: Path, end: signal.Signals) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    words = ["load", str(crawl), "-", "--jobs", "2", "-q", "--db", str(tmp_path / "fx.db")]
    with (
        pipe.open("r+b", buffering=0) as held,
        subprocess.Popen([*FX, *words], stdin=held, stderr=subprocess.DEVNULL) as load,
    ):
        children: list[str] = []
        while len(children) < 2:
            time.sleep(0.02)
            tasks = Path(f"/proc/{load.pid}/task").glob("*/children")
            children = [child for task in tasks for child in task.read_text().split()]
        load.send_signal(end)
        load.wait(20)
    waited = 0
    while any(alive(child) for child in children):
        time.sleep(0.05)
        waited += 1
        assert waited < 200, "a reading process outlives its load"


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="children are found in /proc")
def test_ctrl_c_at_a_terminal_while_the_processes_start_shows_no_traceback(crawl: Path, tmp_path: Path) -> None:
    words = ["load", str(crawl), "--jobs", "3", "--json", "--db", str(tmp_path / "fx.db")]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen([*FX, *words], start_new_session=True, **pipes) as load:  # type: ignore[call-overload]
        while not any(path.read_text() for path in Path(f"/proc/{load.pid}/task").glob("*/children")):
            time.sleep(0.01)
        os.killpg(load.pid, signal.SIGINT)
        said, talk = load.communicate(timeout=60)
    assert load.returncode == 130
    assert "Traceback" not in talk
    assert not said or json.loads(said.splitlines()[-1])["documents"] > 0


def alive(process: str) -> bool:
    """Whether a process runs; one that is not waited for by anybody has ended too."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
