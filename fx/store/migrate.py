"""Brings a database to the schema of this fx, by the one history in ``migrations/``; a new one is made at its head."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fx.errors import NotAStore, SchemaMismatch, StoreMissing
from fx.shipped import shipped_text
from fx.sql import HEAD, VIEWS
from fx.store.faults import translated
from fx.store.plainly import Connection, driver_of

if TYPE_CHECKING:
    from fx.store.plainly import Writer

__all__ = [
    "COPYING",
    "check_loadable",
    "check_schema",
    "check_unchanged",
    "check_upgradable",
    "migrations_folder",
    "revision_of",
    "upgrade",
]


COPYING = "unfinished copy"
"""What stands in place of the revision until a copy (`fx.store.copying`) is whole."""


REVISION = "SELECT version_num FROM alembic_version"


def migrations_folder() -> Path:
    """Where the history lies: inside an installed package, beside it in a checkout.

    >>> (migrations_folder() / "env.py").is_file()
    True
    """
    package = Path(__file__).resolve().parent.parent
    return package / "migrations" if (package / "migrations").is_dir() else package.parent / "migrations"


def revision_of(connection: Connection) -> str | None:
    """The revision that a database says it has; '' for an empty one, None for somebody else's."""
    tables = {row[0] for row in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables:
        return ""
    if "alembic_version" not in tables or "quote" not in tables:
        return None
    row = connection.exec_driver_sql(REVISION).first()
    return str(row[0]) if row else None


def check_schema(connection: Connection, target: str) -> None:
    """Raise `NotAStore` or `SchemaMismatch` unless the database has the schema of this fx."""
    revision = revision_of(connection)
    if revision == "":
        kind = NotAStore if "://" not in target else StoreMissing  # a server is asked for what it has, a file is it
        raise kind(f"{target} holds nothing yet: load something into it with 'fx load FILE'", target=target)
    if revision is None:
        raise NotAStore(f"{target} is a database, but not one of fx: name another with --db", target=target)
    if revision == COPYING:
        raise SchemaMismatch(
            f"{target} is an unfinished copy: run 'fx db copy' again to finish it", target=target, revision=revision
        )
    if revision < HEAD:
        raise SchemaMismatch(
            f"{target} is at schema {revision}, this fx reads {HEAD}: run 'fx db upgrade'",
            target=target,
            revision=revision,
        )
    if revision > HEAD:
        raise SchemaMismatch(
            f"{target} is at schema {revision}, this fx knows {HEAD}: upgrade fx", target=target, revision=revision
        )


def check_unchanged(connection: Connection, target: str) -> None:
    """Raise as `check_schema` does where a database that it let through is of another schema now.

    A writer asks that in each transaction: after an upgrade by a newer fx it would write without what that one keeps.
    """
    if connection.exec_driver_sql(REVISION).scalar() != HEAD:
        check_schema(connection, target)


def check_upgradable(connection: Connection, target: str) -> None:
    """Raise `NotAStore` or `SchemaMismatch` unless this fx can bring the database to its schema."""
    revision = revision_of(connection)
    if revision is None or revision > HEAD:
        check_schema(connection, target)


def check_loadable(connection: Connection, target: str) -> None:
    """Raise as `check_schema` does, but take an empty database: another process may be about to fill it."""
    if revision_of(connection) != "":
        check_schema(connection, target)


VERSION = """
CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL,
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
)"""


def create(connection: Any, *, in_parts: bool = False) -> None:
    """Make everything at once in an empty database, as the history would; Alembic takes ten times as long."""
    if driver_of(connection) is None:
        from fx.schema import expected_schema  # noqa: PLC0415 (0.2 s: SQLAlchemy writes it out)

        made = expected_schema("postgresql")
        if in_parts:
            from fx.store.partitions import parted  # noqa: PLC0415 (few ask for it)

            made["quote"] = parted(made["quote"])
        for sql in (*made.values(), VERSION):
            connection.raw.execute(sql)
    else:
        views = (f"CREATE VIEW {name} AS{body}" for name, body in VIEWS.items())
        for sql in (*shipped_text("tables.sql").split(";"), *views, VERSION):
            connection.exec_driver_sql(sql)
    connection.exec_driver_sql("INSERT INTO alembic_version (version_num) VALUES (:head)", {"head": HEAD})


def upgrade(engine: Writer, target: str, *, only_if_empty: bool = False, in_parts: bool = False) -> str:
    """Bring a database to `HEAD` in one transaction and return the revision it had ('' for a new one).

    A new database on a server keeps its quotes ``in_parts`` by year if it is told to. Two processes may come at once:
    whoever is second finds the work done. Raises `NotAStore` for somebody else's
    database and `SchemaMismatch` for a newer one, or, under ``only_if_empty``, for an older one.
    """
    with translated(target), engine.begin() as connection:
        before = revision_of(connection)
        (check_loadable if only_if_empty else check_upgradable)(connection, target)
        if before == "":
            create(connection, in_parts=in_parts)
        elif before is not None and before < HEAD:
            from alembic import command  # noqa: PLC0415 (0.3 s, and only a new or old database needs it)
            from alembic.config import Config  # noqa: PLC0415
            from alembic.util import CommandError  # noqa: PLC0415

            config = Config()
            config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
            config.set_main_option("path_separator", "os")
            try:
                with lent(connection) as config.attributes["connection"]:
                    command.upgrade(config, HEAD)
            except CommandError:
                raise SchemaMismatch(
                    f"{target} is at schema {before}, which this fx does not know: upgrade it by the fx that made it",
                    target=target,
                    revision=before,
                ) from None
    return before or ""


@contextmanager
def lent(connection: Any) -> Iterator[Any]:
    """The same connection and transaction as SQLAlchemy's, which Alembic works with."""
    from sqlalchemy import create_engine  # noqa: PLC0415
    from sqlalchemy.pool import StaticPool  # noqa: PLC0415

    on_server = driver_of(connection) is None
    url, how = ("postgresql+psycopg://", {"use_native_hstore": False}) if on_server else ("sqlite://", {})
    engine = create_engine(url, creator=lambda: Lent(connection.raw), poolclass=StaticPool, **how)
    try:
        with engine.connect() as ours:
            yield ours
    finally:
        engine.dispose()


class Lent:
    """A connection whose transaction is not the borrower's to end."""

    def __init__(self, raw: Any) -> None:
        self.raw = raw

    def __getattr__(self, name: str) -> Any:
        return getattr(self.raw, name)

    def commit(self) -> None:
        """Left to the lender."""

    rollback = close = commit
