"""Laws of every answer, on random worlds: true rates printed to few digits, stored, and asked for in every way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import fx
from fx.convert import Answer
from fx.currencies import Currency
from fx.errors import NoAnswer, NoRate
from fx.exact import plain, to_significant
from fx.store import Store
from tests.builders import ROOT

CODES = ("KZT", "USD", "EUR", "UZS", "TJS")
FIRST = date(2024, 12, 1)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[dict[str, Fraction], list[str]]:
    """True values of each currency, and lines that print some of their rates, on some days, to 1 to 7 digits."""
    values = {code: Fraction(draw(st.integers(1, 10**6)), 1000) for code in CODES}
    lines = []
    for _ in range(draw(st.integers(1, 8))):
        base, counter = draw(st.permutations(CODES))[:2]
        printed = plain(to_significant(values[base] / values[counter], draw(st.integers(1, 7))))
        lines.append(f"{FIRST + timedelta(days=draw(st.integers(0, 9)))} {base}/{counter} = {printed} 0%")
    return values, lines


def loaded(lines: list[str], *, at_once: bool = True) -> Store:
    """A store that read these lines, together or one after the other, a minute between."""
    minutes = count()
    store = fx.open(":memory:", clock=lambda: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=next(minutes)))
    for text in ["\n".join(lines)] if at_once else lines:
        store.load_text(text, source="made")
    return store


def asked(store: Store, base: str, counter: str, **how: object) -> Answer | None:
    try:
        return store.convert(1000, base, counter, **({"as_of": "2024-12-31"} | how))  # type: ignore[arg-type]
    except NoAnswer:
        return None


pairs_of_codes = st.permutations(CODES).map(lambda codes: (codes[0], codes[1]))
few = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@given(worlds(), pairs_of_codes)
@few
def test_the_true_rate_lies_within_the_interval_of_every_answer(
    world: tuple[dict[str, Fraction], list[str]], pair: tuple[str, str]
) -> None:
    values, lines = world
    with loaded(lines) as store:
        answer = asked(store, *pair)
    if answer:
        low, high = answer.rate.bounds
        assert low <= values[pair[0]] / values[pair[1]] <= high
        assert answer.low <= answer.result <= answer.high
        assert answer.low <= 1000 * values[pair[0]] / values[pair[1]] <= answer.high


@given(worlds(), pairs_of_codes)
@few
def test_one_leg_there_and_back_is_one(world: tuple[dict[str, Fraction], list[str]], pair: tuple[str, str]) -> None:
    with loaded(world[1]) as store:
        there, back = (asked(store, *codes, direct=True) for codes in (pair, pair[::-1]))
    assert (there is None) == (back is None)
    if there and back:
        assert there.rate.value * back.rate.value == 1
        assert there.legs[0].quote == back.legs[0].quote


@given(worlds(), st.permutations(CODES))
@few
def test_a_cross_is_the_product_of_its_legs_however_they_are_joined(
    world: tuple[dict[str, Fraction], list[str]], codes: list[str]
) -> None:
    a, b, c, d = codes[:4]
    with loaded(world[1]) as store:
        whole = asked(store, a, d, via=[b, c])
        parts = [asked(store, *codes) for codes in ((a, b), (b, c), (c, d))] if whole else []
        direct = [asked(store, *codes, direct=True) for codes in ((a, b), (b, c), (c, d))] if whole else []
        first = asked(store, a, c, via=b) if whole else None
    if whole and first:
        product = Fraction(1)
        for leg in direct:
            assert leg is not None
            product *= leg.rate.value
        assert whole.rate.value == product
        assert direct[2] is not None
        assert first.rate.value * direct[2].rate.value == product
        assert all(parts)


@given(worlds(), pairs_of_codes, st.lists(st.integers(0, 12), min_size=2, max_size=5))
@few
def test_later_days_never_know_less_and_no_answer_is_of_a_later_day(
    world: tuple[dict[str, Fraction], list[str]], pair: tuple[str, str], days: list[int]
) -> None:
    with loaded(world[1]) as store:
        answers = [(day, asked(store, *pair, as_of=FIRST + timedelta(days=day))) for day in sorted(days)]
    oldest = None
    for day, answer in answers:
        assert answer or oldest is None
        if answer:
            assert answer.observed_at is not None
            assert answer.observed_at.day <= FIRST + timedelta(days=day)
            assert oldest is None or answer.observed_at >= oldest
            oldest = answer.observed_at


@given(worlds(), pairs_of_codes)
@few
def test_any_past_answer_can_be_had_again_after_more_became_known(
    world: tuple[dict[str, Fraction], list[str]], pair: tuple[str, str]
) -> None:
    lines = world[1]
    with loaded([], at_once=False) as store:
        then = []
        for line in lines:
            store.load_text(line, source="made")
            recorded = store.documents()[-1]["recorded_at"]
            then.append((recorded, asked(store, *pair)))
        for recorded, answer in then:
            again = asked(store, *pair, known_at=recorded)
            assert (again and (again.result, again.low, again.high, again.legs)) == (
                answer and (answer.result, answer.low, answer.high, answer.legs)
            )


POLICIES: list[dict[str, object]] = [
    {},
    {"direct": True},
    {"via": "USD"},
    {"max_age": "2d"},
    {"max_spread": 0},
    {"source": "timesca"},
    {"source": "nobody"},
    {"max_age": 0, "max_spread": 0},
]


@pytest.fixture(scope="module")
def example() -> Iterator[Store]:
    with fx.open(ROOT / "fx.db") as store:
        yield store


@pytest.mark.parametrize("demands", POLICIES, ids=str)
def test_each_cell_of_the_grid_is_an_answer_with_bounds_or_a_typed_error(
    example: Store, demands: dict[str, object]
) -> None:
    codes = [*example.codes(), "DEM"]
    days = [date(2024, 12, 13), date(2024, 12, 14), date(2025, 6, 1), date(2025, 12, 9), date(2026, 1, 31)]
    seen: set[str] = set()
    for base in codes:
        for counter in codes:
            for day in days:
                try:
                    answer = example.rate(f"{base}/{counter}", as_of=day, **demands)  # type: ignore[arg-type]
                except NoRate as error:
                    seen.add("error" if str(error).count(": ") and error.facts["as_of"] == str(day) else "mute")
                else:
                    seen.add(answer.kind)
                    low, high = answer.rate.bounds
                    assert 0 < low <= answer.rate.value <= high
                    assert (base == counter) == (answer.kind == "identity")
                    ends = {leg.quote.base if leg.inverted else leg.quote.counter for leg in answer.legs[-1:]}
                    assert ends <= {Currency(counter)}
                    assert all(leg.quote.observed_at.day <= day for leg in answer.legs)
    assert {"identity", "error"} <= seen
    assert "mute" not in seen


def test_amounts_of_every_exact_type_give_the_same_answer(example: Store) -> None:
    amounts = ("12.50", Decimal("12.50"), Fraction(25, 2))
    answers = {example.convert(amount, "KZT", "USD", as_of="2025-12-16").exact for amount in amounts}
    assert answers == {Fraction("12.5") * Fraction("0.00192")}
