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
from fx.whole import ORDINALS_A_DAY, first_ordinal

__all__ = ["Moment", "spanning", "utc_now"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


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
        return cls(first_ordinal(day))

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
        return self.ordinal + ORDINALS_A_DAY - 1 if self.whole_day else self.ordinal

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
