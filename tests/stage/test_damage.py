"""A damaged file ends in a clear error, or in rows that are all accounted for; never in a traceback."""

import dataclasses
import importlib.util
import io
import json
import re
import zipfile
from pathlib import Path
from random import Random

import duckdb
import pytest
import xlsxwriter

from flows.base.db import literal, use_spatial
from flows.base.errors import FortschreibungError
from flows.profile.dialect import CUBES
from flows.profile.load import load_profile

_found = importlib.util.spec_from_file_location("damage", Path(__file__).parent / "damage.py")
damage = importlib.util.module_from_spec(_found)
_found.loader.exec_module(damage)

TABLE = "BBS;EW;QM\n" + "".join(f"011{n:05};{n};{n},5\n" for n in range(1, 25))
MATRIX = 'matrix = { unit = "BBS", merkmale = { einwohner = ["EW"], wohnflaeche_qm = ["QM"] } }'
PERSONS = "BBS;TAG;A;S;N;M;D\n" + "".join(f"01100001;31.12.2022;{n};w;D;0;{n // 2}\n" for n in range(40))
REGISTER = (
    'register = { unit = "BBS", age = "A", sex = "S", nationality = "N", migration = "M", duration = "D", '
    'sexes = ["m", "w"], female = ["w"], nationalities = ["D", "A"], foreign = ["A"], migrations = ["0", "1"], '
    'migrant = ["1"] }'
)


def packed() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("t.csv", TABLE)
    return out.getvalue()


def workbook() -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("T")
        for line, row in enumerate(TABLE.splitlines()):
            sheet.write_row(line, 0, row.split(";"))
    return out.getvalue()


def polygons() -> str:
    square = [[[350000, 5650000], [350100, 5650000], [350100, 5650100], [350000, 5650000]]]
    features = [
        {
            "type": "Feature",
            "properties": {"BBS": f"0110000{n}"},
            "geometry": {"type": "Polygon", "coordinates": square},
        }
        for n in range(5)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, indent=1)


FLAT = (
    "\ufeffstatistics_code;time;1_variable_attribute_code;2_variable_attribute_code;value;value_unit;value_q\n"
    + "".join(f"12411;{year}-12-31;05998;{sex};{n};Anzahl;\n" for year in (2021, 2022, 2023)
              for sex, n in (("GESM", 100_003), ("GESW", 101_007), ("", 201_010)))
)  # fmt: skip
OFFICIAL = (
    '[source.x.dialect.long]\nvalue = "value"\nunit = "value_unit"\nunits = { Anzahl = 1 }\n'
    '[source.x.dialect.long.columns]\ninsgesamt = { 2_variable_attribute_code = "" }\n'
    '[source.x.official]\nmerkmale = { einwohner = "insgesamt" }\nonly = { 1_variable_attribute_code = ["05998"] }\n'
)


def open_document() -> bytes:
    names = ("office", "table", "text")
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in names)
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    body = "".join(
        f"<table:table-row>{''.join(cell.format(text) for text in line.split(';'))}</table:table-row>"
        for line in TABLE.splitlines()
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        archive.writestr(
            "content.xml",
            f'<?xml version="1.0"?><office:document-content {spaces}><office:body><office:spreadsheet>'
            f'<table:table table:name="T">{body}</table:table></office:spreadsheet></office:body>'
            "</office:document-content>",
        )
    return out.getvalue()


STATIC = (
    "Tabelle: 31121-06i\nFertigstellungen;;;;\n;;;NE: Wohnungen;NE: Wohnfläche\n;;;Anzahl;1000 qm\n"
    + "".join(f"{year};05998;  Kleinstadt, krfr. Stadt;{100 + year % 7};{year % 11},5\n" for year in range(2020, 2026))
    + "__________\n(C) Landesamt\n"
)
STATIC_CONTRACT = (
    '[source.x.dialect]\nencoding = "cp1252"\npreamble = 2\nheader_rows = 2\nfooter = "_____"\n'
    'blank_headers = ["Jahr", "AGS", "Name"]\nunits = { "NE: Wohnfläche / 1000 qm" = 1000 }\n'
    '[source.x.dialect.missing]\n"-" = "nichts"\n'
    '[source.x.official]\nonly = { AGS = ["05998"] }\nignore = ["Name"]\n'
    'merkmale = { einwohner = "NE: Wohnungen / Anzahl", wohnflaeche_qm = "NE: Wohnfläche / 1000 qm" }\n'
)
ASSIGNED = "BBS;SR\n" + "".join(f"0110{n:04};01100{n % 4}\n" for n in range(24))
NAMED = "EBENE;NR;NAME\n" + "".join(f"Teil;01{n};Köln-{n}\n" for n in range(9))
SPACE = {"stichtag": "", "zuschnitt": "2020-01-01"}

MARKS = '{ "(#)" = "unsicher", "# p" = "gilt", "<#" = "unbekannt" }'
MARKED = "BBS;EW;QM\n" + "".join(
    f"011{n:05};{cell};{n},5\n" for n in range(1, 25) for cell in [(f"{n}'234", f"({n})", f"{n} p", f"<{n}")[n % 4]]
)
COMBINATIONS = "BBS;SEX;NAT;EW\n" + "".join(
    f"0110000{unit};{sex};{nat};{100 * unit + 7 * (sex == 'w') + len(nat)}\n"
    for unit in range(1, 9) for sex in "mw" for nat in ("D", "AA", "OHNE")
)  # fmt: skip
COMBINED = (
    '[source.x.dialect.long]\nvalue = "EW"\nsum = true\nover = { NAT = ["D", "AA", "OHNE"] }\n'
    '[source.x.dialect.long.columns]\nm = { SEX = "m" }\nw = { SEX = "w" }\n'
    '[source.x.matrix]\nunit = "BBS"\nmerkmale = { einwohner = ["m", "w"] }\n'
)
PRINTED = (
    r"""matrix = { unit = "BBS", unit_pattern = '(\d+) .*', merkmale = { einwohner = ["EW (2)"] }, ignore = ["EW"] }"""
)
PRINT = "BBS;EW;EW\n" + "".join(
    f"Bezirk {n // 8};;\n" * (n % 8 == 1) + f"011{n:05} Köln-{n};1;{n}\n" for n in range(1, 25)
)

BY_YEAR = "BBS;EW;;QM;\n;2021;2022;2021;2022\n" + "".join(f"011{n:05};{n};{n + 30};{n},5;{n},7\n" for n in range(1, 25))
BY_NAME = "NAME;EW\n" + "".join(f"Köln-Nord {n};{100 + n}\n" for n in range(1, 25)) + "Bezirk 1;9\nBezirk 2;9\n"
BY_NAME_CONTRACT = (
    'matrix = { unit = "NAME", unit_by_name = "sozialraum", merkmale = { einwohner = ["EW"] }, '
    r"""drop = [{ column = "NAME", matches = 'Bezirk \d', rule = "Summen" }] }"""
)
NAMES_KNOWN = [
    "INSERT INTO stage.zuordnung SELECT '2020-01-01', 'bbs', '011' || lpad(n::VARCHAR, 5, '0'), 'sozialraum', "
    "lpad(n::VARCHAR, 6, '0') FROM range(1, 25) AS t (n)",
    "INSERT INTO stage.raum_name SELECT '2020-01-01', 'sozialraum', lpad(n::VARCHAR, 6, '0'), 'Köln-Nord ' || n "
    "FROM range(1, 25) AS t (n)",
]
CUBE_UNITS = [f"0110{n:04}" for n in range(1, 13)]
CUBE_FIGURES = [10 * unit + sex for unit in range(1, 13) for sex in (1, 2)]
PX = (
    'CHARSET="ANSI";\nCODEPAGE="iso-8859-15";\nTITLE="Einwohner; Köln";\nSTUB="Raum";\nHEADING="Sex";\n'
    f'VALUES("Raum")={",".join(f"""{chr(34)}Köln {n}{chr(34)}""" for n in range(1, 13))};\n'
    f'CODES("Raum")={",".join(f"""{chr(34)}{unit}{chr(34)}""" for unit in CUBE_UNITS)};\n'
    'VALUES("Sex")="m","w";\nDATA=\n'
    + "".join(f"{CUBE_FIGURES[at]} {CUBE_FIGURES[at + 1]}\n" for at in range(0, 24, 2)) + ";\n"
)  # fmt: skip
JSON_STAT = json.dumps(
    {
        "version": "2.0", "class": "dataset", "id": ["Raum", "Sex"], "size": [12, 2],
        "dimension": {"Raum": {"category": {"index": CUBE_UNITS}}, "Sex": {"category": {"index": ["m", "w"]}}},
        "value": CUBE_FIGURES, "status": {"3": "p"},
    },
    indent=1,
)  # fmt: skip
CUBE = (
    '[source.x.dialect]\n{dialect}\n[source.x.dialect.long]\nvalue = "value"\n[source.x.dialect.long.columns]\n'
    'm = {{ Sex = "m" }}\nw = {{ Sex = "w" }}\n[source.x.matrix]\nunit = "Raum (code)"\n'
    'merkmale = {{ einwohner = ["m"], weiblich = ["w"] }}\n'
)

KINDS = {
    "figures by year": (
        MATRIX,
        {"dialect": "{ header_rows = 2, merged_headers = true }", "stichtag": '{ source = "header", format = "%Y" }'},
        "x_2022.csv", BY_YEAR.encode(),
    ),
    "units by name": (BY_NAME_CONTRACT, {}, "x_2022.csv", BY_NAME.encode()),
    "PC-Axis": (
        CUBE.format(dialect='format = "px"\nencoding = "iso-8859-15"'), {}, "x_2022.csv", PX.encode("iso-8859-15"),
    ),
    "JSON-stat": (
        CUBE.format(dialect='format = "json-stat"\nmarks = { "# p" = "gilt" }'), {}, "x_2022.csv", JSON_STAT.encode(),
    ),
    "static table": (
        STATIC_CONTRACT, {"stichtag": '{ source = "column", column = "Jahr", format = "%Y" }'}, "x_2022.csv",
        STATIC.encode("cp1252"),
    ),
    "assignment": (
        'assignment = { unit = "BBS", units = { sozialraum = "SR" } }', SPACE, "x_2022.csv", ASSIGNED.encode()
    ),
    "names": (
        'names = { level = "EBENE", id = "NR", name = "NAME", levels = { Teil = "stadtteil" } }',
        {"dialect": '{ encoding = "latin-1" }', **SPACE}, "x_2022.csv", NAMED.encode("latin-1"),
    ),
    "open document": (MATRIX, {"dialect": '{ format = "ods" }'}, "x_2022.csv", open_document()),
    "flat file": (
        OFFICIAL.replace("[source.x.dialect.long]", '[source.x.dialect]\nformat = "ffcsv"\nencoding = "utf-8-sig"\n'
                         "[source.x.dialect.long]"),
        {"stichtag": '{ source = "column", column = "time", format = "%Y-%m-%d" }'}, "x_2022.csv", FLAT.encode(),
    ),
    "units' map": (
        'geometry = { id_property = "BBS", level = "sozialraum", crs = "EPSG:25832" }',
        {"dialect": '{ format = "geojson" }', "stichtag": "", "file": "'x.geojson'", "zuschnitt": "2020-01-01"},
        "x.geojson", polygons().encode(),
    ),
    "table": (MATRIX, {}, "x_2022.csv", TABLE.encode()),
    "marked table": (
        MATRIX, {"dialect": f"""{{ thousands = "'", marks = {MARKS} }}"""}, "x_2022.csv", MARKED.encode(),
    ),
    "rows by combination": (COMBINED, {}, "x_2022.csv", COMBINATIONS.encode()),
    "printed table": (
        PRINTED, {"dialect": '{ encoding = "cp850", section = "BEZIRK", number_headers = true }'}, "x_2022.csv",
        PRINT.encode("cp850"),
    ),
    "old table": (
        MATRIX, {"dialect": '{ encoding = "cp1252", thousands = "." }'}, "x_2022.csv", TABLE.encode("cp1252")
    ),
    "wide table": (MATRIX, {"dialect": '{ encoding = "utf-16" }'}, "x_2022.csv", TABLE.encode("utf-16")),
    "archive": (MATRIX, {"dialect": '{ member = "*.csv" }'}, "x_2022.csv", packed()),
    "workbook": (MATRIX, {"dialect": '{ format = "xlsx" }'}, "x_2022.csv", workbook()),
    "register": (
        REGISTER, {"stichtag": '{ source = "column", column = "TAG", format = "%d.%m.%Y" }'}, "x_2022.csv",
        PERSONS.encode(),
    ),
    "map": (
        'geometry = { id_property = "BBS", crs = "EPSG:25832" }',
        {"dialect": '{ format = "geojson" }', "stichtag": "", "file": "'x.geojson'"}, "x.geojson", polygons().encode(),
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("times", [25, pytest.param(35, marks=pytest.mark.thorough)])
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
