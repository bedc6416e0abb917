"""Whether classes hang on weights, components and standardisation, and an index that one component rules."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from flows.base.errors import ConfigError
from flows.index.panel import Panel
from flows.index.robustness import explained, variations
from flows.index.scale import Scale
from tests.index.conftest import Try, definition


def panel(*rows: tuple[float, ...]) -> Panel:
    figures = np.array(rows, dtype=float)
    return Panel(figures, figures.copy(), figures.copy(), np.zeros(figures.shape), np.ones(len(rows), dtype=bool))


def test_every_component_is_weighed_otherwise_and_left_out_and_the_standardisation_is_another() -> None:
    names = [each.name for each in variations(definition("a", "b"))]
    assert names == ["doppelt_a", "halb_a", "ohne_a", "doppelt_b", "halb_b", "ohne_b", "standardisierung_normal_score"]


@pytest.mark.parametrize(
    ("keys", "names"),
    [
        ({"component": [{"indikator": "a"}]}, ["standardisierung_normal_score"]),
        ({"standardise": "exponential_rank"}, ["standardisierung_z"]),
        ({"aggregate": "factor"}, ["ohne_a", "ohne_b", "gleich", "standardisierung_normal_score"]),
        ({"standardise": "quotient", "aggregate": "product"}, ["standardisierung_z"]),
    ],
)
def test_only_what_a_definition_chose_is_chosen_otherwise(keys: dict, names: list[str]) -> None:
    found = [each.name for each in variations(definition("a", "b", **keys))]
    assert [name for name in found if name in names] == names
    assert ("doppelt_a" in found) == (keys.get("aggregate") != "factor" and "component" not in keys)


def test_weights_add_up_to_what_they_were_so_that_a_sum_keeps_its_scale() -> None:
    stated = definition(component=[{"indikator": "a", "weight": 3}, {"indikator": "b"}], aggregate="sum")
    for each in variations(stated):
        assert sum(part.weight for part in each.definition.component) == pytest.approx(4), each.name


def test_what_components_explain_adds_up_to_1_and_is_alike_where_they_vary_alike() -> None:
    both = panel((1, 2), (2, 1), (3, 4), (4, 3))
    assert explained(Scale.of(definition("a", "b"), both.measure), both) == pytest.approx([0.5, 0.5])
    uneven = panel((1, 20), (2, 10), (3, 40), (4, 30))
    shares = explained(Scale.of(definition("a", "b", standardise="plain"), uneven.measure), uneven)
    assert shares.sum() == pytest.approx(1)
    assert shares[1] > 0.9


INCOMES = "raum,quote,miete,einkommen\n" + "".join(
    f"{unit},{rate},{rent},{income}\n"
    for unit, rate, rent, income in zip("ABCDE", (5, 9, 7, 20, 3), (9, 11, 7, 13, 8), (52e3, 31e3, 90e3, 24e3, 61e3),
                                        strict=True)
)  # fmt: skip


def test_an_index_that_adds_up_incomes_and_rates_as_they_are_is_refused(try_on: Try, tmp_path: Path) -> None:
    """As it was found of the American area deprivation index: income and home values rule it."""
    components = [{"indikator": "quote"}, {"indikator": "miete"}, {"indikator": "einkommen", "direction": "niedrig"}]

    with pytest.raises(ConfigError) as refusal:
        try_on(INCOMES, definition(component=components, standardise="plain"))

    assert f"{tmp_path / 'definition.toml'}, index.eigen.component: expected that einkommen" in str(refusal.value)
    assert "33% of the weight, explains at most 58% of the variance of the index, found 100%" in str(refusal.value)
    assert try_on(INCOMES, definition(component=components))["units"]
    assert try_on(INCOMES, definition(component=components, standardise="plain", max_excess=0.7))["units"]
