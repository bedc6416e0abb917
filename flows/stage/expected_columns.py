"""What a table of counts must hold; a new, missing or renamed column is an error that says which."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flows.base.errors import ContractBroken
from flows.profile.source import Source
from flows.profile.source_contract import Drop


@dataclass(frozen=True)
class TableContract:
    """What a table of counts must hold, whichever kind of source it comes from."""

    unit: str | None
    digits: int | None
    pattern: str | None
    """Where the id stands in its cell."""
    wanted: list[str]
    ignore: list[str]
    drop: Sequence[Drop]
    only: Mapping[str, Sequence[str]]
    others: Mapping[str, Sequence[str]]
    totals: Mapping[str, Mapping[str, str]]
    """By Raumebene: the texts of the unit's column that name a unit of it, whose total the row has, and that unit."""
    leaves_out_zero: bool
    """Whether a base unit that the file does not list has 0."""


def table_contract(source: Source) -> TableContract:
    """Return the table contract of a matrix or official source."""
    kind = source.matrix or source.official
    assert kind is not None  # noqa: S101 -- the two kinds that are staged here
    long = source.dialect.long
    ignore = [*source.expand(kind.ignore), *source.ignored_here]
    matrix = source.matrix
    return TableContract(
        unit=matrix.unit if matrix else None, digits=matrix.unit_digits if matrix else None,
        pattern=matrix.unit_pattern if matrix else None,
        wanted=[*(long.reads if long else source.figure_columns), *kind.only], ignore=ignore,
        drop=matrix.drop if matrix else (), only=kind.only, others=matrix.others if matrix else {},
        totals=matrix.totals if matrix else {},
        leaves_out_zero=matrix is not None and matrix.unlisted == "zero",
    )  # fmt: skip


def refuse_other_columns(
    source: str, name: str, found: Sequence[str], needed: Sequence[str], ignored: Sequence[str]
) -> None:
    """Stop unless `found` has every needed column and none beyond the needed and the ignored.

    Raises:
        ContractBroken: names the missing and the new columns, and the likely renames.
    """
    missing = [column for column in dict.fromkeys(needed) if column not in found]
    new = [column for column in found if column not in {*needed, *ignored}]
    if not missing and not new:
        return
    problems = []
    for column in missing:
        likely = difflib.get_close_matches(column, new or list(found), n=1, cutoff=0.6)
        problems.append(f"{column!r} is missing" + (f" (renamed to {likely[0]!r}?)" if likely else ""))
    problems += [f"{column!r} is new" for column in new]
    ignore = [column for column in (*ignored, *new) if column]
    raise ContractBroken(
        f"Source {source}, file {name}: the columns are not those of the contract in sources.toml: "
        + "; ".join(problems)
        + ". Adapt the contract, or ask the supplier."
        + (f" Columns that nobody wants go to the contract's `ignore`:\n{_line_to_paste(ignore)}" if new else ""),
        code="FS-CONTRACT-03",
    ).at(f"Source {source}, file {name}")


def _line_to_paste(columns: Sequence[str]) -> str:
    """Return the key `ignore` as a line of TOML; a string of JSON is one of TOML."""
    return f"  ignore = [{', '.join(json.dumps(column, ensure_ascii=False) for column in columns)}]"
