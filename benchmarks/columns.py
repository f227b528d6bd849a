"""Whole columns: a frame converted beside ``merge_asof``, a CSV file beside Python's own reading and writing of it."""

from __future__ import annotations

import csv
import functools
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import fx
from benchmarks import data, stores
from benchmarks.measure import called, ran
from benchmarks.rows import Contender, Duel, Row, Size, Target, Workshop

__all__ = ["rows"]

DAYS = 3650


def board(workshop: Workshop) -> Path:
    """Ten years of the board."""
    return workshop.made("board.db", lambda path: stores.board_store(path, DAYS))


def frame(workshop: Workshop, *, in_order: bool = True) -> Duel:
    """`Store.convert_frame` beside ``merge_asof`` of the same frames, in the order of time or (it must sort) in none.

    The other result is not rounded: ours must lie within half a cent of it, in every row.
    """
    import numpy as np
    import pandas as pd

    def table(rows: list[tuple[date, str, str]], number: str) -> pd.DataFrame:
        days, codes, figures = zip(*rows, strict=True)
        columns = {"day": pd.to_datetime(list(days)), "code": list(codes), number: list(map(float, figures))}
        return pd.DataFrame(columns)

    store = fx.open(board(workshop))
    asked = table(data.amounts(workshop.size.rows, DAYS), "amount")
    if not in_order:
        asked = asked.sample(frac=1, random_state=15, ignore_index=True)
    quotes = table(data.daily(DAYS), "rate")

    def ask() -> object:
        return store.convert_frame(asked, amount="amount", base="code", counter="USD", as_of="day")

    def merge() -> object:
        merged = pd.merge_asof(asked if in_order else asked.sort_values("day"), quotes, on="day", by="code")
        merged["result"] = merged["amount"] * merged["rate"]
        return merged

    def results(frame: Any) -> Any:
        return frame.sort_values(["day", "code", "amount"])["result"].to_numpy(dtype=float)

    exact = results(merge())

    def off(result: Any) -> int:
        """How many rows are not the exact value rounded to the cent."""
        return int((~(np.abs(results(result) - exact) <= 0.005 + 1e-6)).sum())

    return Duel(
        Contender("convert_frame", lambda: called(ask), off),
        Contender("merge_asof", lambda: called(merge), off),
        0,
        store.close,
    )


COPY = """
import csv, sys
how = {"newline": "", "encoding": "utf-8"}
with open(sys.argv[1], **how) as given, open(sys.argv[2], "w", **how) as copy:
    csv.writer(copy, lineterminator="\\n").writerows(csv.reader(given))
"""


def sheet(workshop: Workshop) -> Duel:
    """``fx convert --csv`` beside a copy by the module csv: the same rows go out, and every result is right."""
    days = {(day, code): Decimal(rate) for day, code, rate in data.daily(DAYS)}
    rows = data.amounts(workshop.size.rows, DAYS)
    right = sum(int((Decimal(amount) * days[day, code]).quantize(Decimal("0.01")) * 100) for day, code, amount in rows)

    def make(path: Path) -> None:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(("id", "day", "cur", "amt"))
            writer.writerows((number, *row) for number, row in enumerate(rows, 1))

    file = workshop.made("amounts.csv", make)
    out = workshop.folder / "converted.csv"
    words = [
        *(workshop.fx, "--db", board(workshop), "convert", "-q", "--csv", file),
        *("--amount", "amt", "--from", "cur", "--to", "USD", "--date", "day", "-o", out),
    ]

    def read(_: object) -> tuple[int, int]:
        """Rows, and the sum of their numbers."""
        with out.open(encoding="utf-8", newline="") as result:
            numbers = [int(row["id"]) for row in csv.DictReader(result)]
        return len(numbers), sum(numbers)

    def checked(_: object) -> object:
        """The same, if the results add up to what is right."""
        with out.open(encoding="utf-8", newline="") as result:
            cents = sum(int(row["result"].replace(".", "")) for row in csv.DictReader(result))
        return read(_) if cents == right else f"{cents} cents for {right}"

    lines = len(rows)
    return Duel(
        Contender("fx", lambda: ran(words, workshop.folder), checked),
        Contender("csv", lambda: ran([workshop.python, "-c", COPY, file, out], workshop.folder), read),
        (lines, lines * (lines + 1) // 2),
        lambda: out.unlink(missing_ok=True),
    )


def rows(size: Size) -> list[Row]:
    """The rows of this group."""
    number = f"{size.rows:,} rows"
    return [
        Row(
            "frame",
            f"`store.convert_frame`, {number}, each at its date, with bounds",
            "`pandas.merge_asof` of the same frames and one multiplication",
            Target(1.5),
            frame,
        ),
        Row(
            "frame-mixed",
            "the same, rows in no order",
            "the same after `sort_values`",
            Target(1.5),
            functools.partial(frame, in_order=False),
        ),
        Row(
            "csv", f"`fx convert --csv`, {number}", "the module csv reading and writing the same file", Target(4), sheet
        ),
    ]
