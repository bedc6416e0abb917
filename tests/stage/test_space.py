"""What describes space as a map: polygons of the base units, in their coordinate system, with ids and names."""

import json

import pytest

from flows.stage.read.geojson import system_named

SQUARE = [[[350000, 5650000], [350100, 5650000], [350100, 5650100], [350000, 5650100], [350000, 5650000]]]
BOW_TIE = [[[350000, 5650000], [350100, 5650100], [350100, 5650000], [350000, 5650100], [350000, 5650000]]]
BONN = [[[7.09, 50.73], [7.10, 50.73], [7.10, 50.74], [7.09, 50.74], [7.09, 50.73]]]


def collection(*features: tuple, **members: object) -> str:
    made = [
        {"type": "Feature", "properties": {"BBS": unit, **more}, "geometry": {"type": "Polygon", "coordinates": rings}}
        for unit, rings, more in (feature if len(feature) == 3 else (*feature, {}) for feature in features)
    ]
    return json.dumps({"type": "FeatureCollection", "features": made, **members})


@pytest.fixture
def geometry(source):
    def text(crs: str = "EPSG:25832", more: str = "", **fields: str) -> str:
        contract = f'geometry = {{ id_property = "BBS", crs = "{crs}"{more} }}'
        given = {"file": r"'bbs\.geojson'", "dialect": '{ format = "geojson" }', "stichtag": "", **fields}
        return source("raum", contract, **given)

    return text


def test_a_polygon_is_taken_as_it_is(stage_city, geometry) -> None:
    staged = stage_city(geometry(), {"bbs.geojson": collection(("01100001", SQUARE))})
    found = staged.rows(
        "SELECT basis, basis_id, geheilt, st_area(st_geomfromwkb(wkb)), st_xmin(st_geomfromwkb(wkb)) "
        "FROM stage.geometrie"
    )
    assert found == [("bbs", "01100001", False, 10000, 350000)]
    assert staged.files == [("bbs.geojson", 1, 1, 0, 0)]


def test_an_id_kept_as_a_number_with_a_fraction_is_a_whole_number(stage_city, geometry) -> None:
    staged = stage_city(geometry(more=", unit_digits = 8"), {"bbs.geojson": collection((1100001.0, SQUARE))})
    assert staged.rows("SELECT basis_id FROM stage.geometrie") == [("01100001",)]


def test_degrees_become_metres_of_the_city(stage_city, geometry) -> None:
    staged = stage_city(geometry("EPSG:4326"), {"bbs.geojson": collection(("01100001", BONN))})
    ((x, y, area),) = staged.rows(
        "SELECT st_xmin(st_geomfromwkb(wkb)), st_ymin(st_geomfromwkb(wkb)), st_area(st_geomfromwkb(wkb)) "
        "FROM stage.geometrie"
    )
    assert (round(x, -3), round(y, -3)) == (365000, 5622000)  # UTM zone 32, not latitude and longitude swapped
    assert area == pytest.approx(706 * 1113, rel=0.01)


REPAIR = (
    '[[correction]]\nsource = "raum"\nwhere = { BBS = ["01100001"] }\naction = "repair"\nrows = 1\n'
    'reason = "crosses itself"\nreported = "nobody"\n'
)
AFAR = [[[360000, 5650000], [360100, 5650000], [360100, 5650100], [360000, 5650100], [360000, 5650000]]]


def test_an_invalid_polygon_stays_and_is_told(stage_city, geometry) -> None:
    staged = stage_city(geometry(), {"bbs.geojson": collection(("01100001", BOW_TIE), ("01100002", AFAR))})
    assert staged.rows("SELECT basis_id, ungueltig, geheilt FROM stage.geometrie ORDER BY 1") == [
        ("01100001", True, False), ("01100002", False, False),
    ]  # fmt: skip
    assert staged.rows("SELECT mangel, einheit FROM stage.geometrie_mangel") == [("ungueltig", "01100001")]


def test_an_invalid_polygon_is_repaired_by_a_registered_correction(stage_city, geometry, small_city) -> None:
    small_city.write("corrections.toml", REPAIR)
    staged = stage_city(geometry(), {"bbs.geojson": collection(("01100001", BOW_TIE), ("01100002", AFAR))})
    found = staged.rows(
        "SELECT basis_id, geheilt, st_isvalid(st_geomfromwkb(wkb)), st_area(st_geomfromwkb(wkb)) "
        "FROM stage.geometrie ORDER BY 1"
    )
    assert found == [("01100001", True, True, 5000), ("01100002", False, True, 10000)]
    assert staged.rows("FROM stage.geometrie_mangel") == []


def test_a_repair_of_a_valid_polygon_stops_the_run(refusal, geometry, small_city) -> None:
    small_city.write("corrections.toml", REPAIR)
    message = refusal(geometry(), {"bbs.geojson": collection(("01100001", SQUARE))})
    assert (
        "expected invalid polygons to repair, found valid ones in unit 01100001. Has the source been mended?" in message
    )


def moved(dx: float, dy: float, width: float = 100) -> list:
    x, y = 350000 + dx, 5650000 + dy
    return [[[x, y], [x + width, y], [x + width, y + 100], [x, y + 100], [x, y]]]


@pytest.mark.parametrize(
    ("features", "told"),
    [
        ([("01100001", SQUARE), ("01100002", moved(100, 0))], []),
        ([("01100001", SQUARE), ("01100002", moved(90, 0))], [("ueberlappung", "01100001 and 01100002", 1000, False)]),
        ([("01100001", SQUARE), ("01100002", moved(99.9, 0))], [("ueberlappung", "01100001 and 01100002", 10, True)]),
        ([("01100001", SQUARE), ("01100002", moved(99.999, 0))], []),  # below the tolerance of 1 m2
        (
            [("01100001", SQUARE), ("01100002", moved(25, 25, 50))],
            [("ueberlappung", "01100001 and 01100002", 3750, False)],
        ),
        ([("01100001", SQUARE), ("01100001", AFAR)], [("doppelt", "01100001", None, False)]),
    ],
)  # fmt: skip
def test_overlaps_and_ids_that_stand_twice_are_told_by_unit(stage_city, geometry, features: list, told: list) -> None:
    staged = stage_city(geometry(), {"bbs.geojson": collection(*features)})
    assert staged.rows("SELECT mangel, einheit, flaeche_m2, schmal FROM stage.geometrie_mangel") == told


def test_a_gap_is_told_with_the_units_around_it(stage_city, geometry) -> None:
    ring = [("01100001", moved(0, 0, 300)), ("01100002", moved(0, 100)), ("01100003", moved(200, 100)),
            ("01100004", moved(0, 200, 300))]  # fmt: skip
    staged = stage_city(geometry(), {"bbs.geojson": collection(*ring)})
    assert staged.rows("SELECT mangel, einheit, flaeche_m2 FROM stage.geometrie_mangel") == [
        ("luecke", "01100001, 01100002, 01100003, 01100004", 10000)
    ]


def test_an_id_that_stands_twice_stays_twice_for_the_check_to_see(stage_city, geometry) -> None:
    staged = stage_city(geometry(), {"bbs.geojson": collection(("01100001", SQUARE), ("01100001", AFAR))})
    assert staged.rows("SELECT basis_id, count(*) FROM stage.geometrie GROUP BY 1") == [("01100001", 2)]


@pytest.mark.parametrize(
    "name", ["EPSG:25832", "urn:ogc:def:crs:EPSG::25832", "http://www.opengis.net/def/crs/EPSG/0/25832"]
)
def test_the_coordinate_system_that_a_file_names_is_that_of_the_contract(stage_city, geometry, name: str) -> None:
    text = collection(("01100001", SQUARE), crs={"type": "name", "properties": {"name": name}})
    assert stage_city(geometry(), {"bbs.geojson": text}).files


@pytest.mark.parametrize(
    ("name", "system"),
    [
        ("EPSG:25832", "EPSG:25832"), ("urn:x-ogc:def:crs:EPSG:9.6:25832", "EPSG:25832"),
        ("http://www.opengis.net/gml/srs/epsg.xml#25832", "EPSG:25832"), ("urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326"),
        *((name, name) for name in (
            "urn:ogc:def:crs:ESRI::102329", "ETRS89 / UTM zone 32", "urn:ogc:def:crs,crs:EPSG::25832,crs:EPSG::5783",
        )),
    ],
)  # fmt: skip
def test_the_number_of_a_coordinate_system_is_one_that_epsg_gave(name: str, system: str) -> None:
    assert system_named(name) == system


def test_a_coordinate_system_of_another_authority_is_told_by_its_name(refusal, geometry) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:ESRI::102329"}}
    message = refusal(geometry(), {"bbs.geojson": collection(("01100001", SQUARE), crs=crs)})
    assert "the file says urn:ogc:def:crs:ESRI::102329. Ask the supplier for the file in a system with an" in message


@pytest.mark.slow
@pytest.mark.parametrize("code", [25832, "25832"])
def test_so_it_is_as_old_servers_state_it(stage_city, refusal, geometry, code: int | str) -> None:
    def text(code: int | str) -> str:
        return collection(("01100001", SQUARE), crs={"type": "EPSG", "properties": {"code": code}})

    assert stage_city(geometry(), {"bbs.geojson": text(code)}).files
    assert "found that the file says EPSG:4326" in refusal(geometry(), {"bbs.geojson": text(4326)})


@pytest.mark.parametrize(
    "crs",
    [
        {"type": "link", "properties": {"href": "http://example.org/crs/25832", "type": "proj4"}},
        {"type": "EPSG", "properties": {"code": "x"}}, {"type": "EPSG"}, "EPSG:25832", [],
    ],
)  # fmt: skip
def test_a_coordinate_system_that_is_stated_in_no_known_way_is_told(refusal, geometry, crs: object) -> None:
    message = refusal(geometry(), {"bbs.geojson": collection(("01100001", SQUARE), crs=crs)})
    assert "expected in `crs` an object with `properties.name`" in message


@pytest.mark.parametrize(
    ("name", "told"),
    [("EPSG:25833", "EPSG:25833"), ("urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326"), ("unbekannt", "unbekannt")],
)
def test_another_coordinate_system_than_the_contract_says_is_refused(refusal, geometry, name: str, told: str) -> None:
    text = collection(("01100001", SQUARE), crs={"type": "name", "properties": {"name": name}})
    message = refusal(geometry(), {"bbs.geojson": text})
    assert f"expected coordinates in EPSG:25832 as sources.toml says, found that the file says {told}" in message


@pytest.mark.parametrize(
    ("declared", "rings", "told"),
    [
        ("EPSG:4326", SQUARE, "expected coordinates in EPSG:4326 (degrees), found metres: a point is 350000"),
        ("EPSG:25832", BONN, "expected coordinates in EPSG:25832 (metres), found degrees: a point is 7.09"),
    ],
)
def test_degrees_where_metres_are_declared_are_refused(refusal, geometry, declared: str, rings, told: str) -> None:
    assert told in refusal(geometry(declared), {"bbs.geojson": collection(("01100001", rings))})


@pytest.mark.parametrize(
    ("declared", "first", "other"), [("EPSG:4326", BONN, SQUARE), ("EPSG:25832", SQUARE, [SQUARE[0], BONN[0]])]
)
def test_every_point_of_every_polygon_is_held_against_the_contract(refusal, geometry, declared, first, other) -> None:
    message = refusal(geometry(declared), {"bbs.geojson": collection(("01100001", first), ("01100002", other))})
    assert message.startswith(
        f"Source raum, file bbs.geojson, feature 2 (BBS 01100002): expected coordinates in {declared}"
    )


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        '{"features": 3}',
        collection(("01100001", SQUARE))[:-20] + "}",
        "{" + '"a":{' * 100_000 + "}",
        collection(("01100001", SQUARE, {"NAME": "half of a pair \ud83d"})),
    ],
)
def test_what_is_no_collection_of_polygons_is_told(refusal, geometry, text: str) -> None:
    assert refusal(geometry(), {"bbs.geojson": text}).startswith("File bbs.geojson: expected a GeoJSON")


def with_feature(text: str) -> str:
    return collection(("01100001", SQUARE))[:-2] + f", {text}]}}"


@pytest.mark.parametrize(
    ("feature", "place", "found"),
    [
        ("3", "2", "no feature but 3"),
        ('{"properties": {"BBS": "7"}, "geometry": {"type": "Point"}}', "2 (BBS 7)", 'a geometry of type "Point"'),
        ('{"properties": {"BBS": "7"}, "geometry": null}', "2 (BBS 7)", "no geometry"),
        ('{"properties": {}, "id": 7, "geometry": null}', "2 (id 7)", "no geometry"),
        ('{"properties": {}, "geometry": "here"}', "2", 'no object as geometry but "here"'),
        ('{"properties": {}, "geometry": {"type": "Polygon"}}', "2", "a Polygon without coordinates"),
        ('{"properties": null, "geometry": {"type": "Polygon"}}', "2", "no properties"),
        ('{"properties": ["BBS"], "geometry": {"type": "Polygon"}}', "2", 'no object as properties but ["BBS"]'),
    ],
)
def test_a_feature_that_is_no_polygon_with_properties_is_told(
    refusal, geometry, feature: str, place: str, found: str
) -> None:
    assert refusal(geometry(), {"bbs.geojson": with_feature(feature)}) == (
        f"File bbs.geojson, feature {place}: expected a Polygon or MultiPolygon with properties, found {found}. "
        "Ask the supplier for it again."
    )


@pytest.mark.parametrize("crs", ["EPSG:25832", {"type": "link", "properties": {}}, {"properties": None}])
def test_a_member_crs_that_names_no_coordinate_system_is_told(refusal, geometry, crs: object) -> None:
    message = refusal(geometry(), {"bbs.geojson": collection(("01100001", SQUARE), crs=crs)})
    assert message.startswith("File bbs.geojson: expected in `crs` an object with `properties.name`")
    assert f"found {json.dumps(crs)}. " in message


def test_a_member_that_stands_twice_is_told_since_only_one_of_them_would_be_read(refusal, geometry) -> None:
    features = collection(("01100001", SQUARE))[:-1] + ', "features": []}'
    told = "'features' stands twice in the object that begins with 'type': \"FeatureCollection\"."
    assert told in refusal(geometry(), {"bbs.geojson": features})
    names = with_feature('{"properties": {"BBS": "01100002", "N": "Nord", "N": "West"}, "geometry": null}')
    told = "'N' stands twice in the object that begins with 'BBS': \"01100002\"."
    assert told in refusal(geometry(), {"bbs.geojson": names})


def test_a_byte_that_is_not_utf_8_is_told_with_its_line_and_what_stands_before_it(refusal, geometry) -> None:
    many = "{\n" + collection(*((f"0110{number:04}", SQUARE) for number in range(1000)))[1:]
    message = refusal(geometry(), {"bbs.geojson": many.encode().replace(b'"01100998"', b'"S\xfcd"')})
    assert message == (
        "File bbs.geojson, line 2: expected UTF-8, as GeoJSON is written, found bytes that are not: 0xfc after "
        '\'perties": {"BBS": "S\'. Ask the supplier for it again.'
    )


@pytest.mark.parametrize(
    "rings", [[], [[]], [[[1]]], [[["a", "b"]]], [[[1, 2], [3, 4]]], 7, [[[1e400, 2]] * 4], [[[350000, 10**400]] * 4]]
)
def test_coordinates_that_are_none_are_told(refusal, geometry, rings) -> None:
    message = refusal(geometry(), {"bbs.geojson": collection(("01100001", rings))})
    assert "01100001" in message
    assert "expected " in message


def test_a_property_that_some_features_lack_is_told(refusal, geometry) -> None:
    given = geometry(more=', names = { sozialraum = "NAME" }', zuschnitt="2020-01-01")
    text = collection(("01100001", SQUARE, {"NAME": "Am Markt"}), ("01100002", SQUARE))
    message = refusal(given, {"bbs.geojson": text})
    assert "expected the properties BBS, NAME on every feature, found features without NAME" in message


@pytest.mark.slow
def test_names_from_polygons_are_those_of_their_units(stage_city, geometry) -> None:
    given = geometry(more=', names = { stadtteil = "TEIL" }', zuschnitt="2020-01-01")
    text = collection(("011001", SQUARE, {"TEIL": "Altstadt"}), ("011002", SQUARE, {"TEIL": "Altstadt"}))
    staged = stage_city(given, {"bbs.geojson": text})
    assert staged.rows("SELECT raumebene, raum_id, name FROM stage.raum_name") == [("stadtteil", "011", "Altstadt")]


NAMED = ', names = { stadtteil = "TEIL" }'


def test_a_unit_that_its_polygons_give_two_names_is_refused(refusal, geometry) -> None:
    text = collection(("01100001", SQUARE, {"TEIL": "Nord"}), ("01100002", AFAR, {"TEIL": "Süd"}))
    assert refusal(geometry(more=NAMED, zuschnitt="2020-01-01"), {"bbs.geojson": text}) == (
        "File bbs.geojson: expected one name of stadtteil 011 (Zuschnitt 2020-01-01), found 'Nord' and 'Süd'. "
        "Ask the supplier; a known error is an entry in corrections.toml."
    )


@pytest.mark.slow
def test_ids_of_polygons_are_read_as_ids_of_tables(stage_city, geometry, drawn) -> None:
    text = collection(("1100001 Nord", SQUARE), (" 1100002  Süd ", AFAR))
    pattern = r", unit_pattern = '(\d+) .*', unit_digits = 8"
    staged = stage_city(geometry(more=pattern), {"bbs.geojson": text})
    assert staged.rows("SELECT basis_id FROM stage.geometrie ORDER BY 1") == [("01100001",), ("01100002",)]


def test_a_property_without_an_id_where_the_pattern_says_is_told(refusal, geometry) -> None:
    text = collection(("01100001 Nord", SQUARE), ("Nord\u200b", AFAR))
    message = refusal(geometry(more=r", unit_pattern = '(\d+) .*'"), {"bbs.geojson": text})
    assert (
        "File bbs.geojson, feature 2: expected in property BBS an id as `unit_pattern` says, found 'Nord<U+200B>'"
        in message
    )


def test_a_polygon_that_does_not_name_its_unit_says_nothing_against_the_others(stage_city, geometry) -> None:
    text = collection(("01100001", SQUARE, {"TEIL": "Nord"}), ("01100002", AFAR, {"TEIL": None}))
    staged = stage_city(geometry(more=NAMED, zuschnitt="2020-01-01"), {"bbs.geojson": text})
    assert staged.rows("SELECT raum_id, name FROM stage.raum_name") == [("011", "Nord")]


def test_a_unit_that_a_map_and_a_table_name_differently_is_refused(refusal, geometry, source) -> None:
    contract = 'names = { level = "EBENE", id = "NR", name = "NAME", levels = { Teil = "stadtteil" } }'
    names = source("namen", contract, file="'namen.csv'", zuschnitt="2020-01-01", stichtag="")
    polygons = geometry(more=NAMED, zuschnitt="2020-01-01")
    files = {
        "namen.csv": "EBENE;NR;NAME\nTeil;011;Süd\n",
        "bbs.geojson": collection(("01100001", SQUARE, {"TEIL": "Nord"})),
    }
    assert "File bbs.geojson, namen.csv: expected one name of stadtteil 011" in refusal([names, polygons], files)


def test_a_known_error_of_a_map_is_mended_by_the_register_of_corrections(stage_city, geometry, small_city) -> None:
    small_city.write(
        "corrections.toml",
        '[[correction]]\nsource = "raum"\nwhere = { BBS = "01100001", FLAECHE = 2 }\naction = "replace"\n'
        'column = "BBS"\nvalue = "01100002"\nrows = 1\nreason = "one id twice"\nreported = "nobody"\n',
    )
    features = ("01100001", SQUARE, {"FLAECHE": 1}), ("01100001", BOW_TIE, {"FLAECHE": 2})
    staged = stage_city(geometry(), {"bbs.geojson": collection(*features)})
    assert staged.rows("SELECT basis_id, geheilt FROM stage.geometrie ORDER BY 1") == [
        ("01100001", False), ("01100002", False),
    ]  # fmt: skip
    assert staged.rows("SELECT datei, aktion, bedingung, zeilen FROM stage.korrektur") == [
        ("bbs.geojson", "replace", "BBS = 01100001, FLAECHE = 2", 1)
    ]
