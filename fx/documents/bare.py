"""Text that need not be decoded to be searched: what its bytes say of it, thousands at a time.

Such a text is ``narrow``: its bytes as characters, one each. There are two kinds. Everyday text is ASCII and bullets,
whatever is looked for in it. In bare text any character of UTF-8 may stand, as long as nothing is hidden: no markup, no
escapes, no line end but one kind and no equals sign but ASCII's. Of both, any stretch shows by itself what people see.
"""

from __future__ import annotations

from fx.documents.encodings import BEYOND_ASCII
from fx.documents.html import ENTITY
from fx.late import late
from fx.text import plain_text, wide

__all__ = ["is_bare", "narrowed", "seen"]

BULLET = "•".encode()
EVERYDAY = bytes({*range(0x20, 0x7F), *b"\n\t"} - {*b"<&\\"})
"""Bytes that mean themselves wherever they stand: no markup, no escapes, and one kind of line end."""
PERHAPS_MARKUP = late(rb"<[!?/A-Za-z]")
UNPACKED = late(ENTITY.pattern.encode())
HIDING = tuple(each.encode() for each in "\x85\u2028\u2029\uff1d\ufe66")
"""Characters beyond ASCII that end a line, or that are made an equals sign."""


def narrowed(data: bytes) -> str | None:
    """The bytes of everyday text as characters; None for other text.

    >>> narrowed("• KZT".encode()), narrowed("тенге".encode()), narrowed(b"<p>")
    ('â\\x80¢ KZT', None, None)
    """
    beyond = data.translate(None, EVERYDAY)
    if beyond:
        if beyond != BULLET * (len(beyond) // len(BULLET)):
            return None
        try:
            data.decode()  # then nothing stands within a bullet; to count them would take longer
        except UnicodeDecodeError:
            return None
    return data.decode("latin-1")


def is_bare(data: bytes) -> bool:
    """Whether bytes are bare text.

    >>> is_bare("a < b & c: тенге".encode()), is_bare(b"a <b> c"), is_bare(b"KZT/USD &#61; 1"), is_bare(b"\\xe2 \\x80")
    (True, False, False, False)
    """
    beyond = data.translate(None, EVERYDAY)
    if not beyond:
        return True
    if beyond.translate(None, BEYOND_ASCII + b"<&"):
        return False
    if (b"<" in beyond and PERHAPS_MARKUP.search(data)) or (b"&" in beyond and UNPACKED.search(data)):
        return False
    if beyond.isascii():
        return True
    if any(each in beyond for each in HIDING):
        return False
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def seen(narrow: str) -> str:
    """A stretch of a narrow text as people see it.

    >>> seen("\\xe2\\x80\\xa2 KZT \\xe2\\x88\\x920.1%")
    '• KZT -0.1%'
    """
    return narrow if narrow.isascii() else plain_text(wide(narrow))
