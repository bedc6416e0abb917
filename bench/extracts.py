"""Makes what the benchmark reads, once: two synthetic cities and the landing zone of the large one.

`python -m bench.extracts DATA [--quick]`. Runs as a process of its own: its memory would otherwise be counted
as that of the processes measured later.
"""

from __future__ import annotations

import argparse
import shutil
from dataclasses import dataclass
from pathlib import Path

from bench.stage_and_transform import bench_profile
from bench.variants import VARIANTS
from flows.musterstadt.city import make_musterstadt
from flows.musterstadt.scale import BENCHMARK, Scale
from flows.pull.landing.store import Landing
from flows.pull.pull_sources import pull

QUICK = Scale(baublockseiten=480, einwohner=9_000, stadtbezirke=3, stadtteile=9, sozialraeume=30, register_years="all")
QUICK_REFRESH = Scale(baublockseiten=480, einwohner=9_000, stadtbezirke=3, stadtteile=9, sozialraeume=30)


@dataclass(frozen=True)
class Extracts:
    """Where the prepared files lie."""

    data: Path

    @property
    def large(self) -> Path:
        """Register extracts and assignment files of the large city."""
        return self.data / "large"

    @property
    def landed(self) -> Path:
        """The landing zone filled from them."""
        return self.data / "landed"

    @property
    def default(self) -> Path:
        """What the extract server of `fortschreibung demo` serves."""
        return self.data / "default"

    def variant(self, name: str) -> Path:
        """Return the folder of another state of the large city; `<name>_landed` is its landing zone."""
        return self.data / name


def prepare(data: Path, *, quick: bool) -> None:
    """Make what is not there yet below `data`."""
    extracts, done = Extracts(data), data / "prepared"
    if done.exists():
        return
    shutil.rmtree(data, ignore_errors=True)
    make_musterstadt(extracts.large, scale=QUICK if quick else BENCHMARK)
    make_musterstadt(extracts.default, scale=QUICK_REFRESH if quick else Scale())
    _land(extracts.large, extracts.landed)
    for name, make in VARIANTS.items():
        make(extracts.large, extracts.variant(name))
        _land(extracts.variant(name), extracts.variant(f"{name}_landed"))
    done.touch()


def _land(extracts: Path, landed: Path) -> None:
    own = extracts / "profile"
    pulled = pull(bench_profile(own if own.is_dir() else None), Landing(landed), folder=extracts)
    (landed / "pulled.json").write_text(pulled.model_dump_json(), encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    prepare(given.data, quick=given.quick)
