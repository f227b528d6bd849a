"""Every other way in which people write quotes: pairs, glued codes, equations, tables; and what is none of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fx.currencies import Currency, facts
from fx.formats import Page, all_formats
from fx.quotes import Reject, Tick
from tests.builders import SHARED, in_order, reading

READ = {
    "colon": ("EUR/CHF: 0.9412 -0.15%", "EUR/CHF 0.9412 -0.15"),
    "colon, decimal comma": ("Kurs EUR/PLN: 4,2510", "EUR/PLN 4.2510"),
    "colon, thousands": ("USD/KRW: 1,389.20", "USD/KRW 1389.20"),
    "a list with spaces": ("USD/RUB 90.15, CNY/RUB 12.41.", "USD/RUB 90.15; CNY/RUB 12.41"),
    "a list with decimal and list commas": ("EUR/PLN 4,27, USD/PLN 3,95", "EUR/PLN 4.27; USD/PLN 3.95"),
    "arrow before the rate": ("GBP/USD ▼ 1.2711", "GBP/USD 1.2711"),
    "arrow and percentage": ("USD/KZT 511.20 🔻0.25%", "USD/KZT 511.20 -0.25"),
    "arrow and absolute change": ("USD/RUB 91,10 ▲ 0,22", "USD/RUB 91.10"),
    "absolute change in brackets": ("EUR/RUB 99,80 (-0,15)", "EUR/RUB 99.80"),
    "absolute, then percentage": ("EUR/KZT 540.20 ↘ -1.10 (-0.20%)", "EUR/KZT 540.20 -0.20"),
    "percentage, then absolute": ("EUR/USD 1.0611 +0.18% (+0.0019)", "EUR/USD 1.0611 0.18"),
    "at": ("EUR/USD @ 1.0915", "EUR/USD 1.0915"),
    "last": ("USD/KZT last 511.20", "USD/KZT 511.20"),
    "a card": ("EUR/USD\n1.0611\n+0.18%\nUSD/JPY\n151.20\n-0.40%\n", "EUR/USD 1.0611 0.18; USD/JPY 151.20 -0.40"),
    "a card in HTML": ("<div>EUR/USD</div>\n<div>1.0611</div>\n<div>+0.18%</div>", "EUR/USD 1.0611 0.18"),
    "glued": ("GBPUSD 1.2711", "GBP/USD 1.2711"),
    "glued, Yahoo": ("EURUSD=X 1.0915", "EUR/USD 1.0915"),
    "glued, exchange": ("USDKZT_TOM = 511.20 (-0.25%)", "USD/KZT 511.20 -0.25"),
    "glued, prefix": ("OANDA:USDJPY 151.204", "USD/JPY 151.204"),
    "glued, whole": ("prices (XAUUSD 4640, USDJPY 152)", "XAU/USD 4640; USD/JPY 152"),
    "dash": ("* USD-CLP: 716.23", "USD/CLP 716.23"),
    "underscore": ("EUR_USD 1.0611", "EUR/USD 1.0611"),
    "point": ("EUR.USD 1.0611", "EUR/USD 1.0611"),
    "en dash": ("EUR–USD 1.0611", "EUR/USD 1.0611"),
    "bar": ("EUR|USD 1.0611", "EUR/USD 1.0611"),
    "equation": ("1 USD = 7.1023 CNY", "USD/CNY 7.1023"),
    "equation with a unit": ("100 JPY = 4.7101 CNY", "JPY/CNY 0.047101"),
    "equation in brackets": ("(10 TJS = 84.15 RUB)", "TJS/RUB 8.415"),
    "equation with a change": ("1 EUR = 540.20 KZT (-0.20%)", "EUR/KZT 540.20 -0.20"),
    "equation, codes first": ("EUR 1 = USD 1.0611", "EUR/USD 1.0611"),
    "equation by signs": ("€1 = $1.09", "EUR/USD 1.09"),
    "equation, comma": ("1 EUR = 11,72 NOK", "EUR/NOK 11.72"),
    "a bank's list": (
        "100 JPY/KZT 338.10\n10 AMD/KZT 13.1\n1 USD/KZT 511.20",
        "JPY/KZT 3.3810; AMD/KZT 1.31; USD/KZT 511.20",
    ),
    "a bank's table": ("| 100 UZBEK SUM | UZS / KZT | 4.02 | 0.00% |", "UZS/KZT 0.0402 0.00"),
    "equation, dollar first": ("$1 = ₸511.20", "USD/KZT 511.20"),
    "equation, signs behind": ("1€ = 1.09$", "EUR/USD 1.09"),
    "equation, one on the right": ("₹84.10 = $1", "USD/INR 84.10"),
    "equation, one on the right, in codes": ("511.20 KZT = 1 USD", "USD/KZT 511.20"),
    "equation in small letters": ("1 usd = 511.20 kzt", "USD/KZT 511.20"),
    "equation with a word": ("1 USD equals 511.20 KZT", "USD/KZT 511.20"),
    "equation with an arrow": ("1 USD → 511.20 KZT", "USD/KZT 511.20"),
    "equation with a dash": ("1 USD – 511,20 KZT; 1 EUR – 540,20 KZT", "USD/KZT 511.20; EUR/KZT 540.20"),
    "a chain": ("1 USD = 1.37 CAD = 0.93 EUR", "USD/CAD 1.37; USD/EUR 0.93"),
    "equation by names": ("1 US dollar = 511.20 tenge", "USD/KZT 511.20"),
    "equation by names, in Russian": (
        "1 доллар США – 511,20 тенге, 1 евро – 540,20 тенге",
        "USD/KZT 511.20; EUR/KZT 540.20",
    ),
    "equation, nearly": ("1 EUR ≈ 1.09 USD", "EUR/USD 1.09"),
    "a pair in brackets": ("Euro/dollar (EUR/USD): 1.0611", "EUR/USD 1.0611"),
    "a remark in brackets": ("EUR/USD (spot): 1.0611, USD/KZT (KASE) 511.20", "EUR/USD 1.0611; USD/KZT 511.20"),
    "name, unit and pair in cells": ("UZBEK SUM | 100 | UZS/KZT | 4.02", "UZS/KZT 0.0402"),
    "a cashtag": ("$EURUSD 1.0611", "EUR/USD 1.0611"),
    "a broker's suffix": ("EURUSD.m 1.06112", "EUR/USD 1.06112"),
    "a key in small letters": ("eur_usd: 1.0611", "EUR/USD 1.0611"),
    "about": ("EUR/USD ~ 1.0611, USD/KZT ≈ 511.20", "EUR/USD 1.0611; USD/KZT 511.20"),
    "signs of many dollars": ("USD/COP: $4,350.25 and USD/IDR: Rp 15.873,50", "USD/COP 4350.25; USD/IDR 15873.50"),
    "Reuters' codes with both sides": (
        "EUR= 1.0611/1.0613\nJPY= 151.20/23",
        "EUR/USD 1.0611|1.0613; USD/JPY 151.20|151.23",
    ),
    "a candle": ("EURUSD O 1.0590 H 1.0620 L 1.0580 C 1.0611", "EUR/USD 1.0611"),
    "equation, unit and brackets": ("1 USD (US Dollar) = 511.20 KZT", "USD/KZT 511.20"),
    "equation, names before the codes": ("1 Euro (EUR) = 1.0611 US-Dollar (USD)", "EUR/USD 1.0611"),
    "equation, one with decimals": ("EUR 1.00 = USD 1.0611", "EUR/USD 1.0611"),
    "cells of amounts": ("| 1 USD | 511.20 KZT |\n| 100 RUB | 498.00 KZT |", "USD/KZT 511.20; RUB/KZT 4.9800"),
    "unit and name on the line above": ("100 UZBEK SUM\nUZS / KZT\n4.02", "UZS/KZT 0.0402"),
    "unit glued to the code": ("EUR/CNY: 7.6421，100JPY/CNY: 4.7512", "EUR/CNY 7.6421; JPY/CNY 0.047512"),
    "arrow before the pair": ("▼ AUD/USD 0.6363 0.09%", "AUD/USD 0.6363 -0.09"),
    "arrow before the rate, either way": (
        "KZT/USD = ▼ 0.00187 0.27%\nGBP/USD ▼ 1.2785 0.27%",
        "KZT/USD 0.00187 -0.27; GBP/USD 1.2785 -0.27",
    ),
    "change of the line before": ("+0.28% EUR/USD 1.0611\n+0.65% USD/JPY 151.20", "EUR/USD 1.0611; USD/JPY 151.20"),
    "change first": ("EUR/USD +0.28% 1.0611", "EUR/USD 1.0611 0.28"),
    "change in words": (
        "USD/JPY 151.20 up 0.65%, USD/KZT 511.20 (down 0.32%)",
        "USD/JPY 151.20 0.65; USD/KZT 511.20 -0.32",
    ),
    "change without a nought": ("KZT/USD = 0.00187 +.5%", "KZT/USD 0.00187 0.5"),
    "change, Turkish": ("EUR/TRY: 36,7310 %0,22", "EUR/TRY 36.7310 0.22"),
    "change, flat arrow": ("KZT/USD = 0.00187 → 0%", "KZT/USD 0.00187 0"),
    "change behind a comma": ("KZT/USD=0.00187,0%\nTJS/USD = 0.0941 / 0%", "KZT/USD 0.00187 0; TJS/USD 0.0941 0"),
    "absolute without a sign": ("EUR/USD 1.0611 0.0029 0.28%", "EUR/USD 1.0611 0.28"),
    "code before the rate": ("KZT/USD = USD 0.00187 0%", "KZT/USD 0.00187 0"),
    "a link": ("[KZT/USD](https://example.org/kzt) = 0.00187 0%", "KZT/USD 0.00187 0"),
    "a line broken behind the equals sign": ("KZT/USD =\n0.00187 0%\n", "KZT/USD 0.00187 0"),
    "a unit of one": ("1 USD/KZT = 511.20 -0.30%", "USD/KZT 511.20 -0.30"),
    "numbered without points": ("3 KZT/USD = 0.00187 0%\n4 TJS/USD = 0.0941 0%", "KZT/USD 0.00187 0; TJS/USD 0.0941 0"),
    "per": ("EUR/USD = 1.0611 dollars per euro", "EUR/USD 1.0611"),
    "a fee with its own figure": ("Fee 2%, KZT/USD = 0.00187 0%", "KZT/USD 0.00187 0"),
    "next field": ("bar GBPUSD 1.2711 vol 312", "GBP/USD 1.2711"),
    "spread behind two sides": ("EUR/USD 1.0610/1.0612 (2 pips)", "EUR/USD 1.0610|1.0612"),
    "labels with signs": ("USD/KZT покупка 510,50 ₸ продажа 513,20 ₸", "USD/KZT 510.50|513.20"),
    "labels with sizes": ("EURUSD bid=1.0610 bsize=1000000 ask=1.0612 asize=2000000", "EUR/USD 1.0610|1.0612"),
    "labels in German": ("EUR/USD Geld 1,0610 Brief 1,0612", "EUR/USD 1.0610|1.0612"),
    "both sides, named": ("EUR/USD Bid/Ask: 1.0610/1.0612 mid 1.0611", "EUR/USD 1.0611 1.0610|1.0612"),
    "sides on their lines": ("EUR/USD\nBid: 1.0610\nAsk: 1.0612", "EUR/USD 1.0610|1.0612"),
    "sides parted by a comma": ("EURUSD,1.06100,1.06120", "EUR/USD 1.06100|1.06120"),
    "small letters": ("eurusd 1.0611, usdkzt_tom = 511.20", "EUR/USD 1.0611; USD/KZT 511.20"),
    "leaders": ("EUR/USD ........ 1.0611", "EUR/USD 1.0611"),
    "a card with a name": ("EUR/USD\nEuro / US Dollar\n1.0611\n+0.28%", "EUR/USD 1.0611 0.28"),
    "adjacent tags": ("<span>EUR/USD</span><span>1.0611</span><span>+0.28%</span>", "EUR/USD 1.0611 0.28"),
    "equation in bold": ("**100 JPY = 914.05 KRW**, 1 EUR = **1.0611** USD", "JPY/KRW 9.1405; EUR/USD 1.0611"),
    "equation, code glued": ("1 USD = KZT511.20", "USD/KZT 511.20"),
    "labels behind": ("EUR/USD 1.0610 bid / 1.0612 ask", "EUR/USD 1.0610|1.0612"),
    "bid and ask on two lines": ("EUR/USD Bid: 1.0610\n  EUR/USD Ask: 1.0612", "EUR/USD 1.0610|1.0612"),
    "bars with a third cell": ("EURUSD bid: 1.0610 | ask: 1.0612 | spread 0.2 pips", "EUR/USD 1.0610|1.0612"),
    "current price": ("EUR/USD Current price: 1.0611, USD/KZT fixing: 511.20", "EUR/USD 1.0611; USD/KZT 511.20"),
    "a time between": ("EUR/USD 10:00 1.0611", "EUR/USD 1.0611"),
    "tags stripped": ("EUR/USD1.0611 +0.12%", "EUR/USD 1.0611 0.12"),
    "change behind a bar": ("EUR/USD: 1.0611 | Change: +0.12%", "EUR/USD 1.0611 0.12"),
    "change on the next line": ("EUR/USD: 1.0611\n+0.0012 (+0.11%)\n", "EUR/USD 1.0611 0.11"),
    "change of the year": (
        "EUR/USD 1.0611 (-0.51% YTD), USD/KZT 511.20 -0.3% since January",
        "EUR/USD 1.0611; USD/KZT 511.20",
    ),
    "change of the day, labelled": (
        "EUR/USD: 1.0611 (24h: +0.21%), USD/KZT 511.20 (-0.3%, 24h)",
        "EUR/USD 1.0611 0.21; USD/KZT 511.20 -0.3",
    ),
    "a sum it comes to": ("120,000 (at GBP/USD 1.27 = £94,500)", "GBP/USD 1.27"),
    "cells on their own lines": ("100\nUZBEK SUM\nUZS / KZT\n4.02\n", "UZS/KZT 0.0402"),
    "a light between": ("USD/KZT 🔴 511.20 (-0.32%), EUR/USD: 💶 1.0611", "USD/KZT 511.20 -0.32; EUR/USD 1.0611"),
    "a flat mark": ("KZT/USD = 0.00187 ▬ 0%", "KZT/USD 0.00187 0"),
    "a change in its own tag": ("<li>KZT/USD = <b>0.00187</b><em>0.53%</em></li>", "KZT/USD 0.00187 0.53"),
    "points in their own tag": ("<li>EUR/USD = 1.06<big>11</big></li>", "EUR/USD 1.0611"),
    "a table in French": ("| Devise | Achat | Vente |\n| EUR/USD | 1,0521 | 1,0682 |", "EUR/USD 1.0521|1.0682"),
    "a table in Kazakh": ("| Валюта жұбы | Сатып алу | Сату |\n| USD/KZT | 510,50 | 513,20 |", "USD/KZT 510.50|513.20"),
    "a table of swaps too": ("| Pair | Rate | Swap long % |\n| EUR/USD | 1.0611 | -2.10% |", "EUR/USD 1.0611"),
    "a table of two days": (
        "| Pair | 2024-12-12 | 13 December 2024 |\n| EUR/USD | 1.0567 | 1.0611 |\n",
        "EUR/USD 1.0567; EUR/USD 1.0611",
    ),
    "a table of base and counter": (
        "Our rates\nBase | Counter | Rate\nUSD | KZT | 511.20\nEUR | KZT | 540.20\n",
        "USD/KZT 511.20; EUR/KZT 540.20",
    ),
    "a table in a box": (
        "│ Pair    │ Rate   │ Chg %  │\n├─────────┼────────┼────────┤\n│ EUR/USD │ 1.0611 │ +0.18% │\n",
        "EUR/USD 1.0611 0.18",
    ),
    "a wide table by date": (
        "Of this week:\n\nDate       | EUR/USD | USD/JPY\n2024-12-13 | 1.0611  | 151.20\n2024-12-14 | 1.0620  | 151.90\n",
        "EUR/USD 1.0611; USD/JPY 151.20; EUR/USD 1.0620; USD/JPY 151.90",
    ),
    "equation by other signs": ("£1 = €1.1812", "GBP/EUR 1.1812"),
    "small letters, glued": ("eurusd: 1.0611", "EUR/USD 1.0611"),
    "fields of a line": ("EUR/USD;1,0611;0,18%", "EUR/USD 1.0611 0.18"),
    "an arrow between the codes": ("USD → KZT 511.20", "USD/KZT 511.20"),
    "to": ("USD to KZT: 511.20", "USD/KZT 511.20"),
    "in words": ("USD/KZT exchange rate: 511.20", "USD/KZT 511.20"),
    "the tenth of a numbered list": ("9. EUR/KZT 540.20\n10. USD/KZT 511.20", "EUR/KZT 540.20; USD/KZT 511.20"),
    "two sides": ("EUR/USD 1.0610/1.0612", "EUR/USD 1.0610|1.0612"),
    "the dealers' short form": ("EUR/USD 1.2698/02", "EUR/USD 1.2698|1.2702"),
    "two sides with a dash": ("GBP-USD is quoted at 1.3018-1.3027", "GBP/USD 1.3018|1.3027"),
    "labels": ("EURUSD bid=1.09111 ask=1.09114 mid=1.09113", "EUR/USD 1.09113 1.09111|1.09114"),
    "labels in words": ("USD/KZT bid 510.90 ask 511.50 last 511.20", "USD/KZT 511.20 510.90|511.50"),
    "labels in Russian": ("USD/KZT покупка 510,90 продажа 513,50", "USD/KZT 510.90|513.50"),
    "a table with heads": (
        "| Symbol | Bid | Ask | Chg % |\n|---|---|---|---|\n| EUR/USD | 1.0610 | 1.0612 | +0.18 |\n",
        "EUR/USD 0.18 1.0610|1.0612",
    ),
    "a table in columns": ("Pair  Price  Change  %Change\nEUR/USD  1.0611  0.0019  0.18%\n", "EUR/USD 1.0611 0.18"),
    "a table with single spaces": ("Pair Open High Low Last\nEUR/USD 1.0472 1.0530 1.0470 1.0501\n", "EUR/USD 1.0501"),
    "a table of sides": ("Symbol Bid Ask\nEURUSD 1.05210 1.05230\n", "EUR/USD 1.05210|1.05230"),
    "a table with units": ("| Pair | Units | Rate |\n|---|---|---|\n| JPY/KZT | 100 | 338.10 |\n", "JPY/KZT 3.3810"),
    "two columns without heads": ("EURUSD 1.05010 1.05030", "EUR/USD 1.05010|1.05030"),
    "figures of the item before": ("USD/RUB 91,10 ▲ 0,22 EUR/RUB 99,80 ▼ 0,15", "USD/RUB 91.10; EUR/RUB 99.80"),
    "an index before": ("DXY 104.95 EUR/USD 1.0611", "EUR/USD 1.0611"),
    "a coin before": ("BTC/USD 98,000 EUR/USD 1.0611", "EUR/USD 1.0611"),
    "a card with both changes": ("EUR/USD\n1.0611\n+0.0019 (+0.18%)\n", "EUR/USD 1.0611 0.18"),
    "at, in words": ("EUR/USD is trading at 1.0611", "EUR/USD 1.0611"),
    "the dollar's code": ("KZT=X: 511.20 (-0.25%)", "USD/KZT 511.20 -0.25"),
    "a head with points": ("Name\tLast\tChg.\tChg. %\nEUR/USD\t1.0611\t0.0019\t+0.18%\n", "EUR/USD 1.0611 0.18"),
    "a table of a shell": (
        "+---------+--------+--------+\n| pair    | rate   | chg    |\n+---------+--------+--------+\n| USD/KZT | 511.20 | -0.25% |\n",
        "USD/KZT 511.20 -0.25",
    ),
}

NOTHING = """
EUR/USD: 0.31%
EUR/USD ▲ +1.43%
USD/KZT up 0.30%
AUD/JPY: 1,051 ticks | First: 14:51:15
Sell GBPUSD 0.2 lots at 2019-05-12 14:43:23
- EURUSD 5m; EURUSD 15m; USDJPY 1h
// Weights: EUR/USD −0.576, USD/JPY +0.136
EUR/USD +0.15 [+0.07, +0.25], GBP/USD +0.17
(USD/COP 3.700–4.400, EUR/USD 1,05–1,15)
USD/KRW: 1,200 / 1,300 / 1,400
EUR/USD: 1.1200/10 (EUR 520m)
USD/CAD: 1.2400 (USD 270m)
USD→EUR→GBP +2.1bp
GBP/JPY: 2.5 pips standard
Urals 62.10 USD/bbl, wheat 228.5 EUR/t
Total: USD 1,250.00 EUR 1,190.40
1 USD = 100 cents, 1 GBP = 20 shillings
1 EUR/MWh = 0.1 ct/kWh
25.00 EUR = 13728.25 KZT
.EUR-USD { margin: 1.5em }
example.org/convert/1/USD/KZT/523.54
EUR-USD-GBP 1.05
EUR/USD 2024
CNYKZT_0_001 no deals
minTick EURUSD 0.00001
Support EUR/USD 1.0450, resistance 1.0550
BUY EURUSD @ 1.0501 SL 1.0450
EUR/USD 20241213
SOS/CUP 3.5 stars
9 EUR 540.20
currencies: USD/UZS/TRY 12.5
Ближайший фьючерс USD/RUB 9.26 торгуется
Контракты: USD/RUB 9.26, USD/RUB 12.26
EUR/USD = 0.5 (weight)
EUR/USD = 0.82 (correlation)
EUR/USD = 1.5 spread
EUR/USD = 1.0440 EUR/MWh
confidence EUR/USD = 0.82
z = EUR/USD - 0.3
EUR/USD 1.02 < x < 1.10
mailto:eur/usd=1.05@example.org
EUR/USD = 1.05.txt
tel. KZT/USD 8 800 555 35 35
USD/KZT 510.50 523.20
10 comments on 1.05 per cent
tick EUR/USD = 0.00001
S&P 4769.83 → 7709.96 (+61.6%), USD/RUB 90.7 → 81.78 (-9.8%)
EUR/USD vs GBP/USD = 0.85
EUR/USD = 2025-Q1
EUR/USD = 1,000,000 EUR notional
A pip is the unit of a price. EUR/GBP: 0.0001.
#define GBPCHF 10
log(EUR/USD) = 0.083
Trades per pair: EUR/USD 54, GBP/USD 28
EUR/USD 1.2 sec
('EURUSD', 'AUDUSD'): 0.60
EUR/GBP = 9, EUR/JPY = 10, EUR/USD = 11
| EUR/USD | 161 | 39.2 | 0.24 |
1 EUR - 1.05 USD fee
Fee: 1 USD - 0.5 EUR
Price (USD/EUR): 19.99
EUR/USD (pips): 1.2
all_try: 0.5
rates: EUR= 0.92
if $1 = 5; $2 = 1.05
""".strip().splitlines()


TABLES_OF_OTHER_THINGS = [
    "| Pair | Spread (pips) |\n|---|---|\n| EUR/USD | 0.82 |\n",
    "| Pair | Correlation |\n|---|---|\n| EUR/USD | 0.85 |\n",
    "Pair;Weight\nEUR/USD;0.576\n",
    "| Pair | Count |\n|---|---|\n| EUR/USD | 12 |\n",
    "| Pair | Q1 | Q2 |\n|---|---|---|\n| EUR/USD | 1.0467 | 1.0501 |\n",
    "| Pair | Strike | Premium |\n|---|---|---|\n| EUR/USD | 1.0467 | 1.0501 |\n",
    "| Pair | High | Low |\n|---|---|---|\n| EUR/USD | 1.0530 | 1.0470 |\n",
    "Symbol   Profit   Trades\nEURUSD   125.50   35\n",
    "| Pair | Sharpe | Max DD |\n|---|---|---|\n| EUR/USD | 1.25 | 12.5% |\n",
]


LISTS_OF_OTHER_THINGS = [
    "weights:\n  EUR/USD: 0.576\n  USD/JPY: 0.136\n",
    "[lots]\nEURUSD=0.10\nUSDJPY=0.20\n",
    "## Spreads\n\n- EUR/USD: 0.8\n- USD/JPY: 1.1\n",
    "Correlation with DXY\nEUR/USD: -0.95\nUSD/JPY: 0.61\n",
    "PIP_SIZE = {'EUR/USD': 0.0001, 'USD/JPY': 0.01}",
    "Average spread, pips\nEUR/USD 0.8\n",
]


@pytest.mark.parametrize("text", LISTS_OF_OTHER_THINGS)
def test_a_list_under_the_heading_of_another_quantity_gives_no_quote(text: str) -> None:
    assert said(text) == ""


def test_a_heading_of_another_quantity_holds_for_its_list_and_no_further() -> None:
    text = "Spreads:\nEUR/USD 0.8\n\nRates:\nEUR/USD 1.0611\nKZT/USD = 0.00187 0%\n"
    assert said(text) == "EUR/USD 1.0611; KZT/USD 0.00187 0"


@pytest.mark.parametrize("table", TABLES_OF_OTHER_THINGS)
def test_a_table_of_other_things_gives_no_quote(table: str) -> None:
    assert said(table) == ""


def said(text: str) -> str:
    """What is read, shortly: pair, rate, change, bid|ask."""
    parts = []
    for quote in reading(text).quotes:
        sides = None if quote.bid is None and quote.ask is None else f"{quote.bid}|{quote.ask}"
        parts.append(
            " ".join(str(each) for each in (quote.pair, quote.rate, quote.change_pct, sides) if each is not None)
        )
    return "; ".join(parts)


@pytest.mark.parametrize("style", READ)
def test_each_family_is_read_in_its_styles(style: str) -> None:
    text, expected = READ[style]
    assert said(text) == expected


@pytest.mark.parametrize("line", NOTHING)
def test_what_only_looks_like_a_quote_gives_none(line: str) -> None:
    assert said(line) == ""


DAMAGED = ["3 Symbol | Trades | Profit |\n|---|---|\n| EURUSD | 142 | 1203.50 |\n", "USD/UZS 12'845.13/02"]


@pytest.mark.parametrize("text", DAMAGED)
def test_damaged_text_is_read_without_a_stumble(text: str) -> None:
    reading(text)


REFUSED_ROWS = {
    "Pair Unit Rate\nJPY/KZT 50 170.5": "a unit of 50 is not read",
    "Pair Rate Amount\nEUR/USD 1.05 100": "that of one or of 100",
    "| Pair | Bid | Ask |\n| USD/KZT | 525.3 | 520.1 |": "the bid stands above the ask",
    "USD/KZT bid 525.3 ask 520.1": "the bid stands above the ask",
}


@pytest.mark.parametrize("text", REFUSED_ROWS)
def test_a_row_that_leaves_its_rate_open_is_a_reject(text: str) -> None:
    found = reading(text)
    assert not found.quotes
    assert any(REFUSED_ROWS[text] in reject.reason for reject in found.rejects)


def test_of_two_columns_of_rates_the_first_counts_and_thousands_of_a_unit_are_read() -> None:
    text = "Our board\n\nPair Rate Value\nEUR/USD 1.0501 2500.00\n\nPair Unit Rate\nKRW/KZT 1.000 365.50\n"
    assert said(text) == "EUR/USD 1.0501; KRW/KZT 0.36550"


SIGNS_OF_SEVERAL = {
    "$1 = ¥151.20": "¥ may be CNY or JPY",
    "1 USD = 92,45 руб.": "руб may be BYN or RUB",
    "1 EUR = 11.49 kr": "kr may be DKK or ISK or NOK or SEK",
}


@pytest.mark.parametrize("line", SIGNS_OF_SEVERAL)
def test_a_sign_of_several_currencies_is_a_reject_that_names_them(line: str) -> None:
    found = reading(line)
    assert not found.quotes
    assert SIGNS_OF_SEVERAL[line] in found.rejects[0].reason
    assert found.rejects[0].reason.endswith("write the code")


def test_a_row_of_a_table_keeps_its_date_and_an_open_one_is_a_reject() -> None:
    found = reading("| Date | EURUSD |\n|---|---|\n| 03/04/2024 | 1.0611 |\n| 15/04/2024 | 1.0620 |\n")
    assert [str(quote.observed_at) for quote in found.quotes] == ["2024-04-15"]
    assert "03/04/2024 can be read in two ways" in found.rejects[0].reason


def test_the_published_unit_is_kept_with_the_quote() -> None:
    assert [(quote.unit, str(quote.rate)) for quote in reading("100 KZT = 19.6648 RUB").quotes] == [(100, "0.196648")]


@pytest.mark.parametrize("name", sorted(all_formats()))
def test_each_format_explains_itself_and_reads_its_example(name: str) -> None:
    each = all_formats()[name]
    assert each.summary
    assert each.example
    if name in {"ticker", "pairs", "glued", "equations"}:
        assert len(reading(each.example, format_name=name).quotes) == 1


class Shouted:
    """A format of somebody else: ``RATE! KZT USD 0.00190``."""

    name, summary, example = "shouted", "a rate that is shouted", "RATE! KZT USD 0.00190"

    def recognises(self, page: Page) -> bool:
        return page.raw.startswith("RATE!")

    def read(self, page: Page) -> Iterator[Tick | Reject]:
        for number, line in enumerate(page.raw.splitlines(), 1):
            _, base, counter, rate = line.split()
            yield Tick(Currency(base), Currency(counter), Decimal(rate), line=number)


def test_a_format_of_somebody_else_is_found_by_its_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = SimpleNamespace(name="shouted", load=Shouted)
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: [entry] if group == "fx.formats" else [])
    all_formats.cache_clear()
    try:
        assert said("RATE! KZT USD 0.00190\nRATE! TJS USD 0.09158") == "KZT/USD 0.00190; TJS/USD 0.09158"
        assert len(reading("RATE! KZT USD 0.00190", format_name="shouted").quotes) == 1
    finally:
        all_formats.cache_clear()


codes = st.sampled_from(
    sorted(code for code, fact in facts().items() if not fact.withdrawn and code not in {"XXX", "XTS"})
)
rates = st.decimals(Decimal("1.0001"), Decimal("999.9999"), places=4)
joints = st.sampled_from(
    [
        ("/", ": "),
        ("/", " "),
        ("/", " @ "),
        ("/", " = "),
        ("", " "),
        ("", ": "),
        ("-", ": "),
        ("_", " "),
        (" / ", " "),
        ("/", " ▲ "),
    ]
)


@given(
    st.lists(st.tuples(codes, codes, rates, joints).filter(lambda each: each[0] != each[1]), min_size=1, max_size=5),
    st.sampled_from(["\n", ", ", "; ", " | "]),
)
def test_whatever_pair_and_joint_is_printed_is_read_back(
    quotes: list[tuple[str, str, Decimal, tuple[str, str]]], between: str
) -> None:
    text = between.join(f"{base}{mark}{counter}{link}{rate}" for base, counter, rate, (mark, link) in quotes)
    expected = in_order((f"{base}/{counter}", f"{base}/{counter} {rate}") for base, counter, rate, _ in quotes)
    assert said(text) == "; ".join(expected)


sides = st.sampled_from(
    ["{unit} {base} = {rate} {counter}", "{base} {unit} = {counter} {rate}", "{unit}{base}={rate}{counter}"]
)


@given(
    st.lists(st.tuples(codes, codes, rates, st.sampled_from([1, 10, 100, 1000]), sides), min_size=1, max_size=5).filter(
        lambda found: all(each[0] != each[1] for each in found)
    ),
    st.sampled_from(["\n", ", ", "; ", " | "]),
)
def test_whatever_equation_is_printed_is_read_back_for_one(
    quotes: list[tuple[str, str, Decimal, int, str]], between: str
) -> None:
    text = between.join(
        style.format(base=base, counter=counter, rate=rate, unit=unit) for base, counter, rate, unit, style in quotes
    )
    found = [(str(quote.pair), quote.rate, quote.unit) for quote in reading(text).quotes]
    assert found == in_order(
        (f"{base}/{counter}", (f"{base}/{counter}", rate / unit, unit)) for base, counter, rate, unit, _ in quotes
    )


@given(
    st.lists(st.tuples(codes, codes, rates).filter(lambda each: each[0] != each[1]), min_size=1, max_size=5),
    st.permutations(["pair", "rate", "chg %", "high"]),
    st.sampled_from([" | ", "\t", " │ ", "    "]),
    st.sampled_from(["/", "", "-"]),
)
def test_whatever_table_is_printed_is_read_back_by_its_heads(
    quotes: list[tuple[str, str, Decimal]], heads: list[str], bar: str, mark: str
) -> None:
    rows = [
        {"pair": f"{base}{mark}{counter}", "rate": str(rate), "chg %": "+0.18%", "high": str(rate + 1)}
        for base, counter, rate in quotes
    ]
    text = "\n".join(bar.join(row[head] for head in heads) for row in [dict(zip(heads, heads, strict=True)), *rows])
    expected = in_order((f"{base}/{counter}", f"{base}/{counter} {rate} 0.18") for base, counter, rate in quotes)
    assert said(text) == "; ".join(expected)


CASES = SHARED / "corpus" / "public.jsonl"
corpus = [json.loads(line) for line in CASES.read_text("utf-8").splitlines()] if CASES.exists() else []


@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in corpus if case["tier"] == 2])
def test_the_shared_corpus_is_read_where_it_is_present(case: dict[str, object]) -> None:
    def key(each: dict[str, str | None]) -> tuple[object, ...]:
        return (
            each["base"],
            each["quote"],
            *(
                None if each[name] is None else Decimal(str(each[name]))
                for name in ("rate", "change_pct", "bid", "ask")
            ),
        )

    may = {key(each)[:3] for each in case.get("may", [])}  # type: ignore[attr-defined]
    found = [
        (str(q.base), str(q.counter), q.rate, q.change_pct, q.bid, q.ask) for q in reading(str(case["text"])).quotes
    ]
    expected = [key(each) for each in case["expect"]]  # type: ignore[attr-defined]
    assert [each for each in found if each[:3] not in may or each in expected] == expected
