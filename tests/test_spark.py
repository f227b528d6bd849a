"""On Spark: the rows are those of one machine, whatever is cut, killed, done twice or damaged on the way."""

from __future__ import annotations

import contextlib
import gzip
import importlib.util
import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import fx.spark
from fx.batch import QUOTES
from fx.cli import run
from fx.errors import InputError, StoreBusy, StoreError, StoreLost, UsageError
from fx.reader import Reading
from fx.spark.inputs import File, Job, Split
from fx.spark.session import session, translated
from fx.store import Loaded, Store
from fx.store.splits import SplitStage, patiently
from tests.builders import NOON, PAGE
from tests.postgres import Server, server
from tests.test_together import LOG, rows

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = [
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Py4J leaves its sockets to the garbage
]
SMALL = {
    "spark.sql.shuffle.partitions": "2",
    "spark.speculation": "true",
    "spark.speculation.multiplier": "1.2",
    "spark.speculation.quantile": "0.5",
    "spark.driver.extraJavaOptions": "-XX:+UseSerialGC -XX:TieredStopAtLevel=1",
    "spark.executor.extraJavaOptions": "-XX:+UseSerialGC -XX:TieredStopAtLevel=1",
    "spark.driver.memory": "512m",
    "spark.executor.memory": "512m",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.ui.enabled": "false",
    "spark.log.level": "OFF",
}
FX = [sys.executable, "-c", "from fx.cli import main; main()"]


def submitted(confs: dict[str, str]) -> str:
    """What spark-submit is told of a configuration."""
    return " ".join(f'--conf "{name}={value}"' for name, value in confs.items()) + " pyspark-shell"


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    """Two executors, each a process of its own, and tasks that are begun twice; one session for all tests."""
    folder = tmp_path_factory.mktemp("spark")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_WORKER_DIR", str(folder / "work"))
        patch.setenv("SPARK_LOCAL_DIRS", str(folder / "local"))
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        patch.setenv("PYSPARK_SUBMIT_ARGS", submitted(SMALL))
        with session("local-cluster[2,1,512]") as made:
            yield made


def page(number: int) -> str:
    """A page of some; every seventh is like another."""
    number -= number % 7 == 6
    return PAGE.replace("0.00190", f"0.0{number % 89 + 1000}").replace("14 December", f"{number % 5 + 10} December")


def warc(pages: dict[str, str], day: int) -> bytes:
    """A web archive, each record a gz member of its own."""
    out = b""
    for address, text in pages.items():
        body = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + text.encode()
        head = (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {address}\r\nWARC-Date: 2024-12-{day:02d}T10:00:00Z\r\n"
            f"WARC-Record-ID: <urn:uuid:{address}>\r\nContent-Type: application/http; msgtype=response\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        out += gzip.compress(head.encode() + body + b"\r\n\r\n")
    return out


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of all kinds of files; statements come again in others, and one file is damaged."""
    folder = tmp_path_factory.mktemp("archive")
    for number in range(20):
        pages = {f"https://news.example/{number}/{each}": page(number * 25 + each) for each in range(25)}
        (folder / f"crawl-{number:02d}.warc.gz").write_bytes(warc(pages, number % 9 + 1))
    wet = warc({"https://news.example/wet": "KZT/USD = 0.00555"}, 3).replace(b"response", b"conversion")
    (folder / "text.wet.gz").write_bytes(wet)
    lines = [
        json.dumps({"url": f"https://json.example/{n}", "text": page(n), "date": f"2024-11-{n % 9 + 1:02d}"})
        for n in range(50)
    ]
    (folder / "pages.jsonl").write_text("\n".join([*lines, "{damaged"]), "utf-8")
    (folder / "a.log").write_text(LOG, "utf-8")
    (folder / "b").mkdir()
    for number in range(30):
        (folder / "b" / f"{number:02d}.txt").write_text(page(number), "utf-8")
        (folder / "b" / f"undated-{number:02d}.txt").write_text(f"KZT/USD = 0.0{number % 4 + 100}", "utf-8")
    (folder / "b" / "rejects.txt").write_text("KZT/USD = 0.00191\nKZT/USD = 1,05,2 0%\n14 December 2024", "utf-8")
    (folder / "b" / "large.txt").write_text((PAGE + "prose " * 180_000) * 2, "utf-8")
    (folder / "b" / "rows.csv").write_text(
        "date,base,counter,rate\n" + "".join(f"2024-12-{n % 28 + 1:02d},EUR,USD,1.{n:05d}\n" for n in range(3000)),
        "utf-8",
    )
    (folder / "c.gz").write_bytes(gzip.compress(PAGE.encode())[:60])
    for number, path in enumerate(sorted(folder.rglob("*.*"))):
        os.utime(path, (1_734_000_000 + number % 3 * 86_400,) * 2)
    return folder


Told = list[tuple[str, str]]


def teller(told: Told) -> Callable[[Reading | InputError], None]:
    """What writes down what is told, as it can be compared."""

    def tell(found: Reading | InputError) -> None:
        if isinstance(found, InputError):
            told.append(("", found.message))
        else:
            told.extend((found.document, note) for note in found.notes)

    return tell


@pytest.fixture(scope="module")
def one(archive: Path, postgres: Server) -> tuple[Loaded, dict[str, list[Any]], Told, str]:
    """What one machine makes of it on a server."""
    told: Told = []
    url = postgres.schema()
    with Store(url, clock=lambda: NOON) as store:
        loaded = store.load(archive, report=teller(told))
        return loaded, rows(store), told, url


def on_spark(
    spark: SparkSession, archive: Path, url: str, size: int = 100_000
) -> tuple[Loaded, dict[str, list[Any]], Told]:
    """What Spark makes of it."""
    told: Told = []
    loaded = fx.spark.load(spark, [str(archive)], url, split_bytes=size, clock=lambda: NOON, report=teller(told))
    with Store(url, clock=lambda: NOON) as store:
        return loaded, rows(store), told


@contextlib.contextmanager
def meanwhile(work: Callable[[], object]) -> Iterator[list[object]]:
    """Something that is done while something else is, and what it came to."""
    done: list[object] = []
    with ThreadPoolExecutor(1) as threads:
        future = threads.submit(work)
        yield done
        done.append(future.result(120))


def processes(*words: str) -> list[int]:
    """The processes of this machine whose command line holds all these words."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if all(word.encode() in path.read_bytes() for word in words):
                found.append(int(path.parent.name))
    return found


def until(asked: Callable[[], object], seconds: int = 120) -> object:
    """Wait for something, but not for ever."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := asked():
            return found
        time.sleep(0.2)
    raise TimeoutError(f"it did not come within {seconds} seconds")


def receipts(url: str, number: int) -> Callable[[], bool]:
    """Whether so many splits have been put down at a store."""
    stage = SplitStage(url, "")

    def there() -> bool:
        with contextlib.suppress(Exception), stage.opened() as connection:  # there is no such table yet
            return connection.execute("SELECT count(*) FROM split").fetchone()[0] >= number  # type: ignore[index]
        return False

    return there


def test_a_load_on_spark_is_a_load_on_one_machine_to_the_row(
    spark: SparkSession, archive: Path, one: tuple[Loaded, dict[str, list[Any]], Told, str], postgres: Server
) -> None:
    url = postgres.schema()
    assert on_spark(spark, archive, url) == one[:3]
    assert one[0].documents > 500
    assert len(one[2]) > 20
    again = on_spark(spark, archive, url, size=10_000_000)
    assert (again[0].new, again[0].revisions, again[0].known) == (0, 0, one[0].quotes)
    assert again[1] == one[1]
    with Store(url) as store:
        assert store.check() == []
        assert "split" not in {row[0] for row in store.asked("SELECT name FROM sqlite_master")[1]}


@pytest.mark.parametrize("victim", ["CoarseGrainedExecutorBackend", "pyspark.daemon"])
def test_a_process_that_is_killed_in_the_middle_changes_nothing(
    victim: str,
    spark: SparkSession,
    archive: Path,
    one: tuple[Loaded, dict[str, list[Any]], Told, str],
    postgres: Server,
) -> None:
    url = postgres.schema()

    def kill() -> int:
        until(receipts(url, 2))
        pid = processes(victim)[0]
        os.kill(pid, signal.SIGKILL)
        return pid

    with meanwhile(kill) as done:
        found = on_spark(spark, archive, url, size=40_000)
    assert found == one[:3]
    assert done[0] not in processes(victim)


def in_store(url: str) -> list[tuple[Any, ...]]:
    """The statements of a store, as Parquet has them."""
    columns = "base, counter, rate_text, observed_at, source, document, line, repeats"
    with Store(url) as store:
        return sorted(map(tuple, store.asked(f"SELECT {columns} FROM quotes")[1]), key=repr)


def test_parquet_holds_the_statements_of_the_store_and_is_read_by_others(
    spark: SparkSession, archive: Path, one: tuple[Loaded, dict[str, list[Any]], Told, str], tmp_path: Path
) -> None:
    import duckdb  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    place = tmp_path / "quotes"
    told: Told = []

    def kill() -> None:
        until(lambda: any(job for job in stages(spark) if job >= 3))
        os.kill(processes("CoarseGrainedExecutorBackend")[0], signal.SIGKILL)

    with meanwhile(kill):
        loaded = fx.spark.load(
            spark, [str(archive)], f"parquet:{place}", split_bytes=40_000, clock=lambda: NOON, report=teller(told)
        )
    expected = in_store(one[3])
    assert (loaded.documents, loaded.quotes, loaded.new) == (one[0].documents, one[0].quotes, len(expected))
    assert [note for _, note in told] == [note for _, note in one[2]]
    assert (place / "_SUCCESS").exists()
    columns = "base, counter, rate, observed_at, source, document, line, repeats"
    table = duckdb.sql(
        f"SELECT {columns}, pair, year FROM read_parquet('{place}/**/*.parquet', hive_partitioning=true)"
    )
    found = table.fetchall()
    assert sorted((row[:8] for row in found), key=repr) == expected
    assert all(row[8] == f"{row[0]}/{row[1]}" and row[9] == int(row[3][:4]) for row in found)
    assert len(pd.read_parquet(place)) == len(expected)
    beside = tmp_path / "quotes-documents"
    assert documents_in_parquet(beside) == documents_in_store(one[3])
    unread = duckdb.sql(f"SELECT error FROM '{beside}/*.parquet' WHERE error IS NOT NULL").fetchall()
    assert sorted(row[0] for row in unread) == sorted(note for name, note in told if not name)
    before = sorted(tmp_path.rglob("*.parquet"))
    assert fx.spark.load(spark, [str(archive)], f"parquet:{place}", clock=lambda: NOON).new == 0
    assert sorted(tmp_path.rglob("*.parquet")) == before
    with Store(":memory:") as store:
        store.load(place)
        pairs = "SELECT pair, rate_text, observed_at FROM quotes ORDER BY 1, 2, 3"
        again = list(map(tuple, store.asked(pairs)[1]))
    assert again == sorted((f"{row[0]}/{row[1]}", row[2], row[3]) for row in expected)


OF_DOCUMENT = "{}, source, sha256, observed_at, time_basis, quotes, repeats, rejects"
OF_REJECT = "document, line, text, reason"


def documents_in_store(url: str) -> list[list[tuple[Any, ...]]]:
    """The documents of a store, and what was refused in them."""
    asked = (f"SELECT {OF_DOCUMENT.format('name')} FROM documents", f"SELECT {OF_REJECT} FROM rejects")
    with Store(url) as store:
        return [sorted(map(tuple, store.asked(sql)[1]), key=repr) for sql in asked]


def documents_in_parquet(place: Path) -> list[list[tuple[Any, ...]]]:
    """The same beside a folder of Parquet."""
    import duckdb  # noqa: PLC0415

    kept = f"SELECT {OF_DOCUMENT.format('document')} FROM '{place}/*.parquet' WHERE quotes > 0 OR rejects > 0"
    refused = f"SELECT document, unnest(refused, recursive := true) FROM '{place}/*.parquet'"
    asked = (kept, f"SELECT {OF_REJECT} FROM ({refused})")
    return [sorted(duckdb.sql(sql).fetchall(), key=repr) for sql in asked]


def stages(spark: SparkSession) -> list[int]:
    """How many tasks each stage that runs has done."""
    tracker = spark.sparkContext.statusTracker()
    found = (tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds())
    return [each.numCompletedTasks for each in found if each]


def test_a_file_of_a_thousand_that_is_damaged_is_listed_and_the_others_are_in(
    spark: SparkSession, postgres: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1000):
        (tmp_path / f"{number:03d}.txt.gz").write_bytes(
            gzip.compress(f"2024-12-14 KZT/USD = 0.{number + 1000}".encode(), 1)
        )
    (tmp_path / "500.txt.gz").write_bytes(b"\x1f\x8b\x08cut")
    url = postgres.schema()
    monkeypatch.chdir(tmp_path.parent)  # executors stand elsewhere, and names stay as they were given
    out, talk = io.StringIO(), io.StringIO()
    assert spark
    with redirect_stdout(out), redirect_stderr(talk):
        code = run(["spark-load", tmp_path.name, "--to", url, "--split-bytes", "5000", "--json"])
    assert code == 3
    assert [line for line in talk.getvalue().splitlines() if "damaged" in line] == talk.getvalue().splitlines()
    assert talk.getvalue().startswith(f"{tmp_path.name}/500.txt.gz is damaged")
    error, loaded = map(json.loads, out.getvalue().splitlines())
    assert (error["document"], loaded["documents"], loaded["new"] + loaded["revisions"]) == (
        f"{tmp_path.name}/500.txt.gz",
        999,
        999,
    )


def test_files_that_spark_reads_for_us_say_the_same(spark: SparkSession, archive: Path, postgres: Server) -> None:
    there, here = postgres.schema(), postgres.schema()
    files = archive / "b"
    fx.spark.load(spark, [files.as_uri()], there, clock=lambda: NOON)
    with Store(here, clock=lambda: NOON) as store:
        store.load(files)
    renamed = [(*row[:5], row[5].replace("file:", ""), *row[6:]) for row in in_store(there)]
    assert sorted(renamed, key=repr) == in_store(here)


def test_a_file_too_large_to_be_handed_over_is_told_of_and_the_others_are_in(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fx.spark.inputs.WHOLE_FILE", 10_000)
    (tmp_path / "in").mkdir()
    for name, text in {"a.txt": PAGE, "b.txt": "prose " * 2000, "c.txt": PAGE.replace("0.00190", "0.00191")}.items():
        (tmp_path / "in" / name).write_text(text, "utf-8")
    told: Told = []
    place = f"parquet:{tmp_path}/quotes"
    loaded = fx.spark.load(spark, [(tmp_path / "in").as_uri()], place, clock=lambda: NOON, report=teller(told))
    assert loaded.documents == 2
    assert [note for name, note in told if not name] == [
        f"file:{tmp_path}/in/b.txt is larger than Spark hands over at once: cut it, or name it by a path that every "
        "machine can see"
    ]


def test_a_frame_of_documents_gives_the_quotes_of_its_pages(spark: SparkSession, tmp_path: Path) -> None:
    lines = [json.dumps({"url": f"https://json.example/{n}", "text": page(n), "date": "2024-11-09"}) for n in range(20)]
    (tmp_path / "pages.jsonl").write_text("\n".join(lines), "utf-8")
    found = fx.spark.quotes_of(spark.read.json(str(tmp_path / "pages.jsonl")), source="json", clock=lambda: NOON)
    assert found.columns == [name for name in QUOTES if name != "reading"]
    ours = fx.spark.read_quotes(spark, [str(tmp_path)], source="json", clock=lambda: NOON)
    assert sorted(found.collect(), key=repr) == sorted(ours.collect(), key=repr)
    assert found.count() == 100
    with pytest.raises(UsageError, match="has a column bytes or text, not only url: rename it"):
        fx.spark.quotes_of(spark.read.json(str(tmp_path / "pages.jsonl")).select("url"))


def test_a_page_of_very_many_quotes_passes_through(spark: SparkSession, postgres: Server, tmp_path: Path) -> None:
    days = (f"20{n % 24:02d}-{n % 12 + 1:02d}-{n % 28 + 1:02d}" for n in count())
    text = "".join(f"{next(days)} EUR/USD 1.{n:06d}\n" for n in range(30_000))
    (tmp_path / "skew.txt").write_text(text, "utf-8")
    (tmp_path / "small.txt").write_text("2024-12-14 KZT/USD = 0.00190", "utf-8")
    assert fx.spark.load(spark, [str(tmp_path)], postgres.schema(), split_bytes=1).quotes == 30_001


def test_two_jobs_do_not_fill_a_store_at_once(spark: SparkSession, archive: Path, postgres: Server) -> None:
    url = postgres.schema()
    with Store(url) as store:
        store.load_text("2024-12-14 KZT/USD = 0.00190")
        with SplitStage(url, "another").alone():
            assert store.check() == []
            with pytest.raises(StoreBusy, match="is being filled by another job"):
                fx.spark.load(spark, [str(archive / "b")], url)


def test_what_is_not_for_spark_is_refused_in_a_sentence(spark: SparkSession, tmp_path: Path) -> None:
    to = f"parquet:{tmp_path}/quotes"
    for paths, words in (
        ([], "nothing to load"),
        (["-"], "- is not for Spark"),
        (["https://example.org"], "is not for Spark"),
        (["file:///a", "b"], "some paths have a scheme and some have none"),
    ):
        with pytest.raises(UsageError, match=words):
            fx.spark.load(spark, paths, to)
    with pytest.raises(UsageError, match="give --to postgresql"):
        fx.spark.load(spark, ["a"], "fx.db")
    with pytest.raises(InputError, match="there is no file missing"):
        fx.spark.load(spark, ["missing"], to)
    with pytest.raises(UsageError, match="s3a://bucket is no folder: name one in it, as in s3a://bucket/quotes"):
        fx.spark.load(spark, ["missing"], "parquet:s3a://bucket")
    (tmp_path / "page.txt").write_text(PAGE, "utf-8")
    with pytest.raises(UsageError, match="there is no format 'nope'"):  # that executors meet
        fx.spark.load(spark, [str(tmp_path / "page.txt")], to, format="nope")
    assert not (tmp_path / "quotes").exists()


def test_a_split_is_known_by_what_it_holds_and_not_by_its_name_alone(tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    known = set()
    for text, when in (("a", 1), ("b", 1), ("b", 2)):
        path.write_text(text, "utf-8")
        os.utime(path, (when, when))
        known.add(Split(0, (File("page.txt", str(path)),)).content)
        known.add(Split(0, (File("other.txt", str(path)),)).content)
    assert len(known) == 6
    assert Split(7, (File("page.txt", str(path)),)).content in known
    path.unlink()
    assert Split(0, (File("page.txt", str(path)),)).content not in known


def test_an_executor_with_another_fx_refuses(tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    path.write_text(PAGE, "utf-8")
    split, job = Split(0, (File("page.txt", str(path)),)), Job.of(NOON)
    assert [batch.quotes[0] for batch in split.read(job)]
    with pytest.raises(UsageError, match=r"an executor has fx .* and the driver 9: ship the same to both"):
        split.read(replace(job, version="9"))


def test_what_is_put_down_twice_is_there_once(postgres: Server) -> None:
    stage = SplitStage(postgres.schema(), "job")
    with stage.alone(), ThreadPoolExecutor(4) as threads:
        put = [threads.submit(stage.keep, "a", lambda: [b"1", b"2"]) for _ in range(8)]
        assert sum(each.result() for each in put) == 1
        assert stage.pieces("a") == [b"1", b"2"]
        assert stage.keep("b", list)
        assert stage.pieces("b") == []
        with pytest.raises(StoreError, match="is gone from its table split: run the job again"):
            stage.pieces("c")
        with pytest.raises(StoreError, match="is gone"):
            SplitStage(stage.address, "other").pieces("a")
        stage.clear()
        with pytest.raises(StoreError):
            stage.keep("a", list)


def test_a_server_that_is_gone_is_waited_for_and_then_given_up() -> None:
    answers = iter((StoreLost("it is starting up"), StoreBusy("somebody waits"), 7))

    def ask() -> object:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert patiently(ask) == 7
    nowhere = SplitStage("postgresql:///x?host=/nowhere", "job")
    with pytest.raises(StoreLost, match="check that the server runs"):
        patiently(lambda: nowhere.has("a"), seconds=0)


DRIVER = """
import sys
from datetime import datetime
import fx.spark
from fx.spark.inputs import File, Job, Split
from fx.spark.session import session, translated
master, folder, url, now = sys.argv[1:]
with session(master) as spark:
    fx.spark.load(spark, [folder], url, split_bytes=20_000, clock=lambda: datetime.fromisoformat(now))
"""


@contextlib.contextmanager
def cluster(folder: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A master and two workers, of Spark's own wheel; the address, and the workers."""
    home = Path(importlib.util.find_spec("pyspark").origin).parent  # type: ignore[union-attr, arg-type]
    environment = {
        **os.environ,
        "SPARK_HOME": str(home),
        "SPARK_WORKER_DIR": str(folder / "work"),
        "SPARK_LOCAL_DIRS": str(folder / "local"),
        "SPARK_DAEMON_MEMORY": "256m",
        "SPARK_DAEMON_JAVA_OPTS": "-XX:+UseSerialGC -XX:TieredStopAtLevel=1",
        "PYSPARK_PYTHON": sys.executable,
    }
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    address = f"spark://127.0.0.1:{port}"
    run = [str(home / "bin" / "spark-class"), "org.apache.spark.deploy"]
    daemons = [
        [f"{run[1]}.master.Master", "--host", "127.0.0.1", "--port", port, "--webui-port", "0"],
        *[[f"{run[1]}.worker.Worker", "--host", "127.0.0.1", "-c", "1", "-m", "512m", "--webui-port", "0", address]]
        * 2,
    ]
    begun: list[subprocess.Popen[bytes]] = []
    try:
        for words in daemons:
            quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            begun.append(subprocess.Popen([run[0], *words], env=environment, cwd=folder, **quiet))  # type: ignore[call-overload]
        yield address, begun[1:]
    finally:
        for process in begun:
            process.kill()
            process.wait()


def test_driver_worker_and_database_are_killed_and_the_next_run_ends_as_one_machine(
    archive: Path, one: tuple[Loaded, dict[str, list[Any]], Told, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    confs = {name: value for name, value in SMALL.items() if "speculation" not in name}
    monkeypatch.setenv("PYSPARK_SUBMIT_ARGS", submitted(confs))
    monkeypatch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
    with cluster(tmp_path) as (master, workers), server() as own:
        url = own.schema()
        words = [sys.executable, "-c", DRIVER, master, str(archive), url, NOON.isoformat()]
        with subprocess.Popen(words, stderr=subprocess.DEVNULL) as first:
            until(receipts(url, 3))
            first.kill()
        with Store(url) as store:
            assert store.info().documents < one[0].documents
        with subprocess.Popen(words, stderr=subprocess.PIPE) as second:
            until(receipts(url, 8))
            workers[0].kill()
            until(receipts(url, 12))
            for (backend,) in own.run("SELECT pid FROM pg_stat_activity WHERE application_name = 'fx' LIMIT 1"):
                kill_backend(own, backend)
            try:
                _, talk = second.communicate(timeout=150)
            finally:
                second.kill()
        assert second.returncode == 0, talk
        with Store(url) as store:
            assert rows(store) == one[1]


def kill_backend(own: Server, pid: int) -> None:
    """End one connection as a crash does, after which the whole server mends itself; of a server elsewhere by asking."""
    if "FX_TEST_POSTGRES" in os.environ:
        own.run(f"SELECT pg_terminate_backend({pid})")
    else:
        os.kill(pid, signal.SIGKILL)


def test_where_java_has_ended_it_is_the_job_that_is_given_up_and_not_the_result_that_cannot_be_written() -> None:
    with pytest.raises(StoreError, match=r"its driver in Java has ended: .* is kept, run it again"), translated():
        raise ConnectionRefusedError(111, "Connection refused")


def test_without_java_or_spark_it_says_what_to_install(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "fx", "spark-load", "a", "--to", "parquet:b"]
    environment = {name: value for name, value in os.environ.items() if name != "JAVA_HOME"}
    done = subprocess.run(
        command, env=environment | {"PATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr.split(":")[0]) == (2, "Spark needs Java 17 or newer")
    (tmp_path / "pyspark.py").write_text("raise ImportError", "utf-8")
    done = subprocess.run(
        command, env=environment | {"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (2, "Spark is missing: install it with pip install 'fx[spark]'\n")
