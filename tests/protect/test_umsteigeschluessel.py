"""The key between two Zuschnitte does not tell where one or two residents went."""

from __future__ import annotations

import pytest


@pytest.fixture
def office(office):
    """A city with figures besides its key."""
    office.counts("einwohner", 30)
    return office


def key(office) -> dict[tuple[str, str], tuple[float | None, str]]:
    office.protect()
    return {
        (old, new): (share, status)
        for old, new, share, status in office.rows("umsteigeschluessel", "von_id, nach_id, anteil, status")
    }


def test_shares_of_a_unit_whose_parts_may_be_told_are_told(office):
    office.parts("A", A=30, B=10)
    office.parts("B", B=3, C=0)

    assert key(office) == {
        ("A", "A"): (0.75, "ok"),
        ("A", "B"): (0.25, "ok"),
        ("B", "B"): (1, "ok"),
        ("B", "C"): (0, "ok"),
    }


@pytest.mark.parametrize("moved", [1, 2])
def test_a_unit_from_which_one_or_two_moved_has_no_share_at_all(office, moved):
    office.parts("A", A=30, B=moved, C=40)
    office.parts("B", B=50, C=50)

    assert key(office) == {
        ("A", "A"): (None, "geschuetzt"),
        ("A", "B"): (None, "geschuetzt"),
        ("A", "C"): (None, "geschuetzt"),
        ("B", "B"): (0.5, "ok"),
        ("B", "C"): (0.5, "ok"),
    }


def test_the_threshold_is_that_of_residents(new_office):
    office = new_office(personen=(6, 6), leistung=(50, 50))
    office.counts("einwohner", 30)
    office.parts("A", A=30, B=5)
    office.parts("B", A=30, B=6)

    assert {pair: status for pair, (_, status) in key(office).items()} == {
        ("A", "A"): "geschuetzt",
        ("A", "B"): "geschuetzt",
        ("B", "A"): "ok",
        ("B", "B"): "ok",
    }


@pytest.mark.parametrize("residents", [0, 1, 2, 70])
def test_the_share_of_a_unit_that_stays_whole_is_1_however_few_live_in_it(office, residents):
    office.parts("A", B=residents)

    assert key(office) == {("A", "B"): (1, "ok")}


def test_no_number_of_residents_leaves_with_the_key(office):
    office.parts("A", A=30, B=10)
    office.protect()

    columns = [name for name, *_ in office.con.execute(
        f"DESCRIBE FROM '{office.target / 'umsteigeschluessel.parquet'}'").fetchall()]  # fmt: skip
    assert "einwohner" not in columns
