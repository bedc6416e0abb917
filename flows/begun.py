"""A run that begins before Prefect is imported, which takes seconds: most refreshes of a year find nothing new.

The sources are asked first, and what they brought decides whether Prefect is needed at all. If it is, its flow goes on
with the run as it stands, so that no source is asked twice.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flows import stations
from flows.base.errors import SourceUnavailable
from flows.check.run_checks import CheckWorker
from flows.failure import fit_for_anybody
from flows.nothing_to_do import without_working
from flows.profile.load import Profile
from flows.pull.models import Pulled
from flows.run import Outcome, Run, working_folder


@dataclass(frozen=True)
class Begun:
    """A run whose folder is made, and what came of asking its sources."""

    run: Run
    pulled: Pulled | None
    """None where a source may have another answer in a few seconds: Prefect asks again."""
    outcome: Outcome | None
    """How the run ended, if nothing is left to be done."""
    problem: Exception | None = None
    """What stopped the run, where a server is to know of it: the flow fails with it."""


_begun: list[Begun] = []
"""The run that this process has begun, for the flow that it calls next; Prefect keeps what a flow is given."""


def can_begin(profile: Profile) -> bool:
    """Say whether all that the sources want is in the environment; the rest Prefect may have as Secret blocks."""
    return all(os.environ.get(name) for source in profile.sources for name in source.variables)


@contextmanager
def begun(run: Run, *, reported: bool = False) -> Iterator[Begun]:
    """Make the folder of `run` and ask its sources; the body may then call a flow, which goes on with it.

    With `reported`, what stops the run already here is kept for that flow, so that the server gets to know of it.

    Raises:
        FortschreibungError: what stopped the run, unless it is `reported`.
    """
    with working_folder(run):
        found = _asked_for_server(run) if reported else _asked(run)
        if found.outcome is None and found.pulled is not None:
            CheckWorker.start_early()  # something is to be checked; it imports while Prefect does
        _begun.append(found)
        try:
            yield found
        finally:
            _begun.clear()


def taken() -> Begun | None:
    """Return the run that this process has begun, if it has; to nobody else again."""
    return _begun.pop() if _begun else None


def _asked_for_server(run: Run) -> Begun:
    try:
        return _asked(run)
    except Exception as problem:  # noqa: BLE001 -- the flow raises it again
        return Begun(run, None, None, problem)


@fit_for_anybody
def _asked(run: Run) -> Begun:
    run.note("pull", "started")
    try:
        pulled = stations.pull_into(run)
    except SourceUnavailable as problem:
        if not problem.retryable:
            raise
        return Begun(run, None, None)
    outcome = without_working(run, pulled, stations.input_fingerprint(run, pulled.lieferungen))
    if outcome is not None:
        outcome = stations.done(run, pulled, outcome)
    return Begun(run, pulled, outcome)
