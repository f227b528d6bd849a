"""One text as received: its bytes, and what came with them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from fx.documents.encodings import decoded
from fx.errors import InputError
from fx.moments import Moment

__all__ = ["MEGABYTE", "PART", "ROWS", "STANDARD_INPUT", "WHOLE", "Document", "Limits", "Readable", "whole"]

STANDARD_INPUT = "-"
MEGABYTE = 1 << 20
PART = 2 * MEGABYTE
"""A document of at most so many bytes is held in memory; of a larger one this much at a time."""
ROWS = 4 * MEGABYTE
"""A file of rows is read whole up to here, and else in stretches of so much: each row is a quote to be held."""
WHOLE = 64 * MEGABYTE
"""The most that is ever held of one document: a file that makes one whole is read up to here."""


class Readable(Protocol):
    """A stream of bytes."""

    def read(self, size: int, /) -> bytes:
        """At most ``size`` bytes; none at the end."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is unpacked or fetched before it is taken for a bomb.

    ``max_bytes`` is the most of one document that comes out of a container or from a URL; files are not held to it.
    ``ratio`` is how many times its packed size a container may grow to, once more than ``free`` bytes have come.
    ``seconds`` is the most that a fetch may take in all; None is what `web` allows.
    """

    max_bytes: int = 2048 * MEGABYTE
    ratio: int = 250
    free: int = 64 * MEGABYTE
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """Bytes as received, with the name they came under.

    ``modified`` is the file's time, None where there is none. ``stated`` is when an archive or a server says that it
    fetched or changed the page, ``charset`` what encoding they say it has. A document that is larger than `PART` has
    its beginning in ``data``, and ``rest`` gives what follows, once, before the next document is asked for.
    """

    name: str
    data: bytes = b""
    modified: datetime | None = None
    stated: Moment | None = None
    charset: str | None = None
    rest: Readable | None = None

    @property
    def sha256(self) -> str:
        """The identity of a document in memory, as 64 hexadecimal digits; `Parts` tells that of a larger one."""
        if self.rest is not None:
            raise InputError(f"{self.name} is larger than memory may be: read its parts", document=self.name)
        import hashlib  # noqa: PLC0415 (brings a library of ciphers with it)

        return hashlib.sha256(self.data).hexdigest()

    @property
    def raw(self) -> str:
        """The text as decoded, markup and all, of a document in memory."""
        return decoded(self.data, self.charset)


def whole(origin: Document, stream: Readable) -> Document:
    """The document that a stream gives: in memory if it is small, else its beginning and the rest."""
    data = stream.read(PART + 1)
    return replace(origin, data=data, rest=stream if len(data) > PART else None)
