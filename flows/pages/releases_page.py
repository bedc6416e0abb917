"""The page above all releases of a city: which there are, which one is to be used, and what became of the others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from flows.base.local_time import office_day
from flows.pages.template import page_of
from flows.release import catalog
from flows.release.catalog import Entry


@dataclass(frozen=True)
class Listed:
    """A release in the list; `folder` is None where it is no longer kept."""

    version: str
    published: dt.date
    stichtag: dt.date
    zuschnitt: dt.date
    folder: str | None
    latest: bool
    withdrawn: str | None
    tag: str | None


def releases_page(name: str, synthetic: bool, entries: Sequence[Entry]) -> str:
    """Return the page of the city `name`, which follows from its catalogue alone, newest release first."""
    pointing, gone = catalog.pointing_entry(entries), catalog.removed(entries)
    withdrawn, tagged = catalog.withdrawn(entries), catalog.tags(entries)
    listed = [
        Listed(
            version=entry.version,
            published=office_day(entry.at),
            stichtag=dt.date.fromisoformat(entry.stichtag_max),
            zuschnitt=dt.date.fromisoformat(entry.zuschnitt),
            folder=None if entry.version in gone else f"{entry.version}/",
            latest=pointing is not None and entry.version == pointing.version,
            withdrawn=withdrawn[entry.version].why if entry.version in withdrawn else None,
            tag=tagged[entry.version].why if entry.version in tagged else None,
        )
        for entry in entries
        if entry.kind == "release"
    ]
    listed.sort(key=lambda each: catalog.version_key(each.version), reverse=True)
    return page_of("releases.html.j2", name=name, synthetic=synthetic, releases=listed)
