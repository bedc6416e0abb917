"""What a repair suppresses without need is taken back, and an audit of all that changed comes after it."""

from __future__ import annotations

import shutil

import pytest

from flows.profile.codebook import Codebook
from flows.protect import gate, secondary, take_back
from flows.protect.audit import audit
from flows.protect.audit_tables import ReleaseTables
from flows.protect.audit_told_too import Count, Examined
from flows.protect.draft import Draft
from tests.protect.conftest import DAY
from tests.protect.test_audit import DAY as RELEASED_DAY
from tests.protect.test_audit import ZUSCHNITT, Released


@pytest.fixture
def three_of_five(office, monkeypatch):
    """Five units of which two add up to 3; the elimination does not see it, and a repair takes all others at once."""
    monkeypatch.setattr(secondary, "together", lambda *_: ())
    monkeypatch.setattr(gate, "PATIENT", -2)
    office.counts("einwohner", 1, 2, 5, 6, 7)
    office.figures("einwohner", (21, None), raumebene="stadtteil")
    office.con.execute("UPDATE raum SET eltern = MAP {'stadtteil': 'A'} WHERE raumebene = 'sozialraum'")
    return office


def suppressed(office) -> list[str]:
    return [unit for (unit,) in office.con.execute(
        "SELECT raum_id FROM wert_alle WHERE raumebene = 'sozialraum' AND status = 'geschuetzt' ORDER BY 1"
    ).fetchall()]  # fmt: skip


def test_of_the_siblings_that_a_repair_took_only_those_stay_that_are_needed(three_of_five):
    three_of_five.protect()

    assert suppressed(three_of_five) == ["A", "B", "C"], "with the smallest of them A and B add up to 8 with it"


def test_what_is_taken_back_wrongly_is_suppressed_as_before(three_of_five, monkeypatch):
    def everything(con, *_):
        con.execute("DELETE FROM angabe_still WHERE raum_id NOT IN ('A', 'B')")
        con.execute("DELETE FROM angabe_nachgebessert")
        return frozenset({DAY})

    monkeypatch.setattr(take_back, "taken_back", everything)
    three_of_five.protect()

    assert suppressed(three_of_five) == ["A", "B", "C", "D", "E"]


@pytest.fixture
def examined(tmp_path):
    """What the audit of four units, of which three are suppressed, has looked at."""
    counts = {"A": None, "B": None, "C": None, "D": 50}
    found: dict[str, list[Examined]] = {}
    file = Released(tmp_path).of(counts, district={"X": 45, "Y": 50}, city=95)
    audit([("2024.1", file)], Codebook(), examined=found)
    [one] = found[RELEASED_DAY]
    return one


def count(unit: str, value: int) -> Count:
    return Count(ZUSCHNITT, "sozialraum", unit, "einwohner", value)


def test_a_count_opens_another_if_what_is_left_of_their_sum_bounds_it(examined):
    assert examined.opened_by(count("C", 42)), "A and B would add up to 3"
    assert not examined.opened_by(count("C", 20)), "A and B would add up to 25"


def test_each_count_is_asked_about_with_those_that_are_told_already(examined):
    assert not examined.opened_by(count("B", 24))
    examined.tell(count("C", 20))

    assert examined.opened_by(count("B", 24)), "A would be 1 for certain"


def test_a_draft_says_of_the_units_that_changed_what_the_whole_release_would(three_of_five, monkeypatch, tmp_path):
    three_of_five.figures("veraenderung_einwohner", (-5, 6), (-1, 3), (1, 4), (1, 5), (-2, 9))
    compared, real = [], Draft.bring

    def bring_and_compare(draft, tables):
        days = real(draft, tables)
        shutil.copytree(three_of_five.target, tmp_path, dirs_exist_ok=True)
        draft._write(tmp_path)
        with ReleaseTables([tmp_path]) as whole:
            compared.append([one.con.execute("FROM auskunft ORDER BY ALL").fetchall() for one in (tables, whole)])
        return days

    monkeypatch.setattr(Draft, "bring", bring_and_compare)
    three_of_five.protect()

    [(drafted, whole), *_] = compared
    assert drafted == whole
    assert {stichtag.isoformat() for *_, stichtag in (row[:5] for row in whole)} == {DAY, "2019-12-31"}


def test_a_draft_that_a_killed_run_left_does_not_stop_the_run_that_takes_it_up(three_of_five):
    three_of_five.con.execute("CREATE SCHEMA entwurf; CREATE TABLE entwurf.indikator_wert (raum_id VARCHAR)")

    three_of_five.protect()

    assert suppressed(three_of_five) == ["A", "B", "C"]
