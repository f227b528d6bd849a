"""Long logs among a document's text: which runs of lines are read in columns, and quotes that are kept as columns.

A million quotes as objects are half a gigabyte; as columns they are thirty megabytes. `pieces` cuts a window into runs
of log lines and what is left, which the formats read with what stands beside it, as at the cuts of `gathering`. `Logs`
drops the repeats among the runs, `in_columns` brings the plain lines of many boards into the same form, and `Quotes`
shows these and the rest as one sequence of `Quote`, made when asked for.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import compress, islice, pairwise, repeat, starmap
from operator import attrgetter, eq, itemgetter, ne, not_
from typing import overload

from fx.currencies import Currency
from fx.exact import plain
from fx.formats import Plain, figure_of
from fx.formats.log_lines import LINE, Key, Lines, Words, lines_of
from fx.formats.quantities import is_heading_of_measures
from fx.formats.table_heads import lines_with_heads
from fx.gathering import PLACES_A_LINE, Seen, Window
from fx.late import late
from fx.moments import Moment
from fx.quotes import Quote, Tick
from fx.text import line_at
from fx.whole import fixed

__all__ = ["Logs", "Quotes", "in_columns", "is_log", "pieces"]

AT_ONCE = 256 * 1024
"""Characters of a log that are taken apart at once."""
FIRST_LINES = 2048
"""Characters by which a log is known."""
LEAST = 4096
"""Characters of lines that are worth it: shorter runs are read as any other text."""
BESIDE = 2048
"""Characters of a run that the text beside it is read with, more than lie between a board and its date."""
MOMENT, LINE_OF = itemgetter(1), attrgetter("line")
LEAST_ALIKE = 64
"""Quotes that a run of them has, if it is to be worth its columns."""
BELOW_ZERO = late(r"(?<![0-9T:])-\W{0,3}[.0-9]")


def is_log(beginning: str) -> bool:
    """Whether a text begins as a log of the ticker: one of its first lines is one, whatever stands above.

    >>> is_log("# restarted\\n2024-12-14T00:00:01Z KZT/USD = 0.00190 0%\\n"), is_log("KZT/USD = 0.00190 0%\\n")
    (True, False)
    """
    return any(LINE.match(line + "\n") for line in beginning[:FIRST_LINES].splitlines())


def pieces(window: Window, words: Words) -> list[Window | Lines]:
    """The runs of log lines in a window and what stands between them, in the order of the text."""
    found: list[tuple[int, int, Lines | None]] = []
    for start, end in stretches(window):
        found += taken_apart(window.text, start, end, words)
    runs = list(trimmed(window, found))
    if not runs:
        return [window]
    given: list[Window | Lines] = []
    place = counted = window.start
    line = window.line + line_at(window.text, 0, place)
    for start, end, lines in runs:
        if start > place:
            given.append(beside(window, place, start))
        line, counted = line + line_at(window.text, counted, start), start
        given.append(replace(lines, numbers=range(line + 1, line + 1 + len(lines))))
        place = end
    return [*given, beside(window, place, window.end)] if window.end > place else given


def stretches(window: Window) -> Iterator[tuple[int, int]]:
    """Stretches of whole lines of a window, none of them very long."""
    text, place = window.text, window.start
    if place and text[place - 1] != "\n":
        place = text.find("\n", place, window.end) + 1 or window.end
    while place < window.end:
        end = window.end
        if end - place > 2 * AT_ONCE or (end < len(text) and text[end - 1] != "\n"):
            end = text.rfind("\n", place, end if end - place <= 2 * AT_ONCE else place + AT_ONCE) + 1
        if end <= place:
            return
        yield place, end
        place = end


def taken_apart(text: str, start: int, end: int, words: Words) -> list[tuple[int, int, Lines | None]]:
    """Whole lines as runs in columns and the rest, by halves: an odd line spoils no more than its surroundings."""
    if end - start < LEAST:
        return [(start, end, None)]
    middle = text.rfind("\n", start, (start + end) // 2) + 1 or start
    last = text.rfind("\n", start, end - 1) + 1 or start
    if not any(LINE.match(text, place) for place in (start, middle, last)):
        return [(start, end, None)]
    lines = lines_of(text[start:end], words, 1)
    if lines is not None:
        return [(start, end, lines)]
    if middle <= start:
        return [(start, end, None)]
    return taken_apart(text, start, middle, words) + taken_apart(text, middle, end, words)


def trimmed(window: Window, found: list[tuple[int, int, Lines | None]]) -> Iterator[tuple[int, int, Lines]]:
    """The runs without the line on either side that stands beside other text, and without those that text spoils."""
    text, spoiled, seen = window.text, False, 0
    last = len(found) - 1
    for number, (start, end, lines) in enumerate(found):
        if lines is None:
            continue
        before = found[number - 1][2] is not None if number else log_ends(text, start)
        after = found[number + 1][2] is not None if number < last else LINE.match(text, end) is not None
        spoiled, seen = spoiled or not harmless(text[seen:start]), end
        first = 0 if before or window.place + start == 0 else 1
        kept = len(lines) - (0 if after or end == len(text) else 1)
        if not spoiled and first < kept:
            begin = text.find("\n", start) + 1 if first else start
            stop = text.rfind("\n", start, end - 1) + 1 if kept < len(lines) else end
            yield begin, stop, lines.part(first, kept)


def log_ends(text: str, end: int) -> bool:
    """Whether a line of a log stands right before a place where a line begins."""
    return end > 0 and LINE.match(text, text.rfind("\n", 0, end - 1) + 1) is not None


def line_after(text: str, place: int, end: int) -> int:
    """Where the first line begins from a place on, but not beyond the end."""
    return 0 if place <= 0 else text.find("\n", place, end) + 1 or end


def harmless(text: str) -> bool:
    """Whether nothing above a run says of its figures that they are no rates.

    >>> harmless("# restarted\\n2024-12-14 KZT/USD = N/A\\n"), harmless("## Spreads\\n"), harmless("KZT/USD = -0.5\\n")
    (True, False, False)
    """
    return not any(
        is_heading_of_measures(line) or BELOW_ZERO.search(line) or lines_with_heads(line)
        for line in text.split("\n")
        if line and not LINE.fullmatch(line)
    )


def beside(window: Window, start: int, end: int) -> Window:
    """A stretch of a window with some of the runs on either side of it."""
    text = window.text
    left = line_after(text, start - BESIDE, start)
    right = min(len(text), end + BESIDE)
    return Window(
        text[left:right],
        window.raw,
        start - left,
        end - left,
        window.line + line_at(text, 0, left),
        window.place + left,
        only=False,
    )


class Logs:
    """The runs of one document: each statement once, with how often it stood there, and where last if repeated."""

    def __init__(self) -> None:
        self.words = Words()
        self.runs: list[Lines] = []
        self.times: dict[Key, int] = {}
        self.last: dict[Key, int] = {}
        self.seen: set[Key] | None = None
        self.number = 0
        self.most: int | None = None

    def add(self, lines: Lines) -> None:
        """Take a run; where time goes on from run to run nothing has to be remembered of those before it."""
        self.number += len(lines)
        if self.seen is None and not self.follows(lines):
            self.seen = {key for run in self.runs for key in run.keys()}  # noqa: SIM118 (no dictionary)
        kept = lines
        if self.seen is not None or not lines.distinct:
            seen = set() if self.seen is None else self.seen
            fresh = []
            for line, key in zip(lines.numbers, lines.keys(), strict=True):
                fresh.append(key not in seen)
                seen.add(key)
                if not fresh[-1]:
                    self.times[key] = self.times.get(key, 1) + 1
                    self.last[key] = line
            kept = lines if all(fresh) else lines.only(fresh)
        self.most = lines.most if self.most is None else max(self.most, lines.most)
        if len(kept):
            self.runs.append(kept)

    def follows(self, lines: Lines) -> bool:
        """Whether a run goes on in time after all before it, and says nothing of their last moment that they say."""
        least = lines.least
        if self.most is None or least > self.most:
            return True
        if least < self.most:
            return False
        said: set[Key] = set()
        for run in reversed(self.runs):  # each goes on after those before it
            said.update(run.keys_at(least))
            if run.least < least:
                break
        return said.isdisjoint(lines.keys_at(least))

    def key_of(self, each: Seen) -> Key | None:
        """A statement as the runs keep theirs, None where they can hold none like it."""
        said = each.said
        if isinstance(said, Tick):
            figure = None if said.source is not None else figure_of(said)
            if figure is None:
                return None
            change = "" if said.change_pct is None else plain(said.change_pct)
        else:
            figure, change = (said.mantissa, said.scale), said.change
        pair = self.words.pair_numbers.get(f"{said.base}/{said.counter}")
        number = self.words.change_numbers.get(change)
        return None if pair is None or number is None else (pair, each.moment.ordinal, *figure, number)

    def merged(self, others: Sequence[Seen]) -> list[Seen]:
        """Settle what stands in the runs and beside them too: the first place keeps it and counts both.

        Returns the others without those that the runs keep. Where more is said of a pair and a moment each statement
        stands where it was last said, as in a text without runs.
        """
        keys = [self.key_of(each) for each in others]
        said = {key: each for key, each in zip(keys, others, strict=True) if key is not None}
        near = Moments(said)
        gone: set[Key] = set()
        for number, run in enumerate(self.runs):
            common = set(near.within(run)).intersection(run.keys())
            if not common:
                continue
            fresh = []
            for line, key in zip(run.numbers, run.keys(), strict=True):
                ours = key not in common or line < said[key].line
                fresh.append(ours)
                if key in common:
                    times, end = (
                        self.times.pop(key, 1) + said[key].times,
                        max(self.last.get(key, line), said[key].last // PLACES_A_LINE),
                    )
                    if ours:
                        self.times[key], self.last[key] = times, end
                        gone.add(key)
                    else:
                        said[key].times, said[key].last = times, end * PLACES_A_LINE + said[key].last % PLACES_A_LINE
            self.runs[number] = run.only(fresh)
        left = [each if key is None else said[key] for key, each in zip(keys, others, strict=True) if key not in gone]
        self.runs = [run for run in self.runs if len(run)]
        return self.placed(left)

    def placed(self, others: Sequence[Seen]) -> list[Seen]:
        """The others in order, and the runs too, where what is contradicted stands where it was last said."""
        spots = [self.spot_of(each) for each in others]
        agreed = all(run.distinct for run in self.runs) and all(a.most < b.least for a, b in pairwise(self.runs))
        repeated = () if agreed else (key[:2] for key in self.last)
        near = Moments({*repeated, *(spot for spot in spots if spot)})
        number = Counter(spots)
        for run in self.runs:
            wanted = set(near.within(run))
            number.update(spot for spot in zip(run.pairs, run.moments, strict=True) if spot in wanted)
        contradicted = {spot for spot, many in number.items() if spot and many > 1}
        if not contradicted:
            return list(others)
        moved: list[tuple[int, Key]] = []
        for at, run in enumerate(self.runs):
            if any(near.within(run)):
                ends = [
                    self.last.get(key, line) if key[:2] in contradicted else line
                    for line, key in zip(run.numbers, run.keys(), strict=True)
                ]
                stays = list(map(eq, ends, run.numbers))
                moved += compress(zip(ends, run.keys(), strict=True), map(not_, stays))
                self.runs[at] = run.only(stays)
        for each, spot in zip(others, spots, strict=True):
            if spot in contradicted:
                each.first = each.last
        left = [*others, *starmap(self.beside, moved)]
        left.sort(key=LINE_OF)
        self.runs = [part for run in self.runs for part in cut_at([each.line for each in left], run)]
        return left

    def spot_of(self, each: Seen) -> tuple[int, int] | None:
        """Of what something is said, as the runs number it; None where they say nothing of it."""
        named = each.said.source if isinstance(each.said, Tick) else None
        pair = self.words.pair_numbers.get(f"{each.said.base}/{each.said.counter}")
        return None if pair is None or named is not None else (pair, each.moment.ordinal)

    def beside(self, line: int, key: Key) -> Seen:
        """A statement of the runs as one that stands beside them."""
        pair, moment, mantissa, scale, change = key
        kept = self.words.changes[change]
        said = Tick(
            *self.words.pairs[pair], Decimal(fixed(mantissa, scale)), change_pct=Decimal(kept) if kept else None
        )
        seen = Seen(said, line * PLACES_A_LINE, line * PLACES_A_LINE, self.times.pop(key, 1))
        seen.moment, seen.basis = Moment(moment), "line"
        return seen


def cut_at(lines: Sequence[int], run: Lines) -> Iterator[Lines]:
    """A run in parts, none of which has any of these lines of the text between its own."""
    at = 0
    while at < len(run):
        beyond = bisect_right(lines, run.numbers[at])
        end = bisect_left(run.numbers, lines[beyond], at) if beyond < len(lines) else len(run)
        yield run.part(at, end)
        at = end


class Moments:
    """Keys in the order of their moments."""

    def __init__(self, keys: Iterable[tuple[int, ...]]) -> None:
        self.in_time = sorted(keys, key=MOMENT)

    def within(self, run: Lines) -> list[tuple[int, ...]]:
        """Those between the first and the last moment of a run."""
        if not self.in_time or not len(run):
            return []
        start = bisect_left(self.in_time, run.least, key=MOMENT)
        return self.in_time[start : bisect_right(self.in_time, run.most, key=MOMENT)]


def in_columns(found: Sequence[Seen], source: str | None, document: str, words: Words) -> Quotes | None:
    """What was found, each statement once, with that of plain lines in columns.

    None where that is not worth it: it is little, or too much stands between.
    """
    alike = [each.basis if isinstance(each.said, Plain) else "" for each in found]
    starts = [0, *compress(range(1, len(alike)), map(ne, alike, islice(alike, 1, None))), len(alike)]
    if len(found) < LEAST_ALIKE * (len(starts) - 1) or not any(alike):
        return None
    others: list[Quote] = []
    runs: list[Lines] = []
    times: dict[Key, int] = {}
    for start, end in pairwise(starts):
        stretch = found[start:end]
        if not alike[start]:
            others += (each.quote(source, document) for each in stretch)
            continue
        bases, counters, mantissas, scales, changes = zip(*(each.said for each in stretch), strict=True)
        pairs = list(zip(bases, counters, strict=True))
        pair_numbers = {pair: words.pair["/".join(pair)] for pair in dict.fromkeys(pairs)}
        change_numbers = {change: words.number_of_kept(change) for change in dict.fromkeys(changes)}
        run = Lines(
            words,
            array("q", [each.first // PLACES_A_LINE for each in stretch]),
            array("I", map(pair_numbers.__getitem__, pairs)),
            array("q", [each.moment.ordinal for each in stretch]),
            array("q", mantissas),
            bytes(scales),
            array("I", map(change_numbers.__getitem__, changes)),
            basis=alike[start],
        )
        runs.append(run)
        times |= {key: each.times for key, each in zip(run.keys(), stretch, strict=True) if each.times > 1}
    return Quotes(tuple(others), tuple(runs), times, source, document)


@dataclass(frozen=True, slots=True, eq=False)
class Quotes(Sequence[Quote]):
    """The quotes of a document that holds a log, in the order of the text; those of the runs are made when asked for.

    ``plain`` are the others. Two sequences are equal if their quotes are.
    """

    plain: tuple[Quote, ...]
    runs: tuple[Lines, ...]
    times: dict[Key, int]
    source: str | None
    document: str

    def __len__(self) -> int:
        return len(self.plain) + sum(map(len, self.runs))

    def __iter__(self) -> Iterator[Quote]:
        """The quotes, one after the other."""
        for stretch in self.stretches():
            yield from self.of(stretch) if isinstance(stretch, Lines) else stretch

    def stretches(self) -> Iterator[Lines | tuple[Quote, ...]]:
        """The runs and what stands between them."""
        place = 0
        for run in self.runs:
            between = bisect_left(self.plain, run.numbers[0], place, key=LINE_OF)
            yield self.plain[place:between]
            yield run
            place = between
        yield self.plain[place:]

    def pairs(self) -> list[tuple[Currency, Currency]]:
        """Each pair, in the order in which they first stand there."""
        found: dict[tuple[Currency, Currency], None] = {}
        for stretch in self.stretches():
            if isinstance(stretch, Lines):
                found |= dict.fromkeys(stretch.words.pairs[number] for number in dict.fromkeys(stretch.pairs))
            else:
                found |= dict.fromkeys((quote.base, quote.counter) for quote in stretch)
        return list(found)

    def moved(self, moment: Moment) -> Quotes:
        """The same where what is dated by its file held at another moment, at which that file was first seen."""
        runs, times = [], dict(self.times)
        for run in self.runs:
            if run.basis in {"modified", "clock"}:
                moved = replace(run, moments=array("q", [moment.ordinal]) * len(run))
                times |= {new: times[old] for old, new in zip(run.keys(), moved.keys(), strict=True) if old in times}
                runs.append(moved)
            else:
                runs.append(run)
        return replace(self, runs=tuple(runs), times=times)

    def columns(self, run: Lines) -> tuple[Iterable[object], ...]:
        """Line, base, counter, rate, change, moment and times of each quote of a run, as texts and numbers."""
        pairs = [run.words.pairs[number] for number in run.pairs]
        written = {moment: str(Moment(moment)) for moment in set(run.moments)}
        return (
            run.numbers,
            [base for base, _ in pairs],
            [counter for _, counter in pairs],
            map(fixed, run.mantissas, run.scales),
            map(run.words.changes.__getitem__, run.changes),
            map(written.__getitem__, run.moments),
            [self.times.get(key, 1) for key in run.keys()] if self.times else repeat(1, len(run)),  # noqa: SIM118
        )

    def of(self, run: Lines) -> Iterator[Quote]:
        """The quotes of a run."""
        changes = [Decimal(change) if change else None for change in run.words.changes]
        for line, key in zip(run.numbers, run.keys(), strict=True):
            pair, moment, mantissa, scale, change = key
            base, counter = run.words.pairs[pair]
            yield Quote(
                base,
                counter,
                Decimal((0, tuple(map(int, str(mantissa))), -scale)),
                None,
                None,
                changes[change],
                Moment(moment),
                run.basis,
                self.source,
                self.document,
                line,
                self.times.get(key, 1),
            )

    @overload
    def __getitem__(self, at: int) -> Quote: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Quote, ...]: ...
    def __getitem__(self, at: int | slice) -> Quote | tuple[Quote, ...]:
        """One quote, or some: all are made for it."""
        return tuple(self)[at]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))
