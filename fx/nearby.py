"""What of a text stands near a mark, or beside a run of plain lines, and where the text may be cut.

A stretch near marks is read by the grammar, as if it were all there is. A run is read already, and stands for itself:
beside it only its date is looked for. All of it goes by how far a reading reaches, in characters, whether the text is
plain, or as it was decoded, or ``narrow`` (`fx.documents.bare`), where one character is several.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter

from fx.documents import unusual
from fx.formats import HEAD_REACH, Blocks, Money, Places, PlainLines, Run
from fx.formats.context import line_start
from fx.late import late
from fx.text import BREAK, WIDEST, wide

__all__ = [
    "BESIDE_RUN",
    "Stretch",
    "around_marks",
    "beginning",
    "beside_run",
    "ending",
    "head_of",
    "held_from",
    "joined",
    "parted",
    "reaching",
    "runs_in",
    "table_at_end",
    "tail_of",
    "until",
    "unusual_between",
]

BEFORE, BEHIND = 1600, 2400
"""Characters shown on either side of a mark: a reading reaches some hundreds, and a date stands within 1000."""
BESIDE_RUN = 1240
"""Around a run only its date is looked for."""
HELD = 8000
"""Before the end of a part, no mark that is seen only with what follows has a stretch that begins as far."""
TO_LINE = 4400
"""Before a mark its line is shown from its beginning on, as far as columns are told."""
DENSE, STRIDE = 32, 800
"""Where the next mark is so near, marks that follow within a stride are not looked for one by one."""
CROWD, CROWDED = 16, 1500
"""Nor are they where so many have followed each other so closely: all between them is shown as it is."""


@dataclass(slots=True)
class Stretch:
    """From ``start`` to ``end`` of a part; ``runs`` None where there are other marks."""

    start: int
    end: int
    runs: list[Run] | None


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


def beginning(raw: str, down: int, *, narrow: bool) -> Stretch:
    """What is shown of the beginning of a part for the sake of the part before it, at least down to a place."""
    return Stretch(0, min(len(raw), max(down, reaching(raw, 0, BEFORE, back=False, narrow=narrow))), None)


def ending(raw: str, up: int, *, narrow: bool) -> Stretch:
    """What is shown of the end of a part for the sake of the part behind it, at least up to a place."""
    size = len(raw)
    return Stretch(max(0, min(up, size - reaching(raw, size, BEHIND, back=True, narrow=narrow))), size, None)


def table_at_end(raw: str, blocks: Blocks) -> int:
    r"""Where the block begins that may go on as a table behind the end of a text; the end itself where none may.

    >>> table_at_end("prose\n\nPair  Spread\nEUR/USD  1\n", Blocks("prose\n\nPair  Spread\nEUR/USD  1\n"))
    7
    """
    size = len(raw)
    return blocks.begin(size) if blocks.headed_before(size) else size


def tail_of(raw: str, *, narrow: bool) -> str:
    """The end of a text, as far as a head stands above its rows."""
    return wide(raw[-HEAD_REACH:]) if narrow else raw[-HEAD_REACH:]


def head_of(raw: str, *, narrow: bool) -> str:
    """The beginning of a text, as far as rows stand below their head."""
    return wide(raw[:HEAD_REACH]) if narrow else raw[:HEAD_REACH]


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
    raw: str, marks: Callable[..., Places | None], runs: Sequence[Run], blocks: Blocks | None, *, narrow: bool
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


SOLIDUS = 6
"""Bytes before the equals sign of a plain line among which its solidus stands."""
LINE_END = late(rf"[\n{BREAK}]")


def runs_in(raw: str, lines: PlainLines, blocks: Blocks | None) -> tuple[list[Run], bool]:
    """The runs of plain lines, but for those that may belong to a table; whether other equals signs are left."""
    found: list[Run] = []
    left = False
    place = raw.find("=")
    while place >= 0:
        run = lines.run_at(raw, place) if "/" in raw[max(0, place - SOLIDUS) : place] else None
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


def unusual_between(data: bytes, end: int, runs: Iterable[Run]) -> list[bytes] | None:
    """What is unusual above the lines of each run in a text up to its end, and below the last; None if not bare."""
    found: list[bytes] = []
    at = 0
    for run in runs:
        above = unusual(data[at : max(at, data.rfind(b"\n", at, run.start) + 1)])
        if above is None:
            return None
        found.append(above)
        at = run.end
    below = unusual(data[at:end])
    return None if below is None else [*found, below]


def without(raw: str, runs: Sequence[Run]) -> str:
    """A text with nothing where its runs stand, everything else being in its place."""
    pieces, at = [], 0
    for run in runs:
        begin = max(at, line_start(raw, run.start))
        pieces += [raw[at:begin], "\n" * (run.end - begin)]
        at = run.end
    return "".join((*pieces, raw[at:]))
