"""A document into quotes and rejects: repeats dropped, each quote stamped with time, source and place.

Where the time comes from, in this order (``time_basis``): the line itself (``line``), the caller (``given``), the
document's own date standing alone beside the ticker (``stated``), the file's modification time (``modified``, with a
note), and for standard input the clock (``clock``, with a note). The clock's ``now`` is an argument.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from fx.documents import Document, visible_text
from fx.errors import StrictReject
from fx.formats import Hints, Page, scan
from fx.moments import Moment, find_date, find_date_in_heading
from fx.quotes import Quote, Reject, Tick

__all__ = ["Reading", "parse", "read_document"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What one document gave: ``quotes`` in order of first appearance, ``rejects``, and ``repeats`` dropped."""

    document: str
    sha256: str
    observed_at: Moment
    time_basis: str
    quotes: tuple[Quote, ...]
    rejects: tuple[Reject, ...]
    repeats: int
    source: str | None = None
    notes: tuple[str, ...] = ()


def parse(text: str) -> list[Tick]:
    """The ticks of a text, repeats dropped, in order of first appearance; rejects and prose left out.

    Takes a line, a page or HTML, and adds neither time nor source.

    >>> parse("prose • KZT/USD = 0.00190 0% and so on")[0].rate
    Decimal('0.00190')
    """
    document = Document("", text.encode("utf-8", errors="surrogatepass"))
    found = (item for item in scan(page_of(document)) if isinstance(item, Tick))
    return list({tick.statement: tick for tick in reversed(list(found))}.values())[::-1]


def read_document(
    document: Document,
    *,
    now: datetime,
    source: str | None = None,
    observed_at: Moment | None = None,
    format_name: str = "auto",
    hints: Hints = Hints(),  # noqa: B008 (frozen)
    strict: bool = False,
) -> Reading:
    """Read one document; ``observed_at`` is the caller's, and goes before what the document states.

    Raises `StrictReject` at the first reject under ``strict``.
    """
    page = page_of(document, hints)
    text = page.text
    items: list[Tick | Reject] = []
    for item in scan(page, format_name):
        if strict and isinstance(item, Reject):
            raise StrictReject(
                f"{document.name}:{item.line}: {item.reason}", document=document.name, line=item.line, text=item.text
            )
        items.append(item)
    ticks = [item for item in items if isinstance(item, Tick)]
    rejects = [
        Reject(item.text, item.reason, item.line, item.column, document.name)
        for item in items
        if isinstance(item, Reject)
    ]
    stated = stated_dates(text, items) if ticks and observed_at is None else [None] * len(ticks)
    fallback, basis = (
        (observed_at, "given")
        if observed_at
        else (Moment.of_instant(document.modified), "modified")
        if document.modified
        else (Moment.of_instant(now), "clock")
    )
    first: dict[tuple[str, ...], Quote] = {}
    counts: dict[tuple[str, ...], int] = {}
    for tick, day in zip(ticks, stated, strict=True):
        moment, how = (
            (tick.observed_at, "line")
            if tick.observed_at
            else (Moment.of_day(day), "stated")
            if day
            else (fallback, basis)
        )
        key = (*tick.statement, str(moment))
        counts[key] = counts.get(key, 0) + 1
        if key not in first:
            first[key] = stamped(tick, moment, how, source, document.name)
    quotes = tuple(quote if counts[key] == 1 else repeated(quote, counts[key]) for key, quote in first.items())
    stamp, how = newest_stamp(quotes, (fallback, basis))
    sources = {quote.source for quote in quotes} | ({source} if source is not None else set())
    return Reading(
        document=document.name,
        sha256=document.sha256,
        observed_at=stamp,
        time_basis=how,
        quotes=quotes,
        rejects=tuple(rejects),
        repeats=len(ticks) - len(quotes),
        source=sources.pop() if len(sources) == 1 else source,
        notes=tuple(notes(document.name, quotes)),
    )


def newest_stamp(quotes: tuple[Quote, ...], fallback: tuple[Moment, str]) -> tuple[Moment, str]:
    """The time of a document: what it states, else the newest of its rows; the fallback where any quote needs it."""
    if any(quote.time_basis == fallback[1] for quote in quotes):
        return fallback
    for basis in ("stated", "line"):
        moments = [quote.observed_at for quote in quotes if quote.time_basis == basis]
        if moments and (basis == "stated" or len(moments) == len(quotes)):
            return max(moments), basis
    return fallback


def page_of(document: Document, hints: Hints = Hints()) -> Page:  # noqa: B008 (frozen)
    """What the formats are given of a document.

    >>> page_of(Document("page", b"KZT/USD&nbsp;= 0.00190<br>next")).text
    'KZT/USD\\xa0= 0.00190\\x0cnext'
    """
    raw = document.raw
    return Page(visible_text(raw), raw, document.name, hints)


def stamped(tick: Tick, moment: Moment, basis: str, source: str | None, document: str) -> Quote:
    """A tick with its origin."""
    return Quote(
        base=tick.base,
        counter=tick.counter,
        rate=tick.rate,
        bid=tick.bid,
        ask=tick.ask,
        change_pct=tick.change_pct,
        observed_at=moment,
        time_basis=basis,
        source=source if source is not None else tick.source,
        document=document,
        line=tick.line,
        unit=tick.unit,
    )


def repeated(quote: Quote, times: int) -> Quote:
    """The same quote, standing this often in its document."""
    return replace(quote, repeats=times)


def notes(document: str, quotes: tuple[Quote, ...]) -> Iterator[str]:
    """What the user should know of where the times came from."""
    for basis, words in (("modified", "the file's modification time"), ("clock", "the clock")):
        moments = [quote.observed_at for quote in quotes if quote.time_basis == basis]
        if moments:
            yield (
                f"{document}: no date stands beside the quotes, so {words} {moments[0]} is taken: "
                "give --observed-at to say when they held"
            )


def stated_dates(text: str, items: list[Tick | Reject]) -> list[date | None]:
    """For each tick the date that stands alone beside its block, after it or before it.

    A block is a run of ticks and rejects with nothing but marks and white space between them. Where every block has a
    date after it, those are meant; else where every block has one before it, those; else each block takes what it has.
    A block without any takes the document's, if all others agree on one.
    """
    blocks = blocks_of(text, items)
    after = [date_after(text[end : end + REACH]) for _, end, _ in blocks]
    before = [date_before(text[max(0, start - REACH) : start]) for start, _, _ in blocks]
    if all(after):
        found = after
    elif all(before):
        found = before
    else:
        found = [a or b for a, b in zip(after, before, strict=True)]
    agreed = {day for day in found if day}
    only = agreed.pop() if len(agreed) == 1 else None
    return [day or only for (_, _, size), day in zip(blocks, found, strict=True) for _ in range(size)]


def blocks_of(text: str, items: list[Tick | Reject]) -> list[tuple[int, int, int]]:
    """Start, end and number of ticks of each block that has any; a reject fills the rest of its line."""
    blocks: list[tuple[int, int, int]] = []
    for item in items:
        start, end = item.span
        counts = int(isinstance(item, Tick))
        if not counts:
            rest = LINE_END.search(text, end, end + 400)
            end = rest.start() if rest else end
        if blocks and start - blocks[-1][1] < 400 and not WORDS.search(text, blocks[-1][1], start):
            blocks[-1] = (blocks[-1][0], end, blocks[-1][2] + counts)
        else:
            blocks.append((start, end, counts))
    return [block for block in blocks if block[2]]


LINE_END = re.compile(r"[\n\x0c]|\Z")
WORDS = re.compile(r"[^\W_]")
REACH = 1000
"""Characters beyond a block among which its date is looked for."""


def date_after(text: str) -> date | None:
    """The date on the nearest line of text below a block, or glued to its end.

    >>> date_after("\\n14 December 2024\\n\\nViewing results 1 - 6 of 53\\n")
    datetime.date(2024, 12, 14)
    """
    lines = [line for line in re.split(r"[\n\x0c]", text) if WORDS.search(line)]
    return find_date(lines[0]) if lines else None


def date_before(text: str) -> date | None:
    """The date on the nearest line of text above a block: alone, in a heading, or alone above a heading.

    >>> date_before("14 December 2024\\n\\n# Rates\\n\\n"), date_before("Exchange rates as of 14 December 2024:\\n")
    (datetime.date(2024, 12, 14), datetime.date(2024, 12, 14))
    """
    lines = [line for line in re.split(r"[\n\x0c]", text) if WORDS.search(line)]
    if not lines:
        return None
    near = find_date(lines[-1]) or find_date_in_heading(lines[-1])
    if near is None and len(lines) > 1 and lines[-1].lstrip().startswith("#"):
        return find_date(lines[-2])
    return near
