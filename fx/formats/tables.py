"""Tables of pairs in text, where the heads decide which column is what.

    Pair       Price     Change    %Change        | pair    | bid    | ask    | chg %  |
    EUR/USD    1.0501    0.0029    0.28%          | EUR/USD | 1.0501 | 1.0503 | +0.28% |

    Base | Counter | Rate                         | Date       | EUR/USD | USD/JPY |
    USD  | KZT     | 523.54                       | 2024-12-13 | 1.0501  | 153.65  |

Columns are set apart by bars, tabs or spaces. A table needs a head for the pair (or for base and counter) and one for
the rate or for both sides, or else a head for the date and pairs as heads. A column headed "change" is a percentage
only where its cells say so. Without heads a row is read as the format `pairs` reads a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from fx.currencies import Currency, is_iso
from fx.errors import MomentError
from fx.formats.change import find_change
from fx.formats.context import Unreadable
from fx.formats.figures import FIGURE, DecimalMark
from fx.formats.human import Candidate, Family, Row, divided
from fx.formats.rate import settled
from fx.moments import Moment, find_date
from fx.quotes import Reject, Tick
from fx.text import BREAK

__all__ = ["TABLES", "rows_of_tables"]

ROLES = {
    "base": "base|from|base currency|from currency|базовая валюта",
    "counter": "counter|to|quote|quote currency|counter currency|to currency|term currency|валюта котировки",
    "date": "date|as of|fixing date|datum|fecha|data|tarih|дата|күні",
    "pair": "pair|symbol|instrument|ticker|currency pair|fx pair|market|cross|currency|currencies|name|пара|"
    "валютная пара|валюта",
    "rate": "rate|price|last|last price|mid|close|value|spot|spot rate|exchange rate|current|курс|цена",
    "bid": "bid|buy|bid price|buying|покупка",
    "ask": "ask|offer|sell|ask price|selling|продажа",
    "percent": "%|chg%|chg %|%chg|% chg|change%|change %|%change|% change|pct|pct change|change pct|"
    "chg (%)|change (%)|day %|24h %|1d %|изм. %|изм %|изм.%",
    "unit": "unit|units|nominal|amount|quant|количество|номинал|единиц",
    "change": "change|chg|chg.|net chg|net change|+/-|изм.|изм|изменение|day|24h",
}
OTHER_HEADS = frozenset("open high low volume vol time date prev spread".split())
NO_RATES = re.compile(
    r"spread|weight|corr|^high$|^low$|support|resist|lot|atr|rsi|profit|p&l|pnl|sharpe|volume|trades|win|pip|swap|forecast|"
    r"target|entry|^sl$|^tp$|margin|^vol"
)
"""Heads of tables whose figures are no rates."""
ROLE_OF = {word: role for role, words in ROLES.items() for word in words.split("|")}
HEAD_WORDS = (
    "pair", "symbol", "instrument", "ticker", "market", "cross", "currenc", "name", "пара", "валюта",
    "counter", "quote", "from", "date", "as of", "дата", "datum", "fecha", "tarih", "күні",
)  # fmt: skip
RARE = frozenset(HEAD_WORDS[:10])
"""The others are words of every text: a line with one is looked at only where something sets columns apart."""
APART = re.compile(r"[|│┃║\t]|[ \xa0]{2}")
PAIR_CELL = re.compile(r"[*`\"']{0,2}([A-Z]{3})[ ]?[-/_.|:]?[ ]?([A-Z]{3})(?:=X|_TO[MDМ])?[*`\"']{0,2}")
BOX = re.compile("[│┃║┆┇┊┋]")
"""Bars drawn by programs that print tables."""
RULE = re.compile(r"[-+=|:\s\x0b\xa0\u2500-\u257f]*")
FIGURE_CELL = re.compile(rf"({FIGURE})")
LONGEST_ROW = 400


def rows_of_tables(text: str, mark: DecimalMark | None = None) -> Iterator[Row]:
    """The rows of every table with heads; those whose heads name other things than rates hold no quote.

    >>> text = "Pair  Price  Change  %Change\\nEUR/USD  1.0501  0.0029  0.28%\\n"
    >>> [(str(tick.rate), str(tick.change_pct)) for row in rows_of_tables(text) for tick in row.found]
    [('1.0501', '0.28')]
    """
    done = 0
    for begin, finish in lines_with_heads(text):
        if begin < done:
            continue
        names = head_names(text[begin:finish])
        roles = [ROLE_OF.get(name) for name in names]
        columns = {number: pair for number, name in enumerate(names) if (pair := PAIR_CELL.fullmatch(name.upper()))}
        wide = "date" in roles and any(is_pair(pair) for pair in columns.values())
        if len(names) < 2 or not (wide or "pair" in roles or {"base", "counter"} <= set(roles)):
            continue
        rates = wide or bool({"rate", "bid"} & set(roles))
        if not rates and not any(NO_RATES.search(name) for name in names):
            continue
        for start, end in following_lines(text, finish):
            row = text[start:end]
            if RULE.fullmatch(row):
                continue
            found: tuple[Tick | Reject, ...] = ()
            if wide:
                found = read_wide_row(text, start, end, roles, columns, mark)
            elif rates:
                found = read_row(text, start, end, roles, mark)
            if not found and not any(map(str.isdigit, row)):
                break
            done = end
            if found or not rates:
                yield Row(start, end, found)


def head_names(line: str) -> list[str]:
    """The names of a head, without points and commas; set apart by single spaces only where each word is a name.

    >>> head_names("Name  Chg. %"), head_names("Pair Open High Low Last"), head_names("a pair of shoes")
    (['name', 'chg %'], ['pair', 'open', 'high', 'low', 'last'], ['a pair of shoes'])
    """
    names = [re.sub(r"[.,]", "", name).strip().lower() for name in cells(line)]
    if len(names) == 1:
        words = names[0].split()
        if all(word in ROLE_OF or word in OTHER_HEADS for word in words):
            return words
    return names


def lines_with_heads(text: str) -> list[tuple[int, int]]:
    """Start and end of each line of bearable length that holds a word of a head, in order."""
    lower = text.lower()
    if len(lower) != len(text):
        lower = text
    found: set[tuple[int, int]] = set()
    for word in HEAD_WORDS:
        place = lower.find(word)
        while place >= 0:
            back, on = max(0, place - LONGEST_ROW), place + LONGEST_ROW
            begin = max(text.rfind("\n", back, place), text.rfind(BREAK, back, place)) + 1
            ends = [end for end in (text.find("\n", place, on), text.find(BREAK, place, on)) if end >= 0]
            finish = min(ends, default=min(len(text), on))
            if word in RARE or APART.search(text, begin or back, finish):
                found.add((begin or back, finish))
            place = lower.find(word, finish)
    return sorted(found)


def following_lines(text: str, pos: int) -> Iterator[tuple[int, int]]:
    """Start and end of each line below a head, up to an empty one."""
    while pos < len(text):
        start = pos + 1
        end = min(
            (place for place in (text.find("\n", start), text.find(BREAK, start)) if place >= 0), default=len(text)
        )
        if end - start > LONGEST_ROW or (end == start and text[pos] == "\n"):
            return
        if end > start:
            yield start, end
        pos = end


def cells(row: str, count: int | None = None) -> list[str]:
    """The cells of a row, set apart by bars, tabs or spaces; by single spaces only where that gives ``count``.

    >>> cells("| EUR/USD | 1.0501 |"), cells("EUR/USD 1.0501", 2)
    (['EUR/USD', '1.0501'], ['EUR/USD', '1.0501'])
    """
    row = BOX.sub("|", row)
    if "|" in row:
        found = row.strip().strip("|").split("|")
    elif "\t" in row.strip():
        found = row.strip("\x0b \n").split("\t")
    else:
        found = re.split(r"[ \xa0]{2,}", row.strip())
        if count and len(found) != count:
            single = row.split()
            found = single if len(single) == count else found
    return [cell.strip(" \x0b\xa0\t") for cell in found]


def is_pair(match: re.Match[str] | None) -> bool:
    """Whether both halves are currencies, and two of them."""
    return bool(match and is_iso(match[1]) and is_iso(match[2]) and match[1] != match[2])


def read_row(
    text: str, start: int, end: int, roles: list[str | None], mark: DecimalMark | None
) -> tuple[Tick | Reject, ...]:
    """The quote of one row; none where it is no row of the table."""
    row = cells(text[start:end], len(roles))
    if len(row) < 2 or len(row) > len(roles) + 1:
        return ()
    found = dict(zip((role or str(number) for number, role in enumerate(roles)), row, strict=False))
    pair = PAIR_CELL.fullmatch(found.get("pair") or found.get("base", "") + "/" + found.get("counter", ""))
    if not pair or not is_pair(pair):
        return ()
    numbers = {name: figure(text, found.get(name, ""), start, end, mark) for name in ("rate", "bid", "ask")}
    if numbers["rate"] is None and (numbers["bid"] is None or numbers["ask"] is None):
        return ()
    date = found.get("date", "")
    moment = moment_of(date)
    if moment is None and DATED.fullmatch(date):
        return (undated(text[start:end], date),)
    unit = found.get("unit", "1").replace(" ", "").replace(",", "")
    size = int(unit) if re.fullmatch(r"10{0,5}", unit) else 1
    tick = Tick(
        Currency(pair[1]),
        Currency(pair[2]),
        divided(numbers["rate"], size),
        divided(numbers["bid"], size),
        divided(numbers["ask"], size),
        percent(found),
        unit=size,
        observed_at=moment,
    )
    return (tick,)


def read_wide_row(
    text: str,
    start: int,
    end: int,
    roles: list[str | None],
    columns: dict[int, re.Match[str]],
    mark: DecimalMark | None,
) -> tuple[Tick | Reject, ...]:
    """The quotes of a row that begins with its date, one for each head that is a pair."""
    row = cells(text[start:end], len(roles))
    if len(row) != len(roles):
        return ()
    date = row[roles.index("date")]
    moment = moment_of(date)
    if moment is None:
        return (undated(text[start:end], date),) if DATED.fullmatch(date) else ()
    return tuple(
        Tick(Currency(pair[1]), Currency(pair[2]), rate, observed_at=moment)
        for number, pair in columns.items()
        if is_pair(pair) and (rate := figure(text, row[number], start, end, mark))
    )


DATED = re.compile(r"[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4}")


def undated(row: str, date: str) -> Reject:
    """The reject of a row whose date can be read in two ways."""
    return Reject(row.strip()[:120], f"the date {date} can be read in two ways: write it as 2024-12-31", 0)


def moment_of(cell: str) -> Moment | None:
    """The moment or day that a cell holds, if it holds one."""
    try:
        return Moment.parse(cell)
    except MomentError:
        day = find_date(cell)
        return Moment.of_day(day) if day else None


def figure(text: str, cell: str, start: int, end: int, mark: DecimalMark | None) -> Decimal | None:
    """The number of a cell, if it holds one and nothing else but a sign of money."""
    match = FIGURE_CELL.fullmatch(cell.strip("*`$€£¥₸₽ "))
    if not match:
        return None
    try:
        return settled(text, match[1], start, end, mark) or None
    except Unreadable:
        return None


def percent(found: dict[str, str]) -> Decimal | None:
    """The percent change of a row: from the column of percentages, else from one of changes that says so."""
    for role in ("percent", "change"):
        cell = found.get(role, "")
        if role == "percent" and cell and "%" not in cell:
            cell += "%"
        change = find_change(" " + cell, 0) if "%" in cell else None
        if change:
            return change.percent
    return None


def no_candidates(text: str) -> Iterator[Candidate]:  # noqa: ARG001 (the shape of Family.candidates)
    """None: rows are read whole."""
    return iter(())


TABLES = Family(
    "tables",
    "tables of pairs whose heads say which column is the rate, bid, ask or percent change",
    "pair | rate | chg %",
    no_candidates,
    __doc__,
    rows=rows_of_tables,
)
