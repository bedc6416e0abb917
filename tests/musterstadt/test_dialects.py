"""Each file is written as its office writes: these are the traps that staging must know."""

import codecs
import json
import re

YEARS = range(2015, 2025)


def test_person_extracts_are_zipped_utf8_with_bom_and_padded_ids(small) -> None:
    rows = small.persons(2024)
    assert list(rows[0]) == ["BBS", "STICHTAG", "ALTER", "GESCHLECHT", "NATION", "MIGRATION", "WOHNDAUER"]
    assert len(rows) == small.made.residents[2024]
    assert {r["STICHTAG"] for r in rows} == {"31.12.2024"}
    assert {r["GESCHLECHT"] for r in rows} <= {"m", "w", "d"}
    assert {r["NATION"] for r in rows} == {"D", "A"}
    assert all(re.fullmatch(r"\d{8}", r["BBS"]) for r in rows)
    assert codecs.BOM_UTF8 + b"BBS;STICHTAG" in small.bytes("einwohner/EW_Personen_2024.zip")


def test_older_register_tables_have_preamble_lost_zeros_total_and_footer(small) -> None:
    for year in range(2015, 2022):
        lines = small.bytes(f"einwohner/EW_Baublockseiten_{year}.csv").decode("cp1252").split("\r\n")
        assert "synthetische Daten" in lines[2]
        assert lines[3] == f"Stichtag: 31.12.{year}"
        assert lines[4] == ""
        assert lines[5].startswith("BBS;STICHTAG;INSGESAMT;M;W;D;NICHTDEUTSCH;MIGRATION;MIGRATION_U18;DAUER5;")
        assert lines[5].endswith(";A099;A100")
        assert re.match(r"11\d{5};", lines[6]), "the leading zero of 011... is lost"
        assert any(line.startswith(f"Summe;31.12.{year};1") for line in lines)
        assert any(line.startswith("__________") for line in lines)
        assert lines[0].encode("cp1252") != lines[0].encode("utf-8"), "the preamble has an umlaut"


def test_zero_is_a_dash_and_thousands_have_a_dot_in_the_register_tables(small) -> None:
    rows, total = small.register_table(2015)
    assert not any(value == "0" for row in rows for value in row.values())
    assert any(row["A050"] == "-" for row in rows)
    assert re.fullmatch(r"\d+\.\d{3}", total["INSGESAMT"])


def test_households_are_a_workbook_with_three_title_rows_and_ids_as_text(small) -> None:
    for year in YEARS:
        rows = small.households(year)
        assert "synthetisch" in rows[0][0]
        assert rows[3] == [
            "Baublockseite",
            "Stichtag",
            "Haushalte",
            "Einpersonenhaushalte",
            "mit Kindern",
            "Alleinerziehende",
            "Personen",
        ]
        assert rows[4][0] == "01100011"
        assert rows[4][1] == f"31.12.{year}"


def test_sgb2_has_no_bom_a_dash_for_zero_and_secret_cells_in_2016_only(small) -> None:
    for year in YEARS:
        path = f"soziales/SGBII_{year}.csv"
        assert small.bytes(path).startswith(b"BBS;JAHR;PERSONEN;U18;U15;ARBEITSLOSE\n")
        cells = [v for r in small.table(path, "utf-8") for k, v in r.items() if k not in ("BBS", "JAHR")]
        assert "-" in cells
        assert "0" not in cells
        assert 0 < cells.count(".") < 10 if year == 2016 else cells.count(".") == 0


def test_mindestsicherung_is_quoted_and_comma_separated_with_iso_dates(small) -> None:
    raw = small.bytes("soziales/Mindestsicherung_2019.csv")
    assert raw.startswith(codecs.BOM_UTF8 + b'"BBS","STICHTAG","EMPFAENGER_65PLUS"\n"01100011","2019-12-31","')


def test_dwellings_have_decimal_comma_and_thousands_dot(small) -> None:
    rows = small.table("wohnen/Wohnungen_2020.csv", "cp1252")
    assert all(re.fullmatch(r"\d{1,3}(\.\d{3})*,\d\d", r["WOHNFLAECHE"]) for r in rows)
    assert any("." in r["WOHNFLAECHE"] for r in rows)


def test_movements_are_utf16_with_bom_and_tabs(small) -> None:
    raw = small.bytes("bewegung/Bewegungen_2018.csv")
    assert raw.startswith(codecs.BOM_UTF16_LE)
    first = raw.decode("utf-16").split("\r\n")[0]
    assert first.split("\t") == ["BBS", "JAHR", "ZUZUEGE", "FORTZUEGE", "GEBURTEN", "STERBEFAELLE"]


def test_names_are_cp1252_and_not_latin_1(small) -> None:
    raw = small.bytes("raum/Raeume_2015.csv")
    assert b"\x96" in raw, "an en dash, which Latin-1 reads as a control character"
    assert "Mühlen" in raw.decode("cp1252")


def test_the_official_table_has_six_lines_before_and_a_footer_after(small) -> None:
    lines = small.bytes("amtlich/Bevoelkerung.csv").decode("cp1252").split("\r\n")
    assert lines[6] == "Stichtag;Insgesamt"
    assert [line[:10] for line in lines[7:17]] == [f"31.12.{year}" for year in YEARS]
    assert re.fullmatch(r"\d+\.\d{3}", lines[7].split(";")[1])
    assert lines[17].startswith("__________")


def test_everything_that_can_say_so_says_that_it_is_synthetic(small) -> None:
    assert json.loads(small.bytes("raum/Baublockseiten.geojson"))["name"] == "Musterstadt (synthetisch) Baublockseiten"
    assert json.loads(small.bytes("raum/Barrieren.geojson"))["name"] == "Musterstadt (synthetisch) Barrieren"
    assert "synthetische Daten" in small.bytes("index.html").decode()
    assert "synthetisch" in small.bytes("amtlich/Bevoelkerung.csv").decode("cp1252")
    assert "synthetisch" in small.bytes("raum/Raeume_2020.csv").decode("cp1252")
    for year in range(2015, 2022):
        assert b"synthetisch" in small.bytes(f"einwohner/EW_Baublockseiten_{year}.csv")


def test_the_index_names_every_file(small) -> None:
    page = small.bytes("index.html").decode()
    assert all(f'href="{path}"' in page for path in small.made.files if path != "index.html")
