"""The one model for what a person writes or another process sends, and the names that it may give."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
"""A name in a profile: of a Merkmal, a class, a Raumebene. It names tables and folders, and so has 63 characters at
most."""


class Strict(BaseModel):
    """A model that refuses keys it does not know, so that a typing error in a profile shows."""

    model_config = ConfigDict(extra="forbid", frozen=True)
