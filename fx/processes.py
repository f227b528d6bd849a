"""The processes that read for a load: interpreters of their own, each with a thread here that waits for it."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, Self

from fx.batch import Batch, read_in_batches, readings_of
from fx.documents import Document
from fx.errors import InputError
from fx.reader import Reading

__all__ = ["Readers", "serve", "told"]

BEGIN = """import pickle, sys
try:
    sys.path[:] = pickle.load(sys.stdin.buffer)
except EOFError:  # whoever started this was stopped before it said anything
    sys.exit()
from fx.processes import serve
serve()"""


def told(found: Iterable[Batch | Exception]) -> Iterator[Reading | InputError]:
    """What was read of some documents, up to the error that ended it."""
    for each in found:
        if isinstance(each, Exception):
            raise each
        yield from readings_of(each)


class Readers:
    """So many processes that read, each with a thread here that waits for it."""

    def __init__(self, jobs: int, how: dict[str, Any]) -> None:
        self.how = how
        self.idle: SimpleQueue[subprocess.Popen[bytes]] = SimpleQueue()
        self.processes: list[subprocess.Popen[bytes]] = []
        self.threads = ThreadPoolExecutor(jobs, "fx-reader")
        for _ in range(jobs):
            self.start()

    def start(self) -> None:
        """Start one more process."""
        process = subprocess.Popen(  # noqa: S603 (this very interpreter)
            [sys.executable, "-P", "-c", BEGIN],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            process_group=0,  # Ctrl-C at a terminal is for the caller, who ends them, also while they still start
        )
        self.processes.append(process)
        send(process, sys.path)
        send(process, self.how)
        self.idle.put(process)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.processes:
            process.kill()  # it holds nothing that could be lost
        self.threads.shutdown(cancel_futures=True)
        for process in self.processes:
            with suppress(BrokenPipeError), process:
                pass

    def read(self, batch: list[Document | InputError]) -> Future[list[Batch | Exception]]:
        """Have a batch read by the next process that has nothing to do."""
        return self.threads.submit(self.asked, batch)

    def asked(self, batch: list[Document | InputError]) -> list[Batch | Exception]:
        """Send a batch and wait for what it gives."""
        process = self.idle.get()
        try:
            send(process, batch)
            found: list[Batch | Exception] = pickle.load(process.stdout)  # type: ignore[arg-type]  # noqa: S301 (ours)
        except BaseException as error:
            process.kill()  # what is left of its answer is none to the next batch
            if not isinstance(error, EOFError | OSError | ValueError | pickle.UnpicklingError):
                raise
            name = next((each.name for each in batch if isinstance(each, Document)), "")
            raise InputError(
                f"a process that read {name} and what follows it was killed: see whether memory is short, or leave "
                "--jobs out",
                document=name,
            ) from None
        finally:  # of one that is gone the next batch is told so: with none to be had it would wait forever
            self.idle.put(process)
        return found


def send(process: subprocess.Popen[bytes], what: object) -> None:
    """Send something to a process; where it is gone, that is seen when its answer is read."""
    with suppress(BrokenPipeError):
        pickle.dump(what, process.stdin, pickle.HIGHEST_PROTOCOL)  # type: ignore[arg-type]
        process.stdin.flush()  # type: ignore[union-attr]


def serve() -> None:  # pragma: no cover - its process is killed at the end, and what it measured is lost
    """What a process does: read batches from its standard input until there is none, and send what they give."""
    source, target = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # what a format of somebody else prints is not an answer
    with suppress(EOFError, BrokenPipeError):
        how = pickle.load(source)  # noqa: S301 (what `Readers` sends)
        while True:
            batch = pickle.load(source)  # noqa: S301
            found: list[Batch | Exception] = []
            try:
                found.extend(read_in_batches(batch, **how))
            except Exception as error:  # noqa: BLE001 (raised where the batch came from)
                found.append(error)
            pickle.dump(found, target, pickle.HIGHEST_PROTOCOL)
            target.flush()
