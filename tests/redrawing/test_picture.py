"""The picture of docs/redrawing.md is the one that the program draws."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.pages.proposals_page import percent_ticks
from tools.review_picture import heterogeneity_svg

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_picture_is_up_to_date() -> None:
    assert (DOCS / "redrawing-heterogeneity.svg").read_text("utf-8") == heterogeneity_svg(), "run `make drawing`"


@pytest.mark.parametrize(
    ("most", "expected"),
    [
        (0.29, ["0", "10", "20"]),
        (0.038, ["0", "1", "2", "3"]),
        (0.01, ["0,0", "0,2", "0,4", "0,6", "0,8", "1,0"]),
        (0.0012, ["0,00", "0,05", "0,10"]),
        (1.0, ["0", "20", "40", "60", "80", "100"]),
    ],
)
def test_an_axis_has_round_numbers_that_say_where_they_stand(most, expected):
    ticks = percent_ticks(most)
    assert [text for _, text in ticks] == expected
    assert [100 * place for place, _ in ticks] == pytest.approx([float(text.replace(",", ".")) for text in expected])
