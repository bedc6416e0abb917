"""What each column of a table is for: the unit, the Stichtag, names, coarser Raumebenen, dimensions, figures.

A role follows from the content of the whole column; the header only decides where the content allows several.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from flows.app.new_city.above_units import TOTAL, above_units, held_against_parts
from flows.app.new_city.dates import date_format
from flows.app.new_city.figures import has_figures, is_figure
from flows.app.new_city.guess import LeftOut
from flows.app.new_city.tables import Table
from flows.app.new_city.words import words_of

ID_WORDS = frozenset(
    [
        "nr",
        "nummer",
        "no",
        "number",
        "code",
        "id",
        "kennung",
        "schluessel",
        "key",
        "sort",
        "kz",
        "bez",
        "rb",
        "raumid",
        "knr",
        "qnr",
    ]
)
AREA_WORDS = frozenset(
    [
        "bezirk",
        "quartier",
        "quar",
        "kreis",
        "stadtteil",
        "stadtbezirk",
        "viertel",
        "gebiet",
        "raum",
        "raumid",
        "sozialraum",
        "block",
        "baublock",
        "district",
        "area",
        "ward",
        "zone",
        "neighbourhood",
        "quarter",
        "bbs",
        "plr",
        "bzr",
        "pgr",
        "einheit",
        "unit",
        "bereich",
        "ort",
        "ortsteil",
        "gemeinde",
        "zaehlbezirk",
        "zbz",
        "stadtgebiet",
        "stadt",
        "knr",
        "qnr",
        "forecast",
        "planning",
        "region",
    ]
)
_NAME_WORDS = frozenset(["name", "namen", "bezeichnung", "lang", "label"])
_MOST_VALUES = 120
"""Different values of a dimension."""
_MOST_DIMENSIONS = 3


@dataclass(frozen=True)
class Level:
    """A coarser Raumebene that a table names: the column with its ids, and perhaps one with its names."""

    column: str
    names: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Dimension:
    """A column by whose values the figures of a unit are divided into rows; `labels` says what a value is called."""

    column: str
    labels: dict[str, str]


@dataclass
class Roles:
    """What the columns of a table are for. `above_units` are the texts of rows of totals, and why they are that."""

    table: Table
    unit: str
    unit_why: str
    units: list[str]
    stichtag: str | None
    stichtag_format: str | None
    names: dict[str, str]
    levels: list[tuple[Level, dict[str, str]]]
    dimensions: list[Dimension]
    figures: list[str]
    above_units: dict[str, str]

    @property
    def days(self) -> list[str]:
        """The texts of the Stichtag, sorted; none where no column says it."""
        return sorted(set(self.table.cells(self.stichtag))) if self.stichtag else []


def roles_of(table: Table) -> Roles:
    """Return what the columns of a table are for.

    Raises:
        LeftOut: no column names a unit, or its rows cannot be distinguished.
    """
    columns = {column: table.cells(column) for column in table.columns}
    varied = [column for column, cells in columns.items() if len(set(cells)) > 1]
    formats = {column: form for column in columns if (form := date_format(column, columns[column]))}
    stichtag = max(
        formats,
        key=lambda column: (column in varied, "stichtag" in column.casefold(), "%d" in formats[column]),
        default=None,
    )
    others = [column for column in varied if column not in formats]
    unit, dimensions = _unit(columns, others, columns[stichtag] if stichtag else [])
    if "" in columns[unit]:
        line = table.rows[columns[unit].index("")][0]
        raise LeftOut(f"its units stand in column {unit!r}, which is blank in line {line}")
    days = columns[stichtag] if stichtag else [""] * len(table.rows)
    measured = [column for column in others if column != unit and _measures(column, columns[column])]
    above = above_units(table, unit, [*filter(None, [stichtag]), *(each.column for each in dimensions)], measured)
    kept = [place for place, text in enumerate(columns[unit]) if text not in above]
    inner = {column: [cells[place] for place in kept] for column, cells in columns.items()}
    taken = {unit, *formats, *(each.column for each in dimensions)}
    partners = {each.column: _partners(inner, each.column, others) for each in dimensions}
    taken.update(name for names in partners.values() for name in names)
    aliases = [
        each for each in _partners(inner, unit, others) if each not in taken and not _measures(each, inner[each])
    ]
    text_alias = next((each for each in aliases if not has_figures(inner[each])), None)
    levels = list(_levels(inner, unit, [each for each in others if each not in taken | set(aliases)]))
    in_levels = {level.column for level, _ in levels} | {
        partner for level, _ in levels for partner in _partners(inner, level.column, others)
    }
    figures = [
        column for column in others
        if column not in taken | set(aliases) | in_levels and has_figures(inner[column])
    ]  # fmt: skip
    above = {
        text: why + held_against_parts(columns[unit], days, [columns[each] for each in figures], text, set(above))
        for text, why in above.items()
    }  # fmt: skip
    return Roles(
        table, unit, _why(inner[unit]), sorted(set(inner[unit])), stichtag, formats.get(stichtag or ""),
        _mapping(inner[unit], inner[text_alias]) if text_alias else {}, levels,
        [_dimension(inner, each, partners[each.column]) for each in dimensions], figures, above,
    )  # fmt: skip


def _unit(columns: dict[str, list[str]], others: Sequence[str], days: Sequence[str]) -> tuple[str, list[Dimension]]:
    """Return the column of the unit, and those that with it and the Stichtag tell all rows apart."""
    ranked = sorted(others, key=lambda column: -_likeness(column, columns[column], others.index(column)))
    candidates = [column for column in ranked if _likeness(column, columns[column], 0) > 0]
    for unit in candidates:
        if _apart([columns[unit], days]):
            return unit, []
    for unit in candidates[:1]:
        together = Counter(zip(columns[unit], days or columns[unit], strict=True))
        most = min(_MOST_VALUES, max(together.values()))  # a unit has a row for each value of a dimension
        free = [
            each for each in others
            if each != unit and 1 < len(set(columns[each])) <= most and not _is_measure(each, columns[each])
            and not _follows(columns[unit], columns[each])
        ]  # fmt: skip
        for count in range(1, _MOST_DIMENSIONS + 1):
            for chosen in combinations(free, count):
                if _apart([columns[unit], days, *(columns[each] for each in chosen)]):
                    return unit, [Dimension(each, {}) for each in chosen]
        raise LeftOut(
            f"several rows have the same unit ({unit!r}) and Stichtag, and no columns were found that tell them apart"
        )
    raise LeftOut("no column was found that names a unit")


def _likeness(column: str, cells: Sequence[str], place: int) -> float:
    """Return how much a column looks like one of units: by its content, its header, and how far left it stands."""
    words, different = words_of(column), set(cells)
    numbers = {cell for cell in different if cell.isdecimal()}
    others = {cell for cell in different - numbers if not TOTAL.fullmatch(cell)}
    named = bool(words & (AREA_WORDS | ID_WORDS))
    digits = different == numbers or (named and "" not in others and len(others) * 2 < len(numbers))
    alike = len({len(cell) for cell in numbers}) == 1
    score = 3.0 * bool(words & AREA_WORDS) + 2.0 * bool(words & ID_WORDS) - 0.1 * place
    if digits and alike and len(next(iter(numbers))) > 1:
        score += 2
    elif digits:
        score += 0.5
    elif any(map(is_figure, different)):
        return -5
    if digits and not named:
        score -= 3
    if not digits:
        score += 0.5 + bool(words & _NAME_WORDS)
    return score + min(len(different), 400) / 400


def _measures(column: str, cells: Sequence[str]) -> bool:
    """Say whether a column holds figures, and its header does not say that they are codes."""
    return has_figures(cells) and not words_of(column) & (ID_WORDS | AREA_WORDS)


def _is_measure(column: str, cells: Sequence[str]) -> bool:
    """Say whether a column holds figures that measure something, rather than a few codes of a dimension."""
    different = set(cells)
    return _measures(column, cells) and (len(different) > 12 or not all(cell.isdecimal() for cell in different))


def _apart(columns: Sequence[Sequence[str]]) -> bool:
    given = [cells for cells in columns if cells]
    keys = list(zip(*given, strict=True))
    return len(set(keys)) == len(keys)


def _follows(one: Sequence[str], other: Sequence[str]) -> bool:
    """Say whether the text of `one` decides that of `other`."""
    return len(set(zip(one, other, strict=True))) == len(set(one))


def _partners(columns: dict[str, list[str]], column: str, others: Sequence[str]) -> list[str]:
    """Return the other columns that say the same in other words."""
    cells = columns[column]
    return [
        each for each in others
        if each != column and _follows(cells, columns[each]) and _follows(columns[each], cells)
    ]  # fmt: skip


def _mapping(keys: Sequence[str], values: Sequence[str]) -> dict[str, str]:
    return dict(sorted(zip(keys, values, strict=True)))


def _dimension(columns: dict[str, list[str]], found: Dimension, partners: Sequence[str]) -> Dimension:
    """Return a dimension with what its values are called, by a column beside it that says so in words."""
    words = next((each for each in partners if not has_figures(columns[each])), None)
    cells = columns[found.column]
    return Dimension(found.column, _mapping(cells, columns[words] if words else cells))


def _levels(columns: dict[str, list[str]], unit: str, others: Sequence[str]) -> Iterator[tuple[Level, dict[str, str]]]:
    """Yield the coarser Raumebenen with the unit of each in which a unit lies, from the finest on."""
    size = len(set(columns[unit]))
    fitting = [
        each for each in others
        if 1 < len(set(columns[each])) < size and _follows(columns[unit], columns[each])
        and not _measures(each, columns[each]) and "" not in columns[each] and words_of(each) & AREA_WORDS
    ]  # fmt: skip
    seen = set[str]()
    for column in sorted(fitting, key=lambda each: (-len(set(columns[each])), not has_figures(columns[each]))):
        if column in seen:
            continue
        partners = _partners(columns, column, fitting)
        seen.update(partners)
        words = next((each for each in partners if not has_figures(columns[each])), None)
        names = _mapping(columns[column], columns[words]) if words else {}
        yield Level(column, names), _mapping(columns[unit], columns[column])


def _why(cells: Sequence[str]) -> str:
    different = sorted(set(cells))
    return f"{len(different)} units, {different[0]} to {different[-1]}"
