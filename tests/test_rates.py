"""The path policy, held against a brute-force enumeration of every path."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from fx.currencies import Currency
from fx.moments import Moment
from fx.quotes import Quote
from fx.rates import Edge, Rate, find_rate
from tests.builders import quote

TODAY = Moment.parse("2024-12-31")
CODES = [Currency(code) for code in ("AUD", "BYN", "CAD", "DKK", "EUR", "FJD")]


def touching(quotes: list[Quote]) -> Callable[[Currency], list[Quote]]:
    return lambda code: [each for each in quotes if code in (each.base, each.counter)]


def found(quotes: list[Quote], base: str, counter: str) -> Rate | None:
    return find_rate(Currency(base), Currency(counter), touching(quotes), TODAY)


def test_a_direct_an_inverse_and_a_cross_rate_are_exact() -> None:
    book = [quote("KGS/USD 0.01150"), quote("TJS/USD 0.09158"), quote("UZS/USD 0.00008")]
    kinds = {pair: found(book, *pair.split("/")) for pair in ("KGS/USD", "USD/UZS", "KGS/TJS", "USD/USD")}
    assert {pair: (rate.kind, rate.value) for pair, rate in kinds.items() if rate} == {
        "KGS/USD": ("quoted", Fraction("0.0115")),
        "USD/UZS": ("inverse", Fraction(12500)),
        "KGS/TJS": ("cross", Fraction(1150, 9158)),
        "USD/USD": ("identity", Fraction(1)),
    }
    assert found(book, "EUR", "USD") is None


def test_fresh_legs_go_before_an_old_direct_quote() -> None:
    book = [
        quote("KGS/TJS 0.12", "2020-01-01"),
        quote("KGS/USD 0.01150", "2024-12-30"),
        quote("TJS/USD 0.09158", "2024-12-30"),
    ]
    rate = found(book, "KGS", "TJS")
    assert rate is not None
    assert rate.kind == "cross"


def test_hours_do_not_turn_a_direct_quote_into_a_cross() -> None:
    book = [
        quote("KGS/TJS 0.12", "2024-12-30"),
        quote("KGS/USD 0.01150", "2024-12-30T23:00Z"),
        quote("TJS/USD 0.09158", "2024-12-30T23:00Z"),
    ]
    rate = found(book, "KGS", "TJS")
    assert rate is not None
    assert rate.kind == "quoted"


def test_of_both_directions_published_the_more_precise_one_serves() -> None:
    rate = found([quote("UZS/USD 0.00008"), quote("USD/UZS 12845.50")], "UZS", "USD")
    assert rate is not None
    assert (rate.kind, str(rate.legs[0].quote.rate)) == ("inverse", "12845.50")


@st.composite
def books(draw: st.DrawFn) -> list[Quote]:
    pairs = draw(
        st.lists(
            st.tuples(st.sampled_from(CODES), st.sampled_from(CODES)).filter(lambda pair: pair[0] != pair[1]),
            max_size=14,
        )
    )
    rates = ("1", "1.0", "1.00", "0.5", "0.50", "2.5", "8", "80")
    return [
        quote(
            f"{base}/{counter} {draw(st.sampled_from(rates))}",
            str(date(2024, 12, 31) - timedelta(days=draw(st.integers(0, 3)))),
            draw(st.sampled_from(["ann", "bob"])),
        )
        for base, counter in pairs
    ]


def every_path(edges: dict[frozenset[Currency], Edge], base: Currency, counter: Currency) -> list[tuple[Currency, ...]]:
    done: list[tuple[Currency, ...]] = []
    open_paths: list[tuple[Currency, ...]] = [(base,)]
    while open_paths:
        path = open_paths.pop()
        if path[-1] == counter:
            done.append(path)
            continue
        open_paths += [(*path, code) for code in CODES if code not in path and frozenset((path[-1], code)) in edges]
    return done


@given(books(), st.sampled_from(CODES), st.sampled_from(CODES), st.randoms(use_true_random=False))
@settings(max_examples=400)
def test_the_policy_chooses_what_enumerating_every_path_chooses(
    book: list[Quote], base: Currency, counter: Currency, random: object
) -> None:
    edges: dict[frozenset[Currency], Edge] = {}
    for each in book:
        edge = Edge.of(each, TODAY)
        key = frozenset((each.base, each.counter))
        if key not in edges or edge.order < edges[key].order:
            edges[key] = edge

    def cost(path: tuple[Currency, ...]) -> tuple[int, int, Fraction, tuple[Currency, ...]]:
        legs = [edges[frozenset(step)] for step in itertools.pairwise(path)]
        spread = Fraction(1)
        for leg in legs:
            spread *= leg.spread
        return max((leg.age for leg in legs), default=0), len(legs), spread, path

    shuffled = list(book)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    rate = find_rate(base, counter, touching(shuffled), TODAY)
    paths = every_path(edges, base, counter)
    if base == counter:
        assert rate is not None
        assert rate.kind == "identity"
    elif not paths:
        assert rate is None
    else:
        best = min(paths, key=cost)
        assert rate is not None
        assert [leg.quote for leg in rate.legs] == [edges[frozenset(step)].quote for step in itertools.pairwise(best)]


@given(books(), st.sampled_from(CODES), st.sampled_from(CODES))
def test_the_rate_back_is_the_inverse_of_the_rate_there(book: list[Quote], base: Currency, counter: Currency) -> None:
    there, back = (find_rate(*pair, touching(book), TODAY) for pair in ((base, counter), (counter, base)))
    assert (there is None) == (back is None)
    if there and back and len(there.legs) < 2:
        assert there.value * back.value == 1
        low, high = back.bounds
        assert there.bounds == (1 / high, 1 / low)
