"""`python -S bench/launch.py REPORT COMMAND...`: run a command and write what it cost to REPORT, as JSON.

A process of its own between the bench and what it measures: Linux counts what the starting process held before
`exec` as the peak memory of the started one, so the one that starts must be small.
"""

import json
import os
import subprocess
import sys
import time

if __name__ == "__main__":
    report, *command = sys.argv[1:]
    started = time.perf_counter()
    process = subprocess.Popen(command)
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    cost = {"wall_seconds": wall, "cpu_seconds": used.ru_utime + used.ru_stime, "peak": used.ru_maxrss}
    with open(report, "w", encoding="utf-8") as file:  # noqa: PTH123 -- pathlib would be another megabyte
        json.dump(cost, file)
    sys.exit(process.returncode if process.returncode >= 0 else 128 - process.returncode)
