"""The percent change printed beside a rate: with arrows, brackets and every minus, and what only looks like one.

    change := sep? absolute? arrow? [(] arrow? [+|-] ws? figure ws? ("%" | "percent" | "pct") [)] arrow?

A percentage is taken only if it belongs to the quote: one followed by a word (``40% of firms``, ``20% VAT``) or that is
the end of a range (``0.5%–1.2%``) does not. An absolute change is passed over, never taken for percent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from fx.formats.figures import FIGURE, DecimalMark, NotAFigure, mark_of, read_figure
from fx.formats.signs import ARROW, DOWN, EMPHASIS, SIGN_BEFORE, UP, WS
from fx.late import late
from fx.text import BREAK, SPACE

__all__ = ["Change", "find_change"]

FEW = f"{SPACE}{{0,4}}"
"""Space between what is optional takes all there is and gives none back: else the ways to share it out multiply."""
DAY = r"(?i:24[ ]?h(?:rs?|ours)?|1[ ]?d(?:ay)?|today|daily|day|d/d|intraday)\b"
"""Over a day, as the ticker's own change is."""
CHANGE = late(
    rf"""
    {EMPHASIS}{WS}+(?:[,;|:/•·](?!{FEW}(?!(?i:chg|change|изм|up|down)\b)[A-Za-z])|[→↔⇔➡▬►●]|-(?={SPACE}{{1,4}}[-+]))?{WS}+{EMPHASIS}
    [🟢🔴🟩🟥]?{FEW}+(?:(?i:chg|change|изм)\b\.?{FEW}+[:=]?{FEW}+)?
    (?:                                              # an absolute change before the percentage, by its own sign
        [(\[]?{FEW}+(?:(?P<move>{ARROW}){FEW}+[+-]?|[+-])(?:{SIGN_BEFORE})?(?:{FIGURE}){FEW}+
        (?:pips?|points?|pts?|{SIGN_BEFORE}|[A-Z]{{3}}\b|[а-яё]{{2,5}}\.?)?{FEW}+[)\]]?{FEW}+[,;/|]?{FEW}+
        (?=[(\[+0-9{UP}{DOWN}-])
      | (?P<plain2>{FIGURE}){SPACE}{{1,4}}(?=\({FEW}[+-]?[0-9.,]+{FEW}%)  # or without one, before brackets
      | (?P<plain>{FIGURE}){SPACE}{{1,8}}(?=[0-9.,]+{FEW}%(?![0-9]))       # or a small one, which `rate` looks at
    )?
    (?P<before>{ARROW})?{FEW}+
    (?P<open>[(\[{{])?{FEW}+(?:{DAY}{FEW}+:?{FEW}+)?
    (?P<arrow>{ARROW})?(?P<break>[\n]?){FEW}+
    (?:(?P<minus>[+-])(?P<apart>{FEW})|±(?=0(?:[.,]0+)?{FEW}%))?
    (?:(?i:(?P<word>up|down)(?:{SPACE}by)?){SPACE})?
    (?:(?P<percent>{FIGURE}|\.[0-9]{{1,6}})(?:%|{SPACE}{{1,4}}%(?![0-9])|{FEW}(?i:per{SPACE}?cent|pct)\b)
      |%(?P<below>[+-])?(?P<turkish>{FIGURE})(?!{FEW}%))
    (?P<close>(?:,?{FEW}{DAY}(?:,[^()\n]{{0,40}})?)?{FEW}[)\]}}])?
    (?:{FEW}(?P<after>{ARROW})(?={FEW}(?:[)\],;|•·]|[\n{BREAK}]|\Z)))?
    """,
    re.VERBOSE,
)
FOLLOWED = late(rf"(?:{SPACE}{{1,4}}|(?=-[0-9]))(?P<word>-[0-9]|[^\W\d_][^\W\d_]*)(?P<rest>{WS}/)?")


def end_of_period(text: str, match: re.Match[str]) -> int:
    """Where a percentage of another period ends, its period and bracket included."""
    period = OTHER_PERIOD.match(text, match.end())
    end = period.end() if period else match.end()
    if (match["open"] and not match["close"]) or (period and "(" in period[0]):
        bracket = text.find(")", end, end + 40)
        end = bracket + 1 if bracket >= 0 else end
    return end


PAIR_NEXT = late(rf"{SPACE}{{0,4}}[A-Za-z]{{3}}{SPACE}?/?{SPACE}?[A-Za-z]{{3}}\b")
OF_TIME = frozenset(
    "today on at in vs versus since from for over during within daily weekly d w m y h day days week month hour hours "
    "intraday ytd mtd wtd down up and или и за с со от на к сегодня день сутки updated change chg".split()
)
"""Words that may follow a change: they say over which time, or begin the next thing."""

CHARGES = frozenset("commission fee fees tax vat spread slippage margin".split())
CHARGED = CHARGES | frozenset("markup комиссия комиссии ндс наценка маржа спред".split())
"""What is charged on top of a rate: ``549.10 +1.5% commission``."""

OF_LABEL = late(rf"{SPACE}{{0,3}}:?{SPACE}{{0,3}}[0-9]")
"""Behind a word that begins what stands next: ``+0.15% Spread: 0.2``."""

OFFERED = CHARGES | frozenset("of interest growth inflation apr chance".split())
"""What is offered at 0 %; before any other word a 0 % is the ticker's change, with running text behind it."""


@dataclass(frozen=True, slots=True)
class Change:
    """A percent change (``percent`` None where its figure cannot be read), its decimal mark, and where it ends.

    ``signed`` says that a sign, arrow or word gave its direction; ``plain_move`` is a figure without a sign before it.
    """

    percent: Decimal | None
    mark: DecimalMark | None
    glued: bool
    end: int
    signed: bool = True
    plain_move: str | None = None


OTHER_PERIOD = late(
    rf"{SPACE}{{0,3}}[(|]?{SPACE}{{0,2}}(?:[ymqw]td|[ymwq][/-]?o?[/-]?[ymwq]|[гмкн]/[гмкн]"
    rf"|this{SPACE}(?:year|month|week|quarter)"
    rf"|since{SPACE}(?!yesterday|close|open|midnight|last|the)\w+|(?:in|over|on|for|from){SPACE}(?:a|an|the|one|last|past)"
    rf"{SPACE}(?:(?:last|past){SPACE})?(?:week|month|quarter|year)|weekly|monthly|yearly|annual(?:ly)?|p\.?a\b"
    rf"|(?:[0-9]{{1,2}}{SPACE}?-?)?(?:wk?|weeks?|mo?|months?|yr?|years?)\b|(?:[2-9]|[1-9][0-9])[ -]?d(?:ays?)?\b"
    r"|за[ ](?:неделю|месяц|год)|с[ ]начала)(?![^\W_])(?![ \xa0]?:)",
    re.IGNORECASE,
)
"""Behind a percentage: of another period than the day's, so it is not the change that stands beside a rate."""


def find_change(text: str, pos: int, mark: DecimalMark | None = None) -> Change | None:
    """The change that stands at this place of a text, or None. ``mark`` is the decimal mark, where known.

    >>> find_change(" ▼ (0.11%)", 0).percent, find_change(" -0.00010 (-0.11%)", 0).percent
    (Decimal('-0.11'), Decimal('-0.11'))
    >>> find_change(", 40% of firms", 0), find_change(" (95% CI)", 0), find_change(" + 1%", 0)
    (None, None, None)
    """
    match = CHANGE.match(text, pos)
    if not match:
        return None
    other = OTHER_PERIOD.match(text, match.end())
    if not other and not belongs(text, match):
        return None
    figure = match["percent"] or match["turkish"]
    if other:
        return Change(None, mark_of(figure), match.start("percent") == pos, end_of_period(text, match))
    try:
        percent: Decimal | None = read_figure(f"0{figure}" if figure[0] == "." else figure, mark or ".")
    except NotAFigure:
        percent = None
    arrow = match["before"] or match["arrow"] or match["after"] or match["move"]
    word = (match["word"] or "").lower()
    minus = match["minus"] or match["below"]
    falls = minus == "-" or (minus is None and (word == "down" or (arrow is not None and arrow in DOWN)))
    if percent and falls:
        percent = percent.copy_negate()
    signed = bool(minus or word or arrow)
    return Change(
        percent, mark_of(figure), match.start("percent") == pos, match.end(), signed, match["plain"] or match["plain2"]
    )


def belongs(text: str, match: re.Match[str]) -> bool:
    """Whether the percentage is the change of the quote before it."""
    signed = match["minus"] or match["before"] or match["arrow"] or match["after"] or match["word"]
    if match["break"] and PAIR_NEXT.match(text, match.end()):
        return False  # the percentage begins the next line: it is of the pair there
    if match["minus"] == "+" and match["apart"] and (match["percent"] or "").isdecimal():
        return False  # `78.95 + 1%` is a calculation
    if match["open"] and not match["close"]:
        inside = FOLLOWED.match(text, match.end())
        return bool(inside and inside["word"].lower() in OF_TIME)
    figure = match["percent"] or match["turkish"]
    following = FOLLOWED.match(text, match.end())
    if not following or following["rest"]:
        return True
    word = following["word"]
    if word[0] == "-":
        return False  # the lower end of a range
    if word.lower() in CHARGED and not match["close"] and not OF_LABEL.match(text, following.end("word")):
        return False
    if signed or word.lower() in OF_TIME or (figure == "0" and word.lower() not in OFFERED):
        return True
    if word.islower() or (word.isupper() and len(word) > 1):
        return False
    # `0.42% Home` where tags were stripped, but not `25% Off`
    return not figure.isdecimal() or figure == "0"
