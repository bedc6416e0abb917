"""What the checks see against the last release."""

import datetime as dt

import duckdb
import pytest


@pytest.fixture
def release(city, tmp_path):
    """A release that published just what the city has now, in a file of its own."""
    path = tmp_path / "2024.1" / "fortschreibung.duckdb"
    path.parent.mkdir()
    with duckdb.connect(str(path)) as con:
        con.execute(f"ATTACH '{city.work_db}' AS work (READ_ONLY)")
        con.execute("CREATE TABLE wert AS FROM work.indikator_wert")
        con.execute("CREATE TABLE indikator AS FROM work.katalog.indikator")
        con.execute("CREATE TABLE indikator_teil AS FROM work.katalog.indikator_teil")
        con.execute("CREATE TABLE _release AS SELECT '2024.1' AS version, '1.0.0' AS schema_version")
    return path


def test_the_same_figures_pass(city, release):
    for frame in ("vorversion_weg", "vorversion_bewegung", "vorversion_lesbar"):
        assert city.units(frame, last_release=release) == []
    assert {row["geaendert"] for row in city.rows("vorversion", last_release=release)} == {0}


def test_without_a_release_there_is_nothing_to_compare(city):
    for frame in ("vorversion", "vorversion_weg", "vorversion_bewegung", "vorversion_lesbar"):
        assert city.rows(frame) == []


def test_a_lost_stichtag_unit_and_indikator_are_told_apart(city, release):
    city.spoil("""
        DELETE FROM indikator_wert WHERE stichtag = '2023-12-31' OR raum_id = '011003' OR indikator_id = 'sgb2_quote'
    """)

    rows = city.rows("vorversion_weg", last_release=release)

    assert {row["einheit"] for row in rows if not row["stichtag_da"]} == {"2023-12-31"}
    assert {row["einheit"] for row in rows if not row["einheit_da"]} == {"sozialraum 011003, Zuschnitt 2020-01-01"}
    assert {row["einheit"] for row in rows if not row["indikator_da"]} == {"sgb2_quote"}


def test_a_stichtag_later_than_the_run_was_asked_for_is_not_lost(city, release):
    city.spoil("DELETE FROM indikator_wert WHERE stichtag = '2024-12-31'")

    assert city.units("vorversion_weg", last_release=release, until=dt.date(2023, 12, 31)) == []
    assert city.units("vorversion_weg", last_release=release) == ["2024-12-31"]


def test_revised_values_are_counted_by_indikator_and_stichtag(city, release):
    city.spoil("""
        UPDATE indikator_wert SET wert = 1.01 * wert WHERE indikator_id = 'einwohner' AND stichtag = '2023-12-31';
        UPDATE indikator_wert SET wert = 2 * wert WHERE indikator_id = 'sgb2_quote' AND stichtag = '2023-12-31'
    """)

    rows = {row["einheit"]: row for row in city.rows("vorversion", last_release=release)}

    assert (rows["einwohner, 2023-12-31"]["geaendert"], rows["einwohner, 2023-12-31"]["stark_geaendert"]) == (100, 0)
    assert rows["sgb2_quote, 2023-12-31"]["stark_geaendert"] == 100
    assert rows["sgb2_quote, 2024-12-31"]["geaendert"] == 0


@pytest.mark.parametrize("status", ["gerundet", "ueberlagert"])
def test_a_figure_that_was_changed_for_confidentiality_is_not_compared_with_a_counted_one(city, release, status):
    with duckdb.connect(str(release)) as con:
        con.execute("UPDATE wert SET wert = 1.5 * wert + 100, status = ? WHERE indikator_id = 'einwohner'", [status])

    assert not any(row["einheit"].startswith("einwohner,") for row in city.rows("vorversion", last_release=release))
    assert city.units("vorversion_bewegung", last_release=release) == []
    assert city.units("vorversion_weg", last_release=release) == []


def test_an_incomplete_figure_is_compared_as_every_other(city, release):
    with duckdb.connect(str(release)) as con:
        con.execute("UPDATE wert SET wert = 2 * wert, status = 'unvollstaendig' WHERE indikator_id = 'einwohner'")

    rows = [row for row in city.rows("vorversion", last_release=release) if row["einheit"].startswith("einwohner,")]
    assert {row["stark_geaendert"] for row in rows} == {100}


def test_an_indikator_that_is_computed_in_another_way_is_not_called_revised(city, release):
    city.spoil("""
        UPDATE indikator_wert SET wert = 10 * wert WHERE indikator_id = 'sgb2_quote';
        UPDATE katalog.indikator SET faktor = 1000 WHERE indikator_id = 'sgb2_quote'
    """)

    assert not any(row["einheit"].startswith("sgb2") for row in city.rows("vorversion", last_release=release))


def test_the_largest_movers_are_named_first(city, release):
    city.spoil("""
        UPDATE indikator_wert SET wert = wert + CASE raum_id WHEN '011001' THEN 1000 ELSE 2000 END
        WHERE indikator_id = 'einwohner' AND stichtag = '2023-12-31' AND raum_id IN ('011001', '011002');
        UPDATE indikator_wert SET wert = wert + 10
        WHERE indikator_id = 'einwohner' AND stichtag = '2023-12-31' AND raum_id = '011003'
    """)

    assert city.units("vorversion_bewegung", last_release=release) == [
        "sozialraum 011002, 2023-12-31, einwohner", "sozialraum 011001, 2023-12-31, einwohner",
    ]  # fmt: skip


def test_a_release_of_another_minor_with_more_and_fewer_other_columns_is_compared(city, release):
    with duckdb.connect(str(release)) as con:
        con.execute("ALTER TABLE wert DROP COLUMN methode; ALTER TABLE wert ADD COLUMN neu VARCHAR")
    city.spoil("DELETE FROM indikator_wert WHERE stichtag = '2023-12-31'")

    assert city.units("vorversion_weg", last_release=release) == ["2023-12-31"]


def test_a_release_that_cannot_be_read_is_a_warning_and_nothing_else(city, release):
    with duckdb.connect(str(release)) as con:
        con.execute("ALTER TABLE wert RENAME COLUMN raum_id TO einheit_id")

    checked = city.check(last_release=release)

    assert checked.failed == {"vorversion_lesbar"}
    assert checked.results["vorversion_lesbar"].units == ["2024.1"]
    assert not checked.blockers


def test_half_of_an_indikator_changed_stops_the_publication_unless_waived(city, release):
    city.spoil("UPDATE indikator_wert SET wert = 2 * wert WHERE indikator_id = 'einwohner'")

    checked = city.check("vorversion_stark_geaendert", last_release=release)

    assert checked.results["vorversion_stark_geaendert"].blocks
    assert checked.results["vorversion_stark_geaendert"].units == ["einwohner, 2023-12-31", "einwohner, 2024-12-31"]


def test_the_release_is_only_read(city, release):
    before = release.read_bytes()

    city.rows("vorversion", last_release=release)

    assert release.read_bytes() == before


def test_a_stichtag_that_is_lost_on_one_zuschnitt_only_is_told(city, release):
    city.spoil("""
        INSERT INTO indikator_wert SELECT * REPLACE ('2021-01-01' AS zuschnitt) FROM indikator_wert
            WHERE zuschnitt = '2020-01-01' AND stichtag <> '2023-12-31';
        DELETE FROM indikator_wert WHERE zuschnitt = '2020-01-01' AND stichtag = '2024-12-31'
    """)
    assert city.units("vorversion_zuschnitt", last_release=release) == ["2024-12-31, Zuschnitt 2020-01-01"]


def test_a_stichtag_that_is_lost_altogether_is_told_once(city, release):
    city.spoil("DELETE FROM indikator_wert WHERE stichtag = '2023-12-31'")
    assert city.units("vorversion_zuschnitt", last_release=release) == []
