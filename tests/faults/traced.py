"""A process watched by strace: what it asked of the system, and a call of it failed or made its last."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from tests.faults.nursery import Child, Nursery

BESIDE = ("", "-wal", "-shm", "-journal")
WRITES = "openat,pwrite64,write,fdatasync,fsync,ftruncate,unlink,unlinkat,rename,renameat,renameat2"


@cache
def strace() -> str | None:
    """Why a process cannot be traced here, or None."""
    if not shutil.which("strace"):
        return "strace is not installed (apt-get install strace)"
    done = subprocess.run(["strace", "-o", os.devnull, "true"], capture_output=True, text=True, check=False)
    return None if done.returncode == 0 else f"strace may not trace here ({done.stderr.strip()})"


def traced(
    nursery: Nursery, folder: Path, words: tuple[str, ...], options: list[str], **how: Any
) -> tuple[Child, Path]:
    """Run ``fx`` to its end under strace with these options; the trace is a file."""
    child = nursery.start(folder, *words, gate=True, **how)
    trace = folder / "trace"
    watcher = subprocess.Popen(
        ["strace", "-o", str(trace), "-p", str(child.pid), *options], stderr=subprocess.PIPE, text=True
    )
    assert watcher.stderr is not None
    line = watcher.stderr.readline()
    assert "attached" in line, line
    child.let_go()
    child.wait()
    watcher.communicate(timeout=60)
    return child, trace


def of_database(path: Path) -> list[str]:
    """Options that narrow what is watched to the files of a database."""
    return [word for end in BESIDE for word in ("-P", f"{path}{end}")]


def counted(trace: Path) -> dict[str, int]:
    """How often each system call was made."""
    counts: dict[str, int] = {}
    for line in trace.read_text("utf-8", "replace").splitlines():
        found = re.match(r"(\w+)\(", line)
        if found:
            counts[found[1]] = counts.get(found[1], 0) + 1
    return counts


# What was written ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Call:
    """One system call that changes what is on disk, or lets it be there for good; ``said`` is a document told of."""

    kind: str
    path: str
    at: int = 0
    data: bytes = b""
    other: str = ""


HEX = r'"((?:\\x[0-9a-f]{2})*)"'
PATTERNS: dict[str, tuple[str, Callable[[re.Match[str]], Call]]] = {
    "open": (
        rf"openat\([^,]+, {HEX}, (\S+).* = \d+<(.*)>",
        lambda m: Call("create" if "O_CREAT" in m[2] else "open", m[3]),
    ),
    "pwrite": (
        rf"pwrite64\(\d+<(.*?)>, {HEX}, \d+, (\d+)\) += (\d+)",
        lambda m: Call("write", m[1], int(m[3]), unhexed(m[2])[: int(m[4])]),
    ),
    "write": (rf"write\(\d+<(.*?)>, {HEX}, \d+\) += \d+", lambda m: Call("append", m[1], 0, unhexed(m[2]))),
    "sync": (r"(?:fdatasync|fsync)\(\d+<(.*?)>\) += 0", lambda m: Call("sync", m[1])),
    "truncate": (r"ftruncate\(\d+<(.*?)>, (\d+)\) += 0", lambda m: Call("truncate", m[1], int(m[2]))),
    "unlink": (rf"unlink(?:at\([^,]+, |\(){HEX}.*\) += 0", lambda m: Call("unlink", unhexed(m[1]).decode())),
    "rename": (
        rf"rename\w*\(.*?{HEX}.*?{HEX}.*\) += 0",
        lambda m: Call("rename", unhexed(m[1]).decode(), other=unhexed(m[2]).decode()),
    ),
}


def unhexed(text: str) -> bytes:
    r"""Bytes as strace -xx writes them.

    >>> unhexed(r"\x41\x0a")
    b'A\n'
    """
    return bytes.fromhex(text.replace("\\x", ""))


def spelled(path: str) -> str:
    """A path, which newer versions of strace write in hexadecimal too."""
    return os.fsdecode(unhexed(path)) if path.startswith("\\x") else path


def calls_of(trace: Path, folder: Path) -> Iterator[Call]:
    """The calls of a trace that concern a folder."""
    for line in trace.read_text("utf-8").splitlines():
        for pattern, made in PATTERNS.values():
            found = re.match(pattern, line)
            if found:
                call = made(found)
                call = replace(call, path=spelled(call.path))
                if call.path == str(folder) or call.path.startswith(f"{folder}/"):
                    yield call
                break


def watched(nursery: Nursery, folder: Path, words: tuple[str, ...], home: Path, **how: Any) -> tuple[Child, list[Call]]:
    """Run ``fx`` and list what it did to the files of ``home``."""
    options = ["-y", "-xx", "-s", "70000", "-e", f"trace={WRITES}"]
    child, trace = traced(nursery, folder, words, options, **how)
    return child, list(calls_of(trace, home))
