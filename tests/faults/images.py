"""What a disk may hold after the power went, rebuilt from the system calls of a run.

Of a file is certain what was written before it was last synced. Of what was written since, each call may have reached
the disk or not, in any order, and in part: sectors of 512 bytes are whole or old. That a file is there, or gone, is
certain once its folder was synced; what was done to the folder since reached the disk in its order, up to some point.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.traced import Call

SECTOR = 512


@dataclass
class File:
    """A file: what is certain of it, and the calls since."""

    certain: bytes = b""
    since: list[Call] = field(default_factory=list)

    def sync(self) -> None:
        """Make certain what was done to it."""
        self.certain = self.after(lambda _: True, None)
        self.since.clear()

    def after(self, arrived: Callable[[Call], bool], torn: random.Random | None) -> bytes:
        """What it holds if of the calls since these arrived; ``torn`` lets each sector of one arrive or not."""
        held = bytearray(self.certain)
        for call in self.since:
            if not arrived(call):
                continue
            if call.kind == "truncate":
                held[call.at :] = bytes(max(0, call.at - len(held)))
                continue
            end = call.at + len(call.data)
            held.extend(bytes(max(0, end - len(held))))
            if torn is None:
                held[call.at : end] = call.data
                continue
            at = call.at
            while at < end:
                stop = min(end, at - at % SECTOR + SECTOR)
                if torn.random() < 0.5:
                    held[at:stop] = call.data[at - call.at : stop - call.at]
                at = stop
        return bytes(held)


@dataclass
class Disk:
    """A folder: the files in it for certain, and what was done to it since."""

    folder: Path
    certain: dict[str, File] = field(default_factory=dict)
    names: dict[str, File] = field(default_factory=dict)
    since: list[tuple[str, File | None]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, folder: Path, files: list[Path]) -> Disk:
        """A folder as it is, all of it certain."""
        held = {str(file): File(file.read_bytes()) for file in files}
        return cls(folder, dict(held), dict(held))

    def take(self, call: Call) -> None:
        """What a call does."""
        if call.kind == "create" and call.path not in self.names:
            self.link(call.path, File())
        elif call.kind in {"write", "truncate"} and call.path in self.names:
            self.names[call.path].since.append(call)
        elif call.kind == "append" and call.path.endswith("/said"):
            self.said += call.data.decode().splitlines()
        elif call.kind == "unlink" and call.path in self.names:
            self.link(call.path, None)
        elif call.kind == "rename" and call.path in self.names:
            self.link(call.other, self.names[call.path])
            self.link(call.path, None)
        elif call.kind == "sync" and call.path == str(self.folder):
            self.certain = dict(self.names)
            self.since.clear()
        elif call.kind == "sync" and call.path in self.names:
            self.names[call.path].sync()

    def link(self, path: str, file: File | None) -> None:
        """Give a name to a file, or take it away."""
        self.since.append((path, file))
        if file is None:
            del self.names[path]
        else:
            self.names[path] = file

    def image(self, way: str, chance: random.Random) -> dict[str, bytes]:
        """What may be on the disk now: of what is not certain nothing, all, some, or sectors of some."""
        upto = {"nothing": 0, "all": len(self.since)}.get(way, chance.randint(0, len(self.since)))
        names = dict(self.certain)
        for path, file in self.since[:upto]:
            if file is None:
                names.pop(path, None)
            else:
                names[path] = file
        arrived = {"nothing": lambda _: False, "all": lambda _: True}.get(way, lambda _: chance.random() < 0.5)
        torn = chance if way == "torn" else None
        return {path: file.after(arrived, torn) for path, file in names.items()}


WAYS = ("nothing", "some", "torn", "all")


def images(
    disk: Disk, calls: list[Call], each: int, chance: random.Random
) -> Iterator[tuple[str, dict[str, bytes], list[str]]]:
    """So many images at each call: what happened, what is on the disk, and what was told of until then."""
    for number, call in enumerate(calls):
        disk.take(call)
        if call.path.endswith("-shm"):
            continue
        for turn in range(each):
            way = WAYS[(number + turn) % len(WAYS)]
            yield f"{way} after call {number} ({call.kind} {call.path})", disk.image(way, chance), list(disk.said)
