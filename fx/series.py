"""Observations in time: of a pair as quoted, turned over or crossed, one by one or gathered into periods.

Pure and exact: everything is a `Fraction` until it is written. What counts:

* An observation is a quote, the inverse of one, or a cross: the product of the newest quotes of its legs at a moment at
  which one of them was observed, if none is older than a tolerance (whole days). One cross a moment.
* A whole day belongs to its day in every zone; an instant to the day that it falls on in the zone asked for.
* Within a period observations stand by day, a whole day before the instants of that day, instants by moment. Of one
  moment the source that counts stands last: the one named first, else the first in the alphabet.
* A period is named by its first day; weeks begin on Monday (ISO 8601). Where nothing was observed there is no period,
  unless the last close is to be carried forward, and then the period says so.
* The bounds are those of the close: the interval that the digits published last leave.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from fractions import Fraction
from itertools import groupby, pairwise
from typing import TypeVar

from fx.currencies import Currency
from fx.errors import UsageError
from fx.exact import shown
from fx.moments import Moment
from fx.quotes import Quote
from fx.rates import Kind, Leg, Rate
from fx.whole import EVER, ORDINALS_A_DAY

__all__ = [
    "EVERY",
    "FILLS",
    "WHOLE",
    "Candle",
    "Observation",
    "Piece",
    "Ratio",
    "Span",
    "candles",
    "carried_forward",
    "checked",
    "day_in",
    "first_day",
    "following",
    "joined",
    "midnight",
    "observed",
    "piece_of",
    "refuse_idle_fill",
    "together",
    "zone_of",
]

EVERY = ("day", "week", "month", "quarter", "year")
"""The lengths of a period."""
FILLS = ("none", "previous")
"""What to do where nothing was observed."""
MONTHS = {"month": 1, "quarter": 3, "year": 12}
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Observation:
    """A rate with the moment of its newest leg, at which it was observed."""

    moment: Moment
    rate: Rate

    @property
    def quote(self) -> Quote | None:
        """The one quote behind it; None for a cross."""
        return self.rate.legs[0].quote if len(self.rate.legs) == 1 else None

    @property
    def age_days(self) -> int:
        """Whole days from the oldest leg to the moment: 0 for what is no cross."""
        oldest = self.rate.observed_at
        return 0 if oldest is None else oldest.days_until(self.moment)

    @property
    def source(self) -> str | None:
        """Who published it; None where that is not one and the same for all legs."""
        sources = {leg.quote.source for leg in self.rate.legs}
        return sources.pop() if len(sources) == 1 else None


Ratio = tuple[int, int]
"""A numerator and a denominator above 0, not reduced: half of a fraction's cost is to reduce it."""


@dataclass(frozen=True, slots=True, eq=False)
class Candle:
    """One period of a pair: the first, highest, lowest and last rate observed, their mean, and how many there were.

    A period that is ``filled`` has no observation: its close and bounds are those of the period before it, its open,
    high, low and mean are None, its count is 0. Figures are kept as ratios, and made fractions when they are asked for.
    """

    period: date
    ends: tuple[Ratio, Ratio]
    reach: tuple[Ratio, Ratio]
    bounds: tuple[Ratio, Ratio]
    total: Ratio
    count: int
    kind: Kind
    opened: tuple[Ratio, Ratio] | None = None
    """The interval of the open, which tells to how many digits it was published."""

    @property
    def ratios(self) -> dict[str, Ratio | None]:
        """Its figures by name, not reduced."""
        (opened, closed), (low, high), (low_bound, high_bound) = self.ends, self.reach, self.bounds
        total, unit = self.total
        if not self.count:
            none = dict.fromkeys(("open", "high", "low", "mean"))
            return none | {"close": closed, "low_bound": low_bound, "high_bound": high_bound}
        return {
            "open": opened,
            "high": high,
            "low": low,
            "close": closed,
            "mean": (total, unit * self.count),
            "low_bound": low_bound,
            "high_bound": high_bound,
        }

    @property
    def open(self) -> Fraction | None:
        """The first rate of the period; None if it is filled."""
        return fraction_of(self.ratios["open"])

    @property
    def high(self) -> Fraction | None:
        """The highest rate of the period; None if it is filled."""
        return fraction_of(self.ratios["high"])

    @property
    def low(self) -> Fraction | None:
        """The lowest rate of the period; None if it is filled."""
        return fraction_of(self.ratios["low"])

    @property
    def mean(self) -> Fraction | None:
        """The sum of all rates of the period by their number; None if it is filled."""
        return fraction_of(self.ratios["mean"])

    @property
    def close(self) -> Fraction:
        """The last rate of the period, or of the one before it that was not filled."""
        return Fraction(*self.ends[1])

    @property
    def low_bound(self) -> Fraction:
        """The lower end of the interval of the close."""
        return Fraction(*self.bounds[0])

    @property
    def high_bound(self) -> Fraction:
        """The upper end of the interval of the close."""
        return Fraction(*self.bounds[1])

    @property
    def open_bounds(self) -> tuple[Fraction, Fraction] | None:
        """The interval of the open; None if the period is filled."""
        return None if self.opened is None or not self.count else (Fraction(*self.opened[0]), Fraction(*self.opened[1]))

    @property
    def filled(self) -> bool:
        """Whether nothing was observed in the period."""
        return not self.count

    @property
    def told(self) -> tuple[object, ...]:
        """All that it says, by which candles are compared."""
        figures = (self.open, self.high, self.low, self.close, self.mean, self.low_bound, self.high_bound)
        return (self.period, *figures, self.open_bounds, self.count, self.kind)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Candle) and self.told == other.told

    def __hash__(self) -> int:
        return hash(self.told)


def fraction_of(ratio: Ratio | None) -> Fraction | None:
    """A ratio as an exact number, None for none.

    >>> fraction_of((2, 4)), fraction_of(None)
    (Fraction(1, 2), None)
    """
    return None if ratio is None else Fraction(*ratio)


# Periods -------------------------------------------------------------------------------------------------------------


def checked(word: str, words: Sequence[str], name: str) -> str:
    """One of a few words; raises `UsageError` with all of them.

    >>> checked("day", EVERY, "every")
    'day'
    """
    if word not in words:
        raise UsageError(f"{shown(str(word))} is nothing that --{name} takes: take one of {', '.join(words)}")
    return word


def refuse_idle_fill(fill: str) -> None:
    """Raise `UsageError` for a way to fill gaps where there are no periods.

    >>> refuse_idle_fill("none")
    """
    if checked(fill, FILLS, "fill") != "none":
        raise UsageError("single observations leave no gaps to fill: say --every day, week, month, quarter or year")


def zone_of(name: str | tzinfo | None) -> tzinfo:
    """A time zone by its name in the IANA database, UTC for none; raises `UsageError`.

    >>> str(zone_of("Asia/Almaty")), zone_of(None) is UTC
    ('Asia/Almaty', True)
    """
    if name is None or (isinstance(name, str) and name.upper() in {"UTC", "Z"}):
        return UTC
    if isinstance(name, tzinfo):
        return name
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # noqa: PLC0415 (few ask for a zone)

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError(f"{shown(str(name))} is no time zone: write one such as Asia/Almaty or UTC") from None


def day_in(zone: tzinfo, moment: Moment) -> date:
    """The day a moment belongs to: a whole day is itself everywhere, an instant is on the day of its zone.

    >>> from zoneinfo import ZoneInfo
    >>> [str(day_in(ZoneInfo("Asia/Almaty"), Moment.parse(when))) for when in ("2024-12-14", "2024-12-14T20:00Z")]
    ['2024-12-14', '2024-12-15']
    """
    if zone is UTC or moment.whole_day:
        return moment.day
    try:
        return moment.start.astimezone(zone).date()
    except OverflowError:  # the first and last day of the calendar have no neighbour to fall on
        return moment.day


def first_day(day: date, every: str) -> date:
    """The first day of the period that a day lies in, by which the period is named.

    >>> [str(first_day(date(2024, 12, 14), every)) for every in EVERY]
    ['2024-12-14', '2024-12-09', '2024-12-01', '2024-10-01', '2024-01-01']
    """
    if every == "day":
        return day
    if every == "week":
        return date.fromordinal(max(day.toordinal() - day.weekday(), 1))
    months = MONTHS[every]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def midnight(day: date, zone: tzinfo) -> int | None:
    """The ordinal of the first instant of a day; None where it has two, as its clock goes back over midnight.

    >>> from zoneinfo import ZoneInfo
    >>> Moment(midnight(date(2024, 12, 14), ZoneInfo("Asia/Almaty"))).start.isoformat()
    '2024-12-13T19:00:00+00:00'
    >>> midnight(date(2006, 10, 29), ZoneInfo("America/St_Johns")) is None
    True
    """
    wall = datetime(day.year, day.month, day.day, tzinfo=zone)
    before, after = wall.utcoffset(), wall.replace(fold=1).utcoffset()
    if before is None or after is None or before > after:
        return None
    return Moment.of_instant(wall).ordinal


def following(first: date, every: str) -> date | None:
    """The first day of the next period; None at the end of the calendar.

    >>> [str(following(date(2024, 10, 1), every)) for every in ("day", "month", "quarter", "year")]
    ['2024-10-02', '2024-11-01', '2025-01-01', '2025-10-01']
    """
    try:
        if every in {"day", "week"}:
            return first + timedelta(days=7 if every == "week" else 1)
        years, month = divmod(first.month - 1 + MONTHS[every], 12)
        return date(first.year + years, month + 1, 1)
    except (OverflowError, ValueError):
        return None


@dataclass(frozen=True, slots=True)
class Span:
    """From a day or moment to another, both included, their days being those of a zone; None is without end."""

    since: Moment | None = None
    until: Moment | None = None
    zone: tzinfo = UTC

    @property
    def ordinals(self) -> tuple[int, int]:
        """The first and last ordinal that may lie within; only `holds` knows where the zone is not UTC."""
        margin = 0 if self.zone is UTC else ORDINALS_A_DAY  # no zone is a day away from UTC
        return (
            -EVER if self.since is None else self.since.ordinal - margin,
            EVER if self.until is None else self.until.last_ordinal + margin,
        )

    def holds(self, moment: Moment) -> bool:
        """Whether a moment lies within.

        >>> from zoneinfo import ZoneInfo
        >>> span = Span(Moment.parse("2024-12-15"), None, ZoneInfo("Asia/Almaty"))
        >>> [span.holds(Moment.parse(when)) for when in ("2024-12-14", "2024-12-14T18:00Z", "2024-12-14T20:00Z")]
        [False, False, True]
        """
        since, until = self.since, self.until
        if since is None and until is None:
            return True
        after = since is None or (
            day_in(self.zone, moment) >= since.day if since.whole_day else moment.ordinal >= since.ordinal
        )
        return after and (
            until is None
            or (day_in(self.zone, moment) <= until.day if until.whole_day else moment.ordinal <= until.ordinal)
        )


# Observations --------------------------------------------------------------------------------------------------------


def joined(
    legs: Sequence[Iterable[tuple[int, Item]]], tolerance: int, lasting: Collection[int] = ()
) -> Iterator[tuple[int, tuple[Item, ...]]]:
    """Legs joined as of: at each moment of any, the newest item of each, if none is older than ``tolerance`` days.

    Moments are ordinals (see `Moment`); of several items of one moment in a leg the last counts. The legs numbered in
    ``lasting`` hold by decree from their moment on: they do not age, and nothing is observed of them, unless there is
    nothing else: then all of them hold from the last of their moments on.

    >>> monday, friday = (Moment.parse(f"2024-12-{day}").ordinal for day in ("09", "13"))
    >>> [items for _, items in joined([[(monday, "a"), (friday, "b")], [(monday, "c")]], tolerance=7)]
    [('a', 'c'), ('b', 'c')]
    >>> [items for _, items in joined([[(monday, "a"), (friday, "b")], [(monday, "c")]], tolerance=3)]
    [('a', 'c')]
    """
    if len(lasting) == len(legs):
        decrees = [list(leg)[-1] for leg in legs]
        yield max(ordinal for ordinal, _ in decrees), tuple(item for _, item in decrees)
        return
    events = [(ordinal, number, item) for number, leg in enumerate(legs) for ordinal, item in leg]
    events.sort(key=lambda event: event[0])
    newest: dict[int, tuple[int, Item]] = {}
    for ordinal, group in groupby(events, key=lambda event: event[0]):
        seen = False
        for _, number, item in group:
            newest[number] = (EVER if number in lasting else ordinal // ORDINALS_A_DAY, item)
            seen = seen or number not in lasting
        if (
            seen
            and len(newest) == len(legs)
            and ordinal // ORDINALS_A_DAY - min(day for day, _ in newest.values()) <= tolerance
        ):
            yield ordinal, tuple(newest[number][1] for number in range(len(legs)))


def observed(path: Sequence[Currency], quotes: Sequence[Iterable[Quote]], tolerance: int) -> Iterator[Observation]:
    """The observations along a path of currencies, given each leg's quotes, in either direction, in order.

    >>> from decimal import Decimal
    >>> usd, kzt = Currency("USD"), Currency("KZT")
    >>> day = Moment.parse("2024-12-14")
    >>> quote = Quote(kzt, usd, Decimal("0.00190"), None, None, None, day, "given", None, "made", 1)
    >>> [(each.rate.kind, each.rate.value) for each in observed((usd, kzt), [[quote]], 0)]
    [('inverse', Fraction(10000, 19))]
    """
    base, counter = path[0], path[-1]
    legs = [
        [Leg(quote, inverted=quote.base != here) for quote in leg]
        for (here, _), leg in zip(pairwise(path), quotes, strict=True)
    ]
    if len(legs) == 1:  # each source's quote is an observation, also where several speak of one moment
        for leg in legs[0]:
            yield Observation(leg.quote.observed_at, Rate(base, counter, (leg,)))
        return
    lasting = [number for number, leg in enumerate(legs) if leg and leg[0].quote.decreed]
    items = [[(leg.quote.observed_at.ordinal, leg) for leg in each] for each in legs]
    for ordinal, found in joined(items, tolerance, lasting):
        yield Observation(Moment(ordinal), Rate(base, counter, found))


# Candles -------------------------------------------------------------------------------------------------------------


WHOLE = 10**100
"""Means are taken of figures to 100 decimals: exactly of what was published, which has fewer.

The inverses of a million figures have a common denominator of millions of digits, of which nobody would read one.
"""


Key = tuple[int, int, int]
"""What orders observations within a period: day, moment, and the rank of the source."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What was observed in a part of a period, with the keys of its first and its last observation."""

    first: Key
    last: Key
    candle: Candle


def together(pieces: Sequence[Piece]) -> Candle:
    """The candle of a period that came in pieces."""
    if len(pieces) == 1:
        return pieces[0].candle
    candles = [piece.candle for piece in pieces]
    first = min(pieces, key=lambda piece: piece.first).candle
    last = max(pieces, key=lambda piece: piece.last).candle
    return Candle(
        last.period,
        (first.ends[0], last.ends[1]),
        (
            min((each.reach[0] for each in candles), key=lambda ratio: Fraction(*ratio)),
            max((each.reach[1] for each in candles), key=lambda ratio: Fraction(*ratio)),
        ),
        last.bounds,
        (sum(each.total[0] * WHOLE // each.total[1] for each in candles), WHOLE),
        sum(each.count for each in candles),
        last.kind,
        first.opened,
    )


def piece_of(period: date, key: Key, value: Fraction, bounds: tuple[Fraction, Fraction], kind: Kind) -> Piece:
    """One observation as a piece of its period."""
    ratio = value.as_integer_ratio()
    total = (ratio[0] * WHOLE // ratio[1], WHOLE)
    ends = (bounds[0].as_integer_ratio(), bounds[1].as_integer_ratio())
    return Piece(key, key, Candle(period, (ratio, ratio), (ratio, ratio), ends, total, 1, kind, ends))


def candles(observations: Iterable[Observation], every: str, zone: tzinfo = UTC) -> list[Candle]:
    """Observations, in order, gathered into periods: the definition, to which the store's quicker way is held.

    >>> candles([], "day")
    []
    """
    pieces: dict[date, list[Piece]] = {}
    for rank, each in enumerate(observations):
        day = day_in(zone, each.moment)
        period = first_day(day, every)
        key = key_of(day, each.moment.ordinal, rank)
        pieces.setdefault(period, []).append(piece_of(period, key, each.rate.value, each.rate.bounds, each.rate.kind))
    return [together(pieces[period]) for period in sorted(pieces)]


def key_of(day: date, ordinal: int, rank: int) -> Key:
    """By day, the whole day before its instants, then by moment and by rank, the source that counts last.

    >>> day = date(2024, 12, 14)
    >>> key_of(day, Moment.of_day(day).ordinal, 1) < key_of(day, Moment.parse("2024-12-13T20:00Z").ordinal, 0)
    True
    """
    return day.toordinal(), ordinal if ordinal & 1 else -EVER, rank


def carried_forward(
    found: Sequence[Candle],
    every: str,
    last: date | None = None,
    before: Candle | None = None,
    first: date | None = None,
) -> Iterator[Candle]:
    """The periods with the gaps between them filled by the close before, up to the period of ``last``.

    The close of ``before``, which is itself left out, is carried into the periods from that of ``first`` on.

    >>> one = ((1, 1), (1, 1))
    >>> days = [Candle(date(2024, 12, day), one, one, one, (1, 1), 1, "quoted") for day in (13, 16)]
    >>> [(each.period.day, each.filled) for each in carried_forward(days, "day", date(2024, 12, 17))]
    [(13, False), (14, True), (15, True), (16, False), (17, True)]
    >>> [(each.period.day, each.filled) for each in carried_forward(days[1:], "day", None, days[0], date(2024, 12, 15))]
    [(15, True), (16, False)]
    """
    end = None if last is None else following(first_day(last, every), every)
    if before is not None and first is not None:
        yield from carried(before, every, first_day(first, every), found[0].period if found else end)
    for number, candle in enumerate(found):
        yield candle
        until = found[number + 1].period if number + 1 < len(found) else end
        yield from carried(candle, every, following(candle.period, every), until)


def carried(candle: Candle, every: str, period: date | None, until: date | None) -> Iterator[Candle]:
    """A candle's close in each period from one on, up to but without another; in none where either is not known."""
    filled = replace(candle, count=0)
    while period is not None and until is not None and period < until:
        yield replace(filled, period=period)
        period = following(period, every)
