"""The JSON shapes of the contract as plain dicts: exact numbers are strings, absent is None."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from fx.exact import plain, to_significant
from fx.quotes import Quote, Reject

if TYPE_CHECKING:  # a parse prints records, and needs neither a conversion nor a database
    from fx.convert import Answer
    from fx.store import Info, Loaded

__all__ = [
    "answer_record",
    "info_record",
    "latest_record",
    "loaded_record",
    "quote_record",
    "reject_record",
    "sides_record",
    "written",
]


def written(number: Decimal | None) -> str | None:
    """A published number, digits kept."""
    return None if number is None else plain(number)


def written_exactly(number: Fraction) -> str:
    """A fraction as a decimal: exact where it ends, else to `RATE_DIGITS` significant digits.

    >>> written_exactly(Fraction("0.00190")), written_exactly(Fraction(1, 3))
    ('0.0019', '0.3333333333333333333333333333')
    """
    from fx.convert import RATE_DIGITS  # noqa: PLC0415 (a parse prints records too)

    return plain(to_significant(number, places_to_end(number) or RATE_DIGITS))


def places_to_end(number: Fraction) -> int | None:
    """Digits that write a fraction out exactly, or None where it never ends.

    >>> places_to_end(Fraction(1, 8)), places_to_end(Fraction(1, 3))
    (4, None)
    """
    rest = number.denominator
    twos = fives = 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    return None if rest != 1 else max(twos, fives) + len(str(abs(number.numerator) // number.denominator))


def quote_record(quote: Quote) -> dict[str, Any]:
    """A quote, as ``fx parse --json`` prints it."""
    return {
        "document": quote.document,
        "line": quote.line,
        "base": quote.base,
        "counter": quote.counter,
        "rate": written(quote.rate),
        "bid": written(quote.bid),
        "ask": written(quote.ask),
        "change_pct": written(quote.change_pct),
        "observed_at": str(quote.observed_at),
        "time_basis": quote.time_basis,
        "source": quote.source,
        "repeats": quote.repeats,
    }


def latest_record(quote: Quote, age_days: int) -> dict[str, Any]:
    """A quote with its age."""
    return {**quote_record(quote), "age_days": age_days}


def reject_record(reject: Reject) -> dict[str, Any]:
    """A reject with its place and reason."""
    return {
        "document": reject.document,
        "line": reject.line,
        "column": reject.column,
        "text": reject.text,
        "reason": reject.reason,
    }


def answer_record(answer: Answer) -> dict[str, Any]:
    """An answer with its legs; ``demands`` only where more was asked than amount, pair and moment."""
    return {
        "amount": written_exactly(answer.amount),
        "base": answer.base,
        "counter": answer.counter,
        "result": plain(answer.result),
        "low": plain(answer.low),
        "high": plain(answer.high),
        "rate": rate_text(answer),
        "kind": answer.kind,
        "as_of": str(answer.as_of),
        "observed_at": None if answer.observed_at is None else str(answer.observed_at),
        "age_days": answer.age_days,
        "legs": [
            {
                "base": leg.quote.base,
                "counter": leg.quote.counter,
                "rate": written(leg.quote.rate) or written_exactly(leg.quote.value),
                **(sides_record(leg.quote) if leg.quote.rate is None else {}),
                "inverted": leg.inverted,
                "observed_at": str(leg.quote.observed_at),
                "source": leg.quote.source,
                "document": leg.quote.document,
                "line": leg.quote.line,
            }
            for leg in answer.legs
        ],
        **({"demands": dict(answer.demands)} if answer.demands else {}),
    }


def sides_record(quote: Quote) -> dict[str, str]:
    """The sides of a quote without a single rate: the middle that serves as one was published by nobody."""
    return {name: plain(side) for name, side in (("bid", quote.bid), ("ask", quote.ask)) if side is not None}


def rate_text(answer: Answer) -> str:
    """The rate of an answer: as published where it was quoted, else written out."""
    if answer.kind == "quoted" and answer.legs[0].quote.rate is not None:
        return plain(answer.legs[0].quote.rate)
    return written_exactly(answer.rate.value)


def loaded_record(loaded: Loaded) -> dict[str, Any]:
    """What a load did."""
    return asdict(loaded)


def info_record(info: Info, reason: str) -> dict[str, Any]:
    """What a store holds, and why this one was taken."""
    return {
        "database": info.database,
        "chosen": reason,
        "schema": info.schema,
        "bytes": info.bytes,
        "documents": info.documents,
        "quotes": info.quotes,
        "pairs": info.pairs,
        "sources": info.sources,
        "rejects": info.rejects,
        "first_observed_at": None if info.first_observed_at is None else str(info.first_observed_at),
        "last_observed_at": None if info.last_observed_at is None else str(info.last_observed_at),
    }
