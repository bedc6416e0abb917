"""What is installed, configured and reachable, for the colleague who sets this up."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from flows.base.errors import FortschreibungError

if TYPE_CHECKING:
    from flows.profile.load import Profile
    from flows.profile.source import Source

PACKAGES = {"prefect": "3.8", "duckdb": "1.5", "great-expectations": "1.24", "pandas": "3", "requests": "2"}
FREE_BYTES = 1 << 30


@dataclass(frozen=True)
class Finding:
    """One thing looked at: whether it is as needed, what was found, and what to do if not."""

    what: str
    ok: bool
    found: str
    remedy: str = ""


def findings(root: Path) -> list[Finding]:
    """Return what was looked at, in the order in which a new installation needs it."""
    return [*_installed(), *_extension(), *_data_folder(root), *_cities(), *_prefect()]


def _installed() -> Iterator[Finding]:
    found = ".".join(map(str, sys.version_info[:3]))
    yield Finding("Python", sys.version_info >= (3, 11), found, "Install Python 3.11 or newer.")
    for name, wanted in PACKAGES.items():
        try:
            here = version(name)
        except PackageNotFoundError:
            yield Finding(name, False, "not installed", "Run `make setup`.")
            continue
        yield Finding(name, here.startswith(f"{wanted}."), here, f"Version {wanted}.x is needed: run `make setup`.")


def _extension() -> Iterator[Finding]:
    import duckdb  # noqa: PLC0415

    from flows.base.db import use_spatial  # noqa: PLC0415

    try:
        with duckdb.connect() as con:
            use_spatial(con)
    except (duckdb.Error, ModuleNotFoundError) as problem:
        yield Finding("DuckDB spatial", False, str(problem).splitlines()[0], "Run `make setup`.")
        return
    yield Finding("DuckDB spatial", True, "loads from its package")


def _data_folder(root: Path) -> Iterator[Finding]:
    existing = next(path for path in (root, *root.parents) if path.exists())
    writable, free = os.access(existing, os.W_OK), shutil.disk_usage(existing).free
    yield Finding(
        "data folder", writable and free > FREE_BYTES, f"{root}, {free / 1e9:.0f} GB free",
        "Name a writable folder with 1 GB free by --home DIR or FORTSCHREIBUNG_HOME.",
    )  # fmt: skip


def _cities() -> Iterator[Finding]:
    from flows.profile.load import cities, load_profile  # noqa: PLC0415

    for name in cities():
        try:
            profile = load_profile(name)
        except FortschreibungError as problem:
            yield Finding(f"city {name}", False, str(problem), "Correct its profile.")
            continue
        yield Finding(f"city {name}", True, f"{len(profile.sources)} sources{_not_set(profile)}")


def _not_set(profile: Profile) -> str:
    """Return which variables of the city's sources are not set, and what a refresh without them does."""
    lacking = {source.id: _lacking(source) for source in profile.sources}
    needed = sorted({one for source in profile.sources if source.required for one in lacking[source.id]})
    waiting: dict[str, list[str]] = {}
    for source in profile.sources:
        for variable in set(lacking[source.id]) - set(needed):
            waiting.setdefault(variable, []).append(source.id)
    secret = any(_no_credentials(source) for source in profile.sources if source.required)
    blocks = ", or Secret blocks in Prefect for the credentials" if secret else ""
    told = f"; {', '.join(needed)} not set, so it needs --from DIR{blocks}" if needed else ""
    return told + "".join(
        f"; {variable} not set, so not asked without --from DIR: {', '.join(sources)}"
        for variable, sources in sorted(waiting.items())
    )


def _lacking(source: Source) -> list[str]:
    """Return the variables that a source needs for its address, folder or credentials and that are not set."""
    named = re.findall(r"\$\{(\w+)\}", f"{source.url or ''} {source.folder or ''}")
    unset = [variable for variable in named if not os.environ.get(variable)]
    return unset + _no_credentials(source)


def _no_credentials(source: Source) -> list[str]:
    """Return the variables of a source's credentials, if it needs such and they are not set."""
    from flows.profile.connector import credential_variables  # noqa: PLC0415

    if not source.genesis:
        return []
    token, user, password = credential_variables(source.genesis.credentials)
    there = os.environ.get(token) or (os.environ.get(user) and os.environ.get(password))
    return [] if there else [f"{token} (or {user} and {password})"]


def _prefect() -> Iterator[Finding]:
    address = os.environ.get("PREFECT_API_URL")
    if not address:
        yield Finding("Prefect server", True, "embedded (PREFECT_API_URL is not set)")
        return
    import requests  # noqa: PLC0415

    try:
        answer = requests.get(f"{address.rstrip('/')}/health", timeout=5)
        ok, found = answer.ok, f"{address} answers {answer.status_code}"
    except requests.RequestException as problem:
        ok, found = False, f"{address} cannot be reached ({type(problem).__name__})"
    yield Finding("Prefect server", ok, found, "Start it, or unset PREFECT_API_URL to use the embedded one.")
