"""A release holds what the contract says and nothing else, and the same bytes every time."""

import gzip
import hashlib
import json
import os
import sqlite3
import subprocess
import sys

import duckdb
import frictionless
import pytest
import rdflib

from flows.publish.build import new_database
from tests.parameters import first_of
from tests.publish.built_here import run_builder
from tests.publish.comparing import ALSO_2024

VERSION = "2024.1"


def build(folder, target, *more, version=VERSION):
    """Build as the building process does; return its exit code and its answer."""
    code, said = run_builder(str(folder / "job.json"), str(target), version, *more)
    return code, json.loads(said.splitlines()[-1])


def build_apart(folder, target, *more, **environment):
    """Run the building process as promote does."""
    command = [sys.executable, "-m", "flows.publish.build", folder / "job.json", target, VERSION, *more]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, **environment})
    assert set(json.loads(done.stdout.splitlines()[-1])) == {"content_hash", "same_as"}


@pytest.fixture(scope="session")
def built(made_once, city_in):
    """A release folder built once by the building process, read only."""

    def make(root):
        city = city_in(root)
        city.job().write(folder := city.run("r"))
        build_apart(folder, root / "release")

    return made_once("built", make) / "release"


@pytest.fixture
def con(built):
    with duckdb.connect(str(built / "fortschreibung.duckdb"), read_only=True) as con:
        yield con


def test_every_table_and_every_column_carries_a_comment(con):
    tables = con.execute("SELECT table_name, comment FROM duckdb_tables()").fetchall()
    columns = con.execute("SELECT table_name, column_name, comment FROM duckdb_columns() WHERE NOT internal").fetchall()
    assert {"sozialraum", "stadtteil", "stadt", "indikator", "wert", "sozialraum_jahr", "umsteigeschluessel",
            "raum_ereignis", "_release", "_sources", "_columns", "_checks", "_lineage", "_changes"} <= {
        name for name, _ in tables
    }  # fmt: skip
    assert [row for row in (*tables, *columns) if not row[-1] or " / " not in row[-1]] == []


def test_the_wide_table_is_in_codebook_order_and_says_what_the_long_one_says(con):
    names = [column[0] for column in con.execute("SELECT * FROM sozialraum_jahr").description]
    assert names[4:] == [
        "methode",
        "index_punkte",
        "index_klasse",
        "typ_id",
        "typ_lage",
        "einwohner",
        "sgb2_quote",
        "wohnflaeche_je_einwohner",
    ]
    names = [column[0] for column in con.execute("SELECT * FROM sozialraum_jahr_status").description]
    assert names[4:] == ["index_status", "typ_status", "einwohner", "sgb2_quote", "wohnflaeche_je_einwohner"]
    rows = con.execute(
        "SELECT stichtag::VARCHAR, einwohner, sgb2_quote FROM sozialraum_jahr WHERE sozialraum_id = '011002' ORDER BY 1"
    ).fetchall()
    assert rows == [("2023-12-31", 900.0, None), ("2024-12-31", 900.0, None)]


def test_release_says_of_itself_what_it_is(con):
    (row,) = con.execute(
        "SELECT version, schema_version, stadt, synthetisch, stichtag_max::VARCHAR, zuschnitt, vorversion FROM _release"
    ).fetchall()
    assert row == (VERSION, "2.5.0", "Kleinstadt", True, "2024-12-31", "2020-01-01", None)
    assert con.execute("SELECT datei, stichtage FROM _sources").fetchall() == [
        ("EW_2024.csv", "2023-12-31, 2024-12-31")
    ]


def test_columns_lists_every_column_of_every_table(con):
    listed = con.execute("SELECT tabelle, spalte, typ FROM _columns ORDER BY ALL").fetchall()
    assert listed == con.execute(
        "SELECT table_name, column_name, data_type FROM duckdb_columns() SEMI JOIN duckdb_tables() USING (table_name) "
        "ORDER BY ALL"
    ).fetchall()  # fmt: skip


@pytest.mark.thorough
def test_two_builds_have_the_same_bytes_in_every_export_however_many_are_written_side_by_side(built, tmp_path):
    folder = built.parent / "runs" / "r" / "publish"
    made_at = ("--made-at", "2031-05-05T05:05:05+00:00")
    build_apart(folder, tmp_path / "again", *made_at, FORTSCHREIBUNG_THREADS="6")
    described = ("codebook.html", "changes.json", "disclosure.html")
    exports = [
        path.relative_to(built)
        for path in sorted(built.rglob("*"))
        if path.suffix in (".csv", ".gz", ".zip", ".parquet", ".gpkg", ".xlsx") or path.name in described
    ]
    assert len(exports) > 40
    assert [
        str(each) for each in exports if (built / each).read_bytes() != (tmp_path / "again" / each).read_bytes()
    ] == []


def test_rows_lie_in_the_order_of_the_key(built):
    rows = gzip.decompress((built / "csv" / "wert.csv.gz").read_bytes()).decode().splitlines()
    assert rows[0].startswith("zuschnitt,raumebene,raum_id,stichtag,indikator_id,wert")
    keys = [row.split(",")[:5] for row in rows[1:]]
    assert keys == sorted(keys)


def test_csv_leaves_the_geometry_out_and_parquet_keeps_it(built):
    assert (built / "csv" / "sozialraum.csv").read_text("utf-8").splitlines()[0] == (
        "zuschnitt,sozialraum_id,name,dauer_id,stadtteil_id,stadt_id,gueltig_ab,gueltig_bis,flaeche_km2"
    )
    names = duckdb.sql(f"FROM '{built / 'parquet' / 'sozialraum.parquet'}'").columns
    assert names[-1] == "geometrie"


def test_csv_is_utf_8_and_keeps_leading_zeros(built):
    lines = (built / "csv" / "stadtteil.csv").read_bytes().decode("utf-8").splitlines()
    assert lines[2].startswith("2020-01-01,012,Über der Brücke,2020-01-01/012,05999")


def test_geopackage_and_geoparquet_know_their_coordinate_system_and_carry_the_newest_figures(built):
    with sqlite3.connect(built / "geo" / "sozialraum.gpkg") as geopackage:
        assert geopackage.execute(
            "SELECT table_name, srs_id, last_change FROM gpkg_contents WHERE data_type = 'features'"
        ).fetchall() == [("sozialraum", 25832, "2024-12-31T00:00:00.000Z")]
        assert geopackage.execute("SELECT sozialraum_id, stichtag, einwohner FROM sozialraum").fetchall() == [
            ("011001", "2024-12-31", 1200.0),
            ("011002", "2024-12-31", 900.0),
            ("012001", "2024-12-31", 500.0),
        ]
    (geo,) = duckdb.sql(
        "SELECT decode(value) FROM "
        f"parquet_kv_metadata('{built / 'geo' / 'stadtteil.parquet'}') WHERE decode(key) = 'geo'"
    ).fetchone()
    column = json.loads(geo)["columns"]["geometrie"]
    assert column["crs"]["id"] == {"authority": "EPSG", "code": 25832}
    assert column["bbox"] == [350000.0, 5650000.0, 350300.0, 5650100.0]


@pytest.mark.thorough
def test_the_data_package_is_valid(built, monkeypatch):
    monkeypatch.chdir(built)
    report = frictionless.validate("datapackage.json")
    assert report.valid, report.flatten(["title", "message"])
    assert {task.name for task in report.tasks} >= {"wert", "sozialraum-jahr", "meta-columns"}


def test_dcat_parses_and_every_distribution_has_licence_and_checksum(built):
    graph = rdflib.Graph().parse(built / "dcat.jsonld", format="json-ld", publicID="http://example.org/")
    dcat, dct = rdflib.Namespace("http://www.w3.org/ns/dcat#"), rdflib.Namespace("http://purl.org/dc/terms/")
    spdx = rdflib.Namespace("http://spdx.org/rdf/terms#")
    (dataset,) = graph.subjects(rdflib.RDF.type, dcat.Dataset)
    assert graph.value(dataset, dcat.inSeries) == rdflib.URIRef("urn:fortschreibung:kleinstadt")
    assert str(graph.value(dataset, dcat.version)) == VERSION
    assert any("synthetische Daten" in title for title in graph.objects(dataset, dct.title))
    distributions = list(graph.objects(dataset, dcat.distribution))
    assert len(distributions) > 40
    for each in distributions:
        assert graph.value(each, dct.license) == rdflib.URIRef("http://dcat-ap.de/def/licenses/dl-by-de/2.0")
        name = str(graph.value(each, dcat.downloadURL)).removeprefix("http://example.org/")
        checksum = graph.value(graph.value(each, spdx.checksum), spdx.checksumValue)
        assert checksum.n3().split('"')[1].lower() == hashlib.sha256((built / name).read_bytes()).hexdigest(), name


def test_the_manifest_names_every_file_every_delivery_and_every_version(built, read_json):
    manifest = read_json(built / "manifest.json")
    present = {path.relative_to(built).as_posix() for path in built.rglob("*") if path.is_file()}
    assert set(manifest["files"]) == present - {"manifest.json"}
    assert [source["sha256"] for source in manifest["sources"]] == ["cd" * 32]
    assert {"python", "duckdb", "prefect", "great-expectations", "pandas"} <= set(manifest["libraries"])
    assert manifest["content_format"] == 2
    figures = manifest["tables"]["wert"]
    assert (figures["rows"], figures["content"], len(figures["hash"])) == (36, True, 64)
    assert {len(blocks) for blocks in figures["blocks"].values()} == {1}
    assert len(manifest["code"]["sql_sha256"]) == 64


def test_codebook_csv_says_numerator_denominator_and_deliveries(built):
    rows = (built / "codebook.csv").read_text("utf-8").splitlines()
    assert rows[0].endswith(",zaehler,nenner,lieferungen")
    assert rows[2].endswith(",sgb2,einwohner,einwohner: EW_2024.csv")
    assert "SGB-II-Quote" in (built / "codebook.html").read_text("utf-8")


def test_the_report_of_the_checks_lies_in_the_release(built):
    assert (built / "checks" / "index.html").is_file()


@pytest.mark.thorough
def test_changes_name_what_moved_come_and_gone_since_the_previous_release(city, built, tmp_path, read_json):
    folder = city.run("next", residents=1290)
    city.rewrite(folder, "wert", "FROM it WHERE NOT (raumebene = 'stadt' AND indikator_id = 'sgb2_quote')")
    city.job().write(folder)
    code, answer = build(folder, tmp_path / "next", "--previous", VERSION, str(built), version="2024.2")
    assert code == 0, answer
    changes = read_json(tmp_path / "next" / "changes.json")
    by_name = {(each["raumebene"], each["indikator_id"]): each for each in changes["levels"]}
    moved = by_name["sozialraum", "einwohner"]
    assert (moved["geaendert"], moved["groesste_abweichung"], moved["raum_id"]) == (1, 90.0, "011001")
    assert by_name["stadt", "sgb2_quote"]["entfallen"] == 2
    assert next(each["before"] for each in changes["movers"] if each["raum_id"] == "011001") == 1200.0
    assert "2024.2 gegen 2024.1" in (tmp_path / "next" / "changes.html").read_text("utf-8")
    with duckdb.connect(str(tmp_path / "next" / "fortschreibung.duckdb"), read_only=True) as con:
        assert con.execute("SELECT DISTINCT vorversion FROM _changes").fetchall() == [(VERSION,)]


@pytest.mark.parametrize(
    ("table", "query", "words"),
    first_of([
        ("wert", "SELECT *, 1 AS geburtsdatum FROM it", "not in the contract ['geburtsdatum']"),
        ("wert", "SELECT * EXCLUDE (methode) FROM it", "missing ['methode']"),
        ("wert", "FROM it UNION ALL FROM it", "more than one row for the key"),
        ("wert", "SELECT * REPLACE ('099999' AS raum_id) FROM it", "not in the table sozialraum: 099999"),
        ("wert", "SELECT * REPLACE (coalesce(wert, 2) AS wert) FROM it", "status geschuetzt"),
        ("wert", "SELECT * REPLACE ('unknown' AS indikator_id) FROM it", "not in indikator: unknown"),
        ("sozialraum_jahr", "SELECT * REPLACE (einwohner + 1 AS einwohner) FROM it", "6 fields differ"),
        ("sozialraum_jahr_status", "SELECT * REPLACE ('ok' AS sgb2_quote) FROM it", "2 fields differ"),
        ("wert", ALSO_2024, "sozialraum at 2023-12-31 stands on Zuschnitt 2020-01-01, though"),
        ("indikator", "SELECT * REPLACE ('' AS einheit) FROM it", "indikator.einheit: 3 rows are empty"),
        ("indikator", "SELECT * REPLACE (NULL AS quelle) FROM it", "indikator.quelle: 3 rows are empty"),
        ("stadt", "SELECT * REPLACE ('heute' AS gueltig_ab) FROM it", "does not hold what sql/release.toml"),
    ]),
)  # fmt: skip
def test_what_breaks_the_contract_is_not_published_and_named(city, tmp_path, table, query, words):
    folder = city.run("r")
    city.job().write(folder)
    city.rewrite(folder, table, query)
    code, answer = build(folder, tmp_path / "release")
    assert code != 0
    assert words in answer["error"]
    assert not (tmp_path / "release" / "manifest.json").exists()


@pytest.mark.parametrize(
    ("column", "lacking"),
    [("einheit", "unit"), ("quelle", "source"), ("beschreibung_de", "German description"),
     ("beschreibung_en", "English description")],
)  # fmt: skip
@pytest.mark.parametrize("said", first_of(["''"], nightly=["'  '", "NULL"]))
def test_an_indikator_that_lacks_what_a_reader_must_know_stops_publication(city, tmp_path, column, lacking, said):
    folder = city.run("r")
    city.job().write(folder)
    city.rewrite(
        folder,
        "indikator",
        f"SELECT * REPLACE (CASE indikator_id WHEN 'sgb2_quote' THEN {said} ELSE {column} END AS {column}) FROM it",
    )
    code, answer = build(folder, tmp_path / "release")
    assert (code, answer["kind"]) == (4, "VerificationFailed")
    assert f"indikator sgb2_quote: no {lacking}; complete it in the codebook" in answer["error"]
    assert "indikator einwohner" not in answer["error"]


def test_an_indikator_from_a_delivery_without_licence_stops_publication(city, tmp_path):
    folder, job = city.run("r"), city.job()
    job.model_copy(update={"sources": [job.sources[0].model_copy(update={"lizenz": " "})]}).write(folder)
    city.rewrite(folder, "_origins", "FROM it WHERE merkmal = 'sgb2'")
    code, answer = build(folder, tmp_path / "release")
    assert code == 4
    assert (
        "indikator sgb2_quote: comes from Lieferungen without a licence; say it at `licence` of einwohner"
        in (answer["error"])
    )
    assert "indikator einwohner" not in answer["error"]


def test_a_missing_table_is_named_with_its_file(city, tmp_path):
    folder = city.run("r")
    city.job().write(folder)
    (folder / "raum_ereignis.parquet").unlink()
    code, answer = build(folder, tmp_path / "release")
    assert code == 1
    assert "raum_ereignis.parquet" in answer["error"]


def test_a_private_column_of_the_catalogue_stays_behind(con):
    names = [column[0] for column in con.execute("SELECT * FROM raumebene").description]
    assert names == ["raumebene", "rang", "label_de", "label_en", "id_muster"]


@pytest.mark.thorough
def test_building_leaves_the_home_directory_alone(city, tmp_path):
    folder, home = city.run("r"), tmp_path / "user"
    city.job().write(folder)
    home.mkdir()
    build_apart(folder, tmp_path / "release", HOME=str(home))
    assert list(home.iterdir()) == []


def test_a_release_file_is_written_without_fsst_which_costs_more_than_it_saves(tmp_path):
    with new_database(tmp_path / "release.duckdb") as con:
        con.execute("CREATE TABLE t AS SELECT 'a text like others, ' || i AS text FROM range(50000) AS r(i)")
        con.execute("CHECKPOINT")
        taken = con.execute("SELECT DISTINCT compression FROM pragma_storage_info('t')").fetchall()
    assert taken
    assert "FSST" not in {name for (name,) in taken}
