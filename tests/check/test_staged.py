"""What the checks of the deliveries and the staged counts see."""

import pytest


@pytest.mark.thorough
def test_a_good_city_passes_every_check(city):
    checked = city.report()

    assert checked.failed == set()
    assert checked.report.ok
    assert checked.report.checks == len(checked.results)
    assert (checked.report.blockers, checked.report.warnings) == (0, 0)


def test_a_row_without_whereabouts_is_named_with_its_file(city):
    city.spoil("UPDATE stage.datei SET zeilen = zeilen + 3 WHERE datei = 'EW_2024-12-31'")

    checked = city.check()

    assert checked.failed == {"lieferung_bilanz"}
    assert checked.results["lieferung_bilanz"].blocks
    assert checked.units("lieferung_bilanz") == ["einwohner: EW_2024-12-31: ohne_verbleib 3"]


def test_a_file_staged_twice_is_a_blocker(city):
    city.spoil("INSERT INTO stage.datei FROM stage.datei WHERE datei = 'EW_2024-12-31'")

    checked = city.check()

    assert checked.failed == {"lieferung_schluessel", "lieferung_inhalt"}
    assert checked.results["lieferung_schluessel"].units == ["einwohner: EW_2024-12-31"] * 2


def test_an_empty_file_and_last_years_file_again_are_warnings(city):
    city.spoil(
        "INSERT INTO stage.datei SELECT 'sgb2', 'neu.csv', sha256, 0, 0, 0, 0, 0, 0, [], FALSE, NULL "
        "FROM stage.datei LIMIT 1"
    )

    checked = city.check()

    assert checked.failed == {"lieferung_zeilen", "lieferung_inhalt"}
    assert not checked.blockers
    assert checked.units("lieferung_zeilen") == ["sgb2: neu.csv: zeilen 0"]


def test_a_row_in_quarantine_is_named_with_file_line_column_and_rule(city):
    city.spoil("INSERT INTO stage.quarantaene VALUES ('sgb2', 'S.csv', 17, 'PERSONEN', 'x1', 'a whole number')")

    checked = city.check()

    assert checked.failed == {"quarantaene"}
    assert checked.units("quarantaene") == ['sgb2: S.csv, line 17, column PERSONEN: "x1"']
    assert checked.findings[0].expected == "a whole number"


@pytest.mark.parametrize(("allowed", "stops"), [(1, True), (2, False)])
def test_rows_in_quarantine_are_those_of_the_file_however_many_of_its_stichtage_they_spoil(city, allowed, stops):
    city.spoil(f"""
        INSERT INTO katalog.quelle VALUES ('sgb2', '-', '-', 'matrix', TRUE, {allowed}, NULL, NULL);
        INSERT INTO stage.quarantaene VALUES
            ('sgb2', 'S.csv', 17, 'BBS', 'x', 'an id'), ('sgb2', 'S.csv', 17, 'BBS', 'x', 'an id'),
            ('sgb2', 'S.csv', 18, 'BBS', 'y', 'an id')
    """)

    assert [row["gefunden"] for row in city.rows("quarantaene")] == (['"x"', '"x"', '"y"'] if stops else [])
    assert [row["gefunden"] for row in city.rows("quarantaene_erlaubt")] == ([] if stops else ["2 rows in quarantine"])


def test_an_official_total_that_comes_twice_is_a_blocker_even_when_both_agree(city):
    city.spoil("INSERT INTO stage.amtlich FROM stage.amtlich WHERE stichtag = '2024-12-31'")

    checked = city.check()

    assert checked.failed == {"staged_amtlich"}
    assert checked.results["staged_amtlich"].blocks
    assert checked.units("staged_amtlich") == ["stadt 05999, 2024-12-31, einwohner: 2 times, from amtlich"]


def test_a_row_delivered_twice_by_one_source_is_named(city):
    city.deliver("""
        INSERT INTO stage.zaehlung_einzeln FROM stage.zaehlung
        WHERE merkmal = 'geburten' AND basis_id = '01100021' AND stichtag = '2024-12-31'
    """)

    checked = city.check()

    assert checked.failed == {"staged_doppelt"}
    assert checked.units("staged_doppelt") == ["bbs 01100021, 2024-12-31, geburten from einwohner: 2 rows"]


def test_two_sources_for_one_merkmal_at_one_stichtag_are_a_blocker(city):
    city.deliver("""
        INSERT INTO stage.zaehlung_einzeln
        SELECT 'meldestelle', stichtag, basis, basis_id, merkmal, 0, status FROM stage.zaehlung
        WHERE merkmal = 'geburten' AND stichtag = '2024-12-31'
    """)

    checked = city.check()

    assert checked.failed == {"staged_zwei_quellen"}
    assert checked.units("staged_zwei_quellen") == [
        "geburten, 2024-12-31: einwohner and meldestelle both deliver it, for 6 base units"
    ]


def test_the_register_and_a_table_for_the_same_stichtag_are_two_sources(city):
    city.spoil("INSERT INTO katalog.quelle_reihe VALUES ('register', ['einwohner', 'weiblich'])")
    city.spoil("INSERT INTO stage.zaehlung_reihe VALUES ('register', '2024-12-31', 'bbs', '01100011', FALSE, [0, 0])")

    assert "staged_zwei_quellen" in city.check().failed


@pytest.mark.parametrize("count", ["-1", "'nan'::DOUBLE"])
def test_a_count_below_zero_or_no_number_is_named(city, count):
    city.spoil(f"""
        UPDATE stage.zaehlung_einzeln SET wert = {count}
        WHERE merkmal = 'geburten' AND basis_id = '01100021' AND stichtag = '2024-12-31'
    """)

    assert city.check("staged_zaehlbar").results["staged_zaehlbar"].offending == 1


def test_an_id_that_lost_its_leading_zero_is_named(city):
    city.deliver("UPDATE stage.zaehlung_einzeln SET basis_id = '1100021' WHERE basis_id = '01100021'")

    checked = city.check("staged_kennung")

    assert checked.units("staged_kennung") == ['bbs 1100021: "1100021"']


def test_counts_in_a_base_unit_without_zuordnung_are_lost_and_found(city):
    city.deliver("DELETE FROM stage.zuordnung WHERE basis_id = '01100021' AND raumebene = 'stadtteil'")

    checked = city.check()

    assert checked.units("staged_zuordnung") == [
        "bbs 01100021, Zuschnitt 2020-01-01: 0 units of stadtteil (counted since 2023-12-31)"
    ]
    assert "raum_summen" in checked.failed


def test_a_base_unit_in_two_sozialraeume_is_a_blocker(city):
    city.deliver("INSERT INTO stage.zuordnung VALUES ('2020-01-01', 'bbs', '01100021', 'sozialraum', '011003')")

    checked = city.check("staged_zuordnung")

    assert "bbs 01100021, Zuschnitt 2020-01-01" in {finding.unit for finding in checked.findings}
    assert checked.results["staged_zuordnung"].units == []  # a base unit is named to the office alone
    assert checked.results["staged_zuordnung"].blocks


def test_an_empty_base_unit_needs_no_zuordnung(city):
    city.deliver(
        "INSERT INTO stage.zaehlung_einzeln VALUES ('einwohner', '2024-12-31', 'bbs', '09999991', 'sgb2', 0, 'ok')"
    )

    assert city.check().failed == set()


def test_a_part_above_its_whole_at_a_base_unit_is_a_warning_whose_unit_stays_inside(city):
    city.deliver("""
        UPDATE stage.zaehlung_einzeln SET wert = wert + 100
        WHERE merkmal = 'sgb2_0_14' AND basis_id = '01100021' AND stichtag = '2024-12-31'
    """)

    checked = city.check("staged_teile")

    result = checked.results["staged_teile"]
    assert (result.severity, result.ok, result.units) == ("warning", False, [])
    assert "bbs 01100021, 2024-12-31: sgb2_0_14 132.0" in checked.units("staged_teile")
    assert "staged_teile" not in {one.check for one in checked.results.values() if one.blocks}


def test_age_bands_that_do_not_add_up_are_a_blocker(city):
    city.deliver("""
        UPDATE stage.zaehlung_einzeln SET wert = wert - 1
        WHERE merkmal = 'einwohner_6_9' AND basis_id = '01100021' AND stichtag = '2024-12-31'
    """)

    checked = city.check()

    assert checked.failed == {"staged_altersgruppen"}
    assert checked.units("staged_altersgruppen") == ["bbs 01100021, 2024-12-31: 799.0 in the bands 0-2 to 67+"]


def test_a_band_that_is_unknown_is_not_added_up(city):
    city.deliver("""
        UPDATE stage.zaehlung_einzeln SET wert = NULL, status = 'unbekannt'
        WHERE merkmal = 'einwohner_6_9' AND basis_id = '01100021' AND stichtag = '2024-12-31'
    """)

    assert "staged_altersgruppen" not in city.check().failed


def test_one_geometry_id_twice_is_a_blocker(city):
    city.spoil("UPDATE stage.geometrie SET basis_id = '01100012' WHERE basis_id = '01100021'")

    checked = city.check()

    assert checked.failed == {"staged_geometrie_doppelt", "staged_geometrie_fehlt"}
    assert checked.units("staged_geometrie_doppelt") == ["bbs 01100012: 2 geometries"]
    assert checked.units("staged_geometrie_fehlt") == ["bbs 01100021, Zuschnitt 2020-01-01: no geometry"]
    assert len(checked.blockers) == 1


def test_a_city_without_any_geometry_passes(city):
    city.spoil("DELETE FROM stage.geometrie")

    assert city.check().failed == set()


@pytest.mark.parametrize("after", [0, 1])
def test_a_stichtag_after_the_day_of_the_run_is_told_with_its_file(city, after):
    city.spoil(f"""
        DELETE FROM katalog.lauf; INSERT INTO katalog.lauf VALUES ('2024-12-31');
        UPDATE stage.datei SET stichtage = [(DATE '2024-12-31' + {after})::VARCHAR, ''] WHERE datei = 'EW_2024-12-31'
    """)
    rows = city.rows("stichtag_zukunft")
    assert [(row["einheit"], row["gefunden"], row["erwartet"]) for row in rows] == (
        [("einwohner: EW_2024-12-31", "the Stichtag 2025-01-01", "none after 2024-12-31")] if after else []
    )


def test_a_zuschnitt_may_lie_ahead(city):
    city.spoil("""
        DELETE FROM katalog.lauf; INSERT INTO katalog.lauf VALUES ('2024-12-31');
        INSERT INTO katalog.quelle BY NAME SELECT 'raum' AS quelle, 'r' AS titel_de, 'r' AS titel_en, 'geometry' AS art,
            FALSE AS ungelistet_null, 0 AS quarantaene_erlaubt;
        INSERT INTO stage.datei SELECT 'raum', 'r.geojson', 'x', 1, 1, 1, 0, 0, 0, ['2026-01-01'], FALSE, NULL
    """)
    assert city.units("stichtag_zukunft") == []


@pytest.mark.parametrize(("name", "told"), [(2024, []), (2023, ["einwohner: EW_2024-12-31"]), ("NULL", [])])
def test_a_stichtag_in_another_year_than_the_files_name_is_told(city, name, told):
    city.spoil(f"""
        UPDATE stage.datei SET stichtage = ['2024-12-31'], namensjahr = {name} WHERE datei = 'EW_2024-12-31'
    """)
    assert city.units("stichtag_datei") == told


def test_a_unit_whose_row_fell_out_is_told_apart_from_one_that_is_not_listed(city):
    city.spoil("""
        INSERT INTO luecke VALUES ('2024-12-31', 'sgb2', 'bbs', '01100101', 'entfallen'),
            ('2024-12-31', 'einwohner', 'bbs', '01100102', 'ungelistet')
    """)
    assert city.units("basis_entfallen") == ["bbs 01100101, 2024-12-31"]
    assert city.units("basis_luecke") == ["bbs 01100102, 2024-12-31"]


def test_a_footer_that_never_came_is_told(city):
    assert city.units("fusszeile") == []
    city.spoil("UPDATE stage.datei SET fusszeile_fehlt = TRUE WHERE datei = 'EW_2024-12-31'")
    assert city.units("fusszeile") == ["einwohner: EW_2024-12-31"]
