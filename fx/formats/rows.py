"""Files of rows: every line is read by itself, or behind the first lines of the file, which say what the columns are.

A long one is read stretch after stretch. What a format of rows says of a file is its head: the lines that each later
stretch is read behind, none where the lines need no other, and None where the file is not one row a line after all.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from fx.late import late

__all__ = ["Rows", "first_line", "first_lines", "objects_by_line"]


@runtime_checkable
class Rows(Protocol):
    """What a format has beside the rest if its files may be read in stretches."""

    def head(self, beginning: str) -> str | None:
        """The lines that each later stretch of a file is read behind; None where it must be read whole."""


def first_line(text: str) -> str:
    """The first line that holds anything, from where it does.

    >>> first_line("\\n a \\nb")
    'a '
    """
    return FIRST.match(text)[1]  # type: ignore[index]


FIRST = late(r"\ufeff?\s*+([^\r\n]*+)")


def first_lines(beginning: str, characters: int) -> str | None:
    """The first lines of a text, at least so many characters of it.

    >>> first_lines("a,b\\n1,2\\n3,4\\n", 5)
    'a,b\\n1,2\\n'
    """
    return beginning[: beginning.find("\n", characters - 1) + 1] or None


def objects_by_line(beginning: str) -> str | None:
    """The head of JSON with an object on each of its lines: none is needed.

    >>> objects_by_line('{"a": 1}\\n{"a": 2}\\n'), objects_by_line('{\\n"a": 1\\n}\\n')
    ('', None)
    """
    from fx.formats.json_text import Table, json_values  # noqa: PLC0415 (text needs none of it)

    lines = [line for line in beginning.split("\n", SAMPLE)[:-1] if line.strip()]
    values = [list(json_values(line)) for line in lines]
    whole = all(len(each) == 1 and isinstance(each[0], Table) for each in values)
    return "" if lines and whole else None


SAMPLE = 50
"""Lines that show how a file is written."""
