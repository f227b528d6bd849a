"""Whether a receipt holds: every way in which it does not, said in a sentence."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

import fx
from fx.errors import InputError
from fx.exports.receipts import read_receipt, verify
from fx.exports.records import answer_record
from fx.store import Store
from tests.builders import PAGE

SIDES = "2024-12-14 EUR/USD 1.0521/1.0523\n"
DAY = "2024-12-20"


@pytest.fixture
def store() -> Iterator[Store]:
    minutes = count()
    clock = lambda: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=next(minutes))  # noqa: E731
    with fx.open(":memory:", clock=clock) as made:
        made.load_text(PAGE, name="page.txt", source="timesca")
        made.load_text(SIDES, name="sides.txt", source="bank")
        yield made


def receipt_of(answer: Any) -> dict[str, Any]:
    """A receipt as it was printed and read back."""
    return read_receipt(json.dumps(answer_record(answer), default=str))


def test_an_answer_and_a_rate_hold_as_long_as_nothing_changes(store: Store) -> None:
    for answer in (
        store.convert("10000", "KZT", "USD", as_of=DAY),
        store.convert("1", "KZT", "USD", as_of=DAY),
        store.convert("7", "EUR", "USD", as_of=DAY),
        store.rate("KZT/USD", as_of=DAY),
        store.rate("EUR/USD", as_of=DAY),
        store.rate("KZT/UZS", as_of=DAY),
    ):
        verdict = verify(store, receipt_of(answer))
        assert (verdict.holds, verdict.reasons) == (True, ())
        assert verdict.answer is not None
        assert verdict.answer.result == answer.result


CHANGES: dict[str, tuple[Callable[[Store], object], str]] = {
    "revised": (
        lambda store: store.load_text("2024-12-14 EUR/USD 1.0522/1.0524\n", name="later.txt", source="bank"),
        "the leg EUR/USD = bid 1.0521 ask 1.0523 of 2024-12-14 was revised to bid 1.0522 ask 1.0524 by later.txt:1",
    ),
    "revised to a rate": (
        lambda store: store.load_text("2024-12-14 EUR/USD 1.0530\n", name="later.txt", source="bank"),
        "the leg EUR/USD = bid 1.0521 ask 1.0523 of 2024-12-14 was revised to 1.0530 by later.txt:1",
    ),
    "newer quotes": (
        lambda store: store.load_text("2024-12-18 EUR/USD 1.0521/1.0523\n", name="newer.txt", source="bank"),
        "other quotes serve now",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_loaded_since_is_named_and_forgotten_as_known_before(store: Store, change: str) -> None:
    receipt = receipt_of(store.rate("EUR/USD", as_of=DAY))
    before = str(store.clock().isoformat())
    load, reason = CHANGES[change]
    load(store)
    verdict = verify(store, receipt)
    assert (verdict.holds, verdict.reasons) == (False, (reason,))
    assert verify(store, receipt, known_at=before).holds


def changed(receipt: dict[str, Any], **leg: Any) -> dict[str, Any]:
    """The receipt with another first leg."""
    return {**receipt, "legs": [{**receipt["legs"][0], **leg}, *receipt["legs"][1:]]}


LIES: dict[str, tuple[Callable[[dict[str, Any]], dict[str, Any]], str]] = {
    "another result": (
        lambda said: {**said, "result": "19.01"},
        "what it says of result does not follow from its legs",
    ),
    "another line": (
        lambda said: changed(said, line=3),
        "the leg KZT/USD = 0.00190 of 2024-12-14 stands at page.txt:2",
    ),
    "another source": (
        lambda said: changed(said, source="nobody"),
        "the leg KZT/USD = 0.00190 of 2024-12-14 is not in the store",
    ),
    "another day": (
        lambda said: changed(said, observed_at="2024-12-15"),
        'a leg cannot be found: {"base": "KZT", "counter": "USD", "rate": "0.00190", ',
    ),
    "no day": (lambda said: changed(said, observed_at="once"), "a leg cannot be found: "),
    "a leg that is none": (lambda said: {**said, "legs": ["KZT/USD"]}, "other quotes serve now"),
    "another pair": (lambda said: {**said, "base": "GBP"}, "there is no answer any more: "),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_receipt_that_was_tampered_with_is_told_by_what_it_says(store: Store, lie: str) -> None:
    tell, reason = LIES[lie]
    verdict = verify(store, tell(receipt_of(store.convert("10000", "KZT", "USD", as_of=DAY))))
    assert not verdict.holds
    assert verdict.reasons[0].startswith(reason)


@pytest.mark.parametrize(
    "part", [{"as_of": "once"}, {"amount": "much"}, {"base": "kazakh tenge"}, {"demands": {"max_age": []}}]
)
def test_a_question_that_cannot_be_asked_is_unreadable_input(store: Store, part: dict[str, Any]) -> None:
    receipt = receipt_of(store.convert("10000", "KZT", "USD", as_of=DAY))
    with pytest.raises(InputError, match="the receipt asks what cannot be asked"):
        verify(store, {**receipt, **part})


@pytest.mark.parametrize("part", [{"amount": 5}, {"legs": {}}, {"demands": []}, {"demands": {"colour": "red"}}])
def test_a_receipt_of_another_shape_is_damaged(store: Store, part: dict[str, Any]) -> None:
    receipt = receipt_of(store.convert("10000", "KZT", "USD", as_of=DAY))
    with pytest.raises(InputError, match="slip is damaged: pass what 'fx convert --json' printed"):
        read_receipt(json.dumps({**receipt, **part}), "slip")


@pytest.mark.parametrize("text", ["", "[]", "5", "[" * 100_000, "{"])
def test_what_is_no_object_is_no_receipt(text: str) -> None:
    with pytest.raises(InputError, match="is no receipt: pass"):
        read_receipt(text)
