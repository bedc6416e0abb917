"""What is installed, configured and reachable, for the colleague who sets this up."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from flows.app import prefect_server
from flows.base.errors import ConfigError, FortschreibungError, NotSetUp
from flows.base.home import Home
from flows.base.texts import joined, shown, text, text_count, tr
from flows.run_folders import FORGET_AFTER, forget_after

if TYPE_CHECKING:
    from flows.profile.load import Profile

PACKAGES = {"prefect": "3.8", "duckdb": "1.5", "great-expectations": "1.24", "pandas": "3", "requests": "2"}
FREE_BYTES = 1 << 30
AREA = "flaeche_km2"
"""The Merkmal that comes with polygons."""
_OLD = 180  # days after which the versions of the lock are to be looked at
_SHOWN = 4  # Indikatoren without a source


@dataclass(frozen=True)
class Finding:
    """One thing looked at: whether it is as needed, what was found, and what to do if not."""

    what: str
    ok: bool
    found: str
    remedy: str = ""


def finding_line(one: Finding) -> str:
    """Return what was found as a person reads it, with what to do where something is not as needed."""
    remedy = f"\n      -> {shown(one.remedy)}" if one.remedy and not one.ok else ""
    return f"{'ok  ' if one.ok else tr('MISSING')} {shown(one.what)}: {shown(one.found)}{remedy}"


def findings(root: Path) -> list[Finding]:
    """Return what was looked at, in the order in which a new installation needs it."""
    return [
        *_installed(),
        *_lock(dt.datetime.now(dt.UTC).date()),
        *_extension(),
        *_data_folder(root),
        *_cities(),
        *_prefect(),
        *_telemetry(),
    ]


def _installed() -> Iterator[Finding]:
    found = ".".join(map(str, sys.version_info[:3]))
    yield Finding("Python", sys.version_info >= (3, 11), found, text("Install Python 3.11 or newer."))
    for name, wanted in PACKAGES.items():
        try:
            here = version(name)
        except PackageNotFoundError:
            yield Finding(name, False, text("not installed"), text("Run `make setup`."))
            continue
        remedy = text("Version {wanted}.x is needed: run `make setup`.", wanted=wanted)
        yield Finding(name, here.startswith(f"{wanted}."), here, remedy)


def _lock(today: dt.date) -> Iterator[Finding]:
    """Say when the versions were chosen: what was found in them since then is known to `make audit` alone."""
    lock = Path(__file__).resolve().parents[2] / "requirements.lock"
    resolved = re.match(r"# Resolved on (\d{4}-\d\d-\d\d)\.", lock.read_text("utf-8")) if lock.is_file() else None
    if resolved is None:
        found = text("installed without requirements.lock: its versions are whatever the index had")
        yield Finding(text("lock"), True, found)
        return
    age = (today - dt.date.fromisoformat(resolved[1])).days
    found = text_count(
        "versions of {day}, 1 day ago", "versions of {day}, {count} days ago", max(age, 0), day=resolved[1]
    )
    if age > _OLD:
        long = text("that is long: `make audit` asks for known vulnerabilities, `make lock` takes newer ones")
        found = joined("; ", (found, long))
    yield Finding(text("lock"), True, found)


def _extension() -> Iterator[Finding]:
    from flows.base.db import connect, use_spatial  # noqa: PLC0415

    try:
        with connect() as con:
            use_spatial(con)
    except FortschreibungError as problem:
        yield Finding("DuckDB spatial", False, str(problem.__cause__).splitlines()[0], text("Run `make setup`."))
        return
    yield Finding("DuckDB spatial", True, text("loads from its package"))


def _data_folder(root: Path) -> Iterator[Finding]:
    existing = next(path for path in (root, *root.parents) if path.exists())
    writable, free = os.access(existing, os.W_OK), shutil.disk_usage(existing).free
    found = text("{root}, {free:.0f} GB free", root=root, free=free / 1e9)
    yield Finding(
        text("data folder"), writable and free > FREE_BYTES, found,
        text("Name a writable folder with 1 GB free by --home DIR or FORTSCHREIBUNG_HOME."),
    )  # fmt: skip
    try:
        forget_after()
    except ConfigError as problem:
        remedy = text("Set {variable} to a number of days, or not at all.", variable=FORGET_AFTER)
        yield Finding(text("old runs"), False, str(problem), remedy)
    for private in (Home(root).landing, Home(root).runs):
        if private.is_dir() and private.stat().st_mode & 0o077:
            found = text("{folder} can be read by others", folder=private)
            yield Finding(text("data folder"), False, found, f"chmod 700 {private}")


def _cities() -> Iterator[Finding]:
    from flows.profile.load import cities, load_profile  # noqa: PLC0415

    for name in cities():
        what = text("city {name}", name=name)
        try:
            profile = load_profile(name)
            said = [*_not_set(profile, _lacking(profile)), *_secret_not_set(profile)]
        except FortschreibungError as problem:
            remedy = text("Correct its profile, or the variable that it names.")
            yield Finding(what, False, str(problem), remedy)
            continue
        sources = text_count("1 source", "{count} sources", len(profile.sources))
        yield Finding(what, True, joined("; ", (sources, *said)))
        if unknown := _unknown_systems(profile):
            yield Finding(
                what, False, text("there is no coordinate system {names}", names=", ".join(unknown)),
                text("Correct `crs` in city.toml and sources.toml: an EPSG number that exists."),
            )  # fmt: skip
        for notice in [*profile.notices, *_indikatoren_without_source(profile)]:
            yield Finding(what, True, notice)


def _indikatoren_without_source(profile: Profile) -> Iterator[str]:
    """Say of how many Indikatoren no source brings a Merkmal: they have no figures, and nothing is missing."""
    from flows.stage.register_merkmale import REGISTER_MERKMALE  # noqa: PLC0415

    brought = {merkmal for source in profile.sources for merkmal in source.merkmale}
    brought |= set(REGISTER_MERKMALE) if any(source.register_ for source in profile.sources) else set()
    brought |= {AREA} if any(source.geometry for source in profile.sources) else set()
    all_of_them = profile.codebook.indikator
    without = [name for name, each in all_of_them.items() if not {*each.numerator, *each.denominator} <= brought]
    if without:
        named = ", ".join(without[:_SHOWN]) + (" ..." if len(without) > _SHOWN else "")
        yield text(
            "{count} of {all} Indikatoren of the codebook stay without figures, since no source in sources.toml brings "
            "their Merkmale ({shown}). That is no fault; the codebook of a release lists them",
            count=len(without), all=len(all_of_them), shown=named,
        )  # fmt: skip


def _unknown_systems(profile: Profile) -> list[str]:
    """Return the coordinate systems of a profile that PROJ does not know; none where it cannot be asked."""
    from flows.base.db import connect, use_spatial  # noqa: PLC0415
    from flows.profile.coordinate_system import coordinate_systems  # noqa: PLC0415
    from flows.stage.location import is_known  # noqa: PLC0415

    named = {profile.city.crs, *(source.drawn.crs for source in profile.sources if source.drawn)}
    doubtful = sorted(named - set(coordinate_systems()))
    if not doubtful:
        return []
    with connect() as con:
        use_spatial(con)
        return [crs for crs in doubtful if not is_known(con, crs)]


def _lacking(profile: Profile) -> dict[str, tuple[str, ...]]:
    """Return, by source, the variables that its address, folder or credentials need and that are not set.

    Raises:
        ConfigError: one that is set cannot be used.
    """
    from flows.pull.connectors import connector_of  # noqa: PLC0415 -- imports requests

    lacking: dict[str, tuple[str, ...]] = {}
    for source in profile.sources:
        try:
            connector_of(source).ready(source)
        except NotSetUp as problem:
            lacking[source.id] = problem.lacks
    return lacking


def _not_set(profile: Profile, lacking: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """Yield which variables of the city's sources are not set, and what a refresh without them does."""
    required = [source for source in profile.sources if source.required]
    needed = sorted({variable for source in required for variable in lacking.get(source.id, ())})
    waiting: dict[str, list[str]] = {}
    for source, variables in lacking.items():
        for variable in set(variables) - set(needed):
            waiting.setdefault(variable, []).append(source)
    credentials = {variable for source in required for variable in source.access.credential_variables}
    secret = any(credentials & set(re.findall(r"\w+", variable)) for variable in needed)
    if needed and secret:
        yield text(
            "{variables} not set, so it needs --from DIR, or Secret blocks in Prefect for the credentials",
            variables=", ".join(needed),
        )
    elif needed:
        yield text("{variables} not set, so it needs --from DIR", variables=", ".join(needed))
    for variable, sources in sorted(waiting.items()):
        yield text(
            "{variable} not set, so not asked without --from DIR: {sources}",
            variable=variable, sources=", ".join(sources),
        )  # fmt: skip


def _secret_not_set(profile: Profile) -> Iterator[str]:
    """Say that the secret by which the city's counts are rounded or overlaid is not set.

    Raises:
        ConfigError: it is too short.
    """
    from flows.protect.perturbation.keyed_draw import Draws  # noqa: PLC0415

    named = {rule.secret: name for name, rule in profile.city.protection.items() if rule.secret}
    for variable, name in named.items():
        if os.environ.get(variable):
            Draws.of_variable(variable, f"protection.{name}.secret")
        else:
            yield text(
                "{variable} not set, so a Secret block in Prefect must have it: it is the secret by which counts are "
                "changed (docs/disclosure.md)",
                variable=variable,
            )


def _prefect() -> Iterator[Finding]:
    address = prefect_server.address()
    if not address:
        yield Finding(text("Prefect server"), True, text("embedded (no other is named)"))
    else:
        yield from (Finding(text("Prefect server"), *each) for each in prefect_server.looked_at(address))


def _telemetry() -> Iterator[Finding]:
    """Say whether Prefect and Great Expectations would report home; no other dependency does."""
    wanted = prefect_server.NO_TELEMETRY
    given = {name: os.environ.get(name) for name in wanted}
    wrong = [f"{name}={value}" for name, value in given.items() if value and value.lower() != wanted[name]]
    absent = [name for name, value in given.items() if not value] if prefect_server.address() else []
    found = [text("{variables} switches it on", variables=", ".join(wrong))] if wrong else []
    if absent:
        found.append(text("{variables} not set: commands of Prefect itself report home", variables=", ".join(absent)))
    settings = " ".join(f"{name}={value}" for name, value in wanted.items())
    yield Finding(
        text("telemetry"), not found, joined("; ", found) if found else text("off"),
        text("Set {settings} for everything that uses Prefect.", settings=settings),
    )  # fmt: skip
