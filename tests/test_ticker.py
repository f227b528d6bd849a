"""The ticker's grammar: every way it is written, and nothing else."""

from __future__ import annotations

import json
from decimal import Decimal
from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fx.currencies import facts
from tests.builders import BOARD, SHARED, reading, rejects, ticks

KZT = ("KZT/USD", "0.00190", "0")
TJS = ("TJS/USD", "0.09158", "-0.11")

READ = {
    "bullet": ("• KZT/USD = 0.00190 0%", [KZT]),
    "no bullet": ("KZT/USD = 0.00190 0%", [KZT]),
    "indented, tabs": ("\t  KZT/USD\t=\t0.00190\t0%", [KZT]),
    "no spaces": ("KZT/USD=0.00190 0%", [KZT]),
    "spaces in the pair": ("KZT / USD = 0.00190 0%", [KZT]),
    "nbsp and thin spaces": ("•\u2009KZT/USD\xa0=\u202f0.00190\xa00%", [KZT]),
    "byte order mark": ("\ufeffKZT/USD = 0.00190 0%", [KZT]),
    "bidi and zero width": ("\u200eKZT/USD\u200b = 0.00\u200b190 0%\u200f", [KZT]),
    "minus sign": ("TJS/USD = 0.09158 \u22120.11%", [TJS]),
    "en dash": ("TJS/USD = 0.09158 –0.11%", [TJS]),
    "minus glued to the rate": ("TJS/USD = 0.09158-0.11%", [TJS]),
    "brackets": ("TJS/USD = 0.09158 (-0.11%)", [TJS]),
    "down arrow": ("TJS/USD = 0.09158 ▼0.11%", [TJS]),
    "arrow and minus are one minus": ("TJS/USD = 0.09158 ▼ -0.11%", [TJS]),
    "arrow behind": ("TJS/USD = 0.09158 0.11% ▼", [TJS]),
    "up arrow": ("TJS/USD = 0.09158 ▲ 0.11%", [("TJS/USD", "0.09158", "0.11")]),
    "percent in words": ("TJS/USD = 0.09158 -0.11 percent", [TJS]),
    "absolute change before the percentage": ("TJS/USD = 0.09158 -0.00010 (-0.11%)", [TJS]),
    "minus zero is zero": ("KZT/USD = 0.00190 -0%", [KZT]),
    "no change is not zero": ("EUR/SEK = 10.9465", [("EUR/SEK", "10.9465", None)]),
    "change of the next sentence": ("KZT/USD = 0.00190. 40% of firms agree", [("KZT/USD", "0.00190", None)]),
    "change of something else": ("KZT/USD = 0.00190, 40% of firms agree", [("KZT/USD", "0.00190", None)]),
    "decimal comma after zero": ("TJS/USD = 0,09158 -0,11%", [TJS]),
    "comma settled by the change": ("USD/UZS = 12,750 0,12%", [("USD/UZS", "12.750", "0.12")]),
    "thousands settled by the change": ("USD/UZS = 12,750 0.12%", [("USD/UZS", "12750", "0.12")]),
    "both marks": ("USD/UZS = 12.845,50 0,12%", [("USD/UZS", "12845.50", "0.12")]),
    "apostrophe": ("USD/UZS = 12'845.50 0.12%", [("USD/UZS", "12845.50", "0.12")]),
    "spaces between thousands": ("USD/UZS = 12\xa0845,50 0,12%", [("USD/UZS", "12845.50", "0.12")]),
    "India": ("USD/IRR = 8,97,312 0.1%", [("USD/IRR", "897312", "0.1")]),
    "exponent": ("UZS/USD = 7.7e-05 0%", [("UZS/USD", "0.000077", "0")]),
    "counter repeated": ("USD/KZT = 523.54KZT -0.30%", [("USD/KZT", "523.54", "-0.30")]),
    "sign of the counter": ("KZT/USD = $0.00190 0%", [KZT]),
    "lower case": ("kzt/usd = 0.00190 0%", [KZT]),
    "glued without spaces": ("SubscribeKZT/USD = 0.00190 0%TJS/USD = 0.09158 -0.11%Home", [KZT, TJS]),
    "glued without change": ("KGS/USD = 0.01150KZT/USD = 0.00190 0%", [("KGS/USD", "0.01150", None), KZT]),
    "several on one line": ("KZT/USD = 0.00190 0% | TJS/USD = 0.09158 -0.11%", [KZT, TJS]),
    "several with a solidus between": ("KZT/USD = 0.00190 0% / TJS/USD = 0.09158 -0.11%", [KZT, TJS]),
    "glued date": ("TJS/USD = 0.09158 -0.11%14 December 2024", [TJS]),
    "list numbers": ("1. KZT/USD = 0.00190 0%\n2) TJS/USD = 0.09158 -0.11%", [KZT, TJS]),
    "a log line": ("2024-12-14 15:30:00 KZT/USD = 0.00190 0%", [KZT]),
    "mojibake": ("â€¢ TJS/USD = 0.09158 âˆ’0.11%", [TJS]),
    "quoted printable": ("KZT/USD =3D 0.00190 0%", [KZT]),
    "literal line ends": ("KZT/USD = 0.00190 0%\\nTJS/USD = 0.09158 -0.11%\\n", [KZT, TJS]),
    "full width": ("ＫＺＴ／ＵＳＤ＝０．００１９０　０％", [KZT]),
    "a comment of code": ("// EUR/TRY = 35.5, USD/TRY = 32.1234", [("EUR/TRY", "35.5", None), ("USD/TRY", "32.1234", None)]),
    "an escaped solidus": ('{"t": "KZT\\/USD = 0.00190 0%"}', [KZT]),
    "escapes of mail": ("=E2=80=A2 TJS/USD =3D 0.09158=\n =E2=88=920.11%", [TJS]),
    "a footnote in brackets": ("KZT/USD = 0.00190[1] 0%", [KZT]),
    "a footnote at the pair": ("KZT/USD* = 0.00190 0%", [KZT]),
    "emphasis around the pair": ("**KZT/USD** = 0.00190 0%", [KZT]),
    "a cell of a table": ("| `KZT/USD` = 0.00190 | 0% |", [KZT]),
    "a quoted line": (">KZT/USD = 0.00190 0%", [KZT]),
    "a word of another script glued on": ("汇率KZT/USD = 0.00190 0%", [KZT]),
    "padded columns": ("KZT/USD" + " " * 30 + "=" + " " * 20 + "0.00190 0%", [KZT]),
    "a point without zero": ("KZT/USD = .00190 0%", [KZT]),
    "a sign of two letters": ("KZT/USD = US$0.00190 0%", [KZT]),
    "a unit in words": ("USD/KZT = 523,54 тг. -0,30%", [("USD/KZT", "523.54", "-0.30")]),
    "arrow outside the bracket": ("TJS/USD = 0.09158 ▼ (0.11%)", [TJS]),
    "per cent": ("TJS/USD = 0.09158 -0.11 Per cent", [TJS]),
    "absolute change with a unit": ("TJS/USD = 0.09158 -0.0001 USD (-0.11%)", [TJS]),
    "absolute change in brackets": ("TJS/USD = 0.09158 (-0.0001) -0.11%", [TJS]),
    "separated by a solidus": ("TJS/USD = 0.09158 / -0.11%", [TJS]),
    "a dash before the minus": ("TJS/USD = 0.09158 — -0.11%", [TJS]),
    "plus or minus nothing": ("KZT/USD = 0.00190 ±0%", [KZT]),
    "the change of a day": ("KZT/USD = 0.00190 0.5% today", [("KZT/USD", "0.00190", "0.5")]),
    "running text behind no change": ("KZT/USD = 0.00190 0% some words follow", [KZT]),
    "an offer": ("KZT/USD = 0.00190 0% commission", [("KZT/USD", "0.00190", None)]),
    "a tax": ("TJS/USD = 0.09158 20% VAT", [("TJS/USD", "0.09158", None)]),
    "a confidence": ("TJS/USD = 0.09158 (95% CI)", [("TJS/USD", "0.09158", None)]),
    "a range of percentages": ("TJS/USD = 0.09158 (0.5%–1.2%)", [("TJS/USD", "0.09158", None)]),
    "a rejected neighbour": ("VIX = 13.81 KZT/USD = 0.00190 0%", [KZT]),
    "a neighbour that no one knows": ("BTC/USD = 97000 KZT/USD = 0.00190 0%", [KZT]),
    "a neighbour with a colon": ("EUR/USD: 1.0852 KZT/USD = 0.00190 0%", [KZT]),
    "no change between two": ("KZT/USD = 0.00190 / TJS/USD = 0.09158", [("KZT/USD", "0.00190", None), ("TJS/USD", "0.09158", None)]),
    "glued separators": ("KZT/USD = 0.00190 0%/TJS/USD = 0.09158 -0.11%", [KZT, TJS]),
    "a date with points before it": ("14.12.2024 KZT/USD = 0.00190 0%", [KZT]),
    "a year before it": ("In 2024 KZT/USD = 0.00190 0%", [KZT]),
    "blank lines between the pieces": ("• KZT/USD\n\n=\n\n0.00190 0%", [KZT]),
    "an arrow on its own line": ("TJS/USD\n=\n0.09158\n▼\n0.11%\n", [TJS]),
    "a whole rate in a sentence": ("USD/INR = 83 means a dollar buys 83", [("USD/INR", "83", None)]),
    "the next assignment": ("GBP/USD = 1.5819 Units = 1000", [("GBP/USD", "1.5819", None)]),
    "footnote mark": ("KZT/USD = 0.00190¹ 0%", [KZT]),
    "every piece on its own line": ("KZT/USD\n=\n0.00190\n0%\n", [KZT]),
    "an empty one takes no neighbour's figure": ("UZS/USD = TJS/USD = 0.09158 -0.11%", [TJS]),
    "old Mac line ends": ("KZT/USD = 0.00190 0%\rTJS/USD = 0.09158 -0.11%\r", [KZT, TJS]),
    "line separators": ("KZT/USD = 0.00190 0%\u2028TJS/USD = 0.09158 -0.11%\u2029", [KZT, TJS]),
}  # fmt: skip

PROSE = """
projects worth $8 billion and 27 more
grain exports surged 5.5-fold to 1.4 million tons in 2023
visits on 25–26 April, 31/12/2024, 24/7, the match ended 2-1
https://example.org/rates/kzt/usd=0.00190/0%25
GET /v1/EUR/USD=1.05?x=3 HTTP/1.1
/srv/fx/KZT/USD/2024/12/14.csv
currencies (USD/UZS/TRY)
EUR/RUB/USD = 2
KZT/USDT = 0.00189
AAA/BBB = 1.5 3%
XXX/YYY = 1.00 0%
DEC/JAN = 31 31%
AND/OR = 1 0%
TCP/UDP = 0.9 90%
KZTT/USD = 0.00193 0%
1KZT/USD2 = 0.00195 0%
alert USD/KZT >= 520
assert KZT/USD != 0.5
KZT/USD += 0.1
KZT/USD == 0.0019
USD/EUR = exact inverse, not float
EUR/USD = (EUR/RUB) / (USD/RUB)
pip EUR/USD = 0.0001
spread of EUR/USD = 0.8
2 * KZT/USD = 0.0038
КZТ/USD = 0.00190 0%
try/all = 3
EUR/USD + GBP/USD = 2.3
EUR+USD/KZT = 1.08
weights: EUR/USD = 0.57, USD/JPY = 0.136
decimals of a currency: USD/MXN = 2
= KZT/USD
""".strip().splitlines()

REFUSED = {
    "no rate": ("KZT/USD = N/A 0%", "KZT/USD = N/A"),
    "dashes": ("TJS/USD = - -0.11%", "TJS/USD = -"),
    "nothing": ("TMT/USD = \nKGS/USD = 0.01150 0%", "TMT/USD ="),
    "loading": ("UZS/USD = loading...", "UZS/USD = loading"),
    "spreadsheet error": ("UZS/USD = #REF!", "UZS/USD = #REF!"),
    "negative": ("AUD/JPY = -0.5", "AUD/JPY = -0.5"),
    "zero": ("UZS/USD = 0.00000 0%", "UZS/USD = 0.00000"),
    "itself": ("USD/USD = 1.00000 0%", "USD/USD ="),
    "amount before the pair": ("100 RUB/USD = 1000 RUB", "RUB/USD"),
    "calculation": ("EUR/USD = 0.5 * 5/6", "EUR/USD = 0.5 * 5/6"),
    "fraction": ("EUR/USD = 21/20", "EUR/USD = 21/20"),
    "count": ("EUR/USD = 3 trades", "EUR/USD = 3 trades"),
    "million": ("EUR/USD = 2.5 million", "EUR/USD = 2.5 million"),
    "date": ("EUR/USD = 14.12.2024", "EUR/USD = 14.12.2024"),
    "ISO date": ("USD/KZT = 2024-12-14 0%", "USD/KZT = 2024-12-14 0"),
    "time": ("USD/JPY = 15:30", "USD/JPY = 15:30"),
    "hexadecimal": ("KZT/USD = 0x1F4 0%", "KZT/USD = 0x1F4 0%"),
    "range": ("EUR/USD = 1.02 - 1.20", "EUR/USD = 1.02 - 1.20"),
    "plus or minus": ("EUR/USD = 1.05 ±0.10", "EUR/USD = 1.05 ±0.10"),
    "percentage": ("EUR/USD = 5%", "EUR/USD = 5%"),
    "rate and change run together": ("KZT/USD = 0.001900%", "KZT/USD = 0.001900%"),
    "one comma, three digits": ("EUR/USD = 1,052 0%", "EUR/USD = 1,052"),
    "unknown code": ("KZZ/USD = 0.00190 0%", "KZZ/USD = 0.00190"),
    "a glued superscript in HTML": ("KZT/USD = 0.0019^05", "KZT/USD = 0.0019^05"),
    "a range in words": ("EUR/USD = 1.02 to 1.20", "EUR/USD = 1.02 to 1.20"),
    "an enumeration": ("AUD/JPY = 1\nAUD/NZD = 2", "AUD/NZD = 2"),
    "one pip": ("EUR/USD = 0.0001 (1 pip)", "EUR/USD = 0.0001 (1 pip"),
    "dollars a pip": ("EUR/USD = 10 USD/pip", "EUR/USD = 10 USD/pip"),
    "a fraction before the pair": ("RUB/USD * 1/100 EUR/RUB = 0.912", "EUR/RUB"),
    "times": ("EUR/GBP = 100× too high", "EUR/GBP = 100× too hi"),
    "two commas": ("EUR/USD = 1,,08", "EUR/USD = 1,,08"),
    "absurd size": ("KZT/USD = 1e-99", "KZT/USD = 1e-99"),
}


@pytest.mark.parametrize("style", READ)
def test_the_ticker_is_read_in_each_of_its_styles(style: str) -> None:
    text, expected = READ[style]
    assert ticks(text) == expected


@pytest.mark.parametrize("line", PROSE)
def test_prose_and_look_alikes_give_no_quote(line: str) -> None:
    assert ticks(line) == []


@pytest.mark.parametrize("why", REFUSED)
def test_what_looked_like_a_quote_and_is_none_is_a_reject_with_its_text(why: str) -> None:
    text, expected = REFUSED[why]
    assert [pair for pair, _, _ in ticks(text)] in ([], ["KGS/USD"])
    assert expected in [shown for _, _, shown in rejects(text)]


def test_a_reject_says_line_and_column_and_what_to_do() -> None:
    found = reading(BOARD + "  • KZT/USD = N/A 0%\n").rejects
    assert [(reject.line, reject.column, reject.document) for reject in found] == [(6, 5, "page")]
    assert found[0].reason.count(": ") == 1


def test_a_caller_who_knows_the_decimal_mark_settles_an_open_figure() -> None:
    from fx.formats import hints_of  # noqa: PLC0415

    for word, rate in (("comma", "1.052"), ("point", "1052")):
        assert [str(quote.rate) for quote in reading("EUR/USD = 1,052 0%", hints=hints_of(word)).quotes] == [rate]


codes = st.sampled_from(
    sorted(code for code, fact in facts().items() if not fact.withdrawn and code not in {"XXX", "XTS"})
)
rates = st.decimals(Decimal("0.00001"), Decimal(99999), places=5).map(
    lambda number: number.normalize() + Decimal("0.00000")
)
changes = st.none() | st.decimals(-99, 99, places=2)
bullets = st.sampled_from(["", "• ", "  • ", "- ", "* ", "1. ", "| ", "— ", "> "])
spaces = st.sampled_from(["", " ", "  ", "\xa0", "\u2009", "\t"])
gaps = st.sampled_from([" ", "  ", "\xa0", "\t", ", ", "; "])


@st.composite
def printed(draw: st.DrawFn) -> tuple[str, tuple[str, str, str | None]]:
    """A line in one of the ticker's styles, with what it says."""
    base, counter = draw(st.lists(codes, min_size=2, max_size=2, unique=True))
    rate, change = draw(rates), draw(changes)
    text = f"{draw(bullets)}{base}{draw(spaces)}/{draw(spaces)}{counter}{draw(spaces)}={draw(spaces)}{rate:f}"
    if change is not None:
        sign = (
            draw(st.sampled_from(["-", "−", "▼", "▼ -", "–"])) if change < 0 else draw(st.sampled_from(["", "+", "▲ "]))
        )
        figure = f"{sign}{abs(change)}{draw(st.sampled_from(['', ' ']))}%"
        text += draw(gaps) + draw(st.sampled_from([figure, f"({figure})", f"[{figure}]"]))
    said = None if change is None else format(change or abs(change), "f")
    return text, (f"{base}/{counter}", format(rate, "f"), said)


@given(st.lists(printed(), min_size=1, max_size=6), st.sampled_from(["\n", "\r\n", "\r", "\u2028", " | "]))
@settings(max_examples=300)
def test_whatever_is_printed_in_the_family_is_read_back(
    lines: list[tuple[str, tuple[str, str, str | None]]], end: str
) -> None:
    assert ticks(end.join(text for text, _ in lines)) == [said for _, said in lines]


@given(printed(), st.text(st.characters(codec="utf-8", exclude_characters="=/%"), max_size=200))
def test_prose_around_a_board_changes_nothing(line: tuple[str, tuple[str, str, str | None]], prose: str) -> None:
    text, said = line
    assert ticks(f"{prose}\n{text}\n{prose}\n") == [said]


@given(
    st.text(max_size=400)
    | st.lists(st.sampled_from(["KZT", "/", "USD", " ", "=", "0", ".", ",", "-", "%", "\n", "1"])).map("".join)
)
def test_no_text_breaks_the_reader(text: str) -> None:
    for item in chain(ticks(text), rejects(text)):
        assert item


CASES = SHARED / "corpus" / "public.jsonl"
corpus = [json.loads(line) for line in CASES.read_text("utf-8").splitlines()] if CASES.exists() else []


@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in corpus if case["tier"] == 1])
def test_the_shared_corpus_is_read_where_it_is_present(case: dict[str, object]) -> None:
    def key(each: dict[str, str | None]) -> tuple[object, ...]:
        numbers = (None if each[name] is None else Decimal(str(each[name])) for name in ("rate", "change_pct"))
        return (each["base"], each["quote"], *numbers)

    may = {key(each)[:3] for each in case.get("may", [])}  # type: ignore[attr-defined]
    found = [(str(q.base), str(q.counter), q.rate, q.change_pct) for q in reading(str(case["text"])).quotes]
    assert [each for each in found if each[:3] not in may] == [key(each) for each in case["expect"]]  # type: ignore[attr-defined]
