"""The types of a city, for every Stichtag on every Zuschnitt, from what may leave the office.

It reads the figures that indices are made of (sql/index/index_zahl.sql), and so what a reader of the release has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import duckdb
import numpy as np

from flows.base.db import Block, insert_blocks
from flows.base.errors import ConfigError
from flows.base.sql_order import PythonStep
from flows.index.level import Level, levels_of
from flows.index.panel import FEWEST, Panel
from flows.index.unit_rows import plain, rounded, unit_reasons
from flows.profile.typology import NamedTypology
from flows.typology.assign import Assigned, Space, assigned
from flows.typology.held import Applied, Held, said_of
from flows.typology.kmeans import Points

_ERGEBNIS = """
CREATE OR REPLACE TABLE typ_ergebnis (
    zuschnitt VARCHAR, raumebene VARCHAR, raum_id VARCHAR, stichtag DATE, typologie_id VARCHAR,
    typologie_version VARCHAR, typ_status VARCHAR, typ_grund VARCHAR, typ_id VARCHAR, typ_abstand DOUBLE,
    zweiter_typ VARCHAR, zweiter_abstand DOUBLE, grenzabstand DOUBLE, typ_lage VARCHAR, typ_sicherheit DOUBLE,
    moegliche_typen VARCHAR
)
"""
CLEAR, BORDERLINE = "klar", "grenzfall"
_OF_DRAWS = 3


def types_step(
    typologies: Sequence[NamedTypology], note: Callable[[str], None], hear: Callable[[Applied], object] = lambda _: None
) -> PythonStep:
    """Return the step among the files of sql/index that assigns types; `note` hears how they are held, in words.

    `hear` is given each typology that is applied.

    It raises ConfigError where a typology cannot be applied, and names file and key.
    """
    return PythonStep(
        {"typ_ergebnis": "One row per typology of a unit at a Stichtag: its type, and how far it is from another."},
        frozenset({"index_zahl"}), lambda con: _fill(con, typologies, note, hear),
    )  # fmt: skip


def _fill(
    con: duckdb.DuckDBPyConnection, typologies: Sequence[NamedTypology], note: Callable[[str], None],
    hear: Callable[[Applied], object],
) -> None:  # fmt: skip
    con.execute(_ERGEBNIS)
    levels = list(levels_of(con)) if typologies else []
    for typology in typologies:
        here = [level for level in levels if level.raumebene in typology.definition.raumebenen]
        newest = max((day for level in here for day in level.days), default=typology.definition.base)
        if newest < typology.definition.base:  # of a refresh with --stichtag
            note(f"typology {typology.id} left out: its base {typology.definition.base} is after {newest}, the newest "
                 "Stichtag here")  # fmt: skip
            continue
        _must_apply(typology, here)
        blocks = [block for level in here for block in _blocks(typology, level)]
        insert_blocks(con, "typ_ergebnis", blocks)
        applied = Applied(typology, _held(typology, blocks))
        hear(applied)
        for words in said_of(applied):
            note(words)


def _must_apply(typology: NamedTypology, levels: Sequence[Level]) -> None:
    """Raise ConfigError where the base year does not have what the typology was fitted on."""
    definition, finest = typology.definition, typology.definition.raumebenen[0]
    if absent := [name for name in typology.traits if not any(name in level.columns for level in levels)]:
        raise _wrong(typology, f"trait: expected Indikatoren that are delivered, found no figures of {absent[0]}")
    based = [level for level in levels if level.raumebene == finest and definition.base in level.by_day]
    if not based:
        days = sorted({str(day) for level in levels if level.raumebene == finest for day in level.days})
        raise _wrong(typology, f"base: expected a Stichtag of {', '.join(days)}, found {definition.base}")
    level = based[-1]  # the newest Zuschnitt
    panel = _panel(typology, level, level.by_day[definition.base])
    for name, column in zip(typology.traits, panel.measure.T, strict=True):
        known = column[~np.isnan(column)]
        if len(known) < FEWEST or known.min() == known.max():
            found = f"{known[0]:g} everywhere" if len(known) else "none"
            raise _wrong(typology, f"trait: expected figures of {name} that differ on {definition.base}, found {found}")
    for trait in definition.trait:
        lowest = _lowest(levels, trait.indikator) if trait.transform == "log" else 0
        if lowest < 0:
            raise _wrong(
                typology, f"trait: expected figures of {trait.indikator} from 0 on, since others have no logarithm "
                f"(transform = 'log'), found {lowest:g}",
            )  # fmt: skip
    units = int(panel.placed.sum())
    if units < len(definition.type):
        raise _wrong(
            typology, f"type: expected at most one for each unit with figures on {definition.base} ({units}), "
            f"found {len(definition.type)} types",
        )  # fmt: skip


def _lowest(levels: Sequence[Level], name: str) -> float:
    found = [level.figures[:, :, level.columns[name]] for level in levels if name in level.columns]
    return min((float(np.nanmin(each)) for each in found if not np.isnan(each).all()), default=0)


def _wrong(typology: NamedTypology, words: str) -> ConfigError:
    return ConfigError(f"{typology.where}.{words}. Nothing is published.", code="FS-CONFIG-07")


def _panel(typology: NamedTypology, level: Level, day: int) -> Panel:
    at = [level.columns[name] for name in typology.traits]
    figures, low, high, error = (
        each[day][:, at] for each in (level.figures, level.low, level.high, level.error)
    )  # fmt: skip
    few = level.with_too_few(typology.definition.min_residents, day)
    counted = np.array([reason is None for reason in few])
    return Panel(figures, low, high, error, counted)


def _blocks(typology: NamedTypology, level: Level) -> Iterator[Block]:
    """Yield the rows of a level, Stichtag by Stichtag."""
    space, until = Space.of(typology.definition), typology.definition.until
    for place, day in enumerate(level.days):
        if until is None or day <= until:
            panel = _panel(typology, level, place)
            said = _columns(typology, assigned(space, panel))
            few = level.with_too_few(typology.definition.min_residents, place)
            statuses = level.status[place][:, [level.columns[name] for name in typology.traits]]
            status, reason = unit_reasons(typology.traits, statuses, few, panel)
            key = {
                "zuschnitt": level.zuschnitt, "raumebene": level.raumebene, "stichtag": str(day),
                "typologie_id": typology.id, "typologie_version": typology.definition.version,
            }  # fmt: skip
            yield Block(key, {
                "raum_id": list(level.units), "typ_status": status.tolist(), "typ_grund": reason.tolist(), **said,
            })  # fmt: skip


def _columns(typology: NamedTypology, found: Assigned) -> dict[str, list[object]]:
    names, limit = [each.id for each in typology.definition.type], typology.definition.borderline
    own, second = ([names[at] if at >= 0 else None for at in each.tolist()] for each in (found.own, found.second))
    return {
        "typ_id": own, "typ_abstand": _listed(found.distance),
        "zweiter_typ": second, "zweiter_abstand": _listed(found.second_distance),
        "grenzabstand": _listed(found.border),
        "typ_lage": [None if name is None else CLEAR if border >= limit else BORDERLINE
                     for name, border in zip(own, found.border.tolist(), strict=True)],
        "typ_sicherheit": _listed(np.round(found.sure, _OF_DRAWS)),
        "moegliche_typen": [" ".join(name for name, may in zip(names, row, strict=True) if may) or None
                            for row in found.possible.tolist()],
    }  # fmt: skip


def _listed(values: Points) -> list[object]:
    return plain(rounded(values))


def _held(typology: NamedTypology, blocks: Sequence[Block]) -> list[Held]:
    """Return how the units of the level that it was fitted on are spread over the types, by Stichtag."""
    finest = typology.definition.raumebenen[0]
    newest = max((block.same["zuschnitt"] for block in blocks if block.same["raumebene"] == finest), default=None)
    return [
        Held(block.same["stichtag"], [*filter(None, block.columns["typ_id"])],
             sum(each == BORDERLINE for each in block.columns["typ_lage"]))
        for block in blocks if block.same["raumebene"] == finest and block.same["zuschnitt"] == newest
    ]  # fmt: skip
