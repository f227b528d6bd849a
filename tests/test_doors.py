"""``fx convert`` has two doors, a quick one for its plain form and the ordinary one: nobody can tell which was taken."""

from __future__ import annotations

import io
import itertools
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import fx
from fx.cli import run
from fx.cli.quick import quick_figure
from fx.decrees import decreed
from fx.errors import FxError
from fx.exact import plain
from tests.builders import BARE, on_terminal

CODES = ("KZT", "USD", "JPY", "EUR", "DEM", "XAU", "BYN")
FIRST = date(2024, 12, 1)
DAYS = 6


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database without a quote."""
    path = tmp_path_factory.mktemp("empty") / "fx.db"
    with fx.open(path) as store:
        store.upgrade()
    return path


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a small database, which is the current one."""
    folder = tmp_path_factory.mktemp("home")
    with fx.open(folder / "fx.db") as store:
        store.load_text(
            "2024-12-14 KZT/USD 0.00190\n2024-12-14 UZS/USD 0.00008\n2024-12-10 JPY/USD 0.0065\n2024-12-14 USD/BYR 3.27\n"
            "2024-12-14 EUR/USD 1.0500\n2024-12-13 EUR/KZT 550\n2024-12-14 GBP/USD 1.2698/1.2702\n2024-12-14 USD/XAU 0.0004\n"
            "2024-12-14 AAA/USD 0.00000000000000000012345678901234567890\n2024-12-14 TJS/USD 0.09158\n",
            source="bank",
        )
        store.load_text("2024-12-14 TJS/USD 0.09160\n2024-12-13 KZT/USD 0.00191\n", source="press")
        store.load_text("2024-12-14 KZT/USD 0.00192\n", source="bank", name="corrected")
    (folder / "empty.db").touch()
    (folder / "text.db").write_text("no database", encoding="utf-8")
    before = Path.cwd()
    os.chdir(folder)
    yield folder
    os.chdir(before)


def through(words: list[str], *, quick: bool) -> tuple[int | str, ...]:
    """Exit code, output and talk of a command, by one of the doors."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = run(words, quick=quick)
    return code, *(re.sub(r"T[0-9:]{8}[.][0-9]{3}Z", " by the clock", each.getvalue()) for each in (out, err))


QUICK = """
convert 1000 KZT USD
convert 1000 kzt to usd --as-of 2024-12-20
convert 12.50 USD kzt -q
-q --db fx.db convert +.5 USD UZS --as-of=2024-12-14
--db=fx.db convert 5. USD UZS
convert --quiet 1000000 EUR USD
convert --db ./fx.db 99999999999.999999 USD JPY --as-of 2024-12-10
convert 0 KZT USD
convert 000.00 KZT To USD
"""
ORDINARY = """
convert
convert 1000
convert 1000 KZT
convert 1000 KZT USD JPY
convert 1000 KZT in USD
convert 1000 KZT -> USD
convert 1000 KZT/USD
convert 1000 KZTUSD
convert -1000 KZT USD
convert 1e3 KZT USD
convert 1,000 KZT USD
convert ++1 KZT USD
convert . KZT USD
convert ١٢ KZT USD
convert 1234567890123456789 KZT USD
convert 12345678901234567890123456789012345678901 KZT USD
convert 1000 KZT KZT
convert 1000 KZZ USD
convert 1000 K USD
convert 1000 ßa USD
convert 1000 ÜSD USD
convert 1000 1KZ USD
convert 1 UZS USD
convert 1000 KZT JPY
convert 1000 EUR KZT
convert 1000 TJS USD
convert 1000 GBP USD
convert 1000 USD XAU
convert 1000 USD BYR
convert 1000 USD BYN
convert 1000 DEM USD
convert 1000 AAA USD
convert 1000 KZT USD --as-of 2024-12-09
convert 1000 KZT USD --as-of 2024-12-14T15:30Z
convert 1000 KZT USD --as-of 2024-02-30
convert 1000 KZT USD --as-of 2024-W50-6
convert 1000 KZT USD --as-of 20241214
convert 1000 KZT USD --as-of yesterday
convert 1000 KZT USD --as-of
convert 1000 KZT USD --as-of=
convert 1000 KZT USD --as-of -q
convert 1000 KZT USD --as-of 2024-12-14 --as-of 2024-12-20
--as-of 2024-12-14 convert 1000 KZT USD
convert 1000 KZT USD --places 4
convert 1000 KZT USD --json
convert 1000 KZT USD --explain
convert 1000 KZT USD --exact
convert 1000 KZT USD --source press
convert 1000 KZT USD --max-age 1d
convert 1000 KZT USD --nonsense
convert 1000 KZT USD -x
convert 1000 KZT USD -qq
convert 1000 KZT USD --quiet=yes
convert 1000 KZT USD --db missing.db
convert 1000 KZT USD --db empty.db
convert 1000 KZT USD --db text.db
convert 1000 KZT USD --db .
convert 1000 KZT USD --db :memory:
convert 1000 KZT USD --db sqlite:///fx.db
convert 1000 KZT USD --db postgresql://host/fx
convert 1000 KZT USD --db
convert --help
--version convert
rate convert
parse convert
convert convert KZT USD
-- convert 1000 KZT USD
convert -- 1000 KZT USD
"""


@pytest.mark.parametrize("line", QUICK.strip().splitlines())
def test_the_plain_form_is_answered_at_once_and_as_ever(line: str, home: Path) -> None:
    words = line.split()
    assert quick_figure(words, {"HOME": str(home)}) is not None
    assert through(words, quick=True) == through(words, quick=False)


@pytest.mark.parametrize("line", ORDINARY.strip().splitlines())
def test_whatever_is_not_plain_or_not_certain_is_left_to_the_ordinary_door(line: str, home: Path) -> None:
    words = line.split()
    assert quick_figure(words, {"HOME": str(home)}) is None
    assert through(words, quick=True) == through(words, quick=False)


def test_of_every_code_that_a_decree_speaks_of_nothing_is_said_quickly(empty: Path, tmp_path: Path) -> None:
    old = {quote.counter for code in ("EUR", "BYN", "BYR", "TRY", "RUB", "MXN") for quote in decreed(code)}
    path = shutil.copy(empty, tmp_path / "old.db")
    with fx.open(path) as store:
        store.load_text("".join(f"2024-12-14 {code}/USD 0.5\n" for code in sorted(old)))
    assert len(old) > 20
    for code in old:
        for words in (["convert", "1", code, "USD"], ["convert", "1", "USD", code]):
            assert quick_figure([*words, "--db", str(path)], {}) is None


@st.composite
def boards(draw: st.DrawFn) -> list[tuple[str, str]]:
    """Some lines of rates with their sources, in the order in which they are loaded."""
    found = []
    for _ in range(draw(st.integers(1, 8))):
        base, counter = draw(st.permutations(CODES))[:2]
        rate = draw(
            st.sampled_from(["0.5", "0.50", "2", "0.00190", "515.5", "3", "1.05/1.07", "100000000000000000000.5"])
        )
        day = FIRST + timedelta(days=draw(st.integers(0, DAYS - 1)))
        clock = draw(st.sampled_from(["", "", "T09:30Z", "T23:59Z"]))
        found.append((f"{day}{clock} {base}/{counter} {rate}\n", draw(st.sampled_from(["ann", "ann", "bob"]))))
    return found


@given(boards(), st.sampled_from(["1", "1000", "0.005", "0.015", "123456789.125"]))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
def test_a_quick_figure_is_that_of_the_path_policy_whatever_was_loaded(
    empty: Path, tmp_path: Path, board: list[tuple[str, str]], amount: str
) -> None:
    path = Path(shutil.copy(empty, tmp_path / "board.db"))
    with fx.open(path) as store:
        for source, lines in itertools.groupby(board, key=lambda each: each[1]):
            store.load_text("".join(line for line, _ in lines), source=source)
        touched = sorted({code for line, _ in board for code in line.split()[1].split("/")})
        for day in (FIRST + timedelta(days=number) for number in range(DAYS)):
            for base in touched:
                for counter in touched:
                    figure = quick_figure(
                        ["convert", amount, base, counter, "--as-of", str(day), "--db", str(path)], {}
                    )
                    if figure is not None:
                        assert figure == plain(store.convert(amount, base, counter, as_of=day).result)


@given(boards(), st.permutations(CODES), st.integers(-1, DAYS))
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
def test_both_doors_say_the_same_of_any_pair_at_any_day(
    empty: Path, tmp_path: Path, board: list[tuple[str, str]], codes: list[str], number: int
) -> None:
    path = Path(shutil.copy(empty, tmp_path / "board.db"))
    with fx.open(path) as store:
        for source, lines in itertools.groupby(board, key=lambda each: each[1]):
            store.load_text("".join(line for line, _ in lines), source=source)
    when = [] if number < 0 else ["--as-of", str(FIRST + timedelta(days=number))]
    for words in (["convert", "7.25", *codes[:2]], ["convert", "7.25", *codes[1::-1]]):
        asked = [*words, *when, "--db", str(path)]
        assert through(asked, quick=True) == through(asked, quick=False)


def fx_command(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "fx", *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        env={**BARE, **environment},
    )


def test_python_m_fx_is_fx_and_finds_the_database_where_fx_does(home: Path) -> None:
    for environment in ({}, {"FX_DB": "fx.db"}, {"FX_DB": "missing.db"}):
        words = ["convert", "10000", "KZT", "USD"]
        done = fx_command(*words, **environment)
        by_rate = fx_command(*words, "--places", "2", **environment)
        assert (done.returncode, done.stdout, done.stderr) == (by_rate.returncode, by_rate.stdout, by_rate.stderr)
        assert (done.stdout, done.returncode) == (("", 4) if "missing.db" in environment.values() else ("19.20\n", 0))
    code, seen = on_terminal([sys.executable, "-m", "fx", "convert", "10000", "KZT", "USD"], home, BARE)
    assert (code, seen.splitlines()[0]) == (0, "19.20 USD (19.15 … 19.25)")


@pytest.mark.parametrize("end", ["> /dev/full", ">&-", "| true"])
def test_what_cannot_be_written_is_said_alike(end: str, home: Path) -> None:
    said = []
    for more in ("", "--places 2"):
        command = f"'{sys.executable}' -m fx convert 10000 KZT USD {more} {end}"
        done = subprocess.run(["sh", "-c", command], cwd=home, capture_output=True, text=True, check=False)
        said.append((done.returncode, done.stdout, done.stderr))
    assert said[0] == said[1]


def test_the_quick_door_leaves_the_folder_as_it_was_even_in_the_middle_of_a_load(empty: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(empty, tmp_path / "fx.db"))
    words = ["convert", "10000", "KZT", "USD", "--db", str(path)]
    with fx.open(path) as store:
        store.load_text("2024-12-14 KZT/USD 0.00190\n")
        assert quick_figure(words, {}) == "19.00"
        with store.writing().begin() as connection:
            connection.exec_driver_sql("DELETE FROM quote")
            assert quick_figure(words, {}) == "19.00"
            connection.rollback()
    assert quick_figure(words, {}) == "19.00"
    assert [each.name for each in tmp_path.iterdir()] == ["fx.db"]


def test_an_older_and_a_newer_schema_are_refused_by_the_ordinary_door(empty: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(empty, tmp_path / "fx.db"))
    with fx.open(path) as store:
        store.load_text("2024-12-14 KZT/USD 0.00190\n")
        with store.writing().begin() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    words = ["convert", "10000", "KZT", "USD", "--db", str(path)]
    assert quick_figure(words, {}) is None
    with fx.open(path) as store, pytest.raises(FxError, match="upgrade fx"):
        store.convert(10000, "KZT", "USD")
