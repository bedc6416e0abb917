"""Holds a file's columns against its contract; a new, missing or renamed column is an error that says which."""

from __future__ import annotations

import difflib

from flows.errors import SourceUnavailable


def refuse_other_columns(source: str, name: str, found: list[str], needed: list[str], ignored: list[str]) -> None:
    """Stop unless `found` has every needed column and none beyond the needed and the ignored.

    Raises:
        SourceUnavailable: names the missing and the new columns, and the likely renames.
    """
    missing = [column for column in dict.fromkeys(needed) if column not in found]
    new = [column for column in found if column not in {*needed, *ignored}]
    if not missing and not new:
        return
    told = []
    for column in missing:
        likely = difflib.get_close_matches(column, new or found, n=1, cutoff=0.6)
        told.append(f"{column!r} is missing" + (f" (renamed to {likely[0]!r}?)" if likely else ""))
    told += [f"{column!r} is new" for column in new]
    raise SourceUnavailable(
        f"Source {source}, file {name}: the columns are not those of the contract in sources.toml: "
        + "; ".join(told)
        + ". Adapt the contract (a column that is not wanted goes to `ignore`), or ask the supplier."
    )
