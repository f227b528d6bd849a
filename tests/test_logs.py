"""Long logs, read and kept in columns: held equal to the plain way, line by line and row by row."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fx
from fx.documents import Document
from fx.errors import StrictReject
from fx.formats import Hints
from fx.formats.log_lines import LINE, Words, lines_of
from fx.logs import Logs, Quotes
from fx.moments import Moment
from fx.reader import Reading, read_document
from fx.schema_words import TABLES
from fx.store import Loaded
from fx.store.stage import rows_of
from tests.builders import BOARD, NOON

ODD = (
    "\n", "# restarted\n", "connection lost, trying again\n", "14 December 2024\n", "# Spreads\n", "## Weights:\n",
    "EUR/USD = -0.5\n", "2024-12-14T00:00:00Z KZT/USD = N/A\n", "KZT/USD = 0.00190 0%\n", "USD/KZT 523.50\n", BOARD,
    "2024-12-14T00:00:00Z KZT/USD = 0.00190 0% TJS/USD = 0.09170 0%\n", "EUR/USD = 1,052\n",
    "Pair Rate Change\n", "date       pair    rate   change\n", "| Pair | Rate |\n", "Pair  Correlation\n",
    "2024-12-14T00:00:00Z EUR/USD bid 1.05 ask 1.06\n", "2024-12-14T00:00:00Z UZS/USD = 0.00000 0%\n",
    "2024-13-14T00:00:00Z UZS/USD = 0.00008 0%\n", "2024-12-14T00:00:00Z USD/KZT = 523\n", "pips follow\n",
    "2024-12-14T00:00:00Z USD/USD = 1.000 0%\n", "2024-12-14T00:00:00Z KZZ/USD = 1.000 0%\n", "  \n", "EUR/USD bid 1.05\n",
    "ask 1.06\n", "2024-12-14T00:00:00Z  KZT/USD = 0.00190 0%\n", "1 EUR = 1.05 USD\n", "KZT\n/\nUSD\n= 0.00190\n",
)  # fmt: skip
"""What may stand between the lines of a log."""
MOMENTS = (
    "2024-12-14T00:{:02}:{:02}Z", "2024-12-14 00:{:02}:{:02}", "2024-12-14T00:{:02}:{:02}.250Z",
    "2024-12-14 00:{:02}:{:02},5", "2024-12-14T00:{:02}:{:02}+05:00", "1969-12-31T23:{:02}:{:02}Z", "2024-12-13T00:{:02}Z",
)  # fmt: skip
CHANGES = ("0%", "0%", "-0.11%", "+0.5%", "-0%", "0.110%", "12.5%")


def log_of(seed: int) -> str:
    """A log at random: runs in and out of time, repeats, corrections, odd lines, now and then lines without a change."""
    dice = random.Random(seed)  # noqa: S311
    pairs = dice.sample(["KZT/USD", "USD/KZT", "EUR/USD", "UZS/USD", "TJS/KGS", "BTC/USD", "XAU/USD"], 3)
    text = dice.choice(ODD) if dice.random() < 0.5 else ""
    for _ in range(dice.randrange(1, 6)):
        moment, bare = dice.choice(MOMENTS), dice.random() < 0.3
        start, step = dice.randrange(0, 40), dice.choice((0, 1, 1, 1))
        few = dice.random() < 0.3
        lines = []
        for number in range(dice.randrange(0, 120)):
            second = start + number * step if dice.random() < 0.9 else dice.randrange(0, 60)
            places = dice.choice((1, 2, 3, 5, 9))
            figure = f"{dice.choice((0, 1, 9, 523))}.{dice.randrange(1, 4 if few else 10**places):0{places}}"
            change = "" if bare or dice.random() < 0.02 else f" {dice.choice(CHANGES)}"
            when = moment.format(second // 60 % 60, second % 60)
            lines.append(f"{when} {dice.choice(pairs)} = {figure}{change}\n")
        text += "".join(lines)
        if lines and dice.random() < 0.3:
            text += "".join(dice.choices(lines, k=20))
        text += "".join(dice.choices(ODD, k=dice.choice((0, 1, 1, 2, 5))))
    return text if dice.random() < 0.7 else text.rstrip("\n")


@pytest.fixture(autouse=True)
def short_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs of a few lines are worth it here."""
    monkeypatch.setattr("fx.logs.LEAST", 150)
    monkeypatch.setattr("fx.logs.AT_ONCE", 900)


def plainly(patch: pytest.MonkeyPatch) -> None:
    """Read every log as any other text."""
    patch.setattr("fx.logs.LEAST", 1 << 40)


def read(text: str, *, size: int = 1 << 20, **how: Any) -> Reading:
    data = text.encode()
    rest = io.BytesIO(data[size:]) if len(data) > size else None
    (found,) = read_document(Document("log", data[:size], rest=rest), now=NOON, **how)
    return found


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 10**9))
def test_a_log_in_columns_is_read_as_any_other_text(seed: int) -> None:
    text = log_of(seed)
    found = read(text)
    with pytest.MonkeyPatch.context() as patch:
        plainly(patch)
        expected = read(text)
    assert isinstance(expected.quotes, tuple)
    assert [(q.line, q.repeats, str(q)) for q in found.quotes] == [(q.line, q.repeats, str(q)) for q in expected.quotes]
    assert found == expected


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 10**9), size=st.integers(1200, 4000))
def test_a_log_in_parts_is_read_as_one_in_memory(seed: int, size: int) -> None:
    text = "".join(line for line in log_of(seed).splitlines(keepends=True) if line not in ODD)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("fx.documents.parts.PART", size)
        patch.setattr("fx.documents.parts.LEAST", 1500)
        found = read(text, size=size)
    with pytest.MonkeyPatch.context() as patch:
        plainly(patch)
        assert found == read(text)


@pytest.mark.parametrize(
    "how", [{"source": "bank"}, {"observed_at": Moment.parse("2020-01-01")}, {"format_name": "ticker"}]
)
@pytest.mark.parametrize("seed", range(6))
def test_what_the_caller_says_of_a_log_holds_in_columns_too(seed: int, how: dict[str, Any]) -> None:
    text = log_of(seed)
    found = read(text, **how)
    with pytest.MonkeyPatch.context() as patch:
        plainly(patch)
        assert found == read(text, **how)


@settings(deadline=None, max_examples=300)
@given(seed=st.integers(0, 10**9), data=st.data())
def test_lines_taken_apart_together_are_those_taken_apart_alone(seed: int, data: st.DataObject) -> None:
    """Words and line ends out of place: where the lines have as many words in all, too."""
    dice = random.Random(seed)  # noqa: S311
    between, change = dice.choice("T "), dice.choice(("", " 0%", " 0%", " -0.11%"))
    text = "".join(
        f"2024-12-14{between}00:00:{n:02}Z {dice.choice(('KZT/USD', 'USD/KZT'))} = 0.0{dice.randrange(1, 99)}{change}\n"
        for n in range(dice.randrange(1, 12))
    )
    for _ in range(data.draw(st.integers(0, 3))):
        odd = [place for place, char in enumerate(text) if char in " %\n=T/.Z"]
        one, other = sorted(data.draw(st.tuples(st.sampled_from(odd), st.sampled_from(odd))))
        how = data.draw(st.sampled_from(("swapped", "gone", "twice", "put in")))
        if how == "swapped" and one < other:
            text = text[:one] + text[other] + text[one + 1 : other] + text[one] + text[other + 1 :]
        elif how == "gone":
            text = text[:one] + text[one + 1 :]
        elif how == "twice":
            text = text[:one] + text[one] + text[one:]
        else:
            text = text[:one] + data.draw(st.sampled_from((" %", "%\n", " 0%", "\n", " -%", "% ", " = "))) + text[one:]
    words = Words()
    alone = [lines_of(line, words, 1) if LINE.fullmatch(line) else None for line in text.removesuffix("\n").split("\n")]
    kept = [lines for lines in alone if lines is not None]
    found = lines_of(text, words, 1)
    if len(kept) < len(alone) or len({lines.days is None for lines in kept}) > 1:
        assert found is None
    else:
        assert found is not None
        assert list(found.keys()) == [key for lines in kept for key in lines.keys()]  # noqa: SIM118


LOG = "".join(f"2024-12-14T00:{n // 60:02}:{n % 60:02}Z KZT/USD = 0.00{190 + n} 0%\n" for n in range(600))


def test_a_log_is_held_in_columns_and_shows_its_quotes() -> None:
    found = read(LOG)
    assert isinstance(found.quotes, Quotes)
    assert not found.quotes.plain
    assert len(found.quotes) == 600
    assert (found.quotes[0].line, str(found.quotes[-1].rate), found.quotes[2:4][1].line) == (1, "0.00789", 4)
    assert (str(found.observed_at), found.time_basis) == ("2024-12-14T00:09:59.000Z", "line")


@pytest.mark.parametrize("how", [{"format_name": "pairs"}, {"hints": Hints(decimal_mark=",")}])
def test_only_the_ticker_reads_logs_in_columns(how: dict[str, Any]) -> None:
    assert isinstance(read(LOG, **how).quotes, tuple)


@pytest.mark.parametrize(
    "line",
    ["2024-12-14T00:00:00Z KZT/USD = 0.00000 0%\n", "2024-02-30T00:00:00Z KZT/USD = 0.00190 0%\n",
     "2024-12-14T00:00:00Z KZZ/USD = 0.00190 0%\n", "2024-12-14T00:00:00Z USD/USD = 0.00190 0%\n", "", "prose\n"],
)  # fmt: skip
def test_what_the_grammar_may_refuse_is_no_line_of_a_log(line: str) -> None:
    assert lines_of(line, Words(), 1) is None


def dump(path: Path) -> dict[str, list[str]]:
    """Every row of every table."""
    with fx.open(path) as store:
        return {name: sorted(map(repr, store.asked(f"SELECT * FROM {name}")[1])) for name in TABLES}


def kept(path: Path, texts: list[tuple[str, str | None]]) -> list[Loaded]:
    """What loads of texts did, each with its source, an hour apart."""
    hours = iter(range(10**6))
    with fx.open(path, clock=lambda: NOON + timedelta(hours=next(hours))) as store:
        return [store.load_text(text, f"log{number}", source=source) for number, (text, source) in enumerate(texts)]


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 10**9))
def test_a_log_in_columns_is_kept_as_any_other_text(seed: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    dice = random.Random(seed)  # noqa: S311
    logs = [log_of(seed + number) for number in range(3)]
    grown = logs[0] + log_of(seed + 3)
    corrected = logs[1].replace(" = 0.", " = 1.", 20)
    texts = [*logs, logs[0] + "\n", grown, logs[1], corrected, logs[0] + logs[1], LOG, LOG[: len(LOG) // 2], LOG + "\n"]
    given_texts = [(text, dice.choice((None, None, "bank"))) for text in dice.sample(texts, 6)]
    folder = tmp_path_factory.mktemp("kept")
    found = kept(folder / "columns.db", given_texts)
    with pytest.MonkeyPatch.context() as patch:
        plainly(patch)
        assert found == kept(folder / "plain.db", given_texts)
    assert dump(folder / "columns.db") == dump(folder / "plain.db")


def test_a_log_said_again_is_remembered_and_adds_nothing(tmp_path: Path) -> None:
    first, again = kept(tmp_path / "fx.db", [(LOG, None), (LOG + "\n", None)])
    assert (first.new, again.new, again.known) == (600, 0, 600)
    with fx.open(tmp_path / "fx.db") as store:
        assert store.asked("SELECT count(*), min(document_id) FROM sighting")[1] == [(600, 2)]


@pytest.mark.parametrize("changed", [1, 7, 100, 599])
def test_a_log_that_is_wrongly_taken_for_known_is_kept_as_it_is(changed: int, tmp_path: Path) -> None:
    lines = (LOG + LOG[: len(LOG) // 3]).splitlines(keepends=True)
    for place in range(changed, len(lines), 600):
        lines[place] = lines[place].replace(" = 0.", " = 1.")
    texts = [(LOG, None), ("".join(lines), None), ("\n" + LOG, "bank"), ("".join(lines) + "\n", None)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("fx.store.stage.likely_said", lambda *_: True)
        found = kept(tmp_path / "likely.db", texts)
    assert found[1].revisions > 0
    with pytest.MonkeyPatch.context() as patch:
        plainly(patch)
        assert found == kept(tmp_path / "plain.db", texts)
    assert dump(tmp_path / "likely.db") == dump(tmp_path / "plain.db")


@pytest.mark.parametrize("other", ["0.00100", "0.02000"], ids=["before", "behind"])
def test_a_log_among_its_own_corrections_is_known(other: str, tmp_path: Path) -> None:
    corrected = re.sub("0[.][0-9]+", other, LOG)
    _, revised, again = kept(tmp_path / "fx.db", [(LOG, None), (corrected, None), (LOG + "\n", None)])
    assert (revised.revisions, again.known, again.new) == (600, 600, 0)


def test_a_log_that_fails_leaves_nothing_of_itself(tmp_path: Path) -> None:
    """A reject far down, under ``strict``, and an interruption between two runs."""
    with fx.open(tmp_path / "fx.db", clock=lambda: NOON) as store:
        store.load_text("EUR/USD = 1.05 0%\n")
        with pytest.raises(StrictReject):
            store.load_text(LOG + "KZT/USD = N/A\n", strict=True)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("fx.store.stage.rows_of", interrupted_after(rows_of, 5))
            with pytest.raises(KeyboardInterrupt):
                store.load_text(LOG)
        assert store.info().quotes == 1
        assert store.load_text(LOG).new == 600


def interrupted_after(function: Callable[..., Any], calls: int) -> Callable[..., Any]:
    """The function, which Ctrl-C stops after some calls."""
    left = iter(range(calls))

    def call(*arguments: Any) -> Any:
        if next(left, None) is None:
            raise KeyboardInterrupt
        return function(*arguments)

    return call


@pytest.mark.parametrize(
    ("cut", "between", "repeats"),
    [(0, "", 0), (7, "", 0), (0, "2024-12-14T01:00:00Z KZT/USD = 0.00100 0%\n", 1), (4, "", 1)],
    ids=["at a seam", "in a moment", "said before", "said at the seam"],
)
def test_a_moment_that_two_runs_share_is_told_from_a_repeat(cut: int, between: str, repeats: int) -> None:
    codes = ("KZT", "KGS", "TJS")
    lines = [
        f"2024-12-14T{number // 60:02d}:{number % 60:02d}:00Z {code}/USD = 0.{number + 100:05d} 0%\n"
        for number in range(120)
        for code in codes
    ]
    words = Words()
    logs = Logs()
    seam = 180 + cut
    again = lines[seam - 1] if cut == 4 else ""
    for text in ("".join(lines[:seam]), again + "".join(lines[seam:]), between.replace("0.00100", "0.00160")):
        if text:
            found = lines_of(text, words, 1)
            assert found is not None
            logs.add(found)
    assert sum(map(len, logs.runs)) == len(lines)
    assert logs.number - len(lines) == repeats == sum(logs.times.values()) - len(logs.times)
