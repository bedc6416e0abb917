"""The Ground of a city: made by sql/redrawing from staged counts and polygons, before anything is protected.

Nothing is lost on the way. Base units that must stay together are one; a base unit without a usable polygon, of which
nobody can say where it lies, goes with the one of its Sozialraum that has the most residents.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

import duckdb
import numpy as np

from flows.base.db import records, set_variables, sql, use_spatial
from flows.base.errors import ConfigError
from flows.base.resources import resource
from flows.profile.load import Profile
from flows.redrawing.barriers import lay_barriers, must_be_in_the_city
from flows.redrawing.connected import components, parts
from flows.redrawing.ground import Flags, Floats, Ground, Ints, Trait, sums
from flows.redrawing.pooled_counts import counted_at, pooled_days, trait_counts
from flows.transform.transform_counts import run_folder

_MOST_ISOLATED = 0.2
"""If more of the residents live outside the largest connected part, polygons do not touch, and no city is like that."""
_SURROUNDED = 0.99
_SHOWN = 5


class NoBaseUnits(ConfigError):  # noqa: N818 -- named by what is missing
    """The city has nothing below Sozialräume that could be arranged in another way."""


@dataclass(frozen=True)
class CityGround(Ground):
    """A Ground with what only a city knows."""

    stichtag: dt.date = dt.date.min
    stichtage: tuple[dt.date, ...] = ()
    """The Stichtage over which traits are pooled, the newest first."""
    zuschnitt: str = ""
    members: tuple[tuple[str, ...], ...] = ()
    """The base units that each position stands for; more than one where they must stay together."""
    least: int = 0
    most: int = 0
    """The bounds of residents: of the profile, or made from today's units."""
    without_polygon: tuple[str, ...] = ()
    """Base units that lie nowhere and go with the largest of their Sozialraum."""
    left_out: tuple[str, ...] = ()
    """Traits of the defaults that the city has no counts for."""
    unassigned: float = 0.0
    """Residents of base units that the Zuschnitt assigns to no Sozialraum."""
    nesting: str | None = None
    """The Raumebene that `nest` is about."""
    nests: tuple[str, ...] = ()
    """Ids of its units."""
    inside: Flags = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    """Shape (n,): whether neighbours lie all around it; empty where polygons end at the kerb and nobody can tell."""


def city_ground(
    con: duckdb.DuckDBPyConnection, profile: Profile, stichtag: dt.date | None = None, *, whole: bool = False,
    borders: bool = True,
) -> CityGround:  # fmt: skip
    """Return the Ground of a working database (schemas katalog and stage) on the Zuschnitt that is valid on `stichtag`.

    Residents are those of the Stichtag; of traits, the counts of the profile's years are averaged. `whole` takes a city
    that counts whole Sozialräume as well. Without `borders` the map is not looked at, which takes most of the time.

    Raises:
        NoBaseUnits: every Sozialraum is one base unit.
        ConfigError: no residents at the Stichtag, a trait or base unit of redrawing.toml that is not there, or polygons
            that do not touch.
    """
    stichtag, zuschnitt = _when(con, profile, stichtag)
    rules, nesting = profile.redrawing.rules, _nesting(profile, zuschnitt)
    wanted = profile.redrawing.character.weights
    days = pooled_days(con, stichtag, zuschnitt, profile.redrawing.years)
    set_variables(
        con, zuschnitt=zuschnitt, ober_ebene=nesting, stichtage=[str(day) for day in days], indikatoren=list(wanted),
        weitere_merkmale=["einwohner", "wohnungen"], spalt=rules.max_gap, mindestlaenge=rules.min_border,
    )  # fmt: skip
    _make_tables(con, profile, borders=borders)
    units = records(con.execute("FROM grund_einheit ORDER BY basis_id"))
    if not whole:
        _must_be_divisible(profile, units)
    ids = [str(row["basis_id"]) for row in units]
    position = {name: place for place, name in enumerate(ids)}
    residents = counted_at(con, "einwohner", position, stichtag)
    there = [name for name in wanted if _counted(con, name)]
    _must_be_counted(profile, [name for name in wanted if name not in there], stichtag)
    numerators, denominators = trait_counts(con, position, there)
    groups = _groups(profile, units, residents, position)
    today_ids = sorted({str(row["sozialraum"]) for row in units})
    nests = sorted({str(row["ober_id"]) for row in units if row["ober_id"] is not None})
    first = _first_of_each(groups)
    edges, lengths, barrier = _borders(con, position, groups)
    by_unit = {name: place for place, name in enumerate(today_ids)}
    by_nest = {name: place for place, name in enumerate(nests)}
    today = np.array([by_unit[str(units[place]["sozialraum"])] for place in first], dtype=np.int64)
    grouped = _added(residents[:, None], groups)[:, 0]
    least, most = bounds(rules.least, rules.most, sums(today, grouped))
    ground = CityGround(
        ids=[ids[place] for place in first],
        residents=grouped,
        traits=[
            Trait(name, wanted[name] / sum(wanted[each] for each in there), _is_share(profile, name)) for name in there
        ],
        numerators=_added(numerators, groups),
        denominators=_added(denominators, groups),
        edges=edges,
        lengths=lengths,
        units=today_ids,
        today=today,
        barrier=barrier if borders and _has_barriers(con) else np.zeros(0, dtype=np.bool_),
        nest=np.array([by_nest[str(units[place]["ober_id"])] for place in first], dtype=np.int64)
        if nesting
        else np.zeros(0, dtype=np.int64),
        stichtag=stichtag,
        stichtage=tuple(days),
        zuschnitt=zuschnitt,
        members=tuple(tuple(ids[place] for place in np.flatnonzero(groups == one)) for one in range(len(first))),
        least=least,
        most=most,
        without_polygon=tuple(str(row["basis_id"]) for row in units if not row["hat_gestalt"]),
        left_out=tuple(name for name in wanted if name not in there),
        unassigned=_unassigned(con),
        nesting=nesting,
        nests=tuple(nests) if nesting else (),
        inside=_surrounded(con, position, groups, edges, lengths)
        if borders and not rules.max_gap
        else np.zeros(0, dtype=np.bool_),
    )
    if borders and not whole:
        _must_hang_together(profile, ground)
    return ground


_WITHOUT_MAP = {
    "grund_flaeche": "basis_id VARCHAR, wkb BLOB, flaeche_km2 DOUBLE, umfang_m DOUBLE",
    "grund_grenze": "eine_id VARCHAR, andere_id VARCHAR, meter DOUBLE",
    "grund_trennung": "eine_id VARCHAR, andere_id VARCHAR",
}


def _make_tables(con: duckdb.DuckDBPyConnection, profile: Profile, *, borders: bool) -> None:
    """Make the tables of sql/redrawing, those of the map empty where nobody asks for borders or areas."""
    areas = con.execute(
        "SELECT 1 FROM katalog.indikator_teil "
        "WHERE merkmal = 'flaeche_km2' AND list_contains(getvariable('indikatoren'), indikator_id)"
    ).fetchone()
    if borders or areas:
        use_spatial(con)
        lay_barriers(con, profile)
        run_folder(con, resource("sql/redrawing"))
        must_be_in_the_city(con, profile)
        return
    for table in ("grund_einheit", *_WITHOUT_MAP, "grund_merkmal", "grund_indikator"):
        made = f"({_WITHOUT_MAP[table]})" if table in _WITHOUT_MAP else f"AS {sql(f'redrawing/{table}')}"
        con.execute(f"CREATE OR REPLACE TABLE {table} {made}")


def _when(con: duckdb.DuckDBPyConnection, profile: Profile, asked: dt.date | None) -> tuple[dt.date, str]:
    """Return the Stichtag, the newest up to the one asked for, and the Zuschnitt valid on it."""
    rows = con.execute(
        "SELECT tage.stichtag, zuschnitt.zuschnitt, zuschnitt.basis = tage.basis FROM "
        "(SELECT DISTINCT stichtag, basis FROM stage.zaehlung WHERE merkmal = 'einwohner') AS tage "
        "ASOF INNER JOIN katalog.zuschnitt ON tage.stichtag >= zuschnitt.gueltig_ab ORDER BY 1"
    ).fetchall()
    known = [(day, str(cut)) for day, cut, same in rows if same and (asked is None or day <= asked)]
    if not known:
        days = ", ".join(str(day) for day, _, same in rows if same) or "none"
        raise ConfigError(
            f"{profile.city.id}: expected residents by base unit at {asked or 'some Stichtag'} or before, found {days}."
        )
    return known[-1]


def _nesting(profile: Profile, zuschnitt: str) -> str | None:
    cut = profile.city.zuschnitt_named(dt.date.fromisoformat(zuschnitt))
    return profile.redrawing.nesting_in(profile.city, cut) if cut else None


def _must_be_divisible(profile: Profile, units: list[dict[str, object]]) -> None:
    if not units or max(Counter(row["sozialraum"] for row in units).values()) == 1:
        raise NoBaseUnits(
            f"{profile.city.id}: expected several base units (blocks, block faces) in a Sozialraum, found that every "
            "Sozialraum is counted as a whole. What it is made of cannot be seen, and its boundary cannot be drawn "
            "anew; only its change over time can be judged. Ask the office for counts by block, and name them in "
            "city.toml (base) and sources.toml (assignment)."
        )


def _counted(con: duckdb.DuckDBPyConnection, indikator: str) -> bool:
    found = con.execute(f"SELECT sum(nenner) > 0 FROM grund_indikator WHERE indikator_id = '{indikator}'").fetchone()  # noqa: S608
    return bool(found and found[0])


def _must_be_counted(profile: Profile, lacking: list[str], stichtag: dt.date) -> None:
    """Stop when a trait is missing that the city chose itself, or all of the defaults."""
    everything = set(profile.redrawing.character.weights)
    if lacking and (profile.redrawing.chosen or set(lacking) == everything):
        raise ConfigError(
            f"{profile.folder / 'redrawing.toml'}, character: expected Indikatoren of which base units have counts at "
            f"{stichtag}, found none for {', '.join(lacking)}. Leave them out, or name other traits."
        )


def _is_share(profile: Profile, indikator: str) -> bool:
    return profile.codebook.indikator[indikator].type == "anteil"


def _groups(profile: Profile, units: list[dict[str, object]], residents: Floats, position: dict[str, int]) -> Ints:
    """Return which base units are one, as numbers from 0 on in the order of their first base unit."""
    pairs = list(_stay_together(profile, units, position))
    largest: dict[object, int] = {}
    for place, row in enumerate(units):
        if row["hat_gestalt"]:
            best = largest.setdefault(row["sozialraum"], place)
            if residents[place] > residents[best]:
                largest[row["sozialraum"]] = place
    pairs += [
        (largest[row["sozialraum"]], place)
        for place, row in enumerate(units)
        if not row["hat_gestalt"] and row["sozialraum"] in largest
    ]
    return components(len(units), np.array(pairs, dtype=np.int64).reshape(-1, 2))


def _stay_together(profile: Profile, units: list[dict[str, object]], position: dict[str, int]) -> list[tuple[int, int]]:
    where, pairs = profile.folder / "redrawing.toml", []
    for number, group in enumerate(profile.redrawing.rules.together, start=1):
        if unknown := [name for name in group if name not in position]:
            raise ConfigError(
                f"{where}, rules.together, list {number}: expected base units of the Zuschnitt, found "
                f"{', '.join(unknown[:_SHOWN])}. Correct the ids."
            )
        apart = {str(units[position[name]]["sozialraum"]) for name in group}
        if len(apart) > 1:
            raise ConfigError(
                f"{where}, rules.together, list {number}: expected base units of one Sozialraum, found them in "
                f"{', '.join(sorted(apart))} today. Leave the list out, or assign them to one Sozialraum first."
            )
        pairs += [(position[one], position[other]) for one, other in pairwise(group)]
    return pairs


def _first_of_each(groups: Ints) -> Ints:
    return np.unique(groups, return_index=True)[1].astype(np.int64)


def _added(values: Floats, groups: Ints) -> Floats:
    added = np.zeros((int(groups.max()) + 1, values.shape[1]))
    np.add.at(added, groups, values)
    return added


def _borders(con: duckdb.DuckDBPyConnection, position: dict[str, int], groups: Ints) -> tuple[Ints, Floats, Flags]:
    """Return the borders between what are units of the Ground, each pair once, their lengths, and which are barriers.

    Where several borders are one, it is a barrier if one runs along most of it.
    """
    rows = con.execute(
        "SELECT grenze.eine_id, grenze.andere_id, grenze.meter, trennung.eine_id IS NOT NULL "
        "FROM grund_grenze AS grenze LEFT JOIN grund_trennung AS trennung USING (eine_id, andere_id) ORDER BY ALL"
    ).fetchall()
    ends = np.array([[position[one], position[other]] for one, other, *_ in rows], dtype=np.int64).reshape(-1, 2)
    ends = np.sort(groups[ends], axis=1) if len(ends) else ends
    metres = np.array([length for _, _, length, _ in rows], dtype=np.float64)
    barred = np.array([bool(parted) for *_, parted in rows], dtype=np.bool_)
    between = ends[:, 0] != ends[:, 1]
    pairs, which = np.unique(ends[between], axis=0, return_inverse=True)
    lengths = sums(which.ravel(), metres[between])
    along: Flags = sums(which.ravel(), np.where(barred, metres, 0)[between]) > lengths / 2
    return pairs.astype(np.int64), lengths, along


def _has_barriers(con: duckdb.DuckDBPyConnection) -> bool:
    return con.execute("SELECT 1 FROM grund_linie LIMIT 1").fetchone() is not None


def _surrounded(
    con: duckdb.DuckDBPyConnection, position: dict[str, int], groups: Ints, edges: Ints, lengths: Floats
) -> Flags:
    """Return which units of the Ground share all of their outline, but for what drawing leaves open, with others."""
    outline = np.zeros(int(groups.max()) + 1)
    for name, metres in con.execute("SELECT basis_id, umfang_m FROM grund_flaeche ORDER BY ALL").fetchall():
        outline[groups[position[name]]] += metres
    for one, other, metres in con.execute("FROM grund_grenze ORDER BY ALL").fetchall():
        if groups[position[one]] == groups[position[other]]:
            outline[groups[position[one]]] -= 2 * metres
    shared = sums(edges.ravel(), np.repeat(lengths, 2)) if len(edges) else np.zeros(0)
    shared = np.pad(shared, (0, len(outline) - len(shared)))
    found: Flags = shared >= _SURROUNDED * outline
    return found


def bounds(least: int | None, most: int | None, residents: Floats) -> tuple[int, int]:
    """Return the bounds of residents: those stated, else from the median of the inhabited units, in round hundreds."""
    inhabited = residents[residents > 0]
    median = float(np.median(inhabited)) if len(inhabited) else 0.0
    third = max(1, round(median / 3, -2))
    lower = least if least is not None else third if most is None else min(third, most // 2)
    upper = most if most is not None else max(2 * lower, round(median * 2.5, -2))
    return int(lower), int(upper)


def _unassigned(con: duckdb.DuckDBPyConnection) -> float:
    found = con.execute(
        "SELECT coalesce(sum(zaehlung.wert), 0) FROM stage.zaehlung "
        "SEMI JOIN katalog.zuschnitt ON zaehlung.basis = zuschnitt.basis "
        "AND zuschnitt.zuschnitt = getvariable('zuschnitt') "
        "ANTI JOIN grund_einheit ON zaehlung.basis_id = grund_einheit.basis_id "
        "WHERE zaehlung.merkmal = 'einwohner' AND zaehlung.stichtag = getvariable('stichtag')::DATE"
    ).fetchone()
    return float(found[0]) if found else 0.0


def _must_hang_together(profile: Profile, ground: CityGround) -> None:
    residents = sums(parts(ground), ground.residents)
    outside = 1 - residents.max() / max(residents.sum(), 1)
    if outside > _MOST_ISOLATED:
        raise ConfigError(
            f"{profile.city.id}: expected base units that share borders, found {np.count_nonzero(residents)} inhabited "
            f"parts without a border to each other; {outside:.0%} of the residents live outside the largest. Where "
            "polygons end at the kerb, say in redrawing.toml how wide streets are: rules.max_gap = 25. "
            f"({len(ground.without_polygon)} base units have no usable polygon.)"
        )
