"""Writes a profile as TOML that a person reads: each key with the reason for its value above it."""

from __future__ import annotations

import datetime as dt
import json
import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

CONFIRM = "CONFIRM"
"""The word in a comment above what a person must confirm."""

_WIDTH = 118
_BARE = re.compile(r"[A-Za-z0-9_-]+")

Value = str | int | float | bool | dt.date | Sequence["Value"] | Mapping[str, "Value"]


@dataclass(frozen=True)
class Entry:
    """A key with its value, why it is that, and whether a person must confirm it."""

    key: str
    value: Value
    why: str = ""
    confirm: bool = False


@dataclass
class Section:
    """A table of a TOML file, such as ``[source.einwohner]``; the first of a file has no header."""

    header: str
    entries: list[Entry] = field(default_factory=list)
    comment: str = ""

    def add(self, key: str, value: Value, why: str = "", *, confirm: bool = False) -> None:
        """Add a key."""
        self.entries.append(Entry(key, value, why, confirm))


def as_toml(kind: str, comment: str, sections: Iterable[Section]) -> str:
    """Return the text of a file (``kind``.toml): for editors its schema, the comment on top, then its sections."""
    blocks = [f"#:schema ../schema/{kind}.schema.json\n{_commented(comment)}"]
    for section in sections:
        lines = [_commented(section.comment)] if section.comment else []
        lines += [section.header] if section.header else []
        for entry in section.entries:
            if entry.why:
                lines.append(_commented(f"{CONFIRM}: {entry.why}" if entry.confirm else entry.why))
            lines.append(_assigned(entry.key, entry.value))
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def _commented(text: str) -> str:
    printable = "".join(sign if sign.isprintable() or sign == "\n" else repr(sign)[1:-1] for sign in text)
    return "\n".join(
        textwrap.fill(
            line,
            _WIDTH,
            initial_indent="# ",
            subsequent_indent="#     " if line.startswith(" ") else "# ",
            break_on_hyphens=False,
        )
        for line in printable.splitlines()
    )


def _assigned(key: str, value: Value) -> str:
    line = f"{_key(key)} = {_written(value)}"
    if len(line) <= _WIDTH or not isinstance(value, list):
        return line
    lines = [""]
    for item in (f"{_written(each)}," for each in value):
        if lines[-1] and len(lines[-1]) + len(item) > _WIDTH - len("   "):
            lines.append("")
        lines[-1] += f" {item}" if lines[-1] else item
    return f"{_key(key)} = [\n" + "\n".join(f"  {each}" for each in lines) + "\n]"


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else json.dumps(key, ensure_ascii=False)


def _written(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, str):
        return (
            f"'{value}'"
            if "\\" in value and "'" not in value and value.isprintable()
            else json.dumps(value, ensure_ascii=False)
        )
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {_written(each)}" for key, each in value.items()) + " }"
    return "[" + ", ".join(map(_written, value)) + "]"
