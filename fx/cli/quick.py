"""The plain form of ``fx convert``, answered before Typer is imported: in 1.3 times what ``import sqlite3`` takes.

``fx convert AMOUNT FROM [to] TO``, with ``--as-of DAY``, ``--db PATH`` and ``-q`` or without, its output no terminal:
there a figure alone is printed. Where its answer is certain by simple means it is given here; in every other case
nothing was done, and the ordinary door (`fx.store`, `fx.rates`, `fx.convert`) answers or refuses from the start.

This is no second policy. The ordinary one takes the direct quote without a look further wherever no quote that touches
one of the two currencies is of a later day (`fx.rates.preferred`), and of several direct quotes that of the latest day.
That much is decided here, of the same rows by the same SQL, and where two series share the day, nothing is: what breaks
ties is known there alone. Nor is anything said of a code that a decree speaks of, of sides, and of figures beyond
integers. Rounding, writing and counting days are those of `fx.whole`. Tests go through both doors.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from fx.cli.place import chosen_place
from fx.shipped import cells_of, shipped_text
from fx.sql import HEAD, STANDING, last_of_series
from fx.store.files import MEMORY, open_anchor
from fx.whole import EVER, ORDINALS_A_DAY, first_ordinal, fixed, quotient

TYPE_CHECKING = False  # what `typing` says too, which takes as long to import as SQLite
if TYPE_CHECKING:
    from typing import Any

__all__ = ["quick_figure"]

QUIET = ("-q", "--quiet")
VALUED = ("--db", "--as-of")
LONGEST_AMOUNT = 18
LONGEST_SCALE = 60


def quick_figure(words: Sequence[str], environment: Mapping[str, str]) -> str | None:
    """The figure that the command prints, or None where the ordinary door is to answer; raises nothing."""
    try:
        asked = read(words)
        if asked is None or "_FX_COMPLETE" in environment:
            return None
        amount, base, counter, options = asked
        until = last_ordinal(options.get("--as-of"))
        target, _ = chosen_place(options.get("--db"), environment)
        places = minor_units(base, counter)
        if until is None or places is None or target == MEMORY or "://" in target:
            return None
        quote = certain(target, base, counter, until)
        return None if quote is None else figure(amount, quote, base, places)
    except Exception:  # noqa: BLE001 (whatever it is: the ordinary door meets it too, and says it well)
        return None


def read(words: Sequence[str]) -> tuple[str, str, str, dict[str, str]] | None:
    """Amount, base, counter and options of the plain form.

    >>> read(["convert", "5", "kzt", "to", "usd", "--as-of=2024-12-14", "-q"])
    ('5', 'KZT', 'USD', {'--as-of': '2024-12-14'})
    >>> read(["convert", "5", "KZT", "USD", "--places", "4"])
    """
    plain: list[str] = []
    options: dict[str, str] = {}
    ahead = iter(words)
    for word in ahead:
        name, equals, value = word.partition("=")
        if word in QUIET:
            continue
        if name in VALUED and name not in options and (plain or name == "--db"):
            options[name] = value if equals else next(ahead, "")
            if not options[name] or options[name].startswith("-"):
                return None
        elif word.startswith("-"):
            return None
        else:
            plain.append(word)
    if len(plain) == 5 and plain[3].lower() == "to":
        del plain[3]
    if len(plain) != 4 or plain[0] != "convert":
        return None
    amount, base, counter = plain[1], code(plain[2]), code(plain[3])
    return (amount, base, counter, options) if base and counter and base != counter else None


def code(word: str) -> str:
    """A currency's code in upper case, '' for what does not look like one."""
    return word.upper() if word.isascii() and word.isalnum() and word[0].isalpha() and 3 <= len(word) <= 5 else ""


def last_ordinal(day: str | None) -> int | None:
    """The last ordinal of a day, or of now; None for other ways to say when."""
    if day is None:
        return 2 * (time.time_ns() // 1_000_000) + 1
    if len(day) == 10 and day[4] == day[7] == "-" and day.isascii() and day.replace("-", "").isdigit():
        return first_ordinal(date.fromisoformat(day)) + ORDINALS_A_DAY - 1
    return None


def minor_units(base: str, counter: str) -> int | None:
    """Decimals of an amount of counter; None where ISO 4217 gives none, and where a decree speaks of either code."""
    decrees = shipped_text("successors.csv")
    if cells_of(decrees, base, 1) or cells_of(decrees, counter, 1):
        return None
    cells = cells_of(shipped_text("currencies.csv"), counter, 3)
    return int(cells[2]) if cells and cells[2] else None


def certain(target: str, base: str, counter: str, until: int) -> tuple[Any, ...] | None:
    """The row of the direct quote, where it is the answer for certain."""
    connection = open_anchor(target)
    if connection is None:
        return None
    try:
        connection.execute("PRAGMA query_only=1")
        connection.execute("PRAGMA trusted_schema=0")
        if connection.execute("SELECT version_num FROM alembic_version").fetchall() != [(HEAD,)]:
            return None
        for end in (base, counter):
            rows = connection.execute(STANDING, {"code": end, "until": until, "known": EVER}).fetchall()
            found = freshest(list(last_of_series(rows)))
            direct = [row for row in found if {row[0], row[1]} == {base, counter}]
            if direct:
                return direct[0] if len(direct) == 1 else None
        return None
    finally:
        connection.close()


def freshest(rows: list[tuple[Any, ...]]) -> Iterable[tuple[Any, ...]]:
    """The rows of the latest day."""
    days = [row[6] // ORDINALS_A_DAY for row in rows]
    return [row for row, day in zip(rows, days, strict=True) if day == max(days)]


def figure(amount: str, quote: Sequence[Any], base: str, places: int) -> str | None:
    """The amount through a quote, rounded half-even; None for a rate or an amount that is not plain.

    >>> figure("10000", ("KZT", "USD", 190, 5, ""), "KZT", 2), figure("100", ("UZS", "USD", 8, 5, ""), "USD", 2)
    ('19.00', '1250000.00')
    """
    first, _, rate, scale, rest = quote[:5]
    whole, _, part = amount.removeprefix("+").partition(".")
    digits = whole + part
    if not (digits.isascii() and digits.isdigit()) or len(digits) > LONGEST_AMOUNT:
        return None
    if rest or rate <= 0 or not 0 <= scale <= LONGEST_SCALE:
        return None
    turn, over = (rate, 10**scale) if first == base else (10**scale, rate)
    result = quotient(int(digits) * turn * 10**places, 10 ** len(part) * over)
    return fixed(result, places) if result or not int(digits) else None
