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
from html.parser import HTMLParser
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
    def text(self) -> str:
        """The plain text to read (`fx.text`), line for line that of the bytes.

        >>> Document("page", b"KZT/USD&nbsp;= 0.00190<br>next").text
        'KZT/USD\\xa0= 0.00190\\x0cnext'
        """
        return visible_text(decoded(self.data))


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
UNSEEN = frozenset(("script", "style", "template", "noscript", "del", "s", "strike"))
"""Elements whose text is not shown, or is shown as no longer valid."""
TAG = re.compile(
    r"<(?:!doctype\s+html|/?(?:html|head|body|title|meta|link|div|p|br|hr|li|ul|ol|dl|dd|dt|table|tbody|thead|tr|td|th|span|"
    r"b|i|u|em|strong|small|a|font|h[1-6]|script|style|section|article|header|footer|nav|main|marquee|pre|sup|sub))\b[^<>]{0,2000}>",
    re.IGNORECASE,
)
BLOCK_TAG = re.compile(
    r"<(?:!doctype\s+html|/?(?:html|body|div|p|li|ul|ol|table|tr|td|h[1-6]|section|article))\b[^<>]{0,2000}>",
    re.IGNORECASE,
)
ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")


def visible_text(text: str) -> str:
    """The plain text of a decoded document: what a browser would show if it is HTML, itself otherwise.

    >>> visible_text("<li>KZT/<b>USD</b> = 0.00190 <em>0%</em></li><script>var n = 8/2</script>")
    '\\x0cKZT/USD = 0.00190 0%\\x0c'
    """
    if not TAG.search(text):
        return plain_text(html.unescape(text) if ENTITY.search(text) else text)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    page = VisibleText(soft=bool(BLOCK_TAG.search(text)))
    try:
        page.feed(text)
        page.close()
    except AssertionError:  # html.parser meets some broken declarations with a bare assertion (3.11)
        return plain_text(html.unescape(re.sub(r"<[^<>]{0,2000}>", BREAK, text)))
    return plain_text("".join(page.pieces), soft=True)


class VisibleText(HTMLParser):
    """Collects the visible text of a page, each piece on the line where it stands in the source.

    ``soft``: line ends are mere white space, as in any page with paragraphs; without block tags they end lines.
    """

    def __init__(self, *, soft: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.soft = soft
        self.unseen = 0
        self.preformatted = 0
        self.line = 1

    def keep_line(self) -> None:
        """Catch up with the line ends that stood inside tags and scripts."""
        behind = self.getpos()[0] - self.line
        if behind > 0:
            self.pieces.append(SOFT_NEWLINE * behind)
            self.line += behind

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 (their signature)
        self.keep_line()
        if tag in UNSEEN:
            self.unseen += 1
        self.preformatted += tag == "pre"
        if tag == "sup" and self.pieces and self.pieces[-1][-1:].isdigit():
            self.pieces.append("^")  # a footnote mark glued to a figure must not become its last digit
        elif tag not in INLINE and tag not in UNSEEN:
            self.pieces.append("\t" if tag in CELLS else BREAK)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag not in INLINE and tag not in UNSEEN:
            self.pieces.append(BREAK)

    def handle_endtag(self, tag: str) -> None:
        self.keep_line()
        if tag in UNSEEN:
            self.unseen = max(0, self.unseen - 1)
        self.preformatted = max(0, self.preformatted - (tag == "pre"))
        if tag not in INLINE and tag not in UNSEEN:
            self.pieces.append("\t" if tag in CELLS else BREAK)

    def handle_data(self, data: str) -> None:
        self.keep_line()
        self.line += data.count("\n")
        data = data.replace(SOFT_NEWLINE, BREAK)
        if self.unseen:
            self.pieces.append(SOFT_NEWLINE * data.count("\n"))
        else:
            self.pieces.append(data.replace("\n", SOFT_NEWLINE) if self.soft and not self.preformatted else data)
