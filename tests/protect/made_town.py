"""A town of Musterstadt's generator, and what it publishes, release after release."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random

from flows.base.db import open_work
from flows.musterstadt.city import make_musterstadt
from flows.profile.load import load_profile
from flows.protect.protect_figures import protect
from flows.pull.landing.store import Landing
from flows.pull.pull_sources import pull
from flows.stage.kept_results import KeptResults
from flows.stage.stage_files import stage
from flows.transform.kept_parts import KeptParts
from flows.transform.transform_counts import transform

AFTER = 5
"""The least count of benefits once the threshold is raised."""


class Town:
    """A town with its extracts, and the releases that it has made of them."""

    def __init__(self, folder, scale):
        self.folder, self.files, self.counted = folder, [], []
        make_musterstadt(folder / "extracts", scale=scale)
        profile = load_profile("musterstadt")
        rules = {
            name: rule.model_copy(update={"never_published": ()}) for name, rule in profile.city.protection.items()
        }
        city = profile.city.model_copy(update={"protection": rules})
        self.today = dataclasses.replace(profile, city=city, indices=(), typologies=())
        newest = city.zuschnitt[-1]
        self.before_redraw = dataclasses.replace(
            self.today, city=city.model_copy(update={"zuschnitt": city.zuschnitt[:-1]}),
            sources=tuple(one for one in profile.sources if one.zuschnitt != newest.valid_from),
        )  # fmt: skip

    def stricter(self):
        """The profile with the raised threshold."""
        rules = dict(self.today.city.protection)
        rules["leistung"] = rules["leistung"].model_copy(update={"min_numerator": AFTER})
        return dataclasses.replace(self.today, city=self.today.city.model_copy(update={"protection": rules}))

    def corrected(self, year, rows=3):
        """Let a few of the counts of a year be larger by one."""
        file = self.folder / "extracts" / "soziales" / f"SGBII_{year}.csv"
        lines = file.read_text("utf-8").splitlines()
        counted = [at for at, line in enumerate(lines) if at and line.split(";")[2].isdigit()]
        for at in random.Random(year).sample(counted, rows):
            unit, when, persons, *rest = lines[at].split(";")
            lines[at] = ";".join([unit, when, str(int(persons) + 1), *rest])
        file.write_text("\n".join(lines) + "\n", "utf-8")

    def release(self, profile, year):
        """Make a release up to the Stichtag of a year, beside those that are out."""
        until, landing = dt.date(year, 12, 31), self.folder / "landing"
        run = self.folder / f"release_{len(self.files) + 1}"
        run.mkdir()
        pulled = pull(profile, Landing(landing), folder=self.folder / "extracts", until=until)
        with open_work(run / "work.duckdb") as con:
            stage(con, profile, pulled.lieferungen, landing, run, until=until, kept=KeptResults(landing, profile))
            transform(con, kept=KeptParts(landing, profile.city.id, [one.sha256 for one in pulled.lieferungen]))
            self.counted.append(protect(con, profile, run / "publish", self.files, review=None))
        self.files.append((f"{year}.{len(self.files) + 1}", run / "publish"))
