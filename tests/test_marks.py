"""The mark of a series is true whenever it stands, and a series that bears it is told of like any other."""

from __future__ import annotations

import random
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from fx.errors import NoQuotes
from fx.series import EVERY, candles, zone_of
from fx.store import Store, leading_columns, periods, stage, stretches, writing
from fx.store.copying import copy_store
from tests.postgres import Server

ALL = """SELECT s.base || '/' || s.counter, src.name, s.id, s.plain_scale
  FROM series AS s JOIN source AS src ON src.id = s.source_id ORDER BY s.id"""
FIRST = "2024-12-14 KZT/USD = 0.00190\n"
LINES = 900
"""Of a log that is read in columns."""


def marks(store: Store) -> dict[tuple[str, str], int | None]:
    """The mark of each series, by its pair and source."""
    return {(pair, source): mark for pair, source, _, mark in store.asked(ALL)[1]}


def true_marks(store: Store) -> dict[tuple[str, str], int | None]:
    """What the marks would be by the rows alone."""
    found: dict[tuple[str, str], int | None] = {}
    for pair, source, number, _ in store.asked(ALL)[1]:
        rows = store.asked(f"SELECT observed_at, scale, rest FROM quote WHERE series_id = {number}")[1]
        scales, rests = ({row[place] for row in rows} for place in (1, 2))
        alone = len({row[0] for row in rows}) == len(rows)
        plain = alone and rests == {""} and len(scales) == 1 and min(scales) >= 0
        found[pair, source] = scales.pop() if plain else None
    return found


def log(scale_of: Callable[[int], int] = lambda _: 5, start: int = 0, lines: int = LINES, step: int = 1) -> str:
    """A log of one pair, a line in ``step`` seconds."""
    begin = datetime(2024, 12, 14, tzinfo=UTC)
    return "".join(
        f"{begin + timedelta(seconds=number // step):%Y-%m-%dT%H:%M:%SZ} KZT/USD = 0.{number + 100:0{scale_of(number)}d}\n"
        for number in range(start, start + lines)
    )


CASES: dict[str, tuple[list[str], int | None]] = {
    "one rate a moment": ([FIRST, "2024-12-15 KZT/USD = 0.00191\n"], 5),
    "whole numbers": (["2024-12-14 KZT/USD = 190\n"], 0),
    "the same said again": ([FIRST, f"# again\n{FIRST}"], 5),
    "an instant of the same day": ([FIRST, "2024-12-14T00:00Z KZT/USD = 0.00191\n"], 5),
    "a percent": ([FIRST, "2024-12-15 KZT/USD = 0.00191 0.4%\n"], 5),
    "another scale": ([FIRST, "2024-12-15 KZT/USD = 0.0019\n"], None),
    "another scale in one document": ([f"{FIRST}2024-12-15 KZT/USD = 0.0019\n"], None),
    "and back": ([FIRST, "2024-12-15 KZT/USD = 0.0019\n", "2024-12-16 KZT/USD = 0.00191\n"], None),
    "a revision": ([FIRST, "2024-12-14 KZT/USD = 0.00191\n"], None),
    "the same with a percent": ([FIRST, "2024-12-14 KZT/USD = 0.00190 0%\n"], None),
    "two rates of a moment in one document": ([f"{FIRST}2024-12-14 KZT/USD = 0.00191\n"], None),
    "bid and ask": ([FIRST, "2024-12-15 KZT/USD 0.00190/0.00192\n"], None),
    "bid and ask first": (["2024-12-15 KZT/USD 0.00190/0.00192\n", FIRST], None),
    "more digits than a whole number has": ([FIRST, "2024-12-15 KZT/USD = 1.1234567890123456789\n"], None),
    "a percent of many digits": ([FIRST, "2024-12-15 KZT/USD = 0.00190 0.12345678%\n"], None),
    "a log": ([log()], 5),
    "a log twice": ([log(), f"# again\n{log()}"], 5),
    "a log that goes on": ([log(), log(start=LINES)], 5),
    "a log whose end was known": ([log(start=400), log()], 5),
    "a log of two scales": ([log(lambda number: 5 + number // 850)], None),
    "a log that goes on in another scale": ([log(), log(lambda _: 6, start=LINES)], None),
    "a log behind another scale": (["2020-12-14 KZT/USD = 0.0019\n", log()], None),
    "a log of two a second": ([log(step=2)], None),
    "a log that revises one": (["2024-12-14T00:07:00Z KZT/USD = 0.00001\n", log()], None),
    "a log with a line of bid and ask": ([f"{log()}2024-12-16 KZT/USD 0.00190/0.00192\n"], None),
    "a log with a plain line": ([f"2024-12-16 KZT/USD = 0.00190 (0%)\n{log()}"], 5),
    "a log with a plain line of its last moment": ([f"{log()}2024-12-14T00:14:59Z KZT/USD = 0.00001 (0%)\n"], None),
}


@pytest.mark.parametrize("case", CASES)
def test_a_series_is_marked_as_long_as_each_row_is_plain_and_alone(case: str, tmp_path: Path) -> None:
    texts, mark = CASES[case]
    with Store(tmp_path / "fx.db") as store:
        for text in texts:
            loaded = store.load_text(f"{text}2024-12-13 UZS/USD = 0.00008\n", source="bank")
            assert loaded.quotes == len({*text.splitlines()} - {"# again"}) + 1
        assert marks(store) == {("KZT/USD", "bank"): mark, ("UZS/USD", "bank"): 5}
        assert true_marks(store) == marks(store)
        assert store.check() == []


def test_a_log_goes_in_by_itself_and_by_the_stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the cases of logs above are about: both ways are taken."""
    taken = []

    def seen(name: str) -> Callable[..., Any]:
        ordinary = getattr(stage, name)
        return lambda *args, **named: (taken.append(name), ordinary(*args, **named))[1]

    for name in ("unmark", "unmark_spans"):
        monkeypatch.setattr(stage, name, seen(name))
    with Store(tmp_path / "fx.db") as store:
        store.load_text(log())
        assert set(taken) == {"unmark_spans"}
        store.load_text(log(start=-50))
        assert set(taken) == {"unmark_spans", "unmark"}


def test_each_source_is_marked_by_itself(tmp_path: Path) -> None:
    with Store(tmp_path / "fx.db") as store:
        store.load_text(FIRST, source="bank")
        store.load_text(FIRST.replace("190", "191"), source="press")
        store.load_text("2024-12-15 KZT/USD = 0.0019\n", source="press")
        assert marks(store) == {("KZT/USD", "bank"): 5, ("KZT/USD", "press"): None}


def test_a_document_that_is_undone_takes_no_mark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store(tmp_path / "fx.db") as store:
        store.load_text(FIRST)
        monkeypatch.setattr(writing, "keep_rejects", lambda *_: pytest.fail("the disk is full"))
        with pytest.raises(pytest.fail.Exception):
            store.load_text("2024-12-15 KZT/USD = 0.0019\n")
        monkeypatch.undo()
        assert marks(store) == {("KZT/USD", ""): 5}


def test_what_only_was_compared_leaves_a_mark_that_is_true(tmp_path: Path) -> None:
    with Store(tmp_path / "fx.db") as store:
        for text in (FIRST, FIRST, FIRST.replace("190", "19"), FIRST.replace("14", "15")):
            store.load_text(text, name="page", if_changed=True)
            assert store.check() == []
        assert marks(store) == {("KZT/USD", ""): None}


def test_what_goes_takes_no_mark_and_brings_none_back(tmp_path: Path) -> None:
    with Store(tmp_path / "fx.db") as store:
        store.load_text("".join(f"2024-12-{day} KZT/USD = 0.00190\n" for day in range(10, 20)))
        store.load_text("2024-12-10 UZS/USD = 0.0001\n2024-12-15 UZS/USD = 0.00008\n2024-12-16 UZS/USD = 0.00008\n")
        assert store.prune("2024-12-16", apply=True).quotes
        assert marks(store) == {("KZT/USD", ""): 5, ("UZS/USD", ""): None}
        assert store.check() == []
        store.load_text("2024-12-10 KZT/USD = 0.0019\n")
        assert marks(store)["KZT/USD", ""] is None


def test_a_copy_bears_the_marks(tmp_path: Path, postgres: Server) -> None:
    url = postgres.schema()
    with Store(tmp_path / "fx.db") as first, Store(url) as there, Store(tmp_path / "back.db") as back:
        first.load_text(f"{FIRST}2024-12-14 UZS/USD = 0.00008\n2024-12-15 UZS/USD = 0.0001\n")
        copy_store(first, there)
        copy_store(there, back)
        assert marks(first) == marks(there) == marks(back) == {("KZT/USD", ""): 5, ("UZS/USD", ""): None}
        for store in (there, back):
            store.load_text("2024-12-14 KZT/USD = 0.00191\n")
            assert marks(store)["KZT/USD", ""] is None
            assert store.check() == []


def test_of_many_who_write_one_moment_at_once_no_mark_is_left(tmp_path: Path) -> None:
    with Store(tmp_path / "fx.db") as store:
        store.load_text("2024-12-13 KZT/USD = 0.00190\n")
        begin = threading.Barrier(4)

        def write(number: int) -> None:
            with Store(tmp_path / "fx.db") as other:
                other.reading()
                begin.wait()
                for day in range(10, 15):
                    other.load_text(f"2025-01-{day} KZT/USD = 0.00{number + 190}\n2025-01-{day} A{'BCDE'[number]}")

        writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        assert store.info().quotes == 21
        assert marks(store) == {("KZT/USD", ""): None}
        assert store.check() == []


# What the mark is for ------------------------------------------------------------------------------------------------


def told(ask: Callable[[], Any]) -> Any:
    """What is answered; None for nothing."""
    try:
        return ask()
    except NoQuotes:
        return None


def answers(store: Store) -> list[Any]:
    """All that is told of a pair in time, by any of the ways that look at a mark."""
    days = pd.DataFrame({"day": [f"2024-12-{day:02}" for day in range(8, 20)], "base": "KZT", "amount": 1})
    return [
        store.convert_frame(days, amount="amount", base="base", counter="USD", as_of="day"),
        *(
            told(ask)
            for pair in ("KZT/USD", "USD/KZT")
            for ask in (
                lambda pair=pair: store.history(pair),
                lambda pair=pair: store.history(pair, since="2024-12-11", source=["press", "bank"]),
                *(
                    lambda pair=pair, every=every, zone=zone: store.candles(pair, every, tz=zone)
                    for every in EVERY
                    for zone in (None, "Asia/Almaty")
                ),
                *(lambda pair=pair, every=every: store.history(pair, every=every, ohlc=True) for every in EVERY),
            )
        ),
    ]


@pytest.mark.parametrize("seed", range(4))
def test_what_is_told_of_a_marked_series_is_what_is_told_of_any(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = random.Random(seed)  # noqa: S311
    monkeypatch.setattr(stretches, "ROWS", 4)
    if seed % 2:
        monkeypatch.setattr(periods, "DENSE", 0)
    seen = set()
    clock = count()
    with Store(tmp_path / "fx.db", lambda: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=next(clock))) as store:
        for number in range(9):
            lines = {
                f"2024-12-{draw.randrange(10, 17)}T{draw.randrange(24):02d}:{number:02d}Z": draw.randrange(100, 999)
                for _ in range(draw.randrange(1, 9))
            }
            odd = draw.choice(("", "", "", "", "", "0.0019", "0.00189/0.00192", "1.1234567890123456789"))
            text = "".join(f"{moment} KZT/USD = 0.00{rate}\n" for moment, rate in lines.items())
            if number > 4 and odd:
                text += f"2024-12-10T12:00:{number:02d}Z KZT/USD {odd}\n"
            store.load_text(text, source=draw.choice(("bank", "press")))
            now = marks(store)
            assert now == true_marks(store)
            assert store.check() == []
            seen |= {mark is None for mark in now.values()}
            found = answers(store)
            with store.writing().begin() as connection:
                connection.exec_driver_sql("UPDATE series SET plain_scale = NULL")
            for ours, plain in zip(found, answers(store), strict=True):
                if isinstance(ours, pd.DataFrame):
                    pd.testing.assert_frame_equal(ours, plain, check_exact=True)
                else:
                    assert ours == plain
            for every in EVERY:
                assert store.candles("KZT/USD", every) == candles(store.observations("KZT/USD"), every, zone_of(None))
            with store.writing().begin() as connection:
                for (pair, source), mark in now.items():
                    connection.exec_driver_sql(
                        "UPDATE series SET plain_scale = :mark WHERE base = :base AND source_id ="
                        " (SELECT id FROM source WHERE name = :source)",
                        {"mark": mark, "base": pair[:3], "source": source},
                    )
    assert False in seen


def test_a_frame_is_told_of_one_state_of_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another process writes between a look at the mark and one at the rows is not read by that mark."""
    days = pd.DataFrame({"day": ["2024-12-14", "2024-12-16"], "base": "KZT", "amount": 10_000})
    marked = leading_columns.marked

    def written_after(raw: Any, series: int) -> int | None:
        found = marked(raw, series)
        with Store(tmp_path / "fx.db") as other:
            other.load_text("2024-12-16 KZT/USD = 0.0020\n")
        return found

    with Store(tmp_path / "fx.db") as store:
        store.load_text(FIRST)

        def results() -> list[float]:
            found = store.convert_frame(days, amount="amount", base="base", counter="USD", as_of="day")
            return [float(each) for each in found["result"]]

        monkeypatch.setattr(leading_columns, "marked", written_after)
        assert results() == [19, 19]
        monkeypatch.undo()
        assert results() == [19, 20]


# What is not true is told --------------------------------------------------------------------------------------------

FALSE = {
    "another scale": "UPDATE series SET plain_scale = 4 WHERE base = 'KZT'",
    "no scale": "UPDATE series SET plain_scale = -1 WHERE base = 'KZT'",
    "two of one moment": "UPDATE series SET plain_scale = 5 WHERE base = 'TJS'",
    "bid and ask": "UPDATE series SET plain_scale = 0 WHERE base = 'UZS'",
    "several scales": "UPDATE series SET plain_scale = 5 WHERE base = 'KGS'",
}


@pytest.mark.parametrize("change", FALSE)
def test_check_finds_each_mark_that_is_false(change: str, tmp_path: Path) -> None:
    base = FALSE[change].split("'")[1]
    with Store(tmp_path / "fx.db") as store:
        store.load_text(
            f"{FIRST}2024-12-14 TJS/USD = 0.09158\n2024-12-14 TJS/USD = 0.09159\n2024-12-14 UZS/USD 0.00190/0.00192\n"
            "2024-12-14 KGS/USD = 0.01150\n2024-12-15 KGS/USD = 0.0115\n",
            source="bank",
        )
        assert store.check() == []
        with store.writing().begin() as connection:
            connection.exec_driver_sql(FALSE[change])
        assert store.check() == [f"{base}/USD of bank is marked as plain rates of one scale, one a moment, and is not"]


@pytest.mark.parametrize("way", ["a page", "a log"])
def test_a_write_that_forgets_the_mark_is_found(way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("unmark", "unmark_spans"):
        monkeypatch.setattr(stage, name, lambda *_, **__: None)
    with Store(tmp_path / "fx.db") as store:
        store.load_text(FIRST)
        store.load_text("2024-12-15 KZT/USD = 0.0019\n" if way == "a page" else log(lambda _: 6))
        assert len(store.check()) == 1


# What was there before -----------------------------------------------------------------------------------------------


@pytest.mark.file
def test_an_upgrade_marks_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "fx.db"
    with Store(path) as store:
        for number, (texts, _) in enumerate(CASES.values()):
            for text in texts:
                store.load_text(text, source=f"case {number}")
        store.writing().connect().exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    expected = [mark for _, mark in CASES.values()]
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript(
            """PRAGMA legacy_alter_table = 1; ALTER TABLE series DROP COLUMN plain_scale;
            UPDATE alembic_version SET version_num = '0003'"""
        )
        bare = raw.execute("SELECT * FROM series ORDER BY id").fetchall()
    with Store(path) as store:
        done = store.upgrade()
        assert (done.before, done.copy) == ("0003", tmp_path / "fx.at-0003.db")
        assert [row[:-1] for row in store.query("SELECT * FROM series ORDER BY id")[1]] == bare
        assert list(marks(store).values()) == expected
        assert store.check() == []
    with closing(sqlite3.connect(tmp_path / "fx.at-0003.db")) as raw:
        assert raw.execute("SELECT * FROM series ORDER BY id").fetchall() == bare


@pytest.mark.parametrize("partition", [None, "year"])
def test_an_upgrade_marks_what_is_there_on_a_server(partition: str | None, postgres: Server) -> None:
    with Store(postgres.schema()) as store:
        store.init(partition=partition)
        for number, (texts, _) in enumerate(CASES.values()):
            for text in texts:
                store.load_text(text, source=f"case {number}")
        before = marks(store)
        with store.writing().begin() as connection:
            connection.raw.execute("ALTER TABLE series DROP COLUMN plain_scale")
            connection.raw.execute("UPDATE alembic_version SET version_num = '0003'")
        store.close()
        assert store.upgrade().before == "0003"
        assert marks(store) == before == true_marks(store)
        assert store.check() == []
