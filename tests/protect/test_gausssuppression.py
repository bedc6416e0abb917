"""The elimination against GaussSuppression of Statistics Norway: no more cells than theirs, and nothing follows.

A pattern of suppressed cells is not unique, so it is judged by its number and by an attack with exact fractions.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from flows.protect.elimination import Known
from tests.protect.attack import Figure, follows

pytestmark = pytest.mark.real
Row = dict[str, str]


@dataclass(frozen=True)
class Cell:
    """A cell of the table: which inner cells it adds up, and what the oracle says of it."""

    inner: frozenset[int]
    value: int
    primary: bool
    told_before: bool
    """Published with an earlier table, and so out."""
    theirs: bool
    """GaussSuppression suppresses it."""

    @property
    def row(self) -> dict[int, int]:
        """The cell as a sum."""
        return dict.fromkeys(self.inner, 1)


def table(folder: Path, given: str, expected: str, count: str, part_of: Callable[[Row, Row], bool]) -> list[Cell]:
    """Return the cells of a table; `part_of` says whether an inner cell (second) is counted in a cell (first)."""
    inner = list(csv.DictReader((folder / f"{given}.csv").open(encoding="utf-8")))
    cells = [
        Cell(frozenset(at for at, each in enumerate(inner) if part_of(row, each)), int(row[count]),
             row["primary"] == "TRUE", row.get("forced") == "TRUE", row["suppressed"] == "TRUE")
        for row in csv.DictReader((folder / f"{expected}.csv").open(encoding="utf-8"))
    ]  # fmt: skip
    assert all(cell.value == sum(int(inner[at][count]) for at in cell.inner) for cell in cells)
    return cells


def suppressed(cells: list[Cell], size: int) -> set[int]:
    """Return the cells that the elimination does not publish, asked as the product does: coarse before fine, large
    before small; of equal ones those of large wholes first.
    """
    known = Known((cell.row for cell in cells if cell.primary), size)
    for cell in cells:
        if cell.told_before:
            known.add(cell.row)
    wholes = [sum(other.value for other in cells if cell.inner < other.inner) for cell in cells]
    open_ = [at for at, cell in enumerate(cells) if not cell.primary and not cell.told_before]
    order = sorted(open_, key=lambda at: (-len(cells[at].inner), -cells[at].value, -wholes[at], at))
    return {at for at in order if not known.published(cells[at].row)} | {
        at for at, cell in enumerate(cells) if cell.primary
    }


def region_and_income(row: Row, each: Row) -> bool:
    above = {each["region"], each.get("fylke"), each.get("kostragr"), "Total"}
    return row["region"] in above and row["hovedint"] in (each["hovedint"], "Total")


def quarter_income_and_size(row: Row, each: Row) -> bool:
    first, last = row["quarter"].removeprefix("quarter_").split("_") if "_" in row["quarter"] else (row["quarter"],) * 2
    inside = row["quarter"] == "Total" or first <= each["quarter"] <= last
    return inside and all(row[name] in (each[name], "Total") for name in ("main_income", "size"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("given", "expected", "count", "part_of", "at_most"),
    [
        ("z1_input", "z1_expected", "ant", region_and_income, 6),
        ("z2_hier_input", "z2_hier_expected_maxN3", "ant", region_and_income, 29),
        ("d2s_quarters_input", "incremental_a1_expected", "freq", quarter_income_and_size, 4),
        ("d2s_quarters_input", "incremental_b2_expected", "freq", quarter_income_and_size, 14),
        ("d2s_quarters_input", "incremental_b3_expected", "freq", quarter_income_and_size, 22),
        ("d2s_quarters_input", "incremental_b4_expected", "freq", quarter_income_and_size, 22),
    ],
)
def test_no_more_cells_than_theirs_and_nothing_follows(given, expected, count, part_of, at_most, real_folder):
    cells = table(real_folder / "oracles" / "gausssuppression", given, expected, count, part_of)
    size = max(max(cell.inner) for cell in cells) + 1
    silent = suppressed(cells, size)

    assert sum(cell.theirs for cell in cells) == at_most
    assert len(silent) <= at_most
    told = [Figure(tuple(cell.inner), cell.value) for at, cell in enumerate(cells) if at not in silent]
    assert [cell for cell in cells if cell.primary and follows(told, cell.row, size) is not None] == []
