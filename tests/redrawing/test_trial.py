"""`propose --try`: any map with residents and traits, known answers, and errors that name file, line and column."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from flows.base.errors import ConfigError
from flows.redrawing.trial import TrialAsked, TrialFiles, as_json, tried_cut
from flows.stage.read.polygons import polygons_in

REAL = Path(os.environ.get("FORTSCHREIBUNG_REAL", Path(__file__).parents[3] / "shared" / "real")) / "oracles"
UNITS = "unit,pop,share,today\na,100,0.1,L\nb,100,0.1,L\nc,100,0.8,L\nd,100,0.9,R\n"
EDGES = "a,b\na,b\nb,c\nc,d\n"


@pytest.fixture
def files(tmp_path):
    def written(units: str = UNITS, edges: str = EDGES, **keys) -> TrialFiles:
        (tmp_path / "units.csv").write_text(units, "utf-8")
        (tmp_path / "edges.csv").write_text(edges, "utf-8")
        return TrialFiles(tmp_path / "units.csv", tmp_path / "edges.csv", **keys)

    return written


def test_few_base_units_are_searched_completely(files):
    answer = as_json(tried_cut(files(current="today"), TrialAsked(2)), TrialAsked(2))
    assert answer["admissible_partitions"] == 3
    assert answer["labels"] == {"a": "L", "b": "L", "c": "R", "d": "R"}
    assert answer["residents_moved"] == 100
    assert answer["within_share"] < answer["within_share_current"]


def test_a_price_keeps_what_is_not_worth_it(files):
    answer = as_json(tried_cut(files(current="today"), TrialAsked(price=50, rounds=40)), TrialAsked())
    assert answer["residents_moved"] == 0
    assert answer["searched"] == "random trees"


def test_fewer_parts_than_today_are_found_as_well(files):
    three = UNITS.replace("b,100,0.1,L", "b,100,0.1,M").replace("c,100,0.8,L", "c,100,0.8,R")
    answer = as_json(tried_cut(files(three, current="today"), TrialAsked(2, 0.0)), TrialAsked(2))
    assert (answer["parts"], answer["bounds"]["kept"], answer["residents"]) == (2, True, {"least": 200, "most": 200})


def test_a_part_that_differs_by_just_the_deviation_is_within_bounds(files):
    units = "unit,pop,share\na,60,1\nb,55,2\nc,85,3\n"  # 100 * (1 + 0.15) is less than 115 to a computer
    assert tried_cut(files(units, "a,b\na,b\nb,c\n"), TrialAsked(2, 0.15)).sizes.tolist() == [115, 85]


def test_a_map_with_too_many_partitions_is_searched(files, monkeypatch):
    monkeypatch.setattr("flows.redrawing.exact.STEPS", 2)
    answer = as_json(tried_cut(files(current="today"), TrialAsked(2, rounds=20)), TrialAsked(2))
    assert (answer["searched"], answer["admissible_partitions"]) == ("random trees", None)


def test_a_table_with_semicolons_has_decimal_commas(files):
    german = UNITS.replace(",", ";").replace("0.", "0,")
    assert tried_cut(files(german, EDGES.replace(",", ";"), current="today"), TrialAsked(2)).moved == 100


@pytest.mark.parametrize(
    ("units", "edges", "asked", "expected"),
    [
        (UNITS.replace("d,100", "d,many"), EDGES, TrialAsked(2), r"units.csv, line 5, pop: expected a number"),
        (UNITS.replace("d,100", "d,-1"), EDGES, TrialAsked(2), r"units.csv, line 5, pop: expected residents from 0 on"),
        (UNITS.replace("b,100,0.1", "b,100,"), EDGES, TrialAsked(2), r"units.csv, line 3, share: expected a number"),
        (UNITS.replace("\nd,", "\na,"), EDGES, TrialAsked(2), r"expected each base unit once, found a again"),
        (UNITS, EDGES.replace("c,d", "c,x"), TrialAsked(2), r"edges.csv, line 4: expected a base unit of .*'x'"),
        (UNITS, "a,b\na,b\nc,d\n", TrialAsked(2), r"all hang together, found 2 pieces"),
        (UNITS, EDGES, TrialAsked(2, 0.0), None),
        (UNITS, EDGES, TrialAsked(3, 0.1), r"connected parts of 120 to 147 residents, found that there is none"),
        (UNITS, EDGES, TrialAsked(9), r"--parts: expected 2 to 4"),
        (UNITS, EDGES, TrialAsked(2, -1), r"--deviation: expected 0 or more"),
        (UNITS, EDGES, TrialAsked(3, price=0.1), r"--price: expected as many parts as there are today \(2\), found 3"),
        ("unit,pop,share,today\na,1,3,L\nb,1,3,R\n", "a,b\na,b\n", TrialAsked(2), r"Trait share: .* the same figure"),
    ],
)
def test_errors_name_what_was_expected_and_where(files, units, edges, asked, expected):
    given = files(units, edges, current="today", traits=("share",))
    if expected is None:
        assert tried_cut(given, asked).kept
        return
    with pytest.raises(ConfigError, match=expected):
        tried_cut(given, asked)


def test_neighbours_come_from_polygons_as_well(files, tmp_path):
    def square(name: str, west: float) -> dict:
        ring = [[west, 0], [west + 1, 0], [west + 1, 1], [west, 1], [west, 0]]
        return {"type": "Feature", "properties": {"unit": name},
                "geometry": {"type": "Polygon", "coordinates": [ring]}}  # fmt: skip

    (tmp_path / "map.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": [square(name, at) for at, name in enumerate("abcd")]}),
        "utf-8",
    )
    given = files(current="today")
    drawn = TrialFiles(given.units, polygons=tmp_path / "map.geojson", current="today")
    assert tried_cut(drawn, TrialAsked(2)).moved == 100
    (tmp_path / "map.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [square("a", 0)]}))
    with pytest.raises(ConfigError, match="polygon for each of the 4 base units"):
        tried_cut(drawn, TrialAsked(2))


@pytest.mark.slow
@pytest.mark.real
@pytest.mark.parametrize("deviation", [0.2, pytest.param(99.0, marks=pytest.mark.thorough)])
def test_the_known_number_of_partitions_and_the_known_optimum(deviation):
    """Counts by the R package redist, the optimum by brute force (shared oracle exact_partition_fl25)."""
    folder = REAL / "exact_partition_fl25"
    if not folder.is_dir():
        pytest.skip(f"needs {folder}")
    expected = {
        float(one[0]): one
        for one in (line.split(",") for line in (folder / "expected.csv").read_text().splitlines()[1:])
    }[deviation]
    files = TrialFiles(folder / "units.csv", folder / "adjacency.csv")
    found = tried_cut(files, TrialAsked(3, deviation))
    assert found.all is not None
    assert found.all.partitions == int(expected[1])
    assert found.within_share == pytest.approx(float(expected[2]), abs=1e-8)
    assert " ".join(map(str, found.labels)) == expected[3]


@pytest.mark.slow
@pytest.mark.real
def test_the_search_finds_the_optimum_that_enumeration_proves(monkeypatch):
    folder = REAL / "exact_partition_fl25"
    if not folder.is_dir():
        pytest.skip(f"needs {folder}")
    monkeypatch.setattr("flows.redrawing.trial.FEW", 0)
    found = tried_cut(TrialFiles(folder / "units.csv", folder / "adjacency.csv"), TrialAsked(3, 0.2, rounds=60))
    assert found.all is None
    assert found.within_share == pytest.approx(0.46507802, abs=1e-7)


@pytest.mark.thorough
@pytest.mark.real
def test_guerry_is_cut_as_well_as_by_redcap(tmp_path):
    """REDCAP (Ward) leaves 0.3790 of the sum of squares between four regions (GeoDa's tests)."""
    shape = REAL / "guerry_regionalisation" / "Guerry.shp"
    if not shape.is_file():
        pytest.skip(f"needs {shape}")
    answer = polygons_in(shape, "shp", "")
    rows = [row if isinstance(row, dict) else dict(zip(answer["columns"], row, strict=True)) for row in answer["rows"]]
    traits = ["Crm_prs", "Crm_prp", "Litercy", "Donatns", "Infants", "Suicids"]
    lines = [
        ",".join(["CODE_DE", *traits]),
        *(",".join(str(row[name]) for name in ["CODE_DE", *traits]) for row in rows),
    ]
    (tmp_path / "guerry.csv").write_text("\n".join(lines) + "\n", "utf-8")
    found = tried_cut(TrialFiles(tmp_path / "guerry.csv", polygons=shape), TrialAsked(4, rounds=150))
    assert 1 - found.within_share >= 0.3790
