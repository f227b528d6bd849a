"""JSON of series: SDMX-JSON (ECB, Norges Bank), the Riksbank's observations, FRED's.

In SDMX-JSON a figure stands under numbers (``"0:1:0"``) that point into lists of codes; the codes are put back and read
as in SDMX's CSV, with ``UNIT_MULT`` a power of ten. The Riksbank names its series in each row. FRED leaves the series
out of its answer: the file's name (``DEXUSEU.json``) or ``--pair`` says it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from fx.formats.json_text import Table, json_values, looks_like_json
from fx.formats.json_walk import flat
from fx.formats.page import Page
from fx.formats.record import NO_PAIR, Context, key_of, read_row
from fx.formats.series import series_of
from fx.late import late
from fx.quotes import Reject, Tick

__all__ = ["JSON_SERIES", "JsonSeries"]

SDMX = late(r'"dataSets"\s*:\s*\[')
RIKSBANK = late(r'"series_?[iI]d"\s*:\s*"SEK[A-Za-z]{3}PMI"')
FRED = late(r'"realtime_start"\s*:')
UNKNOWN = (
    "this series was at times quoted for one and at times for a hundred: take its unit from the bank and write a CSV"
)


@dataclass(frozen=True, slots=True)
class JsonSeries:
    """The format ``json-series``."""

    name: str = "json-series"
    summary: str = "JSON of series: SDMX-JSON of central banks, the Riksbank, FRED"
    example: str = '[{"seriesId": "SEKUSDPMI", "date": "2024-12-13", "value": 10.9823}]'

    def recognises(self, page: Page) -> bool:
        """Whether it is JSON with the marks of one of the three."""
        if not looks_like_json(page.raw):
            return False
        if FRED.search(page.raw) and '"observations"' in page.raw:
            return True
        return bool((SDMX.search(page.raw) and '"structure' in page.raw) or RIKSBANK.search(page.raw))

    def read(self, page: Page) -> Iterator[Tick | Reject]:
        """Yield a tick for each observation.

        >>> page = Page("", '[{"seriesId": "SEKUSDPMI", "date": "2024-12-13", "value": 10.9823}]')
        >>> [(str(tick.pair), tick.rate, str(tick.observed_at)) for tick in JSON_SERIES.read(page)]
        [('USD/SEK', Decimal('10.9823'), '2024-12-13')]
        """
        stem = re.split(r"[/\\]", page.name)[-1].split(".")[0]
        context = Context(pair=page.hints.pair or series_of(stem), mark=page.hints.decimal_mark)
        for value in json_values(page.raw):
            if isinstance(value, Reject):
                yield value
            elif isinstance(value, Table) and "observations" in value and FRED.search(page.raw):
                yield from observations(value, context)
            else:
                yield from sets_in(value, context)


def observations(table: Table, context: Context) -> Iterator[Tick | Reject]:
    """FRED's answer: days and values of one series."""
    rows = table["observations"]
    for row in rows if isinstance(rows, list) else []:
        if not isinstance(row, Table):
            continue
        if context.pair is None:
            yield Reject(str(row.get("value", ""))[:40], NO_PAIR, row.line)
            return
        found = read_row({"date": row.get("date"), "value": row.get("value")}, context, row.line)
        if found is not None:
            yield found


def sets_in(value: object, context: Context) -> Iterator[Tick | Reject]:
    """The rows of the Riksbank, and the data sets of SDMX with the structure beside them."""
    if isinstance(value, list):
        for item in value:
            yield from sets_in(item, context)
        return
    if not isinstance(value, Table):
        return
    fields = flat(value)
    if "seriesid" in fields:
        series = str(fields.pop("seriesid"))
        pair = series_of(series)
        if pair is not None:
            found = read_row(fields, replace(context, pair=pair), value.line)
            if found is not None:
                yield found
        elif re.fullmatch(r"SEK[A-Z]{3}PMI", series):
            yield Reject(series, UNKNOWN, value.line)
        return
    sets = value.get("dataSets")
    structures = value.get("structures")
    structure = structures[0] if isinstance(structures, list) and structures else value.get("structure")
    if isinstance(sets, list) and isinstance(structure, Table):
        for each in sets:
            if isinstance(each, Table):
                yield from rows_of_set(each, structure, context)
        return
    for item in value.values():
        if isinstance(item, Table | list):
            yield from sets_in(item, context)


def rows_of_set(data: Table, structure: Table, context: Context) -> Iterator[Tick | Reject]:
    """Every observation of a data set, its numbers turned into codes."""
    dimensions, attributes = structure.get("dimensions"), structure.get("attributes")
    outer = lists_of(dimensions, "series")
    inner = lists_of(dimensions, "observation")
    said = lists_of(attributes, "series")
    series = data.get("series")
    groups = series.items() if isinstance(series, Table) else [("", data)]
    for key, group in groups:
        seen = group.get("observations") if isinstance(group, Table) else None
        if not isinstance(group, Table) or not isinstance(seen, Table):
            continue
        fields = chosen(outer, key.split(":"))
        if isinstance(marks := group.get("attributes"), list):
            fields |= chosen(said, [str(mark) for mark in marks])
        for place, figures in seen.items():
            figure = figures[0] if isinstance(figures, list) and figures else None
            row = {**fields, **chosen(inner, place.split(":")), "obsvalue": figure}
            found = read_row(row, context, seen.lines[place])
            if found is not None:
                yield found


Codes = list[tuple[str, list[object]]]


def lists_of(part: object, name: str) -> Codes:
    """The code lists of a part of the structure: what each is called, and its values."""
    listed = part.get(name) if isinstance(part, Table) else None
    found: Codes = []
    for each in listed if isinstance(listed, list) else []:
        values = each.get("values") if isinstance(each, Table) else None
        named = key_of(str(each.get("id", ""))) if isinstance(each, Table) else ""
        found.append((named, values if isinstance(values, list) else []))
    return found


def chosen(codes: Codes, numbers: list[str]) -> dict[str, object]:
    """The codes to which numbers point.

    >>> usd = Table(1)
    >>> usd.put("id", "USD", 1)
    >>> chosen([("currency", [usd])], ["0"])
    {'currency': 'USD'}
    """
    found: dict[str, object] = {}
    for (name, values), number in zip(codes, numbers, strict=False):
        value = values[int(number)] if number.isdecimal() and int(number) < len(values) else None
        code = value.get("id") if isinstance(value, Table) else None
        if isinstance(code, str | Decimal):
            found[name] = str(code)
    return found


JSON_SERIES = JsonSeries()
