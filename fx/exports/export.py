"""Quotes out of a store into a file of another shape: the table of formats, and the one way to write any of them.

Quotes come out of the database one after the other and go out as published: neither turned over nor rounded. What a
format has no room for is counted and told, see `fx.exports.shape`.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any

from fx.beside import written_beside
from fx.currencies import Pair
from fx.errors import UsageError
from fx.exports.ecb_csv import ECB
from fx.exports.excel_file import EXCEL
from fx.exports.frankfurter import FRANKFURTER, FRANKFURTER_V1
from fx.exports.gnucash_xml import GNUCASH
from fx.exports.parquet_file import PARQUET
from fx.exports.price_directives import BEANCOUNT, HLEDGER, LEDGER
from fx.exports.pricehist_csv import PRICEHIST
from fx.exports.quote_rows import CSV, JSON, JSON_LINES
from fx.exports.shape import ExportFormat, Told
from fx.store import Store
from fx.store.keeper import When

__all__ = ["EXPORTS", "export", "export_named"]

EXPORTS = MappingProxyType(
    {
        each.name: each
        for each in (
            CSV,
            JSON,
            JSON_LINES,
            PARQUET,
            EXCEL,
            HLEDGER,
            LEDGER,
            BEANCOUNT,
            GNUCASH,
            FRANKFURTER,
            FRANKFURTER_V1,
            PRICEHIST,
            ECB,
        )
    }
)
"""Every outgoing format by name."""


def export_named(name: str) -> ExportFormat:
    """The outgoing format of this name; raises `UsageError` that lists those there are.

    >>> export_named("hledger").example
    'P 2024-12-14 KZT 0.00190 USD'
    """
    if name not in EXPORTS:
        raise UsageError(f"there is no format {name[:40]!r} to export: take one of {', '.join(EXPORTS)}", format=name)
    return EXPORTS[name]


def export(
    store: Store,
    format: str,  # noqa: A002 (the word of the command line)
    out: str | Path | IO[Any],
    *wanted: str | Pair,
    since: When | None = None,
    until: When | None = None,
    source: str | Iterable[str] = (),
    every: bool = False,
) -> Told:
    """Write the quotes that stand, of pairs (in either direction) and codes or of all, to a file or a stream.

    A file is written beside its place and renamed into it when it is whole. ``out`` may be a stream too: of bytes for
    parquet and xlsx, of text for the others. ``every`` takes what was replaced as well, where a format can say so.
    What could not be carried is in `Told.notes`, what was asked for and not found in `Told.missing`. No database is
    ever replaced. Raises `UsageError`, `UnknownCurrency`, and `NoQuotes`.

    >>> import io
    >>> out = io.StringIO()
    >>> with Store(":memory:") as store:
    ...     loaded = store.load_text("KZT/USD = 0.00190 0%", observed_at="2024-12-14")
    ...     told = export(store, "beancount", out)
    >>> print(out.getvalue(), end="")
    2024-12-14 price KZT 0.00190 USD  ; change: 0
    """
    chosen = export_named(format)
    if every and not chosen.every:
        able = ", ".join(name for name, each in EXPORTS.items() if each.every)
        raise UsageError(f"{format} cannot tell what was replaced from what stands: leave out --all, or take {able}")
    selection = store.select(*wanted, since=since, until=until, source=source, every=every)
    told = Told(missing=selection.missing)
    with closing(selection):
        if isinstance(out, str | Path):
            with stream_into(Path(out), binary=chosen.binary) as stream:
                chosen.write(selection, stream, told)
        else:
            chosen.write(selection, out, told)
    return told


@contextmanager
def stream_into(path: Path, *, binary: bool) -> Iterator[IO[Any]]:
    """A stream into a file that takes its place when it is whole (`fx.beside`); text is UTF-8."""
    with written_beside(path) as out:
        if binary:
            yield out
            return
        text = io.TextIOWrapper(out, encoding="utf-8", newline="\n")
        yield text
        text.flush()
        text.detach()  # the file is closed where it was opened
