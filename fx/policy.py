"""What the asker demands of a rate, beyond the order in which paths are preferred (`fx.rates`).

max_age      no leg older than this, in whole days before the day asked for
max_spread   no two legs further apart than this, in whole days
via          the path itself: from base over these, leg by leg, to counter; none of them is ``direct``
sources      only these, in order of preference
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Self, TypedDict

from fx.currencies import Currency
from fx.errors import UsageError
from fx.exact import shown

__all__ = ["Days", "Demands", "Policy", "days_in"]

Days = str | int | timedelta
"""A number of days: ``7``, ``"7d"``, ``"2w"`` or a `timedelta` of whole days."""
SPAN = re.compile(r"(?P<number>[0-9]{1,6}) ?(?P<unit>d|days?|w|weeks?|)", re.IGNORECASE)


class Demands(TypedDict, total=False):
    """What `Policy.of` takes, as keywords of the questions."""

    max_age: Days | None
    max_spread: Days | None
    via: str | Iterable[str]
    direct: bool
    source: str | Iterable[str]


@dataclass(frozen=True, slots=True)
class Policy:
    """The demands on a rate; the default demands nothing.

    >>> Policy.of(max_age="7d", via=["usd"])
    Policy(max_age=7, max_spread=None, via=('USD',), sources=())
    """

    max_age: int | None = None
    max_spread: int | None = None
    via: tuple[Currency, ...] | None = None
    sources: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        *,
        max_age: Days | None = None,
        max_spread: Days | None = None,
        via: str | Iterable[str] = (),
        direct: bool = False,
        source: str | Iterable[str] = (),
    ) -> Self:
        """Read the demands as options and keywords give them; raises `UsageError`."""
        if max_age is None and max_spread is None and via == () == source and not direct:
            return cls()
        for name, value in (("via", via), ("source", source)):
            if not isinstance(value, str) and not all(isinstance(each, str) for each in list_of(name, value)):
                raise UsageError(f"{name} takes names, not {value!r}: pass one or a list of them"[:200])
        if "" in ((source,) if isinstance(source, str) else tuple(source)):
            raise UsageError("a source has a name: 'fx sources' lists them")
        over = tuple(Currency(code) for code in ((via,) if isinstance(via, str) else via))
        if direct and over:
            raise UsageError("a direct rate goes over no other currency: leave out --direct or --via")
        return cls(
            max_age=None if max_age is None else days_in(max_age),
            max_spread=None if max_spread is None else days_in(max_spread),
            via=over if over or direct else None,
            sources=tuple(dict.fromkeys((source,) if isinstance(source, str) else source)),
        )


def list_of(name: str, value: object) -> list[object]:
    """What is meant to be several names, as a list; raises `UsageError` for what is none."""
    if isinstance(value, Iterable):
        return list(value)
    raise UsageError(f"{name} takes names, not {value!r}: pass one or a list of them"[:200])


def days_in(span: Days) -> int:
    """A span of time in whole days; raises `UsageError`.

    >>> days_in("2w"), days_in(7), days_in(timedelta(days=3))
    (14, 7, 3)
    """
    if isinstance(span, timedelta):
        days, rest = divmod(span, timedelta(days=1))
        if not rest and days >= 0:
            return days
    elif isinstance(span, int) and not isinstance(span, bool):
        if span >= 0:
            return span
    elif isinstance(span, str) and (match := SPAN.fullmatch(span.strip())):
        return int(match["number"]) * (7 if match["unit"][:1].lower() == "w" else 1)
    raise UsageError(f"{shown(str(span))} is no number of days: write 7d or 2w", span=str(span)[:40])
