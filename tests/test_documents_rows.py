"""Files of rows too long to be held: read in stretches, each row as it would be read in the whole file."""

from __future__ import annotations

import io
import itertools
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from fx.documents import Document, parts
from fx.errors import InputError, StrictReject
from fx.formats import hints_of
from fx.quotes import Quote
from fx.reader import Reading, read_document
from fx.store import open_store
from tests.builders import NOON
from tests.test_documents_parts import measured

FILES: dict[str, tuple[str, Callable[[int], str]]] = {
    "ticks": ("", lambda n: f"EUR/USD,20100101 00:{n // 60:02}:{n % 60:02}.000,1.{n:04},1.{n + 2:04}"),
    "ticks of a pair in the name": ("", lambda n: f"20120201 00{n // 60:02}{n % 60:02}000,1.{n:04},1.{n + 2:04},0"),
    "csv": ("date,base,quote,rate", lambda n: f"2024-12-{n % 28 + 1:02},KZT,USD,0.00{n + 100}"),
    "csv under a title": ("Rates\n\ndate;base;quote;rate", lambda n: f"2024-12-{n % 28 + 1:02};KZT;USD;1.{n + 100},5"),
    "csv of a bank": ("code;unit;rate", lambda n: f"USD;100;{n + 100},25"),
    "csv, month first": ("date,pair,rate", lambda n: f"12/{1 if n < 30 else 14}/2024,EUR/USD,1.{n:04}"),
    "ecb": ("Date, USD, JPY", lambda n: f"{n % 28 + 1:02} June 2021, 1.{n:04}, {n}.69"),
    "fx": ("", lambda n: json.dumps({"base": "KZT", "counter": "USD", "rate": f"0.{n + 1:05}", "observed_at": "2024-12-14"})),
    "json": ("", lambda n: json.dumps({"instrument": "EUR_USD", "bid": f"1.{n:04}", "time": f"2024-12-{n % 28 + 1:02}"})),
    "json rates": ("", lambda n: json.dumps({"base": "EUR", "date": f"2024-12-{n % 28 + 1:02}", "rates": {"USD": 1 + n}})),
    "hledger": ("", lambda n: f"P 2024-12-{n % 28 + 1:02} EUR 549.{n:04} KZT"),
    "beancount": ("", lambda n: f"2024-12-{n % 28 + 1:02} price EUR 549.{n:04} KZT"),
    "fix": ("", lambda n: f"8=FIX.4.4|35=W|55=EUR/USD|268=2|269=0|270=1.{n:04}|269=1|270=1.{n + 2:04}|"),
    "labels": ("", lambda n: f"symbol=EURUSD bid=1.{n:04},ask=1.{n + 2:04}"),
}  # fmt: skip
HINTS = hints_of(counter="KGS")


def text_of(kind: str, rows: int, end: str = "\n") -> str:
    head, row = FILES[kind]
    return "".join(line + end for line in [*(head.split("\n") if head else []), *map(row, range(rows))])


def in_stretches(data: bytes, monkeypatch: pytest.MonkeyPatch, size: int = 1000, **how: object) -> list[Reading]:
    """A document read as if so many bytes were a part, and thrice as many as much as is held of rows."""
    with monkeypatch.context() as patch:
        for place, value in (("PART", size), ("ROWS", 3 * size)):
            patch.setattr(parts, place, value)
        patch.setattr("fx.reader.ROWS", 3 * size)
        patch.setattr("fx.reader.WHOLE", 5 * size)
        for name in ("csv_heads", "ecb_csv", "ticks"):
            patch.setattr(f"fx.formats.{name}.BEGINNING", 200)
        document = Document("DAT_EURUSD.csv", data[:size], None, rest=io.BytesIO(data[size:]))
        return list(read_document(document, **{"now": NOON, "hints": HINTS, **how}))


def at_once(data: bytes) -> list[Quote]:
    (found,) = read_document(Document("DAT_EURUSD.csv", data), now=NOON, hints=HINTS)
    assert found.rejects == ()
    return list(found.quotes)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("kind", FILES)
def test_a_long_file_of_rows_gives_the_quotes_of_the_whole(
    kind: str, end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = text_of(kind, 300, end).encode()
    found = in_stretches(data, monkeypatch)
    assert len(found) > 1
    assert len({reading.sha256 for reading in found}) == len(found)
    assert [reading.rejects for reading in found] == [()] * len(found)
    assert [quote for reading in found for quote in reading.quotes] == at_once(data)
    assert [bool(reading.notes) for reading in found][:1] == [True]


@pytest.mark.parametrize("size", range(500, 560, 7))
def test_no_cut_loses_or_doubles_a_row(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    data = text_of("ticks", 400, "\r\n").encode()
    found = in_stretches(data, monkeypatch, size)
    assert [quote.line for reading in found for quote in reading.quotes] == [*range(1, 401)]


def test_a_row_that_cannot_be_read_is_told_of_with_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = text_of("csv", 300).splitlines()
    lines[251] = "2024-12-14,KZT,USD,0.001,9"
    data = "\n".join(lines).encode()
    (reject,) = itertools.chain.from_iterable(each.rejects for each in in_stretches(data, monkeypatch))
    assert (reject.line, reject.document) == (252, "DAT_EURUSD.csv")
    with pytest.raises(StrictReject, match=r"DAT_EURUSD\.csv:252: "):
        in_stretches(data, monkeypatch, strict=True)


TREES = {
    "one JSON object": '{"base": "EUR", "date": "2024-12-13", "rates": {\n' + '"USD": 1.05,\n' * 900 + '"GBP": 1}}',
    "one XML": "<?xml version='1.0'?>\n<Cube time='2024-12-13'>\n"
    + "<Cube currency='USD' rate='1.05'/>\n" * 300
    + "</Cube>",
    "cells of several lines": "date,base,quote,rate,note\n" + '2024-12-14,KZT,USD,0.00190,"a\nb"\n' * 300,
    "blocks": "[EURUSD]\nbid=1.0850\nask=1.0852\n\n" * 300,
    "inserts": "INSERT INTO r (base, quote, rate) VALUES\n" + "('USD', 'RUB', 70.8623),\n" * 300,
    "a message in several lines": "8=FIX.4.4|35=W|55=EUR/USD|\n269=0|270=1.0850|\n269=1|270=1.0852|\n" * 200,
}


@pytest.mark.parametrize("kind", TREES)
def test_what_makes_one_whole_is_refused_beyond_what_is_held(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = TREES[kind].encode()
    with pytest.raises(InputError, match="must read as one: split the file"):
        in_stretches(data, monkeypatch)
    (held,) = in_stretches(data, monkeypatch, len(data) // 4)
    assert held.quotes == tuple(at_once(data))


def test_a_line_without_an_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = (text_of("ticks", 300) + "x" * 20_000).encode()
    with pytest.raises(InputError, match="has a line of more than"):
        in_stretches(data, monkeypatch)


def test_a_long_file_of_rows_loaded_twice_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fx.documents.document.PART", 1000)
    for place in ("PART", "ROWS"):
        monkeypatch.setattr(parts, place, 1000)
    monkeypatch.setattr("fx.reader.ROWS", 1000)
    monkeypatch.setattr("fx.formats.ticks.BEGINNING", 200)
    file = tmp_path / "ticks.csv"
    file.write_text(text_of("ticks", 300), encoding="utf-8")
    with open_store(tmp_path / "fx.db") as store:
        first = store.load(file)
        assert (first.quotes, first.new, first.documents > 2) == (300, 300, True)
        again = store.load(file)
        assert (again.new, again.known, store.info().documents) == (0, 300, first.documents)


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    file = tmp_path / "ticks.csv"
    with file.open("w", encoding="utf-8") as stream:
        for n in range(400_000):
            stream.write(
                f"EUR/USD,20100101 {n // 36000:02}:{n // 600 % 60:02}:{n // 10 % 60:02}.{n % 10}00,1.{n:06},1.{n + 2:06}\n"
            )
    lines, peak = measured(file)
    assert peak <= 300
    assert len(lines) == 400_001
    assert re.search(r"ticks\.csv,400000,EUR,USD,,1\.399999,1\.400001,,2010-01-01T11:06:39\.900Z,line,,1$", lines[-1])
