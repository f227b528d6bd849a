"""Tables of pairs in text, where the heads decide which column is what.

    Pair       Price     Change    %Change        | pair    | bid    | ask    | chg %  |
    EUR/USD    1.0501    0.0029    0.28%          | EUR/USD | 1.0501 | 1.0503 | +0.28% |

    Base | Counter | Rate                         | Date       | EUR/USD | USD/JPY |
    USD  | KZT     | 523.54                       | 2024-12-13 | 1.0501  | 153.65  |

Columns are set apart by bars, tabs or spaces. A table needs a head for the pair (or for base and counter) and one for
the rate or for both sides, or else a head for the date and pairs as heads. A column headed "change" is a percentage
only where its cells say so. Without heads a row is read as the format `pairs` reads a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from fx.currencies import Currency, is_iso
from fx.dates import find_date
from fx.errors import MomentError
from fx.formats.change import find_change
from fx.formats.context import Unreadable
from fx.formats.fields import unknown_in_pair
from fx.formats.figures import FIGURE, DecimalMark
from fx.formats.human import Candidate, Family, Row, divided
from fx.formats.quantities import COLUMN
from fx.formats.rate import settled
from fx.formats.record import NO_CODE
from fx.formats.table_heads import (
    SIDED_PAIR,
    cells,
    following_lines,
    head_names,
    is_day_head,
    lines_with_heads,
    role_of,
)
from fx.late import late
from fx.moments import Moment
from fx.quotes import CROSSED, Reject, Tick

__all__ = ["TABLES", "rows_of_tables"]

PAIR_CELL = late(r"[*`\"']{0,2}([A-Z]{3})[ ]?[-/_.|:]?[ ]?([A-Z]{3})(?:=X|_TO[MDМ])?[*`\"']{0,2}")
RULE = late(r"[-+=|:\s\x0b\xa0\u2500-\u257f]*")
NUMBERING = frozenset(
    ("№ п/п", *"# № no nr id n п/п номер row line item rank sno s/n place место day days tenor code код".split())
)
"""Heads of columns that count the rows; under any other that is not known a 100 may be the unit."""
FIGURE_CELL = late(rf"({FIGURE})")


def rows_of_tables(text: str, mark: DecimalMark | None = None) -> Iterator[Row]:
    """The rows of every table with heads; those whose heads name other things than rates hold no quote.

    >>> text = "Pair  Price  Change  %Change\\nEUR/USD  1.0501  0.0029  0.28%\\n"
    >>> [(str(tick.rate), str(tick.change_pct)) for row in rows_of_tables(text) for tick in row.found]
    [('1.0501', '0.28')]
    """
    done = 0
    for begin, finish in lines_with_heads(text):
        if begin < done:
            continue
        names = head_names(text[begin:finish])
        roles = [role_of(name) or ("other" if COLUMN.search(name) or name in NUMBERING else None) for name in names]
        if len(names) > 1 and "pair" not in roles and (any(roles) or any(map(is_day_head, names))):
            roles = with_pair(text, finish, roles)
        columns = {number: pair for number, name in enumerate(names) if (pair := PAIR_CELL.fullmatch(name.upper()))}
        if "pair" in roles and not {"rate", "bid"} & set(roles) and any(map(is_day_head, names)):
            roles = [
                "date" if role is None and is_day_head(name) else role for name, role in zip(names, roles, strict=True)
            ]
            heads = cells(text[begin:finish].lower(), len(names))
            days = {number: head for number, head in enumerate(heads) if roles[number] == "date"}
            for start, end in following_lines(text, finish):
                row_of_days = read_row_of_days(text, start, end, roles.index("pair"), days, mark)
                if row_of_days:
                    done = end
                    yield Row(start, end, row_of_days)
            continue
        sides = columns_of_sides(names)
        if sides and "pair" not in roles:
            for start, end in following_lines(text, finish):
                if not RULE.fullmatch(text[start:end]):
                    quotes = read_row_of_sides(text, start, end, roles, sides, mark)
                    if not quotes and not any(map(str.isdigit, text[start:end])):
                        break
                    done = end
                    yield Row(start, end, quotes)
            continue
        wide = "date" in roles and any(is_pair(pair) for pair in columns.values())
        if len(names) < 2 or not (wide or "pair" in roles or {"base", "counter"} <= set(roles)):
            continue
        rates = wide or bool({"rate", "bid"} & set(roles))
        if not rates and not any(COLUMN.search(name) for name in names):
            continue
        for start, end in following_lines(text, finish):
            row = text[start:end]
            if RULE.fullmatch(row):
                continue
            found: tuple[Tick | Reject, ...] = ()
            if wide:
                found = read_wide_row(text, start, end, roles, columns, mark)
            elif rates:
                found = read_row(text, start, end, roles, mark)
            if not found and not any(map(str.isdigit, row)):
                break
            done = end
            if found or not rates:
                yield Row(start, end, found)


def with_pair(text: str, finish: int, roles: list[str | None]) -> list[str | None]:
    """The roles, with that of the pair for a column whose head is none we know and whose first cell is a pair."""
    for start, end in following_lines(text, finish):
        if RULE.fullmatch(text[start:end]):
            continue
        row = cells(text[start:end], len(roles))
        if len(row) == len(roles):
            return [
                "pair" if role in {None, "other"} and is_pair(PAIR_CELL.fullmatch(cell)) else role
                for role, cell in zip(roles, row, strict=True)
            ]
        break
    return roles


def is_pair(match: re.Match[str] | None) -> bool:
    """Whether both halves are currencies, and two of them."""
    return bool(match and is_iso(match[1]) and is_iso(match[2]) and match[1] != match[2])


def read_row(
    text: str, start: int, end: int, roles: list[str | None], mark: DecimalMark | None
) -> tuple[Tick | Reject, ...]:
    """The quote of one row; none where it is no row of the table."""
    row = cells(text[start:end], len(roles))
    if len(row) < 2 or len(row) > len(roles) + 1:
        return ()
    found: dict[str, str] = {}
    for number, (role, cell) in enumerate(zip(roles, row, strict=False)):
        found.setdefault(role or str(number), cell)  # of two columns of rates the first, as in a CSV
    named = found.get("pair") or found.get("base", "") + "/" + found.get("counter", "")
    pair = PAIR_CELL.fullmatch(named)
    numbers = {name: figure(text, found.get(name, ""), start, end, mark) for name in ("rate", "bid", "ask")}
    if numbers["rate"] is None and (numbers["bid"] is None or numbers["ask"] is None):
        return ()
    if not pair or not is_pair(pair):
        unknown = unknown_in_pair(named) if "/" in found.get("pair", "") else ""  # others are no marks of a table
        return (refused(text[start:end], NO_CODE.format(code=unknown)),) if unknown else ()
    date = found.get("date", "")
    moment = moment_of(date)
    if moment is None and DATED.fullmatch(date):
        return (undated(text[start:end], date),)
    unit = re.sub(r"[ \xa0,.'](?=[0-9]{3}(?![0-9]))", "", found.get("unit", "1")).strip() or "1"
    if not re.fullmatch(r"10{0,5}", unit):
        return (refused(text[start:end], f"a unit of {unit[:20]} is not read: write 1, 10, 100 …"),)
    if found.get("amount", "1").strip() not in {"", "1"}:
        reason = f"the rate may be that of one or of {found['amount'][:20]}: head the column Unit if it is"
        return (refused(text[start:end], reason),)
    many = [cell for role, cell in found.items() if role.isdecimal() and re.fullmatch(r"10{1,4}", cell)]
    if many and "unit" not in found:
        return (
            refused(text[start:end], f"the figure {many[0]} in the row may be a unit: head its column Unit if it is"),
        )
    size = int(unit)
    bid, ask = numbers["bid"], numbers["ask"]
    if bid is not None and ask is not None and bid > ask:
        return (refused(text[start:end], CROSSED),)
    tick = Tick(
        Currency(pair[1]),
        Currency(pair[2]),
        divided(numbers["rate"], size),
        divided(numbers["bid"], size),
        divided(numbers["ask"], size),
        percent(found),
        unit=size,
        observed_at=moment,
    )
    return (tick,)


Columns = dict[tuple[str, str], tuple[int, int]]
"""The columns of bid and ask of each pair."""


def columns_of_sides(names: list[str]) -> Columns:
    """Where a head has both sides of pairs.

    >>> columns_of_sides(["банк", "покупка usd/kgs", "продажа usd/kgs", "eur/usd bid"])
    {('USD', 'KGS'): (1, 2)}
    """
    found: dict[tuple[str, str], dict[str, int]] = {}
    for number, name in enumerate(names):
        match = SIDED_PAIR.fullmatch(name)
        if match:
            pair = ((match["base"] or match["base2"]).upper(), (match["counter"] or match["counter2"]).upper())
            if all(map(is_iso, pair)) and pair[0] != pair[1]:
                found.setdefault(pair, {})["bid" if match["bid"] or match["bid2"] else "ask"] = number
    return {pair: (sides["bid"], sides["ask"]) for pair, sides in found.items() if len(sides) == 2}


def read_row_of_sides(
    text: str, start: int, end: int, roles: list[str | None], columns: Columns, mark: DecimalMark | None
) -> tuple[Tick | Reject, ...]:
    """The quotes of a row whose columns are sides of pairs: what one bank or one day says."""
    row = cells(text[start:end], len(roles))
    if len(row) != len(roles):
        return ()
    date = row[roles.index("date")] if "date" in roles else ""
    moment = moment_of(date)
    if moment is None and DATED.fullmatch(date):
        return (undated(text[start:end], date),)
    found: list[Tick | Reject] = []
    for (base, counter), places in columns.items():
        bid, ask = (figure(text, row[place], start, end, mark) for place in places)
        if bid and ask and bid > ask:
            found.append(refused(text[start:end], CROSSED))
        elif bid or ask:
            found.append(Tick(Currency(base), Currency(counter), None, bid, ask, observed_at=moment))
    return tuple(found)


def read_wide_row(
    text: str,
    start: int,
    end: int,
    roles: list[str | None],
    columns: dict[int, re.Match[str]],
    mark: DecimalMark | None,
) -> tuple[Tick | Reject, ...]:
    """The quotes of a row that begins with its date, one for each head that is a pair."""
    row = cells(text[start:end], len(roles))
    if len(row) != len(roles):
        return ()
    date = row[roles.index("date")]
    moment = moment_of(date)
    if moment is None:
        return (undated(text[start:end], date),) if DATED.fullmatch(date) else ()
    return tuple(
        Tick(Currency(pair[1]), Currency(pair[2]), rate, observed_at=moment)
        for number, pair in columns.items()
        if is_pair(pair) and (rate := figure(text, row[number], start, end, mark))
    )


def read_row_of_days(
    text: str, start: int, end: int, place: int, days: dict[int, str], mark: DecimalMark | None
) -> tuple[Tick | Reject, ...]:
    """The quotes of a row whose columns are days; a reject for a day without its year."""
    row = cells(text[start:end], max(days) + 1)
    pair = PAIR_CELL.fullmatch(row[place]) if len(row) > max(*days, place) else None
    if not pair or not is_pair(pair):
        return ()
    found: list[Tick | Reject] = []
    for number, day in days.items():
        rate = figure(text, row[number], start, end, mark)
        moment = moment_of(day)
        if rate and moment:
            found.append(Tick(Currency(pair[1]), Currency(pair[2]), rate, observed_at=moment))
        elif rate:
            found.append(refused(text[start:end], f"the head {day!r} is no whole date: write 2024-12-31"))
    return tuple(found)


DATED = late(r"[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4}")


def undated(row: str, date: str) -> Reject:
    """The reject of a row whose date can be read in two ways."""
    return refused(row, f"the date {date} can be read in two ways: write it as 2024-12-31")


def refused(row: str, reason: str) -> Reject:
    """The reject of a row; its line is counted where rows are told."""
    return Reject(row.strip()[:120], reason, 0)


def moment_of(cell: str) -> Moment | None:
    """The moment or day that a cell holds, if it holds one."""
    try:
        return Moment.parse(cell)
    except MomentError:
        day = find_date(cell)
        return Moment.of_day(day) if day else None


def figure(text: str, cell: str, start: int, end: int, mark: DecimalMark | None) -> Decimal | None:
    """The number of a cell, if it holds one and nothing else but a sign of money."""
    match = FIGURE_CELL.fullmatch(cell.strip("*`$€£¥₸₽ "))
    if not match:
        return None
    try:
        return settled(text, match[1], start, end, mark) or None
    except Unreadable:
        return None


SIGNED = late(rf"[(]?[+-]{FIGURE}[ ]?%[)]?")
"""A cell that is a change whatever its head says."""


def percent(found: dict[str, str]) -> Decimal | None:
    """The percent change of a row: from the column of percentages, else from one of changes that says so."""
    if not {"percent", "change"} & found.keys():
        signed = [cell for role, cell in found.items() if role.isdecimal() and SIGNED.fullmatch(cell)]
        found = {**found, "change": signed[0]} if len(signed) == 1 else found
    for role in ("percent", "change"):
        cell = found.get(role, "")
        if role == "percent" and cell and "%" not in cell:
            cell += "%"
        change = find_change(" " + cell, 0) if "%" in cell else None
        if change:
            return change.percent
    return None


def no_candidates(text: str) -> Iterator[Candidate]:  # noqa: ARG001 (the shape of Family.candidates)
    """None: rows are read whole."""
    return iter(())


TABLES = Family(
    "tables",
    "tables of pairs whose heads say which column is the rate, bid, ask or percent change",
    "pair | rate | chg %",
    no_candidates,
    __doc__,
    rows=rows_of_tables,
)
