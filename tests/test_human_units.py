"""For how many of the base a figure stands, and whether it is a rate at all: what a person would ask before reading."""

from __future__ import annotations

import pytest

from tests.builders import read_file, reading
from tests.test_human import said

NOT_OF_ONE = (
    "UZS/KZT 4.07 (за 100 сум)",
    "JPY/KZT 341.21 за 100 иен",
    "UZS/KZT 4.07 за 100",
    "UZS/KZT: 4,07 (100 единиц)",
    "UZS/KZT 4.07 (100)",
    "Rates per 100 units: JPY/KZT 341.21, KRW/KZT 36.52",
    "За 1000 единиц: UZS/RUB 8,10; IRR/RUB 2,48",
    "Rates per 100 units: " + ", ".join(f"JPY/{code} 341.21" for code in "KZT USD EUR GBP CHF SEK NOK DKK PLN".split()),
    "Rates per 100 units:\nJPY/KZT 341.21\nKRW/KZT 36.52",
    "USD/UZS = 12.87 тыс.",
    "USD/UZS = 12,87 ming",
    "USD/RUB: 104 руб. 25 коп.",
    "1 EUR = 1 USD 5 cents",
    "100 сум = 4 тенге 7 тиын",
    "EURUSD 0.10 1.0501 1.0450 1.0600 -5.20",
    "Пара Закр. Расч. Изм.\nUSD/RUB 103,95 104,25 +0,30\nEUR/RUB 109,80 109,61 −0,19",
    "Pair S1 S2 R1 R2\nEUR/USD 1.0450 1.0400 1.0530 1.0600",
    "Валюта  Курс  Einheitswert\nUZS/KZT  4.07  100",
    "Currency  Quantity  Rate\nUZS/KZT  100  4.07",
    "KZT/USD = 0.0019 €",
    "Пара  Курс  Кол-во\nEUR/USD  1.0501  100",
)


@pytest.mark.parametrize("text", NOT_OF_ONE)
def test_a_figure_that_may_not_be_the_rate_of_one_is_told_of_and_not_taken(text: str) -> None:
    found = reading(text)
    assert [str(quote.pair) for quote in found.quotes] == []
    assert found.rejects


@pytest.mark.parametrize(
    "text",
    [
        "USD/KZT 523.54 за 1 доллар",
        "USD/KZT 523.54 за доллар",
        "Fee is 5 USD for 100 USD. USD/KZT 523.54",
        "USD/KZT 523.54 тенге",
        "USD/KZT = 523.54 $1 = 2",
        "USD/KZT 523.54 812,400",
        "USD/KZT 523.54 0.30 0.06",
        "USD/KZT 523.54 20241213 1030",
        "USD/KZT 523.54 1.25 0.24 12",
    ],
)
def test_what_only_looks_like_a_unit_takes_no_quote_away(text: str) -> None:
    assert said(text) == "USD/KZT 523.54"


@pytest.mark.parametrize(
    "text",
    [
        "EUR/USD 1.0501 (10 Dec)",
        "EUR/USD 1.0501 (1000 GMT)",
        "Rates for 10:30 EUR/USD 1.0501",
        "Rates for 10 Dec:\nEUR/USD 1.0501",
        "Rates for 10:00:\nEUR/USD 1.0501",
    ],
)
def test_a_day_or_a_time_of_day_is_no_unit(text: str) -> None:
    assert said(text) == "EUR/USD 1.0501"


def test_a_sum_worked_out_behind_its_rate_is_no_unit_of_that() -> None:
    found = reading("EUR/USD 1.0501 (100 EUR = 105.01 USD)")
    assert {(str(quote.pair), str(quote.rate)) for quote in found.quotes} == {("EUR/USD", "1.0501")}
    assert not found.rejects


@pytest.mark.parametrize("behind", ["(Per Reuters)", "(M)", "(Day's range: 1.0450)"])
def test_a_name_in_brackets_counts_nothing(behind: str) -> None:
    assert said(f"EUR/USD 1.0501 {behind}") == "EUR/USD 1.0501"


@pytest.mark.parametrize("following", ["€/RUB 109.61", "€/₽ 109.61", "€ = 109.61", "€: 109.61"])
def test_a_sign_that_begins_the_next_quote_is_not_of_the_last(following: str) -> None:
    assert said(f"USD/RUB 104.25 {following}") == "USD/RUB 104.25"


@pytest.mark.parametrize(
    "heading",
    ["Rates per 100 units:", "За 100 единиц", "Rates per 100 units, as set by the National Bank of Uzbekistan:"],
)
def test_a_heading_of_units_holds_for_a_board_as_well(heading: str) -> None:
    found = reading(f"{heading}\n• UZS/USD = 0.00800 0%\n• KZT/USD = 0.19000 0%\n\nSpot:\n• TJS/USD = 0.09158 0%\n")
    assert [str(quote.pair) for quote in found.quotes] == ["TJS/USD"]
    assert len(found.rejects) == 2


def test_a_heading_of_units_holds_for_its_list_alone() -> None:
    text = "Rates per 100 units:\n\nJPY/KZT 341.21\n\nSpot:\nUSD/KZT 523.54\nEUR/KZT 549.10\n"
    assert said(text) == "USD/KZT 523.54; EUR/KZT 549.10"


@pytest.mark.parametrize("head", ["за", "Per", "Birim", "Einheit", "ერთეული"])
def test_a_column_of_units_has_many_names(head: str) -> None:
    assert said(f"Валюта  Курс  {head}\nUSD/KZT  523.54  1\nUZS/KZT  4.07  100\n") == "USD/KZT 523.54; UZS/KZT 0.0407"


@pytest.mark.parametrize("head", ["#", "№ п/п", "S.No", "Номер", "Row"])
def test_a_column_that_counts_the_rows_is_none_of_units(head: str) -> None:
    assert said(f"{head}  Pair  Rate\n1  USD/KZT  523.54\n100  EUR/KZT  549.10\n") == "USD/KZT 523.54; EUR/KZT 549.10"


def test_figures_that_stand_before_their_pairs_are_not_taken_for_those_behind() -> None:
    found = reading("523.54 KZT/USD 549.10 KZT/EUR 5.01 KZT/RUB")
    assert not found.quotes
    assert "before their pairs" in found.rejects[0].reason


@pytest.mark.parametrize("before", ["Top 10 ", "5 ", "10 AMD/KZT 13.1; "])
def test_a_figure_before_one_pair_leaves_the_others_behind_separators_alone(before: str) -> None:
    found = {str(quote.pair) for quote in reading(f"{before}EUR/USD 1.05; GBP/USD 1.25, USD/JPY 150.1").quotes}
    assert {"GBP/USD", "USD/JPY"} <= found


def test_a_number_before_the_first_pair_is_no_figure_of_a_list() -> None:
    found = {str(quote.pair) for quote in reading("Page 5 EUR/USD 1.0501 GBP/USD 1.2698 USD/JPY 153.65").quotes}
    assert {"GBP/USD", "USD/JPY"} <= found


@pytest.mark.parametrize("text", ["USD/RUR 104.25 ₽", "USD/CUP 24.5 ₱", "USD/SYP 13001.5 £"])
def test_a_sign_behind_a_currency_whose_signs_are_not_known_may_be_its_own(text: str) -> None:
    assert said(text) == text[:-2]


@pytest.mark.parametrize("label", ["commission", "комиссия", "НДС", "fee", "г/г"])
def test_what_is_charged_on_top_or_moved_in_a_year_is_no_change(label: str) -> None:
    assert said(f"EUR/KZT 549.10 +1.5% {label}") == "EUR/KZT 549.10"


@pytest.mark.parametrize("text", ["+1.5% Spread: 0.2", "+1.5% spread 0.2", "(+1.5%) fee 0"])
def test_a_charge_with_its_own_figure_takes_no_change_away(text: str) -> None:
    assert said(f"EUR/KZT 549.10 {text}") == "EUR/KZT 549.10 1.5"


@pytest.mark.parametrize("head", ["30d", "90d", "1h", "Неделя", "Месяц", "30 дней"])
def test_a_column_of_another_period_is_no_change(head: str) -> None:
    assert said(f"| Pair | Rate | {head} |\n|---|---|---|\n| EUR/USD | 1.0501 | -1.1% |") == "EUR/USD 1.0501"


def test_a_turkish_percentage_may_fall() -> None:
    assert said("EUR/TRY 36,7221 %-0,31") == "EUR/TRY 36.7221 -0.31"


@pytest.mark.parametrize(
    ("bid", "ask"), [("алуу", "сатуу"), ("олиш", "сотиш"), ("харид", "фурӯш"), ("ყიდვა", "გაყიდვა")]
)
def test_both_sides_are_named_in_the_languages_of_the_region(bid: str, ask: str) -> None:
    assert said(f"USD/KGS {bid} 86.90 {ask} 87.25") == "USD/KGS 86.90|87.25"


@pytest.mark.parametrize(
    "text",
    [
        "13.12.2024\n1 USD / KZT 523.54\n100 UZS / KZT 4.07\n",
        "Курсы валют на 13.12.2024\n1 ДОЛЛАР США\tUSD / KZT\t523.54\n100 УЗБЕКСКИХ СУМОВ\tUZS / KZT\t4.07\n",
    ],
)
def test_the_day_above_a_banks_list_is_that_of_its_first_line(text: str) -> None:
    found = [(str(quote.pair), str(quote.rate), str(quote.observed_at)) for quote in reading(text).quotes]
    assert found == [("USD/KZT", "523.54", "2024-12-13"), ("UZS/KZT", "0.0407", "2024-12-13")]


def test_an_instrument_of_the_moscow_exchange_has_a_pair_in_its_name() -> None:
    assert said("EUR_RUB__TOM 109.6100") == "EUR/RUB 109.6100"


def test_the_history_that_a_site_hands_out_is_read_with_its_pair() -> None:
    english = (
        '"Date","Price","Open","High","Low","Vol.","Change %"\n'
        '"12/13/2024","1.0501","1.0467","1.05","1.04","","0.33%"\n'
    )
    russian = '"Дата";"Цена";"Откр.";"Макс.";"Мин.";"Изм. %"\n"13.12.2024";"1,0501";"1,0467";"1,05";"1,04";"0,33%"\n'
    for text in (english, russian):
        assert read_file(text, pair="EUR/USD")[0] == ["EUR/USD 1.0501 0.33% @2024-12-13"]
    assert read_file(english)[0] == []
    assert read_file(english, name="EUR_USD Historical Data.csv")[0] == ["EUR/USD 1.0501 0.33% @2024-12-13"]


def test_the_columns_of_a_bank_may_be_headed_as_on_its_page() -> None:
    russian = "Букв. код;Единиц;Курс\nKZT;100;19,9120\nUSD;1;104,2543\n"
    english = "currency,nominal,value\nKZT,100,19.9120\nUSD,1,104.2543\n"
    for text in (russian, english):
        assert read_file(text, counter="RUB")[0] == ["KZT/RUB 0.199120 /100", "USD/RUB 104.2543"]
    assert read_file("ISO;Sell;Buy\nUSD;87,30;86,90\n", counter="KGS")[0] == ["USD/KGS 86.90|87.30"]


@pytest.mark.parametrize("head", ["Количество", "Кол-во"])
def test_the_quantity_of_a_deal_divides_no_rate(head: str) -> None:
    found = reading(f"Дата;Пара;Курс;{head}\n2024-12-13;EUR/USD;1,0501;100\n2024-12-13;GBP/USD;1,2698;1\n")
    assert [(str(quote.pair), str(quote.rate)) for quote in found.quotes] == [("GBP/USD", "1.2698")]
    assert "that of one or of 100" in found.rejects[0].reason


def test_a_rate_of_errors_is_no_rate_of_exchange() -> None:
    assert read_file("pair,error_rate\nEUR/USD,0.02\n")[0] == []
