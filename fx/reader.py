"""A document into quotes and rejects: repeats dropped, each quote stamped with time, source and place.

Where the time comes from, in this order (``time_basis``): the line itself (``line``), the caller (``given``), the
document's own date standing alone beside the ticker (``stated``), the date at which an archive or a server says that it
fetched or changed the page (``stated`` as well), the file's modification time (``modified``, with a
note), and for standard input the clock (``clock``, with a note). The clock's ``now`` is an argument.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from fx.documents import ROWS, WHOLE, Document, Part, Parts, visible_text
from fx.errors import InputError, StrictReject
from fx.formats import TEXT, Format, Hints, Page, Plain, Rows, format_for, is_text, plain_of, scan
from fx.formats.log_lines import Lines
from fx.formats.ticker import TICKER
from fx.gathering import PLACES_A_LINE, Gathered, Seen, Window, stretches, windows
from fx.logs import Logs, Quotes, in_columns, is_log, pieces
from fx.moments import Moment
from fx.quotes import Quote, Reject, Tick
from fx.skimming import shown_parts

__all__ = ["Reading", "parse", "read_document", "read_documents"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What one document gave: ``quotes`` in order of their lines, ``rejects``, and ``repeats`` dropped.

    A stretch of a long file of rows is a document by itself: it has the name of the file, and ``sha256`` of its own.
    That is empty where the caller does not want a document ``identified``, which takes a while.
    """

    document: str
    sha256: str
    observed_at: Moment
    time_basis: str
    quotes: Sequence[Quote]
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


@dataclass(frozen=True, slots=True)
class Asked:
    """What the caller asks for: see `read_document`."""

    now: datetime
    source: str | None = None
    observed_at: Moment | None = None
    format_name: str = "auto"
    hints: Hints = Hints()  # noqa: RUF009 (frozen)
    strict: bool = False
    identified: bool = True


def read_document(document: Document, **how: Any) -> Iterator[Reading]:
    """Read one document of any size: one reading, or of a long file of rows one for each stretch of it.

    The options are the fields of `Asked`; ``observed_at`` is the caller's, and goes before what the document states.
    Raises `StrictReject` at the first reject under ``strict``, and `InputError` where what is left of a large document
    cannot be read, or where it is of a known shape and too large to be held.
    """
    asked = Asked(**how)
    parts = Parts(document, identified=asked.identified)
    chosen, head, said = format_of(parts, asked)
    if head is None:
        if is_log(parts.beginning.raw):  # every line has its mark: there is nothing to pass by
            yield reading_of(parts, chosen, windows(parts), said, asked)
        else:
            shown = windows(shown_parts(parts, chosen, asked.hints))
            yield reading_of(parts, chosen, shown, said, asked, skimmed=True)
        return
    for window in stretches(parts, head):
        yield reading_of(parts, chosen, (window,), said, asked)
        said = []


def reading_of(
    parts: Parts, chosen: Format, given: Iterable[Window], said: list[str], asked: Asked, *, skimmed: bool = False
) -> Reading:
    """What the windows of a document, or of a stretch of it, give; ``skimmed`` if they show it only in part."""
    document = parts.document
    gathered = Gathered(undated=asked.observed_at is not None)
    rejects: list[Reject] = []
    refused = 0
    logs = Logs()
    for window in given if skimmed else pieces_of(given, chosen, asked, logs):
        if isinstance(window, Lines):
            gathered.pass_by(days_of(window))
            logs.add(window)
            continue
        gathered.add_runs(window)
        for item in () if window.runs else chosen.read(Page(window.text, window.raw, document.name, asked.hints)):
            if not window.owns(item):
                continue
            line = item.line + window.line
            if isinstance(item, Tick):
                gathered.add(item, line, window)
                continue
            if asked.strict:
                raise StrictReject(
                    f"{document.name}:{line}: {item.reason}", document=document.name, line=line, text=item.text
                )
            refused += 1
            gathered.refuse(item, window)
            if refused <= REJECTS_KEPT:
                rejects.append(replace(item, line=line, document=document.name))
        gathered.look_ahead(window)
    fallback, basis = (
        (asked.observed_at, "given")
        if asked.observed_at
        else (document.stated, "stated")
        if document.stated
        else (Moment.of_instant(document.modified), "modified")
        if document.modified
        else (Moment.of_instant(asked.now), "clock")
    )
    source = asked.source
    found = settled(gathered, source, (fallback, basis))
    stated = sum(each.times for each in found) + logs.number
    if logs.runs:
        found = logs.merged(found)
    columns = None if logs.runs else in_columns(found, source, document.name, logs.words)
    plain = () if columns else tuple(each.quote(source, document.name) for each in found)
    times = {(each.basis, each.moment.ordinal): each.moment for each in found}
    stamps = {(how, moment) for (how, _), moment in times.items()}
    if logs.runs:
        columns = Quotes(plain, tuple(logs.runs), logs.times, source, document.name)
    quotes = plain if columns is None else columns
    sources = {None if isinstance(each.said, Plain) else each.said.source for each in found}
    if logs.runs:
        sources = {quote.source for quote in plain} | {source}
    stamp, how = newest_stamp(stamps, (fallback, basis), logs.most)
    if source is not None:
        sources = {source}
    if refused > REJECTS_KEPT:
        said = [*said, f"{document.name}: {refused:,} rejects, of which the first {REJECTS_KEPT:,} are kept"]
    return Reading(
        document=document.name,
        sha256=parts.sha256,
        observed_at=stamp,
        time_basis=how,
        quotes=quotes,
        rejects=tuple(rejects),
        repeats=stated - len(quotes),
        source=sources.pop() if len(sources) == 1 else source,
        notes=(*said, *notes(document.name, stamps)),
    )


def read_documents(documents: Iterable[Document | InputError], **how: Any) -> Iterator[Reading | InputError]:
    """Read one document after the other, by the options of `read_document`; what cannot be read loses no other.

    Raises `StrictReject` under ``strict``.
    """
    for document in documents:
        if isinstance(document, InputError):
            yield document
            continue
        try:
            yield from read_document(document, **how)
        except StrictReject:
            raise
        except InputError as error:
            yield error


REJECTS_KEPT = 10_000
"""Rejects of one document that are kept; a page without figures, a gigabyte long, has tens of millions."""


def format_of(parts: Parts, asked: Asked) -> tuple[Format, str | None, list[str]]:
    """The format that reads all of a document, the head of its rows if they are read in stretches, and what to say.

    Of a document larger than a part the beginning decides. What begins as JSON or XML does, and is not known by it,
    is looked at whole, as far as that can be held.
    """
    document = parts.document

    def decided() -> Format:
        return format_for(Beginning(parts.beginning, document.name, asked.hints), asked.format_name)

    chosen = decided()
    if parts.rest is None:
        return chosen, None, []
    raw, large = parts.beginning.raw, f"{document.name}: larger than {WHOLE >> 20} megabytes"
    if is_text(chosen):
        shaped = asked.format_name == "auto" and raw.lstrip("\ufeff \t\r\n").startswith(("{", "[", "<?xml"))
        if not shaped:
            return chosen, None, []
        if parts.hold(WHOLE):
            return decided(), None, []
        return chosen, None, [f"{large}, so it is read as text and not as one file"]
    head = chosen.head(raw.replace("\r\n", "\n").replace("\r", "\n")) if isinstance(chosen, Rows) else None
    if parts.hold(WHOLE if head is None else ROWS):
        return decided(), None, []
    if head is None:
        raise InputError(
            f"{large}, which the format {chosen.name} must read as one: split the file", document=document.name
        )
    note = f"{document.name}: larger than {ROWS >> 20} megabytes, so it is read and kept in stretches of its rows"
    return chosen, head, [note]


class Beginning(Page):
    """The first part of a document, to know its format by: few formats ask for its plain text, which is made then."""

    part: Part

    def __init__(self, part: Part, name: str, hints: Hints) -> None:
        for field, value in (("part", part), ("raw", part.raw), ("name", name), ("hints", hints)):
            object.__setattr__(self, field, value)

    @property
    def text(self) -> str:
        """The plain text."""
        return self.part.text


Stamps = AbstractSet[tuple[str, Moment]]
"""How the times of quotes are known, and when they held."""


def settled(gathered: Gathered, source: str | None, fallback: tuple[Moment, str]) -> list[Seen]:
    """Every statement once, in the order in which they were first said, with its time.

    Where a document says two things of one pair for one moment, each stands where it was last said: what a document
    says last is what it says.
    """
    found: dict[tuple[object, int], Seen] = {}
    days: dict[date, tuple[Moment, str]] = {}
    for seen, day in gathered.dated():
        said = seen.said
        if day and day not in days:
            days[day] = Moment.of_day(day), "stated"
        moment, how = days[day] if day else fallback
        statement: object = said
        if isinstance(said, Tick):
            if said.observed_at:
                moment, how = said.observed_at, "line"
            # Two sources may say the same, unless the caller says that there is one.
            alone = said if source is None else replace(said, source=None)
            statement = (plain_of(alone) if alone.source is None else None) or alone.statement
        seen.moment, seen.basis = moment, how
        first = found.setdefault((statement, moment.ordinal), seen)
        if first is not seen:
            first.times += seen.times
            first.last = max(first.last, seen.last, key=lambda place: place % PLACES_A_LINE)
    return placed(list(found.values()), source)


def placed(found: list[Seen], source: str | None) -> list[Seen]:
    """The statements in order, those of a pair and a moment of which more is said where they were last said.

    ``source`` is whose all of them are, None where each line may name its own.
    """
    named = source is None
    spots = [
        (said.base, said.counter, each.moment.ordinal, said.source if named and isinstance(said, Tick) else None)
        for each in found
        for said in (each.said,)
    ]
    number = Counter(spots)
    if len(number) < len(spots):
        for each, spot in zip(found, spots, strict=True):
            if number[spot] > 1:
                each.first = each.last
        found.sort(key=attrgetter("first"))
    return found


def newest_stamp(stamps: Stamps, fallback: tuple[Moment, str], logged: int | None) -> tuple[Moment, str]:
    """The time of a document: what it states, else the newest of its rows; the fallback where any quote needs it.

    ``logged`` is the newest moment of its log, as an ordinal, None without one.
    """
    if fallback[1] in {"modified", "clock"} and any(basis == fallback[1] for basis, _ in stamps):
        return fallback
    for basis in ("stated", "line"):
        moments = [moment for how, moment in stamps if how == basis]
        all_of_them = len(moments) == len(stamps)
        if basis == "line" and all_of_them and logged is not None:
            moments = [*moments, Moment(logged)]
        if moments and (basis == "stated" or all_of_them):
            return max(moments), basis
    return fallback


def pieces_of(given: Iterable[Window], chosen: Format, asked: Asked, logs: Logs) -> Iterator[Window | Lines]:
    """The windows, those with runs of log lines in them in pieces, where such lines are read as the ticker's."""
    if chosen not in (TEXT, TICKER) or asked.hints.decimal_mark == ",":
        yield from given
        return
    for window in given:
        yield from pieces(window, logs.words)


def days_of(lines: Lines) -> tuple[date, date] | None:
    """The first and the last day written in front of log lines."""
    return lines.days and (date.fromisoformat(lines.days[0]), date.fromisoformat(lines.days[1]))


def page_of(document: Document, hints: Hints = Hints()) -> Page:  # noqa: B008 (frozen)
    """What the formats are given of a document.

    >>> page_of(Document("page", b"KZT/USD&nbsp;= 0.00190<br>next")).text
    'KZT/USD\\xa0= 0.00190\\x0cnext'
    """
    raw = document.raw
    return Page(visible_text(raw), raw, document.name, hints)


def notes(document: str, stamps: Stamps) -> Iterator[str]:
    """What the user should know of where the times came from."""
    for basis, words in (("modified", "the file's modification time"), ("clock", "the clock")):
        moments = [moment for how, moment in stamps if how == basis]
        if moments:
            yield (
                f"{document}: no date stands beside the quotes, so {words} {moments[0]} is taken: "
                "give --observed-at to say when they held"
            )
