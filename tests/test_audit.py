"""The audit: each fault planted is found and named, and what is sound is left alone."""

from __future__ import annotations

import csv
import io
import json
import random
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fx.audit import KINDS, SEVERITIES, Finding, audit
from fx.audit.pegs import pegs
from fx.currencies import Currency, Pair
from fx.errors import NoQuotes, UnknownCurrency
from fx.moments import Moment
from fx.quotes import Quote
from fx.store import Store
from tests.builders import EXAMPLES, SHARED, quote
from tests.test_cli import fx

FIRST = date(2024, 1, 1)
HOLIDAYS = {(1, 1), (3, 8), (3, 21), (3, 22), (5, 1), (12, 25), (12, 26)}


def business_days(count: int) -> list[date]:
    """Days without weekends and a few holidays."""
    days = (FIRST + timedelta(number) for number in range(2 * count + 20))
    return [day for day in days if day.weekday() < 5 and (day.month, day.day) not in HOLIDAYS][:count]


def made(pair: str, rates: list[str], days: list[date] | None = None, line: int = 1) -> list[Quote]:
    """A series of business days, each on its own line."""
    return [
        quote(f"{pair} {rate}", str(day), document="page", line=line + number)
        for number, (rate, day) in enumerate(zip(rates, days or business_days(len(rates)), strict=True))
    ]


def now_of(quotes: list[Quote]) -> Moment:
    return max(quote.observed_at for quote in quotes)


def seen(quotes: list[Quote], now: Moment | None = None) -> list[tuple[str, str, int]]:
    """Kind, severity and line of each finding; that each names a quote and says what to do is proved beside."""
    found = audit(quotes, now or now_of(quotes))
    for finding in found:
        assert finding.kind in KINDS
        assert finding.severity in SEVERITIES
        assert f"page:{finding.quote.line}" in finding.explanation
        assert ": " in finding.explanation
        assert not finding.explanation.endswith(".")
    return [(finding.kind, finding.severity, finding.quote.line) for finding in found]


CALM = ["525.1", "524.8", "525.6", "526.0", "525.3", "524.9", "525.7", "526.2", "525.8", "525.0", "524.6", "525.2"]
"""Twelve dollars in tenge, from line 1 on; the faults below are of line 6."""
OF_ONE_FIGURE = {
    "52.49": [("factor", "error", 6)],
    "5.249": [("factor", "error", 6)],
    "524900": [("factor", "error", 6)],
    "0.001905": [("swap", "error", 6)],
    "600.0": [("spike", "warning", 6)],
    "1999.0": [("spike", "error", 6)],
    "527.9": [],
    "524.9": [],
}


@pytest.mark.parametrize("rate", OF_ONE_FIGURE)
def test_a_figure_is_weighed_against_those_beside_it(rate: str) -> None:
    assert seen(made("USD/KZT", [*CALM[:5], rate, *CALM[6:]])) == OF_ONE_FIGURE[rate]


def test_near_parity_a_spike_is_no_swap() -> None:
    calm = [f"1.02{n * n % 10}{n % 7}" for n in range(12)]
    assert seen(made("EUR/CHF", [*calm[:5], "0.9770", *calm[6:]])) == [("spike", "warning", 6)]
    other = made("CHF/EUR", [f"{1 / float(rate):.4f}" for rate in [*calm, *calm]], business_days(24), 101)
    assert {kind for kind, _, _ in seen([*made("EUR/CHF", ["0.9770"] * 3), *other])} == {"reciprocal"}
    far = [f"1.12{n * n % 10}{n % 7}" for n in range(12)]
    assert seen(made("EUR/CHF", [*far[:5], "0.8885", *far[6:]])) == [("swap", "error", 6)]


@pytest.mark.parametrize("at", range(12))
def test_a_slipped_point_is_found_wherever_it_stands(at: int) -> None:
    rates = [*CALM[:at], str(Decimal(CALM[at]) * 100), *CALM[at + 1 :]]
    assert seen(made("USD/KZT", rates)) == [("factor", "error", at + 1)]


def test_two_quotes_are_enough_for_a_power_of_ten_but_not_to_know_which() -> None:
    assert seen(made("USD/KZT", ["525.1", "52.4"])) == [("factor", "warning", 2)]
    assert seen(made("USD/KZT", ["525.1", "700.0"])) == []


def test_several_days_of_one_fault_are_one_finding_with_all_its_quotes() -> None:
    quotes = made("USD/KZT", [*CALM[:5], "0.001905", "0.001902", *CALM[7:]])
    (finding,) = audit(quotes, now_of(quotes))
    assert (finding.kind, [each.line for each in finding.quotes]) == ("swap", [6, 7])
    assert [each.line for each in finding.beside] == [5, 8]
    assert finding.explanation == (
        "USD/KZT = 0.001905 of 2024-01-09 and the next 1, up to 2024-01-10, are near the reciprocal of the 525.3 of "
        "2024-01-08 and 526.2 of 2024-01-11 beside it (page:6): look whether base and counter changed places, and "
        "load the right pair"
    )


def test_codes_that_changed_places_are_found_beside_the_pair_as_it_is_published() -> None:
    quotes = made("USD/KZT", CALM)
    turned = replace(quotes[5], base=Currency("KZT"), counter=Currency("USD"))
    assert seen([*quotes[:5], turned, *quotes[6:]]) == [("swap", "error", 6)]


def test_a_devaluation_is_a_note_and_one_that_nothing_confirms_a_warning() -> None:
    rates = [*CALM, *(str(Decimal(rate) * 2) for rate in CALM)]
    assert seen(made("USD/KZT", rates)) == [("jump", "note", 13)]
    quotes = made("USD/KZT", rates[:13])
    assert seen(quotes) == [("jump", "warning", 13)]
    assert seen(quotes, Moment.parse("2026-01-01")) == [("jump", "note", 13)]


PERCENTS = {
    "0": [],  # the period is not said, and 0 is not "unchanged"
    "0.12": [],
    "-0.13": [],
    "-0.3": [],  # within what the rate wandered in these days
    "7.5": [("change", "warning", 12)],
    "-7.5": [("change", "warning", 12)],
    "-100": [("change", "warning", 12)],
}


@pytest.mark.parametrize("percent", PERCENTS)
def test_a_percent_is_told_only_where_no_period_of_the_last_days_explains_it(percent: str) -> None:
    quotes = made("USD/KZT", CALM)
    assert seen([*quotes[:-1], replace(quotes[-1], change_pct=Decimal(percent))]) == PERCENTS[percent]


def test_a_percent_is_not_judged_by_one_quote_of_the_week_before() -> None:
    quotes = made(
        "TJS/USD", ["0.09158", "0.10022", "0.10857"], [date(2024, 12, 1), date(2024, 12, 2), date(2024, 12, 5)]
    )
    assert seen([*quotes[:2], replace(quotes[2], change_pct=Decimal("-9.5"))]) == []


def test_one_digit_may_stand_still_for_months_and_a_lively_series_may_not() -> None:
    assert seen(made("UZS/USD", ["0.00008"] * 150)) == []
    lively = [str(Decimal("525.1") + Decimal(n * n % 10) / 10 + n % 7) for n in range(60)]
    assert seen(made("USD/KZT", lively)) == []
    assert seen(made("USD/KZT", [*lively, *["526.4"] * 15])) == [("stuck", "warning", 61)]
    assert seen(made("USD/KZT", [*lively, *["526.4"] * 15, *lively])) == [("stuck", "note", 61)]


def test_what_a_peg_explains_is_not_stuck() -> None:
    floats = [f"3.4{n % 7}{n % 5}8" for n in range(30)]
    days = [date(2002, 1, 3) + timedelta(number) for number in range(60)]
    assert all(kind != "stuck" for kind, _, _ in seen(made("EUR/LTL", floats + ["3.4528"] * 30, days)))


def test_weekends_and_holidays_are_no_gap_and_two_weeks_are() -> None:
    days = business_days(200)
    rates = [CALM[number % 12] for number in range(200)]
    assert seen(made("USD/KZT", rates, days)) == []
    assert seen(made("USD/KZT", rates[:190], [*days[:100], *days[110:]])) == [("gap", "warning", 101)]
    later = [day + timedelta(900) for day in days[100:]]
    assert seen(made("USD/KZT", rates, [*days[:100], *later])) == [("gap", "note", 101)]
    weekly = [FIRST + timedelta(7 * number) for number in range(200)]
    assert seen(made("USD/KZT", rates, weekly)) == []


def test_a_rate_for_after_the_weekend_is_not_of_the_future_and_one_for_next_year_is() -> None:
    quotes = made("USD/KZT", CALM)
    last = quotes[-1].observed_at.day
    assert seen(quotes, Moment.of_day(last - timedelta(4))) == []
    assert seen(
        [*quotes[:5], replace(quotes[5], observed_at=Moment.parse("2025-01-09")), *quotes[6:]], Moment.of_day(last)
    ) == [("future", "error", 6)]


PEGS = {
    "TMT/USD 0.28571 2024-12-14": 0,
    "TMT/USD 0.28490 2024-12-14": 0,  # bought at 3.51, as the pages show
    "TMT/USD 0.3 2024-12-14": 0,  # from 0.25 to 0.35
    "TMT/USD 0.27100 2024-12-14": 1,
    "USD/TMT 2.85 2014-12-31": 0,
    "USD/TMT 2.85 2015-01-01": 1,
    "USD/AED 3.6725 2024-12-14": 0,
    "USD/AED 3.7625 2024-12-14": 1,
    "USD/HKD 7.7501 2024-12-14": 0,
    "USD/HKD 7.9 2024-12-14": 0,  # 7.85 to 7.95
    "USD/HKD 7.91 2024-12-14": 1,
    "EUR/DKK 7.4604 2024-12-14": 0,
    "EUR/DKK 7.64 2024-12-14": 1,
    "XAF/EUR 0.001524 2024-12-14": 0,
    "XOF/EUR 0.001624 2024-12-14": 1,
    "EUR/BGN 1.9 2026-01-02": 1,  # up to 1.95, and the decree says 1.95583
    "USD/MYR 4.4 2024-12-14": 0,
    "USD/ANG 1.79 2024-12-14": 0,
    "USD/XCG 1.89 2025-12-14": 1,
    "USD/KYD 0.83333 2024-12-14": 0,
    "USD/KYD 0.9 2024-12-14": 1,
    "EUR/DEM 1.97 1998-12-31": 0,
    "EUR/DEM 1.95583 1999-01-01": 0,
    "EUR/DEM 1.9558 2024-12-14": 0,
    "EUR/DEM 1.9580 2024-12-14": 1,
    "DEM/EUR 0.5113 2024-12-14": 0,
    "DEM/EUR 0.5213 2024-12-14": 1,
    "EUR/BGN 1.9558 2026-03-01": 0,
    "EUR/BGN 1.9500 2026-03-01": 1,
    "EUR/HRK 7.5402 2022-12-30": 0,
    "EUR/HRK 7.5402 2023-01-02": 1,
}


@pytest.mark.parametrize("text", PEGS)
def test_a_peg_is_kept_within_its_margin_and_days(text: str) -> None:
    pair, rate, day = text.split()
    found = seen([quote(f"{pair} {rate}", day, document="page")])
    assert found == [("peg", "warning", 1)] * PEGS[text]


def test_a_rate_by_decree_does_not_end() -> None:
    ends = [
        audit([quote(text, "2024-12-14")], Moment.parse("2024-12-15"))[0] for text in ("EUR/DEM 2.1", "USD/AED 3.9")
    ]
    assert [finding.explanation.rpartition(": ")[2] for finding in ends] == [
        "look at the figure",
        "look at the figure, or whether the peg has ended",
    ]


def test_a_peg_is_seen_in_a_cross_and_told_once_a_stretch() -> None:
    days = business_days(40)
    dollars = made("EUR/USD", [f"1.08{n:02}" for n in range(40)], days)
    hongkong = [f"{Decimal(f'1.08{n:02}') * Decimal('7.81'):.4f}" for n in range(30)]
    broken = [f"{Decimal(f'1.08{n:02}') * Decimal('7.70'):.4f}" for n in range(30, 40)]
    (finding,) = audit([*dollars, *made("EUR/HKD", hongkong + broken, days, 101)], now_of(dollars))
    assert (finding.kind, finding.quote.line, len(finding.quotes)) == ("peg", 131, 20)


def test_every_peg_has_a_band_a_time_and_an_authority() -> None:
    for pair, held in pegs().items():
        assert all(peg.low <= peg.high and peg.since < peg.until and len(peg.authority) > 10 for peg in held), pair
        assert all(one.until < two.since for one, two in pairwise(held)), pair


CONTRADICTIONS = {
    ("USD/KZT 525.10", "KZT/USD 0.00190"): [],
    ("USD/KZT 525.10", "KZT/USD 0.00200"): [("reciprocal", "warning")],
    ("EUR/USD 1.0500", "USD/CHF 0.8900", "EUR/CHF 0.9345"): [],
    ("EUR/USD 1.0500", "USD/CHF 0.8900", "CHF/EUR 1.0701"): [],
    ("EUR/USD 1.0500", "USD/CHF 0.8900", "EUR/CHF 0.9350"): [("triangle", "note")],
    ("EUR/USD 1.0500", "USD/CHF 0.8900", "EUR/CHF 0.9645"): [("triangle", "warning")],
}


@pytest.mark.parametrize("texts", CONTRADICTIONS, ids=" ".join)
def test_quotes_of_one_moment_agree_within_their_digits(texts: tuple[str, ...]) -> None:
    quotes = [quote(text, document="page", line=line) for line, text in enumerate(texts, 1)]
    assert [(kind, severity) for kind, severity, _ in seen(quotes)] == CONTRADICTIONS[texts]
    apart = [replace(each, source=str(line)) for line, each in enumerate(quotes)]
    assert audit(apart, now_of(apart)) == []  # sources may differ


def test_the_quote_in_most_contradictions_is_named_first() -> None:
    texts = ("EUR/USD 1.0500", "USD/CHF 0.8900", "EUR/CHF 0.9745", "GBP/USD 1.2600", "GBP/EUR 1.2000", "GBP/CHF 1.1214")
    assert seen([quote(text, document="page", line=line) for line, text in enumerate(texts, 1)]) == [
        ("triangle", "warning", 3)
    ]


@st.composite
def walks(draw: st.DrawFn) -> list[Quote]:
    """A sound series of business days: a random walk, from 0.001 to 3,000, to 5 digits or more."""
    chance = random.Random(draw(st.integers(0, 2**32)))  # noqa: S311 (a walk, no secret)
    level = Decimal(draw(st.sampled_from(["0.00190", "0.0912", "0.2857", "3.6", "87.1", "525", "2900"])))
    step = draw(st.integers(5, 50))  # of 10,000
    rates = []
    for _ in range(draw(st.integers(30, 150))):
        rates.append(f"{level:.{4 - level.adjusted()}f}" if level < 10_000 else f"{level:.0f}")
        level *= 1 + Decimal(chance.randint(-step, step)) / 10_000
    return made("AAA/BBB", rates)


def scaled(factor: str) -> Callable[[Quote], Quote]:
    return lambda each: replace(each, rate=(each.rate or Decimal()) * Decimal(factor))


def inverted(each: Quote) -> Quote:
    return replace(each, rate=Decimal(f"{1 / (each.rate or Decimal(1)):.9f}"))


FAULTS: dict[str, tuple[str, Callable[[Quote], Quote]]] = {
    "ten times": ("factor", scaled("10")),
    "a hundredth": ("factor", scaled("0.01")),
    "a thousand times": ("factor", scaled("1000")),
    "the reciprocal": ("swap", inverted),
    "the codes swapped": ("swap", lambda each: replace(each, base=each.counter, counter=each.base)),
    "a quarter more": ("spike", scaled("1.25")),
    "a fifth less": ("spike", scaled("0.8")),
    "a year ahead": (
        "future",
        lambda each: replace(each, observed_at=Moment.of_day(each.observed_at.day + timedelta(1000))),
    ),
    "a percent of another": ("change", lambda each: replace(each, change_pct=Decimal("-31.5"))),
}


@settings(max_examples=60, deadline=None)
@given(walks(), st.sampled_from(sorted(FAULTS)), st.data())
def test_one_fault_planted_in_a_series_is_found_and_nothing_else(
    quotes: list[Quote], fault: str, data: st.DataObject
) -> None:
    kind, change = FAULTS[fault]
    at = data.draw(st.integers(5, len(quotes) - 2), label="at")
    assert seen(quotes) == []
    planted = [*quotes[:at], change(quotes[at]), *quotes[at + 1 :]]
    assert [(found, line) for found, _, line in seen(planted, now_of(quotes))] == [(kind, at + 1)]


@settings(max_examples=30, deadline=None)
@given(walks(), st.integers(2, 10**6))
def test_the_order_in_which_quotes_come_does_not_matter(quotes: list[Quote], seed: int) -> None:
    planted = [*quotes[:9], scaled("100")(quotes[9]), *quotes[10:]]
    mixed = random.Random(seed).sample(planted, len(planted))  # noqa: S311
    assert audit(mixed, now_of(quotes)) == audit(planted, now_of(quotes))


def ecb_history() -> list[Quote]:
    """The ECB's rates since 1999, out of the package that tests are compared with."""
    package = pytest.importorskip("currency_converter")
    with zipfile.ZipFile(Path(package.__file__).parent / "eurofxref-hist.zip") as archive:
        text = archive.read(archive.namelist()[0]).decode()
    euro = Currency("EUR")
    return [
        Quote(
            euro, Currency(code), Decimal(rate), None, None, None, Moment.parse(row["Date"]), "line", "ECB", "ecb", line
        )
        for line, row in enumerate(csv.DictReader(io.StringIO(text)), 2)
        for code, rate in row.items()
        if code and code != "Date" and rate and rate != "N/A"
    ]


def test_the_history_of_the_ecb_has_few_oddities_and_they_are_real() -> None:
    found = audit(ecb_history(), Moment.parse("2026-11-22"))
    counts = Counter(finding.severity for finding in found)
    assert (counts["error"], counts["warning"] <= 10, counts["note"] <= 25) == (0, True, True)
    told = {(finding.kind, str(finding.pair), str(finding.quote.observed_at)) for finding in found}
    assert told >= {
        ("gap", "EUR/ISK", "2018-02-01"),  # published no more from December 2008 on
        ("jump", "EUR/CHF", "2015-01-15"),  # the franc's floor given up
        ("jump", "EUR/TRL", "2001-02-22"),  # the lira let go
        ("stuck", "EUR/CZK", "2017-02-03"),  # the koruna's floor
        ("peg", "EUR/HKD", "2009-03-26"),  # 7.686 to the dollar: yesterday's figure again
    }


def test_the_real_pages_are_sound() -> None:
    # The undated ones are of the day on which they were copied, which says nothing.
    pages = [*EXAMPLES.glob("20*.txt"), *(SHARED / "data" / "timesca").glob("20*.txt")]
    with Store(":memory:", lambda: datetime(2026, 1, 1, tzinfo=UTC)) as store:
        assert store.load(*pages, source="timesca").quotes >= 20
        assert store.audit() == []


def store_with_a_fault(folder: Path) -> None:
    lines = [f"{day} USD/KZT {rate}" for day, rate in zip(business_days(12), CALM, strict=True)]
    rows = ["date,base,counter,rate", *(line.replace(" ", ",").replace("/", ",") for line in lines)]
    (folder / "kzt.csv").write_text("\n".join(rows).replace(",524.9", ",52.49") + "\n", "utf-8")
    with Store(folder / "fx.db") as store:
        store.load(folder / "kzt.csv", source="bank")
        store.load_text("EUR/CHF = 0.9345 0%", observed_at="2024-01-05", source="bank")


def test_the_store_audits_pairs_codes_and_days(tmp_path: Path) -> None:
    store_with_a_fault(tmp_path)
    with Store(tmp_path / "fx.db") as store:
        everything: list[Finding] = store.audit()
        assert [finding.kind for finding in everything] == ["factor"]
        assert store.audit("USD/KZT") == store.audit("KZT/USD") == store.audit("kzt") == everything
        assert store.audit("EUR/CHF") == store.audit(since="2024-01-10") == []
        assert store.audit(since="2024-01-09") == everything
        assert everything[0].pair == Pair.parse("USD/KZT")
        with pytest.raises(UnknownCurrency):
            store.audit("KZZ")
        with pytest.raises(NoQuotes, match="fx pairs"):
            store.audit("USD/CHF")


@pytest.mark.file
def test_the_command_ends_with_1_at_a_warning_and_names_document_and_line(tmp_path: Path) -> None:
    store_with_a_fault(tmp_path)
    done = fx("check", "--json", folder=tmp_path)
    (row,) = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert (row["severity"], row["kind"], row["pair"], row["line"]) == ("error", "factor", "USD/KZT", 7)
    assert [each["line"] for each in row["quotes"]] == [7]
    assert [each["rate"] for each in row["beside"]] == ["525.3", "525.7"]
    assert row["explanation"].endswith(
        "look whether it is for several units or a point slipped, and load the right figure"
    )
    head, line = fx("check", "USD/KZT", "--csv", folder=tmp_path).stdout.splitlines()
    assert (head.split(",")[:2], line.split(",")[:2]) == (["severity", "kind"], ["error", "factor"])
    sound = fx("check", "EUR", folder=tmp_path)
    assert (sound.returncode, sound.stdout, "nothing odd" in sound.stderr) == (0, "", True)
    assert fx("check", "--since", "2024-01-10", "-q", folder=tmp_path).returncode == 0
    assert fx("check", "--since", "yesterday", folder=tmp_path).returncode == 2
