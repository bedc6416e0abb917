"""A small whole file of every kind that an office may send, with the contract that reads it: what is then damaged."""

import io
import json
import zipfile

import xlsxwriter

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
