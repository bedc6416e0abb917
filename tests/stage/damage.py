"""Random damage as it happens to files on their way: bytes flipped, cut off, lines doubled, delimiters swapped."""

from __future__ import annotations

import io
import zipfile
from random import Random


def damaged(content: bytes, chance: Random) -> bytes:
    """Return `content` after one to three random accidents; what is packed in a ZIP is damaged inside more often."""
    within = content.startswith(b"PK") and chance.random() < 0.75
    for _ in range(chance.choice((1, 1, 2, 3))):
        accident = _in_a_part if within and content.startswith(b"PK") else chance.choice(_ACCIDENTS)
        content = accident(content, chance)
    return content


def _in_a_part(content: bytes, chance: Random) -> bytes:
    """Damage a member of a ZIP and pack it again, so that its checksum is right; or lose, double or rename it."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = [(name, archive.read(name)) for name in archive.namelist()]
    except Exception:  # noqa: BLE001 -- damaged already
        return content
    if not parts:
        return content
    at = chance.randrange(len(parts))
    name, inside = parts[at]
    match chance.randrange(8):
        case 0:
            del parts[at]
        case 1:
            parts.append((chance.choice([f"doppelt/{name}", f"{name}.alt", f"doppelt{name}"]), inside))
        case 2:
            parts[at] = (chance.choice([name.upper(), f"x{name}", name[:-1] or "x"]), inside)
        case _:
            parts[at] = (name, chance.choice(_ACCIDENTS)(inside, chance))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, inside in parts:
            archive.writestr(part, inside)
    return out.getvalue()


def _flipped(content: bytes, chance: Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 5, 50))):
        if changed:
            changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _flipped_where_something_stands(content: bytes, chance: Random) -> bytes:
    """Change bytes that are not zero: most of a database file or a record is empty."""
    changed = bytearray(content)
    places = [place for place, byte in enumerate(changed) if byte]
    for _ in range(chance.choice((1, 1, 5, 50))):
        if places:
            changed[chance.choice(places)] = chance.randrange(256)
    return bytes(changed)


def _reference_made_odd(content: bytes, chance: Random) -> bytes:
    """Change a number between quotes, such as where a cell of a workbook stands or how often it is repeated."""
    digits = [place for place in range(1, len(content)) if content[place : place + 1] == b'"'
              and content[place - 1 : place].isdigit()]  # fmt: skip
    if not digits:
        return content
    at = chance.choice(digits)
    return content[:at] + chance.choice((b"9", b"99999", b"-1", b"999999999999", b"A1", b"")) + content[at:]


def _cut(content: bytes, chance: Random) -> bytes:
    return content[: chance.randrange(len(content) + 1)]


def _without_its_middle(content: bytes, chance: Random) -> bytes:
    start, end = sorted(chance.randrange(len(content) + 1) for _ in range(2))
    return content[:start] + content[end:]


def _line_doubled(content: bytes, chance: Random) -> bytes:
    lines = content.splitlines(keepends=True)
    if lines:
        line = chance.randrange(len(lines))
        lines.insert(chance.randrange(len(lines) + 1), lines[line])
    return b"".join(lines)


def _lines_shuffled(content: bytes, chance: Random) -> bytes:
    lines = content.splitlines(keepends=True)
    chance.shuffle(lines)
    return b"".join(lines)


def _delimiter_swapped(content: bytes, chance: Random) -> bytes:
    old, new = chance.sample((b";", b",", b"\t", b'"', b".", b"\n", b"\r"), 2)
    return content.replace(old, new, chance.choice((-1, 1, 3)))


def _other_encoding(content: bytes, chance: Random) -> bytes:
    text = content.decode("utf-8", "replace")
    return text.encode(chance.choice(("utf-16", "utf-8-sig", "latin-1", "utf-7", "cp037")), "replace")


def _noise_inserted(content: bytes, chance: Random) -> bytes:
    at = chance.randrange(len(content) + 1)
    return content[:at] + chance.randbytes(chance.choice((1, 10, 1000))) + content[at:]


def _number_made_odd(content: bytes, chance: Random) -> bytes:
    digits = [index for index, byte in enumerate(content) if 0x30 <= byte <= 0x39]
    if not digits:
        return content
    at = chance.choice(digits)
    return (
        content[:at] + chance.choice((b"-", b"e9", b"1e999", b"NaN", b"9" * 400, b"", b"\xd9\xa3")) + content[at + 1 :]
    )


_ACCIDENTS = (
    _flipped, _cut, _without_its_middle, _line_doubled, _lines_shuffled, _delimiter_swapped, _other_encoding,
    _noise_inserted, _number_made_odd, _flipped_where_something_stands, _reference_made_odd,
)  # fmt: skip
