"""What the quotes themselves say about their faults: each finding names its quotes, why, and what to do.

Pure over quotes: nothing is read, and the time is handed in. Modules: `series` (one pair of one source, in whole
numbers), `levels` (slipped points, swaps, spikes, jumps), `rhythm` (standing still, gaps, the future, percents),
`moments` (reciprocals and triangles), `pegs`, `finding`. A quote that one check has explained is left out of the later
ones, so that one fault is told once.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import partial

from fx.audit.finding import KINDS, SEVERITIES, Finding
from fx.audit.levels import level_findings, turned_findings
from fx.audit.moments import moment_findings
from fx.audit.pegs import Break, cross_breaks, cross_peg_findings, peg_findings
from fx.audit.rhythm import change_findings, future_findings, gap_findings, stuck_findings
from fx.audit.series import Series, apart, series_of
from fx.currencies import Pair
from fx.moments import Moment
from fx.quotes import Quote

__all__ = ["KINDS", "SEVERITIES", "Finding", "audit"]


def audit(quotes: Iterable[Quote], now: Moment) -> list[Finding]:
    """What is odd about quotes, gravest first, then by pair and time; ``now`` is what the future is measured by.

    Of each source, pair and moment only the statement that stands should be given. Decreed rates are not judged.

    >>> from fx.reader import parse
    >>> from dataclasses import replace
    >>> days = range(10, 20)
    >>> ticks = [parse(f"KZT/USD = {'0.190' if day == 15 else '0.00190'}") for day in days]
    >>> from fx.quotes import Quote
    >>> found = audit(
    ...     [
    ...         Quote(t.base, t.counter, t.rate, None, None, None, Moment.parse(f"2024-12-{day}"), None, None, "p", day)
    ...         for day, (t,) in zip(days, ticks)
    ...     ],
    ...     Moment.parse("2024-12-31"),
    ... )
    >>> [(finding.kind, finding.severity, finding.quote.line) for finding in found]
    [('factor', 'error', 15)]
    """
    ahead = future_findings(given := list(quotes), now)
    found = list(ahead)
    # What is dated ahead is at another place of its series than it belongs: it is told once, and no more.
    late = {finding.quote for finding in ahead}
    walked = {
        (series.pair, series.source): (series, *level_findings(series, now))
        for series in series_of(quote for quote in given if not late or quote not in late)
    }
    moments: dict[tuple[int, str | None], dict[Pair, tuple[Series, int]]] = {}
    for (pair, source), (series, levels, wrong) in walked.items():
        found += levels
        other = walked.get((pair.inverse, source))
        if other and (len(series), pair) < (len(other[0]), pair.inverse):
            found += turned_findings(series, other[0], wrong, other[2])
        found += stuck_findings(series, wrong)
        found += gap_findings(series)
        found += change_findings(series, wrong)
        found += peg_findings([quote for at, quote in enumerate(series.quotes) if at not in wrong])
        for at, quote in enumerate(series.quotes):
            if at not in wrong:
                moments.setdefault((quote.observed_at.ordinal, source), {})[pair] = (series, at)
    breaks: list[Break] = []
    for _, places in sorted(moments.items(), key=lambda each: each[0][0]):
        if len(places) > 1:
            together = {pair: series.quotes[at] for pair, (series, at) in places.items()}
            breaks += cross_breaks(together)
            found += moment_findings(together, {pair: partial(strangeness, *place) for pair, place in places.items()})
    found += cross_peg_findings(breaks)
    return sorted(
        found,
        key=lambda each: (SEVERITIES.index(each.severity), str(each.pair), each.quote.observed_at.ordinal, each.kind),
    )


def strangeness(series: Series, at: int) -> Fraction:
    """How far a quote is from the nearer of those beside it in time, in usual steps."""
    beside = [series.values[each] for each in (at - 1, at + 1) if 0 <= each < len(series)]
    return Fraction(min((apart(series.values[at], value) for value in beside), default=0), max(1, series.usual(at)))
