"""The quotes of boards, kept in columns: held equal to those made one by one, in what is shown, printed and stored."""

from __future__ import annotations

import io
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import fx
from fx.documents import Document
from fx.exports.parsed import quote_cells
from fx.exports.records import quote_record
from fx.exports.rows import write_csv
from fx.logs import Quotes
from fx.reader import Reading, read_document
from tests.builders import NOON

CODES = ("KGS", "KZT", "TJS", "UZS", "TMT")
FEW = "EUR/USD bid 1.0501 ask 1.0503\n"


def boards(number: int, *, dated: bool, others: int = 0) -> bytes:
    """Board after board, now and then one that was there before, and some other quotes."""
    pages = []
    for page in range(number):
        lines = [f"  • {code}/USD = 0.{place}{page % 97:03}0 {page % 3 - 1}%\n" for place, code in enumerate(CODES, 1)]
        date = f"{page % 28 + 1} December 2024\n" if dated else ""
        pages.append(f"News of page {page}.\n{''.join(lines * 3)}{date}\nViewing results.\n\n")
        if others and page % others == 0:
            pages.append(
                "News and nothing else. " * 200
                + "\n\n"
                + FEW
                + f"{CODES[0]}/USD = 0.1{page % 97:03}0 (0%)\n\n"
                + "More news. " * 400
                + "\n\n"
            )
    return "".join(pages).encode()


def read(data: bytes, *, columns: bool, **how: Any) -> Reading:
    """A document, its quotes in columns or as objects."""
    with pytest.MonkeyPatch.context() as patch:
        if not columns:
            patch.setattr("fx.reader.in_columns", lambda *_: None)
        (found,) = read_document(Document("=page", data, modified=how.pop("modified", None)), now=NOON, **how)
    return found


CASES = [
    pytest.param({"dated": True}, {}, id="dated"),
    pytest.param({"dated": False}, {}, id="undated"),
    pytest.param({"dated": True, "others": 140}, {"source": "-x"}, id="with others between"),
    pytest.param({"dated": False, "others": 140}, {"modified": NOON}, id="by the file's time"),
]


@pytest.mark.parametrize(("made", "how"), CASES)
def test_boards_in_columns_are_the_quotes_that_they_would_be_as_objects(
    made: dict[str, Any], how: dict[str, Any]
) -> None:
    data = boards(300, **made)
    found, expected = read(data, columns=True, **how), read(data, columns=False, **how)
    assert isinstance(found.quotes, Quotes)
    assert isinstance(expected.quotes, tuple)
    assert found == expected
    out, plainly = io.StringIO(), io.StringIO()
    rows = [quote_record(quote) for quote in expected.quotes]
    write_csv(quote_cells(found.quotes), list(rows[0]), out)
    write_csv(rows, list(rows[0]), plainly)
    assert out.getvalue() == plainly.getvalue()


def test_few_quotes_or_many_of_several_kinds_are_objects() -> None:
    assert isinstance(read(boards(3, dated=True), columns=True).quotes, tuple)
    assert isinstance(read(boards(300, dated=True, others=1), columns=True).quotes, tuple)


def kept(folder: Path, loads: list[tuple[bytes, dict[str, Any]]], *, columns: bool) -> list[Any]:
    """What a database holds and says after some loads."""
    path = folder / f"{columns}.db"
    said: list[Any] = []
    with pytest.MonkeyPatch.context() as patch, fx.open(path, clock=lambda: NOON) as store:
        if not columns:
            patch.setattr("fx.reader.in_columns", lambda *_: None)
        for data, how in loads:
            document = Document("page", data, modified=how.pop("modified", None))
            said.append(store.load_documents([document], **how))
    with closing(sqlite3.connect(path)) as connection:
        said.append(sorted(connection.execute("SELECT * FROM quotes").fetchall(), key=repr))
        said.append(sorted(connection.execute("SELECT name, quotes, repeats, time_basis FROM documents").fetchall()))
    return said


@pytest.mark.parametrize(("made", "how"), CASES)
@pytest.mark.file
def test_boards_in_columns_are_kept_as_objects_are(made: dict[str, Any], how: dict[str, Any], tmp_path: Path) -> None:
    first, second = boards(200, **made), boards(260, **made)

    def loads() -> list[tuple[bytes, dict[str, Any]]]:
        later = {**how, "modified": how["modified"] + timedelta(hours=5)} if "modified" in how else dict(how)
        return [(first, dict(how)), (first, later), (second, {**later, "source": "other"}), (second, dict(how))]

    found = kept(tmp_path, loads(), columns=True)
    assert found == kept(tmp_path, loads(), columns=False)
    assert found[0].new > 0
    assert found[1].new == 0
