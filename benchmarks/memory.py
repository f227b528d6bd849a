"""The memory that loading takes at its peak, however much is loaded."""

from __future__ import annotations

from benchmarks import data
from benchmarks.loading import emptied, told
from benchmarks.measure import Spent, peak
from benchmarks.rows import Contender, Duel, Row, Size, Target, Workshop
from benchmarks.scan import PATTERN, WHEN, megabytes

__all__ = ["rows"]


def loaded(workshop: Workshop) -> Duel:
    """Pages into a new database; as many readings as lines that look like one."""
    file = workshop.made("many-pages.txt", lambda path: data.pages_into(path, workshop.size.memory))
    database = workshop.folder / "many.db"
    words = [workshop.fx, "--db", database, "load", "-q", "--json", *WHEN, file]

    def run() -> Spent:
        emptied(database)
        return peak(words, workshop.folder)

    def read(output: object) -> int:
        found = told(output)
        return found["quotes"] + found["repeats"]

    return Duel(Contender("fx", run, read), expected=data.lines_in(file, PATTERN), end=lambda: emptied(database))


def rows(size: Size) -> list[Row]:
    """The rows of this group."""
    return [
        Row(
            "memory",
            f"memory at its peak, `fx load` of {megabytes(size.memory)} of pages",
            "–",
            Target(300, "MB"),
            loaded,
        )
    ]
