"""Makes the ``fx.db`` of the checkout: what loading ``examples/`` gives, at a fixed time of recording.

Run ``python -m tests.example_database`` after a change to the examples or the schema.
"""

from __future__ import annotations

import contextlib
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from fx.store import Store
from tests.builders import ROOT

RECORDED_AT = datetime(2026, 1, 1, tzinfo=UTC)


def build(path: Path) -> None:
    """Load the examples into a new database at ``path``."""
    with contextlib.chdir(ROOT), Store(path, lambda: RECORDED_AT) as store:
        store.load("examples", source="timesca")


def dump(path: Path) -> list[str]:
    """Every table, row and view of a database, as SQL; the order of the schema's views does not count."""
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return sorted(connection.iterdump())


if __name__ == "__main__":
    (ROOT / "fx.db").unlink(missing_ok=True)
    build(ROOT / "fx.db")
