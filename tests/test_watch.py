"""``fx watch``: against a real server that changes, fails, hangs and comes back, and a file in all its states."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fx.documents import Document
from fx.errors import NotAStore, UsageError
from fx.moments import Moment
from fx.store import Loaded, Store
from fx.watching import Look, interval, rest_after, watch
from tests.builders import BARE, BOARD, NOON

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FX = [sys.executable, "-c", "from fx.cli import main; main()"]


def board(number: int) -> str:
    """A board without a date, one of many."""
    return BOARD.replace("0.00190", f"0.00{200 + number}")


def chance(seed: int) -> Random:
    """The same chances each time."""
    return Random(seed)  # noqa: S311 (nothing is secret)


class Site:
    """A server of our own; ``answer`` is given each request with its number and does what it likes with it."""

    def __init__(self, answer: Callable[[BaseHTTPRequestHandler, int], None]) -> None:
        self.answer = answer
        self.count = 0
        self.asked: list[dict[str, str]] = []
        self.port = 0
        self.day = "Fri, 02"
        self.ended = threading.Event()
        self.down = threading.Event()

    def start(self) -> None:
        site = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                """Nothing."""

            def date_time_string(self, timestamp: float | None = None) -> str:  # noqa: ARG002
                return f"{site.day} Jan 2026 03:{self.number // 60:02}:{self.number % 60:02} GMT"

            def do_GET(self) -> None:
                number, site.count = site.count, site.count + 1
                self.number = number  # its own: the page of another request may be sent before this one is
                site.asked.append({name.lower(): value for name, value in self.headers.items()})
                site.answer(self, number)

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                """Who is tired of waiting breaks off."""

        self.server = Server(("127.0.0.1", self.port), Handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/rates"


@contextmanager
def serving(answer: Callable[[BaseHTTPRequestHandler, int], None]) -> Iterator[Site]:
    site = Site(answer)
    site.start()
    try:
        yield site
    finally:
        site.ended.set()
        site.stop()


def send(handler: BaseHTTPRequestHandler, text: str, status: int = 200, **headers: str) -> None:
    data = text.encode()
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    handler.wfile.write(data)


def start(folder: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*FX, "watch", *words, "--db", "fx.db"],
        cwd=folder,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**BARE, "HOME": str(folder), "PYTHONUTF8": "1"},
    )


def rates(path: Path) -> list[str]:
    """The tenge's rates in the order they were recorded; the database is sound."""
    with Store(path) as store:
        assert store.check() == []
        return [
            row[0]
            for row in store.query("SELECT rate_text FROM quotes WHERE base = 'KZT' ORDER BY recorded_at, rate_text")[1]
        ]


POLLS = 200
BOARDS = 10


def wayward(site: Site, handler: BaseHTTPRequestHandler, number: int) -> None:
    """Changes now and then, and fails in every way in between."""
    which, step = divmod(number, POLLS // BOARDS)
    text = board(min(which, BOARDS - 1))
    if step == 4:
        send(handler, "KZT/USD = 0.5\n", 500)
    elif step == 6:
        send(handler, "", 503, Retry_After="0")
    elif step == 8 and which % 2:
        site.ended.wait(5)
    elif step == 10:
        send(handler, "We are being rebuilt. Come back on November 30.\n")
    elif step == 12:
        send(handler, "not gzip at all", Content_Encoding="gzip")
    elif step == 14:
        handler.send_response(200)
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        handler.wfile.write(text[:60].encode())  # half a page
    elif step == 16 and which == 5:
        site.down.set()
        send(handler, "", 404)
    elif which % 3 == 0 and handler.headers.get("If-None-Match") == f'"{which}"':
        handler.send_response(304)
        handler.end_headers()
    elif which % 3 == 0:
        send(handler, text, ETag=f'"{which}"')
    else:
        send(handler, text + f"You are visitor {number}.\n")  # other bytes, the same board


def test_of_a_server_that_changes_fails_hangs_and_comes_back_each_board_is_stored_once(tmp_path: Path) -> None:
    up = threading.Event()

    def outage() -> None:
        site.down.wait(60)
        site.stop()
        time.sleep(0.2)
        site.start()
        up.set()

    with serving(lambda handler, number: wayward(site, handler, number)) as site:
        threading.Thread(target=outage, daemon=True).start()
        words = ("--every", "20ms", "--timeout", "0.15s", "--times", str(POLLS + 30), "--source", "bank")
        with start(tmp_path, site.address, *words) as process:
            out, errors = process.communicate(timeout=120)
        assert (process.returncode, up.is_set()) == (0, True)
        assert site.count >= POLLS
        assert any("if-none-match" in headers for headers in site.asked)
    assert rates(tmp_path / "fx.db") == [f"0.00{200 + number}" for number in range(BOARDS)]
    with Store(tmp_path / "fx.db") as store:
        assert len(store.documents()) == BOARDS
        assert {row["source"] for row in store.documents()} == {"bank"}
    lines = out.splitlines()
    assert len(lines) == BOARDS
    for number, line in enumerate(lines):
        assert f"KZT/USD = 0.00{200 + number}" in line
        assert line.startswith(str(datetime.now(UTC).year))
    assert "KGS/USD" in lines[0]
    assert "KGS/USD" not in lines[1]  # what is as it was is not said again
    for words_of in (
        "answers 500",
        "answers 503",
        "takes more than 0.15 seconds",
        "no quote was found",
        "compression is damaged",
        "the connection broke",
        "no connection",
        "is well again",
    ):
        assert words_of in errors
    assert "Traceback" not in errors


def test_two_watchers_of_one_page_and_database_store_each_board_once(tmp_path: Path) -> None:
    with serving(lambda handler, number: send(handler, f"{board(number // 12)}visitor {number}\n")) as site:
        words = (site.address, "--every", "15ms", "--times", "30", "-q")
        with start(tmp_path, *words) as one, start(tmp_path, *words) as other:
            ends = [process.communicate(timeout=60) for process in (one, other)]
        assert (one.returncode, other.returncode, [errors for _, errors in ends]) == (0, 0, ["", ""])
    seen = rates(tmp_path / "fx.db")
    assert len(seen) >= 5
    assert len(seen) == len(set(seen))
    assert sum(len(out.splitlines()) for out, _ in ends) == len(seen)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
@pytest.mark.parametrize("where", ["at rest", "while the server hangs"])
def test_a_signal_ends_it_at_once_and_what_was_finished_is_kept(
    number: signal.Signals, code: int, where: str, tmp_path: Path
) -> None:
    hanging = threading.Event()

    def answer(handler: BaseHTTPRequestHandler, count: int) -> None:
        if count:
            hanging.set()
            site.ended.wait(60)
        else:
            send(handler, board(0))

    with serving(answer) as site:
        every = "1h" if where == "at rest" else "10ms"
        with start(tmp_path, site.address, "--every", every) as process:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert where == "at rest" or hanging.wait(60)
            process.send_signal(number)
            _, errors = process.communicate(timeout=20)
    assert process.returncode == code
    assert "5 new: " in line
    assert "what was finished is kept" in errors
    assert rates(tmp_path / "fx.db") == ["0.00200"]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["fx.db"]


def test_a_load_under_way_is_whole_or_undone_when_a_signal_comes(tmp_path: Path) -> None:
    with Store(tmp_path / "fx.db") as store:
        store.load_text("EUR/USD = 1.0521\n", observed_at="2024-12-13")
    for number in range(3):
        rows = (
            f"20{number}0-01-{n // 1000 + 1:02}T00:{n // 60 % 60:02}:{n % 60:02}Z,KZT,USD,0.00{n + 1}\n"
            for n in range(20_000)
        )
        (tmp_path / "rows.csv").write_text("date,base,counter,rate\n" + "".join(rows), encoding="utf-8")
        with start(tmp_path, "rows.csv", "--every", "1h") as process:
            while not (tmp_path / "fx.db-wal").exists() and process.poll() is None:
                time.sleep(0.005)
            time.sleep(0.3 * number)
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=60)
        assert (process.returncode, "ended by SIGTERM" in errors, "Traceback" in errors) == (0, True, False)
        with Store(tmp_path / "fx.db") as store:
            assert store.check() == []
            (kept,) = store.query("SELECT count(*) FROM quotes WHERE base = 'KZT'")[1][0]
        assert kept % 20_000 == 0


def test_trouble_is_an_object_under_json_and_told_once(tmp_path: Path) -> None:
    with start(tmp_path, "none.txt", "--times", "3", "--every", "10ms", "--json", "-q") as process:
        out, errors = process.communicate(timeout=60)
    (row,) = map(json.loads, out.splitlines())
    assert (row["error"], row["document"], process.returncode) == ("InputError", "none.txt", 0)
    assert errors.count("there is no file none.txt") == 1


def test_changes_are_objects_under_json(tmp_path: Path) -> None:
    (tmp_path / "board.txt").write_text(BOARD, encoding="utf-8")
    with start(tmp_path, "board.txt", "--times", "1", "--json", "-q") as process:
        out, errors = process.communicate(timeout=60)
    (row,) = map(json.loads, out.splitlines())
    assert errors == ""
    assert (row["document"], row["new"], [quote["base"] for quote in row["changed"]]) == (
        "board.txt",
        5,
        ["KGS", "KZT", "TJS", "UZS", "TMT"],
    )


# In one process, where rests are steps of a story --------------------------------------------------------------------


class Story:
    """Rests in which things happen, one after the other; the clock moves by what is rested."""

    def __init__(self, *steps: Callable[[], object]) -> None:
        self.steps = list(steps)
        self.rests: list[timedelta] = []
        # Tomorrow, so that files are old by then, and in the morning: marks are dropped as a day ends.
        self.now = (datetime.now(UTC) + DAY).replace(hour=8)
        self.looks: list[Look] = []

    def clock(self) -> datetime:
        return self.now

    def rest(self, span: timedelta) -> None:
        self.rests.append(span)
        self.now += span
        self.steps.pop(0)()

    def watch(self, store: Store, target: object, every: timedelta = timedelta(minutes=1)) -> list[Look]:
        """Look once more than there are steps."""
        times = len(self.steps) + 1
        watch(store, str(target), every, rest=self.rest, chance=chance(1), tell=self.looks.append, times=times)
        return self.looks

    def told(self) -> list[str]:
        return [
            " ".join(look.trouble.message.split()[:2])
            if look.trouble
            else f"{look.loaded.new} new"
            if look.loaded.new
            else "well"
            for look in self.looks
        ]


def nothing() -> None:
    """Nothing happens."""


def test_a_file_is_followed_through_all_its_states(tmp_path: Path) -> None:
    file = tmp_path / "board.txt"

    def replaced() -> None:
        beside = tmp_path / "beside"
        beside.write_text(board(2), encoding="utf-8")
        beside.replace(file)

    story = Story(
        nothing,
        lambda: file.write_text(board(1), encoding="utf-8"),
        nothing,
        replaced,
        lambda: os.utime(file),
        file.unlink,
        nothing,
        lambda: file.write_bytes(b"\x00\xff" * 500),
        lambda: file.write_text("", encoding="utf-8"),
        lambda: file.write_text(f"{board(3)}visitor 8\n", encoding="utf-8"),
        lambda: file.write_text(f"{board(3)}visitor 19\n", encoding="utf-8"),
    )
    with Store(tmp_path / "fx.db", story.clock) as store:
        story.watch(store, file)
    assert story.told() == ["there is", "5 new", "5 new", "there is", "no quote", "5 new"]
    assert sorted(rates(tmp_path / "fx.db")) == ["0.00201", "0.00202", "0.00203"]


def test_a_file_that_is_being_written_is_read_when_it_is_whole(tmp_path: Path) -> None:
    file = tmp_path / "board.txt"
    half = board(1).partition("0.0020")[0] + "0.0020"  # a figure cut off
    file.write_text(half, encoding="utf-8")
    story = Story(lambda: file.write_text(board(1), encoding="utf-8"), nothing)
    story.now = datetime.now(UTC)
    with Store(tmp_path / "fx.db", story.clock) as store:
        watch(store, str(file), HOUR, rest=story.rest, chance=chance(1), tell=story.looks.append, times=1)
    assert rates(tmp_path / "fx.db") == ["0.00201"]
    assert story.rests == [timedelta(seconds=1)] * 2


def test_a_file_that_is_never_left_alone_is_not_read_and_said_to_be_so(tmp_path: Path) -> None:
    file = tmp_path / "board.txt"
    file.write_text(board(1), encoding="utf-8")
    sizes = iter(range(1000))
    story = Story(*[lambda: file.write_text(board(1) + "x" * next(sizes), encoding="utf-8")] * 10)
    story.now = datetime.now(UTC) - HOUR
    with Store(tmp_path / "fx.db", story.clock) as store:
        watch(store, str(file), HOUR, rest=story.rest, chance=chance(1), tell=story.looks.append, times=1)
    (look,) = story.looks
    assert look.trouble is not None
    assert "is being written" in look.trouble.message
    assert not (tmp_path / "fx.db").exists()


def test_a_locked_database_is_tried_again_soon_and_the_page_fetched_anew(tmp_path: Path) -> None:
    with Store(tmp_path / "fx.db") as store:
        store.load_text("EUR/USD = 1.0521\n", observed_at="2024-12-13")
    lock = sqlite3.connect(tmp_path / "fx.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    story = Story(nothing, lambda: lock.execute("COMMIT"), nothing, nothing)

    def answer(handler: BaseHTTPRequestHandler, _: int) -> None:
        if handler.headers.get("If-None-Match"):
            handler.send_response(304)
            handler.end_headers()
        else:
            send(handler, board(0), ETag='"a"')

    with serving(answer) as site, Store(tmp_path / "fx.db", story.clock, patience=20) as store:
        story.watch(store, site.address, HOUR)
        asked = [headers.get("if-none-match") for headers in site.asked]
    lock.close()
    assert asked == [None, None, None, '"a"', '"a"']  # what was not kept is asked for again
    assert all(timedelta(seconds=10) <= rest <= 4 * timedelta(seconds=10) for rest in story.rests[:2])
    assert story.rests[2:] == [HOUR, HOUR]
    assert [bool(look.trouble) for look in story.looks] == [True, False]
    assert "locked by another process" in str(story.looks[0].trouble)
    assert (story.looks[1].well, story.looks[1].loaded.new) == (True, 5)


def test_what_is_no_database_and_what_cannot_be_watched_ends_it(tmp_path: Path) -> None:
    (tmp_path / "board.txt").write_text(BOARD, encoding="utf-8")
    (tmp_path / "fx.db").write_text("no database", encoding="utf-8")
    story = Story()
    with Store(tmp_path / "fx.db", story.clock) as store:
        with pytest.raises(NotAStore):
            story.watch(store, tmp_path / "board.txt")
        for target, words in (
            ("-", "standard input"),
            ("ftp://a/b", "only http"),
            ("http:///x", "names no host"),
            (tmp_path, "is a folder"),
        ):
            with pytest.raises(UsageError, match=words):
                story.watch(store, target)


def test_retry_after_is_honoured_and_redirects_are_asked_by_their_own_marks(tmp_path: Path) -> None:
    def answer(handler: BaseHTTPRequestHandler, number: int) -> None:
        if number == 0:
            send(handler, "", 429, Retry_After="7200")
        elif handler.path == "/rates":
            send(handler, "", 302, Location="/elsewhere", ETag='"of the redirect"')
        else:
            send(handler, board(0), ETag='"of the page"', Last_Modified="Thu, 01 Jan 2026 00:00:00 GMT")

    story = Story(nothing, nothing)
    with serving(answer) as site, Store(tmp_path / "fx.db", story.clock) as store:
        story.watch(store, site.address)
        asked = [(headers.get("if-none-match"), headers.get("if-modified-since")) for headers in site.asked]
        assert [row["name"] for row in store.documents()] == [site.address]
    assert story.rests == [timedelta(hours=2), timedelta(minutes=1)]
    assert asked == [(None, None)] * 4 + [('"of the page"', "Thu, 01 Jan 2026 00:00:00 GMT")]


def test_a_page_that_never_changes_is_kept_once_a_day_if_it_has_no_date(tmp_path: Path) -> None:
    def answer(handler: BaseHTTPRequestHandler, _: int) -> None:
        if handler.headers.get("If-None-Match") == '"a"':
            handler.send_response(304)
            handler.end_headers()
        else:
            send(handler, board(0), ETag='"a"')

    def tomorrow() -> None:
        site.day = "Sat, 03"
        story.now += DAY

    story = Story(nothing, tomorrow, nothing)
    with serving(answer) as site, Store(tmp_path / "fx.db", story.clock) as store:
        story.watch(store, site.address)
        assert [headers.get("if-none-match") for headers in site.asked] == [None, '"a"', None, '"a"']
        assert [row["observed_at"][:10] for row in store.documents()] == ["2026-01-02", "2026-01-03"]
    assert [(look.loaded.new, len(look.changed)) for look in story.looks] == [(5, 5), (5, 0)]


# The schedule --------------------------------------------------------------------------------------------------------

SPANS = st.integers(10, 10**10).map(lambda number: timedelta(milliseconds=number))


@given(SPANS, st.integers(0, 10**6), st.none() | SPANS, st.booleans(), st.integers())
def test_a_rest_is_never_shorter_than_usual_nor_eight_times_it_nor_a_day_longer(
    every: timedelta, failures: int, asked: timedelta | None, ours: bool, seed: int
) -> None:
    rest = rest_after(failures, every, chance(seed), asked, ours=ours)
    if not failures:
        assert rest == every
        return
    longest = max(every, DAY)
    wanted = timedelta(0) if asked is None else min(asked, longest)
    assert rest >= max(wanted, min(every, timedelta(seconds=10)) if ours else every)
    assert rest <= max(wanted, every if ours else max(every, min(8 * every, DAY)))
    assert rest <= max(wanted, every * 2 ** min(failures, 4))


def test_many_watchers_do_not_come_back_at_once() -> None:
    rests = {rest_after(3, HOUR, chance(seed)) for seed in range(100)}
    assert len(rests) > 90
    assert max(rests) > 6 * HOUR


@pytest.mark.parametrize("text", ["", "3", "1.5", "-1h", "9ms", "0s", "1y", "h", "1e3s", "400d", "1 hour", "１h"])
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        interval(text)


# What is kept --------------------------------------------------------------------------------------------------------


def loaded(store: Store, text: str, stated: str, name: str = "http://a/") -> Loaded:
    return store.load_documents([Document(name, text.encode(), stated=Moment.parse(stated))], if_changed=True)


def test_a_board_without_a_date_is_kept_when_it_changes_and_once_a_day(tmp_path: Path) -> None:
    with Store(tmp_path / "fx.db", lambda: NOON) as store:
        news = [
            loaded(store, text, stated).new
            for text, stated in (
                (board(0), "2026-01-01T10:00Z"),
                (board(0), "2026-01-01T11:00Z"),
                (board(0) + "visitor 7\n", "2026-01-01T12:00Z"),
                (board(1), "2026-01-01T13:00Z"),
                (board(0), "2026-01-01T14:00Z"),
                (board(0), "2026-01-02T00:10Z"),
                (board(0), "2026-01-02T09:00Z"),
                (board(0).partition("\n")[2], "2026-01-02T10:00Z"),
            )
        ]
        assert news == [5, 0, 0, 5, 5, 5, 0, 4]
        assert loaded(store, board(0), "2026-01-02T11:00Z", name="http://b/").new == 5
        answer = store.convert("1", "KZT", "USD", as_of="2026-01-02", max_age="0d")
        assert str(answer.legs[0].quote.rate) == "0.00200"
        assert store.check() == []


def test_a_board_that_came_late_is_no_news_where_it_stood_at_its_own_time(tmp_path: Path) -> None:
    with Store(tmp_path / "fx.db", lambda: NOON) as store:
        news = [
            loaded(store, text, stated).new
            for text, stated in (
                (board(0), "2026-01-01T10:00:00Z"),
                (board(1), "2026-01-01T10:00:30Z"),
                (board(0), "2026-01-01T10:00:10Z"),  # another watcher was quicker with the next one
                (board(1), "2026-01-01T10:00:20Z"),
                (board(2), "2026-01-01T10:00:25Z"),  # that it had not seen
                (board(1), "2026-01-01T10:00:40Z"),
                (board(0), "2026-01-01T10:00:50Z"),
                (board(0), "2025-12-31T23:59:59Z"),  # a day earlier
            )
        ]
        assert news == [5, 5, 0, 0, 5, 0, 5, 5]
        assert str(store.latest("KZT")[0].rate) == "0.00200"
        assert store.check() == []


def test_a_board_with_a_date_is_the_same_statement_however_often_its_page_changes(tmp_path: Path) -> None:
    dated = BOARD + "14 December 2024\n"
    with Store(tmp_path / "fx.db", lambda: NOON) as store:
        for number in range(5):
            found = loaded(store, f"{dated}visitor {number}\n", f"2026-01-0{number + 1}T10:00Z")
            assert (found.new, found.known) == ((5, 0) if number == 0 else (0, 5))
        assert loaded(store, f"{dated.replace('0.00190', '0.00191')}\n", "2026-01-09T10:00Z").revisions == 1
        assert loaded(store, f"{dated}taken back\n", "2026-01-09T11:00Z").known == 5
        assert str(store.latest("KZT")[0].rate) == "0.00190"  # a correction taken back stands again
        assert len(store.documents()) == 3
        assert store.check() == []


def test_a_page_without_a_figure_is_kept_once(tmp_path: Path) -> None:
    with Store(tmp_path / "fx.db", lambda: NOON) as store:
        for number in range(3):
            assert loaded(store, f"KZT/USD = N/A\nvisitor {number}\n", f"2026-01-01T1{number}:00Z").rejects == 1
        assert len(store.documents()) == 1
        assert store.check() == []
