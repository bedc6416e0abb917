"""Releases of the tiny city, built to be compared: what is otherwise in one is a query over its table."""

import datetime as dt
import json
from unittest import mock

import duckdb

from flows.compare.diff import attach, diff_of, side_of
from flows.publish import build as building
from flows.publish.build import build
from flows.release.catalog import DATABASE
from flows.release.content_hash import content_tables, digests, table_hashes, whole_hash
from flows.release.job import Setting
from flows.release.manifest import files_in, manifest_of

CITY = "kleinstadt"
NOW = dt.datetime(2025, 3, 1, tzinfo=dt.UTC)
ALSO_2024 = "FROM it UNION ALL SELECT * REPLACE ('2024-01-01' AS zuschnitt) FROM it"
REDRAWN = dict.fromkeys(("katalog_zuschnitt", "sozialraum", "stadtteil", "stadt"), ALSO_2024)
TODAY, BEFORE = "2024-01-01", "2020-01-01"
ON_TODAYS = """
    SELECT * REPLACE (
        '2024-01-01' AS zuschnitt,
        CASE WHEN year(stichtag) = 2023 THEN 'overlap' ELSE methode END AS methode,
        CASE WHEN year(stichtag) = 2023 AND wert IS NOT NULL THEN 5.0 END AS unsicherheit)
    FROM it
"""
MOVED = """
    SELECT '2020-01-01' AS von_zuschnitt, '2024-01-01' AS nach_zuschnitt, 'sozialraum' AS raumebene, vorgang,
        'teil_uebertragen' AS vorgang_art, 'teil_uebertragen' AS ereignis, '01100' || vorgang AS von_id,
        '01100' || (3 - vorgang) AS nach_id, false AS fortgefuehrt, 0.01 AS flaeche_km2, einwohner,
        'basiseinheiten' AS grundlage, NULL::VARCHAR AS beschreibung
    FROM (VALUES (1, 100.0), (2, 300.0)) AS t(vorgang, einwohner)
"""
BESIDE = (
    "NULL::DOUBLE AS index_punkte, NULL::INTEGER AS index_klasse, NULL::VARCHAR AS typ_id, NULL::VARCHAR AS typ_lage"
)
STATES = "NULL::VARCHAR AS index_status, NULL::VARCHAR AS typ_status"
STAND = "FROM {} QUALIFY zuschnitt {} max(zuschnitt) OVER (PARTITION BY raumebene, stichtag)"


def wide(figures: str) -> dict[str, str]:
    """The queries of the two wide tables that go with the rows of `wert`."""
    rows = f"({figures}) WHERE raumebene = 'sozialraum' GROUP BY zuschnitt, raum_id, stichtag"
    unit = "zuschnitt, raum_id AS sozialraum_id, 'Sozialraum ' || raum_id AS name, stichtag"
    names = ("einwohner", "sgb2_quote", "wohnflaeche_je_einwohner")
    held = {name: f"FILTER (indikator_id = '{name}')" for name in names}
    values = ", ".join(f"max(wert) {only} AS {name}" for name, only in held.items())
    reasons = ", ".join(f"coalesce(max(status) {only}, 'nicht_geliefert') AS {name}" for name, only in held.items())
    return {
        "sozialraum_jahr": f"SELECT {unit}, max(methode) AS methode, {BESIDE}, {values} FROM {rows}",
        "sozialraum_jahr_status": f"SELECT {unit}, {STATES}, {reasons} FROM {rows}",
    }


def no_exports(being_built, compared):
    """Write of a release only the database and how it differs: its exports take longer than all the rest."""
    (being_built.target / "changes.json").write_text(compared.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return []


def built(city, name, *, figures=None, sha256=None, previous=None, **tables):
    """Build a release; `figures` and `tables` are queries over the table `it` that they replace."""
    folder = city.run(name)
    for table, query in tables.items():
        city.rewrite(folder, table, query)
    if figures:
        city.rewrite(folder, "wert", figures)
        written = f"'{folder / 'wert.parquet'}'"
        city.rewrite(folder, "wert_zuschnitt", STAND.format(written, "<"))
        city.rewrite(folder, "wert", STAND.format("it", "="))
        stand = f"(SELECT DISTINCT raumebene, stichtag, zuschnitt FROM {written})"
        for table in ("index_wert", "typ"):
            city.rewrite(folder, table, f"FROM it SEMI JOIN {stand} USING (raumebene, stichtag, zuschnitt)")
        for table, query in wide(f"FROM {written}").items():
            city.rewrite(folder, table, query)
    job = city.job()
    if sha256:
        job = job.model_copy(update={"sources": [job.sources[0].model_copy(update={"sha256": sha256})]})
    setting = Setting(version="2024.2" if previous else "2024.1", made_at=NOW, previous=previous)
    target = city.root / "built" / name
    with mock.patch.object(building, "write_files", no_exports):
        build(job.write(folder), target, setting)
    return target


def as_format_1(release):
    """Turn a built release into one as it was made before the content hash had its format 2."""
    database = release / DATABASE
    manifest = json.loads((release / "manifest.json").read_bytes())
    with duckdb.connect(str(database)) as con:
        content = digests(table_hashes(con, dict.fromkeys(content_tables(con), ()), form=1))
        con.execute(f"UPDATE _release SET content_hash = '{whole_hash(content)}'")
        hashes = digests(table_hashes(con, dict.fromkeys(manifest["tables"], ()), form=1))
    for name, table in manifest["tables"].items():
        del table["blocks"]
        table["hash"] = hashes[name]
    del manifest["content_format"]
    manifest |= {"format": "fortschreibung-manifest/1", "content_hash": whole_hash(content), "files": files_in(release)}
    (release / "manifest.json").write_text(json.dumps(manifest))
    return release


def between(before, after):
    with duckdb.connect() as con:
        attach(con, before / DATABASE, "vorher")
        attach(con, after / DATABASE, "fortschreibung")
        return diff_of(con, CITY, side_of(manifest_of(before)), side_of(manifest_of(after)))
