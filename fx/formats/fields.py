"""What the fields of a file hold: figures, units, codes, pairs, days and instants, each as published and exact.

Shared by every format of files. A field that cannot be read raises `BadField`, whose message is the reason of a
reject; a field that is blank is None. A time of day without a zone is taken as UTC, as everywhere in fx.
"""

from __future__ import annotations

import functools
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from fx.currencies import Currency, Pair, is_iso
from fx.dates import find_date
from fx.exact import decimal_of, half_even
from fx.formats.figures import LONGEST, AmbiguousFigure, DecimalMark, NotAFigure, read_figure
from fx.late import late
from fx.moments import EPOCH, Moment

__all__ = [
    "BadField",
    "DayOrder",
    "code_of",
    "epoch",
    "figure_of",
    "moment_of",
    "pair_in_name",
    "pair_of",
    "per_one",
    "percent_of",
    "unknown_in_pair",
]


DayOrder = Literal["day", "month"]
"""What stands first in a publisher's dates with strokes: ``03/02/2002``."""


class BadField(ValueError):
    """A field that cannot be read; the message says why and what to do."""


BLANK = frozenset("- -- --- . n/a n/d na n.a. nan null none nil # #n/a ... … nd ñ/a".split()) | {""}
PLAIN = late(r"[0-9]{1,30}(?:\.[0-9]{1,30})?")
WRITTEN = late(r"(?P<sign>[+-]?)(?P<figure>[0-9][0-9.,' ]*|\.[0-9]+)(?P<exponent>[eE][+-]?[0-9]{1,2})?")


def figure_of(value: object, mark: DecimalMark | None = None) -> Decimal | None:
    """A number as published, None for a blank; raises `BadField`. ``mark`` is the file's decimal mark where known.

    >>> figure_of("19,6648", ","), figure_of("16 530.0000"), figure_of("N/A"), figure_of("7.7e-05")
    (Decimal('19.6648'), Decimal('16530.0000'), None, Decimal('0.000077'))
    """
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, Decimal):
        return ordinary(value)
    text = str(value).strip()
    if PLAIN.fullmatch(text) and not (mark == "," and "." in text):
        return Decimal(text)
    if len(text) < 6 and text.lower() in BLANK:
        return None
    text = SPACES.sub(" ", text).replace("\u2212", "-")
    match = WRITTEN.fullmatch(text)
    if not match:
        raise BadField(f"{text[:40]!r} is not a number: write it with digits and a decimal point")
    try:
        written = match["figure"].strip()
        number = read_figure(f"0{written}" if written[0] == "." else written, mark)
    except AmbiguousFigure as found:
        raise BadField(f"{found}: say which with --decimal comma or --decimal point") from None
    except (NotAFigure, ArithmeticError):
        raise BadField(f"{text[:40]!r} is not a number: write it with digits and a decimal point") from None
    return ordinary(Decimal(f"{match['sign']}{number:f}{match['exponent'] or ''}"))


SPACES = late(r"[\s\u00a0\u2000-\u200a\u202f]+")


def ordinary(number: Decimal) -> Decimal:
    """A number of ordinary size, written without an exponent; raises `BadField` for others."""
    if not number.is_finite() or abs(number.adjusted()) > LONGEST or len(number.as_tuple().digits) > LONGEST:
        raise BadField("a number of such a size is no rate: check the file")
    exponent = number.as_tuple().exponent
    return Decimal(format(number, "f")) if isinstance(exponent, int) and exponent > 0 else number


def per_one(number: Decimal, unit: Decimal) -> Decimal:
    """The rate of one, exactly, where it was published for 10, 100, …; digits kept. Raises `BadField` for other units.

    >>> [str(per_one(Decimal("80.50"), Decimal(unit))) for unit in ("100", "1.0", "0.1")]
    ['0.8050', '80.50', '805.0']
    """
    if unit == 1:
        return number
    if unit <= 0:
        raise BadField(f"a unit of {unit} divides nothing: write a unit of 1 or more")
    sign, digits, exponent = number.as_tuple()
    size = unit.as_tuple()
    whole = int("".join(map(str, size.digits)))
    zeros = len(str(whole)) - len(str(whole).rstrip("0"))
    if str(whole).rstrip("0") == "1" and isinstance(exponent, int) and isinstance(size.exponent, int):
        return ordinary(Decimal((sign, digits, exponent - size.exponent - zeros)))
    # 0.3 for 50 is between 0.25 and 0.35: no decimal for one has just these bounds.
    raise BadField(f"for a unit of {unit} the digits of one are open: write the rate for 1, 10, 100 or 1000")


def finite(value: Fraction) -> Decimal:
    """A fraction as the decimal that it is; raises `BadField` where it never ends.

    >>> finite(Fraction(6815, 10000))
    Decimal('0.6815')
    """
    rest, places = value.denominator, 0
    for prime in (2, 5):
        power = 0
        while rest % prime == 0:
            rest, power = rest // prime, power + 1
        places = max(places, power)
    if rest != 1 or places > LONGEST:
        raise BadField(f"{value} has no end as a decimal: write the rate the other way round")
    return half_even(value, places)


PERCENT = late(r"([+-]?(?<![0-9])[0-9][0-9.,]{0,80})\s{0,9}%")


def percent_of(value: object, mark: DecimalMark | None = None) -> Decimal | None:
    """A change in percent; of several numbers the one before the percent sign. What cannot be read is none.

    >>> percent_of("-0.0193 - -1.6751%"), percent_of("-0%"), percent_of("up")
    (Decimal('-1.6751'), Decimal('0'), None)
    """
    if isinstance(value, str):
        found = PERCENT.findall(value.replace("\u2212", "-"))
        value = found[-1] if found else value.strip(" ()")
    try:
        number = figure_of(value, mark)
    except BadField:
        return None
    return abs(number) if number is not None and number == 0 else number


def code_of(value: object) -> Currency | None:
    """An ISO 4217 code, in either case; None for anything else.

    >>> code_of(" usd "), code_of("BTC"), code_of("dollar")
    ('USD', None, None)
    """
    if not isinstance(value, str) or len(value) > 16:
        return None
    folded = value.strip().strip("'\"").upper().removeprefix("CURRENCY::")  # as GnuCash writes it
    return Currency(folded) if is_iso(folded) else None


PAIR = late(
    r"(?:[A-Z0-9_.]{1,12}:)?(?P<base>[A-Z]{3})(?:\s?[/_.:\-|]\s?|\s|)(?P<counter>[A-Z]{3})"
    r"(?:=X|=|\.[A-Z]{1,8}|_TO[DM]|[-_]?SPOT|#|\+|[mM])?"
)
ONE_CODE = late(r"(?P<code>[A-Z]{3})=(?P<reuters>X?)")


def pair_of(value: object) -> Pair | None:
    """A pair as programs name it: ``EUR_USD``, ``EURUSD=X``, ``OANDA:EUR_USD``, ``JPY=X``; None for anything else.

    >>> [str(pair_of(text)) for text in ("EUR_USD", "FXCM:USD/KZT", "JPY=X", "EUR=", "AAPL", "BTC-USD")]
    ['EUR/USD', 'USD/KZT', 'USD/JPY', 'EUR/USD', 'None', 'None']
    """
    return pair_in_words(value) if isinstance(value, str) and 4 <= len(value) <= 40 else None


HALF_KNOWN = late(
    r"(?P<base>[A-Z0-9]{2,10})\s?[/_-]\s?(?P<counter>[A-Z0-9]{2,10})|(?P<base2>[A-Z]{3})(?P<counter2>[A-Z]{3})"
)


def unknown_in_pair(value: str) -> str:
    """What of a pair is no ISO 4217 code where the other half is one; '' for anything else.

    >>> unknown_in_pair("USDT/KZT"), unknown_in_pair("1INCH/USD"), unknown_in_pair("BTCUSD"), unknown_in_pair("AAPL")
    ('USDT', '1INCH', 'BTC', '')
    """
    match = HALF_KNOWN.fullmatch(value.strip().strip("*`'\""))
    halves = [half for half in match.groups() if half] if match else []
    unknown = [half for half in halves if not is_iso(half)]
    lettered = len(unknown) == 1 and any(map(str.isalpha, unknown[0]))
    return unknown[0] if lettered else ""


@functools.lru_cache(maxsize=4096)
def pair_in_words(value: str) -> Pair | None:
    """The pair that a field names."""
    text = value.strip().strip("'\"").upper()
    if text.startswith("FX") and len(text) == 8:
        text = text[2:]  # FXUSDCAD, as the Bank of Canada names its series
    match = PAIR.fullmatch(text)
    if match:
        base, counter = match["base"], match["counter"]
    else:
        one = ONE_CODE.fullmatch(text)
        if not one:
            return None
        base, counter = "USD", one["code"]
        if not one["reuters"] and counter in {"EUR", "GBP", "AUD", "NZD"}:
            base, counter = counter, "USD"  # the wire's own direction
    if base == counter or not (is_iso(base) and is_iso(counter)):
        return None
    return Pair(Currency(base), Currency(counter))


NAMED = late(r"(?<![A-Z])([A-Z]{3})[-_./ ]?([A-Z]{3})(?![A-Z])")


def pair_in_name(name: str) -> Pair | None:
    """The one pair that a file's name holds, in capitals, or as its first word.

    >>> str(pair_in_name("ticks/DAT_ASCII_EURUSD_M1_201202.csv")), pair_in_name("prices.csv")
    ('EUR/USD', None)
    """
    last = re.split(r"[/\\]", name)[-1]
    for text in (last, last.upper()):
        found = {
            Pair(Currency(base), Currency(counter))
            for base, counter in NAMED.findall(text)
            if base != counter and is_iso(base) and is_iso(counter)
        }
        if len(found) == 1:
            return found.pop()
    return None


UTC_HOURS = r"(?P<zone>(?:UTC|GMT)?[+-][0-9]{2}(?::?[0-9]{2})?|Z|UTC|GMT)?"
STAMP = late(
    r"(?:(?P<year>[0-9]{4})(?P<mark>[-./]?)(?P<month>[0-9]{1,2})(?P=mark)(?P<day>[0-9]{1,2})"
    r"|(?P<first>[0-9]{1,2})(?P<between>[./-])(?P<second>[0-9]{1,2})(?P=between)(?P<last>[0-9]{4}))"
    r"(?:(?:[T ,]|-(?=[0-9]{2}:)){1,2}(?P<hour>[0-9]{1,2}):?(?P<minute>[0-9]{2})(?::?(?P<sec>[0-9]{2}))?"
    rf"(?:[.,]?(?P<fraction>[0-9]{{1,9}}))?\s?(?P<half>[AaPp][Mm])?\s?{UTC_HOURS})?"
)


@functools.lru_cache(maxsize=4096)
def moment_of(value: str, hours_east: int = 0, order: DayOrder | None = None) -> Moment | None:
    """The day or instant that a field states, None for a blank; raises `BadField`.

    ``hours_east`` is the zone of a time without one. ``03/04/2025`` can be read in two ways and is refused, unless
    ``order`` says what the publisher puts first.

    >>> [str(moment_of(text, -5)) for text in ("2026-07-02T09:30:00+12:00", "20120201 000003660", "03 June 2021")]
    ['2026-07-01T21:30:00.000Z', '2012-02-01T05:00:03.660Z', '2021-06-03']
    >>> str(moment_of("02/03/2002", order="day"))
    '2002-03-02'
    """
    text = value.strip().strip("'\"")
    if text.lower() in BLANK:
        return None
    match = STAMP.fullmatch(text)
    try:
        if not match:
            return other_moment(text)
        day = day_in(match, order)
        if match["hour"] is None:
            return Moment.of_day(day)
        hour = int(match["hour"])
        if match["half"]:
            hour = hour % 12 + (12 if match["half"].lower() == "pm" else 0)
        micro = int((match["fraction"] or "0")[:6].ljust(6, "0"))
        instant = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(
            hours=hour, minutes=int(match["minute"]), seconds=int(match["sec"] or 0), microseconds=micro
        )
        if hour > 24 or int(match["minute"]) > 59:
            return other_moment("no time of day")
        return Moment.of_instant(instant - offset(match["zone"], hours_east))
    except (ValueError, OverflowError, IndexError, TypeError):
        if isinstance(match, re.Match) and match["between"] == "/" and ambiguous(match):
            raise BadField(f"{text[:20]} is one of two days: write it as 2024-12-14") from None
        raise BadField(f"{text[:40]!r} is not a date: write it as 2024-12-14 or 2024-12-14T15:30Z") from None


def day_in(match: re.Match[str], order: DayOrder | None) -> date:
    """The day of a stamp; raises ValueError for an impossible or open one."""
    if match["year"]:
        if not match["mark"] and len(match["month"] + match["day"]) != 4:
            raise ValueError(match[0])
        return date(int(match["year"]), int(match["month"]), int(match["day"]))
    first, second, year = int(match["first"]), int(match["second"]), int(match["last"])
    if match["between"] == "/" and order is None and ambiguous(match):
        raise ValueError(match[0])
    month_first = match["between"] == "/" and (second > 12 if order is None else order == "month")
    return date(year, first, second) if month_first else date(year, second, first)


def ambiguous(match: re.Match[str]) -> bool:
    """Whether day and month of a date with strokes can be told apart by nothing."""
    first, second = int(match["first"]), int(match["second"])
    return first <= 12 and second <= 12 and first != second


def offset(zone: str | None, hours_east: int) -> timedelta:
    """How far a zone is ahead of UTC."""
    if zone is None:
        return timedelta(hours=hours_east)
    if zone in {"Z", "UTC", "GMT"}:
        return timedelta()
    zone = zone.removeprefix("UTC").removeprefix("GMT")
    digits = zone[1:].replace(":", "").ljust(4, "0")
    span = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -span if zone[0] == "-" else span


def other_moment(text: str) -> Moment:
    """A date in words, or as in a mail's head; raises ValueError or TypeError."""
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 (a library for mail takes 8 ms, and few dates need it)

    if text.isdecimal() and len(text) >= 9:
        return epoch(Decimal(text[:20]))
    if ":" in text:
        instant = parsedate_to_datetime(text)
        return Moment.of_instant(instant if instant.tzinfo else instant.replace(tzinfo=UTC))
    day = find_date(text)
    if day is None:
        day = parsedate_to_datetime(f"{text} 00:00:00").date()
    return Moment.of_day(day)


def epoch(number: Decimal) -> Moment:
    """The instant that counts seconds, milli-, micro- or nanoseconds since 1970, by its size; raises `BadField`.

    >>> str(epoch(Decimal(1702029600))), str(epoch(Decimal("1734134399123")))
    ('2023-12-08T10:00:00.000Z', '2024-12-13T23:59:59.123Z')
    """
    for scale, limit in ((1, 11), (1000, 14), (10**6, 17), (10**9, 20)):
        if Decimal(10**7) <= abs(number) < Decimal(10**limit):
            micro = int(Fraction(number) * 10**6 / scale)
            return Moment.of_instant(EPOCH + timedelta(microseconds=micro))
    raise BadField(f"{str(number)[:30]} is not a time: write seconds since 1970 or 2024-12-14T15:30Z")


def power_of_ten(value: str) -> Decimal:
    """What a power of ten, as SDMX gives it, multiplies by; raises `BadField`.

    >>> power_of_ten("2")
    Decimal('1E+2')
    """
    if not re.fullmatch(r"[0-9]", value.strip()):
        raise BadField(f"{value[:20]!r} is not a power of ten: write 0 for units of one, 2 for hundreds")
    return decimal_of(1, -int(value))
