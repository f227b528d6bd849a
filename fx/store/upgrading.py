"""A database brought to the schema of this fx, once a copy of it as it was lies beside it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from fx.beside import path_beside
from fx.errors import NotAStore, StoreError
from fx.store.care import copied
from fx.store.faults import translated
from fx.store.files import address

__all__ = ["Upgraded", "copy_beside"]


@dataclass(frozen=True, slots=True)
class Upgraded:
    """What an upgrade did: the revision ``before`` it ('' for an empty database), and the ``copy`` of what was."""

    before: str
    copy: Path | None = None


def copy_beside(path: str, revision: str) -> Path:
    """Copy a database of any revision beside itself under a name that is free; returns that.

    The copy is put there when it is whole and SQLite finds it sound. Raises `NotAStore` for a database that is damaged,
    and `StoreError` where it cannot be written.
    """
    whole = Path(path)
    names = (f"{whole.stem}.at-{revision}{f'.{number}' if number else ''}{whole.suffix}" for number in count())
    target = next(each for each in (whole.with_name(name) for name in names) if not each.exists())
    try:
        with (
            path_beside(target, like=path) as copy,
            translated(path),
            closing(sqlite3.connect(address(path, "mode=ro"), uri=True, isolation_level=None)) as raw,
            closing(sqlite3.connect(copy, isolation_level=None)) as out,
        ):
            copied(raw, out)
            found = out.execute("PRAGMA integrity_check").fetchone()[0]
            if found != "ok":
                raise NotAStore(f"{path} is damaged ({found}) and was left as it is: restore a backup", target=path)
    except OSError as error:
        raise StoreError(
            f"{target} cannot be written ({(error.strerror or str(error)).lower()}) and nothing was upgraded: "
            "see to its folder",
            target=path,
        ) from None
    return target
