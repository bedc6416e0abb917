"""Whose page it is: the city's name, and whether its people are invented, which every page must say."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from flows.base.db import connect, literal


class About(NamedTuple):
    """The city that a page is about."""

    city: str
    synthetic: bool


def about_release(database: Path) -> About:
    """Return whose release the file is, as the release itself says."""
    with connect() as con:
        con.execute(f"ATTACH {literal(str(database))} AS release (READ_ONLY)")
        row = con.execute("SELECT stadt, synthetisch FROM release._release").fetchone()
    assert row is not None  # noqa: S101 -- a release has exactly one row of itself
    return About(*row)
