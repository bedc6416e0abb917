"""What people decided about proposals: accepted, changed by hand or rejected, by whom and why. Lines are only added."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from flows.base.errors import ConfigError
from flows.base.home import Home

Verdict = Literal["accepted", "changed", "rejected"]


class Decision(BaseModel):
    """One decision about one proposal."""

    model_config = ConfigDict(frozen=True)

    city: str
    proposal: str
    verdict: Verdict
    by: str
    why: str
    at: dt.datetime
    units: list[str] = []
    """Today's units that the proposal is about."""


def proposal_id(changes: Iterable[tuple[str, str, str]]) -> str:
    """Return the name of a proposal: a hash over each base unit that changes, its unit today and its new one."""
    text = "\n".join("\0".join(change) for change in sorted(changes))
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def decisions_of(home: Home, city: str) -> list[Decision]:
    """Return every decision about proposals of a city, the oldest first.

    Raises:
        ConfigError: the file holds a line that is no decision.
    """
    path = home.root / "redrawing" / f"{city}.jsonl"
    if not path.is_file():
        return []
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            found.append(Decision.model_validate_json(line))
        except ValidationError as problem:
            raise ConfigError(
                f"{path}, line {number}: expected a decision as `fortschreibung decide` writes it, found another line. "
                "Was it edited by hand?"
            ) from problem
    return found


def record(home: Home, decision: Decision) -> None:
    """Add a decision to those of its city.

    Raises:
        ConfigError: nobody is named, or no reason is given.
    """
    if not decision.by.strip() or not decision.why.strip():
        raise ConfigError(
            "decide: expected --by NAME and --why REASON, so that others understand it, found one empty.",
            code="FS-USE-01",
        )
    folder = home.root / "redrawing"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / f"{decision.city}.jsonl").open("a", encoding="utf-8") as file:
        file.write(decision.model_dump_json() + "\n")


def last_decision(decisions: Iterable[Decision], proposal: str) -> Decision | None:
    """Return what was decided last about a proposal, if anything was."""
    return next((each for each in reversed(list(decisions)) if each.proposal == proposal), None)
