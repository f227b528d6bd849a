"""The records that move through the house: what a line says, what could not be read, and a quote with its origin.

A `Tick` is what a line says before anyone adds when and by whom; a `Quote` is a tick stamped by the reader; a `Reject`
is a candidate that looked like a quote and could not be read. Prose is none of these.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from fx.currencies import Currency, Pair
from fx.exact import bounds_of
from fx.moments import Moment

__all__ = ["CROSSED", "DECREE", "Pending", "Quote", "Reject", "Tick", "two_sided_bounds", "two_sided_value"]


CROSSED = "the bid stands above the ask: check which is which"
"""Why two sides in the wrong order are refused: their middle would look like a rate."""
DECREE = "decree"
"""The time basis, and the source, of a rate fixed by law (`fx.decrees`)."""


@dataclass(frozen=True, slots=True)
class Tick:
    """One statement of a rate, as printed: counter units for one base, digits kept.

    ``rate`` is None only for a two-sided statement (``bid`` and ``ask``). ``change_pct`` is the percent printed beside
    the rate: None where there is none, which is not 0. ``line`` counts from 1. ``observed_at`` is set only where the
    line or row itself says when, ``source`` only where the format is one publisher's. The rate is exactly that of one
    base, also where it was published for a ``unit`` of 100. ``span`` is where in the plain text it stands.

    >>> tick = Tick(Currency("KZT"), Currency("USD"), Decimal("0.00190"))
    >>> str(tick.pair), tick.rate
    ('KZT/USD', Decimal('0.00190'))
    """

    base: Currency
    counter: Currency
    rate: Decimal | None
    bid: Decimal | None = None
    ask: Decimal | None = None
    change_pct: Decimal | None = None
    line: int = 1
    observed_at: Moment | None = None
    unit: int = 1
    source: str | None = None
    span: tuple[int, int] = field(default=(0, 0), compare=False, repr=False)

    @property
    def pair(self) -> Pair:
        """Base and counter together."""
        return Pair(self.base, self.counter)

    @property
    def statement(self) -> tuple[str | None, ...]:
        """What makes two ticks the same statement: pair, every printed digit, and the source that the line names."""
        figures = (self.rate, self.bid, self.ask, self.change_pct)
        said = (self.base, self.counter, *[None if figure is None else str(figure) for figure in figures])
        return said if self.source is None else (*said, self.source)


@dataclass(frozen=True, slots=True)
class Reject:
    """A candidate that looked like a quote and could not be read: the text, why, and where (line and column from 1).

    ``excerpt`` is what stands around it on its line, if the format keeps that, with the text beginning at ``caret``.
    """

    text: str
    reason: str
    line: int
    column: int = 1
    document: str = ""
    excerpt: str = ""
    caret: int = 0
    span: tuple[int, int] = field(default=(0, 0), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Quote:
    """A tick with its origin: who said it, in which document and line, and when the rate held.

    ``observed_at`` with its ``time_basis``: ``line`` (in the row itself), ``given`` (by the caller), ``stated`` (by the
    document), ``modified`` (the file's time), ``clock`` (standard input). ``repeats`` counts how often the statement
    stands in its document, ``unit`` for how many of the base the figure was published. ``recorded_at`` is set on quotes
    that come from a store, aware and in UTC.
    """

    base: Currency
    counter: Currency
    rate: Decimal | None
    bid: Decimal | None
    ask: Decimal | None
    change_pct: Decimal | None
    observed_at: Moment
    time_basis: str | None
    source: str | None
    document: str
    line: int
    repeats: int = 1
    recorded_at: datetime | None = None
    unit: int = 1

    @property
    def pair(self) -> Pair:
        """Base and counter together."""
        return Pair(self.base, self.counter)

    @property
    def decreed(self) -> bool:
        """Whether the rate was fixed by law: exactly, and for ever."""
        return self.time_basis == DECREE

    @property
    def value(self) -> Fraction:
        """Counter units for one base, exactly; the middle of bid and ask where no single rate was published."""
        return two_sided_value(self.rate, self.bid, self.ask)

    @property
    def bounds(self) -> tuple[Fraction, Fraction]:
        """The interval that follows from what was printed; that of a decree is a point."""
        if self.decreed:
            return self.value, self.value
        return two_sided_bounds(self.rate, self.bid, self.ask)

    @property
    def digits(self) -> Decimal:
        """The published number with the fewest digits, which limits what the quote can say."""
        numbers = [number for number in (self.rate, self.bid, self.ask) if number is not None]
        return min(numbers, key=lambda number: len(number.as_tuple().digits))


class Pending:
    """A quote of a store of which only pair, source and moment are unpacked so far; the rest when it is wanted.

    An answer among 170 currencies weighs thousands of quotes and uses two.
    """

    __slots__ = ("base", "counter", "made", "make", "observed_at", "source")
    decreed = False

    def __init__(
        self, base: Currency, counter: Currency, source: str | None, observed_at: Moment, make: Callable[[], Quote]
    ) -> None:
        self.base = base
        self.counter = counter
        self.source = source
        self.observed_at = observed_at
        self.make = make
        self.made: Quote | None = None

    @property
    def quote(self) -> Quote:
        """The quote itself."""
        if self.made is None:
            self.made = self.make()
        return self.made


def two_sided_value(rate: Decimal | None, bid: Decimal | None, ask: Decimal | None) -> Fraction:
    """The rate, or the mid of what was published of bid and ask; raises ValueError where nothing was.

    >>> two_sided_value(None, Decimal("1.0"), Decimal("1.5"))
    Fraction(5, 4)
    """
    if rate is not None:
        return Fraction(rate)
    sides = [Fraction(side) for side in (bid, ask) if side is not None]
    if not sides:
        raise ValueError("a quote needs a rate, a bid or an ask: pass at least one")
    return sum(sides, Fraction()) / len(sides)


def two_sided_bounds(rate: Decimal | None, bid: Decimal | None, ask: Decimal | None) -> tuple[Fraction, Fraction]:
    """From half a unit under the lowest published number to half a unit over the highest.

    >>> low, high = two_sided_bounds(Decimal("0.00008"), None, None)
    >>> (low, high) == (Fraction("0.000075"), Fraction("0.000085"))
    True
    """
    if rate is not None and bid is None and ask is None:
        return bounds_of(rate)
    intervals = [bounds_of(number) for number in (rate, bid, ask) if number is not None]
    return min(low for low, _ in intervals), max(high for _, high in intervals)
