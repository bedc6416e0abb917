"""Coordinate systems that cities use: their names, where they are used, and in which of them areas are wrong."""

from __future__ import annotations

import tomllib
from functools import cache

from pydantic import TypeAdapter

from flows.base.resources import resource
from flows.base.strict import Strict

_MARGIN_EAST, _MARGIN_NORTH = 3.1, 2.0
"""Degrees beyond its area at which a system still serves: Germany is mapped in UTM zone 32 up to its eastern border."""


class CoordinateSystem(Strict):
    """One system: its name, its area of use (west, south, east, north), and what its coordinates are.

    ``degrees``: they are angles. ``not_true``: distances and areas in it are not those on the ground.
    """

    name: str
    area: tuple[float, float, float, float]
    degrees: bool = False
    not_true: bool = False

    def is_used_at(self, east: float, north: float) -> bool:
        """Say whether the place (degrees) lies in the area of use, or near it."""
        west, south, eastern, northern = self.area
        return (
            west - _MARGIN_EAST <= east <= eastern + _MARGIN_EAST
            and south - _MARGIN_NORTH <= north <= northern + _MARGIN_NORTH
        )


@cache
def coordinate_systems() -> dict[str, CoordinateSystem]:
    """Return the systems of cities/coordinate_systems.toml by EPSG number."""
    table = tomllib.loads(resource("cities/coordinate_systems.toml").read_text(encoding="utf-8"))
    return TypeAdapter(dict[str, CoordinateSystem]).validate_python(table)


def true_system_at(east: float, north: float) -> str:
    """Return a system in metres for a place, in words: the UTM zone it lies in."""
    zone = int((east + 180) // 6) + 1
    european = f"EPSG:258{zone:02d}"
    if european in coordinate_systems() and north > 0:
        return f"{european} ({coordinate_systems()[european].name})"
    return f"EPSG:{'326' if north >= 0 else '327'}{zone:02d} (WGS 84 / UTM zone {zone}{'N' if north >= 0 else 'S'})"
