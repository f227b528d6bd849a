"""The schema: its history leads to what the code says, and the views show what the contract promises."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from fx import schema, sql
from fx.errors import SchemaMismatch
from fx.shipped import shipped_text
from fx.store import Store
from fx.store.kept import MOST_REPEATS, Rest, change_in, unit_in
from fx.store.migrate import migrations_folder
from tests.builders import PAGE
from tests.example_database import dump
from tests.test_digests import filled

CONTRACT = {
    "quotes": "pair base counter observed_at rate rate_text bid ask change_pct source document line repeats recorded_at revision",
    "latest_quotes": "pair base counter observed_at rate rate_text bid ask change_pct source document line repeats recorded_at revision age_days",
    "rates": "base counter rate observed_at kind",
    "daily_rates": "day base counter open high low close quotes",
    "documents": "name source sha256 observed_at time_basis recorded_at quotes repeats rejects",
    "rejects": "document line text reason",
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with Store(tmp_path / "fx.db") as store:
        store.load_text(PAGE, source="news")
    return tmp_path / "fx.db"


def squeezed(sql: str) -> str:
    return re.sub(r"\s+(;?)", r" \1", sql).strip().replace(" ;", ";")


def test_a_new_database_is_what_the_history_makes(tmp_path: Path) -> None:
    at_revision(tmp_path / "history.db", sql.HEAD)
    with Store(tmp_path / "new.db") as store:
        store.writing()
    new, history = (list(map(squeezed, dump(tmp_path / name))) for name in ("new.db", "history.db"))
    assert new == history


def test_upgrading_from_empty_equals_the_metadata(path: Path) -> None:
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, schema.metadata) == []
        made = dict(
            tuple(row) for row in connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
        )
    fresh = create_engine("sqlite://")
    schema.metadata.create_all(fresh)
    with fresh.connect() as connection:
        meant = dict(
            tuple(row) for row in connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
        )
    del made["alembic_version"]
    assert {name: squeezed(sql) for name, sql in made.items()} == {name: squeezed(sql) for name, sql in meant.items()}
    engine.dispose()
    fresh.dispose()


def test_the_tables_shipped_as_text_are_those_of_the_metadata() -> None:
    meant = [text.lstrip() for name, text in schema.expected_schema().items() if name not in sql.VIEWS]
    assert [text.lstrip() for text in shipped_text("tables.sql").split(";")] == [*meant, ""]


def test_upgrading_from_empty_equals_the_views(path: Path) -> None:
    with Store(path) as store:
        made = dict(store.query("SELECT name, sql FROM sqlite_master WHERE type = 'view'")[1])
    meant = {name: f"CREATE VIEW {name} AS{body}" for name, body in sql.VIEWS.items()}
    assert {name: squeezed(sql) for name, sql in made.items()} == {name: squeezed(sql) for name, sql in meant.items()}


def test_the_head_of_the_history_is_the_revision_that_the_code_knows() -> None:
    assert ScriptDirectory(str(migrations_folder())).get_heads() == [sql.HEAD]


def at_revision(path: Path, revision: str) -> None:
    """An empty database as an earlier fx made it."""
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(migrations_folder()))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


def test_a_database_of_the_first_schema_is_upgraded_with_all_that_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    at_revision(path, "0001")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO source VALUES (1, 'news')")
        connection.execute("INSERT INTO series VALUES (1, 1, 'KZT', 'USD')")
        connection.execute("INSERT INTO document VALUES (1, 'x', 'page', 1, 3468268800000, 'given', 0, 1, 0, 0)")
        connection.execute("INSERT INTO quote VALUES (1, 3468268800000, 190, 5, '', '0', 1, 1, 1, 1)")
        connection.commit()
    with Store(path) as store:
        with pytest.raises(SchemaMismatch, match=f"schema 0001, this fx reads {sql.HEAD}: run 'fx db upgrade'"):
            store.latest()
        done = store.upgrade()
        assert (done.before, done.copy) == ("0001", path.with_name(f"{path.stem}.at-0001.db"))
        assert store.check() == []
        assert str(store.rate("KZT/USD", as_of="2024-12-14").legs[0].quote.rate) == "0.00190"


def shown(path: Path) -> dict[str, list[str]]:
    """What each view shows, in an order of its own."""
    with closing(sqlite3.connect(path)) as connection:
        return {view: sorted(map(repr, connection.execute(f"SELECT * FROM {view}"))) for view in sql.VIEWS}


def test_what_the_second_schema_holds_is_the_same_after_the_upgrade_as_if_loaded_anew(tmp_path: Path) -> None:
    new, old = tmp_path / "new.db", tmp_path / "old.db"
    filled(new).close()
    at_revision(old, "0002")
    with closing(sqlite3.connect(old)) as connection:
        connection.execute("ATTACH ? AS new", (str(new),))
        for table in ("source", "reject"):
            connection.execute(f"INSERT INTO {table} SELECT * FROM new.{table}")
        connection.execute("INSERT INTO series SELECT id, source_id, base, counter FROM new.series")
        connection.execute(
            "INSERT INTO document SELECT id, sha256, name, source_id, observed_at, time_basis, recorded_at, quotes,"
            " repeats, rejects FROM new.document"
        )
        for table in ("quote", "sighting"):
            for series, moment, rate, scale, rest, change, document, line, times in connection.execute(
                f"SELECT * FROM new.{table}"
            ):
                bid, ask, digits, _ = Rest.read(rest)
                row = (series, moment, rate or digits or 0, scale, f"{bid}/{ask}" if bid or ask else "")
                connection.execute(
                    f"INSERT INTO {table} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (*row, change_in(change, rest), document, line, times & MOST_REPEATS, unit_in(times)),
                )
        connection.commit()
    views = shown(old)
    with Store(old) as store:
        assert store.upgrade().before == "0002"
        assert store.check() == []
    assert shown(old) == views
    assert list(map(squeezed, dump(old))) == list(map(squeezed, dump(new)))


@pytest.mark.parametrize("view", CONTRACT)
def test_each_view_has_the_columns_of_the_contract(view: str, path: Path) -> None:
    with Store(path) as store:
        columns, rows = store.query(f"SELECT * FROM {view}")
    assert columns == CONTRACT[view].split()
    assert len(rows) == {"rates": 10, "documents": 1, "rejects": 0}.get(view, 5)


def test_the_views_show_numbers_that_compare_and_digits_as_published(path: Path) -> None:
    with Store(path) as store:
        row = store.query(
            "SELECT rate, rate_text, change_pct, observed_at, source, line, repeats FROM quotes WHERE base = 'TJS'"
        )[1]
        assert row == [(0.09158, "0.09158", -0.11, "2024-12-14", "news", 3, 8)]
        assert store.query("SELECT base FROM latest_quotes ORDER BY rate DESC LIMIT 1")[1] == [("TMT",)]
        kinds = store.query(
            "SELECT kind, rate FROM rates WHERE base IN ('UZS', 'USD') AND counter IN ('UZS', 'USD') ORDER BY rate"
        )[1]
        assert kinds == [("quoted", 0.00008), ("inverse", 12500.0)]


def test_the_days_of_several_observations_open_and_close_in_time(tmp_path: Path) -> None:
    with Store(tmp_path / "fx.db") as store:
        for hour, rate in (("09", "0.00192"), ("12", "0.00189"), ("18", "0.00191")):
            store.load_text(f"2024-12-14T{hour}:00Z KZT/USD = {rate}\n")
        assert store.query("SELECT * FROM daily_rates")[1] == [
            ("2024-12-14", "KZT", "USD", 0.00192, 0.00192, 0.00189, 0.00191, 3)
        ]


def test_the_as_of_question_is_a_seek(path: Path) -> None:
    with Store(path) as store:
        plan = store.query("EXPLAIN QUERY PLAN " + sql.STANDING, {"code": "KZT", "until": 2**62, "known": 2**62})[1]
    steps = " ".join(str(row[-1]) for row in plan)
    assert "SCAN" not in steps.replace("SCAN src", "")
    assert "observed_at<?" in steps


def test_the_latest_quotes_are_found_without_reading_every_quote(path: Path) -> None:
    with Store(path) as store:
        plan = store.query("EXPLAIN QUERY PLAN SELECT * FROM latest_quotes")[1]
    steps = [str(row[-1]) for row in plan]
    assert [step for step in steps if step.startswith("SCAN") and step.split()[1] in {"q", "o", "quote"}] == []


def test_moments_before_1970_and_with_milliseconds_are_shown_right(tmp_path: Path) -> None:
    moments = ["1957-01-01", "1957-01-01T00:00:00.250Z", "2024-12-14T15:30:00.000Z", "2024-12-14T15:30:00.125Z"]
    with Store(tmp_path / "fx.db") as store:
        for moment in moments:
            store.load_text("KZT/USD = 0.00190\n", observed_at=moment)
        assert [row[0] for row in store.query("SELECT observed_at FROM quotes ORDER BY observed_at")[1]] == moments
        assert [str(quote.observed_at) for quote in store.quotes("KZT/USD")] == moments
