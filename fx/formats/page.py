"""What a format is given: one document's text, as received and as people see it, and what the caller knows of it."""

from __future__ import annotations

from dataclasses import dataclass

from fx.currencies import Currency, Pair
from fx.errors import UsageError
from fx.formats.figures import DecimalMark

__all__ = ["Hints", "Page", "hints_of"]


@dataclass(frozen=True, slots=True)
class Hints:
    """What the caller knows of a text and the text may leave out.

    ``decimal_mark`` settles figures such as ``1,052``; ``counter`` is a bank's own currency; ``pair`` is that of a file
    of ticks.
    """

    decimal_mark: DecimalMark | None = None
    counter: Currency | None = None
    pair: Pair | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One document: ``raw`` as decoded, ``text`` as the plain text that people see (`fx.text`), line for line alike.

    ``name`` is what the document is called; the last part of it may name a pair.
    """

    text: str
    raw: str
    name: str = ""
    hints: Hints = Hints()

    @property
    def unmarked(self) -> str:
        """The decoded text without a byte order mark.

        >>> Page("", "\\ufeffP 2024-01-02 EUR 0.85 GBP").unmarked[:1]
        'P'
        """
        return self.raw.removeprefix("\ufeff")


def hints_of(decimal: str | None = None, counter: str | None = None, pair: str | None = None) -> Hints:
    """What the options ``--decimal``, ``--counter`` and ``--pair`` say; raises `UsageError`.

    >>> hints_of("comma").decimal_mark, hints_of(counter="kgs").counter
    (',', 'KGS')
    """
    if decimal not in {None, "comma", "point"}:
        raise UsageError(f"{decimal!r} is no decimal mark: write comma or point", decimal=decimal)
    return Hints(
        decimal_mark=None if decimal is None else "," if decimal == "comma" else ".",
        counter=None if counter is None else Currency(counter),
        pair=None if pair is None else Pair.parse(pair),
    )
