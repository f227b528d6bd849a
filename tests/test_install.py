"""As a new user: the README's main job in a fresh clone, and the wheel in an empty environment and folder."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.builders import ROOT

README = (ROOT / "README.md").read_text("utf-8")
CLEAN = {
    name: value
    for name, value in os.environ.items()
    if name not in {"FX_DB", "VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME"}
}


def run(command: str, folder: Path) -> str:
    done = subprocess.run(command, shell=True, cwd=folder, env=CLEAN, capture_output=True, text=True, check=False)  # noqa: S602
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The files under version control, as they are now, in a folder of their own."""
    folder = tmp_path / "clone"
    for name in run("git ls-files", ROOT).splitlines():
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


def test_the_main_job_runs_by_one_line_in_a_fresh_clone(clone: Path) -> None:
    found = re.search(r"^<!-- the main job -->\n```sh\n(.*)\n```$", README, re.MULTILINE)
    assert found
    out = run(found[1], clone)
    assert "5 quotes in 1 document: 5 new, 0 known, 0 revisions; 35 repeats dropped, 0 rejects" in out
    assert out.endswith("19.00\n")
    again = run(found[1].split(" && ", 2)[2], clone)
    assert "0 new, 5 known" in again
    assert run(".venv/bin/fx convert 10000 KZT USD --as-of 2025-12-31", clone) == "19.20\n"


def test_the_wheel_works_in_an_empty_environment_and_folder(clone: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    run(
        f"'{sys.executable}' -m venv env && env/bin/pip wheel -q --no-deps -w wheels '{clone}' && env/bin/pip install -q wheels/fx-*.whl",
        tmp_path,
    )
    shutil.rmtree(clone / "migrations")
    fx = f"HOME='{empty}' '{tmp_path}/env/bin/fx'"
    page = clone / "examples" / "2024-12-14.txt"
    assert "5 new" in run(f"{fx} --db new.db load '{page}'", empty)
    assert run(f"{fx} --db new.db convert 10000 KZT USD", empty) == "19.00\n"
    assert run(f"{fx} --db new.db db check", empty) == "new.db is sound\n"
    fx_watched = fx.replace(f"'{tmp_path}/env", f"'{tmp_path}/env/bin/python' -X importtime '{tmp_path}/env")
    imported = run(
        f"{fx_watched} --db new.db convert 10000 KZT USD 2>&1 > out | awk '{{print $NF}}'; rm out", empty
    ).split()
    assert "sqlite3" in imported
    assert not {"re", "enum", "typing", "typer"} & {*imported}, "the script itself must take nothing along"
    assert (
        run(
            f"'{tmp_path}/env/bin/python' -c 'import fx, importlib.resources as r; print((r.files(\"fx\") / \"py.typed\").is_file())'",
            empty,
        )
        == "True\n"
    )
    assert [path.name for path in empty.iterdir()] == ["new.db"]
