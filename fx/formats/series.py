"""Names under which central banks keep a series of rates: which pair each is, by the publisher's own definition.

Read are FRED and the Federal Reserve's H.10, the Bank of England (spot into sterling), the Bank of Canada
(``FXUSDCAD``, which is a pair as it stands), the ECB's keys, the Riksbank and the heads of the Reserve Bank of
Australia. Averages of a month or a year are no rate of a day and are not known; nor are series whose unit changed over
time.
"""

from __future__ import annotations

import functools

from fx.currencies import Pair
from fx.formats.fields import pair_of
from fx.late import late

__all__ = ["named_pair", "series_of"]

FED = dict(
    each.split()
    for each in (
        "AL AUD,BZ BRL,CA CAD,CH CNY,DN DKK,EU EUR,HK HKD,IN INR,JA JPY,JP JPY,KO KRW,MA MYR,MX MXN,NO NOK,NZ NZD,"
        "SD SEK,SF ZAR,SI SGD,SL LKR,SZ CHF,TA TWD,TH THB,UK GBP"
    ).split(",")
)
"""Countries as FRED and the Federal Reserve abbreviate them; Venezuela, whose code changed twice, is left out."""
PER_FOREIGN = frozenset(("EU", "UK", "AL", "NZ"))
"""Those whose currency is the base: dollars for one of it."""
BANK_OF_ENGLAND = dict(
    each.split()
    for each in "AD AUD,CD CAD,DK DKK,ER EUR,HD HKD,JY JPY,ND NZD,NK NOK,SF CHF,SG SGD,SK SEK,US USD,ZR ZAR".split(",")
)
RIKSBANK = frozenset("AUD CAD CHF EUR GBP HKD NZD SGD USD".split())
"""Codes that the Riksbank has always quoted for one; others it quoted for a hundred."""
NAMES = late(
    r"DEX(?P<fred>US(?:EU|UK|AL|NZ)|[A-Z]{2}US)"
    r"|(?:H10/H10/)?RXI(?P<per_foreign>\$US)?_N\.B\.(?P<fed>[A-Z]{2})"
    r"|XUDL(?P<sterling>[A-Z]{2})S"
    r"|SEK(?P<krona>[A-Z]{3})PMI"
    r"|(?:.{0,80}\()?EXR\.D\.(?P<ecb>[A-Z]{3})\.(?P<denominator>[A-Z]{3})\.SP00\.[AE]\)?"
    r"|A\$1=(?P<rba>[A-Z]{3})"
)


@functools.lru_cache(maxsize=1024)
def series_of(name: str) -> Pair | None:
    """The pair of a series; None for any other name.

    >>> [str(series_of(name)) for name in ("DEXUSEU", "RXI_N.B.JA", "XUDLUSS", "SEKUSDPMI", "A$1=USD", "DFF")]
    ['EUR/USD', 'USD/JPY', 'GBP/USD', 'USD/SEK', 'AUD/USD', 'None']
    """
    match = NAMES.fullmatch(name.strip().strip("'\"").upper())
    if not match:
        return None
    base: str | None
    counter: str | None
    country = (match["fred"] or "").replace("US", "", 1) if match["fred"] else match["fed"]
    if country:
        base, counter = "USD", FED.get(country)
        if country in PER_FOREIGN:
            base, counter = counter, base
        if match["fed"] and bool(match["per_foreign"]) is not (country in PER_FOREIGN):
            return None
    elif match["sterling"]:
        base, counter = "GBP", BANK_OF_ENGLAND.get(match["sterling"])
    elif match["krona"]:
        base, counter = match["krona"] if match["krona"] in RIKSBANK else None, "SEK"
    elif match["ecb"]:
        base, counter = match["denominator"], match["ecb"]
    else:
        base, counter = "AUD", match["rba"]
    return pair_of(f"{base}/{counter}") if base and counter else None


def named_pair(name: str) -> Pair | None:
    """The pair that a column is headed by, spelt out or as a series.

    >>> str(named_pair("FXUSDCAD")), str(named_pair("DEXUSEU"))
    ('USD/CAD', 'EUR/USD')
    """
    return pair_of(name) or series_of(name)
