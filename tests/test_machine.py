"""A store and a model of a few dozen lines are driven side by side, in any order, and asked the same questions.

The model says the rules as the README does: documents are known by their bytes and source; of several statements of one
source, pair and moment the one said last stands; an answer as of a moment, as known at another, comes from what stood
then. Which path is preferred among standing quotes is `fx.rates`, which has an oracle of its own.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import fx
from fx.convert import convert
from fx.currencies import Currency
from fx.errors import NoQuotes, NoRate
from fx.moments import Moment
from fx.quotes import Quote
from fx.rates import find_rate
from fx.series import candles
from fx.store import Store
from fx.store.copying import copy_store
from tests.builders import quote

Clock = Callable[[], datetime]
Statement = tuple[str, str, str, str]
"""Source, pair, moment and rate, as they are written."""
CODES = ("KZT", "USD", "EUR", "TJS")
PAIRS = [f"{base}/{counter}" for base in CODES for counter in CODES if base != counter]
SOURCES = ("bank", "press")
RATES = ("0.5", "0.50", "0.00190", "2", "526.3", "1.0852")
DAYS = [f"2024-12-{day:02}" for day in range(10, 16)]
MOMENTS = [*DAYS, *(f"{day}T12:00Z" for day in DAYS[1:4])]


def as_moment(text: str) -> Moment:
    return Moment.parse(text)


@dataclass
class Said:
    """One document: what it says, in the order of its lines, and when it came."""

    text: str
    source: str
    recorded: datetime
    whole: list[Statement]
    left: list[Statement] = field(default_factory=list)


@dataclass
class Model:
    """Every document in the order in which it came."""

    documents: list[Said] = field(default_factory=list)

    def load(self, text: str, source: str, statements: list[Statement], now: datetime) -> None:
        """Keep a document; one that is known changes nothing, but brings back what was removed of it."""
        said = next((each for each in self.documents if (each.text, each.source) == (text, source)), None)
        if said is None:
            said = Said(text, source, now, list(dict.fromkeys(statements)))
            self.documents.append(said)
        said.left = said.whole

    def said(self, known: datetime | None = None) -> list[Statement]:
        """Every statement, the one said last of all at the end; by its last document, and there by its first line."""
        found: dict[Statement, None] = {}
        for each in self.documents:
            if known is None or each.recorded <= known:
                for statement in each.left:
                    found.pop(statement, None)
                    found[statement] = None
        return list(found)

    def standing(self, as_of: str | None = None, known: datetime | None = None) -> list[Statement]:
        """Of each source and pair what was said last of the newest moment, the one said last of all at the end."""
        held: dict[tuple[str, str], tuple[Moment, int, Statement]] = {}
        for number, statement in enumerate(self.said(known)):
            moment = as_moment(statement[2])
            if as_of is None or moment.ordinal <= as_moment(as_of).last_ordinal:  # a day holds for all of it
                key = statement[:2]
                held[key] = max(held.get(key, (moment, number, statement)), (moment, number, statement))
        return [statement for _, _, statement in sorted(held.values())]

    def history(self, pair: str) -> list[Statement]:
        """Of each moment and source of a pair what was said last, in time, then by source."""
        held = {(as_moment(each[2]), each[0]): each for each in self.said() if each[1] == pair}
        return [held[key] for key in sorted(held)]

    def latest(self) -> dict[str, Statement]:
        """Of each pair the newest moment, of it what was said last."""
        return {each[1]: each for each in self.standing()}

    def prune(self, before: str) -> None:
        """Remove what is of before a moment, but the last moment of each source and pair; empty documents go."""
        last: dict[tuple[str, str], Moment] = {}
        for statement in self.said():
            moment, key = as_moment(statement[2]), statement[:2]
            if moment < as_moment(before):
                last[key] = max(last.get(key, moment), moment)
        for each in self.documents:
            each.left = [
                one for one in each.left if as_moment(one[2]) >= as_moment(before) or as_moment(one[2]) == last[one[:2]]
            ]
        self.documents = [each for each in self.documents if each.left]


def as_quote(statement: Statement) -> Quote:
    source, pair, moment, rate = statement
    return quote(f"{pair} {rate}", moment, source)


def shown(found: Quote) -> Statement:
    return found.source or "", str(found.pair), str(found.observed_at), str(found.rate)


def normal(statement: Statement) -> Statement:
    return shown(as_quote(statement))


class Driver(RuleBasedStateMachine):
    """A store on disk and the model; ``made`` is how the store comes to be."""

    made: Callable[[Path, Clock], Store]

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="fx-machine-"))
        self.now = datetime(2025, 1, 1, tzinfo=UTC)
        self.place = 0
        self.model = Model()
        self.moments = [self.now]
        self.store = self.opened()

    def opened(self) -> Store:
        return type(self).made(self.folder / f"{self.place}.db", lambda: self.now)

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            shutil.rmtree(self.folder)

    def keep(self, statements: list[Statement], source: str, note: str = "") -> None:
        """Load a document of these lines into both."""
        rows = [f"{moment},{pair[:3]},{pair[4:]},{rate},{note}" for _, pair, moment, rate in statements]
        text = "\n".join(["date,base,counter,rate,note", *rows, ""])
        self.now += timedelta(minutes=1)
        self.moments.append(self.now)
        self.store.load_text(text, source=source)
        self.model.load(text, source, statements, self.now)

    @rule(
        source=st.sampled_from(SOURCES),
        rows=st.lists(
            st.tuples(st.sampled_from(PAIRS), st.sampled_from(MOMENTS), st.sampled_from(RATES)), min_size=1, max_size=5
        ),
    )
    def load(self, source: str, rows: list[tuple[str, str, str]]) -> None:
        self.keep([(source, *row) for row in rows], source)

    @precondition(lambda self: self.model.documents)
    @rule(data=st.data())
    def load_again(self, data: st.DataObject) -> None:
        said = data.draw(st.sampled_from(self.model.documents))
        self.now += timedelta(minutes=1)
        self.store.load_text(said.text, source=said.source, name="another name")
        self.model.load(said.text, said.source, said.whole, self.now)

    @precondition(lambda self: self.model.documents)
    @rule(data=st.data(), rate=st.sampled_from(RATES))
    def revise(self, data: st.DataObject, rate: str) -> None:
        source, pair, moment, _ = data.draw(st.sampled_from(self.model.said()))
        self.keep([(source, pair, moment, rate)], source, f"correction {len(self.moments)}")

    @precondition(lambda self: self.model.documents)
    @rule(data=st.data())
    def say_again(self, data: st.DataObject) -> None:
        statement = data.draw(st.sampled_from(self.model.said()))
        self.keep([statement], statement[0], f"said again {len(self.moments)}")

    @rule(before=st.sampled_from(MOMENTS))
    def prune(self, before: str) -> None:
        if self.model.documents:
            self.store.prune(before, apply=True)
            self.model.prune(before)

    @rule()
    def reopen(self) -> None:
        self.store.close()
        self.store = self.opened()

    @precondition(lambda self: self.model.documents)
    @rule()
    def go_on_with_a_backup(self) -> None:
        self.place += 1
        if self.store.url is None:
            self.store.backup(self.folder / f"{self.place}.db")
        else:
            with self.opened() as new:
                copy_store(self.store, new)
        self.store.close()
        self.store = self.opened()

    @precondition(lambda self: self.model.documents)
    @rule(ends=st.permutations(CODES), as_of=st.sampled_from(MOMENTS), data=st.data())
    def ask(self, ends: list[str], as_of: str, data: st.DataObject) -> None:
        known = data.draw(st.none() | st.sampled_from(self.moments))
        book = [as_quote(each) for each in self.model.standing(as_of, known)]
        base, counter = Currency(ends[0]), Currency(ends[1])
        rate = find_rate(base, counter, lambda code: [q for q in book if code in (q.base, q.counter)], as_moment(as_of))
        try:
            answer = self.store.convert("1000", base, counter, as_of=as_of, known_at=known)
        except NoRate:
            assert rate is None
            return
        assert rate is not None
        expected = convert("1000", rate, as_moment(as_of))
        assert (answer.result, answer.low, answer.high, answer.kind, answer.age_days) == (
            expected.result,
            expected.low,
            expected.high,
            expected.kind,
            expected.age_days,
        )
        assert [(shown(leg.quote), leg.inverted) for leg in answer.legs] == [
            (shown(leg.quote), leg.inverted) for leg in expected.legs
        ]

    @precondition(lambda self: self.model.documents)
    @rule(pair=st.sampled_from(PAIRS))
    def look_at_a_history(self, pair: str) -> None:
        try:
            found = [shown(each) for each in self.store.quotes(pair)]
        except NoQuotes:
            found = []
        assert found == [normal(each) for each in self.model.history(pair)]
        if found:
            assert self.store.candles(pair, "day") == candles(self.store.observations(pair), "day", UTC)

    @invariant()
    def what_is_held_is_the_same(self) -> None:
        if not getattr(self, "model", Model()).documents:
            return
        assert {str(each.pair): shown(each) for each in self.store.latest()} == {
            pair: normal(each) for pair, each in self.model.latest().items()
        }
        info = self.store.info()
        assert (info.quotes, info.documents) == (len(self.model.said()), len(self.model.documents))
        assert self.store.check() == []


def on_sqlite(path: Path, clock: Clock) -> Store:
    return fx.open(path, clock=clock)


SCHEMAS: dict[str, Callable[[str], str]] = {}
"""Where a test case, which is given no fixtures, finds the URL of the schema that stands for a path."""


@pytest.fixture(scope="module", autouse=True)
def schemas(stores: Callable[[str], str]) -> None:
    """Start the server."""
    SCHEMAS["of"] = stores


def on_postgres(path: Path, clock: Clock) -> Store:
    return fx.open(SCHEMAS["of"](str(path)), clock=clock)


def machine(made: Callable[[Path, Clock], Store], examples: int) -> type:
    """The machine over stores that come to be in this way, as a test case; ``FX_MACHINE`` is for more examples."""
    driver = type(f"Driver_{made.__name__}", (Driver,), {"made": staticmethod(made)})
    case: type = driver.TestCase  # type: ignore[attr-defined]
    case.settings = settings(  # type: ignore[attr-defined]
        max_examples=int(os.environ.get("FX_MACHINE", examples)),
        stateful_step_count=14,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    return case


TestOnSqlite = machine(on_sqlite, 20)
TestOnPostgres = machine(on_postgres, 10)
