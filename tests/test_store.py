"""The store: new, known, revised; as of and known at; what it refuses."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from fx.errors import (
    FxError,
    InputError,
    NoQuotes,
    NoRate,
    NotAStore,
    QueryError,
    SchemaMismatch,
    StoreMissing,
    StoreReadOnly,
    StrictReject,
    UnknownCurrency,
    UsageError,
)
from fx.moments import Moment
from fx.store import Loaded, Store
from fx.store.plainly import driver_of
from tests.builders import BOARD, EXAMPLES, PAGE


class Clock:
    """A clock that moves an hour at each look."""

    def __init__(self) -> None:
        self.now = datetime(2025, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(hours=1)
        return self.now


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "fx.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with Store(path, Clock()) as opened:
        yield opened


def dump(path: Path) -> list[str]:
    with sqlite3.connect(path) as connection:
        lines = list(connection.iterdump())
    connection.close()
    return lines


@pytest.mark.file
def test_a_page_is_stored_once_and_its_second_load_changes_nothing(store: Store, path: Path) -> None:
    assert store.load_text(PAGE) == Loaded(documents=1, quotes=5, new=5, repeats=35)
    store.close()
    before = dump(path)
    assert store.load_text(PAGE) == Loaded(documents=1, quotes=5, known=5, repeats=35)
    assert store.load_text(PAGE, name="another name") == Loaded(documents=1, quotes=5, known=5, repeats=35)
    store.close()
    assert dump(path) == before


def test_the_same_quotes_in_another_document_are_known_and_that_document_is_remembered(store: Store) -> None:
    store.load_text(PAGE, name="first")
    assert store.load_text(PAGE + "Another story.\n", name="second") == Loaded(
        documents=1, quotes=5, known=5, repeats=35
    )
    assert [row["name"] for row in store.documents()] == ["first", "second"]
    assert store.query("SELECT count(*) FROM sighting")[1] == [(5,)]
    assert {quote.document for quote in store.latest()} == {"first"}
    assert store.check() == []


def test_another_value_for_the_same_source_pair_and_moment_is_a_revision_and_both_are_kept(store: Store) -> None:
    store.load_text("KZT/USD = 0.00196 0%\n8 December 2025\n", name="morning", source="news")
    assert store.load_text("KZT/USD = 0.00198 0%\n8 December 2025\n", name="evening", source="news").revisions == 1
    assert store.query("SELECT rate_text, document, revision FROM quotes ORDER BY revision")[1] == [
        ("0.00196", "morning", 0),
        ("0.00198", "evening", 1),
    ]
    assert str(store.convert("1000", "KZT", "USD", as_of="2025-12-08").result) == "1.98"
    assert [str(quote.rate) for quote in store.quotes("KZT/USD")] == ["0.00198"]
    assert store.query("SELECT rate_text FROM latest_quotes")[1] == [("0.00198",)]


def test_a_correction_taken_back_stands_again(store: Store) -> None:
    for number, rate in enumerate(("0.00190", "0.00191", "0.00190")):
        store.load_text(f"KZT/USD = {rate} 0%\nnote {number}\n", observed_at="2024-12-14")
        assert str(store.convert("10000", "KZT", "USD").legs[0].quote.rate) == rate
        assert store.query("SELECT rate_text FROM latest_quotes")[1] == [(rate,)]
        assert [str(quote.rate) for quote in store.quotes("KZT/USD")] == [rate]
    assert store.query("SELECT rate_text, revision FROM quotes ORDER BY revision")[1] == [
        ("0.00191", 0),
        ("0.00190", 1),
    ]
    assert store.check() == []


@pytest.mark.parametrize("before", [[], ["2024-12-14 KZT/USD = 0.00190\n"]], ids=["alone", "known already"])
def test_what_is_said_last_in_a_document_stands_whatever_was_known_before(store: Store, before: list[str]) -> None:
    """A statement known from another document stood at its line there, and so before one that it came after."""
    for number, text in enumerate(
        [*before, "EUR/USD = 1.1\n2024-12-14 KZT/USD = 0.00191\n2024-12-14 KZT/USD = 0.00190\n"]
    ):
        store.load_text(text, f"page {number}", source="s", observed_at="2024-12-14")
    assert store.rate("KZT/USD", as_of="2024-12-14").legs[0].quote.value == Fraction("0.00190")
    assert store.query("SELECT rate_text FROM standing_quotes WHERE base = 'KZT'")[1] == [("0.00190",)]
    assert store.history("KZT/USD")["rate_text"].tolist() == ["0.00190"]


def test_standard_input_read_again_is_observed_anew_once_something_else_was_said(store: Store) -> None:
    news = [store.load_text(f"KZT/USD = {rate} 0%\n").new for rate in ("0.00190", "0.00190", "0.00191", "0.00190")]
    assert news == [1, 0, 1, 1]
    assert str(store.latest()[0].rate) == "0.00190"


def test_what_is_recorded_later_is_known_later_even_if_the_clock_steps_back(path: Path) -> None:
    now = datetime(2025, 1, 1, 12, tzinfo=UTC)
    with Store(path, lambda: now) as store:
        store.load_text("KZT/USD = 0.00190\n", observed_at="2024-12-14")
        now -= timedelta(hours=1)
        store.load_text("KZT/USD = 0.00200\n", observed_at="2024-12-14")
        assert str(store.convert("1000", "KZT", "USD").result) == "2.00"
        recorded = [row["recorded_at"] for row in store.documents()]
        assert recorded == ["2025-01-01T12:00:00.000Z", "2025-01-01T12:00:00.001Z"]


def test_a_touched_page_with_dated_and_undated_boards_is_not_observed_anew(store: Store, tmp_path: Path) -> None:
    page = tmp_path / "m.txt"
    boards = "KZT/USD = 0.00190\n14 December 2024\n\nOne.\n\nTwo.\n\nTJS/USD = 0.09158\n\nThree.\n\nKGS/USD = 0.01150\n15 December 2024\n"
    page.write_text(boards, encoding="utf-8")
    os.utime(page, (1_700_000_000, 1_700_000_000))
    assert store.load(page).new == 3
    os.utime(page, (1_800_000_000, 1_800_000_000))
    assert store.load(page).known == 3
    assert store.check() == []


def test_a_document_read_differently_the_second_time_keeps_true_counts(store: Store) -> None:
    text = "EUR/USD = 1,052\nKZT/USD = 0.00190\n"
    for decimal in (None, "comma", "point"):
        store.load_text(text, observed_at="2024-12-14", decimal=decimal)
    assert store.check() == []
    assert [row["quotes"] for row in store.documents()] == [3]


def test_a_name_that_is_no_utf_8_loses_nothing(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    for number, name in enumerate((b"a.txt", b"caf\xe9.txt", b"z.txt")):
        place = folder / os.fsdecode(name)
        place.write_text(f"{PAGE}{number}", encoding="utf-8")
    assert store.load(folder).documents == 3
    assert [Path(row["name"]).name for row in store.documents()] == ["a.txt", "caf\\xe9.txt", "z.txt"]


def test_a_database_in_memory_cannot_be_written_to_by_a_question(tmp_path: Path) -> None:
    with Store(":memory:") as store:
        store.load_text(PAGE)
        for sql in ("DELETE FROM quote", f"ATTACH '{tmp_path}/made.db' AS made"):
            with pytest.raises(FxError):
                store.query(sql)
        assert store.info().quotes == 5
        assert store.load_text(PAGE + "more").known == 5
    assert list(tmp_path.iterdir()) == []


@pytest.mark.file
def test_check_finds_a_view_that_is_gone_or_changed(path: Path, store: Store) -> None:
    store.load_text(PAGE)
    store.close()
    with sqlite3.connect(path) as connection:
        connection.execute("DROP VIEW rejects")
        connection.execute("DROP VIEW rates")
        connection.execute("CREATE VIEW rates AS SELECT 1")
    connection.close()
    assert store.check() == ["rates is not as fx makes it", "rejects is missing"]


def test_of_many_statements_of_one_moment_the_last_said_stands(store: Store) -> None:
    lines = "".join(f"KZT/USD = 0.0{number:05}\n" for number in range(10_000, 12_000))
    store.load_text(lines, observed_at="2024-12-14")
    assert [str(quote.rate) for quote in store.quotes("KZT/USD")] == ["0.011999"]
    assert str(store.latest()[0].rate) == "0.011999"


def test_what_another_source_says_of_the_same_day_is_no_revision(store: Store) -> None:
    store.load_text("KZT/USD = 0.00196\n", source="a", observed_at="2025-12-08")
    assert store.load_text("KZT/USD = 0.00198\n", source="b", observed_at="2025-12-08").new == 1
    assert {row[0] for row in store.query("SELECT revision FROM quotes")[1]} == {0}
    assert [
        str(store.convert("1000", "KZT", "USD", source=name, as_of="2025-12-08").result) for name in ("a", "b")
    ] == ["1.96", "1.98"]


def test_a_past_answer_can_be_had_again_after_a_correction(store: Store) -> None:
    store.load_text("KZT/USD = 0.00196\n", observed_at="2024-12-08")
    known = store.clock()
    store.load_text("KZT/USD = 0.00198\n", observed_at="2024-12-08")
    assert str(store.convert("1000", "KZT", "USD").result) == "1.98"
    assert str(store.convert("1000", "KZT", "USD", known_at=known).result) == "1.96"
    with pytest.raises(NoRate):
        store.convert("1000", "KZT", "USD", known_at="2024-01-01")


def test_as_of_includes_a_quote_observed_on_that_very_day_and_none_later(store: Store) -> None:
    for day, rate in (("2024-12-14", "0.00190"), ("2024-12-16T10:00Z", "0.00192"), ("2024-12-18", "0.00194")):
        store.load_text(f"KZT/USD = {rate}\n", observed_at=day)
    asked = {"2024-12-14": "1.90", "2024-12-15": "1.90", "2024-12-16": "1.92", "2024-12-16T09:59Z": "1.90",
             "2024-12-16T10:00Z": "1.92", "2024-12-18T00:00Z": "1.94", "2030-01-01": "1.94"}  # fmt: skip
    assert {when: str(store.convert("1000", "KZT", "USD", as_of=when).result) for when in asked} == asked
    with pytest.raises(NoRate, match="ask --as-of 2024-12-14 or later") as caught:
        store.convert("1000", "KZT", "USD", as_of="2024-12-13")
    assert caught.value.facts["first"] == "2024-12-14"


def test_a_file_touched_or_copied_is_not_observed_anew(store: Store, tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text(BOARD, encoding="utf-8")
    os.utime(page, (1_700_000_000, 1_700_000_000))
    assert store.load(page).new == 5
    os.utime(page, (1_800_000_000, 1_800_000_000))
    assert store.load(page) == Loaded(documents=1, quotes=5, known=5)
    assert store.load(page, observed_at="2024-12-14").new == 5


def test_bad_input_never_loses_good_input(store: Store, tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text(
        "KZT/USD = 0.00190 0%\nTJS/USD = N/A 0%\nUZS/USD = 0.00000 0%\n14 December 2024\n", encoding="utf-8"
    )
    heard: list[object] = []
    loaded = store.load(tmp_path / "none.txt", tmp_path / "good.txt", report=heard.append)
    assert (loaded.documents, loaded.new, loaded.rejects) == (1, 1, 2)
    assert isinstance(heard[0], InputError)
    assert [(row["line"], row["text"]) for row in store.rejects()] == [(2, "TJS/USD = N/A"), (3, "UZS/USD = 0.00000")]
    with pytest.raises(InputError, match="no file"):
        store.load(tmp_path / "none.txt")


def test_strict_keeps_nothing_of_the_document_with_the_reject(store: Store, tmp_path: Path) -> None:
    (tmp_path / "1.txt").write_text(PAGE, encoding="utf-8")
    (tmp_path / "2.txt").write_text("KZT/USD = 0.00191\nTJS/USD = N/A\n", encoding="utf-8")
    with pytest.raises(StrictReject):
        store.load(tmp_path, strict=True)
    assert store.info().quotes == 5


def test_a_document_that_failed_half_way_leaves_no_trace(
    store: Store, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.load_text(PAGE)
    store.close()
    before = dump(path)

    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("fx.store.writing.keep_counts", fail)
    with pytest.raises(KeyboardInterrupt):
        store.load_text("KZT/USD = 0.00191 0%\n15 December 2024\n")
    store.close()
    assert dump(path) == before


def test_digits_come_back_as_they_were_published(store: Store) -> None:
    texts = [
        "0.00190",
        "0.00008",
        "12845.50",
        "17",
        "100",
        "1234567890.123456789012345",
        "0.000000000000000000001",
        "0.10",
    ]
    for number, text in enumerate(texts):
        store.load_text(f"KZT/USD = {text}\n", observed_at=f"2024-12-{number + 1:02}")
    assert [format(quote.rate or 0, "f") for quote in store.quotes("KZT/USD")] == texts
    assert [row[0] for row in store.query("SELECT rate_text FROM quotes ORDER BY observed_at")[1]] == texts
    rates = [row[0] for row in store.query("SELECT rate FROM quotes ORDER BY observed_at")[1]]
    assert rates == [float(text) for text in texts]


def test_names_from_outside_are_data(store: Store) -> None:
    name = "x'); DROP TABLE quote; --"
    store.load_text(PAGE, name=name, source=name)
    assert store.sources() == [{"source": name, "documents": 1, "quotes": 5}]
    assert [quote.document for quote in store.latest("KZT")] == [name]


WRONG: dict[str, tuple[Callable[[Store], object], type[FxError]]] = {
    "unknown code": (lambda store: store.convert("1", "KZZ", "USD"), UnknownCurrency),
    "a code without quotes": (lambda store: store.convert("1", "EUR", "USD"), NoRate),
    "no path": (lambda store: store.convert("1", "CHF", "USD"), NoRate),
    "no such source": (lambda store: store.convert("1", "KZT", "USD", source="other"), NoRate),
    "no quotes of a pair": (lambda store: store.quotes("USD/KZT"), NoQuotes),
    "none in the span": (lambda store: store.quotes("KZT/USD", since="2030-01-01"), NoQuotes),
    "a write": (lambda store: store.query("DELETE FROM quote"), StoreReadOnly),
    "a drop": (lambda store: store.query("DROP TABLE quote"), StoreReadOnly),
    "an attached file": (lambda store: store.query("ATTACH 'made.db' AS made"), QueryError),
    "a copy": (lambda store: store.query("VACUUM INTO 'made.db'"), FxError),
    "two statements": (lambda store: store.query("SELECT 1; SELECT 2"), FxError),
    "bad SQL": (lambda store: store.query("SELEC 1"), QueryError),
    "nothing to load": (lambda store: store.load(), UsageError),
    "no such format": (lambda store: store.load_text(PAGE, format="none"), UsageError),
    "no decimal mark": (lambda store: store.load_text(PAGE, decimal="dot"), UsageError),
}


@pytest.mark.file
@pytest.mark.parametrize("what", WRONG)
def test_each_wrong_question_has_its_error_and_changes_nothing(
    what: str, store: Store, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    store.load_text(PAGE)
    store.close()
    before = path.read_bytes()
    ask, error = WRONG[what]
    with pytest.raises(error) as caught:
        ask(store)
    assert ": " in caught.value.message
    store.close()
    assert path.read_bytes() == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["fx.db"]


@pytest.mark.file
def test_each_bad_database_has_its_error_and_is_not_touched(tmp_path: Path) -> None:
    text = tmp_path / "text.db"
    text.write_text("no database at all, but long enough to look at\n")
    foreign = tmp_path / "foreign.db"
    with sqlite3.connect(foreign) as connection:
        connection.execute("CREATE TABLE quote (id INTEGER)")
    connection.close()
    newer = tmp_path / "newer.db"
    with Store(newer) as store:
        store.load_text(PAGE)
    with sqlite3.connect(newer) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    empty = tmp_path / "empty.db"
    empty.touch()
    (tmp_path / "folder.db").mkdir()
    expected: dict[Path, type[FxError]] = {
        tmp_path / "none.db": StoreMissing,
        text: NotAStore,
        foreign: NotAStore,
        newer: SchemaMismatch,
        empty: NotAStore,
        tmp_path / "folder.db": NotAStore,
    }
    before = {path: path.read_bytes() for path in expected if path.is_file()}
    for path, error in expected.items():
        with pytest.raises(error):
            Store(path).latest()
        if path not in {tmp_path / "none.db", empty}:
            with pytest.raises(error):
                Store(path).load_text(PAGE)
    assert not (tmp_path / "none.db").exists()
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.file
def test_a_link_to_nowhere_makes_no_file(tmp_path: Path) -> None:
    link = tmp_path / "fx.db"
    link.symlink_to(tmp_path / "nowhere.db")
    with pytest.raises(FxError, match="link to nowhere"):
        Store(link).load_text(PAGE)
    assert not (tmp_path / "nowhere.db").exists()


@pytest.mark.file
@pytest.mark.parametrize(
    "name", ["a?mode=memory.db", "a#b.db", "100%.db", "with space.db", "ünï.db", "sub/folder/fx.db"]
)
def test_odd_names_of_databases_are_names(name: str, tmp_path: Path) -> None:
    with Store(tmp_path / name) as store:
        assert store.load_text(PAGE).new == 5
    assert (tmp_path / name).stat().st_size > 4096
    with Store(tmp_path / name) as store:
        assert store.info().quotes == 5


@pytest.mark.file
def test_a_database_in_a_read_only_folder_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "fixed"
    with Store(folder / "fx.db") as store:
        store.load_text(PAGE)
    (folder / "fx.db").chmod(stat.S_IRUSR)
    folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        with Store(folder / "fx.db") as store:
            assert len(store.latest()) == 5
    finally:
        folder.chmod(stat.S_IRWXU)


@pytest.mark.file
def test_two_processes_that_start_at_once_both_load(path: Path) -> None:
    command = "import sys, fx\nwith fx.open(sys.argv[1]) as s: s.load_text(sys.argv[2], observed_at=sys.argv[3])"
    days = [f"2024-12-{day:02}" for day in range(1, 5)]
    started = [subprocess.Popen([sys.executable, "-c", command, str(path), BOARD, day]) for day in days]
    assert [process.wait(60) for process in started] == [0] * 4
    with Store(path) as store:
        assert store.info().quotes == 20
        assert store.check() == []


@pytest.mark.file
def test_check_finds_what_is_lost(path: Path, store: Store) -> None:
    store.load_text(PAGE, name="page")
    store.close()
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM quote WHERE line = 2")
    connection.close()
    assert store.check() == ["page has 4 of its 5 quotes"]


def test_loading_in_any_order_gives_the_same_answers(tmp_path: Path) -> None:
    files = sorted(EXAMPLES.glob("*.txt"))
    results = []
    for order in (files, files[::-1]):
        with Store(tmp_path / f"{order[0].stem}.db", Clock()) as store:
            store.load(*order, source="timesca")
            results.append([(quote.pair, quote.rate, quote.observed_at) for quote in store.latest()])
    assert results[0] == results[1]


def test_latest_and_its_view_agree_where_two_sources_tie(tmp_path: Path) -> None:
    with Store(tmp_path / "fx.db", clock=Clock()) as store:
        store.load_text("KZT/USD = 0.00190 0%", source="bank", observed_at="2024-12-14")
        store.load_text("KZT/USD = 0.00191 0%", source="press", observed_at="2024-12-14")
        store.load_text("again: KZT/USD = 0.00190 0%", source="bank", observed_at="2024-12-14")
        (newest,) = store.latest()
        ((shown,),) = store.query("SELECT rate_text FROM latest_quotes")[1]
        assert (str(newest.rate), newest.source) == (shown, "bank") == ("0.00190", "bank")


@pytest.mark.file
def test_questions_within_a_reading_disturb_neither(store: Store) -> None:
    store.load(EXAMPLES, source="timesca")
    whole = [(quote.pair, quote.observed_at) for quote in store.select().by_pair()]
    reading = store.select().by_pair()
    first = next(reading)
    raw = driver_of(store.reading().connect())
    assert raw is not None
    with store.reading().connect() as connection, connection.begin():
        assert len(store.observations("KZT/USD")) > 1  # a transaction of its own, elsewhere
        assert raw.in_transaction
    assert not raw.in_transaction
    assert [(quote.pair, quote.observed_at) for quote in (first, *reading)] == whole


def test_the_quotes_that_documents_count_are_those_there_are(tmp_path: Path) -> None:
    with Store(tmp_path / "fx.db") as store:
        for day, rate in (("13", "0.00190"), ("14", "0.00190"), ("14", "0.00191"), ("13", "0.00190")):
            store.load_text(f"2024-12-{day} KZT/USD = {rate}\n2024-12-13 UZS/USD = 0.00008\n", name=f"{day} {rate}")
        assert store.info().quotes == store.query("SELECT count(*) FROM quotes")[1][0][0] == 4
        assert store.check() == []


def test_what_was_recorded_first_is_told_whatever_was_corrected_or_filled_in_later() -> None:
    now = [datetime(2025, 1, 10, tzinfo=UTC)]
    with Store(":memory:", clock=lambda: now[-1]) as store:
        for day, rate in (("2025-01-09", "1.05"), ("2025-01-09", "1.06"), ("2025-01-05", "1.02")):
            store.load_text(f"{day} EUR/USD {rate}", source="bank")
            now.append(now[-1] + timedelta(days=30))
        with pytest.raises(NoRate, match="the first was recorded 2025-01-10T00:00"):
            store.rate("EUR/USD", known_at="2025-01-01")


@pytest.mark.parametrize("target", ["fx.db", ":memory:"])
def test_threads_that_share_a_store_lose_and_double_nothing(tmp_path: Path, target: str) -> None:
    """They took part in each other's transactions: documents were kept by halves, and told of as kept."""
    days = [f"2024-12-{day:02d}" for day in range(1, 10)]

    with Store(target if target == ":memory:" else tmp_path / target) as store:

        def load_and_ask(thread: int) -> int:
            new = 0
            for number in range(12):
                text = "".join(f"{day} EUR/USD 1.{thread}{number:02d}{day[-1]}\n" for day in days)
                new += store.load_text(text, f"{thread}-{number}", source=f"{thread}-{number}").new
                assert store.rate("EUR/USD", source=f"{thread}-{number}").observed_at == Moment.parse(days[-1])
                assert store.query("SELECT max(day) FROM daily_rates")[1] == [(days[-1],)]
            return new

        with ThreadPoolExecutor(6) as pool:
            assert list(pool.map(load_and_ask, range(6))) == [12 * len(days)] * 6
        held = store.query("SELECT document, count(*) FROM quotes GROUP BY document")[1]
        assert sorted(held) == sorted((f"{thread}-{number}", len(days)) for thread in range(6) for number in range(12))
        assert store.check() == []
