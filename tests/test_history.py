"""A pair in time: observations, periods and change, the same by SQL, as a DataFrame and exactly."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fx.errors import FxError, NoQuotes, UsageError
from fx.exports.export import export
from fx.exports.series import candle_rows, change_rows, observation_rows
from fx.frames import candle_frame, correlation, observation_frame, returns, volatility
from fx.moments import Moment
from fx.series import EVERY, Candle, candles, first_day, following, zone_of
from fx.store import Store, periods, stretches
from tests.builders import EXAMPLES

PANDAS = {
    "day": {"rule": "D"},
    "week": {"rule": "W-MON", "label": "left", "closed": "left"},
    "month": {"rule": "MS"},
    "quarter": {"rule": "QS"},
    "year": {"rule": "YS"},
}
"""How pandas names the periods that begin where ours do."""


def store_of(*lines: str, source: str | None = None) -> Store:
    """A store of lines such as ``2024-12-14 KZT/USD = 0.00190``."""
    store = Store(":memory:", clock=lambda: datetime(2025, 1, 1, 12, tzinfo=UTC))
    add(store, *lines, source=source)
    return store


def add(store: Store, *lines: str, source: str | None = None) -> None:
    for line in lines:
        when, _, rest = line.partition(" ")
        store.load_text(f"{rest}\n", observed_at=when, source=source)


def told(candle: Candle) -> tuple[object, ...]:
    """A candle's period, open, high, low, close, mean and count."""
    return (str(candle.period), candle.open, candle.high, candle.low, candle.close, candle.mean, candle.count)


TICKS = (
    "2024-12-13T21:30Z KZT/USD = 0.00192",
    "2024-12-14T09:00Z KZT/USD = 0.00190",
    "2024-12-14T12:00Z KZT/USD = 0.0019",
    "2024-12-14T18:00Z KZT/USD = 0.00194",
    "2024-12-16 KZT/USD = 0.00191",
)
IN_THE_NIGHT = "2024-12-15T20:00Z KZT/USD = 0.00195"  # in Almaty it is the 16th
PERIODS = {
    "day, in UTC": ({}, [
        ("2024-12-13", "0.00192", "0.00192", "0.00192", "0.00192", "0.00192", 1),
        ("2024-12-14", "0.0019", "0.00194", "0.0019", "0.00194", "287/150000", 3),
        ("2024-12-16", "0.00191", "0.00191", "0.00191", "0.00191", "0.00191", 1),
    ]),
    "day, in a zone: an instant moves, a whole day does not": ({"tz": "Asia/Almaty"}, [
        ("2024-12-14", "0.00192", "0.00194", "0.0019", "0.00194", "0.001915", 4),
        ("2024-12-16", "0.00191", "0.00191", "0.00191", "0.00191", "0.00191", 1),
    ]),
    "week: from Monday": ({"every": "week"}, [
        ("2024-12-09", "0.00192", "0.00194", "0.0019", "0.00194", "0.001915", 4),
        ("2024-12-16", "0.00191", "0.00191", "0.00191", "0.00191", "0.00191", 1),
    ]),
    "quarter": ({"every": "quarter"}, [("2024-10-01", "0.00192", "0.00194", "0.0019", "0.00191", "0.001914", 5)]),
    "a span": ({"since": "2024-12-14T10:00Z", "until": "2024-12-14"}, [
        ("2024-12-14", "0.0019", "0.00194", "0.0019", "0.00194", "0.00192", 2),
    ]),
    "a day in a zone: the whole day first, wherever its midnight is": (
        {"tz": "Asia/Almaty", "since": "2024-12-16", "until": "2024-12-16"},
        [("2024-12-16", "0.00191", "0.00195", "0.00191", "0.00195", "0.00193", 2)],
    ),
    "a span in a zone": ({"until": "2024-12-14", "tz": "America/New_York"}, [
        ("2024-12-13", "0.00192", "0.00192", "0.00192", "0.00192", "0.00192", 1),
        ("2024-12-14", "0.0019", "0.00194", "0.0019", "0.00194", "287/150000", 3),
    ]),
}  # fmt: skip


@pytest.mark.parametrize("name", PERIODS)
def test_periods_open_and_close_in_time_and_are_named_by_their_first_day(name: str) -> None:
    asked, expected = PERIODS[name]
    with store_of(*TICKS, *[IN_THE_NIGHT] * ("the whole day first" in name)) as store:
        found = [told(candle) for candle in store.candles("KZT/USD", **{"every": "day", **asked})]
    assert found == [(period, *map(Fraction, figures), count) for period, *figures, count in expected]


def test_the_bounds_are_those_of_the_close_as_an_answer_gives_them() -> None:
    with store_of(*TICKS) as store:
        for pair in ("KZT/USD", "USD/KZT"):
            for candle in store.candles(pair):
                rate = store.rate(pair, as_of=candle.period).rate
                assert (rate.value, rate.bounds) == (candle.close, (candle.low_bound, candle.high_bound))


def test_where_nothing_was_observed_nothing_stands_unless_the_close_is_carried_forward() -> None:
    with store_of("2024-12-13 KZT/USD = 0.00190", "2024-12-16 KZT/USD = 0.00192") as store:
        assert [each.period.day for each in store.candles("KZT/USD")] == [13, 16]
        filled = store.candles("KZT/USD", fill="previous", until="2024-12-18")
        assert [(each.period.day, each.filled, each.count) for each in filled] == [
            (13, False, 1), (14, True, 0), (15, True, 0), (16, False, 1), (17, True, 0), (18, True, 0),
        ]  # fmt: skip
        assert (filled[1].close, filled[1].open, filled[1].mean) == (Fraction("0.0019"), None, None)
        assert (filled[1].low_bound, filled[1].high_bound) == (Fraction("0.001895"), Fraction("0.001905"))
        today = store.candles("KZT/USD", "month", fill="previous", until="2099-01-01")
        assert [str(each.period) for each in today] == ["2024-12-01", "2025-01-01"]


FILLED = {
    "the close before, from the first day on": (
        {"since": "2024-12-15", "until": "2024-12-17"},
        [(15, True, "0.00191"), (16, False, "0.00192"), (17, True, "0.00192")],
    ),
    "none before": ({"since": "2024-12-09", "until": "2024-12-13"}, [(13, False, "0.00191")]),
    "an instant before, on the very day": (
        {"since": "2024-12-13T12:00Z", "until": "2024-12-13T21:00Z"},
        [(13, True, "0.0019")],
    ),
    "nothing but a close before": (
        {"since": "2024-12-17", "until": "2024-12-18"},
        [(17, True, "0.00192"), (18, True, "0.00192")],
    ),
    "the day of a zone": (
        {"since": "2024-12-14", "until": "2024-12-15", "tz": "Asia/Almaty"},
        [(14, False, "0.00191"), (15, True, "0.00191")],
    ),
    "before the day of a zone": (
        {"since": "2024-12-15", "until": "2024-12-15", "tz": "Asia/Almaty"},
        [(15, True, "0.00191")],
    ),
}


@pytest.mark.parametrize("name", FILLED)
def test_the_close_before_a_span_fills_its_first_periods(name: str) -> None:
    asked, expected = FILLED[name]
    lines = "2024-12-13 {} = 0.0019", "2024-12-13T22:00Z {} = 0.00191", "2024-12-16 {} = 0.00192"
    with store_of(*(line.format("KZT/USD") for line in lines)) as store:
        found = store.candles("KZT/USD", fill="previous", **asked)
        assert [(each.period.day, each.filled, each.close) for each in found] == [
            (day, filled, Fraction(close)) for day, filled, close in expected
        ]
        frame = store.history("KZT/USD", every="day", fill="previous", **asked)
        assert [(day.day, bool(row.filled), row.close) for day, row in frame.iterrows()] == [
            (day, filled, float(close)) for day, filled, close in expected
        ]
        turned = store.candles("USD/KZT", fill="previous", **asked)
        assert [1 / each.close for each in turned] == [each.close for each in found]


def test_the_close_before_a_span_of_a_cross_is_the_last_on_which_its_legs_met() -> None:
    lone = (f"2024-12-{day} KGS/USD = 0.0118" for day in (29, 30))
    with store_of(*CROSSED, *lone) as store:
        days = store.candles("KGS/TJS", fill="previous", tolerance=7, since="2024-12-31", until="2025-01-01")
        assert [(str(each.period), each.filled, each.close) for each in days] == [
            ("2024-12-31", True, Fraction(117, 920)),
            ("2025-01-01", True, Fraction(117, 920)),
        ]
        with pytest.raises(NoQuotes):
            store.candles("KGS/TJS", fill="previous", since="2024-12-01", until="2024-12-08")


def test_high_and_low_of_an_inverse_swap() -> None:
    with store_of(*TICKS) as store:
        (quoted,), (turned,) = (store.candles(pair, "year") for pair in ("KZT/USD", "USD/KZT"))
    assert (turned.kind, turned.count) == ("inverse", 5)
    assert (turned.open, turned.high, turned.low, turned.close) == tuple(
        1 / each for each in (quoted.open, quoted.low, quoted.high, quoted.close) if each
    )
    assert turned.mean
    assert abs(turned.mean - sum(1 / Fraction(line.split()[-1]) for line in TICKS) / 5) < Fraction(1, 10**99)
    assert (turned.low_bound, turned.high_bound) == (1 / quoted.high_bound, 1 / quoted.low_bound)


CROSSED = (
    "2024-12-09 KGS/USD = 0.0115",
    "2024-12-09 TJS/USD = 0.0916",
    "2024-12-11 KGS/USD = 0.0116",
    "2024-12-20 TJS/USD = 0.0920",
    "2024-12-20 KGS/USD = 0.0117",
)


def test_a_cross_is_joined_as_of_within_a_tolerance() -> None:
    with store_of(*CROSSED) as store:
        week = store.observations("KGS/TJS")
        assert [(str(each.moment), each.age_days, each.rate.value) for each in week] == [
            ("2024-12-09", 0, Fraction(115, 916)),
            ("2024-12-11", 2, Fraction(116, 916)),
            ("2024-12-20", 0, Fraction(117, 920)),
        ]
        assert {each.rate.kind for each in week} == {"cross"}
        day = store.observations("KGS/TJS", tolerance="1d", since="2024-12-10")
        assert [str(each.moment) for each in day] == ["2024-12-20"]
        assert [str(each.moment) for each in store.observations("KGS/TJS", since="2024-12-11", until="2024-12-12")] == [
            "2024-12-11"
        ]
        assert store.candles("KGS/TJS", "week") == candles(week, "week")
        (low, high), candle = week[1].rate.bounds, store.candles("KGS/TJS", "week")[0]
        assert (candle.low_bound, candle.high_bound) == (low, high)


def test_of_several_ways_over_one_currency_the_longest_told_is_taken_or_the_one_asked_for() -> None:
    with store_of(*CROSSED, "2024-12-11 KGS/EUR = 0.0110", "2024-12-11 EUR/TJS = 11.4") as store:
        over = [leg.quote.counter for leg in store.observations("KGS/TJS")[0].rate.legs]
        assert over == ["USD", "USD"]
        (euro,) = store.observations("KGS/TJS", via="EUR")
        assert euro.rate.value == Fraction("0.0110") * Fraction("11.4")
        (direct,) = store.observations("KGS/EUR")
        assert direct.rate.kind == "quoted"
        assert store.observations("KGS/EUR", via=["USD", "TJS"])[0].rate.kind == "cross"


def test_a_currency_that_is_no_more_is_crossed_by_its_decree_which_never_ages() -> None:
    with store_of("1998-12-31 EUR/KZT = 98.1", "2024-12-13 EUR/KZT = 549.1", "2024-12-14 EUR/KZT = 550.2") as store:
        found = store.observations("DEM/KZT", tolerance=0)
        assert [str(each.moment) for each in found] == ["2024-12-13", "2024-12-14"]
        for each in found:
            assert each.rate.value == store.rate("DEM/KZT", as_of=each.moment).rate.value
            assert (each.rate.kind, each.age_days) == ("cross", 0)
        assert store.candles("DEM/KZT", "month") == candles(found, "month")


def test_a_pair_fixed_by_decree_is_its_decree_and_no_market_cross() -> None:
    market = ("1998-12-30 USD/DEM = 1.6730", "1998-12-30 USD/FRF = 5.6120", "2024-12-13 EUR/KZT = 549.1")
    with store_of(*market, "1998-12-30 USD/XEU = 0.8520") as store:
        for pair in ("EUR/DEM", "DEM/EUR", "DEM/FRF", "GRD/ITL"):
            (found,) = store.observations(pair)
            assert found.rate == store.rate(pair, as_of="2024-12-31").rate
            assert str(found.moment) == ("2001-01-01" if "GRD" in pair else "1999-01-01")
            (candle,) = store.candles(pair, "month")
            assert (candle.close, candle.count, candle.low_bound) == (found.rate.value, 1, found.rate.value)
            today = store.candles(pair, fill="previous", since="2024-12-30", until="2024-12-31")
            assert [(each.close, each.filled) for each in today] == [(found.rate.value, True)] * 2
            with pytest.raises(NoQuotes, match=f"{pair} is fixed by decree, EUR/.* since .*'fx rate {pair}' gives it"):
                store.change(pair)
            with pytest.raises(NoQuotes, match="is fixed by decree"):
                store.observations(pair, since="2024-01-01", tolerance=30)
        (before,) = store.observations("DEM/FRF", until="1998-12-31")
        assert before.rate.value == Fraction("5.6120") / Fraction("1.6730")


def test_where_several_sources_speak_of_one_moment_one_rule_says_which_counts() -> None:
    with Store(":memory:", clock=lambda: datetime(2025, 1, 1, 12, tzinfo=UTC)) as store:
        for source, rate in (("a", "0.00190"), ("b", "0.00192"), ("c", "0.00194")):
            add(store, f"2024-12-13 KZT/USD = {rate}", f"2024-12-14 KZT/USD = {rate}5", source=source)
        add(store, "2024-12-14 KGS/USD = 0.0115", source="d")
        for sources, rate in (
            ((), "0.001905"),
            (["c", "a"], "0.001945"),
            (["b"], "0.001925"),
            (["x", "b"], "0.001925"),
        ):
            named = {"source": [*sources, "d"]} if sources else {}
            (cross,) = store.observations("KZT/KGS", **named)
            assert cross.rate.legs[0].quote.value == Fraction(rate)
            if named:
                assert cross.rate == store.rate("KZT/KGS", as_of="2024-12-14", **named).rate
            assert store.candles("KZT/USD", source=sources)[-1].close == Fraction(rate)
            assert store.observations("KZT/USD", source=sources)[-1].rate.value == Fraction(rate)
            change = store.change("KZT/USD", source=sources)
            assert change.last.rate.value == Fraction(rate)
            assert change.first.source == change.last.source
            assert store.candles("KZT/KGS", source=named.get("source", ()))[-1].close == cross.rate.value
        out = io.StringIO()
        export(store, "beancount", out, "KZT/USD", since="2024-12-14")
        assert out.getvalue().splitlines()[-1] == "2024-12-14 price KZT 0.001905 USD  ; source: a"


def test_a_span_that_ends_before_it_begins_is_refused_everywhere() -> None:
    with store_of(*TICKS) as store:
        for ask in (store.observations, store.candles, store.change, store.history, store.quotes, store.select):
            with pytest.raises(UsageError, match="from 2024-12-15 to 2024-12-14 ends before it begins"):
                ask("KZT/USD", since="2024-12-15", until="2024-12-14")  # type: ignore[operator]
        (found,) = store.observations("KZT/USD", since="2024-12-14", until="2024-12-13T21:45Z", tz="Asia/Almaty")
        assert str(found.moment).startswith("2024-12-13")


def test_sources_stand_in_order_and_one_may_be_asked_alone() -> None:
    with store_of("2024-12-14 KZT/USD = 0.00190", source="b") as store:
        add(store, "2024-12-14 KZT/USD = 0.00193", source="a")
        (both,) = store.candles("KZT/USD")
        assert (both.open, both.close, both.count) == (Fraction("0.0019"), Fraction("0.00193"), 2)
        (one,) = store.candles("KZT/USD", source="a")
        assert (one.close, one.count) == (Fraction("0.00193"), 1)
        with pytest.raises(NoQuotes, match="from c was found: 'fx sources'"):
            store.observations("KZT/USD", source="c")


REFUSED: dict[str, tuple[Callable[[Store], object], type[Exception], str]] = {
    "nothing in the span": (lambda s: s.candles("KGS/USD", since="2030-01-01"), NoQuotes, "widen --since and --until"),
    "nothing at all": (lambda s: s.observations("KGS/EUR"), NoQuotes, "no quote of KGS/EUR was found"),
    "legs too far apart": (lambda s: s.observations("KGS/UZS"), NoQuotes, "ask a larger --tolerance"),
    "one currency": (lambda s: s.observations("USD/USD"), UsageError, "name two currencies"),
    "a length that is none": (lambda s: s.candles("KGS/USD", "hour"), UsageError, "take one of day, week, month"),
    "a fill that is none": (lambda s: s.candles("KGS/USD", fill="linear"), UsageError, "take one of none, previous"),
    "a zone that is none": (
        lambda s: s.candles("KGS/USD", tz="Mars/Base"),
        UsageError,
        "write one such as Asia/Almaty",
    ),
    "a path for a zone": (lambda s: s.candles("KGS/USD", tz="../../etc/passwd"), UsageError, "no time zone"),
    "a zone for no days": (lambda s: s.observations("KGS/USD", tz="Asia/Almaty"), UsageError, "say --every day"),
    "gaps where there are none": (lambda s: s.history("KGS/USD", fill="previous"), UsageError, "say --every day"),
    "one moment's change": (lambda s: s.change("UZS/USD"), NoQuotes, "was observed at 2025-03-01 only"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_told_is_a_sentence_that_says_what_to_do(name: str) -> None:
    ask, kind, part = REFUSED[name]
    with store_of(*CROSSED, "2025-03-01 UZS/USD = 0.00008") as store, pytest.raises(kind) as error:
        ask(store)
    assert part in str(error.value)


# Laws ----------------------------------------------------------------------------------------------------------------

RATE = st.decimals("0.0001", "99", places=4, allow_nan=False, allow_infinity=False)
INSTANT = st.datetimes(datetime(2006, 10, 1), datetime(2007, 4, 30)).map(  # noqa: DTZ001
    lambda when: when.isoformat(timespec="seconds") + "Z"
)
MOMENT = st.one_of(st.dates(date(2006, 10, 1), date(2007, 4, 30)).map(str), INSTANT)
FIGURE = st.one_of(
    RATE.map(lambda rate: f"= {rate}"),
    RATE.map(lambda rate: f"= {rate.normalize():f}"),
    st.integers(10**19, 10**20).map(lambda digits: f"= 1.{digits}"),
    st.tuples(RATE, RATE).map(lambda sides: f"{min(sides)}/{max(sides)}"),
)
ZONES = st.sampled_from([None, "Asia/Almaty", "America/New_York", "America/St_Johns", "America/Sao_Paulo"])
PAIRS, SOURCES = st.sampled_from(["EUR/USD", "KZT/USD"]), st.sampled_from(["a", "b"])
STATEMENTS = st.one_of(
    st.lists(st.tuples(MOMENT, PAIRS, FIGURE, SOURCES), min_size=1, max_size=25),
    st.lists(st.tuples(INSTANT, PAIRS, FIGURE, SOURCES), min_size=1, max_size=25),
)


def kept(statements: list[tuple[str, str, str, str]]) -> Store:
    store = Store(":memory:")
    for moment, pair, figure, source in statements:
        store.load_text(
            f"{pair} {figure}\n", observed_at=moment, source=source, format="pairs" if "/" in figure else "auto"
        )
    return store


@settings(max_examples=60, deadline=None)
@given(STATEMENTS, st.sampled_from(EVERY), ZONES, st.none() | MOMENT, st.none() | MOMENT)
def test_the_quick_way_is_the_definition(
    statements: list[tuple[str, str, str, str]], every: str, zone: str | None, since: str | None, until: str | None
) -> None:
    if since and until and Moment.parse(since) > Moment.parse(until):
        since, until = until, since
    asked = {"tz": zone, "tolerance": 3, "since": since, "until": until}
    with kept(statements) as store:
        held = {row["pair"] for row in store.pairs()}
        pairs = [pair for quoted in held for pair in (quoted, "/".join(reversed(quoted.split("/"))))]
        for pair in pairs + ["EUR/KZT"] * (len(held) == 2):
            try:
                found = store.observations(pair, **{**asked, "tz": zone if since or until else None})
            except NoQuotes:
                with pytest.raises(NoQuotes):
                    store.candles(pair, every, **asked)
                continue
            told = store.candles(pair, every, **asked)
            assert told == candles(found, every, zone_of(zone))
            for ohlc in (False, True):
                frame = store.history(pair, every=every, ohlc=ohlc, **asked)
                pd.testing.assert_frame_equal(frame, candle_frame(told, ohlc=ohlc), check_exact=True)


def test_a_frame_has_the_same_types_where_only_sides_were_published_and_where_nothing_was() -> None:
    with kept([("2024-12-14", "KZT/USD", "0.00190/0.00192", "a")]) as store:
        quick, said = store.history("KZT/USD"), observation_frame(store.observations("KZT/USD"))
    assert quick["rate_text"].isna().all()
    assert quick.dtypes["rate_text"] == quick.dtypes["source"]
    pd.testing.assert_series_equal(quick.dtypes, said.dtypes)
    for name in ("rate_text", "kind", "source", "document"):
        assert observation_frame([]).dtypes[name] == quick.dtypes[name], name


@settings(max_examples=80, deadline=None)
@given(STATEMENTS, ZONES, st.none() | MOMENT, st.none() | MOMENT, st.lists(st.tuples(MOMENT, RATE, RATE), max_size=4))
def test_the_quick_frame_is_the_definition(
    statements: list[tuple[str, str, str, str]],
    zone: str | None,
    since: str | None,
    until: str | None,
    moves: list[tuple[str, Decimal, Decimal]],
) -> None:
    asked = {"tz": zone, "since": since, "until": until}
    with kept(statements) as store:
        for moment, rate, percent in moves:
            store.load_text(f"KZT/USD = {rate} -{percent}%", observed_at=moment, source="b")
        for pair in ("KZT/USD", "USD/KZT"):
            try:
                found = store.observations(pair, **asked)
            except FxError:
                with pytest.raises(FxError):
                    store.history(pair, **asked)
                continue
            pd.testing.assert_frame_equal(store.history(pair, **asked), observation_frame(found), check_exact=True)


def test_the_close_before_a_span_is_the_last_of_its_day_in_the_zone() -> None:
    """20:00 UTC of the 29th is the 30th in Almaty, where it comes after what is said of the whole 30th."""
    with store_of(
        "2024-12-29T20:00Z KZT/USD = 0.00200", "2024-12-30 KZT/USD = 0.00100", "2025-01-05 KZT/USD = 0.00300"
    ) as store:
        asked = {"tz": "Asia/Almaty", "fill": "previous"}
        whole = {each.period: each.close for each in store.candles("KZT/USD", **asked)}
        later = {each.period: each.close for each in store.candles("KZT/USD", since="2024-12-31", **asked)}
    assert later == {period: close for period, close in whole.items() if period >= date(2024, 12, 31)}
    assert later[date(2024, 12, 31)] == Fraction("0.00200")


def test_a_long_series_is_read_in_parts_and_told_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stretches, "ROWS", 3)
    text = "".join(f"KZT/USD = 0.00{rate}\n" for rate in (19, 191, 192, 18, 185, 21, 22))
    with Store(":memory:") as store:
        for day, line in enumerate(text.splitlines(), 1):
            store.load_text(line, observed_at=f"2024-12-{day:02}", source="a")
            store.load_text(line + "1", observed_at=f"2024-12-{day:02}T10:00Z", source="b")
        found = store.observations("KZT/USD")
        assert len(found) == 14
        pd.testing.assert_frame_equal(store.history("KZT/USD"), observation_frame(found), check_exact=True)
        for every in EVERY:
            assert store.candles("KZT/USD", every) == candles(found, every)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(MOMENT, RATE), min_size=1, max_size=25),
    st.sampled_from(EVERY),
    st.booleans(),
    st.none() | MOMENT,
)
def test_the_quick_frame_of_periods_is_the_definition(
    said: list[tuple[str, Decimal]], every: str, ohlc: bool, since: str | None
) -> None:
    with Store(":memory:") as store:
        for moment, rate in dict(said).items():
            store.load_text(f"KZT/USD = {rate:.4f}", observed_at=moment)
        try:
            told = store.candles("KZT/USD", every, since=since)
        except NoQuotes:
            return
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("fx.frames.candle_frame", None)  # the quick way must serve this
            frame = store.history("KZT/USD", every=every, ohlc=ohlc, since=since)
        pd.testing.assert_frame_equal(frame, candle_frame(told, ohlc=ohlc), check_exact=True)


@settings(max_examples=60, deadline=None)
@given(STATEMENTS, st.sampled_from(EVERY), ZONES)
def test_a_dense_series_is_summed_up_to_the_same(
    statements: list[tuple[str, str, str, str]], every: str, zone: str | None
) -> None:
    with kept(statements) as store, pytest.MonkeyPatch.context() as patch:
        patch.setattr(periods, "DENSE", 0)
        patch.setattr(stretches, "ROWS", 4)
        for pair in {row["pair"] for row in store.pairs()}:
            expected = candles(store.observations(pair), every, zone_of(zone))
            assert store.candles(pair, every, tz=zone) == expected


@settings(max_examples=60, deadline=None)
@given(STATEMENTS, st.sampled_from(EVERY))
def test_sql_frame_and_pandas_tell_the_same(statements: list[tuple[str, str, str, str]], every: str) -> None:
    with kept(statements) as store:
        days = store.query("SELECT * FROM daily_rates ORDER BY base, day")[1]
        for base in sorted({row[1] for row in days}):
            sql = [row for row in days if row[1] == base]
            frame = store.history(f"{base}/USD", every="day", ohlc=True)
            assert [str(each.date()) for each in frame.index] == [row[0] for row in sql]
            ours = frame[["open", "high", "low", "close", "count"]].to_numpy().ravel()
            theirs = [cell for row in sql for cell in row[3:]]
            assert all(math.isclose(one, other, rel_tol=1e-15) for one, other in zip(ours, theirs, strict=True))
            raw = store.history(f"{base}/USD")["rate"]
            again = raw.resample(**PANDAS[every])
            expected = again.ohlc().assign(mean=again.mean(), count=again.count()).query("count > 0")
            found = store.history(f"{base}/USD", every=every, ohlc=True)
            assert list(found.index) == list(expected.index.tz_localize(None))
            for name in expected:
                assert all(
                    math.isclose(one, other, rel_tol=1e-12)
                    for one, other in zip(found[name], expected[name], strict=True)
                ), name


@given(st.dates(), st.sampled_from(EVERY))
def test_every_day_lies_in_one_period(day: date, every: str) -> None:
    first = first_day(day, every)
    after = following(first, every)
    assert first <= day
    assert after is None or (day < after and first_day(after, every) == after)
    assert every != "week" or first.isocalendar()[:2] == day.isocalendar()[:2]


def test_a_day_at_the_edge_of_a_clock_change_is_the_day_on_the_wall() -> None:
    moment = Moment.parse("2006-10-29T02:45Z")  # in St John's it is 00:15 on the 29th, or 23:15 on the 28th again
    with store_of(f"{moment} KZT/USD = 0.00190") as store:
        (candle,) = store.candles("KZT/USD", tz="America/St_Johns")
    assert candle.period == moment.start.astimezone(ZoneInfo("America/St_Johns")).date()


# Change and statistics -----------------------------------------------------------------------------------------------

CHANGES = {
    ("0.00190", "0.00192"): (Fraction(2, 190) * 100, True),
    ("0.00190", "0.00191"): (Fraction(1, 190) * 100, False),
    ("0.00190", "0.0019"): (Fraction(0), False),
    ("0.00190", "0.00185"): (Fraction(-5, 190) * 100, True),
}


@pytest.mark.parametrize("rates", CHANGES, ids=" to ".join)
def test_a_move_is_one_only_where_the_digits_prove_it(rates: tuple[str, str]) -> None:
    percent, moved = CHANGES[rates]
    lines = [f"2024-12-{14 + number} KZT/USD = {rate}" for number, rate in enumerate((rates[0], "0.5", rates[1]))]
    with store_of(*lines) as store:
        change = store.change("KZT/USD")
        assert (change.percent, change.moved) == (percent, moved)
        low, high = change.percent_bounds
        assert low < percent < high
        turned = store.change("USD/KZT", since="2024-12-14", until="2024-12-16")
        assert turned.moved == moved
        assert 1 + turned.percent / 100 == 1 / (1 + percent / 100)


def test_statistics_are_those_of_pandas_on_the_closes() -> None:
    with Store(":memory:") as store:
        store.load(EXAMPLES, source="timesca")
        frames = {base: store.history(f"{base}/USD", every="month") for base in ("KZT", "TJS")}
    closes = pd.Series([0.0019, 0.00196, 0.00192])
    assert list(returns(frames["KZT"]))[1:] == list(closes.pct_change())[1:]
    assert volatility(frames["KZT"], periods_a_year=12) == closes.pct_change().std() * 12**0.5
    assert correlation(frames).loc["KZT", "TJS"] == pytest.approx(1.0)  # of two points each


def test_two_sources_make_no_move() -> None:
    with Store(":memory:") as store:
        for source, rate in (("A", "1.300"), ("B", "1.500")):
            store.load_text(f"2025-01-01 GBP/USD {rate}\n2025-01-02 GBP/USD {rate}\n", source=source)
        change = store.change("GBP/USD")
        assert (change.first.source, change.last.source) == ("A", "A")
        assert change.first.rate.value == change.last.rate.value


# Digits ---------------------------------------------------------------------------------------------------------------

DIGITS = "2024-12-13 KZT/USD = 0.0019", "2024-12-14 KZT/USD = 0.001912345678", "2024-12-16 KZT/USD = 0.00190"


@pytest.mark.parametrize("people", [True, False])
def test_every_figure_that_was_published_has_the_digits_it_was_published_with(people: bool) -> None:
    with store_of(*DIGITS) as store:
        first, second = candle_rows(store.candles("KZT/USD", "week"), ohlc=True, people=people)
        assert [first[name] for name in ("open", "high", "low", "close")] == [
            "0.0019", "0.001912345678", "0.0019", "0.001912345678",
        ]  # fmt: skip
        assert [second[name] for name in ("open", "high", "low", "close")] == ["0.00190"] * 4
        (change,) = change_rows([store.change("KZT/USD")], people=people)
        assert (change["first"], change["last"], change["change"]) == ("0.0019", "0.00190", "0.00000")


def test_what_was_not_published_has_no_more_digits_for_people_than_its_bounds_allow() -> None:
    with store_of(*DIGITS) as store:
        turned = [row["rate"] for row in observation_rows(store.observations("USD/KZT"), people=True)]
        assert turned == ["526.32", "522.918011897", "526.316"]
        assert [row["close"] for row in candle_rows(store.candles("USD/KZT"), ohlc=False, people=True)] == turned
        (decree,) = observation_rows(store.observations("DEM/EUR"), people=True)
        assert decree["rate"] == "0.511291881196"
