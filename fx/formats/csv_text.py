"""Rows of a text with a delimiter, each with its line, and the head that says what the columns are."""

from __future__ import annotations

import csv
import functools
import io
import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fx.currencies import Currency
from fx.formats.fields import code_of, pair_of
from fx.formats.record import (
    ASKS,
    BASES,
    BIDS,
    CODES,
    COUNTERS,
    HELD,
    ORDERS,
    PAIRS,
    PRICEHIST,
    RATES,
    TIMES,
    UNITS,
    key_of,
)
from fx.formats.series import named_pair, series_of
from fx.formats.signs import side_of_head
from fx.late import late

__all__ = ["Layout", "day_order", "layout_of", "lines_of", "rows_of"]

DELIMITERS = ",;\t|"
HEAD_WITHIN = 12
"""Lines among which the head stands: a title, a date, a comment may come before it."""
SERIES_WITHIN = 200
"""Lines among which the head of a central bank's series stands, below a list of what each of them is."""
SERIES = late(r"FX[A-Z]{6}|DEX[A-Z]{2}|RXI|XUDL|EXR\.D|A\$1=|SEK[A-Z]{3}PMI")
ABOVE_SERIES = frozenset(("title", "seriesid"))
"""What the Reserve Bank of Australia writes before its heads; what each is follows, then the days."""
RATE_IN = late(r"(?:exchange)?(?:rate|price|value)(?:to|in)(?P<counter>[a-z]{3})")
"""A head that says in what the rates are: ``rate_to_usd``."""
RATE_IN_OWN = {
    code: late(rf"(?:официальный)?курс[кв]?(?:{names})")
    for code, names in {
        "KZT": "тенге",
        "KGS": "сом(?:у|ах)?",
        "UZS": "сум(?:у|ах)?",
        "TJS": "сомони",
        "GEL": "лари",
        "AMD": "драм(?:у|ах)?",
    }.items()
}
"""``Курс к тенге``: a bank's own currency. To the dollar or euro a rate may be either way, and is none of these."""
DAYS = frozenset((*TIMES, "opentime", "localtime", "timeeet", "timegmt"))


ALSO_CALLED = {
    other: name
    for name, others in {
        "date": "datum дата fecha data",
        "pair": "пара валютнаяпара",
        "code": "kód код kod буквкод",
        "currency": "měna валюта währung waluta valuta moneda devise döviz dövizcinsi devisen valyuta",
        "rate": "kurz курс kurs цена",
        "open": "откр",
        "high": "макс",
        "low": "мин",
        "changepct": "измpct",
        "country": "země",
        "amount": "množství колво количество",
        "nominal": "номинал единиц birim",
        "from": "von",
        "to": "nach",
    }.items()
    for other in others.split()
}
"""Heads in other languages of the region and its neighbours."""


def column_of(cell: str) -> str:
    """The name under which a column is read whose head this is.

    >>> column_of("Kód"), column_of("Курс покупки"), column_of("Bid price"), column_of("Spread")
    ('code', 'bid', 'bidprice', 'spread')
    """
    key = key_of(cell)
    known = ALSO_CALLED.get(key) or (key if key in SIDES else "")
    return known or side_of_head(cell.strip().lower()) or key


SIDES = frozenset(BIDS + ASKS)


def rated_in(key: str) -> Currency | None:
    """The currency of which a head says that the rates are in it.

    >>> rated_in("ratetousd"), rated_in("курсктенге"), rated_in("курсдоллара")
    ('USD', 'KZT', None)
    """
    match = RATE_IN.fullmatch(key)
    if match:
        return code_of(match["counter"])
    return next((Currency(code) for code, names in RATE_IN_OWN.items() if names.fullmatch(key)), None)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the head stands, what divides the fields, and what kind of table it is.

    ``kind``: ``rows`` (a statement a row), ``bank`` (one code a row), ``ticks`` (no pair in the file), ``wide`` (a
    code or a pair a column), ``held`` (something else of each pair: fees, weights, volumes). ``counter`` is what
    the head says that the rates are in.
    """

    delimiter: str
    line: int
    cells: tuple[str, ...]
    keys: tuple[str, ...]
    kind: str
    counter: Currency | None = None


def rows_of(raw: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line on which it begins; a row that breaks the rules of CSV ends the reading.

    >>> list(rows_of('a;"b;c"\\n\\nd;e', ";"))
    [(1, ['a', 'b;c']), (2, []), (3, ['d', 'e'])]
    """
    text = raw.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    reader = csv.reader(io.StringIO(text, newline="\n"), delimiter=delimiter, skipinitialspace=True)
    before = 0
    while True:
        try:
            row = next(reader)
        except (StopIteration, csv.Error):
            return
        yield before + 1, row
        before = reader.line_num


def lines_of(raw: str) -> list[str]:
    """The lines of a text, counted as its rows are.

    >>> lines_of("\ufeffone\\r\\ntwo\\rthree")
    ['one', 'two', 'three']
    """
    return raw.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")


@functools.lru_cache(maxsize=1)
def layout_of(beginning: str) -> Layout | None:
    """The layout that the beginning of a text shows, or None where it is no table with a head.

    >>> layout_of("date,base,quote,rate\\n2024-12-14,KZT,USD,0.00190\\n").kind
    'rows'
    """
    lines = lines_of(beginning)
    series = ("X" in beginning or "SEK" in beginning or "A$1=" in beginning) and SERIES.search(beginning)
    within = SERIES_WITHIN if series else HEAD_WITHIN
    for number, line in enumerate(lines[:within], 1):
        if number > HEAD_WITHIN and not SERIES.search(line):
            continue
        marked = line.lstrip()[:1] in "|{[" or (line.lstrip()[:1] == "<" and not ANGLED.match(line.lstrip()))
        if not line.strip() or marked or len(line) > 20000:
            continue
        for delimiter in DELIMITERS:
            if delimiter not in line:
                continue
            cells = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
            keys = tuple(map(column_of, cells))
            if "rate" in keys:  # of a deal or of a bank's list: either way it is what the rate may be that of
                keys = tuple("amount" if key in {"quantity", "qty"} else key for key in keys)
            said = [each for key in keys if (each := rated_in(key))]
            counter = said[0] if len(said) == 1 else None
            if counter:
                keys = tuple("rate" if rated_in(key) else key for key in keys)
            kind = kind_of(cells, keys)
            following = next((other for other in lines[number:] if other.strip()), "")
            row = next(csv.reader([following], delimiter=delimiter, skipinitialspace=True), [])
            if kind == "bank":
                keys = with_pairs(keys, row)
                kind = kind_of(cells, keys)
            if kind is None and unrated(cells, keys, row):
                kind = "held"
            if number > HEAD_WITHIN and not (kind == "wide" and all(map(named_pair, cells[1:]))):
                continue
            if kind and following.count(delimiter) >= len(cells) - 2:
                return Layout(delimiter, number, tuple(cells), keys, kind, counter)
    return None


def with_pairs(keys: tuple[str, ...], row: list[str]) -> tuple[str, ...]:
    """The names of columns, that of a code as that of a pair where the first row holds one: ``Валюта`` is either.

    >>> with_pairs(("currency", "bid"), ["USD/KZT", "521"]), with_pairs(("currency", "bid"), ["USD", "521"])
    (('pair', 'bid'), ('currency', 'bid'))
    """
    pairs = [key in CODES and pair_of(cell.strip()) is not None for key, cell in zip(keys, row, strict=False)]
    return tuple("pair" if here else key for key, here in itertools.zip_longest(keys, pairs[: len(keys)]))


def kind_of(cells: list[str], keys: tuple[str, ...]) -> str | None:
    """What kind of table a head announces, if any.

    >>> kind_of(["Date", "USD", "JPY", ""], ("date", "usd", "jpy", ""))
    'wide'
    """
    names = {key for key in keys if len(key) > 1}
    if len(cells) > 1 and keys[0] in {*DAYS, *ABOVE_SERIES} and any(map(series_of, cells[1:])):
        return "wide"
    if len(cells) < 2 or not ORDERS.isdisjoint(names) or any(len(cell) > 40 for cell in cells):
        return None
    prices = names & {*RATES, *BIDS, *ASKS}
    both_sides = bool(names & set(BIDS) and names & set(ASKS))
    if prices and names & set(PAIRS):
        return "rows"
    if names & set(PAIRS) and any(key in HELD or f"{key}s" in HELD for key in names):
        return "held"
    if names & set(BASES) and names & {*COUNTERS, *CODES} and (prices or names <= PRICEHIST):
        return "rows"
    if names & set(CODES) and names & set(COUNTERS) and prices:
        return "rows"
    official = names & OFFICIAL or both_sides or ("value" in names and names & set(UNITS))
    if names & set(CODES) and official and "price" not in names:
        return "bank"
    if keys[0] in DAYS or any(key in DAYS for key in keys[:2]):
        if sum(1 for cell in cells[1:] if code_of(cell) or named_pair(cell)) * 2 >= sum(map(bool, cells[1:])):
            return "wide"
        if both_sides or ({"open", "high", "low"} <= names and prices) or (prices and names <= {*DAYS, *RATES}):
            return "ticks"
    return None


def unrated(cells: list[str], keys: tuple[str, ...], row: list[str]) -> bool:
    """Whether a head names pairs and nothing else that may be a rate; ``row`` is the one below it.

    >>> unrated(["pair", "score"], ("pair", "score"), ["EURUSD", "1.9"])
    True
    >>> unrated(["pair", "fixing"], ("pair", "fixing"), ["EURUSD", "1.9"])
    False
    """
    if len(row) != len(cells) or not all(cell.strip().isascii() and cell.strip() for cell in cells):
        return False  # a name in another language may be that of a rate
    pairs = [place for place, key in enumerate(keys) if len(key) > 1 and key in PAIRS and pair_of(row[place].strip())]
    others = [key for place, key in enumerate(keys) if place not in pairs]
    return len(pairs) == 1 and bool(others) and not any(MAY_BE_RATE.search(key) for key in others)


MAY_BE_RATE = late(
    r"(?<!st)(?<!error)(?<!failure)(?<!hit)(?<!fill)(?<!success)rate|"
    r"quot|price|prix|preis|prezzo|precio|prijs|kurs|course|cours|cambio|taux|tasa|tasso|curs|kur$|fix|"
    r"settle|close|last|latest|mid|bid|ask|offer|buy|sell|spot|value|worth|per(?![cfi])|usd|eur|now|current|level|open|nav|"
    r"equal|kup|prod|vent|compra|figure|^v$|^p$|^r$|^[0-9]"
)
"""What may be heard in the name of a column of rates, so that it is left to text."""


ANGLED = late(r"<(?:DATE|TICKER|DTYYYYMMDD)>[,;\t]", re.IGNORECASE)
"""How the heads of MetaTrader and its kin begin."""
OFFICIAL = frozenset(("rate", "exchangerate", "officialrate", "mid", "midrate", "obsvalue"))


SLASHED = late(r"\s*([0-9]{1,2})/([0-9]{1,2})/[0-9]{4}\b")


def day_order(cells: Iterable[str]) -> str | None:
    """Whether dates with strokes put the day or the month first, if one of them shows it.

    >>> day_order(["03/04/2025", "03/14/2025"]), day_order(["03/04/2025"])
    ('month', None)
    """
    for cell in itertools.islice(cells, 100_000):
        match = SLASHED.match(cell)
        if match and int(match[1]) > 12:
            return "day"
        if match and int(match[2]) > 12:
            return "month"
    return None
