"""Numbers before a pair: the unit of a bank's list, or the number of an item in a list.

    100 JPY/KZT 341.20        100 ... UZS / KZT 3.5        UZBEK SUM | 100 | UZS/KZT | 4.08        9. EUR/KZT 540.20

A unit is 1, 10, 100, 1000 or 10000 at the start of the line, or alone with the currency's name on the line above.
"""

from __future__ import annotations

import re

from fx.formats.context import is_number_of_item, line_start
from fx.formats.signs import WS
from fx.late import late
from fx.text import BREAK, SPACE

__all__ = ["unit_before"]

UNIT = r"(?P<unit>1|10|100|1[ ,.]?000|10[ ,.]?000)"
NAME = r"[^\W\d_][^\d\n|/]{1,40}"
NOUN = late(
    r"dol|eur|tenge|som|sum|so'm|manat|yen|won|rou?bl|rup|dram|lari|pound|sterl|fran|kron|krou|koru|lir|yuan|ren|z[lł]o|forint|"
    r"rial|riyal|dirham|dinar|peso|real|ringg|baht|dong|hryv|le[uvi]\b|shek|rand|tug|togrog|kyat|riel|kip|taka|sdr|"
    r"дол|евр|тен|сом|сум|манат|[йи]ен|вон|руб|рупи|драм|лари|фунт|фран|крон|лир|юан|злот|форинт|ри[ая]л|дирхам|динар|песо|"
    r"ринг|бат|донг|грив|ле[йяев]\b|шек|ранд|туг|сдр|[.…]{2}|…",
    re.IGNORECASE,
)
"""Stems of the names of money: ``10 comments EUR/USD 1.05`` is no unit of ten."""
UNIT_BEFORE = late(
    rf"[^\w\n{BREAK}]{{0,8}}(?:{NAME}\|{WS})?{UNIT}(?:{SPACE}{{1,4}}|(?=;))"
    rf"(?P<name>(?:{NAME})?(?:\.{{2,5}}|…)?){WS}[|;]?(?:{WS}{NAME}\|)?{WS}[\"']?\Z"
)
GLUED_UNIT = late(rf"(?:\A|[\s;,:|({BREAK}])(?P<unit>10{{1,4}})\Z")
"""``100JPY/CNY: 4.75``, anywhere."""
UNIT_ABOVE = late(rf"[^\w\n{BREAK}]{{0,4}}{UNIT}{SPACE}{{1,4}}(?P<name>{NAME})")
NAME_ABOVE = late(
    rf"(?:\A|[\n{BREAK}])[^\w\n{BREAK}]{{0,4}}{UNIT}{SPACE}{{0,4}}[\n{BREAK}](?P<name>{NAME})[\n{BREAK}]\Z"
)
"""Cells on lines of their own: the unit, the name, the pair."""
ABOVE = 128
"""Characters above a line among which a unit stands."""
MARKS = late(r"[^\w\n]{0,8}")


def unit_before(text: str, start: int) -> int:
    """The unit that stands before a pair at the start of its line, or on the line above; 0 for none.

    >>> unit_before("100 JPY/KZT 341.20", 4), unit_before("100 UZBEK SUM\\nUZS/KZT 4.08", 14)
    (100, 100)
    """
    glued = GLUED_UNIT.search(text, max(0, start - 8), start) if text[start - 1 : start] in {"0", "1"} else None
    if glued:
        return int(glued["unit"])
    begin = line_start(text, start)
    match = UNIT_BEFORE.match(text[begin:start]) if text.find("1", begin, start) >= 0 else None
    if match:
        place = begin
    elif (
        begin > 1
        and not text[begin - 2].isdecimal()  # as no name ends
        and text.find("1", max(0, begin - ABOVE), begin) >= 0
        and MARKS.fullmatch(text, begin, start)
    ):
        place = line_start(text, begin - 1)
        match = UNIT_ABOVE.fullmatch(text, place, begin - 1) or NAME_ABOVE.search(text, max(0, begin - 60), begin)
    if not match or (match["name"].strip() and not NOUN.search(match["name"])):
        return 0
    unit = int(re.sub(r"\D", "", match["unit"]))
    return 0 if is_number_of_item(text, place, unit) else unit
