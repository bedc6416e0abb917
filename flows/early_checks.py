"""Great Expectations imported while Prefect starts, in a run that will surely have something to check.

The import takes seconds of one core, and while Prefect starts another core is idle. But a run that finds nothing new
must not pay for it, and whether the sources have something new is known only once they are asked. So it begins early
where no release stands, or where code, profile or bound are no longer those of a release; else after the pull.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flows.base.errors import FortschreibungError
from flows.check.run_checks import CheckWorker
from flows.nothing_to_do import already_published
from flows.pull.landing.accepted import last_accepted
from flows.pull.landing.store import Landing
from flows.pull.models import Lieferung
from flows.run import Run
from flows.stations import input_fingerprint


@contextmanager
def checks_started_early(run: Run) -> Iterator[None]:
    """Start the check worker of `run` now if it is sure to be needed; end it with the body if nobody took it."""
    if surely_new(run):
        CheckWorker.start_early()
    try:
        yield
    finally:
        CheckWorker.stop_early()


def surely_new(run: Run) -> bool:
    """Say whether `run` will have something to do even if every source brings what it brought last time."""
    try:
        standing = last_accepted(run.home.landing, run.city)
        zone = Landing(run.home.landing)
        files = [
            Lieferung(
                source=source, name=one.name, sha256=one.sha256, checksum=zone.public_checksum(one.sha256),
                bytes=one.bytes, url="", fetched_at=standing.at,
            )
            for source, taken in standing.files.items()
            for one in taken
        ]  # fmt: skip
        return already_published(run, input_fingerprint(run, files)) is None
    except (FortschreibungError, OSError):  # the run itself will say it, in its place
        return False
