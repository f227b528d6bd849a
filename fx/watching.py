"""Looks at an address or a file again and again, and keeps what it says anew.

A look fetches a page only if its server says that it has changed (`fx.documents.web.Visits`), and reads a file only if
it has changed and nobody writes to it any more. Of a board without a date what says the same as before is not kept
again on the same day (``if_changed``, see `fx.store.writing`). Marks are not remembered from one run to the next: the
first look of a run, and of a day, fetches the page, and the database knows what is new.

No trouble ends a watch, but a database that is none, or that is of another schema. After trouble at the other side it
rests for longer and longer, by chance, so that many watchers do not come back all at once. It sees the time by the
store's clock, and rests and takes chances as it is told.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any, Protocol

from fx.documents import STANDARD_INPUT, Document, Limits, documents_at
from fx.errors import FxError, InputError, NoQuotes, NotAStore, SchemaMismatch, StoreError, UsageError
from fx.exact import shown
from fx.moments import Moment
from fx.quotes import Quote
from fx.reader import Reading
from fx.store import Loaded, Store

__all__ = ["Look", "interval", "rest_after", "watch"]

MILLISECOND = timedelta(milliseconds=1)
DAY = timedelta(days=1)
SHORTEST = timedelta(milliseconds=10)
LONGEST = timedelta(days=366)
FIRST_TRY = timedelta(seconds=10)
"""A database that is locked is tried again after so long, if the usual rest is not shorter."""
SETTLED = timedelta(seconds=1)
"""A file that was left alone for so long, or for the usual rest if that is shorter, is no longer being written."""
PATIENCE = 10
"""How often a file is given that time."""
DOUBLINGS = 3
"""Rests double so often at most."""
MOST_DOUBLINGS = 16
"""Ten seconds doubled so often are a week; more of a long rest would not fit a `timedelta`."""
UNITS = {"ms": 1, "s": 1000, "m": 60_000, "min": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
SPAN = re.compile(r"(?P<number>[0-9]{1,8}(?:\.[0-9]{1,3})?) ?(?P<unit>ms|s|min|m|h|d|w)", re.ASCII)


def interval(text: str, option: str = "every") -> timedelta:
    """A span of time: ``20ms``, ``0.5s``, ``15m``, ``1h``, ``1d`` or ``1w``; raises `UsageError`.

    >>> interval("15m"), interval("0.02s")
    (datetime.timedelta(seconds=900), datetime.timedelta(microseconds=20000))
    """
    match = SPAN.fullmatch(text.strip())
    if match is None:
        raise UsageError(f"{shown(text)} is no span of time for --{option}: write 30s, 15m, 1h or 1d")
    span = int(Decimal(match["number"]) * UNITS[match["unit"]]) * MILLISECOND
    if not SHORTEST <= span <= LONGEST:
        raise UsageError(f"--{option} takes 10ms to 366d, not {shown(text)}: write 30s, 15m, 1h or 1d")
    return span


def rest_after(
    failures: int, every: timedelta, chance: Random, asked: timedelta | None = None, *, ours: bool = False
) -> timedelta:
    """How long to rest after so many failures in a row: the usual time, doubled at most for each, by chance.

    Between the usual time and twice that after the first, four times after the second, and so on up to eight times, but
    for a day at most where a day is more than usual. ``asked`` is for how long the server wants to be left alone
    (``Retry-After``), which is honoured up to a day. Where the trouble is ``ours``, the database's, nobody is bothered:
    it begins with ten seconds and goes up to the usual time.

    >>> hour, chance = timedelta(hours=1), Random(1)
    >>> rest_after(0, hour, chance) == hour, hour <= rest_after(1, hour, chance) <= 2 * hour
    (True, True)
    >>> str(rest_after(1, hour, chance, timedelta(hours=5)))
    '5:00:00'
    """
    if not failures:
        return every
    step = min(every, FIRST_TRY) if ours else every
    most = every if ours else max(every, min(every * 2**DOUBLINGS, DAY))
    end = min(most, step * 2 ** min(failures, MOST_DOUBLINGS))
    rest = chance.randint(step // MILLISECOND, max(step, end) // MILLISECOND) * MILLISECOND
    return rest if asked is None else max(rest, min(asked, max(every, DAY)))


@dataclass(frozen=True, slots=True)
class Look:
    """What is worth telling of a look: a change, trouble that was not told of yet, or that it is over (``well``).

    ``changed`` are the quotes whose figures differ from those of the last look at which something was new.
    """

    at: Moment
    name: str
    loaded: Loaded = Loaded()  # noqa: RUF009 (frozen)
    changed: tuple[Quote, ...] = ()
    trouble: FxError | None = None
    well: bool = False
    rest: timedelta = timedelta(0)


class Watched(Protocol):
    """What is looked at."""

    name: str

    @property
    def unchanged(self) -> bool:
        """Whether there was nothing to read."""

    def documents(self, limits: Limits) -> Iterator[Document | InputError]:
        """What there is to read."""

    def keep(self) -> None:
        """What was read has been kept."""

    def forget(self) -> None:
        """The next look reads it whatever its marks say."""


class Page:
    """An address, fetched only if its server says that it changed; raises `UsageError` for one that is none."""

    def __init__(self, address: str) -> None:
        from fx.documents.archives import without_password  # noqa: PLC0415
        from fx.documents.web import Visits, split  # noqa: PLC0415 (brings the library that speaks HTTP)

        self.address = address
        self.name = without_password(address)
        try:
            split(address, self.name)
        except InputError as error:  # it would never be another
            raise UsageError(error.message) from None
        self.visits = Visits()

    @property
    def unchanged(self) -> bool:
        """Whether the server said so."""
        return self.visits.unchanged

    def documents(self, limits: Limits) -> Iterator[Document | InputError]:
        """The page, or why it cannot be fetched."""
        from fx.documents.web import fetched  # noqa: PLC0415

        return fetched(self.address, limits, self.visits)

    def keep(self) -> None:
        """The page has been kept: its marks hold."""
        self.visits.keep()

    def forget(self) -> None:
        """Its marks hold no longer."""
        self.visits.forget()


Signs = tuple[int, int, int, int]


class File:
    """A file, read when it has changed and is no longer being written."""

    def __init__(
        self, path: str, settled: timedelta, clock: Callable[[], datetime], rest: Callable[[timedelta], None]
    ) -> None:
        self.name = path
        self.settled = settled
        self.clock = clock
        self.rest = rest
        self.kept: Signs | None = None
        self.seen: Signs | None = None
        self.unchanged = False

    def signs(self) -> Signs | None:
        """What tells that a file changed: which it is, its size and its time."""
        try:
            status = Path(self.name).stat()
        except (OSError, ValueError):
            return None
        return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns

    def documents(self, limits: Limits) -> Iterator[Document | InputError]:
        """The documents of the file, or why there are none."""
        self.unchanged = False
        self.seen = self.settled_signs()
        if self.seen is not None and self.seen == self.kept:
            self.unchanged = True
            return
        for document in documents_at([self.name], limits):
            if isinstance(document, Document) and self.seen != self.signs():
                yield InputError(f"{self.name} is being written: it is read when it is left alone", document=self.name)
                return
            yield document

    def settled_signs(self) -> Signs | None:
        """The signs of the file once they stay the same; None where it is missing, or does not come to rest."""
        for _ in range(PATIENCE):
            signs = self.signs()
            if signs is None or signs == self.kept:
                return signs
            written = datetime.fromtimestamp(signs[3] // 1_000_000_000, UTC)
            if self.clock() - written > self.settled + timedelta(seconds=1):
                return signs
            self.rest(self.settled)
            if self.signs() == signs:
                return signs
        return None

    def keep(self) -> None:
        """The file has been kept as it was seen."""
        self.kept = self.seen

    def forget(self) -> None:
        """The next look reads it again."""
        self.kept = None


def watched(target: str, every: timedelta, clock: Callable[[], datetime], rest: Callable[[timedelta], None]) -> Watched:
    """What a target names; raises `UsageError` for what cannot be watched."""
    if target[:8].lower().startswith(("http://", "https://")):
        return Page(target)
    if target == STANDARD_INPUT:
        raise UsageError("standard input cannot be watched: name a file or an address")
    if "://" in target:
        from fx.documents.archives import without_password  # noqa: PLC0415

        raise UsageError(f"{shown(without_password(target))} is no address to watch: only http and https are")
    if Path(target).is_dir():
        raise UsageError(f"{shown(target)} is a folder: name a file in it, or load it from cron with 'fx load'")
    return File(target, min(SETTLED, every), clock, rest)


def watch(
    store: Store,
    target: str,
    every: timedelta,
    *,
    rest: Callable[[timedelta], None],
    chance: Random,
    tell: Callable[[Look], None],
    limits: Limits = Limits(),  # noqa: B008 (frozen)
    times: int | None = None,
    hear: Callable[[Reading | InputError], None] = lambda _: None,
    **how: Any,
) -> None:
    """Look at an address or a file, rest, and look again: ``times`` times, or until it is stopped by an exception.

    ``tell`` is given what is worth telling, ``hear`` each reading. Everything else goes to `Store.load_documents`. The
    database is open only while something is put into it. Raises `UsageError`, `NotAStore` and `SchemaMismatch`.
    """
    looking = Looking(store, watched(target, every, store.clock, rest), every, chance, limits, hear, how)
    for number in itertools.count():
        look, pause = looking.look()
        if look is not None:
            tell(look)
        if times is not None and number + 1 >= times:
            return
        rest(pause)


class Looking:
    """One look after the other, and what is remembered between them."""

    def __init__(
        self,
        store: Store,
        target: Watched,
        every: timedelta,
        chance: Random,
        limits: Limits,
        hear: Callable[[Reading | InputError], None],
        how: dict[str, Any],
    ) -> None:
        self.store = store
        self.target = target
        self.every = every
        self.chance = chance
        self.limits = limits
        self.hear = hear
        self.how = how
        self.day: object = None
        self.failures = 0
        self.told = ""
        self.empty: NoQuotes | None = None
        self.figures: dict[tuple[str, str, str | None], tuple[object, ...]] = {}

    def look(self) -> tuple[Look | None, timedelta]:
        """Look once: what is worth telling, and for how long to rest now."""
        now = self.store.clock()
        if now.date() != self.day:
            self.target.forget()
            self.day = now.date()
        loaded, changed, trouble = self.loaded()
        failed = trouble is not None and not isinstance(trouble, NoQuotes)
        self.failures = self.failures + 1 if failed else 0
        asked = trouble.facts.get("retry_after") if trouble else None
        pause = rest_after(
            self.failures,
            self.every,
            self.chance,
            None if asked is None else timedelta(seconds=asked),
            ours=isinstance(trouble, StoreError),
        )
        before, self.told = self.told, trouble.message if trouble else ""
        new = bool(loaded.new or loaded.revisions)
        look = Look(
            at=Moment.of_instant(now),
            name=self.target.name,
            loaded=loaded,
            changed=changed,
            trouble=trouble if self.told != before else None,
            well=bool(before) and not self.told,
            rest=pause,
        )
        return (look if new or look.trouble or look.well else None), pause

    def loaded(self) -> tuple[Loaded, tuple[Quote, ...], FxError | None]:
        """Load what there is: what that did, the quotes that changed, and what went wrong."""
        troubles: list[FxError] = []
        quotes: list[Quote] = []

        def report(found: Reading | InputError) -> None:
            if isinstance(found, InputError):
                troubles.append(found)
            else:
                quotes.extend(found.quotes)
                self.hear(found)

        loaded = Loaded()
        try:
            loaded = self.store.load_documents(
                self.target.documents(self.limits), if_changed=True, report=report, **self.how
            )
        except InputError as error:
            if not troubles:
                troubles.append(error)
        except (NotAStore, SchemaMismatch):
            raise
        except StoreError as error:
            return loaded, (), error
        finally:
            self.store.close()
        if not troubles:
            if not self.target.unchanged:
                self.empty = None if loaded.quotes else self.without_quotes()
            self.target.keep()
        return loaded, self.changed(quotes), troubles[0] if troubles else self.empty

    def without_quotes(self) -> NoQuotes:
        """What to say of a page that has none."""
        name = self.target.name
        return NoQuotes(f"no quote was found in {name}: look at it with 'fx parse --rejects'", document=name)

    def changed(self, quotes: list[Quote]) -> tuple[Quote, ...]:
        """The quotes whose figures are not those remembered; remembers them."""
        figures: dict[tuple[str, str, str | None], tuple[object, ...]] = {
            (quote.base, quote.counter, quote.source): (quote.rate, quote.bid, quote.ask) for quote in quotes
        }  # of several the last
        new = tuple(
            quote
            for quote in quotes
            if self.figures.get((quote.base, quote.counter, quote.source)) != (quote.rate, quote.bid, quote.ask)
        )
        self.figures |= figures
        return new
