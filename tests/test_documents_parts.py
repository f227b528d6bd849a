"""Documents larger than memory may be: read in parts, and read as if there were none."""

from __future__ import annotations

import hashlib
import io
import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fx import formats
from fx.documents import Document, Parts, parts, visible_text
from fx.documents.document import whole
from fx.formats import TEXT, Page
from fx.quotes import Reject, Tick
from fx.reader import Reading, read_document
from tests.builders import BOARD, NOON, PAGE

HTML = """<!DOCTYPE html><html><head><style>.a { width: 100% }</style>
<script>
if (a < 3) { s = 'KZT/USD = 9.99999 9%'; }
var more = 'EUR/USD = 8.88888 8%';
</script></head><body class="one two
three"><ul><li>KGS/USD&nbsp;= 0.01150 <span class="flat">0%</span></li>
<li><b>KZT</b>/<b>USD</b> = <i>0.00190</i> <em>0&#37;</em></li><li>TJS/USD =
  0.09158
  &minus;0.11%</li></ul><p>14 December 2024</p><!-- UZS/USD = 1.00000 0%
USD/CHF = 0.88000 0% --><pre>
TMT/USD = 0.28490 -0.42%
</pre></body></html>
"""


def in_parts(data: bytes, size: int, monkeypatch: pytest.MonkeyPatch, **how: Any) -> Reading:
    """A document read as if so many bytes were as much as memory holds."""
    with monkeypatch.context() as patch:
        patch.setattr(parts, "PART", size)
        patch.setattr(parts, "LEAST", 1500)
        patch.setattr("fx.gathering.BESIDE", 1500)
        document = Document("page", data[:size], None, rest=io.BytesIO(data[size:]))
        (found,) = read_document(document, now=NOON, **how)
        return found


def at_once(data: bytes, **how: Any) -> Reading:
    (found,) = read_document(Document("page", data, None), now=NOON, **how)
    return found


def text_of(seed: int) -> str:
    """Boards, prose, dates and what is refused, at random; from its beginning on a page, or plain text."""
    dice = random.Random(seed)  # noqa: S311
    page = dice.random() < 0.5
    pieces = [BOARD, "prose and more prose\n", "KZT/USD = N/A\n", "EUR/USD = 1,052\n", PAGE]
    pieces += ["• KZT/USD = 0.00190 0% • TJS/USD = 0.09158 -0.11% ", "â€¢ KZT/USD\u00a0= 0.00191\r\n"]
    # (one date before a chain of quotes in one line is lost some hundreds of them later, so in pages it stands apart)
    pieces += [HTML, "<p>14 December 2024</p>"] if page else ["2025-05-29\n", "14 December 2024\n\n"]
    return HTML * page + "".join(dice.choice(pieces) for _ in range(dice.randrange(1, 90)))


@settings(deadline=None, max_examples=150)
@given(seed=st.integers(0, 10**9), size=st.integers(300, 4000))
def test_a_document_in_parts_is_read_as_one_in_memory(seed: int, size: int) -> None:
    data = text_of(seed).encode()
    with pytest.MonkeyPatch.context() as patch:
        found, expected = in_parts(data, size, patch), at_once(data)
    assert [(q.line, q.repeats, str(q.observed_at)) for q in found.quotes] == [
        (q.line, q.repeats, str(q.observed_at)) for q in expected.quotes
    ]
    assert found == expected


@pytest.mark.parametrize("size", [100, 333, 1000, 4096])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1251", "cp1252"])
def test_every_encoding_is_cut_between_characters(size: int, codec: str, monkeypatch: pytest.MonkeyPatch) -> None:
    prose = "Курсы валют — рубль\n" if codec != "cp1252" else "café – señor\n"
    data = ((prose + PAGE) * 9).encode(codec)
    assert in_parts(data, size, monkeypatch) == at_once(data)


def test_the_identity_is_that_of_the_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    data = (PAGE * 50).encode()
    assert in_parts(data, 1000, monkeypatch).sha256 == hashlib.sha256(data).hexdigest() == at_once(data).sha256


def test_a_date_in_the_next_part_is_that_of_the_board(monkeypatch: pytest.MonkeyPatch) -> None:
    data = (BOARD * 40 + "14 December 2024\n").encode()
    for size in range(len(data) - 40, len(data) - 10, 3):
        assert {str(q.observed_at) for q in in_parts(data, size, monkeypatch).quotes} == {"2024-12-14"}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", " "])
@pytest.mark.parametrize("size", range(400, 420))
def test_no_cut_loses_or_doubles_a_quote(end: str, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    data = "".join(f"• KZT/USD = 0.00{number} 0%{end}" for number in range(100, 400)).encode()
    found = in_parts(data, size, monkeypatch)
    assert found == at_once(data)
    assert len(found.quotes) == 300


def test_the_plain_texts_of_the_parts_are_that_of_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "PART", 500)
    monkeypatch.setattr(parts, "LEAST", 1)
    data = (HTML * 20).encode()
    found = list(Parts(Document("page", data[:500], rest=io.BytesIO(data[500:]))))
    assert len(found) > 10
    assert "".join(part.raw for part in found) == data.decode()
    assert "".join(part.text for part in found) == visible_text(data.decode())


class Asked:
    """A format that counts how often it is asked, and would take what comes later in a text."""

    name = summary = example = "asked"

    def __init__(self, mark: str) -> None:
        self.mark = mark
        self.asked = 0

    def recognises(self, page: Page) -> bool:
        self.asked += 1
        return self.mark in page.raw

    def read(self, page: Page) -> Iterator[Tick | Reject]:
        return TEXT.read(page)


@pytest.mark.parametrize("size", [1000, 10**6])
def test_which_format_reads_a_document_is_decided_once(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked("never")
    monkeypatch.setattr(formats, "all_formats", lambda: {"asked": asked})
    assert len(in_parts((PAGE * 50).encode(), size, monkeypatch).quotes) == 5
    assert asked.asked == 1


def test_what_stands_late_in_a_text_does_not_change_its_format(monkeypatch: pytest.MonkeyPatch) -> None:
    insert = "INSERT INTO rates (base, quote, rate) VALUES ('USD', 'RUB', 70.8623);\n"
    found = in_parts((PAGE * 20 + insert + PAGE * 20).encode(), 1000, monkeypatch)
    assert {(str(q.pair), q.repeats) for q in found.quotes} == {
        (str(q.pair), 8 * 40) for q in at_once(PAGE.encode()).quotes
    }


def test_a_format_asked_for_by_name_reads_all_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    data = ("100 JPY = 6.3602 CNY\n" + PAGE * 20).encode()
    assert in_parts(data, 1000, monkeypatch, format_name="ticker") == at_once(data, format_name="ticker")
    assert [str(q.pair) for q in in_parts(data, 1000, monkeypatch, format_name="equations").quotes] == ["JPY/CNY"]


def test_the_beginning_is_decoded_once_and_not_kept() -> None:
    taken = Parts(Document("page", PAGE.encode(), None, rest=io.BytesIO(PAGE.encode())))
    assert taken.beginning is taken.beginning
    assert "".join(part.raw for part in taken) == PAGE * 2
    assert taken.held is None


def test_a_script_without_an_end_is_read_in_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    found = in_parts(b"<p>KZT/USD = 0.00190 0%</p><script>" + b"var a; " * 3000, 500, monkeypatch)
    assert [str(q.rate) for q in found.quotes] == ["0.00190"]


def test_a_small_document_is_one_part() -> None:
    document = whole(Document("page"), io.BytesIO(PAGE.encode()))
    assert document.rest is None
    assert len(list(Parts(document))) == 1


def test_a_gigabyte_of_rejects_is_not_kept_in_memory() -> None:
    found = at_once(b"KZT/USD = N/A\n" * 12_000)
    assert (len(found.rejects), found.notes) == (10_000, ("page: 12,000 rejects, of which the first 10,000 are kept",))


MEASURE = """
import re, resource, sys
from pathlib import Path
from fx.cli import run
code = run(["parse", sys.argv[1], "--csv", "-q", "--observed-at", "2024-12-14"])
status = Path("/proc/self/status")  # ru_maxrss counts what the process that started this one had
kilobytes = (
    int(re.search(r"VmHWM:\\s+([0-9]+)", status.read_text())[1])
    if status.exists()
    else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
)
print(code, kilobytes // 1024)
"""


def measured(file: Path) -> tuple[list[str], int]:
    """The lines printed and the most megabytes held to parse a file in a process of its own."""
    done = subprocess.run([sys.executable, "-c", MEASURE, str(file)], capture_output=True, text=True, check=True)
    *lines, last = done.stdout.splitlines()
    return lines, int(last.split()[1])


def fill(file: Path, block: bytes, megabytes: int) -> int:
    """Write a block again and again; returns how often."""
    times = megabytes * 1_000_000 // len(block)
    many = max(1, 1_000_000 // len(block))
    with file.open("wb") as stream:
        for _ in range(times // many):
            stream.write(block * many)
        stream.write(block * (times % many))
    return times


PROSE = "A fair worth $8 billion closed on November 30, and the minister spoke of new roads and railways.\n"


@pytest.mark.parametrize(
    ("block", "megabytes"),
    [
        pytest.param((PAGE + PROSE * 60).encode(), 60, id="pages"),
        pytest.param((HTML + PROSE * 60).encode(), 40, id="html"),
        pytest.param((BOARD + PROSE * 60).replace("\n", " ").encode(), 50, id="one line"),
        pytest.param(b"x" * 1000, 50, id="one word"),
        pytest.param(b"KZT/", 4, id="KZT/"),
        pytest.param(bytes(1000), 50, id="NUL"),
        pytest.param((PAGE + PROSE * 60).encode("utf-16-le"), 60, id="UTF-16"),
        pytest.param(random.Random(5).randbytes(1_000_000), 20, id="random bytes"),  # noqa: S311
    ],
)
def test_memory_does_not_grow_with_the_document(block: bytes, megabytes: int, tmp_path: Path) -> None:
    file = tmp_path / "big.txt"
    times = fill(file, block, megabytes)
    lines, peak = measured(file)
    file.unlink()
    assert peak <= 250
    boards = sum(int(line.split(",")[-1]) for line in lines[1:])
    here = at_once(block).quotes
    assert boards == times * sum(quote.repeats for quote in here)


def test_a_large_page_in_a_line_of_json_is_read_in_parts(tmp_path: Path) -> None:
    file = tmp_path / "pages.jsonl"
    text = BOARD + (PROSE + "\N{MONEY BAG}") * (7_500_000 // len(PROSE))
    file.write_text(json.dumps({"url": "https://example.org", "text": text}, ensure_ascii=False), encoding="utf-8")
    lines, peak = measured(file)
    assert peak <= 250
    assert len(lines) == 6
