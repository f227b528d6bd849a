"""The quotes of a server in parts by year: what is told is the same, and what a question leaves out is not looked at."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from datetime import date, timedelta

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fx.cli import run
from fx.dialect import as_postgresql
from fx.errors import StoreError, UsageError
from fx.schema import metadata
from fx.sql import HEADS, LATEST, STANDING
from fx.store import Store
from fx.store.copying import copy_store
from fx.store.partitions import Parts, year_bounds
from fx.store.server import cursor_class
from tests.postgres import Server
from tests.test_postgres import answers, minutes

DAYS = [date(2019, 12, 30) + timedelta(days=step) for step in (0, 1, 2, 3, 367, 368, 700, 1800, 1830, 1831)]
PAGES = [
    "".join(
        f"{day}{'T12:00Z' if place % 3 == 0 else ''} {pair} = 0.00{190 + place + step} {place % 2}%\n"
        for place, day in enumerate(DAYS[step::2])
        for pair in ("KZT/USD", "USD/EUR", "UZS/USD")
    )
    for step in (0, 1)
] + [
    "0001-01-01 KZT/USD = 0.00100\n9999-12-31T23:59:59.999Z KZT/USD = 0.00200\n",
    "2019-12-31 EUR/USD bid 1.05 ask 1.06\n",
]


MONTHS = "".join(
    f"{year}-{month:02}-01 KZT/USD = 0.00{year - 1900}{month} 0%\n"
    for year in range(2000, 2026)
    for month in range(1, 13)
)


def in_parts(postgres: Server) -> str:
    """The URL of an empty store in parts."""
    url = postgres.schema()
    with Store(url) as store:
        assert store.init(partition="year")
    return url


def parts_of(url: str) -> list[str]:
    """The names of the parts."""
    with psycopg.connect(url) as connection:
        sql = "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'quote'::regclass ORDER BY 1"
        return [row[0].rpartition(".")[2] for row in connection.execute(sql)]


def test_a_store_in_parts_tells_what_one_in_a_piece_tells(postgres: Server) -> None:
    url = in_parts(postgres)
    with Store(":memory:", minutes()) as ours, Store(url, minutes()) as theirs:
        for text in [*PAGES, PAGES[0]]:
            loads = [store.load_text(text, observed_at="2024-12-02") for store in (ours, theirs)]
            assert loads[0] == loads[1]
        one, other = answers(ours), answers(theirs)
        assert other["check"] == []
    assert {name: (one[name], other[name]) for name in one if one[name] != other[name]} == {}
    assert parts_of(url) == [f"quote_{year}" for year in ("0001", "2019", "2020", "2021", "2024", "2025", "9999")]


def test_a_log_makes_the_parts_that_it_falls_in(postgres: Server) -> None:
    url = in_parts(postgres)
    lines = [
        f"20{year}-12-31T23:{n // 60:02}:{n % 60:02}Z KZT/USD = 0.{n + 1:05} 0%\n"
        for year in (22, 23)
        for n in range(900)
    ]
    with Store(url, minutes()) as store, Store(":memory:", minutes()) as plain:
        assert store.load_text("".join(lines)).new == plain.load_text("".join(lines)).new == 1800
        assert repr(store.rate("KZT/USD", as_of="2023-06-01")) == repr(plain.rate("KZT/USD", as_of="2023-06-01"))
    assert parts_of(url) == ["quote_2022", "quote_2023"]


def test_a_part_of_a_load_that_failed_is_made_by_the_next(postgres: Server) -> None:
    url = in_parts(postgres)
    with Store(url) as store:
        with pytest.raises(Exception, match="no rate stands"):
            store.load_text("2021-01-01 KZT/USD = 0.00190\nKZT/USD = N/A\n", strict=True)
        store.load_text("2021-01-01 KZT/USD = 0.00191\n")
        store.load_text("2021-01-02 KZT/USD = 0.00192\n2022-01-02 KZT/USD = 0.00193\n")
        assert store.info().quotes == 3


def test_a_store_can_be_copied_into_parts_and_out_of_them(postgres: Server) -> None:
    url, whole = in_parts(postgres), postgres.schema()
    with Store(":memory:", minutes()) as ours:
        for text in PAGES:
            ours.load_text(text)
        expected = ours.asked("SELECT * FROM quotes ORDER BY pair, observed_at, rate_text")[1]
    with Store(whole, minutes()) as first:
        for text in PAGES:
            first.load_text(text)
        with Store(url) as parts:
            copy_store(first, parts)
            assert parts.asked("SELECT * FROM quotes ORDER BY pair, observed_at, rate_text")[1] == expected
            with Store(postgres.schema()) as again:
                copy_store(parts, again)
                assert again.asked("SELECT * FROM quotes ORDER BY pair, observed_at, rate_text")[1] == expected
    assert len(parts_of(url)) == 7


def steps(url: str, sql: str, **asked: object) -> list[dict[str, object]]:
    """The steps of a question's plan that were gone through."""
    with psycopg.connect(url, cursor_factory=cursor_class()) as connection:
        connection.execute(f"ANALYZE {', '.join(metadata.tables)}")  # not those of other stores
        connection.execute("SET enable_seqscan = off")  # a table of a page is read as a whole, whatever indexes it has
        plan = connection.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {as_postgresql(sql)}", asked).fetchone()
    found, left = [], [plan[0][0]["Plan"]] if plan else []
    while left:
        step = left.pop()
        left += step.get("Plans", [])
        if step["Actual Loops"]:
            found.append(step)
    return found


def of_parts(taken: list[dict[str, object]]) -> list[dict[str, object]]:
    """Those steps that look at a part of the quotes."""
    return [step for step in taken if str(step.get("Relation Name", "")).startswith("quote_")]


@pytest.mark.parametrize("sql", [STANDING, HEADS], ids=["standing", "heads"])
def test_an_answer_as_of_a_day_seeks_in_the_years_before_it_alone(postgres: Server, sql: str) -> None:
    url = in_parts(postgres)
    with Store(url) as store:
        store.load_text(MONTHS)
    until = year_bounds(2011)[1] - 1
    of_quotes = of_parts(steps(url, sql, code="KZT", until=until, known=2**62))
    assert {step["Relation Name"] for step in of_quotes} == {"quote_2011"}
    assert all("Index" in str(step["Node Type"]) for step in of_quotes)


def test_the_latest_quotes_are_found_in_the_newest_parts(postgres: Server) -> None:
    url = in_parts(postgres)
    with Store(url) as store:
        store.load_text(MONTHS)
    assert {step["Relation Name"] for step in of_parts(steps(url, LATEST))} == {"quote_2025"}


REFUSED: dict[str, tuple[Callable[[Store], object], type[Exception], str]] = {
    "another part": (lambda store: store.init(partition="month"), UsageError, "say year"),
    "one in a piece": (lambda store: [store.init(), store.init(partition="year")], StoreError, "in one piece already"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_in_parts_is_refused(postgres: Server, name: str) -> None:
    act, error, words = REFUSED[name]
    with Store(postgres.schema()) as store, pytest.raises(error, match=words):
        act(store)


def test_a_file_is_made_empty_but_not_in_parts(tmp_path: object) -> None:
    place = f"{tmp_path}/fx.db"
    with Store(place) as store:
        with pytest.raises(UsageError, match="on a server"):
            store.init(partition="year")
        assert store.init()
        assert not store.init()
        assert store.check() == []


def test_the_command_says_what_it_made(postgres: Server) -> None:
    url, said = postgres.schema(), []
    for words in (["--partition", "year"], [], ["--partition", "year"]):
        with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()):
            assert run(["db", "init", *words, "--db", url]) == 0
        said.append(out.getvalue().partition("postgresql")[2].partition(" ")[2])
    assert said == [
        "was made, at schema 0004, with its quotes in parts by year\n",
        "is there already, at schema 0004\n",
        "is there already, at schema 0004, with its quotes in parts by year\n",
    ]


@given(st.integers(1, 9999), st.integers(0, 10**12))
@settings(max_examples=200)
def test_every_moment_falls_in_the_part_of_its_year(year: int, step: int) -> None:
    first, end = year_bounds(year)
    moment = first + step % (end - first)
    made = Parts([]).missing([first, moment, end - 1])
    assert len(made) == 1
    assert f"quote_{year:04} FOR VALUES FROM ({first}) TO ({end})" in made[0]
    assert Parts([f"quote_{year:04}"]).missing([moment]) == Parts(None).missing([moment]) == []
