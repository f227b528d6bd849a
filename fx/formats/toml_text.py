"""TOML and INI: sections and tables of rates, and configurations that only look alike.

    base = "USD"
    [rates]
    KZT = 523.54

    [[quotes]]
    pair = "EUR/USD"
    rate = 1.0501

Properties whose every key is a pair (``eur.usd=1.0501``) are read too. The names decide, as in JSON: pairs under
``[fees]``, ``[weights]`` or ``[spread]`` are none, and a section may be a pair itself. A key whose value goes over
several lines is passed by.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from fx.formats.fields import code_of, pair_of
from fx.formats.json_text import Table
from fx.formats.json_walk import NO_BASE, once, walk
from fx.formats.page import Page
from fx.formats.record import Context
from fx.formats.rows import first_line
from fx.late import late
from fx.quotes import Reject, Tick

__all__ = ["TOML", "Toml"]

KEY = r"(?:\"[^\"\n]{1,60}\"|'[^'\n]{1,60}'|[\w./=-]{1,60}?)"
SECTION = late(r"\[(?P<many>\[)?\s*(?P<name>[^\[\]\n]{1,80}?)\s*\](?(many)\])[ \t]*(?:[#;].*)?")
ENTRY = late(
    rf"(?P<key>{KEY})[ \t]*=[ \t]*(?:\"(?P<text>[^\"\n]{{0,200}})\"|'(?P<raw>[^'\n]{{0,200}})'|(?P<inline>\{{[^\n]*\}})"
    r"|(?P<plain>[^\n#;]{0,200}))[ \t]*(?:[#;].*)?"
)
INLINE = late(rf"(?P<key>{KEY})[ \t]*=[ \t]*(?:\"(?P<text>[^\"]*)\"|(?P<plain>[^,}}]*))")
PROPERTY = late(r"[a-z]{3}[._][a-z]{3}")
"""A pair as the properties of Java name it."""
NUMBER = late(r"[+-]?[0-9][0-9_]*(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?")


@dataclass(frozen=True, slots=True)
class Toml:
    """The format ``toml``."""

    name: str = "toml"
    summary: str = "TOML and INI: rates by pair or by code, in sections"
    example: str = '[rates]\\n"EUR/USD" = 1.0501'

    def recognises(self, page: Page) -> bool:
        """Whether every line is a section, an entry or a remark, with a section or a base, and pairs or codes."""
        first = first_line(page.raw)
        if not ("=" in first or first.startswith(("[", "#", ";"))):
            return False  # as of most texts
        lines = [line.strip() for line in page.unmarked.replace("\r", "\n").split("\n")]
        lines = [line for line in lines if line and line[0] not in "#;"]
        if not lines or not all("=" in line or line[0] == "[" for line in lines):
            return False
        entries = [match for line in lines if (match := ENTRY.fullmatch(line))]
        sections = [match for line in lines if (match := SECTION.fullmatch(line))]
        if len(entries) + len(sections) < len(lines) or not entries:
            return False
        keys = [match["key"].strip("\"'") for match in entries]
        named = any(pair_of(key) or code_of(key) for key in [*keys, *(match["name"] for match in sections)])
        rows = any(key.lower() in {"pair", "symbol", "base", "from"} for key in keys)
        if not sections and all(PROPERTY.fullmatch(key) and pair_of(key) for key in keys):
            return True
        return bool((sections or "base" in keys) and (named or rows))

    def read(self, page: Page) -> Iterator[Tick | Reject]:
        """Yield a tick for each pair or code.

        >>> page = Page("", 'base = "USD"\\n[rates]\\nKZT = 523.54\\n[fees]\\nEUR = 0.5\\n')
        >>> [(str(tick.pair), str(tick.rate), tick.line) for tick in TOML.read(page)]
        [('USD/KZT', '523.54', 3)]
        """
        told = page.hints.pair
        context = Context(base=told.base if told else None, counter=page.hints.counter, mark=page.hints.decimal_mark)
        yield from once(walk(table_of(page.raw), context), NO_BASE)


def table_of(raw: str) -> Table:
    """A text as one object.

    >>> table_of("[a.b]\\nc = 1.50\\n")
    {'a': {'b': {'c': Decimal('1.50')}}}
    """
    root = Table(1)
    here = root
    text = raw.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    for number, whole in enumerate(text.split("\n"), 1):
        line = whole.strip()
        if section := SECTION.fullmatch(line):
            here = opened(root, section, number)
        elif entry := ENTRY.fullmatch(line):
            key = entry["key"].strip("\"'")
            if entry["inline"]:
                inner = Table(number)
                for each in INLINE.finditer(entry["inline"][1:-1]):
                    inner.put(each["key"].strip("\"'"), value_of(each["text"], each["plain"]), number)
                here.put(key, inner, number)
            else:
                quoted = entry["text"] if entry["text"] is not None else entry["raw"]
                here.put(key, value_of(quoted, entry["plain"]), number)
    return root


def opened(root: Table, section: re.Match[str], line: int) -> Table:
    """The object of a section, made where it is new; a section in two brackets is a new one of a list."""
    name = section["name"]
    parts = [name] if pair_of(name) else re.findall(r"\"[^\"]*\"|'[^']*'|[^.\s]+", name)
    here = root
    for depth, written in enumerate(parts):
        part = written.strip("\"'")
        last = depth == len(parts) - 1
        held = here.get(part)
        if section["many"] and last:
            rows = held if isinstance(held, list) else []
            rows.append(fresh := Table(line))
            here.put(part, rows, line)
            return fresh
        if isinstance(held, list) and held:
            held = held[-1]
        if not isinstance(held, Table):
            held = Table(line)
            here.put(part, held, line)
        here = held
    return here


def value_of(quoted: str | None, plain: str | None) -> object:
    """A value: a text, or a number with its digits.

    >>> value_of(None, "1_000.50"), value_of("USD", None)
    (Decimal('1000.50'), 'USD')
    """
    if quoted is not None:
        return quoted
    written = (plain or "").strip()
    return Decimal(written.replace("_", "")) if NUMBER.fullmatch(written) else written


TOML = Toml()
