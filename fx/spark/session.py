"""A Spark session for the command line, made as Spark must be to lose nothing when a process is killed."""

from __future__ import annotations

import os
import re
import shutil
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING

from fx import errors
from fx.errors import UsageError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

__all__ = ["session", "translated"]

ATTEMPTS = "8"
"""How often a task is tried: Spark gives up after four, and in one process after one."""


@contextmanager
def session(master: str | None = None, *, quiet: bool = False) -> Iterator[SparkSession]:
    """The session that runs, or one that is made, and stopped: by ``master``, spark-submit, else of all cores here.

    ``quiet`` leaves out what Java and Spark say of themselves on stderr, where they are started here. Raises
    `UsageError` where Spark or Java is missing, or Spark does not start.
    """
    try:
        from pyspark.sql import SparkSession  # noqa: PLC0415 (an extra)
    except ImportError:
        raise UsageError("Spark is missing: install it with pip install 'fx[spark]'") from None
    running = SparkSession.getActiveSession()
    if running is not None and master is None:
        yield running
        return
    java = os.environ.get("JAVA_HOME")
    if not (shutil.which(os.path.join(java, "bin", "java")) if java else shutil.which("java")):
        raise UsageError(
            "Spark needs Java 17 or newer: install it (openjdk-17-jre-headless on Debian) or set JAVA_HOME"
        )
    try:
        with warnings.catch_warnings():  # of a pandas that is not used
            warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
            made = started(master, quiet=quiet)
    except Exception as error:
        why = re.search(r"Exception: (.*)", str(error))
        words = (why[1] if why else str(error).splitlines()[0])[:200].rstrip(".")
        raise UsageError(f"Spark does not start ({words}): check --master and the configuration") from error
    try:
        yield made
    finally:
        with suppress(Exception):  # its Java may have ended, and what was lost by that is told already
            made.stop()


def started(master: str | None, *, quiet: bool) -> SparkSession:
    """A new session; what spark-submit and the configuration say goes before what is said here."""
    from pyspark import SparkConf, SparkContext  # noqa: PLC0415
    from pyspark.sql import SparkSession  # noqa: PLC0415

    with silence() if quiet else nullcontext():
        SparkContext._ensure_initialized()  # noqa: SLF001 (only then it is known what was configured)
    given = SparkConf()
    # Executors here would take the first python3 of the path, which has no fx; on a cluster the conf says which.
    if not given.contains("spark.pyspark.python"):
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    master = master or given.get("spark.master", None) or "local[*]"
    builder = SparkSession.builder.appName("fx").master(with_attempts(master))
    # Two hundred partitions of a shuffle are for many machines.
    here = {"spark.sql.shuffle.partitions": str(2 * (os.cpu_count() or 1))} if master.startswith("local") else {}
    for name, value in (DEFAULTS | here).items():
        if not given.contains(name):
            builder = builder.config(name, value)
    return builder.getOrCreate()


@contextmanager
def translated() -> Iterator[None]:
    """Turn a job that Spark gave up into the error of fx that an executor met, or into one that says what to do."""
    try:
        yield
    except Exception as error:
        if type(error).__module__.split(".")[0] not in {"pyspark", "py4j"} and not isinstance(error, ConnectionError):
            raise
        met = [each for each in re.findall(r"^fx\.errors\.(\w+): (.*)$", str(error), re.MULTILINE) if each[0] in ERRORS]
        if met:
            raise getattr(errors, met[-1][0])(met[-1][1]) from error
        words = next(iter(str(error).splitlines()), "")[:200].rstrip(". ")
        if isinstance(error, ConnectionError):
            words = "its driver in Java has ended: see whether memory is short"
        raise errors.StoreError(
            f"Spark gave the job up ({words}): what it finished is kept, run it again for the rest"
        ) from error


ERRORS = frozenset(errors.__all__)


@contextmanager
def silence() -> Iterator[None]:
    """What is started meanwhile has no stderr."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


DEFAULTS = {
    "spark.task.maxFailures": ATTEMPTS,
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    "spark.sql.session.timeZone": "UTC",
}


def with_attempts(master: str) -> str:
    """A master in one process with its attempts.

    >>> with_attempts("local[2]"), with_attempts("local[*]"), with_attempts("local"), with_attempts("spark://host:7077")
    ('local[2,8]', 'local[*,8]', 'local[1,8]', 'spark://host:7077')
    """
    found = re.fullmatch(r"local(?:\[(\*|[0-9]+)\])?", master)
    return f"local[{found[1] or 1},{ATTEMPTS}]" if found else master
