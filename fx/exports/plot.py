"""A chart of pairs in time: as a file (PNG, SVG, HTML) or as text for a terminal, for library and command alike."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from fx.beside import written_beside
from fx.currencies import Pair
from fx.errors import UsageError
from fx.exports.charts import Chart, chart_of
from fx.series import zone_of
from fx.store import Store

if TYPE_CHECKING:
    from fx.store.ways import Asked

__all__ = ["KINDS", "THEMES", "chart", "plot", "render"]

KINDS = ("png", "svg", "html")
THEMES = ("light", "dark", "both")
QUIET = logging.NullHandler()


def plot(
    store: Store,
    pairs: str | Pair | Sequence[str | Pair],
    output: str | Path,
    *,
    every: str | None = None,
    ohlc: bool = False,
    indexed: bool = False,
    theme: str | None = None,
    **asked: Unpack[Asked],
) -> Chart:
    """Draw pairs in time into a file, whose name says the kind: ``.png``, ``.svg`` or ``.html``; gives what was drawn.

    A quote holds until the next: lines go in steps, end where quotes are missing for long, and lie over the band that
    the printed digits leave open. Several pairs are ``indexed``: 100 on the first day on which all of them have a
    quote. Each source has a line of its own. A pair that nobody quotes so is turned over or crossed; ``asked`` (since,
    until, source, via, tolerance, tz) is what `Store.observations` takes. ``every`` (day, week, month, quarter, year)
    takes the last quote of each period, ``ohlc`` makes candles of them. ``theme`` is light, dark or both (SVG and
    HTML then follow the reader's setting, and do so by default). Needs Matplotlib (`fx[plot]`). Raises `UsageError`,
    `NoQuotes`, `UnknownCurrency` or OSError.
    """
    kind = kind_of(output)
    if theme is not None and theme not in THEMES:
        raise UsageError(f"{theme[:40]!r} is no theme: take one of {', '.join(THEMES)}", theme=theme[:40])
    if kind == "png" and theme == "both":
        raise UsageError("a PNG has one theme: take --theme light or dark, or write .svg or .html for both")
    found = chart(store, pairs, every=every, ohlc=ohlc, indexed=indexed, **asked)
    data = render(found, kind, theme)
    with written_beside(output) as out:
        out.write(data)
    return found


def chart(
    store: Store,
    pairs: str | Pair | Sequence[str | Pair],
    *,
    every: str | None = None,
    ohlc: bool = False,
    indexed: bool = False,
    **asked: Unpack[Asked],
) -> Chart:
    """What `plot` would draw, without drawing it."""
    wanted = [Pair.parse(each) for each in ([pairs] if isinstance(pairs, str | Pair) else pairs)]
    if not wanted:
        raise UsageError("there is nothing to plot: name a pair such as KZT/USD")
    zone = asked.get("tz")
    if asked.get("since") is None and asked.get("until") is None:
        asked = {**asked, "tz": None}  # of the axis and the periods alone
    found = {pair: store.observations(pair, **asked) for pair in wanted}
    return chart_of(found, every=every, ohlc=ohlc, indexed=indexed, zone=zone_of(zone))


def render(chart: Chart, kind: str, theme: str | None = None) -> bytes:
    """A chart as the bytes of a file of this kind; raises `UsageError` where Matplotlib is missing."""
    # It talks of its font cache where nobody listens to its logger; whoever does listen still hears it.
    logging.getLogger("matplotlib").addHandler(QUIET)
    try:
        from fx.exports.pictures import drawn  # noqa: PLC0415 (an extra)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "matplotlib":
            raise
        raise UsageError(
            "a picture needs Matplotlib: install it with pip install 'fx[plot]', or leave out -o for a chart in text"
        ) from None
    return drawn(chart, kind, theme or ("light" if kind == "png" else "both"))


def kind_of(output: str | Path) -> str:
    """The kind of file that a name asks for; raises `UsageError` for another.

    >>> kind_of("chart.SVG")
    'svg'
    """
    kind = Path(output).suffix.lower().removeprefix(".")
    kind = {"htm": "html"}.get(kind, kind)
    if kind not in KINDS:
        raise UsageError(f"{Path(output).name[:60]!r} names no kind of picture: let it end in .png, .svg or .html")
    return kind
