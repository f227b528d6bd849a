"""``fx db``: the care of the database file, and its description for those who open it without fx."""

from __future__ import annotations

from typing import Annotated

from fx.cli.options import Database, Quiet, Session
from fx.cli.words import Argument, Context, Option, echo
from fx.errors import StoreError, UsageError

__all__ = ["COMMANDS", "HELP"]

HELP = "Care for the database: prove it sound, copy it, give room back, upgrade it, describe it to Datasette."


def say(sentence: str) -> None:
    """Print a sentence that may hold a name from outside."""
    from fx.exports.rows import clean

    echo(clean(sentence))


def init(
    context: Context,
    partition: Annotated[
        str | None, Option("--partition", metavar="year", help="Keep the quotes in parts by year (PostgreSQL).")
    ] = None,
    db: Database = None,
    quiet: Quiet = False,
) -> None:
    """Make an empty database; 'fx load' does it by itself, but not in parts."""
    from fx.sql import HEAD

    session = Session.of(context, db, quiet)
    with session.store() as store:
        made = store.init(partition=partition)
    in_parts = ", with its quotes in parts by year" if partition else ""
    say(f"{store.target} {'was made' if made else 'is there already'}, at schema {HEAD}{in_parts}")


def upgrade(context: Context, db: Database = None, quiet: Quiet = False) -> None:
    """Bring the schema to that of this fx; a copy of the database as it was is put beside it first."""
    from fx.sql import HEAD

    session = Session.of(context, db, quiet)
    with session.store() as store:
        done = store.upgrade()
    was = f", was at {done.before}" if done.before and done.before != HEAD else ""
    say(f"{store.target} is at schema {HEAD}{was}{f', and is in {done.copy} as it was' if done.copy else ''}")


def check(context: Context, db: Database = None, quiet: Quiet = False) -> None:
    """Prove that the database is sound: integrity, foreign keys, schema, each document's quotes and digests."""
    from fx.cli.reading import counted

    session = Session.of(context, db, quiet)
    with session.store() as store:
        problems = store.check()
        for problem in problems:
            say(problem)
        if problems:
            raise StoreError(
                f"{store.target} is not sound ({counted(len(problems), 'finding')}): restore a backup or load again"
            )
        say(f"{store.target} is sound")


def datasette(context: Context, db: Database = None, quiet: Quiet = False) -> None:
    """Print what Datasette shows beside the data: fx db datasette > metadata.json; datasette fx.db -m metadata.json."""
    import json
    from pathlib import Path

    from fx.exports.datasette import metadata_of
    from fx.exports.rows import plain_json

    session = Session.of(context, db, quiet)
    with session.store() as store:
        if store.url is not None:
            raise UsageError("Datasette opens SQLite files: make one with 'fx db copy'")
        store.reading()  # the canned queries fit a database of this schema only
        name = Path(store.path).stem if store.path else "fx"
    echo(plain_json(json.dumps(metadata_of(name), indent=2, ensure_ascii=False)))


def vacuum(context: Context, db: Database = None, quiet: Quiet = False) -> None:
    """Give the room of removed quotes back: the file is written anew.

    It says first how much is to be won, and takes as much room again while it runs. Others may read meanwhile.
    """
    session = Session.of(context, db, quiet)
    with session.store() as store:
        before = store.emptiness()
        session.note(f"writing {store.target} anew: of {before.bytes:,} bytes {before.free:,} hold nothing")
        after = store.vacuum()
        say(f"{store.target} has {after.bytes:,} bytes now, {max(0, before.bytes - after.bytes):,} fewer")


def copy(
    context: Context,
    source: Annotated[str, Argument(metavar="SOURCE")],
    target: Annotated[str, Argument(metavar="TARGET")],
    quiet: Quiet = False,
) -> None:
    """Copy a whole database, a file or one on a server, to another that is empty, and prove that both are the same.

    It goes on where it was ended before. Until it is whole nobody takes the copy for a database of fx.
    """
    from fx.store import open_store
    from fx.store.copying import copy_store

    session = Session.of(context, None, quiet)
    with open_store(source) as old, open_store(target) as new:
        done = copy_store(
            old, new, lambda each: session.note(f"{each.table}: {each.rows:,} rows, {each.now:,} of them now")
        )
        rows = sum(each.rows for each in done)
        say(f"{new.target} is the same as {old.target}: {rows:,} rows in {len(done)} tables")


def backup(
    context: Context,
    file: Annotated[str, Argument(metavar="FILE")],
    force: Annotated[bool, Option("--force", help="Replace FILE if it is there.")] = False,
    db: Database = None,
    quiet: Quiet = False,
) -> None:
    """Copy the database to FILE as it is now, even while it is written to, and prove the copy sound.

    The copy is put in place when it is whole. It is a database like any other: --db FILE asks it, and to restore it,
    copy it back while nothing uses the database.
    """
    session = Session.of(context, db, quiet)
    with session.store() as store:
        size = store.backup(file, force=force)
        say(f"{file} is a sound copy of {store.target}: {size:,} bytes")


COMMANDS = (init, upgrade, check, datasette, vacuum, copy, backup)
