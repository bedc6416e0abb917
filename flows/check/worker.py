"""``python -m flows.check.worker``: imports Great Expectations, waits for one job, answers in one line.

Started early by the refresh, so that the seconds of the import are over when the tables are ready.
"""

from __future__ import annotations

import os
import sys

from pydantic import ValidationError

from flows.base.errors import FortschreibungError
from flows.check.models import CheckJob


def main() -> int:
    """Serve one job and return the exit code; without a job (stdin closed) do nothing."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    answer_to = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # no library's print may mix with the answer

    from flows.check.validation import checked  # noqa: PLC0415 -- imports Great Expectations

    line = sys.stdin.readline()
    if not line.strip():
        return 0
    try:
        report = checked(CheckJob.model_validate_json(line))
    except (FortschreibungError, ValidationError, OSError) as problem:
        print(problem, file=sys.stderr)  # noqa: T201 -- stderr is what the refresh shows when there is no report
        return 1
    print(report.model_dump_json(), file=answer_to, flush=True)
    return 0


def _quiet(kind: type[BaseException], problem: BaseException, _: object) -> None:
    """Say an unforeseen failure in one line: its traceback would tell the user nothing."""
    print(f"{kind.__name__}: {problem}", file=sys.stderr)  # noqa: T201


if __name__ == "__main__":
    sys.excepthook = _quiet
    sys.exit(main())
