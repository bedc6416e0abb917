"""Which polygons of a file share a border, and how long it is: for a map that somebody tries."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from flows.base.db import NOTHING_ASIDE, connect, insert, set_variables, sql, use_spatial
from flows.base.errors import ConfigError
from flows.redrawing.ground import Floats, Ints
from flows.stage.read.geojson import feature_rows
from flows.stage.read.polygons import polygons_in, shapefile_in

_FORMS = {".geojson": "geojson", ".json": "geojson", ".gpkg": "gpkg", ".shp": "shp", ".zip": "zip", ".fgb": "fgb"}


def borders_in_file(path: Path, identity: str, position: Mapping[str, int]) -> tuple[Ints, Floats]:
    """Return the pairs of base units whose polygons share a border, and its length in the units of the file.

    Args:
        path: a file of polygons (GeoJSON, GeoPackage, Shapefile, FlatGeobuf).
        identity: the property that holds the id of a base unit.
        position: the position of each base unit by id.

    Raises:
        ConfigError: the file cannot be read, or its polygons are not those of the base units.
    """
    outlines = _outlines(path, identity)
    if unknown := sorted(set(position) ^ set(outlines)):
        raise ConfigError(
            f"{path}, {identity}: expected a polygon for each of the {len(position)} base units and no other, found "
            f"{len(outlines)}; {', '.join(unknown[:5])} {'is' if len(unknown) == 1 else 'are'} only on one side."
        )
    con = connect(config=NOTHING_ASIDE)
    use_spatial(con)
    con.execute("CREATE TABLE delivered (basis_id VARCHAR, outline VARCHAR)")
    insert(con, "delivered", [{"basis_id": unit, "outline": outline} for unit, outline in outlines.items()])
    con.execute(
        "CREATE TABLE grund_flaeche AS SELECT basis_id, st_aswkb(st_makevalid(st_geomfromgeojson(outline))) AS wkb "
        "FROM delivered"
    )
    set_variables(con, spalt=0.0, mindestlaenge=0.0)
    rows = con.execute(f"SELECT * FROM ({sql('redrawing/grund_grenze')}) ORDER BY ALL").fetchall()  # noqa: S608 -- our file
    pairs = sorted((*sorted((position[one], position[other])), length) for one, other, length in rows)
    edges = np.array([pair[:2] for pair in pairs], dtype=np.int64).reshape(-1, 2)
    return edges, np.array([pair[2] for pair in pairs], dtype=np.float64)


def _outlines(path: Path, identity: str) -> dict[str, str]:
    """Return the outline of each polygon as GeoJSON, by id."""
    form = _FORMS.get(path.suffix.lower())
    if form is None or not path.is_file():
        found = "no file" if not path.is_file() else f"a file that ends in {path.suffix!r}"
        raise ConfigError(f"--polygons {path}: expected a file {', '.join(_FORMS)}, found {found}.", code="FS-USE-01")
    if form == "geojson":
        rows = feature_rows(path.name, path, identity)[0]
    else:
        with tempfile.TemporaryDirectory() as folder:
            inside = shapefile_in(path, path.name, Path(folder)) if form == "zip" else path
            answer = polygons_in(inside, "shp" if form == "zip" else form, "")
        if "rows" not in answer:
            found = answer.get("problem") or f"the layers {', '.join(answer.get('layers', []))}"
            raise ConfigError(f"--polygons {path}: expected one layer of polygons, found {found}.", code="FS-USE-01")
        rows = [
            cells if isinstance(cells, dict) else dict(zip(answer["columns"], cells, strict=True))
            for cells in answer["rows"]
        ]
        rows = [{**row, "geometrie": row[answer["outline"]]} for row in rows]
    if rows and identity not in rows[0]:
        known = ", ".join(name for name in rows[0] if name != "geometrie")
        raise ConfigError(
            f"--polygons {path}: expected a property {identity!r} with the base unit, found {known}.", code="FS-USE-01"
        )
    return {str(row[identity]): str(row["geometrie"]) for row in rows}
