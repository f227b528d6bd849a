"""The part of the store that tells of pairs in time; what it needs is loaded when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from fx.currencies import Pair
from fx.store.faults import translated
from fx.store.held import Held

if TYPE_CHECKING:
    import pandas as pd

    from fx.change import Change
    from fx.series import Candle, Observation
    from fx.store.ways import Asked

__all__ = ["InTime"]


class InTime(Held):
    """A pair's observations, periods and change: a base of `fx.store.keeper.Store`, which has the database."""

    def observations(self, pair: str | Pair, **asked: Unpack[Asked]) -> list[Observation]:
        """What was observed of a pair in time: as quoted, else turned over, else crossed over a third currency.

        ``asked``: since, until, source, via, tolerance (days) and tz, see `fx.store.ways`. Raises `NoQuotes`.
        """
        from fx.store import observing, ways  # noqa: PLC0415 (conversions need no series)

        with translated(self.target), self.reading().connect() as connection:
            return observing.observations(connection, Pair.parse(pair), ways.Question.of(**asked))

    def candles(
        self, pair: str | Pair, every: str = "day", *, fill: str = "none", **asked: Unpack[Asked]
    ) -> list[Candle]:
        """The same by day, week, month, quarter or year; ``fill="previous"`` carries the last close forward.

        It does so from ``since`` on (the last close before it counts) up to ``until``, but not beyond today. Exact; see
        `fx.series.Candle`. Raises `NoQuotes`.
        """
        from fx.store import observing, ways  # noqa: PLC0415

        question = ways.Question.of(**asked)
        with translated(self.target), self.reading().connect() as connection:
            return observing.candles(connection, Pair.parse(pair), question, every, fill, self.clock())

    def change(self, pair: str | Pair, **asked: Unpack[Asked]) -> Change:
        """From the first observation of a pair in a span to the last; takes what `observations` takes."""
        from fx.store import observing, ways  # noqa: PLC0415

        with translated(self.target), self.reading().connect() as connection:
            return observing.change(connection, Pair.parse(pair), ways.Question.of(**asked))

    def history(
        self,
        pair: str | Pair,
        *,
        every: str | None = None,
        ohlc: bool = False,
        fill: str = "none",
        **asked: Unpack[Asked],
    ) -> pd.DataFrame:
        """`observations`, or with ``every`` or ``ohlc`` `candles`, as a DataFrame; see `fx.frames`."""
        from fx.series import refuse_idle_fill  # noqa: PLC0415
        from fx.store import observing, ways  # noqa: PLC0415

        if every is None and not ohlc:
            refuse_idle_fill(fill)
        wanted, question = Pair.parse(pair), ways.Question.of(**asked)
        with translated(self.target), self.reading().connect() as connection:
            if every is None and not ohlc:
                return observing.observations_frame(connection, wanted, question)
            return observing.candles_frame(connection, wanted, question, every or "day", fill, self.clock(), ohlc=ohlc)
