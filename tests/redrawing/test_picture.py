"""The picture of docs/redrawing.md is the one that the program draws."""

from __future__ import annotations

from pathlib import Path

from tools.review_picture import heterogeneity_svg

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_picture_is_up_to_date() -> None:
    assert (DOCS / "redrawing-heterogeneity.svg").read_text("utf-8") == heterogeneity_svg(), "run `make drawing`"
