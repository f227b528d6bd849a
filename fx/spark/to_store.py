"""Into a store on a server: executors put down what they read, and the driver keeps it in the order of the input.

No shuffle of Spark's is in the way of the data, and no result of a task but the identity of its split: what is put down
is put down whatever happens to the executor. Speculation, retries and a job run again find the receipt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from fx.arrow import arrow, batch_in, packed, tables_of, unpacked
from fx.batch import readings_of
from fx.errors import InputError
from fx.reader import Reading
from fx.spark.frames import mapped
from fx.spark.inputs import Job, Splits
from fx.store import Loaded, Store
from fx.store.batches import LARGE
from fx.store.splits import SplitStage, patiently

__all__ = ["load_into_store"]

Report = Callable[[Reading | InputError], None]


def load_into_store(
    splits: Splits,
    job: Job,
    url: str,
    clock: Callable[[], datetime],
    report: Report | None = None,
    so_far: Callable[[Loaded], None] | None = None,
) -> Loaded:
    """Keep what stands in the splits in a store on a server; see `fx.spark.load`."""
    arrow()
    stage = SplitStage(url, job.name)
    with Store(url, clock) as store:
        store.writing()  # made where there is none, before many come at once
        with stage.alone():
            done = mapped(splits.frames, stager(splits.taken, job, stage), "split bigint, content string").collect()
            contents = [row.content for row in sorted(done, key=lambda row: int(row.split))]
            kept = Keeping(store, report, so_far)
            for content in contents:
                kept.keep([each for piece in patiently(lambda: stage.pieces(content)) for each in read_of(piece)])  # noqa: B023
            stage.clear()
    if kept.unread and not kept.total.documents:
        raise kept.unread[0]
    return kept.total


def read_of(piece: bytes) -> Iterator[Reading | InputError]:
    """What was read, out of what was put down."""
    return readings_of(batch_in(unpacked(piece)))


def stager(taken: Any, job: Job, stage: SplitStage) -> Callable[[Iterable[Any]], Iterator[Any]]:
    """What an executor calls with rows of splits; it gives the identity of each."""

    def put_down(batches: Iterable[Any]) -> Iterator[Any]:
        pa = arrow()
        for split in taken(batches):
            content = split.content
            stage.keep(content, lambda: map(packed, map(tables_of, split.read(job))))  # noqa: B023
            yield pa.RecordBatch.from_pydict({"split": [split.number], "content": [content]})

    return put_down


class Keeping:
    """Keeps the readings of split after split, each whole however often the server is lost meanwhile."""

    def __init__(self, store: Store, report: Report | None, so_far: Callable[[Loaded], None] | None) -> None:
        self.store = store
        self.report = report
        self.so_far = so_far
        self.total = Loaded()
        self.unread: list[InputError] = []

    def keep(self, readings: list[Reading | InputError]) -> None:
        """Keep the readings of a split; raises `StoreError`."""
        left = {id(each): each for each in readings}

        def tell(found: Reading | InputError) -> None:
            left.pop(id(found), None)
            if isinstance(found, InputError):
                self.unread.append(found)
            if self.report:
                self.report(found)

        def once() -> None:
            before = self.total

            def count(done: Loaded) -> None:
                self.total = before + done
                if self.so_far:
                    self.so_far(self.total)

            try:
                self.store.keep_readings(list(left.values()), sizes=LARGE, report=tell, so_far=count)
            except InputError:  # all of them: they are told of already
                return

        patiently(once)
