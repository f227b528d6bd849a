"""Which quotes go out, and in what order, one after the other: what `Store.select` gives to an export.

The order is by pair and then time (`Selection.by_pair`), or by time and then pair (`Selection.by_time`). Of one pair
and moment the sources come in the reverse of the alphabet, so that whoever keeps the last of a day (hledger, Ledger and
beancount do) keeps the latest moment, and of several sources the first in the alphabet.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from fx.currencies import Currency, Pair
from fx.errors import NoQuotes, UsageError
from fx.moments import Moment
from fx.quotes import Quote
from fx.sql import IN_ORDER, SERIES
from fx.store.faults import translated
from fx.store.plainly import Connection, Database
from fx.store.reading import quote_of
from fx.store.refusals import known_code
from fx.whole import EVER

__all__ = ["Selection", "concerns", "selected"]

BY_PAIR = "s.base, s.counter, q.observed_at"
BY_TIME = "q.observed_at, s.base, s.counter"


@dataclass(frozen=True, slots=True)
class Selection:
    """Quotes of a store that were chosen and are not read yet.

    ``origins`` is of which pairs, as published, and of which sources they are; ``wanted`` what was asked for by name,
    and ``missing`` what of it, sources included, has no quote.

    Each reading is one statement of SQL, so that it sees one state of the database however long it takes, and what
    is loaded meanwhile is not in it. SQLite sorts on disk what does not fit into its cache. Close a selection that is
    not read to its end.
    """

    database: Database
    target: str
    origins: tuple[tuple[Pair, str | None], ...]
    wanted: tuple[Pair | Currency, ...]
    missing: tuple[str, ...]
    series: tuple[int, ...]
    since: int
    until: int
    every: bool
    begun: list[Generator[Quote]] = field(default_factory=list, repr=False, compare=False)

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """What the quotes are of, as published."""
        return tuple(dict.fromkeys(pair for pair, _ in self.origins))

    def by_pair(self) -> Iterator[Quote]:
        """The quotes by pair, of each in time."""
        return self.remembered(BY_PAIR)

    def by_time(self) -> Iterator[Quote]:
        """The quotes in time, of each moment by pair."""
        return self.remembered(BY_TIME)

    def remembered(self, first: str) -> Iterator[Quote]:
        """The quotes, in a reading that `close` may end early: it holds a connection."""
        self.begun.append(self.read(first))
        return self.begun[-1]

    def close(self) -> None:
        """Let go of the database, whether all was read or not."""
        for reading in self.begun:
            reading.close()

    def read(self, first: str) -> Generator[Quote]:
        """The quotes that stand, or every statement."""
        parameters = {"series": json.dumps(self.series), "since": self.since, "until": self.until}
        with translated(self.target):
            connection: Any = self.database.connect()  # not entered: no thread waits for who takes its time with quotes
            stream = getattr(connection, "stream", connection.exec_driver_sql)
            rows = stream(IN_ORDER.format(first=first), parameters)
            for _, said in itertools.groupby(rows, lambda row: (row[0], row[1], row[6], row[8])):
                if self.every:
                    yield from map(quote_of, said)
                else:
                    *_, last = said
                    yield quote_of(last)


def selected(
    database: Database,
    target: str,
    wanted: Iterable[str | Pair],
    since: Moment | None,
    until: Moment | None,
    sources: Sequence[str],
    *,
    every: bool,
) -> Selection:
    """The quotes of pairs (in either direction) and codes, or of all, between two moments, of all sources or of some.

    Raises `UnknownCurrency`, and `NoQuotes` where there are none.
    """
    chosen = [each if isinstance(each, Pair) else named(each) for each in wanted]
    span = (-EVER if since is None else since.ordinal, EVER if until is None else until.last_ordinal)
    with translated(target), database.connect() as connection:
        for want in chosen:
            check_codes(connection, want)
        found = connection.exec_driver_sql(SERIES, {"since": span[0], "until": span[1]}).fetchall()
    of_pairs = [row for row in found if not chosen or any(concerns(want, row[1], row[2]) for want in chosen)]
    of_sources = [row for row in of_pairs if not sources or row[3] in sources]
    rows = [row for row in of_sources if row[4]]
    if not rows:
        what = f" of {' or '.join(map(str, chosen))}" if chosen else ""
        by = f" from {' or '.join(sources)}" if sources else ""
        hint = (
            "widen --since and --until"
            if of_sources
            else "'fx sources' lists what there is"
            if of_pairs
            else "'fx pairs' lists what there is"
            if found
            else "load some with 'fx load FILE'"
        )
        raise NoQuotes(f"no quote{what}{by} was found: {hint}", wanted=[str(want) for want in chosen])
    origins = tuple((Pair(Currency(row[1]), Currency(row[2])), row[3] or None) for row in rows)
    missing = [str(want) for want in chosen if not any(concerns(want, pair.base, pair.counter) for pair, _ in origins)]
    missing += [f"the source {name}" for name in sources if all(name != (source or "") for _, source in origins)]
    series = tuple(row[0] for row in rows)
    return Selection(database, target, origins, tuple(chosen), tuple(dict.fromkeys(missing)), series, *span, every)


def named(text: str) -> Pair | Currency:
    """A pair or a code; raises `PairError`.

    >>> str(named("kzt/usd")), named("kzt")
    ('KZT/USD', 'KZT')
    """
    if not isinstance(text, str):
        raise UsageError(f"{text!r} is no pair: write it as KZT/USD")
    return Pair.parse(text) if len(text.strip()) > 5 else Currency(text)


def check_codes(connection: Connection, want: Pair | Currency) -> None:
    """Raise `UnknownCurrency` for a code that neither ISO 4217 nor the store knows."""
    for code in (want.base, want.counter) if isinstance(want, Pair) else (want,):
        known_code(connection, code)


def concerns(want: Pair | Currency, base: str, counter: str) -> bool:
    """Whether a pair, in either direction, or a code is that of a series.

    >>> concerns(Pair.parse("USD/KZT"), "KZT", "USD"), concerns(Currency("EUR"), "KZT", "USD")
    (True, False)
    """
    return {want.base, want.counter} == {base, counter} if isinstance(want, Pair) else want in {base, counter}
