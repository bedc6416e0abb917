"""The picture in docs/ is the one that the code makes."""

from __future__ import annotations

import re
from pathlib import Path

from flows.base.resources import resource
from tools.architecture_drawing import architecture_svg

DOCS = Path(__file__).resolve().parents[2] / "docs"
FLOWS = DOCS.parent / "flows"


def test_the_drawing_in_docs_is_up_to_date() -> None:
    assert (DOCS / "architecture.svg").read_text("utf-8") == architecture_svg(), "run `make drawing`"


def test_the_drawing_names_every_table_of_the_transform() -> None:
    drawn = architecture_svg()

    assert [path.stem for path in resource("sql/transform").glob("*.sql") if f">{path.stem}<" not in drawn] == []


def test_the_architecture_names_every_module_that_knows_prefect() -> None:
    (row,) = (line for line in (DOCS / "architecture.md").read_text("utf-8").splitlines() if "all that knows" in line)
    named = set(re.findall(r"`(?:flows/)?(\w+)(?:\.py)?`", row))
    knowing = [
        path for path in FLOWS.rglob("*.py") if re.search(r"^\s*(from|import) prefect\b", path.read_text("utf-8"), re.M)
    ]

    assert FLOWS / "refresh.py" in knowing
    assert [path.name for path in knowing if not {path.stem, path.parent.name} & named - {"app"}] == []
