"""Other states of the large city's extracts: one wrong letter, shuffled rows, and many years of a metropolis.

`python -m bench.variants WHAT EXTRACTS TARGET` makes the folder TARGET from EXTRACTS. A metropolis is the same city
several times: each copy has Stadtbezirke of its own, so units grow with residents, and years are repeated.
"""

from __future__ import annotations

import random
import shutil
import sys
from pathlib import Path

import numpy as np

from bench.figures import person_files

COPIES, YEARS, FIRST_YEAR, PROFILE_YEAR = 6, 20, 2005, 2015
YEAR_AT = 15
"""Where the year begins in a row: behind the unit's eight digits, a delimiter, day and month."""
BOROUGHS = 10


def one_bad_row(extracts: Path, target: Path) -> None:
    """Copy the extracts; the age of one person in the middle of one file becomes a letter."""
    shutil.copytree(extracts, target)
    path = person_files(target)[len(person_files(target)) // 2]
    lines = path.read_bytes().split(b"\n")
    cells = lines[len(lines) // 2].split(b";")
    lines[len(lines) // 2] = b";".join([*cells[:2], b"x", *cells[3:]])
    path.write_bytes(b"\n".join(lines))


def shuffled(extracts: Path, target: Path) -> None:
    """Copy the extracts; the rows of each register file stand in random order."""
    shutil.copytree(extracts, target)
    for path in person_files(target):
        head, *rows = path.read_bytes().splitlines(keepends=True)
        random.Random(path.name).shuffle(rows)
        path.write_bytes(head + b"".join(rows))


def metropolis(extracts: Path, target: Path) -> None:
    """Repeat the city COPIES times in space, and its years until there are YEARS."""
    (target / "einwohner").mkdir(parents=True)
    (target / "raum").mkdir()
    files = person_files(extracts)
    for number in range(YEARS):
        year = FIRST_YEAR + number
        head, body = _head_and_body(files[number % len(files)])
        with (target / "einwohner" / f"EW_Personen_{year}.csv").open("wb") as out:
            out.write(head)
            for copy in range(COPIES):
                out.write(_moved(body, copy, year))
    for path in sorted((extracts / "raum").glob("Zuordnung_*.csv")):
        head, body = _head_and_body(path)
        rows = [row.split(b";") for row in body.splitlines()]
        moved = [
            b";".join(_borough(cell, copy) for cell in row) + b"\n" for copy in range(COPIES) for row in rows
        ]  # fmt: skip
        (target / "raum" / path.name).write_bytes(head + b"".join(moved))
    for path in (extracts / "raum").iterdir():
        if not path.name.startswith("Zuordnung_"):  # names and outlines: those of the first copy
            shutil.copy(path, target / "raum" / path.name)
    _earlier_profile(target / "profile")


def _earlier_profile(folder: Path) -> None:
    """Write the profile of a city whose first Zuschnitt and first register are of FIRST_YEAR."""
    folder.mkdir()
    for path in (Path(__file__).parent / "profile").glob("*.toml"):
        text = path.read_text(encoding="utf-8")
        for form in ("valid_from = {}-01-01", "zuschnitt = {}-01-01", "years = {{ first = {} }}"):
            text = text.replace(form.format(PROFILE_YEAR), form.format(FIRST_YEAR))
        (folder / path.name).write_text(text, encoding="utf-8")


def _head_and_body(path: Path) -> tuple[bytes, bytes]:
    head, _, body = path.read_bytes().partition(b"\n")
    return head + b"\n", body


def _moved(body: bytes, copy: int, year: int) -> memoryview:
    """Return the rows with the boroughs of a copy and another year; both have as many digits as before."""
    text = np.frombuffer(body, dtype=np.uint8).copy()
    starts = np.concatenate(([0], np.flatnonzero(text == ord("\n"))[:-1] + 1))
    for place, digit in enumerate(str(year).encode()):
        text[starts + YEAR_AT + place] = digit
    borough = (text[starts] - ord("0")) * 10 + (text[starts + 1] - ord("0")) + BOROUGHS * copy
    text[starts], text[starts + 1] = borough // 10 + ord("0"), borough % 10 + ord("0")
    return text.data


def _borough(cell: bytes, copy: int) -> bytes:
    return b"%02d" % (int(cell[:2]) + BOROUGHS * copy) + cell[2:]


VARIANTS = {"bad_row": one_bad_row, "shuffled": shuffled, "metropolis": metropolis}


if __name__ == "__main__":
    VARIANTS[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
