"""When a quote of human text held, where its line says so: first of all, before its rate, or in a field of JSON."""

from __future__ import annotations

from decimal import Decimal

from fx.dates import find_date
from fx.errors import MomentError
from fx.formats.fields import epoch
from fx.formats.signs import WS
from fx.late import late
from fx.moments import Moment
from fx.text import SPACE, first_of

__all__ = ["NEAREST_DAY", "OF_DAY", "day_between", "logged_moment", "written_moment"]

WRITTEN = late(
    rf"{WS}[^\w\n]{{0,4}}(?P<moment>[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}"
    rf"(?:[T ][0-9]{{2}}:[0-9]{{2}}(?::[0-9]{{2}}(?:[.,][0-9]{{1,6}})?)?(?:Z|[+-][0-9]{{2}}:?[0-9]{{2}})?)?)(?![0-9:])"
)
OF_DAY = (
    rf"\(?(?:(?i:на|от|за|on|of|as[ ]of|at|am|vom){SPACE})?"
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4}|[0-9]{1,2}[ ][^\W\d_]{3,9}[ ][0-9]{4})"
    rf"(?:{SPACE}?г(?:ода|\.)?)?\)?"
)
"""The day of a rate, between its pair and it: ``USD/RUB на 14.12.2024: 104,2543``."""
DAY_BETWEEN = late(OF_DAY)
NEAREST_DAY = 17
"""Characters of a pair and a day, without which none stands between a pair and its rate."""


def day_between(text: str, start: int, value: int) -> Moment | None:
    """The day that stands between a pair and its rate, if one does.

    >>> str(day_between("USD/RUB на 14.12.2024: 104,2543", 0, 23))
    '2024-12-14'
    """
    match = DAY_BETWEEN.search(text, start + 6, value) if text.find("20", start, value) >= 0 else None
    day = find_date(match["day"]) if match else None
    return Moment.of_day(day) if day else None


def written_moment(text: str) -> Moment | None:
    """The moment that a line begins with, as logs do, or a date alone before the pair; none for an impossible one.

    >>> str(written_moment("2024-12-14 15:30:00+05:00 ")), str(written_moment("14 December 2024 • "))
    ('2024-12-14T10:30:00.000Z', '2024-12-14')
    """
    match = WRITTEN.match(text)
    if match:
        try:
            return Moment.parse(match["moment"].replace(",", "."))
        except MomentError:
            return None
    day = find_date(text)
    return Moment.of_day(day) if day else None


LOGGED = late(
    r"[{,][ ]?\"(?:@?timestamp|ts|time|date|datetime|asctime)\"[ ]?:[ ]?(?:\"(?P<moment>[0-9][^\"\n]{7,40})\""
    r"|(?P<epoch>[0-9]{10}(?:[0-9]{3})?(?:\.[0-9]{1,9})?)(?=[ ]?[,}]))"
)
LOG_REACH = 400
"""Characters of its line before and behind a quote among which the moment of a line of JSON stands."""


def logged_moment(text: str, start: int) -> Moment | None:
    """The moment of a line that is an object of JSON, as programs write logs: the field that says when.

    >>> str(logged_moment('{"ts":"2024-12-14T15:30:00Z","msg":"EUR/USD = 1.0501"}', 37))
    '2024-12-14T15:30:00.000Z'
    """
    begin = text.rfind("\n", max(0, start - LOG_REACH), start) + 1
    if not text.startswith("{", begin) or start - begin > LOG_REACH:
        return None
    match = LOGGED.search(text, begin, first_of(text, "\n", start, min(len(text), start + LOG_REACH)))
    if not match:
        return None
    if match["epoch"]:
        return epoch(Decimal(match["epoch"]))
    try:
        return Moment.parse(match["moment"].replace(",", "."))
    except MomentError:
        return None
