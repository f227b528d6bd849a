"""Exact numbers: laws of rounding and bounds, amounts that are none."""

from __future__ import annotations

import decimal
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fx.errors import AmountError
from fx.exact import (
    bounds_of,
    ceiling,
    floor,
    half_even,
    parse_amount,
    places_before_point,
    plain,
    ratio_of,
    shown,
    to_significant,
)

fractions = st.fractions(min_value=-(10**12), max_value=10**12)
places = st.integers(0, 12)
published = st.decimals(min_value=Decimal("1e-12"), max_value=10**9, allow_nan=False, allow_infinity=False)


@given(fractions, places)
def test_rounding_stays_within_half_a_unit_and_between_floor_and_ceiling(value: Fraction, decimals: int) -> None:
    rounded = half_even(value, decimals)
    assert abs(Fraction(rounded) - value) <= Fraction(1, 2 * 10**decimals)
    assert floor(value, decimals) <= rounded <= ceiling(value, decimals)
    assert Fraction(floor(value, decimals)) <= value <= Fraction(ceiling(value, decimals))


@given(published)
def test_the_bounds_of_a_printed_number_hold_it_in_their_middle(number: Decimal) -> None:
    low, high = bounds_of(number)
    assert (low + high) / 2 == Fraction(number)
    assert high - low == Fraction(10) ** number.as_tuple().exponent  # type: ignore[operator]


@given(published)
def test_plain_digits_never_hold_an_exponent_and_read_back_the_same(number: Decimal) -> None:
    assert "E" not in plain(number).upper()
    assert Decimal(plain(number)) == number


@given(fractions.filter(bool), st.integers(1, 30))
def test_significant_digits_err_by_less_than_half_of_the_last(value: Fraction, digits: int) -> None:
    written = to_significant(value, digits)
    assert abs(Fraction(written) - value) <= abs(value) * Fraction(1, 2) / 10 ** (digits - 1)


def test_the_ambient_decimal_context_is_neither_read_nor_changed() -> None:
    with decimal.localcontext() as context:
        context.clear_flags()
        context.prec = 2
        context.Emax = 3
        assert half_even(Fraction("1234567.895"), 2) == Decimal("1234567.90")
        assert plain(to_significant(Fraction("1234567.89"), 20)) == "1234567.89"
        assert context.prec == 2
        assert not any(context.flags.values())


@pytest.mark.parametrize(
    "amount",
    ["", " ", "abc", "NaN", "inf", "-inf", "1e400", "1e3", "1,000", "1 000", "--1", "+", ".", "١٢", "1_000", "0x10", "1" * 41,
     1.5, True, None, [], Decimal("NaN"), Decimal("1e400"), Decimal("Infinity")],
)  # fmt: skip
def test_what_is_no_amount_is_refused_with_one_sentence_that_says_what_to_do(amount: object) -> None:
    with pytest.raises(AmountError) as caught:
        parse_amount(amount)  # type: ignore[arg-type]
    assert ": " in caught.value.message
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    ("amount", "value"),
    [("10000", 10000), ("-12.50", Fraction(-25, 2)), ("+.5", Fraction(1, 2)), (" 7. ", 7), (3, 3), (Decimal("1.10"), Fraction(11, 10))],
)  # fmt: skip
def test_an_amount_is_read_exactly(amount: str | int | Decimal, value: Fraction) -> None:
    assert parse_amount(amount) == value


def test_the_longest_amount_is_read_and_one_digit_more_is_not() -> None:
    for text in ("9" * 40, "." + "9" * 40, "1." + "9" * 39, "-" + "9" * 40):
        assert parse_amount(text) == Fraction(text)
        assert Fraction(*ratio_of(text)) == Fraction(text)
        with pytest.raises(AmountError, match="more than 40 digits") as caught:
            parse_amount(text + "9")
        assert caught.value.facts["amount"] == text + "9"
    assert parse_amount(10**200 - 1) == 10**200 - 1
    for number in (10**200, Fraction(1, 10**200), -(10**200)):
        with pytest.raises(AmountError, match="far beyond"):
            parse_amount(number)


@given(st.integers(0, 38), st.integers(0, 10**38))
def test_an_amount_in_two_integers_is_the_same(decimals: int, digits: int) -> None:
    written = str(digits).zfill(decimals + 1)
    text = f"{written[: len(written) - decimals]}.{written[len(written) - decimals :]}"
    assert Fraction(*ratio_of(text)) == parse_amount(text) == Fraction(digits, 10**decimals)


def test_what_is_quoted_in_a_message_is_cut_at_forty_characters() -> None:
    assert shown("a" * 40) == repr("a" * 40)
    assert shown("a" * 41) == repr("a" * 39 + "…")
    with pytest.raises(AmountError) as caught:
        parse_amount("a" * 100)
    assert caught.value.facts["amount"] == "a" * 80


@pytest.mark.parametrize(
    ("number", "low", "high"), [("1E+1", 5, 15), ("12E+2", 1150, 1250), ("7", "6.5", "7.5"), ("0.10", "0.095", "0.105")]
)
def test_half_a_unit_of_the_last_digit_that_was_printed_is_left_open(number: str, low: str, high: str) -> None:
    assert bounds_of(Decimal(number)) == (Fraction(low), Fraction(high))


def test_whole_digits_are_never_cut_and_zero_is_zero() -> None:
    assert plain(to_significant(Fraction("1234.56"), 2)) == "1235"
    assert plain(to_significant(Fraction("0.0012345"), 2)) == "0.0012"
    assert plain(to_significant(Fraction(0), 5)) == "0"


@given(st.integers(-30, 30), st.integers(1, 10**9), st.integers(1, 10**9))
def test_the_digits_before_the_point_are_counted_at_every_size(size: int, over: int, under: int) -> None:
    for value in (Fraction(10) ** size, Fraction(10) ** size * (1 - Fraction(1, 10**40)), Fraction(over, under)):
        places = places_before_point(value)
        assert Fraction(10) ** (places - 1) <= value < Fraction(10) ** places
