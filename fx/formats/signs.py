"""The small signs of the trade, shared by every human-written format: spaces, arrows, currency signs, footnotes."""

from __future__ import annotations

import functools
import re

from fx.formats.branches import by_first_letter
from fx.late import late
from fx.text import SPACE

__all__ = [
    "ARROW",
    "ASK_WORDS",
    "BID_WORDS",
    "DOWN",
    "EMPHASIS",
    "FOOTNOTE",
    "LINKED",
    "NAME",
    "PLAIN_SIGNS",
    "SIGNS",
    "SIGN_BEFORE",
    "UP",
    "WS",
    "named",
    "side_of_head",
]

WS = f"{SPACE}{{0,64}}"
"""White space within a line, as wide as columns are padded; bounded, so that time stays linear."""

UP, DOWN = "▲△▴↑⬆🔺🔼↗⇧⏶⯅➚📈", "▼▽▾↓⬇🔻🔽↘⇩⏷⯆➘📉∇"
ARROW = f"[{UP}{DOWN}]"

EMPHASIS = "[*_`\"'«»“”]{0,3}"
"""Marks of emphasis or quotation that may stand around a pair or a figure."""

FOOTNOTE = rf"(?:[¹²³†‡]{{1,2}}|\*{{1,3}}(?![0-9A-Za-z(])|{SPACE}?\[[1-3*a-c†‡]\]|{SPACE}?\([1-3*]\))"
"""A mark that sends the reader below. Other raised digits may be the last digits of a figure (1.085⁷) and are none."""

BID_WORDS = (
    "bid", "buy", "buying", "покупка", "купить", "сатып алу", "сатып алуу", "алуу", "олиш", "харид", "ყიდვა", "achat",
    "compra", "kupno", "skup", "ankauf", "geld", "alış", "nákup", "vétel", "cumpărare", "acquisto", "olish",
    "sotib olish", "сотиб олиш", "satın alma", "alım", "alyş", "buying rate", "bid price",
)  # fmt: skip
"""What a bank or dealer pays for the base: its bid."""
ASK_WORDS = (
    "ask", "offer", "offered", "sell", "selling", "продажа", "продать", "сату", "сатуу", "сотиш", "фурӯш", "გაყიდვა",
    "vente", "venta", "venda", "sprzedaż", "verkauf", "brief", "satış", "prodej", "eladás", "vânzare", "vendita",
    "sotish", "satım", "satyş", "фуруш", "selling rate", "ask price",
)  # fmt: skip
IN_HEADS = {
    "bid": "покупки|покупает|скупка|приём|прием|ankaufs|acheteur|d'achat|comprador|сатып алыш",
    "ask": "продажи|продает|продаёт|verkaufs|vendeur|de vente|vendedor|сатыш",
}
"""Other forms of these words, in the names of columns."""
BESIDE_SIDE = (
    r"курсы?|цена|бағамы|баға|курсу|қурби|kurs[iu]?|kuru|narxi|məzənnəsi|fiyatı|rates?|prices?|cours|taux|prix|tasa|cena|"
    r"банк|bank|we|наличные|наличная|cash|notes|efektif|döviz"
)
"""What else the name of such a column holds: whose rate it is, and of what kind of money."""
SIDED_HEAD = late(
    rf"(?:(?:{BESIDE_SIDE})[\s:.,/_-]{{0,2}})*"
    rf"(?:(?P<bid>{'|'.join(BID_WORDS)}|{IN_HEADS['bid']})|(?P<ask>{'|'.join(ASK_WORDS)}|{IN_HEADS['ask']}))"
    rf"(?:[\s:.,/_-]{{0,2}}(?:{BESIDE_SIDE}))*"
)


@functools.lru_cache(maxsize=1024)
def side_of_head(name: str) -> str:
    """Which side the name of a column says that it holds, ``bid`` or ``ask``, if it does; in small letters.

    >>> side_of_head("курс покупки"), side_of_head("verkaufskurs"), side_of_head("kurs")
    ('bid', 'ask', '')
    """
    match = SIDED_HEAD.fullmatch(name) if len(name) <= LONGEST_HEAD else None
    return "" if not match else "bid" if match["bid"] else "ask"


LONGEST_HEAD = 40
"""Characters in the name of a column that says a side."""

LINKED = r"(?:\]\([^()\s]{1,200}\)|[)\]])?"
"""The end of brackets around a pair, or of a link in Markdown: ``[KZT/USD](https://…)``."""

DOLLARS = frozenset("USD ARS AUD CAD CLP COP HKD MXN NZD SGD TWD UYU".split())
SIGNS: dict[str, frozenset[str]] = {
    "US$": frozenset(("USD",)),
    "R$": frozenset(("BRL",)),
    "A$": frozenset(("AUD",)),
    "AU$": frozenset(("AUD",)),
    "C$": frozenset(("CAD",)),
    "CA$": frozenset(("CAD",)),
    "HK$": frozenset(("HKD",)),
    "NZ$": frozenset(("NZD",)),
    "NT$": frozenset(("TWD",)),
    "S$": frozenset(("SGD",)),
    "MX$": frozenset(("MXN",)),
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
    "₱": frozenset(("PHP",)),
    "₦": frozenset(("NGN",)),
    "₵": frozenset(("GHS",)),
    "৳": frozenset(("BDT",)),
    "฿": frozenset(("THB",)),
    "Rp": frozenset(("IDR",)),
    "RM": frozenset(("MYR",)),
    "zł": frozenset(("PLN",)),
    "Kč": frozenset(("CZK",)),
    "TL": frozenset(("TRY",)),
    "Ft": frozenset(("HUF",)),
    "kr": frozenset(("SEK", "NOK", "DKK", "ISK")),
}
"""What a sign beside the figure may mean: it is taken only where the counter is one of these."""
NO_LETTER_BEFORE, NO_LETTER_AFTER = r"(?<![^\W\d_])", r"(?![^\W\d_])"
PLAIN_SIGNS = "".join(sign for sign in SIGNS if len(sign) == 1)
LETTERED = "|".join(
    sign.replace("$", r"\$") + (NO_LETTER_AFTER if sign[-1].isalpha() else "") for sign in SIGNS if len(sign) > 1
)
SIGN_BEFORE = (
    f"(?:[{PLAIN_SIGNS}]"
    f"|(?=[{''.join(sorted({sign[0] for sign in SIGNS if len(sign) > 1}))}]){NO_LETTER_BEFORE}(?:{LETTERED}))"
)
"""Any sign; one of letters (``Rp``, ``kr``) stands for itself and is no part of a word."""

NAMES: dict[str, str] = {
    "USD": r"(?:us|u\.s\.|american)[ ]dollars?|(?:американск\w{2,3}[ ])?доллар\w{0,2}[ ]сша"
    r"|американск\w{2,3}[ ]доллар\w{0,2}|aqsh[ ]dollari|ақш[ ]доллары|abş[ ]dolları",
    "EUR": "euros?|евро|yevro|еуро|avro",
    "GBP": r"british[ ]pounds?|pounds?[ ]sterling|фунт\w{0,2}[ ]стерлингов",
    "CHF": r"swiss[ ]francs?|швейцарск\w{2,3}[ ]франк\w{0,2}",
    "JPY": r"(?:japanese[ ])?yen|(?:японск\w{2,3}[ ])?(?:йен|иен)\w?|円",
    "CNY": r"(?:chinese[ ])?yuan|(?:китайск\w{2,3}[ ])?юан\w{1,2}|元",
    "RUB": r"russian[ ]rou?bles?|российск\w{2,3}[ ]рубл\w{1,2}|рубл\w{1,2}[ ](?:рф|россии)\b"
    "|rossiya[ ]rubli|ресей[ ]рублі",
    "BYN": r"bell?arus\w{0,4}[ ]rou?bles?|белорусск\w{2,3}[ ]рубл\w{1,2}",
    "KZT": r"(?:kazakh\w{0,5}[ ])?tenge|(?:казахстанск\w{2,3}[ ])?(?:тенге|тг)",
    "KGS": r"(?:kyrgyz\w{0,5}[ ])?soms?|(?:к[иы]ргызск\w{2,3}[ ])?сом(?:а|ов)?",
    "UZS": r"(?:uzbek\w{0,5}[ ])?(?:sum|soum|so'm)|uzbek\w{0,5}[ ]som|(?:узбекск\w{2,3}[ ])?сум(?:а|ов)?",
    "TJS": r"(?:tajik\w{0,5}[ ])?somoni|(?:таджикск\w{2,3}[ ])?сомони",
    "TMT": r"turkmen\w{0,5}[ ]manats?|туркменск\w{2,3}[ ]манат\w{0,2}",
    "AZN": r"azerbaijani[ ]manats?|азербайджанск\w{2,3}[ ]манат\w{0,2}",
    "AMD": r"(?:armenian[ ])?drams?|(?:армянск\w{2,3}[ ])?драм\w{0,2}",
    "GEL": r"(?:georgian[ ])?lari|(?:грузинск\w{2,3}[ ])?лари",
    "UAH": r"(?:ukrainian[ ])?hryvni?as?|(?:украинск\w{2,3}[ ])?гривн?\w{0,2}",
    "TRY": r"turkish[ ]liras?|турецк\w{2,3}[ ]лир\w?",
    "INR": r"indian[ ]rupees?|индийск\w{2,3}[ ]рупи\w",
    "PLN": r"(?:polish[ ])?z[lł]oty(?:ch)?|(?:польск\w{2,3}[ ])?злот\w{2}",
    "CAD": r"canadian[ ]dollars?|канадск\w{2,3}[ ]доллар\w{0,2}",
    "AUD": r"australian[ ]dollars?|австралийск\w{2,3}[ ]доллар\w{0,2}",
    "KRW": r"(?:south[ ])?korean[ ]won|южнокорейск\w{2,3}[ ]вон\w?",
    "USD AUD CAD HKD NZD SGD": r"dollars?|доллар\w{0,2}",
    "RUB BYN": r"rou?bles?|руб|рубл\w{1,2}",
    "TMT AZN": r"manats?|манат\w{0,2}",
    "INR PKR LKR NPR": "rupees?|рупи[йяи]",
}
"""The names of currencies beside a figure, as patterns, by the codes that they may mean; one of a kind first."""
NAME = f"(?i:{by_first_letter('|'.join(NAMES.values()))}){NO_LETTER_AFTER}"


@functools.lru_cache(maxsize=512)
def named(name: str) -> frozenset[str]:
    """The codes that a currency's name may mean; none for any other word.

    >>> sorted(named("US dollars")), sorted(named("руб")), named("points")
    (['USD'], ['BYN', 'RUB'], frozenset())
    """
    name = re.sub(r"\s", " ", name)
    for codes, pattern in NAMES.items():
        if re.fullmatch(pattern, name, re.IGNORECASE):
            return frozenset(codes.split())
    return frozenset()
