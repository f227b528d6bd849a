"""Everything that can go wrong, as one tree; the exit code of each branch is the command line's contract.

    FxError
    ├── UsageError              2  the question cannot be understood
    │   ├── AmountError            not an amount (also a ValueError)
    │   ├── MomentError            not a date or moment (also a ValueError)
    │   └── PairError              not a pair or code by its shape (also a ValueError)
    ├── NoAnswer                1  understood, but there is no answer
    │   ├── NoQuotes               nothing found where quotes were looked for
    │   ├── UnknownCurrency        a code that neither ISO 4217 nor the store knows
    │   └── NoRate                 no path of quotes, or none as old as asked
    │       └── TooOld                there is a rate, but it is older than asked for
    ├── InputError              3  a document that cannot be read
    │   └── StrictReject           a reject met under --strict
    └── StoreError              4  the database
        ├── StoreMissing           there is none at that place
        ├── NotAStore              the file is something else
        ├── SchemaMismatch         older or newer than this fx
        ├── StoreReadOnly          a write that the database refused
        ├── StoreBusy              locked by another process for too long
        ├── StoreLost              a server that is gone, or not up as yet
        └── QueryError             SQL the database could not run
            ├── QueryRefused           SQL that is not let in: it does more than read
            └── QueryLimit             SQL that took more than it may: time, memory, rows

Each message is one lower-case sentence that ends in what to do next; the facts are attributes as well.
The library raises; only the command line prints and exits.
"""

from __future__ import annotations

TYPE_CHECKING = False  # what `typing` says too, which takes as long to import as SQLite
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, ClassVar

__all__ = [
    "AmountError",
    "FxError",
    "InputError",
    "MomentError",
    "NoAnswer",
    "NoQuotes",
    "NoRate",
    "NotAStore",
    "PairError",
    "QueryError",
    "QueryLimit",
    "QueryRefused",
    "SchemaMismatch",
    "StoreBusy",
    "StoreError",
    "StoreLost",
    "StoreMissing",
    "StoreReadOnly",
    "StrictReject",
    "TooOld",
    "UnknownCurrency",
    "UsageError",
]


class FxError(Exception):
    """The root: ``message`` for people, ``facts`` for programs, ``exit_code`` for shells.

    >>> error = NoRate("no rate", base="KZT", counter="USD")
    >>> error.facts["base"], error.exit_code
    ('KZT', 1)
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, **facts: Any) -> None:
        super().__init__(message)
        self.message = message
        self.facts = facts

    def as_dict(self) -> dict[str, Any]:
        """The error as a JSON-ready object; its type is the class name."""
        return {
            "error": type(self).__name__,
            "message": self.message,
            "exit_code": self.exit_code,
            **{name: fact for name, fact in self.facts.items() if fact is not None},
        }


class UsageError(FxError):
    """The question cannot be understood as it stands."""

    exit_code = 2


class AmountError(UsageError, ValueError):
    """Not an amount: text that is no plain decimal number, a float, or far too long."""


class MomentError(UsageError, ValueError):
    """Not a day or moment in ISO 8601."""


class PairError(UsageError, ValueError):
    """Not a pair or code by its shape."""


class NoAnswer(FxError):
    """The question is clear, but there is no answer to it."""


class NoQuotes(NoAnswer):
    """Nothing was found where quotes were looked for."""


class UnknownCurrency(NoAnswer):
    """A code that neither ISO 4217 nor the store knows; ``facts`` holds ``code`` and ``suggestion``."""


class NoRate(NoAnswer):
    """No path of quotes leads from base to counter as of the moment asked."""


class TooOld(NoRate):
    """There is a rate, but no path is as fresh, or as close together, as demanded; ``facts`` say what there is."""


class InputError(FxError):
    """A document that cannot be read."""

    exit_code = 3


class StrictReject(InputError):
    """A reject was met although the caller asked to stop at the first."""


class StoreError(FxError):
    """The database cannot do what was asked."""

    exit_code = 4


class StoreMissing(StoreError):
    """There is no database at that place."""


class NotAStore(StoreError):
    """The file is not an fx database."""


class SchemaMismatch(StoreError):
    """The database's schema is older or newer than this fx."""


class StoreReadOnly(StoreError):
    """The database was opened for reading and refused a write."""


class StoreBusy(StoreError):
    """Another process held the database for too long."""


class StoreLost(StoreError):
    """The server, or the way to it, is gone or not up as yet: what was finished is kept."""


class QueryError(StoreError):
    """SQL that the database could not run."""


class QueryRefused(QueryError):
    """SQL that is not let in, since it does more than read; ``facts`` hold what it was, as ``refused``."""


class QueryLimit(QueryError):
    """SQL that took more than it may; ``facts`` hold ``limit`` (a field of `fx.store.SqlLimits`) and ``allowed``.

    Where it is ``rows`` or ``result``, what had come until then is in ``columns`` and ``rows``.
    """

    def __init__(
        self, message: str, *, columns: Sequence[str] = (), rows: Sequence[tuple[Any, ...]] = (), **facts: Any
    ) -> None:
        super().__init__(message, **facts)
        self.columns = columns
        self.rows = rows
