"""Processes that run ``fx`` for real and cost milliseconds: forked from one that has imported everything already.

`Nursery` is the test's side. Run as a module this is the process that forks: it reads orders, one line of JSON each,
and answers each with one line. A child writes what ``fx`` says of each document, when it says it, to a file.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass
class Child:
    """A process that runs ``fx``: what it said, and how it ended."""

    nursery: Nursery
    pid: int
    folder: Path
    code: int | None = None
    """The exit code, or the signal that ended it as a negative number."""

    def wait(self, seconds: float = 120) -> int:
        """Its end; a process that does not come to one is killed, and that is an error."""
        until = time.monotonic() + seconds
        while self.look() is None:
            if time.monotonic() > until:
                os.kill(self.pid, signal.SIGKILL)
                raise AssertionError(f"a process hangs: {self.errors}")
            time.sleep(0.002)
        return self.code or 0

    def look(self) -> int | None:
        """Its end, if it has come to one."""
        if self.code is None:
            self.code = self.nursery.order({"ended": self.pid})["code"]
        return self.code

    def kill(self, number: int = signal.SIGKILL) -> int:
        """End it by a signal; its number is not given to another process before it was waited for."""
        os.kill(self.pid, number)
        return self.wait()

    def let_go(self) -> None:
        """Let a process go on that waits at its gate."""
        with (self.folder / "gate").open("wb"):
            pass

    @property
    def said(self) -> list[str]:
        """The documents that ``fx`` has told of, in the order of the telling."""
        file = self.folder / "said"
        return file.read_text("utf-8").splitlines() if file.exists() else []

    @property
    def out(self) -> str:
        """What it printed."""
        return (self.folder / "out").read_text("utf-8")

    @property
    def errors(self) -> str:
        """What it talked of."""
        return (self.folder / "err").read_text("utf-8")


@dataclass
class Nursery:
    """Where processes come from; use it as a context manager."""

    children: int = 0
    process: subprocess.Popen[str] = field(init=False)

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.nursery"],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self.order({}) == {}
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()

    def order(self, what: dict[str, Any]) -> dict[str, Any]:
        """Ask the process for something."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, f"the nursery came to its end: {self.process.wait()}"
        answer: dict[str, Any] = json.loads(line)
        return answer

    def start(self, folder: Path, *words: str, **how: Any) -> Child:
        """Run ``fx`` with these words in a folder of its own; ``how`` is what `born` takes."""
        folder.mkdir(exist_ok=True)
        for each in ("said", "out", "err"):
            (folder / each).unlink(missing_ok=True)
        if how.get("gate") and not (folder / "gate").exists():
            os.mkfifo(folder / "gate")
        return Child(self, self.order({"folder": str(folder), "words": list(words), "how": how})["pid"], folder)

    def run(self, folder: Path, *words: str, **how: Any) -> Child:
        """The same, to its end."""
        child = self.start(folder, *words, **how)
        child.wait()
        return child


# The child -----------------------------------------------------------------------------------------------------------


def born(
    folder: str,
    words: list[str],
    *,
    gate: bool = False,
    plant: str = "",
    pragmas: dict[str, str] | None = None,
    batch: int = 0,
    patience: int = 0,
    limits: dict[str, int] | None = None,
    mounts: str = "",
    user: int = 0,
    room: int = 0,
) -> None:
    """Be a process that runs ``fx``, and end.

    ``gate`` waits until it is let go. ``plant`` is a bug of `planted`, ``pragmas`` are set on every connection in
    place of what fx sets, ``batch`` is how many documents share a transaction, ``patience`` the milliseconds for which
    another writer is waited for, ``limits`` are resource limits by their names, ``mounts`` is a file that is read in
    place of the table of mounts, ``user`` the number of a user without rights,
    ``room`` how many bytes of memory it may take beyond what it has.
    """
    from fx.cli import main  # noqa: PLC0415
    from tests.faults import planted  # noqa: PLC0415

    os.chdir(folder)
    for number, (file, flags) in enumerate(
        [(os.devnull, os.O_RDONLY), ("out", os.O_WRONLY | os.O_CREAT), ("err", os.O_WRONLY | os.O_CREAT)]
    ):
        opened = os.open(file, flags, 0o666)
        os.dup2(opened, number)
        os.close(opened)
    if gate:
        planted.let_anybody_trace()
        os.close(os.open("gate", os.O_RDONLY))
    planted.tell_of_each("said")
    planted.plant(plant, pragmas=pragmas or {}, batch=batch, patience=patience, mounts=mounts)
    if room:
        has = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
        limits = {**(limits or {}), "RLIMIT_AS": has + room}
    for each, most in (limits or {}).items():
        resource.setrlimit(getattr(resource, each), (most, most))
    if user:
        os.setgroups([])
        os.setgid(user)
        os.setuid(user)
    main(words)


IMPORTED = (
    "alembic.command",
    "psycopg",
    "sqlalchemy.dialects.sqlite",
    "fx.cli.app",
    "fx.cli.database",
    "fx.cli.exporting",
    "fx.cli.reading",
    "fx.cli.tables",
    "fx.documents",
    "fx.exports.records",
    "fx.reader",
    "fx.store.batches",
    "fx.store.engine",
    "fx.store.keeper",
    "fx.store.server",
)


def attend() -> None:
    """Fork a child for each order, and say how each ended."""
    for name in IMPORTED:
        importlib.import_module(name)
    importlib.import_module("fx.formats").all_formats()
    for line in sys.stdin:
        order = json.loads(line)
        answer: dict[str, Any] = {}
        if "words" in order:
            pid = os.fork()
            if pid == 0:
                code = 70
                try:
                    born(order["folder"], order["words"], **order["how"])
                except SystemExit as end:
                    code = int(end.code or 0)
                finally:
                    sys.stdout.flush()
                    os._exit(code)
            answer["pid"] = pid
        elif "ended" in order:
            ended, status = os.waitpid(order["ended"], os.WNOHANG)
            answer["code"] = os.waitstatus_to_exitcode(status) if ended else None
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    attend()
