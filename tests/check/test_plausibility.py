"""What the checks of completeness, tolerance, cohorts, jumps and digits see, and what they let pass."""

import duckdb
import pytest

from flows.base.db import sql


def _year(city, year, **counts):
    """Replace what was delivered for the whole city at the end of a year: a Merkmal and its count at every block."""
    for merkmal, count in counts.items():
        city.deliver(f"""
            DELETE FROM stage.zaehlung_einzeln WHERE merkmal = '{merkmal}' AND stichtag = '{year}-12-31';
            INSERT INTO stage.zaehlung_einzeln
            SELECT 'einwohner', '{year}-12-31', 'bbs', basis_id, '{merkmal}', {count}, 'ok' FROM (
                SELECT DISTINCT basis_id FROM stage.zuordnung
            )
        """)


def test_a_base_unit_that_a_source_leaves_out_is_named_with_its_merkmale(city):
    assert city.units("basis_luecke") == []

    city.spoil("INSERT INTO luecke VALUES ('2024-12-31', 'sgb2', 'bbs', '01100011', 'ungelistet'), "
               "('2024-12-31', 'haushalte', 'bbs', '01100011', 'ungelistet')")  # fmt: skip

    rows = city.rows("basis_luecke")
    assert [(row["einheit"], row["gefunden"]) for row in rows] == [
        ("bbs 01100011, 2024-12-31", "no row for haushalte, sgb2")
    ]


def test_delivered_columns_that_are_empty_constant_or_doubled_are_told_apart(city):
    good = city.rows("staged_spalte")
    assert all(row["gefuellt"] and row["veraenderlich"] and row["eigenstaendig"] for row in good)

    city.spoil("""
        UPDATE stage.zaehlung_einzeln SET wert = NULL WHERE merkmal = 'sgb2' AND stichtag = '2024-12-31';
        UPDATE stage.zaehlung_einzeln SET wert = 7 WHERE merkmal = 'haushalte' AND stichtag = '2024-12-31';
        UPDATE stage.zaehlung_einzeln AS doppel SET wert = original.wert FROM stage.zaehlung AS original
        WHERE doppel.merkmal = 'weiblich' AND original.merkmal = 'einwohner' AND doppel.stichtag = '2024-12-31'
            AND original.basis_id = doppel.basis_id AND original.stichtag = doppel.stichtag
    """)

    def failed(column):
        return [row["einheit"] for row in city.rows("staged_spalte") if not row[column]]

    assert failed("gefuellt") == ["einwohner, 2024-12-31, sgb2"]
    assert failed("veraenderlich") == ["einwohner, 2024-12-31, haushalte"]
    assert failed("eigenstaendig") == ["einwohner, 2024-12-31, weiblich"]


def test_two_merkmale_of_the_same_columns_are_not_called_doubled(city):
    city.spoil("""
        UPDATE stage.zaehlung_einzeln AS doppel SET wert = original.wert FROM stage.zaehlung AS original
        WHERE doppel.merkmal = 'weiblich' AND original.merkmal = 'einwohner'
            AND original.basis_id = doppel.basis_id AND original.stichtag = doppel.stichtag;
        INSERT INTO katalog.spalte_merkmal VALUES ('einwohner', 'EW', 'einwohner'), ('einwohner', 'EW', 'weiblich')
    """)

    assert all(row["eigenstaendig"] for row in city.rows("staged_spalte"))


@pytest.mark.parametrize(
    ("counts", "heaped"),
    [
        ("17 + (i * 7919) % 1000", set()),
        ("5 * (17 + (i * 7919) % 1000)", {5}),
        ("3 * (17 + (i * 7919) % 1000)", {3}),
        ("CASE WHEN i % 4 = 0 THEN 5 * (17 + i % 90) ELSE 17 + (i * 7919) % 1000 END", {5}),
    ],
)
def test_counts_rounded_or_heaped_at_3_or_5_are_recognised(city, counts, heaped):
    city.spoil(f"""
        DELETE FROM stage.zaehlung_einzeln;
        INSERT INTO stage.zaehlung_einzeln
        SELECT 'einwohner', '2024-12-31', 'bbs', i::VARCHAR, 'einwohner', {counts}, 'ok' FROM range(1000) AS r (i)
    """)

    rows = city.rows("staged_ziffern")

    assert {int(row["einheit"][-1]) for row in rows if not row["ungehaeuft"]} == heaped


def test_small_counts_and_few_counts_say_nothing_about_digits(city):
    city.spoil("UPDATE stage.zaehlung_einzeln SET wert = 5 * (basis_id::BIGINT % 3)")

    assert city.rows("staged_ziffern") == []


def _rounded_to(city, base, counts):
    """Have a source say that it rounds to `base`, and deliver `counts` (SQL of i, 0 to 399)."""
    city.spoil(f"""
        DELETE FROM stage.zaehlung_einzeln;
        INSERT INTO stage.zaehlung_einzeln
        SELECT 'einwohner', '2024-12-31', 'bbs', i::VARCHAR, 'einwohner', {counts}, 'ok' FROM range(400) AS r (i);
        INSERT INTO katalog.quelle VALUES ('einwohner', '-', '-', 'matrix', TRUE, 0, {base}, {base} - 1)
    """)


@pytest.mark.parametrize(
    ("base", "counts", "others"),
    [
        (5, "5 * (17 + i % 300)", 0),
        (5, "5 * (17 + i % 300) + (i = 7)::INTEGER", 1),
        (10, "20 + 5 * (i % 30)", 200),
        (4, "21 + 4 * (i % 30)", 400),
        (7, "7 * (i % 9)", 0),
        (5, "5 * i + CASE WHEN i < 3 THEN 0.5 ELSE 0 END", 3),
    ],
)
def test_counts_of_a_source_declared_rounded_are_multiples_of_just_that(city, base, counts, others):
    _rounded_to(city, base, counts)

    found = [(row["einheit"], row["gefunden"]) for row in city.rows("staged_gerundet")]

    named = ("einwohner, einwohner", f"{others} of 400 counts are no multiples of {base}")
    assert found == ([named] if others else [])


def test_unknown_counts_of_a_rounded_source_are_no_counts(city):
    _rounded_to(city, 5, "CASE WHEN i % 2 = 0 THEN 5 * i END")

    assert city.rows("staged_gerundet") == []


def test_digits_that_rounding_explains_are_not_called_heaped(city):
    _rounded_to(city, 5, "5 * (17 + i % 300)")

    assert all(row["ungehaeuft"] for row in city.rows("staged_ziffern"))


_PERTURBED = """
    INSERT INTO katalog.quelle VALUES ('einwohner', '-', '-', 'matrix', TRUE, 0, NULL, 2);
    INSERT INTO katalog.spalte_merkmal SELECT DISTINCT 'einwohner', merkmal, merkmal FROM stage.zaehlung;
"""


def test_age_bands_of_a_perturbed_source_may_be_off_by_what_their_cells_are(city):
    off = (
        "UPDATE stage.zaehlung_einzeln SET wert = wert + 16 WHERE merkmal = 'einwohner_27_66' AND basis_id = '01100011'"
    )
    city.spoil(off)
    assert len(city.units("staged_altersgruppen")) == 2

    city.spoil(_PERTURBED)
    assert city.units("staged_altersgruppen") == []  # 7 bands and their total, 2 each

    city.spoil(off.replace("16", "1"))
    assert len(city.units("staged_altersgruppen")) == 2


def test_a_part_of_a_perturbed_source_may_exceed_its_whole_by_both_deviations(city):
    city.spoil("""
        UPDATE stage.zaehlung_einzeln AS teil SET wert = ganzes.wert + 4 FROM stage.zaehlung AS ganzes
        WHERE teil.merkmal = 'sgb2_0_14' AND ganzes.merkmal = 'sgb2_0_17' AND teil.basis_id = ganzes.basis_id
            AND teil.stichtag = ganzes.stichtag AND teil.basis_id = '01100011' AND teil.stichtag = '2024-12-31'
    """)
    assert city.units("staged_teile") == ["bbs 01100011, 2024-12-31"]

    city.spoil(_PERTURBED)
    assert city.units("staged_teile") == []


def test_sums_of_perturbed_counts_get_a_tolerance_in_the_city(city):
    city.spoil("UPDATE merkmal_raum SET wert = 290 WHERE merkmal = 'sgb2_0_14' AND raumebene = 'stadt'")
    wholes = [row["erwartet"] for row in city.rows("stadt_teile")]
    assert wholes == ["at most sgb2_0_17 210.0", "at most sgb2_0_17 270.0"]

    city.spoil(_PERTURBED)  # 6 blocks: part and whole may each be off by 6 * 2, which is less than 2 * sqrt(29 * 6)

    assert [row["erwartet"] for row in city.rows("stadt_teile")] == ["at most sgb2_0_17 210.0"]


def test_a_counted_indikator_adds_up_at_every_raumebene(city):
    assert city.units("indikator_summen") == []

    city.spoil("""
        UPDATE indikator_wert SET wert = wert + 1
        WHERE indikator_id = 'einwohner' AND raum_id = '011002' AND stichtag = '2024-12-31'
    """)

    assert city.units("indikator_summen") == ["einwohner, 2024-12-31, Zuschnitt 2020-01-01"]


def test_estimated_figures_add_up_within_their_uncertainties_and_exact_ones_strictly(city):
    city.spoil("""
        UPDATE indikator_wert SET wert = wert + 10, methode = 'dasymetrisch', unsicherheit = 12
        WHERE indikator_id = 'einwohner' AND raum_id = '011002' AND stichtag = '2024-12-31'
    """)
    assert city.units("indikator_summen") == []

    city.spoil("UPDATE indikator_wert SET unsicherheit = 9 WHERE methode <> 'exact'")
    assert len(city.units("indikator_summen")) == 1

    city.spoil("UPDATE indikator_wert SET unsicherheit = 12, methode = 'exact' WHERE methode <> 'exact'")
    assert len(city.units("indikator_summen")) == 1


@pytest.mark.parametrize(("later", "failed"), [(9, False), (12, True), (4, True)])
def test_those_aged_0_to_2_are_3_to_5_three_years_on(make_city, later, failed):
    city = make_city(stichtage=("2021-12-31", "2022-12-31", "2023-12-31", "2024-12-31"))
    _year(city, 2021, einwohner_0_2=8)
    _year(city, 2024, einwohner_3_5=later)

    units = city.units("kohorte_stadt")

    cohort = "stadt 05999, 2021-12-31 to 2024-12-31, einwohner_0_2 to einwohner_3_5"
    assert (cohort in units) is failed


@pytest.mark.parametrize(("births", "failed"), [(3, False), (6, True)])
def test_those_aged_0_to_2_were_born_in_three_years(make_city, births, failed):
    city = make_city(stichtage=("2022-12-31", "2023-12-31", "2024-12-31"))
    _year(city, 2024, einwohner_0_2=9)
    for year in (2022, 2023, 2024):
        _year(city, year, geburten=births)

    units = city.units("kohorte_stadt")

    assert ("stadt 05999, 2022-12-31 to 2024-12-31, geburten to einwohner_0_2" in units) is failed


def test_without_the_earlier_stichtag_no_cohort_is_judged(city):
    _year(city, 2024, einwohner_3_5=500)

    assert city.units("kohorte_stadt") == []


def test_a_cohort_out_of_line_with_those_of_the_other_sozialraeume_is_named(make_city):
    city = make_city(sozialraeume=40, stichtage=("2021-12-31", "2022-12-31", "2023-12-31", "2024-12-31"))
    assert city.units("kohorte_sprung") == []

    city.deliver("""
        UPDATE stage.zaehlung_einzeln SET wert = 12 * wert
        WHERE merkmal = 'einwohner_3_5' AND basis_id LIKE '0110030%' AND stichtag = '2024-12-31'
    """)

    assert city.units("kohorte_sprung") == ["sozialraum 011030, 2024-12-31"]


def test_residents_that_births_deaths_and_moves_do_not_explain_are_named(city):
    _year(city, 2023, einwohner=500)
    _year(city, 2024, einwohner=510, geburten=10, sterbefaelle=5, zuzuege=25, fortzuege=20)
    assert city.units("kohorte_bilanz") == []

    _year(city, 2024, einwohner=570)

    assert set(city.units("kohorte_bilanz")) >= {"stadt 05999, 2024-12-31", "sozialraum 011002, 2024-12-31"}


def test_without_moves_no_balance_is_drawn(city):
    _year(city, 2024, einwohner=5000)

    assert city.units("kohorte_bilanz") == []


def test_a_count_that_jumps_while_the_residents_do_not_is_named_with_its_merkmale(make_city):
    city = make_city(sozialraeume=40)
    before = set(city.units("merkmal_sprung"))
    city.deliver("""
        UPDATE stage.zaehlung_einzeln SET wert = 12 * wert
        WHERE merkmal = 'haushalte' AND basis_id LIKE '0110030%' AND stichtag = '2024-12-31'
    """)

    found = city.rows("merkmal_sprung")

    assert {row["einheit"] for row in found} - before == {"sozialraum 011030, 2023-12-31 to 2024-12-31"}
    assert any(row["gefunden"].startswith("haushalte ") for row in found)


@pytest.fixture
def named_among_99_others():
    """Return whether merkmal_sprung names one unit that goes from a count to another while 99 others have 500 dwellings
    before and `others` afterwards."""
    with duckdb.connect() as con:
        con.execute("CREATE TABLE _ebene AS SELECT 'sozialraum' AS feinste")
        con.execute("""
            CREATE TABLE _merkmal_paar (
                zuschnitt VARCHAR, raumebene VARCHAR, raum_id VARCHAR, merkmal VARCHAR, stichtag_vorher DATE,
                stichtag DATE, wert_vorher DOUBLE, wert DOUBLE
            );
            CREATE TABLE _kohorten_paar AS SELECT *, 0.5 AS mindestens, 1.5 AS hoechstens FROM _merkmal_paar;
        """)
        for name in ("_hidiroglou_berthelot_parameter", "_hidiroglou_berthelot"):
            con.execute(f"CREATE VIEW {name} AS {sql(f'check/{name}')}")

        def named(before, after, others=500, slightly=0):
            con.execute("DELETE FROM _merkmal_paar")
            con.execute(
                """
                INSERT INTO _merkmal_paar SELECT '2020-01-01', 'sozialraum', raum_id, 'wohnungen', '2023-12-31',
                    '2024-12-31', CASE raum_id WHEN 1 THEN $before ELSE 500 END,
                    CASE WHEN raum_id = 1 THEN $after ELSE $others + (raum_id <= 1 + $slightly)::INTEGER END
                FROM range(1, 101) AS r (raum_id)
                """,
                {"before": before, "after": after, "others": others, "slightly": slightly},
            )
            found = [unit for unit, *_ in con.execute(sql("check/merkmal_sprung")).fetchall()]
            assert set(found) <= {"sozialraum 1, 2023-12-31 to 2024-12-31"}
            return bool(found)

        yield named


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [(500, 5000, True), (500, 50, True), (100, 200, True), (100, 101, False), (500, 550, False), (20, 40, False)],
)
def test_where_no_other_unit_changes_a_jump_is_named_and_a_small_change_is_not(
    named_among_99_others, before, after, named
):
    assert named_among_99_others(before, after) is named


def test_where_some_change_a_little_their_spread_is_the_scale_however_small_it_is(named_among_99_others):
    assert named_among_99_others(500, 560, slightly=30)


def test_where_all_other_units_change_alike_what_stays_as_it_was_is_the_jump(named_among_99_others):
    assert named_among_99_others(500, 500, others=1000)


@pytest.mark.parametrize(("from_count", "named"), [(20, True), (21, False)])
def test_the_count_from_which_a_change_is_looked_at_stands_in_one_place(from_count, named):
    with duckdb.connect() as con:
        con.execute(f"""
            CREATE TABLE _hidiroglou_berthelot_parameter AS SELECT {from_count} AS mindestens;
            CREATE TABLE _ebene AS SELECT 'stadt' AS groebste;
            CREATE TABLE _merkmal_paar AS SELECT 'stadt' AS raumebene, '05999' AS raum_id, 'geburten' AS merkmal,
                DATE '2023-12-31' AS stichtag_vorher, DATE '2024-12-31' AS stichtag, 20 AS wert_vorher, 0 AS wert;
            CREATE TABLE _kohorten_paar AS SELECT *, 0.5 AS mindestens, 1.5 AS hoechstens FROM _merkmal_paar
        """)
        for check in ("merkmal_ploetzlich_null", "kohorte_stadt"):
            assert bool(con.execute(sql(f"check/{check}")).fetchall()) is named, check


def test_where_the_residents_jump_too_they_explain_the_rest(make_city):
    city = make_city(sozialraeume=40)
    before = set(city.units("merkmal_sprung"))
    city.deliver("UPDATE stage.zaehlung_einzeln SET wert = 12 * wert "
                 "WHERE basis_id LIKE '0110030%' AND stichtag = '2024-12-31'")  # fmt: skip

    assert city.units("einwohner_sprung") == ["sozialraum 011030, 2023-12-31 to 2024-12-31"]
    assert set(city.units("merkmal_sprung")) - before == set()
