"""A proposal as a Zuschnitt: who keeps which id, and what people decided about it."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from flows.base.errors import ConfigError
from flows.base.home import Home
from flows.profile.load import load_profile
from flows.pull.landing.store import Landing
from flows.pull.pull_sources import pull
from flows.redrawing.city_ground import CityGround, city_ground
from flows.redrawing.city_proposals import CityAsked, proposals_of
from flows.redrawing.decisions import Decision, decisions_of, last_decision, proposal_id, record
from flows.redrawing.ground import Ground
from flows.redrawing.laid_cut import transform_with
from flows.redrawing.proposed_cut import NAMES, OUTLINES, POLYGONS, CutFolder, unit_ids, with_deliveries, write_cut
from flows.stage.space import stage_space
from tests.redrawing.grounds import squares
from tests.redrawing.towns import CUT, profile, town


def ground_of(*rows: str, units: list[str], nests: tuple[str, ...] = ()) -> CityGround:
    flat = squares(*rows)
    stated = {each.name: getattr(flat, each.name) for each in fields(Ground)}
    nest = np.zeros(len(flat), dtype=np.int64) if nests else np.zeros(0, dtype=np.int64)
    return CityGround(**{**stated, "units": units, "nest": nest}, nests=nests)


def test_a_new_unit_gets_the_next_number_that_no_zuschnitt_has_used() -> None:
    ground = ground_of("AABB", units=["011001", "011002"], nests=("011",))
    ids = unit_ids(ground, np.array([0, 2, 1, 3]), ["011001", "011002", "011007", "012055"], r"\d{6}")
    assert ids == ["011001", "011002", "011008", "011009"]


def test_a_split_that_was_dropped_uses_up_no_id() -> None:
    ground = ground_of("AABB", units=["011001", "011002"], nests=("011",))
    assert unit_ids(ground, np.array([0, 0, 1, 4]), [], r"\d{6}") == ["011001", "011002", "", "", "011003"]


def test_a_split_that_was_dropped_asks_for_no_id_where_none_is_free() -> None:
    ground = replace(ground_of("AABB", units=["11", "21"]), nest=np.array([0, 0, 1, 1]), nests=("1", "2"))
    assert unit_ids(ground, np.array([0, 0, 1, 3]), ["19"], None) == ["11", "21", "", "22"]


def test_a_unit_that_only_another_cut_has_gets_its_id_after_those_of_the_proposal() -> None:
    ground = ground_of("AABB", units=["011001", "011002"], nests=("011",))
    other = np.array([2, 3]), np.array([1, 2])
    assert unit_ids(ground, np.array([0, 3, 1, 1]), [], None, [other])[2:] == ["011004", "011003"]


def test_ids_of_another_larger_unit_that_begin_alike_are_no_siblings() -> None:
    ground = replace(ground_of("AABB", units=["101", "1099"]), nest=np.array([0, 0, 1, 1]), nests=("1", "10"))
    assert unit_ids(ground, np.array([0, 2, 1, 1]), [], None)[2:] == ["102"]


def test_units_split_from_one_have_names_of_their_own(con, tmp_path: Path) -> None:
    town(con, "AAAB")
    ground, into = city_ground(con, profile()), CutFolder(tmp_path, dt.date(2025, 1, 1))

    def called(labels: list[int], of_b: str = "Altstadt") -> list[str]:
        con.execute("DELETE FROM stage.raum_name")
        con.execute(f"INSERT INTO stage.raum_name VALUES ('{CUT}', 'sozialraum', 'A', 'Hafen'), "
                    f"('{CUT}', 'sozialraum', 'B', '{of_b}')")  # fmt: skip
        write_cut(con, profile(), ground, np.array(labels), ["A", "B", "C", "D", "E"], into)
        return [line.split(";")[2] for line in (tmp_path / NAMES).read_text("utf-8").splitlines()[1:]]

    assert called([0, 2, 2, 1]) == ["Hafen", "Altstadt", "Hafen (neu)"]
    assert called([0, 2, 3, 1]) == ["Hafen", "Altstadt", "Hafen (neu 1)", "Hafen (neu 2)"]
    assert called([0, 2, 2, 1], of_b="Hafen (neu)") == ["Hafen", "Hafen (neu)", "Hafen (neu 1)"]
    assert called([0, 0, 4, 1]) == ["Hafen", "Altstadt", "Hafen (neu)"]  # the splits 2 and 3 were dropped


def test_without_a_larger_unit_the_number_at_its_end_counts_on() -> None:
    ground = ground_of("AABB", units=["N-7", "S-1"])
    assert unit_ids(ground, np.array([0, 2, 1, 1]), [], None)[2:] == ["N-8"]


@pytest.mark.parametrize(("known", "pattern"), [(["011999"], r"\d{6}"), ([], r"0110[0-1]\d")])
def test_where_no_id_is_free_it_says_what_to_do(known: list[str], pattern: str) -> None:
    units = ["011001", "011019"]
    ground = ground_of("AABB", units=units, nests=("011",))
    with pytest.raises(ConfigError, match=r"free id for the part split from 011001.*--keep"):
        unit_ids(ground, np.array([0, 2, 1, 1]), known, pattern)


def decision(proposal: str, verdict: str, why: str = "weil") -> Decision:
    at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    return Decision(city="m", proposal=proposal, verdict=verdict, by="A", why=why, at=at)


def test_decisions_are_kept_in_their_order_and_the_last_one_holds(tmp_path: Path) -> None:
    home = Home(tmp_path)
    for one in (decision("ab", "rejected"), decision("cd", "accepted"), decision("ab", "changed")):
        record(home, one)
    found = decisions_of(home, "m")
    assert [each.proposal for each in found] == ["ab", "cd", "ab"]
    assert last_decision(found, "ab").verdict == "changed"
    assert last_decision(found, "xy") is None
    assert decisions_of(home, "other") == []


def test_a_decision_needs_a_reason_and_a_damaged_line_is_named(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with pytest.raises(ConfigError, match="--why REASON"):
        record(home, decision("ab", "rejected", why=" "))
    record(home, decision("ab", "rejected"))
    path = tmp_path / "redrawing" / "m.jsonl"
    path.write_text(path.read_text("utf-8") + "{}\n", "utf-8")
    with pytest.raises(ConfigError, match=r"m\.jsonl, line 2: expected a decision"):
        decisions_of(home, "m")


def test_a_proposal_is_known_by_what_it_moves_whatever_the_order() -> None:
    moves = [("b1", "A", "B"), ("b2", "A", "C")]
    assert proposal_id(moves) == proposal_id(moves[::-1])
    assert proposal_id(moves) != proposal_id([("b1", "A", "B"), ("b2", "A", "B")])


def cut_apart(con, into: CutFolder) -> None:
    """Write A of the town AABB cut in two, and make the figures of both Zuschnitte."""
    ground, labels, ids = city_ground(con, profile()), np.array([0, 2, 1, 1]), ["A", "B", "C"]
    write_cut(con, profile(), ground, labels, ids, into)
    transform_with(con, profile(), ground, labels, ids, into.valid_from)


AREAS = "SELECT raum_id, flaeche_km2 FROM raum WHERE zuschnitt = '2025-01-01' AND raumebene = 'sozialraum' ORDER BY 1"


@pytest.mark.slow
def test_polygons_of_todays_zuschnitt_only_come_with_the_proposal(con, tmp_path: Path) -> None:
    town(con, "AABB")
    there = "st_aswkb(st_affine(st_geomfromwkb(wkb), 1, 0, 0, 1, 350000, 5650000))::BLOB"  # where Musterstadt lies
    con.execute(f"UPDATE stage.geometrie SET zuschnitt = '{CUT}', wkb = {there}")
    before = con.execute("SELECT basis_id, wkb FROM stage.geometrie ORDER BY 1").fetchall()
    into = CutFolder(tmp_path, dt.date(2025, 1, 1))
    cut_apart(con, into)
    assert con.execute(AREAS).fetchall() == [("A", 0.01), ("B", 0.02), ("C", 0.01)]

    made = load_profile("musterstadt", into.cities / "musterstadt")
    (source,) = (each for each in made.sources if each.id == "polygone_vorschlag_2025_01_01")
    made = replace(made, sources=[source])
    landing = Landing(tmp_path / "landing")
    found = pull(made, landing, folder=with_deliveries(into, {}))
    for table in ("geometrie", "raum_name"):
        con.execute(f"DELETE FROM stage.{table}")
    stage_space(con, made, found.lieferungen, landing.folder, tmp_path)
    again = con.execute("SELECT basis_id, wkb FROM stage.geometrie WHERE zuschnitt = '2025-01-01' ORDER BY 1")
    assert again.fetchall() == before


@pytest.mark.slow
def test_polygons_of_every_zuschnitt_are_not_delivered_twice(con, tmp_path: Path) -> None:
    town(con, "AABB")
    (tmp_path / POLYGONS).write_text("of an earlier proposal", "utf-8")
    cut_apart(con, CutFolder(tmp_path, dt.date(2025, 1, 1)))
    assert con.execute(AREAS).fetchall() == [("A", 0.01), ("B", 0.02), ("C", 0.01)]
    assert not (tmp_path / POLYGONS).exists()


@pytest.mark.slow
def test_outlines_of_the_proposed_units_come_for_a_map_without_any_figure(con, tmp_path: Path) -> None:
    town(con, "AABB")
    cut_apart(con, CutFolder(tmp_path, dt.date(2025, 1, 1)))
    features = json.loads((tmp_path / OUTLINES).read_text("utf-8"))["features"]
    assert [each["properties"] for each in features] == [
        {"NUMMER": "A", "NAME": "", "GEAENDERT": True}, {"NUMMER": "B", "NAME": "", "GEAENDERT": False},
        {"NUMMER": "C", "NAME": "A (neu)", "GEAENDERT": True},
    ]  # fmt: skip
    rows = con.execute(
        "SELECT round(st_area(st_transform(st_geomfromgeojson(shape), 'EPSG:4326', 'EPSG:25832', always_xy := TRUE))) "
        "FROM (SELECT unnest(?) AS shape)", [[json.dumps(each["geometry"]) for each in features]],
    ).fetchall()  # fmt: skip
    assert rows == [(10_000,), (20_000,), (10_000,)]


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({"least": 500}, r"500 to 1,000 residents, and the largest stadtteil, which none may leave, has 400"),
        ({"least": 500, "nesting": "none"}, r"500 to 1,000 residents, and the whole city has 400"),
        ({"most": 90}, r"45 to 90 residents, and the smallest inhabited base unit has 100"),
    ],
)
def test_bounds_that_no_unit_can_keep_are_refused(con, rules: dict[str, object], expected: str) -> None:
    town(con, "AABB")
    with pytest.raises(ConfigError, match=rf"redrawing\.toml, rules: .*{expected}\. Correct rules\.least or"):
        proposals_of(con, profile(rules=rules), CityAsked())
