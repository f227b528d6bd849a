"""SQL functions of a connection that fx opened: ``fx_rate`` and ``fx_convert``.

``fx_rate(base, counter[, as_of])`` and ``fx_convert(amount, base, counter[, as_of])``, as of now if nothing is said.
Figures are those of `Store.rate` and `Store.convert`; the REAL that SQL is given is the float nearest to the exact one.
NULL in gives NULL out. What has no answer ends the statement with the error of fx, not with SQLite's word for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from fx.columns import Line
from fx.errors import FxError
from fx.exact import ratio_of
from fx.moments import Moment
from fx.policy import Policy
from fx.store.asking import find
from fx.store.plainly import Connection, driver_of
from fx.store.refusals import known_code

__all__ = ["with_functions"]

MOST_LINES = 10_000
"""Answers that are kept for a statement: it may ask as of another second each time, without end."""


class Functions:
    """The functions of one statement: "now" is the same for all its rows, and each question is asked once."""

    def __init__(self, connection: Connection, now: Moment) -> None:
        self.connection = connection
        self.now = now
        self.lines: dict[tuple[Any, ...], Line] = {}
        self.error: BaseException | None = None

    def line(self, *key: Any) -> Line:
        """The rate of a base and counter, as of a text or now; raises what `Store.rate` does."""
        if key not in self.lines:
            if len(self.lines) == MOST_LINES:
                self.lines.clear()
            base, counter, *when = key
            moment = Moment.parse(when[0]) if when else self.now
            start, end = (known_code(self.connection, code) for code in (base, counter))
            self.lines[key] = Line.of(find(self.connection, start, end, moment, None, Policy()), moment)
        return self.lines[key]

    def rate(self, *asked: Any) -> Any:
        """``fx_rate``: the float nearest to the exact rate."""
        value = self.line(*asked).rate.value
        return value.numerator / value.denominator

    def convert(self, amount: Any, *asked: Any) -> Any:
        """``fx_convert``: the float nearest to the rounded amount; a REAL is read by its shortest digits."""
        top, bottom = ratio_of(Decimal(repr(amount)) if isinstance(amount, float) else amount)
        line = self.line(*asked)
        return line.figures(top, bottom, "half-even")[0] / 10**line.places

    def guarded(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function as SQLite calls it; the error is kept, since SQLite forgets it."""

        def call(*arguments: Any) -> Any:
            if None in arguments:
                return None
            try:
                return function(*arguments)
            except BaseException as error:
                self.error = error
                raise

        return call


@contextmanager
def with_functions(connection: Connection, now: Moment) -> Iterator[None]:
    """Give a connection the functions for one statement; raises their errors as they are."""
    raw = driver_of(connection)
    if raw is None:
        yield
        return
    functions = Functions(connection, now)
    made = [
        (name, count, functions.guarded(function))
        for name, function, counts in (("fx_rate", functions.rate, (2, 3)), ("fx_convert", functions.convert, (3, 4)))
        for count in counts
    ]
    for name, count, function in made:
        raw.create_function(name, count, function, deterministic=True)
    try:
        yield
    except Exception:
        if isinstance(functions.error, FxError | KeyboardInterrupt):
            raise functions.error from None
        raise
    finally:
        for name, count, _ in made:
            raw.create_function(name, count, None)
