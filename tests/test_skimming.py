"""What is passed by holds no quote: a text skimmed is read as the whole of it, to the last line, date and reject."""

from __future__ import annotations

import base64
import dataclasses
import io
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fx import formats
from fx.documents import Document, Part, Parts, parts
from fx.formats import HUMAN, TEXT, Blocks, Hints, Page, format_named, human, marks, plain_lines, ticker
from fx.formats.human import read_families
from fx.formats.plain_lines import PlainLines, tick_of
from fx.formats.table_heads import LONGEST_RAW
from fx.nearby import around_marks, runs_in
from fx.quotes import Tick
from fx.reader import Reading, read_document
from fx.skimming import shown_parts
from tests.builders import NOON, PAGE

PROSE = (
    "Leaders met on Tuesday and spoke of roads, water and 23,000 companies; trade rose by 32.5% to $8.4 billion.\n",
    "The ferry takes 60 passengers and 8 cars and/or trucks. " * 9 + "\n",
    "Курсы и цены обсудили 14 декабря, сообщили в министерстве — подробностей нет.\n" * 3,
    "It’s “historic”\u200b, he said: 3.5 – 4.5 times as much as in U.S. towns\n",
    "\n",
)
EVERYDAY = (
    "  • KZT/USD = 0.00190 0%\n  • TJS/USD = 0.09158 -0.11%\n" * 8 + "14 December 2024\n",
    "• Read more\n• KZT/USD = 0.00190 00.5%\n" * 90,
    "KZT/USD = 0.00190 0.5%\nKZT/USD = 000.00190 +0.5%\n",
    "100 UZBEK SUM\n• UZS/USD = 0.00800 0%\n",
    "15 December 2024\n\n• KZT/USD = 0.00190 0%\n• • •\n• KZT/USD = 0.00190 0%\n",
    "Pair  Spread\n• KZT/USD = 0.00190 0%\n",
    "KZT/USD = 0.00190 0%\n" * 3 + "• \n" * 390 + "14 December 2024\n",
    "1 euro • • • • • • • • • • • • • • • • • • • • • • • • • is worth 1.0501 dollars\n",
    "EURUSD at 1.05, eurusd: 1.0501 and quite equal to\n",
    "KZT/KZT/" * 250 + "\n",
    "EUR/USD, one of many pairs in the news these days, " * 40 + "\nPair | Rate\n" + "EUR/USD | 1.0501\n" * 300,
    "EUR/USD = N/A " * 150 + "\n\nPair | Rate\n" + "EUR/USD | 1.0501\nUSD/JPY | 153.65\n" * 70,
)
"""What is looked at before it is decoded, around what it depends on how many characters or bytes there are."""
BARE = (
    "Курсы: • KZT/USD = 0.00190 0%\n• TJS/USD = 0.09158 −0.11%\n" * 5 + "14 декабря 2024\n",
    "  • KZT/USD\u00a0= 0.00190\u00a00%\n  • TJS/USD\u00a0= 0.09158\u00a0\u22120.11%\n" * 8 + "14 December 2024\n",
    "“EUR”/“USD” = 1.0501 +0.1% — он сказал, а потом ещё много говорил о ценах и о погоде.\n" * 3,
    "14 декабря 2024\n\nEUR⁄USD = 1.0501\nEUR∕USD\n=\n1.0502\n0%\n",
    "[EUR/USD](https://example.org/a?b=c&d=1) = 1.0503 0%, see https://example.org/usd?page=1&size=20 and a = b\n",
    "K\u200bZ\u200bT/USD = 0.00190 0%" + "\u200b" * 900 + "\n14 December 2024\n",
    "Q&A: is 5 < 6? R&D, AT&T, a<-b 😀😀 = " + "😀" * 400 + "\n",
    "EUR/USD¹ = 1.0501 0%, USD/JPY [1] = 153.65 0%, USD/CHF (2) = 0.8901 0%\n",
    "15 December 2024\r\n• KZT/USD = 0.00190 0%\r\n• TJS/USD = 0.09158 0%\r\n\r\n",
    "EUR/USD ＝ 1.0501 and a&nbsp;b <i>c</i> \\u003d\n",
    "ценаЦЕНА" * 700 + "\n16 December 2024\n\n• KZT/USD = 0.00190 0%\n" + "ценаЦЕНА" * 700 + "\n",
    "100 ед.: KZT/USD = 0.00190 0%\n100 UZBEK SUM • • •\n• UZS/USD = 0.00800 0%\n",
)
"""What is looked at on the bytes of any text that hides nothing."""
RUSSIAN = "Курсы и цены обсудили 14 декабря, сообщили в министерстве — подробностей нет: «всё = хорошо».\n"
LINES = (
    "  • KZT/USD = 0.00190 0%\n",
    "• TJS/USD = 0.09158 -0.11%\n",
    "UZS/USD = 0.00008 +1.5%\n",
    "- KGS/USD\xa0= 0.01150 \u22120.2%\n",
    "USD/KZT = 523.540 0.3%\n",
    "QQQ/EUR = 1.0500 1%\n",
    "EUR/EUR = 1.0500 1%\n",
    "EUR/USD = 0.001 1%\n",
    "KZT/USD = N/A\n",
    "EUR/USD = 1,052\n",
)
AROUND = (
    "14 December 2024\n",
    "2025-05-29\n\n",
    "100 UZBEK SUM\n",
    "Rates per 100 units:\n",
    "Pair  Spread  Rate\n",
    "No Pair Is Rate Change\n",
    "## Spreads\n\n",
    "Pair | Rate | Chg %\nEUR/USD | 1.0501 | +0.28%\nUSD/JPY | 153.65 | -0.1%\n",
    "Date ; eurusd ; usdjpy\n2024-12-13 ; 1.0501 ; 153.65\n" + "2024-12-16 ; 1.0502 ; 153.61\n" * 90,
    "eurusd: 1.0501, 1 US dollar is 523.54 tenge, 1 EUR = 1.05 USD\n",
    "EURUSD=X 1.1446, EUR-USD: 1.05, USD to KZT 523.5, JPY= 153.60/64\n",
    "1 USD equals 523.5 KZT, ＫＺＴ/USD ＝ 0.0019 0%, U\u200bSD/KZT 523.5\n",
    "EURâ€“USD: 1.05 KZT\\/USD \\u003d 0.0019 0%\n",
    "<p>KZT/USD = 0.0019 0%</p>\n",
    "KZT/USD =3D 0.0019 0%\n",
    "EUR/USD\n1.0501\n+0.28%\n",
    "\r\n",
    "\x0b\u2028",
)


def whole(document_parts: Parts, *_: Any) -> Iterator[Part]:
    """Every part of a document, as it is."""
    return iter(document_parts)


def read(data: bytes, *, skimmed: bool, held: int, **how: Any) -> list[Reading]:
    """A document, of which so much is in memory at a time: all where markup begins in it, at which part is left open."""
    if b"<p>" in data or b"<i>" in data:
        held = max(held, len(data))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "PART", held)
        patch.setattr(parts, "LEAST", 2000)
        if not skimmed:
            patch.setattr("fx.reader.shown_parts", whole)
        rest = io.BytesIO(data[held:]) if len(data) > held else None
        return list(read_document(Document("page", data[:held], rest=rest), now=NOON, **how))


def text_of(dice: random.Random) -> str:
    """Prose far and wide, and between it what may be a quote; half of the texts are in ASCII but for their bullets."""
    pieces = []
    prose = dice.choice([PROSE, [text for text in PROSE if text.isascii()]])
    for _ in range(dice.randrange(1, 9)):
        pieces += dice.choices(prose, k=dice.choice([0, 1, 9, 40]))
        pieces += dice.choice(
            [
                dice.choices(LINES[:5], k=dice.randrange(1, 6)) * dice.randrange(1, 9),
                dice.choices(LINES, k=dice.randrange(1, 9)),
                dice.choices(AROUND, k=dice.randrange(1, 3)),
                [dice.choice(AROUND), *dice.choices(LINES[:5], k=3)],
            ]
        )
    return "".join(pieces)


@settings(deadline=None, max_examples=300)
@given(seed=st.integers(0, 10**9), name=st.sampled_from(["auto", "ticker"]), held=st.sampled_from([1 << 20, 30_000]))
def test_a_text_skimmed_is_read_as_the_whole_of_it(seed: int, name: str, held: int) -> None:
    data = text_of(random.Random(seed)).encode()  # noqa: S311
    expected = read(data, skimmed=False, held=held, format_name=name)
    assert read(data, skimmed=True, held=held, format_name=name) == expected


@settings(deadline=None, max_examples=200)
@given(
    pieces=st.lists(
        st.tuples(st.sampled_from([*EVERYDAY, *EVERYDAY, *LINES, *AROUND]), st.sampled_from([0, 5, 30, 70])), max_size=9
    ),
    name=st.sampled_from(["auto", "ticker"]),
    held=st.sampled_from([1 << 20, 30_000, 12_345]),
)
def test_a_text_that_is_not_decoded_is_read_as_the_whole_of_it(
    pieces: list[tuple[str, int]], name: str, held: int
) -> None:
    data = "".join(piece + (PROSE[0] + PROSE[1] + "\n") * times for piece, times in pieces).encode()
    expected = read(data, skimmed=False, held=held, format_name=name)
    assert read(data, skimmed=True, held=held, format_name=name) == expected


@settings(deadline=None, max_examples=200)
@given(
    pieces=st.lists(
        st.tuples(st.sampled_from([*BARE, *BARE, *EVERYDAY, *LINES, *AROUND]), st.sampled_from([0, 1, 5, 30])),
        max_size=9,
    ),
    prose=st.sampled_from([PROSE[0] + PROSE[1] + "\n", RUSSIAN, PROSE[3] + PROSE[1]]),
    held=st.sampled_from([1 << 20, 60_000, 12_345]),
    spoiled=st.sampled_from([b"", b"", b"caf\xe9 \x95\n"]),
)
def test_bare_text_is_read_as_the_whole_of_it(
    pieces: list[tuple[str, int]], prose: str, held: int, spoiled: bytes
) -> None:
    data = "".join(piece + prose * times for piece, times in pieces).encode() + spoiled
    if spoiled:  # how much around bytes that are no UTF-8 is decoded in another way depends on where a part ends
        held = max(held, len(data))
    expected = read(data, skimmed=False, held=held, format_name="ticker")
    assert read(data, skimmed=True, held=held, format_name="ticker") == expected


SELDOM = (
    "14 December 2024\n",
    "2025-05-29\n\n",
    "\n",
    "# Rates\n",
    "100 UZBEK SUM\n",
    "prose of a day\n",
    "KZT/USD = N/A\n",
    "EUR/USD = 1,052\n",
    "- - -\n",
    "Exchange rates as of 13 December 2024:\n\n",
    "• \n" * 30,
    "• \n" * 410,
    "1 EUR = 1.05 USD\n",
    "eurusd: 1.0501\n",
    "Курсы дня\n",
    PROSE[0] * 30,
)


def board_after_board(dice: random.Random, size: int) -> str:
    """A text of boards with hardly anything between them: the same ones again and again, or each its own."""
    seldom = dice.choice([(), SELDOM[:1], SELDOM[6:7], SELDOM])
    pieces, done = [], 0
    while done < size:
        lines = dice.choices(LINES[:5], k=dice.randrange(1, 6))
        if dice.random() < 0.5:
            lines = [line.replace("0 ", f"{dice.randrange(10**4)} ", 1) for line in lines]
        pieces.append("".join(lines) * dice.choice([1, 1, 2, 8, 8, 200]))
        if seldom and dice.random() < 0.2:
            pieces.append(dice.choice(seldom))
        done = sum(map(len, pieces))
    return "".join(pieces)


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 10**9),
    name=st.sampled_from(["auto", "ticker"]),
    held=st.sampled_from([20_000, 24_321]),
    end=st.sampled_from(["\n", "\n", "\r\n"]),
)
def test_boards_without_prose_between_them_are_read_as_the_whole_of_them(
    seed: int, name: str, held: int, end: str
) -> None:
    data = board_after_board(random.Random(seed), 40_000).replace("\n", end).encode()  # noqa: S311
    expected = read(data, skimmed=False, held=len(data), format_name=name)
    assert read(data, skimmed=True, held=held, format_name=name) == expected


def shown_to_the_grammar(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A list of what the grammar will have been given to read."""
    seen: list[str] = []
    asked = human.items_of
    monkeypatch.setattr(human, "items_of", lambda page, families: (seen.append(page.text), asked(page, families))[1])
    return seen


@pytest.mark.parametrize("name", ["auto", "ticker"])
@pytest.mark.parametrize("between", ["", "14 December 2024\n\n", "\r\n"])
def test_boards_without_prose_between_them_are_read_without_the_grammar(
    between: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = shown_to_the_grammar(monkeypatch)
    boards = ("".join(LINES[:3]).replace("0 ", f"{number} ", 1) * 8 for number in range(100, 900))
    data = between.join(boards).encode()
    (found,) = read(data, skimmed=True, held=1 << 16, format_name=name)
    assert len(found.quotes) == 800 + 2
    assert sum(map(len, seen)) < len(data) // 20, "20 megabytes of a ticker's log took 45 s"


def test_one_line_for_the_grammar_leaves_the_boards_far_from_it_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = shown_to_the_grammar(monkeypatch)
    data = (PAGE * 60 + "KZT/USD = N/A\n" + PAGE * 60).encode()
    (found,) = read(data, skimmed=True, held=len(data))
    assert [reject.line for reject in found.rejects] == [(PAGE * 60).count("\n") + 1]
    assert sum(map(len, seen)) < 12_000


def test_bare_text_is_searched_without_being_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object, **__: object) -> str:
        raise AssertionError("a part was decoded")

    page = PAGE.replace(" = ", "\u00a0= ") + "“Q&A” — 5 < 6 = 3 + 3, https://example.org/?page=1\r\n" + RUSSIAN * 20
    page = "“—” " * 90 + "\n" + page
    data = ((page + (PROSE[0] + "\n") * 80) * 80).encode()
    monkeypatch.setattr(parts, "AT_ONCE", 1 << 19)
    monkeypatch.setattr(parts, "LEAST", 2000)
    expected = read(data, skimmed=False, held=1 << 19, format_name="ticker")
    monkeypatch.setattr(parts.Decoder, "text", none)
    monkeypatch.setattr(parts, "wide", none)
    shown = Parts(Document("page", data[: 1 << 19], rest=io.BytesIO(data[1 << 19 :])))
    found = list(shown_parts(shown, format_named("ticker"), Hints()))
    assert sum(times for part in found for run in part.runs for *_, times in run.statements()) == 80 * 40  # type: ignore[union-attr]
    assert expected[0].repeats == 80 * 40 - 5


@pytest.mark.parametrize("prose", [PROSE[0] * 60, RUSSIAN * 60])
@pytest.mark.parametrize(
    "text",
    [
        "100\u2009UZBEK SUM\n• UZS/USD = 0.00800 0%\n",
        "１００ UZBEK SUM\n• UZS/USD = 0.00800 0%\n",
        "100 узбекских сумов по курсу Нацбанка РУ\n• UZS/USD = 0.00800 0%\n",
        "KZT=2FUSD =3D 0.00190 0%\n",
        "=E2=80=9CKZT=E2=80=9D/=E2=80=9CUSD=E2=80=9D =3D 0.00190 0%\n",
        "[KZT/USD](#" + "汇" * 190 + ")" + "\u3000" * 40 + " = 0.00190 0%\n",
        *("KZT/U" + "\u200b" * 40 + "S" + "\u200b" * number + "D = 0.00190 0%\n" for number in (20, 21, 22)),
        "KZT/USD" + "\u200b" * 190 + " = 0.00190 0%\n",
        "• KZT/USD = 0.00190 0%\n" + "-\u200b" * 700 + "\n14 December 2024\n",
        "14 December 2024\n• KZT/USD = 0.00190 0%\n" + "\u200b" * 700 + "\n• TJS/USD = 0.09150 0%\n15 December 2024\n",
        "14 December 2024\n• KZT/USD = 0.00190 0%\n" + "❤️" * 390 + "\n• TJS/USD = 0.09150 0%\n15 December 2024\n",
    ],
)
def test_characters_of_several_bytes_reach_as_far_as_others(text: str, prose: str) -> None:
    data = (prose * 3 + text + prose).encode()
    held = len(data) // 2
    expected = read(data, skimmed=False, held=len(data), format_name="ticker")
    assert expected[0].quotes
    assert read(data, skimmed=True, held=held, format_name="ticker") == expected


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("prose", [PROSE[0] * 130, RUSSIAN * 130])
@pytest.mark.parametrize(("name", "held"), [("auto", 1 << 20), ("ticker", 1 << 20), ("ticker", 12_345)])
def test_lines_that_are_passed_by_are_counted_however_they_end(end: str, prose: str, name: str, held: int) -> None:
    text = (prose + LINES[0] + prose + LINES[1] + "14 December 2024\n" + prose).replace("\n", end)
    (found,) = read(text.encode(), skimmed=True, held=held, format_name=name)
    assert [(str(quote.pair), quote.line) for quote in found.quotes] == [("KZT/USD", 131), ("TJS/USD", 262)]


def test_an_equals_sign_that_nothing_stands_before_hides_none_behind_it() -> None:
    data = ("= 1.05\nKZT/USD = 0.00190 0%\n" + PROSE[0] * 200).encode()
    (found,) = read(data, skimmed=True, held=12_345, format_name="ticker")
    assert [str(quote.pair) for quote in found.quotes] == ["KZT/USD"]


@pytest.mark.parametrize("hostile", ["=", "/=", "ц=", "/" + ")" * 600 + "a=" * 20, "a=b "])
def test_equals_signs_in_a_crowd_are_not_looked_at_one_by_one(hostile: str, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = 0

    class Counted:
        def match(self, text: str) -> object:
            nonlocal looked
            looked += 1
            return pattern.match(text)

    pattern = ticker.ENDS_A_PAIR
    monkeypatch.setattr(ticker, "ENDS_A_PAIR", Counted())
    text = "KZT/USD and " + hostile * (200_000 // len(hostile))
    narrow = text.encode().decode("latin-1")
    around_marks(narrow, ticker.marks, [], None, narrow=True)
    assert looked < len(narrow) // 20


@pytest.mark.parametrize("nameless", ["1=", "1.5 = 2.5\n", "3.25 ", "1 = 2: 7.5, "])
@pytest.mark.parametrize(
    "quote", ["1 $ = 523.5 ₸, ", "1 EUR = 1.0501 USD ", "1 euro: 1.0501 dollars\n", "EUR/USD\n=\n1.0501\n"]
)
def test_figures_without_a_name_are_passed_by_up_to_the_next_that_has_one(nameless: str, quote: str) -> None:
    crowd = nameless * (9000 // len(nameless))
    data = (crowd + "\n" + quote + "\n" + crowd + "\nKZT/USD = 0.00190 0%\n" + crowd).encode()
    expected = read(data, skimmed=False, held=len(data))
    assert "0.00190" in {str(found.rate) for found in expected[0].quotes}
    for held in (len(data), 9500, 5000):
        assert read(data, skimmed=True, held=held) == expected
    raw = nameless * (200_000 // len(nameless))
    near = around_marks(raw + "a", TEXT.marks, [], Blocks(raw + "a"), narrow=False)
    assert near is not None
    assert len(near) < 120


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("KZT/USD = 1", 8),
        ("KZT/_USD_ (2) = 1", 14),
        ("KZT/USD¹ = 1", 9),
        ("KZT/USDT = 1, KZT/US = 1, KZT/USD1 = 1, KZT/USD всё = 1", -1),
        ("x/y " + "a=b " * 20, 69),
        ("KZT =3D", 4),
        ("KZT / **USD** = 1", 14),
        ("KZT/USD\n\n=\n1", 9),
        ("[KZT/USD](https://example.org/a/b) = 1", 35),
        ("KZT/USD [1] = 1", 12),
        ("KZT⁄USD = 1", 8),
        ("KZT\\u002fUSD = 1", 13),
        ("https://example.org/?a=b&c=d", -1),
        ("a = b, x/y = z, 5/2 = 2.5", -1),
        ("n = 1 and then KZT/USD = 1", 23),
    ],
)
def test_an_equals_sign_is_looked_at_where_a_pair_may_stand_before_it(text: str, place: int) -> None:
    found = ticker.marks(text)
    assert found is not None
    assert found(0) == place


def test_everyday_text_is_searched_without_being_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object, **__: object) -> str:
        raise AssertionError("a part was decoded")

    data = (((PROSE[0] + "\n") * 50 + PAGE) * 30 + (PROSE[0] + "\n") * 900).encode()
    expected = read(data, skimmed=False, held=1 << 16)
    monkeypatch.setattr(parts.Decoder, "text", none)
    monkeypatch.setattr(parts, "wide", none)
    shown = Parts(Document("page", data[: 1 << 16], rest=io.BytesIO(data[1 << 16 :])))
    monkeypatch.setattr(parts, "PART", 1 << 16)
    monkeypatch.setattr(parts, "LEAST", 2000)
    runs = [run for part in shown_parts(shown, TEXT, Hints()) for run in part.runs]  # type: ignore[union-attr]
    assert sum(times for run in runs for *_, times in run.statements()) == 30 * 40
    assert expected[0].repeats == 30 * 40 - 5


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 10**9), mark=st.sampled_from([".", ",", None]))
def test_the_decimal_mark_that_the_caller_knows_holds_for_plain_lines_too(seed: int, mark: Any) -> None:
    data = text_of(random.Random(seed)).encode()  # noqa: S311
    how: dict[str, Any] = {"held": 1 << 20, "hints": Hints(decimal_mark=mark)}
    assert read(data, skimmed=True, **how) == read(data, skimmed=False, **how)


@settings(deadline=None)
@given(
    before=st.sampled_from(["", "  • ", "• ", "- ", "* ", "·  ", "1 ", "•"]),
    pair=st.sampled_from(["KZT/USD", "UZS/KZT", "EUR/EUR", "QQQ/USD", "usd/kzt"]),
    rate=st.from_regex(r"[0-9]{1,3}\.[0-9]{2,6}", fullmatch=True),
    sign=st.sampled_from(["", "+", "-", "\u2212", "▼"]),
    change=st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,3})?", fullmatch=True),
    gap=st.sampled_from([" ", "\xa0", "  "]),
)
def test_the_grammar_reads_a_plain_line_as_it_is_read_by_itself(
    before: str, pair: str, rate: str, sign: str, change: str, gap: str
) -> None:
    line = f"{before}{pair}{gap}= {rate}{gap}{sign}{change}%"
    known = tick_of(line)
    if known is not None:
        plain = line.replace("\u2212", "-")
        above = "prose of yesterday\n" + "EUR/USD = 1.05 1%\n"
        for text in (plain, f"{plain}\nprose", f"{above}{plain}\n{plain}"):
            found = list(read_families(Page(text, text), HUMAN))
            assert isinstance(found[-1], Tick)
            assert found[-1].statement == known.statement
            assert found[-1].observed_at is None
            end = found[-1].span[1]
            assert text[end : end + 1] in {"", "\n"}


def test_prose_is_passed_by_unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    told = formats.read_families
    monkeypatch.setattr(formats, "read_families", lambda page, all_: (seen.append(page.text), told(page, all_))[1])
    data = ("".join(PROSE[:3]) * 200 + "EUR/USD at 1.0501\n" + "".join(PROSE[:3]) * 200).encode()
    (found,) = read_document(Document("page", data), now=NOON)
    assert [str(quote.pair) for quote in found.quotes] == ["EUR/USD"]
    assert sum(map(len, seen)) < 10_000 < len(data) // 10


def test_the_lines_of_a_ticker_are_read_without_the_grammar(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object) -> Iterator[Tick]:
        raise AssertionError("the grammar was asked")

    prose = PROSE[0] * 50
    data = ((prose + PAGE) * 30).encode()
    expected = read(data, skimmed=False, held=1 << 20)
    monkeypatch.setattr(formats, "read_families", none)
    assert read(data, skimmed=True, held=1 << 20) == expected
    assert expected[0].repeats == 30 * 40 - 5


@pytest.mark.parametrize("chosen", [TEXT, format_named("ticker")])
def test_a_run_of_plain_lines_says_each_of_them_once(chosen: Any) -> None:
    document = Document("page", (PROSE[0] * 20 + PAGE).encode())
    (shown,) = [part for part in shown_parts(Parts(document), chosen, Hints()) if getattr(part, "runs", ())]
    (run,) = shown.runs  # type: ignore[union-attr]
    assert [(f"{said.base}/{said.counter}", *rest) for said, *rest in run.statements()] == [
        ("KGS/USD", 0, 35, 8),
        ("KZT/USD", 1, 36, 8),
        ("TJS/USD", 2, 37, 8),
        ("UZS/USD", 3, 38, 8),
        ("TMT/USD", 4, 39, 8),
    ]


@given(
    above=st.lists(
        st.sampled_from(
            ["1", "100", " 10 000", " UZBEK SUM", " dollar", "\n", "prose ", "; ", "\\n", "=0A", "=3D", "\x0b"]
        )
        | st.integers(40, 80).map(lambda size: "y" * size),
        max_size=6,
    )
)
def test_a_unit_above_a_board_is_looked_for_wherever_one_may_stand(above: list[str]) -> None:
    text = "".join(above) + "\n"
    line, place = "• UZS/USD = 0.00800 0%\n", len(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plain_lines, "is_within_line", lambda _: False)
        expected = PlainLines().has_unit(text + line, place, place + 2)
    assert PlainLines().has_unit(text + line, place, place + 2) == expected


def test_a_run_ends_before_a_line_that_says_something_else_of_a_pair() -> None:
    board, other = "KZT/USD = 0.00190 0%\nTJS/USD = 0.09158 0%\n", "TJS/USD = 0.09159 0%\n"
    runs, left = runs_in(board * 3 + other + board * 2, PlainLines(), None)
    assert [(run.number, [(said.rate, *rest) for said, *rest in run.statements()]) for run in runs] == [
        (6, [("0.00190", 0, 4, 3), ("0.09158", 1, 5, 3)]),
        (2, [("0.09159", 0, 0, 1), ("0.00190", 1, 1, 1)]),
        (3, [("0.09158", 0, 2, 2), ("0.00190", 1, 1, 1)]),
    ]
    assert not left


@pytest.mark.parametrize("name", ["pairs", "glued", "equations", "tables"])
def test_a_family_without_marks_of_its_own_is_shown_everything(name: str) -> None:
    document = Document("page", (PROSE[0] * 50 + PAGE).encode())
    (part,) = shown_parts(Parts(document), format_named(name), Hints())
    assert part.text == Parts(document).beginning.text


@pytest.mark.parametrize("crowd", ["KZT/KZT: " * 4000, "KZT/KZT, of which much was said that day\n" * 800])
def test_where_marks_stand_side_by_side_few_of_them_are_looked_at(crowd: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    nearest = marks.Nearest.__call__
    monkeypatch.setattr(marks.Nearest, "__call__", lambda self, place: (asked.append(place), nearest(self, place))[1])
    (part,) = shown_parts(Parts(Document("page", crowd.encode())), TEXT, Hints())
    assert part.text == crowd
    assert len(asked) < 120, "a megabyte took 6 s where each mark had its own surroundings"


def test_a_reading_that_nobody_identifies_is_the_same_without_a_digest() -> None:
    document = Document("page", PAGE.encode())
    (expected,) = read_document(document, now=NOON)
    (found,) = read_document(document, now=NOON, identified=False)
    assert (found.sha256, expected.sha256) == ("", document.sha256)
    assert dataclasses.replace(found, sha256=expected.sha256) == expected


class Walked(str):
    """A text that counts how often a line end is looked for in it."""

    __slots__ = ()
    steps = 0

    def find(self, *where: object) -> int:
        Walked.steps += 1
        return super().find(*where)  # type: ignore[arg-type]


def test_a_block_with_many_marks_is_walked_through_once() -> None:
    text = Walked("KZT/USD = \n" * 2000)
    blocks = Blocks(text)
    for place in range(8, len(text), 11):
        assert blocks.around(place) == (0, len(text))
    assert Walked.steps < 3 * 2000, "a megabyte of random bytes took 31 s where each mark walked on to its end"


def walked_up(text: str, reached: int, place: int) -> int | None:
    """Where the block of a place begins, line by line up to a place that was reached; None if it begins before that."""
    while place > reached:
        back = max(0, place - LONGEST_RAW)
        begin = max(text.rfind("\n", back, place - 1), text.rfind("\x0c", back, place - 1)) + 1 or back
        if (begin == back and back) or (begin and text.startswith("\n\n", begin - 1)):
            return place
        place = begin
    return None


def walked_down(text: str, place: int) -> int:
    """Where the block of a place ends, line by line."""
    end = place
    while end < len(text):
        on = end + LONGEST_RAW
        ends = [at for at in (text.find("\n", end, on), text.find("\x0c", end, on)) if at >= 0]
        if (not ends and on < len(text)) or (end and text.startswith("\n\n", end - 1)):
            break
        end = min(ends, default=len(text) - 1) + 1
    return max(end, place + 1)


@given(
    lines=st.lists(
        st.tuples(st.sampled_from([0, 1, 40, 300, *range(597, 603)]), st.sampled_from(["\n", "\n\n", "\x0c", ""])),
        max_size=12,
    ),
    steps=st.lists(st.sampled_from([0, 1, 2, 50, 599, 600, 601, 1000]), max_size=20),
)
def test_a_block_ends_where_a_walk_from_line_to_line_does(lines: list[tuple[int, str]], steps: list[int]) -> None:
    text = "".join("x" * length + end for length, end in lines)
    blocks, place, start, end = Blocks(text), 0, 0, 0
    for step in steps:
        begun = walked_up(text, place, place + step)
        place += step
        if place > len(text):
            break
        start = start if begun is None else begun
        end = walked_down(text, place) if place >= end else end
        assert blocks.around(place) == (start, end)


NOISE: dict[str, Callable[[random.Random, int], bytes]] = {
    "bytes": lambda dice, size: dice.randbytes(size),
    "bytes with many line ends": lambda dice, size: bytes(10 if byte < 32 else byte for byte in dice.randbytes(size)),
    "what can be printed": lambda dice, size: bytes(dice.choices(range(32, 127), k=size)),
    "base64": lambda dice, size: base64.encodebytes(dice.randbytes(size * 3 // 4)),
    "hexadecimal": lambda dice, size: dice.randbytes(size // 2).hex("\n", 32).upper().encode(),
    "a log": lambda _, size: b"".join(b"id=%d user=all took 1.25 ms, 1 s\n" % each for each in range(size // 30)),
    "JSON": lambda _, size: b'{"name": "x", "url": "http://a.b/12/all", "price": 5.25}\n' * (size // 60),
    "figures": lambda dice, size: b"".join(b"%d,%d,0.5\n" % (dice.randrange(999), each) for each in range(size // 12)),
    "<": lambda _, size: b"<" * size,
    "no bytes": lambda _, size: bytes(size),
    "Cyrillic": lambda _, size: ("\u041a\u0443\u0440\u0441 " * (size // 5)).encode("cp1251"),
}
"""What a document may be full of that holds no quote."""


@settings(deadline=None, max_examples=200)
@given(
    seed=st.integers(0, 10**9),
    kind=st.sampled_from(sorted(NOISE)),
    held=st.sampled_from([1 << 20, 30_000]),
    tag=st.sampled_from([b"", b"<p>"]),
)
def test_a_quote_in_noise_is_read_as_in_the_whole_of_it(seed: int, kind: str, held: int, tag: bytes) -> None:
    dice = random.Random(seed)  # noqa: S311
    pieces = [dice.choice([*LINES, *AROUND]).encode() for _ in range(dice.randrange(1, 9))]
    data = tag + b"".join(NOISE[kind](dice, dice.choice([3, 40, 9000])) + b"\n" + each for each in pieces)
    if not data.isascii() or b"<" in data:  # how it is decoded, and what is a tag, depends on where a part ends
        held = max(held, len(data))
    assert read(data, skimmed=True, held=held) == read(data, skimmed=False, held=held)


@pytest.mark.parametrize(
    "head", ["Pair | Chg %\n", "Valuta  Kurs\n", "Valuta  Kurs\n----  ----\n", "Base Quote Rate\n"]
)
@pytest.mark.parametrize("cut", range(-30, 60, 7))
def test_a_table_whose_head_stands_before_a_cut_is_read_behind_it(head: str, cut: int) -> None:
    rows = "EUR/USD  1.0501\nUSD/JPY  153.65\nUSD KZT 523.54\n" * 200
    data = (PROSE[0] * 400 + "\n\n" + "\u00e9" + head + rows).encode()
    held = len((PROSE[0] * 400).encode()) + cut
    expected = read(data, skimmed=False, held=len(data))
    assert read(data, skimmed=True, held=held) == expected


@pytest.mark.parametrize("vain", [1, 3])
def test_once_many_looks_were_in_vain_known_codes_are_looked_for_and_nothing_is_lost(
    vain: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marks, "VAIN", vain)
    noise = ("AAA/BBB ABC/ A/AAA KZTA AAAUSD QQQ-KZT " + PROSE[0]) * 60
    for seed in range(60):
        data = (noise + text_of(random.Random(seed)) + noise).encode()  # noqa: S311
        expected = read(data, skimmed=False, held=30_000)
        assert read(data, skimmed=True, held=30_000) == expected
