"""What the tests of faults share: the nursery, a database prepared, and what undisturbed loads leave."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import fx
from tests.faults.made import Reference, write_pages
from tests.faults.nursery import Nursery
from tests.faults.traced import strace


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly what was not tried: a run without it is not the proof that it looks like."""
    if strace():
        terminalreporter.write_sep("!", f"no power was cut and no system call failed: {strace()}", red=True, bold=True)


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Where processes come from."""
    with Nursery() as made:
        yield made


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that has its schema, and nothing in it."""
    path = tmp_path_factory.mktemp("empty") / "fx.db"
    with fx.open(path) as store:
        store.writing()
    return path


@pytest.fixture(scope="session")
def reference(nursery: Nursery, empty: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Reference]:
    """What an undisturbed load of so many pages leaves, and how long it took."""
    made: dict[int, Reference] = {}

    def of(count: int) -> Reference:
        if count not in made:
            folder = tmp_path_factory.mktemp(f"whole-{count}")
            pages = write_pages(folder, count)
            shutil.copyfile(empty, folder / "fx.db")
            began = time.monotonic()
            child = nursery.run(folder / "run", "--db", str(folder / "fx.db"), "load", str(pages), "-q")
            seconds = time.monotonic() - began
            assert (child.code, child.errors) == (0, "")
            assert len(child.said) == count
            made[count] = Reference.of(folder / "fx.db", pages, count, seconds)
        return made[count]

    return of
