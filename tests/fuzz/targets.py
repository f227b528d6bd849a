"""A target for each door: a function of bytes that raises nothing but what it found wrong."""

from __future__ import annotations

import functools
import io
import json
import tempfile
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import fx
from fx.currencies import Pair
from fx.dates import find_date, find_date_in_heading
from fx.documents import Document, Limits, visible_text
from fx.documents.packed import opened
from fx.errors import FxError
from fx.exact import parse_amount
from fx.exports.export import export
from fx.exports.receipts import read_receipt, verify
from fx.exports.records import answer_record
from fx.formats import Format, Page, all_formats, hints_of
from fx.moments import Moment
from fx.policy import days_in
from fx.quotes import Tick
from fx.reader import read_document, read_documents
from fx.store import SqlLimits
from fx.text import plain_text
from tests.builders import NOON, PAGE

__all__ = ["TARGETS", "Target"]

Target = Callable[[bytes], int | None]
"""What takes an input; it returns how many bytes went through the door, where that is not all of it as it is."""


def text_of(data: bytes) -> str:
    return data.decode("utf-8", errors="replace")


def reader(data: bytes) -> None:
    """A document of any bytes: every quote is above zero, has its place and holds within its bounds."""
    with suppress(FxError):
        for found in read_document(Document("fuzzed", data), now=NOON):
            for each in found.quotes:
                low, high = each.bounds
                assert 0 <= low <= each.value <= high
                assert each.value > 0
                assert each.line >= 1


def containers(data: bytes) -> None:
    """A container of any bytes, held to small limits."""
    limits = Limits(max_bytes=5_000_000, free=1_000_000)
    found = opened(Document("fuzzed"), io.BytesIO(data), limits)
    for _ in read_documents(found, now=NOON):
        pass


def of_format(chosen: Format, data: bytes) -> None:
    """One format alone, on what it would not be given."""
    raw = text_of(data)
    page = Page(plain_text(raw), raw, "fuzzed", hints_of())
    chosen.recognises(page)
    with suppress(FxError):
        for item in chosen.read(page):
            assert isinstance(item, Tick) or item.reason


def html(data: bytes) -> None:
    """Markup of any kind: as many lines come out as went in, a carriage return alone ending one too."""
    text = text_of(data)
    ends = text.replace("\r\n", "\n").replace("\r", "\n").count("\n")
    assert visible_text(text).count("\n") <= ends + 1


def amounts(data: bytes) -> None:
    """An amount is refused, or what it reads as a decimal."""
    text = text_of(data)
    with suppress(FxError):
        assert parse_amount(text) == Fraction(Decimal(text.strip()))


def dates(data: bytes) -> None:
    """A moment is refused, or written and read again; a date in a line is found or not; a span as well."""
    text = text_of(data)
    with suppress(FxError):
        moment = Moment.parse(text)
        assert Moment.parse(str(moment)) == moment
        assert moment.ordinal <= moment.last_ordinal
    find_date(text)
    find_date_in_heading(text)
    with suppress(FxError):
        assert days_in(text) >= 0
    with suppress(FxError):
        assert Pair.parse(str(Pair.parse(text))) == Pair.parse(text)


@functools.cache
def example() -> fx.Store:
    store = fx.open(":memory:", clock=lambda: NOON)
    store.load_text(PAGE)
    return store


def receipts(data: bytes) -> None:
    """A receipt of any text, and a true one of which one entry is any value: refused, or judged with a reason."""
    text = text_of(data)
    true = answer_record(example().convert("100", "KZT", "USD", as_of="2024-12-20"))
    with suppress(ValueError, RecursionError):
        keys = sorted(true)
        true[keys[data[0] % len(keys)] if data else "legs"] = json.loads(text[1:])
    for each in (text, json.dumps(true, default=str)):
        with suppress(FxError):
            verdict = verify(example(), read_receipt(each))
            assert verdict.holds or verdict.reasons


def nearly_empty() -> fx.Store:
    """A store of its own for each input: what an earlier one said would stand beside it, and be corrected by it."""
    store = fx.open(":memory:", clock=lambda: NOON)
    store.load_text("KZT/USD = 0.00190 0%")
    return store


def round_trips(data: bytes) -> None:
    """What is read, exported as JSON lines and read back says the same."""
    with suppress(FxError), nearly_empty() as first, nearly_empty() as second:
        first.load_documents([Document("fuzzed", data)], source="fuzzed", observed_at="2024-12-14")
        out = io.StringIO()
        export(first, "jsonl", out)
        for line in out.getvalue().splitlines():
            json.loads(line)
        second.load_documents([Document("back.jsonl", out.getvalue().encode())])
        asked = "SELECT pair, rate_text, bid, ask, change_pct, observed_at, source FROM standing_quotes"
        (_, said), (_, again) = first.query(asked), second.query(asked)
        assert sorted(map(str, said)) == sorted(map(str, again))


WORDS = (
    "||",
    *(
        "SELECT|SELECT|FROM|WHERE|*|,|,|(|(|)|)|.|;|AS|AND|OR|NOT|IN|LIKE|GLOB|REGEXP|BETWEEN|IS NULL|+|-|/|"
        "%|=|<|<<|DISTINCT|JOIN|ON|UNION ALL|VALUES|LIMIT|OFFSET|ORDER BY|GROUP BY|HAVING|OVER|PARTITION BY|"
        "ROWS|WINDOW|CASE WHEN|THEN|ELSE|END|CAST|COLLATE|WITH RECURSIVE n(i) AS|WITH|EXPLAIN|i|n|a|b|quotes|"
        "quote|latest_quotes|standing_quotes|documents|rejects|rates|document|series|sqlite_master|"
        "pragma_table_info|pragma_database_list|json_each|json_tree|rate|pair|base|counter|observed_at|count|"
        "sum|max|group_concat|replace|substr|instr|hex|char|quote|round|abs|length|trim|upper|coalesce|date|"
        "strftime|julianday|json|json_array|json_group_array|fx_rate|fx_convert|printf|format|zeroblob|"
        "randomblob|load_extension|readfile|writefile|fts3_tokenizer|'KZT'|'USD'|'%'|'%.*c'|'2024-12-14'|''|"
        "\"rate\"|x'00ff'|0|1|-1|2|900000000|9223372036854775807|0.5|9e999|NULL|:a|?|?1|ATTACH|DETACH|PRAGMA|"
        "query_only|writable_schema|VACUUM INTO|'made.db'|INSERT INTO|UPDATE|SET|DELETE FROM|DROP TABLE|"
        "CREATE TEMP TABLE|ALTER TABLE|REINDEX|ANALYZE|BEGIN|COMMIT|SAVEPOINT|RELEASE|--|/*|*/"
    ).split("|"),
)
"""What a statement may be made of, a byte for each."""


@functools.cache
def shelf() -> tuple[tempfile.TemporaryDirectory[str], fx.Store, bytes]:
    """A database in a folder of its own, and its bytes."""
    folder = tempfile.TemporaryDirectory(prefix="fx-fuzz-")
    path = Path(folder.name) / "fx.db"
    with fx.open(path, clock=lambda: NOON) as store:
        store.load_text(PAGE)
    return folder, fx.open(path, clock=lambda: NOON), path.read_bytes()


def sql(data: bytes) -> int:
    """A statement of any text, or of words that mean something: answered within its limits or refused, and no trace.

    Returns the length of the statement.
    """
    folder, store, before = shelf()
    text = text_of(data[1:]) if data[:1] < b"\x20" else " ".join(WORDS[each % len(WORDS)] for each in data[:200])
    with suppress(FxError):
        columns, rows = store.query(text, {"a": 1}, limits=SqlLimits(seconds=0.5, rows=50, heap=1 << 30))
        assert len(rows) <= 50
        assert all(len(row) == len(columns) for row in rows)
    assert (Path(folder.name) / "fx.db").read_bytes() == before
    assert {each.name for each in Path(folder.name).iterdir()} <= {"fx.db", "fx.db-wal", "fx.db-shm"}
    return len(text.encode())


TARGETS: dict[str, Target] = {
    "reader": reader,
    "containers": containers,
    "html": html,
    "amounts": amounts,
    "dates": dates,
    "receipts": receipts,
    "sql": sql,
    "round-trips": round_trips,
    **{f"format-{name}": functools.partial(of_format, each) for name, each in all_formats().items()},
}
