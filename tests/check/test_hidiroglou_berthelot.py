"""The scores of change against those of R's univOutl on Berlin's Planungsräume in 2020."""

import os
from pathlib import Path

import duckdb
import pytest

from flows.base.resources import resource

_REAL = Path(os.environ.get("FORTSCHREIBUNG_REAL", "../shared/real"))
_ORACLE = _REAL / "oracles" / "hidiroglou_berthelot"

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not _ORACLE.is_dir(), reason=f"the oracle {_ORACLE} is not there (set FORTSCHREIBUNG_REAL)"),
]


@pytest.fixture(scope="module")
def scores():
    """Scores of both Merkmale of the oracle's input, from the SQL as it stands."""
    with duckdb.connect() as connection:
        delivered = connection.read_csv(str(_ORACLE / "input_berlin_plr_2020h1_h2.csv"), dtype={"id": "VARCHAR"})
        delivered.create("delivered")
        connection.execute("""
            CREATE SCHEMA IF NOT EXISTS katalog;
            CREATE TABLE katalog.raumebene AS SELECT 'planungsraum' AS raumebene, 1 AS rang;
            CREATE TABLE halbjahr AS
            FROM (VALUES ('t1', DATE '2020-06-30'), ('t2', DATE '2020-12-31')) AS h (kurz, stichtag);
            CREATE SCHEMA IF NOT EXISTS katalog;
            CREATE TABLE katalog.kohorte (
                damals VARCHAR, heute VARCHAR, jahre INTEGER, mindestens DOUBLE, hoechstens DOUBLE
            );
            CREATE TABLE stichtag AS SELECT stichtag, '2006' AS zuschnitt FROM halbjahr;
            CREATE TABLE merkmal_raum AS
            SELECT '2006' AS zuschnitt, 'planungsraum' AS raumebene, id AS raum_id, stichtag,
                spalte[:-4] AS merkmal, wert::DOUBLE AS wert, 0 AS teile_unbekannt, 'gezaehlt' AS herkunft
            FROM (UNPIVOT delivered ON * EXCLUDE (id) INTO NAME spalte VALUE wert)
            JOIN halbjahr ON kurz = spalte[-2:];
        """)
        for name in (
            "_ebene",
            "_merkmal_paar",
            "_kohorte",
            "_kohorten_paar",
            "_hidiroglou_berthelot_parameter",
            "_hidiroglou_berthelot",
        ):
            query = (resource("sql") / "check" / f"{name}.sql").read_text()
            connection.execute(f"CREATE TABLE {name} AS {query}")
        yield connection


@pytest.mark.parametrize(
    ("merkmal", "c", "outliers"),
    [
        ("inhabitants", 4, 34),
        ("inhabitants", 20, 2),
        ("inhabitants_foreigners", 4, 30),
        ("inhabitants_foreigners", 20, 1),
    ],
)
def test_the_same_units_are_outliers_as_in_r(scores, merkmal, c, outliers):
    expected = scores.read_csv(
        str(_ORACLE / f"expected_univOutl_{merkmal}_U0.5_A0.05_C{c}.csv"), dtype={"id": "VARCHAR"}
    )
    theirs = {row[0] for row in expected.filter("outliers = 1").project("id").fetchall()}

    ours = scores.execute(
        "SELECT raum_id FROM _hidiroglou_berthelot WHERE merkmal = ? AND abstand > ?", [merkmal, c]
    ).fetchall()

    assert len(theirs) == outliers
    assert {row[0] for row in ours} == theirs


@pytest.mark.parametrize("merkmal", ["inhabitants", "inhabitants_foreigners"])
def test_every_score_is_that_of_r(scores, merkmal):
    expected = scores.read_csv(str(_ORACLE / f"expected_univOutl_{merkmal}_U0.5_A0.05_C4.csv"), dtype={"id": "VARCHAR"})

    theirs = dict(expected.project("id, Escore").fetchall())

    ours = scores.execute("SELECT raum_id, effekt FROM _hidiroglou_berthelot WHERE merkmal = ?", [merkmal])

    assert len(theirs) == 448
    assert dict(ours.fetchall()) == pytest.approx(theirs, abs=1e-9)
