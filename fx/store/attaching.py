"""Other SQLite files beside ours for one statement, each opened for reading only, by the database itself."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from fx.errors import NotAStore, StoreError, StoreMissing, UsageError
from fx.exact import shown
from fx.store.files import HEADER, address, beside, open_anchor
from fx.store.plainly import Connection, driver_of

__all__ = ["attached", "named_files"]

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")
TAKEN = frozenset(("main", "temp"))
MOST = 10
"""Files that SQLite attaches at once, as it is commonly built."""


def named_files(attach: Mapping[str, str | Path] | Sequence[str | Path]) -> dict[str, str]:
    """Files by schema name: as given by name, as ``name=PATH``, or by the file's stem. Raises `UsageError`.

    >>> named_files(["books/ledger.db", "old=2023-ledger.db"])
    {'ledger': 'books/ledger.db', 'old': '2023-ledger.db'}
    """
    if isinstance(attach, Mapping):
        pairs = [(name, str(path)) for name, path in attach.items()]
    else:
        pairs = [pair_of(str(each)) for each in attach]
    found: dict[str, str] = {}
    for name, path in pairs:
        if not NAME.fullmatch(name) or name.lower() in TAKEN:
            raise UsageError(f"{shown(name)} cannot name a database: give it a name as in --attach ledger={path}")
        if name.lower() in map(str.lower, found):
            raise UsageError(f"two files are called {name}: give one a name as in --attach other={path}")
        found[name] = path
    if len(found) > MOST:
        raise UsageError(f"{len(found)} files cannot be attached at once: take at most {MOST}")
    return found


def pair_of(written: str) -> tuple[str, str]:
    """Name and path of one ``--attach``; a file that has an equals sign in its name is that file."""
    name, equals, path = written.partition("=")
    if equals and NAME.fullmatch(name) and not Path(written).exists():
        return name, path
    return Path(written).stem, written


def check_attachable(path: str) -> None:
    """Make sure that an SQLite database lies there, touching nothing; raises `StoreMissing` or `NotAStore`."""
    try:
        with Path(path).open("rb") as opened:
            start = opened.read(len(HEADER))
    except FileNotFoundError:
        raise StoreMissing(f"there is no file {path} to attach: check the path", target=path) from None
    except OSError as error:
        raise StoreError(
            f"{path} cannot be attached ({(error.strerror or str(error)).lower()}): name an SQLite database",
            target=path,
        ) from None
    if start != HEADER:
        raise NotAStore(f"{path} is not an SQLite database: attach one that is", target=path)


@contextmanager
def attached(connection: Connection, files: Mapping[str, str]) -> Iterator[None]:
    """Attach files for the time of one statement, which itself can attach none."""
    raw = driver_of(connection)
    if not files or raw is None:
        yield
        return
    with ExitStack() as stack:
        before = raw.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, MOST)
        try:
            for name, path in files.items():
                check_attachable(path)
                attach(raw, name, path, stack)
        finally:
            raw.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, before)
        try:
            yield
        finally:
            connection.rollback()  # what is still open holds the files


def attach(raw: sqlite3.Connection, name: str, path: str, stack: ExitStack) -> None:
    """Attach one file; when the stack is left it is let go, and its folder is as it was."""
    if beside(path) != "log":
        # Reading a database in WAL mode makes side files that only a writer's connection may clear away.
        anchor = open_anchor(path)
        if anchor is not None:
            stack.callback(anchor.close)
    try:
        try:
            raw.execute(f'ATTACH ? AS "{name}"', (address(path, "mode=ro"),))
            stack.callback(raw.execute, f'DETACH "{name}"')
            raw.execute(f'SELECT 1 FROM "{name}".sqlite_master').fetchone()
        except sqlite3.OperationalError:
            if beside(path):
                raise
            raw.execute(f'DETACH "{name}"')
            raw.execute(f'ATTACH ? AS "{name}"', (address(path, "mode=ro&immutable=1"),))
            raw.execute(f'SELECT 1 FROM "{name}".sqlite_master').fetchone()
    except sqlite3.Error as error:
        raise NotAStore(f"{path} cannot be attached ({error}): attach a sound SQLite database", target=path) from error
