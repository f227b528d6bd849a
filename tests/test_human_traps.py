"""Figures that pass for the rate: the other side, another day, another unit; and neighbours that must stay as they are."""

from __future__ import annotations

import itertools
import re

import pytest

from fx.currencies import Currency
from fx.formats.page import Hints
from tests.builders import reading
from tests.test_human import said

TWO_FIGURES = (
    "USD/KZT: 521 | 525",
    "USD/KZT 521 | 525",
    "USD/KZT | 521 | 525",
    "| USD/KZT | 521 | 525 |",
    "USD/KZT 521 525",
    "USD/KZT 521 525 +0.2%",
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


PARTED = ("USD/KZT;521,00;525,00", "USD/KZT: 521.00, 525.00", "Пара;a;b;c\nEUR/USD;1.0501;1.0530;1.0480\n")


@pytest.mark.parametrize("text", PARTED)
def test_of_two_figures_set_apart_by_a_mark_none_is_taken_either(text: str) -> None:
    test_of_two_figures_that_may_both_be_the_rate_none_is_taken(text)


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


SIDES = {
    "named before the pair": ("Курс покупки USD/KZT: 521.00", "USD/KZT 521.00|None"),
    "named before the pair, the ask": ("Selling rate: EUR/USD 1.05", "EUR/USD None|1.05"),
    "named behind the figure": ("EUR/USD: 1.0501 bid", "EUR/USD 1.0501|None"),
    "named behind the figure, in brackets": ("USD/KZT: 525.00 ₸ (продажа)", "USD/KZT None|525.00"),
    "both behind their figures": ("EUR/USD 1.2619 bid, 1.2622 offered", "EUR/USD 1.2619|1.2622"),
    "both, parted otherwise": ("EUR/USD 1.0501 bid; 1.0503 ask", "EUR/USD 1.0501|1.0503"),
    "on two lines": ("Курс покупки USD/KZT: 521.00\nКурс продажи USD/KZT: 525.00", "USD/KZT 521.00|525.00"),
    "the ask first": ("Курс продажи USD/KZT: 525.00\nКурс покупки USD/KZT: 521.00", "USD/KZT 521.00|525.00"),
    "the ask first, behind the pair": ("EUR/USD Ask: 1.0612\nEUR/USD Bid: 1.0610", "EUR/USD 1.0610|1.0612"),
    "in Turkish": ("Alış USD/TRY 34,50\nSatış USD/TRY 34,60", "USD/TRY 34.50|34.60"),
    "in German": ("Geldkurs EUR/USD 1,0501, Briefkurs EUR/USD 1,0503", "EUR/USD 1.0501|1.0503"),
    "in German, of a line": ("Geld: EUR/USD 1,0501\nBrief: EUR/USD 1,0503", "EUR/USD 1.0501|1.0503"),
    "in German, above": ("Geld\nEUR/USD 1,0501\nBrief\nGBP/USD 1,2503", "EUR/USD 1.0501|None; GBP/USD None|1.2503"),
    "in German, behind": ("EUR/USD 1,0501 Geld, GBP/USD 1,2503 Brief", "EUR/USD 1.0501|None; GBP/USD None|1.2503"),
    "in Uzbek": ("USD/UZS sotib olish 12800.00 sotish 12850.00", "USD/UZS 12800.00|12850.00"),
    "bought in Azerbaijani": ("Satın alma: USD/AZN 1.6960, satış: 1.7020", "USD/AZN 1.6960|1.7020"),
    "before the pair and before the second figure": (
        "Покупка USD/KZT: 521,00; продажа: 525,00",
        "USD/KZT 521.00|525.00",
    ),
    "the same in Turkish, unparted": ("Alış USD/TRY 34,95 Satış 35,05", "USD/TRY 34.95|35.05"),
    "the same in German": ("Geldkurs EUR/CHF 0,9301, Briefkurs 0,9305", "EUR/CHF 0.9301|0.9305"),
    "the same, the ask first": ("Продажа USD/KZT: 525,00; покупка: 521,00", "USD/KZT 521.00|525.00"),
    "the same, in tenge": ("Курс покупки USD/KZT 521,00 тг, курс продажи 525,00 ₸", "USD/KZT 521.00|525.00"),
    "the same of two pairs": (
        "Bid EUR/USD 1.0501, ask 1.0503; bid GBP/USD 1.25, ask 1.26",
        "EUR/USD 1.0501|1.0503; GBP/USD 1.25|1.26",
    ),
    "the same, then another quote": (
        "Bid EUR/USD 1.0501, ask 1.0503; GBP/USD 1.25",
        "EUR/USD 1.0501|1.0503; GBP/USD 1.25",
    ),
    "the other side of another pair": (
        "Покупка EUR/USD 1,05, продажа GBP/USD 1,25",
        "EUR/USD 1.05|None; GBP/USD None|1.25",
    ),
    "no other side but a sum": ("Покупка USD/KZT 521,00, продажа 100 долларов", "USD/KZT 521.00|None"),
    "no other side but a sum in dollars": ("Покупка USD/KZT 521,00, продажа 600 $", "USD/KZT 521.00|None"),
    "no other side but a share": ("Покупка USD/KZT 521,00, продажа 530%", "USD/KZT 521.00|None"),
    "no other side but a pair": ("Bid EUR/USD 1.0501, ask 1.25 GBP/USD", "EUR/USD 1.0501|None"),
    "no other side but a range": ("Покупка USD/KZT 521,00, продажа 525,00-530,00", "USD/KZT 521.00|None"),
    "no other side but a time": ("Bid USD/TJS 10.85, ask 11:00", "USD/TJS 10.85|None"),
    "no other side but an hour": ("Покупка USD/KZT 521,00, продажа в 14:00", "USD/KZT 521.00|None"),
    "in other words of Turkish": ("USD/TRY alım 34,50, satım 34,60", "USD/TRY 34.50|34.60"),
    "in Turkmen": ("USD/TMT alyş 19.45, satyş 19.55", "USD/TMT 19.45|19.55"),
    "in Tajik, in letters of Russian": ("USD/TJS харид 10.85, фуруш 10.95", "USD/TJS 10.85|10.95"),
    "in Turkish, in lira": ("USD/TRY alış 34,50 TL, satış 34,60 TL", "USD/TRY 34.50|34.60"),
    "with its code": ("USD/KZT bid 521.00 KZT ask 525.00 KZT", "USD/KZT 521.00|525.00"),
    "in brackets": ("EUR/USD (Brief): 1,0503; EUR/USD (Geld): 1,0501", "EUR/USD 1.0501|1.0503"),
    "in brackets, both": ("EUR/USD (bid) 1.0501 (ask) 1.0503", "EUR/USD 1.0501|1.0503"),
    "none, but news in capitals": ("News Brief: EUR/USD 1.0501", "EUR/USD 1.0501"),
    "of equations": ("1 USD = 521 KZT (покупка), 1 USD = 525 KZT (продажа)", "USD/KZT 521|525"),
    "of a line": (
        "Покупка: USD/KZT 521.00, EUR/KZT 548.00\nПродажа: USD/KZT 525.00, EUR/KZT 552.00",
        "USD/KZT 521.00|None; EUR/KZT 548.00|None; USD/KZT None|525.00; EUR/KZT None|552.00",
    ),
    "of a list": (
        "Покупка:\nUSD/KZT 521.00\nEUR/KZT 548.00\n\nSell\nUSD/KZT 525.00\n\nSpot:\nUSD/KZT 523.00",
        "USD/KZT 521.00|None; EUR/KZT 548.00|None; USD/KZT None|525.00; USD/KZT 523.00",
    ),
    "of a card": ("USD/KZT\nПродажа: 525\nПокупка: 521", "USD/KZT 521|525"),
    "of two cards": (
        "USD/KZT\nПокупка 521 ₸\nПродажа 525 ₸\nEUR/KZT\nПокупка 548 тенге\nПродажа 552 тенге",
        "USD/KZT 521|525; EUR/KZT 548|552",
    ),
    "of columns": (
        "Банк | Покупка USD/KGS | Продажа USD/KGS\nDemir | 86.90 | 87.20\nMBank | 86.95 | 87.25\n",
        "USD/KGS 86.90|87.20; USD/KGS 86.95|87.25",
    ),
    "of columns of a day": ("Date;EUR/USD bid;EUR/USD ask\n2024-12-13;1.05;1.06\n", "EUR/USD 1.05|1.06"),
    "of columns in the wrong order": ("Банк | Покупка USD/KGS | Продажа USD/KGS\nDemir | 87.90 | 87.20\n", ""),
    "another quote behind a bid": ("EUR/USD 1.0501 bid, GBP/USD 1.25", "EUR/USD 1.0501|None; GBP/USD 1.25"),
    "both behind their figures, the ask first": ("USD/KZT: 525 (продажа), 521 (покупка)", "USD/KZT 521|525"),
    "none, but news": ("In brief: EUR/USD 1.0501", "EUR/USD 1.0501"),
    "none, but what to do": ("EUR/USD 1.0501 sell", "EUR/USD 1.0501"),
    "none, but a list with moments": ("Buy:\n2024-12-14 USD/KZT 521.00", "USD/KZT 521.00"),
    "none for a quote by itself": ("Buy:\nUSD/KZT 521.00 +0.2%", "USD/KZT 521.00 0.2"),
    "none, but a word": ("The bank's buying of USD went on. USD/KZT 521.00", "USD/KZT 521.00"),
}


@pytest.mark.parametrize("name", SIDES)
def test_one_side_is_never_taken_for_the_rate(name: str) -> None:
    text, expected = SIDES[name]
    assert said(text) == expected


@pytest.mark.parametrize(
    "figures", ["0.820-0.828", "521.00–525.00", "521.00 - 525.00", "521-525", "1.0480-1.0530 range seen", "1.05-1.15"]
)
def test_a_range_behind_a_pair_is_told_of(figures: str) -> None:
    found = reading(f"EUR/USD {figures}; USD/JPY 153.65")
    assert [str(quote.pair) for quote in found.quotes] == ["USD/JPY"]
    assert [reject.reason.partition(":")[0] for reject in found.rejects] == ["a range stands where the rate should"]


@pytest.mark.parametrize("word", ["mid", "last", "rate", "close", "price", "spot", "курс", "Mid"])
def test_a_figure_may_be_labelled_as_the_rate(word: str) -> None:
    assert said(f"EUR/USD bid 1.0501 ask 1.0503 {word} 1.0502") == "EUR/USD 1.0502 1.0501|1.0503"


@pytest.mark.parametrize(
    "word", ["high", "low", "open", "spread", "prev", "vol", "volume", "bsize", "asize", "bidsize", "asksize"]
)
def test_a_figure_labelled_as_something_else_is_no_side(word: str) -> None:
    assert said(f"EUR/USD bid 1.0501 {word} 2.5 ask 1.0503") == "EUR/USD 1.0501|1.0503"


@pytest.mark.parametrize("word", ["buy", "sell", "купить", "продать", "geld", "brief"])
def test_what_to_do_at_a_figure_is_no_side_of_it(word: str) -> None:
    assert said(f"EUR/USD 1.0501 {word}") == "EUR/USD 1.0501"


@pytest.mark.parametrize(
    ("words", "sides"),
    [
        ("Geldkurs Ankaufskurs Ankauf Покупка", "1.0501|None"),
        ("Briefkurs Verkaufskurs Verkauf Продажа", "None|1.0501"),
    ],
)
def test_a_side_is_named_before_its_pair_in_the_words_of_banks(words: str, sides: str) -> None:
    for word in words.split():
        assert said(f"{word} EUR/USD: 1.0501") == f"EUR/USD {sides}", word


def test_a_second_side_behind_a_stroke_is_told_of() -> None:
    found = reading("Ankauf EUR/CHF 0,9301 / Verkauf 0,9305")
    assert (found.quotes, len(found.rejects)) == ((), 1)


@pytest.mark.parametrize("figures", ["4.95 / 5.45", "4.95/5.45", "520/528", "423.01 / 678.01", "5.45/4.95"])
def test_two_figures_too_far_apart_for_sides_are_told_of(figures: str) -> None:
    found = reading(f"RUB/KZT {figures}; USD/JPY 153.65")
    assert [str(quote.pair) for quote in found.quotes] == ["USD/JPY"]
    assert [reject.reason.partition(":")[0] for reject in found.rejects] == ["two figures stand behind the pair"]


@pytest.mark.parametrize("figures", ["1.0501-1.0503", "1.0501-03", "1.0501 - 1.0503", "1.0501/03", "1.0501 / 1.0903"])
def test_two_figures_close_to_one_another_are_sides(figures: str) -> None:
    assert said(f"EUR/USD {figures}") == f"EUR/USD 1.0501|{'1.0903' if '09' in figures else '1.0503'}"


@pytest.mark.parametrize(
    "text", ["EUR/USD 2023-2024", "EUR/USD 15-20 pips", "EUR/USD 10-12 Dec", "USD/RUB 2024/2025", "EUR/USD 12/13"]
)
def test_other_ranges_are_prose(text: str) -> None:
    found = reading(text)
    assert (found.quotes, found.rejects) == ((), ())


@pytest.mark.parametrize(
    ("pair", "apart"),
    [*itertools.product(["USDT/KZT", "1INCH/USD"], [";", "\t", "  ", " | ", ","]), ("BTCUSD", ";"), ("BTC-USD", ",")],
)
def test_a_row_of_a_table_whose_pair_is_half_known_is_told_of(pair: str, apart: str) -> None:
    rows = (("Pair", "Bid", "Ask"), ("EUR/USD", "1.05", "1.06"), (pair, "1.0001", "1.0002"))
    found = reading("\n".join(map(apart.join, rows)) + "\n")
    assert [str(quote.pair) for quote in found.quotes] == ["EUR/USD"]
    assert [reject.reason.partition(" is")[0] for reject in found.rejects] == [re.split("/|-|USD$", pair)[0]]


def test_a_share_in_a_table_of_quotes_is_passed_by() -> None:
    found = reading("Symbol  Last\nEUR/USD  1.05\nAAPL  231.20\nBRK/B  480.10\n")
    assert ([str(quote.pair) for quote in found.quotes], found.rejects) == (["EUR/USD"], ())


def test_a_code_of_no_currency_in_a_column_is_told_of() -> None:
    found = reading("date,base,counter,rate\n2024-12-14,USD,KZT,523.54\n2024-12-14,USDT,KZT,524.10\n")
    assert ([str(quote.pair) for quote in found.quotes], [reject.line for reject in found.rejects]) == (
        ["USD/KZT"],
        [3],
    )


@pytest.mark.parametrize("head", ["Валюта", "Döviz Cinsi"])
@pytest.mark.parametrize("apart", [";", "\t", " | "])
def test_a_board_that_leaves_out_its_own_currency_is_told_of(head: str, apart: str) -> None:
    rows = ((head, "Покупка", "Продажа"), ("USD", "521,00", "525,00"), ("EUR", "548,00", "552,00"))
    text = "\n".join(map(apart.join, rows)) + "\n"
    assert "give --counter" in reading(text).rejects[0].reason
    assert [str(quote.pair) for quote in reading(text, hints=Hints(counter=Currency("KZT"))).quotes] == [
        "USD/KZT",
        "EUR/KZT",
    ]


def test_a_table_of_a_page_without_line_ends_has_its_head() -> None:
    rows = (
        ("Code", "Unit", "We buy", "We sell"),
        ("USD/GEL", "1", "2.7800", "2.8200"),
        ("JPY/GEL", "100", "1.81", "1.85"),
    )
    page = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    assert said(f"<table>{page}</table>") == "USD/GEL 2.7800|2.8200; JPY/GEL 0.0181|0.0185"


HEADS_OF_SIDES = (
    ("Geldkurs", "Briefkurs"),
    ("Ankaufskurs", "Verkaufskurs"),
    ("Курс покупки", "Курс продажи"),
    ("Банк покупает", "Банк продаёт"),
    ("Сатып алу бағамы", "Сату бағамы"),
    ("Сатып алуу курсу", "Сатуу курсу"),
    ("Sotib olish", "Sotish"),
    ("Sotib olish kursi", "Sotish kursi"),
    ("Alış Kuru", "Satış Kuru"),
    ("Cours acheteur", "Cours vendeur"),
    ("We buy", "We sell"),
    ("Cash buy", "Cash sell"),
)


@pytest.mark.parametrize("heads", HEADS_OF_SIDES)
@pytest.mark.parametrize("apart", [";", "\t", "  ", " | "])
def test_columns_of_sides_are_told_in_the_words_of_many_banks(heads: tuple[str, str], apart: str) -> None:
    rows = (("Valyuta", *heads), ("USD/KZT", "521,00", "525,00"))
    assert said("\n".join(map(apart.join, rows)) + "\n") == "USD/KZT 521.00|525.00"
    backwards = (("Valyuta", *reversed(heads)), ("USD/KZT", "521,00", "525,00"))
    assert said("\n".join(map(apart.join, backwards)) + "\n") == ""


LINES = {
    "codes with a space": ("USD KZT 523.54", "USD/KZT 523.54"),
    "codes with a space, in a list": ("• USD KZT: 523.54 +0.2%\n• EUR KZT: 549.10", "USD/KZT 523.54 0.2; EUR/KZT 549.10"),
    "codes with a space, both sides": ("USD KZT 523.10/523.90", "USD/KZT 523.10|523.90"),
    "codes with a space in a log": (
        "2024-12-14T10:00:00Z USD KZT 523.54\n[2024-12-14 10:01] EUR KZT 549.10",
        "USD/KZT 523.54; EUR/KZT 549.10",
    ),
    "codes with a space in prose": ("prose USD KZT 523.54", ""),
    "codes with a space before prose": ("USD KZT 523.54 and more", ""),
    "codes with a space and a count": ("USD KZT 523", ""),
    "a day between": ("Курс USD/RUB на 14.12.2024: 104,2543", "USD/RUB 104.2543"),
    "a day in a list of things": ("KZT/USD, TJS/USD, 2024-12-14 = 100", ""),
    "a line below a cell with a day": ("| 1 EUR = 1,09 USD | 27 juin 2026 | 1 |\nUSD/CUP 24.5 ₱", "EUR/USD 1.09; USD/CUP 24.5"),
    "a day between, with a dash": ("EUR/USD 14.12.2024 - 1.0501", "EUR/USD 1.0501"),
    "two days": ("USD/RUB (14.12.2024): 104,2543, EUR/RUB (13.12.2024): 109,1", "USD/RUB 104.2543; EUR/RUB 109.1"),
    "a day and no rate": ("EUR/USD on 14.12.2024 rose", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", LINES)
def test_a_line_that_plainly_is_a_quote_is_read(name: str) -> None:
    text, expected = LINES[name]
    assert said(text) == expected


def test_a_day_between_a_pair_and_its_rate_is_that_of_this_rate() -> None:
    text = "USD/RUB (14.12.2024): 104,2543, EUR/RUB (13.12.2024): 109,1, EUR/USD: 1.05"
    found = [(str(quote.pair), quote.time_basis, str(quote.observed_at)[:10]) for quote in reading(text).quotes]
    assert found[:2] == [("USD/RUB", "line", "2024-12-14"), ("EUR/RUB", "line", "2024-12-13")]
    assert found[2][1] != "line"


@pytest.mark.parametrize("text", ["523.54 KZT/USD", "Rates\n• 523,54 KZT/USD\n", "523.54 KZT/USD.\nprose"])
def test_a_figure_before_its_pair_alone_on_a_line_is_told_of(text: str) -> None:
    found = reading(text)
    assert not found.quotes
    assert [reject.reason.split(" may")[0] for reject in found.rejects] == [
        f"the figure {'523,54' if ',' in text else '523.54'} before the pair"
    ]


@pytest.mark.parametrize("text", ["it rose to 523.54 KZT/USD", "5 EUR/USD", "14.12.2024 EUR/USD", "v1.05 EUR/USD"])
def test_other_lines_that_end_in_a_pair_are_prose(text: str) -> None:
    found = reading(text)
    assert (found.quotes, found.rejects) == ((), ())


@pytest.mark.parametrize(
    ("head", "code"), [("Курс к тенге", "KZT"), ("Официальный курс, сом", "KGS"), ("Курс в сумах", "UZS")]
)
def test_a_head_that_names_a_banks_own_currency_says_what_the_rates_are_in(head: str, code: str) -> None:
    assert said(f"Валюта;{head}\nUSD;523,54\nEUR;549,10\n") == f"USD/{code} 523.54; EUR/{code} 549.10"
    assert said("Валюта;Курс к доллару\nKZT;523,54\n") == ""


@pytest.mark.parametrize("name", ["ts", "timestamp", "@timestamp", "time", "date", "datetime"])
@pytest.mark.parametrize(
    "value", ['"2024-12-14T15:30:00Z"', '"2024-12-14T20:30:00+05:00"', "1734190200", "1734190200000"]
)
@pytest.mark.parametrize(
    "order", ["{{{time},{level},{said}}}", "{{{level},{said},{time}}}", "{{ {level}, {time}, {said} }}"]
)
def test_a_line_of_a_log_in_json_holds_its_moment(name: str, value: str, order: str) -> None:
    line = order.format(
        time=f'"{name}":{value}', level='"level":"info"', said='"msg":"EUR/USD = 1.0501, USD/KZT = 523.54"'
    )
    found = [(str(quote.pair), quote.time_basis, str(quote.observed_at)) for quote in reading(f"{line}\n{line}").quotes]
    assert found == [(pair, "line", "2024-12-14T15:30:00.000Z") for pair in ("EUR/USD", "USD/KZT")]


@pytest.mark.parametrize(
    "text",
    [
        '{"time":"10:00","msg":"EUR/USD = 1.05"}',
        '{"ts":99999999999,"msg":"EUR/USD = 1.05"}',
        '{"ts":"2024-13-45T10:00:00Z","msg":"EUR/USD = 1.05"}',
        '{"sent":"2024-12-14T10:00:00Z","msg":"EUR/USD = 1.05"}',
        'prose {"ts":"2024-12-14T10:00:00Z","msg":"EUR/USD = 1.05"}',
        '{"ts":"2024-12-14T10:00:00Z"}\nEUR/USD = 1.05\n{"ts":"2024-12-14T10:00:00Z"}',
    ],
)
def test_what_is_no_moment_of_the_line_is_not_that_of_its_quote(text: str) -> None:
    assert [quote.time_basis for quote in reading(text).quotes] == ["clock"]


OF_PEOPLE = {
    "two days above": ("Даты: 13.12 14.12\nUSD/KGS 87.00 87.05", ""),
    "a unit in a row of a CSV": ("Birim;Döviz;Kur\n100;JPY/TRY;22,75\n", "JPY/TRY 0.2275"),
    "a unit in a row without a head": ("Menge;Was;Wert\n100;JPY/TRY;22,75\n", "JPY/TRY 0.2275"),
    "a unit in the sentence above": ("Курсы за 100 единиц.\nJPY/KZT 341.21", ""),
    "a fee in the sentence above": ("The fee is 5 per 100 units.\nEUR/USD 1.0501", "EUR/USD 1.0501"),
    "an offer of somebody": ("Продам USD/KZT 525", ""),
    "an opening": ("Открытие USD/RUB: 103,5; закрытие: 104,25", ""),
    "a forecast": ("Прогноз USD/RUB: 103,5", ""),
    "a future": ("Si-12.24 USD/RUB 104 250", ""),
    "a move behind an equation": ("1 USD - 12845.50 UZS (+15.20)", "USD/UZS 12845.50"),
    "names in Uzbek": ("1 AQSH dollari = 12845,50 so'm\n1 yevro = 13488,20 so'm", "USD/UZS 12845.50; EUR/UZS 13488.20"),
    "the rouble of Russia": ("100 рублей РФ = 83,21 сома", "RUB/KGS 0.8321"),
    "pairs under a currency": (
        "Валюта | Покупка | Продажа\nUSD/KZT | 521.00 | 525.00\nRUB/KZT | 4.95 | 5.10\n",
        "USD/KZT 521.00|525.00; RUB/KZT 4.95|5.10",
    ),
}


@pytest.mark.parametrize("name", OF_PEOPLE)
def test_rates_as_people_of_the_region_write_them(name: str) -> None:
    text, expected = OF_PEOPLE[name]
    assert said(text) == expected
