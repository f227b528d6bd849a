"""Containers: unpacked as they are read, within limits; a broken or hostile one loses no other document."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from fx.cli import run
from fx.documents import Document, Limits, documents_at
from fx.documents.document import MEGABYTE
from fx.errors import InputError
from fx.reader import Reading, read_documents
from fx.store import open_store
from tests.builders import BOARD, NOON, PAGE

PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstandard.ZstdCompressor(write_checksum=True).compress,
}


def read(*paths: Path | str, limits: Limits = Limits()) -> list[Reading | InputError]:  # noqa: B008
    return list(read_documents(documents_at(map(str, paths), limits), now=NOON))


def names(found: list[Reading | InputError]) -> list[str]:
    return [each.document if isinstance(each, Reading) else f"! {each.facts['document']}" for each in found]


def rates(found: Reading | InputError) -> list[str]:
    assert isinstance(found, Reading), found
    return [str(quote.rate) for quote in found.quotes]


def zipped(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


@pytest.mark.parametrize("packer", PACKERS)
@pytest.mark.parametrize("name", ["page.txt", "page"])
def test_what_is_packed_is_known_by_its_bytes_and_read(packer: str, name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(PACKERS[packer](PAGE.encode()))
    (found,) = read(tmp_path / name)
    assert rates(found) == ["0.01150", "0.00190", "0.09158", "0.00008", "0.28490"]
    assert names([found]) == [str(tmp_path / name)]


@pytest.mark.parametrize("packer", PACKERS)
def test_streams_one_after_the_other_are_all_read(packer: str, tmp_path: Path) -> None:
    file = tmp_path / "two"
    file.write_bytes(PACKERS[packer](b"KZT/USD = 0.00190 0%\n") + PACKERS[packer](b"TJS/USD = 0.09158 0%\n"))
    (found,) = read(file)
    assert rates(found) == ["0.00190", "0.09158"]


@pytest.mark.parametrize("packer", PACKERS)
def test_what_is_cut_off_or_damaged_is_an_error_and_loses_no_other(packer: str, tmp_path: Path) -> None:
    packed = PACKERS[packer](os.urandom(2000) + PAGE.encode())
    (tmp_path / "1").write_bytes(packed[:-40])
    (tmp_path / "2").write_bytes(packed[:20] + bytes(200) + packed[220:])
    (tmp_path / "3").write_bytes(packed)
    first, second, third = read(tmp_path)
    assert isinstance(first, InputError)
    assert "is damaged or cut off" in first.message
    assert isinstance(second, InputError)
    assert len(rates(third)) == 5


def test_each_member_of_a_zip_file_is_a_document(tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    inner = zipped({"deep.txt": b"EUR/USD = 1.0850 0%"})
    file.write_bytes(
        zipped(
            {
                "b.txt": PAGE.encode(),
                "folder/c.txt.gz": gzip.compress(b"KZT/USD = 0.00191 0%"),
                ".hidden": b"KZT/USD = 0.5 0%",
                "__MACOSX/b.txt": b"KZT/USD = 0.5 0%",
                "inner.zip": inner,
                "../../up.txt": b"TJS/USD = 0.09158 0%",
            }
        )
    )
    found = read(file)
    assert names(found) == [f"{file}!{name}" for name in ("b.txt", "folder/c.txt.gz", "inner.zip!deep.txt")]
    assert rates(found[1]) == ["0.00191"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip"]


def test_a_zip_file_comes_by_standard_input_too(monkeypatch: pytest.MonkeyPatch) -> None:
    data = zipped({"b.txt": PAGE.encode()})
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert names(read("-")) == ["-!b.txt"]


def test_a_file_by_standard_input_is_read_from_where_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "page").write_bytes(b"EUR/USD = 1.0501 0%\n" + PAGE.encode())
    with (tmp_path / "page").open("rb") as file:
        file.readline()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(file))
        (found,) = read("-")
    assert isinstance(found, Reading)
    assert "EUR" not in {quote.base for quote in found.quotes}
    assert len(found.quotes) == 5


def test_a_damaged_member_loses_no_other(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.txt": os.urandom(500), "b.txt": PAGE.encode()}))
    data[60:200] = bytes(140)
    (tmp_path / "a.zip").write_bytes(data)
    (tmp_path / "b.zip").write_bytes(data[:300])
    found = read(tmp_path)
    assert names(found) == [f"! {tmp_path}/a.zip!a.txt", f"{tmp_path}/a.zip!b.txt", f"! {tmp_path}/b.zip"]


def test_an_encrypted_member_is_told_of(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.txt": PAGE.encode()}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "a.zip").write_bytes(data)
    (found,) = read(tmp_path)
    assert isinstance(found, InputError)
    assert "is encrypted" in found.message


@pytest.mark.parametrize("packer", PACKERS)
def test_a_bomb_is_an_error_and_loses_no_other(packer: str, tmp_path: Path) -> None:
    (tmp_path / "bomb").write_bytes(PACKERS[packer](bytes(100 * MEGABYTE)))
    (tmp_path / "page").write_bytes(PACKERS[packer](PAGE.encode()))
    bomb, page = read(tmp_path)
    assert isinstance(bomb, InputError)
    assert "unpacks to more than 250 times its size" in bomb.message
    assert len(rates(page)) == 5


def test_a_bomb_within_a_zip_file_loses_no_other_member(tmp_path: Path) -> None:
    bomb = bytes(70 * MEGABYTE)
    (tmp_path / "a.zip").write_bytes(zipped({"a.txt": PAGE.encode(), "b": bomb, "c.gz": gzip.compress(bomb)}))
    found = read(tmp_path)
    assert names(found) == [f"{tmp_path}/a.zip!a.txt", f"! {tmp_path}/a.zip!b", f"! {tmp_path}/a.zip!c.gz"]


def test_what_is_packed_is_held_to_its_limit_and_a_file_is_not(tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(PAGE.encode())
    (tmp_path / "small.gz").write_bytes(gzip.compress(BOARD.encode()))
    (tmp_path / "packed.gz").write_bytes(gzip.compress(PAGE.encode()))
    (tmp_path / "z.zip").write_bytes(zipped({"large": PAGE.encode(), "small": BOARD.encode()}))
    found = read(tmp_path, limits=Limits(max_bytes=400))
    assert names(found) == [
        f"! {tmp_path}/packed.gz",
        f"{tmp_path}/plain",
        f"{tmp_path}/small.gz",
        f"! {tmp_path}/z.zip!large",
        f"{tmp_path}/z.zip!small",
    ]
    assert isinstance(found[0], InputError)
    assert "is larger than 400 bytes: raise --max-bytes" in found[0].message


def test_what_is_packed_too_deep_is_told_of(tmp_path: Path) -> None:
    data = PAGE.encode()
    for _ in range(3):
        data = gzip.compress(data)
    (tmp_path / "a").write_bytes(data)
    (tmp_path / "b").write_bytes(gzip.compress(data))
    found = read(tmp_path)
    assert names(found) == [f"{tmp_path}/a", f"! {tmp_path}/b"]


def test_pipes_devices_and_loops_are_passed_by(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "self").symlink_to(tmp_path / "self")
    (tmp_path / "gone").symlink_to(tmp_path / "nothing")
    (tmp_path / "null").symlink_to("/dev/zero")
    (tmp_path / "page").write_bytes(PAGE.encode())
    assert names(read(tmp_path)) == [str(tmp_path / "page")]
    assert [type(each) for each in read(tmp_path / "pipe", tmp_path / "self", tmp_path / "null")] == [InputError] * 3


def test_a_load_keeps_what_it_can_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bomb").write_bytes(gzip.compress(PAGE.encode() + bytes(100 * MEGABYTE)))
    (tmp_path / "page").write_bytes(gzip.compress(PAGE.encode()))
    with open_store(tmp_path / ".fx.db") as store:
        heard: list[object] = []
        assert store.load(tmp_path, report=heard.append).new == 5
        assert [type(each) for each in heard] == [InputError, Reading]
    assert run(["parse", str(tmp_path), "--csv"]) == 3
    printed = capsys.readouterr()
    assert len(printed.out.splitlines()) == 6
    assert "as a bomb does" in printed.err
    assert run(["parse", str(tmp_path / "page"), "--max-bytes", "100"]) == 3


def test_a_large_document_has_no_identity_before_it_is_read() -> None:
    with pytest.raises(InputError, match="read its parts"):
        _ = Document("page", b"", rest=io.BytesIO()).sha256
