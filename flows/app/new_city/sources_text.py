"""The text of a new sources.toml: a source for each layout of files, and those that say which units there are."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

from flows.app.new_city.above_units import NO_UNIT, TOTAL
from flows.app.new_city.city_guess import CityGuess
from flows.app.new_city.city_text import About
from flows.app.new_city.counts import Counts
from flows.app.new_city.dates import name_pattern
from flows.app.new_city.lookup import Lookup
from flows.app.new_city.merkmale import LongMatch
from flows.app.new_city.roles import Roles
from flows.app.new_city.toml_text import CONFIRM, Section, Value, as_toml
from flows.app.new_city.units import LONGEST, padded
from flows.app.new_city.words import plain

ASSIGNMENT = "zuordnung"
"""The source that says which units there are."""
TOTALS = "Summenzeilen"
"""The rule under which rows of totals are left out."""
NOWHERE = "ohne Einheit"
"""The rule under which rows are left out that name no unit."""
_BEGINS = {
    "(?!": "the pattern of the names of these files, after those that are called so and written otherwise; a new "
    "year's file must fit it",
    "(?=": "the names of these files, then the pattern that others fit too, which are written otherwise",
}
"""What a pattern says that begins with names of files."""


def sources_text(guess: CityGuess, about: About) -> str:
    """Return the text of sources.toml."""
    variable = f"FORTSCHREIBUNG_{about.id.upper()}_DIR"
    sections = list[Section]()
    if guess.polygons:
        sections += _geometry(guess, about, variable)
    if guess.lookup:
        sections += _lookup(guess, guess.lookup, about, variable)
    if guess.assigning:
        sections += _assignment(guess, about, variable)
    ids = {ASSIGNMENT}
    for counts in guess.counts:
        parts: list[LongMatch | None] = [*counts.long] or [None]
        for long in parts:
            name = _source_id(counts, long, ids)
            ids.add(name)
            sections += _matrix(guess, counts, long, about, variable, name)
    left_out = "".join(f"\n  {path.name}: {reason}" for path, reason in sorted(guess.left_out.items()))
    return as_toml(
        "sources",
        f"Where the files of {about.name.value} come from and how they are written (docs/staging.md). Written by "
        f"`fortschreibung new-city`, once; a refresh reads it and guesses nothing. What a person must confirm is "
        f"marked {CONFIRM}. The files come from a folder: --from DIR, or {variable}."
        + (f"\nNot used:{left_out}" if left_out else ""),
        sections,
    )


def corrections_text(guess: CityGuess) -> str | None:
    """Return the text of corrections.toml, which takes rows of totals out of the table that assigns units; or None."""
    roles = guess.assigning
    if roles is None or not roles.above_units:
        return None
    counts = next(each for each in guess.counts if each.roles is roles)
    totals = sorted(roles.above_units)
    rows = {table.name: sum(cell in totals for cell in table.cells(roles.unit)) for table in counts.tables}
    alike = len(set(rows.values())) == 1
    sections = []
    for name, number in list(rows.items())[: 1 if alike else None]:
        section = Section("[[correction]]")
        section.add("source", ASSIGNMENT)
        if not alike:
            section.add("file", re.escape(name))
        section.add("where", {roles.unit: totals})
        section.add("action", "drop")
        section.add("rows", number, "in each file")
        nowhere = NO_UNIT in roles.above_units.values()
        section.add("reason", f"rows of totals{', and of people without one,' if nowhere else ''} are no units")
        section.add("reported", "no error of the file")
        sections.append(section)
    return as_toml(
        "corrections",
        f"Rows of {roles.table.name} that assign no unit. Written by `fortschreibung new-city`.",
        sections,
    )


def _source_id(counts: Counts, long: LongMatch | None, taken: set[str]) -> str:
    """Return an id made from the file's name, without its year, and of a long table the column of values."""
    words = [word for word in plain(counts.tables[-1].path.stem).split() if not re.fullmatch(r"(19|20)\d\d", word)]
    if long and len(counts.long) > 1:
        words += plain(long.value).split()
    name = re.sub(r"^[^a-z]+", "", "_".join(words))[:LONGEST] or "tabelle"
    others = (f"{name[: LONGEST - 3]}_{n}" for n in range(2, 99))
    return name if name not in taken else next(each for each in others if each not in taken)


def _source(name: str, title: str, file: str, about: About, variable: str) -> Section:
    section = Section(f"[source.{name}]")
    section.add("title_de", title)
    section.add("title_en", title)
    section.add("connector", "drop_folder")
    section.add("folder", f"${{{variable}}}")
    section.add(
        "file", file, _BEGINS.get(file[:3], "the pattern of the names of these files; a new year's file must fit it")
    )
    section.add("licence", about.licence.value)
    section.add("attribution", about.attribution.value)
    return section


def _dialect(name: str, dialect: dict[str, Any], why: dict[str, str], doubts: dict[str, str]) -> Iterator[Section]:
    """Yield the section with how the files are written, where they are not written as is usual."""
    section = Section(f"[source.{name}.dialect]")
    if "encoding" not in dialect and why.get("encoding"):
        section.comment = f"encoding: {why['encoding']}"
    for key, value in dialect.items():
        if key == "missing":
            continue
        section.add(key, value, doubts.get(key) or why.get(key, ""), confirm=key in doubts)
    if section.entries:
        yield section
    if "missing" in dialect:
        signs = Section(f"[source.{name}.dialect.missing]")
        signs.comment = f"{CONFIRM}: what a sign in place of a figure says ({doubts['missing']}); docs/staging.md"
        for sign, status in dialect["missing"].items():
            signs.add(sign, status)
        yield signs


def _matrix(
    guess: CityGuess, counts: Counts, long: LongMatch | None, about: About, variable: str, name: str
) -> Iterator[Section]:
    table = counts.tables[-1]
    title = f"{table.path.stem.replace('_', ' ')}" + (f" ({long.value})" if long else "")
    section = _source(name, title, counts.file, about, variable)
    _add_stichtag(section, counts)
    yield section
    doubts = dict(table.doubts)
    dialect = dict(table.dialect)
    dialect["missing"] = {
        sign: status for each in counts.tables for sign, status in each.dialect.get("missing", {}).items()
    }
    if not dialect["missing"]:
        del dialect["missing"]
    else:
        doubts["missing"] = next(each.doubts["missing"] for each in counts.tables if "missing" in each.doubts)
    yield from _dialect(name, dialect, table.why, doubts)
    if long:
        yield from _long(name, long)
    yield from _contract(guess, counts, long, about, name)


def _add_stichtag(section: Section, counts: Counts) -> None:
    roles, name = counts.roles, counts.tables[-1].name
    rule: dict[str, Any]
    if counts.fixed:
        rule = {"source": "fixed", "fixed": dt.date.fromisoformat(counts.fixed.value)}
        why = f"{counts.fixed.why or 'said by a person'}; a file of another day needs its day in its name, or a source"
        section.add("stichtag", rule, why, confirm=not counts.fixed.sure)
        return
    if header := counts.tables[-1].header_days:
        rule = {"source": "header", "format": header.format}
        why = f"columns are called by {len(header.texts)} days, {header.texts[0]} to {header.texts[-1]}"
    elif roles.stichtag:
        rule = {"source": "column", "column": roles.stichtag, "format": roles.stichtag_format}
        why = f"{len(roles.days)} days, {roles.days[0]} to {roles.days[-1]}"
        if name_pattern(name)[1]:
            rule["other_years"] = True
            why += "; the column decides, not the year in the file's name"
    else:
        rule, why = {"source": "name"}, "from the file's name"
    if counts.day:
        rule["day"] = counts.day.value
        why += f"; of a year, the {counts.day.value}: {counts.day.why}"
    if counts.part:
        why += f"; the two digits after the year are read as {counts.part.value}: {counts.part.why}"
    doubtful = any(guess is not None and not guess.sure for guess in (counts.day, counts.part))
    section.add("stichtag", rule, why, confirm=doubtful)


def _long(name: str, long: LongMatch) -> Iterator[Section]:
    section = Section(f"[source.{name}.dialect.long]")
    section.comment = "Each row is one value; which rows are which column of the contract:"
    section.add("value", long.value)
    yield section
    columns = Section(f"[source.{name}.dialect.long.columns]")
    for key, texts in long.columns.items():
        columns.add(key, texts)
    yield columns


def _contract(guess: CityGuess, counts: Counts, long: LongMatch | None, about: About, name: str) -> Iterator[Section]:
    table, roles = counts.tables[-1], counts.roles
    section = Section(f"[source.{name}.matrix]")
    section.add("unit", roles.unit, roles.unit_why)
    if counts.by_name:
        section.add("unit_by_name", "sozialraum", "its units are called by their names, not by ids")
    elif guess.digits and any(len(unit) < guess.digits for unit in roles.units):
        section.add(
            "unit_digits", guess.digits,
            f"ids are padded with leading zeros to {guess.digits} digits, as in the other files", confirm=True,
        )  # fmt: skip
    used = {roles.unit, roles.stichtag, *({long.value} if long else ()), *(each.column for each in roles.dimensions)}
    used |= {column for match in counts.wide.values() for column in match.columns}
    if ignored := [column for column in table.columns if column not in used]:
        section.add("ignore", ignored, "the codebook has no Merkmal of this name, or another column says the same")
    _add_totals(section, guess, roles, about)
    if gap := _gap(counts):
        section.add("unlisted", "missing", gap, confirm=True)
    yield section
    brought = Section(f"[source.{name}.matrix.merkmale]")
    merkmale = long.merkmale if long else counts.wide
    brought.comment = f"{CONFIRM}: which columns are which Merkmal, as the codebook's labels and synonyms say"
    for merkmal, match in merkmale.items():
        brought.add(merkmal, match.columns, match.why)
    yield brought


def _gap(counts: Counts) -> str:
    """Return which units have no row on some Stichtage, in words; nothing where none lacks one."""
    roles, table = counts.roles, counts.tables[-1]
    if not roles.stichtag:
        return ""
    there = set(zip(table.cells(roles.unit), table.cells(roles.stichtag), strict=True))
    lacking = [(unit, day) for day in roles.days for unit in roles.units if (unit, day) not in there]
    if not lacking:
        return ""
    unit, day = lacking[0]
    return (
        f"{len(lacking)} times a unit has no row on a Stichtag ({unit} on {day}, ...), which a check stops; where the "
        "office leaves out what is empty, say 'zero'"
    )


def _assignment(guess: CityGuess, about: About, variable: str) -> Iterator[Section]:
    roles = guess.assigning
    assert roles is not None  # noqa: S101 -- asked by the caller
    counts = next(each for each in guess.counts if each.roles is roles)
    section = _source(ASSIGNMENT, "Zuordnung der Einheiten", counts.file, about, variable)
    section.comment = f"Which units there are, by {roles.table.name} itself" + (
        "" if guess.polygons else ": each is assigned to itself, since no polygons say it"
    )
    section.add("zuschnitt", dt.date.fromisoformat(guess.valid_from), "valid_from in city.toml")
    yield section
    dialect = {key: value for key, value in roles.table.dialect.items() if key not in ("missing", "thousands")}
    yield from _dialect(ASSIGNMENT, dialect, {}, {})
    contract = Section(f"[source.{ASSIGNMENT}.assignment]")
    contract.add("unit", roles.unit)
    if guess.digits and any(len(unit) < guess.digits for unit in roles.units):
        contract.add("unit_digits", guess.digits)
    units = {} if guess.polygons else {"sozialraum": roles.unit}
    units |= {level.id: level.column for level in guess.levels if level.digits is None}
    contract.add("units", units)
    contract.add("ignore", [column for column in roles.table.delivered if column not in {roles.unit, *units.values()}])
    yield contract


def _lookup(guess: CityGuess, lookup: Lookup, about: About, variable: str) -> Iterator[Section]:
    table = lookup.table
    section = _source(ASSIGNMENT, "Zuordnung der Einheiten", re.escape(table.name), about, variable)
    section.comment = f"In which unit each base unit lies, by {table.name}"
    section.add("zuschnitt", dt.date.fromisoformat(guess.valid_from), "valid_from in city.toml")
    yield section
    dialect = {key: value for key, value in table.dialect.items() if key not in ("missing", "thousands")}
    yield from _dialect(ASSIGNMENT, dialect, {}, {})
    contract = Section(f"[source.{ASSIGNMENT}.assignment]")
    contract.add("unit", lookup.unit, f"all units of the figures stand in it; {len(table.rows)} rows")
    if guess.digits and any(len(unit) < guess.digits for unit in table.cells(lookup.unit)):
        contract.add("unit_digits", guess.digits)
    units = {each.id: each.column for each in lookup.divisions}
    names = {each.id: each.name_column for each in lookup.divisions if each.name_column}
    contract.add("units", units, "columns in which several base units have the same id", confirm=True)
    if names:
        contract.add("names", names, "columns that say the same as those ids, in words")
    used = {lookup.unit, *units.values(), *names.values()}
    if ignored := [column for column in table.delivered if column not in used]:
        contract.add("ignore", ignored)
    yield contract


def _geometry(guess: CityGuess, about: About, variable: str) -> Iterator[Section]:
    polygons = guess.polygons
    assert polygons is not None  # noqa: S101 -- asked by the caller
    file = polygons.file
    name = file.path.name
    section = _source("raum", f"Grenzen ({file.path.stem})", re.escape(name), about, variable)
    section.add("zuschnitt", dt.date.fromisoformat(guess.valid_from), "valid_from in city.toml")
    section.add("dialect", {"format": file.format})
    yield section
    contract = Section("[source.raum.geometry]")
    ids = sorted(row[polygons.id_property] for row in file.rows)
    contract.add("id_property", polygons.id_property, f"it has the id of each unit; {len(ids)} polygons")
    if guess.digits and any(len(each) < guess.digits for each in ids):
        contract.add("unit_digits", guess.digits)
    crs = file.crs or ("EPSG:4326" if file.in_degrees else "EPSG:25832")
    why = (
        "as the file says"
        if file.crs
        else f"the file states none, and a point of it is {file.point[0]:g}, {file.point[1]:g}"
    )
    contract.add("crs", crs, why, confirm=file.crs is None)
    if polygons.name_property and not guess.lookup:
        contract.add("names", {"sozialraum": polygons.name_property})
    parents: dict[str, Value] = {
        level.id: {"property": found, "digits": level.digits}
        for level in guess.levels if level.digits and (found := polygons.property_of(level, guess.digits))
    }  # fmt: skip
    if parents:
        contract.add("parents", parents, "it agrees with every id, and a refresh sees that it goes on to")
    yield contract


def _add_totals(section: Section, guess: CityGuess, roles: Roles, about: About) -> None:
    """Add rows of totals: as control sums where it is known of which unit they are, else as rows to leave out."""
    totals: dict[str, dict[str, str]] = {}
    unknown = []
    for text in sorted(roles.above_units):
        whole = {"stadt": about.unit.value} if TOTAL.fullmatch(text) or plain(text) == plain(about.name.value) else {}
        found = whole or _levels_with(guess, text)
        if len(found) == 1:
            ((level, unit),) = found.items()
            totals.setdefault(level, {})[text] = unit
        else:
            unknown.append(text)
    if totals:
        text = next(iter(next(iter(totals.values()))))
        section.add(
            "totals", totals,
            f"rows of totals, which a check compares with the sums of their units: {text!r}: {roles.above_units[text]}",
            confirm=True,
        )  # fmt: skip
    rules = {
        TOTALS: [text for text in unknown if roles.above_units[text] != NO_UNIT],
        NOWHERE: [text for text in unknown if roles.above_units[text] == NO_UNIT],
    }
    if unknown:
        why = f"rows of no unit: {unknown[0]!r}: {roles.above_units[unknown[0]]}"
        if sums := rules[TOTALS]:
            why = (
                f"rows of totals: {sums[0]!r}: {roles.above_units[sums[0]]}. If you know of which unit they are, name "
                "them in `totals` instead"
            )
        section.add(
            "drop", [{"column": roles.unit, "equals": each, "rule": rule} for rule, each in rules.items() if each],
            why, confirm=True,
        )  # fmt: skip


def _levels_with(guess: CityGuess, text: str) -> dict[str, str]:
    """Return the Raumebenen that have a unit with this id or name, and the unit's id."""
    found = {}
    for level in guess.levels:
        ids = set(level.units.values()) if level.digits is None else {
            padded(unit, guess.digits)[: level.digits] for unit in level.units
        }  # fmt: skip
        units = [unit for unit in sorted(ids) if text in (unit, level.names.get(unit))]
        if len(units) == 1:
            found[level.id] = units[0]
    return found
