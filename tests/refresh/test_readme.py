"""What the README shows of the first command is what that command prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.refresh.conftest import Office

README = Path(__file__).resolve().parents[2] / "README.md"


def rows(text: str) -> list[list[str]]:
    """The rows of a printed table of Stichtage, without the blanks around their cells."""
    return [[cell.strip() for cell in line.strip(" │").split("│")] for line in re.findall(r"^│ \d{4}-.*$", text, re.M)]


@pytest.mark.nightly
def test_the_demo_ends_with_the_table_of_the_readme(office: Office) -> None:
    ended = office.command("demo", "--refresh")

    assert ended.code == 0, ended.err
    assert rows(ended.out + ended.err) == rows(README.read_text(encoding="utf-8"))
    assert len(rows(README.read_text(encoding="utf-8"))) == 10
