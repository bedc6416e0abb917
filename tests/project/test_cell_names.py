"""Columns and cells are named as in a spreadsheet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.base.cell_names import cell_name, column_and_row, column_letters


def test_columns_are_counted_in_letters():
    assert [column_letters(at) for at in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
    assert cell_name(1, 4) == "B4"


def test_a_name_is_read_in_every_way_it_is_written():
    assert column_and_row("B4") == column_and_row("$b$4") == (1, 4)


@given(st.integers(0, 16_383), st.integers(1, 1_048_576))
def test_a_name_leads_back_to_its_cell(column, row):
    assert column_and_row(cell_name(column, row)) == (column, row)


@pytest.mark.parametrize("text", ["", "4B", "B", "4", "B4:C5"])
def test_what_names_no_cell_is_refused(text):
    with pytest.raises(ValueError, match="expected the name of a cell"):
        column_and_row(text)
