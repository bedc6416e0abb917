"""Types are proposed where they come back in resamples, and not where they do not."""

from __future__ import annotations

import datetime as dt
import tomllib

import numpy as np
import pytest

from flows.base.errors import ConfigError
from flows.profile.typology import TypologyFile
from flows.typology.fit import FitAsked, TraitAsked, fitted
from flows.typology.proposal import types_toml

TRAITS = (TraitAsked("a"), TraitAsked("b"))
THREE = np.concatenate(
    [np.random.default_rng(at).normal((10 * at + 5, 40 - 10 * at), 1, size=(20 + 5 * at, 2)) for at in range(3)]
)
LABELS = {language: {"a": "Dichte", "b": "Anteil"} for language in ("de", "en")}


def asked(*counts: int, traits=TRAITS) -> FitAsked:
    return FitAsked(traits, counts or (2, 3, 4, 5), resamples=20)


def test_planted_types_are_found_the_largest_first() -> None:
    found = fitted(THREE, asked()).proposed

    assert found is not None
    assert (found.count, found.sizes) == (3, [30, 25, 20])
    assert found.centroids == pytest.approx(np.array([[25, 20], [15, 30], [5, 40]]), abs=1)
    assert found.silhouette > 0.7


def test_a_cloud_has_no_types_and_every_number_says_why() -> None:
    cloud = np.random.default_rng(5).normal(50, 10, size=(120, 2))
    found = fitted(cloud, asked(4, 5, 6))

    assert found.proposed is None
    assert all(any("does not come again" in words for words in each.why_not) for each in found.tried)


def test_a_few_units_far_off_are_no_type() -> None:
    found = fitted(np.concatenate([THREE, [[500.0, 500.0]]]), asked(2))
    assert found.tried[0].why_not == ["a type with only 1"]


def test_a_number_that_somebody_asks_for_is_proposed_and_the_file_says_that_it_does_not_hold() -> None:
    found = fitted(np.random.default_rng(5).normal(50, 10, size=(120, 2)), asked(6))

    assert found.proposed is not None
    text = types_toml(found, asked(6), dt.date(2019, 12, 31), "sozialraum", LABELS, left_out=3)
    (typology,) = TypologyFile.model_validate(tomllib.loads(text)).typology.values()
    assert "does NOT hold" in text
    assert "3 units without a published figure" in text
    assert typology.silhouette == pytest.approx(found.proposed.silhouette, abs=0.005)
    assert [each.recurrence for each in typology.type] == pytest.approx(found.proposed.stability.groups, abs=0.005)


def test_neither_the_order_of_units_nor_the_scale_of_a_trait_changes_the_types() -> None:
    order = np.random.default_rng(1).permutation(len(THREE))
    plain, other = (fitted(each, asked(3)).proposed for each in (THREE, THREE[order] * [1000, 1]))

    assert other.labels.tolist() == plain.labels[order].tolist()
    assert other.centroids / [1000, 1] == pytest.approx(plain.centroids)


def test_the_same_seed_gives_the_same_proposal() -> None:
    one, other = (fitted(THREE, asked()) for _ in range(2))
    assert [each.stability.groups.tolist() for each in one.tried] == [
        each.stability.groups.tolist() for each in other.tried
    ]


def test_the_proposed_file_is_one_that_a_profile_can_have_with_names_for_people_to_replace() -> None:
    found = fitted(THREE, asked(traits=(TraitAsked("a", "log"), TraitAsked("b"))))
    text = types_toml(found, asked(traits=(TraitAsked("a", "log"), TraitAsked("b"))), dt.date(2019, 12, 31),
                      "sozialraum", LABELS)  # fmt: skip
    (typology,) = TypologyFile.model_validate(tomllib.loads(text)).typology.values()

    assert [each.label_de for each in typology.type] == ["Typ A", "Typ B", "Typ C"]
    assert typology.type[0].description_de == "Über dem Mittel: Dichte. Unter dem Mittel: Anteil."
    assert typology.type[0].centroid["a"] == pytest.approx(25, abs=1)
    assert typology.trait[0].mean == pytest.approx(np.log1p(THREE[:, 0]).mean(), abs=1e-4)


def test_small_figures_keep_their_digits_in_the_file() -> None:
    small = THREE * 1e-6
    text = types_toml(fitted(small, asked(3)), asked(3), dt.date(2019, 12, 31), "sozialraum", LABELS)
    (typology,) = TypologyFile.model_validate(tomllib.loads(text)).typology.values()

    assert [each.spread for each in typology.trait] == pytest.approx(small.std(axis=0), rel=0.01)
    assert typology.type[0].centroid == pytest.approx({"a": 25e-6, "b": 20e-6}, rel=0.05)


def test_of_more_types_than_letters_each_has_a_name_of_its_own() -> None:
    found = fitted(THREE, asked(28))
    text = types_toml(found, asked(28), dt.date(2019, 12, 31), "sozialraum", LABELS)
    (typology,) = TypologyFile.model_validate(tomllib.loads(text)).typology.values()

    assert [each.label_de for each in typology.type][24:] == ["Typ Y", "Typ Z", "Typ AA", "Typ AB"]


def test_of_figures_below_0_no_logarithm_is_taken() -> None:
    traits = (TraitAsked("a", "log"), TraitAsked("b"))
    with pytest.raises(ConfigError, match=r"trait a:log: expected figures from 0 on.*found -3"):
        fitted(np.array([[-3.0, 2], [1, 3], [2, 4]]), asked(2, traits=traits))


@pytest.mark.parametrize(
    ("figures", "counts", "said"),
    [
        ([[1, 2], [1, 3], [1, 4]], (2,), r"trait a: expected figures that differ"),
        ([[1, 2], [2, 3], [2, 3]], (3,), r"--types: expected 2 to 2.*found 3"),
        ([[1, 2], [2, 3], [2, 4]], (1,), r"--types: expected 2 to 3.*found 1"),
    ],
)
def test_what_cannot_be_fitted_is_named(figures, counts, said) -> None:
    with pytest.raises(ConfigError, match=said):
        fitted(np.array(figures, dtype=float), asked(*counts))


def test_of_few_units_only_as_many_types_are_tried_as_there_are_units() -> None:
    few = np.array([[1.0, 2], [2, 3], [9, 9], [9, 8]])
    assert [each.count for each in fitted(few, asked(2, 3, 4, 5, 6)).tried] == [2, 3, 4]


def test_the_search_ends_when_somebody_stops_it_with_what_was_found() -> None:
    found = fitted(THREE, asked(3, 4), lambda done, _: done < 5)
    assert [each.count for each in found.tried] == [3]
