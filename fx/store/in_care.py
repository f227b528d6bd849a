"""The part of the store that cares for its file; what it needs is loaded when it is asked for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from fx.currencies import Pair
from fx.moments import Moment
from fx.store.held import Held

if TYPE_CHECKING:
    from fx.store.care import Pruning, Vacuumed

__all__ = ["InCare"]

When = str | date | datetime | Moment


class InCare(Held):
    """Old quotes, room and copies: a base of `fx.store.keeper.Store`, which has the database."""

    def prune(
        self,
        before: When,
        *wanted: str | Pair,
        source: str | Iterable[str] = (),
        keep: str | None = None,
        apply: bool = False,
    ) -> Pruning:
        """Say which quotes of before a moment can go, and with ``apply`` remove them; see `fx.store.care.prune`."""
        from fx.store import care  # noqa: PLC0415 (questions need none of it)

        return care.prune(self, before, wanted, source, keep, apply=apply)

    def emptiness(self) -> Vacuumed:
        """How large the file is, and how much of it holds nothing."""
        from fx.store import care  # noqa: PLC0415

        return care.emptiness(self)

    def vacuum(self) -> Vacuumed:
        """Write the file anew without what holds nothing; returns what it is then. Raises `StoreError`."""
        from fx.store import care  # noqa: PLC0415

        return care.vacuum(self)

    def backup(self, target: str | Path, *, force: bool = False) -> int:
        """Copy the database as it is, while others may write; returns the bytes of the copy; see `fx.store.care`."""
        from fx.store import care  # noqa: PLC0415

        return care.backup(self, target, force=force)
