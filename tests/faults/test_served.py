"""A load into a server ends well however its connection does: the backend ended or killed, or fx itself."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

import fx
from fx.errors import StoreError
from fx.schema_words import VIEWS
from tests.faults import ENDED
from tests.faults.made import Reference, by_document, differences
from tests.faults.nursery import Child, Nursery
from tests.faults.test_kills import wait_somewhere
from tests.postgres import Server

SIZES = (1, 20, 21, 40, 100)
MINE = "SELECT pid FROM pg_stat_activity WHERE application_name = '{}'"
LOST = "what was finished is kept, run it again for the rest"


def asked(place: Server, sql: str) -> list[tuple[Any, ...]]:
    """Rows of a server that may be getting up again."""
    for _ in range(600):
        with suppress(psycopg.OperationalError):
            return place.run(sql)
        time.sleep(0.02)
    raise AssertionError("the server does not come back")


def terminate(place: Server, name: str, child: Child) -> bool:
    """Have the server end the child's backend."""
    return bool(place.run(MINE.format(name).replace("pid", "pg_terminate_backend(pid)", 1))) or child.look() is not None


def kill_backend(place: Server, name: str, child: Child) -> bool:
    """Kill the child's backend, as the kernel does that runs out of memory."""
    found = place.run(MINE.format(name))
    for (pid,) in found:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return bool(found) or child.look() is not None


def kill_fx(_place: Server, _name: str, child: Child) -> bool:
    """Kill the child itself, whose backend then finds out by itself."""
    if child.look() is None:
        os.kill(child.pid, signal.SIGKILL)
    return True


def what_is_held(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every view of a store, times of recording aside."""
    with fx.open(url) as store:
        return {
            view: sorted(
                store.asked(
                    f"SELECT {', '.join(name for name in words.columns if 'recorded' not in name)} FROM {view}"
                )[1],
                key=repr,
            )
            for view, words in VIEWS.items()
        }


def problems(url: str, said: list[str], whole: Reference) -> list[str]:
    """What is wrong with a store whose load was cut short after these documents were ``said`` to be kept."""
    with fx.open(url) as store:
        try:
            held = by_document(lambda sql: store.asked(sql)[1])
        except StoreError as error:
            if "holds nothing" not in error.message:
                raise
            return [f"{each} was said to be kept, and there is nothing" for each in said]
        return differences(held, said, whole) or store.check()


@pytest.mark.parametrize("end", [terminate, kill_backend, kill_fx], ids=lambda end: end.__name__)
def test_a_load_into_a_server_cut_off_at_any_moment_keeps_whole_documents_and_can_be_run_again(
    end: Callable[[Server, str, Child], bool],
    postgres: Server,
    nursery: Nursery,
    reference: Callable[[int], Reference],
    tmp_path: Path,
) -> None:
    if end is kill_backend and not postgres.ours:
        pytest.skip("the server that FX_TEST_POSTGRES names is not ours to kill")
    chance, seconds = random.Random(end.__name__), {}
    met = 0
    for _ in range(ENDED * 4):
        if met == ENDED:
            break
        count = chance.choice(SIZES)
        whole = reference(count)
        url = postgres.schema()
        name = url.rpartition("%3D")[2]  # its schema's
        words = ("load", str(whole.pages), "-q")
        place = f"{url}&application_name={name}"
        child = nursery.start(tmp_path / "run", "--db", place, *words)
        wait_somewhere(child, replace(whole, seconds=seconds.get(count, 0.3)), chance)
        while not end(postgres, name, child):
            pass
        code = child.wait()
        if code == 4:
            assert child.errors.count("\n") == 1
            assert LOST in child.errors or "cannot be opened" in child.errors
            met += 1
        else:
            assert code in {0, -9 if end is kill_fx else 0}, child.errors
            met += code != 0
        while asked(postgres, MINE.format(name)):
            time.sleep(0.005)
        assert problems(url, child.said, whole) == []
        began = time.monotonic()
        again = nursery.run(tmp_path / "run", "--db", url, *words)
        seconds[count] = time.monotonic() - began
        assert (again.code, again.errors) == (0, "")
        assert what_is_held(url) == what_is_held(str(whole.pages.with_name("fx.db")))
    assert met == ENDED
