"""Reading without a database: whole files through ``fx parse``, beside a search for the same pattern by ripgrep."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

from benchmarks import data
from benchmarks.measure import ran
from benchmarks.rows import Contender, Duel, Row, Size, Target, Workshop

__all__ = ["WHEN", "megabytes", "pages", "readings", "rows", "search"]

PATTERN = r"[A-Z]{3}/[A-Z]{3} = [0-9]+\.[0-9]+ -?[0-9.]+%"
"""Every line of the board, and nothing else in what `data` makes."""
WHEN = ("--observed-at", str(data.LAST_DAY))


def pages(workshop: Workshop) -> Path:
    """The pages."""
    return workshop.made("pages.txt", lambda path: data.pages_into(path, workshop.size.pages))


def html(workshop: Workshop) -> Path:
    """The HTML."""
    return workshop.made("pages.html", lambda path: data.html_into(path, workshop.size.html))


def search(workshop: Workshop, file: Path) -> Contender:
    """Lines counted by ripgrep."""
    return Contender(
        "rg -c", lambda: ran(["rg", "-c", PATTERN, file], workshop.folder), lambda out: int(text_of(out)), "rg"
    )


def text_of(output: object) -> str:
    """What a program printed."""
    return Path(str(output)).read_text("utf-8")


def readings(output: object) -> int:
    """How often a quote stood in what was read, as ``fx parse --csv`` says."""
    with Path(str(output)).open(encoding="utf-8", newline="") as file:
        return sum(int(row["repeats"]) for row in csv.DictReader(file))


def parsing(made: Callable[[Workshop], Path], *options: str) -> Callable[[Workshop], Duel]:
    """``fx parse`` of a file beside ripgrep; both must find as many."""

    def duel(workshop: Workshop) -> Duel:
        file = made(workshop)
        words = [workshop.fx, "parse", "--csv", "-q", *WHEN, *options, file]
        return Duel(Contender("fx", lambda: ran(words, workshop.folder), readings), search(workshop, file))

    return duel


def megabytes(size: int) -> str:
    """A size as people read it.

    >>> megabytes(200_000_000), megabytes(10**9)
    ('200 MB', '1 GB')
    """
    return f"{size // 10**9} GB" if size >= 10**9 else f"{size / 10**6:g} MB"


def rows(size: Size) -> list[Row]:
    """The rows of this group."""
    text, tags = f"{megabytes(size.pages)} of pages", f"{megabytes(size.html)} of HTML full of `=`"
    ticker = ("--format", "ticker")
    beside = "`rg -c` of the same pattern"
    return [
        Row("ticker", f"`fx parse --format ticker` of {text}", beside, Target(4), parsing(pages, *ticker)),
        Row("html", f"the same of {tags}", beside, Target(5), parsing(html, *ticker)),
        Row("families", f"`fx parse` with all families of {text}", beside, Target(20), parsing(pages)),
    ]
