"""The benchmarks run, refuse whoever answers otherwise, and print the table that the README shows. No time is asserted."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

import fx
from benchmarks import data, stores
from benchmarks.__main__ import GROUPS, chosen, main, workshop
from benchmarks.measure import Failed, Spent, peak, ran
from benchmarks.rows import FULL, QUICK, TINY, Contender, Duel, Row, Target, Workshop, outcome_of
from benchmarks.table import BEGIN, END, HEADS, aligned, goal
from tests.builders import ROOT

NAMES = (
    "start-0 start-1 start-2 start-3 instructions ledger-0 hledger-0 currency_converter-0 ledger-1 hledger-1 "
    "currency_converter-1 latest rate history info ticker html families load log again bytes warm crosses many frame "
    "frame-mixed csv frames candles memory"
).split()
"""Every row that was asked for."""
CHEAP = ("start-0", "ticker", "log", "bytes", "warm", "frame", "candles")


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the benchmarks where every temporary folder lies in ``folder``."""
    command = [sys.executable, "-m", "benchmarks", "--tiny", *words]
    environment = {**os.environ, "TMPDIR": str(folder)}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def place(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path, tmp_path, TINY, Path(sys.executable).with_name("fx"), Path(sys.executable))


def row(duel: Duel, bound: float = 2, of: str = "cpu", *, faster: bool = False) -> Row:
    return Row("made", "work", "beside", Target(bound, of, faster), lambda _: duel)


def contender(name: str, answer: object, cpu: float = 1) -> Contender:
    return Contender(name, lambda: Spent(cpu, cpu, answer), reads=lambda output: output)


def test_every_row_is_there_at_every_size() -> None:
    for size in (FULL, QUICK, TINY):
        rows = [each for group in GROUPS for each in group.rows(size)]
        assert [each.name for each in rows] == NAMES
        assert len({(each.work, each.beside) for each in rows}) == len(rows)


def test_some_rows_run_and_leave_nothing_behind(tmp_path: Path) -> None:
    done = run(tmp_path, "--json", *(word for name in CHEAP for word in ("--only", name)))
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert [record["name"] for record in records] == [name for name in NAMES if name in CHEAP], done.stderr
    for record in records:
        assert record["verdict"] in {"met", "missed", "rg is not installed"}, record
        assert (record["value"] is None) == ("not installed" in record["verdict"])
    assert done.returncode == 0
    assert list(tmp_path.iterdir()) == []


def test_what_is_read_can_be_kept_and_is_not_made_again(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    found = []
    for _ in range(2):
        done = run(tmp_path, "--only", "bytes", "--keep", str(kept))
        assert done.returncode == 0, done.stderr
        found.append({path.name: path.stat().st_mtime_ns for path in kept.iterdir()})
    assert set(found[0]) == {"tiny-ticker.log", "tiny-log.db"}
    assert found[0] == found[1]


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 1), (signal.SIGTERM, 143)])
def test_an_interrupt_leaves_nothing_behind(sent: signal.Signals, code: int, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks", "--tiny", "--only", "start", "--only", "memory"]
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        assert process.stderr.readline().startswith("1/5 start-0: ")
        assert len(list(tmp_path.iterdir())) == 1
        process.send_signal(sent)
        rest = process.stderr.read()
    assert (process.returncode, "interrupted: nothing was left behind" in rest) == (code, sent == signal.SIGINT)
    assert "Traceback" not in rest
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_made_whole_is_not_there(place: Workshop) -> None:
    def make(path: Path) -> None:
        path.write_text("half of it")
        raise OSError("no room")

    broken = replace(
        row(Duel(contender("fx", 1))), duel=lambda workshop: Duel(contender(str(workshop.made("file", make)), 1))
    )
    assert outcome_of(broken, place).verdict == "no room"
    assert list(place.folder.iterdir()) == []


def test_who_answers_otherwise_is_refused_and_not_timed(place: Workshop) -> None:
    refused = outcome_of(row(Duel(contender("fx", "19.00"), contender("peer", "19.01"))), place)
    assert (refused.value, refused.fault, refused.verdict) == (None, True, "peer answers '19.01' and not '19.00'")
    refused = outcome_of(row(Duel(contender("fx", 18), contender("peer", 19), expected=19)), place)
    assert refused.verdict == "fx answers 18 and not 19"


def test_a_refusal_ends_the_program_with_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = replace(chosen(TINY, ["start-0"])[0], duel=lambda _: Duel(contender("fx", 1), contender("peer", 2)))
    monkeypatch.setattr("benchmarks.__main__.chosen", lambda *_: [wrong])
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    assert main(["--tiny", "--keep", str(tmp_path)]) == 1


@pytest.mark.parametrize(
    ("peer", "verdict"),
    [
        (replace(contender("peer", 1), program="no-such-program"), "no-such-program is not installed"),
        (Contender("peer", lambda: Spent(1, 1, figure=None)), "not counted on this machine"),
    ],
)
def test_what_cannot_be_measured_is_no_figure(peer: Contender, verdict: str, place: Workshop) -> None:
    ours = Contender("fx", lambda: Spent(1, 1, 1, figure=5), reads=lambda output: output)
    outcome = outcome_of(row(Duel(ours, peer), 2, "instructions"), place)
    assert (outcome.value, outcome.ours, outcome.theirs, outcome.fault, outcome.verdict) == (
        None,
        None,
        None,
        False,
        verdict,
    )


def test_a_program_that_fails_is_told_of(place: Workshop) -> None:
    words = [sys.executable, "-c", "raise SystemExit('out of ink')"]
    failing = Contender("fx", lambda: ran(words, place.folder))
    outcome = outcome_of(row(Duel(failing)), place)
    assert outcome.fault
    assert outcome.verdict.endswith(" ended with 1: out of ink")
    with pytest.raises(Failed, match=r"python[0-9.]* ended with 1"):
        peak(words, place.folder)


def test_ratios_are_of_medians_without_the_first_run(place: Workshop) -> None:
    times = {"fx": iter([9.0, 4.0, 2.0, 3.0]), "peer": iter([9.0, 1.0, 1.0, 7.0])}

    def runs(name: str) -> Contender:
        def once() -> Spent:
            cpu = next(times[name])
            return Spent(cpu, cpu * 2, "same")

        return Contender(name, once, reads=lambda output: output)

    long = replace(place, size=replace(TINY, repeats=3, seconds=60))
    outcome = outcome_of(row(Duel(runs("fx"), runs("peer")), 40, faster=True), long)
    assert (outcome.ours, outcome.theirs, outcome.value, outcome.wall, outcome.runs) == (3, 1, 1 / 3, 1 / 3, 3)
    assert outcome.verdict == "missed"


def test_memory_is_that_of_the_program_and_not_of_its_parent(place: Workshop) -> None:
    held = b"x" * 200_000_000
    small = peak([sys.executable, "-S", "-c", ""], place.folder).figure
    large = peak([sys.executable, "-S", "-c", "x = b'x' * 300_000_000"], place.folder).figure
    assert small is not None
    assert large is not None
    assert small < len(held) < 300_000_000 < large


def test_stores_made_by_sql_are_sound_and_as_fx_loads_them(tmp_path: Path) -> None:
    makers = {
        "history": lambda path: stores.history_store(path, 200),
        "board": lambda path: stores.board_store(path, 20),
        "prices": lambda path: stores.price_store(path, 400),
        "crosses": lambda path: stores.cross_store(path, 5, 100),
    }
    counts = {}
    for name, make in makers.items():
        make(tmp_path / name)
        with fx.open(tmp_path / name) as store:
            assert store.check() == [], name
            counts[name] = store.info().quotes
    assert counts == {"history": 200, "board": 100, "prices": 400, "crosses": 100}
    log = "".join(
        f"{(stores.NEWEST - timedelta(minutes=age)).isoformat()} KZT/USD = 0.00{stores.rate_at(age)} 0%\n"
        for age in range(200)
    )
    asked = "SELECT series_id, observed_at, rate, scale, rest, change, times FROM quote ORDER BY 1, 2"
    with fx.open(tmp_path / "history") as store, fx.open(tmp_path / "loaded") as loaded:
        loaded.load_text(log, source="made")
        assert store.query(asked) == loaded.query(asked)


def test_what_is_made_is_always_the_same(tmp_path: Path) -> None:
    for make in (data.pages_into, data.html_into):
        texts = []
        for name in "ab":
            make(tmp_path / name, 30_000)
            texts.append((tmp_path / name).read_bytes())
        assert texts[0] == texts[1]
    assert len({line[:3] for line in data.log_lines(1000)}) == 1000


def test_a_row_is_chosen_by_its_name_or_several_by_their_beginning() -> None:
    assert [each.name for each in chosen(TINY, ["frame"])] == ["frame"]
    assert [each.name for each in chosen(TINY, ["start", "bytes"])] == [
        "start-0",
        "start-1",
        "start-2",
        "start-3",
        "bytes",
    ]


def test_a_name_that_is_none_and_a_full_disk_are_told_of(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="there is no row nothing: take some of start-0, "):
        chosen(TINY, ["nothing"])
    with (
        pytest.raises(SystemExit, match=r"has room for .* are needed: set TMPDIR or --keep"),
        workshop(replace(TINY, disk=10**18), tmp_path),
    ):
        pass
    assert list(tmp_path.iterdir()) == []


def test_the_readme_shows_the_table_as_it_is_printed() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    found = re.search(f"{BEGIN}\n\n(.*?)\n\n(.*?)\n\n{END}", readme, re.DOTALL)
    assert found
    head, table = found.groups()
    said = re.fullmatch(
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}, .*, (full|quick) size\. ([0-9]+) targets met, ([0-9]+) missed, ([0-9]+) not measured\.",
        head,
    )
    assert said, head
    lines = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table.splitlines()]
    assert aligned([*lines[:1], *lines[2:]]) == table
    assert lines[0] == list(HEADS)
    rows = [each for group in GROUPS for each in group.rows({"full": FULL, "quick": QUICK}[said[1]])]
    assert [line[:3] for line in lines[2:]] == [[each.work, each.beside, goal(each.target)] for each in rows]
    verdicts = [line[4] for line in lines[2:]]
    assert [verdicts.count("met"), verdicts.count("missed")] == [int(said[2]), int(said[3])]
    assert len(verdicts) == sum(map(int, said.groups()[1:]))
