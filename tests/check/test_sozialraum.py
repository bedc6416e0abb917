"""What the checks of the Sozialraum tables see."""

import pytest

_TWELVEFOLD_RESIDENTS_IN_011030 = """
    UPDATE stage.zaehlung_einzeln SET wert = 12 * wert WHERE basis_id LIKE '0110030%' AND stichtag = '2024-12-31'
"""


def _official(stichtag: str, **totals: int) -> str:
    """Return the statements that add official totals of the city, on a Stichtag without counts."""
    figures = "".join(
        "INSERT INTO merkmal_raum "
        f"VALUES ('2020-01-01', 'stadt', '05999', '{stichtag}', '{merkmal}', {total}, 1, 0, 'amtlich');"
        for merkmal, total in totals.items()
    )
    return f"INSERT INTO stichtag VALUES ('{stichtag}', '2020-01-01', 'bbs'); {figures}"


def test_a_unit_whose_id_breaks_the_pattern_is_named(city):
    city.spoil("UPDATE raum SET raum_id = '11003' WHERE raum_id = '011003'")

    checked = city.check("raum_kennung")

    assert checked.results["raum_kennung"].units == ["sozialraum 11003, Zuschnitt 2020-01-01"]


def test_names_that_were_not_delivered_of_a_zuschnitt_are_named(city):
    city.spoil("DELETE FROM stage.raum_name WHERE zuschnitt = '2020-01-01' AND raum_id IN ('011002', '011003')")

    checked = city.check("raum_name_verloren")

    assert checked.results["raum_name_verloren"].units == [
        "sozialraum 011002, Zuschnitt 2020-01-01", "sozialraum 011003, Zuschnitt 2020-01-01"
    ]  # fmt: skip


def test_a_unit_twice_without_name_and_area_is_seen_by_three_checks(city):
    city.spoil("""
        INSERT INTO raum BY NAME SELECT * REPLACE (NULL AS name, 0 AS flaeche_km2)
        FROM raum WHERE raum_id = '011003'
    """)

    assert city.check().failed == {"raum_schluessel", "raum_name", "raum_flaeche"}


def test_a_missing_unit_of_one_merkmal_and_stichtag_is_named(city):
    city.spoil("DELETE FROM merkmal_raum WHERE raum_id = '011002' AND merkmal = 'sgb2' AND stichtag = '2024-12-31'")

    checked = city.check("raum_vollstaendig")

    assert checked.units("raum_vollstaendig") == ["sozialraum 011002, Zuschnitt 2020-01-01, 2024-12-31, sgb2: missing"]
    assert checked.results["raum_vollstaendig"].blocks


def test_a_unit_that_the_zuschnitt_does_not_have_is_named(city):
    city.spoil("""
        INSERT INTO merkmal_raum BY NAME SELECT * REPLACE ('011999' AS raum_id, 0 AS wert) FROM merkmal_raum
        WHERE raum_id = '011001' AND merkmal = 'sgb2' AND stichtag = '2024-12-31'
    """)

    checked = city.check()

    assert checked.results["raum_vollstaendig"].units == ["sozialraum 011999, Zuschnitt 2020-01-01, 2024-12-31, sgb2"]
    assert checked.findings[0].found == "a row of a unit that the Zuschnitt does not have"


def test_a_merkmal_that_never_arrived_is_missing_everywhere(city):
    city.spoil("DELETE FROM merkmal_raum WHERE merkmal = 'sgb2' AND stichtag = '2023-12-31'")

    checked = city.check("basis_summe", "raum_vollstaendig")

    assert checked.results["raum_vollstaendig"].offending == 6
    assert checked.units("basis_summe") == ["sgb2, 2023-12-31: nothing in the city"]


def test_levels_with_different_sums_are_named(city):
    city.spoil("""
        UPDATE merkmal_raum SET wert = wert + 1
        WHERE raum_id = '011' AND merkmal = 'haushalte' AND stichtag = '2024-12-31'
    """)

    checked = city.check()

    assert checked.failed == {"raum_summen"}
    assert checked.units("raum_summen") == ["haushalte, 2024-12-31, Zuschnitt 2020-01-01: 2701.0 over all of stadtteil"]


def test_areas_may_differ_by_rounding_and_counts_may_not(city):
    city.spoil("""
        INSERT INTO merkmal_raum SELECT zuschnitt, raumebene, raum_id, '2024-12-31', 'flaeche_km2',
            CASE raumebene WHEN 'stadt' THEN 10.0 WHEN 'stadtteil' THEN 5.01 ELSE 3.33 END, 1, 0, NULL FROM raum
    """)

    assert city.check().failed == set()


def test_counts_lost_between_base_units_and_city_are_named(city):
    city.spoil("UPDATE merkmal_raum SET wert = 0.5 * wert WHERE merkmal = 'geburten' AND stichtag = '2024-12-31'")

    assert "geburten, 2024-12-31: 27.0 in the city" in city.check("basis_summe").units("basis_summe")


def test_counts_delivered_for_other_base_units_than_those_of_the_stichtag_are_not_lost_silently(city):
    city.deliver(
        "UPDATE stage.zaehlung_einzeln SET basis = 'adressen' WHERE merkmal = 'geburten' AND stichtag = '2024-12-31'"
    )

    assert city.check("basis_summe").units("basis_summe") == ["geburten, 2024-12-31: nothing in the city"]


def test_a_part_above_its_whole_in_the_city_is_a_blocker(city):
    city.deliver(
        "UPDATE stage.zaehlung_einzeln SET wert = 2 * wert WHERE merkmal = 'sgb2_0_14' AND stichtag = '2024-12-31'"
    )

    checked = city.check("stadt_teile")

    assert checked.units("stadt_teile") == ["stadt 05999, 2024-12-31: sgb2_0_14 432.0"]
    assert checked.results["stadt_teile"].blocks


def test_an_implausible_age_structure_names_figure_and_bounds(city):
    city.deliver("""
        UPDATE stage.zaehlung_einzeln SET wert = CASE merkmal WHEN 'einwohner_0_2' THEN wert + 100 ELSE wert - 100 END
        WHERE merkmal IN ('einwohner_0_2', 'einwohner_27_66') AND stichtag = '2024-12-31'
    """)

    checked = city.check()

    assert checked.failed == {"stadt_alter_0_2"}
    finding = checked.findings[0]
    assert (finding.unit, finding.expected) == ("stadt 05999, 2024-12-31", "1 to 6")
    assert finding.found == "alter_0_2 14.11111111"
    assert not checked.blockers


@pytest.mark.parametrize(
    ("merkmal", "factor", "check", "blocks"),
    [
        ("einwohner_0_17", 5, "stadt_jugendquotient", True),
        ("einwohner_65_plus", 5, "stadt_altenquotient", True),
        ("geburten", 5, "stadt_geburten", False),
        ("personen_in_haushalten", 5, "stadt_personen_je_haushalt", False),
    ],
)
def test_city_figures_outside_their_band_are_seen(city, merkmal, factor, check, blocks):
    city.deliver(f"UPDATE stage.zaehlung_einzeln SET wert = {factor} * wert WHERE merkmal = '{merkmal}'")

    result = city.check(check).results[check]

    assert not result.ok
    assert result.blocks is blocks


def test_a_city_without_residents_is_a_blocker(city):
    city.deliver("UPDATE stage.zaehlung_einzeln SET wert = 0")

    assert city.check("stadt_einwohner").results["stadt_einwohner"].blocks


def test_a_total_outside_the_band_around_the_official_one_is_a_blocker(city):
    city.spoil("UPDATE stage.amtlich SET wert = 1.1 * wert WHERE stichtag = '2024-12-31'")

    checked = city.check()

    assert checked.failed == {"amtlich_band"}
    assert checked.units("amtlich_band") == [
        "stadt 05999, 2024-12-31, einwohner, amtlich: -10.87 % from the official figure"
    ]
    assert checked.findings[0].expected == "within 5.0 %"


def test_a_stichtag_without_official_total_is_only_noted(city):
    city.spoil("DELETE FROM stage.amtlich WHERE stichtag = '2024-12-31'")

    checked = city.check()

    assert checked.failed == {"amtlich_vorhanden"}
    assert checked.units("amtlich_vorhanden") == ["stadt 05999, 2024-12-31, einwohner: no official figure"]
    assert checked.results["amtlich_vorhanden"].severity == "info"
    assert (checked.blockers, checked.warnings) == ([], [])


def test_a_figure_that_stands_twice_is_named(city):
    city.spoil("INSERT INTO indikator_wert FROM indikator_wert WHERE raum_id = '011002' AND stichtag = '2024-12-31'")

    checked = city.check("indikator_doppelt")

    assert checked.results["indikator_doppelt"].offending == 4
    assert checked.results["indikator_doppelt"].units[0] == (
        "sozialraum 011002, Zuschnitt 2020-01-01, 2024-12-31, anteil_nichtdeutsche"
    )


@pytest.mark.parametrize("share", [100.5, -0.5])
def test_a_share_beyond_the_whole_is_a_blocker(city, share):
    city.spoil(f"""
        UPDATE indikator_wert SET wert = {share}
        WHERE raum_id = '011002' AND indikator_id = 'sgb2_quote' AND stichtag = '2024-12-31'
    """)

    checked = city.check()

    assert checked.failed == {"indikator_anteil"}
    assert checked.units("indikator_anteil") == [f"sozialraum 011002, 2024-12-31, sgb2_quote: {share} %"]


def test_only_shares_are_held_between_0_and_100(city):
    city.spoil("UPDATE indikator_wert SET wert = -7 WHERE indikator_id = 'einwohner' AND raum_id = '011002'")

    assert "indikator_anteil" not in city.check().failed


def test_a_status_outside_the_vocabulary_is_a_blocker(city):
    city.spoil("UPDATE indikator_wert SET status = 'vielleicht', wert = NULL WHERE raum_id = '011002'")

    checked = city.check()

    assert checked.failed == {"indikator_status"}
    assert "einwohner, sozialraum, status vielleicht" in checked.results["indikator_status"].units


def test_a_figure_without_status_is_a_blocker(city):
    city.spoil("UPDATE indikator_wert SET status = NULL, wert = NULL WHERE raum_id = '011002'")

    assert city.check().failed == {"indikator_status_vorhanden"}


@pytest.mark.parametrize(
    ("change", "also"),
    [("status = 'unbekannt'", set()), ("wert = NULL", set()), ("wert = 'inf'", {"indikator_summen"})],
    ids=["unknown with a value", "known without a value", "infinite, which breaks its sum as well"],
)
def test_a_value_that_contradicts_its_status_is_a_blocker(city, change, also):
    city.spoil(f"UPDATE indikator_wert SET {change} WHERE raum_id = '011002' AND indikator_id = 'einwohner'")

    checked = city.check()

    assert checked.failed == {"indikator_wert_passt"} | also
    assert "the first in 011002" in checked.units("indikator_wert_passt")[0]


def test_empty_constant_and_doubled_indikatoren_are_warnings(city):
    city.spoil("""
        UPDATE indikator_wert SET wert = NULL, status = 'unbekannt' WHERE indikator_id = 'einwohner';
        UPDATE indikator_wert SET wert = 7 WHERE indikator_id = 'sgb2_quote';
        UPDATE indikator_wert AS doppel SET wert = original.wert FROM indikator_wert AS original
        WHERE doppel.indikator_id = 'anteil_weiblich' AND original.indikator_id = 'anteil_nichtdeutsche'
            AND original.raum_id = doppel.raum_id AND original.stichtag = doppel.stichtag;
    """)

    checked = city.check()

    assert checked.failed == {"indikator_leer", "indikator_konstant", "indikator_gleich"}
    assert checked.results["indikator_leer"].units == ["einwohner"]
    assert checked.results["indikator_konstant"].units == ["sgb2_quote"]
    assert checked.results["indikator_gleich"].units == ["anteil_weiblich"]
    assert "first Indikator with the same content: anteil_nichtdeutsche" in checked.units("indikator_gleich")[0]
    assert len(checked.warnings) == 3


def test_an_indikator_that_was_never_delivered_is_not_called_empty(city):
    city.spoil("DELETE FROM indikator_wert WHERE indikator_id = 'sgb2_quote'")

    assert city.check().failed == set()


def test_a_jump_of_residents_out_of_line_with_the_others_is_a_warning(make_city):
    city = make_city(sozialraeume=40)
    city.deliver(_TWELVEFOLD_RESIDENTS_IN_011030)

    checked = city.check("einwohner_sprung")

    result = checked.results["einwohner_sprung"]
    assert (result.severity, result.units) == ("warning", ["sozialraum 011030, 2023-12-31 to 2024-12-31"])


def test_a_redraw_is_no_jump(make_city):
    city = make_city(sozialraeume=40)
    city.deliver(_TWELVEFOLD_RESIDENTS_IN_011030)
    city.spoil("""
        UPDATE stichtag SET zuschnitt = '2024-01-01' WHERE stichtag = '2024-12-31';
        UPDATE merkmal_raum SET zuschnitt = '2024-01-01' WHERE stichtag = '2024-12-31';
        INSERT INTO raum BY NAME SELECT * REPLACE ('2024-01-01' AS zuschnitt) FROM raum;
    """)

    assert city.check("einwohner_sprung").failed == set()


def test_a_count_that_falls_to_zero_at_once_is_a_warning(city):
    city.deliver("UPDATE stage.zaehlung_einzeln SET wert = 0 WHERE merkmal = 'sgb2' AND stichtag = '2024-12-31'")

    checked = city.check("merkmal_ploetzlich_null")

    assert "sozialraum 011002, 2024-12-31, sgb2: 0" in checked.units("merkmal_ploetzlich_null")
    assert checked.results["merkmal_ploetzlich_null"].severity == "warning"


def test_a_merkmal_that_stayed_away_this_year_is_a_warning(city):
    city.deliver("DELETE FROM stage.zaehlung_einzeln WHERE merkmal = 'sgb2_0_14' AND stichtag = '2024-12-31'")

    checked = city.check()

    assert checked.failed == {"merkmal_luecke"}
    assert checked.results["merkmal_luecke"].units == ["sgb2_0_14"]


def test_a_stichtag_with_an_official_total_alone_is_no_gap(city):
    city.spoil(_official("2025-12-31", einwohner=1000))

    assert city.units("merkmal_luecke") == []


def test_an_official_total_that_stayed_away_is_a_gap_among_such(city):
    city.spoil(_official("2025-12-31", einwohner=1000, weiblich=500) + _official("2026-12-31", einwohner=1000))

    assert city.units("merkmal_luecke") == ["weiblich"]


def test_counts_are_held_against_earlier_counts_over_a_stichtag_with_a_total_alone(make_city):
    city = make_city(stichtage=("2023-12-31", "2025-12-31"))
    city.spoil(_official("2024-12-31", einwohner=1000))
    city.spoil("UPDATE merkmal_raum SET wert = 0 WHERE merkmal = 'sgb2' AND stichtag = '2025-12-31'")

    assert "sozialraum 011002, 2025-12-31, sgb2" in city.units("merkmal_ploetzlich_null")


def test_the_step_from_counts_to_an_official_total_is_no_jump(city):
    city.spoil(_official("2025-12-31", einwohner=0))

    assert city.units("merkmal_ploetzlich_null") == []


def test_a_city_with_little_else_than_residents_and_two_unknown_units_passes(city):
    city.deliver("""
        DELETE FROM stage.zaehlung_einzeln WHERE merkmal NOT IN ('einwohner', 'weiblich', 'nichtdeutsche');
        UPDATE stage.zaehlung_einzeln SET wert = NULL, status = 'unbekannt'
        WHERE basis_id IN ('01100011', '01100012') AND stichtag = '2024-12-31';
        DELETE FROM stage.amtlich;
        DELETE FROM katalog.stadt;
        INSERT INTO katalog.stadt VALUES ('berlin', 'Berlin', 'EPSG:25833', FALSE, 0.05);
    """)

    checked = city.check()

    assert checked.failed == {"amtlich_vorhanden"}
    assert not checked.blockers
