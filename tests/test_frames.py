"""The pandas face: history as a DataFrame, a column converted row by row."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fx.cells import distinct, moment_or_error, moments_in
from fx.columns import RESULTS
from fx.errors import StoreMissing, UsageError
from fx.moments import Moment
from fx.store import Store
from fx.vectors import ROWS_AT_ONCE
from tests.builders import EXAMPLES


@pytest.fixture
def store() -> Iterator[Store]:
    with Store(":memory:") as opened:
        opened.load(EXAMPLES, source="timesca")
        yield opened


def test_history_is_a_frame_with_a_utc_index(store: Store) -> None:
    frame = store.history("KZT/USD")
    assert isinstance(frame.index, pd.DatetimeIndex)
    assert str(frame.index.tz) == "UTC"
    assert frame.index.name == "observed_at"
    assert [str(day.date()) for day in frame.index] == ["2024-12-14", "2025-05-29", "2025-12-05", "2025-12-15"]
    assert list(frame["rate"]) == [0.0019, 0.00196, 0.00198, 0.00192]
    assert list(frame["rate_text"]) == ["0.00190", "0.00196", "0.00198", "0.00192"]
    assert frame["change_pct"].dtype == float
    assert set(frame["source"]) == {"timesca"}


@pytest.mark.parametrize("unit", ["s", "ms", "ns"])
def test_a_span_of_time_is_no_amount_in_any_unit(store: Store, unit: str) -> None:
    spans = pd.to_timedelta([1000, 5], unit="s").as_unit(unit)
    done = store.convert_frame(pd.DataFrame({"amt": spans, "cur": "KZT"}), amount="amt", base="cur", counter="USD")
    assert list(done["status"]) == ["bad amount"] * 2


@pytest.mark.parametrize("twice", ["amt", "cur", "day"])
def test_a_column_that_is_there_twice_is_refused_by_its_name(store: Store, twice: str) -> None:
    frame = pd.DataFrame([["1", "KZT", "2025-12-31", "x"]], columns=["amt", "cur", "day", twice])
    with pytest.raises(UsageError, match=f"more than one column '{twice}'"):
        store.convert_frame(frame, amount="amt", base="cur", counter="USD", as_of="day")


def test_history_is_cut_by_since_and_until_both_included(store: Store) -> None:
    frame = store.history("KZT/USD", since="2025-05-29", until="2025-12-05")
    assert list(frame["rate_text"]) == ["0.00196", "0.00198"]


def test_a_column_is_converted_row_by_row_each_at_its_date_and_bad_rows_get_a_status(store: Store) -> None:
    frame = pd.DataFrame(
        {
            "amt": ["10000", 5000, Decimal(100), "abc", "1", "1", 2.5],
            "cur": ["KZT", "KGS", "USD", "KZT", "KZZ", "KZT", "KZT"],
            "day": ["2024-12-14", "2025-06-01", "2024-12-14", "2024-12-14", "2024-12-14", "2020-01-01", "2024-12-14"],
        },
        index=list("abcdefg"),
    )
    done = store.convert_frame(frame, amount="amt", base="cur", counter="USD", as_of="day")
    assert list(done["status"]) == ["ok", "ok", "ok", "bad amount", "unknown currency", "no rate", "ok"]
    assert list(done["result"])[:3] == [19.0, 57.2, 100.0]
    assert [str(done[name].dtype) for name in RESULTS] == [*["float64"] * 4, "datetime64[ms, UTC]", "Int64", "str"]
    assert done.iloc[3][list(RESULTS[:6])].isna().all()
    exactly = store.convert_frame(frame, amount="amt", base="cur", counter="USD", as_of="day", exact=True)
    assert [str(result) for result in exactly["result"]][:3] == ["19.00", "57.20", "100.00"]
    assert list(done.index) == list("abcdefg")
    assert list(done["age_days"])[:2] == [0, 3]
    assert "status" not in frame.columns
    for row in ("a", "b"):
        one = store.convert(frame["amt"][row], frame["cur"][row], "USD", as_of=frame["day"][row])
        assert (one.result, one.low, one.high) == tuple(exactly[name][row] for name in ("result", "low", "high"))
        assert [float(one.result), one.observed_at.start] == [done["result"][row], done["observed_at"][row]]  # type: ignore[union-attr]


def test_a_missing_date_is_never_taken_for_now(store: Store) -> None:
    whens = pd.array([None, pd.NaT, float("nan"), "2024-12-14"], dtype=object)
    frame = pd.DataFrame({"amt": ["1000"] * 4, "cur": ["KZT"] * 4, "day": whens})
    done = store.convert_frame(frame, amount="amt", base="cur", counter="USD", as_of="day")
    assert list(done["status"]) == ["bad date"] * 3 + ["ok"]
    assert list(store.convert_frame(frame, amount="amt", base="cur", counter="USD")["status"]) == ["ok"] * 4


def test_a_time_without_a_zone_is_an_instant_in_utc_and_midnight_a_day() -> None:
    with Store(":memory:") as store:
        store.load_text("2024-12-14T10:00Z KZT/USD = 0.00190\n2024-12-14T15:00Z KZT/USD = 0.00200\n")
        whens = ["2024-12-14 10:30", "2024-12-14 00:00", "2024-12-14 15:00"]
        frame = pd.DataFrame({"amt": [1000, 1000.0, 1000], "cur": "KZT", "when": pd.to_datetime(whens)})
        done = store.convert_frame(frame, amount="amt", base="cur", counter="USD", as_of="when")
        aware = frame.assign(when=frame["when"].dt.tz_localize("UTC"))
        assert list(done["result"]) == [1.9, 2.0, 2.0]
        aware_status = list(store.convert_frame(aware, amount="amt", base="cur", counter="USD", as_of="when")["status"])
        assert aware_status == ["ok", "no rate", "ok"]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_the_moments_of_a_column_of_datetimes_are_those_of_its_cells(unit: str) -> None:
    whens = ["1957-03-04", "1957-03-04 23:59:59.999999", "1969-12-31 23:59", "1970-01-01", "2024-12-14 00:00:00.000001"]
    for cells in (whens * 2, [when for when in whens for _ in range(20)]):
        column = pd.Series(pd.to_datetime(cells, format="ISO8601")).dt.as_unit(unit)
        found, number = moments_in(column)
        assert [found[int(each)] for each in number] == [moment_or_error(cell) for cell in column]
    missing, number = moments_in(pd.Series(pd.to_datetime(["2024-12-14", None])).dt.as_unit(unit))
    assert [isinstance(missing[int(each)], Moment) for each in number] == [True, False]


CELLS = st.sampled_from(["USD", "KZT", "ABZ", "ZZZ", "usd", "US", "EURO", "", "\u20ac", "U$D", "DÉM", None])


@given(st.lists(CELLS, max_size=30), st.integers(0, 3), st.booleans())
def test_codes_are_told_apart_as_any_text_is(cells: list[str | None], begin: int, in_two_pieces: bool) -> None:
    for given_cells in (
        cells,
        [cell for cell in cells if cell and cell.isascii() and cell.isupper() and len(cell) == 3],
    ):
        column = pd.Series(given_cells, dtype="str")[begin:]
        if in_two_pieces:
            column = pd.concat([column, column])
        found, number = distinct(column)
        assert [found[each] for each in number] == [None if pd.isna(cell) else cell for cell in column]
        assert len({*found}) == len(found)


def test_a_list_among_codes_makes_no_other_code_a_bad_one(store: Store) -> None:
    frame = pd.DataFrame({"amt": [1000, 1000, 1000], "cur": ["KZT", ["KZT"], None]})
    done = store.convert_frame(frame, amount="amt", base="cur", counter="USD", as_of="2024-12-14")
    assert list(done["status"]) == ["ok", "bad currency", "bad currency"]


def test_the_least_int64_is_an_amount_like_any(store: Store) -> None:
    """It has no size as an int64, by which products are kept from leaving 64 bits."""
    least = np.iinfo(np.int64).min
    how = {"amount": "amt", "base": "cur", "counter": "USD", "as_of": "2024-12-14", "exact": True}
    frames = (pd.DataFrame({"amt": amounts, "cur": "KZT"}) for amounts in ([least, 1000], [str(least), "1000"]))
    done, told = (store.convert_frame(frame, **how) for frame in frames)
    assert done["result"][0] < done["result"][1]
    pd.testing.assert_frame_equal(done.drop(columns="amt"), told.drop(columns="amt"))


@pytest.mark.parametrize("zone", [None, "UTC"])
def test_a_year_that_no_date_has_is_a_bad_date_in_its_row_alone(store: Store, zone: str | None) -> None:
    far = [np.datetime64(day, "s") for day in ("10000-01-01", "2025-12-31", "292277026596-01-01", "-5000-01-01")]
    frame = pd.DataFrame({"amt": 1000, "cur": "KZT", "day": pd.Series(far).dt.tz_localize(zone)})
    done = store.convert_frame(frame, amount="amt", base="cur", counter="USD", as_of="day")
    assert list(done["status"]) == ["bad date", "ok", "bad date", "bad date"]


def test_no_year_beyond_all_dates_is_taken_for_one_of_ours(store: Store) -> None:
    """As seconds it is 2024-12-14 and the 2 ** 64 microseconds by which numpy below 2.5 wraps."""
    far = np.datetime64(2**64 // 10**6 + 1_734_134_400, "s")
    frame = pd.DataFrame({"amt": 1000, "cur": "KZT", "day": pd.Series([far, np.datetime64("2024-12-14", "s")])})
    done = store.convert_frame(frame, amount="amt", base="cur", counter="USD", as_of="day")
    assert list(done["status"]) == ["bad date", "ok"]


def test_a_long_column_is_converted_as_its_parts_are(store: Store) -> None:
    amounts = [1234.56, -0.01, 1e15, 0.1, float("nan"), 1e300, 33.0]
    codes = ["KZT", "KGS", "UZS", "TJS", "USD", "KZZ", "DEM"]
    dates = pd.to_datetime(["2024-12-14", "2025-06-01 10:00", "2020-01-01"], format="ISO8601")
    rows = [(amount, code, day) for day in dates for amount in amounts for code in codes]
    short = pd.DataFrame(rows, columns=["amt", "cur", "day"])
    times = 2 * ROWS_AT_ONCE // len(short) + 2
    for part in (short, short[(short["cur"] == "KZT") & (short["amt"] < 1e9)]):
        several = part.loc[part.index.repeat(times)].reset_index(drop=True)
        done, long = (
            store.convert_frame(each, amount="amt", base="cur", counter="USD", as_of="day") for each in (part, several)
        )
        pd.testing.assert_frame_equal(long, done.loc[done.index.repeat(times)].reset_index(drop=True), check_exact=True)


def test_without_a_database_no_row_gets_a_status(tmp_path: Path) -> None:
    frame = pd.DataFrame({"amt": ["1"], "cur": ["KZT"]})
    with pytest.raises(StoreMissing):
        Store(tmp_path / "none.db").convert_frame(frame, amount="amt", base="cur", counter="USD")
