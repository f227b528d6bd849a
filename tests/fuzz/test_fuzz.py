"""Every target in short: the corpus, whose files were found by longer runs, and some bytes that Hypothesis makes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fx.formats import all_formats
from tests.fuzz.targets import TARGETS

CORPUS = Path(__file__).parent / "corpus"
EXAMPLES = [each.example for each in all_formats().values()]
MARKS = [
    "\n", "\t", " ", "\x00", "\x1b[31m", "\x9b", "\u202e", "\ufeff", "\xa0", "\u0661", "\u00b2", "{", "}", "[", "]", "<", ">", "</", "<!--", "&#x110000;",
    "&#99999999999;", '"', "'", "\\", "\\u0000", "\\ud800", "=", "/", "%", "-", "+", ",", ".", ";", ":", "|", "0", "1e999999999", "-0", "9" * 50, "NaN", "Infinity",
    "null", "true", "KZT", "USD", "EUR/USD", "2024-12-14", "2024-02-30", "9999-12-31", "0000-00-00", "2024-12-14T25:61Z", "date", "base", "rate", "P ", "<?xml version='1.0'?>",
    "<!DOCTYPE a [<!ENTITY b 'c'>]>", "8=FIX.4.4\x01", "1.0501", "0.00190", "\r", "\r\n", "\x0c", "\x0b", "\u2028", "\U0001d7cf",
]  # fmt: skip
texts = st.lists(st.sampled_from(MARKS) | st.sampled_from(EXAMPLES) | st.text(max_size=5), max_size=12).map("".join)
inputs = texts.map(lambda text: text.encode("utf-8", "surrogatepass")) | st.binary(max_size=200)


@pytest.mark.parametrize("name", TARGETS)
def test_the_corpus_is_taken_as_it_should_be(name: str) -> None:
    files = sorted(CORPUS.iterdir())
    assert files
    for file in files:
        TARGETS[name](file.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
def test_any_bytes_are_answered_or_refused(name: str) -> None:
    target = TARGETS[name]
    few = 10 if name == "round-trips" else 40

    @given(inputs)
    @settings(max_examples=few, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def each(data: bytes) -> None:
        target(data)

    each()
