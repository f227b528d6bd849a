"""What is looked at beside a run of quotes for the date that is meant: as people see it, whatever stands there."""

from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st

from fx.documents import seen
from fx.gathering import NARROW_REACH, REACH, Window, lines_upwards

PIECES = (
    "prose of roads, water and 23 ships; ",
    "14 December 2024",
    "\n",
    "  ",
    "• ",
    "цены ",
    "\u200b",
    "\u00a0",
    "−",
    "“",
)


@given(st.lists(st.sampled_from(PIECES), max_size=120), st.sampled_from(["", "  • ", "\u00a0\u200b• ", "12 декабря: "]))
@example(["prose of roads, water and 23 ships; ", "\n"] * 40, "  • ")
@example(["\n", "• "], "")
def test_before_a_place_of_narrow_text_stands_what_people_see_of_it(pieces: list[str], marks: str) -> None:
    text = ("".join(pieces) + marks).encode().decode("latin-1")
    window = Window(text + "KZT/USD", "", 0, len(text) + 7, 0, 0, only=True, narrow=True)
    found, whole = window.text_before(len(text)), seen(text[-NARROW_REACH:])[-REACH:]
    assert found == whole or (text[-REACH:].isascii() and found == text[-REACH:])


@given(st.text("ab \n\x0c\r", max_size=40))
def test_lines_upwards_are_the_lines_of_a_text_from_its_end(text: str) -> None:
    assert list(lines_upwards(text)) == re.split("[\n\x0c]", text)[::-1]
