"""Price directives: ``P 2024-01-02 EUR 0.85 GBP`` of hledger and Ledger, ``2024-01-15 price EUR 1.0875 USD``.

They are read inside any journal; postings, balances, and the prices of funds and shares are passed by. The price may
be written with a sign (``$1.10``), before or after the number, glued to it or not. The date is the day, with a time of
day an instant. A sign that stands for two currencies (``¥``) needs the code.

In a comment behind the directive stands what it has no room for, as fx writes it: ``; source: NAME``, and before it
``change:``, ``rate:``, ``bid:``, ``ask:``, ``at:``, in this order. What does not fit the directive is passed by: sides
whose middle is not its figure, a moment of another day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from fx.currencies import Currency, Pair
from fx.errors import MomentError
from fx.formats.fields import BadField, code_of, moment_of
from fx.formats.figures import DecimalMark
from fx.formats.page import Page
from fx.formats.record import Row, quote_of
from fx.formats.signs import SIGNS
from fx.late import late
from fx.moments import Moment
from fx.quotes import Reject, Tick, two_sided_value

__all__ = ["LEDGER", "Ledger"]

DATE = r"[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}"
COMMODITY = r"\"[^\"\n]{1,40}\"|[^\s0-9;\"'+,.-]{1,24}"
FIGURE = r"[+-]?(?:[0-9][0-9,.' ]*[0-9]|[0-9]\.?|\.[0-9]+)"
P_LINE = late(
    rf"P[ \t]{{1,8}}(?P<date>{DATE})(?:[ \t]{{1,8}}(?P<time>[0-9]{{1,2}}:[0-9]{{2}}(?::[0-9]{{2}})?))?"
    rf"[ \t]{{1,40}}(?P<base>{COMMODITY})[ \t]{{1,40}}(?P<amount>[^\s;][^;\n]{{0,80}})"
)
PRICE_LINE = late(
    rf"(?P<date>{DATE})[ \t]{{1,8}}price[ \t]{{1,8}}(?P<base>[A-Z][A-Z0-9'._-]{{0,23}})"
    rf"[ \t]{{1,40}}(?P<amount>[^\s;][^;\n]{{0,80}})"
)
AMOUNT = late(
    rf"(?P<before>{COMMODITY})[ \t]{{0,8}}(?P<first>{FIGURE})|(?P<last>{FIGURE})[ \t]{{0,8}}(?P<after>{COMMODITY})"
)
NUMBER = r"[0-9]{1,60}(?:\.[0-9]{1,60})?"
COMMENT = late(
    rf"[ \t]*;[ \t]*(?:change: (?P<change>-?{NUMBER})(?:, |\Z))?(?:rate: (?P<rate>{NUMBER}), )?"
    rf"(?:bid: (?P<bid>{NUMBER})(?:, |\Z))?(?:ask: (?P<ask>{NUMBER})(?:, |\Z))?"
    r"(?:at: (?P<at>[0-9]{4}-[0-9TZ:.-]{6,22})(?:, |\Z))?(?:source: (?P<source>[^\n]+))?"
)
"""What fx writes behind a directive."""
DIRECTIVE = late(rf"\n(?:P[ \t]{{1,8}}{DATE}|{DATE}[ \t]{{1,8}}price[ \t])")
"""Behind a line end, which is found many times faster than ``^``."""
JOURNAL = late(
    rf"{DATE}|P[ \t]|[;#*%|~=@!]|(?:account|commodity|include|alias|option|plugin|payee|tag|apply|end|year|default|"
    r"decimal-mark|comment|bucket|capture|pushtag|poptag|[YNDCAIOio])(?:[ \t]|$)"
)
BARE_SIGNS = {"$": "USD", "£": "GBP"} | {sign: next(iter(codes)) for sign, codes in SIGNS.items() if len(codes) == 1}


@dataclass(frozen=True, slots=True)
class Ledger:
    """The format ``ledger``."""

    name: str = "ledger"
    summary: str = "price directives of hledger, Ledger and beancount, in any journal"
    example: str = "P 2024-01-02 EUR 0.85 GBP"

    def recognises(self, page: Page) -> bool:
        """Whether there is a price directive, and what begins a line is mostly a journal's."""
        if not DIRECTIVE.search("\n" + page.unmarked):
            return False
        lines = journal_lines(page.raw)
        return sum(1 for line in lines if JOURNAL.match(line)) * 10 >= len(lines) * 8

    def head(self, beginning: str) -> str | None:  # noqa: ARG002 (a directive is a line in every journal)
        """None needed."""
        return ""

    def read(self, page: Page) -> Iterator[Tick | Reject]:
        """Yield a tick for each directive between two currencies.

        >>> page = Page("", "P 2024-01-02 EUR $1.10\\n2024-01-15 price GBP 1.2650 USD\\nP 2024-01-02 AAPL $185")
        >>> [(str(tick.pair), str(tick.rate), str(tick.observed_at)) for tick in LEDGER.read(page)]
        [('EUR/USD', '1.10', '2024-01-02'), ('GBP/USD', '1.2650', '2024-01-15')]
        """
        text = page.unmarked.replace("\r\n", "\n").replace("\r", "\n")
        for number, line in enumerate(text.split("\n"), 1):
            if line[:1] == "P":
                match = P_LINE.match(line)
                mark = page.hints.decimal_mark
            elif line[:1].isdecimal():
                match = PRICE_LINE.match(line)
                mark = page.hints.decimal_mark or "."
            else:
                continue
            found = directive(match, number, mark) if match else None
            if match and isinstance(found, Tick) and (comment := COMMENT.fullmatch(line, match.end())):
                found = commented(found, comment)
            if found is not None:
                yield found


def journal_lines(raw: str) -> list[str]:
    """The lines of a text that begin without an indent."""
    return [line for line in raw.removeprefix("\ufeff").replace("\r", "\n").split("\n") if line[:1].strip()]


def currency(name: str) -> Currency | None:
    """The currency of a commodity, by code or sign.

    >>> currency('"EUR"'), currency("$"), currency("¥"), currency("AAPL")
    ('EUR', 'USD', None, None)
    """
    name = name.strip('"')
    return Currency(BARE_SIGNS[name]) if name in BARE_SIGNS else code_of(name) if name.isupper() else None


def directive(match: re.Match[str], line: int, mark: DecimalMark | None) -> Tick | Reject | None:
    """One directive as a tick; None where one side is no currency."""
    base = currency(match["base"])
    if base is None:
        return None
    written = re.split(r"[ \t](?:#|//)|[ \t]{2}\{", match["amount"])[0].strip()
    amount = AMOUNT.fullmatch(written)
    if not amount:
        return Reject(match[0].strip()[:80], "the price is no number and currency: write it as 1.0875 USD", line)
    name = amount["before"] or amount["after"]
    counter = currency(name)
    if counter is None:
        if name in SIGNS:
            two = " and ".join(sorted(SIGNS[name]))
            return Reject(match[0].strip()[:80], f"{name} is the sign of {two}: write the code", line)
        return None
    try:
        hour = match.groupdict().get("time")
        moment = moment_of(match["date"] + (f" {hour}" if hour else ""))
    except BadField as bad:
        return Reject(match[0].strip()[:80], str(bad), line)
    return quote_of(Row(Pair(base, counter), amount["first"] or amount["last"], line=line, moment=moment), mark)


def commented(tick: Tick, comment: re.Match[str]) -> Tick:
    """A directive with what fx wrote behind it.

    >>> page = Page("", "P 2024-12-13 EUR 1.0522 USD  ; bid: 1.0521, ask: 1.0523, source: a bank")
    >>> [(tick.rate, str(tick.bid), str(tick.ask), tick.source) for tick in LEDGER.read(page)]
    [(None, '1.0521', '1.0523', 'a bank')]
    """
    change, rate, bid, ask = (
        None if comment[name] is None else Decimal(comment[name]) for name in ("change", "rate", "bid", "ask")
    )
    sides = [side for side in (bid, ask) if side is not None]
    if sides and sides == sorted(sides) and all(sides):
        if rate is not None and rate == tick.rate:
            tick = replace(tick, bid=bid, ask=ask)
        elif rate is None and tick.rate == two_sided_value(None, bid, ask):
            tick = replace(tick, rate=None, bid=bid, ask=ask)
    if comment["at"] and tick.observed_at:
        tick = replace(tick, observed_at=closer(tick.observed_at, comment["at"]))
    return replace(tick, change_pct=change, source=comment["source"])


def closer(stated: Moment, text: str) -> Moment:
    """The moment of a comment, if it lies within the day or the second of its directive; else that one.

    >>> day = Moment.parse("2024-12-13")
    >>> str(closer(day, "2024-12-13T15:30:00.250Z")), str(closer(day, "2024-12-14T15:30:00.250Z"))
    ('2024-12-13T15:30:00.250Z', '2024-12-13')
    """
    try:
        moment = Moment.parse(text)
    except MomentError:
        return stated
    within = moment.day == stated.day if stated.whole_day else moment.start.replace(microsecond=0) == stated.start
    return moment if within and not moment.whole_day else stated


LEDGER = Ledger()
