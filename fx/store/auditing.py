"""The quotes of a store under audit: which of them are looked at for what is asked."""

from __future__ import annotations

from collections.abc import Iterable

from fx.audit import Finding, audit
from fx.currencies import Currency, Pair
from fx.errors import NoQuotes
from fx.moments import Moment
from fx.store.plainly import Connection
from fx.store.reading import history
from fx.store.refusals import known_code

__all__ = ["audited"]


def audited(connection: Connection, wanted: Iterable[str], since: Moment | None, now: Moment) -> list[Finding]:
    """Findings of the pairs and codes wanted (of all, if none is), that touch ``since`` or a later moment.

    Every pair that shares a currency with one wanted is looked at, as triangles and pegs of crosses need them.
    """
    chosen = [Pair.parse(each) if len(each.strip()) > 5 else Currency(each) for each in wanted]
    codes = {code for want in chosen for code in ((want.base, want.counter) if isinstance(want, Pair) else (want,))}
    for code in sorted(codes):
        known_code(connection, code)
    rows = connection.exec_driver_sql("SELECT DISTINCT base, counter FROM series ORDER BY base, counter").fetchall()
    pairs = [Pair(Currency(base), Currency(counter)) for base, counter in rows]
    for want in chosen:
        if isinstance(want, Pair) and want not in pairs and want.inverse not in pairs:
            raise NoQuotes(f"no quote of {want} was found: 'fx pairs' lists what there is", pair=str(want))
    held = {code for pair in pairs for code in (pair.base, pair.counter)}
    for want in chosen:
        if isinstance(want, Currency) and want not in held:
            raise NoQuotes(f"no quote of {want} was found: 'fx pairs' lists what there is", code=str(want))
    touched = [pair for pair in pairs if not codes or codes & {pair.base, pair.counter}]
    found = audit((quote for pair in touched for quote in history(connection, pair, None, None)), now)
    return [finding for finding in found if concerns(finding, chosen, since)]


def concerns(finding: Finding, chosen: list[Pair | Currency], since: Moment | None) -> bool:
    """Whether one of the quotes at fault is of a pair or code that was asked for, and young enough."""
    return any(
        (since is None or quote.observed_at.last_ordinal >= since.ordinal)
        and (
            not chosen
            or any(
                want in ((quote.pair, quote.pair.inverse) if isinstance(want, Pair) else (quote.base, quote.counter))
                for want in chosen
            )
        )
        for quote in finding.quotes
    )
