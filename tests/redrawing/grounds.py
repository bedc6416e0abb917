"""Grounds of squares for the search: drawn as towns are, with figures as a table beside the drawing."""

from __future__ import annotations

import numpy as np

from flows.redrawing.ground import Ground, Trait


def squares(*rows: str, shares: dict[str, float] | list[list[float]] | None = None, residents: float = 100) -> Ground:
    """Return a ground of squares: letters are the units of today; `shares` by letter, or by row and column."""
    height, width = len(rows), len(rows[0])
    letters = "".join(rows)
    units = sorted(set(letters))
    place = np.arange(height * width).reshape(height, width)
    edges = np.concatenate(
        [
            np.stack([place[:, :-1].ravel(), place[:, 1:].ravel()], axis=1),
            np.stack([place[:-1].ravel(), place[1:].ravel()], axis=1),
        ]
    )
    if isinstance(shares, list):
        share = np.array(shares, dtype=float).ravel()
    else:
        share = np.array([(shares or {}).get(letter, 0.2) for letter in letters])
    people = np.full(height * width, float(residents))
    return Ground(
        ids=[f"{column}_{row}" for row in range(height) for column in range(width)], residents=people,
        traits=[Trait("share")], numerators=np.rint(share * people)[:, None], denominators=people[:, None],
        edges=edges[np.lexsort((edges[:, 1], edges[:, 0]))], lengths=np.full(len(edges), 100.0), units=units,
        today=np.array([units.index(letter) for letter in letters]),
    )  # fmt: skip
