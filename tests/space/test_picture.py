"""The pictures in docs/ are those that the code makes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.redraw_pictures import PICTURES, example_key

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_in_docs_is_up_to_date(name):
    drawn = PICTURES[name]()

    assert (DOCS / name).read_text("utf-8") == drawn, "run `python -m tools.redraw_pictures docs`"


def test_the_pictures_tell_what_the_fit_finds():
    assert example_key().apply({"A": 900, "B": 500}).values == pytest.approx(
        {"C": 1400 * 520 / 1440, "D": 1400 * 480 / 1440, "E": 1400 * 440 / 1440}
    )
