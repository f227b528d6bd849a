"""Charts as pictures, by Matplotlib; an extra (`fx[plot]`), and this module is imported only where one is drawn.

The same chart gives the same bytes: no date, no chance in the names of an SVG's parts. Colours are given by name of
their use, light and dark; an SVG may hold both and follow the reader's setting.
"""

from __future__ import annotations

import io
import math
import re
import textwrap
import warnings
from collections.abc import Sequence
from datetime import UTC, date, datetime
from html import escape
from itertools import pairwise
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateFormatter, AutoDateLocator, date2num
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.patches import Rectangle
from matplotlib.ticker import Formatter

from fx.exports.charts import Candle, Chart, Line, Point
from fx.exports.rows import clean

__all__ = ["DARK", "LIGHT", "drawn", "figure_of"]

LIGHT = {
    "paper": "#ffffff",
    "ink": "#1f2328",
    "talk": "#59636e",
    "grid": "#d8dee4",
    "0": "#0b62c4",
    "1": "#c2410c",
    "2": "#15803d",
    "3": "#7c3aed",
    "4": "#b4235a",
    "5": "#0e7490",
    "6": "#8a5a00",
    "7": "#4b5563",
}
DARK = {
    "paper": "#0f1419",
    "ink": "#e6edf3",
    "talk": "#9aa4af",
    "grid": "#2f363e",
    "0": "#58a6ff",
    "1": "#ff9e64",
    "2": "#56d364",
    "3": "#bc8cff",
    "4": "#ff7eb6",
    "5": "#4fd1e0",
    "6": "#e3b341",
    "7": "#b8c0c8",
}
"""The numbered ones are for lines; each has a contrast of 4.5 or more to its paper."""
INCHES = (9, 5)
DOTS_AN_INCH = 150
BAND, BAND_ON_DARK = 0.22, 0.36
"""How opaque a band is; the same would hardly be seen on dark paper."""
ROOM = 0.05
"""Above and below the figures, as a share of their span."""
MARKED = 60
"""A line of so few points shows each of them as a dot."""
MANY, THICK, THIN = 120, 1.2, 0.5
"""More candles than these are outlined finely, or they would run into one another."""
WIDTH_OF_CAPTION = 132
SETTINGS: dict[Any, Any] = {
    "font.family": ["DejaVu Sans"],  # comes with Matplotlib: the same picture on every machine
    "font.size": 10,
    "svg.fonttype": "none",  # text stays text
    "svg.hashsalt": "fx",
    "text.parse_math": False,  # a dollar sign is no formula
    "axes.unicode_minus": False,
}


def drawn(chart: Chart, kind: str, theme: str) -> bytes:
    """A chart as the bytes of a ``png``, ``svg`` or ``html`` file; ``both`` themes only in the latter two."""
    colours = DARK if theme == "dark" else LIGHT
    with mpl.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")  # the names of sources may be in any script
        mpl.rcdefaults()
        mpl.rcParams.update(SETTINGS)
        figure = figure_of(chart, colours)
        out = io.BytesIO()
        if kind == "png":
            figure.savefig(out, format="png", dpi=DOTS_AN_INCH, metadata={"Software": None})
            return out.getvalue()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Title": clean(chart.title)})
    svg = styled(out.getvalue().decode("utf-8"), theme)
    return (page_of(chart, svg, theme) if kind == "html" else svg).encode("utf-8")


def figure_of(chart: Chart, colours: dict[str, str] = LIGHT) -> Figure:
    """The figure: lines with their bands, or candles, with axes, title and caption; what `drawn` saves."""
    figure = Figure(figsize=INCHES, layout=ConstrainedLayoutEngine(w_pad=0.14, h_pad=0.1), facecolor=colours["paper"])
    axes = figure.add_subplot(facecolor=colours["paper"])
    if chart.candles:
        for candle in chart.candles:
            draw_candle(axes, candle, colours, THICK if len(chart.candles) <= MANY else THIN)
        axes.autoscale_view()  # patches alone do not
    else:
        for number, line in enumerate(chart.lines):
            draw_line(axes, line, colours[str(number)], opacity(colours))
    bottom, top = map(float, chart.limits)
    if bottom == top:  # they differ by less than a float can tell
        bottom, top = bottom * 0.9, top * 1.1
    axes.set_ylim(bottom - (top - bottom) * ROOM, top + (top - bottom) * ROOM)
    first, last = chart.span
    if first == last and not chart.candles:  # Matplotlib would show years around it
        axes.set_xlim(day_number(first.day) - 3, day_number(first.day) + 4)
    dress(axes, chart, colours)
    figure.suptitle(
        clean(chart.title), x=0.015, ha="left", fontsize=13, fontweight="bold", color=colours["ink"], wrap=True
    )
    caption = "\n".join(textwrap.wrap(clean(chart.caption + note_of(chart)), WIDTH_OF_CAPTION))
    figure.supxlabel(caption, x=0.015, ha="left", fontsize=8.5, color=colours["talk"])
    return figure


def note_of(chart: Chart) -> str:
    """How to read the marks, for the caption."""
    if chart.candles:
        return "; hollow rose, filled fell; shaded: what the printed digits leave open"
    return "; shaded: what the printed digits leave open"


def draw_line(axes: Axes, line: Line, colour: str, band: float) -> None:
    """A line in steps, parted at holes, over its band; a point that stands alone shows its interval as a bar."""
    times: list[float] = []
    values: list[float] = []
    lows: list[float] = []
    highs: list[float] = []
    for run in line.runs:
        if times:
            times.append(times[-1])
            for column in (values, lows, highs):
                column.append(float("nan"))
        times += [time_of(point) for point in run]
        values += [float(point.value) for point in run]
        lows += [float(point.low) for point in run]
        highs += [float(point.high) for point in run]
        if len(run) == 1:
            axes.vlines(times[-1], lows[-1], highs[-1], color=colour, alpha=band, linewidth=7)
            axes.plot(times[-1:], values[-1:], "o", color=colour, markersize=3.5, label="_alone")
    axes.fill_between(times, lows, highs, step="post", color=colour, alpha=band, linewidth=0)
    few = len(line.points) <= MARKED
    axes.plot(
        times,
        values,
        color=colour,
        linewidth=1.8 if few else 1.1,
        drawstyle="steps-post",
        marker="o" if few else None,
        markersize=4,
        solid_joinstyle="round",
        label=clean(line.label),
    )


def opacity(colours: dict[str, str]) -> float:
    """How opaque bands are on this paper."""
    return BAND_ON_DARK if colours is DARK else BAND


def draw_candle(axes: Axes, candle: Candle, colours: dict[str, str], thickness: float) -> None:
    """A candle over its period, hollow where it rose, with the interval that its quotes leave open as a broad wick."""
    start, end = day_number(candle.first_day), day_number(candle.next_day)
    middle, width = (start + end) / 2, (end - start) * 0.66
    colour = colours["0" if candle.rising else "1"]
    axes.add_patch(
        Rectangle(
            (middle - width / 5, float(candle.low_bound)),
            width * 2 / 5,
            float(candle.high_bound - candle.low_bound),
            facecolor=colour,
            alpha=opacity(colours),
            linewidth=0,
        )
    )
    axes.vlines(middle, float(candle.low), float(candle.high), color=colour, linewidth=thickness, zorder=2)
    bottom, top = sorted((float(candle.open), float(candle.close)))
    axes.add_patch(
        Rectangle(
            (middle - width / 2, bottom),
            width,
            top - bottom,
            facecolor=colours["paper"] if candle.rising else colour,
            edgecolor=colour,
            linewidth=thickness,
            zorder=3,
        )
    )


def dress(axes: Axes, chart: Chart, colours: dict[str, str]) -> None:
    """Axes with dates and units, a faint grid, and a legend where there are several lines."""
    locator = AutoDateLocator(tz=UTC, minticks=4, maxticks=9, interval_multiples=True)  # type: ignore[no-untyped-call]
    formatter = AutoDateFormatter(locator, tz=UTC)  # type: ignore[no-untyped-call]
    formatter.scaled = {366: "%Y", 31: "%Y-%m", 1: "%Y-%m-%d", 1 / 24: "%m-%d %H:%M", 1 / 1440: "%H:%M"}
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(formatter)
    axes.yaxis.set_major_formatter(PlainFormatter())
    axes.set_xlabel(f"date ({clean(chart.zone)})", color=colours["talk"])
    axes.set_ylabel(chart.unit, color=colours["ink"])
    axes.grid(color=colours["grid"], linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(colors=colours["talk"], length=3)
    for side, spine in axes.spines.items():
        spine.set_visible(side in {"left", "bottom"})
        spine.set_color(colours["talk"])
    if len(chart.lines) > 1:
        axes.legend(
            loc="lower left",
            bbox_to_anchor=(0, 1),
            ncols=4 if max(len(line.label) for line in chart.lines) < 16 else 2,
            frameon=False,
            labelcolor=colours["ink"],
            borderaxespad=0.2,
            handlelength=1.4,
        )


class PlainFormatter(Formatter):
    """Numbers on an axis: no exponent, thousands apart, all with the same number of decimals.

    >>> PlainFormatter().format_ticks([0.00008, 0.000085]), PlainFormatter().format_ticks([12500.0, 0.1 + 0.2])
    (['0.000080', '0.000085'], ['12,500.0', '0.3'])
    >>> PlainFormatter().format_ticks([1.2e-17, 1.25e-17])
    ['0.0000000000000000120', '0.0000000000000000125']
    """

    def __call__(self, value: float, pos: int | None = None) -> str:  # noqa: ARG002 (the name is Matplotlib's)
        """One number by itself."""
        return self.format_ticks([value])[0]

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        """All numbers of an axis."""
        steps = [abs(after - before) for before, after in pairwise(values) if after != before]
        step = min(steps or [abs(value) for value in values if value], default=1)
        most = max(12, 2 - math.floor(math.log10(step)))  # a tiny currency in a large one
        texts = [f"{value:,.{most}f}".rstrip("0") for value in values]
        places = max((len(text.partition(".")[2]) for text in texts), default=0)
        return [f"{round(value, most) or 0:,.{places}f}" for value in values]


def time_of(point: Point) -> float:
    """Where a point stands on the axis: a day at its first instant."""
    return float(date2num(point.moment.start))  # type: ignore[no-untyped-call]


def day_number(day: date) -> float:
    """Where a day begins on the axis."""
    return float(date2num(datetime(day.year, day.month, day.day, tzinfo=UTC)))  # type: ignore[no-untyped-call]


def styled(svg: str, theme: str) -> str:
    """The SVG with its style: fonts that most machines have, and for ``both`` the dark colours where they are wished.

    Each colour has one use, so that a rule for the colour is one for the use; what knows no such rules shows it light.
    """
    svg = re.sub(r' d="[^"]*"', lambda match: re.sub(r"\d+\.\d{3,}", two_places, match[0]), svg)
    svg = svg.replace("'DejaVu Sans'", "'DejaVu Sans', Verdana, sans-serif")
    if theme != "both":
        return svg
    rules = "".join(
        f'[style*="{what}: {LIGHT[use]}"]{{{what}:{DARK[use]}!important}}'
        for use in LIGHT
        for what in ("fill", "stroke")
    )
    for what in ("fill-opacity", "stroke-opacity"):
        rules += f'[style*="{what}: {BAND}"]{{{what}:{BAND_ON_DARK}!important}}'
    style = f'<style type="text/css">@media (prefers-color-scheme: dark){{{rules}}}</style>'
    return re.sub(r"(<svg\b[^>]*>)", lambda match: match[1] + "\n " + style, svg, count=1)


def two_places(number: re.Match[str]) -> str:
    """A length in a path to a hundredth of a point, which is finer than the eye and a third as long."""
    return f"{float(number[0]):.2f}"


def page_of(chart: Chart, svg: str, theme: str) -> str:
    """An HTML page that holds the SVG and needs nothing else."""
    inline = svg[svg.index("<svg") :].replace("<svg", f'<svg role="img" aria-label="{escape(clean(chart.title))}"', 1)
    dark = f"@media (prefers-color-scheme: dark){{body{{background:{DARK['paper']}}}}}" if theme == "both" else ""
    paper = (DARK if theme == "dark" else LIGHT)["paper"]
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(clean(chart.title))}</title>\n"
        f"<style>body{{margin:1rem;background:{paper}}}svg{{display:block;margin:auto;width:100%;height:auto;"
        f"max-width:72rem}}{dark}</style>\n</head>\n<body>\n{inline}</body>\n</html>\n"
    )
