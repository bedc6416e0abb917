"""Dasymetric weighting: people are spread where buildings, or other people, are known to be.

Control points carry the weight: addresses (1 each), dwellings, floor space, or the residents of a grid cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import numpy as np

from flows.base.db import insert, sql
from flows.space.links import Floats, Links
from flows.space.umsteigeschluessel import Method


@dataclass(frozen=True)
class ControlPoint:
    """A place in the city's planar coordinates, with the weight that it carries."""

    x: float
    y: float
    weight: float = 1.0


@dataclass(frozen=True)
class ControlWeights:
    """The weight of the control points in each piece, with the method that they stand for."""

    method: Method
    weight: Floats
    """Of each pair of the links that were asked for."""
    elsewhere: float
    """Weight of points outside one of the Zuschnitte or in a dropped sliver."""


def control_weights(
    con: duckdb.DuckDBPyConnection, links: Links, points: Sequence[ControlPoint], method: Method
) -> ControlWeights:
    """Return the weight of `points` in each pair of `links`.

    Reads raum_alt and raum_neu, which flows.space.intersection leaves. A large set of points that is already in
    the database is better put into a table ``kontrollpunkt`` and read by :func:`weights_of_table`.
    """
    con.execute("CREATE OR REPLACE TEMP TABLE kontrollpunkt (x DOUBLE, y DOUBLE, gewicht DOUBLE)")
    insert(con, "kontrollpunkt", [{"x": p.x, "y": p.y, "gewicht": p.weight} for p in points])
    return weights_of_table(con, links, method)


def weights_of_table(con: duckdb.DuckDBPyConnection, links: Links, method: Method) -> ControlWeights:
    """Return the weight that the points of the table ``kontrollpunkt`` (x, y, gewicht) have in each pair."""
    rows = con.execute(f"SELECT von_id, nach_id, gewicht FROM ({sql('space/kontrollgewicht')})").fetchall()  # noqa: S608 -- our file
    found = {(von, nach): weight for von, nach, weight in rows}
    weight = np.array([found.get(pair, 0.0) for pair in links.pairs()], dtype=np.float64)
    return ControlWeights(method, weight, float(sum(found.values()) - weight.sum()))
