"""Columns are private until sql/release.toml publishes them."""

from __future__ import annotations

import tomllib

import duckdb
import pytest

from flows.base.db import insert
from flows.base.resources import resource
from flows.release.release_tables import faults
from tests.protect.conftest import DAY, INDIKATOREN, NEW, OLD

CONTRACT = tomllib.loads(resource("sql/release.toml").read_text(encoding="utf-8"))
WRITTEN_BY_PUBLISH = {"_release", "_sources", "_deliveries", "_columns", "_checks", "_changes"}


def columns_of(office) -> dict[str, list[str]]:
    office.protect()
    return {
        path.stem: [name for name, *_ in office.con.execute(f"DESCRIBE FROM '{path}'").fetchall()]
        for path in sorted(office.target.iterdir())
    }


def test_each_file_has_just_the_columns_of_the_contract(office):
    office.counts("einwohner", 30)

    found = columns_of(office)

    listed = {
        entry.get("parquet", name): entry["columns"]
        for name, entry in CONTRACT["table"].items()
        if name not in WRITTEN_BY_PUBLISH
    }
    for wide in ("sozialraum_jahr", "sozialraum_jahr_status"):
        listed[wide] = [*listed[wide], *INDIKATOREN]
    units = {level: found.pop(level) for level in ("sozialraum", "stadtteil", "stadt")}
    assert found == listed
    assert units["stadt"] == [
        "zuschnitt",
        "stadt_id",
        "name",
        "dauer_id",
        "gueltig_ab",
        "gueltig_bis",
        "flaeche_km2",
        "geometrie",
    ]


def test_a_column_that_the_computation_adds_stays_behind(office):
    office.counts("einwohner", 30)
    office.con.execute("ALTER TABLE katalog.merkmal ADD COLUMN sachbearbeitung VARCHAR DEFAULT 'Frau Muster'")
    office.con.execute("ALTER TABLE raum ADD COLUMN einwohner BIGINT DEFAULT 2")

    found = columns_of(office)

    assert "sachbearbeitung" not in found["merkmal"]
    assert "einwohner" not in found["sozialraum"]


def test_no_file_is_written_of_staged_counts_or_of_figures_before_protection(office):
    office.counts("einwohner", 30)

    assert {"merkmal_raum", "indikator_wert", "schluessel", "schwelle", "zaehlung", "register"}.isdisjoint(
        columns_of(office)
    )


def test_a_unit_carries_the_coarser_units_that_some_of_its_raumebene_lie_in(office):
    office.counts("einwohner", 30)
    office.con.execute("DELETE FROM raum")
    insert(
        office.con,
        "raum",
        [
            {"zuschnitt": NEW, "raumebene": "sozialraum", "raum_id": unit, "name": unit, "gueltig_ab": NEW,
             "eltern": parents}
            for unit, parents in (("A", {"stadt": "S", "stadtteil": "X"}), ("B", {"stadt": "S"}))
        ],
    )  # fmt: skip
    office.protect()

    assert office.rows("sozialraum", "sozialraum_id, stadtteil_id, stadt_id") == [("A", "X", "S"), ("B", None, "S")]


def test_lineage_names_tables_and_no_value(office):
    office.counts("einwohner", 30)
    office.protect()

    assert ("wert_alle", "zaehler", "indikator_wert", "zaehler") in office.rows("_lineage")
    assert ("wert_alle", "zaehler", "schwelle", "mindest_zaehler") in office.rows("_lineage")
    assert ("schwelle", "mindest_zaehler", "merkmal_schwelle", "mindestens") in office.rows("_lineage")
    assert ("sozialraum_breit", "sgb2_quote", "sozialraum_feld", "wert") in office.rows("_lineage")
    assert ("sozialraum", "sozialraum_id", "raum", "raum_id") in office.rows("_lineage")
    assert ("merkmal", "label_de", "katalog.merkmal", "label_de") in office.rows("_lineage")


def test_lineage_holds_every_published_column(office):
    office.counts("einwohner", 30)
    office.protect()

    told = {(table, column) for table, column, *_ in office.rows("_lineage")}
    for file in office.target.glob("*.parquet"):
        table = file.stem.removeprefix("katalog_")
        columns = [name for (name, *_) in office.con.execute(f"DESCRIBE FROM '{file}'").fetchall()]
        assert table.startswith("_") or {(table, column) for column in columns} <= told


def delivered(office, kinds: dict[str, str], *files: tuple[str, str]) -> None:
    """Enter sources by kind in the catalogue, each with one Lieferung of its name, and further `files` of them."""
    insert(
        office.con, "katalog.quelle",
        [{"quelle": name, "titel_de": name.upper(), "titel_en": name, "art": kind, "ungelistet_null": True,
          "quarantaene_erlaubt": 0}
         for name, kind in kinds.items()],
    )  # fmt: skip
    insert(
        office.con, "stage.datei",
        [{"quelle": name, "datei": file, "sha256": "ab", "bytes": 1, "zeilen": 1, "uebernommen": 1, "quarantaene": 0,
          "entfallen": 0, "kennungen_ergaenzt": 0, "stichtage": []}
         for name, file in [*((name, f"{name}.csv") for name in kinds), *files]],
    )  # fmt: skip


def test_origins_name_every_delivery_of_a_source_for_each_merkmal_read_from_it(office):
    office.counts("einwohner", 30)
    kinds = {"benefits": "matrix", "people": "register", "outlines": "geometry", "units": "assignment"}
    delivered(office, kinds, ("benefits", "benefits_2.csv"))
    brought = (("benefits", "sgb2"), ("people", "einwohner"), ("people", "weiblich"))
    insert(office.con, "katalog.quelle_merkmal", [{"quelle": name, "merkmal": merkmal} for name, merkmal in brought])
    office.protect()

    assert office.rows("_origins", "merkmal, titel_en, datei, tabelle") == [
        ("einwohner", "people", "people.csv", "stage.zaehlung_liste"),
        ("flaeche_km2", "outlines", "outlines.csv", "stage.geometrie"),
        ("sgb2", "benefits", "benefits.csv", "stage.zaehlung_liste"),
        ("sgb2", "benefits", "benefits_2.csv", "stage.zaehlung_liste"),
        ("weiblich", "people", "people.csv", "stage.zaehlung_liste"),
        (None, "units", "units.csv", "stage.zuordnung"),
    ]


@pytest.fixture
def official(office):
    """Two sources of official totals: one of residents that is published, one that is only compared with counts."""
    office.counts("einwohner", 30)
    delivered(office, {"land": "official", "compared": "official"})
    insert(
        office.con, "katalog.quelle_merkmal",
        [{"quelle": name, "merkmal": "einwohner"} for name in ("land", "compared")],
    )  # fmt: skip
    insert(
        office.con, "amtlich_raum",
        [{"quelle": "land", "stichtag": day, "merkmal": "einwohner", "raumebene": "stadt", "raum_id": "S"}
         for day in ("2019-12-31", "2020-12-31")],
    )  # fmt: skip
    office.protect()
    return office


def test_an_official_total_that_is_published_has_an_origin_and_one_only_compared_with_has_none(official):
    assert official.rows("_origins", "merkmal, quelle, datei, tabelle", "tabelle = 'stage.amtlich'") == [
        ("einwohner", "land", "land.csv", "stage.amtlich")
    ]


def test_an_official_total_without_a_licence_stops_publication(official):
    with duckdb.connect() as release:
        for file in official.target.glob("*.parquet"):
            release.execute(f"CREATE VIEW {file.stem.removeprefix('katalog_')} AS FROM '{file}'")
        release.execute("CREATE VIEW wert_alle AS FROM wert UNION ALL FROM wert_zuschnitt")
        release.execute("CREATE TABLE _sources AS FROM (VALUES ('land', ''), ('compared', '')) AS s (quelle, lizenz)")
        found = faults(release, ())

    assert [fault for fault in found if "without a licence" in fault and "indikator einwohner:" in fault] == [
        "indikator einwohner: comes from Lieferungen without a licence; say it at `licence` of land in sources.toml"
    ]


def event(office, kind: str, *pairs: str, vorgang: int = 1, residents: float = 30) -> None:
    """Add what a redraw did between old and new units, each written as "old new"; a dash is no unit."""
    insert(
        office.con, "ereignis",
        [{"von_zuschnitt": OLD, "nach_zuschnitt": NEW, "raumebene": "sozialraum", "vorgang": vorgang,
          "vorgang_art": kind, "ereignis": kind, "fortgefuehrt": False, "einwohner": residents,
          "grundlage": "basiseinheiten", "von_id": old if old != "-" else None, "nach_id": new if new != "-" else None}
         for old, new in (pair.split() for pair in pairs)],
    )  # fmt: skip


def test_every_event_says_in_a_sentence_what_happened(office):
    event(office, "unveraendert", "A A")
    event(office, "umbenannt", "B B")
    event(office, "umnummeriert", "C D")
    event(office, "geteilt", "E E", "E F")
    event(office, "zusammengelegt", "G G", "H G")
    event(office, "teil_uebertragen", "I I", "I J", "J J", "J K", "K K")
    event(office, "neu", "- L")
    event(office, "aufgeloest", "M -")
    office.counts("einwohner", 30)
    office.protect()

    assert {sentence for (sentence,) in office.rows("raum_ereignis", "beschreibung")} == {
        "A blieb unverändert.",
        "B hat einen anderen Namen.",
        "C heißt jetzt D.",
        "E wurde geteilt; ein Teil behielt die Nummer.",
        "Ein Teil von E ist jetzt F.",
        "G nahm andere Einheiten auf.",
        "H ging in G auf.",
        "I gab einen Teil ab.",
        "Ein Teil von I gehört jetzt zu J.",
        "J gab einen Teil ab und erhielt einen anderen.",
        "Ein Teil von J gehört jetzt zu K.",
        "K erhielt einen Teil.",
        "L ist neu.",
        "M wurde aufgelöst.",
    }


def test_where_a_part_has_too_few_residents_those_of_the_whole_change_are_not_told(office):
    event(office, "geteilt", "A A", vorgang=1, residents=30)
    event(office, "geteilt", "A B", vorgang=1, residents=2)
    event(office, "unveraendert", "C C", vorgang=2, residents=7)
    office.counts("einwohner", 30)
    office.protect()

    assert office.rows("raum_ereignis", "von_id, nach_id, einwohner") == [
        ("A", "A", None), ("A", "B", None), ("C", "C", 7)
    ]  # fmt: skip


def test_a_task_tried_again_writes_the_same_files(office):
    office.counts("einwohner", 2, 30)
    office.protect()
    first = {path.name: path.read_bytes() for path in office.target.iterdir()}
    office.protect()

    assert {path.name: path.read_bytes() for path in office.target.iterdir()} == first
    assert office.rows("wert", "DISTINCT stichtag::VARCHAR") == [(DAY,)]
