"""What a chart shows, before anything is drawn: points with their bounds, periods, holes and words; exact, no library.

A quote holds until the next one, so a line goes in steps. Quotes of several sources are never joined: each source has
a line of its own, since what two of them say of one day differs without anything having changed. Periods, and what is
observed of a pair that nobody quotes so, are those of `fx.series`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, tzinfo
from fractions import Fraction
from itertools import pairwise
from statistics import median_high

from fx.currencies import Pair
from fx.errors import NoQuotes, UsageError
from fx.exact import grouped, half_even, to_significant
from fx.exports.series import places_of
from fx.moments import Moment
from fx.rates import Rate
from fx.series import EVERY, Observation, checked, first_day, following
from fx.whole import ORDINALS_A_DAY

__all__ = ["MOST_LINES", "Candle", "Chart", "Line", "Point", "chart_of"]

MOST_LINES = 8
"""As many as there are colours that people tell apart."""
RHYTHMS_OF_A_HOLE = 5
DAYS_OF_A_HOLE = 10
"""A daily series pauses for up to so many days over holidays (Golden Week, Nowruz) without having stopped."""
FIGURES_OF_AN_INDEX = 5
PAIRS_IN_A_TITLE = 4


@dataclass(frozen=True, slots=True)
class Point:
    """A figure, when it was observed, and the interval that its printed digits leave open."""

    moment: Moment
    value: Fraction
    low: Fraction
    high: Fraction
    text: str


@dataclass(frozen=True, slots=True)
class Candle:
    """The quotes of one period: first, highest, lowest and last, and the interval that all of them leave open."""

    first_day: date
    next_day: date
    open: Fraction
    high: Fraction
    low: Fraction
    close: Fraction
    low_bound: Fraction
    high_bound: Fraction
    text: str

    @property
    def rising(self) -> bool:
        """Whether it closed no lower than it opened."""
        return self.close >= self.open


@dataclass(frozen=True, slots=True)
class Line:
    """What one source said of one pair, in time; ``way`` says how a pair came about that nobody quotes so."""

    pair: Pair
    source: str | None
    points: tuple[Point, ...]
    label: str = ""
    way: str = ""
    sources: tuple[str, ...] = ()

    @property
    def runs(self) -> list[tuple[Point, ...]]:
        """The points, parted where the series has a hole; see `longest_step`."""
        longest = longest_step(self.points)
        starts = [
            number
            for number, (point, following) in enumerate(pairwise(self.points), 1)
            if following.moment.ordinal - point.moment.ordinal > longest
        ]
        return [self.points[start:end] for start, end in pairwise([0, *starts, len(self.points)])]


@dataclass(frozen=True, slots=True)
class Chart:
    """All that a picture says: lines or candles, and the words around them."""

    title: str
    unit: str
    caption: str
    lines: tuple[Line, ...]
    candles: tuple[Candle, ...] = ()
    zone: str = "UTC"

    @property
    def span(self) -> tuple[Moment, Moment]:
        """The first and the last moment."""
        moments = [point.moment for line in self.lines for point in (line.points[0], line.points[-1])]
        return min(moments), max(moments)

    @property
    def limits(self) -> tuple[Fraction, Fraction]:
        """The lowest and highest figure to show, bounds with them, and never the same.

        One bound in a hundred may lie outside: a source that leaves out zeros at the end (``1`` among four-digit
        figures) would press all the rest into a corner by a band that is one day wide.
        """
        spans = [
            limits_of([point.value for point in line.points], bounds)
            for line in self.lines
            for bounds in ([point.low for point in line.points], [point.high for point in line.points])
        ]
        bottom, top = min(low for low, _ in spans), max(high for _, high in spans)
        if bottom == top:
            bottom, top = bottom * 9 / 10, top * 11 / 10
        return bottom, top


def limits_of(values: Sequence[Fraction], bounds: Sequence[Fraction]) -> tuple[Fraction, Fraction]:
    """The lowest and the highest of all values, and of their bounds but for one in a hundred at either end."""
    few, ordered = len(bounds) // 100, sorted(bounds)
    return min(*values, ordered[few]), max(*values, ordered[-1 - few])


def longest_step(points: Sequence[Point]) -> int:
    """The longest time between two points across which a line is drawn, in ordinals of `Moment`.

    Five times the usual (median) step; for series of days at least ten days, as holidays are no holes.

    >>> day = lambda text: Point(Moment.parse(text), Fraction(1), Fraction(1), Fraction(1), "1")
    >>> longest_step([day("2024-12-14"), day("2024-12-15")]) // ORDINALS_A_DAY
    10
    """
    steps = [after.moment.ordinal - before.moment.ordinal for before, after in pairwise(points)]
    usual = median_high(steps) if steps else 0
    by_day = usual >= ORDINALS_A_DAY // 2
    return max(RHYTHMS_OF_A_HOLE * usual, DAYS_OF_A_HOLE * ORDINALS_A_DAY if by_day else 0)


def chart_of(
    observations: Mapping[Pair, Sequence[Observation]],
    *,
    every: str | None = None,
    ohlc: bool = False,
    indexed: bool = False,
    zone: tzinfo = UTC,
) -> Chart:
    """The chart of one pair or several; several are indexed, since their figures share no axis.

    ``every`` takes the last quote of each period, at its own moment; ``ohlc`` makes candles of the periods; ``zone`` is
    that in which instants fall on days. Raises `UsageError` for what one picture cannot show, and `NoQuotes` where a
    pair has none.

    >>> from decimal import Decimal
    >>> from fx.quotes import Quote
    >>> from fx.series import observed
    >>> pair = Pair.parse("KZT/USD")
    >>> def quoted(day, rate):
    ...     day, rate = Moment.parse(day), Decimal(rate)
    ...     return Quote(pair.base, pair.counter, rate, None, None, None, day, "given", "timesca", "page", 1)
    >>> said = [quoted("2024-12-14", "0.00190"), quoted("2024-12-15", "0.00191")]
    >>> chart = chart_of({pair: list(observed((pair.base, pair.counter), [said], 0))})
    >>> chart.title, chart.unit, chart.caption
    ('KZT/USD: 0.00191 on 2024-12-15', 'USD for one KZT', 'source: timesca; 2024-12-14 to 2024-12-15; 2 quotes')
    """
    if every is not None:
        checked(every, EVERY, "every")
    for pair, said in observations.items():
        if not said:
            raise NoQuotes(f"no quote of {pair} was found: 'fx pairs' lists what there is", pair=str(pair))
    lines = [line for pair, said in observations.items() for line in lines_of(pair, said, zone)]
    if ohlc:
        check_candles(len(observations), lines, indexed=indexed)
        candles = tuple(candles_of(lines[0].points, every or "day"))
        return replace(words_around([lines[0]], f" by {every or 'day'}", candles=candles), zone=str(zone))
    chosen = f", the last of each {every}" if every else ""
    if every:
        lines = [replace(line, points=tuple(last_of_each(line.points, every))) for line in lines]
    if len(lines) > MOST_LINES:
        raise UsageError(
            f"{len(lines)} lines cannot be told apart, {MOST_LINES} can: name fewer pairs, or one source by --source"
        )
    day = None
    if indexed or len(observations) > 1:
        day = max(line.points[0].moment.day for line in lines)
        lines = [indexed_from(line, day) for line in lines]
    return replace(words_around(lines, chosen, base_day=day), zone=str(zone))


def lines_of(pair: Pair, observations: Iterable[Observation], zone: tzinfo) -> list[Line]:
    """A line for each source, by their names; of a cross, which is told by its legs, one."""
    named: dict[str | None, list[Observation]] = {}
    for each in observations:
        named.setdefault(None if each.quote is None else each.source or "", []).append(each)
    lines = []
    for name, said in sorted(named.items(), key=lambda item: item[0] or ""):
        sources = {leg.quote.source or "not named" for each in said for leg in each.rate.legs}
        points = tuple(point_of(each, zone) for each in said)
        lines.append(Line(pair, name or None, points, way=way_of(said[-1].rate), sources=tuple(sorted(sources))))
    return lines


def way_of(rate: Rate) -> str:
    """How a rate that nobody published so came about; nothing for one that was."""
    if rate.kind != "cross":
        return "" if rate.kind == "quoted" else rate.kind
    over = [leg.quote.base if leg.inverted else leg.quote.counter for leg in rate.legs[:-1]]
    return f"cross over {', '.join(over)}"


def point_of(each: Observation, zone: tzinfo) -> Point:
    """An observation as a point, figures as published; an instant stands at the time on the wall of its zone."""
    moment = each.moment
    if zone is not UTC and not moment.whole_day:
        moment = Moment.of_instant(moment.start.astimezone(zone).replace(tzinfo=UTC))
    return Point(moment, each.rate.value, *each.rate.bounds, figure_text(each))


def figure_text(each: Observation) -> str:
    """The figure as published or in the middle of two sides; one that nobody published to the digits that count."""
    value, quote = each.rate.value, each.quote
    if quote is None or each.rate.kind != "quoted":
        return grouped(half_even(value, places_of([(value, each.rate.bounds)])[0]))
    return grouped(quote.rate if quote.rate is not None else to_significant(value, 8))


def check_candles(pairs: int, lines: Sequence[Line], *, indexed: bool) -> None:
    """Refuse candles of what is not one series."""
    if pairs > 1 or indexed:
        raise UsageError("candles show one pair in its own figures: name one, without --indexed, or leave out --ohlc")
    if len(lines) > 1:
        names = ", ".join(line.source or "no source" for line in lines)
        raise UsageError(
            f"{lines[0].pair} has {len(lines)} sources ({names}), and a candle would show how they differ: "
            "take one by --source"
        )


def periods(points: Iterable[Point], every: str) -> list[tuple[date, list[Point]]]:
    """The points of each period that has any, by its first day."""
    found: dict[date, list[Point]] = {}
    for point in points:  # clocks that go back may show one day twice
        found.setdefault(first_day(point.moment.day, every), []).append(point)
    return sorted(found.items())


def last_of_each(points: Iterable[Point], every: str) -> list[Point]:
    """The last point of each period."""
    return [within[-1] for _, within in periods(points, every)]


def candles_of(points: Iterable[Point], every: str) -> Iterable[Candle]:
    """A candle for each period that has a point."""
    for day, within in periods(points, every):
        yield Candle(
            first_day=day,
            next_day=following(day, every) or date.max,
            open=within[0].value,
            high=max(point.value for point in within),
            low=min(point.value for point in within),
            close=within[-1].value,
            low_bound=min(point.low for point in within),
            high_bound=max(point.high for point in within),
            text=within[-1].text,
        )


def indexed_from(line: Line, day: date) -> Line:
    """A line from the quote on that held on a day, which is made 100; bounds are set in proportion."""
    start = bisect_right([point.moment.ordinal for point in line.points], Moment.of_day(day).last_ordinal) - 1
    base = line.points[start].value
    scaled = [
        replace(
            point,
            value=100 * point.value / base,
            low=100 * point.low / base,
            high=100 * point.high / base,
            text=grouped(to_significant(100 * point.value / base, FIGURES_OF_AN_INDEX)),
        )
        for point in line.points[start:]
    ]
    return replace(line, points=tuple(scaled))


def words_around(
    lines: Sequence[Line], chosen: str, *, base_day: date | None = None, candles: tuple[Candle, ...] = ()
) -> Chart:
    """The chart with its title, the unit of its figures, and a caption of sources and span."""
    pairs = list(dict.fromkeys(str(line.pair) for line in lines))
    sources = list(dict.fromkeys(source for line in lines for source in line.sources))
    several = len(sources) > 1
    count = sum(len(line.points) for line in lines)
    published = len({line.source for line in lines if not line.way.startswith("cross")})
    labelled = tuple(replace(line, label=label_of(line, pairs=len(pairs), sources=published)) for line in lines)
    chart = Chart("", "", "", labelled, candles)
    first, last = chart.span
    newest = max((line.points[-1] for line in lines), key=lambda point: point.moment)
    if base_day is not None:
        named = ", ".join(pairs) if len(pairs) <= PAIRS_IN_A_TITLE else f"{len(pairs)} pairs"
        title, unit = f"{named}, {base_day} = 100", f"index, {base_day} = 100"
    else:
        pair = lines[0].pair
        title, unit = f"{pair}", f"{pair.counter} for one {pair.base}"
        if len(lines) == 1:
            title += f": {newest.text} on {newest.moment.day}"
    source = f"source{'s' if several else ''}: {', '.join(sources)}"
    span = f"{first.day} to {last.day}" if first.day != last.day else str(first.day)
    ways = dict.fromkeys(f"{line.pair} {line.way}" if len(pairs) > 1 else line.way for line in lines if line.way)
    what = "cross rate" if all(line.way.startswith("cross") for line in lines) else "quote"
    parts = [source, *ways, span, f"{count:,} {what}{'' if count == 1 else 's'}{chosen}"]
    caption = "; ".join(parts)
    return replace(chart, title=title, unit=unit, caption=caption)


def label_of(line: Line, *, pairs: int, sources: int) -> str:
    """What a line is called: its pair, its source where there are several, or both.

    >>> label_of(Line(Pair.parse("KZT/USD"), "timesca", ()), pairs=2, sources=2)
    'KZT/USD (timesca)'
    """
    source = line.source or line.way or "no source named"
    if sources > 1:
        return f"{line.pair} ({source})" if pairs > 1 else source
    return str(line.pair)
