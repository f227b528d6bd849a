"""A large file in stretches that are read apart, by many at once, where that makes no difference.

It makes none where each line is a document of its own, as in JSON lines of pages. Any other text is one document, of
which one SHA-256, the count of its lines and what it says again are facts of the whole.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from fx.documents.archives import pages_of, starts_with_a_page
from fx.documents.document import MEGABYTE, Document
from fx.documents.packed import PEEK, Guarded
from fx.errors import InputError

__all__ = ["Stretch", "Until", "pages_in", "stretches_of"]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Whole lines of a file: where the first begins, how many stand before it, and where the last ends.

    ``end`` is None for the last stretch, which goes as far as the file.
    """

    start: int
    lines: int
    end: int | None


def stretches_of(stream: BinaryIO, most: int) -> list[Stretch]:
    """The stretches of a file of pages as JSON lines, each of little more than ``most`` bytes; none of any other file.

    >>> page = b'{"text": "KZT/USD = 0.00190"}\\n'
    >>> [(each.start, each.lines, each.end) for each in stretches_of(io.BytesIO(page * 3), 40)]
    [(0, 0, 60), (60, 2, None)]
    >>> stretches_of(io.BytesIO(b"KZT/USD = 0.00190\\n" * 9), 40)
    []
    """
    head = stream.read(PEEK)
    if not starts_with_a_page(head):
        return []
    found: list[Stretch] = []
    start = lines = begun = place = 0
    data = head
    while data:
        at = 0
        while place + len(data) - start >= most and (end := data.find(b"\n", max(at, start + most - 1 - place))) >= 0:
            lines += data.count(b"\n", at, end + 1)
            found.append(Stretch(start, begun, place + end + 1))
            at, start, begun = end + 1, place + end + 1, lines
        lines += data.count(b"\n", at)
        place += len(data)
        data = stream.read(MEGABYTE)
    if start < place:
        found.append(Stretch(start, begun, None))
    elif found:  # it ends with a line that ends a stretch
        found[-1] = Stretch(found[-1].start, found[-1].lines, None)
    return found


def pages_in(origin: Document, stream: BinaryIO, stretch: Stretch) -> Iterator[Document | InputError]:
    """The pages in a stretch of a file of JSON lines, as they are in the file."""
    stream.seek(stretch.start)
    source = io.BufferedReader(cast("Any", Guarded(Until(stream, stretch), origin.name)), PEEK)
    try:
        yield from pages_of(origin, source, stretch.lines, goes_on=stretch.end is not None)
    except InputError as error:
        yield error


class Until:
    """A stream that ends where a stretch does."""

    def __init__(self, stream: BinaryIO, stretch: Stretch) -> None:
        self.stream = stream
        self.left = None if stretch.end is None else stretch.end - stretch.start

    def read(self, size: int, /) -> bytes:
        """At most so many bytes."""
        data = self.stream.read(size if self.left is None else min(size, self.left))
        if self.left is not None:
            self.left -= len(data)
        return data
