"""Tables of rates in source code: dictionaries of Python and objects of JavaScript, under a name of rates.

    RATES = {("USD", "KZT"): Decimal("523.54"), "EUR/USD": 1.0501}
    const rates = { base: 'USD', rates: { EUR: 0.9519 } };
    rates["USD"]["KZT"] = 523.54;
    { pair: 'EUR/USD', rate: 1.0501, change: '-0.12%' },
    EURUSD: { bid: 1.0501, ask: 1.0503 },
    set_rate("EUR", "USD", 1.0501, effective_date="2024-12-13")

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
from fx.formats.json_walk import NO_BASE, of_rates, once, other_rates, walk
from fx.formats.page import Page
from fx.formats.record import TIMES, Context, key_of, read_row
from fx.late import late
from fx.quotes import Reject, Tick

__all__ = ["LITERALS", "Literals"]

CODED = r"[\"'][A-Za-z]{3}(?:[/_.-]?[A-Za-z]{3})?(?:=X)?[\"']"
KEYED = r"(?:[A-Z]{3}(?:_?[A-Z]{3})?|[a-z]{3}[A-Z][a-z]{2})"
"""A code or a pair as a key without quotes: ``USD``, ``EURUSD``, ``usdEur``."""
NAMED = late(
    r"^[ \t]*(?:(?:export|const|let|var|final|static|public|private)[ \t]+){0,4}(?P<name>[A-Za-z_$][\w$.]{0,60})"
    r"[ \t]*(?::[^=\n{}]{1,80})?=[ \t]*(?=[{\[])",
    re.MULTILINE,
)
BARE = late(r"\ufeff?\s{0,200}(?:\[\s{0,99})?(?=\{\s{0,99}(?:\(\s{0,9}[\"']|'|[A-Za-z_$]\w{0,30}\s{0,9}:[ \t]))")
"""A dictionary without a name that is none of JSON: a tuple, a text in single quotes or a word is its first key."""
ROW = late(r"^[ \t]*(?=\{\s{0,9}(?:'|[A-Za-z_$]\w{0,30}\s{0,9}:[ \t]))", re.MULTILINE)
"""The same on a line of its own, after another one."""
PAIR_ROW = late(rf"^[ \t]*[\"']?(?P<name>{KEYED})[\"']?[ \t]?:[ \t]?(?=\{{)", re.MULTILINE)
"""An object under a pair, on a line of its own."""
FIRST_PAIR = late(rf"\ufeff?\s{{0,200}}[\"']?{KEYED}[\"']?[ \t]?:[ \t]?\{{")
CALLED = late(
    r"^[ \t]*(?:await[ \t]+)?(?:[A-Za-z_$]\w{0,30}\.){0,4}"
    r"(?P<name>(?:set|add|put|save|insert|update|upsert|register|store|create|record)_?[A-Za-z_]{0,30})\([ \t]*"
    r"[\"'](?P<first>[A-Za-z]{3}(?:[/_-]?[A-Za-z]{3})?)[\"'][ \t]*,[ \t]*"
    r"(?:[\"'](?P<second>[A-Za-z]{3})[\"'][ \t]*,[ \t]*)?"
    r"(?:(?:[A-Za-z_]\w{0,30}\.)?Decimal\([\"'])?(?P<rate>[0-9]{1,12}(?:\.[0-9]{1,20})?)(?:[\"']\))?"
    r"(?P<rest>(?:[ \t]*,[ \t]*(?:[A-Za-z_]\w{0,30}[ \t]?=[ \t]?)?"
    r"(?:[\"'][^\"'\n]{0,60}[\"']|[A-Za-z_][\w.]{0,40})){0,6})"
    r"[ \t]*\)[ \t]*;?[ \t]*(?:#.*|//.*)?$",
    re.MULTILINE,
)
"""A call that sets a rate; another number among its arguments may be anything, and such a call is passed by."""
CALL = late(r"\([ \t]*[\"']")
"""What stands in every such call, and is found sooner."""
SETS_RATE = late(r"(?:^|_)(?:fx|rates?|quotes?)$")
ARGUMENT = late(r"(?:(?P<key>[A-Za-z_]\w{0,30})[ \t]?=[ \t]?)?[\"'](?P<text>[^\"'\n]{0,60})[\"']")
SAYS_NOTHING = late(r"(?!w$)[A-Za-z$_]{1,2}")
"""The name of a table that says nothing of what it holds."""
MARKS = ("={", "= {", "=[", "= [", "']['", '"]["')
INDEXED = late(
    r"^[ \t]*(?P<name>[A-Za-z_$][\w$.]{0,60})\[[\"'](?P<base>[A-Za-z]{3})[\"']\]"
    r"\[[\"'](?P<counter>[A-Za-z]{3})[\"']\][ \t]*=[ \t]*"
    r"(?:[A-Za-z_.]{0,20}\()?[\"']?(?P<rate>[0-9][0-9_.]{0,40})[\"']?\)?;?[ \t]*(?:#.*|//.*)?$",
    re.MULTILINE,
)
TOKEN = late(
    r"(?:\s|#[^\n]*|//[^\n]*)*+(?:(?P<mark>[{}\[\](),:;])|(?P<quote>[\"'])(?P<text>(?:(?!(?P=quote))[^\\\n]){0,2000})(?P=quote)"
    r"|(?P<number>[+-]?[0-9][0-9_]*(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?)(?![\w.])"
    r"|(?:new[ \t]+)?(?:[A-Za-z_]\w{0,30}\.)?(?:Decimal|D|Big|BigNumber|BigDecimal|float|str)\("
    r"\s*(?P<around>[\"']?)"
    r"(?P<wrapped>[+-]?[0-9.]{1,60})(?P=around)\s*\)"
    r"|(?P<word>[A-Za-z_$][\w$.]{0,60}))"
)
DATE = late(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
DEEPEST = 20
BEGINNING = 20_000
"""Characters among which the first call stands."""


@dataclass(frozen=True, slots=True)
class Literals:
    """The format ``literals``."""

    name: str = "literals"
    summary: str = "source code: dictionaries and objects of rates, in Python and JavaScript"
    example: str = 'RATES = {("USD", "KZT"): Decimal("523.54")}'

    def recognises(self, page: Page) -> bool:
        """Whether most of the text is such tables, whatever they are of, and one names a pair or codes."""
        raw = page.unmarked
        bare = (
            BARE.match(raw)
            or FIRST_PAIR.match(raw)
            or (CALL.search(raw, 0, BEGINNING) and CALLED.search(raw, 0, BEGINNING))
        )
        marked = ("{" in raw or "[" in raw) and any(mark in raw for mark in MARKS)
        if not bare and not marked:
            return False  # far cheaper than the patterns
        if not NAMED.search(raw) and not bare and not INDEXED.search(raw):
            return False
        if not re.search(rf"{CODED}|(?:[{{,]|^)\s*{KEYED}\s*:", raw, re.MULTILINE):
            return False
        inside = sum(end - start for start, end, _, _ in tables_in(raw))
        inside += sum(len(match[0]) for pattern in (INDEXED, CALLED) for match in pattern.finditer(raw))
        return inside * 2 >= len(raw.strip())

    def read(self, page: Page) -> Iterator[Tick | Reject]:
        """Yield a tick for each rate of each table.

        >>> page = Page("", 'RATES = {("USD", "KZT"): Decimal("523.54")}\\nFEES = {("USD", "KZT"): 0.5}')
        >>> [(str(tick.pair), tick.rate) for tick in LITERALS.read(page)]
        [('USD/KZT', Decimal('523.54'))]
        """
        raw, told = page.unmarked, page.hints.pair
        context = Context(
            base=told.base if told else None, counter=page.hints.counter, mark=page.hints.decimal_mark or "."
        )
        found = [
            (start, once(walk(named("rates" if SAYS_NOTHING.fullmatch(name) else name, value), context), NO_BASE))
            for start, _, name, value in tables_in(raw)
            if of_rates(name) or SAYS_NOTHING.fullmatch(name) or pair_of(name)
        ]
        line, counted = 1, 0
        for match in CALLED.finditer(raw):
            line, counted = line + raw.count("\n", counted, match.start("name")), match.start("name")
            call = called(match, context, line)
            found.append((match.start(), iter([call] if call is not None else [])))
        line, counted = 1, 0
        for match in INDEXED.finditer(raw):
            line, counted = line + raw.count("\n", counted, match.start()), match.start()
            pair = pair_of(f"{match['base']}/{match['counter']}")
            if pair is not None and of_rates(match["name"]):
                row = read_row({"rate": match["rate"].replace("_", "")}, replace(context, pair=pair, base=None), line)
                found.append((match.start(), iter([row] if row is not None else [])))
        for _, items in sorted(found, key=lambda each: each[0]):
            yield from items


def called(match: re.Match[str], context: Context, line: int) -> Tick | Reject | None:
    """A call that sets the rate of a pair, with what it says of its time."""
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", match["name"]).lower()
    pair = pair_of(f"{match['first']}/{match['second']}" if match["second"] else match["first"])
    if pair is None or not SETS_RATE.search(name) or other_rates(name):
        return None
    fields: dict[str, object] = {"rate": match["rate"]}
    for argument in ARGUMENT.finditer(match["rest"]):
        if argument["key"] and (key := key_of(argument["key"])) in TIMES:
            fields[key] = argument["text"]
        elif not argument["key"] and DATE.match(argument["text"]):
            fields["date"] = argument["text"]
    return read_row(fields, replace(context, pair=pair, base=None, counter=None), line)


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
    rows = [bare, *ROW.finditer(raw, bare.end() + 1)] if bare else []
    if FIRST_PAIR.match(raw):
        rows = list(PAIR_ROW.finditer(raw))
    counted, line = 0, 1
    for match in sorted([*rows, *NAMED.finditer(raw)], key=lambda each: each.end()):
        if match.start() < place:
            continue
        line, counted = line + raw.count("\n", counted, match.end()), match.end()
        parsed = value_at(raw, match.end(), line)
        if parsed is not None:
            value, place = parsed
            yield match.start(), place, match.groupdict().get("name") or "rates", value


def value_at(raw: str, place: int, line: int) -> tuple[object, int] | None:
    """The table or list at a place and where it ends; None where it is none, or not closed."""
    stack: list[Table | list[object]] = []
    keys: list[object] = []
    key: object = None
    loose: str | None = None
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
            key = loose = None
            continue
        if not stack:
            return None
        value: object
        if mark in {"}", "]", ")"}:
            value, key, loose = stack.pop(), keys.pop(), None
            if mark == ")" and isinstance(value, list):  # a tuple: two codes are a pair
                value = "/".join(str(each) for each in value)
            if not stack:
                return (value, place) if place - start > 2 else None
        elif mark == ":":
            continue
        elif mark in {",", ";"}:
            key = loose = None
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
            loose = str(key)
    if stack and loose is not None and isinstance(stack[-1], Table):
        del stack[-1][loose]  # where the text is cut, a figure may be too
    return (stack[0], len(raw)) if stack and CUT.match(raw, place) else None


CUT = late(r"\s*+(?:\.\.\.|…)?\s*+\Z")
"""The end of a text, in the middle of a table."""


LITERALS = Literals()
