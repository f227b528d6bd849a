"""Files printed from any quotes and read back exactly; and the same files, of anything but quotes, that give nothing."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fx.exact import plain
from fx.formats import Page, scan
from fx.quotes import Tick
from fx.text import plain_text
from tests.builders import read_file

CODES = "USD EUR GBP JPY KZT UZS KGS TJS CHF CNY TRY PLN SEK XAU ALL TOP".split()


@dataclass(frozen=True)
class Said:
    """One quote to print."""

    base: str
    counter: str
    rate: str
    ask: str
    day: str

    def comma(self, rate: str | None = None) -> str:
        return (rate or self.rate).replace(".", ",")


@st.composite
def figures(draw: st.DrawFn) -> str:
    """A rate as banks print it; not three decimals, which a comma would leave open."""
    whole = draw(st.integers(0, 99999))
    places = draw(st.sampled_from((1, 2, 4, 5, 6)))
    fraction = draw(st.integers(0 if whole else 1, 10**places - 1))
    return f"{whole}.{fraction:0{places}}"


def days() -> st.SearchStrategy[str]:
    return st.dates(date(1999, 1, 4), date(2026, 12, 31)).map(str)


@st.composite
def quotes(draw: st.DrawFn, least: int = 1) -> list[Said]:
    """A few quotes of different pairs."""
    pairs = draw(
        st.lists(
            st.tuples(st.sampled_from(CODES), st.sampled_from(CODES)).filter(lambda pair: pair[0] != pair[1]),
            min_size=least,
            max_size=6,
            unique=True,
        )
    )
    return [Said(base, counter, draw(figures()), draw(figures()), draw(days())) for base, counter in pairs]


@st.composite
def of_one_base(draw: st.DrawFn) -> list[Said]:
    """Rates of several codes under one base and day."""
    base, *codes = draw(st.permutations(CODES))
    day = draw(days())
    return [Said(base, code, draw(figures()), draw(figures()), day) for code in codes[: draw(st.integers(1, 6))]]


def expected(said: list[Said], *, dated: bool = True) -> list[str]:
    return [f"{each.base}/{each.counter} {each.rate}" + (f" @{each.day}" if dated else "") for each in said]


HEADS = {
    "base": "base from base_currency source_currency".split(),
    "counter": "quote counter to target_currency".split(),
    "rate": "rate price close mid exchange_rate".split(),
    "day": "date day observed_at timestamp".split(),
}


@given(
    quotes(),
    st.permutations(("base", "counter", "rate", "day")),
    st.sampled_from(",;\t|"),
    st.booleans(),
    st.data(),
)
def test_a_csv_comes_back_whatever_its_order_delimiter_and_decimal_mark(
    said: list[Said], order: list[str], delimiter: str, comma: bool, data: st.DataObject
) -> None:
    out = io.StringIO()
    table = csv.writer(out, delimiter=delimiter, lineterminator=data.draw(st.sampled_from(("\n", "\r\n"))))
    table.writerow([data.draw(st.sampled_from(HEADS[name])) for name in order])
    for each in said:
        table.writerow([each.comma() if name == "rate" and comma else getattr(each, name) for name in order])
    assert read_file(out.getvalue()) == (expected(said), [])


@given(
    of_one_base(), st.sampled_from((1, 10, 100)), st.sampled_from(("%s", '"%s"')), st.sampled_from((" ", "\n  ", ""))
)
def test_an_object_of_rates_comes_back(said: list[Said], amount: int, quoted: str, space: str) -> None:
    figures = [quoted % plain(Decimal(each.rate) * amount) for each in said]
    rates = f",{space}".join(f'"{each.counter}": {figure}' for each, figure in zip(said, figures, strict=True))
    head = f'"amount": {amount},{space}"base": "{said[0].base}",{space}"date": "{said[0].day}"'
    text = f'{{{space}{head},{space}"rates": {{{space}"{said[0].base}": {amount},{space}{rates}}}}}'
    found = [item for item in scan(Page(text, text, "f")) if isinstance(item, Tick)]
    assert [(tick.base, tick.counter, tick.rate, tick.unit, str(tick.observed_at)) for tick in found] == [
        (each.base, each.counter, Decimal(each.rate), amount, each.day) for each in said
    ]


@given(of_one_base(), st.sampled_from((1, 10, 100, 1000, 10000)), st.sampled_from(("%d.%m.%Y", "%d/%m/%Y")))
def test_the_xml_of_the_bank_of_russia_comes_back(said: list[Said], nominal: int, dates: str) -> None:
    day = date.fromisoformat(said[0].day)
    rows = "".join(
        f'<Valute ID="R0{1000 + number}"><CharCode>{each.counter}</CharCode><Nominal>{nominal}</Nominal>'
        f"<Value>{each.comma(plain(Decimal(each.rate) * nominal))}</Value></Valute>"
        for number, each in enumerate(said)
    )
    text = f'<ValCurs Date="{day.strftime(dates)}" name="Foreign Currency Market">{rows}</ValCurs>'
    found = [item for item in scan(Page(text, text, "f")) if isinstance(item, Tick)]
    assert [(tick.base, tick.counter, tick.rate, str(tick.observed_at)) for tick in found] == [
        (each.counter, "RUB", Decimal(each.rate), each.day) for each in said
    ]


PRINTERS: dict[str, tuple[bool, Callable[[Said], str], str, str]] = {
    "hledger": (True, lambda q: f"P {q.day} {q.base} {q.rate} {q.counter}\n", "", ""),
    "Ledger, a comment and a time": (
        True,
        lambda q: f"P {q.day.replace('-', '/')} {q.base}  {q.rate} {q.counter} ; noon\n",
        "; prices\n",
        "",
    ),
    "beancount": (True, lambda q: f"{q.day} price {q.base}  {q.rate} {q.counter}\n", 'option "title" "x"\n', ""),
    "INSERT": (
        True,
        lambda q: f"INSERT INTO fx (day, base, quote, rate) VALUES ('{q.day}', '{q.base}', '{q.counter}', {q.rate});\n",
        "",
        "",
    ),
    "INSERT, as text, backticks": (
        True,
        lambda q: (
            f"INSERT INTO `fx`(`quote`,`rate`,`base`,`date`) VALUES('{q.counter}','{q.rate}','{q.base}','{q.day}');\n"
        ),
        "BEGIN;\n",
        "COMMIT;\n",
    ),
    "UPDATE": (
        False,
        lambda q: f"UPDATE fx SET rate = {q.rate} WHERE base = '{q.base}' AND quote = '{q.counter}';\n",
        "",
        "",
    ),
    "COPY": (
        True,
        lambda q: f"{q.base}\t{q.counter}\t{q.rate}\t{q.day}\n",
        "COPY fx (base, quote, rate, day) FROM stdin;\n",
        "\\.\n",
    ),
    "Python": (False, lambda q: f"    ('{q.base}', '{q.counter}'): Decimal('{q.rate}'),\n", "RATES = {\n", "}\n"),
    "JavaScript": (False, lambda q: f"  '{q.base}/{q.counter}': {q.rate},\n", "const rates = {\n", "};\n"),
    "TOML": (
        True,
        lambda q: f'[[rates]]\nbase = "{q.base}"\nquote = "{q.counter}"\nrate = {q.rate}\ndate = {q.day}\n\n',
        "",
        "",
    ),
    "YAML": (
        True,
        lambda q: f"  - pair: {q.base}/{q.counter}\n    rate: {q.rate}\n    date: {q.day}\n",
        "rates:\n",
        "",
    ),
    "XML": (False, lambda q: f'<rate from="{q.base}" to="{q.counter}">{q.rate}</rate>\n', "<rates>\n", "</rates>\n"),
    "JSON lines": (
        True,
        lambda q: f'{{"pair": "{q.base}_{q.counter}", "price": {q.rate}, "date": "{q.day}"}}\n',
        "",
        "",
    ),
    "line protocol": (False, lambda q: f"fx,base={q.base},quote={q.counter} rate={q.rate}\n", "", ""),
    "metrics": (False, lambda q: f'fx_rate{{base="{q.base}",quote="{q.counter}"}} {q.rate}\n', "# TYPE x gauge\n", ""),
}


@pytest.mark.parametrize("name", PRINTERS)
@given(quotes())
def test_what_is_printed_comes_back(name: str, said: list[Said]) -> None:
    dated, printed, head, foot = PRINTERS[name]
    text = head + "".join(map(printed, said)) + foot
    assert read_file(text) == (expected(said, dated=dated), [])


@given(quotes(), st.sampled_from("\x01|"))
def test_fix_snapshots_come_back(said: list[Said], mark: str) -> None:
    said = [each for each in said if Decimal(each.rate) <= Decimal(each.ask)]  # a bid above its ask is a reject
    messages = [
        f"8=FIX.4.4|35=W|52={each.day.replace('-', '')}-13:04:06|55={each.base}/{each.counter}|268=2|"
        f"269=0|270={each.rate}|269=1|270={each.ask}|10=000|\n".replace("|", mark)
        for each in said
    ]
    assert read_file("".join(messages)) == (
        [
            f"{each.base}/{each.counter} {plain(Decimal(each.rate))}|{plain(Decimal(each.ask))} @{each.day}T13:04:06.000Z"
            for each in said
            if Decimal(each.ask)
        ],
        [],
    )


NEAR: dict[str, tuple[Callable[[Said], str], str, str]] = {
    "postings": (lambda q: f"{q.day} rent\n    Assets:{q.base}  {q.rate} {q.counter}\n    Assets:Bank\n", "", ""),
    "balance assertions": (lambda q: f"{q.day} balance Assets:Bank  {q.rate} {q.counter}\n", "", ""),
    "CSV of balances": (lambda q: f"{q.day},{q.base},{q.rate}\n", "date,currency,balance\n", ""),
    "CSV of orders": (
        lambda q: f"{q.base}{q.counter},BUY,1000,{q.rate}\n",
        "symbol,side,qty,price\n",
        "",
    ),
    "CSV of fees": (lambda q: f"{q.base}/{q.counter},{q.rate}\n", "pair,fee\n", ""),
    "JSON of accounts": (
        lambda q: f'{{"account": "{q.base}-1", "currency": "{q.counter}", "balance": {q.rate}}}\n',
        "",
        "",
    ),
    "JSON of orders": (
        lambda q: f'{{"symbol": "{q.base}{q.counter}", "side": "BUY", "qty": 1, "price": {q.rate}}}\n',
        "",
        "",
    ),
    "INSERT of limits": (lambda q: f"INSERT INTO limits (currency, amount) VALUES ('{q.base}', {q.rate});\n", "", ""),
    "INSERT of orders": (
        lambda q: f"INSERT INTO orders (base, quote, side, rate) VALUES ('{q.base}', '{q.counter}', 'B', {q.rate});\n",
        "",
        "",
    ),
    "UPDATE of accounts": (lambda q: f"UPDATE accounts SET balance = {q.rate} WHERE currency = '{q.base}';\n", "", ""),
    "COPY of limits": (lambda q: f"{q.base}\t{q.rate}\n", "COPY limits (currency, amount) FROM stdin;\n", "\\.\n"),
    "limits in Python": (lambda q: f"    ('{q.base}', '{q.counter}'): Decimal('{q.rate}'),\n", "LIMITS = {\n", "}\n"),
    "weights in TOML": (lambda q: f'"{q.base}/{q.counter}" = {q.rate}\n', "[weights]\n", ""),
    "spreads in YAML": (lambda q: f"  {q.base}/{q.counter}: {q.rate}\n", "spreads:\n", ""),
    "XML of accounts": (
        lambda q: f'<account currency="{q.base}">{q.rate}</account>\n',
        "<accounts>\n",
        "</accounts>\n",
    ),
    "FIX orders": (lambda q: f"8=FIX.4.4|35=D|55={q.base}/{q.counter}|54=1|38=1000|44={q.rate}|10=0|\n", "", ""),
    "counters": (lambda q: f'fx_requests_total{{base="{q.base}",quote="{q.counter}"}} {q.rate}\n', "", ""),
}


@pytest.mark.parametrize("name", NEAR)
@given(quotes())
@settings(max_examples=50)
def test_what_only_looks_alike_gives_nothing(name: str, said: list[Said]) -> None:
    printed, head, foot = NEAR[name]
    text = head + "".join(map(printed, said)) + foot
    assert [item for item in scan(Page(plain_text(text), text, "file")) if isinstance(item, Tick)] == []


@given(of_one_base(), st.sampled_from("balances limits holdings positions fees weights accounts budgets".split()))
def test_amounts_below_a_base_give_nothing(said: list[Said], name: str) -> None:
    text = json.dumps({"base": said[0].base, "date": said[0].day, name: {each.counter: each.rate for each in said}})
    assert [item for item in scan(Page(plain_text(text), text, "file")) if isinstance(item, Tick)] == []
