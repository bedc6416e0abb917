"""Definitions with the texts that every definition has, so that a test says only what it is about."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows.app.commands.needs import index
from flows.profile.index_definition import IndexDefinition

TEXTS = {
    f"{key}_{language}": "x" for key in ("label", "description", "limitations", "guidance") for language in ("de", "en")
}


def definition(*components: str, by: str = "fixed", limits: tuple[float, ...] = (0, 1), **keys: Any) -> IndexDefinition:
    """A mean of z values, unless `keys` say another."""
    labels = [f"Klasse {number + 1}" for number in range(len(limits) + 1)]
    return IndexDefinition.model_validate(
        TEXTS
        | {"version": "1", "source": "s", "standardise": "z", "aggregate": "mean"}
        | {"component": [{"indikator": each} for each in components]}
        | {"classes": {"by": by, "limits": list(limits), "labels_de": labels, "labels_en": labels}}
        | keys
    )


def as_toml(value: Any) -> str:
    """A JSON value as TOML writes it on one line."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {as_toml(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(as_toml, value)) + "]"
    return json.dumps(value)


Try = Callable[..., dict[str, Any]]


@pytest.fixture
def try_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Try:
    """Try a definition on a table, given as text, and return what the command says of it."""

    def tried(table: str, definition: IndexDefinition, columns: str = 'unit = "raum"') -> dict[str, Any]:
        stated = definition.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
        (tmp_path / "table.csv").write_text(table, "utf-8")
        (tmp_path / "definition.toml").write_text(f"index.eigen = {as_toml(stated)}\n[table]\n{columns}\n", "utf-8")
        assert index(definition=tmp_path / "definition.toml", table=tmp_path / "table.csv", as_json=True) == 0
        (found,) = json.loads(capsys.readouterr().out)["indices"]
        return found | {"units": {unit.pop("raum_id"): unit for unit in found["units"]}}

    return tried
