"""Two numbers that each document keeps of what is kept of it, so that a bit that flips on the disk is found.

SQLite keeps no checksums: a figure that changed within its row is to it a figure like any other. ``digest`` is a sum,
modulo a prime, over the rows of ``quote`` and ``sighting`` that a document said; it needs no order, so that what is
added or taken away is added to it or taken away. ``seal`` is a CRC over what else is kept of a document, its rejects
among that. `fx.store.checks` works both out again.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence

__all__ = ["OF_REJECTS", "PRIME", "SEALED", "row_digest", "seal_of"]

PRIME = 2_147_483_659
"""Above what 32 bits hold, so that every term has 64 in all databases; products of two remainders fit those."""
PLACE = {"series_id": 7919, "observed_at": 6197}
SAID = {"rate": 5557, "scale": 4987, "change": 4337, "line": 3677, "times": 3067}
LENGTH, LETTERS = 1999, dict(zip("0123456789./- ", (101, 211, 307, 401, 503, 601, 701, 809, 907, 1009, 1103, 1201, 1301, 1409), strict=True))  # fmt: skip  # noqa: E501


def row_digest(row: str) -> str:
    """SQL for the number of one row: of two sums, each of which every column of its kind changes, the product.

    A value that moves to another moment changes it as well, as it would change no plain sum. The letters of ``rest``
    count by how often they stand there, which is what all databases can say alike.
    """
    place, said = (
        " + ".join(f"{row}.{name} % {PRIME} * {factor}" for name, factor in columns.items())
        for columns in (PLACE, SAID)
    )
    rest = f"{row}.rest"
    letters = " + ".join(f"length(replace({rest}, '{each}', '')) * {factor}" for each, factor in LETTERS.items())
    text = f"CASE WHEN {rest} = '' THEN 0 ELSE length({rest}) * {LENGTH} + {letters} END"
    return f"({place} + 1) % {PRIME} * (({said} + {text} + 1) % {PRIME}) % {PRIME}"


SEALED = "sha256, name, source_id, observed_at, time_basis, recorded_at, repeats"
"""What is sealed of a row of ``document``; its counts are proved by counting."""
OF_REJECTS = "number, line, place, text, reason"


def seal_of(document: Sequence[object], rejects: Iterable[Sequence[object]]) -> int:
    """The number of what is kept of a document beside its quotes: `SEALED`, and `OF_REJECTS` in the order of numbers.

    >>> seal_of(("00", "page", 1, 0, "given", 0, 0), [])
    3334080419
    """
    seal = zlib.crc32(repr(tuple(document)).encode())
    for reject in rejects:
        seal = zlib.crc32(repr(tuple(reject)).encode(), seal)
    return seal
