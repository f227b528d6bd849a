"""Ticks and bars without a head: TrueFX, HistData, MetaTrader 4, and tables between QUOTE START and QUOTE END.

TrueFX writes pair, time (UTC), bid, ask; its web page splits each price into big figure and points (``89.,897`` is
89.897). HistData writes bars with semicolons and ticks with commas, five hours behind UTC all year, and MetaTrader 4
bars by the clock of the broker's server, which the file does not tell and which is taken as UTC: the pair of both
stands in the file's name only (``DAT_ASCII_EURUSD_M1_201202.csv``), or ``--pair`` says it. The close of a bar is its
rate.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from fx.currencies import Pair
from fx.formats.fields import BadField, pair_in_name, pair_of
from fx.formats.page import Page
from fx.formats.record import NO_PAIR, Row, quote_of, stated
from fx.formats.rows import first_line, first_lines
from fx.late import late
from fx.quotes import Reject, Tick

__all__ = ["TICKS", "Ticks"]

N = r"[0-9]{1,12}(?:\.[0-9]{1,12})?"
D = r"[0-9]{1,12}\.[0-9]{1,12}"
P = r"\"?(?P<pair>[A-Z]{3}[/_-]?[A-Z]{3})\"?"
T = (
    r"(?P<time>[0-9]{8} [0-9]{2}:?[0-9]{2}:?[0-9]{2}(?:\.?[0-9]{3,6})?"
    r"|[0-9]{4}[-.][0-9]{2}[-.][0-9]{2}[ T][0-9:.]{5,18}Z?|[0-9]{10,16})"
)
REST = rf"(?:[,;\t](?:{N})?)*"


@dataclass(frozen=True, slots=True)
class Layout:
    """One kind of line; ``hours_east`` is the zone of its clock."""

    line: re.Pattern[str]
    hours_east: int = 0


LAYOUTS = (
    # TrueFX on the web: pair, epoch, big figure, points, big figure, points, high, low, open
    Layout(
        late(
            rf"{P},(?P<time>[0-9]{{13}}),(?P<big>[0-9]+\.[0-9]*),(?P<points>[0-9]{{1,4}}),"
            rf"(?P<ask_big>[0-9]+\.[0-9]*),(?P<ask_points>[0-9]{{1,4}})(?:,{N})*,?"
        )
    ),
    # between QUOTE START and QUOTE END: glued pair, pair, epoch, open, high, low, close
    Layout(late(rf"[A-Z]{{6}},{P},(?P<time>[0-9]{{10,13}}),{N},{N},{N},(?P<rate>{N})(?:,{N})*,?")),
    # a pair in front, day and time apart, a bar
    Layout(
        late(
            rf"{P},(?P<day>[0-9]{{8}}|[0-9]{{4}}[.-][0-9]{{2}}[.-][0-9]{{2}}),(?P<hour>[0-9]{{6}}|[0-9]{{2}}:[0-9]{{2}}(?::[0-9]{{2}})?),{N},{N},{N},(?P<rate>{N}){REST}"
        )
    ),
    # TrueFX history: pair, time, bid, ask
    Layout(late(rf"{P}[,;\t]{T}[,;\t](?P<bid>{N})[,;\t](?P<ask>{N})(?:[,;\t]{N}){{0,2}}")),
    Layout(late(rf"{T}[,;\t]{P}[,;\t](?P<bid>{N})[,;\t](?P<ask>{N})(?:[,;\t]{N}){{0,2}}")),
    # an epoch, a pair, bid/ask
    Layout(late(rf"(?P<time>[0-9]{{13}}|[0-9]{{16}})[ \t]{{1,4}}{P}[ \t]{{1,4}}(?P<bid>{D})/(?P<ask>{D})")),
    # HistData: bars of bid prices; ticks
    Layout(late(rf"(?P<time>[0-9]{{8}} [0-9]{{6}});{N};{N};{N};(?P<rate>{N});[0-9]+"), -5),
    Layout(late(rf"(?P<time>[0-9]{{8}} [0-9]{{9}}),(?P<bid>{N}),(?P<ask>{N}),[0-9]+"), -5),
    # MetaTrader 4: day, time, open, high, low, close, volume
    Layout(
        late(
            rf"(?P<day>[0-9]{{4}}\.[0-9]{{2}}\.[0-9]{{2}})[,;\t ](?P<hour>[0-9]{{2}}:[0-9]{{2}}(?::[0-9]{{2}})?)"
            rf"[,;\t]{N}[,;\t]{N}[,;\t]{N}[,;\t](?P<rate>{N}){REST}"
        )
    ),
)
TABLE = late(r"^QUOTE START[ \t]*\r?$", re.MULTILINE)
BEGINNING = 5000


@dataclass(frozen=True, slots=True)
class Ticks:
    """The format ``ticks``."""

    name: str = "ticks"
    summary: str = "ticks and bars without a head: TrueFX, HistData, MetaTrader 4; the pair may be the file's name"
    example: str = "EUR/USD,20100101 00:00:00.000,1.1000,1.1002"

    def recognises(self, page: Page) -> bool:
        """Whether the first line is one of the layouts, or the table's mark stands near the top."""
        beginning = page.raw[:BEGINNING]
        return layout_at(first_line(beginning).strip()) is not None or (
            "QUOTE START" in beginning and TABLE.search(beginning) is not None
        )

    def head(self, beginning: str) -> str | None:
        """The first lines, which show the layout; a table between marks is read whole."""
        return None if TABLE.search(beginning, 0, BEGINNING) else first_lines(beginning, BEGINNING)

    def read(self, page: Page) -> Iterator[Tick | Reject]:
        """Yield a tick for each line.

        >>> page = Page("", "USD/JPY,1253890249628,89.,897,89.,907,89.763,90.619,90.526")
        >>> [(str(tick.pair), tick.bid, tick.ask) for tick in TICKS.read(page)]
        [('USD/JPY', Decimal('89.897'), Decimal('89.907'))]
        """
        known = page.hints.pair or pair_in_name(page.name)
        table = TABLE.search(page.raw, 0, BEGINNING) is not None
        inside = not table
        layout: Layout | None = None
        for number, whole in enumerate(page.unmarked.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
            line = whole.strip()
            if table and line in {"QUOTE START", "QUOTE END"}:
                inside = line == "QUOTE START"
                continue
            if not line or not inside:
                continue
            match = layout.line.fullmatch(line) if layout else None
            if match is None:
                layout = layout_at(line) or layout
                match = layout.line.fullmatch(line) if layout else None
            if match is None or layout is None:
                yield Reject(line[:80], "the line is not like those before it: leave out what is no tick", number)
                continue
            parts = match.groupdict()
            pair = pair_of(parts["pair"]) if parts.get("pair") else known
            if pair is None and parts.get("pair"):
                continue
            if pair is None:
                yield Reject(line[:80], NO_PAIR, number)
                return
            found = tick_of(parts, pair, layout, number)
            if found is not None:
                yield found


def layout_at(line: str) -> Layout | None:
    """The layout that a line has, if any."""
    if len(line) > 300:
        return None
    return next((layout for layout in LAYOUTS if layout.line.fullmatch(line)), None)


def tick_of(parts: dict[str, str | None], pair: Pair, layout: Layout, line: int) -> Tick | Reject | None:
    """The parts of one line as a tick."""
    written = parts.get("time") or f"{parts.get('day')} {parts.get('hour')}"
    try:
        moment = stated(written, "time", layout.hours_east)
    except BadField as bad:
        return Reject(f"{pair} {written}", str(bad), line)
    bid, ask = parts.get("bid"), parts.get("ask")
    if parts.get("big"):
        bid = joined(parts["big"] or "", parts["points"] or "")
        ask = joined(parts["ask_big"] or "", parts["ask_points"] or "")
    return quote_of(Row(pair, parts.get("rate"), bid, ask, line=line, moment=moment))


def joined(big: str, points: str) -> str:
    """Big figure and points as one price.

    >>> joined("89.", "897"), joined("1.46", "783")
    ('89.897', '1.46783')
    """
    return f"{big}{points}"


TICKS = Ticks()
