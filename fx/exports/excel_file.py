"""A workbook for spreadsheets (xlsx), by openpyxl (an extra): one sheet with the columns of the CSV.

Figures and names are cells of text: a number in a spreadsheet is a float that loses the last digits and the zeros
behind them, and text in a cell of text is never run as a formula. ``rate_number`` is the number to compute with.
openpyxl is used directly, row by row to disk; pandas would hold the whole sheet and write names as formulas.
"""

from __future__ import annotations

import shutil
import tempfile
from decimal import Decimal
from typing import IO, Any

from fx.errors import UsageError
from fx.exports.parquet_file import number_of
from fx.exports.quote_rows import columns_of, in_columns
from fx.exports.shape import ExportFormat, Told
from fx.store.selection import Selection

__all__ = ["EXCEL"]

MOST_ROWS = 1_048_576


def write(selection: Selection, out: IO[bytes], told: Told) -> None:
    """The sheet; raises `UsageError` where openpyxl is missing, or a sheet has too few rows."""
    try:
        from openpyxl import Workbook  # noqa: PLC0415 (an extra)
        from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    except ImportError:
        raise UsageError("xlsx needs openpyxl: install it with pip install 'fx[xlsx]'") from None
    book = Workbook(write_only=True)
    sheet = book.create_sheet("quotes")
    sheet.freeze_panes = "A2"
    columns = columns_of(selection)

    def cell(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        written = WriteOnlyCell(sheet, value)
        written.data_type = "s"
        return written

    sheet.append([*columns, "rate_number"])
    for row in in_columns(selection, told):
        if told.written >= MOST_ROWS:
            raise UsageError(
                f"a sheet has {MOST_ROWS:,} rows and there are more quotes: narrow --since and --until, or take parquet"
            )
        number = number_of(row)
        sheet.append([*(cell(row[name]) for name in columns), None if number is None else Decimal(number)])
    with tempfile.TemporaryFile() as whole:  # a zip file that cannot be ended leaves traces on stderr
        book.save(whole)
        whole.seek(0)
        shutil.copyfileobj(whole, out)


EXCEL = ExportFormat(
    "xlsx",
    "a workbook for spreadsheets, by openpyxl: pip install 'fx[xlsx]'",
    "one sheet, a row a quote",
    "xlsx",
    write,
    binary=True,
    every=True,
)
