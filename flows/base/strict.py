"""The one model for what a person writes or another process sends."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """A model that refuses keys it does not know, so that a typing error in a profile shows."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)
