"""Where in a text a candidate of any family may stand at all: found on bytes, before anything is made plain.

No quote stands without one of these marks near it, and prose has hardly any:

===============  ====================================================================================
equals           ``=``, ``≈``, ``equals``, ``equal to``                     ticker, equations, glued
solidus          between two codes, one of which ISO 4217 knows             pairs
codes            two in capitals, glued, joined by a mark, or in one line   glued, pairs, tables
decimals         behind ``1 …:`` or six small letters                       equations, glued
head of a table  a date and a pair in small letters, apart                  tables
rare characters  what becomes another when a text is made plain             all
===============  ====================================================================================

A mark too many costs a reading; one too few would lose a quote, so each asks for less than its family does.
"""

from __future__ import annotations

import functools
import re
import string
from collections.abc import Callable

from fx.currencies import is_iso
from fx.formats.human import Places
from fx.late import late
from fx.text import ALIKE, DAMAGED_TEXT, DASHES, SEPARATORS, UNBREAKABLE

__all__ = ["Money", "marks_of_all"]

ASCII = bytes(range(128))
CLASSES = bytes.maketrans(
    (string.ascii_uppercase + string.ascii_lowercase + string.digits + "\t,").encode() + bytes(range(0x80, 0x100)),
    b"A" * 26 + b"a" * 26 + b"0" * 10 + b" ." + b"?" * 0x80,
)
"""Every capital as ``A``, small letter as ``a``, digit as ``0``, comma as ``.``: then patterns begin with a literal."""
SOLIDUS = late(rb"/[ \x0b?]{0,64}[*_`\"'?]{0,3}[Aa]{3}(?![Aa])")
CAPITALS = late(rb"AAA(?=(?P<joined>AAA(?!A)|[-_.|:?]AAA|->AAA| (?:aa|->|\?) AAA)|[^A]|\Z)")
CAPITALS_IN_A_ROW = late(rb"A+")
DECIMALS = late(rb"0\.0(?!%)")
"""A percent is no rate, and most figures of news with one decimal are percents."""
EQUAL_WORD = late(rb"equal(?:s| to)")
BASE = late(r"([A-Za-z]{3})[*_`\"'«»“”‘’ʼ′]{0,3}[\s\x0b\xa0]{0,64}\Z")
CODE = late(r"(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])")
ONE_OF = late(r"(?<![0-9.,])1(?![1-9])[^\n]{1,70}(?:[:|~>→\u2010-\u2015\u2212-]|is|now|worth)[^\n]{0,16}\Z")
JOINT = late(r"[:|~>→\u2010-\u2015\u2212-]|\s(?:is|now|worth)\s")
SMALL = late(r"([a-z]{3})[^A-Za-z0-9]?([a-z]{3})(?:=x|_to[md])?\Z")
NARROW_BULLET = "•".encode().decode("latin-1")
BETWEEN = ":= \t\x0b\xa0" + UNBREAKABLE
SUFFIXES = ("=x", "_tom", "_tod")
DATE_WORDS = (b"dat", b"as of", b"fecha", b"tarih")
DATE_WORDS_BEYOND = {"т": late("[дД][аА][тТ][аА]"), "ү": late("[кК][үҮ][нН][іІ]")}
"""By the letter that the fewest texts have; classes take a fifth of the time of letters whose case is ignored."""
COLUMNS = ("|", ";", "\t")
"""What sets the columns of a table apart, where all is ASCII; two spaces do too, which are found sooner from behind."""
APART = late(r"[|│┃║\t;]|[\s]{2}")
SMALL_PAIR = late(r"(?=([A-Za-z]{3})[ \xa0]?[-/_.|:]?[ \xa0]?([A-Za-z]{3})(?![A-Za-z]))[A-Za-z]")
LONGEST_PAIR = 9
ESCAPES = late(r"\\[nrt/u]")
ONE_BEFORE = 140
"""Characters before a figure among which the 1 stands that it is the worth of."""
LINE_BEFORE = 400
"""Characters of its line before a figure that are looked at."""
NAMED = late(r"[A-Za-z$\x80-\U0010ffff]")
"""Without one of these there is no currency; of what is not ASCII any may be a letter of its name."""
LONGEST = 600
"""Characters of a row, before escapes and what is invisible are taken out."""

HARMLESS = {*UNBREAKABLE, *DASHES, *SEPARATORS, *"\u2018\u2019\u02bc\u2032\u066a\ufe6a\u3001\x85\u2028\u2029"}
RARE = {chr(code) for code in ALIKE} - HARMLESS | set("≈≃")
"""What is invisible, or becomes a letter, digit, solidus or equals sign; spaces and dashes are allowed for above."""


def marks_of_all(raw: str, *, narrow: bool = False) -> Places:
    """Every mark of any family; in a ``narrow`` text (`fx.documents.narrowed`) what is not ASCII are bullets.

    >>> text = "prose and prose, and EUR/USD at 1.05, 3.5 times"
    >>> marks_of_all(text)(0), marks_of_all(text)(25)
    (21, -1)
    """
    text = raw.encode("latin-1") if narrow else raw.encode("ascii", "replace")
    classes = text.translate(CLASSES)
    scanners: list[Places] = [
        functools.partial(text.find, b"="),
        found(b"q", text, lambda place: EQUAL_WORD.match(text, max(0, place - 1))),
        pairs_with_solidus(raw, classes),
        codes_together(raw, classes),
        decimals(raw, classes),
    ]
    if not text.isascii() or any(mark in raw for mark in COLUMNS) or raw.rfind("  ") >= 0:
        lower = text.lower()
        scanners += [found(word, lower, Heads(raw).has) for word in DATE_WORDS]
    if not narrow and not raw.isascii():
        beyond = set(raw.encode("utf-8", "replace").translate(None, ASCII).decode("utf-8"))
        rare = "".join(sorted(beyond & RARE))
        if rare:
            scanners.append(matched(re.compile(f"[{re.escape(rare)}]"), raw))
        if beyond & {"â", "Â"}:
            scanners.append(matched(DAMAGED_TEXT, raw))
        scanners += [
            matched(word, raw) for letter, word in DATE_WORDS_BEYOND.items() if beyond & {letter, letter.upper()}
        ]
    if "\\" in raw:
        scanners.append(matched(ESCAPES, raw))
    return Nearest(scanners)


class Nearest:
    """The nearest of what several scanners find, each of which is asked again only when it has been passed."""

    def __init__(self, scanners: list[Places]) -> None:
        self.scanners = scanners
        self.found = [-2] * len(scanners)

    def __call__(self, place: int) -> int:
        """The first mark from a place on; -1 for none."""
        nearest = -1
        for number, scanner in enumerate(self.scanners):
            at = self.found[number]
            if at != -1 and at < place:
                at = self.found[number] = scanner(place)
            if at >= 0 and (nearest < 0 or at < nearest):
                nearest = at
        return nearest


class Money:
    """Where in a text currencies may be named at all, so far ``before`` a place or ``behind``; asked in their order."""

    def __init__(self, raw: str, before: int, behind: int) -> None:
        self.raw = raw
        self.before, self.behind = before, behind
        self.named = -1

    def beside(self, place: int) -> int:
        """The first place from this one on with a letter near it, or a sign of money; -1 for none.

        >>> money = Money("1=" * 500 + "USD", 20, 80)
        >>> money.beside(30), money.beside(1002), Money("1=" * 500, 20, 80).beside(30)
        (921, 1002, -1)
        """
        if self.named < place - self.before:
            match = NAMED.search(self.raw, max(0, place - self.before))
            self.named = match.start() if match else len(self.raw) + self.behind
        return -1 if self.named >= len(self.raw) else max(place, self.named - self.behind + 1)


def found(literal: bytes, text: bytes, accepted: Callable[[int], object]) -> Places:
    """Where a literal stands, which is found many times faster than a pattern, and what stands there is accepted."""

    def place_from(place: int) -> int:
        at = text.find(literal, place)
        while at >= 0 and not accepted(at):
            at = text.find(literal, at + 1)
        return at

    return place_from


def matched(pattern: re.Pattern[str], text: str) -> Places:
    """Where a pattern matches."""

    def place_from(place: int) -> int:
        match = pattern.search(text, place)
        return match.start() if match else -1

    return place_from


def decimals(raw: str, classes: bytes) -> Places:
    """Where a figure with decimals stands behind money, see `is_behind_money`.

    >>> text = "1 dollar rose 3.5% and 1 dollar: 3.50 som"
    >>> decimals(text, text.encode().translate(CLASSES))(0) == text.index("3.50")
    True
    """
    money = Money(raw, LINE_BEFORE, LINE_BEFORE)

    def place_from(place: int) -> int:
        while place >= 0:
            for figure in DECIMALS.finditer(classes, place):
                at = figure.start()
                onward = money.beside(at)
                if onward != at:
                    place = onward
                    break
                if is_behind_money(raw, at):
                    return at
            else:
                return -1
        return -1

    return place_from


def pairs_with_solidus(raw: str, classes: bytes) -> Places:
    """Where a solidus stands before three letters, one of the codes beside it being known."""

    def place_from(place: int) -> int:
        pairs = SOLIDUS.finditer(classes, place)
        return next((pair.start() for pair in pairs if is_pair_with_solidus(raw, pair)), -1)

    return place_from


def codes_together(raw: str, classes: bytes) -> Places:
    """Where a code in capitals stands behind which there is another; of many capitals in a row only the last matter."""

    def place_from(place: int) -> int:
        at = classes.find(b"AAA", place)
        while at >= 0:
            match = CAPITALS.match(classes, at)
            if match and are_codes(raw, match):
                return at
            after = at + 1 if match else max(at + 1, CAPITALS_IN_A_ROW.match(classes, at).end() - 6)  # type: ignore[union-attr]
            at = classes.find(b"AAA", after)
        return -1

    return place_from


def is_pair_with_solidus(raw: str, match: re.Match[bytes]) -> bool:
    """Whether one of the codes beside a solidus is known."""
    if is_iso(raw[match.end() - 3 : match.end()].upper()):
        return True
    near = raw[max(0, match.start() - 3) : match.start()]
    if near[-1:].isalpha():
        return is_iso(near.upper())
    base = BASE.search(raw, max(0, match.start() - 80), match.start())
    return bool(base and is_iso(base[1].upper()))


def are_codes(raw: str, match: re.Match[bytes]) -> bool:
    """Whether three capitals are a code, and another stands behind it: joined, or anywhere in its line."""
    start, end = match.span()
    if not is_iso(raw[start:end]):
        return False
    if match["joined"]:
        end = match.end("joined")
        return is_iso(raw[end - 3 : end])
    if raw[start - 1 : start].isalpha() and start:
        return False
    stop = raw.find("\n", end, end + LONGEST)
    rest = CODE.finditer(raw[end : stop if stop >= 0 else end + LONGEST])
    return any(is_iso(code[0]) for code in rest)  # one after the other: mostly the next is known


def is_behind_money(raw: str, place: int) -> bool:
    """Whether a figure with decimals stands behind ``1 dollar:`` or the like, or behind a pair in small letters."""
    if place > ONE_BEFORE:
        near = raw[place - 16 : place].rstrip(string.digits).rstrip(BETWEEN)
        if (
            len(near) > 3
            and not is_iso(near[-3:].upper())
            and "1" not in raw[place - ONE_BEFORE : place]
            and not near.endswith(SUFFIXES)
        ):
            return False  # as nearly all figures of prose
    before = raw[max(0, place - 50) : place + 1].rstrip(string.digits)[-24:]
    if len(before) < 24:  # a long figure, or the beginning of the text
        before = raw[max(0, place - LINE_BEFORE) : place + 1].rstrip(string.digits)[-24:]
    if JOINT.search(before):
        line = raw[max(0, place - LINE_BEFORE) : place + 1].replace(NARROW_BULLET, "•").rstrip(string.digits)[-100:]
        if ONE_OF.search(line):
            return True
    word = before.rstrip(BETWEEN)
    if not is_iso(word[-3:].upper()) and not word.endswith(SUFFIXES):
        return False
    small = SMALL.search(word, max(0, len(word) - 12))
    return bool(small and is_iso(small[1].upper()) and is_iso(small[2].upper()))


class Heads:
    """Which lines with the name of a date are heads of a table with pairs for heads, in small letters too.

    Asked of places in their order; what was looked at in vain is not looked at again.
    """

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.pairless, self.narrow = Passed(self.pair_in), Passed(self.apart_in)

    def has(self, place: int) -> bool:
        """Whether the line at a place is such a head.

        >>> Heads("date  usd/kzt\\n").has(0), Heads("up to date\\n").has(6)
        (True, False)
        """
        raw = self.raw
        back = max(0, place - LONGEST)
        begin = raw.rfind("\n", back, place) + 1 or back
        end = raw.find("\n", place, place + LONGEST)
        end = end if end >= 0 else min(len(raw), place + LONGEST)
        return self.pairless.holds(begin, end) and self.narrow.holds(begin, end)

    def pair_in(self, begin: int, end: int) -> int:
        """Where two codes stand together in a stretch; -1 for nowhere."""
        pairs = SMALL_PAIR.finditer(self.raw, max(0, begin - LONGEST_PAIR), end)
        return next((pair.start() for pair in pairs if is_iso(pair[1].upper()) and is_iso(pair[2].upper())), -1)

    def apart_in(self, begin: int, end: int) -> int:
        """Where in a stretch something sets columns apart; -1 for nowhere."""
        match = APART.search(self.raw, max(0, begin - 1), end)
        return match.start() if match else -1


class Passed:
    """The stretch of a text that was looked through last in vain, and what was found behind it."""

    def __init__(self, look: Callable[[int, int], int]) -> None:
        self.look = look
        self.start = self.end = self.found = -1

    def holds(self, begin: int, end: int) -> bool:
        """Whether a stretch holds what is looked for, or may."""
        if begin <= self.found < end:
            return True
        if not self.start <= begin <= self.end:
            self.start = self.end = begin
        self.found = self.look(self.end, end)
        self.end = max(self.end, end if self.found < 0 else self.found)
        return self.found >= 0
