"""Credentials that are kept in Prefect: read when a run begins, in its environment while it lasts, nowhere else.

A variable that is set already takes precedence. The block of the variable REGIO_TOKEN is called regio-token.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from flows.profile.load import Profile


def variables_of(profile: Profile) -> list[str]:
    """Return the variables with addresses, credentials and secrets of the city's sources and classes, by name."""
    of_sources = {variable for source in profile.sources for variable in source.variables}
    return sorted(of_sources | {rule.secret for rule in profile.city.protection.values() if rule.secret})


@contextmanager
def secrets_from_blocks(profile: Profile) -> Iterator[None]:
    """Let the variables that are not set have the values of their Secret blocks, where these exist."""
    from prefect.blocks.system import Secret  # noqa: PLC0415 -- only where there is something to look for

    given: list[str] = []
    try:
        for variable in variables_of(profile):
            if os.environ.get(variable):
                continue
            try:
                block = Secret.load(variable.lower().replace("_", "-"))  # type: ignore[type-arg, unused-ignore]
            except ValueError:  # the block does not exist
                continue
            os.environ[variable] = str(block.get())  # type: ignore[union-attr, unused-ignore]
            given.append(variable)
        yield
    finally:
        for variable in given:
            os.environ.pop(variable, None)
