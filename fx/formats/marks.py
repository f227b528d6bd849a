"""Where in a text a candidate of any family may stand at all: found on bytes, before anything is made plain.

No quote stands without one of these marks near it, and prose has hardly any:

===============  ====================================================================================
equals           between amounts, behind a code, or first on its line       equations, glued, ticker
solidus          between two codes, one of which ISO 4217 knows             ticker, pairs
codes            two in capitals, glued, joined by a mark, or in one line   glued, pairs, tables
decimals         behind ``1 …:`` or six small letters                       equations, glued
head of a table  a date and a pair in small letters, apart                  tables
rare characters  what becomes another when a text is made plain             all
===============  ====================================================================================

A mark too many costs a reading; one too few would lose a quote, so each asks for less than its family does.
"""

from __future__ import annotations

import functools
import itertools
import re
import string
from bisect import bisect_left
from collections.abc import Callable, Iterable

from fx.currencies import is_iso, iso_codes
from fx.formats.equations import by_equals
from fx.formats.human import Places
from fx.formats.signs import PLAIN_SIGNS, SIGN_BEFORE
from fx.late import late
from fx.text import ALIKE, DAMAGED_TEXT, DASHES, ESCAPE, QUOTED_PRINTABLE, SEPARATORS, UNBREAKABLE, plain_text, wide

__all__ = ["Money", "marks_of_all"]

ASCII = bytes(range(128))
CLASSES = bytes.maketrans(
    (string.ascii_uppercase + string.ascii_lowercase + string.digits + "\t,").encode() + bytes(range(0x80, 0x100)),
    b"A" * 26 + b"a" * 26 + b"0" * 10 + b" ." + b"?" * 0x80,
)
"""Every capital as ``A``, small letter as ``a``, digit as ``0``, comma as ``.``: then patterns begin with a literal."""
BESIDE_BASE = r"[A-Za-z*_`\"'?\s\x80-\xff]"
"""What a base ends in, with its emphasis and a space."""
SOLIDUS = late(rf"/(?<={BESIDE_BASE}/)".encode("latin-1") + rb"[ \x0b?]{0,64}[*_`\"'?]{0,3}[Aa]{3}(?![Aa/])")
CAPITALS = late(rb"AAA(?<![Aa0_]AAA)(?=(?P<joined>AAA(?!A)|[-_.|:?]AAA|->AAA| (?:aa|->|\?) AAA)|[^A]|\Z)")
BLANK = r"[ \t\x0b?\x80-\xff]"
"""A space, or what may be one beyond ASCII."""
DECIMALS = late(
    rb"0\.0(?<!%0\.0)0{0,40}+(?=[ \x0b?Aa$:|~>=-])"
    rb"(?:(?:[ \x0b?]?[Aa$?]{1,3})?(?:[ \x0b?]{0,9}[-:|~>?]|[ \x0b?]{1,9}(?:aa|aaa|aaaaa)[ \x0b?])"
    rb"|[ \x0b?:=]{0,24}(?:a=|aaa_)?aaa[^Aa0]?aaa(?!a))"
)
"""Backwards, a figure with decimals and what may join it to money; a percent is no rate, as most are in news."""
AMOUNT = late(rb"=(?=[A-Za-z$?\x80-\xff \t\x0b*_`]{0,80}+[0-9])")
"""An equals sign before what may be an amount."""
UNIT = late(rf"1(?<![0-9.,/^+-]1)[0\s,.'‘’ʼ′*_`]{{0,24}}(?:[={PLAIN_SIGNS}]|[^\W\d_](?:[A-Za-z.$]|[^\x00-\x7f]))")
ONE_BEHIND = late(rf"[=≈≃so]\s{{0,64}}{SIGN_BEFORE}\s?1(?![0-9])")
"""A unit beside money or an equals sign, or one of a currency behind that: one side of each equation."""
EQUALS = late(rb"=(?:(?<=[A-Z]{3}=)(?=X| [0-9])|(?<=\n=)|(?<=[\s?]{2}=)|(?=3D|E2=8))")
"""One behind a code, the first on its line, or an escape."""
SPANNED = late(r"/[\s\x0b]{0,260}[A-Za-z]{3}[ \t\x0b\xa0]{0,64}\n\s{0,260}\Z")
EQUAL_WORD = late(rb"q(?<=eq)ual(?:s| to)")
BASE = late(r"([A-Za-z]{3})[*_`\"'«»“”‘’ʼ′]{0,3}[\s\x0b\xa0]{0,64}\Z")
CODE = late(r"(?<![A-Za-z/])[A-Z]{3}(?![A-Za-z/])")
ONE = late(r"1(?<![0-9.,]1)[0.,\s\xa0]{0,10}[A-Za-z$\x80-\U0010ffff]")
ONE_OF = late(rf"{ONE.pattern}[^\n]{{0,70}}(?:[:|~>→\u2010-\u2015\u2212-]|is|now|worth)[^\n]{{0,16}}\Z")
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
VAIN = 500
"""Looks in vain before a pattern of all codes is made, which takes 3 ms."""
AHEAD, AT_LEAST = 160, 512
"""Characters behind a mark that patterns look at to tell it; and those that they go through at least once begun."""
BLOCK, REACH = 4096, 640
"""Characters looked through for an equation at once, and before an equals sign for what it goes on with."""
LINE_BEFORE = 400
"""Characters of its line before a figure that are looked at."""
NAMED = late(r"[A-Za-z$\x80-\U0010ffff]")
"""Without one of these there is no currency; of what is not ASCII any may be a letter of its name."""
LONGEST = 600
"""Characters of a row, before escapes and what is invisible are taken out."""

HARMLESS = {*UNBREAKABLE, *DASHES, *SEPARATORS, *"\u2018\u2019\u02bc\u2032\u066a\ufe6a\u3001\x85\u2028\u2029"}
RARE = {chr(code) for code in ALIKE} - HARMLESS | set("≈≃")
ALL_RARE, SELDOM = "".join(sorted(RARE)), 16
"""What is invisible, or becomes a letter, digit, solidus or equals sign; spaces and dashes are allowed for above."""


def marks_of_all(raw: str, *, narrow: bool = False, shown: bool = False) -> Places:
    """Every mark of any family; in a ``narrow`` text (`fx.documents.narrowed`) what is not ASCII are bullets.

    One that is ``shown`` is plain already.

    >>> text = "prose and prose, and EUR/USD at 1.05, 3.5 times"
    >>> marks_of_all(text)(0), marks_of_all(text)(25)
    (24, -1)
    """
    text = raw.encode("latin-1") if narrow else raw.encode("ascii", "replace")
    classes = text.translate(CLASSES)
    scanners: list[Scanner] = [
        Sieve(
            b"/",
            SOLIDUS,
            classes,
            lambda at: is_pair_with_solidus(raw, SOLIDUS.match(classes, at)),
            known_solidus,
            text,
        ),
        Sieve(b"AAA", CAPITALS, classes, lambda at: are_codes(raw, CAPITALS.match(classes, at)), known_capitals, text),
        Sieve(b"=", EQUALS, text, lambda at: is_equals(raw, at)),
        Equations(b"=", AMOUNT, text, raw, narrow=narrow, shown=shown),
        Equations(b"q", EQUAL_WORD, text, raw, narrow=narrow, shown=shown),
        decimals(raw, classes),
    ]
    if not text.isascii() or any(mark in raw for mark in COLUMNS) or raw.rfind("  ") >= 0:
        lower = text.lower()
        scanners += [found(word, lower, Heads(raw).has) for word in DATE_WORDS]
    if not narrow and not raw.isascii():
        beyond = raw.encode("utf-8", "replace").translate(None, ASCII)
        rare = "".join(sorted(set(beyond.decode("utf-8")) & RARE)) if len(beyond) * SELDOM < len(raw) else ALL_RARE
        if rare:
            scanners.append(matched(re.compile(f"[{re.escape(rare)}]"), raw))
        if "â" in raw or "Â" in raw:
            scanners.append(matched(DAMAGED_TEXT, raw))
        scanners += [
            matched(word, raw) for letter, word in DATE_WORDS_BEYOND.items() if letter in raw or letter.upper() in raw
        ]
    if "\\" in raw:
        scanners.append(matched(ESCAPE, raw))
    return Nearest(scanners, len(raw))


Scanner = Callable[[int, int], int]
"""Where from a place of a text on, and before another, the first mark of a kind stands; -1 for nowhere."""


class Nearest:
    """The nearest of what several scanners find, each of which is asked as far as the others leave open, and once."""

    def __init__(self, scanners: list[Scanner], size: int) -> None:
        self.scanners = scanners
        self.size = size
        self.seen = [0] * len(scanners)
        self.found = [False] * len(scanners)

    def __call__(self, place: int) -> int:
        """The first mark from a place on; -1 for none."""
        nearest, seen, found = self.size, self.seen, self.found
        for number, scanner in enumerate(self.scanners):
            at = seen[number]
            if at < place or (at < nearest and not found[number]):
                end = max(nearest, place + AT_LEAST)
                at = scanner(max(at, place), end)
                found[number] = at >= 0
                at = seen[number] = at if at >= 0 else end
            nearest = min(nearest, at)
        return nearest if nearest < self.size else -1


class Sieve:
    """Finds where a pattern stands and is accepted; once many were in vain, by a ``finer`` one that is made then.

    A ``literal`` that each match begins with is found first, many times faster.
    """

    def __init__(
        self,
        literal: bytes,
        pattern: re.Pattern[bytes],
        text: bytes,
        accepted: Callable[[int], object],
        finer: Callable[[], re.Pattern[bytes]] | None = None,
        plain: bytes = b"",
    ) -> None:
        self.literal, self.pattern, self.text = literal, pattern, text
        self.accepted, self.finer, self.plain = accepted, finer, plain
        self.vain = 0

    def __call__(self, place: int, end: int) -> int:
        """The first accepted place."""
        while (at := self.text.find(self.literal, place, end + AHEAD)) >= 0:
            match = self.pattern.search(self.text, at, end + AHEAD)
            at = match.start() if match else end
            if at >= end:
                break
            if self.accepted(at):
                return at
            place = at + 1
            self.vain += 1
            if self.vain == VAIN and self.finer:
                self.literal, self.pattern, self.text = b"", self.finer(), self.plain
        return -1


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


def found(literal: bytes, text: bytes, accepted: Callable[[int], object]) -> Scanner:
    """Where a literal stands, which is found many times faster than a pattern, and what stands there is accepted."""

    def place_from(place: int, end: int) -> int:
        at = text.find(literal, place, end + len(literal))
        while at >= 0 and not accepted(at):
            at = text.find(literal, at + 1, end + len(literal))
        return at if at < end else -1

    return place_from


def matched(pattern: re.Pattern[str], text: str) -> Scanner:
    """Where a pattern matches."""

    def place_from(place: int, end: int) -> int:
        match = pattern.search(text, place, end + AHEAD)
        return match.start() if match and match.start() < end else -1

    return place_from


@functools.cache
def known(any_case: str = "") -> str:
    """A pattern of the codes that ISO 4217 knows, each letter of which an ``any_case`` writes.

    >>> known()[:26], known("[{0}{1}]")[:40]
    ('(?:A(?:D(?:P)|E(?:D)|F(?:A', '(?:[Aa](?:[Dd](?:[Pp])|[Ee](?:[Dd])|[Ff]')
    """

    def branches(codes: Iterable[str]) -> str:
        heads = itertools.groupby(sorted(codes), key=lambda code: code[0])
        return "|".join(
            (any_case.format(head, head.lower()) or head)
            + (f"(?:{branches(rest)})" if any(rest := [code[1:] for code in group]) else "")
            for head, group in heads
        )

    return f"(?:{branches(iso_codes())})"


@functools.cache
def known_solidus() -> re.Pattern[bytes]:
    """A solidus beside which a code stands that is known, or a base that is not right beside it."""
    code, gap = known("[{0}{1}]"), rf"{BLANK}{{0,64}}[*_`\"'?\x80-\xff]{{0,3}}"
    behind = rf"(?<={BESIDE_BASE}/)(?={gap}[A-Za-z]{{3}}(?![A-Za-z/]))"
    return re.compile(rf"/{behind}(?:(?={gap}{code})|(?<={code}/)|(?<![A-Za-z]/))".encode("latin-1"))


@functools.cache
def known_capitals() -> re.Pattern[bytes]:
    """A known code with another joined to it, or alone and with more capitals in its line."""
    joint = r"(?:[-_.,|:?\x80-\xff]|->|[ \t](?:[a-z]{2}|->|[?\x80-\xff])[ \t])?"
    joined = rf"(?={joint}{known()}(?![A-Z]))"
    alone = rf"(?<!/...)(?![A-Z/])(?=[^\nA-Z]{{0,{LONGEST}}}(?:[A-Z]|\Z))"
    code = rf"[A-Z]{{3}}(?<![A-Za-z0-9_]...)(?<={known()})"
    return re.compile(rf"{code}(?:{joined}|{alone})".encode("latin-1"), re.DOTALL)


def decimals(raw: str, classes: bytes) -> Scanner:
    """Where a figure with decimals stands behind money, see `is_behind_money`.

    >>> text = "1 dollar rose 3.5% and 1 dollar: 3.50 som"
    >>> decimals(text, text.encode().translate(CLASSES))(0, 41) == text.index("3.50")
    True
    """
    before = len(classes) - 3
    figures = [before - match.start() for match in DECIMALS.finditer(classes[::-1])][::-1]

    one = -1

    def place_from(place: int, end: int) -> int:
        nonlocal one
        for number in range(bisect_left(figures, place), len(figures)):
            at = figures[number]
            if at >= end:
                break
            if one < at - LINE_BEFORE:
                match = ONE.search(raw, max(0, at - LINE_BEFORE))
                one = match.start() if match else len(raw)
            if is_behind_money(raw, at, of_one=one < at):
                return at
        return -1

    return place_from


class Equations:
    """Where a pattern, which begins with a literal, stands in a block of a text that an equation stands in."""

    def __init__(
        self,
        literal: bytes,
        pattern: re.Pattern[bytes],
        text: bytes,
        raw: str,
        *,
        narrow: bool = False,
        shown: bool = False,
    ) -> None:
        self.literal, self.pattern, self.text = literal, pattern, text
        self.raw, self.narrow, self.shown = raw, narrow, shown
        self.block, self.holds = -1, False

    def __call__(self, place: int, end: int) -> int:
        """The first place that is in such a block.

        >>> text = "a = 1" + 2 * BLOCK * " " + "1 euro = 1.0501 dollars"
        >>> Equations(b"=", AMOUNT, text.encode(), text)(0, len(text)) == text.rindex("=")
        True
        """
        while (at := self.text.find(self.literal, place, end)) >= 0:
            match = self.pattern.search(self.text, at, end + AHEAD)
            at = match.start() if match else end
            if at >= end:
                break
            block = at // BLOCK
            if block != self.block:
                near = self.raw[max(0, block * BLOCK - REACH) : (block + 1) * BLOCK + LONGEST]
                near = wide(near) if self.narrow else near
                if NAMED.search(near) and (UNIT.search(near) or ONE_BEHIND.search(near)):
                    near = near if self.shown else plain_text(near, soft=True)
                    self.holds = next(by_equals(near), None) is not None
                else:
                    self.holds = False
                self.block = block
            if self.holds:
                return at
            place = (block + 1) * BLOCK
        return -1


def is_equals(raw: str, at: int) -> bool:
    """Whether an equals sign stands behind a code, goes on with the lines of a pair above it, or is an escape.

    >>> is_equals("EUR= 1.0501/02", 3), is_equals("EUR\\n/\\nUSD\\n= 1.0501", 10), is_equals("the\\n= 5", 4)
    (True, True, False)
    """
    return (
        is_iso(raw[max(0, at - 3) : at])
        or bool(QUOTED_PRINTABLE.match(raw, at))
        or bool(SPANNED.search(raw, max(0, at - REACH), at))
    )


def is_pair_with_solidus(raw: str, match: re.Match[bytes] | None) -> bool:
    """Whether one of the codes beside a solidus is known."""
    if match is None:
        return False
    start, end = match.span()
    base = raw[max(0, start - 3) : start]
    if not base[-1:].isalpha():
        found = BASE.search(raw, max(0, start - 80), start)
        base = found[1] if found else ""
    return len(base) == 3 and base.isalpha() and (is_iso(base.upper()) or is_iso(raw[end - 3 : end].upper()))


def are_codes(raw: str, match: re.Match[bytes] | None) -> bool:
    """Whether three capitals are a code, and another stands behind it: joined, or anywhere in its line."""
    if match is None:
        return False
    start, end = match.span()
    if not is_iso(raw[start:end]) or raw[start - 1 : start].isalnum():
        return False
    if match["joined"]:
        end = match.end("joined")
        return is_iso(raw[end - 3 : end])
    if "/" in {raw[start - 1 : start], raw[end : end + 1]}:
        return False
    stop = raw.find("\n", end, end + LONGEST)
    rest = CODE.finditer(raw[end : stop if stop >= 0 else end + LONGEST])
    return any(is_iso(code[0]) for code in rest)  # one after the other: mostly the next is known


def is_behind_money(raw: str, place: int, *, of_one: bool) -> bool:
    """Whether a figure with decimals stands behind ``1 dollar:`` or the like, or behind a pair in small letters.

    It stands behind none of the former unless a line before it holds one ``of_one``.
    """
    before = raw[max(0, place - 50) : place + 1].rstrip(string.digits)[-24:]
    if len(before) < 24:  # a long figure, or the beginning of the text
        before = raw[max(0, place - LINE_BEFORE) : place + 1].rstrip(string.digits)[-24:]
    if of_one and JOINT.search(before):
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
