"""The power goes at any moment: with fx's settings nothing told of is lost, with weaker ones the same test is red."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.faults.images import Disk, images
from tests.faults.made import Reference, problems
from tests.faults.nursery import Nursery
from tests.faults.planted import mount_table
from tests.faults.traced import strace, watched

pytestmark = pytest.mark.skipif(bool(strace()), reason=f"NO POWER LOSS WAS TRIED: {strace()}")

PAGES = 36
IMAGES = 1000
SMALL_LOG = {"wal_autocheckpoint": "8"}
"""So that the log goes into the database again and again."""


def lost(
    nursery: Nursery,
    folder: Path,
    start: Path | None,
    whole: Reference,
    count: int,
    **how: Any,
) -> tuple[int, list[str]]:
    """Load pages, and look at so many images of what the disk may hold; how many there were, and what is wrong."""
    home = folder / "home"
    home.mkdir(parents=True)
    path = home / "fx.db"
    if start is not None:
        shutil.copyfile(start, path)
    disk = Disk.of(home, [path] if start else [])
    words = ("--db", str(path), "load", str(whole.pages), "-q")
    child, calls = watched(nursery, home / "run", words, home, batch=3, **how)
    assert (child.code, child.errors) == (0, "")
    assert len(child.said) == whole.count
    calls = [call for call in calls if not call.path.endswith("-shm")]
    assert {call.kind for call in calls} >= {"write", "append"}
    chance, each, seen, found = random.Random(1), -(-count // len(calls)), 0, []
    for number, (what, files, said) in enumerate(images(disk, calls, each, chance)):
        place = folder / "image"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        for name, held in files.items():
            (place / Path(name).name).write_bytes(held)
        found += [f"{what}: {each}" for each in problems(place / "fx.db", said, whole, thorough=number % 50 == 0)[:1]]
        seen += 1
    return seen, found


@pytest.mark.parametrize(
    ("how", "from_nothing"),
    [
        pytest.param({}, False, id="as it is"),
        pytest.param({"pragmas": SMALL_LOG}, False, id="with a small log"),
        pytest.param({}, True, id="from nothing"),
        pytest.param({"kind": "nfs4"}, False, id="with a journal"),
    ],
)
def test_what_was_told_of_survives_a_loss_of_power(
    how: dict[str, Any],
    from_nothing: bool,
    nursery: Nursery,
    empty: Path,
    reference: Callable[[int], Reference],
    tmp_path: Path,
) -> None:
    if "kind" in how:
        how = {"mounts": mount_table(tmp_path, how["kind"])}
    seen, found = lost(nursery, tmp_path / "it", None if from_nothing else empty, reference(PAGES), IMAGES // 4, **how)
    assert found == []
    assert seen >= IMAGES // 4


@pytest.mark.parametrize("synchronous", ["NORMAL", "OFF"])
def test_with_less_care_the_same_test_finds_what_is_lost(
    synchronous: str, nursery: Nursery, empty: Path, reference: Callable[[int], Reference], tmp_path: Path
) -> None:
    less = {"synchronous": synchronous, **SMALL_LOG}
    _, found = lost(nursery, tmp_path / "it", empty, reference(PAGES), IMAGES // 8, pragmas=less)
    assert any("was said to be kept" in each for each in found)
    if synchronous == "OFF":
        assert any("integrity" in each or "SQLite says" in each for each in found)
