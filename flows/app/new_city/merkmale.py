"""Which columns of a table, or rows of a long one, are which Merkmal of the codebook."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from flows.app.new_city.ages import Band, band_in, bounds_of, covering, true_bands
from flows.app.new_city.guess import LeftOut
from flows.app.new_city.parts import parts_of_whole
from flows.app.new_city.roles import Dimension, Roles
from flows.app.new_city.tables import Table
from flows.app.new_city.words import plain, words_of
from flows.profile.codebook import Codebook

RESIDENTS, PERSONS = "einwohner", "personen_in_haushalten"
"""The Merkmale of everybody, and of those in private households."""
_FILLERS = frozenset(
    [
        "anzahl",
        "anz",
        "zahl",
        "der",
        "die",
        "das",
        "des",
        "von",
        "in",
        "of",
        "the",
        "number",
        "insgesamt",
        "gesamt",
        "total",
        "summe",
        "count",
    ]
)
_SEX = frozenset(["sex", "geschlecht", "gender", "geschl", "geschlechtsort"])
_WOMEN = {"w", "f"}
_MOST_COMBINATIONS = 200


@dataclass(frozen=True)
class Match:
    """The columns whose sum a Merkmal is, and why."""

    columns: list[str]
    why: str


@dataclass(frozen=True)
class LongMatch:
    """What a long table's column of values is: its Merkmale, and the rows of each column that they are made of."""

    value: str
    merkmale: dict[str, Match]
    columns: dict[str, dict[str, str]]


class Words:
    """The codebook's Merkmale by what they are called: id, labels and synonyms."""

    def __init__(self, codebook: Codebook) -> None:
        self.codebook = codebook
        self._exact, self._short = dict[str, str](), dict[str, str]()
        for name, merkmal in codebook.merkmal.items():
            for text in (name, merkmal.label_de, merkmal.label_en, *merkmal.synonyms):
                self._exact.setdefault(plain(text), name)
                self._short.setdefault(_without_fillers(text), name)

    def merkmal(self, text: str) -> str | None:
        """Return the Merkmal that a header or label names, or None."""
        return self._exact.get(plain(text)) or (self._short.get(short) if (short := _without_fillers(text)) else None)

    def merkmal_of(self, table: Table, column: str) -> str | None:
        """Return the Merkmal that a column is called by, itself or elsewhere in the file; or None."""
        return next(filter(None, map(self.merkmal, (column, *table.titles.get(column, ())))), None)

    def parts_of(self, whole: str) -> set[str]:
        """Return the Merkmale that count a part of `whole`, also by way of others."""
        parts, before = {whole}, 0
        while before < len(parts):
            before = len(parts)
            parts |= {name for name, each in self.codebook.merkmal.items() if parts & set(each.part_of)}
        return parts - {whole}


def _without_fillers(text: str) -> str:
    return " ".join(word for word in plain(text).split() if word not in _FILLERS)


def wide_matches(roles: Roles, words: Words) -> dict[str, Match]:
    """Return the Merkmale that the columns of a table with one row per unit bring."""
    found: dict[str, Match] = {}
    for column in roles.figures:
        name = words.merkmal_of(roles.table, column)
        if name and name not in found:
            found[name] = Match(
                [column], f"{column!r} is what the codebook calls {words.codebook.merkmal[name].label_de!r}"
            )
    bands = {
        column: found_band[0] for column in roles.figures
        if (found_band := band_in(column)) and words.merkmal(column) is None
        and (not found_band[1] or words.merkmal(found_band[1]) == RESIDENTS)
    }  # fmt: skip
    return found | {name: match for name, match in _of_ages(bands, words).items() if name not in found}


def _of_ages(bands: Mapping[str, Band], words: Words) -> dict[str, Match]:
    """Return the age groups of residents that are one of the bands, or several together."""
    if len(bands) < 2:
        return {}
    clear, why = true_bands(bands)
    return {
        name: Match(columns, why)
        for name, (first, last) in bounds_of(words.codebook.merkmal, RESIDENTS).items()
        if (columns := covering(clear, first, last))
    }


def long_matches(roles: Roles, words: Words) -> list[LongMatch]:
    """Return, for each column of values of a table with several rows per unit, what its rows bring.

    Raises:
        LeftOut: there are more combinations of its dimensions than a profile should name.
    """
    combined = 1
    for dimension in roles.dimensions:
        combined *= len(dimension.labels)
    if combined > _MOST_COMBINATIONS:
        raise LeftOut(
            f"its rows are {combined} combinations of {', '.join(each.column for each in roles.dimensions)}; "
            "describe by hand which of them are wanted (docs/staging.md, 'One value a row')"
        )
    found = []
    for value in roles.figures:
        whole = words.merkmal_of(roles.table, value)
        if whole is None and len(roles.figures) == 1 and not _without_fillers(value):
            continue
        if whole and (match := _long_match(roles, value, whole, words)):
            found.append(match)
    return found


def _long_match(roles: Roles, value: str, whole: str, words: Words) -> LongMatch | None:
    """Return what the rows of a column of values bring; None where no rows of a dimension add up to the whole."""
    dimensions = roles.dimensions
    found = {each.column: parts_of_whole(roles, each, value) for each in dimensions}
    parts = {column: each[0] for column, each in found.items() if each}
    within = [text for each in found.values() if each for text in each[1]]
    label = words.codebook.merkmal[whole].label_de
    why = f"all rows of {value!r}, which the codebook calls {label!r}"
    if within:
        why += f"; without {', '.join(map(repr, within))}, which the others count already"
    chosen = {whole: (parts, why)} if len(parts) == len(dimensions) else {}
    for dimension in dimensions:
        if {*parts, dimension.column} < {each.column for each in dimensions}:
            continue
        for name, (values, reason) in _of_dimension(dimension, whole, words).items():
            chosen.setdefault(name, (parts | {dimension.column: values}, reason))
    columns: dict[str, dict[str, str]] = {}
    merkmale = {}
    for name, (values_by_column, why) in chosen.items():
        rows = list(_combinations(value, dimensions, values_by_column))
        columns.update(rows)
        merkmale[name] = Match([key for key, _ in rows], why)
    return LongMatch(value, merkmale, columns) if merkmale else None


def _of_dimension(dimension: Dimension, whole: str, words: Words) -> dict[str, tuple[list[str], str]]:
    """Return the parts of the Merkmal `whole` that some values of a dimension are."""
    parts, found = words.parts_of(whole), dict[str, tuple[list[str], str]]()
    for value, label in dimension.labels.items():
        name = words.merkmal(label)
        if label.casefold() in _WOMEN and words_of(dimension.column) & _SEX:
            name = "weiblich"
        if name in parts and words.codebook.merkmal[name].unit == words.codebook.merkmal[whole].unit:
            found[name] = ([*found.get(name, ([], ""))[0], value], f"rows with {dimension.column} = {label!r}")
    if whole == RESIDENTS:
        bands = {value: band[0] for value, label in dimension.labels.items() if (band := band_in(label))}
        for name, match in _of_ages(bands, words).items():
            found.setdefault(name, (match.columns, match.why))
    return found


def _combinations(
    value: str, dimensions: Sequence[Dimension], values: Mapping[str, Iterable[str]]
) -> Iterable[tuple[str, dict[str, str]]]:
    """Yield for each combination of values what its column is called, and the texts of its rows."""
    for combination in product(*(values[each.column] for each in dimensions)):
        labels = [each.labels[text] for each, text in zip(dimensions, combination, strict=True)]
        texts = dict(zip((each.column for each in dimensions), combination, strict=True))
        yield f"{value}: {', '.join(labels)}", texts
