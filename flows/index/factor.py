"""Weights from the data: one common factor by maximum likelihood, and how well each component tells of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

_LEAST = 0.005
"""The smallest share of a component that may be its own; as in R's factanal."""


def factor_weights(scores: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the weights of components (units x components, all known), adding up to 1.

    The loadings l of one factor maximise the likelihood of the correlations R (Joreskog 1967); the weights are
    R^-1 l over their sum (Thomson's regression scores, as the Scottish index takes them). Two components have no
    single solution: they get equal weights.
    """
    correlations = np.corrcoef(scores, rowvar=False)
    count = len(correlations)
    if count < 3:
        return np.full(count, 1 / count)
    start = np.clip((1 - 0.5 / count) / np.diag(np.linalg.inv(correlations)), _LEAST, 1)
    found = minimize(
        _misfit, start, args=(correlations,), jac=True, method="L-BFGS-B", bounds=[(_LEAST, 1.0)] * count,
        options={"ftol": 1e-15, "gtol": 1e-10, "maxiter": 1000},
    )  # fmt: skip
    weights = np.linalg.solve(correlations, _loadings(found.x, correlations))
    return np.asarray(weights / weights.sum())


def _loadings(own: NDArray[np.float64], correlations: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the loadings of the factor that is best when each component has this share `own` to itself."""
    scale = np.sqrt(own)
    values, vectors = np.linalg.eigh(correlations / np.outer(scale, scale))
    loadings = scale * vectors[:, -1] * np.sqrt(max(values[-1] - 1, 0))
    return np.asarray(loadings if loadings.sum() >= 0 else -loadings)


def _misfit(own: NDArray[np.float64], correlations: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
    """Return what is left to explain, and how it changes with each share."""
    scale = np.sqrt(own)
    values = np.linalg.eigvalsh(correlations / np.outer(scale, scale))[:-1]
    loadings = _loadings(own, correlations)
    fitted = np.outer(loadings, loadings) + np.diag(own)
    slope = np.diag(fitted - correlations) / own**2
    return float(-np.sum(np.log(values) - values + 1)), np.asarray(slope)
