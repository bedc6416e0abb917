"""Where landing zone, runs and releases live, and what a person may set from outside."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from flows.base.errors import ConfigError
from flows.base.files import make_public_folder

_NOT_IN_A_PATH = {"?", "\\"}
"""DuckDB and SQLite take what follows a question mark for settings, and DuckDB takes a backslash for a slash."""
_LONGEST = 300
"""Bytes of the path of a data folder. SQLite opens no database whose path has more than 512; GeoPackages of releases,
which are such, lie up to 200 below."""


@dataclass(frozen=True)
class Home:
    """The data folder: everything this system keeps lies below `root`."""

    root: Path

    @property
    def landing(self) -> Path:
        """Every delivered file, by content."""
        return self.root / "landing"

    @property
    def runs(self) -> Path:
        """One folder per run: its working database, quarantine and reports."""
        return self.root / "runs"

    @property
    def releases(self) -> Path:
        """One folder per city: the published releases, `latest` and the catalogue."""
        return self.root / "releases"

    @property
    def candidates(self) -> Path:
        """One folder per city: built releases that wait for the approval of a second person."""
        return self.root / "candidates"

    @property
    def prefect(self) -> Path:
        """The embedded Prefect server's own database, unless PREFECT_HOME says otherwise."""
        return self.root / "prefect"


def root_at(given: Path | None = None) -> Path:
    """Return the data folder named by `given`, else by FORTSCHREIBUNG_HOME, else ``./data``; it need not be there."""
    return Path(given or os.environ.get("FORTSCHREIBUNG_HOME") or "data").expanduser().resolve()


def home_at(given: Path | None = None) -> Home:
    """Return the home at `root_at`, which is made where it is not there.

    The confidential parts (landing, runs) are made readable by their owner alone.

    Raises:
        ConfigError: when the folder cannot be made, or no database can lie in it.
    """
    home = Home(root := root_at(given))
    if set(str(root)) & _NOT_IN_A_PATH:
        raise ConfigError(
            f"The data folder {root} cannot be used: expected a path without ? and \\, which mean something else "
            "in the path of a database. Name another folder with --home DIR or FORTSCHREIBUNG_HOME.",
            code="FS-CONFIG-09",
        )
    if len(os.fsencode(root)) > _LONGEST:
        raise ConfigError(
            f"The data folder {root} cannot be used: expected a path of at most {_LONGEST} bytes, found one of "
            f"{len(os.fsencode(root))}; databases lie far below it, and SQLite opens none with more than 512. "
            "Name another folder with --home DIR or FORTSCHREIBUNG_HOME.",
            code="FS-CONFIG-09",
        )
    try:
        make_public_folder(root)  # releases lie in it; what is confidential has folders of its own
        for private in (home.landing, home.runs):
            private.mkdir(parents=True, exist_ok=True, mode=0o700)
        make_public_folder(home.releases)
    except OSError as problem:
        message = (
            f"The data folder {root} cannot be used: {problem.strerror}. "
            "Name a writable folder with --home DIR or FORTSCHREIBUNG_HOME."
        )
        raise ConfigError(message, code="FS-CONFIG-09") from problem
    return home


@dataclass(frozen=True)
class Limits:
    """How much of the machine DuckDB may use."""

    memory: str
    threads: int


def limits() -> Limits:
    """Return the limits from FORTSCHREIBUNG_MEMORY (default 1500MB) and FORTSCHREIBUNG_THREADS (all cores).

    Raises:
        ConfigError: when FORTSCHREIBUNG_THREADS is not a positive whole number.
    """
    threads = os.environ.get("FORTSCHREIBUNG_THREADS") or str(os.cpu_count() or 1)
    if not threads.isdigit() or int(threads) < 1:
        raise ConfigError(
            f"FORTSCHREIBUNG_THREADS must be a whole number of at least 1, found {threads!r}.", code="FS-CONFIG-10"
        )
    return Limits(os.environ.get("FORTSCHREIBUNG_MEMORY") or "1500MB", int(threads))
