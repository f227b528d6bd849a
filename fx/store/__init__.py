"""Keeps quotes in a SQL database and hands out rates as of a moment.

Reading path: `place` (which database), `files` and `plainly` (how it is asked), `engine` (how it is written to),
`server` (both, of what lies on PostgreSQL), `migrate` (its schema's history), `writing` (a reading into rows),
`reading` (rows into quotes), `selection` (many quotes, one after the other), `ways` and `observing` (a pair in time),
`care` (old quotes, room, copies), `copying` (all of it to another place), `keeper` (the `Store` that people use);
`door`, `limits`, `allowed`, `bounded`, `attaching`, `functions` and `server_query` (SQL from outside). It
knows nothing of formats. Its parts are fetched when first used.
"""

from __future__ import annotations

TYPE_CHECKING = False  # what `typing` says too, which takes as long to import as SQLite
if TYPE_CHECKING:
    from fx.store.keeper import Info, Store, open_store
    from fx.store.limits import SqlLimits
    from fx.store.writing import Loaded

__all__ = ["Info", "Loaded", "SqlLimits", "Store", "open_store"]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        from importlib import import_module  # noqa: PLC0415

        if name not in __all__:
            raise AttributeError(f"module 'fx.store' has no attribute {name!r}")
        homes = {"Loaded": "writing", "SqlLimits": "limits"}
        value = getattr(import_module(f"fx.store.{homes.get(name, 'keeper')}"), name)
        globals()[name] = value
        return value
