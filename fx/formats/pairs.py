"""A pair and its rate, joined by a colon, ``@``, an arrow, a word, a cell of a table or a mere space.

    EUR/USD: 1.0852 -0.12%        USD/RUB 92.45, CNY/RUB 12.75        GBP/USD ▼ 1.2785        EUR/USD @ 1.085
    GBP-USD: 1.2440               EUR_USD 1.0501                      USD:KZT 523.54          EUR.USD 1.0501
    EUR/USD 1.0521/1.0523         EURUSD bid=1.14911 ask=1.14914      100 JPY/KZT 341.20      USD/KZT last 523.54

In capitals the codes may be joined by a solidus, dash, underscore, point, colon or bar. On a card each of pair, rate
and change has a line of its own. A space alone is a loose connection: the figure needs decimals, or nothing but the end
of its item behind it. ``100 JPY/KZT 341.20`` at the start of a line is a bank's list: the rate is divided by the unit.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterator

from fx.currencies import is_iso
from fx.formats.branches import by_first_letter
from fx.formats.figures import FIGURE
from fx.formats.human import Candidate, Family
from fx.formats.quantities import LISTED
from fx.formats.rate import PROMISING
from fx.formats.signs import ARROW, ASK_WORDS, BID_WORDS, EMPHASIS, FOOTNOTE, LINKED, NAME, SIGN_BEFORE, WS
from fx.formats.ticker import base_before
from fx.formats.units import unit_before
from fx.formats.when import OF_DAY
from fx.late import late
from fx.text import BREAK, SOFT_NEWLINE, SPACE

__all__ = ["GLUED", "PAIRS", "connection"]

SOLIDUS = late(
    rf"/{WS}{EMPHASIS}(?P<counter>[A-Za-z]{{3}})(?:_TO[MD])?+(?:(?![A-Za-z0-9/=\n{BREAK}]){EMPHASIS}(?:{FOOTNOTE})?|(?=[0-9]{{1,5}}[.,][0-9]{{2}}))"
)
ALONE = (
    rf"{WS}[:=|-]?{WS}[0-9]{{1,9}}[.,][0-9]{{1,12}}"
    rf"(?:{SPACE}{{0,8}}/{SPACE}?[0-9]{{1,9}}(?:[.,][0-9]{{1,12}})?|{SPACE}{{1,8}}[(]?{ARROW}?{SPACE}?[+-]?{FIGURE}{SPACE}?%[)]?)?"
    rf"{WS}(?:[\n{BREAK}]|\Z)"
)
"""A rate that ends its line, alone or with its ask or its change: ``USD KZT 523.54``."""
JOINED = late(
    rf"(?P<base>[A-Z]{{3}})(?:[-_.|:]|->|→|[ ](?:to|->|→)[ ]|(?P<space>[ \xa0])(?=[A-Z]{{3}}{ALONE}))"
    r"(?P<counter>[A-Z]{3})(?:__TO[MD])?(?![A-Za-z0-9])(?![-_./|:][A-Za-z]{3})"
)
GLUED_PAIR = late(
    r"(?P<base>[A-Z]{3})(?P<counter>[A-Z]{3})(?:=X|_{1,2}TO[MDМ]|_SPT|\.(?:m|pro|ecn|raw|std|[a-z])(?![a-z]))?(?![A-Za-z0-9_/])(?!-[A-Z])"
)
"""Patterns begin with their letters, so that the scan can skip; what stands before is looked at afterwards."""
TO_DOLLAR = late(r"(?P<counter>[A-Z]{3})=(?:X(?![A-Za-z0-9_])|(?=[ ][0-9]{1,6}\.[0-9]{1,6}/[0-9.]{2,12}(?![0-9./])))")
DOLLAR_LAST = frozenset(("EUR", "GBP", "AUD", "NZD"))
"""Currencies whose price is by custom in dollars; Reuters' ``EUR=`` is EUR/USD, ``JPY=`` is USD/JPY."""
MARK = "[\u25a0-\u25b1\u25b4-\u25bb\u25be-\u25ff\u2600-\u27bf\u2b00-\u2b05\u2b08-\u2bff\U0001f000-\U0001faff]"
"""Lights, flags and other pictures that may stand between a pair and its rate (arrows have their own meaning)."""
SMALL_LINK = late(r"[:= ][ ]?[0-9]+[.,][0-9]")
SMALL_GLUED = late(r"(?<![\w/.@-])(?P<base>[a-z]{3})[_-]?(?P<counter>[a-z]{3})(?P<suffix>=x|_to[md])?[ ]?\Z")
REMARK = (
    rf"(?!(?i:{by_first_letter('|'.join(BID_WORDS + ASK_WORDS))}\)))"
    rf"(?!(?i:[^()]{{0,24}}{by_first_letter(LISTED + '|vol|corr|forward|fwd|target|forecast|chang|chg')}))"
    r"[^\W\d_][^()\n\d]{1,24}"
)
"""What may stand in brackets between pair and rate: ``EUR/USD (spot): 1.0501``, but not ``(pips)``, nor a side."""
DESCRIBED = by_first_letter(
    "current|live|last|latest|exchange|market|official|spot|closing|average|rate|price|quote|value|level|used|this|run|"
    "today|now|is|the"
)
CONNECTION = late(
    rf"""
    {EMPHASIS}{LINKED}{WS}(?:\({REMARK}\){WS})?(?:{OF_DAY}{WS}(?=[:=|-]))?
    (?: (?P<colon>:(?![:=/])) | (?P<equals>(?<![<>!+*:=~^%&-])=(?![=>~<])) | (?P<at>@)
      | (?:->|[→►▶➔➜]){SPACE} | (?<=[ \xa0\t]){MARK}{{1,4}}{SPACE}
      | {ARROW} | (?:\.{{3,60}}|…{{1,20}})(?={SPACE}?[0-9]+[.,][0-9])
      | \((?={FIGURE}[/-]{FIGURE}\)) | \| | [≈≃] | ~(?=[ \xa0]) | [,;](?=[0-9]+[.,][0-9])
      | (?P<dash>(?<=[ \xa0])-(?=[ \xa0]))
      | (?=[^\W\d_])(?:{DESCRIBED}{SPACE}){{1,4}}?(?:rate|price|quote|value|level|run|today|now|is|fixing|fix)
          {SPACE}?[:=]
      | (?:fixing|fix){SPACE}?[:=]?
      | (?=[^\W\d_])(?:(?:(?:is|was){SPACE})?(?:(?:quoted|trading|traded|trades|closed|settled|now){SPACE})?at
        |(?:(?:exchange|spot|market|closing){SPACE})?rate|last|close[ds]?|spot|now|price|mid
        |bid{SPACE}?[/-]{SPACE}?ask|buy{SPACE}?/{SPACE}?sell|покупка{SPACE}?/{SPACE}?продажа)\b
        {SPACE}?[:=]?
      | (?P<space>(?<=[ \xa0\t\x0b])(?:\(?[0-9]{{1,2}}:[0-9]{{2}}(?::[0-9]{{2}})?\)?{SPACE})?)
      | (?<=[A-Za-z])(?=[0-9]+[.,][0-9]{{2}})
    )
    (?P<gap>{WS}(?:{MARK}{{1,4}}{WS})?)
    """,
    re.VERBOSE | re.IGNORECASE,
)
WORDS = frozenset(
    "all top try cup pen sos mop gel cop mad cad ron lak bam bob ang awg fok gip nad pab rub sar sek".split()
)
"""Codes that are English words or parts of names: two of them in small letters are no pair."""
SUBTRACTION = late(r"=[ ]?[A-Z]{3}[ ]?/[ ]?[A-Z]{3}[ ]-[ ]?\Z")
"""``z = EUR/USD - 0.3`` is a calculation."""


def connection(text: str, pos: int) -> tuple[int, bool] | None:
    """Where the figure would begin behind a pair, and whether the connection is strict; None where there is none.

    >>> connection("EUR/USD: 1.08", 7), connection("EUR/USD 1.08", 7), connection("EUR/USD, 1.08", 7)
    ((9, True), (8, False), None)
    """
    match = CONNECTION.match(text, pos)
    if not match:
        return None
    return match.end(), bool(match["colon"] or match["equals"])


def candidates(text: str) -> Iterator[Candidate]:
    """Every pair that something connects to what follows."""
    return heapq.merge(slashed(text), joined(text), behind_figures(text))


def slashed(text: str) -> Iterator[Candidate]:
    """Pairs with a solidus, but for those that an equals sign follows (`ticker`)."""
    for match in SOLIDUS.finditer(text):
        link = None if text.startswith("=", match.end()) else connection(text, match.end())
        if not link or not PROMISING.match(text, link[0]):
            continue
        start = base_before(text, match.start())
        base, counter = text[start : start + 3], match["counter"]
        if start < 0 or not (is_iso(base.upper()) or is_iso(counter.upper())):
            continue
        if link[0] > match.end() and SUBTRACTION.search(text, max(0, match.start() - 12), link[0]):
            continue
        unit = unit_before(text, start) if is_iso(base.upper()) else 0
        if unit:
            yield Candidate(start, link[0], base, counter, link[1], unit, free=True)
        else:
            yield Candidate(start, link[0], base, counter, link[1])


LAST = late(rf"/(?P<counter>[A-Z]{{3}})(?<=[0-9]{SPACE}[A-Z]{{3}}/...)\.?(?={WS}(?:[\n{BREAK}]|\Z))")
FIGURE_ALONE = late(rf"(?:\A|[\n{BREAK}])[^\w\n{BREAK}]{{0,8}}[0-9]{{1,9}}[.,][0-9]{{1,12}}{SPACE}{{1,4}}\Z")
WIDEST_FIGURE = 40


def behind_figures(text: str) -> Iterator[Candidate]:
    """``523.54 KZT/USD``, a line by itself: tenge for a dollar, or dollars for a tenge; told of, and not taken."""
    for match in LAST.finditer(text):
        start = match.start() - 3
        base = text[max(0, start) : match.start()]
        codes = is_iso(base) and is_iso(match["counter"])
        if codes and FIGURE_ALONE.search(text, max(0, start - WIDEST_FIGURE), start):
            yield Candidate(start, match.end(), base, match["counter"])


def joined(text: str) -> Iterator[Candidate]:
    """Pairs in capitals joined by another mark, or by a space where nothing but a rate stands on the line as well."""
    for match in JOINED.finditer(text):
        start = match.start()
        if (
            within_word(text, start)
            or (match["space"] and not begins_line(text, start))
            or text[start - 1 : start] == "/"
            or IN_A_LIST.search(text, max(0, start - 2), start)
        ):
            continue
        yield from linked(text, match.end(), start, match["base"], match["counter"])


def glued(text: str) -> Iterator[Candidate]:
    """Pairs without any mark between the codes."""
    return heapq.merge(glued_capitals(text), glued_small(text), glued_to_dollar(text))


def glued_to_dollar(text: str) -> Iterator[Candidate]:
    """``KZT=X``, as Yahoo calls the dollar in tenge, and ``KZT= 523.50/60``, as Reuters does, with both its sides."""
    for match in TO_DOLLAR.finditer(text):
        code = match["counter"]
        if not within_word(text, match.start()) and code != "USD":
            pair = (code, "USD") if match[0][-1] == "=" and code in DOLLAR_LAST else ("USD", code)
            yield from linked(text, match.end(), match.start(), *pair)


def glued_capitals(text: str) -> Iterator[Candidate]:
    """Six capitals that are two codes."""
    for match in GLUED_PAIR.finditer(text):
        if not within_word(text, match.start()):
            yield from linked(text, match.end(), match.start(), match["base"], match["counter"])


def glued_small(text: str) -> Iterator[Candidate]:
    """Six small letters that are two codes, before a colon or an equals sign and a figure with decimals."""
    for link in SMALL_LINK.finditer(text):
        match = SMALL_GLUED.search(text, max(0, link.start() - 13), link.start())
        if match and not {match["base"], match["counter"]} <= WORDS:
            yield from linked(
                text,
                match.end("suffix" if match["suffix"] else "counter"),
                match.start(),
                match["base"],
                match["counter"],
            )


def linked(text: str, pos: int, start: int, base: str, counter: str) -> Iterator[Candidate]:
    """The candidate of two codes, if both are currencies and something connects them to what follows."""
    if is_iso(base.upper()) and is_iso(counter.upper()):
        link = connection(text, pos)
        if link and PROMISING.match(text, link[0]):
            yield Candidate(start, link[0], base, counter, link[1])


def within_word(text: str, start: int) -> bool:
    """Whether a letter, digit or underscore stands right before."""
    before = text[start - 1 : start] if start else ""
    return before.isalnum() or before == "_"


def begins_line(text: str, start: int) -> bool:
    """Whether nothing but a bullet, or the moment of a log, stands before a place on its line.

    >>> begins_line("• USD KZT 523.54", 2), begins_line("2024-12-14T10:00:00Z USD KZT 523.54", 21)
    (True, True)
    """
    return bool(
        CARD_START.search(text, max(0, start - 5), start) or STAMPED.search(text, max(0, start - WIDEST_STAMP), start)
    )


STAMPED = late(
    rf"(?:\A|[\n{BREAK}])[^\w\n{BREAK}]{{0,4}}[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}"
    rf"(?:[T ][0-9]{{2}}:[0-9]{{2}}(?::[0-9]{{2}}(?:[.,][0-9]{{1,9}})?)?(?:Z|[+-][0-9]{{2}}:?[0-9]{{2}})?)?"
    rf"[])]?{SPACE}{{1,4}}\Z"
)
WIDEST_STAMP = 48
"""Characters of a moment, its brackets and spaces."""


IN_A_LIST = late(r"(?:[A-Z][-_.|:]|/)\Z")


END = rf"(?:{SPACE}{{0,8}}[\n{BREAK}]){{1,3}}{SPACE}{{0,8}}"
CHANGED = rf"[(]?{ARROW}?{SPACE}?[+-]?{FIGURE}{SPACE}?%[)]?"
SIDE = (
    rf"{by_first_letter('|'.join(BID_WORDS + ASK_WORDS))}{WS}[:=–-]?{WS}(?:{SIGN_BEFORE})?{FIGURE}"
    rf"(?:{SPACE}?(?:{SIGN_BEFORE}|[A-Z]{{3}}\b|{NAME}\.?))?"
)
CARD = late(
    rf"[A-Z]{{3}}(?<![A-Za-z0-9][A-Z]{{3}})(?<![A-Za-z0-9] [A-Z]{{3}}){SPACE}?/?{SPACE}?[A-Z]{{3}}"
    rf"(?P<name>{END}[A-Z][A-Za-z][A-Za-z.]{{0,19}}+(?:(?:{SPACE}{{1,2}}+/?|/){SPACE}?[A-Za-z.]{{1,20}}+){{0,6}})?{END}"
    rf"(?:[0-9]+[.,]{FIGURE}(?:(?:{END}|{SPACE}{{1,8}})(?:[+-]{FIGURE}(?:{SPACE}?|{END}))?{CHANGED})?"
    rf"|{SIDE}{END}{SIDE})"
    rf"(?={SPACE}{{0,8}}(?:[\n{BREAK}]|\Z))"
)
CARD_START = late(rf"(?:\A|[\n{BREAK}])[^\w\n{BREAK}]{{0,4}}\Z")


CHANGE_BELOW = late(
    rf"[A-Z]{{3}}/?[A-Z]{{3}}:?{SPACE}{{1,4}}[0-9]+[.,]{FIGURE}{END}"
    rf"(?:[+-]{FIGURE}{SPACE}{{0,2}}[(]{SPACE}?[+-]?|[+-]|{ARROW}{SPACE}?){FIGURE}{SPACE}?%[)]?(?={SPACE}{{0,8}}(?:[\n{BREAK}]|\Z))"
)
"""A quote in one line whose change, with its sign, is all that stands on the next."""


def joined_cards(text: str) -> str:
    """Cards, on which pair, rate and change each have a line, made one line each.

    >>> joined_cards("EUR/USD\\n1.0501\\n+0.28%\\nUSD/JPY\\n153.65\\n")
    'EUR/USD\\x0b1.0501\\x0b+0.28%\\nUSD/JPY\\x0b153.65\\n'
    """
    return CHANGE_BELOW.sub(lambda match: joined_lines(match[0]), CARD.sub(joined_card, text))


def joined_card(match: re.Match[str]) -> str:
    """One card in one line, if its pair begins a line."""
    if not CARD_START.search(match.string, max(0, match.start() - 5), match.start()):
        return match[0]
    card = match[0]
    if match["name"]:  # the currencies' names, of no use to what reads the line
        start, end = match.span("name")
        blank = re.sub(rf"[^\n{BREAK}]", " ", match["name"])
        card = card[: start - match.start()] + blank + card[end - match.start() :]
    return joined_lines(card)


def joined_lines(lines: str) -> str:
    """Lines made one, for the reader; they are counted all the same.

    >>> joined_lines("EUR/USD\\n1.0501")
    'EUR/USD\\x0b1.0501'
    """
    return lines.replace("\n", SOFT_NEWLINE).replace(BREAK, " ")


PAIRS = Family(
    "pairs",
    "pair and rate joined by a colon, @, arrow, word, cell or space; bid and ask; a bank's list with units",
    "EUR/USD: 1.0852 -0.12%",
    candidates,
    __doc__,
    joined_cards,
)
GLUED = Family(
    "glued",
    "six letters without a mark between them, as traders and exchanges write pairs",
    "USDKZT_TOM = 523.54 (+0.30%)",
    glued,
    """Six capitals without a mark between them, as traders, exchanges and charts write pairs.

    GBPUSD 1.2701    EURUSD=X 1.1446    USDKZT_TOM = 523.54 (+0.30%)    FX:EURUSD 1.05012    EURUSD Bid=1.12345

Both halves must be codes of ISO 4217. What connects pair and rate is as in the format `pairs`.
""",
)
