"""What pandas and polars have to compute: the Indikatoren that follow from the register alone.

Read from the codebook, so that the comparison stays fair when Indikatoren are added; nothing of the
project's own code is used.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

CODEBOOK = Path(__file__).parents[1] / "cities" / "codebook.toml"
ZUSCHNITTE = ("2015-01-01", "2020-01-01")
CITY_ID = "05999"
STADTTEIL_DIGITS, STADTBEZIRK_DIGITS = 3, 2
OLDEST = 200
COLUMNS = ("zuschnitt", "raumebene", "raum_id", "stichtag", "indikator_id", "wert", "zaehler", "nenner")

FLAGS = (
    "weiblich", "nichtdeutsche", "migrationshintergrund", "migrationshintergrund_0_17",
    "wohndauer_5_plus", "wohndauer_10_plus",
)  # fmt: skip
"""Merkmale of the register that are no age band."""


@dataclass(frozen=True)
class Indikator:
    """A figure: a sum of Merkmale over a sum of Merkmale."""

    id: str
    kind: str
    numerator: tuple[str, ...]
    denominator: tuple[str, ...]
    factor: float
    lag: int
    decimals: int


def age_bands() -> dict[str, tuple[int, int]]:
    """Return the Merkmale that count the residents of an age band, with its first and last age."""
    merkmale = tomllib.loads(CODEBOOK.read_text(encoding="utf-8"))["merkmal"]
    bands = {"einwohner": (0, OLDEST)}
    for name in merkmale:
        if match := re.fullmatch(r"einwohner_(\d+)_(\d+|plus)", name):
            bands[name] = (int(match[1]), OLDEST if match[2] == "plus" else int(match[2]))
    return bands


def indikatoren() -> list[Indikator]:
    """Return the Indikatoren of the codebook whose every Merkmal the register gives."""
    known = {*age_bands(), *FLAGS}
    found = []
    for name, entry in tomllib.loads(CODEBOOK.read_text(encoding="utf-8"))["indikator"].items():
        numerator, denominator = tuple(entry["numerator"]), tuple(entry.get("denominator", ()))
        if {*numerator, *denominator} <= known:
            found.append(
                Indikator(
                    name, entry["type"], numerator, denominator,
                    float(entry.get("factor", 1)), entry.get("lag_years", 0), entry["decimals"],
                )
            )  # fmt: skip
    return found


def person_files(extracts: Path) -> list[Path]:
    """Return the register extracts, one a year."""
    return sorted((extracts / "einwohner").glob("EW_Personen_*.csv"))


def assignment_file(extracts: Path, zuschnitt: str) -> Path:
    """Return the file that says in which Sozialraum a Baublockseite lies."""
    return extracts / "raum" / f"Zuordnung_{zuschnitt[:4]}.csv"
