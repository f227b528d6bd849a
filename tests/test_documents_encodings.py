"""Bytes into characters: by mark, by declaration, by the bytes themselves."""

from __future__ import annotations

import hashlib
import io
import random
import re
from dataclasses import dataclass

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fx.documents import Document, Parts, decoded, is_bare, parts, seen, unusual
from fx.documents.encodings import Decoder
from fx.documents.html import View
from fx.text import BREAK, QUOTED_PRINTABLE, SOFT_NEWLINE, plain_text, wide
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


@pytest.mark.parametrize("where", ["in the middle", "at the end"])
@pytest.mark.parametrize("charset", [None, "windows-1251", "utf-8"])
def test_utf_8_of_which_a_character_is_damaged_stays_utf_8(where: str, charset: str | None) -> None:
    text = (RUSSIAN + "• KZT/USD\u00a0= 0.00190 \u22120.11%\n") * 3
    data = text.encode()[:-1] + "Ж".encode()[:1]
    data = data + b"\n" + text.encode() if where == "in the middle" else data
    found = decoded(data, charset)
    assert found.replace("\ufffd", "") == (text[:-1] + "\n" + text if where == "in the middle" else text[:-1])
    read = reading(data)
    assert {(str(quote.pair), str(quote.rate)) for quote in read.quotes} == {("KZT/USD", "0.00190")}


@pytest.mark.parametrize("codec", ["cp1251", "koi8_r", "cp866", "gb18030"])
def test_a_few_characters_that_look_like_utf_8_make_no_utf_8(codec: str) -> None:
    text = "Курс доллара: «В» и «Т» — 5,02 рубля за всё\n".replace("—", "-").replace("«", "").replace("»", "")
    declared = "utf-8" if codec == "cp1251" else codec
    assert decoded(text.encode(codec) + "é".encode(), declared).startswith(text[:20])


def test_zeros_and_noise_are_no_utf_16() -> None:
    assert decoded(bytes(100)) == "\0" * 100
    noise = random.Random(1).randbytes(5000)  # noqa: S311
    assert len(decoded(noise)) == len(noise)


LETTERS = "aA1 =/\n\t•éт\u00a0\u2009\u200b\u2212\u2028\x85＝﹦😀<&;#\\\r\x0b"
"""With what may hide in a text, or end a line of it."""


@given(
    text=st.text(st.sampled_from(LETTERS), max_size=60),
    cuts=st.lists(st.integers(0, 120), max_size=3),
    spoil=st.sampled_from([b"", b"", b"\xe2", b"\x80\xa2", b"\xe2\x80"]),
    size=st.integers(4, 40),
    look=st.booleans(),
)
def test_what_is_not_decoded_at_once_is_the_same_when_it_is(
    text: str, cuts: list[int], spoil: bytes, size: int, look: bool
) -> None:
    data = text.encode() + spoil
    for place in cuts:
        data = data[:place] + spoil + data[place:]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "PART", size)
        patch.setattr(parts, "AT_ONCE", size)
        read = Parts(Document("text", data[:1], rest=io.BytesIO(data[1:])))
        if look:
            read.look = lambda data, raw, _last: Nothing(is_bare(data[: len(raw)]), 0)
        pieces = [wide(piece) if narrow else piece for piece, narrow, _ in read.pieces()]

    def lines(text: str) -> str:
        return text.replace("\r\n", "\n").replace("\r", "\n")

    found = "".join(map(lines, pieces))  # each by itself: no piece ends within a line end
    if spoil:  # how it is decoded depends on what stands beside it, but nothing else is lost
        found, text = (re.sub(r"[^\x00-\x7f]", "", each) for each in (found, lines(data.decode("latin-1"))))
    assert found == lines(text)
    assert read.sha256 == hashlib.sha256(data).hexdigest()


@given(text=st.text("ab•\n\r", max_size=60), size=st.integers(4, 40))
def test_a_part_ends_where_what_was_found_in_it_says(text: str, size: int) -> None:
    data = text.encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "PART", size)
        patch.setattr(parts, "AT_ONCE", size)
        read = Parts(Document("text", data[:1], rest=io.BytesIO(data[1:])))
        read.look = lambda _data, raw, last: Nothing(True, len(raw) if last else raw.rfind("\n", 0, -1) + 1)
        found = "".join(part.raw for part in read)
    assert found == text.replace("\r\n", "\n").replace("\r", "\n")


@dataclass
class Nothing:
    """What was found where nothing was."""

    bare: bool
    end: int


@given(text=st.text(st.sampled_from(LETTERS), max_size=40), at=st.integers(0, 40))
def test_any_stretch_of_bare_text_shows_what_people_see_of_it(text: str, at: int) -> None:
    if is_bare(text.encode()) and not QUOTED_PRINTABLE.search(text):
        shown = View().of(text)
        assert shown == plain_text(text[:at]) + plain_text(text[at:])
        assert shown.count("=") == text.count("=")
        assert shown.count("\n") == text.count("\n") == (unusual(text.encode()) or b"").count(b"\n")
        assert not {SOFT_NEWLINE, BREAK} & {*shown}
        assert seen(text.encode().decode("latin-1")) == shown


@pytest.mark.parametrize(
    "hidden",
    [
        *r"<b> </p> <!--a--> <?xml?> &nbsp; &#61; &equals; \u003d \/ ＝ ﹦".split(),
        *"\r\x0b\x0c\x1c\x85\u2028\u2029\x00\x7f",
    ],
)
def test_text_in_which_something_may_be_hidden_is_not_bare(hidden: str) -> None:
    assert not is_bare(f"prose {hidden} prose".encode())


def test_bytes_that_are_no_utf_8_are_not_bare() -> None:
    assert is_bare("a < b, Q&A, “тенге”\u00a0— 5 ₸ 😀".encode())
    for spoiled in (b"caf\xe9", b"\xe2 \x80\xa2", b"\x95 KZT", b"\xed\xa0\x80", b"\xf5\x80\x80\x80"):
        assert not is_bare(spoiled)
