"""Charts as text for a terminal: dots of Braille, or plain ASCII where the terminal knows no better.

Everything is whole numbers and fractions: the same chart and width give the same text on every machine.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable
from fractions import Fraction

from fx.errors import UsageError
from fx.exact import grouped, half_even, places_before_point
from fx.exports.charts import Candle, Chart, Line
from fx.exports.rows import clean
from fx.moments import Moment

__all__ = ["text_of"]

ROWS = 12
NARROWEST, WIDEST = 40, 160
LEAST_COLUMNS = 22
"""For the lines themselves; names at their ends are cut to leave as many."""
BRAILLE = 0x2800
DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
"""The bit of each dot of a Braille character (Unicode, chapter 21): two columns of four."""
COLOURS = ("36", "33", "32", "35", "31", "34", "92", "95")
MARKS = "*ox+#@%&"
"""What draws each line in ASCII."""


class Canvas:
    """A field of characters, each of ``wide`` by ``high`` dots, with the number of the line that drew it last."""

    def __init__(self, columns: int, *, braille: bool) -> None:
        self.columns = columns
        self.braille = braille
        self.wide, self.high = (2, 4) if braille else (1, 1)
        self.width, self.height = columns * self.wide, ROWS * self.high
        self.cells: dict[tuple[int, int], int | str] = {}
        self.owners: dict[tuple[int, int], int] = {}

    def dot(self, x: int, y: int, owner: int, mark: str) -> None:
        """Set a dot, counted from the upper left corner; ``mark`` stands for it in ASCII."""
        cell = (y // self.high, x // self.wide)
        if not (0 <= x < self.width and 0 <= y < self.height):
            return
        if self.braille:
            before = self.cells.get(cell, 0)
            self.cells[cell] = (before if isinstance(before, int) else 0) | DOTS[x % 2][y % 4]
        elif mark != "." or cell not in self.cells:
            self.cells[cell] = mark
        if mark != "." or cell not in self.owners:
            self.owners[cell] = owner

    def row(self, number: int, *, colour: bool) -> str:
        """One row of characters."""
        return "".join(
            painted(self.character(number, column), self.owners.get((number, column)), colour=colour)
            for column in range(self.columns)
        )

    def character(self, row: int, column: int) -> str:
        """One character."""
        cell = self.cells.get((row, column), " ")
        return chr(BRAILLE + cell) if isinstance(cell, int) else cell


def text_of(chart: Chart, width: int = 80, *, unicode: bool = True, colour: bool = False) -> str:
    """A chart in so many columns, with its title, axes and caption; at a line's end stands its last figure.

    >>> from fx.exports.charts import Point
    >>> from fx.currencies import Pair
    >>> said = [
    ...     Point(Moment.parse(f"2024-12-{day}"), Fraction(rate), Fraction(rate), Fraction(rate), str(rate))
    ...     for day, rate in ((14, 2), (15, 3), (16, 5))
    ... ]
    >>> chart = Chart("KZT/USD", "USD for one KZT", "source: none", (Line(Pair.parse("KZT/USD"), None, tuple(said)),))
    >>> print(text_of(chart, 40, unicode=False).splitlines()[2])
    5.0 |                                * 5
    """
    width = min(max(width, NARROWEST), WIDEST)
    bottom, top = chart.limits
    places = places_for((top - bottom) / ROWS)
    ticks = {row: grouped(half_even(top - (top - bottom) * row / (ROWS - 1), places)) for row in (0, 4, 8, ROWS - 1)}
    margin = max(map(len, ticks.values()))
    labels = last_figures(chart, max(width - margin - 3 - LEAST_COLUMNS, 8), unicode=unicode)
    tail = max((len(label) for label in labels), default=-1) + 1
    canvas = Canvas(max(width - margin - 2 - tail, LEAST_COLUMNS), braille=unicode and not chart.candles)

    def height_of(value: Fraction) -> int:
        return round((top - value) * (canvas.height - 1) / (top - bottom))

    ends: dict[int, int] = {}
    if chart.candles:
        draw_candles(canvas, chart.candles, height_of, unicode=unicode)
    else:
        for number, line in enumerate(chart.lines):
            draw_line(canvas, line, number, height_of, chart.span)
        wanted = [height_of(line.points[-1].value) // canvas.high for line in chart.lines]
        ends = {row: number for number, row in enumerate(spread(wanted))}
    side, corner, bar = ("│", "└", "─") if unicode else ("|", "+", "-")
    body = []
    for row in range(ROWS):
        end = painted(" " + labels[ends[row]], ends[row], colour=colour) if row in ends else ""
        body.append(f"{ticks.get(row, ''):>{margin}} {side}{canvas.row(row, colour=colour)}{end}".rstrip())
    start, end_of_span = ends_of(chart)
    dates = f"{start} {end_of_span:>{canvas.columns - len(start) - 1}}".rstrip()
    caption = textwrap.wrap(plain_text(chart.caption + note_of(chart, unicode=unicode), unicode=unicode), width)
    head = [f"{plain_text(chart.title, unicode=unicode)}", f"{chart.unit}"]
    foot = [" " * (margin + 1) + corner + bar * canvas.columns, " " * (margin + 2) + dates]
    return "\n".join([*head, *body, *foot, *caption]) + "\n"


def note_of(chart: Chart, *, unicode: bool) -> str:
    """How to read the marks, for the caption."""
    if not chart.candles:
        return "; dotted: what the printed digits leave open" if has_a_band(chart) else ""
    rose, fell = ("░", "█") if unicode else ("o", "#")
    return f"; {rose} rose, {fell} fell"


def has_a_band(chart: Chart) -> bool:
    """Whether any band is wide enough to be dotted."""
    bottom, top = chart.limits
    points = [point for line in chart.lines for point in line.points]
    return 100 * sum((point.high - point.low) * ROWS > top - bottom for point in points) > len(points)


def plain_text(text: str, *, unicode: bool) -> str:
    """Text as the terminal can show it."""
    return clean(text) if unicode else clean(text).encode("ascii", "replace").decode("ascii")


def painted(text: str, owner: int | None, *, colour: bool) -> str:
    """Text in the colour of a line."""
    return f"\x1b[{COLOURS[owner]}m{text}\x1b[0m" if colour and owner is not None and text.strip() else text


def places_for(step: Fraction) -> int:
    """Decimals that tell apart figures so far from each other.

    >>> places_for(Fraction(1, 300)), places_for(Fraction(40))
    (3, 0)
    """
    return max(0, 1 - places_before_point(step))


def ends_of(chart: Chart) -> tuple[str, str]:
    """What stands at both ends of the axis of time: days, or the times within one."""
    first, last = chart.span
    if first.day != last.day:
        return str(first.day), str(last.day)
    if first == last or chart.candles:
        return str(first.day), ""
    return f"{first.start:%Y-%m-%d %H:%M}", f"{last.start:%H:%M}"


def last_figures(chart: Chart, width: int, *, unicode: bool) -> list[str]:
    """What stands at the end of each line: its last figure, behind its name where there are several."""
    if chart.candles:
        return []
    if len(chart.lines) == 1:
        return [chart.lines[0].points[-1].text]
    dots = "…" if unicode else "~"
    labels = []
    for line in chart.lines:
        name, figure = plain_text(line.label, unicode=unicode), line.points[-1].text
        room = max(width - len(figure) - 1, 4)
        labels.append(f"{name if len(name) <= room else name[: room - 1] + dots} {figure}")
    return labels


def spread(rows: list[int]) -> list[int]:
    """Rows near those wanted, no two the same.

    >>> spread([3, 3, 11, 11])
    [3, 2, 11, 10]
    """
    taken: dict[int, None] = {}
    for wanted in rows:
        taken[min((row for row in range(ROWS) if row not in taken), key=lambda row: (abs(row - wanted), row))] = None
    return list(taken)


def draw_line(
    canvas: Canvas, line: Line, owner: int, height_of: Callable[[Fraction], int], span: tuple[Moment, Moment]
) -> None:
    """A line in steps over its dotted band, parted at holes."""
    first, last = span
    length = max(last.ordinal - first.ordinal, 1)
    mark = MARKS[owner]
    for run in line.runs:
        places = [(point.moment.ordinal - first.ordinal) * (canvas.width - 1) // length for point in run]
        for point, start, end in zip(run, places, [*places[1:], places[-1]], strict=True):
            dot_band(canvas, range(start, end + 1), height_of(point.high), height_of(point.low), owner)
        level = height_of(run[0].value)
        for point, start, end in zip(run, places, [*places[1:], places[-1]], strict=True):
            following = height_of(point.value)
            for y in between(level, following):
                canvas.dot(start, y, owner, mark)
            for x in range(start, end + 1):
                canvas.dot(x, following, owner, mark)
            level = following


def dot_band(canvas: Canvas, columns: Iterable[int], top: int, bottom: int, owner: int) -> None:
    """The interval of a step as sparse dots; what is no wider than the line is left out."""
    if bottom - top <= canvas.high // 2 + 1:
        return
    for x in columns:
        for y in range(max(top, 0), min(bottom, canvas.height - 1) + 1):
            if not canvas.braille or (x % 4, y % 4) in {(0, 1), (2, 3)}:
                canvas.dot(x, y, owner, ".")


def between(one: int, other: int) -> range:
    """Every number from one to another, whichever is larger."""
    return range(min(one, other), max(one, other) + 1)


def draw_candles(
    canvas: Canvas, candles: tuple[Candle, ...], height_of: Callable[[Fraction], int], *, unicode: bool
) -> None:
    """Each candle in a column of its own, periods without quotes left empty."""
    first = candles[0]
    slots = [round(Fraction((candle.first_day - first.first_day).days, days_of(first))) for candle in candles]
    if slots[-1] >= canvas.columns:
        raise UsageError(
            f"{slots[-1] + 1} periods do not fit into {canvas.columns} columns: take a longer --every or a later "
            "--since, or draw a picture by -o"
        )
    step = min(canvas.columns // (slots[-1] + 1), 4)
    wick, rose, fell = ("│", "░", "█") if unicode else ("|", "o", "#")
    for slot, candle in zip(slots, candles, strict=True):
        x, owner = slot * step + step // 2, 0 if candle.rising else 1
        for y in between(height_of(candle.high), height_of(candle.low)):
            canvas.dot(x, y, owner, wick)
        for y in between(height_of(candle.open), height_of(candle.close)):
            canvas.dot(x, y, owner, rose if candle.rising else fell)


def days_of(candle: Candle) -> Fraction:
    """How long its periods are on average, in days: months are counted by the Gregorian year."""
    days = (candle.next_day - candle.first_day).days
    return Fraction(days) if days in {1, 7} else Fraction(146097, 4800) * round(days / 30)
