"""The picture in docs/ is the one that the code makes."""

from __future__ import annotations

from pathlib import Path

from flows.base.resources import resource
from tools.architecture_drawing import architecture_svg

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_drawing_in_docs_is_up_to_date() -> None:
    assert (DOCS / "architecture.svg").read_text("utf-8") == architecture_svg(), "run `make drawing`"


def test_the_drawing_names_every_table_of_the_transform() -> None:
    drawn = architecture_svg()

    assert [path.stem for path in resource("sql/transform").glob("*.sql") if f">{path.stem}<" not in drawn] == []
