"""Nothing is suppressed without need: what is taken back of a release opens a count that must stay secret.

A sample of the counts that are suppressed for the sake of others; each is published alone, and the audit asked what
follows from what is around it. The audit reads no estimates. Where it finds nothing at a Stichtag that has some, the
elimination says whether the count would tell a protected one to a reader who adds up estimates by the published key.
"""

from __future__ import annotations

import random
from functools import cached_property

import duckdb
import pytest

from flows.musterstadt.scale import Scale
from flows.protect.audit import audit
from flows.protect.audit_tables import ReleaseTables
from flows.protect.given import cells_named_in, given_before
from flows.protect.secondary import Secondary
from flows.protect.town import read_town
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
ESTIMATED = "SELECT DISTINCT stichtag::VARCHAR FROM wert_alle WHERE methode NOT IN ('exact', 'unchanged', 'amtlich')"
SMALL = Scale(baublockseiten=240, einwohner=24_000, stadtbezirke=2, stadtteile=4, sozialraeume=12)


class Eliminated:
    """What the elimination says of the counts of one Stichtag, which are published but for those suppressed."""

    def __init__(self, con, town, day):
        number = town.days.index(day)
        self.town, self.decision = town, Secondary(town).decision(given_before(con, town, [number]), number)
        self.silent = cells_named_in(con, town, [number], "angabe_still")

    @cached_property
    def blocks(self):
        """The blocks of counts, with what they hold."""
        day = self.decision.day
        return [(block, set(day.cells_of(block.rank, block.nodes))) for block in self.decision.decided()]

    def opened_by(self, zuschnitt, level, unit, side):
        """Say whether a count, published alone, would tell a protected one."""
        units = [each[:3] for each in self.town.units]
        cell = int(self.decision.day.index[units.index((zuschnitt, level, unit)), self.town.sides.index(side)])
        block = next(block for block, cells in self.blocks if cell in cells)
        return cell not in self.decision.spared(block, self.silent, [cell], lambda other: other != cell)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("scale", "sample"),
    [
        pytest.param(SMALL, 60, marks=pytest.mark.thorough),
        pytest.param(Scale(), 500, marks=pytest.mark.nightly),
    ],
)
def test_what_is_taken_back_opens_a_count(tmp_path, scale, sample):
    made = Town(tmp_path, scale)
    made.release(made.today, 2024)
    [(_, published)] = made.files
    with duckdb.connect(published.parent / "work.duckdb") as con, ReleaseTables([published]) as tables:
        suppressed = random.Random(500).sample(con.execute(SECONDARY).fetchall(), sample)
        estimated = {day for (day,) in con.execute(ESTIMATED).fetchall()}
        town, eliminated, needless = read_town(con), {}, []
        for *unit, day, side, count in suppressed:
            here = [*unit, day, side]
            where = "zuschnitt = ? AND raumebene = ? AND raum_id = ? AND stichtag = ?::DATE AND seite = ?"
            tables.con.execute(f"CREATE OR REPLACE TEMP TABLE before AS FROM auskunft WHERE {where}", here)
            told = "wert = ?, geschuetzt = FALSE, verschwiegen = FALSE"
            tables.con.execute(f"UPDATE auskunft SET {told} WHERE {where}", [count, *here])
            found = audit([("1", published)], made.today.codebook, days=frozenset({day}), named=0, around=True,
                          tables=tables)  # fmt: skip
            if not found.findings:
                if day in estimated and day not in eliminated:
                    eliminated[day] = Eliminated(con, town, day)
                if day not in estimated or not eliminated[day].opened_by(*unit, side):
                    needless.append(here)
            tables.con.execute(f"DELETE FROM auskunft WHERE {where}", here)
            tables.con.execute("INSERT INTO auskunft FROM before")

    assert needless == []
