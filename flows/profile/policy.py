"""What a refresh waits for, apart from the models of a profile: the command line needs its name alone."""

from __future__ import annotations

from typing import Literal

Policy = Literal["complete", "when-due", "always"]
"""What a refresh waits for before it publishes a new Stichtag year."""
