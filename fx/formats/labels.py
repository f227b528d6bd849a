"""Lines of names and values: InfluxDB's line protocol, Prometheus metrics, ``symbol=EURUSD bid=1.0850``, INI.

    fx,base=USD,quote=KZT rate=523.54 1734134400000000000
    fx_rate{base="USD",quote="KZT"} 523.54
    symbol=EURUSD bid=1.0850,ask=1.0852
    2024-12-13T10:00:00Z [tick] sym=EURUSD px=1.0501

The names decide, as in a CSV. Lines with one name and value each belong together up to a blank line or a ``[section]``,
whose name may be the pair. Lines without a pair and a price (balances, limits) are passed by.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from fx.formats.fields import BadField, epoch, pair_of
from fx.formats.json_walk import of_rates
from fx.formats.page import Page
from fx.formats.record import ASKS, BASES, BIDS, COUNTERS, PAIRS, RATES, Context, key_of, read_row
from fx.late import late
from fx.quotes import Reject, Tick

__all__ = ["LABELS", "Labels"]

LABEL = late(
    r"(?P<key>[A-Za-z_][\w.-]{0,40})[ \t]?=[ \t]?"
    r"(?:\"(?P<quoted>[^\"\n]{0,80})\"|(?P<plain>[^\s,;\"{}|]{1,60}))(?=[\s,;}|]|$)"
)
METRIC = late(
    r"(?P<name>[A-Za-z_:][\w:]{0,80})\{(?P<labels>[^{}\n]{1,400})\}"
    r"[ \t]{1,8}(?P<value>[0-9.eE+-]{1,40})(?:[ \t]{1,8}(?P<time>[0-9]{10,13}))?"
)
BARE_METRIC = late(
    r"[A-Za-z_:][A-Za-z0-9_:]{1,80}[ \t]{1,8}[0-9.eE+-]{1,40}(?:[ \t][0-9]{10,13})?|#[ ](?:HELP|TYPE)[ ].*"
)
"""A metric without labels, or what is said of one: passed by."""
LEADING = late(
    r"\[?(?P<time>[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?"
    r"(?:Z|[+-][0-9]{2}:?[0-9]{2})?)\]?(?=[ \t])"
)
"""When a line of a log was written."""
STAMP = late(r"[ \t](?P<time>[0-9]{10,19})$")
SECTION = late(r"\[(?P<name>[^\[\]\n]{1,60})\]")
PAIR_NAMES = "pair sym symbol instrument base base_currency from from_currency source_currency".split()
NAMED_PAIR = late(
    r"=(?=[ \t]?\"?[A-Za-z]{3})(?:"
    + "|".join(rf"(?<=\b(?i:{name}){space}=)" for name in PAIR_NAMES for space in ("", r"[ \t]"))
    + ")"
)
"""``base=USD``, sought by its equals sign, which is found many times faster than a word is."""
PRICED = late(r"(?:^|.*[_:])(?:rate|price|quote|fx|forex|exchange|bid|ask|offer|mid|last|close|spot)s?", re.IGNORECASE)
"""How the name of a metric ends that is a price: ``fx_rate``, not ``fx_rate_updated_seconds``."""
MEASURED = late(r"(?P<name>\w{1,60}),[\w.-]{1,40}=\S{1,400} [\w.-]{1,40}=")
"""A line of InfluxDB begins with what was measured."""
SAMPLE = 200


@dataclass(frozen=True, slots=True)
class Labels:
    """The format ``labels``."""

    name: str = "labels"
    summary: str = "names and values: InfluxDB line protocol, Prometheus metrics, key=value lines, INI"
    example: str = "fx,base=USD,quote=KZT rate=523.54 1734134400000000000"

    def recognises(self, page: Page) -> bool:
        """Whether nearly every line is names and values, and one names a pair by such a label."""
        beginning = page.raw[:20000].removeprefix("\ufeff")
        if "=" not in beginning or not (NAMED_PAIR.search(beginning) or SECTION_PAIR.search("\n" + beginning)):
            return False
        lines = [line.strip() for line in beginning.replace("\r", "\n").split("\n")[:SAMPLE]]
        lines = [line for line in lines if line and line[0] not in "#;"]
        if sum(1 for line in lines if labelled(line)) * 10 < len(lines) * 8:
            return False
        return any(isinstance(item, Tick) for item in read_lines(lines, Context()))

    def head(self, beginning: str) -> str | None:
        """None needed where each line says all of its quote."""
        lines = [line.strip() for line in beginning.split("\n")[:-1]]
        return None if any(SECTION.fullmatch(line) or len(fields_of(line)) == 1 for line in lines) else ""

    def read(self, page: Page) -> Iterator[Tick | Reject]:
        """Yield a tick for each line or block of lines.

        >>> page = Page("", "fx,base=USD,quote=KZT rate=523.54 1734134400000000000")
        >>> [(str(tick.pair), str(tick.rate), str(tick.observed_at)) for tick in LABELS.read(page)]
        [('USD/KZT', '523.54', '2024-12-14T00:00:00.000Z')]
        """
        lines = page.unmarked.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        yield from read_lines(lines, Context(mark=page.hints.decimal_mark))


SECTION_PAIR = late(r"\n\[[A-Z]{3}[/_-]?[A-Z]{3}\][ \t]*\r?$", re.MULTILINE)


def labelled(line: str) -> bool:
    """Whether a line is names and values and no sentence.

    >>> labelled("symbol=EURUSD bid=1.0850,ask=1.0852"), labelled("Set x=1 when the rate of the day has come")
    (True, False)
    """
    if SECTION.fullmatch(line) or METRIC.fullmatch(line) or BARE_METRIC.fullmatch(line):
        return True
    rest = LABEL.sub(" ", line)
    return rest != line and len(re.findall(r"[^\W\d_]{2,}", rest)) <= 2


def read_lines(lines: list[str], context: Context) -> Iterator[Tick | Reject]:
    """The quotes of lines; those with one label gather into a block."""
    block: dict[str, object] = {}
    begun, section = 1, context
    for number, whole in enumerate([*lines, ""], 1):
        line = whole.strip()
        fields = fields_of(line)
        if line[:1] in {"#", ";"}:
            continue
        if not fields or len(fields) > 1 or next(iter(fields)) in block:
            if block:
                found = priced(block, section, begun)
                if found is not None:
                    yield found
            block = {}
        if header := SECTION.fullmatch(line):
            section = replace(context, pair=pair_of(header["name"]))
        elif len(fields) == 1 and "{" not in line:
            if not block:
                begun = number
            block.update(fields)
        elif fields:
            found = priced(fields, replace(section, pair=None), number)
            if found is not None:
                yield found


PAIRED = {*PAIRS, *BASES, *COUNTERS}
FIGURED = {*RATES, *BIDS, *ASKS}


def priced(fields: dict[str, object], context: Context, line: int) -> Tick | Reject | None:
    """The fields of a line or block as a quote, if they name a pair and a price."""
    if not FIGURED & fields.keys() or not (context.pair or PAIRED & fields.keys()):
        return None
    return read_row(fields, context, line)


def fields_of(line: str) -> dict[str, object]:
    """The labels of one line by their short names, with the time at its end.

    >>> fields_of('fx_rate{base="USD",quote="KZT"} 523.54')
    {'base': 'USD', 'quote': 'KZT', 'rate': '523.54'}
    """
    metric = METRIC.fullmatch(line)
    text = metric["labels"] if metric else line
    fields: dict[str, object] = {}
    for match in LABEL.finditer(text):
        plain = match["plain"]
        value = match["quoted"] if plain is None else plain.removesuffix("i") if plain[:1].isdecimal() else plain
        fields.setdefault(key_of(match["key"]), value)
    if metric:
        side = str(fields.pop("side", "")) or metric["name"].rpartition("_")[2]
        if PRICED.fullmatch(metric["name"]):
            fields[side if side in {"bid", "ask"} else "rate"] = metric["value"]
    measured = MEASURED.match(line)
    if measured and "value" in fields and not of_rates(measured["name"]):
        del fields["value"]
    stamp = metric["time"] if metric else (end["time"] if fields and (end := STAMP.search(line)) else None)
    if not metric and (begun := LEADING.match(line)):
        fields.setdefault("timestamp", begun["time"])
    if stamp:
        try:
            epoch(Decimal(stamp))
            fields.setdefault("timestamp", stamp)
        except BadField:
            pass
    return fields


LABELS = Labels()
