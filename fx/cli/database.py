"""``fx db``: the care of the database file."""

from __future__ import annotations

import typer

from fx.cli.options import Database, Quiet, Session
from fx.errors import StoreError

__all__ = ["app"]

app = typer.Typer(help="Care for the database: upgrade its schema, check that it is sound.", rich_markup_mode=None)


@app.command()
def upgrade(context: typer.Context, db: Database = None, quiet: Quiet = False) -> None:
    """Bring the schema to that of this fx."""
    from fx.schema import HEAD

    session = Session.of(context, db, quiet)
    with session.store() as store:
        before = store.upgrade()
    typer.echo(f"{store.target} is at schema {HEAD}" + (f", was at {before}" if before and before != HEAD else ""))


@app.command()
def check(context: typer.Context, db: Database = None, quiet: Quiet = False) -> None:
    """Prove that the database is sound: integrity, foreign keys, schema, documents and their counts."""
    from fx.exports.rows import clean

    session = Session.of(context, db, quiet)
    with session.store() as store:
        problems = store.check()
        for problem in problems:
            typer.echo(clean(problem))
        if problems:
            raise StoreError(f"{store.target} is not sound ({len(problems)} findings): restore a backup or load again")
        typer.echo(f"{store.target} is sound")
