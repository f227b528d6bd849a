"""What stands around a pair and its figure, and whether that makes it a quote, a reject or prose.

The left-hand rules keep a quote from being cut out of a longer thing (``EUR/RUB/USD = 2``, ``100 RUB/USD = 1000 RUB``,
an address, an expression, a label such as ``pip``); the right-hand rules keep a count, a range, a date or a calculation
from passing for a rate.
"""

from __future__ import annotations

import re

from fx.formats.figures import FIGURE, NotAFigure, read_figure
from fx.formats.quantities import MEASURED, labels
from fx.formats.sides import OTHER_SIDE
from fx.formats.signs import ARROW, DOWN, NAME, UP, WS
from fx.late import late
from fx.text import BREAK, SPACE

__all__ = [
    "MANY_ABOVE",
    "MANY_BEFORE",
    "FigureBefore",
    "Labelled",
    "Prose",
    "Unreadable",
    "is_number_of_item",
    "line_start",
    "refuse_month",
    "refuse_step",
    "refuse_what_follows",
    "refuse_what_precedes",
]


class Unreadable(Exception):
    """The candidate is a reject for this reason; the text it covers ends at ``end``.

    ``choice`` says that it can be read in several ways: that is told of wherever it stands.
    """

    def __init__(self, reason: str, end: int, *, choice: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.end = end
        self.choice = choice


class Prose(Exception):
    """The candidate is no quote and none was meant."""


class FigureBefore(Unreadable):
    """A figure with decimals stands before the pair, maybe its own: ``523.54 KZT/USD`` is tenge per dollar."""


class Labelled(Prose):
    """A label before the pair says that its figures are no rates; it holds for the rest of the line."""


LOOK_BACK = 120
"""Characters to the left that can matter."""

# To the left -------------------------------------------------------------------------------------------------------
COMMENT = late(r"(?:\A|\s)(?:/{2,4}|/\*{1,2})!?\Z")
ADDRESS = late(r"(?:://|^www\.|^[./~]*/|\\|@[^\s]*\.)", re.IGNORECASE)
OPERATOR = late(
    r"(?:[0-9)\]]|\b[A-Z]{3}|\b[A-Za-z]+[ \xa0](?=[×÷]))(?:(?P<pad>[ \xa0])[*×÷^](?P=pad)|[*×÷^·])\Z"
    r"|\b[A-Z]{3}(?:[ \xa0]\+[ \xa0]|\+)\Z"
    r"|\b[A-Z]{3}/[A-Z]{3}(?:[ \xa0][+·-][ \xa0]|[+·-])\Z"
)
AMOUNT = late(rf"(?P<before>^|[\s\x0b\xa0(\[;,=>/*×]|(?<![0-9]):)(?P<figure>{FIGURE}){WS}\Z")
OF_FIGURES = "0123456789.,' \t\x0b\xa0"
"""What figures are made of, and the spaces behind them."""
BELONGS_LEFT = late(rf"(?:=|\b[A-Z]{{3}}:){WS}\Z")
NAMED_LEFT = late(
    rf"(?:{ARROW}|(?<![\w)])[+-]|\b(?:[A-Z]{{2,6}}/[A-Z]{{2,6}}|[A-Z]{{4,8}}|DXY|[A-Z][a-z]{{2,12}})[ \xa0:])"
    rf"{SPACE}{{0,2}}\Z"
)
"""What a figure belongs to that stands before a pair: `DXY 106.95 EUR/USD 1.0501`, `▲ 0,12 EUR/RUB 100,15`."""
LIST_MARK = late(rf"\A[^\w]{{0,4}}[(\[]?[0-9]{{1,3}}[.)\]:]{WS}\Z")
ITEM_MARK = late(r"[^\w\n]{0,8}")
YEAR = late(r"(?:[^\W\d_]{2,10}[.,]?|\bQ[1-4])[ \xa0](?:[0-9]{1,2},?[ \xa0])?(?:19|20)[0-9]{2}\s*\Z")
MOVES = frozenset((*UP, *DOWN, "+", "-"))
DATE_REACH, NAMED_REACH = 12, 24
"""Characters that a date has at most, and what a figure belongs to."""
DATE = late(r"(?<![0-9])[0-9]{1,4}([./-])[0-9]{1,2}\1[0-9]{1,4}\s*\Z")
DAY_NUMBER = late(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
GLUED_CODES = late(r"[A-Z]{6}(?![A-Za-z0-9_])")
"""Six capitals, as they stand behind the tag."""
OPERATOR_ENDS = frozenset("*×÷^·+-")
CASHTAG = late(r"(?:^|[\s\x0b\xa0(])\$\Z")
"""``$EURUSD``, as traders tag a pair."""
WORD_REACH = 16
"""Characters before a pair among which such a word stands."""
CALLED = late(r"\b(?:log|ln|exp|abs|std|stdev|var|mean|diff|delta|corr|sqrt|cov|rank|max|min)\(\Z", re.IGNORECASE)
CONTRACT = late(r"\b(?:Si|Eu|ED|CR|RI|CNY)-[0-9]{1,2}\.[0-9]{2}\Z")
"""``Si-12.24 USD/RUB 104 250``: a future, whose price is that of a thousand dollars."""
DEFINED = late(r"#define[ \t]+\Z")
BETWEEN_PAIRS = ("vs", "vs.", "versus", "and", "or", "to", "with", "&", "und", "и", "y", "et")
PAIRED = late(rf"[A-Z]{{3}}{SPACE}?/?{SPACE}?[A-Z]{{3}}{WS}(?:{'|'.join(map(re.escape, BETWEEN_PAIRS))}){WS}\Z")
"""``EUR/USD vs GBP/USD = 0.85`` is between two pairs."""
TUPLE = late(r"[\"'][A-Z]{3}/?[A-Z]{3}[\"'],[ ]?[\"']\Z")
"""``('EURUSD', 'AUDUSD'): 0.60`` is something between two pairs."""
PRICED_IN = late(
    r"\b(?:prices?|costs?|salar(?:y|ies)|budgets?|revenues?|amounts?|totals?|tuition|rent|fares?|values?|sum|balance|turnover|"
    r"цена|стоимость|сумма|оплата|бюджет)[ \xa0]?[(\[]\Z",
    re.IGNORECASE,
)
IN_BRACKETS = late(r"[A-Z]{3}[ ]?/[ ]?[A-Z]{3}[ ]?[)\]]")
"""``Price (USD/EUR): 19.99`` is in one currency or the other."""
SEPARATORS = late(r"[ \t\x0b\xa0]{0,8}[/>=&_|;,:·•…*~#-]{0,3}[ \t\x0b\xa0]{0,8}")
MARKS_ONLY = late(r"[^\w/\\@$&?=<!^]{0,12}|[>~_*`#|\s]{1,12}")


def line_start(text: str, start: int) -> int:
    """Where the line or broken-off piece begins that this place stands in, or as far back as can matter."""
    back = max(0, start - LOOK_BACK)
    begin = text.rfind("\n", back, start) + 1 or back
    return text.rfind(BREAK, begin, start) + 1 or begin


def refuse_what_precedes(text: str, start: int, done: int, upper: bool) -> None:
    """Raise `Prose` or `Unreadable` where a pair may not begin here; ``done`` is where the last quote ended.

    ``upper`` says that the codes are written in upper case, so that a glued word of lower case can be told off.
    """
    begin = max(line_start(text, start), done)
    gap = text[begin:start]
    if begin == done and done and SEPARATORS.fullmatch(gap):
        return  # right behind the last quote, glued or with a separator
    if (begin != done or not done) and MARKS_ONLY.fullmatch(gap):
        return  # a bullet, or nothing
    before = gap[-1:]
    if before.isalnum() or before == "_":
        caseless = before.isalpha() and before.lower() == before.upper()
        year = before.isdigit() and YEAR.search(gap)
        # lower case meets upper case: a word glued on where tags were stripped (`SearchKZT/USD`)
        if not (upper and (before.islower() or caseless or year)):
            raise Prose
        if year:
            return
    elif before and before in "@$&=~^?<!\\" and not (CASHTAG.search(gap) and GLUED_CODES.match(text, start)):
        raise Prose
    bare = gap.rstrip(" \t\x0b\xa0")
    if bare.endswith(("/", "\\")) and not COMMENT.search(bare):
        raise Prose  # a list of codes or a path
    token = "" if before.isspace() or not gap else gap.rsplit(None, 1)[-1]
    if (
        token
        and not COMMENT.search(token)
        and (ADDRESS.search(token) or (before in {".", "-"} and re.search(r"[A-Z0-9][.-]\Z", token)))
    ):
        raise Prose
    gap, last = gap[-60:], bare[-1:]
    word = max(0, len(gap) - WORD_REACH)
    if (  # what each of them ends in is asked first: nearly always that says no
        (last in OPERATOR_ENDS and OPERATOR.search(gap))
        or (before in {'"', "'"} and TUPLE.search(gap))
        or (bare.endswith(BETWEEN_PAIRS) and PAIRED.search(gap))
        or (before == "(" and CALLED.search(gap, word))
        or (last == "e" and DEFINED.search(gap))
        or (last.isdecimal() and CONTRACT.search(bare))
        or (before in {"(", "["} and PRICED_IN.search(gap, word) and IN_BRACKETS.match(text, start))
    ):
        raise Prose
    if labels(gap):
        raise Labelled
    if "10" in bare and MANY_BEFORE.search(bare):
        raise Unreadable(MANY_ABOVE, start + 7, choice=True)
    amount = AMOUNT.search(gap, max(0, len(gap.rstrip(OF_FIGURES)) - 1)) if last.isdecimal() else None
    if amount and is_amount(gap, amount) and not is_item(text, start, amount["figure"]):
        reason = (
            f"the figure {amount['figure']} before the pair may be a unit or an amount: write the pair at the start"
        )
        raise (Unreadable if amount["figure"].isdecimal() else FigureBefore)(reason, start + 7)


NUMBERED_ABOVE = late(
    rf"(?:\A|[\n{BREAK}])[^\w\n{BREAK}]{{0,8}}(?P<number>[0-9]{{1,4}})[.)]?[ \xa0\t][^\n{BREAK}]{{0,160}}[\n{BREAK}]\Z"
)
NUMBERED_BELOW = late(rf"[^\n{BREAK}]{{0,200}}[\n{BREAK}][^\w\n{BREAK}]{{0,8}}(?P<number>[0-9]{{1,4}})[.)]?[ \xa0\t]")


def is_number_of_item(text: str, begin: int, number: int) -> bool:
    """Whether the number with which a line begins counts on from the line above, or the line below from it.

    >>> is_number_of_item("3 KZT/USD = 0.00190\\n4 TJS/USD = 0.0941", 0, 3)
    True
    """
    above = NUMBERED_ABOVE.search(text, max(0, begin - 200), begin)
    below = NUMBERED_BELOW.match(text, begin)
    return bool((above and int(above["number"]) == number - 1) or (below and int(below["number"]) == number + 1))


def is_item(text: str, start: int, figure: str) -> bool:
    """Whether the figure before a pair begins its line and numbers it."""
    if not figure.isdecimal() or len(figure) > 4:
        return False
    begin = line_start(text, start)
    before = text[begin:start].rstrip(" \t\x0b\xa0").removesuffix(figure)
    return bool(ITEM_MARK.fullmatch(before)) and is_number_of_item(text, begin, int(figure))


def is_amount(gap: str, match: re.Match[str]) -> bool:
    """Whether a figure before a pair is one of its own, not a list number, a date or the rate of what stands left."""
    bare = gap.rstrip()
    if (
        LIST_MARK.match(gap)
        or (bare[-4:-2] in {"19", "20"} and YEAR.search(gap))
        or (not bare[-5:].isdecimal() and DATE.search(gap, max(0, len(bare) - DATE_REACH)))
        or DAY_NUMBER.fullmatch(match["figure"])
    ):
        return False
    left = gap[: match.start("figure")]
    last = left.rstrip(" \t\x0b\xa0")[-1:]
    if last in {"=", ":"} and BELONGS_LEFT.search(left):
        return False
    if not left.islower() or last in MOVES:
        named = NAMED_LEFT.search(left, max(0, len(left) - NAMED_REACH))
        if named and ("/" in named[0] or re.search(r"[.,]", match["figure"])):
            return False
    try:
        read_figure(match["figure"], ".")
    except NotAFigure:
        return False  # 14.12.2024
    return True


# To the right of a figure that no percentage follows ---------------------------------------------------------------
CALCULATION = late(
    r"(?:(?P<pad>[ \xa0])[*×x÷^/](?P=pad)|[*×÷^/·])(?=[0-9(.$€£¥]|[A-Za-z])|[×x](?=\s|$)|[ \xa0]\+[ \xa0](?=[0-9(A-Z])"
)
NEXT_PAIR = late(rf"{WS}/?{WS}(?:[A-Z]{{3}}{WS}/{WS}[A-Z]{{3}}(?![A-Za-z0-9])|[a-z]{{3}}{WS}/{WS}[a-z]{{3}}{WS}=)")
RANGE = late(
    r"[-~][0-9]|[ \xa0][-~][ \xa0][0-9]|\+[0-9]|[ \xa0]?(?:±|\+/?-)[ \xa0]?[0-9]|[ \xa0]?\.\.|[ \xa0]?…[ \xa0]?[0-9]"
    r"|:[0-9]|[ \xa0]?[<>≤≥]|-[QHqh][1-4]\b|[ \xa0]?[→➡►][ \xa0]?[0-9]+[.,][0-9]+(?![0-9]|[ \xa0]?%)"
    r"|[.,]{2}|[ \xa0](?:to|till|until|do|до|bis|and|и)[ \xa0][0-9]|[ \xa0]?\[[0-9]|\^"
)
SIZE = late(rf"{SPACE}?\((?:[A-Z]{{3}}{SPACE})?[0-9.,]{{1,12}}{SPACE}?(?:m|mn|mln|mio|bn|k|million|billion)\)")
"""The size of an option behind its strike: ``USD/CAD: 1.2400 (USD 270m)``."""
EQUATION = late(rf"{WS}[=≈≃≅](?!{SPACE}?(?:[$€£¥₸₽₺₹]|[A-Z]{{3}}{SPACE}?)[0-9])")
"""Another equals sign makes a figure part of a calculation, but not before a sum of money: ``at 1.27 = £94,500``."""
WORD = late(
    rf"{SPACE}{{1,4}}(?P<word>[^\W\d_][\w-]*)(?P<is>{WS}=)?|{SPACE}{{0,4}}\([0-9.{SPACE[1:-1]}]{{0,6}}(?P<in>[a-zа-яё]+)"
)
COUNTED = frozenset(
    "pip pips point points pt pts tick ticks lot lots unit units share shares contract contracts trade trades times "
    "bps bp percent pct million millions mln mn billion billions bln bn trillion thousand k m ct cents per of x "
    "sec secs second seconds hour hours hrs day days r std adx minutes minute ms "
    "stars s kg g oz l ml cm mm km goals scores strike "
    "тыс тысяча тысячи тысяч млн миллион миллиона миллионов млрд миллиард миллиарда миллиардов ming mlrd bin milyon "
    "milyar коп копейка копейки копеек тиын тийин тыйын tiyin ед единица единицы единиц сделок контрактов".split()
)
AFTER_WHOLE = frozenset("means on at as and today now vs from since ise or is was".split())
"""Words that may follow a rate without decimals; any other makes it a count of something."""


PER = late(rf"{SPACE}{{1,4}}(?:per|за){SPACE}{{1,2}}(?:1{SPACE}|the{SPACE}|one{SPACE})?(?:{NAME}|[A-Z]{{3}}\b)")
"""``1.0440 dollars per euro``, ``1.0440 per ECB``: of something else it would be a count."""
NEAR_UNIT = 16
"""Characters behind a figure among which its unit begins."""
MANY_CODE = r"(?!(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|gmt|utc|msk|cet|est|edt|bst)\b)[A-Z]{3}\b"
"""Any, but for months and zones: ``1.0501 (10 Dec)``, ``(1000 GMT)``."""
MANY = (
    rf"10{{1,4}}(?:{SPACE}{{1,2}}(?:(?:{NAME}|{MANY_CODE})(?!{WS}[=≈])|units?\b|един\w+|ед\b)"
    rf"|{WS}(?:[):;\n{BREAK}](?![0-9])|\Z))"
)
PER_MANY = late(
    rf"{SPACE}{{0,4}}(?:[(]|,?{SPACE}{{0,2}}(?:per|за|для)(?={SPACE})){SPACE}?(?:(?:per|за){SPACE})?{MANY}",
    re.IGNORECASE,
)
"""``UZS/KZT 4.07 за 100 сум``, ``4.07 (100)``: the unit, behind the figure."""
MANY_BEFORE = late(
    rf"\b(?:per|за|for){SPACE}10{{1,4}}"
    rf"(?:{SPACE}{{1,2}}(?:units?\b|един\w+|ед\b)|{SPACE}{{1,2}}(?:{NAME}|{MANY_CODE})(?={WS}:)|(?={WS}(?:\)|:(?![0-9])|\Z)))"
    rf"(?:{WS}:(?:[^.]|\.(?=[0-9])){{0,100}}|[^.;]{{0,100}})\Z",
    re.IGNORECASE,
)
"""``Rates per 100 units: JPY/KZT 341.21``: the unit, before or above them."""
MANY_ABOVE = "the figures may be those of 10, 100 …, as is said above: write the unit before the pair"
COINS = late(
    rf"{SPACE}{{1,3}}[0-9]{{1,2}}{SPACE}{{1,2}}(?:коп|тиы?н|тийин|тыйын|тетри|дирам|kop|tiyin|tetri|diram|kuruş|cents?\b|pence\b)",
    re.IGNORECASE,
)
"""``104 руб. 25 коп.``: the figure goes on in the small coin."""
FRACTION = late(
    rf"{SPACE}[A-Z]{{3}}/(?![A-Z]{{3}}\b)[A-Za-z]|\.[a-z]{{2,12}}\b|@[a-z]"
    r"|&[a-z]{1,20}=|[ \xa0][0-9]{2}[ \xa0][0-9]{2}\b"
)
"""``1.0440 EUR/MWh``, ``1.05.txt``, ``1.05@example``, ``=1.05&x=2``, a telephone number: parts of something else."""
STEP = late(r"0\.0*1")
STEPPED = late(r"\b(?:pips?|tick|smallest|increment|granularity|price[ ]unit|minimum|rounding)\b", re.IGNORECASE)
MONTH = late(r"(?:[1-9]|1[0-2])\.[0-9]{2}")
GROUPS = late(r"[0-9]{1,3}(?:[,.' \xa0][0-9]{3}){2,}|[0-9]{1,3}(?:[' \xa0][0-9]{3})+")


def is_whole(figure: str) -> bool:
    """Whether a figure has no decimals, its thousands set apart or not.

    >>> is_whole("1,000,000"), is_whole("1.463"), is_whole("152")
    (True, False, True)
    """
    return figure.isdecimal() or bool(GROUPS.fullmatch(figure))


FUTURE_WORDS = ("фьючерс", "контракт", "future", "contract", "expir", "delivery")
FUTURE_CODE = late(r"[SsEeCcRr](?<=\b.)[A-Za-z]{1,3}-?[0-9]")
"""What is in all of `FUTURES`, and found much sooner."""
FUTURES = late(
    r"фьючерс|контракт|\b(?:futures?|contracts?|expiry|expiration|delivery)\b|\b(?:Si|Eu|ED|CNY|CR)-?[0-9]{1,2}\.[0-9]{2}\b"
    r"|\b(?:Si|Eu|ED|CR|RI)[FGHJKMNQUVXZ][0-9]\b",
    re.IGNORECASE,
)


def refuse_step(text: str, start: int, figure: str, end: int) -> None:
    """Raise `Unreadable` for ``a pip is the unit: EUR/USD 0.0001``: how finely a pair is quoted."""
    if STEP.fullmatch(figure) and STEPPED.search(text, max(0, start - 160), start):
        raise Unreadable(f"{figure} is the step in which the pair is quoted: take a rate", end)


def refuse_month(text: str, start: int, figure: str, end: int) -> None:
    """Raise `Unreadable` for ``USD/RUB 9.26`` among futures: the contract of September 2026, and no rate."""
    if not MONTH.fullmatch(figure):
        return
    begin, stop = line_start(text, start), min(len(text), end + 60)
    lower = text[begin:stop].lower()
    if not any(map(lower.__contains__, FUTURE_WORDS)) and not FUTURE_CODE.search(text, begin, stop):
        return
    if FUTURES.search(text, begin, stop):
        raise Unreadable(f"{figure} may be the month of a future: take the spot rate", end)


NOTHING = frozenset(("", "\n", BREAK))
"""The end of a line."""


def refuse_what_follows(text: str, pos: int, figure: str, *, glued: bool, in_equation: bool = False) -> None:
    """Raise `Unreadable` where what stands behind a figure shows that it is no rate. ``glued``: no unit between."""
    following = text[pos : pos + 1]
    if following in NOTHING:
        return
    if NEXT_PAIR.match(text, pos):
        return
    if glued and (following.isalpha() or following.isdecimal() or following == "_"):
        raise Unreadable(f"letters are glued to the figure {figure[:40]}: it is no plain number", pos + 8)
    if following == "%" or re.match(rf"{SPACE}{{0,4}}%", text[pos : pos + 5]):
        raise Unreadable("a percentage stands where the rate should: write the rate before it", pos + 2)
    if following in " /" and OTHER_SIDE.match(text, pos) and CALCULATION.match(text, pos):
        raise Unreadable(
            "a side stands behind a stroke: write both behind the pair, as bid … ask …", pos + 8, choice=True
        )
    if CALCULATION.match(text, pos) or (EQUATION.match(text, pos) and not in_equation):
        raise Unreadable("the figure is part of a calculation: write the result alone", pos + 8)
    if RANGE.match(text, pos):
        raise Unreadable("a range, a date or a time stands where the rate should: write one figure", pos + 8)
    if SIZE.match(text, pos):
        raise Unreadable("the strike of an option is no rate: take the spot rate", pos + 8)
    if "10" in text[pos : pos + NEAR_UNIT] and PER_MANY.match(text, pos):
        raise Unreadable("the figure may be that of 10, 100 …: write the unit before the pair", pos + 8, choice=True)
    if not glued and COINS.match(text, pos):
        raise Unreadable("the figure goes on in the small coin: write it with decimals", pos + 8, choice=True)
    if FRACTION.match(text, pos):
        raise Unreadable("the figure is part of something else: write the rate alone", pos + 8)
    measured = MEASURED.match(text, pos)
    if measured:
        raise Unreadable(
            f"the figure is no rate but a measure ({measured['word'][:20]}): write the rate alone", pos + 8
        )
    match = WORD.match(text, pos)
    if match and not match["is"] and not PER.match(text, pos):
        word = (match["word"] or match["in"]).lower()
        if word in COUNTED or (match["word"] and is_whole(figure) and word not in AFTER_WHOLE):
            raise Unreadable(f"the figure counts something ({word[:20]}): write the rate alone", match.end())
