"""The Merkmale that a person register yields: which persons each of them counts. Said here, and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

OLDEST = 120
"""The highest age that a register may hold; a higher one is a defect of the row."""


@dataclass(frozen=True)
class Persons:
    """Persons from `youngest` to `oldest` years, where asked only those of a `group` or of a minimal Wohndauer.

    The groups are those whose codes sources.toml names; `resident_years` is the Wohndauer in whole years.
    """

    youngest: int = 0
    oldest: int = OLDEST
    group: Literal["female", "foreign", "migrant"] | None = None
    resident_years: int = 0


REGISTER_MERKMALE = {
    "einwohner": Persons(),
    "einwohner_0_2": Persons(0, 2),
    "einwohner_3_5": Persons(3, 5),
    "einwohner_6_9": Persons(6, 9),
    "einwohner_10_17": Persons(10, 17),
    "einwohner_18_26": Persons(18, 26),
    "einwohner_27_66": Persons(27, 66),
    "einwohner_67_plus": Persons(67),
    "einwohner_0_5": Persons(0, 5),
    "einwohner_6_17": Persons(6, 17),
    "einwohner_18_29": Persons(18, 29),
    "einwohner_30_49": Persons(30, 49),
    "einwohner_50_64": Persons(50, 64),
    "einwohner_65_79": Persons(65, 79),
    "einwohner_80_plus": Persons(80),
    "einwohner_0_14": Persons(0, 14),
    "einwohner_0_17": Persons(0, 17),
    "einwohner_0_64": Persons(0, 64),
    "einwohner_18_64": Persons(18, 64),
    "einwohner_65_plus": Persons(65),
    "einwohner_5_plus": Persons(5),
    "einwohner_10_plus": Persons(10),
    "weiblich": Persons(group="female"),
    "nichtdeutsche": Persons(group="foreign"),
    "migrationshintergrund": Persons(group="migrant"),
    "migrationshintergrund_0_17": Persons(0, 17, group="migrant"),
    "wohndauer_5_plus": Persons(5, resident_years=5),
    "wohndauer_10_plus": Persons(10, resident_years=10),
}
"""Each Merkmal, in the order in which the rows of stage.zaehlung_reihe have them."""
