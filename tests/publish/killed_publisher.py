"""Publishes, and kills itself with SIGKILL just before a named step: a crash at exactly that place.

    python -m tests.publish.killed_publisher STEP PUBLISH_DIR HOME

Python tells an audit hook of every file operation before it happens, so the publishing code needs no trap. What happens
to a release that is built already does not depend on who built it, nor on its exports: those steps are reached sooner.
"""

import os
import signal
import sys
from contextlib import ExitStack
from pathlib import Path
from unittest import mock

from flows.base.home import home_at
from flows.publish import build
from flows.publish.promote import publish
from flows.release.job import job_from
from tests.publish.built_here import releases_built_here
from tests.publish.comparing import no_exports


def to(name):
    return lambda event, args: event == "os.rename" and Path(os.fsdecode(args[1])).name == name


def written_aside(count):
    seen = []

    def nth(event, args):
        aside = event == "open" and isinstance(args[0], str) and Path(args[0]).name.startswith(".incoming-")
        if aside and str(args[1]).startswith("w"):
            seen.append(args[0])
            return len(seen) == count
        return False

    return nth


STEPS = {
    "the build starts": lambda event, args: event == "subprocess.Popen",
    "the files become read-only": lambda event, args: event == "os.chmod" and ".incoming-" in os.fsdecode(args[0]),
    "the release has its name": to("2024.2"),
    "the link is made": lambda event, args: event == "os.symlink",
    "latest is swapped": to("latest"),
    "latest.json is written aside": written_aside(1),
    "latest.json is replaced": to("latest.json"),
    "catalog.json is written aside": written_aside(2),
    "catalog.json is replaced": to("catalog.json"),
    "nothing": lambda event, args: False,
}


WITH_THE_REAL_BUILDER = {"the build starts", "the files become read-only", "nothing"}


def main(step, publish_dir, home):
    due = STEPS[step]

    def kill_when_due(event, args):
        if due(event, args):
            os.kill(os.getpid(), signal.SIGKILL)

    job = job_from(publish_dir / "job.json")
    sys.addaudithook(kill_when_due)
    print("publishing", flush=True)
    with ExitStack() as around:
        if step not in WITH_THE_REAL_BUILDER:
            around.enter_context(releases_built_here())
            around.enter_context(mock.patch.object(build, "write_files", no_exports))
        publish(job, publish_dir, home_at(home))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
