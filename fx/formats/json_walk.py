"""What every format of JSON shares: objects flattened to fields, and the way through them to the quotes."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from fx.currencies import Currency, Pair
from fx.formats.fields import BadField, code_of, figure_of, moment_of, pair_of
from fx.formats.json_text import Table
from fx.formats.record import (
    ASKS,
    BASES,
    BIDS,
    CHANGES,
    COUNTERS,
    HELD,
    PAIRS,
    RATES,
    TIMES,
    Context,
    Row,
    first,
    key_of,
    quote_of,
    read_row,
    unit_in,
    with_fields,
)
from fx.late import late
from fx.quotes import Reject, Tick

__all__ = ["NO_BASE", "flat", "walk"]

NO_BASE = "the file leaves out the base currency: give --pair with it in front, such as USD/EUR"
MAPS = frozenset(
    "rates conversionrates quotes quote exchangerates fxrates currencyrates data results result currencies fx".split()
)
"""Keys over an object of code and rate."""
AROUND = "metadata meta query info request param pair instrument symbol".split()
"""Keys over an object that says what its neighbours are."""
WITHIN = frozenset(
    "values candles data prices ticks history result results info quote quotes series rates observations response "
    "chart quoteresponse tick last lastquote ticker realtimecurrencyexchangerate price".split()
)
"""Keys below which an instrument named above still holds."""
OF_RATES = late(
    r"rate|quote|price|fx|forex|exchange|currenc|cours|kurs|cambio|spot|last|close|tick|data|result|value|pair|market"
)
"""Keys that may stand over an object of pairs and bare figures; under others (``weights``) those are no rates."""
OTHER_RATES = late(
    r"interest|(?:^|_)(?:swap|tax|fee|error|deposit|loan|discount|policy|repo|inflation|growth|vat|spread)s?(?:_|$)"
)
"""Rates of something else than exchange."""
DAY = late(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}.{0,12})?")

short_key = functools.lru_cache(maxsize=4096)(key_of)


def flat(table: Table) -> dict[str, object]:
    """An object's fields by their short names; of ``{"raw": …}``, candles and depth the one figure that counts.

    >>> table = Table(1)
    >>> table.put("5. Exchange Rate", "1.38", 1)
    >>> flat(table)
    {'exchangerate': '1.38'}
    """
    fields: dict[str, object] = {}
    for name, value in table.items():
        key = short_key(name)
        figure = value
        if isinstance(value, Table):
            figure = value.get("raw", value.get("c", value.get("value")) if key in {"mid", "bid", "ask"} else None)
        elif isinstance(value, list) and key in {"bids", "asks"}:
            figure, key = best_of(value), key[:-1]
        if isinstance(figure, str | Decimal):
            fields.setdefault(key, figure)
    return fields


def best_of(levels: list[object]) -> object:
    """The price of the first level of a depth: ``[{"price": "1.08"}]`` or ``[["1.08", "1000"]]``.

    >>> best_of([["1.08", "1000"]])
    '1.08'
    """
    best = levels[0] if levels else None
    if isinstance(best, Table):
        return best.get("price")
    return best[0] if isinstance(best, list) and best else None


def walk(value: object, context: Context, line: int = 1) -> Iterator[Tick | Reject]:
    """Yield the quotes of a JSON value, in the order in which they stand."""
    if isinstance(value, list):
        for item in value:
            yield from walk(item, context, line)
    elif isinstance(value, Table):
        yield from walk_table(value, context)


def walk_table(table: Table, context: Context) -> Iterator[Tick | Reject]:
    """The quotes of one object: itself, the rates that it lists, or those within."""
    fields = flat(table)
    for key, value in table.items():
        if short_key(key) in AROUND and isinstance(value, Table):
            context = with_fields(context, flat(value))
    found = read_row(fields, context, table.line)
    if found is not None:
        yield found
        return
    context = with_fields(context, fields)
    if wholly_codes(table, context):
        yield from rates_in(table, context)
        return
    if table and all(pair_of(key) for key in table):
        yield from rates_in(table, context)
        return
    listing = [key for key, value in table.items() if short_key(key) in MAPS and is_listing(value)]
    if listing:
        base = code_of(fields.get("currency") or fields.get("code")) or context.base
        try:
            amount = figure_of(fields.get("amount")) or unit_in(fields, context.unit)
        except BadField:
            amount = context.unit
        context = replace(context, base=base, unit=amount)
    for key, value in table.items():
        if isinstance(value, Table | list) and (short_key(key) in HELD or other_rates(key)):
            continue
        if bare_pairs(value) and not DAY.match(key) and not of_rates(key):
            continue
        if key in listing and isinstance(value, Table):
            within = {short_key(name) for name in value}
            yield from rates_in(value, with_fields(context, flat(value)) if not within.isdisjoint(BASES) else context)
        elif isinstance(value, Table) and value.keys() == {"v"} and (pair := pair_of(key)):
            found = rate_under(value["v"], pair, None, context, table.lines[key])
            if found is not None:
                yield found
        elif isinstance(value, Table) and code_of(key) and code_of(key) != context.base and sided(value):
            found = read_row({**flat(value), "currency": key}, context, table.lines[key])
            if found is not None:
                yield found
        elif isinstance(value, Table) and len(key) == 3 and code_of(key) and is_listing(value, context):
            yield from rates_in(value, below(context, key, value))
        elif isinstance(value, Table | list):
            yield from dated(key, walk(value, below(context, key, value), table.lines[key]), table.lines[key])


PLAIN_FIELDS = {*BASES, *TIMES, "success", "result", "provider", "license", "terms", "disclaimer"}


def wholly_codes(table: Table, context: Context) -> bool:
    """Whether an object is a day and a base with a rate under each code, or an object of one rate under each code.

    >>> table = Table(1)
    >>> for key, value in {"date": "2024-12-13", "base": "USD", "KZT": Decimal("523.54")}.items():
    ...     table.put(key, value, 1)
    >>> wholly_codes(table, Context(base=Currency("USD")))
    True
    """
    codes = [key for key in table if code_of(key)]
    if not codes:
        return False
    if len(codes) == len(table):
        return all(
            isinstance(each, Table) and each.get("code") == key.upper() and "rate" in each
            for key, each in table.items()
        )
    others = {short_key(key) for key in table if key not in codes}
    figures = all(isinstance(table[key], Decimal) for key in codes)
    return figures and context.base is not None and others <= PLAIN_FIELDS and not others.isdisjoint(TIMES)


def sided(table: Table) -> bool:
    """Whether an object holds a price to buy at and one to sell at, and names no pair.

    >>> sided(Table(1))
    False
    """
    names = {short_key(key) for key in table}
    return bool(names & set(BIDS) and names & set(ASKS) and not names & {*PAIRS, *BASES, *COUNTERS})


def of_rates(name: str) -> bool:
    """Whether what stands under a name may be rates of exchange.

    >>> of_rates("FX_RATES"), of_rates("interest_rates"), of_rates("limits")
    (True, False, False)
    """
    return OF_RATES.search(short_key(name)) is not None and not other_rates(name)


@functools.lru_cache(maxsize=4096)
def other_rates(name: str) -> bool:
    """Whether a name, of words in one of the usual spellings, is that of other rates than those of exchange.

    >>> other_rates("swapRates"), other_rates("observations"), other_rates("feed")
    (True, False, False)
    """
    return OTHER_RATES.search(re.sub(r"(?<=[a-z])(?=[A-Z])|[\W_]+", "_", name).lower()) is not None


def bare_pairs(value: object) -> bool:
    """Whether a value is an object of nothing but pairs and figures.

    >>> table = Table(1)
    >>> table.put("EUR/USD", "1.0850", 1)
    >>> bare_pairs(table)
    True
    """
    return isinstance(value, Table) and all(pair_of(key) and not isinstance(value[key], Table) for key in value)


def dated(key: str, found: Iterator[Tick | Reject], line: int) -> Iterator[Tick | Reject]:
    """What was found below a key; below a day that is none its quotes are of no known day, and one reject says so."""
    try:
        if DAY.fullmatch(key):
            moment_of(key)
    except BadField as bad:
        found = iter([Reject(key[:40], str(bad), line)] if any(isinstance(each, Tick) for each in found) else [])
    yield from found


def below(context: Context, key: str, value: object) -> Context:
    """What still holds below a key: an instrument only below some; a day, a pair or a base if the key is one."""
    if DAY.fullmatch(key):
        try:
            return replace(context, moment=moment_of(key))
        except BadField:
            return context
    if pair := pair_of(key):
        return replace(context, pair=pair)
    name = short_key(key)
    if isinstance(value, Table) and len(key) == 3 and (code := code_of(key)) and is_listing(value, context):
        return replace(context, base=code)
    if name in WITHIN or name.startswith("timeseries"):
        return context
    return replace(context, pair=None)


def is_listing(value: object, dated: Context | None = None) -> bool:
    """Whether a value is an object of codes, pairs or days and rates; under a code and a day, any is."""
    if not isinstance(value, Table) or not value:
        return False
    if dated is not None and dated.moment is not None and all(isinstance(each, Decimal) for each in value.values()):
        return any(code_of(key) for key in value)
    known = sum(1 for key in value if code_of(key) or pair_of(key) or DAY.fullmatch(key))
    return known * 2 >= len(value) or known >= 20


def rates_in(table: Table, context: Context) -> Iterator[Tick | Reject]:
    """The rates of an object of codes or pairs, days over such, or objects with the figure inside."""
    if reason := no_rates(table):
        key = next(iter(table))
        yield Reject(key, reason, table.lines[key])
        return
    for key, value in table.items():
        line = table.lines[key]
        if DAY.fullmatch(key) and isinstance(value, Table):
            yield from dated(key, rates_in(value, below(context, key, value)), line)
            continue
        pair, code = pair_of(key), code_of(key)
        if pair is None and code is None:
            continue
        if isinstance(value, Table):
            fields, unit = flat(value), context.unit
            if first(fields, RATES) is None and is_listing(value) and code:
                yield from rates_in(value, replace(context, base=code, pair=None))
                continue
            if pair is None and context.base and first(fields, BASES) is None and code:
                unit = Decimal(1) if "rateforamount" in fields else context.unit
                fields = {name: item for name, item in fields.items() if name in KEPT}
                pair = None if code == context.base else Pair(context.base, code)
                if pair is None:
                    continue
            found = (
                read_row(fields, replace(context, pair=pair, base=None, counter=None, unit=unit), value.line)
                if pair
                else None
            )
            if found is not None:
                yield found
            elif pair is None and code and first(fields, RATES) is not None:
                yield Reject(key, NO_BASE, line)
            continue
        found = rate_under(value, pair, code, context, line)
        if found is not None:
            yield found


def no_rates(table: Table) -> str | None:
    """Why figures under pairs are none: one is below zero, or all of them are whole and of one digit.

    >>> table = Table(1)
    >>> for key, value in {"EURUSD": Decimal(-1), "USDJPY": Decimal(1)}.items():
    ...     table.put(key, value, 1)
    >>> no_rates(table)
    'figures below zero stand among these, so that none is a rate: check what they are'
    """
    figures = [value for value in table.values() if isinstance(value, Decimal)]
    if not figures or not all(map(pair_of, table)):
        return None
    if any(figure < 0 for figure in figures):
        return "figures below zero stand among these, so that none is a rate: check what they are"
    if len(figures) == len(table) and all(figure < 10 and figure.as_tuple().exponent == 0 for figure in figures):
        return "one digit without decimals may count something: write rates with decimals"
    return None


KEPT = frozenset(("date", "time", "timestamp", "updatedat", "lastupdated", *RATES, *CHANGES))
"""What counts in an object under a code; other names there may be the code's own."""


def rate_under(
    value: object, pair: Pair | None, code: Currency | None, context: Context, line: int
) -> Tick | Reject | None:
    """The rate that stands under a code or a pair; None where it is the base itself, or no figure."""
    if not isinstance(value, str | Decimal):
        return None
    if pair is None and code is not None:
        own = context.counter  # the caller's word, the bank's own currency: then the rates are worth of each code
        if context.base is None and own is None:
            return Reject(code, NO_BASE, line)
        if code in {context.base, own}:
            return None
        pair = Pair(code, own) if own and context.base in {None, own} else Pair(context.base or code, code)
    if pair is None:
        return None
    return quote_of(Row(pair, value, unit=context.unit, line=line, moment=context.moment), context.mark)


def once(items: Iterator[Tick | Reject], *reasons: str) -> Iterator[Tick | Reject]:
    """The same items, with one reject only for each of these reasons, which hold for a whole file.

    >>> [each.text for each in once(iter([Reject("a", "no", 1), Reject("b", "no", 2)]), "no")]
    ['a']
    """
    told: set[str] = set()
    for item in items:
        if isinstance(item, Reject) and item.reason in reasons:
            if item.reason in told:
                continue
            told.add(item.reason)
        yield item
