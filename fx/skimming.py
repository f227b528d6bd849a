"""What of a document is shown to a format of human text: only what stands near a mark that all of its quotes bear.

The ticker has no quote without an equals sign. Where one stands is found at the speed of the machine; what stands
around it, as far as a reading and the way to its date may reach, is made plain text and read as if it were all there
is. What lies between is passed by, and only its lines are counted. Where the marks are those of plain lines (a run),
these are read at once. Of a part that hides its text (markup, escapes) all is made plain first. The result is that of
the whole text, which a test holds it to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from fx.documents import Part, Parts
from fx.formats import Blocks, Family, Format, Hints, Places, PlainLines, Run
from fx.text import line_at, plain_text

__all__ = ["Shown", "shown_parts"]

BEFORE, BEHIND = 1600, 2400
"""Characters shown on either side of a mark: a reading reaches some hundreds, and a date stands within 1000."""
BESIDE_RUN = 1240
"""Around a run only its date is looked for."""
TO_LINE = 4400
"""Before a mark its line is shown from its beginning on, as far as columns are told."""
BROKEN = "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029\\"
"""What may end a line in a text that is not plain yet, besides a line end."""
SPARE = 200
"""Characters of a stretch that may be invisible, and are lost."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A stretch of a document as plain text, ``passed`` characters and ``lines`` lines behind what was shown before."""

    text: str
    passed: int
    lines: int
    runs: tuple[Run, ...] = ()
    raw: str = ""


@dataclass(slots=True)
class Stretch:
    """From ``start`` to ``end`` of a part; ``runs`` None where there are other marks."""

    start: int
    end: int
    runs: list[Run] | None


def shown_parts(parts: Parts, chosen: Format, hints: Hints) -> Iterator[Part | Shown]:
    """The parts of a document that a format of human text needs to see, in order; all of them for other formats."""
    marks = getattr(chosen, "marks", None)
    if marks is None:
        yield from parts
        return
    tables = not isinstance(chosen, Family)
    lines = PlainLines() if hints.decimal_mark != "," else None
    passed = ends = 0
    source = iter(parts)
    part = next(source, None)
    first = True
    while part is not None:
        following = next(source, None)
        raw, plain = (
            (part.raw, plain_text) if part.simple and not any(mark in part.raw for mark in BROKEN) else (part.text, str)
        )
        if "\r" in raw:
            raw = raw.replace("\r\n", "\n").replace("\r", "\n")
        places = marks(raw)
        found = None
        if places:
            near = around_marks(raw, places, lines, tables=tables)
            shown = joined(near, edges(raw, first=first, last=following is None, tables=tables))
            found = made_plain(raw, shown, plain)
        if found is None:
            yield Shown(part.text, passed, ends)
            passed = ends = 0
        else:
            at = 0
            for stretch, text, runs in found:
                ends += line_at(raw, at, stretch.start)
                yield Shown(text, passed + stretch.start - at, ends, runs)
                passed = ends = 0
                at = stretch.end
            ends += line_at(raw, at, len(raw))
            passed += len(raw) - at
        part, first = following, False


def made_plain(
    raw: str, stretches: Iterable[Stretch], plain: Callable[[str], str]
) -> list[tuple[Stretch, str, tuple[Run, ...]]] | None:
    """The stretches with their plain texts and the runs in these; None where one shows too little for what it loses."""
    found = []
    for stretch in stretches:
        pieces, at, size = [], stretch.start, 0
        runs = []
        for run in stretch.runs or ():
            pieces += [plain(raw[at : run.start]), raw[run.start : run.end]]
            size += len(pieces[-2])
            runs.append(run.moved(run.start - size))
            at, size = run.end, size + len(pieces[-1])
        text = "".join((*pieces, plain(raw[at : stretch.end])))
        if len(text) + SPARE < stretch.end - stretch.start:
            return None
        found.append((stretch, text, tuple(runs)))
    return found


def edges(raw: str, *, first: bool, last: bool, tables: bool) -> tuple[Stretch | None, Stretch | None]:
    """What is shown of the beginning and the end of a part for the sake of the parts beside it."""
    size = len(raw)
    down = Blocks(raw).around(0)[1] if tables and not first else 0
    up = Blocks(raw).around(size)[0] if tables and not last else size
    return (
        None if first else Stretch(0, min(size, max(BEFORE, down)), None),
        None if last else Stretch(max(0, min(size - BEHIND, up)), size, None),
    )


def joined(near: Iterable[Stretch], edge: tuple[Stretch | None, Stretch | None]) -> Iterator[Stretch]:
    """Stretches in their order, those that meet made one: it holds nothing but runs only where both do."""
    found = sorted((*near, *(each for each in edge if each)), key=lambda stretch: stretch.start)
    waiting: Stretch | None = None
    for new in found:
        if waiting is None:
            waiting = new
        elif new.start > waiting.end:
            yield waiting
            waiting = new
        else:
            waiting.end = max(waiting.end, new.end)
            waiting.runs = None if waiting.runs is None or new.runs is None else waiting.runs + new.runs
    if waiting:
        yield waiting


def around_marks(raw: str, places: Places, lines: PlainLines | None, *, tables: bool) -> Iterator[Stretch]:
    """What stands around each mark, or around all marks of a run; where there are tables, all of one."""
    place, size = places(0), len(raw)
    blocks = Blocks(raw) if tables else None
    while place >= 0:
        run = lines.run_at(raw, place) if lines else None
        if run and not (blocks and blocks.headed_before(run.start)):
            if blocks:
                blocks.seen = run.end
            yield Stretch(max(0, run.start - BESIDE_RUN), min(size, run.end + BESIDE_RUN), [run])
            place = places(run.end)
            continue
        line = raw.rfind("\n", max(0, place - TO_LINE), place) + 1 or max(0, place - TO_LINE)
        above, below = blocks.table_around(place) if blocks else (place, place)
        yield Stretch(min(above, line, max(0, place - BEFORE)), max(below, min(size, place + BEHIND)), None)
        place = places(place + 1)
