"""The quotes of a pair as a DataFrame, column by column: the quick way to what `fx.frames.observation_frame` defines.

It serves a pair that is quoted in one of its directions. Columns come out of the database as texts of JSON and are
arrays from then on. Plain rates that a float holds exactly are divided there, which rounds to the nearest float as the
exact way does; every other figure is that of `figure`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC

import numpy as np
import pandas as pd

from fx.exact import fixed, plain
from fx.frames import OBSERVATION_COLUMNS, rate_text
from fx.moments import Moment
from fx.series import Span
from fx.sql import LAST_SAID
from fx.store.kept import MOST_REPEATS, Rest, change_in, rate_in
from fx.store.marks import marked
from fx.store.plainly import Driver
from fx.store.stretches import figure, parts_of
from fx.store.ways import IN_RANGE, Leg
from fx.vectors import whole_numbers
from fx.whole import interval

__all__ = ["quoted_frame"]

NUMBERS = ("observed_at", "rate", "scale", "change", "document_id", "line", "times")
EXACT_IN_A_FLOAT = 2**53
EXACT_POWER = 22
"""10**22 is the last power of ten that a float holds exactly."""
POWERS = np.array([10.0**power for power in range(EXACT_POWER + 1)])


@dataclass(frozen=True, slots=True)
class Part:
    """Statements of one stretch of one series, in time, as columns; ``rests`` that are empty throughout are None."""

    numbers: dict[str, np.ndarray]
    rests: np.ndarray | None

    def __len__(self) -> int:
        return len(self.numbers["observed_at"])

    def taken(self, keep: np.ndarray) -> Part:
        """Some of the rows."""
        return Part(
            {name: column[keep] for name, column in self.numbers.items()},
            None if self.rests is None else self.rests[keep],
        )


def quoted_frame(raw: Driver, leg: Leg, span: Span) -> pd.DataFrame | None:
    """Every observation of a pair that is quoted in one of its directions, as `fx.frames.observation_frame` shows it.

    None where nothing was observed, and where a zone must tell row by row what lies within the span.
    """
    if span.zone is not UTC and not (span.since is None and span.until is None):
        return None
    found = [
        (rank, part)
        for rank, (series, _) in enumerate(leg.series)
        for mark in [marked(raw, series)]
        for within in parts_of(raw, series, *span.ordinals)
        if (part := part_of(raw, (series, *within), mark))
    ]
    if not found:
        return None
    whole = joined([part for _, part in found])
    ranks = np.concatenate([np.full(len(part), rank) for rank, part in found])
    if len(leg.series) > 1:  # each series is in time already, and a stable sort keeps the order of the sources
        order = np.argsort(whole.numbers["observed_at"], kind="stable")
        whole, ranks = whole.taken(order), ranks[order]
    sources = pd.array([source or None for _, source in leg.series], dtype="str").take(ranks)
    return frame_of(raw, whole, sources, inverted=leg.inverted)


def joined(parts: Sequence[Part]) -> Part:
    """Parts one after the other as one."""
    if len(parts) == 1:
        return parts[0]
    numbers = {name: np.concatenate([part.numbers[name] for part in parts]) for name in NUMBERS}
    if all(part.rests is None for part in parts):
        return Part(numbers, None)
    rests = [np.full(len(part), "", dtype=object) if part.rests is None else part.rests for part in parts]
    return Part(numbers, np.concatenate(rests))


def part_of(raw: Driver, where: tuple[int, int, int], mark: int | None) -> Part | None:
    """What stands of a series between two moments; None where there is nothing.

    Of one that is `marked` the scale is known, that there is no rest, and that all of it stands.
    """
    names = [name for name in NUMBERS if mark is None or name != "scale"]
    arrays = ", ".join(f"json_group_array({name})" for name in names)
    rests = "max(rest)" if mark is None else "''"
    *texts, rest = raw.execute(f"SELECT {arrays}, {rests} {IN_RANGE}", where).fetchone()
    if texts[0] == "[]":
        return None
    numbers = dict(zip(names, map(whole_numbers, texts), strict=True))
    if mark is not None:
        return Part({**numbers, "scale": np.full(len(numbers["rate"]), mark, dtype=np.int64)}, None)
    return standing(raw, where[0], Part(numbers, rests_of(raw, where) if rest else None))


def rests_of(raw: Driver, where: tuple[int, int, int]) -> np.ndarray:
    """What stands beside the numbers, in their order."""
    (text,) = raw.execute(f"SELECT json_group_array(rest) {IN_RANGE}", where).fetchone()
    return np.array(json.loads(text), dtype=object)


def standing(raw: Driver, series: int, part: Part) -> Part:
    """A part without the statements that a later one of the same moment replaced."""
    moments = part.numbers["observed_at"]
    again = np.flatnonzero(moments[1:] == moments[:-1]) + 1
    if not len(again):
        return part
    keep = np.ones(len(moments), dtype=bool)
    for moment in np.unique(moments[again]).tolist():
        begin, end = np.searchsorted(moments, [moment, moment + 1])
        *_, last = raw.execute(LAST_SAID, {"series": series, "moment": moment})
        for row in range(begin, end):
            rate, scale, change = (part.numbers[name][row] for name in ("rate", "scale", "change"))
            keep[row] = (rate, scale, rest_at(part, row), change) == tuple(last)
    return part.taken(keep)


def rest_at(part: Part, row: int) -> str:
    """What stands beside the numbers of a row."""
    return "" if part.rests is None else str(part.rests[row])


def frame_of(raw: Driver, part: Part, sources: object, inverted: bool) -> pd.DataFrame:
    """The columns of `fx.frames.observation_frame`."""
    numbers = part.numbers
    size = len(part)
    index = pd.DatetimeIndex((numbers["observed_at"] >> 1).astype("datetime64[ms]"), name="observed_at", tz="UTC")
    values, lows, highs = figures_of(part, inverted)
    nothing = np.full(size, np.nan)
    bids, asks = (
        (nothing, nothing)
        if inverted or part.rests is None
        else (by_text(part.rests, bid_in), by_text(part.rests, ask_in))
    )
    names, recorded = documents_of(raw, numbers["document_id"])
    columns = {
        "rate": values,
        "rate_text": texts_of_rates(part, inverted),
        "low_bound": lows,
        "high_bound": highs,
        "bid": bids,
        "ask": asks,
        "change_pct": nothing if inverted else changes_of(part),
        "kind": pd.array(["inverse" if inverted else "quoted"], dtype="str").take(np.zeros(size, dtype=np.int64)),
        "age_days": np.zeros(size, dtype=np.int64),
        "source": sources,
        "document": names,
        "line": pd.array(numbers["line"], dtype="Int64"),
        "repeats": pd.array(numbers["times"] & MOST_REPEATS, dtype="Int64"),
        "recorded_at": recorded,
    }
    return pd.DataFrame(columns, index=index)[list(OBSERVATION_COLUMNS)]


def figures_of(part: Part, inverted: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Value, low and high end of each row, the floats nearest to the exact ones."""
    scales = part.numbers["scale"]
    size = len(scales)
    plain = (scales >= 0) & (scales <= EXACT_POWER)
    if part.rests is not None:
        plain &= part.rests == ""
    rates = part.numbers["rate"]
    plain &= (rates > 0) & (rates < EXACT_IN_A_FLOAT // 2)
    tops = np.where(plain, rates, 1).astype(np.float64)
    units = POWERS[np.where(plain, scales, 0)]
    # Each of these numbers is exact in a float, so that the one division rounds as the exact quotient would.
    found = [top / bottom for top, bottom in interval(tops, units, inverted)]
    for row in np.flatnonzero(~plain).tolist() if size else ():
        statement = (int(rates[row]), int(scales[row]), rest_at(part, row), inverted)
        for column, end in zip(found, figure(*statement), strict=True):
            column[row] = float(end)
    return found[0], found[1], found[2]


def bid_in(rest: str) -> str:
    """The bid of what stands beside the numbers, '' without.

    >>> bid_in("1.0/1.2"), ask_in("1.0/1.2")
    ('1.0', '1.2')
    """
    return Rest.read(rest).bid


def ask_in(rest: str) -> str:
    """The ask of it."""
    return Rest.read(rest).ask


def changes_of(part: Part) -> np.ndarray:
    """The percent of each row, NaN where there is none; each distinct one is read once."""
    codes, distinct = pd.factorize(part.numbers["change"])
    texts = [change_in(code) for code in distinct.tolist()]
    found: np.ndarray = np.array([float(text) if text else np.nan for text in texts], dtype=np.float64).take(codes)
    if part.rests is not None:
        found = np.where(part.numbers["change"] == 0, by_text(part.rests, lambda rest: Rest.read(rest).change), found)
    return found


def by_text(texts: np.ndarray, number_in: Callable[[str], str]) -> np.ndarray:
    """The float that stands in each text, NaN where there is none; each distinct text is read once."""
    codes, distinct = pd.factorize(texts)
    digits = [number_in(text) for text in distinct]
    numbers = np.array([float(each) if each else np.nan for each in digits], dtype=np.float64)
    found: np.ndarray = numbers.take(codes)
    return found


def texts_of_rates(part: Part, inverted: bool) -> object:
    """The digits of each rate, as published where the pair was quoted; each distinct figure is written once."""
    scales = part.numbers["scale"]
    rates = part.numbers["rate"]
    if part.rests is not None or len(scales) == 0:
        statements = [(int(rates[row]), int(scales[row]), rest_at(part, row)) for row in range(len(scales))]
        return pd.array([written(*statement, inverted) for statement in statements], dtype="str")
    rate_codes, rates = pd.factorize(rates)
    scale_codes, kinds = pd.factorize(scales)
    codes, distinct = (
        (rate_codes, range(len(rates))) if len(kinds) == 1 else pd.factorize(rate_codes * len(kinds) + scale_codes)
    )
    figures = [(int(rates[each // len(kinds)]), int(kinds[each % len(kinds)])) for each in distinct]
    return pd.array([written(rate, scale, "", inverted) for rate, scale in figures], dtype="str").take(codes)


def written(rate: int, scale: int, rest: str, inverted: bool) -> str | None:
    """The digits of one rate; None where only sides were published and nothing is turned over.

    >>> written(190, 5, "", False), written(190, 5, "", True), written(0, 0, "1.0/1.2", False)
    ('0.00190', '526.3157894736842105263157895', None)
    """
    if inverted:
        return rate_text(None, figure(rate, scale, rest, True)[0])
    if rate and scale >= 0:
        return fixed(rate, scale)
    published = rate_in(rate, scale, rest)
    return None if published is None else plain(published)


def documents_of(raw: Driver, numbers: np.ndarray) -> tuple[object, object]:
    """For each row the name of its document, and when it was recorded."""
    codes, distinct = pd.factorize(numbers)
    rows = raw.execute(
        "SELECT id, name, recorded_at FROM document WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(distinct.tolist()),),
    ).fetchall()
    by_number = {number: (name, Moment(recorded * 2 + 1).start) for number, name, recorded in rows}
    found = [by_number[number] for number in distinct.tolist()]
    names = pd.array([name for name, _ in found], dtype="str")
    return names.take(codes), pd.to_datetime([recorded for _, recorded in found], utc=True).take(codes)
