"""What of a document is shown to a format of human text: only what stands near a mark that all of its quotes bear.

The ticker has no quote without an equals sign. Where one stands is found at the speed of the machine, in everyday text
on its bytes (`Part.narrow`); what stands around it, as far as a reading and the way to its date may reach, is decoded,
made plain text and read as if it were all there is. What lies between is passed by, and only its lines are counted.
Runs of plain lines are read at once, before anything else is looked for. Of a part that hides its text (markup,
escapes) all is made plain first. The result is that of the whole text, which a test holds it to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter

from fx.documents import Part, Parts, narrowed, wide
from fx.formats import Blocks, BrokenLines, Family, Format, Hints, Places, PlainLines, Run
from fx.formats.context import line_start
from fx.text import BREAK, QUOTED_PRINTABLE, line_at, plain_text

__all__ = ["WIDEST", "Shown", "shown_parts"]

BEFORE, BEHIND = 1600, 2400
"""Characters shown on either side of a mark: a reading reaches some hundreds, and a date stands within 1000."""
BESIDE_RUN = 1240
"""Around a run only its date is looked for."""
HELD = 8000
"""Before the end of a part, no mark that is seen only with what follows has a stretch that begins as far."""
TO_LINE = 4400
"""Before a mark its line is shown from its beginning on, as far as columns are told."""
WIDEST = 3
"""Characters of a narrow text that make one."""
BROKEN = "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029\\"
"""What may end a line in a text that is not plain yet, besides a line end."""
DENSE, STRIDE = 32, 800
"""Where the next mark is so near, marks that follow within a stride are not looked for one by one."""
SPARE = 200
"""Characters of a stretch that may be invisible, and are lost."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A stretch of a document as plain text, ``passed`` characters and ``lines`` lines behind what was shown before.

    Where it is ``narrow`` (`fx.documents.wide`) there is nothing in it to be read but its runs, and the dates beside.
    """

    text: str
    passed: int
    lines: int
    runs: tuple[Run, ...] = ()
    raw: str = ""
    narrow: bool = False


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
    skimming = Skimming(
        marks,
        tables=not isinstance(chosen, Family),
        runs=hints.decimal_mark != ",",
        equals=isinstance(chosen, Family) and chosen.equals,
    )
    source = iter(parts)
    part = next(source, None)
    while part is not None:
        following = next(source, None)
        yield from skimming.shown(part, last=following is None)
        part = following


class Skimming:
    """What is to be seen of one document, part after part.

    The end of a part is ``held`` until the next is there, from a place on that no mark is near; where there is no such
    place (then the next part is ``joined``), both parts are shown as far as what stands at the cut may reach.
    """

    def __init__(self, marks: Callable[..., Places | None], *, tables: bool, runs: bool, equals: bool = False) -> None:
        self.marks = marks
        self.equals = equals
        self.tables = tables
        self.lines = {True: PlainLines(wide), False: PlainLines()} if runs else {}
        self.broken = BrokenLines() if runs else None
        self.held = ""
        self.narrow = True
        self.joined = False
        self.passed = self.ends = 0

    def shown(self, part: Part, *, last: bool) -> Iterator[Shown]:
        """What is to be seen of the next part."""
        if part.narrow:
            held = self.held if self.narrow else narrowed(self.held.encode())
            if held is not None:
                raw, self.held, self.narrow = held + part.narrow, held, True
                found, end, joined = self.found(raw, plain_text, last=last)
                if found is not None:
                    yield from self.told(raw, found, end)
                    self.held, self.joined = raw[end:], joined
                    return
        simple = part.simple and not any(mark in part.raw for mark in BROKEN)
        if part.narrow:
            simple = not QUOTED_PRINTABLE.search(part.raw)
        held, self.held = wide(self.held) if self.narrow else self.held, ""
        self.narrow = False
        plain: Callable[[str], str] = plain_text
        if simple:
            raw = part.raw
            if "\r" in raw:
                raw = raw.replace("\r\n", "\n").replace("\r", "\n")
            raw = held + raw
        else:
            if held:
                found, end, self.joined = self.found(held, plain_text, last=False, hold=False)
                yield from self.told(held, found, end)
            raw, plain = part.text, str
        found, end, joined = self.found(raw, plain, last=last, hold=simple)
        yield from self.told(raw if found is not None else plain(raw), found, end)
        self.held, self.joined = raw[end:], joined

    def told(self, raw: str, found: Found | None, end: int) -> Iterator[Shown]:
        """The stretches found in a text up to its end; all of it where that is None."""
        if found is None:
            yield Shown(raw, self.passed, self.ends)
            self.passed = self.ends = 0
            return
        at = 0
        for stretch, text, runs in found:
            ends = self.ends + line_at(raw, at, stretch.start)
            yield Shown(text, self.passed + stretch.start - at, ends, runs, narrow=self.narrow and bool(runs))
            self.passed = self.ends = 0
            at = stretch.end
        self.ends += line_at(raw, at, end)
        self.passed += end - at

    def found(
        self, raw: str, plain: Callable[[str], str], *, last: bool, hold: bool = True
    ) -> tuple[Found | None, int, bool]:
        """The stretches of a text that hold marks, None for all of it; where it is cut, and whether that joins."""
        size, lines = len(raw), self.broken if BREAK in raw else self.lines.get(self.narrow)
        equals = self.equals and self.narrow
        around = around_marks(raw, self.marks, lines, tables=self.tables, narrow=self.narrow, equals=equals)
        if around is None:
            return None, size, not last
        near = list(joined(around))
        if self.narrow and any(
            stretch.runs is None and QUOTED_PRINTABLE.search(raw, stretch.start, stretch.end) for stretch in near
        ):
            return None, size, True
        end = size if last else held_from(raw, near, tables=self.tables) if hold else 0
        front, back = edges(raw, first=not self.joined, last=end > 0, tables=self.tables)
        if front and end and front.end > end:
            end = size if last else 0
            front, back = edges(raw, first=False, last=last, tables=self.tables)
        if front or back:
            near = list(joined((*near, *(edge for edge in (front, back) if edge))))
        near = [stretch for stretch in near if stretch.start < (end or size)]
        made = made_wide(raw, fused(near)) if self.narrow else made_plain(raw, near, plain)
        return made, size if made is None else end or size, not end or made is None


Found = list[tuple[Stretch, str, tuple[Run, ...]]]
"""Stretches with their plain texts, and the runs in these."""


def held_from(raw: str, near: Sequence[Stretch], *, tables: bool) -> int:
    """The last place of a text which is so far from its end, and from all marks, that the text may be cut there.

    0 where all such places are in its first half, or where there are none.
    """

    def before(place: int) -> int:
        return Blocks(raw).around(place)[0] if tables and place > 0 else place

    place = before(len(raw) - HELD)
    for stretch in reversed(near):
        if stretch.end <= place:
            break
        if stretch.start < place:
            place = before(stretch.start)
    return place if place > len(raw) // 2 else 0


def fused(near: Iterable[Stretch]) -> list[Stretch]:
    """Stretches in their order, those of runs made one with what lies between them, if that is nothing else."""
    found: list[Stretch] = []
    for stretch in near:
        last = found[-1] if found else None
        if last is not None and last.runs is not None and stretch.runs is not None:
            last.end = stretch.end
            last.runs += stretch.runs
        else:
            found.append(stretch)
    return found


def made_wide(raw: str, stretches: Iterable[Stretch]) -> Found | None:
    """The stretches of a narrow text, with their plain texts unless they hold nothing but runs.

    None where so many bullets stand that what is shown may reach less far than it should.
    """
    found: Found = []
    for stretch in stretches:
        text = raw[stretch.start : stretch.end]
        if stretch.runs is not None:
            found.append((stretch, text, tuple(run.moved(stretch.start) for run in stretch.runs)))
            continue
        shown = wide(text)
        if len(shown) + SPARE < len(text):
            return None
        found.append((stretch, shown, ()))
    return found


def made_plain(raw: str, stretches: Iterable[Stretch], plain: Callable[[str], str]) -> Found | None:
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


def joined(near: Iterable[Stretch]) -> Iterator[Stretch]:
    """Stretches in their order, those that meet made one: it holds nothing but runs only where both do."""
    waiting: Stretch | None = None
    for new in sorted(near, key=START):
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


START = attrgetter("start")


def around_marks(
    raw: str,
    marks: Callable[..., Places | None],
    lines: PlainLines | None,
    *,
    tables: bool,
    narrow: bool,
    equals: bool = False,
) -> list[Stretch] | None:
    """What stands around each mark, or around all marks of runs; where there are tables, all of one.

    Runs are found first, by their equals signs, and the rest is searched without them; where marks are nothing but
    ``equals`` signs, that is done only if some are left. None where there are no marks to go by.
    """
    size = len(raw)
    runs, left = runs_in(raw, lines, Blocks(raw) if tables else None) if lines else ([], True)
    if equals and not left:
        return beside_runs(runs, WIDEST * BESIDE_RUN, size)
    rest = without(raw, runs)
    places = marks(rest, narrow=narrow)
    if not places:
        return None
    place = places(0)
    found = beside_runs(runs, BESIDE_RUN if not narrow or rest.isascii() else WIDEST * BESIDE_RUN, size)
    blocks = Blocks(raw) if tables else None
    while place >= 0:
        found.append(around_mark(raw, place, blocks))
        following = places(place + 1)
        if 0 < following - place < DENSE:  # all that follows soon is shown, marked or not
            ahead = min(place + STRIDE, size - 1)
            found.append(around_mark(raw, ahead, blocks))
            following = places(ahead + 1)
        place = following
    return found


def around_mark(raw: str, place: int, blocks: Blocks | None) -> Stretch:
    """What stands around a mark."""
    line = raw.rfind("\n", max(0, place - TO_LINE), place) + 1 or max(0, place - TO_LINE)
    above, below = blocks.table_around(place) if blocks else (place, place)
    return Stretch(min(above, line, max(0, place - BEFORE)), max(below, min(len(raw), place + BEHIND)), None)


def runs_in(raw: str, lines: PlainLines, blocks: Blocks | None) -> tuple[list[Run], bool]:
    """The runs of plain lines, but for those that may belong to a table; whether other equals signs are left."""
    found: list[Run] = []
    left = False
    place = raw.find("=")
    while place >= 0:
        run = lines.run_at(raw, place)
        if run is None or (blocks and blocks.headed_before(line_start(raw, run.start))):
            left = True
            place = raw.find("=", place + 1)
            continue
        if blocks:
            blocks.seen = run.end
        found.append(run)
        place = raw.find("=", run.end)
    return found, left


def beside_runs(runs: Iterable[Run], reach: int, size: int) -> list[Stretch]:
    """What stands around runs, so far on either side; those that meet are one stretch."""
    found: list[Stretch] = []
    end = -1
    for run in runs:
        if run.start - reach > end or not found:
            found.append(Stretch(max(0, run.start - reach), 0, [run]))
        else:
            found[-1].runs.append(run)  # type: ignore[union-attr]
        found[-1].end = end = min(size, run.end + reach)
    return found


def without(raw: str, runs: Sequence[Run]) -> str:
    """A text with nothing where its runs stand, everything else being in its place."""
    pieces, at = [], 0
    for run in runs:
        begin = max(at, line_start(raw, run.start))
        pieces += [raw[at:begin], "\n" * (run.end - begin)]
        at = run.end
    return "".join((*pieces, raw[at:]))
