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
WIDE = """
    SELECT zuschnitt, raum_id AS sozialraum_id, 'Sozialraum ' || raum_id AS name, stichtag,
        max(wert) FILTER (indikator_id = 'einwohner') AS einwohner,
        max(wert) FILTER (indikator_id = 'sgb2_quote') AS sgb2_quote,
        max(wert) FILTER (indikator_id = 'wohnflaeche_je_einwohner') AS wohnflaeche_je_einwohner
    FROM (FROM '{}' WHERE raumebene = 'sozialraum' QUALIFY zuschnitt = max(zuschnitt) OVER (PARTITION BY stichtag))
    GROUP BY ALL
"""


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
        city.rewrite(folder, "sozialraum_jahr", WIDE.format(folder / "wert.parquet"))
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
