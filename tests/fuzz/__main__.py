"""Fuzz for longer, guided by what is reached: ``python -m tests.fuzz --minutes 5 [TARGET]…`` (needs ``pip install atheris``).

Each target has a process of its own, with 300 MB of memory and 10 s for an input. What it finds is written to the folder
named at the end: once it is mended, put it into ``tests/fuzz/corpus``, which the tests take again and again.

``--bytes 100000000`` goes on until each target took so many bytes, however long that takes (then ``--minutes`` is a
bound). Every byte is taken, and counted, twice: in the small input that the fuzzer made, and in `JOINED` bytes of such
inputs as one.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.fuzz.targets import Target

CORPUS = Path(__file__).parent / "corpus"
JOINED = 1 << 16
"""Bytes of small inputs that are taken as one large one besides."""


class Counted:
    """A target that counts what it takes, and ends this process with a line of figures when that is enough."""

    def __init__(self, name: str, target: Target, most: int, seconds: float, found: str) -> None:
        self.name, self.target, self.most, self.end = name, target, most, time.monotonic() + seconds
        self.joined = Path(found) / f"{name}-joined"
        self.kept: list[bytes] = []
        self.waiting = self.taken = self.runs = 0
        self.slowest = 0.0

    def __call__(self, data: bytes) -> None:
        """Take an input, and in its turn all those since the last large one."""
        took = self.target(data)
        self.count(len(data) if took is None else took)
        self.kept.append(data)
        self.waiting += len(data)
        if self.most and self.waiting >= JOINED:
            data = b"".join(self.kept)
            self.kept, self.waiting = [], 0
            self.joined.write_bytes(data)  # what the fuzzer keeps of a failure is the last small one
            begun = time.process_time()
            took = self.target(data)
            self.slowest = max(self.slowest, time.process_time() - begun)
            self.joined.unlink()
            self.count(len(data) if took is None else took)

    def count(self, size: int) -> None:
        """Count what was taken."""
        self.taken += size
        self.runs += 1
        if (self.most and self.taken >= self.most) or time.monotonic() > self.end:
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
            slowest = f"  {self.slowest:.2f} s at most for {JOINED >> 10} KB" if self.most else ""
            say(f"took {self.taken:,} bytes  {self.runs:,} runs  {peak} MB{slowest}")
            os._exit(0)


def one(name: str, seconds: float, most: int, found: str) -> None:
    """Fuzz a target in this process, which ends with it."""
    import atheris  # type: ignore[import-not-found] # noqa: PLC0415

    with atheris.instrument_imports(include=["fx"]):
        from tests.fuzz.targets import TARGETS  # noqa: PLC0415
        from tests.fuzz.test_fuzz import EXAMPLES  # noqa: PLC0415

    seeds = Path(tempfile.mkdtemp(prefix="fx-fuzz-"))
    for number, text in enumerate(EXAMPLES):
        (seeds / f"{number}").write_text(text, encoding="utf-8")
    limits = ["-timeout=10", "-rss_limit_mb=300", "-max_len=4096"]
    target = Counted(name, TARGETS[name], most, seconds, found)
    atheris.Setup([sys.argv[0], *limits, f"-artifact_prefix={found}/{name}-", str(seeds), str(CORPUS)], target)
    atheris.Fuzz()


def main() -> int:
    """Fuzz the targets one after the other; 1 where anything was found."""
    options = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    options.add_argument("targets", nargs="*", metavar="TARGET", help="some of the targets; else all")
    options.add_argument("--minutes", type=float, help="for all of them together (5, or none with --bytes)")
    options.add_argument("--bytes", type=int, default=0, help="that each target is to take")
    options.add_argument("--one", help=argparse.SUPPRESS)
    options.add_argument("--found", help=argparse.SUPPRESS)
    asked = options.parse_args()
    if find_spec("atheris") is None:
        options.error("atheris is not installed: pip install atheris")
    if asked.one:
        one(asked.one, asked.minutes * 60, asked.bytes, asked.found)
        return 0
    from tests.fuzz.targets import TARGETS  # noqa: PLC0415

    unknown = set(asked.targets) - set(TARGETS)
    if unknown:
        options.error(f"no target {', '.join(sorted(unknown))}: take some of {', '.join(TARGETS)}")
    names = asked.targets or list(TARGETS)
    found = tempfile.mkdtemp(prefix="fx-fuzz-found-")
    minutes = asked.minutes or (60 * 24 * 7 if asked.bytes else 5)
    share = str(max(minutes / len(names), 1 / 60))
    failed = []
    for name in names:
        command = [sys.executable, "-m", "tests.fuzz", "--one", name, "--minutes", share, "--found", found]
        begun = time.monotonic()
        done = subprocess.run(
            [*command, "--bytes", str(asked.bytes)], check=False, capture_output=True, text=True, errors="replace"
        )
        took = [line.removeprefix("took ") for line in done.stdout.splitlines() if line.startswith("took ")]
        say(
            f"{name:<20} {(took or ['?'])[-1]}  {time.monotonic() - begun:.0f} s  {'FOUND' if done.returncode else 'ok'}"
        )
        if done.returncode:
            failed.append(name)
            say(done.stdout[-3000:] + done.stderr[-3000:])
    if failed:
        say(f"found by {', '.join(failed)}: {found}")
    return 1 if failed else 0


def say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
