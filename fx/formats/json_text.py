"""JSON with its lines: a value that knows where it stands, every number with the digits that were written.

Before a value may stand what was asked to get it (``GET https://…``, the head of an answer of HTTP, a shell's line),
around it a function's call (``callback({…});``), and around a scalar one of MongoDB (``NumberDecimal("523.54")``).

One pass over tokens with a stack, so that neither depth nor size can hurt. A text may hold several values after one
another (JSON lines, or a stream whose lines begin with a word such as ``PRICE``); a line that is broken is told of
and the next one read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal

from fx.late import late
from fx.quotes import Reject

__all__ = ["Table", "json_values", "looks_like_json"]


class Table(dict[str, object]):
    """An object; ``line`` is where it begins, ``lines`` where each of its keys stands."""

    __slots__ = ("line", "lines")

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}

    def put(self, key: str, value: object, line: int) -> None:
        """Set a key; the last of several wins, as everywhere in JSON."""
        self[key] = value
        self.lines[key] = line


class Broken(ValueError):
    """No JSON; ``place`` is where it ends to be."""

    def __init__(self, place: int) -> None:
        super().__init__("broken")
        self.place = place


SHELL = r"(?:ObjectId|NumberDecimal|NumberLong|NumberInt|NumberDouble|ISODate|(?:new )?Date)\(\s?"
TOKEN = late(
    rf"[ \t\r\n]*(?:(?P<mark>[{{}}\[\],:])|(?P<shell>{SHELL})?"
    r'(?:"(?P<text>[^"\\\n]*(?:\\.[^"\\\n]*)*)"(?(shell)\s?\))'
    r"|(?P<number>-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,6})?)(?![\w.])(?(shell)\s?\))"
    r"|(?P<word>true|false|null|NaN|-?Infinity)(?!\w)))"
)
WORDS = {"true": True, "false": False}
HEADERS = r"(?:[A-Za-z][\w-]{0,40}:[^\n]{0,2000}\n){0,60}+"
ASKED = (
    rf"(?:(?:(?:GET|POST|PUT) (?:https?:/)?/[^\n]{{1,2000}}|HTTP/[0-9.]{{1,3}} [0-9]{{3}}[^\n]{{0,80}})\n{HEADERS}"
    r"|(?:[\w@~:/.-]{0,40}[$>] )?(?:curl|http|https|wget|db\.\w{1,40}\.\w{1,20}\()[^\n]{0,2000}\n|\s{1,200})"
)
"""What was asked before an answer, or its head."""
WORD_BEFORE = late(
    rf"{ASKED}{{1,6}}+(?=[{{\[])|[A-Za-z]{{1,12}}:?[ \t]+(?=[{{\[])|\)\]\}}',?\s*|[A-Za-z_$][\w.$]{{0,40}}\((?=[{{\[])"
)
"""What may stand before the values of a stream: ``PRICE {…}``, ``data: {…}``, ``callback({…``, a request."""


def looks_like_json(raw: str) -> bool:
    """Whether a text begins as JSON, or as a stream of lines of it, does.

    >>> looks_like_json('PRICE {"bid": 1}'), looks_like_json("[EURUSD]"), looks_like_json("EUR/USD {1}")
    (True, False, False)
    >>> looks_like_json('callback({"bid": 1});'), looks_like_json('HTTP/1.1 200 OK\\nAge: 0\\n\\n{"bid": 1}')
    (True, True)
    """
    return START.match(raw) is not None


START = late(
    rf"\ufeff?\s{{0,200}}(?:{ASKED}{{1,6}}+|[A-Za-z]{{1,12}}:?[ \t]+|[A-Za-z_$][\w.$]{{0,40}}\()?"
    r'(?:\{\s*["}]|\[\s*[\[{])'
)


def json_values(raw: str) -> Iterator[object | Reject]:
    """Yield the values of a text in order; what is broken comes as one reject, or one a line in a file of lines.

    >>> [value["a"] for value in json_values('{"a": 1.10}\\n{"a": 2}')]
    [Decimal('1.10'), Decimal('2')]
    """
    text = raw.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    place, line, counted = 0, 1, 0
    while True:
        place = SPACE.match(text, place).end()  # type: ignore[union-attr] # it matches the empty text too
        if place >= len(text):
            return
        word = WORD_BEFORE.match(text, place)
        start = word.end() if word else place
        line, counted = line + text.count("\n", counted, start), start
        try:
            value, place = read_value(text, start, line)
            after = AFTER.match(text, place)
            if after:
                place = after.end()
            yield value
        except Broken as broken:
            where = line + text.count("\n", counted, broken.place)
            end = text.find("\n", broken.place)
            shown = text[max(start, broken.place - 20) : broken.place + 20].strip()
            yield Reject(shown.split("\n")[-1], "the JSON breaks here: write it whole", where)
            following = NEXT_VALUE.search(text, end) if end >= 0 else None
            if where != line or not following:
                return
            place = following.start(1)


SPACE = late(r"\s*")
AFTER = late(r"[ \t]*+(?:\)[ \t]*+;?|[,;])[ \t]*+(?=\n|\Z)")
NEXT_VALUE = late(r"\n((?:[A-Za-z]{1,12}:?[ \t]+)?\{\")")
DEEPEST = 100
"""Containers within one another: no feed nests more than a dozen."""


def read_value(text: str, place: int, line: int) -> tuple[object, int]:  # noqa: PLR0915 (one automaton)
    """One value and where it ends; raises `Broken`."""
    stack: list[tuple[Table | list[object], str, int]] = []
    holder: Table | list[object] | None = None
    key, key_line = "", line
    counted = place
    expecting = "value"  # or: key, colon, more; 'first' where a container may close at once
    while True:
        match = TOKEN.match(text, place)
        if not match:
            raise Broken(place)
        start = match.start(match.lastgroup or 0)
        line, counted, place = line + text.count("\n", counted, start), start, match.end()
        mark = match["mark"]
        if expecting == "colon":
            if mark != ":":
                raise Broken(start)
            expecting = "value"
            continue
        if expecting in {"key", "first key"} and mark != "}":
            if match["text"] is None:
                raise Broken(start)
            key, key_line, expecting = string(match["text"], start), line, "colon"
            continue
        value: object
        if len(stack) > DEEPEST:
            raise Broken(start)
        if mark == "{" and expecting in {"value", "first value"}:
            fresh = Table(line)
            stack.append((holder if holder is not None else [], key, key_line))
            holder, expecting = fresh, "first key"
            continue
        if mark == "[" and expecting in {"value", "first value"}:
            stack.append((holder if holder is not None else [], key, key_line))
            holder, expecting = [], "first value"
            continue
        if mark == "," and expecting == "more":
            expecting = "key" if isinstance(holder, Table) else "value"
            continue
        if mark in {"}", "]"}:
            if not stack or isinstance(holder, Table) is not (mark == "}") or expecting in {"value", "colon"}:
                raise Broken(start)
            value = holder
            holder, key, key_line = stack.pop()
        elif mark or expecting == "more":
            raise Broken(start)
        else:
            value = scalar(match, start)
        if not stack and (holder is None or mark in {"}", "]"}):
            return value, place
        if isinstance(holder, Table):
            holder.put(key, value, key_line)
        elif holder is not None:
            holder.append(value)
        expecting = "more"


def scalar(match: re.Match[str], start: int) -> object:
    """A string, a number with its digits, True, False or None; raises `Broken`."""
    if match["text"] is not None:
        return string(match["text"], start)
    if match["number"] is not None:
        return Decimal(match["number"])
    return WORDS.get(match["word"])


def string(inner: str, start: int) -> str:
    """A string without its escapes; raises `Broken`."""
    if "\\" not in inner:
        return inner
    try:
        return str(json.loads(f'"{inner}"', strict=False))
    except ValueError:
        raise Broken(start) from None
