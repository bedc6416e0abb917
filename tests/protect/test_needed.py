"""Little is suppressed without need: what is taken back of a release opens a count that must stay secret.

A sample of the counts that are suppressed for the sake of others; each is published alone, and the audit asked what
follows from what is around it. A repair suppresses a few at once of which one would have done.
"""

from __future__ import annotations

import random

import duckdb
import pytest

from flows.musterstadt.scale import Scale
from flows.protect.audit import audit
from flows.protect.audit_tables import ReleaseTables
from tests.protect.made_town import Town

SECONDARY = """
    SELECT figur.zuschnitt, figur.raumebene, figur.raum_id, figur.stichtag::VARCHAR, teil.seite, gezaehlt.zaehler
    FROM wert_alle AS figur
    INNER JOIN indikator_wert AS gezaehlt USING (zuschnitt, raumebene, raum_id, stichtag, indikator_id)
    INNER JOIN katalog.indikator USING (indikator_id)
    INNER JOIN (SELECT DISTINCT indikator_id, seite FROM indikator_seite WHERE rolle = 'zaehler') AS teil
        USING (indikator_id)
    WHERE
        figur.status = 'geschuetzt' AND NOT figur.selbst_geheim AND indikator.typ = 'anzahl'
        AND figur.methode IN ('exact', 'unchanged')
    ORDER BY ALL
"""
SMALL = Scale(baublockseiten=240, einwohner=16_000, stadtbezirke=2, stadtteile=6, sozialraeume=24)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("scale", "sample", "needed"),
    [
        pytest.param(SMALL, 60, 0.8, marks=pytest.mark.thorough),
        pytest.param(Scale(), 500, 0.87, marks=pytest.mark.nightly),
    ],
)
def test_what_is_taken_back_opens_a_count(tmp_path, scale, sample, needed):
    town = Town(tmp_path, scale)
    town.release(town.today, 2024)
    [(_, published)] = town.files
    with duckdb.connect(published.parent / "work.duckdb", read_only=True) as con:
        suppressed = random.Random(500).sample(con.execute(SECONDARY).fetchall(), sample)

    opened = 0
    with ReleaseTables([published]) as tables:
        for *unit, day, side, count in suppressed:
            here = [*unit, day, side]
            where = "zuschnitt = ? AND raumebene = ? AND raum_id = ? AND stichtag = ?::DATE AND seite = ?"
            tables.con.execute(f"CREATE OR REPLACE TEMP TABLE before AS FROM auskunft WHERE {where}", here)
            told = "wert = ?, geschuetzt = FALSE, verschwiegen = FALSE"
            tables.con.execute(f"UPDATE auskunft SET {told} WHERE {where}", [count, *here])
            found = audit([("1", published)], town.today.codebook, days=frozenset({day}), named=0, around=True,
                          tables=tables)  # fmt: skip
            opened += bool(found.findings)
            tables.con.execute(f"DELETE FROM auskunft WHERE {where}", here)
            tables.con.execute("INSERT INTO auskunft FROM before")

    assert opened >= needed * sample
