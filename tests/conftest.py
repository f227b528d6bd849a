"""The tests of the store run on SQLite, and on a real PostgreSQL server too.

Those of the modules in `ON_BOTH` run twice; with ``FX_TEST_ENGINE=postgresql`` (or ``sqlite``) all tests run on that
one. On PostgreSQL each file that a test names stands for a schema of the server. Tests of what only a file has (its
bytes, its modes, SQLite's own words) bear the mark ``file``, or stand in `OF_FILES`, and run on SQLite alone.

Laws are tried on the same examples each time, so that a red run says something of the change at hand; other examples
come with ``--hypothesis-profile=default``, and by the million from ``python -m tests.fuzz``.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from fx.schema import expected_schema
from fx.sql import HEAD
from fx.store import Store
from tests.postgres import Server, server

settings.register_profile("same", derandomize=True)
settings.load_profile("same")

ON_BOTH = frozenset(("test_store", "test_history", "test_history_dense", "test_demands", "test_columns", "test_marks"))
ENGINES = ("sqlite", "postgresql")
PROCESSES = "runs processes, and they open the file"
OF_FILES = {
    "faults": "has a server of its own where it means one",
    "fuzz": "asks ten thousand times of a store",
    "test_benchmarks": PROCESSES,
    "test_cli": PROCESSES,
    "test_digests": "changes what lies in the file",
    "test_doors": "the quick door is for files",
    "test_example_database": "the file in the repository",
    "test_exports_cli": PROCESSES,
    "test_exports_peers": PROCESSES,
    "test_hostile_terminal": PROCESSES,
    "test_neighbours": "other programs open the file",
    "test_partitions": "has a file beside a server",
    "test_postgres": "has a file beside a server",
    "test_readme": PROCESSES,
    "test_schema": "SQLite's own words for the schema; test_postgres has the server's",
    "test_sql": "functions that SQLite calls back",
    "test_sql_door": "the door of SQLite; test_postgres has the server's",
    "test_watch": PROCESSES,
}
"""Modules and folders whose tests are of files, as if each bore the mark ``file``, with the reason."""


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "file: looks at the SQLite file itself, or has a process do so")
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell starts what runs behind; processes inherit it
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    chosen = os.environ.get("FX_TEST_ENGINE")
    path = metafunc.definition.path
    of_file = metafunc.definition.get_closest_marker("file") or {path.stem, path.parent.name} & OF_FILES.keys()
    if of_file or "engine" not in metafunc.fixturenames:
        return
    random = hasattr(metafunc.function, "hypothesis")  # too many stores; test_postgres.py has one of both
    both = metafunc.module.__name__.rpartition(".")[2] in ON_BOTH and not random
    engines = (chosen,) if chosen else ENGINES if both else ()
    if engines and engines != ("sqlite",):
        metafunc.parametrize("engine", engines, indirect=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server."""
    with server() as running:
        yield running


@pytest.fixture(scope="session")
def stores(postgres: Server) -> Callable[[str], str]:
    """The URL of the schema that stands for a path; one in memory is new each time."""
    made: dict[str, str] = {}
    version = f"CREATE TABLE alembic_version (version_num text); INSERT INTO alembic_version VALUES ('{HEAD}')"
    prepared = ";".join([*expected_schema("postgresql").values(), version])

    def url(target: str) -> str:
        if "://" in target:
            return target
        if target == ":memory:":  # there is no server to ask for one that is made when it is looked at
            return postgres.schema(prepared)
        path = os.path.abspath(target)  # noqa: PTH100 (as the process sees it now)
        if path not in made:
            made[path] = postgres.schema()
        return made[path]

    return url


@pytest.fixture(autouse=True)
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The engine on which stores are made, ``sqlite`` unless the test runs on another."""
    name = getattr(request, "param", "sqlite")
    if name == "postgresql":
        url: Callable[[str], str] = request.getfixturevalue("stores")
        ordinary = Store.__init__

        def opened(self: Store, target: str | Path, *rest: object, **named: object) -> None:
            ordinary(self, url(str(target)), *rest, **named)  # type: ignore[arg-type]

        monkeypatch.setattr(Store, "__init__", opened)
    return name
