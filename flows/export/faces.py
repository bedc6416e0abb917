"""How a cell of the workbook looks: a number by its decimals, an estimate in another face, a gap with its reason.

A workbook names a format by its number. SQL writes the cells, and finds the numbers in two tables that are made here.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

import duckdb

from flows.base.db import insert
from flows.profile.vocabulary import Gap, vocabulary

_INK = "#1d2b36"
_QUIET = "#5f6b73"
_ESTIMATED = "#0b5a8f"
_WARNING = "#fbd9c6"
_HEAD = "#eef3f5"
_SMALL = 9


class Faces:
    """The formats of one workbook. `estimated` and the like are for numbers without decimals; all are xlsxwriter's."""

    def __init__(self, book: Any, decimals: Iterable[int]) -> None:
        small = {"font_size": _SMALL, "font_color": _INK, "valign": "top"}
        head = {**small, "bg_color": _HEAD, "text_wrap": True}
        self.title = book.add_format({"bold": True, "font_size": 12, "font_color": _INK})
        self.warning = book.add_format({"bold": True, "font_size": 12, "font_color": _INK, "bg_color": _WARNING})
        self.label = book.add_format({**head, "bold": True})
        self.unit = book.add_format({**head, "italic": True, "valign": "bottom"})
        self.id = book.add_format({**small, "font_color": _QUIET, "bottom": 1})
        self.text = book.add_format(small)
        self.wrapped = book.add_format({**small, "text_wrap": True})
        self.beside = book.add_format({**small, "text_wrap": True, "indent": 1})
        self.number = book.add_format({**small, "num_format": "General"})
        self.day = book.add_format({**small, "num_format": "dd.mm.yyyy"})
        self.left_day = book.add_format({**small, "num_format": "dd.mm.yyyy", "align": "left", "indent": 1})
        self.link = book.add_format({**small, "font_color": _ESTIMATED, "underline": 1})
        self._figures = {
            (places, counted, whole): book.add_format(
                {
                    **small,
                    "num_format": _number_format(places, whole=whole),
                    **({} if counted else {"italic": True, "font_color": _ESTIMATED}),
                }
            )
            for places in sorted({0, *decimals})
            for counted in (True, False)
            for whole in (True, False)
        }
        self._gaps = {
            name: book.add_format(
                {**small, "font_color": _QUIET, "align": "right", **({"bg_color": gap.fill} if gap.fill else {})}
            )
            for name, gap in _gaps().items()
        }

    def counted(self, places: int = 0) -> Any:
        """Return the face of a counted figure with so many decimals."""
        return self._figures[places, True, True]

    @property
    def estimated(self) -> Any:
        """The face of an estimated figure."""
        return self._figures[0, False, True]

    @property
    def incomplete(self) -> Any:
        """The face of a figure that is the sum of the known parts."""
        return self._figures[0, True, False]

    @property
    def gaps(self) -> list[tuple[Gap, Any]]:
        """Each reason for which a figure is missing, with its face."""
        return [(gap, self._gaps[name]) for name, gap in _gaps().items()]

    @property
    def no_row(self) -> str:
        """What follows the place of a cell for which the release has no row."""
        return self._gap_cell(vocabulary().no_row)

    def tell(self, con: duckdb.DuckDBPyConnection) -> None:
        """Write the tables gesicht_zahl and gesicht_grund, with which sql/export/ausnahme_breit.sql makes cells."""
        con.execute(
            "CREATE OR REPLACE TEMP TABLE gesicht_zahl "
            "(nachkommastellen INTEGER, gezaehlt BOOLEAN, vollstaendig BOOLEAN, anfang VARCHAR)"
        )
        insert(
            con,
            "gesicht_zahl",
            [
                {
                    "nachkommastellen": places, "gezaehlt": counted, "vollstaendig": whole,
                    "anfang": f' s="{number_of(face)}"><v>',
                }
                for (places, counted, whole), face in self._figures.items()
            ],
        )  # fmt: skip
        con.execute("CREATE OR REPLACE TEMP TABLE gesicht_grund (status VARCHAR, inhalt VARCHAR)")
        insert(
            con,
            "gesicht_grund",
            [{"status": name, "inhalt": self._gap_cell(gap)} for name, gap in _gaps().items()],
        )

    def _gap_cell(self, gap: Gap) -> str:
        face = next(face for each, face in self.gaps if each == gap)
        word = escape(gap.short_de, quote=False)
        return f' s="{number_of(face)}" t="inlineStr"><is><t>{word}</t></is></c>'


def number_of(face: Any) -> int:
    """Return the number by which cells name the format, which xlsxwriter gives when first asked for it."""
    return int(face._get_xf_index())


def _gaps() -> dict[str, Gap]:
    """Return why a figure can be missing."""
    return dict(vocabulary().gaps)


def _number_format(places: int, *, whole: bool) -> str:
    number = "#,##0" + ("." + "0" * places if places else "")
    return number if whole else f'{number}"*"'
