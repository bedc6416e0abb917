"""`python -m bench.serve FOLDER`: the project's extract server as a process of its own; prints its address."""

import sys
from pathlib import Path

from flows.musterstadt.server import serve

if __name__ == "__main__":
    with serve(Path(sys.argv[1])) as server:
        print(server.url, flush=True)
        sys.stdin.read()  # until the one who started it closes the pipe
