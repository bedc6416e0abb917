"""What overlapping groups leave over is a count of people too, whether or not an Indikator counts it."""

from __future__ import annotations

import pytest

from flows.protect import protect_figures, secondary
from flows.protect.audit import audit
from tests.protect.squares import FIRST, LEAST, SECOND, Squares, residents


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


@pytest.mark.slow
def test_the_audit_finds_a_rest_in_a_piece_between_two_zuschnitte(tmp_path, monkeypatch):
    monkeypatch.setattr(protect_figures, "repaired", lambda *_, **__: 0)
    monkeypatch.setattr(secondary, "small_sums", lambda _: [])
    people = residents((10, 20, 5, 6), (3, 4, 0, 5), (10, 30, 5, 8))  # in the second square all but two
    town = Squares(tmp_path, {FIRST: "AAB", SECOND: "ABB"}, people, LEAST, LEAST)

    [finding] = audit([("2020.1", tmp_path)], town.profile.codebook).findings

    assert (finding.kind, finding.merkmal, finding.low, finding.high) == (
        "rest piece", "einwohner_0_64 ohne sgb2", 2, 2
    )  # fmt: skip
