"""Prefect's server without Prefect: as a refresh will find it, looked at before one starts and by `doctor` alike.

Whether a server answers says little: `/health` answers everybody. What counts is whether it takes this user's commands,
whether it refuses those of others, and whether it reports home.
"""

from __future__ import annotations

import os
import tomllib
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from flows.base.texts import text

if TYPE_CHECKING:
    import requests

NO_TELEMETRY = {"DO_NOT_TRACK": "1", "GX_ANALYTICS_ENABLED": "false", "PREFECT_SERVER_ANALYTICS_ENABLED": "false"}
"""What switches off the telemetry of Prefect's client, of Great Expectations, and of Prefect's server and its pages."""

_SECONDS = 5
_REFUSED = (401, 403)
_BUSY, _RETRIES = (429, 503), 4
"""503 is what the server answers while its SQLite database is locked."""
Look = tuple[bool, str, str]
"""Whether it is as it must be, what was found, and what to do."""


def address() -> str | None:
    """Return the address of the server that a refresh uses, None for the embedded one."""
    return _setting("PREFECT_API_URL")


def refusal() -> str | None:
    """Return why a refresh cannot use the server that is named, in words for its user; None when it can."""
    server = address()
    if not server:
        return None
    ok, found, remedy = _reached(server)
    return None if ok else f"Expected Prefect's server to take this user's commands, found that {found}. {remedy}"


def looked_at(server: str) -> Iterator[Look]:
    """Yield what is to be said of the server: whose commands it takes, and whether it reports home."""
    reached = _reached(server)
    yield reached
    if not reached[0]:
        return
    if _status(server, others=True) in _REFUSED:
        yield True, text("{server} refuses commands of others", server=server), ""
    else:
        yield (
            False, text("{server} takes commands of anybody who reaches it", server=server),
            text(
                "Whoever starts a flow acts as the user of the worker: set PREFECT_SERVER_API_AUTH_STRING for the "
                "server, PREFECT_API_AUTH_STRING for those who may use it (docs/operation.md)."
            ),
        )  # fmt: skip
    if _reports_home(server):
        remedy = text("Start it with PREFECT_SERVER_ANALYTICS_ENABLED=false.")
        yield False, text("{server} reports home", server=server), remedy


def _reached(server: str) -> Look:
    import requests  # noqa: PLC0415 -- heavy

    try:
        status = _status(server)
    except requests.RequestException as problem:
        found = text("{server} cannot be reached ({problem})", server=server, problem=type(problem).__name__)
        return False, found, text("Start it, or unset PREFECT_API_URL to use the embedded one.")
    if status in _REFUSED:
        other = bool(_setting("PREFECT_API_AUTH_STRING"))
        given = text("another PREFECT_API_AUTH_STRING than its own") if other else text("none")
        found = text(
            "{server} refuses this user (answer {status}): it wants PREFECT_API_AUTH_STRING and got {given}",
            server=server, status=status, given=given,
        )  # fmt: skip
        remedy = text("Set PREFECT_API_AUTH_STRING to what the server has as PREFECT_SERVER_API_AUTH_STRING.")
        return False, found, remedy
    if status >= 400:
        remedy = text("Is this the address of a Prefect server, with /api at its end?")
        return False, text("{server} answers {status}", server=server, status=status), remedy
    return True, text("{server} takes this user's commands", server=server), ""


def _status(server: str, *, others: bool = False) -> int:
    """Return the status of an answer that the server gives to those alone whose commands it takes."""
    return answer_of(server, "admin/version", others=others).status_code


def _reports_home(server: str) -> bool:
    answer = answer_of(server, "admin/settings")
    return bool(answer.ok and answer.json().get("server", {}).get("analytics_enabled", True))


def answer_of(server: str, what: str, body: object = None, *, others: bool = False) -> requests.Response:
    """Ask the server for `what`, or post it `body`, as this user or as `others` who have no secret.

    What is posted is posted again where the server is busy, as Prefect's client does; a question is asked once.

    Raises:
        requests.RequestException: it does not answer.
    """
    import requests  # noqa: PLC0415 -- heavy
    from requests.adapters import HTTPAdapter  # noqa: PLC0415
    from urllib3.util import Retry  # noqa: PLC0415

    credentials = None if others else _setting("PREFECT_API_AUTH_STRING")
    busy = Retry(total=_RETRIES, status_forcelist=_BUSY, allowed_methods=None, backoff_factor=0.5)
    with requests.Session() as session:
        if body is not None:
            session.mount(server, HTTPAdapter(max_retries=busy))
        return session.request(
            "GET" if body is None else "POST",
            f"{server.rstrip('/')}/{what}",
            json=body,
            headers={"Authorization": f"Basic {b64encode(credentials.encode()).decode()}"} if credentials else {},
            timeout=_SECONDS,
        )


def _setting(name: str) -> str | None:
    """Return a setting as Prefect will read it: from the environment, else from the profile that is in use."""
    return os.environ.get(name) or _profile().get(name)


def _profile() -> dict[str, str]:
    """Return the settings of Prefect's active profile, read without Prefect, whose import takes seconds."""
    home = os.environ.get("PREFECT_HOME")
    path = Path(os.environ.get("PREFECT_PROFILES_PATH") or Path(home or "~/.prefect").expanduser() / "profiles.toml")
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    active = os.environ.get("PREFECT_PROFILE") or found.get("active", "")
    return {name: str(value) for name, value in found.get("profiles", {}).get(active, {}).items()}
