"""A class with the cell key method: the federal rule to the letter, and what is said of the figures that it changes."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from flows.base.db import sql
from flows.base.errors import CheckStopped, ConfigError
from flows.protect.audit import audit
from flows.protect.perturbation.ptable import read_ptable
from tests.protect.squares import COUNTED, FIRST, LEAST, SECOND, SECRET, Squares, residents

TABLE = {
    1: (-1, -1, -1, -1, 2, 2),
    2: (-2, -2, 1, 1, 1, 1),
    3: (0, 0, 0, 0, 0, 0),
    4: (-1, -1, 0, 0, 1, 1),
}
OVERLAY = LEAST | {"method": "cell-key", "secret": "STADT_GEHEIMNIS", "ptable": "ptable.csv"}
DRAWN = {FIRST: "AABBCC", SECOND: "ABBBCD"}
PEOPLE = residents((9, 20, 5, 8), (8, 12, 0, 1), (4, 30, 2, 7), (12, 40, 9, 11), (20, 11, 7, 3), (6, 33, 8, 1))
FEW = residents((9, 20, 5, 8), (1, 2, 0, 1), (4, 30, 2, 7), (12, 40, 9, 11), (2, 1, 7, 3), (6, 33, 8, 1))


def write_table(folder: Path, header: str = "pcv,ckey,pvalue", rows: list[str] | None = None) -> Path:
    lines = rows or [f"{count},{key},{value}" for count, values in TABLE.items() for key, value in enumerate(values)]
    path = folder / "ptable.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def overlaid(tmp_path_factory: pytest.TempPathFactory) -> Squares:
    folder = tmp_path_factory.mktemp("cell_key")
    write_table(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STADT_GEHEIMNIS", SECRET)
        return Squares(folder / "publish", DRAWN, PEOPLE, OVERLAY, OVERLAY, folder)


@pytest.mark.real
def test_every_cell_of_the_office_for_national_statistics_is_as_theirs(real_folder):
    folder = real_folder / "oracles" / "ons_cell_key"
    with duckdb.connect() as con:
        read_ptable(con, folder / "ptable_10_5.csv")
        con.execute("CREATE TABLE zelle_satz AS SELECT concat_ws('/', var1, var5, var8) AS zelle, 1 AS anzahl, "
                    f"record_key AS schluessel FROM '{folder / 'micro.csv'}'")  # fmt: skip
        con.execute(f"CREATE TABLE zelle AS {sql('perturb/zelle_ueberlagert')}")
        con.execute(f"CREATE TABLE theirs AS FROM read_csv('{folder / 'perturbed_table_var1_var5_var8.csv'}', "
                    "nullstr = 'NA')")  # fmt: skip
        same = con.execute(
            "SELECT count(*) FROM theirs LEFT JOIN zelle ON zelle.zelle = concat_ws('/', var1, var5, var8) WHERE "
            "coalesce(anzahl, 0) = pre_sdc_count AND coalesce(zelle.ckey, 0) = theirs.ckey AND "
            "coalesce(zelle.pcv, 0) = theirs.pcv AND coalesce(zelle.pvalue, 0) = theirs.pvalue AND "
            "CASE WHEN wert >= 10 THEN wert END IS NOT DISTINCT FROM theirs.count"  # their threshold
        ).fetchone()
        outside = con.execute("SELECT count(*) FROM zelle WHERE NOT anzahl BETWEEN von AND bis").fetchone()

    assert same == (200,)
    assert outside == (0,)


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([], None),  # no row: the caller gives empty cells one with count 0
        ([(0, 0)], (0, 0, 0, 2)),
        ([(1, 3)], (1, 0, 0, 2)),
        ([(1, 4)], (1, 3, 1, 4)),
        ([(1, 5), (1, 5)], (2, 3, 1, 4)),
        ([(40, 6)], (40, 39, 38, 40)),  # a larger count takes the last row
    ],
)
def test_a_cell_takes_the_row_of_its_count_and_the_sum_of_its_keys(tmp_path, records, expected):
    with duckdb.connect() as con:
        read_ptable(con, write_table(tmp_path))
        con.execute("CREATE TABLE zelle_satz (zelle INTEGER, anzahl BIGINT, schluessel BIGINT)")
        for count, key in records:
            con.execute(f"INSERT INTO zelle_satz VALUES (1, {count}, {key})")
        found = con.execute(f"SELECT anzahl, wert, von, bis FROM ({sql('perturb/zelle_ueberlagert')})").fetchone()

    assert found == expected


def test_every_figure_says_that_it_is_overlaid_and_its_interval_holds_the_truth(overlaid):
    counts = "indikator_id IN ('" + "', '".join(COUNTED) + "')"
    assert {status for (status,) in overlaid.rows("wert_alle", "status", counts)} == {"ueberlagert"}
    for zuschnitt in DRAWN:
        for indikator in COUNTED:
            limits, true = overlaid.limits(indikator, zuschnitt), overlaid.true(indikator, zuschnitt)
            assert set(limits) == set(true)
            assert all(low <= true[unit] <= high for unit, (low, high) in limits.items())


def test_the_same_people_have_the_same_figure_on_every_zuschnitt(overlaid):
    assert overlaid.drawn[FIRST][:2] != overlaid.drawn[SECOND][:2]
    first, second = overlaid.told("einwohner", FIRST, "stadt"), overlaid.told("einwohner", SECOND, "stadt")

    assert first == second


def test_the_audit_takes_figures_as_intervals_and_finds_nothing_that_contradicts_itself(overlaid):
    found = audit([("2024.1", overlaid.target)], overlaid.profile.codebook)

    assert found.asked > 0
    assert found.contradictory == ()
    assert found.findings == ()


def test_the_audit_finds_a_count_that_intervals_pin(overlaid, tmp_path):
    """Where the interval of a published figure ends below the threshold, the figure is as good as known."""
    for file in overlaid.target.glob("*.parquet"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    with duckdb.connect() as con:
        con.execute(f"CREATE TABLE wrong AS FROM '{overlaid.target}/wert_spanne.parquet' SELECT * REPLACE ("
                    "CASE WHEN raum_id = 'D' THEN 1 ELSE zaehler_von END AS zaehler_von, "
                    "CASE WHEN raum_id = 'D' THEN 2 ELSE zaehler_bis END AS zaehler_bis) "
                    "WHERE indikator_id = 'sgb2'")  # fmt: skip
        con.execute(f"COPY wrong TO '{tmp_path}/wert_spanne.parquet'")
    found = audit([("2024.1", tmp_path)], overlaid.profile.codebook).findings

    assert ("part", "D", "sgb2", 1, 2) in {(one.kind, one.raum_id, one.merkmal, one.low, one.high) for one in found}


@pytest.mark.slow
def test_a_table_that_changes_too_little_stops_the_publication(tmp_path, monkeypatch):
    """The same few people are overlaid once on each Zuschnitt, and both figures together tell how many they are."""
    monkeypatch.setenv("STADT_GEHEIMNIS", SECRET)
    write_table(tmp_path)

    with pytest.raises(CheckStopped, match=r"einwohner_0_17, sozialraum C .*: 2 follows from neu"):
        Squares(tmp_path / "publish", DRAWN, FEW, OVERLAY, OVERLAY, tmp_path)


@pytest.mark.parametrize(
    ("header", "rows", "said"),
    [
        ("pcv,key,pvalue", ["1,0,0"], "missing: ckey"),
        ("pcv,ckey,pvalue", ["1,0,a"], "no cell that is no whole number .*, found pcv 1, ckey 0, pvalue None"),
        ("pcv,ckey,pvalue", ["1,0,0.5"], "no cell that is no whole number .*, found pcv 1, ckey 0, pvalue None"),
        ("pcv,ckey,pvalue", ["9223372036854775807,0,1"], "no cell that is no whole number .* found pcv None"),
        ("pcv,ckey,pvalue", ["1,0,-2"], "no perturbation that makes a count negative"),
        ("pcv,ckey,pvalue", ["1,0,0", "2,1,0"], r"\(4 rows\), found 2 rows"),
        ("pcv,ckey,pvalue", ["1,0,0", "1,0,0"], "found 2 rows with 1 different"),
    ],
)
def test_a_table_of_perturbations_that_cannot_be_is_refused(tmp_path, header, rows, said):
    with duckdb.connect() as con, pytest.raises(ConfigError, match=said):
        read_ptable(con, write_table(tmp_path, header, rows))


def test_a_table_that_is_not_there_is_named(tmp_path):
    with duckdb.connect() as con, pytest.raises(ConfigError, match=r"ptable\.csv: expected the table"):
        read_ptable(con, tmp_path / "ptable.csv")
