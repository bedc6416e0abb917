"""Workbooks and archives with the same bytes on every machine.

Members are stored, not compressed: what a compressor makes of a text depends on its version.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile

_FIRST_OF_ALL = (1980, 1, 1, 0, 0, 0)


def archive(members: dict[str, bytes]) -> bytes:
    """A ZIP with fixed times."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as packed:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, date_time=_FIRST_OF_ALL)
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            packed.writestr(entry, content)
    return target.getvalue()


def workbook(sheet: str, titles: list[str], header: list[str], rows: list[list[str | int]]) -> bytes:
    """A workbook of one sheet: title rows, a header row, rows."""
    import xlsxwriter  # noqa: PLC0415 -- only the household table needs it

    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        book.set_properties({"created": dt.datetime(2000, 1, 1, tzinfo=dt.UTC), "comments": "synthetisch"})
        bold = book.add_format({"bold": True})
        page = book.add_worksheet(sheet)
        page.set_column(0, len(header) - 1, 16)
        for line, title in enumerate(titles):
            page.write_string(line, 0, title)
        for column, name in enumerate(header):
            page.write_string(len(titles), column, name, bold)
        for line, row in enumerate(rows, start=len(titles) + 1):
            for column, value in enumerate(row):
                if isinstance(value, str):
                    page.write_string(line, column, value)
                else:
                    page.write_number(line, column, value)
    with zipfile.ZipFile(io.BytesIO(target.getvalue())) as packed:
        return archive({name: packed.read(name) for name in packed.namelist()})
