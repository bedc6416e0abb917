"""The review that belongs to every making of a release: without the map, and never a reason to stop."""

from __future__ import annotations

from collections.abc import Callable

import duckdb

from flows.base.errors import FortschreibungError
from flows.profile.load import Profile
from flows.redrawing.review import Review, review


def yearly_review(con: duckdb.DuckDBPyConnection, profile: Profile, note: Callable[[str], None]) -> Review | None:
    """Return the review of a working database; None where it cannot be made, and `note` hears why."""
    try:
        return review(con, profile, borders=False)
    except FortschreibungError as problem:
        note(f"the Gliederung is not reviewed: {problem}")
        return None
