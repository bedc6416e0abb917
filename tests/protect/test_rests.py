"""What overlapping groups leave over is a count of people too, whether or not an Indikator counts it."""

from __future__ import annotations


def test_all_but_two_of_a_declared_whole_are_not_published_beside_it(office):
    office.con.execute("INSERT INTO katalog.teil_ganzes VALUES ('sgb2', 'einwohner')")
    office.counts("einwohner", 30, 50, 60)
    office.counts("sgb2", 28, 20, 25)
    office.protect()

    both = list(zip(office.published("einwohner"), office.published("sgb2"), strict=True))
    assert "geschuetzt" in {figure.status for figure in both[0]}
    assert all(figure.status == "ok" for figure in both[2])


def test_where_nobody_or_enough_are_left_over_both_are_published(office):
    office.con.execute("INSERT INTO katalog.teil_ganzes VALUES ('sgb2', 'einwohner')")
    office.counts("einwohner", 30, 50, 60)
    office.counts("sgb2", 30, 20, 57)
    office.protect()

    assert {figure.status for name in ("einwohner", "sgb2") for figure in office.published(name)} == {"ok"}
