"""The one model for what a person writes or another process sends, and the names that it may give."""

from __future__ import annotations

from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
"""A name in a profile: of a Merkmal, a class, a Raumebene. It names tables and folders, and so has 63 characters at
most."""


class Strict(BaseModel):
    """A model that refuses keys it does not know, so that a typing error in a profile shows."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @field_validator("*", mode="before")
    @classmethod
    def _a_truth_value_is_no_number(cls, given: Any, info: ValidationInfo) -> Any:
        """Refuse true and false for a number, which pydantic takes for 1 and 0: as a threshold they hide nothing."""
        if isinstance(given, bool):
            kinds = _kinds(cls.model_fields[str(info.field_name)].annotation)
            if kinds & {int, float} and bool not in kinds:
                message = f"expected a number, found {str(given).lower()}"
                raise ValueError(message)
        return given


def _kinds(annotation: Any) -> set[Any]:
    """Return the types that an annotation permits."""
    if get_origin(annotation) is Annotated:
        return _kinds(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return {kind for part in get_args(annotation) for kind in _kinds(part)}
    return {annotation}
