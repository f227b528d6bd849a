"""What may be demanded of a rate: its age, its way, its sources; and what is said where it cannot be had."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

import fx
from fx.errors import NoQuotes, NoRate, TooOld, UsageError
from fx.store import Store

BOARD = """\
2024-12-01 KGS/TJS 0.1250
2024-12-10 KGS/USD 0.01150
2024-12-14 TJS/USD 0.09158
2024-12-14 EUR/USD 1.0500
"""


@pytest.fixture
def store() -> Iterator[Store]:
    with fx.open(":memory:", clock=lambda: datetime(2024, 12, 20, tzinfo=UTC)) as opened:
        opened.load_text(BOARD, source="bank")
        opened.load_text("2024-12-15 KGS/USD 0.01160\n", source="press")
        yield opened


def legs(answer: fx.convert.Answer) -> list[str]:
    return [f"{leg.quote.pair} {leg.quote.rate} {leg.quote.source}" for leg in answer.legs]


@pytest.mark.parametrize(
    ("demands", "expected"),
    [
        ({}, ["KGS/USD 0.01160 press", "TJS/USD 0.09158 bank"]),
        ({"direct": True}, ["KGS/TJS 0.1250 bank"]),
        ({"via": "USD"}, ["KGS/USD 0.01160 press", "TJS/USD 0.09158 bank"]),
        ({"source": "bank"}, ["KGS/USD 0.01150 bank", "TJS/USD 0.09158 bank"]),
        ({"source": ["bank", "press"]}, ["KGS/USD 0.01150 bank", "TJS/USD 0.09158 bank"]),
        ({"source": ["press", "bank"]}, ["KGS/USD 0.01160 press", "TJS/USD 0.09158 bank"]),
        ({"max_age": "6d"}, ["KGS/USD 0.01160 press", "TJS/USD 0.09158 bank"]),
        ({"max_spread": 0}, ["KGS/TJS 0.1250 bank"]),
        ({"source": "bank", "max_spread": "3d"}, ["KGS/TJS 0.1250 bank"]),
    ],
)
def test_a_demand_chooses_the_legs(store: Store, demands: dict[str, object], expected: list[str]) -> None:
    assert legs(store.rate("KGS/TJS", **demands)) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("demands", "kind", "message"),
    [
        ({"max_age": "3d"}, TooOld, "is of 2024-12-14, 6 days old: ask --max-age 6d or more"),
        ({"max_age": "1w", "source": "bank"}, TooOld, "is of 2024-12-10, 10 days old"),
        ({"max_spread": 0, "via": "USD"}, TooOld, "lie 1 days apart, 2024-12-14 to 2024-12-15"),
        ({"via": "EUR"}, NoRate, "no quotes lead from KGS/TJS over EUR: ask without --via"),
        ({"source": "press"}, NoRate, "there is no quote of TJS from press"),
        ({"max_age": "soon"}, UsageError, "write 7d or 2w"),
        ({"via": "USD", "direct": True}, UsageError, "leave out --direct or --via"),
        ({"rounding": "up-ish"}, UsageError, "half-even, half-up"),
    ],
)
def test_what_cannot_be_had_is_an_error_that_names_what_there_is(
    store: Store, demands: dict[str, object], kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind, match=message):
        store.convert(1, "KGS", "TJS", **demands)  # type: ignore[arg-type]


def test_a_withdrawn_currency_is_converted_over_its_successor(store: Store) -> None:
    answer = store.convert("195.583", "DEM", "USD")
    assert (str(answer.result), legs(answer)) == ("105.00", ["EUR/DEM 1.95583 decree", "EUR/USD 1.0500 bank"])
    assert (str(answer.observed_at), answer.age_days) == ("2024-12-14", 6)
    assert answer.legs[0].quote.document == "Council Regulation (EC) No 2866/98"
    with pytest.raises(NoRate, match="BYR became BYN on 2016-07-01"):
        store.convert(1, "BYR", "USD")


def test_between_two_withdrawn_currencies_the_quote_of_their_successors_serves() -> None:
    with fx.open(":memory:", clock=lambda: datetime(2024, 12, 20, tzinfo=UTC)) as store:
        store.load_text("2024-12-14 EUR/TRY 36.0000\n2024-12-14 EUR/USD 1.0500\n")
        for base, counter, result in (("DEM", "TRL", "18406508"), ("TRL", "DEM", "0.00"), ("DEM", "FRF", "3.35")):
            assert str(store.convert(1, base, counter).result) == result, (base, counter)
        assert legs(store.convert(1, "DEM", "TRL")) == [
            "EUR/DEM 1.95583 decree", "EUR/TRY 36.0000 None", "TRY/TRL 1000000 decree",
        ]  # fmt: skip


def test_the_way_of_rounding_is_the_askers_and_bounds_go_outward_all_the_same(store: Store) -> None:
    asked = {way: store.convert(10, "TJS", "USD", rounding=way) for way in ("half-even", "down", "up", "floor")}
    assert {way: str(answer.result) for way, answer in asked.items()} == {
        "half-even": "0.92",
        "down": "0.91",
        "up": "0.92",
        "floor": "0.91",
    }
    assert {(str(answer.low), str(answer.high)) for answer in asked.values()} == {("0.91", "0.92")}


def test_a_feed_that_writes_an_old_code_for_new_money_is_not_turned_by_the_decree() -> None:
    with fx.open(":memory:", clock=lambda: datetime(2024, 12, 20, tzinfo=UTC)) as store:
        store.load_text("2024-12-14 USD/RUR 92.45\n2024-12-14 USD/BYR 3.27\n")
        assert str(store.convert(100, "USD", "RUR").result) == "9245.00"
        # 1000 BYB were one of the BYR that is meant no more.
        replaced = "a code is quoted there long after its money was replaced"
        for code, message in (("RUB", "no quote of RUB"), ("BYN", "no quote of BYN"), ("BYB", replaced)):
            with pytest.raises(NoRate, match=message):
                store.convert(100, "USD", code)
            with pytest.raises(NoQuotes):
                store.history(f"USD/{code}")
        with pytest.raises(NoRate, match=replaced):
            store.convert(100, "BYR", "BYN")


def test_old_money_is_no_way_to_the_rate_of_the_new(store: Store) -> None:
    store.load_text("2024-12-14 USD/TRL 35000000", source="bank")
    with pytest.raises(NoRate, match="there is no quote of TRY"):
        store.rate("USD/TRY")


def test_a_later_named_source_serves_in_full_once_it_is_needed() -> None:
    with fx.open(":memory:", clock=lambda: datetime(2024, 12, 20, tzinfo=UTC)) as store:
        store.load_text("2020-01-01 EUR/USD 1.1000", source="old")
        store.load_text("2024-12-14 EUR/USD 1.0500\n2024-12-14 USD/KZT 520.10\n", source="new")
        answer = store.rate("EUR/KZT", source=["old", "new"])
        assert (answer.age_days, [leg.quote.source for leg in answer.legs]) == (6, ["new", "new"])
        assert store.rate("EUR/USD", source=["old", "new"]).legs[0].quote.source == "old"
        with pytest.raises(TooOld, match="6 days old: ask --max-age 6d"):
            store.rate("EUR/KZT", source=["old", "new"], max_age=1)


@pytest.mark.parametrize("demands", [{"places": 1.5}, {"via": 5}, {"source": 5}, {"source": ""}, {"max_age": -1}])
def test_a_demand_of_another_kind_is_refused_by_a_sentence(store: Store, demands: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        store.convert(1, "KGS", "TJS", **demands)  # type: ignore[arg-type]


def test_a_rate_is_shown_to_the_digits_that_are_known_where_its_value_ends_early() -> None:
    with fx.open(":memory:", clock=lambda: datetime(2024, 12, 20, tzinfo=UTC)) as store:
        store.load_text("2024-12-14 EUR/USD 0.500000\n2024-12-14 GBP/USD 1.2698/1.2702\n")
        shown = [store.rate(pair) for pair in ("USD/EUR", "GBP/USD")]
        assert [(str(each.result), str(each.low), str(each.high)) for each in shown] == [
            ("2.0000000", "1.99999800", "2.00000201"),
            ("1.270000", "1.2697500", "1.2702500"),
        ]


def test_an_irrevocable_rate_holds_whatever_is_quoted_of_the_old_money_later() -> None:
    with fx.open(":memory:", clock=lambda: datetime(2010, 3, 1, tzinfo=UTC)) as store:
        store.load_text("2002-03-01 EUR/USD 0.8650\n2002-03-01 DEM/USD 0.4327\n")
        answer = store.rate("EUR/DEM")
        assert (str(answer.result), answer.kind, answer.age_days) == ("1.95583", "quoted", None)
