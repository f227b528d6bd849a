"""The tree of commands."""

from __future__ import annotations

from typing import Annotated

import typer

from fx.cli import (
    answers,
    auditing,
    crosses,
    database,
    exporting,
    history,
    plotting,
    proofs,
    pruning,
    reading,
    tables,
    watching,
)
from fx.cli.options import Database, Quiet, Session

__all__ = ["app"]

app = typer.Typer(
    name="fx",
    help="Read currency quotes out of any text, keep each with where it came from, and convert exactly, with bounds.",
    no_args_is_help=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def print_version(wanted: bool) -> None:
    """Print the version and stop."""
    if wanted:
        import fx

        typer.echo(f"fx {fx.__version__}")
        raise typer.Exit


@app.callback()
def start(
    context: typer.Context,
    db: Database = None,
    quiet: Quiet = False,
    version: Annotated[  # noqa: ARG001 (its callback acts)
        bool, typer.Option("--version", callback=print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options that may stand before the command as well as after it."""
    context.obj = Session(db, quiet)


app.command()(reading.parse)
app.command()(reading.load)
app.command()(watching.watch)
app.command(context_settings={"ignore_unknown_options": True})(answers.convert)
app.command()(answers.rate)
app.command()(crosses.table)
app.command()(tables.latest)
app.command()(history.history)
app.command()(history.change)
app.command()(tables.pairs)
app.command()(tables.sources)
app.command()(tables.documents)
app.command()(tables.rejects)
app.command()(plotting.plot)
app.command()(reading.formats)
app.command()(exporting.export)
app.command()(proofs.revisions)
app.command()(proofs.verify)
app.command()(auditing.check)
app.command()(pruning.prune)
app.command()(tables.info)
app.command()(tables.sql)
app.add_typer(database.app, name="db")
