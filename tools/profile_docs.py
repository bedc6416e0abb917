"""docs/profile.md and the JSON schemas in cities/schema, made from the models that read a profile.

The text of a key is the docstring below it; ``Example:`` begins what stands in the column of examples. The schemas are
of draft 4, the one that editors of TOML know.
"""

from __future__ import annotations

import ast
import inspect
import json
import re
import textwrap
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from flows.profile.profile_files import PROFILE_FILES

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "profile.md"
SCHEMAS = ROOT / "cities" / "schema"
Schema = dict[str, Any]

_NAME = "^[a-z][a-z0-9_]*$"
_TOP = """\
# A profile, key by key

(`make profile` writes this page from the models that read a profile; a test fails when it is out of date.)

A profile is a folder with up to nine files and, if the city adds checks of its own, a folder `checks`
([checks.md](checks.md)). `city.toml` and `sources.toml` are needed. `fortschreibung new-city` writes the first version
of both ([first-hour.md](first-hour.md)), `fortschreibung doctor` says what is wrong with a profile. A key that is not
on this page is refused; the message lists the permitted ones. What the keys of a source do with its rows is said in
[staging.md](staging.md), how sources are reached in [sources.md](sources.md).

"needed" means that the section does not hold without the key. `ID` and `NAME` in a section's title are names of yours:
small letters, digits and `_`, or what the text says.

## In an editor
Editors that know TOML (Even Better TOML in VS Code, taplo elsewhere) complete keys, show the texts of this page and
mark what is wrong if the first line of a file names its schema:

```toml
#:schema ../schema/city.schema.json
```

`new-city` writes this line and puts the nine schemas into `schema/`, beside the cities. For a profile that was written
by hand, or after an update of the program, print them anew:

```sh
fortschreibung schema city > schema/city.schema.json
```

A schema knows one key at a time; what several keys say together (`connector` and its section, one contract per source)
only the program checks.
"""


def models(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield the models that a type is made of, each after those that its own keys hold."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for field in annotation.model_fields.values():
            yield from models(field.annotation)
        yield annotation
    for part in getattr(annotation, "__args__", ()):
        yield from models(part)


def describe(root: type[BaseModel]) -> None:
    """Give the keys of a model, and of those in it, the docstring below them as description.

    Pydantic can do it when a model is made, but takes 0.2 s of every command for it, and only these docs read it.
    """
    for model in dict.fromkeys(models(root)):
        for kind in reversed([each for each in model.__mro__ if issubclass(each, BaseModel) and each is not BaseModel]):
            for name, text in _docstrings(kind).items():
                if name in model.model_fields:  # and not a ClassVar
                    model.model_fields[name].description = text
        model.model_rebuild(force=True)


def _docstrings(model: type[BaseModel]) -> dict[str, str]:
    """Return the docstring below each key that a model itself has."""
    (made,) = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    assert isinstance(made, ast.ClassDef)  # noqa: S101 -- for mypy
    return {
        key.target.id: inspect.cleandoc(text.value.value)
        for key, text in pairwise(made.body)
        if isinstance(key, ast.AnnAssign) and isinstance(key.target, ast.Name)
        and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant) and isinstance(text.value.value, str)
    }  # fmt: skip


for _root in PROFILE_FILES.values():
    describe(_root)


def profile_schema(kind: str) -> Schema:
    """Return the JSON schema of one of the `PROFILE_FILES`, of draft 4."""
    made: Schema = _draft_4(PROFILE_FILES[kind].model_json_schema())
    return {"$schema": "http://json-schema.org/draft-04/schema#", "id": f"urn:fortschreibung:profile:{kind}", **made}


def schema_text(kind: str) -> str:
    """Return the file in cities/schema."""
    return json.dumps(profile_schema(kind), ensure_ascii=False, indent=1) + "\n"


def page() -> str:
    """Return docs/profile.md."""
    lines, told = [_TOP], set[str]()
    for kind in PROFILE_FILES:
        root = profile_schema(kind)
        lines += [f"## {kind}.toml", _words(root["description"]), "", *_keys(root), ""]
        for title, name in _sections(root, root, ""):
            if name not in told:
                told.add(name)
                section = root["definitions"][name]
                lines += [f"### `{title}`", _words(section["description"]), "", *_keys(section), ""]
    return "\n".join(lines).rstrip() + "\n"


def _draft_4(schema: Any) -> Any:
    """Return a schema of pydantic as one of draft 4, without what TOML has not (null)."""
    if isinstance(schema, list):
        return [_draft_4(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    choices = [each for each in schema.get("anyOf", []) if each != {"type": "null"}]
    if len(choices) == 1:
        schema = {**{key: value for key, value in schema.items() if key != "anyOf"}, **choices[0]}
    left_out = {"title", "propertyNames"} | ({"default"} if schema.get("default") in (None, {}, []) else set())
    made: Schema = {}
    for key, value in schema.items():
        if key not in left_out:
            made |= _key_of_draft_4(key, value)
    return made | ({"additionalProperties": False} if "patternProperties" in made else {})


def _key_of_draft_4(key: str, value: Any) -> Schema:
    """Return what draft 4 says instead of a key of a later draft."""
    if key in ("properties", "patternProperties", "$defs"):
        named = {each: _draft_4(inner) for each, inner in value.items()}
        return {"definitions" if key == "$defs" else key: named}
    if key in ("exclusiveMinimum", "exclusiveMaximum"):
        return {key.removeprefix("exclusive").lower(): value, key: True}
    if key == "prefixItems":
        return {"items": _draft_4(value), "additionalItems": False}
    if key == "$ref":
        return {"allOf": [{"$ref": value.replace("#/$defs/", "#/definitions/")}]}
    if key == "const":
        return {"enum": [value]}
    return {key: value if key in ("default", "enum", "required") else _draft_4(value)}


def _sections(section: Schema, root: Schema, path: str) -> Iterator[tuple[str, str]]:
    """Yield the sections below one, in the order of its keys: the title as TOML writes it, the model's name."""
    for key, value in section["properties"].items():
        found = _model_in(value)
        if found:
            name, kind = found
            inner = f"{path}{key}" if kind != "by name" else f"{path}{key}.{'ID' if not path else 'NAME'}"
            yield (f"[[{inner}]]" if kind == "list" else f"[{inner}]"), name
            yield from _sections(root["definitions"][name], root, f"{inner}.")


def _model_in(value: Schema) -> tuple[str, str] | None:
    """Return which model a key holds, if any, and whether it holds one, a list, or several by name."""
    inner = (*value.get("patternProperties", {}).values(), value.get("additionalProperties"))
    for kind, holder in (("one", value), ("list", value.get("items")), *(("by name", each) for each in inner)):
        if isinstance(holder, dict) and "allOf" in holder:
            return holder["allOf"][0]["$ref"].rpartition("/")[2], kind
    return None


def _keys(section: Schema) -> Iterator[str]:
    yield "| key | what it says | permitted | without it | example |"
    yield "|---|---|---|---|---|"
    needed = section.get("required", [])
    for key, value in section["properties"].items():
        says, _, example = value.get("description", "").partition("Example: ")
        without = "needed" if key in needed else _shown(value["default"]) if "default" in value else ""
        cells = [f"`{key}`", _words(says), _permitted(value), without, example]
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _permitted(value: Any) -> str:  # noqa: C901, PLR0911 -- one case for each kind of value
    if not isinstance(value, dict):
        return "anything"
    if "enum" in value:
        return ", ".join(f"`{each}`" for each in value["enum"])
    if "anyOf" in value:
        return " or ".join(dict.fromkeys(_permitted(each) for each in value["anyOf"]))
    if "allOf" in value:
        return "a section"
    if value.get("type") == "array":
        if isinstance(value.get("items"), list):
            return "list of " + " and ".join(_permitted(each) for each in value["items"])
        return "list of sections" if _model_in(value) else f"list: {_permitted(value['items'])}"
    if value.get("type") == "object":
        inner = next(iter(value.get("patternProperties", {}).values()), value.get("additionalProperties"))
        return "sections by name" if _model_in(value) else f"table: name = {_permitted(inner)}"
    if value.get("format") == "date":
        return "date"
    if value.get("pattern") == _NAME:
        return "name"
    if "pattern" in value:
        return f"text like `{value['pattern']}`"
    kinds = {"string": "text", "boolean": "`true`, `false`", "integer": "whole number", "number": "number"}
    return kinds[value["type"]] + _bounds(value)


def _bounds(value: Schema) -> str:
    said = []
    if "minimum" in value:
        said.append(f"{'above' if value.get('exclusiveMinimum') else 'from'} {value['minimum']}")
    if "maximum" in value:
        said.append(f"{'below' if value.get('exclusiveMaximum') else 'up to'} {value['maximum']}")
    if (longest := value.get("maxLength")) is not None:
        said.append("one sign" if value.get("minLength") else f"at most {longest} sign")
    return f" {' '.join(said)}" if said else ""


def _shown(value: Any) -> str:
    return "the defaults of its keys" if isinstance(value, dict) else f"`{json.dumps(value, ensure_ascii=False)}`"


def _words(text: str) -> str:
    """Return a docstring as a line of Markdown."""
    return re.sub(r"\s+", " ", text.replace("``", "`")).strip()


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    SCHEMAS.mkdir(exist_ok=True)
    for each in PROFILE_FILES:
        (SCHEMAS / f"{each}.schema.json").write_text(schema_text(each), encoding="utf-8")
