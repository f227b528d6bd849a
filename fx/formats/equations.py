"""Equations with the codes, signs or names beside the figures, as converters, banks and news agencies write them.

    1 USD = 6.8523 CNY        100 JPY = 6.3602 CNY        (10 TJS = 50.89 RUB)        €1 = $1.17        EUR 1 = USD 1.05
    ₹83.50 = $1               1 USD = 1.35 CAD = 0.92 EUR                1 US dollar = 523.54 tenge   1 USD – 523.54 KZT

    equation := unit money "=" money ("=" money)*  |  money "=" 1 money  |  1 money joint money
    money    := figure (code | sign | name)  |  (code | sign) figure

The rate is divided by the unit, exactly: 100 JPY = 6.3602 CNY is 0.063602 for one yen. Units are 1, 10, 100 and so on:
``25.00 EUR = 13728.25 KZT`` is an amount that somebody converted. Where only the right side is one, it is the base.
Other joints than an equals sign (a colon, dash, arrow, "is") need one of the base and decimals. A sign or name is read
where it names one currency; the bare dollar is that of the United States.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterator
from dataclasses import dataclass

from fx.currencies import is_iso
from fx.formats.figures import FIGURE
from fx.formats.human import Candidate, Family
from fx.formats.signs import NAME, PLAIN_SIGNS, SIGN_BEFORE, SIGNS, WS, named
from fx.late import late
from fx.text import BREAK, SPACE

__all__ = ["EQUATIONS"]

UNIT = r"(?P<unit>1|10|100|1[ ,.']?000|10[ ,.']?000|100[ ,.']?000)(?:[.,]0{1,2})?"
BEFORE = r"(?<![\w.,/×÷^+=-])(?<![\w)\]]\*)(?<![\w)][ \xa0][*×÷^+=/-][ \xa0])(?<![0-9][ \xa0])"
FEW = f"{SPACE}{{0,2}}"
CODE = r"(?:[A-Z]{3}|[a-z]{3})"
WORDS = r"[^\W\d_]{2,20}(?:[ -][^\W\d_]{1,20}){0,3}"
"""A currency's name, whatever it is, before its code in brackets."""
LEFT = late(
    rf"(?=[1A-Za-z{PLAIN_SIGNS}]){BEFORE}(?:{UNIT}{FEW}(?P<code>{CODE})(?:{SPACE}\([^()\d]{{1,30}}\))?"
    rf"|{UNIT.replace('unit', 'unit6')}{SPACE}{WORDS}{SPACE}?\((?P<code6>[A-Z]{{3}})\)"
    rf"|(?P<code2>{CODE}){SPACE}?{UNIT.replace('unit', 'unit2')}"
    rf"|{UNIT.replace('unit', 'unit3')}{FEW}(?P<sign>{SIGN_BEFORE})"
    rf"|(?P<sign4>{SIGN_BEFORE}){FEW}{UNIT.replace('unit', 'unit4')}"
    rf"|{UNIT.replace('unit', 'unit5')}{FEW}(?P<name>{NAME}))(?![^\W_])[*_`]{{0,2}}{SPACE}{{0,8}}\Z"
)
ANY_LEFT = late(
    rf"{BEFORE}(?:(?P<sign>{SIGN_BEFORE}){FEW}{FIGURE}|{FIGURE}{FEW}"
    rf"(?:(?P<code>[A-Z]{{3}})|(?P<sign2>{SIGN_BEFORE})|(?P<name>{NAME}))(?![^\W_])){SPACE}{{0,8}}\Z"
)
ONE = late(
    rf"{WS}(?:1(?:[.,]0{{1,2}})?(?![0-9.,]){FEW}(?:(?P<code>[A-Z]{{3}})|(?P<sign>{SIGN_BEFORE})|(?P<name>{NAME}))"
    rf"|(?P<sign2>{SIGN_BEFORE}){SPACE}?1(?:[.,]0{{1,2}})?(?![0-9]|[.,][0-9]))(?![^\W_])(?!{WS}[/*×÷])"
)
RIGHT = late(
    rf"(?P<value>{WS}[*_`]{{0,2}})(?P<before>{SIGN_BEFORE}{SPACE}?)?"
    rf"(?:(?P<code2>[A-Z]{{3}}){SPACE}?(?={FIGURE})"
    rf"|(?P<figure>{FIGURE})[*_`]{{0,2}}(?:{FEW}(?P<code>{CODE})(?![A-Za-z0-9/])|{FEW}(?P<sign>{SIGN_BEFORE})(?![A-Za-z0-9/])"
    rf"|{SPACE}{WORDS}{SPACE}?\((?P<code6>[A-Z]{{3}})\)|{FEW}(?P<name>{NAME}))?)"
)
NEXT = late(rf"{WS}[=≈](?![=>])")
"""Another equals sign behind a side: a chain, whose every side is worth the unit on the left."""
LOOSE = late(
    rf"(?P<unit>1(?:0{{1,4}}|[ ,.]?000)?)(?:[.,]0{{1,2}})?"
    rf"(?:{FEW}(?:(?P<code>[A-Z]{{3}})|(?P<name>{NAME}))|{SPACE}?(?P<sign>{SIGN_BEFORE}))(?![^\W_])"
    rf"(?:{SPACE}?(?::|(?P<cell>\|))|{SPACE}(?:-|->|→|is(?:[ ](?:now|worth))?|~){SPACE}|->|→)"
    rf"(?={SPACE}{{0,8}}(?:{SIGN_BEFORE})?{SPACE}?[0-9]+[.,][0-9])"
)
LOOSE_BEFORE = late(rf"(?:\A|[\n;,|{BREAK}•·*]|[^\W\d_]\.)[^\w\n+/=.:-]{{0,8}}\Z")
LOOSE_BEHIND = late(rf"{SPACE}{{0,2}}(?:[,;.|)\]\n{BREAK}•·]|[(]?[+-]?[0-9.,]+{SPACE}?%|[(][+-][0-9.,]+[)]|\Z)")
"""``1 EUR - 1.05 USD fee`` is a sum: with such joints nothing but a change stands behind."""
AMOUNT_END = "(?:[^\\W_]|[)$€£¥₸₽₺₴₹₼₾֏⃀₪₫₮₱₦₵৳฿₩])"
"""What an amount ends in, but for emphasis and a space."""
AMOUNT_BEGINS = (
    rf"(?={WS}[*_`]{{0,2}}"
    rf"(?:[0-9]|[A-Z]{{3}}{SPACE}?[0-9]|{SIGN_BEFORE}{SPACE}?(?:[0-9]|[A-Z]{{3}}{SPACE}?[0-9])))"
)


def after_amount(mark: str) -> str:
    """A pattern that asks whether an amount, and no pair, ends before a mark that has just been passed."""
    ends = "|".join(
        f"(?<={AMOUNT_END}{emphasis}{space}{mark})" for emphasis in ("", "[*_`]", "[*_`]{2}") for space in ("", SPACE)
    )
    pairs = "".join(f"(?<!/{space}[A-Za-z]{{3}}{other}{mark})" for space in ("", "[ ]") for other in ("", "[ ]"))
    return f"(?:{ends}){pairs}"


EQUALS = late(rf"[=≈≃](?<![<>!+*:=~^%&-]=)(?![=>~<]){after_amount('[=≈≃]')}{AMOUNT_BEGINS}")
EQUAL_WORD = late(rf"equal{after_amount('equal')}(?:s|[ ]to)\b{AMOUNT_BEGINS}")
"""An equals sign or word between what may be two amounts: all others are passed by without a closer look."""
LEFT_SIDE = late(rf"((?:.*[=\n{BREAK}])?+).*(?<![0-9])(?=[0-9])", re.DOTALL)
"""What stands before an equals sign: as far as another one or a line end, and up to its last run of digits."""
LAST_OF_UNIT = late(r"1?0{0,5}(?![0-9])")
"""The last run of digits in a unit: all of it, or what stands behind a mark."""
UNIT_REACH = 14
"""Characters before the last run of digits, among which a unit begins, or the currency before it."""
EXACT_ENOUGH = late(r"[0-9][.,][0-9]|[0-9]{3}")
UNITS = ("unit", "unit2", "unit3", "unit4", "unit5", "unit6")
REACH = 64
"""Characters to the left of an equals sign among which the unit and its currency stand."""
LONGEST_CHAIN = 12


@dataclass(frozen=True, slots=True)
class Money:
    """What stands beside a figure: the codes it may mean, and how it is written."""

    codes: frozenset[str]
    written: str

    @property
    def code(self) -> str:
        """The one code, or none where several are possible."""
        return next(iter(self.codes)) if len(self.codes) == 1 else ""


NO_MONEY = Money(frozenset(), "")


def money(match: re.Match[str]) -> Money:
    """The currency of a side, from whichever of its groups matched.

    >>> money(ONE.match("1 USD")).code, money(ONE.match("$1")).code, money(ONE.match("1 yen")).code
    ('USD', 'USD', 'JPY')
    """
    groups = match.groupdict()
    code = groups.get("code") or groups.get("code2") or groups.get("code6")
    if code:
        return Money(frozenset((code.upper(),)), code) if is_iso(code.upper()) else NO_MONEY
    sign = groups.get("sign") or groups.get("sign2") or groups.get("sign4") or (groups.get("before") or "").strip()
    if sign:
        return Money(frozenset((PLAIN[sign],)) if sign in PLAIN else SIGNS[sign], sign)
    name = groups.get("name")
    return Money(DOLLAR if "USD" in named(name) else named(name), name) if name else NO_MONEY


PLAIN = {"$": "USD", "£": "GBP"}
"""Signs of several currencies that, where nothing else is said, mean one: the pound is sterling."""
DOLLAR = frozenset(("USD",))


def candidates(text: str) -> Iterator[Candidate]:
    """Every equation between two currencies."""
    return heapq.merge(by_equals(text), by_other_joints(text))


def by_equals(text: str) -> Iterator[Candidate]:
    """Equations found by their equals sign."""
    chained = 0
    found: Iterator[re.Match[str]] = EQUALS.finditer(text)
    if EQUAL_WORD.search(text):
        found = heapq.merge(found, EQUAL_WORD.finditer(text), key=re.Match.start)
    for equals in found:
        start = equals.start()
        if start < chained:
            continue
        begin = max(0, start - REACH)
        if text.find("1", begin, start) < 0 and not ONE.match(text, equals.end()):
            continue  # as most of them: one side is of 1, 10, 100 …
        side = LEFT_SIDE.match(text, begin, start)
        if not side:
            continue
        back, last = side.end(1), side.end()
        end = start - 3 if text.endswith("is ", back, start) else start
        near = back if text[last - 1 : last].isalpha() else max(back, last - UNIT_REACH)
        left = LEFT.search(text, near, end) if LAST_OF_UNIT.match(text, last) else None
        if left:
            unit = next(left[name] for name in UNITS if left[name])
            start, pos = left.start(), equals.end()
            for _ in range(LONGEST_CHAIN):
                right = RIGHT.match(text, pos)
                if not right:
                    break
                yield from between(start, money(left), right, size(unit))
                following = NEXT.match(text, right.end()) if right["figure"] else None
                if not following:
                    break
                start = pos = chained = following.end()
        else:
            one = ONE.match(text, equals.end())
            other = ANY_LEFT.search(text, back, end) if one else None
            if one and other:
                base, counter = money(one), money(other)
                if base.code and counter.code and EXACT_ENOUGH.search(other[0]):
                    yield Candidate(other.start(), other.start(), base.code, counter.code, strict=False, equation=True)


def by_other_joints(text: str) -> Iterator[Candidate]:
    """One of a currency, joined to a figure with decimals otherwise: a colon, dash, arrow, a word."""
    for match in LOOSE.finditer(text):
        if LOOSE_BEFORE.search(text, max(0, match.start() - 12), match.start()):
            if match["unit"] != "1" and not match["cell"]:
                continue
            right = RIGHT.match(text, match.end())
            if right and LOOSE_BEHIND.match(text, right.end()):
                yield from between(match.start(), money(match), right, size(match["unit"]))


def between(start: int, left: Money, right: re.Match[str], unit: int) -> Iterator[Candidate]:
    """The candidate of two sides; where a sign or name may mean several currencies, one that is refused for it."""
    other = money(right)
    if not left.codes or not other.codes or left.codes == other.codes:
        return
    value = right.end("code2") if right["code2"] else right.end("value")
    unclear = next((side for side in (left, other) if not side.code), None)
    if unclear:
        choice = " or ".join(sorted(unclear.codes))
        base, counter = left.code or min(left.codes), other.code or min(other.codes)
        reason = f"{unclear.written} may be {choice}: write the code"
        yield Candidate(start, value, base, counter, strict=False, equation=True, refused=reason)
    else:
        base = left.written if left.written.islower() and left.written.upper() == left.code else left.code
        yield Candidate(start, value, base, other.code, strict=False, unit=unit, equation=True)


def size(unit: str) -> int:
    """A unit as a number, thousands marks aside.

    >>> size("10 000")
    10000
    """
    return int(re.sub(r"[^0-9]", "", unit))


EQUATIONS = Family(
    "equations",
    "an amount of one currency equals an amount of another, with codes, signs or names",
    "100 JPY = 6.3602 CNY",
    candidates,
    __doc__,
)
