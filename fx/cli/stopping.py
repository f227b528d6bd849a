"""What ends a command from outside: Ctrl-C and SIGTERM, both seen where they come and told apart at the end."""

from __future__ import annotations

import signal
import time
from types import FrameType, TracebackType
from typing import Self

from fx.cli import INTERRUPTED, TERMINATED

__all__ = ["Stoppable"]

SAME_SECONDS = 1
"""Signals that come so soon after one another mean one thing: ``timeout`` sends each twice."""


class Stoppable:
    """While it lasts, SIGTERM ends what is going on as Ctrl-C does; ``code`` is the exit code that follows."""

    def __init__(self) -> None:
        self.code = INTERRUPTED
        self.last: float | None = None

    def __enter__(self) -> Self:
        self.before = {number: signal.signal(number, self.stop) for number in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self.before.items():
            signal.signal(number, handler)

    def stop(self, number: int, _frame: FrameType | None) -> None:
        """End what is going on; what comes while it ends is heard no more, unless that takes long."""
        now = time.monotonic()
        if self.last is not None and now - self.last < SAME_SECONDS:
            return
        self.last = now
        self.code = TERMINATED if number == signal.SIGTERM else INTERRUPTED
        raise KeyboardInterrupt
