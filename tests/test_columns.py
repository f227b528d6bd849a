"""Columns at once: a CSV file and a DataFrame give row by row what one question gives, whatever a row holds."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal, localcontext
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fx
from fx.columns import RESULTS, status_of
from fx.errors import FxError, UsageError
from fx.exact import ROUNDINGS, plain, quotient, ratio_of, rounded
from fx.exports.records import rate_text
from fx.exports.sheets import Columns, Sheet, convert_sheet
from fx.moments import Moment
from fx.policy import Policy
from fx.store import Store

NOW = datetime(2024, 12, 20, tzinfo=UTC)
BOARD = """\
2024-12-14 KGS/USD 0.01150
2024-12-14 KZT/USD 0.00190
2024-12-14 TJS/USD 0.09158
2024-12-14 UZS/USD 0.00008
2024-12-10 EUR/USD 1.0500
"""
CODES = ["KZT", "USD", "TJS", "UZS", "EUR", "XAU", "JPY", "DEM", "kzt ", "KZZ", "K/", ""]
AMOUNTS = st.one_of(
    st.decimals(-(10**9), 10**9, places=2).map(plain),
    st.integers(-(10**25), 10**25).map(str),
    st.decimals(-1, 1, places=18).map(plain),
    st.sampled_from(["", " 5 ", "abc", "1,000", "1e3", "NaN", "٣", "1_0", "-.5", "7.", "9" * 41, "+0", "-0.00"]),
)
DAYS = st.one_of(
    st.dates(date(2024, 12, 1), date(2024, 12, 31)).map(str),
    st.sampled_from(["2024-12-14T10:30Z", "2024-12-14 23:59:59", "", "tomorrow", "2024-13-01", "20241214"]),
)
QUOTES = st.lists(
    st.tuples(
        st.dates(date(2024, 12, 2), date(2024, 12, 28)),
        st.sampled_from(["KZT/USD", "USD/TJS", "TJS/KZT", "EUR/USD", "UZS/USD", "USD/JPY", "XAU/USD"]),
        st.decimals(Decimal("0.00001"), 5000, places=5).filter(bool),
        st.sampled_from(["bank", "press"]),
    ),
    min_size=1,
    max_size=25,
)
ROWS = st.lists(st.tuples(AMOUNTS, st.sampled_from(CODES), st.sampled_from(CODES), DAYS), min_size=1, max_size=12)
DEMANDS = st.fixed_dictionaries(
    {},
    optional={
        "max_age": st.integers(0, 9),
        "max_spread": st.integers(0, 5),
        "via": st.sampled_from(["USD", "KZT"]),
        "source": st.sampled_from(["bank", ["press", "bank"], "none"]),
        "places": st.sampled_from([0, 2, 7, 30]),
        "rounding": st.sampled_from(ROUNDINGS),
    },
)


@pytest.fixture
def store() -> Iterator[Store]:
    with fx.open(":memory:", clock=lambda: NOW) as opened:
        opened.load_text(BOARD, source="bank")
        yield opened


def book(quotes: list[tuple[date, str, Decimal, str]]) -> Store:
    opened = fx.open(":memory:", clock=lambda: NOW)
    for source in ("bank", "press"):
        lines = [f"{day} {pair} {plain(rate)}\n" for day, pair, rate, by in quotes if by == source]
        opened.load_text("".join(lines), source=source)
    return opened


def singly(store: Store, row: tuple[Any, ...], demands: dict[str, Any]) -> list[str]:
    """What one question gives, as the cells of a row."""
    amount, base, counter, day = row
    try:
        answer = store.convert(amount, base, counter, as_of=day, **demands)
    except FxError as error:
        return [""] * 6 + [status_of(error)]
    figures = [plain(figure) for figure in (answer.result, answer.low, answer.high)]
    seen = ["" if each is None else str(each) for each in (answer.observed_at, answer.age_days)]
    return [*figures, rate_text(answer), *seen, "ok"]


def in_csv(store: Store, text: str, demands: dict[str, Any], **names: Any) -> str:
    """A CSV text converted."""
    how = dict(demands)
    plan = Columns(
        **{"amount": "amt", "base": "cur", "to": None, "to_column": "to", "date": "day"} | names,
        as_of=Moment.parse(NOW),
        places=how.pop("places", None),
        rounding=how.pop("rounding", "half-even"),
    )
    sheet = Sheet(io.BytesIO(text.encode()), "in.csv", [name for name in (plan.amount, plan.date) if name])
    asker, out = store.asker(policy=Policy.of(**how)), io.StringIO(newline="")
    convert_sheet(sheet, plan, lambda asked: store.found(asker, asked), lambda: out)
    return out.getvalue()


def written(rows: list[tuple[str, ...]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([("amt", "cur", "to", "day"), *rows])
    return out.getvalue()


@settings(max_examples=40, deadline=None)
@given(QUOTES, ROWS, DEMANDS)
def test_a_csv_gives_row_by_row_what_one_question_gives(
    quotes: list[Any], rows: list[tuple[str, ...]], demands: dict[str, Any]
) -> None:
    with book(quotes) as store:
        done = list(csv.reader(io.StringIO(in_csv(store, written(rows), demands))))
        assert done[0] == ["amt", "cur", "to", "day", *RESULTS]
        assert done[1:] == [[*row, *singly(store, row, demands)] for row in rows]


@settings(max_examples=40, deadline=None)
@given(QUOTES, ROWS, DEMANDS)
def test_a_frame_gives_row_by_row_what_one_question_gives(
    quotes: list[Any], rows: list[tuple[str, ...]], demands: dict[str, Any]
) -> None:
    frame = pd.DataFrame(rows, columns=["amt", "cur", "to", "day"], dtype=object)
    with book(quotes) as store:
        wanted = [singly(store, row, demands) for row in rows]
        how = {"amount": "amt", "base": "cur", "counter_column": "to", "as_of": "day", **demands}
        exactly = store.convert_frame(frame, exact=True, **how)
        near = store.convert_frame(frame, **how)
    for number, cells in enumerate(wanted):
        row, floats = exactly.iloc[number], near.iloc[number]
        assert row["status"] == floats["status"] == cells[6]
        if cells[6] == "ok":
            assert [plain(row[name]) for name in RESULTS[:3]] == cells[:3]
            assert [floats[name] for name in RESULTS[:3]] == [float(cell) for cell in cells[:3]]
            assert ("" if row["age_days"] is pd.NA else str(row["age_days"])) == cells[5]
            assert pd.isna(row["observed_at"]) if not cells[4] else Moment.parse(cells[4]).start == row["observed_at"]


PLAIN = st.one_of(
    st.integers(-(10**9), 10**9).map(str),
    st.decimals(-(10**7), 10**7, places=2).map(plain),
    st.decimals(-1000, 1000, places=15).map(plain),
    st.sampled_from(["0", "-0.00", "007.50", "0.5", "-1.005", "2.5"]),
)


@settings(max_examples=60, deadline=None)
@given(
    QUOTES, st.lists(PLAIN, min_size=1, max_size=30), st.sampled_from(["KZT", "USD"]), st.sampled_from([0, 2, 4, 30])
)
def test_plain_amounts_are_written_at_once_as_each_would_be(
    quotes: list[Any], amounts: list[str], base: str, places: int
) -> None:
    counter = "USD" if base == "KZT" else "KZT"
    rows = [(amount, base, counter, "2024-12-29") for amount in amounts]
    with book([(date(2024, 12, 2), "KZT/USD", Decimal("0.005"), "bank"), *quotes]) as store:
        done = list(csv.reader(io.StringIO(in_csv(store, written(rows), {"places": places}))))
        assert done[1:] == [[*row, *singly(store, row, {"places": places})] for row in rows]


MIXED = """\
2024-12-10 KZT/USD 0.00190
2024-12-11 KZT/USD 0.00191
2024-12-11T09:00Z KZT/USD 0.00192
2024-12-12 USD/KZT 520.5
2024-12-13 KZT/EUR 0.0018
2024-12-15 KZT/USD 0.00188/0.00194
2024-12-16 KZT/USD 0.001912345678901234567890
2024-12-17 KZT/USD 0.00195
2024-12-18 EUR/USD 1.05
2024-12-18 KZT/USD 0.00197
"""


@pytest.mark.parametrize("base", ["KZT", "USD", "EUR", "DEM"])
@pytest.mark.parametrize("demands", [{}, {"direct": True}, {"max_age": 1}, {"source": ["press", "bank"]}])
def test_whatever_was_quoted_beside_it_a_column_gives_what_one_question_gives(
    base: str, demands: dict[str, Any]
) -> None:
    days = [f"2024-12-{day}{hour}" for day in range(9, 21) for hour in ("", "T08:00Z", "T23:59:59.999Z")]
    counters = [code for code in ("KZT", "USD", "EUR") if code != base]
    rows = [(amount, base, to, day) for day in days for to in counters for amount in ("1000", "-12.5", "0.05")]
    with fx.open(":memory:", clock=lambda: NOW) as store:
        store.load_text(MIXED, source="bank")
        revised = MIXED.replace("0.00190\n", "0.00185\n").replace("0.00195\n", "0.00199\n")
        store.load_text(revised, source="bank")
        store.load_text("2024-12-11 KZT/USD 0.002100\n2024-12-19 KZT/USD 0.0022\n", source="press")
        wanted = [singly(store, row, demands) for row in rows]
        done = list(csv.reader(io.StringIO(in_csv(store, written(rows), demands))))[1:]
        assert [row[4:] for row in done] == wanted
        frame = pd.DataFrame(rows, columns=["amt", "cur", "to", "day"])
        found = store.convert_frame(
            frame, amount="amt", base="cur", counter_column="to", as_of="day", exact=True, **demands
        )
    for cells, (_, row) in zip(wanted, found.iterrows(), strict=True):
        assert row["status"] == cells[6]
        assert cells[6] != "ok" or [plain(row[name]) for name in RESULTS[:3]] == cells[:3]
        assert str(row["age_days"]).replace("<NA>", "") == cells[5]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.one_of(st.floats(), st.decimals(-(10**7), 10**7, places=2).map(float)), min_size=1, max_size=30),
    QUOTES,
    st.sampled_from(["KZT", "JPY", "XAU"]),
    st.sampled_from(ROUNDINGS),
)
def test_a_float_is_read_by_its_shortest_digits(
    amounts: list[float], quotes: list[Any], base: str, rounding: str
) -> None:
    with book(quotes) as store:
        done = store.convert_frame(
            pd.DataFrame({"a": amounts, "c": base}), amount="a", base="c", counter="USD", exact=True, rounding=rounding
        )
        for amount, result, low, high, status in zip(
            amounts, *(done[name] for name in (*RESULTS[:3], "status")), strict=True
        ):
            *figures, _, _, _, wanted = singly(
                store, (Decimal(repr(amount)), base, "USD", None), {"rounding": rounding}
            )
            assert status == wanted
            assert status != "ok" or [plain(each) for each in (result, low, high)] == figures


@given(st.integers(-(10**6), 10**6), st.integers(1, 5000), st.sampled_from(ROUNDINGS))
def test_a_quotient_is_rounded_as_decimals_are(numerator: int, denominator: int, rounding: str) -> None:
    way = "ROUND_" + rounding.replace("-", "_").upper()
    value = Fraction(numerator, denominator)
    assert rounded(value, 0, rounding) == quotient(numerator, denominator, rounding)
    with localcontext() as context:  # whose flags other tests look at
        context.prec = 60
        exactly = Decimal(numerator) / Decimal(denominator)
        if Fraction(exactly) == value:
            assert int(exactly.quantize(Decimal(1), rounding=way)) == quotient(numerator, denominator, rounding)
    assert Fraction(*ratio_of(f"{numerator}.5")) == Fraction(f"{numerator}.5")


def test_integers_and_missing_cells_of_any_kind_are_read_as_they_are(store: Store) -> None:
    for cells in (
        pd.array([1000, 2000], "int16"),
        pd.array([1000, 2000], "uint32"),
        pd.array([1000, 2000], "Int64"),
        pd.array([1000.0, 2000.0], "Float64"),
        pd.array(["1000", "2000"], "str"),
        pd.array([1000, Decimal(2000)], object),
        pd.Categorical(["1000", "2000"]),
    ):
        frame = pd.DataFrame({"a": cells, "c": "KZT"})
        assert list(store.convert_frame(frame, amount="a", base="c", counter="USD")["result"]) == [1.9, 3.8]
    frame = pd.DataFrame({"a": pd.array([1000, None], "Int64"), "c": ["KZT", None]})
    assert list(store.convert_frame(frame, amount="a", base="c", counter="USD")["status"]) == ["ok", "bad amount"]
    frame = pd.DataFrame({"a": [True, 1 + 2j, [5], None, b"5", 5], "c": ["KZT"] * 5 + [["KZT"]]})
    done = store.convert_frame(frame, amount="a", base="c", counter="USD")
    assert list(done["status"]) == ["bad amount"] * 5 + ["bad currency"]
    assert len(store.convert_frame(frame.iloc[:0], amount="a", base="c", counter="USD")) == 0


def test_one_moment_may_be_asked_for_all_rows(store: Store) -> None:
    frame = pd.DataFrame({"a": [1000], "c": ["KZT"]})
    for as_of in ("2024-12-16", date(2024, 12, 16), Moment.parse("2024-12-16"), datetime(2024, 12, 16, 5, tzinfo=UTC)):
        assert list(store.convert_frame(frame, amount="a", base="c", counter="USD", as_of=as_of)["age_days"]) == [2]
    assert list(store.convert_frame(frame, amount="a", base="c", counter="USD")["age_days"]) == [6]


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"amount": "x"}, "there is no column 'x': take one of a, c"),
        ({"as_of": "day"}, "there is no column 'day': take one of a, c"),
        ({"base": "result"}, "there is no column 'result'"),
        ({"counter": None}, "pass counter or counter_column"),
        ({"counter_column": "c"}, "pass counter or counter_column"),
        ({"places": 101}, "take 0 to 100"),
        ({"rounding": "up-ish"}, "half-even, half-up"),
        ({"max_age": "soon"}, "write 7d or 2w"),
    ],
)
def test_a_question_that_is_not_whole_is_refused(store: Store, how: dict[str, Any], message: str) -> None:
    frame = pd.DataFrame({"a": [1000], "c": ["KZT"]})
    with pytest.raises(UsageError, match=message):
        store.convert_frame(frame, **{"amount": "a", "base": "c", "counter": "USD"} | how)
    with pytest.raises(UsageError, match="has a column 'low' already"):
        store.convert_frame(frame.assign(low=1), amount="a", base="c", counter="USD")


# The file ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    with Store(folder / "fx.db") as store:
        store.load_text(BOARD, source="bank")
    return folder


def run(*words: str, folder: Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-c", "from fx.cli import main; main()", "convert", *words]
    return subprocess.run(command, cwd=folder, input=stdin, capture_output=True, check=False)


WORDS = ("--csv", "-", "--amount", "amt", "--from", "cur", "--to", "USD", "--date", "day")


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("delimiter", [b",", b";", b"\t"])
def test_delimiter_byte_order_mark_and_line_ends_stay(delimiter: bytes, end: bytes, mark: bytes, home: Path) -> None:
    rows = [b"amt;cur;day;note", b"10000;KZT;2024-12-14; a b", b"5;KZT;2024-12-14;caf\xc3\xa9"]
    made = [b"result;low;high;rate;observed_at;age_days;status"]
    made += [b"%s;0.00190;2024-12-14;0;ok" % figures for figures in (b"19.00;18.95;19.05", b"0.01;0.00;0.01")]
    done = run(*WORDS, folder=home, stdin=mark + b"".join(row.replace(b";", delimiter) + end for row in rows))
    wanted = [b"%s;%s" % pair for pair in zip(rows, made, strict=True)]
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == mark + b"".join(row.replace(b";", delimiter) + end for row in wanted)


def test_a_bad_row_stops_no_other_and_the_exit_code_says_so(home: Path) -> None:
    rows = [
        "day,cur,amt,note",
        "2024-12-14,KZT,10000,good",
        "2024-12-13,KZT,1,early",
        "2024-12-14,KZT,abc,words",
        "2024-12-14,KZZ,1,unknown",
        "then,KZT,1,undated",
        "2024-12-14,K/,1,no code",
        "2024-12-14,KZT",
        "",
        "2024-12-14,KZT,1,000,quoted badly",
        '2024-12-14,KZT,"10000","a, ""b""\nc"',
    ]
    done = run(*WORDS, folder=home, stdin="\n".join(rows).encode())
    back = list(csv.reader(io.StringIO(done.stdout.decode())))
    assert done.returncode == 1
    assert [row[10] if row else "" for row in back[1:]] == [
        "ok", "no rate", "bad amount", "unknown currency", "bad date", "bad currency", "bad amount", "",
        "too many fields", "ok",
    ]  # fmt: skip
    assert [row[4] for row in back[1:] if row] == ["19.00", *[""] * 7, "19.00"]
    assert back[9] == ["2024-12-14", "KZT", "1", "000", *[""] * 6, "too many fields", "quoted badly"]
    assert back[10][:4] == ["2024-12-14", "KZT", "10000", 'a, "b"\nc']
    (note,) = done.stderr.decode().splitlines()
    assert note.startswith("7 of 9 rows have no answer (2 bad amount, ")
    assert "row 2: no rate KZT/USD as of 2024-12-13, the first is of 2024-12-14: ask --as-of 2024-12-14" in note


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("more", [0, 1_023, 3_000])
def test_a_quote_within_a_name_of_the_head_takes_no_rows_with_it(home: Path, line_end: str, more: int) -> None:
    rows = ['day,cur,amt,5" tape', "2024-12-14,KZT,10000,a", '2024-12-14,KZT,20000,5"', "2024-12-14,KZT,30000,c"]
    rows += ["2024-12-14,KZT,40000,d"] * more
    done = run(*WORDS, folder=home, stdin=line_end.join(rows).encode())
    back = list(csv.reader(io.StringIO(done.stdout.decode(), newline="")))
    assert back[0][:5] == ["day", "cur", "amt", '5" tape', "result"]
    assert [row[4] for row in back[1:]] == ["19.00", "38.00", "57.00", *["76.00"] * more]


WRONG = {
    "a column that is missing": (("--amount", "sum"), b"amt,cur,day\n", 2, "no column 'sum' in -: take one of amt, cur, day"),
    "a column that is there twice": ((), b"amt,cur,day,amt\n", 2, "more than one column 'amt'"),
    "a column in the way": ((), b"amt,cur,day,result\n", 2, "has a column 'result' already"),
    "two ways to date": (("--as-of", "2024-12-14"), b"amt,cur,day\n", 2, "take one"),
    "two ways to say where to": (("--to-column", "cur"), b"amt,cur,day\n", 2, "--to CODE or --to-column COLUMN"),
    "an amount as well": (("5", "KZT", "USD"), b"amt,cur,day\n", 2, "leave out AMOUNT"),
    "no such rounding": (("--rounding", "up-ish"), b"amt,cur,day\n", 2, "half-even"),
    "no head": ((), b"\n1,2\n", 3, "column names"),
    "nothing": ((), b"", 3, "column names"),
    "not UTF-8": ((), b"amt,cur,day\n5,KZT,caf\xe9\n", 3, "UTF-8"),
    "UTF-16": ((), "amt,cur,day\n".encode("utf-16"), 3, "UTF-8"),
    "a quote without end": ((), b'amt,cur,day\n"' + b"5" * 200_000, 3, "quote"),
    "a quote that takes in the rows below": ((), b'amt,cur,day,note\n5,KZT,2024-12-14,"x\n6,KZT,2024-12-14,\n', 3, "quote"),
    "no file": (("--csv", "none.csv"), b"", 3, "none.csv cannot be read"),
    "a folder": (("--csv", "."), b"", 3, "cannot be read"),
    "no database": (("--db", "none.db"), b"amt,cur,day\n5,KZT,2024-12-14\n", 4, "no database none.db"),
    "no folder to write to": (("-o", "none/out.csv"), b"amt,cur,day\n", 74, "cannot be written"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_what_goes_wrong_with_a_file_is_one_sentence_and_leaves_no_file(what: str, home: Path) -> None:
    words, stdin, code, message = WRONG[what]
    (home / "out.csv").write_text("as it was", "utf-8")
    done = run(*WORDS, "-o", "out.csv", *words, folder=home, stdin=stdin)
    assert (done.returncode, done.stdout) == (code, b""), done.stderr
    assert message in done.stderr.decode()
    assert done.stderr.count(b"\n") == 1
    assert (home / "out.csv").read_text("utf-8") == "as it was"
    assert sorted(path.name for path in home.iterdir()) == ["fx.db", "out.csv"]


def test_the_options_of_a_column_need_a_file_and_the_other_way_round(home: Path) -> None:
    for words, message in (
        (("5", "KZT", "USD", "--to", "USD"), b"name its file by --csv"),
        (("--csv", "-", "--from", "cur", "--to", "USD"), b"--csv needs --amount COLUMN"),
        (("--csv", "-", "--amount", "amt", "--to", "USD"), b"--csv needs --from COLUMN"),
        (("--csv", "-", "--amount", "amt", "--from", "cur"), b"--to CODE or --to-column COLUMN"),
    ):
        done = run(*words, folder=home)
        assert (done.returncode, message in done.stderr) == (2, True), done.stderr


def test_a_file_may_take_the_place_of_its_input_and_keeps_its_mode(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "ledger.csv"
    path.write_text("amt,cur,day\n10000,KZT,2024-12-14\n", "utf-8")
    path.chmod(0o640)
    (tmp_path / "link.csv").symlink_to("ledger.csv")
    words = ("--csv", str(path), *WORDS[2:], "--db", str(home / "fx.db"), "--places", "3", "-o", "link.csv")
    assert run(*words, folder=tmp_path).returncode == 0
    assert path.read_text("utf-8").splitlines()[1] == (
        "10000,KZT,2024-12-14,19.000,18.950,19.050,0.00190,2024-12-14,0,ok"
    )
    assert (path.stat().st_mode & 0o777, (tmp_path / "link.csv").is_symlink()) == (0o640, True)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["ledger.csv", "link.csv"]


def test_many_rows_are_read_in_parts(store: Store) -> None:
    rows = [(str(number), "KZT", "USD", f"2024-12-{14 + number % 9}") for number in range(5000)]
    rows[3000] = ('"5', "KZT", "USD", "2024-12-14")
    done = list(csv.reader(io.StringIO(in_csv(store, written(rows), {}))))[1:]
    assert [row[:4] for row in done] == [list(row) for row in rows]
    for number in (0, 1023, 1024, 2999, 3000, 3001, 4999):
        assert done[number][4:] == singly(store, rows[number], {})


RAGGED = {
    "each as wide as the head": ["5,KZT,USD,2024-12-14"] * 3,
    "one wider, one less wide": ["5,KZT,USD", "2024-12-14,5,KZT,USD,2024-12-14", "5,KZT,USD,2024-12-14"],
    "an empty line": ["5,KZT,USD,2024-12-14", "", "5,KZT,USD,2024-12-14"],
    "the last one less wide": ["5,KZT,USD,2024-12-14", "5,KZT"],
    "the last one wider": ["5,KZT,USD,2024-12-14", "5,KZT,USD,2024-12-14,"],
    "an empty line first": ["", "5,KZT,USD,2024-12-14"],
}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("what", RAGGED)
def test_a_row_of_another_width_is_seen_wherever_a_part_ends(
    what: str, end: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "".join(line + end for line in ["amt,cur,to,day", *RAGGED[what]])
    done = []
    for letters in (1, 2, 9, 20, 21, 22, 23, 50, 10_000):
        monkeypatch.setattr("fx.exports.sheets.LETTERS_AT_ONCE", letters)
        done += [in_csv(store, text, {}), in_csv(store, text.removesuffix(end), {})]
    assert len(set(done)) == 1
    rows = done[0].split(end)[1:-1]
    widths = [(len(row), min(len(row), 4)) for row in csv.reader(RAGGED[what])]
    assert [row == "" for row in rows] == [width == 0 for width, _ in widths]
    assert [row.endswith(",ok") for row in rows] == [width == 4 for width, _ in widths]


def test_one_column_alone_may_have_empty_lines(store: Store) -> None:
    names = {"base": "amt", "to": "USD", "to_column": None, "date": None}
    assert in_csv(store, "amt\nKZT\n\nKZT\n", {}, **names).split("\n")[1:] == [
        "KZT,,,,,,,bad amount",
        "",
        "KZT,,,,,,,bad amount",
        "",
    ]


@pytest.mark.parametrize("note", ["a\nb", "a\rb", "a\r\nb", "\n", "b\r\n"])
def test_a_cell_keeps_the_line_end_that_stands_in_it(note: str, store: Store) -> None:
    text = f'amt,cur,to,day,note\n5,KZT,USD,2024-12-14,"{note}"\n5,KZT,USD,2024-12-14,"{note}",too,wide\n'
    first, second = list(csv.reader(io.StringIO(in_csv(store, text, {}), newline="")))[1:]
    assert (first[4], first[-1]) == (note, "ok")
    assert (second[4], second[-3:]) == (note, ["too many fields", "too", "wide"])
