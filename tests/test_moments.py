"""Days and instants: precision kept, order, and dates that stand alone."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fx.dates import find_date
from fx.errors import MomentError
from fx.moments import Moment

instants = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 (bounds)


@given(instants)
def test_an_instant_survives_storing_to_the_millisecond(instant: datetime) -> None:
    moment = Moment.of_instant(instant)
    assert moment.start == instant.replace(microsecond=instant.microsecond // 1000 * 1000)
    assert Moment.parse(str(moment)) == moment
    assert not moment.whole_day


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)))
def test_a_day_survives_storing_as_a_day(day: date) -> None:
    moment = Moment.of_day(day)
    assert (moment.day, moment.whole_day, str(moment)) == (day, True, day.isoformat())
    assert Moment.parse(str(moment)) == moment


@given(instants)
def test_a_day_stands_before_its_instants_and_holds_them_all(instant: datetime) -> None:
    day = Moment.of_day(instant.date())
    assert day.ordinal < Moment.of_instant(instant).ordinal <= day.last_ordinal


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2024-13-01",
        "2024-02-30",
        "14/12/2024",
        "20241214",
        "2024-12-14T25:00",
        "٢٠٢٤-١٢-١٤",
        "2024-12-14\n2",
    ],
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(MomentError, match="write 2024-12-14"):
        Moment.parse(text)


def test_a_naive_datetime_is_refused() -> None:
    with pytest.raises(MomentError, match="time zone"):
        Moment.parse(datetime(2024, 12, 14))  # noqa: DTZ001 (the point)


@pytest.mark.parametrize(
    "line",
    ["14 December 2024", "  14 Dec 2024  ", "14th December 2024", "14 December, 2024", "December 14, 2024", "Dec. 14, 2024",
     "Saturday, 14 December 2024", "Sat 14 Dec 2024", "2024-12-14", "2024/12/14", "2024.12.14", "14.12.2024", "14/12/2024", "12/14/2024",
     "14 декабря 2024 г.", "14 décembre 2024", "Updated: 14 December 2024", "Date: 2024-12-14", "14 December 2024, 15:30 UTC",
     "2024-12-14T10:00:00Z", "**14 December 2024**", "14\xa0December\xa02024"],
)  # fmt: skip
def test_a_date_standing_alone_is_found(line: str) -> None:
    assert find_date(line) == date(2024, 12, 14)


@pytest.mark.parametrize(
    "line",
    ["signed on 14 December 2024", "14 December 2024 was a Saturday", "03/04/2025", "31 February 2024", "2024", "14 December",
     "Viewing results 625 - 630 of 1034", "1.14.2024", "99.99.2024", "14 Brumaire 2024", "", "KZT/USD = 0.00190 0%", "0-0"],
)  # fmt: skip
def test_a_date_in_a_sentence_or_a_doubtful_one_is_not(line: str) -> None:
    assert find_date(line) is None
