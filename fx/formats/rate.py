"""The rate itself, as it stands behind a pair: one figure, two sides, labelled figures; with unit, footnote and change.

value    := sign? figure exponent? unit? footnote? change?  |  sides change?  |  (label figure)+
sides    := figure ("/" | "-") figure            bid and ask; the second may be the dealers' short form 1.2698/02
label    := "bid" | "ask" | "mid" | "last" | "buy" | "sell" | "покупка" | "продажа" | ...
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from fx.exact import plain
from fx.formats.branches import by_first_letter
from fx.formats.change import Change, find_change
from fx.formats.context import Prose, Unreadable, refuse_what_follows
from fx.formats.figures import (
    FIGURE,
    LONGEST,
    AmbiguousFigure,
    DecimalMark,
    NotAFigure,
    mark_of,
    places_of,
    read_figure,
    short_form,
)
from fx.formats.sides import LABELS, OTHER_SIDE, SIDE_BEHIND, side_of
from fx.formats.signs import (
    ARROW,
    ASK_WORDS,
    BID_WORDS,
    DOWN,
    EMPHASIS,
    FOOTNOTE,
    NAME,
    SIGN_BEFORE,
    SIGNS,
    UP,
    WS,
    named,
)
from fx.late import late
from fx.text import BREAK, SPACE

__all__ = [
    "NEGATIVE_RATE",
    "PROMISING",
    "RATE",
    "Reading",
    "one_side",
    "read_value",
    "with_side_behind",
]

RATE = late(
    rf"{WS}{EMPHASIS}(?P<sign>(?:{SIGN_BEFORE})?){SPACE}?"
    rf"(?P<figure>{FIGURE}|\.[0-9]{{1,20}})(?P<exponent>[eE][+-]?[0-9]{{1,2}}(?![0-9]))?"
)
UNIT = late(
    rf"[*_`]{{0,2}}{SPACE}{{0,2}}(?:(?P<code>[A-Za-z]{{3}})(?![A-Za-z0-9])(?!{WS}/)|(?P<sign>{SIGN_BEFORE})"
    rf"|(?P<word>{NAME})\.?)"
)
FOOTNOTE_MARK = late(FOOTNOTE)

NO_RATE = late(
    rf"{WS}(?P<text>(?:\#?n[./]?a\.?|nan|null|none|nil|-{{1,3}}|\?{{1,3}}|\.{{2,3}}|…|loading|tbd|\#(?:ref|value|div/0)!?)"
    rf"(?![\w/])|(?=[\n{BREAK}]|\Z))",
    re.IGNORECASE,
)
NEGATIVE_RATE = "a rate cannot be negative: check the line"
NEGATIVE = late(rf"{WS}(?P<text>-{SPACE}?{FIGURE})")
UNICODE_DIGITS = late(rf"{WS}[\u0660-\u0669\u06f0-\u06f9]")
ARROW_FIRST = late(f"{WS}{ARROW}")
DIGIT_NEXT = late(f"{WS}[0-9]")
OF_NEXT = late(rf"(?:{WS}/{WS}[^\s0-9/]{{1,3}})?{WS}[:=]?{WS}[0-9]")
"""Behind a sign that begins the next quote: ``104.25 €/RUB 109.61``, ``104.25 € = 109.61``."""
OWN_CODE = late(rf"{WS}(?P<code>[A-Za-z]{{3}}){SPACE}?(?=[0-9])")
SIDES = late(
    rf"{WS}(?P<bid>{FIGURE})(?P<between>{SPACE}?/{SPACE}?|-|{SPACE}-{SPACE})(?P<ask>{FIGURE})(?!{SPACE}?(?:%|[-/*]{SPACE}?[0-9]))"
)
COLUMNS = late(
    rf"{WS}(?P<bid>{FIGURE})(?P<between>(?:{SPACE}{{1,8}}\|?|\|){SPACE}{{0,8}})(?P<ask>{FIGURE})(?={WS}\|?{WS}(?:[\n{BREAK}]|\Z))"
)
"""Two columns without heads, that are all there is on a line: bid and ask, if they are as close as those are."""
BESIDE = late(
    rf"{WS}(?P<bid>{FIGURE})(?:{SPACE}{{1,8}}|{WS}[|;]{WS}|,{SPACE})(?P<ask>{FIGURE})(?={WS}(?:[|;\n{BREAK}]|\Z))"
)
"""The same with what else stands in the row; one far from the other is a move, a volume or a count."""
GROUPS = late(rf"{WS}(?P<bid>[1-9][0-9]{{2}}) (?P<ask>[1-9][0-9]{{2}})(?={WS}(?:[|(+\n{BREAK}{UP}{DOWN}-]|\Z))")
"""``USD/KZT 521 525`` are no half a million tenge."""
RANGE_OR_SIDES = "a range stands where the rate should: write one figure, or name them bid and ask"
OF_A_RANGE = late(r"\b(?:range|band|corridor|between|диапазон|коридор|колебл|spanne|fourchette|aralı)", re.IGNORECASE)
WHOLE_RANGE = late(r"(?!(?:19|20)[0-9]{2}-)[1-9][0-9]{2,4}-[1-9][0-9]{2,4}")
NEAR_RANGE = 32
"""Characters beside two figures among which they are called a range: ``EUR/USD 1.0480-1.0530 range seen``."""
TWO = "two figures stand behind the pair: name them bid and ask, or give one"
COMMAS = late(rf"{WS}(?P<bid>[0-9]+\.[0-9]+)(?P<between>,)(?P<ask>[0-9]+\.[0-9]+)(?![0-9.,]|{SPACE}?%)")
TWO_FIGURES = late(rf"{WS}(?P<first>{FIGURE})(?:(?P<more>{SPACE}{{0,16}}[-/|;,0-9]))?")
"""A figure and whether another may follow: a cheap question before the three above."""
OPTION_SIZE = late(rf"{WS}\((?:[A-Z]{{3}}{SPACE})?[0-9.,]+{SPACE}?(?:m|mn|k|bn|mio)?\)")
SPREAD_NOTE = late(rf"{SPACE}?(?:\({FIGURE}{SPACE}?(?:pips?|points?|pts?|п\.?)\)|\)(?=[,;.\s\x0b\x0c]|\Z))")
"""What may stand behind two sides: the spread in pips, or the bracket that they stand in."""
CHANGE_FIRST = late(rf"{SPACE}{{1,8}}[*]{{0,2}}(?=[0-9]+[.,][0-9])")
WIDEST_SOLIDUS, WIDEST_DASH = Decimal("0.05"), Decimal("0.005")
"""Spread, as a part of the bid, up to which two figures are two sides and not a range (`1.05-1.15`) or a fraction."""

AFTER_LABEL = late(
    rf"{WS}(?P<bid>{FIGURE}){SPACE}?[(]?{by_first_letter('|'.join(BID_WORDS))}[)]?{SPACE}?(?:[/,;|-]|and\b|и\b)?{SPACE}?"
    rf"(?P<ask>{FIGURE}){SPACE}?[(]?{by_first_letter('|'.join(ASK_WORDS))}\b[)]?",
    re.IGNORECASE,
)
"""Sides named behind their figures: ``1.0850 bid / 1.0852 ask``."""
LABEL = by_first_letter("|".join(sorted(LABELS, key=len, reverse=True)))
LABELLED = late(
    rf"(?:{WS}[,;/|(]?|{SPACE}{{1,2}}and|[\n{BREAK}](?={SPACE}{{0,8}}(?:bid|ask|offer|buy|sell|покупка|продажа)\b))"
    rf"{WS}(?P<label>{LABEL})(?![^\W\d_])[)]?"
    rf"{WS}(?:[:=]|is\b)?{WS}(?P<figure>{FIGURE})"
    rf"(?:{SPACE}?(?:{SIGN_BEFORE}|{NAME}\.?|pips?|points?|pts|(?-i:[A-Z]{{3}})(?!{WS}/)))?(?![0-9A-Za-z%]){WS}\)?",
    re.IGNORECASE,
)


OHLC = late(
    rf"{WS}o(?:pen)?{SPACE}?[:=]?{SPACE}?{FIGURE},?{SPACE}{{1,4}}h(?:igh)?{SPACE}?[:=]?{SPACE}?{FIGURE},?{SPACE}{{1,4}}"
    rf"l(?:ow)?{SPACE}?[:=]?{SPACE}?{FIGURE},?{SPACE}{{1,4}}c(?:lose)?{SPACE}?[:=]?{WS}(?={FIGURE})",
    re.IGNORECASE,
)
"""A candle of a chart: what follows it is the close."""


PROMISING_WORD = by_first_letter("|".join(("null", "none", "nil", "loading", "tbd", *LABELS)))
PROMISING = late(
    rf"{WS}{EMPHASIS}(?:{SIGN_BEFORE})?{SPACE}?"
    rf"(?:[-.0-9?#…\n{BREAK}(+]|n[./a-]|{PROMISING_WORD}|o{SPACE}?[:=]?{SPACE}?[0-9]"
    rf"|[A-Z]{{3}}{SPACE}?[0-9]|{ARROW}|[\u0660-\u06f9]|\Z)",
    re.IGNORECASE,
)
"""What may begin a rate, or stand in its place: everything else behind an equals sign is prose, and cheaply so."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What stands behind a pair, and where in the text it ends; ``figure`` is the rate as it was written.

    ``signed`` says that the change, if there is one, has a direction of its own.
    """

    rate: Decimal | None
    bid: Decimal | None
    ask: Decimal | None
    change_pct: Decimal | None
    figure: str
    end: int
    signed: bool = True


SIGNED = frozenset().union(*SIGNS.values())
"""Currencies of which a sign is known; that of another may be one that is not."""


def read_value(
    text: str, pos: int, counter: str, mark: DecimalMark | None = None, *, in_equation: bool = False
) -> Reading:
    """Read what stands behind a pair and what connects it. Raises `Prose` or `Unreadable`.

    In an equation another side may follow.

    >>> read_value("1.2698/02", 0, "USD").ask, read_value(" bid 523.10 ask 523.90 last 523.54", 0, "KZT").rate
    (Decimal('1.2702'), Decimal('523.54'))
    """
    candle = None if (figure := DIGIT_NEXT.match(text, pos)) else OHLC.match(text, pos)
    pos = candle.end() if candle else pos
    both = AFTER_LABEL.match(text, pos)
    if both:
        bid, ask = (settled(text, both[side], pos, both.end(), mark) for side in ("bid", "ask"))
        if 0 < bid <= ask:
            return Reading(None, bid, ask, None, both["bid"], both.end())
    arrow = None
    if not figure and not candle:  # a figure stands behind none of these
        labelled = read_labelled(text, pos, mark)
        if labelled:
            return labelled
        own = OWN_CODE.match(text, pos)
        pos = own.end() if own and own["code"].upper() == counter else pos
        arrow = ARROW_FIRST.match(text, pos)
    match = RATE.match(text, arrow.end() if arrow else pos)
    if not match:
        first = read_after_change(text, pos, mark)
        if first:
            return first
        refuse_without_figure(text, pos)
        raise Prose
    sides = read_sides(text, pos, mark)
    if sides:
        return sides
    match = without_percentage(text, match)
    end = match.end()
    if match["sign"] and counter not in SIGNS[match["sign"]]:
        raise Unreadable(f"the sign {match['sign']} is not that of {counter}: check the direction", end)
    unit = UNIT.match(text, end)
    if unit and is_of(counter, unit):
        end = unit.end()
    elif unit and unit["sign"] and counter in SIGNED and not OF_NEXT.match(text, unit.end()):
        reason = f"the sign {unit['sign']} is not that of {counter}: check the direction"
        raise Unreadable(reason, unit.end(), choice=True)
    footnote = FOOTNOTE_MARK.match(text, end)
    if footnote:
        end = footnote.end()
    side = SIDE_BEHIND.match(text, end)
    if side:
        one = one_side(
            Reading(read_rate(text, match, None, mark), None, None, None, match["figure"], side.end()), side_of(side)
        )
        return with_other_side(text, one, mark)
    change = find_change(text, end, mark)
    if change and change.plain_move and not small(change.plain_move, match["figure"], mark):
        change = None
    if change and change.glued and end == match.end():
        raise Unreadable("rate and change run together: set a space between them", change.end)
    if not change:
        refuse_what_follows(text, end, match["figure"], glued=end == match.end(), in_equation=in_equation)
    rate = read_rate(text, match, change, mark)
    if change is None and end == match.end() and len(match["figure"]) == 1:
        raise Unreadable("one digit without decimals or change may count something: write it with decimals", end)
    return Reading(
        rate,
        None,
        None,
        change.percent if change else None,
        match["figure"],
        change.end if change else end,
        signed=change is None or change.signed,
    )


def one_side(reading: Reading, side: str) -> Reading:
    """A rate of which the text says that it is one side, ``bid`` or ``ask``, as that side."""
    if not side or reading.rate is None or reading.bid is not None or reading.ask is not None:
        return reading
    bid, ask = (reading.rate if side == name else None for name in ("bid", "ask"))
    return replace(reading, rate=None, bid=bid, ask=ask)


def with_other_side(text: str, one: Reading, mark: DecimalMark | None) -> Reading:
    """An ask with the bid that is named behind it: ``525 (продажа), 521 (покупка)``."""
    next_one = SIDES_PARTED.match(text, one.end)
    figure = RATE.match(text, next_one.end()) if next_one and one.ask is not None else None
    side = SIDE_BEHIND.match(text, figure.end()) if figure else None
    if not figure or not side or side_of(side) != "bid":
        return one
    return replace(one, bid=read_rate(text, figure, None, mark), end=side.end())


def with_side_behind(text: str, one: Reading, counter: str, mark: DecimalMark | None) -> Reading:
    """One side with the other, that is named behind it: ``Покупка USD/KZT: 521,00; продажа: 525,00``."""
    side = OTHER_SIDE.match(text, one.end) if (one.bid is None) != (one.ask is None) else None
    figure = RATE.match(text, side.end()) if side else None
    if (
        not figure
        or getattr(one, side_of(side)) is not None
        or (figure["sign"] and counter not in SIGNS[figure["sign"]])
    ):
        return one
    unit = UNIT.match(text, figure.end())
    end = (unit if unit and is_of(counter, unit) else figure).end()
    if OF_SOMETHING_ELSE.match(text, end):
        return one
    try:
        refuse_what_follows(text, end, figure["figure"], glued=end == figure.end())
    except Unreadable:  # a range, an hour: the side that was read is as good without it
        return one
    other = read_rate(text, figure, None, mark)
    near = Fraction(1, TOO_WIDE) < Fraction(other) / Fraction(one.bid or one.ask or 1) < TOO_WIDE
    return replace(one, bid=one.bid or other, ask=one.ask or other, end=end) if near else one


def is_of(counter: str, unit: re.Match[str]) -> bool:
    """Whether the code, sign or name behind a figure may be that of the counter."""
    return (
        (unit["code"] or "").upper() == counter
        or counter in SIGNS.get(unit["sign"] or "", ())
        or counter in named(unit["word"] or "")
    )


SIDES_PARTED = late(rf"{WS}[,;/|-]?{WS}(?=[0-9])")
OF_SOMETHING_ELSE = late(rf"[0-9A-Za-z%/]|{SPACE}{{0,4}}(?:%|{SIGN_BEFORE}|{NAME})|{WS}[A-Z]{{3}}\b")
"""What stands behind a figure that is no such side: a percentage, other money, a pair of its own."""
TOO_WIDE = 2
"""An ask of twice the bid is the side of something else."""


def without_percentage(text: str, match: re.Match[str]) -> re.Match[str]:
    """The match of a rate that took the figure of its percentage along, without it: ``0.00187,0%``.

    >>> without_percentage("0.00187,0%", RATE.match("0.00187,0%"))["figure"]
    '0.00187'
    """
    figure = match["figure"]
    if "," in figure and "." in figure and text.startswith("%", match.end()) and figure.rfind(",") > figure.rfind("."):
        return RATE.match(text, match.start(), match.start("figure") + figure.rfind(",")) or match
    return match


def small(move: str, figure: str, mark: DecimalMark | None) -> bool:
    """Whether a figure may be the absolute change of another: at most a fifth of it.

    >>> small("0.0029", "1.0501", None), small("1.0530", "1.0501", None)
    (True, False)
    """
    try:
        return read_figure(move, mark or ".") * 5 < read_figure(figure, mark or ".")
    except NotAFigure:
        return False


def read_after_change(text: str, pos: int, mark: DecimalMark | None) -> Reading | None:
    """A rate behind its change, ``(+0.28%) 1.0501``, at the end of its item; None where none stands here.

    >>> read_after_change("+0.28% 1.0501", 0, None).change_pct, read_after_change("+0.28% 1.43%", 0, None)
    (Decimal('0.28'), None)
    """
    change = find_change(text, pos, mark)
    gap = CHANGE_FIRST.match(text, change.end) if change and change.signed else None
    match = RATE.match(text, gap.end()) if gap else None
    if not change or not match or not ITEM_ENDS.match(text, match.end()):
        return None
    rate = read_rate(text, match, change, mark)
    return Reading(rate, None, None, change.percent, match["figure"], match.end())


ITEM_ENDS = late(rf"[*]{{0,2}}{WS}(?:[,;|)\n{BREAK}•·]|\.(?![0-9])|\Z)")


def read_rate(text: str, match: re.Match[str], change: Change | None, mark: DecimalMark | None) -> Decimal:
    """The rate itself, above zero. Where it is open, another figure settles the decimal mark. Raises `Unreadable`."""
    figure, end = match["figure"], match.end()
    figure = f"0{figure}" if figure[0] == "." else figure
    rate = settled(text, figure, match.start(), end, mark or (change.mark if change else None))
    if match["exponent"]:
        rate = Decimal(plain(rate) + match["exponent"])
        if len(plain(rate)) > LONGEST:
            raise Unreadable(f"{figure}{match['exponent']} is no rate of a currency: check the line", end)
    if rate == 0:
        raise Unreadable("a rate of zero has lost its digits: take it from a source that prints more", end)
    return rate


def settled(text: str, figure: str, start: int, end: int, mark: DecimalMark | None) -> Decimal:
    """A figure as a number; what stands on its line settles an open decimal mark. Raises `Unreadable`."""
    try:
        try:
            return read_figure(figure, mark)
        except AmbiguousFigure:
            return read_figure(figure, mark or mark_nearby(text, start, end))
    except AmbiguousFigure as ambiguous:
        raise Unreadable(f"{ambiguous}: say which with --decimal comma or --decimal point", end, choice=True) from None
    except NotAFigure:
        raise Unreadable(f"{figure[:40]} is not a number: write it with a decimal point", end) from None


def mark_nearby(text: str, start: int, end: int) -> DecimalMark | None:
    """The decimal mark that the other figures of the line prove, if they agree."""
    left = max(text.rfind("\n", max(0, start - 200), start), start - 200, 0)
    right = text.find("\n", end, end + 200)
    around = text[left:start] + " " + text[end : right if right >= 0 else end + 200]
    marks = {mark_of(figure) for figure in re.findall(FIGURE, around)} - {None}
    return marks.pop() if len(marks) == 1 else None


def read_sides(text: str, pos: int, mark: DecimalMark | None) -> Reading | None:
    """Bid and ask as two figures, or None where they are none: a range, a fraction, a list, an option's strike."""
    one = TWO_FIGURES.match(text, pos)
    if not one or (one["more"] is None and "," not in one["first"] and " " not in one["first"]):
        return None
    refuse_two_figures(text, pos, mark)
    match = SIDES.match(text, pos) or COLUMNS.match(text, pos) or COMMAS.match(text, pos)
    alone = match is not None and match.re.pattern != SIDES.pattern
    if match and alone and places_of(match["bid"]) != places_of(match["ask"]):
        return None
    unclear = TWO if match and "/" in match["between"] else RANGE_OR_SIDES
    whole = match and not alone and WHOLE_RANGE.fullmatch(match["bid"] + "-" + match["ask"])
    if match and whole and int(match["bid"]) < int(match["ask"]) < int(match["bid"]) * (1 + WIDEST_SOLIDUS):
        raise Unreadable(unclear, match.end(), choice=True)
    if not match or not ("|" in match["between"] or re.search(r"[.,]", match["bid"])):
        return None
    try:
        bid = read_figure(match["bid"], mark)
        ask = read_figure(short_form(match["bid"], match["ask"]), mark)
    except (NotAFigure, AmbiguousFigure):
        return None
    short = len(match["ask"]) < len(match["bid"])  # the dealers' form says only the last digits: they lie close
    widest = WIDEST_SOLIDUS if "/" in match["between"] and not short else WIDEST_DASH
    if OPTION_SIZE.match(text, match.end()):
        return None
    if not 0 < bid <= ask or (ask - bid) > bid * widest:
        near = ask < 2 * bid and (bid < ask or (unclear == TWO and bid < 2 * ask))
        if near and not alone and places_of(match["bid"]) == places_of(match["ask"]):
            raise Unreadable(unclear, match.end(), choice=True)
        return None
    if "-" in match["between"] and (OF_A_RANGE.search(text, max(0, pos - NEAR_RANGE), match.end() + NEAR_RANGE)):
        raise Unreadable(RANGE_OR_SIDES, match.end(), choice=True)
    note = SPREAD_NOTE.match(text, match.end())
    end = note.end() if note else match.end()
    middle = LABELLED.match(text, end)
    rate = None
    if middle and LABELS[middle["label"].lower()] == "rate":
        rate, end = settled(text, middle["figure"], end, middle.end(), mark), middle.end()
    change = find_change(text, end, mark)
    if not change:
        refuse_what_follows(text, end, match["ask"] + ".", glued=True)
    return Reading(
        rate,
        bid,
        ask,
        change.percent if change else None,
        match["bid"],
        change.end if change else end,
        signed=change is None or change.signed,
    )


def refuse_two_figures(text: str, pos: int, mark: DecimalMark | None) -> None:
    """Raise `Unreadable` where another figure stands beside the rate that may as well be it, and no side of it."""
    match = BESIDE.match(text, pos) or GROUPS.match(text, pos)
    if not match:
        return
    try:
        first, other = read_figure(match["bid"], mark or "."), read_figure(match["ask"], mark or ".")
    except NotAFigure:
        return
    sides = first <= other <= first * (1 + WIDEST_DASH) and COLUMNS.match(text, pos)
    widest = 2 if match.re.pattern == BESIDE.pattern else 1 + WIDEST_SOLIDUS  # else they are thousands
    if not sides and first < widest * other and other < widest * first:
        raise Unreadable(TWO, match.end(), choice=True)


def read_labelled(text: str, pos: int, mark: DecimalMark | None) -> Reading | None:
    """Figures behind their labels: ``bid=1.14911 ask=1.14914 mid=1.14913``; None where none stand here."""
    found: dict[str, Decimal] = {}
    figure, end = "", pos
    while match := LABELLED.match(text, end):
        role = LABELS[match["label"].lower()]
        try:
            number = read_figure(match["figure"], mark or ".")
        except NotAFigure:
            break
        if role and role not in found and number:
            found[role] = number
            figure = match["figure"]
        end = match.end()
    if not found:
        return None
    note = SPREAD_NOTE.match(text, end)
    end = note.end() if note else end
    change = find_change(text, end, mark)
    if not change:
        refuse_what_follows(text, end, figure + ".", glued=False)
    return Reading(
        found.get("rate"),
        found.get("bid"),
        found.get("ask"),
        change.percent if change else None,
        figure,
        change.end if change else end,
    )


def refuse_without_figure(text: str, pos: int) -> None:
    """Raise `Unreadable` where a rate was due and something else stands in its place."""
    negative = NEGATIVE.match(text, pos)
    if negative:
        raise Unreadable(NEGATIVE_RATE, negative.end())
    nothing = NO_RATE.match(text, pos)
    if nothing:
        raise Unreadable("no rate stands after the pair: wait for the source to print one", nothing.end())
    if ARROW_FIRST.match(text, pos):
        raise Unreadable("an arrow stands before the rate: set it before the change", pos + 12)
    if UNICODE_DIGITS.match(text, pos):
        raise Unreadable("digits other than 0 to 9 are not read: write the rate in those", pos + 12)
