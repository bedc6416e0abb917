"""Reads cities/<city>/ into typed models; an error names file, key and what was expected."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import Field, ValidationError

from flows.base.errors import ConfigError
from flows.base.resources import resource
from flows.profile.check_header import CityCheckHeader, read_header
from flows.profile.checks import Expected, Waiver, Waivers
from flows.profile.city import City, Identifier, Strict
from flows.profile.codebook import Codebook
from flows.profile.correction import Correction
from flows.profile.source import Source

Model = TypeVar("Model", bound=Strict)


class _Sources(Strict):
    source: dict[Identifier, Source] = Field(min_length=1)


class _Corrections(Strict):
    correction: list[Correction] = Field(default_factory=list)


@dataclass(frozen=True)
class Profile:
    """Everything that is known of a city before data comes."""

    city: City
    sources: tuple[Source, ...]
    codebook: Codebook
    corrections: tuple[Correction, ...]
    folder: Path
    expected: Expected | None = None
    waivers: tuple[Waiver, ...] = ()

    @property
    def own_checks(self) -> Path:
        """The folder of the checks that the city adds; it need not be there."""
        return self.folder / "checks"


def cities() -> list[str]:
    """Return the names of the cities that have a profile, sorted."""
    return sorted(path.parent.name for path in resource("cities").glob("*/city.toml"))


def load_profile(name: str, folder: Path | None = None) -> Profile:
    """Return the profile of city `name` from cities/<name>/, or from `folder` when given.

    Raises:
        ConfigError: when there is no such city, or a file of it is not as it must be.
    """
    bundled = resource("cities")
    if folder is None and name not in cities():
        raise ConfigError(
            f"There is no city {name!r}. Cities with a profile: {', '.join(cities())}. "
            "A new one is a folder in cities/ (CONTRIBUTING.md says what goes into it)."
        )
    where = folder or bundled / name
    city = _model(City, where / "city.toml", _table(where / "city.toml"))
    sources = _sources(where / "sources.toml")
    codebook = _codebook([bundled / "codebook.toml", where / "codebook.toml"])
    corrections: tuple[Correction, ...] = ()
    if (where / "corrections.toml").exists():
        found = _model(_Corrections, where / "corrections.toml", _table(where / "corrections.toml"))
        corrections = tuple(found.correction)
    profile = Profile(city, sources, codebook, corrections, where, *_decided_on_checks(where))
    _must_agree(profile)
    return profile


def _decided_on_checks(where: Path) -> tuple[Expected | None, tuple[Waiver, ...]]:
    """Return what expected.toml and waivers.toml say, and see that the city's own checks can be read."""
    for file in sorted((where / "checks").glob("*.sql")):
        if not file.with_suffix(".json").exists():
            read_header(file, CityCheckHeader)
    expected, waivers = where / "expected.toml", where / "waivers.toml"
    return (
        _model(Expected, expected, _table(expected)) if expected.exists() else None,
        tuple(_model(Waivers, waivers, _table(waivers)).waiver) if waivers.exists() else (),
    )


def _table(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as missing:
        raise ConfigError(f"{path} is missing; every city needs city.toml and sources.toml.") from missing
    except OSError as problem:
        raise ConfigError(f"{path} cannot be read: {problem.strerror}.") from problem
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise ConfigError(f"{path} is not TOML in UTF-8: {problem}") from problem


def _model(kind: type[Model], path: Path, table: dict[str, Any]) -> Model:
    try:
        return kind.model_validate(table)
    except ValidationError as problem:
        lines = []
        for error in problem.errors():
            key = ".".join(str(part) for part in error["loc"]) or "(the file as a whole)"
            found = error.get("input")
            shown = "" if isinstance(found, (dict, list)) or error["type"] == "missing" else f"; found {found!r}"
            lines.append(f"  {key}: {error['msg'].removeprefix('Value error, ')}{shown}")
        raise ConfigError(f"{path} is not as expected:\n" + "\n".join(lines)) from problem


def _sources(path: Path) -> tuple[Source, ...]:
    table = _table(path)
    entries = table.get("source")
    for name, entry in entries.items() if isinstance(entries, dict) else ():
        if isinstance(entry, dict):
            entry["id"] = name
    return tuple(_model(_Sources, path, table).source.values())


def _codebook(paths: list[Path]) -> Codebook:
    merged: dict[str, dict[str, Any]] = {}
    last = paths[0]
    for path in paths:
        if path != paths[0] and not path.exists():
            continue
        for section, entries in _table(path).items():
            if not isinstance(entries, dict):
                raise ConfigError(f"{path}: expected tables [{section}.<id>], found {section} = {entries!r}.")
            twice = set(merged.get(section, {})) & set(entries)
            if twice:
                raise ConfigError(f"{path}: {section} {sorted(twice)} is already in {paths[0]}; choose another id.")
            merged.setdefault(section, {}).update(entries)
        last = path
    return _model(Codebook, last, merged)


def _must_agree(profile: Profile) -> None:
    """Check what no single file can know: that sources, Zuschnitte and codebook name the same things."""
    city, problems = profile.city, []
    merkmale, levels = set(profile.codebook.merkmal), {level.id for level in city.raumebene}
    for source in profile.sources:
        if source.zuschnitt is not None and city.zuschnitt_named(source.zuschnitt) is None:
            known = ", ".join(z.id for z in city.zuschnitt)
            problems.append(f"source.{source.id}.zuschnitt: {source.zuschnitt} is no Zuschnitt of the city ({known})")
        named = set(source.matrix.merkmale if source.matrix else ()) | set(
            source.official.merkmale if source.official else ()
        )
        problems += [f"source.{source.id}: {m!r} is no Merkmal of the codebook" for m in sorted(named - merkmale)]
        used = set(source.assignment.units if source.assignment else ()) | set(
            source.names.levels.values() if source.names else source.geometry.names if source.geometry else ()
        )
        problems += [f"source.{source.id}: {x!r} is no Raumebene of the city" for x in sorted(used - levels)]
    kinds = {source.id: source.kind for source in profile.sources}
    problems += [
        f"corrections: source {entry.source!r} is not in sources.toml"
        if entry.source not in kinds
        else f"corrections: {entry.source!r} is a register, whose persons are counted as they are delivered"
        for entry in profile.corrections
        if kinds.get(entry.source, "register") == "register"
    ]
    problems += [
        f"corrections: action = {entry.action!r} is for {words}, which source {entry.source!r} has not"
        for entry in profile.corrections
        for actions, fitting, words in (
            (("repair",), ("geometry",), "polygons"),
            (("scale", "mark"), ("matrix", "official"), "figures"),
        )
        if entry.action in actions and kinds.get(entry.source, fitting[0]) not in (*fitting, "register")
    ]
    expected = profile.expected or Expected()
    problems += [
        f"expected.toml: {name!r} is not in sources.toml" for name in sorted(set(expected.deliveries) - set(kinds))
    ]
    problems += [
        f"expected.toml: {day} is no Zuschnitt of the city"
        for day in sorted(expected.units)
        if city.zuschnitt_named(day) is None
    ]
    classes = {indikator.protection for indikator in profile.codebook.indikator.values()}
    problems += [
        f"city.toml: [protection.{name}] is missing; an Indikator of the codebook needs its thresholds"
        for name in sorted(classes - set(city.protection) - {"frei"})
    ]
    if problems:
        raise ConfigError(f"The profile in {profile.folder} does not agree:\n  " + "\n  ".join(problems))
