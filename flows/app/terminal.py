"""What the commands share: two options, and how they speak."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

HomeOption = Annotated[Path | None, Parameter(name="--home", help="Data folder (default ./data).")]
JsonOption = Annotated[bool, Parameter(name="--json", negative="", help="Last line: one JSON object.")]


def say(words: str) -> None:
    """Tell the person at the terminal on stderr, which leaves stdout to the answer."""
    print(words, file=sys.stderr, flush=True)


def print_json(content: Any) -> None:
    """Print the answer as one line of JSON."""
    print(json.dumps(content, ensure_ascii=False), flush=True)
