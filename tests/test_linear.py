"""Nothing that is read takes more than time in proportion to its size: every pattern, and every grammar, at its worst.

What is counted is the CPU time of this process, not the clock's, and only its growth with the size is held to a bound;
`sys.setprofile` sees nothing of what goes on within a pattern.
"""

from __future__ import annotations

import ast
import dataclasses
import importlib
import pkgutil
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import fx
from fx.currencies import Currency, Pair
from fx.dates import find_date, find_date_in_heading
from fx.documents import Document, visible_text
from fx.errors import FxError
from fx.exact import parse_amount
from fx.formats import Page, all_formats, hints_of
from fx.formats.figures import NotAFigure, read_figure
from fx.late import Compiled
from fx.moments import Moment
from fx.policy import days_in
from fx.reader import read_document
from fx.text import plain_text
from tests.builders import NOON
from tests.pumped import attacks

SHORT = 0.06
"""Seconds of CPU time that need no second look: what grows with the square takes more at these sizes."""


def cpu(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


def grows_too_fast(work: Callable[[int], Callable[[], object]], size: int) -> float:
    """By how much more the work takes for four times the size, where that is more than 8 times; else 0."""
    if cpu(work(4 * size)) < SHORT:
        return 0
    small, large = (min(cpu(work(length)) for _ in range(3)) for length in (size, 4 * size))
    ratio = large / max(small, 0.001)
    return ratio if ratio > 8 and large >= SHORT else 0


YARDSTICK = 10 * cpu(lambda: sum(range(10_000_000)))
"""CPU time of a hundred million steps: what takes as long for a few thousand characters goes through them far too often."""
MODULES = [
    importlib.import_module(found.name)
    for found in pkgutil.walk_packages(fx.__path__, "fx.")
    if "migrations" not in found.name and found.name != "fx.__main__"
]


def held(value: object, deep: int = 0) -> Iterator[re.Pattern[Any]]:
    """The patterns in a value, in what it holds and in the fields of its class."""
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, Compiled):
        yield re.compile(value.pattern, value.flags)
    elif isinstance(value, Mapping) and deep < 3:
        for key, each in list(value.items()):
            yield from held(key, deep + 1)
            yield from held(each, deep + 1)
    elif isinstance(value, tuple | list | set | frozenset) and deep < 3:
        for each in value:
            yield from held(each, deep + 1)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type) and deep < 3:
        for field in dataclasses.fields(value):
            yield from held(getattr(value, field.name, None), deep + 1)


SEARCHING = {"search", "finditer", "sub", "subn", "split", "findall"}
BOUNDED = {
    "fx.dialect.WORDS": "reads the questions of fx itself",
    "fx.exports.pictures": "a picture of our own",
    "fx.formats.columns.KINDS": "matched with a whole cell, each in its turn",
    "fx.formats.context.ADDRESS": "looks at what lies within LOOK_BACK before a pair",
    "fx.formats.quantities.ITEM": "looks at lines of at most 72 characters",
}
"""Patterns that are not linear, and what keeps long texts from them."""


def patterns() -> dict[re.Pattern[Any], tuple[str, bool]]:
    """Every pattern of fx with a name for it, and whether it is only ever matched where it is put, never searched."""
    trees = {module: ast.parse(Path(module.__file__ or "").read_text("utf-8")) for module in MODULES}
    found: dict[re.Pattern[Any], tuple[str, bool]] = {}
    for module, tree in trees.items():
        used: dict[str, set[str]] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute):
                for each in ast.walk(node.value):
                    if isinstance(each, ast.Name):
                        used.setdefault(each.id, set()).add(node.attr)
        for name, value in list(vars(module).items()):
            for pattern in held(value):
                ways = used.get(name, set()) if isinstance(value, re.Pattern | Compiled) else {"search"}
                before = found.get(pattern, ("", True))
                found[pattern] = (f"{module.__name__}.{name}", before[1] and not ways & SEARCHING)
        for pattern, where, only_matched in in_line(module, tree):
            found.setdefault(pattern, (where, only_matched))
    return {pattern: how for pattern, how in found.items() if not how[0].startswith(tuple(BOUNDED))}


def in_line(module: ModuleType, tree: ast.Module) -> Iterator[tuple[re.Pattern[Any], str, bool]]:
    """The patterns that stand in a call such as ``re.search(…)``, where constants make them up."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            owner = node.func.value
            if isinstance(owner, ast.Name) and owner.id == "re" and node.func.attr not in {"escape", "compile"}:
                try:
                    text = eval(compile(ast.Expression(node.args[0]), "", "eval"), dict(vars(module)))  # noqa: S307
                except NameError:
                    continue  # made of what comes in: its parts are patterns of their own
                if isinstance(text, str | bytes):
                    only_matched = node.func.attr in {"match", "fullmatch"}
                    yield re.compile(text), f"{module.__name__}:{node.lineno}", only_matched


PATTERNS = patterns()


def test_the_patterns_are_found() -> None:
    assert len(PATTERNS) > 350


def slow(pattern: re.Pattern[Any], only_matched: bool, size: int) -> list[str]:
    """The attacks under which a pattern takes more than its share, once each was tried."""
    found = []
    for before, piece in attacks(pattern, 10):

        def work(length: int, before: str = before, piece: str = piece) -> Callable[[], object]:
            text: Any = before + piece * (length // len(piece)) + "\x00"
            if isinstance(pattern.pattern, bytes):
                text = text.encode("latin-1", "replace")
            if only_matched:
                return lambda: (pattern.match(text), pattern.fullmatch(text))
            return lambda: sum(1 for _ in pattern.finditer(text))

        ratio = grows_too_fast(work, size)
        if not ratio and cpu(work(size)) > YARDSTICK:
            found.append(f"{before!r} {piece!r} × n: endless, if in proportion")
        if ratio:
            found.append(f"{before!r} {piece!r} × n: {ratio:.0f}")
    return found


@pytest.mark.parametrize("part", range(8))
def test_no_pattern_takes_more_than_time_in_proportion(part: int) -> None:
    chosen = list(PATTERNS.items())[part::8]
    worst = {f"{where} {pattern.pattern!r:.200}": slow(pattern, only, 4000) for pattern, (where, only) in chosen}
    assert {name: how for name, how in worst.items() if how} == {}


def refused(read: Callable[[str], object]) -> Callable[[str], object]:
    """A reader of one value, whose refusal is an answer."""

    def tried(text: str) -> object:
        try:
            return read(text)
        except (FxError, NotAFigure) as error:
            return error

    return tried


VALUES: dict[str, tuple[Callable[[str], object], str]] = {
    "amounts": (parse_amount, "0 9 1. .1 +1 -- 1e9 1_ \u0661 \u00b2"),
    "moments": (Moment.parse, "2 2024- 2024-12-14T 12:00: +00:00 -W01 . \u0662"),
    "spans of days": (days_in, "7 7d d"),
    "codes": (Currency, "K KZT \u017f \u00df"),
    "pairs": (Pair.parse, "KZT KZT/ / KZTUSD KZT-"),
    "figures": (read_figure, "1 1, 1. 000, 1'000' \u00a0000"),
    "dates in text": (lambda text: (find_date(text), find_date_in_heading(text)), "14 December 2024- 1/ Date: 12:00"),
    "HTML": (visible_text, "<a <!-- </ <script> & &# <td> <a\u00a0b='"),
    "plain text": (plain_text, "\x1b[31m \u200b &nbsp; \ufeff \\u003d"),
}
"""Readers of one value each, and what they are given again and again."""


@pytest.mark.parametrize("name", VALUES)
def test_a_value_is_read_or_refused_in_proportion_to_its_length(name: str) -> None:
    read, pieces = VALUES[name]
    tried = refused(read)
    for piece in [*pieces.split(" "), " ", "\n", "\x00"]:
        for end in ("", "x"):
            ratio = grows_too_fast(
                lambda size, piece=piece, end=end: lambda: tried(piece * (size // len(piece)) + end), 20_000
            )
            assert not ratio, (piece, end)


PIECES = """
{"a":  [[  {"rates":{"USD":  },{  ":  \\"  <a>  <a b=  <!--  <td>  <tr><td>USD  </  &amp;  &#  <Cube  <rate from="EUR"
P 2024-01-02 EUR   2024-01-02 price EUR   INSERT INTO r (a,b) VALUES (  VALUES ('  UPDATE r SET rate =   '  ''  b = 1 AND
base: \n  - base: EUR\n  a:\n    # |  [EURUSD]\n  rate=  8=FIX.4.4|  35=S|55=  {('EUR','USD'):   rates = {'EUR':   euro 1|0.92
base,quote,rate\n  USD,EUR,  "  a;  a\t  rate{pair="EURUSD"}   fx,base=USD   1  1,  1 000   0.  %  0%  (  ▲  |  | USD   \t  \x0b  \x0c
• KZT/USD =   KZT/USD = 0.0  KZT/USD 1,  =  1 USD =   $1=  USD   EURUSD   EUR/USD: 1.0501 (  KZT/  EUR/USD\nEuro  +0.28%\n
bid   bid 1.0 ask   курс   доллар   ₽  US$  14 December 2024\n  December   2024-  as of   Date:   12:00   \x00  \u202e  x  A  @  /  www.
"""
"""What marks of all grammars are made of, to be repeated without an end; two spaces part them."""


def documents() -> Iterator[str]:
    """Pieces of every grammar: those above, and of each format's example its beginnings."""
    yield from (piece for piece in re.split("  |\n", PIECES.replace("\\n", "\n")) if piece.strip(" "))
    for each in all_formats().values():
        for cut in (len(each.example) // 2, len(each.example)):
            yield each.example[:cut] + "\n"


def test_a_document_of_any_repeated_piece_is_read_in_proportion() -> None:
    worst = {}
    for piece in dict.fromkeys(documents()):
        ratio = grows_too_fast(lambda size, piece=piece: lambda: in_full(piece * (size // len(piece))), 1500)
        if ratio:
            worst[piece] = ratio
    assert worst == {}


def in_full(text: str) -> None:
    """A document through the whole reader."""
    for _ in read_document(Document("page", text.encode()), now=NOON):
        pass


LOOKS = {
    "KZT/": 1,
    "KZT/ ": 1,
    "USD/KZT/EUR/": 1,
    "= ": 1,
    "a = ": 1,
    "US dollar = ": 1,
    "1 = ": 1,
    "AAA/": 1,
    "ц=": 1,
    "equal ": 1,
    "$1.5 ": 1,
    "/USD = ": 18,
    "KZT/USD\n": 24,
    "EUR/USD: ": 16,
    "KZT/USD ": 16,
    "KZT/USD = x ": 24,
    "http://a.b/KZT/USD ": 16,
    "a=1\n": 40,
    "12,34,56\n": 1,
    "1AED2BBD": 1,
    "<b>x &y z\n": 6,
    "id=12 user=abc took 3.25 ms\n": 26,
    "KZZ/USD = 1.5 0%\n": 600,
}
"""Pieces that are no quotes, and how many calls the reading of another one may make."""


def calls(text: str) -> int:
    """How many functions of Python are called as a text is read, those in C as well."""
    number = 0

    def seen(_frame: object, event: str, _function: object) -> None:
        nonlocal number
        number += event in {"call", "c_call"}

    sys.setprofile(seen)
    try:
        in_full(text)
    finally:
        sys.setprofile(None)
    return number


@pytest.mark.parametrize("piece", LOOKS)
def test_what_is_no_quote_is_told_so_by_few_looks(piece: str) -> None:
    in_full(piece * 1500)  # what is remembered of any text is remembered now, as the pattern of all codes
    assert (calls(piece * 1500) - calls(piece * 500)) / 1000 <= LOOKS[piece]


@pytest.mark.parametrize("piece", ["≈ 1 ", "date  ", "KZT/USD 5 ", "KZZ/USD = 1.5 0%\n", "EUR/USD ->"])
def test_no_look_at_what_is_no_quote_takes_long(piece: str) -> None:
    text = piece * ((1 << 16) // len(piece.encode()))
    assert min(cpu(lambda: in_full(text)) for _ in range(3)) < YARDSTICK / 3


@pytest.mark.parametrize("name", all_formats())
def test_each_grammar_alone_takes_time_in_proportion_on_pieces_of_its_own_example(name: str) -> None:
    chosen = all_formats()[name]
    example = chosen.example
    pieces = {
        example[start:end] for start in (0, len(example) // 3) for end in (start + 2, len(example) // 2, len(example))
    }
    for piece in sorted(each for each in pieces if each):
        for joined in (piece, piece + "\n", piece + " "):

            def work(size: int, joined: str = joined) -> Callable[[], object]:
                text = example + "\n" + joined * (size // len(joined))
                page = Page(plain_text(text), text, "page", hints_of())
                return lambda: sum(1 for _ in chosen.read(page))

            assert not grows_too_fast(work, 1500), joined
