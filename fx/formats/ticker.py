"""The ticker of a news site: ``• KZT/USD = 0.00190 0%``.

    quote   := code ws? "/" ws? code ws? "=" ws? sign? figure exponent? unit? change?

One definition reads the single line and the whole page: a pattern finds every ``/CODE =``, and what stands to its left
and right (`context`, `change`) decides whether that is a quote, a reject or prose. Every repeat in a pattern is
bounded: time is linear in size.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from fx.currencies import Currency, is_iso, suggest
from fx.errors import MomentError
from fx.exact import plain
from fx.formats.change import Change, find_change
from fx.formats.context import (
    Labelled,
    Prose,
    Unreadable,
    line_start,
    refuse_what_follows,
    refuse_what_precedes,
)
from fx.formats.figures import FIGURE, LONGEST, AmbiguousFigure, DecimalMark, NotAFigure, mark_of, read_figure
from fx.formats.page import Page
from fx.formats.signs import ARROW, EMPHASIS, FOOTNOTE, SIGN_BEFORE, SIGNS, UNIT_WORDS, WS
from fx.moments import Moment, find_date
from fx.quotes import Reject, Tick
from fx.text import BREAK, SOFT_NEWLINE, SPACE, line_at

__all__ = ["TICKER", "Ticker"]

CANDIDATE = re.compile(
    rf"/{WS}{EMPHASIS}(?P<counter>[A-Za-z]{{3}}){EMPHASIS}(?:{FOOTNOTE})?{WS}(?<![<>!+*:=~^%&-])=(?![=>~<])"
)
"""``/CODE =``; the base is read backwards from it."""
BASE = re.compile(rf"(?P<base>[A-Za-z]{{3}}){EMPHASIS}{WS}\Z")
REACH = 80
"""Characters before the solidus among which the base stands."""

RATE = re.compile(
    rf"{WS}{EMPHASIS}(?P<sign>(?:{SIGN_BEFORE})?){SPACE}?"
    rf"(?P<figure>{FIGURE}|\.[0-9]{{1,20}})(?P<exponent>[eE][+-]?[0-9]{{1,2}}(?![0-9]))?"
)
UNIT = re.compile(
    rf"{SPACE}{{0,2}}(?:(?P<code>[A-Za-z]{{3}})(?![A-Za-z0-9])(?!{WS}/)|(?P<sign>{SIGN_BEFORE})"
    rf"|(?P<word>{'|'.join(sorted(UNIT_WORDS, key=len, reverse=True))})(?![^\W\d_])\.?)"
)

NO_RATE = re.compile(
    rf"{WS}(?P<text>(?:\#?n[./]?a\.?|nan|null|none|nil|-{{1,3}}|\?{{1,3}}|\.{{2,3}}|…|loading|tbd|\#(?:ref|value|div/0)!?)"
    rf"(?![\w/])|(?=[\n{BREAK}]|\Z))",
    re.IGNORECASE,
)
NEGATIVE = re.compile(rf"{WS}(?P<text>-{SPACE}?{FIGURE})")

PROMISING = re.compile(
    rf"{WS}{EMPHASIS}(?:{SIGN_BEFORE})?{SPACE}?(?:[-.0-9?#…\n{BREAK}]|[nlt]|{ARROW}|[\u0660-\u06f9]|\Z)", re.IGNORECASE
)
"""What may begin a rate, or stand in its place: everything else behind an equals sign is prose, and cheaply so."""
UNICODE_DIGITS = re.compile(r"[\u0660-\u0669\u06f0-\u06f9]")


@dataclass(frozen=True, slots=True)
class Reading:
    """A rate with its change, and where in the text they end."""

    rate: Decimal
    change_pct: Decimal | None
    end: int


@dataclass(frozen=True, slots=True)
class Ticker:
    """The format ``ticker``."""

    name: str = "ticker"
    summary: str = "pair, equals sign, rate and percent change, as on the ticker of a news site"
    example: str = "• KZT/USD = 0.00190 0%"

    def recognises(self, page: Page) -> bool:  # noqa: ARG002 (human text has no shape to know it by)
        """Never: boards stand in any text."""
        return False

    def read(self, page: Page) -> Iterator[Tick | Reject]:
        """Yield the ticks and rejects of a page in the order in which they stand.

        >>> text = "KZT/USD = 0.00190 0%; TJS/USD = 0.09158 -0.11%"
        >>> [str(tick.rate) for tick in TICKER.read(Page(text, text))]
        ['0.00190', '0.09158']
        """
        text, decimal_mark = joined_spans(page.text), page.hints.decimal_mark
        line, counted, done, labelled = 1, 0, 0, 0
        moment: Moment | None = None
        for match in CANDIDATE.finditer(text):
            head = BASE.search(text, max(match.start() - REACH, done), match.start())
            if not head:
                continue
            start, base, counter = head.start("base"), head["base"].upper(), match["counter"].upper()
            line, counted = line + line_at(text, counted, start), start
            if start < labelled or not (is_iso(base) or is_iso(counter)) or not PROMISING.match(text, match.end()):
                continue
            try:
                refuse_what_precedes(text, start, done, (head["base"] + match["counter"]).isupper())
                check_pair(text, start, match, base, counter)
                reading = read_right(text, match.end(), counter, decimal_mark)
                check_small_letters(reading, head["base"])
            except Labelled:
                # `Weights: EUR/USD = 0.57, USD/JPY = 0.136`: the label holds for its line
                rest = LABEL_END.search(text, start, start + 400)
                labelled = rest.start() if rest else start + 400
                continue
            except Prose:
                continue
            except Unreadable as found:
                seen = (start, max(found.end, match.end()))
                yield Reject(shown(text, start, found.end), found.reason, line, column_of(text, start), span=seen)
                continue
            begin = line_start(text, start)
            if begin > done or not done:
                moment = written_moment(text[begin:start])
            done = reading.end
            yield Tick(
                Currency(base),
                Currency(counter),
                reading.rate,
                change_pct=reading.change_pct,
                line=line,
                observed_at=moment,
                span=(start, done),
            )


TICKER = Ticker()

LABEL_END = re.compile(rf"[\n;{BREAK}]|\Z")
LINE_END = rf"{WS}(?:\n{WS}){{0,3}}"
SPANS = re.compile(
    rf"^[^\w\n]{{0,8}}[A-Za-z]{{3}}{LINE_END}/{LINE_END}[A-Za-z]{{3}}{WS}\n{LINE_END}={LINE_END}(?:{SIGN_BEFORE})?{FIGURE}"
    rf"(?:{SPACE}[A-Z]{{3}})?{WS}"
    rf"(?:{LINE_END}[(\[]?(?:{ARROW}{LINE_END})?[+-]?{WS}{FIGURE}{LINE_END}%[)\]]?{WS})?$",
    re.MULTILINE,
)


def joined_spans(text: str) -> str:
    """A ticker whose every piece stands on a line of its own, as when tags are stripped, made one line.

    Only where the equals sign begins a line: a pair that ends in one and has no figure must not take the next line's.

    >>> joined_spans("KZT/USD\\n=\\n0.00190\\n0%\\n")
    'KZT/USD\\x0b=\\x0b0.00190\\x0b0%\\n'
    """
    if not BARE_EQUALS.search(text):
        return text
    return SPANS.sub(lambda match: match[0].replace("\n", SOFT_NEWLINE), text)


BARE_EQUALS = re.compile(rf"\n{WS}=")


def check_pair(text: str, start: int, match: re.Match[str], base: str, counter: str) -> None:
    """Whether both codes are currencies, and two of them. Raises `Prose` or `Unreadable`."""
    unknown = [code for code in (base, counter) if not is_iso(code)]
    if unknown:
        figure = RATE.match(text, match.end())
        if not figure or text[start : start + 3].islower() or not find_change(text, figure.end()):
            raise Prose  # `USD/BBL = 61.2`, a price; with a change it has the ticker's whole shape
        hint = suggest(unknown[0])
        raise Unreadable(
            f"{unknown[0]} is not an ISO 4217 code" + (f": did you mean {hint}?" if hint else ": check its spelling"),
            figure.end(),
        )
    if base == counter:
        raise Unreadable("a currency against itself says nothing: leave it out", match.end())


def read_right(text: str, pos: int, counter: str, mark: DecimalMark | None) -> Reading:
    """Read the rate and its change from behind the equals sign. Raises `Prose` or `Unreadable`."""
    match = RATE.match(text, pos)
    if not match:
        refuse_without_figure(text, pos)
        raise Prose
    end = match.end()
    if match["sign"] and counter not in SIGNS[match["sign"]]:
        raise Unreadable(f"the sign {match['sign']} is not that of {counter}: check the direction", end)
    unit = UNIT.match(text, end)
    if unit and (
        (unit["code"] or "").upper() == counter
        or counter in SIGNS.get(unit["sign"] or "", ())
        or counter in UNIT_WORDS.get(unit["word"] or "", ())
    ):
        end = unit.end()
    bare = end
    footnote = FOOTNOTE_MARK.match(text, end)
    if footnote:
        end = footnote.end()
    change = find_change(text, end, mark)
    if change and change.glued and end == match.end():
        raise Unreadable("rate and change run together: set a space between them", change.end)
    if not change:
        refuse_what_follows(text, end, match["figure"], glued=end == match.end())
    rate = read_rate(text, match, change, mark)
    if change is None and end == match.end() and bare == end and len(match["figure"]) == 1:
        raise Unreadable("one digit without decimals or change may count something: write it with decimals", end)
    return Reading(rate, change.percent if change else None, change.end if change else end)


FOOTNOTE_MARK = re.compile(FOOTNOTE)


def read_rate(text: str, match: re.Match[str], change: Change | None, mark: DecimalMark | None) -> Decimal:
    """The rate itself, above zero. Where it is open, another figure settles the decimal mark. Raises `Unreadable`."""
    figure, end = match["figure"], match.end()
    figure = f"0{figure}" if figure[0] == "." else figure
    known = mark or (change.mark if change else None)
    try:
        try:
            rate = read_figure(figure, known)
        except AmbiguousFigure:
            rate = read_figure(figure, known or mark_nearby(text, match.start(), end))
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
    if re.match(rf"{WS}{ARROW}", text[pos : pos + 70]):
        raise Unreadable("an arrow stands before the rate: set it before the change", pos + 12)
    if UNICODE_DIGITS.match(text, pos) or UNICODE_DIGITS.match(text, pos + 1):
        raise Unreadable("digits other than 0 to 9 are not read: write the rate in those", pos + 12)


WRITTEN = re.compile(
    rf"{WS}[^\w\n]{{0,4}}(?P<moment>[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}"
    rf"(?:[T ][0-9]{{2}}:[0-9]{{2}}(?::[0-9]{{2}}(?:[.,][0-9]{{1,6}})?)?(?:Z|[+-][0-9]{{2}}:?[0-9]{{2}})?)?)(?![0-9:])"
)


def written_moment(text: str) -> Moment | None:
    """The moment that a line begins with, as logs do, or a date alone before the pair; none for an impossible one.

    >>> str(written_moment("2024-12-14 15:30:00+05:00 ")), str(written_moment("14 December 2024 • "))
    ('2024-12-14T10:30:00.000Z', '2024-12-14')
    """
    match = WRITTEN.match(text)
    if match:
        try:
            return Moment.parse(match["moment"].replace(",", "."))
        except MomentError:
            return None
    day = find_date(text)
    return Moment.of_day(day) if day else None


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
