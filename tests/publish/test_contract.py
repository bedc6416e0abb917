"""The contract says of every table and column what it is, in German and English, and fits any city."""

import json
from pathlib import Path

from flows.release.table_contract import IndikatorColumn, Level, contract, tables_of_city

BERLIN = [
    Level("sozialraum", "Planungsraum", "Planning area", ("bezirksregion", "bezirk")),
    Level("bezirksregion", "Bezirksregion", "District region", ("bezirk",)),
    Level("bezirk", "Bezirk", "Borough"),
]
RATE = IndikatorColumn("sgb2_quote", "SGB-II-Quote", "SGB II rate", "Anteil.", "Share.", "%")


def named(name):
    return next(table for table in tables_of_city(BERLIN, [RATE]) if table.name == name)


def test_every_raumebene_of_a_city_gets_a_table_with_the_ids_of_the_coarser_ones():
    assert [column.name for column in named("sozialraum").columns] == [
        "zuschnitt", "sozialraum_id", "name", "dauer_id", "bezirksregion_id", "bezirk_id", "gueltig_ab", "gueltig_bis",
        "flaeche_km2", "geometrie",
    ]  # fmt: skip
    assert named("sozialraum").key == ("zuschnitt", "sozialraum_id")
    assert [c.name for c in named("bezirk").columns if c.name.endswith("_id")] == ["bezirk_id", "dauer_id"]
    assert "Planungsraum" in named("sozialraum").comment


def test_the_wide_table_has_one_column_an_indikator_with_its_unit_in_the_comment():
    last = named("sozialraum_jahr").columns[-1]
    assert (last.name, last.type) == ("sgb2_quote", "DOUBLE")
    assert last.comment == "SGB-II-Quote [%]: Anteil. / SGB II rate: Share."


def test_every_table_and_column_is_said_in_german_and_in_english():
    for table in tables_of_city(BERLIN, [RATE]):
        assert table.description_de, table.name
        assert table.description_en, table.name
        for column in table.columns:
            for words in (column.label_de, column.label_en, column.description_de, column.description_en):
                assert words, f"{table.name}.{column.name}"


def test_keys_orders_and_references_name_columns_of_their_table():
    tables = tables_of_city(BERLIN, [RATE])
    names = {table.name: {column.name for column in table.columns} for table in tables}
    for name, entry in contract().table.items():
        assert {*entry.key, *entry.order, *entry.nullable, *entry.references} <= names[name], name
        assert all(column in names[target] for column, target in entry.references.items()), name


def test_no_column_of_the_contract_is_without_a_table():
    used = {column.name for table in tables_of_city(BERLIN, [RATE]) for column in table.columns}
    assert set(contract().column) - used == {"raum_id"} - used


def shape():
    """What a reader relies on, of each column: its type, whether it is part of the key, whether it is filled."""
    return {
        f"{table.name}.{column.name}": [column.type, column.key, column.required]
        for table in tables_of_city(BERLIN, [RATE])
        for column in table.columns
    }


def test_what_readers_of_this_major_version_rely_on_is_still_there():
    """docs/releases.md: what is taken away, retyped or left empty needs a new first number and its own frozen shape."""
    major = contract().schema_version.partition(".")[0]
    promised = json.loads((Path(__file__).parent / f"schema_{major}.json").read_bytes())
    now = shape()
    broken = {
        name: (kept, now.get(name))
        for name, kept in promised.items()
        if name not in now or now[name][:2] != kept[:2] or (kept[2] and not now[name][2])
    }
    assert broken == {}
