"""What proposals do to the published figures: classes of need, and how wide estimates on the new units are.

Both come out of the code of a refresh, on a working database in which all proposals together are a Zuschnitt
(flows.redrawing.laid_cut); before disclosure control, so that a class may be missing in a release.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import duckdb
from pydantic import BaseModel, ConfigDict

from flows.base.db import set_variables, sql
from flows.index.city_indices import standings_or_reasons
from flows.index.level import RESIDENTS, levels_of
from flows.index.standing import Standing
from flows.profile.load import Profile


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class NeedIndex(_Frozen):
    """The main index of the city: the first that can be computed, at the newest Stichtag."""

    index: str
    version: str
    label_de: str
    label_en: str
    classes_de: list[str]
    classes_en: list[str]
    stichtag: str


class NeedOfUnit(_Frozen):
    """The class of need of a unit today and as proposed, with the probability of each (the first is 1)."""

    unit: str
    today: int | None
    """None where there is no class, or no such unit today."""
    today_probability: float | None
    proposed: int | None
    proposed_probability: float | None


class EstimateWidth(_Frozen):
    """Half of the 90 % interval of a figure that is an estimate on the proposed cut, where it is widest."""

    unit: str
    indikator: str
    stichtag: str
    value: float | None
    proposed: float
    today: float | None
    """That of the unit of the same id on today's Zuschnitt; None where it is counted there, or not there."""


class Consequences(_Frozen):
    """What all proposals together do to the units."""

    need_index: NeedIndex | None
    need: Mapping[str, NeedOfUnit]
    """By unit, of today or proposed."""
    widths: tuple[EstimateWidth, ...]
    indikatoren: tuple[str, ...]
    """Those that widths are given for: residents, and the components of the main index."""

    def need_of(self, before: Iterable[str], after: Iterable[str]) -> list[NeedOfUnit]:
        """Return the classes of the units that a proposal is about, today's first."""
        return [self.need[unit] for unit in dict.fromkeys([*before, *after]) if unit in self.need]

    def widths_of(self, units: Iterable[str]) -> list[EstimateWidth]:
        """Return the widths of the figures of some proposed units."""
        wanted = set(units)
        return [each for each in self.widths if each.unit in wanted]


def consequences(con: duckdb.DuckDBPyConnection, profile: Profile, today: str, proposed: str) -> Consequences:
    """Return what changes between two Zuschnitte of a working database that was transformed with both."""
    main = _main_index(con, profile, today, proposed)
    named = (RESIDENTS, *(main[0].index.components if main else ()))
    widths = tuple(_widths(con, today, proposed, named))
    if main is None:
        return Consequences(need_index=None, need={}, widths=widths, indikatoren=named)
    by_cut = {one.level.zuschnitt: _classes(one) for one in main}
    before, after = by_cut.get(today, {}), by_cut.get(proposed, {})
    definition = main[0].index.definition
    return Consequences(
        need_index=NeedIndex(
            index=main[0].index.id, version=definition.version, label_de=definition.label_de,
            label_en=definition.label_en, classes_de=definition.classes.labels_de,
            classes_en=definition.classes.labels_en, stichtag=str(main[0].day),
        ),
        need={
            unit: NeedOfUnit(
                unit=unit, today=before.get(unit, _NONE)[0], today_probability=before.get(unit, _NONE)[1],
                proposed=after.get(unit, _NONE)[0], proposed_probability=after.get(unit, _NONE)[1],
            )
            for unit in sorted({*before, *after})
        },
        widths=widths, indikatoren=named,
    )  # fmt: skip


_LAID = ("wert_alle", "index_angabe", "index_einheit", "index_zahl")
_NONE: tuple[int | None, float | None] = (None, None)


def _main_index(con: duckdb.DuckDBPyConnection, profile: Profile, today: str, proposed: str) -> list[Standing] | None:
    """Return the city's main index of Sozialräume (as sql/index/hauptindex.sql chooses it), on both Zuschnitte."""
    _lay_figures(con, profile, today, proposed)
    levels = list(levels_of(con))
    for table in _LAID:
        con.execute(f"DROP TABLE temp.{table}")
    newest = max((day for level in levels for day in level.days), default=None)
    for index in profile.indices:
        standings, why = standings_or_reasons(index, levels)
        if why:
            continue
        measure = max(one.massstab for one in standings)
        found = [one for one in standings if (one.massstab, one.day) == (measure, newest) and one.evaluated]
        if found:
            return found
    return None


def _lay_figures(con: duckdb.DuckDBPyConnection, profile: Profile, today: str, proposed: str) -> None:
    """Make index_zahl of the figures of Sozialräume as they are counted, where a refresh has the protected ones."""
    bases = {index.definition.base for index in profile.indices} - {None}
    set_variables(con, zuschnitte=[today, proposed], massstab_tage=[str(day) for day in sorted(filter(None, bases))])
    con.execute(
        "CREATE OR REPLACE TEMP TABLE wert_alle AS FROM indikator_wert WHERE raumebene = 'sozialraum' "
        "AND list_contains(getvariable('zuschnitte'), zuschnitt) AND (list_contains(getvariable('massstab_tage'), "
        "stichtag::VARCHAR) OR stichtag = (SELECT max(stichtag) FROM indikator_wert WHERE indikator_id = 'einwohner'))"
    )
    for table in _LAID[1:]:
        con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {sql(f'index/{table}')}")


def _classes(standing: Standing) -> dict[str, tuple[int | None, float | None]]:
    assert standing.evaluated is not None  # noqa: S101 -- only those are asked for
    scored, chance = standing.evaluated
    return {
        unit: (number, round(float(chance.probability[place, number - 1]), 3)) if number else _NONE
        for place, (unit, number) in enumerate(zip(standing.level.units, scored.classes.tolist(), strict=True))
    }


def _widths(
    con: duckdb.DuckDBPyConnection, today: str, proposed: str, indikatoren: Iterable[str]
) -> Iterable[EstimateWidth]:
    set_variables(con, zuschnitt=today, vorschlag=proposed, indikatoren=list(indikatoren))
    for unit, indikator, day, value, width, before in con.execute(sql("read/vorschlag_breite")).fetchall():
        yield EstimateWidth(
            unit=unit, indikator=indikator, stichtag=str(day), value=value, proposed=width, today=before
        )  # fmt: skip
