"""Killed at any moment, a load leaves whole documents, all that it told of, and can be run again."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults import KILLS
from tests.faults.made import Reference, dump, problems
from tests.faults.nursery import Child, Nursery

SIZES = (1, 2, 20, 21, 40, 100, 100, 300, 300, 1000)
LARGE = 10_000


def wait_somewhere(child: Child, whole: Reference, chance: random.Random) -> None:
    """Wait for a moment of a load: by the clock, or, since the machine may be quick or slow today, by what it told of."""
    if chance.random() < 0.5:
        began, seconds = time.monotonic(), chance.uniform(0, whole.seconds * 1.05)
        while (left := began + seconds - time.monotonic()) > 0:
            time.sleep(min(left, 0.01))
            if child.look() is not None:  # where the disk stood still for the first one, this is what shows it
                whole.seconds = min(whole.seconds, time.monotonic() - began)
                return
        return
    wanted = chance.randrange(whole.count)
    while child.code is None and len(child.said) < wanted:
        child.look()
        time.sleep(0.0005)
    time.sleep(chance.uniform(0, 0.005))


def killed(
    nursery: Nursery, path: Path, whole: Reference, chance: random.Random, kills: int, **how: object
) -> list[str]:
    """Kill a load of pages so many times at random moments, looking at what is left, and let the last one end."""
    folder = path.parent / "run"
    words = ("--db", str(path), "load", str(whole.pages), "-q")
    said: list[str] = []
    for number in range(kills):
        child = nursery.start(folder, *words, **how)
        wait_somewhere(child, whole, chance)
        assert (child.code if child.code is not None else child.kill()) in {-9, 0}, child.errors
        said = sorted({*said, *child.said})
        found = problems(path, said, whole, thorough=whole.count <= 300)
        if found:
            return [f"after kill {number + 1}: {each}" for each in found]
    last = nursery.run(folder, *words)
    assert (last.code, last.errors) == (0, "")
    left = sorted(each.name for each in path.parent.iterdir() if each.name.startswith(path.name))
    found = [] if left == [path.name] else [f"left behind: {left}"]
    return found + ([] if dump(path) == whole.dump else ["running it again gives another database"])


@pytest.mark.parametrize("turn", range(10))
def test_a_load_killed_at_any_moment_leaves_whole_documents_and_can_be_run_again(
    turn: int, nursery: Nursery, empty: Path, reference: Callable[[int], Reference], tmp_path: Path
) -> None:
    chance = random.Random(turn)
    for number in range(KILLS // 10):
        folder = tmp_path / str(number)
        folder.mkdir()
        shutil.copyfile(empty, folder / "fx.db")
        assert killed(nursery, folder / "fx.db", reference(chance.choice(SIZES)), chance, 1) == []


def test_a_load_of_ten_thousand_documents_killed_again_and_again_loses_none(
    nursery: Nursery, empty: Path, reference: Callable[[int], Reference], tmp_path: Path
) -> None:
    shutil.copyfile(empty, tmp_path / "fx.db")
    assert killed(nursery, tmp_path / "fx.db", reference(LARGE), random.Random(1), max(1, KILLS // 100)) == []


def test_a_load_killed_while_it_makes_its_database_leaves_one_that_can_be_loaded_into(
    nursery: Nursery, reference: Callable[[int], Reference], tmp_path: Path
) -> None:
    chance = random.Random(2)
    whole = reference(2)
    for number in range(max(8, KILLS // 10)):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert killed(nursery, folder / "fx.db", whole, chance, 1) == []
