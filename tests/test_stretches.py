"""Files in stretches: what is read of all of them, one after the other, is what is read of the file."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from fx.documents import Document
from fx.documents.archives import LINE
from fx.documents.places import DEFAULT, in_file
from fx.documents.stretches import stretches_of
from fx.errors import InputError

LINES = [
    json.dumps({"text": f"KZT/USD = 0.00{n}", "date": "2024-12-14"} | ({"url": f"https://a/{n}"} if n % 3 else {}))
    for n in range(100, 160)
]
PAGES = {
    "plain": "\n".join(LINES),
    "ended": "\n".join(LINES) + "\n",
    "of Windows, with a mark": "\ufeff" + "\r\n".join(LINES) + "\r\n",
    "with gaps": "\n\n  \n".join(LINES) + "\n\n\n",
    "damaged": "\n".join([*LINES[:20], "{damaged", "[]", "null", *LINES[20:], "{"]),
    "two": "\n".join(LINES[:2]),
    "long": "\n".join([*LINES[:3], json.dumps({"text": "x" * LINE}), *LINES[3:6], json.dumps({"text": "x" * LINE})]),
}  # fmt: skip


def told(found: Iterable[Document | InputError]) -> list[tuple[object, ...]]:
    return [(each.message,) if isinstance(each, InputError) else (each, each.sha256) for each in found]


@pytest.mark.parametrize("most", [1, 40, 100, 1000, 3 << 20])
@pytest.mark.parametrize("name", PAGES)
def test_the_stretches_of_a_file_of_pages_are_the_file(name: str, most: int, tmp_path: Path) -> None:
    path = tmp_path / "pages.jsonl"
    path.write_bytes(PAGES[name].encode())
    with path.open("rb") as stream:
        found = stretches_of(stream, most)
    assert [each.start for each in found] == [0, *(each.end for each in found[:-1])]
    assert found[-1].end is None
    assert len(found) > 1 or most >= 100
    pages = [page for each in found for page in in_file(str(path), DEFAULT, None, each)]
    assert told(pages) == told(in_file(str(path), DEFAULT))


@pytest.mark.parametrize(
    "text",
    ["", "KZT/USD = 0.00190\n" * 99, '{"base": "KZT", "counter": "USD", "rate": 1}\n' * 99, "{\n" * 99, "WARC/1.0"],
)
def test_what_is_one_document_is_not_cut(text: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text(text, "utf-8")
    with (tmp_path / "file").open("rb") as stream:
        assert stretches_of(stream, 10) == []


def test_a_lone_page_that_is_all_of_its_file_has_its_name(tmp_path: Path) -> None:
    path = tmp_path / "page.jsonl"
    path.write_text(LINES[2] + "\n", "utf-8")
    with path.open("rb") as stream:
        (only,) = stretches_of(stream, 1)
    assert told(in_file(str(path), DEFAULT, None, only)) == told(in_file(str(path), DEFAULT))
