"""Many readings into a server at once make the rows that one after the other makes, whatever is among them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from fx.documents import Document
from fx.errors import StoreError
from fx.moments import Moment
from fx.reader import Reading, read_documents
from fx.store import Store
from fx.store.batches import LARGE, Batch, Sizes
from tests.builders import NOON, PAGE
from tests.postgres import Server

TABLES = ("source", "series", "document", "quote", "sighting", "reject")
LOG = "".join(f"2024-12-14T00:{n // 60:02d}:{n % 60:02d}Z KZT/USD = 0.00{n % 50 + 100} 0%\n" for n in range(300))


def clock() -> Callable[[], datetime]:
    """A clock that mostly moves on, and sometimes stands still."""
    looks = count()
    return lambda: NOON + timedelta(milliseconds=next(looks) // 3)


def rows(store: Store) -> dict[str, list[Any]]:
    """All tables but for the order of their rows."""
    return {name: sorted(map(repr, store.asked(f"SELECT * FROM {name}")[1])) for name in TABLES}


def texts(draw: random.Random) -> str:
    """A page of a few, so that many are alike; some hold no quote, a log, two dates or only rejects."""
    rate = f"0.00{draw.randrange(190, 194)}"
    return draw.choice(
        (
            PAGE.replace("0.00190", rate).replace("14 December", f"{draw.randrange(12, 15)} December"),
            f"KZT/USD = {rate} 0%",
            f"EUR/USD 1.05{draw.randrange(3)}1/1.0523\n100 JPY = 6.3602 CNY",
            f"2024-12-10 KZT/USD = {rate}\n2024-12-11 KZT/USD = {rate}\nKZT/USD = N/A",
            "KZT/USD = 1,05,2 0%",
            "prose",
            LOG,
            f"KZT/USD = {rate}\n1 KZT = {rate} USD\nUSD/KZT {draw.randrange(500, 503)}.5",
        )
    )


def readings(draw: random.Random, number: int) -> Iterator[Reading]:
    """Readings of such pages: of one source or another, dated by their file, by a server, or by the caller."""
    for place in range(number):
        document = Document(
            f"page-{draw.randrange(40)}",
            texts(draw).encode(),
            modified=datetime(2024, 12, draw.randrange(1, 4), tzinfo=UTC) if draw.random() < 0.8 else None,
            stated=Moment.parse(f"2024-12-{draw.randrange(10, 13)}T10:00Z") if draw.random() < 0.5 else None,
        )
        given = Moment.parse("2024-12-24") if draw.random() < 0.1 else None
        source = draw.choice((None, "a", "b"))
        now = NOON + timedelta(minutes=place)
        for found in read_documents([document], now=now, source=source, observed_at=given):
            assert isinstance(found, Reading)
            yield found


@pytest.mark.parametrize("seed", range(4))
def test_together_or_one_after_the_other_the_rows_are_the_same(seed: int, postgres: Server) -> None:
    found = list(readings(random.Random(seed), 300))  # noqa: S311
    with Store(":memory:", clock=clock()) as alone, Store(postgres.schema(), clock=clock()) as server:
        server.init(partition="year" if seed % 2 else None)
        for start, end, sizes in ((0, 120, LARGE), (60, 180, Sizes(7, 30, 9)), (0, 300, LARGE)):
            assert server.keep_readings(found[start:end], sizes=sizes) == alone.keep_readings(found[start:end])
            assert rows(server) == rows(alone)
        assert server.check() == []


def test_pages_are_kept_a_set_at_a_time(postgres: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = [Document(str(n), PAGE.replace("0.00190", f"0.0{n + 1000}").encode()) for n in range(40)]
    found = list(read_documents(pages, now=NOON))
    monkeypatch.setattr(Batch, "alone", lambda *_: pytest.fail("a page was written alone"))
    with Store(postgres.schema(), clock=clock()) as store:
        loaded = store.keep_readings([*found, *found], sizes=LARGE)
        assert (loaded.documents, loaded.quotes, loaded.new + loaded.revisions) == (80, 400, 4 + 40)
        assert store.keep_readings(found, sizes=LARGE).new == 0


def test_a_document_that_cannot_be_written_loses_no_other(postgres: Server) -> None:
    pages = [Document(str(n), PAGE.replace("0.00190", f"0.0{n + 1000}").encode()) for n in range(4)]
    found = [each for each in read_documents(pages, now=NOON) if isinstance(each, Reading)]
    with Store(postgres.schema(), clock=clock()) as store:
        store.load_text("2020-01-01 KZT/USD = 0.1")
        store.writing().connect().exec_driver_sql("ALTER TABLE quote ADD CONSTRAINT no_such_rate CHECK (rate <> 1002)")
        told: list[Reading] = []
        with pytest.raises(StoreError, match="no_such_rate"):
            store.keep_readings(found, sizes=LARGE, report=told.append)  # type: ignore[arg-type]
        assert [each.document for each in told] == ["0", "1"]
        assert store.info().documents == 3
