"""A document into quotes: repeats, dates, real pages."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

import fx
from fx.errors import StrictReject
from fx.moments import Moment
from tests.builders import BOARD, EXAMPLES, NOON, PAGE, SHARED, reading


def test_exact_repeats_become_one_quote_in_order_of_first_appearance() -> None:
    found = reading(PAGE)
    assert [(q.base, str(q.rate), str(q.change_pct), q.repeats, q.line) for q in found.quotes] == [
        ("KGS", "0.01150", "0", 8, 1),
        ("KZT", "0.00190", "0", 8, 2),
        ("TJS", "0.09158", "-0.11", 8, 3),
        ("UZS", "0.00008", "0", 8, 4),
        ("TMT", "0.28490", "-0.42", 8, 5),
    ]
    assert found.repeats == 35


def test_another_rate_digit_or_change_is_another_quote() -> None:
    found = reading(
        "KZT/USD = 0.00190 0%\nKZT/USD = 0.00190 1%\nKZT/USD = 0.00190\nKZT/USD = 0.0019 0%\nKZT/USD = 0.00190 -0%\n"
    )
    assert [quote.repeats for quote in found.quotes] == [1, 1, 1, 2]


OF_ONE_MOMENT = (
    ("a\n{0} 0%\n{1} 0%\n{0} 0%\n", "lines one below the other"),
    ("{0} 0%\nprose of the day\n{1} 0%\nmore of it\n{0} 0%\n", "lines apart"),
    ("<ul>\n<li>{0} 0%</li>\n<li>{1} 0%</li>\n<li>{0} 0%</li>\n</ul>\n", "items of a list"),
    ("{0} 0%\n{1} 0%\n{0} 0%\n{1} 0%\n{0} 0%\n", "turn after turn"),
    ("{0} 0%\nEUR/USD = 1.0500 0%\n{1} 0%\nEUR/USD = 1.0500 0%\n" * 3 + "{0} 0%\n", "boards"),
    ("2024-12-14T00:00:01Z {0} 0%\n2024-12-14T00:00:01Z {1} 0%\n2024-12-14T00:00:01Z {0} 0%\n" * 99, "a log"),
    ("{0}\nprose\n{1}\nprose\n{0}\n", "without a change"),
)


@pytest.mark.parametrize("text", [text for text, _ in OF_ONE_MOMENT], ids=[name for _, name in OF_ONE_MOMENT])
@pytest.mark.parametrize("figures", [("0.00190", "0.00195"), ("0.00195", "0.00190")])
def test_what_a_document_says_last_of_a_pair_and_moment_stands(text: str, figures: tuple[str, ...]) -> None:
    first, other = (f"KZT/USD = {figure}" for figure in figures)
    with fx.open(":memory:", clock=lambda: NOON) as store:
        store.load_text(text.format(first, other))
        assert str(store.rate("KZT/USD").legs[0].quote.rate) == figures[0]
    with fx.open(":memory:", clock=lambda: NOON) as store:
        store.load_text(text.format(first, other) + text.format(other, first))
        assert str(store.rate("KZT/USD").legs[0].quote.rate) == figures[1]


def test_a_statement_contradicted_stands_in_the_line_where_it_was_last_said() -> None:
    found = reading(f"KZT/USD = 0.00190 0%\n{BOARD}KZT/USD = 0.00195 0%\nKZT/USD = 0.00190 0%\nEUR/USD = 1.05 0%\n")
    kzt = [(str(quote.rate), quote.line, quote.repeats) for quote in found.quotes if quote.base == "KZT"]
    end = BOARD.count("\n") + 3
    assert kzt == [("0.00195", end - 1, 1), ("0.00190", end, 3)]
    assert [quote.line for quote in found.quotes] == sorted(quote.line for quote in found.quotes)


DATES = {
    "right after the board": (PAGE, "2024-12-14"),
    "glued to it": (BOARD.strip() + "14 December 2024\n", "2024-12-14"),
    "before it": ("14 December 2024\n" + BOARD, "2024-12-14"),
    "under a heading": ("14 December 2024\n\n# Rates\n\n" + BOARD, "2024-12-14"),
    "before and after: the one after": ("12 December 2024\n" + BOARD + "14 December 2024\n", "2024-12-14"),
    "after a line without a rate": (BOARD + "  • EUR/USD = N/A 0%\n14 December 2024\n", "2024-12-14"),
    "in a heading": ("# Exchange rates as of 14 December 2024:\n" + BOARD, "2024-12-14"),
    "in a headline": ("Deal signed on 14 December 2024\n" + BOARD, None),
    "of an article below": (BOARD + "\nAn article\n\nMay 10, 2024\n", None),
    "behind a literal line end": (BOARD.strip().replace("\n", "\\n") + "\\n14 December 2024\\n", "2024-12-14"),
    "in HTML": ("<ul><li>KZT/USD = 0.00190 0%</li></ul><p>14 December 2024</p>", "2024-12-14"),
    "in a sentence": (BOARD + "The fair closed on 14 December 2024.\n", None),
    "alone, but far away": (BOARD + "One.\n\nTwo.\n\nThree.\n\n14 December 2024\n", None),
    "day or month first": (BOARD + "03/04/2025\n", None),
    "none": (BOARD, None),
}


@pytest.mark.parametrize("where", DATES)
def test_the_date_that_stands_alone_beside_the_ticker_is_the_day(where: str) -> None:
    text, day = DATES[where]
    found = reading(text)
    assert {quote.time_basis for quote in found.quotes} == {"stated" if day else "clock"}
    assert {str(quote.observed_at) for quote in found.quotes} == {day or "2025-01-01T12:00:00.000Z"}


@pytest.mark.parametrize("dates_first", [True, False])
def test_each_board_of_a_document_has_its_own_date(dates_first: bool) -> None:
    days = ("5 December 2025", "8 December 2025")
    boards = ("KZT/USD = 0.00198 -0%\n", "KZT/USD = 0.00196 0%\n")
    parts = [f"{day}\n{board}" if dates_first else f"{board}{day}\n" for day, board in zip(days, boards, strict=True)]
    assert [(str(q.rate), str(q.observed_at)) for q in reading("\n".join(parts)).quotes] == [
        ("0.00198", "2025-12-05"),
        ("0.00196", "2025-12-08"),
    ]


def test_the_order_of_the_bases_is_line_then_caller_then_document_then_file_then_clock() -> None:
    written = datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)
    given = Moment.parse("2023-03-03")
    line = "2022-02-02T10:00Z KZT/USD = 0.00190 0%\n"

    def basis(text: str, **how: object) -> tuple[str, str]:
        (quote,) = reading(text, **how).quotes
        return str(quote.time_basis), str(quote.observed_at)

    dated = line + "14 December 2024\n"
    plain = dated[len("2022-02-02T10:00Z ") :]
    bare = plain.splitlines()[0]
    assert basis(dated, observed_at=given, modified=written) == ("line", "2022-02-02T10:00:00.000Z")
    assert basis(plain, observed_at=given, modified=written) == ("given", "2023-03-03")
    assert basis(plain, modified=written) == ("stated", "2024-12-14")
    assert basis(bare, modified=written) == ("modified", "2024-01-02T03:04:05.000Z")
    assert basis(bare) == ("clock", str(Moment.of_instant(NOON)))


@pytest.mark.parametrize("modified", [None, NOON])
def test_a_time_taken_from_file_or_clock_is_said_in_a_note(modified: datetime | None) -> None:
    (note,) = reading(BOARD, modified=modified).notes
    assert "--observed-at" in note
    assert reading(PAGE, modified=modified).notes == ()


def test_strict_stops_at_the_first_reject() -> None:
    with pytest.raises(StrictReject, match="page:2: "):
        reading("KZT/USD = 0.00190 0%\nTJS/USD = N/A\n", strict=True)


def test_a_text_in_hand_is_parsed_by_one_call() -> None:
    (tick,) = fx.parse("KZT/USD = 0.00190 0%")
    assert (tick.base, tick.counter, str(tick.rate), str(tick.change_pct), tick.line) == (
        "KZT",
        "USD",
        "0.00190",
        "0",
        1,
    )
    assert len(fx.parse(PAGE)) == 5
    assert fx.parse("nothing here") == []


PAGES = {
    "2024-12-14": "0.01150 0.00190 0.09158 0.00008 0.28490",
    "2025-05-29": "0.01144 0.00196 0.10022 0.00008 0.28530",
    "2025-12-05": "0.01144 0.00198 0.10857 0.00008 0.28571",
    "2025-12-15": "0.01144 0.00192 0.10895 0.00008 0.28490",
}


@pytest.mark.parametrize("day", PAGES)
def test_the_example_pages_hold_the_real_figures(day: str) -> None:
    found = reading((EXAMPLES / f"{day}.txt").read_bytes())
    assert [str(quote.rate) for quote in found.quotes] == PAGES[day].split()
    assert {(quote.repeats, str(quote.observed_at), quote.time_basis) for quote in found.quotes} == {(8, day, "stated")}
    assert found.rejects == ()


real = sorted((SHARED / "data" / "timesca").glob("*.txt")) + sorted((SHARED / "seeds").glob("*.txt"))


@pytest.mark.parametrize("page", [pytest.param(page, id=page.name) for page in real])
def test_the_real_pages_give_their_board_and_nothing_else(page: Path) -> None:
    found = reading(page.read_bytes())
    board = page.parent.name == "timesca" or page.name.startswith("003")
    assert len(found.quotes) == (4 if page.name == "undated-6.txt" else 5 if board else 0)
    assert {quote.repeats for quote in found.quotes} <= {8}
    assert found.rejects == ()
