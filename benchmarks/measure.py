"""What a run costs: CPU and wall time, memory at its peak, instructions; of a program or of a function."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Failed", "Spent", "called", "counted", "peak", "ran"]

Words = Sequence[Any]
"""A program and what it is told: texts and paths."""


class Failed(Exception):
    """A contender did not end well."""


@dataclass(frozen=True, slots=True)
class Spent:
    """One run: CPU seconds (user and system), wall seconds, what came of it.

    ``figure`` is what is measured where that is no time: bytes or instructions.
    """

    cpu: float
    wall: float
    answer: object = None
    figure: int | None = None


def environment() -> dict[str, str]:
    """The environment of every program: no database chosen, texts in UTF-8, and hashed alike in each run."""
    ours = {name: value for name, value in os.environ.items() if name != "FX_DB"}
    return {**ours, "PYTHONUTF8": "1", "PYTHONHASHSEED": "0", "LANG": "C.UTF-8"}


def ran(words: Words, folder: Path) -> Spent:
    """Run a program in a folder; its output, a path, is the answer. Raises `Failed` if it ends with an error.

    What it spent is what the kernel charged to that very process (``wait4``).
    """
    out, talk = folder / "out", folder / "talk"
    with out.open("wb") as stdout, talk.open("wb") as stderr:
        begun = time.perf_counter()
        with subprocess.Popen(
            words,
            cwd=folder,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,  # so that what it starts ends with it
        ) as process:
            try:
                _, status, usage = os.wait4(process.pid, 0)
            except BaseException:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                raise
            wall = time.perf_counter() - begun
            process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        said = talk.read_text("utf-8", "replace").strip().splitlines() or ["without a word"]
        raise Failed(f"{Path(words[0]).name} ended with {process.returncode}: {said[-1][:200]}")
    return Spent(usage.ru_utime + usage.ru_stime, wall, out)


def called(function: Callable[[], object]) -> Spent:
    """Call a function in this process; what it returns is the answer."""
    begun, cpu = time.perf_counter(), time.process_time()
    answer = function()
    return Spent(time.process_time() - cpu, time.perf_counter() - begun, answer)


LAUNCHER = """
import json, os, subprocess, sys
process = subprocess.Popen(sys.argv[2:])
_, status, usage = os.wait4(process.pid, 0)
with open(sys.argv[1], "w") as file:
    json.dump([os.waitstatus_to_exitcode(status), usage.ru_maxrss], file)
"""


def peak(words: Words, folder: Path) -> Spent:
    """Run a program and find its memory at the peak.

    It is started by a process that holds nothing: until it begins, a child counts what its parent held as its own.
    """
    note = folder / "peak.json"
    spent = ran([sys.executable, "-S", "-c", LAUNCHER, note, *words], folder)
    code, kilobytes = json.loads(note.read_text("utf-8"))
    if code:
        raise Failed(f"{Path(words[0]).name} ended with {code}")
    return Spent(spent.cpu, spent.wall, spent.answer, kilobytes * 1024)


PERF = ("perf", "stat", "-x,", "-e", "instructions:u", "-o", "{note}")
CALLGRIND = ("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "--log-file={note}")
"""Counts where the machine itself does not, as virtual ones often do; the same figure at each run."""


def counted(words: Words, folder: Path) -> Spent:
    """Run a program and count its instructions, by ``perf`` or else by Valgrind; raises `Failed` as `ran` does."""
    note = folder / "counted"
    spent = None
    for counter in (PERF, CALLGRIND):
        if shutil.which(counter[0]):
            spent = ran([*(word.format(note=note) for word in counter), *words], folder)
            found = instructions_in(note.read_text("utf-8"))
            if found is not None:
                return Spent(spent.cpu, spent.wall, spent.answer, found)
    return spent or ran(words, folder)


def instructions_in(report: str) -> int | None:
    """What ``perf stat -x,`` or Callgrind counted; None where the machine counts none, as virtual ones often do.

    >>> instructions_in("12345,,instructions:u,1,100.00,,"), instructions_in("==7== I   refs:      71,916,477")
    (12345, 71916477)
    >>> instructions_in("<not supported>,,instructions:u,0,100.00,,")
    """
    for line in report.splitlines():
        if "refs:" in line:
            return int(line.rpartition(":")[2].replace(",", ""))
        figure, *rest = line.split(",")
        if len(rest) > 1 and rest[1].startswith("instructions"):
            return int(figure) if figure.isdigit() else None
    return None
