"""The README: every block in it runs, and prints what it says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.builders import ROOT, on_terminal
from tests.postgres import Server

README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
SQLITE3 = """#!{python}
import sqlite3, sys
for row in sqlite3.connect(sys.argv[1]).execute(sys.argv[2]):
    print("|".join("" if cell is None else str(cell) for cell in row))
"""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder like a fresh clone, with ``fx`` and its neighbours on the path, and ``sqlite3`` where there is none."""
    shutil.copytree(ROOT / "examples", tmp_path / "clone" / "examples")
    shutil.copy(ROOT / "fx.db", tmp_path / "clone" / "fx.db")
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "fx").write_text(f"#!{sys.executable}\nfrom fx.cli import main\nmain()\n")
    for neighbour in ("datasette", "sqlite-utils"):
        (tools / neighbour).symlink_to(Path(sys.executable).parent / neighbour)
    if not shutil.which("sqlite3"):
        (tools / "sqlite3").write_text(SQLITE3.format(python=sys.executable))
    for tool in tools.iterdir():
        tool.chmod(0o755)
    return tmp_path / "clone"


@pytest.mark.parametrize("number", [number for number, (language, _) in enumerate(BLOCKS) if language == "console"])
def test_each_console_block_prints_what_it_says(number: int, clone: Path, request: pytest.FixtureRequest) -> None:
    environment = {**os.environ, "PATH": f"{clone.parent / 'bin'}:{os.environ['PATH']}", "PYTHONUTF8": "1"}
    environment.pop("FX_DB", None)
    with ExitStack() as stack:
        if "postgresql:///" in BLOCKS[number][1]:
            postgres: Server = request.getfixturevalue("postgres")
            environment |= postgres.environment()
            postgres.run("CREATE DATABASE rates TEMPLATE template0 ENCODING 'UTF8'")
            stack.callback(postgres.run, "DROP DATABASE rates")
        for command, expected in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", BLOCKS[number][1], re.MULTILINE):
            _, seen = on_terminal(["sh", "-c", command], clone, environment)
            assert seen.strip() == expected.strip(), command


@pytest.mark.parametrize("number", [number for number, (language, _) in enumerate(BLOCKS) if language == "python"])
def test_each_python_block_runs(number: int, clone: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", BLOCKS[number][1]], cwd=clone, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_no_block_is_left_out() -> None:
    assert {language for language, _ in BLOCKS} == {"console", "python", "sh"}
    assert [language for language, _ in BLOCKS].count(
        "sh"
    ) == 2  # the main job (test_install) and the test command (.ci/run)
    assert "the test command" in (ROOT / ".ci" / "run").read_text("utf-8")


def test_every_command_is_named_in_the_readme() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from fx.cli import main; main()", "--help"], capture_output=True, text=True, check=True
    )
    commands = re.findall(r"^  ([a-z-]+) ", done.stdout.split("Commands:")[1], re.MULTILINE)
    assert len(commands) > 10
    for command in commands:
        assert f"`fx {command}" in README
