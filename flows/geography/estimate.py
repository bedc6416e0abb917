"""Finds the keys between two Zuschnitte without common base units, and lays them into the working database.

One table comes out, ``schluessel_geschaetzt``: for every Merkmal counted on both sides a key of its own, and the key
of the residents again for whatever is not (``entlehnt``). sql/geography/merkmal_geschaetzt.sql takes counts through.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from flows.errors import ConfigError
from flows.geography.area_weighting import density_seed
from flows.geography.best_key import Evidence, best_key
from flows.geography.dasymetric import ControlWeights
from flows.geography.intersection import Intersection, intersection
from flows.geography.links import Floats
from flows.geography.overlap_fit import Finding, Fit, band_fits
from flows.geography.umsteigeschluessel import Method, Schluessel
from flows.geography.uncertainty import BORROWED, FEWEST_TRIALS, SPREADS, Spread, calibrated, hold_out
from flows.stage.database import Value, insert, set_variables

RESIDENTS = "einwohner"
Series = dict[str, dict[dt.date, dict[str, float]]]
"""Counts of units by Merkmal and Stichtag."""


@dataclass(frozen=True)
class Estimated:
    """The keys of one direction, by Merkmal, with what the fits could not hold."""

    keys: Mapping[str, Schluessel]
    stichtag: dt.date | None
    """Of the counts on the side that the keys lead from."""
    near: dt.date | None
    """Of the counts on the side that they lead to."""
    findings: Mapping[str, tuple[Finding, ...]]
    spreads: Mapping[str, Mapping[Method, Spread]]


def estimate_keys(
    con: duckdb.DuckDBPyConnection, von: str, nach: str, raumebene: str, control: Sequence[ControlWeights] = ()
) -> tuple[Intersection, Estimated, Estimated]:
    """Find the keys from `von` to `nach` and back, and append them to ``schluessel_geschaetzt``.

    Reads ``raum``, ``merkmal_raum`` and ``stichtag`` as the transform leaves them.

    Raises:
        ConfigError: one of the two Zuschnitte has no polygons, or no residents were ever counted.
    """
    pieces = intersection(con, von, nach, raumebene)
    old, new = _series(con, von, raumebene), _series(con, nach, raumebene)
    if not old.get(RESIDENTS) and not new.get(RESIDENTS):
        raise ConfigError(
            f"Expected counts of the Merkmal {RESIDENTS} on Zuschnitt {von} or {nach}, found none on the Raumebene "
            f"{raumebene}. A key needs people to be weighed by: add a source of residents to sources.toml."
        )
    turned = Intersection(
        pieces.links.turned(), pieces.area, pieces.new_area, pieces.old_area, pieces.slivers, pieces.gaps
    )
    there = _estimated(pieces, old, new, control)
    back = _estimated(turned, new, old, control)
    con.execute(
        "CREATE TABLE IF NOT EXISTS schluessel_geschaetzt (von_zuschnitt VARCHAR, nach_zuschnitt VARCHAR, "
        "raumebene VARCHAR, von_id VARCHAR, nach_id VARCHAR, merkmal VARCHAR, entlehnt BOOLEAN, stichtag DATE, "
        "nah_am DATE, anteil DOUBLE, einwohner DOUBLE, methode VARCHAR, faktor DOUBLE, relativ DOUBLE, "
        "ungeteilt BOOLEAN, insel BIGINT)"
    )
    insert(con, "schluessel_geschaetzt", _rows(there, von, nach, raumebene, old))
    insert(con, "schluessel_geschaetzt", _rows(back, nach, von, raumebene, new))
    return pieces, there, back


def _series(con: duckdb.DuckDBPyConnection, zuschnitt: str, raumebene: str) -> Series:
    set_variables(con, zuschnitt=zuschnitt, raumebene=raumebene)
    rows = con.execute(
        """
        SELECT merkmal_raum.merkmal, merkmal_raum.stichtag, merkmal_raum.raum_id, merkmal_raum.wert
        FROM merkmal_raum
        INNER JOIN stichtag
            ON merkmal_raum.stichtag = stichtag.stichtag AND merkmal_raum.zuschnitt = stichtag.zuschnitt
        WHERE merkmal_raum.zuschnitt = getvariable('zuschnitt') AND merkmal_raum.raumebene = getvariable('raumebene')
            AND merkmal_raum.merkmal <> 'flaeche_km2'
        ORDER BY ALL
        """
    ).fetchall()
    found: Series = {}
    for merkmal, stichtag, unit, count in rows:
        found.setdefault(merkmal, {}).setdefault(stichtag, {})[unit] = float(count)
    return found


def _estimated(pieces: Intersection, own: Series, other: Series, control: Sequence[ControlWeights]) -> Estimated:
    links = pieces.links
    if not own.get(RESIDENTS) or not other.get(RESIDENTS):
        key = best_key(Evidence(links, pieces.area, control=control))
        return Estimated({RESIDENTS: key}, None, None, {}, {RESIDENTS: SPREADS})
    stichtag, near = min(
        ((one, two) for one in own[RESIDENTS] for two in other[RESIDENTS]), key=lambda pair: abs(pair[0] - pair[1])
    )
    counted = [m for m in own if stichtag in own[m] and near in other.get(m, {})]
    before = {m: links.counts_of_old(own[m][stichtag]) for m in counted}
    after = {m: links.counts_of_new(other[m][near]) for m in counted}
    seed = density_seed(links, pieces.area, pieces.new_area, after[RESIDENTS])
    fits = band_fits(links, seed, before, after, total=RESIDENTS)
    return Estimated(
        keys={m: _key(pieces, fit, seed, control) for m, fit in fits.items()},
        stichtag=stichtag,
        near=near,
        findings={m: fit.findings for m, fit in fits.items() if fit.findings},
        spreads={m: _spreads(pieces, other[m]) for m in fits},
    )


def _key(pieces: Intersection, fit: Fit, seed: Floats, control: Sequence[ControlWeights]) -> Schluessel:
    return best_key(Evidence(pieces.links, pieces.area, fit, control, seed))


def _spreads(pieces: Intersection, counts: Mapping[dt.date, Mapping[str, float]]) -> Mapping[Method, Spread]:
    if len(counts) < 2:
        return SPREADS
    known = hold_out(pieces.links, counts)
    return {**SPREADS, Method.OVERLAP: calibrated(known)} if len(known.error) >= FEWEST_TRIALS else SPREADS


def _rows(found: Estimated, von: str, nach: str, raumebene: str, own: Series) -> list[dict[str, Value]]:
    rows: list[dict[str, Value]] = []
    lent = (RESIDENTS, found.keys[RESIDENTS].lent(), {**SPREADS, Method.POPULATION_WEIGHTED: BORROWED}, True)
    fitted = [(m, key, found.spreads[m], False) for m, key in found.keys.items()]
    for merkmal, key, spreads, is_lent in [*fitted, lent]:
        links = key.links
        counts = own.get(merkmal, {}).get(found.stichtag, {}) if found.stichtag else {}
        undivided = (links.partners_of_old() == 1)[links.old_of].tolist()
        island = links.components()[0][links.old_of].tolist()
        method_of = dict(zip(links.old, key.methods, strict=True))
        for (old, new, share, method), people, whole, number in zip(
            key.rows(), key.spread(counts).tolist(), undivided, island, strict=True
        ):
            spread = spreads[method_of[old]]
            near = found.near if method_of[old] is Method.OVERLAP else None
            rows.append({
                "von_zuschnitt": von, "nach_zuschnitt": nach, "raumebene": raumebene, "von_id": old, "nach_id": new,
                "merkmal": merkmal, "entlehnt": is_lent, "anteil": share, "einwohner": people, "methode": method,
                "stichtag": found.stichtag.isoformat() if found.stichtag else None,
                "nah_am": near.isoformat() if near else None,
                "faktor": spread.factor, "relativ": spread.relative, "ungeteilt": whole, "insel": number,
            })  # fmt: skip
    return rows
