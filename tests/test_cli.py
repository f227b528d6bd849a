"""The command line, run as users run it: output, errors and exit codes."""

from __future__ import annotations

import csv
import io
import json
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from fx.errors import StoreError
from fx.store import Store
from tests.builders import BARE, BOARD, EXAMPLES, PAGE, SHARED, on_terminal


def fx(*words: str, folder: Path, stdin: str | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from fx.cli import main; main()", *words],
        cwd=folder,
        input=stdin,
        stdin=None if stdin is not None else subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
        env={**BARE, "HOME": str(folder / "home"), "PYTHONUTF8": "1", "COLUMNS": "100"} | environment,
    )


def shown(*words: str, folder: Path) -> str:
    """What ``fx`` shows to people at a terminal."""
    environment = {**BARE, "HOME": str(folder / "home"), "PYTHONUTF8": "1", "COLUMNS": "100"}
    command = [sys.executable, "-c", "from fx.cli import main; main()", *words]
    code, seen = on_terminal(command, folder, environment)
    assert code == 0
    return seen


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the examples' quotes of 14 December 2024 in its fx.db."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "page.txt").write_bytes((EXAMPLES / "2024-12-14.txt").read_bytes())
    with Store(folder / "fx.db") as store:
        store.load_text((folder / "page.txt").read_text("utf-8"), name="page.txt", source="timesca")
    return folder


ANSWERS = {
    ("10000", "KZT", "USD"): "19.00 USD (18.95 … 19.05)",
    ("10000", "kzt", "to", "usd"): "19.00 USD (18.95 … 19.05)",
    ("10000", "KZT/USD"): "19.00 USD (18.95 … 19.05)",
    ("100", "USD", "UZS"): "1,250,000 UZS (1,176,470 … 1,333,334)",
    ("5000", "KGS", "TJS"): "627.87 TJS (627.55 … 628.18)",
    ("-10000", "KZT", "USD"): "-19.00 USD (-19.05 … -18.95)",
    ("5000", "KGS", "TJS", "--places", "4"): "627.8663 TJS (627.5590 … 628.1737)",
    ("7", "USD", "USD"): "7.00 USD",
    ("100", "USD", "UZS", "--exact"): "1,250,000.00 UZS (1,176,470.58 … 1,333,333.34)",
    ("100", "USD", "UZS", "--locale", "de"): "1.250.000 UZS (1.176.470 … 1.333.334)",
}


@pytest.mark.parametrize("words", ANSWERS, ids=" ".join)
def test_an_answer_is_the_figure_with_its_bounds_and_below_what_stands_behind_it(
    words: tuple[str, ...], home: Path
) -> None:
    figure, behind, *rest = shown("convert", *words, "--as-of", "2024-12-20", folder=home).splitlines()
    assert (figure, rest) == (ANSWERS[words], [])
    assert words == ("7", "USD", "USD") or ("of 2024-12-14, 6 days old" in behind and "exactly" in behind)


def test_every_figure_of_an_answer_that_is_not_as_published_is_written_as_the_locale_does(home: Path) -> None:
    """Beside 1.250.000 the line below said "exactly 1,250,000", which is 1.25 to a German."""
    for words, exactly in (
        (("100", "USD", "UZS"), "exactly 1.250.000; the inverse of UZS/USD = 0.00008 of"),
        (("5000", "KGS", "TJS"), "exactly 2875000/4579 ≈ 627,866346364; KGS/USD = 0.01150, then"),
    ):
        done = shown("convert", *words, "--locale", "de", "--as-of", "2024-12-20", folder=home)
        assert done.splitlines()[1].startswith(exactly)
    digits = "123456789012345678901234567890123456789"
    done = fx("convert", f"{digits}.1", "USD", "USD", "--locale", "de", folder=home)
    assert done.stdout == f"{int(digits):,},10\n".replace(",", ".", 12)


PLAIN = {
    ("convert", "10000", "KZT", "USD"): "19.00",
    ("convert", "100", "USD", "UZS"): "1250000.00",
    ("convert", "100", "USD", "UZS", "--exact"): "1250000",
    ("convert", "5000", "KGS", "TJS", "--exact"): "2875000/4579",
    ("convert", "100", "USD", "UZS", "--locale", "en_IN"): "12,50,000.00",
    ("convert", "12345.5", "KZT", "USD", "--exact", "--locale", "de"): "23,45645",
    ("convert", "5000", "KGS", "TJS", "--exact", "--locale", "de"): "2.875.000/4.579",
    ("rate", "KZT/USD"): "0.00190",
}


@pytest.mark.parametrize("words", PLAIN, ids=" ".join)
def test_into_a_pipe_an_answer_is_the_figure_alone(words: tuple[str, ...], home: Path) -> None:
    done = fx(*words, "--as-of", "2024-12-20", folder=home)
    assert (done.returncode, done.stdout, done.stderr) == (0, PLAIN[words] + "\n", "")


def test_a_table_crosses_currencies_and_says_what_is_missing(home: Path) -> None:
    done = fx("table", "KZT", "UZS", "EUR", "--as-of", "2024-12-20", folder=home)
    assert done.returncode == 1
    assert [line.split() for line in done.stdout.splitlines()] == [
        ["KZT", "UZS", "EUR"],
        ["KZT", "1", "23.8", "–"],
        ["UZS", "0.0421", "1", "–"],
        ["EUR", "–", "–", "1"],
    ]
    assert "KZT/EUR: there is no quote of EUR" in done.stderr
    (cell, _) = [json.loads(line) for line in fx("table", "KZT", "USD", "--json", folder=home).stdout.splitlines()]
    assert (cell["rate"], cell["low"], cell["high"], cell["status"]) == ("0.00190", "0.001895", "0.001905", "ok")


def test_a_change_is_told_with_its_bounds_and_whether_the_digits_prove_it(tmp_path: Path) -> None:
    with Store(tmp_path / "fx.db") as store:
        store.load(EXAMPLES, source="timesca")
    done = fx("change", "KZT/USD", "UZS/USD", "KZT/EUR", "--until", "2025-12-05", "--json", folder=tmp_path)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(row["pair"], row["first"], row["last"], row["moved"]) for row in rows] == [
        ("KZT/USD", "0.00190", "0.00198", "yes"),
        ("UZS/USD", "0.00008", "0.00008", "no"),
    ]
    assert [rows[0][name] for name in ("change", "change_low", "change_high")] == ["0.00008", "0.00007", "0.00009"]
    assert (done.returncode, "no quote of KZT/EUR" in done.stderr) == (1, True)


def test_the_days_of_the_command_the_view_and_the_frame_are_the_same(tmp_path: Path) -> None:
    with Store(tmp_path / "fx.db") as store:
        store.load(EXAMPLES, source="timesca")
        for hour, rate in (("09", "0.00192"), ("12", "0.00189"), ("18", "0.0019")):
            store.load_text(f"2025-12-15T{hour}:00Z KZT/USD = {rate}\n", source="other")
        frame = store.history("KZT/USD", every="day", ohlc=True)
    names = ["open", "high", "low", "close"]
    command = fx("history", "KZT/USD", "--ohlc", "--csv", folder=tmp_path).stdout
    statement = "select day, open, high, low, close, quotes from daily_rates where base = 'KZT' order by day"
    view = fx("sql", statement, "--csv", folder=tmp_path).stdout
    told = [
        [
            [row[0], *(float(row[1 + number]) for number in range(4)), int(row[count])]
            for row in csv.reader(text.splitlines()[1:])
        ]
        for text, count in ((command, 8), (view, 5))
    ]
    rows = zip(frame.index, frame[names].to_numpy().tolist(), frame["count"], strict=True)
    assert told[0] == told[1] == [[str(day.date()), *figures, count] for day, figures, count in rows]
    assert told[0][-1] == ["2025-12-15", 0.00192, 0.00192, 0.00189, 0.0019, 4]


def test_a_receipt_holds_until_a_correction_comes_in(home: Path, tmp_path: Path) -> None:
    (tmp_path / "fx.db").write_bytes((home / "fx.db").read_bytes())
    words = ("convert", "10000", "KZT", "USD", "--as-of", "2024-12-20", "--max-age", "7d", "--json")
    receipt = fx(*words, folder=tmp_path).stdout
    assert json.loads(receipt)["demands"] == {"max_age": 7}
    assert fx("verify", "-", folder=tmp_path, stdin=receipt).stdout.endswith("as of 2024-12-20 holds\n")
    for lie in (receipt.replace('"19.00"', '"19.01"'), receipt.replace('"line": 2', '"line": 3')):
        assert fx("verify", "-", folder=tmp_path, stdin=lie).returncode == 1
    time.sleep(0.01)
    (tmp_path / "later.txt").write_text("KZT/USD = 0.00191 0%\n", "utf-8")
    fx("load", "later.txt", "--observed-at", "2024-12-14", "--source", "timesca", folder=tmp_path)
    done = fx("verify", "-", folder=tmp_path, stdin=receipt)
    assert done.returncode == 1
    assert "the leg KZT/USD = 0.00190 of 2024-12-14 was revised to 0.00191 by later.txt:1" in done.stdout
    rows = [json.loads(line) for line in fx("revisions", "KZT/USD", "--json", folder=tmp_path).stdout.splitlines()]
    assert [(row["revision"], row["rate_text"], row["document"]) for row in rows] == [
        (0, "0.00190", "page.txt"),
        (1, "0.00191", "later.txt"),
    ]
    before = rows[0]["recorded_at"]
    done = fx("verify", "-", "--known-at", before, folder=tmp_path, stdin=receipt)
    assert done.stdout.endswith("holds\n"), done.stdout
    assert fx("verify", "-", folder=tmp_path, stdin="no receipt").returncode == 3
    assert "nothing was corrected" in fx("revisions", "UZS/USD", folder=tmp_path).stderr


def test_the_shell_is_offered_the_codes_and_pairs_of_the_database(home: Path) -> None:
    done = fx(folder=home, _FX_COMPLETE="complete_bash", COMP_WORDS="fx convert 100 k", COMP_CWORD="3")
    assert done.stdout.split() == ["kgs", "kzt", "kgs/usd", "kzt/usd"]


def test_one_published_digit_is_said_in_words(home: Path) -> None:
    assert "only 1 significant digit was published" in shown("convert", "100", "USD", "UZS", folder=home)
    assert "significant" not in shown("convert", "100", "USD", "TJS", folder=home)


def test_explain_shows_each_leg_with_document_and_line(home: Path) -> None:
    legs = fx("convert", "5000", "KGS", "TJS", "--explain", folder=home).stdout.splitlines()[3:]
    assert ["KGS/USD" in legs[0], "page.txt:1" in legs[0], "TJS/USD" in legs[1], "page.txt:3" in legs[1]] == [True] * 4
    assert "inverted" in legs[1]


def test_the_json_of_an_answer_is_the_contract(home: Path) -> None:
    answer = json.loads(fx("convert", "5000", "KGS", "TJS", "--as-of", "2024-12-20", "--json", folder=home).stdout)
    assert list(answer) == [
        "amount",
        "base",
        "counter",
        "result",
        "low",
        "high",
        "rate",
        "kind",
        "as_of",
        "observed_at",
        "age_days",
        "legs",
    ]
    assert [answer[name] for name in list(answer)[:6]] == ["5000", "KGS", "TJS", "627.87", "627.55", "628.18"]
    assert answer["rate"].startswith("0.125573269272")
    assert (answer["kind"], answer["as_of"], answer["observed_at"], answer["age_days"]) == (
        "cross",
        "2024-12-20",
        "2024-12-14",
        6,
    )
    assert answer["legs"][1] == {
        "base": "TJS", "counter": "USD", "rate": "0.09158", "inverted": True,
        "observed_at": "2024-12-14", "source": "timesca", "document": "page.txt", "line": 3,
    }  # fmt: skip


def test_the_json_of_a_quote_and_of_a_load_is_the_contract(home: Path, tmp_path: Path) -> None:
    quotes = [json.loads(line) for line in fx("parse", "--json", "page.txt", folder=home).stdout.splitlines()]
    assert list(quotes[0]) == [
        "document", "line", "base", "counter", "rate", "bid", "ask", "change_pct", "observed_at", "time_basis", "source", "repeats",
    ]  # fmt: skip
    assert [
        (q["base"], q["rate"], q["change_pct"], q["repeats"], q["observed_at"], q["time_basis"]) for q in quotes
    ] == [
        ("KGS", "0.01150", "0", 8, "2024-12-14", "stated"),
        ("KZT", "0.00190", "0", 8, "2024-12-14", "stated"),
        ("TJS", "0.09158", "-0.11", 8, "2024-12-14", "stated"),
        ("UZS", "0.00008", "0", 8, "2024-12-14", "stated"),
        ("TMT", "0.28490", "-0.42", 8, "2024-12-14", "stated"),
    ]
    loads = [
        json.loads(fx("load", "--json", str(home / "page.txt"), folder=tmp_path, FX_DB="x.db").stdout) for _ in range(2)
    ]
    assert loads == [
        {"documents": 1, "quotes": 5, "new": 5, "known": 0, "revisions": 0, "repeats": 35, "rejects": 0},
        {"documents": 1, "quotes": 5, "new": 0, "known": 5, "revisions": 0, "repeats": 35, "rejects": 0},
    ]


WRONG = {
    ("convert", "10", "KZZ", "USD"): (1, "did you mean KZT?"),
    ("convert", "10", "KZT", "USD", "--as-of", "2024-12-13"): (1, "2024-12-14"),
    ("convert", "10", "EUR", "USD"): (1, "no quote of EUR"),
    ("convert", "abc", "KZT", "USD"): (2, "is not an amount"),
    ("convert", "1e400", "KZT", "USD"): (2, "is not an amount"),
    ("convert", "NaN", "KZT", "USD"): (2, "is not an amount"),
    ("convert", "", "KZT", "USD"): (2, "is not an amount"),
    ("convert", "1,000", "KZT", "USD"): (2, "is not an amount"),
    ("convert", "10", "KZT"): (2, "two codes"),
    ("convert", "10", "K/", "USD"): (2, "not a currency code"),
    ("convert", "10", "KZT", "USD", "--as-of", "tomorrow"): (2, "is not a date"),
    ("convert", "10", "KZT", "USD", "--asof", "2024-12-14"): (2, "no option --asof"),
    ("convert",): (2, "fx convert --help"),
    ("rate", "KZT"): (2, "not a pair"),
    ("history", "EUR/KZT"): (1, "no quote of EUR/KZT was found"),
    ("history", "KZT/USD", "--every", "hour"): (2, "take one of day, week, month, quarter, year"),
    ("history", "KZT/USD", "--every", "day", "--fill", "zero"): (2, "take one of none, previous"),
    ("history", "KZT/USD", "--fill", "previous"): (2, "--every"),
    ("history", "KZT/USD", "--tz", "Mars/Base"): (2, "no time zone"),
    ("history", "KZT/USD", "--tz", "Asia/Almaty"): (2, "say --every day"),
    ("history", "KZT/USD", "--since", "2024-12-15", "--until", "2024-12-14"): (2, "ends before it begins"),
    ("history", "EUR/DEM", "--since", "2020-01-01"): (1, "EUR/DEM = 1.95583 since 1999-01-01: 'fx rate EUR/DEM'"),
    ("change", "KZT/USD", "--since", "2024-12-15", "--until", "2024-12-14"): (2, "ends before it begins"),
    ("change", "DEM/EUR"): (1, "is fixed by decree"),
    ("plot", "KZT/USD", "--since", "2024-12-15", "--until", "2024-12-14"): (2, "ends before it begins"),
    ("export", "csv", "--since", "2024-12-15", "--until", "2024-12-14"): (2, "ends before it begins"),
    ("history", "KZT/USD", "--every", "day", "--until", "2024-12-13"): (1, "widen"),
    ("change", "KZT/USD"): (1, "at 2024-12-14 only"),
    ("history", "KZT/USD", "--since", "2030-01-01"): (1, "widen"),
    ("latest", "EUR"): (1, "nothing was found"),
    ("bogus",): (2, "fx --help"),
    ("latest", "--bogus"): (2, "fx latest --help"),
    ("latest", "--json", "--csv"): (2, "take one"),
    ("parse", "none.txt"): (3, "no file"),
    ("load", "none.txt"): (3, "no file"),
    ("formats", "none"): (2, "take one of"),
    ("sql", "delete from quote"): (4, "reading only"),
    ("sql", "selec"): (4, "syntax"),
    ("latest", "--db", "none.db"): (4, "no database"),
    ("latest", "--db", "page.txt"): (4, "not an SQLite database"),
    ("latest", "--db", "mysql://x/y"): (4, "not a database"),
    ("convert", "1", "KZT", "USD", "--db", "."): (4, "folder"),
}


@pytest.mark.parametrize("words", WRONG, ids=" ".join)
def test_what_goes_wrong_is_one_sentence_on_stderr_and_an_exit_code(words: tuple[str, ...], home: Path) -> None:
    before = (home / "fx.db").read_bytes()
    code, part = WRONG[words]
    done = fx(*words, folder=home)
    assert (done.returncode, done.stdout if "--json" not in words else "") == (code, "")
    assert part in done.stderr
    assert done.stderr.count("\n") == 1
    assert (
        done.stderr[0].islower()
        or done.stderr.startswith("--json")
        or done.stderr.split()[0].isupper()
        or done.stderr[0] in "'.0123456789"
    )
    assert "Traceback" not in done.stderr
    assert (home / "fx.db").read_bytes() == before
    assert sorted(path.name for path in home.iterdir()) == ["fx.db", "page.txt"]


def test_with_json_an_error_is_an_object_too(home: Path) -> None:
    done = fx("convert", "10", "KZZ", "USD", "--json", folder=home)
    assert json.loads(done.stdout) == {
        "error": "UnknownCurrency",
        "message": "KZZ is not a currency known here: did you mean KZT?",
        "exit_code": 1,
        "code": "KZZ",
        "suggestion": "KZT",
    }
    assert done.returncode == 1


TABLES = {
    ("latest",): 5,
    ("latest", "KZT", "TJS/USD"): 2,
    ("history", "KZT/USD"): 1,
    ("history", "KZT/USD", "--since", "2024-12-14", "--until", "2024-12-14"): 1,
    ("history", "USD/KZT"): 1,
    ("history", "KGS/TJS"): 1,
    ("history", "KZT/USD", "--every", "week", "--ohlc"): 1,
    ("history", "KGS/TJS", "--every", "month", "--fill", "previous", "--until", "2025-02-28"): 3,
    ("pairs",): 5,
    ("sources",): 1,
    ("documents",): 1,
    ("formats",): 26,
    ("sql", "select base, rate_text from latest_quotes"): 5,
    ("parse", "page.txt"): 5,
}


@pytest.mark.parametrize("words", TABLES, ids=" ".join)
def test_every_table_is_for_people_or_json_lines_or_csv(words: tuple[str, ...], home: Path) -> None:
    people, as_json, as_csv = (fx(*words, *how, folder=home) for how in ((), ("--json",), ("--csv",)))
    objects = [json.loads(line) for line in as_json.stdout.splitlines()]
    records = list(csv.DictReader(io.StringIO(as_csv.stdout)))
    assert [done.returncode for done in (people, as_json, as_csv)] == [0, 0, 0]
    assert (len(people.stdout.splitlines()) - 1, len(objects), len(records)) == (TABLES[words],) * 3
    assert [{name: "" if value is None else str(value) for name, value in each.items()} for each in objects] == records
    assert "e-0" not in people.stdout


@pytest.mark.parametrize("how", ["--db", "FX_DB"])
def test_a_tilde_that_no_shell_replaced_is_the_users_home(how: str, home: Path, tmp_path: Path) -> None:
    named, environment = (("--db=~/mine.db",), {}) if how == "--db" else ((), {"FX_DB": "~/mine.db"})
    (tmp_path / "home").mkdir()
    assert fx("load", str(home / "page.txt"), *named, folder=tmp_path, **environment).returncode == 0
    assert [each.name for each in tmp_path.iterdir()] == ["home"]
    assert (tmp_path / "home" / "mine.db").exists()
    asked = fx("convert", "10000", "KZT", "USD", *named, folder=tmp_path, **environment)
    assert (asked.returncode, asked.stdout) == (0, "19.00\n")


def test_the_database_is_named_before_or_after_the_command_or_by_fx_db(home: Path, tmp_path: Path) -> None:
    name = str(home / "fx.db")
    runs = [
        fx("--db", name, "pairs", folder=tmp_path),
        fx("pairs", "--db", name, folder=tmp_path),
        fx("pairs", "--db", f"sqlite:///{name}", folder=tmp_path),
        fx("pairs", folder=tmp_path, FX_DB=name),
        fx("pairs", folder=home),
    ]
    assert len({run.stdout for run in runs}) == 1
    assert {run.returncode for run in runs} == {0}
    chosen = json.loads(fx("info", "--json", folder=home).stdout)
    assert (chosen["database"], chosen["chosen"], chosen["quotes"]) == ("fx.db", "found in the current folder", 5)


@pytest.mark.parametrize(
    "url", ["sqlite://fx.db", "sqlite://host/fx.db", "sqlite:///fx.db?mode=ro", "sqlite:///a?b.db"]
)
def test_an_address_of_a_file_says_no_more_than_its_path(url: str, tmp_path: Path) -> None:
    """By ``sqlite://fx.db`` a load went into memory, and was told of as kept."""
    done = fx("load", "-", "--db", url, folder=tmp_path, stdin=PAGE)
    assert (done.returncode, done.stdout, list(tmp_path.iterdir())) == (4, "", [])
    assert "write sqlite:///fx.db, or a path" in done.stderr


def test_without_any_database_a_load_makes_one_in_the_data_folder(tmp_path: Path) -> None:
    assert fx("load", "-", folder=tmp_path, stdin=PAGE).returncode == 0
    assert (tmp_path / "home" / ".local" / "share" / "fx" / "fx.db").is_file()
    assert fx("convert", "10000", "KZT", "USD", folder=tmp_path).stdout == "19.00\n"


def test_prose_gives_no_quote_exit_1_and_a_note(tmp_path: Path) -> None:
    done = fx("parse", "--json", "-", folder=tmp_path, stdin="worth $8 billion\n")
    assert (done.returncode, done.stdout) == (1, "")
    assert "no quote was found" in done.stderr
    assert fx("parse", "-q", "-", folder=tmp_path, stdin="worth $8 billion\n").stderr == ""


def test_rejects_are_told_with_their_place_and_listed_on_demand(tmp_path: Path) -> None:
    text = "KZT/USD = 0.00190 0%\nTJS/USD = N/A 0%\nAUD/JPY = -0.5\nUZS/USD = 0.00000\n14 December 2024\n"
    done = fx("parse", "-", folder=tmp_path, stdin=text)
    assert done.returncode == 0
    assert [line.split(": ")[0] for line in done.stderr.splitlines()] == ["-:2:1", "-:3:1", "-:4:1"]
    listed = [
        json.loads(line)
        for line in fx("parse", "--rejects", "--json", "-", folder=tmp_path, stdin=text).stdout.splitlines()
    ]
    assert [(each["line"], each["text"]) for each in listed] == [
        (2, "TJS/USD = N/A"),
        (3, "AUD/JPY = -0.5"),
        (4, "UZS/USD = 0.00000"),
    ]
    shown = fx(
        "parse", "--rejects", "-", folder=tmp_path, stdin="  • " + text.splitlines()[1] + "\n"
    ).stdout.splitlines()
    assert (shown[0].split(": ")[0], shown[1:]) == ("-:1:5", ["      • TJS/USD = N/A 0%", "        ^"])
    fx("load", "-", folder=tmp_path, stdin=text, FX_DB="r.db")
    assert len(fx("rejects", "--json", folder=tmp_path, FX_DB="r.db").stdout.splitlines()) == 3
    assert fx("load", "--strict", "-", folder=tmp_path, stdin=text, FX_DB="s.db").returncode == 3


def test_a_missing_file_among_good_ones_loses_nothing_and_ends_with_3(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text(PAGE, encoding="utf-8")
    done = fx("load", "none.txt", "good.txt", folder=tmp_path, FX_DB="x.db")
    assert (done.returncode, done.stdout.split(":")[1].split(";")[0]) == (3, " 5 new, 0 known, 0 revisions")


def test_terminal_escapes_in_a_document_are_not_passed_on(tmp_path: Path) -> None:
    done = fx("parse", "-", folder=tmp_path, stdin="\x1b[31mKZT/USD = N/A\x1b[0m\n")
    assert "\x1b" not in done.stderr + done.stdout


def test_a_closed_pipe_ends_without_a_traceback(home: Path) -> None:
    command = f'"{sys.executable}" -c "from fx.cli import main; main()" sql "with recursive n(i) as (select 1 union all select i + 1 from n limit 100000) select * from n" | head -1'
    done = subprocess.run(["sh", "-c", command], cwd=home, capture_output=True, text=True, check=False)
    assert done.stderr == ""


@pytest.mark.parametrize("command", ["parse", "load"])
def test_an_error_is_told_even_quietly_and_once_and_as_an_object_under_json(command: str, tmp_path: Path) -> None:
    quiet = fx(command, "-q", "none.txt", folder=tmp_path)
    assert (quiet.returncode, quiet.stderr.count("none.txt")) == (3, 1)
    objects = fx(command, "--json", "none.txt", folder=tmp_path)
    assert json.loads(objects.stdout)["error"] == "InputError"
    assert objects.stderr.count("none.txt") == 1


def test_columns_of_one_name_are_all_shown(home: Path) -> None:
    done = fx("sql", "select 1 as a, 2 as a, 3 as a_2, 9e999 as b", "--json", folder=home)
    assert json.loads(done.stdout) == {"a": 1, "a_3": 2, "a_2": 3, "b": "inf"}  # JSON has no such number


def test_outside_utf_8_json_stays_json(home: Path) -> None:
    (home.parent / "é.txt").write_text(BOARD, encoding="utf-8")
    done = fx("parse", "--json", "../é.txt", "--observed-at", "2024-12-14", folder=home, PYTHONIOENCODING="ascii")
    assert {json.loads(line)["document"] for line in done.stdout.splitlines()} == {"../é.txt"}


def test_the_csv_of_standard_input_names_it_plainly(home: Path) -> None:
    done = fx("parse", "--csv", "-", "--observed-at", "2024-12-14", folder=home, stdin=BOARD)
    assert {line.split(",")[0] for line in done.stdout.splitlines()[1:]} == {"-"}


def test_ctrl_c_is_answered_with_a_sentence_and_leaves_whole_documents(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    for number in range(5000):
        page = f"KZT/USD = 0.0{number + 1000}\n14 December 2024\n"
        (tmp_path / "pages" / f"{number}.txt").write_text(page, encoding="utf-8")
    command = [sys.executable, "-c", "from fx.cli import main; main()", "--db", "x.db", "load", "pages"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        while True:
            with suppress(StoreError), Store(tmp_path / "x.db") as store:
                if store.info().quotes:
                    break
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted: what was finished is kept" in errors
    with Store(tmp_path / "x.db") as store:
        assert store.check() == []
        assert 0 < store.info().quotes < 5000


def test_a_full_disk_for_the_result_is_a_sentence(home: Path) -> None:
    command = f'"{sys.executable}" -c "from fx.cli import main; main()" latest --json > /dev/full'
    done = subprocess.run(["sh", "-c", command], cwd=home, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n"), "Traceback" in done.stderr) == (74, 1, False)


def test_nothing_is_made_where_nothing_is_kept(tmp_path: Path) -> None:
    assert fx("load", "none.txt", folder=tmp_path, FX_DB="x.db").returncode == 3
    assert fx("load", "-", folder=tmp_path, FX_DB="x.db", stdin="prose\n").returncode == 1
    assert fx("convert", "1", "KZT", "USD", folder=tmp_path, FX_DB="x.db").returncode == 4
    assert list(tmp_path.iterdir()) == []


def test_help_is_there_for_the_whole_and_for_each_command(home: Path) -> None:
    whole = fx("--help", folder=home)
    assert fx(folder=home).stdout == whole.stdout
    for name in (
        "parse",
        "load",
        "convert",
        "rate",
        "latest",
        "history",
        "change",
        "pairs",
        "sources",
        "documents",
        "rejects",
        "formats",
        "info",
        "sql",
        "db",
    ):
        assert f"  {name} " in whole.stdout
        assert fx(name, "--help", folder=home).stdout.startswith(("Usage", "\n"))
    assert fx("formats", "ticker", folder=home).stdout.startswith("The ticker of a news site")


SEEDS = SHARED / "seeds"


@pytest.mark.skipif(not SEEDS.exists(), reason="the real pages stand beside the checkout only where fx is developed")
def test_the_real_page_from_file_to_answer(tmp_path: Path) -> None:
    page = str(next(SEEDS.glob("003*")))
    parsed = [json.loads(line) for line in fx("parse", "--json", page, folder=tmp_path).stdout.splitlines()]
    assert [(each["base"], each["rate"], each["repeats"]) for each in parsed] == [
        ("KGS", "0.01150", 8), ("KZT", "0.00190", 8), ("TJS", "0.09158", 8), ("UZS", "0.00008", 8), ("TMT", "0.28490", 8),
    ]  # fmt: skip
    others = [str(seed) for seed in SEEDS.glob("*.txt") if not seed.name.startswith("003")]
    assert [fx("parse", other, folder=tmp_path).returncode for other in others] == [1] * 4
    for new in (5, 0):
        assert json.loads(fx("load", "--json", page, folder=tmp_path, FX_DB="x.db").stdout)["new"] == new


def test_the_board_without_a_date_says_where_its_time_comes_from(tmp_path: Path) -> None:
    done = fx("parse", "--json", "-", folder=tmp_path, stdin=BOARD)
    assert {json.loads(line)["time_basis"] for line in done.stdout.splitlines()} == {"clock"}
    assert "--observed-at" in done.stderr


@pytest.mark.parametrize("statement", ["", "  ", "/* nothing but words */"])
def test_sql_without_a_statement_is_told_of(statement: str, tmp_path: Path) -> None:
    loaded = fx("load", "-", "-q", "--observed-at", "2024-12-14", "--db", "my.db", folder=tmp_path, stdin=PAGE)
    assert loaded.returncode == 0
    asked = fx("sql", statement, "--db", "my.db", folder=tmp_path)
    assert (asked.returncode, asked.stdout) == (2, "")
    assert "there is no statement: give one" in asked.stderr
