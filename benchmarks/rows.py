"""What a row is, and how it is run: answers compared first, then turn and turn about, then the ratio of the medians."""

from __future__ import annotations

import shutil
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchmarks.measure import Failed, Spent

__all__ = ["Contender", "Duel", "Outcome", "Row", "Size", "Target", "Workshop", "outcome_of"]


@dataclass(frozen=True, slots=True)
class Size:
    """How much is read, and how often. The figures of the table are those of `FULL`."""

    name: str
    quotes: tuple[int, int, int, int]
    prices: tuple[int, int]
    pages: int
    html: int
    memory: int
    log: int
    rows: int
    codes: int
    repeats: int
    seconds: float
    """How long a row may take turns; each contender has at least one."""
    disk: int
    """Bytes that must be free."""


FULL = Size(
    name="full",
    quotes=(1, 10**4, 10**6, 10**7),
    prices=(10**4, 10**6),
    pages=200 * 10**6,
    html=100 * 10**6,
    memory=10**9,
    log=10**6,
    rows=10**6,
    codes=170,
    repeats=15,
    seconds=15,
    disk=3 * 10**9,
)
QUICK = Size(
    name="quick",
    quotes=(1, 10**3, 10**5, 10**6),
    prices=(10**3, 10**5),
    pages=10 * 10**6,
    html=5 * 10**6,
    memory=50 * 10**6,
    log=50_000,
    rows=10**5,
    codes=60,
    repeats=5,
    seconds=1.5,
    disk=4 * 10**8,
)
TINY = Size(
    name="tiny",
    quotes=(1, 10, 100, 1000),
    prices=(80, 800),
    pages=100_000,
    html=100_000,
    memory=100_000,
    log=500,
    rows=500,
    codes=8,
    repeats=1,
    seconds=0,
    disk=5 * 10**7,
)
"""For the tests: whether everything runs, and nothing about speed."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """Where things are made and run: the installed ``fx``, a folder for what is read, and one for what comes of it."""

    store: Path
    folder: Path
    size: Size
    fx: Path
    python: Path

    def made(self, name: str, make: Callable[[Path], object]) -> Path:
        """The file of this name, made if it is not there yet; whole or not at all."""
        path = self.store / f"{self.size.name}-{name}"
        if not path.exists():
            new = self.folder / path.name
            try:
                make(new)
            except BaseException:
                for left in self.folder.glob(f"{new.name}*"):  # what SQLite puts beside it too
                    left.unlink()
                raise
            new.rename(path)
        return path


@dataclass(frozen=True, slots=True)
class Contender:
    """Somebody who does the work: ``run`` does it once, ``reads`` finds the answer in what came of it.

    Without ``reads`` it does no such work and is a mere limit. ``program`` must be installed.
    """

    name: str
    run: Callable[[], Spent]
    reads: Callable[[object], object] | None = None
    program: str | None = None


def nothing() -> None:
    """What a duel ends with, unless told."""


@dataclass(frozen=True, slots=True)
class Duel:
    """Ours beside theirs, if there is anybody; both must give the ``expected`` answer, or the same as the other."""

    ours: Contender
    theirs: Contender | None = None
    expected: object = None
    end: Callable[[], object] = nothing
    """Lets go of what was opened."""


TIMES = {"cpu", "ms"}
UNITS = {"cpu": 1, "ms": 1000, "MB": 1e-6, "bytes": 1, "instructions": 1}


@dataclass(frozen=True, slots=True)
class Target:
    """What is aimed at: at most ``bound``, or at least ``bound`` times as fast (``faster``).

    ``of`` says of what: of CPU time or of instructions beside another's, else of ms, MB or bytes.
    """

    bound: float
    of: str = "cpu"
    faster: bool = False

    def met(self, value: float) -> bool:
        """Whether a figure is on the right side."""
        return value >= self.bound if self.faster else value <= self.bound


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table; ``duel`` makes what is needed and names the contenders."""

    name: str
    work: str
    beside: str
    target: Target
    duel: Callable[[Workshop], Duel]
    each: int = 1
    """How many answers or quotes one run has, where the figures are for one."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a row: ``value`` to be held against the target, or ``why`` there is none.

    ``ours`` and ``theirs`` are the medians of CPU seconds, for one of what `Row.each` counts; ``wall`` is the ratio by
    the clock on the wall.
    """

    row: Row
    value: float | None = None
    wall: float | None = None
    ours: float | None = None
    theirs: float | None = None
    runs: int = 0
    why: str = ""
    fault: bool = False
    """Whether there is no value because somebody failed or answered otherwise."""

    @property
    def verdict(self) -> str:
        """``met``, ``missed``, or why nothing can be said.

        >>> row = Row("x", "x", "y", Target(2.0), lambda workshop: Duel(Contender("x", lambda: Spent(0, 0))))
        >>> Outcome(row, value=2.0).verdict, Outcome(row, value=2.1).verdict
        ('met', 'missed')
        >>> Outcome(row, why="rg is not installed").verdict
        'rg is not installed'
        """
        if self.value is None:
            return self.why
        return "met" if self.row.target.met(self.value) else "missed"


@dataclass(slots=True)
class Runs:
    """The runs of one contender so far."""

    contender: Contender
    spent: list[Spent] = field(default_factory=list)

    def once(self) -> object:
        """Run once more and read the answer at once, for the next run may write over it.

        It is not kept: frames that pile up would leave the next run nothing but memory that was never touched.
        """
        spent = self.contender.run()
        self.spent.append(replace(spent, answer=None))
        return self.contender.reads(spent.answer) if self.contender.reads else None

    def median(self, of: str) -> float:
        """The median of a figure of the runs; the first, which warms the caches, is left out where there are others."""
        return float(statistics.median(getattr(each, of) for each in (self.spent[1:] or self.spent)))


def outcome_of(row: Row, workshop: Workshop) -> Outcome:
    """Run a row. What goes wrong in it is its outcome, and stops no other."""
    try:
        duel = row.duel(workshop)
        try:
            return fought(row, duel, workshop.size)
        finally:
            duel.end()
    except (Failed, OSError) as error:
        return Outcome(row, why=str(error), fault=True)


def installed(program: str) -> bool:
    """Whether a program is on the path, or beside this Python."""
    return bool(shutil.which(program)) or Path(sys.executable).with_name(program).exists()


def fought(row: Row, duel: Duel, size: Size) -> Outcome:
    """What the contenders' runs come to: once for the answers, then turn and turn about for a while."""
    both = [Runs(each) for each in (duel.ours, duel.theirs) if each]
    for each in both:
        if each.contender.program and not installed(each.contender.program):
            return Outcome(row, why=f"{each.contender.program} is not installed")
    begun = time.monotonic()
    refused = differing(duel, [each.once() for each in both])
    if refused:
        return Outcome(row, why=refused, fault=True)
    if row.target.of in TIMES:
        turn = time.monotonic() - begun
        while len(both[0].spent) <= size.repeats and time.monotonic() - begun <= max(size.seconds, turn):
            for each in both:
                each.once()
    return weighed(row, *both)


def differing(duel: Duel, answers: Sequence[object]) -> str:
    """Who answers otherwise than expected, or than we do; '' if nobody does.

    >>> one, limit = Contender("fx", lambda: Spent(0, 0), reads=str), Contender("limit", lambda: Spent(0, 0))
    >>> peer = Contender("peer", lambda: Spent(0, 0), reads=str)
    >>> differing(Duel(one, limit, expected="19.00"), ["19.00", None]), differing(Duel(one, peer), ["19.00", "19"])
    ('', "peer answers '19' and not '19.00'")
    """
    expected = answers[0] if duel.expected is None else duel.expected
    for contender, answer in zip((duel.ours, duel.theirs), answers, strict=False):
        if contender and contender.reads and answer != expected:
            return f"{contender.name} answers {answer!r:.60} and not {expected!r:.60}"
    return ""


def weighed(row: Row, ours: Runs, theirs: Runs | None = None) -> Outcome:
    """The medians and their ratio, as the target asks for them."""
    of, runs = row.target.of, len(ours.spent[1:] or ours.spent)
    both = [each for each in (ours, theirs) if each]
    if of not in TIMES and any(each.spent[0].figure is None for each in both):
        return Outcome(row, why="not counted on this machine")
    figures = [each.median("cpu" if of in TIMES else "figure") / row.each for each in both]
    shown = figures if of in TIMES else [None, None]
    if theirs is None:
        return Outcome(row, figures[0] * UNITS[of], ours=shown[0], runs=runs)
    walls = [each.median("wall") for each in both]
    value, wall = (a / b for a, b in (pair[::-1] if row.target.faster else pair for pair in (figures, walls)))
    return Outcome(row, value, wall if of in TIMES else None, shown[0], shown[1], runs)
