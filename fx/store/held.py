"""What every part of the store builds upon: which database it is, and the engine for questions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from fx.store.plainly import Database, Writer

__all__ = ["Held"]


class Held:
    """A database that a store holds: a base of the parts of `fx.store.keeper.Store`, which opens it."""

    target: str
    path: str | None
    """The file, if it is one."""
    url: str | None
    """The address of a database on a server, with its password, if it is one."""
    clock: Callable[[], datetime]

    def reading(self) -> Database:
        """What questions are asked of."""
        raise NotImplementedError

    def writing(self) -> Writer:
        """What changes go through."""
        raise NotImplementedError

    def leave(self) -> None:
        """Let go of what questions are asked of without closing it, which is left to whoever still uses it."""
        raise NotImplementedError
