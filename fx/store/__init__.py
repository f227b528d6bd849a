"""Keeps quotes in a SQL database and hands out rates as of a moment.

Reading path: `place` (which database), `engine` (how it is opened), `migrate` (its schema's history), `writing` (a
reading into rows), `reading` (rows into quotes), `selection` (many quotes, one after the other), `ways` and
`observing` (a pair in time), `care` (old quotes, room, copies), `keeper` (the `Store` that people use). It knows
nothing of formats.
"""

from fx.store.keeper import Info, Store, open_store
from fx.store.writing import Loaded

__all__ = ["Info", "Loaded", "Store", "open_store"]
