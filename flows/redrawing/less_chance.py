"""What base units are like, less chance: each trait drawn towards that of the neighbours, as far as its noise goes.

Of 40 residents with a rate of 10 %, 0 to 8 receive benefits; a search takes that for character and cuts along it. So
it works with the local empirical Bayes estimate (Marshall 1991; Clayton and Kaldor 1987): between a base unit's own
rate and that of its neighbours, nearer to its own the more people it has and the more neighbours really differ. What
is found is judged and shown by the counts as they are.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array

from flows.redrawing.ground import Floats, Ground
from flows.redrawing.halves import noise_of_one
from flows.redrawing.sums import Sums

ROUNDS = 3
"""The estimates of neighbours are estimates, too; after so many rounds nothing changes that a search would notice."""
_FEWEST = 5
"""Base units with fewer people say nothing of how much neighbours differ."""
_UNLIKE = 0.3
"""About how much neighbours differ, in variances of the city: so much a large neighbour is uncertain as well."""


def less_chance(ground: Ground, sums: Sums, share: float = 1.0) -> Sums:
    """Return `sums` with the character of base units less chance.

    Args:
        ground: base units and their borders.
        sums: of all residents or a part of them.
        share: which part of the residents they are of.
    """
    people = ground.denominators * share
    known = (sums.mass > 0) & (people > 0)
    own = np.divide(sums.moment, sums.mass, out=np.zeros_like(sums.mass), where=known)
    noise = noise_of_one(ground) / np.where(known, people, 1.0)
    weight = np.where(known, np.minimum(people / 20, 1.0) / (noise + _UNLIKE), 0.0)
    judges = np.where(known & (people > _FEWEST), people, 0.0)
    beside = _neighbours(ground)
    found = own
    for _ in range(ROUNDS):
        near = np.divide(beside @ (weight * found), beside @ weight, out=own.copy(), where=(beside @ weight) > 0)
        differ = (judges * ((own - near) ** 2 - noise)).sum(axis=0) / np.maximum(judges.sum(axis=0), 1.0)
        differ = np.maximum(differ, 1e-4)  # neighbours that differ by chance alone
        trust = differ / (differ + noise)
        found = trust * own + (1 - trust) * near
    return replace(sums, moment=np.where(known, sums.mass * found, sums.moment))


def _neighbours(ground: Ground) -> csr_array:
    one, other = ground.edges[:, 0], ground.edges[:, 1]
    ends = (np.concatenate([one, other]), np.concatenate([other, one]))
    ones: Floats = np.ones(2 * len(ground.edges))
    return csr_array((ones, ends), shape=(len(ground), len(ground)))
