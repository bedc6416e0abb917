"""What the parts of a source say of each other: its contract, connector, dialects, Stichtag rule and columns.

Each rule is a function that returns what is wrong in words for whoever wrote sources.toml, or None.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flows.profile.access import ACCESS
from flows.profile.dialect import CUBES, POLYGONS, Dialect
from flows.profile.source_contract import KINDS
from flows.profile.stichtag import refuse_unclear_name, refuse_unknown_groups

if TYPE_CHECKING:
    from flows.profile.source import Source

_OWN = ("datei", "zeile", "basis_text", "stichtag_text", "spalte_lang", "zelltext", "einheit_text", "teil")
"""What SQL calls its own columns beside those of a table (flows.stage.read.normalise)."""


def what_does_not_hold_together(source: Source) -> str | None:
    """Return the first thing that is wrong with a source whose parts are right, each by itself; None if nothing is.

    Raises:
        ValueError: a pattern of file names is wrong, in the words of flows.profile.stichtag.
    """
    return next((wrong for rule in _RULES if (wrong := rule(source))), None)


def _one_contract(source: Source) -> str | None:
    kinds = [kind for kind in KINDS if source.contract(kind) is not None]
    if len(kinds) != 1:
        return f"needs exactly one contract of {', '.join(KINDS)}; found {', '.join(kinds) or 'none'}"
    return None


def _connector_has_what_it_needs(source: Source) -> str | None:
    for name in (each for each, kind in ACCESS.items() if kind.section):
        if (source.connector == name) != (getattr(source, name) is not None):
            return f"connector = {name!r} and the section `{name}` belong together"
    if ACCESS[source.connector].needs_url and not source.url:
        return f"connector = {source.connector!r} needs `url`"
    if lack := source.access.lack(source):
        return lack
    fixed = source.access.file_name(source)
    if fixed and not re.fullmatch(source.file, fixed):
        return f"file: the connector lands the file as {fixed}, which {source.file!r} does not match"
    return None


def _maps_are_drawn(source: Source) -> str | None:
    if source.dialect.format in POLYGONS and source.drawn is None:
        return f"dialect.format = {source.dialect.format!r} brings polygons or lines: it needs `geometry` or `barriers`"
    if source.barriers and (others := sorted({each.format for each in source.dialects} - set(POLYGONS))):
        return f"`barriers` needs a dialect.format of {', '.join(POLYGONS)}, found {', '.join(others)}"
    if source.barriers and source.zuschnitt is not None:
        return "`barriers` are of the city, whatever its Zuschnitt is: leave `zuschnitt` out"
    return None


def _says_of_when_it_is(source: Source) -> str | None:
    kind, rule = source.kind, source.stichtag
    of_units = source.geometry is not None and source.geometry.level is not None
    if (kind in ("assignment", "names") or of_units) and source.zuschnitt is None:
        return f"a source of kind {kind} needs `zuschnitt`, the date of the Zuschnitt it describes"
    if kind in ("register", "matrix", "official") and rule is None:
        return f"a source of kind {kind} needs a `stichtag` rule"
    if rule and rule.source == "header" and not all(_may_have_days_in_header(source, each) for each in source.dialects):
        return (
            "stichtag.source = 'header' needs a wide table whose columns are one figure at several Stichtage, or "
            "several figures that another header row names (`header_rows`): expected one column in `merkmale`, "
            f"found {', '.join(source.figure_columns) or 'none'}"
        )
    if kind == "register" and rule and (rule.source != "column" or rule.precision != "tag"):
        return "a register needs its Stichtag in a column, as a date to the day (`%d` in stichtag.format)"
    return None


def _may_have_days_in_header(source: Source, dialect: Dialect) -> bool:
    figures = len(source.figure_columns)
    return dialect.long is None and (figures == 1 or (figures > 1 and dialect.header_rows > 1))


def _only_figures_are_due(source: Source) -> str | None:
    if source.due is not None and (source.stichtag is None or source.stichtag.source == "fixed"):
        return "`due` is for a source that brings new Stichtage each year; this one has no rule for them"
    if source.due is None and (source.grace or source.ask):
        return "`grace` and `ask` belong to `due`, the day by which the source brings a year"
    return None


def _every_part_of_a_name_is_read(source: Source) -> None:
    for pattern in (source.file, *(each.file for each in source.variant if each.file)):
        refuse_unknown_groups(pattern)
    if source.stichtag and source.stichtag.source == "name":
        refuse_unclear_name(source.file, source.stichtag)


def _each_column_has_one_use(source: Source) -> str | None:
    kind, figures = source.matrix or source.official, set(source.figure_columns)
    unit, day = source.matrix.unit if source.matrix else None, source.stichtag.column if source.stichtag else None
    texts = {unit, day} - {None}
    ignored = set(source.expand([*(kind.ignore if kind else ()), *(c for v in source.variant for c in v.ignore)]))
    for columns, words in (
        (figures & texts, "is a figure of the contract and its unit or Stichtag too"),
        ((figures | texts) & ignored if kind else set(), "is in the contract and in `ignore` too"),
        ({c for c in figures if c.casefold() in _OWN}, "is called like a column of ours; let `variant.columns` "
         "give it another name"),
    ):  # fmt: skip
        if columns:
            return f"column {', '.join(sorted(map(str, columns)))}: {words}"
    for dialect in source.dialects:
        if unknown := sorted(set(dialect.units) - figures):
            return (
                f"dialect.units: {', '.join(unknown)} is no column with figures of the contract, which has "
                f"{', '.join(sorted(figures)) or 'none'}"
            )
    return None


def _long_columns_are_those_of_the_contract(source: Source) -> str | None:
    counts = source.matrix or source.official
    for dialect in source.dialects:
        if dialect.format in CUBES and dialect.long is None and counts:
            return f"format = {dialect.format!r} needs `long`, which says which of its figures are which column"
        if dialect.long and dialect.long.sum and not source.matrix:
            return "`long.sum` adds rows of base units: it goes with `matrix`"
        if dialect.long and not counts:
            return "`long` describes counts: it goes with `matrix` or `official`"
        if dialect.long and (only_one := set(dialect.long.columns) ^ set(source.figure_columns)):
            return f"long.columns and merkmale must name the same columns; only one does {sorted(only_one)}"
    return None


def _others_are_of_columns_by_which_rows_are_picked(source: Source) -> str | None:
    picked = set(source.matrix.only if source.matrix else ()) | {
        column for dialect in source.dialects if dialect.long
        for texts in dialect.long.columns.values() for column in texts
    }  # fmt: skip
    if source.matrix and (strange := sorted(set(source.matrix.others) - picked)):
        return (
            f"`others`: {', '.join(strange)} is no column by which `only` or `long.columns` picks rows "
            f"({', '.join(sorted(picked)) or 'there is none'})"
        )
    return None


_RULES = (
    _one_contract, _connector_has_what_it_needs, _maps_are_drawn, _says_of_when_it_is, _only_figures_are_due,
    _every_part_of_a_name_is_read, _each_column_has_one_use, _long_columns_are_those_of_the_contract,
    _others_are_of_columns_by_which_rows_are_picked,
)  # fmt: skip
