"""Currency codes and pairs, with ISO 4217 as package data: minor units, names, withdrawn codes.

``data/currencies.csv`` holds List One as of 1 January 2026, with its numeric codes, and the alphabetic codes of List
Three (withdrawn; the last day of use after the Unicode CLDR). A code's case is folded: no ISO code differs from another
by case alone.
"""

from __future__ import annotations

import csv
import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, Self, TypeVar

from fx.errors import PairError
from fx.exact import shown
from fx.shipped import shipped_text

__all__ = ["Currency", "CurrencyFacts", "Pair", "facts", "is_iso", "minor_units", "of_number", "suggest"]

NO_CURRENCY = frozenset({"XXX", "XTS"})
"""ISO 4217 reserves these for "no currency" and for tests; in a text they are placeholders."""
PLACES_WITHOUT_MINOR_UNIT = 6
"""Decimals shown where ISO 4217 gives no minor unit (gold, SDR) or does not know the code."""


LONGEST_CODE = 5
Kind = TypeVar("Kind", bound=str)


@functools.lru_cache(maxsize=4096)
def one_code(kind: type[Kind], text: str) -> Kind | None:
    """A text as a code, None where it has not the shape of one."""
    folded = text.upper()
    return str.__new__(kind, folded) if re.fullmatch(r"[A-Z][A-Z0-9]{2,4}", folded) else None


class Currency(str):
    """A code of three to five letters or digits, upper case; whether it exists is another question.

    Raises `PairError` for anything else.

    >>> Currency("kzt")
    'KZT'
    """

    __slots__ = ()

    def __new__(cls, code: object) -> Self:
        """Fold the case and check the shape; of each code there is one object, as a file may have millions."""
        if type(code) is cls:
            return code
        text = code.strip() if isinstance(code, str) else ""
        found: Self | None = one_code(cls, text) if len(text) <= LONGEST_CODE else None
        if found is None:
            raise PairError(
                f"{shown(str(code))} is not a currency code: write three letters such as KZT", code=str(code)[:40]
            )
        return found


@dataclass(frozen=True, slots=True, order=True)
class Pair:
    """Base and counter: the rate of ``KZT/USD`` is dollars for one tenge.

    >>> pair = Pair.parse("kzt/usd")
    >>> str(pair), str(pair.inverse)
    ('KZT/USD', 'USD/KZT')
    """

    base: Currency
    counter: Currency

    @classmethod
    def parse(cls, text: str | Pair) -> Self:
        """Read ``KZT/USD``, ``kzt usd``, ``KZT to USD`` or ``KZTUSD``; raises `PairError` for anything else."""
        if isinstance(text, Pair):
            return cls(text.base, text.counter)
        return cls(*codes_of(str(text)))

    @property
    def inverse(self) -> Pair:
        """Counter and base, the other way round."""
        return Pair(self.counter, self.base)

    def __str__(self) -> str:
        return f"{self.base}/{self.counter}"


@functools.lru_cache(maxsize=1024)
def codes_of(text: str) -> tuple[Currency, Currency]:
    """Base and counter of a pair in text; asked of the same pairs again and again. Raises `PairError`."""
    match = re.fullmatch(
        r"\s*([A-Za-z0-9]{3,5})(?:\s*[/:_.=-]\s*|\s+(?:(?:to|in|into|as)\s+)?)([A-Za-z0-9]{3,5})\s*"
        r"|([A-Za-z]{3})([A-Za-z]{3})",
        text,
    )
    if not match:
        raise PairError(f"{shown(text)} is not a pair: write it as KZT/USD", pair=text[:40])
    base, counter = (part for part in match.groups() if part)
    return Currency(base), Currency(counter)


class CurrencyFacts(NamedTuple):
    """What ISO 4217 says of a code; ``withdrawn`` is '' for one in use, ``numeric`` '' where it is not kept."""

    code: str
    minor_units: int | None
    withdrawn: str
    name: str
    numeric: str


@functools.cache
def facts() -> dict[str, CurrencyFacts]:
    """The whole table, by code, read once.

    >>> facts()["KZT"].name, facts()["BYR"].withdrawn
    ('Tenge', '2017-01-01')
    """
    text = shipped_text("currencies.csv")
    return {
        row["code"]: CurrencyFacts(
            row["code"],
            int(row["minor_units"]) if row["minor_units"] else None,
            row["withdrawn"],
            row["name"],
            row["numeric"],
        )
        for row in csv.DictReader(text.splitlines())
    }


@functools.cache
def iso_codes() -> frozenset[str]:
    """Every code that can stand in a quote: in use or withdrawn, not the placeholders."""
    return frozenset(facts()) - NO_CURRENCY


def is_iso(code: str) -> bool:
    """Whether ISO 4217 knows the code as a currency, metal or fund, today or once.

    >>> is_iso("KZT"), is_iso("XAU"), is_iso("XXX"), is_iso("KZZ")
    (True, True, False, False)
    """
    return code in iso_codes()


@functools.cache
def numbered() -> dict[str, Currency]:
    """The currencies in use by their numeric codes."""
    return {fact.numeric: Currency(code) for code, fact in facts().items() if fact.numeric and is_iso(code)}


def of_number(number: str) -> Currency | None:
    """The currency in use whose numeric code in ISO 4217 this is, zeros in front or not.

    >>> of_number("840"), of_number("36"), of_number("000")
    ('USD', 'AUD', None)
    """
    return numbered().get(number.zfill(3))


def minor_units(code: str) -> int:
    """Decimals of an amount in this currency (ISO 4217), or six where the standard gives none.

    >>> minor_units("USD"), minor_units("JPY"), minor_units("KWD"), minor_units("XAU")
    (2, 0, 3, 6)
    """
    known = facts().get(code)
    return PLACES_WITHOUT_MINOR_UNIT if known is None or known.minor_units is None else known.minor_units


def suggest(code: str, preferred: Iterable[str] = ()) -> str | None:
    """The known code that this one was most likely meant to be: of ``preferred`` first, then of ISO 4217.

    >>> suggest("KZZ", ["KGS", "KZT", "USD"]), suggest("EURO"), suggest("QQQ")
    ('KZT', 'EUR', None)
    """
    import difflib  # noqa: PLC0415 (most codes are known)

    for codes in (
        sorted(preferred),
        sorted(code for code, fact in facts().items() if not fact.withdrawn and code not in NO_CURRENCY),
    ):
        close = difflib.get_close_matches(code, codes, n=1, cutoff=0.6)
        if close:
            return close[0]
    return None
