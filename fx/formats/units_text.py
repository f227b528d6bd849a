"""The currency file of GNU units: ``euro  1|0.92 dollar`` says that 0.92 euros are one dollar, exactly USD/EUR 0.92.

A name is what the file says that a code stands for (``EUR euro``); the dollar and the euro are known without. A price
of anything else (gold in troy ounces, bitcoin) is none of a currency and passed by.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from fx.currencies import Currency, Pair
from fx.formats.fields import BadField, code_of, moment_of
from fx.formats.page import Page
from fx.formats.record import Row, quote_of
from fx.late import late
from fx.moments import Moment
from fx.quotes import Reject, Tick

__all__ = ["UNITS", "Units"]

NAME = r"[A-Za-z$][\w$]{1,40}"
RATE = late(rf"(?P<name>{NAME})[ \t]+(?P<inverse>1\|)?(?P<figure>[0-9]+(?:\.[0-9]+)?)[ \t]+(?P<other>{NAME})")
CODE = late(rf"(?P<code>[A-Z]{{3}})[ \t]+(?P<name>{NAME})")
INVERSE = late(rf"^{NAME}[ \t]+1\|[0-9]+(?:\.[0-9]+)?[ \t]+{NAME}[ \t]*(?:#.*)?\r?$", re.MULTILINE)
MESSAGE = late(r"!message .*\bon (?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})")
LINE = late(rf"[!#]|(?:{NAME}|[^\s\w]++)[ \t]++[^,;.!?=]*(?:[0-9]\.[0-9][^,;!?=]*)?$")
KNOWN = {"dollar": "USD", "US$": "USD", "usdollar": "USD", "euro": "EUR"}


@dataclass(frozen=True, slots=True)
class Units:
    """The format ``units``."""

    name: str = "units"
    summary: str = "the currency file of GNU units"
    example: str = "euro  1|0.92 dollar"

    def recognises(self, page: Page) -> bool:
        """Whether a line is the inverse of a figure between two names, and nearly all are definitions."""
        if "1|" not in page.unmarked or not INVERSE.search(page.unmarked):
            return False
        lines = [line.strip() for line in page.unmarked.replace("\r", "\n").split("\n") if line.strip()]
        return sum(1 for line in lines if LINE.match(line)) * 10 >= len(lines) * 9

    def read(self, page: Page) -> Iterator[Tick | Reject]:
        """Yield a tick for each definition of a currency by another.

        >>> page = Page("", "EUR euro\\neuro 1|0.92 dollar\\nsilverprice 30.5 US$/troyounce\\n")
        >>> [(str(tick.pair), tick.rate) for tick in UNITS.read(page)]
        [('USD/EUR', Decimal('0.92'))]
        """
        lines = page.unmarked.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        named = dict(KNOWN)
        for line in lines:
            match = CODE.fullmatch(line.split("#")[0].strip())
            if match and code_of(match["code"]):
                named[match["name"]] = match["code"]
        moment: Moment | None = None
        for number, whole in enumerate(lines, 1):
            line = whole.split("#")[0].strip()
            if told := MESSAGE.match(line):
                try:
                    moment = moment_of(told["day"])
                except BadField as bad:
                    yield Reject(line[:80], str(bad), number)
            match = RATE.fullmatch(line)
            base, counter = (named.get(match[side]) for side in ("name", "other")) if match else (None, None)
            if match and base and counter and base != counter:
                pair = Pair(Currency(base), Currency(counter))
                pair = pair.inverse if match["inverse"] else pair
                found = quote_of(Row(pair, match["figure"], line=number, moment=moment), ".")
                if found is not None:
                    yield found


UNITS = Units()
