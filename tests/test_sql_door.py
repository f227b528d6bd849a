"""The door for SQL: what means ill is refused or ended in time and leaves no trace, what does not is answered."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import fx
from fx.errors import FxError, QueryError, QueryLimit, QueryRefused, StoreReadOnly
from fx.store import SqlLimits, Store
from fx.store.allowed import FUNCTIONS
from fx.store.bounded import bounded_functions
from fx.store.door import PATTERN, unended
from tests.builders import ROOT
from tests.hostile_sql import BOMBS, ENDLESS, HARMLESS, NUMBERS, REFUSED, TEXTS

SECONDS = 0.5
MOST_MEMORY = 300_000
"""Kilobytes that a process may have taken at its peak."""
ONE_STEP = f"{TEXTS}SELECT " + " + ".join(f"instr(a, b || {each})" for each in range(38)) + " FROM t"
"""Long steps one after the other, in which SQLite does not look whether it is interrupted."""
EACH = """
import contextlib, io, json, sys, time
import fx.cli.app, fx.cli.sql, fx.store.door as door
from fx.cli import run

answered, taken = door.answered, []

def timed(*given):
    start = time.monotonic()
    try:
        return answered(*given)
    finally:
        taken.append(time.monotonic() - start)

class Both(io.StringIO):
    def write(self, text):
        sys.__stderr__.write(text)  # of what ends the process nothing else is left
        return super().write(text)

door.answered = timed
for statement in json.load(sys.stdin):
    taken.clear()
    out = io.StringIO()
    words = Both()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(words):
        code = run(["sql", "--csv", "--timeout", "{seconds}ms", statement])
    peak = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
    with open(sys.argv[1], "a") as report:
        print(json.dumps([code, words.getvalue(), taken, peak, len(out.getvalue())]), file=report)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the example database, and nothing else."""
    made = tmp_path / "home"
    made.mkdir()
    shutil.copy(ROOT / "fx.db", made / "fx.db")
    return made


def traces(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def run_each(statements: list[str], folder: Path, together: int = 1) -> Iterator[tuple[int, str, list[float], int]]:
    """Exit code, words, seconds and peak of memory of each statement, so many together by one process of `fx sql`.

    What many statements leave to a process is in the peak of the next (366 MB once, where none alone takes more than
    200): only a statement by itself has a peak of its own.
    """
    script = folder.parent / "each.py"
    script.write_text(EACH.replace("{seconds}", str(int(SECONDS * 1000))))
    report = folder.parent / "report"
    while statements:
        report.unlink(missing_ok=True)
        done = subprocess.run(
            [sys.executable, script, report],
            input=json.dumps(statements[:together]),
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        lines = report.read_text("utf-8").splitlines() if report.exists() else []
        for line in lines:
            code, words, taken, peak, _ = json.loads(line)
            yield code, words, taken, peak
        statements, ended = statements[len(lines) :], len(lines) < len(statements[:together])
        if ended:  # by this one
            yield done.returncode, done.stderr.splitlines(keepends=True)[-1], [], 0
            statements = statements[1:]


@pytest.mark.parametrize("kind", ["refused", "bombs"])
def test_what_means_ill_is_refused_or_ended_in_time_and_leaves_no_trace(kind: str, folder: Path) -> None:
    wanted = {"refused": REFUSED, "bombs": BOMBS}[kind]
    statements = [sql.replace("{folder}", str(folder)) for sql in wanted]
    before = traces(folder)
    found = list(run_each(statements, folder, together=1 if kind == "bombs" else len(statements)))
    assert len(found) == len(statements) > 40
    for (sql, part), (code, words, taken, peak) in zip(wanted.items(), found, strict=True):
        slow = kind == "bombs" and "did not end within" in words  # on a busy machine time may be up before memory is
        assert slow or re.search(part, words), (sql[:200], words)
        assert (code, words.count("\n")) in {(4, 1), (0, 0) if part == "" or "^$" in part else (4, 1)}, (
            sql[:200],
            words,
        )
        assert "Traceback" not in words
        assert peak < MOST_MEMORY, sql[:200]
        assert all(each < SECONDS + 0.5 for each in taken), (sql[:200], taken)
    assert traces(folder) == before


@pytest.fixture
def ledger(folder: Path) -> Path:
    path = folder / "ledger.db"
    with closing(sqlite3.connect(path)) as made, made:
        made.execute("CREATE TABLE expenses (amount REAL, currency TEXT)")
        made.executemany("INSERT INTO expenses VALUES (?, ?)", [(10000, "KZT"), (5.5, "TJS")])
        made.execute("CREATE VIEW dollars AS SELECT upper(currency), round(amount, 1) FROM expenses")
    return path


def test_what_means_no_ill_gives_what_sqlite_itself_gives(folder: Path, ledger: Path) -> None:
    assert len(HARMLESS) > 40
    before = traces(folder)
    copy = shutil.copytree(folder, folder.parent / "copy")
    with closing(sqlite3.connect(copy / "fx.db")) as judge, fx.open(folder / "fx.db") as store:
        judge.execute("ATTACH ? AS ledger", [str(copy / "ledger.db")])
        for sql in HARMLESS:
            asked = judge.execute(sql)
            columns, rows = store.query(sql, attach=[ledger])
            assert columns == [column[0] for column in asked.description], sql
            if not sql.startswith("EXPLAIN"):
                assert rows == asked.fetchall(), sql
            assert rows or "EXCEPT" in sql or "rejects" in sql or "foreign_key" in sql, sql
    assert traces(folder) == before


def test_each_name_on_the_list_of_functions_is_one_that_some_sqlite_has_or_ours() -> None:
    with closing(sqlite3.connect(":memory:")) as raw:
        here = {row[0] for row in raw.execute("SELECT name FROM pragma_function_list")}
    newer = set(
        "concat concat_ws if json_error_position json_pretty median octet_length percentile percentile_cont"
        " percentile_disc string_agg timediff unhex".split()
    )
    assert FUNCTIONS - here <= newer | {"fx_rate", "fx_convert"} | MATHS
    assert not {"load_extension", "fts3_tokenizer", "readfile", "writefile", "edit", "regexp", "match"} & FUNCTIONS


WORST: dict[str, Any] = {
    "long": "a" * 130_000,
    "two": "a" * 64_000 + "b",
    "digits": "1" * 130_000,
    "blob": b"\x00\xff" * 60_000,
    "array": "[" + "1," * 60_000 + "1]",
    "object": "{" + ",".join(f'"{number}":1' for number in range(11_000)) + "}",
    "deep": '{"a":' * 900 + "1" + "}" * 900,
    "path": "$" + ".a" * 60_000,
    "pattern": "%a_" * 160,
    "directives": "%999d" * 20_000,
    "moments": "%J" * 60_000,
    "most": 2**63 - 1,
    "none": None,
}
"""What functions find hardest, by name."""


def test_no_function_takes_long_whatever_it_is_given() -> None:
    """In seconds of the processor: the worst that was measured is 0.05, of `instr`."""
    with closing(sqlite3.connect(":memory:")) as raw, bounded_functions(raw, SqlLimits().value):
        raw.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, SqlLimits().value)
        raw.setlimit(sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, PATTERN)
        for name in sorted(FUNCTIONS - {"fx_rate", "fx_convert"}):
            call = f"?1 {name} ?2" if name.startswith("-") else f"{name}(?1, ?2)"
            for first, second in itertools.product(WORST, WORST):
                start = time.process_time()
                with suppress(sqlite3.Error, MemoryError):
                    raw.execute(f"SELECT length({call})", (WORST[first], WORST[second])).fetchall()
                assert time.process_time() - start < 0.5, (name, first, second)


MATHS = set(
    "acos acosh asin asinh atan atan2 atanh ceil ceiling cos cosh degrees exp floor ln log log10 log2 mod pi".split()
)
MATHS |= set("pow power radians sin sinh sqrt tan tanh trunc soundex".split())
"""What SQLite has only if it was built so."""


@pytest.fixture
def trap(folder: Path) -> Path:
    """A database of somebody who means ill."""
    path = folder / "trap.db"
    with closing(sqlite3.connect(path)) as made, made:
        made.execute("CREATE TABLE expenses (amount REAL)")
        made.execute(f"CREATE VIEW endless AS {ENDLESS}SELECT count(*) FROM n")
        made.execute("CREATE VIEW wide AS SELECT printf('%.*c', 900000000, 'x')")
        made.execute("CREATE VIEW code AS SELECT load_extension('trap.so')")
        made.execute("CREATE VIEW slow AS SELECT max(json_patch('{}', '{}'))")
        made.execute("CREATE VIEW itself AS SELECT * FROM other")
        made.execute("CREATE VIEW other AS SELECT * FROM itself")
        made.execute("CREATE TRIGGER t AFTER INSERT ON expenses BEGIN DELETE FROM expenses; END")
    return path


def test_a_file_that_means_ill_is_held_to_the_same(folder: Path, trap: Path) -> None:
    before = traces(folder)
    with fx.open(folder / "fx.db") as store:
        for view, words in (
            ("endless", "did not end"),
            ("wide", "unsafe use|printf takes"),
            ("code", "load_extension"),
            ("slow", "json_patch"),
            ("itself", "circularly defined"),
        ):
            with pytest.raises(QueryError, match=words):
                store.query(f"SELECT * FROM trap.{view}", attach=[trap], limits=SqlLimits(seconds=0.2))
        assert store.query("SELECT count(*) FROM trap.expenses", attach=[trap])[1] == [(0,)]
    assert traces(folder) == before


# In the library ------------------------------------------------------------------------------------------------------


@pytest.fixture(params=["file", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with fx.open(":memory:" if request.param == "memory" else tmp_path / "fx.db") as opened:
        opened.load_text("KZT/USD = 0.00190 0%", observed_at="2024-12-14")
        yield opened


def test_the_time_is_kept_and_the_store_goes_on(store: Store) -> None:
    with pytest.raises(QueryLimit, match="did not end within") as caught:
        store.query(f"{ENDLESS}SELECT count(*) FROM n", limits=SqlLimits(seconds=0.1))
    assert caught.value.facts == {"limit": "seconds", "allowed": 0.1}
    assert store.query("SELECT count(*) FROM quotes")[1] == [(1,)]
    assert str(store.convert(1000, "KZT", "USD", as_of="2024-12-14").result) == "1.90"
    assert store.load_text("KZT/USD = 0.00191 0%", observed_at="2024-12-15").new == 1


def test_more_rows_than_may_be_come_with_the_error(store: Store) -> None:
    sql = NUMBERS.format(limit=" LIMIT 5") + "SELECT i, 'a' || i AS a FROM n"
    with pytest.raises(QueryLimit, match="first 2 rows") as caught:
        store.query(sql, limits=SqlLimits(rows=2))
    assert (caught.value.columns, caught.value.rows) == (["i", "a"], [(1, "a1"), (2, "a2")])
    assert caught.value.as_dict()["limit"] == "rows"
    assert len(store.query(sql, limits=SqlLimits(rows=5))[1]) == 5
    with pytest.raises(QueryLimit) as caught:
        store.query(f"{ENDLESS}SELECT hex(zeroblob(5000)) FROM n", limits=SqlLimits(result=1 << 20))
    assert caught.value.facts["limit"] == "result"
    assert 50 < len(caught.value.rows) < 110


def test_the_sentence_for_rows_that_are_cut_counts_them(store: Store) -> None:
    for rows, words in ((1, r"^this is the first row: "), (2, r"^these are the first 2 rows: ")):
        with pytest.raises(QueryLimit, match=words):
            store.query("VALUES (1), (2), (3)", limits=SqlLimits(rows=rows))
    with pytest.raises(QueryLimit, match="no row came") as caught:
        store.query("SELECT hex(zeroblob(50000))", limits=SqlLimits(result=1000))
    assert caught.value.rows == []


@pytest.mark.parametrize(("sql", "which"), [("SELECT ?", r"\?"), ("SELECT :day", ":day"), ("SELECT 1, ?2, ?", r"\?")])
def test_a_parameter_without_a_value_is_named(sql: str, which: str, store: Store) -> None:
    with pytest.raises(QueryError, match=f"^the statement leaves {which} open: write a value in its place"):
        store.query(sql)


def test_each_refusal_has_its_kind_and_facts(store: Store) -> None:
    for sql, kind, refused in (
        ("DELETE FROM quote", StoreReadOnly, "DELETE"),
        ("ATTACH ':memory:' AS a", QueryRefused, "ATTACH"),
        ("SELECT load_extension('a')", QueryRefused, "the function 'load_extension'"),
        ("PRAGMA query_only = 0", QueryRefused, "PRAGMA 'query_only' with a value"),
        ("SELECT printf('%*d', 5, 1)", QueryRefused, "printf takes widths of up to 3 digits and no asterisk"),
    ):
        with pytest.raises(kind) as caught:
            store.query(sql)
        assert caught.value.facts["refused"] == refused
    for parameters in ({"a": 1 << 70}, {"a": object()}, {"a": "\udc00"}):
        with pytest.raises(QueryError, match="check the statement"):
            store.query("SELECT :a", parameters)
    with pytest.raises(QueryLimit, match="longer than"):
        store.query("SELECT :a", {"a": "x" * 200_000})
    assert store.query("SELECT length(:a)", {"a": "x" * 200_000}, limits=SqlLimits(value=300_000))[1] == [(200_000,)]


def test_what_was_bound_for_a_statement_is_loose_after_it() -> None:
    with fx.open(":memory:") as store:
        store.query("SELECT 1", limits=SqlLimits(value=2000))
        text = "\n".join(f"{day} KZT/USD 0.00190" for day in ("2024-12-14", "2024-12-15")) + " " * 9000
        assert store.load_text(text, name="n" * 5000).new == 2
        assert store.check() == []


def test_a_step_that_cannot_be_interrupted_is_left_to_end_by_itself(folder: Path) -> None:
    before = traces(folder)
    with fx.open(folder / "fx.db") as store:
        start = time.monotonic()
        with pytest.raises(QueryLimit, match="did not end"):
            store.query(ONE_STEP, limits=SqlLimits(seconds=0.1))
        assert time.monotonic() - start < 0.1 + 0.5
        assert store.query("SELECT 1")[1] == [(1,)]
    while unended():
        time.sleep(0.05)
    assert traces(folder) == before


# At the command line -------------------------------------------------------------------------------------------------


def fx_sql(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from fx.cli import main; main()", "sql", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_rows_that_are_cut_are_printed_and_said_to_be(folder: Path) -> None:
    done = fx_sql(f"{ENDLESS}SELECT i FROM n", "--rows", "3", "--csv", folder=folder)
    assert (done.returncode, done.stdout) == (4, "i\n1\n2\n3\n")
    assert done.stderr == "these are the first 3 rows: narrow the statement, or allow it more (--rows)\n"
    done = fx_sql(f"{ENDLESS}SELECT i FROM n", "--rows", "1", "--json", folder=folder)
    first, last = map(json.loads, done.stdout.splitlines())
    assert (first, last["error"], last["limit"], last["allowed"]) == ({"i": 1}, "QueryLimit", "rows", 1)


@pytest.mark.parametrize("sql", [f"{ENDLESS}SELECT count(*) FROM n", ONE_STEP], ids=["loop", "one step"])
def test_ctrl_c_ends_a_long_statement_at_once_and_leaves_no_trace(sql: str, folder: Path) -> None:
    before = traces(folder)
    command = [sys.executable, "-c", "from fx.cli import main; main()", "sql", sql, "--timeout", "1h"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while len(list(Path(f"/proc/{process.pid}/task").iterdir())) < 2:
            assert process.poll() is None
            time.sleep(0.01)
        time.sleep(0.2)
        start = time.monotonic()
        process.send_signal(signal.SIGINT)
        out, words = process.communicate(timeout=60)
        taken = time.monotonic() - start
    assert (process.returncode, out) == (130, "")
    assert re.fullmatch("interrupted: [^\n]*\n", words)
    assert taken < 1.5
    assert traces(folder) == before


# Anything at all -----------------------------------------------------------------------------------------------------

SEEDS = [sql for sql in (*REFUSED, *HARMLESS) if len(sql) < 300]
WORDS = sorted({word for sql in SEEDS for word in re.findall(r"\w+|[^\w\s]", sql)})


@st.composite
def mutated(draw: Any) -> str:
    """A statement that was cut, doubled, crossed with another, or had words put into it."""
    sql = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(0, 4))):
        start, end = sorted(draw(st.tuples(*[st.integers(0, len(sql))] * 2)))
        piece = draw(
            st.one_of(
                st.just(""),
                st.just(sql[start:end] * 2),
                st.sampled_from(WORDS),
                st.sampled_from(SEEDS),
                st.text(max_size=8),
            )
        )
        sql = sql[:start] + draw(st.sampled_from(["", " "])) + piece + " " + sql[end:]
    return sql


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Path]]:
    made = tmp_path_factory.mktemp("attacked")
    shutil.copy(ROOT / "fx.db", made / "fx.db")
    shutil.copy(ROOT / "fx.db", made / "ledger.db")
    with fx.open(made / "fx.db") as store:
        store.query("SELECT 1")
        yield store, made


EXAMPLES = int(os.environ.get("FX_FUZZ", "300"))
"""How many statements are tried: FX_FUZZ=1000000 python -m pytest tests/test_sql_door.py -k whatever_is_asked"""


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mutated())
def test_whatever_is_asked_the_bytes_stay_and_only_errors_of_fx_come_out(
    attacked: tuple[Store, Path], sql: str
) -> None:
    store, folder = attacked
    before = traces(folder)
    with suppress(FxError):
        columns, rows = store.query(
            sql.replace("{folder}", str(folder)),
            attach=[folder / "ledger.db"],
            limits=SqlLimits(seconds=0.2, rows=1000),
        )
        assert all(len(row) == len(columns) for row in rows)
    assert traces(folder) == before
