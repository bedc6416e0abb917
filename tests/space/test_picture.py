"""The pictures in docs/ are those that the code makes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.redraw_pictures import PICTURES, example

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_in_docs_is_up_to_date(name):
    drawn = PICTURES[name]()

    assert (DOCS / name).read_text("utf-8") == drawn, "run `python -m tools.redraw_pictures docs`"


def test_the_pictures_show_what_a_run_publishes():
    """1400 residents by the proportions of the later counts, as whole people."""
    shown = {unit: estimate.wert for unit, estimate in example().estimates.items()}

    assert shown == {"C": 505, "D": 467, "E": 428}
    assert sum(shown.values()) == 1400
