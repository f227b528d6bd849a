"""Many pages in one file: WARC, WET and JSON lines; each a document with its own address and date."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from fx.documents import Document, Limits, documents_at
from fx.errors import InputError
from fx.reader import Reading, read_documents
from tests.builders import BOARD, EXAMPLES, NOON, PAGE, SHARED

FETCHED = "2026-01-02T03:04:05Z"
PAGES = [*sorted((SHARED / "seeds").glob("*.txt")), *sorted(EXAMPLES.glob("*.txt"))]


def read(*paths: Path, limits: Limits = Limits()) -> list[Reading | InputError]:  # noqa: B008
    return list(read_documents(documents_at(map(str, paths), limits), now=NOON))


def readings(*paths: Path) -> list[Reading]:
    found = read(*paths)
    assert not [each for each in found if isinstance(each, InputError)]
    return [each for each in found if isinstance(each, Reading)]


class Writer(WARCWriter):  # type: ignore[misc]
    """The library leaves its temporary files open, of which Python warns."""

    def _create_temp_file(self) -> io.BytesIO:
        return io.BytesIO()


def archive(
    file: Path,
    pages: dict[str, bytes],
    kind: str = "response",
    content: str = "text/html; charset=utf-8",
    packed: bool = False,
    **headers: str,
) -> Path:
    """Write a web archive of these pages by address."""
    with file.open("wb") as stream:
        writer = Writer(stream, gzip=packed)
        writer.write_record(writer.create_warcinfo_record(file.name, {"software": "a test"}))
        for address, data in pages.items():
            http = StatusAndHeaders("200 OK", [("Content-Type", content), *headers.items()], protocol="HTTP/1.1")
            record = writer.create_warc_record(
                address,
                kind,
                payload=io.BytesIO(data),
                http_headers=http if kind == "response" else None,
                warc_headers_dict={"WARC-Date": FETCHED},
            )
            writer.write_record(record)
    return file


def as_html(text: str) -> str:
    """A page of the same text."""
    body = "\n".join(f"<p>{line.replace('&', '&amp;').replace('<', '&lt;')}</p>" for line in text.split("\n"))
    return f"<!DOCTYPE html>\n<html><head><title>News</title></head><body>\n{body}\n</body></html>\n"


def statements(found: list[Reading], *, dated: bool = True) -> list[list[tuple[str, ...]]]:
    """What each page says, by its first board."""
    return sorted(
        [
            (
                str(q.pair),
                str(q.rate),
                str(q.change_pct),
                str(q.repeats),
                *((str(q.observed_at),) if q.time_basis == "stated" and dated else ()),
            )
            for q in each.quotes
        ]
        for each in found
    )


@pytest.mark.parametrize("packed", [False, True])
def test_a_web_archive_and_folders_of_the_same_pages_give_the_same_quotes(packed: bool, tmp_path: Path) -> None:
    texts = {page.name: page.read_text("utf-8") for page in PAGES}
    for folder, suffix, made in (("text", ".txt", str), ("html", ".html", as_html)):
        (tmp_path / folder).mkdir()
        for name, text in texts.items():
            (tmp_path / folder / (name + suffix)).write_text(made(text), encoding="utf-8")
    pages = {f"https://example.org/{name}": as_html(text).encode() for name, text in texts.items()}
    file = archive(tmp_path / "pages.warc", pages, packed=packed)
    plain, marked, archived = (readings(place) for place in (tmp_path / "text", tmp_path / "html", file))
    assert len(plain) == len(PAGES)
    assert sum(len(each.quotes) for each in plain) >= 20  # (not every one of the seeds has a board)
    assert statements(plain, dated=False) == statements(marked, dated=False) == statements(archived, dated=False)
    assert statements(plain) == statements(marked)
    assert [each.document for each in archived] == list(pages)


def test_the_date_of_the_page_goes_before_that_of_the_archive(tmp_path: Path) -> None:
    pages = {"https://example.org/a": PAGE.encode(), "https://example.org/b": BOARD.encode()}
    dated, undated = readings(archive(tmp_path / "a.warc", pages))
    assert {(str(q.observed_at), q.time_basis) for q in dated.quotes} == {("2024-12-14", "stated")}
    assert {(str(q.observed_at), q.time_basis) for q in undated.quotes} == {("2026-01-02T03:04:05.000Z", "stated")}
    assert undated.notes == ()


def test_a_wet_file_is_read_by_record(tmp_path: Path) -> None:
    pages = {"https://example.org/a": PAGE.encode(), "https://me:secret@example.org/b": BOARD.encode()}
    found = readings(archive(tmp_path / "a.wet.gz", pages, kind="conversion", packed=True))
    assert [each.document for each in found] == ["https://example.org/a", "https://example.org/b"]


def test_a_record_is_decoded_as_its_server_says_and_images_are_passed_by(tmp_path: Path) -> None:
    pages = {"https://example.org/a": "Курсы: рубль\nKZT/USD = 0.00190 0%\n".encode("cp1251")}
    file = archive(tmp_path / "a.warc", pages, content="text/html; charset=windows-1251")
    (found,) = [each for each in documents_at([str(file)]) if isinstance(each, Document)]
    assert found.raw.startswith("Курсы: рубль")
    assert read(archive(tmp_path / "b.warc", pages, content="image/png")) == []


def test_a_record_packed_by_its_server_is_unpacked(tmp_path: Path) -> None:
    pages = {"https://example.org/a": gzip.compress(PAGE.encode())}
    (found,) = readings(archive(tmp_path / "a.warc", pages, **{"Content-Encoding": "gzip"}))
    assert len(found.quotes) == 5


def test_a_record_too_large_loses_no_other(tmp_path: Path) -> None:
    pages = {"https://example.org/a": PAGE.encode(), "https://example.org/b": BOARD.encode()}
    found = read(archive(tmp_path / "a.warc", pages), limits=Limits(max_bytes=400))
    assert [type(each) for each in found] == [InputError, Reading]


@pytest.mark.parametrize("packed", [False, True])
def test_a_damaged_archive_is_read_up_to_the_damage(
    packed: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pages = {f"https://example.org/{name}": PAGE.encode() for name in "abcdefgh"}
    file = archive(tmp_path / "a.warc", pages, packed=packed)
    data = file.read_bytes()
    file.write_bytes(data[: len(data) * 2 // 3] + bytes(300))
    (tmp_path / "b.txt").write_bytes(PAGE.encode())
    found = read(tmp_path)
    assert [each.document for each in found if isinstance(each, Reading)][-1] == str(tmp_path / "b.txt")
    if packed:
        assert any(isinstance(each, InputError) for each in found)
    assert capsys.readouterr() == ("", "")


def test_json_lines_of_pages_are_pages(tmp_path: Path) -> None:
    lines = [
        json.dumps({"url": "https://me:secret@example.org/a?app_id=7", "text": PAGE}),
        "",
        json.dumps({"html": as_html(BOARD), "date": "2025-01-01"}),
        "{broken",
        json.dumps({"content": "no quote", "timestamp": "2025-01-01T10:00:00Z"}),
        json.dumps(["text"]),
    ]
    file = tmp_path / "pages.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    found = read(file)
    assert [each.document if isinstance(each, Reading) else type(each) for each in found] == [
        "https://example.org/a?app_id=***",
        f"{file}!3",
        InputError,
        f"{file}!5",
    ]
    assert isinstance(found[1], Reading)
    assert {(str(q.observed_at), q.time_basis) for q in found[1].quotes} == {("2025-01-01", "stated")}


def test_a_line_too_long_for_a_page_loses_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fx.documents.archives.LINE", 5000)
    lines = [json.dumps({"url": f"https://example.org/{n}", "text": PAGE + " " * n}) for n in (0, 9000, 1)]
    file = tmp_path / "pages.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    found = read(file)
    assert [type(each) for each in found] == [Reading, InputError, Reading]
    assert isinstance(found[1], InputError)
    assert f"{file}!2 is longer than 5,000 bytes" in found[1].message


@pytest.mark.parametrize(
    "line",
    [
        {"base": "KZT", "counter": "USD", "rate": "0.00190", "text": "", "document": "a"},
        {"amount": 1.0, "base": "EUR", "date": "2024-12-13", "rates": {"USD": 1.05}},
        {"KZT/USD": "0.00190"},
        {"text": 5},
    ],
)
def test_json_lines_of_quotes_are_no_pages(line: dict[str, object], tmp_path: Path) -> None:
    file = tmp_path / "quotes.jsonl"
    file.write_text(json.dumps(line) + "\n", encoding="utf-8")
    assert [each.document for each in readings(file)] == [str(file)]
