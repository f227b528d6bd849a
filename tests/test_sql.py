"""SQL: the functions say what the library says, other files are read and never written, and an index is used."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fx
from fx.errors import (
    AmountError,
    FxError,
    MomentError,
    NoRate,
    NotAStore,
    PairError,
    QueryError,
    StoreError,
    StoreMissing,
    UnknownCurrency,
    UsageError,
)
from fx.exact import plain
from fx.store import Store
from fx.store.asking import find
from tests.test_columns import BOARD, CODES, NOW, QUOTES, book

BOOK = [
    (1, "10000", "KZT", "2024-12-14"),
    (2, 5000, "KGS", "2024-12-16"),
    (3, 12.34, "USD", "2024-12-14T10:30Z"),
    (4, None, "KZT", "2024-12-14"),
]


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    path = tmp_path / "ledger.db"
    with sqlite3.connect(path) as made:
        made.execute("CREATE TABLE expenses (id INTEGER, amount, currency TEXT, day TEXT)")
        made.executemany("INSERT INTO expenses VALUES (?, ?, ?, ?)", BOOK)
    made.close()
    return path


@pytest.fixture(params=["file", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    target = ":memory:" if request.param == "memory" else tmp_path / "fx.db"
    with fx.open(target, clock=lambda: NOW) as opened:
        opened.load_text(BOARD, source="bank")
        yield opened


def value(store: Store, sql: str, *parameters: Any, **how: Any) -> Any:
    ((found,),) = store.query(sql, dict(zip("abcd", parameters, strict=False)), **how)[1]
    return found


@settings(max_examples=60, deadline=None)
@given(
    QUOTES,
    st.one_of(st.decimals(-(10**9), 10**9, places=2), st.floats(allow_nan=False), st.integers(-(10**15), 10**15)),
    st.sampled_from(CODES),
    st.sampled_from(CODES),
    st.one_of(st.none(), st.dates(date(2024, 12, 1), date(2024, 12, 31)).map(str), st.just("2024-12-14T10:30Z")),
)
def test_the_functions_say_what_the_library_says(
    quotes: list[Any], amount: Any, base: str, counter: str, day: str | None
) -> None:
    sent = plain(amount) if isinstance(amount, Decimal) else amount
    read = Decimal(repr(amount)) if isinstance(amount, float) else amount
    asked: list[Any] = [base, counter] if day is None else [base, counter, day]
    marks = ", ".join(f":{name}" for name in "abcd"[: len(asked)])
    more = ", ".join(f":{name}" for name in "abcd"[: len(asked) + 1])

    def outcome(ask: Any) -> Any:
        try:
            return ask()
        except FxError as error:
            return type(error), error.message

    with book(quotes) as store:
        assert outcome(lambda: value(store, f"SELECT fx_convert({more})", sent, *asked)) == outcome(
            lambda: float(store.convert(read, base, counter, as_of=day).result)
        )
        rate = outcome(lambda: store.convert(1, base, counter, as_of=day).rate.value)
        assert outcome(lambda: value(store, f"SELECT fx_rate({marks})", *asked)) == (
            rate if isinstance(rate, tuple) else float(rate)
        )


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("fx_rate('KZT', 'USD')", 0.0019),
        ("fx_rate('USD', 'UZS', '2024-12-14')", 12500.0),
        ("fx_convert('10000', 'kzt', 'usd', '2024-12-14')", 19.0),
        ("fx_convert(0.1, 'USD', 'USD')", 0.1),
        ("typeof(fx_convert(5, 'USD', 'USD'))", "real"),
        ("fx_convert(NULL, 'KZT', 'USD')", None),
        ("fx_convert(5, NULL, 'USD')", None),
        ("fx_convert(5, 'KZT', 'USD', NULL)", None),
        ("fx_rate('KZT', 'USD', NULL)", None),
    ],
)
def test_what_a_function_gives(store: Store, call: str, expected: Any) -> None:
    assert value(store, f"SELECT {call}") == expected


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        ("fx_convert('1', 'KZT', 'USD', '2024-12-13')", NoRate, "ask --as-of 2024-12-14 or later"),
        ("fx_rate('KZZ', 'USD')", UnknownCurrency, "did you mean KZT?"),
        ("fx_rate('K/', 'USD')", PairError, "not a currency code"),
        ("fx_rate(5, 'USD')", PairError, "not a currency code"),
        ("fx_convert('abc', 'KZT', 'USD')", AmountError, "is not an amount"),
        ("fx_convert(9e999, 'KZT', 'USD')", AmountError, "is not an amount"),
        ("fx_convert(x'00', 'KZT', 'USD')", AmountError, "cannot be bytes"),
        ("fx_rate('KZT', 'USD', 'then')", MomentError, "is not a date"),
        ("fx_rate('KZT')", QueryError, "wrong number of arguments"),
    ],
)
def test_what_has_no_answer_ends_the_statement_with_the_error_of_fx(
    store: Store, call: str, kind: type[FxError], message: str
) -> None:
    with pytest.raises(kind, match=re.escape(message)):
        store.query(f"SELECT {call}")
    assert value(store, "SELECT fx_rate('KZT', 'USD')") == 0.0019


def test_each_question_is_asked_once_and_now_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    days = iter([NOW + timedelta(days=number) for number in range(10)])
    with fx.open(":memory:", clock=lambda: next(days)) as store:
        store.load_text(BOARD, source="bank", observed_at="2024-12-14")
        found: list[Any] = []
        monkeypatch.setattr("fx.store.functions.find", lambda *asked: found.append(asked) or find(*asked))
        sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1000) SELECT sum(fx_convert(i, 'KZT', 'USD')) FROM n"
        assert value(store, sql) == pytest.approx(951, abs=5)
        assert len(found) == 1


def test_another_file_is_attached_by_its_name_or_a_name_given(store: Store, ledger: Path) -> None:
    sql = "SELECT sum(fx_convert(amount, currency, 'USD', day)) FROM {}.expenses"
    wanted = sum(
        float(store.convert(Decimal(str(amount)), code, "USD", as_of=day).result)
        for _, amount, code, day in BOOK
        if amount is not None
    )
    assert value(store, sql.format("ledger"), attach=[ledger]) == pytest.approx(wanted)
    assert value(store, sql.format("mine"), attach=[f"mine={ledger}"]) == pytest.approx(wanted)
    assert value(store, sql.format("l"), attach={"l": ledger}) == pytest.approx(wanted)
    with pytest.raises(QueryError, match="no such table"):
        store.query(sql.format("ledger"))
    with pytest.raises(NoRate):
        store.query("SELECT fx_convert(amount, currency, 'JPY', day) FROM ledger.expenses", attach=[ledger])
    assert value(store, sql.format("ledger"), attach=[ledger]) == pytest.approx(wanted)


WRITES = [
    "DELETE FROM ledger.expenses",
    "UPDATE ledger.expenses SET amount = 1",
    "INSERT INTO ledger.expenses SELECT * FROM ledger.expenses",
    "CREATE TABLE ledger.more (a)",
    "CREATE TEMP TABLE more AS SELECT * FROM ledger.expenses",
    "DROP TABLE ledger.expenses",
    "PRAGMA ledger.user_version = 5",
    "PRAGMA ledger.journal_mode = WAL",
    "VACUUM ledger",
    "VACUUM ledger INTO '{folder}/made.db'",
    "ATTACH '{folder}/made.db' AS made",
    "ATTACH '{folder}/ledger.db' AS again",
    "DELETE FROM main.quote",
    "PRAGMA query_only = 0",
    "DETACH ledger",
]


@pytest.mark.parametrize("journal", ["delete", "wal"])
@pytest.mark.parametrize("sql", WRITES)
def test_a_statement_writes_nothing_anywhere(
    store: Store, ledger: Path, tmp_path: Path, sql: str, journal: str
) -> None:
    with sqlite3.connect(ledger) as made:
        made.execute(f"PRAGMA journal_mode = {journal}")
    made.close()
    if store.path:
        store.close()
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir() if not path.name.startswith("fx.db-")}
    for statement in (sql, "DELETE FROM ledger.expenses", "SELECT count(*) FROM ledger.expenses"):
        try:
            store.query(statement.format(folder=tmp_path), attach=[ledger])
        except StoreError:
            assert statement.split()[0] != "SELECT"
    if store.path:
        store.close()
    after = {path.name: path.read_bytes() for path in tmp_path.iterdir() if not path.name.startswith("fx.db-")}
    assert after == before


def test_a_ledger_that_somebody_writes_to_is_read_as_it_stands(store: Store, ledger: Path) -> None:
    with sqlite3.connect(ledger, isolation_level=None) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("INSERT INTO expenses VALUES (5, 1, 'USD', '2024-12-14')")
        before = ledger.read_bytes()
        assert value(store, "SELECT count(*) FROM ledger.expenses", attach=[ledger]) == 5
        assert ledger.read_bytes() == before
    writer.close()


def test_each_file_that_cannot_be_attached_has_its_error(store: Store, ledger: Path, tmp_path: Path) -> None:
    (tmp_path / "2024 ledger.db").write_bytes(ledger.read_bytes())
    (tmp_path / "a=b.db").write_bytes(ledger.read_bytes())
    (tmp_path / "notes.txt").write_text("no database", "utf-8")
    (tmp_path / "torn.db").write_bytes(ledger.read_bytes()[:16] + b"\xff" * 5000)
    for attach, kind, message in (
        ([tmp_path / "none.db"], StoreMissing, "there is no file"),
        ([tmp_path], StoreError, "name an SQLite database"),
        ([tmp_path / "notes.txt"], NotAStore, "is not an SQLite database"),
        ([tmp_path / "torn.db"], NotAStore, "cannot be attached"),
        ([tmp_path / "2024 ledger.db"], UsageError, "give it a name as in --attach ledger="),
        ([f"main={ledger}"], UsageError, "give it a name"),
        ([f"select from={ledger}"], StoreMissing, "there is no file select from="),
        ([ledger, ledger], UsageError, "two files are called ledger"),
        ([f"l{number}={ledger}" for number in range(11)], UsageError, "at most 10"),
    ):
        with pytest.raises(kind, match=message):
            store.query("SELECT 1", attach=attach)
    assert value(store, "SELECT count(*) FROM l.expenses", attach={"l": tmp_path / "a=b.db"}) == 4
    assert value(store, "SELECT count(*) FROM [order].expenses", attach={"order": ledger}) == 4
    assert value(store, "SELECT 1") == 1


def test_the_command_attaches_too(tmp_path: Path, ledger: Path) -> None:
    with Store(tmp_path / "fx.db") as store:
        store.load_text(BOARD, source="bank")
    sql = "SELECT round(sum(fx_convert(amount, currency, 'USD', day)), 2) AS total FROM ledger.expenses"
    done = fx_sql(sql, "--attach", str(ledger), "--csv", folder=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "total\n88.84\n", "")
    done = fx_sql("SELECT fx_rate('KZZ', 'USD')", folder=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "KZZ is not a currency known here: did you mean KZT?\n"
    done = fx_sql("SELECT 1", "--attach", "none.db", folder=tmp_path)
    assert (done.returncode, done.stderr) == (4, "there is no file none.db to attach: check the path\n")


def fx_sql(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from fx.cli import main; main()", "sql", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
