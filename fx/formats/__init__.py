"""What input looks like: one small module a family, found by name or by the entry point group ``fx.formats``.

A format extracts and does nothing else: it knows no document and no clock. It is given a `Page` and yields ticks and
rejects in the order in which they stand. A structured format (a file of a known shape) recognises its files and then
has the whole of one; the formats of human text share the rest. Which format reads a document is decided once.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol, runtime_checkable

from fx.errors import UsageError
from fx.formats.broken_lines import BrokenLines
from fx.formats.equations import EQUATIONS
from fx.formats.human import Family, Places, read_families
from fx.formats.marks import Money, marks_of_all
from fx.formats.page import Hints, Page, hints_of
from fx.formats.pairs import GLUED, PAIRS
from fx.formats.plain_lines import Plain, PlainLines, Run, figure_of, plain_of
from fx.formats.rows import Rows
from fx.formats.table_heads import HEAD_REACH, Blocks, has_head
from fx.formats.tables import TABLES
from fx.formats.ticker import TICKER
from fx.quotes import Reject, Tick

__all__ = [
    "HEAD_REACH",
    "HUMAN",
    "TEXT",
    "Blocks",
    "BrokenLines",
    "Family",
    "Format",
    "Hints",
    "Money",
    "Page",
    "Places",
    "Plain",
    "PlainLines",
    "Rows",
    "Run",
    "all_formats",
    "figure_of",
    "format_for",
    "format_named",
    "has_head",
    "hints_of",
    "is_text",
    "own_formats",
    "plain_of",
    "scan",
]


@runtime_checkable
class Format(Protocol):
    """A family of ways to write quotes."""

    @property
    def name(self) -> str:
        """How ``--format`` calls it."""

    @property
    def summary(self) -> str:
        """One sentence for ``fx formats``."""

    @property
    def example(self) -> str:
        """A line that it reads."""

    def recognises(self, page: Page) -> bool:
        """Whether the document is a file of this shape, to be read by this format alone; False for human text."""

    def read(self, page: Page) -> Iterator[Tick | Reject]:
        """Yield what stands in a document."""


HUMAN: tuple[Family, ...] = (TICKER, PAIRS, GLUED, EQUATIONS, TABLES)
"""The families of human text, read together."""
STRUCTURED = (
    "fx_lines.FX_LINES", "ecb.ECB_XML", "xml_banks.XML_BANKS", "xml_others.XML_OTHERS", "xml_quotes.XML_QUOTES",
    "json_series.JSON_SERIES", "json_banks.JSON_BANKS", "json_quotes.JSON_QUOTES", "json_rates.JSON_RATES",
    "fix.FIX", "ticks.TICKS", "sql.SQL", "ecb_csv.ECB_CSV", "csv_heads.CSV_HEADS", "csv_bare.CSV_BARE",
    "ledger.LEDGER", "literals.LITERALS", "toml_text.TOML", "labels.LABELS", "yaml_text.YAML", "units_text.UNITS",
)  # fmt: skip
"""Files of a known shape, in the order in which they are asked: imported only where one may be asked for."""


@functools.cache
def own_formats() -> tuple[Format, ...]:
    """The formats of fx, structured ones first."""
    found: list[Format] = []
    for place in STRUCTURED:
        module, name = place.split(".")
        found.append(getattr(import_module(f"fx.formats.{module}"), name))
    return (*found, *HUMAN)


@dataclass(frozen=True, slots=True)
class Text:
    """Human text, in which all its families are read together; it is not asked for by name."""

    name: str = "text"
    summary: str = "running text in all of its families"
    example: str = TICKER.example

    def recognises(self, page: Page) -> bool:  # noqa: ARG002 (it is what remains)
        """Whatever no other format knows is text."""
        return True

    def read(self, page: Page) -> Iterator[Tick | Reject]:
        """Yield what stands in a document, in the order of the text."""
        return read_families(page, HUMAN)

    def marks(self, raw: str, *, narrow: bool = False, shown: bool = False) -> Places:
        """Where a candidate of any family may stand."""
        return marks_of_all(raw, narrow=narrow, shown=shown)


TEXT = Text()


@functools.cache
def all_formats() -> Mapping[str, Format]:
    """Every format by name: those of fx, then those that other packages register."""
    from importlib.metadata import entry_points  # noqa: PLC0415 (takes as long as Python to start)

    found: dict[str, Format] = {each.name: each for each in own_formats()}
    for entry in entry_points(group="fx.formats"):
        if entry.name not in found:
            loaded = entry.load()
            if isinstance(loaded, Format):
                found[entry.name] = loaded
    return found


def format_named(name: str) -> Format:
    """The format of this name; raises `UsageError` that lists those there are.

    >>> format_named("ticker").example
    '• KZT/USD = 0.00190 0%'
    """
    for each in HUMAN:
        if each.name == name:
            return each
    formats = all_formats()
    if name not in formats:
        raise UsageError(f"there is no format {name!r}: take one of {', '.join(['auto', *formats])}", format=name)
    return formats[name]


def format_for(page: Page, name: str = "auto") -> Format:
    """The format that reads a document: the one named, or (``auto``) the first that recognises it, else `TEXT`.

    >>> format_for(Page("", "P 2024-01-02 EUR 0.85 GBP")).name, format_for(Page("", "KZT/USD = 0.00190")).name
    ('ledger', 'text')
    """
    if name != "auto":
        return format_named(name)
    return next((each for each in all_formats().values() if each.recognises(page)), TEXT)


def is_text(chosen: Format) -> bool:
    """Whether a format reads human text, which may be cut anywhere and read in parts.

    >>> is_text(TEXT), is_text(TICKER), is_text(format_named("fix"))
    (True, True, False)
    """
    return isinstance(chosen, Text | Family)


def scan(page: Page, name: str = "auto") -> Iterator[Tick | Reject]:
    """Read a page with the format that `format_for` chooses."""
    yield from format_for(page, name).read(page)
