"""The small tables that fx ships with, as text: ``fx/data``."""

from __future__ import annotations

import os

__all__ = ["cells_of", "shipped_text"]


def shipped_text(name: str) -> str:
    """A whole table; its first line names the columns.

    >>> shipped_text("currencies.csv").partition(",")[0]
    'code'
    """
    with open(os.path.join(os.path.dirname(__file__), "data", name), encoding="utf-8") as file:
        return file.read()


def cells_of(text: str, code: str, count: int) -> list[str]:
    """The first cells of the line that begins with a code, none of which is quoted; none where no line does.

    >>> cells_of(shipped_text("currencies.csv"), "KZT", 3), cells_of(shipped_text("successors.csv"), "KZT", 1)
    (['KZT', '398', '2'], [])
    """
    start = text.find(f"\n{code},") + 1
    return text[start : start + 80].split(",")[:count] if start else []
