"""What input looks like: one small module a family, found by name or by the entry point group ``fx.formats``.

A format extracts and does nothing else: it knows no source, no document and no clock. It is given a plain text
(`fx.text`) and yields ticks and rejects in the order in which they stand.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Protocol, runtime_checkable

from fx.errors import UsageError
from fx.formats.figures import DecimalMark
from fx.formats.ticker import TICKER
from fx.quotes import Reject, Tick

__all__ = ["Format", "Hints", "all_formats", "format_named", "hints_of", "scan"]


@dataclass(frozen=True, slots=True)
class Hints:
    """What the caller knows of the text: ``decimal_mark`` settles figures such as ``1,052``."""

    decimal_mark: DecimalMark | None = None


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

    def read(self, text: str, decimal_mark: DecimalMark | None = None) -> Iterator[Tick | Reject]:
        """Yield what stands in a plain text."""


@functools.cache
def all_formats() -> Mapping[str, Format]:
    """Every format by name: those of fx, then those that other packages register."""
    found: dict[str, Format] = {TICKER.name: TICKER}
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
    formats = all_formats()
    if name not in formats:
        raise UsageError(f"there is no format {name!r}: take one of {', '.join(['auto', *formats])}", format=name)
    return formats[name]


def scan(text: str, name: str = "auto", hints: Hints = Hints()) -> Iterator[Tick | Reject]:
    """Read a plain text with one format, or with every format of fx in turn (``auto``)."""
    chosen = [TICKER] if name == "auto" else [format_named(name)]
    for each in chosen:
        yield from each.read(text, hints.decimal_mark)


def hints_of(decimal: str | None) -> Hints:
    """What ``--decimal`` says; raises `UsageError`.

    >>> hints_of("comma").decimal_mark
    ','
    """
    if decimal is None:
        return Hints()
    if decimal not in {"comma", "point"}:
        raise UsageError(f"{decimal!r} is no decimal mark: write comma or point", decimal=decimal)
    return Hints("," if decimal == "comma" else ".")
