"""Answers that are known from elsewhere: computed by hand, by trying everything, or published."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from flows.typology.kmeans import grouped
from flows.typology.quality import adjusted_rand, jaccard, silhouette, stability


def labels(text: str) -> np.ndarray:
    return np.array([int(each) for each in text])


def test_two_pairs_on_a_line_are_two_groups_with_their_middles() -> None:
    points = np.array([[0.0], [1.0], [10.0], [11.0]])
    found = grouped(points, 2, np.random.default_rng(1))

    assert sorted(found.centroids[:, 0].tolist()) == [0.5, 10.5]
    assert found.within == pytest.approx(4 * 0.25)


@pytest.mark.parametrize("count", [2, 3])
def test_no_other_grouping_of_few_points_has_a_smaller_sum_of_squares(count: int) -> None:
    points = np.random.default_rng(7).normal(size=(8, 2))

    def within(at: np.ndarray) -> float:
        return sum(((points[at == each] - points[at == each].mean(axis=0)) ** 2).sum() for each in set(at.tolist()))

    least = min(within(np.array(each)) for each in product(range(count), repeat=8))
    assert grouped(points, count, np.random.default_rng(1)).within == pytest.approx(least)


def test_the_silhouette_of_two_pairs_on_a_line_is_what_one_computes_by_hand() -> None:
    """0: its own 1, the others 10.5 away; 1: its own 1, the others 9.5; the other pair mirrors them."""
    points = np.array([[0.0], [1.0], [10.0], [11.0]])
    assert silhouette(points, labels("0011")) == pytest.approx(((10.5 - 1) / 10.5 + (9.5 - 1) / 9.5) / 2)


def test_a_point_alone_in_its_group_has_silhouette_0() -> None:
    points = np.array([[0.0], [1.0], [10.0]])
    assert silhouette(points, labels("001")) == pytest.approx((9 / 10 + 8 / 9 + 0) / 3)


@pytest.mark.parametrize(
    ("one", "other", "index"),
    [
        ("0011", "1100", 1.0),  # the names of groups do not matter
        ("0011", "0012", 4 / 7),
        ("0000", "0123", 0.0),
        ("0011112222", "0101122222", 0.313),  # Yeung and Ruzzo 2001
    ],
)
def test_the_adjusted_rand_index_is_the_published_one(one: str, other: str, index: float) -> None:
    assert adjusted_rand(labels(one), labels(other)) == pytest.approx(index, abs=5e-4)
    assert adjusted_rand(labels(other), labels(one)) == pytest.approx(index, abs=5e-4)


def test_jaccard_similarity_is_that_of_the_most_similar_group() -> None:
    """The first group is 2 of 3 points of another; the second has 1 of 2; the third has no points."""
    assert jaccard(labels("00011"), labels("00112"), 3)[:2] == pytest.approx([2 / 3, 1 / 2])
    assert np.isnan(jaccard(labels("00011"), labels("00112"), 3)[2])


def test_groups_far_apart_come_back_in_every_resample_and_halves_of_a_cloud_do_not() -> None:
    rng = np.random.default_rng(3)
    apart = np.concatenate([rng.normal(at, 0.1, size=(30, 2)) for at in (0, 5, 10)])
    cloud = rng.normal(size=(90, 2))

    def of(points: np.ndarray, count: int):
        return stability(points, grouped(points, count, np.random.default_rng(1)).labels, np.random.default_rng(2), 20)

    assert of(apart, 3).groups == pytest.approx([1, 1, 1])
    assert of(apart, 3).rand == 1
    assert not of(cloud, 5).stable
