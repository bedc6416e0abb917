"""Pages of a release from their templates: complete in themselves, and an unknown name in one is an error."""

from __future__ import annotations

from pathlib import Path
from typing import Any

_TEMPLATES = Path(__file__).parent / "templates"


def page_of(template: str, *, folder: Path | None = None, **shown: Any) -> str:
    """Return the page that `template` makes of what is `shown`; text stays text, whatever markup stands in it.

    A template may lie in a `folder` of its own and include those of this room.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 -- only where a page is written

    environment = Environment(
        loader=FileSystemLoader([folder or _TEMPLATES, _TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(template).render(**shown)
