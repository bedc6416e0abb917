"""Berlin's reform of 2021 as tests need it: both geometries, and residents by age on both sides."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np

from flows.space.area_weighting import density_seed
from flows.space.best_key import Evidence, best_key
from flows.space.intersection import Intersection, intersection
from flows.space.links import Floats, Links, links_between
from flows.space.overlap_fit import band_fits, overlap_fit
from flows.space.umsteigeschluessel import Method, Schluessel
from flows.space.uncertainty import Spread
from tests.space.through import Case

OLD, NEW = "2006-01-01", "2021-01-01"
BANDS = {
    "below_6": "inhabitants_age_below_6", "6_14": "inhabitants_age_6_15", "15_17": "inhabitants_age_15_18",
    "18_26": "inhabitants_age_18_27", "27_44": "inhabitants_age_27_45", "45_54": "inhabitants_age_45_55",
    "55_64": "inhabitants_age_55_65", "65_plus": "inhabitants_age_above_65",
}  # fmt: skip
OTHERS = {"einwohner": "inhabitants", "weiblich": "inhabitants_female", "nichtdeutsche": "inhabitants_foreigners"}
ON_OLD = ("2019-12-31", "2020-06-30", "2020-12-31")
ON_NEW = ("2021-06-30", "2021-12-31", "2022-12-31", "2024-12-31")
Counts = dict[str, dict[str, float]]


@dataclass(frozen=True)
class Reform:
    """The pieces of old and new units, and by Stichtag and Merkmal the counts of the units valid then."""

    con: duckdb.DuckDBPyConnection
    pieces: Intersection
    counts: dict[str, Counts]

    def residents(self, stichtag: str) -> dict[str, float]:
        return self.counts[stichtag]["einwohner"]


def read_reform(con: duckdb.DuckDBPyConnection, folder: Path) -> Reform:
    con.execute(
        "CREATE TABLE raum (zuschnitt VARCHAR, raumebene VARCHAR, raum_id VARCHAR, geometrie BLOB, "
        "eltern MAP(VARCHAR, VARCHAR), "
        "flaeche_km2 DOUBLE GENERATED ALWAYS AS (st_area(st_geomfromwkb(geometrie)) / 1e6))"
    )
    for zuschnitt, file, unit in (
        (OLD, "lor_plr_until_2020.geojson", "id"),
        (NEW, "lor_plr_from_2021_simplified.geojson", "plr_id"),
    ):
        con.execute(
            f"""
            INSERT INTO raum
            WITH feature AS (
                SELECT unnest(features) AS f
                FROM read_json('{folder / file}', columns = {{features: 'JSON[]'}}, maximum_object_size = 100000000)
            )
            SELECT
                '{zuschnitt}', 'sozialraum',
                -- one of the two units called Schloßstraße carries the other's id (cities/berlin/corrections.toml)
                CASE WHEN f->'properties'->>'id' = '06010102'
                        AND abs((f->'properties'->>'area')::DOUBLE - 562454.33) < 1
                    THEN '04030417' ELSE f->'properties'->>'{unit}' END,
                ST_AsWKB(ST_MakeValid(ST_Transform(
                    ST_GeomFromGeoJSON(f->'geometry'), 'EPSG:4326', 'EPSG:25833', always_xy := true
                )))::BLOB,
                MAP {{}}
            FROM feature
            """
        )
    counts = {
        stichtag: _counts(folder / f"population_{stichtag[:4]}-{'01' if stichtag[5:7] == '06' else '02'}-t2.csv")
        for stichtag in (*ON_OLD, *ON_NEW)
    }
    return Reform(con, intersection(con, OLD, NEW, "sozialraum"), counts)


def _counts(path: Path) -> Counts:
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {merkmal: {row["id"]: float(row[column]) for row in rows} for merkmal, column in (OTHERS | BANDS).items()}


def fitted(reform: Reform, at: str, near: str, merkmale: tuple[str, ...] = ("einwohner",)) -> dict[str, Schluessel]:
    """The keys from old to new units for each Merkmal, from the old counts of `at` and the new ones of `near`."""
    pieces = reform.pieces
    old, new = _arrays(pieces.links, reform, at, merkmale)[0], _arrays(pieces.links, reform, near, merkmale)[1]
    seed = density_seed(pieces.links, pieces.area, pieces.new_area, new["einwohner"])
    fits = band_fits(pieces.links, seed, old, new, total="einwohner")
    return {m: best_key(Evidence(pieces.links, pieces.area, fit, density=seed)) for m, fit in fits.items()}


def fitted_back(reform: Reform, at: str, near: str) -> Schluessel:
    """The key from new to old units, from the new counts of `at` and the old ones of `near`."""
    pieces, links = reform.pieces, reform.pieces.links.turned()
    old = links.counts_of_new(reform.residents(near))
    seed = density_seed(links, pieces.area, pieces.old_area, old)
    fit = overlap_fit(links, seed, links.counts_of_old(reform.residents(at)), old)
    return best_key(Evidence(links, pieces.area, fit, density=seed))


def withheld(
    links: Links, truth: dict[str, float], near: dict[str, float], years: float = 0.5, spread: Spread | None = None
) -> Case:
    """Return what estimates `truth` of the new units of `links` from its sums over connected components and `near`.

    The components are what the fit to old counts knows for certain: as hard as the task itself, but with the truth.
    """
    _, island = links.components()
    names = [f"c{number}" for number in island.tolist()]
    components = links_between(zip(names, links.new, strict=True))
    old: dict[str, float] = {}
    for name, unit in zip(names, links.new, strict=True):
        old[name] = old.get(name, 0.0) + truth[unit]
    known = components.counts_of_new(near)
    seed = known[components.new_of]
    fit = overlap_fit(components, seed, components.counts_of_old(old), known)
    key = best_key(Evidence(components, np.ones(len(components)), fit, density=seed))
    return Case(key, old, years, {Method.OVERLAP: spread} if spread else None)


def _arrays(
    links: Links, reform: Reform, at: str, merkmale: tuple[str, ...]
) -> tuple[dict[str, Floats], dict[str, Floats]]:
    counts = reform.counts[at]
    return (
        {m: links.counts_of_old(counts[m]) for m in merkmale},
        {m: links.counts_of_new(counts[m]) for m in merkmale},
    )
