"""What arrives: files, folders, standard input, URLs, archives, as documents; bytes into one plain text.

A document is one text as received; its identity is the SHA-256 of its bytes, its name is only how the caller called it.

==============  ==========================================================================
`document`      the record `Document`, and the `Limits` it is read under
`places`        files, folders, standard input
`web`           ``http(s)`` addresses
`packed`        gz, bz2, xz, zst and zip, within limits, never to disk
`sheets`        Parquet and workbooks, poured out as CSV
`archives`      WARC, WET, JSON lines of pages: many documents in one file
`stretches`     such JSON lines in stretches, for many readers at once
`encodings`     bytes into characters
`html`          of a page what is visible
`bare`          text that is searched before it is decoded
`parts`         a document of any size, a few megabytes of text at a time
==============  ==========================================================================
"""

from __future__ import annotations

from fx.documents.bare import is_bare, narrowed, seen, unusual
from fx.documents.document import ROWS, STANDARD_INPUT, WHOLE, Document, Limits
from fx.documents.encodings import decoded
from fx.documents.html import visible_text
from fx.documents.parts import Looked, Part, Parts
from fx.documents.places import documents_at

__all__ = [
    "ROWS",
    "STANDARD_INPUT",
    "WHOLE",
    "Document",
    "Limits",
    "Looked",
    "Part",
    "Parts",
    "decoded",
    "documents_at",
    "is_bare",
    "narrowed",
    "seen",
    "unusual",
    "visible_text",
]
