"""A small and the default Musterstadt, made once, and readers that know nothing of the generator."""

import csv
import io
import pickle
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from python_calamine import CalamineWorkbook

from flows.musterstadt.city import Musterstadt, make_musterstadt
from flows.musterstadt.scale import Scale
from flows.musterstadt.server import ExtractServer, serve
from tests.conftest import MadeOnce

SMALL = Scale(baublockseiten=420, einwohner=16_000, stadtbezirke=3, stadtteile=9, sozialraeume=36)

Rows = list[dict[str, str]]


def _number(text: str) -> int:
    return 0 if text == "-" else int(text.replace(".", ""))


@dataclass(frozen=True)
class Deliveries:
    """Reads the files as an office's user would."""

    made: Musterstadt

    def bytes(self, path: str) -> bytes:
        return (self.made.folder / path).read_bytes()

    def table(self, path: str, encoding: str, delimiter: str = ";") -> Rows:
        return list(csv.DictReader(io.StringIO(self.bytes(path).decode(encoding)), delimiter=delimiter))

    def register_table(self, year: int) -> tuple[Rows, dict[str, str]]:
        """Rows with padded ids, and the row of sums."""
        lines = self.bytes(f"einwohner/EW_Baublockseiten_{year}.csv").decode("cp1252").split("\r\n")
        end = next(i for i, line in enumerate(lines) if line.startswith("__________"))
        rows = list(csv.DictReader(lines[5:end], delimiter=";"))
        return [row | {"BBS": row["BBS"].zfill(8)} for row in rows[:-1]], rows[-1]

    def persons(self, year: int) -> Rows:
        with zipfile.ZipFile(io.BytesIO(self.bytes(f"einwohner/EW_Personen_{year}.zip"))) as packed:
            text = packed.read(f"EW_Personen_{year}.csv").decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text), delimiter=";"))

    def ages(self, year: int) -> dict[str, np.ndarray]:
        """Residents of each Baublockseite by age 0..100."""
        if year <= 2021:
            rows, _ = self.register_table(year)
            return {r["BBS"]: np.array([_number(r[f"A{a:03d}"]) for a in range(101)]) for r in rows}
        counts: dict[str, np.ndarray] = {}
        for person in self.persons(year):
            by_age = counts.setdefault(person["BBS"], np.zeros(101, dtype=int))
            by_age[min(int(person["ALTER"]), 100)] += 1
        return counts

    def households(self, year: int) -> list[list[object]]:
        book = CalamineWorkbook.from_path(str(self.made.folder / f"haushalte/Haushalte_{year}.xlsx"))
        return book.get_sheet_by_name("Haushalte").to_python(skip_empty_area=False)

    def movements(self, year: int) -> dict[str, dict[str, int]]:
        rows = self.table(f"bewegung/Bewegungen_{year}.csv", "utf-16", "\t")
        return {r["BBS"]: {k: int(v) for k, v in r.items() if k not in ("BBS", "JAHR")} for r in rows}

    def assignment(self, zuschnitt: int) -> dict[str, str]:
        rows = self.table(f"raum/Zuordnung_{zuschnitt}.csv", "utf-8-sig")
        assert len({r["BBS"] for r in rows}) == len(rows), "a Baublockseite is assigned twice"
        return {r["BBS"]: r["SOZIALRAUM"] for r in rows}


def made_in(folder: Path, scale: Scale | None) -> None:
    """Make a city below `folder`, and leave what is known of it beside."""
    made = make_musterstadt(folder / "files", scale=scale)
    (folder / "made.pickle").write_bytes(pickle.dumps(made))


@pytest.fixture(scope="session")
def small(made_once: MadeOnce) -> Deliveries:
    folder = made_once("small-city", lambda folder: made_in(folder, SMALL))
    return Deliveries(pickle.loads((folder / "made.pickle").read_bytes()))


@pytest.fixture(scope="session")
def default_city(made_once: MadeOnce) -> Deliveries:
    folder = made_once("default-city", lambda folder: made_in(folder, None))
    return Deliveries(pickle.loads((folder / "made.pickle").read_bytes()))


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A folder with a few files to serve."""
    (tmp_path / "wohnen").mkdir()
    (tmp_path / "wohnen" / "Wohnungen.csv").write_bytes(b"BBS;WOHNUNGEN\n" + b"01100011;17\n" * 400)
    (tmp_path / "index.html").write_text("<h1>synthetisch</h1>")
    return tmp_path


@pytest.fixture
def server(shelf: Path) -> Iterator[ExtractServer]:
    with serve(shelf) as running:
        yield running
