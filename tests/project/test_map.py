"""The classes of a map: equally many figures in each, zero where it belongs, and none that is empty."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from flows.release.map_classes import FEWER, MORE, SAME, ZERO, MapClass, classes_of_changes, classes_of_shares


def held(classes: list[MapClass], figures: list[float]) -> list[list[float]]:
    return [[figure for figure in figures if each.holds(figure)] for each in classes]


def test_five_classes_hold_equally_many() -> None:
    figures = [float(n) for n in range(1, 11)]
    assert held(classes_of_shares(figures), figures) == [[1, 2], [3, 4], [5, 6], [7, 8], [9, 10]]


def test_equal_limits_are_one_class() -> None:
    assert held(classes_of_shares([3.0, 1.0]), [3.0, 1.0]) == [[1.0], [3.0]]


def test_zero_stands_alone_where_it_is_frequent() -> None:
    figures = [0.0, 0.0, 1.0, 2.0, 3.0, 4.0]
    first, *others = classes_of_shares(figures)
    assert (first.colour, held([first], figures)) == (ZERO, [[0.0, 0.0]])
    assert held(others, figures) == [[1.0], [2.0], [3.0], [4.0]]


def test_a_change_is_on_the_side_of_its_sign_with_the_same_limits_on_both() -> None:
    figures = [-9.0, -2.0, -0.5, 0.0, 0.4, 3.0]
    classes = classes_of_changes(figures)
    assert held(classes, figures) == [[-9.0], [-2.0], [-0.5], [0.0], [0.4], [3.0]]
    assert [each.colour for each in classes] == [*FEWER, SAME, MORE[0], MORE[1]]
    assert (classes[0].high, classes[-1].high) == (-3.0, 3.0)


def test_no_figure_has_no_class() -> None:
    assert classes_of_shares([]) == classes_of_changes([]) == []


@given(st.lists(st.integers(-5, 5).map(float), min_size=1, max_size=40))
def test_every_figure_has_one_class_and_every_class_a_figure(figures: list[float]) -> None:
    for classes in (classes_of_changes(figures), classes_of_shares([abs(figure) for figure in figures])):
        shown = figures if classes == classes_of_changes(figures) else [abs(figure) for figure in figures]
        assert all(sum(each.holds(figure) for each in classes) == 1 for figure in shown)
        assert all(held(classes, shown))
