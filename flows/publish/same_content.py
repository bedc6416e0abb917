"""Which inputs are known to make the content of a release, beside those that it was made from.

After an update of the program a refresh comes to the content that is out, and publishes nothing. Kept as
landing/same_content.jsonl, so that the next refresh does not work it all out again until something is delivered.
"""

from __future__ import annotations

import json
from pathlib import Path

from flows.pull.landing.incoming import room_in
from flows.pull.landing.store import append_line, records_in

RECORD = "same_content.jsonl"


def release_made_by(landing: Path, city: str, fingerprint: str) -> str | None:
    """Return the version of a city whose content the inputs with this fingerprint were seen to make."""
    records = records_in(
        landing / RECORD, ("city", "input_fingerprint", "version"), "read which inputs make the same content"
    )
    known = {(one["city"], one["input_fingerprint"]): str(one["version"]) for one in records}
    return known.get((city, fingerprint))


def note_same_content(landing: Path, city: str, fingerprint: str, version: str) -> None:
    """Remember that the inputs with this fingerprint make the content of a version."""
    if release_made_by(landing, city, fingerprint) == version:
        return
    with room_in(landing):
        append_line(landing / RECORD, json.dumps({"city": city, "input_fingerprint": fingerprint, "version": version}))
