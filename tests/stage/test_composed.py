"""A letter in two characters is the letter: what is written so by macOS means what the profile says."""

import io
import json
import unicodedata
import zipfile

import pytest
import xlsxwriter

from tests.stage.deliveries import FILE

TABLE = "BBS;EW;Geschlecht\n01100001;3;Männer\n01100002;7;Frauen\n"
BY_SEX = (
    '[source.einwohner.dialect.long]\nvalue = "EW"\n{how}\n'
    '[source.einwohner.matrix]\nunit = "BBS"\nmerkmale = {{ einwohner = ["m"] }}\n'
)
PART = "[source.einwohner.dialect.long.columns]\nm = {}"
DROP = '[{ column = "Geschlecht", equals = ["Männer"], rule = "x" }]'


def in_two(text: str) -> str:
    """The text as macOS writes it."""
    return unicodedata.normalize("NFD", text)


def matrix(more: str) -> str:
    return f'matrix = {{ unit = "BBS", merkmale = {{ einwohner = ["EW"] }}, {more} }}'


@pytest.mark.slow
@pytest.mark.parametrize(
    ("contract", "dialect", "table"),
    [
        (matrix('only = { Geschlecht = ["Männer"] }, others = { Geschlecht = ["Frauen"] }'), "{}", TABLE),
        (matrix(f'ignore = ["Geschlecht"], drop = {DROP}'), "{}", TABLE),
        (matrix('ignore = ["Geschlecht"], totals = { stadt = { "Köln" = "05998" } }'), "{}", TABLE + "Köln;10;\n"),
        (matrix('ignore = ["Geschlecht"]'), '{ footer = "Erläuterung" }', TABLE + "Erläuterung;;\n"),
        (matrix('ignore = ["Geschlecht"]'), '{ missing = { "ä" = "nichts" } }', TABLE.replace(";7;", ";ä;")),
        (BY_SEX.format(how='[source.einwohner.dialect.long.columns]\nm = { Geschlecht = "Männer" }'), "", TABLE),
        (BY_SEX.format(how='sum = true\nover = { Geschlecht = ["Männer", "Frauen"] }\n' + PART), "", TABLE),
    ],
    ids=["only", "drop", "totals", "footer", "missing", "long", "sum"],
)
def test_cells_mean_the_same_in_both_ways(stage_city, source, contract: str, dialect: str, table: str) -> None:
    given = source("einwohner", contract, **({"dialect": dialect} if dialect else {}))
    one, two = (stage_city(given, {FILE: content}) for content in (table, in_two(table)))
    assert (one.counts, one.files, one.quarantine) == (two.counts, two.files, two.quarantine)
    assert one.quarantine == []


def test_so_do_the_name_of_a_sheet_and_a_cell_that_is_looked_at(stage_city, source) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.add_worksheet("Notizen")
        sheet = book.add_worksheet(in_two("Bevölkerung"))
        for row, cells in enumerate([[in_two("Für 2022"), ""], ["BBS", "EW"], ["01100001", "7"]]):
            sheet.write_row(row, 0, cells)
    dialect = '{ format = "xlsx", sheet = "Bevölkerung", preamble = 1, cells = { A1 = "Für 2022" } }'
    assert stage_city(source("einwohner", dialect=dialect), {FILE: out.getvalue()}).residents == {"01100001": 7}


def test_so_does_the_name_of_a_member_of_an_archive(stage_city, source) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(in_two("Köln.csv"), "BBS;EW\n01100001;7\n")
        archive.writestr("Bonn.csv", "BBS;EW\n01100001;8\n")
    given = source("einwohner", dialect='{ member = "Köln.csv" }')
    assert stage_city(given, {FILE: out.getvalue()}).residents == {"01100001": 7}


def test_so_do_properties_of_polygons(stage_city, source) -> None:
    ring = [[350000, 5650000], [350100, 5650000], [350100, 5650100], [350000, 5650000]]
    features = [
        {
            "type": "Feature",
            "properties": {"BBS": f"0110000{n}", in_two("Größe"): in_two(size)},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }
        for n, size in enumerate(["groß und schön", "klein"])
    ]
    contract = 'geometry = { id_property = "BBS", crs = "EPSG:25832", only = { "Größe" = ["groß und schön"] } }'
    given = source("raum", contract, file="'raum.geojson'", dialect='{ format = "geojson" }', stichtag="")
    text = json.dumps({"type": "FeatureCollection", "features": features})
    assert stage_city(given, {"raum.geojson": text}).files == [("raum.geojson", 2, 1, 0, 1)]


def test_so_do_the_codes_of_a_register(stage_city, source) -> None:
    contract = (
        'register = { unit = "BBS", age = "ALTER", sex = "SEX", nationality = "NATION", migration = "MIG", '
        'duration = "DAUER", sexes = ["männlich", "w"], female = ["w"], nationalities = ["D", "A"], foreign = ["A"], '
        'migrations = ["0", "1"], migrant = ["1"] }'
    )
    text = "BBS;TAG;ALTER;SEX;NATION;MIG;DAUER\n" + "".join(
        f"01100001;31.12.2022;30;{sex};D;0;3\n" for sex in ("männlich", "w")
    )
    given = source("personen", contract, stichtag='{ source = "column", column = "TAG", format = "%d.%m.%Y" }')
    one, two = (stage_city(given, {"personen_2022.csv": each}) for each in (text, in_two(text)))
    assert (one.counts, one.quarantine) == (two.counts, two.quarantine)
    assert two.counts["01100001", "einwohner"] == 2
