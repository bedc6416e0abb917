"""What to say of a file of settings that its model refuses: each key that is wrong, and those that are permitted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel, ValidationError

from flows.base.errors import ConfigError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


def not_as_expected(path: Path, kind: type[BaseModel], problem: ValidationError) -> ConfigError:
    """Return the failure that names each wrong key of the file at `path`, which the model `kind` refused."""
    lines = []
    for error in problem.errors():
        key = ".".join(str(part) for part in error["loc"]) or "(the file as a whole)"
        found = error.get("input")
        shown = "" if isinstance(found, (dict, list)) or error["type"] == "missing" else f"; found {found!r}"
        permitted = f"; permitted are {', '.join(keys)}" if (keys := _permitted(kind, error)) else ""
        lines.append(f"  {key}: {error['msg'].removeprefix('Value error, ')}{shown}{permitted}")
    code = _code_of(problem.errors()[0]["type"])
    return ConfigError(f"{path} is not as expected:\n" + "\n".join(lines), code=code)


def _code_of(fault: str) -> str:
    """Return the code of what pydantic found: an unknown key, a missing one, or a value that is not permitted."""
    return {"extra_forbidden": "FS-CONFIG-04", "missing": "FS-CONFIG-05"}.get(fault, "FS-CONFIG-06")


def _permitted(kind: type[BaseModel], error: ErrorDetails) -> list[str]:
    """Return the keys that are permitted where an unknown one stands, sorted; none for other errors."""
    if error["type"] != "extra_forbidden":
        return []
    found: Any = kind
    for part in error["loc"][:-1]:
        if isinstance(part, str) and isinstance(found, type) and issubclass(found, BaseModel):
            fields = found.model_fields.items()
            found = next((field.annotation for name, field in fields if part in (name, field.alias)), None)
        found = _model_in(found)
    models = isinstance(found, type) and issubclass(found, BaseModel)
    return sorted(field.alias or name for name, field in found.model_fields.items()) if models else []


def _model_in(annotation: Any) -> Any:
    """Return the model that `annotation` is, or holds: of a list, a table by name, or an optional section."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part)) is not None), None)
