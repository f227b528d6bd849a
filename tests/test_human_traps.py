"""Figures that pass for the rate: the other side, another day, another unit; and neighbours that must stay as they are."""

from __future__ import annotations

import pytest

from tests.builders import read_file, reading
from tests.test_human import said

TWO_FIGURES = (
    "USD/KZT: 521 | 525",
    "USD/KZT 521 | 525",
    "USD/KZT | 521 | 525",
    "| USD/KZT | 521 | 525 |",
    "USD/KZT 521 525",
    "USD/KZT: 521.5 | 525",
    "USD/KZT 521.5 525",
    "USD/KZT: 480.10 | 525.20",
    "USD/KZT: 525.20 | 480.10",
    "USD/KZT: 521 | 525 | 523",
    "USD/KZT: 521.1 | 521.9 | +0.2%",
)


@pytest.mark.parametrize("text", TWO_FIGURES)
def test_of_two_figures_that_may_both_be_the_rate_none_is_taken(text: str) -> None:
    found = reading(text)
    assert [str(quote.pair) for quote in found.quotes] == []
    assert "name them bid and ask" in found.rejects[0].reason


BESIDE = {
    "two sides": ("USD/KZT: 521 | 522", "USD/KZT 521|522"),
    "two sides without spaces": ("EUR/USD 1.0501|1.0503", "EUR/USD 1.0501|1.0503"),
    "a change": ("USD/KZT: 521.10 | +0.2%", "USD/KZT 521.10 0.2"),
    "the next quote": ("USD/KZT: 521 | EUR/KZT: 549", "USD/KZT 521; EUR/KZT 549"),
    "a move": ("USD/KZT 523.54 | 2.10", "USD/KZT 523.54"),
    "a volume": ("USD/KZT 523.54 | 1250", "USD/KZT 523.54"),
    "a day": ("USD/KZT: 521 | 14.12.2024", "USD/KZT 521"),
    "minutes": ("USD/TRY: 34.5 | 24 min", "USD/TRY 34.5"),
    "thousands": ("USD/UZS 12 845", "USD/UZS 12845"),
    "thousands of gold": ("XAU/KZT 985 991", ""),
}


@pytest.mark.parametrize("name", BESIDE)
def test_what_else_stands_beside_a_rate_takes_it_not_away(name: str) -> None:
    text, expected = BESIDE[name]
    assert said(text) == expected
