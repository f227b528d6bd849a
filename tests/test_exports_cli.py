"""``fx export`` as people run it: into pipes, files and terminals."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from fx.exports.export import EXPORTS
from tests.builders import ROOT, on_terminal

FX = [sys.executable, "-c", "from fx.cli import main; main()"]
ENVIRONMENT = {"PATH": os.environ["PATH"], "PYTHONUTF8": "1", "COLUMNS": "100"}


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


@pytest.mark.parametrize("name", EXPORTS)
def test_every_format_goes_through_a_pipe_into_another_database(name: str, home: Path) -> None:
    if name in PER_EURO:
        euros = "date,base,quote,rate\n2024-12-13,EUR,USD,1.0500\n2024-12-13,EUR,JPY,161.50\n"
        run(home, "load", "-", "--db", "euro.db", data=euros.encode())
    done = run(home, "export", name, *(("--db", "euro.db") if name in PER_EURO else ()))
    assert (done.returncode, done.stderr) == (0, b"")
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


def test_a_closed_pipe_ends_without_a_word(home: Path) -> None:
    rows = "".join(f"{1900 + year}-01-0{day},EUR,USD,1.{year:04}\n" for year in range(100) for day in range(1, 9))
    run(home, "load", "-", "-q", "--db", "long.db", data=f"date,base,quote,rate\n{rows}".encode())
    command = f"{' '.join(map(repr, FX))} export jsonl --db long.db | head -1"
    done = subprocess.run(["sh", "-c", command], cwd=home, capture_output=True, check=False, env=ENVIRONMENT)
    assert (done.stderr, done.stdout.count(b"\n")) == (b"", 1)


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
