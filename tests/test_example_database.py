"""The committed ``fx.db``."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from fx.store import Store
from tests.builders import EXAMPLES, ROOT
from tests.example_database import build, dump


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The committed file, in a folder where reading may leave what it likes."""
    return Path(shutil.copy(ROOT / "fx.db", tmp_path / "fx.db"))


def test_the_committed_database_is_what_loading_the_examples_gives(copy: Path, tmp_path: Path) -> None:
    build(tmp_path / "again.db")
    assert dump(tmp_path / "again.db") == dump(copy)


def test_a_clone_answers_at_once(copy: Path) -> None:
    with Store(copy) as store:
        assert store.check() == []
        assert str(store.convert("10000", "KZT", "USD", as_of="2025-12-31").result) == "19.20"
        rows = store.query("SELECT pair, rate_text, observed_at FROM latest_quotes ORDER BY pair")[1]
    assert rows == [
        ("KGS/USD", "0.01144", "2025-12-15"),
        ("KZT/USD", "0.00192", "2025-12-15"),
        ("TJS/USD", "0.10895", "2025-12-15"),
        ("TMT/USD", "0.28490", "2025-12-15"),
        ("UZS/USD", "0.00008", "2025-12-15"),
    ]


def test_loading_the_examples_over_it_changes_nothing(copy: Path) -> None:
    before = dump(copy)
    with Store(copy) as store:
        loaded = store.load(EXAMPLES, source="timesca")
    assert (loaded.documents, loaded.new, loaded.known) == (4, 0, 20)
    assert dump(copy) == before
