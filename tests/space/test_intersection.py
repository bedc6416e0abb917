"""What two Zuschnitte have in common on the map, and which pieces are only lines drawn again."""

from __future__ import annotations

import numpy as np
import pytest

from flows.base.errors import ConfigError
from flows.space.intersection import NO_SLIVERS, SliverRule
from tests.space.conftest import NEW, OLD


def areas(pieces) -> dict[tuple[str, str], float]:
    return dict(zip(pieces.links.pairs(), pieces.area.tolist(), strict=True))


def test_the_area_of_every_piece(redrawn):
    assert areas(redrawn("AAB", "ACC")) == {("A", "A"): 10_000, ("A", "C"): 10_000, ("B", "C"): 10_000}


def test_neighbours_that_only_touch_share_nothing(redrawn):
    assert areas(redrawn("AB", "AB")) == {("A", "A"): 10_000, ("B", "B"): 10_000}


def test_a_unit_in_two_places_is_one_unit(redrawn):
    assert areas(redrawn("ABA", "CCD")) == {("A", "C"): 10_000, ("A", "D"): 10_000, ("B", "C"): 10_000}


def test_a_line_drawn_again_makes_no_piece_and_is_reported(city):
    city.box(OLD, "A", 0, 1000)
    city.box(OLD, "B", 1000, 2000)
    city.box(NEW, "A", 0, 1003)
    city.box(NEW, "B", 1003, 2000)

    pieces = city.cut()

    assert pieces.links.pairs() == [("A", "A"), ("B", "B")]
    (sliver,) = pieces.slivers
    assert (sliver.old, sliver.new, sliver.area) == ("B", "A", pytest.approx(300))
    assert len(areas(city.cut(NO_SLIVERS))) == 3


def test_a_small_unit_cut_out_of_a_large_one_is_a_change(city):
    city.box(OLD, "A", 0, 100_000)
    city.box(NEW, "A", 100, 100_000)
    city.box(NEW, "B", 0, 100)

    pieces = city.cut()

    assert pieces.links.pairs() == [("A", "A"), ("A", "B")]
    assert pieces.slivers == ()


def test_a_strip_too_narrow_for_a_house_is_a_sliver_however_small_the_unit(city):
    city.box(OLD, "A", 0, 50)
    city.box(OLD, "B", 50, 100)
    city.box(NEW, "A", 0, 54)
    city.box(NEW, "B", 54, 100)

    assert city.cut().links.pairs() == [("A", "A"), ("B", "B")]
    assert len(city.cut(SliverRule(share=0.01, width=0)).links) == 3


def test_the_largest_piece_of_a_unit_is_never_a_sliver(city):
    city.box(OLD, "A", 0, 4)
    city.box(OLD, "B", 4, 100)
    city.box(NEW, "C", 0, 100)

    assert city.cut().links.pairs() == [("A", "C"), ("B", "C")]


def test_a_unit_that_the_other_zuschnitt_does_not_cover_is_told(redrawn):
    pieces = redrawn("AAB", "A..")

    assert [(gap.unit, gap.is_old, gap.area, gap.outside) for gap in pieces.gaps] == [
        ("A", True, 20_000, 10_000),
        ("B", True, 10_000, 10_000),
    ]
    assert pieces.links.old == ("A", "B")
    assert pieces.links.partners_of_old().tolist() == [1, 0]


def test_without_polygons_the_message_names_zuschnitt_and_raumebene(city):
    city.zuschnitt(OLD, "A")

    with pytest.raises(ConfigError, match=rf"sozialraum in Zuschnitt {NEW}, found none"):
        city.cut()


@pytest.mark.slow
def test_five_thousand_units_are_cut_with_five_thousand_others(city):
    rng = np.random.default_rng(7)
    for name, columns, rows in ((OLD, 71, 71), (NEW, 72, 70)):
        x, y = np.linspace(0, 30_000, columns + 1), np.linspace(0, 30_000, rows + 1)
        dx = rng.uniform(-90, 90, (columns + 1, rows + 1)) * (x % 30_000 > 0)[:, None]
        dy = rng.uniform(-90, 90, (columns + 1, rows + 1)) * (y % 30_000 > 0)[None, :]
        px, py = x[:, None] + dx, y[None, :] + dy
        city.con.execute("CREATE OR REPLACE TEMP TABLE umriss (raum_id VARCHAR, wkt VARCHAR)")
        outlines = [
            (
                f"{i:03}{j:03}",
                [(px[a, b], py[a, b]) for a, b in ((i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1), (i, j))],
            )
            for i in range(columns)
            for j in range(rows)
        ]
        values = ", ".join(
            f"('{unit}', 'POLYGON(({', '.join(f'{a:.3f} {b:.3f}' for a, b in ring)}))')" for unit, ring in outlines
        )
        city.con.execute(f"INSERT INTO umriss VALUES {values}")
        city.con.execute(
            f"INSERT INTO raum SELECT '{name}', 'sozialraum', raum_id, ST_AsWKB(ST_GeomFromText(wkt))::BLOB, MAP {{}} "
            "FROM umriss"
        )

    pieces = city.cut(NO_SLIVERS)

    assert len(pieces.links.old) == 5_041
    assert pieces.area.sum() == pytest.approx(30_000**2, rel=1e-9)
    assert pieces.links.sum_by_old(pieces.area) == pytest.approx(pieces.old_area, rel=1e-9)
