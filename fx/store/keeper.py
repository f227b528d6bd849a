"""The store as people use it: load documents into it, ask it for rates, quotes and tables.

A `Store` opens its database when it is first asked for something: questions open it for reading only, loads for writing
(and make it where there is none). It knows the time only through the clock that it was given.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, Unpack

from fx.convert import Answer, convert, rate_answer
from fx.currencies import Currency, Pair
from fx.errors import InputError, NoAnswer, StoreError, UsageError
from fx.exact import parse_amount
from fx.moments import Moment, utc_now
from fx.policy import Demands, Policy
from fx.rates import Rate
from fx.sql import HEAD
from fx.store.addresses import address_of_server, without_password
from fx.store.asking import Asker, asked_of, crossed, find, known_until
from fx.store.faults import translated
from fx.store.files import BUSY_MILLISECONDS, holds_something, path_of
from fx.store.in_care import InCare
from fx.store.in_tables import Info, InTables
from fx.store.in_time import InTime
from fx.store.migrate import check_loadable, check_schema, check_unchanged, check_upgradable, revision_of, upgrade
from fx.store.plainly import Connection, Database, FileDatabase, Writer, open_for_reading, surely
from fx.store.reading import Newest
from fx.store.refusals import known_code

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from fx.columns import Found, Question
    from fx.documents import Document
    from fx.reader import Reading
    from fx.store.batches import Sizes
    from fx.store.server import ServerDatabase
    from fx.store.upgrading import Upgraded
    from fx.store.writing import Loaded
    from fx.vectors import Statements

__all__ = ["Info", "Store", "open_store"]

When = str | date | datetime | Moment


class Store(InTables, InTime, InCare):
    """A database of quotes; use it as a context manager, or call `close`.

    >>> with Store(":memory:") as store:
    ...     loaded = store.load_text("KZT/USD = 0.00190 0%", observed_at="2024-12-14")
    ...     store.convert("10000", "KZT", "USD", as_of="2024-12-14").result
    Decimal('19.00')
    """

    def __init__(
        self, target: str | Path, clock: Callable[[], datetime] = utc_now, *, patience: int = BUSY_MILLISECONDS
    ) -> None:
        self.target = without_password(str(target))
        self.clock = clock
        self.patience = patience
        self.path = path_of(str(target))
        self.url = address_of_server(str(target))
        self.reader: FileDatabase | ServerDatabase | None = None
        self.connections: list[sqlite3.Connection] = []
        self.writer: Writer | None = None
        self.newest = Newest()
        self.opening = RLock()

    # Opening and closing ---------------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database; the store may be used again and opens it anew."""
        surely(self.let_go)

    def let_go(self) -> None:
        """The steps of that, which may be taken twice."""
        if self.reader is not None:
            self.reader.close()
        if self.writer is not None:
            self.writer.dispose()
        for connection in reversed(self.connections):
            connection.close()
        self.reader = self.writer = None

    def reading(self) -> Database:
        """What questions are asked of, opened and checked on first use."""
        if self.path is None and self.url is None:
            return self.writing()
        with self.opening:
            if self.reader is not None and self.reader.stale:
                self.reader.close()
                self.reader = None
            if self.reader is None:
                opened = self.opened()
                try:
                    with translated(self.target), opened.connect() as connection:
                        check_schema(connection, self.target)
                except BaseException:
                    opened.close()
                    raise
                self.reader = opened
            return self.reader

    def leave(self) -> None:
        """Let go of what questions are asked of without closing it: a statement that does not end still uses it."""
        self.reader, self.connections = None, []

    def opened(self) -> FileDatabase | ServerDatabase:
        """The database, for reading only."""
        if self.path is not None:
            self.connections.clear()
            return open_for_reading(self.path, self.connections)
        from fx.store.server import open_server  # noqa: PLC0415 (no file needs it)

        return open_server(self.url or "", self.target, self.patience, writes=False)

    def opened_for_writing(self, patience: int) -> Writer:
        """The database, for writing; a file is made where there is none."""
        if self.url is None:
            from fx.store.engine import open_for_writing  # noqa: PLC0415 (questions need none)

            return open_for_writing(self.path, patience)
        from fx.store.server import open_server  # noqa: PLC0415

        return open_server(self.url, self.target, patience, writes=True)

    def writing(self) -> Writer:
        """What loads go through, opened on first use; makes the database where there is none."""
        with self.opening:
            if self.writer is None:
                self.refuse_foreign(check_loadable)
                with translated(self.target):
                    engine = self.opened_for_writing(self.patience)
                    try:
                        upgrade(engine, self.target, only_if_empty=True)
                    except BaseException:
                        engine.dispose()
                        raise
                if self.path or self.url:  # in memory nobody upgrades it
                    engine.look = lambda connection: check_unchanged(connection, self.target)
                self.writer = engine
            return self.writer

    def init(self, *, partition: str | None = None) -> bool:
        """Make an empty database; whether there was none. ``partition="year"`` keeps quotes in parts, on PostgreSQL.

        Raises `UsageError` for a partition that cannot be, and `StoreError` where there is a database of another kind.
        """
        from fx.store.partitions import PARTED  # noqa: PLC0415

        if partition not in {None, "year"}:
            raise UsageError(f"quotes are not kept in parts by {partition}: say year")
        if partition and self.url is None:
            raise UsageError("a file keeps its quotes in one piece: parts are for a database on a server")
        self.refuse_foreign(check_loadable)
        engine = self.opened_for_writing(self.patience)
        try:
            before = upgrade(engine, self.target, only_if_empty=True, in_parts=partition is not None)
        finally:
            engine.dispose()
        if partition and before and not self.asked(PARTED)[1][0][0]:
            raise StoreError(
                f"{self.target} keeps its quotes in one piece already: make another database in parts, and copy this "
                "one there with 'fx db copy'",
                target=self.target,
            )
        return not before

    def upgrade(self) -> Upgraded:
        """Bring the schema to that of this fx, once a copy of an older database lies beside it. Raises `StoreError`."""
        from fx.store.upgrading import Upgraded, copy_beside  # noqa: PLC0415

        revision = self.refuse_foreign(check_upgradable)
        copy = copy_beside(self.path, revision) if self.path and revision and revision < HEAD else None
        engine = self.opened_for_writing(BUSY_MILLISECONDS)
        try:
            return Upgraded(upgrade(engine, self.target), copy)
        finally:
            engine.dispose()

    def refuse_foreign(self, check: Callable[[Connection, str], None]) -> str | None:
        """Refuse what is there and is not ours, before a writer's first step (WAL) would change it; its revision."""
        if self.path and holds_something(self.path):
            opened = open_for_reading(self.path)
            try:
                with translated(self.target), opened.connect() as connection:
                    check(connection, self.target)
                    return revision_of(connection)
            finally:
                surely(opened.close)
        return None

    # Loading ---------------------------------------------------------------------------------------------------------

    def load(
        self,
        *paths: str | Path,
        source: str | None = None,
        observed_at: When | None = None,
        format: str = "auto",  # noqa: A002 (the word of the command line)
        decimal: str | None = None,
        counter: str | None = None,
        pair: str | None = None,
        strict: bool = False,
        max_bytes: int | None = None,
        if_changed: bool = False,
        jobs: int = 1,
        report: Callable[[Reading | InputError], None] | None = None,
        so_far: Callable[[Loaded], None] | None = None,
    ) -> Loaded:
        """Read and keep files, folders, ``http(s)`` addresses and ``-``; whole documents only, each in one transaction.

        ``max_bytes`` is the most of one document that is unpacked or fetched (2 GiB if none is given). With
        ``if_changed`` a document is kept only if it says something else than the last one of its name and source, or
        says the same without a date on a later day: see `fx.store.writing`. ``jobs`` processes read (`fx.jobs`), and
        what is kept does not depend on their number. ``report`` is told of each reading once it is committed, and of
        each path that cannot be read; ``so_far`` of what the load has committed until then, which holds whatever ends
        it. Raises `InputError` where nothing could be read at all, `StrictReject` at the first reject under ``strict``
        and `StoreError` (documents before it are kept).
        """
        from fx.documents import Limits, documents_at  # noqa: PLC0415 (questions read no documents)

        if not paths:
            raise UsageError("nothing to load: name a file, a folder, an address or -")
        return self.load_documents(
            documents_at(map(str, paths), Limits() if max_bytes is None else Limits(max_bytes=max_bytes)),
            source=source,
            observed_at=observed_at,
            format=format,
            decimal=decimal,
            counter=counter,
            pair=pair,
            strict=strict,
            if_changed=if_changed,
            jobs=jobs,
            report=report,
            so_far=so_far,
        )

    def load_text(self, text: str, name: str = "text", **how: Any) -> Loaded:
        """Read and keep a text in hand; the options are those of `load`."""
        from fx.documents import Document  # noqa: PLC0415

        return self.load_documents([Document(name, text.encode("utf-8"))], **how)

    def load_documents(
        self,
        documents: Iterable[Document | InputError],
        *,
        source: str | None = None,
        observed_at: When | None = None,
        format: str = "auto",  # noqa: A002
        decimal: str | None = None,
        counter: str | None = None,
        pair: str | None = None,
        strict: bool = False,
        if_changed: bool = False,
        jobs: int = 1,
        report: Callable[[Reading | InputError], None] | None = None,
        so_far: Callable[[Loaded], None] | None = None,
    ) -> Loaded:
        """Read and keep documents; see `load`."""
        from fx.formats import hints_of  # noqa: PLC0415
        from fx.jobs import read_in_jobs  # noqa: PLC0415

        moment = None if observed_at is None else Moment.parse(observed_at)
        readings = read_in_jobs(
            documents,
            jobs,
            now=self.clock(),
            source=source,
            observed_at=moment,
            format_name=format,
            hints=hints_of(decimal, counter, pair),
            strict=strict,
        )
        return self.keep_readings(readings, if_changed=if_changed, report=report, so_far=so_far)

    def keep_readings(
        self,
        readings: Iterable[Reading | InputError],
        *,
        if_changed: bool = False,
        sizes: Sizes | None = None,
        report: Callable[[Reading | InputError], None] | None = None,
        so_far: Callable[[Loaded], None] | None = None,
    ) -> Loaded:
        """Keep what was read already, in its order, in transactions of these ``sizes``; see `load`."""
        from fx.store.batches import Batch  # noqa: PLC0415
        from fx.store.writing import Loaded  # noqa: PLC0415

        total = Loaded()
        unread: list[InputError] = []

        def tell(kept: Sequence[tuple[Reading, Loaded]]) -> None:
            nonlocal total
            total = sum((loaded for _, loaded in kept), total)
            if so_far:
                so_far(total)
            if report:
                for found, _ in kept:
                    report(found)

        batch = Batch(self.writing, self.target, self.clock, tell, if_changed=if_changed, sizes=sizes)
        try:
            for found in readings:
                if isinstance(found, InputError):
                    batch.end()  # so that what is told comes in the order of the documents
                    unread.append(found)
                    if report:
                        report(found)
                    continue
                batch.keep(found)
                del found  # its quotes: the next reading needs the room
        finally:
            batch.end()
        if unread and not total.documents:
            raise unread[0]
        return total

    # Answers ---------------------------------------------------------------------------------------------------------

    def convert(
        self,
        amount: str | int | Decimal | Fraction,
        base: str,
        counter: str,
        *,
        as_of: When | None = None,
        known_at: When | None = None,
        places: int | None = None,
        rounding: str = "half-even",
        **demands: Unpack[Demands],
    ) -> Answer:
        """Convert an amount as of a moment (now, if none is given), as known at another.

        The demands are those of `fx.policy`: ``max_age``, ``max_spread``, ``via``, ``direct`` and ``source``. Raises
        `AmountError`, `UnknownCurrency`, `NoRate` (`TooOld` too) or `StoreError`; never gives the amount back
        unconverted.
        """
        parse_amount(amount)
        policy = Policy.of(**demands)
        rate, moment = self.find(base, counter, as_of, known_at, policy)
        return convert(amount, rate, moment, places, rounding, asked_of(known_at, places, rounding, policy))

    def rate(
        self,
        pair: str | Pair,
        *,
        as_of: When | None = None,
        known_at: When | None = None,
        places: int | None = None,
        rounding: str = "half-even",
        **demands: Unpack[Demands],
    ) -> Answer:
        """The rate of a pair, as an answer for one unit of base; takes and raises what `convert` does."""
        wanted = Pair.parse(pair)
        policy = Policy.of(**demands)
        rate, moment = self.find(wanted.base, wanted.counter, as_of, known_at, policy)
        return rate_answer(rate, moment, places, rounding, asked_of(known_at, places, rounding, policy))

    def find(
        self, base: str, counter: str, as_of: When | None, known_at: When | None, policy: Policy
    ) -> tuple[Rate, Moment]:
        """The rate that the path policy chooses, with the moment it was asked for."""
        moment = Moment.parse(self.clock() if as_of is None else as_of)
        known = known_until(known_at)
        with translated(self.target), self.reading().connect() as connection:
            start, end = known_code(connection, base), known_code(connection, counter)
            return find(connection, start, end, moment, known, policy, newest=self.newest), moment

    def asker(self, *, known_at: When | None = None, policy: Policy = Policy()) -> Asker:  # noqa: B008 (frozen)
        """What asks `rates` many questions under the same demands."""
        return Asker(known_until(known_at), policy)

    def rates(self, asker: Asker, asked: Sequence[Question]) -> list[Rate | UsageError | NoAnswer]:
        """The rate of each of many questions, or why it has none, in their order; raises `StoreError`."""
        with translated(self.target), self.reading().connect() as connection:
            return asker.rates(connection, asked)

    def found(self, asker: Asker, asked: Sequence[Question]) -> list[Found]:
        """The same for columns: a quote that alone is the answer comes as `fx.columns.Statement`."""
        with translated(self.target), self.reading().connect() as connection:
            return asker.found(connection, asked)

    def cross(
        self,
        codes: Sequence[str],
        *,
        as_of: When | None = None,
        known_at: When | None = None,
        **demands: Unpack[Demands],
    ) -> dict[tuple[str, str], Answer | NoAnswer]:
        """The rate of each of these codes in each, or why there is none; quotes are fetched once for all.

        Raises `UsageError` and `StoreError`.
        """
        moment = Moment.parse(self.clock() if as_of is None else as_of)
        asker = self.asker(known_at=known_at, policy=Policy.of(**demands))
        return crossed(codes, moment, lambda asked: self.rates(asker, asked))

    def convert_frame(
        self,
        frame: pd.DataFrame,
        *,
        amount: str,
        base: str,
        counter: str | None = None,
        counter_column: str | None = None,
        as_of: When | None = None,
        known_at: When | None = None,
        places: int | None = None,
        rounding: str = "half-even",
        exact: bool = False,
        **demands: Unpack[Demands],
    ) -> pd.DataFrame:
        """Convert a column: ``amount`` and ``base`` name columns, ``counter`` is a code or ``counter_column`` has it.

        ``as_of`` names a column of days or moments, or is one moment for all rows (now, if none is given). Returns a
        copy with the columns of `fx.columns.RESULTS`; see `fx.frames.converted`. Raises `UsageError` for a column that
        is missing or in the way, and `StoreError`; a row without an answer says so in ``status``.
        """
        from fx.frames import Plan, converted  # noqa: PLC0415

        asker = self.asker(known_at=known_at, policy=Policy.of(**demands))
        plan = Plan(amount, base, counter, counter_column, as_of, places, rounding, exact)

        def bulk(asked: Sequence[tuple[Any, Any, np.ndarray]]) -> list[tuple[Currency, Statements] | None]:
            with translated(self.target), self.reading().connect() as connection:
                return asker.statements(connection, asked)

        return converted(frame, plan, lambda asked: self.found(asker, asked), bulk, Moment.parse(self.clock()))


def open_store(target: str | Path, *, clock: Callable[[], datetime] = utc_now) -> Store:
    """Open a store by path, ``:memory:``, ``sqlite:///`` or ``postgresql://`` URL; nothing is made or read as yet.

    >>> open_store(":memory:").info().quotes
    0
    """
    return Store(target, clock)
