"""``python -m flows.check.worker``: imports Great Expectations, waits for one job, answers in two lines.

Started early by the refresh, so that the seconds of the import are over when the tables are ready. If they are ready
sooner, a thread reads them meanwhile. The first line says that they are read, the second is the report.
"""

from __future__ import annotations

import gc
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import IO

from pydantic import ValidationError

from flows.base.errors import FortschreibungError
from flows.check.lean_import import import_what_checks_need
from flows.check.models import TABLES_READ, CheckJob
from flows.check.reading import Reading, read  # imports pandas: two threads must not import it at once


def main() -> int:
    """Serve one job and return the exit code; without a job (stdin closed) do nothing."""
    gc.disable()  # after one job it ends: looking for garbage costs a tenth of the job, keeping all of it 4 MiB
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    answer_to = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # no library's print may mix with the answer
    try:
        with ThreadPoolExecutor(1) as pool:
            reading = pool.submit(_read_job, answer_to)

            import_what_checks_need()
            from flows.check.validation import judged  # noqa: PLC0415 -- imports Great Expectations

            found = reading.result()
        if found is None:
            return 0
        report = judged(*found)
    except (FortschreibungError, ValidationError, OSError) as problem:
        print(problem, file=sys.stderr)  # noqa: T201 -- stderr is what the refresh shows when there is no report
        return 1
    print(report.model_dump_json(), file=answer_to, flush=True)
    return 0


def _read_job(answer_to: IO[str]) -> tuple[CheckJob, Reading] | None:
    """Wait for the job, read what it names and say so; None when there is no job."""
    line = sys.stdin.readline()
    if not line.strip():
        return None
    threading.Thread(target=_end_with_parent, daemon=True).start()
    job = CheckJob.model_validate_json(line)
    found = read(job)
    print(TABLES_READ, file=answer_to, flush=True)
    return job, found


def _end_with_parent() -> None:
    """End this process as soon as the refresh is gone, so that it writes no finding that nobody will delete."""
    sys.stdin.read()
    os._exit(1)


def _quiet(kind: type[BaseException], problem: BaseException, _: object) -> None:
    """Say an unexpected failure in one line: its traceback would tell the user nothing."""
    print(f"{kind.__name__}: {problem}", file=sys.stderr)  # noqa: T201


if __name__ == "__main__":
    sys.excepthook = _quiet
    sys.exit(main())
