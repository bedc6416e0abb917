"""The DCAT description as Turtle: the same statements as the JSON-LD, in the form that many portals harvest.

It writes only what `flows.export.dcat` makes: nodes with an id or without, language and typed literals.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any


def turtle(described: Mapping[str, Any]) -> str:
    """Return the statements of a JSON-LD document that has an @context of prefixes and a @graph of nodes."""
    prefixes = [f"@prefix {name}: {_iri(address)} ." for name, address in described["@context"].items()]
    subjects = [f"{_iri(node['@id'])} {_properties(node, 1)} ." for node in described["@graph"]]
    return "\n".join(prefixes) + "\n\n" + "\n\n".join(subjects) + "\n"


def _properties(node: Mapping[str, Any], depth: int) -> str:
    lines = [f"{name} {', '.join(values)}" for name, values in _statements(node, depth)]
    return f" ;\n{'    ' * depth}".join(lines)


def _statements(node: Mapping[str, Any], depth: int) -> Iterator[tuple[str, list[str]]]:
    for name, content in node.items():
        values = content if isinstance(content, list) else [content]
        if name == "@type":
            yield "a", values
        elif name != "@id" and values:
            yield name, [_object(value, depth) for value in values]


def _object(value: Any, depth: int) -> str:
    if not isinstance(value, Mapping):
        return _text(value)
    if "@value" in value:
        language, kind = value.get("@language"), value.get("@type")
        return _text(value["@value"]) + (f"@{language}" if language else "") + (f"^^{kind}" if kind else "")
    if set(value) == {"@id"}:
        return _iri(value["@id"])
    inner = "    " * (depth + 1)
    return f"[\n{inner}{_properties(value, depth + 1)}\n{'    ' * depth}]"


def _text(value: Any) -> str:
    return json.dumps(str(value), ensure_ascii=False)  # JSON escapes what Turtle does, in the same way


def _iri(address: str) -> str:
    return f"<{address}>"
