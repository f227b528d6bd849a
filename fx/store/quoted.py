"""The quotes of a pair as a DataFrame, column by column: the quick way to what `fx.frames.observation_frame` defines.

It serves a pair that is quoted in one of its directions. Columns come out of the database as texts of JSON and are
arrays from then on. Plain rates that a float holds exactly are divided there, which rounds to the nearest float as the
exact way does; every other figure is that of `figure`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC

import numpy as np
import pandas as pd

from fx.exact import fixed
from fx.frames import OBSERVATION_COLUMNS, rate_text
from fx.moments import Moment
from fx.series import Span
from fx.sql import LAST_SAID
from fx.store.stretches import figure, parts_of
from fx.store.ways import IN_RANGE, Leg
from fx.whole import interval

__all__ = ["quoted_frame"]

NUMBERS = ("observed_at", "scale", "document_id", "line", "repeats")
EXACT_IN_A_FLOAT = 2**53
EXACT_POWER = 22
"""10**22 is the last power of ten that a float holds exactly."""
POWERS = np.array([10.0**power for power in range(EXACT_POWER + 1)])


@dataclass(frozen=True, slots=True)
class Part:
    """Statements of one stretch of one series, in time, as columns; texts that are empty throughout are None.

    Rates are int64, or objects (int or text) where some have more than 18 digits.
    """

    numbers: dict[str, np.ndarray]
    rates: np.ndarray
    sides: np.ndarray | None
    changes: np.ndarray | None

    def taken(self, keep: np.ndarray) -> Part:
        """Some of the rows."""
        return Part(
            {name: column[keep] for name, column in self.numbers.items()},
            self.rates[keep],
            None if self.sides is None else self.sides[keep],
            None if self.changes is None else self.changes[keep],
        )


def quoted_frame(raw: sqlite3.Connection, leg: Leg, span: Span) -> pd.DataFrame | None:
    """Every observation of a pair that is quoted in one of its directions, as `fx.frames.observation_frame` shows it.

    None where nothing was observed, and where a zone must tell row by row what lies within the span.
    """
    if span.zone is not UTC and not (span.since is None and span.until is None):
        return None
    found = [
        (rank, part)
        for rank, (series, _) in enumerate(leg.series)
        for within in parts_of(raw, series, *span.ordinals)
        if (part := part_of(raw, (series, *within)))
    ]
    if not found:
        return None
    whole = joined([part for _, part in found])
    ranks = np.concatenate([np.full(len(part.rates), rank) for rank, part in found])
    if len(leg.series) > 1:  # each series is in time already, and a stable sort keeps the order of the sources
        order = np.argsort(whole.numbers["observed_at"], kind="stable")
        whole, ranks = whole.taken(order), ranks[order]
    sources = pd.array([source or None for _, source in leg.series], dtype="str").take(ranks)
    return frame_of(raw, whole, sources, inverted=leg.inverted)


def joined(parts: Sequence[Part]) -> Part:
    """Parts one after the other as one."""
    if len(parts) == 1:
        return parts[0]
    texts: list[np.ndarray | None] = []
    for columns in ([part.sides for part in parts], [part.changes for part in parts]):
        filled = [
            np.full(len(part.rates), "", dtype=object) if column is None else column
            for part, column in zip(parts, columns, strict=True)
        ]
        texts.append(None if all(column is None for column in columns) else np.concatenate(filled))
    numbers = {name: np.concatenate([part.numbers[name] for part in parts]) for name in NUMBERS}
    return Part(numbers, np.concatenate([part.rates for part in parts]), *texts)


def part_of(raw: sqlite3.Connection, where: tuple[int, int, int]) -> Part | None:
    """What stands of a series between two moments; None where there is nothing."""
    arrays = ", ".join(f"json_group_array({name})" for name in (*NUMBERS, "rate"))
    *texts, rates, sides, changes = raw.execute(
        f"SELECT {arrays}, max(sides), max(change_pct) {IN_RANGE}", where
    ).fetchone()
    if sides is None:
        return None
    part = Part(
        dict(zip(NUMBERS, map(whole_numbers, texts), strict=True)),
        np.array(json.loads(rates), dtype=object) if '"' in rates else whole_numbers(rates),
        texts_of(raw, "sides", where) if sides else None,
        texts_of(raw, "change_pct", where) if changes else None,
    )
    return standing(raw, where[0], part)


def whole_numbers(text: str) -> np.ndarray:
    """A list of integers in JSON as an array.

    >>> whole_numbers("[1,-2]").tolist()
    [1, -2]
    """
    return np.fromstring(text[1:-1], dtype=np.int64, sep=",")


def texts_of(raw: sqlite3.Connection, name: str, where: tuple[int, int, int]) -> np.ndarray:
    """A column of texts, in the order of the other columns."""
    (text,) = raw.execute(f"SELECT json_group_array({name}) {IN_RANGE}", where).fetchone()
    return np.array(json.loads(text), dtype=object)


def standing(raw: sqlite3.Connection, series: int, part: Part) -> Part:
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
            said = (part.rates[row], part.numbers["scale"][row], text_of(part.sides, row), text_of(part.changes, row))
            keep[row] = said == tuple(last)
    return part.taken(keep)


def text_of(column: np.ndarray | None, row: int) -> str:
    """One text of a column that may be empty throughout."""
    return "" if column is None else str(column[row])


def frame_of(raw: sqlite3.Connection, part: Part, sources: object, inverted: bool) -> pd.DataFrame:
    """The columns of `fx.frames.observation_frame`."""
    numbers = part.numbers
    size = len(part.rates)
    index = pd.DatetimeIndex((numbers["observed_at"] >> 1).astype("datetime64[ms]"), name="observed_at", tz="UTC")
    values, lows, highs = figures_of(part, inverted)
    nothing = np.full(size, np.nan)
    bids, asks = (
        (nothing, nothing)
        if inverted or part.sides is None
        else (by_text(part.sides, bid_in), by_text(part.sides, ask_in))
    )
    names, recorded = documents_of(raw, numbers["document_id"])
    columns = {
        "rate": values,
        "rate_text": texts_of_rates(part, inverted),
        "low_bound": lows,
        "high_bound": highs,
        "bid": bids,
        "ask": asks,
        "change_pct": nothing if inverted or part.changes is None else by_text(part.changes, str),
        "kind": pd.array(["inverse" if inverted else "quoted"], dtype="str").take(np.zeros(size, dtype=np.int64)),
        "age_days": np.zeros(size, dtype=np.int64),
        "source": sources,
        "document": names,
        "line": pd.array(numbers["line"], dtype="Int64"),
        "repeats": pd.array(numbers["repeats"], dtype="Int64"),
        "recorded_at": recorded,
    }
    return pd.DataFrame(columns, index=index)[list(OBSERVATION_COLUMNS)]


def figures_of(part: Part, inverted: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Value, low and high end of each row, the floats nearest to the exact ones."""
    scales = part.numbers["scale"]
    size = len(scales)
    plain = (scales >= 0) & (scales <= EXACT_POWER)
    if part.sides is not None:
        plain &= part.sides == ""
    if part.rates.dtype == object:
        rates = np.array([rate if isinstance(rate, int) else 0 for rate in part.rates], dtype=np.int64)
    else:
        rates = part.rates
    plain &= (rates > 0) & (rates < EXACT_IN_A_FLOAT // 2)
    tops = np.where(plain, rates, 1).astype(np.float64)
    units = POWERS[np.where(plain, scales, 0)]
    # Each of these numbers is exact in a float, so that the one division rounds as the exact quotient would.
    found = [top / bottom for top, bottom in interval(tops, units, inverted)]
    for row in np.flatnonzero(~plain).tolist() if size else ():
        statement = (part.rates[row], int(scales[row]), text_of(part.sides, row), inverted)
        for column, end in zip(found, figure(*statement), strict=True):
            column[row] = float(end)
    return found[0], found[1], found[2]


def bid_in(sides: str) -> str:
    """The bid of what is stored of two sides, '' without.

    >>> bid_in("1.0/1.2"), ask_in("1.0/1.2")
    ('1.0', '1.2')
    """
    return sides.partition("/")[0]


def ask_in(sides: str) -> str:
    """The ask of it."""
    return sides.partition("/")[2]


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
    if part.rates.dtype == object or part.sides is not None or len(scales) == 0:
        statements = [(part.rates[row], int(scales[row]), text_of(part.sides, row)) for row in range(len(scales))]
        return pd.array([written(*statement, inverted) for statement in statements], dtype="str")
    rate_codes, rates = pd.factorize(part.rates)
    scale_codes, kinds = pd.factorize(scales)
    codes, distinct = (
        (rate_codes, range(len(rates))) if len(kinds) == 1 else pd.factorize(rate_codes * len(kinds) + scale_codes)
    )
    figures = [(int(rates[each // len(kinds)]), int(kinds[each % len(kinds)])) for each in distinct]
    return pd.array([written(rate, scale, "", inverted) for rate, scale in figures], dtype="str").take(codes)


def written(rate: int | str, scale: int, sides: str, inverted: bool) -> str | None:
    """The digits of one rate; None where only sides were published and nothing is turned over.

    >>> written(190, 5, "", False), written(190, 5, "", True), written(0, 0, "1.0/1.2", False)
    ('0.00190', '526.3157894736842105263157895', None)
    """
    if inverted:
        return rate_text(None, figure(rate, scale, sides, True)[0])
    if not rate:
        return None
    return fixed(int(rate), scale) if scale >= 0 else f"{rate}{'0' * -scale}"


def documents_of(raw: sqlite3.Connection, numbers: np.ndarray) -> tuple[object, object]:
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
