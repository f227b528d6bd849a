"""Paths into splits, numbered in the order in which one machine reads them: some whole files, or one, or a part of it.

Paths without a scheme are opened where they are read, as files: all machines must see them in the same place. Those
with one (``hdfs://``, ``s3a://``) come through Spark's own source of binary files, each whole, in the executor's
memory; one that is too large for that is told of, unread. Nothing of either is kept in the splits themselves but names.
"""

from __future__ import annotations

import hashlib
import pickle
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from os.path import abspath, isdir
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fx.batch import Batch, read_in_batches
from fx.documents import STANDARD_INPUT, Document, Limits
from fx.documents.packed import opened
from fx.documents.places import DEFAULT, files_below, in_file
from fx.documents.stretches import Stretch, Until, stretches_of
from fx.errors import InputError, UsageError
from fx.formats import Hints, hints_of
from fx.moments import Moment

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["File", "Job", "Split", "Splits", "splits_of"]

SPLIT_FILES = 1000
"""The most files of a split, however small they are."""
AT_ONCE = 1 << 20
WHOLE_FILE = 1 << 30
"""The most bytes of a file that Spark reads for us: it is in memory several times, and at 2 GiB Spark gives up."""


@dataclass(frozen=True, slots=True)
class Job:
    """How everything is read: the same on every machine."""

    now: datetime
    version: str
    source: str | None = None
    observed_at: Moment | None = None
    format: str = "auto"
    hints: Hints = field(default_factory=Hints)
    limits: Limits = DEFAULT

    @classmethod
    def of(
        cls,
        now: datetime,
        *,
        source: str | None = None,
        observed_at: Any = None,
        format: str = "auto",  # noqa: A002 (the word of the command line)
        decimal: str | None = None,
        counter: str | None = None,
        pair: str | None = None,
        max_bytes: int | None = None,
    ) -> Job:
        """The options of a load; raises `UsageError` for what they cannot be."""
        from importlib.metadata import version  # noqa: PLC0415 (takes its time)

        return cls(
            now,
            version("fx"),
            source,
            None if observed_at is None else Moment.parse(observed_at),
            format,
            hints_of(decimal, counter, pair),
            DEFAULT if max_bytes is None else Limits(max_bytes=max_bytes),
        )

    @property
    def name(self) -> str:
        """What tells the job from one that would read the same files otherwise; the clock makes no difference."""
        said = (self.version, self.source, self.observed_at, self.format, self.hints, self.limits)
        return hashlib.sha256(repr(said).encode("utf-8", errors="backslashreplace")).hexdigest()[:16]

    @property
    def how(self) -> dict[str, Any]:
        """The options of `fx.reader.read_documents`."""
        return {
            "now": self.now,
            "source": self.source,
            "observed_at": self.observed_at,
            "format_name": self.format,
            "hints": self.hints,
        }

    def check(self) -> None:
        """Raise `UsageError` on a machine whose fx is not that of the driver, and so may read otherwise."""
        from importlib.metadata import version  # noqa: PLC0415

        if version("fx") != self.version:
            raise UsageError(f"an executor has fx {version('fx')} and the driver {self.version}: ship the same to both")


@dataclass(frozen=True, slots=True)
class File:
    """A file, or a stretch of it: what it is called, where it lies, or what it holds."""

    name: str
    place: str = ""
    modified: datetime | None = None
    data: bytes | None = None
    stretch: Stretch | None = None

    def documents(self, limits: Limits) -> Iterator[Document | InputError]:
        """Its documents."""
        if self.data is None and not self.place:
            said = "is larger than Spark hands over at once: cut it, or name it by a path that every machine can see"
            return iter((InputError(f"{self.name} {said}", document=self.name),))
        if self.data is None:
            return in_file(self.name, limits, self.place, self.stretch)
        return opened(Document(self.name, modified=self.modified), BytesIO(self.data), limits)

    def identify(self, digest: Any) -> None:
        """Put what it is into a digest: its name, its time, where in the file it stands, and every byte."""
        digest.update(f"{self.name!r} {self.modified} {self.stretch}".encode("utf-8", errors="backslashreplace"))
        if self.data is not None:
            digest.update(self.data)
            return
        try:
            with Path(self.place).open("rb") as stream:
                digest.update(f"{Path(self.place).stat().st_mtime_ns}".encode())
                part = stream if self.stretch is None else Until(stream, self.stretch)
                while data := part.read(AT_ONCE):
                    digest.update(data)
        except OSError as error:
            digest.update(repr(error).encode("utf-8", errors="backslashreplace"))


@dataclass(frozen=True, slots=True)
class Split:
    """Some files, read and kept together."""

    number: int
    files: tuple[File, ...]

    @property
    def content(self) -> str:
        """What it is, by its content: another file of the same name is another split."""
        digest = hashlib.sha256()
        for file in self.files:
            file.identify(digest)
        return digest.hexdigest()

    def read(self, job: Job) -> Iterator[Batch]:
        """What stands in it, read as everywhere."""
        job.check()
        return read_in_batches((each for file in self.files for each in file.documents(job.limits)), **job.how)


@dataclass(frozen=True)
class Splits:
    """The input as Spark has it: DataFrames of which each row is a split, and how to take one out of a row."""

    frames: Sequence[DataFrame]
    names: dict[str, int] | None = None

    @property
    def taken(self) -> Taken:
        """What takes the splits out of rows, on whichever machine."""
        return Taken(self.names or {})


@dataclass(frozen=True, slots=True)
class Taken:
    """Takes the splits out of record batches of rows."""

    names: dict[str, int]

    def __call__(self, batches: Iterable[Any]) -> Iterator[Split]:
        """The splits, one after the other."""
        for batch in batches:
            if "split" in batch.schema.names:
                for packed in batch.column("split"):
                    yield pickle.loads(packed.as_py())  # noqa: S301 (what `held` made)
                continue
            for path, modified, data in zip(*(batch.column(name) for name in BINARY_FILE), strict=True):
                name = path.as_py()
                yield Split(self.names[name], (File(name, "", modified.as_py(), data.as_py()),))


BINARY_FILE = ("path", "modificationTime", "content")


def splits_of(spark: SparkSession, paths: Sequence[str], size: int) -> Splits:
    """The splits of files and folders, of ``size`` bytes where files allow it.

    Either all paths have a scheme or none. Raises `UsageError` for what only one machine has, such as standard input.
    """
    with_scheme = ["://" in path for path in paths]
    if not paths:
        raise UsageError("nothing to load: name files or folders that every machine can see")
    for path in paths:
        if path == STANDARD_INPUT or path[:8].lower().startswith(("http://", "https://")):
            raise UsageError(f"{path} is not for Spark: name files or folders that every machine can see, or 'fx load'")
    if any(with_scheme) and not all(with_scheme):
        raise UsageError("some paths have a scheme and some have none: write file:/// before the others")
    return binary_files(spark, paths) if any(with_scheme) else files_in(spark, paths, size)


def files_in(spark: SparkSession, paths: Sequence[str], size: int) -> Splits:
    """Files that are opened where they are read."""
    named = (name for path in paths for name in (files_below(path) if isdir(path) else [path]))
    splits = list(cut(((name, abspath(name)) for name in named), size))
    return Splits([held(spark, splits)])


def held(spark: SparkSession, splits: Sequence[Split]) -> DataFrame:
    """Splits as rows."""
    rows = [(bytearray(pickle.dumps(each)),) for each in splits]
    each_a_task = spark.sparkContext.parallelize(rows, max(1, len(rows)))
    return spark.createDataFrame(each_a_task, "split binary")


def cut(files: Iterable[tuple[str, str]], most: int) -> Iterator[Split]:
    """Files in their order as splits, larger ones cut at line ends where each line is a document.

    >>> [len(each.files) for each in cut([("a", "/nowhere/a"), ("b", "/nowhere/b")], 100)]
    [2]
    """
    number, size = 0, 0
    waiting: list[File] = []
    for file, length in sized(files, most):
        if waiting and (size + length > most or len(waiting) >= SPLIT_FILES):
            yield Split(number, tuple(waiting))
            number, size, waiting = number + 1, 0, []
        waiting.append(file)
        size += length
    if waiting:
        yield Split(number, tuple(waiting))


def sized(files: Iterable[tuple[str, str]], most: int) -> Iterator[tuple[File, int]]:
    """Files, or stretches of them, with the bytes of each."""
    for name, place in files:
        length, found = 0, []
        with suppress(OSError):  # told of where it is read
            status = Path(place).stat()
            if stat.S_ISREG(status.st_mode):
                length = status.st_size
                if length > most:
                    with Path(place).open("rb") as stream:
                        found = stretches_of(stream, most)
        for each in found:
            yield File(name, place, stretch=each), (length if each.end is None else each.end) - each.start
        if not found:
            yield File(name, place), length


def binary_files(spark: SparkSession, paths: Sequence[str]) -> Splits:
    """Files that Spark reads for us, each a split, numbered by path."""
    found = spark.read.format("binaryFile").option("recursiveFileLookup", "true").load(list(paths))
    sizes = {row.path: row.length for row in found.select("path", "length").collect()}
    names = {name: number for number, name in enumerate(sorted(sizes, key=in_folders))}
    fitting = found.where(f"length <= {WHOLE_FILE}").select(*BINARY_FILE)  # of the others Spark reads nothing
    too_large = [Split(names[name], (File(name),)) for name, size in sizes.items() if size > WHOLE_FILE]
    return Splits([fitting, held(spark, too_large)] if too_large else [fitting], names)


def in_folders(path: str) -> list[tuple[bool, str]]:
    """What sorts paths as `files_below` does: the files of a folder before the folders in it.

    >>> sorted(["b/a", "a/b/c", "a/z"], key=in_folders)
    ['a/z', 'a/b/c', 'b/a']
    """
    *folders, name = path.split("/")
    return [*((True, folder) for folder in folders), (False, name)]
