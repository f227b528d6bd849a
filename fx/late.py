"""Patterns that are compiled when they are first used: to read a document takes some of hundreds.

To compile all would take longer than to read most documents, and longer than Python itself takes to start.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast

__all__ = ["Late", "late"]


def late(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """What `re.compile` makes of a pattern, made when it is first asked for anything but its text.

    Raises `re.PatternError` only then; a test compiles them all. ``match.re`` is the pattern proper, so it is told
    apart by its text.

    >>> word = late("[a-z]+")
    >>> word.pattern, word.match("one two")[0], word.match("one").re.pattern == word.pattern
    ('[a-z]+', 'one', True)
    """
    return cast("re.Pattern[AnyStr]", Late(pattern, flags))


class Compiled:
    """A pattern that is compiled: its methods are its own, found without a detour."""

    pattern: Any
    flags: int


class Late(Compiled):
    """One that is not yet, and becomes so at the first question."""

    def __init__(self, pattern: Any, flags: int) -> None:
        self.pattern = pattern
        self.asked = flags

    def __getattr__(self, name: str) -> Any:
        """A method of the pattern; all are kept."""
        pattern = re.compile(self.pattern, self.asked)
        for each in METHODS:
            setattr(self, each, getattr(pattern, each))
        self.__class__ = Compiled  # type: ignore[assignment]
        return getattr(pattern, name)


METHODS = [name for name in dir(re.Pattern) if not name.startswith("_")]
