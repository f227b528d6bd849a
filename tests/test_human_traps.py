"""Figures that pass for the rate: the other side, another day, another unit; and neighbours that must stay as they are."""

from __future__ import annotations

import pytest

from tests.builders import reading
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


@pytest.mark.parametrize("days", [("12/12", "13/12"), ("12.12", "13.12"), ("12-12-24", "13-12-24"), ("2023", "2024")])
@pytest.mark.parametrize("apart", [" ", "  ", " | "])
def test_figures_of_two_days_are_no_sides(days: tuple[str, str], apart: str) -> None:
    found = reading(apart.join(("Pair", *days)) + "\n" + apart.join(("EUR/USD", "1.0501", "1.0503")) + "\n")
    assert not found.quotes
    assert [reject.reason for reject in found.rejects] == [
        f"the head {day!r} is no whole date: write 2024-12-31" for day in days
    ]


def test_of_yesterday_and_today_the_rate_is_that_of_today() -> None:
    assert said("Pair Yesterday Today\nEUR/USD 1.0501 1.0503\n") == "EUR/USD 1.0503"
    assert said("Пара Вчера Сегодня Изм.\nUSD/RUB 103,95 104,25 +0,30\n") == "USD/RUB 104.25"


@pytest.mark.parametrize("apart", [" ", "  ", " | "])
def test_columns_of_whole_days_are_quotes_of_those_days(apart: str) -> None:
    text = apart.join(("Пара", "13.12.2024", "14.12.2024")) + "\n" + apart.join(("EUR/USD", "1.0501", "1.0503"))
    found = [(str(quote.rate), str(quote.observed_at)) for quote in reading(text).quotes]
    assert found == [("1.0501", "2024-12-13"), ("1.0503", "2024-12-14")]


@pytest.mark.parametrize("head", ["Quantity", "Qty", "Количество", "Кол-во", "Množství"])
@pytest.mark.parametrize("apart", [";", "\t", "  ", " | ", ","])
def test_a_quantity_is_refused_as_a_unit_in_every_kind_of_table(head: str, apart: str) -> None:
    found = reading("\n".join(apart.join(row) for row in (("Pair", head, "Rate"), ("UZS/KZT", "100", "4.07"))))
    assert not found.quotes
    assert "may be that of one or of 100" in found.rejects[0].reason


@pytest.mark.parametrize("head", ["Days", "Tenor", "Code", "Код"])
def test_a_column_of_days_or_codes_is_none_of_units(head: str) -> None:
    assert said(f"Pair  {head}  Rate\nEUR/USD  100  1.05\n") == "EUR/USD 1.05"
    assert said("Pair  Packung  Rate\nEUR/USD  100  1.05\n") == ""


@pytest.mark.parametrize("between", [" ", "\n", "\n\n"])
@pytest.mark.parametrize(
    "sentence", ["Prices for 100 units: 5 USD.", "Fees for 10: none.", "Rates per 100: see below."]
)
def test_a_unit_of_the_sentence_before_is_none_of_the_quote(sentence: str, between: str) -> None:
    assert said(f"{sentence}{between}EUR/USD 1.0501") == "EUR/USD 1.0501"


@pytest.mark.parametrize(
    "head", ["Rates for 10:", "Rates per 100 units: 341.21 JPY/KZT,", "Rates per 100 units: today;"]
)
@pytest.mark.parametrize("between", [" ", "\n"])
def test_a_unit_of_the_list_is_that_of_its_quotes(head: str, between: str) -> None:
    assert said(f"{head}{between}UZS/KZT 4.07") == ""
