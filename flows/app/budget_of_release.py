"""Money by need: what the units of a release get of a sum, read from its published tables and from nothing else.

The weight of a unit is that of its class; where the published figures leave more than one class, the mean of their
weights by their probabilities. A suppressed number of heads is an even share of what the next larger unit has beyond
the published ones in it. A unit without index or heads gets nothing and says why.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from flows.app.index_of_release import IndexTable, index_days, index_of
from flows.base.db import connect, literal, quoted, records, set_variables, sql
from flows.base.errors import ConfigError
from flows.index.budget import Need, Numbers, Terms, because, distributed, ranges
from flows.release.catalog import Release


@dataclass(frozen=True)
class Asked:
    """What is to be distributed by what; `stichtag` None is the newest, `per` None whom the index is about."""

    terms: Terms
    index: str
    raumebene: str
    stichtag: dt.date | None = None
    per: str | None = None
    weights: tuple[float, ...] | None = None


@dataclass(frozen=True)
class Situation:
    """Need and heads of units at a Stichtag."""

    table: IndexTable
    per: str
    units: list[dict[str, Any]]
    """Those that get money, with ``gewicht``, ``koepfe`` and the ends of both."""
    without: list[dict[str, Any]]
    """The others, with ``grund``."""

    @property
    def zuschnitt(self) -> str:
        """The Zuschnitt of the units."""
        return str(self.table.units[0]["zuschnitt"])

    @property
    def need(self) -> Need:
        """Who gets money."""

        def column(name: str) -> Numbers:
            return np.array([unit[name] for unit in self.units], dtype=float)

        return Need(
            column("koepfe"), column("gewicht"), column("gewicht_von") * column("koepfe_von"),
            column("gewicht_bis") * column("koepfe_bis"),
        )  # fmt: skip


@dataclass(frozen=True)
class Budget:
    """A sum distributed, and how each amount came from that of the Stichtag before."""

    situation: Situation
    before: Situation | None
    before_release: str | None
    units: list[dict[str, Any]]


CAUSES = ("fortschreibung", "definition", "koepfe", "bedarf")


def situation_of(database: Path, asked: Asked, stichtag: dt.date | None, version: str | None = None) -> Situation:
    """Return need and heads of the units of a release at a Stichtag, by a version of the index (default: the first).

    Raises:
        ConfigError: the release does not have what is asked for.
    """
    tables = index_of(database, asked.index, asked.raumebene, stichtag)
    named = [each for each in tables if version is None or each.version == version] or tables
    table = next((each for each in named if each.measure == "jahr"), named[0])
    weights = asked.weights or tuple(float(number) for number in range(1, len(table.classes) + 1))
    if len(weights) != len(table.classes):
        raise ConfigError(
            f"--weights: expected {len(table.classes)} numbers, one for each class of {asked.index} "
            f"({', '.join(table.classes)}), found {len(weights)}.",
            code="FS-USE-01",
        )
    per, heads = _heads(database, asked, table)
    units, without = list[dict[str, Any]](), list[dict[str, Any]]()
    for unit in table.units:
        said = {name: unit[name] for name in ("raum_id", "name", "klasse", "klassen_90", "index_status")}
        counted = heads.get(unit["raum_id"])
        if not unit["klasse_von"]:
            without.append({**said, "grund": f"ohne Index: {unit['index_status']} ({unit['index_grund']})"})
        elif counted is None or counted["koepfe"] is None:
            status = counted["status"] if counted else "nicht_geliefert"
            without.append({**said, "grund": f"ohne Köpfe: {per} ({status})"})
        else:
            units.append({**said, **_weighed(unit, weights), **counted})
    return Situation(table, per, units, without)


def _weighed(unit: dict[str, Any], weights: Sequence[float]) -> dict[str, float]:
    """Return the weight of a unit by its class, and by the lowest and the highest of the classes that hold 90 %."""
    likely = [int(each) for each in unit["klassen_90"].split()]
    classes = [*likely, unit["klasse"]] if unit["klasse"] else likely
    sure = unit["sicherheit"]
    mean = sum(share * weight for share, weight in zip(sure, weights, strict=True)) / sum(sure)
    return {
        "gewicht": weights[unit["klasse"] - 1] if unit["klasse"] else mean,
        "gewicht_von": weights[min(classes) - 1], "gewicht_bis": weights[max(classes) - 1],
    }  # fmt: skip


def _heads(database: Path, asked: Asked, table: IndexTable) -> tuple[str, dict[str, dict[str, Any]]]:
    """Return the Indikator that counts heads, and of each unit how many there are, with the ends of what may be."""
    with connect() as con:
        con.execute(f"ATTACH {literal(str(database))} AS release (READ_ONLY); USE release")
        set_variables(con, index_id=asked.index, index_version=table.version)
        concerned = con.execute(
            "SELECT betrifft FROM index_definition "
            "WHERE index_id = getvariable('index_id') AND index_version = getvariable('index_version')"
        ).fetchone()
        per = asked.per or str(concerned[0] if concerned else "")
        counts = [name for (name,) in con.execute(
            "SELECT indikator_id FROM indikator WHERE typ = 'anzahl' ORDER BY position"
        ).fetchall()]  # fmt: skip
        if per not in counts:
            raise ConfigError(
                f"--per: expected an Indikator that counts ({', '.join(counts)}), found {per or 'none'} in {database}.",
                code="FS-USE-01",
            )
        _lying_in(con, asked.raumebene)
        set_variables(con, koepfe_indikator=per, koepfe_stichtag=table.stichtag, koepfe_ebene=asked.raumebene)
        rows = records(con.execute(sql("read/koepfe")))
    return per, {row["raum_id"]: _counted(row) for row in rows}


def _lying_in(con: Any, level: str) -> None:
    """Make the view raum_liegt_in: one row per unit of a level on the newest Zuschnitt and larger unit around it."""
    levels = [name for (name,) in con.execute("SELECT raumebene FROM raumebene ORDER BY rang").fetchall()]
    larger = levels[levels.index(level) + 1 :]
    there = {name for (name,) in con.execute(
        f"SELECT column_name FROM duckdb_columns() WHERE table_name = {literal(level)}"  # noqa: S608 -- quoted
    ).fetchall()}  # fmt: skip
    rows = [
        f"SELECT {quoted(level + '_id')} AS raum_id, {literal(name)} AS ober_ebene, {quoted(name + '_id')} AS ober_id, "  # noqa: S608
        f"{place} AS rang FROM {quoted(level)} WHERE zuschnitt = (SELECT max(zuschnitt) FROM {quoted(level)})"
        for place, name in enumerate(larger)
        if f"{name}_id" in there
    ] or [
        f"SELECT {quoted(level + '_id')} AS raum_id, NULL::VARCHAR AS ober_ebene, NULL::VARCHAR AS ober_id, 0 AS rang "  # noqa: S608
        f"FROM {quoted(level)} WHERE zuschnitt = (SELECT max(zuschnitt) FROM {quoted(level)})"
    ]
    con.execute(f"CREATE TEMP VIEW raum_liegt_in AS {' UNION ALL '.join(rows)}")


def _counted(row: dict[str, Any]) -> dict[str, Any]:
    known, status = row["koepfe"], row["status"]
    if known is not None:
        return {"koepfe": known, "koepfe_von": known, "koepfe_bis": known, "status": status}
    if status == "geschuetzt" and row["uebrig"] is not None:
        share = row["uebrig"] / row["offen"]
        return {"koepfe": share, "koepfe_von": 0.0, "koepfe_bis": row["uebrig"], "status": status}
    return {"koepfe": None, "status": status}


def budget_of(release: Release, asked: Asked, earlier: Release | None) -> Budget:
    """Return a sum distributed over the units of a release, and compared with an earlier release or Stichtag.

    Raises:
        ConfigError: the release does not have what is asked for, or floor and cap do not fit the sum.
    """
    now = situation_of(release.database, asked, asked.stichtag)
    asked.terms.check(len(now.units))
    need = now.need
    amounts = distributed(need.product, asked.terms)
    low, high = ranges(need, asked.terms)
    units = [
        {**unit, "betrag": amount, "betrag_von": min(first, amount), "betrag_bis": max(last, amount)}
        for unit, amount, first, last in zip(now.units, amounts.tolist(), low.tolist(), high.tolist(), strict=True)
    ]  # fmt: skip
    before = _before(release, asked, now, earlier)
    if before is None:
        return Budget(now, None, None, units)
    steps, name = before
    return Budget(now, steps[0], name, _compared(units, steps, now, asked.terms))


def _before(
    release: Release, asked: Asked, now: Situation, earlier: Release | None
) -> tuple[list[Situation], str | None] | None:
    """Return the situations at the Stichtag before: from the one published then to the one that compares with `now`.

    An earlier release counts if it ends with that Stichtag and stands on the same Zuschnitt.
    """
    day = dt.date.fromisoformat(now.table.stichtag)
    days = [each for each in index_days(release.database, asked.index) if each < day]
    if not days:
        return None
    today = situation_of(release.database, asked, days[-1], now.table.version)
    published = index_days(earlier.database, asked.index) if earlier else []
    if earlier is None or not published or published[-1] != days[-1]:
        return [today], None
    first = situation_of(earlier.database, asked, days[-1])
    if first.zuschnitt != today.zuschnitt:
        return [today], None
    versions = {each.version for each in index_of(release.database, asked.index, asked.raumebene, days[-1])}
    if first.table.version != now.table.version and first.table.version in versions:
        former = situation_of(release.database, asked, days[-1], first.table.version)
        return [first, former, today], earlier.version
    return [first, today], earlier.version


def _compared(
    units: list[dict[str, Any]], steps: list[Situation], now: Situation, terms: Terms
) -> list[dict[str, Any]]:
    """Return the units with the amount of the Stichtag before, and what of the change each cause made.

    A unit that was not there then is taken as it is now, so that the others share the same sum; it is not compared.
    """
    ids = [unit["raum_id"] for unit in now.units]
    known = [{unit["raum_id"]: unit for unit in each.units} for each in steps]

    def column(side: dict[str, Any], name: str) -> Numbers:
        return np.array([side.get(unit, now_)[name] for unit, now_ in zip(ids, now.units, strict=True)], dtype=float)

    path = [(column(side, "koepfe"), column(side, "gewicht")) for side in known]
    named = ["fortschreibung" if one.table.version == other.table.version else "definition"
             for one, other in pairwise(steps)]  # fmt: skip
    need = now.need
    path += [(need.heads, path[-1][1]), (need.heads, need.weight)]
    parts = dict(zip([*named, "koepfe", "bedarf"], because(path, terms), strict=True))
    there = [all(unit in side for side in known) for unit in ids]
    return [
        {**unit, **_change(unit, {name: int(parts[name][at]) if name in parts else 0 for name in CAUSES})}
        if compared else {**unit, "betrag_vorher": None, "wegen": None}
        for at, (unit, compared) in enumerate(zip(units, there, strict=True))
    ]  # fmt: skip


def _change(unit: dict[str, Any], parts: dict[str, int]) -> dict[str, Any]:
    return {"betrag_vorher": unit["betrag"] - sum(parts.values()), "wegen": parts}
