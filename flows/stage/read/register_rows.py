"""Counts a register extract row by row: of any dialect, in bounded memory, with the same contract as the fast way.

How many rows a file holds follows from its line numbers (flows.stage.read.text), not from the rows that were judged.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from pathlib import Path

from flows.profile.source import Source
from flows.stage.read.header import header
from flows.stage.read.normalise import of_one_length
from flows.stage.read.table import table_in
from flows.stage.register_contract import FIELDS, RegisterContract
from flows.stage.register_counts import RegisterCounts

_AT_ONCE = 10_000  # rows


def count_rows(
    path: Path, name: str, written: Source, contract: RegisterContract, refuse_others: Callable[[list[str]], None]
) -> tuple[int, RegisterCounts]:
    """Return the line of the header and the counts of the file `name`; `refuse_others` looks at its columns.

    Raises:
        ContractBroken: a file is not of its dialect, or a row is longer or shorter than the header.
    """
    dialect = written.dialect
    read = table_in(path, name, dialect)
    rows = read.rows()
    header_line, columns = header(name, rows, dialect, written.renamed)
    refuse_others(columns)
    places = [columns.index(contract.columns[each]) for each in FIELDS]
    persons = ((line, [cells[place] for place in places]) for line, cells in of_one_length(rows, name, len(columns)))
    counts = RegisterCounts()
    while batch := list(islice(persons, _AT_ONCE)):
        counts.judge(contract, batch)
    counts.held, counts.left_out = read.held, dict(read.left_out)
    return header_line, counts
