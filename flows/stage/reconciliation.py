"""Proves that no row of a delivered file was lost on its way into the staged tables, and writes down where all went.

rows in the file = rows taken over + rows in quarantine + rows left out by a named rule. The first is counted in the
file by another way than the one that stages it (flows.stage.read.row_counts, or the Python reader of
flows.stage.read.normalise where DuckDB stages), the second in the staged tables after they were written; so neither
can stand for the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import duckdb

from flows.base.db import insert
from flows.base.errors import ProgramDefect
from flows.profile.source import Source
from flows.pull.models import Lieferung
from flows.stage.read.notes import NOTES


@dataclass(frozen=True)
class Reconciliation:
    """What became of the rows of one file. `left_out` is rows by rule, `padded` ids that got back leading zeros."""

    lieferung: Lieferung
    held: int
    staged: int
    quarantined: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)
    padded: int = 0
    stichtage: Sequence[str] = ()

    @property
    def dropped(self) -> int:
        """How many rows a rule left out."""
        return sum(self.left_out.values())

    @property
    def adds_up(self) -> bool:
        """Whether every row of the file went to one place that is known."""
        return self.held == self.staged + self.quarantined + self.dropped

    @property
    def note(self) -> dict[str, Any]:
        """All of it but the Lieferung, as JSON has it."""
        return {
            "held": self.held, "staged": self.staged, "quarantined": self.quarantined, "left_out": {**self.left_out},
            "padded": self.padded, "stichtage": [*self.stichtage],
        }  # fmt: skip

    @classmethod
    def from_note(cls, lieferung: Lieferung, note: Mapping[str, Any]) -> Self:
        """Return what a `note` says of a Lieferung with the same bytes."""
        return cls(lieferung, **note)


def _lacks_footer(source: Source, each: Reconciliation) -> bool:
    return bool(source.as_written_in(each.lieferung.name).dialect.footer) and not each.left_out.get(NOTES)


def write_reconciliations(
    con: duckdb.DuckDBPyConnection, source: Source, reconciliations: Sequence[Reconciliation]
) -> None:
    """Write what became of every row of every file of a source into stage.datei and stage.entfallen.

    Raises:
        ProgramDefect: the rows of a file do not add up; names the file and the counts.
    """
    for each in reconciliations:
        if not each.adds_up:
            raise ProgramDefect(
                f"Source {source.id}, file {each.lieferung.name}: expected every one of its {each.held} rows taken "
                f"over, in quarantine or left out by a rule, found {each.staged} taken over, {each.quarantined} in "
                f"quarantine and {each.dropped} left out. Nothing was published; please report this with the file."
            )
    insert(
        con, "stage.datei",
        [{"quelle": source.id, "datei": each.lieferung.name, "sha256": each.lieferung.checksum,
          "bytes": each.lieferung.bytes, "zeilen": each.held, "uebernommen": each.staged,
          "quarantaene": each.quarantined, "entfallen": each.dropped, "kennungen_ergaenzt": each.padded,
          "stichtage": list(each.stichtage), "fusszeile_fehlt": _lacks_footer(source, each),
          "namensjahr": source.year_of_all_rows(each.lieferung.name)}
         for each in reconciliations],
    )  # fmt: skip
    insert(
        con, "stage.entfallen",
        [{"quelle": source.id, "datei": each.lieferung.name, "regel": rule, "zeilen": rows}
         for each in reconciliations for rule, rows in each.left_out.items() if rows],
    )  # fmt: skip
