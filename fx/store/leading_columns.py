"""What `fx.store.leading` tells of one question, for many moments at once: whole columns in, whole columns out."""

from __future__ import annotations

import numpy as np

from fx.store.leading import MOST_DIGITS, NEWEST_MOMENT, Leading
from fx.store.marks import marked
from fx.store.plainly import Driver
from fx.store.stretches import parts_of, plain_texts, stretch_in
from fx.store.ways import IN_RANGE
from fx.vectors import Statements, whole_numbers
from fx.whole import ORDINALS_A_DAY

__all__ = ["statements"]

ROWS_A_QUESTION = 50
"""Rows of a series read for each moment at most; where more lie between, a seek each is quicker."""
NEVER = -(2**62)


def statements(raw: Driver, way: Leading, untils: np.ndarray) -> Statements | None:
    """The statement that alone is the answer until each of some ordinals; None where seeks are quicker."""
    low, high, size = int(untils.min()), int(untils.max()), len(untils)
    days = np.full(size, NEVER)
    settled = np.ones(size, dtype=bool)
    rates, scales, observed = (np.zeros(size, np.int64) for _ in range(3))
    inverted = np.zeros(size, dtype=bool)
    for series, turned in way.own:
        span = span_of(raw, series, low, high, size * ROWS_A_QUESTION)
        if span is None:
            return None
        moments, *columns = columns_of(raw, series, *span)
        if not len(moments):
            continue
        index = np.searchsorted(moments, untils, side="right") - 1
        day = np.where(index < 0, NEVER, moments[index] // ORDINALS_A_DAY)
        settled &= (day != days) | (index < 0)
        fresher = np.flatnonzero(day > days)
        days[fresher] = day[fresher]
        inverted[fresher] = turned
        for column, found in zip((observed, rates, scales), (moments, *columns), strict=True):
            column[fresher] = found[index[fresher]]
    settled &= (days > NEVER) & (scales >= 0)
    if way.max_age is not None:
        settled &= untils // ORDINALS_A_DAY - days <= way.max_age
    for series in way.others:
        span = span_of(raw, series, low, high, size * ROWS_A_QUESTION)
        if span is None:
            return None
        rows = raw.execute(f"SELECT DISTINCT observed_at {IN_RANGE} ORDER BY observed_at", (series, *span))
        moments = np.array([moment for (moment,) in rows], dtype=np.int64)
        if len(moments):
            index = np.searchsorted(moments, untils, side="right") - 1
            settled &= (index < 0) | (moments[index] // ORDINALS_A_DAY <= days)
    return Statements(settled, rates, scales, observed, inverted)


def span_of(raw: Driver, series: int, low: int, high: int, most: int) -> tuple[int, int] | None:
    """The ordinals between which a series can tell of moments; None where more rows lie there than are to be read."""
    (start,) = raw.execute(NEWEST_MOMENT, (series, low)).fetchone()
    span = (low if start is None else start, high)
    far = f"SELECT 1 {IN_RANGE} ORDER BY observed_at LIMIT 1 OFFSET ?"
    return None if raw.execute(far, (series, *span, most)).fetchone() else span


def columns_of(raw: Driver, series: int, low: int, high: int) -> tuple[np.ndarray, ...]:
    """Moments, rates and scales of a series, in time; the scale is -1 where there is no plain rate."""
    parts: list[tuple[np.ndarray, ...]] = [(np.zeros(0, np.int64),) * 3]
    mark = marked(raw, series)
    for within in parts_of(raw, series, low, high):
        where = (series, *within)
        texts = plain_texts(raw, where, mark)
        if texts is None:
            continue
        if "null" not in texts[1]:
            moments, rates = map(whole_numbers, texts[:2])
            if (moments[1:] > moments[:-1]).all():  # one statement a moment: as nearly everywhere
                scale = texts[2] if texts[2] <= MOST_DIGITS else -1
                parts.append((moments, rates, np.full(len(moments), scale)))
                continue
        stretch = stretch_in(raw, where, mark, texts)
        size = len(stretch.moments)
        scales = np.full(size, stretch.scales) if isinstance(stretch.scales, int) else np.array(stretch.scales)
        plain = np.full(size, fill_value=True)
        if stretch.rests:
            plain &= np.array([not rest for rest in stretch.rests])
        plain &= (scales >= 0) & (scales <= MOST_DIGITS)
        parts.append((np.array(stretch.moments), np.array(stretch.rates), np.where(plain, scales, -1)))
    return tuple(np.concatenate(each) for each in zip(*parts, strict=True))
