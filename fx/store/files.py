"""The file that a database is: which one a target names, whether it is one, and a connection that keeps its folder.

Imports nothing that `sqlite3` does not import itself: every command begins here.
"""

from __future__ import annotations

import os
import sqlite3

from fx.errors import NotAStore, StoreError, StoreMissing

__all__ = [
    "BUSY_MILLISECONDS",
    "CACHE",
    "HEADER",
    "MEMORY",
    "address",
    "beside",
    "check_file",
    "holds_something",
    "open_anchor",
    "path_of",
    "refuse_special",
    "signs_of",
]

MEMORY = ":memory:"
HEADER = b"SQLite format 3\x00"
HEAD_BYTES = 100
BUSY_MILLISECONDS = 30_000
CACHE = "PRAGMA cache_size=-65536"
"""Keep up to 64 MiB of a database at hand: a cross looks into hundreds of series, a load adds to as many.

The last leaves of the 14,365 pairs of 170 currencies are 56 MiB: with 32 every question read 80 pages again.
"""


def path_of(target: str) -> str | None:
    """The file that a path or ``sqlite:///`` URL names; None for one in memory or on a server, else `StoreError`.

    >>> path_of("a?b.db"), path_of("sqlite:///fx.db"), path_of(":memory:")
    ('a?b.db', 'fx.db', None)
    """
    if target == MEMORY:
        return None
    if "://" not in target:
        return target
    from fx.store.addresses import address_of_server, without_password  # noqa: PLC0415 (a path is none)

    if address_of_server(target):
        return None
    from sqlalchemy.engine import make_url  # noqa: PLC0415 (0.2 s, and a path needs none)
    from sqlalchemy.exc import ArgumentError  # noqa: PLC0415

    try:
        url = make_url(target)
    except ArgumentError:
        url = None
    if url is None or url.get_backend_name() != "sqlite":
        raise StoreError(
            f"{target.split('://', maxsplit=1)[0]} is not a database this fx can open: name a file, or one on a server "
            "as postgresql://user@host/name",
            target=without_password(target),
        )
    if url.host is not None or "?" in target:  # left out without a word, it may be the name, or ``mode=ro``
        raise StoreError(
            f"{without_password(target)} names a host or options, a file has none: write sqlite:///fx.db, or a path",
            target=without_password(target),
        )
    return None if url.database in {None, "", MEMORY} else url.database


def check_file(path: str) -> None:
    """Make sure that an existing SQLite database lies there, touching nothing; raises `StoreMissing` or `NotAStore`."""
    if os.path.isdir(path):
        raise NotAStore(f"{path} is a folder: name the database file in it", target=path)
    refuse_special(path)
    try:
        start = head_of(path)
    except FileNotFoundError:
        raise StoreMissing(
            f"there is no database {path}: make one with 'fx load FILE' or name another with --db", target=path
        ) from None
    except OSError as error:
        raise StoreError(
            f"{path} cannot be opened ({(error.strerror or str(error)).lower()}): check its permissions", target=path
        ) from None
    if not start:
        raise NotAStore(f"{path} is empty: load something into it with 'fx load FILE'", target=path)
    if not start.startswith(HEADER):
        raise NotAStore(f"{path} is not an SQLite database: name another with --db", target=path)
    if is_cut_off(path, start):
        raise NotAStore(f"{path} is damaged: its end is missing: restore a backup", target=path)


def head_of(path: str) -> bytes:
    """The first bytes of a file, by which SQLite knows it; raises `OSError`."""
    with open(path, "rb") as opened:
        return opened.read(HEAD_BYTES)


def is_cut_off(path: str, start: bytes) -> bool:
    """Whether a file is shorter than the first bytes of it say; SQLite would leave side files where it finds that out.

    Nothing is said of one beside which something lies that belongs to it: a log may bring the rest, and one who writes
    with a journal writes the first page, with the new size in it, before the last. What he has ended meanwhile is
    looked at again.
    """
    while len(start) == HEAD_BYTES:
        if start[24:28] != start[92:96] or beside(path):  # the size is not kept by every writer
            return False
        size = int.from_bytes(start[16:18], "big")
        if os.path.getsize(path) >= (65536 if size == 1 else size) * int.from_bytes(start[28:32], "big"):
            return False
        before, start = start, head_of(path)
        if before == start:
            return True
    return True


def refuse_special(path: str) -> None:
    """Raise `NotAStore` for a device or a pipe: opening one may wait for ever, and SQLite makes files beside it."""
    if os.path.exists(path) and not os.path.isdir(path) and not os.path.isfile(path):
        raise NotAStore(f"{path} is no file but a device or a pipe: name another with --db", target=path)


def holds_something(path: str) -> bool:
    """Whether anything but an empty file lies at a path.

    >>> holds_something("/"), holds_something("/nowhere/at/all")
    (True, False)
    """
    try:
        return os.path.isdir(path) or os.path.getsize(path) > 0
    except OSError:
        return False


def address(path: str, mode: str) -> str:
    """A path as SQLite's URI, where ``?``, ``#`` and ``%`` would begin something else.

    >>> address("/tmp/50%?.db", "mode=ro")
    'file:///tmp/50%25%3f.db?mode=ro'
    """
    whole = os.path.join(os.getcwd(), path).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    return f"file://{whole}?{mode}"


def open_anchor(path: str, opened: list[sqlite3.Connection] | None = None) -> sqlite3.Connection | None:
    """An idle connection that may clear side files away, or None where the file or its folder may not be written.

    It is put behind what is ``opened`` before it touches the file.
    """
    opened = [] if opened is None else opened
    try:
        check_file(path)
        opened.append(
            sqlite3.connect(address(path, "mode=rw"), uri=True, isolation_level=None, check_same_thread=False)
        )
    except (sqlite3.Error, StoreError):
        return None
    try:
        opened[-1].execute("SELECT 1 FROM sqlite_master").fetchone()
    except BaseException as error:  # Ctrl-C too
        opened.pop().close()
        if isinstance(error, sqlite3.Error):
            return None
        raise
    return opened[-1]


def beside(path: str) -> str:
    """What lies beside a database and belongs to it: ``log``, ``journal`` (of a write that has not ended) or nothing.

    A journal that begins with a zero is none (https://www.sqlite.org/lockingv3.html, "hot journals").
    """
    try:
        if os.path.getsize(path + "-wal"):
            return "log"
    except OSError:  # there is none, or whoever closed the database last has just taken it away
        pass
    try:
        with open(path + "-journal", "rb") as opened:
            return "journal" if opened.read(1) > b"\0" else ""
    except FileNotFoundError:
        return ""
    except OSError:  # it lies there, and may not be read
        return "journal"


def signs_of(path: str) -> tuple[object, ...]:
    """What tells that a database file was written to: its size and time, and whether a log lies beside it."""
    try:
        status = os.stat(path)
    except OSError:  # it is gone: whoever opens it says so
        return ()
    return status.st_size, status.st_mtime_ns, os.path.exists(path + "-wal")
