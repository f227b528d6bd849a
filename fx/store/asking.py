"""Rates asked of the database: one, or many whose quotes are fetched together.

`find` is the one way from a question to its rate; many questions differ only in how the quotes come to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from fx.convert import Answer, rate_answer
from fx.currencies import Currency, Pair
from fx.errors import NoAnswer, UsageError
from fx.moments import Moment
from fx.policy import Policy
from fx.quotes import Pending
from fx.rates import Rate, find_rate
from fx.store import reading as questions
from fx.store.plainly import Connection, asked_by, snapshot
from fx.store.refusals import known_code, no_rate, too_old

if TYPE_CHECKING:
    import numpy as np

    from fx.columns import Found, Question, Rates
    from fx.store.leading import Leading, Series
    from fx.vectors import Statements

__all__ = ["Asker", "asked_of", "crossed", "find", "known_until"]

QUOTES_AT_ONCE = 20_000
"""Quotes of one currency that are fetched together at most: about 15 MB."""


def known_until(known_at: Any) -> datetime | None:
    """The last instant of what was known at a moment; a day counts whole. None for all that is known.

    >>> known_until("2024-12-14").isoformat()
    '2024-12-14T23:59:59.999000+00:00'
    """
    return None if known_at is None else Moment(Moment.parse(known_at).last_ordinal).start


def find(
    connection: Connection,
    base: Currency,
    counter: Currency,
    moment: Moment,
    known: datetime | None,
    policy: Policy,
    quotes: Callable[[Currency], list[Pending]] | None = None,
    newest: questions.Newest | None = None,
) -> Rate:
    """The rate that the path policy chooses; raises `NoRate` or `TooOld`. ``quotes`` serves what stood then.

    Without it what there is of ``base`` is read whole, since it often is the answer, and of all else only the heads;
    ``newest`` keeps these for the next question.
    """
    heads = questions.Heads(connection, moment, known, policy.sources, newest)

    def fetched(code: Currency) -> list[Pending]:
        if code != base or (newest is not None and code in newest.many):
            return heads.of(code)
        found = questions.standing(connection, code, moment, known, policy.sources)
        if newest is not None and len(found) > questions.MOST_WHOLE:
            newest.many.add(code)
        return found

    serve = quotes or fetched
    rate = find_rate(base, counter, serve, moment, policy, None if quotes else heads.between)
    if rate is None:
        without = [
            found
            for number in range(len(policy.sources) or 1)
            if (found := find_rate(base, counter, serve, moment, undemanding(policy, number)))
        ]
        if without:
            raise too_old(min(without, key=lambda found: age_of(found, moment)), moment, policy)
        raise no_rate(connection, Pair(base, counter), moment, known, policy)
    return rate


def undemanding(policy: Policy, number: int) -> Policy:
    """The policy without its ages, the source of this number first, so that each has its turn."""
    return Policy(via=policy.via, sources=policy.sources[number:] + policy.sources[:number])


def age_of(rate: Rate, moment: Moment) -> int:
    """The age of the oldest leg in days."""
    return max((observed.days_until(moment) for observed in rate.observed), default=0)


class Asker:
    """Asks many questions under the same demands; what it learns of codes serves the next ones."""

    def __init__(self, known: datetime | None, policy: Policy) -> None:
        self.known = known
        self.policy = policy
        self.codes: dict[Any, Currency] = {}
        self.ways: dict[tuple[Any, Any], Leading | None] = {}
        self.series: list[Series] | None = None

    def found(self, connection: Connection, asked: Sequence[Question]) -> list[Found]:
        """What `rates` gives, with a bare statement where that alone is the answer."""
        raw = asked_by(connection)
        told: list[Found | None] = [
            None if (way := self.way(connection, question)) is None else way.statement(raw, question.as_of)
            for question in asked
        ]
        left = [number for number, answer in enumerate(told) if answer is None]
        for number, rate in zip(left, self.rates(connection, [asked[number] for number in left]), strict=True):
            told[number] = rate
        return told  # type: ignore[return-value] # each None was replaced

    def statements(
        self, connection: Connection, asked: Sequence[tuple[Any, Any, np.ndarray]]
    ) -> list[tuple[Currency, Statements] | None]:
        """The same for whole columns: of a base, a counter and last ordinals, what alone is the answer."""
        from fx.columns import Question  # noqa: PLC0415
        from fx.store.leading_columns import statements  # noqa: PLC0415 (numpy only where frames are asked for)

        found: list[tuple[Currency, Statements] | None] = []
        with snapshot(connection) as raw:  # a mark says nothing of rows that are written once it was read
            for base, counter, untils in asked:
                way = self.way(connection, Question(base, counter, Moment(0)))
                said = way and statements(raw, way, untils)
                found.append((way.counter, said) if way and said else None)
        return found

    def way(self, connection: Connection, question: Question) -> Leading | None:
        """Which series may answer a question alone."""
        pair = (question.base, question.counter)
        if not (isinstance(pair[0], str) and isinstance(pair[1], str)) or self.known is not None:
            return None
        if pair not in self.ways:
            from fx.store.leading import leading, series_in  # noqa: PLC0415 (one answer alone has no use for it)

            if self.series is None:
                self.series = series_in(asked_by(connection), self.policy)
            try:
                base, counter = (self.code(connection, code) for code in pair)
            except (UsageError, NoAnswer):
                return None
            self.ways[pair] = leading(self.series, base, counter, self.policy)
        return self.ways[pair]

    def rates(self, connection: Connection, asked: Sequence[Question]) -> list[Rate | UsageError | NoAnswer]:
        """The rate of each question, or why it has none; raises `StoreError` alone."""
        found: dict[int, Rate | UsageError | NoAnswer] = {}
        if not asked:
            return []
        series = connection.exec_driver_sql("SELECT count(*) FROM series").scalar() or 1
        step = max(1, QUOTES_AT_ONCE // series)
        moments = sorted({question.as_of for question in asked})
        part_of = {moment: number // step for number, moment in enumerate(moments)}
        order = sorted(range(len(asked)), key=lambda number: asked[number].as_of)
        for part, numbers in groupby(order, key=lambda number: part_of[asked[number].as_of]):
            standing = Standing(connection, moments[part * step : (part + 1) * step], self)
            for number in numbers:
                found[number] = self.rate(connection, asked[number], standing)
        return [found[number] for number in range(len(asked))]

    def rate(self, connection: Connection, question: Question, standing: Standing) -> Rate | UsageError | NoAnswer:
        """The rate of one question, or why it has none."""
        try:
            base, counter = (self.code(connection, code) for code in (question.base, question.counter))
            return find(
                connection,
                base,
                counter,
                question.as_of,
                self.known,
                self.policy,
                lambda code: standing.quotes(code, question.as_of),
            )
        except (UsageError, NoAnswer) as error:
            return error.with_traceback(None)

    def code(self, connection: Connection, code: Any) -> Currency:
        """A code that is known here, looked up once."""
        known = self.codes.get(code) if isinstance(code, str) else None
        if known is None:
            known = self.codes[code] = known_code(connection, code)
        return known


class Standing:
    """What stood of each code at some moments, fetched for all of them when first asked for."""

    def __init__(self, connection: Connection, moments: Sequence[Moment], asker: Asker) -> None:
        self.connection = connection
        self.moments = moments
        self.asker = asker
        self.fetched: dict[Currency, dict[int, list[Pending]]] = {}

    def quotes(self, code: Currency, moment: Moment) -> list[Pending]:
        """The quotes of a code that stood at one of the moments."""
        if code not in self.fetched:
            self.fetched[code] = questions.standing_often(
                self.connection, code, self.moments, self.asker.known, self.asker.policy.sources
            )
        return self.fetched[code][moment.last_ordinal]


def asked_of(known_at: Any, places: int | None, rounding: str, policy: Policy) -> dict[str, Any]:
    """What was asked beyond amount, pair and moment, as a receipt keeps it; empty where nothing was."""
    asked = {
        "known_at": None if known_at is None else str(Moment.parse(known_at)),
        "places": places,
        "rounding": None if rounding == "half-even" else rounding,
        "max_age": policy.max_age,
        "max_spread": policy.max_spread,
        "via": list(policy.via) if policy.via else None,
        "direct": True if policy.via == () else None,
        "source": list(policy.sources) or None,
    }
    return {name: value for name, value in asked.items() if value is not None}


def crossed(codes: Sequence[str], moment: Moment, ask: Rates) -> dict[tuple[str, str], Answer | NoAnswer]:
    """The rate of each code in each, or why there is none, asked for at once; raises `UsageError`."""
    from fx.columns import Question  # noqa: PLC0415 (one answer alone has no use for it)

    pairs = [(base, counter) for base in codes for counter in codes]
    rates = ask([Question(base, counter, moment) for base, counter in pairs])
    found: dict[tuple[str, str], Answer | NoAnswer] = {}
    for pair, rate in zip(pairs, rates, strict=True):
        if isinstance(rate, UsageError):
            raise rate
        found[pair] = rate_answer(rate, moment) if isinstance(rate, Rate) else rate
    return found
