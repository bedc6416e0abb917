"""The text of a new city.toml: Raumebenen, numbering, Zuschnitt and thresholds, with what a person must confirm."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from flows.app.new_city.city_guess import CityGuess
from flows.app.new_city.guess import Guess
from flows.app.new_city.lookup import Lookup
from flows.app.new_city.questions import Questions
from flows.app.new_city.toml_text import CONFIRM, Section, as_toml
from flows.app.new_city.units import Raumebene, padded, pattern_of
from flows.base.texts import text
from flows.profile.coordinate_system import coordinate_systems, true_system_at

_MOST_NAMES = 400
_NATIONAL = 20
"""Degrees from west to east; a coordinate system of a wider area is none of one country."""
_THRESHOLDS = {"personen": (3, 3), "leistung": (3, 10), "wohnung": (3, 3)}


@dataclass(frozen=True)
class About:
    """What no file says of a city."""

    id: str
    name: Guess[str]
    unit: Guess[str]
    publisher: Guess[str]
    contact: Guess[str]
    licence: Guess[str]
    licence_url: Guess[str]
    attribution: Guess[str]


def asked_about(city: str, questions: Questions) -> About:
    """Return what a person says of a city, or guesses to be confirmed."""
    of_the_id, unknown = text("made from the id"), text("no file says it, and every release carries it")
    name = questions.settle(text("Name of the city"), Guess(city.replace("_", " ").title(), of_the_id))
    return About(
        city, name,
        questions.settle(text("Official key of the municipality (AGS, GKZ, BFS number)"), Guess(city, of_the_id)),
        questions.settle(text("Who publishes the releases"), Guess(f"Statistikstelle {name.value}", unknown)),
        questions.settle(text("Address for questions (e-mail)"), Guess("unbekannt", unknown)),
        questions.settle(text("Licence of the files"), Guess("unbekannt", unknown)),
        questions.settle(text("Address of the licence's text, or -"), Guess("-", unknown)),
        questions.settle(text("Attribution that the licence asks for"), Guess(name.value, unknown)),
    )  # fmt: skip


def city_text(guess: CityGuess, about: About, point: tuple[float, float] | None) -> str:
    """Return the text of city.toml; `point` is a place in the city (degrees east and north) where a file shows one."""
    sections = [_head(guess, about, point), *_levels(guess, about)]
    units = [padded(unit, guess.digits) for unit in guess.units]
    base = Section("[base.einheit]")
    base.add("label_de", "Einheit, wie die Dateien sie nummerieren")
    base.add("label_en", "Unit as the files number it")
    base.add("id_pattern", pattern_of(units), f"fits all {len(units)} ids, {min(units)} to {max(units)}")
    zuschnitt = Section("[[zuschnitt]]")
    zuschnitt.add(
        "valid_from", dt.date.fromisoformat(guess.valid_from),
        "since when the boundaries are as they are; this is the earliest Stichtag of the files. If they changed since, "
        "add the other Zuschnitt (docs/boundary-changes.md)", confirm=True,
    )  # fmt: skip
    zuschnitt.add("base", "einheit")
    if guess.lookup and not all(each.whole for each in guess.lookup.divisions):
        nested = [each.id for each in guess.lookup.divisions[1:] if each.whole]
        zuschnitt.add(
            "nested", nested, "Raumebenen in which each Sozialraum lies whole, by the table that assigns them"
        )
    sections += [base, zuschnitt]
    for number, (name, (numerator, denominator)) in enumerate(_THRESHOLDS.items()):
        section = Section(f"[protection.{name}]")
        if not number:
            section.comment = (
                f"{CONFIRM}: the smallest counts that may be published, below a line and above it; the law and the "
                "rules of the office decide (docs/disclosure.md)"
            )
        section.add("min_numerator", numerator)
        section.add("min_denominator", denominator)
        sections.append(section)
    return as_toml(
        "city",
        f"{about.name.value}: written by `fortschreibung new-city` from the files, once; from now on people change it. "
        f"What a person must confirm is marked {CONFIRM}; delete the mark when it is done.", sections,
    )  # fmt: skip


def _head(guess: CityGuess, about: About, point: tuple[float, float] | None) -> Section:
    head = Section("")
    head.add("id", about.id)
    head.add("name", about.name.value, about.name.why, confirm=not about.name.sure)
    crs, why, sure = _system(guess, point)
    head.add("crs", crs, why, confirm=not sure)
    if point:
        head.add("location", [round(each, 2) for each in point], "a place in the city, as the polygons say")
    for key in ("publisher", "contact", "licence", "licence_url", "attribution"):
        one: Guess[str] = getattr(about, key)
        value = "" if key == "licence_url" and one.value == "-" else one.value
        head.add(key, value, "" if one.sure else one.why, confirm=not one.sure)
    head.add(
        "official_band", 0.05, "how far residents may lie from an official total before a check warns", confirm=True
    )
    return head


def _system(guess: CityGuess, point: tuple[float, float] | None) -> tuple[str, str, bool]:
    """Return the coordinate system in metres for the city, why, and whether that is sure."""
    stated = guess.polygons.file.crs if guess.polygons else None
    known = coordinate_systems().get(stated or "")
    if stated and known and not known.degrees and not known.not_true:
        return stated, f"that of {guess.polygons.file.path.name} ({known.name})" if guess.polygons else "", True
    if point is None:
        return (
            "EPSG:25832",
            "no polygons are read, so that nothing is computed in it yet; name the one of your maps",
            False,
        )
    system = true_system_at(*point)
    number, _, name = system.partition(" ")
    near = {each: one for each, one in coordinate_systems().items() if _lies_in(point, one.area)}
    also = [
        f"{each} ({one.name})" for each, one in near.items()
        if each != number and one.area[2] - one.area[0] < _NATIONAL and not one.degrees and not one.not_true
    ]  # fmt: skip
    others = f"; also used there: {', '.join(also[:4])}" if also else ""
    return number, f"in metres, {name.strip('()')}, where the city lies{others}", False


def _lies_in(point: tuple[float, float], area: tuple[float, float, float, float]) -> bool:
    west, south, east, north = area
    return west <= point[0] <= east and south <= point[1] <= north


def _levels(guess: CityGuess, about: About) -> list[Section]:
    """Return the Raumebenen, from the finest to the city."""
    city = Section("[[raumebene]]")
    city.add("id", "stadt")
    city.add("label_de", "Stadt")
    city.add("label_en", "City")
    city.add("membership", "city")
    city.add("city_unit", about.unit.value, "" if about.unit.sure else about.unit.why, confirm=not about.unit.sure)
    city.add("id_pattern", pattern_of([about.unit.value]))
    levels = _looked_up(guess.lookup) if guess.lookup else _of_the_figures(guess)
    return [*levels, city, _named({about.unit.value: about.name.value})]


def _looked_up(lookup: Lookup) -> list[Section]:
    """Return the Raumebenen that a table names, in which base units lie."""
    sections = []
    for each in lookup.divisions:
        section = Section("[[raumebene]]")
        section.add("id", each.id)
        label = each.id.replace("_", " ").title()
        section.add("label_de", label, f"from the column {each.column!r}: what the office calls it", confirm=True)
        section.add("label_en", "Social area" if each.id == "sozialraum" else label)
        section.add("membership", "assignment", f"looked up in the column {each.column!r} (source zuordnung)")
        section.add("id_pattern", pattern_of(each.units), f"fits all {len(each.units)} ids")
        sections.append(section)
    sections[0].comment = "From the finest to the whole city. The first is what a release is about."
    return sections


def _of_the_figures(guess: CityGuess) -> list[Section]:
    """Return the Raumebenen where each unit of the figures is one of the finest."""
    finest = Section("[[raumebene]]")
    finest.comment = "From the finest to the whole city. The first is what a release is about."
    finest.add("id", "sozialraum")
    finest.add("label_de", "Sozialraum", "what the office calls these units, such as Bezirk or Quartier", confirm=True)
    finest.add("label_en", "Social area")
    finest.add(
        "membership", "base" if guess.polygons else "assignment",
        "each unit of the files is one" if guess.polygons else
        "each unit of the files is one; without polygons the files themselves say which there are (source zuordnung)",
    )  # fmt: skip
    units = [padded(unit, guess.digits) for unit in guess.units]
    finest.add("id_pattern", pattern_of(units))
    sections = [finest]
    if names := {} if guess.polygons and guess.polygons.name_property else _names(guess):
        sections.append(_named(names))
    for level in guess.levels:
        section = Section("[[raumebene]]")
        section.add("id", level.id)
        section.add("label_de", level.label, f"from the column {level.column!r}", confirm=True)
        section.add("label_en", level.label)
        ids = sorted(set(level.units.values()))
        if level.digits:
            section.add("membership", "prefix", _prefix_why(level), confirm=bool(level.against))
            section.add("digits", level.digits)
            ids = sorted({padded(unit, guess.digits)[: level.digits] for unit in level.units})
        else:
            section.add("membership", "assignment", f"looked up in the column {level.column!r} (source zuordnung)")
        section.add("id_pattern", pattern_of(ids))
        sections.append(section)
        if level.names:
            sections.append(_named(level.names))
    return sections


def _prefix_why(level: Raumebene) -> str:
    why = f"the first {level.digits} characters of an id, as {level.column!r} shows"
    if not level.against:
        return why
    elsewhere = ", ".join(f"{unit} in {above}" for unit, above in sorted(level.against.items()))
    return f"{why} for all units but {len(level.against)}: it puts {elsewhere}. Ask the supplier which of both is right"


def _names(guess: CityGuess) -> dict[str, str]:
    """Return the names of the base units, where a table has them."""
    for each in guess.counts:
        if each.roles.names and not each.by_name and len(each.roles.names) <= _MOST_NAMES:
            return {padded(unit, guess.digits): name for unit, name in each.roles.names.items()}
    return {}


def _named(names: dict[str, str]) -> Section:
    section = Section("[raumebene.names]")
    for unit, name in names.items():
        section.add(unit, name)
    return section
