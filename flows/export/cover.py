"""The first sheet of the workbook: which release it is, what each sheet holds, and how to read its cells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flows.export.faces import Faces
from flows.export.sheet_rows import LETTERS_PER_CHARACTER, POINTS_PER_LINE
from flows.export.worksheets import Worksheet
from flows.profile.vocabulary import vocabulary
from flows.release.job import ReleaseJob

NAME = "Fortschreibung"
_SAMPLE = 1234
_LEFT, _RIGHT = 42, 110  # characters
_Line = tuple[Worksheet | str | int, Any, str]
"""What stands at the left, its face (None for that of texts), and what it means."""


@dataclass(frozen=True)
class Cover:
    """The cover of a workbook with these sheets."""

    job: ReleaseJob
    version: str
    sheets: Sequence[Worksheet]

    def lay_out(self, book: Any, faces: Faces, footer: str) -> None:
        """Add the cover to the workbook."""
        sheet = book.add_worksheet(NAME)
        sheet.set_column(0, 0, _LEFT)
        sheet.set_column(1, 1, _RIGHT)
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 1)
        sheet.set_footer(footer)
        sheet.write_string(0, 0, f"{self.job.city_name} {self.version}", faces.title)
        row = 1
        for name, content in self._facts():
            row += 1
            sheet.write_string(row, 0, name, faces.text)
            if isinstance(content, dt.date):
                sheet.write_datetime(row, 1, content, faces.left_day)
            else:
                _write_text(sheet, row, content, faces)
        for title, lines in (
            ("Die Blätter", self._list_of_sheets()),
            ("Die Zellen", self._legend(faces)),
            ("Die Methoden", self._methods()),
        ):
            row += 2
            sheet.write_string(row, 0, title, faces.title)
            for first, face, meaning in lines:
                row += 1
                if isinstance(first, Worksheet):
                    sheet.write_url(row, 0, f"internal:'{first.name}'!A1", faces.link, first.name)
                else:
                    sheet.write(row, 0, first, face or faces.text)
                _write_text(sheet, row, meaning, faces)

    def _list_of_sheets(self) -> list[_Line]:
        return [(each, None, each.title) for each in self.sheets]

    def _facts(self) -> list[tuple[str, str | dt.date]]:
        job = self.job
        synthetic: list[tuple[str, str | dt.date]] = [
            ("Hinweis", "Synthetische Daten: keine Zahl beschreibt einen wirklichen Ort oder wirkliche Menschen.")
        ]
        return [
            ("Stadt", job.city_name),
            *(synthetic if job.synthetic else []),
            ("Fortschreibung", self.version),
            ("Stichtage bis", job.stichtag_max),
            ("Zuschnitt", job.zuschnitt),
            ("Lizenz", job.licence),
            *([("Lizenztext", job.licence_url)] if job.licence_url else []),
            ("Namensnennung", job.attribution),
            ("Herausgeber", job.publisher),
            ("Kontakt", job.contact),
        ]

    def _legend(self, faces: Faces) -> list[_Line]:
        status = vocabulary().status
        return [
            (_SAMPLE, faces.counted(), f"Gezählt. {status['ok'].de}"),
            (
                _SAMPLE, faces.estimated,
                "Geschätzt; die Spalte methode sagt, wie.",
            ),
            (_SAMPLE, faces.incomplete, f"Mit Stern. {status['unvollstaendig'].de}"),
            *((gap.short_de, face, f"Keine Zahl. {gap.de}") for gap, face in faces.gaps),
        ]  # fmt: skip

    def _methods(self) -> list[_Line]:
        return [(f"{each.short_de} ({name})", None, each.de) for name, each in vocabulary().method.items()]


def _write_text(sheet: Any, row: int, text: str, faces: Faces) -> None:
    """Write a text beside the first column, and let its row be as high as it needs."""
    sheet.set_row(row, POINTS_PER_LINE * (1 + int(len(text) / (LETTERS_PER_CHARACTER * _RIGHT))))
    sheet.write_string(row, 1, text, faces.beside)
