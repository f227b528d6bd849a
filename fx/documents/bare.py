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

__all__ = ["is_bare", "narrowed", "seen", "unusual"]

BULLET = "•".encode()
EVERYDAY = bytes({*range(0x20, 0x7F), *b"\n\t"} - {*b"<&\\"})
"""Bytes that mean themselves wherever they stand: no markup, no escapes, and one kind of line end."""
WITHIN_LINES = EVERYDAY.replace(b"\n", b"")
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
    return unusual(data) is not None


def unusual(data: bytes) -> bytes | None:
    """The line ends of bare text, found on the way, and what else in it is not everyday; None for other text.

    >>> unusual(b"a\\nb\\n"), unusual("a < b: •\\n".encode()), unusual(b"a <b> c\\n")
    (b'\\n\\n', b'<\\xe2\\x80\\xa2\\n', None)
    """
    beyond = data.translate(None, WITHIN_LINES)
    if beyond.count(b"\n") == len(beyond):
        return beyond
    if beyond.translate(None, BEYOND_ASCII + b"<&\n"):
        return None
    if (b"<" in beyond and PERHAPS_MARKUP.search(data)) or (b"&" in beyond and UNPACKED.search(data)):
        return None
    if beyond.isascii():
        return beyond
    if any(each in beyond for each in HIDING):
        return None
    try:
        data.decode()
    except UnicodeDecodeError:
        return None
    return beyond


def seen(narrow: str) -> str:
    """A stretch of a narrow text as people see it.

    >>> seen("\\xe2\\x80\\xa2 KZT \\xe2\\x88\\x920.1%")
    '• KZT -0.1%'
    """
    return narrow if narrow.isascii() else plain_text(wide(narrow))
