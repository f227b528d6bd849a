"""Every fifth system call on the database's files fails, or is the last: the ending is clear, and nothing told of is lost."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults import FULL
from tests.faults.made import Reference, dump, problems
from tests.faults.nursery import Nursery
from tests.faults.traced import counted, of_database, strace, traced

pytestmark = pytest.mark.skipif(bool(strace()), reason=f"NO SYSTEM CALL WAS FAILED: {strace()}")

PAGES = 12
STEP = 1 if FULL else 5
FAILURES = {
    "pwrite64": ("error=ENOSPC:when={}", "error=EIO:when={}", "error=ENOSPC:when={}+", "signal=KILL:when={}"),
    "fdatasync": ("error=EIO:when={}", "error=EIO:when={}+", "signal=KILL:when={}"),
    "openat": ("error=EMFILE:when={}", "error=EMFILE:when={}+", "signal=KILL:when={}"),
    "ftruncate": ("error=EIO:when={}", "error=ENOSPC:when={}+", "signal=KILL:when={}"),
    "fcntl": ("error=ENOLCK:when={}", "error=ENOLCK:when={}+", "error=EIO:when={}", "signal=KILL:when={}"),
}
"""What is done to the N-th of each call: once, from then on, or as the last thing of the process."""
SLOW = "error=ENOLCK:when={}+"
"""SQLite tries for ten seconds to have the locks of its log."""


def step_of(what: str, from_nothing: bool) -> int:
    """How many calls lie between two that are tried: making the schema takes many, and waiting for locks takes long."""
    return STEP if FULL else STEP * (100 if what == SLOW else 4 if from_nothing else 1)


@pytest.mark.parametrize("from_nothing", [False, True], ids=["prepared", "from nothing"])
@pytest.mark.parametrize("call", FAILURES)
def test_a_system_call_that_fails_or_is_the_last_loses_nothing(
    call: str,
    from_nothing: bool,
    nursery: Nursery,
    empty: Path,
    reference: Callable[[int], Reference],
    tmp_path: Path,
) -> None:
    whole = reference(PAGES)

    def tried(name: str, inject: str | None) -> Iterator[str]:
        nonlocal count
        folder = tmp_path / name
        folder.mkdir()
        path = folder / "fx.db"
        if not from_nothing:
            shutil.copyfile(empty, path)
        words = ("--db", str(path), "load", str(whole.pages), "-q")
        options = [*of_database(path), "-e", f"trace={call}", *(["-e", f"inject={call}:{inject}"] if inject else [])]
        child, trace = traced(nursery, folder / "run", words, options, batch=3, patience=300)
        if inject is None:
            count = counted(trace).get(call, 0)
        yield from problems(path, child.said, whole)
        if child.code not in {0, 4, -9}:
            yield f"it ended with {child.code}: {child.errors}"
        if child.code == 4 and (child.errors.count("\n") != 1 or ": " not in child.errors):
            yield f"it said {child.errors!r}"
        if child.code == 0 and len(child.said) != PAGES:
            yield "it ended well and did not tell of all"
        if child.code == 4:
            done = f" in {len(child.said)} document"
            if bool(child.said) != (done in child.out):
                yield f"it told of {len(child.said)} documents and summed up {child.out!r}"
        again = nursery.run(folder / "run", *words)
        if (again.code, again.errors) != (0, ""):
            yield f"run again it ended with {again.code}: {again.errors}"
        elif dump(path) != whole.dump:
            yield "running it again gives another database"

    count = 0
    assert list(tried("undisturbed", None)) == []
    assert count or call == "ftruncate"
    found = [
        f"{call} {what.format(number)} of {count}: {each}"
        for what in FAILURES[call]
        for number in range(1, count + 1, step_of(what, from_nothing))
        for each in tried(f"{number}-{what[:12]}-{what[-1]}", what.format(number))
    ]
    assert found == []
