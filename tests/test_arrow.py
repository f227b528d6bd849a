"""Documents as Arrow batches: what comes out is what a load reads, and a load of it is that of the documents."""

from __future__ import annotations

import pickle
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pytest

from fx.arrow import DOCUMENTS, Read, batch_in, documents_of, packed, read_batch, schema_of, tables_of, unpacked
from fx.batch import QUOTES, READINGS, REJECTS, batches_of, read_in_batches, readings_of
from fx.batch import read_batch as read_documents_in
from fx.documents import Document, documents_at
from fx.errors import InputError, StrictReject, UsageError
from fx.exports.quote_rows import COLUMNS as COLUMNS_OF_EXPORTS
from fx.reader import Reading, read_documents
from fx.spark.to_parquet import COLUMNS as COLUMNS_OF_SPARK
from fx.store import Store
from tests.builders import EXAMPLES, NOON, PAGE

ODD = {
    "log.txt": "".join(f"2024-12-14T00:{n // 60:02d}:{n % 60:02d}Z KZT/USD = 0.00{n % 50 + 100} 0%\n" for n in range(900)),
    "board.txt": "".join(f"{day} December 2024\nKZT/USD = 0.0{day:04d} 0%\n" * 8 for day in range(1, 29)),
    "sides.txt": "14 December 2024\nEUR/USD 1.0521/1.0523\nUSD/RUB 92.45\n100 JPY = 6.3602 CNY\n",
    "large.txt": (PAGE + "prose " * 180_000) * 2,
    "rows.csv": "date,base,counter,rate,note\n" + "".join(f"2024-12-{n % 28 + 1:02d},EUR,USD,1.{n:06d},{'-' * 400}\n" for n in range(12_000)),
    "exponent.json": '{"base": "KZT", "counter": "USD", "rate": 1e3, "date": "2024-12-14"}',
    "undated.txt": "KZT/USD = 0.00191 0%",
    "rejects.txt": "KZT/USD = 0.00191\nKZT/USD = 1,05,2 0%\nKZT/USD = N/A\n14 December 2024",
    "empty.txt": "",
    "broken.gz": "\x1f\x08",
    "caf\udce9.txt": PAGE + "KZT/USD = N/A\x00",
    "twice.txt": PAGE,
}  # fmt: skip


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one of each kind of document."""
    folder = tmp_path_factory.mktemp("odd")
    for name, text in ODD.items():
        (folder / name).write_bytes(b"\x1f\x8b\x08cut" if name == "broken.gz" else text.encode())
    for path in EXAMPLES.iterdir():
        if path.is_file():
            (folder / path.name).write_bytes(path.read_bytes())
    return folder


def in_arrow(found: Iterable[Reading | InputError]) -> Read:
    """What was read, as record batches."""
    (batch,) = batches_of(found, parted=False)
    return tables_of(batch)


def read(folder: Path) -> list[Reading | InputError]:
    return list(read_documents(documents_at([str(folder), str(folder / "missing")]), now=NOON))


def kept(readings: Iterable[Reading | InputError]) -> dict[str, list[object]]:
    """Every table of a store in which these were kept at one moment, all but for the order of its rows."""
    with Store(":memory:", clock=lambda: NOON) as store:
        store.keep_readings(readings)
        tables = ("source", "series", "document", "quote", "sighting", "reject")
        return {name: sorted(store.asked(f"SELECT * FROM {name}")[1], key=repr) for name in tables}


def test_a_load_of_the_batches_is_a_load_of_the_documents_to_the_row(odd: Path) -> None:
    found = read(odd)
    given = unpacked(packed(in_arrow(found)))
    before = kept(found)
    assert kept(readings_of(batch_in(given))) == before
    assert len(before["quote"]) > 12_000
    assert len(before["reject"]) > 1
    assert before["sighting"]


def test_columns_give_back_each_reading_as_it_was_and_logs_keep_their_own(odd: Path) -> None:
    found = read(odd) * 2
    given = list(batches_of(found))
    assert len(given) > 1
    after = [each for batch in given for each in readings_of(pickle.loads(pickle.dumps(batch)))]  # noqa: S301 (ours)
    for before, again in zip(found, after, strict=True):
        if isinstance(before, InputError):
            assert isinstance(again, InputError)
            assert (again.message, again.facts) == (before.message, before.facts)
        else:
            assert again == before
            assert isinstance(again, Reading)
            assert type(again.quotes) is type(before.quotes)
    logs = [each for batch in given for each in batch.logs.values()]
    assert logs
    assert kept(after) == kept(found)
    assert [number for batch in given for number in batch.readings[0]] == list(range(len(found)))


def test_what_stands_before_an_error_is_given_before_it_is_raised() -> None:
    pages = [Document("a", PAGE.encode()), Document("b", b"KZT/USD = 1,05,2 0%"), Document("c", PAGE.encode())]
    given = read_in_batches(pages, now=NOON, strict=True)
    assert [each.document for each in readings_of(next(given)) if isinstance(each, Reading)] == ["a"]
    with pytest.raises(StrictReject, match=r"^b:1: "):
        next(given)
    with pytest.raises(StrictReject, match=r"^b:1: "):
        read_documents_in(pages, now=NOON, strict=True)


def test_what_is_told_of_a_reading_goes_through_a_batch_unchanged(odd: Path) -> None:
    for before, after in zip(found := read(odd), readings_of(batch_in(in_arrow(found))), strict=True):
        if isinstance(before, InputError):
            assert isinstance(after, InputError)
            assert (after.message, after.facts) == (before.message, before.facts)
        elif "\udce9" in before.document:
            assert isinstance(after, Reading)
            assert after.document.endswith("caf\\xe9.txt")
        else:
            assert after == before


def test_documents_in_a_batch_are_read_as_the_same_files_are(odd: Path) -> None:
    paths = [path for path in sorted(odd.iterdir()) if path.suffix != ".gz" and "\udce9" not in path.name]
    batch = pa.RecordBatch.from_pydict(
        {
            "name": [str(path) for path in paths],
            "bytes": [path.read_bytes() for path in paths],
            "modified": pa.array([path.stat().st_mtime_ns // 1000 for path in paths], pa.timestamp("us", "UTC")),
        }
    )
    alone = in_arrow(read_documents(documents_at(map(str, paths)), now=NOON))
    together = read_batch(batch, now=NOON)
    assert list(readings_of(batch_in(together))) == list(readings_of(batch_in(alone)))


def test_an_address_a_date_and_a_charset_are_those_of_a_fetched_page() -> None:
    batch = pa.RecordBatch.from_pydict(
        {
            "name": ["a", "b", "c"],
            "url": ["https://me:secret@example.org/a?key=1", None, None],
            "bytes": ["Курс: USD/KZT = 523.54".encode("windows-1251"), None, None],
            "text": [None, "USD/KZT = 523.55", None],
            "content_type": ["text/plain; charset=windows-1251", "text/plain; charset=utf-16", None],
            "date": ["2024-12-14T10:00:00Z", "2024-12-15", None],
        }
    )
    first, _, third = documents_of(batch)
    assert not isinstance(first, InputError)
    assert (first.name, str(first.stated), first.raw) == (
        "https://example.org/a?key=***",
        "2024-12-14T10:00:00.000Z",
        "Курс: USD/KZT = 523.54",
    )
    assert isinstance(third, InputError)
    found = read_batch(batch, now=NOON)
    assert found.quotes.column("rate").to_pylist() == ["523.54", "523.55"]
    assert found.quotes.column("observed_at").to_pylist() == ["2024-12-14T10:00:00.000Z", "2024-12-15"]
    assert found.readings.column("error").to_pylist() == [None, None, "c holds nothing: leave it out"]


def test_a_batch_without_documents_says_which_columns_it_wants() -> None:
    with pytest.raises(UsageError, match="has a column bytes or text, not only page"):
        read_batch(pa.RecordBatch.from_pydict({"page": ["x"]}), now=NOON)


def test_the_schemas_say_what_each_column_holds() -> None:
    for fields in (DOCUMENTS, READINGS, QUOTES, REJECTS):
        schema = schema_of(fields)
        assert [(field.name, field.metadata[b"holds"].decode()) for field in schema] == [
            (name, holds) for name, (_, holds) in fields.items()
        ]
    nothing = in_arrow([])
    for batch, fields in zip(nothing, (READINGS, QUOTES, REJECTS), strict=True):
        assert batch.schema == schema_of(fields)
        assert batch.num_rows == 0


def test_parquet_of_spark_has_the_columns_of_an_export() -> None:
    assert COLUMNS_OF_SPARK == COLUMNS_OF_EXPORTS
