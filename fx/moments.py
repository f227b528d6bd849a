"""When a rate held: a whole day or an exact moment, in UTC, with its precision kept.

A date-only observation holds for that day; asking as of a day includes the whole day. Nothing here looks at a clock.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Self

from fx.errors import MomentError, UsageError
from fx.exact import shown

__all__ = ["MONTHS", "Moment", "find_date", "find_date_in_heading", "spanning", "utc_now"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
DAY = timedelta(days=1)
ORDINALS_A_DAY = 2 * (DAY // MILLISECOND)
"""How many ordinals a day has: ages are compared thousands of times an answer, and need no dates."""


def utc_now() -> datetime:
    """The system's clock; the only place that reads it, handed in as an argument everywhere else."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """A day (``whole_day``) or an instant, to the millisecond, in UTC.

    ``ordinal`` is how it is stored: milliseconds since 1970 doubled, plus one for an instant, so that ordinals sort by
    time, a day stands before the instants within it, and the precision survives.

    >>> Moment.parse("2024-12-14").ordinal, Moment.parse("2024-12-14T00:00:00Z").ordinal
    (3468268800000, 3468268800001)
    """

    ordinal: int

    @classmethod
    def of_day(cls, day: date) -> Self:
        """The whole of a day.

        >>> str(Moment.of_day(date(2024, 12, 14)))
        '2024-12-14'
        """
        return cls(2 * ((datetime(day.year, day.month, day.day, tzinfo=UTC) - EPOCH) // MILLISECOND))

    @classmethod
    def of_instant(cls, instant: datetime) -> Self:
        """An aware instant, cut to the millisecond; raises `MomentError` for a naive one.

        >>> str(Moment.of_instant(datetime(2024, 12, 14, 15, 30, tzinfo=UTC)))
        '2024-12-14T15:30:00.000Z'
        """
        if instant.tzinfo is None:
            raise MomentError(f"{instant} has no time zone: pass an aware datetime", moment=str(instant))
        return cls(2 * ((instant - EPOCH) // MILLISECOND) + 1)

    @classmethod
    def parse(cls, text: str | date | datetime | Moment) -> Self:
        """Read ISO 8601: ``2024-12-14`` is the day, ``2024-12-14T15:30+05:00`` an instant, no offset means UTC.

        Raises `MomentError` for everything else.

        >>> str(Moment.parse("2024-12-14T15:30+05:00"))
        '2024-12-14T10:30:00.000Z'
        """
        if isinstance(text, Moment):
            return cls(text.ordinal)
        if isinstance(text, datetime):
            return cls.of_instant(text)
        if isinstance(text, date):
            return cls.of_day(text)
        text = str(text)
        try:
            if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text.strip(), re.ASCII):
                return cls.of_day(date.fromisoformat(text.strip()))
            if re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:", text.strip(), re.ASCII):
                instant = datetime.fromisoformat(text.strip())
                return cls.of_instant(instant if instant.tzinfo else instant.replace(tzinfo=UTC))
        except (ValueError, OverflowError):
            pass
        raise MomentError(f"{shown(text)} is not a date: write 2024-12-14 or 2024-12-14T15:30Z", moment=text[:80])

    @property
    def whole_day(self) -> bool:
        """Whether only the day is known."""
        return self.ordinal % 2 == 0

    @property
    def start(self) -> datetime:
        """The instant, or the first instant of the day, aware, in UTC."""
        return EPOCH + (self.ordinal // 2) * MILLISECOND

    @property
    def day(self) -> date:
        """The day it falls on, in UTC."""
        return self.start.date()

    @property
    def last_ordinal(self) -> int:
        """The largest ordinal that is still not after this moment: of a day, its last instant.

        >>> day = Moment.parse("2024-12-14")
        >>> Moment.parse("2024-12-14T23:59:59.999Z").ordinal <= day.last_ordinal < Moment.parse("2024-12-15").ordinal
        True
        """
        return self.ordinal + 2 * (DAY // MILLISECOND) - 1 if self.whole_day else self.ordinal

    def days_until(self, later: Moment) -> int:
        """Whole days from this day to that one; ages are compared by it.

        >>> Moment.parse("2024-12-14").days_until(Moment.parse("2024-12-16T23:00Z"))
        2
        """
        return later.ordinal // ORDINALS_A_DAY - self.ordinal // ORDINALS_A_DAY

    def __str__(self) -> str:
        """ISO 8601: the day alone, or the instant in UTC with milliseconds, so that text sorts as time does."""
        if self.whole_day:
            return self.day.isoformat()
        return self.start.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def spanning(
    since: str | date | datetime | Moment | None, until: str | date | datetime | Moment | None, *, zoned: bool = False
) -> tuple[Moment | None, Moment | None]:
    """The ends of a span as asked for, both included; raises `UsageError` where it would end before it begins.

    ``zoned`` days are those of a time zone: where a day meets an instant, which comes first is left to the zone.

    >>> [str(end) for end in spanning("2024-12-14", None)]
    ['2024-12-14', 'None']
    """
    first, last = (None if when is None else Moment.parse(when) for when in (since, until))
    if first is not None and last is not None:
        margin = ORDINALS_A_DAY if zoned and first.whole_day != last.whole_day else 0
        if first.ordinal > last.last_ordinal + margin:
            raise UsageError(f"a span from {first} to {last} ends before it begins: let --since come before --until")
    return first, last


MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan января янв janvier januar enero",
            "february feb февраля фев février februar febrero",
            "march mar марта мар mars märz marzo",
            "april apr апреля апр avril abril",
            "may мая май mai mayo",
            "june jun июня июн juin juni junio",
            "july jul июля июл juillet juli julio",
            "august aug августа авг août agosto",
            "september sep sept сентября сен septembre septiembre",
            "october oct октября окт octobre oktober octubre",
            "november nov ноября ноя novembre noviembre",
            "december dec декабря дек décembre dezember diciembre",
        ),
        1,
    )
    for name in names.split()
}
"""Month names as pages of this region and its neighbours write them: English, Russian, French, German, Spanish."""

WEEKDAYS = (
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun "
    "понедельник вторник среда четверг пятница суббота воскресенье пн вт ср чт пт сб вс"
)
ONE_DATE = r"""
    (?P<day>[0-9]{1,2})(?:st|nd|rd|th|\.)?(?:[ ]{1,3}|-)(?:de[ ])?(?P<month>[^\W\d_]{3,10})
        [.,]?(?:[ ]{1,3}|-)(?:de[ ])?(?P<year>[0-9]{4}) (?:[ ]{0,2}(?:г\.?|года))?
  | (?P<us_month>[^\W\d_]{3,10})\.?[ ]{1,3}(?P<us_day>[0-9]{1,2})(?:st|nd|rd|th)?,?[ ]{1,3}(?P<us_year>[0-9]{4})
  | (?P<iso_year>[0-9]{4})(?P<iso_mark>[-./])(?P<iso_month>[0-9]{2})(?P=iso_mark)(?P<iso_day>[0-9]{2})
  | (?P<first>[0-9]{1,2})(?P<mark>[-./])(?P<second>[0-9]{1,2})(?P=mark)(?P<last_year>[0-9]{4}) (?:[ ]{0,2}г\.?)?
"""
STANDING_ALONE = re.compile(
    rf"""
    (?: [0-9]{{1,2}}:[0-9]{{2}}(?:[ ]?[ap]m)?,?[ ]{{1,3}} )?                      # a time before it
    (?: (?:date|day|updated|last[ ]updated|as[ ]of|published|дата|на)[ ]{{0,3}}:?[ ]{{0,3}} )?   # a label
    (?: (?:{"|".join(WEEKDAYS.split())})[.,]?[ ]{{1,3}} )?                       # a weekday
    (?: {ONE_DATE} )
    (?: [ ,T]{{1,3}} [0-9]{{1,2}}:[0-9]{{2}}(?::[0-9]{{2}})?                      # a time, which is not relied on
        (?:[ ]?[ap]m)? (?:[ ]?[A-Z]{{1,5}}|[ ]?[+-][0-9:]{{2,5}})? )?
    [.]?
    """,
    re.VERBOSE | re.IGNORECASE,
)
SOMEWHERE = re.compile(rf"(?<![\w.,/-])(?:{ONE_DATE})(?![\w/-]|\.[0-9])", re.VERBOSE | re.IGNORECASE)


def find_date(line: str) -> date | None:
    """The day that a line states and nothing else; none for a sentence, an impossible or an ambiguous date.

    ``03/04/2025`` is 3 April or 4 March and says neither; ``14/12/2024`` and, with points, ``03.04.2025`` are certain.

    >>> find_date("  14 December 2024"), find_date("which closed on November 30."), find_date("03/04/2025")
    (datetime.date(2024, 12, 14), None, None)
    """
    text = line.replace("\xa0", " ").replace("\x0b", " ").strip(" \t*_#|()[]•·—–-;,:>")
    if not 8 <= len(text) <= 60:
        return None
    match = STANDING_ALONE.fullmatch(text)
    return day_of(match) if match else None


def day_of(match: re.Match[str]) -> date | None:
    """The day of a match, unless it is impossible, ambiguous or out of the years in which currencies are quoted."""
    found = match.groupdict()
    try:
        day = day_written(found)
    except (KeyError, ValueError):
        return None
    return day if day and 1900 <= day.year < 2200 else None


def day_written(found: dict[str, str]) -> date | None:
    """The day that the parts of a date name; raises KeyError or ValueError for none.

    >>> day_written({"day": None, "us_month": None, "iso_year": "2024", "iso_month": "12", "iso_day": "14"})
    datetime.date(2024, 12, 14)
    """
    if found["day"]:
        return date(int(found["year"]), MONTHS[found["month"].lower()], int(found["day"]))
    if found["us_month"]:
        return date(int(found["us_year"]), MONTHS[found["us_month"].lower()], int(found["us_day"]))
    if found["iso_year"]:
        return date(int(found["iso_year"]), int(found["iso_month"]), int(found["iso_day"]))
    first, second, year = int(found["first"]), int(found["second"]), int(found["last_year"])
    if found["mark"] == "." or first > 12 or first == second:
        return date(year, second, first)
    return date(year, first, second) if second > 12 else None


HEADING = re.compile(
    r"\b(?:exchange|rates?|fx|currenc(?:y|ies)|quotes?|board|курс\w*|cursuri|curs|kurse?|taux|cotations?)\b",
    re.IGNORECASE,
)


def find_date_in_heading(line: str) -> date | None:
    """The one day that a heading over rates states: ``Exchange rates as of 14 December 2024:``; none for other lines.

    >>> find_date_in_heading("# Rates, 14 December 2024"), find_date_in_heading("The fair closed on 14 December 2024")
    (datetime.date(2024, 12, 14), None)
    """
    text = line.replace("\xa0", " ").replace("\x0b", " ").strip()
    if len(text) > 80 or not HEADING.search(text) or text.endswith("."):
        return None
    found = [day for match in SOMEWHERE.finditer(text) if (day := day_of(match))]
    return found[0] if len(found) == 1 else None
