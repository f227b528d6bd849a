"""Words for figures that stand beside a pair and are no rates, as one vocabulary.

They may stand before a pair, behind a figure, over a list or over a column:

    pip EUR/USD = 0.0001      EUR/USD = 0.5 (weight)      ## Spreads / - EUR/USD: 0.8      | Pair | Correlation |
"""

from __future__ import annotations

import re

from fx.formats.branches import by_first_letter, searched_by_first_letter
from fx.late import late

__all__ = ["COLUMN", "LISTED", "MEASURED", "OF_RATES", "is_heading_of_measures", "labels"]

LISTED = (
    r"pips?(?:[ _](?:sizes?|values?))?|spreads?|ticks?[ _](?:sizes?|values?)|lots?(?:[ _]sizes?)?|weights?|weightings?|"
    r"margin(?![ ]call)s?|correlations?|volatilit(?:y|ies)|fees?|(?<!no[ ])(?<!zero[ ])(?<!without[ ])commissions?|"
    r"swaps?|"
    r"win[ _]rates?|slippage|skew|half-life|sharpe|drawdowns?|leverage|p/l|p&l|pnl|лоты?|спреды?|волатильность|веса?"
)
"""What whole lists and columns of pairs are made of."""
MEASURES = (
    LISTED
    + r"|points?|sizes?|corr|beta|vols?|positions?|exposures?|ratio|alerts?|assert|limits?|stops?|decimals|decimales|"
    r"precision|digits|min|step|mintick|mae|rmse|mape|sortino|supports?|resistances?|strikes?|options?|futures|atr|rsi|"
    r"scores?|thresholds?|tolerances?|ln|kurtosis|"
    r"std|delta|trades?|orders?|timeframes?|expir(?:y|ies)|adx|"
    r"profit[ _]factor|expectancy|hurst|sentiment|ssi|фьючерс\w{0,3}"
)
"""Nouns that make every figure near them their own, wherever in the clause they stand."""
BESIDE = (
    r"count|volume|error|id|index|port|targets?|"
    r"forecasts?(?:[ ](?:for[ ])?20[0-9]{2})?|sl|tp|max|log|d|change[ ](?:in|of)|"
    r"confidence|kurtosis[ ]of|sigma|"
    r"alpha|returns?|range|costs?|carry|loss|var|"
    r"deposits?|profits?|buy|sell|long|short|entry|куплю|продам|покупаю|продаю|open(?:ing)?|прогноз\w{0,3}|открыти[ея]"
)
"""Words that do so only right beside a pair: elsewhere in a sentence they mean other things (``extends its loss``)."""
START, END = r"(?<![^\W_])", r"(?![^\W_])"
LABEL = late(rf"{searched_by_first_letter(MEASURES)}{END}[^.;|]{{0,24}}\Z")
DIFFERENCE = late(r"δ[^.;|]{0,24}\Z")
"""``Δ EUR/USD``, in small letters as all of these."""
LABEL_REACH = 44
"""Characters that a label has at most, with those that may stand behind it."""
LABEL_BESIDE = late(rf"{searched_by_first_letter(BESIDE)}[ \xa0:]{{1,2}}\Z")
FINISHED = late(r".*[0-9][ \xa0]?(?:%|[A-Za-z]{1,8}),[ \xa0]|.*call[ \xa0]at[ \xa0]")
"""A label that has its own figure (``Fee 2%, KZT/USD = …``) reaches no further."""
MEASURED_BY = by_first_letter(MEASURES + "|weighted|stdev|sd|sigma|alpha|°[CF]?")
MEASURED = late(
    rf"[ \xa0\t\x0b]{{0,4}}[(\[]?(?P<word>{START}{MEASURED_BY}{END})"
    r"(?![ \xa0\t\x0b]{0,4}[:=]?[ \xa0\t\x0b]{0,4}[-+$€£]?[0-9])",  # `1.0501 vol 312` goes on with the next field
    re.IGNORECASE,
)
"""Behind a figure, in brackets or not: ``= 0.82 (correlation)``."""
COLUMNS = (
    rf"{LISTED}|corr|vol|atr|rsi|supports?|resistances?|lot|profit|trades|win|forecasts?|targets?|entry|strikes?|"
    r"ytd|mtd|qtd|[0-9]{0,2}[wmy]|(?!1d)[0-9]{1,3}d|(?!24h)[0-9]{1,2}h|week|month|quarter|year|"
    r"(?!1[ ]?день)[0-9]{1,3}[ ]?дн\w{1,2}|недел\w{1,3}|месяц\w{0,3}|квартал\w{0,2}|года?|"
    r"bars|signals?|segments?|balken|segmente|signale|operaciones|"
    rf"resultaat\w*|adx|win[ _]?rate|score|threshold|standard|raw|\w+[ _]pct|hours|"
    r"premium|counts?|pages?|volumes?|sentiment|rank|q[1-4]"
)
COLUMN = late(rf"{START}{by_first_letter(COLUMNS)}{END}|^high$|^low$|^sl$|^tp$|^vol", re.IGNORECASE)
"""The head of a column whose figures are no rates."""
HEADED = late(rf"{START}(?:{LISTED}|performance|returns)(?:{END}|s{END})", re.IGNORECASE)
OF_RATES = late(
    r"(?<!swap )(?<!interest )(?<!win )(?<!deposit )\brates?\b|\bprices?\b|\bquotes?\b|\bspot\b|курс|котировк",
    re.IGNORECASE,
)
ITEM = late(r"\b[A-Za-z]{3}/?[A-Za-z]{3}\b.*[0-9]")


def labels(gap: str) -> bool:
    """Whether what stands before a pair on its line says that the figure behind it is no rate.

    >>> labels("pip "), labels("spread of "), labels("Fee 2%, "), labels("No commission: ")
    (True, True, False, False)
    """
    finished = FINISHED.match(gap) if "," in gap or "call" in gap else None
    if finished:
        gap = gap[finished.end() :]
    gap = gap.lower()
    near = max(gap.rfind("."), gap.rfind(";"), gap.rfind("|"), len(gap) - LABEL_REACH - 1) + 1
    if LABEL.search(gap, max(0, near)) or ("δ" in gap and DIFFERENCE.search(gap)):
        return True
    return gap[-1:] in {" ", "\xa0", ":"} and bool(LABEL_BESIDE.search(gap, max(0, len(gap) - LABEL_REACH)))


def is_heading_of_measures(line: str) -> bool:
    """Whether a line above a list says that the list's figures are no rates.

    >>> [is_heading_of_measures(line) for line in ("## Spreads", "max_spread:", "Volatility (1M)", "Rates and fees:")]
    [True, True, True, False]
    >>> is_heading_of_measures("The spread widened after the bank had raised its limits on Friday, traders said")
    False
    """
    text = line.strip(" \t\x0b\x0c\xa0")
    if not 0 < len(text) <= 72 or text.endswith(".") or not HEADED.search(text):
        return False
    if OF_RATES.search(text) or ITEM.search(text):
        return False
    return len(text.split()) <= (8 if text[0] in "#[*=" or text[-1] in ":{[" else 5)
