"""The house itself: who may import whom, what is loaded when, and no float on the way to an answer."""

from __future__ import annotations

import ast
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import fx
from tests.builders import PAGE, ROOT

ROOMS = (
    "__main__",
    "cli",
    "exports",
    "watching",
    "spark",
    "store",
    "canned",
    "schema",
    "sql",
    "schema_words",
    "dialect",
    "audit",
    "frames",
    "cells",
    "vectors",
    "columns",
    "change",
    "series",
    "convert",
    "rates",
    "decrees",
    "policy",
    "jobs",
    "processes",
    "arrow",
    "batch",
    "reader",
    "logs",
    "gathering",
    "skimming",
    "nearby",
    "documents",
    "formats",
    "text",
    "quotes",
    "moments",
    "dates",
    "currencies",
    "exact",
    "beside",
    "shipped",
    "whole",
    "late",
    "errors",
)
"""Highest first: a room imports only rooms below it, and itself."""
MODULES = sorted((ROOT / "fx").rglob("*.py"))


def room(module: str) -> str:
    return module.split(".")[1] if "." in module else module


def imports(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names} if node.module == "fx" else {node.module}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return names


@pytest.mark.parametrize(
    "file",
    [
        pytest.param(file, id=str(file.relative_to(ROOT)))
        for file in MODULES
        if file.parent != ROOT / "fx" or file.stem != "__init__"
    ],
)
def test_a_room_imports_only_rooms_below_it(file: Path) -> None:
    own = file.relative_to(ROOT / "fx").parts[0].removesuffix(".py")
    below = ROOMS[ROOMS.index(own) :]
    outside = {"__version__"} if own == "cli" else set()
    for name in imports(file):
        if name == "fx":
            assert own == "cli"
        elif name.startswith("fx."):
            assert room(name) in {*below, *outside}, f"{own} imports {name}"


THIRD_PARTY = {
    "sqlalchemy": {"store", "schema"},
    "alembic": {"store"},
    "psycopg": {"store"},
    "numpy": {"frames", "cells", "vectors", "store"},  # of the store only quoted*.py and leading_columns.py
    "pandas": {"frames", "cells", "store"},  # the rest of the store only names its types
    "typer": {"cli"},
    "charset_normalizer": {"documents"},
    "urllib3": {"documents"},
    "warcio": {"documents"},
    "zstandard": {"documents"},
    "babel": {"exports"},
    "pyarrow": {"exports", "documents", "arrow"},
    "pyspark": {"spark"},
    "openpyxl": {"exports", "documents"},
    "matplotlib": {"exports"},
}


@pytest.mark.parametrize("library", THIRD_PARTY)
def test_each_library_is_used_in_its_rooms_only(library: str) -> None:
    users = {
        file.relative_to(ROOT / "fx").parts[0].removesuffix(".py")
        for file in MODULES
        if any(name.split(".")[0] == library for name in imports(file))
    }
    assert users <= THIRD_PARTY[library]


def loaded(code: str, tmp_path: Path) -> set[str]:
    """The top-level modules, beyond the standard library, that a piece of code loads."""
    script = f"{code}\nimport sys, json\nprint(json.dumps(sorted({{name.split('.')[0] for name in sys.modules}} - set(sys.stdlib_module_names))))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=tmp_path)
    return set(json.loads(done.stdout.splitlines()[-1])) - {"__main__", "__mp_main__"} - site_modules()


def site_modules() -> set[str]:
    """What the interpreter loads by itself, such as the finders of editable installs."""
    done = subprocess.run(
        [sys.executable, "-c", "import sys; print(*sys.modules)"], capture_output=True, text=True, check=True
    )
    return {name.split(".")[0] for name in done.stdout.split()}


def test_importing_fx_loads_no_third_party_module(tmp_path: Path) -> None:
    assert loaded("import fx", tmp_path) == {"fx"}
    assert loaded("import fx; fx.parse('KZT/USD = 0.00190 0%'); fx.Pair; fx.errors", tmp_path) == {"fx"}


READS = (
    "convert 10000 KZT USD --explain",
    "rate USD/KZT",
    "table",
    "latest",
    "history KZT/USD",
    "history USD/KZT --every week",
    "change KZT/USD",
    "revisions",
    "pairs",
    "documents",
    "info",
    "check",
    "export csv",
    "sql 'select * from quotes'",
)


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small database of two days."""
    folder = tmp_path_factory.mktemp("stocked")
    with fx.open(folder / "fx.db") as store:
        store.load_text(PAGE)
        store.load_text("2024-12-10 KZT/USD 0.00191")
    return folder


@pytest.mark.parametrize("command", READS)
def test_what_only_reads_loads_no_more_than_the_database_driver(command: str, stocked: Path) -> None:
    code = f"from fx.cli import run; assert run({shlex.split(command)}) in (0, 1)"
    assert loaded(code, stocked) == {"fx"}


def test_a_plain_conversion_loads_little_beside_the_database_driver(stocked: Path) -> None:
    code = "import sys, sqlite3, gc; driver = set(sys.modules)\n"
    code += "from fx.cli import run; assert run(['convert', '10000', 'KZT', 'USD']) == 0\n"
    code += "assert {name for name in set(sys.modules) - driver if name.split('.')[0] != 'fx'} <= {'__future__'}, set(sys.modules) - driver"
    assert loaded(code, stocked) == {"fx"}


def test_parsing_loads_no_database(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text(PAGE, encoding="utf-8")
    assert not loaded("from fx.cli import run; run(['parse', 'page.txt'])", tmp_path) & {
        "pandas",
        "alembic",
        "sqlalchemy",
        "charset_normalizer",
        "urllib3",
        "warcio",
        "zstandard",
    }


def test_a_ticker_is_read_without_what_other_formats_and_other_commands_need(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text(PAGE, encoding="utf-8")
    unused = [
        "fx.formats.csv_heads", "fx.convert", "fx.rates", "importlib.metadata", "hashlib", "zipfile",
        "email", "json", "subprocess", "pickle", "concurrent.futures",
    ]  # fmt: skip
    code = "from fx.cli import run; assert run(['parse', '--csv', '--format', 'ticker', 'page.txt']) == 0\n"
    code += f"import sys; found = set({unused}) & set(sys.modules)\nassert not found, found"
    subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)


def test_loading_into_a_file_loads_no_third_party_module(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text(PAGE, encoding="utf-8")
    code = "from fx.cli import run; assert run(['--db', 'fx.db', 'load', '-q', 'page.txt']) == 0"
    assert loaded(code, tmp_path) == {"fx"}


def test_a_process_that_reads_for_a_load_loads_no_third_party_module(tmp_path: Path) -> None:
    assert loaded("from fx.processes import serve", tmp_path) == {"fx"}


def test_the_face_of_the_package_is_complete_and_sorted() -> None:
    assert fx.__all__ == sorted(fx.__all__)
    assert dir(fx) == fx.__all__
    for name in fx.__all__:
        assert getattr(fx, name) is not None
    with pytest.raises(AttributeError, match="no attribute"):
        fx.nothing  # noqa: B018
    assert (ROOT / "fx" / "py.typed").exists()


FLOATS = {
    "frames.py": "analysis in pandas is done in floats, beside the exact text",
    "pictures.py": "a picture is drawn in floats",
    "quoted.py": "the quick way to the same frames",
    "quoted_periods.py": "the quick way to the same frames",
    "rows.py": "a REAL that SQL gave is only shown",
    "tables.py": "a REAL that SQL gave is only shown",
}


@pytest.mark.parametrize(
    "file", [pytest.param(file, id=str(file.relative_to(ROOT))) for file in MODULES if file.name not in FLOATS]
)
def test_no_float_on_the_way_to_an_answer(file: Path) -> None:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            assert file.name in {"batches.py", "engine.py", "currencies.py"}  # seconds of waiting, likeness of codes
            assert node.value < 1
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id != "float"


def test_every_public_function_and_class_has_a_docstring() -> None:
    for file in MODULES:
        tree = ast.parse(file.read_text("utf-8"))
        assert ast.get_docstring(tree), file
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                assert ast.get_docstring(node), f"{file}: {node.name}"


def test_the_rooms_are_small() -> None:
    sizes = {str(file.relative_to(ROOT)): len(file.read_text("utf-8").splitlines()) for file in MODULES}
    assert {name: size for name, size in sizes.items() if size > 520} == {}


def test_no_file_names_a_package_registry() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    hosts = re.compile(r"(?:pypi|pythonhosted|npmjs|deb\.debian)[.](?:org|com)")
    for name in tracked:
        if not name.endswith(".db"):
            assert not hosts.search((ROOT / name).read_text("utf-8", errors="replace")), name
