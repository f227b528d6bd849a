"""A file written beside its place and put there when it is whole: an interrupted run leaves what was there."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from fx.errors import UsageError

__all__ = ["beside_database", "path_beside", "written_beside"]


@contextmanager
def written_beside(path: str | Path) -> Iterator[BinaryIO]:
    """A binary file that takes the place of ``path`` (of what a link points to) once the block ends well.

    What is no ordinary file (``/dev/null``, a pipe) is written to as it comes. Raises `OSError`, and `UsageError`
    rather than replace a database.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with written_beside(Path(folder) / "a.csv") as out:
    ...         written = out.write(b"whole")
    ...     (Path(folder) / "a.csv").read_bytes(), len(os.listdir(folder))
    (b'whole', 1)
    """
    target = Path(os.path.realpath(path))
    if is_database(target):
        raise UsageError(f"{target.name} belongs to a database and would be lost: give another name", path=str(target))
    mode = target.stat().st_mode if target.exists() else None
    if mode is not None and not stat.S_ISREG(mode):
        with target.open("wb") as out:
            yield out
        return
    with path_beside(target) as name, name.open("wb") as out:
        yield out
        out.flush()
        os.fsync(out.fileno())


@contextmanager
def path_beside(path: str | Path, like: str | Path | None = None) -> Iterator[Path]:
    """The path of an empty file, its writer's alone, that takes the place of ``path`` once the block ends well.

    It then has the permissions of the file it replaces, else those of the file that it is ``like``, else those of a new
    file. Raises `OSError`.
    """
    target = Path(os.path.realpath(path))
    model = next((each for each in (target, like and Path(like)) if each and each.exists()), None)
    mode = model.stat().st_mode if model else None
    # Named before it is made: a signal may come between any two steps, and `tempfile` tells the name only afterwards.
    name = target.with_name(f".{target.name}.{os.urandom(4).hex()}.part")
    try:
        os.close(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        yield name
        name.chmod(stat.S_IMODE(mode) if mode is not None else 0o666 & ~umask())
        name.replace(target)
    except BaseException:
        with suppress(OSError):
            name.unlink()
        raise


DATABASE = b"SQLite format 3\0"
BESIDE_DATABASE = re.compile(r"(?P<database>.+)-(?:wal|shm|journal)", re.DOTALL)


def is_database(path: Path) -> bool:
    """Whether a path is a database of SQLite, or what SQLite keeps beside one.

    >>> import sqlite3, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = sqlite3.connect(Path(folder) / "fx.db").executescript("create table a (b)").connection.close()
    ...     [is_database(Path(folder) / name) for name in ("fx.db", "fx.db-wal", "fx.csv", "fx.csv-wal")]
    [True, True, False, False]
    """
    if beside_database(path):
        return True
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(DATABASE)) == DATABASE


def beside_database(path: Path) -> bool:
    """Whether a path is that of what SQLite keeps beside a database: its log, the log's index, or its journal."""
    beside = BESIDE_DATABASE.fullmatch(path.name)
    return beside is not None and is_database(path.with_name(beside["database"]))


def umask() -> int:
    """What new files are not permitted; it can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
