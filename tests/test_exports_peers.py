"""The programs that exports are for: each accepts its file, and shows the same figures."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from fx.exports.export import export
from fx.store import Store
from tests.builders import BOARD, NOON

ROWS = (
    "date,base,quote,rate,source\n"
    "2024-12-13,EUR,USD,1.052,b\n"
    "2024-12-13,EUR,USD,1.0500,a\n"
    "2024-12-14T15:30:00Z,EUR,UZS,13450,a\n"
    "2024-12-14,USD,VND,25400.123456789012,a\n"
)
SHOWN = {
    ("2024-12-13", "EUR", "1.052", "USD"),
    ("2024-12-13", "EUR", "1.0500", "USD"),
    ("2024-12-14", "EUR", "13450", "UZS"),
    ("2024-12-14", "USD", "25400.123456789012", "VND"),
    ("2024-12-14", "KGS", "0.01150", "USD"),
    ("2024-12-14", "KZT", "0.00190", "USD"),
    ("2024-12-14", "TJS", "0.09158", "USD"),
    ("2024-12-14", "UZS", "0.00008", "USD"),
    ("2024-12-14", "TMT", "0.28490", "USD"),
}


@pytest.fixture
def store() -> Store:
    store = Store(":memory:", clock=lambda: NOON)
    store.load_text(BOARD, observed_at="2024-12-14", source="timesca")
    store.load_text(ROWS, name="rows.csv")
    store.load_text('{"base": "GBP", "counter": "USD", "bid": "1.26", "ask": "1.27", "observed_at": "2024-12-14"}')
    return store


def ran(*words: object) -> str:
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def needed(program: str) -> None:
    if not shutil.which(program):
        pytest.skip(f"{program} is not installed: .ci/run installs hledger and ledger")


def same(found: set[tuple[str, str, str, str]], shown: set[tuple[str, str, str, str]]) -> bool:
    """Whether the figures are equal, whatever zeros a program adds or leaves out."""
    return {(*row[:2], Decimal(row[2]), row[3]) for row in found} == {
        (*row[:2], Decimal(row[2]), row[3]) for row in shown
    }


MIDDLE = ("2024-12-14", "GBP", "1.265", "USD")


def test_hledger_shows_the_same_prices(store: Store, tmp_path: Path) -> None:
    needed("hledger")
    file = tmp_path / "prices.journal"
    export(store, "hledger", file)
    found = re.findall(r"^P (\S+) (\S+) ([0-9.]+) (\S+)$", ran("hledger", "-f", file, "prices"), re.MULTILINE)
    assert same(set(found), SHOWN | {MIDDLE})
    ran("hledger", "-f", file, "check", "--strict")
    with file.open("a", encoding="utf-8") as journal:
        journal.write("\n2024-12-14 asked\n    asked  100.0000 EUR\n    other\n")
    value = ran("hledger", "-f", file, "balance", "asked", "-N", "--value=2024-12-13,USD", "-c", "1000.0000 USD")
    assert "105.0000 USD" in value  # of two sources of a day, the first in the alphabet counts


def test_ledger_shows_the_same_prices(store: Store, tmp_path: Path) -> None:
    needed("ledger")
    file, journal = tmp_path / "prices.ledger", tmp_path / "all.ledger"
    export(store, "ledger", file)
    codes = sorted({row[1] for row in SHOWN} | {"GBP", "VND"})
    # Ledger shows the prices of what somebody owns.
    posted = "".join(f"\n2024-12-14 had\n    Assets  1 {code}\n    Equity\n" for code in codes)
    journal.write_text(f"include {file}\n{posted}", "utf-8")
    found = re.findall(
        r"^P (\S+) ([0-9:]+) (\S+)\s+([0-9.]+) (\S+)$", ran("ledger", "-f", journal, "pricedb"), re.MULTILINE
    )
    rows = {(day.replace("/", "-"), base, rate, counter) for day, _, base, rate, counter in found}
    # Ledger holds one price a moment: of two sources the one that stands last in the file.
    assert same(rows, (SHOWN | {MIDDLE}) - {("2024-12-13", "EUR", "1.052", "USD")})
    assert [hour for _, hour, base, _, counter in found if (base, counter) == ("EUR", "UZS")] == ["15:30:00"]


def test_beancount_loads_the_same_prices(store: Store, tmp_path: Path) -> None:
    beancount = pytest.importorskip("beancount.loader", reason="beancount is not installed: pip install '.[test]'")
    file = tmp_path / "prices.beancount"
    export(store, "beancount", file)
    ran(Path(sys.executable).with_name("bean-check"), file)
    entries, errors, _ = beancount.load_file(str(file))
    assert errors == []
    found = {(str(each.date), each.currency, str(each.amount.number), each.amount.currency) for each in entries}
    assert found == SHOWN | {MIDDLE}
    prices = pytest.importorskip("beancount.core.prices")
    day, rate = prices.get_price(prices.build_price_map(entries), ("EUR", "USD"))
    assert (str(day), str(rate)) == ("2024-12-13", "1.0500")


GNUCASH = """
import sys
from gnucash import Session, SessionOpenMode, gnucash_core_c as core
session = Session("xml://" + sys.argv[1], SessionOpenMode.SESSION_READ_ONLY)
book = session.book
table, prices = book.get_table(), book.get_price_db()
for one in table.get_commodities("CURRENCY"):
    for other in table.get_commodities("CURRENCY"):
        if one.get_mnemonic() != other.get_mnemonic():
            for price in prices.get_prices(one, other):
                base = core.gnc_commodity_get_mnemonic(core.gnc_price_get_commodity(price.instance))
                if base == one.get_mnemonic():
                    value = core.gnc_price_get_value(price.instance)
                    print(price.get_time64().date(), base, f"{value.num}/{value.denom}", other.get_mnemonic())
session.end()
"""


def test_gnucash_opens_the_book_and_holds_the_same_prices(store: Store, tmp_path: Path) -> None:
    python = "/usr/bin/python3"
    if subprocess.run([python, "-c", "import gnucash"], capture_output=True, check=False).returncode:
        pytest.skip("GnuCash's Python is not installed: apt-get install python3-gnucash")
    file = tmp_path / "book.gnucash"
    export(store, "gnucash", file)
    found = {tuple(line.split()) for line in ran(python, "-c", GNUCASH, file).splitlines() if line[:2] == "20"}
    assert found == {
        ("2024-12-13", "EUR", "10500/10000", "USD"),
        ("2024-12-14", "EUR", "13450/1", "UZS"),
        ("2024-12-14", "USD", "25400123456789012/1000000000000", "VND"),
        ("2024-12-14", "KGS", "1150/100000", "USD"),
        ("2024-12-14", "KZT", "190/100000", "USD"),
        ("2024-12-14", "TJS", "9158/100000", "USD"),
        ("2024-12-14", "UZS", "8/100000", "USD"),
        ("2024-12-14", "TMT", "28490/100000", "USD"),
        ("2024-12-14", "GBP", "1265/1000", "USD"),
    }
