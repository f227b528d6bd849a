"""Long alternations made quick: the branches that begin with one letter stand behind that letter.

``yen|yuan|euros?`` becomes ``[yY](?:en|uan)|[eE]uros?``. It matches the same, and where none can match, a pattern tells
so by one look at a letter for each instead of a try at every branch.
"""

from __future__ import annotations

from collections.abc import Iterator

__all__ = ["by_first_letter", "searched_by_first_letter"]


def by_first_letter(pattern: str) -> str:
    """The branches of a pattern that is matched in any case, grouped by their first letters in either case.

    Branches that begin with anything but a letter come last; no other may match where they do.

    >>> by_first_letter("yen|(?:us|american)[ ]dollars?|yuan|(?<!no[ ])fees?")
    '(?:(?-i:[yY])(?:en|uan)|(?-i:[uU])(?:s[ ]dollars?)|(?-i:[aA])(?:merican[ ]dollars?)|(?<!no[ ])fees?)'
    """
    groups, others = grouped(pattern)
    found = [f"(?-i:[{letter}{letter.upper()}])(?:{'|'.join(rest)})" for letter, rest in groups.items()]
    return f"(?:{'|'.join(found + others)})"


def searched_by_first_letter(pattern: str) -> str:
    """The same for what is searched in small letters and stands where a word begins: most places are skipped.

    All branches begin with letters, but for what a lookbehind says of their first one.

    >>> searched_by_first_letter("fees?|lots?|(?<!no[ ])charges?")
    '(?:f(?<![^\\\\W_].)(?:ees?)|l(?<![^\\\\W_].)(?:ots?)|c(?<![^\\\\W_].)(?<!no[ ].)(?:harges?))'
    """
    groups, others = grouped(pattern)
    found = [(letter, "", "|".join(rest)) for letter, rest in groups.items()]
    for branch in others:
        place = 0
        while branch.startswith("(?<!", place):
            place += closing(branch[place:]) + 1
        found.append((branch[place], branch[:place].replace(")", ".)"), branch[place + 1 :]))
    each = "|".join(rf"{letter}(?<![^\W_].){behind}(?:{rest})" for letter, behind, rest in found)
    return f"(?:{each})"


def grouped(pattern: str) -> tuple[dict[str, list[str]], list[str]]:
    """The rests of branches by their first letter, and the branches that begin with none."""
    groups: dict[str, list[str]] = {}
    others = []
    for branch in branches_of(pattern):
        if branch[0].isalpha() and branch[1:2] not in {"?", "*", "+", "{"}:
            groups.setdefault(branch[0], []).append(branch[1:])
        else:
            others.append(branch)
    return groups, others


def branches_of(pattern: str) -> Iterator[str]:
    """The branches of a pattern, those of a group that it begins with each by itself.

    >>> list(branches_of("(?:a[|]|b)?c(?:d|e)|f"))
    ['a[|]c(?:d|e)', 'bc(?:d|e)', 'c(?:d|e)', 'f']
    """
    for branch in split(pattern):
        if not branch.startswith("(?:"):
            yield branch
            continue
        end = closing(branch)
        rest = branch[end + 1 :]
        if rest[:1] in {"*", "+", "{"}:
            yield branch
            continue
        may_lack = rest[:1] == "?"
        rest = rest[1:] if may_lack else rest
        for inner in split(branch[3:end]):
            yield from branches_of(inner + rest)
        if may_lack:
            yield from branches_of(rest)


def split(pattern: str) -> Iterator[str]:
    """A pattern cut at the bars that stand in none of its groups."""
    begin = 0
    for place, mark, depth in structure(pattern):
        if mark == "|" and not depth:
            yield pattern[begin:place]
            begin = place + 1
    yield pattern[begin:]


def closing(branch: str) -> int:
    """Where the group ends that a branch begins with."""
    return next(place for place, mark, depth in structure(branch) if mark == ")" and not depth)


def structure(pattern: str) -> Iterator[tuple[int, str, int]]:
    """Each bar and parenthesis of a pattern that is none of its letters, its place first and then how deep it leads.

    >>> list(structure("a[|(](b|c)\\\\|"))
    [(5, '(', 1), (7, '|', 1), (9, ')', 0)]
    """
    depth = place = 0
    in_class = False
    while place < len(pattern):
        mark = pattern[place]
        if mark == "\\":
            place += 1
        elif in_class:
            in_class = mark != "]"
        elif mark == "[":
            in_class = True
        elif mark in "()|":
            depth += {"(": 1, ")": -1, "|": 0}[mark]
            yield place, mark, depth
        place += 1
