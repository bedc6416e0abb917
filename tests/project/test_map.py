"""The map of an Indikator: its classes, and what it says of suppressed units."""

from __future__ import annotations

from flows.app.map import class_limits


def test_five_classes_hold_equally_many() -> None:
    assert class_limits([float(n) for n in range(1, 11)]) == [2, 4, 6, 8]


def test_fewer_values_than_classes_repeat_limits() -> None:
    assert class_limits([3.0, 1.0]) == [1.0, 1.0, 3.0, 3.0]


def test_no_value_has_no_limits() -> None:
    assert class_limits([]) == []
