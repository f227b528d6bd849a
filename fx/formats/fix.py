"""FIX market data: snapshots (35=W), increments (35=X) and quotes (35=S), divided by SOH or a stroke.

The symbol is field 55; an entry of type 269=0 is the bid, 269=1 the offer, with its price in 270, and 269=2 a trade.
The best of each side stands first and counts. The time is field 52, in UTC. Orders, executions and requests (35=D, 8,
R, …) carry a pair and no quote.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fx.formats.fields import BadField, moment_of, pair_of
from fx.formats.page import Page
from fx.formats.record import Row, quote_of
from fx.late import late
from fx.quotes import Reject, Tick

__all__ = ["FIX", "Fix"]

SEPARATORS = "\x01|\x02\u2401^"
FIELD = late(r"(?:(?<=[\x01|;\x02\u2401\s])|(?<=\^A)|^)(?P<tag>[0-9]{1,5})=(?P<value>[^\x01|;\x02\u2401^\n]{0,400})")
SHAPE = late(
    r"[^\n]{0,80}?(?:8=FIXT?\.[0-9.]{1,5}[\x01|;\x02\u2401^\s]|(?<![0-9])35=[A-Za-z0-9]{1,2}[\x01|;\x02\u2401^])"
)
BEGIN = late(r"8=FIX")


@dataclass(frozen=True, slots=True)
class Fix:
    """The format ``fix``."""

    name: str = "fix"
    summary: str = "FIX market data: 35=W, X and S with bid and offer"
    example: str = "35=W|55=EUR/USD|268=2|269=0|270=1.0850|269=1|270=1.0852|"

    def recognises(self, page: Page) -> bool:
        """Whether the first line holds a message."""
        return SHAPE.match(page.raw.lstrip("\ufeff \r\n\t")[:1000]) is not None

    def head(self, beginning: str) -> str | None:
        """None needed where no message goes on in another line."""
        lines = beginning.split("\n")[:-1]
        broken = BEGIN.search(beginning) and any(FIELD.search(line) and not BEGIN.search(line) for line in lines)
        return None if broken or not lines else ""

    def read(self, page: Page) -> Iterator[Tick | Reject]:
        """Yield a tick for each symbol of each message.

        >>> page = Page("", "35=W|55=EUR/USD|268=2|269=0|270=1.0850|269=1|270=1.0852|")
        >>> [(str(tick.pair), tick.bid, tick.ask) for tick in FIX.read(page)]
        [('EUR/USD', Decimal('1.0850'), Decimal('1.0852'))]
        """
        text = page.raw.replace("\r\n", "\n").replace("\r", "\n").replace("^A", "\x01")
        begins = [match.start() for match in BEGIN.finditer(text)]
        line, counted = 1, 0
        if not begins:
            for number, message in enumerate(text.split("\n"), 1):
                yield from read_message(message, number)
            return
        for start, end in zip(begins, [*begins[1:], len(text)], strict=True):
            line, counted = line + text.count("\n", counted, start), start
            yield from read_message(text[start:end], line)


def read_message(message: str, line: int) -> Iterator[Tick | Reject]:
    """The quotes of one message."""
    fields = [(match["tag"], match["value"].strip()) for match in FIELD.finditer(message)]
    head = dict(reversed(fields))
    kind = head.get("35")
    if kind not in {"W", "X", "S"}:
        return
    try:
        moment = moment_of(head.get("52", "") or head.get("60", ""))
    except BadField:
        moment = None
    sides: dict[str, dict[str, str]] = {}
    if kind == "S":
        sides[head.get("55", "")] = {"0": head.get("132", ""), "1": head.get("133", "")}
    else:
        symbol = ""
        for entry in entries(fields):
            symbol = entry.get("55") or symbol
            if entry.get("279") != "2" and "270" in entry and "269" in entry:
                sides.setdefault(symbol, {}).setdefault(entry["269"], entry["270"])
    for symbol, prices in sides.items():
        pair = pair_of(symbol)
        if pair is None:
            continue
        found = quote_of(Row(pair, prices.get("2"), prices.get("0"), prices.get("1"), line=line, moment=moment))
        if found is not None:
            yield found


def entries(fields: list[tuple[str, str]]) -> Iterator[dict[str, str]]:
    """What stands before the first entry of a message, then each entry.

    >>> list(entries([("55", "EURUSD"), ("269", "0"), ("270", "1.1"), ("269", "1"), ("270", "1.2")]))
    [{'55': 'EURUSD'}, {'269': '0', '270': '1.1'}, {'269': '1', '270': '1.2'}]
    """
    first = next((tag for tag, _ in fields if tag in {"279", "269"}), "269")
    entry: dict[str, str] = {}
    for tag, value in fields:
        if tag == first or (tag == "269" and "269" in entry):
            yield entry
            entry = {}
        entry.setdefault(tag, value)
    yield entry


FIX = Fix()
