"""What of a document is shown to a format of human text: only what stands near a mark that all of its quotes bear.

The ticker has no quote without an equals sign. Where one stands is found at the speed of the machine, in most text on
its bytes (`Part.narrow`); what stands around it, as far as a reading and the way to its date may reach, is decoded,
made plain text and read as if it were all there is. What lies between is passed by, and only its lines are counted.
Runs of plain lines are read at once, before anything else is looked for. Of a part that hides its text (markup,
escapes) all is made plain first. The result is that of the whole text, which a test holds it to.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from fx.documents import Part, Parts, is_bare, narrowed, seen
from fx.formats import Blocks, BrokenLines, Family, Format, Hints, Places, PlainLines, Run, has_head
from fx.nearby import (
    BESIDE_RUN,
    Stretch,
    around_marks,
    beginning,
    beside_run,
    ending,
    head_of,
    held_from,
    joined,
    parted,
    runs_in,
    table_at_end,
    tail_of,
    until,
    unusual_between,
)
from fx.text import BREAK, INVISIBLE, QUOTED_PRINTABLE, WIDEST, line_at, plain_text, wide

__all__ = ["Shown", "shown_parts"]

BROKEN = "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029\\"
"""What may end a line in a text that is not plain yet, besides a line end."""
TEXT, TABLE = "text", "table"
"""What may go on over a cut."""
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


@dataclass(frozen=True, slots=True)
class Sight:
    """The ``near`` stretches of a narrow text, in order, and where it may be cut; none if it is not ``bare``."""

    raw: str
    near: list[Stretch]
    end: int
    bare: bool = True


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
    place (then the next part is ``joined``), both parts are shown as far as what stands at the cut may reach: some
    `TEXT`, or all of what may be one `TABLE`.
    """

    def __init__(self, marks: Callable[..., Places | None], *, tables: bool, runs: bool, equals: bool = False) -> None:
        self.marks = marks
        self.equals = equals
        self.tables = tables
        self.lines = {True: PlainLines(wide), False: PlainLines()} if runs else {}
        self.broken = BrokenLines() if runs else None
        self.held = ""
        self.narrow = True
        self.joined = self.tail = ""
        self.passed = self.ends = 0

    def shown(self, part: Part, *, last: bool) -> Iterator[Shown]:
        """What is to be seen of the next part."""
        if isinstance(part.looked, Sight) and not self.held and not self.joined:
            self.narrow = True
            found = made_wide(part.looked.raw, fused(part.looked.near))
            if found is not None:
                yield from self.told(part.looked.raw, found, part.looked.end)
                return
        if part.ahead:
            held = self.held if self.narrow else self.narrowed(self.held.encode("utf-8", "surrogatepass"))
            if held is not None:
                raw, self.held, self.narrow = held + part.narrow, held, True
                found, end, joined = self.found(raw, plain_text, last=last or part.looked is not None)
                if found is not None:
                    yield from self.told(raw, found, end)
                    self.held, self.joined = raw[end:], joined
                    return
        simple = part.simple and not any(mark in part.raw for mark in BROKEN)
        if part.ahead:
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
        yield from self.told(raw, found, end, plain)
        self.held, self.joined = raw[end:], joined

    def narrowed(self, data: bytes) -> str | None:
        """The bytes of a text as characters, if they are of the kind that may stand in a narrow one."""
        if not self.equals:
            return narrowed(data)
        return data.decode("latin-1") if is_bare(data) else None

    def look(self, data: bytes, raw: str, last: bool) -> Sight:
        """What is near the marks of a narrow text, of which nothing is known but that it begins these bytes."""
        runs, left = runs_in(raw, self.lines[True], None)
        between = unusual_between(data, len(raw), runs)
        if between is None:
            return Sight(raw, [], 0, bare=False)
        for run, above in zip(runs, between, strict=False):
            run.above = above.count(b"\n")
        if not all(map(bytes.isascii, between)) and any(much_is_invisible(raw, run) for run in runs):
            return Sight(raw, [], 0)
        if not left:
            beside = (beside_run(raw, run, narrow=True) for run in reversed(runs))
            end = len(raw) if last else held_from(raw, beside, tables=False, narrow=True)
            runs = [run for run in runs if run.start < end]
            return Sight(raw, [Stretch(0, len(raw), runs)] if runs else [], end)
        marked = self.near_marks(raw, runs, plain_text, narrow=True)
        if marked is None:
            return Sight(raw, [], 0)
        near = parted(raw, marked, runs, narrow=True)
        end = len(raw) if last else held_from(raw, reversed(near), tables=False, narrow=True)
        return Sight(raw, until(raw, near, end, narrow=True), end)

    def near_marks(
        self, raw: str, runs: Sequence[Run], plain: Callable[[str], str], *, narrow: bool
    ) -> list[Stretch] | None:
        """What stands near the marks of a text besides its runs; None where all of it is to be shown."""
        marks = functools.partial(self.marks, shown=True) if plain is str else self.marks
        near = around_marks(raw, marks, runs, Blocks(raw, plain) if self.tables else None, narrow=narrow)
        if narrow and any(QUOTED_PRINTABLE.search(raw, each.start, each.end) for each in joined(near or ())):
            return None
        return near

    def told(
        self, raw: str, found: Found | None, end: int, plain: Callable[[str], str] = plain_text
    ) -> Iterator[Shown]:
        """The stretches found in a text up to its end; all of it, made plain, where that is None."""
        if found is None:
            yield Shown(plain(raw), self.passed, self.ends)
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
    ) -> tuple[Found | None, int, str]:
        """The stretches of a text that hold marks, None for all of it; where it is cut, and what that joins."""
        size, lines = len(raw), self.broken if BREAK in raw else self.lines.get(self.narrow)
        blocks = Blocks(raw, plain) if self.tables else None
        runs, left = runs_in(raw, lines, blocks) if lines else ([], True)
        if self.equals and self.narrow and any(much_is_invisible(raw, run) for run in runs):
            return None, size, TABLE
        marked = (
            [] if self.equals and self.narrow and not left else self.near_marks(raw, runs, plain, narrow=self.narrow)
        )
        if marked is None:
            return None, size, TABLE
        near = parted(raw, marked, runs, narrow=self.narrow)
        end = size if last else held_from(raw, reversed(near), tables=self.tables, narrow=self.narrow) if hold else 0
        down = 0
        if self.joined:
            table = blocks and (self.joined == TABLE or has_head(self.tail + head_of(raw, narrow=self.narrow)))
            down = Blocks(raw).around(0)[1] if table else 0
            marked.append(beginning(raw, down, narrow=self.narrow))
            if marked[-1].end > end:
                end = size if last else 0
        joined = ""
        if not end:
            up = size if not blocks else 0 if down >= size else table_at_end(raw, blocks)
            marked.append(ending(raw, up, narrow=self.narrow))
            joined = TABLE if up < size else TEXT
            self.tail = tail_of(raw, narrow=self.narrow)
        if self.joined or joined:
            near = parted(raw, marked, runs, narrow=self.narrow)
        near = until(raw, near, end or size, narrow=self.narrow)
        made = made_wide(raw, fused(near)) if self.narrow else made_plain(raw, near, plain)
        return (made, end or size, joined) if made is not None else (None, size, TABLE)


Found = list[tuple[Stretch, str, tuple[Run, ...]]]
"""Stretches with their plain texts, and the runs in these."""


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


def lines_to(raw: str, start: int, end: int) -> int:
    """How many lines a place of a text is below another; less than none where it is above."""
    return line_at(raw, start, end) if end >= start else -line_at(raw, end, start)
