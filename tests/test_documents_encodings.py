"""Bytes into characters: by mark, by declaration, by the bytes themselves."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fx.documents import decoded
from fx.documents.encodings import Decoder, wide
from tests.builders import PAGE, reading

RUSSIAN = "Курсы валют на 14 декабря: «рубль» — 5,02\nKZT/USD = 0.00190 −0,11%\n".replace("−", "-")


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1251"])
def test_russian_is_read_right(codec: str) -> None:
    assert decoded(RUSSIAN.encode(codec)).lstrip("\ufeff") == RUSSIAN


@pytest.mark.parametrize("codec", ["koi8_r", "cp866", "cp1251", "iso8859-5", "gb18030"])
@pytest.mark.parametrize(
    "head", ["<html><head><meta charset={}>", '<meta http-equiv="Content-Type" content="text/html; charset={}">']
)
def test_what_a_page_declares_is_believed(codec: str, head: str) -> None:
    text = head.format(codec) + RUSSIAN.replace("«", "").replace("»", "").replace("—", "")
    assert decoded(text.encode(codec)) == text


def test_what_xml_declares_is_believed() -> None:
    text = '<?xml version="1.0" encoding="windows-1251"?><Valute><Name>Доллар</Name></Valute>'
    assert decoded(text.encode("cp1251")) == text


def test_the_server_goes_before_the_page() -> None:
    text = "<meta charset=koi8-r>" + RUSSIAN
    assert decoded(text.encode("cp1251"), "windows-1251") == text


@pytest.mark.parametrize(
    "wrong", ["utf-8", "ascii", "iso-8859-1", "windows-1251", "utf-16", "nonsense", "rot13", "utf-7"]
)
def test_a_wrong_charset_of_the_server_costs_no_quote(wrong: str) -> None:
    for codec in ("utf-8", "cp1252"):
        data = PAGE.encode(codec)
        if wrong == "utf-16":
            data += b" " * (len(data) % 2 + 1)  # of an odd length, so that it cannot be
        text = decoded(data, wrong)
        assert text.count("• KGS/USD = 0.01150") == 8, codec


@pytest.mark.parametrize("text", ["café – señor, übermäßig • 5", "Le taux a été arrêté à 655,957 francs CFA", "• KZT"])
def test_western_text_is_windows_1252(text: str) -> None:
    assert decoded(text.encode("cp1252")) == text


def test_bullets_that_were_damaged_survive() -> None:
    damaged = PAGE.encode().decode("cp1252")
    for data in (damaged.encode(), damaged.encode("utf-16"), PAGE.encode("cp1252")):
        assert [str(q.rate) for q in reading(data).quotes] == ["0.01150", "0.00190", "0.09158", "0.00008", "0.28490"]


@settings(deadline=None)
@given(st.binary(max_size=300), st.sampled_from([None, "cp1251", "utf-8", "big5", "utf-16", "shift_jis"]))
@example(data=b"\x00\xd8", charset="utf-16")
def test_no_bytes_are_refused(data: bytes, charset: str | None) -> None:
    assert isinstance(decoded(data, charset), str)
    reading(data)


@pytest.mark.parametrize("size", [16, 17, 1000])
@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "cp1251", "utf-8-sig"])
def test_decoding_in_pieces_is_decoding_at_once(size: int, codec: str) -> None:
    data = (RUSSIAN * 20).encode(codec)
    decoder = Decoder("windows-1251" if codec == "cp1251" else None)
    pieces = [decoder.text(data[at : at + size]) for at in range(0, len(data), size)]
    assert "".join(pieces) + decoder.text(b"", final=True) == decoded(data)


def test_zeros_and_noise_are_no_utf_16() -> None:
    assert decoded(bytes(100)) == "\0" * 100
    noise = random.Random(1).randbytes(5000)  # noqa: S311
    assert len(decoded(noise)) == len(noise)


@given(
    text=st.text(st.sampled_from("aA1 =/\n\t•é\u00a0<&\\\r\x0b\x00"), max_size=60),
    cuts=st.lists(st.integers(0, 120), max_size=3),
    spoil=st.sampled_from([b"", b"", b"\xe2", b"\x80\xa2", b"\xe2\x80"]),
)
def test_what_is_not_decoded_at_once_is_the_same_when_it_is(text: str, cuts: list[int], spoil: bytes) -> None:
    data = text.encode() + spoil
    narrow, plainly = Decoder(), Decoder()
    ends = [*sorted(cuts), len(data)]
    for start, end in itertools.pairwise([0, *ends]):
        piece, final = data[start:end], end == ends[-1]
        expected = plainly.text(piece, final=final)
        found = narrow.narrow(piece, final=final)
        assert (narrow.text(piece, final=final) if found is None else wide(found)) == expected
        if final:
            break
