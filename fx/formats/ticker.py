"""The ticker of a news site: ``• KZT/USD = 0.00190 0%``.

    quote   := code ws? "/" ws? code ws? "=" ws? sign? figure exponent? unit? change?

With or without a bullet, several on a line, codes in capitals or small letters. One definition reads the single line
and the whole page: a pattern finds every ``/CODE =``, and what stands to its left and right decides whether that is a
quote, a reject or prose. Every repeat in a pattern is bounded: time is linear in size.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from fx.currencies import is_iso
from fx.formats.figures import FIGURE
from fx.formats.human import Candidate, Family, Places
from fx.formats.rate import PROMISING
from fx.formats.signs import ARROW, EMPHASIS, FOOTNOTE, LINKED, SIGN_BEFORE, WS
from fx.formats.units import unit_before
from fx.late import late
from fx.text import QUOTED_PRINTABLE, SOFT_NEWLINE, SPACE, WIDEST, plain_text, wide

__all__ = ["TICKER", "base_before", "joined_spans"]

CANDIDATE = late(
    rf"/{WS}{EMPHASIS}(?P<counter>[A-Za-z]{{3}}){EMPHASIS}{LINKED}(?:{FOOTNOTE})?{WS}(?<![<>!+*:=~^%&-])=(?![=>~<])"
)
"""``/CODE =``; the base is read backwards from it."""
BASE = late(rf"[A-Za-z]{{3}}(?![A-Za-z]){EMPHASIS}{WS}\Z")
OTHER_MONEY = late(rf"{WS}{FIGURE}{SPACE}{{0,2}}[A-Z]{{3}}\b(?!{WS}/)|{WS}[*(]")
"""``100 RUB/USD = 1000 RUB`` is a calculation and no bank's list."""
REACH = 80
"""Characters before the solidus among which the base stands."""


def candidates(text: str) -> Iterator[Candidate]:
    """Every pair that an equals sign follows."""
    for match in CANDIDATE.finditer(text):
        if not PROMISING.match(text, match.end()):
            continue
        start = base_before(text, match.start())
        base, counter = text[start : start + 3], match["counter"]
        if start < 0 or not (is_iso(base.upper()) or is_iso(counter.upper())):
            continue
        unit = unit_before(text, start)
        if unit and not OTHER_MONEY.match(text, match.end()):
            yield Candidate(start, match.end(), base, counter, unit=unit, free=True)
        else:
            yield Candidate(start, match.end(), base, counter)


def base_before(text: str, solidus: int) -> int:
    """Where the three letters of a base begin that stands before a solidus; -1 for none.

    >>> base_before("• KZT/USD", 5), base_before("**KZT** / USD", 8), base_before("12 / USD", 3)
    (2, 2, -1)
    """
    if text[solidus - 1 : solidus].isalpha():  # as nearly all of them, and far sooner told
        start = solidus - 3
        letters = text[start:solidus] if start >= 0 else ""
        return start if letters.isascii() and letters.isalpha() else -1
    back = max(solidus - REACH, 0)
    last = text[back:solidus].rstrip(" \t\x0b\xa0")[-1:]
    match = BASE.search(text, back, solidus) if last.isalpha() or last in EMPHASIS else None
    return match.start() if match else -1


LINE_END = rf"{WS}(?:\n{WS}){{0,3}}"
SPANS = late(
    rf"^[^\w\n]{{0,8}}[A-Za-z]{{3}}{LINE_END}/{LINE_END}[A-Za-z]{{3}}{WS}\n{LINE_END}={LINE_END}(?:{SIGN_BEFORE})?{FIGURE}"
    rf"(?:{SPACE}[A-Z]{{3}})?{WS}"
    rf"(?:{LINE_END}[(\[]?(?:{ARROW}{LINE_END})?[+-]?{WS}{FIGURE}{LINE_END}%[)\]]?{WS})?$",
    re.MULTILINE,
)
WRAPPED = late(
    rf"^[^\w\n]{{0,8}}[A-Za-z]{{3}}{WS}/{WS}[A-Za-z]{{3}}{WS}={WS}\n{WS}{FIGURE}{WS}\n?{WS}[(]?[+-]?{WS}{FIGURE}{SPACE}?%[)]?{WS}$",
    re.MULTILINE,
)
"""A line broken behind the equals sign: the next holds a rate with its change, and nothing else."""
BARE_EQUALS = late(rf"\n{WS}=")


def joined_spans(text: str) -> str:
    """A ticker whose every piece stands on a line of its own, as when tags are stripped, made one line.

    Only where the equals sign begins a line: a pair that ends in one and has no figure must not take the next line's.

    >>> joined_spans("KZT/USD\\n=\\n0.00190\\n0%\\n")
    'KZT/USD\\x0b=\\x0b0.00190\\x0b0%\\n'
    """
    text = WRAPPED.sub(lambda match: match[0].replace("\n", SOFT_NEWLINE), text)
    if not BARE_EQUALS.search(text):
        return text
    return SPANS.sub(lambda match: match[0].replace("\n", SOFT_NEWLINE), text)


EQUALS_SIGNS = ("\uff1d", "\ufe66", "\\u003")
"""Other ways to write an equals sign in a text that is not plain yet."""


MARK_REACH = 640
"""Characters before an equals sign among which the solidus of a pair stands: a link, and some that are invisible."""
MANY, CROWD = 16, 400
"""Where so many equals signs stand in so few characters, to read what is there takes less than to look at each."""
NEAREST = 48
"""Among so many it is mostly seen that no pair stands there."""
APART = r"(?:[^\w/()\[\]]|[_¹²³])*+"
BRACKET = r"[()\[\]]"
ENDS_A_PAIR = late(rf"{APART}(?:[A-Za-z]{{3}}(?![A-Za-z0-9])|{BRACKET}|[A-Za-z]{{0,2}}\ufffd*\Z)")
"""Or may, where so many begin with a part of a character."""
PAIR_BACKWARDS = late(rf"{APART}(?:[A-Za-z]{{3}}{APART}/|{BRACKET}[^/]*/)")
"""From an equals sign back to the nearest solidus: a code alone, or the end of brackets, of a link or of a footnote."""


def marks(raw: str, *, narrow: bool = False, shown: bool = False) -> Places | None:
    """Every equals sign that a pair may stand before, and more; a ``narrow`` text has no other (`fx.documents.bare`).

    >>> marks("KZT/USD = 0.00190 0%")(0), marks("KZT/USD")(0), marks("https://example.org/?page=1 a = b")(0)
    (8, -1, -1)
    """
    if not narrow and any(sign in raw for sign in EQUALS_SIGNS):
        return None
    if QUOTED_PRINTABLE.search(raw):  # codes and solidi may be escaped as well
        return functools.partial(raw.find, "=")
    as_written = shown or (raw.isascii() and "\\" not in raw)

    def before(at: int, reach: int) -> str:
        found = raw[max(0, at - reach) : at]
        if as_written or (found.isascii() and "\\" not in found):
            return found
        return plain_text(wide(raw[max(0, at - WIDEST * reach) : at]) if narrow else found)

    crowded = 0

    def place_from(place: int) -> int:
        nonlocal crowded
        refused, since = 0, place
        at = raw.find("=", place)
        while at >= crowded:
            if as_written and raw.rfind("/", max(0, at - MARK_REACH), at) < 0:  # then none is meant before the next
                solidus = raw.find("/", at)
                at = raw.find("=", solidus) if solidus >= 0 else -1
                continue
            if ENDS_A_PAIR.match(before(at, NEAREST)[::-1]) and PAIR_BACKWARDS.match(before(at, MARK_REACH)[::-1]):
                break
            refused += 1
            if refused == MANY:
                if at - since < CROWD:
                    crowded = at + CROWD
                refused, since = 0, at
            at = raw.find("=", at + 1)
        return at

    return place_from


TICKER = Family(
    "ticker",
    "pair, equals sign, rate and percent change, as on the ticker of a news site",
    "• KZT/USD = 0.00190 0%",
    candidates,
    __doc__,
    joined_spans,
    marks=marks,
    equals=True,
)
