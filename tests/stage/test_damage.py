"""A damaged file ends in a clear error, or in rows that are all accounted for; never in a traceback."""

import dataclasses
import importlib.util
import json
import re
from pathlib import Path
from random import Random

import duckdb
import pytest

from flows.base.db import literal, use_spatial
from flows.base.errors import FortschreibungError
from flows.profile.dialect import CUBES
from flows.profile.load import load_profile
from tests.stage.damaged_kinds import KINDS, MATRIX, NAMES_KNOWN

_found = importlib.util.spec_from_file_location("damage", Path(__file__).parent / "damage.py")
damage = importlib.util.module_from_spec(_found)
_found.loader.exec_module(damage)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("times", [10, pytest.param(50, marks=pytest.mark.nightly)])
def test_small_files_of_every_kind(workbench, small_city, source, kind: str, times: int) -> None:
    contract, fields, name, content = KINDS[kind]
    bench = workbench(small_city.with_sources(source("x", contract, **fields)))
    bench.known = NAMES_KNOWN
    staged = bench.stage({name: content})
    assert staged.files[0][3] == 0
    assert _untold(bench, staged, content) == []
    staged, refused = _survive(bench, name, content, times, Random(f"{kind}, {times}"))
    assert refused > 0
    assert staged + refused == times


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.nightly
def test_small_files_of_every_kind_many_times(workbench, small_city, source, kind: str) -> None:
    contract, fields, name, content = KINDS[kind]
    bench = workbench(small_city.with_sources(source("x", contract, **fields)))
    bench.known = NAMES_KNOWN
    _survive(bench, name, content, 2000, Random(f"{kind}, nightly"))


@pytest.mark.parametrize(("form", "driver"), [("gpkg", "GPKG"), ("shp", "ESRI Shapefile")])
@pytest.mark.parametrize("times", [15, pytest.param(600, marks=pytest.mark.nightly)])
def test_maps_that_gdal_reads(workbench, small_city, source, drawn, form: str, driver: str, times: int) -> None:
    """Each is read in a process of its own, which the damage may end."""
    contract = 'geometry = { id_property = "BBS", crs = "EPSG:25832" }'
    given = source("x", contract, file="'x_2022.csv'", stichtag="", dialect=f'{{ format = "{form}" }}')
    content = drawn(driver, units=[f"0110000{n}" for n in range(5)])
    bench = workbench(small_city.with_sources(given))
    assert bench.stage({"x_2022.csv": content}).files == [("x_2022.csv", 5, 5, 0, 0)]
    _, refused = _survive(bench, "x_2022.csv", content, times, Random(f"{form}, {times}"))
    assert refused > 0


@pytest.mark.parametrize("form", ["kml", "topojson", "fgb", "geoparquet"])
@pytest.mark.parametrize("times", [8, pytest.param(300, marks=pytest.mark.nightly)])
def test_maps_of_rarer_formats(workbench, small_city, source, rarer_map, form: str, times: int) -> None:
    """Each is read in a process of its own, which the damage may end."""
    contract = 'geometry = { id_property = "BBS", crs = "EPSG:4326" }'
    given = source("x", contract, file="'x_2022.csv'", stichtag="", dialect=f'{{ format = "{form}" }}')
    content = rarer_map(form)
    bench = workbench(small_city.with_sources(given))
    assert bench.stage({"x_2022.csv": content}).files == [("x_2022.csv", 3, 3, 0, 0)]
    _, refused = _survive(bench, "x_2022.csv", content, times, Random(f"{form}, {times}"))
    assert refused > 0


@pytest.mark.thorough
@pytest.mark.parametrize("times", [8, pytest.param(300, marks=pytest.mark.nightly)])
def test_parquet(workbench, small_city, source, tmp_path: Path, times: int) -> None:
    """Each is read in a process of its own, which the damage may end."""
    path = tmp_path / "t.parquet"
    with duckdb.connect() as con:
        rows = "SELECT '011' || lpad(n::VARCHAR, 5, '0') AS BBS, n AS EW, n + 0.5 AS QM FROM range(1, 25) AS t (n)"
        con.execute(f"COPY ({rows}) TO {literal(str(path))} (FORMAT parquet)")
    bench = workbench(small_city.with_sources(source("x", MATRIX, dialect='{ format = "parquet" }')))
    assert bench.stage({"x_2022.csv": path.read_bytes()}).files == [("x_2022.csv", 24, 24, 0, 0)]
    _, refused = _survive(bench, "x_2022.csv", path.read_bytes(), times, Random(f"parquet, {times}"))
    assert refused > 0


@pytest.fixture
def rarer_map(tmp_path: Path):
    """Draw three triangles side by side."""

    def drawn(form: str) -> bytes:
        rings = [[[7 + n, 51.0], [7.1 + n, 51.0], [7.1 + n, 51.1], [7 + n, 51.0]] for n in range(3)]
        if form == "kml":
            marks = "".join(
                f'<Placemark><ExtendedData><Data name="BBS"><value>0110000{n}</value></Data></ExtendedData><Polygon>'
                "<outerBoundaryIs><LinearRing><coordinates>"
                f"{' '.join(f'{x},{y}' for x, y in ring)}</coordinates></LinearRing></outerBoundaryIs></Polygon>"
                "</Placemark>\n" for n, ring in enumerate(rings)
            )  # fmt: skip
            return f'<?xml version="1.0"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">\n{marks}</kml>\n'.encode()
        if form == "topojson":
            objects = [{"type": "Polygon", "properties": {"BBS": f"0110000{n}"}, "arcs": [[n]]} for n in range(3)]
            collection = {"type": "GeometryCollection", "geometries": objects}
            return json.dumps({"type": "Topology", "objects": {"x": collection}, "arcs": rings}, indent=1).encode()
        path = tmp_path / f"drawn.{form}"
        texts = [json.dumps({"type": "Polygon", "coordinates": [ring]}) for ring in rings]
        how = "FORMAT gdal, DRIVER 'FlatGeobuf', SRS 'EPSG:4326'" if form == "fgb" else "FORMAT parquet"
        with duckdb.connect(config={"autoinstall_known_extensions": False}) as con:
            use_spatial(con)
            con.execute(
                "COPY (SELECT concat('0110000', n) AS BBS, st_geomfromgeojson(outline) AS geom FROM (SELECT "
                f"unnest([0, 1, 2]) AS n, unnest({literal(texts)}) AS outline)) TO {literal(str(path))} ({how})"
            )
        return path.read_bytes()

    return drawn


REAL = (
    "population_2019-02-t1.csv", "population_2020-02-t2.csv", "population_2024-02-t2.csv", "EWR_L21_202512E_Matrix.csv"
)  # fmt: skip


@pytest.mark.real
@pytest.mark.parametrize("name", REAL)
def test_real_files(workbench, real_folder: Path, name: str) -> None:
    _survive(_berlin(workbench, name), name, (real_folder / "berlin" / name).read_bytes(), 15, Random(name))


@pytest.mark.real
@pytest.mark.nightly
@pytest.mark.parametrize("name", REAL)
def test_real_files_many_times(workbench, real_folder: Path, name: str) -> None:
    _survive(
        _berlin(workbench, name), name, (real_folder / "berlin" / name).read_bytes(), 600, Random(f"{name}, nightly")
    )


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "times"),
    [("12411-01-01-4.ffcsv.csv", 20), pytest.param("12411-01-01-4.ffcsv.csv", 600, marks=pytest.mark.nightly)],
)
def test_a_real_flat_file(workbench, real_folder: Path, name: str, times: int) -> None:
    """Of the whole table the contract takes one Kreis; what it does take is never changed."""
    city = load_profile("duesseldorf")
    source = next(one for one in city.sources if one.id == "amtlich").model_copy(update={"file": r"12411.*"})
    bench = workbench(dataclasses.replace(city, sources=(source,), corrections=()))
    content = (real_folder / "genesis" / name).read_bytes()
    chance, staged = Random(f"{name}, {times}"), 0
    for _ in range(times):
        try:
            found = bench.stage({name: damage.damaged(content, chance)})
        except FortschreibungError:
            continue
        staged += 1
        figures = dict(found.rows("SELECT merkmal, wert FROM stage.amtlich"))
        assert set(figures) <= {"einwohner", "weiblich"}
        assert len(found.files) == 1
    assert staged <= times


REAL_STATIC = (
    '[source.x.dialect]\nencoding = "cp1252"\npreamble = 5\nheader_rows = 2\nfooter = "____"\n'
    'blank_headers = ["Jahr", "AGS", "Name", "Art"]\nmissing = { "-" = "nichts" }\n'
    '[source.x.official]\nonly = { AGS = ["05111"], Art = ["Wohngebäude insgesamt"] }\n'
    'ignore = ["Name", "NE: Wohngebäude / Anzahl", "NE: Wohnräume in Wohngebäuden / Anzahl", '
    '"NE: Nutzfläche  in Wohngebäuden / qm"]\n'
    'merkmale = { wohnungen = "NE: Wohnungen in Wohngebäuden / Anzahl", '
    'wohnflaeche_qm = "NE: Wohnfläche in Wohngebäuden / qm" }\n'
)


@pytest.mark.real
@pytest.mark.parametrize("times", [20, pytest.param(600, marks=pytest.mark.nightly)])
def test_a_real_static_table(workbench, small_city, source, real_folder: Path, times: int) -> None:
    fields = {"file": "'x.csv'", "stichtag": '{ source = "column", column = "Jahr", format = "%Y" }'}
    bench = workbench(small_city.with_sources(source("x", REAL_STATIC, **fields)))
    content = (real_folder / "ldb_nrw" / "31121-06i_00.EXCERPT.csv").read_bytes()
    staged, refused = _survive(bench, "x.csv", content, times, Random(f"static table, {times}"))
    assert staged > 0
    assert refused > 0


@pytest.mark.real
@pytest.mark.nightly
def test_a_real_map_many_times(workbench, real_folder: Path) -> None:
    name = "lor_plr_from_2021_simplified.geojson"
    _survive(_berlin(workbench, name), name, (real_folder / "berlin" / name).read_bytes(), 100, Random(name))


def _survive(bench, name: str, content: bytes, times: int, chance: Random) -> tuple[int, int]:
    """Stage so many damaged variants; return how many were staged and how many refused."""
    staged = refused = 0
    messages: list[str] = []
    for _ in range(times):
        spoilt = damage.damaged(content, chance)
        try:
            found = bench.stage({name: spoilt})
        except FortschreibungError as told:
            refused += 1
            messages.append(str(told))
        except BaseException:
            (bench.run / "spoilt").write_bytes(spoilt)
            raise
        else:
            assert len(found.files) == 1
            assert _untold(bench, found, spoilt) == []
            staged += 1
    telling = re.compile("expected|damaged|cannot be read|not those of the contract|encrypted")
    assert [message for message in messages if not telling.search(message)] == []
    return staged, refused


def _untold(bench, staged, content: bytes) -> list[tuple]:
    """Return the figures that do not stand in the damaged file as they were staged, beside their unit.

    Looked for in the text itself, where every figure is one cell of a line that its unit begins; of a cube, among its
    units and figures.
    """
    (source,) = bench.profile.sources
    if source.dialect.format in CUBES:
        text = content.decode(source.dialect.encoding)
        numbers = {float(found) for found in re.findall(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d{1,3})?", text)}
        figures = staged.rows("SELECT basis_id, wert FROM stage.zaehlung WHERE status = 'ok'")
        return [(unit, value) for unit, value in figures if unit not in text or value not in numbers]
    if source.id != "x" or source.matrix is None or source.dialect.format != "csv" or source.dialect.member:
        return []
    if source.dialect.long:  # a sum: no cell says it
        return []
    told = content.decode(source.dialect.encoding).replace('"', "")
    stands = {tuple(re.sub(r"\s", "", cell) for cell in line.split(";")) for line in re.split(r"\r\n|\r|\n", told)}
    by_name = source.matrix.unit_by_name is not None
    id_of = re.compile(r"(\d+).*" if source.matrix.unit_pattern else r"(.*)")
    cells = {(found[1], cell) for line in stands if (found := id_of.match(line[0])) for cell in line[1:]}
    unit = "'Köln-Nord' || right(basis_id, 2)::INTEGER" if by_name else "basis_id"
    figures = staged.rows(f"SELECT {unit}, wert FROM stage.zaehlung WHERE status = 'ok'")
    written = {(unit, _number(cell, source.dialect.thousands)) for unit, cell in cells}
    return [figure for figure in figures if figure not in written]


def _number(cell: str, thousands: str) -> float | None:
    plain = cell.replace(thousands, "").removesuffix("p") if thousands else cell
    return float(plain.replace(",", ".")) if re.fullmatch(r"\d+(,\d+)?", plain) else None


def _berlin(workbench, name: str):
    berlin = load_profile("berlin")
    source = next(source for source in berlin.sources if re.fullmatch(source.file, name))
    return workbench(dataclasses.replace(berlin, sources=(source,), corrections=()))
