"""The edges of the grammar, each of which was once moved by one step without a test that noticed it."""

from __future__ import annotations

import pytest

from fx.formats import Page
from fx.formats.human import around, read_families
from fx.formats.pairs import PAIRS
from fx.formats.rate import short_form
from tests.builders import reading
from tests.test_human import said

BID = "EUR/USD Bid: 1.0610"
ASK = "EUR/USD Ask: 1.0612"
APART = "EUR/USD 1.0610|None; EUR/USD None|1.0612"

READ = {
    "two sides and their change": ("EUR/USD 1.0521/1.0523 +0.12%", "EUR/USD 0.12 1.0521|1.0523"),
    "two sides below one": ("AUD/USD 0.6363/0.6365", "AUD/USD 0.6363|0.6365"),
    "the side of an ask set in": ("EUR/USD\nBid: 1.0610\n        Ask: 1.0612", "EUR/USD 1.0610|1.0612"),
    "the names of two sides in Russian": ("USD/KZT покупка/продажа: 510,50/513,20", "USD/KZT 510.50|513.20"),
    "the names of two sides apart": ("EUR/USD buy / sell: 1.0610/1.0612", "EUR/USD 1.0610|1.0612"),
    "a bid and its ask": (f"{BID}\n{ASK}", "EUR/USD 1.0610|1.0612"),
    "the change of a bid": (f"{BID} +0.1%\n{ASK}", "EUR/USD 0.1 1.0610|1.0612"),
    "the change of an ask": (f"{BID} +0.1%\n{ASK} +0.2%", "EUR/USD 0.2 1.0610|1.0612"),
    "a bid before both sides": (
        f"{BID}\nEUR/USD 1.0611/1.0612",
        "EUR/USD 1.0610|None; EUR/USD 1.0611|1.0612",
    ),
    "words between a bid and an ask": (f"{BID} then {ASK}", APART),
    "a bid far from an ask": (f"{BID}\n{'*-' * 25}\n{ASK}", APART),
    "a bid above an ask": (f"EUR/USD Bid: 1.0613\n{ASK}", "EUR/USD 1.0613|None; EUR/USD None|1.0612"),
    "the ask of another pair": (f"{BID}\nEUR/GBP Ask: 1.0612", "EUR/USD 1.0610|None; EUR/GBP None|1.0612"),
    "a card whose name has no spaces": ("EUR/USD\nEuro/US Dollar\n1.0611\n+0.28%", "EUR/USD 1.0611 0.28"),
    "a figure to the left that settles the mark": ("EUR/USD = 1.0501; USD/KRW = 1,389", "EUR/USD 1.0501; USD/KRW 1389"),
    "a figure to the right that settles the mark": (
        "USD/KRW = 1,389; EUR/USD = 1.0501",
        "USD/KRW 1389; EUR/USD 1.0501",
    ),
    "a change behind a solidus": ("TJS/USD = 0.0941/0.25%", "TJS/USD 0.0941 0.25"),
    "many lights between": ("USD/KZT 🔴🔴🔴🔴 511.20", "USD/KZT 511.20"),
    "a card with space behind it": ("EUR/USD\n1.0611\n+0.28%        \nnext", "EUR/USD 1.0611 0.28"),
}


@pytest.mark.parametrize("name", READ)
def test_what_stands_at_an_edge_is_read(name: str) -> None:
    text, expected = READ[name]
    assert said(text) == expected


NOTHING = """
EUR/USD 1.0521/1.0523 pips
EUR/USD 1.0521/1.0523 x 3
EUR/USD 1.0521/1.0523/1.0525
EUR/USD 1.0521/1.0523-1.0525
EUR/USD 1.05210/5230
EUR/USD 1.0521/1.0523abc
xEUR-USD 1.0611
1EUR-USD 1.0611
X-EUR-USD 1.0611
X.EUR-USD 1.0611
USD/BBL = 61.2
""".strip().splitlines()


@pytest.mark.parametrize("line", NOTHING)
def test_what_only_looks_like_a_quote_is_not_even_a_reject(line: str) -> None:
    found = reading(line)
    assert (found.quotes, found.rejects) == ((), ())


KINDS = "current live last latest exchange market official spot closing average".split()
JOINTS = [
    *(f"{kind} rate:" for kind in KINDS),
    *(f"current {noun}:" for noun in "rate price quote value level run fixing fix".split()),
    *(f"{verb} at" for verb in "is was quoted trading traded trades closed settled now".split()),
    *"fixing fix rate last close closed closes spot now price mid".split(),
    *(f"{kind} rate" for kind in ("exchange", "spot", "market", "closing")),
]


@pytest.mark.parametrize("joint", JOINTS)
def test_each_word_that_joins_pair_and_rate_does(joint: str) -> None:
    assert said(f"EUR/USD {joint} 1.0611") == "EUR/USD 1.0611"


@pytest.mark.parametrize("word", "vol corr forward fwd target forecast changes chg".split())
def test_a_remark_on_another_quantity_stands_before_no_rate(word: str) -> None:
    assert said(f"EUR/USD (1 month {word}): 1.0611") == said(f"EUR/USD ({word}): 1.0611") == ""


@pytest.mark.parametrize("label", "ask offer sell продажа".split())
@pytest.mark.parametrize("first", "bid buy покупка".split())
def test_either_side_may_stand_on_a_line_of_its_own(first: str, label: str) -> None:
    sides = (f"{first}: 1.0610", f"{label}: 1.0612")
    for one, other in (sides, sides[::-1]):
        assert said(f"EUR/USD {one}\n   {other}") == "EUR/USD 1.0610|1.0612"


def test_figures_that_count_up_number_a_list_as_far_as_sixty() -> None:
    assert said("EUR/KZT 59\nUSD/KZT 60") == "EUR/KZT 59"
    assert said("EUR/KZT 60\nUSD/KZT 61") == "EUR/KZT 60; USD/KZT 61"


@pytest.mark.parametrize("suffix", "m pro ecn raw std a".split())
def test_a_broker_may_add_a_suffix_to_its_pairs(suffix: str) -> None:
    assert said(f"EURUSD.{suffix} 1.06112") == "EUR/USD 1.06112"


NO_RATE = "n/a N/A na n.a. #N/A nan null none nil - -- --- ? ?? ??? .. ... … loading TBD #REF! #VALUE! #DIV/0!".split()


@pytest.mark.parametrize("text", NO_RATE)
def test_what_stands_for_a_rate_that_is_missing_is_a_reject(text: str) -> None:
    (reject,) = reading(f"KZT/USD = {text}").rejects
    assert reject.reason == "no rate stands after the pair: wait for the source to print one"


def test_two_sides_on_two_lines_stand_from_the_first_to_the_last() -> None:
    text = f"before {BID}\n{ASK}"
    (tick,) = read_families(Page(text, text), [PAIRS])
    assert text[slice(*tick.span)] == f"{BID}\n{ASK}"


@pytest.mark.parametrize("above", ["", "one\n", "one\ntwo\n"])
def test_columns_count_from_one_on_every_line(above: str) -> None:
    (reject,) = reading(f"{above}• KZT/USD = N/A").rejects
    assert (reject.line, reject.column) == (above.count("\n") + 1, 3)


def test_of_a_long_line_forty_characters_before_a_place_are_shown_and_sixty_behind() -> None:
    text = "a" * 50 + "b" * 70
    assert around(text, 50) == ("a" * 40 + "b" * 60, 40)


def test_the_dealers_form_says_three_digits_at_most() -> None:
    assert [short_form("1.05210", ask) for ask in ("30", "230", "5230")] == ["1.05230", "1.05230", "5230"]


REJECTED = {
    "EUR/USD = €1.0501 0%": "the sign € is not that of USD: check the direction",
    "JPY/KZT = ¥3.38 0%": "the sign ¥ is not that of KZT: check the direction",
    "EUR/USD = ▲ +1.05": "an arrow stands before the rate: set it before the change",
    "KZT/USD = ٠٫٠٠١٩": "digits other than 0 to 9 are not read: write the rate in those",
    "KZT/USD = 1e99 0%": "1e99 is no rate of a currency: check the line",
    "KZT/USD = 5": "one digit without decimals or change may count something: write it with decimals",
    "EUR/USD = -1.05": "a rate cannot be negative: check the line",
    "| Pair | 13 December |\n| EUR/USD | 1.0567 |": "the head '13 december' is no whole date: write 2024-12-31",
}


@pytest.mark.parametrize("text", REJECTED)
def test_what_should_be_a_quote_and_is_none_says_why(text: str) -> None:
    found = reading(text)
    assert (found.quotes, [reject.reason for reject in found.rejects]) == ((), [REJECTED[text]])


FIGURES_THAT_ARE_NONE = ["EUR/USD 1.0.5/1.06", "EUR/USD 1.05.2/1.06.3", "EUR/USD bid 1.0.5 ask 1.0612"]


@pytest.mark.parametrize("text", FIGURES_THAT_ARE_NONE)
def test_two_sides_of_which_one_is_no_number_are_none(text: str) -> None:
    assert said(text) == ""


@pytest.mark.parametrize("change", ["1.2.3%", "1,2,3%", "1%-2%"])
def test_a_change_that_is_none_leaves_the_rate_alone(change: str) -> None:
    assert said(f"EUR/USD 1.0501 {change}") == "EUR/USD 1.0501"
