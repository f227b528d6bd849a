"""The tree of commands; a command's module is loaded when it is run, or when its help is asked for."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from fx.cli.commands import HOMES, function_of
from fx.cli.completion import codes_and_pairs
from fx.cli.options import Database, Quiet, Session
from fx.cli.words import Argument, Option

__all__ = ["app"]

SETTINGS = {"convert": {"ignore_unknown_options": True}}


class Commands(Mapping[str, Any]):
    """The commands by name, each made when it is first looked up: making all takes as long as importing Typer."""

    def __init__(self) -> None:
        self.made: dict[str, TyperCommand | TyperGroup] = {}

    def __getitem__(self, name: str) -> TyperCommand | TyperGroup:
        if name not in self.made:
            self.made[name] = made(name)
        return self.made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(HOMES)

    def __len__(self) -> int:
        return len(HOMES)


def made(name: str) -> Any:
    """One command as Typer makes it."""
    if name == "db":
        from fx.cli.database import COMMANDS, HELP

        tree = typer.Typer(help=HELP, add_completion=False, rich_markup_mode=None)
        for each in COMMANDS:
            tree.command()(told(each))
        command = typer.main.get_command(tree)
        command.name = name
        return command
    alone = typer.Typer(add_completion=False, rich_markup_mode=None)
    alone.command(name, context_settings=SETTINGS.get(name))(told(function_of(name)))
    return typer.main.get_command(alone)


def told(command: Callable[..., Any]) -> Callable[..., Any]:
    """A command, its parameters said in Typer's words."""

    @functools.wraps(command)
    def called(**given: Any) -> Any:
        return command(**given)

    signature = inspect.signature(command, eval_str=True)
    parameters = [each.replace(annotation=in_typer(each.annotation)) for each in signature.parameters.values()]
    vars(called)["__signature__"] = signature.replace(parameters=parameters)
    called.__annotations__ = {each.name: each.annotation for each in parameters}
    return called


def in_typer(annotation: Any) -> Any:
    """The annotation of a parameter, in Typer's words."""
    (said,) = getattr(annotation, "__metadata__", (None,))
    if said is None:
        return typer.Context
    if isinstance(said, Option):
        said = typer.Option(*said.names, **said.told)
    elif isinstance(said, Argument):
        offered = codes_and_pairs if said.codes else None
        said = typer.Argument(metavar=said.metavar, show_default=False, autocompletion=offered)
    return Annotated[annotation.__origin__, said]


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
@told
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
