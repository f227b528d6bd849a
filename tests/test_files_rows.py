"""Rows of structured text as people and programs write them, and what only looks like one; see `test_files`."""

from __future__ import annotations

import pytest

from fx.formats import Page, scan
from fx.quotes import Tick
from fx.text import plain_text
from tests.builders import written

BARE = {
    "a day, two codes": ("2021-03-02,EUR,USD,1.2028\n2021-03-02,USD,KZT,418.10\n", ["EUR/USD 1.2028 @2021-03-02", "USD/KZT 418.10 @2021-03-02"]),
    "one row": ("2021-03-02,EUR,USD,1.2028", ["EUR/USD 1.2028 @2021-03-02"]),
    "two codes and a rate": ("USD,KZT,418.10\nUSD,KRW,1124\n", ["USD/KZT 418.10", "USD/KRW 1124"]),
    "decimal commas": ("EURUSD;2021-03-02;1,202\nUSDKZT;2021-03-02;418,10\n", ["EUR/USD 1.202 @2021-03-02", "USD/KZT 418.10 @2021-03-02"]),
    "an instant last": ("EUR/USD,1.2028264160,2021-03-02T13:04:06Z\nUSD/JPY,106.9,2021-03-02T13:04:06Z\n", ["EUR/USD 1.2028264160 @2021-03-02T13:04:06.000Z", "USD/JPY 106.9 @2021-03-02T13:04:06.000Z"]),
    "bid and ask": ("EURUSD,1.20282,1.20297\nUSDJPY,106.89,106.91\n", ["EUR/USD 1.20282|1.20297", "USD/JPY 106.89|106.91"]),
    "numbered": ("106,EUR/USD,1.2028,1.2031,2021-03-13 12:01:01\n107,EUR/JPY,128.60,128.65,2021-03-13 12:01:02\n", ["EUR/USD 1.2028|1.2031 @2021-03-13T12:01:01.000Z", "EUR/JPY 128.60|128.65 @2021-03-13T12:01:02.000Z"]),
    "day and hour apart, a change": ("2021-03-02\t13:04\tEUR/USD\t1.2028\t-0.21%\n", ["EUR/USD 1.2028 -0.21% @2021-03-02T13:04:00.000Z"]),
    "bars with a pair in front": ("EURUSD,2021.03.02,00:01,1.2049,1.2050,1.2048,1.2047,4\n", ["EUR/USD 1.2047 @2021-03-02T00:01:00.000Z"]),
    "an epoch and a pair": ("1614690246123 EUR/USD 1.2028/1.2031\n", ["EUR/USD 1.2028|1.2031 @2021-03-02T13:04:06.123Z"]),
}  # fmt: skip
SQL = {
    "no columns, ids": ("INSERT INTO rates VALUES (1,'USD','RUB',74.1),(2,'RUB','USD',0.0135);", ["USD/RUB 74.1", "RUB/USD 0.0135"]),
    "no columns, a pair": ("insert into fx_rates values ('USD/KZT', 418.10, '2021-03-02');", ["USD/KZT 418.10 @2021-03-02"]),
    "a parameter and an interval": ("INSERT INTO exchange_rates (id, source_currency, destination_currency, rate, valid_from) VALUES ($1, 'EUR', 'PLN', 4.5215, now() - interval '1 hour'), ($2, 'EUR', 'HUF', 364.75, '2021-03-02'::date);", ["EUR/PLN 4.5215", "EUR/HUF 364.75 @2021-03-02"]),
}  # fmt: skip
JSON = {
    "a time that is none": ('{"pair":"EUR/USD","bid":1.2028,"ask":1.2031,"timestamp":"mock"}', ["EUR/USD 1.2028|1.2031"]),
    "an hour of no day": ('{"pair":"EUR/USD","rate":1.2028,"time":"10:00"}', ["EUR/USD 1.2028"]),
    "the first is null": ('{"base":"EUR","rates":{"USD":null,"GBP":0.8612}}', ["EUR/GBP 0.8612"]),
    "a rate in an object": ('{"base":"USD","rates":{"IDR":{"rate":"14 325.0000"},"EUR":{"value":0.8311}}}', ["USD/IDR 14325.0000", "USD/EUR 0.8311"]),
    "from one day to another": ('{"fluctuation":true,"start_date":"2021-03-01","end_date":"2021-03-02","base":"EUR","rates":{"USD":{"start_rate":1.2053,"end_rate":1.2028,"change":-0.0025,"change_pct":-0.21}}}', ["EUR/USD 1.2028 -0.21% @2021-03-02"]),
    "a list below a base": ('{"base":"USD","rates":[{"code":"EUR","value":0.8311}]}', ["USD/EUR 0.8311"]),
    "Finnhub": ('{"base":"EUR","quote":{"AUD":1.5412}}', ["EUR/AUD 1.5412"]),
    "getgeoapi": ('{"base_currency_code":"EUR","amount":"10.0000","updated_date":"2021-03-02","rates":{"GBP":{"rate":"0.8612","rate_for_amount":"8.6120"}},"status":"success"}', ["EUR/GBP 0.8612 @2021-03-02"]),
    "Polygon, the last quote": ('{"symbol":"EUR/USD","last":{"ask":1.2031,"bid":1.2028,"exchange":48,"timestamp":1614690246123}}', ["EUR/USD 1.2028|1.2031 @2021-03-02T13:04:06.123Z"]),
    "Polygon, a stream": ('{"ev":"C","p":"EUR/USD","i":0,"a":1.2031,"b":1.2028,"x":44,"t":1614690246123}', ["EUR/USD 1.2028|1.2031 @2021-03-02T13:04:06.123Z"]),
    "a price between two sides": ('{"p":1.2030,"a":1.2031,"b":1.2028,"s":"EUR/USD"}', ["EUR/USD 1.2030 1.2028|1.2031"]),
    "awesomeapi": ('{"USDBRL":{"code":"USD","codein":"BRL","bid":"5.63","ask":"5.64","pctChange":"0.61"}}', ["USD/BRL 5.63|5.64 0.61%"]),
    "EODHD": ('{"code":"EURUSD.FOREX","timestamp":1614690246,"open":1.2049,"close":1.2028,"previousClose":1.2053,"change":-0.0025,"change_p":-0.21}', ["EUR/USD 1.2028 -0.21% @2021-03-02T13:04:06.000Z"]),
    "currencylayer, an amount": ('{"success":true,"query":{"from":"USD","to":"GBP","amount":10},"info":{"timestamp":1614690246,"quote":0.7168},"result":7.168}', ["USD/GBP 0.7168 @2021-03-02T13:04:06.000Z"]),
    "two codes in an object": ('{"pair":{"base":"USD","quote":"KZT"},"rate":418.10}', ["USD/KZT 418.10"]),
    "the ECB": ('{"subject":"Reference rates","Cube":[{"time":"2021-03-02","Cube":[{"currency":"USD","rate":"1.2028"},{"currency":"JPY","rate":"128.60"}]}]}', ["EUR/USD 1.2028 @2021-03-02", "EUR/JPY 128.60 @2021-03-02"]),
    "Monobank": ('[{"currencyCodeA":840,"currencyCodeB":980,"date":1614690246,"rateBuy":27.7,"rateSell":28.1097},{"currencyCodeA":36,"currencyCodeB":980,"date":1614690246,"rateCross":21.5}]', ["USD/UAH 27.7|28.1097 @2021-03-02T13:04:06.000Z", "AUD/UAH 21.5 @2021-03-02T13:04:06.000Z"]),
}  # fmt: skip
HEADS = {
    "1D and 1W": ('Pair,Rate,1D,1W\n"EUR/USD",1.2028,0.28%,1.2%\n', ["EUR/USD 1.2028 0.28%"]),
    "24h": ("Pair|Price|24h\nEUR/USD|1.2028|-0.21%\nUSD/KZT|418.10|0.3%\n", ["EUR/USD 1.2028 -0.21%", "USD/KZT 418.10 0.3%"]),
    "24h change": ("Pair,Rate,24h change\nEUR/USD,1.2028,0.28%\n", ["EUR/USD 1.2028 0.28%"]),
    "an amount in 24h": ("Pair,Rate,24h change\nEUR/USD,1.2028,0.0028\n", ["EUR/USD 1.2028"]),
    "Day %": ("Pair,Rate,Day %\nEUR/USD,1.2028,0.28\n", ["EUR/USD 1.2028 0.28%"]),
    "other periods": ("Pair,Rate,1W,1M,YTD,Perf % 1W\nEUR/USD,1.2028,0.28%,1%,2%,3%\n", ["EUR/USD 1.2028"]),
    "Price Change %, among goods": ("Category,Symbol,Name,Current Price,Currency,Price Change %,Perf % 1W\nCommodities,GOLD,Gold,1895.50,USD,0.45%,2.30%\nForex,EURUSD,EUR/USD,1.2028,USD,-0.12%,0.85%\n", ["EUR/USD 1.2028 -0.12%"]),
    "logs": ("2021-03-02T13:04:06Z [tick] sym=EURUSD px=1.2028 vol=3\n", ["EUR/USD 1.2028 @2021-03-02T13:04:06.000Z"]),
}  # fmt: skip
CODE = {
    "objects on lines": ("{ pair: 'EUR/USD', rate: 1.2028, change: '-0.21%' },\n{ pair: 'USD/KZT', rate: 418.10, change: 0.3 },\n", ["EUR/USD 1.2028 -0.21%", "USD/KZT 418.10"]),
    "from and to": ('{ from: "USD", to: "KZT", rate: 418.10 },', ["USD/KZT 418.10"]),
    "a change that is an amount": ('[\n  { pair: "USD/TRY", rate: 7.42, change: 0.08, bid: 7.41, ask: 7.43 },\n]\n', ["USD/TRY 7.42 7.41|7.43"]),
    "objects under pairs": ("EURUSD: { bid: 1.2028, ask: 1.2031, spread: 0.0003 },\nUSDJPY: { bid: 106.89, ask: 106.91 },\n", ["EUR/USD 1.2028|1.2031", "USD/JPY 106.89|106.91"]),
    "the same under a name": ("export const mockPrices = {\n  EURUSD: { bid: 1.2028, ask: 1.2031 },\n};\n", ["EUR/USD 1.2028|1.2031"]),
    "pairs in camel case": ("const montoTipoCambio = {\n  usdArs: 89.89,\n  arsUsd: 0.0111,\n};\n", ["USD/ARS 89.89", "ARS/USD 0.0111"]),
    "a name that says nothing": ("const t = { usdArs: 89.89, usdEur: 0.83 }", ["USD/ARS 89.89", "USD/EUR 0.83"]),
    "calls": ('self.converter.set_rate("EUR", "USD", 1.2028, effective_date="2021-03-02")\naddQuote("USD/KZT", Decimal("418.10"));\n', ["EUR/USD 1.2028 @2021-03-02", "USD/KZT 418.10"]),
    "the shell of MongoDB": ('> db.rates.find()\n{ "_id" : ObjectId("675c"), "base" : "USD", "quote" : "KZT", "rate" : NumberDecimal("418.10"), "date" : ISODate("2021-03-02T00:00:00Z") }\n', ["USD/KZT 418.10 @2021-03-02T00:00:00.000Z"]),
    "properties": ("# noon\neur.usd=1.2028\nusd.kzt=418.10\n", ["EUR/USD 1.2028", "USD/KZT 418.10"]),
    "YAML, sides below a pair": ("EUR/USD:\n  bid: 1.2028\n  ask: 1.2031\nUSD/KZT:\n  rate: 418.10\n", ["EUR/USD 1.2028|1.2031", "USD/KZT 418.10"]),
    "FIX parted by semicolons": ("8=FIX.4.4;35=W;52=20210302-13:04:06;55=EUR/USD;268=2;269=0;270=1.2028;269=1;270=1.2031;10=1;\n", ["EUR/USD 1.2028|1.2031 @2021-03-02T13:04:06.000Z"]),
}  # fmt: skip
WRAPPED = {
    "a request": ('GET https://example.org/latest?from=USD\n{"base":"USD","date":"2021-03-02","rates":{"EUR":0.8311}}\n', ["USD/EUR 0.8311 @2021-03-02"]),
    "the head of an answer": ('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nDate: Wed, 03 Mar 2021 10:00:00 GMT\r\n\r\n{"base":"USD","date":"2021-03-02","rates":{"EUR":0.8311}}\r\n', ["USD/EUR 0.8311 @2021-03-02"]),
    "a callback": ('callback({"base":"USD","rates":{"EUR":0.8311}});\n', ["USD/EUR 0.8311"]),
    "a shell": ('$ curl https://example.org/latest\n{"base":"USD","rates":{"EUR":0.8311}}\n', ["USD/EUR 0.8311"]),
    "two requests": ('GET https://example.org/a\n{"base":"USD","rates":{"EUR":0.8311}}\n\nGET https://example.org/b\n{"base":"EUR","rates":{"USD":1.2028}}\n', ["USD/EUR 0.8311", "EUR/USD 1.2028"]),
}  # fmt: skip
BESIDE = {
    "a ticker above": ("• KZT/USD = 0.00190 0%\ndate,base,quote,rate\n2024-12-14,EUR,USD,1.05\n", ["KZT/USD 0.00190 0%", "EUR/USD 1.05 @2024-12-14"]),
    "a ticker below": ("pair;bid;ask\r\nEUR/USD;1.05;1.06\r\n\r\n• KZT/USD = 0.00190 0%\r\n", ["EUR/USD 1.05|1.06", "KZT/USD 0.00190 0%"]),
    "a ticker above what holds no rates": ("USD/KZT = 523.54\npair,score\nEURUSD,1.9\nUSDJPY,1.2\n", ["USD/KZT 523.54"]),
    "a line among the rows": ("pair;rate\nEUR/USD;1.05\nUSD/KZT 523.54\nEUR/KZT;549.1\n", ["EUR/USD 1.05", "USD/KZT 523.54", "EUR/KZT 549.1"]),
    "a title and a remark": ("Rates of 14.12.2024 in EUR/USD\npair,rate\n# EUR/USD = 9.99\nEUR/USD,1.05\n", ["EUR/USD 1.05"]),
}  # fmt: skip
FILES = (BARE, SQL, JSON, HEADS, CODE, WRAPPED, BESIDE)


def read(text: str) -> list[str]:
    return [written(item) for item in scan(Page(plain_text(text), text, "file")) if isinstance(item, Tick)]


@pytest.mark.parametrize(
    ("text", "expected"), [pytest.param(*case, id=name) for table in FILES for name, case in table.items()]
)
def test_rows_give_their_quotes(text: str, expected: list[str]) -> None:
    assert read(text) == expected


NEAR_MISSES = {
    "trades": "EURUSD,1.9,Win\nGBPUSD,-1,Loss\n",
    "orders": "EURUSD,BUY,1.20282,0.10\nGBPUSD,SELL,1.39282,0.10\n",
    "positions": "1000,EURUSD,1.2028\n500,USDJPY,106.90\n",
    "an amount": "100,USD,KZT,41810.00\n",
    "balances": "USD,100.00\nEUR,55.50\n",
    "a low and a high": "EURUSD,1.1949,1.2094\nUSDJPY,106.10,107.90\n",
    "figures out of order": "EURUSD,1.20297,1.20282\n",
    "statistics": "EURUSD,1.05,1.06,1.04,0.3\nUSDJPY,1.05,1.06,1.04,0.3\n",
    "one of two days": "106,EUR/USD,1.2028,1.2031,01-06-2020 12:01:01\n",
    "fees in SQL": "INSERT INTO exchange_fees VALUES (1,'USD','RUB',0.5);",
    "limits in SQL": "INSERT INTO currency_limits VALUES (1,'USD','RUB',70.5);",
    "units in SQL": "INSERT INTO rates VALUES (100,'JPY','RUB',68.25);",
    "highs and lows in SQL": "INSERT INTO rates VALUES (1,'USD','RUB',74.1,75.2,73.0);",
    "no base": '{"meta":{"last_updated_at":"2021-03-02T13:04:06Z"},"data":{"EUR":{"code":"EUR","value":0.8311}}}',
    "no currency of ISO": '[{"currencyCodeA":0,"currencyCodeB":980,"rateBuy":41.51,"rateSell":42.0097}]',
    "results of trades": "pair,resultaat_pct,outcome\r\nEURUSD,1.9,Win\r\nGBPUSD,-1,Loss\r\n",
    "scores": "pair,score\nEUR/USD,1.9\n",
    "weights": "pair,weight\nEURUSD,1.9\n",
    "orders in JavaScript": "{ pair: 'EUR/USD', side: 'BUY', price: 1.2028, qty: 100 },\n",
    "fees in JavaScript": "{ pair: 'EUR/USD', fee: 1.2028 },\n",
    "weights in JavaScript": "const w = { EURUSD: 0.4, USDJPY: 0.6 }\n",
    "limits under pairs": "const limits = {\n  EURUSD: { max: 5.5, rate: 1.5 },\n};\n",
    "calls of something else": 'set_fee("EUR", "USD", 1.2028)\nset_interest_rate("EUR", "USD", 4.5)\ntransfer("EUR", "USD", 100.50)\n',
    "signals": 'pairs = {"EURUSD": -1, "GBPUSD": 1.5, "USDJPY": 1}\n',
    "counts": 'pairs = {"EURUSD": 2, "USDJPY": 1}\n',
    "ids, cut": 'SYMBOL_OIDS = {\n    "EURUSD": 116025, "GBPUSD": 116026,\n',
    "a rate that is cut": 'RATES = {\n    "EURUSD": 1.20',
    "fees in properties": "fee.eur.usd=1.05\nmargin.usd.kzt=5.5\n",
    "fills in logs": "[fill] sym=EURUSD px=1.2028 qty=3\n",
}


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in NEAR_MISSES.items()])
def test_rows_of_something_else_give_no_quote(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("EURUSD,1.9,Win\n", "write one above them, such as pair,rate,date"),
        ("USD,KZT,418.10,01-06-2020\nUSD,KZT,418.20,13-06-2020\n", "one of two days"),
        ("INSERT INTO rates VALUES (1,'USD','RUB',74.1,75.2,73.0);", "name the columns"),
    ],
)
def test_rows_that_may_be_quotes_are_refused_with_what_to_do(text: str, reason: str) -> None:
    rejects = [item for item in scan(Page(plain_text(text), text, "file")) if not isinstance(item, Tick)]
    assert [reason in reject.reason for reject in rejects] == [True]


@pytest.mark.parametrize("bad", ["-1", "0", "-0.5"])
@pytest.mark.parametrize("place", range(3))
def test_a_bad_figure_among_good_ones_takes_none_of_them_along(bad: str, place: int) -> None:
    rates = ['"USD":1.05', '"GBP":0.83']
    rates.insert(place, f'"KZT":{bad}')
    text = f'{{"base":"EUR","date":"2024-12-13","rates":{{{",".join(rates)}}}}}'
    assert read(text) == ["EUR/USD 1.05 @2024-12-13", "EUR/GBP 0.83 @2024-12-13"]
    (reject,) = [item for item in scan(Page(text, text, "file")) if not isinstance(item, Tick)]
    assert reject.text == f"EUR/KZT {bad}"
