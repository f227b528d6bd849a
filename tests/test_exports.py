"""What goes out: every format comes back as the same quotes, as far as it can carry them, and says what it cannot."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fx.documents import Document, Limits
from fx.documents.packed import opened
from fx.errors import InputError, NoQuotes, UnknownCurrency, UsageError
from fx.exact import plain
from fx.exports.export import EXPORTS, export
from fx.exports.shape import Told
from fx.moments import Moment
from fx.quotes import Quote
from fx.reader import Reading, read_documents
from fx.store import Store
from tests.builders import BOARD, NOON

CODES = "USD EUR GBP JPY KZT UZS KGS CHF".split()
SOURCES = (
    *(
        None,
        "timesca",
        "ECB",
        "USD",
        "EOD",
        "=1+1",
        "'=1+1",
        "+1",
        "＝1+1",
        "'－x",
        "-x",
        "@home",
        "=cmd|' /C calc'!A0",
    ),
    *(
        'a "bank", of sorts',
        "a; b",
        "source: a",
        "x ; source: y",
        "a, at: 2024-12-14",
        "Банк",
        "P",
        "{1}",
        "_x0041_",
    ),
)


@dataclass(frozen=True)
class Said:
    """One statement to store."""

    base: str
    counter: str
    rate: str | None
    bid: str | None
    ask: str | None
    change: str | None
    when: str
    source: str | None

    @property
    def line(self) -> str:
        """As a line of JSON that fx reads."""
        return json.dumps(
            {
                "base": self.base,
                "counter": self.counter,
                "rate": self.rate,
                "bid": self.bid,
                "ask": self.ask,
                "change_pct": self.change,
                "observed_at": self.when,
                "source": self.source,
            }
        )

    @property
    def moment(self) -> Moment:
        return Moment.parse(self.when)

    @property
    def day(self) -> str:
        return str(self.moment.day)

    @property
    def pair(self) -> str:
        return f"{self.base}/{self.counter}"

    @property
    def figure(self) -> str:
        """The one figure: the rate, a lone side, or the exact middle with no more digits than it needs."""
        if self.rate is not None:
            return self.rate
        sides = [side for side in (self.bid, self.ask) if side is not None]
        if len(sides) == 1:
            return sides[0]
        middle = sum(map(Fraction, sides)) / 2
        places = max(len(side.partition(".")[2]) for side in sides)
        places += (middle * 10**places).denominator != 1
        digits = str(middle * 10**places).rjust(places + 1, "0")
        return f"{digits[: len(digits) - places]}.{digits[len(digits) - places :]}" if places else digits

    @property
    def full(self) -> tuple[object, ...]:
        return (self.pair, self.rate, self.bid, self.ask, self.change, str(self.moment), self.source)


@st.composite
def figures(draw: st.DrawFn) -> str:
    """A rate as somebody may publish it, of any number of decimals."""
    places = draw(st.integers(0, 12))
    digits = str(draw(st.integers(1, 10**13))).rjust(places + 1, "0")
    return f"{digits[: len(digits) - places]}.{digits[len(digits) - places :]}" if places else digits


def moments() -> st.SearchStrategy[str]:
    """Days and instants, few enough to fall together."""
    days = st.dates(date(1999, 1, 4), date(2026, 12, 31)) | st.just(date(2024, 12, 14))
    instants = st.builds(
        lambda day, millis: str(
            Moment.of_instant(datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(milliseconds=millis))
        ),
        days,
        st.sampled_from((0, 1, 1000, 43_200_000, 86_399_999)) | st.integers(0, 86_399_999),
    )
    return days.map(str) | instants


@st.composite
def statements(draw: st.DrawFn, base: str | None = None) -> list[Said]:
    """Statements, one of each pair, moment and source."""
    found: dict[object, Said] = {}
    for _ in range(draw(st.integers(1, 8))):
        first = base or draw(st.sampled_from(CODES))
        second = draw(st.sampled_from([code for code in CODES if code != first]))
        kind = draw(st.sampled_from(("rate", "sides", "bid", "ask", "all")))
        bid, ask = sorted((draw(figures()), draw(figures())), key=Decimal)  # the other way round is a reject
        said = Said(
            first,
            second,
            draw(figures()) if kind in {"rate", "all"} else None,
            bid if kind in {"sides", "bid", "all"} else None,
            ask if kind in {"sides", "ask", "all"} else None,
            draw(st.sampled_from((None, "0", "-0.11", "2.50"))),
            draw(moments()),
            draw(st.sampled_from(SOURCES)),
        )
        found[said.pair, said.moment, said.source] = said
    return list(found.values())


def stored(said: list[Said]) -> Store:
    store = Store(":memory:", clock=lambda: NOON)
    loaded = store.load_text("".join(each.line + "\n" for each in said))
    assert (loaded.new, loaded.rejects) == (len(said), 0)
    return store


def exported(store: Store, name: str, *wanted: str, **how: Any) -> tuple[bytes, Told]:
    out: Any = io.BytesIO() if EXPORTS[name].binary else io.StringIO()
    told = export(store, name, out, *wanted, **how)
    return (out.getvalue() if EXPORTS[name].binary else out.getvalue().encode()), told


def read_back(data: bytes, name: str = "file") -> list[Quote]:
    """What fx reads in a file, nothing refused."""
    quotes: list[Quote] = []
    for found in read_documents(opened(Document(name), io.BytesIO(data), Limits()), now=NOON):
        assert isinstance(found, Reading), found
        assert found.rejects == ()
        quotes += found.quotes
    return quotes


def text(number: Decimal | None) -> str | None:
    return None if number is None else plain(number)


def full(quote: Quote) -> tuple[object, ...]:
    return (
        str(quote.pair),
        *map(text, (quote.rate, quote.bid, quote.ask, quote.change_pct)),
        str(quote.observed_at),
        quote.source,
    )


@pytest.mark.parametrize("name", ["csv", "json", "jsonl", "parquet", "xlsx", "hledger", "ledger", "beancount"])
@given(said=statements())
@settings(max_examples=40, deadline=None)
def test_rows_come_back_whole(name: str, said: list[Said]) -> None:
    with stored(said) as store:
        data, told = exported(store, name)
    assert told.written == len(said)
    assert sorted(map(full, read_back(data)), key=str) == sorted((each.full for each in said), key=str)


def test_two_sources_that_say_the_same_are_two_unless_the_caller_names_one() -> None:
    said = [Said("KZT", "USD", "0.00190", None, None, None, "2024-12-14", source) for source in ("a", "b")]
    with stored(said) as store:
        data, _ = exported(store, "csv")
    with Store(":memory:", clock=lambda: NOON) as store:
        loaded = store.load_text(data.decode(), source="c")
        assert (loaded.new, loaded.repeats) == (1, 1)


@given(said=statements())
@settings(max_examples=40, deadline=None)
def test_lines_of_pricehist_come_back_with_their_day_and_source(said: list[Said]) -> None:
    with stored(said) as store:
        data, told = exported(store, "pricehist")
    assert told.written == len(said)
    found = {(str(each.pair), text(each.rate), str(each.observed_at), each.source) for each in read_back(data)}
    assert found == {(each.pair, each.figure, each.day, each.source) for each in said}


@pytest.mark.parametrize("name", ["hledger", "ledger", "beancount"])
def test_two_sources_and_two_moments_of_a_day_come_back_as_two_and_not_as_revisions(name: str) -> None:
    said = [
        Said("KZT", "USD", rate, None, None, None, when, source)
        for rate, source in (("0.00190", "a"), ("0.00191", "b"))
        for when in ("2024-12-14T10:00:00.000Z", "2024-12-14T16:30:00.250Z")
    ]
    with stored(said) as store:
        data, _ = exported(store, name)
    with Store(":memory:", clock=lambda: NOON) as store:
        loaded = store.load_text(data.decode())
        assert (loaded.new, loaded.revisions) == (4, 0)
        assert {full(quote) for quote in store.quotes("KZT/USD")} == {each.full for each in said}
    with Store(":memory:", clock=lambda: NOON) as store:
        store.load_text(data.decode(), source="c")
        assert {quote.source for quote in store.quotes("KZT/USD")} == {"c"}


BEHIND: dict[str, tuple[str, str]] = {
    "a source": ("; source: a bank, or two", "1.0522 None None None 2024-12-13 a bank, or two"),
    "sides whose middle it is": ("; bid: 1.0521, ask: 1.0523", "None 1.0521 1.0523 None 2024-12-13 None"),
    "sides of another figure": ("; bid: 1.0531, ask: 1.0533, source: a", "1.0522 None None None 2024-12-13 a"),
    "sides that are crossed": ("; bid: 1.0523, ask: 1.0521", "1.0522 None None None 2024-12-13 None"),
    "a rate beside its sides": ("; rate: 1.0522, bid: 1.0521", "1.0522 1.0521 None None 2024-12-13 None"),
    "a change and a moment": (
        "; change: -0.10, at: 2024-12-13T15:30:00.250Z",
        "1.0522 None None -0.10 2024-12-13T15:30:00.250Z None",
    ),
    "a moment of another day": ("; at: 2024-12-14T15:30:00.250Z, source: a", "1.0522 None None None 2024-12-13 a"),
    "a moment that is none": ("; at: 2024-12-13T25:30:00.250Z", "1.0522 None None None 2024-12-13 None"),
    "somebody's own words": ("; as told by the bank, source: a", "1.0522 None None None 2024-12-13 None"),
    "another order": ("; source: a, bid: 1.0522", "1.0522 None None None 2024-12-13 a, bid: 1.0522"),
}


@pytest.mark.parametrize("why", BEHIND)
@pytest.mark.parametrize("line", ["P 2024-12-13 EUR 1.0522 USD", "2024-12-13 price EUR 1.0522 USD"])
def test_a_comment_behind_a_directive_says_no_more_than_fits_it(why: str, line: str) -> None:
    comment, expected = BEHIND[why]
    (quote,) = read_back(f"{line}  {comment}\n".encode())
    assert " ".join(map(str, full(quote)[1:])) == expected


def test_a_table_shaped_like_the_banks_is_the_banks_only_if_all_of_it_was() -> None:
    for sources, wanted, expected in (
        (("ECB", "ECB"), (), {"ECB"}),
        (("timesca", "timesca"), (), {None}),
        (("ECB", "timesca"), (), {None}),
        (("ECB", "timesca"), ("EUR/USD",), {None}),  # it does not begin as the bank's own files do
    ):
        said = [
            Said("EUR", code, "1.05", None, None, None, "2024-12-13", source)
            for code, source in zip(("USD", "JPY"), sources, strict=True)
        ]
        with stored(said) as store:
            data, told = exported(store, "ecb", *wanted)
        assert {quote.source for quote in read_back(data)} == expected
        assert ["source is left out" in note for note in told.notes()] == ([] if expected == {"ECB"} else [True])
    with Store(":memory:", clock=lambda: NOON) as store:
        store.load_text("Date,USD,JPY,\n2024-12-13,1.05,161,\n", source="mine")
        assert {quote.source for quote in store.quotes("EUR/USD")} == {"mine"}


CONTROLLED = "a\tb\nP 2024-12-14 KZT 9 USD\r=1+1"


@pytest.mark.parametrize("name", sorted({*EXPORTS} - {"ecb"}))
def test_a_name_with_line_ends_breaks_no_file(name: str) -> None:
    said = [Said("KZT", "USD", "0.00190", None, None, None, "2024-12-14", CONTROLLED)]
    with stored(said) as store:
        data, told = exported(store, name)
    (quote,) = read_back(data)
    assert text(quote.rate) == "0.00190"
    named = name not in {"gnucash", "frankfurter", "frankfurter-v1"}
    assert (quote.source is not None) == named
    whole = quote.source == CONTROLLED
    assert whole == (name in {"json", "jsonl"})
    assert any("control characters" in note for note in told.notes()) == (named and not whole)


def test_what_was_asked_for_and_is_not_there_is_told() -> None:
    with stored(MIXED) as store:
        for name, wanted, how, missing in (
            ("csv", ("KZT/USD", "EUR/GBP", "JPY"), {}, ("EUR/GBP", "JPY")),
            ("csv", ("KZT/USD", "usd/eur"), {"since": "2024-12-14"}, ("USD/EUR",)),
            ("csv", (), {"source": ["one", "three"]}, ("the source three",)),
            ("ecb", ("EUR/USD", "KZT/USD"), {}, ("KZT/USD",)),
            ("csv", ("KZT", "EUR"), {"source": ["one", "two"]}, ()),
        ):
            _, told = exported(store, name, *wanted, **how)
            assert told.missing == missing, wanted
            assert any(each in list(told.notes())[-1] for each in missing) == bool(missing)


@pytest.mark.parametrize("name", ["frankfurter", "frankfurter-v1", "gnucash", "ecb"])
@given(said=statements(base="EUR"))
@settings(max_examples=40, deadline=None)
def test_shapes_of_one_figure_a_day_come_back_with_the_last(name: str, said: list[Said]) -> None:
    with stored(said) as store:
        data, told = exported(store, name)
    last: dict[tuple[str, str], Said] = {}
    for each in sorted(said, key=lambda each: each.source or "", reverse=True):
        held = last.get((each.pair, each.day))
        if held is None or held.moment <= each.moment:
            last[each.pair, each.day] = each
    if name == "gnucash":  # the middle of sides of very different sizes has too many digits for it
        last = {place: each for place, each in last.items() if int(each.figure.replace(".", "")) < 2**63}
    assert {(str(each.pair), str(each.observed_at)): text(each.rate) for each in read_back(data)} == {
        place: each.figure for place, each in last.items()
    }
    assert (told.written, told.left_out) == (len(last), len(said) - len(last))


SIDES, HOUR, CHANGE = "1 of 4 quotes: only one figure fits", "time of day is left out", "the change is left out"
LAST, SOURCE = "2 of 4 quotes: only one figure a day", "4 of 4 quotes: no name fits, so the source is left out"
TOLD = {
    "csv": set(),
    "ledger": {SIDES, "1 of 4 quotes: only whole seconds fit, so the milliseconds stand in a comment"},
    "hledger": {SIDES, "1 of 4 quotes: only a day fits, so the time of day stands in a comment"},
    "beancount": {SIDES, "1 of 4 quotes: only a day fits, so the time of day stands in a comment"},
    "pricehist": {SIDES, HOUR, CHANGE},
    "frankfurter": {SIDES, HOUR, CHANGE, SOURCE, LAST},
    "gnucash": {SIDES, HOUR, CHANGE, SOURCE, LAST},
    "ecb": {SIDES, HOUR, "3 of 4 quotes: no name fits", LAST, "another base"},
}
MIXED = [
    Said("EUR", "USD", None, "1.05", "1.06", None, "2024-12-13T15:30:00.250Z", "one"),
    Said("EUR", "USD", "1.0500", None, None, None, "2024-12-13", "one"),
    Said("EUR", "USD", "1.0501", None, None, None, "2024-12-13", "two"),
    Said("KZT", "USD", "0.00190", None, None, "0", "2024-12-14", "two"),
]


@pytest.mark.parametrize("name", TOLD)
def test_what_is_not_carried_is_told(name: str) -> None:
    with stored(MIXED) as store:
        _, told = exported(store, name)
    notes = list(told.notes())
    assert {part for part in TOLD[name] if any(part in note for note in notes)} == TOLD[name]
    assert len(notes) == len(TOLD[name])
    assert all(" of 4 quotes: " in note for note in notes)


def test_price_directives_keep_in_comments_what_a_line_cannot_hold_and_end_with_what_counts() -> None:
    with stored(MIXED) as store:
        data, _ = exported(store, "hledger", "USD/EUR")
    assert data.decode().splitlines() == [
        "decimal-mark .",
        "P 2024-12-13 EUR 1.0501 USD  ; source: two",
        "P 2024-12-13 EUR 1.0500 USD  ; source: one",
        "P 2024-12-13 EUR 1.055 USD  ; bid: 1.05, ask: 1.06, at: 2024-12-13T15:30:00.250Z, source: one",
    ]


SHAPES = {
    "frankfurter-v1": '{"amount":1.0,"base":"KZT","start_date":"2024-12-14","rates":{\n"2024-12-14":{"USD":0.00190}\n},"end_date":"2024-12-14"}\n',
    "frankfurter": '[\n{"date":"2024-12-14","base":"KZT","quote":"USD","rate":0.00190}\n]\n',
    "pricehist": "date,base,quote,amount,source,type\n2024-12-14,KZT,USD,0.00190,two,rate\n",
    "beancount": "2024-12-14 price KZT 0.00190 USD  ; change: 0, source: two\n",
    "csv": "base,counter,rate,bid,ask,change_pct,observed_at,time_basis,source,document,line,repeats\nKZT,USD,0.00190,,,0,2024-12-14,line,two,text,4,1\n",
}


@pytest.mark.parametrize("name", SHAPES)
def test_a_pair_in_either_direction_goes_out_as_published(name: str) -> None:
    with stored(MIXED) as store:
        for pair in ("KZT/USD", "usd/kzt", "KZT"):
            assert exported(store, name, pair)[0].decode() == SHAPES[name]


def test_the_files_of_the_ecb_have_a_column_a_code_and_a_row_a_day() -> None:
    said = [
        Said("EUR", "USD", "1.0500", None, None, None, "2024-12-13", "ECB"),
        Said("EUR", "JPY", "161.5", None, None, None, "2024-12-16", "ECB"),
    ]
    with stored(said) as store:
        data, _ = exported(store, "ecb")
    assert data.decode() == "Date,USD,JPY,\n2024-12-13,1.0500,N/A,\n2024-12-16,N/A,161.5,\n"


def test_what_was_replaced_goes_out_only_when_asked_for() -> None:
    with Store(":memory:", clock=lambda: NOON) as store:
        for rate in ("0.00190", "0.00191", "0.00192"):
            store.load_text(f"KZT/USD = {rate}", source="timesca", observed_at="2024-12-14")
        standing, _ = exported(store, "csv")
        (row,) = standing.decode().splitlines()[1:]
        assert row.startswith("KZT,USD,0.00192,")
        rows = [json.loads(line) for line in exported(store, "jsonl", every=True)[0].decode().splitlines()]
        assert [(row["rate"], row["revision"], row["recorded_at"]) for row in rows] == [
            ("0.00190", 0, "2025-01-01T12:00:00.000Z"),
            ("0.00191", 1, "2025-01-01T12:00:00.001Z"),
            ("0.00192", 2, "2025-01-01T12:00:00.002Z"),
        ]
        with pytest.raises(UsageError, match="cannot tell what was replaced"):
            exported(store, "hledger", every=True)
        for name in ("csv", "json", "jsonl", "parquet", "xlsx"):
            with Store(":memory:", clock=lambda: NOON) as other:
                for document in opened(Document("all"), io.BytesIO(exported(store, name, every=True)[0]), Limits()):
                    other.load_documents([document])
                assert [plain(quote.rate or Decimal(0)) for quote in other.quotes("KZT/USD")] == ["0.00192"]
                assert [row["rate_text"] for row in other.revisions()] == ["0.00190", "0.00191", "0.00192"]


CHOICES: dict[str, tuple[dict[str, Any], set[str]]] = {
    "all": ({}, {"1.0500", "1.0501", "0.00190", "1.05 1.06"}),
    "a source": ({"source": "two"}, {"1.0501", "0.00190"}),
    "two sources": ({"source": ["two", "one"]}, {"1.0500", "1.0501", "0.00190", "1.05 1.06"}),
    "since a day": ({"since": "2024-12-14"}, {"0.00190"}),
    "until a day, with its moments": ({"until": "2024-12-13"}, {"1.0500", "1.0501", "1.05 1.06"}),
    "until a moment": ({"until": "2024-12-13T12:00Z"}, {"1.0500", "1.0501"}),
}


@pytest.mark.parametrize("why", CHOICES)
def test_what_goes_out_can_be_narrowed(why: str) -> None:
    how, expected = CHOICES[why]
    with stored(MIXED) as store:
        quotes = read_back(exported(store, "jsonl", **how)[0])
    assert {text(quote.rate) or f"{text(quote.bid)} {text(quote.ask)}" for quote in quotes} == expected


REFUSED: dict[str, tuple[tuple[str, ...], dict[str, Any], type[Exception], str]] = {
    "an unknown format": (("nothing",), {}, UsageError, "there is no format 'nothing' to export: take one of csv"),
    "an unknown code": (("csv", "KZZ"), {}, UnknownCurrency, "did you mean KZT"),
    "a pair without quotes": (("csv", "GBP/JPY"), {}, NoQuotes, "no quote of GBP/JPY was found: 'fx pairs'"),
    "a source without quotes": (("csv",), {"source": "x"}, NoQuotes, "no quote from x was found: 'fx sources'"),
    "a time without quotes": (("csv",), {"since": "2025-01-01"}, NoQuotes, "widen --since and --until"),
    "two bases in one": (("frankfurter-v1",), {}, UsageError, "room for one base and here are EUR, KZT"),
    "nothing per euro": (("ecb", "KZT"), {}, NoQuotes, "per euro"),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_cannot_go_out_is_refused_and_leaves_no_file(why: str, tmp_path: Path) -> None:
    (name, *wanted), how, error, message = REFUSED[why]
    with stored(MIXED) as store, pytest.raises(error, match=message):
        export(store, name, tmp_path / "out", *wanted, **how)
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    file, link = tmp_path / "prices.journal", tmp_path / "link"
    file.write_text("before\n", "utf-8")
    file.chmod(0o640)
    link.symlink_to(file)
    with stored(MIXED) as store:
        with pytest.raises(UsageError):
            export(store, "frankfurter-v1", file)
        assert file.read_text("utf-8") == "before\n"
        export(store, "hledger", link)
    assert file.read_text("utf-8").startswith("decimal-mark .\n")
    assert (link.is_symlink(), file.stat().st_mode & 0o777) == (True, 0o640)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "prices.journal"]


def test_a_spreadsheet_runs_nothing_that_a_source_is_called() -> None:
    openpyxl = pytest.importorskip("openpyxl", reason="openpyxl is not installed: pip install 'fx[xlsx]'")
    said = [Said("KZT", "USD", "0.00190", None, None, None, "2024-12-14", '=HYPERLINK("x")')]
    with stored(said) as store:
        data, told = exported(store, "csv")
        assert ",\"'=HYPERLINK(" in data.decode()
        assert list(told.notes()) == [
            "1 of 1 quote: a name that a spreadsheet would take for a formula is set behind an apostrophe"
        ]
        sheet = openpyxl.load_workbook(io.BytesIO(exported(store, "xlsx")[0])).active
    heads, cells = map(list, sheet.iter_rows())
    found = {head.value: (cell.value, cell.data_type) for head, cell in zip(heads, cells, strict=True)}
    assert found["source"] == ('=HYPERLINK("x")', "s")
    assert (found["rate"], found["rate_number"]) == (("0.00190", "s"), (0.0019, "n"))


def test_parquet_has_numbers_beside_the_digits() -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed: pip install 'fx[parquet]'")
    with stored(MIXED) as store:
        table = parquet.read_table(io.BytesIO(exported(store, "parquet")[0]))
    assert table.column("rate").to_pylist() == ["1.0501", "1.0500", None, "0.00190"]
    assert table.column("rate_number").to_pylist() == [1.0501, 1.05, 1.055, 0.0019]


@pytest.mark.parametrize("name", ["json", "frankfurter", "frankfurter-v1"])
def test_what_is_json_is_one_value_of_it(name: str) -> None:
    with stored(MIXED) as store:
        found = json.loads(exported(store, name, "EUR")[0], parse_float=str)
    assert found["rates"]["2024-12-13"] if name == "frankfurter-v1" else len(found) == (3 if name == "json" else 1)


def test_a_book_of_gnucash_is_whole_and_names_every_currency() -> None:
    with stored(MIXED) as store:
        data, _ = exported(store, "gnucash")
        assert data == exported(store, "gnucash")[0]
    book = ET.fromstring(data)  # noqa: S314 (our own)
    spaces = {name: f"http://www.gnucash.org/XML/{name}" for name in ("gnc", "act", "cmdty", "price")}
    commodities = {each.text for each in book.findall("gnc:book/gnc:commodity/cmdty:id", spaces)}
    assert commodities == {"EUR", "KZT", "USD"}
    assert {each.text for each in book.findall("gnc:book/gnc:account/act:type", spaces)} == {"ROOT"}
    prices = book.findall("gnc:book/gnc:pricedb/price", spaces)
    assert [each.findtext("price:value", None, spaces) for each in prices] == ["1055/1000", "190/100000"]
    assert len({each.findtext("price:id", None, spaces) for each in prices}) == 2


def test_a_figure_with_more_digits_than_gnucash_has_is_left_out_and_told() -> None:
    said = [
        Said("EUR", "USD", "1.0500000000000000000", None, None, None, "2024-12-13", None),
        Said("EUR", "JPY", "9223372036854775807", None, None, None, "2024-12-13", None),
    ]
    with stored(said) as store:
        data, told = exported(store, "gnucash")
    assert b"<price:value>9223372036854775807/1</price:value>" in data
    assert [str(quote.pair) for quote in read_back(data)] == ["EUR/JPY"]
    assert (told.written, told.left_out) == (1, 1)
    assert "64 bits" in next(told.notes())


@pytest.mark.parametrize("name", ["ledger", "gnucash"])
def test_a_year_that_the_program_does_not_know_is_left_out_and_told(name: str) -> None:
    said = [
        Said("EUR", "USD", "1.05", None, None, None, day, None) for day in ("1399-12-31", "1400-01-01", "2999-12-31")
    ]
    with stored(said) as store:
        data, told = exported(store, name)
    assert {str(quote.observed_at) for quote in read_back(data)} == {"1400-01-01", "2999-12-31"}
    assert (told.written, told.left_out) == (2, 1)
    assert list(told.notes()) == [
        "1 of 3 quotes: Ledger and GnuCash know no year before 1400, so an older quote is left out"
    ]


def test_a_long_name_comes_back_from_a_comment() -> None:
    said = [Said("EUR", "USD", "1.05", None, None, None, "2024-12-13", "a bank " * 99 + "in all")]
    with stored(said) as store:
        assert [quote.source for quote in read_back(exported(store, "hledger")[0])] == [said[0].source]


def test_a_history_goes_out_in_memory_that_does_not_grow(tmp_path: Path) -> None:
    tracemalloc = pytest.importorskip("tracemalloc")
    start = date(2000, 1, 1)
    peaks = []
    for days in (5_000, 11_000):  # of a server's rows two times 2,000 are held
        with Store(tmp_path / f"{days}.db", clock=lambda: NOON) as store:
            store.load_text(
                "date,base,quote,rate\n"
                + "".join(f"{start + timedelta(days=day)},KZT,USD,0.00{day + 1000}\n" for day in range(days))
            )
            lines = 0

            class Counted(io.StringIO):
                def write(self, text: str) -> int:
                    nonlocal lines
                    lines += text.count("\n")
                    return len(text)

            export(store, "hledger", Counted())
            tracemalloc.start()
            for name in ("csv", "jsonl", "hledger", "frankfurter", "gnucash"):
                export(store, name, Counted())
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
            assert lines > 5 * days
    assert peaks[1] < peaks[0] + 200_000


LOOKS: dict[str, tuple[list[list[object]], list[str]]] = {
    "a workbook of somebody else's": (
        [
            ["Date", "Base", "Quote", "Rate"],
            [date(2024, 12, 14), "KZT", "USD", 0.0019],
            [
                datetime(2024, 12, 15, 12, 30),  # noqa: DTZ001 (workbooks know no zones)
                "EUR",
                "KZT",
                549,
            ],
        ],
        ["KZT/USD 0.0019 2024-12-14", "EUR/KZT 549 2024-12-15T12:30:00.000Z"],
    ),
    "a small number": ([["date", "pair", "rate"], ["2024-12-14", "UZS/USD", 8e-05]], ["UZS/USD 0.00008 2024-12-14"]),
}


@pytest.mark.parametrize("why", LOOKS)
def test_a_workbook_is_read_sheet_by_sheet(why: str) -> None:
    openpyxl = pytest.importorskip("openpyxl", reason="openpyxl is not installed: pip install 'fx[xlsx]'")
    rows, expected = LOOKS[why]
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    other = book.create_sheet("Other")
    other.append(["date", "base", "quote", "rate"])
    other.append(["2024-12-16", "GBP", "USD", "1.2600"])
    out = io.BytesIO()
    book.save(out)
    quotes = read_back(out.getvalue(), "book.xlsx")
    assert [f"{each.pair} {text(each.rate)} {each.observed_at}" for each in quotes] == [
        *expected,
        "GBP/USD 1.2600 2024-12-16",
    ]
    assert {each.document for each in quotes} == {"book.xlsx!Sheet", "book.xlsx!Other"}


def test_parquet_of_somebody_else_is_read_by_its_columns() -> None:
    pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed: pip install 'fx[parquet]'")
    parquet = pytest.importorskip("pyarrow.parquet")
    table = pa.table(
        {
            "timestamp": pa.array([datetime(2024, 12, 14, 15, 30, tzinfo=UTC)], pa.timestamp("ms", "UTC")),
            "pair": ["KZT/USD"],
            "rate": pa.array([Decimal("0.00190")], pa.decimal128(10, 5)),
        }
    )
    out = io.BytesIO()
    parquet.write_table(table, out)
    (quote,) = read_back(out.getvalue())
    assert (str(quote.pair), text(quote.rate), str(quote.observed_at)) == (
        "KZT/USD", "0.00190", "2024-12-14T15:30:00.000Z",
    )  # fmt: skip


HARM: dict[str, Callable[[bytes], bytes]] = {
    "cut off": lambda data: data[: len(data) // 2],
    "its middle gone": lambda data: data[:200] + bytes(300) + data[500:],
}


@pytest.mark.parametrize("why", HARM)
@pytest.mark.parametrize("name", ["parquet", "xlsx"])
def test_a_damaged_table_is_one_error_and_no_trace(name: str, why: str) -> None:
    with stored(MIXED) as store:
        data = HARM[why](exported(store, name)[0])
    found = list(read_documents(opened(Document("file"), io.BytesIO(data), Limits()), now=NOON))
    assert found, why
    assert all(isinstance(each, InputError | Reading) for each in found)
    assert any(isinstance(each, InputError) for each in found)


@pytest.mark.parametrize("name", ["parquet", "xlsx"])
def test_a_table_is_held_to_the_limits_of_what_is_unpacked(name: str) -> None:
    rows = "".join(f"{date(2000, 1, 1) + timedelta(days=day)},KZT,USD,0.00190\n" for day in range(3000))
    with Store(":memory:", clock=lambda: NOON) as store:
        store.load_text(f"date,base,quote,rate\n{rows}")
        data, _ = exported(store, name)
    for limits, message in (
        (Limits(max_bytes=10_000), "file is larger than 10,000 bytes: raise --max-bytes"),
        (Limits(ratio=1, free=10_000), "file unpacks to more than 1 times its size"),
    ):
        (found,) = read_documents(opened(Document("file"), io.BytesIO(data), limits), now=NOON)
        assert isinstance(found, InputError)
        assert found.message.startswith(message)


def test_a_workbook_with_more_texts_than_memory_should_hold_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with stored(MIXED) as store:
        data, _ = exported(store, "xlsx")
    monkeypatch.setattr("fx.documents.sheets.LARGEST_TEXTS", 1000)
    (found,) = opened(Document("book.xlsx"), io.BytesIO(data), Limits())
    assert isinstance(found, InputError)
    assert "save its sheets as CSV" in found.message


def test_the_table_of_formats_is_complete() -> None:
    assert len(EXPORTS) == 13
    for name, each in EXPORTS.items():
        assert name == each.name
        assert each.summary
        assert each.example
    with Store(":memory:", clock=lambda: NOON) as store:
        store.load_text(BOARD, observed_at="2024-12-14")
        for name in EXPORTS:
            if name not in {"frankfurter-v1", "ecb"}:
                assert exported(store, name)[1].written == 5
