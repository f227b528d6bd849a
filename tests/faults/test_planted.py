"""The tests of faults find bugs that are planted: otherwise their silence would mean nothing."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.made import Reference
from tests.faults.nursery import Nursery
from tests.faults.test_kills import killed

PAGES = 100
TRIES = 60


@pytest.mark.parametrize(
    ("bug", "words"),
    [
        ("commits between a document and its quotes", "is not whole"),
        ("tells before it commits", "was said to be kept"),
        ("forgets the marks", "is marked as plain rates"),
    ],
)
def test_a_planted_bug_is_found_by_killing(
    bug: str, words: str, nursery: Nursery, empty: Path, reference: Callable[[int], Reference], tmp_path: Path
) -> None:
    chance, found = random.Random(bug), []
    for number in range(TRIES):
        folder = tmp_path / str(number)
        folder.mkdir()
        shutil.copyfile(empty, folder / "fx.db")
        found = killed(nursery, folder / "fx.db", reference(PAGES), chance, 1, plant=bug)
        if found:
            break
    assert any(words in each for each in found)
