"""Tables too large to be sent at once: ordered as a job, waited for, taken up again after a stop."""

from __future__ import annotations

from flows.pull.connectors.genesis import table as genesis
from tests.pull.genesis.answers import RESULTFILE, TABLE, TABLEFILE, by_path, ffcsv, in_turn, job_dialogue, status


def test_a_run_that_was_stopped_is_followed_by_one_that_waits_on(asked, desk, table) -> None:
    server, given = asked(by_path(**job_dialogue(results=status(104, "noch nicht"))), ", wait_minutes = 0.002")
    assert f"the job {TABLE}_1758 is not ready" in given.refusal()
    ordered = len(server.of(TABLEFILE))
    server.answer = by_path(**job_dialogue())
    assert given.pull().new == 1
    assert len(server.of(TABLEFILE)) == ordered, "no second job was ordered"
    assert server.of(RESULTFILE)[0].form["name"] == f"{TABLE}_1758"
    assert list((given.landing.folder / "jobs").iterdir()) == []


def test_a_result_that_the_service_has_deleted_is_ordered_anew(asked) -> None:
    server, given = asked(by_path(**job_dialogue(results=status(104))), ", wait_minutes = 0.002")
    given.refusal()
    server.answer = by_path(**job_dialogue(resultfile=in_turn(status(104, "weg"), ffcsv())))
    assert given.pull().new == 1
    assert [one.form["job"] for one in server.of(TABLEFILE)] == ["false", "true"] * 2


def test_a_job_that_never_came_to_its_end_is_ordered_anew_a_day_later(asked, monkeypatch) -> None:
    server, given = asked(by_path(**job_dialogue(results=status(104))), ", wait_minutes = 0.002")
    given.refusal()
    monkeypatch.setattr(genesis, "JOB_LIFE", genesis.dt.timedelta(0))
    server.answer = by_path(**job_dialogue())
    assert given.pull().new == 1
    assert [one.form["job"] for one in server.of(TABLEFILE)] == ["false", "true"] * 2


def test_a_note_of_a_job_that_was_cut_short_is_no_job(asked) -> None:
    server, given = asked(by_path(**job_dialogue(results=status(104))), ", wait_minutes = 0.002")
    given.refusal()
    (note,) = (given.landing.folder / "jobs").iterdir()
    note.write_text('{"table": "124')
    server.answer = by_path(**job_dialogue())
    assert given.pull().new == 1


def test_a_service_that_refuses_the_job_is_reported(asked) -> None:
    _, given = asked(lambda one: status(90, "nein") if one.form["job"] == "true" else status(98, "zu gross"))
    assert "status 90: nein" in given.refusal()
