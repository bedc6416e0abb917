"""docs/sources.md: the tests that it names exist, and its sections of sources.toml are read as they stand."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from flows.profile.source import Source

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
SNIPPETS = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)

USUAL: dict[str, Any] = {
    "title_de": "Titel", "title_en": "title", "licence": "CC0", "attribution": "Amt", "file": r".*",
    "stichtag": {"source": "fixed", "fixed": "2022-12-31"}, "official": {"merkmale": {"einwohner": "EW"}},
}  # fmt: skip


def test_every_test_that_the_table_names_is_there() -> None:
    named = set(re.findall(r"`(test_\w+)`", TEXT))
    tests = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert len(named) > 20
    assert {name for name in named if f"def {name}(" not in tests} == set()


@pytest.mark.parametrize("snippet", SNIPPETS, ids=[snippet.splitlines()[0][:40] for snippet in SNIPPETS])
def test_every_section_is_a_source(snippet: str) -> None:
    table = tomllib.loads(snippet)
    section = table["source"].popitem()[1] if "source" in table else table
    connector = {"connector": "http_file", "url": "https://amt.example/x.csv"} if "connector" not in section else {}
    identity = "parkhaeuser" if "datastore" in snippet else "quelle"
    usual = {key: value for key, value in USUAL.items() if key != "official" or "geometry" not in section}
    if "due" in section:
        usual["stichtag"] = {"source": "column", "column": "JAHR", "format": "%Y", "day": "12-31"}
    Source.model_validate({**usual, **connector, **section, "id": identity})
