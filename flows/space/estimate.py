"""Finds the keys between two Zuschnitte without common base units, and lays them into the working database.

One table comes out, ``schluessel_geschaetzt``: for every Merkmal counted on both sides a key of its own, and the key
of the residents again for whatever is not (``entlehnt``). sql/transform/merkmal_geschaetzt.sql takes counts through.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from flows.base.db import Value, insert, set_variables, sql
from flows.base.errors import ConfigError
from flows.space.area_weighting import density_seed
from flows.space.best_key import Evidence, best_key
from flows.space.dasymetric import ControlWeights
from flows.space.intersection import Intersection, intersection
from flows.space.links import Floats, Links
from flows.space.overlap_fit import Finding, Fit, band_fits
from flows.space.umsteigeschluessel import Method, Schluessel
from flows.space.uncertainty import BORROWED, FEWEST_TRIALS, SPREADS, Spread, calibrated, hold_out

RESIDENTS = "einwohner"
Series = dict[str, dict[dt.date, dict[str, float]]]
"""Counts of units by Merkmal and Stichtag."""
Control = Callable[[Links], Sequence[ControlWeights]]
"""Gives what is known of buildings and people in the pieces of two Zuschnitte."""

KEY_TABLE = (
    "CREATE OR REPLACE TABLE schluessel_geschaetzt (von_zuschnitt VARCHAR, nach_zuschnitt VARCHAR, "
    "raumebene VARCHAR, von_id VARCHAR, nach_id VARCHAR, merkmal VARCHAR, entlehnt BOOLEAN, stichtag DATE, "
    "nah_am DATE, anteil DOUBLE, einwohner DOUBLE, methode VARCHAR, faktor DOUBLE, relativ DOUBLE, "
    "ungeteilt BOOLEAN, insel BIGINT)"
)

LENT_SPREADS: Mapping[Method, Spread] = {**SPREADS, Method.POPULATION_WEIGHTED: BORROWED}
"""How wrong the key of the residents is for a Merkmal that has none of its own."""


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
    con: duckdb.DuckDBPyConnection, von: str, nach: str, raumebene: str, control: Control = lambda _: ()
) -> tuple[Intersection, Estimated, Estimated]:
    """Find the keys from `von` to `nach` and back.

    Reads ``raum`` and ``merkmal_raum`` as the transform leaves them.

    Raises:
        ConfigError: one of the two Zuschnitte has no polygons, or no residents were ever counted.
    """
    pieces = intersection(con, von, nach, raumebene)
    old, new = counted_series(con, von, raumebene), counted_series(con, nach, raumebene)
    if not old.get(RESIDENTS) and not new.get(RESIDENTS):
        raise ConfigError(
            f"Expected counts of the Merkmal {RESIDENTS} on Zuschnitt {von} or {nach}, found none on the Raumebene "
            f"{raumebene}. A key needs people to be weighed by: add a source of residents to sources.toml."
        )
    turned = Intersection(
        pieces.links.turned(), pieces.area, pieces.new_area, pieces.old_area, pieces.slivers, pieces.gaps
    )
    known = control(pieces.links)
    return pieces, _estimated(pieces, old, new, known), _estimated(turned, new, old, known)


def lay_keys(con: duckdb.DuckDBPyConnection, found: Estimated, von: str, nach: str, raumebene: str) -> dict[str, str]:
    """Append the keys `found` from `von` to `nach` to the table ``schluessel_geschaetzt`` (KEY_TABLE).

    A unit outside every unit of `nach` goes to the nearest, as the people there would if the old lines still stood:
    nobody is lost. Those units are returned, with where they went.
    """
    set_variables(
        con, von_zuschnitt=von, nach_zuschnitt=nach, raumebene=raumebene,
        einheiten=list(found.keys[RESIDENTS].without_partner),
    )  # fmt: skip
    outside: dict[str, str] = dict(con.execute(sql("space/naechste")).fetchall())
    rows = _rows(found, outside, counted_series(con, von, raumebene))
    insert(
        con, "schluessel_geschaetzt",
        [row | {"von_zuschnitt": von, "nach_zuschnitt": nach, "raumebene": raumebene} for row in rows],
    )  # fmt: skip
    return outside


def composed(first: Estimated, then: Estimated) -> Estimated:
    """Return the keys over two redraws. The errors of both add up, as independent ones do.

    A Merkmal that only one of the two has a key for goes the other way by the key of the residents.
    """
    keys, spreads = {}, {}
    for merkmal in {**first.keys, **then.keys}:
        one = first.keys.get(merkmal) or first.keys[RESIDENTS].lent()
        two = then.keys.get(merkmal) or then.keys[RESIDENTS].lent()
        keys[merkmal] = one.then(two)
        wide = [known.spreads.get(merkmal, LENT_SPREADS) for known in (first, then)]
        spreads[merkmal] = {
            method: Spread(
                (wide[0][method].factor ** 2 + wide[1][method].factor ** 2) ** 0.5,
                max(wide[0][method].relative, wide[1][method].relative),
            )
            for method in Method
        }
    return Estimated(keys, first.stichtag, first.near, {**then.findings, **first.findings}, spreads)


def counted_series(con: duckdb.DuckDBPyConnection, zuschnitt: str, raumebene: str) -> Series:
    """Return what was counted, or can be added exactly, on a Zuschnitt."""
    set_variables(con, zuschnitt=zuschnitt, raumebene=raumebene)
    rows = con.execute(
        """
        SELECT merkmal, stichtag, raum_id, wert
        FROM merkmal_raum
        WHERE zuschnitt = getvariable('zuschnitt') AND raumebene = getvariable('raumebene')
            AND merkmal <> 'flaeche_km2'
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


def _rows(found: Estimated, outside: Mapping[str, str], own: Series) -> list[dict[str, Value]]:
    rows: list[dict[str, Value]] = []
    lent = (RESIDENTS, found.keys[RESIDENTS].lent(), LENT_SPREADS, True)
    fitted = [(m, key, found.spreads[m], False) for m, key in found.keys.items()]
    for merkmal, key, spreads, is_lent in [*fitted, lent]:
        links = key.links
        counts = own.get(merkmal, {}).get(found.stichtag, {}) if found.stichtag else {}
        same: dict[str, Value] = {
            "merkmal": merkmal, "entlehnt": is_lent, "stichtag": found.stichtag.isoformat() if found.stichtag else None,
        }  # fmt: skip
        undivided = (links.partners_of_old() == 1)[links.old_of].tolist()
        of_old, of_new = links.components()
        method_of = dict(zip(links.old, key.methods, strict=True))
        for (old, new, share, method), people, whole, number in zip(
            key.rows(), key.spread(counts).tolist(), undivided, of_old[links.old_of].tolist(), strict=True
        ):
            spread = spreads[method_of[old]]
            near = found.near if method_of[old] is Method.OVERLAP else None
            rows.append(same | {
                "von_id": old, "nach_id": new, "anteil": round(share, 12), "einwohner": round(people, 6),
                "methode": method, "nah_am": near.isoformat() if near else None,
                "faktor": round(spread.factor, 6), "relativ": round(spread.relative, 9), "ungeteilt": whole,
                "insel": number,
            })  # fmt: skip
        island = dict(zip(links.new, of_new.tolist(), strict=True))
        rows += [
            same | {"von_id": old, "nach_id": new, "anteil": 1.0, "einwohner": round(counts.get(old, 0.0), 6),
                    "methode": Method.AREA_WEIGHTED.word, "faktor": 0.0, "relativ": 0.0, "ungeteilt": True,
                    "insel": island[new]}
            for old, new in outside.items()
        ]  # fmt: skip
    return rows
