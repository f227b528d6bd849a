"""What each table, view and column of the database holds: the one place that says so.

README's table of views, ``fx info --schema`` and the metadata for Datasette are made from this; a test holds that
nothing in a database is left out, and that values have the types that stand here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

__all__ = ["DATABASE", "TABLES", "VIEWS", "Words", "schema_rows"]

Type = Literal["text", "number", "integer"]
"""What SQLite's ``typeof`` says, ``real`` being a number."""

DATABASE = (
    "Quotes of currencies as they were published, each with its source, document and line. "
    "Read the views; the tables beneath hold the same as exact integers, and may change."
)


@dataclass(frozen=True, slots=True)
class Words:
    """A view or table: what it shows, and for each column its type and what it holds."""

    summary: str
    columns: Mapping[str, tuple[Type, str]]


QUOTE: dict[str, tuple[Type, str]] = {
    "pair": ("text", "base and counter: KZT/USD"),
    "base": ("text", "the currency of which one unit is valued"),
    "counter": ("text", "the currency in which it is valued"),
    "observed_at": ("text", "the day or moment at which the rate held, UTC: 2024-12-14 or 2024-12-14T15:30:00.000Z"),
    "rate": ("number", "units of counter for one base, to compute with; of bid and ask alone their middle"),
    "rate_text": ("text", "the same with its digits as published, exact; null where only bid and ask were"),
    "bid": ("number", "the side at which base is bought; null where none was published"),
    "ask": ("number", "the side at which base is sold; null where none was published"),
    "change_pct": ("number", "the percent printed beside the rate; null where none was, which is not 0"),
    "source": ("text", "who publishes; null where nobody was named"),
    "document": ("text", "the name of the document that said it first"),
    "line": ("integer", "the line of that document, from 1"),
    "repeats": ("integer", "how often that document says it"),
    "recorded_at": ("text", "the moment at which that document was recorded, UTC"),
    "revision": ("integer", "how many statements of the same source, pair and moment it came after; 0 for the first"),
}

DOCUMENT: dict[str, tuple[Type, str]] = {
    "name": ("text", "the file, address or archive member"),
    "source": QUOTE["source"],
    "sha256": ("text", "the SHA-256 of its bytes, in hexadecimal"),
    "observed_at": ("text", "the day or moment its quotes hold for, unless a line says another"),
    "time_basis": ("text", "where that time is from: line, given, stated, modified or clock"),
    "recorded_at": ("text", "the moment at which it was recorded, UTC"),
    "quotes": ("integer", "the different quotes it holds"),
    "repeats": ("integer", "the statements that it only repeats"),
    "rejects": ("integer", "what looked like a quote and could not be read"),
}

REJECT: dict[str, tuple[Type, str]] = {
    "document": ("text", "the name of the document"),
    "line": ("integer", "its line, from 1"),
    "text": ("text", "what stands there"),
    "reason": ("text", "why it is not taken, and what to do"),
}

VIEWS: dict[str, Words] = {
    "quotes": Words("every statement, also those that were corrected since", QUOTE),
    "standing_quotes": Words("the quotes that no later statement of the same source and moment replaced", QUOTE),
    "latest_quotes": Words(
        "the newest quote of each pair",
        QUOTE | {"age_days": ("integer", "whole days from the day it was observed to today, UTC")},
    ),
    "rates": Words(
        "the standing quotes in both directions",
        {name: QUOTE[name] for name in ("base", "counter")}
        | {
            "rate": ("number", "units of counter for one base"),
            "observed_at": QUOTE["observed_at"],
            "kind": ("text", "'quoted' as published, or 'inverse', turned over"),
        },
    ),
    "daily_rates": Words(
        "the standing quotes by day, in UTC, of all sources together",
        {
            "day": ("text", "the day in UTC: 2024-12-14"),
            "base": QUOTE["base"],
            "counter": QUOTE["counter"],
            "open": ("number", "the first rate of the day"),
            "high": ("number", "the highest rate of the day"),
            "low": ("number", "the lowest rate of the day"),
            "close": ("number", "the last rate of the day"),
            "quotes": ("integer", "how many quotes the day has"),
        },
    ),
    "documents": Words(
        "the texts that were read, with what each gave",
        DOCUMENT,
    ),
    "rejects": Words(
        "what looked like a quote and could not be read",
        REJECT,
    ),
}
"""The readable face, in the order in which people meet it."""

ORDINAL = "milliseconds since 1970 UTC, doubled, plus 1 for an instant; even is a whole day"
ORIGIN: dict[str, tuple[Type, str]] = {
    "document_id": ("integer", "the document"),
    "line": ("integer", "its line, from 1"),
    "times": ("integer", "how often it stands there, plus 4294967296 for each zero of the unit: of 100, of 1000"),
}
STATEMENT: dict[str, tuple[Type, str]] = {
    "series_id": ("integer", "the series"),
    "observed_at": ("integer", ORDINAL),
    "rate": (
        "integer",
        "the digits of the rate as one whole number: 190 for 0.00190; 0 for sides alone, and beyond 18",
    ),
    "scale": ("integer", "how many of them are decimals: 5 for 0.00190; below 0 that many zeros follow"),
    "rest": ("text", "what does not fit the numbers, mostly empty: 'bid/ask digits change' as published"),
    "change": (
        "integer",
        "the percent: 8 times its digits, its decimals and 1, with its sign; -91 for -0.11, 0 for none",
    ),
}

TABLES: dict[str, Words] = {
    "source": Words(
        "who publishes, one row each",
        {"id": ("integer", "its number"), "name": ("text", "its name, empty where nobody was named")},
    ),
    "series": Words(
        "one pair as one source publishes it",
        {
            "id": ("integer", "its number"),
            "source_id": ("integer", "the source"),
            "base": QUOTE["base"],
            "counter": QUOTE["counter"],
            "plain_scale": (
                "integer",
                "the scale of all its quotes, each a plain rate and alone at its moment; null where that is not known",
            ),
        },
    ),
    "document": Words(
        "the texts that were read: the view documents in integers",
        {
            "id": ("integer", "its number, in the order recorded"),
            "sha256": DOCUMENT["sha256"],
            "name": DOCUMENT["name"],
            "source_id": ("integer", "the source"),
            "observed_at": ("integer", ORDINAL),
            "time_basis": DOCUMENT["time_basis"],
            "recorded_at": ("integer", "milliseconds since 1970 UTC"),
            "quotes": DOCUMENT["quotes"],
            "repeats": DOCUMENT["repeats"],
            "rejects": DOCUMENT["rejects"],
            "digest": ("integer", "a sum over all that it said, by which fx db check finds what has changed"),
            "seal": ("integer", "the same of its name and times, and of its rejects"),
        },
    ),
    "quote": Words(
        "one row a statement, in the order of series and time: the view quotes in integers", STATEMENT | ORIGIN
    ),
    "sighting": Words("where a statement that was known stood again", STATEMENT | ORIGIN),
    "reject": Words(
        "what could not be read: the view rejects with its numbers",
        {
            "document_id": ("integer", "the document"),
            "number": ("integer", "its number within the document, from 1"),
            "line": REJECT["line"],
            "place": ("integer", "its place in the line, from 1"),
            "text": REJECT["text"],
            "reason": REJECT["reason"],
        },
    ),
    "alembic_version": Words("the schema's revision, for upgrades", {"version_num": ("text", "the revision")}),
}
"""The compact tables; they belong to fx and may change with the schema."""


def schema_rows() -> Iterator[dict[str, str | None]]:
    """Each view and table, then its columns, as rows: ``kind``, ``name``, ``column``, ``type``, ``description``.

    >>> next(schema_rows())["name"]
    'quotes'
    """
    for kind, named in (("view", VIEWS), ("table", TABLES)):
        for name, words in named.items():
            yield {"kind": kind, "name": name, "column": None, "type": None, "description": words.summary}
            for column, (holds, description) in words.columns.items():
                yield {"kind": kind, "name": name, "column": column, "type": holds, "description": description}
