"""Refreshes many copies of a small city on a real Dask cluster of worker processes; kills one on the way if asked.

    python -m tests.refresh.many_cities FOLDER CITIES WORKERS [kill]

prints one JSON object: seconds, CPU seconds of all processes, how each city ended, and the process that was killed.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CITY = "nordheim"


def make_cities(folder: Path, number: int) -> list[str]:
    """Make copies of a small city, each with a folder of files; return their names."""
    names = [f"stadt_{each:02}" for each in range(1, number + 1)]
    for name in names:
        shutil.copytree(ROOT / "examples" / CITY, folder / "cities" / name)
        written = folder / "cities" / name / "city.toml"
        written.write_text(written.read_text("utf-8").replace(f'id = "{CITY}"', f'id = "{name}"', 1), "utf-8")
        shutil.copytree(ROOT / "examples" / "files" / CITY, folder / "files" / name)
    return names


def main(folder: Path, number: int, workers: int, *, kill: bool) -> None:
    """Refresh `number` cities on `workers` processes."""
    os.environ["FORTSCHREIBUNG_CITIES"] = str(folder / "cities")
    os.environ["FORTSCHREIBUNG_PARALLEL"] = str(workers)
    os.environ.setdefault("FORTSCHREIBUNG_MEMORY", "2GB")
    from flows.app.flow_runner import set_up_prefect  # noqa: PLC0415 -- reads the environment
    from flows.base.home import home_at  # noqa: PLC0415

    home = home_at(folder / "data")
    set_up_prefect(home, "many cities")
    from distributed import LocalCluster  # noqa: PLC0415

    from flows.refresh_all import refresh_all  # noqa: PLC0415

    names = make_cities(folder, number)
    killed: list[int] = []
    with LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as cluster:
        os.environ["FORTSCHREIBUNG_RUNNER"] = f"dask:{cluster.scheduler_address}"

        def kill_one_in_the_middle() -> None:
            while len(list(home.releases.glob("*/2*"))) < max(1, number // 3):
                time.sleep(0.2)
            killed.append(next(iter(cluster.workers.values())).pid)
            os.kill(killed[0], signal.SIGKILL)

        if kill:
            threading.Thread(target=kill_one_in_the_middle, daemon=True).start()
        began = time.monotonic()
        ended = refresh_all(names, home.root, folder / "files")
        seconds = time.monotonic() - began
    used = [resource.getrusage(of) for of in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    processor = sum(each.ru_utime + each.ru_stime for each in used)
    told = {"seconds": round(seconds, 1), "cpu": round(processor, 1), "killed": killed, "ended": ended}
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), kill="kill" in sys.argv)
