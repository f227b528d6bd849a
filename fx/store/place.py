"""Which database is meant: the one named, else ``FX_DB``, else ``./fx.db``, else the one in the user's data folder."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Place", "chosen_place"]

FILE_NAME = "fx.db"


@dataclass(frozen=True, slots=True)
class Place:
    """A database by path or URL, and why that one (for ``fx info``)."""

    target: str
    reason: str


def chosen_place(named: str | None, environment: Mapping[str, str], folder: Path) -> Place:
    """Choose as the module says; ``folder`` is the current one.

    >>> chosen_place("my.db", {}, Path("/")).reason, chosen_place(None, {"FX_DB": "x.db"}, Path("/")).target
    ('named by --db', 'x.db')
    """
    if named:
        return Place(named, "named by --db")
    if environment.get("FX_DB"):
        return Place(environment["FX_DB"], "named by FX_DB")
    if (folder / FILE_NAME).exists():
        return Place(FILE_NAME, "found in the current folder")
    if environment.get("XDG_DATA_HOME"):
        data = Path(environment["XDG_DATA_HOME"])
    elif os.name == "nt" and environment.get("LOCALAPPDATA"):
        data = Path(environment["LOCALAPPDATA"])
    else:
        data = Path(environment.get("HOME") or Path.home()) / ".local" / "share"
    return Place(str(data / "fx" / FILE_NAME), "in the user's data folder, since the current folder has no fx.db")
