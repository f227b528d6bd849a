"""A receipt is an answer as JSON; this says whether it still holds, by asking the store the same question again.

It holds if the answer comes out the same, byte for byte. If it does not: which leg is no longer in the store, which was
revised by which document, or what other quotes serve now.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fx.convert import Answer
from fx.currencies import minor_units
from fx.errors import FxError, InputError, NoAnswer
from fx.exact import plain
from fx.exports.records import answer_record, sides_record
from fx.moments import Moment
from fx.quotes import Quote
from fx.store import Store

__all__ = ["Verdict", "read_receipt", "verify"]

NEEDED = ("amount", "base", "counter", "result", "low", "high", "rate", "kind", "as_of", "legs")
ASKED = frozenset(("known_at", "places", "rounding", "max_age", "max_spread", "via", "direct", "source"))


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a receipt holds, why not as sentences, and the answer as it is now (None where there is none)."""

    holds: bool
    reasons: tuple[str, ...]
    answer: Answer | None


def read_receipt(text: str, name: str = "receipt") -> dict[str, Any]:
    """The answer that a JSON text holds; raises `InputError` for anything else.

    >>> read_receipt('{"amount": "1"}')
    Traceback (most recent call last):
    ...
    fx.errors.InputError: receipt is no receipt, it has no base: pass what 'fx convert --json' printed
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise InputError(f"{name} is no receipt: pass what 'fx convert --json' printed", document=name)
    missing = next((key for key in NEEDED if key not in found), None)
    if missing:
        raise InputError(
            f"{name} is no receipt, it has no {missing}: pass what 'fx convert --json' printed", document=name
        )
    demands = found.get("demands", {})
    texts = all(isinstance(found[key], str) for key in ("amount", "base", "counter", "as_of"))
    if not texts or not isinstance(found["legs"], list) or not isinstance(demands, dict) or set(demands) - ASKED:
        raise InputError(f"{name} is damaged: pass what 'fx convert --json' printed", document=name)
    return found


def verify(store: Store, receipt: Mapping[str, Any], *, known_at: str | None = None) -> Verdict:
    """Ask a receipt's question again, as known now or at a moment, and compare the answers byte for byte.

    Raises `InputError` where the question in it cannot be understood, and `StoreError`.
    """
    demands = {**receipt.get("demands", {}), **({} if known_at is None else {"known_at": known_at})}
    question = {"as_of": receipt["as_of"], **demands}
    try:
        answer = ask(store, receipt, question)
    except NoAnswer as error:
        return Verdict(False, (f"there is no answer any more: {error}", *changed_legs(store, receipt, known_at)), None)
    except (FxError, TypeError, ValueError) as error:
        if isinstance(error, FxError) and error.exit_code == 4:
            raise
        raise InputError(f"the receipt asks what cannot be asked: {error}") from None
    now = answer_record(answer)
    if comparable(receipt) == comparable(now):
        return Verdict(True, (), answer)
    reasons = [*changed_legs(store, receipt, known_at)]
    if not reasons and receipt["legs"] != now["legs"]:
        reasons.append("other quotes serve now")
    if not reasons:
        keys = [key for key in NEEDED if receipt[key] != now[key]]
        reasons.append(f"what it says of {', '.join(keys) or 'the question'} does not follow from its legs")
    return Verdict(False, tuple(reasons), answer)


def ask(store: Store, receipt: Mapping[str, Any], question: Mapping[str, Any]) -> Answer:
    """The answer to a receipt's question: that of ``fx rate`` where it shows a rate, else of ``fx convert``."""
    base, counter = receipt["base"], receipt["counter"]
    decimals = len(str(receipt["result"]).partition(".")[2])
    if receipt["amount"] == "1" and "places" not in question and decimals != minor_units(str(counter)):
        return store.rate(f"{base}/{counter}", **question)
    return store.convert(receipt["amount"], base, counter, **question)


def comparable(record: Mapping[str, Any]) -> str:
    """A record as text, whatever the order of its keys, what was demanded left out: a replay adds to that."""
    return json.dumps({key: each for key, each in record.items() if key != "demands"}, default=str, sort_keys=True)


def changed_legs(store: Store, receipt: Mapping[str, Any], known_at: str | None) -> Iterator[str]:
    """What became of the quotes that a receipt names; what was revised after ``known_at`` counts as unchanged."""
    for leg in receipt["legs"]:
        if not isinstance(leg, dict) or leg.get("source") == "decree":
            continue
        try:
            pair, when = f"{leg['base']}/{leg['counter']}", Moment.parse(leg["observed_at"])
            stated = store.quotes(pair, since=when, until=when)
        except (FxError, KeyError, TypeError):
            yield f"a leg cannot be found: {json.dumps(leg, default=str)[:120]}"
            continue
        of_source = [quote for quote in stated if quote.source == leg.get("source") and quote.observed_at == when]
        figure = f"{pair} = {named_figure(leg)} of {when}"
        if not of_source:
            yield f"the leg {figure} is not in the store"
        for quote in of_source:
            place = f"{quote.document}:{quote.line}"
            if says(quote, leg):
                if place != f"{leg.get('document')}:{leg.get('line')}":
                    yield f"the leg {figure} stands at {place}"
            elif known_at is None:
                yield f"the leg {figure} was revised to {stated_figure(quote)} by {place}"


def stated_figure(quote: Quote) -> str:
    """What a quote says: its rate, or its sides."""
    if quote.rate is not None:
        return plain(quote.rate)
    return " ".join(f"{name} {side}" for name, side in sides_record(quote).items())


def says(quote: Quote, leg: Mapping[str, Any]) -> bool:
    """Whether a quote still says what a leg of a receipt says, digit for digit."""
    if quote.rate is None:
        return {name: leg.get(name) for name in ("bid", "ask") if name in leg} == sides_record(quote)
    return str(leg.get("rate")) == plain(quote.rate)


def named_figure(leg: Mapping[str, Any]) -> str:
    """What a leg names: its sides, if it has them, since the middle of them was published by nobody."""
    return " ".join(f"{name} {leg[name]}" for name in ("bid", "ask") if name in leg) or str(leg.get("rate"))
