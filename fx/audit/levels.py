"""Figures away from their neighbours: slipped points and units, base and counter swapped, spikes, and jumps.

The series is walked in time. The last quote that was near its predecessor is the level; a quote further from it than is
usual there (`Series.limit`) is weighed with what follows: what comes back at once was an episode, what stays is a new
level. An episode is explained by a power of ten, by the reciprocal, or is a spike.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from fx.audit.finding import Finding, figure, number, place
from fx.audit.series import BILLION, FEWEST, PERCENT, Series, apart, median
from fx.moments import Moment

__all__ = ["level_findings", "turned_findings"]

POWERS = (1, 2, 3, -1, -2, -3)
"""Powers of ten by which units and slipped points differ: figures for 10, 100 or 1000 (ISO 4217 minor units too)."""
NEAREST = 25 * PERCENT
"""How near to the explanation a figure must be, at most: halfway to a factor of two it explains nothing."""
TOLD_APART = 10 * PERCENT
"""How far a rate must be from its reciprocal for a swap to be told from a spike: near parity they look alike."""
EPISODE = 3
"""Quotes that an unexplained spike may last; what is away for longer was history."""
BLIP = 8
"""Usual steps beyond which a lone quote is off if the next is back: two such steps, one against the other, are rarer
than one of `UNUSUAL`."""
BLIP_BACK = 5
"""How much nearer to the last the next quote must be than the lone one."""
UNCONFIRMED = 31
"""Days after which a newest quote is no news: the series has ended, and nobody is to confirm it."""
JUMP = 10 * PERCENT
"""A lasting jump below this is told only while it is the newest: markets do such things every year."""
OPENING = 5
"""First quotes among which the level to begin with is looked for."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What explains a figure: ``factor`` with its power of ten, ``swap``, or ``spike`` for nothing."""

    kind: str
    power: int = 0


def cause_of(series: Series, at: int, level: int) -> Cause:
    """What explains the figure ``at``, were that at ``level`` right."""
    value, right = series.values[at], series.values[level]
    away = apart(value, right)
    near = min(series.limit(at, level) if len(series) > 2 else NEAREST, NEAREST)
    found = [
        (apart(value * 10 ** max(0, -power), right * 10 ** max(0, power)), Cause("factor", power)) for power in POWERS
    ]
    # The reciprocal of the level over the same denominator, cut to a whole number.
    reciprocal = max(1, series.denominator**2 // right)
    if apart(right, reciprocal) >= TOLD_APART:
        found.append((apart(value, reciprocal), Cause("swap")))
    distance, cause = min(found, key=lambda each: each[0])
    return cause if distance <= near and distance * 5 < away else Cause("spike")


def opening(series: Series) -> int:
    """Where the walk begins: the first quote that is near the middle of the first few."""
    if len(series) == 2:
        return 0  # either may be wrong: the later one is named
    first = range(min(OPENING, len(series)))
    middle = median(series.values[at] for at in first)
    centre = next(at for at in first if series.values[at] == middle)
    return next(at for at in first if apart(series.values[at], middle) <= series.limit(min(at, centre), centre))


def level_findings(series: Series, now: Moment) -> tuple[list[Finding], set[int]]:
    """Findings of one series, and the places of the quotes that they hold to be wrong."""
    if len(series) < 2:
        return [], set()
    found: list[Finding] = []
    wrong: set[int] = set()
    last = opening(series)
    if last:
        run = range(last)
        cause = cause_of(series, 0, last)
        found.append(episode(series, run, last, last, cause))
        wrong.update(run)
    at = last + 1
    while at < len(series):
        away = apart(series.values[at], series.values[last])
        # Most steps are far below the least that is unusual; the rest is not weighed for them.
        if away <= PERCENT or (away <= series.limit(last, at) and not blip(series, last, at)):
            last, at = at, at + 1
            continue
        cause = cause_of(series, at, last)
        end = return_of(series, last, at, cause)
        if end is None:
            newest = len(series) - at <= EPISODE
            if cause.kind != "spike" or newest or away >= JUMP:
                found.append(lasting(series, at, last, cause, newest=newest, now=now))
            if newest and cause.kind != "spike":
                wrong.update(range(at, len(series)))
                break
            last, at = at, at + 1
            continue
        run = range(at, end)
        found.append(episode(series, run, last, end, cause))
        wrong.update(run)
        last, at = end, end + 1
    return found, wrong


def blip(series: Series, last: int, at: int) -> bool:
    """Whether one quote alone is off, by less than is unusual of a step, as the next is back where the last was."""
    if len(series) < FEWEST or at + 1 >= len(series):
        return False
    away = min(apart(series.values[at], series.values[each]) for each in (last, at + 1))
    back = apart(series.values[at + 1], series.values[last])
    return back * BLIP_BACK < away and away > series.limit(last, at, BLIP)


def return_of(series: Series, last: int, at: int, cause: Cause) -> int | None:
    """The first later quote that is back at the level, if what lies between is an episode."""
    away = apart(series.values[at], series.values[last])
    longest = EPISODE if cause.kind == "spike" else len(series)
    for later in range(at + 1, min(len(series), at + longest + 1)):
        back = apart(series.values[later], series.values[last])
        if back <= series.limit(last, later) and back * 3 < away:
            return later
        if apart(series.values[later], series.values[at]) > away:
            return None  # neither where it was nor where it went
    return None


def fault(cause: Cause) -> tuple[str, str]:
    """What went wrong, and what to do."""
    if cause.kind == "factor":
        times = f"{10**cause.power} times" if cause.power > 0 else f"1/{10**-cause.power} of"
        return times, "look whether it is for several units or a point slipped, and load the right figure"
    if cause.kind == "swap":
        return "near the reciprocal of", "look whether base and counter changed places, and load the right pair"
    return "", "look at the page, and load the right figure if it is an error"


def span(series: Series, run: range) -> str:
    """The quotes of a run in words."""
    quotes = series.quotes[run.start : run.stop]
    first = f"{quotes[0].pair} = {figure(quotes[0])} of {quotes[0].observed_at}"
    return first if len(quotes) == 1 else f"{first} and the next {len(quotes) - 1}, up to {quotes[-1].observed_at},"


def episode(series: Series, run: range, before: int, after: int, cause: Cause) -> Finding:
    """A run of wrong figures between quotes that agree (or ahead of the first that can be trusted)."""
    quote, neighbour = series.quotes[run.start], series.quotes[before]
    what, do = fault(cause)
    ratio = number(series.fraction(series.values[run.start]) / series.fraction(series.values[before]))
    many = len(run) > 1
    if cause.kind == "spike":
        what = f"{'stand' if many else 'stands'} at {ratio} times"
    else:
        what = f"{'are' if many else 'is'} {what}"
    by = {series.quotes[before]: None, series.quotes[after]: None} if before != after else {neighbour: None}
    figures = " and ".join(f"{figure(each)} of {each.observed_at}" for each in by)
    gross = apart(series.values[run.start], series.values[before]) >= BILLION // 2
    return Finding(
        cause.kind,
        # Markets in panic are away for days; a slip is mended the next.
        "error" if cause.kind != "spike" or gross else "note" if many else "warning",
        tuple(series.quotes[run.start : run.stop]),
        tuple(by),
        f"{span(series, run)} {what} the {figures} beside it ({place(quote)}): {do}",
    )


def lasting(series: Series, at: int, last: int, cause: Cause, *, newest: bool, now: Moment) -> Finding:
    """A level that is not returned from: told gravely while nothing but a fault explains it."""
    quote, neighbour = series.quotes[at], series.quotes[last]
    what, do = fault(cause)
    ratio = number(series.fraction(series.values[at]) / series.fraction(series.values[last]))
    text = f"{quote.pair} = {figure(quote)} of {quote.observed_at}"
    before = f"the {figure(neighbour)} of {neighbour.observed_at} ({place(quote)})"
    if cause.kind != "spike":
        rest = "and no later quote says otherwise"
        return Finding(
            cause.kind,
            "error" if newest and len(series) > 2 else "warning",
            tuple(series.quotes[at:]) if newest else (quote,),
            (neighbour,),
            f"{text} is {what} {before}, {rest}: {do}",
        )
    if newest:
        return Finding(
            "jump",
            "warning" if quote.observed_at.days_until(now) <= UNCONFIRMED else "note",
            (quote,),
            (neighbour,),
            f"{text} is {ratio} times {before}, and nothing later confirms it: {do}",
        )
    return Finding(
        "jump",
        "note",
        (quote,),
        (neighbour,),
        f"{text} is {ratio} times {before}, and later quotes stay there: "
        "nothing is to be done if the market did that, or was not seen for long",
    )


def turned_findings(series: Series, inverse: Series, wrong: set[int], wrong_there: set[int]) -> list[Finding]:
    """Figures of a pair that are those of its inverse: the codes changed places and the figure did not.

    ``inverse`` is what the same source publishes the other way round, and holds more; nearest in time is compared.
    """
    found = []
    days = [(day, at) for at, day in enumerate(inverse.days) if at not in wrong_there]
    for at, quote in enumerate(series.quotes):
        if at in wrong or not days:
            continue
        where = bisect_left(days, (series.days[at], 0))
        near = min(days[max(0, where - 1) : where + 2], key=lambda each: abs(each[0] - series.days[at]))[1]
        value = series.values[at] * inverse.denominator
        there = inverse.values[near] * series.denominator
        turned = max(1, (series.denominator * inverse.denominator) ** 2 // there)
        if apart(there, turned) < TOLD_APART:
            continue
        if apart(value, there) <= NEAREST and apart(value, there) * 5 < apart(value, turned):
            beside = inverse.quotes[near]
            found.append(
                Finding(
                    "swap",
                    "error",
                    (quote,),
                    (beside,),
                    f"{quote.pair} = {figure(quote)} of {quote.observed_at} ({place(quote)}) is like "
                    f"{beside.pair} = {figure(beside)} of {beside.observed_at} ({place(beside)}): "
                    f"{fault(Cause('swap'))[1]}",
                )
            )
            wrong.add(at)
    return found
