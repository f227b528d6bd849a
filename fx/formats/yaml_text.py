"""YAML of pairs and rates: a list of ``pair:`` and ``rate:``, or codes under ``rates:`` with a ``base:`` beside.

    as_of: 2024-12-14
    rates:
      - pair: EUR/USD
        rate: 1.0501

Maps, lists and scalars in lines are read, and ``{pair: EUR/USD, rate: 1.05}`` in one; anchors, tags and folded texts
are passed by. The names decide, as in JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from fx.formats.json_text import Table
from fx.formats.json_walk import NO_BASE, once, walk
from fx.formats.page import Page
from fx.formats.record import Context
from fx.formats.rows import first_line
from fx.late import late
from fx.quotes import Reject, Tick

__all__ = ["YAML", "Yaml"]

KEY = r"(?:\"[^\"\n]{1,60}\"|'[^'\n]{1,60}'|[A-Za-z_][\w/. -]{0,60}|[0-9]{4}-[0-9]{2}-[0-9]{2})"
LINE = late(
    rf"(?P<indent> *)(?P<dashes>(?:- +){{0,8}})"
    rf"(?:(?P<key>{KEY}):(?:[ \t]+(?P<value>.*))?|(?P<item>-|\{{[^\n]*\}}|[^:\n]*))$"
)
SHAPE = late(
    r"\n *(?:- +)?(?:\{ ?)?(?:pair|symbol|instrument|base|base_currency|from|source_currency): [\"']?[A-Za-z]{3}"
    r"(?:[/_-]?[A-Za-z]{3})?[\"']?(?: *#.*|,.*)?\r?$"
    r"|\n *(?:[a-z_]{0,12}rates|quotes|pairs|fx):[ ]*\r?\n"
    r" +(?:- +)?[\"']?[A-Z]{3}(?:[/_-]?[A-Z]{3})?[\"']?: [\"']?[0-9.,]+[\"']? *\r?$",
    re.MULTILINE,
)
UNDER = late(
    r"^ *\w{1,40}:[ ]*\r?\n +(?:- +)?[\"']?[A-Z]{3}[/_-]?[A-Z]{3}[\"']?: [-0-9.,]+[ ]*\r?$"
    r"|^[\"']?[A-Z]{3}[/_-]?[A-Z]{3}[\"']?:[ ]*\r?\n +(?:bid|ask|rate|mid|last|price): [0-9.,]+[ ]*\r?$",
    re.MULTILINE,
)
"""Figures of pairs under some name, which decides whether they are rates, or the sides of a pair under its own."""
PRICE = late(r"\b(?:[a-z_]{0,12}rates?|price|bid|ask|mid|last|close|value|quotes|pairs):")


@dataclass(frozen=True, slots=True)
class Yaml:
    """The format ``yaml``."""

    name: str = "yaml"
    summary: str = "YAML of pairs and rates, or of codes under a base"
    example: str = "pair: EUR/USD\\nrate: 1.0501"

    def recognises(self, page: Page) -> bool:
        """Whether every line is YAML's and a pair or rates are named by a key."""
        raw = page.unmarked
        if not is_yaml(first_line(raw)):
            return False  # as of most texts
        under = (":\n" in raw or ":\r" in raw) and UNDER.search(raw)
        if not under and not (SHAPE.search("\n" + raw) and PRICE.search(raw)):
            return False
        lines = [line for line in raw.replace("\r", "\n").split("\n") if line.strip()]
        return all(map(is_yaml, lines)) and "://" not in lines[0]

    def read(self, page: Page) -> Iterator[Tick | Reject]:
        """Yield a tick for each pair or code.

        >>> page = Page("", "base: USD\\nrates:\\n  EUR: 0.9523\\n  KZT: 523.54\\n")
        >>> [(str(tick.pair), str(tick.rate), tick.line) for tick in YAML.read(page)]
        [('USD/EUR', '0.9523', 3), ('USD/KZT', '523.54', 4)]
        """
        told = page.hints.pair
        own = page.hints.counter
        context = Context(base=told.base if told else None, counter=own, mark=page.hints.decimal_mark)
        for document in documents_in(page.raw):
            yield from once(walk(document, context), NO_BASE)


def is_yaml(line: str) -> bool:
    """Whether a line may be one of YAML.

    >>> is_yaml("rate: 1.05"), is_yaml("- KZT"), is_yaml("The rate rose.")
    (True, True, False)
    """
    return ":" in line or re.match(r" *(?:- |#|---|\.\.\.)", line) is not None


def documents_in(raw: str) -> Iterator[object]:
    """The values of a text, one a document."""
    lines: list[tuple[int, str]] = []
    text = raw.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("---"):
            yield Builder().build(lines)
            lines = []
        elif line.strip() and not line.lstrip().startswith("#"):
            lines.append((number, line.expandtabs(2)))
    yield Builder().build(lines)


DEEPEST = 60
"""Maps and lists within one another; what lies deeper is passed by."""


class Builder:
    """Puts lines together by their indents, with a stack of what is open."""

    def __init__(self) -> None:
        self.top: Table = Table(1)
        self.open: list[tuple[int, Table | list[object]]] = []

    def build(self, lines: list[tuple[int, str]]) -> object:
        """The value that the lines make."""
        pending: tuple[Table, str] | None = None
        root: object = self.top
        for number, line in lines:
            match = LINE.match(strip_comment(line))
            if not match:
                continue
            indent = len(match["indent"])
            dashes = [indent + found.start() for found in re.finditer("-", match["dashes"] or "")]
            body = indent + len(match["dashes"] or "")
            if match["item"] == "-":
                dashes, body = [*dashes, body], body + 2
            for place in dashes:
                holder = self.at(place, list, pending, number)
                pending = None
                if not self.top and root is self.top:
                    root = holder
                self.open.append((place + 1, holder))
            if match["key"] is None:
                item = (match["item"] or "").strip()
                if dashes and item not in {"", "-"}:
                    value = scalar(item, number)
                    holder = self.open[-1][1]
                    if isinstance(holder, list):
                        holder.append(value)
                continue
            table = self.at(body, Table, pending, number, fresh=bool(dashes))
            if isinstance(table, Table):
                key = match["key"].strip().strip("\"'")
                written = (match["value"] or "").strip()
                pending = (table, key) if not written else None
                table.put(key, scalar(written, number) if written else None, number)
        return root

    def at(
        self,
        indent: int,
        kind: type[list[object] | Table],
        pending: tuple[Table, str] | None,
        line: int,
        *,
        fresh: bool = False,
    ) -> Table | list[object]:
        """The map or list that is open at an indent, a new one where there is none."""
        while self.open and (self.open[-1][0] > indent or (fresh and self.open[-1][0] == indent)):
            self.open.pop()
        if self.open and self.open[-1][0] == indent and isinstance(self.open[-1][1], kind):
            return self.open[-1][1]
        made: Table | list[object] = Table(line) if kind is Table else []
        if len(self.open) > DEEPEST:
            return made
        if pending is not None:
            pending[0].put(pending[1], made, line)
        elif self.open and isinstance(self.open[-1][1], list):
            self.open[-1][1].append(made)
        elif kind is Table and not self.top:
            made = self.top
        self.open.append((indent, made))
        return made


def strip_comment(line: str) -> str:
    """A line without the comment at its end.

    >>> strip_comment("rate: 1.05  # noon")
    'rate: 1.05'
    """
    return re.sub(r"(?<!\s)\s++#.*$", "", line).rstrip()


FLOW = late(rf"(?P<key>{KEY}):\s*(?P<value>\"[^\"]*\"|'[^']*'|[^,}}]*)")


def scalar(text: str, line: int) -> object:
    """A value in one line: a text, or a map in braces.

    >>> scalar("{pair: EUR/USD, rate: 1.05}", 1)
    {'pair': 'EUR/USD', 'rate': '1.05'}
    """
    if text.startswith("{") and text.endswith("}"):
        table = Table(line)
        for match in FLOW.finditer(text[1:-1]):
            table.put(match["key"].strip("\"' "), match["value"].strip().strip("\"'"), line)
        return table
    return text.strip("\"'")


YAML = Yaml()
