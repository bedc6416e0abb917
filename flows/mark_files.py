"""Where the marks of a run lie: known to whoever looks through run folders, without reading a mark."""

from __future__ import annotations

from pathlib import Path

WORK, PROTECTED = "work.duckdb", "publish"
"""What a run works in, and what it would publish; both in its folder."""
FOLDER, INPUTS, STOPPED = "finished", "inputs.json", "stopped.txt"


def has_begun(folder: Path) -> bool:
    """Return whether the run in `folder` has marks; one that publishes nothing has none."""
    return (folder / FOLDER / INPUTS).is_file()


def mark_of(folder: Path, station: str) -> Path:
    """Return where the mark of a station lies once it is finished."""
    return folder / FOLDER / f"{station}.json"


def was_stopped(folder: Path) -> bool:
    """Return whether a station stopped the run, in contrast to one that was cut off."""
    return (folder / FOLDER / STOPPED).exists()
