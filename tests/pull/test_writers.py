"""Whether another program is still writing a file: how often that is looked at."""

import time

import pytest

from flows.pull import writers


@pytest.fixture
def looks(first_look: None, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """When it was looked at what other programs have open."""
    taken: list[float] = []

    def look() -> frozenset[tuple[int, int]]:
        taken.append(time.time())
        return frozenset()

    monkeypatch.setattr(writers, "_open_now", look)
    monkeypatch.setattr(writers, "_HOLDS", 600.0)
    return taken


def test_for_many_files_that_have_changed_before_one_look_is_enough(looks: list[float]) -> None:
    for before in (60, 2, 30):
        writers._open_lately(time.time() - before)
    assert len(looks) == 1


def test_for_a_file_that_has_changed_since_it_is_looked_again(looks: list[float]) -> None:
    writers._open_lately(time.time() - 60)
    writers._open_lately(time.time())
    assert len(looks) == 2
