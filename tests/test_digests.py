"""What `fx db check` finds: every bit that flips and changes an answer, and no document that is as it was kept."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fx.documents import Document
from fx.errors import StoreError
from fx.store import Store
from tests.builders import PAGE

LONG = "0.12345678901234567890"
ODD = f"""\
2024-12-10 KZT/USD = {LONG} 0.12345678%
2024-12-11 KZT/USD = 0.00190 -0.00%
2024-12-12 KZT/USD = 1200 0.00%
2024-12-13 KZT/USD = 0.00190
"""
SIDES = "date,pair,bid,ask\n2024-12-14,EUR/USD,1.0501,1.0503\n2024-12-15,EUR/USD,1.05,1.06\n"
FLIPS = 250


def filled(path: Path) -> Store:
    """A store with a bit of everything: revisions, sightings, sides, long figures, rejects, sources, a log."""
    clock = iter(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number) for number in range(100))
    store = Store(path, lambda: next(clock))
    store.load_text(PAGE, "page", source="news")
    store.load_text(PAGE.replace("0.09158", "0.09159"), "corrected", source="news")
    store.load_text(f"{PAGE}again\n", "again", source="news")
    store.load_text(ODD, "odd", source="bank")
    store.load_text("100 JPY/KZT 338.10\n", "unit", source="bank", observed_at="2024-12-13")
    store.load_text(SIDES, "sides.csv", source="bank")
    store.load_text("2024-12-14 KZT/USD = N/A\n2024-12-14 UZS/USD = 0,0,1\n", "refused", source="bank")
    log = "".join(f"2024-12-14T15:{minute:02d}:00Z KZT/USD = 0.00{180 + minute} 0.4%\n" for minute in range(60))
    store.load_text(log * 3, "log", source="ticks")
    store.load_text(f"{log * 3}2024-12-14T16:00:00Z KZT/USD = 0.00190\n", "longer", source="ticks")
    return store


def rows_in(path: Path) -> dict[str, object] | None:
    """All that a database holds and shows, but for the day on which it is asked; None where it cannot be read."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            names = [
                row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE sql NOT LIKE '%INDEX%'")
            ]
            return {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in names}
    except (sqlite3.Error, UnicodeError):
        return None


def test_every_flipped_bit_that_changes_a_row_or_an_answer_is_told(tmp_path: Path) -> None:
    path = tmp_path / "fx.db"
    with filled(path) as store:
        assert store.check() == []
    data, rows = path.read_bytes(), rows_in(path)
    assert rows is not None
    assert {len(rows[name]) > 0 for name in ("quote", "sighting", "document", "reject")} == {True}  # type: ignore[arg-type]
    draw = random.Random(11)  # noqa: S311 (to be the same each time)
    changed = 0
    for _ in range(FLIPS):
        place, bit = draw.randrange(len(data)), 1 << draw.randrange(8)
        flipped = bytearray(data)
        flipped[place] ^= bit
        path.write_bytes(flipped)
        if rows_in(path) == rows:
            continue
        changed += 1
        with Store(path) as store:
            try:
                told = store.check()
            except StoreError:
                continue
        assert told, f"bit {bit} of byte {place}"
    assert changed > FLIPS // 20


@pytest.mark.parametrize(
    ("change", "told"),
    {
        "a rate": ("UPDATE quote SET rate = rate + 1 WHERE line = 2", "odd has quotes that are not as they were kept"),
        "two rates that change places": (
            "UPDATE quote SET rate = CASE line WHEN 2 THEN 1200 ELSE 190 END, scale = CASE line WHEN 2 THEN 0 ELSE 5 END"
            " WHERE line IN (2, 3)",
            "odd has quotes that are not as they were kept",
        ),
        "a moment": ("UPDATE quote SET observed_at = observed_at + 2 WHERE line = 1", "odd has quotes"),
        "a percent": ("UPDATE quote SET change = -change WHERE line = 2", "odd has quotes"),
        "digits beyond": (f"UPDATE quote SET rest = replace(rest, '{LONG[3:]}', '{LONG[3:-1]}1')", "odd has quotes"),
        "a line": ("UPDATE quote SET line = 7 WHERE line = 2", "odd has quotes"),
        "a unit": ("UPDATE quote SET times = times + 4294967296 WHERE line = 2", "odd has quotes"),
        "another document": ("UPDATE quote SET document_id = 2 WHERE line = 1", "odd has 3 of its 4 quotes"),
        "no document": ("UPDATE quote SET document_id = 9 WHERE line = 1", "1 quotes of document 9 have lost their"),
        "a quote that is gone": ("DELETE FROM quote WHERE line = 1", "odd has 3 of its 4 quotes"),
        "a name": ("UPDATE document SET name = 'other' WHERE id = 1", "other has a name, a time or rejects that are"),
        "a reason": (
            "UPDATE reject SET reason = ''",
            "refused has a name, a time or rejects that are not as they were",
        ),
        "a reject": ("DELETE FROM reject", "refused has 0 of its 1 rejects"),
        "rejects of nobody": ("UPDATE reject SET document_id = 9", "document 9 has rejects and is gone"),
    }.values(),
)
def test_each_kind_of_change_names_the_document(change: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "fx.db"
    with Store(path) as store:
        store.load_text(ODD, "odd")
        store.load_text("2024-12-14 KZT/USD = N/A\n", "refused")
        assert store.check() == []
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute(change).rowcount
        connection.commit()
    with Store(path) as store:
        problems = store.check()
    assert any(problem.startswith(told) for problem in problems), problems


Load = tuple[str, list[tuple[int, int, int]]]
loads = st.lists(
    st.tuples(
        st.sampled_from(["a", "b"]),
        st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(0, 2)), min_size=1, max_size=6),
    ),
    min_size=1,
    max_size=6,
)


@settings(deadline=None, max_examples=40)
@given(loads, st.integers(1, 5))
def test_whatever_is_loaded_and_pruned_the_digests_are_true(said: list[Load], cut: int) -> None:
    changes = ("", " 0%", " -0.5%")
    with Store(":memory:") as store:
        for number, (source, lines) in enumerate(said):
            text = "".join(f"2024-12-0{day} KZT/USD = 0.0{rate}{changes[how]}\n" for day, rate, how in lines)
            store.load_documents([Document(f"{number}", text.encode())], source=source)
            assert store.check() == []
        store.prune(f"2024-12-0{cut}", apply=True)
        assert store.check() == []


def ways() -> dict[str, Callable[[Store, str], object]]:
    """How the lines of a log come into a store."""
    return {
        "once": lambda store, log: store.load_text(log),
        "twice": lambda store, log: [store.load_text(log), store.load_text(log)],
        "again with a line before": lambda store, log: [store.load_text(log), store.load_text(f"# new\n{log}")],
        "its end, then all": lambda store, log: [store.load_text(log[-4500:]), store.load_text(log)],
        "with an odd line": lambda store, log: store.load_text(log.replace("= 0.00700 0%", "= 0.00700 (0%)")),
        "backwards": lambda store, log: store.load_text("".join(reversed(log.splitlines(keepends=True)))),
        "one line first": lambda store, log: [store.load_text(log[: log.index("\n") + 1]), store.load_text(log)],
    }


@pytest.mark.parametrize("way", ways())
def test_a_log_in_columns_keeps_true_digests(way: str, tmp_path: Path) -> None:
    start = datetime(2024, 12, 14, tzinfo=UTC)
    log = "".join(
        f"{start + timedelta(seconds=number):%Y-%m-%dT%H:%M:%SZ} KZT/USD = 0.0{number + 100:04d} 0%\n"
        for number in range(900)
    )
    with Store(tmp_path / "fx.db") as store:
        ways()[way](store, log)
        assert store.check() == []
        assert store.info().quotes == 900
