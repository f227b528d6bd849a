"""Questions to an open store: a rate as of a moment beside the bare SQL, and a rate found among many currencies."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import fx
from benchmarks import start, stores
from benchmarks.measure import called
from benchmarks.rows import Contender, Duel, Row, Size, Target, Workshop
from fx.sql import STANDING
from fx.whole import EVER

__all__ = ["rows"]

QUESTIONS = 500
CROSSES = 40
"""Later than every moment, as the store counts."""
LATER = datetime(2026, 1, 1, tzinfo=UTC)


def same(answer: object) -> object:
    """An answer as it is."""
    return answer


def warm(workshop: Workshop) -> Duel:
    """`Store.rate` as of moments all over a history, beside the SQL that it rests on."""
    file = start.history(workshop, 2)
    draw = random.Random(13)
    ages = [draw.randrange(workshop.size.quotes[2]) for _ in range(QUESTIONS)]
    moments = [stores.NEWEST - timedelta(minutes=age) for age in ages]
    store = fx.open(file)
    bare = sqlite3.connect(file)

    def ask() -> list[Fraction]:
        return [store.rate("KZT/USD", as_of=moment).rate.value for moment in moments]

    def select() -> list[Fraction]:
        found = []
        for moment in moments:
            asked = {"code": "KZT", "until": stores.ordinal(moment), "known": EVER}
            *_, last = bare.execute(STANDING, asked).fetchall()
            found.append(last)
        return [Fraction(row[2], 10 ** row[3]) for row in found]

    def end() -> None:
        store.close()
        bare.close()

    return Duel(
        Contender("store.rate", lambda: called(ask), same),
        Contender("sqlite3", lambda: called(select), same),
        [Fraction(stores.rate_at(age), 100_000) for age in ages],
        end,
    )


def crosses(store: fx.Store, codes: int) -> Callable[[], object]:
    """The same questions to any store of crosses: how each was answered, and by what."""
    draw = random.Random(14)
    named = stores.codes_of(codes)
    asked = ["/".join(draw.sample(named, 2)) for _ in range(CROSSES)]
    return lambda: [(answer.exact, len(answer.legs)) for answer in (store.rate(pair, as_of=LATER) for pair in asked)]


def crossed(workshop: Workshop, quotes: int) -> fx.Store:
    """A store in which every pair is quoted."""
    codes = workshop.size.codes
    return fx.open(workshop.made(f"crosses-{quotes}.db", lambda path: stores.cross_store(path, codes, quotes)))


def one_answer(workshop: Workshop) -> Duel:
    """One answer, in milliseconds. Nobody else gives it: that it is right, the tests of `fx.rates` say."""
    store = crossed(workshop, 0)
    ask = crosses(store, workshop.size.codes)
    return Duel(Contender("store.rate", lambda: called(ask), same), end=store.close)


def among_many(workshop: Workshop) -> Duel:
    """The same with a long history beside the same without; the older quotes change no answer."""
    large, small = (crossed(workshop, quotes) for quotes in (workshop.size.quotes[-1], 0))

    def end() -> None:
        large.close()
        small.close()

    codes = workshop.size.codes
    long, short = crosses(large, codes), crosses(small, codes)
    return Duel(
        Contender("store.rate", lambda: called(long), same),
        Contender("without history", lambda: called(short), same),
        end=end,
    )


def rows(size: Size) -> list[Row]:
    """The rows of this group."""
    pairs = f"one answer among {size.codes} currencies, all pairs quoted"
    return [
        Row(
            "warm",
            f"warm `store.rate()` as of a moment, {size.quotes[2]:,} quotes",
            "the same SQL by bare `sqlite3`",
            Target(4),
            warm,
            QUESTIONS,
        ),
        Row("crosses", pairs, "–", Target(5, "ms"), one_answer, CROSSES),
        Row(
            "many",
            f"the same in {size.quotes[-1]:,} quotes",
            "the same, each pair quoted once",
            Target(1.1),
            among_many,
            CROSSES,
        ),
    ]
