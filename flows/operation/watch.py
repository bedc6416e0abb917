"""What a look at the sources found that was not known: deliveries that arrived, are overdue, and what follows.

Kept as landing/watched.jsonl, so that each arrival and each delay is an event once, however often somebody looks.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from flows.base.local_time import german_day
from flows.profile.due import due_on
from flows.profile.load import Profile
from flows.pull.deliveries import Delivery, waited_for
from flows.pull.landing.incoming import room_in
from flows.pull.landing.store import append_line, records_in

RECORD = "watched.jsonl"
Known = frozenset[tuple[str, str, str]]
"""What was found before: kind, source (or fingerprint), year."""


@dataclass(frozen=True)
class Event:
    """Something that happened once, as Prefect's automations see it."""

    name: str
    subject: str
    """The source or the city that it is about."""
    text: str


def known_of(landing: Path, city: str) -> Known:
    """Return what earlier looks at the sources of `city` found."""
    records = records_in(landing / RECORD, ("city", "kind", "what", "year"), "read what was watched")
    return frozenset((str(one["kind"]), str(one["what"]), str(one["year"])) for one in records if one["city"] == city)


def remember(landing: Path, city: str, found: Iterable[tuple[str, str, str]]) -> None:
    """Keep what was found, so that it is not found again."""
    with room_in(landing):
        for kind, what, year in sorted(found):
            append_line(landing / RECORD, json.dumps({"city": city, "kind": kind, "what": what, "year": year}))


def found_in(deliveries: Iterable[Delivery], known: Known) -> set[tuple[str, str, str]]:
    """Return the arrivals and delays that no earlier look has found."""
    seen = {
        ("arrived" if one.state == "present" else "overdue", one.source, str(one.year))
        for one in deliveries
        if one.state != "awaited"
    }
    return seen - known


def events_of(profile: Profile, deliveries: Iterable[Delivery], found: Iterable[tuple[str, str, str]]) -> list[Event]:
    """Return an event for each of the deliveries that were `found`."""
    by_source, events = {one.source: one for one in deliveries}, []
    for kind, source, year in sorted(found):
        one = by_source[source]
        text = f"{profile.city.name}: {one.title_de} {year} ist da."
        if kind == "overdue" and one.overdue_since:
            ask = f" Zu fragen: {one.ask}." if one.ask else ""
            text = (
                f"{profile.city.name}: {one.title_de} {year} ist seit {german_day(one.overdue_since)} überfällig.{ask}"
            )
        events.append(Event(f"fortschreibung.delivery.{kind}", source, text))
    return events


def nothing_lacks(profile: Profile, deliveries: Iterable[Delivery]) -> bool:
    """Say whether the newest year can be published: all required deliveries came, or the policy waits no longer."""
    policy = profile.city.publish
    return not waited_for(deliveries, "complete" if policy == "always" else policy)


def missing_release(profile: Profile, latest_year: int | None, today: dt.date) -> Event | None:
    """Return the event that the year in season was not published by the day on which the city wants it."""
    wanted = profile.city.schedule.completed_by
    if wanted is None:
        return None
    year = today.year - 1
    day = due_on(wanted, year)
    if today <= day or (latest_year is not None and latest_year >= year):
        return None
    text = f"{profile.city.name}: bis zum {german_day(day)} sollte es eine Fortschreibung {year} geben; es gibt keine."
    return Event("fortschreibung.refresh.missing", profile.city.id, text)
