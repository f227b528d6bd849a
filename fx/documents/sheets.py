"""Tables that are no text: Apache Parquet and workbooks (xlsx), poured out as CSV for the formats to read.

Each sheet of a workbook that holds something is a document of its own, ``book.xlsx!Sheet``, unless it is the only one.
Text is taken as it stands, so that figures kept as text keep their digits; a number has the digits that the file gives
it. Rows come as they are read, and what comes out is held to the limits of everything that is unpacked.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import BinaryIO

from fx.documents.document import WHOLE, Document, Readable
from fx.errors import InputError
from fx.late import late

__all__ = ["PARQUET", "is_workbook", "parquet_in", "sheets_in"]

PARQUET = b"PAR1\x15"
"""How a Parquet file begins: its mark, and the first field of a page or, where it has no rows, of its foot."""
ROWS_AT_ONCE = 4096
LARGEST_TEXTS = WHOLE
"""The most that a workbook's table of texts, which is held in memory, may unpack to."""


class Poured:
    """Rows as a stream of CSV, written as it is read."""

    def __init__(self, rows: Iterable[Iterable[object]]) -> None:
        self.rows = iter(rows)
        self.waiting = b""

    def read(self, size: int) -> bytes:
        """At most so many bytes; none at the end."""
        pieces, held = [self.waiting], len(self.waiting)
        while held < size:
            text = io.StringIO()
            row = next(self.rows, None)
            if row is None:
                break
            csv.writer(text, lineterminator="\n").writerow([cell_text(value) for value in row])
            pieces.append(text.getvalue().encode("utf-8", errors="replace"))
            held += len(pieces[-1])
        data = b"".join(pieces)
        self.waiting = data[size:]
        return data[:size]


GUARDED = late(r"'+[=+@\t\r\n\0＝＋－＠-]")
"""Of such a name the format ``csv`` takes an apostrophe away, which fx's own CSV would have set there."""


def cell_text(value: object) -> str:
    r"""A cell as text: a day or an instant in ISO 8601, a number without an exponent.

    >>> cell_text(datetime(2024, 12, 14)), cell_text(8e-05), cell_text(None), cell_text(" a\r\nb")
    ('2024-12-14', '0.00008', '', 'a b')
    """
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.tzinfo is None and value.time() == time() else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, float):  # a cell of numbers; repr gives the digits that the file's own programs show
        text = repr(value)
        return format(Decimal(text), "f").removesuffix(".0") if text not in {"nan", "inf", "-inf"} else ""
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    text = " ".join(str(value).split())
    return f"'{text}" if GUARDED.match(text) else text


def parquet_in(
    origin: Document, file: BinaryIO, guarded: Callable[[Readable, str], Readable], whole: Callable[..., Document]
) -> Iterator[Document | InputError]:
    """The one document of a Parquet file; raises `InputError` where it is damaged or pyarrow is missing."""
    try:
        import pyarrow.parquet as pq  # noqa: PLC0415 (an extra)
    except ImportError:
        raise InputError(
            f"{origin.name} is a Parquet file and needs pyarrow: install it with pip install 'fx[parquet]'",
            document=origin.name,
        ) from None
    try:
        table = pq.ParquetFile(file)
        names = list(table.schema_arrow.names)
    except Exception as error:  # noqa: BLE001 (pyarrow has its own tree of errors)
        raise damaged(origin.name, "Parquet file", error) from None

    def rows() -> Iterator[Iterable[object]]:
        yield names
        for batch in table.iter_batches(batch_size=ROWS_AT_ONCE, use_threads=False):
            yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)

    yield whole(replace(origin, charset="utf-8"), guarded(Poured(rows()), origin.name))


def is_workbook(file: BinaryIO) -> bool:
    """Whether a zip file is a workbook: its texts and sheets lie in ``xl/``."""
    import zipfile  # noqa: PLC0415 (text comes unpacked)

    try:
        with zipfile.ZipFile(file) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError):
        return False


def sheets_in(
    origin: Document, file: BinaryIO, guarded: Callable[[Readable, str], Readable], whole: Callable[..., Document]
) -> Iterator[Document | InputError]:
    """The sheets of a workbook that hold something; raises `InputError` where it is damaged or openpyxl is missing."""
    try:
        from openpyxl import load_workbook  # noqa: PLC0415 (an extra)
    except ImportError:
        raise InputError(
            f"{origin.name} is a workbook and needs openpyxl: install it with pip install 'fx[xlsx]'",
            document=origin.name,
        ) from None
    try:
        check_texts(origin.name, file)
        book = load_workbook(file, read_only=True, data_only=True)
        sheets = [sheet for sheet in book.worksheets if sheet.max_row is None or sheet.max_row > 0]
    except InputError:
        raise
    except Exception as error:  # noqa: BLE001 (openpyxl lets through whatever its parsers raise)
        raise damaged(origin.name, "workbook", error) from None
    for sheet in sheets:
        name = origin.name if len(sheets) == 1 else f"{origin.name}!{sheet.title}"
        page = replace(origin, name=name, charset="utf-8")
        try:
            sheet.reset_dimensions()  # what a sheet says of its size may be wrong
            yield whole(page, guarded(Poured(sheet.iter_rows(values_only=True)), name))
        except InputError as error:
            yield error
    book.close()


def check_texts(name: str, file: BinaryIO) -> None:
    """Raise `InputError` where what openpyxl holds in memory of a workbook is too much; a zip file keeps its word."""
    import zipfile  # noqa: PLC0415

    with zipfile.ZipFile(file) as archive:
        held = [
            info for info in archive.infolist() if info.filename.startswith("xl/") and "/media/" not in info.filename
        ]
    if sum(info.file_size for info in held if "/worksheets/" not in info.filename) > LARGEST_TEXTS:
        raise InputError(
            f"{name} holds more than {LARGEST_TEXTS >> 20} megabytes of texts: save its sheets as CSV", document=name
        )


def damaged(name: str, what: str, error: Exception) -> InputError:
    """The error for a file that its library cannot read."""
    reason = str(error).split("\n")[0][:100].lower() or type(error).__name__
    return InputError(f"{name} is a damaged {what} ({reason}): get it anew", document=name)
