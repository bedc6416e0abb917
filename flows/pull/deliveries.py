"""Which deliveries are there, awaited or overdue, and whether a refresh waits for one before it publishes.

A source that says when it is `due` brings one Stichtag year after the other. What is judged is the first that it has
not brought, as soon as the calendar year has begun in which it is due. The present day is an argument everywhere.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from flows.base.local_time import german_day
from flows.base.texts import Text, text
from flows.profile.load import Profile
from flows.profile.policy import Policy
from flows.profile.source import Source
from flows.pull.landing.stichtage import Content, newest_years
from flows.pull.models import Lieferung


class Delivery(BaseModel):
    """Whether a source has brought a Stichtag year."""

    model_config = ConfigDict(frozen=True)

    source: str
    title_de: str
    title_en: str
    year: int
    """The Stichtag year in question: the newest that came, or the first that did not."""
    state: Literal["present", "awaited", "overdue"]
    until: dt.date | None = None
    """Of what is not present: the last day on which it is, or was, awaited."""
    required: bool = True
    ask: str = ""

    @property
    def overdue_since(self) -> dt.date | None:
        """The first day on which it is overdue."""
        return self.until + dt.timedelta(days=1) if self.state == "overdue" and self.until else None

    @property
    def words(self) -> Text:
        """What is said of it in a line, with whom to ask."""
        named = {"source": self.title_de, "year": self.year}
        if self.state == "present":
            return text("{source} {year}: present", **named)
        day = german_day(self.overdue_since or self.until or dt.date.min)
        overdue = self.state == "overdue"
        said = text("{source} {year}: overdue since {day}", **named, day=day) if overdue else text(
            "{source} {year}: awaited until {day}", **named, day=day
        )  # fmt: skip
        return text("{said}; ask {whom}", said=said, whom=self.ask) if self.ask else said


def delivery(source: Source, year: int, newest: int | None, today: dt.date) -> Delivery | None:
    """Return whether `source`, whose newest Stichtag year is `newest`, has brought `year`; None if it never will."""
    until = source.awaited_until(year)
    there = newest is not None and newest >= year
    if until is None and not there:
        return None
    return Delivery(
        source=source.id, title_de=source.title_de, title_en=source.title_en, year=year,
        state="present" if there else "overdue" if until and today > until else "awaited",
        until=None if there else until, required=source.required, ask=source.ask,
    )  # fmt: skip


def deliveries_on(profile: Profile, newest: Mapping[str, int], today: dt.date) -> list[Delivery]:
    """Return for each source that says when it is due the first year that it lacks on that day, else the newest."""
    found: list[Delivery] = []
    for source in profile.sources:
        season, last = source.year_in_season(today.year), newest.get(source.id)
        if season is None:
            continue
        lacking = season if last is None else last + 1
        one = delivery(source, lacking, last, today) if lacking <= season else None
        if one is None and last is not None:
            one = delivery(source, last, last, today)
        found += [one] if one else []
    return found


def deliveries_of_release(
    profile: Profile, newest: Mapping[str, int], today: dt.date, year: int | None = None
) -> list[Delivery]:
    """Return for each source that says when it is due whether it brought its part of the newest Stichtag year.

    A source that is due two years later brings its part of the year before; one that ended is not among them.
    """
    year = year or max(newest.values(), default=None)
    if year is None:
        return []
    found = []
    for source in profile.sources:
        season = source.year_in_season(year + 1)
        one = None if season is None else delivery(source, min(year, season), newest.get(source.id), today)
        found += [one] if one else []
    return found


def waited_for(deliveries: Iterable[Delivery], policy: Policy) -> list[Delivery]:
    """Return the required deliveries that are lacking; none when the policy does not wait, or no longer."""
    lacking = [one for one in deliveries if one.required and one.state != "present"]
    if policy == "always" or (policy == "when-due" and all(one.state == "overdue" for one in lacking)):
        return []
    return lacking


def years_of(profile: Profile, lieferungen: Iterable[Lieferung], landing: Path) -> tuple[dict[str, int], set[str]]:
    """Return the newest Stichtag year of each source, and the sources of which it is not known before staging."""
    known, sources = newest_years(landing), {each.id: each for each in profile.sources}
    named: dict[str, list[int]] = {}
    unknown = set()
    for one in lieferungen:
        year = year_of(sources[one.source], one.name, (profile.city.id, one.source, one.sha256), known)
        if year is not None:
            named.setdefault(one.source, []).append(year)
        elif sources[one.source].due:
            unknown.add(one.source)
    return {source: max(years) for source, years in named.items()}, unknown


def year_of(source: Source, name: str, content: Content, known: Mapping[Content, int]) -> int | None:
    """Return the Stichtag year that a file reaches: its name says it, or who staged it before."""
    return source.year_in(name) or known.get(content)
