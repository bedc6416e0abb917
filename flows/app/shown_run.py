"""A run that needed no Prefect, as a Prefect server shows it: beside those that Prefect ran, and like them.

A refresh that finds nothing new, or waits, is decided before Prefect is imported (flows/begun.py). The server gets what
the flow would have left there: a run with its parameters, the lines of its log, a table, and the state in which it
ended. The server itself makes events of the states, so that notifications do not depend on who ran it.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping
from typing import Any

from flows.app import prefect_server
from flows.base.errors import FortschreibungError
from flows.base.texts import shown
from flows.profile.load import Profile
from flows.run import Outcome
from flows.run_state import artifact_key, outcome_table, state_message, state_name

FLOW = "fortschreibung-refresh"
"""The name of the flow in flows/refresh.py."""


def show_run(
    server: str, outcome: Outcome, profile: Profile, parameters: Mapping[str, object], began: dt.datetime
) -> None:
    """Leave a run at the server that ended with `outcome`, and would have been called with the flow's `parameters`.

    Raises:
        FortschreibungError: the server does not take it.
    """
    flow = _posted(server, "flows/", {"name": FLOW})
    run = _posted(server, "flow_runs/", {
        "name": outcome.city, "flow_id": flow["id"], "idempotency_key": outcome.run,
        "parameters": {name: value if isinstance(value, bool | None) else str(value)
                       for name, value in parameters.items()},
        "state": {"type": "RUNNING", "name": "Running"},
    })  # fmt: skip
    _posted(server, "logs/", [
        _line(run["id"], began, f"{outcome.run}: begun before Prefect was needed"),
        _line(run["id"], dt.datetime.now(dt.UTC), shown(outcome.reason)),
    ])  # fmt: skip
    _posted(server, "artifacts/", {
        "key": artifact_key(outcome.city), "type": "markdown", "description": f"Refresh of {outcome.city}",
        "data": outcome_table(outcome), "flow_run_id": run["id"],
    })  # fmt: skip
    _posted(server, f"flow_runs/{run['id']}/set_state", {
        "state": {"type": "COMPLETED", "name": state_name(outcome, profile), "message": state_message(outcome)}
    })  # fmt: skip


def _line(run: str, at: dt.datetime, words: str) -> dict[str, object]:
    return {
        "name": "prefect.flow_runs", "level": logging.INFO, "message": words, "timestamp": at.isoformat(),
        "flow_run_id": run,
    }  # fmt: skip


def _posted(server: str, what: str, body: object) -> Any:
    """Return what the server answers to `body`."""
    import requests  # noqa: PLC0415 -- heavy

    try:
        answer = prefect_server.answer_of(server, what, body)
        answer.raise_for_status()
        return answer.json() if answer.content else None
    except requests.RequestException as problem:
        raise FortschreibungError(
            f"Expected Prefect's server to take the run that just ended, found {type(problem).__name__} at {what}. "
            "Nothing was to be published, and the last release stands; only the server does not know of the run. "
            "`fortschreibung doctor` looks at the server.",
            code="FS-RUN-03",
        ) from problem
