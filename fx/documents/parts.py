"""A document of any size as plain text, a few megabytes at a time, the SHA-256 taken on the way.

Parts are cut at line ends, or at white space where a line has no end, and never within a tag, a comment or a script:
the plain texts of the parts, one after the other, are the plain text of the whole.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol

from fx.documents.bare import is_bare, narrowed
from fx.documents.document import PART, ROWS, Document
from fx.documents.encodings import Decoder, whole_characters
from fx.documents.html import View
from fx.errors import InputError
from fx.late import late
from fx.text import plain_text, wide

if TYPE_CHECKING:
    import hashlib

__all__ = ["Looked", "Part", "Parts"]

OPENING = late(r"<(?=[!stn])(?P<name>!--|(?:script|style|template|noscript)(?=[\s>]))", re.IGNORECASE)
LEAST = 64 * 1024
"""Characters that a part has at least, so that what stands beside a cut is always within the next part."""


AT_ONCE = PART // 4
"""Bytes that are read at once: what a cache holds, and memory at hand, is gone through much faster."""


def digest_of(data: bytes) -> hashlib._Hash:
    """A digest that has taken these bytes."""
    import hashlib  # noqa: PLC0415 (brings a library of ciphers with it)

    return hashlib.sha256(data)


class Looked(Protocol):
    """What a reader found in a text by looking ahead: whether it is ``bare``, as the lines that it reads are.

    A bare text may be cut at its ``end``, which is so far from all that was found that nothing on either side is needed
    on the other; 0 for none.
    """

    @property
    def bare(self) -> bool:
        """Whether nothing is hidden in it."""

    @property
    def end(self) -> int:
        """Where to cut."""


class Part:
    """A piece of a document: ``raw`` as decoded, ``text`` as people see it, which are made when they are asked for.

    It is ``simple`` where `plain_text` of any stretch of ``raw`` is what people see of that stretch. Of most text there
    is ``narrow``, its bytes as characters (`bare`): it is simple but for quoted-printable escapes. ``looked`` is what
    was found in it already: then ``ahead`` may go on where the part ends.
    """

    __slots__ = ("ahead", "decoded", "looked", "seen", "simple", "view")

    def __init__(
        self,
        raw: str | None,
        view: View,
        seen: str | None = None,
        *,
        simple: bool | None = None,
        ahead: str = "",
        looked: Looked | None = None,
    ) -> None:
        self.decoded = raw
        self.ahead = ahead
        self.looked = looked
        self.view = view
        self.seen = seen
        self.simple = view.is_simple(self.raw) if simple is None else simple

    @property
    def narrow(self) -> str:
        """The bytes as characters, copied when they are asked for; empty where they are not known to be narrow."""
        return self.ahead[: self.looked.end] if self.looked else self.ahead

    @property
    def raw(self) -> str:
        """The decoded text."""
        if self.decoded is None:
            self.decoded = wide(self.narrow)
        return self.decoded

    @property
    def text(self) -> str:
        """The plain text."""
        if self.seen is None:
            self.seen = plain_text(self.raw) if self.simple or self.ahead else self.view.of(self.raw)
        return self.seen


class Parts:
    """The parts of one document, once; `sha256` is known when the last has been read, if it is to be ``identified``.

    Who reads nothing but what an equals sign stands in gives ``look``, which is asked of text what it finds in it: it
    is given the bytes, and these as characters, and told whether that is the last. Then not only everyday text is
    narrow.
    """

    def __init__(self, document: Document, *, identified: bool = True) -> None:
        self.document = document
        self.head = document.data
        self.rest = document.rest
        self.digest = digest_of(b"") if identified else None
        self.decoder = Decoder(document.charset)
        self.view = View()
        self.held: Part | None = None
        self.look: Callable[[bytes, str, bool], Looked] | None = None
        self.hides = False

    @property
    def sha256(self) -> str:
        """The identity of what has been read, or of the stretch read last; empty where nobody asked for it."""
        return self.digest.hexdigest() if self.digest else ""

    def identify(self, data: bytes) -> None:
        """Take the next bytes into the digest."""
        if self.digest:
            self.digest.update(data)

    def hold(self, most: int) -> bool:
        """Take a document whole, if it has at most so many bytes; whether it was."""
        if self.rest is not None:
            self.head += self.rest.read(max(0, most + 1 - len(self.head)))
            if len(self.head) <= most:
                self.rest = self.held = None
        return self.rest is None

    @property
    def beginning(self) -> Part:
        """The first part, looked at without being taken; all of a document in memory."""
        if self.held is None:
            whole = self.rest is None
            decoder, view = (self.decoder, self.view) if whole else (Decoder(self.document.charset), View())
            self.held = Part(decoder.text(self.head if whole else self.head[:PART], final=whole), view)
        return self.held

    def __iter__(self) -> Iterator[Part]:
        """Yield the parts; a document in memory is one."""
        if self.rest is None:
            self.identify(self.head)
            yield self.beginning
            return
        text, waiting, simple = "", "", True
        for piece, narrow, looked in self.pieces():
            if narrow and not waiting and not self.view.marked and (looked or len(piece) > 4 * LEAST):
                yield Part(None, self.view, simple=True, ahead=piece, looked=looked)
                continue
            raw = wide(piece[: looked.end] if looked else piece) if narrow else piece
            simple = simple and self.view.is_simple(raw)
            if simple and not waiting and len(raw) > 4 * LEAST:
                yield Part(raw, self.view, simple=True)
                continue
            shown = self.view.of(raw)
            text, waiting = text + shown, waiting + raw
            if len(text) >= LEAST or len(waiting) > 8 * PART:
                yield Part(waiting, self.view, text, simple=simple)
                text, waiting, simple = "", "", True
        yield Part(waiting, self.view, text, simple=simple)

    def stretches(self) -> Iterator[str]:
        """The decoded text of a document that is not held, in stretches of whole lines; raises `InputError`."""
        waiting, taken = "", 0

        def identified(text: str) -> str:
            if self.digest:
                self.digest = digest_of(text.encode("utf-8", errors="surrogatepass"))
            return text

        for data in self.chunks():
            waiting += self.decoder.text(data, final=not data)
            if not data:
                break
            taken += len(data)
            if taken >= ROWS:
                end = max(waiting.rfind("\n"), waiting.rfind("\r", 0, -1)) + 1
                if not end:
                    name = self.document.name
                    raise InputError(
                        f"{name} has a line of more than {ROWS >> 20} megabytes: write each row on a line of its own",
                        document=name,
                    )
                yield identified(waiting[:end])
                waiting, taken = waiting[end:], 0
        if waiting:
            yield identified(waiting)

    def pieces(self) -> Iterator[tuple[str, bool, Looked | None]]:
        """The text, cut where a cut does no harm; whether it is narrow, and what was found in it by looking ahead.

        Where something was looked for in it, it is to be cut where that ends.
        """
        text, waiting, narrow = "", b"", True
        for data in self.chunks():
            last = not data
            self.identify(data)
            if not narrow and len(text) < LEAST and not self.view.marked:
                # The odd character may have been the only one.
                again = self.decoder.given_back(text)
                if again is not None:
                    text, waiting, narrow = "", again, True
            if narrow:
                waiting += data
                if not last and len(waiting) < min(PART, AT_ONCE) // 2:
                    continue
                found = self.narrow_piece(waiting, last=last)
                if found is not None:
                    piece, looked, waiting = found
                    if piece:
                        yield piece, True, looked
                    continue
                text, waiting, narrow = self.decoder.text(waiting, final=last), b"", False
            else:
                text += self.decoder.text(data, final=last)
            if not last and len(text) < PART // 2:
                continue
            end = len(text) if last else cut(text)
            if end:
                yield text[:end], False, None
                text = text[end:]

    def narrow_piece(self, data: bytes, *, last: bool) -> tuple[str, Looked | None, bytes] | None:
        """Of the next bytes as many as may be cut off, what was found in them, and the others; None if not narrow.

        Where something was looked for, the others begin where that ends.
        """
        if not self.decoder.is_ascii_based(data):
            return None
        end = len(data) if last else cut_bytes(data)
        if self.look is None:
            text = narrowed(data[:end])
            return None if text is None else (text, None, data[end:])
        lines, rest = data, data[end:]
        if b"\r" in data:
            lines = data[:end].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            end = len(lines)
        if self.hides and not is_bare(lines[:end]):  # as what came before: to look for marks takes longer
            return None
        text = str(memoryview(lines)[:end], "latin-1")
        looked = self.look(lines, text, last)
        self.hides = not looked.bare
        if self.hides:
            return None
        return (text, looked, lines[looked.end : end] + rest) if looked.end else (text, None, rest)

    def chunks(self) -> Iterator[bytes]:
        """The bytes, a part at a time, and at the end none."""
        view, size = memoryview(self.head), min(PART, AT_ONCE)
        for start in range(0, len(view), size):
            yield bytes(view[start : start + size])
        view.release()
        self.head, self.held = b"", None
        while self.rest is not None:
            data = self.rest.read(size)
            yield data
            if not data:
                return


def cut_bytes(data: bytes) -> int:
    r"""Where bytes may be cut, looking back from their end: behind a line, a word, or at least a character.

    >>> cut_bytes(b"KZT/USD = 0.00190 0%\nTJS/USD"), cut_bytes("тенге".encode()[:-1])
    (21, 8)
    """
    half = len(data) // 2
    end = data.rfind(b"\n", half) + 1 or half + whole_characters(data[half:])
    return end - data.endswith(b"\r", 0, end)  # what comes next may make one line end of it


def cut(text: str) -> int:
    """Where a text may be cut, looking back from its end; 0 to wait for more of it.

    >>> cut("KZT/USD = 0.00190 0%\\nTJS/USD"), cut("KZT/USD = 0.00190 0% TJS"), cut("<p>one <b>two <script>a b")
    (21, 21, 14)
    """
    half = len(text) // 2
    end = text.rfind("\n", half) + 1
    if not end:  # what comes next may make a line end of a last carriage return
        last = len(text) - text.endswith("\r")
        end = max(text.rfind(mark, half, last) for mark in " \t\r") + 1 or last
    outside = outside_markup(text, end)
    if outside >= half // 2 and outside:
        return outside
    return 0 if len(text) < 4 * PART else end  # a script without an end is text, as it is in a small page


def outside_markup(text: str, end: int) -> int:
    """The place, or the beginning of the script, comment or tag that it stands in."""
    found = last_opening(text, end)
    if found:
        name = found["name"]
        closing = "-->" if name == "!--" else f"</{name}"
        if not re.compile(closing, re.IGNORECASE).search(text, found.end(), end):
            return found.start()
    tag = text.rfind("<", max(0, end - 4096), end)
    return tag if tag >= 0 and text.find(">", tag, end) < 0 else end


def last_opening(text: str, end: int) -> re.Match[str] | None:
    """The last beginning of a script or comment; most pages have one not far back."""
    reach = LEAST
    while True:
        found = deque(OPENING.finditer(text, max(0, end - reach), end), maxlen=1)
        if found or reach >= end:
            return found[0] if found else None
        reach *= 8
