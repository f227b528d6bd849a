"""The tree of commands; a command's module is loaded when it is run, or when its help is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from fx.cli.options import Database, Quiet, Session

__all__ = ["app"]

HOMES = {
    "parse": "reading",
    "load": "reading",
    "spark-load": "sparking",
    "watch": "watching",
    "convert": "answers",
    "rate": "answers",
    "table": "crosses",
    "latest": "tables",
    "history": "history",
    "change": "history",
    "pairs": "tables",
    "sources": "tables",
    "documents": "tables",
    "rejects": "tables",
    "plot": "plotting",
    "formats": "reading",
    "export": "exporting",
    "revisions": "proofs",
    "verify": "proofs",
    "check": "auditing",
    "prune": "pruning",
    "info": "tables",
    "sql": "sql",
    "db": "database",
}
"""Each command, in the order of the help, with the module that has a function of its name (of ``db``: an ``app``)."""
SETTINGS = {"convert": {"ignore_unknown_options": True}}


class Commands(Mapping[str, Any]):
    """The commands by name, each made when it is first looked up: making all takes as long as importing Typer."""

    def __init__(self) -> None:
        self.made: dict[str, TyperCommand | TyperGroup] = {}

    def __getitem__(self, name: str) -> TyperCommand | TyperGroup:
        if name not in self.made:
            self.made[name] = made(name, HOMES[name])
        return self.made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(HOMES)

    def __len__(self) -> int:
        return len(HOMES)


def made(name: str, home: str) -> Any:
    """One command as Typer makes it."""
    module = import_module(f"fx.cli.{home}")
    if name == "db":
        command = typer.main.get_command(module.app)
        command.name = name
        return command
    alone = typer.Typer(add_completion=False, rich_markup_mode=None)
    alone.command(name, context_settings=SETTINGS.get(name))(getattr(module, name.replace("-", "_")))
    return typer.main.get_command(alone)


class Tree(TyperGroup):
    """The whole tree, of which only the branches asked for are made."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands: Any = Commands()

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]  # noqa: ARG002
        """Every name."""
        return list(self.commands)


app = typer.Typer(
    name="fx",
    cls=Tree,
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
