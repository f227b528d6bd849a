"""Numbers as people print them: decimal points and commas, thousands set apart, exponents.

A decimal comma is read where it is certain: after a leading 0, before any count of digits but three, where point and
comma both stand (the last one is the decimal mark), or where another number beside it settles the style. Otherwise
the number is ambiguous, and says so.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Literal

from fx.exact import plain
from fx.late import late

__all__ = [
    "FIGURE",
    "LONGEST",
    "AmbiguousFigure",
    "DecimalMark",
    "NotAFigure",
    "mark_of",
    "places_of",
    "read_figure",
    "short_form",
]

DecimalMark = Literal[".", ","]

FIGURE = (
    r"(?>[1-9][0-9]{0,2}(?:[ \xa0][0-9]{3})+(?![0-9])(?:[.,][0-9]+)?(?![0-9]|[.,][0-9]|[ \xa0]{0,2}%)"
    r"|[0-9](?:[0-9]|[.,'](?=[0-9]))*)"
)
"""A run of digits with marks between them. A space joins only groups of three, and never the figure of a percentage.
The group is atomic: no pattern around it may take half of a figure."""
GROUPED = late(
    r"[1-9][0-9]{0,2}(?:(?P<mark>[.,' \xa0])[0-9]{3}(?:(?P=mark)[0-9]{3})*)"  # 12 845, 1'234'567
    r"|[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}"  # 8,97,312, as in India
)
LONGEST = 40
"""Digits in a published figure; longer runs are serial numbers or an attack."""


class NotAFigure(ValueError):
    """Digits and marks that are no number: a date, an address, a version."""


class AmbiguousFigure(ValueError):
    """A number that can be read in two ways; ``readings`` holds both."""

    def __init__(self, text: str, readings: tuple[Decimal, Decimal]) -> None:
        super().__init__(f"{text} is {plain(readings[0])} or {plain(readings[1])}")
        self.text = text
        self.readings = readings


def read_figure(text: str, mark: DecimalMark | None = None) -> Decimal:
    """Read a figure; ``mark`` is the decimal mark where the caller knows it.

    Raises `NotAFigure`, or `AmbiguousFigure` where three digits follow a single comma and nothing settles it.

    >>> [str(read_figure(text)) for text in ("0.00190", "0,00190", "12.845,50", "1,463.70", "8,97,312", "12'750")]
    ['0.00190', '0.00190', '12845.50', '1463.70', '897312', '12750']
    >>> read_figure("1,052", ","), read_figure("1,052", ".")
    (Decimal('1.052'), Decimal('1052'))
    """
    if len(text) > LONGEST:
        raise NotAFigure(text)
    points, commas = text.count("."), text.count(",")
    last = max(text.rfind("."), text.rfind(","))
    if points and commas:
        whole, fraction = text[:last], text[last + 1 :]
        if text[last] in whole or not (fraction.isascii() and fraction.isdecimal()):
            raise NotAFigure(text)
        return Decimal(f"{ungrouped(whole)}.{fraction}")
    if points + commas == 0:
        return Decimal(ungrouped(text))
    if points + commas > 1:
        return Decimal(ungrouped(text))
    whole, fraction = text[:last], text[last + 1 :]
    if not (fraction.isascii() and fraction.isdecimal()):
        raise NotAFigure(text)
    as_decimal = Decimal(f"{ungrouped(whole)}.{fraction}")
    if len(fraction) != 3 or not re.fullmatch(r"[1-9][0-9]{0,2}", whole):
        return as_decimal
    as_thousands = Decimal(whole + fraction)
    known = mark or ("." if text[last] == "." else None)  # a lone point is a decimal point unless told otherwise
    if known is None:
        raise AmbiguousFigure(text, (as_decimal, as_thousands))
    return as_decimal if text[last] == known else as_thousands


def ungrouped(whole: str) -> str:
    """Digits without their thousands marks; raises `NotAFigure` where the groups are no groups.

    >>> ungrouped("1'234'567")
    '1234567'
    """
    if whole.isdecimal():
        return whole
    if not GROUPED.fullmatch(whole):
        raise NotAFigure(whole)
    return re.sub(r"[^0-9]", "", whole)


def mark_of(text: str) -> DecimalMark | None:
    """The decimal mark that a figure proves, if it proves one.

    >>> mark_of("0,12"), mark_of("0.1"), mark_of("12,750"), mark_of("15"), mark_of("1,463.70")
    (',', '.', None, None, '.')
    """
    marks = re.findall(r"[.,]", text)
    if not marks:
        return None
    if len(marks) > 1:
        proven = marks[-1] if marks.count(marks[-1]) == 1 else {".": ",", ",": "."}[marks[0]]
    else:
        whole, fraction = re.split(r"[.,]", text)
        if len(fraction) == 3 and re.fullmatch(r"[1-9][0-9]{0,2}", whole):
            return None
        proven = marks[0]
    return "," if proven == "," else "."


def places_of(figure: str) -> int:
    """Digits behind the last mark of a figure.

    >>> places_of("1.0521"), places_of("152")
    (4, 0)
    """
    return len(figure) - 1 - max(figure.rfind("."), figure.rfind(",")) if re.search(r"[.,]", figure) else 0


def short_form(bid: str, ask: str) -> str:
    """The dealers' ask in full: ``1.2698/02`` is 1.2702, the last digits of the bid replaced and carried over.

    >>> short_form("1.2698", "02"), short_form("1.2001", "07"), short_form("1.20", "1.21")
    ('1.2702', '1.2007', '1.21')
    """
    if (
        not re.fullmatch(r"[0-9]+[.,][0-9]+", bid)
        or not ask.isdecimal()
        or len(ask) >= len(re.sub(r"[.,]", "", bid))
        or len(ask) > 3
    ):
        return ask
    digits = re.sub(r"[.,]", "", bid)
    full = int(digits[: -len(ask)] + ask)
    if full < int(digits):
        full += 10 ** len(ask)
    written = str(full).zfill(len(digits))
    place = max(bid.rfind("."), bid.rfind(","))
    whole = len(written) - (len(bid) - place - 1)
    return written[:whole] + bid[place] + written[whole:]
