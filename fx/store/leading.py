"""Questions that one quote answers, told without weighing paths: the quick way to what `fx.rates` chooses.

No path is fresher than the freshest quote at either of its ends. So where, at one end, nothing was said of any other
pair on a later day than what was said of the pair itself, that is the answer, if it is one statement alone. Everything
else (crosses, ties of sources, sides without a rate, decrees, what was known at a time) is left to `fx.rates`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fx.columns import Statement
from fx.currencies import Currency
from fx.decrees import decreed, heirs
from fx.moments import Moment
from fx.policy import Policy
from fx.sql import LAST_SAID
from fx.store.plainly import Driver
from fx.whole import ORDINALS_A_DAY

__all__ = ["MOST_DIGITS", "Leading", "Series", "leading", "series_in"]

MOST_OTHERS = 8
"""Series at an end that are looked at; where there are more, weighing all of them at once is no slower."""
NEWEST = """
SELECT observed_at, rate, scale, rest FROM quote
 WHERE series_id = ? AND observed_at <= ? ORDER BY observed_at DESC LIMIT 2"""
NEWEST_MOMENT = "SELECT max(observed_at) FROM quote WHERE series_id = ? AND observed_at <= ?"
MOST_DIGITS = 18
"""Decimals of a rate that is taken for plain; there are none beyond in what people publish."""
Series = tuple[int, Currency, Currency]
"""Id, base and counter."""


def series_in(raw: Driver, policy: Policy) -> list[Series]:
    """The series that may answer at first: all, or those of the source that is named first."""
    sql = "SELECT s.id, s.base, s.counter FROM series AS s JOIN source AS src ON src.id = s.source_id"
    rows = raw.execute(f"{sql} WHERE src.name = ?", policy.sources[:1]) if policy.sources else raw.execute(sql)
    return list(rows)


@dataclass(frozen=True, slots=True)
class Leading:
    """The series of a pair, each with whether it is inverted, and those at one end that may be fresher."""

    counter: Currency
    own: tuple[tuple[int, bool], ...]
    others: tuple[int, ...]
    max_age: int | None

    def statement(self, raw: Driver, as_of: Moment) -> Statement | None:
        """The statement that is the answer as of a moment; None where paths must be weighed."""
        until = as_of.last_ordinal
        newest, inverted, series = None, False, 0
        for each, turned in self.own:
            rows = raw.execute(NEWEST, (each, until)).fetchall()
            if not rows:
                continue
            if newest is not None:
                day, held = rows[0][0] // ORDINALS_A_DAY, newest[0][0] // ORDINALS_A_DAY
                if day == held:
                    return None
                if day < held:
                    continue
            newest, inverted, series = rows, turned, each
        if newest is None:
            return None
        observed, rate, scale, rest = newest[0]
        day = observed // ORDINALS_A_DAY
        if self.max_age is not None and until // ORDINALS_A_DAY - day > self.max_age:
            return None
        for other in self.others:
            (moment,) = raw.execute(NEWEST_MOMENT, (other, until)).fetchone()
            if moment is not None and moment // ORDINALS_A_DAY > day:
                return None
        if len(newest) > 1 and newest[1][0] == observed:
            *_, (rate, scale, rest, _) = raw.execute(LAST_SAID, {"series": series, "moment": observed})
        if rest or not 0 <= scale <= MOST_DIGITS:
            return None
        return Statement(self.counter, rate, scale, inverted, observed)


def leading(series: Sequence[Series], base: Currency, counter: Currency, policy: Policy) -> Leading | None:
    """What may answer for a pair; None where paths must be weighed in any case."""
    if policy.via or base == counter:
        return None
    own = tuple(
        (number, start == counter)
        for number, start, end in series
        if (start, end) in {(base, counter), (counter, base)}
    )
    withdrawn = heirs(base) | heirs(counter)
    ends = [end for end in (base, counter) if not any(quote.counter in withdrawn for quote in decreed(end))]
    if not own or not ends:
        return None
    owned = {number for number, _ in own}
    others = min(
        (tuple(each[0] for each in series if end in each[1:] and each[0] not in owned) for end in ends), key=len
    )
    if policy.via is None and len(others) > MOST_OTHERS:
        return None
    return Leading(counter, own, others if policy.via is None else (), policy.max_age)
