"""A redraw beside earlier releases: nothing follows from all of them that may not, and everything can be judged."""

from __future__ import annotations

import pytest

from flows.base.db import insert
from flows.protect import audit as audit_module
from flows.protect.audit import Finding, audit
from flows.protect.protect_figures import protect
from flows.protect.repair import suppress_siblings
from flows.protect.secondary import Secondary
from flows.protect.town import read_town
from flows.protect.withdrawal import withdraw
from tests.protect.conftest import NEW, OLD

DAY = "2019-12-31"
COUNTS = (1, 1, 0, 2, 40)
"""Residents of five squares in a row."""
LINES = {OLD: ("AABCD", "XXXYZ"), NEW: ("ABBCD", "XXXYZ")}
"""Sozialräume and Stadtteile: the redraw takes a square from A to B, both in Stadtteil X."""


@pytest.fixture
def released(new_office):
    """Release the residents on some Zuschnitte, beside earlier releases; return it with its version."""

    def release(zuschnitte, *earlier, counts=COUNTS, floor=(), women=(), rules=None):
        office, version = (
            new_office(wohnung={"min_numerator": 3, "min_denominator": 3, "min_cases": 3}, **rules or {}),
            f"2024.{len(earlier) + 1}",
        )
        con = office.con
        insert(con, "stichtag", [{"stichtag": DAY, "zuschnitt": OLD, "basis": "bbs"}])
        for merkmal, of in (("einwohner", counts), ("weiblich", women)):
            for square, count in enumerate(of):
                insert(con, "merkmal_kombination",
                       [{"stichtag": DAY, "kombination": square, "merkmal": merkmal, "wert": count}])  # fmt: skip
        for zuschnitt in zuschnitte:
            _draw(con, zuschnitt, "einwohner", counts)
            _draw(con, zuschnitt, "weiblich", women)
            _draw(con, zuschnitt, "wohnflaeche", floor)
        con.execute("INSERT INTO merkmal_zuschnitt SELECT zuschnitt, raumebene, raum_id, stichtag, 'wohnungen', 30 "
                    "FROM indikator_wert WHERE indikator_id = 'wohnflaeche'")  # fmt: skip
        if NEW in zuschnitte:
            insert(con, "ereignis", [
                {"von_zuschnitt": OLD, "nach_zuschnitt": NEW, "raumebene": "sozialraum", "vorgang": 1,
                 "vorgang_art": "verschoben", "ereignis": "verschoben", "von_id": old, "nach_id": new}
                for old, new in sorted(set(zip(LINES[OLD][0], LINES[NEW][0], strict=True)))
            ])  # fmt: skip
        protect(con, office.profile, office.target, earlier, review=None)
        return office, (version, office.target)

    return release


def finding(unit):
    """A count of a Sozialraum on the old lines that follows."""
    return Finding(
        kind="place", stichtag=DAY, zuschnitt=OLD, raumebene="sozialraum", raum_id=unit, merkmal="einwohner", low=1,
        high=2, at_least=3, versions=("neu",),
    )  # fmt: skip


def _draw(con, zuschnitt, indikator, counts):
    """Write the units of a Zuschnitt and one count of each; without counts, nothing."""
    fine, coarse = LINES[zuschnitt]
    for level, drawn in (("sozialraum", fine), ("stadtteil", coarse), ("stadt", "S" * len(fine))):
        if not counts:
            return
        for unit in sorted(set(drawn)):
            squares = [square for square, at in enumerate(drawn) if at == unit]
            total = sum(counts[square] for square in squares)
            insert(con, "indikator_wert", [
                {"zuschnitt": zuschnitt, "raumebene": level, "raum_id": unit, "stichtag": DAY, "methode": "exact",
                 "indikator_id": indikator, "wert": total, "zaehler": total, "status": "ok"}
            ])  # fmt: skip
            if indikator != "einwohner":
                continue
            insert(con, "kombination_raum", [
                {"kombination": square, "zuschnitt": zuschnitt, "raumebene": level, "raum_id": unit}
                for square in squares
            ])  # fmt: skip
            within = {"sozialraum": {"stadtteil": coarse[squares[0]], "stadt": "S"}, "stadtteil": {"stadt": "S"}}
            con.execute(
                "INSERT INTO raum BY NAME SELECT $1 AS zuschnitt, $2 AS raumebene, $3 AS raum_id, $3 AS name, "
                "map($4::VARCHAR[], $5::VARCHAR[]) AS eltern",
                [zuschnitt, level, unit, list(within.get(level, {})), list(within.get(level, {}).values())],
            )
            same = level != "sozialraum" or unit in "CD"
            con.execute("INSERT INTO raum_dauer VALUES ($1, $2, $3, $4 || $3)",
                        [zuschnitt, level, unit, "" if same else zuschnitt])  # fmt: skip


def test_two_suppressed_parts_of_one_stadtteil_do_not_bound_its_neighbour(released):
    """X and Y have 4 together, as 2024.1 told; A and B, suppressed and not 0, would leave at most 2 in Y."""
    _, first = released([OLD])
    office, second = released([OLD, NEW], first)

    assert office.rows("merkmal_entzogen", "zuschnitt, raum_id, merkmale", "raumebene = 'sozialraum'") == [
        (NEW, "A", "einwohner"), (NEW, "B", "einwohner"), (NEW, "C", "einwohner")
    ]  # fmt: skip
    assert audit([first, second], office.profile.codebook).findings == ()


def test_what_was_published_before_stays_so(released):
    _, first = released([OLD])
    office, _ = released([OLD, NEW], first)

    told = "raum_id, zaehler"
    assert office.rows("wert_zuschnitt", told, "raumebene = 'sozialraum' AND status = 'ok'") == [("B", 0), ("D", 40)]
    assert office.rows("wert", told, "raumebene = 'sozialraum' AND status = 'ok'") == [("D", 40)]


@pytest.mark.thorough
def test_a_zero_is_withdrawn_with_the_counts_around_it(released, monkeypatch):
    """Otherwise "suppressed" would still say "not 0"."""
    _, first = released([OLD])
    monkeypatch.setitem(LINES, NEW, ("AEBCD", "XXXYZ"))
    office, second = released([OLD, NEW], first)

    assert ("B",) in office.rows("merkmal_entzogen", "raum_id", f"zuschnitt = '{NEW}' AND raumebene = 'sozialraum'")
    assert office.rows("wert", "status", "raumebene = 'sozialraum' AND raum_id = 'B'") == [("geschuetzt",)]
    assert audit([first, second], office.profile.codebook).findings == ()


@pytest.mark.thorough
def test_what_was_withdrawn_stays_withdrawn_in_the_next_release(released):
    _, first = released([OLD])
    before, second = released([OLD, NEW], first)
    withdrawn = before.rows("merkmal_entzogen")
    office, third = released([OLD, NEW], first, second)

    assert office.rows("merkmal_entzogen") == withdrawn
    assert audit([first, second, third], office.profile.codebook).findings == ()


@pytest.mark.thorough
def test_nothing_is_withdrawn_on_lines_of_which_earlier_releases_speak(released):
    _, first = released([OLD])
    office, _ = released([OLD], first)
    assert withdraw(office.con, Secondary(read_town(office.con)), [finding("A")]) == frozenset()


@pytest.mark.thorough
def test_floor_space_that_no_whole_numbers_add_up_to_is_judged(released, monkeypatch):
    """No threshold holds for it, so no piece between the lines is asked about, and nothing contradicts itself."""
    monkeypatch.setitem(LINES, OLD, ("AABBC", "XXXXZ"))
    monkeypatch.setitem(LINES, NEW, ("ABABC", "XXXXZ"))
    office, (_, files) = released([OLD, NEW], counts=(30, 40, 50, 60, 70), floor=(300.5, 410.2, 520.9, 640.7, 700))

    assert office.rows("wert", "status", "indikator_id = 'wohnflaeche' AND raum_id = 'A'") == [("ok",)]
    assert audit([("2024.1", files)], office.profile.codebook).contradictory == ()


@pytest.mark.thorough
def test_a_repair_does_not_suppress_what_an_earlier_release_told(released, office):
    """Of the same unit on a new Zuschnitt neither: everybody knows it, and the city's number would be missing."""
    _, first = released([OLD])
    office, _ = released([OLD, NEW], first)

    assert office.rows("wert", "zaehler", "raumebene = 'stadt'") == [(44,)]
    assert suppress_siblings(office.con, [finding("A"), finding("C")], [("einwohner", "einwohner")], each=9) == 0


@pytest.fixture
def audited(monkeypatch):
    """The Stichtage that each audit is asked for; filled while releases are made."""
    found, right = [], audit_module.audit

    def noted(*given, **named):
        found.append(named["days"])
        return right(*given, **named)

    monkeypatch.setattr(audit_module, "audit", noted)
    return found


def test_a_release_that_says_nothing_new_is_not_audited_again(released, audited):
    first_office, first = released([OLD])
    audited.clear()
    office, _ = released([OLD], first)

    assert audited == [frozenset()]
    assert office.rows("wert") == first_office.rows("wert")


@pytest.mark.thorough
def test_of_a_release_that_corrects_one_stichtag_only_that_is_audited_and_the_year_after(released, audited):
    _, first = released([OLD])
    audited.clear()
    released([OLD], first, counts=(1, 1, 0, 2, 60))

    assert audited[0] == {DAY, "2020-12-31"}


def test_old_figures_that_were_never_out_together_are_audited(released):
    """Of 45 residents of B 38 women may be known; one of two corrections is taken back, and of 40 they may not."""
    before, after = (20, 20, 40, 60, 70), (20, 20, 45, 60, 70)
    _, first = released([OLD], counts=before, women=(10, 10, 30, 30, 35))
    _, second = released([OLD], first, counts=after, women=(10, 10, 38, 30, 35))
    office, third = released([OLD], first, second, counts=before, women=(10, 10, 38, 30, 35))

    assert audit([first, second, third], office.profile.codebook).findings == ()
    told = "indikator_id IN ('einwohner', 'weiblich') AND raum_id = 'B' AND status = 'ok'"
    assert office.rows("wert", "indikator_id", told) == [("einwohner",)]


@pytest.mark.thorough
def test_a_unit_that_is_never_published_from_now_on_is_suppressed_though_earlier_releases_told_it(released):
    _, first = released([OLD], counts=(20, 20, 40, 60, 70))
    prison = {"raumebene": "sozialraum", "id": "B", "reason": "Justizvollzugsanstalt"}
    rules = {"personen": {"min_numerator": 3, "min_denominator": 3, "never_published": [prison]}}
    office, second = released([OLD], first, counts=(20, 20, 40, 60, 70), rules=rules)

    assert office.rows("wert", "raum_id, status", "raumebene = 'sozialraum' AND status <> 'ok'") == [
        ("B", "geschuetzt")
    ]
    assert [finding.kind for finding in audit([first, second], office.profile.codebook).findings] == ["told"]


def test_a_redraw_is_audited_as_a_whole(released, audited):
    _, first = released([OLD])
    audited.clear()
    released([OLD, NEW], first)

    assert audited[0] is None
