"""Charts: what they say is what was published, wherever they are drawn."""

from __future__ import annotations

import math
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from matplotlib.collections import FillBetweenPolyCollection
from matplotlib.dates import num2date

import fx
from fx.errors import NoQuotes, UsageError
from fx.exports.charts import MOST_LINES, Chart, chart_of
from fx.exports.pictures import DARK, LIGHT, figure_of
from fx.exports.plot import chart, render
from fx.exports.terminal import text_of
from fx.series import Observation, observed
from fx.store import Store
from tests.builders import BARE, EXAMPLES, on_terminal, quote


def said(*rates: tuple[str, str], pair: str = "KZT/USD", source: str | None = "timesca") -> list[fx.Quote]:
    return [quote(f"{pair} {rate}", day, source) for day, rate in rates]


def drawn_of(*quotes: fx.Quote, **how: object) -> Chart:
    by_pair: dict[fx.Pair, list[Observation]] = {}
    for each in quotes:
        by_pair.setdefault(each.pair, []).extend(observed((each.base, each.counter), [[each]], 0))
    return chart_of(by_pair, **how)  # type: ignore[arg-type]


DAYS = said(("2024-12-02", "0.00190"), ("2024-12-03", "0.00191"), ("2024-12-04", "0.00189"), ("2025-01-20", "0.00193"))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with fx.open(tmp_path_factory.mktemp("plot") / "fx.db") as opened:
        opened.load(EXAMPLES, source="timesca")
        yield opened


def test_a_chart_names_pair_unit_source_span_and_count() -> None:
    found = drawn_of(*DAYS)
    assert found.title == "KZT/USD: 0.00193 on 2025-01-20"
    assert found.unit == "USD for one KZT"
    assert found.caption == "source: timesca; 2024-12-02 to 2025-01-20; 4 quotes"


def test_a_figure_has_a_point_for_each_quote_and_none_across_a_hole() -> None:
    (axes,) = figure_of(drawn_of(*DAYS)).axes
    (line,) = [line for line in axes.get_lines() if not str(line.get_label()).startswith("_")]
    seen = [
        (num2date(x).date().isoformat(), float(y))
        for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)  # type: ignore[arg-type]
        if not math.isnan(float(y))
    ]
    assert seen == [(str(each.observed_at), float(each.value)) for each in DAYS]
    assert [math.isnan(float(y)) for y in line.get_ydata()] == [False, False, False, True, False]  # type: ignore[union-attr]
    assert line.get_drawstyle() == "steps-post"
    assert (axes.get_ylabel(), axes.get_xlabel()) == ("USD for one KZT", "date (UTC)")


def test_the_ends_of_a_band_are_the_bounds_of_the_quotes() -> None:
    (axes,) = figure_of(drawn_of(*said(("2024-12-02", "0.00008"), ("2024-12-03", "0.00009"), pair="UZS/USD"))).axes
    (band,) = [each for each in axes.collections if isinstance(each, FillBetweenPolyCollection)]
    (path,) = band.get_paths()
    assert {float(y) for _, y in path.vertices} == {0.000075, 0.000085, 0.000095}
    low, high = axes.get_ylim()
    assert low < 0.000075
    assert high > 0.000095


def test_a_lonely_quote_is_seen_with_its_interval() -> None:
    (axes,) = figure_of(drawn_of(*DAYS[:1])).axes
    assert [line.get_marker() for line in axes.get_lines()] == ["o", "o"]
    (bar,) = [each for each in axes.collections if not isinstance(each, FillBetweenPolyCollection)]
    assert [list(each[:, 1]) for each in bar.get_segments()] == [[0.001895, 0.001905]]  # type: ignore[attr-defined]


def test_holidays_are_no_holes_but_months_without_quotes_are() -> None:
    start = date(2024, 1, 1)
    days = [start + timedelta(days=number) for number in range(60) if number not in range(20, 29)]
    (line,) = drawn_of(*said(*((str(day), "1.5") for day in days))).lines
    assert len(line.runs) == 1
    days = [day for day in days if not 10 <= (day - start).days < 50]
    (line,) = drawn_of(*said(*((str(day), "1.5") for day in days))).lines
    assert [len(run) for run in line.runs] == [10, 10]


def test_a_few_wide_intervals_do_not_press_the_rest_into_a_corner() -> None:
    start = date(2024, 1, 1)
    rates = [(str(start + timedelta(days=number)), "1" if number == 7 else "1.0021") for number in range(200)]
    assert drawn_of(*said(*rates)).limits == (1, Fraction("1.00215"))
    assert drawn_of(*said(*rates[:8])).limits == (Fraction("0.5"), Fraction("1.5"))


def test_figures_that_a_float_cannot_tell_apart_or_of_no_size_are_drawn() -> None:
    for first, last in (
        ("1234567890123456789.1", "1234567890123456789.2"),
        ("0.000000000000000012", "0.000000000000000013"),
    ):
        found = drawn_of(*said(("2024-12-02", first), ("2024-12-03", last)))
        assert render(found, "png").startswith(b"\x89PNG")  # and Matplotlib warned of nothing
        figure = figure_of(found)
        figure.canvas.draw()
        labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
        assert len(set(labels)) == len(labels) > 2
    assert labels[0].startswith("0.00000000000000001")


def test_no_figure_without_doubt_stands_below_zero_and_no_candle_is_pressed_by_one_wide_interval(store: Store) -> None:
    assert chart(store, "DEM/EUR").limits == (
        Fraction("0.9") / Fraction("1.95583"),
        Fraction("1.1") / Fraction("1.95583"),
    )
    rates = [(str(date(2024, 1, 1) + timedelta(number)), "1" if number == 7 else "1.0021") for number in range(200)]
    assert drawn_of(*said(*rates), ohlc=True, every="month").limits == (1, Fraction("1.00215"))


def test_several_pairs_begin_at_100_with_the_quotes_that_held_on_a_shared_day() -> None:
    other = said(("2024-12-03", "0.09"), ("2024-12-05", "0.099"), pair="TJS/USD")
    found = drawn_of(*DAYS, *other)
    assert (found.title, found.unit) == ("KZT/USD, TJS/USD, 2024-12-03 = 100", "index, 2024-12-03 = 100")
    assert [[point.value for point in line.points] for line in found.lines] == [
        [100, Fraction(18900, 191), Fraction(19300, 191)],
        [100, 110],
    ]
    point = found.lines[1].points[0]
    assert (point.low, point.high) == (Fraction(8500, 90), Fraction(9500, 90))
    assert drawn_of(*DAYS, indexed=True).lines[0].points[0].value == 100


def test_each_source_has_a_line_of_its_own_and_candles_want_one() -> None:
    quotes = DAYS + said(("2024-12-02", "0.0018"), ("2024-12-03", "0.0019"), source="bank")
    assert [(line.label, len(line.points)) for line in drawn_of(*quotes).lines] == [("bank", 2), ("timesca", 4)]
    with pytest.raises(UsageError, match=r"2 sources \(bank, timesca\).* take one by --source"):
        drawn_of(*quotes, ohlc=True)
    many = [each for number in range(MOST_LINES + 1) for each in said(("2024-12-02", "1"), source=f"bank {number}")]
    with pytest.raises(UsageError, match="9 lines cannot be told apart"):
        drawn_of(*many)


def test_candles_are_the_first_highest_lowest_and_last_of_each_period() -> None:
    rates = ("2024-11-30", "4"), ("2024-12-02", "2"), ("2024-12-03", "5"), ("2024-12-04", "1.0"), ("2024-12-31", "3")
    november, december = drawn_of(*said(*rates), every="month", ohlc=True).candles
    assert (december.open, december.high, december.low, december.close) == (2, 5, 1, 3)
    assert (december.low_bound, december.high_bound) == (Fraction("0.95"), Fraction("5.5"))
    assert (december.first_day, december.next_day) == (date(2024, 12, 1), date(2025, 1, 1))
    assert november.open == november.close == 4
    assert len(drawn_of(*said(*rates), ohlc=True).candles) == 5
    (axes,) = figure_of(drawn_of(*said(*rates), every="month", ohlc=True)).axes
    assert len(axes.patches) == 4  # a body and an interval for each
    with pytest.raises(UsageError, match="candles show one pair"):
        drawn_of(*said(*rates), *said(*rates, pair="TJS/USD"), ohlc=True)


def test_every_takes_the_last_quote_of_a_period_at_its_own_moment() -> None:
    (line,) = drawn_of(*DAYS, every="month").lines
    assert [(str(point.moment), point.text) for point in line.points] == [
        ("2024-12-04", "0.00189"),
        ("2025-01-20", "0.00193"),
    ]
    assert drawn_of(*DAYS, every="week").caption.endswith("2 quotes, the last of each week")
    assert [point.text for point in drawn_of(*DAYS, every="year").lines[0].points] == ["0.00189", "0.00193"]
    with pytest.raises(UsageError, match="'hour' is nothing that --every takes: take one of day, week, month"):
        drawn_of(*DAYS, every="hour")


def test_what_nobody_quotes_so_is_drawn_as_history_tells_it_and_the_caption_says_how(store: Store) -> None:
    for pair, way in (("USD/KZT", "inverse"), ("KGS/TJS", "cross over USD"), ("TJS/KGS", "cross over USD")):
        found = chart(store, pair)
        what = "quotes" if way == "inverse" else "cross rates"
        assert found.caption == f"source: timesca; {way}; 2024-12-14 to 2025-12-15; 4 {what}"
        told = store.observations(pair)
        assert [(point.moment, point.value) for point in found.lines[0].points] == [
            (each.moment, each.rate.value) for each in told
        ]
        assert all(
            (point.low, point.high) == each.rate.bounds for point, each in zip(found.lines[0].points, told, strict=True)
        )
        for every in ("day", "month", "quarter", "year"):
            drawn, candles = chart(store, pair, ohlc=True, every=every).candles, store.candles(pair, every)
            assert [(each.first_day, each.open, each.high, each.low, each.close) for each in drawn] == [
                (each.period, each.open, each.high, each.low, each.close) for each in candles
            ]
            assert every == "day" or "rose" in text_of(chart(store, pair, ohlc=True, every=every), 1000)
    assert chart(store, "KGS/TJS").title == "KGS/TJS: 0.105002 on 2025-12-15"
    both = chart(store, ["USD/KZT", "KGS/TJS", "TJS/USD"])
    assert "; USD/KZT inverse; KGS/TJS cross over USD; " in both.caption
    assert [line.label for line in both.lines] == ["USD/KZT", "KGS/TJS", "TJS/USD"]


def test_instants_stand_at_the_time_on_the_wall_of_the_zone() -> None:
    with fx.open(":memory:") as store:
        for when, rate in (("2024-12-13T20:00Z", "0.00190"), ("2024-12-14T12:00Z", "0.00191")):
            store.load_text(f"KZT/USD = {rate}", observed_at=when, source="made")
        found = chart(store, "KZT/USD", tz="Asia/Almaty")
        (candle,) = chart(store, "KZT/USD", tz="Asia/Almaty", ohlc=True).candles
    assert [str(point.moment) for point in found.lines[0].points] == [
        "2024-12-14T01:00:00.000Z",
        "2024-12-14T17:00:00.000Z",
    ]
    assert found.caption.endswith("2024-12-14; 2 quotes")
    assert candle.first_day == date(2024, 12, 14)
    (axes,) = figure_of(found).axes
    assert axes.get_xlabel() == "date (Asia/Almaty)"


@pytest.mark.parametrize("kind", ["png", "svg", "html"])
def test_the_same_chart_gives_the_same_bytes_of_the_kind_its_name_asks_for(
    kind: str, store: Store, tmp_path: Path
) -> None:
    files = [tmp_path / f"{name}.{kind}" for name in "ab"]
    for file in files:
        fx.plot(store, ["KZT/USD", "TJS/USD"], file)
    first, second = (file.read_bytes() for file in files)
    assert first == second
    assert first.startswith({"png": b"\x89PNG", "svg": b"<?xml", "html": b"<!doctype html>"}[kind])
    assert b"date>" not in first  # the metadata of an SVG would say when it was made
    assert sorted(each.name for each in tmp_path.iterdir()) == [file.name for file in files]


def test_an_svg_follows_the_reader_from_light_to_dark() -> None:
    found = drawn_of(*DAYS)
    both, light, dark = (render(found, "svg", theme).decode() for theme in ("both", "light", "dark"))
    assert ET.fromstring(both).tag.endswith("svg")  # noqa: S314 (our own)
    (style,) = re.findall(r"@media \(prefers-color-scheme: dark\)\{.*", both)
    used = set(re.findall(r"#[0-9a-f]{6}", both.replace(style, "")))
    assert used <= set(LIGHT.values())
    assert all(f": {colour}" in style for colour in used)
    assert "@media" not in light + dark
    assert set(re.findall(r"#[0-9a-f]{6}", dark)) <= set(DARK.values())
    assert "KZT/USD: 0.00193 on 2025-01-20</text>" in both  # text stays text
    page = render(found, "html").decode()
    assert "http" not in re.sub(
        r'xmlns(:\w+)?="[^"]*"|https?://(purl\.org|creativecommons\.org|www\.w3\.org)\S*', "", page
    )


def luminance(colour: str) -> float:
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_every_colour_is_read_on_its_paper(colours: dict[str, str]) -> None:
    assert len(set(colours.values())) == len(colours) == MOST_LINES + 4
    for use, colour in colours.items():
        darker, lighter = sorted((luminance(colour), luminance(colours["paper"])))
        assert use in {"paper", "grid"} or (lighter + 0.05) / (darker + 0.05) >= 4.5  # WCAG 2, 1.4.3


def test_names_of_sources_are_text_and_nothing_else() -> None:
    quotes = said(("2024-12-02", "1.5"), ("2024-12-03", "1.6"), source="$x^2$ <script>\x1b[31m 国家")
    for kind in ("png", "svg", "html"):
        picture = render(drawn_of(*quotes), kind)
        assert b"<script" not in picture
    assert b"$x^2$ &lt;script&gt;" in render(drawn_of(*quotes), "svg")
    text = text_of(drawn_of(*quotes), unicode=False)
    assert text.isascii()
    assert "\x1b" not in text


def test_the_terminal_shows_steps_the_last_figure_and_the_dates() -> None:
    head, unit, *rows = text_of(
        drawn_of(*said(("2024-12-02", "1.00"), ("2024-12-03", "2.00"))), 40, unicode=False
    ).splitlines()
    assert (head, unit) == ("KZT/USD: 2.00 on 2024-12-03", "USD for one KZT")
    assert rows[0] == "2.00 |" + " " * 28 + "* 2.00"
    assert rows[11] == "1.00 |" + "*" * 29
    assert rows[12:] == [
        "     +-----------------------------",
        "      2024-12-02         2024-12-03",
        "source: timesca; 2024-12-02 to",
        "2024-12-03; 2 quotes",
    ]


def test_the_terminal_leaves_holes_and_dots_wide_bands() -> None:
    rows = text_of(drawn_of(*DAYS), 60, unicode=False).splitlines()[2:14]
    assert 0 < max(row.count("*") for row in rows) <= 4  # three days of seven weeks
    wide = text_of(drawn_of(*said(("2024-12-02", "0.00008"), ("2024-12-03", "0.00008"))), 60, unicode=False)
    assert wide.count(".....") > 11
    assert "dotted: what the printed digits leave open" in wide.replace("\n", " ")
    assert all(len(line) <= 60 for line in wide.splitlines())


@pytest.mark.parametrize("width", [1, 40, 80, 1000])
def test_no_line_of_a_chart_is_wider_than_the_terminal(width: int, store: Store) -> None:
    for pairs in (["KZT/USD"], ["KZT/USD", "TJS/USD", "UZS/USD", "TMT/USD", "KGS/USD"]):
        for unicode in (True, False):
            lines = text_of(chart(store, pairs), width, unicode=unicode).splitlines()
            assert max(map(len, lines[2:])) <= max(40, width)


def test_candles_at_the_terminal_fit_or_say_what_to_do(store: Store) -> None:
    text = text_of(chart(store, "KZT/USD", ohlc=True, every="month"), 80)
    assert "░ rose, █ fell" in text.replace("\n", " ")
    with pytest.raises(UsageError, match=r"367 periods do not fit .* take a longer --every"):
        text_of(chart(store, "KZT/USD", ohlc=True), 80)


def test_what_cannot_be_drawn_is_said_in_a_sentence(store: Store, tmp_path: Path) -> None:
    for name, theme, message in (
        ("a.pdf", None, "let it end in .png, .svg or .html"),
        ("a", None, "names no kind of picture"),
        ("a.png", "both", "a PNG has one theme"),
        ("a.svg", "blue", "'blue' is no theme"),
    ):
        with pytest.raises(UsageError, match=message):
            fx.plot(store, "KZT/USD", tmp_path / name, theme=theme)
    with pytest.raises(NoQuotes, match="no quote of EUR/KZT was found"):
        fx.plot(store, "EUR/KZT", tmp_path / "a.png")
    with pytest.raises(NoQuotes, match="from bank was found: 'fx sources' lists what there is"):
        fx.plot(store, "KZT/USD", tmp_path / "a.png", source="bank")
    with pytest.raises(UsageError, match="nothing to plot"):
        fx.plot(store, [], tmp_path / "a.png")
    assert list(tmp_path.iterdir()) == []


def test_without_matplotlib_the_extra_is_named(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "fx.exports.pictures")
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(UsageError, match=r"pip install 'fx\[plot\]', or leave out -o"):
        fx.plot(store, "KZT/USD", tmp_path / "a.png")


def test_the_command_draws_at_the_terminal_without_matplotlib_or_pandas(store: Store) -> None:
    code = (
        "import sys; from fx.cli import run; code = run(sys.argv[1:]); "
        "sys.exit(code or 9 * bool({'matplotlib', 'pandas', 'numpy'} & set(sys.modules)))"
    )
    words = ["plot", "KZT/USD", "--db", store.target]
    environment = {**BARE, "PYTHONUTF8": "1", "COLUMNS": "60"}
    status, seen = on_terminal([sys.executable, "-c", code, *words], EXAMPLES, environment)
    assert status == 0
    assert seen.startswith("KZT/USD: 0.00192 on 2025-12-15\nUSD for one KZT\n")
    assert "⣂" in seen
    ascii_only = {**environment, "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, env=ascii_only, check=True)
    assert done.stdout.isascii()
    assert b"\\u" not in done.stdout


def test_the_command_draws_into_a_file_and_says_so(store: Store, tmp_path: Path) -> None:
    nowhere = {
        **BARE,
        "HOME": "/dev/null",
        "PYTHONUTF8": "1",
    }  # Matplotlib has no place for a cache
    words = ["plot", "KZT/USD", "TJS/USD", "--db", store.target, "-o", "chart.svg", "--theme", "dark"]
    command = [sys.executable, "-c", "from fx.cli import main; main()", *words]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", cwd=tmp_path, env=nowhere, check=True)
    assert (done.stdout, done.stderr) == ("", "KZT/USD, TJS/USD, 2024-12-14 = 100: drawn into chart.svg\n")
    assert DARK["paper"] in (tmp_path / "chart.svg").read_text("utf-8")
