"""Worst cases made from a compiled pattern itself: what each of its repeats repeats, again and again, and then no match."""

from __future__ import annotations

import random
import re
import re._constants as sre  # type: ignore[import-untyped]
import re._parser as sre_parser  # type: ignore[import-untyped]
from collections.abc import Callable, Iterator
from typing import Any

__all__ = ["attacks"]

LETTERS = "abcz09 .,/-=:<>\"'\n\t\\%AZ(){}[]|*_#&@+\xa0é"
REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT)
LONG = 8
"""Repeats that may go on for less are no worst case."""
CATEGORIES: dict[Any, Callable[[str], bool]] = {
    sre.CATEGORY_SPACE: str.isspace,
    sre.CATEGORY_DIGIT: str.isdigit,
    sre.CATEGORY_WORD: lambda letter: letter.isalnum() or letter == "_",
    sre.CATEGORY_NOT_SPACE: lambda letter: not letter.isspace(),
    sre.CATEGORY_NOT_DIGIT: lambda letter: not letter.isdigit(),
    sre.CATEGORY_NOT_WORD: lambda letter: not (letter.isalnum() or letter == "_"),
}


def letter_of(items: list[tuple[Any, Any]], dice: random.Random) -> str:
    """A letter that a class takes."""
    negated = bool(items) and items[0][0] is sre.NEGATE

    def holds(letter: str) -> bool:
        return any(
            (kind is sre.LITERAL and ord(letter) == value)
            or (kind is sre.RANGE and value[0] <= ord(letter) <= value[1])
            or (kind is sre.CATEGORY and CATEGORIES[value](letter))
            for kind, value in items
        )

    known = [letter for letter in LETTERS if holds(letter) != negated]
    if not negated:
        known += [chr(value) for kind, value in items if kind is sre.LITERAL]
        known += [chr(end) for kind, value in items if kind is sre.RANGE for end in value]
    return dice.choice(known) if known else "\u4e00"


def sample(tree: Any, dice: random.Random, groups: dict[int, str]) -> str:
    """Something that a pattern takes, looks to either side left out."""
    made = []
    for kind, value in tree:
        if kind is sre.LITERAL:
            made.append(chr(value))
        elif kind is sre.NOT_LITERAL:
            made.append("b" if value == ord("a") else "a")
        elif kind is sre.ANY:
            made.append("a")
        elif kind is sre.IN:
            made.append(letter_of(value, dice))
        elif kind is sre.BRANCH:
            made.append(sample(dice.choice(value[1]), dice, groups))
        elif kind is sre.SUBPATTERN:
            groups[value[0]] = sample(value[3], dice, groups)
            made.append(groups[value[0]])
        elif kind is sre.GROUPREF:
            made.append(groups.get(value, ""))
        elif kind is sre.ATOMIC_GROUP:
            made.append(sample(value, dice, groups))
        elif kind in REPEATS:
            least, most, inner = value
            made += [sample(inner, dice, groups) for _ in range(dice.choice([least, min(int(most), least + 1)]))]
    return "".join(made)


def repeats(tree: Any, before: str, dice: random.Random) -> Iterator[tuple[str, str]]:
    """What stands before each long repeat of a pattern, and what it repeats."""
    for place, (kind, value) in enumerate(tree):
        leading = before + sample(tree[:place], dice, {})
        if kind in REPEATS:
            if int(value[1]) >= LONG:
                yield leading, sample(value[2], dice, {})
            yield from repeats(value[2], leading, dice)
        elif kind is sre.BRANCH:
            for branch in value[1]:
                yield from repeats(branch, leading, dice)
        elif kind is sre.SUBPATTERN:
            yield from repeats(value[3], leading, dice)
        elif kind is sre.ATOMIC_GROUP:
            yield from repeats(value, leading, dice)
        elif kind in {sre.ASSERT, sre.ASSERT_NOT}:
            yield from repeats(value[1], leading, dice)


def attacks(pattern: re.Pattern[Any], most: int, seed: int = 7) -> list[tuple[str, str]]:
    """At most so many beginnings, each with a piece that is to follow it again and again.

    >>> attacks(re.compile("a[0-9]+b"), 2)[0]
    ('a', '0')
    """
    dice = random.Random(seed)  # noqa: S311
    text = pattern.pattern.decode("latin-1") if isinstance(pattern.pattern, bytes) else pattern.pattern
    tree = sre_parser.parse(text, pattern.flags & ~re.UNICODE if isinstance(pattern.pattern, bytes) else pattern.flags)
    found = dict.fromkeys(each for each in repeats(tree, "", dice) if each[1])
    again = {("", before + piece * LONG) for before, piece in found}  # each in its turn begins and breaks off
    halves = {("", half[: max(1, len(half) // 2)]) for half in (sample(tree, dice, {}) for _ in range(3)) if half}
    every = [*found, *sorted(again), *sorted(halves)]
    return (
        every
        if len(every) <= most
        else [
            *dice.sample(list(found), min(len(found), most // 2)),
            *dice.sample(sorted(again | halves), min(len(again | halves), most - most // 2)),
        ]
    )
