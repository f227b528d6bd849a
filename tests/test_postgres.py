"""A store on a real PostgreSQL server: it answers as SQLite does, and says what is wrong with the way to it."""

from __future__ import annotations

import io
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, redirect_stderr, redirect_stdout
from datetime import UTC, date, datetime, timedelta
from itertools import count, permutations
from pathlib import Path

import pandas as pd
import psycopg
import pytest
from alembic import command
from alembic.config import Config
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import fx
from fx.cli import run
from fx.errors import (
    FxError,
    NotAStore,
    QueryError,
    QueryLimit,
    QueryRefused,
    SchemaMismatch,
    StoreBusy,
    StoreError,
    StoreLost,
    StoreMissing,
    StoreReadOnly,
)
from fx.schema import metadata
from fx.schema_words import VIEWS
from fx.store import SqlLimits, Store
from fx.store.copying import copy_store
from fx.store.migrate import lent, migrations_folder
from fx.store.plainly import Writer
from fx.store.server import ServerDatabase
from tests.builders import BOARD, EXAMPLES, PAGE
from tests.postgres import Server

CODES = ("KZT", "USD", "EUR", "UZS")
FIRST = date(2024, 12, 1)


@pytest.fixture
def url(postgres: Server) -> str:
    """A schema with nothing in it."""
    return postgres.schema()


def minutes() -> Callable[[], datetime]:
    """A clock that moves a minute at each look."""
    passed = count()
    return lambda: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=next(passed))


def told(ask: Callable[[], object]) -> object:
    """What is answered, or the error."""
    try:
        return ask()
    except FxError as error:
        return type(error), error.message


# The same answers ----------------------------------------------------------------------------------------------------

RATES = st.one_of(
    st.sampled_from(["0.00190", "0.00008", "12845.50", "17", "100", "1234567890.123456789012345", "0.10"]),
    st.integers(1, 10**7).map(lambda number: f"{number / 10**4:.4f}"),
)
FIGURES = st.one_of(RATES, st.sampled_from(["1.0500/1.0502", "0.9/1.1", "400"]))
MOMENTS = st.one_of(
    st.integers(0, 9).map(lambda day: str(FIRST + timedelta(days=day))),
    st.integers(0, 9 * 24).map(lambda hour: f"{datetime(2024, 12, 1) + timedelta(hours=hour):%Y-%m-%dT%H:%MZ}"),  # noqa: DTZ001
)


@st.composite
def documents(draw: st.DrawFn) -> list[tuple[str, str | None]]:
    """Some documents with their sources: statements that repeat, revise and contradict each other, and bad ones."""
    found = []
    for _ in range(draw(st.integers(1, 5))):
        lines = []
        for _ in range(draw(st.integers(1, 5))):
            base, counter = draw(st.permutations(CODES))[:2]
            change = draw(st.sampled_from(["", " 0%", " -0.11%", " +1.5%"]))
            lines.append(f"{draw(MOMENTS)} {base}/{counter} {draw(FIGURES)}{change}")
        lines += draw(st.lists(st.sampled_from(["• KZT/USD = 0.0O190 0%", "prose", "KZT/KZT = 1 0%"]), max_size=1))
        found.append(("\n".join(lines), draw(st.sampled_from([None, "bank", "Press", "ärzte"]))))
    return found


def answers(store: Store) -> dict[str, object]:
    """All that a store tells, by the question."""
    found: dict[str, object] = {
        view: sorted(map(repr, store.asked(f"SELECT {', '.join(words.columns)} FROM {view}")[1]))
        for view, words in VIEWS.items()
    }
    for name in ("latest", "pairs", "sources", "documents", "rejects", "revisions", "codes", "audit", "check"):
        found[name] = told(getattr(store, name))
    for base in CODES:
        for counter in CODES:
            pair = f"{base}/{counter}"
            for when in ("2024-12-03", "2024-12-31", "2024-12-05T12:00Z"):
                found[f"{pair} {when}"] = told(lambda pair=pair, when=when: store.rate(pair, as_of=when))
            found[f"{pair} known"] = told(
                lambda pair=pair: store.rate(pair, as_of="2024-12-31", known_at="2025-01-01T00:04Z")
            )
            found[f"{pair} history"] = told(lambda pair=pair: store.observations(pair))
            found[f"{pair} quotes"] = told(lambda pair=pair: store.quotes(pair, since="2024-12-03"))
            found[f"{pair} frame"] = told(lambda pair=pair: store.history(pair).to_csv())
            found[f"{pair} weeks"] = told(lambda pair=pair: store.candles(pair, "week", tz="Asia/Almaty"))
            found[f"{pair} candles"] = told(lambda pair=pair: store.history(pair, ohlc=True).to_csv())
            found[f"{pair} change"] = told(lambda pair=pair: store.change(pair))
    found["cross"] = repr(store.cross(CODES, as_of="2024-12-31"))
    asked = pd.DataFrame(
        [(10, base, counter, day) for base, counter in permutations(CODES, 2) for day in ("2024-12-04", "2024-12-31")],
        columns=["amt", "from", "to", "day"],
    )
    columns = {"amount": "amt", "base": "from", "counter_column": "to", "as_of": "day"}
    found["column"] = store.convert_frame(asked, **columns).to_csv()  # type: ignore[arg-type]
    selection = told(store.select)
    for order in ("by_pair", "by_time"):
        found[order] = selection if isinstance(selection, tuple) else list(getattr(selection, order)())
    return found


@pytest.fixture(scope="module")
def emptied(postgres: Server) -> Iterator[Callable[[], str]]:
    """The URL of a store that was emptied."""
    url = postgres.schema()
    with Store(url) as store:
        store.upgrade()
    tables = ", ".join(metadata.tables)
    with psycopg.connect(url, autocommit=True) as connection:

        def empty() -> str:
            connection.execute(f"TRUNCATE {tables} RESTART IDENTITY")  # type: ignore[arg-type]
            return url

        yield empty


@given(documents())
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_is_loaded_both_engines_tell_the_same(
    emptied: Callable[[], str], said: list[tuple[str, str | None]]
) -> None:
    with Store(":memory:", minutes()) as ours, Store(emptied(), minutes()) as theirs:
        for text, source in [*said, said[0]]:
            loads = [store.load_text(text, source=source, observed_at="2024-12-02") for store in (ours, theirs)]
            assert loads[0] == loads[1]
        one, other = answers(ours), answers(theirs)
    assert {name: (one[name], other[name]) for name in one if one[name] != other[name]} == {}


COMMANDS = """
convert 10000 KZT USD --explain
convert 5000 KGS TJS --as-of 2024-12-20 --json
convert 10 KZZ USD
convert 10000 KZT USD --as-of 2024-12-13
convert 10000 KZT USD --as-of 2024-12-20 --max-age 3d
rate USD/KZT --as-of 2025-12-31
table
latest
latest KZT --json
history KZT/USD
history USD/KZT --every month --ohlc
history KGS/TJS --csv
change KZT/USD
revisions --json
pairs --json
sources --json
documents --csv
rejects --json
check
plot KZT/USD
export csv
export hledger KZT/USD
export ecb-csv
prune --before 2025-06-01
prune --before 2025-06-01 --keep month --json
sql "SELECT pair, rate_text FROM latest_quotes ORDER BY pair" --json
sql "SELECT * FROM daily_rates ORDER BY day, base, counter"
db check
""".strip().splitlines()


@pytest.fixture(scope="module")
def both(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """The examples in a file and on a server."""
    places = str(tmp_path_factory.mktemp("both") / "fx.db"), postgres.schema()
    for place in places:
        with Store(place, minutes()) as store:
            for text in sorted(EXAMPLES.glob("*.txt")):
                store.load_text(text.read_text("utf-8"), name=text.name, source="timesca")
            store.load_text("2025-12-05 KZT/USD 0.00199\n", source="timesca")
    return places


def seen(words: list[str]) -> tuple[int, str, str]:
    """Exit code, output and talk of a command."""
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as talk:
        try:
            code = run(words)
        except SystemExit as stop:
            code = int(stop.code or 0)
    return code, out.getvalue(), talk.getvalue()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_prints_the_same_of_both(command: str, both: tuple[str, str]) -> None:
    words = [part.strip('"') for part in re.findall(r'"[^"]*"|\S+', command)]
    ours, theirs = (seen(["--db", place, *words]) for place in both)
    shown = re.sub(r"//[^ @]*@", "//***@", both[1])
    hidden = theirs[1].replace(re.sub(r":[^:@/]+@", ":***@", both[1]), both[0])
    assert (theirs[0], hidden, theirs[2]) == (ours[0], ours[1], ours[2]), shown
    assert ours[1] or ours[2]


def test_what_goes_is_gone_on_both(postgres: Server, tmp_path: Path) -> None:
    told = []
    for place in (str(tmp_path / "fx.db"), postgres.schema()):
        with Store(place, minutes()) as store:
            for text in sorted(EXAMPLES.glob("*.txt")):
                store.load_text(text.read_text("utf-8"), name=text.name, source="timesca")
            store.load_text("nothing to be read: KZT/USD = 0.0O190\n", observed_at="2024-01-01")
            store.load_text("2025-06-02 KZT/USD 0.00191\n2025-06-03 KZT/USD 0.00192\n", source="timesca")
            done = store.prune("2025-12-01", keep="month", apply=True)
            again = store.prune("2025-12-01", keep="month")
            assert store.check() == []
            told.append((done, again.quotes, store.quotes("KZT/USD"), store.documents(), store.info().documents))
    assert told[0] == told[1]
    assert told[0][0].quotes > 0 == told[0][1]


# The way to a server -------------------------------------------------------------------------------------------------


def wrong_ways(server: Server) -> dict[str, tuple[str, type[FxError], str]]:
    """Addresses that lead nowhere, with the error and a part of its sentence."""
    good = server.url()
    _, _, rest = good.removeprefix("postgresql://").partition(":")
    password, _, place = rest.partition("@")
    return {
        "a wrong password": (good.replace(password, "wr0ng"), StoreError, "check user and password"),
        "nobody's name": (f"postgresql://nobody:{password}@{place}", StoreError, "check user and password"),
        "no such database": (server.url("nowhere"), StoreMissing, "createdb"),
        "no such schema": (server.url(schema="nowhere"), StoreError, "CREATE SCHEMA"),
        "no server": ("postgresql://me:s3cret@127.0.0.1:1/fx", StoreLost, "check that the server runs"),
        "no host": ("postgresql://me:s3cret@no.such.host.invalid/fx", StoreError, "check the host"),
        "no socket": ("postgresql://me:s3cret@/fx?host=/nowhere", StoreLost, "check that the server runs"),
        "no address": ("postgresql://me:s3cret@[::1/fx", StoreError, "write postgresql://user@host/name"),
        "no such TLS": ("postgresql://me:s3cret@127.0.0.1:1/fx?sslmode=odd", StoreError, "check sslmode"),
        "no such option": (
            "postgresql://me:s3cret@host/fx?colour=red",
            StoreError,
            "write postgresql://user@host/name",
        ),
        "another database": ("mysql://me:s3cret@host/fx", StoreError, "name a file, or one on a server"),
        "another driver": ("postgresql+asyncpg://me:s3cret@host/fx", StoreError, "name a file, or one on a server"),
        "nothing in it": (server.schema(), StoreMissing, "fx load FILE"),
    }


@pytest.mark.parametrize("way", [
    "a wrong password", "nobody's name", "no such database", "no such schema", "no server", "no host", "no socket",
    "no address", "no such TLS", "no such option", "another database", "another driver", "nothing in it",
])  # fmt: skip
def test_each_way_that_leads_nowhere_says_so_and_tells_no_password(way: str, postgres: Server) -> None:
    address, kind, part = wrong_ways(postgres)[way]
    secret = re.sub(r".*//[^:]*:([^@]*)@.*", r"\1", address)
    for words in (["latest"], ["info"], ["db", "check"]) if way != "nothing in it" else (["latest"],):
        code, out, talk = seen(["--db", address, *words, *(["--json"] if words[0] != "db" else [])])
        assert (code, talk.count("\n")) == (4, 1), talk
        assert part in talk
        assert secret not in out + talk
        assert words[0] == "db" or f'"error": "{kind.__name__}"' in out


def test_without_the_driver_it_says_what_to_install(tmp_path: Path) -> None:
    code = "import sys; sys.modules['psycopg'] = None\nfrom fx.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "--db", "postgresql://me:s3cret@host/fx", "latest"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr == "PostgreSQL is reached by psycopg, which is not installed: pip install 'fx[postgres]'\n"


def test_no_password_is_shown_by_info_or_by_a_load(url: str) -> None:
    secret = re.sub(r".*//[^:]*:([^@]*)@.*", r"\1", url)
    for words in (
        ["load", str(EXAMPLES / "2024-12-14.txt")],
        ["info"],
        ["info", "--json"],
        ["db", "upgrade"],
        ["db", "check"],
    ):
        code, out, talk = seen(["--db", url, *words])
        assert code == 0
        assert secret not in out + talk
        assert words[0] == "load" or "fx:***@" in out


def test_an_address_as_sqlalchemy_writes_it_is_the_same(url: str) -> None:
    with fx.open(url.replace("postgresql://", "postgresql+psycopg://")) as store:
        store.load_text(PAGE)
    with fx.open(url) as store:
        assert store.info().quotes == 5
        assert (store.info().bytes or 0) > 5 * 8192


def test_a_newer_schema_and_somebody_elses_tables_are_refused_and_left_alone(postgres: Server, url: str) -> None:
    with fx.open(url) as store:
        store.load_text(PAGE)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    foreign = postgres.schema()
    with psycopg.connect(foreign, autocommit=True) as connection:
        connection.execute("CREATE TABLE quote (id integer)")
    for place, kind, part in ((url, SchemaMismatch, "upgrade fx"), (foreign, NotAStore, "not one of fx")):
        for ask in (fx.Store.latest, fx.Store.upgrade, lambda store: store.load_text(PAGE)):
            with fx.open(place) as store, pytest.raises(kind, match=part):
                ask(store)
    with psycopg.connect(foreign, autocommit=True) as connection:
        assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()").fetchone() == (
            1,
        )


def test_a_database_that_cannot_keep_every_text_is_refused(postgres: Server) -> None:
    postgres.run("CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
    try:
        with fx.open(postgres.url("latin")) as store, pytest.raises(StoreError, match="keeps text as LATIN1, not UTF8"):
            store.load_text(PAGE)
    finally:
        postgres.run("DROP DATABASE latin")


def test_ctrl_c_ends_a_statement_at_once(both: tuple[str, str], tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from fx.cli import main; main()", "--db", both[1], "sql", "SELECT pg_sleep(60)"]
    asking = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'fx' AND query LIKE '%pg_sleep(60)%'"
    with (
        psycopg.connect(both[1], autocommit=True) as watch,
        subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process,
    ):
        while watch.execute(asking).fetchone() == (0,) and process.poll() is None:  # type: ignore[arg-type]
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, talk = process.communicate(timeout=30)
        assert (process.returncode, talk[:11]) == (130, "interrupted")
        while watch.execute(asking).fetchone() != (0,):  # type: ignore[arg-type]
            time.sleep(0.05)


@pytest.mark.parametrize("care", [["db", "backup", "copy.db"], ["db", "vacuum"], ["db", "datasette"]])
def test_what_is_done_to_files_is_refused_of_a_server(care: list[str], both: tuple[str, str]) -> None:
    code, out, talk = seen(["--db", both[1], *care])
    assert (code, out) == (2, "")
    assert re.search("pg_dump|VACUUM|fx db copy", talk)


# SQL from outside ----------------------------------------------------------------------------------------------------

HOSTILE = {
    "DELETE FROM quote": StoreReadOnly,
    "DROP VIEW quotes": StoreReadOnly,
    "COPY quote TO PROGRAM 'true'": QueryRefused,
    "DO $$ BEGIN DELETE FROM quote; END $$": QueryRefused,
    "SET statement_timeout = 0": QueryRefused,
    "COMMIT": QueryRefused,
    "WITH gone AS (DELETE FROM quote RETURNING *) SELECT * FROM gone": StoreReadOnly,
    "EXPLAIN ANALYZE DELETE FROM quote": StoreReadOnly,
    "SELECT * INTO copied FROM quote": StoreReadOnly,
    "SELECT nextval('document_id_seq')": StoreReadOnly,
    "SELECT 1; DELETE FROM quote": QueryError,
    "SELECT 1; COMMIT; DELETE FROM quote": QueryError,
    "/* a */ -- b\n DELETE FROM quote": StoreReadOnly,
    "SELECT set_config('transaction_read_only', 'off', true)": QueryError,
    "SELEC 1": QueryRefused,
    "SELECT nothing FROM quotes": QueryError,
    "": QueryRefused,
    f"SELECT 1 -- {100_000 * 'x'}": QueryLimit,
}


@pytest.mark.parametrize("sql", HOSTILE)
def test_a_statement_that_does_more_than_read_is_refused(sql: str, both: tuple[str, str]) -> None:
    with fx.open(both[1]) as store:
        before = store.info()
        with pytest.raises(HOSTILE[sql]):
            store.query(sql)
        assert store.info() == before
        assert store.query("SELECT count(*) FROM quote WHERE rate = :rate", {"rate": 190})[1] == [(1,)]


def test_a_statement_is_held_to_its_limits(both: tuple[str, str]) -> None:
    with fx.open(both[1]) as store:
        with pytest.raises(QueryLimit, match="did not end within"):
            store.query("SELECT count(*) FROM generate_series(1, 10000000000)", limits=SqlLimits(seconds=0.5))
        for sql, limits in (
            ("SELECT generate_series(1, 1000000000)", SqlLimits(rows=3)),
            ("SELECT repeat('x', 1000), generate_series(1, 1000000000)", SqlLimits(result=20_000)),
        ):
            with pytest.raises(QueryLimit, match="these are the first") as caught:
                store.query(sql, limits=limits)
            assert 0 < len(caught.value.rows) < 20
        assert len(store.latest()) == 5
    code, out, talk = seen(["--db", both[1], "sql", "SELECT generate_series(1, 1000) AS n", "--rows", "2", "--csv"])
    assert (code, out) == (4, "n\n1\n2\n")
    assert talk.startswith("these are the first 2 rows")


def test_values_of_other_types_come_as_text(both: tuple[str, str]) -> None:
    code, out, _ = seen(
        [
            "--db",
            both[1],
            "sql",
            "SELECT 1.50 AS n, date '2024-12-14' AS d, '{\"a\": 1}'::jsonb AS j, NULL AS z, 8e-5::float8 AS f",
            "--json",
        ]
    )
    assert (code, out) == (0, '{"n": "1.50", "d": "2024-12-14", "j": "{\\"a\\": 1}", "z": null, "f": 8e-05}\n')


# Many at once, and ends in the middle --------------------------------------------------------------------------------

WRITER = """import sys, fx
with fx.open(sys.argv[1]) as store:
    for day in sys.argv[3:]:
        store.load_text(sys.argv[2].replace("0.0", "0.0" + day[-2:]), name=day, observed_at=day)"""


def test_writers_that_start_at_once_lose_and_double_nothing(url: str) -> None:
    days = [f"2024-12-{day:02}" for day in range(1, 13)]
    started = [
        subprocess.Popen([sys.executable, "-c", WRITER, url, BOARD, *days[part::4], *days[:2]]) for part in range(4)
    ]
    assert [process.wait(120) for process in started] == [0] * 4
    with fx.open(url) as store:
        assert (store.info().quotes, store.info().documents) == (60, 12)
        assert store.check() == []
        rows = store.query("SELECT id, recorded_at FROM document ORDER BY id")[1]
        assert [row[1] for row in rows] == sorted({row[1] for row in rows})


def test_a_writer_waits_for_its_turn_and_says_so_when_it_does_not_come(url: str) -> None:
    with fx.open(url) as store:
        store.load_text(PAGE)
        with store.writing().begin(), Store(url, patience=200) as other:
            with pytest.raises(StoreBusy, match="locked by another process"):
                other.load_text(PAGE + "more")
            assert len(other.latest()) == 5


def test_what_the_server_gave_up_is_not_taken_for_kept(url: str) -> None:
    with fx.open(url) as store:
        store.load_text(PAGE)
        with store.writing().connect() as connection:
            connection.begin()
            with pytest.raises(psycopg.Error):
                connection.exec_driver_sql("SELEC 1")
            with pytest.raises(StoreError, match="nothing of it is kept"):
                connection.commit()
        assert store.load_text(PAGE + "more").known == 5


@pytest.mark.parametrize("document", range(1, 5))
def test_a_connection_lost_in_the_middle_of_a_load_ends_it_like_a_kill(
    document: int, postgres: Server, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fx.store.batches.DOCUMENTS_A_TRANSACTION", 2)
    monkeypatch.setattr("fx.store.batches.SECONDS_A_TRANSACTION", 60)
    files = sorted(EXAMPLES.glob("*.txt"))
    assert len(files) == 4
    looks = count()  # the clock is looked at once, and then as each document is put in

    def clock() -> datetime:
        if next(looks) == document:
            (ended,) = postgres.run(
                "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity"
                " WHERE application_name = 'fx' AND state = 'idle in transaction'"
            )
            assert ended == (1,)
        return datetime(2026, 1, 1, tzinfo=UTC)

    lost = r"was lost .*: what was finished is kept, run it again for the rest"
    with fx.open(url, clock=clock) as store, pytest.raises(StoreError, match=lost):
        store.load(*files, source="timesca")
    with fx.open(url) as store, fx.open(":memory:") as whole:
        done = (document - 1) // 2 * 2
        assert store.asked("SELECT count(*) FROM document")[1] == [(done,)]
        assert store.check() == []
        store.load(*files, source="timesca")
        whole.load(*files, source="timesca")
        views = "SELECT pair, observed_at, rate_text, source, line, repeats, revision FROM quotes ORDER BY pair, observed_at"
        assert store.asked(views) == whole.asked(views)
        assert store.check() == []


READER = """import sys, fx
with fx.open(sys.argv[1]) as store:
    before = 0
    for _ in range(40):
        found = [(quote.observed_at, quote.pair) for quote in store.select().by_time()]
        assert len(found) >= before and len(found) % 5 == 0 and len(set(found)) == len(found), found
        before = len(found)
        assert len(store.latest()) == 5"""


def test_readers_see_whole_documents_while_others_write(url: str) -> None:
    with fx.open(url) as store:
        store.load_text(BOARD, observed_at="2024-11-30")
    days = [f"2024-12-{day:02}" for day in range(1, 29)]
    readers = [subprocess.Popen([sys.executable, "-c", READER, url]) for _ in range(2)]
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, url, BOARD, *days[part::2]]) for part in range(2)]
    assert [process.wait(120) for process in (*readers, *writers)] == [0] * 4
    with fx.open(url) as store:
        assert store.info().quotes == 5 * 29


def test_a_store_whose_connection_was_lost_opens_it_anew(postgres: Server, url: str) -> None:
    with fx.open(url) as store:
        store.load_text(PAGE)
        assert len(store.latest()) == 5
        postgres.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'fx'")
        with pytest.raises(StoreError, match="was lost"):
            store.latest()
        assert len(store.latest()) == 5
        with pytest.raises(StoreError, match="was lost"):
            store.load_text(PAGE + "more")
        assert store.load_text(PAGE + "more").known == 5


def test_a_user_who_may_only_read_reads_everything_and_writes_nothing(postgres: Server, url: str) -> None:
    with fx.open(url) as store:
        store.load_text(PAGE)
    schema = url.rpartition("%3D")[2]
    postgres.run(
        f"CREATE ROLE {schema}_reader LOGIN PASSWORD 'only' IN ROLE pg_read_all_settings;"
        f"GRANT USAGE ON SCHEMA {schema} TO {schema}_reader; GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {schema}_reader"
    )
    with fx.open(re.sub(r"//[^@]*@", f"//{schema}_reader:only@", url)) as reader:
        assert len(reader.latest()) == 5
        assert reader.check() == []
        assert reader.rate("KZT/USD").result is not None
        with pytest.raises(StoreReadOnly, match="ask for the right"):
            reader.load_text(PAGE + "more")


# The schema ----------------------------------------------------------------------------------------------------------

MADE = {
    "columns": """SELECT table_name, column_name, data_type, collation_name, is_nullable,
                         regexp_replace(column_default, '[a-z0-9_]+[.]', '')
                    FROM information_schema.columns WHERE table_schema = current_schema() ORDER BY 1, ordinal_position""",
    "constraints": """SELECT conrelid::regclass::text, contype, pg_get_constraintdef(oid) FROM pg_constraint
                       WHERE connamespace = current_schema()::regnamespace ORDER BY 1, 2, 3""",
    "indexes": """SELECT tablename, replace(indexdef, current_schema() || '.', '') FROM pg_indexes
                   WHERE schemaname = current_schema() ORDER BY 1, 2""",
    "views": """SELECT viewname, definition FROM pg_views WHERE schemaname = current_schema() ORDER BY 1""",
    "version": "SELECT version_num FROM alembic_version",
}


def test_the_one_history_leads_to_the_schema_that_a_new_store_has(postgres: Server) -> None:
    new, led = postgres.schema(), postgres.schema()
    with Store(new) as store:
        store.upgrade()
    with (
        closing(ServerDatabase(led, "led", 1000, writes=True)) as database,
        database.begin() as connection,
        lent(connection) as alembic,
    ):
        config = Config()
        config.set_main_option("script_location", str(migrations_folder()))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = alembic
        command.upgrade(config, "head")
    for what, sql in MADE.items():
        found = []
        for url in (new, led):
            with psycopg.connect(url) as raw:
                found.append(raw.execute(sql).fetchall())  # type: ignore[arg-type]
        assert found[0] == found[1] != [], what


def test_check_finds_what_is_gone_or_changed_on_a_server(url: str) -> None:
    with Store(url) as store:
        store.load_text(PAGE, name="page")
        assert store.check() == []
        with psycopg.connect(url, autocommit=True) as raw:
            raw.execute("DROP VIEW rejects; DROP VIEW rates; CREATE VIEW rates AS SELECT 1 AS base")
            raw.execute("DROP INDEX series_by_counter; UPDATE quote SET rate = 191 WHERE rate = 190")
            raw.execute("DELETE FROM quote WHERE line = 3; UPDATE document SET name = 'another'")
        assert store.check() == [
            "series_by_counter is missing",
            "rates is not as fx makes it",
            "rejects is missing",
            "another has 4 of its 5 quotes",
            "another has a name, a time or rejects that are not as they were kept",
        ]


# Copies --------------------------------------------------------------------------------------------------------------


def test_a_store_goes_to_a_server_and_back_and_is_the_same(both: tuple[str, str], url: str, tmp_path: Path) -> None:
    back = str(tmp_path / "back.db")
    for places in ((both[0], url), (url, back)):
        code, out, talk = seen(["db", "copy", *places])
        assert (code, talk.count("rows, ")) == (0, len(metadata.tables)), talk
        assert "is the same as" in out
    with Store(both[0], minutes()) as first, Store(url, minutes()) as there, Store(back, minutes()) as last:
        told = answers(first)
        assert answers(there) == answers(last) == told
        assert there.load_text("2026-01-01 KZT/USD 0.00200\n").new == 1  # numbers go on behind the copied ones


def test_a_copy_that_was_ended_goes_on_and_is_no_store_until_then(
    both: tuple[str, str], url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fx.store.copying.ROWS_A_TRANSACTION", 3)
    for source, target in ((both[0], url), (both[1], str(tmp_path / "copy.db"))):
        left = count(7, -1)

        def put(*_: object, left: Iterator[int] = left) -> None:
            if not next(left):
                raise KeyboardInterrupt

        with Store(source) as old, Store(target) as new:
            ordinary = new.opened_for_writing

            def counted(patience: int, ordinary: Callable[[int], Writer] = ordinary) -> Writer:
                writer = ordinary(patience)
                begin = writer.begin
                monkeypatch.setattr(writer, "begin", lambda: (put(), begin())[1], raising=False)
                return writer

            monkeypatch.setattr(new, "opened_for_writing", counted)
            with pytest.raises(KeyboardInterrupt):
                copy_store(old, new)
        with Store(target) as new:
            for ask in (Store.latest, Store.upgrade, lambda store: store.load_text(PAGE)):
                with pytest.raises(SchemaMismatch, match="unfinished copy: run 'fx db copy' again"):
                    ask(new)
        with Store(source) as old, Store(target) as new:
            done = copy_store(old, new)
            assert 0 < sum(each.now for each in done) < sum(each.rows for each in done)
            assert answers(new) == answers(old)


def test_a_copy_of_what_changed_meanwhile_is_not_taken_for_the_same(both: tuple[str, str], url: str) -> None:
    with Store(both[0]) as old, Store(url) as new:
        copy_store(old, new)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("UPDATE quote SET line = line + 1 WHERE line = 2")
            connection.execute("UPDATE alembic_version SET version_num = 'unfinished copy'")
        with pytest.raises(StoreError, match=r"not the same .* in its table quote"):
            copy_store(old, new)
        with pytest.raises(SchemaMismatch):
            new.latest()


def test_nothing_is_copied_onto_what_is_there(both: tuple[str, str], postgres: Server, tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("no database", encoding="utf-8")
    foreign = postgres.schema("CREATE TABLE mine (id integer)")
    for source, target, code, part in (
        (both[0], both[0], 2, "is the database itself"),
        (both[1], both[1], 2, "is the database itself"),
        (both[0], both[1], 2, "holds quotes already"),
        (both[1], both[0], 2, "holds quotes already"),
        (both[0], str(tmp_path / "text.db"), 2, "holds something else"),
        (both[0], foreign, 2, "holds something else"),
        (both[0], ":memory:", 2, "in memory"),
        (str(tmp_path / "none.db"), str(tmp_path / "new.db"), 4, "there is no database"),
    ):
        found, out, talk = seen(["db", "copy", source, target])
        assert (found, out) == (code, ""), talk
        assert part in talk
    assert not (tmp_path / "new.db").exists()
