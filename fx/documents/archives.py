"""Many pages in one file: WARC and WET by record, JSON lines of pages by line; each a document of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from io import BufferedReader, BytesIO
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from fx.documents.document import MEGABYTE, PART, Document, Readable, whole
from fx.errors import InputError, MomentError
from fx.moments import Moment

__all__ = ["charset_in", "moment_of", "pages_of", "records_of", "starts_with_a_page", "without_password"]

PAGES = frozenset(("response", "conversion", "resource"))
NOT_PAGES = ("image/", "video/", "audio/", "font/")
TEXT_FIELDS = ("html", "text", "content", "raw_content", "body")
NAME_FIELDS = ("url", "uri", "link", "name")
LINE = 8 * MEGABYTE
"""The longest line of JSON that is taken for a page: as text it may need four times the room."""
DATE_FIELDS = ("date", "timestamp", "fetched_at", "crawl_date", "date_download", "observed_at", "ts", "time")


def records_of(
    origin: Document, source: BufferedReader, held: Callable[[Readable, str], Readable]
) -> Iterator[Document | InputError]:
    """The pages in a WARC or WET file, named by their address, with the date at which each was fetched."""
    from warcio.archiveiterator import ArchiveIterator  # noqa: PLC0415 (only for web archives)

    class Records(ArchiveIterator):  # type: ignore[misc]
        INC_RECORD = ""  # what the library would print of a wrong length

    records = Records(source)
    while True:
        try:
            record = next(records, None)
        except InputError:
            raise
        except Exception as error:  # noqa: BLE001 (the library lets through whatever its parsers raise)
            raise InputError(
                f"{origin.name} is a damaged web archive ({str(error).strip()[:100].lower() or 'cut off'}): "
                "what follows is not read",
                document=origin.name,
            ) from None
        if record is None:
            return
        headers = record.rec_headers
        address = (headers.get_header("WARC-Target-URI") or "").strip("<> ")
        kind = (record.http_headers.get_header("Content-Type") if record.http_headers else None) or ""
        if record.rec_type not in PAGES or address.startswith("dns:") or kind.lower().startswith(NOT_PAGES):
            continue
        name = without_password(address) or f"{origin.name}!{headers.get_header('WARC-Record-ID')}"
        page = replace(origin, name=name, stated=moment_of(headers.get_header("WARC-Date")), charset=charset_in(kind))
        try:
            yield whole(page, held(record.content_stream(), name))
        except InputError as error:
            yield error


def starts_with_a_page(head: bytes) -> bool:
    """Whether the first line of a file is a JSON object that holds a page, and not one that is a quote.

    >>> starts_with_a_page(b'{"url": "https://example.org", "text": "KZT/USD = 0.00190"}\\n')
    True
    >>> starts_with_a_page(b'{"base": "KZT", "counter": "USD", "rate": "0.00190", "text": ""}\\n')
    False
    """
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not head.startswith(b"{"):
        return False
    with suppress(ValueError, RecursionError):
        return page_in(loads(head.split(b"\n", 1)[0])) is not None
    return False


def loads(line: bytes) -> Any:
    """A line of JSON; raises ValueError or RecursionError."""
    import json  # noqa: PLC0415 (few documents begin with a brace)

    return json.loads(line)


def page_in(found: Any) -> str | None:
    """The text of the page that a JSON object holds, if it holds one."""
    if not isinstance(found, Mapping) or ("base" in found and found.keys() & {"counter", "rate", "rates", "quote"}):
        return None
    return next((found[field] for field in TEXT_FIELDS if isinstance(found.get(field), str)), None)


def pages_of(
    origin: Document, source: BufferedReader, number: int = 0, *, goes_on: bool = False
) -> Iterator[Document | InputError]:
    """The pages in JSON lines: those with an address are named by it, others by their line; a lone one is the file.

    ``number`` lines stand before these in the file, and others after them where it ``goes_on``.
    """
    while line := source.readline(LINE):
        number += 1
        name = f"{origin.name}!{number}" if number > 1 or goes_on or source.peek(1) else origin.name
        if len(line) == LINE and not line.endswith(b"\n"):
            while line and not line.endswith(b"\n"):
                line = source.readline(PART)
            yield InputError(f"{name} is longer than {LINE:,} bytes: split it into pages", document=name)
            continue
        if not line.strip():
            continue
        try:
            found = loads(line)
        except (ValueError, RecursionError):
            yield InputError(f"{name} is no JSON: check that line", document=name)
            continue
        text = page_in(found)
        if text is None:
            continue
        address = first(found, NAME_FIELDS)
        page = replace(
            origin,
            name=without_password(address) if address else name,
            stated=moment_of(first(found, DATE_FIELDS)),
            charset="utf-8",
        )
        yield whole(page, BytesIO(text.encode("utf-8", errors="replace")))


def first(found: Mapping[str, Any], fields: tuple[str, ...]) -> str | None:
    """The first of these fields that is a text."""
    return next((found[field] for field in fields if isinstance(found.get(field), str) and found[field]), None)


def moment_of(text: str | None) -> Moment | None:
    """A moment written in ISO 8601; None for what is none."""
    with suppress(MomentError):
        return Moment.parse(text) if text else None
    return None


def charset_in(content_type: str | None) -> str | None:
    """The encoding that a ``Content-Type`` names.

    >>> charset_in("text/html; charset=windows-1251"), charset_in("text/html")
    ('windows-1251', None)
    """
    from email.message import Message  # noqa: PLC0415 (a library for mail, for web archives only)

    message = Message()
    message["Content-Type"] = (content_type or "").replace("\r", " ").replace("\n", " ")
    found = message.get_param("charset")
    return found if isinstance(found, str) else None


def without_password(address: str) -> str:
    """An address as it may be stored and shown: without user, password and fragment, and with keys struck out.

    >>> without_password("https://me:secret@example.org/rates?app_id=abc&base=USD#top")
    'https://example.org/rates?app_id=***&base=USD'
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return address.rsplit("@", 1)[-1]
    query = "&".join(
        f"{field.partition('=')[0]}=***" if "=" in field and secret(field.partition("=")[0]) else field
        for field in parts.query.split("&")
    )
    return urlunsplit((parts.scheme, parts.netloc.rsplit("@", 1)[-1], parts.path, query, ""))


def secret(field: str) -> bool:
    """Whether a field of a query holds what only its user should know."""
    return field.lower().replace("_", "").replace("-", "") in SECRETS


SECRETS = frozenset("accesskey apikey appid appkey auth key password passwd secret sig signature token".split())
