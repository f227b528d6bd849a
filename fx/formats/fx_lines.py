"""JSON as fx writes it (``fx parse --json``, ``fx export jsonl`` or ``json``), read back to the same quotes.

An object a line, or an array of such, with the keys ``base``, ``counter``, ``rate``, ``bid``, ``ask``, ``change_pct``,
``observed_at`` and ``source``; exact numbers are strings, absent is null. The day or the instant comes back as it was,
and the source too, unless ``--source`` gives another. ``document``, ``line``, ``time_basis`` and ``repeats`` are those
of the new file.
A line whose ``kind`` says that it was worked out (inverse, cross) is refused: nobody published it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from fx.currencies import Pair
from fx.errors import MomentError
from fx.formats.fields import code_of
from fx.formats.json_text import Table, json_values
from fx.formats.page import Page
from fx.formats.record import Row, quote_of
from fx.formats.rows import objects_by_line
from fx.late import late
from fx.moments import Moment
from fx.quotes import Reject, Tick

__all__ = ["FX_LINES", "FxLines"]

OWN_LINE = late(
    r'\ufeff?\s*+(?:\[\s*+)?\{(?=[^\n{}]{0,4000}"base"\s*:)(?=[^\n{}]{0,4000}"counter"\s*:)(?=[^\n{}]{0,4000}"observed_at"\s*:)'
)


@dataclass(frozen=True, slots=True)
class FxLines:
    """The format ``fx``."""

    name: str = "fx"
    summary: str = "JSON lines as fx itself writes them"
    example: str = '{"base": "KZT", "counter": "USD", "rate": "0.00190", "observed_at": "2024-12-14"}'

    def recognises(self, page: Page) -> bool:
        """Whether the first line is one of ours."""
        return OWN_LINE.match(page.raw) is not None

    def head(self, beginning: str) -> str | None:
        """None needed where each object has a line."""
        return objects_by_line(beginning)

    def read(self, page: Page) -> Iterator[Tick | Reject]:
        """Yield a tick for each line.

        >>> page = Page("", '{"base": "KZT", "counter": "USD", "rate": "0.00190", "observed_at": "2024-12-14"}')
        >>> [(tick.rate, str(tick.observed_at)) for tick in FX_LINES.read(page)]
        [(Decimal('0.00190'), '2024-12-14')]
        """
        for value in json_values(page.raw):
            for each in value if isinstance(value, list) else [value]:
                found = own_quote(each) if isinstance(each, Table) else each if isinstance(each, Reject) else None
                if found is not None:
                    yield found


def own_quote(row: Table) -> Tick | Reject | None:
    """One line as a tick."""
    base, counter = code_of(row.get("base")), code_of(row.get("counter"))
    if base is None or counter is None:
        return None
    if row.get("kind") in {"inverse", "cross", "identity"}:
        reason = f"of the kind {row.get('kind')} it was worked out, not published: write out the pair as it is quoted"
        return Reject(f"{base}/{counter}", reason, row.line)
    when, source, unit = row.get("observed_at"), row.get("source"), row.get("unit")
    try:
        moment = Moment.parse(when) if isinstance(when, str) else None
    except MomentError as error:
        return Reject(f"{base}/{counter}", error.message, row.line)
    found = quote_of(
        Row(
            Pair(base, counter),
            row.get("rate"),
            row.get("bid"),
            row.get("ask"),
            row.get("change_pct"),
            line=row.line,
            moment=moment,
            source=source if isinstance(source, str) else None,
        )
    )
    if isinstance(found, Tick) and isinstance(unit, Decimal) and 1 <= unit < Decimal(10**9):
        return replace(found, unit=int(unit))
    return found


FX_LINES = FxLines()
