"""A sum distributed by need, as a workbook: the amounts, and on a second sheet how they came about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from flows.base.errors import ConfigError

_UNITS = (
    ("raum_id", "Nummer", 10), ("name", "Raum", 30), ("klasse", "Klasse", 22), ("koepfe", "Köpfe", 10),
    ("betrag", "Betrag", 14), ("betrag_von", "mindestens", 14), ("betrag_bis", "höchstens", 14),
    ("betrag_vorher", "vorher", 14), ("bedarf", "wegen Bedarf", 14), ("definition", "wegen Definition", 14),
    ("koepfe_teil", "wegen Köpfen", 14), ("fortschreibung", "wegen Fortschreibung", 14), ("anmerkung", "Anmerkung", 44),
)  # fmt: skip
MONEY = frozenset({"betrag", "betrag_von", "betrag_bis", "betrag_vorher", "bedarf", "definition", "koepfe_teil",
                   "fortschreibung"})  # fmt: skip


def write_budget(path: Path, units: Sequence[Mapping[str, Any]], said: Mapping[str, str]) -> None:
    """Write the workbook; amounts of `units` are cents, `said` are the lines of the second sheet.

    Raises:
        ConfigError: when nothing can be written there.
    """
    try:
        with xlsxwriter.Workbook(str(path), {"in_memory": True}) as book:
            euros, bold = book.add_format({"num_format": "#,##0.00"}), book.add_format({"bold": True})
            sheet = book.add_worksheet("Beträge")
            for at, (name, words, width) in enumerate(_UNITS):
                sheet.set_column(at, at, width)
                sheet.write_string(0, at, words, bold)
                for row, unit in enumerate(units, start=1):
                    value = unit.get(name)
                    if value is None:
                        continue
                    if name in MONEY:
                        sheet.write_number(row, at, value / 100, euros)
                    elif isinstance(value, str):
                        sheet.write_string(row, at, value)
                    else:
                        sheet.write_number(row, at, value)
            sheet.freeze_panes(1, 2)
            about = book.add_worksheet("Rechnung")
            about.set_column(0, 0, 24)
            about.set_column(1, 1, 100)
            for row, (name, words) in enumerate(said.items()):
                about.write_string(row, 0, name, bold)
                about.write_string(row, 1, words)
    except (OSError, xlsxwriter.exceptions.XlsxWriterException) as problem:
        raise ConfigError(
            f"--xlsx {path}: the workbook cannot be written there: {problem}.", code="FS-USE-03"
        ) from problem
