"""Conversions: the figures of the contract, and bounds that hold the truth of a made world."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fx.convert import convert, rate_answer
from fx.currencies import Currency
from fx.errors import UsageError
from fx.exact import half_even
from fx.moments import Moment
from fx.policy import Days, days_in
from fx.rates import Rate, find_rate
from tests.builders import quote

DAY = Moment.parse("2024-12-14")
BOOK = [
    quote("KGS/USD 0.01150"),
    quote("KZT/USD 0.00190"),
    quote("TJS/USD 0.09158"),
    quote("UZS/USD 0.00008"),
    quote("TMT/USD 0.28490"),
]


def rate_of(base: str, counter: str) -> Rate:
    rate = find_rate(
        Currency(base), Currency(counter), lambda code: [q for q in BOOK if code in (q.base, q.counter)], DAY
    )
    assert rate is not None
    return rate


@pytest.mark.parametrize(
    ("amount", "base", "counter", "result", "low", "high"),
    [
        ("10000", "KZT", "USD", "19.00", "18.95", "19.05"),
        ("-10000", "KZT", "USD", "-19.00", "-19.05", "-18.95"),
        ("100", "USD", "UZS", "1250000.00", "1176470.58", "1333333.34"),
        ("5000", "KGS", "TJS", "627.87", "627.55", "628.18"),
        ("0", "KZT", "USD", "0.00", "0.00", "0.00"),
        ("7.125", "USD", "USD", "7.12", "7.12", "7.13"),
    ],
)
def test_the_amount_is_rounded_once_and_its_bounds_outward(
    amount: str, base: str, counter: str, result: str, low: str, high: str
) -> None:
    answer = convert(amount, rate_of(base, counter), DAY)
    assert [str(each) for each in (answer.result, answer.low, answer.high)] == [result, low, high]


def test_an_answer_carries_its_age_its_legs_and_how_much_it_knows() -> None:
    answer = convert("1", rate_of("UZS", "KGS"), Moment.parse("2024-12-20T10:00Z"))
    assert (answer.base, answer.counter) == ("UZS", "KGS")
    assert (answer.kind, answer.age_days, str(answer.observed_at), answer.significant_digits) == (
        "cross",
        6,
        "2024-12-14",
        1,
    )
    assert [(str(leg.quote.pair), leg.inverted) for leg in answer.legs] == [("UZS/USD", False), ("KGS/USD", True)]


@pytest.mark.parametrize(
    ("pair", "result", "low", "high"),
    [
        ("KZT/USD", "0.00190", "0.001895", "0.001905"),
        ("USD/UZS", "12500", "11764.7", "13333.4"),
        ("USD/USD", "1", "1.0", "1.0"),
    ],
)
def test_a_rate_shows_the_digits_that_are_known(pair: str, result: str, low: str, high: str) -> None:
    answer = rate_answer(rate_of(*pair.split("/")), DAY)
    assert [str(each) for each in (answer.result, answer.low, answer.high)] == [result, low, high]
    assert (answer.amount, answer.exact) == (1, answer.rate.value)


def test_a_rate_is_shown_with_as_many_decimals_as_are_asked_for() -> None:
    answer = rate_answer(rate_of("KGS", "TJS"), DAY, 3, "down")
    assert [str(each) for each in (answer.amount, answer.result, answer.low, answer.high)] == [
        "1",
        "0.125",
        "0.125",
        "0.126",
    ]


truths = st.fractions(min_value=Fraction(1, 10**6), max_value=10**6, max_denominator=10**12)


@given(truths, truths, st.integers(1, 7), st.integers(1, 7), st.decimals(-(10**9), 10**9, places=2))
def test_the_truth_of_a_made_world_lies_within_the_bounds_of_every_answer(
    dollars_a_som: Fraction, dollars_a_tenge: Fraction, digits_a: int, digits_b: int, amount: Decimal
) -> None:
    def printed(truth: Fraction, digits: int) -> str:
        size = len(str(truth.numerator // truth.denominator)) if truth >= 1 else 0
        return format(half_even(truth, max(0, digits - size) if size else digits + 5), "f")

    printed_rates = printed(dollars_a_som, digits_a), printed(dollars_a_tenge, digits_b)
    if any(Decimal(text) == 0 for text in printed_rates):
        return
    book = [quote(f"KGS/USD {printed_rates[0]}"), quote(f"KZT/USD {printed_rates[1]}")]
    truth = {"KGS": dollars_a_som, "KZT": dollars_a_tenge, "USD": Fraction(1)}
    for base, base_value in truth.items():
        for counter, counter_value in truth.items():
            rate = find_rate(
                Currency(base), Currency(counter), lambda code: [q for q in book if code in (q.base, q.counter)], DAY
            )
            assert rate is not None
            answer = convert(amount, rate, DAY)
            true_value = Fraction(amount) * base_value / counter_value
            assert Fraction(answer.low) <= true_value <= Fraction(answer.high)
            assert answer.low <= answer.result <= answer.high


def test_so_many_decimals_are_shown_and_no_more() -> None:
    for places in (0, 1, 100):
        answer = convert("1", rate_of("USD", "UZS"), DAY, places)
        assert answer.result.as_tuple().exponent == -places
    for places in (-1, 101, 2.5):
        with pytest.raises(UsageError, match="take 0 to 100"):
            convert("1", rate_of("USD", "UZS"), DAY, places)  # type: ignore[arg-type]


def test_a_rate_published_without_decimals_shows_none() -> None:
    book = [quote("USD/UZS 12800"), quote("EUR/UZS 13E+3")]
    for base, shown in (("USD", "12800"), ("EUR", "13000")):
        rate = find_rate(
            Currency(base), Currency("UZS"), lambda code: [q for q in book if code in (q.base, q.counter)], DAY
        )
        assert rate is not None
        assert format(rate_answer(rate, DAY).result, "f") == shown


def test_an_answer_keeps_what_was_demanded_of_it() -> None:
    assert convert("1", rate_of("KZT", "USD"), DAY).demands == {}
    assert convert("1", rate_of("KZT", "USD"), DAY, demands={"max_age": 7}).demands == {"max_age": 7}


@pytest.mark.parametrize(
    ("span", "days"),
    [("0", 0), ("123456d", 123456), ("12 days", 12), ("1 day", 1), ("2w", 14), ("2 WEEKS", 14), ("1 week", 7), (0, 0), (timedelta(), 0), (timedelta(days=9), 9)],
)  # fmt: skip
def test_a_span_is_read_in_whole_days(span: Days, days: int) -> None:
    assert days_in(span) == days


@pytest.mark.parametrize(
    "span", ["1234567", "d", "", "-1", "1.5d", "7 months", -1, True, timedelta(hours=36), timedelta(days=-1), timedelta(hours=-24)]
)  # fmt: skip
def test_what_is_no_span_of_whole_days_is_refused(span: Days) -> None:
    with pytest.raises(UsageError, match="no number of days"):
        days_in(span)
