"""What a source says of its GENESIS table: the service's address and the credentials in the environment."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from flows.base.errors import ConfigError, NotSetUp
from flows.profile.access import GENESIS_SERVICES, Genesis
from flows.profile.source import Source
from flows.pull.web.client import with_environment, without_secrets


def table_of(source: Source) -> Genesis:
    """Return which table a source is."""
    assert source.genesis is not None  # noqa: S101 -- the model asks for it
    return source.genesis


def place_of(source: Source) -> str:
    """Return service and table, as messages and the record of attempts name them."""
    return f"{without_secrets(source.url or '') or table_of(source).service} {table_of(source).table}"


def base_of(source: Source) -> str:
    """Return the address of a source's service, without a slash at the end.

    Raises:
        ConfigError: credentials would travel unencrypted, or stand in it.
    """
    table = table_of(source)
    base = with_environment(source, source.url) if source.url else GENESIS_SERVICES[table.service or "destatis"]
    parts = urlsplit(base)
    if parts.query or parts.fragment or "@" in parts.netloc:
        raise ConfigError(
            f"Source {source.id}: expected an address without user, password, ? and #, since credentials travel in "
            f"headers, found {without_secrets(base)} with some of them. Correct `url` in sources.toml.",
            code="FS-CONFIG-10",
        )
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "::1", "localhost"):
        raise ConfigError(
            f"Source {source.id}: expected an address that begins with https://, since credentials are sent to it, "
            f"found {without_secrets(base)}. Correct `url` in sources.toml.",
            code="FS-CONFIG-10",
        )
    return base.rstrip("/")


def credentials_of(source: Source) -> tuple[str, str]:
    """Return user and password as the service wants them; a token is a user without a password.

    Raises:
        NotSetUp: neither is set in the environment.
        ConfigError: one cannot be sent as it is set.
    """
    token, user, password = table_of(source).credential_variables
    if os.environ.get(token):
        return _as_sent(source, token), ""
    if os.environ.get(user) and os.environ.get(password):
        return _as_sent(source, user), _as_sent(source, password)
    raise NotSetUp(
        f"Source {source.id}: expected credentials of {without_secrets(source.url or '') or table_of(source).service} "
        f"in {token}, or in {user} and {password}; found neither. Set them in the environment or as Prefect Secret "
        f"blocks (docs/sources.md), or give the file with --from DIR.",
        lacks=(f"{token} (or {user} and {password})",),
    )


def _as_sent(source: Source, variable: str) -> str:
    """Return the value of a variable, which must fit into a header; one read from a file may end with a line break."""
    value = os.environ[variable]
    if value != value.strip() or not value.isprintable():
        raise ConfigError(
            f"Source {source.id}: expected {variable} to be one line without spaces at its ends, "
            "found another value. Set it again.",
            code="FS-CONFIG-10",
        )
    return value
