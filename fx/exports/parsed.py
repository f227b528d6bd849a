"""What documents gave, as rows of CSV: quotes that are kept in columns go out without a detour by objects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fx.exports.records import quote_record
from fx.exports.rows import guarded
from fx.formats.log_lines import Lines
from fx.logs import Quotes
from fx.quotes import Quote

__all__ = ["quote_cells"]


def quote_cells(quotes: Sequence[Quote]) -> Iterator[tuple[object, ...]]:
    """Quotes as rows, in the order of the fields of `quote_record`, their texts guarded."""
    if not isinstance(quotes, Quotes):
        yield from (tuple(map(guarded, quote_record(quote).values())) for quote in quotes)
        return
    document, source = guarded(quotes.document), guarded(quotes.source)
    for stretch in quotes.stretches():
        if isinstance(stretch, Lines):
            numbers, bases, counters, rates, changes, moments, times = quotes.columns(stretch)
            each = zip(numbers, bases, counters, rates, changes, moments, times, strict=True)
            for line, base, counter, rate, change, moment, number in each:
                yield document, line, base, counter, rate, None, None, change, moment, stretch.basis, source, number
        else:
            yield from quote_cells(stretch)
