"""Files with something in them that is none: what is sound is read, and of the rest each line says what is wrong."""

from __future__ import annotations

import pytest

from tests.builders import read_file

HALF_SOUND = {
    "FRED without a series": (
        '{"realtime_start":"2024-12-13","observations":[5,{"date":"2024-12-13","value":"1.0467"}]}',
        [],
        ["the pair stands nowhere in this file"],
    ),
    "the Riksbank, a series that changed its unit": (
        '[{"seriesId":"SEKXQQPMI","date":"2024-12-13","value":10.95},'
        '{"seriesId":"SEKUSDPMI","date":"2024-12-13","value":10.95}]',
        ["USD/SEK 10.95 @2024-12-13"],
        ["at times quoted for one and at times for a hundred"],
    ),
    "two documents of YAML": (
        "base: EUR\nrates:\n  USD: 1.05\n---\nbase: USD\nrates:\n  KZT: 523.5\n",
        ["EUR/USD 1.05", "USD/KZT 523.5"],
        [],
    ),
    "rows with a date of two days": (
        "EURUSD;13/12/2024;1.0501\nUSDKZT;03/04/2024;523.5\n",
        ["EUR/USD 1.0501 @2024-12-13"],
        ["the date is one of two days"],
    ),
    "an impossible day in a column": (
        "base,counter,rate,kind,observed_at\nEUR,USD,1.05,quoted,2024-13-45\n",
        [],
        ["'2024-13-45' is not a date"],
    ),
    "an impossible day in fx's own lines": (
        '{"base":"EUR","counter":"USD","rate":"1.05","observed_at":"2024-13-45","kind":"quoted"}\n',
        [],
        ["'2024-13-45' is not a date"],
    ),
    "the unit in fx's own lines": (
        '{"base":"JPY","counter":"KZT","rate":"3.38","observed_at":"2024-12-13","unit":100,"kind":"quoted"}\n',
        ["JPY/KZT 3.38 /100 @2024-12-13"],
        [],
    ),
    "a currency in itself": ('{"pair":"EUR/EUR","rate":1}\n', [], []),
    "an amount that is none": ('{"base":"USD","amount":"x1","rates":{"EUR":0.8311}}', ["USD/EUR 0.8311"], []),
    "the base among its rates": ('{"base":"EUR","rates":{"EUR":{"rate":1},"USD":{"rate":1.05}}}', ["EUR/USD 1.05"], []),
    "rates in nothing": ('{"rates":{"USD":1.05}}', [], ["the file leaves out the base currency"]),
    "a day that is none over its rates": (
        '{"base":"EUR","rates":{"2024-13-45":{"USD":1.05,"GBP":0.83},"2024-12-13":{"USD":1.06}}}',
        ["EUR/USD 1.06 @2024-12-13"],
        ["'2024-13-45' is not a date"],
    ),
    "a day that is none over other things": (
        '{"base":"EUR","2024-13-45":{"note":"closed"},"rates":{"USD":1.06}}',
        ["EUR/USD 1.06"],
        [],
    ),
    "bases as keys": ('{"rates":{"EUR":{"USD":1.05,"GBP":0.83}}}', ["EUR/USD 1.05", "EUR/GBP 0.83"], []),
    "ticks at an hour that is none": (
        "EUR/USD,20241213 25:00:00.123,1.0501,1.0503\n",
        [],
        ["'20241213 25:00:00.123' is not a date"],
    ),
    "ticks of something else, and words": (
        "EUR/USD,20241213 10:00:00.123,1.0501,1.0503\nABC/QQQ,20241213 10:00:01.123,1.0501,1.0503\nwords\n",
        ["EUR/USD 1.0501|1.0503 @2024-12-13T10:00:00.123Z"],
        ["the line is not like those before it"],
    ),
}


@pytest.mark.parametrize("name", HALF_SOUND)
def test_of_a_file_that_is_half_sound_the_sound_half_is_read(name: str) -> None:
    text, quotes, reasons = HALF_SOUND[name]
    found, rejects = read_file(text)
    assert found == quotes
    assert len(rejects) == len(reasons)
    for reject, reason in zip(rejects, reasons, strict=True):
        assert reason in reject.reason
