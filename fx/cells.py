"""The cells of a column told apart: each distinct one once, and for each row which it is.

What a column holds over and over (codes, days) is looked at once; what goes on row by row are numbers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from typing import Any

import numpy as np
import pandas as pd

from fx.errors import FxError, MomentError
from fx.moments import Moment
from fx.vectors import NO_MOMENT, some
from fx.whole import ORDINALS_A_DAY

__all__ = ["Whens", "combined", "distinct", "moment_or_error", "moments_in"]


def distinct(column: pd.Series) -> tuple[list[Any], np.ndarray]:
    """The distinct cells of a column (a missing one is None, and last), and for each row which it is."""
    short = three_letters(column)
    if short is not None:
        return short
    try:
        codes, cells = pd.factorize(column)
    except TypeError:  # lists and the like: no code and no date, whatever they hold
        codes, cells = pd.factorize(column.map(hashable))
    missing = codes < 0
    return ([*cells, None], np.where(missing, len(cells), codes)) if missing.any() else (list(cells), codes)


def hashable(cell: Any) -> Any:
    """A cell, or for one that is a list or the like what it prints as.

    >>> hashable("KZT"), hashable(["KZT"])
    ('KZT', "['KZT']")
    """
    try:
        hash(cell)
    except TypeError:
        return repr(cell)
    return cell


def three_letters(column: pd.Series) -> tuple[list[Any], np.ndarray] | None:
    """What `distinct` gives, of a column in which every cell is three capitals; None for any other.

    Codes of currencies are, and as numbers of 15 bits they are told apart in a quarter of the time.

    >>> cells, number = three_letters(pd.Series(["USD", "KZT", "USD"], dtype="str"))
    >>> cells, number.tolist()
    (['KZT', 'USD'], [1, 0, 1])
    """
    if not isinstance(column.dtype, pd.StringDtype) or column.dtype.storage != "pyarrow" or not len(column):
        return None
    texts: Any = column.array.__arrow_array__()
    if texts.num_chunks != 1 or texts.null_count or str(texts.type) not in OFFSETS:
        return None
    texts = texts.chunk(0)
    _, places, data = texts.buffers()
    ends = np.frombuffer(places, dtype=OFFSETS[str(texts.type)])[texts.offset : texts.offset + len(texts) + 1]
    if ends[-1] - ends[0] != 3 * len(texts):
        return None
    letters = np.frombuffer(data, dtype=np.uint8)[ends[0] : ends[-1]]
    number = np.empty(len(texts), dtype=np.intp)
    ranks, found = np.full(2**15, -1), np.empty(0, dtype=np.intp)
    for rows in some(len(texts)):
        part = letters[3 * rows.start : 3 * rows.stop]
        if part.min() < ord("A") or part.max() > ord("Z") or not (np.diff(ends[rows.start : rows.stop + 1]) == 3).all():
            return None
        first, second, third = (part[place::3].astype(np.uint16) & 31 for place in range(3))
        codes = (first << 10 | second << 5 | third).astype(np.intp)  # as wide as `take` wants them
        which = ranks.take(codes)
        if which.min() < 0:
            found = np.append(found, np.unique(codes[which < 0]))
            ranks[found] = np.arange(len(found))
            which = ranks.take(codes)
        number[rows] = which
    return ["".join(chr(ord("@") + (code >> bits & 31)) for bits in (10, 5, 0)) for code in found.tolist()], number


OFFSETS = {"large_string": np.int64, "string": np.int32}
"""How Arrow counts where texts begin."""
DAY_IN_MICROSECONDS = 86_400_000_000
IN_A_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
"""The units of time that pandas has."""
DATETIMES = tuple(np.datetime64(day, "us").astype(np.int64) for day in ("0001-01-01", "9999-12-31"))
"""What Python's datetimes reach."""


@dataclass(frozen=True, slots=True)
class Whens:
    """Distinct moments by their ordinals, `NO_MOMENT` where a cell holds none: then ``errors`` say why, by number."""

    ordinals: np.ndarray
    errors: Mapping[int, FxError]

    @classmethod
    def of(cls, found: Sequence[Moment | FxError]) -> Whens:
        """The same of moments and errors one by one."""
        return cls(
            np.array([each.ordinal if isinstance(each, Moment) else NO_MOMENT for each in found], dtype=np.int64),
            {number: each for number, each in enumerate(found) if isinstance(each, FxError)},
        )

    def __len__(self) -> int:
        return len(self.ordinals)

    def __getitem__(self, number: int) -> Moment | FxError:
        """One of them."""
        return self.errors.get(number) or Moment(int(self.ordinals[number]))

    @property
    def last_ordinals(self) -> np.ndarray:
        """`Moment.last_ordinal` of each.

        >>> found = [Moment.parse("2024-12-14"), Moment.parse("2024-12-14T10:30Z"), Moment.parse("1950-01-01")]
        >>> Whens.of(found).last_ordinals.tolist() == [each.last_ordinal for each in found]
        True
        """
        return np.where(self.ordinals % 2 == 0, self.ordinals + (ORDINALS_A_DAY - 1), self.ordinals)


def moments_in(column: pd.Series) -> tuple[Whens, np.ndarray]:
    """The distinct moments of a column, or why they are none, and for each row which is its own; see `moment_of`."""
    if column.dtype.kind == "M" and isinstance(column.dtype, np.dtype):
        values = column.to_numpy()
        number, cells = runs_of(values.view(np.int64))
        if len(cells) and no_overflow(cells, np.datetime_data(values.dtype)[0]):
            moments = cells.view(values.dtype).astype("datetime64[us]").view(np.int64)
            if DATETIMES[0] <= moments.min():  # NaT is below all
                return Whens(moments // 1000 * 2 + (moments % DAY_IN_MICROSECONDS != 0), {}), number
    whens, number = distinct(column)
    return Whens.of([moment_or_error(when) for when in whens]), number


def no_overflow(cells: np.ndarray, unit: str) -> bool:
    """Whether numbers of a unit of time lie in the years that a date has; numpy below 2.5 wraps what is far beyond.

    >>> no_overflow(np.array([0, 10**11]), "s"), no_overflow(np.array([0, 10**12]), "s")
    (True, False)
    """
    least, most = (int(limit) * IN_A_SECOND[unit] // IN_A_SECOND["us"] for limit in DATETIMES)
    return least <= int(cells.min()) and int(cells.max()) < most


def runs_of(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each row which of the distinct numbers it holds, and these; in long runs they are told apart by their edges.

    >>> [column.tolist() for column in runs_of(np.array([7] * 9 + [5] * 9))]
    [[0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1], [7, 5]]
    """
    edges = np.flatnonzero(values[1:] != values[:-1]) + 1
    if len(edges) * 8 > len(values):
        scattered: tuple[np.ndarray, np.ndarray] = pd.factorize(values)
        return scattered
    begins = np.append(0, edges)
    codes, cells = pd.factorize(values[begins[: len(values)]])
    return np.repeat(codes, np.diff(np.append(begins, len(values)))), cells


def combined(rows: int, parts: Sequence[tuple[int, np.ndarray | None]]) -> tuple[np.ndarray, np.ndarray]:
    """For each row which of the distinct combinations it is, and these as numbers of mixed radix."""
    several = [(size, codes) for size, codes in parts if size > 1 and codes is not None]
    if len(several) == 1:  # each of its cells is one of the combinations
        ((size, number),) = several
        return number.astype(np.intp, copy=False), np.arange(size)
    total = np.zeros(rows, dtype=np.intp)  # as wide as `take` wants indices
    most = math.prod(size for size, _ in several)
    there = np.zeros(min(most, rows + 1), dtype=bool)
    for part in some(rows):
        for size, codes in several:
            total[part] *= size
            total[part] += codes[part]
        if most <= rows:
            there[total[part]] = True
    if most > rows:
        number, keys = pd.factorize(total)
        return number, keys
    if not there.all():
        ranks = np.cumsum(there) - 1
        for part in some(rows):
            total[part] = ranks.take(total[part])
    return total, np.flatnonzero(there)


def moment_or_error(when: Any) -> Moment | MomentError:
    """The day or instant of a cell, or why it is none."""
    try:
        return moment_of(when)
    except MomentError as error:
        return error.with_traceback(None)


def moment_of(when: Any) -> Moment:
    """The day or instant of a cell: midnight without a zone is a day, any other time is an instant in UTC.

    Raises `MomentError` for a missing one.

    >>> str(moment_of(pd.Timestamp("2024-12-14"))), str(moment_of(pd.Timestamp("2024-12-14 10:30")))
    ('2024-12-14', '2024-12-14T10:30:00.000Z')
    """
    if when is None or when is pd.NaT:
        return Moment.parse("a missing date")
    if isinstance(when, datetime):
        if not MINYEAR <= when.year <= MAXYEAR:  # pandas goes further than Python's own dates
            return Moment.parse(f"the year {when.year}")
        if when.tzinfo is not None:
            return Moment.of_instant(when)
        midnight = (when.hour, when.minute, when.second, when.microsecond) == (0, 0, 0, 0)
        return Moment.of_day(when.date()) if midnight else Moment.of_instant(when.replace(tzinfo=UTC))
    return Moment.parse(when)
