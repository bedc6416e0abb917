"""What can go wrong between an office and us, each switchable on one path of the extract server."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Kind = Literal[
    "too_many_requests",
    "server_error",
    "hang",
    "reset_mid_body",
    "truncated",
    "truncated_wrong_length",
    "login_page",
    "empty",
    "same_size_other_content",
    "lying_etag",
    "redirect_loop",
    "wrong_charset",
]


class Fault(BaseModel):
    """One fault on one path; it stays until it has struck `times` times or is taken away.

    - `too_many_requests`: 429 with Retry-After.
    - `server_error`: 500.
    - `hang`: no answer for `seconds`, then the right one.
    - `reset_mid_body`: the connection is reset halfway through the body.
    - `truncated`: half the file, with a Content-Length that fits the half: nothing on the wire shows it.
    - `truncated_wrong_length`: half the file under the Content-Length of the whole.
    - `login_page`: an HTML form with status 200.
    - `empty`: status 200 and no byte.
    - `same_size_other_content`: other bytes, as many, with their own ETag and the old Last-Modified.
    - `lying_etag`: other bytes, as many, under the old ETag; asked whether it changed, it denies.
    - `redirect_loop`: 302 to the same path.
    - `wrong_charset`: the right bytes under a Content-Type whose charset is not theirs.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    times: int | None = Field(default=None, ge=1)
    """How many requests it strikes; None means all."""
    seconds: float = Field(default=2.0, ge=0.0, le=60.0)
    """How long a hang lasts, and what Retry-After says."""

    def spoilt(self, content: bytes) -> bytes:
        """Other content of the same size: the last digits of the file are changed, or its last byte."""
        changed = bytearray(content)
        for position in range(len(changed) - 1, -1, -1):
            if 0x30 <= changed[position] <= 0x39:
                changed[position] = 0x30 + (changed[position] - 0x30 + 1) % 10
                return bytes(changed)
        if changed:
            changed[-1] ^= 1
        return bytes(changed)


LOGIN_PAGE = b"""<!DOCTYPE html>
<html lang="de"><head><meta charset="utf-8"><title>Anmeldung</title></head>
<body><form method="post" action="/login"><label>Kennung <input name="user"></label>
<label>Kennwort <input name="password" type="password"></label><button>Anmelden</button></form></body></html>
"""
