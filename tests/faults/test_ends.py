"""Whatever a database's path may be: each command ends with its code and one sentence, and touches and makes nothing."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import stat
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import fx
from fx.errors import StoreError
from fx.sql import HEAD
from tests.faults.made import Reference, dump, opened, write_pages
from tests.faults.nursery import Nursery

NOBODY = 65534
READS = {
    "convert": ("convert", "10000", "KZT", "USD", "--as-of", "2024-12-14"),
    "latest": ("latest", "--csv"),
    "sql": ("sql", "select 1"),
    "db check": ("db", "check"),
    "export": ("export", "csv"),
}
WRITES = {"load": ("load", "pages.jsonl", "-q"), "db upgrade": ("db", "upgrade")}
COMMANDS = READS | WRITES


@dataclass(frozen=True)
class End:
    """A thing that lies where the database should, and what commands say of it; one in ``works`` ends well."""

    make: Callable[[Path, Path], str]
    says: str
    load: str | None = None
    works: tuple[str, ...] = ()
    user: int = 0
    upgrade: str | None = None

    def of(self, command: str) -> str:
        """What a command says."""
        return {"load": self.load, "db upgrade": self.upgrade or self.load}.get(command) or self.says


def at(name: str, fill: Callable[[Path, Path], object]) -> Callable[[Path, Path], str]:
    """Something of this name in the folder."""

    def make(folder: Path, stocked: Path) -> str:
        fill(folder / name, stocked)
        return str(folder / name)

    return make


def cut(length: Callable[[int], int]) -> Callable[[Path, Path], str]:
    """A database that was cut off."""
    return at("fx.db", lambda path, stocked: path.write_bytes(stocked.read_bytes()[: length(stocked.stat().st_size)]))


def sql(*statements: str, of_fx: bool = True) -> Callable[[Path, Path], str]:
    """A database to which something was done."""

    def fill(path: Path, stocked: Path) -> None:
        if of_fx:
            shutil.copyfile(stocked, path)
        with opened(path) if of_fx else sqlite3.connect(path) as connection:
            for statement in statements:
                connection.execute(statement)
            connection.commit()
        connection.close()

    return at("fx.db", fill)


def with_mode(file: int, folder: int, *, log: bool = False) -> Callable[[Path, Path], str]:
    """A database with these permissions, in a folder with those; with a log that nobody has written back."""

    def make(home: Path, stocked: Path) -> str:
        place = home / "place"
        place.mkdir()
        shutil.copyfile(stocked, place / "fx.db")
        if log:
            with opened(place / "fx.db") as connection:
                connection.execute("PRAGMA wal_autocheckpoint=0")
                connection.execute("PRAGMA user_version=7")
                for end in ("", "-wal"):
                    shutil.copyfile(f"{place}/fx.db{end}", f"{place}/kept.db{end}")
            for end in ("", "-wal"):
                Path(f"{place}/kept.db{end}").replace(f"{place}/fx.db{end}")
        for each in place.iterdir():
            each.chmod(file)
        place.chmod(folder)
        return str(place / "fx.db")

    return make


def half_written(file: int, folder: int) -> Callable[[Path, Path], str]:
    """A database after a loss of power in the midst of a write by journal: its head tells of pages that never came."""

    def make(home: Path, stocked: Path) -> str:
        place = home / "place"
        place.mkdir()
        shutil.copyfile(stocked, place / "fx.db")
        with opened(place / "fx.db") as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
            before = (place / "fx.db").read_bytes()
            connection.execute("PRAGMA cache_size=1")  # what is written is put down at once, the journal of it first
            connection.execute("BEGIN")
            connection.execute("CREATE TABLE more AS SELECT zeroblob(1000000) AS much")
            journal = (place / "fx.db-journal").read_bytes()
            connection.commit()
        connection.close()
        (place / "fx.db").write_bytes((place / "fx.db").read_bytes()[:4096] + before[4096:])
        (place / "fx.db-journal").write_bytes(journal)
        for each in place.iterdir():
            each.chmod(file)
        place.chmod(folder)
        return str(place / "fx.db")

    return make


ENDS = {
    "nothing": End(at("none.db", lambda *_: None), "there is no database", works=("load", "db upgrade")),
    "a text": End(
        at("fx.db", lambda path, _: path.write_text("prose, and plenty of it\n")), "is not an SQLite database"
    ),
    "ten bytes": End(cut(lambda _: 10), "is not an SQLite database"),
    "half a database": End(cut(lambda size: size // 2), "is damaged"),
    "a head alone": End(cut(lambda _: 100), "is damaged"),
    "somebody else's": End(sql("CREATE TABLE quote (id INTEGER)", of_fx=False), "but not one of fx"),
    "one of a newer fx": End(
        sql("UPDATE alembic_version SET version_num = '9999'"), f"is at schema 9999, this fx knows {HEAD}: upgrade fx"
    ),
    "one of an older fx": End(
        sql("UPDATE alembic_version SET version_num = '0000'"),
        f"is at schema 0000, this fx reads {HEAD}: run 'fx db upgrade'",
        upgrade="is at schema 0000, which this fx does not know",
    ),
    "a folder": End(at("fx.db", lambda path, _: path.mkdir()), "is a folder"),
    "an empty file": End(at("fx.db", lambda path, _: path.touch()), "is empty", works=("load", "db upgrade")),
    "a database of nothing": End(
        sql("PRAGMA user_version=1", of_fx=False), "holds nothing yet", works=("load", "db upgrade")
    ),
    "a link to nowhere": End(
        at("fx.db", lambda path, _: path.symlink_to("nowhere.db")), "there is no database", load="is a link to nowhere"
    ),
    "a link to itself": End(
        at("fx.db", lambda path, _: path.symlink_to("fx.db")), "too many levels", load="is a link to nowhere"
    ),
    "/dev/null": End(lambda *_: "/dev/null", "is no file but a device"),
    "/dev/full": End(lambda *_: "/dev/full", "is no file but a device"),
    "a pipe": End(at("fx.db", lambda path, _: os.mkfifo(path)), "is no file but a device or a pipe"),
    "a file that is another's": End(with_mode(0o600, 0o755), "permission denied", user=NOBODY),
    "a folder that is another's": End(
        with_mode(0o644, 0o700), "permission denied", load="cannot be opened", user=NOBODY
    ),
    "a file to be read only": End(
        with_mode(0o444, 0o755), "", load="may not be written to", works=tuple(READS), user=NOBODY
    ),
    "a log to be read only": End(
        with_mode(0o444, 0o755, log=True), "has a log beside it", load="has a log beside it", user=NOBODY
    ),
    "a journal to be read only": End(
        half_written(0o444, 0o755), "has a journal of a write", load="has a journal of a write", user=NOBODY
    ),
    "half a write, and the journal of it": End(half_written(0o644, 0o755), "", works=tuple(COMMANDS)),
    "a folder to be read only": End(
        at("made/fx.db", lambda path, _: path.parent.mkdir(0o755)),
        "there is no database",
        load="cannot be opened",
        user=NOBODY,
    ),
    "a folder under a file": End(
        at("file/fx.db", lambda path, _: path.parent.write_text("a file")), "not a directory", load="cannot be made"
    ),
}


def state_of(folder: Path) -> dict[str, str]:
    """Every file of a folder with its kind, permissions and bytes."""
    state = {}
    for each in sorted(folder.rglob("*")):
        mode = each.lstat().st_mode
        held = hashlib.sha256(each.read_bytes()).hexdigest() if stat.S_ISREG(mode) else ""
        state[str(each.relative_to(folder))] = f"{mode:o} {held} {each.readlink() if each.is_symlink() else ''}"
    return state


@pytest.fixture(scope="module")
def stocked(reference: Callable[[int], Reference]) -> Path:
    """A database with some pages in it."""
    return reference(20).pages.with_name("fx.db")


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that anybody may look into, which those of pytest are not."""
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o755)
        folder = Path(made) / "home"
        for each in (folder, folder.with_name("run")):
            each.mkdir()
            each.chmod(0o755)
        write_pages(folder.with_name("run"), 2).rename(folder.with_name("run") / "pages.jsonl")
        yield folder


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("what", ENDS)
def test_each_wrong_database_has_its_end_and_nothing_is_touched_or_made(
    what: str, command: str, nursery: Nursery, stocked: Path, place: Path
) -> None:
    end = ENDS[what]
    if end.user and os.getuid():
        pytest.skip("only root may become nobody")
    path = end.make(place, stocked)
    run = place.with_name("run")
    before = state_of(place)
    child = nursery.run(run, "--db", path, *COMMANDS[command], user=end.user)
    if command in end.works:
        assert (child.code, child.errors) == (0, "")
        return
    assert child.code == 4, child.errors
    assert child.errors.count("\n") == 1
    assert ": " in child.errors
    if command == "db check":  # it may list on stdout what it finds
        assert (child.out + child.errors).count(end.of(command)) == 1
    else:
        assert child.out.strip() == ""
        assert end.of(command) in child.errors
    after = state_of(place)
    if what == "one of an older fx":
        assert after.pop("fx.at-0000.db", None) or command != "db upgrade"
    assert after == before


@pytest.mark.parametrize("what", [name for name, end in ENDS.items() if not end.user and not end.works])
def test_the_library_raises_what_the_command_says(what: str, stocked: Path, place: Path) -> None:
    path = ENDS[what].make(place, stocked)
    before = state_of(place)
    with fx.open(path) as store, pytest.raises(StoreError) as caught:
        store.latest()
    assert ENDS[what].says in caught.value.message
    with fx.open(path) as store, pytest.raises(StoreError) as caught:
        store.load_text("KZT/USD = 0.0019", observed_at="2024-12-14")
    assert ENDS[what].of("load") in caught.value.message
    assert state_of(place) == before


@pytest.mark.parametrize(
    "name",
    [
        b"a?mode=memory.db",
        b"a#b.db",
        b"100%25.db",
        b" a b .db",
        "ünï\u202e.db".encode(),
        b"caf\xe9\xff.db",
        b"two\nlines.db",
        b"-x.db",
        b"a'b\".db",
        b"file:fx.db",
    ],
    ids=repr,
)
def test_odd_names_are_names_for_every_command(name: bytes, nursery: Nursery, place: Path) -> None:
    path = place / os.fsdecode(name)
    run = place.with_name("run")
    for command in ("load", *READS, "db upgrade"):
        child = nursery.run(run, f"--db={path}", *COMMANDS[command])
        assert child.code in ({0, 1} if command == "convert" else {0}), (command, child.errors)
    assert list(place.iterdir()) == [path]
    with sqlite3.connect(os.fsencode(path)) as connection:
        assert connection.execute("SELECT count(*) FROM documents").fetchone() == (2,)
    connection.close()


def test_an_older_database_is_copied_before_it_is_upgraded_and_every_copy_stays(
    nursery: Nursery, stocked: Path, place: Path, tmp_path: Path
) -> None:
    path = Path(ENDS["one of an older fx"].make(place, stocked))
    was = dump(path)
    (place / "fx.at-0000.db").write_text("an older copy")
    child = nursery.run(tmp_path / "run", "--db", str(path), "db", "upgrade")
    assert dump(place / "fx.at-0000.1.db") == was
    assert (place / "fx.at-0000.db").read_text() == "an older copy"
    assert child.code == 4  # the revision is made up; that real ones arrive is held by tests/test_schema.py
    assert sorted(each.name for each in place.iterdir()) == ["fx.at-0000.1.db", "fx.at-0000.db", "fx.db"]
