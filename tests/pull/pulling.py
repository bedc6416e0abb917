"""Lands the same files again and again, in a process of its own: what two refreshes at once do to one landing zone."""

import sys
from pathlib import Path

from flows.profile.load import load_profile
from flows.pull.landing.store import Landing
from flows.pull.pull_sources import pull

profile_folder, folder, landing, times = sys.argv[1:]
profile = load_profile("kleinstadt", Path(profile_folder))
for _ in range(int(times)):
    pull(profile, Landing(Path(landing)), folder=Path(folder))
