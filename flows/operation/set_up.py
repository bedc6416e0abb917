"""Brings an office's Prefect server to what is wanted (flows/operation/wanted.py), and says what it did.

Run again it changes nothing. What a person changed on the server and we do not name stays: a paused schedule or
automation is left paused.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from flows.base.errors import ConfigError
from flows.base.texts import text
from flows.operation.wanted import MEMORY, POOL, TAG, Deployment, automations, same

Deed = Literal["made", "changed", "left"]
_SECONDS = 60
_NOT_FOUND, _MADE = 404, 300
_WORK_IN = "prefect.deployments.steps.set_working_directory"
"""Without this step Prefect copies the whole folder for each run: environment, data folder with deliveries and all."""


@dataclass(frozen=True)
class Done:
    """What became of one thing on the server."""

    deed: Deed
    what: str


@dataclass(frozen=True)
class Wanted:
    """What the server is to have."""

    deployments: tuple[Deployment, ...]
    schemas: Mapping[str, dict[str, Any]]
    """By function of flows/deployed.py: the schema of its parameters, which the form shows."""
    pool_template: dict[str, Any]
    code: Path
    """The folder in which the worker finds the package `flows`."""
    runs_at_once: int


class Server:
    """The API of a Prefect server."""

    def __init__(self, address: str, secret: str | None) -> None:
        self._address, self._session = address.rstrip("/"), requests.Session()
        busy = Retry(
            total=8, status_forcelist=[503], allowed_methods=None, backoff_factor=0.5
        )  # its database is locked
        self._session.mount(self._address, HTTPAdapter(max_retries=busy))
        if secret:
            user, _, password = secret.partition(":")
            self._session.auth = (user, password)

    def asked(self, method: str, what: str, body: Any = None) -> Any:
        """Return what the server answers; None when there is no such thing.

        Raises:
            ConfigError: it refuses, or cannot be reached.
        """
        try:
            answer = self._session.request(method, f"{self._address}/{what}", json=body, timeout=_SECONDS)
        except requests.RequestException as problem:
            raise ConfigError(
                f"Expected a Prefect server at {self._address}, found none ({type(problem).__name__}). Start it, and "
                "set PREFECT_API_URL to its address (docs/operation.md).",
                code="FS-CONFIG-15",
            ) from problem
        if answer.status_code == _NOT_FOUND:
            return None
        if answer.status_code >= _MADE:
            raise ConfigError(
                f"Expected the server at {self._address} to take {method} {what}, found answer {answer.status_code}: "
                f"{answer.text[:300]}",
                code="FS-CONFIG-15",
            )
        return answer.json() if answer.content else {}


def set_up(server: Server, wanted: Wanted, channels: list[str]) -> Iterable[Done]:
    """Yield what was made, changed or left; `channels` are the ids of the blocks that bring notifications."""
    yield _pool(server, wanted.pool_template)
    yield _limit(server, wanted.runs_at_once)
    for one in wanted.deployments:
        yield _deployment(server, one, wanted)
    for each in automations(channels):
        yield _automation(server, each)


def _pool(server: Server, template: dict[str, Any]) -> Done:
    found = server.asked("GET", f"work_pools/{POOL}")
    if found is None:
        server.asked("POST", "work_pools/", {"name": POOL, "type": "process", "base_job_template": template})
        return Done("made", text("work pool {name}", name=POOL))
    if found["base_job_template"] == template:
        return Done("left", text("work pool {name}", name=POOL))
    server.asked("PATCH", f"work_pools/{POOL}", {"base_job_template": template})
    return Done("changed", text("work pool {name}", name=POOL))


def _limit(server: Server, slots: int) -> Done:
    what, found = f"limit {MEMORY}: {slots} runs at once", server.asked("GET", f"v2/concurrency_limits/{MEMORY}")
    if found is None:
        server.asked("POST", "v2/concurrency_limits/", {"name": MEMORY, "limit": slots, "active": True})
        return Done("made", what)
    if found["limit"] == slots:
        return Done("left", what)
    server.asked("PATCH", f"v2/concurrency_limits/{MEMORY}", {"limit": slots})
    return Done("changed", what)


def _deployment(server: Server, one: Deployment, wanted: Wanted) -> Done:
    when = one.cron or text("no schedule")
    what = text("deployment {name} ({when})", name=one.name, when=when)
    found = server.asked("GET", f"deployments/name/{one.name}")
    body = {
        "name": one.city, "entrypoint": f"flows/deployed.py:{one.function}", "path": str(wanted.code),
        "pull_steps": [{_WORK_IN: {"directory": str(wanted.code)}}],
        "parameters": one.parameters, "tags": [TAG], "work_pool_name": POOL, "enforce_parameter_schema": True,
        "parameter_openapi_schema": wanted.schemas[one.function],
    }  # fmt: skip
    if found is not None and same(body, found) and _limited(found) and _scheduled(found) == one.schedule:
        return Done("left", what)
    active = found is None or all(each["active"] for each in found["schedules"])  # a paused schedule stays paused
    body |= {
        "flow_id": server.asked("POST", "flows/", {"name": one.flow})["id"],
        "schedules": [{"schedule": one.schedule, "active": active}] if one.schedule else [],
        "concurrency_limit": 1, "concurrency_options": {"collision_strategy": "ENQUEUE"},
    }  # fmt: skip
    made = server.asked("POST", "deployments/", body)
    if found is not None and not one.schedule:
        for each in found["schedules"]:
            server.asked("DELETE", f"deployments/{made['id']}/schedules/{each['id']}")
    return Done("made" if found is None else "changed", what)


def _limited(found: Mapping[str, Any]) -> bool:
    limit, options = found.get("global_concurrency_limit") or {}, found.get("concurrency_options") or {}
    return limit.get("limit") == 1 and options.get("collision_strategy") == "ENQUEUE"


def _scheduled(found: Mapping[str, Any]) -> dict[str, Any] | None:
    return found["schedules"][0]["schedule"] if len(found["schedules"]) == 1 else None


def _automation(server: Server, wanted: dict[str, Any]) -> Done:
    what = text("automation {name}", name=wanted["name"])
    named = {"automations": {"name": {"any_": [wanted["name"]]}}}
    found = server.asked("POST", "automations/filter", named) or []
    if not found:
        server.asked("POST", "automations/", wanted)
        return Done("made", what)
    kept = {key: value for key, value in wanted.items() if key != "enabled"}  # one that somebody paused stays paused
    if same(kept, found[0]):
        return Done("left", what)
    server.asked("PUT", f"automations/{found[0]['id']}", kept | {"enabled": found[0]["enabled"]})
    return Done("changed", what)


def pool_template(path: Path) -> dict[str, Any]:
    """Return the template of the work pool, which lets nobody choose command, variables or folder of a run."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found
