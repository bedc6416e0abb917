"""Finds the keys between two Zuschnitte without common base units, and writes them into the working database.

Two tables come out, ``schluessel_geschaetzt`` and ``schluessel_streifen`` (what lies between two lines that count as
the same). The first has for every Merkmal counted on both sides a key of its own, and the key
of the residents again for whatever is not (``entlehnt``). sql/transform/schaetzung_teil.sql takes counts through.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np

from flows.base.db import insert, set_variables, sql
from flows.base.errors import ConfigError
from flows.space.area_weighting import density_seed
from flows.space.best_key import Evidence, best_key
from flows.space.dasymetric import ControlWeights
from flows.space.intersection import Intersection, intersection
from flows.space.links import Flags, Floats, Ints, Links
from flows.space.overlap_fit import Finding, Fit, band_fits
from flows.space.umsteigeschluessel import Method, Schluessel
from flows.space.uncertainty import BORROWED, FEWEST_TRIALS, SPREADS, Spread, calibrated, hold_out

RESIDENTS = "einwohner"
STRIP_TABLE = (
    "CREATE OR REPLACE TABLE schluessel_streifen (von_zuschnitt VARCHAR, nach_zuschnitt VARCHAR, raumebene VARCHAR, "
    "von_id VARCHAR, nach_id VARCHAR, flaeche_km2 DOUBLE)"
)

Series = dict[str, dict[dt.date, Floats]]
"""Counts of units, in a given order, by Merkmal and Stichtag."""
Strips = Mapping[tuple[str, str], float]
"""The area of an old unit that lies, between two lines that count as the same, in a new one that it does not go to."""
Columns = Floats | Ints | Flags
Control = Callable[[Links], Sequence[ControlWeights]]
"""Returns what is known of buildings and people in the pieces of two Zuschnitte."""

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
    """The keys of one direction, by Merkmal, with what the fits could not meet."""

    keys: Mapping[str, Schluessel]
    stichtag: dt.date | None
    """Of the counts on the side that the keys lead from."""
    near: dt.date | None
    """Of the counts on the side that they lead to."""
    findings: Mapping[str, tuple[Finding, ...]]
    spreads: Mapping[str, Mapping[Method, Spread]]
    counts: Mapping[str, Floats]
    """Of the units that the keys lead from at the Stichtag, by Merkmal."""
    strips: Strips

    def flow(self, merkmal: str, key: Schluessel) -> Floats:
        """Return what of a Merkmal goes along each pair of `key`; nothing where it was not counted."""
        return key.spread(self.counts.get(merkmal, np.zeros(len(key.links.old))))


def estimate_keys(
    con: duckdb.DuckDBPyConnection, von: str, nach: str, raumebene: str, control: Control = lambda _: ()
) -> tuple[Intersection, Estimated, Estimated]:
    """Find the keys from `von` to `nach` and back.

    Reads ``raum`` and ``merkmal_raum`` as the transform leaves them.

    Raises:
        ConfigError: one of the two Zuschnitte has no polygons, or no residents were ever counted.
    """
    pieces = intersection(con, von, nach, raumebene)
    old = counted_series(con, von, raumebene, pieces.links.old)
    new = counted_series(con, nach, raumebene, pieces.links.new)
    if not old.get(RESIDENTS) and not new.get(RESIDENTS):
        raise ConfigError(
            f"Expected counts of the Merkmal {RESIDENTS} on Zuschnitt {von} or {nach}, found none on the Raumebene "
            f"{raumebene}. A key needs people to be weighed by: add a source of residents to sources.toml.",
            code="FS-CONFIG-07",
        )
    turned = pieces.turned()
    known = control(pieces.links)
    return pieces, _estimated(pieces, old, new, known), _estimated(turned, new, old, known)


def write_keys(con: duckdb.DuckDBPyConnection, found: Estimated, von: str, nach: str, raumebene: str) -> dict[str, str]:
    """Append the keys `found` from `von` to `nach` to ``schluessel_geschaetzt`` (KEY_TABLE), with their strips.

    A unit outside every unit of `nach` goes to the nearest, as the people there would if the old lines still stood:
    nobody is lost. Those units are returned, with where they went.
    """
    set_variables(
        con, von_zuschnitt=von, nach_zuschnitt=nach, raumebene=raumebene,
        einheiten=list(found.keys[RESIDENTS].without_partner),
    )  # fmt: skip
    outside: dict[str, str] = dict(con.execute(sql("space/naechste")).fetchall())
    links = found.keys[RESIDENTS].links
    set_variables(
        con, von_einheiten=list(links.old), nach_einheiten=list(links.new), merkmale=list(found.keys),
        methoden=[method.word for method in Method],
        stichtag=found.stichtag.isoformat() if found.stichtag else None,
        nah_am=found.near.isoformat() if found.near else None,
    )  # fmt: skip
    con.register("teil_nummer", _numbers(found, outside))
    try:
        con.execute(f"INSERT INTO schluessel_geschaetzt BY NAME {sql('space/schluessel_teil')}")
    finally:
        con.unregister("teil_nummer")
    insert(
        con, "schluessel_streifen",
        [{"von_zuschnitt": von, "nach_zuschnitt": nach, "raumebene": raumebene, "von_id": old, "nach_id": new,
          "flaeche_km2": round(area / 1e6, 9)} for (old, new), area in sorted(found.strips.items())],
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
    findings = {**then.findings, **first.findings}
    return Estimated(keys, first.stichtag, first.near, findings, spreads, first.counts, _strips_over(first, then))


def _strips_over(first: Estimated, then: Estimated) -> Strips:
    """Return the strips over two redraws: those of the first, as their people go on, and those of the second."""
    found: dict[tuple[str, str], float] = {}
    shares = [{(old, new): share for old, new, share, _ in each.keys[RESIDENTS].rows()} for each in (first, then)]
    for one, two in ((first.strips, shares[1]), (shares[0], then.strips)):
        onward: dict[str, list[tuple[str, float]]] = {}
        for (middle, new), part in two.items():
            onward.setdefault(middle, []).append((new, part))
        for (old, middle), part in one.items():
            for new, further in onward.get(middle, ()):
                found[old, new] = found.get((old, new), 0.0) + part * further
    return found


def counted_series(con: duckdb.DuckDBPyConnection, zuschnitt: str, raumebene: str, units: Sequence[str]) -> Series:
    """Return what was counted, or can be added exactly, on a Zuschnitt, in the order of `units`; else 0."""
    set_variables(con, zuschnitt=zuschnitt, raumebene=raumebene, einheiten=list(units))
    found: Series = {}
    for merkmal, stichtag, places, counts in con.execute(sql("space/zaehlreihe")).fetchall():
        ordered = np.zeros(len(units))
        ordered[np.array(places, dtype=np.int64)] = counts
        found.setdefault(merkmal, {})[stichtag] = ordered
    return found


def _estimated(pieces: Intersection, own: Series, other: Series, control: Sequence[ControlWeights]) -> Estimated:
    links = pieces.links
    if not own.get(RESIDENTS) or not other.get(RESIDENTS):
        key = best_key(Evidence(links, pieces.area, control=control))
        return Estimated({RESIDENTS: key}, None, None, {}, {RESIDENTS: SPREADS}, {}, _strips(pieces))
    stichtag, near = min(
        ((one, two) for one in own[RESIDENTS] for two in other[RESIDENTS]), key=lambda pair: abs(pair[0] - pair[1])
    )
    counted = [m for m in own if stichtag in own[m] and near in other.get(m, {})]
    before, after = ({m: series[m][day] for m in counted} for series, day in ((own, stichtag), (other, near)))
    seed = density_seed(links, pieces.area, pieces.new_area, after[RESIDENTS])
    fits = band_fits(links, seed, before, after, total=RESIDENTS)
    return Estimated(
        keys={m: _key(pieces, fit, seed, control) for m, fit in fits.items()},
        stichtag=stichtag,
        near=near,
        findings={m: fit.findings for m, fit in fits.items() if fit.findings},
        spreads={m: _spreads(pieces, other[m]) for m in fits},
        counts={m: by_day[stichtag] for m, by_day in own.items() if stichtag in by_day},
        strips=_strips(pieces),
    )


def _strips(pieces: Intersection) -> Strips:
    return {(one.old, one.new): one.area for one in pieces.slivers}


def _key(pieces: Intersection, fit: Fit, seed: Floats, control: Sequence[ControlWeights]) -> Schluessel:
    return best_key(Evidence(pieces.links, pieces.area, fit, control, seed))


def _spreads(pieces: Intersection, counts: Mapping[dt.date, Floats]) -> Mapping[Method, Spread]:
    if len(counts) < 2:
        return SPREADS
    known = hold_out(pieces.links, counts)
    return {**SPREADS, Method.OVERLAP: calibrated(known)} if len(known.error) >= FEWEST_TRIALS else SPREADS


def _numbers(found: Estimated, outside: Mapping[str, str]) -> dict[str, Columns]:
    """Return the columns of the table ``teil_nummer``, which sql/space/schluessel_teil.sql reads."""
    fitted = [(m, key, found.spreads[m], False) for m, key in found.keys.items()]
    lent = (RESIDENTS, found.keys[RESIDENTS].lent(), LENT_SPREADS, True)
    parts = []
    for merkmal, key, spreads, is_lent in [*fitted, lent]:
        number = list(found.keys).index(merkmal)
        shares = _shares(key, spreads, found.flow(merkmal, key))
        nearest = _nearest(key, outside, found.counts.get(merkmal))
        parts += [
            {**part, "merkmal": np.full(len(part["von"]), number), "entlehnt": np.full(len(part["von"]), is_lent)}
            for part in (shares, nearest)
        ]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _shares(key: Schluessel, spreads: Mapping[Method, Spread], flow: Floats) -> dict[str, Columns]:
    links = key.links
    method = np.array(key.methods, dtype=np.int64)[links.old_of]
    return {
        "von": links.old_of, "nach": links.new_of, "anteil": key.weights, "einwohner": flow, "methode": method,
        "angepasst": method == Method.OVERLAP,
        "faktor": np.array([spreads[each].factor for each in Method])[method],
        "relativ": np.array([spreads[each].relative for each in Method])[method],
        "ungeteilt": (links.partners_of_old() == 1)[links.old_of], "insel": links.components()[0][links.old_of],
    }  # fmt: skip


def _nearest(key: Schluessel, outside: Mapping[str, str], counts: Floats | None) -> dict[str, Columns]:
    """Return the whole of each unit that lies `outside` every other, which goes to the nearest."""
    links, many = key.links, len(outside)
    von = np.array([links.old.index(unit) for unit in outside], dtype=np.int64)
    nach = np.array([links.new.index(unit) for unit in outside.values()], dtype=np.int64)
    return {
        "von": von, "nach": nach, "anteil": np.ones(many),
        "einwohner": np.zeros(many) if counts is None else counts[von],
        "methode": np.full(many, Method.AREA_WEIGHTED), "angepasst": np.zeros(many, dtype=np.bool_),
        "faktor": np.zeros(many), "relativ": np.zeros(many), "ungeteilt": np.ones(many, dtype=np.bool_),
        "insel": links.components()[1][nach],
    }  # fmt: skip
