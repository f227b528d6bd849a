"""Exact figures for whole columns: numpy where it provably gives the last digit, Python's integers elsewhere.

Each row is settled by the first of three ways that can prove its figure:

1. whole numbers of 64 bits, where no product can leave them;
2. floats, where the product is further from the next rounding boundary than all its errors together;
3. `Line.figures`, in integers without bounds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from fx.columns import Line, Statement
from fx.currencies import Currency
from fx.errors import AmountError
from fx.exact import quotient, ratio_of
from fx.moments import Moment
from fx.whole import ORDINALS_A_DAY, interval

__all__ = ["Amounts", "Figures", "Lines", "Statements", "amounts_of", "figures_of", "nearest", "some", "whole_numbers"]

ROOM = 2**62
"""Products stay below it, so that twice a remainder still is an int64."""
DIGITS_OF_A_FLOAT = 10**15
"""No two numbers of at most 15 digits read as the same float (IEEE 754 binary64)."""
EXACT_IN_A_FLOAT = 2**53
ERROR_BITS = 50
"""A product has at most five roundings of one part in 2**53 behind it; one part in 2**50 is more than all of them."""
ROWS_AT_ONCE = 2**15
"""Columns of so many int64 take 256 KiB each."""
POWERS = (1, 10, 100, 1_000, 10_000, 100_000, 1_000_000)
CENTS = 100
LEAST, MOST = np.float64("1e-39"), np.float64("1e39")
"""Between them a float is an amount of ordinary size, whatever its digits."""
HALF = np.float64("0.5")
LEAST_WHOLE = np.iinfo(np.int64).min
"""The one int64 of which the size is none."""
MOST_POWER = 17
POWERS_OF_TEN = 10 ** np.arange(MOST_POWER + 1)
MOST_PLACES = 22
"""10**22 is the last power of ten that a float holds exactly."""
FLOAT_POWERS = np.array([10**each for each in range(MOST_PLACES + 1)], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Amounts:
    """A column of amounts: where ``whole``, ``numerators`` over ``denominators``; ``near`` is a float close to it.

    ``bad`` rows hold no amount; ``cell`` gives what a row holds, as `ratio_of` takes it.
    """

    numerators: np.ndarray
    denominators: np.ndarray
    near: np.ndarray
    whole: np.ndarray
    bad: np.ndarray
    cell: Callable[[int], Any]

    def exactly(self, row: int) -> tuple[int, int]:
        """Numerator and denominator of a row, whatever their size; raises `AmountError`."""
        if self.whole[row]:
            return int(self.numerators[row]), int(self.denominators[row])
        return ratio_of(self.cell(row))


def amounts_of(values: np.ndarray) -> Amounts:
    """Read a column of amounts: of integers, of floats (by their shortest digits) or of any other cells.

    >>> amounts = amounts_of(np.array([0.1, 12.5, np.nan, 1e-9]))
    >>> [amounts.exactly(row) for row in (0, 1, 3)], amounts.bad.tolist()
    ([(10, 100), (1250, 100), (1, 1000000000)], [False, False, True, False])
    """
    if values.dtype.kind == "i":
        whole = values.astype(np.int64)
        none = np.zeros(len(values), dtype=bool)
        sized = whole != LEAST_WHOLE
        return Amounts(whole, every(1, len(values)), whole.astype(np.float64), sized, none, whole.item)
    if values.dtype == np.float64:
        return amounts_of_floats(values)
    return amounts_of_cells(list(values))


def amounts_of_floats(values: np.ndarray) -> Amounts:
    """The amounts that floats print as.

    A division of two whole numbers is exact to the last bit: where it gives the float back, these are its digits.
    """
    bad = ~np.isfinite(values)
    near = np.where(bad, 0, values) if bad.any() else values
    for power in (*POWERS, CENTS):  # where none serves all rows, cents serve most
        if power != CENTS and not scaled_by(power, near[:ROWS_AT_ONCE])[1].all():
            continue
        scaled, good = scaled_by(power, near)
        if good.all():
            break

    def cell(row: int) -> Decimal:
        return Decimal(repr(near[row].item()))

    odd = np.flatnonzero(~good)
    sizes = np.abs(near[odd])
    for row in odd[(sizes < LEAST) | (sizes > MOST)].tolist():
        try:
            ratio_of(cell(row))
        except AmountError:
            bad[row] = True
    return Amounts(scaled, every(power, len(values)), near, good, bad, cell)


def every(number: int, size: int) -> np.ndarray:
    """A column of one number, which takes no room and cannot be written to."""
    return np.broadcast_to(np.int64(number), size)


def scaled_by(power: int, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Floats times a power of ten as whole numbers, and which are exactly what was multiplied; 0 for the others."""
    scaled, good = np.empty(len(values), dtype=np.int64), np.empty(len(values), dtype=bool)
    for rows in some(len(values)):
        part = values[rows]
        with np.errstate(over="ignore"):  # what is beyond every float is not good
            whole = part * power
        np.rint(whole, out=whole)
        fine = np.equal(whole / power, part, out=good[rows])
        if not -DIGITS_OF_A_FLOAT < whole.min() <= whole.max() < DIGITS_OF_A_FLOAT:
            fine &= np.abs(whole) < DIGITS_OF_A_FLOAT
        scaled[rows] = whole if fine.all() else np.where(fine, whole, 0)
    return scaled, good


def some(size: int) -> Iterator[slice]:
    """So many rows, some at a time, whose intermediate results a processor keeps at hand."""
    for start in range(0, size, ROWS_AT_ONCE):
        yield slice(start, min(start + ROWS_AT_ONCE, size))


def amounts_of_cells(cells: Sequence[Any]) -> Amounts:
    """The amounts of text, `Decimal`, `int`, `Fraction` and floats, mixed."""
    size = len(cells)
    numerators, denominators = np.zeros(size, np.int64), np.ones(size, np.int64)
    near, whole, bad = np.zeros(size), np.ones(size, dtype=bool), np.zeros(size, dtype=bool)
    tops, bottoms = [0] * size, [1] * size
    for row, cell in enumerate(cells):
        try:
            top, bottom = ratio_of(printed(cell))
        except AmountError:
            bad[row] = True
            continue
        if -ROOM < top < ROOM and bottom < ROOM:
            tops[row], bottoms[row] = top, bottom
        else:
            near[row], whole[row] = top / bottom, False
    numerators[:], denominators[:] = tops, bottoms
    near[whole] = (numerators / denominators)[whole]
    return Amounts(numerators, denominators, near, whole, bad, lambda row: printed(cells[row]))


def printed(cell: Any) -> Any:
    """A cell as `ratio_of` takes it: a float by its shortest digits, numpy's integers as Python's.

    >>> printed(0.1), printed(np.float32(0.1)), printed(np.int8(3)), printed("x")
    (Decimal('0.1'), Decimal('0.1'), 3, 'x')
    """
    if isinstance(cell, float | np.floating):
        return Decimal(str(cell))
    # numpy counts a span of time among its integers: 5 of which unit?
    return int(cell) if isinstance(cell, np.integer) and not isinstance(cell, np.timedelta64) else cell


@dataclass(frozen=True, slots=True)
class Statements:
    """Many `fx.columns.Statement`, as columns; only the ``settled`` ones are answers."""

    settled: np.ndarray
    rates: np.ndarray
    scales: np.ndarray
    observed_at: np.ndarray
    inverted: np.ndarray


NO_MOMENT = -(2**62)


class Lines:
    """Many `Line`, as columns: ``tops`` over ``bottoms`` are value, low and high, `ROOM` where an int64 is too small.

    ``observed_at`` holds ordinals, or `NO_MOMENT`; ``ages`` is -1 where there is none; ``rates`` are nearest floats.
    """

    def __init__(self, size: int) -> None:
        """Room for so many; those that are never set are 1, as of nothing."""
        self.tops, self.bottoms = np.ones((3, size), np.int64), np.ones((3, size), np.int64)
        self.places = np.zeros(size, np.int64)
        self.observed_at = np.full(size, NO_MOMENT)
        self.ages = np.full(size, -1)
        self.rates = np.full(size, np.nan)
        self.lines: dict[int, Line] = {}
        self.made: list[tuple[np.ndarray, Statements, Currency, np.ndarray]] = []

    def __setitem__(self, number: int, line: Line) -> None:
        """Put a line in its place."""
        self.lines[number] = line
        for figure, (top, bottom) in enumerate(line.ratios):
            self.tops[figure, number], self.bottoms[figure, number] = min(top, ROOM), min(bottom, ROOM)
        self.places[number] = line.places
        if line.observed_at is not None and line.age_days is not None:
            self.observed_at[number], self.ages[number] = line.observed_at.ordinal, line.age_days
        self.rates[number] = nearest_ratio(line.rate.value.as_integer_ratio())

    def put(
        self, numbers: np.ndarray, said: Statements, counter: Currency, places: int, as_of: np.ndarray
    ) -> np.ndarray:
        """Put settled statements in their places, ``as_of`` these ordinals; says which there was no room for.

        The ratios are those of `fx.columns.Statement.ratios`.
        """
        fits = said.settled & (said.scales + places <= MOST_POWER)
        unit = 10 ** min(places, MOST_POWER)
        fits &= said.rates < EXACT_IN_A_FLOAT // unit
        numbers, rates, scales, observed, inverted, as_of = (
            column[fits] for column in (numbers, said.rates, said.scales, said.observed_at, said.inverted, as_of)
        )
        whole = POWERS_OF_TEN[scales]
        both = (interval(rates, whole, inverted=each) for each in (False, True))
        for figure, (quoted, turned) in enumerate(zip(*both, strict=True)):
            top, bottom = (np.where(inverted, *ends) for ends in zip(turned, quoted, strict=True))
            self.tops[figure, numbers], self.bottoms[figure, numbers] = top * unit, bottom
        self.places[numbers] = places
        self.observed_at[numbers] = observed
        self.ages[numbers] = as_of // ORDINALS_A_DAY - observed // ORDINALS_A_DAY
        # Both are below 2**53 or a power of ten that a float holds: one division, right to the last bit.
        self.rates[numbers] = np.where(inverted, whole / rates, rates / whole)
        self.made.append((numbers, Statements(fits[fits], rates, scales, observed, inverted), counter, as_of))
        return ~fits

    def complete(self) -> dict[int, Line]:
        """Every line by its number, made where it stands in columns only."""
        for numbers, said, counter, as_of in self.made:
            columns = (numbers, said.rates, said.scales, said.inverted, said.observed_at, as_of)
            for number, rate, scale, turned, observed, until in zip(*(each.tolist() for each in columns), strict=True):
                statement = Statement(counter, rate, scale, turned, observed)
                self.lines[number] = Line.of(statement, Moment(until), int(self.places[number]))
        self.made.clear()
        return self.lines


class Figures:
    """Result, low and high of each row: in units of the last place, or (``places``) as the floats nearest to them.

    Units beyond 64 bits stand in ``large``.
    """

    def __init__(self, size: int, places: np.ndarray | None) -> None:
        """Room for so many, which holds nothing yet."""
        self.places = places
        self.columns: tuple[Any, ...] = tuple(
            np.empty(size, np.int64 if places is None else np.float64) for _ in range(3)
        )
        self.large: dict[int, tuple[int, int, int]] = {}

    def put(self, figure: int, rows: slice | np.ndarray, units: np.ndarray) -> None:
        """One of the three figures of some rows."""
        column = self.columns[figure]
        if self.places is None:
            column[rows] = units
        elif isinstance(rows, slice):
            nearest(units, self.places[rows], out=column[rows])
        else:
            column[rows] = nearest(units, self.places[rows])

    def put_three(self, row: int, three: tuple[int, int, int]) -> None:
        """The figures of one row, whatever their size."""
        if self.places is None and not all(-ROOM < each < ROOM for each in three):
            self.large[row] = three
            return
        for column, units in zip(self.columns, three, strict=True):
            column[row] = units if self.places is None else nearest_ratio((units, 10 ** int(self.places[row])))


def figures_of(
    lines: Lines,
    number: np.ndarray,
    amounts: Amounts,
    good: np.ndarray,
    rounding: str,
    places: np.ndarray | None = None,
) -> Figures:
    """The figures of the ``good`` rows; ``number`` says for each row which of the lines is its own."""
    ways = (rounding, "floor", "ceiling")
    found = Figures(len(number), places)
    tops, bottoms, index = lines.tops, lines.bottoms, number
    ends = (int(amounts.numerators.min()), int(amounts.numerators.max())) if len(number) else (0, 0)
    if ends[0] < 0:  # a negative amount turns the bounds round: the second half of each table is for it
        turned = [0, 2, 1]
        tops, bottoms = np.hstack((tops, tops[turned])), np.hstack((bottoms, bottoms[turned]))
        index = number + lines.tops.shape[1] * (amounts.numerators < 0)
    above, below = ROOM // tops.max(axis=0), ROOM // bottoms.max(axis=0)
    fits = good & amounts.whole
    most = max(-ends[0], ends[1])
    small = most < above.min()
    least = below.min()
    parted = same(amounts.denominators)
    under = [same(each) for each in bottoms]
    for within in some(len(number)):
        which, counts, parts = index[within], amounts.numerators[within], amounts.denominators[within]
        fit = fits[within]
        if not small or (parted or parts.max()) >= least:
            fit &= (np.abs(counts) < above[which]) & (parts < below[which])
        rows: slice | np.ndarray = within
        if not fit.all():
            which, counts, parts = which[fit], counts[fit], parts[fit]
            rows = within.start + np.flatnonzero(fit)
        for figure, way in enumerate(ways):
            # One denominator for all, as where all rates have as many digits, is divided by in a quarter of the time.
            one = parted and under[figure] and parted * under[figure]
            below_line = one if one and one < ROOM else parts * bottoms[figure].take(which)
            product = tops[figure].take(which)
            product *= counts
            found.put(figure, rows, quotient(product, below_line, way))
    left = np.flatnonzero(good & ~fits)
    if left.size:
        every = lines.complete()
        left = left[~by_floats(every, number[left], amounts.near[left], found, left, ways)]
    for row in left.tolist():
        found.put_three(row, every[number[row]].figures(*amounts.exactly(row), rounding))
    return found


def whole_numbers(text: str) -> np.ndarray:
    """A list of integers in JSON as an array.

    >>> whole_numbers("[1,-2]").tolist()
    [1, -2]
    """
    return np.fromstring(text[1:-1], dtype=np.int64, sep=",")


def same(column: np.ndarray) -> int:
    """The one whole number that stands in all rows, else 0."""
    alike = len(column) > 0 and (column.strides == (0,) or column.min() == column.max())
    return int(column[0]) if alike else 0


def by_floats(
    lines: Mapping[int, Line],
    number: np.ndarray,
    near: np.ndarray,
    figures: Figures,
    rows: np.ndarray,
    ways: Sequence[str],
) -> np.ndarray:
    """Settle what floats can prove, and say which rows that were."""
    proven: np.ndarray = np.ones(len(rows), dtype=bool)
    found = []
    for figure, way in enumerate(ways):
        turned = {0: 0, 1: 2, 2: 1}[figure]
        rates, others = (column_of(lines, number, each) for each in (figure, turned))
        with np.errstate(over="ignore", invalid="ignore"):
            value = near * np.where(near < 0, others, rates)
            whole = np.rint(value)
            error = np.abs(value) / 2**ERROR_BITS
            # Rounded to the nearest, what matters is how far the next half is; else how far the next whole number is.
            to_half = way.startswith("half")
            away = np.abs(np.abs(value - whole) - HALF) if to_half else np.abs(value - whole)
            proven &= (away > error) & (np.abs(value) < 2**ERROR_BITS)
            below = np.floor(value)
        up = {"ceiling": 1, "floor": 0, "up": value > 0, "down": value < 0}
        found.append(whole if to_half else below + up[way])
    for figure, units in enumerate(found):
        figures.put(figure, rows[proven], units[proven].astype(np.int64))
    return proven


def column_of(lines: Mapping[int, Line], number: np.ndarray, figure: int) -> np.ndarray:
    """One of the ratios of each row's line, as floats."""
    distinct, which = np.unique(number, return_inverse=True)
    column: np.ndarray = np.array([nearest_ratio(lines[each].ratios[figure]) for each in distinct.tolist()])[which]
    return column


def nearest_ratio(ratio: tuple[int, int]) -> Any:
    """The float nearest to a ratio, none (nan) where it is beyond every float."""
    try:
        return ratio[0] / ratio[1]
    except OverflowError:
        return np.nan


def nearest(units: np.ndarray, places: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """The floats nearest to whole numbers in units of the last of so many places.

    A whole number below 2**53 over a power of ten up to 10**22 is one division, exact to the last bit.

    >>> nearest(np.array([1, 2**62 + 1]), np.array([1, 30])).tolist()
    [0.1, 4.611686018427388e-12]
    """
    alike = same(places)
    beyond: Any = False
    if 0 < alike <= MOST_PLACES:
        power = FLOAT_POWERS[alike]
    else:
        power, beyond = FLOAT_POWERS[np.minimum(places, MOST_PLACES)], places > MOST_PLACES
    floats: np.ndarray = np.divide(units, power, out=out)
    if len(units) and not -EXACT_IN_A_FLOAT < units.min() <= units.max() < EXACT_IN_A_FLOAT:
        beyond = beyond | (np.abs(units) >= EXACT_IN_A_FLOAT)
    for row in np.flatnonzero(beyond).tolist() if np.any(beyond) else ():
        floats[row] = nearest_ratio((int(units[row]), 10 ** int(places[row])))
    return floats
