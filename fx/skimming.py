"""What of a document is shown to a format of human text: only what stands near a mark that all of its quotes bear.

The ticker has no quote without an equals sign. Where one stands is found at the speed of the machine, in most text on
its bytes (`Part.narrow`); what stands around it, as far as a reading and the way to its date may reach, is decoded,
made plain text and read as if it were all there is. What lies between is passed by, and only its lines are counted.
Runs of plain lines are read at once, before anything else is looked for. Of a part that hides its text (markup,
escapes) all is made plain first. The result is that of the whole text, which a test holds it to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter

from fx.documents import Part, Parts, is_bare, narrowed, seen
from fx.formats import Blocks, BrokenLines, Family, Format, Hints, Money, Places, PlainLines, Run
from fx.formats.context import line_start
from fx.late import late
from fx.text import BREAK, INVISIBLE, QUOTED_PRINTABLE, WIDEST, line_at, plain_text, wide

__all__ = ["BESIDE_RUN", "Shown", "shown_parts"]

BEFORE, BEHIND = 1600, 2400
"""Characters shown on either side of a mark: a reading reaches some hundreds, and a date stands within 1000."""
BESIDE_RUN = 1240
"""Around a run only its date is looked for."""
HELD = 8000
"""Before the end of a part, no mark that is seen only with what follows has a stretch that begins as far."""
TO_LINE = 4400
"""Before a mark its line is shown from its beginning on, as far as columns are told."""
BROKEN = "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029\\"
"""What may end a line in a text that is not plain yet, besides a line end."""
DENSE, STRIDE = 32, 800
"""Where the next mark is so near, marks that follow within a stride are not looked for one by one."""
CROWD, CROWDED = 16, 1500
"""Nor are they where so many have followed each other so closely: all between them is shown as it is."""
SPARE = 200
"""Characters of a stretch that may be invisible, and are lost."""
NOT_INVISIBLE = bytes({*range(256)} - {each.encode()[0] for each in INVISIBLE})
"""Bytes with which no such character begins."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A stretch of a document as plain text, ``passed`` characters and ``lines`` lines behind what was shown before.

    Where it has ``runs`` there is nothing in it to be read but these, and the dates beside them, which may be shown
    again behind it (then less than nothing is passed). It is ``narrow`` (`fx.documents.bare`) only then.
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


@dataclass(frozen=True, slots=True)
class Sight:
    """The ``near`` stretches of a narrow text, in order, the ``rest`` of it without runs, and where it may be cut."""

    raw: str
    near: list[Stretch]
    rest: str
    end: int


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
    if skimming.equals and skimming.lines:
        parts.look = skimming.look
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
        if part.narrow and isinstance(part.looked, Sight) and not self.held and not self.joined:
            self.narrow = True
            found = made_wide(part.looked.raw, fused(part.looked.near))
            if found is not None:
                yield from self.told(part.looked.raw, found, part.looked.end)
                return
        if part.narrow:
            held = self.held if self.narrow else self.narrowed(self.held.encode("utf-8", "surrogatepass"))
            if held is not None:
                raw, self.held, self.narrow = held + part.narrow, held, True
                found, end, joined = self.found(raw, plain_text, last=last or part.looked is not None)
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
                yield from self.told(held if found is not None else plain_text(held), found, end)
            raw, plain = part.text, str
        found, end, joined = self.found(raw, plain, last=last, hold=simple)
        yield from self.told(raw if found is not None else plain(raw), found, end)
        self.held, self.joined = raw[end:], joined

    def narrowed(self, data: bytes) -> str | None:
        """The bytes of a text as characters, if they are of the kind that may stand in a narrow one."""
        if not self.equals:
            return narrowed(data)
        return data.decode("latin-1") if is_bare(data) else None

    def look(self, raw: str, last: bool) -> Sight:
        """What is near the marks of a narrow text, before anything else is known of it."""
        runs, left = runs_in(raw, self.lines[True], None)
        rest = "".join(between(raw, runs))
        if not rest.isascii() and any(much_is_invisible(raw, run) for run in runs):
            return Sight(raw, [], rest, 0)
        if not left:
            beside = (beside_run(raw, run, narrow=True) for run in reversed(runs))
            end = len(raw) if last else held_from(raw, beside, tables=False, narrow=True)
            runs = [run for run in runs if run.start < end]
            behind = end + reaching(raw, end, BESIDE_RUN, back=False, narrow=True)
            return Sight(raw, [Stretch(0, min(behind, len(raw)), runs)] if runs else [], rest, end)
        marked = self.near_marks(raw, runs, narrow=True)
        if marked is None:
            return Sight(raw, [], rest, 0)
        near = parted(raw, marked, runs, narrow=True)
        end = len(raw) if last else held_from(raw, reversed(near), tables=False, narrow=True)
        return Sight(raw, until(raw, near, end, narrow=True), rest, end)

    def near_marks(self, raw: str, runs: Sequence[Run], *, narrow: bool) -> list[Stretch] | None:
        """What stands near the marks of a text besides its runs; None where all of it is to be shown."""
        near = around_marks(raw, self.marks, runs, tables=self.tables, narrow=narrow)
        if narrow and any(QUOTED_PRINTABLE.search(raw, each.start, each.end) for each in joined(near or ())):
            return None
        return near

    def told(self, raw: str, found: Found | None, end: int) -> Iterator[Shown]:
        """The stretches found in a text up to its end; all of it where that is None."""
        if found is None:
            yield Shown(raw, self.passed, self.ends)
            self.passed = self.ends = 0
            return
        at = done = 0
        for stretch, text, runs in found:
            ends = self.ends + lines_to(raw, at, stretch.start)
            yield Shown(text, self.passed + stretch.start - done, ends, runs, narrow=self.narrow and bool(runs))
            self.passed = self.ends = 0
            at = done = stretch.end
            if stretch.runs:
                done, self.passed = stretch.runs[-1].end, runs[-1].end - len(text)
        self.ends += lines_to(raw, at, end)
        self.passed += end - done

    def found(
        self, raw: str, plain: Callable[[str], str], *, last: bool, hold: bool = True
    ) -> tuple[Found | None, int, bool]:
        """The stretches of a text that hold marks, None for all of it; where it is cut, and whether that joins."""
        size, lines = len(raw), self.broken if BREAK in raw else self.lines.get(self.narrow)
        runs, left = runs_in(raw, lines, Blocks(raw) if self.tables else None) if lines else ([], True)
        if self.equals and self.narrow and any(much_is_invisible(raw, run) for run in runs):
            return None, size, not last
        marked = [] if self.equals and self.narrow and not left else self.near_marks(raw, runs, narrow=self.narrow)
        if marked is None:
            return None, size, not last
        near = parted(raw, marked, runs, narrow=self.narrow)
        end = size if last else held_from(raw, reversed(near), tables=self.tables, narrow=self.narrow) if hold else 0
        front, back = edges(raw, first=not self.joined, last=end > 0, tables=self.tables, narrow=self.narrow)
        if front and end and front.end > end:
            end = size if last else 0
            front, back = edges(raw, first=False, last=last, tables=self.tables, narrow=self.narrow)
        if front or back:
            near = parted(raw, [*marked, *(edge for edge in (front, back) if edge)], runs, narrow=self.narrow)
        near = until(raw, near, end or size, narrow=self.narrow)
        made = made_wide(raw, fused(near)) if self.narrow else made_plain(raw, near, plain)
        return made, size if made is None else end or size, not end or made is None


Found = list[tuple[Stretch, str, tuple[Run, ...]]]
"""Stretches with their plain texts, and the runs in these."""


def held_from(raw: str, near: Iterable[Stretch], *, tables: bool, narrow: bool) -> int:
    """The last place of a text which is so far from its end, and from all marks, that the text may be cut there.

    That may be where a run ends (see `parted`). What is ``near`` marks comes from the end. 0 where all such places are
    in the first half of the text, or where there are none.
    """
    size = len(raw)
    place = last = size - reaching(raw, size, HELD, back=True, narrow=narrow)
    for stretch in chain(near, (Stretch(0, 0, None),)):
        if tables and place > 0 and stretch.end <= place:
            place = Blocks(raw).around(place)[0]
        if stretch.end <= place:
            break
        if stretch.start < place:
            seam = next((run.end for run in reversed(stretch.runs or ()) if run.end <= last), 0)
            if seam > size // 2:
                return seam
            place = stretch.start
    while narrow and 0 < place < size and "\x80" <= raw[place] < "\xc0":
        place -= 1  # it is within a character
    return place if place > size // 2 else 0


def reaching(raw: str, place: int, characters: int, *, back: bool, narrow: bool) -> int:
    """How much of a text makes so many characters before a place, or behind it."""
    text = raw[max(0, place - characters) : place] if back else raw[place : place + characters]
    if not narrow or text.isascii():
        return characters
    return characters + WIDEST * (len(text) - len(wide(text)))


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

    None where so much of one is invisible that what is shown may reach less far than it should.
    """
    found: Found = []
    for stretch in stretches:
        text = raw[stretch.start : stretch.end]
        if stretch.runs is not None:
            runs = stretch.runs if not stretch.start else [run.moved(stretch.start) for run in stretch.runs]
            found.append((stretch, text, tuple(runs)))
            continue
        shown = seen(text)
        if len(shown) + SPARE < len(wide(text)):
            return None
        found.append((stretch, shown, ()))
    return found


def much_is_invisible(raw: str, run: Run) -> bool:
    """Whether what is shown beside a run of a narrow text may reach less far than it should."""
    start, end, reach = run.start, run.end, WIDEST * BESIDE_RUN
    sides = []
    if not raw[max(0, start - BESIDE_RUN) : start].isascii():
        sides.append(raw[max(0, start - reach) : start])
    if not raw[end : end + BESIDE_RUN].isascii():
        sides.append(raw[end : end + reach])
    return any(
        len(side.encode("latin-1").translate(None, NOT_INVISIBLE)) > SPARE and len(seen(side)) + SPARE < len(wide(side))
        for side in sides
    )


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


def edges(raw: str, *, first: bool, last: bool, tables: bool, narrow: bool) -> tuple[Stretch | None, Stretch | None]:
    """What is shown of the beginning and the end of a part for the sake of the parts beside it."""
    size = len(raw)
    down = Blocks(raw).around(0)[1] if tables and not first else 0
    up = Blocks(raw).around(size)[0] if tables and not last else size
    before = reaching(raw, 0, BEFORE, back=False, narrow=narrow)
    behind = reaching(raw, size, BEHIND, back=True, narrow=narrow)
    return (
        None if first else Stretch(0, min(size, max(before, down)), None),
        None if last else Stretch(max(0, min(size - behind, up)), size, None),
    )


def joined(near: Iterable[Stretch]) -> Iterator[Stretch]:
    """Stretches in their order, those that meet made one."""
    waiting: Stretch | None = None
    for new in sorted(near, key=START):
        if waiting is None or new.start > waiting.end:
            if waiting:
                yield waiting
            waiting = Stretch(new.start, new.end, None)
        else:
            waiting.end = max(waiting.end, new.end)
    if waiting:
        yield waiting


def parted(raw: str, marked: Sequence[Stretch], runs: Sequence[Run], *, narrow: bool) -> list[Stretch]:
    """What is near marks, and between that what is beside runs, in order.

    A run depends on nothing around it, and what is read around a mark on no more than is shown: so a text may be parted
    where a run ends, while the board goes on. The runs that something near a mark comes near are part of that, whole,
    up to such a place; what is beside a run may reach over the place, for the sake of its date. (But for a heading as
    `## Spreads`, which holds for figures without a change in all of its list: it is seen no farther than is shown.)
    """
    if not marked:
        return beside_runs(raw, runs, narrow=narrow)
    spans = [(line_start(raw, run.start), run.end) for run in runs]

    def above(place: int, characters: int = BESIDE_RUN) -> int:
        return max(0, place - reaching(raw, place, characters, back=True, narrow=narrow))

    at = 0
    near = list(joined(marked))
    for stretch in near:
        while at < len(runs) and spans[at][1] <= stretch.start:
            at += 1
        parting = spans[at - 1][1] if at else 0
        while at < len(runs) and above(spans[at][0]) < stretch.end:
            begin, end = spans[at]
            stretch.start = min(stretch.start, max(parting, above(begin, BEFORE)))
            at += 1
            if stretch.end <= end:
                below = end + reaching(raw, end, BESIDE_RUN, back=False, narrow=narrow)
                stretch.end = end if at < len(runs) and above(spans[at][0]) < below else min(below, len(raw))
                break
    found: list[Stretch] = []
    at = done = 0
    for stretch in (*joined(near), Stretch(len(raw), len(raw), None)):
        begin = at
        while at < len(runs) and spans[at][1] <= stretch.start:
            at += 1
        beside = beside_runs(raw, runs[begin:at], narrow=narrow)
        if beside:
            beside[0].start = max(done, beside[0].start)
        found += [*beside, stretch]
        done = stretch.end
        while at < len(runs) and spans[at][1] <= done:
            at += 1
    return found[:-1]


def until(raw: str, near: Iterable[Stretch], end: int, *, narrow: bool) -> list[Stretch]:
    """What of stretches begins before the place where a text is cut."""
    found = []
    for stretch in near:
        if stretch.runs and stretch.runs[-1].start >= end:
            stretch.runs = [run for run in stretch.runs if run.start < end]
            if not stretch.runs:
                break
            stretch.end = beside_run(raw, stretch.runs[-1], narrow=narrow).end
        if stretch.start < end:
            found.append(stretch)
    return found


START = attrgetter("start")


def around_marks(
    raw: str, marks: Callable[..., Places | None], runs: Sequence[Run], *, tables: bool, narrow: bool
) -> list[Stretch] | None:
    """What stands around each mark besides those of runs; where there are tables, all of one.

    Runs are found already, by their equals signs, and the rest is searched without them. None where there are no marks
    to go by.
    """
    size = len(raw)
    rest = without(raw, runs)
    places = marks(rest, narrow=narrow)
    if not places:
        return None
    found: list[Stretch] = []
    place = places(0)
    blocks = Blocks(raw) if tables else None
    money = Money(raw, BEFORE, BEHIND)
    crowd = 0
    while place >= 0:
        begin = money.beside(place)
        if begin != place:  # nothing is named as far as a reading reaches
            place = places(begin) if begin >= 0 else -1
            continue
        found.append(around_mark(raw, place, blocks, narrow=narrow))
        following = places(place + 1)
        crowd = crowd + 1 if 0 < following - place < CROWDED else 0
        if 0 < following - place < DENSE or crowd > CROWD:  # all that follows soon is shown, marked or not
            ahead = min(place + STRIDE, size - 1)
            found.append(around_mark(raw, ahead, blocks, narrow=narrow))
            following = places(ahead + 1)
        place = following
    return found


def around_mark(raw: str, place: int, blocks: Blocks | None, *, narrow: bool) -> Stretch:
    """What stands around a mark."""
    back = reaching(raw, place, TO_LINE, back=True, narrow=narrow)
    before = reaching(raw, place, BEFORE, back=True, narrow=narrow)
    behind = reaching(raw, place, BEHIND, back=False, narrow=narrow)
    line = raw.rfind("\n", max(0, place - back), place) + 1 or max(0, place - back)
    above, below = blocks.table_around(place) if blocks else (place, place)
    return Stretch(min(above, line, max(0, place - before)), max(below, min(len(raw), place + behind)), None)


LINE_END = late(rf"[\n{BREAK}]")


def runs_in(raw: str, lines: PlainLines, blocks: Blocks | None) -> tuple[list[Run], bool]:
    """The runs of plain lines, but for those that may belong to a table; whether other equals signs are left."""
    found: list[Run] = []
    left = False
    place = raw.find("=")
    while place >= 0:
        run = lines.run_at(raw, place)
        if run is None or (blocks and blocks.headed_before(line_start(raw, run.start))):
            left = True
            end = LINE_END.search(raw, place)  # of another equals sign in this line the same is to be said
            place = raw.find("=", end.start()) if end else -1
            continue
        if blocks:
            blocks.seen = run.end
        found.append(run)
        place = raw.find("=", run.end)
    return found, left


def beside_run(raw: str, run: Run, *, narrow: bool) -> Stretch:
    """What stands around a run, as far as a date is looked for on either side."""
    before = reaching(raw, run.start, BESIDE_RUN, back=True, narrow=narrow)
    behind = reaching(raw, run.end, BESIDE_RUN, back=False, narrow=narrow)
    return Stretch(max(0, run.start - before), min(len(raw), run.end + behind), [run])


def beside_runs(raw: str, runs: Iterable[Run], *, narrow: bool) -> list[Stretch]:
    """What stands around runs; those whose surroundings meet are one stretch."""
    found: list[Stretch] = []
    for run in runs:
        new = beside_run(raw, run, narrow=narrow)
        if found and new.start <= found[-1].end:
            found[-1].runs.append(run)  # type: ignore[union-attr]
            found[-1].end = max(found[-1].end, new.end)
        else:
            found.append(new)
    return found


def lines_to(raw: str, start: int, end: int) -> int:
    """How many lines a place of a text is below another; less than none where it is above."""
    return line_at(raw, start, end) if end >= start else -line_at(raw, end, start)


def between(raw: str, runs: Iterable[Run]) -> Iterator[str]:
    """What stands between the lines of runs."""
    at = 0
    for run in runs:
        yield raw[at : max(at, raw.rfind("\n", at, run.start) + 1)]
        at = run.end
    yield raw[at:]


def without(raw: str, runs: Sequence[Run]) -> str:
    """A text with nothing where its runs stand, everything else being in its place."""
    pieces, at = [], 0
    for run in runs:
        begin = max(at, line_start(raw, run.start))
        pieces += [raw[at:begin], "\n" * (run.end - begin)]
        at = run.end
    return "".join((*pieces, raw[at:]))
