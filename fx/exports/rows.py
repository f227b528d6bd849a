"""Rows written out: JSON lines and CSV for programs, an aligned table for people."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TextIO, cast

from fx.late import late

__all__ = ["as_shown", "clean", "plain_json", "write_csv", "write_json_lines", "write_table"]

UNSEEN = r"\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069"
"""What steers a terminal, or turns the order of what people read, beyond the controls of ASCII."""
CONTROL = late(rf"[\x00-\x1f{UNSEEN}]")
STEERING = late(rf"[\x00-\x08\x0b-\x1f{UNSEEN}]")
HIDDEN = late(f"[{UNSEEN}]")
FORMULA = frozenset("=+-@\t\r\n\0＝＋－＠")
"""What a cell of a formula begins with; some spreadsheets take the wide signs too, and pass by a line end or NUL."""
NUMBER = late(r"[+-]?[0-9][0-9,]*(?:\.[0-9]+)?")


def clean(value: object) -> str:
    """A value as it may stand on a terminal: on one line, without control characters.

    >>> clean("a\\x1b[31mb"), clean(None)
    ('a [31mb', '')
    """
    return "" if value is None else CONTROL.sub(" ", str(value))


class Shown(io.TextIOBase):
    """A terminal as a stream of text, on which no control but the end of a line and the tab gets through."""

    def __init__(self, out: TextIO) -> None:
        super().__init__()
        self.out = out

    def write(self, text: str, /) -> int:
        """Write text that may come from anywhere."""
        return self.out.write(STEERING.sub(" ", text))


def as_shown(out: TextIO) -> TextIO:
    """A stream to write rows to: a file or pipe gets them as they are, a terminal without what would steer it."""
    return cast("TextIO", Shown(out)) if out.isatty() else out


def plain_json(text: str) -> str:
    """JSON in which nothing steers a terminal: the same values, what is unseen escaped.

    >>> plain_json('"a\x9bb"')
    '"a\\\\u009bb"'
    """
    return text if text.isascii() and "\x7f" not in text else HIDDEN.sub(lambda each: f"\\u{ord(each[0]):04x}", text)


def endless(value: object) -> bool:
    """Whether a value is what SQLite makes of 9e999; JSON has no word for it, and gets the text of CSV and tables.

    >>> endless(9e999), endless(1.5), endless("inf")
    (True, False, False)
    """
    return isinstance(value, float) and not math.isfinite(value)


def write_json_lines(rows: Iterable[Mapping[str, Any]], out: TextIO) -> None:
    """One object a line, keys in their order, characters as they are."""
    import json  # noqa: PLC0415 (tables and CSV need none)

    ascii_only = not (getattr(out, "encoding", None) or "utf-8").lower().startswith("utf")
    for row in rows:
        finite = {name: str(value) if endless(value) else value for name, value in row.items()}
        out.write(plain_json(json.dumps(finite, ensure_ascii=ascii_only, default=str)) + "\n")


def write_csv(rows: Iterable[Mapping[str, Any] | tuple[object, ...]], columns: Sequence[str], out: TextIO) -> None:
    """RFC 4180 with a head; absent is an empty field. Text that a spreadsheet would run is set behind an apostrophe.

    A tuple is a row whose texts are guarded already.
    """
    writer = csv.writer(as_shown(out), lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(row if isinstance(row, tuple) else [guarded(row.get(name)) for name in columns] for row in rows)


def guarded(value: object) -> object:
    """Keep a spreadsheet from taking text for a formula (OWASP); numbers, negative ones too, stay as they are.

    >>> guarded("=1+1"), guarded("-0.11"), guarded("KZT/USD")
    ("'=1+1", '-0.11', 'KZT/USD')
    """
    if (
        isinstance(value, str)
        and value != "-"
        and value.lstrip("'")[:1] in FORMULA  # an apostrophe of its own is kept apart
        and not NUMBER.fullmatch(value)
    ):
        return "'" + value
    return value


def write_table(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], out: TextIO) -> None:
    """Columns under their heads, numbers to the right, two spaces between."""
    cells = [[clean(row.get(name)) for name in columns] for row in rows]
    heads = [clean(name).replace("_", " ") for name in columns]
    widths = [max(map(len, column)) for column in zip(heads, *cells, strict=True)]
    right = [
        all(NUMBER.fullmatch(cell) for cell in column if cell) and any(column)
        for column in (zip(*cells, strict=True) if cells else [[""]] * len(columns))
    ]
    for line in (heads, *cells):
        padded = (
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(line, widths, right, strict=True)
        )
        out.write("  ".join(padded).rstrip() + "\n")
