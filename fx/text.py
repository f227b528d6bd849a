"""One plain text to read: line ends, spaces, dashes, look-alike signs and damaged bytes made alike.

What comes out keeps every line of what went in, so that line numbers are those of the file:

=========  =======================================================================================
``\\n``     the end of a line
``\\x0b``   a line end that is only white space to the reader (inside HTML, say); counts as a line
``\\x0c``   a break that no quote crosses and no line is counted for (U+2028, form feed, ``<li>``)
``\\xa0``   any space that does not break: it may stand inside a number
=========  =======================================================================================
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from fx.late import late

__all__ = [
    "BREAK",
    "INVISIBLE",
    "QUOTED_PRINTABLE",
    "SOFT_NEWLINE",
    "SPACE",
    "WIDEST",
    "first_of",
    "line_at",
    "plain_text",
    "storable",
    "wide",
]

SOFT_NEWLINE = "\x0b"
BREAK = "\x0c"
SPACE = r"[ \t\x0b\xa0]"
"""One character of white space within a line, as a class for patterns."""

UNBREAKABLE = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
INVISIBLE = (
    "\u00ad\u061c\u180e\ufeff\ufe0e\ufe0f"
    + "".join(map(chr, range(0x200B, 0x2010)))
    + "".join(map(chr, range(0x202A, 0x202F)))
    + "".join(map(chr, range(0x2060, 0x2070)))
)
DASHES = "\u02d7\u207b\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\u2796"
OTHER = {
    **dict.fromkeys("\x1c\x1d\x1e\x85\u2028\u2029", BREAK),
    **dict.fromkeys("\u2044\u2215", "/"),
    "\u3001": ";",
    "\ufe66": "=",
    **dict.fromkeys("\u066a\ufe6a", "%"),
    **dict.fromkeys("\u2018\u2019\u02bc\u2032", "'"),
    **{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},  # full-width ASCII, one to one
    "\uff0c": ";",  # the Chinese comma parts what it stands between, and never thousands
}
ALIKE = str.maketrans(
    {**dict.fromkeys(UNBREAKABLE, "\xa0"), **dict.fromkeys(INVISIBLE, ""), **dict.fromkeys(DASHES, "-"), **OTHER}
)
SEPARATORS = "\x1c\x1d\x1e"
UNLIKE = late(f"[{SEPARATORS}{''.join(re.escape(chr(code)) for code in ALIKE if code > 0x7F)}]+")
"""What `ALIKE` changes: to find it takes a fifth of the time that to translate every character does."""
ASCII = bytes(set(range(128)) - set(SEPARATORS.encode()))
RARELY, SAMPLE = 16, 1024
"""Beyond ASCII a text has the same few characters again and again: up to so many are replaced each. Where its beginning
has hardly any others, they are found sooner among all that are beyond ASCII."""

DAMAGED_CHARACTERS = "•·●▪◦‣−–—‐▲▼△▽↑↓’…\u00a0\u2009\u202f"
DAMAGED = {
    character.encode().decode(codec): character
    for codec in ("cp1252", "latin-1")
    for character in DAMAGED_CHARACTERS
    if codec == "latin-1" or not set(character.encode()) & {0x81, 0x8D, 0x8F, 0x90, 0x9D}
}
"""UTF-8 read as a Western code page: ``â€¢`` was a bullet, ``âˆ’`` a minus sign."""
DAMAGED_TEXT = late("|".join(map(re.escape, sorted(DAMAGED, key=len, reverse=True))))


def plain_text(text: str, *, soft: bool = False) -> str:
    """Make a decoded text alike; ``soft`` keeps the marks that `documents` sets for HTML.

    >>> plain_text("\\u2022 KZT/USD\\u00a0= 0.00190 \\u22120.11%\\r\\nnext")
    '• KZT/USD\\xa0= 0.00190 -0.11%\\nnext'
    >>> plain_text("â€¢ KZT/USD = 0.00190 âˆ’0.11%")
    '• KZT/USD = 0.00190 -0.11%'
    """
    if not soft and SOFT_NEWLINE in text:
        text = text.replace(SOFT_NEWLINE, BREAK)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if QUOTED_PRINTABLE.search(text):
        text = without_quoted_printable(text)
    if "\\" in text:
        text = ESCAPE.sub(unescaped, text)
    if text.isascii() and not any(mark in text for mark in SEPARATORS):
        return text
    if "â" in text or "Â" in text:
        text = DAMAGED_TEXT.sub(lambda match: DAMAGED[match[0]], text)
    sample = text[:SAMPLE]
    if len(sample.encode("ascii", "ignore")) * (RARELY + 1) > len(sample) * RARELY:
        beyond = text.encode("utf-8", "surrogatepass").translate(None, ASCII)
        found = ALIKE.keys() & set(map(ord, beyond.decode("utf-8", "surrogatepass")))
    else:
        found = set(map(ord, "".join(UNLIKE.findall(text))))
    if len(found) > RARELY:
        return UNLIKE.sub(alike, text)
    for code in found:
        text = text.replace(chr(code), ALIKE[code])
    return text


def alike(match: re.Match[str]) -> str:
    """What a run of characters beyond ASCII is taken for."""
    return match[0].translate(ALIKE)


QUOTED_PRINTABLE = late(r"=3D|=E2=8[0-9]=[0-9A-F]{2}")
ESCAPED_BYTES = late(r"=[0-9A-F]{2}(?:=[0-9A-F]{2})*+")
ESCAPE = late(r"\\(?:r\\n|[nrt/]|u[0-9a-fA-F]{4})")


def without_quoted_printable(text: str) -> str:
    """Mail text with its escapes (RFC 2045) undone; a soft line break stays a line for the count.

    >>> without_quoted_printable("=E2=80=A2 KZT/USD =3D 0.00190=\\n 0%")
    '• KZT/USD = 0.00190\\x0b 0%'
    """
    text = text.replace("=\n", SOFT_NEWLINE)
    return ESCAPED_BYTES.sub(lambda match: bytes.fromhex(match[0].replace("=", "")).decode(errors="replace"), text)


def unescaped(match: re.Match[str]) -> str:
    """An escape of JSON or source code as the character it stands for; line ends become breaks.

    >>> ESCAPE.sub(unescaped, r"KZT\\/USD = 0.00190\\u00a00%\\nnext")
    'KZT/USD = 0.00190\\xa00%\\x0cnext'
    """
    escape = match[0][1:]
    if escape == "t":
        return "\t"
    if escape == "/":
        return "/"
    if escape[0] == "u":
        code = int(escape[1:], 16)
        return match[0] if code < 0x20 or 0xD800 <= code < 0xE000 else chr(code)
    return BREAK


def line_at(text: str, start: int, end: int) -> int:
    """How many lines end between two places of a plain text."""
    lines = text.count("\n", start, end)
    soft = text.find(SOFT_NEWLINE, start, end)  # to find none takes a tenth of the time that to count none does
    return lines if soft < 0 else lines + text.count(SOFT_NEWLINE, soft, end)


def first_of(text: str, marks: Iterable[str], start: int, end: int) -> int:
    """Where the first of some marks stands between two places of a text; the end where none does.

    >>> first_of("one, two; three", ",;", 0, 15), first_of("one, two; three", ",;", 4, 15), first_of("one", ",;", 0, 3)
    (3, 8, 3)
    """
    for mark in marks:
        at = text.find(mark, start, end)
        end = at if at >= 0 else end
    return end


WIDEST = 4
"""Characters of a narrow text that make one, at most."""


def wide(narrow: str) -> str:
    """The text of which these are the bytes in UTF-8, as characters, or a stretch of it.

    >>> wide("\xe2\x80\xa2 KZT")
    '• KZT'
    """
    return narrow if narrow.isascii() else narrow.encode("latin-1").decode("utf-8", errors="replace")


def storable(name: str) -> str:
    """A name as the database can keep it: bytes of a file name that are no UTF-8 become escapes.

    A character 0, which no server keeps in a text, does too.

    >>> storable("caf\\udce9.txt")
    'caf\\\\xe9.txt'
    """
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace").replace("\0", "\\x00")
