"""An example file of each of an office's own extracts, made from the contracts in a city's profile.

The people in them are synthetic and so is every figure; the files say so in their names. They show what an extract
must look like, and let an office try the whole way before the first real one comes.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from flows.app.terminal import writing
from flows.base.errors import ConfigError
from flows.base.texts import text
from flows.profile.load import Profile
from flows.profile.source import Source
from flows.profile.source_contract import Register
from flows.profile.stichtag import day_as_written
from flows.pull.folder import orders_in
from flows.pull.models import SYNTHETIC_MARK as MARK
from flows.stage.read.polygons import polygon_rows

FACES = 2  # Baublockseiten in each unit that they are assigned to
RESIDENTS = (300, 1_400)
"""The fewest and the most in one, as in real Wohnquartiere: in smaller ones most figures would be suppressed."""


@dataclass(frozen=True)
class Person:
    """A synthetic resident."""

    age: int
    woman: bool
    foreign: bool
    migrant: bool
    duration: int


@dataclass(frozen=True)
class Face:
    """A synthetic base unit: its id, the unit that it lies in, and who lives there."""

    id: str
    unit: str
    people: tuple[Person, ...]

    def below(self, age: int) -> int:
        """How many residents are younger."""
        return sum(person.age < age for person in self.people)


def write_examples(
    profile: Profile, into: Path, *, folder: Path, year: int, say: Callable[[str], None] = lambda _: None
) -> list[Path]:
    """Write an example of each optional register, assignment and table of counts to `into`, for 31.12. of `year`.

    Of one that is no plain CSV none is made, which is said. `folder` holds the polygons of the units to which the base
    units are assigned.

    Raises:
        ConfigError: the profile has no assignment, its base units no ids that can be generated, or `into` cannot be
            written.
        SourceUnavailable: the polygons are not in the folder, or cannot be read.
    """
    faces = _faces(profile, folder)
    written = []
    with writing("--into", into):
        into.mkdir(parents=True, exist_ok=True)
    for source in profile.sources:
        rows = _rows(source, faces, dt.date(year, 12, 31)) if not source.required else None
        if rows is None:
            continue
        if not _is_plain(source):
            say(text(
                "no example of {source}: its files are not plain CSV with one header row and a row for each unit",
                source=source.id,
            ))  # fmt: skip
            continue
        path = into / _file_name(source, year)
        written_as = io.StringIO(newline="")
        csv.writer(written_as, delimiter=source.dialect.delimiter, lineterminator="\n").writerows(rows)
        with writing("--into", into):
            path.write_bytes(written_as.getvalue().encode(source.dialect.encoding))
        written.append(path)
    return written


def _is_plain(source: Source) -> bool:
    dialect, rule = source.dialect, source.stichtag
    return (
        dialect.format == "csv" and not dialect.long and not dialect.preamble and dialect.header_rows == 1
        and (rule is None or rule.source != "header")
    )  # fmt: skip


def _faces(profile: Profile, folder: Path) -> list[Face]:
    assignment = next((each.assignment for each in profile.sources if each.assignment), None)
    zuschnitt = profile.city.zuschnitt[-1]
    digits = re.fullmatch(r"\\d\{(\d+)\}", profile.city.base[zuschnitt.base].id_pattern)
    if assignment is None or digits is None:
        raise ConfigError(
            f"{profile.city.id}: expected an assignment of base units with ids of digits only (\\d{{8}}), found "
            f"{'another pattern' if assignment else 'none'}. Examples are made only for cities with that.",
            code="FS-CONFIG-07",
        )
    level, random = next(iter(assignment.units)), Random(profile.city.id)  # noqa: S311 -- synthetic people
    units = _units(profile, level, folder)
    ids = (f"{number:0{digits[1]}d}" for number in range(1, 1 + FACES * len(units)))
    return [Face(next(ids), unit, _people(random)) for unit in units for _ in range(FACES)]


def _units(profile: Profile, level: str, folder: Path) -> list[str]:
    for source in profile.sources:
        contract = source.geometry
        if contract is None or contract.level != level:
            continue
        found = orders_in(folder, source)
        for order in found:
            assert order.path is not None  # noqa: S101 -- orders of a folder carry a path
            rows = polygon_rows(source, order.name, order.path).rows
            return sorted(row[contract.id_property].zfill(contract.unit_digits or 0) for row in rows)
    raise ConfigError(
        f"{profile.city.id}: expected the polygons of the units of {level} in {folder}, found none. "
        "Name the folder with --from DIR.",
        code="FS-USE-01",
    )


def _people(random: Random) -> tuple[Person, ...]:
    people = []
    for _ in range(random.randint(*RESIDENTS)):
        age = min(int(random.triangular(0, 95, 36)), 104)
        foreign = random.random() < 0.2
        people.append(
            Person(
                age, random.random() < 0.51, foreign, foreign or random.random() < 0.2, random.randint(0, min(age, 30))
            )
        )
    return tuple(people)


def _rows(source: Source, faces: Sequence[Face], day: dt.date) -> Iterable[Sequence[object]] | None:
    """Return header and rows of a source's example, or None where it is of another kind."""
    rule = source.stichtag
    stichtag = day_as_written(rule, day) if rule and rule.source == "column" else None
    head = [rule.column] if rule and stichtag is not None else []
    cell = [stichtag] if stichtag is not None else []
    if source.register_:
        register = source.register_
        columns = [
            register.unit,
            register.age,
            register.sex,
            register.nationality,
            register.migration,
            register.duration,
        ]
        return [[*head, *columns], *([*cell, *row] for face in faces for row in _persons(register, face))]
    if source.assignment:
        units, names = source.assignment.units, source.assignment.names
        return [
            [source.assignment.unit, *units.values(), *names.values()],
            *([face.id, *(face.unit for _ in (*units, *names))] for face in faces),
        ]
    if source.matrix is None:
        return None
    figures: dict[str, Callable[[Face], int]] = {}
    for merkmal, parts in source.matrix.merkmale.items():
        first, *others = source.expand(parts)  # a sum stands in the first of its columns
        figures.setdefault(first, _FIGURES.get(merkmal, _none))
        for column in others:
            figures.setdefault(column, _none)
    return [
        [*head, source.matrix.unit, *figures],
        *([*cell, face.id, *(figure(face) for figure in figures.values())] for face in faces),
    ]


def _persons(register: Register, face: Face) -> Iterable[Sequence[object]]:
    others = [code for code in register.sexes if code not in register.female]
    german = [code for code in register.nationalities if code not in register.foreign]
    without = [code for code in register.migrations if code not in register.migrant]
    for person in face.people:
        yield (
            face.id, person.age, (register.female if person.woman else others)[0],
            (register.foreign if person.foreign else german)[0], (register.migrant if person.migrant else without)[0],
            person.duration,
        )  # fmt: skip


def _households(face: Face) -> int:
    return -(-len(face.people) // 2)


def _none(_: Face) -> int:
    return 0


# made-up figures that fit together; a Merkmal that is not here is 0
_FIGURES: Mapping[str, Callable[[Face], int]] = {
    "haushalte": _households,
    "haushalte_1_person": lambda face: _households(face) // 2,
    "haushalte_mit_kindern": lambda face: min(face.below(18), _households(face) // 4),
    "haushalte_alleinerziehend": lambda face: min(face.below(18), _households(face) // 4) // 4,
    "personen_in_haushalten": lambda face: len(face.people),
    "sgb2": lambda face: face.below(65) // 9 + face.below(18) // 5,
    "sgb2_0_17": lambda face: face.below(18) // 5,
    "sgb2_0_14": lambda face: min(face.below(15), face.below(18) // 5) * 4 // 5,
    "arbeitslose": lambda face: (face.below(65) - face.below(18)) // 14,
    "wohnungen": lambda face: _households(face) + 1,
    "wohnungen_ein_zweifamilienhaus": lambda face: _households(face) // 5,
    "wohnungen_gefoerdert": lambda face: _households(face) // 20,
    "wohnungen_baujahr_vor_1949": lambda face: _households(face) // 4,
    "wohnungen_baujahr_ab_2010": lambda face: _households(face) // 12,
    "wohnflaeche_qm": lambda face: 76 * (_households(face) + 1),
}


def _file_name(source: Source, year: int) -> str:
    """Return a name that the source's pattern takes, with the year and the mark that the file is synthetic."""
    name = source.file.replace(r"(?P<year>\d{4})", str(year)).replace(f"({MARK})?", MARK).replace("\\.", ".")
    if MARK not in name or not re.fullmatch(source.file, name):
        raise ConfigError(
            f"Source {source.id}: expected a pattern `file` that takes names with {MARK} (write `({MARK})?` before the "
            f"ending), found {source.file}.",
            code="FS-CONFIG-06",
        )
    return name
