"""Bytes into characters: by the byte order mark, by what is declared, by the bytes themselves.

In this order: a byte order mark; UTF-16 known by its zero bytes; UTF-8 where the bytes are valid in it (text in another
encoding hardly ever is, whatever a header claims), or nearly all that are no ASCII; the encoding declared by the
server, by ``<meta>`` or by XML, where the bytes are valid in it; a detector, for Cyrillic and Western text. Nothing is
lost to an error: what no encoding knows becomes a mark.
"""

from __future__ import annotations

import codecs
import re

from fx.late import late

__all__ = ["Decoder", "decoded"]

BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
DECLARED = late(
    rb"<meta\b[^>]{0,300}?\bcharset\s{0,4}=\s{0,4}[\"']?\s{0,4}(?P<meta>[A-Za-z0-9._:-]{2,40})"
    rb"|<\?xml\b[^>]{0,200}?\bencoding\s{0,4}=\s{0,4}[\"'](?P<xml>[A-Za-z0-9._:-]{2,40})",
    re.IGNORECASE,
)
HEAD = 4096
"""Bytes among which a declaration is looked for."""
WESTERN = frozenset(("ascii", "iso8859-1", "cp1252"))
"""Declared, these three all mean Windows-1252, on the web as in mail."""
MARK = "\ufffd"
"""What stands for bytes that no encoding knows."""
WHOLE_TO_DAMAGED = 3
"""Characters beyond ASCII for each that is damaged, in UTF-8 that was cut or spoiled; elsewhere few are whole."""
BEYOND_ASCII = bytes(range(0x80, 0x100))
SEVERAL_BYTES = late(r"gb|big5|euc|shift|cp9[34]|johab|hz|iso2022")
NOT_FOR_TEXT = frozenset(("utf-7", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs"))
WINDOWS_1252 = "".join(
    bytes([code]).decode("latin-1" if code in {0x81, 0x8D, 0x8F, 0x90, 0x9D} else "cp1252") for code in range(256)
)
"""The character of each byte; those that Windows-1252 leaves out are as in Latin-1."""
LETTERS = late(rb"[\xa8\xb8\xc0-\xff]")
"""Where Windows-1251 and Windows-1252 differ and it matters: bullets and dashes they have in common."""


def decoded(data: bytes, charset: str | None = None) -> str:
    """The text of a whole document; ``charset`` is what came with it says it is in.

    >>> decoded("\\ufeff• KZT".encode("utf-16")), decoded(b"\\x95 KZT")
    ('\\ufeff• KZT', '• KZT')
    >>> decoded("Курс KZT".encode("cp1251"), "windows-1251")
    'Курс KZT'
    """
    return Decoder(charset).text(data, final=True)


class Decoder:
    """Decodes one document, part after part: what its beginning shows holds for the rest of it."""

    def __init__(self, charset: str | None = None) -> None:
        self.charset = codec_named(charset)
        self.started = False
        self.stream: codecs.IncrementalDecoder | None = None
        self.detected: str | None = None
        self.other = False
        self.pending = b""

    def text(self, data: bytes, *, final: bool = False) -> str:
        """The text of the next bytes; where they end within a character it waits for the next."""
        if not self.started:
            self.started = True
            self.begin(data)
        if self.stream is not None:
            return self.stream.decode(data, final)
        data, self.pending = self.pending + data, b""
        if not final:
            end = whole_characters(data)
            data, self.pending = data[:end], data[end:]
        return self.judged(data)

    def is_ascii_based(self, data: bytes) -> bool:
        """Whether the next bytes are of an encoding that has ASCII in it, so that they may be looked at themselves."""
        if not self.started:
            self.started = True
            self.begin(data)
        return self.stream is None

    def given_back(self, text: str) -> bytes | None:
        """The bytes of a text decoded last with those that wait behind it, None where they are not known any more.

        >>> decoder = Decoder()
        >>> decoder.given_back(decoder.text("• KZT те".encode()[:-1]))
        b'\xe2\x80\xa2 KZT \xd1\x82\xd0'
        """
        if self.stream is not None or (self.other and not text.isascii()):
            return None
        pending, self.pending = self.pending, b""
        return text.encode() + pending

    def begin(self, data: bytes) -> None:
        """Settle what the beginning of a document settles."""
        for mark, name in BYTE_ORDER_MARKS:
            if data.startswith(mark):
                self.stream = codecs.getincrementaldecoder(name)(errors="replace")
                if name == "utf-8-sig":
                    self.stream = codecs.getincrementaldecoder("utf-8")(errors="replace")
                return
        wide = utf_16_by_its_zeros(data[:HEAD])
        if wide:
            self.stream = codecs.getincrementaldecoder(wide)(errors="replace")
            return
        if self.charset is None:
            found = DECLARED.search(data, 0, HEAD)
            self.charset = codec_named((found["meta"] or found["xml"]).decode("ascii")) if found else None
        if self.charset and SEVERAL_BYTES.match(self.charset) and not data.isascii():
            try:
                codecs.getincrementaldecoder(self.charset)().decode(data)
            except UnicodeError:
                self.charset = None
            else:
                self.stream = codecs.getincrementaldecoder(self.charset)(errors="replace")

    def judged(self, data: bytes) -> str:
        """Bytes of an encoding that has ASCII in it."""
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            self.other = True
        if is_nearly_utf_8(data[: 4 * HEAD]) is not False and is_nearly_utf_8(data):
            return data.decode("utf-8", errors="replace")
        if self.charset and self.charset not in {*WESTERN, "utf-8"}:
            try:
                return data.decode(self.charset)
            except UnicodeDecodeError:
                pass
        if self.detected is None:
            self.detected = "cp1252" if self.charset in WESTERN else detected(data)
        if self.detected == "cp1252":
            return codecs.charmap_decode(data, "strict", WINDOWS_1252)[0]
        return data.decode(self.detected, errors="replace")


def is_nearly_utf_8(data: bytes) -> bool | None:
    """Whether of the characters beyond ASCII nearly all are whole in UTF-8; None where there are none.

    >>> is_nearly_utf_8("курс валют".encode()[:-1]), is_nearly_utf_8("café".encode("cp1252")), is_nearly_utf_8(b"KZT")
    (True, False, None)
    """
    text = data.decode("utf-8", errors="replace")
    beyond = len(text) - len(data.translate(None, BEYOND_ASCII))
    return beyond > WHOLE_TO_DAMAGED * text.count(MARK) if beyond else None


def codec_named(name: str | None) -> str | None:
    """Python's name of an encoding of text, None for what is not known.

    >>> codec_named("Windows-1251"), codec_named("latin1"), codec_named("rot13"), codec_named("nonsense")
    ('cp1251', 'iso8859-1', None, None)
    """
    try:
        found = codecs.lookup((name or "").strip("\"' "))
        "".encode(found.name)  # refuses what turns bytes into bytes, or text into text
    except (LookupError, ValueError):
        return None
    if found.name.startswith(("utf-16", "utf-32")):
        return None  # these are known by their mark or their zeros, and else claimed in error
    return None if found.name in NOT_FOR_TEXT else found.name


def whole_characters(data: bytes) -> int:
    """Where the last line or word of the bytes ends, or at least the last character that is whole for certain.

    >>> whole_characters(b"KZT TJS"), whole_characters("тенге".encode()[:-1]), whole_characters("a•".encode())
    (4, 8, 1)
    """
    end = max(data.rfind(b"\n"), data.rfind(b" "))
    if end >= 0:
        return end + 1
    tail = data[-4:]
    begins = next((back for back, byte in enumerate(reversed(tail), 1) if byte >= 0xC0), 0)
    return len(data) - begins if tail and tail[-1] >= 0x80 and begins < len(data) else len(data)


def utf_16_by_its_zeros(data: bytes) -> str | None:
    """UTF-16 without a byte order mark: in text like ours every second byte is mostly zero, and the others never.

    >>> utf_16_by_its_zeros("• KZT/USD = 0.00190".encode("utf-16-le")), utf_16_by_its_zeros(bytes(40))
    ('utf-16-le', None)
    """
    data = data[: len(data) // 2 * 2]
    even, odd = data[::2].count(0), data[1::2].count(0)
    if len(data) < 8 or max(even, odd) < max(1, len(data) // 20) or min(even, odd) > max(even, odd) // 20:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def detected(data: bytes) -> str:
    """What the detector takes bytes for: Windows-1252 unless there are letters that make it a Cyrillic encoding.

    >>> detected("Курсы валют Национального банка".encode("cp1251")), detected("café, • 5".encode("cp1252"))
    ('cp1251', 'cp1252')
    """
    first = LETTERS.search(data)
    sample = data[max(0, first.start() - HEAD) : first.start() + 4 * HEAD] if first else b""
    if len(LETTERS.findall(sample)) < 4 or sample.count(0) > len(sample) // 100:
        return "cp1252"
    from charset_normalizer import from_bytes  # noqa: PLC0415 (only for text in none of the usual encodings)

    best = from_bytes(sample, cp_isolation=["cp1252", "cp1251", "koi8_r", "cp866"]).best()
    return "cp1252" if best is None else best.encoding
