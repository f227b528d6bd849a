"""Of HTML what is visible: as text, line for line where it stands in the source."""

from __future__ import annotations

import html
import re

from fx.text import BREAK, QUOTED_PRINTABLE, SOFT_NEWLINE, plain_text

__all__ = ["View", "visible_text"]

INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data dfn em font i img ins kbd label mark nobr q samp small span strong "
    "sub sup time tt u var wbr".split()
)
"""Tags that stand within a line of text; every other one ends it."""
CELLS = frozenset(("td", "th"))
NOT_TEXT = frozenset(("script", "style", "template", "noscript"))
STRUCK = frozenset(("del", "s", "strike"))
"""Elements whose text is not shown, or is shown as no longer valid."""
BLOCK_TAG = re.compile(
    r"<(?:!doctype\s+html|/?(?:html|body|div|p|li|ul|ol|table|tr|td|h[1-6]|section|article))\b[^<>]{0,2000}>",
    re.IGNORECASE,
)
MARKUP = re.compile(r"</?[A-Za-z][A-Za-z0-9:-]{0,40}(?:\s[^<>]{0,4000})?/?>|<!\[CDATA\[|<!doctype\s", re.IGNORECASE)
ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
TAG = re.compile(r"<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9:-]{0,40})(?P<rest>\s[^<>]{0,4000})?/?>")
PERCENTAGE_NEXT = re.compile(r"(?:<[^<>/][^<>]{0,400}>){1,3}[0-9.,]{1,8}\s?%")
FIRST_SHOWN = re.compile(r"(?:<[^<>]{0,400}>){0,4}(?P<first>[^<\s])")
DECLARATION = re.compile(r"<[!?][^<>]{0,4000}>")


def visible_text(text: str) -> str:
    """The plain text of a decoded document: what a browser would show if it is marked up, itself otherwise.

    >>> visible_text("<li>KZT/<b>USD</b> = 0.00190 <em>0%</em></li><script>var n = 8/2</script>")
    '\\x0cKZT/USD = 0.00190 0%\\x0c'
    """
    return View().of(text)


class View:
    """What is seen of one document, part after part: once it is known to be marked up, the parts after it are too."""

    def __init__(self) -> None:
        self.marked = self.soft = False
        self.preformatted = 0

    def is_simple(self, text: str) -> bool:
        """Whether of the next part any stretch can be seen by itself: no markup, and no escapes that hold for all."""
        return not (
            self.marked
            or ("<" in text and MARKUP.search(text))
            or ("&" in text and ENTITY.search(text))
            or ("=" in text and QUOTED_PRINTABLE.search(text))
        )

    def of(self, text: str) -> str:
        """The plain text of the next part."""
        if not self.marked and not MARKUP.search(text):
            if not ENTITY.search(text):
                return plain_text(text)
            text = html.unescape(text)
            if not MARKUP.search(text):
                return plain_text(text)
        self.marked = True
        self.soft = self.soft or bool(BLOCK_TAG.search(text))
        page = VisibleText(text, self.soft, self.preformatted)
        shown = page.read()
        self.preformatted = page.preformatted
        return plain_text(shown, soft=True)


class VisibleText:
    """Takes the visible text out of a page, each piece on the line where it stands in the source.

    In one pass and, whatever the markup, in linear time: a tag ends before the next ``<``, what is unclosed is looked
    for once, and what is no markup is text. (The standard library's parser re-scans to the end at each unclosed tag.)
    Where there are block tags, line ends are mere white space, as in a browser; without, they end lines.
    """

    def __init__(self, text: str, soft: bool, preformatted: int = 0) -> None:
        self.text = text.replace(SOFT_NEWLINE, BREAK).replace("\r\n", "\n").replace("\r", "\n")
        self.lower = self.text.lower() if len(self.text.lower()) == len(self.text) else self.text
        self.soft = soft
        self.preformatted = preformatted
        self.pieces: list[str] = []
        self.missing: set[str] = set()

    def read(self) -> str:
        """The visible text."""
        text, place = self.text, 0
        while True:
            start = text.find("<", place)
            if start < 0:
                self.show(text[place:])
                return "".join(self.pieces)
            self.show(text[place:start])
            place = self.markup(start)

    def show(self, text: str) -> None:
        """Keep a piece of text, entities resolved."""
        if text:
            shown = html.unescape(text).replace("]]>", BREAK)
            self.pieces.append(shown.replace("\n", SOFT_NEWLINE) if self.soft and not self.preformatted else shown)

    def hide(self, text: str) -> None:
        """Pass by a piece of the source, but for its lines."""
        self.pieces.append(SOFT_NEWLINE * text.count("\n"))

    def markup(self, start: int) -> int:
        """Handle what begins with ``<`` and return where it ends."""
        text = self.text
        if text.startswith("<!--", start):
            end = self.closing("-->", start)
            self.hide(text[start:end])
            return end
        if text.startswith("<![CDATA[", start):
            self.pieces.append(BREAK)
            return start + len("<![CDATA[")
        tag = TAG.match(text, start) or DECLARATION.match(text, start)
        if not tag:
            self.show("<")
            return start + 1
        if tag.re is DECLARATION:
            self.hide(tag[0])
            return tag.end()
        name, closes = tag["name"].lower(), bool(tag["end"])
        if name in NOT_TEXT | STRUCK and not closes and not tag[0].endswith("/>"):
            end = self.closing(f"</{name}>", tag.end(), within=None if name in NOT_TEXT else 2000)
            self.hide(text[start:end])
            return end
        self.hide(tag[0])
        self.preformatted = max(0, self.preformatted + (0 if name != "pre" else -1 if closes else 1))
        if name == "sup":
            # A footnote set as a superscript must not become the last digit of the figure before it.
            self.pieces.append("]" if closes else "[")
        elif name in INLINE:
            self.part(tag)
        elif name not in INLINE | NOT_TEXT | STRUCK:
            self.pieces.append("\t" if name in CELLS else BREAK)
        return tag.end()

    def part(self, tag: re.Match[str]) -> None:
        """Set a space where a tag alone keeps a word from a figure, or a figure from its change: as styles do."""
        before = self.pieces[-2][-1:] if len(self.pieces) > 1 else ""
        following = FIRST_SHOWN.match(self.text, tag.end())
        after = following["first"] if following else ""
        if before.isdecimal() and tag["end"] and PERCENTAGE_NEXT.match(self.text, tag.end()):
            self.pieces.append(" ")  # `<b>0.00190</b><em>0.53%</em>`, but not `1.05<big>01</big>`
        elif (before.isalpha() and after.isdecimal()) or (before.isdecimal() and after in {*"+-(▲▼△▽↑↓−–"}):
            self.pieces.append(" ")

    def closing(self, mark: str, start: int, within: int | None = None) -> int:
        """Where a mark that closes stands, or ``start`` where there is none: then nothing is hidden."""
        if mark in self.missing:
            return start + (4 if mark == "-->" else 0)
        limit = len(self.text) if within is None else start + within
        found = self.lower.find(mark, start, limit)
        if found < 0:
            if within is None:
                self.missing.add(mark)
            return start + (4 if mark == "-->" else 0)
        return found + (len(mark) if mark == "-->" else 0)
