"""What arrives: files, folders, standard input, encodings, HTML."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fx.documents import Document, documents_at, visible_text
from fx.documents.html import VisibleText
from fx.errors import InputError
from tests.builders import BOARD, PAGE, reading


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-bom", "utf-32", "cp1252"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_a_page_gives_the_same_quotes_in_every_encoding_and_with_all_line_ends(codec: str, ends: str) -> None:
    text = PAGE.replace("\n", ends)
    data = b"\xff\xfe" + text.encode("utf-16-le") if codec == "utf-16-le-bom" else text.encode(codec)
    found = reading(data)
    assert [quote.line for quote in found.quotes] == [1, 2, 3, 4, 5]
    assert [str(quote.observed_at) for quote in found.quotes] == ["2024-12-14"] * 5


HTML = """<!DOCTYPE html>
<html><head><title>News &amp; more</title>
<style>.a { width: 100% }</style><script>
var s = 'KZT/USD = 9.99999 9%';
</script></head>
<body><ul class="ticker"
   data-x="1">
<li>KGS/USD&nbsp;= 0.01150 <span class="flat">0%</span></li><li><b>KZT</b>/<b>USD</b> = <i>0.00190</i> <em>0&#37;</em></li>
<li>TJS/USD =
  0.09158
  &minus;0.11%</li></ul><p>14 December 2024</p>
<!-- UZS/USD = 1.00000 0% --><p>TMT/USD = <s>0.28000</s> 0.28490 -0.42%</p><table><tr><td>EUR/USD =</td><td>1.0850</td></tr></table>
</body></html>
"""


def test_of_html_what_is_visible_is_read_with_the_lines_of_the_source() -> None:
    found = reading(HTML)
    assert [(str(q.pair), str(q.rate), str(q.change_pct), q.line) for q in found.quotes] == [
        ("KGS/USD", "0.01150", "0", 8),
        ("KZT/USD", "0.00190", "0", 8),
        ("TJS/USD", "0.09158", "-0.11", 9),
        ("TMT/USD", "0.28490", "-0.42", 12),
        ("EUR/USD", "1.0850", "None", 12),
    ]


def test_a_glued_footnote_never_becomes_a_digit() -> None:
    (found,) = reading("<p>KZT/USD = 0.00190<sup>1</sup> 0%</p>").quotes
    assert (str(found.rate), str(found.change_pct)) == ("0.00190", "0")
    assert reading("<p>KZT/USD = 0.0019<sup>05</sup> 0%</p>").quotes == ()
    assert reading("<p>KZT/USD = 0.0019<sup>5</sup> 0%</p>").quotes == ()


@pytest.mark.parametrize(
    "markup", ["<![foo", "<!", "<div", "</", "<a href='x", "&#xffffffff;", "<![CDATA[", "<?php", "<!--"]
)
def test_broken_markup_costs_no_quote_before_it(markup: str) -> None:
    assert len(reading(f"<div>KZT/USD = 0.00190 0%</div>\n{markup}").quotes) == 1


@pytest.mark.parametrize(
    "unit",
    [
        "<a b",
        '<a b="',
        "<!-- ",
        "</",
        "<textarea></t",
        "<![CDATA[x]",
        "<?a ",
        "</a ",
        "<![if ",
        "<s>",
        "<script>",
        "&",
        "&#",
    ],
)
def test_hostile_markup_takes_time_in_proportion_to_its_size(unit: str) -> None:
    def steps(size: int) -> int:
        text, count = "<p>" + unit * (size // len(unit)), 0

        def tick(*_: object) -> None:
            nonlocal count
            count += 1

        sys.setprofile(tick)
        try:
            visible_text(text)
        finally:
            sys.setprofile(None)
        return count

    small, large = steps(20_000), steps(40_000)
    assert large < 2.2 * small + 100


TAGS = (
    "<b> </b> <i> <p> </p> <li> <td> </td> <sup> </sup> <span> <pre> </pre> <script> </script> </ScRiPt> <STYLE> </style> "
    "<template> <noscript> <s> </s> <del> <strike> </strike> </stri\u212ae> <s/> <br/> <a\xa0href='x=1'> <a|b='1>2'> </a> "
    "<!-- --> <!--> <!doctype|html> <?x|?> <![CDATA[ ]]> ]]&gt; <!a < << > & &amp; &am p; &lt &#53; &#65 &#1; &notit "
    "&#10; KZT USD / = 0.0019 5 0% % - + ( \u2212 \u25b2 . , ; é İ \u212a _ \n \r\n \r \x0b \x0c | ||| \xa0 ² ４ "
    "<a\nb> </a\n> <li\n> <div\nclass='x'> <q|x='y\n'> <foo-bar:1> <scripts> <pre2> <1> </> <b|/> <b| </script"
).split(" ")
LONG = ["<img src='" + "d" * size + "'>" for size in (3988, 3990, 5000)] + ["<i " + "e" * 398 + ">", "x" * 1990]


@settings(deadline=None, max_examples=500)
@given(
    pieces=st.lists(
        st.one_of(st.sampled_from([tag.replace("|", " ") for tag in TAGS]), st.sampled_from([*LONG, HTML])), max_size=60
    ),
    soft=st.booleans(),
    preformatted=st.integers(0, 1),
)
def test_tags_taken_by_the_thousand_leave_what_they_leave_one_by_one(
    pieces: list[str], soft: bool, preformatted: int
) -> None:
    pages = [VisibleText("".join(pieces), soft, preformatted) for _ in range(2)]
    assert pages[0].read() == pages[1].read_one_by_one()
    assert pages[0].preformatted == pages[1].preformatted


def test_a_folder_gives_its_files_sorted_and_passes_dot_files_by(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / ".hidden").mkdir()
    for name in ("b/2.txt", "a.txt", ".secret", ".hidden/3.txt", "c.txt"):
        (tmp_path / name).write_text(BOARD, encoding="utf-8")
    (tmp_path / "loop").symlink_to(tmp_path)
    names = [found.name for found in documents_at([str(tmp_path)]) if isinstance(found, Document)]
    assert names == [str(tmp_path / name) for name in ("a.txt", "c.txt", "b/2.txt")]


def test_what_cannot_be_read_comes_in_its_place_and_loses_nothing(tmp_path: Path) -> None:
    good = tmp_path / "good.txt"
    good.write_text(BOARD, encoding="utf-8")
    found = list(documents_at([str(tmp_path / "none"), str(good), "/dev/null"]))
    assert [type(each) for each in found] == [InputError, Document, InputError]


def test_standard_input_is_a_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(BOARD.encode())))
    (found,) = documents_at(["-"])
    assert isinstance(found, Document)
    assert (found.name, found.modified, found.data) == ("-", None, BOARD.encode())
