"""What the code of a failure means and what to do, as flows/base/error_codes.toml says; read only when one is shown."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

TABLE = Path(__file__).with_name("error_codes.toml")


class Meaning(NamedTuple):
    """What a code means, and what to do, in German and in English."""

    de: str
    todo_de: str
    en: str
    todo_en: str


@cache
def meanings() -> dict[str, Meaning]:
    """Return each code with its meaning."""
    return {code: Meaning(**each) for code, each in tomllib.loads(TABLE.read_text(encoding="utf-8")).items()}
