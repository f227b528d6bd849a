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
LEFT = r"(?<![\w.,/*×÷^+=-])(?<![\w)][ \xa0][*×÷^+=/-][ \xa0])(?<![0-9][ \xa0])"
CODES = re.compile(
    rf"{LEFT}(?:{UNIT}{SPACE}{{0,2}}(?P<base>[A-Z]{{3}})|(?P<base2>[A-Z]{{3}}){SPACE}(?P<unit2>1|10|100|1000))(?![A-Za-z0-9/])"
    rf"{WS}(?:=|≈)(?![=>])(?P<value>{WS})"
    rf"(?:{SIGN_BEFORE})?(?:(?P<counter2>[A-Z]{{3}}){SPACE}{FIGURE}|{FIGURE}{SPACE}{{0,2}}(?P<counter>[A-Z]{{3}})(?![A-Za-z0-9/]))"
)
SINGLE = {sign: next(iter(codes)) for sign, codes in SIGNS.items() if len(codes) == 1} | {"£": "GBP"}
"""Signs that name one currency where nothing else is said; the pound is sterling."""
SIGNED = re.compile(
    rf"{LEFT}(?P<base>{'|'.join(map(re.escape, sorted(SINGLE, key=len, reverse=True)))}){SPACE}?{UNIT}"
    rf"{WS}=(?![=>])(?P<value>{WS})(?P<counter>{SIGN_BEFORE}){SPACE}?(?={FIGURE})"
)


def candidates(text: str) -> Iterator[Candidate]:
    """Every equation between two currencies."""
    found = [*by_codes(text), *by_signs(text)]
    return iter(sorted(found))


def by_codes(text: str) -> Iterator[Candidate]:
    """``100 JPY = 6.3602 CNY`` and ``EUR 1 = USD 1.05``."""
    for match in CODES.finditer(text):
        base, unit = match["base"] or match["base2"], match["unit"] or match["unit2"]
        if match["counter2"]:
            value = match.end("counter2")
            yield Candidate(match.start(), value, base, match["counter2"], strict=False, unit=size(unit), free=True)
        else:
            value = match.end("value")
            yield Candidate(match.start(), value, base, match["counter"], strict=False, unit=size(unit), free=True)


def by_signs(text: str) -> Iterator[Candidate]:
    """``€1 = $1.17``."""
    for match in SIGNED.finditer(text):
        counter = "USD" if match["counter"] == "$" else SINGLE.get(match["counter"])
        if counter:
            start, value = match.start(), match.end("value")
            yield Candidate(
                start, value, SINGLE[match["base"]], counter, strict=False, unit=size(match["unit"]), free=True
            )


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
