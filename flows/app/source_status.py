"""Which sources a city has and how they do, out of the landing zone's record; and the files of a release.

Reads text files only, so that the answer is there at once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flows.base.home import Home
from flows.base.language import number_shown
from flows.base.local_time import day_of, german_day, moment
from flows.base.texts import tr, tr_count
from flows.profile.load import Profile, load_profile
from flows.profile.source import Source
from flows.pull.deliveries import Delivery, deliveries_on, year_of
from flows.pull.landing.checksum import landed_as
from flows.pull.landing.stichtage import newest_years
from flows.pull.landing.store import Landing
from flows.pull.models import Attempt
from flows.release.catalog import release_named
from flows.release.manifest import manifest_of

_CAME = ("new", "unchanged", "mended")
_BAD = ("refused", "failed")


def source_states(home: Home, city: str, today: dt.date) -> list[dict[str, Any]]:
    """Return one entry for each source of the profile: its last success, its failure if it fails, its newest file.

    A source fails while any of its files, or the source as a whole, did not come when it was last asked for. One that
    says when it is due has its delivery, which is present, awaited or overdue on the day `today`.
    """
    attempts, profile = _attempts(home.landing, city), load_profile(city)
    landed = {one.source: one for one in deliveries_on(profile, landed_years(profile, home.landing, attempts), today)}
    return [
        _state(source, attempts.get(source.id, [])) | {"delivery": _delivery(landed.get(source.id))}
        for source in profile.sources
    ]


def landed_years(profile: Profile, landing: Path, attempts: Mapping[str, list[Attempt]]) -> dict[str, int]:
    """Return the newest Stichtag year that came of each source."""
    known, city = newest_years(landing), profile.city.id
    return {
        source.id: max(years)
        for source in profile.sources
        if (years := [
            year
            for one in attempts.get(source.id, [])
            if one.outcome in ("new", "unchanged") and one.name
            and (year := year_of(source, one.name, (city, source.id, one.sha256 or ""), known))
        ])
    }  # fmt: skip


def _delivery(one: Delivery | None) -> dict[str, Any] | None:
    if one is None:
        return None
    since = one.overdue_since
    return {
        "year": one.year, "state": one.state, "until": one.until.isoformat() if one.until else None,
        "overdue_since": since.isoformat() if since else None, "ask": one.ask,
    }  # fmt: skip


def _attempts(landing: Path, city: str) -> dict[str, list[Attempt]]:
    """Return the recorded attempts by source, oldest first."""
    found: dict[str, list[Attempt]] = {}
    for one in Landing(landing).attempts() if landing.is_dir() else ():
        if one.city == city:
            found.setdefault(one.source, []).append(one)
    return found


def _state(source: Source, attempts: list[Attempt]) -> dict[str, Any]:
    first_bad: dict[str, Attempt] = {}
    last_bad: dict[str, Attempt] = {}
    for one in attempts:
        if one.outcome in _BAD:
            first_bad.setdefault(one.name, one)
            last_bad[one.name] = one
        else:
            first_bad.pop(one.name, None)
            last_bad.pop(one.name, None)
    good = [one for one in attempts if one.outcome in _CAME and one.name]
    changed = [one for one in good if one.outcome == "new"]
    newest = max(changed, key=lambda one: (one.at, one.name), default=None)
    worst = max(last_bad.values(), key=lambda one: one.at, default=None)
    return {
        "source": source.id,
        "title": source.title_de,
        "connector": source.connector,
        "asked": attempts[-1].at.isoformat() if attempts else None,
        "last_success": good[-1].at.isoformat() if good else None,
        "failing_since": min(one.at for one in first_bad.values()).isoformat() if first_bad else None,
        "problem": worst.problem if worst else None,
        "files": len({one.name for one in good}),
        "newest": {"file": newest.name, "at": newest.at.isoformat(), "bytes": newest.bytes, "sha256": newest.sha256}
        if newest
        else None,
        "relaxed": [{"gate": one.gate, "file": one.file, "reason": one.reason} for one in source.relax],
    }


def source_lines(states: list[dict[str, Any]]) -> list[str]:
    """Return the states as lines to read."""
    lines = []
    for one in states:
        newest = one["newest"]
        brought = tr("no file yet") if newest is None else tr_count(
            "1 file, newest {file} ({day})", "{count} files, newest {file} ({day})", one["files"],
            file=newest["file"], day=day_of(newest["at"]),
        )  # fmt: skip
        success = one["last_success"]
        last = tr("last success {at}", at=moment(success)) if success else tr("never fetched")
        lines.append(f"{one['source']:20} {one['connector']:12} {last}; {brought}")
        if since := one["failing_since"]:
            lines.append(tr("    FAILING since {at}: {problem}", at=moment(since), problem=one["problem"]))
        if due := one.get("delivery"):
            lines.append("    " + _due(due))
        lines += [
            tr("    gate {gate} relaxed: {reason}", gate=each["gate"], reason=each["reason"]) for each in one["relaxed"]
        ]
    return lines


def _due(delivery: Mapping[str, Any]) -> str:
    year, state = delivery["year"], delivery["state"]
    if state == "present":
        return tr("{year} is there", year=year)
    day = german_day(dt.date.fromisoformat(delivery["overdue_since"] or delivery["until"]))
    overdue = state == "overdue"
    said = tr("{year} OVERDUE since {day}", year=year, day=day) if overdue else tr(
        "{year} awaited until {day}", year=year, day=day
    )  # fmt: skip
    return tr("{said}: ask {whom}", said=said, whom=delivery["ask"]) if delivery["ask"] else said


def release_state(home: Home, city: str, version: str) -> list[dict[str, Any]]:
    """Return the Lieferungen of a release as its manifest names them, each with whether its bytes are intact.

    Raises:
        ConfigError: when the release is unknown.
        VerificationFailed: when its manifest is missing or damaged.
    """
    manifest = manifest_of(release_named(home, city, version).path)
    landed = landed_as(home.landing, (one["sha256"] for one in manifest.sources))
    return [
        {
            "source": one["quelle"],
            "file": one["datei"],
            "bytes": one["bytes"],
            "checksum": one["sha256"],
            "sha256": landed.get(one["sha256"]),
            "url": one["url"],
            "fetched_at": one["geholt_am"],
            **_whether_intact(home.landing, landed.get(one["sha256"])),
        }
        for one in manifest.sources
    ]


def _whether_intact(landing: Path, sha256: str | None) -> dict[str, Any]:
    """Return where the bytes with this hash lie, and whether they still are what it says."""
    if sha256 is None:
        return {"path": None, "intact": False}
    zone = Landing(landing)
    return {"path": str(zone.path(sha256)), "intact": zone.holds(sha256)}


def release_lines(files: list[dict[str, Any]]) -> list[str]:
    """Return the files of a release as lines to read."""
    lines = [
        f"{tr('intact') if one['intact'] else tr('LOST'):11}  {one['source']:20} {one['file']:32} "
        f"{number_shown(one['bytes']):>12} B  {one['checksum'][:12]}  "
        + tr("fetched {day}", day=day_of(str(one["fetched_at"])))
        for one in files
    ]
    lost = sum(not one["intact"] for one in files)
    if not lost:
        return [*lines, tr_count(
            "1 file: it can be read as it was delivered.", "{count} files: all can be read as they were delivered.",
            len(files),
        )]  # fmt: skip
    return [*lines, tr_count(
        "{count} of {files} files is lost or damaged.", "{count} of {files} files are lost or damaged.",
        lost, files=len(files),
    )]  # fmt: skip
