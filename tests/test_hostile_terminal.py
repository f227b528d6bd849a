"""At a terminal nothing that came from outside steers it: names, sources, rejects, errors, talk, tables, rows, exports."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from pathlib import Path

import pytest

from fx.cli import run
from tests.builders import ROOT, on_terminal

EVIL = "\x1b]0;owned\x07\x1b[31m\x9b31m\u202eevil\u2066\u200f\x08\x7f"
"""A title for the window, colours by 7 and by 8 bits, text from right to left, and steps back."""
NAME = f"na{EVIL}me\n.txt"
SOURCE = f"so{EVIL}urce\n;--' OR 1=1"
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
PAGE = f"2024-12-14 KZT/USD = 0.00190 0%\n2024-12-14 KZT/USD = N/A{EVIL}\n2024-12-15 EUR/USD 1,234{EVIL}\n• TJS/USD = 5x{EVIL}\n"

COMMANDS: tuple[tuple[str, ...], ...] = (
    ("load", NAME, "--source", SOURCE),
    ("load", NAME, "--source", SOURCE, "--json"),
    ("load", f"bad{EVIL}.gz", f"missing{EVIL}", f"folder{EVIL}"),
    ("load", f"http://127.0.0.1:1/{EVIL}", f"http://{EVIL}/", f"https://user:word@127.0.0.1:1/{EVIL}"),
    *((("load", NAME, option, EVIL)) for option in ("--observed-at", "--pair", "--counter", "--decimal", "--max-bytes")),
    *((("parse", NAME, *more)) for more in ((), ("--rejects",), ("--json",), ("--csv",), ("--strict",), ("--rejects", "--csv"))),
    ("parse", NAME, "--format", EVIL),
    *((name, *more) for name in ("latest", "pairs", "sources", "documents", "rejects", "revisions", "check") for more in ((), ("--csv",), ("--json",))),
    ("info",), ("info", "--json"), ("info", "--csv"), ("info", "--db", f"n{EVIL}.db"), ("--db", EVIL, "info"),
    *(("export", name) for name in ("csv", "json", "jsonl", "hledger", "ledger", "beancount", "frankfurter", "ecb-csv", "gnucash", "pricehist", EVIL)),
    ("export", "csv", "-o", f"folder{EVIL}"), ("export", "csv", "-o", f"out{EVIL}.csv"), ("export", "csv", "--source", EVIL),
    ("convert", "1", "KZT", "USD", "--explain"), ("convert", "1", "KZT", "USD", "--json"), ("convert", EVIL, "KZT", "USD"),
    ("convert", "1", EVIL, "USD"), ("convert", "1", f"K{EVIL}", "USD"),
    *(("convert", "1", "KZT", "USD", option, EVIL) for option in ("--as-of", "--known-at", "--source", "--max-age", "--via", "--places", "--rounding", "--locale", EVIL)),
    ("rate", f"KZT{EVIL}"), ("table", EVIL), ("change", "KZT/USD", "--source", EVIL), ("history", "KZT/USD"), ("history", "KZT/USD", "--csv"), ("history", EVIL),
    ("history", "KZT/USD", "--tz", EVIL), ("history", "KZT/USD", "--every", EVIL), ("plot", "KZT/USD"), ("plot", "KZT/USD", "-o", f"none{EVIL}/x.png"),
    ("verify", f"receipt{EVIL}.json"), ("verify", f"none{EVIL}"), ("formats", EVIL), (EVIL,), ("latest", EVIL),
    ("sql", f"select '{EVIL}' as \"a{EVIL}\""), ("sql", f"selec {EVIL}"), ("sql", "select char(27) || '[31m' as x", "--csv"), ("sql", "select x'1b5b33316d9b' as x"),
    ("sql", "select * from documents", "--json"), ("sql", "select 1", "--attach", EVIL), ("sql", f'select * from "no{EVIL}"'),
    ("prune", "--before", "2025-01-01"), ("prune", "--before", "2025-01-01", "--source", EVIL), ("prune", "--before", EVIL),
    ("db", "check"), ("db", "backup", f"copy{EVIL}.db"), ("db", "backup", f"copy{EVIL}.db"), ("db", "check", "--db", f"copy{EVIL}.db"), ("db", "upgrade", "--db", f"copy{EVIL}.db"),
    ("db", "vacuum", "--db", f"copy{EVIL}.db"), ("db", "datasette", "--db", f"copy{EVIL}.db"), ("db", "check", "--db", f"folder{EVIL}"), ("latest", "--db", NAME),
    ("watch", NAME, "--times", "1", "--every", EVIL), ("watch", NAME, "--times", "1", "--source", SOURCE),
    ("convert", "--csv", f"none{EVIL}", "--amount", "a"), ("convert", "--csv", "column.csv", "--amount", f"amt{EVIL}", "--from", "cur", "--to", "USD"),
    ("convert", "--csv", "column.csv", "--amount", EVIL, "--from", "cur", "--to", "USD"),
)  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of names that nobody should have to read."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / NAME).write_text(PAGE, encoding="utf-8")
    (folder / f"bad{EVIL}.gz").write_bytes(b"\x1f\x8b\x08" + b"x" * 20)
    (folder / f"folder{EVIL}").mkdir()
    receipt = {"amount": f"1{EVIL}", "base": f"KZT{EVIL}", "counter": "USD", "legs": [{"document": EVIL}]}
    (folder / f"receipt{EVIL}.json").write_text(json.dumps(receipt), encoding="utf-8")
    (folder / "column.csv").write_text(f"amt{EVIL},cur,day\n1{EVIL},K{EVIL},20{EVIL}\n", encoding="utf-8")
    return folder


def test_no_command_lets_what_came_from_outside_steer_the_terminal(home: Path) -> None:
    (home / "commands.json").write_text(json.dumps(COMMANDS), encoding="utf-8")
    code = (
        "import json, os, sys\n"
        "from fx.cli import run\n"
        "terminal = os.dup(1)  # what cannot be written turns stdout away for good\n"
        "for number, words in enumerate(json.load(open('commands.json'))):\n"
        "    try: code = run(words)\n"
        "    except SystemExit as stop: code = stop.code\n"
        "    os.dup2(terminal, 1)\n"
        "    print(f'<{number} ends {code}>', flush=True)\n"
    )
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(home), "FX_DB": "fx.db"}
    status, seen = on_terminal([sys.executable, "-c", code], home, environment)
    ends = [(int(number), int(ended)) for number, ended in re.findall(r"<(\d+) ends (\d+)>", seen)]
    assert (status, [number for number, _ in ends]) == (0, list(range(len(COMMANDS))))
    parts = re.split(r"<\d+ ends \d+>\n", seen)
    assert [(words, part) for words, part in zip(COMMANDS, parts, strict=False) if STEERING.search(part)] == []
    assert [COMMANDS[number] for number, ended in ends if ended not in {0, 1, 2, 3, 4, 74}] == []
    assert sum(ended == 0 for _, ended in ends) > 40


def test_into_a_pipe_rows_are_what_they_are(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copy(home / NAME, home / "page.txt")
    assert run(["parse", str(home / "page.txt"), "--source", SOURCE, "--csv", "-q"]) == 0
    assert SOURCE in capsys.readouterr().out
    assert run(["parse", str(home / "page.txt"), "--source", SOURCE, "--json", "-q"]) == 0
    line = capsys.readouterr().out
    assert json.loads(line)["source"] == SOURCE
    assert not STEERING.search(line)
