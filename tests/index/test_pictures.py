"""The pictures of docs/need-index.md are those that the code makes."""

from __future__ import annotations

import pytest

from tools.index_pictures import DOCS, PICTURES


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_in_docs_is_up_to_date(name: str) -> None:
    drawn = PICTURES[name]()
    assert (DOCS / name).read_text("utf-8") == drawn, "run `python -m tools.index_pictures docs`"


def test_the_calibration_shows_every_line_of_the_table() -> None:
    assert PICTURES["need-index-calibration.svg"]().count("<circle") == 8
