"""Alternations grouped by their first letters match what the plain ones do, at every place of what they are made for."""

from __future__ import annotations

import random
import re
import re._parser as sre_parser  # type: ignore[import-untyped]

import pytest

from fx.formats.branches import by_first_letter, searched_by_first_letter
from fx.formats.quantities import BESIDE, MEASURES, START
from fx.formats.rate import LABELS
from fx.formats.signs import ASK_WORDS, BID_WORDS, NAMES
from tests.pumped import sample

ALTERNATIONS = {
    "names": "|".join(NAMES.values()),
    "labels": "|".join(sorted(LABELS, key=len, reverse=True)),
    "bids": "|".join(BID_WORDS),
    "asks": "|".join(ASK_WORDS),
    "measures": MEASURES,
    "beside": BESIDE,
}
AROUND = " ", "", "x", "1", "_", ".", "no ", "zero ", ", "


def texts(pattern: str) -> list[str]:
    """Sentences of what a pattern takes, in any case, with letters missing and others around."""
    dice = random.Random(7)  # noqa: S311
    tree = sre_parser.parse(pattern, re.IGNORECASE)
    found = []
    for _ in range(600):
        words = [sample(tree, dice, {}) for _ in range(3)]
        words[1] = dice.choice([words[1], words[1].upper(), words[1].title(), words[1][:-1], words[1][1:]])
        found.append("".join(part for word in words for part in (dice.choice(AROUND), word, dice.choice(AROUND))))
    return found


@pytest.mark.parametrize("name", ALTERNATIONS)
def test_branches_behind_their_first_letters_match_what_all_of_them_do(name: str) -> None:
    pattern = ALTERNATIONS[name]
    plain = re.compile(f"(?:{pattern})", re.IGNORECASE)
    grouped = re.compile(by_first_letter(pattern), re.IGNORECASE)
    matched = 0
    for text in texts(pattern):
        for place in range(len(text)):
            expected, found = plain.match(text, place), grouped.match(text, place)
            assert (found and found.span()) == (expected and expected.span()), text
            matched += expected is not None
    assert matched > 600


@pytest.mark.parametrize("name", ["measures", "beside"])
def test_branches_that_are_searched_are_found_where_words_begin(name: str) -> None:
    pattern = ALTERNATIONS[name]
    plain = re.compile(f"{START}(?:{pattern})", re.IGNORECASE)
    grouped = re.compile(searched_by_first_letter(pattern))
    for text in map(str.lower, texts(pattern)):
        assert [found.span() for found in grouped.finditer(text)] == [found.span() for found in plain.finditer(text)]
