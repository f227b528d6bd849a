"""Of HTML what is visible: as text, line for line where it stands in the source."""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Iterable
from html.entities import html5
from itertools import groupby
from operator import itemgetter

from fx.late import late
from fx.text import BREAK, QUOTED_PRINTABLE, SOFT_NEWLINE, plain_text

__all__ = ["View", "visible_text"]

INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data dfn em font i img ins kbd label mark nobr q samp small span strong "
    "sub sup time tt u var wbr".split()
)
"""Tags that stand within a line of text; every other one ends it."""
PRE = frozenset(("pre",))
CELLS = frozenset(("td", "th"))
BLOCKS = (
    "article aside body br button dd div dl dt footer form h1 h2 h3 h4 h5 h6 head header hr html input li link main "
    "meta nav ol option p path section select svg table tbody thead title tr ul"
)
"""The tags of most pages that do."""
NOT_TEXT = frozenset(("script", "style", "template", "noscript"))
STRUCK = frozenset(("del", "s", "strike"))
"""Elements whose text is not shown, or is shown as no longer valid."""
BLOCK_TAG = late(
    r"<(?:!doctype\s+html|/?(?:html|body|div|p|li|ul|ol|table|tr|td|h[1-6]|section|article))\b[^<>]{0,2000}>",
    re.IGNORECASE,
)
MARKUP = late(
    r"<(?=[/a-z!])(?:/?[A-Za-z][A-Za-z0-9:-]{0,40}(?:\s[^<>]{0,4000})?/?>|!\[CDATA\[|!doctype\s)", re.IGNORECASE
)
ENTITY = late(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
TAG = late(r"<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9:-]{0,40})(?P<rest>\s[^<>]{0,4000})?/?>")
PERCENTAGE_NEXT = late(r"(?:<[^<>/][^<>]{0,400}>){1,3}[0-9.,]{1,8}\s?%")
FIRST_SHOWN = late(r"(?:<[^<>]{0,400}>){0,4}(?P<first>[^<\s])")
DECLARATION = late(r"<[!?][^<>]{0,4000}>")
AT_ONCE = 1 << 16
"""Characters whose tags are taken at once; the pieces of more would fill the memory."""
KELVIN, GROWS = "\u212a", "\u0130"
"""The sign that is a k in lower case, and the letter that becomes two: where one stands, tags close as written."""


def in_any_case(names: Iterable[str]) -> str:
    """A pattern for names of tags, by their first letters; classes are faster than letters whose case is ignored."""
    letters = [[f"[{each}{each.upper()}]" for each in name] for name in sorted(names)]
    return "|".join(
        f"{first}(?:{'|'.join(''.join(name[1:]) for name in alike)})"
        for first, alike in groupby(letters, key=itemgetter(0))
    )


NAME_ENDS = "(?![A-Za-z0-9:-])"
ODD = late(
    rf"<(?:[!?]|(?:{in_any_case(NOT_TEXT | STRUCK | PRE)}|/{in_any_case(PRE)}){NAME_ENDS}"
    rf"|(?<![>\s]<)(?<=[\w;]<)/?(?:{in_any_case(INLINE)}){NAME_ENDS}[^<>]*>"
    r"(?:(?:<[^<>]{0,400}>){0,4}[\d(+▲▼△▽↑↓−–-]|(?:<[^<>]{0,400}>){1,3}[.,]))"
)
"""What does more than leave its trace: it hides what follows it, or may need a space."""
ON_ONE_LINE = late(r"<(/?[A-Za-z][A-Za-z0-9:-]{0,40})(?:[ \t][^<>\n]{0,4000})?/?>")
ANYWHERE = late(rf"({TAG.pattern})")
CLOSING = {
    f"</{name}>": late(f"</{in_any_case([name])}>".replace("[kK]", f"[kK{KELVIN}]")) for name in NOT_TEXT | STRUCK
}


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
            text = without_entities(text)
            if not MARKUP.search(text):
                return plain_text(text)
        self.marked = True
        self.soft = self.soft or bool(BLOCK_TAG.search(text))
        page = VisibleText(text, self.soft, self.preformatted)
        shown = page.read()
        self.preformatted = page.preformatted
        return plain_text(shown, soft=True)


def trace_of(tag: str) -> str:
    """What a tag leaves in the text besides its lines, by its name as written, with the solidus of one that closes."""
    name = tag.removeprefix("/").lower()
    if name == "sup":
        # A footnote set as a superscript must not become the last digit of the figure before it.
        return "]" if tag[0] == "/" else "["
    if name in INLINE | NOT_TEXT | STRUCK:
        return ""
    return "\t" if name in CELLS else BREAK


class Traces(dict[str, str]):
    """The traces of the tags of one page, each made up when it is first seen."""

    MOST = 4096

    def __missing__(self, tag: str) -> str:
        """The trace of a tag that is not among them."""
        if len(self) > self.MOST:
            self.clear()
        left = self[tag] = trace_of(tag)
        return left


KNOWN = {
    solidus + name: trace_of(solidus + name)
    for name in INLINE | CELLS | NOT_TEXT | STRUCK | set(BLOCKS.split())
    for solidus in ("", "/")
}


@functools.cache
def reference() -> re.Pattern[str]:
    """All that `html.unescape` looks up, if it is a number, ends as a name does or begins as one that needs no end."""
    begun = sorted({name[:2] for name in html5 if not name.endswith(";")})
    begun = [f"{first}[{''.join(each[1] for each in alike)}]" for first, alike in groupby(begun, key=itemgetter(0))]
    return re.compile(
        rf"&(?=#|[A-Za-z][A-Za-z0-9]{{1,30}};|{'|'.join(begun)})"
        r"(?:#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\t\n\f <&#;]{1,32};?)"
    )


@functools.lru_cache(maxsize=256)
def resolved(entity: str) -> str:
    """What stands for an entity: a page has the same few again and again."""
    return html.unescape(entity)


def without_entities(text: str) -> str:
    """A text with its entities resolved, as `html.unescape` does it, which takes many times as long for noise.

    >>> without_entities("a &amp b &lt;&#61; &notit; &x; R&D &CounterClockwiseContourIntegral;")
    'a & b <= ¬it; &x; R&D ∳'
    """
    return reference().sub(lambda match: resolved(match[0]), text) if "&" in text else text


def unescaped(text: str) -> str:
    """A piece of text without tags, entities resolved."""
    return without_entities(text).replace("]]>", BREAK)


class VisibleText:
    """Takes the visible text out of a page, each piece on the line where it stands in the source.

    In one pass and, whatever the markup, in linear time: a tag ends before the next ``<``, what is unclosed is looked
    for once, and what is no markup is text. (The standard library's parser re-scans to the end at each unclosed tag.)
    Where there are block tags, line ends are mere white space, as in a browser; without, they end lines.

    `markup` is told one thing that begins with ``<``, and is the definition of them all. Most tags leave a trace that
    their name alone decides: those are taken by the thousand (`take`), from one `ODD` thing to the next.
    """

    def __init__(self, text: str, soft: bool, preformatted: int = 0) -> None:
        self.text = text.replace(SOFT_NEWLINE, BREAK).replace("\r\n", "\n").replace("\r", "\n")
        self.soft = soft
        self.preformatted = preformatted
        self.pieces: list[str] = []
        self.missing: set[str] = set()
        self.traces = Traces(KNOWN)
        self.as_written = GROWS in text

    def read(self) -> str:
        """The visible text."""
        text, place = self.text, 0
        while True:
            odd = ODD.search(text, place)
            end = odd.start() if odd else len(text)
            while place < end:
                stop = text.find("<", place + AT_ONCE, end)
                self.take(text[place : stop if stop >= 0 else end])
                place = stop if stop >= 0 else end
            if not odd:
                return "".join(self.pieces)
            place = self.markup(end)

    def read_one_by_one(self) -> str:
        """The visible text, by the definition alone."""
        text, place = self.text, 0
        while True:
            start = text.find("<", place)
            if start < 0:
                self.show(text[place:])
                return "".join(self.pieces)
            self.show(text[place:start])
            place = self.markup(start)

    def take(self, text: str) -> None:
        """Keep what is visible of text with tags, none of them odd; by itself what stands behind the last tag."""
        found = ON_ONE_LINE.split(text)
        found[1::2] = map(self.traces.__getitem__, found[1::2])
        last = self.told(found.pop())
        shown = "".join(found)
        if "&" in shown or "<" in shown or "]]>" in shown:
            found[::2] = [
                self.told(piece) if "&" in piece or "<" in piece or "]]>" in piece else piece for piece in found[::2]
            ]
            shown = "".join(found)
        self.keep(shown)
        self.keep(last)

    def told(self, piece: str) -> str:
        """What is visible of a piece that may have tags in it, of several lines."""
        if "<" not in piece:
            return unescaped(piece)
        texts, *tags = (iter(ANYWHERE.split(piece)[group::5]) for group in range(5))
        return unescaped(next(texts)) + "".join(
            SOFT_NEWLINE * tag.count("\n") + self.traces[end + name] + unescaped(text)
            for tag, end, name, _, text in zip(*tags, texts, strict=True)
        )

    def keep(self, shown: str) -> None:
        """Keep a piece of visible text."""
        self.pieces.append(shown.replace("\n", SOFT_NEWLINE) if self.soft and not self.preformatted else shown)

    def show(self, text: str) -> None:
        """Keep a piece of text, entities resolved."""
        if text:
            self.keep(unescaped(text))

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
        if tag[0][1] in "!?":
            self.hide(tag[0])
            return tag.end()
        name, closes = tag["name"].lower(), bool(tag["end"])
        if name in NOT_TEXT | STRUCK and not closes and not tag[0].endswith("/>"):
            end = self.closing(f"</{name}>", tag.end(), within=None if name in NOT_TEXT else 2000)
            self.hide(text[start:end])
            return end
        self.hide(tag[0])
        self.preformatted = max(0, self.preformatted + (0 if name != "pre" else -1 if closes else 1))
        self.pieces.append(self.traces[tag["end"] + tag["name"]])
        if name in INLINE and name != "sup":
            self.part(tag)
        return tag.end()

    def part(self, tag: re.Match[str]) -> None:
        """Set a space where a tag alone keeps a word from a figure, or a figure from its change: as styles do."""
        before = self.pieces[-3][-1:] if len(self.pieces) > 2 else ""
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
        if mark == "-->" or self.as_written:
            found = self.text.find(mark, start, limit)
        else:
            closing = CLOSING[mark].search(self.text, start, limit)
            found = closing.start() if closing else -1
        if found < 0:
            if within is None:
                self.missing.add(mark)
            return start + (4 if mark == "-->" else 0)
        return found + (len(mark) if mark == "-->" else 0)
