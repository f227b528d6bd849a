"""fx reads currency quotes out of any text, keeps each with where it came from, and converts exactly, with bounds.

    import fx
    fx.parse("KZT/USD = 0.00190 0%")
    with fx.open("fx.db") as store:
        store.convert("10000", "KZT", "USD").result

Importing it loads nothing but a few modules of the standard library; each name below is fetched when first used.

Reading path through the house, in the order of the data: `documents`, `text`, `skimming` (what of a text is shown to a
format), `formats`, `gathering` (repeats and the dates beside), `logs` (long runs in columns), `reader`, `quotes`,
`jobs` (several processes that read), `store`, `rates`, `convert`, then the faces `frames`, `exports` and `cli`.
"""

from __future__ import annotations

TYPE_CHECKING = False  # what `typing` says too, which takes as long to import as SQLite
if TYPE_CHECKING:
    from typing import Any

    from fx import errors
    from fx.convert import Answer
    from fx.currencies import Currency, Pair
    from fx.errors import FxError
    from fx.exports.export import export
    from fx.exports.plot import plot
    from fx.moments import Moment
    from fx.quotes import Quote, Reject, Tick
    from fx.rates import Leg, Rate
    from fx.reader import parse
    from fx.store import Loaded, SqlLimits, Store
    from fx.store import open_store as open  # noqa: A004 (fx.open, as in open a store)

    __version__: str

__all__ = [
    "Answer",
    "Currency",
    "FxError",
    "Leg",
    "Loaded",
    "Moment",
    "Pair",
    "Quote",
    "Rate",
    "Reject",
    "SqlLimits",
    "Store",
    "Tick",
    "__version__",
    "errors",
    "export",
    "open",
    "parse",
    "plot",
]

HOMES = {
    "Answer": "fx.convert",
    "Currency": "fx.currencies",
    "FxError": "fx.errors",
    "Leg": "fx.rates",
    "Loaded": "fx.store",
    "Moment": "fx.moments",
    "Pair": "fx.currencies",
    "Quote": "fx.quotes",
    "Rate": "fx.rates",
    "Reject": "fx.quotes",
    "SqlLimits": "fx.store",
    "Store": "fx.store",
    "Tick": "fx.quotes",
    "export": "fx.exports.export",
    "open": "fx.store:open_store",
    "parse": "fx.reader",
    "plot": "fx.exports.plot",
}


if not TYPE_CHECKING:  # a type checker is to see the names above and no others

    def __getattr__(name: str) -> Any:
        from importlib import import_module

        if name == "__version__":
            from importlib.metadata import version

            return version("fx")
        if name == "errors":
            return import_module("fx.errors")
        if name not in HOMES:
            raise AttributeError(f"module 'fx' has no attribute {name!r}")
        module, _, attribute = HOMES[name].partition(":")
        value = getattr(import_module(module), attribute or name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted(__all__)
