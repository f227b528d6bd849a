"""Equations with the codes or signs beside the figures, as converters, banks and news agencies write them.

    1 USD = 6.8523 CNY        100 JPY = 6.3602 CNY        (10 TJS = 50.89 RUB)        €1 = $1.17        EUR 1 = USD 1.05

The rate is divided by the unit on the left, exactly: 100 JPY = 6.3602 CNY is 0.063602 for one yen. Units are 1, 10,
100 and so on: ``25.00 EUR = 13728.25 KZT`` is an amount that somebody converted. A sign is read where it names one
currency; the dollar sign on the right is the US dollar.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fx.formats.figures import FIGURE
from fx.formats.human import Candidate, Family
from fx.formats.signs import SIGN_BEFORE, SIGNS, WS
from fx.text import SPACE

__all__ = ["EQUATIONS"]

UNIT = r"(?P<unit>1|10|100|1[ ,.']?000|10[ ,.']?000|100[ ,.']?000)(?:[.,]0{1,2})?"
BEFORE = r"(?<![\w.,/*×÷^+=-])(?<![\w)][ \xa0][*×÷^+=/-][ \xa0])(?<![0-9][ \xa0])"
EQUALS = re.compile(r"[=≈](?![=>])")
SINGLE = {sign: next(iter(codes)) for sign, codes in SIGNS.items() if len(codes) == 1} | {"£": "GBP"}
"""Signs that name one currency where nothing else is said; the pound is sterling."""
LEFT = re.compile(
    rf"{BEFORE}(?:{UNIT}{SPACE}{{0,2}}(?P<base>[A-Z]{{3}})|(?P<base2>[A-Z]{{3}}){SPACE}(?P<unit2>1|10|100|1000)){SPACE}{{0,8}}\Z"
)
LEFT_SIGN = re.compile(
    rf"{BEFORE}(?P<base>{'|'.join(map(re.escape, sorted(SINGLE, key=len, reverse=True)))})"
    rf"{SPACE}?{UNIT}{SPACE}{{0,8}}\Z"
)
RIGHT = re.compile(
    rf"(?P<value>{WS})(?:{SIGN_BEFORE})?"
    rf"(?:(?P<counter2>[A-Z]{{3}}){SPACE}{FIGURE}|{FIGURE}{SPACE}{{0,2}}(?P<counter>[A-Z]{{3}})(?![A-Za-z0-9/]))"
)
RIGHT_SIGN = re.compile(rf"(?P<value>{WS})(?P<counter>{SIGN_BEFORE}){SPACE}?(?={FIGURE})")
REACH = 40
"""Characters to the left of an equals sign among which the unit and its currency stand."""


def candidates(text: str) -> Iterator[Candidate]:
    """Every equation between two currencies, found by its equals sign."""
    for equals in EQUALS.finditer(text):
        back = max(0, equals.start() - REACH)
        left = LEFT.search(text, back, equals.start())
        right = RIGHT.match(text, equals.end()) if left else None
        if left and right:
            base, unit = left["base"] or left["base2"], left["unit"] or left["unit2"]
            value = right.end("counter2") if right["counter2"] else right.end("value")
            counter = right["counter2"] or right["counter"]
            yield Candidate(left.start(), value, base, counter, strict=False, unit=size(unit), free=True)
            continue
        left = LEFT_SIGN.search(text, back, equals.start())
        right = RIGHT_SIGN.match(text, equals.end()) if left else None
        sign = right["counter"] if right else ""
        counter = "USD" if sign == "$" else SINGLE.get(sign, "")
        if left and right and counter:
            base, value = SINGLE[left["base"]], right.end("value")
            yield Candidate(left.start(), value, base, counter, strict=False, unit=size(left["unit"]), free=True)


def size(unit: str) -> int:
    """A unit as a number, thousands marks aside.

    >>> size("10 000")
    10000
    """
    return int(re.sub(r"[^0-9]", "", unit))


EQUATIONS = Family(
    "equations",
    "an amount of one currency equals an amount of another, with codes or signs",
    "100 JPY = 6.3602 CNY",
    candidates,
    __doc__,
)
