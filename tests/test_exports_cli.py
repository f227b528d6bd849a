"""``fx export`` as people run it: into pipes, files and terminals."""

from __future__ import annotations

import io
import json
import shlex
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from fx.exports.export import EXPORTS
from tests.builders import BARE, ROOT, on_terminal

FX = [sys.executable, "-c", "from fx.cli import main; main()"]
ENVIRONMENT = {**BARE, "PYTHONUTF8": "1", "COLUMNS": "100"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with the example database."""
    shutil.copy(ROOT / "fx.db", tmp_path / "fx.db")
    return tmp_path


def run(folder: Path, *words: str, data: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*FX, *words], cwd=folder, input=data, capture_output=True, check=False, env=ENVIRONMENT | environment
    )


PER_EURO = {"frankfurter-v1", "ecb"}
CHANGE = b"no percentage fits, so the change is left out"
SOURCE = b"no name fits, so the source is left out"
LOST = {"pricehist": {CHANGE}, "gnucash": {CHANGE, SOURCE}, "frankfurter": {CHANGE, SOURCE}}


@pytest.mark.parametrize("name", EXPORTS)
def test_every_format_goes_through_a_pipe_into_another_database(name: str, home: Path) -> None:
    if name in PER_EURO:
        euros = "date,base,quote,rate\n2024-12-13,EUR,USD,1.0500\n2024-12-13,EUR,JPY,161.50\n"
        run(home, "load", "-", "--db", "euro.db", data=euros.encode())
    done = run(home, "export", name, *(("--db", "euro.db") if name in PER_EURO else ()))
    assert done.returncode == 0
    assert {line.partition(b": ")[2] for line in done.stderr.splitlines()} == (LOST.get(name, set()))
    loaded = run(home, "load", "-", "--json", "-q", "--db", "other.db", data=done.stdout)
    assert json.loads(loaded.stdout)["new"] == (2 if name in PER_EURO else 20)
    again = run(home, "export", name, "-o", "file", *(("--db", "euro.db") if name in PER_EURO else ()))
    assert (again.returncode, again.stdout) == (0, b"")
    if name != "xlsx":  # its zip file says when it was made
        assert (home / "file").read_bytes() == done.stdout


def test_what_is_not_carried_is_told_on_stderr_and_can_be_silenced(home: Path) -> None:
    run(home, "load", "-", "-q", "--db", "a.db", data=b"EUR/USD 1.0521/1.0523 2024-12-13\n")
    words = ("export", "beancount", "--db", "a.db", "-o", "a.beancount")
    done = run(home, *words)
    assert done.stderr.decode().startswith(
        "1 of 1 quote: only one figure fits, so bid and ask are written as their mid"
    )
    assert run(home, *words, "-q").stderr == b""
    assert "price EUR 1.0522 USD" in (home / "a.beancount").read_text("utf-8")


WRONG = {
    ("export", "cvs"): (2, "there is no format 'cvs' to export: take one of csv, json, "),
    ("export", "csv", "KZZ"): (1, "KZZ is not a currency known here: did you mean KZT?"),
    ("export", "csv", "EUR/USD"): (1, "no quote of EUR/USD was found: 'fx pairs' lists what there is"),
    ("export", "csv", "--since", "2030-01-01"): (1, "no quote was found: widen --since and --until"),
    ("export", "csv", "--source", "x"): (1, "no quote from x was found: 'fx sources' lists what there is"),
    ("export", "ledger", "--all"): (2, "ledger cannot tell what was replaced from what stands: leave out --all"),
    ("export", "csv", "--since", "noon"): (2, "'noon' is not a date"),
    ("export", "csv", "--db", "none.db"): (4, "there is no database none.db"),
    ("export", "csv", "-o", "no/such/file"): (74, "the result cannot be written (no such file or directory)"),
}


@pytest.mark.parametrize("words", WRONG, ids=" ".join)
def test_what_goes_wrong_is_a_sentence_and_an_exit_code(words: tuple[str, ...], home: Path) -> None:
    code, sentence = WRONG[words]
    done = run(home, *words)
    assert (done.returncode, done.stdout) == (code, b"")
    assert done.stderr.decode().startswith(sentence)
    assert done.stderr.count(b"\n") == 1


@pytest.mark.parametrize("name", ["parquet", "xlsx"])
def test_bytes_are_not_written_to_a_terminal(name: str, home: Path) -> None:
    code, seen = on_terminal([*FX, "export", name], home, ENVIRONMENT)
    assert (code, seen) == (2, f"{name} is not text for a terminal: give -o quotes.{name}\n")
    assert on_terminal([*FX, "export", name, "-o", "file"], home, ENVIRONMENT) == (0, "")


@pytest.mark.parametrize(
    ("name", "library", "extra"), [("parquet", "pyarrow", "parquet"), ("xlsx", "openpyxl", "xlsx")]
)
def test_a_missing_library_is_named_with_what_installs_it(name: str, library: str, extra: str, home: Path) -> None:
    pytest.importorskip(library, reason=f"{library} is not installed: pip install 'fx[{extra}]'")
    data = run(home, "export", name).stdout
    (home / "without").mkdir()
    (home / "without" / f"{library}.py").write_text("raise ImportError('hidden')\n", "utf-8")
    hidden = {"PYTHONPATH": str(home / "without")}
    done = run(home, "export", name, "-o", "file", **hidden)
    assert (done.returncode, done.stderr.decode()) == (
        2, f"{name} needs {library}: install it with pip install 'fx[{extra}]'\n",
    )  # fmt: skip
    assert not (home / "file").exists()
    done = run(home, "parse", "-", data=data, **hidden)
    assert done.returncode == 3
    assert f"needs {library}: install it with pip install 'fx[{extra}]'" in done.stderr.decode()


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database whose exports fit into no pipe, not even packed."""
    folder = tmp_path_factory.mktemp("long")
    days = (date(1950, 1, 1) + timedelta(days=day) for day in range(20_000))
    rows = "".join(f"{day},EUR,USD,1.{number * 7919 % 100_003:06}\n" for number, day in enumerate(days))
    run(folder, "load", "-", "-q", "--db", "fx.db", data=f"date,base,quote,rate\n{rows}".encode())
    return folder


def through_shell(folder: Path, command: str) -> tuple[int, str]:
    """The exit code of fx within a line of shell, and what it said."""
    line = command.replace("fx ", f"{shlex.join(FX)} ", 1)
    done = subprocess.run(
        ["bash", "-c", line], cwd=folder, capture_output=True, text=True, check=False, env=ENVIRONMENT
    )
    return done.returncode, done.stderr


FULL = "the result cannot be written (no space left on device): look at where it goes\n"
CLOSED = "the result cannot be written (bad file descriptor): look at where it goes\n"


@pytest.mark.parametrize(
    "words", [*(f"export {name} -q" for name in EXPORTS), "history EUR/USD", "history EUR/USD --csv"]
)
def test_what_cannot_be_written_is_an_exit_code_and_no_trace(words: str, long: Path) -> None:
    assert through_shell(long, f"fx {words} | head -c 5; exit ${{PIPESTATUS[0]}}") == (141, "")
    assert through_shell(long, f"fx {words} >&-") == (74, CLOSED)
    if Path("/dev/full").exists():
        assert through_shell(long, f"fx {words} >/dev/full") == (74, FULL)


STREAMS = {
    "fx latest >&-": (74, CLOSED),
    "fx --help >&-": (74, CLOSED),
    "fx rate KZT/XXZ --json >&-": (74, "XXZ is not a currency known here: 'fx pairs' lists what there is\n" + CLOSED),
    "fx export csv -o a.csv >&-": (0, ""),
    "fx export pricehist -o a.csv 2>&-": (0, ""),
    "fx export csv KZZ 2>&-": (1, ""),
    "fx parse - <&-": (1, "no quote was found: 'fx parse --rejects' lists what came near, 'fx formats' what is read\n"),
    "fx load - <&- >&- 2>&-": (74, ""),
}


@pytest.mark.parametrize("command", STREAMS)
def test_a_stream_that_is_closed_is_missed_only_where_it_is_needed(command: str, home: Path) -> None:
    assert through_shell(home, command) == STREAMS[command]


@pytest.mark.parametrize("name", ["fx.db", "link", "../link", "fx.db-wal", "fx.db-shm", "fx.db-journal"])
@pytest.mark.parametrize("words", [("export", "csv", "-o"), ("convert", "--csv", "a.csv", "--amount", "a", "--from", "b", "--to", "USD", "-o")])  # fmt: skip
def test_a_database_is_not_replaced_by_what_was_read_from_it(name: str, words: tuple[str, ...], home: Path) -> None:
    (home / "a.csv").write_text("a,b\n1,KZT\n", "utf-8")
    (home / "link").symlink_to("fx.db")
    (home.parent / "link").unlink(missing_ok=True)
    (home.parent / "link").symlink_to(home / "fx.db")
    before = (home / "fx.db").read_bytes()
    done = run(home, *words, name)
    assert (done.returncode, (home / "fx.db").read_bytes()) == (2, before)
    belongs = "fx.db" if "link" in name else name
    assert done.stderr.decode() == f"{belongs} belongs to a database and would be lost: give another name\n"
    assert not list(home.glob(".*.part"))


def test_an_export_that_lacks_what_was_asked_for_ends_with_one(home: Path) -> None:
    done = run(
        home, "export", "hledger", "KZT/USD", "EUR/GBP", "--source", "timesca", "--source", "x", "-o", "a.journal"
    )
    assert (done.returncode, done.stderr.decode()) == (
        1, "nothing of EUR/GBP or the source x was found: 'fx pairs' and 'fx sources' list what there is\n",
    )  # fmt: skip
    assert (home / "a.journal").read_text("utf-8").count("P 20") == 4
    assert run(home, "export", "hledger", "KZT/USD", "EUR", "-q", "-o", "a.journal").returncode == 1
    assert run(home, "export", "hledger", "KZT/USD", "KGS", "-o", "a.journal").returncode == 0


def test_files_are_utf_8_whatever_the_locale(home: Path) -> None:
    run(home, "load", "-", "-q", "--db", "a.db", "--source", "Банк", data=b"EUR/USD 1.0521 2024-12-13\n")
    done = run(home, "export", "csv", "--db", "a.db", PYTHONUTF8="0", LC_ALL="C", PYTHONIOENCODING="latin-1")
    assert "Банк" in done.stdout.decode("utf-8")


def test_without_a_format_the_formats_are_listed(home: Path) -> None:
    names = [json.loads(line)["format"] for line in io.BytesIO(run(home, "export", "--json").stdout)]
    assert names == list(EXPORTS)
    shown = run(home, "export").stdout.decode()
    assert shown.startswith("format")
    assert all(each.summary in shown for each in EXPORTS.values())


def test_an_export_loads_neither_pandas_nor_what_it_does_not_need(home: Path) -> None:
    script = "from fx.cli import run; run(['export', 'csv', '-o', 'a.csv']); import sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=home, capture_output=True, text=True, check=True)
    assert not {"pandas", "pyarrow", "openpyxl", "alembic", "numpy"} & set(done.stdout.split())
