"""Days as texts state them: a date that stands alone on its line, or in a heading over rates.

A sentence states none, and a day that can be read in two ways says neither.
"""

from __future__ import annotations

import functools
import re
from datetime import date

from fx.late import late

__all__ = ["MONTHS", "find_date", "find_date_in_heading"]

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
STANDING_ALONE = late(
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
SOMEWHERE = late(rf"(?<![\w.,/-])(?:{ONE_DATE})(?![\w/-]|\.[0-9])", re.VERBOSE | re.IGNORECASE)


@functools.lru_cache(maxsize=1024)
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


HEADING = late(
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
