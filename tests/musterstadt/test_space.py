"""The map: polygons tile, units nest, and the redraw does what it says."""

import json
from collections import defaultdict

import duckdb
import pytest
from duckdb_extensions import import_extension


@pytest.fixture(scope="module")
def block_sides(default_city):
    """A table of the Baublockseiten with their geometry and their Sozialräume."""
    import_extension("spatial")
    connection = duckdb.connect()
    connection.load_extension("spatial")
    features = json.loads(default_city.bytes("raum/Baublockseiten.geojson"))["features"]
    rows = [(f["properties"]["BBS"], json.dumps(f["geometry"])) for f in features]
    connection.execute("CREATE TABLE bbs (id VARCHAR, zuschnitt INTEGER, raum VARCHAR)")
    for zuschnitt in (2015, 2020):
        pairs = [(b, zuschnitt, r) for b, r in default_city.assignment(zuschnitt).items()]
        connection.executemany("INSERT INTO bbs VALUES (?, ?, ?)", pairs)
    connection.execute("CREATE TABLE shape (id VARCHAR, json VARCHAR)")
    connection.executemany("INSERT INTO shape VALUES (?, ?)", rows)
    connection.execute("CREATE TABLE geometry AS SELECT id, ST_GeomFromGeoJSON(json) AS geom FROM shape")
    yield connection
    connection.close()


def _one(connection, query: str):
    return connection.execute(query).fetchone()


def test_every_polygon_is_valid_and_lies_in_the_planar_system(block_sides) -> None:
    assert _one(
        block_sides,
        "SELECT count(*), count(DISTINCT id), bool_and(ST_IsValid(geom)), min(ST_XMin(geom)) > 340000,"
        " max(ST_XMax(geom)) < 360000,"
        " min(ST_YMin(geom)) > 5670000, max(ST_YMax(geom)) < 5690000 FROM geometry",
    ) == (3000, 3000, True, True, True, True, True)


def test_block_sides_neither_overlap_nor_leave_gaps(block_sides) -> None:
    parts, whole, pieces, holes = _one(
        block_sides,
        "SELECT sum(ST_Area(geom)), ST_Area(ST_Union_Agg(geom)), ST_NumGeometries(ST_Union_Agg(geom)),"
        " ST_NumInteriorRings(ST_Union_Agg(geom)) FROM geometry",
    )
    assert whole == pytest.approx(parts, abs=0.01)
    assert (pieces, holes) == (1, 0)
    assert 50e6 < whole < 150e6


@pytest.mark.parametrize("zuschnitt", [2015, 2020])
def test_sozialraeume_are_unions_of_block_sides_without_overlap(block_sides, zuschnitt: int) -> None:
    units, parts, united = block_sides.execute(
        "WITH raum AS (SELECT raum, ST_Union_Agg(geom) AS geom FROM bbs JOIN geometry USING (id)"
        " WHERE zuschnitt = ? GROUP BY raum)"
        " SELECT count(*), sum(ST_Area(geom)), ST_Area(ST_Union_Agg(geom)) FROM raum",
        [zuschnitt],
    ).fetchone()
    assert 170 <= units <= 190
    assert united == pytest.approx(parts, abs=0.01)


def test_the_blocks_are_no_perfect_grid(block_sides) -> None:
    areas = _one(block_sides, "SELECT quantile_cont(ST_Area(geom), [0.05, 0.5, 0.95]) FROM geometry")[0]
    assert areas[2] > 5 * areas[0]


@pytest.mark.parametrize("zuschnitt", [2015, 2020])
@pytest.mark.parametrize("year", [2015, 2019, 2020, 2024])
def test_every_inhabited_block_side_is_assigned_once_where_its_history_is_known(small, zuschnitt, year) -> None:
    assigned = small.assignment(zuschnitt)
    inhabited = {bbs for bbs, by_age in small.ages(year).items() if sum(by_age)}
    missing = inhabited - set(assigned)
    if zuschnitt == 2015 and year == 2024:
        assert missing, "what was built after the redraw is not in the older Zuschnitt"
        assert missing.isdisjoint(small.movements(2019))
    else:
        assert not missing


def test_all_that_existed_under_the_first_zuschnitt_is_in_it_and_in_the_second(small) -> None:
    first, second = small.assignment(2015), small.assignment(2020)
    for year in range(2015, 2020):
        assert set(small.movements(year)) <= set(first)
    assert set(first) < set(second)
    features = json.loads(small.bytes("raum/Baublockseiten.geojson"))["features"]
    assert {f["properties"]["BBS"] for f in features} == set(second)


@pytest.mark.parametrize("zuschnitt", [2015, 2020])
def test_ids_nest_in_stadtteile_and_stadtbezirke_and_all_have_names(small, zuschnitt: int) -> None:
    named = defaultdict(dict)
    for row in small.table(f"raum/Raeume_{zuschnitt}.csv", "cp1252"):
        assert row["NUMMER"] not in named[row["EBENE"]]
        named[row["EBENE"]][row["NUMMER"]] = row["NAME"]
    assigned = small.assignment(zuschnitt)
    assert all(bbs[:3] == raum[:3] for bbs, raum in assigned.items())
    assert set(named["Sozialraum"]) == set(assigned.values())
    assert set(named["Stadtteil"]) == {raum[:3] for raum in assigned.values()}
    assert set(named["Stadtbezirk"]) == {raum[:2] for raum in assigned.values()}
    assert list(named["Stadt"]) == ["05999"]
    assert len(set(named["Stadtteil"].values())) == len(named["Stadtteil"])


def test_the_default_city_has_the_units_it_promises(default_city) -> None:
    assigned = default_city.assignment(2020)
    assert len(assigned) == 3000
    assert len({raum[:2] for raum in assigned.values()}) == 10
    assert len({raum[:3] for raum in assigned.values()}) == 50
    assert 170 <= len(set(assigned.values())) <= 190


def test_the_redraw_does_what_its_events_say(default_city) -> None:
    before, after = default_city.assignment(2015), default_city.assignment(2020)
    flows: dict[str, set[str]] = defaultdict(set)
    origins: dict[str, set[str]] = defaultdict(set)
    for bbs, raum in before.items():
        flows[raum].add(after[bbs])
        origins[after[bbs]].add(raum)
    kinds: dict[str, int] = defaultdict(int)
    touched: set[str] = set()
    for event in default_city.made.events:
        kinds[event.kind] += 1
        touched |= set(event.before)
        if event.kind == "split":
            assert flows[event.before[0]] == set(event.after)
            assert all(origins[a] == set(event.before) for a in event.after)
        elif event.kind == "merged":
            assert all(flows[b] == set(event.after) for b in event.before)
            assert origins[event.after[0]] == set(event.before)
        elif event.kind == "transferred":
            giver, taker = event.before
            assert flows[giver] == {giver, taker}
            assert flows[taker] == {taker}
        elif event.kind == "renumbered":
            assert flows[event.before[0]] == set(event.after)
            assert not set(event.after) & set(before.values())
        else:
            assert event.kind == "new"
            assert event.after[0] not in origins
    assert set(kinds) == {"split", "merged", "transferred", "renumbered", "new"}
    unchanged = set(before.values()) - touched
    assert len(unchanged) > len(set(before.values())) / 2
    assert all(flows[raum] == {raum} and origins[raum] == {raum} for raum in unchanged)


@pytest.mark.thorough
def test_one_sozialraum_has_no_residents_in_any_year(small) -> None:
    assigned = small.assignment(2015)
    empty = [bbs for bbs, raum in assigned.items() if raum == small.made.harbour_id]
    assert empty
    for year in range(2015, 2025):
        assert all(sum(small.ages(year).get(bbs, [0])) == 0 for bbs in empty)
