"""What an office's Prefect server is to have: deployments, limits and notifications, as data; nothing is asked here."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from flows.base.local_time import ZONE
from flows.profile.city import City

POOL, TAG, MEMORY = "fortschreibung", "fortschreibung", "fortschreibung-memory"
HEARTBEAT_SECONDS = 30
"""What PREFECT_FLOWS_HEARTBEAT_FREQUENCY of the worker is to be (docs/operation.md)."""
_SILENT_SECONDS = 3 * HEARTBEAT_SECONDS
_SETTLED_SECONDS = 60
"""So long after a crash it is tried again."""


@dataclass(frozen=True)
class Deployment:
    """A flow of flows/deployed.py for one city."""

    function: str
    flow: str
    city: str
    cron: str | None
    one_at_a_time: bool = True
    parameters: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Flow and city, as Prefect names a deployment."""
        return f"{self.flow}/{self.city}"

    @property
    def schedule(self) -> dict[str, Any] | None:
        """The schedule as Prefect's API takes it."""
        return self.cron and {"cron": self.cron, "timezone": ZONE, "day_or": True}  # type: ignore[return-value]


def deployments_of(city: City) -> Iterator[Deployment]:
    """Yield the deployments of a city: refresh, look at deliveries, rehearsal; by hand boundary change and release.

    Whoever starts a boundary change is offered the newest Zuschnitt of the profile. A release is published by hand
    where a second person approves it.
    """
    schedule, given = city.schedule, {"city": city.id}
    newest = given | {"zuschnitt": str(city.zuschnitt[-1].valid_from)}
    yield Deployment("yearly_refresh", "fortschreibung-refresh", city.id, schedule.refresh, parameters=given)
    yield Deployment("watch_deliveries", "fortschreibung-watch", city.id, schedule.watch, parameters=given)
    yield Deployment("rehearsal", "fortschreibung-rehearsal", city.id, schedule.rehearsal, parameters=given)
    yield Deployment("boundary_change", "fortschreibung-recut", city.id, None, parameters=newest)
    if city.approval == "second-person":
        yield Deployment("release", "fortschreibung-release", city.id, None, parameters=given)


class Notification(BaseModel):
    """One section of notifications.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    about: str
    on: str
    on_runs: bool = False
    subject: str
    text: str


def notifications() -> dict[str, Notification]:
    """Return the notifications that ship, by name."""
    text = (Path(__file__).parent / "notifications.toml").read_text(encoding="utf-8")
    return {name: Notification.model_validate(each) for name, each in tomllib.loads(text).items()}


def automations(channels: list[str]) -> Iterator[dict[str, Any]]:
    """Yield the automations as Prefect's API takes them; `channels` are the ids of the blocks that bring messages."""
    yield {
        "name": "fortschreibung: Lauf ohne Lebenszeichen",
        "description": "Ein Lauf, dessen Rechner ausfiel, bliebe sonst für immer 'Running'.",
        "enabled": True, "tags": [TAG],
        "trigger": {
            "type": "event", "posture": "Proactive", "after": ["prefect.flow-run.heartbeat"],
            "expect": ["prefect.flow-run.*"], "for_each": ["prefect.resource.id"], "threshold": 1,
            "within": _SILENT_SECONDS, "match": {"prefect.resource.id": "prefect.flow-run.*"}, "match_related": _OURS,
        },
        "actions": [
            {"type": "change-flow-run-state", "state": "CRASHED", "name": "Crashed", "force": False,
             "message": f"No heartbeat for {_SILENT_SECONDS} s: the run's machine or process is gone."}
        ],
    }  # fmt: skip
    yield {
        "name": "fortschreibung: zweiter Versuch nach einem Abbruch",
        "description": "Einmal; ein Lauf, den eine Prüfung anhielt, ist kein Abbruch und wird nicht wiederholt.",
        "enabled": True, "tags": [TAG],
        "trigger": {
            # Runner and worker report the same crash one after the other. A run that is already scheduled again when
            # the second report comes would be crashed for good; so it stays crashed until both have surely come.
            "type": "event", "posture": "Proactive", "after": ["prefect.flow-run.Crashed"],
            "expect": [f"prefect.flow-run.{state}" for state in ("Scheduled", "AwaitingRetry", "Pending", "Running")],
            "threshold": 1, "within": _SETTLED_SECONDS, "for_each": ["prefect.resource.id"],
            "match": {"prefect.resource.id": "prefect.flow-run.*", "prefect.run-count": ["0", "1"]},
            "match_related": _OURS,
        },
        "actions": [
            {"type": "change-flow-run-state", "state": "SCHEDULED", "name": "AwaitingRetry", "force": True,
             "message": "Second and last try after a crash."}
        ],
    }  # fmt: skip
    for name, one in notifications().items() if channels else ():
        yield {
            "name": f"fortschreibung: {one.about}", "description": f"notifications.toml, [{name}]",
            "enabled": True, "tags": [TAG],
            "trigger": {
                "type": "event", "posture": "Reactive", "after": [], "expect": [one.on], "threshold": 1, "within": 0,
                "for_each": ["prefect.resource.id"],
                "match": {"prefect.resource.id": "prefect.flow-run.*" if one.on_runs else "fortschreibung.*"},
                "match_related": _OURS if one.on_runs else {},
            },
            "actions": [
                {"type": "send-notification", "block_document_id": block, "subject": one.subject,
                 "body": one.text.strip()}
                for block in channels
            ],
        }  # fmt: skip


_OURS = {"prefect.resource.role": "tag", "prefect.resource.id": f"prefect.tag.{TAG}"}


def same(wanted: Any, found: Any) -> bool:
    """Say whether what was found has all that is wanted; it may have more, such as ids."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(same(value, found.get(key)) for key, value in wanted.items())
    if isinstance(wanted, list):
        found_list = found if isinstance(found, list) else [found]
        return len(wanted) == len(found_list) and all(map(same, _sorted(wanted), _sorted(found_list)))
    return bool(found in (wanted, [wanted]))


def _sorted(values: list[Any]) -> list[Any]:
    return sorted(values, key=lambda one: json.dumps(one, sort_keys=True, default=str))
