"""Definitions that stand in several versions beside each other: name and version together are used once."""

from __future__ import annotations

from collections.abc import Iterable

from flows.base.errors import ConfigError


def must_differ_in_name_or_version(definitions: Iterable[tuple[str, str, str]]) -> None:
    """Stop if a name and version stand twice; definitions are given as name, version, and where each is written.

    Raises:
        ConfigError: names both places.
    """
    taken: dict[tuple[str, str], str] = {}
    for name, version, where in definitions:
        if (name, version) in taken:
            raise ConfigError(
                f"{where}: expected a name or a version of its own, found {name} in version {version}, which "
                f"{taken[name, version]} has already."
            )
        taken[name, version] = where
