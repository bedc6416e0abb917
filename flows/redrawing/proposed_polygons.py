"""Polygons of a proposal: those of base units that `recut` needs, and the outlines of its Sozialräume for a map.

Most cities deliver the polygons of base units once for all Zuschnitte. Where their source names a Zuschnitt, they hold
for that one only, and a proposal brings them along.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import duckdb

from flows.base.db import insert, set_variables, use_spatial
from flows.redrawing.city_ground import CityGround
from flows.redrawing.ground import Ints


def write_own_polygons(con: duckdb.DuckDBPyConnection, zuschnitt: str, path: Path) -> None:
    """Write the polygons of base units that hold for this Zuschnitt only, in the city's coordinates; no file without.

    What is invalid is left out: its own source says so.
    """
    use_spatial(con)
    set_variables(con, zuschnitt=zuschnitt)
    features = con.execute(
        "SELECT basis_id, st_asgeojson(st_geomfromwkb(wkb)) FROM stage.geometrie "
        "WHERE zuschnitt = getvariable('zuschnitt') AND NOT ungueltig ORDER BY basis_id"
    ).fetchall()
    _write(path, [({"BASISEINHEIT": unit}, outline) for unit, outline in features])


def write_outlines(
    con: duckdb.DuckDBPyConnection, crs: str, ground: CityGround, labels: Ints, ids: Sequence[str], *,
    names: Mapping[str, str], path: Path,
) -> None:  # fmt: skip
    """Write the outline of each proposed Sozialraum, the union of its base units, in WGS 84 as GeoJSON wants it.

    There is no figure in it. The tables of `city_ground` are read; without polygons there is no file.
    """
    changed = {ids[unit] for pair in zip(labels, ground.today, strict=True) if pair[0] != pair[1] for unit in pair}
    con.execute("CREATE OR REPLACE TEMP TABLE vorschlag_teil (basis_id VARCHAR, raum_id VARCHAR)")
    insert(
        con, "vorschlag_teil",
        [{"basis_id": each, "raum_id": ids[label]}
         for label, members in zip(labels, ground.members, strict=True) for each in members],
    )  # fmt: skip
    set_variables(con, crs=crs)
    features = con.execute(
        "SELECT raum_id, st_asgeojson(st_transform(st_union_agg(st_geomfromwkb(wkb) ORDER BY basis_id), "
        "getvariable('crs'), 'EPSG:4326', always_xy := TRUE)) "
        "FROM vorschlag_teil INNER JOIN grund_flaeche USING (basis_id) GROUP BY raum_id ORDER BY raum_id"
    ).fetchall()
    _write(path, [
        ({"NUMMER": unit, "NAME": names.get(unit, ""), "GEAENDERT": unit in changed}, outline)
        for unit, outline in features
    ])  # fmt: skip


def _write(path: Path, features: Iterable[tuple[Mapping[str, object], str]]) -> None:
    path.unlink(missing_ok=True)
    lines = [
        f'{{"type": "Feature", "properties": {json.dumps(properties, ensure_ascii=False)}, "geometry": {outline}}}'
        for properties, outline in features
    ]
    if lines:
        together = ",\n".join(lines)
        path.write_text(f'{{"type": "FeatureCollection", "features": [\n{together}\n]}}\n', encoding="utf-8")
