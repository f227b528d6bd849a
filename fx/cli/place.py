"""Which database is meant: the one named, else ``FX_DB``, else ``./fx.db``, else the one in the user's data folder."""

from __future__ import annotations

import os
from collections.abc import Mapping

__all__ = ["chosen_place"]

FILE_NAME = "fx.db"


def chosen_place(named: str | None, environment: Mapping[str, str], folder: str = "") -> tuple[str, str]:
    """A database by path or URL, and why that one (for ``fx info``); ``folder`` is the current one.

    >>> chosen_place("my.db", {}), chosen_place(None, {"FX_DB": "x.db"})
    (('my.db', 'named by --db'), ('x.db', 'named by FX_DB'))
    """
    if named:
        return at_home(named), "named by --db"
    if environment.get("FX_DB"):
        return at_home(environment["FX_DB"]), "named by FX_DB"
    if os.path.exists(os.path.join(folder, FILE_NAME)):
        return FILE_NAME, "found in the current folder"
    if environment.get("XDG_DATA_HOME"):
        data = environment["XDG_DATA_HOME"]
    elif os.name == "nt" and environment.get("LOCALAPPDATA"):  # pragma: no cover - Windows
        data = environment["LOCALAPPDATA"]
    else:
        data = os.path.join(environment.get("HOME") or os.path.expanduser("~"), ".local", "share")
    reason = "in the user's data folder, since the current folder has no fx.db"
    return os.path.join(data, "fx", FILE_NAME), reason


def at_home(path: str) -> str:
    """A path whose ``~`` no shell has replaced, as in ``--db=~/fx.db``; a folder of that name is never meant.

    >>> at_home("~/fx.db") == os.path.expanduser("~/fx.db"), at_home("./~/fx.db"), at_home("~no-user.db")
    (True, './~/fx.db', '~no-user.db')
    """
    return os.path.expanduser(path) if path.startswith("~") else path
