"""The picture of docs/types.md is the one that the code makes."""

from __future__ import annotations

from tools.profile_docs import ROOT
from tools.types_picture import NAME, picture


def test_the_picture_in_docs_is_up_to_date() -> None:
    assert (ROOT / "docs" / NAME).read_text("utf-8") == picture(), "run `python -m tools.types_picture docs`"
