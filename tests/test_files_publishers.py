"""Files by whose they are: what each publisher defines, what a file leaves out, and what only looks alike."""

from __future__ import annotations

import pytest

from fx.formats import Page, own_formats, scan
from fx.quotes import Tick
from fx.text import plain_text
from tests.builders import read_file as read

VALCURS = '<ValCurs Date="02.03.2021"%s><Valute ID="%s"><CharCode>%s</CharCode><Nominal>%s</Nominal><Value>%s</Value></Valute></ValCurs>'
SDMX = (
    '{"data":{"dataSets":[{"series":{"0:0":{"attributes":[0],"observations":{"0":["8.4311"],"1":["8.4400"]}},"1:0":{"attributes":[1],"observations":{"1":["101.35"]}}}}],'
    '"structure":{"dimensions":{"series":[{"id":"BASE_CUR","values":[{"id":"USD"},{"id":"SEK"}]},{"id":"QUOTE_CUR","values":[{"id":"NOK"}]}],'
    '"observation":[{"id":"TIME_PERIOD","values":[{"id":"2021-03-02"},{"id":"2021-03-03"}]}]},"attributes":{"series":[{"id":"UNIT_MULT","values":[{"id":"0"},{"id":"2"}]}]}}}}'
)
PUBLISHERS = {
    "Russia long ago, strokes, day first": ('<ValCurs Date="02/03/2002" name="Foreign Currency Market"><Valute ID="R01235"><CharCode>USD</CharCode><Nominal>1</Nominal><Value>30,9436</Value></Valute></ValCurs>', ["USD/RUB 30.9436 @2002-03-02"]),
    "Russia, the history of one id": ('<ValCurs ID="R01335" DateRange1="01/03/2001" DateRange2="14/03/2001" name="Foreign Currency Market Dynamic"><Record Date="02.03.2001" Id="R01335"><Nominal>100</Nominal><Value>19,7000</Value></Record></ValCurs>', ["KZT/RUB 0.197000 /100 @2001-03-02"]),
    "Belarus, strokes, month first": ('<DailyExRates Date="03/02/2021"><Currency Id="456"><CharCode>RUB</CharCode><Scale>100</Scale><Rate>3.4941</Rate></Currency></DailyExRates>', ["RUB/BYN 0.034941 /100 @2021-03-02"]),
    "Denmark, per hundred by custom": ('<exchangerates type="Exchange rates" author="Danmarks Nationalbank" refcur="DKK" refamt="1"><dailyrates id="2021-03-02"><currency code="USD" rate="618.20" /></dailyrates></exchangerates>', ["USD/DKK 6.1820 /100 @2021-03-02"]),
    "Israel, change in percent": ("<CURRENCIES><LAST_UPDATE>2021-03-02</LAST_UPDATE><CURRENCY><UNIT>100</UNIT><CURRENCYCODE>JPY</CURRENCYCODE><RATE>3.0826</RATE><CHANGE>-0.264</CHANGE></CURRENCY></CURRENCIES>", ["JPY/ILS 0.030826 -0.264% /100 @2021-03-02"]),
    "Israel, new": ("<ExchangeRates><ExchangeRateResponseDTO><CurrentChange>0.3</CurrentChange><CurrentExchangeRate>3.29</CurrentExchangeRate><Key>USD</Key><LastUpdate>2021-03-02T13:24:00Z</LastUpdate><Unit>1</Unit></ExchangeRateResponseDTO></ExchangeRates>", ["USD/ILS 3.29 0.3% @2021-03-02T13:24:00.000Z"]),
    "Israel in JSON": ('{"exchangeRates":[{"key":"JPY","currentExchangeRate":3.0826,"currentChange":-0.2,"unit":100,"lastUpdate":"2021-03-02T13:24:00Z"}]}', ["JPY/ILS 0.030826 -0.2% /100 @2021-03-02T13:24:00.000Z"]),
    "Hungary": ('<MNBCurrentExchangeRates><Day date="2021-03-02"><Rate unit="1" curr="EUR">364,75</Rate><Rate curr="JPY" unit="100">282,79</Rate></Day></MNBCurrentExchangeRates>', ["EUR/HUF 364.75 @2021-03-02", "JPY/HUF 2.8279 /100 @2021-03-02"]),
    "Hungary, wrapped in an answer": ('<s:Envelope xmlns:s="x"><s:Body><R>&lt;MNBExchangeRates&gt;&lt;Day date="2021-03-02"&gt;&lt;Rate unit="100" curr="KRW"&gt;26,71&lt;/Rate&gt;&lt;/Day&gt;&lt;/MNBExchangeRates&gt;</R></s:Body></s:Envelope>', ["KRW/HUF 0.2671 /100 @2021-03-02"]),
    "Armenia": ("<Result><CurrentDate>2021-03-02T00:00:00</CurrentDate><Rates><ExchangeRate><ISO>IRR</ISO><Amount>100</Amount><Rate>1.25</Rate><Difference>0</Difference></ExchangeRate></Rates></Result>", ["IRR/AMD 0.0125 /100 @2021-03-02T00:00:00.000Z"]),
    "Croatia before the euro": ('[{"Broj tečajnice":"41","Datum primjene":"02.03.2021","Valuta":"JPY","Jedinica":100,"Kupovni za devize":"5,845820","Srednji za devize":"5,863410","Prodajni za devize":"5,881000"}]', ["JPY/HRK 0.05863410 0.05845820|0.05881000 /100 @2021-03-02"]),
    "Croatia with the euro: its buying of dollars is the ask of the euro": ('[{"datum_primjene":"2024-12-14","kupovni_tecaj":"1,052400","prodajni_tecaj":"1,047500","srednji_tecaj":"1,050000","valuta":"USD"}]', ["EUR/USD 1.050000 1.047500|1.052400 @2024-12-14"]),
    "Iceland": ('<Group><TimeSeries ID="4055"><Name>USD</Name><FameName>XFX.USD</FameName><TimeSeriesData><Entry><Date>03/02/2021 12:00:00 AM</Date><Value>126.65</Value></Entry></TimeSeriesData></TimeSeries></Group>', ["USD/ISK 126.65 @2021-03-02T00:00:00.000Z"]),
    "Ukraine, the archive of PrivatBank": ('{"date":"02.03.2021","baseCurrencyLit":"UAH","exchangeRate":[{"baseCurrency":"UAH","currency":"USD","saleRateNB":27.9,"purchaseRateNB":27.9,"saleRate":28.1,"purchaseRate":27.7}]}', ["USD/UAH 27.7|28.1 @2021-03-02"]),
    "Canada, CSV below a list of what it is": ('"TERMS AND CONDITIONS"\n"https://x"\n\n"SERIES"\n"id","label"\n' + '"FXUSDCAD","USD/CAD"\n' * 20 + '\n"OBSERVATIONS"\n"date","FXAUDCAD","FXUSDCAD"\n"2021-03-02","0.9876","1.2634"\n', ["AUD/CAD 0.9876 @2021-03-02", "USD/CAD 1.2634 @2021-03-02"]),
    "Canada, XML": ('<data><observations><o d="2021-03-02"><v s="FXUSDCAD">1.2634</v></o></observations></data>', ["USD/CAD 1.2634 @2021-03-02"]),
    "a head that says in what": ("code,rate_to_usd,date\nKZT,0.00239,2021-03-02\n", ["KZT/USD 0.00239 @2021-03-02"]),
    "FRED": ("DATE,DEXUSEU,DFF\n2021-03-01,.,0.07\n2021-03-02,1.2046,0.07\n", ["EUR/USD 1.2046 @2021-03-02"]),
    "FRED, new head": ("observation_date,DEXJPUS\n2021-03-02,106.89\n", ["USD/JPY 106.89 @2021-03-02"]),
    "the Federal Reserve": ('"Series Description","Spot exchange rate US$/euro"\n"Unit:","Currency:_Per_EUR"\n"Time Period","RXI$US_N.B.EU","RXI_N.B.CH"\n2021-03-02,1.2046,6.4690\n', ["EUR/USD 1.2046 @2021-03-02", "USD/CNY 6.4690 @2021-03-02"]),
    "the Bank of England": ("DATE,XUDLUSS,XUDLERS\n02 Mar 2021,1.3921,1.1561\n", ["GBP/USD 1.3921 @2021-03-02", "GBP/EUR 1.1561 @2021-03-02"]),
    "Australia": ("F11.1  EXCHANGE RATES ,,\nTitle,A$1=USD,Trade-weighted Index May 1970 = 100,A$1=JPY\nDescription,AUD/USD Exchange Rate; see notes,x,y\nUnits,USD,Index,JPY\nSeries ID,FXRUSD,FXRTWI,FXRJY\n02-Mar-2021,0.7773,63.90,83.05\n", ["AUD/USD 0.7773 @2021-03-02", "AUD/JPY 83.05 @2021-03-02"]),
    "Sweden": ('[{"seriesId":"SEKEURPMI","date":"2021-03-02","value":10.1295}]', ["EUR/SEK 10.1295 @2021-03-02"]),
    "the ECB's portal, CSV": ("KEY,FREQ,CURRENCY,CURRENCY_DENOM,EXR_TYPE,EXR_SUFFIX,TIME_PERIOD,OBS_VALUE,UNIT,UNIT_MULT\nEXR.D.USD.EUR.SP00.A,D,USD,EUR,SP00,A,2021-03-02,1.2028,USD,0\n", ["EUR/USD 1.2028 @2021-03-02"]),
    "the ECB's portal, a column": ('"DATE","TIME PERIOD","US dollar/Euro (EXR.D.USD.EUR.SP00.A)"\n"2021-03-02","02 Mar 2021","1.2028"\n', ["EUR/USD 1.2028 @2021-03-02"]),
    "SDMX in JSON, hundreds": (SDMX, ["USD/NOK 8.4311 @2021-03-02", "USD/NOK 8.4400 @2021-03-03", "SEK/NOK 1.0135 /100 @2021-03-03"]),
    "a feed of the ECB, by its title": ('<rdf:RDF xmlns:rdf="r" xmlns:cb="c"><item><title>1.2028 USD = 1 EUR 2021-03-02 ECB Reference rate</title><cb:statistics><cb:exchangeRate><cb:value>1.2028</cb:value><cb:baseCurrency>EUR</cb:baseCurrency><cb:targetCurrency>USD</cb:targetCurrency></cb:exchangeRate></cb:statistics></item></rdf:RDF>', ["EUR/USD 1.2028 @2021-03-02"]),
    "a feed of Switzerland, whose base is the other one": ('<r xmlns:cb="c"><item><title>CH: 0.9151 CHF = 1 USD 2021-03-02 SNB Mid rate</title><cb:exchangeRate><cb:observation><cb:value>0.9151</cb:value></cb:observation><cb:baseCurrency>CHF</cb:baseCurrency><cb:targetCurrency>USD</cb:targetCurrency></cb:exchangeRate></item></r>', ["USD/CHF 0.9151 @2021-03-02"]),
    "codes as attributes": ('<rate from="USD" to="KZT">418.10</rate>', ["USD/KZT 418.10"]),
    "codes below a base": ('<rates base="USD" date="2021-03-02"><rate currency="KZT">418.10</rate></rates>', ["USD/KZT 418.10 @2021-03-02"]),
    "FXCM, whose last is a time": ('<Rates><Rate Symbol="EURUSD"><Bid>1.2028</Bid><Ask>1.2031</Ask><High>1.21</High><Low>1.19</Low><Last>17:38:42</Last></Rate></Rates>', ["EUR/USD 1.2028|1.2031"]),
    "FloatRates": ("<channel><pubDate>Tue, 2 Mar 2021 12:00:01 GMT</pubDate><item><title>1 USD = 0.83 EUR</title><baseCurrency>USD</baseCurrency><targetCurrency>EUR</targetCurrency><exchangeRate>0.8311</exchangeRate><inverseRate>1.2032</inverseRate></item></channel>", ["USD/EUR 0.8311 @2021-03-02T12:00:01.000Z"]),
    "FMP": ('[{"symbol":"EURUSD","price":1.2028,"changesPercentage":-0.1234,"change":-0.0015,"previousClose":1.2043,"timestamp":1614690246}]', ["EUR/USD 1.2028 -0.1234% @2021-03-02T13:04:06.000Z"]),
    "a ticker with sides": ('{"ticker":"EUR/USD","bid":"1.20280","ask":"1.20310","changes":-0.1,"date":"2021-03-02 16:00:01"}', ["EUR/USD 1.20280|1.20310 @2021-03-02T16:00:01.000Z"]),
    "the size of a contract": ('{"symbol":"EURUSD","bid":1.2028,"ask":1.2031,"lot":100000,"multiplier":100000}', ["EUR/USD 1.2028|1.2031"]),
    "an amount, and what it comes to": ('{"from":"USD","to":"EUR","amount":10,"rate":0.8311,"result":8.311}', ["USD/EUR 0.8311"]),
    "Yahoo, whose scale is none": ('{"meta":{"symbol":"EURUSD=X","regularMarketPrice":1.2028,"scale":4,"priceHint":4}}', ["EUR/USD 1.2028"]),
    "an amount that is that of another column": ('{"status":"success","base_currency_code":"EUR","amount":"100.0000","rates":{"USD":{"rate":"1.2028","rate_for_amount":"120.28"}}}', ["EUR/USD 1.2028"]),
    "a change over days": ('{"fluctuation":true,"end_date":"2021-03-02","base":"EUR","rates":{"USD":{"start_rate":1.2053,"end_rate":1.2028,"change":-0.0025,"change_pct":-0.2074}}}', ["EUR/USD 1.2028 -0.2074% @2021-03-02"]),
    "a base above codes": ('{"base":"EUR","quote":{"USD":1.2028}}', ["EUR/USD 1.2028"]),
    "UPDATE": ("UPDATE rates SET rate = 418.10, at = NOW() WHERE base = 'USD' AND quote = 'KZT';\nUPDATE fx SET rate=1.2028 WHERE pair='EUR/USD' AND date='2021-03-02';\n", ["USD/KZT 418.10", "EUR/USD 1.2028 @2021-03-02"]),
    "COPY": ("COPY public.rates (id, base, quote, rate, date) FROM stdin;\n1\tUSD\tKZT\t418.10\t2021-03-02\n2\tEUR\tKZT\t\\N\t2021-03-02\n\\.\n\nCOPY limits (currency, amount) FROM stdin;\nUSD\t5\n\\.\n", ["USD/KZT 418.10 @2021-03-02"]),
    "Python": ("from decimal import Decimal\n\nRATES = {\n    ('USD', 'KZT'): Decimal('418.10'),  # noon\n    \"EUR/USD\": 1.20280,\n}\nFEES = {('USD', 'KZT'): Decimal('0.50')}\n", ["USD/KZT 418.10", "EUR/USD 1.20280"]),
    "Python without a name": ("{('USD','KZT'): Decimal('418.10')}", ["USD/KZT 418.10"]),
    "JavaScript": ("const RATES = {\n  base: 'USD',\n  rates: { EUR: 0.8311, UZS: 10476.22 },\n};\nrates[\"USD\"][\"KZT\"] = 418.10;\n", ["USD/EUR 0.8311", "USD/UZS 10476.22", "USD/KZT 418.10"]),
    "TOML": ('base = "USD"\ndate = 2021-03-02\n\n[rates]\nKZT = 418.10\n\n[fees]\nEUR = 0.5\n', ["USD/KZT 418.10 @2021-03-02"]),
    "TOML, a list": ('[[quotes]]\npair = "USD/KZT"\nbid = 418.10\nask = 418.90\n\n[[quotes]]\npair = "EUR/USD"\nrate = 1.2028\n', ["USD/KZT 418.10|418.90", "EUR/USD 1.2028"]),
    "INI": ("[fx]\nbase=EUR\nUSD=1.2028\n", ["EUR/USD 1.2028"]),
    "GNU units": ("EUR\teuro\nJPY japanyen\n!message Currency exchange rates on 2021-03-02\neuro 1|0.8311 dollar\njapanyen  1|106.89 US$\nsilverprice 26.5 US$/troyounce\nbitcoin 48000 US$\n", ["USD/EUR 0.8311 @2021-03-02", "USD/JPY 106.89 @2021-03-02"]),
    "YAML, sides under the pair": ("EUR/USD:\n  bid: 1.2028\n  ask: 1.2031\n", ["EUR/USD 1.2028|1.2031"]),
    "GnuCash, a CSV": ("date;commodity;currency;price\n2021-03-02;CURRENCY::EUR;USD;1.2028\n2021-03-02;NASDAQ::AAPL;USD;125.12\n", ["EUR/USD 1.2028 @2021-03-02"]),
    "FIX, sides and the last trade": ("8=FIX.4.4|35=W|55=EUR/USD|268=3|269=0|270=1.2027|269=1|270=1.2029|269=2|270=1.2028|", ["EUR/USD 1.2028 1.2027|1.2029"]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), [pytest.param(*case, id=name) for name, case in PUBLISHERS.items()])
def test_a_publishers_file_is_read_as_the_publisher_defines_it(text: str, expected: list[str]) -> None:
    assert read(text) == (expected, [])


def test_a_series_that_the_answer_leaves_out_is_told_by_the_files_name() -> None:
    text = '{"realtime_start":"2021-03-03","observations":[{"date":"2021-03-02","value":"1.2046"},{"date":"2021-03-03","value":"."}]}'
    assert read(text, "fred/DEXUSEU.json") == (["EUR/USD 1.2046 @2021-03-02"], [])


DIRECTIONS = {
    "{}": '[{"base":"KZT","%s":"USD","rate":418.1}]',
    "{} below a base": '{"base":"KZT","rates":[{"%s":"USD","rate":418.1}]}',
}
BOARDS = {
    "{}": '[{"base":"KZT","%s":"USD","buy":418.1,"sell":418.9}]',
    "{} below a base": '{"base":"KZT","rates":[{"%s":"USD","buy":418.1,"sell":418.9}]}',
}
CODE_KEYS = ("currency", "code", "ccy")


@pytest.mark.parametrize("key", CODE_KEYS)
@pytest.mark.parametrize("shape", DIRECTIONS)
def test_base_is_the_base_unless_the_caller_says_that_it_is_a_banks_own(shape: str, key: str) -> None:
    text = DIRECTIONS[shape] % key
    assert read(text) == (["KZT/USD 418.1"], [])
    assert read(text, counter="KZT") == (["USD/KZT 418.1"], [])


@pytest.mark.parametrize("key", CODE_KEYS)
@pytest.mark.parametrize("shape", BOARDS)
def test_what_a_board_buys_and_sells_at_holds_either_way_until_the_caller_says(shape: str, key: str) -> None:
    ticks, rejects = read(BOARDS[shape] % key)
    assert ticks == []
    assert ["--counter KZT" in reject.reason for reject in rejects] == [True]
    assert read(BOARDS[shape] % key, counter="KZT") == (["USD/KZT 418.1|418.9"], [])


def test_the_counter_told_turns_a_map_of_rates_as_well() -> None:
    assert read('{"base":"KZT","rates":{"USD":418.1,"KZT":1}}', counter="KZT") == (["USD/KZT 418.1"], [])
    assert read('{"rates":{"USD":418.1}}', counter="KZT") == (["USD/KZT 418.1"], [])


OPTIONS = {
    "a bank that could be four": (VALCURS % ("", "", "USD", "1", "18,1000"), {}, [], "give --counter"),
    "the counter told": (VALCURS % ("", "", "USD", "1", "18,1000"), {"counter": "MDL"}, ["USD/MDL 18.1000 @2021-03-02"], ""),
    "the counter of a bank in JSON": ('[{"code":"USD","rate":"16.05"}]', {"counter": "LSL"}, ["USD/LSL 16.05"], ""),
    "a bank's CSV": ("code,rate\nUSD,16.05\n", {}, [], "give --counter"),
    "a bank's CSV, told": ("code,rate\nUSD,16.05\n", {"counter": "LSL"}, ["USD/LSL 16.05"], ""),
    "a wide table with the euro": ("date,USD,EUR\n2021-03-02,418.10,503.11\n", {}, [], "give --counter"),
    "a wide table, told": ("date,USD,EUR\n2021-03-02,418.10,503.11\n", {"counter": "KZT"}, ["USD/KZT 418.10 @2021-03-02", "EUR/KZT 503.11 @2021-03-02"], ""),
    "ticks without a pair": ("20210302 000001123,1.2028,1.2031,0\n20210302 000001124,1.2028,1.2031,0\n", {}, [], "give --pair"),
    "ticks, told": ("20210302 000001123,1.2028,1.2031,0\n", {"pair": "EUR/USD"}, ["EUR/USD 1.2028|1.2031 @2021-03-02T05:00:01.123Z"], ""),
    "bars without a pair": ("Gmt time,Open,High,Low,Close,Volume\n02.03.2021 00:00:00.000,1,2,1,2,1\n", {}, [], "give --pair"),
    "rates without a base": ('{"timestamp":1614690246,"rates":{"EUR":0.83,"KZT":418.1}}', {}, [], "give --pair"),
    "rates, told": ('{"rates":{"EUR":0.83}}', {"pair": "USD/EUR"}, ["USD/EUR 0.83"], ""),
    "an open decimal comma": ('pair,rate\nUSD/UZS,"10,476"\n', {}, [], "--decimal"),
    "a decimal comma, told": ('pair,rate\nUSD/UZS,"10,476"\n', {"decimal": "point"}, ["USD/UZS 10476"], ""),
    "an open date": ("date,pair,rate\n03/02/2021,EUR/USD,1.2028\n", {}, [], "one of two days"),
    "a sign of two currencies": ("P 2021-03-02 EUR ¥128.60\n", {}, [], "write the code"),
    "a fraction without an end": (
        "<price><price:commodity><cmdty:space>ISO4217</cmdty:space><cmdty:id>KZT</cmdty:id></price:commodity><price:currency><cmdty:space>ISO4217</cmdty:space><cmdty:id>USD</cmdty:id></price:currency><price:value>100/41811</price:value></price>",
        {}, [], "the other way round",
    ),
    "a rate of zero": ('{"base":"UZS","rates":{"XAU":0.0000}}', {}, [], "lost its digits"),
    "broken JSON": ('{"base":"EUR","rates":{"USD":1.2,', {}, [], "the JSON breaks"),
    "one broken line": ('{"pair":"EUR/USD","rate":1.2}\n{"pair":"EUR/USD","ra\n{"pair":"EUR/GBP","rate":0.8}\n', {}, ["EUR/USD 1.2", "EUR/GBP 0.8"], "the JSON breaks"),
    "broken XML": ("<Cube time='2021-03-02'><Cube currency='USD' rate='1.2028'/>\n<Cube currency=", {}, ["EUR/USD 1.2028 @2021-03-02"], "the XML breaks"),
    "entities declared": ('<!DOCTYPE x [<!ENTITY a "b">]><ValCurs name="Foreign Currency Market"><Valute><CharCode>USD</CharCode><Value>&a;</Value></Valute></ValCurs>', {}, [], "entities"),
    "a row too long": ("pair,rate\nEUR/USD,1,2028\nEUR/GBP,0.8612\n", {}, ["EUR/GBP 0.8612"], "more fields"),
    "a line that is no tick": ("EUR/USD,20210302 13:04:06.123,1.2028,1.2031\nthe end\n", {}, ["EUR/USD 1.2028|1.2031 @2021-03-02T13:04:06.123Z"], "not like those"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "hints", "expected", "reason"), [pytest.param(*case, id=name) for name, case in OPTIONS.items()]
)
def test_what_a_file_leaves_out_is_asked_for_once(
    text: str, hints: dict[str, str], expected: list[str], reason: str
) -> None:
    ticks, rejects = read(text, **hints)
    assert ticks == expected
    assert len(rejects) == bool(reason)
    assert all(reason in reject.reason and reject.reason[:1] not in "ABCDEFGHIJKLMNOPQRSTUVWYZ" for reject in rejects)


NEAR_MISSES = {
    "XML of accounts": '<accounts base="USD"><account currency="KZT">418.10</account></accounts>',
    "XML of limits below a base": '<limits base="USD"><rate currency="KZT">418.10</rate></limits>',
    "XML of payments": '<payments><payment from="USD" to="KZT" currency="USD">418.10</payment></payments>',
    "XML of an order": "<order><symbol>EURUSD</symbol><side>BUY</side><price>1.2028</price><qty>5</qty></order>",
    "XML of interest": '<interest base="USD"><rate currency="KZT">9.00</rate></interest>',
    "XML of interest by its type": '<rates base="USD" type="interest"><rate currency="KZT">9.25</rate></rates>',
    "XML of goods": '<prices base="EUR"><price currency="USD">9.99</price></prices>',
    "XML of goods, attributes": '<items base="USD"><item currency="EUR" price="9.99" name="Shoe"/></items>',
    "interest in JSON": '{"base":"USD","interest_rates":{"EUR":4.10,"KZT":14.25}}',
    "swap points": '{"swap_rates":{"EURUSD":0.51,"USDJPY":0.42}}',
    "interest in Python": 'INTEREST_RATES = {"base": "USD", "EUR": 4.10}\n',
    "a feed without a title": '<r xmlns:cb="c"><item><title>Rates</title><cb:exchangeRate><cb:value>0.9151</cb:value><cb:baseCurrency>CHF</cb:baseCurrency><cb:targetCurrency>USD</cb:targetCurrency></cb:exchangeRate></item></r>',
    "an index of the ECB": "KEY,FREQ,CURRENCY,CURRENCY_DENOM,EXR_TYPE,EXR_SUFFIX,TIME_PERIOD,OBS_VALUE\nEXR.D.USD.EUR.ERC0.A,D,USD,EUR,ERC0,A,2021-03-02,101.2\n",
    "other series of FRED": "DATE,DFF,SP500\n2021-03-02,0.07,3870.29\n",
    "averages of FRED": "DATE,EXUSEU\n2021-03-01,1.1899\n",
    "a series of Sweden whose unit changed": '[{"seriesId":"SEKJPYPMI","date":"2021-03-02","value":7.91}]',
    "balances below a base": '{"base":"USD","balances":{"EUR":5.10,"KZT":6.20}}',
    "holdings": '{"base":"USD","holdings":[{"currency":"EUR","value":500.10}]}',
    "positions": '{"positions":{"EUR_USD":1000.50}}',
    "limits": '{"limits":{"USD/KZT":5.25,"EUR/USD":6.25}}',
    "weights": '{"weights":{"EUR/USD":0.35,"USD/JPY":0.65}}',
    "spreads": '{"spreads":{"EURUSD":0.8,"USDJPY":1.1}}',
    "a transfer": '[{"from":"USD","to":"EUR","amount":100,"value":92.10}]',
    "an amount and a rate": "date,from,to,amount,rate\n2021-03-02,USD,KZT,100,41810.00\n",
    "fees by pair": "pair,fee\nUSD/KZT,0.5\nEUR/KZT,0.6\n",
    "correlations by pair": "pair,correlation\nEUR/USD,0.85\n",
    "updates of other tables": "UPDATE limits SET amount = 5.10 WHERE currency = 'USD';\nUPDATE accounts SET balance = 5.10 WHERE base = 'USD' AND quote = 'KZT';\n",
    "an update that computes": "UPDATE rates SET rate = rate * 1.01 WHERE base = 'USD' AND quote = 'KZT';\n",
    "an update of many rows": "UPDATE rates SET rate = 1.01 WHERE base = 'USD' AND quote <> 'KZT';\nUPDATE rates SET rate = 1.01 WHERE base = 'USD' OR quote = 'KZT';\n",
    "COPY of another table": "COPY limits (base, quote, qty) FROM stdin;\nUSD\tKZT\t5.10\n\\.\n",
    "limits in Python": 'LIMITS = {("USD", "KZT"): 5.10, "EUR/USD": 6.20}\n',
    "balances in JavaScript": "const balances = { base: 'USD', EUR: 5.10, KZT: 6.20 };\n",
    "computed in Python": 'RATES = {("USD", "KZT"): get("KZT")}\n',
    "fees in TOML": 'base = "USD"\n\n[fees]\nKZT = 523.54\n"EUR/USD" = 0.5\n',
    "spreads in INI": "[spread]\nEURUSD = 0.8\nUSDJPY = 1.2\n",
    "spreads in YAML": "spreads:\n  EUR/USD: 0.0002\n  USD/JPY: 0.02\n",
    "lots in YAML": "min_lot:\n  EURUSD: 0.01\n",
    "prices of metals in GNU units": "euro 1|0.92 mark\nsilverprice 26.5 US$/troyounce\nbitcoin 48000 US$\n",
    "counts in metrics": 'fx_requests_total{base="USD",quote="KZT"} 1042\nfx_rate_updated_seconds{base="USD",quote="KZT"} 1734134399\n',
    "latency in lines": "latency,base=USD,quote=KZT value=23.5 1734134400000000000\n",
}  # fmt: skip


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in NEAR_MISSES.items()])
def test_what_only_looks_like_a_publishers_file_gives_no_quote(text: str) -> None:
    found = list(scan(Page(plain_text(text), text, "file")))
    assert [item for item in found if isinstance(item, Tick)] == []


def test_damaged_files_of_publishers_never_raise() -> None:
    for text, _ in PUBLISHERS.values():
        for cut in range(0, len(text), 7):
            for damaged in (text[:cut], text[:cut] + "\x00<>{}" + text[cut:], text[:cut] + text[cut + 3 :], text[cut:]):
                for each in own_formats()[:-5]:
                    if each.recognises(Page(damaged, damaged, "f")):
                        list(each.read(Page(damaged, damaged, "f")))


def test_every_format_survives_any_publishers_file_that_is_forced_on_it() -> None:
    for each in own_formats()[:-5]:
        for text in [*(text for text, _ in PUBLISHERS.values()), *NEAR_MISSES.values()]:
            list(each.read(Page(text, text, "EURUSD.csv")))
