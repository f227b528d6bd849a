"""Rows whose columns have no names: what each column holds is told by its cells alone, and must be so in every row.

A row states a quote where it has one pair or two codes, one figure with decimals or two that are bid and ask, at most
one date, one change in percent, and in front a number that counts the rows. A row that holds anything else (a side, an
amount, a third figure) may be of trades, of positions or of statistics, and is none.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from decimal import Decimal

from fx.formats.fields import BadField, code_of, figure_of, pair_of
from fx.formats.figures import DecimalMark, mark_of
from fx.late import late

__all__ = ["columns_of", "fields_by", "kind_of_cell", "like", "mark_in", "one_of_two_days"]

PAIR = late(r"[A-Z]{3}[/_-]?[A-Z]{3}")
CODE = late(r"[A-Z]{3}")
HOUR = r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?"
KINDS = (
    ("blank", late(r"")),
    ("date", late(
        r"(?:[0-9]{4}([-./])[0-9]{1,2}\1[0-9]{1,2}|[0-9]{1,2}([-./])[0-9]{1,2}\2[0-9]{4}|(?:19|20)[0-9]{6}|1[0-9]{9}|1[0-9]{12})"
        rf"(?:[T ]{HOUR}\s?(?:Z|UTC|GMT|[+-][0-9]{{2}}:?[0-9]{{2}})?)?"
    )),
    ("hour", late(HOUR)),
    ("integer", late(r"[0-9]{1,12}")),
    ("figure", late(
        r"[0-9]{1,12}[.,][0-9]{1,15}|[0-9]{1,3}(?:[., ][0-9]{3})+[.,][0-9]{1,15}|[0-9]\.[0-9]{1,9}[eE]-[0-9]{1,2}"
    )),
    ("percent", late(r"[+-]?[0-9]{1,4}(?:[.,][0-9]{1,6})?\s?%")),
    ("signed", late(r"[+-][0-9]{1,12}(?:[.,][0-9]{1,15})?")),
    ("word", late(r"[^\W\d_]{2,16}")),
)  # fmt: skip
"""What a cell may hold beside a pair and a code, the first that fits."""
CLOSE = Decimal("1.005")
"""How far an ask may be above its bid: the low and the high of a day are seldom nearer to one another."""
EITHER_WAY = late(r"(?P<first>[0-9]{1,2})[-/](?P<second>[0-9]{1,2})[-/][0-9]{4}")
BY_UNITS = frozenset(("10", "100", "1000", "10000"))
"""Whole numbers that, in front of a single row, are likelier units of a currency than its number."""


def kind_of_cell(cell: str) -> str:
    """What one cell holds: pair, code, figure, date and so on; ``text`` for anything else.

    >>> [kind_of_cell(cell) for cell in ("EURUSD", "KZT", "1.0501", "106", "2024-12-13", "-0.12%", "Win", "a b")]
    ['pair', 'code', 'figure', 'integer', 'date', 'percent', 'word', 'text']
    """
    if PAIR.fullmatch(cell) and pair_of(cell):
        return "pair"
    if CODE.fullmatch(cell) and code_of(cell):
        return "code"
    return next((kind for kind, pattern in KINDS if pattern.fullmatch(cell)), "text")


def columns_of(rows: Sequence[Sequence[str]]) -> tuple[str, ...] | None:
    """What each column holds in all of these rows; None where they are not of one layout.

    >>> columns_of([["1", "USD", "JPY", "153.60"], ["2", "USD", "KRW", "1433"]])
    ('integer', 'code', 'code', 'figure')
    """
    if not rows or any(len(row) != len(rows[0]) for row in rows):
        return None
    found: list[str] = []
    for column in zip(*rows, strict=True):
        kinds = set(map(kind_of_cell, column)) - {"blank"}
        if len(kinds) > 1 and kinds <= {"figure", "integer", "signed"}:
            kinds = {"signed" if "signed" in kinds else "figure"}
        found.append(kinds.pop() if len(kinds) == 1 else "text" if kinds else "blank")
    return tuple(found)


def fields_by(columns: Sequence[str], rows: Sequence[Sequence[str]], *, numbered: bool = False) -> list[str] | None:
    """The names under which the columns are read, empty for those passed by; None where the rows are no quotes.

    ``numbered`` says that a single row may have a number in front, as the rows of a database do.

    >>> fields_by(("pair", "figure", "figure"), [["EURUSD", "1.05212", "1.05227"]])
    ['pair', 'bid', 'ask']
    >>> fields_by(("pair", "figure", "figure"), [["EURUSD", "0.85", "12.3"]])
    """
    count = {kind: columns.count(kind) for kind in columns}
    paired = (count.get("pair", 0), count.get("code", 0))
    sides = count.get("figure", 0)
    if paired not in {(1, 0), (0, 2)} or sides not in {1, 2} or {"word", "text", "signed"} & count.keys():
        return None
    if any(count.get(kind, 0) > 1 for kind in ("date", "hour", "percent", "integer")) or (
        "hour" in count and "date" not in count
    ):
        return None
    if "integer" in count and (
        columns[0] != "integer" or not counts_up([row[0] for row in rows], numbered or sides == 2)
    ):
        return None
    names: list[str] = []
    codes, figures = iter(("base", "counter")), iter(("bid", "ask") if sides == 2 else ("rate",))
    for kind in columns:
        simple = {"pair": "pair", "date": "date", "hour": "time", "percent": "changepct"}.get(kind, "")
        names.append(next(codes) if kind == "code" else next(figures) if kind == "figure" else simple)
    if sides == 2 and not all(bid_and_ask(row, columns) for row in rows):
        return None
    return names


def like(row: Sequence[str], columns: Sequence[str]) -> bool:
    """Whether a further row is of the same layout, its two figures still bid and ask.

    >>> like(["USDKZT", "523"], ["pair", "figure"]), like(["the", "end"], ["pair", "figure"])
    (True, False)
    """
    if len(row) != len(columns):
        return False
    for cell, kind in zip(row, columns, strict=True):
        own = kind_of_cell(cell)
        if own not in {kind, "blank"} and not (kind == "figure" and own == "integer"):
            return False
    return columns.count("figure") != 2 or bid_and_ask(row, columns)


def counts_up(numbers: Sequence[str], single: bool) -> bool:
    """Whether numbers in front of rows only count them; an amount or a unit of the currency may stand there too.

    >>> counts_up(["106", "107"], False), counts_up(["100", "500"], False), counts_up(["100"], True)
    (True, False, False)
    """
    if not all(map(str.isdecimal, numbers)):
        return False
    if len(numbers) == 1:
        return single and numbers[0] not in BY_UNITS
    return all(int(after) == int(before) + 1 for before, after in itertools.pairwise(numbers))


def bid_and_ask(row: Sequence[str], columns: Sequence[str]) -> bool:
    """Whether the two figures of a row may be what is bid and what is asked: in this order, and close.

    >>> bid_and_ask(["1.05212", "1.05227"], ["figure", "figure"]), bid_and_ask(["1.02", "1.20"], ["figure", "figure"])
    (True, False)
    """
    figures = [cell for cell, kind in zip(row, columns, strict=True) if kind == "figure"]
    try:
        bid, ask = (figure_of(cell, mark_in([row])) for cell in figures)
    except BadField:
        return True  # which is told of where it is read
    if bid is None or ask is None:
        return True
    return 0 < bid <= ask <= bid * CLOSE


def mark_in(rows: Sequence[Sequence[str]]) -> DecimalMark | None:
    """The decimal mark that one of the figures proves.

    >>> mark_in([["EURUSD", "1,052"], ["USDKZT", "523,54"]])
    ','
    """
    for row in rows:
        for cell in row:
            if kind_of_cell(cell) == "figure" and (found := mark_of(cell)):
                return found
    return None


def one_of_two_days(cell: str) -> bool:
    """Whether a date may be of the day or of the month first, as no publisher is known who would say.

    >>> one_of_two_days("01-06-2020 12:01"), one_of_two_days("13-06-2020"), one_of_two_days("2020-06-01")
    (True, False, False)
    """
    match = EITHER_WAY.match(cell)
    return match is not None and int(match["first"]) <= 12 >= int(match["second"]) and match["first"] != match["second"]
