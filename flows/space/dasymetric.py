"""Dasymetric weighting: people are spread where buildings, or other people, are known to be.

Control points carry the weight: the dwellings or the residents of base units that are finer than the Raumebene.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np

from flows.base.db import sql
from flows.space.links import Floats, Links
from flows.space.umsteigeschluessel import Method


@dataclass(frozen=True)
class ControlWeights:
    """The weight of the control points in each piece, with the method that they stand for."""

    method: Method
    weight: Floats
    """Of each pair of the links."""
    elsewhere: float
    """Weight of points outside one of the Zuschnitte or in a dropped sliver."""


def weights_of_table(con: duckdb.DuckDBPyConnection, links: Links, method: Method) -> ControlWeights:
    """Return the weight that the points of the table ``kontrollpunkt`` (x, y, gewicht) have in each pair.

    Reads raum_alt and raum_neu, which flows.space.intersection leaves.
    """
    rows = con.execute(f"SELECT von_id, nach_id, gewicht FROM ({sql('space/kontrollgewicht')})").fetchall()  # noqa: S608 -- our file
    found = {(von, nach): weight for von, nach, weight in rows}
    weight = np.array([found.get(pair, 0.0) for pair in links.pairs()], dtype=np.float64)
    return ControlWeights(method, weight, float(sum(found.values()) - weight.sum()))
