"""Tables of rates in source code: dictionaries of Python and objects of JavaScript, under a name of rates.

    RATES = {("USD", "KZT"): Decimal("523.54"), "EUR/USD": 1.0501}
    const rates = { base: 'USD', rates: { EUR: 0.9519 } };
    rates["USD"]["KZT"] = 523.54;

The name that they are given decides (``FEES``, ``LIMITS`` and ``BALANCES`` hold none), then the keys, as in JSON. What
is computed is no figure and passed by.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from fx.formats.fields import pair_of
from fx.formats.json_text import Table
from fx.formats.json_walk import NO_BASE, of_rates, once, walk
from fx.formats.page import Page
from fx.formats.record import Context, read_row
from fx.quotes import Reject, Tick

__all__ = ["LITERALS", "Literals"]

CODED = r"[\"'][A-Za-z]{3}(?:[/_.-]?[A-Za-z]{3})?(?:=X)?[\"']"
NAMED = re.compile(
    r"^[ \t]*(?:(?:export|const|let|var|final|static|public|private)[ \t]+){0,4}(?P<name>[A-Za-z_$][\w$.]{0,60})"
    r"[ \t]*(?::[^=\n{}]{1,80})?=[ \t]*(?=[{\[])",
    re.MULTILINE,
)
BARE = re.compile(r"\ufeff?\s{0,200}(?=\{\s{0,99}(?:\(\s{0,9}[\"']|'))")
"""A dictionary without a name that is none of JSON: a tuple or a text in single quotes is its first key."""
MARKS = ("={", "= {", "=[", "= [", "']['", '"]["')
INDEXED = re.compile(
    r"^[ \t]*(?P<name>[A-Za-z_$][\w$.]{0,60})\[[\"'](?P<base>[A-Za-z]{3})[\"']\]"
    r"\[[\"'](?P<counter>[A-Za-z]{3})[\"']\][ \t]*=[ \t]*"
    r"(?:[A-Za-z_.]{0,20}\()?[\"']?(?P<rate>[0-9][0-9_.]{0,40})[\"']?\)?;?[ \t]*(?:#.*|//.*)?$",
    re.MULTILINE,
)
TOKEN = re.compile(
    r"(?:\s|#[^\n]*|//[^\n]*)*+(?:(?P<mark>[{}\[\](),:;])|(?P<quote>[\"'])(?P<text>(?:(?!(?P=quote))[^\\\n]){0,2000})(?P=quote)"
    r"|(?P<number>[+-]?[0-9][0-9_]*(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?)(?![\w.])"
    r"|(?:new[ \t]+)?(?:[A-Za-z_]\w{0,30}\.)?(?:Decimal|D|Big|BigNumber|BigDecimal|float|str)\("
    r"\s*(?P<around>[\"']?)"
    r"(?P<wrapped>[+-]?[0-9.]{1,60})(?P=around)\s*\)"
    r"|(?P<word>[A-Za-z_$][\w$.]{0,60}))"
)
DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Literals:
    """The format ``literals``."""

    name: str = "literals"
    summary: str = "source code: dictionaries and objects of rates, in Python and JavaScript"
    example: str = 'RATES = {("USD", "KZT"): Decimal("523.54")}'

    def recognises(self, page: Page) -> bool:
        """Whether most of the text is such tables, whatever they are of, and one names a pair or codes."""
        if not BARE.match(page.raw) and not any(mark in page.raw for mark in MARKS):
            return False  # far cheaper than the patterns
        if not NAMED.search(page.raw) and not BARE.match(page.raw) and not INDEXED.search(page.raw):
            return False
        if not re.search(rf"{CODED}|[{{,]\s*[A-Z]{{3}}\s*:", page.raw):
            return False
        inside = sum(end - start for start, end, _, _ in tables_in(page.raw))
        inside += sum(len(match[0]) for match in INDEXED.finditer(page.raw))
        return inside * 2 >= len(page.raw.strip())

    def read(self, page: Page) -> Iterator[Tick | Reject]:
        """Yield a tick for each rate of each table.

        >>> page = Page("", 'RATES = {("USD", "KZT"): Decimal("523.54")}\\nFEES = {("USD", "KZT"): 0.5}')
        >>> [(str(tick.pair), tick.rate) for tick in LITERALS.read(page)]
        [('USD/KZT', Decimal('523.54'))]
        """
        told = page.hints.pair
        context = Context(
            base=told.base if told else None, counter=page.hints.counter, mark=page.hints.decimal_mark or "."
        )
        found = [
            (start, once(walk(named(name, value), context), NO_BASE))
            for start, _, name, value in tables_in(page.raw)
            if of_rates(name)
        ]
        for match in INDEXED.finditer(page.raw):
            pair = pair_of(f"{match['base']}/{match['counter']}")
            if pair is not None and of_rates(match["name"]):
                line = page.raw.count("\n", 0, match.start()) + 1
                row = read_row({"rate": match["rate"].replace("_", "")}, replace(context, pair=pair, base=None), line)
                found.append((match.start(), iter([row] if row is not None else [])))
        for _, items in sorted(found, key=lambda each: each[0]):
            yield from items


def named(name: str, value: object) -> object:
    """A table under its name, where that is one of a map of codes: ``RATES = {"USD": …}``."""
    table = Table(value.line if isinstance(value, Table) else 1)
    table.put(name.rpartition(".")[2].split("_")[-1], value, table.line)
    return table if isinstance(value, Table) and "rates" not in value else value


def tables_in(raw: str) -> Iterator[tuple[int, int, str, object]]:
    """Each table with where it begins and ends and what it is called.

    >>> [(name, value) for _, _, name, value in tables_in("fx = {'base': 'USD'}\\n")]
    [('fx', {'base': 'USD'})]
    """
    place = 0
    bare = BARE.match(raw)
    counted, line = 0, 1
    for match in [*([bare] if bare else []), *NAMED.finditer(raw)]:
        if match.start() < place:
            continue
        line, counted = line + raw.count("\n", counted, match.end()), match.end()
        parsed = value_at(raw, match.end(), line)
        if parsed is not None:
            value, place = parsed
            yield match.start(), place, "rates" if match is bare else match["name"], value


def value_at(raw: str, place: int, line: int) -> tuple[object, int] | None:
    """The table or list at a place and where it ends; None where it is none, or not closed."""
    stack: list[Table | list[object]] = []
    keys: list[object] = []
    key: object = None
    counted = place
    start = place
    while match := TOKEN.match(raw, place):
        begin = match.start(match.lastgroup or 0)
        line, counted, place = line + raw.count("\n", counted, begin), begin, match.end()
        mark = match["mark"]
        if mark in {"{", "[", "("}:
            if len(stack) >= DEEPEST:
                return None
            stack.append(Table(line) if mark == "{" else [])
            keys.append(key)
            key = None
            continue
        if not stack:
            return None
        value: object
        if mark in {"}", "]", ")"}:
            value, key = stack.pop(), keys.pop()
            if mark == ")" and isinstance(value, list):  # a tuple: two codes are a pair
                value = "/".join(str(each) for each in value)
            if not stack:
                return (value, place) if place - start > 2 else None
        elif mark == ":":
            continue
        elif mark in {",", ";"}:
            key = None
            continue
        elif match["number"] is not None:
            value = Decimal(match["number"].replace("_", ""))
        elif match["wrapped"] is not None:
            value = match["wrapped"]
        else:
            value = match["text"] if match["text"] is not None else match["word"]
        holder = stack[-1]
        if isinstance(holder, list):
            holder.append(value)
        elif key is None:
            key = value
        else:
            holder.put(str(key), value, line)
    return None


LITERALS = Literals()
