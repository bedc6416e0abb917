"""Whether an index hangs on choices that could have been made otherwise: weights, components, standardisation.

The choices are a fixed set, so that it can be named what moves a class: each component with double and with half its
weight, and left out; all of them alike; and another standardisation, by the order of the figures alone or, where that
is the definition, by their distances. Classes are cut as the definition cuts them. By another standardisation scores
have another scale: there the limits are set so that each class has as many units as before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from flows.index.panel import Panel
from flows.index.scale import Numbers, Scale, class_of
from flows.index.standing import Standing
from flows.profile.index_definition import Component, IndexDefinition

Kind = Literal["doppelt", "halb", "ohne", "gleich", "standardisierung"]
_TIMES: dict[Kind, float] = {"doppelt": 2, "halb": 0.5}


@dataclass(frozen=True)
class Variation:
    """An index with one choice made otherwise; `components` are the places of those that it still has."""

    kind: Kind
    definition: IndexDefinition
    components: tuple[int, ...]
    indikator: str | None = None

    @property
    def name(self) -> str:
        """Its name in the tables."""
        return f"{self.kind}_{self.indikator or self.definition.standardise}" if self.kind != "gleich" else self.kind


@dataclass(frozen=True)
class Varied:
    """What became of the classes of an index with one choice made otherwise."""

    variation: Variation
    stays: NDArray[np.bool_]
    """Which units have the class that they had; false where they had no score."""


def variations(definition: IndexDefinition) -> Iterator[Variation]:
    """Yield an index with each of the choices made otherwise that it has."""
    places, components = tuple(range(len(definition.component))), definition.component
    declared = definition.aggregate != "factor"
    for at, component in enumerate(components):
        if len(places) == 1:
            continue
        for kind, times in _TIMES.items() if declared and component.weight else ():
            weighted = [
                each.model_copy(update={"weight": each.weight * (times if place == at else 1)})
                for place, each in enumerate(components)
            ]
            yield Variation(
                kind, definition.model_copy(update={"component": _as_heavy(weighted, definition)}), places,
                component.indikator,
            )  # fmt: skip
        rest = tuple(place for place in places if place != at)
        left = [components[place] for place in rest]
        if any(each.weight for each in left):
            yield Variation(
                "ohne", definition.model_copy(update={"component": _as_heavy(left, definition)}), rest,
                component.indikator,
            )  # fmt: skip
    if not declared or len({each.weight for each in components}) > 1:
        alike = [each.model_copy(update={"weight": 1.0}) for each in components]
        aggregate = definition.aggregate if declared else "mean"
        update = {"component": _as_heavy(alike, definition), "aggregate": aggregate}
        yield Variation("gleich", definition.model_copy(update=update), places)
    yield Variation("standardisierung", _other_scale(definition), places)


def _as_heavy(components: Sequence[Component], definition: IndexDefinition) -> list[Component]:
    """Return components whose weights add up to those of the definition, so that a sum keeps its scale."""
    times = sum(each.weight for each in definition.component) / sum(each.weight for each in components)
    return [each.model_copy(update={"weight": each.weight * times}) for each in components]


def _other_scale(definition: IndexDefinition) -> IndexDefinition:
    how = "normal_score" if definition.standardise == "z" else "z"
    aggregate = "mean" if definition.aggregate == "product" else definition.aggregate
    return definition.model_copy(update={"standardise": how, "aggregate": aggregate, "decimals": None})


def varied(standing: Standing, choices: Sequence[Variation]) -> list[Varied]:
    """Return what becomes of the classes of an index when `choices`, its variations, are made otherwise."""
    if standing.measure is None or standing.scored is None:
        return []
    panel, scored, scale, found = standing.panel, standing.scored, standing.scored.scale, list[Varied]()
    judged = ~np.isnan(scored.score)
    classes, figures, measure = scored.classes[judged], panel.figures[judged], standing.measure.measure
    measured, parts = scale.parts(measure), scored.parts[judged]
    for each in choices:
        at = list(each.components)
        if each.kind == "standardisierung":
            other = Scale.of(each.definition, measure)
            scores = other.score(figures)
            begins = _as_many(scores, classes, len(other.limits))
        else:
            spreads = tuple(scale.spreads[place] for place in at)
            other = Scale.of_parts(each.definition, spreads, measured[:, at])
            scores, begins = other.score_of_parts(parts[:, at]), other.limits
        stays = np.zeros(len(judged), dtype=bool)
        stays[judged] = class_of(scores, begins) == classes
        found.append(Varied(each, stays))
    return found


def _as_many(scores: Numbers, classes: NDArray[np.int64], limits: int) -> NDArray[np.float64]:
    """Return the limits by which each class has as many units as it has by `classes`."""
    ordered = np.append(np.sort(scores), np.inf)
    return np.asarray(ordered[[int((classes <= number).sum()) for number in range(1, limits + 1)]])


def explained(scale: Scale, measure: Panel) -> NDArray[np.float64]:
    """Return the share of the variance of the scores that each component explains: its covariance with them.

    The shares add up to 1. Of a product it is the logarithms that add up.
    """
    parts = scale.parts(measure.measure)
    parts = parts[~np.isnan(parts).any(axis=1)]
    product = scale.definition.aggregate == "product"
    added = (np.log(parts) if product else parts) * scale.weights
    together = added.sum(axis=1)
    off = together - together.mean()
    variance = float(off @ off)
    if variance == 0 or not np.isfinite(variance):
        return np.full(parts.shape[1], np.nan)
    return np.asarray(off @ added / variance)


def dominated(scale: Scale, measure: Panel, components: Sequence[str]) -> str | None:
    """Return in words which of the `components` explains far more of the scores than its weight says."""
    definition = scale.definition
    if definition.aggregate == "factor":
        return None
    weights = np.array([each.weight for each in definition.component])
    declared, found = weights / weights.sum(), explained(scale, measure)
    beyond = np.nan_to_num(found - declared)
    first = int(beyond.argmax())
    if beyond[first] <= definition.max_excess:
        return None
    return (
        f"expected that {components[first]}, which has {declared[first]:.0%} of the weight, explains at most "
        f"{declared[first] + definition.max_excess:.0%} of the variance of the index, found {found[first]:.0%}. "
        "Standardise the components, or permit it by max_excess"
    )
