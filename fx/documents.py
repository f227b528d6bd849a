"""What arrives: files, folders and standard input, as documents; bytes into one plain text, HTML into what is visible.

A document is one text as received; its identity is the SHA-256 of its bytes, its name is only how the caller called it.
"""

from __future__ import annotations

import hashlib
import html
import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from fx.errors import InputError
from fx.text import BREAK, SOFT_NEWLINE, plain_text

__all__ = ["STANDARD_INPUT", "Document", "decoded", "documents_at", "visible_text"]

STANDARD_INPUT = "-"


@dataclass(frozen=True, slots=True)
class Document:
    """Bytes as received, with the name they came under; ``modified`` is the file's time, None for standard input."""

    name: str
    data: bytes
    modified: datetime | None = None

    @property
    def sha256(self) -> str:
        """The document's identity, as 64 hexadecimal digits."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def raw(self) -> str:
        """The text as decoded, markup and all."""
        return decoded(self.data)


def documents_at(paths: Iterable[str]) -> Iterator[Document | InputError]:
    """Yield the documents of files, folders (everything below, sorted, dot-files passed by) and ``-``.

    What cannot be read comes as an `InputError` in its place, so that one bad name does not lose the others.
    """
    for path in paths:
        if path == STANDARD_INPUT:
            yield Document(STANDARD_INPUT, sys.stdin.buffer.read())
        elif Path(path).is_dir():
            yield from (read_file(name) for name in files_below(path))
        else:
            yield read_file(path)


def files_below(folder: str) -> Iterator[str]:
    """Every regular file below a folder, sorted; links to folders are not followed."""
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(place, name)
            if not name.startswith(".") and path.is_file():
                yield str(path)


def read_file(path: str) -> Document | InputError:
    """One file as a document, or the error that says why not."""
    file = Path(path)
    try:
        status = file.stat()
        if not file.is_file():
            return InputError(f"{path} is not a regular file: name a file, a folder or -", document=path)
        return Document(path, file.read_bytes(), datetime.fromtimestamp(status.st_mtime, UTC))
    except FileNotFoundError:
        return InputError(f"there is no file {path}: check the name", document=path)
    except (OSError, ValueError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return InputError(f"{path} cannot be read ({reason.lower()}): check its permissions", document=path)


BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


def decoded(data: bytes) -> str:
    """Bytes as text: by the byte order mark, else UTF-8, else Windows-1252 (its undefined bytes kept as they are).

    >>> decoded("\\ufeff• KZT".encode("utf-16")), decoded(b"\\x95 KZT")
    ('\\ufeff• KZT', '• KZT')
    """
    for mark, codec in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data.decode(codec, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1").translate(WINDOWS_1252)


WINDOWS_1252 = {
    code: bytes([code]).decode("cp1252") for code in range(0x80, 0xA0) if code not in {0x81, 0x8D, 0x8F, 0x90, 0x9D}
}

INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data dfn em font i img ins kbd label mark nobr q samp small span strong "
    "sub sup time tt u var wbr".split()
)
"""Tags that stand within a line of text; every other one ends it."""
CELLS = frozenset(("td", "th"))
NOT_TEXT = frozenset(("script", "style", "template", "noscript"))
STRUCK = frozenset(("del", "s", "strike"))
"""Elements whose text is not shown, or is shown as no longer valid."""
BLOCK_TAG = re.compile(
    r"<(?:!doctype\s+html|/?(?:html|body|div|p|li|ul|ol|table|tr|td|h[1-6]|section|article))\b[^<>]{0,2000}>",
    re.IGNORECASE,
)
MARKUP = re.compile(r"</?[A-Za-z][A-Za-z0-9:-]{0,40}(?:\s[^<>]{0,4000})?/?>|<!\[CDATA\[|<!doctype\s", re.IGNORECASE)
ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
TAG = re.compile(r"<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9:-]{0,40})(?P<rest>\s[^<>]{0,4000})?/?>")
DECLARATION = re.compile(r"<[!?][^<>]{0,4000}>")


def visible_text(text: str) -> str:
    """The plain text of a decoded document: what a browser would show if it is marked up, itself otherwise.

    >>> visible_text("<li>KZT/<b>USD</b> = 0.00190 <em>0%</em></li><script>var n = 8/2</script>")
    '\\x0cKZT/USD = 0.00190 0%\\x0c'
    """
    if not MARKUP.search(text):
        if not ENTITY.search(text):
            return plain_text(text)
        text = html.unescape(text)
        if not MARKUP.search(text):
            return plain_text(text)
    shown = VisibleText(text).read()
    return plain_text(shown, soft=True)


class VisibleText:
    """Takes the visible text out of a page, each piece on the line where it stands in the source.

    In one pass and, whatever the markup, in linear time: a tag ends before the next ``<``, what is unclosed is looked
    for once, and what is no markup is text. (The standard library's parser re-scans to the end at each unclosed tag.)
    Where there are block tags, line ends are mere white space, as in a browser; without, they end lines.
    """

    def __init__(self, text: str) -> None:
        self.text = text.replace(SOFT_NEWLINE, BREAK).replace("\r\n", "\n").replace("\r", "\n")
        self.lower = self.text.lower() if len(self.text.lower()) == len(self.text) else self.text
        self.soft = bool(BLOCK_TAG.search(text))
        self.preformatted = 0
        self.pieces: list[str] = []
        self.missing: set[str] = set()

    def read(self) -> str:
        """The visible text."""
        text, place = self.text, 0
        while True:
            start = text.find("<", place)
            if start < 0:
                self.show(text[place:])
                return "".join(self.pieces)
            self.show(text[place:start])
            place = self.markup(start)

    def show(self, text: str) -> None:
        """Keep a piece of text, entities resolved."""
        if text:
            shown = html.unescape(text).replace("]]>", BREAK)
            self.pieces.append(shown.replace("\n", SOFT_NEWLINE) if self.soft and not self.preformatted else shown)

    def hide(self, text: str) -> None:
        """Pass by a piece of the source, but for its lines."""
        self.pieces.append(SOFT_NEWLINE * text.count("\n"))

    def markup(self, start: int) -> int:
        """Handle what begins with ``<`` and return where it ends."""
        text = self.text
        if text.startswith("<!--", start):
            end = self.closing("-->", start)
            self.hide(text[start:end])
            return end
        if text.startswith("<![CDATA[", start):
            self.pieces.append(BREAK)
            return start + len("<![CDATA[")
        tag = TAG.match(text, start) or DECLARATION.match(text, start)
        if not tag:
            self.show("<")
            return start + 1
        if tag.re is DECLARATION:
            self.hide(tag[0])
            return tag.end()
        name, closes = tag["name"].lower(), bool(tag["end"])
        if name in NOT_TEXT | STRUCK and not closes and not tag[0].endswith("/>"):
            end = self.closing(f"</{name}>", tag.end(), within=None if name in NOT_TEXT else 2000)
            self.hide(text[start:end])
            return end
        self.hide(tag[0])
        self.preformatted = max(0, self.preformatted + (0 if name != "pre" else -1 if closes else 1))
        if name == "sup":
            # A footnote set as a superscript must not become the last digit of the figure before it.
            self.pieces.append("]" if closes else "[")
        elif name not in INLINE | NOT_TEXT | STRUCK:
            self.pieces.append("\t" if name in CELLS else BREAK)
        return tag.end()

    def closing(self, mark: str, start: int, within: int | None = None) -> int:
        """Where a mark that closes stands, or ``start`` where there is none: then nothing is hidden."""
        if mark in self.missing:
            return start + (4 if mark == "-->" else 0)
        limit = len(self.text) if within is None else start + within
        found = self.lower.find(mark, start, limit)
        if found < 0:
            if within is None:
                self.missing.add(mark)
            return start + (4 if mark == "-->" else 0)
        return found + (len(mark) if mark == "-->" else 0)
