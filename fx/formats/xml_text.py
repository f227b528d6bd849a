"""XML with its lines, read by a parser that refuses entity declarations: neither bombs nor outside files are opened.

Names are taken without their namespace prefix and without case. A text may hold several elements after one another.
Where the XML breaks, what stands before it has been read, and one reject says where.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.parsers import expat

from fx.late import late
from fx.quotes import Reject

__all__ = ["Node", "begins_as_xml", "xml_nodes"]


class Node:
    """An element: ``tag``, attributes and the text of children without children of their own in ``fields``."""

    __slots__ = ("children", "fields", "line", "parent", "tag", "text")

    def __init__(self, tag: str, line: int, parent: Node | None) -> None:
        self.tag = tag
        self.line = line
        self.parent = parent
        self.fields: dict[str, str] = {}
        self.children: list[Node] = []
        self.text = ""

    def above(self) -> Iterator[Node]:
        """The elements around it, from the inside out."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    def below(self) -> Iterator[Node]:
        """Itself and everything within, in document order."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(node.children))


class Refused(Exception):
    """A declaration that is not read."""


BEGINS = late(r"[\ufeff \t\r\n]*+<(?!(?:!doctype\s{1,9}html|html)[\s>])", re.IGNORECASE)
DECLARATION = late(r"\s*<\?xml\b[^<>]{0,400}\?>")
DEEPEST = 200
"""Elements within one another; no bank nests more than a dozen."""
ENTITIES = "the XML declares entities, which are not read: take the file without them"
LONGEST_TEXT = 500
"""Characters of an element's text that are kept: figures and dates are short."""
DOCTYPE = late(r"\s*<!DOCTYPE\b[^<>\[]{0,400}(?P<subset>\[)?>?")


def begins_as_xml(raw: str) -> bool:
    """Whether a text begins with an element or a declaration, and is no HTML: pages are not searched for banks' tags.

    >>> begins_as_xml(" <html-rates>"), begins_as_xml("<!DOCTYPE html><rates/>"), begins_as_xml("rates")
    (True, False, False)
    """
    return BEGINS.match(raw) is not None


WRAPPED = late(r"(?<=>)\s*(?P<whole>&lt;[^<>]{20,})(?=<)")
"""XML within XML, its marks as entities, as some web services answer: MNB's ``<…Result>&lt;Day …``."""


def unwrapped(match: re.Match[str]) -> str:
    """What was wrapped, as elements.

    >>> WRAPPED.sub(unwrapped, "<a>&lt;Rate curr='EUR'&gt;408,61&lt;/Rate&gt;</a>")
    "<a><Rate curr='EUR'>408,61</Rate></a>"
    """
    return match["whole"].replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")


def local(name: str) -> str:
    """A name without prefix and case.

    >>> local("gesmes:Envelope")
    'envelope'
    """
    return name.rpartition(":")[2].lower()


def xml_nodes(raw: str) -> tuple[Node, list[Reject]]:
    """The document below a node of our own, and the reject that says where it breaks, if it does.

    >>> root, rejects = xml_nodes("<a:Rates day='1'><code>USD</code></a:Rates>")
    >>> root.children[0].tag, root.children[0].fields, rejects
    ('rates', {'day': '1', 'code': 'USD'}, [])
    """
    text = raw.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    text = WRAPPED.sub(unwrapped, text)
    declaration = DECLARATION.match(text)
    if declaration:
        text = "\n" * declaration[0].count("\n") + text[declaration.end() :]
    doctype = DOCTYPE.match(text)
    if doctype and doctype["subset"]:
        return Node("", 1, None), [Reject("<!DOCTYPE [", ENTITIES, 1)]
    if doctype:
        text = "\n" * doctype[0].count("\n") + text[doctype.end() :]
    root = Node("", 1, None)
    open_node, depth = root, 0
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal open_node, depth
        depth += 1
        if depth > DEEPEST:
            raise Refused("the XML nests too deeply: it is no list of rates")
        if depth == 1:
            return
        node = Node(local(name), parser.CurrentLineNumber, open_node)
        node.fields.update((local(key), value.strip()) for key, value in attributes.items())
        open_node.children.append(node)
        open_node = node

    def end(name: str) -> None:  # noqa: ARG001 (expat's signature)
        nonlocal open_node, depth
        depth -= 1
        node, parent = open_node, open_node.parent
        if parent is None:
            return
        node.text = node.text.strip()
        if not node.children and node.text:
            parent.fields.setdefault(node.tag, node.text)
        open_node = parent

    def characters(data: str) -> None:
        if len(open_node.text) < LONGEST_TEXT:
            open_node.text += data[:LONGEST_TEXT]

    def declared(*_: object) -> None:
        raise Refused(ENTITIES)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    parser.EntityDeclHandler = declared
    try:
        parser.Parse(f"<_>{text}</_>".encode(errors="replace"), True)
    except Refused as refused:
        return root, [Reject("<", str(refused), parser.CurrentLineNumber)]
    except expat.ExpatError as error:
        lines = text.split("\n", error.lineno)
        shown = lines[min(error.lineno, len(lines)) - 1][max(0, error.offset - 20) : error.offset + 20].strip()
        return root, [Reject(shown, "the XML breaks here: write it whole", error.lineno, max(1, error.offset))]
    return root, []
