"""Many cities as one Prefect flow: a task for each, on threads, processes or a Dask cluster.

FORTSCHREIBUNG_RUNNER says where tasks run: `threads` (the default), `processes`, or `dask:ADDRESS`, a cluster that is
there already and whose machines see the same data folder. FORTSCHREIBUNG_PARALLEL says how many cities one machine
refreshes at a time; each gets that part of FORTSCHREIBUNG_MEMORY and FORTSCHREIBUNG_THREADS. Each city is refreshed by
a process of its own (flows/refresh_city.py). One that fails stops no other; a task whose machine is lost is begun again
and publishes nothing twice.

Annotations are objects here and not texts, and the task imports what it needs: a flow may travel to a cluster by value.
"""

import os
import re
from pathlib import Path
from typing import Any

from prefect import flow, get_run_logger, task, unmapped
from prefect.cache_policies import NO_CACHE
from prefect.task_runners import ProcessPoolTaskRunner, TaskRunner, ThreadPoolTaskRunner

from flows.base.errors import ConfigError, FortschreibungError
from flows.base.extras import need
from flows.base.home import home_at, limits

RUNNER, PARALLEL = "FORTSCHREIBUNG_RUNNER", "FORTSCHREIBUNG_PARALLEL"


@task(task_run_name="{city}", cache_policy=NO_CACHE, persist_result=False, retries=1)
def refresh_city(city: str, home: str, from_dir: str | None, share: dict[str, str]) -> dict[str, Any]:
    """Refresh a city in a process of its own; return how it ended, also where it failed for a reason of its own."""
    import json  # noqa: PLC0415
    import os  # noqa: PLC0415
    import subprocess  # noqa: PLC0415
    import sys  # noqa: PLC0415

    command = [sys.executable, "-m", "flows.refresh_city", city, home, *(["--from", from_dir] if from_dir else [])]
    with subprocess.Popen(  # noqa: S603 -- this Python, this package
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env={**os.environ, **share}, start_new_session=True,
    ) as process:  # fmt: skip
        out = process.stdout.read() if process.stdout else ""
    try:
        ended: dict[str, Any] = json.loads(out.strip().rpartition("\n")[2])
    except ValueError:
        raise RuntimeError(
            f"The refresh of {city} ended without a word, with exit code {process.returncode}."
        ) from None
    return {"city": city, **ended}


def runner() -> TaskRunner[Any]:
    """Return the task runner that the environment names.

    Raises:
        ConfigError: when it names none that is known.
    """
    named = os.environ.get(RUNNER) or "threads"
    if named == "threads":
        return ThreadPoolTaskRunner(max_workers=parallel())
    if named == "processes":
        return ProcessPoolTaskRunner(max_workers=parallel())
    kind, _, address = named.partition(":")
    if kind == "dask" and address:
        need("prefect_dask")
        from prefect_dask.task_runners import DaskTaskRunner  # noqa: PLC0415 -- an extra

        found: TaskRunner[Any] = DaskTaskRunner(address=address)
        return found
    raise ConfigError(f"{RUNNER} must be threads, processes or dask:ADDRESS (such as dask:tcp://10.0.0.5:8786), "
                      f"found {named!r}.", code="FS-CONFIG-10")  # fmt: skip


def parallel() -> int:
    """Return how many cities one machine refreshes at a time.

    Raises:
        ConfigError: when the setting is no positive number.
    """
    given = os.environ.get(PARALLEL) or "2"
    if not re.fullmatch(r"[1-9]\d{0,3}", given):
        raise ConfigError(f"{PARALLEL} must be a whole number of at least 1, found {given!r}.", code="FS-CONFIG-10")
    return int(given)


def share_of(parts: int) -> dict[str, str]:
    """Return the memory and threads of one of `parts` refreshes that run at a time.

    Raises:
        ConfigError: when the memory is no number with a unit, or too little is left for each.
    """
    whole = limits()
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(MB|GB|MiB|GiB)", whole.memory, re.IGNORECASE)
    if not found:
        raise ConfigError(
            f"FORTSCHREIBUNG_MEMORY must be a number with a unit, such as 4GB, found {whole.memory!r}.",
            code="FS-CONFIG-10",
        )
    megabytes = int(float(found[1]) * (1000 if found[2].upper().startswith("G") else 1) / parts)
    if megabytes < 200:
        raise ConfigError(
            f"{whole.memory} for {parts} refreshes at a time is {megabytes} MB for each; expected 200 MB or more. "
            f"Raise FORTSCHREIBUNG_MEMORY or lower {PARALLEL}.",
            code="FS-CONFIG-10",
        )
    return {"FORTSCHREIBUNG_MEMORY": f"{megabytes}MB", "FORTSCHREIBUNG_THREADS": str(max(1, whole.threads // parts))}


@flow(name="fortschreibung-refresh-all", validate_parameters=True, persist_result=False)
def _refresh_all(cities: list[str], home: Path | None = None, from_dir: Path | None = None) -> list[dict[str, Any]]:
    """Refresh these cities; those that fail are named at the end, the others are published."""
    share, log = share_of(parallel()), get_run_logger()
    folders = [str(from_dir / city) if from_dir else None for city in cities]
    asked = refresh_city.map(cities, unmapped(str(home_at(home).root)), folders, unmapped(share))
    ended: list[dict[str, Any]] = []
    for city, future in zip(cities, asked, strict=True):
        found = future.result(raise_on_failure=False)
        ended.append(found if isinstance(found, dict) else {"city": city, "error": str(found), "exit_code": 1})
    for one in ended:
        log.info("%s: %s", one["city"], one.get("reason") or one["error"])
    return ended


def refresh_all(cities: list[str], home: Path | None = None, from_dir: Path | None = None) -> list[dict[str, Any]]:
    """Refresh these cities on the runner that the environment names; return how each ended.

    `from_dir` holds a folder of files for each city, named like it.

    Raises:
        ConfigError: when a setting is wrong.
        FortschreibungError: when one or more could not be refreshed; names them all. The others are published.
    """
    share_of(parallel())  # reported before anything begins
    ended = _refresh_all.with_options(task_runner=runner())(cities, home, from_dir)
    if failed := [one for one in ended if "error" in one]:
        lines = "\n".join(f"  {one['city']}: {one['error']}" for one in failed)
        raise FortschreibungError(
            f"{len(failed)} of {len(ended)} cities could not be refreshed:\n{lines}", code="FS-RUN-06"
        )
    return list(ended)
