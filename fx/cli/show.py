"""How results look: JSON lines, CSV or a table; an answer in words for people."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from fx.errors import UsageError

if TYPE_CHECKING:
    from decimal import Decimal

    from fx.convert import Answer
    from fx.quotes import Quote

__all__ = [
    "QUOTE_COLUMNS",
    "explanation",
    "headline",
    "number_text",
    "plain_figure",
    "print_rows",
    "quote_rows",
    "small_print",
]

QUOTE_COLUMNS = (
    "document", "line", "base", "counter", "rate", "bid", "ask", "change_pct", "observed_at", "time_basis", "source",
    "repeats",
)  # fmt: skip


def print_rows(
    rows: Iterable[Any], *, as_json: bool, as_csv: bool, columns: Sequence[str], table: Sequence[str] = ()
) -> None:
    """Print rows, mappings or for CSV tuples, as asked; ``table`` narrows the columns shown to people."""
    from fx.exports import rows as out

    if as_json and as_csv:
        raise UsageError("--json and --csv exclude each other: take one")
    if as_json:
        out.write_json_lines(rows, sys.stdout)
    elif as_csv:
        out.write_csv(rows, columns, sys.stdout)
    else:
        out.write_table(rows, table or columns, sys.stdout)


def quote_rows(quotes: Iterable[Quote]) -> list[dict[str, Any]]:
    """Quotes as records, with a pair for the table."""
    from fx.exports.records import quote_record

    return [quote_record(quote) for quote in quotes]


def headline(answer: Answer, *, every_digit: bool = True, locale: str | None = None) -> str:
    """The figure and its bounds: ``19.00 USD (18.95 … 19.05)``.

    Where the interval is wider than one whole unit, decimals mean nothing and are left out, unless ``every_digit``.
    """
    from fx.exact import ceiling, floor, rounded

    result, low, high = answer.result, answer.low, answer.high
    if not every_digit and high - low > 1:
        rounding = answer.demands.get("rounding", "half-even")
        low, high = (end(Fraction(bound), 0) for end, bound in ((floor, low), (ceiling, high)))
        result = rounded(answer.exact, 0, rounding)
    bounds = "" if answer.kind == "identity" else f" ({number_text(low, locale)} … {number_text(high, locale)})"
    return f"{number_text(result, locale)} {answer.counter}{bounds}"


def number_text(number: Decimal, locale: str | None) -> str:
    """A number for people: thousands set apart, or as a locale writes it."""
    if locale:
        from fx.exports.locales import localized

        return localized(number, locale)
    from fx.exact import grouped

    return grouped(number)


def plain_figure(answer: Answer, *, exact: bool, locale: str | None) -> str:
    """The figure alone, for programs: digits, or the exact value as a decimal or, where that has no end, a fraction."""
    from decimal import Decimal

    from fx.exact import plain, to_significant

    if exact:
        short = to_significant(answer.exact, EXACT_DIGITS)
        parts = [short] if short == answer.exact else [Decimal(part) for part in str(answer.exact).split("/")]
    else:
        parts = [answer.result]
    return "/".join(number_text(part, locale) if locale else plain(part) for part in parts)


EXACT_DIGITS = 100
"""A value that ends within so many digits is printed as a decimal."""


def small_print(answer: Answer, locale: str | None = None) -> str:
    """What stands behind the figure: the exact value, the quotes, their date and age, and how much they know.

    The quotes are as published in any locale.
    """
    if answer.kind == "identity":
        return "the same currency: nothing to convert"
    legs = ", then ".join(leg_text(answer, number) for number in range(len(answer.legs)))
    held = "by decree" if answer.observed_at is None else f"of {answer.observed_at}, {age_text(answer.age_days)}"
    parts = [f"exactly {exact_text(answer.exact, locale)}", f"{legs} {held}"]
    if answer.result == 0 and answer.exact != 0:
        parts.append("too little for the currency's smallest unit, --places shows more")
    digits = answer.significant_digits
    if digits is not None and digits <= 2:
        parts.append(
            f"only {digits} significant digit{'s were' if digits > 1 else ' was'} published, hence the wide range"
        )
    return "; ".join(parts)


def exact_text(value: Fraction, locale: str | None = None) -> str:
    """A fraction as a decimal where it ends soon, else as a fraction with its first digits."""
    from fx.exact import plain, to_significant

    short = to_significant(value, 20)
    if short == value:
        return number_text(short, locale)
    first = to_significant(value, 12)
    return f"{value.numerator}/{value.denominator} ≈ {number_text(first, locale) if locale else plain(first)}"


def leg_text(answer: Answer, number: int) -> str:
    """One leg: the published quote, and whether it is turned over."""
    leg = answer.legs[number]
    return f"{'the inverse of ' if leg.inverted else ''}{leg.quote.pair} = {published(leg.quote)}"


def published(quote: Quote) -> str:
    """A quote's figure as published: the rate, else its sides by name."""
    from fx.exact import plain

    if quote.rate is not None:
        return plain(quote.rate)
    sides = (("bid", quote.bid), ("ask", quote.ask))
    return " ".join(f"{name} {plain(side)}" for name, side in sides if side is not None)


def age_text(days: int | None) -> str:
    """An age in words."""
    if days is None or days == 0:
        return "that very day"
    return f"{days} day{'s' if days != 1 else ''} old"


def explanation(answer: Answer) -> list[dict[str, Any]]:
    """The legs as rows of a table."""
    return [
        {
            "leg": f"{leg.quote.counter} to {leg.quote.base}"
            if leg.inverted
            else f"{leg.quote.base} to {leg.quote.counter}",
            "quote": str(leg.quote.pair),
            "rate": published(leg.quote),
            "use": "inverted" if leg.inverted else "as published",
            "observed_at": str(leg.quote.observed_at),
            "age_days": leg.quote.observed_at.days_until(answer.as_of),
            "source": leg.quote.source,
            "place": f"{leg.quote.document}:{leg.quote.line}",
        }
        for leg in answer.legs
    ]
