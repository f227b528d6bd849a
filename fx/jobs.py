"""Reading by several processes: the readings, their order and the errors are those of one.

Each process (`fx.processes`) is an interpreter of its own that is sent documents in batches and sends back the columns
of what it read (`fx.batch`), both pickled through pipes. It imports nothing of the caller's program, and ends when the
pipe does, however the caller ended. Only what is small is sent away: a document larger than a part is read where its
stream is.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any

from fx.documents import Document
from fx.errors import InputError, UsageError
from fx.reader import Reading, read_documents

if TYPE_CHECKING:
    from concurrent.futures import Future

    from fx.batch import Batch

__all__ = ["read_in_jobs"]

BATCH_BYTES, BATCH_DOCUMENTS = 1 << 19, 100
"""What is sent at once: some 50 ms of reading, against well under one for the sending."""
AHEAD = 2
"""Batches a process that may wait, sent or read already: while one is kept, the others are read."""
MOST = 64
"""More processes than that are a slip of the hand."""

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
    from fx.processes import Readers, told  # noqa: PLC0415 (most reading is done by one process, which starts none)

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
