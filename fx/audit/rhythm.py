"""What does not fit the rhythm of a series: values that stand still, days left out, days to come, percents."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby, pairwise

from fx.audit.finding import Finding, figure, number, place
from fx.audit.pegs import within_peg
from fx.audit.series import Series
from fx.exact import plain
from fx.moments import Moment
from fx.quotes import Quote

__all__ = ["change_findings", "future_findings", "gap_findings", "stuck_findings"]

AHEAD = 4
"""Days ahead that official rates are set: a Friday's for the Tuesday after a Monday without banks (FORMATS.md §4)."""
STILL = 5
"""Observations that any series may repeat: a weekend carried forward and two holidays (FORMATS.md: "week-ends and
holidays repeat the last value")."""
CHANCE = Fraction(1, 10**6)
"""How unlikely a run of one value must be in a series of its length, by how often that one repeats a value."""
FEWEST_MOVES = 10
"""Moves that a series must have shown before standing still is odd of it: 1-digit rates stand for months."""
FEWEST_GAPS = 10
"""Gaps from which a rhythm is taken."""
AROUND = 60
"""Gaps to either side that are the rhythm: three months of business days."""
SHORT = 4
"""Days between two quotes that are never a gap: a long weekend."""
SUSPENDED = 366
"""Days beyond which a series was not interrupted but suspended: history, hence a note."""
WINDOW = 10
"""Days within which a printed percent may have begun: a day or a week, and holidays. Which it is is never said."""
FEWEST_BEFORE = 3
"""Earlier quotes in the window without which a percent cannot be judged."""


def stuck_findings(series: Series, wrong: set[int]) -> list[Finding]:
    """Runs of one printed value that neither the digits nor the habits of the series explain.

    How often the rest of the series repeats a value holds its digits and its rhythm both; a peg explains any run.
    """
    runs: list[tuple[int, int, int]] = []
    for _, group in groupby((at for at in range(len(series)) if at not in wrong), key=lambda at: series.values[at]):
        places = list(group)
        runs.append((len(places), places[0], places[-1]))
    if len(runs) <= FEWEST_MOVES:
        return []
    lengths = sorted((length for length, _, _ in runs), reverse=True)
    total = sum(lengths)
    found = []
    for length, at, end in runs:
        # The longest run there is beside this one.
        second = lengths[1] if length == lengths[0] else lengths[0]
        if length <= STILL or length < 2 * second:
            continue
        rest = total - length
        repeats = rest - (len(runs) - 1)
        likely = total * Fraction(repeats + 1, rest + 1) ** (length - 1)
        quote, last = series.quotes[at], series.quotes[end]
        if likely >= CHANCE or within_peg(quote):
            continue
        found.append(
            Finding(
                "stuck",
                "warning" if end == runs[-1][2] else "note",
                tuple(series.quotes[at : end + 1]),
                (),
                f"{quote.pair} = {figure(quote)} stands still for {length} observations, from {quote.observed_at} "
                f"({place(quote)}) to {last.observed_at}, and never else for more than {second}: "
                "look whether the source renewed it",
            )
        )
    return found


def gap_findings(series: Series) -> list[Finding]:
    """Stretches of days without a quote, three times as long as all but a twentieth of the gaps about them.

    A series of business days has gaps of three days each week, so that nine are usual: holidays, golden weeks.
    """
    starts = [at for at in range(len(series)) if at + 1 < len(series) and series.days[at + 1] > series.days[at]]
    gaps = [series.days[at + 1] - series.days[at] for at in starts]
    if len(gaps) < FEWEST_GAPS:
        return []
    found = []
    for number_, (gap, at) in enumerate(zip(gaps, starts, strict=True)):
        if gap <= SHORT:
            continue
        near = sorted((*gaps[max(0, number_ - AROUND) : number_], *gaps[number_ + 1 : number_ + 1 + AROUND]))
        usual = near[len(near) * 19 // 20]
        if gap <= 3 * usual or gap <= SHORT:
            continue
        before, after = series.quotes[at], series.quotes[at + 1]
        long = gap > SUSPENDED
        found.append(
            Finding(
                "gap",
                "note" if long else "warning",
                (after,),
                (before,),
                f"{after.pair} has no quote for {gap} days, from {before.observed_at} ({place(before)}) to "
                f"{after.observed_at} ({place(after)}), where up to {usual} are usual: "
                + ("nothing is to be done if it was suspended" if long else "load what was published in between"),
            )
        )
    return found


def future_findings(quotes: Sequence[Quote], now: Moment) -> list[Finding]:
    """Quotes dated further ahead of the clock than official rates are set."""
    return [
        Finding(
            "future",
            "error",
            (quote,),
            (),
            f"{quote.pair} = {figure(quote)} is dated {quote.observed_at}, {ahead} days after {now.day} "
            f"({place(quote)}): look at the date on the page, and load it again with --observed-at",
        )
        for quote in quotes
        if (ahead := now.days_until(quote.observed_at)) > AHEAD
    ]


def change_findings(series: Series, wrong: set[int]) -> list[Finding]:
    """Printed percents that no period within the last days explains.

    Since when a percent counts is never said, and 0 does not mean unchanged (FORMATS.md §4), so that 0 is never judged.
    Any other says what the rate was: the figure less the percent. That must be a rate of the last `WINDOW` days, within
    the digits of both: between the least and the largest seen then, or beyond by no more than the largest step among
    them, as a rate wanders between two quotes too.
    """
    found = []
    for at, quote in enumerate(series.quotes):
        percent = quote.change_pct
        if not percent or at in wrong:
            continue
        first = at
        while first and series.days[at] - series.days[first - 1] <= WINDOW:
            first -= 1
        seen = [each for each in range(first, at + 1) if each not in wrong]
        if len(seen) <= FEWEST_BEFORE:
            continue
        half = Fraction(1, 2) * Fraction(10) ** int(percent.as_tuple().exponent)
        least, most = (1 + (Fraction(percent) + side) / 100 for side in (-half, half))
        if least <= 0:
            least = most = Fraction(1, BILLIONTH)
        low, high = series.lows[at] / most, series.highs[at] / least
        wander = max(abs(series.values[one] - series.values[two]) for one, two in pairwise(seen))
        bottom = min(series.lows[each] for each in seen) - wander
        top = max(series.highs[each] for each in seen) + wander
        if low <= top and high >= bottom:
            continue
        was = number(Fraction(series.values[at], series.denominator) / ((least + most) / 2), 6)
        found.append(change_finding(quote, plain(percent), was, series.quotes[first:at]))
    return found


BILLIONTH = 10**9
"""What is left of a rate that fell by all of itself or more, which none can: so little that nothing explains it."""


def change_finding(quote: Quote, percent: str, was: str, before: Sequence[Quote]) -> Finding:
    """A percent that does not fit the quotes before."""
    figures = sorted(before, key=lambda each: each.value)
    return Finding(
        "change",
        "warning",
        (quote,),
        tuple(before),
        f"{quote.pair} = {figure(quote)} of {quote.observed_at} prints {percent}% ({place(quote)}), so that it was "
        f"{was}, but the {len(before)} quotes of the {WINDOW} days before lie between {figure(figures[0])} and "
        f"{figure(figures[-1])}: look whether sign and percent belong to this pair",
    )
