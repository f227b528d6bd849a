"""A row with named fields, wherever it stands: columns of a CSV or of an INSERT, keys of a JSON object or of YAML.

The names decide: what a pair, a base, a counter, a rate, a bid is called in the files of this trade is data below.
A row is a quote only with a pair (or both codes) and a price; orders, trades of one's own and balances are none.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from fx.currencies import Currency, Pair, of_number
from fx.formats.fields import (
    BadField,
    code_of,
    epoch,
    figure_of,
    moment_of,
    pair_of,
    per_one,
    percent_of,
    power_of_ten,
    unknown_in_pair,
)
from fx.formats.figures import DecimalMark
from fx.late import late
from fx.moments import Moment
from fx.quotes import CROSSED, Reject, Tick

__all__ = [
    "NO_CODE",
    "NO_COUNTER",
    "NO_PAIR",
    "Context",
    "Row",
    "key_of",
    "quote_of",
    "read_row",
    "short",
    "time_in",
    "unknown_code",
]


def named(words: str) -> tuple[str, ...]:
    """Names of fields, one after the other."""
    return tuple(words.split())


PAIRS = named("pair currencypair ccypair fxpair symbol instrument currencies ticker s epic sym")
PAIR_OR_CODE = (*PAIRS, "code")
"""Under the name of a code some put the pair."""
BASES = named(
    "base basecurrency basecurrencycode basecode basecur baseccy from fromcurrency fromcurrencycode fromsymbol "
    "fromcode currencyfrom sourcecurrency source srcccy currencydenom ccy1 fr frm sourcecode fromccy commodity"
)
COUNTERS = named(
    "counter quote quotecurrency quotecode quotecur quoteccy target targetcurrency targetcode to tocurrency "
    "tocurrencycode tosymbol tocode currencyto term termcurrency counterccy countercurrency trgtccy ccy2 destination "
    "destinationcurrency targetccy toccy codein"
)
CODES = named("currency ccy code currencycode charcode isocode iso curabbreviation cc")
RATES = named(
    "rate exchangerate conversionrate fxrate last lastprice regularmarketprice price mid midrate midprice close "
    "closeprice value val obsvalue xchgrate p c lasttrade spot spotrate closingrate endrate currentprice px ratecross"
)
BIDS = named("bid bidprice buy buying bestbid forexbuying buyrate purchaserate bidrate closeoutbid ratebuy")
ASKS = named(
    "ask askprice offer sell sale selling bestask forexselling sellrate salerate askrate offerprice closeoutask "
    "ratesell"
)
CHANGES = named(
    "pct changepct changepercent changespercentage pricechangepercent percentchange pctchange percentagechange "
    "changepercentage regularmarketchangepercent changepercent24h dailychangepct chgpct pctchg changeinpercent "
    "changep pricechangepct daypct daychangepct 1dpct 1dchangepct changepct1d 24hpct 24hchangepct"
)
OF_A_DAY = named("change chg 1d 24h 24hchange 1dchange change24h change1d daychange dailychange")
"""Names of a change since the day before, in percent only where the sign says so; ``1W`` and ``YTD`` are none."""
TIMES = named(
    "observedat timestamp datetime time date asof day effectivedate exchangedate validfor validfrom t utctimestamp "
    "lastrefreshed observationdate timeperiod effectivetime gmttime timelastupdateunix timelastupdateutc timeutc "
    "dtyyyymmdd enddate regularmarkettime lastupdatedat updatedat ratedate quotedate pricedate pubdate fxdate "
    "lastupdated timems ts d updateddate lastupdate"
)
RESULTS = named("result converted convertedamount conversionresult toamount targetamount total")
"""What an amount comes to, where an answer converts one."""
UNITS = named("nominal unit units quant curscale per")
ORDERS = frozenset(
    "side qty quantity orderqty orderid ordertype stoploss takeprofit lots clordid balance filledqty limitprice".split()
)
"""Fields of an order, a fill or an account: such rows carry prices and are no quotes."""

WEAK = frozenset("value val price p c close".split())
"""Names of a price that, beside an ``amount``, may as well be what the amount is worth."""
SPOT = {"exrtype": frozenset(("SP00",)), "exrsuffix": frozenset("AE")}
"""SDMX of the ECB: indices and growth rates of a currency stand under the same names as its rate."""

HELD = frozenset(
    "balances balance holdings positions limits accounts wallets orders fills fees commissions spreads volumes margins "
    "budgets assets payments invoices transactions transfers portfolio exposures taxes interest deposits loans weights "
    "correlations swaps pips lots minlots ticksizes".split()
)
"""Names over what somebody has, owes, pays or may do: figures beside a code within are amounts."""
COINBASE = frozenset("base currency amount".split())
"""The fields of Coinbase's spot price, whose rate is called amount."""
PRICEHIST = frozenset("date base quote amount source type".split())
"""The columns of pricehist, whose rate is called amount."""

OWN_COLUMNS = (frozenset("base counter observedat".split()), frozenset("date base quote amount".split()))

NO_PAIR = "the pair stands nowhere in this file: give --pair EUR/USD, or name the file by it"
NO_AMOUNT = "the rate may be that of one or of {amount}: call the column of the amount unit if it is, else leave it out"
NO_SIDE = (
    "one {code} or one {base} may cost this: give --counter {base} for the first, or call the field of {code} quote"
)
NO_CODE = "{code} is not an ISO 4217 code: leave its row out, or write the currency it is of"
NO_COUNTER = "the file leaves out the other currency: give --counter with the code of the bank's own, such as KGS"


def key_of(name: str) -> str:
    """A field's name without case, marks and list numbers.

    >>> key_of("1. From_Currency Code"), key_of("Change %"), key_of("<DTYYYYMMDD>")
    ('fromcurrencycode', 'changepct', 'dtyyyymmdd')
    """
    return re.sub(r"^[0-9]+\.|[\W_]+", "", name.lower().replace("%", "pct"))


def short(fields: Mapping[str, str]) -> dict[str, str]:
    """Fields by their short names.

    >>> short({"UNIT_MULT": "2"})
    {'unitmult': '2'}
    """
    return {key_of(name): value for name, value in fields.items()}


@dataclass(frozen=True, slots=True)
class Context:
    """What holds for a row and stands outside of it."""

    pair: Pair | None = None
    base: Currency | None = None
    counter: Currency | None = None
    moment: Moment | None = None
    unit: Decimal = Decimal(1)
    source: str | None = None
    mark: DecimalMark | None = None
    hours_east: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of one statement as they stand in the file, before units are divided out."""

    pair: Pair
    rate: object = None
    bid: object = None
    ask: object = None
    change: object = None
    unit: Decimal = Decimal(1)
    line: int = 1
    moment: Moment | None = None
    source: str | None = None


def quote_of(row: Row, mark: DecimalMark | None = None) -> Tick | Reject | None:
    """A row as a tick, a reject, or None where it holds no figure.

    >>> quote_of(Row(Pair.parse("KZT/RUB"), "19,6648", unit=Decimal(100)), ",").rate
    Decimal('0.196648')
    """
    sides: list[Decimal | None] = []
    try:
        for value in (row.rate, row.bid, row.ask):
            number = figure_of(value, mark)
            sides.append(None if number is None else per_one(above_zero(number), row.unit))
    except BadField as bad:
        written = " ".join(str(value)[:30] for value in (row.rate, row.bid, row.ask) if value is not None)
        return Reject(f"{row.pair} {written}", str(bad), row.line)
    rate, bid, ask = sides
    if bid is not None and ask is not None and bid > ask:
        return Reject(f"{row.pair} {row.bid} {row.ask}"[:80], CROSSED, row.line)
    if rate is None and bid is None and ask is None:
        return None
    if row.pair.base == row.pair.counter:
        return None
    unit = int(row.unit) if row.unit == row.unit.to_integral_value() else 1
    return Tick(
        row.pair.base,
        row.pair.counter,
        rate,
        bid,
        ask,
        percent_of(row.change, mark),
        row.line,
        row.moment,
        unit,
        row.source,
    )


def above_zero(number: Decimal) -> Decimal:
    """A number that may be a rate; raises `BadField` for zero and less."""
    if number == 0:
        raise BadField("a rate of zero has lost its digits: take it from a source that prints more")
    if number < 0:
        raise BadField("a rate cannot be negative: check the file")
    return number


@functools.lru_cache(maxsize=1024)
def among(present: tuple[str, ...], names: tuple[str, ...]) -> tuple[str, ...]:
    """Those of some names that are present, in their order: the rows of a table have the same, and of many few.

    >>> among(("rate", "ask", "pair"), BIDS + ASKS)
    ('ask',)
    """
    return tuple(name for name in names if name in present)


def first(fields: Mapping[str, object], names: tuple[str, ...]) -> object:
    """The value of the first of these names that holds one."""
    for name in among(tuple(fields), names):
        value = fields.get(name)
        if value is not None and value != "":
            return value
    return None


def coded(fields: Mapping[str, object], names: tuple[str, ...]) -> object:
    """The first code under these names, else the first value, which is none.

    >>> coded({"base": "Swedish krona", "basecur": "SEK"}, ("base", "basecur"))
    'SEK'
    """
    found = (code_of(fields[name]) for name in among(tuple(fields), names))
    return next(filter(None, found), None) or first(fields, names)


def time_in(fields: Mapping[str, object], hours_east: int = 0) -> Moment | None:
    """The moment that a row states, date and time of day joined; raises `BadField`.

    >>> str(time_in({"date": "2024.12.13", "time": "15:59"}))
    '2024-12-13T15:59:00.000Z'
    """
    day, hour = fields.get("date") or fields.get("dtyyyymmdd"), fields.get("time")
    if isinstance(day, str) and isinstance(hour, str) and re.fullmatch(r"[0-9]{1,2}:?[0-9]{2}.*", hour) and hour != day:
        hour = hour.zfill(6) if hour.isdecimal() and len(hour) > 4 else hour
        return moment_of(f"{day} {hour}", hours_east)
    for name in among(tuple(fields), TIMES):
        value = fields[name]
        if isinstance(value, Decimal):
            if value > 10**8:
                return epoch(value)
        elif isinstance(value, str) and len(value) < 60 and (found := stated(value, name, hours_east)):
            return found
    return None


def stated(value: str, name: str, hours_east: int) -> Moment | None:
    """A moment; what is none and stands under one of the loose names, or has no digit, is left aside.

    Raises `BadField`.

    >>> stated("mock", "timestamp", 0), stated("10:00", "time", 0)
    (None, None)
    """
    if HOUR_ALONE.fullmatch(value):
        return None  # a time of no day
    try:
        if re.fullmatch(r"[0-9]{9,20}(?:\.[0-9]+)?", value):
            return epoch(Decimal(value))
        return moment_of(value, hours_east)
    except BadField:
        if name in {"t", "d"} or not re.search(r"[0-9]", value):
            return None
        raise


HOUR_ALONE = late(r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?(?:\s?[AaPp][Mm])?(?:\s?(?:Z|[A-Z]{3,4}))?")


def pair_in(fields: Mapping[str, object], context: Context) -> Pair | None:
    """The pair that a row names, alone or with what holds around it; None where one code is no ISO currency."""
    for name in among(tuple(fields), PAIR_OR_CODE):
        found = pair_of(fields[name])
        if found:
            return found
    if (numbers := numbered(fields)) is not None:
        return numbers
    base_text, counter_text = coded(fields, BASES), coded(fields, COUNTERS)
    alone = coded(fields, CODES)
    if fields.get("codein"):
        base_text = alone
    if counter_text is None and ((alone and fields.get("baseccy")) or "saleratenb" in fields):
        base_text, counter_text = alone, base_text  # PrivatBank of Ukraine: the base is the hryvnia
    if base_text is None and context.base is not None:
        base_text = context.base
    if counter_text is None and alone is not None:
        stated_base = code_of(base_text)
        if stated_base is None or stated_base == context.counter:  # the caller says that it is a bank's own currency
            base_text, counter_text = alone, context.counter
        else:
            counter_text = alone
    if counter_text is None:
        counter_text = context.counter
    base, counter = code_of(base_text), code_of(counter_text)
    if base and counter:
        return Pair(base, counter)
    if first(fields, PAIRS) is not None or base_text is not None or counter_text is not None:
        return None
    return context.pair


def unknown_code(fields: Mapping[str, object], line: int) -> Reject | None:
    """The reject of a row with a price whose pair is half known, or one of whose two codes is none.

    >>> unknown_code({"pair": "USDT/KZT", "rate": "523.1"}, 2).reason.partition(":")[0]
    'USDT is not an ISO 4217 code'
    """
    price = first(fields, RATES + BIDS + ASKS)
    if not isinstance(price, str) or not any(map(str.isdigit, price)):
        return None
    named = [value for name in among(tuple(fields), PAIR_OR_CODE) if isinstance(value := fields[name], str)]
    base, counter = coded(fields, BASES), coded(fields, COUNTERS)
    if isinstance(base, str) and isinstance(counter, str):
        named.append(f"{base}/{counter}")
    code = next(filter(None, map(unknown_in_pair, named)), "")
    return Reject(f"{named[0]} {price}"[:80], NO_CODE.format(code=code), line) if code else None


def numbered(fields: Mapping[str, object]) -> Pair | None:
    """The pair of two numeric codes of ISO 4217, as Monobank gives them.

    >>> str(numbered({"currencycodea": Decimal(840), "currencycodeb": Decimal(980)}))
    'USD/UAH'
    """
    base, counter = (of_number(str(fields.get(name, ""))) for name in ("currencycodea", "currencycodeb"))
    return Pair(base, counter) if base and counter else None


def read_row(fields: Mapping[str, object], context: Context, line: int) -> Tick | Reject | None:
    """A row by the names of its fields, None where it is no quote.

    ``base`` beside a code is the base, as in FX: one of it is worth the rate in the code. Only what a board says, to
    buy and to sell, can hold either way, and is refused until the caller says which.

    >>> read_row({"pair": "KZT/USD", "rate": "0.00190", "changepct": "0"}, Context(), 2).change_pct
    Decimal('0')
    """
    if not ORDERS.isdisjoint(fields) or ("units" in fields and "price" in fields):
        return None
    if pair_of(fields.get("p")):
        fields = {("pair" if name == "p" else name): value for name, value in fields.items()}  # Polygon
    if isinstance(fields.get("quote"), Decimal):
        fields = {("rate" if name == "quote" else name): value for name, value in fields.items()}  # currencylayer
    if any(name in fields and str(fields[name]) not in spot for name, spot in SPOT.items()):
        return None
    pair = pair_in(fields, context)
    if pair is None:
        return None
    rate, bid, ask = first(fields, RATES), first(fields, BIDS), first(fields, ASKS)
    if bid is None and ask is None and {"a", "b"} <= fields.keys():
        bid, ask = fields["b"], fields["a"]
    if fields.keys() >= {"amount", "rate"}:
        if not any(name in fields for name in UNITS) and not rate_of_one(fields, context.mark):
            return Reject(f"{pair} {rate}", NO_AMOUNT.format(amount=fields["amount"]), line)
    elif "amount" in fields and str(fields["amount"]) != "1" and not WEAK.isdisjoint(fields):
        return None
    if rate is None and bid is None and ask is None:
        rate = fields.get("amount") if fields.keys() <= PRICEHIST or fields.keys() == COINBASE else None
    if rate is None and (bid or ask) and first(fields, PAIRS + COUNTERS) is None:
        code = code_of(coded(fields, CODES))
        if code == pair.counter and "baseccy" not in fields:
            return Reject(f"{code} {bid or ''} {ask or ''}".strip(), NO_SIDE.format(code=code, base=pair.base), line)
    change = first(fields, CHANGES)
    if change is None:
        daily = among(tuple(fields), OF_A_DAY)
        change = next((each for name in daily if isinstance(each := fields[name], str) and "%" in each), None)
    try:
        unit = unit_in(fields, context.unit)
        moment = time_in(fields, context.hours_east) or context.moment
    except BadField as bad:
        return Reject(f"{pair} {rate if rate is not None else ''}".strip(), str(bad), line)
    source = fields.get("source")
    # In the columns of fx and of pricehist it is a publisher, who may be called as a code is.
    own = any(fields.keys() >= columns for columns in OWN_COLUMNS)
    named = (
        source
        if isinstance(source, str) and source and (own or (pair_of(source) is None and code_of(source) is None))
        else None
    )
    if named and fields.get("base") is None and fields.get("pair") is None:
        named = None
    return quote_of(Row(pair, rate, bid, ask, change, unit, line, moment, named or context.source), context.mark)


def rate_of_one(fields: Mapping[str, object], mark: DecimalMark | None) -> bool:
    """Whether the rate beside an amount is that of one: the amount is one, or what it comes to is printed too.

    >>> rate_of_one({"amount": "10", "rate": "0.83", "result": "8.30"}, None), rate_of_one({"amount": "100"}, None)
    (True, False)
    """
    try:
        amount, rate, result = (
            figure_of(value, mark) for value in (fields["amount"], fields.get("rate"), first(fields, RESULTS))
        )
    except BadField:
        return False
    if amount is None or amount == 1:
        return True
    if rate is None or not result:
        return False
    return abs(Fraction(amount) * Fraction(rate) / Fraction(result) - 1) < Fraction(1, 100)


def unit_in(fields: Mapping[str, object], outside: Decimal) -> Decimal:
    """For how many of the base the figures hold; raises `BadField`."""
    if isinstance(power := fields.get("unitmult"), str | Decimal) and str(power).strip():
        return power_of_ten(str(power))
    for name in among(tuple(fields), UNITS):
        value = fields[name]
        if value is None or (isinstance(value, str) and not value.strip()[:1].isdecimal()):
            continue
        number = figure_of(value)
        if number is not None:
            return number
    return outside


def with_fields(context: Context, fields: Mapping[str, object]) -> Context:
    """A context with what an object around the rows adds to it: pair, codes, moment."""
    pair = next((found for name in PAIRS if (found := pair_of(fields.get(name)))), None)
    base, counter = code_of(coded(fields, BASES)), code_of(coded(fields, COUNTERS))
    try:
        moment = time_in(fields)
    except BadField:
        moment = None
    if base and counter and pair is None:
        pair = Pair(base, counter)
    return replace(
        context,
        pair=pair or context.pair,
        base=base or context.base,
        counter=counter or context.counter,
        moment=moment or context.moment,
    )
