"""What every command takes, in one place: which database, how loud, and in which shape the result is printed."""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fx.cli.place import chosen_place
from fx.cli.words import Context, Option

if TYPE_CHECKING:
    from fx.policy import Demands
    from fx.store import Store

__all__ = [
    "AsOf",
    "Counter",
    "Csv",
    "Database",
    "Decimal_",
    "Direct",
    "Format_",
    "Jobs",
    "Json",
    "KnownAt",
    "MaxAge",
    "MaxBytes",
    "MaxSpread",
    "PairOption",
    "Places",
    "Quiet",
    "Rounding_",
    "Session",
    "Source",
    "Strict",
    "Via",
    "demands_of",
]

Database = Annotated[str | None, Option("--db", metavar="PATH|URL", help="The database; else FX_DB, else ./fx.db.")]
Quiet = Annotated[bool, Option("--quiet", "-q", help="No talk on stderr.")]
Json = Annotated[bool, Option("--json", help="One JSON object a line.")]
Csv = Annotated[bool, Option("--csv", help="CSV with a head.")]
AsOf = Annotated[
    str | None,
    Option("--as-of", metavar="WHEN", help="What held then: 2024-12-14 (that whole day, UTC) or 2024-12-14T15:30Z."),
]
KnownAt = Annotated[str | None, Option("--known-at", metavar="WHEN", help="What had been recorded by then.")]
Places = Annotated[int | None, Option("--places", min=0, max=30, help="Decimals, instead of the currency's own.")]
Source = Annotated[
    list[str] | None,
    Option("--source", metavar="NAME", help="Only quotes of this source (repeatable, in order of preference)."),
]
MaxAge = Annotated[
    str | None, Option("--max-age", metavar="DAYS", help="No quote older than this before --as-of: 7d, 2w.")
]
MaxSpread = Annotated[
    str | None, Option("--max-spread", metavar="DAYS", help="No two legs further apart than this: 3d.")
]
Via = Annotated[
    list[str] | None, Option("--via", metavar="CODE", help="Go over this currency (repeatable: the whole way).")
]
Direct = Annotated[bool, Option("--direct", help="Only a quote of the pair itself, in either direction.")]
Rounding_ = Annotated[
    str, Option("--rounding", metavar="WAY", help="half-even, half-up, half-down, up, down, ceiling or floor.")
]
Format_ = Annotated[
    str, Option("--format", metavar="NAME", help="How the input is written; 'fx formats' lists the names.")
]
Decimal_ = Annotated[
    str | None,
    Option("--decimal", metavar="comma|point", help="The decimal mark, where a figure such as 1,052 leaves it open."),
]
Counter = Annotated[
    str | None, Option("--counter", metavar="CODE", help="The bank's own currency, where the file leaves it out.")
]
PairOption = Annotated[
    str | None, Option("--pair", metavar="PAIR", help="The pair of a file of ticks, where only its name says it.")
]
MaxBytes = Annotated[
    int | None,
    Option("--max-bytes", min=1, metavar="N", help="The most of one document that is unpacked or fetched; else 2 GiB."),
]
Jobs = Annotated[
    int,
    Option("--jobs", min=1, max=64, metavar="N", help="Read many documents by so many processes; same result."),
]
Strict = Annotated[bool, Option("--strict", help="Stop at the first reject.")]


def demands_of(
    source: list[str] | None, max_age: str | None, max_spread: str | None, via: list[str] | None, direct: bool
) -> Demands:
    """What is demanded of a rate, as the library takes it (`fx.policy`)."""
    return {
        "source": source or (),
        "max_age": max_age,
        "max_spread": max_spread,
        "via": via or (),
        "direct": direct,
    }


@dataclass(frozen=True, slots=True)
class Session:
    """Where a command looks and how it talks."""

    database: str | None
    quiet: bool

    @classmethod
    def of(cls, context: Context, database: str | None, quiet: bool) -> Session:
        """The options of the command, then those given before it."""
        before = context.find_object(Session) or cls(None, False)
        return cls(database or before.database, quiet or before.quiet)

    @property
    def place(self) -> tuple[str, str]:
        """Which database is meant, and why that one."""
        return chosen_place(self.database, os.environ)

    def store(self) -> Store:
        """The store, not opened yet."""
        from fx.store import open_store

        return open_store(self.place[0])

    def note(self, sentence: str) -> None:
        """Talk to people, on stderr."""
        from fx.exports.rows import clean

        if not self.quiet:
            with contextlib.suppress(OSError):  # the answer does not hang on whether anybody listens
                sys.stderr.write(clean(sentence) + "\n")
