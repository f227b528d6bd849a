"""A series with thousands of quotes a period is summed up by the database, to what its quotes say one by one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fx.series import EVERY, candles, zone_of
from fx.store import Store, periods, stretches

FIRST = datetime(2024, 12, 13, 20, tzinfo=UTC)
PLAIN = [f"KZT/USD = 0.00{190 + 7 * step % 11}" for step in range(60)]

SERIES = {
    "plain rates": PLAIN,
    "one of another scale": [*PLAIN[:30], "KZT/USD = 0.0019", *PLAIN[31:]],
    "one with two sides": [*PLAIN[:30], "KZT/USD 0.00190/0.00192", *PLAIN[31:]],
    "figures whose sum no 64 bits hold": [f"KZT/USD = 19{step:016}" for step in range(60)],
}


@pytest.mark.parametrize("zone", [None, "Asia/Almaty", "America/St_Johns"])
@pytest.mark.parametrize("name", SERIES)
def test_a_dense_series_is_summed_up_to_what_its_quotes_say(
    name: str, zone: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [
        f"{FIRST + timedelta(minutes=31 * step):%Y-%m-%dT%H:%MZ} {said}\n" for step, said in enumerate(SERIES[name])
    ]
    with Store(":memory:") as store:
        store.load_text("".join(lines), source="bank")
        store.load_text(
            f"{lines[20].split()[0]} KZT/USD = 0.00777\n", source="bank"
        )  # a revision: two rows of one moment
        monkeypatch.setattr(periods, "DENSE", 0)
        monkeypatch.setattr(stretches, "ROWS", 4)
        summed: list[object] = []
        ordinary = periods.sum_of

        def seen(*words: object, **named: object) -> object:
            summed.append(found := ordinary(*words, **named))  # type: ignore[arg-type]
            return found

        monkeypatch.setattr(periods, "sum_of", seen)
        for every in EVERY:
            told = store.candles("KZT/USD", every, tz=zone)
            assert told == candles(store.observations("KZT/USD"), every, zone_of(zone))
    assert any(summed)
    assert not all(summed)
