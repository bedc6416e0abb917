"""The database of an office's Prefect server: where it is, and how it comes into a backup and back (pg_dump)."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from urllib.parse import unquote, urlsplit

from flows.base.errors import FortschreibungError

DATABASE_URL = "PREFECT_SERVER_DATABASE_CONNECTION_URL"
_EARLIER_NAME = "PREFECT_API_DATABASE_CONNECTION_URL"
"""Prefect reads it too, where the other is not set."""


def database_url() -> str | None:
    """Return what the environment names as the database of the Prefect server."""
    return os.environ.get(DATABASE_URL) or os.environ.get(_EARLIER_NAME)


def dump_database(url: str, target: Path) -> None:
    """Write the Prefect server's database to `target` (pg_dump, custom format).

    Raises:
        FortschreibungError: when pg_dump is missing or fails; without the password.
    """
    _postgres("pg_dump", url, "--format=custom", f"--file={target}")


def restore_database(url: str, dump: Path) -> None:
    """Bring a dump back into the database that `url` names; what is there is replaced.

    Raises:
        FortschreibungError: when pg_restore is missing or fails; without the password.
    """
    _postgres("pg_restore", url, "--clean", "--if-exists", "--no-owner", "--exit-on-error", str(dump))


def _postgres(program: str, url: str, *arguments: str) -> None:
    parts = urlsplit(url)
    environment = {**os.environ, "PGPASSWORD": unquote(parts.password or "")}
    connection = [
        f"--host={parts.hostname or '127.0.0.1'}",
        f"--port={parts.port or 5432}",
        f"--username={unquote(parts.username or 'postgres')}",
        f"--dbname={parts.path.lstrip('/')}",
    ]
    try:
        ended = subprocess.run(  # noqa: S603 -- a program of PostgreSQL, with our own arguments
            [program, "--no-password", *connection, *arguments], env=environment, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
    except FileNotFoundError as problem:
        raise FortschreibungError(
            f"{program} is not installed: apt-get install postgresql-client.", code="FS-RUN-05"
        ) from problem
    if ended.returncode:
        raise FortschreibungError(f"{program} could not do it: {ended.stderr.strip()[-1000:]}", code="FS-RUN-05")
