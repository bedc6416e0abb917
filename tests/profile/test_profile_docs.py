"""docs/profile.md and the schemas for editors say what the models permit, key by key."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator
from pydantic import TypeAdapter

from flows.app.commands.preparing import schema
from flows.base.errors import ConfigError
from flows.profile.load import load_profile
from flows.profile.profile_files import PROFILE_FILES, schema_text
from tools import profile_docs

ROOT = Path(__file__).resolve().parents[2]
PROFILES = sorted(
    path
    for folder in ("cities", "examples")
    for path in (ROOT / folder).glob("**/*.toml")
    if path.stem in PROFILE_FILES
)


def validator(kind: str) -> Draft4Validator:
    return Draft4Validator(profile_docs.profile_schema(kind))


def as_json(value: Any) -> Any:
    """What an editor hands to the validator: dates are texts there."""
    if isinstance(value, dict):
        return {key: as_json(each) for key, each in value.items()}
    if isinstance(value, list):
        return [as_json(each) for each in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def problems(path: Path) -> list[str]:
    read = as_json(tomllib.loads(path.read_text("utf-8")))
    return [f"{list(error.absolute_path)}: {error.message}" for error in validator(path.stem).iter_errors(read)]


KEYS = {
    f"{model.__name__}.{field.alias or name}": (field, field.alias or name)
    for root in PROFILE_FILES.values() for model in profile_docs.models(root)
    for name, field in model.model_fields.items()
    if (model.__name__, name) != ("Source", "id")  # the name of its section
}  # fmt: skip


def test_the_page_and_the_schemas_are_up_to_date() -> None:
    assert profile_docs.PAGE.read_text("utf-8") == profile_docs.page(), "run `make profile`"
    for kind in PROFILE_FILES:
        assert schema_text(kind) == profile_docs.schema_text(kind), "run `make profile`"


@pytest.mark.parametrize("key", KEYS)
def test_every_key_is_described_and_its_example_is_permitted(key: str) -> None:
    field, name = KEYS[key]
    says, _, example = (field.description or "").partition("Example: ")
    assert says.strip(), f"{key} needs a docstring below it"
    if example:
        (written,) = re.findall(r"^`(.+)`$", example)
        ((found, value),) = tomllib.loads(written).items()
        assert found == name
        TypeAdapter(field.rebuild_annotation()).validate_python(value)
    else:
        assert list(profile_docs.models(field.annotation)), f"{key} needs an example"


@pytest.mark.parametrize("kind", PROFILE_FILES)
def test_a_schema_is_one_that_editors_of_toml_know(kind: str) -> None:
    Draft4Validator.check_schema(profile_docs.profile_schema(kind))


@pytest.mark.parametrize("path", PROFILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_profile_fits_the_schema_that_its_first_line_names(path: Path) -> None:
    first = path.read_text("utf-8").splitlines()[0]
    named = path.parent / first.removeprefix("#:schema ")
    assert named.resolve() == profile_docs.SCHEMAS / f"{path.stem}.schema.json"
    assert problems(path) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("crs = ", "csr = ", "['csr']|'csr' was unexpected"),
        ("official_band = 0.05", 'official_band = "viel"', "'viel' is not of type 'number'"),
        ('membership = "city"', 'membership = "town"', "'town' is not one of"),
        ("[protection.leistung]", "[protection.Leistung-1]", "'Leistung-1'"),
    ],
)
def test_an_editor_marks_what_the_program_refuses(tmp_path: Path, old: str, new: str, told: str) -> None:
    text = (ROOT / "cities" / "berlin" / "city.toml").read_text("utf-8")
    (tmp_path / "city.toml").write_text(re.sub(re.escape(old), new, text, count=1), "utf-8")
    (tmp_path / "sources.toml").write_bytes((ROOT / "cities" / "berlin" / "sources.toml").read_bytes())

    assert any(re.search(told, problem) for problem in problems(tmp_path / "city.toml")), problems(
        tmp_path / "city.toml"
    )
    with pytest.raises(ConfigError):
        load_profile("berlin", tmp_path)


def test_the_command_prints_a_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert schema("waivers") == 0
    assert capsys.readouterr().out == schema_text("waivers")
    with pytest.raises(ConfigError, match=r"one of city, sources, .*found 'stadt'"):
        schema("stadt")
