"""What the protector did wrong, the gate sees before anything is published."""

from __future__ import annotations

import pytest

from flows.base.errors import CheckStopped
from flows.protect import audit, audit_bounds, gate, protect_figures, repair, secondary, withdrawal
from tests.protect.conftest import DAY, NEW


def test_a_count_that_is_stated_outright_stops_the_publication(office, monkeypatch):
    office.counts("einwohner", 1, 30, 40, 50)
    office.figures("einwohner", (121, None), raumebene="stadtteil")
    right = protect_figures.suppress

    def forgetful(con, *given):
        right(con, *given)
        con.execute(
            "UPDATE wert_alle SET wert = 1, zaehler = 1, status = 'ok' WHERE raum_id = 'A' AND raumebene = 'sozialraum'"
        )

    monkeypatch.setattr(protect_figures, "suppress", forgetful)
    with pytest.raises(CheckStopped, match=r"einwohner, sozialraum A .*: 1 follows from neu"):
        office.protect()


@pytest.fixture
def asked(monkeypatch):
    """The days that each audit is asked for, and whether only what is around a count; filled while it runs."""
    found, real = [], audit.audit

    def noted(files, book, *, days=None, named=audit.NAMED, around=False, **more):
        found.append((days, around))
        return real(files, book, days=days, named=named, around=around, **more)

    monkeypatch.setattr(audit, "audit", noted)
    return found


def test_what_was_looked_at_in_part_is_looked_at_as_a_whole_before_the_gate_opens(office, monkeypatch, asked):
    monkeypatch.setattr(audit_bounds, "LOCAL", 0)
    monkeypatch.setattr(audit_bounds, "ROUNDS", 0)
    office.counts("einwohner", 1, 30, 40, 50)
    office.figures("einwohner", (121, None), raumebene="stadtteil")

    office.protect()

    assert asked == [(None, True), (None, False)]


def test_the_year_after_a_repaired_day_is_audited_again_for_its_balances(office, monkeypatch):
    finding = audit.Finding(
        kind="place", stichtag=DAY, zuschnitt=NEW, raumebene="sozialraum", raum_id="A", merkmal="einwohner", low=1,
        high=2, at_least=3, versions=("neu",),
    )  # fmt: skip
    answers = [
        audit.Audit(versions=("neu",), asked=1, findings=(finding,)),
        *[audit.Audit(versions=("neu",), asked=1, findings=())] * 2,
    ]
    days = []
    monkeypatch.setattr(audit, "audit", lambda *_, **how: (days.append(how["days"]), answers.pop(0))[1])
    office.counts("einwohner", 1, 30, 40, 50)
    office.figures("einwohner", (121, None), raumebene="stadtteil")

    office.protect()

    changed = {DAY, f"{int(DAY[:4]) + 1}{DAY[4:]}"}
    assert days == [None, changed, changed], "the second reads a draft, the third what is published"


def test_a_zero_of_too_few_people_that_only_the_audit_sees_is_suppressed_itself(office, monkeypatch):
    finding = audit.Finding(
        kind="told", stichtag=DAY, zuschnitt=NEW, raumebene="sozialraum", raum_id="C", merkmal="einwohner", low=0,
        high=0, at_least=1, versions=("neu",),
    )  # fmt: skip
    answers = [
        audit.Audit(versions=("neu",), asked=1, findings=(finding,)),
        *[audit.Audit(versions=("neu",), asked=1, findings=())] * 2,
    ]
    monkeypatch.setattr(audit, "audit", lambda *_given, **_named: answers.pop(0))
    office.counts("einwohner", 10, 30, 0, 50)
    office.figures("einwohner", (90, None), raumebene="stadtteil")

    office.protect()

    assert answers == []
    assert office.con.execute(
        "SELECT raum_id FROM wert_alle WHERE raumebene = 'sozialraum' AND status = 'geschuetzt' ORDER BY 1"
    ).fetchall() == [("C",)]


def test_an_id_with_a_slash_is_that_of_one_unit():
    finding = audit.Finding(
        kind="place", stichtag=DAY, zuschnitt=NEW, raumebene="sozialraum", raum_id="12 / 3", merkmal="einwohner", low=0,
        high=0, at_least=1, versions=("neu",),
    )  # fmt: skip

    assert finding.units == ((NEW, "12 / 3"),)


def test_a_finding_about_a_count_with_cell_keys_stops_at_once_as_nothing_of_it_is_suppressed(office, monkeypatch):
    finding = audit.Finding(
        kind="place", stichtag=DAY, zuschnitt=NEW, raumebene="sozialraum", raum_id="A", merkmal="einwohner", low=1,
        high=2, at_least=3, versions=("neu",),
    )  # fmt: skip
    audits = []
    found = audit.Audit(versions=("neu",), asked=1, findings=(finding,))
    monkeypatch.setattr(audit, "audit", lambda *_, **how: (audits.append(how), found)[1])
    monkeypatch.setattr(gate._Gate, "overlaid", frozenset({"einwohner"}))
    office.counts("einwohner", 1, 30, 40, 50)
    office.figures("einwohner", (121, None), raumebene="stadtteil")

    with pytest.raises(CheckStopped, match="change them more"):
        office.protect()
    assert len(audits) == 2, "the one that found it, and the one that names all"


def test_a_finding_stays_open_where_a_withdrawal_helps_on_another_stichtag_alone(office, monkeypatch):
    before = f"{int(DAY[:4]) - 1}{DAY[4:]}"
    one, other = (
        audit.Finding(kind="place", stichtag=day, zuschnitt=NEW, raumebene="sozialraum", raum_id="A",
                      merkmal="einwohner", low=1, high=2, at_least=3, versions=("neu",))
        for day in (DAY, before)
    )  # fmt: skip
    withdrawn = []

    def audited(*_, days=None, **_named):
        found = [] if withdrawn else [one]
        found += [other] if days is None or before in days else []
        return audit.Audit(versions=("neu",), asked=2, findings=tuple(found))

    monkeypatch.setattr(audit, "audit", audited)
    monkeypatch.setattr(repair, "suppress_siblings", lambda *_: 0)
    monkeypatch.setattr(
        withdrawal, "withdraw", lambda *_: frozenset(() if withdrawn else (withdrawn.append(1), DAY)[1:])
    )
    office.counts("einwohner", 1, 30, 40, 50)
    office.figures("einwohner", (121, None), raumebene="stadtteil")

    with pytest.raises(CheckStopped, match=f"einwohner, sozialraum A .*, {before}"):
        office.protect()


def test_a_count_that_the_new_release_bounds_more_closely_than_those_before_stops_the_publication(office, monkeypatch):
    known, closer = (
        audit.Finding(kind="place", stichtag=DAY, zuschnitt=NEW, raumebene="sozialraum", raum_id="A",
                      merkmal="einwohner", low=1, high=high, at_least=5, versions=("neu",))
        for high in (4, 2)
    )  # fmt: skip
    monkeypatch.setattr(audit, "audit", lambda *_, **__: audit.Audit(versions=("neu",), asked=1, findings=(closer,)))
    monkeypatch.setattr(gate._Gate, "_known", lambda *_: {known.count: [known]})
    monkeypatch.setattr(repair, "suppress_siblings", lambda *_: 0)
    office.counts("einwohner", 1, 30, 40, 50)
    office.figures("einwohner", (121, None), raumebene="stadtteil")

    with pytest.raises(CheckStopped, match="einwohner, sozialraum A"):
        office.protect()


def test_a_stichtag_of_which_a_change_over_years_says_something_else_is_audited_again(office, monkeypatch, asked):
    before = f"{int(DAY[:4]) - 1}{DAY[4:]}"
    monkeypatch.setattr(secondary, "together", lambda *_: ())
    office.counts("einwohner", 1, 2, 5, 6, 7)
    office.figures("einwohner", (21, None), raumebene="stadtteil")
    office.figures("veraenderung_einwohner", (-5, 6), (-1, 3), (1, 4), (1, 5), (-2, 9))
    office.con.execute("UPDATE raum SET eltern = MAP {'stadtteil': 'A'} WHERE raumebene = 'sozialraum'")

    office.protect()

    (first, _), *after = asked
    assert first is None
    assert len(after) == 2, "one of a draft, and one of what is published"
    assert [days for days, _ in after if before not in days] == []
