"""The heads of tables in text: which line is one, what its columns are called, and what each column holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from fx.dates import MONTHS
from fx.formats.quantities import COLUMN
from fx.formats.signs import ASK_WORDS, BID_WORDS, side_of_head
from fx.late import late
from fx.text import BREAK, first_of, plain_text

__all__ = [
    "HEAD_REACH",
    "SIDED_PAIR",
    "Blocks",
    "cells",
    "following_lines",
    "has_head",
    "head_names",
    "is_day_head",
    "lines_with_heads",
    "role_of",
]

ROLES = {
    "base": "base|from|base currency|from currency|базовая валюта",
    "counter": "counter|to|quote|quote currency|counter currency|to currency|term currency|валюта котировки",
    "date": "date|as of|fixing date|datum|fecha|data|tarih|дата|күні",
    "pair": "pair|symbol|instrument|ticker|currency pair|fx pair|market|cross|currency|currencies|name|пара|"
    "валютная пара|валюта|döviz",
    "rate": "rate|price|last|last price|mid|close|value|spot|spot rate|exchange rate|current|today|now|latest|fixing|"
    "weighted avg|weighted average|average|avg|"
    "курс|цена|сегодня|kurs|kur|heute|cours|taux|cambio|tasa|средневзвешенный|бағам|son",
    "bid": "|".join(BID_WORDS),
    "ask": "|".join(ASK_WORDS),
    "percent": "%|chg%|chg %|%chg|% chg|change%|change %|%change|% change|pct|pct change|change pct|"
    "chg (%)|change (%)|day %|24h %|1d %|изм. %|изм %|изм.%|δ%|δ %|fark %|änderung %|"
    "variation %|var %|zmiana %",
    "amount": "amount|quantity|qty|кол-во|количество|množství",
    "unit": "unit|units|nominal|quant|per|номинал|единиц|единица|ед|за|birim|"
    "einheit|einheiten|jednostka|ერთეული|бірлік|бирдик|воҳид",
    "change": "change|chg|chg.|net chg|net change|+/-|изм.|изм|изменение|day|24h|24h change|"
    "daily|daily change|δ|fark|değişim|änderung|veränderung|variation|var|zmiana|за день",
}
OTHER_HEADS = frozenset("open high low volume vol time date prev previous yesterday вчера dates даты spread".split())
ROLE_OF = {word: role for role, words in ROLES.items() for word in words.split("|")}


def role_of(name: str) -> str:
    """What the column of a name holds, if that is known.

    >>> role_of("kurs"), role_of("курс покупки"), role_of("волатильность")
    ('rate', 'bid', '')
    """
    return ROLE_OF.get(name) or side_of_head(name)


HEAD_WORDS = (
    "pair", "symbol", "instrument", "ticker", "market", "cross", "currenc", "name", "пара", "валюта", "counter",
    "quote currency", "date", "as of", "дата", "datum", "fecha", "tarih", "күні",
)  # fmt: skip
"""One of these stands in most heads of a table of pairs; the others are found by the pairs below them."""
COMMON = frozenset(HEAD_WORDS[10:])
"""Words of every text: a line with one is looked at only where something sets columns apart."""
FROM = late(r"from(?=[ ]?[|│;\t]|[ ]{2})")
APART = late(r"[|│┃║\t;]|[ \xa0]{2}")
SET_APART = ("|", ";", "\t", "  ", "\x0b")
"""What sets the cells of a row apart, where all is ASCII."""
BOX = late("[│┃║┆┇┊┋]")
"""Bars drawn by programs that print tables."""
BID, ASK = "|".join(BID_WORDS), "|".join(ASK_WORDS)
SIDED_PAIR = late(
    rf"(?:(?P<bid>{BID})|(?P<ask>{ASK}))[ ,:(-]{{1,3}}(?P<base>[a-z]{{3}})[/-](?P<counter>[a-z]{{3}})[)]?"
    rf"|(?P<base2>[a-z]{{3}})[/-](?P<counter2>[a-z]{{3}})[ ,:(-]{{1,3}}(?:(?P<bid2>{BID})|(?P<ask2>{ASK}))[)]?"
)
"""The name of a column that holds one side of a pair: ``Покупка USD/KGS``, ``EUR/USD bid``."""
SIDED = late(
    "/(?<=[a-z]{3}/)(?:(?<=[ (:,-][a-z]{3}/)(?:"
    + "|".join(rf"(?<={word}.[a-z]{{3}}/)" for word in BID_WORDS + ASK_WORDS)
    + rf")|(?=[a-z]{{3}}[ ,:(-]{{1,3}}(?:{BID}|{ASK})))"
)
"""The solidus of such a pair, told by the letters around it before any word: base64 has one among 64 characters."""
FIRST_PAIR = late(
    r"^[|│ \t*`]{0,8}[A-Z]{3}[ ]?[-/_.]?[ ]?[A-Z]{3}[*`]{0,2}[ ]?(?:[|│;\t]|[ ]{2}|[ ][0-9])", re.MULTILINE
)
"""A row that begins with a pair: the line above the first one may be a head in any language."""
LONGEST_ROW = 400
LONGEST_RAW = 600
"""The same before escapes and what is invisible are taken out."""
FIRST_CODES = late(r"\n[|│ \t*`]{0,8}[A-Z]{3}[\s/]?[-/_.]?[\s/]?[A-Z]{3}[*`]{0,2}(?:[\s|│;]|\Z)")
"""The same, or what may become it: the rest may be on the next lines."""
LAST_LINES, HEAD_REACH = 4, 4 * LONGEST_RAW
"""Lines above such a row, one of which is its head if it has one: a rule or an empty line may stand between."""
RULED = late(r"[-+=|:\s\u2500-\u257f]*")
SHORTEST_HEAD = 3
"""Characters of two names and what sets them apart."""
NO_POINTS = str.maketrans("", "", ".,:")


def head_names(line: str) -> list[str]:
    """The names of a head, without points and commas; set apart by single spaces only where each word is a name.

    >>> head_names("Name  Chg. %"), head_names("Pair Open High Low Last"), head_names("a pair of shoes")
    (['name', 'chg %'], ['pair', 'open', 'high', 'low', 'last'], ['a pair of shoes'])
    """
    names = [re.sub(r"[.,]", "", name).strip(" :").lower() for name in cells(line)]
    if len(names) == 1:
        words = [word.rstrip(":") for word in names[0].split()]
        if all(map(is_name, words)):
            return words
    return names


DAY_HEAD = late(
    r"[0-9]{1,2}[ ][^\W\d_]{3,9}(?:[ ][0-9]{4})?|[^\W\d_]{3,9}[ ][0-9]{1,2}(?:[ ][0-9]{4})?|[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"|[0-9]{1,2}[/-][0-9]{1,2}(?:[/-][0-9]{2}|[/-][0-9]{4})?|[0-9]{8}|[0-9]{4}"
)
"""The head of a column of one day, points and commas taken out."""


def is_day_head(name: str) -> bool:
    """Whether a head is a day, with or without its year.

    >>> is_day_head("12 dec"), is_day_head("13 december 2024"), is_day_head("12/12"), is_day_head("3 symbol")
    (True, True, True, False)
    """
    words = re.findall(r"[^\W\d_]+", name)
    return bool(DAY_HEAD.fullmatch(name)) and all(word in MONTHS for word in words)


def is_name(word: str) -> bool:
    """Whether a word alone names a column, or is its day.

    >>> is_name("pair"), is_name("12/12"), is_name("the")
    (True, True, False)
    """
    return word in ROLE_OF or word in OTHER_HEADS or (word[:1].isdecimal() and is_day_head(word))


def may_be_head(line: str) -> bool:
    """Whether a line has columns, one of them at least under a name that tables of rates or of measures use.

    >>> may_be_head("Pair  Spread"), may_be_head("roads, water; trade rose"), may_be_head("price")
    (True, False, False)
    >>> may_be_head("... Pair, Bid"), may_be_head("a pair Bid"), may_be_head("Pair the Bid")
    (True, False, False)
    """
    if len(line) < SHORTEST_HEAD:
        return False
    if line.isascii() and not any(map(line.__contains__, SET_APART)):
        for word in line.split():  # each is a name, or it is no head: of nearly all prose the first tells
            name = word.translate(NO_POINTS).lower()
            if name and name not in ROLE_OF and name not in OTHER_HEADS and not (name[0].isdecimal() and is_name(name)):
                return False
    names = head_names(line)
    return len(names) > 1 and any(role_of(name) or COLUMN.search(name) or SIDED_PAIR.fullmatch(name) for name in names)


def lines_with_heads(text: str) -> list[tuple[int, int]]:
    """Start and end of each line of bearable length that may be a head, in order."""
    found = lines_with_names(text)
    last = -1
    for match in FIRST_PAIR.finditer(text.replace(BREAK, "\n")):
        begin, finish = line_around(text, match.end() - 1)
        if begin > last + 1:  # the first row of a block
            above = line_above(text, begin)
            if above:
                found.add(above)
        last = finish
    return sorted(found)


def lines_with_names(text: str) -> set[tuple[int, int]]:
    """Start and end of each line of bearable length that is a head by a name in it."""
    lower = text.lower()
    if len(lower) != len(text):
        lower = text
    found: set[tuple[int, int]] = set()
    for word in HEAD_WORDS:
        place = lower.find(word)
        while place >= 0:
            begin, finish = line_around(text, place)
            if word not in COMMON or APART.search(text, begin, finish):
                found.add((begin, finish))
            place = lower.find(word, finish)
    for match in SIDED.finditer(lower):
        line = line_around(text, match.start())
        if line not in found and sum(1 for name in head_names(text[slice(*line)]) if SIDED_PAIR.fullmatch(name)) > 1:
            found.add(line)
    for match in FROM.finditer(lower):
        found.add(line_around(text, match.start()))
    return found


def has_head(text: str, above: str = "", plain: Callable[[str], str] = plain_text) -> bool:
    """Whether a line may be a head of which `lines_with_heads` tells; ``above`` is what stands over the text.

    Both are made ``plain``.

    >>> has_head("Pair  Spread\\nprose\\n"), has_head("Kurs  am\\n"), has_head("EUR/USD  1.0501\\n", "Kurs  am\\n\\n")
    (True, False, True)
    """
    text = plain(text).replace(BREAK, "\n")
    if any(may_be_head(text[start:end]) for start, end in lines_with_names(text)):
        return True
    done = 0
    for number, row in enumerate(FIRST_CODES.finditer("\n" + text)):
        upper = text[done : row.start()]
        if not number:  # no more of what stands over it is made plain than is looked at
            upper = plain("\n".join(above.rsplit("\n", LAST_LINES)[-LAST_LINES:])).replace(BREAK, "\n") + upper
        if any(may_be_head(line) for line in upper[-HEAD_REACH:].split("\n")[-LAST_LINES:] if line):
            return True
        done = row.start()
    return False


def line_around(text: str, place: int) -> tuple[int, int]:
    """Start and end of the line at a place, or as far as a row may reach.

    >>> line_around("one\\ntwo\\nthree", 5)
    (4, 7)
    """
    back, on = max(0, place - LONGEST_ROW), place + LONGEST_ROW
    begin = max(text.rfind("\n", back, place), text.rfind(BREAK, back, place)) + 1
    return begin or back, first_of(text, ("\n", BREAK), place, min(len(text), on))


MANY_LINES = late(rf"(?:[^\n{BREAK}]{{0,{LONGEST_RAW - 2}}}+[\n{BREAK}])*+")
MANY_ROWS = late(rf"(?:[^\n{BREAK}]{{0,{LONGEST_RAW - 1}}}+[\n{BREAK}])*+")
"""As many lines, and what follows a place, as are not very long."""


class Blocks:
    """The blocks of lines that a table may fill, up to an empty or a very long line, asked for in their order."""

    def __init__(self, text: str, plain: Callable[[str], str] = plain_text) -> None:
        self.text, self.plain = text, plain
        self.start = self.end = self.reached = self.seen = 0
        self.empty = -1
        self.headed = False

    def begin(self, place: int) -> int:
        """Where the block begins that holds a place, which is not before the place asked for last."""
        text, reached = self.text, self.reached
        if place > reached:
            start = text.rfind("\n\n", max(0, reached - 1), place) + 2
            at = max(0, reached - LONGEST_RAW, start - 2)
            while (at := MANY_LINES.match(text, at, place).end()) + LONGEST_RAW <= place:  # type: ignore[union-attr]
                at = first_of(text, ("\n", BREAK), at, place - 1) + 1
                start = at if at > LONGEST_RAW else start
            if start > max(reached, 1):
                self.start = self.seen = start
                self.headed = False
            self.reached = place
        return self.start

    def around(self, place: int) -> tuple[int, int]:
        """Start and end of the block that holds a place, which is not before the place asked for last."""
        text, size = self.text, len(self.text)
        if place >= self.end:  # else it is where it was
            if self.empty < place:
                at = text.find("\n\n", max(0, place - 1))
                self.empty = at + 1 if at >= 0 else size
            end = MANY_ROWS.match(text, place, self.empty).end()  # type: ignore[union-attr]
            self.end = max(end if end + LONGEST_RAW < size else self.empty, place + 1)
        return self.begin(place), self.end

    def table_around(self, place: int) -> tuple[int, int]:
        """Start and end of what may be a table that has the line at a place; both the place where there is none."""
        on = place + LONGEST_RAW
        ends = [at for at in (self.text.find("\n", place, on), self.text.find(BREAK, place, on)) if at >= 0]
        return self.around(place) if self.headed_before(min(ends, default=place)) else (place, place)

    def headed_before(self, place: int) -> bool:
        """Whether a line of the block above a place has columns, so that a table may go on there.

        >>> Blocks("Pair  Spread\\nEUR/USD 1.05\\n").headed_before(13)
        True
        >>> Blocks("Pair  Spread\\n\\nEUR/USD 1.05\\n").headed_before(14)
        False
        """
        self.begin(place)
        if self.seen + SHORTEST_HEAD <= place and not self.headed:
            above = self.text[max(self.start, self.seen - HEAD_REACH) : self.seen]
            self.headed = has_head(self.text[self.seen : place], above, self.plain)
        self.seen = max(self.seen, place)
        return self.headed


def line_above(text: str, begin: int) -> tuple[int, int] | None:
    """Start and end of the line above, rules passed by; None where there is none."""
    for _ in range(2):
        if begin < 2:
            return None
        above, finish = line_around(text, begin - 2)
        finish = min(finish, begin - 1)
        if above < finish and not RULED.fullmatch(text, above, finish):
            return above, finish
        begin = above
    return None


def following_lines(text: str, pos: int) -> Iterator[tuple[int, int]]:
    """Start and end of each line below a head, up to an empty one."""
    while pos < len(text):
        start = pos + 1
        end = first_of(text, ("\n", BREAK), start, min(start + LONGEST_ROW + 1, len(text)))
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
    elif ";" in row:
        found = row.split(";")
    elif "\t" in row.strip():
        found = row.strip("\x0b \n").split("\t")
    else:
        found = re.split(r"[ \xa0]{2,}", row.strip())
        if count and len(found) != count:
            single = row.split()
            found = single if len(single) == count else found
    return [cell.strip(" \x0b\xa0\t") for cell in found]
