"""What `types CITY --fit` does: read the published figures of a Stichtag, look for types, and write the proposal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import numpy as np

from flows.app.terminal import must_be_in_a_folder, writing
from flows.base.db import connect, literal
from flows.base.errors import ConfigError
from flows.base.files import write_whole
from flows.index.panel import FEWEST
from flows.profile.load import load_profile
from flows.profile.typology import Transform, wrong_trait
from flows.typology.fit import FitAsked, Fitted, TraitAsked, fitted
from flows.typology.kmeans import Points
from flows.typology.proposal import types_toml

DEFAULT_TRAITS = (
    TraitAsked("anteil_wohnungen_ein_zweifamilienhaus"),
    TraitAsked("anteil_wohnungen_baujahr_vor_1949"),
    TraitAsked("anteil_wohnungen_gefoerdert", "log"),
    TraitAsked("einwohnerdichte", "log"),
    TraitAsked("anteil_haushalte_1_person"),
)


@dataclass(frozen=True)
class FitRun:
    """Of which city, from which release, and what is asked for."""

    city: str
    database: Path
    raumebene: str = "sozialraum"
    stichtag: dt.date | None = None
    traits: Sequence[str] = ()
    """Indikatoren, each with `:log` where it is to be transformed; none: those of the city's typology."""
    types: int | None = None
    seed: int = 1
    out: Path | None = None
    resamples: int = 100


@dataclass(frozen=True)
class LeftOut:
    """A unit that is no part of the search, and the traits that it lacks a figure of, with their status."""

    unit: str
    reason: str


@dataclass(frozen=True)
class Proposed:
    """What was found, on how many units, and the text of a types.toml where something is proposed."""

    asked: FitAsked
    stichtag: dt.date
    raumebene: str
    units: Sequence[str]
    left_out: Sequence[LeftOut]
    found: Fitted
    text: str | None


def proposed_types(run: FitRun, progress: Callable[[int, int], bool] = lambda _done, _of: True) -> Proposed:
    """Look for types, and write them to `run.out` where they hold (or so many were asked for).

    Raises:
        ConfigError: an unknown trait, Stichtag or Raumebene, a trait without figures, a negative seed, or a file
            that is there already.
    """
    profile = load_profile(run.city)
    if run.out is not None and (run.out.exists() or not run.out.parent.is_dir()):
        raise ConfigError(f"--out: expected a new file in a folder that is there, found {run.out}.", code="FS-USE-03")
    must_be_in_a_folder("--out", run.out)
    if run.seed < 0:
        raise ConfigError(f"types --fit: --seed: expected a number from 0 on, found {run.seed}.", code="FS-USE-01")
    traits = _traits(run.traits) or _own(profile.typologies) or DEFAULT_TRAITS
    for trait in traits:
        if words := wrong_trait(trait.indikator, profile.codebook):
            raise ConfigError(f"types --fit: --trait: {words}.", code="FS-USE-01")
    day, units, figures, left_out = _figures(run, [each.indikator for each in traits])
    asked = FitAsked(traits, seed=run.seed, resamples=run.resamples)
    if run.types is not None:
        asked = FitAsked(traits, (run.types,), run.resamples, run.seed)
    found = fitted(figures, asked, progress)
    labels = {
        language: {name: getattr(entry, f"label_{language}") for name, entry in profile.codebook.indikator.items()}
        for language in ("de", "en")
    }
    text = types_toml(found, asked, day, run.raumebene, labels, len(left_out)) if found.proposed else None
    if text is not None and run.out is not None:
        with writing("--out", run.out):
            write_whole(run.out, text.encode())
    return Proposed(asked, day, run.raumebene, units, left_out, found, text)


def as_json(run: FitRun, proposed: Proposed) -> dict[str, Any]:
    """Return what is said of a proposal as JSON."""
    chosen = proposed.found.proposed
    return {
        "city": run.city, "stichtag": str(proposed.stichtag), "raumebene": proposed.raumebene,
        "traits": [vars(each) for each in proposed.asked.traits],
        "units": len(proposed.units), "left_out": len(proposed.left_out),
        "left_out_units": [{"raum_id": each.unit, "reason": each.reason} for each in proposed.left_out],
        "tried": [
            {"types": each.count, "silhouette": round(each.silhouette, 4), "sizes": each.sizes,
             "jaccard": [round(float(one), 4) for one in each.stability.groups],
             "adjusted_rand": round(each.stability.rand, 4), "holds": each.holds, "why_not": each.why_not}
            for each in proposed.found.tried
        ],
        "proposed": chosen.count if chosen else None, "types_toml": proposed.text,
        "file": str(run.out) if run.out and proposed.text else None,
    }  # fmt: skip


def _traits(named: Sequence[str]) -> list[TraitAsked]:
    found = list[TraitAsked]()
    for each in named:
        name, _, how = each.partition(":")
        if how and how not in get_args(Transform):
            raise ConfigError(f"--trait: expected INDIKATOR or INDIKATOR:log, found {each}.", code="FS-USE-01")
        found.append(TraitAsked(name, "log" if how == "log" else "none"))
    if len({each.indikator for each in found}) < len(found):
        raise ConfigError(f"--trait: expected each Indikator once, found {' '.join(named)}.", code="FS-USE-01")
    return found


def _own(typologies: Sequence[Any]) -> list[TraitAsked]:
    """Return the traits of the city's first typology, so that a new fit can be compared with the old one."""
    first = typologies[0].definition.trait if typologies else []
    return [TraitAsked(each.indikator, each.transform, each.weight) for each in first]


def _figures(run: FitRun, traits: Sequence[str]) -> tuple[dt.date, list[str], Points, list[LeftOut]]:
    """Return Stichtag, the units with all figures, these figures, and the units that lack one, with the reason."""
    names = ", ".join(map(literal, traits))
    with connect() as con:
        con.execute(f"ATTACH {literal(str(run.database))} AS release (READ_ONLY); USE release")
        rows = con.execute(
            "SELECT stichtag, raum_id, indikator_id, faktor * zaehler / nullif(nenner, 0), status FROM wert "  # noqa: S608 -- literals
            f"INNER JOIN indikator USING (indikator_id) WHERE raumebene = {literal(run.raumebene)} "
            f"AND indikator_id IN ({names}) ORDER BY stichtag, raum_id"
        ).fetchall()
    days = sorted({day for day, *_ in rows})
    day = run.stichtag or (days[-1] if days else None)
    if day is None or day not in days:
        listed = ", ".join(map(str, days)) or "none"
        raise ConfigError(
            f"types --fit: expected a Stichtag of the Raumebene {run.raumebene} with figures of the traits ({listed}), "
            f"found {day or 'none'} in {run.database}.",
            code="FS-USE-04",
        )
    known = {(unit, name): figure for at, unit, name, figure, _ in rows if at == day and figure is not None}
    statuses = {(unit, name): status for at, unit, name, _, status in rows if at == day}
    units = list(dict.fromkeys(unit for at, unit, *_ in rows if at == day))
    if absent := [name for name in traits if not any((unit, name) in known for unit in units)]:
        raise ConfigError(
            f"types --fit: trait {absent[0]}: expected figures on {day}, found none in {run.database}. "
            "Choose other traits (--trait) or another Stichtag (--stichtag).",
            code="FS-USE-04",
        )
    whole = [unit for unit in units if all((unit, name) in known for name in traits)]
    if len(whole) < FEWEST:
        raise ConfigError(
            f"types --fit: expected two units or more with figures of all traits on {day}, found {len(whole)} in "
            f"{run.database}. Choose fewer traits (--trait).",
            code="FS-USE-04",
        )
    figures = np.array([[known[unit, name] for name in traits] for unit in whole])
    left_out = [
        LeftOut(unit, ", ".join(f"{name} ({statuses.get((unit, name), 'fehlt')})" for name in traits
                                if (unit, name) not in known))
        for unit in units if unit not in set(whole)
    ]  # fmt: skip
    return day, whole, figures, left_out
