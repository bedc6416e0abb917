"""`fortschreibung prefect setup` on a real server, and what it notifies: one message per event, in German."""

from __future__ import annotations

import email
import email.policy
import json
import re
import time

import pytest
import yaml

from flows.operation.wanted import deployments_of
from flows.profile.load import load_profile
from tests.operation.conftest import ROOT, Server, eventually

PREFECT_YAML = (ROOT / "prefect.yaml").read_text("utf-8")


def deployment(server: Server, flow: str) -> dict:
    return server.asked("GET", f"deployments/name/{flow}/musterstadt")


@pytest.mark.thorough
def test_it_says_all_that_it_made(server: Server, made) -> None:
    assert {one["deed"] for one in made} == {"made"}
    assert "deployment fortschreibung-refresh/musterstadt (0 6 1 3 *)" in [one["what"] for one in made]
    refresh = deployment(server, "fortschreibung-refresh")
    (schedule,) = refresh["schedules"]
    assert schedule["schedule"] == {"cron": "0 6 1 3 *", "timezone": "Europe/Berlin", "day_or": True}
    assert refresh["global_concurrency_limit"]["limit"] == 1
    assert refresh["concurrency_options"]["collision_strategy"] == "ENQUEUE"
    assert refresh["pull_steps"] == [{"prefect.deployments.steps.set_working_directory": {"directory": str(ROOT)}}]
    form = refresh["parameter_openapi_schema"]
    assert "musterstadt" in form["definitions"]["City"]["enum"], "the form has choices"
    assert "null" not in str(form), "and no field of type None"


@pytest.mark.thorough
def test_a_boundary_change_is_started_by_hand_and_its_form_has_the_newest_zuschnitt(server: Server, made) -> None:
    assert "deployment fortschreibung-recut/musterstadt (no schedule)" in [one["what"] for one in made]
    recut = deployment(server, "fortschreibung-recut")
    assert recut["schedules"] == []
    assert recut["parameters"] == {"city": "musterstadt", "zuschnitt": "2020-01-01"}
    assert "2015-01-01" in recut["parameter_openapi_schema"]["definitions"]["Zuschnitt"]["enum"]


def test_what_prefect_yaml_deploys_is_set_up_where_the_city_can_use_it() -> None:
    functions = {re.sub(".*:", "", one["entrypoint"]) for one in yaml.safe_load(PREFECT_YAML)["deployments"]}
    city = load_profile("musterstadt").city
    alone, approved = ({one.function for one in deployments_of(each)} for each in (
        city, city.model_copy(update={"approval": "second-person"})
    ))  # fmt: skip

    assert functions <= approved
    assert approved - alone == {"release"}


@pytest.mark.thorough
def test_again_it_changes_nothing_and_what_was_paused_stays_paused(server: Server, made) -> None:
    refresh = deployment(server, "fortschreibung-refresh")
    (schedule,) = refresh["schedules"]
    server.asked("PATCH", f"deployments/{refresh['id']}/schedules/{schedule['id']}", {"active": False})
    again = server.command("prefect", "setup", "musterstadt", "--json")
    assert {one["deed"] for one in json.loads(again.stdout.splitlines()[-1])["done"]} == {"left"}, again.stdout
    assert [one["active"] for one in deployment(server, "fortschreibung-refresh")["schedules"]] == [False]


@pytest.mark.thorough
def test_what_differs_is_changed(server: Server, made) -> None:
    refresh = deployment(server, "fortschreibung-refresh")
    server.asked("PATCH", f"deployments/{refresh['id']}", {"tags": ["other"]})
    changed = server.command("prefect", "setup", "musterstadt")
    assert "changed  deployment fortschreibung-refresh/musterstadt" in changed.stdout
    assert deployment(server, "fortschreibung-refresh")["tags"] == ["fortschreibung"]


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("state", "subject", "said"),
    [
        ({"type": "FAILED", "message": "1 check stops the publication: stadt (1)."}, "angehalten", "1 check stops"),
        ({"type": "CRASHED"}, "abgebrochen", "der Worker oder sein Prozess wurde beendet"),
        ({"type": "SCHEDULED", "name": "Late"}, "hat nicht begonnen", "läuft der Worker nicht"),
        ({"type": "COMPLETED", "name": "Waiting", "message": "Waiting: SGB II 2024"}, "wartet", "SGB II 2024"),
    ],
    ids=lambda one: one.get("name") or one["type"] if isinstance(one, dict) else None,
)
def test_one_mail_and_one_call_for_an_event(server: Server, made, state, subject, said) -> None:
    before = len(server.sinks.mails), len(server.sinks.calls)
    refresh = deployment(server, "fortschreibung-refresh")
    run = server.asked("POST", f"deployments/{refresh['id']}/create_flow_run", {"name": "musterstadt"})
    server.asked("POST", f"flow_runs/{run['id']}/set_state", {"state": state, "force": True})

    eventually(lambda: len(server.sinks.mails) > before[0] and len(server.sinks.calls) > before[1])
    time.sleep(2)  # a second message would come by now
    server.asked("DELETE", f"flow_runs/{run['id']}")  # else it becomes late, which is another event

    assert (len(server.sinks.mails), len(server.sinks.calls)) == (before[0] + 1, before[1] + 1)
    mail = email.message_from_string(server.sinks.mails[-1], policy=email.policy.default)
    assert mail["subject"].startswith("Fortschreibung musterstadt: ")
    assert subject in mail["subject"]
    assert said in server.sinks.calls[-1]["text"]
    body = mail.get_body(("plain", "html"))
    assert body is not None
    assert said.split()[0] in body.get_content()


@pytest.mark.thorough
def test_a_crashed_run_is_tried_once_more_and_a_stopped_one_is_not(server: Server, made) -> None:
    refresh = deployment(server, "fortschreibung-refresh")
    runs: list[str] = []

    def went_through(*states: str) -> str:
        run = server.asked("POST", f"deployments/{refresh['id']}/create_flow_run", {"name": "musterstadt"})
        runs.append(run["id"])
        for each in states:
            server.asked("POST", f"flow_runs/{run['id']}/set_state", {"state": {"type": each}, "force": True})
        return str(run["id"])

    def goes_on(run: str) -> bool:
        return "AwaitingRetry" in [one["name"] for one in server.asked("GET", f"flow_run_states/?flow_run_id={run}")]

    try:
        stopped = went_through("RUNNING", "FAILED")
        tried_twice = went_through("RUNNING", "SCHEDULED", "RUNNING", "CRASHED")
        crashed = went_through("RUNNING", "CRASHED")
        eventually(lambda: goes_on(crashed), seconds=300)
        time.sleep(2)  # what crashed before it would go on by now
        assert not goes_on(stopped)
        assert not goes_on(tried_twice)
    finally:
        for run in runs:
            server.asked("DELETE", f"flow_runs/{run}")


@pytest.mark.thorough
def test_a_run_of_somebody_else_is_not_notified(server: Server, made) -> None:
    before = len(server.sinks.calls)
    flow = server.asked("POST", "flows/", {"name": "other"})
    run = server.asked("POST", "flow_runs/", {"flow_id": flow["id"], "name": "other"})
    server.asked("POST", f"flow_runs/{run['id']}/set_state", {"state": {"type": "FAILED"}, "force": True})
    time.sleep(5)
    assert len(server.sinks.calls) == before
