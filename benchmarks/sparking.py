"""``python -m benchmarks.sparking``: one archive on one machine and on Spark, into PostgreSQL and Parquet.

The pages are those of `benchmarks.data`, each a record of a web archive, one in twenty the same as the one before.
Every run must give the rows of ``fx load``, told by a digest over them, or it is not in the table. Seconds of CPU are
those of the whole machine, which is to do nothing else; each run starts what it needs, Java and Spark as well.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import fx
from benchmarks import data
from fx.store.splits import SplitStage
from tests.postgres import Server, server

COLUMNS = "base, counter, rate_text, observed_at, source, document, line, repeats"
SPEED = "-XX:+UseSerialGC"


def archive(folder: Path, size: int, files: int) -> int:
    """Write so many bytes of pages into so many files; how many pages there are."""
    draw = random.Random(8)
    pool = [data.paragraphs(draw, draw.randrange(15, 25)) for _ in range(300)]
    boards = data.boards(draw)
    folder.mkdir(parents=True)
    numbers, body = count(), b""
    for file in range(files):
        done = 0
        with gzip.open(folder / f"crawl-{file:05d}.warc.gz", "wb", compresslevel=1) as out:
            while done < size // files:
                number = next(numbers)
                if number % 20 != 19:
                    shape = data.markup if number % 3 == 0 else data.page
                    body = shape(*next(boards), draw.choice(pool)).encode()
                out.write(record(number, body))
                done += len(body)
    return next(numbers)


def record(number: int, body: bytes) -> bytes:
    """One page as a record of a web archive."""
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + body
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://news.example/{number}\r\n"
        f"WARC-Date: 2025-12-{number % 28 + 1:02d}T10:00:00Z\r\nWARC-Record-ID: <urn:uuid:{number}>\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
    )
    return head.encode() + http + b"\r\n\r\n"


def digest(rows: list[tuple[object, ...]]) -> str:
    """What tells one set of rows from another."""
    return hashlib.md5("\n".join(sorted(map(repr, rows))).encode(), usedforsecurity=False).hexdigest()[:16]


def of_store(place: str) -> tuple[int, str]:
    """The number of quotes in a store, and their digest."""
    with fx.open(place) as store:
        rows = [tuple(row) for row in store.asked(f"SELECT {COLUMNS} FROM quotes")[1]]
    return len(rows), digest(rows)


def of_parquet(place: str) -> tuple[int, str]:
    """The same of a folder of Parquet."""
    import pyarrow.parquet as pq

    names = [name.strip().replace("rate_text", "rate") for name in COLUMNS.split(",")]
    table = pq.read_table(place, columns=names)
    rows = list(zip(*(table.column(name).to_pylist() for name in names), strict=True))
    return len(rows), digest(rows)


@dataclass(frozen=True)
class Way:
    """One way to load: what is run, where the rows are then, and when an executor is to be killed."""

    name: str
    words: list[str]
    told: Callable[[], tuple[int, str]]
    half: Callable[[], bool] | None = None


def run(way: Way) -> tuple[float, float]:
    """Run a way to its end; CPU and wall seconds. Raises `SystemExit` if it fails."""
    before, begun = busy(), time.monotonic()
    over = threading.Event()
    killer = threading.Thread(target=kill_half_way, args=(way.half, over)) if way.half else None
    if killer:
        killer.start()
    with tempfile.TemporaryFile() as talk:
        code = subprocess.run(way.words, stdout=subprocess.DEVNULL, stderr=talk, check=False).returncode
        wall = time.monotonic() - begun
        over.set()
        if killer:
            killer.join()
        if code:
            talk.seek(0)
            raise SystemExit(f"{way.name} ended with {code}: {talk.read()[-2000:].decode(errors='replace')}")
    return busy() - before, wall


def busy() -> float:
    """Seconds that the cores of this machine have worked.

    Spark leaves some of its processes to nobody, so that no parent can count what they took.
    """
    user, nice, system, _, _, irq, softirq, *_ = map(int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:])
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


def kill_half_way(half: Callable[[], bool], over: threading.Event) -> None:
    """End one executor once half is done."""
    while not over.is_set() and not half():
        time.sleep(0.2)
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            words = path.read_bytes()
            if b"CoarseGrainedExecutorBackend" in words and b"spark-load" not in words:
                os.kill(int(path.parent.name), signal.SIGKILL)
                print(f"killed executor {path.parent.name}", file=sys.stderr)
                return


def put_down(url: str, number: int) -> Callable[[], bool]:
    """Whether so many splits are put down at a store."""
    stage = SplitStage(url, "")

    def there() -> bool:
        with contextlib.suppress(Exception), stage.opened() as connection:  # the table is not there yet
            row = connection.execute("SELECT count(DISTINCT content) FROM split").fetchone()
            return bool(row and row[0] >= number)
        return False

    return there


def after(seconds: float) -> Callable[[], bool]:
    """Whether so much time is over."""
    begun: list[float] = []

    def there() -> bool:
        begun.append(time.monotonic())
        return begun[-1] - begun[0] > seconds

    return there


def ways(pages: Path, folder: Path, own: Server, files: int) -> Iterator[Way]:
    """Each way, the plain one first."""
    tool = str(Path(sys.executable).with_name("fx"))
    conf = f"--conf spark.executor.memory=1g --conf spark.driver.extraJavaOptions={SPEED} pyspark-shell"
    os.environ.update(PYSPARK_SUBMIT_ARGS=conf, SPARK_WORKER_DIR=str(folder / "work"), SPARK_LOCAL_IP="127.0.0.1")
    scan = [sys.executable, "-c", SCAN, *map(str, sorted(pages.iterdir()))]
    yield Way("unpack and one pattern, one process", scan, lambda: (0, ""))
    one = own.schema()
    yield Way("fx load, PostgreSQL", [tool, "--db", one, "load", "-q", str(pages)], lambda: of_store(one))
    two = own.schema()
    jobs = [tool, "--db", two, "load", "-q", "--jobs", "2", str(pages)]
    yield Way("fx load --jobs 2, PostgreSQL", jobs, lambda: of_store(two))
    numbers = count()
    for master in ("local[2]", "local-cluster[2,1,1024]"):
        for kill in (False, True) if master.startswith("local-") else (False,):
            said = f"Spark {master}{', an executor killed' if kill else ''}"
            url, place = own.schema(), str(folder / f"parquet-{next(numbers)}")
            spark = [tool, "spark-load", "-q", str(pages), "--master", master, "--split-bytes", "1", "--to"]
            half = put_down(url, files // 2) if kill else None
            yield Way(f"{said}, PostgreSQL", [*spark, url], lambda url=url: of_store(url), half)  # type: ignore[misc]
            wait = after(LAST[0] / 2) if kill else None
            yield Way(f"{said}, Parquet", [*spark, f"parquet:{place}"], lambda place=place: of_parquet(place), wait)  # type: ignore[misc]


SCAN = """
import gzip, re, sys
pattern = re.compile(rb"[A-Z]{3}/[A-Z]{3} = [0-9.]+")
print(sum(len(pattern.findall(gzip.open(name).read())) for name in sys.argv[1:]))
"""
LAST = [0.0]
"""How long the last run took: half of it is half-way."""


def main() -> None:
    """Run them all, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sparking", description=__doc__)
    parser.add_argument("--megabytes", type=int, default=1000, help="of pages; 1000 if not given")
    parser.add_argument("--files", type=int, default=40, help="of how many")
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="fx-sparking-"))
    try:
        size = asked.megabytes * 10**6
        pages = archive(folder / "pages", size, asked.files)
        print(f"{asked.megabytes:,} MB in {pages:,} pages, load {os.getloadavg()[0]:.1f}", file=sys.stderr)
        print("| way | CPU s | wall s | pages/s of CPU | quotes | digest |\n|---|---|---|---|---|---|")
        expected: tuple[int, str] | None = None
        with server() as own:
            for way in ways(folder / "pages", folder, own, asked.files):
                cpu, wall = run(way)
                LAST[0] = wall
                told = way.told()
                expected = expected or (told if told[1] else None)
                if told[1] and told != expected:
                    raise SystemExit(f"{way.name} has {told}, and {expected} were expected")
                speed = f"{pages / cpu:,.0f}"
                print(f"| {way.name} | {cpu:.1f} | {wall:.1f} | {speed} | {told[0]:,} | {told[1]} |", flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
