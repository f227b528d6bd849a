"""The path policy, held against a brute-force enumeration of every path."""

from __future__ import annotations

import functools
import itertools
import random
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fx
from fx.currencies import Currency
from fx.errors import NoAnswer
from fx.moments import Moment
from fx.policy import Policy
from fx.quotes import Quote
from fx.rates import Between, Edge, Rate, earliest, find_rate
from fx.store.asking import find
from fx.store.reading import Heads, standing
from tests.builders import quote

TODAY = Moment.parse("2024-12-31")
CODES = [Currency(code) for code in ("AUD", "BYN", "CAD", "DKK", "EUR", "FJD")]


def touching(quotes: list[Quote]) -> Callable[[Currency], list[Quote]]:
    return lambda code: [each for each in quotes if code in (each.base, each.counter)]


def lying_between(quotes: list[Quote]) -> Between:
    """Serves quotes between some codes and some others, those of before the moment too."""

    def between(ones: Collection[Currency], others: Collection[Currency], _since: Moment) -> list[Quote]:
        return [
            each
            for each in quotes
            if (each.base in ones and each.counter in others) or (each.counter in ones and each.base in others)
        ]

    return between


def found(quotes: list[Quote], base: str, counter: str, policy: Policy = Policy()) -> Rate | None:  # noqa: B008 (frozen)
    return find_rate(Currency(base), Currency(counter), touching(quotes), TODAY, policy)


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


def test_three_fresh_legs_go_before_two_of_which_one_is_old() -> None:
    book = [quote(f"{pair} 2", "2024-12-30") for pair in ("AUD/CAD", "CAD/DKK", "DKK/BYN", "EUR/BYN")]
    rate = found([quote("AUD/EUR 2", "2020-01-01"), *book], "AUD", "BYN")
    assert rate is not None
    assert [str(leg.quote.pair) for leg in rate.legs] == ["AUD/CAD", "CAD/DKK", "DKK/BYN"]


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


@pytest.mark.parametrize("order", [1, -1])
def test_of_crosses_that_nothing_else_tells_apart_the_first_in_the_alphabet_serves(order: int) -> None:
    book = [quote(f"{pair} 2.5") for pair in ("AUD/EUR", "EUR/BYN", "AUD/CAD", "CAD/BYN", "AUD/DKK", "DKK/BYN")]
    rate = found(book[::order], "AUD", "BYN")
    assert rate is not None
    assert [str(leg.quote.pair) for leg in rate.legs] == ["AUD/CAD", "CAD/BYN"]


def test_a_fresher_direct_quote_hides_no_path_that_was_asked_for_by_name() -> None:
    book = [quote("AUD/BYN 2", "2024-12-30"), quote("AUD/CAD 2", "2024-12-20"), quote("CAD/BYN 2", "2024-12-21")]
    rate = found(book, "AUD", "BYN", Policy(max_spread=1, via=(Currency("CAD"),)))
    assert rate is not None
    assert [str(leg.quote.pair) for leg in rate.legs] == ["AUD/CAD", "CAD/BYN"]


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


def every_path(base: Currency, counter: Currency) -> list[tuple[Currency, ...]]:
    """Every order in which the codes between can be walked."""
    between = [code for code in CODES if code not in (base, counter)]
    return [
        (base, *middle, counter)
        for length in range(len(between) + 1)
        for middle in itertools.permutations(between, length)
    ]


Cost = tuple[int, int, int, Fraction, tuple[Currency, ...]]


def enumerated(book: list[Quote], base: Currency, counter: Currency, policy: Policy) -> list[Quote] | None:
    """The legs of the best path by trying every path, every list of sources and every window of ages."""
    edges = [Edge(each, TODAY, policy.sources) for each in book]
    edges = [each for each in edges if policy.max_age is None or each.oldness <= policy.max_age]
    best: tuple[Cost, list[Quote]] | None = None
    for most in range(len(policy.sources) or 1):
        for oldest in range(9):
            window = range(0 if policy.max_spread is None else oldest - policy.max_spread, oldest + 1)
            if policy.max_spread is None and oldest < 8:
                continue
            chosen: dict[frozenset[Currency], Edge] = {}
            for each in edges:
                key = frozenset((each.quote.base, each.quote.counter))
                wanted = not policy.sources or each.rank <= most
                if wanted and each.age in window and (key not in chosen or each.order < chosen[key].order):
                    chosen[key] = each
            for path in every_path(base, counter):
                steps = [frozenset(step) for step in itertools.pairwise(path)]
                if all(step in chosen for step in steps) and (policy.via is None or path[1:-1] == policy.via):
                    legs = [chosen[step] for step in steps]
                    spread = Fraction(1)
                    for leg in legs:
                        spread *= leg.spread
                    cost = (most, oldest if policy.max_spread is not None else max(leg.oldness for leg in legs))
                    total = (*cost, len(legs), spread, path)
                    if best is None or total < best[0]:
                        best = total, [leg.quote for leg in legs]
    return best[1] if best else None


policies = st.builds(
    Policy,
    max_age=st.none() | st.integers(0, 5),
    max_spread=st.none() | st.integers(0, 3),
    via=st.none() | st.lists(st.sampled_from(CODES), max_size=2, unique=True).map(tuple),
    sources=st.sampled_from([(), (), ("ann",), ("bob", "ann"), ("ann", "bob")]),
)


@given(books(), st.sampled_from(CODES), st.sampled_from(CODES), policies, st.randoms(use_true_random=False))
@settings(max_examples=400, deadline=None)
def test_the_policy_chooses_what_enumerating_every_path_chooses(
    book: list[Quote], base: Currency, counter: Currency, policy: Policy, shuffle: random.Random
) -> None:
    if policy.via and {base, counter} & set(policy.via):
        policy = replace(policy, via=None)
    shuffled = list(book)
    shuffle.shuffle(shuffled)
    rate = find_rate(base, counter, touching(shuffled), TODAY, policy)
    assert find_rate(base, counter, touching(shuffled), TODAY, policy, lying_between(shuffled)) == rate
    if base == counter:
        assert rate is not None
        assert rate.kind == "identity"
        return
    expected = enumerated(book, base, counter, policy)
    assert (None if rate is None else [leg.quote for leg in rate.legs]) == expected


def test_a_rate_by_decree_is_exact_and_never_ages() -> None:
    book = [quote("EUR/USD 1.0500", "2024-12-30")]
    rate = found(book, "DEM", "USD")
    assert rate is not None
    assert rate.value == Fraction("1.0500") / Fraction("1.95583")
    assert rate.bounds[1] / rate.bounds[0] == Fraction("1.05005") / Fraction("1.04995")
    assert str(rate.observed_at) == "2024-12-30"
    old = find_rate(Currency("DEM"), Currency("FRF"), touching([]), TODAY, Policy(max_age=0))
    assert old is not None
    assert (old.observed_at, old.value) == (None, Fraction("6.55957") / Fraction("1.95583"))
    before = Moment.parse("1998-12-31")
    assert find_rate(Currency("DEM"), Currency("EUR"), touching([]), before) is None
    twice = found([], "BYB", "BYN")
    assert twice is not None
    assert twice.value == Fraction(1, 10_000_000)


@given(books(), st.sampled_from(CODES), st.sampled_from(CODES))
def test_the_rate_back_is_the_inverse_of_the_rate_there(book: list[Quote], base: Currency, counter: Currency) -> None:
    there, back = (find_rate(*pair, touching(book), TODAY) for pair in ((base, counter), (counter, base)))
    assert (there is None) == (back is None)
    if there and back and len(there.legs) < 2:
        assert there.value * back.value == 1
        low, high = back.bounds
        assert there.bounds == (1 / high, 1 / low)


MANY = sorted({*CODES, *map(Currency, ("GEL", "HUF", "INR", "JPY", "KZT", "DEM", "FRF"))})


def book_of(dice: random.Random) -> str:
    """Quotes of some pairs on some days, some of them said again otherwise."""
    rates, pairs = ("1", "1.0", "0.50", "2.5", "80"), dice.randrange(5, 80)
    return "".join(
        f"{date(2024, 12, 31) - timedelta(dice.randrange(8))} {'/'.join(dice.sample(MANY, 2))} {dice.choice(rates)}\n"
        for _ in range(pairs)
    )


@pytest.mark.parametrize("seed", range(9))
def test_quotes_fetched_in_part_give_the_answer_of_all_of_them(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311
    clock = iter(datetime(2025, 1, day, tzinfo=UTC) for day in range(1, 29))
    with fx.open(tmp_path / "fx.db" if seed % 3 else ":memory:", clock=lambda: next(clock)) as store:
        for source in ("ann", "bob", "ann"):
            store.load_text(book_of(dice), source=source)
        for number, (base, counter) in enumerate(dice.sample(list(itertools.permutations(MANY, 2)), 60)):
            if number == 40:  # what was kept of earlier questions counts no more
                store.load_text(book_of(dice), source="bob")
            moment = Moment.parse(str(date(2024, 12, 31) - timedelta(dice.choice((0, 0, 3, 6)))))
            known = dice.choice([None, datetime(2025, 1, 2, 12, tzinfo=UTC)])
            sources = dice.choice([(), (), ("ann",), ("bob", "ann")])
            policy = Policy(dice.choice([None, None, 4]), dice.choice([None, None, None, 2]), None, sources)
            with store.reading().connect() as connection:
                quotes = functools.partial(standing, connection, as_of=moment, known_at=known, sources=sources)
                whole = find_rate(base, counter, quotes, moment, policy)
                if whole:
                    assert find(connection, base, counter, moment, known, policy, newest=store.newest) == whole
                else:
                    with pytest.raises(NoAnswer):
                        find(connection, base, counter, moment, known, policy, newest=store.newest)
        assert store.load_text("2024-12-31 AUD/BYN = 7.77\n", source="eve").new == 1  # no question holds the file


@pytest.mark.file  # of a server nothing is kept
@pytest.mark.parametrize("seed", range(3))
def test_what_is_kept_of_the_codes_between_is_what_the_database_says(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311
    with fx.open(tmp_path / "fx.db") as store:
        kept = 0
        for turn in range(40):
            if turn % 20 == 0:
                store.load_text(book_of(dice), source=dice.choice(["ann", "bob"]))
            codes = dice.sample(MANY, 9)
            parts = codes[: dice.randrange(1, 9)], codes[8:]
            since, moment = (
                Moment.parse(str(date(2024, 12, 31) - timedelta(days)))
                for days in (dice.randrange(9), dice.choice((0, 0, 0, 5)))
            )
            sources = dice.choice([(), ("bob",)])
            with store.reading().connect() as connection:
                said, remembered = (
                    {each.quote for each in Heads(connection, moment, None, sources, newest).between(*parts, since)}
                    for newest in (None, store.newest)
                )
                until = moment.last_ordinal
                kept += bool(store.newest.between(connection, *parts, since.ordinal, until))
            assert remembered == said
        assert kept > 5


@pytest.mark.parametrize(
    ("pairs", "legs", "ends"),
    [
        (["AUD/BYN", "BYN/CAD", "CAD/DKK", "BYN/EUR", "CAD/EUR"], ["AUD/BYN", "BYN/CAD", "CAD/DKK"], ("AUD", "DKK")),
        (["EUR/AUD", "CAD/DKK"], ["HRK/HRD", "EUR/HRK", "EUR/AUD"], ("HRD", "AUD")),
    ],
)
def test_of_the_codes_between_only_what_may_join_the_ends_is_fetched(
    pairs: list[str], legs: list[str], ends: tuple[str, str]
) -> None:
    book = [quote(f"{pair} 2", "2024-12-30") for pair in pairs]
    asked: set[Currency] = set()

    def quotes(code: Currency) -> list[Quote]:
        asked.add(code)
        return touching(book)(code)

    rate = find_rate(*map(Currency, ends), quotes, TODAY, between=lying_between(book))
    assert rate is not None
    assert [str(leg.quote.pair) for leg in rate.legs] == legs
    assert asked == set(ends)


def test_only_named_sources_serve_and_decrees_beside_them() -> None:
    book = [quote("EUR/USD 1.0500", "2024-12-30", "ann"), quote("EUR/GBP 0.83", "2024-12-30", "bob")]
    by_ann = Policy(sources=("ann",))
    assert find_rate(Currency("EUR"), Currency("GBP"), touching(book), TODAY, by_ann) is None
    for base, counter in (("EUR", "USD"), ("DEM", "USD"), ("USD", "DEM")):
        assert find_rate(Currency(base), Currency(counter), touching(book), TODAY, by_ann) is not None


def test_a_decree_on_a_currency_that_was_not_asked_for_joins_nothing() -> None:
    book = [quote("DEM/USD 0.6", "2024-12-30"), quote("EUR/GBP 0.83", "2024-12-30")]
    assert found(book, "USD", "GBP") is None
    joined = found(book, "DEM", "GBP")
    assert joined is not None
    assert [str(leg.quote.pair) for leg in joined.legs] == ["EUR/DEM", "EUR/GBP"]


@pytest.mark.parametrize(
    ("days", "joined"),
    [(["2015-12-01"], True), (["2018-07-03"], True), (["2018-07-04"], False), (["2015-12-01", "2019-01-01"], False)],
)
def test_a_redenomination_serves_unless_its_code_is_quoted_years_after_it(days: list[str], joined: bool) -> None:
    book = [quote("USD/BYR 19500", day) for day in days] + [quote("BYN/EUR 0.3", "2019-01-01")]
    rate = found(book, "BYR", "EUR")
    assert (rate is not None) == joined
    assert rate is None or [str(leg.quote.pair) for leg in rate.legs] == ["BYN/BYR", "BYN/EUR"]


def test_the_earliest_day_of_a_rate_is_that_of_the_last_leg_to_begin() -> None:
    book = [
        quote("KGS/USD 0.0115", "2024-12-03"),
        quote("USD/TJS 10.9", "2024-12-01"),
        quote("KGS/EUR 0.01", "2024-12-09"),
    ]
    first = earliest(Currency("TJS"), Currency("KGS"), touching(book))
    assert str(first) == "2024-12-03"
    assert earliest(Currency("TJS"), Currency("GBP"), touching(book)) is None
