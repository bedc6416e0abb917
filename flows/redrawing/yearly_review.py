"""The review that belongs to every making of a release: without the map, and never a reason to stop."""

from __future__ import annotations

import json
from collections.abc import Callable

import duckdb

from flows.base.errors import FortschreibungError
from flows.base.texts import text
from flows.profile.load import Profile
from flows.redrawing.review import Review, review


def units_to_look_at(found: Review) -> str:
    """Return which Sozialräume have which triggers as JSON: no figure, so that it may stay when a run has ended."""
    return json.dumps({
        "zuschnitt": found.zuschnitt, "stichtag": str(found.stichtag), "units": len(found.units),
        "named": [{"id": unit.id, "name": unit.name, "triggers": unit.triggers} for unit in found.named],
    }, ensure_ascii=False, indent=1) + "\n"  # fmt: skip


def yearly_review(con: duckdb.DuckDBPyConnection, profile: Profile, note: Callable[[str], None]) -> Review | None:
    """Return the review of a working database; None where it cannot be made, which `note` hears.

    A note goes to Prefect's log too, where anybody may read it: it names the code, the command says the rest.
    """
    try:
        return review(con, profile, borders=False)
    except FortschreibungError as problem:
        note(text(
            "the Gliederung is not reviewed ({code}); `fortschreibung review {city}` says why", code=problem.code,
            city=profile.city.id,
        ))  # fmt: skip
        return None
