"""The files that the atlas loads while it is looked at: scripts, since a page opened from disk may load nothing else.

A file hands over each of its contents by one call of `received`: plain where the page begins with it, otherwise
packed (raw deflate, base64), which a browser unpacks by itself.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from typing import Any


def plain(name: str, content: Mapping[str, Any]) -> str:
    """Return the line of a script that hands over `content` as it is."""
    return f"received({_json(name)}, {_json(content)});\n"


def packed(name: str, content: Mapping[str, Any]) -> str:
    """Return the line of a script that hands over `content` packed."""
    squeezer = zlib.compressobj(level=6, wbits=-zlib.MAX_WBITS)
    squeezed = squeezer.compress(_json(content).encode()) + squeezer.flush()
    return f"received({_json(name)}, {_json(base64.b64encode(squeezed).decode())});\n"


def _json(content: Any) -> str:
    """Return JSON that is JavaScript too, and that no HTML parser takes for the end of a script."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
