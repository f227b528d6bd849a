"""What ends a command from outside: Ctrl-C and SIGTERM, both seen where they come and told apart at the end."""

from __future__ import annotations

import signal
import threading
import time
from types import FrameType, TracebackType
from typing import Any, Self

from fx.cli import INTERRUPTED, TERMINATED

__all__ = ["Stoppable", "Terminated"]

SAME_SECONDS = 1
"""Signals that come so soon after one another mean one thing: ``timeout`` sends each twice."""


class Terminated(KeyboardInterrupt):
    """SIGTERM came."""


class Stoppable:
    """While it lasts, SIGTERM ends what is going on as Ctrl-C does; ``code`` is the exit code that follows.

    Signals come to the main thread alone: in another one nothing is changed. One that was ignored before still is, as
    shells have it for what a script starts behind it: Ctrl-C is meant for the script. Where the process ``ends`` with
    it, what comes after it is not heard: the work is done, and its exit code is the answer.
    """

    def __init__(self, *, ends: bool = False) -> None:
        self.ends = ends
        self.code = INTERRUPTED
        self.last: float | None = None
        self.before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            heard = (each for each in (signal.SIGINT, signal.SIGTERM) if signal.getsignal(each) is not signal.SIG_IGN)
            self.before = {number: signal.signal(number, self.stop) for number in heard}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self.before.items():
            signal.signal(number, signal.SIG_IGN if self.ends else handler)

    def stop(self, number: int, _frame: FrameType | None) -> None:
        """End what is going on; what comes while it ends is heard no more, unless that takes long."""
        now = time.monotonic()
        if self.last is not None and now - self.last < SAME_SECONDS:
            return
        self.last = now
        self.code = TERMINATED if number == signal.SIGTERM else INTERRUPTED
        raise Terminated if number == signal.SIGTERM else KeyboardInterrupt
