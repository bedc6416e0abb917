"""The street plan: where the Baublockseiten of a city that never was lie.

A city here is a patch of a bent and jittered street grid, small-meshed in the middle and wide at the rim.
A cell of the grid is a block; a block is cut from its inner yard into one to four Baublockseiten. All corners
are whole centimetres shared by everyone who touches them, so the polygons tile without gap or overlap.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from itertools import pairwise
from math import isqrt

import numpy as np

from flows.musterstadt.random_numbers import Floats, Ints, RandomNumbers, drawn, random_numbers, relief
from flows.musterstadt.scale import Scale

MIDDLE = (350_000, 5_680_000)
"""Easting and northing of the market place in EPSG:25832, metres."""

Ring = tuple[tuple[int, int], ...]
"""Corners in whole centimetres, counter-clockwise, the first repeated at the end."""


@dataclass(frozen=True)
class StreetPlan:
    """Blocks on their lattice and the Baublockseiten cut from them."""

    row: Ints
    column: Ints
    x: Ints
    y: Ints
    """Centre of each block, in centimetres."""
    sides: Ints
    """Number of Baublockseiten of each block."""
    side_block: Ints
    """The block of each Baublockseite."""
    side_number: Ints
    """1..4 within its block."""
    rings: tuple[Ring, ...]
    """Outline of each Baublockseite."""
    distance: Ints
    """How far out each block lies: 0 at the market place, 999 at the rim."""
    corners: Ints
    """Shape (width + 1, width + 1, 2): the crossings, in centimetres."""
    bends: tuple[Ints, Ints]
    """Halfway along the street from each crossing to the next of its row, and to the next of its column."""

    def neighbours(self) -> list[list[int]]:
        """The blocks across the street from each block."""
        at = {(int(r), int(c)): b for b, (r, c) in enumerate(zip(self.row, self.column, strict=True))}
        across = ((0, 1), (1, 0), (0, -1), (-1, 0))
        return [
            [at[r + dr, c + dc] for dr, dc in across if (r + dr, c + dc) in at]
            for r, c in zip(self.row.tolist(), self.column.tolist(), strict=True)
        ]


def street_plan(scale: Scale, seed: int) -> StreetPlan:
    """Lay out the streets for exactly `scale.baublockseiten` block sides."""
    rng = random_numbers(seed, "streets")
    width = 6 + isqrt(scale.baublockseiten * 20 // 27)
    row, column, sides = _built_up(scale.baublockseiten, width, rng)
    corners, floor_edges, wall_edges, yards = _street_corners(width, _radius(scale.einwohner), rng)
    rings: list[Ring] = []
    for r, c, n in zip(row.tolist(), column.tolist(), sides.tolist(), strict=True):
        outline = [
            corners[r, c], floor_edges[r, c], corners[r, c + 1], wall_edges[r, c + 1],
            corners[r + 1, c + 1], floor_edges[r + 1, c], corners[r + 1, c], wall_edges[r, c],
        ]  # fmt: skip
        rings.extend(_cut(outline, yards[r, c], n))
    x, y = yards[row, column, 0], yards[row, column, 1]
    off_x, off_y = (x / 100.0 - MIDDLE[0]), (y / 100.0 - MIDDLE[1])
    off = np.sqrt(off_x * off_x + off_y * off_y)
    return StreetPlan(
        row=row,
        column=column,
        x=x,
        y=y,
        sides=sides,
        side_block=np.repeat(np.arange(row.size), sides),
        side_number=np.concatenate([np.arange(1, n + 1) for n in sides.tolist()]),
        rings=tuple(rings),
        distance=np.minimum((off * 999 / off.max()).astype(np.int64), 999),
        corners=corners,
        bends=(floor_edges, wall_edges),
    )


def _radius(einwohner: int) -> float:
    """Metres from the market place to the end of the grid: about 2,300 residents a square kilometre."""
    return float(7_000.0 * np.sqrt(einwohner / 200_000))


def _built_up(baublockseiten: int, width: int, rng: RandomNumbers) -> tuple[Ints, Ints, Ints]:
    """The cells that are city: grown from the market place, always the most attractive neighbour next."""
    axis = (np.arange(width) + 0.5) / width
    u, v = np.meshgrid(axis, axis)
    out = np.sqrt((u - 0.5) * (u - 0.5) + (v - 0.5) * (v - 0.5)) * 2
    score = np.round(out * (0.72 + 0.56 * relief(rng, u, v, 4)), 9)
    many = drawn(rng, (8, 16, 34, 42), width * width).reshape(width, width) + 1
    few = drawn(rng, (28, 40, 20, 12), width * width).reshape(width, width) + 1
    wanted = np.where(out < 0.55, many, few)

    middle = (width // 2, width // 2)
    frontier = [(0.0, *middle)]
    seen = {middle}
    chosen: list[tuple[int, int, int]] = []
    missing = baublockseiten
    while missing:
        _, r, c = heapq.heappop(frontier)
        n = min(int(wanted[r, c]), missing)
        chosen.append((r, c, n))
        missing -= n
        for near in ((r, c + 1), (r + 1, c), (r, c - 1), (r - 1, c)):
            if near not in seen and 0 <= near[0] < width and 0 <= near[1] < width:
                seen.add(near)
                heapq.heappush(frontier, (float(score[near]), *near))
    cells = np.array(sorted(chosen), dtype=np.int64)
    return cells[:, 0], cells[:, 1], cells[:, 2]


def _street_corners(width: int, radius: float, rng: RandomNumbers) -> tuple[Ints, Ints, Ints, Ints]:
    """Crossings, bends halfway along the streets, and inner yards, in centimetres."""
    cell = 2.0 / width
    lines: Floats = np.arange(width + 1, dtype=np.float64)
    gaps: Floats = lines[:-1] + 0.5
    bend_u, bend_v = (
        random_numbers(int(rng.random() * 1e9), "bend-u"),
        random_numbers(int(rng.random() * 1e9), "bend-v"),
    )
    warp_u, warp_v = bend_u.random((7, 7)), bend_v.random((7, 7))

    def placed(rows: Floats, columns: Floats, jitter: float) -> Ints:
        u, v = np.meshgrid(columns * cell - 1.0, rows * cell - 1.0)
        u = u + (rng.random(u.shape) - 0.5) * 2 * jitter * cell
        v = v + (rng.random(v.shape) - 0.5) * 2 * jitter * cell
        return _bent(u, v, warp_u, warp_v, radius)

    return (
        placed(lines, lines, 0.17),
        placed(lines, gaps, 0.06),
        placed(gaps, lines, 0.06),
        placed(gaps, gaps, 0.08),
    )


def _bent(u: Floats, v: Floats, warp_u: Floats, warp_v: Floats, radius: float) -> Ints:
    """Grid positions (-1..1) bent by two landscapes and drawn together towards the middle, in centimetres."""
    x = u + 0.16 * (_height(warp_u, u, v) - 0.5)
    y = v + 0.16 * (_height(warp_v, u, v) - 0.5)
    pull = radius * (0.45 + 0.55 * np.sqrt(x * x + y * y))
    east = np.rint((MIDDLE[0] + x * pull * 0.92) * 100).astype(np.int64)
    north = np.rint((MIDDLE[1] + y * pull * 1.08) * 100).astype(np.int64)
    return np.stack([east, north], axis=-1)


def _height(heights: Floats, u: Floats, v: Floats) -> Floats:
    """Height of one fixed landscape (a lattice of 7 x 7) at positions -1.1..1.1."""
    cells = heights.shape[0] - 2
    x = np.clip((u + 1.1) / 2.2, 0.0, 1.0) * cells
    y = np.clip((v + 1.1) / 2.2, 0.0, 1.0) * cells
    column, row = x.astype(np.int64), y.astype(np.int64)
    x, y = x - column, y - row
    x, y = x * x * (3.0 - 2.0 * x), y * y * (3.0 - 2.0 * y)
    near = heights[row, column] * (1.0 - x) + heights[row, column + 1] * x
    far = heights[row + 1, column] * (1.0 - x) + heights[row + 1, column + 1] * x
    lifted: Floats = near * (1.0 - y) + far * y
    return lifted


def _cut(outline: list[Ints], yard: Ints, sides: int) -> list[Ring]:
    """Cut a block from its yard into runs of its four streets, one run a Baublockseite."""
    corners = [(int(p[0]), int(p[1])) for p in outline]
    if sides == 1:
        return [(*corners, corners[0])]
    centre = (int(yard[0]), int(yard[1]))
    starts = {2: (0, 2, 4), 3: (0, 1, 2, 4), 4: (0, 1, 2, 3, 4)}[sides]
    rings: list[Ring] = []
    for start, end in pairwise(starts):
        run = [corners[i % 8] for i in range(start * 2, end * 2 + 1)]
        rings.append((*run, centre, run[0]))
    return rings
