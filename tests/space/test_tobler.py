"""Where the method is area, the figures are those of tobler (a development dependency)."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from flows.space.best_key import Evidence, best_key
from flows.space.intersection import NO_SLIVERS
from tests.space.conftest import NEW, OLD
from tests.space.through import Case


def test_area_weights_are_those_of_tobler(city, through):
    geopandas = pytest.importorskip("geopandas", reason="geopandas comes with tobler")
    area_weighted = pytest.importorskip("tobler.area_weighted", reason="tobler is not installed")
    shapely = pytest.importorskip("shapely")
    rng = np.random.default_rng(3)
    for zuschnitt, columns in ((OLD, 7), (NEW, 9)):
        for prefix, (south, north) in (("s", (0, 400)), ("n", (400, 900))):
            lines = np.sort(rng.uniform(0, 1000, columns - 1))
            edges = [0.0, *lines.tolist(), 1000.0]
            for place, (west, east) in enumerate(pairwise(edges)):
                city.box(zuschnitt, f"{prefix}{place}", west, east, south, north)
    frames = {}
    for zuschnitt in (OLD, NEW):
        rows = city.con.execute(f"SELECT raum_id, geometrie FROM raum WHERE zuschnitt = '{zuschnitt}' ORDER BY ALL")
        ids, shapes = zip(*rows.fetchall(), strict=True)
        frames[zuschnitt] = geopandas.GeoDataFrame({"id": ids}, geometry=shapely.from_wkb(shapes), crs=25832)
    counts = {unit: float(rng.integers(50, 5_000)) for unit in frames[OLD]["id"]}
    frames[OLD]["people"] = frames[OLD]["id"].map(counts)

    theirs = area_weighted.area_interpolate(frames[OLD], frames[NEW], extensive_variables=["people"])["people"]
    pieces = city.cut(NO_SLIVERS)
    (found,) = through(Case(best_key(Evidence(pieces.links, pieces.area)), counts))
    ours = {unit: figure.genau for unit, figure in found.items()}

    assert ours == pytest.approx(dict(zip(frames[NEW]["id"], theirs, strict=True)), rel=1e-6)
