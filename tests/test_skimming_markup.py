"""What a page shows between tags is skimmed and read in runs with the result of reading all of it by the grammar."""

from __future__ import annotations

import html
import random
from collections.abc import Iterator
from html.entities import html5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fx import formats
from fx.documents import Document, Parts
from fx.documents.html import without_entities
from fx.formats import TEXT, Hints
from fx.skimming import Shown, shown_parts
from tests.test_skimming import LINES, read, shown_to_the_grammar

ITEMS = (
    *(line.strip() for line in LINES),
    "KZT/USD&nbsp;= 0.00190 0%",
    "KZT/USD &#61; 0.00190 0%",
    "<b>KZT</b>/<b>USD</b> = <i>0.00193</i> <em>0&#37;</em>",
    "KZT/USD = 0.00190 0%\n▼",
    "KZT/USD = 0.00190 0%\nof firms",
    "KZT/USD\n=\n0.00190\n0%",
    "▼ EUR/USD = 1.0502 0.11%",
    "100 JPY/KZT = 341.205 0.5%",
)
WRAPS = (
    ("<li>", "</li>\n"),
    ("<li>\n      ", "\n   </li>\n"),
    ("<div>\n" + " " * 30, "\n</div>\n\n"),
    ("<tr><td>", "</td></tr>"),
    ("", "<br>\n"),
    ("<span>", "</span> "),
    ("<p>1 ", "&nbsp;</p>"),
    ("", "\n"),
)
AROUND = (
    "<p>14 December 2024</p>",
    "<h2>Spreads</h2>",
    "<p>100 UZBEK SUM</p>",
    "<p>100</p><p>UZBEK SUM</p>",
    "Pair  Spread  Rate<br>",
    "<table><tr><th>Pair</th><th>Rate</th></tr><tr><td>EUR/USD</td><td>1.0501</td></tr></table>",
    "<script>var s = 'KZT/USD = 9.99999 9%'</script>",
    "<!-- UZS/USD = 1.00000 0% -->",
    "<!--",
    "<pre>\nKZT/USD = 0.00199 0%\n\n</pre>",
    "<a title='KZT/USD = 0.00177 0%'>",
    "<del>",
    "]]>",
    "< 5 = x",
)
PROSE = (
    '<p class="text">Leaders met on Tuesday and spoke of <a href="/a?x=1&amp;y=2">roads</a>; trade rose by 32.5%.</p>\n',
    "Курсы обсудили 14 декабря. ",
)


def page_of(dice: random.Random) -> str:
    """Markup with boards, prose and what may spoil them."""
    pieces = [dice.choice(["<html>", "<b>x</b>"])]
    for _ in range(dice.randrange(1, 8)):
        before, behind = dice.choice(WRAPS)
        chosen = dice.choices(ITEMS[:4] if dice.random() < 0.6 else ITEMS, k=dice.randrange(1, 6))
        pieces += [f"{before}{item}{behind}" for item in chosen] * dice.choice([1, 2, 8])
        pieces += dice.choices(AROUND, k=dice.randrange(3))
        pieces += dice.choices(PROSE, k=dice.choice([0, 1, 40]))
    return "".join(pieces)


@settings(deadline=None, max_examples=200)
@given(seed=st.integers(0, 10**9), name=st.sampled_from(["auto", "ticker"]), held=st.sampled_from([1 << 20, 20_000]))
def test_a_page_skimmed_is_read_as_the_whole_of_it(seed: int, name: str, held: int) -> None:
    data = page_of(random.Random(seed)).encode()  # noqa: S311
    expected = read(data, skimmed=False, held=held, format_name=name)
    assert read(data, skimmed=True, held=held, format_name=name) == expected


@pytest.mark.parametrize("name", ["auto", "ticker"])
@pytest.mark.parametrize(("before", "behind"), WRAPS[:5])
def test_the_items_of_a_page_are_read_without_the_grammar(
    before: str, behind: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: object) -> Iterator[object]:
        raise AssertionError("the grammar was asked")

    items = "".join(f"{before}{line.strip()}{behind}" for line in LINES[:5])
    data = ("<html>" + (PROSE[0] * 50 + f"<ul>\n{items * 3}</ul>{items}") * 20).encode()
    expected = read(data, skimmed=False, held=1 << 20, format_name=name)
    monkeypatch.setattr(formats, "read_families", none)
    monkeypatch.setattr("fx.formats.human.read_families", none)
    assert read(data, skimmed=True, held=1 << 20, format_name=name) == expected
    assert [quote.repeats for quote in expected[0].quotes] == [80] * 5


@pytest.mark.parametrize("name", ["auto", "ticker"])
def test_a_page_of_nothing_but_items_is_hardly_shown_to_the_grammar(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = shown_to_the_grammar(monkeypatch)
    items = "".join(f"<li>{line.strip()}</li>\n" for line in LINES[:3]) * 8
    data = ("<html><ul>" + "".join(items.replace("0 0", f"{number} 0") for number in range(100, 900))).encode()
    (found,) = read(data, skimmed=True, held=1 << 17, format_name=name)
    assert len(found.quotes) == 800 + 2
    assert sum(map(len, seen)) < len(data) // 8, "4 MB took 6 s where a page had no empty line, as markup never has"


@pytest.mark.parametrize("held", [20_000, 24_321])
@pytest.mark.parametrize("above", ["", "<p>prose</p>" * 900])
def test_rows_in_the_next_part_are_read_under_the_head_in_the_last(held: int, above: str) -> None:
    head = "<table><tr><th>Pair</th><th>Rate</th></tr>\n"
    rows = "".join(f"<tr><td>EUR/USD</td><td>1.{number}</td></tr>\n" for number in range(1000, 1200))
    data = f"<html>{above}{'<li>KZT/USD = 0.00190 0%</li>' * 400}{head}{rows}</table>".encode()
    expected = read(data, skimmed=False, held=len(data))
    assert len(expected[0].quotes) == 200 + 1
    assert expected[0].repeats == 400 - 1
    assert read(data, skimmed=True, held=held) == expected


def test_a_run_of_items_says_each_of_them_once_with_the_lines_above() -> None:
    items = "<li>KZT/USD = 0.00190 0%</li>\n<li>\nTJS/USD = 0.09158 -0.11%\n</li>"
    (shown,) = shown_parts(Parts(Document("page", f"<ul>{items * 3}</ul>".encode())), TEXT, Hints())
    assert isinstance(shown, Shown)
    (run,) = shown.runs
    assert [(f"{said.base}/{said.counter}", *rest) for said, *rest in run.statements()] == [
        ("KZT/USD", 0, 4, 3),
        ("TJS/USD", 1, 5, 3),
    ]
    assert run.rows == [0, 2, 3, 5, 6, 8]


def test_of_items_on_one_line_the_last_is_told_by_its_place() -> None:
    lines = [f"<span>{line.strip()}</span>" for line in LINES[:2]]
    page = "<html><p>KZT/USD = 0.00191 0%</p>" + f"<li>{lines[0]}</li><li>{lines[1]}</li>" * 2 + f"<li>{lines[0]}</li>"
    expected = read(page.encode(), skimmed=False, held=1 << 20)
    assert [str(quote.rate) for quote in expected[0].quotes] == ["0.00191", "0.09158", "0.00190"]
    assert read(page.encode(), skimmed=True, held=1 << 20) == expected


@settings(max_examples=500)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(sorted(html5)).map("&{}".format),
            st.sampled_from(
                ["&", "&#", "&#x", "9", "128", "1114112", "f", ";", " ", "<", "&AMP", "&notit;", "x", "\u00c9"]
            ),
            st.text("abXY9;&#", max_size=40),
        ),
        max_size=9,
    ).map("".join)
)
def test_entities_are_resolved_as_the_standard_library_does(text: str) -> None:
    assert without_entities(text) == html.unescape(text)
