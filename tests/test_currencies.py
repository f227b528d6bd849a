"""Codes, pairs and the ISO 4217 table."""

from __future__ import annotations

import pickle

import pytest

from fx.currencies import Currency, Pair, facts, is_iso, minor_units, of_number, suggest
from fx.errors import PairError


@pytest.mark.parametrize(
    ("code", "places"), [("USD", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4), ("UZS", 2), ("XAU", 6), ("QQQ", 6)]
)
def test_minor_units_are_those_of_iso_4217(code: str, places: int) -> None:
    assert minor_units(code) == places


def test_the_table_holds_the_whole_list_one_and_the_codes_withdrawn() -> None:
    in_use = [fact for fact in facts().values() if not fact.withdrawn]
    assert len(in_use) == 178
    assert facts()["DEM"].withdrawn.startswith("2002")
    assert {"BYR", "TMM", "RUR", "BGN"} <= facts().keys()


@pytest.mark.parametrize("text", ["KZT/USD", "kzt/usd", "kzt usd", "KZT to USD", "KZTUSD", " KZT-USD "])
def test_a_pair_is_read_in_each_of_its_spellings(text: str) -> None:
    assert Pair.parse(text) == Pair(Currency("KZT"), Currency("USD"))


@pytest.mark.parametrize("text", ["", "KZT", "KZT/", "KZT//USD", "K/U", "KZT/USD/EUR", "ТЕН/USD", "KZT/USD\x00"])
def test_what_is_no_pair_is_refused(text: str) -> None:
    with pytest.raises(PairError, match="write"):
        Pair.parse(text)


def test_placeholders_are_no_currencies() -> None:
    assert not is_iso("XXX")
    assert not is_iso("XTS")


def test_the_likeliest_code_is_one_that_the_store_has() -> None:
    assert suggest("KZZ", ["KGS", "KZT", "TJS"]) == "KZT"
    assert suggest("EURO", []) == "EUR"


def test_numeric_codes_are_those_of_currencies_in_use_and_each_is_one() -> None:
    numbers = {
        "840": "USD",
        "978": "EUR",
        "398": "KZT",
        "417": "KGS",
        "972": "TJS",
        "860": "UZS",
        "934": "TMT",
        "8": "ALL",
    }
    assert {number: of_number(number) for number in numbers} == numbers
    assert [of_number(number) for number in ("", "0", "999", "1")] == [None, None, None, None]


def test_of_each_code_there_is_one_object_however_often_a_file_names_it() -> None:
    assert Currency("kzt".upper()) is Currency("KZT")
    assert pickle.loads(pickle.dumps(Currency("KZT"))) is Currency("KZT")  # noqa: S301 (ours)
    for none in ("KZ", "TENGE1", " " * 10_000, 5, None, []):
        with pytest.raises(PairError, match="is not a currency code"):
            Currency(none)
