"""Exact numbers: laws of rounding and bounds, amounts that are none."""

from __future__ import annotations

import decimal
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fx.errors import AmountError
from fx.exact import bounds_of, ceiling, floor, half_even, parse_amount, plain, to_significant

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
