"""The codebook as one HTML page: what each published figure means, for readers who have no program at hand.

The page stands for itself (no script, font or image from elsewhere), says the same for the same catalogue,
and takes its thresholds from the catalogue of the run, so that it cannot promise another protection than
was applied.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from flows.base.german_numbers import german
from flows.pages.codebook_model import CodebookPage
from flows.pages.template import page_of
from flows.profile.vocabulary import Words, vocabulary, years


def codebook_html(codebook: CodebookPage, described: Mapping[str, Any] | None = None, way: Markup | None = None) -> str:
    """Return the page, in German or by its switch in English, complete in itself.

    `described` describes the release to search engines (schema.org), as JSON-LD; `way` is the drawing of the
    way from the delivered rows to the figures.
    """
    words = vocabulary()
    return page_of(
        "codebook.html.j2",
        page=codebook,
        way=way,
        described=None if described is None else _json_in_html(described),
        status=words.meanings("status"),
        methods=words.meanings("method"),
        themes=words.meanings("theme"),
        types=words.meanings("type"),
        kinds=words.meanings("kind"),
        directions=words.meanings("direction"),
        standardisations=words.meanings("standardisation"),
        aggregations=words.meanings("aggregation"),
        rescalings=words.meanings("rescaling"),
        class_limits=words.meanings("class_limits"),
        index_status=words.meanings("index_status"),
        type_status=words.meanings("type_status"),
        type_position=words.meanings("type_position"),
        verdicts=words.meanings("change_verdict"),
        change_causes=words.meanings("change_cause"),
        number=_number,
        years=years,
    )


def _json_in_html(content: Mapping[str, Any]) -> Markup:
    """Return JSON that no text in it can end the script element of."""
    text = json.dumps(content, ensure_ascii=False, indent=1)
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))  # noqa: S704 -- escaped


def _number(value: float) -> Words:
    """Write a factor as each language does: 1.000 and 1,000."""
    english = f"{value:,.0f}" if value.is_integer() else f"{value:,}"
    return Words(german(english), english)
