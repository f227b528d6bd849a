"""Why a question has no answer: the typed errors, each saying what there is instead."""

from __future__ import annotations

from datetime import datetime

from fx.currencies import Currency, Pair, is_iso, suggest
from fx.decrees import successor
from fx.errors import NoRate, TooOld, UnknownCurrency
from fx.moments import Moment
from fx.policy import Policy
from fx.rates import Rate, earliest, find_rate
from fx.store import reading as questions
from fx.store.plainly import Connection

__all__ = ["known_code", "no_rate", "too_old"]


def known_code(connection: Connection, code: str) -> Currency:
    """A code that ISO 4217 or this store knows; raises `UnknownCurrency` with the likeliest one meant."""
    currency = Currency(code)
    if is_iso(currency):
        return currency
    held = questions.codes_in(connection)
    if currency not in held:
        hint = suggest(currency, held)
        raise UnknownCurrency(
            f"{currency} is not a currency known here: "
            + (f"did you mean {hint}?" if hint else "'fx pairs' lists what there is"),
            code=str(currency),
            suggestion=hint,
        )
    return currency


def no_rate(connection: Connection, pair: Pair, moment: Moment, known: datetime | None, policy: Policy) -> NoRate:
    """The error that says what there is instead of a rate."""
    sources = policy.sources
    facts = {"base": str(pair.base), "counter": str(pair.counter), "as_of": str(moment)}
    of_sources = f" from {' or '.join(sources)}" if sources else ""
    lists = "'fx sources'" if sources else "'fx pairs'"
    if policy.via is not None and find_rate(
        pair.base,
        pair.counter,
        lambda code: questions.standing(connection, code, moment, known, sources),
        moment,
        Policy(sources=sources),
    ):
        way, option = (f"over {', '.join(policy.via)}", "--via") if policy.via else ("directly", "--direct")
        return NoRate(f"no quotes lead from {pair}{of_sources} {way}: ask without {option}", **facts)
    first = earliest(pair.base, pair.counter, lambda code: questions.first_quotes(connection, code, known, sources))
    if policy.via is not None and first is not None:
        way = f"over {', '.join(policy.via)}" if policy.via else "directly"
        return NoRate(
            f"no quotes lead from {pair}{of_sources} {way} as of {moment}: ask --as-of later, or without that way",
            **facts,
        )
    for code in (pair.base, pair.counter) if first is None else ():
        if not questions.first_quotes(connection, code, known, sources) and not successor(code):
            recorded = questions.first_recorded(connection, code, sources) if known else None
            if recorded:
                return NoRate(
                    f"no quote of {code}{of_sources} was known then, the first was recorded {recorded}: "
                    "ask --known-at later",
                    **facts,
                )
            return NoRate(f"there is no quote of {code}{of_sources}: {lists} lists what there is", **facts)
    if first is None:
        became = "".join(
            f" ({code} became {heir.base} on {heir.observed_at})"
            for code in (pair.base, pair.counter)
            if (heir := successor(code))
        )
        return NoRate(
            f"no path of quotes{of_sources} leads from {pair}{became}: 'fx pairs' lists what there is", **facts
        )
    if first.ordinal <= moment.last_ordinal:  # `fx.rates` takes no decree over a code that means new money
        return NoRate(
            f"no rate {pair}{of_sources} as of {moment}, as a code is quoted there long after its money was replaced: "
            "'fx pairs' lists what is quoted",
            **facts,
        )
    return NoRate(
        f"no rate {pair}{of_sources} as of {moment}, the first is of {first}: ask --as-of {first} or later",
        **facts,
        first=str(first),
    )


def too_old(rate: Rate, moment: Moment, policy: Policy) -> TooOld:
    """The error for a rate that is there and not as fresh, or not as close together, as demanded."""
    observed = rate.observed
    age, apart = min(observed).days_until(moment), min(observed).days_until(max(observed))
    facts = {"base": str(rate.base), "counter": str(rate.counter), "as_of": str(moment)}
    pair, oldest = f"{rate.base}/{rate.counter}", str(min(observed))
    if policy.max_age is not None and age > policy.max_age:
        return TooOld(
            f"the freshest rate {pair} as of {moment} is of {oldest}, {age} days old: ask --max-age {age}d or more",
            **facts,
            observed_at=oldest,
            age_days=age,
        )
    return TooOld(
        f"the legs of {pair} as of {moment} lie {apart} days apart, {oldest} to {max(observed)}: "
        f"ask --max-spread {apart}d or more",
        **facts,
        observed_at=oldest,
        spread_days=apart,
    )
