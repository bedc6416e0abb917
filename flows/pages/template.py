"""Pages of a release from their templates: complete in themselves, and an unknown name in one is an error."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.base.local_time import german_day

if TYPE_CHECKING:
    from jinja2 import Environment

_TEMPLATES = Path(__file__).parent / "templates"


def page_of(template: str, *, folder: Path = _TEMPLATES, **shown: Any) -> str:
    """Return the page that `template` makes of what is `shown`; text stays text, whatever markup stands in it.

    A template may lie in a `folder` of its own and include those of this room.
    """
    return _environment(folder).get_template(template).render(**shown)


@cache
def _environment(folder: Path) -> Environment:
    """Return the templates of a folder; a process loads each of them once."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 -- only where a page is written

    from flows.pages.both_numbers import both_days  # noqa: PLC0415
    from flows.pages.compiled_templates import CompiledTemplates  # noqa: PLC0415

    made = Environment(
        loader=FileSystemLoader([folder, _TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        bytecode_cache=CompiledTemplates(),
    )
    made.globals |= {"day": german_day, "both_days": both_days}
    made.filters["german_day"] = german_day
    return made
