"""Short ways to say what a test is about."""

from __future__ import annotations

import contextlib
import os
import pty
import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from fx.currencies import Pair
from fx.documents import Document
from fx.exact import plain
from fx.formats import Page, hints_of, scan
from fx.formats.ticker import TICKER
from fx.moments import Moment
from fx.quotes import Quote, Reject, Tick
from fx.reader import Reading, read_document
from fx.text import plain_text

T = TypeVar("T")
ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
SHARED = ROOT.parent / "shared"
"""Real pages and cases that stand beside the checkout where fx is developed, and nowhere else."""
NOON = datetime(2025, 1, 1, 12, tzinfo=UTC)
BARE = {name: value for name, value in os.environ.items() if name == "PATH" or name.startswith("COVERAGE_")}
"""The environment of a process that shall find nothing else there: where programs are, and how coverage measures it."""

BOARD = """\
• KGS/USD = 0.01150 0%
  • KZT/USD = 0.00190 0%
  • TJS/USD = 0.09158 -0.11%
  • UZS/USD = 0.00008 0%
  • TMT/USD = 0.28490 -0.42%
"""
PAGE = BOARD * 8 + "14 December 2024\n\nViewing results 1 - 6 of 40\n\nA fair worth $8 billion closed on November 30.\n"


def on_terminal(command: list[str], folder: Path, environment: dict[str, str]) -> tuple[int, str]:
    """Run a command whose output and talk go to a terminal; its exit code and what people see, without colours."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command,
        cwd=folder,
        env={**environment, "NO_COLOR": "1", "TERM": "dumb"},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        seen = b""
        with contextlib.suppress(OSError):  # Linux says so at the end of a terminal
            while piece := os.read(ours, 65536):
                seen += piece
        os.close(ours)
    return process.returncode, seen.decode().replace("\r\n", "\n")


def quote(
    text: str, day: str = "2024-12-14", source: str | None = None, document: str = "made", line: int = 1
) -> Quote:
    """``quote("KZT/USD 0.00190")``."""
    pair_text, rate = text.split()
    pair = Pair.parse(pair_text)
    return Quote(
        pair.base, pair.counter, Decimal(rate), None, None, None, Moment.parse(day), "given", source, document, line
    )


def in_order(statements: Iterable[tuple[str, T]]) -> list[T]:
    """What stands of statements, each with its pair: in order, those of a pair with several where they were last said."""
    said = list(statements)
    place: dict[T, int] = {}
    for number, (pair, statement) in enumerate(said):
        if len({other for its, other in said if its == pair}) > 1 or statement not in place:
            place[statement] = number
    return sorted(place, key=place.__getitem__)


def page(text: str) -> Page:
    """A plain text as the formats are given it."""
    return Page(plain_text(text), text)


def ticks(text: str) -> list[tuple[str, str, str | None]]:
    """What the ticker reads in a text: pair, rate, change."""
    found = [item for item in TICKER.read(page(text)) if isinstance(item, Tick)]
    return [
        (str(tick.pair), format(tick.rate or 0, "f"), None if tick.change_pct is None else format(tick.change_pct, "f"))
        for tick in found
    ]


def rejects(text: str) -> list[tuple[int, int, str]]:
    """What the ticker refuses in a text: line, column, text."""
    found = [item for item in TICKER.read(page(text)) if isinstance(item, Reject)]
    return [(reject.line, reject.column, reject.text) for reject in found]


def reading(text: str | bytes, name: str = "page", **how: object) -> Reading:
    """A text read as a document."""
    data = text if isinstance(text, bytes) else text.encode("utf-8")
    (found,) = read_document(Document(name, data, how.pop("modified", None)), now=NOON, **how)  # type: ignore[arg-type]
    return found


def written(tick: Tick) -> str:
    """``PAIR RATE`` or ``PAIR BID|ASK``, then, where there is one, ``CHANGE%``, ``/UNIT`` and ``@MOMENT``."""
    sides = (
        ""
        if tick.bid is None and tick.ask is None
        else "|".join("-" if side is None else plain(side) for side in (tick.bid, tick.ask))
    )
    words = [str(tick.pair), "" if tick.rate is None else plain(tick.rate), sides]
    words += [
        "" if tick.change_pct is None else f"{plain(tick.change_pct)}%",
        "" if tick.unit == 1 else f"/{tick.unit}",
        "" if tick.observed_at is None else f"@{tick.observed_at}",
    ]
    return " ".join(word for word in words if word)


def read_file(text: str, name: str = "file", **hints: str) -> tuple[list[str], list[Reject]]:
    """The quotes and rejects of a text that is a file."""
    found = list(scan(Page(text, text, name, hints_of(**hints))))
    return [written(item) for item in found if isinstance(item, Tick)], [
        item for item in found if isinstance(item, Reject)
    ]
