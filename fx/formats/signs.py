"""The small signs of the trade, shared by every human-written format: spaces, arrows, currency signs, footnotes."""

from __future__ import annotations

from fx.text import SPACE

__all__ = ["ARROW", "DOWN", "EMPHASIS", "FOOTNOTE", "SIGNS", "SIGN_BEFORE", "UNIT_WORDS", "UP", "WS"]

WS = f"{SPACE}{{0,64}}"
"""White space within a line, as wide as columns are padded; bounded, so that time stays linear."""

UP, DOWN = "▲△▴↑⬆🔺🔼↗⇧⏶⯅➚📈", "▼▽▾↓⬇🔻🔽↘⇩⏷⯆➘📉∇"
ARROW = f"[{UP}{DOWN}]"

EMPHASIS = "[*_`\"'«»“”]{0,3}"
"""Marks of emphasis or quotation that may stand around a pair or a figure."""

FOOTNOTE = rf"(?:[¹²³†‡]{{1,2}}|\*{{1,3}}(?![0-9A-Za-z(])|{SPACE}?\[[1-3*a-c†‡]\]|{SPACE}?\([1-3*]\))"
"""A mark that sends the reader below. Other raised digits may be the last digits of a figure (1.085⁷) and are none."""

DOLLARS = frozenset(("USD", "AUD", "CAD", "HKD", "MXN", "NZD", "SGD", "TWD"))
SIGNS: dict[str, frozenset[str]] = {
    "US$": frozenset(("USD",)),
    "R$": frozenset(("BRL",)),
    "A$": frozenset(("AUD",)),
    "C$": frozenset(("CAD",)),
    "HK$": frozenset(("HKD",)),
    "$": DOLLARS,
    "€": frozenset(("EUR",)),
    "£": frozenset(("GBP", "EGP")),
    "¥": frozenset(("JPY", "CNY")),
    "₩": frozenset(("KRW",)),
    "₸": frozenset(("KZT",)),
    "₽": frozenset(("RUB",)),
    "₺": frozenset(("TRY",)),
    "₴": frozenset(("UAH",)),
    "₹": frozenset(("INR",)),
    "₼": frozenset(("AZN",)),
    "₾": frozenset(("GEL",)),
    "֏": frozenset(("AMD",)),
    "⃀": frozenset(("KGS",)),
    "₪": frozenset(("ILS",)),
    "₫": frozenset(("VND",)),
    "₮": frozenset(("MNT",)),
    "zł": frozenset(("PLN",)),
}
"""What a sign beside the figure may mean: it is taken only where the counter is one of these."""
UNIT_WORDS: dict[str, frozenset[str]] = {
    "руб": frozenset(("RUB", "BYN")),
    "рублей": frozenset(("RUB", "BYN")),
    "рубля": frozenset(("RUB", "BYN")),
    "тг": frozenset(("KZT",)),
    "тенге": frozenset(("KZT",)),
    "сом": frozenset(("KGS",)),
    "сум": frozenset(("UZS",)),
    "сомони": frozenset(("TJS",)),
    "манат": frozenset(("TMT", "AZN")),
    "円": frozenset(("JPY",)),
    "元": frozenset(("CNY",)),
    "tenge": frozenset(("KZT",)),
    "som": frozenset(("KGS",)),
    "somoni": frozenset(("TJS",)),
    "sum": frozenset(("UZS",)),
    "manat": frozenset(("TMT", "AZN")),
    "dollars": DOLLARS,
    "euros": frozenset(("EUR",)),
    "yen": frozenset(("JPY",)),
}
"""Currency names that may follow the figure; likewise."""
SIGN_BEFORE = "(?:" + "|".join(sign.replace("$", r"\$") for sign in sorted(SIGNS, key=len, reverse=True)) + ")"
