"""What Datasette shows beside the data (its ``metadata.json``): descriptions, canned queries, which tables to hide."""

from __future__ import annotations

from typing import Any

from fx.canned import CANNED
from fx.schema_words import DATABASE, TABLES, VIEWS

__all__ = ["metadata_of"]


def metadata_of(database: str) -> dict[str, Any]:
    """The metadata for a database that Datasette knows by this name: that of the file without its ending.

    >>> sorted(metadata_of("fx")["databases"]["fx"])
    ['description', 'queries', 'tables']
    """
    tables = {
        name: {
            "description": words.summary,
            "columns": {column: description for column, (_, description) in words.columns.items()},
            **({"hidden": True} if name in TABLES else {}),
        }
        for name, words in (VIEWS | TABLES).items()
    }
    queries = {
        name: {
            "title": canned.title,
            "description": canned.description,
            "params": list(canned.params),
            "sql": canned.sql.strip(),
            "hide_sql": True,
        }
        for name, canned in CANNED.items()
    }
    return {"databases": {database: {"description": DATABASE, "tables": tables, "queries": queries}}}
