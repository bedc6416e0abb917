"""Where profiles lie: an office's own folder or repository first, then those that come with the program.

The first place that has a city counts, so an office can also replace a bundled profile by its own:

1. the folders in FORTSCHREIBUNG_CITIES (separated as in PATH); ``--cities DIR`` sets it for one command,
2. ``cities/`` in the folder where one works,
3. the bundled profiles.
"""

from __future__ import annotations

import os
from pathlib import Path

from flows.base.errors import ConfigError
from flows.base.resources import resource

VARIABLE = "FORTSCHREIBUNG_CITIES"
_CITY = "city.toml"


def profile_folders() -> list[Path]:
    """Return the folders that are looked at, in this order.

    Raises:
        ConfigError: FORTSCHREIBUNG_CITIES names something that is no folder.
    """
    return list(dict.fromkeys([*named_folders(), Path("cities").resolve(), resource("cities").resolve()]))


def named_folders() -> list[Path]:
    """Return the folders that FORTSCHREIBUNG_CITIES names.

    Raises:
        ConfigError: one of them is no folder.
    """
    named = [Path(part).expanduser().resolve() for part in os.environ.get(VARIABLE, "").split(os.pathsep) if part]
    for folder in named:
        if not folder.is_dir():
            raise ConfigError(
                f"{VARIABLE} (--cities): expected a folder with one folder per city, found no folder {folder}.",
                code="FS-CONFIG-02",
            )
    return named


def profile_places() -> dict[str, Path]:
    """Return the folder of every city that has a profile, by the city's name, sorted.

    Raises:
        ConfigError: as `profile_folders`.
    """
    found: dict[str, Path] = {}
    for folder in profile_folders():
        for path in folder.glob(f"*/{_CITY}"):
            found.setdefault(path.parent.name, path.parent)
    return dict(sorted(found.items()))


def folder_for_new() -> Path:
    """Return the folder that a new profile belongs into: the first that is named, else ``cities/`` where one works."""
    named = [part for part in os.environ.get(VARIABLE, "").split(os.pathsep) if part]
    return Path(named[0]).expanduser().resolve() if named else Path("cities").resolve()


def use_folder(folder: Path | None) -> None:
    """Let this process, and those that it starts, look for profiles in `folder` first; None changes nothing."""
    if folder is not None:
        known = os.environ.get(VARIABLE)
        os.environ[VARIABLE] = os.pathsep.join([str(folder.resolve()), *([known] if known else [])])
