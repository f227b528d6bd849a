"""Reading by several processes: the readings, their order and the errors are those of one.

Each process is an interpreter of its own that is sent documents in batches and sends back the columns of what it read
(`fx.batch`), both pickled through pipes. It imports nothing of the caller's program, and ends when the pipe does,
however the caller ended. Only what is small is sent away: a document larger than a part is read where its stream is.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Self

from fx.batch import Batch, read_in_batches, readings_of
from fx.documents import Document
from fx.errors import InputError, UsageError
from fx.reader import Reading, read_documents

if TYPE_CHECKING:
    from concurrent.futures import Future

__all__ = ["read_in_jobs", "serve"]

BATCH_BYTES, BATCH_DOCUMENTS = 1 << 19, 100
"""What is sent at once: some 50 ms of reading, against well under one for the sending."""
AHEAD = 2
"""Batches a process that may wait, sent or read already: while one is kept, the others are read."""
MOST = 64
"""More processes than that are a slip of the hand."""
BEGIN = """import pickle, sys
try:
    sys.path[:] = pickle.load(sys.stdin.buffer)
except EOFError:  # whoever started this was stopped before it said anything
    sys.exit()
from fx.jobs import serve
serve()"""

Item = Document | InputError
Found = Reading | InputError


def read_in_jobs(documents: Iterable[Item], jobs: int, **how: Any) -> Iterator[Found]:
    """Read documents by so many processes, with the options, results and errors of `fx.reader.read_documents`.

    Nothing is started for less than a batch. Raises `StrictReject` under ``strict`` after what stands before the
    reject, `UsageError` for a number of jobs that cannot be meant, and `InputError` where a process was killed.

    >>> page = Document("page", b"KZT/USD = 0.00190 0%")
    >>> from datetime import UTC, datetime
    >>> [len(each.quotes) for each in read_in_jobs([page], 2, now=datetime(2024, 12, 14, tzinfo=UTC))]
    [1]
    """
    if not 1 <= jobs <= MOST:
        raise UsageError(f"{jobs} jobs cannot be: give 1 to {MOST}, best as many as there are cores", jobs=jobs)
    if jobs == 1:
        yield from read_documents(documents, **how)
        return
    given = batches(documents)
    first = next(given, [])
    while first and is_large(first[0]):  # read before the next is asked for, which closes its stream
        yield from read_documents(first, **how)
        first = next(given, [])
    second = next(given, None)
    if second is None:
        yield from read_documents(first, **how)
        return
    with Readers(jobs, how) as readers:
        waiting: deque[Future[list[Batch | Exception]]] = deque()
        for batch in chain((first, second), given):
            if is_large(batch[0]):
                while waiting:
                    yield from told(waiting.popleft().result())
                yield from read_documents(batch, **how)
                continue
            if len(waiting) >= AHEAD * jobs:
                yield from told(waiting.popleft().result())
            waiting.append(readers.read(batch))
        while waiting:
            yield from told(waiting.popleft().result())


def batches(documents: Iterable[Item]) -> Iterator[list[Item]]:
    """The documents in their order, some together; a large one alone, and none is asked for before it is read."""
    batch: list[Item] = []
    size = 0
    for document in documents:
        if is_large(document):
            if batch:
                yield batch
            yield [document]
            batch, size = [], 0
            continue
        batch.append(document)
        size += len(document.data) if isinstance(document, Document) else 0
        if size >= BATCH_BYTES or len(batch) >= BATCH_DOCUMENTS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def is_large(item: Item) -> bool:
    """Whether only the beginning of a document is in memory."""
    return isinstance(item, Document) and item.rest is not None


def told(found: Iterable[Batch | Exception]) -> Iterator[Found]:
    """What was read of some documents, up to the error that ended it."""
    for each in found:
        if isinstance(each, Exception):
            raise each
        yield from readings_of(each)


class Readers:
    """So many processes that read, each with a thread here that waits for it."""

    def __init__(self, jobs: int, how: dict[str, Any]) -> None:
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 (one process needs none)

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

    def read(self, batch: list[Item]) -> Future[list[Batch | Exception]]:
        """Have a batch read by the next process that has nothing to do."""
        return self.threads.submit(self.asked, batch)

    def asked(self, batch: list[Item]) -> list[Batch | Exception]:
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
