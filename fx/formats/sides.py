"""Which side of the market a figure is, in the words beside it: before its pair, behind the figure, above a list."""

from __future__ import annotations

import re

from fx.formats.branches import by_first_letter
from fx.formats.signs import ASK_WORDS, BID_WORDS, WS
from fx.late import late
from fx.text import BREAK, SPACE

__all__ = ["LABELS", "ONWARDS", "OTHER_SIDE", "SIDE_ABOVE", "SIDE_BEFORE", "SIDE_BEHIND", "SIDE_REACH", "side_of"]

LABELS = {
    **dict.fromkeys(BID_WORDS, "bid"),
    **dict.fromkeys(ASK_WORDS, "ask"),
    **dict.fromkeys(("mid", "last", "rate", "close", "price", "spot", "курс"), "rate"),
    **dict.fromkeys(
        ("high", "low", "open", "spread", "prev", "vol", "volume", "bsize", "asize", "bidsize", "asksize"), ""
    ),
}
NO_SIDES = frozenset(("buy", "sell", "купить", "продать", "geld", "brief"))
"""What somebody is told to do at a figure, or what is money and short: no side where it stands alone."""
GERMAN_ASK = "(?-i:Brief)(?<!In Brief)(?<!in Brief)(?<!ws Brief)"
"""As a German writes it; news come in brief."""
NOUNS = {
    "bid": [*(word for word in BID_WORDS if word not in NO_SIDES), "покупки", "geldkurs", "ankaufskurs", "(?-i:Geld)"],
    "ask": [*(word for word in ASK_WORDS if word not in NO_SIDES), "продажи", "briefkurs", "verkaufskurs", GERMAN_ASK],
}
SIDE_BEHIND = late(
    rf"{SPACE}{{1,2}}(?P<open>[(])?"
    rf"(?:(?P<bid>{by_first_letter('|'.join(NOUNS['bid']))})|(?P<ask>{by_first_letter('|'.join(NOUNS['ask']))}))"
    rf"(?(open)[)](?!{WS}[0-9])|(?={WS}(?:[,;.)|\n{BREAK}•·]|\Z)))",
    re.IGNORECASE,
)
"""The side of a figure, named behind it: ``1.0501 bid``, ``521.00 (покупка)``."""
SIDE = (
    rf"(?<![^\W_])(?:(?:курсы?|kurs|rates?|цена){SPACE}(?:на{SPACE})?)?"
    rf"(?:(?P<bid>{by_first_letter('|'.join(NOUNS['bid']))})|(?P<ask>{by_first_letter('|'.join(NOUNS['ask']))})%s)"
    rf"(?:{SPACE}(?:rates?|prices?|курсы?|цена|валюты?))?"
)
SIDE_BEFORE = late(rf"{SIDE % ''}{SPACE}?[:—–-]?{SPACE}?[(*_]{{0,2}}\Z", re.IGNORECASE)
"""The side of a pair, named before it: ``Курс покупки USD/KZT: 521.00``."""
OTHER_SIDE = late(rf"{WS}[,;/|]?{WS}{SIDE % ''}{SPACE}?[:=—–-]?", re.IGNORECASE)
SIDE_ABOVE = late(
    rf"[^\w\n]{{0,8}}{SIDE % '|(?P<buy>buy|купить|geld)|(?P<sell>sell|продать|brief)'}[^\w\n]{{0,8}}", re.IGNORECASE
)
"""The side of all in a list, named alone on the line above."""
SIDE_REACH = 40
"""Characters before a pair among which its side is named."""
ONWARDS = late(r"[ \t\xa0]{0,8}[,;/|•·]?[ \t\xa0]{0,8}")
"""What parts the quotes of one line, of which the side of the first is that of all."""


def side_of(match: re.Match[str] | None) -> str:
    """Which side is named, if any.

    >>> side_of(SIDE_ABOVE.fullmatch("Продажа:")), side_of(SIDE_ABOVE.fullmatch("Buy")), side_of(None)
    ('ask', 'bid', '')
    """
    return "" if not match else "bid" if match["bid"] or match.groupdict().get("buy") else "ask"
