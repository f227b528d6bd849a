"""The ticker of a news site: ``• KZT/USD = 0.00190 0%``.

    quote   := code ws? "/" ws? code ws? "=" ws? sign? figure exponent? unit? change?
    change  := sep? absolute? [(] arrow? [+|-] ws? figure ws? ("%" | "percent" | "pct") [)] arrow?

One definition reads the single line and the whole page: a pattern finds every ``/CODE =``, and what stands to its left
and right decides whether that is a quote, a reject or prose. The right-hand rules keep a quote from borrowing a figure
or a percentage of its neighbour; the left-hand rules keep it from being cut out of a longer thing (``EUR/RUB/USD = 2``,
``100 RUB/USD = 1000 RUB``, an address, an expression). Every repeat in a pattern is bounded: time is linear in size.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from fx.currencies import Currency, is_iso, suggest
from fx.errors import MomentError
from fx.exact import plain
from fx.formats.figures import FIGURE, LONGEST, AmbiguousFigure, DecimalMark, NotAFigure, mark_of, read_figure
from fx.moments import Moment
from fx.quotes import Reject, Tick
from fx.text import BREAK, SOFT_NEWLINE, SPACE, line_at

__all__ = ["TICKER", "Ticker"]

WS = f"{SPACE}{{0,16}}"
CANDIDATE = re.compile(rf"/{WS}(?P<counter>[A-Za-z]{{3}}){WS}=(?:3D(?={SPACE}))?(?![=>~<])")
"""``/CODE =``; the base is read backwards from it. ``=3D`` is an equals sign in quoted-printable mail."""
BASE = re.compile(rf"(?P<base>[A-Za-z]{{3}}){WS}\Z")

SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "₸": "KZT", "₽": "RUB", "₺": "TRY", "₴": "UAH", "₹": "INR", "₼": "AZN"}
"""Currency signs that name one currency here; they may stand beside the figure if that is the counter."""
SIGN = "[" + "".join(SIGNS) + "]"
UP, DOWN = "▲△↑⬆🔺🔼↗⇧", "▼▽↓⬇🔻🔽↘⇩"
ARROW = f"[{UP}{DOWN}]"

RATE = re.compile(rf"{WS}(?P<sign>{SIGN}?){SPACE}?(?P<figure>{FIGURE})(?P<exponent>[eE][+-]?[0-9]{{1,2}}(?![0-9]))?")
UNIT = re.compile(rf"{SPACE}{{0,2}}(?:(?P<code>[A-Za-z]{{3}})(?![A-Za-z0-9])(?!{WS}/)|(?P<sign>{SIGN}))")
CHANGE = re.compile(
    rf"""
    {WS}[,;|:]?{WS}
    (?:                                            # an absolute change before the percentage: it has its own sign
        [(\[]?{SPACE}{{0,4}}(?:(?P<move>{ARROW}){SPACE}{{0,4}}[+-]?|[+-])(?:{FIGURE}){SPACE}{{0,4}}[,;/|]?{SPACE}{{0,4}}
        (?=[(\[+0-9{UP}{DOWN}-])
    )?
    [(\[]?{SPACE}{{0,4}}
    (?P<arrow>{ARROW})?{SPACE}{{0,4}}
    (?P<minus>[+-])?{SPACE}{{0,4}}
    (?P<percent>{FIGURE}){SPACE}{{0,4}}(?:%|percent\b|pct\b)
    (?!{SPACE}{{0,4}}(?:of|more|less|higher|lower|growth|interest|inflation|p\.a|per|a[ ]year)\b)
    {SPACE}{{0,4}}[)\]]?
    (?:{SPACE}{{0,4}}(?P<after>{ARROW})(?={SPACE}{{0,4}}(?:[)\],;|•·]|[\n{BREAK}]|\Z)))?
    """,
    re.VERBOSE,
)

NO_RATE = re.compile(
    rf"{WS}(?P<text>(?:\#?n[./]?a\.?|nan|null|none|nil|-{{1,3}}|\?{{1,3}}|\.{{2,3}}|…|loading|tbd|\#(?:ref|value|div/0)!?)"
    rf"(?![\w/])|(?=[\n{BREAK}]|\Z))",
    re.IGNORECASE,
)
NEGATIVE = re.compile(rf"{WS}(?P<text>-{SPACE}?{FIGURE})")

# To the left of a pair -------------------------------------------------------------------------------------------
LITERAL_LINE_END = re.compile(r"\\[nrt]\Z")
ADDRESS = re.compile(r"(?:://|^www\.|^[./~]*/|\\|@[^\s]*\.)", re.IGNORECASE)
OPERATOR_LEFT = re.compile(r"(?:[0-9)\]]|\b[A-Z]{3})(?:(?P<pad>[ \xa0])[*×÷^](?P=pad)|[*×÷^])\Z")
AMOUNT_LEFT = re.compile(rf"(?:^|[\s\x0b\xa0(\[;,=]|(?<![0-9]):)(?P<figure>{FIGURE}){WS}\Z")
LIST_MARK = re.compile(rf"\A{WS}[(\[]?[0-9]{{1,3}}[.)\]:]{WS}\Z")
MONTH_LEFT = re.compile(r"[A-Za-zА-Яа-я]{3,9}[.,]?[ \xa0](?:[0-9]{1,2},?[ \xa0])?[0-9]{4}\s*\Z")
NOT_A_RATE = re.compile(
    r"\b(?:pips?|spreads?|ticks?|points?|lots?|size|weights?|margin|correlation|beta|volatility|vol|fee|fees|commission|"
    r"position|exposure|ratio|alert|assert|limit|stop|swap)\b[^.;|]{0,24}\Z",
    re.IGNORECASE,
)

# To the right of a figure that no percentage follows ---------------------------------------------------------------
OPERATOR_RIGHT = re.compile(r"(?:(?P<pad>[ \xa0])[*×x÷^/](?P=pad)|[*×÷^/])(?=[0-9(.]|[A-Za-z])")
NEXT_PAIR = re.compile(rf"{WS}/?{WS}[A-Za-z]{{3}}{WS}/{WS}[A-Za-z]{{3}}(?![A-Za-z0-9])")
RANGE = re.compile(r"[-~][0-9]|[ \xa0][-+~][ \xa0][0-9]|\+[0-9]|[ \xa0]?(?:±|\+/?-)[ \xa0]?[0-9]|\.\.|…[0-9]|:[0-9]")
EQUATION = re.compile(rf"{WS}[=≈≃≅]")
WORD = re.compile(rf"{SPACE}{{1,4}}(?P<word>[^\W\d_][\w-]*)")
COUNTED = frozenset(
    "pip pips point points pt pts tick ticks lot lots unit units share shares contract contracts trade trades times "
    "bps bp percent pct million millions mln mn billion billions bln bn trillion thousand k m ct cents per of x".split()
)
UNICODE_DIGITS = re.compile(r"[\u0660-\u0669\u06f0-\u06f9]")


@dataclass(frozen=True, slots=True)
class Reading:
    """A rate with its change, and where in the text they end."""

    rate: Decimal
    change_pct: Decimal | None
    end: int


class Unreadable(Exception):
    """The candidate is a reject for this reason; the text it covers ends at ``end``."""

    def __init__(self, reason: str, end: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.end = end


class Prose(Exception):
    """The candidate is no quote and none was meant."""


@dataclass(frozen=True, slots=True)
class Ticker:
    """The format ``ticker``."""

    name: str = "ticker"
    summary: str = "pair, equals sign, rate and percent change, as on the ticker of a news site"
    example: str = "• KZT/USD = 0.00190 0%"

    def read(self, text: str, decimal_mark: DecimalMark | None = None) -> Iterator[Tick | Reject]:
        """Yield the ticks and rejects of a plain text in the order in which they stand.

        >>> [str(tick.rate) for tick in TICKER.read("KZT/USD = 0.00190 0%; TJS/USD = 0.09158 -0.11%")]
        ['0.00190', '0.09158']
        """
        text = joined_spans(text)
        line, counted, done = 1, 0, 0
        moment: Moment | None = None
        for match in CANDIDATE.finditer(text):
            head = BASE.search(text, max(match.start() - 24, done), match.start())
            if not head:
                continue
            start = head.start("base")
            line, counted = line + line_at(text, counted, start), start
            base, counter = head["base"].upper(), match["counter"].upper()
            try:
                check_left(text, start, done, head["base"], match["counter"])
                check_pair(text, start, match.end(), base, counter)
                reading = read_right(text, match.end(), counter, decimal_mark)
                check_small_letters(reading, head["base"])
            except Prose:
                continue
            except Unreadable as found:
                seen = (start, max(found.end, match.end()))
                yield Reject(shown(text, start, found.end), found.reason, line, column_of(text, start), span=seen)
                continue
            begin = text.rfind("\n", max(0, start - 200), start) + 1
            if begin > done or not done:
                written = WRITTEN.match(text, begin, start)
                moment = written_moment(written["moment"]) if written else None
            done = reading.end
            yield Tick(
                Currency(base),
                Currency(counter),
                reading.rate,
                None,
                None,
                reading.change_pct,
                line,
                moment,
                (start, done),
            )


TICKER = Ticker()


SPANS = re.compile(
    rf"^{WS}[A-Za-z]{{3}}{WS}\n?{WS}/{WS}\n?{WS}[A-Za-z]{{3}}{WS}\n{WS}={WS}\n?{WS}{SIGN}?{FIGURE}{WS}"
    rf"(?:\n{WS}[(\[]?{ARROW}?{WS}[+-]?{WS}{FIGURE}{WS}%[)\]]?{WS})?$",
    re.MULTILINE,
)


def joined_spans(text: str) -> str:
    """A ticker whose every piece stands on a line of its own, as when tags are stripped, made one line.

    Only where the equals sign begins a line: a pair that ends in one and has no figure must not take the next line's.

    >>> joined_spans("KZT/USD\\n=\\n0.00190\\n0%\\n")
    'KZT/USD\\x0b=\\x0b0.00190\\x0b0%\\n'
    """
    return SPANS.sub(lambda match: match[0].replace("\n", SOFT_NEWLINE), text) if "\n" in text else text


def check_left(text: str, start: int, done: int, base: str, counter: str) -> None:
    """Whether a pair may begin here; ``done`` is where the last quote ended. Raises `Prose` or `Unreadable`."""
    if start == done and done:
        return  # glued to the end of the last quote, as when tags are stripped without spaces
    line_start = max(text.rfind("\n", max(0, start - 200), start), text.rfind(BREAK, max(0, start - 200), start)) + 1
    gap = LITERAL_LINE_END.sub(" ", text[max(line_start, done, start - 200) : start])
    before = gap[-1:]
    if before and (before.isalnum() or before == "_"):
        # lower case meets upper case: a word glued on where tags were stripped (`SearchKZT/USD`)
        if not (before.islower() and (base + counter).isupper()):
            raise Prose
    elif before and before in "@$&=~^?<>!\\":
        raise Prose
    bare = gap.rstrip(" \t\x0b\xa0")
    if bare.endswith(("/", "\\")) and not (done and bare == "/" and done >= start - len(gap)):
        raise Prose  # a list of codes or a path
    token = re.split(r"[\s\x0b\xa0]", gap)[-1]
    if ADDRESS.search(token) or (before in {".", "-"} and re.search(r"[A-Z0-9][.-]\Z", token)):
        raise Prose
    if OPERATOR_LEFT.search(gap) or NOT_A_RATE.search(gap):
        raise Prose
    amount = AMOUNT_LEFT.search(gap)
    if amount and not LIST_MARK.match(gap) and not MONTH_LEFT.search(gap):
        raise Unreadable(
            f"the figure {amount['figure']} before the pair may be a unit or an amount: write the pair at the start",
            start + 7,
        )


def check_pair(text: str, start: int, end: int, base: str, counter: str) -> None:
    """Whether both codes are currencies, and two of them. Raises `Prose` or `Unreadable`."""
    unknown = [code for code in (base, counter) if not is_iso(code)]
    if len(unknown) == 2:
        raise Prose
    if unknown:
        if not RATE.match(text, end) or not (text[start : start + 3] + text[end - 5 : end]).upper() == (
            text[start : start + 3] + text[end - 5 : end]
        ):
            raise Prose
        hint = suggest(unknown[0])
        raise Unreadable(
            f"{unknown[0]} is not an ISO 4217 code" + (f": did you mean {hint}?" if hint else ": check its spelling"),
            end,
        )
    if base == counter:
        raise Unreadable("a currency against itself says nothing: leave it out", end)


def read_right(text: str, pos: int, counter: str, mark: DecimalMark | None) -> Reading:
    """Read the rate and its change from behind the equals sign. Raises `Prose` or `Unreadable`."""
    match = RATE.match(text, pos)
    if not match:
        refuse_without_figure(text, pos)
        raise Prose
    end = match.end()
    if match["sign"] and SIGNS[match["sign"]] != counter:
        raise Unreadable(f"the sign {match['sign']} is not that of {counter}: check the direction", end)
    unit = UNIT.match(text, end)
    if unit and ((unit["code"] or "").upper() == counter or SIGNS.get(unit["sign"] or "") == counter):
        end = unit.end()
    change = CHANGE.match(text, end)
    if change and end == match.end() and change.start("percent") == end:
        raise Unreadable("rate and change run together: set a space between them", change.end())
    if not change:
        refuse_what_follows(text, end, match["figure"], glued=end == match.end())
    rate = read_rate(text, match, change, mark)
    return Reading(rate, read_change(change, mark) if change else None, change.end() if change else end)


def read_rate(text: str, match: re.Match[str], change: re.Match[str] | None, mark: DecimalMark | None) -> Decimal:
    """The rate itself, above zero. Another figure beside it settles the decimal mark. Raises `Unreadable`."""
    figure, end = match["figure"], match.end()
    known = mark or (mark_of(change["percent"]) if change else None) or mark_nearby(text, match.start(), end)
    try:
        rate = read_figure(figure, known)
    except AmbiguousFigure as ambiguous:
        raise Unreadable(f"{ambiguous}: say which with --decimal comma or --decimal point", end) from None
    except NotAFigure:
        raise Unreadable(f"{figure[:40]} is not a number: write it with a decimal point", end) from None
    if match["exponent"]:
        rate = Decimal(plain(rate) + match["exponent"])
        if len(plain(rate)) > LONGEST:
            raise Unreadable(f"{figure}{match['exponent']} is no rate of a currency: check the line", end)
    if rate == 0:
        raise Unreadable("a rate of zero has lost its digits: take it from a source that prints more", end)
    return rate


def read_change(change: re.Match[str], mark: DecimalMark | None) -> Decimal | None:
    """The percent change with its sign; ``-0`` is 0. None where its figure cannot be read."""
    try:
        percent = read_figure(change["percent"], mark or ".")
    except NotAFigure:
        return None
    arrow = change["arrow"] or change["after"] or change["move"]
    falls = change["minus"] == "-" or (change["minus"] is None and arrow is not None and arrow in DOWN)
    return percent.copy_negate() if falls and percent else percent


def mark_nearby(text: str, start: int, end: int) -> DecimalMark | None:
    """The decimal mark that the other figures of the line prove, if they agree."""
    left = max(text.rfind("\n", max(0, start - 200), start), start - 200, 0)
    right = text.find("\n", end, end + 200)
    around = text[left:start] + " " + text[end : right if right >= 0 else end + 200]
    marks = {mark_of(figure) for figure in re.findall(FIGURE, around)} - {None}
    return marks.pop() if len(marks) == 1 else None


def refuse_without_figure(text: str, pos: int) -> None:
    """Raise `Unreadable` where a rate was due and something else stands in its place."""
    negative = NEGATIVE.match(text, pos)
    if negative:
        raise Unreadable("a rate cannot be negative: check the line", negative.end())
    nothing = NO_RATE.match(text, pos)
    if nothing:
        raise Unreadable("no rate stands after the equals sign: wait for the source to print one", nothing.end())
    if UNICODE_DIGITS.match(text, pos) or UNICODE_DIGITS.match(text, pos + 1):
        raise Unreadable("digits other than 0 to 9 are not read: write the rate in those", pos + 12)


def refuse_what_follows(text: str, pos: int, figure: str, *, glued: bool) -> None:
    """Raise `Unreadable` where what stands behind the figure shows that it is no rate. ``glued``: no unit between."""
    following = text[pos : pos + 1]
    if NEXT_PAIR.match(text, pos):
        return
    if glued and (following.isalnum() or following == "_") and not following.isnumeric():
        raise Unreadable(f"letters are glued to the figure {figure[:40]}: it is no plain number", pos + 8)
    if following == "%" or re.match(rf"{SPACE}{{0,4}}%", text[pos : pos + 5]):
        raise Unreadable("a percentage stands where the rate should: write the rate before it", pos + 2)
    if OPERATOR_RIGHT.match(text, pos) or EQUATION.match(text, pos):
        raise Unreadable("the figure is part of a calculation: write the result alone", pos + 8)
    if RANGE.match(text, pos):
        raise Unreadable("a range, a date or a time stands where the rate should: write one figure", pos + 8)
    word = WORD.match(text, pos)
    if word and (word["word"].lower() in COUNTED or mark_free(figure)):
        raise Unreadable(f"the figure counts something ({word['word'][:20]}): write the rate alone", word.end())


WRITTEN = re.compile(
    rf"{WS}[\[(]?(?P<moment>[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}"
    rf"(?:[T ][0-9]{{2}}:[0-9]{{2}}(?::[0-9]{{2}}(?:[.,][0-9]{{1,6}})?)?(?:Z|[+-][0-9]{{2}}:?[0-9]{{2}})?)?)(?![0-9:])"
)


def written_moment(text: str) -> Moment | None:
    """The moment that a line begins with, as logs do; none for an impossible one.

    >>> str(written_moment("2024-12-14 15:30:00+05:00"))
    '2024-12-14T10:30:00.000Z'
    """
    try:
        return Moment.parse(text.replace(",", "."))
    except MomentError:
        return None


def mark_free(figure: str) -> bool:
    """Whether a figure is a bare whole number, as counts are."""
    return figure.isdecimal()


def check_small_letters(reading: Reading, base: str) -> None:
    """Lower-case codes are English words as well (``all/try = 3``): they need a decimal or a change. Raises `Prose`."""
    if base.islower() and reading.change_pct is None and reading.rate == reading.rate.to_integral_value():
        raise Prose


def column_of(text: str, start: int) -> int:
    """The column, from 1, in the line as it was read."""
    return start - max(text.rfind(mark, max(0, start - 4096), start) for mark in ("\n", BREAK, SOFT_NEWLINE))


def shown(text: str, start: int, end: int) -> str:
    """The text of a reject: one line, short."""
    return re.split(r"[\n\x0b\x0c]", text[start : min(end, start + 120)])[0].strip()
