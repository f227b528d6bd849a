"""The commands by name, and the door for plain words: there a command is run without Typer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from typing import TypeVar

from fx.cli.options import Database, Quiet, Session
from fx.cli.words import Unplain, read, read_before

__all__ = ["HOMES", "function_of", "plain_command"]

Held = TypeVar("Held")

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
"""Each command, in the order of the help, with the module that has a function of its name (of ``db``: ``COMMANDS``)."""


def function_of(name: str) -> Callable[..., None]:
    """What runs a command."""
    function: Callable[..., None] = getattr(import_module(f"fx.cli.{HOMES[name]}"), name.replace("-", "_"))
    return function


class Before:
    """What was said before the command, where Typer's own context is not there to hold it."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def find_object(self, kind: type[Held]) -> Held | None:
        """It, if that is asked for."""
        return self.session if isinstance(self.session, kind) else None


def start(db: Database = None, quiet: Quiet = False) -> Session:
    """The options that may stand before the command as well as after it."""
    return Session(db, quiet)


def plain_command(words: Sequence[str]) -> Callable[[], None] | None:
    """The call that the words ask for; None where Typer is to read them: to help, to say what is wrong.

    >>> plain_command(["history", "KZT/USD", "--json"]).keywords
    {'as_json': True, 'pair': 'KZT/USD'}
    >>> plain_command(["history", "--help"]), plain_command(["db", "check"])
    (None, None)
    """
    ahead = iter(words)
    try:
        given, name = read_before(start, ahead)
        if name not in HOMES or name == "db":
            return None
        command = function_of(name)
        return partial(command, Before(start(**given)), **read(command, ahead))
    except Unplain:
        return None
