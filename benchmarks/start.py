"""How long a command takes from the shell and back: the whole process, beside a Python that imports ``sqlite3``."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks import data, stores
from benchmarks.measure import counted, ran
from benchmarks.rows import Contender, Duel, Row, Size, Target, Workshop

__all__ = ["history", "rows"]

LIMIT = 'python -c "import sqlite3"'


def figure(output: object) -> Decimal:
    """The dollars that a program printed, to the cent."""
    return dollars(Path(str(output)).read_text("utf-8"))


def dollars(text: str) -> Decimal:
    """The figure that stands before USD, or all alone.

    >>> print(dollars("1,000.000 EUR = 1,015.500 USD on 2025-12-31"), dollars("1015.50"))
    1015.50 1015.50
    """
    told = re.search(r"([0-9.]+) USD|\A([0-9.]+)\s*\Z", text.replace(",", ""))
    return Decimal((told[1] or told[2]) if told else "NaN").quantize(Decimal("0.01"))


def limit(workshop: Workshop) -> Contender:
    """What no program that opens a database from Python can beat."""
    return Contender(LIMIT, lambda: ran([workshop.python, "-c", "import sqlite3"], workshop.folder))


def history(workshop: Workshop, place: int) -> Path:
    """The history of that many quotes."""
    quotes = workshop.size.quotes[place]
    return workshop.made(f"history-{quotes}.db", lambda path: stores.history_store(path, quotes))


def question(workshop: Workshop, place: int) -> list[Any]:
    """The plain conversion, on one of the histories."""
    return [workshop.fx, "--db", history(workshop, place), "convert", "1000", "KZT", "USD"]


EXPECTED = (Decimal(1000) * stores.rate_at(0) / 100_000).quantize(Decimal("0.01"))


def conversion(place: int) -> Callable[[Workshop], Duel]:
    """``fx convert`` on a history beside the limit."""

    def duel(workshop: Workshop) -> Duel:
        words = question(workshop, place)
        ours = Contender("fx", lambda: ran(words, workshop.folder), figure)
        return Duel(ours, limit(workshop), EXPECTED)

    return duel


def instructions(workshop: Workshop) -> Duel:
    """The instructions of ``fx convert`` on the longest history beside those on the shortest."""
    long, short = (question(workshop, place) for place in (3, 0))
    return Duel(
        Contender("fx", lambda: counted(long, workshop.folder), figure),
        Contender("fx at 1 quote", lambda: counted(short, workshop.folder), figure),
        EXPECTED,
    )


def price_files(workshop: Workshop, number: int) -> dict[str, Path]:
    """The same prices for each program."""

    def ecb(path: Path) -> None:
        with path.open("w", encoding="utf-8") as file:
            file.write(f"Date,{','.join(data.CODES)}\n")
            file.writelines(f"{day},{','.join(rates)}\n" for day, rates in reversed(list(data.prices(number))))

    def journal(path: Path) -> None:
        with path.open("w", encoding="utf-8") as file:
            file.write("D 1000.0000 USD\n")
            for day, rates in data.prices(number):
                file.writelines(f"P {day} EUR {rate} {code}\n" for code, rate in zip(data.CODES, rates, strict=True))
            file.write(f"\n{data.LAST_DAY} asked\n    asked  1000.00 EUR\n    other\n")

    return {
        "fx": workshop.made(f"prices-{number}.db", lambda path: stores.price_store(path, number)),
        "ecb": workshop.made(f"prices-{number}.csv", ecb),
        "journal": workshop.made(f"prices-{number}.journal", journal),
    }


PEERS = ("ledger", "hledger", "currency_converter")


def beside(peer: str, place: int) -> Callable[[Workshop], Duel]:
    """``fx convert`` beside another program on the same prices."""

    def duel(workshop: Workshop) -> Duel:
        files = price_files(workshop, workshop.size.prices[place])
        day = str(data.LAST_DAY)
        ask = ["balance", "asked"]
        command: list[Any] = {
            "ledger": ["ledger", "-f", files["journal"], *ask, "--no-total", "--now", day, "--unround", "-X", "USD"],
            "hledger": ["hledger", "-f", files["journal"], *ask, "-N", f"--value={day},USD"],
            # Its script stands beside Python, where no PATH may lead.
            "currency_converter": [
                *(workshop.python, "-m", "currency_converter", "1000", "EUR", "--to", "USD", "-d", day),
                *("-f", files["ecb"]),
            ],
        }[peer]
        words = [workshop.fx, "--db", files["fx"], "convert", "1000", "EUR", "USD"]
        return Duel(
            Contender("fx", lambda: ran(words, workshop.folder), figure),
            Contender(peer, lambda: ran(command, workshop.folder), figure, peer),
        )

    return duel


def count_of(output: object) -> int:
    """How many objects were printed, one a line."""
    with Path(str(output)).open(encoding="utf-8") as lines:
        return sum(1 for line in lines if json.loads(line))


def reading(*words: str, rows: int) -> Callable[[Workshop], Duel]:
    """Another command that reads, beside the limit; it must print so many rows."""

    def duel(workshop: Workshop) -> Duel:
        place = 1
        expected = min(rows, workshop.size.quotes[place])
        command = [workshop.fx, "--db", history(workshop, place), *words, "--json"]
        return Duel(Contender("fx", lambda: ran(command, workshop.folder), count_of), limit(workshop), expected)

    return duel


def grouped(number: int) -> str:
    """A number as people read it.

    >>> grouped(10**7)
    '10,000,000'
    """
    return f"{number:,}"


def rows(size: Size) -> list[Row]:
    """The rows of this group."""
    convert = "`fx convert 1000 KZT USD`, history of"
    since = (stores.NEWEST - timedelta(minutes=99)).isoformat()
    others = {
        "latest": reading("latest", rows=1),
        "rate": reading("rate", "KZT/USD", rows=1),
        "history": reading("history", "KZT/USD", "--since", since, rows=100),
        "info": reading("info", rows=1),
    }
    return [
        *(
            Row(f"start-{place}", f"{convert} {grouped(quotes)}", f"`{LIMIT}`", Target(1.5), conversion(place))
            for place, quotes in enumerate(size.quotes)
        ),
        Row(
            "instructions",
            f"{convert} {grouped(size.quotes[-1])}, instructions",
            "the same at 1",
            Target(1.01, "instructions"),
            instructions,
        ),
        *(
            Row(
                f"{peer}-{place}",
                f"`fx convert 1000 EUR USD`, {grouped(prices)} prices",
                f"`{peer}`",
                Target(bound, faster=True),
                beside(peer, place),
            )
            for place, (prices, bound) in enumerate(zip(size.prices, (1, 40), strict=True))
            for peer in PEERS
        ),
        *(
            Row(name, f"`fx {name}`{' of 100 rows' * (name == 'history')}", f"`{LIMIT}`", Target(6), duel)
            for name, duel in others.items()
        ),
    ]
