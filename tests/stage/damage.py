"""Random damage as it happens to files on their way: bytes flipped, cut off, lines doubled, delimiters swapped."""

from __future__ import annotations

from random import Random


def damaged(content: bytes, chance: Random) -> bytes:
    """Return `content` after one to three random accidents."""
    for _ in range(chance.choice((1, 1, 2, 3))):
        content = chance.choice(_ACCIDENTS)(content, chance)
    return content


def _flipped(content: bytes, chance: Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 5, 50))):
        if changed:
            changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


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
    _noise_inserted, _number_made_odd,
)  # fmt: skip
