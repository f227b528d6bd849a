"""Other programs on the file: what each view and column holds is told in one place, and every neighbour reads them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from importlib.metadata import files
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from datasette.app import Datasette
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import fx
from fx.canned import AS_OF, CANNED, IN_TIME
from fx.cli import run
from fx.errors import NoRate
from fx.exports.datasette import metadata_of
from fx.schema_words import DATABASE, TABLES, VIEWS, schema_rows
from fx.store import Store
from tests.builders import BOARD, ROOT

sqlite3.enable_callback_tracebacks(False)  # Datasette turns it on for the whole process
README = (ROOT / "README.md").read_text("utf-8")
SAID = (
    ("news", "2024-12-13", BOARD),
    ("news", "2024-12-14", BOARD.replace("0.00190", "0.00192")),
    ("news", "2024-12-14", "KZT/USD = 0.00191 0%\n"),  # corrected
    ("bank", "2024-12-14", "USD/KZT = 525.1\nKZT/USD = N/A\n"),
    ("bank", "2024-12-13T15:30Z", "EUR/USD 1.0521/1.0523\n"),
    (None, "1999-12-31", "USD/IRR = 1234567.12345678901234567890\n"),
    ("news", "2024-12-14", BOARD.replace("0.00190", "0.00192") + "\n"),  # the correction is taken back
)


def told(target: Path | str, said: Any = SAID) -> Store:
    """A store that was told these texts, one a minute."""
    minutes = count()
    store = fx.open(target, clock=lambda: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=next(minutes)))
    for source, when, text in said:
        store.load_text(text, source=source, observed_at=when)
    return store


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("neighbours") / "fx.db"
    told(made).close()
    return made


@pytest.fixture
def db(path: Path) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        yield connection


def rows_of(path: Path, view: str) -> list[tuple[Any, ...]]:
    """What the bare ``sqlite3`` reads: the judge of the others."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.execute(f"SELECT * FROM {view}").fetchall()


# One place for the words ---------------------------------------------------------------------------------------------


def views_table() -> str:
    """The table of views as README prints it."""
    whole = list(VIEWS["quotes"].columns)
    lines = ["| view | what it shows | columns |", "|---|---|---|"]
    for name, words in VIEWS.items():
        columns = list(words.columns)
        more = columns[len(whole) :]
        same = name != "quotes" and columns[: len(whole)] == whole
        shown = " and ".join(["the same", *more]) if same else ", ".join(columns)
        lines.append(f"| `{name}` | {words.summary} | {shown} |")
    return "\n".join(lines)


def test_every_view_table_and_column_of_a_database_has_its_words_and_no_other(db: sqlite3.Connection) -> None:
    found: dict[str, dict[str, list[str]]] = {"view": {}, "table": {}}
    for kind, name in db.execute("SELECT type, name FROM sqlite_master WHERE type IN ('view', 'table')").fetchall():
        found[kind][name] = [row[1] for row in db.execute(f"PRAGMA table_xinfo({name})")]
    assert found["view"] == {name: list(words.columns) for name, words in VIEWS.items()}
    assert found["table"] == {name: list(words.columns) for name, words in TABLES.items()}


@pytest.mark.parametrize("name", [*VIEWS, *TABLES])
def test_each_column_holds_the_type_that_is_told(name: str, db: sqlite3.Connection) -> None:
    allowed = {"text": {"text"}, "number": {"real"}, "integer": {"integer"}, "any": {"integer", "text"}}
    (rows,) = db.execute(f"SELECT count(*) FROM {name}").fetchone()
    assert rows
    for column, (holds, _) in (VIEWS | TABLES)[name].columns.items():
        types = {row[0] for row in db.execute(f"SELECT DISTINCT typeof({column}) FROM {name}")} - {"null"}
        assert types, column
        assert types <= allowed[holds], column


def test_each_description_is_one_line_of_words() -> None:
    for row in schema_rows():
        words = row["description"]
        assert words
        assert words == words.strip().rstrip(".")
        assert 10 < len(words) + 5 * bool(row["column"]) < 120, row
        assert "\n" not in words
        assert "|" not in words


def test_readme_has_the_table_of_views_that_is_told() -> None:
    assert f"<!-- made from fx/schema_words.py -->\n{views_table()}\n" in README


def test_info_prints_the_schema_without_a_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["info", "--schema", "--json", "--db", "none.db"]) == 0
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == list(schema_rows())
    assert run(["info", "--schema", "--csv"]) == 0
    assert capsys.readouterr().out.startswith("kind,name,column,type,description\nview,quotes,,,")
    assert run(["info", "--schema"]) == 0
    assert "view   rates            kind         text     'quoted' as published, or" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


# The as-of question as plain SQL -------------------------------------------------------------------------------------

MOMENTS = (
    "1969-12-30",
    "2024-12-13",
    "2024-12-13T23:59:59.999Z",
    "2024-12-14",
    "2024-12-14T00:00Z",
    "2024-12-14T15:30Z",
)
FIGURES = st.sampled_from(("0.0019", "0.00190", "0.5", "5", "50", "525.1", "0.00008", "1234567890123456789012.5"))
SIDES = st.sampled_from(("1.0521/1.0523", "1.052/1.0523", "0.00190/0.00191", "500/510", "5.00/5.10"))
STATEMENTS = st.tuples(
    st.sampled_from(("bank", "news", None)),
    st.sampled_from(MOMENTS),
    st.builds(
        str.__add__,
        st.sampled_from(("KZT/USD ", "USD/KZT ", "KZT/TJS ")),
        st.one_of(FIGURES.map(lambda figure: f"= {figure}"), SIDES),
    ),
)


def direct(store: Store, base: str, counter: str, as_of: str) -> tuple[Any, ...] | None:
    """What fx takes as of a moment, with what identifies its quote."""
    try:
        answer = store.rate(f"{base}/{counter}", as_of=as_of, direct=True)
    except NoRate:
        return None
    (leg,) = answer.legs
    quote = leg.quote
    rate = None if quote.rate is None else format(quote.rate, "f")
    return answer.kind, str(quote.observed_at), str(quote.pair), rate, quote.source, float(answer.rate.value)


@given(
    st.lists(STATEMENTS, min_size=1, max_size=10),
    st.sampled_from((("KZT", "USD"), ("USD", "KZT"))),
    st.sampled_from((*MOMENTS, "2024-12-20", "2024-12-14T20:30+05:00")),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_plain_sql_takes_the_quote_that_fx_takes(
    said: list[tuple[str | None, str, str]], pair: tuple[str, str], as_of: str
) -> None:
    with told(":memory:", said) as store:
        columns, rows = store.query(AS_OF, {"base": pair[0].lower(), "counter": pair[1], "as_of": f" {as_of}"})
        meant = direct(store, *pair, as_of)
    found = [dict(zip(columns, row, strict=True)) for row in rows]
    assert len(found) == (meant is not None)
    for row in found:
        assert meant is not None
        assert tuple(row[name] for name in ("kind", "observed_at", "pair", "rate_text", "source")) == meant[:5]
        assert row["rate"] == pytest.approx(meant[5], rel=1e-14)
        assert (row["base"], row["counter"]) == pair


def test_the_plain_sql_seeks(db: sqlite3.Connection) -> None:
    for sql, canned in ((AS_OF, CANNED["as_of"]), (IN_TIME, CANNED["in_time"])):
        plan = db.execute("EXPLAIN QUERY PLAN " + sql, dict.fromkeys(canned.params, "")).fetchall()
        steps = [row[3] for row in plan if row[3].startswith(("SCAN", "SEARCH"))]
        assert [
            step for step in steps if step.startswith("SCAN") and "subquery" not in step and "CONSTANT" not in step
        ] == []
        assert any("series_id=? AND observed_at" in step for step in steps)


def test_a_moment_that_is_none_gives_no_rate_and_nothing_said_is_now(db: sqlite3.Connection) -> None:
    asked = {"base": "KZT", "counter": "USD"}
    assert db.execute(AS_OF, {**asked, "as_of": "yesterday or so"}).fetchall() == []
    assert db.execute(AS_OF, {**asked, "as_of": "soon"}).fetchall() == []
    (now,), (none,) = (db.execute(AS_OF, {**asked, "as_of": nothing}).fetchall() for nothing in ("", None))
    assert now == none
    assert now[4] == "2024-12-14"


@pytest.mark.parametrize(("since", "until", "rates"), [("", "", 3), ("2024-12-14", "", 1), ("", "2024-12-13", 1)])
def test_a_pair_in_time_is_what_the_view_shows(since: str, until: str, rates: int, db: sqlite3.Connection) -> None:
    asked = {"base": "kzt", "counter": "usd", "since": since, "until": until}
    found = db.execute(IN_TIME, asked).fetchall()
    meant = db.execute(
        "SELECT observed_at, rate, rate_text, bid, ask, change_pct, source, document, line FROM standing_quotes"
        " WHERE pair = 'KZT/USD' AND observed_at >= ? AND observed_at <= ? ORDER BY observed_at, source",
        (since, until or "9"),
    ).fetchall()
    assert found == meant
    assert len(found) == (rates if since or until else 2)


# Datasette -----------------------------------------------------------------------------------------------------------


def pages(path: Path, *addresses: str, immutable: bool = False) -> list[Any]:
    """What Datasette answers at these addresses, with the metadata that ``fx db datasette`` prints."""
    names = {"immutables": [str(path)]} if immutable else {"files": [str(path)]}

    async def asked() -> list[Any]:
        served = Datasette(**names, metadata=metadata_of(path.stem), settings={"num_sql_threads": 1})
        try:
            answers = [await served.client.get(address) for address in addresses]
            return [
                each.json() if ".json" in address else each.text
                for each, address in zip(answers, addresses, strict=True)
            ]
        finally:
            for database in served.databases.values():
                database.close()
            served.executor.shutdown() if served.executor else None

    return asyncio.run(asked())


def test_the_command_prints_the_metadata_under_the_name_that_datasette_gives_the_file(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["db", "datasette", "--db", str(path)]) == 0
    assert json.loads(capsys.readouterr().out) == metadata_of("fx")
    other = tmp_path / "my.rates.sqlite"
    other.write_bytes(path.read_bytes())
    assert run(["db", "datasette", "--db", str(other)]) == 0
    assert list(json.loads(capsys.readouterr().out)["databases"]) == [pages(other, "/-/databases.json")[0][0]["name"]]
    assert run(["db", "datasette", "--db", str(tmp_path / "none.db")]) == 4


def test_datasette_shows_every_view_and_its_descriptions(path: Path) -> None:
    (home, *shown) = pages(path, "/fx", *(f"/fx/{name}" for name in VIEWS | TABLES))
    assert DATABASE in unescape(home)
    assert all(canned.title in home for canned in CANNED.values())
    assert f"{len(TABLES)} hidden tables" in home
    for (name, words), html in zip((VIEWS | TABLES).items(), shown, strict=True):
        assert words.summary in unescape(html), name
        for column, (_, description) in words.columns.items():
            assert f"<dt>{column}</dt><dd>{description}</dd>" in unescape(html), f"{name}.{column}"


@pytest.mark.parametrize("immutable", [False, True])
def test_datasette_reads_every_view(path: Path, immutable: bool) -> None:
    for view, shown in zip(
        VIEWS, pages(path, *(f"/fx/{name}.json" for name in VIEWS), immutable=immutable), strict=True
    ):
        assert [tuple(row) for row in shown["rows"]] == rows_of(path, view), view


@pytest.mark.parametrize(("base", "counter", "as_of"), [("KZT", "USD", "2024-12-13"), ("USD", "KZT", "2024-12-14")])
def test_datasette_answers_as_fx_does(path: Path, base: str, counter: str, as_of: str) -> None:
    asked = urlencode({"base": base, "counter": counter, "as_of": as_of, "_shape": "array"})
    html, ((row,),) = pages(path, f"/fx/as_of?{asked}"), pages(path, f"/fx/as_of.json?{asked}")
    with fx.open(path) as store:
        meant = direct(store, base, counter, as_of)
    assert tuple(row[name] for name in ("kind", "observed_at", "pair", "rate_text", "source")) == (meant or ())[:5]
    assert all(f'name="{name}"' in html[0] for name in CANNED["as_of"].params)
    assert row["rate_text"] in html[0]


def test_datasette_sees_what_is_loaded_meanwhile_unless_the_file_is_said_to_be_immutable(tmp_path: Path) -> None:
    target = tmp_path / "fx.db"
    told(target).close()
    with told(target, [("news", "2025-01-02", "KZT/USD = 0.00199\n")]):  # open: the load is in the log beside the file
        seen, frozen = (
            pages(target, "/fx/as_of.json?base=KZT&counter=USD&as_of=2025-01-02&_shape=array", immutable=immutable)[0]
            for immutable in (False, True)
        )
    assert [row["rate_text"] for row in (*seen, *frozen)] == ["0.00199", "525.1"]


# The others ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", VIEWS)
def test_sqlite_utils_reads_every_view(view: str, path: Path) -> None:
    from sqlite_utils import Database  # noqa: PLC0415

    opened = Database(str(path))
    try:
        assert view in opened.view_names()
        assert [tuple(row.values()) for row in opened[view].rows] == rows_of(path, view)
    finally:
        opened.close()


@pytest.mark.parametrize("view", VIEWS)
def test_pandas_reads_every_view_with_the_types_that_are_told(view: str, db: sqlite3.Connection, path: Path) -> None:
    import pandas as pd  # noqa: PLC0415

    frame = pd.read_sql(f"SELECT * FROM {view}", db)
    kinds = {"text": "str", "number": "float64", "integer": "int64"}
    assert {name: str(kind) for name, kind in frame.dtypes.items()} == {
        name: kinds[holds] for name, (holds, _) in VIEWS[view].columns.items()
    }
    assert len(frame) == len(rows_of(path, view))


@pytest.mark.parametrize("view", VIEWS)
def test_polars_reads_every_view_with_the_types_that_are_told(view: str, db: sqlite3.Connection, path: Path) -> None:
    import polars as pl  # noqa: PLC0415

    table = pl.read_database(f"SELECT * FROM {view}", db, infer_schema_length=None)
    kinds = {"text": pl.String, "number": pl.Float64, "integer": pl.Int64}
    assert dict(table.schema) == {name: kinds[holds] for name, (holds, _) in VIEWS[view].columns.items()}
    assert table.rows() == rows_of(path, view)


@pytest.mark.parametrize("view", VIEWS)
def test_duckdb_reads_every_view_through_sqlite_as_text_that_casts_to_what_is_told(view: str, path: Path) -> None:
    import duckdb  # noqa: PLC0415

    (extension,) = (
        each for each in files("duckdb-extension-sqlite-scanner") or () if each.suffix == ".duckdb_extension"
    )
    kinds = {"text": "varchar", "number": "double", "integer": "bigint"}
    cast = ", ".join(f"{name}::{kinds[holds]}" for name, (holds, _) in VIEWS[view].columns.items())
    with duckdb.connect() as connection:
        connection.load_extension(str(extension.locate()))
        connection.execute(f"ATTACH '{path}' AS fx (TYPE sqlite, READ_ONLY)")
        if view in {"quotes", "rates"}:  # README says so: once this works, the recipe is too long
            with pytest.raises(duckdb.Error):
                connection.execute(f"SELECT * FROM fx.{view}").fetchall()
        read = connection.execute(f"SELECT {cast} FROM sqlite_query('fx', 'SELECT * FROM {view}')").fetchall()
    for row, meant in zip(read, rows_of(path, view), strict=True):  # SQLite gives text 15 digits of a number
        assert list(row) == [pytest.approx(cell, rel=1e-14) if isinstance(cell, float) else cell for cell in meant]
