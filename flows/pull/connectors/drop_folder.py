"""Connector for a folder into which a colleague puts files."""

from __future__ import annotations

import os
import re
import time
from contextlib import suppress
from pathlib import Path

from flows.base.errors import NotSetUp
from flows.profile.source import Source
from flows.pull.context import Connector, PullContext
from flows.pull.folder import orders_in, take
from flows.pull.models import Brought, Order

LONGEST_WAIT = 300.0  # seconds, for a file that keeps changing
SETTLE_SECONDS = 2.0  # a file in a watched folder that changed less than this ago may still be coming in


def ready(source: Source) -> None:
    """Stop where no folder is named.

    Raises:
        NotSetUp: the profile names none, or its variable is not set.
    """
    configured_folder(source)


def orders(source: Source, _: PullContext) -> list[Order]:
    """Return one order for each file of the source in its configured folder.

    Raises:
        SourceUnavailable: the folder is not there.
        ContractBroken: one name stands in two places, or cannot be shown.
    """
    return orders_in(configured_folder(source), source)


def configured_folder(source: Source) -> Path:
    """Return the folder that the profile names.

    Raises:
        NotSetUp: it names none, or its variable is not set.
    """
    match = re.fullmatch(r"\$\{(\w+)\}", source.folder or "")
    found = os.environ.get(match[1]) if match else source.folder
    if not found:
        variable = f" or set {match[1]}" if match else ""
        raise NotSetUp(
            f"Source {source.id} is a folder that is not named yet: give it with --from DIR{variable}.",
            lacks=(match[1] if match else "`folder` in sources.toml",),
        )
    return Path(found).expanduser()


def fetch(source: Source, order: Order, context: PullContext) -> Brought:
    """Take the ordered file once it has not changed for a moment: its writer may not have finished (see `take`)."""
    assert order.path is not None  # noqa: S101 -- orders of this connector carry a path
    with suppress(OSError):  # reported by `take`
        _wait_for(order.path)
    return take(source, order, context)


def _wait_for(path: Path) -> None:
    """Wait until a file no longer changes, by its date or, where a share's clock is ahead of ours, as far as we see.

    One that keeps changing is left to `take`, which reports it.
    """
    waited = 0.0
    while (wait := (seen := path.stat()).st_mtime + SETTLE_SECONDS - time.time()) > 0 and waited < LONGEST_WAIT:
        pause = min(wait, SETTLE_SECONDS)
        time.sleep(pause)
        waited += pause
        now = path.stat()
        if wait > SETTLE_SECONDS and (now.st_size, now.st_mtime_ns) == (seen.st_size, seen.st_mtime_ns):
            return


CONNECTOR = Connector(ready, orders, fetch, folder=configured_folder)
