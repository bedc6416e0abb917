"""Reads the profile of a city, a folder, into typed models; an error names file, key and what was expected."""

from __future__ import annotations

import pickle
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from flows.base.composed import composed
from flows.base.errors import ConfigError
from flows.base.resources import resource
from flows.base.strict import Strict
from flows.base.texts import text
from flows.profile.check_header import CityCheckHeader, read_header
from flows.profile.checks import Expected, Waiver, Waivers
from flows.profile.city import City
from flows.profile.codebook import Codebook
from flows.profile.correction import Correction
from flows.profile.index_definition import IndexFile
from flows.profile.indices import Index, indices_of, wrong_names
from flows.profile.not_as_expected import not_as_expected
from flows.profile.places import VARIABLE, profile_folders, profile_places
from flows.profile.profile_files import Corrections, Sources
from flows.profile.redrawing import Redrawing, wrong_names_in_redrawing
from flows.profile.source import Source
from flows.profile.stichtag import leaves_day_open
from flows.profile.typology import NamedTypology, TypologyFile, typologies_of, wrong_names_in_typologies
from flows.profile.unit_lookup import read_lookup

Model = TypeVar("Model", bound=Strict)


RENAMED = {"manners": "rate_limits"}
"""Keys of a source that are still read under their old name (see the aliases of `Source`)."""


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
    notices: tuple[str, ...] = ()
    """What still works but is to be changed in the profile."""
    lookups: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By source: the names of its lookup file, and the id of the unit that each is of."""
    indices: tuple[Index, ...] = ()
    """The indices that are computed from the published Indikatoren."""
    redrawing: Redrawing = field(default_factory=Redrawing)
    """How the Gliederung itself is reviewed."""
    typologies: tuple[NamedTypology, ...] = ()
    """The types of its units, fitted on a base year."""

    @property
    def own_checks(self) -> Path:
        """The folder of the checks that the city adds; it need not be there."""
        return self.folder / "checks"


def cities() -> list[str]:
    """Return the names of the cities that have a profile, sorted.

    Raises:
        ConfigError: FORTSCHREIBUNG_CITIES names something that is no folder.
    """
    return list(profile_places())


def load_profile(name: str, folder: Path | None = None) -> Profile:
    """Return the profile of city `name` from the first place that has it, or from `folder` when given.

    Raises:
        ConfigError: when the city is unknown, or a file of it is invalid.
    """
    bundled = resource("cities")
    where = folder or _place_of(name)
    city = _model(City, where / "city.toml", _table(where / "city.toml"))
    if folder is None and city.id != name:
        raise ConfigError(
            f"{where / 'city.toml'}: expected the id of the city to be {name!r}, as its folder is called, found "
            f"{city.id!r}: its releases would be of another city than the one that commands name. Rename the folder, "
            "or correct `id`.",
            code="FS-CONFIG-07",
        )
    sources, notices = _sources(where / "sources.toml")
    codebook = _codebook([bundled / "codebook.toml", where / "codebook.toml"])
    corrections: tuple[Correction, ...] = ()
    if (where / "corrections.toml").exists():
        found = _model(Corrections, where / "corrections.toml", _table(where / "corrections.toml"))
        corrections = tuple(found.correction)
    lookups = {
        source.id: read_lookup(where / source.matrix.unit_lookup)
        for source in sources
        if source.matrix and source.matrix.unit_lookup
    }
    decided = _decided_on_checks(where)
    indices = _indices(codebook, bundled / "index.toml", where / "index.toml")
    again = where / "redrawing.toml"
    redrawing = _model(Redrawing, again, _table(again)) if again.exists() else Redrawing()
    typed = where / "types.toml"
    typologies = typologies_of(_model(TypologyFile, typed, _table(typed)), typed) if typed.exists() else ()
    profile = Profile(
        city, sources, codebook, corrections, where, *decided, notices, lookups, indices, redrawing, typologies
    )  # fmt: skip
    _must_agree(profile)
    return profile


def shared_codebook() -> Codebook:
    """Return the codebook that all cities share.

    Raises:
        ConfigError: it is invalid.
    """
    return _codebook([resource("cities/codebook.toml")])


def _place_of(name: str) -> Path:
    places = profile_places()
    if name not in places:
        raise ConfigError(
            f"There is no city {name!r}. Cities with a profile: {', '.join(places)}. Looked for {name}/city.toml in "
            f"{', '.join(map(str, profile_folders()))}; name another folder by --cities DIR or {VARIABLE}.",
            code="FS-CONFIG-02",
        )
    return places[name]


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


@lru_cache(maxsize=64)
def _parsed(words: str) -> bytes:
    """Return what a text says in TOML, packed so that each caller gets a table of its own.

    A run asks for its profile ten times, and parsing the codebook takes most of that.
    """
    return pickle.dumps(tomllib.loads(words))


def _table(path: Path) -> dict[str, Any]:
    try:
        words = composed(path.read_text(encoding="utf-8"))
        table: dict[str, Any] = pickle.loads(_parsed(words))  # noqa: S301 -- packed by this process
        return table
    except FileNotFoundError as missing:
        raise ConfigError(
            f"{path} is missing; every city needs city.toml and sources.toml.", code="FS-CONFIG-03"
        ) from missing
    except OSError as problem:
        raise ConfigError(f"{path} cannot be read: {problem.strerror}.", code="FS-CONFIG-03") from problem
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise ConfigError(f"{path} is not TOML in UTF-8: {problem}", code="FS-CONFIG-03") from problem


def _model(kind: type[Model], path: Path, table: dict[str, Any]) -> Model:
    try:
        return kind.model_validate(table)
    except ValidationError as problem:
        raise not_as_expected(path, kind, problem) from problem


def _sources(path: Path) -> tuple[tuple[Source, ...], tuple[str, ...]]:
    """Return the sources of a sources.toml, and which of its keys have another name now."""
    table = _table(path)
    section = table.get("source")
    entries = section.items() if isinstance(section, dict) else ()
    named = {name: entry for name, entry in entries if isinstance(entry, dict)}
    for name, entry in named.items():
        entry["id"] = name
    notices = tuple(
        text(
            "deprecated: {file} says `{old}` in {sources}; it is called `{new}` now, and the next version will refuse "
            "the old name",
            file=path.name,
            old=old,
            new=new,
            sources=", ".join(using),
        )
        for old, new in RENAMED.items()
        if (using := [name for name, entry in named.items() if old in entry])
    )
    sources = tuple(_model(Sources, path, table).source.values())
    return sources, notices + tuple(_days_left_open(path, sources))


def _days_left_open(path: Path, sources: Iterable[Source]) -> Iterator[str]:
    for source in sources:
        if source.stichtag and leaves_day_open(source.file, source.stichtag):
            yield text(
                "{file}, source {source}: its files say a year, not a day; 31 December is taken. Say which day is "
                'meant: day = "12-31" in `stichtag` (or "01-01", or another)', file=path.name, source=source.id,
            )  # fmt: skip


def _codebook(paths: list[Path]) -> Codebook:
    merged: dict[str, dict[str, Any]] = {}
    last = paths[0]
    for path in paths:
        if path != paths[0] and not path.exists():
            continue
        for section, entries in _table(path).items():
            if not isinstance(entries, dict):
                raise ConfigError(
                    f"{path}: expected tables [{section}.<id>], found {section} = {entries!r}.", code="FS-CONFIG-06"
                )
            twice = set(merged.get(section, {})) & set(entries)
            if twice:
                raise ConfigError(
                    f"{path}: {section} {sorted(twice)} is already in {paths[0]}; choose another id.",
                    code="FS-CONFIG-07",
                )
            merged.setdefault(section, {}).update(entries)
        last = path
    return _model(Codebook, last, merged)


def _indices(book: Codebook, shared: Path, own: Path) -> tuple[Index, ...]:
    added = _model(IndexFile, own, _table(own)) if own.exists() else IndexFile()
    return indices_of(book, _model(IndexFile, shared, _table(shared)), shared, added, own)


def _must_agree(profile: Profile) -> None:
    """Check what no single file can know: that sources, Zuschnitte and codebook name the same things."""
    problems = [
        *_wrong_names_in_sources(profile), *_wrong_corrections(profile), *_wrong_expectations(profile),
        *_missing_thresholds(profile), *wrong_names(profile.indices, profile.codebook, profile.city),
        *wrong_names_in_redrawing(profile.redrawing, profile.codebook, profile.city),
        *wrong_names_in_typologies(profile.typologies, profile.codebook, profile.city),
    ]  # fmt: skip
    if problems:
        raise ConfigError(
            f"The profile in {profile.folder} does not agree:\n  " + "\n  ".join(problems), code="FS-CONFIG-07"
        )


def _wrong_names_in_sources(profile: Profile) -> Iterator[str]:
    city, merkmale = profile.city, set(profile.codebook.merkmal)
    levels = {level.id for level in city.raumebene}
    for source in profile.sources:
        if source.zuschnitt is not None and city.zuschnitt_named(source.zuschnitt) is None:
            known = ", ".join(z.id for z in city.zuschnitt)
            yield f"source.{source.id}.zuschnitt: {source.zuschnitt} is no Zuschnitt of the city ({known})"
        for name in sorted(source.merkmale - merkmale):
            yield f"source.{source.id}: {name!r} is no Merkmal of the codebook"
        for name in sorted(source.levels - levels):
            yield f"source.{source.id}: {name!r} is no Raumebene of the city"
        yield from _wrong_totals(city, source)
        yield from _wrong_names_of_an_assignment(city, source)


def _wrong_names_of_an_assignment(city: City, source: Source) -> Iterator[str]:
    contract, finest = source.assignment, city.raumebene[0]
    known = contract is None or finest.id in contract.units or finest.membership == "base"
    for level in city.raumebene if contract else ():
        by_id = known and (level is finest or level.membership == "prefix")
        if contract and level.id in contract.names and level.id not in contract.units and not by_id:
            yield (
                f"source.{source.id}.assignment.names.{level.id}: expected a Raumebene of `units`, or one whose ids "
                f"are the first characters of those of {finest.id}; else nothing says whose name it is"
            )


def _wrong_totals(city: City, source: Source) -> Iterator[str]:
    for level in city.raumebene:
        for written, unit in (source.matrix.totals if source.matrix else {}).get(level.id, {}).items():
            where = f"source.{source.id}.matrix.totals.{level.id}"
            if level.membership == "base":
                yield f"{where}: its units are base units, which are rows of their own; totals are of coarser ones"
            elif not re.fullmatch(level.id_pattern, unit) or unit != (level.city_unit or unit):
                expected = f"the city's unit {level.city_unit}" if level.city_unit else f"an id like {level.id_pattern}"
                yield f"{where}: expected for {written!r} {expected}, found {unit!r}"


_FIT = {
    "repair": (("geometry",), "polygons"),
    "scale": (("matrix", "official"), "figures"),
    "mark": (("matrix", "official"), "figures"),
}
"""By action of a correction: the kinds of sources that it fits, and what they have."""


def _wrong_corrections(profile: Profile) -> Iterator[str]:
    kinds = {source.id: source.kind for source in profile.sources}
    for entry in profile.corrections:
        kind = kinds.get(entry.source)
        fitting, words = _FIT.get(entry.action, ((kind,), ""))
        if kind is None:
            yield f"corrections: source {entry.source!r} is not in sources.toml"
        elif kind == "register":
            yield f"corrections: {entry.source!r} is a register, whose persons are counted as they are delivered"
        elif kind not in fitting:
            yield f"corrections: action = {entry.action!r} is for {words}, which source {entry.source!r} has not"


def _wrong_expectations(profile: Profile) -> Iterator[str]:
    expected, known = profile.expected or Expected(), {source.id for source in profile.sources}
    for name in sorted(set(expected.deliveries) - known):
        yield f"expected.toml: {name!r} is not in sources.toml"
    for day in sorted(expected.units):
        if profile.city.zuschnitt_named(day) is None:
            yield f"expected.toml: {day} is no Zuschnitt of the city"


def _missing_thresholds(profile: Profile) -> Iterator[str]:
    classes = {indikator.protection for indikator in profile.codebook.indikator.values()}
    for name in sorted(classes - set(profile.city.protection) - {"frei"}):
        yield f"city.toml: [protection.{name}] is missing; an Indikator of the codebook needs its thresholds"
